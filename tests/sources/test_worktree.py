"""A git work tree: tracked files as they are now, new files that are not ignored."""

from __future__ import annotations

import os
import pickle
from datetime import datetime
from pathlib import Path

import pytest

from aicensus.model.errors import SourceError, UnreadError
from aicensus.model.sources import LeftOut, Unread
from aicensus.sources import Source, blob_id, open_source
from tests.gitrepo import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "shop")
    repo.write("app/main.py", "print(1)\n")
    repo.write("app/util.py", "print(2)\n")
    repo.write(".gitignore", "*.log\nsecret/\n")
    repo.commit()
    return repo


def paths(source: Source) -> list[str]:
    return [file.path for file in source.files]


def blobs(source: Source) -> dict[str, str | None]:
    return {file.path: file.blob for file in source.files}


def test_a_clean_tree_has_the_blobs_and_date_of_its_commit(repo: Repo) -> None:
    source = open_source(repo.path)
    assert paths(source) == [".gitignore", "app/main.py", "app/util.py"]
    assert blobs(source)["app/main.py"] == repo.git("rev-parse", "HEAD:app/main.py") == blob_id(b"print(1)\n")
    assert source.revision == repo.git("rev-parse", "HEAD")
    assert source.committed_at == datetime.fromisoformat("2026-03-01T12:00:00+01:00")
    assert (source.repo, source.modified, source.notes, source.unread) == ("shop", False, (), ())


def test_new_files_count_unless_ignored(repo: Repo) -> None:
    repo.write("app/new.py")
    repo.write("run.log")
    repo.write("secret/key.py")
    source = open_source(repo.path)
    assert paths(source) == [".gitignore", "app/main.py", "app/new.py", "app/util.py"]
    assert blobs(source)["app/new.py"] is None
    assert not source.modified


def test_a_tracked_file_counts_though_a_rule_ignores_it(repo: Repo) -> None:
    repo.write("kept.log")
    repo.git("add", "-f", "kept.log")
    assert "kept.log" in paths(open_source(repo.path))


def test_a_changed_file_gets_the_id_of_what_is_in_it_now(repo: Repo) -> None:
    file = repo.write("app/main.py", "print(3)\n")
    os.utime(file, (1, 1))
    source = open_source(repo.path)
    assert blobs(source)["app/main.py"] == blob_id(b"print(3)\n")
    assert source.modified
    assert source.read("app/main.py") == b"print(3)\n"


@pytest.mark.parametrize("bit", ["--assume-unchanged", "--skip-worktree"])
def test_the_index_is_not_believed_when_it_says_unchanged(repo: Repo, bit: str) -> None:
    repo.git("update-index", bit, "app/main.py")
    repo.write("app/main.py", "print('hidden')\n")
    source = open_source(repo.path)
    assert source.modified
    assert blobs(source)["app/main.py"] == blob_id(b"print('hidden')\n")


def test_a_change_of_equal_size_and_time_is_seen(repo: Repo) -> None:
    file = repo.path / "app/main.py"
    before = file.stat()
    file.write_text("print(9)\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert blobs(open_source(repo.path))["app/main.py"] == blob_id(b"print(9)\n")


def test_a_touched_file_is_not_a_change(repo: Repo) -> None:
    os.utime(repo.path / "app/main.py", (1, 1))
    source = open_source(repo.path)
    assert not source.modified
    assert blobs(source)["app/main.py"] == blob_id(b"print(1)\n")


@pytest.mark.parametrize("staged", [True, False])
def test_a_deleted_file_is_gone(repo: Repo, staged: bool) -> None:
    if staged:
        repo.git("rm", "-q", "app/main.py")
    else:
        (repo.path / "app/main.py").unlink()
    source = open_source(repo.path)
    assert paths(source) == [".gitignore", "app/util.py"]
    assert source.modified


def test_a_staged_new_file_is_a_change(repo: Repo) -> None:
    repo.write("app/staged.py")
    repo.git("add", "app/staged.py")
    assert open_source(repo.path).modified


def test_a_folder_of_a_work_tree_is_a_source_of_its_own(repo: Repo) -> None:
    repo.write("app/new.py")
    repo.write("elsewhere.py")
    source = open_source(repo.path / "app")
    assert paths(source) == ["main.py", "new.py", "util.py"]
    assert source.read("main.py") == b"print(1)\n"
    assert (source.repo, source.revision) == ("app", repo.git("rev-parse", "HEAD"))


def test_a_folder_that_git_ignores_can_still_be_asked_for(repo: Repo) -> None:
    repo.write("secret/key.py")
    source = open_source(repo.path / "secret")
    assert paths(source) == ["key.py"]
    assert source.notes == ("git ignores this folder: it is read as a plain folder",)


def test_before_the_first_commit(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "young")
    repo.write("a.py")
    repo.git("add", "a.py")
    repo.write("b.py")
    source = open_source(repo.path)
    assert paths(source) == ["a.py", "b.py"]
    assert (source.revision, source.committed_at) == (None, None)


def test_a_conflicting_file_is_listed_once_as_it_stands(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "other")
    repo.write("app/main.py", "print('theirs')\n")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write("app/main.py", "print('ours')\n")
    repo.commit()
    with pytest.raises(Exception, match="merge"):
        repo.git("merge", "other")
    source = open_source(repo.path)
    assert paths(source) == [".gitignore", "app/main.py", "app/util.py"]
    assert source.modified
    assert b"<<<<<<<" in source.read("app/main.py")


@pytest.mark.parametrize(
    "name", ['quo"te.py', "new\nline.py", "tab\t.py", "ünï/çödé.py", " lead.py", "back\\slash.py", "-dash.py", ":(top)x.py"]
)
@pytest.mark.parametrize("tracked", [True, False])
def test_odd_names(repo: Repo, name: str, tracked: bool) -> None:
    repo.write(name, "odd = 1\n")
    if tracked:
        repo.commit()
    source = open_source(repo.path)
    assert name in paths(source)
    assert source.read(name) == b"odd = 1\n"


def test_a_name_that_is_not_text_is_escaped_and_can_be_read(repo: Repo) -> None:
    try:
        with open(os.path.join(os.fsencode(repo.path), b"caf\xe9.py"), "wb") as file:
            file.write(b"odd = 1\n")
    except OSError:
        pytest.skip("this file system only takes names that are text")
    source = open_source(repo.path)
    assert "caf\\xe9.py" in paths(source)
    assert source.read("caf\\xe9.py") == b"odd = 1\n"


def test_links_are_not_followed(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/private.py").write_text("password = 1\n")
    (repo.path / "out").symlink_to(tmp_path / "outside")
    (repo.path / "out.py").symlink_to(tmp_path / "outside/private.py")
    (repo.path / "in.py").symlink_to("app/main.py")
    (repo.path / "loop").symlink_to(".")
    (repo.path / "broken.py").symlink_to("nowhere.py")
    repo.commit()
    source = open_source(repo.path)
    assert paths(source) == [".gitignore", "app/main.py", "app/util.py"]
    assert source.left_out == tuple(LeftOut(name, "symbolic link") for name in ("broken.py", "in.py", "loop", "out", "out.py"))


def test_a_tracked_folder_that_became_a_link_is_not_followed(repo: Repo, tmp_path: Path) -> None:
    (repo.path / "app").rename(tmp_path / "moved")
    (repo.path / "app").symlink_to(tmp_path / "moved")
    assert paths(open_source(repo.path)) == [".gitignore"]


def test_a_file_that_became_a_link_after_the_listing_is_not_followed(repo: Repo, tmp_path: Path) -> None:
    source = open_source(repo.path)
    (tmp_path / "private.py").write_text("password = 1\n")
    (repo.path / "app/main.py").unlink()
    (repo.path / "app/main.py").symlink_to(tmp_path / "private.py")
    with pytest.raises(UnreadError):
        source.read("app/main.py")


def test_submodules_and_repositories_inside_are_listed_as_not_read(repo: Repo, tmp_path: Path) -> None:
    library = Repo(tmp_path / "library")
    library.write("lib.py")
    library.commit()
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(library.path), "deps/library")
    repo.commit()
    inner = Repo(repo.path / "inner")
    inner.write("inner.py")
    inner.commit()
    source = open_source(repo.path)
    assert [entry.path for entry in source.unread] == ["deps/library", "inner"]
    assert paths(open_source(repo.path / "deps/library")) == ["lib.py"]


def test_a_sparse_checkout_says_what_is_missing(repo: Repo) -> None:
    repo.write("docs/guide.py")
    repo.commit()
    repo.git("sparse-checkout", "set", "docs")
    source = open_source(repo.path)
    assert Unread("app/main.py", "not checked out (sparse checkout)") in source.unread
    assert not source.modified


def test_a_pipe_is_not_opened(repo: Repo) -> None:
    os.mkfifo(repo.path / "app/pipe.py")
    source = open_source(repo.path)  # git itself does not list it
    assert "app/pipe.py" not in paths(source)


@pytest.mark.parametrize("version", ["2", "3", "4"])
def test_every_version_of_the_index_is_read(repo: Repo, version: str) -> None:
    repo.git("update-index", "--index-version", version)
    source = open_source(repo.path)
    assert len(source.files) == 3
    assert not source.modified


def test_a_split_index_is_read(repo: Repo) -> None:
    repo.git("update-index", "--split-index")
    repo.write("app/more.py")
    repo.commit()
    assert "app/more.py" in paths(open_source(repo.path))


def test_a_sha256_repository(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "new", "--object-format=sha256")
    repo.write("a.py", "a = 1\n")
    commit = repo.commit()
    os.utime(repo.path / "a.py", (1, 1))
    source = open_source(repo.path)
    assert source.revision == commit
    assert blobs(source)["a.py"] == repo.git("rev-parse", "HEAD:a.py")


def test_a_linked_work_tree(repo: Repo, tmp_path: Path) -> None:
    repo.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    source = open_source(tmp_path / "side")
    assert paths(source) == [".gitignore", "app/main.py", "app/util.py"]
    assert source.revision == repo.git("rev-parse", "HEAD")


def test_a_damaged_index_makes_it_a_plain_folder(repo: Repo) -> None:
    (repo.path / ".git/index").write_bytes(b"DIRC" + b"\xff" * 40)
    repo.write("run.log")
    source = open_source(repo.path)
    assert paths(source) == [".gitignore", "app/main.py", "app/util.py"]
    assert len(source.notes) == 1
    assert "it is read as a plain folder" in source.notes[0]


def test_what_only_looks_like_a_repository_is_a_plain_folder(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").write_text("nonsense")
    (tmp_path / "a.py").write_text("a = 1\n")
    source = open_source(tmp_path)
    assert paths(source) == ["a.py"]
    assert len(source.notes) == 1


@pytest.mark.skipif(not hasattr(os, "chown") or os.getuid() != 0, reason="only root can give a repository to another user")
def test_a_repository_of_another_user_is_a_plain_folder(repo: Repo) -> None:
    for folder, _, files in os.walk(repo.path):
        for name in (".", *files):
            os.chown(Path(folder, name), 12345, 12345)
    source = open_source(repo.path)
    assert paths(source) == [".gitignore", "app/main.py", "app/util.py"]
    assert source.revision is None
    assert source.notes == ("the repository belongs to another user and git refuses it: it is read as a plain folder",)
    with pytest.raises(SourceError, match=r"safe\.directory"):
        open_source(repo.path, rev="HEAD")


def test_a_reader_goes_to_another_process(repo: Repo) -> None:
    source = open_source(repo.path)
    reader = pickle.loads(pickle.dumps(source.reader))
    assert reader.read(source.files[1]) == b"print(1)\n"


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        open_source(tmp_path / "nowhere")
