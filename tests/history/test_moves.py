"""Where files went that are no longer there, in real repositories."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aicensus.history.moves import moved_files
from tests.gitrepo import Repo

TEXT = "".join(f"line {number}\n" for number in range(20))


def moved(repo: Repo, name: str, *, edited: bool = False) -> Callable[[str], None]:
    def to(target: str) -> None:
        (repo.path / target).parent.mkdir(parents=True, exist_ok=True)
        repo.git("mv", name, target)
        if edited:
            repo.write(target, TEXT + "more\n")

    return to


def committed_move(repo: Repo) -> None:
    moved(repo, "a.py", edited=True)("b/c.py")
    repo.commit()


def two_moves(repo: Repo) -> None:
    committed_move(repo)
    moved(repo, "b/c.py")("d.py")
    repo.commit()


def staged_move(repo: Repo) -> None:
    moved(repo, "a.py")("b.py")


def staged_after_committed(repo: Repo) -> None:
    committed_move(repo)
    moved(repo, "b/c.py")("e.py")


def merged_move(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "side")
    committed_move(repo)
    repo.git("checkout", "-q", "main")
    repo.write("other.py")
    repo.commit()
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "side")


def there_and_back(repo: Repo) -> None:
    committed_move(repo)
    moved(repo, "b/c.py")("a.py")
    repo.commit()
    moved(repo, "a.py")("last.py")
    repo.commit()


def removed(repo: Repo) -> None:
    (repo.path / "a.py").unlink()
    repo.commit()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (committed_move, "b/c.py"),
        (two_moves, "d.py"),
        (staged_move, "b.py"),
        (staged_after_committed, "e.py"),
        (merged_move, "b/c.py"),
        (there_and_back, "last.py"),
        (removed, None),
    ],
)
def test_a_file_is_found_where_it_went(tmp_path: Path, change: Callable[[Repo], None], expected: str | None) -> None:
    repo = Repo(tmp_path / "shop")
    repo.write("a.py", TEXT)
    repo.write("z.py", "nothing alike\n")
    repo.commit()
    change(repo)
    there = set(repo.git("ls-files").splitlines())
    found = moved_files(repo.path, "HEAD", ["a.py", "never.py"], there, staged=True)
    assert found == ({"a.py": expected} if expected else {})


def test_paths_are_those_of_the_scanned_folder(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "shop")
    repo.write("app/a.py", TEXT)
    repo.commit()
    moved(repo, "app/a.py")("app/b.py")
    repo.commit()
    assert moved_files(repo.path / "app", "HEAD", ["a.py"], {"b.py"}, staged=True) == {"a.py": "b.py"}


def test_without_history_nothing_is_said(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "shop")
    repo.write("a.py", TEXT)
    repo.commit()
    committed_move(repo)
    shallow = tmp_path / "shallow"
    repo.git("clone", "-q", "--depth", "1", f"file://{repo.path}", str(shallow))
    assert moved_files(shallow, "HEAD", ["a.py"], {"b/c.py"}, staged=True) == {}
