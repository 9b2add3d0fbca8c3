"""The word lists: well-formed data, and what the shipped ones know."""

from __future__ import annotations

import tomllib
from importlib import resources
from itertools import combinations

import pytest

from aicensus.rules.lexicon import default_lexicon, read_rows
from aicensus.rules.stems import Stems

FILES = ("acts", "things", "opposites", "grammar", "units", "blocks")


@pytest.mark.parametrize("name", FILES)
def test_files_are_toml_and_nothing_is_read_over(name: str) -> None:
    table = tomllib.loads(resources.files("aicensus.rules").joinpath("data", f"{name}.toml").read_text(encoding="utf-8"))
    flat: dict[str, dict[str, str]] = {"": {key: value for key, value in table.items() if isinstance(value, str)}}
    stack = [(key, value) for key, value in table.items() if isinstance(value, dict)]
    while stack:
        path, rows = stack.pop()
        flat[path] = {key: value for key, value in rows.items() if isinstance(value, str)}
        stack += [(f"{path}.{key}", value) for key, value in rows.items() if isinstance(value, dict)]
    read = read_rows(name)
    assert {path: rows for path, rows in read.items() if rows} == {path: rows for path, rows in flat.items() if rows}


@pytest.mark.parametrize(
    "words",
    [
        ("refund", "reimburse", "reimbursed", "refunds"),
        ("escalate", "refer", "forward"),
        ("disclose", "reveal", "divulging"),
        ("verify", "check", "verification"),
        ("lawyer", "attorney", "solicitor"),
        ("cancel", "cancellation", "cancelled"),
        ("print", "reprint"),
        ("sympathy", "compassion"),
        ("traveller", "passenger"),
        ("scratch", "dent"),
    ],
)
def test_words_that_mean_the_same(words: tuple[str, ...]) -> None:
    lexicon = default_lexicon()
    for one, other in combinations(words, 2):
        assert lexicon.word(lexicon.lemma(one)).concepts & lexicon.word(lexicon.lemma(other)).concepts, (one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("refund", "delete"), ("approve", "publish"), ("lawyer", "doctor"), ("offer", "hide"), ("rent", "water")]
)
def test_words_that_do_not(one: str, other: str) -> None:
    lexicon = default_lexicon()
    assert not lexicon.word(one).concepts & lexicon.word(other).concepts


def test_denials() -> None:
    lexicon = default_lexicon()
    assert lexicon.word("reject").denies & lexicon.word("accept").concepts
    assert lexicon.word("conceal").denies & lexicon.word("disclose").concepts


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("policies", "policy"),
        ("refunded", "refund"),
        ("stopped", "stop"),
        ("replacing", "replace"),
        ("business", "business"),
        ("children", "child"),
        ("boxes", "box"),
        ("unless", "unless"),
    ],
)
def test_base_forms(word: str, base: str) -> None:
    assert default_lexicon().lemma(word) == base


def test_stems_of_words_that_no_list_knows() -> None:
    stems = Stems([], {})
    assert stems.stem(stems.lemma("frobnications")) == stems.stem(stems.lemma("frobnicates"))
