"""The engine: severity, selection, order, fingerprints, and that every rule is documented."""

from __future__ import annotations

import re

import pytest

from aicensus.audit import RULES, Rule
from aicensus.model.census import Point, Prompt, Setting
from aicensus.model.errors import AicensusError
from aicensus.model.finding import Severity
from aicensus.model.settings import Manifest, PointClaim, SettingsSection
from tests.audit.cases import POINT_ID, audited, claiming, found
from tests.builders import PERSON, a_census, a_point, a_prompt

DESIGNED = (
    "OWN001 OWN002 OWN003 OWN004 OWN005 OWN006 ORP001 ORP002 ORP003 ORP005 RUL001 RUL002 RUL003 RUL004 RUL005 RUL006 RUL007 "
    "LIB001 LIB002 LIB003 LIB004 PRE001 PRE002 PRE003 PRE004 PRE005 REG001 REG002 REG003 REG004 "
    "MOD001 MOD002 MOD003 MOD006 CTL002 DEC002 DEC003 "
    "SEC001 COV001 COV002 COV003 MAN001 MAN002"
)


def test_the_rules_are_those_of_this_release_in_order() -> None:
    assert [rule.code for rule in RULES] == sorted(DESIGNED.split())
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_says_what_why_and_how(rule: Rule) -> None:
    info = rule.info
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", info.name)
    assert all(text.strip().endswith((".", "`.")) and len(text) > 15 for text in (info.what, info.why, info.fix))


def severity_of_own001(manifest: Manifest, point: Point) -> list[Severity]:
    return [finding.severity for finding in found("OWN001", a_census(point), manifest)]


@pytest.mark.parametrize(
    ("settings", "severity"),
    [
        pytest.param(SettingsSection(), Severity.ERROR, id="as it is"),
        pytest.param(SettingsSection(severity={"OWN001": Severity.NOTE}), Severity.NOTE, id="by code"),
        pytest.param(SettingsSection(severity={"OWN": Severity.WARNING}), Severity.WARNING, id="by family"),
        pytest.param(
            SettingsSection(severity={"OWN": Severity.NOTE, "OWN001": Severity.WARNING}), Severity.WARNING, id="code before family"
        ),
        pytest.param(SettingsSection(ignore=("OWN001",)), None, id="switched off"),
        pytest.param(SettingsSection(ignore=("OWN",)), None, id="family switched off"),
        pytest.param(SettingsSection(select=("MOD",)), None, id="another family selected"),
        pytest.param(SettingsSection(select=("OWN",)), Severity.ERROR, id="selected"),
    ],
)
def test_settings_grade_and_select(settings: SettingsSection, severity: Severity | None) -> None:
    assert severity_of_own001(Manifest(settings=settings), a_point()) == ([severity] if severity else [])


def test_a_rule_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(AicensusError, match=r"aicensus\.yaml: no rule `OWN999`; known: COV001"):
        audited(a_census(), Manifest(settings=SettingsSection(ignore=("OWN999",))))


@pytest.mark.parametrize(
    ("manifest", "point", "severity"),
    [
        pytest.param(claiming(consequential=True), a_point(reach="unreachable"), Severity.ERROR, id="declared"),
        pytest.param(Manifest(), a_point(reach="unreachable", notes=("consequential",)), Severity.ERROR, id="in a comment"),
        pytest.param(Manifest(), a_point(reach="unreachable", consequential="yes"), Severity.WARNING, id="inferred does not count"),
        pytest.param(
            claiming(consequential=False), a_point(reach="unreachable", notes=("consequential",)), Severity.WARNING, id="the manifest wins"
        ),
    ],
)
def test_a_consequential_point_raises_one_level(manifest: Manifest, point: Point, severity: Severity) -> None:
    assert [finding.severity for finding in found("ORP001", a_census(point), manifest)] == [severity]


def test_scopes_that_are_asked_for_are_reported() -> None:
    census = a_census(a_point("a"), a_point("b", scope="test"))
    manifest = Manifest(settings=SettingsSection(report_scopes=("prod", "test")))
    assert len(found("OWN001", census)) == 1
    assert len(found("OWN001", census, manifest)) == 2


def test_worst_first_and_the_same_in_any_order() -> None:
    points: list[Point | Prompt] = [a_point("b", reach="unreachable"), a_point("a", model="gone", owner=PERSON), a_prompt(name="UNUSED")]
    result, again = audited(a_census(*points)), audited(a_census(*reversed(points)))
    assert result.findings == again.findings
    ranks = [finding.severity.rank for finding in result.findings]
    assert ranks == sorted(ranks)
    assert {0, 1, 2} == set(ranks)


def test_fingerprints_do_not_know_lines_nor_the_folder_of_the_repository() -> None:
    first, moved = audited(a_census(a_point())), audited(a_census(a_point(line=99, repo="clone")))
    assert [finding.fingerprint for finding in first.findings] == [finding.fingerprint for finding in moved.findings]
    assert len({finding.fingerprint for finding in first.findings}) == len(first.findings)
    assert all(re.fullmatch(r"[0-9a-f]{32}", finding.fingerprint) for finding in first.findings)


def test_a_clean_census_has_no_findings() -> None:
    point = a_point(owner=PERSON, settings=(Setting(name="timeout", value="20"),))
    manifest = Manifest(points={POINT_ID: PointClaim(consequential=False)})
    result = audited(a_census(point), manifest)
    assert (result.findings, result.accepted, result.as_of) == ((), (), "2026-11-20")
    assert [rule.code for rule in result.rules] == [rule.code for rule in RULES]
