"""Configuration files as trees of values with their lines: YAML, JSON, TOML, properties, env files, HCL and text under front matter.

Nothing is ever constructed or run; what is not understood raises UnreadError. A tree may share parts (YAML aliases), so whoever walks
it keeps count of its steps.
"""

from __future__ import annotations

import json
import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any

from aicensus.model.errors import UnreadError

MAX_DEPTH = 60
MAX_NODES = 200_000
BODY = "@body"
"""Key of the text that follows front matter."""
VALUE = "="
"""Key of what `word name = value` gives, as Bicep writes parameters."""
LABEL = "@"
"""Keys `@0`, `@1` ... hold the words before the braces of a block of HCL or Bicep."""


class Doc:
    """One value: a text, a list or a mapping, on lines `line` to `end_line` (from 1). A number or truth value is its text."""

    __slots__ = ("end_line", "line", "value")

    def __init__(self, value: str | list[Doc] | dict[str, Doc] | None, line: int, end_line: int) -> None:
        self.value = value
        self.line = line
        self.end_line = end_line

    @property
    def text(self) -> str | None:
        """The text of a scalar; None for a list, a mapping and an empty value."""
        return self.value if isinstance(self.value, str) else None

    def items(self) -> Iterator[tuple[str, Doc]]:
        """Members of a mapping in order; none of anything else."""
        yield from self.value.items() if isinstance(self.value, dict) else ()

    def elements(self) -> list[Doc]:
        """Elements of a list; none of anything else."""
        return self.value if isinstance(self.value, list) else []

    def get(self, key: str) -> Doc | None:
        return self.value.get(key) if isinstance(self.value, dict) else None


def read_documents(form: str, content: bytes) -> list[Doc]:
    """The documents of a file in a form out of FORMS. Raises UnreadError."""
    text = content.decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        return FORMS[form](text)
    except (RecursionError, ValueError, LookupError) as error:
        raise UnreadError(f"not {form} that can be read ({type(error).__name__})") from error


class _Count:
    """How many values were made; too many are refused."""

    def __init__(self) -> None:
        self.made = 0

    def one(self, depth: int) -> None:
        self.made += 1
        if self.made > MAX_NODES or depth > MAX_DEPTH:
            raise ValueError("too large or too deep")


# -- JSON ------------------------------------------------------------------------------------------------------------


class _Json(Doc):
    """A value whose members are read when they are asked for: most of a large document never is."""

    __slots__ = ("_depth", "_source", "_start")

    def __init__(self, source: _JsonText, start: int, end: int, value: Any, depth: int) -> None:
        kept = value if isinstance(value, list | dict) else _scalar(value)
        super().__init__(kept, source.line(start), source.line(max(start, end - 1)))
        self._source = source
        self._start = start
        self._depth = depth

    def items(self) -> Iterator[tuple[str, Doc]]:
        yield from self._members() if isinstance(self.value, dict) else ()

    def elements(self) -> list[Doc]:
        return self._source.elements(self._start, self._depth) if isinstance(self.value, list) else []

    def get(self, key: str) -> Doc | None:
        if not isinstance(self.value, dict) or key not in self.value:
            return None
        found = None
        for name, member in self._members():
            found = member if name == key else found
        return found

    def _members(self) -> list[tuple[str, Doc]]:
        return self._source.members(self._start, self._depth)


class _JsonText:
    """A text with the places of its values, found by the standard decoder."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._decode = json.JSONDecoder(strict=False).raw_decode
        self._breaks = [m.start() for m in re.finditer("\n", text)]
        self._members: dict[int, list[tuple[str, Doc]]] = {}
        self._elements: dict[int, list[Doc]] = {}

    def line(self, offset: int) -> int:
        return bisect_left(self._breaks, offset) + 1

    def value(self, start: int, depth: int) -> tuple[Doc, int]:
        if depth > MAX_DEPTH:
            raise ValueError("too deep")
        value, end = self._decode(self.text, start)
        return _Json(self, start, end, value, depth), end

    def skip(self, at: int) -> int:
        match = _BLANK.match(self.text, at)
        return match.end() if match else at

    def members(self, start: int, depth: int) -> list[tuple[str, Doc]]:
        if start not in self._members:
            found: list[tuple[str, Doc]] = []
            at = self.skip(start + 1)
            while self.text[at] != "}":
                key, at = self._decode(self.text, at)
                value, at = self.value(self.skip(self.skip(at) + 1), depth + 1)
                found.append((str(key), value))
                at = self.skip(at)
                at = self.skip(at + 1) if self.text[at] == "," else at
            self._members[start] = found
        return self._members[start]

    def elements(self, start: int, depth: int) -> list[Doc]:
        if start not in self._elements:
            found = []
            at = self.skip(start + 1)
            while self.text[at] != "]":
                value, at = self.value(at, depth + 1)
                found.append(value)
                at = self.skip(at)
                at = self.skip(at + 1) if self.text[at] == "," else at
            self._elements[start] = found
        return self._elements[start]


_BLANK = re.compile(r"[ \t\r\n]*")
_JSON_NOISE = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|(?P<open>/\*)|,(?=\s*+[}\]])')


def _scalar(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json(text: str) -> list[Doc]:
    """One document; comments and commas at the end, as editors allow them, count for nothing."""
    try:
        source = _JsonText(text)
        return [source.value(source.skip(0), 0)[0]]
    except ValueError:
        source = _JsonText(_plain_json(text))
        return [source.value(source.skip(0), 0)[0]]


def _plain_json(text: str) -> str:
    """The text with comments, and commas before a bracket that closes, as white space."""
    parts = []
    at = 0
    while (match := _JSON_NOISE.search(text, at)) is not None:
        parts.append(text[at : match.start()])
        at = match.end()
        if match["open"]:
            end = text.find("*/", at)
            if end < 0:
                raise ValueError("a comment does not end")
            at = end + 2
        noise = text[match.start() : at]
        parts.append(noise if noise.startswith('"') else re.sub(r"[^\n]", " ", noise))
    return "".join((*parts, text[at:]))


# -- YAML ------------------------------------------------------------------------------------------------------------

_TEMPLATE_LINE = re.compile(r"^[ \t]*\{\{[^\n]*\}\}[ \t]*$", re.MULTILINE)
_TEMPLATE_HOLE = re.compile(r"\{\{[^{}\n]*\}\}")
_NAMING_TAGS = frozenset({"!Ref", "!GetAtt", "!ImportValue", "!FindInMap"})
"""Tags of CloudFormation under which a text is the name of a value; the tag stays before it."""
MAX_DOCUMENTS = 500


def _yaml(text: str) -> list[Doc]:
    """All documents of a stream. Where it is a template of YAML, its holes are read as words."""
    if "{{" in text and _TEMPLATE_LINE.search(text):
        try:
            return _yaml_events(text)
        except ValueError:
            text = _TEMPLATE_LINE.sub("", text)
            return _yaml_events(_TEMPLATE_HOLE.sub(lambda m: re.sub(r"[^\w.]", "_", m[0]), text))
    return _yaml_events(text)


def _yaml_events(text: str) -> list[Doc]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.events import DocumentStartEvent

    try:
        events = iter(YAML(typ="safe", pure=True).parse(text))
        reader = _Yaml(events, text.split("\n"))
        return [reader.node(next(events), 0) for event in events if isinstance(event, DocumentStartEvent)][:MAX_DOCUMENTS]
    except (YAMLError, StopIteration, TypeError, AttributeError) as error:
        raise ValueError(str(error).partition("\n")[0]) from error


class _Yaml:
    """Makes values of the parser's events. An alias is the value it names, not a copy."""

    def __init__(self, events: Iterator[Any], rows: list[str]) -> None:
        self._events = events
        self._rows = rows
        self._anchors: dict[str, Doc] = {}
        self._count = _Count()

    def node(self, event: Any, depth: int) -> Doc:
        from ruamel.yaml.events import AliasEvent, MappingStartEvent, ScalarEvent

        self._count.one(depth)
        if isinstance(event, AliasEvent):
            return self._anchors.get(event.anchor) or Doc(None, event.start_mark.line + 1, event.start_mark.line + 1)
        if isinstance(event, ScalarEvent):
            found = self._scalar(event)
        elif isinstance(event, MappingStartEvent):
            found = self._mapping(event, depth)
        else:
            found = self._sequence(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = found
        return found

    def _scalar(self, event: Any) -> Doc:
        line, end = event.start_mark.line + 1, event.end_mark.line + 1
        if event.style in ("|", ">"):
            last = event.end_mark.line
            while last > line and not self._rows[last - 1].strip():
                last -= 1
            return Doc(event.value, line, max(line, last))
        if str(event.tag) in _NAMING_TAGS:
            return Doc(f"{event.tag} {event.value}", line, max(line, end))
        plain = event.style is None or event.style == ""
        return Doc(None if plain and event.value in ("", "~", "null") else event.value, line, max(line, end))

    def _mapping(self, start: Any, depth: int) -> Doc:
        from ruamel.yaml.events import MappingEndEvent

        members: dict[str, Doc] = {}
        merged: list[Doc] = []
        event = next(self._events)
        while not isinstance(event, MappingEndEvent):
            line = event.start_mark.line + 1
            key = self.node(event, depth + 1).text
            value = self.node(next(self._events), depth + 1)
            if key == "<<":
                merged += value.elements() or [value]
            elif key is not None:
                members[key] = value if isinstance(value.value, str) and value.line == line else Doc(value.value, line, value.end_line)
            event = next(self._events)
        for other in merged:
            for name, value in other.items():
                self._count.one(depth)
                members.setdefault(name, value)
        last = max((value.end_line for value in members.values()), default=0)
        line = start.start_mark.line + 1
        return Doc(members, line, max(line, last if not start.flow_style else event.end_mark.line + 1))

    def _sequence(self, start: Any, depth: int) -> Doc:
        from ruamel.yaml.events import SequenceEndEvent

        elements = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            elements.append(self.node(event, depth + 1))
        line = start.start_mark.line + 1
        last = event.end_mark.line + 1 if start.flow_style else max((e.end_line for e in elements), default=line)
        return Doc(elements, line, max(line, last))


# -- TOML ------------------------------------------------------------------------------------------------------------

_TOML_TABLE = re.compile(r"^\s*\[\[?\s*([^\]]+?)\s*\]\]?")
_TOML_KEY = re.compile(r"^\s*([\w\"'.-]+)\s*=")


def _toml(text: str) -> list[Doc]:
    table = tomllib.loads(text)
    lines: dict[tuple[str, ...], list[int]] = {}
    head: tuple[str, ...] = ()
    rows = text.split("\n")
    for number, row in enumerate(rows, 1):
        if match := _TOML_TABLE.match(row):
            head = tuple(part.strip(" \"'") for part in match[1].split("."))
            lines.setdefault(head, []).append(number)
        elif match := _TOML_KEY.match(row):
            lines.setdefault((*head, *(part.strip("\"'") for part in match[1].split("."))), []).append(number)
    return [_toml_value(table, (), lines, 1, 0)]


def _toml_value(value: object, path: tuple[str, ...], lines: dict[tuple[str, ...], list[int]], near: int, depth: int) -> Doc:
    """`near` is the line of the value around this one, for what has no line of its own. Tables of an array take theirs in order."""
    if depth > MAX_DEPTH:
        raise ValueError("too deep")
    known = lines.get(path, [])
    line = known.pop(0) if len(known) > 1 else known[0] if known else near
    if isinstance(value, dict):
        members = {str(k): _toml_value(v, (*path, str(k)), lines, line, depth + 1) for k, v in value.items()}
        return Doc(members, line, max([line, *(m.end_line for m in members.values())]))
    if isinstance(value, list):
        elements = [_toml_value(v, path if isinstance(v, dict) else (*path, "[]"), lines, line, depth + 1) for v in value]
        return Doc(elements, line, max([line, *(e.end_line for e in elements)]))
    text = _scalar(value)
    return Doc(text, line, line + (text or "").count("\n"))


# -- lines of `key = value` --------------------------------------------------------------------------------------------

_PROPERTY = re.compile(r"^\s*([\w.\[\]/-]+)\s*[=:]\s*(.*?)\s*$")
_ENV = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$")


def _properties(text: str) -> list[Doc]:
    """Dotted keys as nested mappings, as the same settings are written in YAML."""
    root = Doc({}, 1, text.count("\n") + 1)
    for number, row in enumerate(text.split("\n"), 1):
        if row.lstrip().startswith(("#", "!")) or not (match := _PROPERTY.match(row)):
            continue
        *above, last = match[1].split(".")[:MAX_DEPTH]
        at = root
        for part in above:
            assert isinstance(at.value, dict)
            inner = at.value.setdefault(part, Doc({}, number, number))
            if not isinstance(inner.value, dict):
                inner.value = {}
            inner.end_line = number
            at = inner
        assert isinstance(at.value, dict)
        at.value[last] = Doc(match[2], number, number)
    return [root]


def _env(text: str) -> list[Doc]:
    members = {}
    for number, row in enumerate(text.split("\n"), 1):
        if match := _ENV.match(row):
            members[match[1]] = Doc(_unquoted(match[2]), number, number)
    return [Doc(members, 1, text.count("\n") + 1)]


def _unquoted(text: str) -> str:
    if text[:1] in ("'", '"'):
        return text[1:].partition(text[0])[0]
    return re.split(r"\s#", text, maxsplit=1)[0].strip()


_DIRECTIVE = re.compile(r"^([A-Za-z]+)[ \t]+(.*)$")


def _directives(text: str) -> list[Doc]:
    """Lines of a word and its value, as in a Modelfile; a text in three quotes goes over lines. Each word has a list."""
    members: dict[str, Doc] = {}
    rows = text.split("\n")
    number = 0
    while number < len(rows):
        number += 1
        match = _DIRECTIVE.match(rows[number - 1])
        if match is None:
            continue
        word, value, first = match[1].upper(), match[2].strip(), number
        if value.startswith('"""'):
            while value.count('"""') < 2 and number < len(rows):
                value += "\n" + rows[number]
                number += 1
            value = value.removeprefix('"""').partition('"""')[0]
        held = members.setdefault(word, Doc([], first, number))
        assert isinstance(held.value, list)
        held.value.append(Doc(value, first, number))
        held.end_line = number
    return [Doc(members, 1, len(rows))]


# -- text under front matter -------------------------------------------------------------------------------------------

_FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*\r?(?:\n|\Z)", re.DOTALL | re.MULTILINE)


def _front_matter(text: str) -> list[Doc]:
    """What YAML stands above the text, and the text as `@body`; a file without front matter is only text."""
    match = _FRONT.match(text)
    head = _yaml_events(match[1]) if match and match[1].strip() else []
    body = text[match.end() :] if match else text
    first = text[: match.end()].count("\n") + 1 if match else 1
    blank = len(body) - len(body.lstrip("\n"))
    last = first + len(body.rstrip("\n").split("\n")) - 1
    members = {key: _moved(value, 1) for key, value in head[0].items()} if head else {}
    members[BODY] = Doc(body.strip("\n"), min(first + blank, max(last, 1)), max(last, 1))
    return [Doc(members, 1, max(last, 1))]


def _moved(doc: Doc, by: int, depth: int = 0) -> Doc:
    if depth > MAX_DEPTH:
        raise ValueError("too deep")
    value = doc.value
    if isinstance(value, dict):
        value = {key: _moved(member, by, depth + 1) for key, member in value.items()}
    elif isinstance(value, list):
        value = [_moved(member, by, depth + 1) for member in value]
    return Doc(value, doc.line + by, doc.end_line + by)


# -- blocks in braces: HCL and Bicep -----------------------------------------------------------------------------------

_BLOCK_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r]+|\#[^\n]*|//[^\n]*)|(?P<break>\n|,)|(?P<comment>/\*)|(?P<heredoc><<[-~]?(?P<tag>\w+)\n)|(?P<lines>''')
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?P<mark>[{}\[\]=:])|(?P<word>[^\s{}\[\]=:,"']+|.)""",
    re.DOTALL | re.VERBOSE,
)
MAX_UNCLOSED = 50
"""Comments and texts that begin and do not end, after which the rest is not looked through for more."""


class _Token:
    __slots__ = ("end_line", "kind", "line", "text")

    def __init__(self, kind: str, text: str, line: int, end_line: int) -> None:
        self.kind, self.text, self.line, self.end_line = kind, text, line, end_line


def _blocks(text: str) -> list[Doc]:
    """`word "label" {...}` as a list under its word, the words as `@0`, `@1` ...; `key = value` and `key: value` as members."""
    breaks = [m.start() for m in re.finditer("\n", text)]
    tokens = []
    for kind, own, start, end in _block_tokens(text):
        tokens.append(_Token(kind, own, bisect_left(breaks, start) + 1, bisect_left(breaks, end - 1) + 1))
        if len(tokens) > MAX_NODES:
            raise ValueError("too large")
    return [_Blocks(tokens).body(0)]


def _block_tokens(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Kind, text, start and end of each token; texts without their quotes."""
    at = unclosed = 0
    while at < len(text) and (match := _BLOCK_TOKEN.match(text, at)) is not None:
        start, at = at, match.end()
        kind = "heredoc" if match["tag"] else match.lastgroup or ""
        if kind in ("comment", "heredoc", "lines"):
            close = re.compile(rf"^[ \t]*{match['tag']}\b", re.MULTILINE) if match["tag"] else _CLOSES[kind]
            found = close.search(text, at) if unclosed < MAX_UNCLOSED else None
            if found is None:
                unclosed += 1
                yield "word", match[0], start, at
                continue
            inner, at = text[at : found.start()], found.end()
            if kind != "comment":
                yield "text", inner, start, at
        elif kind == "text":
            yield "text", match[0][1:-1].replace("\\n", "\n").replace('\\"', '"'), start, at
        elif kind != "blank":
            yield kind, match[0], start, at


_CLOSES = {"comment": re.compile(r"\*/"), "lines": re.compile("'''")}


class _Blocks:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def _peek(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def body(self, depth: int) -> Doc:
        """Statements up to the brace that closes them, or to the end."""
        if depth > MAX_DEPTH:
            raise ValueError("too deep")
        first = self._peek()
        members: dict[str, Doc] = {}
        last = first.line if first else 1
        while (token := self._peek()) is not None and token.text not in ("}", "]"):
            last = token.end_line
            if token.kind == "break" or token.kind == "mark":
                self._at += 1
                continue
            last = max(last, self._statement(members, depth))
        if (token := self._peek()) is not None:
            last = token.line
            self._at += 1
        return Doc(members, first.line if first else 1, last)

    def _statement(self, members: dict[str, Doc], depth: int) -> int:
        words: list[_Token] = []
        while (token := self._peek()) is not None and token.kind in ("word", "text"):
            words.append(token)
            self._at += 1
        if token is None or token.text in ("}", "]") or token.kind == "break":
            return words[-1].end_line
        if token.text in ("=", ":"):
            self._at += 1
            value = self._value(depth)
            if len(words) > 1:
                held = value if isinstance(value.value, dict) else Doc({VALUE: value}, value.line, value.end_line)
                return self._block(words, held, members)
            members[words[-1].text if words else ""] = Doc(value.value, words[0].line if words else value.line, value.end_line)
            return value.end_line
        if token.text == "{":
            self._at += 1
            return self._block(words, self.body(depth + 1), members)
        self._at += 1
        return token.end_line

    @staticmethod
    def _block(words: list[_Token], body: Doc, members: dict[str, Doc]) -> int:
        labels = {f"{LABEL}{number}": Doc(word.text, word.line, word.end_line) for number, word in enumerate(words)}
        assert isinstance(body.value, dict)
        made = Doc({**labels, **body.value}, words[0].line if words else body.line, body.end_line)
        held = members.setdefault(words[0].text if words else "", Doc([], made.line, made.end_line))
        if isinstance(held.value, list):
            held.value.append(made)
        return body.end_line

    def _value(self, depth: int) -> Doc:
        token = self._peek()
        while token is not None and token.text == "\n":
            self._at += 1
            token = self._peek()
        if token is None:
            return Doc(None, 1, 1)
        if token.text == "{" and token.kind == "mark":
            self._at += 1
            return self.body(depth + 1)
        if token.text == "[" and token.kind == "mark":
            return self._list(token, depth)
        return self._expression(token)

    def _list(self, start: _Token, depth: int) -> Doc:
        self._at += 1
        elements: list[Doc] = []
        last = start.line
        while (token := self._peek()) is not None and token.text != "]":
            last = token.end_line
            if token.kind == "break":
                self._at += 1
                continue
            before = self._at
            elements.append(self._value(depth + 1))
            self._at += self._at == before
        if (token := self._peek()) is not None:
            last = token.line
            self._at += 1
        return Doc(elements, start.line, last)

    def _expression(self, first: _Token) -> Doc:
        """What stands up to the end of the line: one text, or the words as they are, calls with brackets included."""
        parts: list[_Token] = []
        open_marks = 0
        while (token := self._peek()) is not None:
            if not open_marks and (token.kind == "break" or token.text in ("}", "]")):
                break
            if token.kind != "text":
                open_marks += token.text.count("(") + token.text.count("{") + token.text.count("[")
                open_marks -= token.text.count(")") + token.text.count("}") + token.text.count("]")
            parts.append(token)
            self._at += 1
        if len(parts) == 1 and parts[0].kind == "text":
            return Doc(parts[0].text, parts[0].line, parts[0].end_line)
        text = "".join(f'"{part.text}"' if part.kind == "text" else part.text for part in parts)
        return Doc(text, first.line, parts[-1].end_line if parts else first.line)


FORMS: dict[str, Callable[[str], list[Doc]]] = {
    "json": _json,
    "yaml": _yaml,
    "toml": _toml,
    "properties": _properties,
    "env": _env,
    "blocks": _blocks,
    "front-matter": _front_matter,
    "directives": _directives,
}
"""What reads a file, by the name that the catalogue uses."""
_SUFFIXES = {
    ".json": "json", ".jsonc": "json", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".properties": "properties",
    ".tf": "blocks", ".hcl": "blocks", ".tofu": "blocks", ".bicep": "blocks", ".md": "front-matter", ".mdc": "front-matter",
}  # fmt: skip


def form_of(path: str) -> str:
    """The form that a file's name speaks of; `front-matter` for one that speaks of none."""
    name = path.rpartition("/")[2].lower()
    if name == ".env" or name.startswith(".env.") or name.endswith(".env"):
        return "env"
    return next((form for suffix, form in _SUFFIXES.items() if name.endswith(suffix)), "front-matter")
