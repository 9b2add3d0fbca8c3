"""The findings as rows for a spreadsheet: reported ones, then accepted ones with who accepted them."""

from __future__ import annotations

from collections.abc import Iterator

from aicensus.model.finding import AuditResult, Finding
from aicensus.report.sheet import sheet

COLUMNS = (
    *("status", "severity", "code", "repo", "path", "line", "message", "next", "owners", "points", "confidence", "fingerprint"),
    *("reason", "accepted_by", "until"),
)


def render(result: AuditResult) -> str:
    """Return one row a finding. `status` is `reported`, `earlier` where a comparison found it there before, or how it was accepted."""
    return sheet(COLUMNS, _rows(result))


def _rows(result: AuditResult) -> Iterator[tuple[object, ...]]:
    for finding in result.findings:
        yield _row("reported", finding)
    for finding in result.earlier:
        yield _row("earlier", finding)
    for one in result.accepted:
        yield _row(one.how, one.finding, one.reason, one.by, one.until)


def _row(status: str, finding: Finding, reason: str = "", by: str = "", until: str = "") -> tuple[object, ...]:
    one = finding
    place = (one.repo, one.path, one.line or "")
    return (
        *(status, one.severity.value, one.code, *place, one.message, one.next, one.owners, one.points, one.confidence, one.fingerprint),
        *(reason, by, until),
    )
