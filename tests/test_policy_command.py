"""`aicensus policy` as it is typed, on the sample repositories: a legal clause on its way from the library to prompts and back."""

from __future__ import annotations

import datetime
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from aicensus.model.settings import Settings
from aicensus.pipeline import ScanOptions, audit, examined, load
from aicensus.report.json import render_census
from tests.gitrepo import Repo
from tests.test_commands import run

SAMPLES = Path(__file__).parent.parent / "sample_repos"
NAMES = ("support-assistant", "sales-copilot", "policy-library")
DAY = ("--as-of", "2026-11-21", "--no-cache")
CLAUSE = "Prices and delivery dates in this message are not binding."


@pytest.fixture
def company(tmp_path: Path) -> Path:
    for name in NAMES:
        shutil.copytree(SAMPLES / name, tmp_path / name)
        Repo(tmp_path / name).git("init", "-q", "-b", "main")
        Repo(tmp_path / name).commit("Policies of July")
    return tmp_path


def policy(company: Path, *arguments: str, status: int = 0) -> str:
    paths = [part for name in NAMES for part in ("--in", name)]
    done = run("policy", *arguments, *paths, *DAY, cwd=company)
    assert done.returncode == status, done.stderr
    return done.stdout


def as_json(company: Path, *arguments: str, status: int = 0) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(policy(company, *arguments, "--format", "json", status=status))
    return document


def contents(company: Path) -> dict[str, bytes]:
    files = (file for name in NAMES for file in (company / name).rglob("*") if file.is_file() and ".git" not in file.parts)
    return {str(file): file.read_bytes() for file in files}


def test_list_names_every_consumer(company: Path) -> None:
    rows = {f"{row['id']}@{row['version']}": row for row in as_json(company, "list")["fragments"]}
    uses = rows["legal/binding-offers@2"]["uses"]
    assert [(use["repo"], use["path"], use["drift"], use["block"]) for use in uses] == [
        ("sales-copilot", "lib/prompts.ts", "ok", True),
        ("support-assistant", "app/prompts.py", "ok", True),
    ]
    assert [point for use in uses for point in use["points"]] == [
        {"id": "app/api/emails/route.ts::POST", "owner": "priya.raman@example.com"},
        {"id": "app/replies.py::draft_reply", "owner": "maria.lopez@example.com"},
    ]
    assert {key: row["standing"] for key, row in rows.items()}["support/holiday-hours@1"] == "expired"
    assert "legal/binding-offers@1 (superseded, verbatim)" in policy(company, "list")


def test_sync_shows_then_writes_and_a_second_run_changes_nothing(company: Path) -> None:
    clause = company / "policy-library" / "policies" / "legal" / "binding-offers.md"
    newer = clause.read_text().replace("version: 2", "version: 3").replace("not binding.", "never binding.")
    (clause.parent / "binding-offers.v3.md").write_text(
        newer.replace("2026-07-01", "2026-11-01").replace("[legal/binding-offers@1]", "[legal/binding-offers]")
    )
    before = contents(company)
    shown = policy(company, "sync")
    assert contents(company) == before
    assert shown.count("update legal/binding-offers@3 in place of legal/binding-offers@2\n") == 2
    assert "-Prices and delivery dates in this message are not binding." in shown
    assert shown.endswith("2 blocks in 2 files would be written; `--write` writes them\n")

    assert policy(company, "sync", "--write").endswith("2 blocks in 2 files written\n")
    after = contents(company)
    changed = sorted(Path(path).name for path in after if after[path] != before[path])
    assert changed == ["prompts.py", "prompts.ts"]
    assert policy(company, "sync", "--write") == "nothing to write\n"
    assert contents(company) == after
    assert run("scan", "support-assistant", *DAY, cwd=company).returncode == 0


def test_one_word_of_the_clause_is_caught(company: Path) -> None:
    assert "LIB002" not in policy(company, "check", status=1)
    prompts = company / "sales-copilot" / "lib" / "prompts.ts"
    prompts.write_text(prompts.read_text().replace(CLAUSE, CLAUSE.replace("not binding", "not always binding")))
    text = policy(company, "check", status=1)
    assert "material: legal/binding-offers@2 (verbatim) at sales-copilot lib/prompts.ts:7:1" in text
    assert "first difference: word 16 is `binding.` in the library and `always` in the prompt" in text
    assert "{+always +}" in text
    findings = as_json(company, "check", status=1)["findings"]
    assert [(row["path"], row["line"]) for row in findings if row["code"] == "LIB002"] == [("lib/prompts.ts", 7)]
    policy(company, "sync", "--write")
    assert prompts.read_text().replace("2026-11-21", "2026-11-02") == (SAMPLES / "sales-copilot" / "lib" / "prompts.ts").read_text()


def test_from_the_prompt_to_the_library_and_back(company: Path) -> None:
    commit = Repo(company / "policy-library").git("rev-parse", "HEAD")
    for asked in (CLAUSE, "lib/prompts.ts:8"):
        row = next(row for row in as_json(company, "trace", asked)["traces"] if row["repo"] == "sales-copilot")
        source = row["source"]
        assert (row["path"], row["line"], source["id"], source["version"]) == ("lib/prompts.ts", 8, "legal/binding-offers", "2")
        assert (source["owner"], source["path"], source["text_line"]) == ("ines.duarte@example.com", "policies/legal/binding-offers.md", 11)
        assert (source["commit"]["id"], source["commit"]["subject"]) == (commit, "Policies of July")
    (fragment,) = as_json(company, "trace", "legal/binding-offers")["fragments"]
    assert [(use["path"], use["line"]) for use in fragment["uses"]] == [("lib/prompts.ts", 7), ("app/prompts.py", 9)]
    assert f"commit: {commit[:12]} of 2026-03-01 by Ada: Policies of July" in policy(company, "trace", "legal/binding-offers@2")


def test_a_rule_without_a_source_and_the_fragment_it_is_near_to(company: Path) -> None:
    (company / "policy-library" / "policies" / "dates.yaml").write_text(
        "id: support/dates\nversion: 1\nowner: maria.lopez@example.com\n"
        "text: Do not promise any date of delivery which the order system has not confirmed.\n"
    )
    rows = as_json(company, "suggest")["suggestions"]
    assert ("app/prompts.py", 5, "support/dates@1") in [(row["path"], row["line"], row["fragment"]) for row in rows]
    assert "no source; nearest is support/dates@1" in policy(company, "trace", "app/prompts.py:5")


@pytest.mark.parametrize("library", ["policy-library/policies", "policy-library"], ids=["a folder", "a repository with a manifest"])
def test_a_library_that_stands_elsewhere(company: Path, library: str) -> None:
    arguments = ("--in", "sales-copilot", "--library", library, *DAY)
    done = run("policy", "trace", CLAUSE, *arguments, cwd=company)
    assert "source: legal/binding-offers@2" in done.stdout, done.stderr


def test_a_saved_census_gives_the_same_findings(company: Path) -> None:
    day = datetime.date(2026, 11, 21)
    result, _ = examined([company / name for name in NAMES], ScanOptions(cache=False), lambda _: day)
    (company / "census.json").write_bytes(render_census(result))
    again = audit(load(company / "census.json"), Settings(as_of=day))
    messages = [[(row.code, row.message) for row in rows if row.code.startswith("LIB")] for rows in (result.findings, again.findings)]
    assert messages[0] == messages[1] != []


def test_links_are_not_followed(company: Path, tmp_path: Path) -> None:
    prompt = company / "sales-copilot" / "lib" / "prompts.ts"
    text = prompt.read_text().replace("not binding", "not always binding")
    outside = tmp_path / "outside.ts"
    outside.write_text(text)
    prompt.unlink()
    prompt.symlink_to(outside)
    policy(company, "sync", "--write")
    assert outside.read_text() == text


def test_the_mode_of_a_file_stays(company: Path) -> None:
    prompt = company / "sales-copilot" / "lib" / "prompts.ts"
    prompt.write_text(prompt.read_text().replace("not binding", "not always binding"))
    prompt.chmod(0o640)
    policy(company, "sync", "--write")
    assert CLAUSE in prompt.read_text()
    assert prompt.stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(prompt.parent)) == sorted(os.listdir(SAMPLES / "sales-copilot" / "lib"))


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "policies/bad.md",
            "---\nid: bad\nvertabim: true\n---\nText.\n",
            "policies/bad.md:3: unknown key `vertabim` (did you mean",
        ),
        ("policies/bad.yaml", "id: bad\nversion: 1\nowner: x\n", "policies/bad.yaml:1: a fragment: `text` is missing"),
    ],
)
def test_a_mistake_in_the_library_ends_with_its_line(company: Path, file: str, text: str, said: str) -> None:
    (company / "policy-library" / file).write_text(text)
    done = run("policy", "list", "--in", "policy-library", *DAY, cwd=company)
    assert done.returncode == 2
    assert said in done.stderr
    scanned = json.loads(run("scan", "policy-library", "--format", "json", *DAY, cwd=company).stdout)
    assert [row["path"] for row in scanned["findings"] if row["code"] == "COV002"] != []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["policy", "list", "--in", "support-assistant"], "no policy library: say in aicensus.yaml"),
        (["policy", "list", "--in", "policy-library", "--format", "xml"], "xml is neither text nor json"),
        (["policy", "trace", "gone", "--in", "policy-library"], "`gone` is no fragment, and no prompt says it"),
    ],
)
def test_wrong_usage(company: Path, arguments: list[str], said: str) -> None:
    done = run(*arguments, *DAY, cwd=company)
    assert done.returncode == 2
    assert said in done.stderr
