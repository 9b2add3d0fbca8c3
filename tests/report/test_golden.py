"""Reports against exact text."""

from __future__ import annotations

import pytest

from tests.report.golden import FOLDER, GOLDEN, made


@pytest.mark.parametrize("name", GOLDEN)
def test_the_report_is_exactly_this(name: str) -> None:
    assert made(name).decode() == (FOLDER / name).read_bytes().decode(), "python -m tests.report.golden writes it anew"


@pytest.mark.parametrize("name", GOLDEN)
def test_two_runs_give_the_same_bytes(name: str) -> None:
    assert made(name) == made(name)
