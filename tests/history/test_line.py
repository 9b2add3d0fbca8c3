"""The first-parent line: order, changes and moves."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from aicensus.history.line import commit_of, newest_before, read_line, tags
from aicensus.model.errors import SourceError
from tests.gitrepo import Repo, dated

TEXT = "".join(f"line {number}\n" for number in range(20))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "repo")
    repo.write("pkg/a.py", TEXT)
    repo.write("other.txt", "one\n")
    repo.commit("first", at="2026-03-01T09:00:00+01:00")
    repo.git("checkout", "-q", "-b", "side")
    repo.git("mv", "pkg/a.py", "pkg/b.py")
    repo.commit("side", at="2026-03-02T09:00:00+01:00")
    repo.git("checkout", "-q", "main")
    repo.write("other.txt", "two\n")
    repo.commit("main", at="2026-03-03T09:00:00+01:00")
    repo.git("merge", "-q", "--no-ff", "-m", "\x01odd\x02 subject", "side", **dated("2026-03-04T09:00:00+01:00"))
    repo.git("mv", "pkg/b.py", "pkg/ünï c.py")
    repo.commit("last", at="2026-03-05T09:00:00+01:00")
    return repo


def test_commits_of_side_branches_are_not_on_the_line(repo: Repo) -> None:
    line = read_line(repo.path, None)
    assert [commit.subject for commit in line.commits][::2] == ["last", "main"]
    assert (line.branch, len(line.commits), line.commits[1].parents) == ("main", 4, 2)


def test_what_each_commit_changed_against_its_first_parent(repo: Repo) -> None:
    changed = [[(c.was, c.path) for c in changes] for changes in read_line(repo.path, None).changes]
    assert changed == [
        [("pkg/b.py", "pkg/ünï c.py")],
        [("pkg/a.py", "pkg/b.py")],
        [("other.txt", "other.txt")],
        [("", "other.txt"), ("", "pkg/a.py")],
    ]


def test_moves_add_up_and_are_relative_to_the_folder(repo: Repo) -> None:
    assert read_line(repo.path, None).moved(3, 0) == {"pkg/a.py": "pkg/ünï c.py"}
    assert read_line(repo.path / "pkg", None).moved(3, 0) == {"a.py": "ünï c.py"}


@pytest.mark.parametrize(
    ("moment", "place"),
    [("2026-03-01T08:00:00Z", 3), ("2026-03-01T07:59:59Z", None), ("2026-03-02T12:00:00Z", 3), ("2026-03-09T00:00:00Z", 0)],
)
def test_what_was_newest_at_a_moment(repo: Repo, moment: str, place: int | None) -> None:
    assert read_line(repo.path, None).at(datetime.datetime.fromisoformat(moment)) == place


def test_a_file_of_an_old_name_that_comes_again_is_another_file(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    repo.write("a.py", TEXT)
    repo.commit()
    (repo.path / "a.py").unlink()
    repo.commit()
    repo.write("a.py", "quite\nanother\nfile\n")
    repo.commit()
    repo.git("mv", "a.py", "b.py")
    repo.commit()
    line = read_line(repo.path, None)
    assert line.moved(3, 0) == {}
    assert line.moved(1, 0) == {"a.py": "b.py"}


def test_tags_by_their_own_time(repo: Repo) -> None:
    first = commit_of(repo.path, "main~3")
    repo.git("tag", "-a", "v2", "-m", "late", "main~3", **dated("2026-03-10T09:00:00+01:00"))
    repo.git("tag", "v1", "main~1")
    found = tags(repo.path)
    assert [(tag.name, tag.commit == first) for tag in found] == [("v1", False), ("v2", True)]
    newest = newest_before(found, datetime.datetime.fromisoformat("2026-03-09T00:00:00Z"))
    assert newest is not None
    assert newest.name == "v1"
    assert newest_before(found, datetime.datetime.fromisoformat("2026-03-01T00:00:00Z")) is None


def test_what_has_no_line_says_why(tmp_path: Path, repo: Repo) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(SourceError, match="name a git repository"):
        read_line(tmp_path / "plain", None)
    with pytest.raises(SourceError, match="no revision '--all'"):
        read_line(repo.path, "--all")
