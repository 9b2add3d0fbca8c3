"""Parses source with a grammar, in bounded time."""

from __future__ import annotations

import re

from tree_sitter import Language, Node, Parser, Point, Range

from aicensus.model.errors import UnreadError

_ORIGIN = Point(0, 0)
_STEPS, _BYTES_A_STEP, _MOST = 1000, 12, 20_000
"""What the parser may take, in hundreds of its steps: so many, and one more for so many bytes. Real code takes a fifth of it."""
_BROKEN = 1000
"""How many of them it may take within errors, where a step can cost the more the longer the file; real code takes a third of it.

Steps are counted, not seconds: two runs agree."""


def tree(language: Language, source: bytes, start: int = 0, end: int | None = None) -> Node:
    """Return the root of what stands from `start` to `end`; offsets are those of `source`.

    Raises UnreadError when the syntax is too broken to be made out in bounded time.
    """
    parser = Parser(language)
    last = len(source) if end is None else end
    if (start, last) != (0, len(source)):
        parser.included_ranges = [Range(_ORIGIN, _ORIGIN, start, last)]
    left, broken = min(_STEPS + (last - start) // _BYTES_A_STEP, _MOST), _BROKEN

    def spent(_offset: int, in_error: bool) -> bool:
        nonlocal left, broken
        left -= 1
        broken -= in_error
        return left < 0 or broken < 0

    try:
        return parser.parse(lambda offset, _point: source[offset:], progress_callback=spent).root_node
    except ValueError:
        raise UnreadError("too broken to be made out") from None


def line_ends(source: bytes) -> list[int]:
    """Offsets of the ends of all lines but the last."""
    ends = [match.start() for match in re.finditer(rb"\n", source)]
    return ends[:-1] if source.endswith(b"\n") else ends
