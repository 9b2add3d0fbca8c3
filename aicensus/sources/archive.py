"""A tar or zip archive, read where it lies: nothing is unpacked to a place where a member's name or link could matter."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import re
import stat
import struct
import tarfile
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path
from tempfile import mkstemp
from typing import Any, NamedTuple

from aicensus.model.errors import SourceError, UnreadError
from aicensus.model.sources import LeftOut, SourceFile, Unread
from aicensus.sources.listing import SYMBOLIC_LINK, Listing, text_of
from aicensus.sources.reading import check_content, check_size

MAX_UNPACKED = 8_000_000_000
"""Bytes. A small file can unpack to any size."""

_COMPRESSED: dict[bytes, Callable[[Path], Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
_DAMAGED = (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, zlib.error, lzma.LZMAError, ValueError, RuntimeError)
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_CHUNK = 1 << 20


class Archive(NamedTuple):
    """What an archive holds; a single top folder is cut off all paths."""

    name: str
    """Of the top folder, else of the file without its ending."""
    listing: Listing
    revision: str | None
    """The commit that `git archive` writes down."""
    committed_at: datetime | None
    """The one time of all members: `git archive` gives them the commit's."""


class _Member(NamedTuple):
    name: str
    size: int
    changed_at: int
    """Seconds since 1970; 0 where it is not known."""
    place: int | str = 0
    """Where its bytes begin in a tar, the entry's own name in a zip."""
    problem: str = ""
    """Why it is no file to read."""


class _Reader:
    """Reads members of an archive by path; `places` says where they are. It goes to other processes with these two alone."""

    def __init__(self, location: str, places: dict[str, Any]) -> None:
        self.location = location
        self.places = places

    def read(self, file: SourceFile) -> bytes:
        check_size(file.path, file.size)
        try:
            return check_content(b"".join(self.chunks(self.places[file.path], file.size)))
        except _DAMAGED as error:
            raise UnreadError(f"damaged in the archive: {error}") from None

    def chunks(self, place: Any, size: int) -> Iterator[bytes]:
        raise NotImplementedError


class _TarReader(_Reader):
    def chunks(self, place: Any, size: int) -> Iterator[bytes]:
        with open(self.location, "rb") as stream:
            stream.seek(place)
            yield from _pieces(stream, size)


class _ZipReader(_Reader):
    def __init__(self, location: str, places: dict[str, Any]) -> None:
        super().__init__(location, places)
        self._archive: zipfile.ZipFile | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return _ZipReader, (self.location, self.places)

    def chunks(self, place: Any, size: int) -> Iterator[bytes]:
        if self._archive is None:
            self._archive = zipfile.ZipFile(self.location)
        with self._archive.open(place) as stream:
            yield from _pieces(stream, size)


def _pieces(stream: Any, size: int) -> Iterator[bytes]:
    """The next `size` bytes: no more, whatever the archive unpacks to. Raises EOFError where there are fewer."""
    while size > 0:
        chunk = stream.read(min(size, _CHUNK))
        if not chunk:
            raise EOFError("it ends too early")
        size -= len(chunk)
        yield chunk


def list_archive(path: Path) -> Archive:
    """List the files of a tar (plain, gzip, bzip2, xz) or zip archive.

    Raises SourceError when it is neither, is damaged, or unpacks to more than MAX_UNPACKED bytes.
    """
    try:
        reader, members, comment = _open_zip(path) if zipfile.is_zipfile(path) else _open_tar(path)
        if sum(member.size for member in members) > MAX_UNPACKED:
            raise _TooLarge
        top = _top_folder([member.name for member in members])
        # What stands in an archive twice is what it last was.
        listing = _listed({member.name[len(top) :]: member for member in members}, reader)
    except _TooLarge:
        raise SourceError(f"{path}: unpacks to more than {MAX_UNPACKED // 1_000_000_000} GB; scan a folder with what matters") from None
    except _DAMAGED as error:
        why = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise SourceError(f"{path}: neither a folder nor a tar or zip archive that can be read ({why})") from None
    times = {member.changed_at for member in members}
    return Archive(
        name=top.rstrip("/") or re.sub(r"(\.tar)?\.\w+$", "", path.name) or path.name,
        listing=listing,
        revision=comment if _COMMIT.fullmatch(comment) else None,
        committed_at=datetime.fromtimestamp(times.pop(), UTC) if len(times) == 1 and 0 not in times else None,
    )


class _TooLarge(Exception):
    pass


def _listed(members: dict[str, _Member], reader: _Reader) -> Listing:
    listing = Listing(reader=reader)
    for path, member in members.items():
        if member.problem == SYMBOLIC_LINK:
            listing.left_out.append(LeftOut(path, SYMBOLIC_LINK))
        elif member.problem:
            listing.unread.append(Unread(path, member.problem))
        else:
            reader.places[path] = member.place
            listing.files.append(SourceFile(path, member.size, _blob(reader, member)))
    return listing


def _blob(reader: _Reader, member: _Member) -> str:
    digest = sha1(b"blob %d\0" % member.size, usedforsecurity=False)
    for chunk in reader.chunks(member.place, member.size):
        digest.update(chunk)
    return digest.hexdigest()


def _top_folder(names: list[str]) -> str:
    """The folder that everything lies in, with its slash; empty where there is none."""
    tops = {name.partition("/")[0] + "/" for name in names}
    return tops.pop() if len(tops) == 1 and all("/" in name for name in names) else ""


def _member(raw: str, mode: int, size: int, changed_at: int, place: int | str, problem: str = "") -> _Member:
    name = "/".join(part for part in text_of(os.fsencode(raw)).split("/") if part not in ("", "."))
    if raw.startswith("/") or "\\" in raw or ".." in raw.split("/") or not name:
        return _Member(name or "?", 0, changed_at, problem="its path leads out of the archive")
    if stat.S_ISLNK(mode):
        return _Member(name, 0, changed_at, problem=SYMBOLIC_LINK)
    if problem or not stat.S_ISREG(mode):
        return _Member(name, 0, changed_at, problem=problem or "not a regular file")
    return _Member(name, size, changed_at, place)


def _open_tar(path: Path) -> tuple[_Reader, list[_Member], str]:
    with path.open("rb") as stream:
        head = stream.read(8)
    unpack = next((opened for magic, opened in _COMPRESSED.items() if head.startswith(magic)), None)
    location = _unpacked(path, unpack) if unpack is not None else str(path)
    reader = _TarReader(location, {})
    if unpack is not None:
        weakref.finalize(reader, Path(location).unlink, missing_ok=True)
    members = []
    with tarfile.open(location, "r:", errors="surrogateescape") as archive:
        for info in archive:
            if info.isdir():
                continue
            mode = stat.S_IFLNK if info.issym() or info.islnk() else stat.S_IFREG if info.isreg() and not info.issparse() else 0
            members.append(_member(info.name, mode, info.size, int(info.mtime), info.offset_data))
        return reader, members, archive.pax_headers.get("comment", "")


def _unpacked(path: Path, unpack: Callable[[Path], Any]) -> str:
    """Decompress into a temporary file, whose place is returned: members cannot be found in a compressed tar without reading up to them."""
    handle, location = mkstemp(prefix="aicensus-", suffix=".tar")
    try:
        with unpack(path) as packed, open(handle, "wb") as plain:
            while chunk := packed.read(_CHUNK):
                plain.write(chunk)
                if plain.tell() > MAX_UNPACKED:
                    raise _TooLarge
    except BaseException:
        os.unlink(location)
        raise
    return location


def _open_zip(path: Path) -> tuple[_Reader, list[_Member], str]:
    members = []
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            mode = info.external_attr >> 16
            problem = "encrypted" if info.flag_bits & 1 else ""
            members.append(
                _member(info.filename, mode if stat.S_IFMT(mode) else stat.S_IFREG, info.file_size, _changed(info), info.filename, problem)
            )
        return _ZipReader(str(path), {}), members, archive.comment.decode("ascii", "replace")


def _changed(info: zipfile.ZipInfo) -> int:
    """Seconds since 1970 from the extra field that git writes; an entry's own date has no time zone."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == 0x5455 and size >= 5:
            return int(struct.unpack_from("<I", extra, 5)[0])
        extra = extra[4 + size :]
    return 0
