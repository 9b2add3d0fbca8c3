"""How the purposes in production grow: numbers of censuses of one repository at the ends of periods."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from aicensus.census.diff import NOBODY, diff_censuses
from aicensus.model.census import Census, Point
from aicensus.model.growth import Commit, Sample

_YEAR = 12
_AMBER, _RED = 12, 24
"""Months."""


def purposes(census: Census) -> list[Point]:
    """The points that count: in production, certain or likely, no gateways."""
    return [p for p in census.points if p.scope == "prod" and p.role != "gateway" and p.confidence != "possible"]


def decided(point: Point) -> bool:
    """Whether somebody answers for a point and has declared what it is for."""
    return point.ownership.owner is not None and point.purpose_declared


def sample_of(
    at: datetime.date,
    commit: Commit,
    census: Census,
    before: Census | None = None,
    moved: Mapping[str, str] | None = None,
    was_decided: Callable[[Point], bool] = decided,
) -> Sample:
    """The numbers of one census; `before` is that of the period before, `moved` the new paths of files that moved since.

    `was_decided` says of a point that came whether somebody had decided on it then.
    """
    points = purposes(census)
    added, removed = _difference(before, census, moved or {}) if before is not None else ([], [])
    return Sample(
        at=at.isoformat(),
        commit=commit,
        points=len(points),
        by_owner=_count(points, lambda point: point.ownership.team or point.ownership.owner or NOBODY),
        by_provider=_count(points, lambda point: point.provider),
        by_kind=_count(points, lambda point: point.kind),
        by_ownership=_count(points, owned_by),
        added=len(added),
        removed=len(removed),
        undecided=tuple(point.id for point in added if not was_decided(point)),
    )


def _difference(old: Census, new: Census, moved: Mapping[str, str]) -> tuple[list[Point], list[Point]]:
    """Purposes in production that came and went, those among them that only changed their scope or role."""
    diff = diff_censuses(old, new, moved)
    before, after = ({(point.repo, point.id) for point in purposes(census)} for census in (old, new))
    came = [p.new for p in diff.points if (p.new.repo, p.new.id) in after and (p.old.repo, p.old.id) not in before]
    went = [p.old for p in diff.points if (p.old.repo, p.old.id) in before and (p.new.repo, p.new.id) not in after]
    came += [point for point in diff.points_added if (point.repo, point.id) in after]
    went += [point for point in diff.points_removed if (point.repo, point.id) in before]
    return came, went


def owned_by(point: Point) -> str:
    """State of ownership: `person`, `team` (or another owner that is no person), `nobody`."""
    if point.ownership.owner is None:
        return "nobody"
    return "person" if point.ownership.person else "team"


def period_ends(first: datetime.date, last: datetime.date, every: Literal["month", "quarter"]) -> list[datetime.date]:
    """The last days of the calendar periods from the one of `first` to the one before that of `last`, and `last` itself."""
    ends = []
    size = 3 if every == "quarter" else 1
    month = first.year * _YEAR + (first.month - 1) // size * size + size
    while (end := datetime.date(month // _YEAR, month % _YEAR + 1, 1) - datetime.timedelta(days=1)) < last:
        ends.append(end)
        month += size
    return [*ends, last]


def months_between(first: datetime.date, last: datetime.date) -> int:
    """Whole months."""
    return (last.year - first.year) * _YEAR + last.month - first.month - (last.day < first.day)


def light_of(months: int) -> Literal["green", "amber", "red"]:
    """How pressing it is to see to what has grown: under 12 months green, up to 24 amber, above red."""
    return "green" if months < _AMBER else "amber" if months <= _RED else "red"


def growth_of(samples: Sequence[Sample]) -> float | None:
    """Points of the last sample by those of the last one that is twelve months older; None where that had none or is missing."""
    if not samples:
        return None
    last = datetime.date.fromisoformat(samples[-1].at)
    older = [s for s in samples if months_between(datetime.date.fromisoformat(s.at), last + datetime.timedelta(days=1)) >= _YEAR]
    return samples[-1].points / older[-1].points if older and older[-1].points else None


def _count(points: Sequence[Point], name_of: Callable[[Point], str]) -> dict[str, int]:
    counts = Counter(map(name_of, points))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
