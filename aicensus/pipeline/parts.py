"""What one source adds to the census: its code and configuration, who answers for what, and when it changed last."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from aicensus.catalog import Catalog
from aicensus.gitcommand import is_shallow
from aicensus.model.census import (
    Author,
    ClaimMove,
    Dependency,
    Evaluation,
    KnownTeam,
    LastChange,
    Point,
    Prompt,
    Repository,
    Secret,
    UnreadFile,
    Unresolved,
)
from aicensus.model.errors import UnreadError
from aicensus.model.policy import Fragment
from aicensus.model.settings import Manifest, ManifestFile, Policies
from aicensus.pipeline.code import Code, code_of, scopes_of
from aicensus.pipeline.opening import MANIFEST_NAME, SAYS_NOTHING, ScanOptions, manifest_of
from aicensus.sources import Source

if TYPE_CHECKING:
    from aicensus.census.configured import Declarations
    from aicensus.census.last_changes import Dated
    from aicensus.census.owners import OwnerIndex
    from aicensus.extract.facts_store import FactsStore

_ROOT_FILE = re.compile(r"[^/]+/(?:aicensus\.yaml|(?:\.github/|\.gitlab/|docs/)?CODEOWNERS)")
_NAMED = 3
LIBRARY = "policy library: "
SHALLOW = (
    "the clone is shallow: who worked on a file and when, whom history suggests, claims that moved and when prompts changed last rest on "
    "the commits that are there; `git fetch --unshallow` gets the others (in a CI job: fetch with depth 0)"
)


class Fragments(NamedTuple):
    """One policy library."""

    found: list[Fragment]
    misread: list[UnreadFile]


@dataclass(slots=True)
class Part:
    """What one source adds to the census."""

    repository: Repository
    code: Code
    declared: Declarations
    """What stands in no code, but for its points."""
    points: list[Point]
    """Of code and configuration, with who answers for them."""
    prompts: list[Prompt]
    unresolved: list[Unresolved]
    secrets: list[Secret]
    dependencies: list[Dependency]
    unread: list[UnreadFile]
    """Ownership files that were not read or not understood."""
    evaluations: list[Evaluation]
    last_changes: list[LastChange]
    authors: list[Author]
    moves: tuple[ClaimMove, ...]
    teams: tuple[KnownTeam, ...]
    fragments: Fragments
    files: int
    looked: int
    """Files looked through for what they declare."""
    declaring: int
    """Those of them that declare something."""
    remarks: list[str]


def part_of(source: Source, repo: str, file: ManifestFile, catalog: Catalog, options: ScanOptions, shared: bool) -> Part:
    """The census of one source; `shared` when its manifest speaks of others too."""
    from aicensus.census.configured import Declarations, declarations, joined, resolved, tied
    from aicensus.census.declared import answered_for
    from aicensus.census.secrets import find_secrets
    from aicensus.extract.cache import FactsCache
    from aicensus.extract.facts_store import FactsStore
    from aicensus.link.configuration import declared as declared_in
    from aicensus.manifest import followed

    limited = _limited(source, file.manifest)
    code = code_of(source, limited, repo, file.manifest, catalog, options)
    store = FactsStore(limited, None)
    options.progress(f"{repo}: reading configuration")
    configured = declared_in(limited, FactsCache() if options.cache else None, catalog, find_secrets)
    declared, secrets = Declarations(), list[Secret]()
    if configured.files:
        scopes = scopes_of(store, file.manifest)
        declared = declarations(configured, code.points, code.prompts, scopes, repo, store.look, file.manifest.settings.developer_tools)
        own = {row.path for row in code.secrets}
        seen = ((path, row) for path, rows in configured.keys.items() if path not in own for row in rows)
        secrets = [Secret(repo=repo, path=path, line=row[0], kind=row[1], masked=row[2], scope=scopes.of(path)) for path, row in seen]
    points, declared.model_settings = tied([*code.points, *declared.points], declared.model_settings)
    found = sorted(points, key=lambda p: (p.path, p.line, p.id))
    prompts = joined(code.prompts, declared.prompts)
    moves = () if shared else _claim_moves(source, repo, file.manifest, found, prompts, options)
    owners = _owners(store, followed(file, {move.claimed: move.point for move in moves if move.confidence == "certain"}), found)
    known = {row.path for row in code.unread}
    unread = [UnreadFile(repo=repo, path=path, reason=why) for path, why in (configured.unread | store.unread).items() if path not in known]
    remarks = [
        *source.notes,
        *_cut_off(source),
        *([f"{file.wrong}; {SAYS_NOTHING}"] if file.wrong else []),
        *_too_large(configured.large),
        *_repositories_in(file.path for file in limited.files),
    ]
    points = list(answered_for(found, code.heard, {p.id: p.text for p in prompts}, owners))
    dated = _dated(source, store, points, prompts, [*declared.evaluations, *code.tests], options)
    return Part(
        repository=Repository(name=repo, kind=_kind(limited), revision=source.revision or "", manifest=file.digest),
        code=code,
        declared=declared,
        points=points,
        prompts=prompts,
        unresolved=resolved([*code.unresolved, *declared.unresolved], {p.id: p for p in points}),
        secrets=sorted([*code.secrets, *secrets], key=lambda row: row.path),
        dependencies=list(_dependencies(limited, repo, catalog)),
        unread=unread + [UnreadFile(repo=repo, path=row.path, reason=row.message, line=row.line) for row in owners.problems],
        authors=list(owners.people(repo, {claim.owner for point in points for claim in point.ownership.chain})),
        evaluations=dated.evaluations,
        last_changes=dated.changes,
        moves=moves,
        teams=owners.teams(repo),
        fragments=_fragments(source, repo, file.manifest.policies),
        files=len(limited.files),
        looked=configured.looked,
        declaring=len(configured.files),
        remarks=[f"{repo}: {note}" for note in (*remarks, *_undated(dated.left))],
    )


def library_of(source: Source) -> Fragments:
    """The library in a repository that is no source of the census: where its own manifest says, else in all of it."""
    own = manifest_of(source, ScanOptions()).manifest.policies
    return _fragments(source, source.repo, own if own.library or own.verbatim else Policies(library=(".",)))


def _fragments(source: Source, repo: str, policies: Policies) -> Fragments:
    """The policy library of a source; what is wrong in its files is listed as not read."""
    if not policies.library and not policies.verbatim:
        return Fragments([], [])
    from aicensus.policy.reading import read_library

    found, mistakes = read_library((row.path for row in source.files), source.read, policies, repo)
    misread = [UnreadFile(repo=repo, path=row.path, reason=f"{LIBRARY}{row.message}", line=row.line) for row in mistakes]
    return Fragments(found, misread)


def _cut_off(source: Source) -> list[str]:
    return [SHALLOW] if source.revision is not None and is_shallow(source.root) else []


def _too_large(count: int) -> list[str]:
    return [f"{count} data files are too large to be looked through for what they may declare"] if count else []


def _undated(files: int) -> list[str]:
    said = "when models and prompts changed last was not looked up: there are many, and REG001 says nothing of them"
    return [f"{files} files of which {said}"] if files else []


def _repositories_in(paths: Iterable[str]) -> Iterator[str]:
    """Say which folders look like repositories of their own: their owner files speak only where their folder is a path of the scan."""
    owning = [path for path in paths if path.rpartition("/")[2] in (MANIFEST_NAME, "CODEOWNERS")]
    folders = sorted({path.partition("/")[0] for path in owning if _ROOT_FILE.fullmatch(path)})
    if len(folders) > 1 and not any(path.count("/") == 0 or path.startswith((".", "docs/")) for path in owning):
        more = f" and {len(folders) - _NAMED} more" if len(folders) > _NAMED else ""
        yield (
            f"{', '.join(folders[:_NAMED])}{more} have an aicensus.yaml or CODEOWNERS of their own, which speaks from the root of a "
            "repository: name each folder as a path of the scan"
        )


def _dated(
    source: Source,
    store: FactsStore,
    points: Sequence[Point],
    prompts: Sequence[Prompt],
    evaluations: Sequence[Evaluation],
    options: ScanOptions,
) -> Dated:
    """When what evaluations judge changed last, from the history of the revision; nothing of files that are not as committed."""
    from aicensus import __version__
    from aicensus.census.last_changes import Dated, last_changes
    from aicensus.extract.cache import FactsCache

    if source.revision is None or source.modified or not any(row.prompts or row.points for row in evaluations):
        return Dated([], list(evaluations))
    asked = repr(
        (__version__, str(source.root), source.revision, points, [(p.id, p.path, p.line, p.end_line) for p in prompts], evaluations)
    )
    key = hashlib.blake2b(asked.encode("utf-8", "surrogatepass"), digest_size=20).digest()
    facts = FactsCache() if options.cache else None
    if facts is not None and (kept := facts.get_many([key]).get(key)) is not None:
        with suppress(msgspec.DecodeError, UnicodeError):
            return msgspec.msgpack.decode(kept, type=Dated)
    found = last_changes(source.root, source.revision, points, prompts, evaluations, store.content)
    if facts is not None:
        with suppress(UnicodeEncodeError):  # a lone surrogate in scanned text
            facts.put_many({key: msgspec.msgpack.encode(found)})
    return found


def owners_of(source: Source, options: ScanOptions) -> OwnerIndex:
    """Who answers for what in a source by its manifest and ownership files, without what its history suggests. Raises ManifestError."""
    from aicensus.extract.facts_store import FactsStore

    file = manifest_of(source, options)
    return _owners(FactsStore(_limited(source, file.manifest), None), file, ())


def _owners(store: FactsStore, file: ManifestFile, points: Sequence[Point]) -> OwnerIndex:
    """The ownership index of one source, with the history of the files that hold its points."""
    from aicensus.census.owners import Contribution, OwnerIndex, is_ownership_file
    from aicensus.history.authors import NOTHING, contributions

    source = store.source
    files = {path: content for path in store.files if is_ownership_file(path) and (content := store.content(path)) is not None}
    history = contributions(source.root, source.revision, {p.path for p in points}) if source.revision is not None else NOTHING
    return OwnerIndex(
        files,
        file.manifest,
        {path: [Contribution(*row) for row in rows] for path, rows in history.files.items()},
        manifest_path=file.path or MANIFEST_NAME,
        manifest_lines=file.lines,
        committers=[Contribution(*row) for row in history.everybody],
    )


def _claim_moves(
    source: Source, repo: str, manifest: Manifest, points: Sequence[Point], prompts: Sequence[Prompt], options: ScanOptions
) -> tuple[ClaimMove, ...]:
    """Where the points went that the manifest of a source speaks of and that are gone."""
    from aicensus.census.claim_moves import claim_moves
    from aicensus.history.moves import moved_files

    def gone_to(paths: Iterable[str]) -> Mapping[str, str]:
        if source.revision is None:
            return {}
        there = {file.path for file in source.files}
        return moved_files(source.root, source.revision, paths, there, staged=options.rev is None)

    return claim_moves(manifest, points, {prompt.id: prompt.hash for prompt in prompts}, gone_to, repo)


def _limited(source: Source, manifest: Manifest) -> Source:
    """The source with only the files that the manifest's `include` and `exclude` let in."""
    from aicensus.link.scopes import glob

    include = [glob(pattern) for pattern in manifest.settings.include]
    exclude = [glob(pattern) for pattern in manifest.settings.exclude]
    if not include and not exclude:
        return source

    def kept(path: str) -> bool:
        return (not include or any(p.fullmatch(path) for p in include)) and not any(p.fullmatch(path) for p in exclude)

    return replace(source, files=tuple(file for file in source.files if kept(file.path)))


def _kind(source: Source) -> Literal["worktree", "revision", "folder"]:
    """What was read, not how: a clean checkout is its revision."""
    if source.revision is None:
        return "folder"
    return "worktree" if source.modified or any(file.blob is None for file in source.files) else "revision"


def _dependencies(source: Source, repo: str, catalog: Catalog) -> Iterable[Dependency]:
    from aicensus.census.dependencies import ECOSYSTEMS, Packages, dependencies, ecosystem_of, normal
    from aicensus.extract import FRONT_ENDS

    names: dict[str, dict[str, str]] = {}
    for spec in catalog.packages:
        names.setdefault(spec.ecosystem, {}).update({normal(package): spec.sdk for package in spec.packages})
    for sdk in catalog.sdks:
        if sdk.calls and sdk.language in ECOSYSTEMS:
            names.setdefault(ECOSYSTEMS[sdk.language], {}).update({normal(package): sdk.sdk for package in sdk.packages})
    known = {ecosystem: Packages(found) for ecosystem, found in names.items()}
    read = {ECOSYSTEMS[language] for front in FRONT_ENDS.values() for language in front.written_in() if language in ECOSYSTEMS}
    for file in source.files:
        ecosystem = ecosystem_of(file.path)
        if ecosystem not in known:
            continue
        try:
            content = source.read(file.path)
        except UnreadError:
            continue
        for line, package, version, name in dependencies(file.path, content, known[ecosystem]):
            yield Dependency(
                repo=repo,
                path=file.path,
                line=line,
                package=package,
                version=version,
                sdk=name,
                ecosystem=ecosystem,
                unread=ecosystem not in read,
            )
