"""Two revisions, or two saved censuses, compared."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from aicensus.analysis.changes import diff_audits
from aicensus.gitcommand import GitError
from aicensus.history.line import commit_of, named, read_line
from aicensus.history.renames import renames
from aicensus.model.census import Census
from aicensus.model.finding import AuditResult
from aicensus.model.settings import Settings
from aicensus.pipeline import ScanOptions, audit, examined, load, load_catalog, manifest_of
from aicensus.report.changes import Comparison
from aicensus.rules.lexicon import Lexicon
from aicensus.sources import open_source


def compare(path: Path, old: str, new: str, options: ScanOptions, day: Callable[[datetime.date | None], datetime.date]) -> Comparison:
    """Compare two revisions of the repository at `path`; each may also be the file of a saved census or audit.

    Both are judged on one day, so that nothing differs by the date alone; `day` gives it from that of the newer revision, if known. A saved
    census is judged by the manifest at `path`. Raises what `scan` and `load` raise.
    """
    judged_on: list[datetime.date] = []

    def once(committed: datetime.date | None) -> datetime.date:
        judged_on.append(judged_on[0] if judged_on else day(committed))
        return judged_on[0]

    newer = _result(path, new, options, once)
    older = _result(path, old, replace(options, past=True), once)
    words = _settings(path, options, judged_on[0]).manifest.lexicon
    lexicon = Lexicon(words.synonyms, words.exclusive) if words.synonyms or words.exclusive else None
    return Comparison(older, newer, diff_audits(older, newer, _moved(path, older.census, newer.census), lexicon))


def _result(path: Path, name: str, options: ScanOptions, day: Callable[[datetime.date | None], datetime.date]) -> AuditResult:
    if Path(name).is_file():
        settings = _settings(path, options, day(None))
        return audit(load(name), settings, load_catalog([settings.manifest], options.catalogs))
    result, _ = examined([path], replace(options, rev=named(path, name)), day)
    return result


def _settings(path: Path, options: ScanOptions, as_of: datetime.date) -> Settings:
    """The settings that the manifest at `path` makes."""
    file = manifest_of(open_source(path, rev=options.rev), options)
    return Settings(as_of=as_of, manifest=file.manifest, manifest_path=file.path, manifest_lines=file.lines)


def _moved(path: Path, old: Census, new: Census) -> dict[str, str]:
    """Moves that git sees, where both censuses are of commits that the repository at `path` has."""
    if len(old.repositories) != 1 or len(new.repositories) != 1:
        return {}
    commits = [census.repositories[0].revision for census in (old, new)]
    if not all(commit and commit_of(path, commit) for commit in commits):
        return {}
    try:
        moved = renames(path, *commits)
    except GitError:
        return {}
    line = read_line(path.resolve(), commits[1])
    place = line.place_of(commits[0])
    # Step by step more moves are seen than from one end to the other.
    return moved | line.moved(place, 0) if place is not None else moved
