"""Whether somebody had decided on a point when it came: its owner and its purpose in the commit of the branch that brought its call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import msgspec

from aicensus.analysis.growth import decided
from aicensus.census.context import notes_of
from aicensus.census.declared import answered_for
from aicensus.census.identity import symbol_of
from aicensus.census.owners import OwnerIndex
from aicensus.census.secrets import mask
from aicensus.extract import front_end_of
from aicensus.history.line import Line
from aicensus.link.project import Module, chain
from aicensus.model.census import Point
from aicensus.model.errors import UnreadError
from aicensus.model.facts import Call, Note
from aicensus.model.sources import SourceFile
from aicensus.pipeline import ScanOptions, owners_of
from aicensus.sources import Source, open_source
from aicensus.timeline.touching import Lines, holds, lines_of


class _Call(NamedTuple):
    symbol: str
    callee: str
    line: int
    notes: list[Note]


class _File(NamedTuple):
    """A version of one file."""

    lines: Lines
    calls: list[_Call]
    """In source order; none where no front end reads the file."""

    def of(self, point: Point) -> list[_Call]:
        """The calls of a point's kind in its function."""
        return [call for call in self.calls if (call.symbol, call.callee) == (point.symbol, point.call)]


class Arrivals:
    """Looks up commits of one line. A commit counts with all that it merges, so a point may get its owner anywhere in a pull request."""

    def __init__(self, path: Path, line: Line, options: ScanOptions) -> None:
        self._path = path
        self._line = line
        self._options = options
        self._files: dict[tuple[str, str], _File] = {}
        """Of the period that was asked for last: the next one has other versions."""
        self._period: tuple[int, int] | None = None
        self._owners: dict[int, OwnerIndex] = {}
        self._reader = self._source(0).reader

    def decided(self, point: Point, newer: int, older: int) -> bool:
        """Whether a point that came after the `older` place of the line and is there at the `newer` one had an owner and a declared purpose
        in the commit that brought its call; as it is at the newer place where its call was there before, and other code made it a point.
        """
        if self._period != (newer, older):
            self._period = newer, older
            self._files.clear()
        found = self._brought(point, newer, older)
        if found is None:
            return decided(point)
        at, path, notes = found
        then = msgspec.structs.replace(point, id=path + point.id.removeprefix(point.path), path=path)
        return all(map(decided, answered_for([then], {then.id: notes}, {}, self._owners_at(at))))

    def _brought(self, point: Point, newer: int, older: int) -> tuple[int, str, Sequence[Note]] | None:
        """Place of the commit that brought the call, its path there and what comments said of it."""
        text: Lines | None = None
        number = 0
        for at, change in self._line.of_file(point.path, newer, older):
            after = self._file(change.path, change.blob)
            if text is None:
                text = after.lines[point.line - 1 : point.end_line]
                number = sum(call.line <= point.line for call in after.of(point))
            if not change.was or not _has(self._file(change.was, change.blob_was), point, number, text):
                return at, change.path, after.of(point)[number - 1].notes if number else ()
        return None

    def _file(self, path: str, blob: str) -> _File:
        if (path, blob) not in self._files:
            try:
                self._files[path, blob] = _read(path, self._reader.read(SourceFile(path, 0, blob)))
            except UnreadError:
                self._files[path, blob] = _File([], [])
        return self._files[path, blob]

    def _owners_at(self, at: int) -> OwnerIndex:
        if at not in self._owners:
            self._owners[at] = owners_of(self._source(at), replace(self._options, past=at > 0))
        return self._owners[at]

    def _source(self, at: int) -> Source:
        return open_source(self._path, rev=self._line.commits[at].id)


def _has(file: _File, point: Point, number: int, text: Lines) -> bool:
    """Whether a file has a point's call, which is the `number`th of its kind in its function; by its lines where no call is read there."""
    return len(file.of(point)) >= number if number else holds(file.lines, text)


def _read(path: str, content: bytes) -> _File:
    front = front_end_of(path)
    if front is None:
        return _File(lines_of(content), [])
    module = Module(path, front.read(content))
    return _File(lines_of(content), [_call(module, call) for call in module.calls])


def _call(module: Module, call: Call) -> _Call:
    notes = notes_of(module, call.scope, call.line, call.end_line)
    return _Call(symbol_of(module, call.scope, call.line), mask(chain(call.callee, module.calls))[:200], call.line, notes)
