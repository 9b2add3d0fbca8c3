"""The first-parent line of a branch: what was in force on it, commit by commit, and which files each commit changed."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from aicensus.gitcommand import GitError, is_shallow, run_git
from aicensus.history.renames import PLUMBING, WHOLE
from aicensus.model.errors import SourceError
from aicensus.model.growth import Commit

_FIELDS = ("%H", "%cI", "%aI", "%an", "%ae", "%P", "%s")
TIMEOUT = 600.0
"""Seconds for one pass over all commits."""


class FileChange(NamedTuple):
    """One file that a commit of the line changed."""

    path: str
    """As it is since then; as it was, where it is gone."""
    was: str
    """Its path before; empty where it is new."""
    gone: bool = False
    blob: str = ""
    """Object id of what it holds since then."""
    blob_was: str = ""
    """Object id of what it held before; of no object where it is new."""


@dataclass
class Line:
    """The commits of a branch along first parents, newest first, as seen from a folder of its repository."""

    root: Path
    branch: str
    """The branch as it was named, or that HEAD is on."""
    commits: tuple[Commit, ...]
    shallow: bool

    def at(self, moment: datetime) -> int | None:
        """Place of the newest commit that was committed at the moment or before it; None when all are later."""
        return next((place for place, time in enumerate(self.times) if time <= moment), None)

    @cached_property
    def times(self) -> list[datetime]:
        return [datetime.fromisoformat(commit.at) for commit in self.commits]

    @cached_property
    def changes(self) -> tuple[tuple[FileChange, ...], ...]:
        """Files below the folder that each commit changed against its first parent, moves among them. Raises SourceError."""
        try:
            listed = _raw(self.root, self.commits[0].id)
        except GitError:  # an object is missing, so that only moves of whole files can be seen
            listed = _raw(self.root, self.commits[0].id, WHOLE)
        by_commit = dict(_file_changes(listed.decode("utf-8", "backslashreplace").split("\0")))
        return tuple(by_commit.get(commit.id, ()) for commit in self.commits)

    def of_file(self, path: str, newer: int, older: int) -> Iterator[tuple[int, FileChange]]:
        """Places from the newer one to before the older one that changed the file at `path`, followed back over its moves until it came."""
        for place in range(newer, older):
            change = next((one for one in self.changes[place] if one.path == path and not one.gone), None)
            if change is not None:
                yield place, change
                if not change.was:
                    return
                path = change.was

    def place_of(self, commit: str) -> int | None:
        """Where a commit stands on the line."""
        return self._places.get(commit)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {commit.id: place for place, commit in enumerate(self.commits)}

    def moved(self, older: int, newer: int) -> dict[str, str]:
        """New paths by old ones of files that moved between two places of the line, also in several steps."""
        now: dict[str, str] = {}
        for place in range(newer, older):
            for change in self.changes[place]:
                if not change.was:
                    now.pop(change.path, None)
                elif change.was != change.path:
                    now[change.was] = now.pop(change.path, change.path)
        return {old: new for old, new in now.items() if old != new}


def read_line(root: Path, rev: str | None) -> Line:
    """Read the line that ends in `rev`, or in the branch that HEAD is on.

    Raises SourceError where there is no such revision or no repository, and where HEAD is on no branch and `rev` is not given.
    """
    branch = named(root, rev) if rev is not None else _branch(root)
    try:
        listed = run_git(root, "log", "--first-parent", "-z", f"--format={'%x00'.join(_FIELDS)}", branch, "--", timeout=TIMEOUT)
        shallow = is_shallow(root)
    except GitError as error:
        raise SourceError(f"{root}: no history to read ({error})") from None
    commits = tuple(_commits(listed.decode("utf-8", "replace").split("\0")))
    return Line(root, rev or branch.removeprefix("refs/heads/"), commits, shallow)


def complete(line: Line) -> Line:
    """The line, if it reaches back to its beginning. Raises SourceError for a shallow clone."""
    if line.shallow:
        raise SourceError(f"{line.root}: {why_cut_off(line)}")
    return line


def why_cut_off(line: Line) -> str:
    return (
        f"this clone is shallow: its history is cut off at {line.commits[-1].id[:12]} of {line.commits[-1].at}, and what was before cannot "
        "be told; `git fetch --unshallow` gets the rest (in a CI job: fetch with depth 0)"
    )


def written_between(root: Path, older: str, newer: str, paths: Sequence[str]) -> list[Commit]:
    """Commits, merges left out, that `newer` has and `older` lacks and that touch one of the paths, the newest first."""
    span = f"{older}..{newer}"
    try:
        listed = run_git(root, "log", "--no-merges", "-z", f"--format={'%x00'.join(_FIELDS)}", span, "--", *paths)
    except GitError:
        return []
    return list(_commits(listed.decode("utf-8", "replace").split("\0")))


class Tag(NamedTuple):
    name: str
    commit: str
    at: datetime
    """When the tag was made; of a plain one, when its commit was."""


def tags(root: Path) -> list[Tag]:
    """All tags of commits, the oldest first."""
    form = "%(refname:short)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00%(creatordate:iso-strict)"
    try:
        listed = run_git(root, "for-each-ref", "refs/tags", f"--format={form}").decode("utf-8", "replace")
    except GitError:
        return []
    found = []
    for row in listed.splitlines():
        name, kind, commit, inner, behind, at = row.split("\0")
        if "commit" in (kind, inner) and at:
            found.append(Tag(name.removeprefix("tags/"), commit if kind == "commit" else behind, datetime.fromisoformat(at)))
    return sorted(found, key=lambda tag: (tag.at, tag.name))


def newest_before(found: Sequence[Tag], moment: datetime) -> Tag | None:
    """The newest of tags in order that was there at the moment."""
    place = bisect.bisect_right([tag.at for tag in found], moment)
    return found[place - 1] if place else None


def commit_of(root: Path, name: str) -> str | None:
    """The commit that a tag, branch or id names; None where there is none."""
    if name.startswith("-"):
        return None
    try:
        return run_git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").decode().strip()
    except GitError:
        return None


def named(root: Path, rev: str) -> str:
    """The commit that a revision names. Raises SourceError, which says what to fetch where the clone is shallow."""
    if (commit := commit_of(root, rev)) is None:
        hint = "; this clone is shallow: `git fetch --unshallow` may bring it" if is_shallow(root) else ""
        raise SourceError(f"{root}: no revision {rev!r} to read{hint}")
    return commit


def _branch(root: Path) -> str:
    try:
        return run_git(root, "symbolic-ref", "--quiet", "HEAD").decode("utf-8", "replace").strip()
    except GitError as error:
        if (commit := commit_of(root, "HEAD")) is None:
            raise SourceError(f"{root}: no history to read ({error}); name a git repository with --in") from None
        raise SourceError(
            f"{root}: HEAD is detached at {commit[:12]}, so it is not known which branch's history counts; "
            "name it with --rev, as --rev main or --rev origin/main"
        ) from None


def _commits(fields: Sequence[str]) -> Iterator[Commit]:
    width = len(_FIELDS)
    for at in range(0, len(fields) - width + 1, width):
        commit, committed, authored, author, email, parents, subject = fields[at : at + width]
        yield Commit(
            id=commit.strip(),
            at=committed,
            author=author,
            email=email,
            authored=authored,
            subject=subject,
            parents=len(parents.split()),
        )


def _raw(root: Path, rev: str, *moves: str) -> bytes:
    options = ("--first-parent", "-m", "--raw", "-z", "--no-abbrev", "--relative", "--format=%H", *PLUMBING, *moves)
    return run_git(root, "-c", "log.showRoot=true", "log", *options, rev, "--", timeout=TIMEOUT)


def _file_changes(fields: Sequence[str]) -> Iterator[tuple[str, tuple[FileChange, ...]]]:
    """The changes of each commit in the raw form of `git log -z`: its id, then `:modes ids status`, path and new path of each file."""
    rest = iter(fields)
    commit, changes = "", list[FileChange]()
    for text in rest:
        text = text.lstrip("\n")
        if not text.startswith(":"):
            if commit:
                yield commit, tuple(changes)
            commit, changes = text, []
            continue
        (_, _, before, after, status), path = text.split(), next(rest)
        now = next(rest) if status.startswith("R") else path
        changes.append(FileChange(now, "" if status == "A" else path, status == "D", after, before))
    if commit:
        yield commit, tuple(changes)
