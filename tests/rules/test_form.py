"""Sentences to normal forms."""

from __future__ import annotations

import pytest

from tests.rules.reading import form


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("Verify the order number.", "O"),
        ("Refunds must be approved by a manager.", "O"),
        ("Never promise a refund.", "F"),
        ("Sale items cannot be exchanged.", "F"),
        ("Requesting a password is prohibited.", "F"),
        ("Nobody under 18 can apply.", "F"),
        ("What we build next is off limits.", "F"),
        ("You may round amounts.", "P"),
        ("It is not forbidden to quote list prices.", "P"),
        ("Try to keep the customer.", "R"),
        ("Do not forget to verify the order number.", "O"),
        ("You must not fail to log the reason.", "O"),
        ("Do not refuse to refund faulty goods.", "O"),
        ("Offer not only a refund but also a replacement.", "O"),
        ("Nobody but a supervisor may waive fees.", "P"),
        ("Do not share it with anyone other than the account holder.", "O"),
        ("Access requests are opened by the privacy team and by no one else.", "O"),
        ("Never close a complaint without a case reference.", "O"),
        ("Replies must be no longer than three sentences.", "O"),
    ],
)
def test_modality(text: str, modality: str) -> None:
    assert form(text).modality == modality


@pytest.mark.parametrize(
    ("text", "head", "objects"),
    [
        ("Offer a replacement before you offer a refund.", "offer", ["replacement"]),
        ("Gift cards must not be exchanged.", "exchange", ["gift card"]),
        ("If tracking shows no scan, open a carrier investigation.", "open", ["carrier", "investigation"]),
        ("Price match requests are honoured for a week.", "honour", ["price match", "request"]),
    ],
)
def test_act_and_object(text: str, head: str, objects: list[str]) -> None:
    found = form(text)
    assert found.head is not None
    assert (found.head.lemma, [item.lemma for item in found.objects]) == (head, objects)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Refund goods if the seal is intact.", {"refund": "main", "good": "main", "seal": "condition", "intact": "condition"}),
        ("Cards are removed unless customers keep them.", {"card": "main", "remove": "main", "customer": "exception", "keep": "exception"}),
        ("A claim without a source does not go live.", {"claim": "main", "source": "without", "go live": "main"}),
        ("For late parcels, refund the fee.", {"late": "condition", "parcel": "condition", "refund": "main", "fee": "main"}),
        ("Customers who swear are warned.", {"customer": "main", "swear": "condition", "warn": "main"}),
    ],
)
def test_clauses(text: str, clauses: dict[str, str]) -> None:
    found = {item.lemma.removesuffix("s"): item.clause for item in form(text).items}
    assert found == clauses


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Offer a replacement before you offer a refund.", ["offer", "replacement"]),
        ("Offer a refund only after a replacement.", ["replacement"]),
        ("Never send the contract before the identity check.", ["identity check"]),
    ],
)
def test_order(text: str, first: list[str]) -> None:
    assert [item.lemma for item in form(text).first] == first


def test_template_variables_are_kept() -> None:
    found = form("Refund within {{ days }} days to {customer_name}.")
    assert found.holes == ("{{ days }}", "{customer_name}")
