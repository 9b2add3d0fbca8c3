"""What stands in the way of a change, as text for its author: each finding with whom to ask and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from aicensus.model.finding import AuditResult, Finding
from aicensus.report.layout import HEADING, PLAIN, QUIET, STYLES, Look, Page
from aicensus.report.overview import Group, grouped, plural
from aicensus.report.terminal import place

MOST = 25
"""Findings shown of one code."""


def render(result: AuditResult, failing: Sequence[Finding], look: Look = PLAIN) -> str:
    """Return the findings that fail a check, and how many others there are that do not."""
    page = Page(look)
    several = len(result.census.repositories) > 1
    groups = grouped(failing, result.rules)
    for group in groups:
        _group(page, group, several)
    page.gap()
    new = f", new since {result.since[:12]}" if result.since else ""
    page.line((f"{plural(len(failing), 'finding')}{new}", HEADING), *_others(result, failing))
    page.line(f"`aicensus explain {groups[0].code}` says why it matters; `aicensus scan` shows everything.")
    return page.text()


def _group(page: Page, group: Group, several: bool) -> None:
    page.gap()
    severity = group.severity.value
    page.line((severity, STYLES[severity]), " ", (f"{group.code} {group.rule.name if group.rule else ''}".strip(), HEADING))
    if group.rule:
        page.line(group.rule.what, indent=2)
    for finding in group.findings[:MOST]:
        page.line((place(finding.repo, finding.path, finding.line, several), HEADING), f"  {finding.message}", indent=2, hang=4)
        if finding.next:
            page.line(("fix: ", QUIET), finding.next, indent=4, hang=5)
        if finding.owners:
            page.line(("ask: ", QUIET), ", ".join(finding.owners), indent=4, hang=5)
    if len(group.findings) > MOST:
        page.line((f"and {len(group.findings) - MOST:,} more", QUIET), indent=2)


def _others(result: AuditResult, failing: Sequence[Finding]) -> list[str]:
    counts = (
        (len(result.findings) - len(failing), "below the threshold"),
        (len(result.accepted), "accepted"),
        (len(result.earlier), "there before"),
    )
    said = ", ".join(f"{number:,} {what}" for number, what in counts if number)
    return [f"; not shown: {said}"] if said else []
