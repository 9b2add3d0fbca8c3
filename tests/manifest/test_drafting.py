"""A first manifest from a census."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicensus.manifest import draft_manifest, read_manifest
from aicensus.model.census import Claim, Ownership, Point
from tests.builders import a_census, a_point, owned_by


def test_every_production_purpose_has_an_entry() -> None:
    suggestion = Ownership(suggestions=(Claim(source="git", owner="joe@example.com"),))
    census = a_census(
        a_point("zeta", owner="maria@example.com", purpose='Sums up "notes"'),
        a_point("classifyTicket", ownership=suggestion, consequential="yes", consequential_why="its output reaches a refund"),
        a_point("platform", ownership=owned_by("@example/ai", team="@example/ai")),
        a_point("gate", role="gateway"),
        a_point("test_it", scope="test"),
        a_point("maybe", confidence="possible"),
    )
    text = draft_manifest(census)
    manifest, _ = read_manifest(text.encode(), "aicensus.yaml")
    assert list(manifest.points) == ["app/service.py::classifyTicket", "app/service.py::platform", "app/service.py::zeta"]
    assert manifest.points["app/service.py::zeta"].owner == "maria@example.com"
    assert manifest.points["app/service.py::zeta"].purpose == 'Sums up "notes"'
    unowned = manifest.points["app/service.py::classifyTicket"]
    assert (unowned.owner, unowned.purpose, unowned.consequential) == ("TODO", "TODO (classify ticket)", True)
    assert set(manifest.roster) == {"maria@example.com", "@example/ai"}
    assert "# git history suggests joe@example.com" in text


@pytest.mark.parametrize(
    ("symbol", "path", "purpose"),
    [
        ("Triage.classify_ticket", "a.py", "TODO (classify ticket)"),
        ("parseHTMLPage2", "a.ts", "TODO (parse html page 2)"),
        ("POST", "app/api/chat/route.ts", "TODO (chat)"),
        ("<module>", "a.py", "TODO (module)"),
        ("GET", "route.ts", "TODO"),
    ],
)
def test_a_purpose_is_guessed_from_names(symbol: str, path: str, purpose: str) -> None:
    manifest, _ = read_manifest(draft_manifest(a_census(a_point(symbol, path=path))).encode(), "aicensus.yaml")
    assert [claim.purpose for claim in manifest.points.values()] == [purpose]


def test_nothing_found_is_a_manifest_too() -> None:
    manifest, _ = read_manifest(draft_manifest(a_census()).encode(), "aicensus.yaml")
    assert (manifest.points, manifest.roster) == ({}, {})


def test_the_same_census_gives_the_same_text_in_any_order() -> None:
    points = [a_point(name) for name in "abc"]
    assert draft_manifest(a_census(*points)) == draft_manifest(a_census(*reversed(points)))


HOSTILE = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=30)


@settings(max_examples=150, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_any_text_survives(symbol: str, owner: str, purpose: str) -> None:
    point: Point = a_point(symbol, ownership=owned_by(owner), purpose=purpose)
    manifest, _ = read_manifest(draft_manifest(a_census(point)).encode(), "aicensus.yaml")
    assert [(name, claim.owner, claim.purpose) for name, claim in manifest.points.items()] == [(point.id, owner, purpose)]
