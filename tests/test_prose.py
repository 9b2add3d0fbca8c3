"""Which texts decided something is known, and what else they may say."""

from __future__ import annotations

import msgspec
import pytest

from aicensus.link.values import ProseText, Text, text_of
from aicensus.model.facts import Const, Prose, is_text, literal, written
from aicensus.model.prose import after, decides, digest, digests, first_word, heard, holes, instructs, is_long, outweighs


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("Answer the question.", True),
        ("two words", True),
        ("\nPlease  ", False),
        ("gpt-4o", False),
        ("src/prompts/ask.txt", False),
        ("", False),
        ("回答问题时，请先列出你所依据的条款。", True),
        ("回答问题时请先列出你所依据的条款再下结论", False),
    ],
)
def test_a_literal_has_words_or_is_a_name(text: str, prose: bool) -> None:
    const = literal(text, 3, 4)
    assert isinstance(const, Prose) == prose
    assert isinstance(text_of(const, "a.py"), ProseText) == prose
    assert is_text(const)
    assert (const.value, written(const), text_of(const, "a.py").value) == (text, text, text)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(const), type=Const | Prose) == const


def test_who_reads_the_value_goes_by_it() -> None:
    const = literal("Answer the question.", 1, 1)
    with heard() as texts:
        assert is_text(const)
        assert written(const) == text_of(const, "a.py").written
        assert {text_of(const, "a.py"), text_of(const, "a.py")} == {text_of(const, "a.py")}
        assert not texts
        match const:
            case Const(value=str()):
                pass
    assert texts == {"Answer the question.": -1}
    with heard() as texts:
        assert isinstance(text_of(const, "a.py"), Text)
        assert text_of(const, "a.py").value
    assert texts == {"Answer the question.": -1}


SHORT, LONG = "one two three four five six seven eight", "a b c d e f g h i j k l m n o p q r s t"


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ([], True),
        ([(LONG, LONG.replace("a", "z"))], True),
        ([(LONG, LONG + " u")], True),
        ([(LONG, LONG + " u v")], False),
        ([(SHORT, SHORT + " nine")], True),
        ([(SHORT, SHORT + " nine"), (LONG, LONG + " u")], False),
        ([("read as it is", "read as it was")], False),
        ([("nobody cares for it", "nobody asks for it")], True),
        ([("nobody cares for it", "nobody cares for {it}")], True),
        ([("nobody cares for it", "no one")], True),
        ([("select all of it", "Select some of it {or} not")], True),
        ([("select all of it", "delete all of it")], False),
        ([("to be filled with {it}", "filled with {it} once more")], True),
        ([("to be filled with {it}", "filled with {what}")], False),
        ([("what a model is told", "what a model should know")], True),
        ([("what a model is told", "what else")], False),
        ([("so far not long", "so far it is not")], True),
        ([("so far not long", "so far it is not long")], False),
    ],
)
def test_a_result_holds_while_comparisons_come_out_the_same(changes: list[tuple[str, str]], holds: bool) -> None:
    with heard() as texts:
        assert outweighs([SHORT], [LONG])  # by 24 to 20 words
        decides("read as it is")
        assert not is_long("so far not long")
        assert first_word("select all of it") == "SELECT"
        assert holes("to be filled with {it}") == ("it",)
        assert instructs("what a model is told")
    found = after(digests(texts), changes)
    assert (found is not None) == holds
    if holds and changes[0:1] == [(LONG, LONG + " u")]:
        assert found is not None
        assert found[digest(LONG + " u")] == found[digest(SHORT)] == 1
