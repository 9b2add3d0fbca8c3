"""The censuses of one repository along a branch, made when asked for."""

from __future__ import annotations

import gc
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

from aicensus.census.diff import diff_censuses
from aicensus.history.line import Line
from aicensus.model.census import Census, Point
from aicensus.model.changes import PointPair
from aicensus.pipeline import ScanOptions, scan

_KEPT = 6
"""Censuses that are held in memory."""


def scanned(path: Path, options: ScanOptions) -> Census:
    """Scan one of many revisions, and leave none of the garbage that a scan puts off to its end."""
    census = scan(path, options)
    gc.collect()
    return census


class Revisions:
    """Scans places of a line; each place is scanned once while it is in use."""

    def __init__(self, path: Path, line: Line, options: ScanOptions) -> None:
        self.path = path
        self.line = line
        self.scanned = 0
        self._options = options
        self._kept: OrderedDict[int, Census] = OrderedDict()

    def census(self, place: int, near: int | None = None) -> Census:
        """The census at a place of the line; one `near` hardly differs from it. Raises what `scan` raises."""
        if place in self._kept:
            self._kept.move_to_end(place)
            return self._kept[place]
        beside = self.line.commits[near].id if near is not None else None
        census = scanned(self.path, replace(self._options, rev=self.line.commits[place].id, past=place > 0, near=beside))
        self.scanned += 1
        self._kept[place] = census
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return census

    def before(self, point: Point, newer: int, older: int) -> PointPair | None:
        """A point of a newer place with what it was at an older one; None where it was not there yet."""
        diff = diff_censuses(self.census(older, near=newer), self.census(newer), self.line.moved(older, newer))
        return next((pair for pair in diff.points if pair.new.id == point.id), None)
