"""Text that hides, moves or colours what stands beside it."""

from __future__ import annotations

import pytest

from aicensus.report.visible import cells, encodable, name_of, pieces, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain [bold]text[/]", "plain [bold]text[/]", id="markup is text"),
        pytest.param("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m", id="escape sequence"),
        pytest.param("\x9b31m", "\\x9b31m", id="one-byte escape sequence"),
        pytest.param("a\0b", "a\\x00b", id="null"),
        pytest.param("line\r\nline", "line\\x0d\\x0aline", id="line ends"),
        pytest.param("user\u202egnp.exe", "user\\u202egnp.exe", id="right to left"),
        pytest.param("pay\u200bload", "pay\\u200bload", id="no width"),
        pytest.param("\U000e0041\U000e0042", "\\U000e0041\\U000e0042", id="tags, which carry unseen text"),
        pytest.param("\ud800", "\\ud800", id="lone surrogate"),
        pytest.param("\u2028", "\\u2028", id="line separator"),
        pytest.param("Größe 東京 ✓", "Größe 東京 ✓", id="letters stay"),
        pytest.param("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469", id="joined emoji stay"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="joiner within a script stays"),
        pytest.param("ig\u200dnore", "ig\\u200dnore", id="joiner within Latin letters"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_controls_that_the_output_can_place_are_kept() -> None:
    assert visible("a\tb\nc", keep="\t") == "a\tb\\x0ac"


def test_pieces_tell_shown_from_hidden() -> None:
    assert list(pieces("ab\u202ecd\0")) == [("ab", False), ("\u202e", True), ("cd", False), ("\0", True)]


@pytest.mark.parametrize(("character", "name"), [("\u202e", "U+202E right-to-left override"), ("\0", "U+0000 null"), ("\ud800", "U+D800")])
def test_names(character: str, name: str) -> None:
    assert name_of(character) == name


def test_what_no_encoding_carries_is_replaced() -> None:
    assert encodable("a\ud800b") == "a?b"
    assert encodable("Größe") == "Größe"


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("東京", 4), ("e\u0301", 1), ("…", 1)])
def test_columns(text: str, columns: int) -> None:
    assert cells(text) == columns
