"""Rules that prompts state, in normal form, and what two of them are to one another."""

from __future__ import annotations

from typing import Literal

import msgspec

Modality = Literal["O", "F", "P", "R"]
Clause = Literal["main", "condition", "gate", "exception", "without", "reason", "universal"]
Label = Literal["duplicate", "contradiction", "refinement", "unrelated"]
VerdictName = Literal[
    "duplicate (exact)",
    "duplicate (equivalent)",
    "contradiction",
    "threshold conflict",
    "stricter",
    "conditional conflict",
    "tension",
    "compatible",
    "refines",
    "review",
    "unrelated",
]
RuleKind = Literal["obligation", "prohibition", "permission", "threshold", "eligibility", "tone", "format"]


class _Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    pass


class RuleLimit(_Record, frozen=True, kw_only=True):
    """A bound of a rule: `operator value dimension`, in the base unit of its dimension."""

    operator: Literal["<", "<=", "=", ">=", ">"]
    value: float
    dimension: str
    """`hours`, `business days`, `months`, `usd`, `percent`, `words`, `count of order`, ..."""
    role: Literal["boundary", "budget"]
    """`boundary` decides who gets what; `budget` bounds the assistant's own output."""
    text: str


class PromptRule(_Record, frozen=True, kw_only=True):
    """One normative sentence of a prompt."""

    text: str
    start: int
    """Place in the text of the prompt, in characters; `end` is exclusive."""
    end: int
    line: int
    """Within the prompt, from 1."""
    kind: RuleKind
    subject: str
    """What it decides about, in one to three words."""
    modality: Modality
    """O must, F must not, P may, R should."""
    action: str = ""
    object: str = ""
    bearer: str = ""
    """Who is bound, where the rule names somebody."""
    conditions: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    limits: tuple[RuleLimit, ...] = ()
    strength: Literal["absolute", "plain", "default"] = "plain"
    """`absolute`: always, whatever happens; `default`: it leaves room for other rules."""
    forbidden_by: str = ""
    """The line above its list that forbids: `never`."""
    placeholders: tuple[str, ...] = ()
    language: str = "en"


class Verdict(_Record, frozen=True, kw_only=True):
    """What two rules are to one another."""

    verdict: VerdictName
    label: Label
    confidence: Literal["sure", "likely", "review"]
    why: tuple[str, ...]
    """The slots that decided."""
    interval: str = ""
    """The cases in dispute, where a limit decides them."""
    resolve: str = ""
    """What would settle it."""
