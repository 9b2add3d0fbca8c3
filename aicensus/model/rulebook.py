"""The business rules that prompts state, as an audit found them: what reports show of them."""

from __future__ import annotations

from typing import Literal

import msgspec

from aicensus.model.rules import PromptRule, Verdict


class _Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    pass


class StatedRule(_Record, frozen=True, kw_only=True):
    """A rule where a prompt states it."""

    repo: str
    path: str
    line: int
    prompt: str
    """Id of the prompt."""
    owners: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    """Ids of the points that the prompt reaches, in its repository."""
    subjects: tuple[str, ...] = ()
    """Decision subjects that it decides about."""
    rule: PromptRule


class ComparedRules(_Record, frozen=True, kw_only=True):
    """Two rules, by their places in the list of rules, and what they are to one another."""

    first: int
    second: int
    verdict: Verdict


class DecidingPoint(_Record, frozen=True, kw_only=True):
    """A point that decides a subject."""

    repo: str
    point: str
    owner: str = ""
    declared: bool = False
    """Somebody said so; else the rules in its prompts show it."""
    rules: tuple[int, ...] = ()
    """Its rules on the subject, by their places in the list of rules."""


class DecidedSubject(_Record, frozen=True, kw_only=True):
    """A decision subject, who decides it and who wins."""

    name: str
    points: tuple[DecidingPoint, ...] = ()
    wins: tuple[tuple[int, int], ...] = ()
    """Winner and loser, by their places in `points`."""
    unsettled: tuple[tuple[int, int], ...] = ()
    """Pairs of points that nothing puts in order."""
    needed: int = 0
    """Declarations that would put them in order."""
    circular: bool = False
    tie: Literal["", "stricter", "earlier", "later", "arbiter"] = ""
    arbiter: str = ""
    fallback: str = ""


class RulesInPrompts(_Record, frozen=True, kw_only=True):
    """The business rules in prompts of the points that count; tone, format and persona are left out."""

    rules: tuple[StatedRule, ...] = ()
    """In the order of their places."""
    pairs: tuple[ComparedRules, ...] = ()
    """Conflicts and equal rules; of rules in the same words the first stands for all."""
    subjects: tuple[DecidedSubject, ...] = ()
    skipped: int = 0
    """Pairs that share a rare word and were not compared."""
    unanalysed: tuple[tuple[str, str, str], ...] = ()
    """Repository, prompt and language of prompts in languages that are not analysed."""
