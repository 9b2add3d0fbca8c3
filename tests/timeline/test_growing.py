"""Growth over the history, and the commands that follow it, as they print."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from aicensus.pipeline import ScanOptions
from aicensus.report.growth import as_csv, as_html, as_json, as_text
from aicensus.timeline import trend
from tests.gitrepo import Repo, dated
from tests.test_commands import run
from tests.timeline.company import Company, call, constant, module

TEXT = "Sum up the ticket in one sentence for the colleague who takes over."


def ticket(number: int) -> str:
    return module(call(), constant("PROMPT", f"{TEXT} {number}"), f"answer_{number}")


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """Three points come one by one, one goes, one is moved; the second has an owner and a purpose."""
    repo = Repo(tmp_path_factory.mktemp("growing") / "desk")
    repo.write("README.md", "# Desk\n")
    repo.commit("nothing", at="2025-01-10T09:00:00+01:00")
    repo.write("app/one.py", ticket(1))
    repo.commit("one", at="2025-02-10T09:00:00+01:00")
    repo.write("app/two.py", ticket(2))
    repo.write("aicensus.yaml", 'version: 1\npoints:\n  "app/two.py::*": {owner: maria.lopez@example.com, purpose: Sum up a ticket}\n')
    repo.commit("two", at="2025-04-30T23:30:00-02:00")  # already May in UTC
    repo.git("mv", "app/one.py", "app/moved.py")
    repo.write("app/three.py", ticket(3))
    repo.commit("three", at="2025-05-10T09:00:00+01:00")
    (repo.path / "app/three.py").unlink()
    repo.commit("less", at="2026-03-20T09:00:00+01:00")
    return repo


def test_the_numbers_at_the_ends_of_quarters(repo: Repo) -> None:
    found = trend(repo.path, ScanOptions(), every="quarter")
    rows = [(s.at, s.points, s.added, s.removed, s.undecided) for s in found.samples]
    assert rows == [
        ("2025-03-31", 1, 0, 0, ()),
        ("2025-06-30", 3, 2, 0, ("app/three.py::answer_3",)),
        ("2025-09-30", 3, 0, 0, ()),
        ("2025-12-31", 3, 0, 0, ()),
        ("2026-03-20", 2, 0, 1, ()),
    ]
    assert found.samples[1].by_ownership == {"nobody": 2, "person": 1}
    assert found.samples[-1].by_provider == {"openai": 2}
    assert found.first is not None
    assert (found.first.subject, found.months, found.light) == ("one", 13, "amber")
    assert found.growth is None  # nothing is a year older than the last day


def test_the_end_of_a_month_is_that_of_utc(repo: Repo) -> None:
    found = trend(repo.path, ScanOptions(), since=datetime.date(2025, 4, 1))
    assert [(s.at, s.points) for s in found.samples[:2]] == [("2025-04-30", 1), ("2025-05-31", 3)]


OWNED = 'version: 1\npoints:\n  "app/two.py::*": {owner: maria.lopez@example.com, purpose: Sum up a ticket}\n'


def _claimed_later(repo: Repo) -> None:
    repo.write("app/two.py", ticket(2))
    repo.commit("two", at="2025-02-10T09:00:00+01:00")
    repo.write("aicensus.yaml", OWNED)
    repo.commit("claim", at="2025-02-11T09:00:00+01:00")


def _claimed_in_the_merge(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "feature")
    repo.write("app/two.py", ticket(2))
    repo.commit("two", at="2025-02-10T09:00:00+01:00")
    repo.write("aicensus.yaml", OWNED)
    repo.commit("claim", at="2025-02-11T09:00:00+01:00")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "feature", **dated("2025-02-12T09:00:00+01:00"))


def _claimed_then_moved(repo: Repo) -> None:
    repo.write("app/one.py", ticket(2))
    repo.write("aicensus.yaml", OWNED.replace("two", "one"))
    repo.commit("one", at="2025-02-10T09:00:00+01:00")
    repo.git("mv", "app/one.py", "app/two.py")
    repo.commit("moved", at="2025-02-11T09:00:00+01:00")


def _said_at_the_call(repo: Repo) -> None:
    repo.write(
        "app/two.py", ticket(2).replace("    reply =", "    # aicensus: owner=maria.lopez@example.com purpose='Sum up'\n    reply =")
    )
    repo.commit("two", at="2025-02-10T09:00:00+01:00")


def _claimed_then_given_up(repo: Repo) -> None:
    repo.write("app/two.py", ticket(2))
    repo.write("aicensus.yaml", OWNED)
    repo.commit("two", at="2025-02-10T09:00:00+01:00")
    repo.write("aicensus.yaml", "version: 1\n")
    repo.commit("nobody", at="2025-02-11T09:00:00+01:00")


def _second_call_of_a_claimed_function(repo: Repo) -> None:
    repo.write("app/two.py", ticket(2))
    repo.write("aicensus.yaml", OWNED.replace("::*", "::answer_2"))
    repo.commit("two", at="2025-02-10T09:00:00+01:00")
    repo.write("app/two.py", module(call() + call(), constant("PROMPT", f"{TEXT} 2"), "answer_2"))
    repo.commit("again", at="2025-02-11T09:00:00+01:00")


def _claimed_with_an_earlier_mistake(repo: Repo) -> None:
    repo.write("app/two.py", ticket(2))
    repo.write("aicensus.yaml", "version: 1\npoints: nobody\n")
    repo.commit("two", at="2025-02-10T09:00:00+01:00")
    repo.write("aicensus.yaml", OWNED)
    repo.commit("claim", at="2025-02-11T09:00:00+01:00")


@pytest.mark.parametrize(
    ("come", "undecided"),
    [
        pytest.param(_claimed_later, ("app/two.py::answer_2",), id="a claim in a later commit comes too late"),
        pytest.param(_claimed_in_the_merge, (), id="a claim in another commit of the same merge is in time"),
        pytest.param(_claimed_then_moved, (), id="a file that moved was decided on under its old name"),
        pytest.param(_said_at_the_call, (), id="a comment at the call decides as well"),
        pytest.param(_claimed_then_given_up, (), id="a claim that was taken back was there"),
        pytest.param(_second_call_of_a_claimed_function, ("app/two.py::answer_2/2",), id="the second call of a function came by itself"),
        pytest.param(_claimed_with_an_earlier_mistake, ("app/two.py::answer_2",), id="a manifest that was wrong then said nothing"),
    ],
)
def test_a_point_is_decided_on_in_the_merge_that_brings_it(
    tmp_path: Path, come: Callable[[Repo], None], undecided: tuple[str, ...]
) -> None:
    repo = Repo(tmp_path / "desk")
    repo.write("README.md", "# Desk\n")
    repo.commit("nothing", at="2025-01-10T09:00:00+01:00")
    come(repo)
    repo.write("README.md", "# The desk\n")
    repo.commit("words", at="2025-02-20T09:00:00+01:00")
    (_, last) = trend(repo.path, ScanOptions()).samples
    assert (last.added > 0, last.undecided) == (True, undecided)


def test_a_revision_with_a_wrong_manifest_is_sampled_and_said(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "desk")
    repo.write("app/two.py", ticket(2))
    repo.write("aicensus.yaml", "version: 1\npoints: nobody\n")
    wrong = repo.commit("wrong", at="2025-01-10T09:00:00+01:00")
    repo.write("aicensus.yaml", OWNED)
    repo.commit("mended", at="2025-02-10T09:00:00+01:00")
    found = trend(repo.path, ScanOptions())
    assert [sample.by_ownership for sample in found.samples] == [{"nobody": 1}, {"person": 1}]
    (note,) = found.notes
    assert note.startswith(f"{wrong[:12]}: desk: aicensus.yaml:2: ")
    done = run("prompt", "answer_2", "--at", "2025-01-20T00:00Z", cwd=repo.path)
    assert (done.returncode, "aicensus.yaml:2: " in done.stdout) == (0, True), done.stderr
    assert run("diff", "HEAD~1", "HEAD", cwd=repo.path).returncode == 0


def test_several_processes_find_the_same(repo: Repo) -> None:
    assert trend(repo.path, ScanOptions(jobs=2)) == trend(repo.path, ScanOptions(jobs=1))


def test_the_formats_hold_the_same_numbers(repo: Repo) -> None:
    found = trend(repo.path, ScanOptions(), every="quarter")
    document = json.loads(as_json(found))
    rows = list(csv.DictReader(io.StringIO(as_csv(found).decode())))
    assert [int(row["points"]) for row in rows] == [sample["points"] for sample in document["samples"]] == [1, 3, 3, 3, 2]
    assert (document["added"], document["removed"], document["removal_ratio"], document["undecided"]) == (2, 1, 0.5, 1)
    assert "2025-06-30      3  █░░  +2 1 undecided" in as_text(found)


def test_the_page_needs_nothing_else_and_speaks_to_those_who_cannot_see_it(repo: Repo) -> None:
    page = as_html(trend(repo.path, ScanOptions(), every="quarter")).decode()
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    charts = re.findall(r'<svg viewBox="[^"]+" role="img" aria-labelledby="(\S+) (\S+)">', page)
    assert len(charts) == 4
    assert all(f'id="{name}"' in page for pair in charts for name in pair)
    assert page.count('<th scope="row">') == 5


def test_names_from_the_repository_are_escaped(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "<b>desk")
    repo.write("app/one.py", ticket(1))
    repo.commit("one")
    assert b"<b>desk" not in as_html(trend(repo.path, ScanOptions()))


def test_a_repository_without_points_says_so(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "empty")
    repo.write("README.md", "# Nothing\n")
    repo.commit()
    assert "No purpose in production was found" in as_text(trend(repo.path, ScanOptions()))


def test_a_report_holds_the_growth_where_it_is_asked_for(repo: Repo, tmp_path: Path) -> None:
    outputs = ("-o", f"html={tmp_path / 'report.html'}", "-o", f"json={tmp_path / 'report.json'}")
    done = run("scan", ".", "--growth", "quarter", *outputs, cwd=repo.path)
    assert done.returncode == 0, done.stderr
    (growth,) = json.loads((tmp_path / "report.json").read_bytes())["growth"]
    assert [sample["points"] for sample in growth["samples"]] == [1, 3, 3, 3, 2]
    assert "Undecided: 1 of 2 that came" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_growth_of_a_folder_without_history_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(ticket(1), encoding="utf-8")
    done = run("scan", ".", "--growth", "month", cwd=tmp_path)
    assert (done.returncode, "no history to read" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        pytest.param(("prompt", "route_ticket", "--at", "2026-08-15T00:00+01:00"), 0, "within 14 days", id="prompt"),
        pytest.param(("prompt", "route_ticket", "--at", "2026-08-15T00:00"), 0, "has no time zone: taken as", id="a moment without zone"),
        pytest.param(("prompt", "route_ticket", "--at", "last Tuesday"), 2, "is no moment", id="no moment"),
        pytest.param(("prompt", "route_ticket", "--at", "2020-01-01T00:00Z"), 2, "main begins with", id="before the history"),
        pytest.param(("history", "no_such_function"), 2, "a point that is gone is found with --rev", id="history of nothing"),
        pytest.param(("trend", "--every", "week"), 2, "is none of month, quarter", id="no such period"),
        pytest.param(("trend", "-o", "pdf=x.pdf"), 2, "is not FORMAT=FILE with one of text, json, csv, html", id="no such format"),
    ],
)
def test_commands(company: Company, arguments: tuple[str, ...], status: int, said: str) -> None:
    done = run(*arguments, cwd=company.repo.path)
    assert done.returncode == status, done.stderr
    assert said in done.stdout + done.stderr
