"""Periods, months and lights."""

from __future__ import annotations

import datetime
from typing import Any, Literal

import pytest

from aicensus.analysis.growth import growth_of, light_of, months_between, owned_by, period_ends, sample_of
from aicensus.model.growth import Commit, Sample
from tests.builders import a_census, a_point
from tests.builders import owned_by as owner

DAY = datetime.date.fromisoformat


@pytest.mark.parametrize(
    ("first", "last", "every", "ends"),
    [
        pytest.param(
            "2025-11-05", "2026-02-10", "month", ["2025-11-30", "2025-12-31", "2026-01-31", "2026-02-10"], id="months over a year's end"
        ),
        pytest.param("2025-11-05", "2026-04-10", "quarter", ["2025-12-31", "2026-03-31", "2026-04-10"], id="quarters of the calendar"),
        pytest.param("2026-02-01", "2026-02-28", "month", ["2026-02-28"], id="the last day is the end of the month"),
        pytest.param("2026-02-10", "2026-02-10", "month", ["2026-02-10"], id="one day"),
    ],
)
def test_period_ends(first: str, last: str, every: Literal["month", "quarter"], ends: list[str]) -> None:
    assert [day.isoformat() for day in period_ends(DAY(first), DAY(last), every)] == ends


@pytest.mark.parametrize(
    ("first", "last", "months", "light"),
    [
        ("2025-03-15", "2026-03-14", 11, "green"),
        ("2025-03-15", "2026-03-15", 12, "amber"),
        ("2024-03-15", "2026-03-15", 24, "amber"),
        ("2024-02-15", "2026-03-15", 25, "red"),
    ],
)
def test_months_and_lights(first: str, last: str, months: int, light: str) -> None:
    assert months_between(DAY(first), DAY(last)) == months
    assert light_of(months) == light


def sample(at: str, points: int) -> Sample:
    commit = Commit(id="1" * 40, at=f"{at}T00:00:00Z", author="Ada", email="ada@example.com", authored=f"{at}T00:00:00Z", subject="x")
    return Sample(at=at, commit=commit, points=points, by_owner={}, by_provider={}, by_kind={}, by_ownership={})


@pytest.mark.parametrize(
    ("samples", "growth"),
    [
        pytest.param([("2025-03-31", 4), ("2025-09-30", 5), ("2026-03-31", 10)], 2.5, id="a year before"),
        pytest.param([("2025-03-31", 4), ("2026-03-20", 10)], None, id="less than a year"),
        pytest.param([("2025-03-31", 0), ("2026-03-31", 10)], None, id="nothing a year before"),
        pytest.param([], None, id="no sample"),
    ],
)
def test_growth(samples: list[tuple[str, int]], growth: float | None) -> None:
    assert growth_of([sample(*one) for one in samples]) == growth


def test_state_of_ownership() -> None:
    states = [owner("maria@example.com"), owner("@example-org/support"), owner("@example-org/support", person="maria@example.com")]
    assert [owned_by(a_point(ownership=one)) for one in states] == ["person", "team", "person"]
    assert owned_by(a_point()) == "nobody"


@pytest.mark.parametrize(
    ("fields", "undecided"),
    [
        pytest.param({}, 1, id="neither"),
        pytest.param({"owner": "maria@example.com"}, 1, id="an owner alone"),
        pytest.param({"purpose": "Sum up a ticket", "purpose_declared": True}, 1, id="a purpose alone"),
        pytest.param({"owner": "maria@example.com", "purpose": "Sum up a ticket", "purpose_declared": True}, 0, id="both"),
        pytest.param({"owner": "maria@example.com", "purpose": "Sum up a ticket"}, 1, id="a purpose that only its documentation says"),
        pytest.param({"scope": "test"}, 0, id="a test does not count"),
        pytest.param({"role": "gateway"}, 0, id="a gateway does not count"),
    ],
)
def test_what_came_without_being_decided(fields: dict[str, Any], undecided: int) -> None:
    commit = sample("2026-03-31", 0).commit
    found = sample_of(DAY("2026-03-31"), commit, a_census(a_point("f", **fields)), a_census())
    assert len(found.undecided) == undecided
