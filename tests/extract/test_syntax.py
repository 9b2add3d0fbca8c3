"""Code that no grammar makes out is given up, the same in every run; long code is read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aicensus.extract.javascript import extract as script
from aicensus.extract.python import extract as python
from aicensus.model.errors import UnreadError
from aicensus.model.facts import FileFacts


@pytest.mark.parametrize(
    ("read", "code"),
    [
        pytest.param(python, b"<!--" * 50_000, id="markup as Python"),
        pytest.param(script, b"[^" * 100_000, id="brackets"),
        pytest.param(script, b"{%" * 100_000, id="templates"),
    ],
)
def test_what_cannot_be_made_out_is_given_up(read: Callable[[bytes], FileFacts], code: bytes) -> None:
    with pytest.raises(UnreadError, match="too broken"):
        read(b"import a\n" + code)


@pytest.mark.parametrize(
    ("read", "line"),
    [
        pytest.param(python, b"x = call(1, [2, 3], key={'a': None}) + other.part[0]\n", id="Python"),
        pytest.param(script, b"const x = call(1, [2, 3], { a: null }) + other?.part[0];\n", id="JavaScript"),
        pytest.param(python, b"x = call(1)\nprint 'as it was', x\n", id="Python of long ago"),
        pytest.param(script, b"const f = (a: number): string => call(a as C)!;\n", id="types where none belong"),
    ],
)
def test_long_code_is_read(read: Callable[[bytes], FileFacts], line: bytes) -> None:
    assert len(read(line * 5000).calls) >= 5000


def test_an_annotation_in_quotes_that_is_no_code_stays_a_text() -> None:
    facts = python(b"x: '" + b"<!--" * 20_000 + b"' = 1\ny = call()\n")
    assert len(facts.calls) == 1
