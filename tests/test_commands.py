"""The commands as a person or a CI job runs them: real processes, real files, exit statuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import aicensus
from tests.gitrepo import Repo

SUPPORT = """\
import openai

PROMPT = "You are the support assistant of a shop. Answer the customer's question politely."
client = openai.OpenAI()


def answer(question: str) -> str:
    \"\"\"Answer a customer's question.\"\"\"
    messages = [{"role": "system", "content": PROMPT}, {"role": "user", "content": f"The customer asks: {question}"}]
    return client.chat.completions.create(model="gpt-5.6-luna", messages=messages).choices[0].message.content


if __name__ == "__main__":
    print(answer("Where is my parcel?"))
"""
POINT = "support.py::answer"


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    return subprocess.run(
        [sys.executable, "-m", "aicensus", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def shop(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "shop")
    repo.write("support.py", SUPPORT)
    repo.commit("first")
    return repo


def test_scan_prints_what_there_is(shop: Repo) -> None:
    done = run("scan", ".", "--as-of", "2026-11-21", cwd=shop.path)
    assert done.returncode == 0, done.stderr
    assert "1 purpose in production" in done.stdout
    assert "OWN001" in done.stdout
    assert done.stderr == ""


def test_quiet_prints_only_what_was_asked_for(shop: Repo) -> None:
    assert run("scan", ".", "--quiet", cwd=shop.path).stdout == ""
    assert json.loads(run("scan", ".", "--quiet", "--format", "json", cwd=shop.path).stdout)["document"] == "aicensus.audit"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_and_a_link_are_written_to_and_stay_what_they_are(shop: Repo, tmp_path: Path) -> None:
    pipe, link, file = tmp_path / "pipe", tmp_path / "link.jsonl", tmp_path / "points.jsonl"
    os.mkfifo(pipe)
    file.write_text("before\n", encoding="utf-8")
    link.symlink_to(file)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True) as reader:
        done = run("scan", ".", "-q", "-o", f"points={pipe}", "-o", f"points={link}", cwd=shop.path)
        if not pipe.is_fifo():
            reader.kill()
        said, _ = reader.communicate()
    assert done.returncode == 0, done.stderr
    assert pipe.is_fifo()
    assert link.is_symlink()
    assert said == file.read_text(encoding="utf-8")
    assert json.loads(said)["path"] == "support.py"


@pytest.mark.parametrize(("day", "warned"), [("2026-12-01", False), ("2027-06-01", True)])
def test_old_model_facts_are_said_to_be_old(shop: Repo, day: str, warned: bool) -> None:
    assert ("days old" in run("scan", ".", "--as-of", day, cwd=shop.path).stderr) == warned


def test_check_fails_on_an_unowned_point_and_passes_once_it_is_owned(shop: Repo) -> None:
    failed = run("check", ".", cwd=shop.path)
    assert failed.returncode == 1
    assert "support.py:10" in failed.stdout
    shop.write(
        "aicensus.yaml", f'version: 1\npoints:\n  "{POINT}": {{owner: maria@example.com}}\nroster:\n  maria@example.com: {{name: Maria}}\n'
    )
    passed = run("check", ".", cwd=shop.path)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert (passed.stdout, passed.stderr) == ("", "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(("scan", "nowhere"), "nowhere", id="a path that is not there"),
        pytest.param(("scan", ".", "--rev", "v99"), "v99", id="a revision that is not there"),
        pytest.param(("scan", ".", "-o", "pdf=x.pdf"), "pdf is no format", id="a format that is not there"),
        pytest.param(("scan", ".", "-o", "json=no/such/folder/x.json"), "cannot be written", id="a folder that is not there"),
        pytest.param(("check", ".", "--fail-on", "XYZ123"), "XYZ123", id="a code that is not there"),
        pytest.param(("explain", "XYZ123"), "XYZ123", id="a rule that is not there"),
        pytest.param(("scan", ".", "--as-of", "yesterday"), "yesterday", id="no day"),
    ],
)
def test_a_mistake_ends_with_status_2_and_says_what(shop: Repo, arguments: tuple[str, ...], says: str) -> None:
    done = run(*arguments, cwd=shop.path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_fault_of_the_program_is_told_from_findings_and_gives_no_traceback(shop: Repo) -> None:
    # No input is known that brings a fault about, so one is put in.
    program = "import aicensus.pipeline as p; p.examined = lambda *_: {}['\\x1b[31mgone']; from aicensus.cli import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}

    def ended(**more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", program, "scan", "."],
            cwd=shop.path,
            env={**environment, **more},
            capture_output=True,
            text=True,
            check=False,
        )

    done = ended()
    assert (done.returncode, done.stdout) == (70, "")
    assert "a fault of aicensus itself, not of what it read: KeyError at <string>:1" in done.stderr
    assert "AICENSUS_DEBUG=1" in done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
    assert "Traceback" in ended(AICENSUS_DEBUG="1").stderr


def test_a_broken_manifest_is_refused_with_its_lines(shop: Repo) -> None:
    shop.write("aicensus.yaml", 'version: 1\npoints:\n  "a.py::f": {ownr: x}\n')
    done = run("check", ".", cwd=shop.path)
    assert done.returncode == 2
    assert "aicensus.yaml:3" in done.stderr
    assert "ownr" in done.stderr


def test_show_tells_all_about_one_point(shop: Repo) -> None:
    done = run("show", "answer", cwd=shop.path)
    assert done.returncode == 0, done.stderr
    for text in (POINT, "gpt-5.6-luna", "openai", "You are the support assistant", "support.py:14"):
        assert text in done.stdout


def test_explain_documents_every_rule(shop: Repo) -> None:
    listed = run("explain", cwd=shop.path).stdout
    assert "OWN001" in listed
    assert "Fix:" in run("explain", "own001", cwd=shop.path).stdout


def test_init_drafts_a_manifest_that_check_reads_and_never_overwrites(shop: Repo) -> None:
    assert run("init", ".", cwd=shop.path).returncode == 0
    assert POINT in (shop.path / "aicensus.yaml").read_text()
    assert run("check", ".", cwd=shop.path).returncode == 1
    again = run("init", ".", cwd=shop.path)
    assert again.returncode == 2
    assert "is there already" in again.stderr


def test_an_in_house_sdk_is_added_with_a_catalogue_file(shop: Repo, tmp_path: Path) -> None:
    shop.write(
        "house.py", 'from acme_ai import ask\n\n\ndef greet():\n    return ask(prompt="Write a friendly greeting for the customer.")\n'
    )
    sdk = tmp_path / "acme.yaml"
    sdk.write_text(
        "sdk: acme\nlanguage: python\nprovider: acme\nmodules: [acme_ai]\ncalls:\n  - {callee: acme_ai.ask, kind: chat, prompt: [prompt]}\n"
    )
    shop.commit("house")
    run("scan", ".", "-q", "--catalog", str(sdk), "-o", "points=points.jsonl", cwd=shop.path)
    rows = [json.loads(line) for line in (shop.path / "points.jsonl").read_text().splitlines()]
    assert ("house.py", 5, "acme", "other") in [(row["path"], row["line"], row["sdk"], row["provider"]) for row in rows]


def test_an_in_house_sdk_is_added_in_the_manifest(shop: Repo) -> None:
    shop.write(
        "house.py", 'from acme_ai import ask\n\n\ndef greet():\n    return ask(prompt="Write a friendly greeting for the customer.")\n'
    )
    shop.write(
        "aicensus.yaml",
        "version: 1\ncatalog:\n  - sdk: acme\n    language: python\n    provider: acme\n    modules: [acme_ai]\n"
        "    calls: [{callee: acme_ai.ask, kind: chat, prompt: [prompt]}]\n",
    )
    run("scan", ".", "-q", "-o", "points=points.jsonl", cwd=shop.path)
    assert "acme" in (shop.path / "points.jsonl").read_text()


def test_strict_says_what_could_not_be_read(shop: Repo) -> None:
    shop.write("big.py", "import openai\n" + "x = 1\n" * 400_000)
    assert run("check", ".", "--fail-on", "SEC001", cwd=shop.path).returncode == 0
    for option in ("--strict", "--strict=files", "--strict=values"):
        done = run("check", ".", "--fail-on", "SEC001", option, cwd=shop.path)
        assert (done.returncode, "1 files could not be read" in done.stderr) == (3, True), done.stderr


def test_the_api_scans_judges_and_reads_back(shop: Repo, tmp_path: Path) -> None:
    census = aicensus.scan(shop.path)
    assert [(p.id, p.model.id) for p in census.points] == [(POINT, "gpt-5.6-luna")]
    run("scan", ".", "-q", "-o", f"census={tmp_path / 'c.json'}", cwd=shop.path)
    assert aicensus.load(tmp_path / "c.json").points == census.points


def test_a_program_that_new_processes_cannot_import_scans_in_its_own(tmp_path: Path) -> None:
    for number in range(70):
        (tmp_path / f"part{number}.py").write_text(SUPPORT, encoding="utf-8")
    program = "from aicensus import ScanOptions, scan\nprint(len(scan('.', ScanOptions(jobs=2, cache=False)).points))\n"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run([sys.executable, "-"], input=program, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "70\n"), done.stderr


def test_cache_is_filled_by_a_scan_and_emptied_on_request(shop: Repo) -> None:
    run("scan", ".", "-q", cwd=shop.path)
    assert "entries" in run("cache", "info", cwd=shop.path).stdout
    assert "removed" in run("cache", "clear", cwd=shop.path).stdout


def test_two_runs_one_process_several_and_a_revision_give_the_same_census(shop: Repo) -> None:
    for number in range(80):
        shop.write(f"more/part{number}.py", SUPPORT.replace("answer", f"answer{number}"))
    shop.commit("more")
    outputs = []
    for name, extra in (
        ("one", ("--jobs", "1")),
        ("several", ("--jobs", "2", "--no-cache")),
        ("again", ()),
        ("revision", ("--rev", "HEAD")),
    ):
        done = run("scan", ".", "-q", "-o", f"census=../{name}.json", *extra, cwd=shop.path)
        assert done.returncode == 0, done.stderr
        outputs.append((shop.path.parent / f"{name}.json").read_bytes())
    assert len(set(outputs)) == 1


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param(["a/CODEOWNERS", "b/.github/CODEOWNERS"], True, id="two repositories side by side"),
        pytest.param(["a/aicensus.yaml", "b/aicensus.yaml", "CODEOWNERS"], False, id="one repository"),
        pytest.param(["a/CODEOWNERS"], False, id="one folder"),
        pytest.param(["a/tests/data/CODEOWNERS", "b/tests/data/CODEOWNERS"], False, id="data of tests"),
    ],
)
def test_a_folder_of_repositories_is_said_to_be_one(tmp_path: Path, files: list[str], said: bool) -> None:
    for name in [*files, "a/app.py"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("version: 1\n" if name.endswith(".yaml") else "")
    (tmp_path / "a/app.py").write_text("import openai\nopenai.OpenAI().responses.create(model='gpt-5', input='Say hello to them')\n")
    assert ("name each folder as a path" in run("scan", ".", cwd=tmp_path).stdout) == said
