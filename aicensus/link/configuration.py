"""What the configuration of a source declares: files by name, then by what is in their bytes, then read in the shapes of the catalogue."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from aicensus.catalog import Catalog, Shape, ShapesFile
from aicensus.catalog.document_paths import ending, file_glob
from aicensus.extract.cache import FactsCache, facts_key
from aicensus.model.declared import FileConfig
from aicensus.model.errors import UnreadError
from aicensus.model.sources import SourceFile
from aicensus.sources import Source, blob_id
from aicensus.sources.reading import MAX_BYTES

if TYPE_CHECKING:
    from aicensus.extract.prefilter import Selector
    from aicensus.link.sql import SqlRows

VERSION = 3
"""Raise when the same bytes and the same catalogue give something else."""
FEW = 8
"""Files for which making an automaton of all tokens takes longer than looking for each."""
SKIPPED = frozenset({"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "composer.json", "tsconfig.json"})
"""Files that programs write for themselves, or whose whole meaning is known: nothing is declared in them."""


SQL = (".sql", ".bqsql", ".pgsql", ".plsql", ".tsql", ".ddl", ".dml")
"""How the names of files of SQL end."""

Seen = tuple[int, str, str]
"""Something in a file that looks like a key: line, kind, masked form."""


class _Kept(msgspec.Struct, array_like=True):
    files: dict[str, tuple[FileConfig, ...]] = {}
    unread: dict[str, str] = {}
    keys: dict[str, list[Seen]] = {}


@dataclass(slots=True)
class Configured:
    """What the files of one source declare."""

    files: dict[str, tuple[FileConfig, ...]] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    """Files that speak of models and cannot be read, with the reason."""
    keys: dict[str, list[Seen]] = field(default_factory=dict)
    """What looks like a key in the files that declare something."""
    looked: int = 0
    """Files that were looked through."""
    large: int = 0
    """Files that may declare something and are too large to be looked through."""


def declared(source: Source, cache: FactsCache | None, catalog: Catalog, keys_in: Callable[[bytes], Iterable[Seen]]) -> Configured:
    """Read what a source declares, and with `keys_in` the keys beside it; what has not changed since an earlier run is not read again."""
    shapes = [(file, shape) for file in catalog.configs for shape in file.shapes]
    named = list(_named(source, sorted({glob for _, shape in shapes for glob in shape.files})))
    files = [file for file in named if file.size <= MAX_BYTES]
    finder = _Finder(source, cache, catalog, shapes, keys_in)
    found = finder.find(files)
    return Configured(
        dict(sorted(found.files.items())),
        dict(sorted(found.unread.items())),
        dict(sorted(found.keys.items())),
        len(files),
        len(named) - len(files),
    )


def _named(source: Source, globs: Iterable[str]) -> Iterator[SourceFile]:
    """Files whose name may be meant by one of the globs; most are told by how they end."""
    ends: set[str] = set()
    open_ended = []
    for glob in globs:
        ends |= set(ending(glob)) - {""}
        open_ended += [file_glob(glob)] if "" in ending(glob) else []
    endings = (*sorted(ends), *SQL)
    for file in source.files:
        low = file.path.lower()
        if (low.endswith(endings) or any(glob.fullmatch(low) for glob in open_ended)) and posixpath.basename(low) not in SKIPPED:
            yield file


class _Finder:
    def __init__(
        self,
        source: Source,
        cache: FactsCache | None,
        catalog: Catalog,
        shapes: list[tuple[ShapesFile, Shape]],
        keys_in: Callable[[bytes], Iterable[Seen]],
    ) -> None:
        self._source = source
        self._keys_in = keys_in
        self._cache = cache
        self._digest = f"{VERSION} {catalog.digest}"
        self._catalog = catalog
        self._shapes = shapes

    def find(self, files: list[SourceFile]) -> _Kept:
        blobs = {file.path: file.blob or self._blob(file) for file in files}
        whole = blake2b(digest_size=20)
        for path, blob in blobs.items():
            whole.update(f"{path}\0{blob}\n".encode("utf-8", "surrogatepass"))
        key = facts_key(whole.hexdigest(), front_end="configuration", grammar="", digest=self._digest)
        kept = self._kept([key]).get(key)
        if kept is None:
            kept = self._each(files, blobs)
            self._keep({key: kept})
        return kept

    def _each(self, files: list[SourceFile], blobs: Mapping[str, str]) -> _Kept:
        """What each file declares, read where it is not kept."""
        keys = {
            file.path: facts_key(blobs[file.path], front_end="config", grammar=file.path, digest=self._digest)
            for file in files
            if blobs[file.path]
        }
        known = self._kept(keys.values())
        found = _Kept()
        fresh: dict[bytes, _Kept] = {}
        selector: Selector | None = None
        for file in sorted(files, key=lambda file: self._source_of(file.path) is not None):
            if self._source_of(file.path) in found.files:
                continue
            key = keys.get(file.path)
            one = known.get(key) if key is not None else None
            if one is None and key is not None:
                selector = selector or self._selector(use_hyperscan=len(files) - len(known) > FEW)
                one = self._one(file, selector)
                fresh[key] = one
            if one is not None:
                found.files.update(one.files)
                found.unread.update(one.unread)
                found.keys.update(one.keys)
        self._keep(fresh)
        return found

    @cached_property
    def _made(self) -> dict[str, str]:
        """How files end that programs make, and the files they are made from."""
        return {made: source for _, shape in self._shapes for made, source in shape.made_from.items()}

    def _source_of(self, path: str) -> str | None:
        """The file that a file is made from, if it is one of those that are made."""
        return next((path.removesuffix(made) + source for made, source in self._made.items() if path.endswith(made)), None)

    @cached_property
    def _sql(self) -> SqlRows:
        from aicensus.link.sql import SqlRows

        return SqlRows(self._catalog.sql)

    def _selector(self, *, use_hyperscan: bool) -> Selector:
        from aicensus.extract.prefilter import Selector

        groups = {token: (token,) for _, shape in self._shapes for group in shape.tokens for token in group}
        groups |= {token: (token,) for token in self._sql.tokens}
        return Selector(groups, use_hyperscan=use_hyperscan)

    def _one(self, file: SourceFile, selector: Selector) -> _Kept:
        content = self._content(file)
        if content is None:
            return _Kept()
        try:
            said = self._said(file.path, content, selector.select(content))
        except UnreadError as error:
            return _Kept(unread={file.path: error.reason})
        keys = list(self._keys_in(content)) if said else []
        return _Kept({file.path: said} if said else {}, {}, {file.path: keys} if keys else {})

    def _said(self, path: str, content: bytes, held: frozenset[str]) -> tuple[FileConfig, ...]:
        """What a file declares that holds these tokens. Raises UnreadError."""
        from aicensus.extract.config import read_config
        from aicensus.link.attributes import provider_of_models
        from aicensus.link.sql import sql_file

        if path.lower().endswith(SQL):
            one = None if held.isdisjoint(self._sql.tokens) else sql_file(path, content, self._sql)
            return (one,) if one is not None else ()
        shapes = [
            (file_of, shape)
            for file_of, shape in self._shapes
            if all(not held.isdisjoint(group) for group in shape.tokens) and any(file_glob(g).fullmatch(path) for g in shape.files)
        ]
        return read_config(path, content, shapes, lambda model: provider_of_models((model,))) if shapes else ()

    # -- bytes and what is kept ------------------------------------------------------------------------------------

    def _blob(self, file: SourceFile) -> str:
        content = self._content(file)
        return blob_id(content) if content is not None else ""

    def _content(self, file: SourceFile) -> bytes | None:
        """Content of a file; None when it is no text or cannot be read: then it is not known to declare anything."""
        try:
            return self._source.reader.read(file)
        except UnreadError:
            return None

    def _kept(self, keys: Iterable[bytes]) -> dict[bytes, _Kept]:
        if self._cache is None:
            return {}
        found = {}
        for key, value in self._cache.get_many(keys).items():
            try:
                found[key] = msgspec.msgpack.decode(value, type=_Kept)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
        return found

    def _keep(self, values: Mapping[bytes, _Kept]) -> None:
        if self._cache is None or not values:
            return
        packed: dict[bytes, bytes] = {}
        for key, value in values.items():
            try:
                packed[key] = msgspec.msgpack.encode(value)
            except UnicodeEncodeError:  # a lone surrogate in scanned text
                continue
        self._cache.put_many(packed)
