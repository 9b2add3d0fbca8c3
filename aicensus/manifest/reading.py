"""Strict reading of `aicensus.yaml`: every mistake is named with its line, all of them in one go."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any, NamedTuple, TypeVar

import msgspec
import msgspec.inspect as inspect

from aicensus.manifest.nodes import NotYaml, documents, kind_of, line_of, plain, scalar
from aicensus.model.errors import AicensusError
from aicensus.model.settings import Manifest

Record = TypeVar("Record", bound=msgspec.Struct)
_PLAIN_KEY = re.compile(r"[A-Za-z_][\w-]*")


class Mistake(NamedTuple):
    line: int
    """0 when it is not known."""
    message: str


class ManifestError(AicensusError):
    """A manifest that cannot be used; the message lists every mistake as `aicensus.yaml:12: ...`."""

    def __init__(self, name: str, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        super().__init__("\n".join(f"{name}:{line}: {text}" if line else f"{name}: {text}" for line, text in self.mistakes))


def read_manifest(content: bytes, name: str) -> tuple[Manifest, dict[str, int]]:
    """Return the manifest and the lines of its keys: `points.<id>`, `waivers[2]`, `roster.<id>`, `settings.select`, ...

    `name` is the file as messages call it. An empty file is an empty manifest. Raises ManifestError with all mistakes.
    """
    return read_node(root_of(content, name), name)


def root_of(content: bytes, name: str) -> Any:
    """The root node of a manifest, None where it says nothing. Raises ManifestError."""
    try:
        roots = documents(content)
    except NotYaml as error:
        raise ManifestError(name, [Mistake(error.line, error.message)]) from error
    if len(roots) > 1:
        raise ManifestError(name, [Mistake(line_of(roots[1]), "a manifest is one document, and here a second one starts")])
    return roots[0] if roots else None


def read_node(root: Any, name: str) -> tuple[Manifest, dict[str, int]]:
    """The manifest below a root node; see `read_manifest`."""
    if root is None or kind_of(root) == "null":
        return Manifest(), {}
    reader = _Reader()
    value = reader.read(root, inspect.type_info(Manifest), ())
    reader.check_waivers(value)
    if reader.mistakes:
        raise ManifestError(name, reader.mistakes)
    try:
        return msgspec.convert(value, Manifest), reader.lines
    except msgspec.ValidationError as error:
        raise ManifestError(name, [Mistake(0, str(error))]) from error


def read_record(node: Any, kind: type[Record], whole: str) -> tuple[Record | None, list[Mistake]]:
    """A mapping of another file as a record, read as strictly; `whole` is what messages call it. None when there are mistakes."""
    reader = _Reader(whole)
    value = reader.read(node, inspect.type_info(kind), ())
    if reader.mistakes:
        return None, reader.mistakes
    try:
        return msgspec.convert(value, kind), []
    except msgspec.ValidationError as error:
        return None, [Mistake(line_of(node), str(error))]


def manifest_schema() -> dict[str, Any]:
    """The JSON Schema of `aicensus.yaml`, as shipped."""
    schema: dict[str, Any] = msgspec.json.decode((files("aicensus") / "manifest.schema.json").read_bytes())
    return schema


def generate_schema() -> dict[str, Any]:
    """The JSON Schema made from the records; the shipped file is a copy of this."""
    schema: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(msgspec.json.schema(Manifest)))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "aicensus.yaml",
        "description": "Who answers for the inference points of a repository, what they are for, and what is accepted of them.",
        **schema,
    }


Path = tuple[str | int, ...]


def _spell(path: Path) -> str:
    """`points."app.py::f".owner`, `waivers[2].until`; as keys of `lines`, ids stand without quotes (`_flat`)."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            text += f".{step}"
        else:
            text += f'."{step}"'
    return text.removeprefix(".")


def _flat(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _joined(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


class _Reader:
    """Walks nodes and the types of the records together; collects mistakes and goes on."""

    def __init__(self, whole: str = "the manifest") -> None:
        self.whole = whole
        """What is read, in words."""
        self.mistakes: list[Mistake] = []
        self.lines: dict[str, int] = {}

    def read(self, node: Any, kind: inspect.Type, path: Path) -> Any:
        """Return the plain value of a node, or None after a mistake in it."""
        match kind:
            case inspect.Metadata(type=inner):
                return self.read(node, inner, path)
            case inspect.UnionType(types=types):
                return self._union(node, types, path)
            case inspect.StructType():
                return self._struct(node, kind, path)
            case inspect.DictType():
                return self._dict(node, kind, path)
            case inspect.VarTupleType(item_type=item_type):
                return self._list(node, item_type, path)
            case inspect.DateType():
                return self._date(node, path)
            case inspect.DateTimeType():
                return self._moment(node, path)
            case inspect.EnumType(cls=cls):
                return self._choice(node, [str(member.value) for member in cls], path)
            case inspect.LiteralType(values=values):
                return self._choice(node, list(values), path)
            case inspect.AnyType():
                return plain(node)
            case _:
                return self._scalar(node, kind, path)

    def _wrong(self, node: Any, path: Path, wanted: str) -> None:
        shown = {"map": "a mapping", "list": "a list", "null": "nothing"}.get(kind_of(node))
        self.mistakes.append(Mistake(line_of(node), f"{_spell(path) or self.whole} must be {wanted}, not {shown or f'`{node.value}`'}"))

    def _union(self, node: Any, types: tuple[inspect.Type, ...], path: Path) -> Any:
        if kind_of(node) == "null":
            return None
        kinds = {_shape(kind): kind for kind in types if not isinstance(kind, inspect.NoneType)}
        if len(kinds) == 1:
            return self.read(node, next(iter(kinds.values())), path)
        if kind := kinds.get(kind_of(node) if kind_of(node) in {"map", "list"} else "text"):
            return self.read(node, kind, path)
        return self._wrong(node, path, " or ".join(_SHAPES[shape] for shape in _SHAPES if shape in kinds))

    def _entries(self, node: Any, path: Path) -> dict[str, tuple[Any, Any]]:
        """Key and value nodes by key; a key that stands twice is a mistake."""
        found: dict[str, tuple[Any, Any]] = {}
        for key, value in node.value:
            text = str(key.value) if key.id == "scalar" else ""
            if not text:
                self.mistakes.append(Mistake(line_of(key), f"a key of {_spell(path) or self.whole} is not a text"))
            elif text in found:
                first = line_of(found[text][0])
                self.mistakes.append(Mistake(line_of(key), f"`{text}` stands twice in {_spell(path) or self.whole}, first in line {first}"))
            else:
                found[text] = (key, value)
                if len(path) < 2:
                    self.lines[_flat((*path, text))] = line_of(key)
        return found

    def _struct(self, node: Any, kind: inspect.StructType, path: Path) -> Any:
        if kind_of(node) != "map":
            return self._wrong(node, path, "a mapping")
        fields = {field.encode_name: field for field in kind.fields}
        entries = self._entries(node, path)
        for name in entries.keys() - fields.keys():
            self._unknown(name, line_of(entries[name][0]), fields, path)
        where = line_of(node)
        for name, field in fields.items():
            if field.required and name not in entries:
                self.mistakes.append(Mistake(where, f"{_spell(path) or self.whole}: `{name}` is missing"))
        values = {name: self.read(value, fields[name].type, (*path, name)) for name, (_, value) in entries.items() if name in fields}
        # `owner:` with nothing behind it is the same as no `owner`.
        return {name: value for name, value in values.items() if value is not None}

    def _unknown(self, name: str, line: int, known: Mapping[str, object], path: Path) -> None:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f" (did you mean `{close[0]}`?)" if close else ""
        place = f" in {_spell(path)}" if path else ""
        self.mistakes.append(Mistake(line, f"unknown key `{name}`{place}{hint}; known keys: {', '.join(known)}"))

    def _dict(self, node: Any, kind: inspect.DictType, path: Path) -> Any:
        if kind_of(node) == "null":
            return None
        if kind_of(node) != "map":
            return self._wrong(node, path, "a mapping")
        entries = self._entries(node, path)
        for name, (key, _) in entries.items():
            self._key(key, name, kind.key_type, path)
        read = {name: self._value_of(value, kind.value_type, (*path, name)) for name, (_, value) in entries.items()}
        return {name: value for name, value in read.items() if value is not None}

    def _value_of(self, node: Any, kind: inspect.Type, path: Path) -> Any:
        """An id with nothing behind it is an entry without fields."""
        if kind_of(node) == "null" and isinstance(_bare(kind), inspect.StructType):
            return {}
        return self.read(node, kind, path)

    def _key(self, node: Any, name: str, kind: inspect.Type, path: Path) -> None:
        match _bare(kind):
            case inspect.StrType(pattern=str(pattern)) if not re.search(pattern, name):
                self.mistakes.append(Mistake(line_of(node), f"`{name}` in {_spell(path)} must look like `{_example(pattern)}`"))
            case inspect.LiteralType(values=values) if name not in values:
                self.mistakes.append(Mistake(line_of(node), f"`{name}` in {_spell(path)} must be one of {_joined(map(str, values))}"))

    def _list(self, node: Any, item_type: inspect.Type, path: Path) -> Any:
        if kind_of(node) == "null":
            return None
        if kind_of(node) != "list":
            return self._wrong(node, path, "a list")
        if len(path) == 1:
            self.lines.update({_flat((*path, index)): line_of(item) for index, item in enumerate(node.value)})
        return [self.read(item, item_type, (*path, index)) for index, item in enumerate(node.value)]

    def _date(self, node: Any, path: Path) -> Any:
        if kind_of(node) in {"map", "list", "null"}:
            return self._wrong(node, path, "a date such as `2027-03-31`")
        try:
            return datetime.date.fromisoformat(str(node.value))
        except ValueError:
            return self._wrong(node, path, "a date such as `2027-03-31`")

    def _moment(self, node: Any, path: Path) -> Any:
        wanted = "a moment with its time zone such as `2026-11-17T14:00:00+01:00`"
        try:
            moment = datetime.datetime.fromisoformat(str(node.value))
        except ValueError:
            return self._wrong(node, path, wanted)
        return moment if moment.tzinfo is not None else self._wrong(node, path, wanted)

    def _choice(self, node: Any, values: list[Any], path: Path) -> Any:
        value = scalar(node) if node.id == "scalar" else None
        if value in values and type(value) is type(values[values.index(value)]):
            return value
        return self._wrong(node, path, f"{'one of ' if len(values) > 1 else ''}{_joined(map(str, values))}")

    def _scalar(self, node: Any, kind: inspect.Type, path: Path) -> Any:
        if kind_of(node) == "null":
            return None
        value = scalar(node) if node.id == "scalar" else None
        match kind:
            case inspect.StrType():
                return self._text(node, kind, path)
            case inspect.BoolType() if isinstance(value, bool):
                return value
            case inspect.BoolType():
                return self._wrong(node, path, "`true` or `false`")
            case inspect.IntType() if isinstance(value, int) and not isinstance(value, bool) and _within(value, kind):
                return value
            case inspect.FloatType() if isinstance(value, int | float) and not isinstance(value, bool) and _within(value, kind):
                return float(value)
            case _:
                return self._wrong(node, path, _number_wanted(kind))

    def _text(self, node: Any, kind: inspect.StrType, path: Path) -> Any:
        # A date or number where a text belongs is taken as it is written.
        if node.id != "scalar" or kind_of(node) == "boolean":
            return self._wrong(node, path, "a text")
        value = str(node.value)
        if kind.min_length and not value.strip():
            return self._wrong(node, path, "a text that says something")
        if kind.pattern and not re.search(kind.pattern, value):
            return self._wrong(node, path, f"like `{_example(kind.pattern)}`")
        return value

    def check_waivers(self, value: Any) -> None:
        waivers = value.get("waivers", ()) if isinstance(value, dict) else ()
        for index, waiver in enumerate(waivers):
            if isinstance(waiver, dict) and not waiver.get("point") and not waiver.get("path"):
                path = ("waivers", index)
                message = f'{_spell(path)}: say what is accepted with `point` or `path`; `point: "*"` means every point'
                self.mistakes.append(Mistake(self.lines.get(_flat(path), 0), message))


_SHAPES = {"text": "a text", "list": "a list", "map": "a mapping"}


def _shape(kind: inspect.Type) -> str:
    """Which of `_SHAPES` a value of the type is written as."""
    match _bare(kind):
        case inspect.StructType() | inspect.DictType():
            return "map"
        case inspect.VarTupleType():
            return "list"
    return "text"


def _bare(kind: inspect.Type) -> inspect.Type:
    return kind.type if isinstance(kind, inspect.Metadata) else kind


def _example(pattern: str) -> str:
    return "OWN001` or `OWN" if "?" in pattern else "OWN001"


def _within(value: float, kind: inspect.IntType | inspect.FloatType) -> bool:
    return (
        (kind.ge is None or value >= kind.ge)
        and (kind.gt is None or value > kind.gt)
        and (kind.le is None or value <= kind.le)
        and (kind.lt is None or value < kind.lt)
    )


def _number_wanted(kind: inspect.Type) -> str:
    match kind:
        case inspect.IntType(ge=int(least)):
            return f"a whole number from {least} up"
        case inspect.IntType():
            return "a whole number"
        case inspect.FloatType(gt=float() | int() as low, lt=float() | int() as high):
            return f"a number between {low} and {high}"
        case _:
            return "a number"
