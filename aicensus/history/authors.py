"""Who changed a file, how often and when last, from one pass over the first-parent-free log."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from aicensus.gitcommand import GitError, run_git

MAX_COMMITS = 2000
"""Newest commits that are read; what is older says little about who answers for a file today."""


class Contributed(NamedTuple):
    """One author's part in the history of a file."""

    email: str
    name: str
    commits: int
    last: datetime.date


def contributions(root: Path, revision: str, paths: Iterable[str]) -> dict[str, list[Contributed]]:
    """Contributions by path, the most commits first; empty where git says nothing (no repository, shallow clone)."""
    wanted = set(paths)
    if not wanted:
        return {}
    counts: dict[str, dict[str, tuple[str, int, datetime.date]]] = {}
    try:
        log = run_git(
            root, "log", f"--max-count={MAX_COMMITS}", "--no-renames", "--name-only", "-z", "--format=%x01%ae%x02%an%x02%as", revision, "--"
        )
    except GitError:
        return {}
    for commit in log.decode("utf-8", "replace").split("\x01")[1:]:
        head, _, files = commit.partition("\0")
        email, name, day = ([*head.split("\x02"), "", "", ""])[:3]
        try:
            date = datetime.date.fromisoformat(day.strip())
        except ValueError:
            continue
        for path in files.split("\0"):
            path = path.lstrip("\n")
            if path in wanted:
                known = counts.setdefault(path, {})
                _, commits, last = known.get(email, (name, 0, date))
                known[email] = (name, commits + 1, max(last, date))
    return {path: _ranked(authors) for path, authors in counts.items()}


def _ranked(authors: dict[str, tuple[str, int, datetime.date]]) -> list[Contributed]:
    rows = [Contributed(email, name, commits, last) for email, (name, commits, last) in authors.items()]
    return sorted(rows, key=lambda row: (-row.commits, row.email))
