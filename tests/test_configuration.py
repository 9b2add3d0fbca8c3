"""Configuration in whole scans: points, flows, what code runs already, and what stands beside the product."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

import aicensus
from aicensus.census.configured import model_of
from aicensus.model.census import Census, Point
from aicensus.model.declared import Declared
from aicensus.model.settings import Settings
from aicensus.pipeline import ScanOptions, audit
from aicensus.report import html, sarif, terminal
from aicensus.report.card import show_point

DAY = datetime.date(2026, 11, 21)
FLOW: dict[str, Any] = {
    "name": "Support",
    "nodes": [
        {"name": "Hook", "type": "n8n-nodes-base.webhook", "parameters": {"path": "ask"}},
        {
            "name": "Answer",
            "type": "@n8n/n8n-nodes-langchain.agent",
            "parameters": {"options": {"systemMessage": "You answer customers. Never promise a credit above 50 EUR."}},
        },
        {"name": "GPT", "type": "@n8n/n8n-nodes-langchain.lmChatOpenAi", "parameters": {"model": "gpt-3.5-turbo"}},
        {
            "name": "Sum up",
            "type": "@n8n/n8n-nodes-langchain.openAi",
            "parameters": {"modelId": {"value": "gpt-4o"}, "messages": {"values": [{"content": "Sum the answer up."}]}},
        },
    ],
    "connections": {
        "Hook": {"main": [[{"node": "Answer", "type": "main"}]]},
        "GPT": {"ai_languageModel": [[{"node": "Answer", "type": "ai_languageModel"}]]},
        "Answer": {"main": [[{"node": "Sum up", "type": "main"}]]},
    },
}


def scanned(root: Path, files: dict[str, str], *, cache: bool = False) -> Census:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return aicensus.scan(root, ScanOptions(cache=cache))


def only(census: Census) -> Point:
    (point,) = census.points
    return point


def test_nodes_of_a_flow_are_points_and_the_flow_is_kept(tmp_path: Path) -> None:
    census = scanned(tmp_path, {"flows/support.json": json.dumps(FLOW, indent=1)})
    path = "flows/support.json"
    assert [(p.id, p.role, p.model.id, p.provider, p.reach) for p in census.points] == [
        (f"{path}::Answer", "config", "gpt-3.5-turbo", "openai", "reachable"),
        (f"{path}::Sum up", "config", "gpt-4o", "openai", "reachable"),
    ]
    (flow,) = census.flows
    assert (flow.name, flow.points, flow.links) == (
        "Support",
        (f"{path}::Answer", f"{path}::Sum up"),
        ((f"{path}::Answer", f"{path}::Sum up"),),
    )
    assert [(e.kind, e.name) for e in census.entry_points] == [("http", "ask")]
    assert [p.text for p in census.prompts] == ["You answer customers. Never promise a credit above 50 EUR.", "Sum the answer up."]


def test_findings_of_a_flow_are_those_of_any_point(tmp_path: Path) -> None:
    result = audit(scanned(tmp_path, {"support.json": json.dumps(FLOW, indent=1)}), Settings(as_of=DAY))
    codes = {finding.code for finding in result.findings}
    assert {"OWN001", "MOD001"} <= codes
    assert not {"ORP001", "CTL002", "MOD006"} & codes
    assert "Flows: 1, with 2 points" in terminal.render(result)
    assert "Beside the code of the product" in html.render(result)
    kinds = {
        name["kind"]
        for one in json.loads(sarif.render(result))["runs"][0]["results"]
        for place in one["locations"]
        for name in place.get("logicalLocations", [])
    }
    assert kinds == {"object"}


def test_ids_do_not_hang_on_lines_or_places(tmp_path: Path) -> None:
    first = scanned(tmp_path, {"a.json": json.dumps(FLOW)})
    moved = {**FLOW, "nodes": [{"name": "New", "type": "n8n-nodes-base.set"}, *reversed(FLOW["nodes"])]}
    second = scanned(tmp_path, {"a.json": json.dumps(moved, indent=2)})
    assert {p.id for p in first.points} == {p.id for p in second.points}


AGENTS = "researcher:\n  role: Researcher of prices\n  goal: Find offers\n  backstory: You know the market.\n  llm: openai/gpt-4o\n"
CREW = """
from crewai import Agent, Crew, Task
from crewai.project import CrewBase, agent, crew, task

@CrewBase
class Team:
    agents_config = "config/agents.yaml"

    @agent
    def researcher(self):
        return Agent(config=self.agents_config["researcher"])

    @crew
    def crew(self):
        return Crew(agents=self.agents)

if __name__ == "__main__":
    Team().crew().kickoff()
"""


def test_agents_that_code_runs_are_counted_there(tmp_path: Path) -> None:
    alone = scanned(tmp_path / "alone", {"src/team/config/agents.yaml": AGENTS})
    run = scanned(tmp_path / "run", {"src/team/config/agents.yaml": AGENTS, "src/team/crew.py": CREW})
    assert (only(alone).role, only(alone).model.id) == ("config", "openai/gpt-4o")
    assert "config" not in {point.role for point in run.points}


def test_a_prompt_file_that_another_file_names_is_its_prompt(tmp_path: Path) -> None:
    prompt = "model: openai/gpt-4o\nmessages:\n  - role: system\n    content: You sort issues by topic.\n"
    steps = "name: T\non: push\njobs:\n  t:\n    steps:\n      - uses: actions/ai-inference@v1\n"
    steps += "        with: {prompt-file: ./prompts/sort.prompt.yml}\n"
    census = scanned(tmp_path, {".github/workflows/t.yml": steps, "prompts/sort.prompt.yml": prompt})
    point = only(census)
    assert (point.path, point.prompt, point.prompts) == (".github/workflows/t.yml", "file", ("prompts/sort.prompt.yml",))


AGENT = 'resource "aws_bedrockagent_agent" "desk" {\n  foundation_model = var.model\n}\n'


def variable(model: str) -> str:
    return f'variable "model" {{\n  default = "{model}"\n}}\nvariable "gpu_model" {{\n  default = "a100"\n}}\n'


@pytest.mark.parametrize(
    ("files", "model"),
    [
        pytest.param({"infra/variables.tf": variable("amazon.nova-lite-v1:0")}, "amazon.nova-lite-v1:0", id="a default in the folder"),
        pytest.param({"infra/prod.tfvars": 'model = "amazon.nova-pro-v1:0"\n'}, "amazon.nova-pro-v1:0", id="a value in the folder"),
        pytest.param({"variables.tf": variable("amazon.nova-lite-v1:0")}, "amazon.nova-lite-v1:0", id="a folder above, which hands it on"),
        pytest.param({"web/variables.tf": variable("amazon.nova-lite-v1:0")}, None, id="another module"),
        pytest.param({".env": "model=amazon.nova-lite-v1:0\nMODEL=amazon.nova-lite-v1:0\n"}, None, id="another kind of variable"),
    ],
)
def test_a_module_variable_gives_a_resource_its_model(tmp_path: Path, files: dict[str, str], model: str | None) -> None:
    census = scanned(tmp_path, {"infra/main.tf": AGENT, **files})
    assert only(census).model.id == model
    assert [setting.name for setting in census.model_settings if "." in setting.name] == (["var.model"] if model else [])


READER = """
import os
from openai import OpenAI

def ask(text):
    return OpenAI().chat.completions.create(model=os.environ["CHAT_MODEL"], messages=[{"role": "user", "content": text}])
"""


def test_an_env_file_gives_code_its_model(tmp_path: Path) -> None:
    census = scanned(tmp_path, {"app.py": READER, ".env": "CHAT_MODEL=gpt-4o-mini\nMODEL_PATH=/x\n"})
    assert (only(census).model.id, only(census).model.source) == ("gpt-4o-mini", "env")
    (setting,) = census.model_settings
    assert (setting.name, setting.points) == ("CHAT_MODEL", (only(census).id,))


def test_several_values_are_candidates(tmp_path: Path) -> None:
    census = scanned(tmp_path, {"app.py": READER, ".env": "CHAT_MODEL=gpt-4o-mini\n", "prod.env": "CHAT_MODEL=gpt-4o\n"})
    assert (only(census).model.id, only(census).model.candidates) == (None, ("gpt-4o-mini", "gpt-4o"))


def test_tools_of_developers_are_no_points(tmp_path: Path) -> None:
    census = scanned(
        tmp_path,
        {
            "AGENTS.md": "# Rules\nTest first.\n",
            ".claude/agents/reviewer.md": "---\nname: reviewer\ndescription: Reviews\nmodel: opus\n---\nReview it.\n",
            ".mcp.json": '{"mcpServers": {"files": {"command": "npx"}}}',
            ".github/workflows/c.yml": "name: C\non: issues\njobs: {c: {steps: [{uses: anthropics/claude-code-action@v1}]}}\n",
        },
    )
    assert census.points == ()
    assert sorted((tool.kind, tool.path) for tool in census.developer_tools) == [
        ("agent", ".claude/agents/reviewer.md"),
        ("instructions", "AGENTS.md"),
        ("mcp", ".mcp.json"),
        ("workflow", ".github/workflows/c.yml"),
    ]
    result = audit(census, Settings(as_of=DAY))
    assert result.findings == ()


WORKFLOW = """---
name: Hunt
on: {schedule: daily}
engine: {id: claude, model: claude-sonnet-4-5}
imports: [rules/tone.md]
---
Find a bug that a user can meet.
"""
COMPILED = """name: Hunt
on: {schedule: [{cron: "1 2 * * *"}]}
jobs: {agent: {steps: [{name: Run, run: "claude --print hello"}]}}
"""


def test_tools_of_developers_are_points_where_that_is_asked(tmp_path: Path) -> None:
    census = scanned(
        tmp_path,
        {
            "aicensus.yaml": "version: 1\nsettings: {developer_tools: points}\n",
            "AGENTS.md": "# Rules\nTest first.\n",
            ".github/workflows/hunt.md": WORKFLOW,
            ".github/workflows/rules/tone.md": "Be brief.\n",
        },
    )
    point = only(census)
    assert (point.id, point.role, point.kind, point.provider, point.model.id, point.reach) == (
        ".github/workflows/hunt.md::Hunt",
        "config",
        "agent",
        "anthropic",
        "claude-sonnet-4-5",
        "reachable",
    )
    assert [prompt.text for prompt in census.prompts] == ["Find a bug that a user can meet.", "Be brief.\n"]
    assert [tool.kind for tool in census.developer_tools] == ["instructions"]
    assert "OWN001" in {finding.code for finding in audit(census, Settings(as_of=DAY)).findings}


@pytest.mark.parametrize(
    ("files", "lines"),
    [
        pytest.param({"hunt.md": WORKFLOW, "hunt.lock.yml": COMPILED}, [("hunt.md", 1)], id="beside its source"),
        pytest.param({"hunt.lock.yml": COMPILED}, [("hunt.lock.yml", 3)], id="alone"),
        pytest.param({"hunt.md": "# Hunt\n", "hunt.lock.yml": COMPILED}, [("hunt.lock.yml", 3)], id="beside a text"),
        pytest.param({"hunt.md": WORKFLOW, "hunt.yml": COMPILED}, [("hunt.md", 1), ("hunt.yml", 3)], id="written by hand"),
    ],
)
def test_a_compiled_workflow_is_told_once(tmp_path: Path, files: dict[str, str], lines: list[tuple[str, int]]) -> None:
    census = scanned(tmp_path, {f".github/workflows/{name}": text for name, text in files.items()})
    assert [(tool.path.rpartition("/")[2], tool.line) for tool in census.developer_tools] == lines


def test_sql_in_files_templates_and_code(tmp_path: Path) -> None:
    code = 'def label(db):\n    return db.sql(f"""\n'
    code += "      SELECT SNOWFLAKE.CORTEX.COMPLETE('mistral-large2', 'Name the team: ' || body)\n      FROM tickets\"\"\")\n"
    census = scanned(
        tmp_path,
        {
            "app.py": code,
            "models/labels.sql": "{{ config() }}\nselect ai_gen('Write a friendly answer to: ' || body) from {{ ref('t') }}\n",
            "make.sql": "CREATE MODEL `p.d.flash` REMOTE WITH CONNECTION `c` OPTIONS(ENDPOINT = 'gemini-2.5-flash');\n",
            "ask.sql": "SELECT * FROM ML.GENERATE_TEXT(MODEL `p.d.flash`, (SELECT 'Say hello to the customer' AS prompt));\n",
        },
    )
    assert [(p.id, p.line, p.role, p.provider, p.model.id) for p in census.points] == [
        ("app.py::label", 3, "direct", "snowflake", "mistral-large2"),
        ("ask.sql::<module>", 1, "direct", "google", "gemini-2.5-flash"),
        ("models/labels.sql::labels", 2, "direct", "databricks", None),
    ]


def test_a_notebook_in_sql_is_read_as_what_it_holds(tmp_path: Path) -> None:
    cell = "-- MAGIC %python\n-- MAGIC from openai import OpenAI\n"
    cell += "-- MAGIC OpenAI().responses.create(model='gpt-4o', input='Write a haiku about mail')\n"
    asking = "SELECT ai_query('llama', 'Name the team: ' || body) FROM tickets\n\n"
    census = scanned(tmp_path, {"a.sql": f"-- Databricks notebook source\n{asking}{cell}", "b.sql": asking + cell})
    assert [(p.id, p.line, p.provider) for p in census.points] == [
        ("a.sql::<module>/2", 2, "databricks"),
        ("a.sql::<module>", 6, "openai"),
        ("b.sql::<module>", 1, "databricks"),
    ]
    assert census.coverage.considered == 2


def test_words_that_only_look_like_it_are_nothing(tmp_path: Path) -> None:
    census = scanned(
        tmp_path,
        {
            "ci/build.yml": "build:\n  script: [make ollama-docs, ./run --with-llm]\n",
            "package.json": '{"name": "n8n-nodes-langchain.agent", "connections": {}}',
            "data/models.json": '[{"model": "gpt-4o", "prompt": "hello there"}]',
            "deploy/web.yaml": "kind: Deployment\nspec: {template: {spec: {containers: [{name: w, image: nginx}]}}}\n",
            "doc.sql": "-- select ai_query('a', 'b')\nselect summarize(x), classify(y) from t;\n",
            "notes.py": 'TEXT = "ai_query() is a function of the warehouse"\n',
        },
    )
    assert (census.points, census.flows, census.developer_tools) == ((), (), ())


def test_a_kept_result_is_the_same_and_follows_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AICENSUS_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "tree"
    fresh = scanned(root, {"f.json": json.dumps(FLOW), "q.sql": "select ai_gen('Answer the question: ' || q) from t;"}, cache=True)
    assert aicensus.scan(root) == fresh
    changed = scanned(root, {"f.json": json.dumps(FLOW).replace("gpt-4o", "gpt-5")}, cache=True)
    assert [p.model.id for p in changed.points] == ["gpt-3.5-turbo", "gpt-5", None]
    assert changed == aicensus.scan(root, ScanOptions(cache=False))


def test_keys_beside_declared_points_are_seen_and_masked(tmp_path: Path) -> None:
    key = "sk-proj-" + "a1B2c3D4e5F6g7H8" * 3
    config = f"model_list:\n  - model_name: chat\n    litellm_params:\n      model: openai/gpt-4o\n      api_key: {key}\n"
    census = scanned(tmp_path, {"litellm.yaml": config})
    assert [(s.path, s.line) for s in census.secrets] == [("litellm.yaml", 5)]
    assert key not in repr(census)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    census = scanned(tmp_path, {"litellm.yaml": "model_list:\n  - litellm_params: [\n"})
    assert [(row.path, row.reason) for row in census.coverage.unread] == [("litellm.yaml", "not yaml that can be read (ValueError)")]


def test_a_setting_that_services_share_is_listed_once(tmp_path: Path) -> None:
    services = "".join(f"  {name}:\n    environment:\n      <<: *env\n" for name in ("api", "worker"))
    text = f"x-env: &env\n  CHAT_MODEL: gpt-4o-mini\nservices:\n{services}"
    census = scanned(tmp_path, {"app.py": READER, "docker-compose.yml": text})
    assert [(s.name, s.line) for s in census.model_settings] == [("CHAT_MODEL", 2)]


def test_nearer_settings_win(tmp_path: Path) -> None:
    census = scanned(
        tmp_path, {"a/app.py": READER, "b/app.py": READER, "a/.env": "CHAT_MODEL=gpt-4o-mini\n", "b/.env": "CHAT_MODEL=gpt-4o\n"}
    )
    assert [(p.path, p.model.id) for p in census.points] == [("a/app.py", "gpt-4o-mini"), ("b/app.py", "gpt-4o")]


def test_a_dependency_of_a_language_that_is_not_read_is_questioned(tmp_path: Path) -> None:
    census = scanned(tmp_path, {"mix.exs": 'defp deps do\n  [{:req_llm, "~> 1.0"}, {:phoenix, "~> 1.7"}]\nend\n'})
    assert [(d.package, d.ecosystem, d.unread, d.line) for d in census.dependencies] == [("req_llm", "hex", True, 2)]
    (finding,) = audit(census, Settings(as_of=DAY)).findings
    assert finding.code == "COV003"
    assert "not read yet" in finding.message


@pytest.mark.parametrize(
    ("written", "id", "source"),
    [
        pytest.param("gpt-4o", "gpt-4o", "literal", id="as it is"),
        pytest.param("anthropic.claude-3-haiku-20240307-v1:0", "anthropic.claude-3-haiku-20240307-v1:0", "literal", id="with a colon"),
        pytest.param("${CHAT_MODEL:-gpt-4o}", "gpt-4o", "env", id="a variable with a default"),
        pytest.param("${CHAT_MODEL:gpt-4o}", "gpt-4o", "env", id="a default as Spring writes it"),
        pytest.param("${CHAT_MODEL:-}", None, "env", id="an empty default"),
        pytest.param("${{ vars.MODEL || 'gpt-4o' }}", "gpt-4o", "env", id="a default of a pipeline"),
        pytest.param("os.environ/CHAT_MODEL", None, "env", id="a variable"),
        pytest.param("${var.model}", None, "env", id="a variable of Terraform in a text"),
        pytest.param("var.model", None, "env", id="a variable of Terraform"),
        pytest.param("={{ $json.model }}", None, "parameter", id="only the run decides"),
        pytest.param(None, None, "unknown", id="nothing"),
    ],
)
def test_the_model_of_a_node(written: str | None, id: str | None, source: str) -> None:
    node = Declared("point", "n", 1, 1, "chat", "", written, False, (), (), "", "", "", "")
    assert (model_of(node).id, model_of(node).source) == (id, source)


def test_a_card_says_that_a_point_is_declared(tmp_path: Path) -> None:
    steps = (
        "name: T\non: push\njobs: {t: {steps: [{name: Ask, uses: actions/ai-inference@v1, with: {prompt: Sort the issue by topic.}}]}}\n"
    )
    result = audit(scanned(tmp_path, {".github/workflows/t.yml": steps}), Settings(as_of=DAY))
    card = show_point(result, "jobs.t.steps[Ask]")
    assert "chat declared in production" in card
    assert "Sort the issue by topic." in card


SPRING = """package shop;

import org.springframework.ai.chat.client.ChatClient;

class Desk {
    private final ChatClient client;

    Desk(ChatClient.Builder builder) {
        this.client = builder.build();
    }

    String answer(String question) {
        return client.prompt().system("You answer customers of a shop.").user(question).call().content();
    }
}
"""


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/main/resources/application.yml", "spring:\n  ai:\n    openai:\n      chat:\n        options:\n          model: gpt-4o\n"),
        ("src/main/resources/application.properties", "spring.ai.openai.chat.options.model=gpt-4o\n"),
    ],
)
def test_settings_that_a_library_reads_give_its_points_their_model(tmp_path: Path, path: str, text: str) -> None:
    census = scanned(tmp_path, {"src/main/java/shop/Desk.java": SPRING, path: text})
    point = only(census)
    assert (point.model.id, point.model.source, point.provider) == ("gpt-4o", "setting", "openai")
    assert [setting.points for setting in census.model_settings] == [(point.id,)]


def spring(*models: tuple[str, str]) -> dict[str, str]:
    """Settings files by path that name a chat model."""
    return {path: f"spring.ai.openai.chat.model={model}\n" for path, model in models}


@pytest.mark.parametrize(
    ("files", "model", "candidates"),
    [
        pytest.param(
            spring(("shop/src/main/resources/application.properties", "gpt-4o"), ("other/src/main/resources/application.properties", "o3")),
            "gpt-4o",
            (),
            id="of its own module",
        ),
        pytest.param(
            spring(("other/src/main/resources/application.properties", "o3"), ("third/src/main/resources/application.properties", "o1")),
            None,
            (),
            id="of other modules only",
        ),
        pytest.param(spring(("other/src/main/resources/application.properties", "o3")), "o3", (), id="of the one application"),
        pytest.param(spring(("application.properties", "o3")), "o3", (), id="of the folder above"),
        pytest.param(
            spring(
                ("shop/src/main/resources/application.properties", "gpt-4o"),
                ("shop/src/main/resources/application-cloud.properties", "o3"),
            ),
            "gpt-4o",
            (),
            id="without a profile",
        ),
        pytest.param(
            spring(
                ("shop/src/main/resources/application-local.properties", "o1"),
                ("shop/src/main/resources/application-cloud.properties", "o3"),
            ),
            None,
            ("o3", "o1"),
            id="profiles only",
        ),
        pytest.param(
            spring(("shop/src/test/resources/application.properties", "o1"), ("shop/src/main/resources/application.properties", "gpt-4o")),
            "gpt-4o",
            (),
            id="those of tests are not for the product",
        ),
    ],
)
def test_settings_speak_for_the_module_they_lie_in(
    tmp_path: Path, files: dict[str, str], model: str | None, candidates: tuple[str, ...]
) -> None:
    point = only(scanned(tmp_path, {"shop/src/main/java/shop/Desk.java": SPRING, **files}))
    assert (point.model.id, point.model.candidates) == (model, candidates)


def test_functions_that_sql_makes_or_drops_are_not_asked(tmp_path: Path) -> None:
    text = "create function ai.openai_embed(m text) returns int;\ndrop function ai.ollama_embed(text);\n"
    assert scanned(tmp_path, {"up.sql": text}).points == ()
