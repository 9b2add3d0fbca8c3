"""Facts of files that were read before, kept between runs: what has not changed is never parsed again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from time import time
from typing import Any, TypeVar

import msgspec

from aicensus.cachedir import cache_folder
from aicensus.model.facts import FACTS_VERSION, FileFacts

MAX_BYTES = 500_000_000
"""Above this, entries go that were not used for the longest time."""
_KEEP = 0.8
"""Share of the bound that an eviction leaves, so that the next run does not evict again."""
_FILE = "facts-1.sqlite"
_WAIT = 20.0
"""Seconds to wait for another process that writes; after that the cache counts as empty."""
_BATCH = 500
_DAY = 86_400
_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (key BLOB PRIMARY KEY, used INTEGER NOT NULL, size INTEGER NOT NULL, value BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS by_use ON facts (used, size);
"""
# The database is fine, but this process cannot use it now: held by another one, not writable, disk full.
_OUT_OF_REACH = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOMEM,
    )
)
_T = TypeVar("_T")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(FileFacts).decode


def facts_key(blob: str, *, front_end: str, grammar: str, digest: str = "") -> bytes:
    """Return the key of the facts that a front end writes about a blob.

    `grammar` is the version of the grammar's package; `digest` stands for whatever else the facts depend on.
    """
    return blake2b("\0".join((blob, front_end, str(FACTS_VERSION), grammar, digest)).encode(), digest_size=20).digest()


def pack(facts: FileFacts) -> bytes:
    """Return the facts as they are kept."""
    return _encode(facts)


def unpack(value: bytes) -> FileFacts | None:
    """Return the facts of a kept value; None when it is damaged."""
    try:
        return _decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """How much is kept, and where."""

    path: Path
    entries: int
    size: int
    """Bytes of values."""


class FactsCache:
    """Values by key in one database of the user, shared by all processes. Can be sent to another process.

    It never fails: a damaged database is thrown away, and one that cannot be written or is held too long counts as empty.
    """

    def __init__(self, folder: Path | None = None, *, max_bytes: int = MAX_BYTES) -> None:
        self._path = (folder or cache_folder()) / _FILE
        self._max_bytes = max_bytes
        self._connection: sqlite3.Connection | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_connection": None}

    def get_many(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return the values of those keys that are kept."""
        found: dict[bytes, bytes] = {}
        for batch in _batches(keys):
            nothing: list[tuple[bytes, bytes]] = []
            found.update(self._try(partial(_read, keys=batch), nothing))
        return found

    def put_many(self, values: Mapping[bytes, bytes]) -> None:
        """Keep the values; those that were not used for the longest time go when there are too many."""
        for batch in _batches(values.items()):
            rows = [(key, _today(), len(value), value) for key, value in batch]
            self._try(partial(_write, statement="INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?)", rows=rows), None)
        self._try(self._evict, None)

    def info(self) -> CacheInfo:
        """Return how much is kept."""
        entries, size = self._try(_totals, (0, 0))
        return CacheInfo(self._path, entries, size)

    def clear(self) -> int:
        """Forget everything; return how many entries there were."""
        return self._try(_delete_all, 0)

    def close(self) -> None:
        """Let go of the database; the next question opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _try(self, work: Callable[[sqlite3.Connection], _T], otherwise: _T) -> _T:
        """Do the work; once more on a new database when this one is damaged, else give up."""
        for _ in range(2):
            try:
                return work(self._open())
            except OSError:
                return otherwise
            except sqlite3.Error as error:
                self.close()
                if getattr(error, "sqlite_errorcode", 0) & 0xFF in _OUT_OF_REACH:
                    return otherwise
                self._throw_away()
        return otherwise

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            connection = sqlite3.connect(self._path, timeout=_WAIT, isolation_level=None)
            try:
                _prepare(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _throw_away(self) -> None:
        for ending in ("", "-wal", "-shm"):
            with suppress(OSError):
                self._path.with_name(self._path.name + ending).unlink()

    def _evict(self, db: sqlite3.Connection) -> None:
        if _pages(db) <= self._max_bytes:
            return
        surplus = _totals(db)[1] - int(self._max_bytes * _KEEP)
        with closing(db.execute("SELECT rowid, size FROM facts ORDER BY used, rowid")) as oldest:
            doomed = list(_until(oldest, surplus))
        _write(db, "DELETE FROM facts WHERE rowid = ?", doomed)
        db.executescript("PRAGMA incremental_vacuum")


def _prepare(db: sqlite3.Connection) -> None:
    # Whoever finds the tables does not ask for the lock that another process may hold.
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'by_use'").fetchone():
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(_SCHEMA)
    db.execute("PRAGMA synchronous = NORMAL")


def _read(db: sqlite3.Connection, keys: list[bytes]) -> list[tuple[bytes, bytes]]:
    marks = ",".join("?" * len(keys))
    rows = db.execute(f"SELECT key, value, used FROM facts WHERE key IN ({marks})", keys).fetchall()
    # A day is fine enough to tell what is in use, so that most runs write nothing.
    today = _today()
    if stale := [(today, key) for key, _, used in rows if used != today]:
        with suppress(sqlite3.OperationalError):
            _write(db, "UPDATE facts SET used = ? WHERE key = ?", stale)
    return [(key, value) for key, value, _ in rows]


def _write(db: sqlite3.Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    db.execute("BEGIN IMMEDIATE")
    try:
        db.executemany(statement, rows)
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise


def _until(rows: Iterable[tuple[int, int]], surplus: int) -> Iterator[tuple[int]]:
    """Yield row ids until their sizes make up the surplus."""
    for row, size in rows:
        if surplus <= 0:
            return
        surplus -= size
        yield (row,)


def _pages(db: sqlite3.Connection) -> int:
    """Return the bytes in use, without reading a row."""
    pages, free, size = (int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "freelist_count", "page_size"))
    return (pages - free) * size


def _totals(db: sqlite3.Connection) -> tuple[int, int]:
    entries, size = db.execute("SELECT count(*), coalesce(sum(size), 0) FROM facts").fetchone()
    return entries, size


def _delete_all(db: sqlite3.Connection) -> int:
    entries = _totals(db)[0]
    _write(db, "DELETE FROM facts", [()])
    db.executescript("PRAGMA incremental_vacuum")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return entries


def _batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _today() -> int:
    return int(time() // _DAY)
