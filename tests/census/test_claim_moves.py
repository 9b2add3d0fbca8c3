"""Claims whose point is gone: followed where that is sure, proposed where it is likely."""

from __future__ import annotations

import pytest

from aicensus.census.claim_moves import claim_moves, prompt_hash
from aicensus.model.census import Point
from aicensus.model.settings import Manifest, PointClaim
from tests.builders import REPO, a_point

CALL = "client.chat.completions.create"
HASHES = {"p": "a" * 16, "q": "b" * 16}
REMEMBERED = PointClaim(callee=CALL, prompt_hash=HASHES["p"])


def found(claims: dict[str, PointClaim], points: list[Point], moves: dict[str, str] | None = None) -> list[tuple[str, str, str]]:
    rows = claim_moves(Manifest(points=claims), points, HASHES, lambda _: moves or {}, REPO)
    return [(row.claimed, row.point, row.confidence) for row in rows]


@pytest.mark.parametrize(
    ("claim", "points", "moves", "expected"),
    [
        pytest.param(PointClaim(), [a_point("f", path="new.py")], {"old.py": "new.py"}, ("new.py::f", "certain"), id="its file moved"),
        pytest.param(
            PointClaim(),
            [a_point("New.f", path="new.py"), a_point("New.g", path="new.py")],
            {"old.py": "new.py"},
            ("new.py::New.f", "certain"),
            id="its class was renamed with the file",
        ),
        pytest.param(
            PointClaim(),
            [a_point("g", path="new.py")],
            {"old.py": "new.py"},
            ("new.py::g", "likely"),
            id="its file moved, and its name",
        ),
        pytest.param(REMEMBERED, [a_point("g", path="x.py", prompts=("p",))], {}, ("x.py::g", "certain"), id="the same call and prompt"),
        pytest.param(REMEMBERED, [a_point("g", path="x.py", prompts=("q",))], {}, None, id="another prompt"),
        pytest.param(
            REMEMBERED, [a_point("g", path="x.py", prompts=("p",), call="other.call")], {}, None, id="another call with the same prompt"
        ),
        pytest.param(
            REMEMBERED,
            [a_point(name, path="x.py", prompts=("p",)) for name in "gh"],
            {},
            None,
            id="two with both",
        ),
        pytest.param(PointClaim(callee=CALL), [a_point("g", path="x.py")], {}, None, id="without a prompt a call is no mark"),
        pytest.param(PointClaim(), [a_point("f", path="x.py")], {}, ("x.py::f", "likely"), id="the same name elsewhere"),
        pytest.param(PointClaim(), [a_point("f", path=path) for path in ("x.py", "y.py")], {}, None, id="the same name in two places"),
        pytest.param(PointClaim(), [a_point("g", path="old.py")], {}, ("old.py::g", "likely"), id="the only one in its file"),
        pytest.param(PointClaim(), [a_point("f", path="old.py"), a_point("g", path="old.py")], {}, None, id="it is still there"),
    ],
)
def test_where_a_claim_went(claim: PointClaim, points: list[Point], moves: dict[str, str], expected: tuple[str, str] | None) -> None:
    assert found({"old.py::f": claim}, points, moves) == ([("old.py::f", *expected)] if expected else [])


def test_what_somebody_claims_is_not_taken() -> None:
    there = a_point("f", path="new.py")
    assert found({"old.py::f": PointClaim(), there.id: PointClaim()}, [there], {"old.py": "new.py"}) == []


def test_globs_and_what_is_no_id_are_left_alone() -> None:
    assert found({"old/*": PointClaim(), "old.py": PointClaim()}, [a_point("f", path="new.py")], {"old.py": "new.py"}) == []


def test_each_point_takes_one_claim() -> None:
    claims = {"old.py::f": PointClaim(), "old.py::g": PointClaim()}
    points = [a_point("f", path="new.py"), a_point("g", path="new.py", line=30)]
    assert found(claims, points, {"old.py": "new.py"}) == [("old.py::f", "new.py::f", "certain"), ("old.py::g", "new.py::g", "certain")]


@pytest.mark.parametrize(
    ("prompts", "expected"),
    [((), ""), (("p",), "a" * 16), (("p", "unknown"), ""), (("q", "p"), prompt_hash(a_point(prompts=("p", "q")), HASHES))],
)
def test_the_prompts_of_a_point_have_one_hash(prompts: tuple[str, ...], expected: str) -> None:
    assert prompt_hash(a_point(prompts=prompts), HASHES) == expected
