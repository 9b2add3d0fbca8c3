"""How a file spells its texts: the characters that literals stand for, each with the bytes that spell it."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from aicensus.extract import front_end_of
from aicensus.model.errors import UnreadError

if TYPE_CHECKING:
    from tree_sitter import Node

_GRAMMARS = {
    "python": ("tree_sitter_python", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "java": ("tree_sitter_java", "language"),
    "go": ("tree_sitter_go", "language"),
    "csharp": ("tree_sitter_c_sharp", "language"),
    "kotlin": ("tree_sitter_kotlin", "language"),
    "php": ("tree_sitter_php", "language_php"),
    "ruby": ("tree_sitter_ruby", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "scala": ("tree_sitter_scala", "language"),
    "swift": ("tree_sitter_swift", "language"),
    "shell": ("tree_sitter_bash", "language"),
}
"""Module and function of the grammar, by the name of the front end."""
_CONTENT = re.compile(r"\w*(?:string|heredoc)\w*_(?:content|fragment)|nowdoc_string|(?:multi_)?line_str_text")
_WHOLE = frozenset({"verbatim_string_literal", "raw_string", "ansi_c_string", "raw_string_literal"})
"""Literals that some grammars give no parts."""
_ESCAPES = frozenset({"escape_sequence", "escape_interpolation", "str_escaped_char"})
_HOLES = ("interpolation", "substitution", "expansion", "interpolated_expression")
_BETWEEN = frozenset({"string", "interpolated_string"})
"""Literals of Scala, whose words are no nodes: they stand between those of what is filled in."""
_MARGIN = re.compile(r"(?m)^[ \t]*\|")
_OPENING = re.compile(rb"[@$#A-Za-z]*(?P<quotes>[\"'`]+)")
_ESCAPE = re.compile(r"\\(?:u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|N\{[^}]*\}|[0-7]{1,3}|\r?\n|.)", re.DOTALL)


@dataclass(slots=True)
class Spelled:
    """Characters, and of each the first byte that spells it and the one after the last."""

    text: str = ""
    starts: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q"))

    def part(self, start: int, end: int) -> Spelled:
        return Spelled(self.text[start:end], self.starts[start:end], self.ends[start:end])


def joined(parts: Iterable[Spelled]) -> Spelled:
    """Texts one after the other."""
    parts, starts, ends = list(parts), array("q"), array("q")
    for part in parts:
        starts.extend(part.starts)
        ends.extend(part.ends)
    return Spelled("".join([part.text for part in parts]), starts, ends)


def without(spelled: Spelled, pattern: re.Pattern[str]) -> Spelled:
    """A text with what matches left out."""
    return replaced(spelled, pattern, lambda _: "")


def replaced(spelled: Spelled, pattern: re.Pattern[str], meaning: Callable[[str], str]) -> Spelled:
    """A text in which each match is what it means; its bytes spell all of that."""
    parts, at = [], 0
    for match in pattern.finditer(spelled.text):
        parts.append(spelled.part(at, match.start()))
        if text := meaning(match[0]):
            start, end = spelled.starts[match.start()], spelled.ends[match.end() - 1]
            parts.append(Spelled(text, array("q", [start] * len(text)), array("q", [end] * len(text))))
        at = match.end()
    return joined([*parts, spelled.part(at, len(spelled.text))])


@dataclass(frozen=True, slots=True)
class Literal:
    """One literal text of code: `start` and `end` are those of what stands between its quotes, in bytes."""

    start: int
    end: int
    opening: bytes
    """The quotes that open it, with what stands before them: `f\"\"\"`."""
    holes: bool
    """Values are filled in."""
    spelled: Spelled


def as_it_stands(content: bytes, start: int = 0, end: int | None = None) -> Spelled:
    """The bytes as characters."""
    text = content[start:end].decode("utf-8", "replace")
    if text.isascii():
        return Spelled(text, array("q", range(start, start + len(text))), array("q", range(start + 1, start + len(text) + 1)))
    ends = array("q", accumulate((len(char.encode("utf-8", "replace")) for char in text), initial=start))
    return Spelled(text, ends[:-1], ends[1:])


def unescaped(spelled: Spelled) -> Spelled:
    """A text with what its backslashes stand for."""
    return replaced(spelled, _ESCAPE, _meaning) if "\\" in spelled.text else spelled


def undoubled(spelled: Spelled, quote: str) -> Spelled:
    """A text in which a quote is written twice."""
    return replaced(spelled, re.compile(re.escape(quote * 2)), lambda _: quote)


def _meaning(escape: str) -> str:
    from aicensus.extract.javascript_literals import decoded as script
    from aicensus.extract.python_literals import decoded

    if escape.startswith("\\u{"):
        return script(escape.encode())
    meaning = decoded(escape.encode("utf-8", "replace"), b"") or ""
    return meaning if meaning != escape else meaning[1:].strip("\r\n")


def literals(content: bytes, path: str, first: int = 0, last: int | None = None) -> Iterator[Literal]:
    """The literal texts of a file of code in order that touch the bytes from `first` to `last`.

    None where the path is of no language, or the code is too broken to be read.
    """
    from aicensus.extract.syntax import tree
    from aicensus.extract.typed import grammar

    front_end = front_end_of(path)
    if front_end is None or front_end.name not in _GRAMMARS:
        return
    try:
        root = tree(grammar(*_GRAMMARS[front_end.name]), content)
    except UnreadError:
        return
    pending = [root]
    last = len(content) if last is None else last
    while pending:
        node = pending.pop()
        if node.end_byte < first or node.start_byte > last:
            continue
        parts = [child for child in node.named_children if _is_text(child)]
        if front_end.name == "scala" and node.type in _BETWEEN:
            yield _between(content, node)
            parts = [child for child in node.named_children if child.type in _ESCAPES]
        elif parts:
            yield _of_parts(content, node, parts)
        elif node.type in _WHOLE and not node.named_children:
            yield _whole(content, node)
        pending.extend(reversed([child for child in node.named_children if not _is_text(child)]))


def _is_text(node: Node) -> bool:
    return node.type in _ESCAPES or _CONTENT.fullmatch(node.type) is not None


def _of_parts(content: bytes, node: Node, parts: list[Node]) -> Literal:
    verbatim = content.startswith((b'$@"', b'@$"'), node.start_byte)
    spelled = joined(_piece(content, part) for part in parts)
    held = [*parts, *(child for child in node.named_children if child.type.endswith(_HOLES))]
    start, end = min(part.start_byte for part in held), max(part.end_byte for part in held)
    opening = content[node.start_byte : start]
    return Literal(start, end, opening, len(held) > len(parts), undoubled(spelled, '"') if verbatim else spelled)


def _between(content: bytes, node: Node) -> Literal:
    """A literal without nodes for its words."""
    opening = _OPENING.match(content, node.start_byte, node.end_byte)
    quotes = opening["quotes"][:3] if opening and opening["quotes"].startswith(b'"""') else b'"'
    at, end = node.start_byte + len(quotes), node.end_byte - len(quotes)
    start, pieces = at, []
    for child in node.named_children:
        pieces.append(as_it_stands(content, at, child.start_byte))
        if child.type in _ESCAPES and len(quotes) == 1:
            pieces.append(unescaped(as_it_stands(content, child.start_byte, child.end_byte)))
        at = child.end_byte
    spelled = joined([*pieces, as_it_stands(content, at, max(at, end))])
    whole = node.parent if node.type == "interpolated_string" else node
    used = whole.parent if whole is not None else None
    if used is not None and content[used.start_byte : used.end_byte].endswith(b".stripMargin"):
        spelled = without(spelled, _MARGIN)
    return Literal(start, max(start, end), quotes, any(child.type == "interpolation" for child in node.named_children), spelled)


def _piece(content: bytes, part: Node) -> Spelled:
    if part.type == "escape_interpolation":
        return as_it_stands(content, part.start_byte, part.start_byte + 1)
    if part.type in ("escape_sequence", "str_escaped_char"):
        return unescaped(as_it_stands(content, part.start_byte, part.end_byte))
    pieces, at = [], part.start_byte
    for inner in (child for child in part.named_children if child.type in _ESCAPES):
        pieces += [as_it_stands(content, at, inner.start_byte), _piece(content, inner)]
        at = inner.end_byte
    return joined([*pieces, as_it_stands(content, at, part.end_byte)])


def _whole(content: bytes, node: Node) -> Literal:
    opening = _OPENING.match(content, node.start_byte, node.end_byte)
    start = opening.end() if opening else node.start_byte
    end = max(start, node.end_byte - (len(opening["quotes"]) if opening else 0))
    spelled = as_it_stands(content, start, end)
    if node.type == "verbatim_string_literal":
        spelled = undoubled(spelled, '"')
    elif node.type == "ansi_c_string":
        spelled = unescaped(spelled)
    return Literal(start, end, content[node.start_byte : start], False, spelled)
