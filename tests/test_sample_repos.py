"""The sample repositories, against what a person wrote down of each in its `TRUTH.yaml`."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from aicensus.model.census import Census, Point, Prompt
from aicensus.model.finding import AuditResult, Finding
from aicensus.pipeline import ScanOptions, examined

SAMPLES = Path(__file__).parent.parent / "sample_repos"
REPOS = sorted(folder.name for folder in SAMPLES.iterdir() if folder.is_dir())
DAY = datetime.date(2026, 11, 21)
NESTED_SOURCES = ("annotation", "backstage")
"""Sources of ownership that speak from any folder; CODEOWNERS and aicensus.yaml speak from the root of a repository only."""
APART = ("file", "queue")
"""Kinds of state that the truths leave out."""

Truth = dict[str, Any]
Row = tuple[Any, ...]
Audit = Callable[..., AuditResult]


def truth_of(repo: str) -> Truth:
    truth: Truth = YAML(typ="safe").load((SAMPLES / repo / "TRUTH.yaml").read_text())
    return truth


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """Audits folders of a copy of the samples, which has no git history and so no dates and authors."""
    copy = tmp_path_factory.mktemp("company") / "sample_repos"
    shutil.copytree(SAMPLES, copy)
    known: dict[tuple[str, ...], AuditResult] = {}

    def run(*folders: str) -> AuditResult:
        if folders not in known:
            known[folders], _ = examined([copy / folder for folder in folders], ScanOptions(cache=False), lambda _: DAY)
        return known[folders]

    return run


# -- rows of a census and of a truth ---------------------------------------------------------------------------------


def points_found(census: Census) -> set[Row]:
    return {(p.id, p.role, p.kind, p.provider, p.model.id, p.reach) for p in census.points}


def points_expected(truth: Truth, below: str = "") -> set[Row]:
    return {(below + p["id"], p["role"], p["kind"], p["provider"], p["model"], p["reach"]) for p in truth["points"]}


def owners_found(points: Iterable[Point]) -> set[Row]:
    return {(p.id, p.ownership.owner, p.ownership.person, p.ownership.source, p.consequential == "yes") for p in points}


def owners_expected(truth: Truth, below: str = "", sources: Iterable[str] | None = None) -> set[Row]:
    rows = [p for p in truth["points"] if sources is None or p.get("source") in sources]
    return {(below + p["id"], p["owner"], p.get("person"), p.get("source"), p.get("consequential", False)) for p in rows}


def prompts_found(prompts: Iterable[Prompt]) -> list[Row]:
    return sorted((p.path, p.kind, tuple(sorted(p.used_by))) for p in prompts)


def prompts_expected(truth: Truth, below: str = "") -> list[Row]:
    return sorted((below + p["path"], p["kind"], tuple(sorted(below + point for point in p["used_by"]))) for p in truth["prompts"])


def state_found(census: Census) -> set[Row]:
    """What each function does to each kind of state; opening a client counts only where nothing is done with it."""
    done: dict[tuple[str, str, str], set[str]] = {}
    for access in census.state:
        if access.kind not in APART and access.symbol != "<module>":
            done.setdefault((access.path, access.symbol, access.kind), set()).add(access.access)
    return {(*place, access) for place, accesses in done.items() for access in accesses - {"both"} or accesses}


def state_expected(truth: Truth) -> set[Row]:
    return {(s["path"], s["symbol"], s["kind"], s["access"]) for s in truth["state"]}


def findings_found(findings: Iterable[Finding]) -> list[Row]:
    """Code with the points, or with the path where it is no finding about points."""
    return sorted((f.code, *(sorted(f.points) or [f.path])) for f in findings)


def findings_expected(rows: Iterable[Truth]) -> list[Row]:
    return sorted((r["code"], *sorted(r.get("points", [r[key] for key in ("point", "path") if key in r][:1]))) for r in rows)


# -- each repository alone -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("repo", REPOS)
def test_points(audit: Audit, repo: str) -> None:
    assert points_found(audit(repo).census) == points_expected(truth_of(repo))


@pytest.mark.parametrize("repo", REPOS)
def test_owners(audit: Audit, repo: str) -> None:
    assert owners_found(audit(repo).census.points) == owners_expected(truth_of(repo))


@pytest.mark.parametrize("repo", REPOS)
def test_prompts(audit: Audit, repo: str) -> None:
    assert prompts_found(audit(repo).census.prompts) == prompts_expected(truth_of(repo))


@pytest.mark.parametrize("repo", REPOS)
def test_names_of_prompts(audit: Audit, repo: str) -> None:
    named = {(p["path"], p["name"]) for p in truth_of(repo)["prompts"] if "name" in p}
    assert named <= {(p.path, p.name) for p in audit(repo).census.prompts}


@pytest.mark.parametrize("repo", REPOS)
def test_state(audit: Audit, repo: str) -> None:
    assert state_found(audit(repo).census) == state_expected(truth_of(repo))


@pytest.mark.parametrize("repo", REPOS)
def test_names_of_state(audit: Audit, repo: str) -> None:
    named = {(s["path"], s["symbol"], s["name"]) for s in truth_of(repo)["state"] if "name" in s}
    assert named <= {(s.path, s.symbol, s.name) for s in audit(repo).census.state}


@pytest.mark.parametrize("repo", REPOS)
def test_findings(audit: Audit, repo: str) -> None:
    """Exactly the findings of the truth, for every code that the truth speaks of."""
    truth = truth_of(repo)
    spoken = {row["code"] for row in truth["findings"]} | set(truth["absent"])
    found = [finding for finding in audit(repo).findings if finding.code in spoken]
    assert findings_found(found) == findings_expected(truth["findings"])


@pytest.mark.parametrize("repo", REPOS)
def test_accepted_findings(audit: Audit, repo: str) -> None:
    accepted = [one.finding for one in audit(repo).accepted]
    assert findings_found(accepted) == findings_expected(truth_of(repo).get("accepted", []))


@pytest.mark.parametrize("repo", REPOS)
def test_no_code_is_both_found_and_absent(repo: str) -> None:
    truth = truth_of(repo)
    assert not {row["code"] for row in truth["findings"]} & set(truth["absent"])


# -- the company -----------------------------------------------------------------------------------------------------


def test_all_repositories_in_one_census_keep_what_is_true_of_each(audit: Audit) -> None:
    census = audit(*REPOS).census
    for repo in REPOS:
        own = [point for point in census.points if point.repo == repo]
        assert {p.id for p in own} == {p["id"] for p in truth_of(repo)["points"]}
        assert owners_found(own) == owners_expected(truth_of(repo))


def test_what_shows_only_across_repositories(audit: Audit) -> None:
    expected = [row for repo in REPOS for row in truth_of(repo).get("together", [])]
    codes = {row["code"] for row in expected}
    assert findings_found(f for f in audit(*REPOS).findings if f.code in codes) == findings_expected(expected)


def test_the_folder_of_all_repositories_as_one_source(audit: Audit) -> None:
    """Imports, prompt files and routes are found below a folder of several programs as well."""
    census = audit(".").census
    assert points_found(census) == {row for repo in REPOS for row in points_expected(truth_of(repo), f"{repo}/")}
    assert prompts_found(census.prompts) == sorted(row for repo in REPOS for row in prompts_expected(truth_of(repo), f"{repo}/"))


def test_owners_named_beside_the_code_hold_in_the_folder_of_all(audit: Audit) -> None:
    points = [p for p in audit(".").census.points if p.ownership.source in NESTED_SOURCES]
    assert owners_found(points) == {row for repo in REPOS for row in owners_expected(truth_of(repo), f"{repo}/", NESTED_SOURCES)}


@pytest.mark.parametrize("folders", [*((repo,) for repo in REPOS), tuple(REPOS), (".",)], ids="+".join)
def test_samples_count_as_production(audit: Audit, folders: tuple[str, ...]) -> None:
    assert {point.scope for point in audit(*folders).census.points} <= {"prod"}
