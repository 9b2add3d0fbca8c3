"""Who wins: declarations as a partial order of points."""

from __future__ import annotations

from itertools import pairwise

import pytest

from aicensus.analysis.decisions import Decider, Subject
from aicensus.analysis.precedence import Declared, Name, Ranking, meant, parsed
from aicensus.model.census import Point
from aicensus.model.settings import Precedence
from tests.builders import REPO, a_point

A, B, C, D = (a_point(name, path=f"{name}/app.py") for name in "abcd")
ROLES = {A.id: "legal", B.id: "marketing"}


def accountability(point: Point) -> str:
    return ROLES.get(point.id, "")


def ranking(*orders: tuple[str | tuple[str, ...], ...], points: tuple[Point, ...] = (A, B, C, D)) -> Ranking:
    subject = Subject("credit", tuple(Decider(point, True, ()) for point in points))
    return Ranking(subject, [Declared("credit", Precedence(order=order), (REPO,)) for order in orders], accountability)


def key(point: Point) -> tuple[str, str]:
    return point.repo, point.id


@pytest.mark.parametrize(
    ("orders", "winner", "loser", "wins"),
    [
        pytest.param([("a/app.py::a", "b/app.py::b")], A, B, True, id="a list"),
        pytest.param([("a/app.py::a", "b/app.py::b")], B, A, False, id="not the other way"),
        pytest.param([("a/*", "b/...")], A, B, True, id="globs"),
        pytest.param([("a/*", "b/*", "c/*")], A, C, True, id="over what stands between"),
        pytest.param([("a/*", "gone/*", "c/*")], A, C, True, id="over a name that means nobody"),
        pytest.param([("a/*", "b/*"), ("b/*", "c/*")], A, C, True, id="over two declarations"),
        pytest.param([(("a/*", "b/*"), ("a/*", "c/*"))], A, C, True, id="one of two lists"),
        pytest.param([(("a/*", "b/*"), ("a/*", "c/*"))], B, C, False, id="two below one are left open"),
        pytest.param([("legal", "marketing")], A, B, True, id="functions"),
        pytest.param([("Legal", "c/*")], A, C, True, id="a function over a point"),
        pytest.param([("a/app.py::a", "*")], A, D, True, id="all others"),
        pytest.param([("*", "a/app.py::a")], D, A, True, id="the closest name counts"),
        pytest.param([("a/*", "b/*")], C, D, False, id="not named"),
        pytest.param([(f"{REPO}:a/*", f"{REPO}:b/*")], A, B, True, id="with the repository"),
        pytest.param([("billing:a/*", "b/*")], A, B, False, id="of another repository"),
    ],
)
def test_who_wins(orders: list[tuple[str, ...]], winner: Point, loser: Point, wins: bool) -> None:
    assert ranking(*orders).wins(key(winner), key(loser)) is wins


@pytest.mark.parametrize(
    ("orders", "circle"),
    [
        pytest.param([("a/*", "b/*")], [], id="none"),
        pytest.param([("a/*", "b/*", "a/*")], ["a", "b", "a"], id="in one list"),
        pytest.param([("a/*", "b/*"), ("b/*", "c/*"), ("c/*", "a/*")], ["a", "b", "c", "a"], id="over three"),
        pytest.param([("a/*", "b/*"), ("b/*", "c/*"), ("b/app.py::b", "a/app.py::a")], ["a", "b", "a"], id="the shortest one"),
        pytest.param([("x/*", "y/*"), ("y/*", "x/*")], ["x/*", "y/*", "x/*"], id="of names that mean nobody"),
        pytest.param([("a/*", "a/*")], ["a", "a"], id="over itself"),
        pytest.param([("*", "a/*")], [], id="a point is not among all others that it loses to"),
    ],
)
def test_circles(orders: list[tuple[str, ...]], circle: list[str]) -> None:
    names = {key(point): point.symbol for point in (A, B, C, D)}
    assert [node if isinstance(node, str) else names[node] for node in ranking(*orders).circle] == circle


@pytest.mark.parametrize(
    ("orders", "pairs", "needed"),
    [
        pytest.param([], 6, 3, id="nothing is said: a chain of n points takes n - 1"),
        pytest.param([("a/*", "b/*", "c/*", "d/*")], 0, 0, id="all is said"),
        pytest.param([("a/*", "b/*", "c/*")], 3, 1, id="one is missing"),
        pytest.param([("a/*", "b/*"), ("c/*", "d/*")], 4, 1, id="two pairs"),
        pytest.param([("a/*", "*")], 3, 2, id="one above all"),
    ],
)
def test_what_is_left_open(orders: list[tuple[str, ...]], pairs: int, needed: int) -> None:
    order = ranking(*orders)
    sides = [(decider,) for decider in order.subject.deciders]
    assert (len(order.undecided(sides)), order.needed(sides)) == (pairs, needed)


def test_as_many_declarations_as_needed_settle_it() -> None:
    points = tuple(a_point(f"p{n}", path=f"p{n}/app.py") for n in range(12))
    order = ranking(*((f"{one.path}::{one.symbol}", f"{other.path}::{other.symbol}") for one, other in pairwise(points)), points=points)
    sides = [(decider,) for decider in order.subject.deciders]
    assert (order.undecided(sides), order.needed(sides)) == ((), 0)


@pytest.mark.parametrize(
    ("name", "repo", "selector"),
    [
        ("app/credits.py::decide", "", "app/credits.py::decide"),
        ("shop:app/credits.py::decide", "shop", "app/credits.py::decide"),
        ("app.py::decide", "", "app.py::decide"),
        ("support/...", "", "support/*"),
        ("legal", "", "legal"),
    ],
)
def test_names(name: str, repo: str, selector: str) -> None:
    assert parsed(name) == Name(repo, selector)


def test_own_points_are_meant_before_those_of_other_repositories() -> None:
    other = a_point("a", path="a/app.py", repo="billing")
    assert meant("a/*", [A, other], [REPO], accountability) == [A]
    assert meant("a/*", [other], [REPO], accountability) == [other]
    assert meant("billing:a/*", [A, other], [REPO], accountability) == [other]
