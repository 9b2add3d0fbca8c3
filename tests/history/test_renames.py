"""Moves between two revisions."""

from __future__ import annotations

from pathlib import Path

from aicensus.history.renames import renames
from tests.gitrepo import Repo

TEXT = "".join(f"line {number}\n" for number in range(20))


def test_moves_with_and_without_edits_are_seen_and_copies_are_not(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    repo.write("a.py", TEXT)
    repo.write("b.py", TEXT.replace("line", "row"))
    repo.write("kept.py", TEXT.replace("line", "item"))
    repo.write("gone.py", "one\ntwo\n")
    old = repo.commit()
    repo.git("mv", "a.py", "umläut name.py")
    (repo.path / "b.py").unlink()
    (repo.path / "gone.py").unlink()
    repo.write("pkg/b.py", TEXT.replace("line", "row") + "one more\n")
    repo.write("copy.py", TEXT.replace("line", "item"))
    repo.write("new.py", "alpha\nbeta\n")
    new = repo.commit()
    assert renames(repo.path, old, new) == {"a.py": "umläut name.py", "b.py": "pkg/b.py"}
    assert renames(repo.path, new, old) == {"umläut name.py": "a.py", "pkg/b.py": "b.py"}


def test_paths_are_relative_to_the_folder(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    repo.write("pkg/a.py", TEXT)
    old = repo.commit()
    repo.git("mv", "pkg/a.py", "pkg/b.py")
    assert renames(repo.path / "pkg", old, repo.commit()) == {"a.py": "b.py"}


def test_nothing_that_the_repository_names_is_run(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    repo.write(".gitattributes", "*.py diff=evil filter=evil\n")
    repo.write("a.py", TEXT)
    old = repo.commit()
    for key in ("diff.external", "diff.evil.command", "diff.evil.textconv", "filter.evil.clean", "filter.evil.smudge"):
        repo.git("config", key, f"touch {tmp_path}/ran; cat")
    repo.git("-c", "filter.evil.clean=cat", "mv", "a.py", "b.py")
    repo.git("-c", "filter.evil.clean=cat", "commit", "-aqm", "move")
    (tmp_path / "ran").unlink(missing_ok=True)
    assert renames(repo.path, old, repo.git("rev-parse", "HEAD")) == {"a.py": "b.py"}
    assert not (tmp_path / "ran").exists()
