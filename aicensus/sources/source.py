"""A tree to scan: a git work tree, a git revision or a plain folder, behind one interface."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from aicensus.gitcommand import GitError, run_git
from aicensus.model.errors import SourceError, UnreadError
from aicensus.model.sources import LeftOut, SourceFile, Unread
from aicensus.sources.content import Judge
from aicensus.sources.folder import list_folder
from aicensus.sources.listing import Listing
from aicensus.sources.reading import Reader
from aicensus.sources.revision import list_revision
from aicensus.sources.worktree import list_work_tree

ARCHIVES = (".tar", ".tgz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".zip")
"""Endings of the files that can be named in place of a folder."""


@dataclass(frozen=True)
class Source:
    """What there is to read. Every path is relative to `root`, posix, and in exactly one of the three tuples."""

    root: Path
    repo: str
    """Name of the root's folder, or of the one in an archive."""
    revision: str | None
    """Commit that the files are of, or that the work tree started from; None outside of git and before the first commit."""
    committed_at: datetime | None
    """When `revision` was committed, with its time zone."""
    modified: bool
    """The work tree's files are not those of `revision`; untracked files do not count."""
    files: tuple[SourceFile, ...]
    """Sorted by path. Whether one is binary or too large shows when it is read."""
    unread: tuple[Unread, ...]
    """Sorted: submodules, pipes, what is not checked out, folders that cannot be entered."""
    left_out: tuple[LeftOut, ...]
    """Sorted: links, and what its neighbours show to be vendored. What only its content shows is for `judge` to say."""
    notes: tuple[str, ...]
    """Sentences about the whole: why a repository is read as a plain folder."""
    reader: Reader = field(repr=False)
    """Reads the files of `files`; goes to other processes where the whole source would be too large."""
    judge: Judge = field(repr=False)
    """Knows vendored, generated, minified and compiled content of this tree."""

    def read(self, path: str) -> bytes:
        """Return the bytes of one of `files`. Raises UnreadError with the reason when they cannot or should not be read."""
        file = self._by_path.get(path)
        if file is None:
            raise UnreadError("no such file")
        return self.reader.read(file)

    @cached_property
    def _by_path(self) -> dict[str, SourceFile]:
        return {file.path: file for file in self.files}


def open_source(path: Path, *, rev: str | None = None) -> Source:
    """List what there is to read at `path`: a folder, a folder inside a work tree, a bare repository, or an archive of files.

    With `rev` (anything that names a commit) the files are those of that revision, read from the object database; a bare
    repository without `rev` is read at its HEAD. A repository that git cannot or will not read becomes a plain folder, and
    `notes` says so. Raises SourceError when there is no such folder, archive or revision.
    """
    if not path.is_dir():
        return _open_archive(path, rev)
    root = path.resolve()
    top = next((folder for folder in (root, *root.parents) if _holds_repository(folder)), None)
    if rev is not None or (top != root and _is_bare(root)):
        return _open_revision(root, "HEAD" if rev is None else rev, top)
    if top is None:
        return _source(root, list_folder(root))
    try:
        return _open_work_tree(root, top)
    except GitError as error:
        return _source(root, list_folder(root), notes=(_why_plain(error),))


def _open_archive(path: Path, rev: str | None) -> Source:
    if not path.is_file():
        raise SourceError(f"{path}: {'neither a folder nor an archive' if path.exists() else 'there is no such folder'}")
    if path.suffix not in ARCHIVES:
        raise SourceError(f"{path}: a file; name the folder it is in")
    if rev is not None:
        raise SourceError(f"{path}: an archive holds one revision; leave out `--rev`")
    from aicensus.sources.archive import list_archive

    found = list_archive(path)
    return _source(path.resolve(), found.listing, found.revision, found.committed_at, name=found.name)


def _open_revision(root: Path, rev: str, top: Path | None) -> Source:
    try:
        if rev.startswith("-"):
            raise GitError(b"a revision does not start with a dash")
        named = run_git(root, "rev-parse", "--verify", f"{rev}^{{commit}}", work_tree=top).decode().strip()
        commit, committed_at = _commit(root, named, top)
    except GitError as error:
        raise SourceError(_why_no_revision(root, rev, error)) from None
    try:
        return _source(root, list_revision(root, commit, top), commit, committed_at)
    except GitError as error:
        lacks = f"the files of {rev} cannot be listed ({error})"
        raise SourceError(f"{root}: {lacks}; where the clone is a partial one, clone without `--filter`") from None


def _open_work_tree(root: Path, top: Path) -> Source:
    listing = list_work_tree(root, top)
    if not (listing.files or listing.unread or listing.left_out) and root != top:
        return _source(root, list_folder(root), notes=("git ignores this folder: it is read as a plain folder",))
    try:
        commit, committed_at = _commit(root, "HEAD", top)
    except GitError:
        return _source(root, listing)
    # Compares two listings inside of git; no file is opened.
    staged = run_git(root, "diff-index", "--cached", "--no-ext-diff", "--no-textconv", "--no-renames", commit, "--", ".", work_tree=top)
    listing.modified |= bool(staged)
    return _source(root, listing, commit, committed_at)


def _commit(root: Path, rev: str, top: Path | None) -> tuple[str, datetime]:
    shown = run_git(root, "log", "-1", "--no-show-signature", "--no-ext-diff", "--format=%H %cI", rev, "--", work_tree=top)
    commit, committed_at = shown.decode().split()
    return commit, datetime.fromisoformat(committed_at)


def _source(
    root: Path,
    listing: Listing,
    revision: str | None = None,
    committed_at: datetime | None = None,
    notes: tuple[str, ...] = (),
    name: str = "",
) -> Source:
    by_path = {file.path: file for file in listing.files}
    judge = Judge.of(by_path.values(), listing.reader)
    left_out = {path: reason for path in by_path if (reason := judge.by_name(path))}
    return Source(
        root=root,
        repo=name or root.name.removesuffix(".git") or "root",
        revision=revision,
        committed_at=committed_at,
        modified=listing.modified,
        files=tuple(file for path, file in sorted(by_path.items()) if path not in left_out),
        unread=tuple(sorted(set(listing.unread))),
        left_out=tuple(sorted([*listing.left_out, *(LeftOut(path, reason) for path, reason in left_out.items())])),
        notes=notes,
        reader=listing.reader,
        judge=judge,
    )


def _holds_repository(folder: Path) -> bool:
    git = folder / ".git"
    return git.is_file() or (git / "HEAD").exists()


def _is_bare(folder: Path) -> bool:
    return all((folder / name).exists() for name in ("HEAD", "objects", "refs"))


def _why_plain(error: GitError) -> str:
    if error.refused:
        return "the repository belongs to another user and git refuses it: it is read as a plain folder"
    return f"git cannot read this repository ({error}): it is read as a plain folder"


def _why_no_revision(root: Path, rev: str, error: GitError) -> str:
    if error.refused:
        trust = f"git config --global --add safe.directory {root}"
        return f"{root}: git refuses this repository, it belongs to another user; `{trust}` trusts it"
    return f"{root}: no revision {rev!r} to read ({error})"
