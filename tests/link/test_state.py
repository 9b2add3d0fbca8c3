"""State accesses, tracers, and which state belongs to a call."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from aicensus.link.evaluate import Evaluator
from aicensus.link.project import Module
from aicensus.link.state import StateFinder, StateHit, StateLinks, find_tracers
from aicensus.model.census import Step
from tests.link.projects import an_evaluator, names_in


def find_state(evaluator: Evaluator, module: Module) -> tuple[StateHit, ...]:
    return StateFinder(evaluator, names_in(evaluator)).hits(module)


def state(code: str, path: str = "main.py", others: Mapping[str, str] | None = None) -> list[tuple[int, str, str, str, str]]:
    evaluator = an_evaluator({path: code, **(others or {})})
    return [(h.line, h.kind, h.tech, h.access, h.name) for h in find_state(evaluator, evaluator.at(path))]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        pytest.param(
            "import chromadb\nc = chromadb.PersistentClient('/data').get_collection('docs')\nc.query(query_texts=['x'])\n",
            [(2, "vector_store", "chromadb", "both", "docs"), (3, "vector_store", "chromadb", "read", "docs")],
            id="name from the call that made the object",
        ),
        pytest.param(
            "import redis\nr = redis.Redis()\nr.set('refund', 1)\n",
            [(2, "cache", "redis", "both", ""), (3, "cache", "redis", "write", "refund")],
            id="name of its own",
        ),
        pytest.param(
            "import sqlite3\nsqlite3.connect('app.db').execute('select 1')\n",
            [(2, "database", "sqlite", "read", "app.db")],
            id="chain on one store",
        ),
        pytest.param(
            "from django.db import models\nclass Ticket(models.Model):\n    pass\ndef open_tickets():\n"
            "    return Ticket.objects.filter(open=True).order_by('at').first()\n",
            [(2, "database", "django", "both", "Ticket"), (5, "database", "django", "read", "Ticket")],
            id="model of the tree",
        ),
        pytest.param(
            "from asgiref.sync import sync_to_async\nfrom django.db import models\nclass Ticket(models.Model):\n    pass\n"
            "async def add():\n    await sync_to_async(Ticket.objects.create)(a=1)\n",
            [(3, "database", "django", "both", "Ticket"), (6, "database", "django", "write", "Ticket")],
            id="method handed on",
        ),
        pytest.param("open('a.txt')\n", [(1, "file", "file", "read", "a.txt")], id="file read"),
        pytest.param("open('a.txt', mode='w')\n", [(1, "file", "file", "write", "a.txt")], id="file written"),
        pytest.param("open('a.txt', 'r+')\n", [(1, "file", "file", "both", "a.txt")], id="file updated"),
        pytest.param("open('.cache.json')\n", [(1, "cache", "file", "read", ".cache.json")], id="cache in a file"),
        pytest.param(
            "import os, redis\nr = redis.Redis()\nr.get(os.environ['KEY'])\n",
            [(2, "cache", "redis", "both", ""), (3, "cache", "redis", "read", "$KEY")],
            id="name from the environment",
        ),
        pytest.param("def get(d, k):\n    return d.get(k)\n", [], id="near miss: dict"),
        pytest.param("class Ticket:\n    objects = []\nTicket.objects.append(1)\n", [], id="near miss: class without a library base"),
        pytest.param("from urllib.request import urlopen\nurlopen('https://example.com')\n", [], id="near miss: urlopen"),
    ],
)
def test_python(code: str, found: list[tuple[int, str, str, str, str]]) -> None:
    assert state(code) == found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        pytest.param(
            "class Chat:\n    def __init__(self):\n        self.history = []\n    def say(self, m):\n        self.history.append(m)\n",
            [(3, "session", "history")],
            id="history",
        ),
        pytest.param(
            "class Chat:\n    def __init__(self):\n        self.messages = []\n    def reset(self, given):\n"
            "        self.messages = given\n",
            [(3, "session", "messages")],
            id="bound again",
        ),
        pytest.param(
            "class Conversation:\n    def add(self, t): ...\nclass Agent:\n    def __init__(self):\n"
            "        self.conversation = Conversation()\n"
            "    def say(self, m):\n        self.conversation.add(m)\n",
            [(5, "memory", "conversation")],
            id="object of the tree named like it",
        ),
        pytest.param(
            "import uuid\nclass Target:\n    def __init__(self):\n        self.session_id = str(uuid.uuid4())\n",
            [(4, "session", "session_id")],
            id="new session",
        ),
        pytest.param(
            "query_cache = {}\ndef ask(q):\n    if q in query_cache:\n        return query_cache[q]\n    query_cache[q] = 1\n",
            [(1, "cache", "query_cache"), (5, "cache", "query_cache")],
            id="cache of a module and its use",
        ),
        pytest.param("class Chat:\n    def __init__(self):\n        self.history = []\n", [], id="near miss: nothing is put in"),
        pytest.param(
            "class Chat:\n    def __init__(self):\n        self.history = load()\n    def say(self, m):\n        self.history.append(m)\n",
            [],
            id="near miss: not made here",
        ),
        pytest.param(
            "class Chat:\n    def __init__(self, session_id):\n        self.session_id = session_id\n", [], id="near miss: session given"
        ),
        pytest.param("messages = []\nmessages.append(1)\n", [], id="near miss: list of a script"),
        pytest.param("def ask(q):\n    cache = {}\n    cache[q] = 1\n    return cache\n", [], id="near miss: local"),
    ],
)
def test_what_a_python_program_holds(code: str, found: list[tuple[int, str, str]]) -> None:
    evaluator = an_evaluator({"main.py": code})
    held = [h for h in find_state(evaluator, evaluator.at("main.py")) if h.tech == "in-process"]
    assert [(h.line, h.kind, h.name) for h in held] == found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        pytest.param(
            "class Chat {\n  constructor() { this.history = []; }\n  say(m) { this.history.push(m); }\n}\n",
            [(2, "session", "history")],
            id="history",
        ),
        pytest.param(
            "class Prompts {\n  constructor() { this.cache = new Map(); }\n  get(k) { this.cache.set(k, 1); }\n}\n",
            [(2, "cache", "cache")],
            id="cache",
        ),
        pytest.param("class Chat {\n  constructor(history) { this.history = history; }\n}\n", [], id="near miss: given"),
    ],
)
def test_what_a_javascript_program_holds(code: str, found: list[tuple[int, str, str]]) -> None:
    assert [(line, kind, name) for line, kind, _, _, name in state(code, "main.js")] == found


def test_a_cache_of_another_module() -> None:
    others = {"app/__init__.py": "", "app/state.py": "query_cache = {}\n"}
    code = "from app import state\ndef ask(q):\n    state.query_cache[q] = 1\n"
    assert state(code, "app/ask.py", others) == [(3, "cache", "in-process", "write", "query_cache")]


def test_the_embedding_model_of_an_index() -> None:
    code = (
        "from langchain_openai import OpenAIEmbeddings\nfrom langchain_community.vectorstores import FAISS\n"
        "store = FAISS.from_texts(['a'], OpenAIEmbeddings(model='text-embedding-3-small'))\n"
    )
    evaluator = an_evaluator({"main.py": code})
    assert [h.model for h in find_state(evaluator, evaluator.at("main.py"))] == ["text-embedding-3-small"]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        pytest.param("from langfuse import observe\n@observe\ndef ask(): ...\n", [(2, "tracer", "langfuse")], id="decorator"),
        pytest.param(
            "from langfuse import observe\n@observe()\ndef ask(): ...\n", [(2, "tracer", "langfuse")], id="decorator that is called"
        ),
        pytest.param(
            "import logging\nlog = logging.getLogger(__name__)\nlog.info('x')\n",
            [(2, "logger", "logging"), (3, "logger", "logging")],
            id="logger",
        ),
        pytest.param("import math\nmath.log(2)\n", [], id="near miss: logarithm"),
    ],
)
def test_tracers(code: str, found: list[tuple[int, str, str]]) -> None:
    evaluator = an_evaluator({"main.py": code})
    assert [(h.line, h.kind, h.name) for h in find_tracers(evaluator, names_in(evaluator), evaluator.at("main.py"))] == found


CHAT = """
import redis

r = redis.Redis()


class Chat:
    def __init__(self):
        self.history = []

    def ask(self, q):
        self.history.append(q)
        return self.answer(q)

    def answer(self, q):
        return deeper(model(q))


def deeper(a):
    return deepest(a)


def deepest(a):
    r.set("deepest", a)
    return too_deep(a)


def too_deep(a):
    r.set("too_deep", a)


def handler(q):
    r.set("handler", q)
    return Chat().ask(q)


def other(q):
    r.set("other", q)
"""


def test_state_of_a_call_is_that_of_its_function_its_way_and_what_it_calls() -> None:
    evaluator = an_evaluator({"chat.py": CHAT})
    module = evaluator.at("chat.py")
    call = next(c for c in module.calls if "model" in str(c.callee))
    links = StateLinks(evaluator)
    links.add(find_state(evaluator, module))
    assert [h.name for h in links.of("chat.py", call.scope)] == ["history", "deepest"]
    route = (Step(symbol="handler", path="chat.py", line=33), Step(symbol="Chat.ask", path="chat.py", line=12))
    assert [h.name for h in links.of("chat.py", call.scope, route)] == ["history", "deepest", "handler"]
