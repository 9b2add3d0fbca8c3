"""Nothing that a repository says is ever run, whatever its git configuration, attributes and files name."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aicensus import gitcommand
from aicensus.model.errors import SourceError, UnreadError
from aicensus.sources import open_source
from tests.gitrepo import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "shop")
    repo.write("app/main.py", "print(1)\n")
    repo.write(".gitattributes", "*.py filter=evil diff=evil merge=evil text\n")
    repo.commit()
    return repo


@pytest.fixture(autouse=True)
def _find_git_again() -> Iterator[None]:
    yield
    gitcommand._program.cache_clear()


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "started"


def touching(marker: Path) -> str:
    """A program that shows that it was run."""
    script = marker.with_name("evil.sh")
    script.write_text(f"#!/bin/sh\necho \"$0 $@\" >> '{marker}'\ncat 2>/dev/null\n")
    script.chmod(0o755)
    return str(script)


PROGRAMS = [
    "core.fsmonitor",
    "core.sshCommand",
    "core.pager",
    "core.editor",
    "core.askPass",
    "core.gitProxy",
    "core.alternateRefsCommand",
    "credential.helper",
    "diff.external",
    "diff.evil.command",
    "diff.evil.textconv",
    "filter.evil.clean",
    "filter.evil.smudge",
    "filter.evil.process",
    "gpg.program",
    "gpg.ssh.program",
    "interactive.diffFilter",
    "merge.evil.driver",
    "pager.log",
    "pager.ls-tree",
    "pager.ls-files",
    "sequence.editor",
    "ssh.variant",
    "uploadpack.packObjectsHook",
]


def look_at_everything(path: Path) -> None:
    for rev in (None, "HEAD"):
        source = open_source(path, rev=rev)
        for file in source.files:
            source.read(file.path)


def test_programs_in_the_configuration_are_not_started(repo: Repo, marker: Path) -> None:
    for key in PROGRAMS:
        repo.git("config", key, touching(marker))
    for command in ("ls-files", "ls-tree", "log", "rev-parse", "cat-file", "diff-index"):
        repo.git("config", f"alias.{command}", f"!{touching(marker)}")
    repo.git("config", "log.showSignature", "true")
    (repo.path / "app/main.py").write_text("print(2)\n")
    look_at_everything(repo.path)
    look_at_everything(repo.path / "app")
    assert not marker.exists()


def test_the_programs_of_that_test_would_have_been_started(repo: Repo, marker: Path) -> None:
    repo.git("config", "core.fsmonitor", touching(marker))
    repo.git("status")
    assert marker.exists()


def test_hooks_are_not_started(repo: Repo, marker: Path) -> None:
    script = Path(touching(marker))
    for name in ("post-index-change", "post-checkout", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc"):
        (repo.path / ".git/hooks" / name).write_bytes(script.read_bytes())
        (repo.path / ".git/hooks" / name).chmod(0o755)
    repo.git("config", "core.hooksPath", str(repo.path / ".git/hooks"))
    os.utime(repo.path / "app/main.py", (1, 1))
    look_at_everything(repo.path)
    assert not marker.exists()


@pytest.mark.parametrize("url", ["ext::{program} x", "ssh://host/{program}", "file://{program}", "evil::x"])
def test_a_partial_clone_fetches_nothing(repo: Repo, marker: Path, url: str) -> None:
    program = touching(marker)
    blob = repo.git("rev-parse", "HEAD:app/main.py")
    settings = {
        "core.repositoryFormatVersion": "1",
        "core.sshCommand": program,
        "extensions.partialClone": "origin",
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
        "protocol.ssh.allow": "always",
        "protocol.file.allow": "always",
        "remote.origin.promisor": "true",
        "remote.origin.url": url.format(program=program),
        "remote.origin.uploadpack": program,
        "remote.origin.vcs": "",
    }
    for key, value in settings.items():
        if value:
            repo.git("config", key, value)
    (repo.path / f".git/objects/{blob[:2]}/{blob[2:]}").unlink()
    (repo.path / "app/main.py").unlink()
    open_source(repo.path)
    try:
        source = open_source(repo.path, rev="HEAD")
        source.read("app/main.py")
    except (SourceError, UnreadError):
        pass
    assert not marker.exists()


def test_the_configuration_cannot_point_the_work_tree_elsewhere(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/private.py").write_text("password = 1\n")
    repo.git("config", "core.worktree", str(tmp_path / "elsewhere"))
    source = open_source(repo.path)
    assert [file.path for file in source.files] == [".gitattributes", "app/main.py"]


def test_the_callers_environment_does_not_leak_in(repo: Repo, tmp_path: Path, marker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Repo(tmp_path / "other")
    other.write("other.py")
    other.commit()
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.path / ".git/index"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", touching(marker))
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    look_at_everything(repo.path)
    assert [file.path for file in open_source(repo.path).files] == [".gitattributes", "app/main.py"]
    assert not marker.exists()
    assert not (tmp_path / "trace").exists()


def test_a_git_of_the_repository_s_own_is_not_found(repo: Repo, marker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo.path / "git").write_bytes(Path(touching(marker)).read_bytes())
    (repo.path / "git").chmod(0o755)
    monkeypatch.chdir(repo.path)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}{os.environ['PATH']}")
    gitcommand._program.cache_clear()
    look_at_everything(repo.path)
    assert not marker.exists()


def test_without_git_it_is_a_plain_folder(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    gitcommand._program.cache_clear()
    source = open_source(repo.path)
    assert [file.path for file in source.files] == [".gitattributes", "app/main.py"]
    assert source.notes == ("git cannot read this repository (git is not installed): it is read as a plain folder",)


def test_replaced_objects_do_not_change_what_a_blob_id_means(repo: Repo) -> None:
    original = repo.git("rev-parse", "HEAD:app/main.py")
    repo.write("app/harmless.py", "pass\n")
    repo.commit()
    repo.git("replace", original, repo.git("rev-parse", "HEAD:app/harmless.py"))
    assert open_source(repo.path, rev="HEAD").read("app/main.py") == b"print(1)\n"


def test_nothing_is_written_into_the_repository(repo: Repo) -> None:
    os.utime(repo.path / "app/main.py", (1, 1))

    def state() -> dict[str, int]:
        return {str(file): file.stat().st_mtime_ns for file in repo.path.rglob("*") if file.is_file()}

    before = state()
    time.sleep(0.02)
    look_at_everything(repo.path)
    assert state() == before
