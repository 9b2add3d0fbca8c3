"""From where a call can be reached. In every project `TARGET` marks the call that is asked about."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest

from aicensus import ScanOptions, scan
from aicensus.link.entry_points import EntryFinder
from aicensus.link.reach import Reached, Reacher
from aicensus.link.scopes import Scopes
from tests.link.projects import an_evaluator, names_in

ROUTE = "from fastapi import FastAPI\napp = FastAPI()\n"


def reached(files: Mapping[str, str], manifests: Mapping[str, str] | None = None) -> Reached:
    files = {path: textwrap.dedent(code) for path, code in files.items()}
    evaluator = an_evaluator(files)
    scopes = Scopes(files)
    finder = EntryFinder(evaluator, names_in(evaluator), {path: text.encode() for path, text in (manifests or {}).items()})
    reacher = Reacher(evaluator, finder, lambda path: scopes.of(path, evaluator.at(path).facts))
    path, code = next((path, code) for path, code in files.items() if "TARGET" in code)
    line = next(number for number, text in enumerate(code.splitlines(), 1) if "TARGET" in text)
    call = next(call for call in evaluator.at(path).calls if call.line == line)
    return reacher.reach(path, call.scope, line)


def steps(found: Reached) -> list[str]:
    return [f"{step.symbol}:{step.line}" for step in found.route]


def test_the_route_names_every_call_from_the_entry_on() -> None:
    found = reached(
        {
            "api.py": ROUTE + "from service import Service\n@app.post('/ask')\ndef ask(q):\n    return Service().answer(q)\n",
            "service.py": "class Service:\n    def answer(self, q):\n        return self._ask(q)\n\n    def _ask(self, q):\n"
            "        return model(q)  # TARGET\n",
        }
    )
    assert found.verdict == "reachable"
    assert [(e.kind, e.name, e.path, e.line) for e in found.entries] == [("http", "/ask", "api.py", 5)]
    assert steps(found) == ["ask:6", "Service.answer:3", "Service._ask:6"]


def test_every_entry_is_kept_and_the_nearest_gives_the_route() -> None:
    code = ROUTE + (
        "@app.get('/far')\ndef far():\n    return near()\n@app.get('/near')\ndef near():\n    return model()  # TARGET\n"
        "@app.get('/other')\ndef other():\n    return 1\n"
    )
    found = reached({"api.py": code})
    assert sorted(e.name for e in found.entries) == ["/far", "/near"]
    assert steps(found) == ["near:8"]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"a.py": "def ask():\n    return model()  # TARGET\nif __name__ == '__main__':\n    ask()\n"}, id="main block"),
        pytest.param({"a.py": "answer = model()  # TARGET\nprint(answer)\n"}, id="script"),
        pytest.param({"a.py": "print(1)\nimport b\n", "b.py": "answer = model()  # TARGET\n"}, id="code that an import runs"),
        pytest.param(
            {"a.py": "def ask():\n    return list(map(lambda q: model(q), 'ab'))  # TARGET\nprint(ask())\n"},
            id="anonymous function",
        ),
        pytest.param(
            {"a.py": "def ask():\n    def inner():\n        return model()  # TARGET\n    return inner()\nprint(ask())\n"},
            id="closure",
        ),
        pytest.param(
            {
                "steps.py": "import flow_library\ndef ask(state):\n    return model()  # TARGET\n"
                "flow = flow_library.Flow()\nflow.add(ask)\n",
                "api.py": ROUTE + "from steps import flow\n@app.post('/ask')\ndef run(q):\n    return flow.run(q)\n",
            },
            id="handed to a library in a module that a route's module imports",
        ),
        pytest.param(
            {"a.py": "import queue_library\ndef ask():\n    return model()  # TARGET\nqueue_library.run(ask)\n"},
            id="handed to a library",
        ),
        pytest.param(
            {
                "a.py": "def ask():\n    return model()  # TARGET\nTABLE = {'ask': ask}\ndef main(name):\n"
                "    return TABLE[name]()\nprint(main('ask'))\n"
            },
            id="dispatch table",
        ),
        pytest.param(
            {
                "a.py": "from tools import TOOLS\nfor tool in TOOLS:\n    tool()\n",
                "tools.py": "def ask():\n    return model()  # TARGET\nTOOLS = [ask]\n",
            },
            id="list imported elsewhere",
        ),
        pytest.param(
            {
                "a.py": "class Base:\n    def run(self):\n        return self.step()\n    def step(self): ...\n"
                "class Ask(Base):\n    def step(self):\n        return model()  # TARGET\nprint(Ask().run())\n"
            },
            id="method that overrides",
        ),
        pytest.param({"a.py": "class Ask:\n    def __init__(self):\n        self.a = model()  # TARGET\nprint(Ask())\n"}, id="constructor"),
        pytest.param(
            {"a.py": "class Ask:\n    @property\n    def answer(self):\n        return model()  # TARGET\nprint(Ask().answer)\n"},
            id="property",
        ),
        pytest.param(
            {"a.py": "class Ask:\n    def __enter__(self):\n        return model()  # TARGET\nwith Ask() as a:\n    print(a)\n"},
            id="method that the language calls",
        ),
        pytest.param(
            {
                "a.py": "from agents import Workflow, step\nclass Ask(Workflow):\n    @step\n    def plan(self):\n"
                "        return model()  # TARGET\n"
                "print(Ask().run())\n"
            },
            id="method that a library base calls",
        ),
        pytest.param(
            {
                "a.py": "class Commands:\n    def cmd_ask(self):\n        return model()  # TARGET\n"
                "    def run(self, name):\n        return getattr(self, f'cmd_{name}')()\nprint(Commands().run('ask'))\n"
            },
            id="method chosen by the beginning of its name",
        ),
        pytest.param(
            {
                "a.py": "def main(bot):\n    bot.ask_model()\nprint(main(make()))\nclass Bot:\n    def ask_model(self):\n"
                "        return model()  # TARGET\n"
            },
            id="the one method of that name",
        ),
        pytest.param(
            {"a.ts": "import { ask } from './b';\nask();\n", "b.ts": "export const ask = async () => model(); // TARGET\n"}, id="TypeScript"
        ),
        pytest.param(
            {"a.ts": "const tools = { ask: () => model() }; // TARGET\nfunction run(name) { return tools[name](); }\nrun('ask');\n"},
            id="TypeScript dispatch table",
        ),
    ],
)
def test_reachable(files: dict[str, str]) -> None:
    assert reached(files).verdict == "reachable"


DEAD = "def ask():\n    return model()  # TARGET\n"


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        pytest.param({"a.py": DEAD, "b.py": "print(1)\n"}, "unreachable", id="nothing refers to it"),
        pytest.param(
            {"a.py": DEAD, "b.py": ROUTE + "import a\n@app.post('/x')\ndef x():\n    return 1\n"},
            "unreachable",
            id="a route's module imports its module",
        ),
        pytest.param({"a.py": DEAD + "def outer():\n    return ask()\n"}, "unreachable", id="nothing refers to its only caller"),
        pytest.param({"p/__init__.py": "from p.a import ask\n", "p/a.py": DEAD}, "unreachable", id="a package passes it on"),
        pytest.param(
            {"a.py": DEAD, "tests/test_a.py": "from a import ask\ndef test_ask():\n    ask()\n"}, "test-only", id="tests alone call it"
        ),
        pytest.param({"tests/test_a.py": "def test_ask():\n    model()  # TARGET\n"}, "test-only", id="it stands in a test"),
        pytest.param({"a.py": DEAD, "b.py": "HANDLER = 'a.ask'\nprint(HANDLER)\n"}, "unknown", id="its name stands as text"),
        pytest.param({"a.py": "from lib import register\n@register\n" + DEAD}, "unknown", id="a decorator may register it"),
        pytest.param(
            {"a.py": "from functools import lru_cache\n@lru_cache\n" + DEAD}, "unreachable", id="near miss: a decorator that wraps"
        ),
        pytest.param(
            {"a.py": "ALL = []\ndef register(f):\n    ALL.append(f)\n    return f\n@register\n" + DEAD},
            "unknown",
            id="a decorator of the tree keeps it",
        ),
        pytest.param(
            {"a.py": "def loud(f):\n    def inner():\n        return f()\n    return inner\n@loud\n" + DEAD},
            "unreachable",
            id="near miss: a decorator of the tree wraps it",
        ),
        pytest.param(
            {"a.py": "class Bot:\n    def ask(self):\n        return model()  # TARGET\n", "b.py": "print(make().ask())\n"},
            "unknown",
            id="something unresolved is asked for its name",
        ),
        pytest.param(
            {"plugins/a.py": DEAD, "b.py": "import importlib\nimportlib.import_module(f'plugins.{input()}')\n"}, "unknown", id="plugin"
        ),
        pytest.param(
            {"other/a.py": DEAD, "b.py": "import importlib\nimportlib.import_module(f'plugins.{input()}')\n"},
            "unreachable",
            id="near miss: no plugin",
        ),
        pytest.param({"a.py": DEAD, "b.py": "from a import ask\nprint(1)\n"}, "unknown", id="imported and not used"),
        pytest.param(
            {
                "a.py": "class Ask:\n    def generate(self):\n        return model()  # TARGET\n    def name(self): ...\n"
                "class Other:\n    def generate(self): ...\nlib.use(Ask().name(), Other())\n"
            },
            "unknown",
            id="method of an interface",
        ),
        pytest.param(
            {
                "a.py": "class Ask:\n    def generate(self):\n        return model()  # TARGET\n"
                "    def name(self): ...\nprint(Ask().name())\n"
            },
            "unreachable",
            id="near miss: spare method",
        ),
        pytest.param({"a.tsx": "export function Chat() { return model(); } // TARGET\n"}, "unknown", id="component"),
        pytest.param({"app/templates/a.py": DEAD}, "unknown", id="part of a template"),
        pytest.param(
            {"a.ts": "export function ask() { return model(); } // TARGET\n", "b.ts": "console.log(1);\n"}, "unreachable", id="TypeScript"
        ),
    ],
)
def test_not_reachable(files: dict[str, str], verdict: str) -> None:
    found = reached(files)
    assert found.verdict == verdict
    assert found.entries == ()
    assert found.route == ()
    assert bool(found.why) is (verdict == "unknown")


def test_what_a_library_offers_is_reachable_and_its_methods_may_be() -> None:
    built = {"pyproject.toml": '[build-system]\nrequires = []\n[project]\nname = "p"\n'}
    assert reached({"p/__init__.py": "from p.a import ask\n", "p/a.py": DEAD}, built).verdict == "reachable"
    method = "class Ask:\n    def chat(self):\n        return model()  # TARGET\n"
    assert reached({"p/__init__.py": "from p.a import Ask\n", "p/a.py": method}, built).verdict == "unknown"


LLM = "import openai\n"
CALL = "        return openai.OpenAI().chat.completions.create(model='m', messages=[{'role': 'user', 'content': q}])\n"
RUN = LLM + "class Chain:\n    def run(self, q):\n" + CALL


@pytest.mark.parametrize(
    ("files", "read"),
    [
        pytest.param(
            {"chains/chain.py": RUN, "chains/main.py": "from .chain import Chain\nprint(Chain().run('Hi'))\n"}, True, id="makes the object"
        ),
        pytest.param(
            {
                "chains/__init__.py": "from .chain import Chain\nfrom .factory import make\n",
                "chains/chain.py": RUN,
                "chains/factory.py": "from chains import Chain\ndef make():\n    return Chain()\n",
                "chains/main.py": "from chains import make\nprint(make().run('Hi'))\n",
            },
            True,
            id="imports what makes the object, from its package",
        ),
        pytest.param(
            {"chains/chain.py": RUN, "chains/main.py": "import subprocess\nsubprocess.run(['ls'])\n"}, False, id="only says the name"
        ),
        pytest.param(
            {
                "chains/page/__init__.py": "from .index import index as index\n",
                "chains/page/index.py": LLM + "def index(q):\n    if q:\n" + CALL,
                "chains/main.py": "from .page.index import index\nprint(index('Hi'))\n",
            },
            True,
            id="a Python module named as the main file of a package of scripts",
        ),
    ],
)
def test_files_on_the_way_are_read(tmp_path: Path, files: dict[str, str], read: bool) -> None:
    for path, code in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(code, encoding="utf-8")
    census = scan(tmp_path, ScanOptions(cache=False))
    assert (census.coverage.analysed == len(files), [p.reach == "reachable" for p in census.points]) == (read, [read])
