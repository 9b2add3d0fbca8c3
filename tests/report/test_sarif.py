"""SARIF against the official schema and the limits of the code hosts that read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from aicensus.model.census import Coverage, Evidence, UnreadFile
from aicensus.model.finding import Accepted, AuditResult, Severity
from aicensus.report.sarif import MOST_RESULTS, render
from tests.builders import a_census, a_finding, a_point, a_rule_info, an_audit
from tests.report.sample import CREDIT_PROMPT, ROUTE_PROMPT, company, hostile, many, nothing_found

SCHEMA = json.loads((Path(__file__).parents[1] / "fixtures/sarif/sarif-2.1.0-rtm.5.json").read_bytes())
HOSTILE = "a</script>\x1b[31m\0\u202e %2e? #:[x](http://x.example/){0}"


def run(result: AuditResult) -> Any:
    return json.loads(render(result))["runs"][0]


def one(**fields: Any) -> Any:
    return run(an_audit(a_census(), a_finding(**fields)))["results"][0]


@pytest.mark.parametrize("result", [company(), nothing_found(), hostile(HOSTILE), many(40)], ids=["company", "nothing", "hostile", "many"])
def test_it_meets_the_official_schema(result: AuditResult) -> None:
    jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(json.loads(render(result)))


def test_the_worst_come_first_and_the_rest_is_counted() -> None:
    notes = [a_finding("COV001", severity=Severity.NOTE, path=f"{at}.py") for at in range(MOST_RESULTS)]
    made = run(an_audit(a_census(), *notes, a_finding()))
    assert len(made["results"]) == MOST_RESULTS
    assert made["results"][0]["ruleId"] == "OWN001"
    assert "1 results are left out" in made["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("app/service.py", "app/service.py"),
        ("app/Größe #1?.py", "app/Gr%C3%B6%C3%9Fe%20%231%3F.py"),
        ("http://x.example/a.py", "http%3A//x.example/a.py"),
        ("100%.py", "100%25.py"),
    ],
)
def test_paths_are_relative_uris(path: str, uri: str) -> None:
    assert one(path=path)["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri, "uriBaseId": "%SRCROOT%"}


@pytest.mark.parametrize(
    ("fields", "uri", "line"),
    [
        pytest.param({"path": "a.py", "line": 0}, "a.py", 1, id="a file as a whole"),
        pytest.param({"path": "", "line": 0, "evidence": (Evidence(path="b.py", line=4, what="x"),)}, "b.py", 4, id="evidence alone"),
        pytest.param({"path": "", "line": 0, "evidence": ()}, "aicensus.yaml", 1, id="the whole census"),
    ],
)
def test_every_result_has_a_place(fields: dict[str, Any], uri: str, line: int) -> None:
    place = one(points=(), **fields)["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == (uri, line)


def test_each_of_several_repositories_has_its_base() -> None:
    made = run(company())
    assert set(made["originalUriBaseIds"]) == {"billing", "shop"}
    assert {found["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] for found in made["results"]} == {"billing", "shop"}


def test_fingerprints_are_under_a_key_of_our_own() -> None:
    assert one(line=10)["partialFingerprints"] == one(line=99)["partialFingerprints"]
    assert list(one()["partialFingerprints"]) == ["aicensus/v1"]


def test_accepted_findings_are_counted_and_open_no_alert() -> None:
    waived = Accepted(finding=a_finding(), how="waiver", reason="a job may wait", by="jo@example.com", until="2026-12-31")
    made = run(an_audit(a_census(a_point()), accepted=(waived,)))
    assert made["results"] == []
    assert made["properties"]["summary"]["accepted"] == 1


def test_files_that_were_not_read_are_notifications() -> None:
    coverage = Coverage(
        unread=(UnreadFile(repo="shop", path="a b.py", reason="too large"), UnreadFile(repo="gone", path="", reason="no access"))
    )
    notes = run(an_audit(a_census(coverage=coverage)))["invocations"][0]["toolExecutionNotifications"]
    assert [note["message"]["text"] for note in notes] == ["a b.py: too large", "gone: no access"]
    assert notes[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b.py"


def test_a_rule_carries_its_documentation() -> None:
    rule = run(company())["tool"]["driver"]["rules"][0]
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert "**Fix.** Run `aicensus claim`" in rule["help"]["markdown"]
    assert rule["properties"]["problem.severity"] == "error"


@pytest.mark.parametrize(("code", "security"), [("SEC001", True), ("OWN001", False)])
def test_only_findings_of_security_say_how_severe_for_security(code: str, security: bool) -> None:
    properties = run(an_audit(a_census(), rules=(a_rule_info(code),)))["tool"]["driver"]["rules"][0]["properties"]
    assert ("security-severity" in properties) is ("security" in properties["tags"]) is security


def test_tags_keep_the_limit() -> None:
    rule = a_rule_info()
    crowded = type(rule)(
        code=rule.code, name=rule.name, severity=rule.severity, what="x", why="x", fix="x", standards=tuple(f"S{at}" for at in range(40))
    )
    assert len(run(an_audit(a_census(), rules=(crowded,)))["tool"]["driver"]["rules"][0]["properties"]["tags"]) == 20


def test_no_prompt_text() -> None:
    text = render(company())
    for line in (ROUTE_PROMPT + "\n" + CREDIT_PROMPT).splitlines():
        assert not line or line not in text


def test_a_message_cannot_make_a_link_or_hide_text() -> None:
    text = one(message="[ok](http://x.example/)\u202e")["message"]["text"]
    assert text.startswith("\\[ok\\](http://x.example/)\\u202e")
