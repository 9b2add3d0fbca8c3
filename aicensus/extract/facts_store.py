"""Facts of the files of one source: selected on their bytes, parsed once in as many processes as pay, kept in the cache."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from contextvars import Context
from hashlib import blake2b
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from aicensus.extract import front_end_of
from aicensus.extract.cache import FactsCache, facts_key, pack, unpack
from aicensus.extract.moves import Changes, changes
from aicensus.extract.prefilter import Selector
from aicensus.model.errors import UnreadError
from aicensus.model.facts import FileFacts
from aicensus.model.sources import LeftOut, SourceFile, Unread
from aicensus.sources import Judge, Reader, Source, blob_id

MAX_PARSED = 600_000
"""Bytes; a larger source file is not parsed."""
POOL_FROM = 60
"""Files below which starting processes costs more than it saves."""
CHUNKS = 12
"""Pieces of work per process."""
FEW = 8
"""Files for which making an automaton of all texts takes longer than looking for each text."""


class Search(msgspec.Struct, array_like=True):
    """One search for texts among the files that can have facts."""

    groups: dict[str, tuple[str, ...]]
    skipped: list[int]
    """Numbers of the files that were not searched."""


class Asked(msgspec.Struct, array_like=True):
    """What was asked of the files of a source: together with the listing, all that a result made of them rests on."""

    searches: list[Search] = []
    facts: set[str] = set()
    """Files whose facts were asked for."""
    contents: set[str] = set()
    """Files that were read as they are."""
    texts: set[str] = set()
    """Files whose content the result repeats, without another word that depends on it."""
    decided: dict[bytes, int] = {}
    """Texts in words that something goes by, see `prose.after`."""


class Compared(NamedTuple):
    """Two versions of one file, and all in which they differ."""

    old: FileFacts
    new: FileFacts
    changes: Changes


_Token = tuple[str, tuple[str, ...]]
"""What a file is searched for, by its name: one of the texts will do."""


class Parsed(NamedTuple):
    """What came of parsing one file."""

    path: str
    blob: str
    packed: bytes | None
    """None when there are no facts, for `reason`."""
    reason: str = ""
    left_out: bool = False
    """Whether the reason is that it is not the repository's own source."""
    lasting: bool = True
    """Whether the same content has these facts in any tree."""


class FactsStore:
    """Reads on demand; what cannot be read, and what is not the repository's own source, is kept with its reason."""

    def __init__(self, source: Source, cache: FactsCache | None, *, jobs: int = 1) -> None:
        self.source = source
        self.files: dict[str, SourceFile] = {file.path: file for file in source.files}
        self.considered = tuple(file.path for file in source.files if front_end_of(file.path) is not None)
        self.unread: dict[str, str] = {}
        self.left_out: dict[str, str] = {}
        self.parsed: set[str] = set()
        self.asked = Asked()
        self._cache = cache
        self._jobs = max(1, jobs)
        self._ready: dict[str, bytes] = {}
        self._looked_for: list[tuple[frozenset[str], dict[_Token, list[str]]]] = []
        """Files that were searched together, and for each token those that hold it."""
        self._blobs: dict[str, str] = {}

    # -- selection -----------------------------------------------------------------------------------------------

    def select(self, groups: Mapping[str, Sequence[str]], among: Iterable[str] | None = None) -> dict[str, frozenset[str]]:
        """Files that hold a token, with the groups their tokens belong to."""
        paths = list(self.considered if among is None else among)
        searched = frozenset(paths)
        skipped = [number for number, path in enumerate(self.considered) if path not in searched]
        self.asked.searches.append(Search({group: tuple(tokens) for group, tokens in groups.items()}, skipped))
        return self._search(groups, paths)

    def _search(self, groups: Mapping[str, Sequence[str]], paths: Sequence[str]) -> dict[str, frozenset[str]]:
        digest = _digest(groups)
        keys = {path: self._search_key(path, digest) for path in paths}
        known = self._cached(keys.values())
        found: dict[str, frozenset[str]] = {}
        fresh: dict[bytes, bytes] = {}
        selector: Selector | None = None
        for path in paths:
            key = keys[path]
            names = _names(known.get(key)) if key is not None else None
            if names is None:
                content = self.content(path)
                if content is None:
                    continue
                selector = selector or Selector(groups, use_hyperscan=len(paths) - len(known) > FEW)
                names = selector.groups(selector.select(content)) if _holds_code(path, content) else frozenset()
                key = key or self._search_key(path, digest)
                if key is not None:
                    fresh[key] = msgspec.msgpack.encode(sorted(names))
            if names:
                found[path] = names
        if self._cache is not None and fresh:
            self._cache.put_many(fresh)
        return found

    def containing(
        self, groups: Sequence[tuple[str, ...]], among: Iterable[str], spellings: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    ) -> dict[str, list[tuple[str, ...]]]:
        """Files that hold every text of at least one of the groups, with these; one of its `spellings` does for a text that has some."""
        if not groups:
            return {}
        wanted: dict[str, list[tuple[frozenset[str], tuple[str, ...]]]] = {}
        for group in groups:
            wanted.setdefault(group[0], []).append((frozenset(group), group))
        tokens = sorted({token for group in groups for token in group})
        found = self._holding({token: spellings.get(token, (token,)) for token in tokens}, list(among))
        held = {
            path: [group for name in sorted(names) for texts, group in wanted.get(name, ()) if texts <= names]
            for path, names in found.items()
        }
        return {path: groups for path, groups in held.items() if groups}

    def _holding(self, tokens: Mapping[str, tuple[str, ...]], among: Sequence[str]) -> dict[str, set[str]]:
        """Files that hold a token, in one of its spellings, with these tokens; what all of them were searched for before is known."""
        wanted = frozenset(among)
        known: dict[_Token, list[str]] = {}
        for searched, found in self._looked_for:
            if wanted <= searched:
                known |= {token: found[token] for token in tokens.items() if token in found}
        if fresh := {name: texts for name, texts in tokens.items() if (name, texts) not in known}:
            holders: dict[str, list[str]] = {name: [] for name in fresh}
            for path, names in self.select(fresh, among).items():
                for name in names:
                    holders[name].append(path)
            answer = {token: holders[token[0]] for token in fresh.items()}
            self._looked_for.append((wanted, answer))
            known |= answer
        held: dict[str, set[str]] = {path: set() for path in among}
        for (name, _), paths in known.items():
            for path in paths:
                if path in held:
                    held[path].add(name)
        return {path: names for path, names in held.items() if names}

    # -- facts ---------------------------------------------------------------------------------------------------

    def preload(self, paths: Iterable[str]) -> None:
        """Parse these files now, in processes where that pays."""
        todo = [path for path in dict.fromkeys(paths) if path not in self._ready and path not in self.unread and path in self.files]
        known = self._cached([key for path in todo if (key := self._facts_key(path)) is not None])
        missing: list[SourceFile] = []
        for path in todo:
            key = self._facts_key(path)
            stored = known.get(key) if key is not None else None
            if stored is not None and self.source.judge.by_place(path) is None:
                self._ready[path] = stored
            else:
                missing.append(self.files[path])
        self._take_in(missing)

    def _take_in(self, missing: list[SourceFile]) -> None:
        fresh: dict[bytes, bytes] = {}
        for row in self._parse(missing):
            self._blobs[row.path] = row.blob
            if row.packed is None:
                (self.left_out if row.left_out else self.unread)[row.path] = row.reason
            else:
                self._ready[row.path] = row.packed
                key = self._facts_key(row.path)
                if key is not None and row.lasting:
                    fresh[key] = row.packed
        if self._cache is not None and fresh:
            self._cache.put_many(fresh)

    def facts(self, path: str) -> FileFacts | None:
        """Facts of one file; None when it has none, cannot be read, or is not own source."""
        front = front_end_of(path)
        if path not in self.files or front is None or (front.opening is not None and not front.reads(self.content(path) or b"")):
            return None
        self.asked.facts.add(path)
        if path in self.left_out or path in self.unread:
            return None
        if path not in self._ready:
            self.preload([path])
        packed = self._ready.pop(path, None)
        facts = unpack(packed) if packed is not None else None
        if facts is None and packed is not None:  # damaged in the cache
            self._take_in([self.files[path]])
            facts = unpack(self._ready.pop(path, b""))
        if facts is not None:
            self.parsed.add(path)
        return facts

    def read(self, path: str) -> bytes | None:
        """Content of a file that a result rests on; None with the reason kept when it cannot be read."""
        self.asked.contents.add(path)
        return self.content(path)

    def look(self, path: str) -> bytes | None:
        """Content of a file that a result repeats and that counts for nothing else; None with the reason kept when it cannot be read."""
        self.asked.texts.add(path)
        return self.content(path)

    def content(self, path: str) -> bytes | None:
        """Content of a file for what is looked at again with every change; None with the reason kept when it cannot be read."""
        file = self.files.get(path)
        if file is None or path in self.unread:
            return None
        try:
            content = self.source.reader.read(file)
        except UnreadError as error:
            self.unread[path] = error.reason
            return None
        self._blobs.setdefault(path, file.blob or blob_id(content))
        return content

    def coverage(self) -> tuple[tuple[Unread, ...], tuple[LeftOut, ...]]:
        """What was not read and what was left out, listing included, by path."""
        unread = {row.path: row.reason for row in self.source.unread} | self.unread
        left = {row.path: row.reason for row in self.source.left_out} | self.left_out
        return (
            tuple(Unread(path, reason) for path, reason in sorted(unread.items())),
            tuple(LeftOut(path, reason) for path, reason in sorted(left.items())),
        )

    # -- what was asked before ------------------------------------------------------------------------------------

    def blob(self, path: str) -> str:
        """The id of what a file holds now, or why it cannot be known."""
        file = self.files.get(path)
        if file is None:
            return "no such file"
        if file.blob is None and path not in self._blobs:
            self.content(path)
        return file.blob or self._blobs.get(path) or f"unread: {self.unread.get(path)}"

    def compared(self, path: str, before: str) -> Compared | None:
        """A file's facts beside those of the blob `before`; None when they differ in more than can be compared, or are no longer known."""
        key = self._facts_key(path, before)
        stored = self._cached([key]).get(key) if key is not None else None
        old = unpack(stored) if stored is not None else None
        new = self.facts(path) if old is not None else None
        different = changes(old, new) if old is not None and new is not None else None
        return Compared(old, new, different) if old is not None and new is not None and different is not None else None

    def finds_the_same(self, search: Search, before: Mapping[str, str]) -> bool:
        """Whether a search finds in some files what it found when they were the blobs `before`; not so when that is no longer known."""
        skipped = {self.considered[number] for number in search.skipped}
        paths = [path for path in self.considered if path in before and path not in skipped]
        digest = _digest(search.groups)
        keys = {path: facts_key(before[path], front_end="select", grammar="", digest=digest) for path in paths}
        known = self._cached(keys.values())
        now = self._search(search.groups, paths)
        return self.unread.keys().isdisjoint(paths) and all(_names(known.get(keys[p])) == now.get(p, frozenset()) for p in paths)

    # -- inside --------------------------------------------------------------------------------------------------

    def _parse(self, files: list[SourceFile]) -> Iterable[Parsed]:
        if self._jobs < 2 or len(files) < POOL_FROM:
            yield from parse_files(self.source.reader, self.source.judge, files)
            return
        import multiprocessing

        context = multiprocessing.get_context("forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn")
        count = min(len(files), self._jobs * CHUNKS)
        chunks = [files[n::count] for n in range(count)]
        # A process may be killed for want of memory, and a program whose main module cannot be imported again starts none:
        # what is not parsed here is parsed when it is asked for.
        with suppress(BrokenProcessPool), ProcessPoolExecutor(self._jobs, mp_context=context) as pool:
            work = [pool.submit(parse_files, self.source.reader, self.source.judge, chunk) for chunk in chunks]
            for future in work:
                yield from future.result()

    def _search_key(self, path: str, digest: str) -> bytes | None:
        blob = self.files[path].blob or self._blobs.get(path)
        return facts_key(blob, front_end="select", grammar="", digest=digest) if blob else None

    def _facts_key(self, path: str, blob: str | None = None) -> bytes | None:
        front = front_end_of(path)
        blob = blob or self.files[path].blob or self._blobs.get(path)
        if front is None or blob is None:
            return None
        return facts_key(blob, front_end=f"{front.name} {front.version}", grammar=_grammar(front.name, path))

    def _cached(self, keys: Iterable[bytes | None]) -> dict[bytes, bytes]:
        return self._cache.get_many([key for key in keys if key is not None]) if self._cache is not None else {}


def _holds_code(path: str, content: bytes) -> bool:
    front = front_end_of(path)
    return front is not None and front.reads(content)


def _digest(groups: Mapping[str, Sequence[str]]) -> str:
    return blake2b(repr(sorted((k, tuple(v)) for k, v in groups.items())).encode(), digest_size=16).hexdigest()


def _names(stored: bytes | None) -> frozenset[str] | None:
    """The groups of a kept answer; None when there is none or it is damaged."""
    try:
        return frozenset(msgspec.msgpack.decode(stored, type=list[str])) if stored is not None else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


_GRAMMARS: dict[str, str] = {}


def _grammar(name: str, path: str) -> str:
    if name not in _GRAMMARS:
        front = front_end_of(path)
        _GRAMMARS[name] = front.grammar() if front is not None else ""
    return _GRAMMARS[name]


def parse_files(reader: Reader, judge: Judge, files: list[SourceFile]) -> list[Parsed]:
    """What the files say, in their order."""
    return [_parse_one(reader, judge, file) for file in files]


def _parse_one(reader: Reader, judge: Judge, file: SourceFile) -> Parsed:
    front = front_end_of(file.path)
    if front is None:
        return Parsed(file.path, "", None, "no front end reads it")
    try:
        content = reader.read(file)
        blob = file.blob or blob_id(content)
        if (reason := judge.by_content(file.path, content)) is not None:
            return Parsed(file.path, blob, None, reason, left_out=True)
        if len(content) > MAX_PARSED and front.name != "notebook":
            return Parsed(file.path, blob, None, f"larger than {MAX_PARSED // 1000} kB")
        # Out of the context of the scan: what a front end goes by can be seen in the facts.
        return Parsed(file.path, blob, pack(Context().run(front.read, content)), lasting=not judge.asks_neighbours(file.path, content))
    except UnreadError as error:
        return Parsed(file.path, "", None, error.reason)
    except (RecursionError, ValueError, UnicodeError, MemoryError) as error:
        return Parsed(file.path, "", None, f"could not be parsed ({type(error).__name__})")
