"""Findings that the baseline keeps, and its entries that keep nothing any more."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from aicensus.audit.rule import Hit
from aicensus.model.census import Evidence
from aicensus.model.finding import Accepted, Finding
from aicensus.model.settings import Baseline, BaselineEntry


def part(findings: Sequence[Finding], baseline: Baseline) -> tuple[list[Finding], list[Accepted]]:
    """Part findings into those that are reported and those that the baseline keeps."""
    kept = {entry.fingerprint for entry in baseline.entries}
    reported = [finding for finding in findings if finding.fingerprint not in kept]
    reason = f"in {baseline.path}"
    return reported, [Accepted(finding=finding, how="baseline", reason=reason) for finding in findings if finding.fingerprint in kept]


def stale(baseline: Baseline, findings: Collection[Finding], active_codes: Collection[str]) -> tuple[BaselineEntry, ...]:
    """Entries that match none of all the findings, accepted ones included. Those of rules that are switched off are not called stale."""
    found = {finding.fingerprint for finding in findings}
    return tuple(entry for entry in baseline.entries if entry.fingerprint not in found and entry.code in active_codes)


def stale_hit(baseline: Baseline, entries: Sequence[BaselineEntry]) -> Hit:
    """One hit of MAN002 for all stale entries of a file, each of them its evidence."""
    words = "1 entry of the baseline matches" if len(entries) == 1 else f"{len(entries)} entries of the baseline match"
    return Hit(
        message=f"{words} no finding any more",
        next="run `aicensus baseline prune`, so that what is mended cannot come back unseen",
        key=("baseline", baseline.path),
        repo="",
        path=baseline.path,
        line=baseline.lines.get(entries[0].fingerprint, 0),
        evidence=tuple(_evidence(baseline, entry) for entry in entries),
        milder=1,
    )


def _evidence(baseline: Baseline, entry: BaselineEntry) -> Evidence:
    what = (*entry.points, entry.path)[0]
    return Evidence(path=baseline.path, line=baseline.lines.get(entry.fingerprint, 0), what=f"{entry.code} {what}".strip())
