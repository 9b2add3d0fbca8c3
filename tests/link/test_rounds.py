"""Which files linking starts from."""

from __future__ import annotations

from pathlib import Path

import pytest

from aicensus import ScanOptions, scan
from aicensus.link.neighbours import LIBRARY
from aicensus.link.rounds import MAX_ROUNDS
from aicensus.pipeline import INSTALLED


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        pytest.param("import os, phi\n", ["agno"], id="one of several imports"),
        pytest.param("from phi.agent import Agent\n", ["agno"], id="module inside"),
        pytest.param("import google.generativeai\n", ["google-generativeai"], id="dotted, bound by its package"),
        pytest.param("theta, phi = angles()\n", [], id="words that read like an import"),
        pytest.param('"""Import phi and sum it up."""\n', [], id="words in a text"),
    ],
)
def test_sdks_are_those_imported(tmp_path: Path, code: str, seen: list[str]) -> None:
    (tmp_path / "a.py").write_text(code, encoding="utf-8")
    found = [row.sdk for row in scan(tmp_path, ScanOptions(cache=False)).sdks]
    assert [name for name in found if name in ("agno", "google-generativeai")] == seen


LLM_PY = """\
import logging

import openai

logger = logging.getLogger(__name__)


def run(question):
    return openai.OpenAI().chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": question}])
"""
LLM_TS = """\
import OpenAI from "openai";

export function run(question: string) {
  return new OpenAI().chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: question }] });
}
"""
PACKAGE = '{"name": "@shop/llm", "main": "src/index.ts"}'


@pytest.mark.parametrize(
    ("files", "read"),
    [
        pytest.param({"app/use.py": "from app.llm import run\nrun('Sum this up.')\n"}, True, id="from the module"),
        pytest.param({"app/use.py": "from app import other, llm\nllm.run('Sum this up.')\n"}, True, id="from the package"),
        pytest.param({"app/use.py": "from . import (\n    llm,\n    other,\n)\nllm.run('Sum this up.')\n"}, True, id="over several lines"),
        pytest.param({"app/use.py": "import app.llm\napp.llm.run('Sum this up.')\n"}, True, id="by its full name"),
        pytest.param({"app/use.py": "import app.llm as asks\nasks.run('Sum this up.')\n"}, True, id="under another name"),
        pytest.param(
            {"app/__init__.py": "from app.llm import run\n", "use.py": "from app import run\nrun('Sum this up.')\n"}, True, id="passed on"
        ),
        pytest.param({"app/use.py": "# the llm is slow\ndef run():\n    pass\n"}, False, id="words and no import"),
        pytest.param({"app/use.py": "from app.llm import logger\nlogger.info('started')\n"}, False, id="what another library makes"),
        pytest.param(
            {"other/__init__.py": "", "other/use.py": "from app.llm import run\nrun('Sum this up.')\n"}, True, id="from another package"
        ),
        pytest.param(
            {
                "other/__init__.py": "",
                "other/llm.py": "def run():\n    pass\n",
                "other/use.py": "from .llm import run\nrun('Sum this up.')\n",
            },
            False,
            id="a module of that name of another package",
        ),
        pytest.param({"web/use.ts": "import { run } from './llm';\nrun('Sum this up.');\n"}, True, id="script"),
        pytest.param({"web/use.js": "const llm = require('../web/llm.ts');\nllm.run('Sum this up.');\n"}, True, id="require with suffix"),
        pytest.param(
            {
                "packages/llm/package.json": PACKAGE,
                "packages/llm/src/index.ts": LLM_TS,
                "site/use.ts": 'import { run } from "@shop/llm";\nrun("Sum this up.");\n',
            },
            True,
            id="workspace package",
        ),
        pytest.param({"web/use.ts": "// run the llm\nexport const run = 1;\n"}, False, id="words and no import in a script"),
        pytest.param(
            {
                "web/llm.ts": LLM_TS.replace("export function run", "export default function run"),
                "web/use.ts": "import say from './llm';\nsay('Sum this up.');\n",
            },
            True,
            id="default export under another name",
        ),
    ],
)
def test_callers_of_a_plain_name_are_files_that_import_its_module(tmp_path: Path, files: dict[str, str], read: bool) -> None:
    files = {"app/__init__.py": "", "app/llm.py": LLM_PY, "web/llm.ts": LLM_TS} | files
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    said: list[str] = []
    census = scan(tmp_path, ScanOptions(cache=False, progress=said.append))
    assert [p.role for p in census.points if "use." in p.path] == (["use"] if read else [])
    assert any("may call what was found" in text for text in said) == read


def test_an_sdk_whose_source_is_in_the_tree_is_none(tmp_path: Path) -> None:
    (tmp_path / "phi").mkdir()
    for name, content in {
        "phi/__init__.py": "",
        "phi/agent.py": "class Agent:\n    pass\n",
        "a.py": "from phi.agent import Agent\n",
    }.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert [row.sdk for row in scan(tmp_path, ScanOptions(cache=False)).sdks] == []


@pytest.mark.parametrize(
    ("levels", "unread"),
    [
        pytest.param(MAX_ROUNDS - 1, [], id="as many files as there are rounds"),
        pytest.param(MAX_ROUNDS + 1, [f"ask_{MAX_ROUNDS}.py"], id="one that is too far out, and another behind it"),
    ],
)
def test_a_file_too_far_out_is_listed_as_not_read(tmp_path: Path, levels: int, unread: list[str]) -> None:
    (tmp_path / "ask_0.py").write_text(LLM_PY.replace("def run", "def ask_0"), encoding="utf-8")
    for level in range(1, levels + 1):
        ask = f"ask_{level - 1}"
        code = f"from {ask} import {ask}\ndef ask_{level}(question):\n    said = question\n    return {ask}(said)\n"
        (tmp_path / f"ask_{level}.py").write_text(code, encoding="utf-8")
    census = scan(tmp_path, ScanOptions(cache=False))
    assert [row.path for row in census.coverage.unread] == unread
    assert all("may call what was found" in row.reason for row in census.coverage.unread)


@pytest.mark.parametrize(
    ("files", "model", "left_out"),
    [
        pytest.param(LIBRARY + 1, None, {INSTALLED: LIBRARY + 1}, id="a large package that asks no model is not followed into"),
        pytest.param(LIBRARY, "gpt-4o", {}, id="a smaller one is"),
    ],
)
def test_large_packages_are_treated_as_installed(tmp_path: Path, files: int, model: str | None, left_out: dict[str, int]) -> None:
    asks = "from large.names import MODEL\n" + LLM_PY.replace('"gpt-4o"', "MODEL")
    written = {"shop/__init__.py": "", "shop/ask.py": asks, "large/__init__.py": "", "large/names.py": "MODEL = 'gpt-4o'\n"}
    _write(tmp_path, written | {f"large/m{number}.py": "x = 1\n" for number in range(files - 2)})
    census = scan(tmp_path, ScanOptions(cache=False))
    assert [(p.path, p.model.id) for p in census.points] == [("shop/ask.py", model)]
    assert dict(census.coverage.left_out) == left_out


def test_a_large_package_that_imports_one_that_asks_is_followed(tmp_path: Path) -> None:
    written = {"shop/__init__.py": "", "shop/ask.py": LLM_PY, "large/__init__.py": ""}
    written |= {f"large/m{number}.py": "x = 1\n" for number in range(LIBRARY)}
    written |= {"large/use.py": "from shop.ask import run\nrun('Sum this up in one line.')\n"}
    _write(tmp_path, written)
    found = scan(tmp_path, ScanOptions(cache=False)).points
    assert [(p.path, p.role) for p in found] == [("large/use.py", "use"), ("shop/ask.py", "gateway")]


@pytest.mark.parametrize(
    ("code", "read"),
    [
        pytest.param("from app.index import find\nfind('Sum this up in a line.')\n", True, id="imports the package by its name"),
        pytest.param("import apply\nfrom web import index\nindex.find('Sum this up.')\napply.app\n", False, id="only holds its letters"),
    ],
)
def test_callers_in_other_packages_import_the_package(tmp_path: Path, code: str, read: bool) -> None:
    written = {"app/__init__.py": "", "app/index.py": LLM_PY.replace("def run", "def find"), "web/__init__.py": "", "web/use.py": code}
    _write(tmp_path, written)
    assert scan(tmp_path, ScanOptions(cache=False)).coverage.analysed == (2 if read else 1)


def _write(root: Path, files: dict[str, str]) -> None:
    for path, code in files.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(code, encoding="utf-8")
