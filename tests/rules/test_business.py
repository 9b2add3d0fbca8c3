"""Which sentences state a rule of the business."""

from __future__ import annotations

import pytest

from aicensus.rules.business import of_business


@pytest.mark.parametrize(
    ("sentence", "is_rule"),
    [
        ("Refunds are allowed within 30 days of purchase.", True),
        ("Never promise a refund to a customer.", True),
        ("Offer a goodwill credit to customers who threaten to cancel.", True),
        ("Applicants must be at least 21.", True),
        ("Free shipping is not available for standard customers up to {amount}.", True),
        ("You are a helpful assistant that always answers.", False),
        ("Respond only with valid JSON and never add text.", False),
        ("Answer in at most 3 sentences.", False),
        ("Be concise.", False),
        ("The customer wrote the following message yesterday.", False),
        ("Never do it", False),
    ],
)
def test_rules_and_near_misses(sentence: str, is_rule: bool) -> None:
    assert of_business(sentence) is is_rule
