"""Which commit changed some lines, or some files, last."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from aicensus.gitcommand import GitError, run_git
from aicensus.history.merge_base import TRAILERS
from aicensus.model.census import LastCommit

Span = tuple[int, int]
"""First and last line."""
_FORMAT = "%x01%H%x02%ct%x02%ae%x02%an%x02" + TRAILERS
_LINE = re.compile(r"([0-9a-f]{40,64}) \d+ (\d+)(?: \d+)?")


def last_of_lines(root: Path, revision: str, spans: Mapping[str, Sequence[Span]]) -> dict[tuple[str, Span], LastCommit]:
    """The newest commit that changed a line of each span, by file and span; what git cannot tell is left out."""
    found: dict[tuple[str, Span], set[str]] = {}
    for path, wanted in spans.items():
        blamed = _blamed(root, revision, path, wanted)
        found |= {(path, span): ids for span in wanted if (ids := {blamed[n] for n in range(span[0], span[1] + 1) if n in blamed})}
    known = {commit.id: commit for commit in _commits(root, "--no-walk", *sorted({one for ids in found.values() for one in ids}))}
    return {
        at: max((known[one] for one in ids), key=lambda commit: (commit.on, commit.id)) for at, ids in found.items() if ids <= known.keys()
    }


def last_of_files(root: Path, revision: str, paths: Iterable[str]) -> LastCommit | None:
    """The newest commit of a revision that touched one of the files; None where git cannot tell."""
    return next(iter(_commits(root, "-1", revision, "--", *paths)), None)


def _blamed(root: Path, revision: str, path: str, spans: Sequence[Span]) -> dict[int, str]:
    """Commits by line. Blame of a revision reads blobs; that of the work tree would run what attributes name."""
    ranges = [f"-L{first},{last}" for first, last in spans]
    try:
        said = run_git(root, "blame", "--no-textconv", "-w", "--porcelain", *ranges, revision, "--", path)
    except GitError:
        return {}
    lines = (_LINE.fullmatch(line) for line in said.decode("utf-8", "replace").split("\n"))
    return {int(match[2]): match[1] for match in lines if match}


def _commits(root: Path, *which: str) -> list[LastCommit]:
    if which == ("--no-walk",):
        return []
    try:
        log = run_git(root, "log", "--no-ext-diff", f"--format={_FORMAT}", *which)
    except GitError:
        return []
    return [_read(part) for part in log.decode("utf-8", "replace").split("\x01")[1:]]


def _read(part: str) -> LastCommit:
    commit, seconds, email, name, trailers = part.split("\x02", 4)
    on = datetime.datetime.fromtimestamp(int(seconds), tz=datetime.UTC).isoformat()
    reviewers = tuple(dict.fromkeys(filter(None, (text.strip() for text in re.split(r"[\x03\n]", trailers)))))
    return LastCommit(id=commit, on=on, author=f"{name} <{email}>", reviewers=reviewers)
