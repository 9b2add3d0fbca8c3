"""Prompts to rules with their places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicensus.rules.lexicon import default_lexicon
from aicensus.rules.reading import Reading, read


def reading(text: str) -> Reading:
    return read(text, default_lexicon())


def rules(text: str) -> list[str]:
    return [rule.text for rule in reading(text).rules]


PROMPT = """\
You are the refund assistant of a shop. You talk to customers.

Customer: {customer_name} (tier: {tier})

Follow these rules:
1. Verify the order number before you say anything about an order.
2. Customers can return goods up to 30 days after delivery.
   Offer a refund first. Mention store credit only if the customer asks for it.

Never
- argue with a customer
- blame the carrier

## Examples

Customer: You must pay for this!
Assistant: We never pay without a receipt.

## Output

```json
{"reply": "must be short"}
```

Output nothing but the JSON object.
"""


def test_rules_of_a_prompt() -> None:
    assert rules(PROMPT) == [
        "Verify the order number before you say anything about an order.",
        "Customers can return goods up to 30 days after delivery.",
        "Offer a refund first.",
        "Mention store credit only if the customer asks for it.",
        "argue with a customer",
        "blame the carrier",
        "Output nothing but the JSON object.",
    ]


def test_places_are_exact_and_a_lead_passes_its_prohibition_down() -> None:
    found = reading(PROMPT).rules
    assert all(PROMPT[rule.start : rule.end] == rule.text for rule in found)
    assert [rule.line for rule in found] == [6, 7, 8, 8, 11, 12, 25]
    assert [(rule.modality, rule.forbidden_by) for rule in found[3:5]] == [("O", ""), ("F", "never")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("You are a helpful assistant.", [], id="persona"),
        pytest.param("Classify the customer message.", [], id="task"),
        pytest.param("Today is {{ today }}.", [], id="data"),
        pytest.param('The customer said "you must refund me".', [], id="quoted"),
        pytest.param("- Name: {name}\n- Plan: {plan}", [], id="labelled data"),
        pytest.param("<example>\nNever promise refunds.\n</example>", [], id="example in tags"),
        pytest.param("> Never promise refunds.", [], id="quoted line"),
        pytest.param("Return JSON with the keys below.", [], id="announces fields"),
        pytest.param("return n * factorial(n-1)", [], id="a call with a sum"),
        pytest.param("<rules>\n  <rule>Never promise refunds.</rule>\n</rules>", ["Never promise refunds."], id="tags"),
        pytest.param(
            "{% if vip %}Offer an upgrade.{% endif %} Never promise refunds.", ["Offer an upgrade.", "Never promise refunds."], id="control"
        ),
        pytest.param("| Case | Rule |\n|---|---|\n| late | Refund the shipping fee. |", ["Refund the shipping fee."], id="table"),
        pytest.param("Style:\n- No emojis.\n- At most two sentences.", ["No emojis.", "At most two sentences."], id="without a verb"),
        pytest.param(
            "If the lamp is broken, e.g. cracked, send a new one.",
            ["If the lamp is broken, e.g. cracked, send a new one."],
            id="abbreviation",
        ),
        pytest.param("Keep every answer\nshort and never\nguess.", ["Keep every answer\nshort and never\nguess."], id="wrapped"),
        pytest.param(
            'Never say "I can\'t help. Ask others." to a customer.', ['Never say "I can\'t help. Ask others." to a customer.'], id="inside"
        ),
        pytest.param("- Antworte immer in höchstens vier Sätzen und nicht auf Englisch.", None, id="German"),
        pytest.param("- No escribas más de tres veces a quien no responde por correo.", None, id="Spanish"),
        pytest.param("- Ne promets jamais une date de livraison et reste dans le sujet.", None, id="French"),
    ],
)
def test_what_is_a_rule(text: str, found: list[str] | None) -> None:
    assert rules(text) == ([text.removeprefix("- ")] if found is None else found)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Verify the order number.", "obligation"),
        ("Never mention a competitor.", "prohibition"),
        ("You may round amounts.", "permission"),
        ("Refunds above $100 need approval.", "threshold"),
        ("A parcel left with a neighbour counts as delivered.", "eligibility"),
        ("Stay friendly.", "tone"),
        ("Answer in at most three sentences.", "format"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert [rule.kind for rule in reading(f"- {text}").rules] == [kind]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Rispondi sempre in italiano e non promettere il rimborso; la risposta è per il cliente.", "it"),
        ("Beantwoord de vragen van de klant in het Nederlands en wees niet te lang van stof.", "nl"),
        ("常に日本語で答えてください。", "?"),
    ],
)
def test_other_languages_are_told_and_not_analysed(text: str, language: str) -> None:
    found = reading(text)
    assert (found.language, found.analysed, found.rules) == (language, False, ())


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert all(text[rule.start : rule.end] == rule.text for rule in reading(text).rules)
