"""A git work tree: tracked files and those that are neither tracked nor ignored.

`git status` would run the filters that the repository names, so what changed is found here: the index holds the status that
each file had when git last saw it, and a file whose status differs is hashed.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aicensus.gitcommand import GitError, run_git
from aicensus.model.errors import UnreadError
from aicensus.model.sources import Unread
from aicensus.sources.listing import SUBMODULE, Listing, text_of
from aicensus.sources.reading import FolderReader, blob_id_like, read_regular, why_not

_ENTRY = re.compile(
    rb"(\d{6}) ([0-9a-f]+) (\d)\t([^\0]*)\0"
    rb"  ctime: (\d+):(\d+)\n  mtime: (\d+):(\d+)\n  dev: \d+\tino: (\d+)\n  uid: (\d+)\tgid: (\d+)\n  size: (\d+)\tflags: ([0-9a-f]+)\n"
)
_SKIP_WORKTREE = 0x40000000
_SUBMODULE_MODE = b"160000"
_LINK_MODE = b"120000"
_32_BITS = 0xFFFFFFFF
_SECOND = 10**9
_OTHERS_TIMEOUT = 60.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: bytes
    blob: str
    stage: int
    name: bytes
    ctime: int
    mtime: int
    """Nanoseconds; whole seconds when another program wrote the index."""
    owner: tuple[int, int, int]
    """Inode, user, group; 0 is "not recorded"."""
    size: int
    skipped: bool


def list_work_tree(folder: Path, top: Path) -> Listing:
    """List `folder`, which is the work tree `top` or lies in it. Raises GitError."""
    index = Path(os.fsdecode(run_git(folder, "rev-parse", "--git-path", "index", work_tree=top).rstrip(b"\n")))
    entries = list(_entries(run_git(folder, "ls-files", "-s", "--debug", "-z", work_tree=top)))
    # git opens every `.gitignore`, a named pipe too, and then waits.
    printed = run_git(folder, "ls-files", "--others", "--exclude-standard", "-z", work_tree=top, timeout=_OTHERS_TIMEOUT)
    others = printed.split(b"\0")[:-1]
    raw_names = {text_of(name): name for name in (*(entry.name for entry in entries), *others) if os.fsencode(text_of(name)) != name}
    listing = Listing(reader=FolderReader(folder, raw_names))
    tree = _Tree(os.fsencode(folder), _modified_ns(folder / index), listing)
    for entry in entries:
        tree.add_tracked(entry)
    for name in others:
        tree.add_untracked(name)
    return listing


def _entries(printed: bytes) -> Iterator[_Entry]:
    """Parse `ls-files -s --debug -z`, whose layout git does not promise. Raises GitError when it is another one."""
    end = 0
    for match in _ENTRY.finditer(printed):
        if match.start() != end:
            break
        end = match.end()
        mode, blob, stage, name, ctime, ctime_ns, mtime, mtime_ns, inode, user, group, size, flags = match.groups()
        yield _Entry(
            mode=mode,
            blob=blob.decode(),
            stage=int(stage),
            name=name,
            ctime=int(ctime) * _SECOND + int(ctime_ns),
            mtime=int(mtime) * _SECOND + int(mtime_ns),
            owner=(int(inode), int(user), int(group)),
            size=int(size),
            skipped=bool(int(flags, 16) & _SKIP_WORKTREE),
        )
    if end != len(printed):
        raise GitError(b"this version of git prints its index in an unknown way")


class _Tree:
    """Compares entries of the index with what stands in the file system."""

    def __init__(self, root: bytes, index_time: int, listing: Listing) -> None:
        self._root = root
        self._index_time = index_time
        self._listing = listing
        self._real_folders = {b"": True}
        self._conflicts: set[bytes] = set()

    def add_tracked(self, entry: _Entry) -> None:
        path = text_of(entry.name)
        if entry.mode == _SUBMODULE_MODE:
            self._listing.unread.append(Unread(path, SUBMODULE))
            return
        if entry.stage:
            self._listing.modified = True
            if entry.name in self._conflicts:
                return
            self._conflicts.add(entry.name)
        status = self._status(entry.name)
        if status is None:
            self._add_missing(entry, path)
            return
        blob = None if entry.stage else self._blob(entry, path, status)
        self._listing.add_by_status(path, status, blob)
        self._listing.modified |= blob != entry.blob

    def add_untracked(self, name: bytes) -> None:
        path = text_of(name)
        if name.endswith(b"/"):
            self._listing.unread.append(Unread(path.rstrip("/"), "a repository of its own inside this one, scan it by its own path"))
        elif (status := self._status(name)) is not None:
            self._listing.add_by_status(path, status, None)

    def _add_missing(self, entry: _Entry, path: str) -> None:
        if entry.skipped:
            self._listing.unread.append(Unread(path, "not checked out (sparse checkout)"))
        else:
            self._listing.modified = True

    def _blob(self, entry: _Entry, path: str, status: os.stat_result) -> str | None:
        """Return the id of what is in the file now: git's when the file is as git saw it, else our own."""
        if stat.S_ISLNK(status.st_mode):
            return entry.blob if entry.mode == _LINK_MODE else None
        if self._is_unchanged(entry, status):
            return entry.blob
        try:
            return blob_id_like(read_regular(os.path.join(self._root, entry.name), path), entry.blob)
        except UnreadError:
            return None

    def _is_unchanged(self, entry: _Entry, status: os.stat_result) -> bool:
        # A file written in the same instant as the index could have changed afterwards without a trace.
        if not 0 < entry.mtime < self._index_time or (_is_whole(entry.mtime) and entry.mtime // _SECOND >= self._index_time // _SECOND):
            return False
        # git writes size 0 for an entry that it does not trust itself; Windows has the time of creation as ctime.
        owner = status.st_ino, status.st_uid, status.st_gid
        return (
            entry.size == status.st_size & _32_BITS
            and _same_time(entry.mtime, status.st_mtime_ns)
            and (os.name == "nt" or _same_time(entry.ctime, status.st_ctime_ns))
            and all(then in (0, now & _32_BITS) for then, now in zip(entry.owner, owner, strict=True))
        )

    def _status(self, name: bytes) -> os.stat_result | None:
        """Return the status of what stands there itself; None when nothing does, or only by way of a linked folder."""
        folder = name.rpartition(b"/")[0]
        if not self._is_real(folder):
            return None
        try:
            return os.lstat(os.path.join(self._root, name))
        except FileNotFoundError:
            return None
        except OSError as error:
            self._listing.unread.append(Unread(text_of(name), why_not(error)))
            return None

    def _is_real(self, folder: bytes) -> bool:
        known = self._real_folders.get(folder)
        if known is None:
            location = os.path.join(self._root, folder)
            known = self._is_real(folder.rpartition(b"/")[0]) and os.path.isdir(location) and not os.path.islink(location)
            self._real_folders[folder] = known
        return known


def _is_whole(time: int) -> bool:
    return time % _SECOND == 0


def _same_time(then: int, now: int) -> bool:
    return then in (0, now) or (_is_whole(then) and then // _SECOND == now // _SECOND)


def _modified_ns(index: Path) -> int:
    try:
        return index.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
