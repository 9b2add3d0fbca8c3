"""What differs between two censuses or audits of the same code."""

from __future__ import annotations

from typing import Literal

import msgspec

from aicensus.model.census import Point, Prompt, State
from aicensus.model.finding import Finding
from aicensus.model.rules import PromptRule

Aspect = Literal[
    "prompt",
    "model",
    "model source",
    "provider",
    "parameter",
    "owner",
    "team",
    "purpose",
    "consequential",
    "state",
    "scope",
    "kind",
    "role",
    "call",
    "reach",
]


class _Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    pass


class Change(_Record, frozen=True, kw_only=True):
    """One fact of a point that is another one now."""

    what: Aspect
    name: str = ""
    """Which one, where a point has several: a parameter's name, a prompt's id as it is now (as it was, where it is gone)."""
    old: str = ""
    """As text; empty where there was none or it was not known."""
    new: str = ""
    """As text; empty where there is none any more or it is not known."""


class PointPair(_Record, frozen=True, kw_only=True):
    """A point that is on both sides."""

    old: Point
    new: Point
    same_by: Literal["id", "move", "content"]
    """`id`: the id, or another number in its symbol; `move`: the file was moved; `content`: the callee with the prompts or the symbol."""
    changes: tuple[Change, ...] = ()

    @property
    def moved(self) -> bool:
        return self.old.id != self.new.id


class PromptPair(_Record, frozen=True, kw_only=True):
    """A prompt that is on both sides."""

    old: Prompt
    new: Prompt

    @property
    def moved(self) -> bool:
        return self.old.id != self.new.id

    @property
    def changed(self) -> bool:
        """Whether it says something else, white space aside."""
        return self.old.hash != self.new.hash


class Tally(_Record, frozen=True, kw_only=True):
    """How many purposes in production a model, provider or owner has."""

    name: str
    old: int
    new: int


class CensusDiff(_Record, frozen=True, kw_only=True):
    """Two censuses of the same code: `points` and `prompts` hold every pair, unchanged ones too; possible points do not count."""

    points: tuple[PointPair, ...] = ()
    points_added: tuple[Point, ...] = ()
    points_removed: tuple[Point, ...] = ()
    prompts: tuple[PromptPair, ...] = ()
    prompts_added: tuple[Prompt, ...] = ()
    prompts_removed: tuple[Prompt, ...] = ()
    state_added: tuple[State, ...] = ()
    """One access for each store, name and way of access that was not there before."""
    state_removed: tuple[State, ...] = ()
    models: tuple[Tally, ...] = ()
    """Those whose number is another."""
    providers: tuple[Tally, ...] = ()
    owners: tuple[Tally, ...] = ()

    @property
    def points_moved(self) -> tuple[PointPair, ...]:
        return tuple(pair for pair in self.points if pair.moved)

    @property
    def points_changed(self) -> tuple[PointPair, ...]:
        return tuple(pair for pair in self.points if pair.changes)


class RuleChange(_Record, frozen=True, kw_only=True):
    """A rule that a prompt states on one side only, or in other words on either."""

    prompt: Prompt
    """As it is now; as it was, where it is gone."""
    old: PromptRule | None = None
    new: PromptRule | None = None


class FindingsDiff(_Record, frozen=True, kw_only=True):
    """Findings of two audits; one that only moved with its point or file is in both."""

    added: tuple[Finding, ...] = ()
    removed: tuple[Finding, ...] = ()
    kept: tuple[tuple[Finding, Finding], ...] = ()
    """Before and now."""


class AuditDiff(_Record, frozen=True, kw_only=True):
    """Two audits of the same code."""

    census: CensusDiff
    rules: tuple[RuleChange, ...] = ()
    findings: FindingsDiff = FindingsDiff()
