"""What the README says is what the code does."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import typer.main
from ruamel.yaml import YAML

import aicensus
from aicensus.audit import RULES
from aicensus.cli import app
from aicensus.manifest import read_manifest
from aicensus.report import REPORTERS
from tests.test_commands import run

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
DAY = "2026-11-21"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def commands() -> dict[str, Any]:
    """Every command by its name as typed after `aicensus`."""

    def below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
        inner = getattr(command, "commands", None)
        if inner is None or command.invoke_without_command:
            yield name, command
        if inner is None:
            return
        for part, one in inner.items():
            yield from below(f"{name} {part}".strip(), one)

    return dict(below("", typer.main.get_command(app)))


def table(heading: str) -> list[list[str]]:
    """Cells of the first table after a line that holds the words, without its head."""
    rows = README[README.index(heading) :].split("\n\n")
    first = next(part for part in rows if part.lstrip().startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in first.strip().splitlines()[2:]]


def test_every_command_has_a_row() -> None:
    written = {
        re.sub(r"(\s*\[?[A-Z]+\]?(\.\.\.)?)+`.*", "", cells[0]).replace("`", "").removeprefix("| aicensus ")
        for cells in table("## Commands")
    }
    assert {name.removeprefix("aicensus ") for name in written} == set(commands())


@pytest.mark.parametrize("line", [line for block in blocks("sh") for line in block.splitlines() if "aicensus " in line])
def test_commands_and_options_exist(line: str) -> None:
    words = line.rsplit("aicensus ", 1)[1].split()
    known = commands()
    name = words[0] if words[0] in known else " ".join(words[:2])
    options = {option for parameter in known[name].params for option in parameter.opts}
    assert {word.partition("=")[0] for word in words if word.startswith("-")} <= options


@pytest.mark.parametrize("option", sorted(set(re.findall(r"`[^`]*?(--[a-z][a-z-]+)", README))))
def test_options_named_in_the_text_exist(option: str) -> None:
    assert any(option in parameter.opts for command in commands().values() for parameter in command.params)


def test_every_format_has_a_row() -> None:
    rows = table("`scan` prints `--format NAME`")
    assert {name for cells in rows for name in re.findall(r"`([a-z]+)`", cells[0])} == set(REPORTERS)


def findings_table() -> str:
    rows = [f"| {rule.code} | {rule.name} | {rule.severity} | {rule.what} |" for rule in RULES]
    return "\n".join(["| code | name | severity | what |", "|---|---|---|---|", *rows])


def test_findings_are_those_of_the_rules() -> None:
    assert findings_table() in README, f"the table of findings should read:\n{findings_table()}"


def test_codes_named_in_the_text_exist() -> None:
    assert set(re.findall(r"\b[A-Z]{3}\d{3}\b", README)) <= {rule.code for rule in RULES}


def test_the_manifest_is_valid() -> None:
    manifest, _ = read_manifest(blocks("yaml")[0].encode(), "aicensus.yaml")
    assert manifest.points
    assert manifest.waivers
    assert manifest.settings.ignore


def test_the_catalogue_file_is_valid_and_its_example_holds(tmp_path: Path) -> None:
    text = blocks("yaml")[1]
    name = YAML(typ="safe").load(StringIO(text))["sdk"]
    (tmp_path / f"{name}.yaml").write_text(text)
    done = run("catalog", "list", name, "--catalog", f"{name}.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "app.py").write_text(YAML(typ="safe").load(StringIO(text))["examples"][0]["code"])
    done = run("scan", ".", "--no-cache", "--catalog", f"{name}.yaml", "--format", "census", cwd=tmp_path)
    assert '"acme-1"' in done.stdout, done.stderr


def test_the_python_names_exist() -> None:
    tree = ast.parse(blocks("python")[1])
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "aicensus"
    }
    assert used
    for name in used | set(re.findall(r"`aicensus\.([a-zA-Z]+)\(", README)):
        assert hasattr(aicensus, name)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the main command prints, on a copy that has no git history."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "sample_repos", folder / "sample_repos")
    names = sorted(f"sample_repos/{path.name}" for path in (folder / "sample_repos").iterdir())
    done = run("scan", *names, "--no-cache", "--as-of", DAY, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_output_shown_is_the_output_printed(printed: str) -> None:
    """Lines are left out and cut at `...`; what is shown was printed, in this order."""
    at = 0
    for line in filter(None, blocks("text")[0].splitlines()):
        shown = line.removesuffix("...").rstrip()
        if shown:
            found = printed.find(shown, at)
            assert found >= 0, f"not printed, or not in this order: {shown}\n{printed}"
            at = found + len(shown)


def test_a_point_of_the_samples_is_shown_as_the_text_says(printed: str, tmp_path: Path) -> None:
    done = run("show", "decide_credit", "--in", str(ROOT / "sample_repos" / "support-assistant"), "--no-cache", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "CREDIT_PROMPT" in done.stdout
