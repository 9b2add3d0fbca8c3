"""From linked code to the records of the census: points with stable ids, prompts, models, settings, coverage."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec

from aicensus.census.contents import MAX_PROMPT, digest, with_content
from aicensus.census.identity import anchor_of, cell_of, number_ids, symbol_of
from aicensus.census.secrets import mask
from aicensus.census.texts import PROMPT_FILES, Unit, Units, placeholders, unused, worth
from aicensus.link.attributes import Attributes
from aicensus.link.matching import Hit
from aicensus.link.project import Module, chain
from aicensus.link.rounds import LinkResult
from aicensus.link.scopes import Scopes
from aicensus.link.text import Leaf
from aicensus.link.values import Frame, Text
from aicensus.model.census import (
    TEXT_KINDS,
    Evidence,
    ModelUse,
    Point,
    PointKind,
    PossibleCall,
    Prompt,
    Role,
    Setting,
    Unresolved,
)
from aicensus.model.facts import Call, CallRef, Const, Expr, Map, Prose, written
from aicensus.model.prose import TextPlace, is_prose
from aicensus.model.prose import digest as digest_of

Key = tuple[str, int]
"""File and index of a call."""
MAX_NAME = 300
"""Characters of a literal that may name a file."""
MAX_ROUTES = 6
"""Gateways behind one call whose prompts are read: they stand in for each other."""
_PINNED = re.compile(r":([0-9a-f]{7,64}|v?\d+)$|^prompts:/[^/@]+/(\d+)$")


@dataclass(slots=True)
class Draft:
    """A point before it has an id: the hits behind it, each with the frame it is seen through."""

    key: Key
    module: Module
    role: str
    routes: list[tuple[Hit, Frame | None]]
    attributes: list[Attributes] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    dynamic: bool = False

    @property
    def hit(self) -> Hit:
        return self.routes[0][0]


@dataclass(slots=True)
class Built:
    """Points and prompts of one source, owners, ways in and state still to come."""

    points: list[Point]
    prompts: list[Prompt]
    unresolved: list[Unresolved]
    possible: list[PossibleCall]
    keys: dict[str, Key]
    """Call of each point, by id."""
    leaves: dict[str, list[TextPlace]]
    """Literal texts that reach a point, by file."""


def build(result: LinkResult, scopes: Scopes, repo: str, look: Callable[[str], bytes | None]) -> Built:
    """Make the records of one source. `look` gives the content of prompts that are files: see `with_content`."""
    drafts = _drafts(result)
    for draft in drafts:
        use = result.linked.uses.get(draft.key)
        draft.attributes = [
            result.describer.describe_use(use) if use is not None and draft.role == "use" else result.describer.describe(draft.hit)
        ]
    ids = _ids(drafts)
    prompts = _Prompts(result, scopes, repo, look)
    for draft in drafts:
        prompts.add(draft, ids[draft.key])
    points = [_point(draft, ids, result, scopes, repo, prompts) for draft in drafts]
    points.sort(key=lambda p: (p.path, p.line, p.id))
    counted = [p for p in points if p.confidence != "possible"]
    possible = [
        PossibleCall(repo=p.repo, path=p.path, line=p.line, what=p.evidence[0].what if p.evidence else p.call)
        for p in points
        if p.confidence == "possible"
    ]
    kept = {p.id for p in counted}
    unresolved = [row for p in counted for row in _unresolved(p)]
    keys = {ids[d.key]: d.key for d in drafts if ids[d.key] in kept}
    leaves = {path: list(places) for path, places in prompts.leaves.items()}
    return Built(counted, prompts.records(kept), unresolved, possible, keys, leaves)


def _drafts(result: LinkResult) -> list[Draft]:
    linked = result.linked
    drafts: dict[Key, Draft] = {}
    for hit in result.hits:
        key = (hit.path, hit.call)
        if key not in linked.superseded:
            drafts[key] = Draft(key, result.evaluator.at(hit.path), linked.roles.get(key, "direct"), [(hit, None)])
    for key, use in linked.uses.items():
        if key not in drafts and use.routes:
            drafts[key] = Draft(key, result.evaluator.at(use.path), "use", list(use.routes))
    return [drafts[key] for key in sorted(drafts)]


def _ids(drafts: Iterable[Draft]) -> dict[Key, str]:
    places = {d.key: (d.key[0], anchor_of(d.module, _call(d).scope, _call(d).line), (_call(d).line, d.key[1])) for d in drafts}
    numbered = number_ids(places.values())
    return {key: numbered[place] for key, place in places.items()}


def _call(draft: Draft) -> Call:
    return draft.module.calls[draft.key[1]]


# -- points ----------------------------------------------------------------------------------------------------------


def _point(draft: Draft, ids: Mapping[Key, str], result: LinkResult, scopes: Scopes, repo: str, prompts: _Prompts) -> Point:
    call = _call(draft)
    hit = draft.hit
    record = draft.module.scopes[call.scope]
    return Point(
        id=ids[draft.key],
        repo=repo,
        path=draft.module.path,
        line=call.line,
        end_line=call.end_line,
        cell=cell_of(draft.module, call.line),
        symbol=symbol_of(draft.module, call.scope, call.line),
        role=cast("Role", draft.role),
        kind=cast("PointKind", hit.kind),
        provider=_provider(draft.attributes),
        sdk="own-wrapper" if draft.role == "use" else hit.row.sdk,
        call=mask(chain(call.callee, draft.module.calls))[:200],
        model=_model(draft.attributes, call, draft.module.calls),
        prompts=tuple(dict.fromkeys(draft.prompts)),
        prompt=cast("Any", prompts.kind(draft)),
        settings=_settings(draft),
        scope=scopes.of(draft.module.path, draft.module.facts),
        confidence=min((h.confidence for h, _ in draft.routes), key=["certain", "likely", "possible"].index),
        evidence=_evidence(draft, result),
        gateways=tuple(
            dict.fromkeys(ids[h.path, h.call] for h, _ in draft.routes if (h.path, h.call) in ids and (h.path, h.call) != draft.key)
        ),
        purpose=purpose_of(record.doc),
    )


def purpose_of(doc: Const | None) -> str:
    text = written(doc) if doc is not None else None
    if not isinstance(text, str):
        return ""
    first = re.split(r"(?<=[.!?])\s|\n\s*\n", text.strip(), maxsplit=1)[0]
    return mask(" ".join(first.split()))[:200]


def _provider(attributes: list[Attributes]) -> str:
    names = list(dict.fromkeys(a.provider for a in attributes))
    known = [n for n in names if n not in ("dynamic", "multi")]
    return names[0] if len(names) == 1 else known[0] if len(known) == 1 and len(names) == 1 else "dynamic"


def _model(attributes: list[Attributes], call: Call, calls: tuple[Call, ...]) -> ModelUse:
    ids = list(dict.fromkeys(model for a in attributes for model in a.models))
    source = cast("Any", next((a.model_source for a in attributes if a.models), attributes[0].model_source))
    why = next((a.model_why for a in attributes if a.model_why), "")
    if len(ids) == 1:
        return ModelUse(id=mask(ids[0]), source=source, hard_coded=_written_in(call, ids[0], calls))
    if ids:
        return ModelUse(candidates=tuple(mask(i) for i in ids[:8]), source=source, why="several models are possible")
    return ModelUse(source=source, why=why or "no model is named where the code can be read")


def _written_in(call: Call, text: str, calls: tuple[Call, ...]) -> bool:
    """Whether the literal stands among the call's own arguments, those of calls inside them included."""
    stack: list[Expr] = [arg.value for arg in call.args]
    words = is_prose(text)
    while stack:
        match stack.pop():
            case Prose() if not words:
                pass
            case Const(value=value) if value == text:
                return True
            case Map(items=pairs):
                stack += [value for _, value in pairs]
            case CallRef(index=index):
                stack += [arg.value for arg in calls[index].args]
    return False


def _settings(draft: Draft) -> tuple[Setting, ...]:
    given: dict[str, str] = {}
    for attributes in draft.attributes:
        for name, value in attributes.parameters.items():
            given[name] = value if given.get(name, value) == value else "set"
    return tuple(Setting(name=name, value=mask(given[name])[:200]) for name in sorted(given))


def _evidence(draft: Draft, result: LinkResult) -> tuple[Evidence, ...]:
    if draft.role != "use":
        call = _call(draft)
        return (Evidence(path=draft.module.path, line=call.line, what=mask(draft.hit.why)[:300]),)
    rows = []
    for hit, _ in draft.routes[:6]:
        line = result.evaluator.at(hit.path).calls[hit.call].line
        rows.append(Evidence(path=hit.path, line=line, what=mask(f"reaches the call of {chain_of(hit, result)}")[:300]))
    return tuple(dict.fromkeys(rows))


def chain_of(hit: Hit, result: LinkResult) -> str:
    """The callee of a hit as written."""
    module = result.evaluator.at(hit.path)
    return chain(module.calls[hit.call].callee, module.calls)


def _unresolved(point: Point) -> Iterator[Unresolved]:
    if point.role == "gateway" or point.scope != "prod":
        return
    if point.model.id is None and not point.model.candidates:
        yield Unresolved(repo=point.repo, point=point.id, what="model", why=point.model.why, path=point.path, line=point.line)
    if point.prompt == "dynamic" and not point.prompts:
        yield Unresolved(
            repo=point.repo, point=point.id, what="prompt", why="built from run-time data only", path=point.path, line=point.line
        )


# -- prompts ---------------------------------------------------------------------------------------------------------


class _Prompts:
    """Prompt records by id, with the points they reach."""

    def __init__(self, result: LinkResult, scopes: Scopes, repo: str, look: Callable[[str], bytes | None]) -> None:
        self._result = result
        self._scopes = scopes
        self._repo = repo
        self._look = look
        self._units: dict[str, Units] = {}
        self._unit_of: dict[Text, Unit | None] = {}
        self._found: dict[tuple[str, int, int], tuple[Unit, str]] = {}
        self._files: dict[str, str] = {}
        self._remote: dict[tuple[str, str], tuple[str, int]] = {}
        self._versions: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._used: dict[object, list[str]] = defaultdict(list)
        self._kinds: dict[Key, list[str]] = defaultdict(list)
        self.leaves: dict[str, dict[TextPlace, None]] = {}

    def units(self, path: str) -> Units:
        if path not in self._units:
            self._units[path] = Units(self._result.evaluator.at(path))
        return self._units[path]

    def add(self, draft: Draft, point: str) -> None:
        """Tie the texts that reach the draft to its id; a gateway holds only what it says itself."""
        if draft.hit.kind not in TEXT_KINDS:
            self._kinds[draft.key].append("none")
            return
        for leaf in dict.fromkeys(self._result.linker.leaves_of(draft.routes[:MAX_ROUTES])):
            self._leaf(draft, point, leaf)

    def _leaf(self, draft: Draft, point: str, leaf: Leaf) -> None:
        key: object
        if leaf.text is not None:
            text = leaf.text
            place = TextPlace(line=text.line, end_line=text.end_line, text=digest_of(text.written))
            self.leaves.setdefault(text.path, {})[place] = None
            unit = self._unit(text)
            if unit is None:
                return
            key = (unit.path, unit.line, unit.end_line)
            self._found.setdefault((unit.path, unit.line, unit.end_line), (unit, leaf.role))
            own = unit.path == draft.module.path and unit.symbol == draft.module.scopes[_call(draft).scope].qualname
            self._kinds[draft.key].append("inline" if own or not unit.shared else "constant")
        elif leaf.file is not None:
            key = leaf.file
            self._files.setdefault(leaf.file, leaf.role)
            self._kinds[draft.key].append("file")
        elif leaf.remote is not None:
            key = ("remote", leaf.remote)
            self._remote.setdefault(("remote", leaf.remote), (draft.module.path, _call(draft).line))
            self._versions["remote", leaf.remote].add(leaf.version or version_in(leaf.remote))
            self._kinds[draft.key].append("remote")
        else:
            self._kinds[draft.key].append("dynamic")
            return
        if point not in self._used[key]:
            self._used[key].append(point)
        draft.prompts.append(self._id(key))

    def _unit(self, text: Text) -> Unit | None:
        """The text expression that a literal is part of, where that is worth to be a prompt."""
        if text not in self._unit_of:
            unit = self.units(text.path).of(text.line, text.end_line, text.written)
            self._unit_of[text] = unit if worth(unit) else None
        return self._unit_of[text]

    def _id(self, key: object) -> str:
        if isinstance(key, str):
            return key
        if isinstance(key, tuple) and len(key) == 2:
            return f"remote::{key[1]}"
        return self._id_of_unit(self._found[cast("tuple[str, int, int]", key)][0])

    def kind(self, draft: Draft) -> str:
        """How the point's prompt is held, the strongest first."""
        kinds = self._kinds[draft.key]
        for name in ("file", "remote", "constant", "inline", "dynamic", "none"):
            if name in kinds:
                return name
        return "none" if draft.hit.kind not in TEXT_KINDS else "dynamic"

    def records(self, kept: set[str]) -> list[Prompt]:
        """All prompts, those that reach no point included, with stable ids; points are tied by id."""
        rows: list[tuple[Unit | None, Prompt]] = []
        for key, (unit, role) in self._found.items():
            rows.append((unit, self._literal(unit, role, [p for p in self._used[key] if p in kept])))
        for path, role in self._files.items():
            rows.append((None, self._file(path, role, [p for p in self._used[path] if p in kept])))
        for remote, (path, line) in self._remote.items():
            used = tuple(p for p in self._used[remote] if p in kept)
            rows.append(
                (
                    None,
                    Prompt(
                        id=f"remote::{remote[1]}",
                        repo=self._repo,
                        path=path,
                        line=line,
                        end_line=line,
                        name=remote[1],
                        kind="remote",
                        used_by=used,
                        version=" ".join(sorted(self._versions[remote])) if all(self._versions[remote]) else "",
                    ),
                )
            )
        used_spans = set(self._found)
        for path in sorted(self._result.project.loaded()):
            for unit in unused(self.units(path), used_spans):
                rows.append((unit, self._literal(unit, "", [])))
        for path in self._orphan_files():
            rows.append((None, self._file(path, "", [])))
        # An id ends with its lines as text, whose order is another one when all of them move.
        return sorted((row for _, row in rows), key=lambda p: (p.path, p.line, p.id.partition("\0")[0], p.end_line))

    def _orphan_files(self) -> Iterator[str]:
        """Prompt files that no point reads and whose name, stem or folder no literal speaks."""
        texts = [unit.text for path in self._result.project.loaded() for unit in self.units(path).units if len(unit.text) < MAX_NAME]
        for path in sorted(self._result.project.paths):
            if path in self._files or not is_prompt_file(path) or self._scopes.of(path) != "prod":
                continue
            name = posixpath.basename(path)
            spoken = (name, posixpath.splitext(name)[0])
            if not any(word in text for text in texts for word in spoken):
                yield path

    def _literal(self, unit: Unit, role: str, used: list[str]) -> Prompt:
        module = self._result.evaluator.at(unit.path)
        prompt = Prompt(
            id=self._id_of_unit(unit),
            repo=self._repo,
            path=unit.path,
            line=unit.line,
            end_line=unit.end_line,
            name=unit.name,
            kind="inline",
            role=role,
            used_by=tuple(used),
            scope=self._scopes.of(unit.path, module.facts),
        )
        return with_text(prompt, unit)

    def _id_of_unit(self, unit: Unit) -> str:
        """The prompt's name, and after a NUL its lines, which `with_prompt_ids` turns into a number."""
        if unit.shared and unit.name:
            base = f"{unit.path}::{unit.symbol + '.' if unit.symbol else ''}{unit.name}"
        else:
            base = f"{unit.path}::{unit.symbol or '<module>'}#{unit.name or 'text'}"
        return f"{base}\0{unit.line}-{unit.end_line}"

    def _file(self, path: str, role: str, used: list[str]) -> Prompt:
        prompt = Prompt(
            id=path,
            repo=self._repo,
            path=path,
            line=1,
            end_line=1,
            kind="file",
            role=role,
            used_by=tuple(used),
            scope=self._scopes.of(path),
        )
        return with_content(prompt, self._look(path) or b"")


def with_text(prompt: Prompt, unit: Unit) -> Prompt:
    """A prompt in the code, with what is told of its text."""
    text = mask(unit.text[:MAX_PROMPT])
    kind = cast("Any", unit.kind)
    return msgspec.structs.replace(prompt, kind=kind, text=text, placeholders=placeholders(unit), hash=digest(text))


def version_in(name: str) -> str:
    """The version that the name of a remote prompt pins it to, as `owner/name:0f3c9a1b` or `prompts:/name/3`; empty for none or a label."""
    pinned = _PINNED.search(name)
    return (pinned[1] or pinned[2]) if pinned else ""


def is_prompt_file(path: str) -> bool:
    """Whether a path looks like a prompt kept in a file of its own."""
    return path.lower().endswith(PROMPT_FILES) and ("/prompts/" in f"/{path.lower()}" or path.lower().endswith(".prompt"))


def with_prompt_ids(points: list[Point], prompts: list[Prompt]) -> tuple[list[Point], list[Prompt]]:
    """Number prompts of one name in the order of the file: the first keeps it, the next ones get `/2`, `/3`; points follow."""
    names: dict[str, str] = {}
    taken: dict[str, int] = defaultdict(int)
    finished = []
    for prompt in prompts:
        base, _, place = prompt.id.partition("\0")
        taken[base] += 1
        names[prompt.id] = base if taken[base] == 1 or not place else f"{base}/{taken[base]}"
        finished.append(msgspec.structs.replace(prompt, id=names[prompt.id]))
    return [msgspec.structs.replace(p, prompts=tuple(names[i] for i in p.prompts if i in names)) for p in points], finished
