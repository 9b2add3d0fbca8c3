"""Files that moved between two revisions, as git sees it."""

from __future__ import annotations

from pathlib import Path

from aicensus.gitcommand import GitError, run_git

PLUMBING = ("--no-ext-diff", "--no-textconv", "-M", "-l2000")
"""Compare blobs themselves: nothing that attributes or configuration name takes part. A move keeps half of the file at least."""
WHOLE = "-M100%"
"""Only files that moved as they are: the way out where an object is missing, for it needs no content."""


def renames(root: Path, old: str, new: str | None) -> dict[str, str]:
    """New paths by old ones of the files that moved from revision `old` to `new`, relative to `root`. Raises GitError.

    None for `new` is what is staged.
    """
    command = ("diff-index", "--cached") if new is None else ("diff-tree", "-r")
    revisions = (old,) if new is None else (old, new)
    options = ("-z", "--relative", "--diff-filter=R", "--name-status", *PLUMBING)
    try:
        listed = run_git(root, *command, *options, *revisions, "--")
    except GitError:
        listed = run_git(root, *command, *options, WHOLE, *revisions, "--")
    fields = listed.decode("utf-8", "backslashreplace").split("\0")
    return {fields[at + 1]: fields[at + 2] for at in range(0, len(fields) - 2, 3)}
