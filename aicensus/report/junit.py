"""The audit as test results: each rule a suite, each finding a test that fails."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from aicensus.model.finding import Accepted, AuditResult, Finding, RuleInfo, Severity
from aicensus.report.terminal import place
from aicensus.report.visible import visible


def render(result: AuditResult) -> bytes:
    """Return a suite for every rule. Errors and warnings fail, notes pass and say so, accepted findings are skipped, a clean rule passes.

    Names hold no line, so that a test is the same one in the next run.
    """
    several = len(result.census.repositories) > 1
    root = Element("testsuites", name="aicensus")
    for rule in result.rules:
        cases = [
            *(_found(rule, finding, several) for finding in result.findings if finding.code == rule.code),
            *(_accepted(rule, one, several) for one in result.accepted if one.finding.code == rule.code),
        ]
        root.append(_suite(rule, cases or [_case(rule, visible(rule.what))]))
    _count(root, root.iter("testcase"))
    indent(root)
    body: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body + b"\n"


def _suite(rule: RuleInfo, cases: Iterable[Element]) -> Element:
    suite = Element("testsuite", name=f"{rule.code} {rule.name}")
    suite.extend(cases)
    _count(suite, suite.iter("testcase"))
    return suite


def _count(element: Element, cases: Iterable[Element]) -> None:
    found = list(cases)
    element.set("tests", str(len(found)))
    element.set("failures", str(sum(case.find("failure") is not None for case in found)))
    element.set("errors", "0")
    element.set("skipped", str(sum(case.find("skipped") is not None for case in found)))


def _found(rule: RuleInfo, finding: Finding, several: bool) -> Element:
    case = _at(rule, finding, several)
    text = visible(f"{finding.message}. Next: {finding.next}" if finding.next else finding.message)
    if finding.severity is Severity.NOTE:
        SubElement(case, "system-out").text = f"note: {text}"
    else:
        SubElement(case, "failure", type=finding.severity.value, message=visible(finding.message)).text = text
    return case


def _accepted(rule: RuleInfo, one: Accepted, several: bool) -> Element:
    case = _at(rule, one.finding, several)
    by, until = f" by {one.by}" if one.by else "", f" until {one.until}" if one.until else ""
    SubElement(case, "skipped", message=visible(f"accepted{by}{until}: {one.reason}"))
    return case


def _at(rule: RuleInfo, finding: Finding, several: bool) -> Element:
    named = place(finding.repo, finding.path, 0, several)
    case = _case(rule, visible(f"{named}: {finding.message}"))
    if finding.path:
        case.set("file", visible(finding.path))
        case.set("line", str(max(finding.line, 1)))
    return case


def _case(rule: RuleInfo, name: str) -> Element:
    return Element("testcase", classname=f"aicensus.{rule.code}", name=name)
