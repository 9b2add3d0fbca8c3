"""OWN001 to OWN006: each with what it finds and what looks like it and is not."""

from __future__ import annotations

from typing import Any

import pytest

from aicensus.model.census import Author, Claim, KnownTeam, Ownership
from aicensus.model.settings import Manifest, PointClaim, Review, SettingsSection
from tests.audit.cases import DAY, POINT_ID, ROSTER, claiming, found, messages
from tests.builders import PERSON, REPO, a_census, a_point, owned_by


def reviewed_by(person: str) -> Review:
    return Review(on=DAY(2026, 10, 1), by=person)


SUGGESTED = Ownership(suggestions=(Claim(source="git", owner="joe@example.com"),))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({}, [("error", "`summarise` asks openai (gpt-5.6-sol) and nobody owns it")], id="nobody"),
        pytest.param(
            {"ownership": SUGGESTED},
            [("error", "`summarise` asks openai (gpt-5.6-sol) and nobody owns it; git history suggests joe@example.com")],
            id="git only suggests",
        ),
        pytest.param({"role": "gateway"}, [("note", "`summarise` is a gateway to openai and nobody owns it")], id="a gateway is plumbing"),
        pytest.param(
            {"provider": "multi"},
            [("error", "`summarise` asks one of several providers (gpt-5.6-sol) and nobody owns it")],
            id="asks one of several providers",
        ),
        pytest.param({"owner": "@payments"}, [], id="owner in CODEOWNERS"),
        pytest.param({"scope": "test"}, [], id="in a test"),
        pytest.param({"confidence": "possible"}, [], id="only possible"),
    ],
)
def test_no_owner(fields: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    findings = found("OWN001", a_census(a_point(**fields)))
    assert [(finding.severity, finding.message) for finding in findings] == expected


def test_what_to_do_about_a_missing_owner_can_be_pasted() -> None:
    (finding,) = found("OWN001", a_census(a_point(ownership=SUGGESTED)))
    assert finding.next.startswith(f"`aicensus claim {POINT_ID} --owner joe@example.com`, or name an owner for app/service.py")
    assert finding.owners == ("joe@example.com",)


@pytest.mark.parametrize(
    ("owner", "consequential", "expected"),
    [
        pytest.param("@example/other", True, "a team with no lead on the roster", id="a team"),
        pytest.param("support@example.com", True, "a mailing list", id="a list"),
        pytest.param("@renovate[bot]", None, "a bot", id="a bot, even where nothing is decided"),
        pytest.param("OpenAI", None, "a vendor", id="a vendor, even where nothing is decided"),
        pytest.param("the AI handles it", None, "not a person", id="the AI"),
        pytest.param("@example/other", None, "", id="a team, where nothing is decided"),
        pytest.param(PERSON, True, "", id="a person"),
    ],
)
def test_owner_is_no_person(owner: str, consequential: bool | None, expected: str) -> None:
    ownership = owned_by(owner, person=PERSON if owner == PERSON else "").__class__(owner=owner, person=PERSON if owner == PERSON else None)
    manifest = claiming(consequential=consequential)
    findings = [finding for finding in found("OWN002", a_census(a_point(ownership=ownership)), manifest) if finding.points]
    assert [expected in finding.message for finding in findings] == ([True] if expected else [])
    assert all(finding.severity == ("error" if consequential else "warning") for finding in findings)


def test_points_of_which_nobody_said_are_counted_once() -> None:
    census = a_census(*(a_point(name, owner=PERSON) for name in "abc"), a_point("gate", role="gateway"))
    manifest = Manifest(points={"app/service.py::a": PointClaim(consequential=False)})
    (finding,) = found("OWN002", census, manifest)
    assert (finding.severity, finding.message) == (
        "note",
        "of 3 points, nobody said of 2 whether what they decide is consequential",
    )
    everything = Manifest(points={"*": PointClaim(consequential=False)})
    assert found("OWN002", census, everything) == ()


@pytest.mark.parametrize(
    ("owner", "claim", "last_commit", "expected"),
    [
        pytest.param("joe@example.com", {}, "", ("error", "its owner joe@example.com left on 2026-11-19"), id="left yesterday"),
        pytest.param("kim@example.com", {}, "", None, id="the last day is today"),
        pytest.param(
            PERSON, {"attested_on": DAY(2026, 5, 1)}, "", ("warning", "last said on 2026-05-01 that it is theirs"), id="old attestation"
        ),
        pytest.param(PERSON, {"attested_on": DAY(2026, 6, 1)}, "", None, id="attestation of 172 days"),
        pytest.param(PERSON, {}, "2026-05-01", ("note", "made no commit, review or attestation since 2026-05-01"), id="inactive"),
        pytest.param(PERSON, {}, "2026-10-01", None, id="active"),
        pytest.param(PERSON, {"reviewed": Review(on=DAY(2026, 10, 1), by=PERSON)}, "2026-05-01", None, id="inactive, and reviewed since"),
    ],
)
def test_owner_gone(owner: str, claim: dict[str, Any], last_commit: str, expected: tuple[str, str] | None) -> None:
    authors = (Author(repo=REPO, email=owner, last=last_commit),) if last_commit else ()
    manifest = Manifest(roster=ROSTER, points={POINT_ID: PointClaim(**claim)})
    findings = found("OWN003", a_census(a_point(owner=owner), authors=authors), manifest)
    assert [finding.severity for finding in findings] == ([expected[0]] if expected else [])
    assert not expected or expected[1] in findings[0].message


@pytest.mark.parametrize(
    ("owner", "email", "other", "days", "expected"),
    [
        pytest.param("@maria", "maria.lopez@example.com", PointClaim(), 180, True, id="commits under an address of the roster"),
        pytest.param("@joanna", "12+Joanna@users.noreply.github.com", PointClaim(), 180, True, id="commits under an account"),
        pytest.param("@joanna", "kim@example.com", PointClaim(), 180, False, id="of somebody else"),
        pytest.param(
            PERSON, PERSON, PointClaim(reviewed=Review(on=DAY(2026, 10, 1), by="@maria")), 180, False, id="reviewed another point since"
        ),
        pytest.param(
            PERSON, PERSON, PointClaim(reviewed=Review(on=DAY(2026, 10, 1), by="kim@example.com")), 180, True, id="another one reviewed"
        ),
        pytest.param(PERSON, PERSON, PointClaim(attested_on=DAY(2026, 10, 1)), 180, False, id="confirmed another point since"),
        pytest.param(PERSON, PERSON, PointClaim(), 365, False, id="within the days of the settings"),
    ],
)
def test_who_counts_as_inactive(owner: str, email: str, other: PointClaim, days: int, expected: bool) -> None:
    points = (a_point(owner=owner), a_point("other", path="b.py", owner=owner))
    settings = SettingsSection(inactive_after_days=days)
    manifest = Manifest(roster=ROSTER, points={"b.py::other": other}, settings=settings)
    findings = found("OWN003", a_census(*points, authors=(Author(repo=REPO, email=email, last="2026-05-01"),)), manifest)
    assert any("made no commit, review or attestation" in finding.message for finding in findings if POINT_ID in finding.points) == expected


@pytest.mark.parametrize(
    ("owner", "roster", "expected"),
    [
        pytest.param("@example/unheard-of", True, True, id="a team nobody knows"),
        pytest.param("@maria", True, False, id="a handle on the roster"),
        pytest.param("MARIA.LOPEZ@example.com", True, False, id="another case"),
        pytest.param("ann@example.com", True, False, id="a member of a team on the roster"),
        pytest.param("@example/unheard-of", False, False, id="no roster, no judgement"),
    ],
)
def test_owner_unknown(owner: str, roster: bool, expected: bool) -> None:
    manifest = Manifest(roster=ROSTER if roster else {})
    findings = found("OWN004", a_census(a_point("a", owner=owner), a_point("b", owner=owner)), manifest)
    assert [(finding.path, finding.line, len(finding.points)) for finding in findings] == ([("CODEOWNERS", 1, 2)] if expected else [])


@pytest.mark.parametrize(
    ("source", "owner", "known", "expected"),
    [
        pytest.param("manifest", "@example/suport", ["@example/support"], 1, id="a team that CODEOWNERS does not name"),
        pytest.param("annotation", "@Example/Support", ["@example/support"], 0, id="one that it names, in another case"),
        pytest.param("manifest", "@example/suport", [], 0, id="CODEOWNERS names no team"),
        pytest.param("manifest", "ann@example.com", ["@example/support"], 0, id="a person"),
        pytest.param("codeowners", "@example/support", ["@example/support"], 0, id="CODEOWNERS itself"),
    ],
)
def test_without_a_roster_the_teams_of_codeowners_are_those_that_exist(source: Any, owner: str, known: list[str], expected: int) -> None:
    teams = tuple(KnownTeam(repo=REPO, team=team, path="CODEOWNERS", line=1) for team in known)
    findings = found("OWN004", a_census(a_point(ownership=owned_by(owner, source=source)), teams=teams))
    assert [finding.severity for finding in findings] == ["note"] * expected
    assert all("is none of the teams that CODEOWNERS names" in finding.message for finding in findings)


@pytest.mark.parametrize(
    ("first", "second", "rivals"),
    [
        pytest.param("joe@example.com", "ann@example.com", True, id="two people"),
        pytest.param("@example/a", "@example/b", True, id="two teams"),
        pytest.param("joe@example.com", "JOE@example.com", False, id="case of an address"),
        pytest.param("maria.lopez@example.com", "@example/support", False, id="a person and the person's team"),
        pytest.param("kim@example.com", "@example/support", True, id="a person and a team that the person is not in"),
        pytest.param("maria.lopez@example.com", "@maria", False, id="two names of one person"),
        pytest.param("somebody@example.com", "@example/x", False, id="what cannot be compared"),
    ],
)
def test_sources_disagree(first: str, second: str, rivals: bool) -> None:
    chain = (
        Claim(source="manifest", owner=first, path="aicensus.yaml", line=3),
        Claim(source="codeowners", owner=second, path="CODEOWNERS", line=2),
    )
    census = a_census(a_point(ownership=Ownership(owner=first, source="manifest", chain=chain)))
    expected = [f"`summarise` asks openai (gpt-5.6-sol); manifest says {first} owns it, codeowners says {second}"]
    assert messages("OWN005", census, Manifest(roster=ROSTER)) == (expected if rivals else [])


def test_a_second_owner_in_one_file_or_in_package_metadata_is_no_disagreement() -> None:
    chain = (
        Claim(source="codeowners", owner="@example/a"),
        Claim(source="codeowners", owner="@example/b"),
        Claim(source="backstage", owner="@example/b"),
        Claim(source="package", owner="@example/c"),
    )
    assert messages("OWN005", a_census(a_point(ownership=Ownership(owner="@example/a", source="codeowners", chain=chain)))) == []


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        pytest.param(
            {"reviewed": Review(on=DAY(2026, 5, 1), by=PERSON)}, "last review was on 2026-05-01, more than 180 days ago", id="old"
        ),
        pytest.param({"reviewed": Review(on=DAY(2026, 6, 1), by=PERSON)}, "", id="172 days ago"),
        pytest.param({"consequential": True}, "consequential and was never reviewed", id="never"),
        pytest.param({}, "", id="never, where nothing is decided"),
    ],
)
def test_review_overdue(claim: dict[str, Any], expected: str) -> None:
    texts = messages("OWN006", a_census(a_point(owner=PERSON)), claiming(**claim))
    assert [expected in text for text in texts] == ([True] if expected else [])
