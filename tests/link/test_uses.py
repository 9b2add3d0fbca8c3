"""Who supplies the purpose where defaults, several ways to a model, and objects loaded by name stand in between."""

from __future__ import annotations

import pytest

from tests.link.linked import roles

WORDS = "'Classify the ticket below as bug, question or praise'"
ASK = (
    "from openai import OpenAI\nc = OpenAI()\ndef ask(prompt, system):\n"
    "    return c.chat.completions.create(model='gpt-4o', messages=[{'role': 'system', 'content': system},"
    " {'role': 'user', 'content': prompt}])\n"
)
REVIEW = (
    f"from llm import ask\nFORM = {WORDS}\ndef review(text, instructions=FORM):\n"
    "    return ask(instructions + 'Here is what the customer wrote to us:' + text, 'Be kind.')\n"
)
DEFAULTS = [
    pytest.param(
        {"llm.py": ASK, "a.py": REVIEW, "b.py": "from a import review\ndef f(t):\n    print(review(t))\n"},
        ["a.py:4 use", "llm.py:4 gateway"],
        id="words that a parameter has by default are the function's",
    ),
    pytest.param(
        {
            "llm.py": ASK,
            "a.py": REVIEW,
            "b.py": "from a import review\ndef f(t):\n    print(review(t, 'Say in one word what mood the customer is in. '))\n",
        },
        ["b.py:3 use", "llm.py:4 gateway"],
        id="words that a caller gives in place of them are the caller's",
    ),
]
BRANCHES = (
    "from openai import OpenAI\nc = OpenAI()\ndef ask(prompt, system, model):\n    if model == 'a':\n"
    "        return c.chat.completions.create(model=model, messages=[{'role': 'system', 'content': system},"
    " {'role': 'user', 'content': prompt}])\n    if model == 'b':\n"
    "        return c.chat.completions.create(model=model, messages=[{'role': 'system', 'content': system},"
    " {'role': 'user', 'content': prompt}], seed=1)\n"
    "    return c.chat.completions.create(model=model, messages=[{'role': 'user', 'content': system},"
    " {'role': 'user', 'content': prompt}])\n"
)
VARIANTS = [
    pytest.param(
        {
            "llm.py": BRANCHES,
            "a.py": "from llm import ask\ndef review(text, system_prompt):\n"
            "    return ask('Here is what the customer wrote to us, say what is wanted:' + text, system_prompt, 'a')\n",
            "b.py": "from a import review\ndef f(t):\n    print(review(t, 'You read the letters that customers of a bank write'))\n",
        },
        ["a.py:3 use", "llm.py:5 gateway", "llm.py:7 gateway", "llm.py:8 gateway"],
        id="a call that says what most ways to a model are for says it of all",
    ),
    pytest.param(
        {
            "base.py": "class Embedder:\n    def embed(self, text):\n        raise NotImplementedError\n",
            "a.py": "from openai import OpenAI\nfrom base import Embedder\nclass A(Embedder):\n    def embed(self, text):\n"
            "        return OpenAI().embeddings.create(model='m', input=text).data[0].embedding\n",
            "b.py": "import ollama\nfrom base import Embedder\nclass B(Embedder):\n    def embed(self, text):\n"
            "        return ollama.embed(model='m', input=text).embeddings[0]\n",
            "c.py": "import ollama\nclass C:\n    def embed(self, text):\n"
            "        return ollama.embed(model='m', input=text).embeddings[0]\n",
            "u.py": "from a import A\nMODEL = A()\ndef f(t):\n    return store(MODEL.embed(t))\n",
        },
        ["a.py:5 gateway", "b.py:5 gateway", "c.py:4 direct", "u.py:4 use"],
        id="another version of a gateway is one, a method of no relation is not",
    ),
]
ENCODER = (
    "from openai import OpenAI\nclass Encoder:\n    def __init__(self):\n        self.client = OpenAI()\n    def _one(self, text):\n"
    "        reply = self.client.embeddings.create(model='m', input=text)\n"
    "        return text, {vector}, reply.usage\n    def encode(self, text):\n"
    "        _, vector, _ = self._one(text)\n        return vector\n"
)
INDEX = "from encoder import Encoder\ndef index(docs):\n    store(Encoder().encode(docs))\n"
LENT = [
    pytest.param(
        {"encoder.py": ENCODER.replace("{vector}", "reply.data[0].embedding"), "a.py": INDEX},
        ["a.py:3 use", "encoder.py:6 gateway"],
        id="an answer that is given with what was asked and what it cost",
    ),
    pytest.param(
        {"encoder.py": ENCODER.replace("{vector}", "0").replace("reply.usage", "1"), "a.py": INDEX},
        ["encoder.py:6 direct"],
        id="an answer that is kept",
    ),
]
MODEL = (
    "from openai import OpenAI\nclass {name}:\n    def embed(self, text):\n"
    "        return OpenAI().embeddings.create(model='m', input=text).data\n"
)
LOADED = [
    pytest.param(
        {
            "app/__init__.py": "",
            "app/one.py": MODEL.replace("{name}", "One"),
            "app/factory.py": "import importlib\nTABLE = {'one': 'app.one.One'}\ndef load(path):\n    home, name = path.rsplit('.', 1)\n"
            "    return getattr(importlib.import_module(home), name)\ndef make(kind):\n    return load(TABLE.get(kind))()\n",
            "app/use.py": "from app.factory import make\nclass Memory:\n    def __init__(self, kind):\n        self.model = make(kind)\n"
            "    def add(self, text):\n        self.rows.append(self.model.embed(text))\n",
        },
        ["app/one.py:4 gateway", "app/use.py:6 use"],
        id="a class by the dotted path that a table has",
    ),
    pytest.param(
        {
            "app/__init__.py": "",
            "app/one.py": MODEL.replace("{name}", "One"),
            "app/use.py": "from django.utils.module_loading import import_string\nclass Memory:\n    def __init__(self):\n"
            "        self.model = import_string('app.one.One')()\n    def add(self, text):\n"
            "        self.rows.append(self.model.embed(text))\n",
        },
        ["app/one.py:4 gateway", "app/use.py:6 use"],
        id="a class that a library loads",
    ),
    pytest.param(
        {
            "app/__init__.py": "",
            "app/one.py": MODEL.replace("{name}", "One"),
            "app/two.py": "class Two:\n    def embed(self, text):\n        return [0.0]\n",
            "app/factory.py": "import importlib\ndef load(path):\n    home, _, name = path.rpartition('.')\n"
            "    return getattr(importlib.import_module(home), name)\n",
            "app/use.py": "from app.factory import load\nclass Memory:\n    def __init__(self):\n"
            "        self.model = load('app.two.Two')()\n"
            "    def add(self, text):\n        self.rows.append(self.model.embed(text))\n",
        },
        ["app/one.py:4 direct"],
        id="a class that asks no model",
    ),
]


@pytest.mark.parametrize(("files", "points"), [*DEFAULTS, *VARIANTS, *LENT, *LOADED])
def test_roles(files: dict[str, str], points: list[str]) -> None:
    assert roles(files) == points
