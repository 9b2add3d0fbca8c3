"""Calls are traced to the library through every way that code hands objects and functions on."""

from __future__ import annotations

import pytest

from tests.link.linked import roles

ASK = "client.chat.completions.create(model='gpt-4o', messages=[{'role': 'user', 'content': 'Summarise the ticket in one line'}])"
MADE = "from openai import OpenAI\nclient = OpenAI()\n"

PYTHON = [
    pytest.param({"a.py": f"from openai import OpenAI as O\nclient = O()\n{ASK}\n"}, ["a.py:3 direct"], id="alias"),
    pytest.param({"a.py": f"import openai as o\nclient = o.OpenAI()\n{ASK}\n"}, ["a.py:3 direct"], id="module alias"),
    pytest.param(
        {"p/__init__.py": "from .made import client\n", "p/made.py": MADE, "b.py": f"from p import client\n{ASK}\n"},
        ["b.py:2 direct"],
        id="re-export",
    ),
    pytest.param({"made.py": MADE, "b.py": f"from made import *\n{ASK}\n"}, ["b.py:2 direct"], id="star import"),
    pytest.param(
        {
            "a.py": "from openai import OpenAI\nclass S:\n    def __init__(self):\n        self.client = OpenAI()\n"
            f"    def f(self):\n        return self.{ASK}\n"
        },
        ["a.py:6 direct"],
        id="instance attribute",
    ),
    pytest.param(
        {
            "a.py": "from sentence_transformers import SentenceTransformer\nKNOWN: dict[str, SentenceTransformer] = {}\n"
            "def get(name):\n    return KNOWN[name]\ndef f(texts):\n    return get('m').encode(texts)\n"
        },
        ["a.py:6 direct"],
        id="what a table is declared to hold",
    ),
    pytest.param(
        {"a.py": "import sentence_transformers\nKNOWN: dict[str, bytes] = {}\ndef f(texts):\n    return KNOWN['m'].encode(texts)\n"},
        [],
        id="near miss: a table of something else",
    ),
    pytest.param(
        {
            "own.py": "from langchain_openai import ChatOpenAI\nclass Own(ChatOpenAI):\n    pass\n",
            "a.py": "from own import Own\n" + f"many = [{', '.join(f'x{n}' for n in range(2000))}, Own()]\n"
            "for one in many:\n    one.invoke('Name the city')\n",
            "b.py": "from own import Own\ndef f():\n    return Own().invoke('Name the country of the city')\n",
        },
        ["b.py:3 direct"],
        id="a base first asked for when a long question has no steps left",
    ),
    pytest.param(
        {
            "base.py": "from openai import OpenAI\nclass Base:\n    def __init__(self):\n        self.client = OpenAI()\n",
            "a.py": f"from base import Base\nclass S(Base):\n    def f(self):\n        return self.{ASK}\n",
        },
        ["a.py:4 direct"],
        id="inherited attribute",
    ),
    pytest.param(
        {"a.py": f"from openai import OpenAI\ndef made():\n    return OpenAI()\ndef f():\n    client = made()\n    return {ASK}\n"},
        ["a.py:6 direct"],
        id="factory",
    ),
    pytest.param({"a.py": f"from openai import OpenAI\ndef f(client: OpenAI):\n    return {ASK}\n"}, ["a.py:3 direct"], id="annotation"),
    pytest.param(
        {"a.py": f"from openai import OpenAI\ndef f(client=OpenAI()):\n    return {ASK}\n"}, ["a.py:3 direct"], id="default argument"
    ),
    pytest.param(
        {"a.py": f"from openai import OpenAI\ndef f():\n    client = OpenAI()\n    def g():\n        return {ASK}\n    return g\n"},
        ["a.py:5 direct"],
        id="closure",
    ),
    pytest.param(
        {
            "a.py": "from fastapi import Depends\nfrom openai import OpenAI\ndef made():\n    return OpenAI()\n"
            f"def f(client=Depends(made)):\n    return {ASK}\n"
        },
        ["a.py:6 direct"],
        id="dependency injection",
    ),
    pytest.param(
        {"a.py": f"from openai import OpenAI\ndef f():\n    with OpenAI() as client:\n        return {ASK}\n"},
        ["a.py:4 direct"],
        id="context manager",
    ),
    pytest.param(
        {
            "a.py": f"from openai import OpenAI\nclients = {{}}\nclients['a'] = OpenAI()\ndef f(k):\n"
            f"    client = clients[k]\n    return {ASK}\n"
        },
        ["a.py:6 direct"],
        id="put into a dict",
    ),
    pytest.param(
        {
            "a.py": "import asyncio\nfrom openai import OpenAI\nc = OpenAI()\nasync def f():\n"
            "    await asyncio.to_thread(c.chat.completions.create, model='gpt-4o', messages=[])\n"
        },
        ["a.py:5 direct"],
        id="handed to a thread",
    ),
    pytest.param(
        {
            "a.py": "from functools import partial\nfrom openai import OpenAI\n"
            "run = partial(OpenAI().chat.completions.create, model='gpt-4o')\nrun(messages=[])\n"
        },
        ["a.py:4 direct"],
        id="partial",
    ),
    pytest.param({"a.py": "class C:\n    pass\nC().chat.completions.create_all(messages=[])\n"}, [], id="own class with a like name"),
    pytest.param(
        {"a.py": "from openai import OpenAI\nclient = OpenAI()\nclient.models.list()\nclient.files.create(file=None)\n"},
        [],
        id="other calls of the SDK",
    ),
    pytest.param({"a.py": f"CODE = '''\n{MADE}{ASK}\n'''\n"}, [], id="code inside a string"),
]

SAY = "create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Summarise the ticket in one line' }] })"

DECLARED = (
    "import {{ BaseChatModel }} from '@langchain/core/language_models/chat_models'\nexport class Guard {{\n  private model{type}\n"
    "  constructor(model) {{\n    this.model = model\n  }}\n"
    "  async check(t) {{\n    return this.model.invoke(`Is this harmful? Answer yes or no: ${{t}}`)\n  }}\n}}\n"
)
GUARDED = "import { Guard } from './a'\nimport { parse } from 'some-tool'\nnew Guard(parse().found[0].model)\n"
ASKING = (
    "from functools import partial\nfrom own import Own\nclass W:\n    def __init__(self):\n        self.own = Own()\n"
    "    def say(self, p):\n        {body}\n"
)
GOT = {
    "own.py": f"{MADE}class Own:\n    def ask_model(self, p):\n"
    "        return client.chat.completions.create(model='m', messages=[{'role': 'user', 'content': p}])\n",
    "b.py": "from w import W\ndef f(t):\n    found = W().say('Summarise the ticket in one line: ' + t)\n    return len(found)\n",
}


def asked(*body: str) -> dict[str, str]:
    """A class that holds the one that asks, and has these lines in the method between it and its caller."""
    return GOT | {"w.py": ASKING.format(body="\n        ".join(body))}


BY_NAME = [
    pytest.param(asked("return getattr(self.own, 'ask_model')(p)"), ["b.py:3 use", "own.py:5 gateway"], id="a member by its name"),
    pytest.param(
        asked("ask = getattr(self.own, 'ask_model', None)", "return partial(ask, p)()"),
        ["b.py:3 use", "own.py:5 gateway"],
        id="a member by its name, with its arguments first",
    ),
    pytest.param(asked("return getattr(self.own, 'ask_other')(p)"), ["own.py:5 direct"], id="near miss: a member by another name"),
]

REGISTRY = {
    "own.ts": "import OpenAI from 'openai'\nimport { Asks } from './types'\nconst client = new OpenAI()\n"
    "export class Own implements Asks {\n  say(p) {\n"
    "    return client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: p }] })\n  }\n}\n",
    "types.ts": "export interface Asks {\n  say(p: string): Promise<string>\n}\n"
    "export interface Entry {\n  id: string\n  make: () => Asks\n}\n",
    "a.ts": "import { made } from './registry'\nexport async function f(t) {\n"
    "  const found = await made('own').say('Summarise the ticket in one line: ' + t)\n  return found.length\n}\n",
}
MAP = (
    "import {{ Own }} from './own'\nimport type {{ Asks, Entry }} from './types'\nconst known = new Map<string, Entry>()\n"
    "export function add(entry: Entry) {{\n  {put}\n}}\nadd({{ id: 'own', make: () => new Own() }})\n"
    "export function made(id: string){type} {{\n  const entry = known.get(id)\n  return entry.make()\n}}\n"
)
SCRIPTS = [
    pytest.param(
        {
            "hook.ts": "import OpenAI from 'openai'\nconst client = new OpenAI()\nexport function useChat() {\n"
            f"  const sendMessage = async (prompt) => {{\n    const found = await client.chat.completions.{SAY}\n"
            "    return found + prompt\n  }\n  return { sendMessage }\n}\n",
            "a.ts": "import { useChat } from './hook'\nimport type { Api } from 'some-api'\n"
            "export const hooks = [useChat]\nexport function f(api: Api, t) {\n  api.sendMessage('Summarise the ticket' + t)\n}\n",
        },
        ["hook.ts:5 direct"],
        id="near miss: a method of what is declared to be a library's, by the name of a function of the tree",
    ),
    pytest.param(
        REGISTRY | {"registry.ts": MAP.format(put="known.set(entry.id, entry)", type="")},
        ["a.ts:3 use", "own.ts:6 gateway"],
        id="an object out of a map that code fills",
    ),
    pytest.param(
        REGISTRY | {"registry.ts": MAP.format(put="rows.push(entry)", type=": Asks")},
        ["a.ts:3 use", "own.ts:6 gateway"],
        id="an object out of a map, of the type that is told",
    ),
    pytest.param(
        REGISTRY | {"registry.ts": MAP.format(put="other.set(entry.id, entry)", type="")},
        ["own.ts:6 direct"],
        id="near miss: another map is filled",
    ),
    pytest.param(
        {"a.ts": DECLARED.format(type=": BaseChatModel"), "b.ts": GUARDED}, ["a.ts:8 direct"], id="what a field is declared to be"
    ),
    pytest.param({"a.ts": DECLARED.format(type=": Parsed"), "b.ts": GUARDED}, [], id="near miss: a field declared to be something else"),
    pytest.param(
        {
            "a.ts": "import { HfInference } from '@huggingface/inference'\nexport class E {\n  client = new HfInference('k')\n"
            "  async embed(inputs) {\n"
            "    return this.caller.callWithOptions({}, this.client.featureExtraction.bind(this.client), { inputs, model: 'm' })\n"
            "  }\n  async close() {\n    return this.caller.callWithOptions({}, this.client.close.bind(this.client), {})\n  }\n}\n"
        },
        ["a.ts:5 direct"],
        id="a method bound to its object and handed on",
    ),
    pytest.param(
        {"a.ts": f"import OpenAI from 'openai'\nconst c = new OpenAI()\nawait c.chat.completions.{SAY}\n"},
        ["a.ts:3 direct"],
        id="default import",
    ),
    pytest.param(
        {"a.js": f"const OpenAI = require('openai')\nconst c = new OpenAI()\nc.chat.completions.{SAY}\n"}, ["a.js:3 direct"], id="CommonJS"
    ),
    pytest.param(
        {
            "c.ts": "import OpenAI from 'openai'\nexport const c = new OpenAI()\n",
            "index.ts": "export * from './c'\n",
            "a.ts": f"import {{ c }} from './index'\nc.chat.completions.{SAY}\n",
        },
        ["a.ts:2 direct"],
        id="barrel file",
    ),
    pytest.param(
        {
            "c.ts": "import OpenAI from 'openai'\nexport const c = new OpenAI()\n",
            "index.ts": "export * from './other'\nexport * from './index'\nexport * from './c'\n",
            "other.ts": "export * from './index'\n",
            "a.ts": f"import {{ c, gone }} from './other'\nc.chat.completions.{SAY}\ngone()\n",
        },
        ["a.ts:2 direct"],
        id="barrel files that offer each other",
    ),
    pytest.param(
        {
            "a.ts": "import OpenAI from 'openai'\nconst c = new OpenAI()\n"
            "export const ask = (messages) => c.chat.completions.create({ model: 'gpt-4o', messages })\n"
            "export { again as ask } from './b'\n",
            "b.ts": "export { ask as again } from './a'\n",
            "run.ts": "import { again } from './b'\nagain([{ role: 'user', content: 'Summarise the ticket in one line' }])\n",
        },
        ["a.ts:3 gateway", "run.ts:2 use"],
        id="exports that hand each other on",
    ),
    pytest.param(
        {
            "a.ts": f"import OpenAI from 'openai'\nconst made = () => ({{ c: new OpenAI() }})\n"
            f"const {{ c }} = made()\nc.chat.completions.{SAY}\n"
        },
        ["a.ts:4 direct"],
        id="destructured",
    ),
    pytest.param(
        {
            "a.js": f"let c\nasync function load() {{\n  const m = await import('openai')\n  c = new m.OpenAI()\n}}\n"
            f"async function f() {{\n  await load()\n  return c.chat.completions.{SAY}\n}}\n"
        },
        ["a.js:8 direct"],
        id="assigned by an inner function",
    ),
    pytest.param(
        {
            "c.js": "const OpenAI = require('openai')\nmodule.exports = class Client extends OpenAI {}\n",
            "all.js": "const Client = require('./c')\nmodule.exports = { Client }\n",
            "a.js": f"const all = require('./all')\nnew all.Client().chat.completions.{SAY}\n",
        },
        ["a.js:2 direct"],
        id="CommonJS class behind an index",
    ),
    pytest.param(
        {
            "c.js": "const OpenAI = require('openai')\nmodule.exports = () => new OpenAI()\n",
            "d.js": "module.exports = () => ({})\n",
            "a.js": f"const made = require('./c')\nmade().chat.completions.{SAY}\n",
            "b.js": f"const made = require('./d')\nmade().chat.completions.{SAY.replace('create', 'make')}\n",
        },
        ["a.js:2 direct"],
        id="CommonJS function",
    ),
    pytest.param(
        {
            "a.ts": "import { Chroma } from '@langchain/community/vectorstores/chroma'\n"
            "class Kept extends Chroma {\n  static async open(e, o) {\n    const s = new this(e, o)\n    return s\n  }\n"
            "  static size() {\n    return 1\n  }\n}\n"
            "export const f = (docs, e) => Kept.fromDocuments(docs, e, {})\n"
            "export const g = async (docs, e) => {\n  const s = await Kept.open(e, {})\n  await s.addDocuments(docs)\n}\n"
            "export const h = () => Kept.size()\n",
        },
        ["a.ts:11 direct", "a.ts:14 direct"],
        id="static methods of a library's class and of its subclass",
    ),
    pytest.param(
        {
            "a.js": "const openai_1 = require('openai')\nconst made_1 = require('./made')\n"
            "exports.f = async () => {\n  const c = await (0, made_1.made)()\n"
            f"  const a = await c.chat.completions.{SAY}\n  const n = await (0, made_1.count)(c)\n  return a.id\n}}\n",
            "made.js": "const openai_1 = require('openai')\nexports.made = () => new openai_1.OpenAI()\nexports.count = (c) => 1\n",
        },
        ["a.js:5 direct"],
        id="as compilers write calls of imported functions",
    ),
    pytest.param({"a.ts": f"const c = {{}}\nc.chat.completions.{SAY}\n"}, [], id="an object of its own, no SDK"),
]


@pytest.mark.parametrize(("files", "points"), [*PYTHON, *BY_NAME, *SCRIPTS])
def test_what_a_call_calls(files: dict[str, str], points: list[str]) -> None:
    assert roles(files) == points


def test_a_class_of_many_layers_that_calls_itself_ends() -> None:
    layers = "\n".join(
        f"class L{n}(L{n - 1}):\n    def f(self, x):\n        return self.f(self.g(x)) or super().f(x)\n"
        "    def g(self, x):\n        return self.f(x)"
        for n in range(1, 30)
    )
    files = {
        "a.py": f"class L0:\n    def f(self, x):\n        return x\n{layers}\n"
        "L29().f(1).g(2).chat.completions.create(model='x', messages=[])\n"
    }
    assert roles(files) == []
