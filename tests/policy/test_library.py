"""Versions of fragments: which one holds, what replaces which, and what is wrong among them."""

from __future__ import annotations

import datetime

import pytest

from aicensus.model.policy import Fragment
from aicensus.policy.library import Library
from tests.builders import a_fragment

DAY = datetime.date(2026, 11, 20)


def library(*fragments: Fragment) -> Library:
    return Library(fragments, DAY)


def version(number: str, **fields: object) -> Fragment:
    return a_fragment(f"Text {number}.", version=number, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fragments", "expected"),
    [
        pytest.param([version("1")], "1", id="alone"),
        pytest.param([version("1"), version("2", supersedes=("refunds@1",))], "2", id="superseded"),
        pytest.param([version("1"), version("2", supersedes=("refunds",))], "2", id="all older ones superseded"),
        pytest.param([version("9"), version("10", supersedes=("refunds",))], "10", id="versions are numbers"),
        pytest.param([version("1"), version("2", effective_from="2026-11-21", supersedes=("refunds@1",))], "1", id="from tomorrow"),
        pytest.param([version("1"), version("2", effective_from="2026-11-20", supersedes=("refunds@1",))], "2", id="from today"),
        pytest.param([version("1", effective_until="2026-11-20")], "1", id="last day"),
        pytest.param([version("1", effective_until="2026-11-19")], None, id="the day after"),
        pytest.param([version("1"), version("2", effective_from="2026-01-01")], "2", id="both hold: the newer one"),
    ],
)
def test_the_version_that_holds(fragments: list[Fragment], expected: str | None) -> None:
    current = library(*fragments).current("refunds")
    assert (current.version if current else None) == expected


def test_another_fragment_may_take_over() -> None:
    old, new = version("1"), a_fragment("New.", id="returns", supersedes=("refunds@1",))
    assert library(old, new).replacement(old) == new
    assert library(old, new).standing(old) == "superseded"
    assert library(version("1", effective_until="2026-01-01")).replacement(version("1")) is None


@pytest.mark.parametrize(
    ("fragments", "messages"),
    [
        pytest.param([version("1"), version("2", supersedes=("refunds@1",))], [], id="in order"),
        pytest.param([version("1", effective_until="2026-06-30"), version("2", effective_from="2026-07-01")], [], id="one after the other"),
        pytest.param(
            [version("1", effective_until="2026-07-01"), version("2", effective_from="2026-07-01")],
            ["`refunds@1` and `refunds@2` both hold from 2026-07-01 to 2026-07-01"],
            id="one day of both",
        ),
        pytest.param([version("1"), version("2")], ["`refunds@1` and `refunds@2` both hold always"], id="both always"),
        pytest.param(
            [version("1"), version("1", path="policies/z.md")],
            ["`refunds@1` stands twice in the library, first at policies/refunds.1.md:2"],
            id="twice",
        ),
        pytest.param(
            [version("1", supersedes=("gone@1",), derived_from="gone")],
            ["`refunds@1` says `supersedes: gone@1`, and the library holds no such", "`refunds@1` says `derived_from: gone`, and"],
            id="names that lead nowhere",
        ),
        pytest.param([version("1", derived_from="refunds")], ["`refunds@1` names itself"], id="itself"),
    ],
)
def test_problems(fragments: list[Fragment], messages: list[str]) -> None:
    found = [problem.message for problem in library(*fragments).problems()]
    assert len(found) == len(messages)
    for message, expected in zip(found, messages, strict=True):
        assert message.startswith(expected)


def test_a_circle_of_names_ends() -> None:
    one, other = version("1", supersedes=("refunds@2",)), version("2", supersedes=("refunds@1",))
    assert library(one, other).replacement(one) is None
