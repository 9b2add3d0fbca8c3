"""Where in its file each piece of a prompt's text stands: the source is read again, and only when somebody asks.

White space and what is filled in are left out of the comparison: layout functions change the one, and nothing spells the other.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cached_property

from aicensus.extract.spelling import Spelled, as_it_stands, joined, literals, undoubled, unescaped, without
from aicensus.model.census import Prompt
from aicensus.model.places import Place

Look = Callable[[str, str], bytes | None]
"""Content of a file by repository and path; None where it cannot be read."""
_WHITE = re.compile(r"[\s\ufeff]+")
_FILLED_IN = re.compile(rf"{_WHITE.pattern}|\{{\{{[^{{}}]*\}}\}}|\$?\{{[^{{}}]*\}}")
_BETWEEN_LINES = re.compile(r'(?<!\\)",?[ \t\r]*+\n\s*+"')
"""Between the lines of a notebook's cell, which are texts of JSON."""
_FEWEST = 4
"""Characters that tell a piece from others."""


class Places:
    """Finds places in files that `look` gives; without it, lines near them."""

    def __init__(self, look: Look | None = None) -> None:
        self._look = look
        self._sources: dict[tuple[str, str], _Source | None] = {}
        self._prompts: dict[tuple[str, str], _Prompt | None] = {}

    def of(self, prompt: Prompt, start: int, end: int) -> Place:
        """The place of the characters from `start` to `end` of a prompt's text."""
        known = self._known(prompt)
        found = known.of(start, end) if known is not None else None
        return found or near(prompt, start, end)

    def _known(self, prompt: Prompt) -> _Prompt | None:
        key = prompt.repo, prompt.id
        if key not in self._prompts:
            source = self._source(prompt) if prompt.kind != "remote" else None
            self._prompts[key] = _Prompt(prompt, source) if source is not None else None
        return self._prompts[key]

    def _source(self, prompt: Prompt) -> _Source | None:
        key = prompt.repo, prompt.path
        if key not in self._sources:
            content = self._look(*key) if self._look is not None else None
            self._sources[key] = _Source(prompt.path, content) if content is not None else None
        return self._sources[key]


NOWHERE = Places()
"""For a census without its sources."""


def near(prompt: Prompt, start: int, end: int) -> Place:
    """Where a piece stands if the prompt stands in the file as it is, as a prompt that is a file does; else the line of the prompt."""
    line, column = _counted(prompt.text, start)
    if prompt.kind == "file":
        return Place(prompt.path, line, column, *_counted(prompt.text, max(start, end - 1)), exact=True)
    line += prompt.line - 1
    return Place(prompt.path, line if line <= prompt.end_line else prompt.line)


def _counted(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


class _Source:
    """One file."""

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self.content = content
        self._newlines = [match.start() for match in re.finditer(rb"\n", content)]

    def bytes_of(self, line: int, end_line: int) -> tuple[int, int]:
        """The first byte of a line, and the one after another line's last."""
        ends = [-1, *self._newlines, len(self.content)]
        return ends[min(line, len(ends)) - 1] + 1, ends[min(end_line, len(ends) - 1)]

    def place(self, start: int, end: int) -> Place:
        return Place(self.path, *self._position(start), *self._position(max(start, end - 1)), exact=True)

    def _position(self, at: int) -> tuple[int, int]:
        line = bisect_left(self._newlines, at)
        before = self.content[self._newlines[line - 1] + 1 if line else 0 : at]
        return line + 1, len(before.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")) + 1


class _Compact:
    """A text without what is left out of the comparison."""

    def __init__(self, text: str, left_out: re.Pattern[str]) -> None:
        self.kept = array("q")
        """The place of each character that is left."""
        at = 0
        for match in left_out.finditer(text):
            self.kept.extend(range(at, match.start()))
            at = match.end()
        self.kept.extend(range(at, len(text)))
        self.text = "".join([text[i] for i in self.kept])


class _Prompt:
    """One prompt beside its source."""

    def __init__(self, prompt: Prompt, source: _Source) -> None:
        self._prompt = prompt
        self._source = source

    def of(self, start: int, end: int) -> Place | None:
        for own, spelled, read, offset in self._readings:
            first, last = bisect_left(own.kept, start), bisect_left(own.kept, end)
            if last - first < _FEWEST:
                continue
            at = offset + first if offset >= 0 else _nth(own.text, read.text, first, last)
            if at >= 0:
                return self._source.place(spelled.starts[read.kept[at]], spelled.ends[read.kept[at + last - first - 1]])
        return None

    @cached_property
    def _readings(self) -> list[tuple[_Compact, Spelled, _Compact, int]]:
        """The prompt beside what its lines may spell, with its place in that; only the first that holds the whole, where one does."""
        tried = []
        texts = {left_out: _Compact(self._prompt.text, left_out) for left_out in (_WHITE, _FILLED_IN)}
        for spelled, left_out in self._spellings():
            read = _Compact(spelled.text, left_out)
            offset = read.text.find(texts[left_out].text)
            tried.append((texts[left_out], spelled, read, offset))
            if offset >= 0:
                return tried[-1:]
        return tried

    def _spellings(self) -> Iterator[tuple[Spelled, re.Pattern[str]]]:
        """What the lines of the prompt may spell, the likeliest first, and what is not to be compared of it."""
        content, prompt = self._source.content, self._prompt
        start, end = self._source.bytes_of(prompt.line, prompt.end_line)
        lines = as_it_stands(content, start, end)
        if prompt.kind == "file":
            yield lines, _WHITE
            return
        if prompt.path.endswith(".ipynb"):
            code = unescaped(without(lines, _BETWEEN_LINES))
            yield from ((code, _FILLED_IN), (unescaped(code), _FILLED_IN))
        yield joined(literal.spelled for literal in literals(content, prompt.path, start, end)), _FILLED_IN
        for spelled in (lines, unescaped(lines), undoubled(lines, "'"), undoubled(lines, '"')):
            yield spelled, _WHITE
        yield lines, _FILLED_IN


def _nth(own: str, other: str, first: int, last: int) -> int:
    """Where a piece of a text stands in another one that does not hold the whole: as often before as in its own; -1 when it does not."""
    at = -1
    for _ in range(own.count(own[first:last], 0, first) + 1):
        at = other.find(own[first:last], at + 1)
        if at < 0:
            break
    return at
