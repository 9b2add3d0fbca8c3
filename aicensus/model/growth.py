"""Commits, and how the purposes in production grew in number along them."""

from __future__ import annotations

from typing import Literal

import msgspec


class _Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    pass


class Commit(_Record, frozen=True, kw_only=True):
    """One commit. Times are ISO 8601 with their zone."""

    id: str
    at: str
    """When it was committed."""
    author: str
    email: str
    authored: str
    """When its author wrote it; a rebase keeps this and changes `at`."""
    subject: str
    parents: int = 1


class Sample(_Record, frozen=True, kw_only=True):
    """The purposes in production at the end of a period."""

    at: str
    """ISO date: the last day of the period."""
    commit: Commit
    points: int
    by_owner: dict[str, int]
    by_provider: dict[str, int]
    by_kind: dict[str, int]
    by_ownership: dict[str, int]
    """`person`, `team`, `nobody`."""
    added: int = 0
    """Since the sample before."""
    removed: int = 0
    undecided: tuple[str, ...] = ()
    """Ids of those added that had no owner or no declared purpose in the commit of the branch that brought them."""


class Trend(_Record, frozen=True, kw_only=True):
    """How the purposes in production of one repository grew."""

    repo: str
    branch: str
    every: Literal["month", "quarter"]
    samples: tuple[Sample, ...]
    commits: int
    first: Commit | None = None
    """The commit with which the first purpose in production came, to the precision of its file; None where there is none."""
    months: int | None = None
    """Whole months from the first purpose to the last sample."""
    light: Literal["green", "amber", "red", ""] = ""
    """Under 12 months green, up to 24 amber, above red."""
    growth: float | None = None
    """Points of the last sample by those of twelve months before; None where there were none."""
    notes: tuple[str, ...] = ()
