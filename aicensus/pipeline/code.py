"""What the code of one source says: as an earlier scan found it where that still holds, else found now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from aicensus.catalog import Catalog
from aicensus.model.census import (
    EntryPoint,
    Evaluation,
    Point,
    PointScope,
    PossibleCall,
    Prompt,
    Secret,
    SourceNote,
    State,
    UnreadFile,
    Unresolved,
)
from aicensus.model.facts import Note
from aicensus.model.prose import TextPlace
from aicensus.model.settings import Manifest
from aicensus.pipeline.opening import ScanOptions
from aicensus.sources import Source

if TYPE_CHECKING:
    from aicensus.extract.facts_store import FactsStore
    from aicensus.extract.results import Again
    from aicensus.link.scopes import Scopes

INSTALLED = "in packages that ask no model and are as large as libraries"


@dataclass(slots=True)
class Code:
    """What the code of one source says. It rests on the catalogue, the listing and what the files were asked, and on nothing else."""

    points: list[Point]
    heard: dict[str, list[Note]]
    """Annotations of points, by id."""
    prompts: list[Prompt]
    tests: list[Evaluation]
    state: list[State]
    entry_points: list[EntryPoint]
    secrets: list[Secret]
    unread: list[UnreadFile]
    unresolved: list[Unresolved]
    possible: list[PossibleCall]
    notes: list[SourceNote]
    leaves: dict[str, list[TextPlace]]
    """Literal texts that reach a point, by file."""
    left_out: dict[str, int]
    languages: dict[str, int]
    sdks: dict[str, int]
    considered: int
    analysed: int


def code_of(source: Source, limited: Source, repo: str, manifest: Manifest, catalog: Catalog, options: ScanOptions) -> Code:
    """What the code says: as an earlier scan found it where that still holds, else found now. `limited` is the part of it to read."""
    from aicensus.extract.cache import FactsCache
    from aicensus.extract.facts_store import FactsStore
    from aicensus.extract.results import Results
    from aicensus.model.prose import digests, heard

    if not options.cache:
        return _analyse(FactsStore(limited, None, jobs=options.jobs), repo, manifest, catalog, options)
    cache = FactsCache()
    settings = manifest.settings
    rests_on = (repo, catalog.digest, settings.include, settings.exclude, settings.scopes)
    by_rev = {
        rev: Results(cache, source, (rev, sorted(map(str, options.catalogs)), str(options.manifest)), rests_on)
        for rev in dict.fromkeys((options.rev, options.near or options.rev))
    }
    results = by_rev[options.rev]
    for rev, kept in by_rev.items():
        store = FactsStore(limited, cache, jobs=options.jobs)
        if (again := kept.find(store)) is not None:
            with suppress(msgspec.DecodeError, UnicodeError, LookupError):
                code = msgspec.msgpack.decode(again.result, type=Code)
                if again.changed:
                    code = _renewed(code, again, store, repo, manifest)
                if again.changed or rev != options.rev:
                    results.keep(store, again.asked, msgspec.msgpack.encode(code))
                return code
    store = FactsStore(limited, cache, jobs=options.jobs)
    with heard() as texts:
        code = _analyse(store, repo, manifest, catalog, options)
    store.asked.decided = digests(texts)
    with suppress(UnicodeEncodeError):  # a lone surrogate in scanned text
        results.keep(store, store.asked, msgspec.msgpack.encode(code))
    return code


def _renewed(code: Code, again: Again, store: FactsStore, repo: str, manifest: Manifest) -> Code:
    """What the code says, with what is told of changed files as it is now. Raises LookupError when more would have to be told."""
    from aicensus.census.contents import with_content
    from aicensus.extract.moves import moved

    parsed = again.asked.facts & again.changed
    texts = {path: store.content(path) for path in again.asked.texts & again.changed}
    if None in texts.values() or any(row.path in texts for row in code.unread):
        raise LookupError
    scopes = scopes_of(store, manifest)
    secrets = [row for row in code.secrets if row.path not in parsed]
    secrets += [row for path in parsed for row in secrets_in(store, repo, path, scopes.of(path, store.facts(path)))]
    code = _retold(code, again, store.files)
    prompts = moved(code.prompts, again.moves)
    return replace(
        code,
        points=moved(code.points, again.moves),
        heard={p.id: moved(code.heard[p.id], again.moves, p.path) for p in code.points},
        prompts=[with_content(p, texts[p.path] or b"") if p.kind == "file" and p.path in texts else p for p in prompts],
        state=moved(code.state, again.moves),
        entry_points=moved(code.entry_points, again.moves),
        secrets=sorted(secrets, key=lambda row: row.path),
        unread=moved(code.unread, again.moves),
        unresolved=moved(code.unresolved, again.moves),
        possible=moved(code.possible, again.moves),
        notes=moved(code.notes, again.moves),
        leaves={path: moved(leaves, again.moves, path) for path, leaves in code.leaves.items()},
    )


def _retold(code: Code, again: Again, files: Iterable[str]) -> Code:
    """What the code says where texts that nothing goes by say something else, still on the old lines."""
    from aicensus.census.retelling import Retelling

    for path, (old, new, changes) in again.told.items():
        telling = Retelling(path, old, new, changes.lines, changes.literals)
        leaves = code.leaves.get(path, [])
        code = replace(
            code,
            points=telling.points(code.points),
            prompts=telling.prompts(code.prompts, leaves, files),
            leaves=code.leaves | {path: telling.leaves(leaves)},
        )
    return code


def _analyse(store: FactsStore, repo: str, manifest: Manifest, catalog: Catalog, options: ScanOptions) -> Code:
    from aicensus.census.build import build, with_prompt_ids
    from aicensus.census.configured import joined
    from aicensus.census.context import surround
    from aicensus.census.sql_in_code import sql_in_code
    from aicensus.census.tested import tests_of
    from aicensus.extract import is_code
    from aicensus.link.entry_points import MANIFESTS
    from aicensus.link.rounds import MAX_ROUNDS, link
    from aicensus.link.sql import SqlRows

    linked = link(store, catalog, lambda text: options.progress(f"{repo}: {text}"))
    scopes = scopes_of(store, manifest)
    built = build(linked, scopes, repo, store.look)
    points, prompts = with_prompt_ids(built.points, built.prompts)
    store.preload(linked.sql)
    sql = sql_in_code(linked.sql, store.facts, SqlRows(catalog.sql), points, scopes, repo)
    manifests = {path: content for path in store.files if MANIFESTS.search(path) and (content := store.read(path)) is not None}
    options.progress(f"{repo}: following callers of {len(points)} points")
    around = surround(points, built.keys, linked, scopes, repo, manifests)
    modules = linked.evaluator.modules()
    unread, left = store.coverage()
    broken = [UnreadFile(repo=repo, path=m.path, line=line, reason=why) for m in modules for line, why in m.facts.errors[:5]]
    reason = f"it may call what was found, and callers are followed through {MAX_ROUNDS} rounds of files"
    beyond = [UnreadFile(repo=repo, path=path, reason=reason) for path in sorted(linked.left)]
    code = Code(
        points=[*around.points, *sql.points],
        heard=around.heard | {point.id: [] for point in sql.points},
        prompts=joined(prompts, sql.prompts),
        tests=tests_of(store, linked.search, scopes, around.points, prompts, repo),
        state=around.state,
        entry_points=around.entry_points,
        secrets=[row for m in modules for row in secrets_in(store, repo, m.path, scopes.of(m.path, m.facts))],
        unread=[UnreadFile(repo=repo, path=row.path, reason=row.reason) for row in unread] + broken + beyond,
        unresolved=[*built.unresolved, *sql.unresolved],
        possible=built.possible,
        leaves=built.leaves,
        notes=[SourceNote(repo=repo, path=m.path, line=note.line, text=note.text) for m in modules for note in m.facts.notes],
        left_out=dict(Counter([*(row.reason for row in left), *(INSTALLED for _ in linked.project.installed())])),
        languages=dict(Counter(m.facts.language for m in modules)),
        sdks=linked.sdk_files,
        considered=sum(is_code(path) for path in store.considered),
        analysed=len(store.parsed),
    )
    linked.evaluator.forget()
    return code


def scopes_of(store: FactsStore, manifest: Manifest) -> Scopes:
    from aicensus.link.scopes import Scopes

    return Scopes(store.files, {pattern: scope for scope, patterns in manifest.settings.scopes.items() for pattern in patterns})


def secrets_in(store: FactsStore, repo: str, path: str, scope: PointScope) -> Iterable[Secret]:
    from aicensus.census.secrets import find_secrets

    for line, kind, masked in find_secrets(store.content(path) or b""):
        yield Secret(repo=repo, path=path, line=line, kind=kind, masked=masked, scope=scope)
