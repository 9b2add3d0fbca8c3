"""Two versions of a file that say the same on other lines: how the lines moved, and records that move with them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TypeVar

import msgspec

from aicensus.model.facts import NOTE_HEAD, NOTE_REACH, FileFacts

_LINES = frozenset({"line", "end_line"})
_T = TypeVar("_T")


def line_moves(old: FileFacts, new: FileFacts) -> dict[int, int] | None:
    """New lines by old ones, where two versions differ in nothing else and keep the order of their lines; None where they differ in more.

    Empty when no line moved; where the file ends counts for nothing. A note (`aicensus: ...`) has to stay as far from all that it could
    speak of.
    """
    # As bytes, since 1, 1.0 and True are equal.
    if msgspec.msgpack.encode(_without_end(old)) == msgspec.msgpack.encode(_without_end(new)):
        return {}
    try:
        pairs = _pairs(old, new)
    except (_DifferentError, RecursionError):
        return None
    # Statements without a line of their own are told to stand on the first.
    moves = {1: 1}
    if any(moves.setdefault(line, now) != now for line, now in pairs):
        return None
    in_order = all(moves[first] < moves[second] for first, second in pairwise(sorted(moves)))
    return moves if in_order and all(_speaks_of_the_same(note.line, moves) for note in old.notes) else None


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


def _pairs(old: FileFacts, new: FileFacts) -> list[tuple[int, int]]:
    """Old and new line of everything that has one. Raises _DifferentError when anything else is another."""
    pairs: list[tuple[int, int]] = []
    rows = [([facts.main or ()], [row[:1] for row in facts.errors], [row[1:] for row in facts.cells]) for facts in (old, new)]
    for before, now in zip(*rows, strict=True):
        _same(tuple(map(len, before)), tuple(map(len, now)), pairs)
        pairs += [pair for a, b in zip(before, now, strict=True) for pair in zip(a, b, strict=True)]
    _same(tuple(why for _, why in old.errors), tuple(why for _, why in new.errors), pairs)
    _same(tuple(number for number, _, _ in old.cells), tuple(number for number, _, _ in new.cells), pairs)
    plain = [msgspec.structs.replace(_without_end(facts), main=None, errors=(), cells=()) for facts in (old, new)]
    _same(plain[0], plain[1], pairs)
    return [pair for pair in pairs if pair != (0, 0)]


def _same(old: object, new: object, pairs: list[tuple[int, int]]) -> None:
    if type(old) is not type(new):
        raise _DifferentError
    if isinstance(old, tuple) and isinstance(new, tuple):
        if len(old) != len(new):
            raise _DifferentError
        for before, now in zip(old, new, strict=True):
            _same(before, now, pairs)
    elif isinstance(old, msgspec.Struct):
        for name in old.__struct_fields__:
            before, now = getattr(old, name), getattr(new, name)
            if name in _LINES:
                pairs.append((before, now))
            else:
                _same(before, now, pairs)
    elif repr(old) != repr(new):
        raise _DifferentError
