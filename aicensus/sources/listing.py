"""What a look at a tree gives before any content is read, whichever kind of tree it is."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field

from aicensus.model.sources import LeftOut, SourceFile, Unread
from aicensus.sources.reading import Reader

SYMBOLIC_LINK = "symbolic link"
SUBMODULE = "submodule: a repository of its own, scan it by its own path"


@dataclass
class Listing:
    """Files in any order, and how to read them."""

    reader: Reader
    files: list[SourceFile] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    modified: bool = False
    """Some tracked content differs from the commit."""

    def add_by_status(self, path: str, status: os.stat_result, blob: str | None) -> None:
        """Add what stands at `path` by its kind: a file, a link that is not followed, or something nobody should open."""
        if stat.S_ISREG(status.st_mode):
            self.files.append(SourceFile(path, status.st_size, blob))
        elif stat.S_ISLNK(status.st_mode):
            self.left_out.append(LeftOut(path, SYMBOLIC_LINK))
        else:
            self.unread.append(Unread(path, "not a regular file"))


def text_of(name: bytes) -> str:
    """Return a path as valid text: bytes that are not UTF-8 are written as `\\xNN`."""
    return name.decode("utf-8", "backslashreplace")
