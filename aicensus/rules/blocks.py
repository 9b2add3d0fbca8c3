"""A prompt to the pieces in which rules can stand, each with its place; examples, data, code and quoted text are set apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from aicensus.rules.lexicon import read_rows

_FENCE = re.compile(r"\s*(```|~~~)")
_BULLET = re.compile(r"\s*(?:[-*+•–‣◦]\s+|\(?\d{1,3}[.)]\s+|\(?[a-z][.)]\s+)")
_HEADING = re.compile(r"\s*#{1,6}\s+(?P<title>.+?)\s*#*\s*$")
_RULE_LINE = re.compile(r"\s*(?:[-=_*]{3,})\s*$")
_TAG_LINE = re.compile(r"\s*<(?P<close>/?)(?P<name>[A-Za-z][\w.-]*)[^<>]*>\s*$")
_LEADING_TAGS = re.compile(r"\s*(?:<(?!br)[a-zA-Z][\w-]*>\s*)+(?=\S)")
_TRAILING_TAGS = re.compile(r"(?:\s*</[a-zA-Z][\w-]*>)+\s*$")
CONTROL = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{\{[#/^!>][^{}]*\}\}", re.DOTALL)
_JSON_OPEN = re.compile(r"\s*(?:[{\[]\s*$|[{\[]\s*\"|\{\s*'|\"[\w $-]+\"\s*:|[}\]],?\s*$)")
_QUOTE_LINE = re.compile(r"\s*>")
_LABEL = re.compile(r"\s*(?P<label>[^\W\d_][^:.!?\n]{0,48}):(?P<rest>[ \t].*|)$")
_HOLE = re.compile(r"\{\{[^{}]*\}\}|\$?\{[^{}\n]*\}|<<[^<>]*>>|\[[A-Z_ ]{3,}\]|%\([^()]*\)s|<[a-zA-Z_][\w ]*>")
_CAPS = re.compile(r"\s*[^\W\d_a-z][A-Z &/'-]{2,48}:?\s*$")
_LIVE = re.compile(r"\s*(?:now|return|respond|output|your turn|always|never|remember|do not)\b[^:]*$", re.I)
_TITLE = re.compile(r"\s*[^\W\d_][^.!?:;]{1,48}\s*$")


@dataclass(slots=True)
class Block:
    """A paragraph, list item or table cell: `text[start:end]` of the prompt."""

    start: int
    end: int
    item: bool
    section: str
    """Heading or tag above it, lower case."""
    lead: str = ""
    """The line that introduces its list, lower case: `never`."""
    group: int = 0
    """Blocks of one list or section have one number."""


class Vocabulary(NamedTuple):
    apart: frozenset[str]
    speakers: frozenset[str]
    forbidding: frozenset[str]
    words: dict[str, tuple[str, ...]]


@cache
def vocabulary() -> Vocabulary:
    rows = {name: tuple(word.strip() for word in row.split(",")) for part in read_rows("blocks").values() for name, row in part.items()}
    return Vocabulary(frozenset(rows["apart"]), frozenset(rows["speakers"]), frozenset(rows["forbidding"]), rows)


class _Line(NamedTuple):
    start: int
    text: str


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a prompt that may hold rules, in order."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = CONTROL.sub(lambda match: "\x00" * len(match[0]), text)
        self.words = vocabulary()
        self.section = ""
        self.apart = ""
        """What the current region is set apart for; empty when it is not."""
        self.tag = ""
        self.lead = ""
        self.group = 0
        self.open: Block | None = None
        self.blank_before = False

    def read(self) -> Iterator[Block]:
        lines = list(self._lines())
        fenced, depth = False, 0
        for number, line in enumerate(lines):
            if _FENCE.match(line.text):
                fenced = not fenced
                yield from self._close()
                continue
            if fenced:
                continue
            if depth > 0 or (_JSON_OPEN.match(line.text) and not _HOLE.fullmatch(line.text.strip())):
                bare = _HOLE.sub("", line.text) if depth else line.text
                depth = max(depth + bare.count("{") + bare.count("[") - bare.count("}") - bare.count("]"), 0)
                yield from self._close()
                continue
            yield from self._line(line, lines[number + 1].text if number + 1 < len(lines) else "")
        yield from self._close()

    def _lines(self) -> Iterator[_Line]:
        start = 0
        for line in self.text.splitlines(keepends=True):
            yield _Line(start, line.rstrip("\r\n"))
            start += len(line)

    def _close(self) -> Iterator[Block]:
        if self.open is not None:
            yield self.open
            self.open = None

    def _line(self, line: _Line, following: str) -> Iterator[Block]:
        text = line.text
        bare = text.replace("\x00", " ").strip()
        if not bare or _RULE_LINE.match(text):
            self.blank_before = True
            yield from self._close()
            if not bare and self.lead and not _BULLET.match(following) and following.strip():
                self.lead = ""
            return
        if (tag := _TAG_LINE.match(text)) is not None:
            yield from self._close()
            self._enter_tag(tag["name"].lower(), bool(tag["close"]))
            return
        if (heading := self._heading(text, following)) is not None:
            yield from self._close()
            self._enter(heading)
            return
        if self.apart and not self.tag and self.blank_before and _LIVE.match(text):
            # After the examples the prompt speaks again: `Now classify this message.`
            self.apart = ""
        self.blank_before = False
        if self.apart or _QUOTE_LINE.match(text):
            yield from self._close()
            return
        yield from self._content(line, following)

    def _content(self, line: _Line, following: str) -> Iterator[Block]:
        text = line.text
        start, end = 0, len(text.rstrip())
        marker = _BULLET.match(text)
        if marker is not None:
            start = marker.end()
        leading = _LEADING_TAGS.match(text, start)
        if leading is not None and _TRAILING_TAGS.search(text):
            start = leading.end()
        trailing = _TRAILING_TAGS.search(text, start)
        if trailing is not None:
            end = trailing.start()
        inside = self.open is not None and not self.open.item and marker is None
        if self._is_data(text[start:end], turns_only=inside):
            yield from self._close()
            return
        if marker is None and leading is None and self._introduces(text[start:end], following):
            yield from self._close()
            self.lead = text[start:end].strip().rstrip(":").strip("*_ ").lower()
            self.group += 1
            if len(self.lead.split()) <= 6:
                return
            self.lead = self.lead if self.lead in self.words.forbidding else ""
            return
        if (
            marker is not None
            or leading is not None
            or self.open is None
            or (self.open.item and not text.startswith((" ", "\t")) and marker is None and self._new_paragraph(text))
        ):
            yield from self._close()
            if text.lstrip().startswith("|"):
                yield from self._row(line)
                return
            self.open = Block(
                line.start + start, line.start + end, marker is not None or leading is not None, self.section, self.lead, self.group
            )
            if marker is None and leading is None:
                self.lead = ""
                self.open.lead = ""
        else:
            self.open.end = line.start + end

    def _new_paragraph(self, text: str) -> bool:
        return text[:1].isupper()

    def _row(self, line: _Line) -> Iterator[Block]:
        at = line.start
        for cell in line.text.split("|"):
            stripped = cell.strip()
            if stripped and not set(stripped) <= set("-: "):
                start = at + cell.index(stripped)
                yield Block(start, start + len(stripped), True, self.section, self.lead, self.group)
            at += len(cell) + 1

    def _heading(self, text: str, following: str) -> str | None:
        if (match := _HEADING.match(text)) is not None:
            return match["title"].strip("*_: ").lower()
        bare = text.strip().strip("*_").strip()
        label = bare.rstrip(":").lower()
        if _CAPS.match(bare) and len(bare) > 3:
            return label
        if bare.endswith(":") and label in self.words.apart:
            return label
        if label in self.words.apart and not bare.endswith((".", "!", "?")):
            return label
        blank_or_list = not following.strip() or _BULLET.match(following)
        if (
            _TITLE.match(bare)
            and bare[:1].isupper()
            and len(bare.split()) <= 5
            and blank_or_list
            and not _BULLET.match(text)
            and label not in self.words.forbidding
        ) and bare.split()[0].lower() not in ("never", "do", "always", "no", "only", "don't", "avoid"):
            return label
        if (
            label
            and bare.endswith(":")
            and len(bare.split()) <= 5
            and label.split()[0] in ("example", "examples", "sample", "beispiel", "ejemplo", "exemple")
        ):
            return "example"
        return None

    def _enter(self, heading: str) -> None:
        self.section, self.lead = heading, ""
        self.group += 1
        if heading in self.words.forbidding:
            self.lead = heading
        if not self.tag:
            self.apart = heading if self._set_apart(heading) else ""

    def _enter_tag(self, name: str, closing: bool) -> None:
        label = name.replace("_", " ").replace("-", " ")
        self.group += 1
        self.lead = ""
        if closing:
            if name == self.tag:
                self.tag = self.apart = ""
            self.section = ""
            return
        self.section = label
        if not self.tag and self._set_apart(label):
            self.tag, self.apart = name, label

    def _set_apart(self, label: str) -> bool:
        words = label.split()
        return label in self.words.apart or (
            bool(words)
            and (
                words[0] in ("example", "examples", "sample")
                or words[-1] in ("example", "examples", "samples", "conversation", "history", "transcript", "schema")
            )
        )

    def _is_data(self, text: str, *, turns_only: bool) -> bool:
        """A labelled piece of data, a turn of a dialogue, or nothing but placeholders. Within a paragraph only turns are told by labels."""
        text = text.replace("\x00", " ")
        without = _HOLE.sub("", text).strip(" :;,.-*()")
        if not without or (len(_HOLE.findall(text)) > 1 and len(without.split()) < 4):
            return True
        label = _LABEL.match(text)
        if label is None:
            return False
        rest = label["rest"].strip()
        name = label["label"].strip("*_` ").lower()
        if not rest:
            return False
        if name in self.words.speakers or name.split()[0] in ("example", "ejemplo", "beispiel", "exemple"):
            return True
        if turns_only:
            return False
        without = _HOLE.sub("", rest).strip(" .,;()|/-")
        if _HOLE.search(rest) and len(without.split()) <= 3:
            return True
        # `Queues: front_line, live_agent` names values and says nothing.
        return len(name.split()) <= 5 and "," in rest and not re.search(r"[.!?]$", rest)

    def _introduces(self, text: str, following: str) -> bool:
        bare = text.strip().strip("*_")
        if self.open is not None and not bare.endswith(":"):
            return False
        if bare.endswith(":"):
            return bool(_BULLET.match(following)) or len(bare.split()) <= 5 or not following.strip()
        return bare.lower() in self.words.forbidding and bool(_BULLET.match(following))
