"""Provider and model of a point, as literal, default, setting, or left open."""

from __future__ import annotations

import pytest

from aicensus.link.attributes import provider_of_models
from tests.link.linked import linked

HEAD = "import os\nfrom openai import OpenAI, AzureOpenAI\n"


def call(model: str, setup: str = "") -> dict[str, str]:
    return {
        "a.py": f"{HEAD}{setup}\ndef f(t, c=OpenAI()):\n"
        f"    return c.responses.create(model={model}, input='Summarise the ticket now: ' + t)\n"
    }


TWICE = "class C:\n    def __init__(self):\n        self.chat_model = 'old-1'\n        self.chat_model = 'old-2'\ncfg = C()\n"
MODELS = [
    pytest.param(call("'gpt-4o'"), ("gpt-4o",), id="literal"),
    pytest.param(call("M", "M = 'gpt-4o'"), ("gpt-4o",), id="constant"),
    pytest.param(call("os.getenv('M') or 'gpt-4o'"), ("gpt-4o",), id="environment with a default"),
    pytest.param(
        call("os.environ['SUMMARY_MODEL']", "D = os.getenv('SUMMARY_MODEL', 'gpt-4o-mini')"), ("gpt-4o-mini",), id="default given elsewhere"
    ),
    pytest.param(
        call("cfg.summary_model", "DEFAULTS = {'SUMMARY_MODEL': 'gpt-4.1'}\ncfg = load()"),
        ("gpt-4.1",),
        id="settings object filled from a dict",
    ),
    pytest.param(
        call("cfg.summary_model", "A = {'summary_model': 'gpt-4.1'}\nB = {'summary_model': 'gpt-4o'}\ncfg = load()"),
        (),
        id="two values, no default",
    ),
    pytest.param(call("cfg.get('model', 'gpt-4o')", "cfg = load()"), ("gpt-4o",), id="look-up with a default"),
    pytest.param(
        call("cfg.model", "from dataclasses import dataclass\n@dataclass\nclass C:\n    model: str = 'gpt-4o'\ncfg = C()"),
        ("gpt-4o",),
        id="dataclass field",
    ),
    pytest.param(call("f'ft:{BASE}'", "BASE = 'gpt-4o'"), ("ft:gpt-4o",), id="put together"),
    pytest.param(call("t"), (), id="given by the caller"),
    pytest.param(
        call("cfg.chat_model", f"{TWICE}A = {{'CHAT_MODEL': 'gpt-4.1'}}"), ("gpt-4.1",), id="several, the project has one default"
    ),
    pytest.param(call("cfg.chat_model", TWICE), ("old-1", "old-2"), id="several, no default"),
    pytest.param(
        call("cfg.chat_model", "A = {'CHAT_MODEL': 'gpt-4.1'}\ncfg = load()\nprint(other.get('chat_model', 'gpt-4o'))"),
        ("gpt-4.1",),
        id="set in one place, another look-up falls back to another",
    ),
    pytest.param(
        call("cfg.chat_model", "A = {'CHAT_MODEL': 'gpt-4.1'}\ncfg = load()\nif __name__ == '__main__':\n    f({'chat_model': 'gpt-4o'})"),
        ("gpt-4.1",),
        id="a module tries itself out with another",
    ),
]


@pytest.mark.parametrize(("files", "models"), MODELS)
def test_models(files: dict[str, str], models: tuple[str, ...]) -> None:
    [point] = linked(files).values()
    assert point.models == models


def test_only_tests_give_another_model() -> None:
    files = {
        "s.py": f"{HEAD}class S:\n    def __init__(self, model):\n        self.model = model\n"
        "        self.c = OpenAI()\n    def run(self, t):\n"
        "        return self.c.responses.create(model=self.model, input='Summarise the ticket now: ' + t)\n",
        "a.py": "from s import S\nS('gpt-4o').run('x')\n",
        "tests/test_s.py": "from s import S\ndef test_s():\n    S('gpt-3.5-turbo').run('x')\n",
    }
    assert linked(files)["s.py:8"].models == ("gpt-4o",)


PROVIDERS = [
    pytest.param("OpenAI(base_url='https://api.groq.com/openai/v1')", "groq", id="by host"),
    pytest.param("OpenAI()", "openai", id="by client"),
    pytest.param("AzureOpenAI()", "azure-openai", id="by another client of the SDK"),
    pytest.param("AzureOpenAI() if os.getenv('AZURE') else OpenAI()", "openai", id="either client of one vendor"),
]


@pytest.mark.parametrize(("made", "provider"), PROVIDERS)
def test_providers(made: str, provider: str) -> None:
    [point] = linked({"a.py": f"{HEAD}c = {made}\nc.responses.create(model=name(), input='Summarise the ticket now')\n"}).values()
    assert point.provider == provider


@pytest.mark.parametrize(
    ("held", "provider"),
    [
        pytest.param("S.client", "groq", id="by the name of the class"),
        pytest.param("self.__class__.client", "groq", id="by the class of the object"),
        pytest.param("Other.client", "openai", id="near miss: another class"),
    ],
)
def test_a_client_that_is_kept_by_the_class(held: str, provider: str) -> None:
    code = (
        "import openai\nfrom groq import Groq\nclass Other:\n    pass\nclass S:\n    client = None\n    def load(self):\n"
        f"        {held} = Groq()\n    def chat(self, messages):\n"
        "        return self.client.chat.completions.create(messages=messages, model='llama3')\n"
    )
    (point,) = linked({"a.py": code}).values()
    assert point.provider == provider


@pytest.mark.parametrize(
    ("given", "provider"),
    [
        pytest.param("'anthropic'", "anthropic", id="literal"),
        pytest.param("os.getenv('PROVIDER', 'anthropic')", "anthropic", id="environment with a default"),
        pytest.param(
            "'anthropic' if own() else Row().kind.replace('_', '-')", "dynamic", id="near miss: the other way is decided at run time"
        ),
    ],
)
def test_providers_that_an_argument_names(given: str, provider: str) -> None:
    code = (
        "import os\nfrom pydantic import BaseModel\nfrom langchain.chat_models import init_chat_model\n"
        "class Row(BaseModel):\n    kind: str\n"
        f"init_chat_model('claude-haiku-4-5', model_provider={given}).invoke('Summarise the ticket now')\n"
    )
    [point] = linked({"a.py": code}).values()
    assert point.provider == provider


@pytest.mark.parametrize(
    ("others", "provider"),
    [
        pytest.param(["https://api.openai.com/v1/chat/completions?x=1"], "openai", id="addresses of one host"),
        pytest.param(["https://api.groq.com/openai/v1/chat/completions"], "dynamic", id="near miss: of two"),
        pytest.param([f"https://api.openai.com/v1/chat/completions?x={n}" for n in range(40)], "dynamic", id="near miss: too many"),
    ],
)
def test_providers_of_addresses_in_a_table(others: list[str], provider: str) -> None:
    rows = {str(n): {"url": url} for n, url in enumerate(["https://api.openai.com/v1/chat/completions", *others])}
    code = (
        f"import requests\nMODELS = {rows}\n"
        "def f(name):\n    return requests.post(MODELS[name]['url'], json={'messages': ['Summarise the ticket now']})\n"
    )
    [point] = linked({"a.py": code}).values()
    assert point.provider == provider


def test_what_a_project_sets_for_a_whole_library() -> None:
    files = {
        "settings.py": "from llama_index.core import Settings\nfrom llama_index.llms.anthropic import Anthropic\n"
        "def init():\n    Settings.llm = Anthropic(model='claude-3-5-sonnet-latest')\n",
        "a.py": "from llama_index.core import Settings\ndef f(t):\n    return Settings.llm.complete('Summarise the ticket now: ' + t)\n",
    }
    [point] = linked(files).values()
    assert (point.provider, point.models) == ("anthropic", ("claude-3-5-sonnet-latest",))


def test_without_any_setting_the_library_has_its_own_default() -> None:
    [point] = linked({"a.py": "from llama_index.core import Settings\nSettings.llm.complete('Summarise the ticket now')\n"}).values()
    assert point.provider == "openai"


SERVICES = (
    "from openai import OpenAI\nfrom anthropic import Anthropic\nclass Service:\n"
    "    def run(self, prompt):\n        raise NotImplementedError\n"
    "class A(Service):\n    def run(self, prompt):\n        return OpenAI().responses.create(model='gpt-4o', input=prompt)\n"
    "class B(Service):\n    def run(self, prompt):\n"
    "        return Anthropic().messages.create(model='claude-3-5-haiku-latest', messages=prompt, max_tokens=9)\n"
)


ANY = (
    "import litellm\nfrom openai import OpenAI\nclass Service:\n    def run(self, prompt):\n        raise NotImplementedError\n"
    "class A(Service):\n    def run(self, prompt):\n        return OpenAI().responses.create(model='gpt-4o', input=prompt)\n"
    "class B(Service):\n    def run(self, prompt):\n        return litellm.completion(model=self.name, messages=prompt)\n"
)


@pytest.mark.parametrize(
    ("services", "chosen", "provider", "models"),
    [
        pytest.param(SERVICES, "default_service = B", "anthropic", ("claude-3-5-haiku-latest",), id="a class is named default"),
        pytest.param(SERVICES, "", "multi", ("gpt-4o", "claude-3-5-haiku-latest"), id="none is"),
        pytest.param(ANY, "", "multi", (), id="none is, and one of them asks any provider"),
    ],
)
def test_one_of_several_services(services: str, chosen: str, provider: str, models: tuple[str, ...]) -> None:
    files = {
        "s.py": services,
        "a.py": f"from s import A, B, Service\n{chosen}\ndef f(s: Service, t):\n"
        "    return s.run('Summarise the ticket in one line: ' + t)\n",
    }
    point = linked(files)["a.py:4"]
    assert (point.provider, set(point.models)) == (provider, set(models))


SHARED = (
    "class A:\n    def __init__(self, model=None):\n        self.model = model or 'gpt-4o'\n"
    "    def run(self, prompt):\n        return OpenAI().responses.create(model=self.model, input=prompt)\n"
    "class B:\n    def __init__(self, model=None):\n        self.model = model or 'claude-3-5-haiku-latest'\n"
    "    def run(self, prompt):\n        return Anthropic().messages.create(model=self.model, messages=prompt, max_tokens=9)\n"
)


@pytest.mark.parametrize(
    ("table", "models"),
    [
        pytest.param("{'CHAT_MODEL': 'gpt-4.1'}", ("gpt-4.1",), id="both read one setting"),
        pytest.param("{'OTHER_MODEL': 'gpt-4.1'}", ("gpt-4o", "claude-3-5-haiku-latest"), id="nothing says which"),
    ],
)
def test_services_that_share_a_setting(table: str, models: tuple[str, ...]) -> None:
    files = {
        "s.py": f"from openai import OpenAI\nfrom anthropic import Anthropic\n{SHARED}",
        "settings.py": f"DEFAULTS = {table}\n",
        "a.py": "from s import A, B\ndef f(cfg, t):\n    model = getattr(cfg, 'CHAT_MODEL', None)\n"
        "    s = A(model) if cfg.a else B(model)\n    return s.run('Summarise the ticket in one line: ' + t)\n",
    }
    assert set(linked(files)["a.py:5"].models) == set(models)


@pytest.mark.parametrize(
    ("default", "models"),
    [
        pytest.param("'service_36'", ("model-36",), id="the default names one"),
        pytest.param("", (), id="callers decide"),
    ],
)
def test_a_long_table_of_classes_that_are_imported_by_name(default: str, models: tuple[str, ...]) -> None:
    classes = "".join(
        f"class S{n}:\n    def run(self, prompt):\n        return OpenAI().responses.create(model='model-{n}', input=prompt)\n"
        for n in range(40)
    )
    table = ", ".join(f"'service_{n}': ('s', 'S{n}')" for n in range(40))
    files = {
        "s.py": f"from openai import OpenAI\n{classes}",
        "a.py": f"import importlib\nTABLE = {{{table}}}\ndef make(name):\n    path, cls = TABLE[name]\n"
        "    return getattr(importlib.import_module(path), cls)()\n"
        f"def f(t, name{'=' if default else ''}{default}):\n    return make(name).run('Summarise the ticket in one line: ' + t)\n",
    }
    point = linked(files).get("a.py:7")
    assert (point.models if point is not None and len(point.models) == 1 else ()) == models


CREW = (
    "from crewai import Agent, Crew, LLM, Task\nfrom crewai.project import CrewBase, agent, crew, task\n"
    "@CrewBase\nclass Desk:\n    agents: list\n{paths}    llm = LLM(model='gpt-4o')\n"
    "    @agent\n    def writer(self):\n        return Agent(config=self.agents_config['writer'], llm=self.llm)\n"
    "    @task\n    def write(self):\n        return Task(config=self.tasks_config['write'])\n"
    "    {mark}\n    def other(self):\n        return Agent(role='Judge of letters and tones', llm=LLM(model='gpt-4.1'))\n"
    "    @crew\n    def crew(self):\n        return Crew(agents=self.agents, tasks=self.tasks)\n"
)


@pytest.mark.parametrize(
    ("paths", "folder"),
    [
        pytest.param("", "config", id="files at their usual places"),
        pytest.param(
            "    agents_config = 'set/agents.yaml'\n    tasks_config = 'set/tasks.yaml'\n", "set", id="files that the class names"
        ),
    ],
)
@pytest.mark.parametrize(
    ("mark", "models"),
    [pytest.param("@agent", ("gpt-4o", "gpt-4.1"), id="two agents"), pytest.param("@cached", ("gpt-4o",), id="one agent")],
)
def test_what_a_decorator_of_the_class_collects(paths: str, folder: str, mark: str, models: tuple[str, ...]) -> None:
    files = {
        "a/desk.py": CREW.format(paths=paths, mark=mark),
        f"a/{folder}/agents.yaml": "reader:\n  goal: Read every letter with patience\nwriter:\n  goal: Write letters that calm people\n",
        f"a/{folder}/tasks.yaml": "write:\n  description: Write a letter about {topic}\n",
        "a/main.py": "from a.desk import Desk\ndef run():\n    Desk().crew().kickoff(inputs={'topic': 'rain'})\n",
    }
    point = linked(files)["a/main.py:3"]
    assert sorted(point.models) == sorted(models)
    assert {p for p in point.prompts if ".yaml" in p} == {f"a/{folder}/agents.yaml:4", f"a/{folder}/tasks.yaml:2"}


def script(model: str, setup: str) -> dict[str, str]:
    return {
        "m.ts": "export const FAST = 'gpt-4o';\n",
        "a.ts": "import OpenAI from 'openai';\nimport * as m from './m';\nimport { z } from 'zod';\nconst c = new OpenAI();\n"
        f"{setup}\nexport async function f(t) {{\n"
        f"  return c.responses.create({{model: {model}, input: 'Summarise the ticket now: ' + t}});\n}}\n",
    }


SCRIPTS = [
    ("(await load()).id", "const load = async () => ({id: 'gpt-4o'});", ("gpt-4o",)),
    ("await id", "const load = async () => ({id: 'gpt-4o'});\nconst id = load().then((x) => x.id);", ("gpt-4o",)),
    ("await id", "const load = async () => ({id: 'gpt-4o'});\nconst id = load().then((x) => x.other);", ()),
    ("a", "const [a, b] = await Promise.all([g(), h()]);\nconst g = async () => 'gpt-4o';\nconst h = async () => 'b';", ("gpt-4o",)),
    ("all.FAST", "const all = {...m};", ("gpt-4o",)),
    ("M.a", "const M = {a: 'gpt-4o', b: 'o3'} as const satisfies Record<string, string>;", ("gpt-4o",)),
    ("M.a.b", "const M = Object.freeze({a: Object.freeze({b: 'gpt-4o'})});", ("gpt-4o",)),
    ("M.a", "const M = Object.fromEntries([['a', 'gpt-4o'], ['b', 'o3']]);", ("gpt-4o",)),
    ("M.get('a')", "const M = new Map([['a', 'gpt-4o'], ['b', 'o3']]);", ("gpt-4o",)),
    ("M.get('a')", "const M = new Map(read());", ()),
    ("M[E.A]", "enum E { A = 'a', B = 'b' }\nconst M = {[E.A]: 'gpt-4o', [E.B]: 'o3'};", ("gpt-4o",)),
    ("cfg.id", "const cfg = { get id() { return 'gpt-4o'; } };", ("gpt-4o",)),
    ("cfg.id", "const cfg = { id() { return 'gpt-4o'; } };", ()),
    ("new S().opts.id", "class S { name = 'gpt-4o'; opts = {id: this.name}; }", ("gpt-4o",)),
    ("env.CHAT_MODEL", "const env = z.object({CHAT_MODEL: z.string().min(1).default('gpt-4o')}).parse(process.env);", ("gpt-4o",)),
    ("env.CHAT_MODEL", "const env = z.object({CHAT_MODEL: z.string().describe('which one')}).parse(process.env);", ()),
    ("pick()", "const pick = choose.bind(null, 'gpt-4o');\nfunction choose(id) { return id; }", ("gpt-4o",)),
]


@pytest.mark.parametrize(("model", "setup", "models"), SCRIPTS)
def test_models_in_scripts(model: str, setup: str, models: tuple[str, ...]) -> None:
    [point] = linked(script(model, setup)).values()
    assert point.models == models


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("const create = c.responses.create.bind(c.responses);\nexport const f = (t) => create({T});", id="bound method"),
        pytest.param("const get = async () => c;\nexport const f = (t) => get().then((x) => x.responses.create({T}));", id="then"),
        pytest.param("const [x, y] = await Promise.all([c, 1]);\nexport const f = (t) => x.responses.create({T});", id="all"),
    ],
)
def test_clients_in_scripts(code: str) -> None:
    given = "{model: 'gpt-4o', input: 'Summarise the ticket now: ' + t}"
    [point] = linked({"a.ts": f"import OpenAI from 'openai';\nconst c = new OpenAI();\n{code.replace('{T}', given)}\n"}).values()
    assert point.models == ("gpt-4o",)
    assert point.prompts


COPY = (
    "from langchain.chat_models import init_chat_model\nbase = init_chat_model(configurable_fields=('model',))\n"
    "class Cfg:\n    name: str = 'gpt-4.1'\ncfg = Cfg()\nconfig = GIVEN\n"
    "base.with_retry(stop_after_attempt=2).with_config(config).invoke('Summarise the ticket in one line')\n"
)
NAMED = (
    "import { customProvider, generateText } from 'ai';\nimport { openai } from '@ai-sdk/openai';\n"
    "const own = customProvider({ languageModels: { fast: openai('gpt-4o'), big: openai('o3') } });\n"
    "export const f = (name) => generateText({ model: own.languageModel(GIVEN), prompt: 'Summarise the ticket in one line' });\n"
)


@pytest.mark.parametrize(
    ("path", "code", "given", "models"),
    [
        pytest.param("a.py", COPY, "{'model': cfg.name}", ("gpt-4.1",), id="configuration of a copy of the object"),
        pytest.param("a.py", COPY, "{'tags': ['a']}", (), id="near miss: a copy that is told nothing about the model"),
        pytest.param("a.ts", NAMED, "'fast'", ("gpt-4o",), id="a name of the provider's own"),
        pytest.param("a.ts", NAMED, "name", (), id="near miss: a name known at run time"),
        pytest.param("a.ts", NAMED, "'other'", (), id="near miss: a name that the provider does not give"),
    ],
)
def test_models_that_objects_are_told(path: str, code: str, given: str, models: tuple[str, ...]) -> None:
    [point] = linked({path: code.replace("GIVEN", given)}).values()
    assert point.models == models


DECORATED = [
    ("marvin.fn", "import marvin", "a.py:4"),
    ("marvin.tool", "import marvin", ""),
    ("fn", "from marvin import fn", "a.py:4"),
    ("fn", "from mine import fn", ""),
    ("ell.simple(model='gpt-4o')", "import ell", "a.py:4 a.py:5"),
    ("openai.call('gpt-4o')", "from mirascope.core import openai", "a.py:5"),
    ("observe", "from langfuse import observe", ""),
]


@pytest.mark.parametrize(("mark", "setup", "prompts"), DECORATED)
def test_functions_that_a_decorator_turns_into_points(mark: str, setup: str, prompts: str) -> None:
    code = f'{setup}\n@{mark}\ndef mood(text: str):\n    """Give the mood of the text in one word."""\n'
    code += '    return f"Here is the text of the customer: {text}"\n'
    points = list(linked({"a.py": code}).values())
    assert [p.place for p in points] == (["a.py:2"] if prompts else [])
    assert all(p.models == ("gpt-4o",) and set(prompts.split()) <= set(p.prompts) for p in points)
    assert all(p.prompts != ("a.py:2",) for p in points)


MESSAGES = "messages=[{'role': 'user', 'content': 'Summarise the ticket now: ' + t}]"


def asked(setup: str, arguments: str, parameters: str = "t", first: str = "pass") -> dict[str, str]:
    code = f"import os\nfrom openai import OpenAI\nc = OpenAI()\n{setup}\ndef f({parameters}):\n    {first}\n"
    return {"a.py": f"{code}    return c.chat.completions.create({MESSAGES}, {arguments})\n"}


TABLE = "M = {'fast': {'id': 'gpt-4o'}, 'big': {'id': 'o3'}}\n"
PARSER = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--chat-model', '-m', default='gpt-4o')\nargs = p.parse_args()\n"
GIVEN = [
    pytest.param(asked("D = {'model': 'gpt-4o'}", "**{**D, **kw}", "t, **kw"), ("gpt-4o",), id="defaults under what callers give"),
    pytest.param(asked("D = {'model': 'gpt-4o'}", "**(D | kw)", "t, kw"), ("gpt-4o",), id="defaults joined with what callers give"),
    pytest.param(asked("", "**kw", "t, **kw", "kw.setdefault('model', 'gpt-4o')"), ("gpt-4o",), id="what callers leave out is filled in"),
    pytest.param(asked("D = {'top_p': 1}", "**{**D, **kw}", "t, **kw"), (), id="no model among the defaults"),
    pytest.param(asked(TABLE, "model=M[kind]['id']", "t, kind='fast'"), ("gpt-4o",), id="item of a table under a default key"),
    pytest.param(asked(TABLE, "model=M[kind]['id']", "t, kind"), ("gpt-4o", "o3"), id="item of a table under any key"),
    pytest.param(asked(PARSER, "model=args.chat_model"), ("gpt-4o",), id="command-line option"),
    pytest.param(asked(PARSER, "model=args.other_model"), (), id="another command-line option"),
    pytest.param(asked("cfg = load()", "model=getattr(cfg, 'name', 'gpt-4o')"), ("gpt-4o",), id="attribute with a default"),
    pytest.param(asked("import db\ncfg = db.x.conf", "model=cfg.get('name', 'gpt-4o')"), ("gpt-4o",), id="look-up with a default"),
    pytest.param(asked("from decouple import config", "model=config('M', default='gpt-4o')"), ("gpt-4o",), id="reader of the environment"),
    pytest.param(asked("from types import SimpleNamespace as N\ncfg = N(name='gpt-4o')", "model=cfg.name"), ("gpt-4o",), id="namespace"),
    pytest.param(
        asked("import click\n@click.option('--model', default='gpt-4o')", "model=model", "t, model"),
        ("gpt-4o",),
        id="option of a decorator",
    ),
]


@pytest.mark.parametrize(("files", "models"), GIVEN)
def test_models_that_are_given_by_default(files: dict[str, str], models: tuple[str, ...]) -> None:
    [point] = linked(files).values()
    assert point.models == models


@pytest.mark.parametrize(
    ("models", "provider"),
    [
        (("anthropic/claude-sonnet-4.6",), "anthropic"),
        (("anthropic/claude-sonnet-4.6", "claude-haiku-4-5"), "anthropic"),
        (("anthropic/claude-sonnet-4.6", "gpt-5.4-mini"), "multi"),
        (("claude-haiku-4-5",), "anthropic"),
        (("claude-haiku-4-5", "gpt-5.4-mini"), ""),
        (("in-house-7b",), ""),
    ],
)
def test_ids_name_a_provider_when_all_that_speak_agree(models: tuple[str, ...], provider: str) -> None:
    assert provider_of_models(models) == provider
