"""Archives: of a revision as `git archive` and code hosts make them, and hostile ones."""

from __future__ import annotations

import io
import json
import pickle
import stat
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from aicensus.model.errors import SourceError, UnreadError
from aicensus.model.sources import LeftOut, Unread
from aicensus.sources import archive, open_source
from tests.gitrepo import Repo

CODE = "from openai import OpenAI\nOpenAI().chat.completions.create(model='gpt-4.1', messages=[])\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "shop")
    made.write("app/ask.py", CODE)
    made.write("ümlaut.py", "a = 1\n")
    made.write("logo.png", b"\x00\x01" * 300)
    (made.path / "link.py").symlink_to("app/ask.py")
    made.commit()
    return made


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "zip"])
@pytest.mark.parametrize("prefix", ["", "shop-1.0/"])
def test_an_archive_of_a_revision_is_the_revision(repo: Repo, tmp_path: Path, ending: str, prefix: str) -> None:
    made = tmp_path / f"download.{ending}"
    repo.git("archive", f"--prefix={prefix}", "-o", str(made), "HEAD")
    found, revision = open_source(made), open_source(repo.path, rev="HEAD")
    assert found.files == revision.files
    assert found.left_out == revision.left_out == (LeftOut("link.py", "symbolic link"),)
    assert (found.revision, found.committed_at) == (revision.revision, revision.committed_at)
    assert found.repo == (prefix.rstrip("/") or "download")
    assert found.read("app/ask.py") == CODE.encode()
    with pytest.raises(UnreadError, match="binary"):
        found.read("logo.png")


@pytest.mark.parametrize("ending", ["tar.xz", "tar.bz2", "zip"])
def test_other_processes_can_read_it(repo: Repo, tmp_path: Path, ending: str) -> None:
    made = tmp_path / f"shop.{ending}"
    if ending == "zip":
        repo.git("archive", "-o", str(made), "HEAD")
    else:
        with tarfile.open(made, f"w:{ending[4:]}") as packed:  # type: ignore[call-overload]
            packed.add(repo.path / "app", "shop/app")
    source = open_source(made)
    other = pickle.loads(pickle.dumps(source.reader))
    assert other.read(source.files[0]) == CODE.encode()
    del other
    assert source.read("app/ask.py") == CODE.encode()


def test_nothing_is_left_behind(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, work = tmp_path / "shop.tar.gz", tmp_path / "work"
    work.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(work))
    repo.git("archive", "-o", str(made), "HEAD")
    source = open_source(made)
    assert source.read("app/ask.py")
    assert len(list(work.iterdir())) == 1
    del source
    assert list(work.iterdir()) == []
    made.write_bytes(made.read_bytes()[:200])
    with pytest.raises(SourceError, match=r"shop\.tar\.gz: neither a folder nor"):
        open_source(made)
    assert list(work.iterdir()) == []


def test_members_that_lead_elsewhere_are_not_read(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as made:
        for name in ("../out.py", "/etc/passwd", "a/../../b.py", "ok/./a.py", "twice.py", "twice.py"):
            info = tarfile.TarInfo(name)
            info.size = 5
            made.addfile(info, io.BytesIO(b"a = 1"))
        for name, kind in (("hard.py", tarfile.LNKTYPE), ("soft.py", tarfile.SYMTYPE), ("pipe.py", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            made.addfile(info)
    source = open_source(tmp_path / "a.tar")
    assert [file.path for file in source.files] == ["ok/a.py", "twice.py"]
    assert [one.path for one in source.left_out] == ["hard.py", "soft.py"]
    assert {one.reason for one in source.unread} == {"its path leads out of the archive", "not a regular file"}


def test_hostile_zips(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr("ok.py", "a = 1\n")
        made.writestr("..\\out.py", "a = 1\n")
        link = zipfile.ZipInfo("soft.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    source = open_source(tmp_path / "a.zip")
    assert [file.path for file in source.files] == ["ok.py"]
    assert source.unread == (Unread("..\\out.py", "its path leads out of the archive"),)
    assert source.left_out == (LeftOut("soft.py", "symbolic link"),)


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED", 50_000)
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar, zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as made:
        info = tarfile.TarInfo("big.py")
        info.size = 100_000
        tar.addfile(info, io.BytesIO(b" " * 100_000))
        made.writestr("big.py", " " * 100_000)
    for name in ("a.tar.gz", "a.zip"):
        with pytest.raises(SourceError, match="unpacks to more than"):
            open_source(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        pytest.param("a.py", b"a = 1\n", "name the folder it is in", id="a file of code"),
        pytest.param("a.zip", b"PK\x03\x04nothing", "neither a folder nor a tar or zip archive", id="a damaged zip"),
        pytest.param("a.tar.gz", b"\x1f\x8bnothing", "neither a folder nor a tar or zip archive", id="a damaged tar"),
        pytest.param("a.tar", b"", "neither a folder nor a tar or zip archive", id="nothing in it"),
    ],
)
def test_what_is_no_archive(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=says):
        open_source(tmp_path / name)


def test_an_archive_has_no_other_revision(repo: Repo, tmp_path: Path) -> None:
    repo.git("archive", "-o", str(tmp_path / "a.zip"), "HEAD")
    with pytest.raises(SourceError, match="leave out `--rev`"):
        open_source(tmp_path / "a.zip", rev="HEAD~1")


def test_scan_of_an_archive(repo: Repo, tmp_path: Path) -> None:
    made = tmp_path / "shop.tar.gz"
    repo.git("archive", "--prefix=shop/", "-o", str(made), "HEAD")
    rows = []
    for what in ([str(made)], [str(repo.path), "--rev", "HEAD"]):
        command = [
            sys.executable,
            "-m",
            "aicensus",
            "scan",
            "--quiet",
            "--no-cache",
            "--jobs",
            "2",
            "-o",
            f"points={tmp_path / 'points'}",
            *what,
        ]
        subprocess.run(command, check=True)
        rows.append([json.loads(row) for row in (tmp_path / "points").read_text().splitlines()])
    assert [(row["repo"], row["path"], row["line"], row["model"]) for row in rows[0]] == [("shop", "app/ask.py", 2, "gpt-4.1")]
    assert [(row["path"], row["line"]) for row in rows[0]] == [(row["path"], row["line"]) for row in rows[1]]
