"""ORP001, 002, 003, 005."""

from __future__ import annotations

from typing import Any

import pytest

from aicensus.model.census import ClaimMove, Secret
from aicensus.model.settings import Journey, Manifest, ManifestFile, PointClaim, WaiverEntry
from tests.audit.cases import DAY, audited, found, messages
from tests.builders import PERSON, REPO, a_census, a_point, a_prompt


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"reach": "unreachable"}, ["`summarise` asks openai, and no entry point reaches it"], id="unreachable"),
        pytest.param({"reach": "test-only"}, ["`summarise` asks openai, and only tests reach it"], id="only tests"),
        pytest.param({"reach": "reachable"}, [], id="reachable"),
        pytest.param({"reach": "unknown"}, [], id="not known"),
        pytest.param({"reach": "unreachable", "scope": "example"}, [], id="an example"),
    ],
)
def test_unreached(fields: dict[str, Any], expected: list[str]) -> None:
    assert messages("ORP001", a_census(a_point(**fields))) == expected


def test_an_unreached_gateway_is_told_at_its_uses() -> None:
    gateway = a_point("ask", role="gateway", reach="unreachable")
    use = a_point("classify", role="use", reach="unreachable", gateways=(gateway.id,))
    assert [finding.points for finding in found("ORP001", a_census(gateway, use))] == [(use.id,)]
    assert [finding.points for finding in found("ORP001", a_census(gateway))] == [(gateway.id,)]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({}, ["the prompt `PROMPT` reaches no inference point"], id="unused"),
        pytest.param({"used_by": ("a.py::f",)}, [], id="used"),
        pytest.param({"scope": "docs"}, [], id="in documentation"),
    ],
)
def test_unused_prompt(fields: dict[str, Any], expected: list[str]) -> None:
    assert messages("ORP002", a_census(a_prompt(**fields))) == expected


def test_what_the_manifest_claims_and_the_code_lacks() -> None:
    there = a_point()
    manifest = Manifest(
        points={there.id: PointClaim(), "gone.py::f": PointClaim(), "app/*": PointClaim(), "old/*": PointClaim()},
        journeys={"refund": Journey(steps=(there.id, "gone.py::g"))},
    )
    lines = {"points.gone.py::f": 4, "journeys.refund": 9}
    findings = found("ORP003", a_census(there), manifest, manifest_lines=lines)
    assert [(finding.line, finding.message) for finding in findings] == [
        (0, "aicensus.yaml speaks of `old/*`, and no point of that id is in the code"),
        (4, "aicensus.yaml speaks of `gone.py::f`, and no point of that id is in the code"),
        (9, "aicensus.yaml speaks of step `gone.py::g` of journey `refund`, and no point of that id is in the code"),
    ]


@pytest.mark.parametrize(
    ("confidence", "severity", "message", "next"),
    [
        pytest.param("certain", "note", "which is `app/service.py::now` now: it moved", "claim --follow` writes the new id", id="sure"),
        pytest.param(
            "likely", "warning", "no point of that id is in the code", "`aicensus claim --follow app/service.py::now`", id="likely"
        ),
    ],
)
def test_a_claim_of_a_point_that_moved(confidence: Any, severity: str, message: str, next: str) -> None:
    now = a_point("now", owner=PERSON)
    move = ClaimMove(repo=REPO, claimed="app/old.py::before", point=now.id, why="it moved", confidence=confidence)
    manifest = Manifest(
        points={"app/old.py::before": PointClaim(consequential=True)},
        journeys={"refund": Journey(steps=("app/old.py::before",))},
        waivers=(WaiverEntry(code="OWN006", point="app/old.py::before", reason="soon", by=PERSON, until=DAY(2027, 1, 1)),),
    )
    lines = {"points.app/old.py::before": 7, "journeys.refund": 9}
    first, *rest = found("ORP003", a_census(now, claim_moves=(move,)), manifest, manifest_lines=lines)
    assert (first.severity, first.line) == (severity, 7)
    assert message in first.message
    assert next in first.next
    assert len(rest) == (confidence == "likely"), "a step of a journey follows with the claim"
    accepted = audited(a_census(now, claim_moves=(move,)), manifest).accepted
    assert [one.finding.code for one in accepted] == (["OWN006"] if confidence == "certain" else [])


def test_each_repository_answers_to_its_own_manifest() -> None:
    census = a_census(a_point("f", repo="one"), a_point("g", repo="two"))
    own = ManifestFile(
        manifest=Manifest(points={"app/service.py::g": PointClaim(), "app/service.py::f": PointClaim()}), path="two/aicensus.yaml"
    )
    findings = found("ORP003", census, Manifest(points={"app/service.py::f": PointClaim()}), own_manifests={"two": own})
    assert [(finding.repo, finding.path) for finding in findings] == [("two", "two/aicensus.yaml")]


@pytest.mark.parametrize(
    ("kind", "provider", "expected"),
    [
        pytest.param("OpenAI key", "anthropic", 1, id="no point asks that provider"),
        pytest.param("OpenAI key", "openai", 0, id="a point asks it"),
        pytest.param("private key", "anthropic", 0, id="not a model provider's"),
        pytest.param("Open AI project key", "anthropic", 1, id="a name in two words"),
        pytest.param("openair token", "anthropic", 0, id="a name that begins alike"),
    ],
)
def test_credential_without_point(kind: str, provider: str, expected: int) -> None:
    secret = Secret(repo=REPO, path="deploy/env.py", line=3, kind=kind, masked="sk-a… (51)")
    findings = found("ORP005", a_census(a_point(provider=provider), secret))
    assert len(findings) == expected
    assert all("deploy/env.py" in finding.message for finding in findings)
