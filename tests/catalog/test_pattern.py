"""Patterns: what they mean and what they refuse."""

from __future__ import annotations

import pytest

from aicensus.catalog.pattern import PatternError, Table, expand


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("a.b", ["a.b"]),
        ("a.{b,c}", ["a.b", "a.c"]),
        ("a{,.b}.c", ["a.c", "a.b.c"]),
        ("{a,b}.{c,d}", ["a.c", "a.d", "b.c", "b.d"]),
        ("a.{b{1,2},c.d}", ["a.b1", "a.b2", "a.c.d"]),
        ("{a,a}", ["a"]),
        ("a,b", ["a,b"]),
        ("{}x", ["x"]),
        ("{<t>,m}.x", ["<t>.x", "m.x"]),
    ],
)
def test_expand(pattern: str, texts: list[str]) -> None:
    assert expand(pattern) == texts


@pytest.mark.parametrize("pattern", ["{a", "a}", "{a,{b}", "{a}}", "{a,b}" * 16])
def test_a_malformed_or_exploding_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        expand(pattern)


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("a.*", "a.b", True),
        ("a.*", "a.b.c", False),
        ("a.*", "b.b", False),
        ("a*.X", "abc.X", True),
        ("a*.X", "abc.d.X", False),
        ("a{,.**}.X", "a.X", True),
        ("a{,.**}.X", "a.b.c.X", True),
        ("a{,.**}.X", "ab.X", False),
        ("a{,.**}.X", "a.b.XX", False),
        ("<t>.detect_*", "<t>.detect_text", True),
        ("<t>.detect_*", "<u>.detect_text", False),
        ("@scope/pkg#*Command", "@scope/pkg#ConverseCommand", True),
        ("@scope/pkg#*Command", "@scope/pkg#ConverseCommand.x", False),
        ("a.b", "axb", False),
        ("*.run", "x().run", False),
        ("**.run", "x().run", True),
    ],
)
def test_wildcards(pattern: str, path: str, matches: bool) -> None:
    table: Table[str] = Table()
    for text in expand(pattern):
        table.add(text, "row")
    assert bool(table.find(path)) is matches


def test_literal_rows_come_before_wildcards_and_keep_their_order() -> None:
    table: Table[int] = Table()
    for number, text in enumerate(["a.*", "a.b", "**", "a.b"]):
        table.add(text, number)
    assert table.find("a.b") == (1, 3, 0, 2)
