"""Accepted findings, MAN001 and MAN002."""

from __future__ import annotations

from typing import Any

import pytest

from aicensus.model.census import SourceNote
from aicensus.model.settings import Manifest, ManifestFile, PointClaim, SettingsSection, WaiverEntry
from tests.audit.cases import DAY, POINT_ID, audited, found, messages
from tests.builders import PERSON, REPO, a_census, a_point


def waived(**fields: Any) -> Manifest:
    entry = {"code": "OWN001", "reason": "being rewritten", "by": PERSON, "until": DAY(2026, 12, 31), **fields}
    return Manifest(waivers=(WaiverEntry(**entry),), settings=SettingsSection(select=("OWN001", "MAN")))


@pytest.mark.parametrize(
    ("waiver", "accepted", "codes"),
    [
        pytest.param({"point": POINT_ID}, 1, [], id="by id"),
        pytest.param({"point": "app/*"}, 1, [], id="by glob of ids"),
        pytest.param({"path": "app/*.py"}, 1, [], id="by glob of paths"),
        pytest.param({"point": POINT_ID, "until": DAY(2026, 11, 20)}, 1, [], id="its last day is today"),
        pytest.param({"point": POINT_ID, "until": DAY(2026, 11, 19)}, 0, ["OWN001", "MAN001"], id="ended yesterday"),
        pytest.param({"point": "other.py::f"}, 0, ["OWN001", "MAN002"], id="another point"),
        pytest.param({"point": POINT_ID, "path": "lib/*"}, 0, ["OWN001", "MAN002"], id="point fits, path does not"),
        pytest.param({"point": POINT_ID, "code": "MAN001"}, 0, ["OWN001", "MAN002"], id="another code"),
        pytest.param({"point": POINT_ID, "code": "OWN002"}, 0, ["OWN001"], id="a code that is switched off"),
    ],
)
def test_waivers(waiver: dict[str, Any], accepted: int, codes: list[str]) -> None:
    result = audited(a_census(a_point()), waived(**waiver))
    assert [finding.code for finding in result.findings] == codes
    assert [(one.how, one.reason, one.by, one.finding.code) for one in result.accepted] == [
        ("waiver", "being rewritten", PERSON, "OWN001")
    ] * accepted


def test_a_waiver_holds_in_its_own_repository() -> None:
    census = a_census(a_point(repo="one"), a_point(repo="two"))
    manifest = waived(point=POINT_ID)
    own = ManifestFile(manifest=manifest, path="two/aicensus.yaml")
    result = audited(census, Manifest(settings=manifest.settings), own_manifests={"two": own})
    assert [finding.repo for finding in result.findings] == ["one"]
    assert [one.finding.repo for one in result.accepted] == ["two"]


@pytest.mark.parametrize(
    ("line", "text", "on_point", "accepted", "messages_of_man"),
    [
        pytest.param(10, 'ignore=OWN001 reason="a demo"', False, 1, [], id="at the line"),
        pytest.param(9, 'ignore=OWN001 reason="a demo"', False, 1, [], id="above the line"),
        pytest.param(3, 'ignore=OWN001 reason="a demo"', True, 1, [], id="belongs to the point"),
        pytest.param(3, 'ignore=OWN001 reason="a demo"', False, 0, ["the suppression of OWN001 matches no finding"], id="elsewhere"),
        pytest.param(10, "ignore=OWN001", False, 0, ["the suppression of OWN001 gives no reason and is not obeyed"], id="no reason"),
        pytest.param(10, 'ignore=MAN001 reason="x"', False, 0, ["the suppression of MAN001 matches no finding"], id="another code"),
        pytest.param(10, 'ignore=owner reason="x"', False, 0, ["the suppression names no rule: owner"], id="no code"),
        pytest.param(10, "purpose=x", False, 0, [], id="an annotation that suppresses nothing"),
    ],
)
def test_suppressions(line: int, text: str, on_point: bool, accepted: int, messages_of_man: list[str]) -> None:
    point = a_point(notes=(text,) if on_point else ())
    note = SourceNote(repo=REPO, path=point.path, line=line, text=text)
    settings = Manifest(settings=SettingsSection(select=("OWN001", "MAN")))
    result = audited(a_census(point, notes=(note,)), settings)
    assert [(one.how, one.reason) for one in result.accepted] == [("inline", "a demo")] * accepted
    assert [finding.message for finding in result.findings if finding.code == "MAN002"] == messages_of_man
    assert len([finding for finding in result.findings if finding.code == "OWN001"]) == 1 - accepted


def test_a_point_s_own_annotation_is_enough() -> None:
    result = audited(
        a_census(a_point(notes=('ignore=OWN001 reason="a demo"',))), Manifest(settings=SettingsSection(select=("OWN001", "MAN")))
    )
    assert (len(result.findings), len(result.accepted)) == (0, 1)


def test_suppressions_in_tests_are_left_alone() -> None:
    note = SourceNote(repo=REPO, path="tests/test_a.py", line=3, text='ignore=OWN001 reason="x"')
    assert found("MAN002", a_census(a_point(path="tests/test_a.py", scope="test"), notes=(note,))) == ()


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        pytest.param(
            PointClaim(sunset=DAY(2027, 3, 31)), [f"`{POINT_ID}` ends on 2027-03-31, and nothing is named that replaces it"], id="none"
        ),
        pytest.param(PointClaim(sunset=DAY(2027, 3, 31), replaced_by="none"), [], id="said that nothing will"),
        pytest.param(PointClaim(), [], id="no sunset"),
    ],
)
def test_sunset_without_successor(claim: PointClaim, expected: list[str]) -> None:
    assert messages("MAN001", a_census(a_point()), Manifest(points={POINT_ID: claim})) == expected
