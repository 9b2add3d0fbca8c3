"""Where a prompt can hold managed blocks: a file of its own, or one long literal of code; anything else says why not."""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple

from aicensus.extract import front_end_of
from aicensus.extract.spelling import Literal, literals
from aicensus.model.census import Prompt
from aicensus.policy.markers import Comment, comment_of

_TEMPLATES = frozenset({".j2", ".jinja", ".jinja2", ".njk", ".twig", ".mustache", ".hbs", ".handlebars", ".liquid", ".prompt"})
_PROSE = _TEMPLATES | {".txt", ".text", ".md", ".markdown", ".mdx", ".html", ".erb", ".ejs", ".tmpl", ".tpl", ".st"}
_MESSAGES = re.compile(r"(?mi)^(?:system|user|assistant|developer):[ \t]*$|\{\{\s*role\s")
_LITERALS = {
    ("python", '"""'): ("\\", '"""'),
    ("python", "'''"): ("\\", "'''"),
    ("javascript", "`"): ("\\", "`", "${"),
    ("typescript", "`"): ("\\", "`", "${"),
    ("tsx", "`"): ("\\", "`", "${"),
    ("go", "`"): ("`",),
    ("java", '"""'): ("\\", '"""'),
    ("kotlin", '"""'): ("$", '"""'),
    ("scala", '"""'): ("$", '"""'),
    ("swift", '"""'): ("\\", '"""'),
    ("csharp", '"""'): ('"""',),
    ("csharp", '@"'): ('"',),
}
"""What a literal over several lines cannot spell as it is, by front end and quotes."""
_PERCENT = re.compile(r"%[sdrif(]")


class Host(NamedTuple):
    """A stretch of a file that holds a prompt; places are characters of the file."""

    start: int
    end: int
    comment: Comment
    cannot: tuple[str, ...]
    """What no text written here may hold."""
    may_insert: str
    """Empty, or why a new block cannot be put here; blocks that are there can be written anew."""
    is_file: bool


class NoHost(NamedTuple):
    why: str


def host_of(prompt: Prompt, text: str) -> Host | NoHost:
    """The host of a prompt in its file, whose content is `text`, with bytes that are no UTF-8 as lone surrogates."""
    if prompt.kind == "remote":
        return NoHost("the prompt is kept elsewhere")
    if prompt.kind == "file":
        return Host(0, len(text), comment_of(prompt.path), _filled_in(prompt), _file_takes(prompt.path, text), is_file=True)
    return _literal(prompt, text)


def _file_takes(path: str, text: str) -> str:
    suffix = posixpath.splitext(path)[1].lower()
    if suffix not in _PROSE:
        return f"a `{suffix or 'nameless'}` file holds more than the prompt: put the markers where the block belongs, and run again"
    if _MESSAGES.search(text):
        return "the file holds several messages: put the markers into the right one, and run again"
    return ""


def _filled_in(prompt: Prompt) -> tuple[str, ...]:
    """What would be taken for something to fill in."""
    template = posixpath.splitext(prompt.path)[1].lower() in _TEMPLATES
    braces = ("{", "}") if template or prompt.placeholders else ()
    return (*braces, "%") if _PERCENT.search(prompt.text) else braces


def _literal(prompt: Prompt, text: str) -> Host | NoHost:
    front_end = front_end_of(prompt.path)
    if front_end is not None and front_end.name not in {name for name, _ in _LITERALS}:
        return NoHost(f"texts of {front_end.name} are not written to: put the words in by hand, or keep the prompt in a file of its own")
    if front_end is None:
        return NoHost("the prompt is a value in a configuration file: put the words in by hand, or keep the prompt in a file of its own")
    content = text.encode("utf-8", "surrogateescape")
    lines = [0, *(match.end() for match in re.finditer(rb"\n", content)), len(content)]
    first, last = lines[min(prompt.line, len(lines)) - 1], lines[min(prompt.end_line, len(lines) - 1)]
    wanted = _bare(prompt.text)
    fitting = [one for one in literals(content, prompt.path, first, last) if _holds(one, wanted)]
    if len(fitting) != 1:
        return NoHost("the prompt is joined from several pieces: make it one literal over several lines, or keep it in a file of its own")
    literal = fitting[0]
    opening = literal.opening.decode("utf-8", "replace").rstrip("\r\n")
    quotes = opening.lstrip("rRbBuUfFtT$") if front_end.name != "csharp" else re.sub(r"[$@]+(?=\")", "@" if "@" in opening else "", opening)
    cannot = _LITERALS.get((front_end.name, quotes))
    if cannot is None:
        return NoHost(f"a literal in `{opening}` holds one line: make it one over several lines, or keep the prompt in a file of its own")
    if front_end.name == "python" and "r" in opening.lower():
        cannot = cannot[1:]
    if (front_end.name == "python" and re.match("[A-Za-z]*[fFtT]", opening)) or "$" in opening or literal.holes:
        cannot += ("{", "}")
    start, end = (len(content[:at].decode("utf-8", "surrogateescape")) for at in (literal.start, literal.end))
    takes = "the literal ends with a backslash: put the markers in by hand" if text[start:end].endswith("\\") else ""
    return Host(start, end, comment_of(""), (*cannot, *_filled_in(prompt)), takes, is_file=False)


def _holds(literal: Literal, wanted: str) -> bool:
    return bool(wanted) and _bare(literal.spelled.text).startswith(wanted)


def _bare(text: str) -> str:
    return "".join(re.sub(r"\$?\{[^{}]*\}", "", text).split())
