"""A census judged: whole, beside a baseline, or only what a change adds to it."""

from __future__ import annotations

import datetime
import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from aicensus.catalog import Catalog
from aicensus.gitcommand import GitError
from aicensus.model.census import (
    Census,
)
from aicensus.model.errors import AicensusError, SourceError
from aicensus.model.finding import AuditResult
from aicensus.model.settings import Baseline, Settings
from aicensus.model.since import Since
from aicensus.pipeline.opening import Opened, ScanOptions, manifest_of, open_all
from aicensus.pipeline.scanning import census_of
from aicensus.sources import MISSING, Source, open_source

if TYPE_CHECKING:
    from aicensus.census.places import Places


Day = Callable[[datetime.date | None], datetime.date]
"""The day to judge at, from that of the newest revision, if known."""


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
    opened = open_all(paths, options)
    settings = settings_of(opened, options, day, _followed(kept, opened, options))
    if since is not None:
        return _judged_since(opened, settings, options, since), opened.catalog
    return audit(census_of(opened, options), settings, opened.catalog, opened.places()), opened.catalog


def settings_of(opened: Opened, options: ScanOptions, day: Day, baseline: Baseline) -> Settings:
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


def _judged_since(opened: Opened, settings: Settings, options: ScanOptions, rev: str) -> AuditResult:
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
    old = census_of(before, replace(options, rev=base, near=options.rev))
    gc.collect()  # what linking leaves behind would be there twice
    census = census_of(opened, replace(options, near=base))
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


def _opened_before(opened: Opened, options: ScanOptions, base: str) -> Opened:
    """The same source at an earlier commit: what its manifest says of people and points is of then, how to scan and judge is of now.

    Raises SourceError where the clone lacks files of the commit.
    """
    from aicensus.extract import is_code
    from aicensus.manifest import ManifestError

    source = open_source(opened.sources[0].root, rev=base)
    if lacks := next((row.path for row in source.unread if row.reason == MISSING and is_code(row.path)), ""):
        raise SourceError(f"this clone lacks {lacks} of {base[:12]}; where it is a partial one, clone without `--filter`")
    now = opened.manifests[0]
    try:
        file = manifest_of(source, options)
    except ManifestError:  # which the change may be there to mend
        file = now
    manifest = msgspec.structs.replace(
        file.manifest, settings=now.manifest.settings, catalog=now.manifest.catalog, lexicon=now.manifest.lexicon
    )
    return Opened([source], opened.names, [msgspec.structs.replace(file, manifest=manifest)], opened.catalog, opened.libraries)


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


def _followed(baseline: Baseline, opened: Opened, options: ScanOptions) -> Baseline:
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
