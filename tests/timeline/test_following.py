"""The history of a point across everything that happened to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aicensus.model.errors import SourceError
from aicensus.model.history import Event
from aicensus.pipeline import ScanOptions
from aicensus.report.past import history_json, history_text
from aicensus.timeline import point_history
from tests.gitrepo import Repo
from tests.timeline.company import BO, JONAS, LIMIT, MARIA, POLICY, Company, call, constant, module

LAST = "support/triage.py::route_ticket/2"
TOLD = [
    ("second call", "moved", []),
    ("part edited", "changed", ["prompt support/policy.py::POLICY"]),
    ("assembled", "changed", ["prompt support/policy.py::POLICY"]),
    ("rebased", "changed", ["prompt support/prompts.py::TRIAGE_PROMPT"]),
    ("merged", "changed", ["prompt support/prompts.py::TRIAGE_PROMPT"]),
    ("new owner", "changed", ["owner"]),
    ("renamed", "moved", []),
    ("parameter", "changed", ["parameter temperature"]),
    ("file moved", "moved", []),
    ("model", "changed", ["model"]),
    ("limit", "changed", ["prompt app/triage.py::PROMPT"]),
    ("first", "added", []),
]


def told(events: tuple[Event, ...]) -> list[tuple[str, str, list[str]]]:
    return [(e.commit.subject, e.what, [f"{c.what} {c.name}".strip() for c in e.changes]) for e in events]


def test_every_change_is_told_once_and_nothing_else(company: Company) -> None:
    history = point_history(company.repo.path, LAST, ScanOptions())
    assert told(history.events) == TOLD
    assert [e.commit.id for e in history.events] == [company.commits[name] for name, _, _ in TOLD]
    by_name = {event.commit.subject: event for event in history.events}
    assert (by_name["new owner"].changes[0].old, by_name["new owner"].changes[0].new) == (JONAS, MARIA)
    assert (by_name["file moved"].was, by_name["renamed"].was) == ("app/triage.py::classify", "support/triage.py::classify")
    assert by_name["merged"].by == (BO,)
    assert by_name["limit"].changes[0].new == LIMIT
    assert [(r.old and r.old.text, r.new and r.new.text) for r in by_name["assembled"].rules] == [(None, POLICY)]


def test_the_text_shows_words_and_the_document_holds_them(company: Company) -> None:
    history = point_history(company.repo.path, LAST, ScanOptions())
    text = history_text(history)
    assert "within [-30-]{+14+} days" in text
    assert "merged, written by Bo <bo@example.com>" in text
    document = json.loads(history_json(history))
    merged = next(event for event in document["events"] if event["commit"]["subject"] == "merged")
    assert ["-", "30"] in merged["changes"][0]["words"]
    assert (document["document"], document["version"], len(document["events"])) == ("aicensus.history", 1, len(TOLD))


def test_a_change_from_a_file_that_is_not_the_points_is_found_at_its_commit(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "desk")
    body = call(model="X").replace('"X"', "MODEL")
    head = "from app.settings import MODEL\n" + constant("PROMPT", LIMIT)
    repo.write("app/settings.py", constant("MODEL", "gpt-4o"))
    repo.write("app/triage.py", module(body, head))
    repo.commit("first", at="2026-03-01T09:00:00+01:00")
    for day in range(2, 9):
        repo.write("notes.txt", f"{day}\n")
        if day == 4:
            repo.write("app/settings.py", constant("MODEL", "gpt-4.1"))
        repo.commit(f"day {day}", at=f"2026-03-0{day}T09:00:00+01:00")
    history = point_history(repo.path, "classify", ScanOptions())
    assert told(history.events) == [("day 4", "changed", ["model"]), ("first", "added", [])]


def test_commits_that_touch_nothing_of_the_point_are_not_scanned(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "desk")
    repo.write("app/triage.py", module(call(), constant("PROMPT", LIMIT)))
    repo.commit("first")
    for number in range(12):
        repo.write("app/other.py", f"def other():\n    return {number}\n")
        repo.commit(f"other {number}")
    history = point_history(repo.path, "classify", ScanOptions())
    assert (len(history.events), history.commits) == (1, 13)
    assert history.scanned <= 2


def test_a_shallow_clone_is_refused(company: Company, tmp_path: Path) -> None:
    company.repo.git("clone", "-q", "--depth", "3", company.repo.path.as_uri(), str(tmp_path / "desk"))
    with pytest.raises(SourceError, match="git fetch --unshallow"):
        point_history(tmp_path / "desk", LAST, ScanOptions())
