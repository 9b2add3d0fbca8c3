"""A plain folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aicensus.model.errors import UnreadError
from aicensus.model.sources import LeftOut, Unread
from aicensus.sources import open_source


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def listed(root: Path) -> list[str]:
    return [file.path for file in open_source(root).files]


def test_all_files_that_no_rule_excludes(tmp_path: Path) -> None:
    write(
        tmp_path,
        **{
            ".gitignore": "*.log\n/build/\n!keep.log\n",
            "a.py": "",
            "keep.log": "",
            "run.log": "",
            "build/x.py": "",
            "sub/build/x.py": "",
            "sub/.gitignore": "!run.log\n/x.py\n",
            "sub/run.log": "",
            "sub/x.py": "",
            ".hidden/x.py": "",
        },
    )
    assert listed(tmp_path) == [".gitignore", ".hidden/x.py", "a.py", "keep.log", "sub/.gitignore", "sub/build/x.py", "sub/run.log"]


def test_nothing_is_known_but_size_and_path(tmp_path: Path) -> None:
    write(tmp_path, **{"a.py": "a = 1\n"})
    source = open_source(tmp_path)
    assert [(file.path, file.size, file.blob) for file in source.files] == [("a.py", 6, None)]
    assert (source.revision, source.committed_at, source.modified, source.notes) == (None, None, False, ())
    assert source.read("a.py") == b"a = 1\n"
    with pytest.raises(UnreadError, match="no such file"):
        source.read("b.py")


def test_links_pipes_and_loops(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(tmp_path, **{"root/a.py": "", "outside/private.py": ""})
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "loop").symlink_to(root)
    os.mkfifo(root / "pipe.py")
    source = open_source(root)
    assert [file.path for file in source.files] == ["a.py"]
    assert source.left_out == (LeftOut("loop", "symbolic link"), LeftOut("out", "symbolic link"))
    assert source.unread == (Unread("pipe.py", "not a regular file"),)


@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
def test_a_gitignore_that_is_no_file_has_no_rules(tmp_path: Path, kind: str) -> None:
    root = tmp_path / "root"
    write(tmp_path, **{"root/a.py": "", "elsewhere": "*.py\n"})
    match kind:
        case "pipe":
            os.mkfifo(root / ".gitignore")
        case "link":
            (root / ".gitignore").symlink_to(tmp_path / "elsewhere")
        case _:
            (root / ".gitignore").mkdir()
    assert listed(root) == ["a.py"]


def test_a_path_that_is_too_long(tmp_path: Path) -> None:
    home = os.getcwd()
    try:
        os.chdir(tmp_path)
        for _ in range(25):
            os.mkdir("n" * 200)
            os.chdir("n" * 200)
    finally:
        os.chdir(home)
    write(tmp_path, **{"a.py": ""})
    source = open_source(tmp_path)
    assert [file.path for file in source.files] == ["a.py"]
    assert [entry.reason for entry in source.unread] == ["file name too long"]


def test_a_repository_inside_is_part_of_the_folder(tmp_path: Path) -> None:
    write(tmp_path, **{"one/.git/HEAD": "ref: refs/heads/main\n", "one/a.py": "", "b.py": ""})
    assert listed(tmp_path) == ["b.py", "one/a.py"]


@pytest.mark.skipif(os.name == "nt" or os.getuid() == 0, reason="the superuser may enter every folder")
def test_a_folder_that_cannot_be_entered_is_listed_as_not_read(tmp_path: Path) -> None:
    write(tmp_path, **{"shut/a.py": ""})
    (tmp_path / "shut").chmod(0)
    try:
        assert open_source(tmp_path).unread == (Unread("shut", "permission denied"),)
    finally:
        (tmp_path / "shut").chmod(0o700)
