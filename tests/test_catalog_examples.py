"""Every catalogue file finds what its own examples promise, and nothing in its near misses."""

from __future__ import annotations

import pytest

from aicensus.catalog import load
from aicensus.examples import failures

CATALOG = load()


@pytest.mark.parametrize("sdk", [sdk.sdk for sdk in CATALOG.sdks])
def test_examples(sdk: str) -> None:
    assert list(failures(CATALOG, only=sdk)) == []
