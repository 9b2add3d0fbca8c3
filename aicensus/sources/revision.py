"""A git revision, read straight from the object database: no checkout, so no filter, hook or work tree takes part."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from aicensus.gitcommand import GitError, run_git, start_git
from aicensus.model.errors import UnreadError
from aicensus.model.sources import LeftOut, SourceFile, Unread
from aicensus.sources.listing import SUBMODULE, SYMBOLIC_LINK, Listing, text_of
from aicensus.sources.reading import check_content, check_size

MISSING = "its object is missing from the repository"


def list_revision(folder: Path, commit: str, top: Path | None) -> Listing:
    """List the files of `commit` below `folder`: a bare repository, or the work tree `top` or a folder of it. Raises GitError."""
    listing = Listing(reader=ObjectReader(folder))
    for entry in run_git(folder, "ls-tree", "-r", "-z", "-l", commit, work_tree=top).split(b"\0")[:-1]:
        facts, _, name = entry.partition(b"\t")
        mode, kind, blob, size = facts.decode().split()
        path = text_of(name)
        if kind == "commit":
            listing.unread.append(Unread(path, SUBMODULE))
        elif mode == "120000":
            listing.left_out.append(LeftOut(path, SYMBOLIC_LINK))
        elif size.isdigit():
            listing.files.append(SourceFile(path, int(size), blob))
        else:
            listing.unread.append(Unread(path, MISSING))
    return listing


class ObjectReader:
    """Reads blobs of a git repository through one `git cat-file --batch`, started when first needed."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self._process: subprocess.Popen[bytes] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"_repository": self._repository, "_process": None}

    def read(self, file: SourceFile) -> bytes:
        check_size(file.path, file.size)
        if self._process is None:
            self._process = _start(self._repository)
        try:
            return check_content(_ask(self._process, f"{file.blob}\n".encode()))
        except OSError:
            self.close()
            raise UnreadError("git stopped while reading objects") from None

    def close(self) -> None:
        """End the process; the next read starts another."""
        if self._process is not None:
            self._process.kill()
            with suppress(ValueError):  # its pipes went first, as garbage may
                self._process.communicate()
            self._process = None

    def __del__(self) -> None:
        self.close()


def _start(repository: Path) -> subprocess.Popen[bytes]:
    try:
        return start_git(repository, "cat-file", "--batch")
    except GitError as error:
        raise UnreadError(str(error)) from None


def _ask(process: subprocess.Popen[bytes], question: bytes) -> bytes:
    """Return the object's bytes. Raises OSError when git is gone, UnreadError when git does not have the object."""
    if process.stdin is None or process.stdout is None:
        raise BrokenPipeError
    process.stdin.write(question)
    process.stdin.flush()
    header = process.stdout.readline().split()
    if not header:
        raise BrokenPipeError
    if len(header) != 3 or header[1] != b"blob":
        raise UnreadError(MISSING)
    size = int(header[2])
    content = process.stdout.read(size + 1)
    if len(content) != size + 1:
        raise BrokenPipeError
    return content[:-1]
