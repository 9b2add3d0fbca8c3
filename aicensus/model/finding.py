"""Rules as documentation, findings, and the result of an audit."""

from __future__ import annotations

import enum

import msgspec

from aicensus.model.census import Census, Evidence
from aicensus.model.growth import Trend
from aicensus.model.rulebook import RulesInPrompts


class Severity(enum.StrEnum):
    """How bad a finding is; how sure belongs to the fact."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for error, 1 for warning, 2 for note."""
        return list(Severity).index(self)


class _Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    pass


class RuleInfo(_Record, frozen=True, kw_only=True):
    """A rule's documentation: its `aicensus explain` page, its SARIF help, its row in the docs."""

    code: str
    name: str
    """Reads well after "allow": `no-owner`."""
    severity: Severity
    what: str
    why: str
    fix: str
    standards: tuple[str, ...] = ()


class Finding(_Record, frozen=True, kw_only=True):
    """One rule violation."""

    code: str
    severity: Severity
    message: str
    repo: str
    path: str
    """Empty for a finding about the whole census."""
    line: int = 0
    points: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    """Whom to ask."""
    next: str
    """What to do about this one."""
    evidence: tuple[Evidence, ...] = ()
    fingerprint: str
    """Code and the rule's own key, never a line: 32 hex digits."""
    confidence: str = "certain"


class Accepted(_Record, frozen=True, kw_only=True):
    """A finding that somebody accepted: by waiver in the manifest, by suppression at the line, or all at once by a baseline."""

    finding: Finding
    how: str
    """`waiver`, `inline` or `baseline`."""
    reason: str
    by: str = ""
    until: str = ""
    """ISO date, inclusive; empty for none."""


class AuditResult(_Record, frozen=True, kw_only=True):
    """What an audit says, with the census it judged."""

    version: int = 1
    tool_version: str = ""
    as_of: str
    """ISO date the rules were judged at."""
    census: Census
    findings: tuple[Finding, ...] = ()
    """Reported, worst first."""
    accepted: tuple[Accepted, ...] = ()
    since: str = ""
    """Commit that the findings were compared with: those that it has already are in `earlier`. Empty where nothing was compared."""
    earlier: tuple[Finding, ...] = ()
    rules: tuple[RuleInfo, ...] = ()
    rules_in_prompts: RulesInPrompts = RulesInPrompts()
    growth: tuple[Trend, ...] = ()
    """Of each repository over its history, where that was asked for."""
