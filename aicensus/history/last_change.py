"""The commit that a file last changed in."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from aicensus.gitcommand import GitError, run_git


class Commit(NamedTuple):
    id: str
    on: str
    """ISO date and time of the commit, with its zone."""
    author: str
    subject: str


def last_change(root: Path, path: str, rev: str | None = None) -> Commit | None:
    """The last commit up to `rev` (HEAD) that changed the file at `path` below `root`; None outside of git and before the first one."""
    try:
        shown = run_git(
            root, "log", "-1", "--no-show-signature", "--no-ext-diff", "--format=%H%x00%cI%x00%an%x00%s", rev or "HEAD", "--", path
        )
    except GitError:
        return None
    parts = shown.decode("utf-8", "replace").rstrip("\n").split("\0")
    return Commit(*parts) if len(parts) == 4 else None
