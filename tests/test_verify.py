"""Snapshots and `verify`: what was saved is what a scan of the commit says, or it is told what is not."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.gitrepo import Repo
from tests.test_commands import POINT, SUPPORT, run


@pytest.fixture
def shop(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "shop")
    repo.write("support.py", SUPPORT)
    repo.write("aicensus.yaml", f'version: 1\npoints:\n  "{POINT}": {{owner: maria@example.com}}\n')
    repo.commit("first")
    return repo


@pytest.fixture
def snapshot(shop: Repo, tmp_path: Path) -> Path:
    file = tmp_path / "census.json"
    assert run("scan", ".", "-q", "-o", f"census={file}", cwd=shop.path).returncode == 0
    return file


def verify(snapshot: Path, cwd: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run("verify", str(snapshot), *options, cwd=cwd)


def altered(file: Path, change: Callable[[Any], None]) -> Path:
    document = json.loads(file.read_text())
    change(document)
    file.write_text(json.dumps(document))
    return file


def test_a_snapshot_names_its_program_catalogue_and_manifest(snapshot: Path) -> None:
    document = json.loads(snapshot.read_text())
    (repository,) = document["repositories"]
    assert all((document["tool_version"], document["catalog"], repository["revision"], len(repository["manifest"]) == 16))


def test_a_snapshot_is_verified_from_its_commit_whatever_is_checked_out_where(shop: Repo, snapshot: Path, tmp_path: Path) -> None:
    shop.write("support.py", "x = 1\n")
    shop.commit("gone")
    clone = tmp_path / "another-name"
    shop.git("clone", "-q", str(shop.path), str(clone))
    done = verify(snapshot, tmp_path, "--in", str(clone))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("verified: ")
    assert verify(snapshot, tmp_path, "--in", str(clone), "--quiet").stdout == ""


def test_what_a_shallow_clone_lacks_is_told(shop: Repo, tmp_path: Path) -> None:
    shop.write("README.md", "# Shop\n")
    shop.commit("words", by="Bo <bo@example.com>")
    file, clone = tmp_path / "census.json", tmp_path / "shop-clone"
    assert run("scan", ".", "-q", "-o", f"census={file}", cwd=shop.path).returncode == 0
    shop.git("clone", "-q", "--depth", "1", f"file://{shop.path}", str(clone))
    done = verify(file, clone)
    assert (done.returncode, "this clone is shallow" in done.stdout) == (1, True), done.stdout
    assert run("scan", ".", "-q", "-o", f"census={file}", cwd=clone).returncode == 0
    assert "git fetch --unshallow" in file.read_text()
    assert verify(file, clone).returncode == 0
    assert "the snapshot was made in a shallow clone" in verify(file, shop.path).stdout


def test_the_program_and_the_catalogue_alone_are_no_difference(shop: Repo, snapshot: Path) -> None:
    altered(snapshot, lambda census: census.update(tool_version="0.0.1"))
    done = verify(snapshot, shop.path)
    assert done.returncode == 0
    assert "aicensus: 0.0.1 in the snapshot" in done.stdout


def change_model(census: Any) -> None:
    census["points"][0]["model"]["id"] = "gpt-4o"


def add_point(census: Any) -> None:
    census["points"].append({**census["points"][0], "id": "other.py::f", "path": "other.py", "call": "x", "prompts": [], "symbol": "f"})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(change_model, f"~ shop/{POINT}  model: gpt-4o -> gpt-5.6-luna", id="another model"),
        pytest.param(lambda census: census["points"].clear(), f"+ shop/{POINT}", id="a point left out"),
        pytest.param(add_point, "- shop/other.py::f", id="a point too many"),
        pytest.param(lambda census: census["prompts"].clear(), "also not as in the snapshot: prompts", id="a prompt left out"),
        pytest.param(lambda census: census["repositories"][0].update(manifest="0" * 16), "manifest of shop: 00000000", id="a manifest"),
    ],
)
def test_what_differs_is_told(shop: Repo, snapshot: Path, change: Callable[[Any], None], says: str) -> None:
    done = verify(altered(snapshot, change), shop.path)
    assert done.returncode == 1
    assert done.stdout.startswith("differs: ")
    assert says in done.stdout
    document = json.loads(verify(snapshot, shop.path, "--format", "json").stdout)
    assert (document["document"], document["same"]) == ("aicensus.verification", False)


def test_uncommitted_changes_cannot_be_verified(shop: Repo, tmp_path: Path) -> None:
    shop.write("support.py", SUPPORT.replace("gpt-5.6-luna", "gpt-5.6-sol"))
    file = tmp_path / "census.json"
    run("scan", ".", "-q", "-o", f"census={file}", cwd=shop.path)
    done = verify(file, shop.path)
    assert done.returncode == 1
    assert "shop was scanned with changes that are in no commit" in done.stdout


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def rewritten(change: Callable[[Any], None]) -> Callable[[Path], object]:
    return lambda file: altered(file, change)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        pytest.param(cut, "is not JSON, or was cut off", id="truncated"),
        pytest.param(lambda file: file.write_text("[" * 100_000), "is not JSON, or was cut off", id="nested too deeply"),
        pytest.param(lambda file: file.write_text("[1]"), "is not a census", id="something else"),
        pytest.param(lambda file: file.unlink(), "cannot be read", id="not there"),
        pytest.param(rewritten(lambda c: c.update(version=0)), "version 0, this program reads version 1; scan its commit anew", id="older"),
        pytest.param(rewritten(lambda c: c.update(version=99)), "version 99, this program reads version 1; update aicensus", id="newer"),
        pytest.param(rewritten(lambda c: c.update(version="\x1b[31m")), "\\x1b[31m", id="a version that is none"),
        pytest.param(rewritten(lambda c: c["points"][0].update(scope="\x1b[31m")), "is not a census", id="a value that is none"),
        pytest.param(rewritten(lambda c: c["repositories"][0].update(revision="")), "holds a plain folder", id="no commit"),
        pytest.param(rewritten(lambda c: c["repositories"][0].update(revision="--help")), "holds a plain folder", id="an option"),
        pytest.param(rewritten(lambda c: c["repositories"][0].update(revision="0" * 40)), "fetch its commit", id="not there any more"),
        pytest.param(rewritten(lambda c: c["repositories"].append(c["repositories"][0])), "is of 2 repositories", id="two repositories"),
    ],
)
def test_what_cannot_be_verified_ends_with_status_2_and_says_why(
    shop: Repo, snapshot: Path, spoil: Callable[[Path], object], says: str
) -> None:
    spoil(snapshot)
    done = verify(snapshot, shop.path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "\x1b" not in done.stderr
    assert "Traceback" not in done.stderr
