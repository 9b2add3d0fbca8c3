"""The findings as SARIF 2.1.0, within the limits of the large code hosts. Prompt text is never in it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from aicensus.model.census import Census, UnreadFile
from aicensus.model.finding import AuditResult, Finding, RuleInfo, Severity
from aicensus.report.overview import overview, where, worst_first
from aicensus.report.visible import encodable, visible

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_RESULTS = 25_000
MOST_TAGS = 20
MOST_LOCATIONS = 100
MOST_NOTIFICATIONS = 1_000

_PROBLEM = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}
_SECURITY = {Severity.ERROR: "8.0", Severity.WARNING: "5.0", Severity.NOTE: "2.0"}

Json = dict[str, Any]


def render(result: AuditResult) -> str:
    """Return one run: the findings worst first, unread files as notifications.

    Accepted findings are counted and left out: the largest code host knows no suppressions and would open an alert for each.
    Lines count from 1. A path is relative to its repository, which is the base `%SRCROOT%`; each of several has a base of its own name.
    """
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(result)]}
    return json.dumps(log, indent=2, ensure_ascii=True) + "\n"


def _run(result: AuditResult) -> Json:
    bases = _bases(result.census)
    index = {rule.code: at for at, rule in enumerate(result.rules)}
    declared = frozenset(point.id for point in result.census.points if point.role == "config")
    results = [_result(finding, index, bases, declared) for finding in worst_first(result.findings)]
    driver = {
        "name": "aicensus",
        **({"semanticVersion": result.tool_version} if result.tool_version else {}),
        "rules": [_rule(rule) for rule in result.rules],
        "notifications": [_NOT_READ, _CUT],
    }
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": "aicensus/"},
        "invocations": [_invocation(result.census, bases, len(results) - MOST_RESULTS)],
        "originalUriBaseIds": {
            base: {"description": {"text": f"The root of the repository {visible(repo)}."}} for repo, base in bases.items()
        },
        "results": results[:MOST_RESULTS],
        "properties": {"asOf": result.as_of, "catalog": result.census.catalog, "summary": _numbers(result)},
    }


def _bases(census: Census) -> dict[str, str]:
    names = [repository.name for repository in census.repositories]
    return {names[0]: "%SRCROOT%"} if len(names) == 1 else {name: visible(name) for name in names}


def _numbers(result: AuditResult) -> Json:
    numbers = overview(result)
    return {
        "purposes": numbers.purposes,
        "gateways": numbers.gateways,
        "filesRead": numbers.read,
        "filesListed": numbers.files,
        "accepted": numbers.accepted,
    }


def _rule(rule: RuleInfo) -> Json:
    security = rule.code.startswith("SEC")
    tags = [*(["security"] if security else []), "llm", rule.code.rstrip("0123456789").lower(), *rule.standards]
    standards = f"\n\nStandards: {', '.join(rule.standards)}" if rule.standards else ""
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": visible(rule.what)},
        "fullDescription": {"text": visible(f"{rule.what} {rule.why}")},
        "help": {
            "text": f"{rule.what}\n\nWhy: {rule.why}\n\nFix: {rule.fix}{standards}",
            "markdown": f"**{rule.what}**\n\n{rule.why}\n\n**Fix.** {rule.fix}{standards}",
        },
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {
            "tags": tags[:MOST_TAGS],
            "precision": "high",
            "problem.severity": _PROBLEM[rule.severity],
            **({"security-severity": _SECURITY[rule.severity]} if security else {}),
        },
    }


def _result(finding: Finding, index: dict[str, int], bases: dict[str, str], declared: frozenset[str]) -> Json:
    related = [seen for seen in finding.evidence if (seen.path, seen.line) != (finding.path, finding.line)][:MOST_LOCATIONS]
    return {
        "ruleId": finding.code,
        **({"ruleIndex": index[finding.code]} if finding.code in index else {}),
        "level": finding.severity.value,
        "message": {"text": _message(finding)},
        "locations": [_location(finding, bases, declared)],
        **({"relatedLocations": [_place(seen.path, seen.line, finding.repo, bases) for seen in related]} if related else {}),
        "partialFingerprints": {"aicensus/v1": finding.fingerprint},
        "properties": {"owners": [visible(owner) for owner in finding.owners], "confidence": finding.confidence},
    }


def _message(finding: Finding) -> str:
    """Return the message and what to do; brackets that would read as a link of the format lose that meaning."""
    text = visible(f"{finding.message}. Next: {finding.next}" if finding.next else finding.message)
    return text.replace("[", "\\[").replace("]", "\\]") if "](" in text else text


def _location(finding: Finding, bases: dict[str, str], declared: frozenset[str]) -> Json:
    """`declared` are the points that stand in configuration and in no function."""
    points = finding.points[:MOST_LOCATIONS]
    names = [{"fullyQualifiedName": visible(point), "kind": "object" if point in declared else "function"} for point in points]
    place = _place(*where(finding), finding.repo, bases)
    return {**place, **({"logicalLocations": names} if names else {})}


def _place(path: str, line: int, repo: str, bases: dict[str, str]) -> Json:
    base = {"uriBaseId": bases[repo]} if repo in bases else {}
    artifact = {"uri": quote(encodable(path), safe="/"), **base}
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": max(line, 1)}}}


def _invocation(census: Census, bases: dict[str, str], cut: int) -> Json:
    unread = census.coverage.unread
    notes = [_unread(file, bases) for file in unread[:MOST_NOTIFICATIONS]]
    over = [(cut, "results"), (len(unread) - MOST_NOTIFICATIONS, "files that were not read")]
    notes += [
        _notice(_CUT["id"], "note", f"{number} {what} are left out for the limits of the format's readers.")
        for number, what in over
        if number > 0
    ]
    return {"executionSuccessful": True, "toolExecutionNotifications": notes}


def _unread(file: UnreadFile, bases: dict[str, str]) -> Json:
    notice = _notice(_NOT_READ["id"], "warning", visible(f"{file.path or file.repo}: {file.reason}"))
    return {**notice, "locations": [_place(file.path, file.line, file.repo, bases)]} if file.path else notice


def _notice(id: str, level: str, text: str) -> Json:
    return {"descriptor": {"id": id}, "level": level, "message": {"text": text}}


_NOT_READ: Json = {"id": "not-read", "shortDescription": {"text": "A file was not read, in whole or in part."}}
_CUT: Json = {"id": "cut", "shortDescription": {"text": "There is more than the readers of this format accept."}}
