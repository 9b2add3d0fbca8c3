"""The gate as a pull request meets it: real git, real processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gitrepo import Repo
from tests.test_commands import SUPPORT, run


@pytest.fixture
def shop(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "shop")
    repo.write("support.py", SUPPORT)
    repo.commit("first")
    return repo


def test_a_baseline_keeps_what_was_there_until_it_is_mended(shop: Repo) -> None:
    written = run("baseline", "write", cwd=shop.path)
    assert written.returncode == 0, written.stderr
    passed = run("check", ".", "--fail-on", "note", "--baseline", "aicensus-baseline.json", cwd=shop.path)
    assert (passed.returncode, passed.stdout, passed.stderr) == (0, "", "")

    shop.write("sales.py", SUPPORT)
    failed = run("check", ".", "--baseline", "aicensus-baseline.json", cwd=shop.path)
    assert failed.returncode == 1
    assert "sales.py:10" in failed.stdout
    assert "support.py" not in failed.stdout

    (shop.path / "support.py").unlink()
    stale = run("check", ".", "--fail-on", "MAN002", "--baseline", "aicensus-baseline.json", cwd=shop.path)
    assert stale.returncode == 1
    assert "`aicensus baseline prune`" in stale.stdout
    assert run("baseline", "prune", cwd=shop.path).stdout == "aicensus-baseline.json: 3 entries removed, 1 left\n"
    assert run("check", ".", "--fail-on", "MAN002", "--baseline", "aicensus-baseline.json", cwd=shop.path).returncode == 0


@pytest.mark.parametrize(("content", "says"), [(None, "aicensus baseline write other.json"), ("{}", "other.json is not a baseline")])
def test_a_baseline_that_cannot_be_read_ends_with_status_2(shop: Repo, content: str | None, says: str) -> None:
    if content is not None:
        shop.write("other.json", content)
    done = run("check", ".", "--baseline", "other.json", cwd=shop.path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
