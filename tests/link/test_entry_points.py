"""Where execution starts, for each family of frameworks."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from aicensus.link.entry_points import EntryFinder, route_of
from tests.link.projects import an_evaluator, names_in


def entries(code: str, path: str = "main.py") -> list[tuple[int, str, str]]:
    evaluator = an_evaluator({path: code})
    return [(e.line, e.kind, e.name) for e in EntryFinder(evaluator, names_in(evaluator)).entries(evaluator.at(path))]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        pytest.param(
            "from fastapi import APIRouter\nr = APIRouter()\n@r.post('/chat')\ndef chat(): ...\n", [(4, "http", "/chat")], id="fastapi"
        ),
        pytest.param(
            "from flask import Flask\napp = Flask(__name__)\n@app.route('/ask')\ndef ask(): ...\n", [(4, "http", "/ask")], id="flask"
        ),
        pytest.param("@unknown.get('/ask')\ndef ask(): ...\n", [(2, "http", "/ask")], id="route of something unresolved"),
        pytest.param(
            "from django.urls import path\ndef view(request): ...\nurlpatterns = [path('triage/', view)]\n",
            [(2, "http", "triage/")],
            id="django",
        ),
        pytest.param(
            "from rest_framework.views import APIView\nclass Ask(APIView):\n    def post(self, request): ...\n    def helper(self): ...\n",
            [(3, "http", "")],
            id="class based view",
        ),
        pytest.param(
            "from django.urls import path\nfrom django.views import View\nclass Ask(View):\n    def get(self, request): ...\n"
            "urlpatterns = [path('ask/', Ask.as_view())]\n",
            [(4, "http", ""), (4, "http", "ask/")],
            id="as_view",
        ),
        pytest.param("import click\n@click.command()\ndef run(): ...\n", [(3, "cli", "")], id="click"),
        pytest.param(
            "import click\n@click.group()\ndef cli(): ...\n@cli.command('ask')\ndef ask(): ...\n",
            [(3, "cli", ""), (5, "cli", "ask")],
            id="command of a group",
        ),
        pytest.param(
            "from celery import shared_task\n@shared_task\ndef nightly(): ...\n", [(3, "task", "")], id="decorator that is not called"
        ),
        pytest.param(
            "from apscheduler.schedulers.background import BackgroundScheduler\ns = BackgroundScheduler()\ndef nightly(): ...\n"
            "s.add_job(nightly, 'cron')\n",
            [(3, "schedule", "")],
            id="handler handed over",
        ),
        pytest.param("def lambda_handler(event, context): ...\n", [(1, "lambda", "")], id="function name"),
        pytest.param("def ask(): ...\nif __name__ == '__main__':\n    ask()\n", [(2, "main", "")], id="main block"),
        pytest.param("import streamlit as st\nst.title('Ask')\nst.chat_input()\n", [(1, "http", "")], id="page of one script"),
        pytest.param("import functools\n@functools.lru_cache\ndef get(key): ...\n", [], id="near miss: other decorator"),
        pytest.param("@cache.get('key')\ndef value(): ...\n", [], id="near miss: no address"),
        pytest.param("class Ask:\n    def post(self, request): ...\n", [], id="near miss: class without a base"),
        pytest.param("def handler_lambda(event): ...\n", [], id="near miss: other name"),
        pytest.param("import requests\nrequests.post('/chat')\n", [], id="near miss: client"),
    ],
)
def test_python(code: str, found: list[tuple[int, str, str]]) -> None:
    assert entries(code) == found


def offered(files: Mapping[str, str], manifests: Mapping[str, str]) -> list[tuple[str, str, str]]:
    evaluator = an_evaluator(files)
    finder = EntryFinder(evaluator, names_in(evaluator), {path: text.encode() for path, text in manifests.items()})
    found = {e for module in evaluator.modules() for e in finder.entries(module)}
    return sorted((e.kind, e.name, evaluator.at(e.path).scopes[e.scope].qualname or e.path) for e in found)


@pytest.mark.parametrize(
    ("manifests", "found"),
    [
        pytest.param({"pyproject.toml": '[project.scripts]\nask = "pkg.cli:main"'}, [("cli", "ask", "main")], id="pyproject"),
        pytest.param({"pyproject.toml": '[tool.poetry.scripts]\nask = "pkg.cli:main"'}, [("cli", "ask", "main")], id="poetry"),
        pytest.param(
            {"setup.cfg": "[options.entry_points]\nconsole_scripts =\n    ask = pkg.cli:main"}, [("cli", "ask", "main")], id="setup.cfg"
        ),
        pytest.param(
            {"setup.py": "setup(entry_points={'console_scripts': ['ask=pkg.cli:main']})"}, [("cli", "ask", "main")], id="setup.py"
        ),
        pytest.param({"x.dist-info/entry_points.txt": "[console_scripts]\nask = pkg.cli:main\n"}, [("cli", "ask", "main")], id="installed"),
        pytest.param({"pyproject.toml": '[project.scripts\nask = "pkg.cli:main"'}, [], id="near miss: malformed"),
        pytest.param({"pyproject.toml": '[project.scripts]\nask = "other.cli:main"'}, [], id="near miss: not in the tree"),
    ],
)
def test_python_manifests(manifests: dict[str, str], found: list[tuple[str, str, str]]) -> None:
    files = {"pkg/__init__.py": "", "pkg/cli.py": "def main(): ...\ndef other(): ...\n"}
    kept = [row for row in offered(files, manifests) if row[0] != "library"]
    assert kept == found


PACKAGE = {
    "pkg/__init__.py": "from pkg.core import ask, _hidden, Client\nfrom pkg.core import answer as reply\n",
    "pkg/core.py": "def ask(): ...\ndef answer(): ...\ndef _hidden(): ...\nclass Client:\n    def chat(self): ...\n",
}


def test_what_a_library_offers() -> None:
    built = '[build-system]\nrequires = ["hatchling"]\n[project]\nname = "pkg"\n'
    assert offered(PACKAGE, {"pyproject.toml": built}) == [
        ("library", "Client", "Client"),
        ("library", "ask", "ask"),
        ("library", "reply", "answer"),
    ]


def test_an_application_offers_nothing() -> None:
    assert offered(PACKAGE, {"pyproject.toml": '[project]\nname = "app"\n'}) == []


def test_all_names_what_a_library_offers() -> None:
    files = PACKAGE | {"pkg/__init__.py": "from pkg.core import ask, answer\n__all__ = ['ask']\n"}
    assert offered(files, {"x.dist-info/METADATA": "Name: pkg"}) == [("library", "ask", "ask")]


SCRIPTED = {
    "src/cli.ts": "import { ask } from './ask';\nask();\n",
    "src/index.ts": "export { ask } from './ask';\nexport * from './more';\n",
    "src/ask.ts": "export function ask() { return 1; }\nexport function spare() { return 2; }\n",
    "src/more.ts": "export const answer = () => 3;\n",
}


@pytest.mark.parametrize(
    ("package", "found"),
    [
        pytest.param('{"name": "ask", "bin": "dist/cli.js"}', [("cli", "ask", "src/cli.ts")], id="bin leads to its source"),
        pytest.param('{"bin": {"a": "./src/cli.ts"}}', [("cli", "a", "src/cli.ts")], id="bin by name"),
        pytest.param('{"scripts": {"seed": "tsx src/cli.ts --all"}}', [("script", "seed", "src/cli.ts")], id="script"),
        pytest.param('{"main": "dist/index.js"}', [("library", "answer", "answer"), ("library", "ask", "ask")], id="main"),
        pytest.param(
            '{"exports": {".": {"import": "./dist/index.mjs"}}}', [("library", "answer", "answer"), ("library", "ask", "ask")], id="exports"
        ),
        pytest.param('{"private": true, "main": "dist/index.js"}', [], id="near miss: private"),
        pytest.param("[1]", [], id="near miss: no package"),
    ],
)
def test_package_json(package: str, found: list[tuple[str, str, str]]) -> None:
    assert offered(SCRIPTED, {"package.json": package}) == found


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("src/app/api/chat/route.ts", "/api/chat"),
        ("app/(marketing)/ask/page.tsx", "/ask"),
        ("apps/web/pages/api/ask.ts", "/api/ask"),
        ("src/routes/ask/+server.ts", "/ask"),
        ("api/ask.ts", "/api/ask"),
        ("app/route.ts", "/"),
    ],
)
def test_routes_of_files(path: str, route: str) -> None:
    assert route_of(path) == route


@pytest.mark.parametrize(
    ("path", "code", "found"),
    [
        pytest.param(
            "server.ts",
            "import express from 'express';\nconst app = express();\napp.post('/ask', guard, async (req, res) => { res.json(1); });\n",
            [(3, "http", "/ask")],
            id="express: the last argument",
        ),
        pytest.param(
            "src/app/api/ask/route.ts",
            "export async function POST(req: Request) {}\nfunction GET() {}\n",
            [(1, "http", "/api/ask")],
            id="next",
        ),
        pytest.param(
            "pages/api/ask.ts",
            "async function ask(req, res) {}\nexport default guarded(ask);\n",
            [(1, "http", "/api/ask")],
            id="next, wrapped",
        ),
        pytest.param("worker.ts", "export default { async fetch(request: Request) {} };\n", [(1, "http", "")], id="worker"),
        pytest.param("fn/ask.js", "exports.handler = async (event) => {};\n", [(1, "lambda", "")], id="lambda"),
        pytest.param("src/ask.ts", "export async function POST(req: Request) {}\n", [], id="near miss: no route file"),
        pytest.param("client.ts", "import axios from 'axios';\naxios.post('/ask', () => {});\n", [], id="near miss: client"),
    ],
)
def test_javascript(path: str, code: str, found: list[tuple[int, str, str]]) -> None:
    assert entries(code, path) == found
