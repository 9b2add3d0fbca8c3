"""The stages joined: sources to census, census to audit. The public Python API is these functions."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from aicensus.catalog import Catalog
from aicensus.model.census import (
    Author,
    Census,
    Coverage,
    Dependency,
    EntryPoint,
    Point,
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
from aicensus.model.errors import SourceError, UnreadError
from aicensus.model.finding import AuditResult
from aicensus.model.settings import Manifest, ManifestFile, Settings
from aicensus.sources import Source, open_source

if TYPE_CHECKING:
    from aicensus.census.owners import OwnerIndex

MANIFEST_NAME = "aicensus.yaml"
MAX_NOTED = 400
"""Paths of one reason that the coverage lists."""


@dataclass(slots=True)
class ScanOptions:
    """How to scan: nothing here changes what is true of the code."""

    rev: str | None = None
    catalogs: tuple[Path, ...] = ()
    manifest: Path | None = None
    """A manifest for all paths; None reads `aicensus.yaml` at the root of each."""
    jobs: int = 1
    """Processes that parse. More than one starts processes that import the program's main module: guard it as `multiprocessing` asks."""
    cache: bool = True
    progress: Callable[[str], None] = field(default=lambda _: None)


@dataclass(slots=True)
class _Part:
    """What one source adds to the census."""

    repository: Repository
    points: list[Point]
    prompts: list[Prompt]
    state: list[State]
    entry_points: list[EntryPoint]
    secrets: list[Secret]
    dependencies: list[Dependency]
    unread: list[UnreadFile]
    unresolved: list[Unresolved]
    possible: list[PossibleCall]
    authors: list[Author]
    notes: list[SourceNote]
    left_out: dict[str, int]
    languages: dict[str, int]
    sdks: dict[str, int]
    files: int
    considered: int
    analysed: int
    remarks: list[str]


def scan(paths: Path | str | Sequence[Path | str], options: ScanOptions | None = None) -> Census:
    """Build the census of one or more repositories or folders.

    Raises SourceError for a path or revision that cannot be opened, CatalogError and ManifestError for files of the user's own.
    """
    options = options or ScanOptions()
    paths = [paths] if isinstance(paths, Path | str) else paths
    sources = [open_source(Path(path), rev=options.rev) for path in paths]
    if not sources:
        raise SourceError("name at least one folder or repository to scan")
    manifests = [manifest_of(source, options) for source in sources]
    catalog = load_catalog([file.manifest for file in manifests], options.catalogs)
    names = _names(sources)
    parts = [_scan_one(source, name, file, catalog, options) for source, name, file in zip(sources, names, manifests, strict=True)]
    return _merge(parts, catalog)


def load_catalog(manifests: Sequence[Manifest], extra: Sequence[Path] = ()) -> Catalog:
    """The packaged catalogue with the manifests' `catalog:` sections and the user's own files over it."""
    from aicensus.catalog import load

    return load(extra, [section for manifest in manifests for section in manifest.catalog])


def manifest_of(source: Source, options: ScanOptions) -> ManifestFile:
    """The manifest of a source, an empty one where there is none. Raises ManifestError."""
    from aicensus.manifest import read_manifest

    if options.manifest is not None:
        try:
            content = options.manifest.read_bytes()
        except OSError as error:
            raise SourceError(f"{options.manifest}: {error.strerror}; name a manifest that exists") from error
        manifest, lines = read_manifest(content, str(options.manifest))
        return ManifestFile(manifest=manifest, path=str(options.manifest), lines=lines)
    if any(file.path == MANIFEST_NAME for file in source.files):
        manifest, lines = read_manifest(source.read(MANIFEST_NAME), MANIFEST_NAME)
        return ManifestFile(manifest=manifest, path=MANIFEST_NAME, lines=lines)
    return ManifestFile()


def examine(paths: Sequence[Path | str], options: ScanOptions, day: Callable[[datetime.date | None], datetime.date]) -> AuditResult:
    """Scan and judge; `day` gives the day to judge at from the day of the revision, where one is known."""
    census = scan(paths, options)
    sources = [open_source(Path(path), rev=options.rev) for path in paths]
    files = [manifest_of(source, options) for source in sources]
    committed = [source.committed_at.date() for source in sources if source.committed_at is not None]
    own = {name: file for name, file in zip(_names(sources), files, strict=True) if file.path} if options.manifest is None else {}
    settings = Settings(
        as_of=day(max(committed, default=None)),
        manifest=files[0].manifest,
        manifest_path=files[0].path,
        manifest_lines=files[0].lines,
        own_manifests=own if len(sources) > 1 else {},
    )
    return audit(census, settings, load_catalog([file.manifest for file in files], options.catalogs))


def audit(census: Census, settings: Settings, catalog: Catalog | None = None) -> AuditResult:
    """Judge a census: findings worst first, accepted ones apart. `catalog` gives model facts; None means the packaged ones."""
    from aicensus.audit import run_audit

    return run_audit(census, settings, catalog=catalog)


def load(path: Path | str) -> Census:
    """Read a saved census. Raises AicensusError naming the file and what is wrong with it."""
    from aicensus.report.json import load as read

    return read(Path(path))


# -- one source ------------------------------------------------------------------------------------------------------


def _names(sources: Sequence[Source]) -> list[str]:
    """A name for each source, numbered where two have the same."""
    taken: dict[str, int] = {}
    names = []
    for source in sources:
        taken[source.repo] = taken.get(source.repo, 0) + 1
        names.append(source.repo if taken[source.repo] == 1 else f"{source.repo}-{taken[source.repo]}")
    return names


def _scan_one(source: Source, repo: str, file: ManifestFile, catalog: Catalog, options: ScanOptions) -> _Part:
    from aicensus.census.build import build, with_prompt_ids
    from aicensus.census.context import surround
    from aicensus.extract.cache import FactsCache
    from aicensus.extract.facts_store import FactsStore
    from aicensus.link.entry_points import MANIFESTS
    from aicensus.link.rounds import link
    from aicensus.link.scopes import Scopes

    manifest = file.manifest
    source = _limited(source, manifest)
    store = FactsStore(source, FactsCache() if options.cache else None, jobs=options.jobs)
    linked = link(store, catalog, lambda text: options.progress(f"{repo}: {text}"))
    overrides = {pattern: scope for scope, patterns in manifest.settings.scopes.items() for pattern in patterns}
    scopes = Scopes((file.path for file in source.files), overrides)
    built = build(linked, scopes, repo, store.read)
    points, prompts = with_prompt_ids(built.points, built.prompts)
    manifests = {f.path: content for f in source.files if MANIFESTS.search(f.path) and (content := store.read(f.path)) is not None}
    owners = _owners(source, store.read, file, points)
    loaded = set(linked.project.loaded())

    def ensure(names: set[str]) -> bool:
        more = store.containing([(name,) for name in sorted(names)], [path for path in store.considered if path not in loaded])
        loaded.update(more)
        store.preload(more)
        return bool(linked.project.load(more))

    options.progress(f"{repo}: following callers of {len(points)} points")
    around = surround(points, built.keys, {p.id: p.text for p in prompts}, linked, scopes, repo, manifests, owners, ensure)
    secrets = [row for path in linked.project.loaded() for row in _secrets(store.read(path), repo, path, scopes)]
    unread, left = store.coverage()
    broken = [
        UnreadFile(repo=repo, path=module.path, line=line, reason=why)
        for module in linked.evaluator.modules()
        for line, why in module.facts.errors[:5]
    ]
    skipped = [UnreadFile(repo=repo, path=row.path, line=row.line, reason=row.message) for row in owners.problems]
    languages: dict[str, int] = {}
    for module in linked.evaluator.modules():
        languages[module.facts.language] = languages.get(module.facts.language, 0) + 1
    reasons: dict[str, int] = {}
    for row in left:
        reasons[row.reason] = reasons.get(row.reason, 0) + 1
    notes = [
        SourceNote(repo=repo, path=module.path, line=note.line, text=note.text)
        for module in linked.evaluator.modules()
        for note in module.facts.notes
    ]
    return _Part(
        repository=Repository(name=repo, kind=_kind(source), revision=source.revision or ""),
        points=around.points,
        prompts=prompts,
        state=around.state,
        entry_points=around.entry_points,
        secrets=secrets,
        dependencies=list(_dependencies(store.read, source, repo, catalog)),
        unread=[UnreadFile(repo=repo, path=row.path, reason=row.reason) for row in unread] + broken + skipped,
        unresolved=built.unresolved,
        possible=built.possible,
        authors=list(owners.people(repo)),
        notes=notes,
        left_out=reasons,
        languages=languages,
        sdks=linked.sdk_files,
        files=len(source.files),
        considered=len(store.considered),
        analysed=len(store.parsed),
        remarks=[f"{repo}: {note}" for note in source.notes],
    )


def _owners(source: Source, read: Callable[[str], bytes | None], file: ManifestFile, points: Sequence[Point]) -> OwnerIndex:
    """The ownership index of one source, with the history of the files that hold its points."""
    from aicensus.census.owners import Contribution, OwnerIndex, is_ownership_file
    from aicensus.history.authors import contributions

    files = {f.path: content for f in source.files if is_ownership_file(f.path) and (content := read(f.path)) is not None}
    history = contributions(source.root, source.revision, {p.path for p in points}) if source.revision is not None else {}
    authors = {path: [Contribution(*row) for row in rows] for path, rows in history.items()}
    return OwnerIndex(files, file.manifest, authors, manifest_path=file.path or MANIFEST_NAME, manifest_lines=file.lines)


def _limited(source: Source, manifest: Manifest) -> Source:
    """The source with only the files that the manifest's `include` and `exclude` let in."""
    from dataclasses import replace

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


def _secrets(content: bytes | None, repo: str, path: str, scopes: object) -> Iterable[Secret]:
    from aicensus.census.secrets import find_secrets

    for line, kind, masked in find_secrets(content or b""):
        yield Secret(repo=repo, path=path, line=line, kind=kind, masked=masked, scope=scopes.of(path))  # type: ignore[attr-defined]


def _dependencies(read: Callable[[str], bytes | None], source: Source, repo: str, catalog: Catalog) -> Iterable[Dependency]:
    from aicensus.census.dependencies import dependencies, is_manifest, normal

    python: Mapping[str, str] = {normal(p): sdk.sdk for sdk in catalog.sdks if sdk.language == "python" and sdk.calls for p in sdk.packages}
    script: Mapping[str, str] = {
        normal(p): sdk.sdk for sdk in catalog.sdks if sdk.language == "javascript" and sdk.calls for p in sdk.packages
    }
    for file in source.files:
        if not is_manifest(file.path):
            continue
        try:
            content = source.read(file.path)
        except UnreadError:
            continue
        packages = script if file.path.endswith("package.json") else python
        for line, package, version, sdk in dependencies(file.path, content, packages):
            yield Dependency(repo=repo, path=file.path, line=line, package=package, version=version, sdk=sdk)


# -- all of them -----------------------------------------------------------------------------------------------------


def _merge(parts: Sequence[_Part], catalog: Catalog) -> Census:
    from aicensus import __version__

    def summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
        total: dict[str, int] = {}
        for one in counts:
            for name, count in one.items():
                total[name] = total.get(name, 0) + count
        return total

    coverage = Coverage(
        files=sum(p.files for p in parts),
        considered=sum(p.considered for p in parts),
        analysed=sum(p.analysed for p in parts),
        left_out=tuple(sorted(summed(p.left_out for p in parts).items())),
        languages=tuple(sorted(summed(p.languages for p in parts).items())),
        unread=tuple(sorted((row for p in parts for row in p.unread), key=lambda r: (r.repo, r.path, r.line))),
        unresolved=tuple(row for p in parts for row in p.unresolved),
        possible=tuple(row for p in parts for row in p.possible),
        notes=tuple(text for p in parts for text in p.remarks),
    )
    return Census(
        tool_version=__version__,
        catalog=catalog.digest,
        repositories=tuple(p.repository for p in parts),
        points=tuple(row for p in parts for row in p.points),
        prompts=tuple(row for p in parts for row in p.prompts),
        state=tuple(row for p in parts for row in p.state),
        entry_points=tuple(row for p in parts for row in p.entry_points),
        secrets=tuple(row for p in parts for row in p.secrets),
        dependencies=tuple(row for p in parts for row in p.dependencies),
        sdks=tuple(SdkSeen(sdk=name, files=count) for name, count in sorted(summed(p.sdks for p in parts).items())),
        authors=tuple(row for p in parts for row in p.authors),
        notes=tuple(row for p in parts for row in p.notes),
        coverage=coverage,
    )
