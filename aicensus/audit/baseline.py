"""Findings that the baseline keeps, and its entries that keep nothing any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import msgspec

from aicensus.audit.rule import Hit
from aicensus.model.census import Evidence
from aicensus.model.finding import Accepted, Finding
from aicensus.model.settings import Baseline, BaselineEntry


def followed(baseline: Baseline, findings: Sequence[Finding]) -> Baseline:
    """The baseline with the entries of files that moved as entries of the findings that are there now: same rule, file and points."""
    found = {finding.fingerprint for finding in findings}
    known = {entry.fingerprint for entry in baseline.entries}
    by_place: dict[object, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.fingerprint not in known:
            by_place[finding.code, finding.path, finding.points].append(finding)
    entries, lines = [], dict(baseline.lines)
    for entry in baseline.entries:
        path, points = _now(entry.path, baseline.moved), tuple(_now(point, baseline.moved) for point in entry.points)
        moved = (path, points) != (entry.path, entry.points)
        if moved and entry.fingerprint not in found and (there := by_place[entry.code, path, points]):
            fingerprint = there.pop(0).fingerprint
            lines[fingerprint] = lines.get(entry.fingerprint, 0)
            entry = BaselineEntry(code=entry.code, path=path, points=points, fingerprint=fingerprint)
        entries.append(entry)
    return msgspec.structs.replace(baseline, entries=tuple(entries), lines=lines)


def _now(name: str, moved: Mapping[str, str]) -> str:
    """A path, or the id of a point in a file, under its new name."""
    path, sign, rest = name.partition("::")
    return moved.get(path, path) + sign + rest


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
