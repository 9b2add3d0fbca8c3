"""Which files linking starts from."""

from __future__ import annotations

from pathlib import Path

import pytest

from aicensus import ScanOptions, scan


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        pytest.param("import os, phi\n", ["agno"], id="one of several imports"),
        pytest.param("from phi.agent import Agent\n", ["agno"], id="module inside"),
        pytest.param("import google.generativeai\n", ["google-generativeai"], id="dotted, bound by its package"),
        pytest.param("theta, phi = angles()\n", [], id="words that read like an import"),
        pytest.param('"""Import phi and sum it up."""\n', [], id="words in a text"),
    ],
)
def test_sdks_are_those_imported(tmp_path: Path, code: str, seen: list[str]) -> None:
    (tmp_path / "a.py").write_text(code, encoding="utf-8")
    found = [row.sdk for row in scan(tmp_path, ScanOptions(cache=False)).sdks]
    assert [name for name in found if name in ("agno", "google-generativeai")] == seen
