"""What a rule decides about, and which way; bookkeeping, wording and format decide nothing."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from aicensus.rules.extract import Found
from aicensus.rules.form import form_of
from aicensus.rules.lexicon import default_lexicon, read_rows
from aicensus.rules.opposed import clash, opposed
from aicensus.rules.reading import rule_of
from aicensus.rules.subjects import Subjects, subject_name

SUBJECTS = Subjects(default_lexicon())


def decided(text: str, subjects: Subjects = SUBJECTS) -> tuple[str, ...]:
    form = form_of(text, default_lexicon())
    return subjects.of(rule_of(Found(0, len(text), text, "", "en"), form, text, default_lexicon()), form)


@pytest.mark.parametrize("name", ["subjects", "objectives"])
def test_the_data_is_toml_and_nothing_is_read_over(name: str) -> None:
    text = resources.files("aicensus.rules").joinpath("data", f"{name}.toml").read_text(encoding="utf-8")
    assert {key: rows for key, rows in read_rows(name).items() if rows} == tomllib.loads(text)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Offer a goodwill credit when a customer is at risk.", "goodwill-credit"),
        ("Goodwill credits are ineligible below 20% margin.", "goodwill-credit"),
        ("A goodwill credit may not exceed $25 per incident.", "goodwill-credit"),
        ("You may approve refunds of up to $100 on your own.", "refund"),
        ("Refunds are allowed within 30 days of purchase.", "refund"),
        ("A missing parcel is refunded only once the carrier has finished its investigation.", "refund"),
        ("Only recommend a discount when the customer has asked for one.", "discount"),
        ("A discount of more than 20 percent requires the approval of the head of sales.", "discount"),
        ("Never propose a price below cost plus 12 percent.", "price"),
        ("Orders above $75 qualify for free shipping.", "free-shipping"),
        ("Do not promise a delivery date which the carrier has not confirmed.", "delivery-promise"),
        ("Approve loans of up to 50,000 USD without a guarantor.", "loan"),
        ("Approve parental leave of up to twelve months.", "parental-leave"),
        ("Refuse visas to applicants without a return ticket.", "visa"),
        ("Log the reason for every refund in the field `refund_reason`.", None),
        ("Mention store credit only if the customer asks for it.", None),
        ("Never name the price of a competitor.", None),
        ("Summarise the refund policy for the customer.", None),
        ("If the customer asks for a discount, transfer the call to a human.", None),
        ("Always answer in a friendly tone about refunds.", None),
        ("Return the result as JSON.", None),
        ("Do not approve your own pull request.", None),
        ("Never deny the request of a user.", None),
        ("A rep may grant up to 20% off without asking anyone.", None),
    ],
)
def test_subjects_of_a_rule(text: str, subject: str | None) -> None:
    assert decided(text) == ((subject,) if subject else ())


def test_words_of_the_users_own() -> None:
    text = "Grant a sorry voucher to guests who waited longer than an hour."
    assert decided(text, Subjects(default_lexicon(), {"Make Good": ["sorry voucher"]})) == ("make-good",)
    assert decided(text) != ("make-good",)


@pytest.mark.parametrize("spelling", ["goodwill-credit", "Goodwill Credit", "goodwill_credit", " goodwill  credit "])
def test_one_spelling_of_a_name(spelling: str) -> None:
    assert subject_name(spelling) == "goodwill-credit"


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("Offer a goodwill credit when a customer is at risk.", 1),
        ("Never refuse a refund for faulty goods.", 1),
        ("Goodwill credits are ineligible below 20% margin.", -1),
        ("Do not offer a discount to resellers.", -1),
        ("Refuse a second credit for the same order.", -1),
        ("Refunds are not allowed after 30 days.", -1),
        ("A discount of more than 20 percent goes to the deal desk.", 0),
        ("Refund requests are not yours to decide; refer them to the refund assistant.", 0),
    ],
)
def test_direction(text: str, way: int) -> None:
    assert SUBJECTS.direction(form_of(text, default_lexicon())) == way


CREDIT = "Offer a goodwill credit when a customer is at risk of leaving."


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        pytest.param(CREDIT, "Goodwill credits are ineligible below 20 percent margin.", True, id="no word in common but the subject"),
        pytest.param(CREDIT, "Credits are ineligible below 20 percent margin.", True, id="the wider subject"),
        pytest.param(CREDIT, "Do not offer a goodwill credit when the margin is below 20 percent.", True, id="denied"),
        pytest.param(CREDIT, "Offer a goodwill credit of up to 50 EUR.", False, id="both grant"),
        pytest.param(CREDIT, "Refuse refunds after 30 days.", False, id="another subject"),
        pytest.param("Approve refunds of up to $100.", "Refuse refunds above $100.", False, id="cases that never meet"),
        pytest.param(
            "Offer a goodwill credit.", "Goodwill credits are ineligible.", False, id="no condition: that is no conditional conflict"
        ),
    ],
)
def test_opposed_rules(first: str, second: str, found: bool) -> None:
    forms = [form_of(text, default_lexicon()) for text in (first, second)]
    pairs = list(opposed(forms, [decided(first), decided(second)], SUBJECTS))
    verdicts = [clash(forms[one], forms[other], default_lexicon()) for one, other in pairs]
    assert [verdict.verdict for verdict in verdicts if verdict] == (["conditional conflict"] if found else [])
