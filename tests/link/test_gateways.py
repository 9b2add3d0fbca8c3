"""Which calls know their purpose, which are plumbing, and which calls of the plumbing say what for."""

from __future__ import annotations

import pytest

from aicensus.link.matching import MAX_LENDERS
from tests.link.linked import linked, roles

WORDS = "'Classify the ticket below as bug, question or praise'"
SENT = "c.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: p }] })"
ASK = "from openai import OpenAI\nc = OpenAI()\ndef ask(prompt):\n    return c.responses.create(model='gpt-4o', input=prompt)\n"
MANY = "".join(f"class P{n}:\n    def vectors(self, texts):\n        return embed(texts)\n" for n in range(40))
CASES = [
    pytest.param(
        {
            "base.ts": "export abstract class Base {\n  prefix = ''\n  abstract send(messages)\n"
            "  async ask(messages) {\n    const m = this.told(messages)\n    const r = await this.send(m)\n    return r.text\n  }\n"
            "  told(messages) {\n    return messages\n  }\n}\n",
            "own.ts": "import OpenAI from 'openai'\nimport { Base } from './base'\nconst c = new OpenAI()\n"
            "export class Own extends Base {\n  send(messages) {\n    return c.chat.completions.create({ model: 'm', messages })\n  }\n}\n",
            "other.ts": "import { Base } from './base'\nexport class Other extends Base {\n  send(messages) {\n    return messages\n  }\n"
            "  told(messages) {\n"
            "    return [{ role: 'system', content: 'Follow these instructions in every response you give' }, ...messages]\n  }\n}\n",
            "a.ts": "import { Base } from './base'\nexport async function f(m: Base, ticket) {\n"
            "  const a = await m.ask(ticket.messages)\n  return a.length\n}\n",
        },
        ["own.ts:6 gateway"],
        id="words of a sibling are not those of the base that calls either",
    ),
    pytest.param(
        {
            "llm.py": "from openai import OpenAI\nc = OpenAI()\ndef embed(texts):\n"
            f"    return c.embeddings.create(model='m', input=texts)\n{MANY}def made(name):\n"
            + "".join(f"    if name == '{n}':\n        return P{n}()\n" for n in range(40)),
            "a.py": "from llm import made\ndef f(name, t):\n    found = made(name).vectors([t])\n    return len(found)\n",
        },
        ["a.py:3 use", "llm.py:4 gateway"],
        id="more classes than are kept for one call",
    ),
    pytest.param(
        {
            "llm.js": "const OpenAI = require('openai')\nconst c = new OpenAI()\n"
            f"module.exports = function complete(p) {{\n  return {SENT}\n}}\n",
            "other.js": "module.exports = function complete(p) {\n  return p.length\n}\n",
            "a.js": f"const say = require('./llm')\nexports.f = async (t) => {{\n"
            f"  const a = await say({WORDS} + t)\n  return a.length\n}}\n",
            "b.js": f"const say = require('./other')\nexports.f = (t) => say({WORDS} + t)\n",
        },
        ["a.js:3 use", "llm.js:4 gateway"],
        id="a script that is one function, under another name",
    ),
    pytest.param(
        {
            "base.js": "class Base {\n  complete(p) {\n    const c = this.client()\n"
            f"    return {SENT}\n  }}\n}}\nmodule.exports = Base\n",
            "own.js": "const OpenAI = require('openai')\nconst Base = require('./base')\n"
            "module.exports = class Own extends Base {\n  client() {\n    return new OpenAI()\n  }\n}\n",
            "a.js": "const Model = require('./own')\nexports.f = async (t) => {\n  const m = new Model()\n"
            f"  const a = await m.complete({WORDS} + t)\n  return a.length\n}}\n",
        },
        ["a.js:4 use", "base.js:4 gateway"],
        id="a class of another script, under another name",
    ),
    pytest.param(
        {
            "llm.js": "const OpenAI = require('openai')\nconst c = new OpenAI()\n"
            f"async function ask(p) {{\n  return {SENT}\n}}\nmodule.exports = {{ ask }}\n",
            "a.js": "const { ask } = require('./llm')\nexports.f = async function (t) {\n"
            f"  const a = await ask.call(this, {WORDS} + t)\n  return a.length\n}}\n",
        },
        ["a.js:3 use", "llm.js:4 gateway"],
        id="called with a receiver",
    ),
    pytest.param(
        {
            "llm.py": ASK,
            "a.py": f"from llm import ask\ndef f(t):\n    return ask({WORDS} + t)\ndef g(t):\n"
            "    return ask('Translate this text into plain German: ' + t)\n",
        },
        ["a.py:3 use", "a.py:5 use", "llm.py:4 gateway"],
        id="wrapper and its uses",
    ),
    pytest.param(
        {
            "llm.py": "from openai import OpenAI\nc = OpenAI()\ndef ask(prompt):\n"
            "    return c.responses.create(model='gpt-4o', input=prompt)\ndef retry(prompt):\n"
            "    return ask(prompt)\n",
            "a.py": f"from llm import retry\ndef f(t):\n    return retry({WORDS} + t)\n",
        },
        ["a.py:3 use", "llm.py:4 gateway"],
        id="two levels, the one between only hands on",
    ),
    pytest.param(
        {
            "a.py": "from openai import OpenAI\nc = OpenAI()\ndef classify(ticket):\n"
            f"    return c.responses.create(model='gpt-4o', input={WORDS} + ticket)\n",
            "b.py": "from a import classify\ndef f(t):\n    return classify('A long text that the customer wrote about the product')\n",
        },
        ["a.py:4 direct"],
        id="a function with words of its own is no plumbing",
    ),
    pytest.param(
        {
            "llm.py": "from openai import OpenAI\nc = OpenAI()\nclass Base:\n    def run(self, messages):\n"
            "        raise NotImplementedError\nclass A(Base):\n"
            "    def run(self, messages):\n        return c.chat.completions.create(model='gpt-4o', messages=messages)\n",
            "a.py": f"from llm import Base\ndef f(model: Base):\n    return model.run([{{'role': 'user', 'content': {WORDS}}}])\n",
        },
        ["a.py:3 use", "llm.py:8 gateway"],
        id="one class a provider, called through the base",
    ),
    pytest.param(
        {
            "p.js": "import { generateText } from 'ai'\nexport class P {\n  async text(params) {\n"
            "    return generateText({ model: this.m, messages: params.messages })\n  }\n}\n",
            "s.js": "import { P } from './p.js'\nconst ALL = { a: new P() }\nexport function run(kind, params) {\n"
            "  const p = ALL[params.name]\n  return p[kind](params)\n}\n",
            "u.js": f"import {{ run }} from './s.js'\n"
            f"export const f = (t) => run('text', {{ name: 'a', messages: [{{ role: 'user', content: {WORDS} + t }}] }})\n",
        },
        ["p.js:4 gateway", "u.js:2 use"],
        id="a member by computed name of an object of providers",
    ),
    pytest.param(
        {
            "llm.ts": "import { generateText } from 'ai'\nexport function makeAsk({ model }) {\n  return async (...args) => {\n"
            "    const [options] = args\n    const run = async () => generateText({ ...options, model })\n    return retry(() => run())\n"
            "  }\n}\n",
            "u.ts": f"import {{ makeAsk }} from './llm'\nexport async function f(t) {{\n  const ask = makeAsk({{ model: 'm' }})\n"
            f"  return ask({{ system: {WORDS}, prompt: t }})\n}}\n",
        },
        ["llm.ts:5 gateway", "u.ts:4 use"],
        id="a factory that gives the caller",
    ),
    pytest.param(
        {
            "llm.py": "from openai import OpenAI\nc = OpenAI()\ndef first(prompt):\n"
            "    return c.responses.create(model='gpt-4o', input=prompt)\n",
            "table.py": "from llm import first\nTABLE = {'a': {'fn': first, 'limit': 4}}\ndef ask(prompt, name):\n"
            "    method = TABLE[name]['fn']\n    return method(prompt)\n",
            "u.py": f"from table import ask\ndef f(t, name):\n    return ask({WORDS} + t, name)\n",
        },
        ["llm.py:4 gateway", "u.py:3 use"],
        id="a table of functions",
    ),
    pytest.param(
        {
            "llm.py": "from openai import OpenAI\nfrom concurrent.futures import ThreadPoolExecutor\nc = OpenAI()\n"
            "def ask(prompt):\n    return c.responses.create(model='gpt-4o', input=prompt)\n"
            "def ask_all(prompts, names):\n    pool = ThreadPoolExecutor()\n    def one(i, prompt, name):\n        return ask(prompt)\n"
            "    return [pool.submit(one, i, p, n) for i, (p, n) in enumerate(zip(prompts, names))]\n",
            "u.py": f"from llm import ask_all\ndef f(ts):\n    return ask_all([{WORDS} + t for t in ts], ts)\n"
            "def g(ts):\n    return ask_all(ts, ['Translate this text into plain German: '])\n",
        },
        ["llm.py:5 gateway", "u.py:3 use"],
        id="lists that are gone through side by side, and words in one that is not asked",
    ),
    pytest.param(
        {
            "llm.py": ASK,
            "wrap.py": "def logged(fn):\n    def inner(*args):\n        return fn(*args)\n    return inner\n"
            "def now(fn, *args):\n    return fn(*args)\n",
            "u.py": "from llm import ask\nfrom wrap import logged, now\nloud = logged(ask)\n"
            f"def f(t):\n    return loud({WORDS} + t)\ndef g(t):\n    return now(ask, 'Translate this text into German: ' + t)\n",
        },
        ["llm.py:4 gateway", "u.py:5 use", "u.py:7 use"],
        id="a function that is handed on is asked where it is called, not where it is wrapped",
    ),
    pytest.param(
        {
            "draw.py": "from openai import OpenAI\nc = OpenAI()\ndef draw(prompt):\n"
            "    return c.responses.create(model='gpt-4o', input=prompt)\n",
            "plugin.py": "from draw import draw\ndef plugin(prompt, chat):\n    image = draw(prompt)\n    chat.append(image)\n",
            "menu.py": "from plugin import plugin\ndef execute(text, chat):\n    plugin(text, chat)\n",
        },
        ["draw.py:4 gateway", "plugin.py:3 use"],
        id="without words: the innermost that keeps the answer",
    ),
    pytest.param(
        {
            "llm.py": ASK,
            "show.py": "from llm import ask\ndef show(prompt, chat):\n    chat.append(ask(prompt))\n",
            "a.py": f"from show import show\ndef f(t, chat):\n    show({WORDS} + t, chat)\n",
        },
        ["a.py:3 use", "llm.py:4 gateway"],
        id="words further out count for more than who keeps the answer",
    ),
    pytest.param(
        {
            "llm.py": "from openai import OpenAI\nc = OpenAI()\nclass Search:\n    def look_up(self, query):\n"
            "        found = c.responses.create(model='gpt-4o', input=query)\n        return found.output_text\n",
            "a.py": "from llm import Search\ndef f(request):\n    return Search().look_up(request.text)\n",
        },
        ["llm.py:5 direct"],
        id="a function that is given data, not by name a prompt, knows its purpose",
    ),
    pytest.param(
        {
            "llm.py": "from openai import OpenAI\nc = OpenAI()\ndef send(messages):\n"
            "    made = [{'role': m.role, 'content': m.content} for m in messages.copy()]\n"
            "    return c.chat.completions.create(model='gpt-4o', messages=made)\n",
            "a.py": "from llm import send\nfrom langchain_core.messages import HumanMessage\ndef f(t):\n"
            f"    return send([HumanMessage(content={WORDS} + t)])\n",
        },
        ["a.py:4 use", "llm.py:5 gateway"],
        id="messages that are copied and made anew are still the caller's",
    ),
    pytest.param(
        {
            "llm.py": "from openai import OpenAI\nc = OpenAI()\nclass Target:\n    def __init__(self):\n"
            "        self.options = {'model': 'gpt-4o'}\n    def invoke(self, prompt):\n        self.options['input'] = prompt\n"
            "        return c.responses.create(**self.options)\n    def other(self, text):\n        self.notes['input'] = text\n",
            "a.py": f"from llm import Target\ndef f(t):\n    return Target().invoke({WORDS} + t)\n",
        },
        ["a.py:3 use", "llm.py:8 gateway"],
        id="options kept in an attribute",
    ),
    pytest.param(
        {
            "llm.ts": "import { generateText, tool } from 'ai'\nimport { wrap } from './wrap'\n"
            "export async function ask(options) {\n  return generateText({ model: m, prompt: options.prompt })\n}\n",
            "search.ts": "import { tool } from 'ai'\nimport { ask } from './llm'\nexport const search = tool({\n"
            "  execute: async ({ query }) => {\n    const found = await ask({ prompt: query })\n    return found.text\n  },\n})\n"
            "export async function unused({ query }) {\n  return ask({ prompt: query })\n}\n",
        },
        ["llm.ts:4 gateway", "search.ts:5 use"],
        id="a function that a library calls, and one that nobody calls",
    ),
    pytest.param(
        {
            "chat.ts": "import OpenAI from 'openai'\nexport class Chat {\n  client = new OpenAI()\n"
            "  send(prompt) {\n    return this.client.responses.create({ model: 'gpt-4o', input: prompt })\n  }\n}\n",
            "pool.ts": "import { Chat } from './chat'\nexport default class Pool {\n  private slots: Chat[]\n"
            "  all(): Chat[] {\n    return [...this.slots]\n  }\n}\n",
            "u.ts": "export async function check(ctx: { pool: import('./pool').default, text: string }) {\n"
            "  const { pool } = ctx\n  const [chat] = pool.all()\n"
            f"  return chat.send({WORDS} + ctx.text)\n}}\n",
        },
        ["chat.ts:5 gateway", "u.ts:4 use"],
        id="an item of a typed list, of an object that is typed in place",
    ),
    pytest.param(
        {
            "llm.py": ASK,
            "work.py": f"from llm import ask\ndef sort(prompts):\n    return ask({WORDS} + prompts)\n",
            "tests/test_work.py": "from work import sort\ndef test_sort():\n"
            "    assert sort('A long text that the customer wrote about the product')\n",
        },
        ["llm.py:4 gateway", "work.py:3 use"],
        id="words that only tests hand over are no purpose",
    ),
    pytest.param(
        {
            "a.py": "from openai import OpenAI\nc = OpenAI()\nclass S:\n    def _call_for_ranking(self, prompt):\n"
            "        return ask(prompt)\n"
            f"    def rank(self, t):\n        return self._call_for_ranking({WORDS} + t)\ndef ask(prompt):\n"
            "    return c.responses.create(model='gpt-4o', input=prompt)\n"
            "def other():\n    return ask('Write one short line about the weather today')\n",
        },
        ["a.py:11 use", "a.py:5 use", "a.py:9 gateway"],
        id="a helper that one method of its class calls is no plumbing",
    ),
    pytest.param(
        {
            "a.py": "from openai import OpenAI\nc = OpenAI()\nclass S:\n    def _call_for_ranking(self, prompt):\n"
            "        first = ask(prompt)\n        return first or ask(prompt)\n"
            f"    def rank(self, t):\n        return self._call_for_ranking({WORDS} + t)\ndef ask(prompt):\n"
            "    return c.responses.create(model='gpt-4o', input=prompt)\n"
            "def other():\n    return ask('Write one short line about the weather today')\n",
        },
        ["a.py:10 gateway", "a.py:12 use", "a.py:5 use", "a.py:6 use"],
        id="a second attempt in such a helper is a use as well",
    ),
    pytest.param(
        {
            "e.py": "from openai import OpenAI\nc = OpenAI()\ndef embed(texts):\n"
            "    return c.embeddings.create(model='text-embedding-3-small', input=texts).data\n",
            "a.py": "from e import embed\ndef index(docs):\n    return embed(docs)\n",
        },
        ["a.py:3 use", "e.py:4 gateway"],
        id="a function that lends embeddings to other files",
    ),
    pytest.param(
        {
            "r.py": "from sentence_transformers import CrossEncoder\nclass R:\n    def __init__(self):\n"
            "        self.model = CrossEncoder('BAAI/bge-reranker-base')\n"
            "    def rank(self, pairs):\n        return score(pairs, self.model)\n"
            "def score(pairs, model: CrossEncoder):\n    return model.predict(pairs)\n",
            "b.py": "from r import score\nfrom sentence_transformers import CrossEncoder\n"
            "score([], CrossEncoder('BAAI/bge-reranker-large'))\n",
        },
        ["r.py:8 direct"],
        id="a reranking helper that is handed the model lends nothing",
    ),
    pytest.param(
        {
            "w.py": "from llama_index.core.workflow import Workflow, StartEvent, step\n"
            "from llama_index.core.llms import LLM\nclass Agent(Workflow):\n"
            "    def __init__(self, llm: LLM, system_prompt=''):\n        self.llm = llm\n    @step()\n"
            "    async def plan(self, ev: StartEvent):\n"
            "        return await self.llm.achat(messages=ev.input)\n",
            "a.py": "from w import Agent\nasync def f(llm, t):\n"
            "    agent = Agent(llm, system_prompt='You sort tickets into one of three queues')\n"
            f"    return await agent.run(input={WORDS} + t)\n",
        },
        ["a.py:4 use", "w.py:8 gateway"],
        id="steps that a workflow library runs",
    ),
]


LONG = " ".join(["Sort the tickets of the shop into the queues that the table below names, and say why."] * 6)
SENDER = "import requests\ndef send(method, url, json=None):\n    return requests.request(method, url, json=json, timeout=9)\n"
CHAT_URL = "https://api.openai.com/v1/chat/completions"
TESTED = {
    "llm.py": "from openai import OpenAI\nc = OpenAI()\ndef ask(messages):\n"
    "    return c.chat.completions.create(model='gpt-4o', messages=messages)\n",
    "tests/test_a.py": f"from a import f\ndef test_f():\n    f([{{'role': 'user', 'content': {WORDS}}}])\n",
}
"""A gateway, and tests of a function `f` of another module that calls it."""
TEST_CASES = [
    pytest.param(
        {
            **TESTED,
            "a.py": f"from llm import ask\ndef f(messages):\n    return ask([{{'role': 'system', 'content': {WORDS}}}, *messages])\n",
        },
        ["a.py:3 use", "llm.py:4 gateway"],
        id="only tests call a function with a system text",
    ),
    pytest.param(
        {
            **TESTED,
            "a.py": f"from llm import ask\ndef f(messages):\n    return ask([{{'role': 'system', 'content': {WORDS}}}, *messages])\n",
            "b.py": "from a import f\ndef g(history):\n    return f(history)\n",
        },
        ["a.py:3 use", "llm.py:4 gateway"],
        id="callers of the product hand over data to a function with a system text",
    ),
    pytest.param(
        {**TESTED, "a.py": "from llm import ask\ndef f(messages):\n    return ask(messages)\n"},
        ["llm.py:4 gateway", "tests/test_a.py:3 use"],
        id="near miss: a test says what a function without words asks for",
    ),
    pytest.param(
        {
            **TESTED,
            "a.py": "from llm import ask\nNOTE = 'Answer as one JSON object'\ndef f(messages):\n"
            "    return ask([{'role': 'user', 'content': NOTE}, *messages])\n",
            "b.py": "from a import f\ndef g():\n"
            "    return f([{'role': 'user', 'content': 'Name the capital cities of all the larger countries'}])\n",
        },
        ["b.py:3 use", "llm.py:4 gateway", "tests/test_a.py:3 use"],
        id="near miss: a test says what a gateway with a line of its own asks for",
    ),
    pytest.param(
        {
            **TESTED,
            "a.py": f"from llm import ask\nLONG = '{LONG}'\ndef mark(items):\n    return [{{**item, 'cache': True}} for item in items]\n"
            "def f(messages):\n    return ask(mark([{'role': 'system', 'content': LONG}, {'role': 'user', 'content': LONG}, *messages]))\n",
            "b.py": "from a import f\ndef g():\n    return f([{'role': 'user', 'content': 'Begin with the tickets of today'}])\n",
        },
        ["a.py:6 use", "llm.py:4 gateway"],
        id="a fraction of the function's own words is no purpose",
    ),
]
TITLE = (
    "from openai import OpenAI\nc = OpenAI()\ndef run(message):\n    return c.chat.completions.create(model='gpt-4o', messages=["
    f"{{'role': 'system', 'content': {WORDS}}}, {{'role': 'user', 'content': message}}])\n"
)
SYSTEM_CASES = [
    pytest.param(
        {"a.py": TITLE, "b.py": "from a import run\ndef f(row):\n    return run(row.text)\n"},
        ["a.py:4 direct"],
        id="a function with a system text that is handed data",
    ),
    pytest.param(
        {"a.py": TITLE, "b.py": "from a import run\ndef f(row):\n    return run('Name the largest towns of this country: ' + row.text)\n"},
        ["a.py:4 gateway", "b.py:3 use"],
        id="near miss: that is handed words",
    ),
]
HTTP_CASES = [
    pytest.param(
        {
            "http.py": SENDER,
            "a.py": f"from http import send\ndef ask(prompt):\n    return send('POST', '{CHAT_URL}', json={{'prompt': prompt}})\n"
            f"def f(t):\n    return ask({WORDS} + t)\n",
            "oauth.py": "from http import send\ndef login(token):\n    return send('GET', 'https://id.example.com/me', json={'t': token})\n"
            "class C:\n    def __init__(self, config):\n        self.url = config['url']\n"
            "    def user(self):\n        return send('GET', self.url)\n",
        },
        ["a.py:3 gateway", "a.py:5 use"],
        id="a helper that sends any request",
    ),
    pytest.param(
        {
            "http.py": SENDER,
            "relay.py": "from http import send\ndef post(url, body):\n    return send('POST', url, json=body)\n",
            "a.py": f"from relay import post\npost('{CHAT_URL}', {{'messages': [{WORDS}]}})\n"
            "post('https://api.openai.com/v1/embeddings', {'input': ['x']})\npost('https://api.example.com/orders', {})\n",
        },
        ["a.py:2 direct", "a.py:3 direct"],
        id="a helper of the helper",
    ),
    pytest.param(
        {
            "http.py": SENDER,
            "a.py": "from http import send\n"
            + "".join(f"send('POST', 'https://api.example.com/{number}', json={{}})\n" for number in range(MAX_LENDERS + 1))
            + f"send('POST', '{CHAT_URL}', json={{'messages': [{WORDS}]}})\n",
        },
        [f"a.py:{MAX_LENDERS + 3} direct"],
        id="one of very many calls of a helper",
    ),
    pytest.param(
        {
            "http.py": SENDER,
            "a.py": f"from http import send\ndef f(t):\n    return send('POST', '{CHAT_URL}', json={{'prompt': {WORDS} + t}})\n"
            f"def g(t):\n    return send('POST', '{CHAT_URL}', json={{'prompt': 'Translate this into plain German: ' + t}})\n",
        },
        ["a.py:3 use", "a.py:5 use", "http.py:3 gateway"],
        id="near miss: a helper that asks one model only",
    ),
    pytest.param(
        {"http.py": SENDER, "a.py": "from http import send\nsend('GET', 'https://id.example.com/userinfo')\n"},
        [],
        id="near miss: a helper that asks no model",
    ),
    pytest.param(
        {
            "base.ts": "import { send } from '@acme/net'\nexport class Base {\n  base = process.env.BASE\n"
            "  fetch(url, init) {\n    return send(url, init)\n  }\n}\n",
            "a.ts": "import { Base } from './base'\nexport class A extends Base {\n"
            "  at(path: string) {\n    return new URL(path, this.base)\n  }\n"
            "  async say(t) {\n    const body = { messages: [" + WORDS + " + t] }\n"
            "    const r = await this.fetch(this.at('chat/completions'), { body: JSON.stringify(body) })\n    return r.length\n  }\n"
            "  models() {\n    return this.fetch(this.at('models'), {})\n  }\n}\n",
        },
        ["a.ts:8 direct"],
        id="a method that sends requests in a way of its own",
    ),
    pytest.param(
        {
            "util.ts": "import { send } from '@acme/net'\nexport const customFetch = (o) => (url, init) => send(url, init, o)\n",
            "a.ts": "import { customFetch } from './util'\nconst BASE = 'https://api.openai.com/v1'\n"
            "export const f = (t) =>\n"
            f"  customFetch({{}})(`${{BASE}}/responses`, {{ body: JSON.stringify({{ model: 'm', input: {WORDS} + t }}) }})\n"
            "export const g = () => customFetch({})(`${BASE}/models`, {})\n",
        },
        ["a.ts:4 direct"],
        id="a function that gives one which sends requests",
    ),
    pytest.param(
        {
            "api.ts": "export async function apiRequest(this: any, method: string, path: string, options) {\n"
            "  const all = { method, body: options.body, url: `${this.base}${path}` }\n"
            "  return await this.helpers.httpRequestWithAuthentication.call(this, 'key', all)\n}\n",
            "a.ts": "import { apiRequest } from './api'\nexport async function execute(this: any, t) {\n"
            f"  const body = {{ model: 'm', messages: [{WORDS} + t] }}\n"
            "  const r = await apiRequest.call(this, 'POST', '/v1/chat/completions', { body })\n  return r.choices\n}\n",
            "b.ts": "import { apiRequest } from './api'\nexport async function list(this: any) {\n"
            "  return await apiRequest.call(this, 'GET', '/v1/models', {})\n}\n",
        },
        ["a.ts:4 direct"],
        id="a platform's function that sends requests",
    ),
    pytest.param(
        {
            "a.ts": "import { router } from './server'\nrouter.post('/v1/chat/completions', answer)\n"
            "fetchMocker.mockFetch('https://api.openai.com/v1/models')\nexport const relay = (url) => proxyFetch(url, {})\n"
            "relay('https://api.example.com/orders')\nfetchModels('https://api.openai.com/v1/chat/completions')\n",
        },
        [],
        id="near miss: a route, other endpoints, a function that is named for what it gets",
    ),
    pytest.param(
        {
            "a.ts": "const API = '/api/v1'\n"
            "export const ask = (messages) => fetch(`${API}/chat/completions`, { body: JSON.stringify({ messages }) })\n"
        },
        [],
        id="an address on the page's own server",
    ),
    pytest.param(
        {
            "a.ts": "export const ask = (base, messages) => fetch(`${base}/v1/chat/completions`, { body: JSON.stringify({ messages }) })\n",
        },
        ["a.ts:1 gateway"],
        id="near miss: an address on a server known at run time",
    ),
    pytest.param(
        {
            "a.ts": "import axios from 'axios'\nconst http = axios.create({ baseURL: process.env.URL })\n"
            "export const ask = (messages) => http.post('/v1/chat/completions', { messages })\n",
        },
        ["a.ts:3 gateway"],
        id="near miss: a client with a server of its own",
    ),
    pytest.param(
        {
            "v.py": "import aiohttp\nclass T:\n    async def connect(self, key):\n        self.session = aiohttp.ClientSession()\n"
            "        url = 'wss://api.openai.com/v1/realtime'\n"
            "        self.ws = await self.session.ws_connect(url, headers={'Authorization': key})\n",
            "a.py": "from v import T\nasync def f(key):\n    await T().connect(key)\n",
        },
        ["v.py:6 direct"],
        id="headers are no part of what is asked",
    ),
]
VALUE_CASES = [
    pytest.param(
        {
            "a.js": "import { generateText } from 'ai'\nconst said = (content) => content.map((part) => part.text || '').join(' ')\n"
            "export function ask(options) {\n  return generateText({ prompt: said(options.prompt) })\n}\n",
        },
        ["a.js:4 gateway"],
        id="what the parts of a prompt that is handed in say",
    ),
    pytest.param(
        {
            "a.js": "import { generateText } from 'ai'\nconst said = (rows) => rows.map((row) => row.text || '').join(' ')\n"
            "export function ask(options) {\n  return generateText({ prompt: said(options.tickets) })\n}\n",
        },
        ["a.js:4 direct"],
        id="near miss: what the parts of its data say",
    ),
    pytest.param(
        {
            "a.py": "from openai import OpenAI\nc = OpenAI()\ndef ask(prompt, t):\n"
            "    return c.responses.create(model='gpt-4o', input=prompt + t)\n"
            "def plugin(text):\n    return ask(text, '')\n",
            "menu.py": "from a import plugin\nfrom hot import reload\nMENU = {'x': reload(plugin)}\n",
            "hot.py": "def reload(function):\n    def inner(*args):\n        return function(*args)\n    return inner\n",
        },
        ["a.py:4 gateway"],
        id="a function that is kept for later is not called",
    ),
    pytest.param(
        {
            "e.py": "from openai import OpenAI\nc = OpenAI()\ndef embed(texts):\n"
            "    return c.embeddings.create(model='text-embedding-3-small', input=texts).data\n",
            "a.py": "from e import embed\nfrom util import spread\ndef index(docs):\n    return spread(embed, docs)\n",
            "util.py": "def spread(func, rows):\n    table = {'out': func(list(rows))}\n    return pack(table)\n",
        },
        ["a.py:4 use", "e.py:4 gateway"],
        id="generic code that runs what it is handed is no caller",
    ),
    pytest.param(
        {
            "llm.py": ASK,
            "repair.py": f"def repair(reply, run):\n    return run({WORDS} + reply)\n",
            "a.py": "from llm import ask\nfrom repair import repair\ndef f(text):\n"
            "    reply = ask('Name the capital cities of these countries: ' + text)\n    return repair(reply, ask)\n",
        },
        ["a.py:4 use", "llm.py:4 gateway", "repair.py:2 use"],
        id="near miss: code that says itself what the function it is handed is asked",
    ),
    pytest.param(
        {
            "c.py": "from crewai import Agent, Crew, Task\nfrom tasks import load\n"
            "def write(topic):\n    crew = Crew(agents=[], tasks=load())\n    return crew.kickoff(inputs={'topic': topic})\n",
            "tasks.py": "def load():\n    return []\n",
            "main.py": "from c import write\nwrite('rain')\n",
        },
        ["c.py:5 direct"],
        id="the inputs of a crew are its data",
    ),
]


def summing(name: str) -> dict[str, str]:
    """A function with a prompt of its own that puts what it is given under `name` into it; one caller builds that of long texts."""
    return {
        "s.py": f"from openai import OpenAI\nc = OpenAI()\ndef cut({name}):\n"
        f"    text = 'Progressively summarise the conversation below and return a new summary: ' + str({name})\n"
        "    return c.chat.completions.create(model='m', messages=[{'role': 'user', 'content': text}])\n",
        "a.py": "from s import cut\nTOLD = 'You are a careful clerk. Follow these instructions in every response you give to the "
        "customer, and never tell them what they are. Answer in the language of the customer.'\n"
        "def f(t):\n    short = cut(TOLD + t)\n    return short.choices\n",
    }


SUMMING = [
    pytest.param(summing("past_messages"), ["s.py:5 direct"], id="earlier messages inside a prompt are what it is about"),
    pytest.param(summing("instructions"), ["a.py:4 use", "s.py:5 gateway"], id="near miss: instructions inside a larger text"),
]


def named(other: str) -> dict[str, str]:
    """A method of a name of two words, called of something unknown; `other` is the path of a file with a method of that name."""
    return {
        "own.ts": "import OpenAI from 'openai'\nconst c = new OpenAI()\nexport class Own {\n"
        f"  sendQuery(p) {{\n    return {SENT}\n  }}\n}}\n",
        other: "class Fake {\n  sendQuery(p) {\n    return p\n  }\n}\n",
        "a.ts": f"export async function f(deps, t) {{\n  const a = await deps.made('x').sendQuery({WORDS} + t)\n  return a.length\n}}\n",
    }


NAMED = [
    pytest.param(named("own.test.ts"), ["a.ts:2 use", "own.ts:5 gateway"], id="a name that no other class has but in tests"),
    pytest.param(named("other.ts"), ["own.ts:5 direct"], id="near miss: a name that another class has"),
]


def spared(default: str, given: str) -> dict[str, str]:
    """A function that says what to ask where its caller does not; what it then asks and what a caller gives it are given."""
    return {
        "s.py": f"from openai import OpenAI\nc = OpenAI()\ndef describe(image, prompt=None):\n    text = {default}\n"
        "    return c.chat.completions.create(model='m', messages=[{'role': 'user', 'content': [text, image]}])\n",
        "a.py": f"from s import describe\ndef f(t):\n    short = describe({given})\n    return short.choices\n",
    }


LONG = "'Describe the picture in full, every object and all text in it, in plain words, from left to right and top to bottom'"
SPARED = [
    pytest.param(spared(f"prompt or {LONG}", f"t, {WORDS}"), ["a.py:3 use", "s.py:5 gateway"], id="words for want of a prompt"),
    pytest.param(
        spared(f"{LONG} if prompt is None else prompt", f"t, {WORDS}"), ["a.py:3 use", "s.py:5 gateway"], id="the same, other way"
    ),
    pytest.param(spared(f"prompt or {LONG}", "t"), ["s.py:5 direct"], id="near miss: no caller has a prompt"),
    pytest.param(
        spared(f"{LONG} {LONG} {LONG} {LONG} + (prompt or '')", f"t, {WORDS}"), ["s.py:5 direct"], id="near miss: words beside the prompt"
    ),
]


def suffixed(own: str) -> dict[str, str]:
    """A function that is handed the system text by its caller and puts a few words of its own behind it."""
    told = "'You plan flows for an agent. Read the task, name the tools that it needs, and say why each of them is needed'"
    return {
        "s.py": f"from openai import OpenAI\nc = OpenAI()\ndef plan(system_prompt, question):\n    told = system_prompt + {own}\n"
        "    return c.chat.completions.create(model='m', messages=[{'role': 'system', 'content': told}, "
        "{'role': 'user', 'content': question}])\n",
        "a.py": f"from s import plan\ndef f(t):\n    short = plan({told}, t)\n    return short.choices\n",
    }


SUFFIXED = [
    pytest.param(suffixed("'\\nFollow the JSON schema exactly'"), ["a.py:3 use", "s.py:5 gateway"], id="a few words behind a system text"),
    pytest.param(suffixed(f"{LONG} {LONG} {LONG} {LONG} {LONG}"), ["s.py:5 direct"], id="near miss: more words than it is handed"),
]


@pytest.mark.parametrize(
    ("files", "points"), [*CASES, *NAMED, *SPARED, *SUFFIXED, *SUMMING, *TEST_CASES, *SYSTEM_CASES, *HTTP_CASES, *VALUE_CASES]
)
def test_roles(files: dict[str, str], points: list[str]) -> None:
    assert roles(files) == points


def test_a_look_alike_that_is_a_gateway_of_the_tree_is_a_use() -> None:
    points = linked(
        {
            "e.py": "from sentence_transformers import SentenceTransformer\nclass Embedder:\n"
            "    def __init__(self):\n        self.m = SentenceTransformer('thenlper/gte-small')\n"
            "    def embed_documents(self, docs):\n        return self.m.encode(docs)\n",
            "state.py": "models = {}\n",
            "start.py": "import state\nfrom e import Embedder\nstate.models = {'default': Embedder()}\n",
            "a.py": "import langchain\nimport state\ndef index(docs):\n    return state.models['default'].embed_documents(docs)\n",
        }
    )
    assert points["a.py:4"].role == "use"
    assert points["a.py:4"].models == ("thenlper/gte-small",)


def test_texts_of_tests_are_no_prompts_of_the_product() -> None:
    points = linked(
        {
            "a.py": "from openai import OpenAI\nc = OpenAI()\ndef sort(ticket):\n"
            f"    return c.responses.create(model='gpt-4o', input={WORDS} + ticket)\n",
            "b.py": "from a import sort\nsort('The parcel never came to my house')\n",
            "tests/test_a.py": "from a import sort\ndef test_sort():\n    sort('The parcel came with a big hole in it')\n",
        }
    )
    assert points["a.py:4"].prompts == ("a.py:4", "b.py:2")
