"""Every catalogue file finds what its own examples promise, and nothing in its near misses."""

from __future__ import annotations

import pytest

from aicensus.catalog import Sdk, Shape, load
from aicensus.examples import config_failures, failures, sql_failures, unshown

CATALOG = load()


@pytest.mark.parametrize("sdk", [sdk.sdk for sdk in CATALOG.sdks])
def test_examples(sdk: str) -> None:
    assert list(failures(CATALOG, only=sdk)) == []


@pytest.mark.parametrize("sdk", [sdk for sdk in CATALOG.sdks if sdk.calls], ids=lambda sdk: sdk.sdk)
def test_each_call_is_shown_and_so_is_what_is_none(sdk: Sdk) -> None:
    assert unshown(CATALOG, sdk) == []
    assert any(example.finds == () for example in sdk.examples)


@pytest.mark.parametrize("config", [file.config for file in CATALOG.configs])
def test_config_examples(config: str) -> None:
    assert list(config_failures(CATALOG, only=config)) == []


def test_sql_examples() -> None:
    assert list(sql_failures(CATALOG)) == []


@pytest.mark.parametrize("shape", [shape for file in CATALOG.configs for shape in file.shapes], ids=lambda shape: shape.name)
def test_a_shape_shows_what_it_finds_and_what_it_does_not(shape: Shape) -> None:
    assert any(example.finds for example in shape.examples)
    assert any(not example.finds for example in shape.examples)
