"""Who changed a file, how often and when last, from one pass over the log."""

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


class Contributions(NamedTuple):
    """Who changed what, in the newest commits."""

    files: dict[str, list[Contributed]]
    """By path, the most commits first."""
    everybody: list[Contributed]
    """In all files of the repository, those that were not asked for included."""


NOTHING = Contributions({}, [])


def contributions(root: Path, revision: str, paths: Iterable[str]) -> Contributions:
    """Contributions to these files, and of everybody; nothing where git says nothing, or no file is asked for."""
    wanted = set(paths)
    if not wanted:
        return NOTHING
    counts: dict[str, dict[str, tuple[str, int, datetime.date]]] = {}
    overall: dict[str, tuple[str, int, datetime.date]] = {}
    spelt: dict[str, str] = {}
    try:
        log = run_git(
            root, "log", f"--max-count={MAX_COMMITS}", "--no-renames", "--name-only", "-z", "--format=%x01%ae%x02%an%x02%as", revision, "--"
        )
    except GitError:
        return NOTHING
    for commit in log.decode("utf-8", "replace").split("\x01")[1:]:
        head, _, files = commit.partition("\0")
        email, name, day = ([*head.split("\x02"), "", "", ""])[:3]
        email = spelt.setdefault(email.casefold(), email)
        try:
            date = datetime.date.fromisoformat(day.strip())
        except ValueError:
            continue
        paths = (path.lstrip("\n") for path in files.split("\0"))
        for known in (overall, *(counts.setdefault(path, {}) for path in paths if path in wanted)):
            _, commits, last = known.get(email, (name, 0, date))
            known[email] = (name, commits + 1, max(last, date))
    return Contributions({path: _ranked(authors) for path, authors in counts.items()}, _ranked(overall))


def _ranked(authors: dict[str, tuple[str, int, datetime.date]]) -> list[Contributed]:
    rows = [Contributed(email, name, commits, last) for email, (name, commits, last) in authors.items()]
    return sorted(rows, key=lambda row: (-row.commits, row.email))
