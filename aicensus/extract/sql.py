"""Calls of functions in SQL of any dialect, with templates in it: what a statement asks for, without knowing any function."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

MAX_TOKENS = 400_000
MAX_CALLS = 1_000
MAX_ARGUMENTS = 2_000
"""Words between the brackets of one call."""

_TOKEN = re.compile(
    r"""(?P<skip>\s+|--[^\n]*|\#(?![>-])[^\n]*)|(?P<open>/\*|\{\#|\{%|\{\{)
    |(?P<text>[bBrRnNeE]{0,2}'(?:[^'\\]|''|\\.)*'|[rRbB]{0,2}"(?:[^"\\\n]|\\.)*")
    |(?P<body>\$(?P<tag>\w*)\$)
    |(?P<name>(?:[A-Za-z_]\w*|`[^`\n]+`|\[[A-Za-z_][\w ]*\])(?:\.(?:[A-Za-z_]\w*|`[^`\n]+`|"[^"\n]+"|\[[A-Za-z_][\w ]*\]))*)
    |(?P<number>\d[\w.]*)|(?P<mark>=>|:=|\|\||::|.)""",
    re.DOTALL | re.VERBOSE,
)
_CLOSED_BY = {"/*": "*/", "{#": "#}", "{%": "%}", "{{": "}}"}
_MADE = re.compile(
    r"(?i)\b(?:create|alter)\s+(?:or\s+(?:replace|alter|refresh)\s+)?(?:(?:temp|temporary|transient|secure|materialized|dynamic|external|streaming"
    r"|live|recursive|iceberg|event|cortex|search)\s+)*(?:table|view|procedure|proc|function|task|model|service|agent|trigger)\s+"
    r"(?:if\s+not\s+exists\s+)?([`\"\[]?[\w.$\-{} ]+?[`\"\]]?)\s*(?=[\s(;]|$)"
)
_FILLED = re.compile(
    r"(?i)\b(?:insert\s+(?:overwrite\s+)?(?:into\s+|table\s+)+|merge\s+into\s+|update\s+|copy\s+into\s+)([`\"\[]?[A-Za-z_][\w.$`\"\]]*)"
)


_DECLARING = frozenset({"function", "procedure", "proc", "routine", "aggregate", "exists", "into", "table", "view", "index", "replace"})
"""Words after which a name before brackets is what a statement makes, changes or drops, and no call."""


class SqlText(NamedTuple):
    """A literal among the words of an argument."""

    text: str
    line: int
    end_line: int


class SqlArg(NamedTuple):
    name: str
    """Of `name => value`, in lower case."""
    literal: str | None
    """The value when it is one literal text or number."""
    words: str
    """Its literals in order, with other words as `{holes}`."""
    texts: tuple[SqlText, ...]
    written: str


class SqlCall(NamedTuple):
    name: str
    """As written, quotes left out."""
    args: tuple[SqlArg, ...]
    line: int
    end_line: int
    maker: str
    """What the statement makes or fills; empty when it only asks."""
    statement: str


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def sql_calls(text: str, wanted: Callable[[str], bool], first_line: int = 1) -> list[SqlCall]:
    """Calls of functions whose name, as written but for quotes, is `wanted`, in the order of the text, which begins on `first_line`."""
    return list(islice(_Reader(text, list(_tokens(text)), first_line).calls(wanted), MAX_CALLS))


def _tokens(text: str) -> Iterator[_Token]:
    """Words, texts and marks; comments and template statements count for nothing, and a body in dollars is read as SQL itself."""
    at = made = 0
    unclosed: set[str] = set()
    while at < len(text) and made < MAX_TOKENS:
        match = _TOKEN.match(text, at)
        if match is None:
            return
        at = match.end()
        kind = match.lastgroup or ""
        if kind == "open" and match[0] not in unclosed:
            end = text.find(_CLOSED_BY[match[0]], at)
            if end < 0:
                unclosed.add(match[0])
                continue
            at = end + 2
            if match[0] != "{{":
                continue
            kind = "hole"
        if kind in ("skip", "tag", "open") or match["body"] is not None:
            continue
        made += 1
        yield _Token(kind, text[match.start() : at], match.start(), at)


class _Reader:
    def __init__(self, text: str, tokens: list[_Token], first_line: int) -> None:
        self._text = text
        self._tokens = tokens
        self._breaks = [m.start() for m in re.finditer("\n", text)]
        self._first = first_line
        self._ends = [token.start for token in tokens if token.text == ";"]

    def _line(self, offset: int) -> int:
        return bisect_left(self._breaks, offset) + self._first

    def calls(self, wanted: Callable[[str], bool]) -> Iterator[SqlCall]:
        for at, token in enumerate(self._tokens[:-1]):
            declared = at > 0 and self._tokens[at - 1].text.lower() in _DECLARING
            if token.kind == "name" and self._tokens[at + 1].text == "(" and not declared:
                name = re.sub(r"[`\"\[\]]", "", token.text)
                if wanted(name):
                    args, end = self._arguments(at + 2)
                    statement = self._statement(token.start)
                    yield SqlCall(name, args, self._line(token.start), self._line(end), _maker(statement), statement)

    def _statement(self, offset: int) -> str:
        """The text of the statement around a place."""
        number = bisect_left(self._ends, offset)
        start = self._ends[number - 1] + 1 if number else 0
        return self._text[start : self._ends[number] if number < len(self._ends) else len(self._text)]

    def _arguments(self, at: int) -> tuple[tuple[SqlArg, ...], int]:
        """Arguments from the token after the bracket on, and the place of the bracket that closes them."""
        args: list[SqlArg] = []
        own: list[_Token] = []
        depth = 0
        last = min(len(self._tokens), at + MAX_ARGUMENTS)
        while at < last:
            token = self._tokens[at]
            if token.text in ("(", "[", "{"):
                depth += 1
            elif token.text in (")", "]", "}"):
                if depth == 0:
                    break
                depth -= 1
            elif token.text == ";" and depth == 0:
                break
            if token.text == "," and depth == 0:
                args.append(self._argument(own))
                own = []
            else:
                own.append(token)
            at += 1
        if own:
            args.append(self._argument(own))
        return tuple(args), self._tokens[min(at, len(self._tokens) - 1)].end - 1

    def _argument(self, tokens: list[_Token]) -> SqlArg:
        name = ""
        if len(tokens) > 2 and tokens[0].kind == "name" and tokens[1].text in ("=>", ":="):
            name, tokens = tokens[0].text.lower(), tokens[2:]
        texts = tuple(SqlText(_unquoted(t.text), self._line(t.start), self._line(t.end - 1)) for t in tokens if t.kind == "text")
        alone = tokens[0] if len(tokens) == 1 or (len(tokens) > 2 and tokens[1].text == "::") else None
        literal = _unquoted(alone.text) if alone and alone.kind == "text" else alone.text if alone and alone.kind == "number" else None
        written = self._text[tokens[0].start : tokens[-1].end] if tokens else ""
        return SqlArg(name, literal, _words(tokens), texts, written)


def _maker(statement: str) -> str:
    """What a statement makes or fills."""
    made = _MADE.search(statement[:2000]) or _FILLED.search(statement[:20_000])
    name = re.sub(r"[`\"\[\]\s]", "", made[1]) if made else ""
    return "" if name.lower() in ("select", "set") else name


def _words(tokens: list[_Token]) -> str:
    """Literals in order; columns, variables and templates as holes. Keys of messages and names of functions say nothing."""
    parts = []
    for at, token in enumerate(tokens):
        called = at + 1 < len(tokens) and tokens[at + 1].text == "("
        keyed = at + 1 < len(tokens) and tokens[at + 1].text == ":"
        if token.kind == "text" and not keyed and (text := _unquoted(token.text)).lower() not in _MESSAGE_KEYS:
            parts.append(text)
        elif token.kind == "hole":
            parts.append("{" + re.sub(r"[^\w.]", "", token.text)[:40] + "}")
        elif token.kind == "name" and not called and token.text.lower() not in _KEYWORDS:
            parts.append("{" + token.text.rpartition(".")[2].strip('`"[]') + "}")
    return "".join(parts)


_MESSAGE_KEYS = frozenset({"role", "content", "user", "system", "assistant", "messages", "prompt"})
_KEYWORDS = frozenset(
    {
        "as",
        "and",
        "or",
        "not",
        "null",
        "true",
        "false",
        "struct",
        "model",
        "table",
        "select",
        "from",
        "using",
        "case",
        "when",
        "then",
        "else",
        "end",
        "is",
        "in",
        "string",
        "varchar",
        "text",
    }
)


def _unquoted(text: str) -> str:
    quote = "'" if "'" in text[:3] else '"'
    inner = text[text.index(quote) + 1 : -1]
    return inner.replace("''", "'").replace("\\'", "'").replace('\\"', '"').replace("\\n", "\n")
