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
        {
            "encoder.py": ENCODER.replace("{vector}", "reply.data[0].embedding"),
            "a.py": "from encoder import Encoder\ndef find(store, text):\n"
            "    found = store.search_data('docs', vector=Encoder().encode(text))\n"
            "    return found\n",
            "b.py": "from a import find\ndef show(text):\n    print(find(DOCS, text))\n",
        },
        ["a.py:3 use", "encoder.py:6 gateway"],
        id="what a store finds by a vector is none",
    ),
    pytest.param(
        {
            "encoder.py": ENCODER.replace("{vector}", "reply.data[0].embedding"),
            "a.py": "from encoder import Encoder\ndef find(store, text):\n    return store.scaled(Encoder().encode(text), 2)\n",
            "b.py": "from a import find\ndef show(text):\n    print(find(DOCS, text))\n",
        },
        ["b.py:3 use", "encoder.py:6 gateway"],
        id="near miss: what is made of a vector is one",
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

BASE = "class Embeddings:\n    def run(self, texts):\n        raise NotImplementedError\n"
MIXIN = (
    "from openai import OpenAI\nfrom base import Embeddings\nclass Mixin:\n    def run(self, texts):\n"
    "        reply = OpenAI().embeddings.create(model='m', input=texts)\n"
    "        return [Row(text, one.embedding) for text, one in zip(texts, reply.data)]\nclass Row:\n    pass\n{heir}"
)
STORE = "from base import Embeddings\ndef store(model: Embeddings, rows):\n    save(model.run(rows))\n"
RANK = (
    "import cohere\nclass Ranker:\n    def __init__(self):\n        self.client = cohere.Client()\n    def rank(self, query, docs):\n"
    "        reply = self.client.rerank(model='m', query=query, documents=docs)\n        kept = []\n"
    "        for row in reply.results:\n            kept.append({kept})\n        return {given}\n"
)
ASKING = "from rank import Ranker\ndef find(query, docs):\n    show(Ranker().rank(query, docs))\n"
SHAPED = [
    pytest.param(
        {"base.py": BASE, "m.py": MIXIN.replace("{heir}", "class Local(Mixin, Embeddings):\n    pass\n"), "a.py": STORE},
        ["a.py:3 use", "m.py:5 gateway"],
        id="a method that a class beside the base brings in",
    ),
    pytest.param(
        {"base.py": BASE, "m.py": MIXIN.replace("{heir}", "class Local(Mixin):\n    pass\n"), "a.py": STORE},
        ["m.py:5 direct"],
        id="a method of a class that has nothing to do with the base",
    ),
    pytest.param(
        {"rank.py": RANK.replace("{kept}", "docs[row.index]").replace("{given}", "kept"), "a.py": ASKING},
        ["a.py:3 use", "rank.py:6 gateway"],
        id="a reranker gives the documents that the answer points at",
    ),
    pytest.param(
        {"rank.py": RANK.replace("{kept}", "docs[row.index]").replace("{given}", "docs[0]"), "a.py": ASKING},
        ["rank.py:6 direct"],
        id="a document that is given whatever the answer",
    ),
]
TEMPLATE = (
    "from string import Formatter\nclass Template:\n    def __init__(self, template):\n        formatter = Formatter()\n"
    "        self.parsed = list(formatter.{method}(template))\n    def fill(self, **values):\n        parts = []\n"
    "        for text, name, _, _ in self.parsed:\n            parts.append(text)\n            parts.append(values.get(name))\n"
    "        return ''.join(parts)\n"
)
PROMPTS = [
    pytest.param(
        {
            "llm.py": "from openai import OpenAI\nc = OpenAI()\ndef ask(prompt):\n"
            "    return c.responses.create(model='gpt-4o', input=prompt)\n",
            "template.py": TEMPLATE.replace("{method}", method),
            "a.py": f"from llm import ask\nfrom template import Template\ndef f(rows):\n    ask(Template({WORDS}).fill(rows=rows))\n",
            "b.py": "from a import f\ndef g(rows):\n    f('Rows of the table that was read from the file')\n",
        },
        points,
        id=name,
    )
    for method, points, name in (
        ("parse", ["a.py:4 use", "llm.py:4 gateway"], "a template that a class of the tree takes apart and fills"),
        ("get_field", ["b.py:3 use", "llm.py:4 gateway"], "a class that makes something else of its text"),
    )
]
BODIES = [
    pytest.param(
        {"r.py": f"import requests\ndef ask(url, text):\n    return requests.post(url, json={body}).json()\n"},
        points,
        id=name,
    )
    for body, points, name in (
        ("{'messages': [text], 'max_tokens': 5}", ["r.py:3 direct"], "messages with how to sample"),
        ("{'messages': [text], 'channel': 5}", [], "messages for a channel"),
        ("{'inputs': [text], 'normalize': True}", ["r.py:3 direct"], "texts to normalised vectors"),
        ("{'inputs': [text], 'truncate': True}", [], "inputs that are cut"),
        ("{'query': text, 'texts': [text], 'raw_scores': False}", ["r.py:3 direct"], "texts to rank"),
        ("{'query': text, 'texts': [text]}", [], "texts and a query"),
        ("{'prompt': text, 'n_predict': 9, 'stop': []}", ["r.py:3 direct"], "a prompt with its limit"),
        ("{'prompt': text, 'stop': []}", [], "a prompt alone"),
    )
]

KINDS = [
    pytest.param(
        {
            "llm.py": "import litellm\nclass Model:\n    def run(self, prompt):\n"
            "        return litellm.completion(model='m', messages=prompt)\n"
            f"    def {name}(self, prompt):\n        return self.run(prompt)\n",
            "a.py": f"from llm import Model\ndef f(m: Model, t):\n    save(m.{name}([{{'role': 'user', 'content': {WORDS} + t}}]))\n",
        },
        points,
        id=name,
    )
    for name, points in (("acomplete", ["a.py:3 use", "llm.py:4 gateway"]), ("embed_query", ["llm.py:4 gateway"]))
]
NODE = "class Node:\n    def execute(self, state):\n        raise NotImplementedError\n"
PLAIN = "".join(f"class Step{i}(Node):\n    def execute(self, state):\n        return state\n" for i in range(6))
RUN = "from nodes import Node\ndef run(node: Node, text):\n    return node.execute({'prompt': 'Say what stands on this page: ' + text})\n"
MODEL_NODE = (
    "from openai import OpenAI\nclass Ask(Node):\n    def execute(self, state):\n"
    "        return OpenAI().responses.create(model='gpt-4o', input=state['prompt'])\n"
)
STEPS = [
    pytest.param({"nodes.py": NODE + MODEL_NODE, "a.py": RUN}, ["a.py:3 use", "nodes.py:7 gateway"], id="a base class of models"),
    pytest.param(
        {"nodes.py": NODE + PLAIN + MODEL_NODE, "a.py": RUN}, ["nodes.py:25 direct"], id="a base class of steps, one of which asks a model"
    ),
]
TESTED = (
    "from langchain_openai import ChatOpenAI\nclass Node:\n    def __init__(self, config):\n        self.engine = config['llm']\n"
    "    def run(self, text):\n        if isinstance(self.{name}, ChatOpenAI):\n            self.engine.seed = 1\n"
    f"        return self.engine.invoke({WORDS} + text)\n"
)
PIPED = (
    "from langchain_core.prompts import PromptTemplate\nfrom langchain_core.output_parsers import StrOutputParser\n"
    "class Node:\n    def __init__(self, config):\n        self.llm = config['llm']\n    def run(self, text):\n"
    f"        prompt = PromptTemplate.from_template({WORDS})\n"
    "        chain = {chain}\n        return chain.invoke({'text': text})\n"
)
HINTS = [
    pytest.param({"a.py": TESTED.replace("{name}", "engine")}, ["a.py:8 direct"], id="an attribute that is asked whether it is a model"),
    pytest.param({"a.py": TESTED.replace("{name}", "other")}, [], id="another attribute that is"),
    pytest.param({"a.py": PIPED.replace("{chain}", "prompt | self.llm | StrOutputParser()")}, ["a.py:9 direct"], id="a prompt piped on"),
    pytest.param({"a.py": PIPED.replace("{chain}", "prompt | StrOutputParser()")}, [], id="a prompt piped into a parser"),
]
SETTINGS = (
    "from openai import OpenAI\nfrom pydantic import BaseModel, Field\nfrom prompts import triage\nclass Settings(BaseModel):\n"
    "    {name}: str = Field(default=triage)\ndef ask(settings: Settings, text):\n"
    "    return OpenAI().responses.create(model='gpt-4o', input=settings.{name} + text)\n"
)
NAMED = [
    pytest.param(
        {
            "prompts.py": f"triage = {WORDS}\n",
            "a.py": SETTINGS.replace("{name}", name),
            "b.py": "from a import ask\ndef f(settings, t):\n    print(ask(settings, t))\n",
        },
        ["a.py:7 direct"],
        id=f"a field named {what}",
    )
    for name, what in (("triage", "like the text that it holds by default"), ("other", "otherwise"))
]
CHAIN = (
    "from langchain_core.prompts import PromptTemplate\nfrom langchain_openai import ChatOpenAI\nclass Node:\n"
    "    def patient(self, {handed}inputs):\n        {made}return chain.invoke(inputs)\n    def run(self, text):\n"
    "        chain = PromptTemplate.from_template('Say in one sentence what stands in {text}') | ChatOpenAI()\n"
    "        print(self.patient({given}{'text': text}))\n"
)
CHAINS = [
    pytest.param(
        {"a.py": CHAIN.replace("{handed}", "chain, ").replace("{made}", "").replace("{given}", "chain, ")},
        ["a.py:5 gateway", "a.py:8 use"],
        id="words of a chain that is handed in are the caller's",
    ),
    pytest.param(
        {
            "a.py": CHAIN.replace("{handed}", "")
            .replace("{made}", f"chain = PromptTemplate.from_template({WORDS}) | ChatOpenAI()\n        ")
            .replace("{given}", "")
        },
        ["a.py:6 direct"],
        id="words of a chain of its own",
    ),
]
FAMILY = "class Base:\n    def call_model(self, conversation):\n        raise NotImplementedError\n"
OPENAI = (
    "from openai import OpenAI\nfrom base import Base\nclass A(Base):\n    def call_model(self, conversation):\n"
    "        return OpenAI().responses.create(model='gpt-4o', input=conversation)\n"
)
OTHER = "from base import Base\nclass B({base}):\n    def call_model(self, conversation):\n        return None\n"
CALLS = f"def f(provider, t):\n    print(provider.call_model([{{'role': 'user', 'content': {WORDS} + t}}]))\n"
FAMILIES = [
    pytest.param(
        {"base.py": FAMILY, "m.py": OPENAI, "b.py": OTHER.replace("{base}", "Base"), "a.py": CALLS},
        ["a.py:2 use", "m.py:5 gateway"],
        id="a method that only one family of classes has",
    ),
    pytest.param(
        {"base.py": FAMILY, "m.py": OPENAI, "b.py": OTHER.replace("({base})", ""), "a.py": CALLS},
        ["m.py:5 gateway"],
        id="a method that other classes have too",
    ),
]

STORES = "class Store:\n    def insert(self, rows):\n        raise NotImplementedError\n"
STORE_OF = (
    "import ollama\nfrom store import Store\nclass {name}(Store):\n    def insert(self, rows):\n        {given}(self._one(rows))\n"
    "    def _one(self, text):\n        return ollama.embed(model='m', input=text).embeddings[0]\n"
)
FILLS = "from store import Store\ndef fill(store: Store, rows):\n    show(store.insert(rows))\n"
KEEPERS = [
    pytest.param(
        {
            "store.py": STORES,
            "m.py": STORE_OF.replace("{name}", "A").replace("{given}", given),
            "n.py": STORE_OF.replace("{name}", "B").replace("{given}", given),
            "a.py": FILLS,
        },
        points,
        id=name,
    )
    for given, points, name in (
        ("return list", ["a.py:3 use", "m.py:7 gateway", "n.py:7 gateway"], "versions of a method that give the vectors of a helper"),
        (
            "self.rows.add",
            ["m.py:5 use", "m.py:7 gateway", "n.py:5 use", "n.py:7 gateway"],
            "versions of a method that keep the vectors of a helper",
        ),
    )
]


EMBED = "from openai import OpenAI\ndef embed(texts):\n    return OpenAI().embeddings.create(model='m', input=texts).data\n"
RUN = "import asyncio\nfrom llm import embed\nasync def load(rows):\n    def batch(texts):\n        return embed(texts)\n"


def near(second: str) -> dict[str, str]:
    """A module that asks for vectors through a function of its own; `second` is what else stands in it."""
    first = "from llm import embed\ndef vector(text):\n    found = embed([text])\n    return found[0]\n"
    return {"llm.py": EMBED, "nav.py": f"{first}def add(t):\n    store(vector(t))\n{second}"}


INSIDE = [
    pytest.param(
        near("def search(t):\n    return lookup(vector(t))\n"),
        ["llm.py:3 gateway", "nav.py:6 use", "nav.py:8 use"],
        id="several ask a helper",
    ),
    pytest.param(near("def search(t):\n    return lookup(t)\n"), ["llm.py:3 gateway", "nav.py:3 use"], id="near miss: one asks a helper"),
    pytest.param(
        {"llm.py": EMBED, "a.py": f"{RUN}    store(await asyncio.to_thread(batch, rows))\n"},
        ["a.py:6 use", "llm.py:3 gateway"],
        id="a function inside that is handed to who runs it",
    ),
    pytest.param(
        {"llm.py": EMBED, "a.py": f"{RUN}    store(batch(rows))\n"}, ["a.py:5 use", "llm.py:3 gateway"], id="near miss: one that is called"
    ),
]


@pytest.mark.parametrize(("files", "points"), INSIDE)
def test_helpers_of_one_module(files: dict[str, str], points: list[str]) -> None:
    assert roles(files) == points


@pytest.mark.parametrize(
    ("files", "points"),
    [*KEEPERS, *KINDS, *DEFAULTS, *VARIANTS, *LENT, *LOADED, *SHAPED, *PROMPTS, *BODIES, *STEPS, *HINTS, *NAMED, *CHAINS, *FAMILIES],
)
def test_roles(files: dict[str, str], points: list[str]) -> None:
    assert roles(files) == points
