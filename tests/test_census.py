"""The census of small repositories, end to end: ids, roles, prompts, models, ways in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import aicensus
from aicensus.model.census import Census
from tests.gitrepo import Repo

GATEWAY = """\
import os
from openai import OpenAI

MODEL = os.environ.get("LLM_MODEL", "gpt-5.6-terra")


class Llm:
    def __init__(self):
        self.client = OpenAI(timeout=20)

    def ask(self, prompt, system=None):
        messages = [{"role": "user", "content": prompt}]
        return self.client.chat.completions.create(model=MODEL, messages=messages, temperature=0)
"""
TRIAGE = """\
from llm import Llm

RULES = "Sort the ticket into one queue. Never promise a refund to the customer."


# aicensus: owner=maria@example.com purpose="Route a ticket" consequential
def triage(ticket):
    \"\"\"Choose the queue of a ticket.\"\"\"
    return Llm().ask(f"{RULES} The ticket says: {ticket}")


def shorten(ticket):
    return Llm().ask("Summarise the following ticket in one sentence for an agent: " + ticket)


if __name__ == "__main__":
    triage("hello")
"""


def census_of(folder: Path, **files: str) -> Census:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return aicensus.scan(folder, aicensus.ScanOptions(cache=False))


@pytest.fixture
def census(tmp_path: Path) -> Census:
    return census_of(tmp_path, llm=GATEWAY, triage=TRIAGE)


def test_purposes_are_the_calls_that_supply_them(census: Census) -> None:
    assert [(p.id, p.role) for p in census.points] == [
        ("llm.py::Llm.ask", "gateway"),
        ("triage.py::triage", "use"),
        ("triage.py::shorten", "use"),
    ]


def test_a_use_has_the_model_provider_and_settings_of_its_gateway(census: Census) -> None:
    triage = census.points[1]
    assert (triage.provider, triage.model.id, triage.model.source) == ("openai", "gpt-5.6-terra", "env")
    settings = {s.name: s.value for s in triage.settings}
    assert (settings["temperature"], settings["timeout"]) == ("0", "20")
    assert triage.gateways == ("llm.py::Llm.ask",)


def test_prompts_are_tied_to_the_points_they_reach(census: Census) -> None:
    used = {prompt.name: prompt.used_by for prompt in census.prompts}
    assert used["RULES"] == ("triage.py::triage",)
    assert any("Summarise the following" in p.text and p.used_by == ("triage.py::shorten",) for p in census.prompts)


PROVIDERS = """
import openai
import anthropic

def by_openai(task, tone):
    said = [{"role": "user", "content": task}]
    return openai.OpenAI().chat.completions.create(model="gpt-5", messages=said)

def by_anthropic(task, tone):
    said = [{"role": "user", "content": task}]
    return anthropic.Anthropic().messages.create(model="claude-5", max_tokens=99, system=ASKED, messages=said)

def ask(provider, task, tone):
    return PROVIDERS[provider](task, tone)

PROVIDERS = {"openai": by_openai, "anthropic": by_anthropic}
"""
MAIL = """
from llm import ask

def mail(provider, ticket):
    return ask(
        provider,
        "Write a polite reply to this ticket: " + ticket,
        "Never promise the customer any money back.",
    )
"""


@pytest.mark.parametrize(
    ("asked", "lines"),
    [
        pytest.param("task", [7], id="each asks for the same"),
        pytest.param("tone", [7, 8], id="one asks for more"),
    ],
)
def test_prompts_through_functions_that_stand_in_for_each_other(tmp_path: Path, asked: str, lines: list[int]) -> None:
    census = census_of(tmp_path, llm=PROVIDERS.replace("ASKED", asked), mail=MAIL)
    assert [p.line for p in census.prompts if "mail.py::mail" in p.used_by] == lines


def test_comments_declare_owner_purpose_and_consequence(census: Census) -> None:
    triage = census.points[1]
    assert (triage.ownership.owner, triage.ownership.source) == ("maria@example.com", "annotation")
    assert (triage.purpose, triage.purpose_declared, triage.consequential) == ("Route a ticket", True, "yes")
    assert census.points[2].ownership.owner is None


def test_ways_in(census: Census) -> None:
    triage, shorten = census.points[1], census.points[2]
    assert triage.reach == "reachable"
    assert next(step.path for step in triage.route) == "triage.py"
    assert shorten.reach == "unreachable"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("import os\n", "# a comment\n\nimport os\nimport re\n", id="lines above"),
        pytest.param("MODEL = os", "LIMIT = 3\nMODEL = os", id="another constant"),
        pytest.param("    def ask(", "    def close(self):\n        self.client.close()\n\n    def ask(", id="another method above"),
        pytest.param('"gpt-5.6-terra"', '"gpt-6-luna"', id="another model"),
    ],
)
def test_ids_survive_edits(tmp_path: Path, census: Census, old: str, new: str) -> None:
    edited = census_of(tmp_path, llm=GATEWAY.replace(old, new), triage="\n\n" + TRIAGE)
    assert [p.id for p in edited.points] == [p.id for p in census.points]
    assert [p.id for p in edited.prompts] == [p.id for p in census.prompts]


def test_two_calls_of_one_function_are_numbered(tmp_path: Path) -> None:
    twice = (
        "import openai\n\n\ndef f(x):\n"
        + "    openai.chat.completions.create(model='gpt-4o', messages=[{'content': 'Say hello to the user'}])\n" * 2
    )
    assert [p.id for p in census_of(tmp_path, a=twice).points] == ["a.py::f", "a.py::f/2"]


@pytest.mark.parametrize(("own_id", "id"), [("", "n.ipynb::<module>"), ("c0ffee", "n.ipynb::cell c0ffee")])
def test_ids_survive_a_cell_above(tmp_path: Path, own_id: str, id: str) -> None:
    ask: dict[str, object] = {
        "cell_type": "code",
        "source": ["import openai\n", "openai.chat.completions.create(model='gpt-4o', messages=[])"],
    }
    cells = [ask | ({"id": own_id} if own_id else {})]
    for number in (1, 2):
        (tmp_path / "n.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=1))
        points = census_of(tmp_path).points
        assert [(p.id, p.symbol, p.cell) for p in points] == [(id, f"cell {number}", number)]
        cells.insert(0, {"cell_type": "markdown", "source": ["What this is for"]})


@pytest.mark.parametrize(
    ("edits", "rev", "kind"),
    [
        pytest.param({}, None, "revision", id="clean checkout"),
        pytest.param({"triage.py": "pass\n"}, None, "worktree", id="changed file"),
        pytest.param({"new.py": "pass\n"}, None, "worktree", id="new file"),
        pytest.param({"out/new.py": "pass\n"}, None, "revision", id="ignored file"),
        pytest.param({"triage.py": "pass\n"}, "HEAD", "revision", id="changed file beside a revision"),
    ],
)
def test_a_clean_checkout_is_its_revision(tmp_path: Path, edits: dict[str, str], rev: str | None, kind: str) -> None:
    repo = Repo(tmp_path / "repo")
    repo.write("triage.py", TRIAGE)
    repo.write(".gitignore", "out/\n")
    commit = repo.commit()
    for name, text in edits.items():
        repo.write(name, text)
    (read,) = aicensus.scan(repo.path, aicensus.ScanOptions(cache=False, rev=rev)).repositories
    assert (read.kind, read.revision) == (kind, commit)


def test_nothing_found_says_what_was_read(tmp_path: Path) -> None:
    empty = census_of(tmp_path, a="import json\n\nprint(json.dumps({}))\n")
    assert empty.points == ()
    assert (empty.coverage.files, empty.coverage.considered, empty.sdks) == (1, 1, ())
