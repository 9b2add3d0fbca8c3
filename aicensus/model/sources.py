"""Records of what a source holds and what of it was not read."""

from __future__ import annotations

import msgspec


class SourceFile(msgspec.Struct, frozen=True, array_like=True):
    """One regular file; `path` is posix, relative to the source's root, and always valid text."""

    path: str
    size: int
    """Bytes."""
    blob: str | None = None
    """git's id of the content, hex. None when only reading tells it: changed, untracked or outside of git."""


class Unread(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A path that should have been read and was not."""

    path: str
    reason: str


class LeftOut(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A path that is not the repository's own source: vendored, generated, minified or a compiled copy."""

    path: str
    reason: str
