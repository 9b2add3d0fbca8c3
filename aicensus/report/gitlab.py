"""The findings as a code quality report of GitLab."""

from __future__ import annotations

import json

from aicensus.model.finding import AuditResult, Finding, Severity
from aicensus.report.overview import where, worst_first
from aicensus.report.visible import encodable, visible

_SEVERITY = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(result: AuditResult) -> str:
    """Return the findings, worst first, those that were there before included.

    GitLab itself tells by the fingerprints which ones a merge request adds and which it mends: what is left out counts as mended.
    """
    return json.dumps([_issue(finding) for finding in worst_first((*result.findings, *result.earlier))], indent=2) + "\n"


def _issue(finding: Finding) -> dict[str, object]:
    path, line = where(finding)
    return {
        "description": visible(f"{finding.message}. Next: {finding.next}" if finding.next else finding.message),
        "check_name": finding.code,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITY[finding.severity],
        "location": {"path": encodable(path), "lines": {"begin": max(line, 1)}},
    }
