"""What a file is part of, by its path, its content and the user's word."""

from __future__ import annotations

import textwrap

import pytest

from aicensus.extract import javascript, python
from aicensus.link.scopes import Scopes, glob, scope_of
from aicensus.model.facts import FileFacts

PYTEST = """
import pytest

def test_answer():
    assert True
"""
PRODUCT = """
class TestSuite:
    def run(self):
        return 1
"""
VITEST = """
import { describe, it } from "vitest";
describe("answers", () => { it("speaks", () => {}); });
"""


def read(path: str, code: str) -> FileFacts:
    content = textwrap.dedent(code).encode()
    return python.extract(content) if path.endswith(".py") else javascript.extract(content, typescript=True)


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        pytest.param("tests/helpers.py", "test", id="folder of tests"),
        pytest.param("src/main/java/com/example/demo/Bot.java", "prod", id="a package called example"),
        pytest.param("examples/src/main/java/com/acme/Bot.java", "example", id="a build among examples"),
        pytest.param("src/test/scala/com/acme/Bot.scala", "test", id="the tests of a Scala build"),
        pytest.param("Tests/AppTests/Bot.swift", "test", id="the tests of a Swift package"),
        pytest.param("AppTests/BotTests.swift", "test", id="a Swift test"),
        pytest.param("Sources/App/Contest.swift", "prod", id="near miss: a Swift file that ends alike"),
        pytest.param("src/test/java/com/acme/Bot.java", "test", id="the tests of a build"),
        pytest.param("src/main/java/com/acme/BotTest.java", "test", id="a test class"),
        pytest.param("App.Tests/Bot.cs", "test", id="a test project"),
        pytest.param("ab-test/Bot.cs", "prod", id="a service that tests for others"),
        pytest.param("llm/client_test.go", "test", id="a Go test"),
        pytest.param("llm/contest.go", "prod", id="a word that ends like a test"),
        pytest.param("app/models/bot_spec.rb", "test", id="a Ruby spec"),
        pytest.param("backend/tests/unit/prompts.py", "test", id="below it"),
        pytest.param("src/components/__tests__/chat.tsx", "test", id="jest folder"),
        pytest.param("e2e/login.ts", "test", id="end to end"),
        pytest.param("evals/simple_evals/run.py", "test", id="evals"),
        pytest.param("integration_tests/chat.py", "test", id="kind of tests"),
        pytest.param("app/conftest.py", "test", id="conftest"),
        pytest.param("app/chat_test.py", "test", id="suffix"),
        pytest.param("src/chat.spec.ts", "test", id="spec"),
        pytest.param("src/chat.test.tsx", "test", id="test.tsx"),
        pytest.param("vitest.config.ts", "test", id="configuration of a runner"),
        pytest.param(".github/workflows/test.yml", "test", id="workflow"),
        pytest.param("examples/chat.py", "example", id="examples"),
        pytest.param("packages/sdk/samples/chat.ts", "example", id="samples"),
        pytest.param("cookbook/rag.ipynb", "example", id="cookbook"),
        pytest.param("research/example.py", "example", id="file"),
        pytest.param("docs/rag.ipynb", "docs", id="docs"),
        pytest.param("docs/examples/chat.py", "docs", id="the outer folder wins"),
        pytest.param("test_generator/main.py", "prod", id="near miss: product that makes tests"),
        pytest.param("agenteval/runner.py", "prod", id="near miss: name that ends in eval"),
        pytest.param("latest/app.py", "prod", id="near miss: latest"),
        pytest.param("contest.py", "prod", id="near miss: contest"),
        pytest.param("app/testing_utils.py", "prod", id="near miss: testing_utils"),
        pytest.param("src/test-runner/run.ts", "prod", id="near miss: test-runner"),
        pytest.param("app/few_shot_examples.py", "prod", id="near miss: few-shot examples"),
        pytest.param("app/example_selector.py", "prod", id="near miss: selects examples"),
        pytest.param("app/docstore.py", "prod", id="near miss: docstore"),
        pytest.param("app/evaluation/judge.py", "prod", id="near miss: evaluation"),
        pytest.param("generator/templates/examples/chat.py", "prod", id="near miss: templates that are shipped"),
        pytest.param(".github/workflows/latest.yml", "prod", id="near miss: workflow"),
    ],
)
def test_a_path_tells(path: str, scope: str) -> None:
    assert scope_of(path, None, ["app/main.py", "src/main.ts"]) == scope


@pytest.mark.parametrize(
    ("path", "code", "scope"),
    [
        pytest.param("checks/answers.py", PYTEST, "test", id="tests below another name"),
        pytest.param("checks/answers.ts", VITEST, "test", id="tests in TypeScript"),
        pytest.param("app/test/suite.py", PRODUCT, "prod", id="package of a product named test"),
        pytest.param("app/test_result.py", PRODUCT, "prod", id="module of a product named test_*"),
        pytest.param("app/test_result.py", PYTEST, "test", id="that is a test"),
        pytest.param("test_key.py", "print(ask())", "test", id="script outside any package"),
        pytest.param("app/helpers.py", "import pytest\n\n@pytest.fixture\ndef client():\n    return 1\n", "prod", id="fixtures alone"),
        pytest.param("app/demo_chat.py", "if __name__ == '__main__':\n    chat()\n", "example", id="demo that runs"),
        pytest.param("agents/report_benchmark.py", "if __name__ == '__main__':\n    run()\n", "test", id="benchmark that runs"),
        pytest.param(
            "agents/generate.py",
            "from agents.benchmark import build\nif __name__ == '__main__':\n    build()\n",
            "test",
            id="script of a benchmark",
        ),
        pytest.param(
            "agents/serve.py",
            "from agents.market_benchmarks_view import build\nif __name__ == '__main__':\n    build()\n",
            "prod",
            id="script of something else",
        ),
        pytest.param("agents/app.py", "from agents.benchmark import build\nbuild()\n", "prod", id="module that uses a benchmark"),
        pytest.param("app/eval.py", "if __name__ == '__main__':\n    run()\n", "test", id="evaluation that runs"),
        pytest.param("tools/evaluate.py", "if __name__ == '__main__':\n    run()\n", "test", id="script that evaluates"),
        pytest.param("app/evaluate.py", "def evaluate(): ...\n", "prod", id="near miss: module that evaluates"),
        pytest.param("app/evaluation.py", "def evaluate(): ...\n", "prod", id="near miss: evaluation that is imported"),
        pytest.param("app/evaluator.py", "if __name__ == '__main__':\n    run()\n", "prod", id="near miss: evaluator"),
        pytest.param("app/sample_size.py", "def size():\n    return 1\n", "prod", id="near miss: size of a sample"),
        pytest.param("app/probe.ts", "test(value); it(1);", "prod", id="near miss: functions named like cases"),
    ],
)
def test_content_tells(path: str, code: str, scope: str) -> None:
    paths = [path, "app/__init__.py", "app/test/__init__.py", "app/main.py"]
    assert Scopes(paths).of(path, read(path, code)) == scope


def test_examples_are_the_product_where_nothing_else_is() -> None:
    assert scope_of("examples/crew/main.py", None, ["examples/flows/main.py", "tests/test_flows.py", "README.md"]) == "prod"
    assert scope_of("examples/crew/main.py", None, ["src/crew.py"]) == "example"


def test_a_notebook_in_a_package_shows_it() -> None:
    assert scope_of("src/crew/graph.ipynb", None, ["src/crew/__init__.py"]) == "example"
    assert scope_of("notebooks/graph.ipynb", None, ["src/crew/__init__.py"]) == "prod"


def test_a_website_is_docs_where_a_documentation_site_is_built() -> None:
    assert scope_of("website/ask.ts", None, ["website/docusaurus.config.js"]) == "docs"
    assert scope_of("website/ask.ts", None, ["website/next.config.js"]) == "prod"


def test_the_user_wins() -> None:
    overrides = {"tests/**": "prod", "tests/fixtures/*.py": "test", "lab/**": "example"}
    scopes = Scopes(["tests/a.py", "tests/fixtures/b.py", "lab/deep/c.py"], overrides)  # type: ignore[arg-type]
    assert [scopes.of(p) for p in ("tests/a.py", "tests/fixtures/b.py", "lab/deep/c.py")] == ["prod", "test", "example"]


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("app/**/route.{ts,js}", "app/route.ts", True),
        ("app/**/route.{ts,js}", "app/api/chat/route.js", True),
        ("app/**/route.{ts,js}", "app/api/routes.ts", False),
        ("pages/api/[id].ts", "pages/api/[id].ts", True),
        ("pages/api/[id].ts", "pages/api/i.ts", False),
        ("*.py", "deep/a.py", False),
        ("a?.py", "ab.py", True),
    ],
)
def test_globs(pattern: str, path: str, matches: bool) -> None:
    assert bool(glob(pattern).fullmatch(path)) is matches
