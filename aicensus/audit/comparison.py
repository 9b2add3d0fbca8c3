"""Two audits of the same code: which findings a change brings, whatever it moves or renames."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from aicensus.model.changes import CensusDiff
from aicensus.model.finding import AuditResult


def new_names(diff: CensusDiff, moved: Mapping[str, str]) -> dict[str, str]:
    """New ids of points and prompts, and new paths of files that git saw move, by their old ones, where they differ."""
    points = {pair.old.id: pair.new.id for pair in diff.points if pair.moved}
    prompts = {pair.old.id: pair.new.id for pair in diff.prompts if pair.moved}
    return {**moved, **prompts, **points}


def only_new(result: AuditResult, before: AuditResult, commit: str) -> AuditResult:
    """The audit with only those findings that `before`, the audit of `commit` with the new names, does not report.

    A finding that was accepted there and no longer is counts as new: the change took its waiver or suppression away.
    """
    known = {finding.fingerprint for finding in before.findings}
    return msgspec.structs.replace(
        result,
        findings=tuple(finding for finding in result.findings if finding.fingerprint not in known),
        earlier=tuple(finding for finding in result.findings if finding.fingerprint in known),
        since=commit,
    )
