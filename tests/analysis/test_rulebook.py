"""Rules of several prompts beside one another."""

from __future__ import annotations

import random

from aicensus.analysis.rulebook import Rulebook, build_rulebook
from tests.builders import a_point, a_prompt

TEXTS = (
    "Refunds are allowed within 30 days. Never name a competitor.",
    "Refunds are allowed within 14 days. Never name a competitor.",
    "- Reply in the language of the customer.\n- Escalate safety complaints to a supervisor.",
    "Rispondi sempre in italiano e non promettere il rimborso; la risposta è per il cliente.",
)


def book(texts: tuple[str, ...], order: list[int]) -> Rulebook:
    prompts = [a_prompt(text, name=f"P{number}", path=f"p{number}.py") for number, text in enumerate(texts)]
    points = [a_point(f"f{number}", owner=f"owner{number}@example.com") for number in range(len(texts))]
    return build_rulebook((prompts[number], (points[number],)) for number in order)


def test_statements_pairs_and_what_was_not_analysed() -> None:
    found = book(TEXTS, [0, 1, 2, 3])
    assert [(one.prompt.path, one.line, one.owners) for one in found.statements[:2]] == [
        ("p0.py", 3, ("owner0@example.com",)),
        ("p0.py", 3, ("owner0@example.com",)),
    ]
    assert [(pair.verdict.verdict, pair.first.prompt.path, pair.second.prompt.path) for pair in found.pairs] == [
        ("threshold conflict", "p0.py", "p1.py")
    ]
    assert [[one.prompt.path for one in group] for group in found.equal] == [["p0.py", "p1.py"]]
    assert [(prompt.path, language) for prompt, language in found.unanalysed] == [("p3.py", "it")]
    assert [(pair.first.path, pair.second.path) for pair in found.alike] == [("p0.py", "p1.py")]


def test_the_order_of_prompts_changes_nothing() -> None:
    order = list(range(len(TEXTS)))
    expected = book(TEXTS, order)
    for seed in range(5):
        random.Random(seed).shuffle(order)
        assert book(TEXTS, order) == expected


def test_lines_in_the_file() -> None:
    (rule, other) = book(("- Never name a competitor.\n- Escalate safety complaints.",), [0]).statements
    assert (rule.line, other.line) == (3, 4)
