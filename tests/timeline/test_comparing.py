"""Two revisions and two snapshots compared, as the command prints it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.test_commands import run
from tests.timeline.company import REBASED, Company


@pytest.fixture(scope="module")
def compared(company: Company) -> dict[str, str]:
    """What `diff` prints from the first tag to the end, by format."""
    found = {}
    for name in ("text", "json", "markdown"):
        done = run("diff", "v1.0", "main", "--format", name, cwd=company.repo.path)
        assert done.returncode == 0, done.stderr
        found[name] = done.stdout
    return found


def test_the_document_tells_all_that_differs(compared: dict[str, str]) -> None:
    document = json.loads(compared["json"])
    points = document["points"]
    assert [point["id"] for point in points["added"]] == ["support/triage.py::route_ticket"]
    assert points["removed"] == []
    assert [(row["old"], row["new"]) for row in points["moved"]] == [("app/triage.py::classify", "support/triage.py::route_ticket/2")]
    changes = {(change["what"], change["name"]): (change["old"], change["new"]) for change in points["changed"][0]["changes"]}
    assert changes["model", ""] == ("gpt-4o", "gpt-4.1")
    assert changes["owner", ""] == ("jonas.berg@example.com", "maria.lopez@example.com")
    assert changes["prompt", "support/prompts.py::TRIAGE_PROMPT"][1] == REBASED
    assert {(row["name"], row["old"], row["new"]) for row in document["models"]} == {
        ("gpt-4o", 1, 0),
        ("gpt-4.1", 0, 1),
        ("gpt-4o-mini", 0, 1),
    }
    assert ("changed", "Refunds are allowed within 14 days.") in {(row["what"], row["new"]) for row in document["rules"]}


def test_the_text_shows_words(compared: dict[str, str]) -> None:
    assert "Points: 1 added, 1 moved, 1 changed, 0 as before" in compared["text"]
    assert "within [-30-]{+14+} days" in compared["text"]


def test_the_comment_on_a_pull_request_holds_no_prompt(compared: dict[str, str]) -> None:
    assert "words in" in compared["markdown"]
    assert "Never promise" not in compared["markdown"]
    assert "furniture" not in compared["markdown"]


def test_two_snapshots_give_what_their_revisions_give(company: Company, tmp_path: Path) -> None:
    for rev in ("v1.0", "main"):
        done = run("scan", str(company.repo.path), "--rev", rev, "-o", f"census={rev}.json", "-q", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    where = ("--in", str(company.repo.path), "--as-of", "2026-11-02", "--format", "json")
    files = json.loads(run("diff", "v1.0.json", "main.json", *where, cwd=tmp_path).stdout)
    revisions = json.loads(run("diff", "v1.0", "main", *where, cwd=tmp_path).stdout)
    assert {name: files[name] for name in ("points", "prompts", "rules", "models", "owners", "state")} == {
        name: revisions[name] for name in ("points", "prompts", "rules", "models", "owners", "state")
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("no-such", "main"), "no revision 'no-such' to read", id="no such revision"),
        pytest.param(("v1.0", "main", "--format", "sarif"), "is none of text, json, markdown", id="no such format"),
    ],
)
def test_what_cannot_be_compared_says_why(company: Company, arguments: tuple[str, ...], said: str) -> None:
    done = run("diff", *arguments, cwd=company.repo.path)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_shallow_clone_says_what_to_fetch(company: Company, tmp_path: Path) -> None:
    company.repo.git("clone", "-q", "--depth", "2", company.repo.path.as_uri(), str(tmp_path / "desk"))
    done = run("diff", company.commits["limit"], "main", cwd=tmp_path / "desk")
    assert done.returncode == 2
    assert "git fetch --unshallow" in done.stderr
