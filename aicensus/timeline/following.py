"""One point followed back along a branch: every commit that changed it, across renames and moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from aicensus.analysis.changes import rules_between, told
from aicensus.history.line import complete, read_line, written_between
from aicensus.model.census import Census, Point
from aicensus.model.changes import Change, RuleChange
from aicensus.model.growth import Commit
from aicensus.model.history import Event, PointHistory
from aicensus.pipeline import ScanOptions
from aicensus.report.card import NoSuchPoint, find_point
from aicensus.sources import open_source
from aicensus.timeline.revisions import Revisions
from aicensus.timeline.touching import touching


class Step(NamedTuple):
    """The commit at a place of the line changed a point."""

    place: int
    new: Point
    old: Point | None
    """None: the commit brought it."""
    changes: tuple[Change, ...]


def point_history(path: Path, wanted: str, options: ScanOptions, *, rev: str | None = None) -> PointHistory:
    """Every change of a point up to the newest commit of the branch, or of `rev`.

    Commits that touch lines of the point are looked at; where another one changed it, that is searched for. Raises SourceError for a
    shallow clone and a detached HEAD, NoSuchPoint.
    """
    revisions = Revisions(path, complete(read_line(path.resolve(), rev)), options)
    line = revisions.line
    point = _named(revisions.census(0), wanted)
    events: list[Event] = []
    for step in steps(revisions, 0, point):
        options.progress(f"{point.id}: {len(line.commits) - step.place:,} commits to go, {len(events) + 1} changes")
        events.append(_event(revisions, step))
    return PointHistory(
        repo=point.repo, branch=line.branch, point=point, events=tuple(events), commits=len(line.commits), scanned=revisions.scanned
    )


def _named(census: Census, wanted: str) -> Point:
    try:
        return find_point(census.points, wanted)
    except NoSuchPoint as error:
        raise NoSuchPoint(f"{error}\na point that is gone is found with --rev and a revision that has it") from None


def steps(revisions: Revisions, place: int, point: Point) -> Iterator[Step]:
    """The changes of a point of the census at `place`, the newest first, the last one being the commit that brought it."""
    last = len(revisions.line.commits) - 1
    while True:
        touched = next(_touching(revisions, place, point), last)
        if touched < last and (before := _unchanged(revisions, point, place, touched + 1)):
            place, point = touched + 1, before
            continue
        step = _step(revisions, _changing(revisions, point, place, touched), point, last)
        yield step
        if step.old is None:
            return
        place, point = step.place + 1, step.old


def _touching(revisions: Revisions, place: int, point: Point) -> Iterator[int]:
    source = open_source(revisions.path, rev=revisions.line.commits[place].id)
    return touching(revisions.line, source, place, point, revisions.census(place))


def _unchanged(revisions: Revisions, point: Point, newer: int, older: int) -> Point | None:
    """The point at an older place; None where it was not there or was another one in what its history tells of."""
    pair = revisions.before(point, newer, older)
    return pair.old if pair and not pair.moved and not told(pair.changes) else None


def _changing(revisions: Revisions, point: Point, newer: int, touched: int) -> int:
    """Place of a commit from `newer` to `touched` that changed the point; `touched`, which touched a file of its, is the likeliest."""
    older, middle = touched + 1, touched
    while older - newer > 1:
        if _unchanged(revisions, point, newer, middle):
            newer = middle
        else:
            older = middle
        middle = (newer + older) // 2
    return newer


def _step(revisions: Revisions, place: int, point: Point, last: int) -> Step:
    pair = revisions.before(point, place, place + 1) if place < last else None
    return Step(place, pair.new, pair.old, told(pair.changes)) if pair else Step(place, point, None, ())


def _event(revisions: Revisions, step: Step) -> Event:
    commit = revisions.line.commits[step.place]
    prompts = [prompt.path for prompt in revisions.census(step.place).prompts if prompt.id in step.new.prompts]
    moved = step.old is not None and step.old.id != step.new.id
    return Event(
        commit=commit,
        by=written_by(revisions, step.place, sorted({step.new.path, *prompts})),
        what="added" if step.old is None else "changed" if step.changes else "moved",
        point=step.new.id,
        was=step.old.id if step.old is not None and moved else "",
        changes=step.changes,
        rules=tuple(_rules(revisions, step)),
    )


def _rules(revisions: Revisions, step: Step) -> Iterator[RuleChange]:
    prompts = {prompt.id: prompt for prompt in revisions.census(step.place).prompts}
    for change in step.changes:
        if change.what == "prompt" and change.name in prompts:
            for old, new in rules_between(change.old, change.new):
                yield RuleChange(prompt=prompts[change.name], old=old, new=new)


def written_by(revisions: Revisions, place: int, files: list[str]) -> tuple[str, ...]:
    """Who wrote what a merge brought to the files, the newest first; empty for another commit."""
    line = revisions.line
    commit: Commit = line.commits[place]
    if commit.parents < 2 or place + 1 >= len(line.commits):
        return ()
    inside = written_between(line.root, line.commits[place + 1].id, commit.id, files)
    return tuple(dict.fromkeys(f"{one.author} <{one.email}>" for one in inside))
