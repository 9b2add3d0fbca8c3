"""Rules and findings followed from one audit to another."""

from __future__ import annotations

from typing import Any

import pytest

from aicensus.analysis.changes import diff_audits, diff_findings, rules_between
from aicensus.census.diff import diff_censuses
from tests.builders import a_census, a_finding, a_point, a_prompt, an_audit

REFUND = "Refunds are allowed within 30 days of purchase."
SAFETY = "Never promise a replacement to a customer."


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        pytest.param(f"{REFUND}\n{SAFETY}", f"{SAFETY}\n{REFUND}", [], id="another order"),
        pytest.param(REFUND, REFUND.replace("30", "14"), [(REFUND, REFUND.replace("30", "14"))], id="another limit"),
        pytest.param(REFUND, f"{REFUND} {SAFETY}", [(None, SAFETY)], id="one more"),
        pytest.param(f"{REFUND} {SAFETY}", REFUND, [(SAFETY, None)], id="one less"),
        pytest.param(REFUND, SAFETY, [(REFUND, None), (None, SAFETY)], id="nothing in common"),
    ],
)
def test_rules_between_two_texts(old: str, new: str, changes: list[tuple[str | None, str | None]]) -> None:
    assert [(a and a.text, b and b.text) for a, b in rules_between(old, new)] == changes


def test_rules_of_prompts_that_reach_nothing_do_not_count() -> None:
    idle, used = a_prompt(REFUND), a_prompt(SAFETY, name="USED", used_by=("app/service.py::f",))
    point = a_point("f", prompts=(used.id,))
    diff = diff_audits(an_audit(a_census()), an_audit(a_census(point, idle, used)))
    assert [change.new.text for change in diff.rules if change.new] == [SAFETY]


@pytest.mark.parametrize(
    ("old", "new", "added", "removed"),
    [
        pytest.param({}, {"line": 99}, 0, 0, id="another line"),
        pytest.param({}, {"path": "app/new.py"}, 0, 0, id="moved with its point"),
        pytest.param({"points": ()}, {"points": (), "path": "app/new.py"}, 0, 0, id="moved with its file"),
        pytest.param({"points": ()}, {"points": (), "path": "app/other.py"}, 1, 1, id="another file"),
        pytest.param({}, {"code": "OWN002"}, 1, 1, id="another code"),
        pytest.param({}, {"path": "app/other.py"}, 1, 1, id="another point"),
    ],
)
def test_findings_are_followed(old: dict[str, Any], new: dict[str, Any], added: int, removed: int) -> None:
    moved = {"app/service.py": "app/new.py"}
    diff = diff_censuses(a_census(a_point()), a_census(a_point(path="app/new.py")), moved)
    found = diff_findings([a_finding(**old)], [a_finding(**new)], diff, moved)
    assert (len(found.added), len(found.removed), len(found.kept)) == (added, removed, 1 - added)


def test_two_findings_of_one_point_are_two() -> None:
    diff = diff_censuses(a_census(a_point()), a_census(a_point()))
    found = diff_findings([a_finding()], [a_finding(), a_finding(message="another one")], diff)
    assert [finding.message for finding in found.added] == ["another one"]
