"""The words in which two texts differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

_PIECE = re.compile(r"\s+|\w+|[^\w\s]")


class Piece(NamedTuple):
    """A stretch of text: in both, or only in the first or second one."""

    where: Literal["both", "first", "second"]
    text: str


def differences(first: str, second: str) -> Iterator[Piece]:
    """Yield the pieces of two texts in order; those of `both` and `first` joined are the first text, `both` and `second` the second."""
    one, other = _PIECE.findall(first), _PIECE.findall(second)
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("both", "".join(one[a:b]))
            continue
        if b > a:
            yield Piece("first", "".join(one[a:b]))
        if d > c:
            yield Piece("second", "".join(other[c:d]))
