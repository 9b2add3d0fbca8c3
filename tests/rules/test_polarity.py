"""Which words of a rule are denied."""

from __future__ import annotations

import pytest

from aicensus.rules.form import form_of
from aicensus.rules.lexicon import default_lexicon
from tests.rules.reading import form


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        pytest.param("Send reports by email.", set(), id="nothing"),
        pytest.param("Never send reports.", {"send", "report"}, id="the whole clause"),
        pytest.param("Reports are not sent.", {"send", "report"}, id="and its subject"),
        pytest.param("Nobody reads reports.", {"read", "report"}, id="by its subject"),
        pytest.param("Reports are read by editors and never by authors.", {"author"}, id="a contrast"),
        pytest.param("Speak of tenants, never of lodgers.", {"lodger"}, id="a contrast after a comma"),
        pytest.param("Send a letter rather than a parcel.", {"parcel"}, id="the alternative"),
        pytest.param("Read every report, but do not send letters.", {"send", "letter"}, id="the second clause alone"),
        pytest.param("Give no advice; refer the tenant to a doctor.", {"give", "advice"}, id="the first clause alone"),
        pytest.param("Tenants who are not adults pay rent.", {"adult"}, id="within a condition"),
        pytest.param("Once it is sent, refuse a letter; until then, accept it.", {"refuse", "letter"}, id="by a verb, not before it"),
        pytest.param("The fee is waived for tenants.", {"fee", "waive", "tenant"}, id="waived"),
        pytest.param("Do not hide the fee.", set(), id="twice"),
        pytest.param("Parcels are sent at no cost.", set(), id="a phrase that only looks like a denial"),
        pytest.param("Do not send parcels before the fee is paid.", set(), id="an order of two things"),
        pytest.param("No parcel is sent without a signature.", set(), id="what has to be there"),
        pytest.param("Pay by any means but cash.", {"cash"}, id="all but one"),
        pytest.param("Tenants may swim, whether or not they pay.", set(), id="what changes nothing"),
    ],
)
def test_denied_words(text: str, denied: set[str]) -> None:
    assert {item.lemma for item in form(text).items if item.denied} == denied


def test_a_heading_that_forbids_denies_what_stands_below_it() -> None:
    found = form_of("Send letters to guests who are not tenants.", default_lexicon(), forbidden=True)
    assert {item.lemma for item in found.items if item.denied} == {"send", "letter", "guest", "tenant"}


@pytest.mark.parametrize(
    ("text", "negative"),
    [
        ("Write short replies; do not repeat the question.", False),
        ("Do not hide the fee: show it.", True),
        ("Do not write long replies.", True),
        ("Pupils are too young to vote.", True),
    ],
)
def test_the_rule_is_denied_where_its_main_act_is(text: str, negative: bool) -> None:
    assert form(text).negative is negative


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("Certificates are sent by email and not in any other form.", True),
        ("Contracts are extended by phone and in no other way.", True),
        ("Spare parts come from the warehouse and from nowhere else.", True),
        ("Work begins when all papers have arrived, not a day earlier.", True),
        ("Rooms are handed over from noon and not before.", True),
        ("Do not use any other form.", False),
        ("Work begins when all papers have arrived, not when a day has passed.", False),
    ],
)
def test_a_tail_that_shuts_out_all_else(text: str, only: bool) -> None:
    found = form(text)
    assert found.only is only
    assert not (only and found.negative)


@pytest.mark.parametrize(
    ("text", "asked", "unasked"),
    [
        ("Mention the fee only when somebody asks about it.", True, False),
        ("The fee is mentioned on request.", True, False),
        ("Mention the fee unasked.", False, True),
        ("Ask for the fee.", False, False),
    ],
)
def test_asked_and_unasked(text: str, asked: bool, unasked: bool) -> None:
    found = form(text)
    assert (found.asked, found.unasked) == (asked, unasked)


@pytest.mark.parametrize(
    ("text", "optional"),
    [("Quizzes can be skipped.", True), ("Quizzes must not be skipped.", False), ("Quizzes can be repeated.", False)],
)
def test_what_may_be_left_out_is_optional(text: str, optional: bool) -> None:
    assert form(text).optional is optional
