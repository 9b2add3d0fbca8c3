"""The stages joined: sources to census, census to audit. The public Python API is these functions."""

from __future__ import annotations

import datetime
import gc
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

from aicensus.catalog import Catalog
from aicensus.gitcommand import GitError, is_shallow
from aicensus.model.census import (
    Author,
    Census,
    ClaimMove,
    Coverage,
    Dependency,
    EntryPoint,
    Evaluation,
    KnownTeam,
    LastChange,
    Point,
    PointScope,
    PossibleCall,
    Prompt,
    Repository,
    SdkSeen,
    Secret,
    SourceNote,
    State,
    UnreadFile,
    Unresolved,
)
from aicensus.model.errors import AicensusError, SourceError, UnreadError
from aicensus.model.facts import Note
from aicensus.model.finding import AuditResult, Finding
from aicensus.model.policy import Fragment
from aicensus.model.prose import TextPlace
from aicensus.model.settings import Baseline, Manifest, ManifestFile, Policies, Settings
from aicensus.model.since import Since
from aicensus.sources import MISSING, Source, open_source

if TYPE_CHECKING:
    from aicensus.analysis.policies import PolicyBook
    from aicensus.analysis.rulebook import Rulebook, Statement
    from aicensus.census.configured import Declarations
    from aicensus.census.last_changes import Dated
    from aicensus.census.owners import OwnerIndex
    from aicensus.census.places import Places
    from aicensus.extract.facts_store import FactsStore
    from aicensus.extract.results import Again
    from aicensus.link.scopes import Scopes
    from aicensus.model.owners import Ledger
    from aicensus.model.verification import Verification
    from aicensus.rules.lexicon import Lexicon

Day = Callable[[datetime.date | None], datetime.date]
"""The day to judge at, from that of the newest revision, if known."""
MANIFEST_NAME = "aicensus.yaml"
_ROOT_FILE = re.compile(r"[^/]+/(?:aicensus\.yaml|(?:\.github/|\.gitlab/|docs/)?CODEOWNERS)")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_NAMED = 3
INSTALLED = "in packages that ask no model and are as large as libraries"
RARE = (50_000, 20, 50)
"""Thresholds of the garbage collector during a scan."""
_LIBRARY = "policy library: "
SHALLOW = (
    "the clone is shallow: who worked on a file and when, whom history suggests, claims that moved and when prompts changed last rest on "
    "the commits that are there; `git fetch --unshallow` gets the others (in a CI job: fetch with depth 0)"
)
SAYS_NOTHING = "the manifest of this revision is taken to say nothing"
MAX_NOTED = 400
"""Paths of one reason that the coverage lists."""


def _silent(_: str) -> None:
    """Tell nobody how far a scan is. A function with a name can be sent to another process."""


@dataclass(slots=True)
class ScanOptions:
    """How to scan: nothing here changes what is true of the code."""

    rev: str | None = None
    past: bool = False
    """`rev` is of a history, which nobody can mend: where its own `aicensus.yaml` is wrong, it says nothing, and that is noted."""
    near: str | None = None
    """A revision that hardly differs from `rev`: what its scan found is used as far as it still holds."""
    catalogs: tuple[Path, ...] = ()
    manifest: Path | None = None
    """A manifest for all paths; None reads `aicensus.yaml` at the root of each."""
    jobs: int = 1
    """Processes that parse. More than one starts processes that import the program's main module: guard it as `multiprocessing` asks."""
    libraries: tuple[Path, ...] = ()
    """Folders or repositories of policy fragments, beside those that manifests declare."""
    cache: bool = True
    progress: Callable[[str], None] = _silent


@dataclass(frozen=True, slots=True)
class _Opened:
    """Sources with their names and manifests, and the catalogue for all of them."""

    sources: list[Source]
    names: list[str]
    manifests: list[ManifestFile]
    catalog: Catalog
    libraries: list[Source]
    """Policy libraries that are no sources of the census."""

    def places(self) -> Places:
        """Finds where pieces of prompts stand, by reading their files again."""
        from aicensus.census.places import Places

        by_name = dict(zip(self.names, self.sources, strict=True))

        def look(repo: str, path: str) -> bytes | None:
            with suppress(UnreadError):
                return by_name[repo].read(path) if repo in by_name else None
            return None

        return Places(look)


@dataclass(slots=True)
class _Code:
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


class _Fragments(NamedTuple):
    """One policy library."""

    found: list[Fragment]
    misread: list[UnreadFile]


@dataclass(slots=True)
class _Part:
    """What one source adds to the census."""

    repository: Repository
    code: _Code
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
    fragments: _Fragments
    files: int
    looked: int
    """Files looked through for what they declare."""
    declaring: int
    """Those of them that declare something."""
    remarks: list[str]


def scan(paths: Path | str | Sequence[Path | str], options: ScanOptions | None = None) -> Census:
    """Build the census of one or more repositories or folders.

    Raises SourceError for a path or revision that cannot be opened, CatalogError and ManifestError for files of the user's own.
    """
    options = options or ScanOptions()
    return _scan(_opened([paths] if isinstance(paths, Path | str) else paths, options), options)


def _opened(paths: Sequence[Path | str], options: ScanOptions) -> _Opened:
    sources = [open_source(Path(path), rev=options.rev) for path in paths]
    if not sources:
        raise SourceError("name at least one folder or repository to scan")
    return _with_manifests(sources, _names(sources), options)


def _with_manifests(sources: list[Source], names: list[str], options: ScanOptions) -> _Opened:
    manifests = [manifest_of(source, options) for source in sources]
    catalog = load_catalog([file.manifest for file in manifests], options.catalogs)
    return _Opened(sources, names, manifests, catalog, [open_source(path) for path in options.libraries])


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for garbage cycles seldom: linking makes millions of small records that form none."""
    before = gc.get_threshold()
    gc.set_threshold(*RARE)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@_rare_collections()
def _scan(opened: _Opened, options: ScanOptions) -> Census:
    given = zip(opened.sources, opened.names, opened.manifests, strict=True)
    shared = options.manifest is not None and len(opened.sources) > 1
    parts = [_scan_one(source, name, file, opened.catalog, options, shared) for source, name, file in given]
    return _merge(parts, [_library(source) for source in opened.libraries], opened.catalog)


def load_catalog(manifests: Sequence[Manifest], extra: Sequence[Path] = ()) -> Catalog:
    """The packaged catalogue with the manifests' `catalog:` sections and the user's own files over it."""
    sections = [section for manifest in manifests for section in manifest.catalog]
    return _catalog(extra, sections) if extra or sections else _packaged_catalog()


@cache
def _packaged_catalog() -> Catalog:
    return _catalog((), ())


def _catalog(extra: Sequence[Path], sections: Sequence[dict[str, Any]]) -> Catalog:
    from aicensus.catalog import load

    return load(extra, sections)


def manifest_of(source: Source, options: ScanOptions) -> ManifestFile:
    """The manifest of a source, an empty one where there is none. Raises ManifestError; of the past, one that is wrong says nothing."""
    from aicensus.manifest import ManifestError, read_manifest

    if options.manifest is not None:
        try:
            content = options.manifest.read_bytes()
        except OSError as error:
            raise SourceError(f"{options.manifest}: {error.strerror}; name a manifest that exists") from error
        path = str(options.manifest)
    elif any(file.path == MANIFEST_NAME for file in source.files):
        content, path = source.read(MANIFEST_NAME), MANIFEST_NAME
    else:
        return ManifestFile()
    try:
        manifest, lines = read_manifest(content, path)
    except ManifestError as error:
        if not options.past or options.manifest is not None:
            raise
        return ManifestFile(wrong=str(error).partition("\n")[0])
    return ManifestFile(manifest=manifest, path=path, lines=lines, digest=hashlib.sha256(content).hexdigest()[:16])


def examined(
    paths: Sequence[Path | str],
    options: ScanOptions,
    day: Day,
    baseline: Path | None = None,
    since: str | None = None,
) -> tuple[AuditResult, Catalog]:
    """Scan and judge, with the catalogue that this was done by; `day` gives the day to judge at from that of the revision, if known.

    `baseline` is a file of findings that are not reported. With `since`, a revision, only those are that the single path has and the commit
    where it parted from the revision has not. Raises what `scan` raises, and AicensusError for such a file.
    """
    kept = _baseline(baseline, Path(paths[0])) if baseline is not None and paths else Baseline()
    opened = _opened(paths, options)
    settings = _settings(opened, options, day, _followed(kept, opened, options))
    if since is not None:
        return _judged_since(opened, settings, options, since), opened.catalog
    return audit(_scan(opened, options), settings, opened.catalog, opened.places()), opened.catalog


def owned(paths: Sequence[Path | str], options: ScanOptions, day: Day) -> Ledger:
    """Who answers for what is in production, and what those leave behind who have left; see `examined`. Raises what `scan` raises."""
    from aicensus.analysis.owners import ledger
    from aicensus.audit.context import Context

    opened = _opened(paths, options)
    context = Context(_scan(opened, options), _settings(opened, options, day, Baseline()), opened.catalog)
    return ledger(context.census, context.purposes, lambda repo: context.manifest_of(repo).manifest, context.as_of)


def _settings(opened: _Opened, options: ScanOptions, day: Day, baseline: Baseline) -> Settings:
    files = opened.manifests
    committed = [source.committed_at.date() for source in opened.sources if source.committed_at is not None]
    own = {name: file for name, file in zip(opened.names, files, strict=True) if file.path} if options.manifest is None else {}
    return Settings(
        as_of=day(max(committed, default=None)),
        manifest=files[0].manifest,
        manifest_path=files[0].path,
        manifest_lines=files[0].lines,
        own_manifests=own if len(files) > 1 else {},
        baseline=baseline,
    )


def _judged_since(opened: _Opened, settings: Settings, options: ScanOptions, rev: str) -> AuditResult:
    """The audit of one source with only the findings that its merge base with `rev` has not, judged by the settings and day of now."""
    from aicensus.audit import run_audit
    from aicensus.audit.comparison import new_names, only_new
    from aicensus.census.diff import diff_censuses
    from aicensus.history.merge_base import commits_between, merge_base
    from aicensus.history.renames import renames

    (source,) = opened.sources
    head = options.rev or "HEAD"
    base = merge_base(source.root, rev, head)
    before = _opened_before(opened, options, base)
    try:
        moved, commits = renames(source.root, base, options.rev), commits_between(source.root, base, head)
    except GitError as error:
        raise SourceError(f"--since {rev}: git cannot compare it ({error})") from error
    old = _scan(before, replace(options, rev=base, near=options.rev))
    gc.collect()  # what linking leaves behind would be there twice
    census = _scan(opened, replace(options, near=base))
    diff = diff_censuses(old, census, moved)
    since = Since(commit=base, diff=diff, touched=_touched(before.sources[0], source, moved), commits=commits)
    (file,) = before.manifests
    then = msgspec.structs.replace(
        settings,
        manifest=file.manifest,
        manifest_path=file.path,
        manifest_lines=file.lines,
        baseline=Baseline(),
        renamed=new_names(diff, moved),
    )
    result = run_audit(census, settings, catalog=opened.catalog, places=opened.places(), since=since)
    return only_new(result, audit(old, then, opened.catalog), base)


def _opened_before(opened: _Opened, options: ScanOptions, base: str) -> _Opened:
    """The same source at an earlier commit: what its manifest says of people and points is of then, how to scan and judge is of now.

    Raises SourceError where the clone lacks files of the commit.
    """
    from aicensus.extract import front_end_of
    from aicensus.manifest import ManifestError

    source = open_source(opened.sources[0].root, rev=base)
    if lacks := next((row.path for row in source.unread if row.reason == MISSING and front_end_of(row.path)), ""):
        raise SourceError(f"this clone lacks {lacks} of {base[:12]}; where it is a partial one, clone without `--filter`")
    now = opened.manifests[0]
    try:
        file = manifest_of(source, options)
    except ManifestError:  # which the change may be there to mend
        file = now
    manifest = msgspec.structs.replace(
        file.manifest, settings=now.manifest.settings, catalog=now.manifest.catalog, lexicon=now.manifest.lexicon
    )
    return _Opened([source], opened.names, [msgspec.structs.replace(file, manifest=manifest)], opened.catalog, opened.libraries)


def _touched(old: Source, new: Source, moved: Mapping[str, str]) -> frozenset[str]:
    """Paths of files that are new, or hold something else than before under whatever name."""
    blobs = {moved.get(file.path, file.path): file.blob for file in old.files}
    return frozenset(file.path for file in new.files if file.blob is None or blobs.get(file.path) != file.blob)


def _baseline(file: Path, root: Path) -> Baseline:
    """The baseline in a file, which is called as it stands in the repository. Raises AicensusError."""
    from aicensus.manifest.baseline import read_baseline

    try:
        content = file.read_bytes()
    except OSError as error:
        raise AicensusError(f"{file}: {error.strerror}; write a baseline with `aicensus baseline write {file}`") from error
    inside = file.resolve().is_relative_to(root.resolve())
    return read_baseline(content, file.resolve().relative_to(root.resolve()).as_posix() if inside else str(file))


def _followed(baseline: Baseline, opened: _Opened, options: ScanOptions) -> Baseline:
    """The baseline with where files went that its entries speak of; entries name no repository, so that there has to be one only."""
    from aicensus.history.moves import moved_files

    (source, *others) = opened.sources
    there = {file.path for file in source.files}
    named = {name.partition("::")[0] for entry in baseline.entries for name in (entry.path, *entry.points)}
    gone = named - there - {""}
    if others or source.revision is None or not gone:
        return baseline
    moved = moved_files(source.root, source.revision, gone, there, staged=options.rev is None)
    return msgspec.structs.replace(baseline, moved=moved)


def audit(census: Census, settings: Settings, catalog: Catalog | None = None, places: Places | None = None) -> AuditResult:
    """Judge a census: findings worst first, accepted ones apart. `catalog` gives model facts; None means the packaged ones.

    `places` finds the lines of sentences in prompts; without it, findings about them give a line of the prompt.
    """
    from aicensus.audit import run_audit
    from aicensus.census.places import NOWHERE

    return run_audit(census, settings, catalog=catalog, places=places or NOWHERE)


def rulebook(paths: Path | str | Sequence[Path | str], options: ScanOptions | None = None) -> Rulebook:
    """The rules that prompts of production code state, and what pairs of them are to one another.

    Raises what `scan` raises. Words of the business stand under `lexicon` in the manifest of the first path.
    """
    from aicensus.analysis.rulebook import build_rulebook, subject_words
    from aicensus.graph import build_graph
    from aicensus.rules.lexicon import Lexicon, default_lexicon
    from aicensus.rules.subjects import Subjects

    options = options or ScanOptions()
    opened = _opened([paths] if isinstance(paths, Path | str) else paths, options)
    graph = build_graph(census := _scan(opened, options))
    words = opened.manifests[0].manifest.lexicon
    lexicon = Lexicon(words.synonyms, words.exclusive) if words.synonyms or words.exclusive else None
    scopes = opened.manifests[0].manifest.settings.report_scopes
    reached = ((prompt, graph.points_of_prompt(prompt)) for prompt in census.prompts if prompt.scope in scopes)
    subjects = Subjects(lexicon or default_lexicon(), subject_words(file.manifest for file in opened.manifests))
    kept = ((prompt, points) for prompt, points in reached if points)
    return build_rulebook(kept, lexicon, places=opened.places(), subjects=subjects)


class PolicyView(NamedTuple):
    """The policy library and the prompts of some repositories, with the files they stand in."""

    book: PolicyBook
    statements: tuple[Statement, ...]
    """The business rules in prompts."""
    findings: tuple[Finding, ...]
    """About the library."""
    places: Places
    lexicon: Lexicon | None
    sources: Mapping[str, Source]
    """By repository, those of the library included."""
    manifests: Mapping[str, Manifest]


def policies(paths: Path | str | Sequence[Path | str], options: ScanOptions, day: Day) -> PolicyView:
    """The policy library beside the prompts of some repositories, on a day that `day` gives from that of the revision, if known.

    Raises what `scan` raises, and AicensusError with every mistake in the library.
    """
    from aicensus.audit import library_findings
    from aicensus.audit.context import Context

    opened = _opened([paths] if isinstance(paths, Path | str) else paths, options)
    census = _scan(opened, options)
    wrong = [row for row in census.coverage.unread if row.reason.startswith(_LIBRARY)]
    if wrong:
        lines = (f"{row.path}{f':{row.line}' if row.line else ''}: {row.reason.removeprefix(_LIBRARY)}" for row in wrong)
        raise AicensusError("\n".join(lines))
    settings = _settings(opened, options, day, Baseline())
    context = Context(census, settings, opened.catalog, opened.places())
    named = zip(opened.names, opened.sources, strict=True)
    return PolicyView(
        book=context.policies,
        statements=context.rulebook.statements,
        findings=library_findings(context),
        places=context.places,
        lexicon=context.lexicon,
        sources={source.repo: source for source in opened.libraries} | dict(named),
        manifests={name: context.manifest_of(name).manifest for name in opened.names},
    )


def load(path: Path | str) -> Census:
    """Read a saved census. Raises AicensusError naming the file and what is wrong with it."""
    from aicensus.report.json import load as read

    return read(Path(path))


def verified(snapshot: Path, paths: Sequence[Path | str], options: ScanOptions) -> Verification:
    """Scan the commits of a saved census again, from the object databases of the repositories at `paths`, and compare.

    Raises what `load` and `scan` raise, and SourceError where the snapshot is of no commit, or of other repositories than given.
    """
    from aicensus.analysis.verification import compare
    from aicensus.report.json import read, written

    kept = load(snapshot)
    commits = [_commit_of(repository, snapshot) for repository in kept.repositories]
    if len(commits) != len(paths):
        raise SourceError(f"{snapshot} is of {len(commits)} repositories, and {len(paths)} are given; name each with --in, in its order")
    sources = [_with_commit(Path(path), commit) for path, commit in zip(paths, commits, strict=True)]
    opened = _with_manifests(sources, [repository.name for repository in kept.repositories], options)
    again = _scan(opened, replace(options, rev=" ".join(commits)))
    return compare(kept, read(written(again), "the scan"), SHALLOW)


def _commit_of(repository: Repository, snapshot: Path) -> str:
    if not _COMMIT.fullmatch(repository.revision):
        raise SourceError(f"{snapshot} holds a plain folder, of which there is no commit to scan again; take snapshots of git repositories")
    return repository.revision


def _with_commit(path: Path, commit: str) -> Source:
    try:
        return open_source(path, rev=commit)
    except SourceError as error:
        raise SourceError(
            f"{error}; name the repository of the snapshot with --in, and fetch its commit if the clone is shallow"
        ) from error


# -- one source ------------------------------------------------------------------------------------------------------


def _names(sources: Sequence[Source]) -> list[str]:
    """A name for each source, numbered where two have the same."""
    taken: dict[str, int] = {}
    names = []
    for source in sources:
        taken[source.repo] = taken.get(source.repo, 0) + 1
        names.append(source.repo if taken[source.repo] == 1 else f"{source.repo}-{taken[source.repo]}")
    return names


def _scan_one(source: Source, repo: str, file: ManifestFile, catalog: Catalog, options: ScanOptions, shared: bool) -> _Part:
    """The census of one source; `shared` when its manifest speaks of others too."""
    from aicensus.census.configured import Declarations, declarations, joined, resolved, tied
    from aicensus.census.declared import answered_for
    from aicensus.census.secrets import find_secrets
    from aicensus.extract.cache import FactsCache
    from aicensus.extract.facts_store import FactsStore
    from aicensus.link.configuration import declared as declared_in
    from aicensus.manifest import followed

    limited = _limited(source, file.manifest)
    code = _code(source, limited, repo, file.manifest, catalog, options)
    store = FactsStore(limited, None)
    options.progress(f"{repo}: reading configuration")
    configured = declared_in(limited, FactsCache() if options.cache else None, catalog, find_secrets)
    declared, secrets = Declarations(), list[Secret]()
    if configured.files:
        scopes = _scopes(store, file.manifest)
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
    return _Part(
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


def _library(source: Source) -> _Fragments:
    """The library in a repository that is no source of the census: where its own manifest says, else in all of it."""
    own = manifest_of(source, ScanOptions()).manifest.policies
    return _fragments(source, source.repo, own if own.library or own.verbatim else Policies(library=(".",)))


def _fragments(source: Source, repo: str, policies: Policies) -> _Fragments:
    """The policy library of a source; what is wrong in its files is listed as not read."""
    if not policies.library and not policies.verbatim:
        return _Fragments([], [])
    from aicensus.policy.reading import read_library

    found, mistakes = read_library((row.path for row in source.files), source.read, policies, repo)
    misread = [UnreadFile(repo=repo, path=row.path, reason=f"{_LIBRARY}{row.message}", line=row.line) for row in mistakes]
    return _Fragments(found, misread)


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


def _code(source: Source, limited: Source, repo: str, manifest: Manifest, catalog: Catalog, options: ScanOptions) -> _Code:
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
                code = msgspec.msgpack.decode(again.result, type=_Code)
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


def _renewed(code: _Code, again: Again, store: FactsStore, repo: str, manifest: Manifest) -> _Code:
    """What the code says, with what is told of changed files as it is now. Raises LookupError when more would have to be told."""
    from aicensus.census.contents import with_content
    from aicensus.extract.moves import moved

    parsed = again.asked.facts & again.changed
    texts = {path: store.content(path) for path in again.asked.texts & again.changed}
    if None in texts.values() or any(row.path in texts for row in code.unread):
        raise LookupError
    scopes = _scopes(store, manifest)
    secrets = [row for row in code.secrets if row.path not in parsed]
    secrets += [row for path in parsed for row in _secrets(store, repo, path, scopes.of(path, store.facts(path)))]
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


def _retold(code: _Code, again: Again, files: Iterable[str]) -> _Code:
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


def _analyse(store: FactsStore, repo: str, manifest: Manifest, catalog: Catalog, options: ScanOptions) -> _Code:
    from aicensus.census.build import build, with_prompt_ids
    from aicensus.census.configured import joined
    from aicensus.census.context import surround
    from aicensus.census.sql_in_code import sql_in_code
    from aicensus.census.tested import tests_of
    from aicensus.link.entry_points import MANIFESTS
    from aicensus.link.rounds import MAX_ROUNDS, link
    from aicensus.link.sql import SqlRows

    linked = link(store, catalog, lambda text: options.progress(f"{repo}: {text}"))
    scopes = _scopes(store, manifest)
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
    return _Code(
        points=[*around.points, *sql.points],
        heard=around.heard | {point.id: [] for point in sql.points},
        prompts=joined(prompts, sql.prompts),
        tests=tests_of(store, linked.search, scopes, around.points, prompts, repo),
        state=around.state,
        entry_points=around.entry_points,
        secrets=[row for m in modules for row in _secrets(store, repo, m.path, scopes.of(m.path, m.facts))],
        unread=[UnreadFile(repo=repo, path=row.path, reason=row.reason) for row in unread] + broken + beyond,
        unresolved=[*built.unresolved, *sql.unresolved],
        possible=built.possible,
        leaves=built.leaves,
        notes=[SourceNote(repo=repo, path=m.path, line=note.line, text=note.text) for m in modules for note in m.facts.notes],
        left_out=dict(Counter([*(row.reason for row in left), *(INSTALLED for _ in linked.project.installed())])),
        languages=dict(Counter(m.facts.language for m in modules)),
        sdks=linked.sdk_files,
        considered=len(store.considered),
        analysed=len(store.parsed),
    )


def _scopes(store: FactsStore, manifest: Manifest) -> Scopes:
    from aicensus.link.scopes import Scopes

    return Scopes(store.files, {pattern: scope for scope, patterns in manifest.settings.scopes.items() for pattern in patterns})


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
    from aicensus.census.following import claim_moves
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


def _secrets(store: FactsStore, repo: str, path: str, scope: PointScope) -> Iterable[Secret]:
    from aicensus.census.secrets import find_secrets

    for line, kind, masked in find_secrets(store.content(path) or b""):
        yield Secret(repo=repo, path=path, line=line, kind=kind, masked=masked, scope=scope)


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


# -- all of them -----------------------------------------------------------------------------------------------------


def _merge(parts: Sequence[_Part], libraries: Sequence[_Fragments], catalog: Catalog) -> Census:
    from aicensus import __version__

    def summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
        total: dict[str, int] = {}
        for one in counts:
            for name, count in one.items():
                total[name] = total.get(name, 0) + count
        return total

    coverage = Coverage(
        files=sum(p.files for p in parts),
        considered=sum(p.code.considered + p.looked for p in parts),
        analysed=sum(p.code.analysed + p.declaring for p in parts),
        left_out=tuple(sorted(summed(p.code.left_out for p in parts).items())),
        languages=tuple(
            sorted(summed([*(p.code.languages for p in parts), *({"configuration": p.declaring} for p in parts if p.declaring)]).items())
        ),
        unread=tuple(sorted(_unread(parts, libraries), key=lambda r: (r.repo, r.path, r.line))),
        unresolved=tuple(row for p in parts for row in p.unresolved),
        possible=tuple(row for p in parts for row in p.code.possible),
        notes=tuple(text for p in parts for text in p.remarks),
    )
    return Census(
        tool_version=__version__,
        catalog=catalog.digest,
        repositories=tuple(p.repository for p in parts),
        points=tuple(row for p in parts for row in p.points),
        prompts=tuple(row for p in parts for row in p.prompts),
        state=tuple(row for p in parts for row in p.code.state),
        entry_points=tuple(row for p in parts for row in (*p.code.entry_points, *p.declared.entry_points)),
        secrets=tuple(row for p in parts for row in p.secrets),
        dependencies=tuple(row for p in parts for row in p.dependencies),
        flows=tuple(row for p in parts for row in p.declared.flows),
        developer_tools=tuple(row for p in parts for row in p.declared.developer_tools),
        evaluations=tuple(row for p in parts for row in p.evaluations),
        last_changes=tuple(row for p in parts for row in p.last_changes),
        model_settings=tuple(row for p in parts for row in p.declared.model_settings),
        sdks=tuple(SdkSeen(sdk=name, files=count) for name, count in sorted(summed(p.code.sdks for p in parts).items())),
        authors=tuple(row for p in parts for row in p.authors),
        teams=tuple(row for p in parts for row in p.teams),
        claim_moves=tuple(row for p in parts for row in p.moves),
        notes=tuple(row for p in parts for row in p.code.notes),
        fragments=tuple(row for held in (*(p.fragments for p in parts), *libraries) for row in held.found),
        coverage=coverage,
    )


def _unread(parts: Sequence[_Part], libraries: Sequence[_Fragments]) -> Iterator[UnreadFile]:
    for part in parts:
        yield from (*part.code.unread, *part.unread, *part.fragments.misread)
    for library in libraries:
        yield from library.misread
