"""Functions of SQL that ask a model, in files of SQL and in texts of code."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from aicensus.catalog.pattern import expand, to_regex
from aicensus.catalog.sql import Places, SqlFile, SqlFunction
from aicensus.extract.config import speaks
from aicensus.extract.sql import SqlArg, SqlCall, sql_calls
from aicensus.model.declared import As, Declared, FileConfig, Words
from aicensus.model.facts import Attr, Choice, Const, Expr, FileFacts, Map, Name, Op, Seq, Template

STATEMENT = re.compile(r"(?i)\b(select|insert|update|merge|create|call|with|exec|declare)\b")
"""What a text holds that is SQL and not only looks like a call."""
_TEMPLATE = re.compile(r"\{\{\s*(?:config|ref|source)\s*\(")
_MODEL = re.compile(r"(?i)^\s*(?:model\s+)?([`\w.{}\-]+)")


class SqlRows:
    """The functions of one or more catalogue files, asked by name."""

    def __init__(self, files: Iterable[SqlFile]) -> None:
        self._files = tuple(files)

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """Texts of which one stands in all that holds a call."""
        return tuple(dict.fromkeys(token for file in self._files for token in file.tokens))

    @cached_property
    def _by_last(self) -> dict[str, list[tuple[re.Pattern[str], SqlFunction]]]:
        table: dict[str, list[tuple[re.Pattern[str], SqlFunction]]] = {}
        for file in self._files:
            for row in file.functions:
                for text in expand(row.name.lower()):
                    table.setdefault(text.rpartition(".")[2], []).append((to_regex(text, ".*"), row))
        return table

    def knows(self, name: str) -> bool:
        """Whether a function of this name may ask a model."""
        return name.rpartition(".")[2].lower() in self._by_last

    def function(self, call: SqlCall) -> SqlFunction | None:
        """The row of a call; None when it asks no model."""
        name = call.name.lower()
        for pattern, row in self._by_last.get(name.rpartition(".")[2], ()):
            if pattern.fullmatch(name) and len(call.args) >= row.args:
                return row
        return None

    def made(self, text: str) -> Iterator[tuple[str, str, str, int]]:
        """Models of the database that a text makes: (name, model, dialect, line)."""
        for file in self._files:
            for row in file.models:
                for statement in re.finditer(r"[^;]+", text):
                    if found := re.search(row.match, statement[0]):
                        yield short(found["name"]), found["model"], row.dialect, text[: statement.start() + found.start()].count("\n") + 1


def short(name: str) -> str:
    """The last part of a name, without quotes, in lower case: what one database calls it in any project."""
    return re.sub(r"[`\"\[\]\s]", "", name).rpartition(".")[2].lower()


def sql_file(path: str, content: bytes, rows: SqlRows) -> FileConfig | None:
    """What a file of SQL asks; None when it asks nothing."""
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    found = list(_asked(text, rows, _template_name(path, text)))
    return FileConfig("sql", "SQL", (), tuple(found)) if found else None


def asked(text: str, rows: SqlRows, line: int) -> list[Declared]:
    """What a text in code asks that is SQL; `line` is the one that it begins on."""
    return [node for node in _asked(text, rows, "", line) if node.as_ == "point"] if STATEMENT.search(text) else []


def _template_name(path: str, text: str) -> str:
    """What a template of a statement makes: it is called like its file."""
    return posixpath.splitext(posixpath.basename(path))[0] if _TEMPLATE.search(text) else ""


def _asked(text: str, rows: SqlRows, made: str, first_line: int = 1) -> Iterator[Declared]:
    functions: dict[str, tuple[str, str]] = {}
    for name, model, dialect, line in rows.made(text):
        functions[name] = (model, dialect)
        yield _declared("setting", name, line, line, "", "", model, (), (), "", name)
    own = {name for name, (_, dialect) in functions.items() if dialect == "redshift"}
    for call in sql_calls(text, lambda name: rows.knows(name) or short(name) in own, first_line):
        row = rows.function(call)
        if row is not None:
            yield _point(call, row, made)
        elif short(call.name) in own and not call.statement.lower().lstrip().startswith("create external"):
            model = functions[short(call.name)][0]
            yield _declared("point", made or call.maker, call.line, call.end_line, "completion", "bedrock", model, (), (), call.name, "")


def _point(call: SqlCall, row: SqlFunction, made: str) -> Declared:
    words = tuple(w for places, role in ((row.system, "system"), (row.prompt, "user")) for w in _words(call, places, role))
    settings = {name: arg.literal or "set" for name, places in row.settings.items() if (arg := _argument(call, places)) is not None}
    model = _model(call, row)
    return _declared(
        "point",
        made or call.maker,
        call.line,
        call.end_line,
        row.kind,
        row.provider,
        model,
        tuple(sorted(settings.items())),
        words,
        call.name,
        "",
    )


def _declared(
    as_: As, id: str, line: int, end: int, kind: str, provider: str, model: str | None, settings: tuple[tuple[str, str], ...],
    words: tuple[Words, ...], call: str, name: str,
) -> Declared:  # fmt: skip
    return Declared(as_, id or "<module>", line, end, kind, provider, model, False, settings, words, call, "", "", name, "direct")


def _argument(call: SqlCall, places: Places) -> SqlArg | None:
    by_name = {arg.name: arg for arg in call.args if arg.name}
    plain = [arg for arg in call.args if not arg.name]
    for place in places:
        if isinstance(place, str) and place in by_name:
            return by_name[place]
        if isinstance(place, int) and place < len(plain):
            return plain[place]
    return None


def _model(call: SqlCall, row: SqlFunction) -> str | None:
    arg = _argument(call, row.model)
    if arg is None:
        return None
    if row.named:
        found = _MODEL.match(arg.written)
        return f"@model {short(found[1])}" if found else None
    return arg.literal if arg.literal is not None else "{{ " + arg.written[:80] + " }}"


def _words(call: SqlCall, places: Places, role: str) -> Iterator[Words]:
    arg = _argument(call, places)
    if arg is not None and arg.texts and speaks(arg.words):
        yield Words(arg.words, arg.texts[0].line, arg.texts[-1].end_line, role)


# -- texts of code -----------------------------------------------------------------------------------------------------


class SqlText(NamedTuple):
    """A text of a file of code that is SQL, with the scope that it stands in."""

    scope: int
    text: str
    line: int


def texts_of(facts: FileFacts, tokens: Iterable[str]) -> Iterator[SqlText]:
    """Texts that hold one of the tokens, f-strings with holes as `{name}`; each place once."""
    low = tuple(token.lower() for token in tokens)
    seen: set[tuple[int, str]] = set()
    for scope, expr in _expressions(facts):
        stack = [expr]
        while stack:
            current = stack.pop()
            match current:
                case Const(value=str(value), line=line):
                    found = SqlText(scope, value, line)
                case Template(parts=parts, line=line):
                    found = SqlText(scope, "".join(_told(part) for part in parts), line)
                case Seq(items=items):
                    stack += items
                    continue
                case Map(items=pairs):
                    stack += [value for _, value in pairs]
                    continue
                case Op(left=left, right=right):
                    stack += [left, right]
                    continue
                case Choice(options=options):
                    stack += options
                    continue
                case _:
                    continue
            key = (found.line, found.text)
            if key not in seen and any(token in found.text.lower() for token in low):
                seen.add(key)
                yield found


def _expressions(facts: FileFacts) -> Iterator[tuple[int, Expr]]:
    for binding in facts.bindings:
        if binding.value is not None:
            yield binding.scope, binding.value
    for call in facts.calls:
        yield from ((call.scope, arg.value) for arg in call.args)
    for number, scope in enumerate(facts.scopes):
        yield from ((number, returned) for returned in scope.returns)


def _told(part: Expr) -> str:
    match part:
        case Const(value=str(value)):
            return value
        case Name(id=name) | Attr(name=name):
            return f"{{{name}}}"
    return "{}"
