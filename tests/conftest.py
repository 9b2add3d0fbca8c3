"""Fixtures for every test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest

_NAMES = {
    "chromium": ("chromium", "chromium-browser", "google-chrome", "chrome"),
    "ripgrep": ("rg",),
}


@pytest.fixture
def need_tool() -> Callable[[str], str]:
    """Return a function that gives the path of an outside program, or skips the test; where `.ci/run` calls, it fails instead."""

    def find(name: str) -> str:
        for candidate in _NAMES.get(name, (name,)):
            if found := shutil.which(candidate):
                return found
        reason = f"{name} is not installed"
        if os.environ.get("AICENSUS_REQUIRE_TOOLS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)

    return find


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or fills the cache of the person who runs it."""
    monkeypatch.setenv("AICENSUS_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))
