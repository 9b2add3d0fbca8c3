"""What prompts aim at, and which aims pull against each other."""

from __future__ import annotations

import pytest

from aicensus.rules.objectives import Aim, Objectives


@pytest.mark.parametrize(
    ("text", "objective"),
    [
        ("Your goal is to retain the customer.", "retention"),
        ("Retaining our most valuable customers comes first.", "retention"),
        ("Prioritise keeping the customer: offer credit.", "retention"),
        ("Protect the margin.", "margin"),
        ("Above all you are protecting our margins.", "margin"),
        ("Avoid escalating to a human agent.", "deflection"),
        ("When in doubt, escalate.", "human-contact"),
        ("Keep the customer informed.", None),
        ("Do not try to retain the customer.", None),
        ("The customer retains the receipt.", None),
        ("Write in the margin of the page.", None),
        ("Retain the receipt. The customer needs it.", None),
    ],
)
def test_objectives_of_a_text(text: str, objective: str | None) -> None:
    assert [aim.objective for aim in Objectives().of(text)] == ([objective] if objective else [])


def test_an_objective_is_named_once_with_its_first_line() -> None:
    assert Objectives().of("You help.\nRetain the customer.\nPrevent churn.") == (Aim("retention", 2),)


@pytest.mark.parametrize(
    ("one", "other", "rivals"),
    [("retention", "margin", True), ("margin", "retention", True), ("sales", "customer-interest", True), ("retention", "speed", False)],
)
def test_rivals(one: str, other: str, rivals: bool) -> None:
    assert Objectives().rivals(one, other) is rivals


def test_objectives_of_the_users_own() -> None:
    objectives = Objectives({"occupancy": ["fill every bed"], "margin": ["hold the rate"]}, {"occupancy": ["margin"]})
    assert [aim.objective for aim in objectives.of("Fill every bed tonight.\nHold the rate.")] == ["margin", "occupancy"]
    assert objectives.rivals("margin", "occupancy")


def test_every_shipped_rival_is_an_objective() -> None:
    from aicensus.rules.lexicon import read_rows

    rows = read_rows("objectives")
    named = {name.strip() for row in rows["rivals"].values() for name in row.split(",")} | set(rows["rivals"])
    assert named <= set(rows["objectives"])
