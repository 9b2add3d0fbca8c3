"""Which entries of the manifest speak of a point."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from typing import NamedTuple

from aicensus.model.settings import Manifest, PointClaim


class Entry(NamedTuple):
    selector: str
    """Id or glob as it stands in the manifest."""
    claim: PointClaim


def is_glob(selector: str) -> bool:
    return "*" in selector or "?" in selector


def selects(selector: str, text: str) -> bool:
    """Whether an id, path or glob of them means this one; `*` and `?` are the wildcards and match `/` too."""
    return selector == text or (is_glob(selector) and _regex(selector).fullmatch(text) is not None)


def _regex(selector: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(selector.replace("[", "[[]")))


class Claims:
    """The point entries of one manifest by point: the exact id first, then globs from the longest to the shortest."""

    def __init__(self, manifest: Manifest) -> None:
        self._exact = {selector: claim for selector, claim in manifest.points.items() if not is_glob(selector)}
        globs = sorted((selector for selector in manifest.points if is_glob(selector)), key=lambda selector: (-len(selector), selector))
        self._globs = [(Entry(selector, manifest.points[selector]), _regex(selector)) for selector in globs]

    def entries(self, point_id: str) -> tuple[Entry, ...]:
        """Every entry that speaks of the point, the most specific first."""
        exact = (Entry(point_id, self._exact[point_id]),) if point_id in self._exact else ()
        return (*exact, *(entry for entry, pattern in self._globs if pattern.fullmatch(point_id)))

    def of(self, point_id: str) -> PointClaim:
        """What the manifest says of the point: each field from the most specific entry that gives it."""
        entries = self.entries(point_id)
        if len(entries) == 1:
            return entries[0].claim
        empty = PointClaim()
        given = {
            name: value
            for entry in reversed(entries)
            for name in PointClaim.__struct_fields__
            if (value := getattr(entry.claim, name)) != getattr(empty, name)
        }
        return PointClaim(**given)

    def without_point(self, point_ids: Iterable[str]) -> tuple[Entry, ...]:
        """Entries that speak of none of these points, in the order of their selectors."""
        ids = set(point_ids)
        exact = [Entry(selector, claim) for selector, claim in self._exact.items() if selector not in ids]
        globs = [entry for entry, pattern in self._globs if not any(map(pattern.fullmatch, ids))]
        return tuple(sorted(exact + globs, key=lambda entry: entry.selector))
