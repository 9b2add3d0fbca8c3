"""Numbers, units and bounds as people write them."""

from __future__ import annotations

import pytest

from aicensus.rules.lexicon import default_lexicon
from aicensus.rules.limits import limits
from aicensus.rules.words import tokens


def bounds(text: str) -> list[tuple[str, float, str]]:
    lexicon = default_lexicon()
    return [(one.operator, round(one.value, 3), one.dimension) for one in limits(tokens(text, lexicon), lexicon)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("within two weeks of delivery", [("<=", 336, "hours")]),
        ("no more than 14 days", [("<=", 336, "hours")]),
        ("no later than 14 days after delivery", [("<=", 336, "hours")]),
        ("fewer than ten seats", [("<", 10, "count of seat")]),
        ("ten seats or fewer", [("<=", 10, "count of seat")]),
        ("more than $1,000", [(">", 1000, "usd")]),
        ("above 50.000 Euro", [(">", 50000, "eur")]),
        ("twenty-five dollars", [("=", 25, "usd")]),
        ("orders of $75 or more", [(">=", 75, "usd")]),
        ("below 12.5 %", [("<", 12.5, "percent")]),
        ("half off", [("=", 50, "percent")]),
        ("five percentage points", [("=", 5, "percentage points")]),
        ("within 5 business days", [("<=", 5, "business days")]),
        ("for one year", [("=", 12, "months")]),
        ("a quarter of an hour early", [("=", 0.25, "hours")]),
        ("within a day", [("<=", 24, "hours")]),
        ("at least 18 years old", [(">=", 18, "years of age")]),
        ("until 8 pm", [("<=", 20, "o'clock")]),
        ("until ten", [("<=", 10, "o'clock")]),
        ("by eleven in the morning", [("<=", 11, "o'clock")]),
        ("after ten at night", [(">", 22, "o'clock")]),
        ("until ten people have signed", [("<=", 10, "count of person")]),
        ("up to 24 hours before the visit", [(">=", 24, "hours")]),
        ("no later than two days ahead of departure", [(">=", 48, "hours")]),
        ("within two days before the visit", [("<=", 48, "hours")]),
        ("up to 24 hours after the visit", [("<=", 24, "hours")]),
        ("every second day", [("=", 48, "repeat hours")]),
        ("once every 30 days", [("=", 720, "repeat hours")]),
        ("once a year", [("=", 12, "repeat months")]),
        ("every order", []),
        ("until 31 March", [("<=", 93, "date")]),
        ("by the end of March", [("<=", 93, "date")]),
        ("after March 31", [(">", 93, "date")]),
        ("you may order", []),
        ("from 15:30 onwards", [(">=", 15.5, "o'clock")]),
        ("one fifth of the price", [("=", 20, "percent")]),
        ("the whole course", [("=", 100, "percent")]),
        ("the whole family", []),
        ("no longer than a quarter of a year", [("<=", 3, "months")]),
        ("until the second birthday", [("<=", 2, "years of age")]),
        ("until they turn 28", [("=", 28, "years of age")]),
        ("under-16s", [("<", 16, "years of age")]),
        ("from the fourth child", [(">=", 4, "count of child")]),
        ("from the 5th of the month", [(">=", 5, "day of the month")]),
        ("up to and including three years of age", [("<=", 3, "years of age")]),
        ("half the fee", [("=", 50, "percent")]),
        ("at half price", [("=", 50, "percent")]),
        ("the full name", []),
        ("a ban lasts a week", [("=", 168, "hours")]),
        ("priority 1 tickets", [("=", 1, "name priority")]),
        ("not more than once", [("<=", 1, "times")]),
        ("höchstens vier Sätzen", [("<=", 4, "sentences")]),
        ("bis zu 30 Tage", [("<=", 720, "hours")]),
        ("no más de tres veces", [("<=", 3, "times")]),
        ("au plus deux phrases", [("<=", 2, "sentences")]),
        ("one of the agents", []),
        ("once the parcel has arrived", []),
        ("per month, a customer", []),
    ],
)
def test_limits(text: str, found: list[tuple[str, float, str]]) -> None:
    assert bounds(text) == found
