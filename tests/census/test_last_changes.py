"""When what an evaluation judges changed last, and what is said of it: real git, dated commits."""

from __future__ import annotations

from pathlib import Path

import pytest

import aicensus
from aicensus.census.last_changes import MAX_FILES
from aicensus.model.census import Census
from tests.gitrepo import Repo

APP = """\
import openai

client = openai.OpenAI(timeout=5)
PROMPT = (
    "You answer customers politely. "
    "Never promise a refund."
)


def answer(question):
    return client.chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "system", "content": PROMPT}],
    )
"""
EVALUATION = "prompts: [file://../app.py]\nproviders: [openai:gpt-4o]\ntests: file://cases.csv\n"
OWNED = 'version: 1\npoints: {"app.py::answer": {owner: maria@example.com, consequential: true}}\n'


def day(number: int) -> str:
    return f"2026-05-{number:02}T10:00:00+02:00"


@pytest.fixture
def shop(tmp_path: Path) -> Repo:
    """An application and its evaluation, committed on the second of May."""
    repo = Repo(tmp_path / "shop")
    repo.write("app.py", APP)
    repo.write("evals/tone.yaml", EVALUATION)
    repo.write("evals/cases.csv", "question\n")
    repo.commit("first", at=day(2))
    return repo


def scanned(repo: Repo, **options: bool) -> Census:
    return aicensus.scan(repo.path, aicensus.ScanOptions(**options))  # type: ignore[arg-type]


def dates(census: Census) -> dict[str, str]:
    (evaluation,) = census.evaluations
    found: dict[str, str] = {change.what: change.commit.on for change in census.last_changes}
    return found | {"evaluation": evaluation.changed}


def at(**days: int) -> dict[str, str]:
    """Times of days as the census has them, all of the second unless said otherwise."""
    return {what: f"2026-05-{days.get(what, 2):02}T08:00:00+00:00" for what in ("model", "prompt", "evaluation")}


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        pytest.param("app.py", "gpt-4o", "gpt-5.6-luna", at(model=9), id="the model"),
        pytest.param("app.py", "Never promise", "Do not promise", at(prompt=9), id="the second line of the prompt"),
        pytest.param("app.py", "timeout=5", "timeout=9", at(), id="something else in the file"),
        pytest.param("app.py", "import openai\n", "import openai\nimport os\n", at(), id="lines above"),
        pytest.param("app.py", "        model=", "            model=", at(), id="white space"),
        pytest.param("evals/tone.yaml", "gpt-4o", "gpt-5.6-luna", at(evaluation=9), id="the evaluation"),
        pytest.param("evals/cases.csv", "question", "question,answer", at(evaluation=9), id="its cases"),
    ],
)
def test_the_last_change_is_that_of_the_lines_themselves(shop: Repo, file: str, old: str, new: str, expected: dict[str, str]) -> None:
    text = (shop.path / file).read_text()
    shop.write(file, text.replace(old, new))
    shop.commit("change", at=day(9))
    assert dates(scanned(shop)) == expected
    assert scanned(shop) == scanned(shop, cache=False)


def test_nothing_is_said_of_what_is_not_committed(shop: Repo) -> None:
    shop.write("app.py", APP.replace("gpt-4o", "gpt-5.6-luna"))
    assert dates(scanned(shop)) == {"evaluation": ""}


def test_nothing_is_looked_up_where_nothing_is_judged(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "shop")
    repo.write("app.py", APP)
    repo.write("tests/test_app.py", "from app import PROMPT\n")
    repo.commit("first")
    assert dates(scanned(repo)) == {"evaluation": ""}


def found(repo: Repo, code: str) -> list[str]:
    from tests.test_gate import check

    return [path for one, path in check(repo, "--fail-on", code)[1] if one == code]


@pytest.mark.parametrize(
    ("changed", "evaluated", "number"),
    [
        pytest.param(9, 2, 1, id="changed after its evaluation"),
        pytest.param(9, 10, 0, id="evaluated after the change"),
        pytest.param(9, 9, 0, id="in one commit"),
    ],
)
def test_what_changed_after_its_evaluation_is_a_finding(shop: Repo, changed: int, evaluated: int, number: int) -> None:
    shop.write("app.py", APP.replace("gpt-4o", "gpt-5.6-luna"))
    if evaluated != 9:
        shop.commit("model", at=day(changed))
    if evaluated > 2:
        shop.write("evals/cases.csv", "question,answer\n")
        shop.commit("cases", at=day(evaluated))
    assert found(shop, "REG001") == ["app.py"] * number


@pytest.mark.parametrize(
    ("message", "manifest", "number"),
    [
        pytest.param("model", OWNED, 1, id="by somebody else"),
        pytest.param("model\n\nReviewed-by: maria@example.com", OWNED, 0, id="reviewed by the owner"),
        pytest.param("model", OWNED.replace("maria@", "ada@"), 0, id="by the owner"),
        pytest.param("model", OWNED.replace("true}", "true, reviewed: {on: 2026-05-09, by: maria@example.com}}"), 0, id="reviewed since"),
        pytest.param("model", OWNED.replace("true", "false"), 0, id="of no consequence"),
    ],
)
def test_the_owner_of_a_consequential_point_sees_its_last_change(shop: Repo, message: str, manifest: str, number: int) -> None:
    shop.write("aicensus.yaml", manifest)
    shop.write("app.py", APP.replace("gpt-4o", "gpt-5.6-luna").replace("Never", "Do not"))
    shop.commit(message, at=day(9))
    assert found(shop, "REG004") == ["app.py"] * 2 * number


def test_files_beyond_what_is_looked_up_are_said(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "many")
    for number in range(MAX_FILES + 2):
        repo.write(f"app_{number}.py", APP)
    repo.write("aicensus.yaml", 'version: 1\npoints: {"*": {owner: maria@example.com, consequential: true}}\n')
    repo.write("evals/tone.yaml", "prompts: [file://../app_1.py]\nproviders: [openai:gpt-4o]\ntests: file://cases.csv\n")
    repo.commit("first", at=day(2))
    census = scanned(repo)
    assert len({change.point for change in census.last_changes}) == MAX_FILES
    assert any(
        note.startswith("many: 2 files of which when models and prompts changed last was not looked up") for note in census.coverage.notes
    )
