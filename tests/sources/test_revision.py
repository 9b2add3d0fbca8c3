"""A revision read from the object database says what a checkout of it says."""

from __future__ import annotations

import os
import pickle
from datetime import datetime
from pathlib import Path

import pytest

from aicensus.model.errors import SourceError, UnreadError
from aicensus.model.sources import LeftOut, SourceFile
from aicensus.sources import open_source
from tests.gitrepo import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "shop")
    repo.write("app/main.py", "print(1)\n")
    repo.write("app/ünï\n.py", "print(2)\n")
    repo.write("node_modules/left/package.json", "{}")
    repo.write("node_modules/left/index.js", "module.exports = 1\n")
    repo.write("logo.png", bytes(range(256)))
    (repo.path / "link.py").symlink_to("app/main.py")
    repo.commit()
    return repo


@pytest.mark.parametrize("folder", [".", "app"])
def test_a_checkout_and_its_revision_are_the_same(repo: Repo, folder: str) -> None:
    checkout = open_source(repo.path / folder)
    revision = open_source(repo.path / folder, rev="HEAD")
    for part in ("root", "repo", "revision", "committed_at", "modified", "files", "unread", "left_out", "notes"):
        assert getattr(checkout, part) == getattr(revision, part), part
    for file in checkout.files:
        assert text_or_reason(checkout.reader, file) == text_or_reason(revision.reader, file)


def text_or_reason(reader: object, file: SourceFile) -> bytes | str:
    try:
        return reader.read(file)  # type: ignore[attr-defined, no-any-return]
    except UnreadError as error:
        return error.reason


def test_an_older_revision_does_not_look_at_the_work_tree(repo: Repo) -> None:
    old = repo.git("rev-parse", "HEAD")
    repo.write("app/main.py", "print(3)\n")
    repo.write("app/later.py")
    repo.commit()
    repo.write("app/untracked.py")
    source = open_source(repo.path, rev="HEAD~1")
    assert source.revision == old
    assert [file.path for file in source.files] == ["app/main.py", "app/ünï\n.py", "logo.png"]
    assert source.read("app/main.py") == b"print(1)\n"
    assert source.committed_at == datetime.fromisoformat("2026-03-01T12:00:00+01:00")
    assert LeftOut("link.py", "symbolic link") in source.left_out


@pytest.mark.parametrize("rev", [None, "HEAD", "main", "v1"])
def test_a_bare_repository(repo: Repo, tmp_path: Path, rev: str | None) -> None:
    repo.git("tag", "-a", "-m", "one", "v1")
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "shop.git"))
    source = open_source(tmp_path / "shop.git", rev=rev)
    assert source.repo == "shop"
    assert source.revision == repo.git("rev-parse", "HEAD")
    assert source.read("app/main.py") == b"print(1)\n"


@pytest.mark.parametrize("rev", ["nowhere", "", "--output=stolen", "HEAD:app", "HEAD..main", ":/change\n"])
def test_what_is_not_a_revision_is_refused(repo: Repo, rev: str) -> None:
    with pytest.raises(SourceError, match="no revision"):
        open_source(repo.path, rev=rev)
    assert not list(repo.path.rglob("stolen*"))


def test_a_plain_folder_has_no_revisions(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no revision 'HEAD'"):
        open_source(tmp_path, rev="HEAD")


def test_a_missing_object_is_a_reason_and_the_rest_is_read(repo: Repo) -> None:
    source = open_source(repo.path, rev="HEAD")
    repo.write("app/other.py", "print(4)\n")
    repo.commit()
    blob = repo.git("rev-parse", "HEAD:app/other.py")
    lost = SourceFile("app/lost.py", 1, "0" * 40)
    with pytest.raises(UnreadError, match="missing"):
        source.reader.read(lost)
    assert source.reader.read(SourceFile("app/other.py", 9, blob)) == b"print(4)\n"
    os.unlink(repo.path / f".git/objects/{blob[:2]}/{blob[2:]}")
    assert [entry.path for entry in open_source(repo.path, rev="HEAD").unread] == ["app/other.py"]


def test_the_reader_goes_to_another_process(repo: Repo) -> None:
    source = open_source(repo.path, rev="HEAD")
    source.read("app/main.py")
    reader = pickle.loads(pickle.dumps(source.reader))
    assert reader.read(source.files[0]) == b"print(1)\n"


def test_the_size_cap_holds_without_reading(repo: Repo) -> None:
    repo.write("big.py", b"x" * 1_000_001)
    repo.commit()
    with pytest.raises(UnreadError, match="larger than 1 MB"):
        open_source(repo.path, rev="HEAD").read("big.py")
