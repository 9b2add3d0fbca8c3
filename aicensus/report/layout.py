"""Lines of styled text for a terminal, and the same lines as plain text."""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TextIO

from aicensus.report.visible import cells, visible

Span = tuple[str, str]
"""Text and its style; an empty style is plain."""
Line = tuple[Span, ...]

HEADING = "bold"
QUIET = "dim"
STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}
_GAP = 3
_NARROWEST = 40


class Look(NamedTuple):
    """How text is to look: folded at `width` columns, or not at all (None, for a file or a pipe); with colours or without."""

    width: int | None = None
    color: bool = False


PLAIN = Look()


def look_for(stream: TextIO, *, no_color: bool = False) -> Look:
    """Return what suits a stream: only a terminal gets folded and coloured text, and `NO_COLOR` and a dumb terminal are honoured."""
    if not stream.isatty():
        return PLAIN
    plain = no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Look(max(shutil.get_terminal_size().columns, _NARROWEST), not plain)


def write(text: str, stream: TextIO) -> None:
    """Write to a stream; what its encoding lacks becomes an escape."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))


class Page:
    """Collects lines. Whatever comes in is made visible here, so nothing scanned can reach the terminal as it was."""

    def __init__(self, look: Look) -> None:
        self.width = look.width
        self._color = look.color
        self.lines: list[Line] = []

    def line(self, *spans: str | Span, indent: int = 0, hang: int = 0) -> None:
        """Add one line; where it has to be folded, between words, it goes on `hang` columns further in."""
        clean = [(visible(span), "") if isinstance(span, str) else (visible(span[0]), span[1]) for span in spans]
        self.lines += [((" " * indent, ""), *clean)] if self.width is None else _folded(clean, self.width, indent, hang)

    def gap(self) -> None:
        """Add an empty line, but never a second one."""
        if self.lines and self.lines[-1]:
            self.lines.append(())

    def heading(self, text: str) -> None:
        self.gap()
        self.line((text, HEADING))

    def place(self, place: str, message: str, *, column: int, indent: int) -> None:
        """Add `path:line  message`, the messages of several lines in one column where the place leaves room for it."""
        place, room = visible(place), column - cells(place)
        if self.width is not None and (room < 0 or self.width - indent - column < 30):
            self.line((place, QUIET), indent=indent)
            self.line(message, indent=indent + 2)
        elif self.width is None:
            self.line((place + " " * max(room, 0), QUIET), "  ", message, indent=indent)
        else:
            texts = folded(visible(message), self.width - indent - column - 2)
            self.lines.append(((" " * indent, ""), (place + " " * room, QUIET), ("  " + texts[0], "")))
            self.lines += [((" " * (indent + column + 2) + text, ""),) for text in texts[1:]]

    def blocks(self, blocks: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> None:
        """Add small tables of label and number side by side, as many in a row as fit."""
        row: list[list[Line]] = []
        used = 0
        for title, entries in blocks:
            made = _block(title, entries)
            size = _width(made[0])
            if row and used + _GAP + size > (self.width or 100):
                self._beside(row)
                row, used = [], 0
            row.append(made)
            used += size + (_GAP if used else 0)
        self._beside(row)

    def text(self) -> str:
        """Return the page."""
        lines = [_trimmed(line) for line in self.lines]
        return _colored(lines) if self._color else "".join("".join(text for text, _ in line) + "\n" for line in lines)

    def _beside(self, blocks: list[list[Line]]) -> None:
        self.gap()
        for at in range(max(map(len, blocks), default=0)):
            spans: list[Span] = []
            for block in blocks:
                line = block[at] if at < len(block) else ((" " * _width(block[0]), ""),)
                spans += [(" " * _GAP, ""), *line] if spans else line
            self.lines.append(tuple(spans))


def short_path(path: str, room: int) -> str:
    """Return the path with folders in the middle left out until it takes at most `room` columns.

    The first folder and the file name are never cut, so the result may still be too long.
    """
    parts = path.split("/")
    if cells(path) <= room or len(parts) < 4:
        return path
    kept = len(parts) - 2
    while kept > 1 and cells("/".join((parts[0], "…", *parts[-kept:]))) > room:
        kept -= 1
    return "/".join((parts[0], "…", *parts[-kept:]))


def folded(text: str, room: int) -> list[str]:
    """Return the text in lines of at most `room` columns, broken between words; a longer word stays whole."""
    lines, line = [], ""
    for word in text.split(" "):
        if line and cells(line) + 1 + cells(word) > room:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


def _folded(spans: Iterable[Span], width: int, indent: int, hang: int) -> list[Line]:
    """Fold styled text: words are placed one by one, spaces belong to the word before them."""
    lines: list[Line] = []
    line: list[Span] = [(" " * indent, "")]
    used, begun = indent, False
    for piece, style in _words(spans):
        if begun and used + cells(piece.rstrip(" ")) > width:
            lines.append(_joined(line))
            line, used = [(" " * (indent + hang), "")], indent + hang
        line.append((piece, style))
        used += cells(piece)
        begun = begun or bool(piece.strip())
    return [*lines, _joined(line)]


def _words(spans: Iterable[Span]) -> Iterator[Span]:
    for text, style in spans:
        yield from ((word, style) for word in re.findall(r" *[^ ]+ *|^ +$", text))


def _joined(spans: Iterable[Span]) -> Line:
    joined: list[Span] = []
    for text, style in spans:
        if joined and joined[-1][1] == style:
            joined[-1] = (joined[-1][0] + text, style)
        else:
            joined.append((text, style))
    return tuple(joined)


def _block(title: str, entries: Sequence[tuple[str, str]]) -> list[Line]:
    clean = [(visible(label), number) for label, number in entries]
    wide = max((cells(label) for label, _ in clean), default=0)
    digits = max((len(number) for _, number in clean), default=0)
    size = max(cells(title), wide + 2 + digits)
    rows: list[Line] = [((title + " " * (size - cells(title)), HEADING),)]
    for label, number in clean:
        rows.append(((label + " " * (size - cells(label) - len(number)), ""), (number, "")))
    return rows


def _width(line: Line) -> int:
    return sum(cells(text) for text, _ in line)


def _trimmed(line: Line) -> Line:
    spans = list(line)
    while spans and not spans[-1][0].rstrip(" "):
        spans.pop()
    return (*spans[:-1], (spans[-1][0].rstrip(" "), spans[-1][1])) if spans else ()


def _colored(lines: Iterable[Line]) -> str:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard", legacy_windows=False, highlight=False, width=10_000)
    with console.capture() as captured:
        for line in lines:
            console.print(Text.assemble(*line), soft_wrap=True, markup=False, emoji=False)
    return captured.get()
