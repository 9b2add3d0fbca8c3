"""Who answers for what, who has left and whom history suggests."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from aicensus.analysis.owners import ledger
from aicensus.model.census import Author, Claim, Ownership, Point
from aicensus.model.owners import Ledger
from aicensus.model.settings import Manifest, PointClaim, Review, RosterEntry
from tests.builders import AS_OF, REPO, a_census, a_point, owned_by

MARIA, JONAS, KIM = "maria@example.com", "jonas@example.com", "kim@example.com"
ROSTER = {
    MARIA: RosterEntry(name="Maria", handles=("@maria",)),
    JONAS: RosterEntry(name="Jonas", until=datetime.date(2026, 6, 30)),
    "@example/support": RosterEntry(members=(MARIA,)),
}
SUGGESTED = (
    Claim(source="git", owner=JONAS, percent=60, last="2026-06-01"),
    Claim(source="git", owner=KIM, percent=40, last="2026-10-01"),
)


def made(*points: Point, authors: tuple[Author, ...] = (), claims: dict[str, PointClaim] | None = None) -> Ledger:
    manifest = Manifest(roster=ROSTER, points=claims or {})
    return ledger(a_census(*points, authors=authors), points, lambda _: manifest, AS_OF)


def committed(email: str, day: str) -> Author:
    return Author(repo=REPO, email=email, last=day)


def owned(symbol: str, owner: str, **fields: Any) -> Point:
    one = owned_by(owner)
    return a_point(symbol, ownership=Ownership(owner=one.owner, person=one.person, source=one.source, suggestions=SUGGESTED), **fields)


@pytest.mark.parametrize(
    ("owner", "authors", "claims", "standing", "seen"),
    [
        pytest.param(MARIA, (committed(MARIA, "2026-11-01"),), {}, "active", "2026-11-01", id="commits"),
        pytest.param(MARIA, (committed(MARIA, "2026-01-01"),), {}, "inactive", "2026-01-01", id="commits of long ago"),
        pytest.param(
            MARIA,
            (committed(MARIA, "2026-01-01"),),
            {"x.py::g": PointClaim(reviewed=Review(on=datetime.date(2026, 11, 2), by="@maria"))},
            "active",
            "2026-11-02",
            id="reviews under another name",
        ),
        pytest.param(MARIA, (), {}, "not known", "", id="no trace"),
        pytest.param(JONAS, (committed(JONAS, "2026-11-01"),), {}, "left", "2026-11-01", id="has left"),
        pytest.param("@example/support", (), {}, "no person", "", id="a team"),
    ],
)
def test_how_an_owner_stands(owner: str, authors: tuple[Author, ...], claims: dict[str, PointClaim], standing: str, seen: str) -> None:
    (found,) = made(owned("f", owner), authors=authors, claims=claims).owners
    assert (found.who, found.standing, found.last_seen) == (owner, standing, seen)


def test_what_is_left_behind_goes_to_those_who_are_still_there() -> None:
    found = made(owned("f", JONAS), owned("g", MARIA, path="b.py"), authors=(committed(MARIA, "2026-11-01"),))
    left, active = sorted(found.owners, key=lambda owner: owner.who)
    assert [(one.who, one.percent, one.last) for one in left.points[0].suggested] == [(KIM, 40, "2026-10-01")]
    assert active.points[0].suggested == (), "nobody is suggested for what an active person owns"


def test_coverage_counts_persons_who_are_here() -> None:
    found = made(
        owned("f", MARIA, consequential="yes"),
        owned("g", JONAS, consequential="yes"),
        owned("h", "@example/support", consequential="no"),
        a_point("i", ownership=Ownership(suggestions=SUGGESTED)),
    )
    assert (found.purposes.purposes, found.purposes.owned, found.purposes.answered) == (4, 3, 1)
    assert (found.consequential.purposes, found.consequential.owned, found.consequential.answered) == (2, 2, 1)
    assert found.unsaid == 1
    assert [held.symbol for held in found.unowned] == ["i"]
