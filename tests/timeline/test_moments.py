"""What was in force at a moment, each answer checked against the files at the commit that was in force."""

from __future__ import annotations

import datetime
from typing import NamedTuple

import pytest

from aicensus.model.errors import SourceError
from aicensus.model.history import Moment
from aicensus.pipeline import ScanOptions
from aicensus.report.card import NoSuchPoint
from aicensus.timeline import prompt_at
from tests.gitrepo import Repo
from tests.timeline.company import FIRST, GREETING, JONAS, LIMIT, MARIA, POLICY, POLICY_NOW, REBASED, SHORTER, Company

OLD, MOVED = "app/triage.py::classify", "support/triage.py::classify"
NEW = "support/triage.py::route_ticket"
LAST = f"{NEW}/2"


class Asked(NamedTuple):
    at: str
    point: str
    commit: str
    """What is in force."""
    was: str
    """The id then."""
    prompts: dict[str, str]
    """The parts by their files."""
    model: str = "gpt-4o"
    owner: str = JONAS
    temperature: str = ""
    sure: str = "committed"


QUESTIONS = [
    Asked("2026-03-02T09:00+01:00", OLD, "first", OLD, {"app/triage.py": FIRST}),
    Asked("2026-03-10T00:00+00:00", OLD, "readme", OLD, {"app/triage.py": FIRST}),
    Asked("2026-03-10T00:00+00:00", LAST, "readme", OLD, {"app/triage.py": FIRST}),
    Asked("2026-03-16T08:59:59+01:00", OLD, "readme", OLD, {"app/triage.py": FIRST}),
    Asked("2026-03-16T08:00:00+00:00", OLD, "limit", OLD, {"app/triage.py": LIMIT}),
    Asked("2026-03-17T12:00+01:00", OLD, "limit", OLD, {"app/triage.py": LIMIT}, sure="released"),
    Asked("2026-03-20T12:00+01:00", OLD, "limit", OLD, {"app/triage.py": LIMIT}, sure="deployed"),
    Asked("2026-04-02T00:00+01:00", OLD, "model", OLD, {"app/triage.py": LIMIT}, "gpt-4.1"),
    Asked("2026-04-11T00:00+01:00", OLD, "prompt moved", OLD, {"app/prompts.py": LIMIT}, "gpt-4.1"),
    Asked("2026-04-11T00:00+01:00", LAST, "prompt moved", OLD, {"app/prompts.py": LIMIT}, "gpt-4.1"),
    Asked("2026-04-21T00:00+01:00", MOVED, "file moved", MOVED, {"support/prompts.py": LIMIT}, "gpt-4.1"),
    Asked("2026-05-05T00:00+01:00", MOVED, "parameter", MOVED, {"support/prompts.py": LIMIT}, "gpt-4.1", JONAS, "0.2"),
    Asked("2026-05-05T00:00+01:00", LAST, "parameter", MOVED, {"support/prompts.py": LIMIT}, "gpt-4.1", JONAS, "0.2"),
    Asked("2026-05-16T00:00+01:00", NEW, "renamed", NEW, {"support/prompts.py": LIMIT}, "gpt-4.1", JONAS, "0.2"),
    Asked("2026-07-05T00:00+01:00", NEW, "owner leaves", NEW, {"support/prompts.py": LIMIT}, "gpt-4.1", JONAS, "0.2"),
    Asked("2026-07-11T00:00+01:00", NEW, "new owner", NEW, {"support/prompts.py": LIMIT}, "gpt-4.1", MARIA, "0.2"),
    Asked("2026-07-22T00:00+01:00", NEW, "new owner", NEW, {"support/prompts.py": LIMIT}, "gpt-4.1", MARIA, "0.2"),
    Asked("2026-08-03T09:00+01:00", NEW, "merged", NEW, {"support/prompts.py": SHORTER}, "gpt-4.1", MARIA, "0.2"),
    Asked("2026-08-15T00:00+01:00", NEW, "merged", NEW, {"support/prompts.py": SHORTER}, "gpt-4.1", MARIA, "0.2"),
    Asked("2026-08-21T00:00+01:00", NEW, "merged", NEW, {"support/prompts.py": SHORTER}, "gpt-4.1", MARIA, "0.2", "deployed"),
    Asked("2026-09-01T10:00+01:00", NEW, "rebased", NEW, {"support/prompts.py": REBASED}, "gpt-4.1", MARIA, "0.2"),
    Asked(
        "2026-09-16T00:00+01:00",
        NEW,
        "assembled",
        NEW,
        {"support/prompts.py": REBASED, "support/policy.py": POLICY},
        "gpt-4.1",
        MARIA,
        "0.2",
    ),
    Asked(
        "2026-10-02T00:00+01:00",
        NEW,
        "part edited",
        NEW,
        {"support/prompts.py": REBASED, "support/policy.py": POLICY_NOW},
        "gpt-4.1",
        MARIA,
        "0.2",
    ),
    Asked(
        "2026-10-11T00:00+01:00",
        LAST,
        "second call",
        LAST,
        {"support/prompts.py": REBASED, "support/policy.py": POLICY_NOW},
        "gpt-4.1",
        MARIA,
        "0.2",
    ),
    Asked("2026-12-01T00:00+01:00", NEW, "deployments", NEW, {"support/triage.py": GREETING}, "gpt-4o-mini", MARIA),
]


def ask(company: Company, point: str, at: str, rev: str | None = None) -> Moment:
    return prompt_at(company.repo.path, point, datetime.datetime.fromisoformat(at), ScanOptions(), rev=rev)


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: f"{asked.at} {asked.point}")
def test_what_was_in_force(company: Company, asked: Asked) -> None:
    found = ask(company, asked.point, asked.at)
    version = found.version
    assert version.commit.id == company.commits[asked.commit]
    assert version.point.id == asked.was
    assert {wording.prompt.path: wording.prompt.text for wording in version.wordings} == asked.prompts
    for path, text in asked.prompts.items():
        assert text in company.shown(asked.commit, path)
    assert (version.point.model.id, version.point.ownership.owner) == (asked.model, asked.owner)
    source = company.shown(asked.commit, asked.was.partition("::")[0])
    assert f'model="{asked.model}"' in source
    assert asked.owner in company.shown(asked.commit, "aicensus.yaml")
    assert {s.name: s.value for s in version.point.settings}.get("temperature", "") == asked.temperature
    assert found.sure == asked.sure


def test_since_when_it_reads_so_and_who_wrote_it(company: Company) -> None:
    def since(at: str) -> list[tuple[str, str, tuple[str, ...]]]:
        wordings = ask(company, NEW, at).version.wordings
        return [(w.prompt.path, w.since.subject, w.by) for w in wordings if w.since]

    ada, bo = ("Ada <ada@example.com>",), ("Bo <bo@example.com>",)
    assert since("2026-06-26T00:00+01:00") == [("support/prompts.py", "prompt moved", ada)]
    assert since("2026-08-15T00:00+01:00") == [("support/prompts.py", "merged", bo)]
    assert since("2026-10-02T00:00+01:00") == [("support/prompts.py", "rebased", ada), ("support/policy.py", "part edited", bo)]


@pytest.mark.parametrize(
    ("at", "said"),
    [
        pytest.param("2026-06-26T00:00+01:00", "", id="not yet"),
        pytest.param("2026-07-05T00:00+01:00", f"{JONAS} had left on 2026-06-30", id="an owner who has left"),
        pytest.param("2026-09-02T00:00+01:00", "the commit was written at 2026-08-10", id="a rebased commit"),
    ],
)
def test_what_else_is_to_know(company: Company, at: str, said: str) -> None:
    notes = ask(company, NEW, at).notes
    assert any(said in note for note in notes) if said else notes == ()


def test_what_ran_is_told_apart_from_what_was_committed(company: Company) -> None:
    releases = ask(company, NEW, "2026-10-02T00:00+01:00").releases
    assert [(r.name[:6], r.source, r.environment, r.same, r.version is not None) for r in releases] == [
        ("v1.0", "tag", "", False, True),
        (company.commits["merged"][:6], "manifest", "production", False, True),
        ("v9", "manifest", "staging", False, False),
    ]
    assert releases[0].version is not None
    assert [wording.prompt.text for wording in releases[0].version.wordings] == [LIMIT]


def test_the_same_text_model_and_parameters_make_the_same_version(company: Company) -> None:
    moved, renamed, edited = (
        ask(company, LAST, at).version.digest for at in ("2026-05-05T00:00Z", "2026-05-16T00:00Z", "2026-08-15T00:00Z")
    )
    assert moved == renamed != edited


@pytest.mark.parametrize(
    ("at", "point", "error", "said"),
    [
        pytest.param("2026-03-01T00:00+01:00", OLD, SourceError, "begins with", id="before the first commit"),
        pytest.param("2026-12-01T00:00+01:00", "no/such.py::point", NoSuchPoint, "no point is called", id="no such point"),
        pytest.param("2026-06-01T00:00+01:00", "not_there", NoSuchPoint, "no point is called", id="neither then nor now"),
    ],
)
def test_what_cannot_be_answered(company: Company, at: str, point: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        ask(company, point, at)


def test_a_shallow_clone_answers_what_it_holds_and_refuses_the_rest(company: Company, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("shallow")
    company.repo.git("clone", "-q", "--depth", "2", company.repo.path.as_uri(), str(folder / "desk"))
    at = datetime.datetime.fromisoformat
    found = prompt_at(folder / "desk", LAST, at("2026-11-02T00:00+01:00"), ScanOptions())
    assert found.version.commit.id == company.commits["deployments"]
    with pytest.raises(SourceError, match="git fetch --unshallow"):
        prompt_at(folder / "desk", LAST, at("2026-09-02T00:00+01:00"), ScanOptions())


def test_a_detached_head_asks_for_the_branch(company: Company, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("detached") / "desk"
    company.repo.git("clone", "-q", str(company.repo.path), str(folder))
    Repo(folder).git("checkout", "-q", "--detach", "v1.0")
    at = datetime.datetime.fromisoformat("2026-11-02T00:00+01:00")
    with pytest.raises(SourceError, match="--rev origin/main"):
        prompt_at(folder, LAST, at, ScanOptions())
    assert prompt_at(folder, LAST, at, ScanOptions(), rev="origin/main").version.point.id == LAST
