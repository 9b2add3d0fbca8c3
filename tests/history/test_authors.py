"""Who changed what, from real commits."""

from __future__ import annotations

import datetime
from pathlib import Path

from aicensus.history.authors import NOTHING, contributions
from tests.gitrepo import Repo


def committed(repo: Repo, path: str, email: str, day: str) -> None:
    (repo.path / path).parent.mkdir(parents=True, exist_ok=True)
    with (repo.path / path).open("a") as file:
        file.write(f"{email} {day}\n")
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "change", f"--author=Somebody <{email}>", f"--date={day}T12:00:00+00:00")


def test_parts_in_files_and_in_the_whole(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "shop")
    for path, email, day in (
        ("a.py", "ada@example.com", "2026-01-01"),
        ("a.py", "ADA@example.com", "2026-02-01"),
        ("a.py", "bob@example.com", "2026-03-01"),
        ("docs/x.md", "ada@example.com", "2026-04-01"),
    ):
        committed(repo, path, email, day)
    found = contributions(repo.path, "HEAD", ["a.py"])
    date = datetime.date
    assert [(row.email, row.commits, row.last) for row in found.files["a.py"]] == [
        ("ada@example.com", 2, date(2026, 2, 1)),
        ("bob@example.com", 1, date(2026, 3, 1)),
    ], "one person, whatever the case of the address"
    assert [(row.email, row.commits, row.last) for row in found.everybody] == [
        ("ada@example.com", 3, date(2026, 4, 1)),
        ("bob@example.com", 1, date(2026, 3, 1)),
    ]


def test_nothing_is_read_for_nothing(tmp_path: Path) -> None:
    assert contributions(tmp_path, "HEAD", []) is NOTHING
    assert contributions(tmp_path, "HEAD", ["a.py"]) == NOTHING
