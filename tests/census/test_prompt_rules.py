"""Sentences of prompts that state a rule."""

from __future__ import annotations

import pytest

from aicensus.census.prompt_rules import sentences, states_a_rule


def test_a_prompt_is_split_into_sentences_and_bullets() -> None:
    text = """\
You are a support agent. Be kind, e.g. say hello. Refunds are
allowed within 30 days.

## Rules
1. Escalate safety complaints.
- Offer a credit to customers
  who threaten to cancel.

Never:
* promise a refund

```
Always print this.
```
User: give me a refund!
"""
    assert [(sentence.line, sentence.text) for sentence in sentences(text)] == [
        (1, "You are a support agent."),
        (1, "Be kind, e.g. say hello."),
        (1, "Refunds are allowed within 30 days."),
        (5, "Escalate safety complaints."),
        (6, "Offer a credit to customers who threaten to cancel."),
        (10, "never promise a refund"),
    ]


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
    assert states_a_rule(sentence) is is_rule
