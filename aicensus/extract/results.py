"""What whole scans found, kept between runs with all that it rests on, so that it is used exactly as long as a scan finds the same."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

import msgspec

import aicensus
from aicensus.extract import FRONT_ENDS
from aicensus.extract.cache import FactsCache
from aicensus.extract.facts_store import Asked, Compared, FactsStore
from aicensus.model.prose import after
from aicensus.sources import Source

MAX_CHANGED = 200
"""With more changed files, comparing them takes longer than it is likely to save."""
MAX_RESULT = 100_000_000
"""Bytes; a larger result would push too much else out of the cache."""


@dataclass(frozen=True, slots=True)
class Again:
    """A result that still holds, but for what is told of the changed files themselves."""

    result: bytes
    asked: Asked
    changed: frozenset[str]
    """Files that hold something else, and of which no more is told than their content and its lines."""
    moves: dict[str, dict[int, int]]
    """Files whose facts are the same on other lines: new lines by old ones."""
    told: dict[str, Compared]
    """Files with texts that say something else, which nothing goes by."""


class _Kept(msgspec.Struct, array_like=True):
    identity: bytes
    blobs: dict[str, str]
    """What each file held that could be asked for."""
    asked: Asked
    result: bytes


class Results:
    """The last result of one source. Like the cache that it lies in, it never fails.

    A result holds while the listing of files, the program and `rests_on` are the same, and everything that was asked of the files has the
    same answer: a file whose content counted is the same, one whose facts counted has the same, lines and texts that nothing goes by apart,
    and a search finds the same.
    """

    def __init__(self, cache: FactsCache, source: Source, way: tuple[object, ...], rests_on: tuple[object, ...]) -> None:
        """`way` tells apart results of one source that are kept side by side; both are compared by their text."""
        self._cache = cache
        self._key = _digest("result", source.root, *way)
        listed = [file.path for file in source.files]
        self._identity = _digest(_program(), listed, source.unread, source.left_out, *rests_on)

    def find(self, store: FactsStore) -> Again | None:
        """The kept result, if it holds for what `store` reads."""
        kept = self._load()
        if kept is None or kept.identity != self._identity:
            return None
        before = {path: blob for path, blob in kept.blobs.items() if store.blob(path) != blob}
        if len(before) > MAX_CHANGED or not kept.asked.contents.isdisjoint(before):
            return None
        compared: dict[str, Compared] = {}
        for path in kept.asked.facts.intersection(before):
            if (found := store.compared(path, before[path])) is None:
                return None
            compared[path] = found
        told = {path: found for path, found in compared.items() if found.changes.texts}
        decided = after(kept.asked.decided, [pair for found in told.values() for pair in found.changes.texts])
        if decided is None:
            return None
        if before and not all(store.finds_the_same(search, before) for search in kept.asked.searches):
            return None
        moves = {path: found.changes.lines for path, found in compared.items() if found.changes.lines}
        return Again(kept.result, msgspec.structs.replace(kept.asked, decided=decided), frozenset(before), moves, told)

    def keep(self, store: FactsStore, asked: Asked, result: bytes) -> None:
        """Keep a result that rests on what was `asked`, with the answers that `store` gives now, instead of the result before it."""
        if len(result) <= MAX_RESULT:
            blobs = {path: store.blob(path) for path in (*store.considered, *sorted(asked.contents | asked.texts))}
            self._cache.put_many({self._key: msgspec.msgpack.encode(_Kept(self._identity, blobs, asked, result))})

    def _load(self) -> _Kept | None:
        stored = self._cache.get_many([self._key]).get(self._key)
        try:
            return msgspec.msgpack.decode(stored, type=_Kept) if stored is not None else None
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None


@cache
def _program() -> bytes:
    """Digest of this program as it is installed: a result is not used after the code has changed."""
    root = Path(aicensus.__file__).parent
    code = [(path.relative_to(root).as_posix(), path.stat()) for path in sorted(root.rglob("*.py"))]
    grammars = sorted({front.grammar() for front in FRONT_ENDS.values()})
    return _digest(aicensus.__version__, sys.version, grammars, [(name, stat.st_size, stat.st_mtime_ns) for name, stat in code])


def _digest(*parts: object) -> bytes:
    """A short digest of the texts of some values."""
    whole = blake2b(digest_size=20)
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")
        whole.update(len(data).to_bytes(8) + data)
    return whole.digest()
