"""Where caches go."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from aicensus.cachedir import cache_folder


@pytest.mark.parametrize(
    ("platform", "env", "folder"),
    [
        ("linux", {}, "home/.cache/aicensus"),
        ("linux", {"XDG_CACHE_HOME": "{tmp}/xdg"}, "xdg/aicensus"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "home/.cache/aicensus"),
        ("darwin", {"XDG_CACHE_HOME": "{tmp}/xdg"}, "home/Library/Caches/aicensus"),
        ("win32", {"LOCALAPPDATA": "{tmp}/local"}, "local/aicensus/Cache"),
        ("win32", {}, "home/AppData/Local/aicensus/Cache"),
        ("darwin", {"AICENSUS_CACHE_DIR": "{tmp}/mine"}, "mine"),
    ],
)
def test_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, env: dict[str, str], folder: str) -> None:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "AICENSUS_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value.format(tmp=tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "platform", platform)
    assert cache_folder() == tmp_path / folder
