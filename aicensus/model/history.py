"""What is true over time: what was in force at a moment, and what changed when."""

from __future__ import annotations

from typing import Literal

import msgspec

from aicensus.model.census import Point, Prompt
from aicensus.model.changes import Change, RuleChange
from aicensus.model.growth import Commit

Sure = Literal["committed", "released", "deployed", "proved"]
"""`committed`: it was in force on the branch; `released`: and the same in the newest release of then; `deployed`: and in what ran then by
the manifest; `proved`: a trace carries it."""


class _Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    pass


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
