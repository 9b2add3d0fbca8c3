"""Model SDKs in dependency manifests, with their lines."""

from __future__ import annotations

import pytest

from aicensus.census.dependencies import dependencies, is_manifest, normal

PACKAGES = {"openai": "openai-python", "langchain-openai": "langchain", "@ai-sdk/openai": "vercel-ai"}


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param("requirements.txt", "flask\nopenai>=1.2,<2  # models\n", [(2, "openai", ">=1.2,<2")], id="a requirement"),
        pytest.param("requirements.txt", "langchain_openai[x]==0.1\n", [(1, "langchain_openai", "==0.1")], id="spelling and extras"),
        pytest.param("requirements.txt", "openai-whisper\n# openai\n-r openai.txt\n", [], id="other packages, comments, includes"),
        pytest.param("pyproject.toml", '[project]\ndependencies = ["openai~=1.0"]\n', [(2, "openai", "~=1.0")], id="a project table"),
        pytest.param("pyproject.toml", '[tool.poetry.dependencies]\nopenai = "^1"\n', [(2, "openai", "^1")], id="poetry"),
        pytest.param(
            "a/package.json", '{\n "devDependencies": {"@ai-sdk/openai": "1"}\n}', [(2, "@ai-sdk/openai", "1")], id="package.json"
        ),
        pytest.param("package.json", '{"dependencies": ["openai"], 7', [], id="broken"),
        pytest.param("package.json", '{"dependencies": ' + "[" * 100_000, [], id="nested too deeply"),
    ],
)
def test_dependencies(path: str, text: str, expected: list[tuple[int, str, str]]) -> None:
    assert is_manifest(path)
    found = dependencies(path, text.encode(), {normal(name): sdk for name, sdk in PACKAGES.items()})
    assert [(line, package, version) for line, package, version, _ in found] == expected


@pytest.mark.parametrize("path", ["requirements.md", "src/requirements.py", "packages.json", "my-package.json.bak"])
def test_other_files_are_no_manifests(path: str) -> None:
    assert not is_manifest(path)
