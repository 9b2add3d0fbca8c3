"""Two versions of a file that say the same on other lines or in other words: how the lines moved, and records that move with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

import msgspec

from aicensus.model.facts import NOTE_HEAD, NOTE_REACH, Const, FileFacts, Prose, written

_LINES = frozenset({"line", "end_line"})
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Changes:
    """In what two versions of a file differ."""

    lines: dict[int, int] = field(default_factory=dict)
    """New lines by old ones; empty when no line moved and no text is another."""
    literals: dict[tuple[int, int, str], str] = field(default_factory=dict)
    """New texts by old ones with their first and last line; empty when no text is another."""

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Old and new text of the literals that say something else."""
        return [(old, new) for (_, _, old), new in self.literals.items() if old != new]


def changes(old: FileFacts, new: FileFacts) -> Changes | None:
    """In what two versions differ that keep the order of their lines, where it is lines and what texts say; None where it is more.

    Where the file ends counts for nothing. A note (`aicensus: ...`) has to stay as far from all that it could speak of.
    """
    # As bytes, since 1, 1.0 and True are equal.
    if msgspec.msgpack.encode(_without_end(old)) == msgspec.msgpack.encode(_without_end(new)):
        return Changes()
    pairs = _Pairs()
    try:
        pairs.files(old, new)
    except (_DifferentError, RecursionError):
        return None
    # Statements without a line of their own are told to stand on the first.
    moves = {1: 1}
    if any(moves.setdefault(line, now) != now for line, now in pairs.lines if (line, now) != (0, 0)):
        return None
    in_order = all(moves[first] < moves[second] for first, second in pairwise(sorted(moves)))
    if not in_order or not all(_speaks_of_the_same(note.line, moves) for note in old.notes):
        return None
    return _with_texts(moves, pairs.literals)


def _with_texts(moves: dict[int, int], pairs: list[tuple[Const, Const]]) -> Changes | None:
    """What is different, if texts that stand on the same lines are still the same or still different ones."""
    literals: dict[tuple[int, int, str], str] = {}
    back: dict[tuple[int, int, str], str] = {}
    for before, now in pairs:
        was, is_ = str(written(before)), str(written(now))
        if literals.setdefault((before.line, before.end_line, was), is_) != is_:
            return None
        if back.setdefault((before.line, before.end_line, is_), was) != was:
            return None
    return Changes(moves, literals if any(was != is_ for (_, _, was), is_ in literals.items()) else {})


def _speaks_of_the_same(note: int, moves: Mapping[int, int]) -> bool:
    now = moves[note]
    return (note <= NOTE_HEAD) == (now <= NOTE_HEAD) and all(_near(line - note) == _near(moves[line] - now) for line in moves)


def _near(distance: int) -> int:
    """The distance of a line below a note, as far as it makes a difference."""
    return max(-1, min(distance, NOTE_REACH + 1))


def moved(record: _T, moves: Mapping[str, Mapping[int, int]], path: str = "") -> _T:
    """A record, or a sequence of them, with the lines that its files have now, by path. Raises KeyError for a line that no fact is on.

    `path` is the file of records that name none.
    """
    if isinstance(record, list | tuple):
        return type(record)(moved(item, moves, path) for item in record)
    if not isinstance(record, msgspec.Struct):
        return record
    path = getattr(record, "path", path)
    lines = moves.get(path)
    changes = {}
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if name not in _LINES:
            changes[name] = moved(value, moves, path)
        elif lines is not None and value:
            changes[name] = lines[value]
    return msgspec.structs.replace(record, **changes)


class _DifferentError(Exception):
    pass


def _without_end(facts: FileFacts) -> FileFacts:
    return msgspec.structs.replace(facts, scopes=(msgspec.structs.replace(facts.scopes[0], end_line=0), *facts.scopes[1:]))


class _Pairs:
    """What belongs together in two versions. Raises _DifferentError when anything is another but lines and what texts say."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, int]] = []
        self.literals: list[tuple[Const, Const]] = []

    def files(self, old: FileFacts, new: FileFacts) -> None:
        rows = [([facts.main or ()], [row[:1] for row in facts.errors], [row[1:] for row in facts.cells]) for facts in (old, new)]
        for before, now in zip(*rows, strict=True):
            self._same(tuple(map(len, before)), tuple(map(len, now)))
            self.lines += [pair for a, b in zip(before, now, strict=True) for pair in zip(a, b, strict=True)]
        self._same(tuple(why for _, why in old.errors), tuple(why for _, why in new.errors))
        self._same(tuple(number for number, _, _ in old.cells), tuple(number for number, _, _ in new.cells))
        plain = [msgspec.structs.replace(_without_end(facts), main=None, errors=(), cells=()) for facts in (old, new)]
        self._same(plain[0], plain[1])

    def _same(self, old: object, new: object) -> None:
        if type(old) is not type(new):
            raise _DifferentError
        if isinstance(old, tuple) and isinstance(new, tuple):
            if len(old) != len(new):
                raise _DifferentError
            for before, now in zip(old, new, strict=True):
                self._same(before, now)
        elif isinstance(old, msgspec.Struct):
            self._records(old, new)
        elif repr(old) != repr(new):
            raise _DifferentError

    def _records(self, old: msgspec.Struct, new: object) -> None:
        if isinstance(old, Const) and isinstance(new, Const) and isinstance(written(old), str):
            self.literals.append((old, new))
        for name in old.__struct_fields__:
            before, now = getattr(old, name), getattr(new, name)
            if name in _LINES:
                self.lines.append((before, now))
            elif not (isinstance(old, Prose) and name == "value"):
                self._same(before, now)
