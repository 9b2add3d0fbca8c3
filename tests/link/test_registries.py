"""Models looked up in registries, handed on as parameters, and asked over plain HTTP: which calls are points, and in what role."""

from __future__ import annotations

import pytest

from tests.link.linked import linked, roles

WORDS = "'Classify the ticket below as bug, question or praise'"
CHAT = (
    "from openai import OpenAI\nclass Base:\n    def __init__(self, key):\n        self.client = OpenAI(api_key=key)\n"
    "    def chat(self, system, history):\n"
    "        return self.client.chat.completions.create(model='gpt-4o', messages=[{'role': 'system', 'content': system}, *history])\n"
    "class Local(Base):\n    NAME = 'local'\n"
)
USER = (
    "from bundle import Bundle\ndef answer(model, text):\n"
    f"    return model.chat({WORDS}, [{{'role': 'user', 'content': text}}])\n"
    "def step(model, text):\n    return answer(model, text)\ndef main(text):\n    return step(Bundle('local'), text)\n"
)


def _bundle(made: str) -> str:
    return (
        f"{made}class Bundle:\n    def __init__(self, name):\n        self.model = REGISTRY[name]('key')\n"
        "    def chat(self, system, history):\n        return self.model.chat(system, history)\n"
    )


REGISTRIES = [
    pytest.param(
        {
            "models/__init__.py": "import importlib\nimport inspect\nREGISTRY = globals().get('REGISTRY', {})\n"
            "TABLES = {'chat_model': REGISTRY}\nfor name, table in TABLES.items():\n"
            "    module = importlib.import_module(f'{__name__}.{name}')\n"
            "    for _, found in inspect.getmembers(module):\n        if inspect.isclass(found):\n            table[found.NAME] = found\n",
            "models/chat_model.py": CHAT,
            "bundle.py": _bundle("from models import REGISTRY\n"),
            "user.py": USER,
        },
        ["models/chat_model.py:6 gateway", "user.py:3 use"],
        id="filled from the classes of modules that are loaded by name",
    ),
    pytest.param(
        {
            "models/__init__.py": "import importlib\nimport pkgutil\nREGISTRY = {}\nfor _, name, _ in pkgutil.iter_modules(__path__):\n"
            "    for found in vars(importlib.import_module(f'{__package__}.{name}')).values():\n        REGISTRY[found.NAME] = found\n",
            "models/chat_model.py": CHAT,
            "bundle.py": _bundle("from models import REGISTRY\n"),
            "user.py": USER,
        },
        ["models/chat_model.py:6 gateway", "user.py:3 use"],
        id="filled from every module of the package",
    ),
    pytest.param(
        {
            "chat_model.py": CHAT,
            "bundle.py": _bundle("from chat_model import Base\nREGISTRY = {c.NAME: c for c in Base.__subclasses__()}\n"),
            "user.py": USER,
        },
        ["chat_model.py:6 gateway", "user.py:3 use"],
        id="filled from the subclasses",
    ),
    pytest.param(
        {
            "registry.py": "REGISTRY = {}\ndef register(name):\n    def keep(cls):\n        REGISTRY[name] = cls\n        return cls\n"
            "    return keep\n",
            "chat_model.py": CHAT.replace("class Local", "from registry import register\n@register('local')\nclass Local"),
            "bundle.py": _bundle("from registry import REGISTRY\nimport chat_model\n"),
            "user.py": USER,
        },
        ["chat_model.py:6 gateway", "user.py:3 use"],
        id="filled by a decorator",
    ),
    pytest.param(
        {
            "chat_model.py": CHAT,
            "other.py": "class Other:\n    NAME = 'local'\n    def __init__(self, key):\n        pass\n    def chat(self, *args):\n"
            "        return None\n",
            "bundle.py": _bundle("import other\nREGISTRY = {}\nfor c in vars(other).values():\n    REGISTRY[c.NAME] = c\n"),
            "user.py": USER,
        },
        ["chat_model.py:6 direct"],
        id="filled from a module that asks no model",
    ),
    pytest.param(
        {
            "chat_model.py": CHAT,
            "bundle.py": "from functools import partial\nfrom chat_model import Local\nclass Bundle:\n    def __init__(self, name):\n"
            "        self.model = Local('key')\n    def chat(self, system, history):\n        ask = self.model.chat\n"
            "        bound = partial(ask, system, history)\n        return bound()\n",
            "user.py": USER,
        },
        ["chat_model.py:6 gateway", "user.py:3 use"],
        id="a method bound to its arguments under another name",
    ),
    pytest.param(
        {
            "model.py": "from openai import OpenAI\nclass Embed:\n    def __init__(self):\n        self.client = OpenAI()\n"
            "    def _call(self, texts):\n        return self.client.embeddings.create(model='text-embedding-3-small', input=texts).data\n"
            "    def encode(self, texts):\n        return self._call(texts)\n",
            "a.py": "from model import Embed\ndef index(docs):\n    return Embed().encode(docs)\n",
        },
        ["a.py:3 use", "model.py:6 gateway"],
        id="embeddings that one method lends through another",
    ),
    pytest.param(
        {
            "model.py": "from openai import OpenAI\nclass Store:\n    def __init__(self, rows):\n        self.client = OpenAI()\n"
            "        self.rows = rows\n    def _call(self, text):\n"
            "        return self.client.embeddings.create(model='text-embedding-3-small', input=text).data\n"
            "    def search(self, text):\n        return self.rows.nearest(self._call(text))\n",
            "a.py": "from model import Store\ndef find(rows, text):\n    return Store(rows).search(text)\n",
        },
        ["model.py:7 direct"],
        id="embeddings that a method works on are not lent",
    ),
    pytest.param(
        {
            "llm.py": "from openai import OpenAI\nc = OpenAI()\ndef ask(system, messages):\n"
            "    return c.chat.completions.create(model='gpt-4o', messages=[{'role': 'system', 'content': system}, *messages])\n",
            "a.py": "from jinja2.sandbox import SandboxedEnvironment\nfrom llm import ask\nENV = SandboxedEnvironment()\n"
            "def keywords(content):\n    prompt = ENV.from_string('Name the most important words of this text: {{ content }}')"
            ".render(content=content)\n    return ask(prompt, [{'role': 'user', 'content': 'Output: '}])\n",
            "b.py": "from a import keywords\ndef f(rows):\n    return [keywords(row) for i, row in enumerate(rows)]\n",
        },
        ["a.py:6 use", "llm.py:4 gateway"],
        id="content that a template is filled with is no prompt",
    ),
]


def posted(url: str, body: str) -> dict[str, str]:
    return {"r.py": f"import requests\ndef run(base, text):\n    return requests.post({url}, json={body}).json()\n"}


REQUESTS = [
    pytest.param(
        {
            "http_client.py": "import httpx\ndef send(method, url, **kwargs):\n    with httpx.Client() as client:\n"
            "        return client.request(method=method, url=url, **kwargs)\n",
            "speech.py": "from http_client import send\nclass Speech:\n    def __init__(self, base):\n        self.base = base\n"
            "    def say(self, text):\n        body = {'model': 'tts-1', 'input': text}\n"
            "        return send('POST', f'{self.base}/audio/speech', json=body).content\n",
            "login.py": "from http_client import send\ndef user(token):\n    return send('GET', 'https://example.com/user')\n",
        },
        ["speech.py:7 direct"],
        id="a function that sends to any address is no gateway",
    ),
    pytest.param(
        {
            "r.py": "import requests\nfrom urllib.parse import urljoin\nclass R:\n    def __init__(self, base):\n"
            "        self.url = urljoin(base, '/rerank')\n    def rank(self, query, texts):\n"
            "        data = {'query': query, 'texts': texts}\n        return requests.post(self.url, json=data).json()\n",
        },
        ["r.py:8 direct"],
        id="a path with a body that belongs to it",
    ),
    pytest.param(
        posted("base + '/rerank'", "{'rows': text}"),
        [],
        id="a path of that name with another body",
    ),
    pytest.param(
        posted("base", "{'model': 'm', 'messages': [{'role': 'user', 'content': text}]}"),
        ["r.py:3 direct"],
        id="a body that only a model is sent, to an address that is handed in",
    ),
    pytest.param(
        posted("base", "{'messages': [text]}"),
        [],
        id="messages without a model",
    ),
    pytest.param(
        {
            "api.ts": "const base = `/api/v1`\nexport default { ask: `${base}/chat/completions` }\n",
            "a.ts": "import api from './api'\nexport const ask = (messages) => fetch(api.ask, { body: JSON.stringify({ messages }) })\n",
        },
        [],
        id="a page that asks the server it came from",
    ),
    pytest.param(
        {
            "a.ts": "const base = process.env.LLM_URL\n"
            "export const ask = (messages) => fetch(`${base}/chat/completions`, { method: 'POST', body: JSON.stringify({ messages }) })\n",
        },
        ["a.ts:2 gateway"],
        id="a base address from settings",
    ),
]


@pytest.mark.parametrize(("files", "points"), [*REGISTRIES, *REQUESTS])
def test_roles(files: dict[str, str], points: list[str]) -> None:
    assert roles(files) == points


@pytest.mark.parametrize(
    ("name", "kind"),
    [pytest.param("TitanEmbed", "embedding", id="said by the class"), pytest.param("Titan", "chat", id="not said")],
)
def test_an_api_for_any_model_runs_the_kind_that_names_say(name: str, kind: str) -> None:
    points = linked(
        {
            "e.py": f"import boto3\nclass {name}:\n    def call(self, text):\n        client = boto3.client('bedrock-runtime')\n"
            "        return client.invoke_model(modelId=self.model, body=text)\n"
        }
    )
    assert points["e.py:5"].kind == kind
