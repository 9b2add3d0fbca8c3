"""JSON, YAML and TOML files as modules: one literal with the places of its texts."""

from __future__ import annotations

import bisect
import re
import tomllib
from collections.abc import Callable

from aicensus.model.facts import Const, Export, Expr, FileFacts, Map, Scope, Seq

DATA_SUFFIXES = (".json", ".jsonc", ".yaml", ".yml", ".toml")
MAX_BYTES = 400_000
MAX_DEPTH = 40
MAX_NODES = 20_000

_TOKEN = re.compile(
    r'\s+|//[^\n]*|/\*.*?\*/|(?P<text>"(?:[^"\\\n]|\\.)*")|(?P<mark>[{}\[\],:])|(?P<word>-?[0-9][0-9.eE+-]*|true|false|null)', re.DOTALL
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_WORDS = {"true": True, "false": False, "null": None}


class _Unreadable(Exception):
    pass


def data_facts(path: str, content: bytes) -> FileFacts | None:
    """Facts of a data file: its value is what the module exports; None when it is too large or cannot be read."""
    if len(content) > MAX_BYTES:
        return None
    text = content.decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        value = _reader(path)(text)
    except (_Unreadable, ValueError, RecursionError):
        return None
    lines = text.count("\n") + 1
    return FileFacts("javascript", (Scope("module", "", "", -1, 1, lines),), (), (), exports=(Export("=", value),))


def _reader(path: str) -> Callable[[str], Expr]:
    if path.endswith(".toml"):
        return _toml
    return _yaml if path.endswith((".yaml", ".yml")) else _json


# -- JSON --------------------------------------------------------------------------------------------------------


def _json(text: str) -> Expr:
    newlines = [m.start() for m in re.finditer("\n", text)]
    tokens: list[tuple[str, str, int]] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _Unreadable
        position = match.end()
        if match.lastgroup:
            tokens.append((match.lastgroup, match[0], 1 + bisect.bisect_left(newlines, match.start())))
            if len(tokens) > MAX_NODES * 4:
                raise _Unreadable
    value, end = _json_value(tokens, 0, 0)
    if end != len(tokens):
        raise _Unreadable
    return value


def _json_value(tokens: list[tuple[str, str, int]], at: int, depth: int) -> tuple[Expr, int]:
    if at >= len(tokens) or depth > MAX_DEPTH:
        raise _Unreadable
    kind, text, line = tokens[at]
    if kind == "text":
        return Const(_unescaped(text[1:-1]), line, line), at + 1
    if kind == "word":
        value = _WORDS[text] if text in _WORDS else float(text) if re.search("[.eE]", text) else int(text)
        return Const(value, line, line), at + 1
    if text == "{":
        return _json_object(tokens, at + 1, depth)
    if text == "[":
        return _json_array(tokens, at + 1, depth)
    raise _Unreadable


def _json_object(tokens: list[tuple[str, str, int]], at: int, depth: int) -> tuple[Expr, int]:
    pairs: list[tuple[Expr | None, Expr]] = []
    while at < len(tokens) and tokens[at][1] != "}":
        if tokens[at][0] != "text" or at + 1 >= len(tokens) or tokens[at + 1][1] != ":":
            raise _Unreadable
        key, _ = _json_value(tokens, at, depth)
        value, at = _json_value(tokens, at + 2, depth + 1)
        pairs.append((key, value))
        if at < len(tokens) and tokens[at][1] == ",":
            at += 1
    return Map(tuple(pairs)), at + 1


def _json_array(tokens: list[tuple[str, str, int]], at: int, depth: int) -> tuple[Expr, int]:
    items: list[Expr] = []
    while at < len(tokens) and tokens[at][1] != "]":
        value, at = _json_value(tokens, at, depth + 1)
        items.append(value)
        if at < len(tokens) and tokens[at][1] == ",":
            at += 1
    return Seq(tuple(items)), at + 1


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1][1:], 16)) if len(m[1]) == 5 else _ESCAPES.get(m[1], m[1]), text)


# -- YAML and TOML -----------------------------------------------------------------------------------------------


def _yaml(text: str) -> Expr:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    if text.count("&") > 50 and text.count("*") > 50:
        raise _Unreadable
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        raise _Unreadable from error
    return _yaml_node(node, 0, [0])


def _yaml_node(node: object, depth: int, count: list[int]) -> Expr:
    count[0] += 1
    if depth > MAX_DEPTH or count[0] > MAX_NODES:
        raise _Unreadable
    kind = type(node).__name__
    value = getattr(node, "value", None)
    if kind == "MappingNode" and value is not None:
        return Map(tuple((_yaml_node(k, depth + 1, count), _yaml_node(v, depth + 1, count)) for k, v in value))
    if kind == "SequenceNode" and value is not None:
        return Seq(tuple(_yaml_node(item, depth + 1, count) for item in value))
    line = getattr(getattr(node, "start_mark", None), "line", 0) + 1
    end = getattr(getattr(node, "end_mark", None), "line", line - 1) + 1
    tag = str(getattr(node, "tag", "") or getattr(node, "ctag", ""))
    if tag.endswith(("null", "bool")):
        return Const({"true": True, "false": False}.get(str(value).lower()), line, line)
    block = getattr(node, "style", None) in ("|", ">")
    return Const(str(value or ""), line, max(line, end - 1 if block else end))


def _toml(text: str) -> Expr:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _Unreadable from error
    lines = text.split("\n")
    return _toml_value(table, "", lines, 0)


def _toml_value(value: object, key: str, lines: list[str], depth: int) -> Expr:
    if depth > MAX_DEPTH:
        raise _Unreadable
    if isinstance(value, dict):
        return Map(tuple((Const(k, 1, 1), _toml_value(v, k, lines, depth + 1)) for k, v in value.items()))
    if isinstance(value, list):
        return Seq(tuple(_toml_value(v, key, lines, depth + 1) for v in value))
    line = next((n for n, text in enumerate(lines, 1) if text.lstrip(" \"'").startswith(key) and "=" in text), 1)
    if isinstance(value, bool | int | float | str):
        end = line + value.count("\n") if isinstance(value, str) else line
        return Const(value, line, min(end, len(lines)))
    return Const(str(value), line, line)
