"""The verb of a rule."""

from __future__ import annotations

import pytest

from tests.rules.reading import form


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("Route urgent requests to the head nurse.", "route"),
        ("Please never interrupt a caller.", "interrupt"),
        ("Refrain from naming rival vendors.", "name"),
        ("Do not forget to verify the order number.", "verify"),
        ("Price match requests are honoured for a week.", "honour"),
        ("Free shipping is not available on Sundays.", "available"),
        ("Trials cannot be extended.", "extend"),
        ("Overtime needs to be cleared beforehand.", "clear"),
        ("Vouchers expire after one year.", "expire"),
        ("The bar closes at midnight.", "close"),
        ("Trainees pass questions to a pharmacist.", "pass"),
        ("Smoking in the car costs the full price.", "cost"),
        ("Reports of self-harm come first.", "come first"),
        ("Records that have reached an age of ten years must be deleted.", "delete"),
        ("Once a pack is open it is not taken back.", "take back"),
        ("Which station responds is decided by the commander.", "decide"),
        ("The excess is $300.", None),
        ("Students need a guarantor.", None),
    ],
)
def test_the_main_act(text: str, act: str | None) -> None:
    head = form(text).head
    assert (head.lemma if head else None) == act


@pytest.mark.parametrize(
    ("text", "doers", "receivers"),
    [
        ("Permits are issued by the district.", ["district"], []),
        ("The city council issues the permits.", ["city", "council"], []),
        ("Complaints about food go to the chef.", ["complaint", "food"], ["chef"]),
        ("Send the label to the customer by email.", [], ["customer"]),
        ("Rates are rounded.", [], []),
    ],
)
def test_who_acts_and_who_receives(text: str, doers: list[str], receivers: list[str]) -> None:
    found = form(text)
    assert ([item.lemma for item in found.doers], [item.lemma for item in found.receivers]) == (doers, receivers)
