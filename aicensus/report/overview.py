"""The numbers and orders that all reports agree on. Points that are only possible do not count; they are listed under coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from aicensus.model.census import Census, Ownership, Point
from aicensus.model.finding import AuditResult, Finding, RuleInfo, Severity

NO_OWNER = "no owner"
SCOPES = {"prod": "production", "test": "tests", "example": "examples", "docs": "docs"}
_WHOLE = "aicensus.yaml"
"""Where a finding about the whole is shown: the file in which it can be answered."""

Counts = tuple[tuple[str, int], ...]


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """What an audit comes to. Unless said otherwise the counts are of purposes in production: points that are not gateways."""

    purposes: int
    gateways: int
    """In production."""
    elsewhere: int
    """Points in tests, examples and docs."""
    owned: int
    consequential: int
    undecided: int
    """Nobody has said whether they are consequential."""
    model_known: int
    unreachable: int
    files: int
    """Files listed."""
    read: int
    """Files of a language with a front end."""
    parsed: int
    unread: int
    unresolved: int
    errors: int
    warnings: int
    notes: int
    accepted: int
    by_owner: Counts
    by_provider: Counts
    by_kind: Counts
    by_role: Counts
    """Of all points in production."""
    by_scope: Counts
    """Of all points."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The findings of one code, and its rule where the audit carries it."""

    code: str
    severity: Severity
    """The worst among them."""
    rule: RuleInfo | None
    findings: tuple[Finding, ...]


def overview(result: AuditResult) -> Overview:
    """Count what the audit holds."""
    census = result.census
    points = counted(census)
    production = [point for point in points if point.scope == "prod"]
    purposes = [point for point in production if point.role != "gateway"]
    severities = Counter(finding.severity for finding in result.findings)
    return Overview(
        purposes=len(purposes),
        gateways=len(production) - len(purposes),
        elsewhere=len(points) - len(production),
        owned=sum(point.ownership.owner is not None for point in purposes),
        consequential=sum(point.consequential == "yes" for point in purposes),
        undecided=sum(point.consequential == "unknown" for point in purposes),
        model_known=sum(bool(point.model.id or point.model.candidates) for point in purposes),
        unreachable=sum(point.reach == "unreachable" for point in purposes),
        files=census.coverage.files,
        read=census.coverage.considered,
        parsed=census.coverage.analysed,
        unread=len(census.coverage.unread),
        unresolved=len(census.coverage.unresolved),
        errors=severities[Severity.ERROR],
        warnings=severities[Severity.WARNING],
        notes=severities[Severity.NOTE],
        accepted=len(result.accepted),
        by_owner=_counts(purposes, owner_of),
        by_provider=_counts(purposes, lambda point: point.provider),
        by_kind=_counts(purposes, lambda point: point.kind),
        by_role=_counts(production, lambda point: point.role),
        by_scope=_counts(points, lambda point: SCOPES[point.scope]),
    )


def counted(census: Census) -> tuple[Point, ...]:
    """Return the points that count: certain and likely ones."""
    return tuple(point for point in census.points if point.confidence != "possible")


def owner_of(point: Point) -> str:
    """Return the team, else the owner, by which a point is counted."""
    return owner_name(point.ownership)


def owner_name(ownership: Ownership) -> str:
    return ownership.team or ownership.owner or NO_OWNER


def grouped(findings: Iterable[Finding], rules: Iterable[RuleInfo]) -> tuple[Group, ...]:
    """Return the findings by code: the worst code first, and within one severity that with the most findings."""
    known = {rule.code: rule for rule in rules}
    by_code: dict[str, list[Finding]] = {}
    for finding in worst_first(findings):
        by_code.setdefault(finding.code, []).append(finding)
    groups = [Group(code=code, severity=found[0].severity, rule=known.get(code), findings=tuple(found)) for code, found in by_code.items()]
    return tuple(sorted(groups, key=lambda group: (group.severity.rank, -len(group.findings), group.code)))


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings by severity; those of one severity keep their order."""
    return sorted(findings, key=lambda finding: finding.severity.rank)


def where(finding: Finding) -> tuple[str, int]:
    """Return path and line at which a code host shows a finding: hosts refuse one without a place. The line is 0 for a whole file."""
    if finding.path:
        return finding.path, finding.line
    return next(((seen.path, seen.line) for seen in finding.evidence if seen.path), (_WHOLE, 1))


def severities(findings: Iterable[Finding]) -> str:
    """Return `3 errors, 1 note`."""
    found = Counter(finding.severity for finding in findings)
    return ", ".join(plural(found[severity], severity.value) for severity in Severity if found[severity])


def first_few(counts: Counts, most: int) -> tuple[Counts, Counts]:
    """Return the first counts and the rest, which is never a single one."""
    return (counts[:most], counts[most:]) if len(counts) > most + 1 else (counts, ())


def plural(number: int, noun: str, several: str = "") -> str:
    """Return `1 file`, `1,204 files`."""
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"


def _counts(points: Iterable[Point], label: Callable[[Point], str]) -> Counts:
    counter = Counter(label(point) for point in points)
    return tuple(sorted(counter.items(), key=lambda item: (-item[1], item[0])))
