"""Where files went that are no longer there."""

from __future__ import annotations

from collections.abc import Container, Iterable
from pathlib import Path

from aicensus.gitcommand import GitError, run_git
from aicensus.history.renames import renames

MAX_PATHS = 200
"""Paths that are looked for; each may have been anywhere in the history."""
MAX_MOVES = 10
"""Moves of one file that are followed."""
_TIMEOUT = 30.0


def moved_files(root: Path, revision: str, paths: Iterable[str], there: Container[str], *, staged: bool) -> dict[str, str]:
    """Today's paths by the old ones of files that are gone, as git sees it; files that went nowhere are left out.

    Paths are relative to `root`, `there` are those of today. The branch of `revision` is looked at along first parents, a merge as one
    change; `staged` adds what is staged and not committed. Where git says nothing, as in a clone without that part of the history, the
    result is empty.
    """
    pending = _staged(root, revision) if staged else {}
    at = {path: path for path in sorted(set(paths))[:MAX_PATHS]}
    for _ in range(MAX_MOVES):
        lost = [now for now in at.values() if now not in there]
        steps = (_committed(root, revision, lost) if lost else {}) | pending
        further = {old: steps[now] for old, now in at.items() if now in steps and now not in there}
        if not further:
            break
        at |= further
    return {old: now for old, now in at.items() if now != old and now in there}


def _staged(root: Path, revision: str) -> dict[str, str]:
    try:
        return renames(root, revision, None)
    except GitError:
        return {}


def _committed(root: Path, revision: str, paths: list[str]) -> dict[str, str]:
    """One move of each path: that of the newest commit that took it away."""
    found: dict[str, str] = {}
    try:
        for commit, gone in _removals(root, revision, paths):
            wanted = gone & set(paths) - found.keys()
            seen = renames(root, f"{commit}^", commit) if wanted else {}
            found |= {path: seen[path] for path in wanted if path in seen}
    except GitError:
        return found
    return found


def _removals(root: Path, revision: str, paths: list[str]) -> list[tuple[str, set[str]]]:
    """Commits that took paths away, the newest first."""
    options = ("--first-parent", "-m", "--no-renames", "--diff-filter=D", "--name-only", "--relative", "-z", "--format=%x01%H")
    log = run_git(root, "log", f"--max-count={4 * len(paths)}", *options, revision, "--", *paths, timeout=_TIMEOUT)
    commits = []
    for entry in log.decode("utf-8", "backslashreplace").split("\x01")[1:]:
        commit, _, files = entry.partition("\0")
        commits.append((commit.strip(), {path.lstrip("\n") for path in files.split("\0") if path}))
    return commits
