"""DEC002 and DEC003."""

from __future__ import annotations

from typing import Any

import pytest

from aicensus.model.settings import Manifest, PointClaim
from tests.audit.cases import DAY, POINT_ID, claiming, found, messages
from tests.builders import PERSON, a_census, a_point, a_prompt, a_state


@pytest.mark.parametrize(
    ("fields", "claim", "score"),
    [
        pytest.param({"reach": "unreachable"}, {}, 3, id="unreachable"),
        pytest.param({"reach": "unreachable", "owner": ""}, {}, 4, id="unreachable and unowned"),
        pytest.param({"reach": "test-only", "changed": "2025-01-01"}, {}, 3, id="tests only, and old"),
        pytest.param({"model": "gone"}, {}, 3, id="its model is gone"),
        pytest.param({"model": "soon", "reach": "test-only"}, {}, 3, id="its model goes, tests only"),
        pytest.param({"model": "gone", "reach": "unreachable"}, {"sunset": DAY(2026, 1, 1)}, 8, id="many signals stay a question"),
        pytest.param({"reach": "test-only"}, {}, None, id="tests only"),
        pytest.param({"model": "soon", "owner": ""}, {}, None, id="ends soon and unowned"),
        pytest.param({"reach": "unreachable", "changed": "2026-11-01"}, {}, None, id="changed lately"),
        pytest.param({"reach": "unreachable", "model": "gone"}, {"fallback_role": "disaster recovery"}, None, id="declared fallback"),
        pytest.param({"reach": "unreachable", "role": "gateway"}, {}, None, id="a gateway"),
        pytest.param({}, {}, None, id="in use"),
    ],
)
def test_investigate(fields: dict[str, Any], claim: dict[str, Any], score: int | None) -> None:
    texts = messages("DEC002", a_census(a_point(**{"owner": PERSON, **fields})), claiming(**claim))
    assert [f"score {score} " in text for text in texts] == ([True] if score else [])


def test_a_live_successor_counts() -> None:
    manifest = Manifest(points={POINT_ID: PointClaim(replaced_by="app/new.py::f", sunset=DAY(2026, 1, 1))})
    old, new = a_point(owner=PERSON), a_point("f", path="app/new.py", owner=PERSON)
    assert "`app/new.py::f` replaces it (+2)" in messages("DEC002", a_census(old, new), manifest)[0]
    assert messages("DEC002", a_census(old), manifest) == []


@pytest.mark.parametrize(
    ("sunset", "expected"),
    [
        pytest.param(DAY(2026, 11, 19), ["`summarise` should have been gone after 2026-11-19 and is still in the code"], id="yesterday"),
        pytest.param(DAY(2026, 11, 20), [], id="today is its last day"),
        pytest.param(None, [], id="none declared"),
    ],
)
def test_past_sunset(sunset: Any, expected: list[str]) -> None:
    assert messages("DEC003", a_census(a_point(owner=PERSON)), claiming(sunset=sunset)) == expected


def test_what_goes_with_a_point_is_named() -> None:
    own, shared = a_prompt(name="OWN", used_by=(POINT_ID,)), a_prompt(name="SHARED", used_by=(POINT_ID, "x.py::f"))
    state = a_state(points=(POINT_ID,))
    point = a_point(owner=PERSON, prompts=(own.id, shared.id), state=(state.id,))
    (finding,) = found("DEC003", a_census(point, own, shared, state), claiming(sunset=DAY(2026, 1, 1)))
    assert finding.next.startswith("remove summarise, 1 prompt, and look at 1 place of state that it touches")
