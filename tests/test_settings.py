"""`settings` in aicensus.yaml, from the file to what is found and reported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.test_commands import SUPPORT, run

FILES = ("app/a.py", "lib/b.py", "lab/c.py", "tests/test_d.py")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in FILES:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(SUPPORT)
    return tmp_path


def scanned(tree: Path, settings: str, *options: str) -> dict[str, str]:
    """Scope by path of all points."""
    (tree / "aicensus.yaml").write_text(f"version: 1\nsettings: {settings}\n")
    done = run("scan", ".", "-q", "-o", "points=points.jsonl", *options, cwd=tree)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (tree / "points.jsonl").read_text().splitlines()]
    return {row["path"]: row["scope"] for row in rows}


ALL = {"app/a.py": "prod", "lib/b.py": "prod", "lab/c.py": "prod", "tests/test_d.py": "test"}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param("{}", ALL, id="as it is"),
        pytest.param('{include: ["app/**"]}', {"app/a.py": "prod"}, id="include"),
        pytest.param('{exclude: ["l*/**", "tests/**"]}', {"app/a.py": "prod"}, id="exclude"),
        pytest.param('{include: ["l*/**"], exclude: ["lab/**"]}', {"lib/b.py": "prod"}, id="exclude from what is included"),
        pytest.param('{scopes: {example: ["lab/**"]}}', {**ALL, "lab/c.py": "example"}, id="a scope of its own"),
        pytest.param('{scopes: {prod: ["tests/**"]}}', {**ALL, "tests/test_d.py": "prod"}, id="a test folder that is product"),
    ],
)
def test_what_is_read_and_what_it_is_part_of(tree: Path, settings: str, expected: dict[str, str]) -> None:
    assert scanned(tree, settings) == expected


def findings(tree: Path, settings: str) -> set[tuple[str, str, str]]:
    """Code, severity and path of findings on owners and hard-coded models."""
    (tree / "aicensus.yaml").write_text(f"version: 1\nsettings: {settings}\n")
    done = run("scan", ".", "--format", "json", cwd=tree)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["findings"]
    return {(one["code"], one["severity"], one["path"]) for one in found if one["code"] in ("OWN001", "MOD006")}


PROD = ("app/a.py", "lib/b.py", "lab/c.py")
OWN, MOD = {("OWN001", "error", path) for path in PROD}, {("MOD006", "note", path) for path in PROD}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param("{}", OWN | MOD, id="as it is"),
        pytest.param("{select: [OWN]}", OWN, id="select a family"),
        pytest.param("{select: [MOD006]}", MOD, id="select a code"),
        pytest.param("{ignore: [OWN001]}", MOD, id="ignore"),
        pytest.param("{select: [OWN, MOD], ignore: [MOD]}", OWN, id="ignore some of what is selected"),
        pytest.param("{select: [MOD006], severity: {MOD006: error}}", {("MOD006", "error", path) for path in PROD}, id="grade anew"),
        pytest.param(
            "{select: [OWN], report_scopes: [test]}", {("OWN001", "error", "tests/test_d.py")}, id="report findings of another scope"
        ),
        pytest.param('{select: [OWN], scopes: {docs: ["l*/**"]}}', {("OWN001", "error", "app/a.py")}, id="docs are not reported"),
    ],
)
def test_what_is_reported_and_how(tree: Path, settings: str, expected: set[tuple[str, str, str]]) -> None:
    assert findings(tree, settings) == expected


def test_an_error_can_be_made_a_warning_for_the_gate(tree: Path) -> None:
    (tree / "aicensus.yaml").write_text("version: 1\nsettings: {select: [OWN001]}\n")
    assert run("check", ".", cwd=tree).returncode == 1
    (tree / "aicensus.yaml").write_text("version: 1\nsettings: {select: [OWN001], severity: {OWN: warning}}\n")
    assert run("check", ".", cwd=tree).returncode == 0


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        pytest.param("{select: [OWN999]}", "no rule `OWN999`", id="a code that is not there"),
        pytest.param("{ignore: [own]}", "aicensus.yaml:2: settings.ignore[0]", id="no code"),
        pytest.param("{severity: {OWN001: fatal}}", "must be one of `error`, `warning`, `note`", id="no severity"),
        pytest.param("{scopes: {production: [x]}}", "must be one of `docs`, `example`, `prod`, `test`", id="no scope"),
        pytest.param("{exlude: [x]}", "did you mean `exclude`?", id="a typing error"),
        pytest.param("{inactive_after_days: 0}", "a whole number from 1 up", id="no number of days"),
    ],
)
def test_a_mistake_is_named_with_its_place(tree: Path, settings: str, says: str) -> None:
    (tree / "aicensus.yaml").write_text(f"version: 1\nsettings: {settings}\n")
    done = run("scan", ".", cwd=tree)
    assert done.returncode == 2
    assert says in done.stderr


def test_any_number_of_jobs_finds_the_same(tree: Path) -> None:
    assert scanned(tree, "{}", "--jobs", "1", "--no-cache") == scanned(tree, "{}", "--jobs", "3", "--no-cache") == ALL
    assert run("scan", ".", "--jobs", "-1", cwd=tree).returncode == 2
