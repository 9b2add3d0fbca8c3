"""Managed blocks: fragments between two markers in a prompt, in the comments of the file's kind."""

from __future__ import annotations

import datetime
import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

from aicensus.model.policy import Fragment
from aicensus.policy.wording import digest

# Runs of blanks are taken whole: a hostile line of them must not be tried from each.
_OPEN = r"[^\w\s]{0,4}(?:[ \t]*+comment[ \t]*+%\})?[ \t]*+"
_ID = r"(?P<id>[A-Za-z0-9][\w./-]*)"
_BEGIN = re.compile(
    rf"(?P<indent>[ \t]*+){_OPEN}policy:begin[ \t]++{_ID}@(?P<version>\w[\w.+-]*)"
    r"(?:[ \t]++sha256:(?P<hash>[0-9a-f]{12}))?(?:[ \t]++(?P<day>\d{4}-\d\d-\d\d))?[^\r\n]*"
)
_END = re.compile(rf"[ \t]*+{_OPEN}policy:end[ \t]++{_ID}(?:@[\w.+-]+)?(?![\w./-])[^\r\n]*")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\Z)")


class Comment(NamedTuple):
    """What a note of a file's kind stands between. `sent`: the model reads it too."""

    start: str
    end: str
    sent: bool = True


_COMMENTS = {
    **dict.fromkeys((".j2", ".jinja", ".jinja2", ".njk", ".twig"), Comment("{# ", " #}", sent=False)),
    **dict.fromkeys((".hbs", ".handlebars", ".mustache", ".prompt"), Comment("{{! ", " }}", sent=False)),
    ".liquid": Comment("{% comment %} ", " {% endcomment %}", sent=False),
    **dict.fromkeys((".erb", ".ejs"), Comment("<%# ", " %>", sent=False)),
}
_PLAIN = Comment("<!-- ", " -->")


def comment_of(path: str) -> Comment:
    """How a prompt file holds notes; Markdown, plain text and literals in code have them as HTML comments, which the model reads."""
    return _COMMENTS.get(posixpath.splitext(path)[1].lower(), _PLAIN)


class Block(NamedTuple):
    """A managed block. Places are characters of the text; `start` and `end` cover the markers with the end of the last line left out."""

    start: int
    end: int
    body_start: int
    body_end: int
    """Without the line break before the closing marker."""
    indent: str
    id: str
    version: str
    hash: str
    day: str
    """ISO date of the extraction; empty where the marker does not say."""


class Unclosed(NamedTuple):
    """An opening marker that no closing one follows."""

    start: int
    id: str


def blocks(text: str) -> Iterator[Block | Unclosed]:
    """The managed blocks of a text in order. A block ends with the next closing marker of its id; none begins inside another."""
    begin: re.Match[str] | None = None
    begin_end = 0
    at = 0
    for line in _LINE.finditer(text):
        if not line[0]:
            break
        bare = line[0].rstrip("\r\n")
        if (found := _BEGIN.fullmatch(bare)) is not None and begin is None:
            begin, at, begin_end = found, line.start(), line.end()
        elif begin is not None and (closing := _END.fullmatch(bare)) is not None and closing["id"] == begin["id"]:
            yield _block(text, begin, at, begin_end, line.start(), line.start() + len(bare))
            begin = None
    if begin is not None:
        yield Unclosed(at, begin["id"])


def hidden(text: str) -> str:
    """The text with its markers blanked, each as long as before: they are no words of the prompt."""
    if "policy:" not in text:
        return text
    return "".join(
        " " * len(bare) + line[0][len(bare) :] if _BEGIN.fullmatch(bare := line[0].rstrip("\r\n")) or _END.fullmatch(bare) else line[0]
        for line in _LINE.finditer(text)
    )


def _block(text: str, begin: re.Match[str], start: int, body_start: int, closing: int, end: int) -> Block:
    body_end = closing
    for newline in ("\r\n", "\n"):
        if text.endswith(newline, body_start, closing):
            body_end = closing - len(newline)
            break
    return Block(
        start=start,
        end=end,
        body_start=body_start,
        body_end=max(body_start, body_end),
        indent=begin["indent"],
        id=begin["id"],
        version=begin["version"],
        hash=begin["hash"] or "",
        day=_day(begin["day"]),
    )


def _day(text: str | None) -> str:
    try:
        return datetime.date.fromisoformat(text or "").isoformat()
    except ValueError:
        return ""


def written(fragment: Fragment, day: datetime.date, comment: Comment, indent: str, newline: str) -> str:
    """The block of a fragment, without a line break at its end."""
    head = f"policy:begin {fragment.key} sha256:{digest(fragment.text)} {day.isoformat()} (aicensus policy sync writes this block)"
    lines = [f"{comment.start}{head}{comment.end}", *fragment.text.split("\n"), f"{comment.start}policy:end {fragment.id}{comment.end}"]
    return newline.join(f"{indent}{line}" if line.strip() else line for line in lines)
