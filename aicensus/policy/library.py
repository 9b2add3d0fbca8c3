"""The fragments of the library together: which version holds on a day, what supersedes what, and what is wrong among them."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Literal, NamedTuple

from aicensus.model.policy import Fragment

Standing = Literal["current", "future", "expired", "superseded"]
_DAY = datetime.timedelta(days=1)


class Problem(NamedTuple):
    """What is wrong with a fragment, by itself or beside others."""

    fragment: Fragment
    message: str
    next: str
    key: str
    """What kind of problem it is, with what else it is about."""


class Library:
    """Fragments on one day. Of equal `id@version` the first by place counts; the others are problems."""

    def __init__(self, fragments: Iterable[Fragment], as_of: datetime.date) -> None:
        self.as_of = as_of
        self.fragments = tuple(sorted(fragments, key=lambda one: (one.id, _order(one.version), one.repo, one.path, one.line)))
        self._by_key: dict[str, Fragment] = {}
        self._versions: dict[str, list[Fragment]] = defaultdict(list)
        for one in self.fragments:
            if self._by_key.setdefault(one.key, one) is one:
                self._versions[one.id].append(one)
        self._after: dict[str, list[Fragment]] = defaultdict(list)
        for one in self._by_key.values():
            for older in self._superseded_by(one):
                self._after[older.key].append(one)

    def __bool__(self) -> bool:
        return bool(self.fragments)

    def find(self, name: str) -> Fragment | None:
        """A fragment by `id@version`, or by `id` the version that holds, else the newest."""
        if name in self._by_key:
            return self._by_key[name]
        return self.current(name) or (self._versions[name][-1] if name in self._versions else None)

    def versions(self, name: str) -> tuple[Fragment, ...]:
        """All versions of an id, the oldest first."""
        return tuple(self._versions.get(name, ()))

    def current(self, name: str) -> Fragment | None:
        """The version of an id that holds; of several the one that has held for the shortest time."""
        holding = [one for one in self._versions.get(name, ()) if self.standing(one) == "current"]
        return max(holding, key=lambda one: (one.effective_from, _order(one.version)), default=None)

    def in_force(self) -> tuple[Fragment, ...]:
        """The fragments that hold, one of each id."""
        return tuple(found for name in self._versions if (found := self.current(name)) is not None)

    def replacement(self, fragment: Fragment) -> Fragment | None:
        """What a copy of a fragment should be a copy of: the version that holds, else what supersedes it under another name."""
        seen: set[str] = set()
        pending = [fragment]
        while pending:
            one = pending.pop()
            if (found := self.current(one.id)) is not None:
                return found
            if one.key not in seen:
                seen.add(one.key)
                pending += self._after.get(one.key, ())
        return None

    def standing(self, fragment: Fragment) -> Standing:
        first, last = self.interval(fragment)
        if first > self.as_of:
            return "future"
        if last >= self.as_of:
            return "current"
        return "superseded" if any(self.interval(one)[0] <= self.as_of for one in self._after.get(fragment.key, ())) else "expired"

    def interval(self, fragment: Fragment) -> tuple[datetime.date, datetime.date]:
        """First and last day on which a fragment holds: it ends the day before what supersedes it begins."""
        first = _day(fragment.effective_from, datetime.date.min)
        last = _day(fragment.effective_until, datetime.date.max)
        starts = [_day(one.effective_from, datetime.date.min) for one in self._after.get(fragment.key, ())]
        for start in starts:
            last = min(last, start - _DAY if start > datetime.date.min else start)
        # Superseded by one that holds for ever: it never held.
        return first, last if datetime.date.min not in starts else datetime.date.min

    def _superseded_by(self, fragment: Fragment) -> Iterator[Fragment]:
        for name in fragment.supersedes:
            if name in self._by_key:
                yield self._by_key[name]
            for one in self._versions.get(name, ()):
                if one.id != fragment.id or _order(one.version) < _order(fragment.version):
                    yield one

    # -- problems ------------------------------------------------------------------------------------------------

    def problems(self) -> Iterator[Problem]:
        """Names that stand twice, lead nowhere or in a circle, and versions of one id that hold on the same day."""
        yield from self._twice()
        for one in self._by_key.values():
            yield from self._dangling(one)
        for versions in self._versions.values():
            yield from self._overlapping(versions)

    def _twice(self) -> Iterator[Problem]:
        for one in self.fragments:
            first = self._by_key[one.key]
            if first is not one:
                message = f"`{one.key}` stands twice in the library, first at {first.path}:{first.line}"
                yield Problem(one, message, "give one of them another version or id", f"twice {one.path}")

    def _dangling(self, one: Fragment) -> Iterator[Problem]:
        for field, names in (("supersedes", one.supersedes), ("derived_from", tuple(filter(None, [one.derived_from])))):
            for name in names:
                if name not in self._by_key and name not in self._versions:
                    yield Problem(
                        one,
                        f"`{one.key}` says `{field}: {name}`, and the library holds no such fragment",
                        f"name one that exists, or take `{field}` out",
                        f"{field} {name}",
                    )
        if one.key in one.supersedes or one.derived_from in (one.key, one.id):
            yield Problem(one, f"`{one.key}` names itself", "name another fragment", "itself")

    def _overlapping(self, versions: list[Fragment]) -> Iterator[Problem]:
        for older, newer in combinations(versions, 2):
            (from_a, to_a), (from_b, to_b) = self.interval(older), self.interval(newer)
            first, last = max(from_a, from_b), min(to_a, to_b)
            if first <= last and last > datetime.date.min:
                days = f"{'always' if first == datetime.date.min else f'from {first}'}{'' if last == datetime.date.max else f' to {last}'}"
                yield Problem(
                    newer,
                    f"`{older.key}` and `{newer.key}` both hold {days}",
                    f"give `{older.key}` an `effective_until`, or let `{newer.key}` say `supersedes: [{older.key}]`",
                    f"overlap {older.version}",
                )


def _day(text: str, missing: datetime.date) -> datetime.date:
    return datetime.date.fromisoformat(text) if text else missing


def _order(version: str) -> tuple[tuple[int, int, str], ...]:
    """Versions in the order of their numbers: `2.10` after `2.9`."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d+|[^\d.]+", version))
