"""A change that is judged for what it adds or alters."""

from __future__ import annotations

import msgspec

from aicensus.model.changes import CensusDiff


class _Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    pass


class Commit(_Record, frozen=True, kw_only=True):
    """One commit of a change."""

    id: str
    author: str
    """`Maria Lopez <maria@example.com>`."""
    reviewers: tuple[str, ...] = ()
    """Whom its trailers name as having reviewed, acknowledged or approved it, as written."""
    paths: tuple[str, ...] = ()
    """Files that it touches."""


class Since(_Record, frozen=True, kw_only=True):
    """What differs between the commit from which a change parted and the change."""

    commit: str
    diff: CensusDiff
    touched: frozenset[str] = frozenset()
    """Paths of files that hold something else now, new ones included, by the names they have now."""
    commits: tuple[Commit, ...] = ()
    """Commits of the change, newest first; what is not committed yet is in none of them."""
