"""Which points serve one path of a customer."""

from __future__ import annotations

from typing import Any

import pytest

from aicensus.analysis.journeys import common_journey, journeys
from aicensus.graph import build_graph
from aicensus.model.census import Flow, Point
from aicensus.model.settings import Journey, Manifest
from tests.builders import REPO, a_census, a_point, an_entry_point


def common(one: Point, other: Point, manifest: Manifest | None = None, **fields: Any) -> str:
    entries = [an_entry_point("POST /refunds"), an_entry_point("shop", kind="library"), an_entry_point("", symbol="<module>", kind="main")]
    census = a_census(one, other, *entries, **fields)
    found = journeys(census, build_graph(census), [(manifest or Manifest(), (REPO,))])
    return common_journey(found, [one], [other])


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ("app/routes.py::POST /refunds", "what http `POST /refunds` sets off"),
        ("app/routes.py::", "what main `app/routes.py` sets off"),
        ("app/routes.py::shop", ""),
        ("gone", ""),
    ],
)
def test_reached_from_one_entry_point(entry: str, name: str) -> None:
    assert common(a_point("f", entry_points=(entry,)), a_point("g", entry_points=(entry,))) == name
    assert common(a_point("f", entry_points=(entry,)), a_point("g")) == ""


def test_declared_journeys_come_first() -> None:
    manifest = Manifest(journeys={"refund": Journey(steps=("app/service.py::f", "app/*::g"))})
    entry = ("app/routes.py::POST /refunds",)
    assert common(a_point("f", entry_points=entry), a_point("g", entry_points=entry), manifest) == "the journey `refund`"
    assert common(a_point("f"), a_point("h"), manifest) == ""


def test_flows() -> None:
    flow = Flow(
        id="flow.json", repo=REPO, path="flow.json", line=1, name="Triage", sdk="n8n", points=("app/service.py::f", "app/service.py::g")
    )
    assert common(a_point("f"), a_point("g"), flows=(flow,)) == "the flow `Triage`"


def test_one_point_is_no_journey() -> None:
    entry = ("app/routes.py::POST /refunds",)
    assert common(a_point("f", entry_points=entry), a_point("f", entry_points=entry)) == ""
