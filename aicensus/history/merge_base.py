"""Where a change parted from the revision it is compared with, and what it commits; a clone that cannot say is told what to fetch."""

from __future__ import annotations

import re
from pathlib import Path

from aicensus.gitcommand import GitError, is_shallow, run_git
from aicensus.model.errors import SourceError
from aicensus.model.since import Commit

_DEEPEN = "fetch the whole history: `fetch-depth: 0` of actions/checkout, `GIT_DEPTH: 0` of GitLab, or `git fetch --unshallow`"
_REVIEWS = ("Reviewed-by", "Acked-by", "Approved-by")
"""Trailers by which a commit says who has looked at it and agrees."""
TRAILERS = "".join(f"%(trailers:key={name},valueonly,separator=%x03)%x03" for name in _REVIEWS)
"""The names in them, as a format of `git log`."""
MAX_COMMITS = 2000
_FORMAT = "%x01%H%x02%ae%x02%an%x02" + TRAILERS


def merge_base(root: Path, rev: str, head: str) -> str:
    """The commit from which `head` parted from `rev`. Raises SourceError, which says what to fetch where the clone is too small."""
    other = _commit(root, rev)
    own = _commit(root, head)
    try:
        return run_git(root, "merge-base", other, own).decode().strip()
    except GitError:
        if is_shallow(root):
            raise SourceError(f"--since {rev}: this clone is shallow and ends before {head} parted from {rev}; {_DEEPEN}") from None
        raise SourceError(f"--since {rev}: {rev} and {head} have no commit in common; name the branch that the change goes to") from None


def _commit(root: Path, rev: str) -> str:
    try:
        if rev.startswith("-"):
            raise GitError(b"a revision does not start with a dash")
        return run_git(root, "rev-parse", "--verify", "--quiet", f"{rev}^{{commit}}").decode().strip()
    except GitError as error:
        raise SourceError(f"--since {rev}: {_why_not(root, rev, error)}") from None


def _why_not(root: Path, rev: str, error: GitError) -> str:
    if not _knows(root, "--git-dir"):
        return f"{root} is no git repository that can be read ({error}); a change has to be committed to be compared"
    if not _knows(root, "--verify", "--quiet", "HEAD^{commit}"):
        return "nothing is committed yet that it could be compared with"
    if not rev.startswith("-") and _knows(root, "--verify", "--quiet", f"refs/remotes/origin/{rev}^{{commit}}"):
        return f"there is no such branch here; did you mean origin/{rev}?"
    fetch = f"`git fetch origin {rev.removeprefix('origin/')}` brings a branch"
    return f"there is no such revision in this clone, which is shallow; {_DEEPEN}" if is_shallow(root) else f"no such revision; {fetch}"


def _knows(root: Path, *arguments: str) -> bool:
    try:
        return bool(run_git(root, "rev-parse", *arguments))
    except GitError:
        return False


def commits_between(root: Path, base: str, head: str) -> tuple[Commit, ...]:
    """The newest commits that `head` has and `base` has not, but merges, with the files below `root` that they touch. Raises GitError."""
    which = ("--no-merges", f"--max-count={MAX_COMMITS}", f"{base}..{head}")
    log = run_git(root, "log", "-z", "--relative", "--no-renames", "--name-only", f"--format={_FORMAT}", *which, "--")
    return tuple(_read(part) for part in log.decode("utf-8", "replace").split("\x01")[1:])


def _read(part: str) -> Commit:
    head, _, files = part.partition("\0")
    commit, email, name, trailers = [*head.split("\x02", 3), "", "", ""][:4]
    reviewers = tuple(dict.fromkeys(filter(None, (text.strip() for text in re.split(r"[\x03\n]", trailers)))))
    paths = tuple(dict.fromkeys(filter(None, (path.strip("\n") for path in files.split("\0")))))
    return Commit(id=commit, author=f"{name} <{email}>", reviewers=reviewers, paths=paths)
