"""Which tests name a prompt or the function that asks: real files, scanned."""

from __future__ import annotations

from pathlib import Path

import pytest

import aicensus
from aicensus.model.census import Evaluation

PYTHON = """\
import openai
from pathlib import Path

client = openai.OpenAI()
ROUTE = "You route tickets of a shop to one of three queues. Choose exactly one."
ANSWER = (Path(__file__).parent / "prompts" / "answer.txt").read_text()


class Triage:
    def classify(self, text):
        return client.chat.completions.create(model="gpt-4o", messages=[{"role": "system", "content": ROUTE}])


def wording(text):
    return f"You write one friendly sentence to customers on {text}."


def write(text):
    return client.chat.completions.create(model="gpt-4o", messages=[{"role": "system", "content": wording(text)}])


def ask(text):
    return client.chat.completions.create(model="gpt-4o", messages=[{"role": "system", "content": ANSWER}])
"""
SCRIPT = """\
import OpenAI from "openai";

const client = new OpenAI();
export const TONE = "You answer customers of a shop politely, in one sentence.";

export async function reply(text: string) {
  return client.chat.completions.create({ model: "gpt-4o", messages: [{ role: "system", content: TONE }] });
}
"""


WORDS = "app/triage.py::wording#text"
METHOD = "from app.triage import Triage\nTriage().classify(1)\n"


def scanned(folder: Path, path: str, text: str) -> list[Evaluation]:
    for name, content in (("app/__init__.py", ""), ("app/triage.py", PYTHON), ("web/reply.ts", SCRIPT), (path, text)):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    prompts = folder / "app" / "prompts"
    prompts.mkdir()
    (prompts / "answer.txt").write_text("You answer questions of customers politely. Never promise a refund.\n")
    return list(aicensus.scan(folder, aicensus.ScanOptions(cache=False)).evaluations)


@pytest.mark.parametrize(
    ("path", "text", "prompts", "points"),
    [
        pytest.param("tests/test_a.py", "from app.triage import ROUTE\n", ("app/triage.py::ROUTE",), (), id="a constant"),
        pytest.param("tests/test_a.py", "from app import triage\nassert triage.ROUTE\n", ("app/triage.py::ROUTE",), (), id="of a module"),
        pytest.param("tests/test_a.py", METHOD, (), ("app/triage.py::Triage.classify",), id="a method"),
        pytest.param("tests/test_a.py", "from app.triage import ask\nask('x')\n", (), ("app/triage.py::ask",), id="a function"),
        pytest.param("tests/test_a.py", "from app.triage import wording\nwording(1)\n", (WORDS,), (), id="what puts it together"),
        pytest.param("tests/test_a.py", "open('app/prompts/answer.txt')\n", ("app/prompts/answer.txt",), (), id="a file"),
        pytest.param("web/reply.test.ts", 'import { reply } from "./reply";\nreply("x");\n', (), ("web/reply.ts::reply",), id="a script"),
        pytest.param("web/reply.test.ts", 'import { TONE } from "./reply";\n', ("web/reply.ts::TONE",), (), id="a constant of a script"),
        pytest.param("tests/test_a.py", "from app.triage import task\ntask('x')\n", None, None, id="a name that ends alike"),
        pytest.param("tests/test_a.py", "def test_ask(): pass\nROUTE = 1\nx.ask()\n", None, None, id="names without the import"),
        pytest.param("app/other.py", "from app.triage import ROUTE, ask\nask(ROUTE)\n", None, None, id="no test"),
    ],
)
def test_tests_that_name_what_asks(
    tmp_path: Path, path: str, text: str, prompts: tuple[str, ...] | None, points: tuple[str, ...] | None
) -> None:
    found = scanned(tmp_path, path, text)
    expected = [] if prompts is None else [(path, "test", prompts, points)]
    assert [(row.path, row.kind, row.prompts, row.points) for row in found] == expected


@pytest.mark.parametrize(
    ("text", "kind", "tool"),
    [
        ("from deepeval import assert_test\n", "evaluation", "deepeval"),
        ("from ragas import evaluate\nimport pytest\n", "evaluation", "ragas"),
        ("import pytest\n", "test", "pytest"),
        ("import unittest\n", "test", "unittest"),
        ("", "test", "pytest"),
    ],
)
def test_libraries_that_judge_answers_make_a_test_an_evaluation(tmp_path: Path, text: str, kind: str, tool: str) -> None:
    (row,) = scanned(tmp_path, "tests/test_a.py", f"{text}from app.triage import ROUTE\n")
    assert (row.kind, row.tool) == (kind, tool)


def test_an_evaluation_is_made_of_its_cases_and_checks(tmp_path: Path) -> None:
    for name in ("cases.csv", "check.py"):
        (tmp_path / "evals").mkdir(exist_ok=True)
        (tmp_path / "evals" / name).write_text("x\n")
    config = """\
prompts: [file://../app/prompts/answer.txt, file://../app/triage.py:make]
providers: [openai:gpt-4o]
tests:
  - vars: file://cases.csv
    assert: [{type: python, value: file://check.py}]
"""
    (row,) = scanned(tmp_path, "evals/promptfooconfig.yaml", config)
    assert (row.tool, row.kind) == ("promptfoo", "evaluation")
    assert row.prompts == ("app/prompts/answer.txt", "app/triage.py")
    assert row.files == ("evals/cases.csv", "evals/check.py")


@pytest.mark.parametrize(
    ("call", "version"),
    [
        ("get_client().get_prompt('triage', version=3)", "3"),
        ("get_client().get_prompt('triage', label='production')", ""),
        ("get_client().get_prompt('triage')", ""),
        ("get_client().get_prompt('triage', version=chosen())", ""),
        ("mlflow.genai.load_prompt('prompts:/triage/4')", "4"),
        ("mlflow.genai.load_prompt('prompts:/triage@champion')", ""),
        ("hub.pull('example/triage:0f3c9a1b')", "0f3c9a1b"),
        ("hub.pull('example/triage')", ""),
    ],
)
def test_the_version_of_a_prompt_that_is_kept_elsewhere(tmp_path: Path, call: str, version: str) -> None:
    (tmp_path / "app.py").write_text(
        "import mlflow\nfrom langchain import hub\nfrom langfuse import get_client\nimport openai\n\n\n"
        f"def route(text):\n    prompt = {call}\n"
        '    messages = [{"role": "system", "content": prompt}]\n'
        '    return openai.OpenAI().chat.completions.create(model="gpt-4o", messages=messages)\n'
    )
    (prompt,) = aicensus.scan(tmp_path, aicensus.ScanOptions(cache=False)).prompts
    assert (prompt.kind, prompt.version) == ("remote", version)


@pytest.mark.parametrize(
    ("call", "name", "version"),
    [
        ('client.responses.create(model="gpt-4.1", prompt={"id": "pmpt_1", "variables": {"text": text}})', "pmpt_1", ""),
        ('client.responses.create(model="gpt-4.1", prompt={"id": "pmpt_1", "version": "2"})', "pmpt_1", "2"),
        ('client.beta.threads.runs.create(thread_id=text, assistant_id="asst_9")', "asst_9", ""),
        ('PromptLayer().run(prompt_name="triage", prompt_version=4, input_variables={"text": text})', "triage", "4"),
        ("client.beta.threads.runs.create(thread_id=text, assistant_id=text)", None, ""),
        ('client.responses.create(model="gpt-4.1", input=text)', None, ""),
    ],
)
def test_a_call_may_name_what_is_kept_at_the_provider(tmp_path: Path, call: str, name: str | None, version: str) -> None:
    (tmp_path / "app.py").write_text(
        f"import openai\nfrom promptlayer import PromptLayer\n\nclient = openai.OpenAI()\n\n\ndef route(text):\n    return {call}\n"
    )
    prompts = aicensus.scan(tmp_path, aicensus.ScanOptions(cache=False)).prompts
    assert [(p.kind, p.name, p.version) for p in prompts] == ([("remote", name, version)] if name else [])
