"""How the points of a repository grew: its branch sampled at the ends of months or quarters, each sample scanned once."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

import msgspec

from aicensus.analysis.growth import growth_of, light_of, months_between, period_ends, purposes, sample_of
from aicensus.history.line import Line, complete, read_line
from aicensus.model.census import Census, Coverage
from aicensus.model.finding import AuditResult
from aicensus.model.growth import Commit, Sample, Trend
from aicensus.pipeline import SAYS_NOTHING, ScanOptions
from aicensus.timeline.arriving import Arrivals
from aicensus.timeline.revisions import scanned

_POOL_FROM = 4
"""Revisions below which starting processes costs more than it saves."""
_DAY_END = datetime.time(23, 59, 59, 999999, datetime.UTC)


def trend(
    path: Path,
    options: ScanOptions,
    *,
    every: Literal["month", "quarter"] = "month",
    since: datetime.date | None = None,
    rev: str | None = None,
) -> Trend:
    """The purposes in production at the end of each period of the branch, or of `rev`, as commit times say (UTC), and at its newest commit.

    `options.jobs` revisions are scanned at once. Raises SourceError for a shallow clone and a detached HEAD.
    """
    line = complete(read_line(path.resolve(), rev))
    days = _sampled_days(line, every, since)
    places = [place for _, place in days]
    wanted = [line.commits[place] for place in dict.fromkeys(places)]
    censuses = dict(zip([commit.id for commit in wanted], _scanned(path, wanted, options), strict=True))
    samples = list(_samples(line, days, censuses, Arrivals(path, line, options)))
    first = _first(line, days, censuses)
    months = months_between(_day(first), datetime.date.fromisoformat(samples[-1].at)) if first and samples else None
    return Trend(
        repo=next((census.repositories[0].name for census in censuses.values()), path.resolve().name),
        branch=line.branch,
        every=every,
        samples=tuple(samples),
        commits=len(line.commits),
        first=first,
        months=months,
        light=light_of(months) if months is not None else "",
        growth=growth_of(samples),
        notes=tuple(_notes(wanted, censuses)),
    )


def with_growth(result: AuditResult, paths: Sequence[Path], options: ScanOptions, every: Literal["month", "quarter"]) -> AuditResult:
    """An audit with the growth of each repository it is of, up to the revision of `options`. Raises what `trend` raises."""
    trends = (trend(path, replace(options, rev=None), every=every, rev=options.rev) for path in paths)
    return msgspec.structs.replace(result, growth=tuple(trends))


def _sampled_days(line: Line, every: Literal["month", "quarter"], since: datetime.date | None) -> list[tuple[datetime.date, int]]:
    """Days with the place of what was newest at their end, oldest first; the last day is that of the newest commit."""
    last = line.times[0].astimezone(datetime.UTC).date()
    begin = min(line.times).astimezone(datetime.UTC).date()
    ends = period_ends(max(since or begin, begin), last, every)
    found = [(day, line.at(datetime.datetime.combine(day, _DAY_END))) for day in ends[:-1]]
    return [*((day, place) for day, place in found if place is not None), (last, 0)]


def _samples(line: Line, days: Sequence[tuple[datetime.date, int]], censuses: dict[str, Census], arrivals: Arrivals) -> Iterator[Sample]:
    before: int | None = None
    for day, place in days:
        census = censuses[line.commits[place].id]
        if before is None:
            yield sample_of(day, line.commits[place], census)
        else:
            was_decided = partial(arrivals.decided, newer=place, older=before)
            yield sample_of(day, line.commits[place], census, censuses[line.commits[before].id], line.moved(before, place), was_decided)
        before = place


def _first(line: Line, days: Sequence[tuple[datetime.date, int]], censuses: dict[str, Census]) -> Commit | None:
    """The commit that brought the file of the first purpose in production, after the last sample without one."""
    for number, (_, place) in enumerate(days):
        points = purposes(censuses[line.commits[place].id])
        if not points:
            continue
        older = days[number - 1][1] if number else len(line.commits) - 1
        files = {point.path for point in points}
        for at in range(older, place - 1, -1):
            moved = line.moved(at, place) if at > place else {}
            if any(not change.gone and moved.get(change.path, change.path) in files for change in line.changes[at]):
                return line.commits[at]
        return line.commits[place]
    return None


def _notes(commits: Sequence[Commit], censuses: dict[str, Census]) -> Iterator[str]:
    """The sampled revisions whose manifest could not be used."""
    for commit in commits:
        yield from (f"{commit.id[:12]}: {note}" for note in censuses[commit.id].coverage.notes if note.endswith(SAYS_NOTHING))


def _day(commit: Commit) -> datetime.date:
    return datetime.datetime.fromisoformat(commit.at).astimezone(datetime.UTC).date()


# --- scanning ---


def _scanned(path: Path, commits: Sequence[Commit], options: ScanOptions) -> list[Census]:
    """The censuses of some commits, in as many processes as pay, without what the numbers do not need."""
    jobs = min(options.jobs, len(commits))
    found: list[Census] = []
    if jobs < 2 or len(commits) < _POOL_FROM:
        for commit in commits:
            _tell(options, len(found), len(commits), commit)
            found.append(_scan_one(path, replace(options, rev=commit.id, past=True)))
        return found
    import multiprocessing

    context = multiprocessing.get_context("forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn")
    plain = ScanOptions(catalogs=options.catalogs, manifest=options.manifest, cache=options.cache, past=True)
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        work = [pool.submit(_scan_one, path, replace(plain, rev=commit.id)) for commit in commits]
        for commit, future in zip(commits, work, strict=True):
            _tell(options, len(found), len(commits), commit)
            found.append(future.result())
    return found


def _scan_one(path: Path, options: ScanOptions) -> Census:
    census = scanned(path, options)
    prompts = tuple(msgspec.structs.replace(prompt, text="") for prompt in census.prompts)
    coverage = Coverage(notes=census.coverage.notes)
    return Census(repositories=census.repositories, points=census.points, prompts=prompts, state=census.state, coverage=coverage)


def _tell(options: ScanOptions, done: int, whole: int, commit: Commit) -> None:
    width = 30
    filled = width * done // whole
    options.progress(f"[{'#' * filled}{'.' * (width - filled)}] {done} of {whole} revisions, {commit.at[:10]}")
