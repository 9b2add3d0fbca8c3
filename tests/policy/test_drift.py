"""What became of a fragment: only white space, line ends and Unicode forms may differ; then the words, then what they say."""

from __future__ import annotations

import pytest

from aicensus.policy.drift import drift
from aicensus.policy.wording import Runs, first_difference, region_of, stated, words
from aicensus.rules.lexicon import default_lexicon
from tests.builders import a_fragment

FEE = "We may charge a restocking fee of up to 15%."
TWO = "Refunds are allowed within 30 days of delivery. Never pay for the shipping of a refund."


@pytest.mark.parametrize(
    ("source", "copy", "kind", "why"),
    [
        pytest.param(TWO, TWO.replace(". Never", ".\r\n  Never"), "ok", "", id="white space"),
        pytest.param("Caf\u00e9 refunds take 30 days.", "Cafe\u0301 refunds take 30 days.", "ok", "", id="Unicode forms"),
        pytest.param(TWO, TWO.lower(), "lexical", "", id="case"),
        pytest.param(TWO, TWO.replace("allowed", "permitted"), "lexical", "", id="a synonym"),
        pytest.param(
            "This is not financial advice and should not be relied upon.",
            "This isn't financial advice and shouldn't be relied on.",
            "lexical",
            "",
            id="contractions",
        ),
        pytest.param("Never promise refunds to customers.", "Do not promise a refund to a customer.", "lexical", "", id="other words"),
        pytest.param("Cancel within two weeks.", "Cancel within 14 days.", "lexical", "", id="units"),
        pytest.param(TWO, TWO.replace("30", "14"), "material", "a limit", id="another number"),
        pytest.param(TWO, TWO.replace("30 days", "30 hours"), "material", "a limit", id="another unit"),
        pytest.param(FEE, "We charge a restocking fee of 15%.", "material", "modality: may became must", id="may became must"),
        pytest.param("You must tell the customer.", "You should tell the customer.", "material", "modality", id="must became should"),
        pytest.param(TWO, TWO.replace("are allowed", "are not allowed"), "material", "", id="not"),
        pytest.param("Customers may cancel unless it shipped.", "Customers may cancel.", "material", "an exception", id="no exception"),
        pytest.param("Premium customers may cancel.", "Customers may cancel.", "material", "a word that widens it", id="wider"),
        pytest.param("Prices are not binding.", "Prices are not always binding.", "material", "how far it reaches", id="not always"),
        pytest.param(TWO, TWO.partition(". ")[0] + ".", "truncated", "", id="a sentence left out"),
        pytest.param(TWO, TWO + " Offer a voucher of 10 EUR instead.", "augmented", "", id="a rule added"),
        pytest.param(TWO, TWO + " Thank you.", "lexical", "", id="words added that are no rule"),
    ],
)
def test_kinds(source: str, copy: str, kind: str, why: str) -> None:
    found = drift(a_fragment(source), copy, (), default_lexicon())
    assert found.kind == kind
    assert (found.difference is None) == (kind == "ok")
    assert any(why in reason for reason in found.why) or not why


def test_an_older_version_is_stale() -> None:
    found = drift(a_fragment("New text.", version="2"), "Old  text.", [a_fragment("Old text.")], default_lexicon())
    assert (found.kind, found.older) == ("stale", "refunds@1")


@pytest.mark.parametrize(
    ("source", "copy", "expected"),
    [
        ("a b c", "a  b\tc\n", None),
        ("a b c", "a x c", (2, "b", "x")),
        ("a b c", "a b", (3, "c", "")),
        ("a b", "a b c", (3, "", "c")),
        ("a b.", "a b", (2, "b.", "b")),
    ],
)
def test_the_first_word_that_differs(source: str, copy: str, expected: tuple[int, str, str] | None) -> None:
    assert first_difference(source, copy) == expected


@pytest.mark.parametrize(
    ("fragment", "text", "expected"),
    [
        pytest.param("Be kind now.", "Hello. Be  kind\nnow. Bye.", "Be  kind\nnow.", id="white space"),
        pytest.param("Be kind now.", "**Be kind now.**", "Be kind now.", id="marks around it"),
        pytest.param("Be kind now.", "Be kinder now.", None, id="another word"),
        pytest.param("Be kind now.", "Be kind", None, id="cut off"),
        pytest.param("Kind.", "Be Kind.", "Kind.", id="one word"),
    ],
)
def test_stated_word_by_word(fragment: str, text: str, expected: str | None) -> None:
    place = stated(fragment, text)
    assert (text[slice(*place)] if place else None) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"Be kind. {FEE.replace('15', '20')} Bye.", FEE.replace("15", "20"), id="one word changed"),
        pytest.param(f"- Be kind.\n- {FEE.replace('may ', '')}\n- Bye.", FEE.replace("may ", ""), id="an item of a list"),
        pytest.param("We may be of help. A fee is a fee. Up to you.", None, id="its words apart from each other"),
        pytest.param("Be kind.", None, id="something else"),
    ],
)
def test_nearly_the_same_words(text: str, expected: str | None) -> None:
    region = region_of(Runs(FEE), text, words(text), [(0, len(text))])
    assert (text[region.start : region.end] if region else None) == expected
