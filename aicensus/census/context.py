"""What surrounds a point: the way to it, the state on that way, the comments that speak of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from aicensus.census.identity import anchor_of, symbol_of
from aicensus.census.secrets import mask
from aicensus.link.entry_points import Entry, EntryFinder
from aicensus.link.project import Module
from aicensus.link.reach import Reacher
from aicensus.link.rounds import LinkResult
from aicensus.link.scopes import Scopes
from aicensus.link.state import StateFinder, StateHit, StateLinks, find_tracers
from aicensus.model.census import EntryPoint, Point, State
from aicensus.model.facts import NOTE_HEAD, NOTE_REACH, Note


@dataclass(slots=True)
class Surroundings:
    """Points with all that is known of them, and the state and entry points they share."""

    points: list[Point]
    """Nobody answers for them yet."""
    state: list[State]
    entry_points: list[EntryPoint]
    heard: dict[str, list[Note]]
    """Annotations that belong to a point, by its id."""


def surround(
    points: Sequence[Point],
    keys: Mapping[str, tuple[str, int]],
    result: LinkResult,
    scopes: Scopes,
    repo: str,
    manifests: Mapping[str, bytes],
) -> Surroundings:
    """What the code around the points of one source says of them. `keys` is the call of each point, by id."""
    evaluator = result.evaluator
    reacher = Reacher(
        evaluator, EntryFinder(evaluator, result.names, manifests), lambda path: scopes.of(path, evaluator.at(path).facts), result.search
    )
    places = {p.id: (keys[p.id][0], evaluator.at(keys[p.id][0]).calls[keys[p.id][1]]) for p in points}
    reacher.prepare([(path, call.scope, call.line) for path, call in places.values()])
    reached = {p.id: reacher.reach(path, call.scope, call.line) for p in points for path, call in [places[p.id]]}
    result.names.update()
    stores = StateFinder(evaluator, result.names)
    links = StateLinks(evaluator)
    held = {m.path for m in reacher.near(evaluator.modules())}
    held |= {file for p in points for path, call in [places[p.id]] for file in links.files(path, call.scope, reached[p.id].route)}
    hits = [hit for path in sorted(held) for hit in stores.hits(evaluator.at(path))]
    links.add(hits)
    tracers = _tracers(result, {path for path, _ in places.values()})
    entries = _entry_points([e for r in reached.values() for e in r.entries], result, scopes, repo)
    state_ids = dict(_state_ids(hits, result))
    lent = {(hit.path, hit.call) for use in result.linked.uses.values() for hit, _ in use.routes}
    used: dict[str, list[str]] = defaultdict(list)
    heard: dict[str, list[Note]] = {}
    finished = []
    for point in points:
        path, call = places[point.id]
        module = evaluator.at(path)
        found = reached[point.id]
        near = links.of(path, call.scope, found.route)
        for hit in near:
            used[state_ids[hit]].append(point.id)
        notes = heard[point.id] = notes_of(module, call.scope, call.line, call.end_line)
        function = module.enclosing_function(call.scope) or 0
        starts_here = any((e.path, e.scope) == (path, function) for e in found.entries)
        finished.append(
            msgspec.structs.replace(
                point,
                # A request handler is asked by nobody in the code: what it hands on is the user's own words.
                role="direct" if point.role == "gateway" and starts_here and keys[point.id] not in lent else point.role,
                reach=found.verdict,
                entry_points=tuple(dict.fromkeys(entries[e].id for e in found.entries)),
                route=found.route,
                state=tuple(dict.fromkeys(state_ids[hit] for hit in near)),
                tracers=tracers.get((path, function)) or tracers.get((path, 0), ()),
                notes=tuple(note.text for note in notes),
            )
        )
    state = [_state(hit, state_ids[hit], used[state_ids[hit]], result, scopes, repo) for hit in hits]
    ways_in = sorted({e.id: e for e in entries.values()}.values(), key=lambda e: (e.path, e.line, e.id))
    return Surroundings(finished, state, ways_in, heard)


def notes_of(module: Module, scope: int, line: int, end_line: int) -> list[Note]:
    """Annotations that belong to a call: at it, just above it, at or above its function or class, or on the file's first lines."""
    spans = [(line - 1, end_line)]
    current = scope
    while current > 0:
        record = module.scopes[current]
        spans.append((record.line - NOTE_REACH, record.line))
        current = record.parent
    return [n for n in module.facts.notes if n.line <= NOTE_HEAD or any(first <= n.line <= last for first, last in spans)]


def _tracers(result: LinkResult, paths: Iterable[str]) -> dict[tuple[str, int], tuple[str, ...]]:
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    for module in map(result.evaluator.at, sorted(paths)):
        for hit in find_tracers(result.evaluator, result.names, module):
            for scope in {module.enclosing_function(hit.scope) or 0, 0}:
                if hit.name not in found[module.path, scope]:
                    found[module.path, scope].append(hit.name)
    return {key: tuple(sorted(names)) for key, names in found.items()}


def _entry_points(entries: Iterable[Entry], result: LinkResult, scopes: Scopes, repo: str) -> dict[Entry, EntryPoint]:
    rows: dict[Entry, EntryPoint] = {}
    taken: dict[str, Entry] = {}
    for entry in sorted(set(entries), key=lambda e: (e.path, e.line, e.kind, e.name)):
        module = result.evaluator.at(entry.path)
        symbol = symbol_of(module, entry.scope, entry.line)
        identity = f"{entry.path}::{anchor_of(module, entry.scope, entry.line)}@{entry.kind}"
        if identity in taken:
            identity = f"{identity}:{entry.name}"
        taken[identity] = entry
        rows[entry] = EntryPoint(
            id=identity,
            repo=repo,
            path=entry.path,
            line=entry.line,
            symbol=symbol,
            kind=entry.kind,
            name=mask(entry.name),
            scope=scopes.of(entry.path, module.facts),
        )
    return rows


def _state_ids(hits: Sequence[StateHit], result: LinkResult) -> list[tuple[StateHit, str]]:
    taken: dict[str, int] = defaultdict(int)
    rows = []
    for hit in hits:
        anchor = anchor_of(result.evaluator.at(hit.path), hit.scope, hit.line)
        base = f"{hit.path}::{anchor}@{hit.kind}"
        taken[base] += 1
        rows.append((hit, base if taken[base] == 1 else f"{base}/{taken[base]}"))
    return rows


def _state(hit: StateHit, identity: str, used: Sequence[str], result: LinkResult, scopes: Scopes, repo: str) -> State:
    module = result.evaluator.at(hit.path)
    return State(
        id=identity,
        repo=repo,
        path=hit.path,
        line=hit.line,
        symbol=symbol_of(module, hit.scope, hit.line),
        kind=hit.kind,
        tech=hit.tech,
        name=mask(hit.name),
        access=hit.access,
        points=tuple(dict.fromkeys(used)),
        model=mask(hit.model),
        scope=scopes.of(hit.path, module.facts),
    )
