"""Texts that say nearly the same."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicensus.similarity import group_similar, jaccard, join, normal, similar_pairs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Refunds — within 30 days!", "refunds within 30 days"),
        ("  ＦＵＬＬ\twidth\n", "full width"),
        ("1,000.50 € of it", "1,000.50 of it"),
        ("", ""),
    ],
)
def test_normal_form(text: str, expected: str) -> None:
    assert normal(text) == expected


def test_copies_and_near_copies_form_groups() -> None:
    texts = {
        "a": "Never promise a refund to a customer.",
        "b": "never promise a refund to a customer",
        "c": "Never promise a refund to the customer",
        "d": "Answer in the language of the ticket",
        "e": "answer in the language of the ticket!",
        "f": "Something else entirely",
    }
    assert group_similar(texts, threshold=0.8) == [frozenset("abc"), frozenset("de")]
    assert group_similar(texts, threshold=1.0) == [frozenset("ab"), frozenset("de")]


def test_a_threshold_outside_its_range_is_an_error() -> None:
    with pytest.raises(ValueError, match="between"):
        group_similar({}, threshold=1.1)


def test_many_texts_with_common_words_stay_quick() -> None:
    texts = {f"{number:05}": f"refund order {number} of customer {number % 97} within {number % 31} days" for number in range(5000)}
    texts["copy"] = texts["04000"]
    assert frozenset({"04000", "copy"}) in group_similar(texts, threshold=0.99)


def test_pairs_join_to_groups() -> None:
    assert join([("d", "e"), ("a", "b"), ("c", "b")]) == [frozenset("abc"), frozenset("de")]


WORDS = st.frozensets(st.sampled_from("abcdefghij"), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.text("xyz", min_size=1, max_size=3), WORDS, max_size=12))
def test_no_close_pair_is_missed(words: dict[str, frozenset[str]]) -> None:
    found = {(pair.first, pair.second) for pair in similar_pairs(words, threshold=0.7)}
    assert found == {pair for pair in combinations(sorted(words), 2) if jaccard(words[pair[0]], words[pair[1]]) >= 0.7}
