"""Worked pairs, and laws that hold for any pair."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicensus.rules import verdicts
from aicensus.rules.lexicon import Lexicon
from aicensus.rules.verdicts import LABEL
from tests.rules.reading import verdict


@pytest.mark.parametrize(
    ("a", "b", "name"),
    [
        ("Refunds are allowed within 30 days of purchase.", "refunds are allowed within 30 days of purchase", "duplicate (exact)"),
        ("Never promise a refund to a customer.", "Do not promise refunds to customers.", "duplicate (equivalent)"),
        ("Cancel within 14 days.", "Cancel within two weeks.", "duplicate (equivalent)"),
        ("Don't refuse to refund faulty goods.", "Refund faulty goods.", "duplicate (equivalent)"),
        (
            "Refund requests must be made within 30 days of delivery.",
            "Customers can request a refund up to 30 days after delivery.",
            "duplicate (equivalent)",
        ),
        (
            "Offer a replacement before you offer a refund.",
            "Offer a refund only after you have offered a replacement.",
            "duplicate (equivalent)",
        ),
        ("Only use the listed tags.", "Do not use any other tags than those listed.", "duplicate (equivalent)"),
        ("Refunds are allowed within 30 days.", "Refunds are allowed within 14 days.", "threshold conflict"),
        ("The customer must be 18 or older.", "Applicants must be at least 21.", "threshold conflict"),
        ("Respond within 5 business days.", "Respond within 5 days.", "contradiction"),
        ("Refunds up to €100.", "Refunds up to $100.", "contradiction"),
        ("Refund only if the item is unopened.", "Refund opened items within 7 days.", "contradiction"),
        ("Send the label by email.", "Send the label by text message.", "contradiction"),
        ("Show the refund before the voucher.", "Show the voucher before the refund.", "contradiction"),
        ("Keep replies under 100 words.", "Keep replies under 50 words.", "stricter"),
        ("Premium customers are eligible for free shipping.", "Free shipping is not available for standard customers.", "compatible"),
        ("Refund unless the item is damaged by the customer.", "Do not refund items damaged by the customer.", "refines"),
        ("Greet the caller by name.", "Encrypt backups at rest.", "unrelated"),
        ("Permits are issued by the district.", "The treasurer issues the permits.", "contradiction"),
        ("We return unsigned applications.", "Applications without a signature are returned.", "duplicate (equivalent)"),
        ("Married couples file together.", "Unmarried couples do not file together.", "compatible"),
        ("Give no advice on heating.", "Give no advice on heating to visitors.", "refines"),
        ("Nobody is given a key before the deposit is paid.", "A key is given once the deposit has been paid.", "duplicate (equivalent)"),
        ("Never quote prices without tax.", "Quote prices with tax.", "duplicate (equivalent)"),
        ("Applications are accepted until 31 March.", "Applications are accepted until the end of March.", "duplicate (equivalent)"),
        ("Applications are accepted until 31 March.", "Applications are accepted until the end of April.", "threshold conflict"),
        ("In corridors, lamps go off after two minutes.", "In kitchens, lamps go off after ten minutes.", "compatible"),
        ("Priority 1 tickets are answered in an hour.", "Priority 3 tickets are answered in a day.", "compatible"),
        ("Drivers over 70 pay no surcharge.", "Young drivers pay a surcharge.", "compatible"),
    ],
)
def test_worked_pairs(a: str, b: str, name: str) -> None:
    assert verdict(a, b).verdict == name
    assert verdict(b, a).verdict == name


@pytest.mark.parametrize(
    ("a", "b", "label"),
    [
        ("Always respond in a formal tone.", "Use a casual, friendly tone.", "contradiction"),
        ("Keep replies under 100 words.", "Replies must be at least 150 words.", "contradiction"),
        ("Offer a goodwill credit to customers who threaten to cancel.", "Never offer credits or discounts.", "contradiction"),
        ("A phone number is optional.", "Collect a phone number from everybody.", "contradiction"),
        ("Use a friendly tone.", "Use a friendly and professional tone.", "refinement"),
        ("Links to shops are allowed.", "Remove links to shops.", "contradiction"),
        ("A map is given to visitors on request.", "Give visitors a map unasked.", "contradiction"),
        ("Write short replies; do not repeat the question.", "Repeat the question in short replies.", "contradiction"),
        ("Sessions need the consent of the user.", "Do not open a session unless the user consents.", "duplicate"),
    ],
)
def test_likeliest_labels_of_what_has_to_be_read(a: str, b: str, label: str) -> None:
    found = verdict(a, b)
    assert (found.verdict, found.label) == ("review", label)


def test_a_threshold_conflict_names_the_cases_in_dispute() -> None:
    found = verdict("Refunds are allowed within 30 days.", "Refunds are allowed within 14 days.")
    assert found.interval == "from within 14 days to within 30 days"
    assert found.why == ("limits: within 30 days | within 14 days",)
    assert found.resolve


@pytest.mark.parametrize(
    ("a", "verdict_of_it"),
    [
        ("Refund parcels within {{ days | default(14) }} days.", "duplicate (equivalent)"),
        ("Refund parcels within ${DAYS:-14} days.", "duplicate (equivalent)"),
        ("Refund parcels within ${limits.days ?? 30} days.", "threshold conflict"),
        ("Refund parcels within {{ days }} days.", "review"),
        ("Refund parcels within {days} days.", "review"),
    ],
)
def test_a_variable_is_its_default_or_has_to_be_read(a: str, verdict_of_it: str) -> None:
    assert verdict(a, "Refund parcels within 14 days.").verdict == verdict_of_it


def test_the_same_variable_is_the_same_value() -> None:
    assert verdict("Refund parcels within {days} days.", "Parcels are refunded within {days} days.").verdict == "duplicate (equivalent)"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("They contain all details of the order.", "They do not contain details of the order."),
        ("Suggest only a few commands.", "Do not suggest multi-line commands."),
        ('Answers such as "yes" are correct.', 'Answers such as "no" are not correct.'),
    ],
)
def test_a_conflict_that_rests_on_a_pronoun_a_narrower_denial_or_a_quotation_has_to_be_read(a: str, b: str) -> None:
    assert verdict(a, b).verdict in ("review", "unrelated")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("No price is stated net of VAT.", "Quote all prices with VAT included."),
        ("Ask the tenant for the date of the leak.", "Ask the tenant for the date of birth of each child."),
    ],
)
def test_a_contrary_of_a_contrary_and_a_part_of_a_phrase_decide_nothing_by_themselves(a: str, b: str) -> None:
    assert verdict(a, b).confidence == "review"


def test_what_slots_decide_stands_only_where_pairs_like_it_were_judged_so(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = "Send the annual report by email.", "Send the annual report by text message after the meeting."
    for label, name in (("contradiction", "contradiction"), ("refinement", "review")):
        monkeypatch.setattr(verdicts, "likeliest", lambda signals, slots, label=label: label)
        assert (verdict(a, b).verdict, verdict(a, b).label) == (name, label)


def test_words_of_the_business() -> None:
    a, b = "Route the request to the blue queue.", "Route the request to the red queue."
    known = Lexicon(exclusive={"queue": ["blue queue", "red queue"]})
    assert verdict(a, b, known).verdict == "contradiction"
    synonyms = Lexicon(synonyms={"refund": ["gutschrift"]})
    assert verdict("Reimburse a gutschrift.", "Reimburse a refund.", synonyms).label == "duplicate"


# --- laws ---

ACTS = st.sampled_from(["Refund", "Delete", "Escalate", "Archive", "Encrypt", "Translate", "Approve", "Publish"])
THINGS = st.sampled_from(["damaged parcels", "chat transcripts", "legal complaints", "press releases", "insurance claims", "exam papers"])
DAYS = st.integers(min_value=2, max_value=12)
WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


@given(ACTS, THINGS, DAYS)
def test_number_words_units_and_case_keep_a_duplicate(act: str, thing: str, number: int) -> None:
    rule = f"{act} {thing} within {number * 7} days."
    for other in (f"{act} {thing} within {WORDS[number]} weeks.", f"{act.upper()} {thing} within {number * 7 * 24} hours", rule.lower()):
        assert verdict(rule, other).label == "duplicate"


@given(ACTS, THINGS)
def test_contractions_keep_a_duplicate(act: str, thing: str) -> None:
    rule = f"You must not {act.lower()} {thing}."
    for other in (f"You mustn't {act.lower()} {thing}.", f"Don't {act.lower()} {thing}.", f"Never {act.lower()} {thing}."):
        assert verdict(rule, other).label == "duplicate"


@given(ACTS, THINGS)
def test_adding_not_flips(act: str, thing: str) -> None:
    assert verdict(f"{act} {thing}.", f"Do not {act.lower()} {thing}.").label == "contradiction"
    assert verdict(f"You must {act.lower()} {thing}.", f"You must not {act.lower()} {thing}.").label == "contradiction"


@given(ACTS, THINGS, ACTS, THINGS)
def test_the_order_of_the_two_decides_nothing(act: str, thing: str, other_act: str, other_thing: str) -> None:
    a, b = f"{act} {thing}.", f"{other_act} {other_thing} within 3 days."
    one, other = verdict(a, b), verdict(b, a)
    assert (one.verdict, one.label, one.confidence) == (other.verdict, other.label, other.confidence)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_gets_a_verdict(a: str, b: str) -> None:
    found = verdict(a, b)
    assert found.verdict == "review" or LABEL[found.verdict] == found.label
