"""What is true over time: commits, what was in force at a moment, what changed when, and how points grew in number."""

from __future__ import annotations

from typing import Literal

import msgspec

from aicensus.model.census import Point, Prompt
from aicensus.model.changes import Change, RuleChange

Sure = Literal["committed", "released", "deployed", "proved"]
"""`committed`: it was in force on the branch; `released`: and the same in the newest release of then; `deployed`: and in what ran then by
the manifest; `proved`: a trace carries it."""


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


class Wording(_Record, frozen=True, kw_only=True):
    """One part of a prompt as it was at a moment."""

    prompt: Prompt
    since: Commit | None = None
    """The commit of the branch since which it read so; None where that cannot be told."""
    by: tuple[str, ...] = ()
    """Who wrote that: authors of the commits that a merge brought, the commit's own author otherwise."""


class Version(_Record, frozen=True, kw_only=True):
    """One point at one commit."""

    commit: Commit
    point: Point
    wordings: tuple[Wording, ...] = ()
    """The parts of its prompt in order."""
    digest: str = ""
    """Of the prompts' texts, the model and the parameters: 16 hex digits."""


class Release(_Record, frozen=True, kw_only=True):
    """What was out at a moment, in one environment or by tag."""

    name: str
    """The tag, else the commit."""
    source: Literal["tag", "manifest"]
    at: str
    """When it was tagged or deployed, ISO 8601."""
    environment: str = ""
    commit: str = ""
    """Empty where the repository lacks it."""
    version: Version | None = None
    """The point as it was in it; None where it was not there or cannot be read."""
    same: bool = False
    """Whether prompts, model and parameters are those of the branch at that moment."""


class Moment(_Record, frozen=True, kw_only=True):
    """What was in force for a point at a moment."""

    asked: str
    """The point as it was asked for."""
    at: str
    """ISO 8601 with its zone."""
    repo: str
    branch: str
    """The line of commits that was followed."""
    version: Version
    sure: Sure = "committed"
    releases: tuple[Release, ...] = ()
    """The newest tag and, by environment, the newest deployment of then."""
    now: str = ""
    """Id of the point today, where it is another one."""
    notes: tuple[str, ...] = ()


class Event(_Record, frozen=True, kw_only=True):
    """One commit of the branch that changed something about a point."""

    commit: Commit
    by: tuple[str, ...] = ()
    """Who wrote it, where the commit is a merge."""
    what: Literal["added", "changed", "moved"]
    point: str
    """Its id since then."""
    was: str = ""
    """Its id before, where that is another one."""
    changes: tuple[Change, ...] = ()
    rules: tuple[RuleChange, ...] = ()


class PointHistory(_Record, frozen=True, kw_only=True):
    """All that changed about a point, the newest first."""

    repo: str
    branch: str
    point: Point
    events: tuple[Event, ...]
    commits: int
    """Of the line that was followed."""
    scanned: int
    """Of those, how many were scanned."""
    notes: tuple[str, ...] = ()


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
