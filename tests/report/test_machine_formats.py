"""Reports that CI systems and spreadsheets read: each against what its reader accepts, with hostile text in every field."""

from __future__ import annotations

import csv as reader
import io
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from markdown_it import MarkdownIt

from aicensus.model.finding import AuditResult, Severity
from aicensus.report import csv, gitlab, junit, markdown
from tests.builders import a_census, a_finding, a_rule_info, an_audit
from tests.report.sample import CREDIT_PROMPT, ROUTE_PROMPT, company, compared, hostile, many, nothing_found

HOSTILE = "=1+1 a</script>\x1b[31m\0\u202e|`x`|![i](http://x.example/)<img src=x> @someone www.x.example"
AUDITS = [
    pytest.param(company(), id="company"),
    pytest.param(compared(), id="compared"),
    pytest.param(nothing_found(), id="nothing"),
    pytest.param(hostile(HOSTILE), id="hostile"),
    pytest.param(many(40), id="many"),
]
ISSUE = json.loads((Path(__file__).parents[1] / "fixtures/gitlab/codeclimate.json").read_bytes())


@pytest.mark.parametrize("result", AUDITS)
def test_gitlab_accepts_every_issue(result: AuditResult) -> None:
    issues = json.loads(gitlab.render(result))
    assert len(issues) == len(result.findings) + len(result.earlier)
    for issue in issues:
        jsonschema.Draft4Validator(ISSUE).validate(issue)
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["location"]["path"]
        assert issue["location"]["lines"]["begin"] >= 1


@pytest.mark.parametrize("result", AUDITS)
def test_junit_is_xml_whose_counts_add_up(result: AuditResult) -> None:
    root = ElementTree.fromstring(junit.render(result))
    suites = root.findall("testsuite")
    assert [suite.get("name", "").partition(" ")[0] for suite in suites] == [rule.code for rule in result.rules]
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")):
        assert int(root.get(name, "")) == sum(int(suite.get(name, "")) for suite in suites) == len(list(root.iter(tag)))


@pytest.mark.parametrize(("severity", "fails"), [(Severity.ERROR, True), (Severity.WARNING, True), (Severity.NOTE, False)])
def test_junit_notes_pass(severity: Severity, fails: bool) -> None:
    root = ElementTree.fromstring(junit.render(an_audit(a_census(), a_finding(severity=severity))))
    assert (root.find(".//failure") is not None) is fails


def test_a_clean_rule_is_a_passing_test() -> None:
    root = ElementTree.fromstring(junit.render(an_audit(a_census(), rules=(a_rule_info("OWN001"),))))
    assert [case.get("name") for case in root.iter("testcase")] == ["What it finds."]
    assert root.get("failures") == "0"


@pytest.mark.parametrize("result", AUDITS)
def test_a_spreadsheet_runs_nothing(result: AuditResult) -> None:
    rows = list(reader.reader(io.StringIO(csv.render(result))))
    assert tuple(rows[0]) == csv.COLUMNS
    assert len(rows) == 1 + len(result.findings) + len(result.earlier) + len(result.accepted)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("result", AUDITS)
def test_markdown_makes_no_link_image_tag_or_mention(result: AuditResult) -> None:
    tokens = MarkdownIt("commonmark", {"linkify": False}).enable("table").parse(markdown.render(result))
    inner = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inner} <= {"text", "code_inline", "html_inline"}
    assert {child.content for child in inner if child.type == "html_inline"} <= {"<!-- -->", "<code>", "</code>"}
    assert not [child.content for child in inner if child.type == "text" and "@" in child.content.rstrip("@")]
    rows = [token for token in tokens if token.type == "tr_open"]
    assert len([token for token in tokens if token.type in ("td_open", "th_open")]) == 4 * len(rows)


def test_a_comment_is_never_too_long_for_a_code_host() -> None:
    findings = [a_finding(f"X{at:02}001", message="m" * 900, path=f"{at}-{no}.py") for at in range(20) for no in range(60)]
    made = markdown.render(an_audit(a_census(), *findings))
    assert len(made) < 65_536
    assert "and 10 more" in made
    assert "X19001: 60 findings, not shown" in made


@pytest.mark.parametrize("made", [gitlab.render, junit.render, csv.render, markdown.render])
def test_no_prompt_text(made: Callable[[AuditResult], str | bytes]) -> None:
    text = made(company())
    text = text.decode() if isinstance(text, bytes) else text
    for line in (ROUTE_PROMPT + "\n" + CREDIT_PROMPT).splitlines():
        assert not line or line not in text
