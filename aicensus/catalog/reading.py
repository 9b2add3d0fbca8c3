"""Catalogue files to records. The YAML reader is slow, so what it read is kept as msgpack, by the digest of the file's bytes.

An installed package brings what was read when it was built; what else is read is kept in the cache folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from aicensus.cachedir import cache_folder
from aicensus.catalog.pattern import PatternError, expand
from aicensus.catalog.schema import HttpFile, ModelsFile, PackagesFile, Sdk, decode_special
from aicensus.catalog.shapes import ShapesFile
from aicensus.catalog.sql import SqlFile
from aicensus.model.errors import AicensusError

Record = Sdk | HttpFile | ModelsFile | ShapesFile | SqlFile | PackagesFile
MAX_BYTES = 4_000_000
_HASH_BYTES = 32
COMPILED = Path(__file__).with_name("compiled.msgpack")
"""What a built package brings: `cached` texts by their names. Not there in a checkout."""


class Problem(NamedTuple):
    file: str
    line: int
    """0 when it is not known."""
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class CatalogError(AicensusError):
    """Catalogue files that cannot be used; all problems are named in one go."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SourceFile(NamedTuple):
    name: str
    """As errors name it."""
    stem: str
    content: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def read_record(source: SourceFile) -> Record:
    """Return the file's record, from the cache when it was read before. Raises CatalogError."""
    packed = cached(source.digest)
    if packed is not None:
        with contextlib.suppress(msgspec.DecodeError):
            return _decode(source, packed)
    packed = pack(source)
    try:
        record = _decode(source, packed)
    except msgspec.ValidationError as error:
        raise CatalogError([_located(source, str(error))]) from error
    keep(source.digest, packed)
    return record


def pack(source: SourceFile) -> bytes:
    """Return what stands in a file, as it is kept. Raises CatalogError."""
    return msgspec.msgpack.encode(_parse(source))


def _decode(source: SourceFile, packed: bytes) -> Record:
    keys = msgspec.msgpack.decode(packed, type=dict[str, msgspec.Raw])
    if "sdk" in keys:
        record = _SDK.decode(packed)
        if record.sdk != source.stem:
            raise msgspec.ValidationError(f"`sdk: {record.sdk}` must be the name of the file, `{source.stem}` - at `$.sdk`")
        return record
    if "dependencies" in keys:
        return _PACKAGES.decode(packed)
    if "sql" in keys:
        return _SQL.decode(packed)
    if "config" in keys:
        return _checked_shapes(_SHAPES.decode(packed), source.stem)
    if "models" in keys:
        return _checked_models(_MODELS.decode(packed))
    if keys.keys() & {"hosts", "paths", "callers"}:
        return _checked_http(_HTTP.decode(packed))
    raise msgspec.ValidationError("none of the keys `sdk`, `config`, `sql`, `models`, `hosts`, `paths`, `callers` is given")


def _checked_models(file: ModelsFile) -> ModelsFile:
    for index, fact in enumerate(file.models):
        if "*" in fact.id.rstrip("*"):
            raise msgspec.ValidationError(f"`{fact.id}` can only end in `*` - at `$.models[{index}].id`")
    return file


def _checked_shapes(file: ShapesFile, stem: str) -> ShapesFile:
    if f"config-{file.config}" != stem:
        raise msgspec.ValidationError(f"`config: {file.config}` must be the name of the file, `{stem}`, without `config-` - at `$.config`")
    return file


def _checked_http(file: HttpFile) -> HttpFile:
    for section, key in (("hosts", "host"), ("paths", "suffix"), ("callers", "callee")):
        for index, row in enumerate(getattr(file, section)):
            try:
                expand(getattr(row, key))
            except PatternError as error:
                raise msgspec.ValidationError(f"{error} - at `$.{section}[{index}].{key}`") from error
    return file


_SDK = msgspec.msgpack.Decoder(Sdk, dec_hook=decode_special)
_MODELS = msgspec.msgpack.Decoder(ModelsFile)
_SHAPES = msgspec.msgpack.Decoder(ShapesFile)
_PACKAGES = msgspec.msgpack.Decoder(PackagesFile)
_SQL = msgspec.msgpack.Decoder(SqlFile)
_HTTP = msgspec.msgpack.Decoder(HttpFile, dec_hook=decode_special)


def _place(name: str) -> Path:
    return cache_folder() / "catalog" / f"{name}.msgpack"


@cache
def _brought() -> dict[str, bytes]:
    with contextlib.suppress(OSError, msgspec.DecodeError):
        return msgspec.msgpack.decode(COMPILED.read_bytes(), type=dict[str, bytes])
    return {}


def cached(name: str) -> bytes | None:
    """Return what the package brings or was kept under this name, or None when it is missing or damaged."""
    if (brought := _brought().get(name)) is not None:
        return brought
    try:
        content = _place(name).read_bytes()
    except OSError:
        return None
    check, packed = content[:_HASH_BYTES], content[_HASH_BYTES:]
    return packed if hashlib.sha256(packed).digest() == check else None


def keep(name: str, packed: bytes) -> None:
    """Write atomically; a cache that cannot be written only costs time."""
    place = _place(name)
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=place.parent, prefix=".draft-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(hashlib.sha256(packed).digest() + packed)
            os.replace(draft, place)
        except OSError:
            os.unlink(draft)


def _parse(source: SourceFile) -> Any:
    """Read YAML 1.2 without constructors, anchors or aliases (which can explode)."""
    from ruamel.yaml import YAML
    from ruamel.yaml.composer import Composer, ComposerError
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.events import AliasEvent

    class NoAliases(Composer):
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.parser.check_event(AliasEvent):
                raise ComposerError(problem="aliases are not read", problem_mark=self.parser.peek_event().start_mark)
            return super().compose_node(parent, index)

    if len(source.content) > MAX_BYTES:
        raise CatalogError([Problem(source.name, 0, f"larger than {MAX_BYTES} bytes")])
    reader = YAML(typ="safe", pure=True)
    reader.Composer = NoAliases
    try:
        return reader.load(source.content)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise CatalogError([Problem(source.name, mark.line + 1 if mark else 0, str(error.problem))]) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise CatalogError([Problem(source.name, 0, f"not YAML: {str(error).splitlines()[0]}")]) from error


def _located(source: SourceFile, message: str) -> Problem:
    """Give a message of msgspec (`... - at `$.calls[0].kind``) its line."""
    text, _, place = message.partition(" - at `")
    field = re.search(r"unknown field `([^`]*)`", text)
    steps: list[str | int] = [int(index) if index else name for name, index in re.findall(r"\.([^.\[\]`]+)|\[(\d+)\]", place)]
    if field:
        steps.append(field.group(1))
    return Problem(source.name, line_of(source, steps), text)


def line_of(source: SourceFile, steps: Iterable[str | int]) -> int:
    """Return the line (from 1) of the innermost step that can be found; reads the file again with positions."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    node: Any = YAML(typ="rt", pure=True).load(source.content)
    line = 0
    for step in steps:
        if isinstance(node, CommentedMap) and step in node:
            line = node.lc.key(step)[0]
        elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
            line = node.lc.item(step)[0]
        else:
            break
        node = node[step]
    return int(line) + 1
