"""Bytes of one file, or the reason why not."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from hashlib import sha1, sha256
from pathlib import Path
from typing import Protocol

from aicensus.model.errors import UnreadError
from aicensus.model.sources import SourceFile

MAX_BYTES = 1_000_000
MAX_NOTEBOOK_BYTES = 10_000_000
"""Most of a notebook is output, which no front end looks at."""
_SNIFF_BYTES = 8_000
_CONTROL = bytes(set(range(32)) - set(b"\t\n\f\r\x1b\b"))
_LFS = b"version https://git-lfs.github.com/spec/"


class Reader(Protocol):
    """Reads files of one source. It can be pickled and sent to another process, and is small."""

    def read(self, file: SourceFile) -> bytes:
        """Return the file's bytes. Raises UnreadError when it is over the cap, binary, a pointer, gone or refused."""


def blob_id(content: bytes) -> str:
    """Return git's id of the content: what `SourceFile.blob` would be."""
    return sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def blob_id_like(content: bytes, other: str) -> str:
    """Return git's id in the hash that `other` is of: repositories can use SHA-256."""
    if len(other) == 64:
        return sha256(b"blob %d\0" % len(content) + content).hexdigest()
    return blob_id(content)


def check_size(path: str, size: int) -> None:
    """Raise UnreadError when a file of that many bytes is not read."""
    limit = MAX_NOTEBOOK_BYTES if path.endswith(".ipynb") else MAX_BYTES
    if size > limit:
        raise UnreadError(f"larger than {limit // 1_000_000} MB")


def check_content(content: bytes) -> bytes:
    """Return the content when it is text. Raises UnreadError for binary content and for Git LFS pointers."""
    head = content[:_SNIFF_BYTES]
    if len(head) - len(head.translate(None, _CONTROL)) > len(head) // 20 or (b"\0" in head and not _is_utf8(head)):
        raise UnreadError("binary content")
    if head.startswith(_LFS) and len(content) < 1024:
        raise UnreadError("Git LFS pointer: the content is not here")
    return content


def _is_utf8(head: bytes) -> bool:
    """Tell whether the bytes are UTF-8, but for a character that was cut at the end. Some sources hold a NUL as it is."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4
    return True


class FolderReader:
    """Reads below a folder of the file system; `raw_names` holds the bytes of paths that are not valid text."""

    def __init__(self, root: Path, raw_names: Mapping[str, bytes]) -> None:
        self._root = os.fsencode(root)
        self._raw_names = dict(raw_names)

    def read(self, file: SourceFile) -> bytes:
        name = self._raw_names.get(file.path) or os.fsencode(file.path)
        return check_content(read_regular(os.path.join(self._root, name), file.path))


def read_regular(location: bytes, path: str) -> bytes:
    """Read a regular file without following a link or waiting for a pipe. Raises UnreadError."""
    try:
        # A pipe or link may have taken the file's place since it was listed.
        handle = os.open(location, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise UnreadError(why_not(error)) from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadError("not a regular file")
        check_size(path, status.st_size)
        content = _read_to_end(handle, status.st_size)
    except OSError as error:
        raise UnreadError(why_not(error)) from None
    finally:
        os.close(handle)
    check_size(path, len(content))
    return content


def _read_to_end(handle: int, size: int) -> bytes:
    """Read what an open file holds, in one go where it holds `size` bytes; of a longer one a byte more than can be wanted."""
    parts = [os.read(handle, size + 1)]
    left = MAX_NOTEBOOK_BYTES + 1 - len(parts[0])
    while len(parts[0]) != size and parts[-1] and left > 0:
        parts.append(os.read(handle, left))
        left -= len(parts[-1])
    return b"".join(parts)


def why_not(error: OSError) -> str:
    """Return a reason without the path, which differs between machines."""
    return (error.strerror or type(error).__name__).lower()
