"""Two versions of a text as one, with what only one of them says marked; long stretches that both say are cut short."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from aicensus.report.layout import Span
from aicensus.report.sheet import one_line
from aicensus.rules.differences import Piece, differences

_KEPT = 32
"""Characters of what both say that stay beside a difference."""
_LONGEST = 6_000
"""Characters of changed lines that are compared word by word; above, all of them are shown as changed."""
_STYLES = {"both": "", "first": "red", "second": "green"}
_MARKS = {"both": ("", ""), "first": ("[-", "-]"), "second": ("{+", "+}")}


def changed_words(old: str, new: str) -> Iterator[Piece]:
    """The pieces of two texts in order: lines that both hold are taken as they are, the rest is compared word by word."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        first, second = "".join(before[a:b]), "".join(after[c:d])
        if kind == "equal":
            yield Piece("both", first)
        elif len(first) + len(second) <= _LONGEST:
            yield from differences(first, second)
        else:
            yield from (piece for piece in (Piece("first", first), Piece("second", second)) if piece.text)


def marked(old: str, new: str) -> list[Span]:
    """The two texts as one line of spans: `[-gone-]`, `{+new+}`."""
    pieces = list(changed_words(old, new))
    spans = []
    for at, piece in enumerate(pieces):
        opening, closing = _MARKS[piece.where]
        text = piece.text if piece.where != "both" else _cut(piece.text, at > 0, at + 1 < len(pieces))
        if one_line(text) or piece.where == "both":
            edge = (" " if text[:1].isspace() else "", " " if text[-1:].isspace() else "")
            spans.append((f"{edge[0]}{opening}{one_line(text)}{closing}{edge[1]}", _STYLES[piece.where]))
    return spans


def _cut(text: str, after: bool, before: bool) -> str:
    """A stretch that both say, as much of it as stands beside a difference."""
    if len(text) <= 2 * _KEPT * (after and before) + _KEPT:
        return text
    head, tail = text[:_KEPT] if after else "", text[-_KEPT:] if before else ""
    return f"{head} … {tail}"


def amount(old: str, new: str) -> str:
    """`12 words more, 3 less`, without any of the words."""
    count = {"first": 0, "second": 0, "both": 0}
    for piece in changed_words(old, new):
        count[piece.where] += len(piece.text.split())
    return f"{count['second']} words in, {count['first']} out"
