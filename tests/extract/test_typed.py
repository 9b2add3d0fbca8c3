"""What the front ends of class-based languages share."""

from __future__ import annotations

import subprocess
import sys

import pytest

from aicensus.extract.typed import dedented, grammar, unescaped
from aicensus.model.errors import UnreadError


def test_a_grammar_that_is_not_installed_is_a_reason_not_to_read() -> None:
    with pytest.raises(UnreadError, match="the grammar tree-sitter-nothing is not installed"):
        grammar("tree_sitter_nothing")


def test_no_grammar_is_loaded_before_a_file_of_its_language() -> None:
    code = "import sys, aicensus.pipeline, aicensus.extract; print([m for m in sys.modules if m.startswith('tree_sitter')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.parametrize(("text", "expected"), [(r"a\n\"\u0041\x42\101", 'a\n"ABA'), ("\\\nb", "b"), (r"\q", "q")])
def test_unescaped(text: str, expected: str) -> None:
    assert unescaped(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("\n  a\n    b\n  ", "a\n  b\n"), ("a\nb", "a\nb")])
def test_dedented(text: str, expected: str) -> None:
    assert dedented(text) == expected
