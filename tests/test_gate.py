"""The gate as a pull request meets it: real git, real processes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.gitrepo import Repo
from tests.test_commands import SUPPORT, run

OLD_FINDINGS = 200
PERSON = "maria.lopez@example.com"
CALLS = '''\
import openai

client = openai.OpenAI(timeout=10)


def reply_{at}(question: str) -> str:
    """Answer a customer's question."""
    messages = [{{"role": "system", "content": "You answer questions on shelf {at} of the shop."}}, {{"role": "user", "content": question}}]
    return client.chat.completions.create(model="gpt-5.6-luna", messages=messages).choices[0].message.content


if __name__ == "__main__":
    print(reply_{at}("Where is my parcel?"))
'''

SHELF, THIRD = "replies/shelf_3.py", CALLS.format(at=3)


@pytest.fixture
def shop(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "shop")
    repo.write("support.py", SUPPORT)
    repo.commit("first")
    return repo


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """A repository with 200 points that nobody owns."""
    repo = Repo(tmp_path_factory.mktemp("grown") / "shop")
    for at in range(OLD_FINDINGS):
        repo.write(f"replies/shelf_{at}.py", CALLS.format(at=at))
    repo.commit("grown")
    return repo


@pytest.fixture
def pull_request(grown: Repo, tmp_path: Path) -> Repo:
    """A branch of its own in a clone of the grown repository."""
    path = tmp_path / "shop"
    grown.git("clone", "-q", str(grown.path), str(path))
    repo = Repo(path)
    repo.git("checkout", "-q", "-b", "change")
    return repo


def check(repo: Repo, *arguments: str) -> tuple[int, list[tuple[str, str]], str]:
    """Exit status, code and path of every finding that is reported, and what is printed."""
    file = repo.path.parent / "audit.json"
    done = run("check", ".", "--as-of", "2026-11-21", "-o", f"json={file}", *arguments, cwd=repo.path)
    assert done.stderr == ""
    audit: dict[str, Any] = json.loads(file.read_bytes())
    return done.returncode, [(found["code"], found["path"]) for found in audit["findings"]], done.stdout


def test_the_grown_repository_has_its_old_findings(grown: Repo) -> None:
    status, found, printed = check(grown)
    assert status == 1
    assert len([code for code, _ in found if code == "OWN001"]) == OLD_FINDINGS
    assert "and 175 more" in printed


def test_an_unowned_consequential_point_is_the_only_finding_of_its_pull_request(pull_request: Repo) -> None:
    # The point is added above the old one, so that in the file's order it comes first.
    text = CALLS.format(at=7)
    call = text[text.index("def ") : text.index("\n\n\nif")]
    refund = call.replace("reply_7", "decide_refund").replace("You answer questions on shelf 7 of the shop", "Decide whether to refund")
    both = text.replace("def ", f"# aicensus: consequential\n{refund}\n\n\ndef ", 1)
    pull_request.write("replies/shelf_7.py", f"{both}    print(decide_refund('It broke.'))\n")
    pull_request.commit("refunds")
    status, found, printed = check(pull_request, "--since", "origin/main")
    assert status == 1
    assert [row for row in found if row[0] == "OWN001"] == [("OWN001", "replies/shelf_7.py")]
    assert printed.count("fix: ") == 1
    assert "`decide_refund` asks openai" in printed


def test_another_model_without_its_evaluation_is_the_only_finding_of_its_pull_request(pull_request: Repo) -> None:
    pull_request.git("checkout", "-q", "main")
    for at in (3, 4):
        config = f"prompts: [file://../replies/shelf_{at}.py]\nproviders: [openai:gpt-5.6-luna]\ntests: file://shelf_{at}.csv\n"
        pull_request.write(f"evals/shelf_{at}.yaml", config)
        pull_request.write(f"evals/shelf_{at}.csv", "question\nWhere is it?\n")
    pull_request.commit("evaluations")
    pull_request.git("checkout", "-q", "-b", "models")
    pull_request.write(SHELF, THIRD.replace("gpt-5.6-luna", "gpt-5.6-terra"))
    pull_request.commit("another model")
    status, found, printed = check(pull_request, "--since", "main")
    assert (status, found) == (1, [("REG001", SHELF)])
    assert "the model of `reply_3` changed from gpt-5.6-luna to gpt-5.6-terra" in printed
    assert "run evals/shelf_3.yaml on the change" in printed

    pull_request.write("evals/shelf_4.csv", "question\nWhose is it?\n")
    pull_request.commit("cases of another shelf")
    assert check(pull_request, "--since", "main")[:2] == (1, [("REG001", SHELF)])
    pull_request.write("evals/shelf_3.csv", "question\nWhere is it?\nMay I return it?\n")
    pull_request.commit("a case more")
    assert check(pull_request, "--since", "main") == (0, [], "")


def test_the_owner_of_a_changed_point_is_asked_for_in_trailers(shop: Repo) -> None:
    shop.write("aicensus.yaml", f'version: 1\npoints: {{"support.py::answer": {{owner: {PERSON}}}}}\n')
    shop.commit("owned")
    shop.git("checkout", "-q", "-b", "change")
    shop.write("support.py", SUPPORT.replace("gpt-5.6-luna", "gpt-5.6-terra"))
    shop.commit("another model\n\nReviewed-by: Joe <joe@example.com>")
    status, found, printed = check(shop, "--since", "main", "--fail-on", "REG004")
    assert (status, ("REG004", "support.py") in found) == (1, True)
    assert f"`Reviewed-by: {PERSON}`" in printed
    shop.git("commit", "-q", "--amend", "-m", f"another model\n\nAcked-by: Maria Lopez <{PERSON}>")
    assert check(shop, "--since", "main", "--fail-on", "REG004")[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda repo: repo.git("mv", SHELF, "replies/third_shelf.py"), id="a file is moved"),
        pytest.param(lambda repo: repo.git("mv", "replies", "answers"), id="a folder is moved"),
        pytest.param(lambda repo: (repo.git("mv", SHELF, "x.py"), repo.write("x.py", f"# Moved.\n{THIRD}")), id="moved and edited"),
        pytest.param(lambda repo: repo.write(SHELF, THIRD.replace("reply_3", "answer_3")), id="a function is renamed"),
        pytest.param(lambda repo: repo.write(SHELF, f"# A word on top.\n\n{THIRD}"), id="lines shift"),
        pytest.param(lambda repo: repo.git("rm", "-q", SHELF), id="a point is removed"),
        pytest.param(lambda repo: repo.write("README.md", "# Shop\n"), id="nothing that matters"),
    ],
)
@pytest.mark.parametrize("committed", [True, False], ids=["committed", "staged"])
def test_what_adds_nothing_passes_quietly(pull_request: Repo, change: Callable[[Repo], object], committed: bool) -> None:
    change(pull_request)
    pull_request.git("add", "-A")
    if committed:
        pull_request.commit("change")
    assert check(pull_request, "--since", "origin/main", "--fail-on", "note") == (0, [], "")


def test_a_change_of_settings_alone_brings_nothing(pull_request: Repo) -> None:
    pull_request.write("aicensus.yaml", "version: 1\nsettings: {severity: {CTL002: error, MOD006: error}}\n")
    pull_request.commit("stricter")
    assert check(pull_request, "--since", "origin/main")[:2] == (0, [])


def test_an_owner_or_waiver_that_is_taken_away_brings_its_finding_back(shop: Repo) -> None:
    owned = f'version: 1\nroster: {{{PERSON}: {{name: Maria}}}}\npoints: {{"support.py::answer": {{owner: {PERSON}}}}}\n'
    shop.write("aicensus.yaml", owned)
    shop.write("sales.py", SUPPORT)
    waiver = f"  - {{code: OWN001, path: sales.py, reason: being rewritten, by: {PERSON}, until: 2026-12-31}}\n"
    shop.write("aicensus.yaml", f"{owned}waivers:\n{waiver}")
    shop.commit("owned and waived")
    shop.git("checkout", "-q", "-b", "change")
    shop.write("aicensus.yaml", "version: 1\n")
    shop.commit("nobody")
    status, found, _ = check(shop, "--since", "main")
    assert status == 1
    assert [row for row in found if row[0] == "OWN001"] == [("OWN001", "sales.py"), ("OWN001", "support.py")]


def test_a_manifest_that_was_broken_before_can_be_mended(shop: Repo) -> None:
    shop.write("aicensus.yaml", "version: 1\nowners: {}\n")
    shop.commit("broken")
    shop.git("checkout", "-q", "-b", "change")
    shop.write("aicensus.yaml", "version: 1\n")
    shop.commit("mended")
    assert check(shop, "--since", "main")[:2] == (0, [])


def test_only_the_branch_counts_not_what_its_target_did_meanwhile(shop: Repo) -> None:
    shop.git("checkout", "-q", "-b", "change")
    shop.write("README.md", "# Shop\n")
    shop.commit("docs")
    shop.git("checkout", "-q", "main")
    (shop.path / "support.py").unlink()
    shop.commit("support is gone")
    shop.git("checkout", "-q", "change")
    assert check(shop, "--since", "main")[:2] == (0, [])


def test_a_folder_of_a_repository_is_compared_with_itself(tmp_path: Path) -> None:
    whole = Repo(tmp_path / "whole")
    whole.write("shop/support.py", SUPPORT)
    whole.write("other/sales.py", SUPPORT)
    whole.commit("first")
    whole.git("checkout", "-q", "-b", "change")
    whole.git("mv", "shop/support.py", "shop/answers.py")
    whole.git("mv", "other/sales.py", "shop/sales.py")
    whole.commit("moved")
    status, found, _ = check(Repo(tmp_path / "whole" / "shop"), "--since", "main")
    assert (status, {path for _, path in found}) == (1, {"sales.py"})


def test_a_revision_is_compared_without_its_checkout(shop: Repo) -> None:
    shop.git("checkout", "-q", "-b", "change")
    shop.write("sales.py", SUPPORT)
    shop.commit("sales")
    shop.git("checkout", "-q", "main")
    assert check(shop, "--since", "main")[:2] == (0, [])
    assert {path for _, path in check(shop, "--rev", "change", "--since", "main")[1]} == {"sales.py"}


# --- clones that cannot say ---


def cloned(shop: Repo, *options: str) -> Repo:
    path = shop.path.parent / "clone"
    shop.git("clone", "-q", *options, f"file://{shop.path}", str(path))
    return Repo(path)


def several(shop: Repo) -> None:
    for at in range(3):
        shop.write("README.md", f"{at}\n")
        shop.commit(f"main {at}")
    shop.git("checkout", "-q", "-b", "change", "HEAD~2")
    shop.write("sales.py", CALLS.format(at=1))
    shop.commit("sales")


def refused(repo: Repo, since: str) -> str:
    done = run("check", ".", "--since", since, cwd=repo.path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_shallow_clone_is_told_what_to_fetch(shop: Repo) -> None:
    several(shop)
    clone = cloned(shop, "--depth=1", "--no-single-branch")
    for since in ("origin/main", "HEAD~1", "no-such-tag"):
        assert "`fetch-depth: 0`" in refused(clone, since)
    clone.git("fetch", "-q", "--unshallow")
    assert {path for _, path in check(clone, "--since", "origin/main")[1]} == {"sales.py"}


def test_a_detached_head_is_compared_like_a_branch(shop: Repo) -> None:
    several(shop)
    clone = cloned(shop)
    clone.git("checkout", "-q", "--detach", "origin/change")
    clone.git("branch", "-q", "-D", "change")
    assert {path for _, path in check(clone, "--since", "origin/main")[1]} == {"sales.py"}
    assert "did you mean origin/main?" in refused(clone, "main")


def test_a_partial_clone_gives_no_wrong_answer(shop: Repo) -> None:
    several(shop)
    shop.git("config", "uploadpack.allowFilter", "true")
    shop.git("rm", "-q", "support.py")
    shop.commit("support is gone")
    clone = cloned(shop, "--filter=blob:none")
    assert "clone without `--filter`" in refused(clone, "origin/main")


@pytest.mark.parametrize(
    ("since", "says"),
    [
        pytest.param("no-such-branch", "`git fetch origin no-such-branch`", id="unknown"),
        pytest.param("--output=x", "no such revision", id="an option"),
        pytest.param("HEAD:support.py", "no such revision", id="a file"),
        pytest.param("other", "no commit in common", id="another history"),
    ],
)
def test_a_revision_that_cannot_be_compared_with(shop: Repo, since: str, says: str) -> None:
    shop.git("checkout", "-q", "--orphan", "other")
    shop.commit("other")
    shop.git("checkout", "-q", "main")
    assert says in refused(shop, since)


def test_outside_of_git_nothing_can_be_compared(tmp_path: Path) -> None:
    (tmp_path / "support.py").write_text(SUPPORT)
    done = run("check", ".", "--since", "main", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no git repository" in done.stderr


def test_before_the_first_commit_nothing_can_be_compared(tmp_path: Path) -> None:
    assert "nothing is committed yet" in refused(Repo(tmp_path / "new"), "main")


# --- baselines ---


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


def test_a_baseline_follows_files_that_move_and_keeps_nothing_new_in_them(shop: Repo) -> None:
    assert run("baseline", "write", cwd=shop.path).returncode == 0
    (shop.path / "desk").mkdir()
    shop.git("mv", "support.py", "desk/support.py")
    moved = run("check", ".", "--fail-on", "note", "--baseline", "aicensus-baseline.json", cwd=shop.path)
    assert (moved.returncode, moved.stdout) == (0, "")
    shop.commit("moved")

    again = SUPPORT[SUPPORT.index("def ") :].replace("def ", "def another_")
    shop.write("desk/support.py", SUPPORT + "\n\n" + again)
    failed = run("check", ".", "--baseline", "aicensus-baseline.json", cwd=shop.path)
    assert failed.returncode == 1
    assert "another_" in failed.stdout

    shop.write("desk/support.py", SUPPORT)
    pruned = run("baseline", "prune", cwd=shop.path)
    assert pruned.stdout == "aicensus-baseline.json: 0 entries removed, 3 of files that moved renamed, 4 left\n"
    assert "desk/support.py::" in (shop.path / "aicensus-baseline.json").read_text()
    assert run("check", ".", "--fail-on", "note", "--baseline", "aicensus-baseline.json", cwd=shop.path).returncode == 0


@pytest.mark.parametrize(("content", "says"), [(None, "aicensus baseline write other.json"), ("{}", "other.json is not a baseline")])
def test_a_baseline_that_cannot_be_read_ends_with_status_2(shop: Repo, content: str | None, says: str) -> None:
    if content is not None:
        shop.write("other.json", content)
    done = run("check", ".", "--baseline", "other.json", cwd=shop.path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
