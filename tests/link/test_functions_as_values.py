"""Models and prompts behind functions that are handed around: known by their type, kept by a hook, run by a helper."""

from __future__ import annotations

import pytest

from tests.link.linked import linked, roles

CHAT_MODEL_TS = "import { BaseChatModel } from '@langchain/core/language_models/chat_models';\n"
CHAT_MODEL_PY = "from collections.abc import Callable\nfrom langchain_core.language_models import BaseChatModel\n"
TYPED = [
    pytest.param(
        {
            "a.ts": CHAT_MODEL_TS + "interface Options {\n  model?: () => Promise<BaseChatModel | null>;\n  name: () => string;\n}\n"
            "export class A {\n  constructor(private options: Options) {}\n  async f(text: string) {\n"
            "    const model = await this.options.model();\n    return model.invoke('Say what this text is about: ' + text);\n  }\n"
            "  g(text: string) { return this.options.name().invoke('Say what this text is about: ' + text); }\n}\n"
        },
        ["a.ts:10 direct"],
        id="member of an interface that gives a model, and one that gives a text",
    ),
    pytest.param(
        {"a.ts": CHAT_MODEL_TS + "export const f = async (get: () => Promise<BaseChatModel>) => (await get()).invoke('Say hello.');\n"},
        ["a.ts:2 direct"],
        id="parameter",
    ),
    pytest.param(
        {
            "a.py": CHAT_MODEL_PY + "def f(get: Callable[[], BaseChatModel], text):\n"
            "    return get().invoke('Say what this is about: ' + text)\n"
            "def g(get: Callable[[BaseChatModel], str], text):\n    return get(text)\n"
        },
        ["a.py:4 direct"],
        id="a call that gives a model asks none, one that takes a model neither",
    ),
]


@pytest.mark.parametrize(("files", "expected"), TYPED)
def test_a_function_known_by_its_type_gives_what_the_type_says(files: dict[str, str], expected: list[str]) -> None:
    assert roles(files) == expected


HOOK = (
    "import {{ useCallback, useMemo, useRef }} from 'react';\nimport OpenAI from 'openai';\nexport function useAsk(model: string) {{\n"
    "  const client = {client};\n  const ask = {keep}(async (prompt: string) => {{\n"
    "    return {held}.chat.completions.create({{ model, messages: [{{ role: 'user', content: prompt }}] }});\n  }}, [model]);\n"
    "  return {{ ask }};\n}}\n"
)
VIEW = (
    "import {{ useAsk }} from './ask';\nexport function View(props) {{\n  const {{ ask }} = useAsk('gpt-4o');\n"
    "  return <button onClick={{() => ask('Classify the ticket as bug or praise: ' + props.text)}} />;\n}}\n"
).format()
SUM = ".chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Sum this up: ' + text }] });\n"
KEPT = [
    pytest.param(
        {"ask.ts": HOOK.format(client="useRef(new OpenAI())", held="client.current", keep="useCallback"), "view.tsx": VIEW},
        ["ask.ts:6 gateway", "view.tsx:4 use"],
        id="callback and box",
    ),
    pytest.param(
        {"ask.ts": HOOK.format(client="useMemo(() => new OpenAI(), [])", held="client", keep="useCallback"), "view.tsx": VIEW},
        ["ask.ts:6 gateway", "view.tsx:4 use"],
        id="callback and memo",
    ),
    pytest.param(
        {"ask.ts": HOOK.format(client="useMemo(() => new OpenAI(), [])", held="client", keep="useLater"), "view.tsx": VIEW},
        ["ask.ts:6 direct"],
        id="near miss: a function of which nothing is known",
    ),
    pytest.param(
        {
            "a.ts": "import { useRef } from 'react';\nimport OpenAI from 'openai';\nexport function useSum(text: string) {\n"
            "  const held = useRef(null);\n  if (!held.current) held.current = new OpenAI();\n  return held.current" + SUM + "}\n"
        },
        ["a.ts:6 direct"],
        id="box that is filled later",
    ),
    pytest.param(
        {
            "a.ts": "import OpenAI from 'openai';\nexport function make() {\n  const held = load();\n  held.model = new OpenAI();\n}\n"
            "export function sum(text: string) {\n  const held = other();\n  return held.model.run(text);\n}\n"
        },
        [],
        id="near miss: another variable of that name",
    ),
]


@pytest.mark.parametrize(("files", "expected"), KEPT)
def test_what_a_hook_keeps_is_what_it_was_given(files: dict[str, str], expected: list[str]) -> None:
    assert roles(files) == expected


RUN = (
    "import OpenAI from 'openai';\nexport async function run(build: () => Promise<string>) {\n  const prompt = await build();\n"
    "  return new OpenAI().chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: prompt }] });\n}\n"
)
GUARDED = (
    "async def guarded(func, *args, **kwargs):\n    try:\n        return await func(*args, **kwargs)\n"
    "    except ValueError as e:\n        raise RuntimeError from e\n"
)
CHAIN = (
    "from langchain import LLMChain, OpenAI\nfrom run import guarded\nasync def ask(prompt, values):\n"
    "    chain = LLMChain(llm=OpenAI(), prompt=prompt)\n    return await guarded({handed}, values)\n"
)
ASKS = (
    "from a import ask\nasync def f(t):\n    return await ask('Classify the ticket below as bug, question or praise: {t}', {'t': t})\n"
    "async def g(t):\n    return await ask('Say in one word what mood the writer of this is in: {t}', {'t': t})\n"
)
HANDED = [
    pytest.param(
        {
            "a.ts": RUN,
            "b.ts": "import { run } from './a';\n"
            "export const f = (t: string) => run(async () => 'Classify the ticket as bug or praise: ' + t);\n"
            "export const g = (t: string) => run(async () => 'Say in one word what mood the writer is in: ' + t);\n",
        },
        ["a.ts:4 gateway", "b.ts:2 use", "b.ts:3 use"],
        id="function that builds the prompt",
    ),
    pytest.param(
        {
            "a.ts": RUN.replace("(build: () => Promise<string>)", "()"),
            "b.ts": "import { run } from './a';\nexport const f = () => run();\n",
        },
        ["a.ts:4 direct"],
        id="near miss: function that is not handed in",
    ),
    pytest.param(
        {"run.py": GUARDED, "a.py": CHAIN.format(handed="chain.arun"), "b.py": ASKS},
        ["b.py:3 use", "b.py:5 use", "run.py:3 gateway"],
        id="method of an object with a prompt of its own",
    ),
    pytest.param(
        {
            "a.py": "from openai import OpenAI\nclass Model:\n    def __init__(self):\n        self.client = OpenAI()\n"
            "    def _guarded(self, create, params):\n        try:\n            return create(**params)\n"
            "        except ValueError:\n            return None\n    def ask(self, messages):\n"
            "        params = {'model': 'gpt-4o', 'messages': messages}\n"
            "        return self._guarded(self.client.chat.completions.create, params)\n",
            "b.py": "from a import Model\ndef f(t):\n"
            "    return Model().ask([{'role': 'user', 'content': 'Classify the ticket below as bug or praise: ' + t}])\n",
        },
        ["a.py:7 gateway", "b.py:3 use"],
        id="method of a client, with a request that is built elsewhere",
    ),
    pytest.param(
        {"run.py": GUARDED, "a.py": CHAIN.format(handed="chain.save"), "b.py": ASKS},
        [],
        id="near miss: method that asks no model",
    ),
]


@pytest.mark.parametrize(("files", "expected"), HANDED)
def test_who_hands_in_the_function_says_what_is_asked(files: dict[str, str], expected: list[str]) -> None:
    assert roles(files) == expected


RETRIEVER = (
    "import {{ BaseRetriever }} from '@langchain/core/retrievers';\nimport {{ OpenAIEmbeddings }} from '@langchain/openai';\n"
    "class Words extends BaseRetriever {{\n  async getRelevantDocuments(query: string) {{{body}}}\n}}\n"
    "export const f = (q: string) => new Words().getRelevantDocuments(q);\nexport const g = (r, q: string) => r.getRelevantDocuments(q);\n"
)
OWN = [
    pytest.param({"a.ts": RETRIEVER.format(body=" return search(query); ")}, ["a.ts:7 direct"], id="a method with code, and one unknown"),
    pytest.param({"a.ts": RETRIEVER.format(body="")}, ["a.ts:6 direct", "a.ts:7 direct"], id="near miss: a method that says nothing"),
]


@pytest.mark.parametrize(("files", "expected"), OWN)
def test_a_method_of_the_tree_is_not_taken_for_that_of_a_library(files: dict[str, str], expected: list[str]) -> None:
    assert roles(files) == expected


API = (
    "import { CohereClient } from 'cohere-ai';\nexport async function rank(query: string, documents: string[]) {\n"
    "  const found = await new CohereClient().rerank({ model: 'rerank-v3.5', query, documents });\n  return found.results;\n}\n"
)
WORDS = (
    "import {{ BaseRetriever }} from '@langchain/core/retrievers';\nimport {{ rank }} from './api';\n"
    "const later = async (fn) => await fn();\nexport class Words extends BaseRetriever {{\n"
    "  async getRelevantDocuments(query: string) {{\n    {start}\n      return await rank(query, all());\n    {end}\n  }}\n}}\n"
)
FIND = "import { Words } from './words';\nexport const find = async (q: string) => show(await new Words().getRelevantDocuments(q));\n"


@pytest.mark.parametrize(
    ("start", "end"), [pytest.param("return later(async () => {", "});", id="in a closure"), pytest.param("{", "}", id="in the open")]
)
def test_who_runs_a_closure_of_a_method_does_not_ask_for_it(start: str, end: str) -> None:
    files = {"api.ts": API, "words.ts": WORDS.format(start=start, end=end), "find.ts": FIND}
    assert roles(files) == ["api.ts:3 gateway", "find.ts:2 use"]


SENT = (
    "from openai import OpenAI\n{outside}def answer(question):\n    {made}messages.append({{'role': 'system', 'content': {words}}})\n"
    "    messages.append({{'role': 'user', 'content': question}})\n    def send():\n"
    "        return OpenAI().chat.completions.create(model='gpt-4o', messages=messages)\n    return retry(send)\n"
)
TOLD = "'Answer only from the context below, in one short sentence.'"


@pytest.mark.parametrize(
    ("outside", "made", "told"),
    [
        pytest.param("", "messages = []\n    ", True, id="of the function around"),
        pytest.param("messages = []\n", "", False, id="near miss: of the module, which all its functions fill"),
    ],
)
def test_a_closure_sends_what_the_function_around_it_put_together(outside: str, made: str, told: bool) -> None:
    (point,) = linked({"a.py": SENT.format(outside=outside, made=made, words=TOLD)}).values()
    assert ("a.py:4" in point.prompts) is told


TRIED = (
    "class Sizes:\n    SMALL = 'small'\nasync def tried({taken}):\n    for name in [load()]:\n        return await f({given})\n"
    "async def spread(f, *args):\n    return await f(*args)\n"
)
ASKING = (
    "from openai import OpenAI\nfrom tried import Sizes, spread, tried\nclass A:\n    async def _ask(self, model):\n"
    "        return OpenAI().chat.completions.create(model=model, messages=[{{'role': 'user', 'content': 'Say hello.'}}])\n"
    "    async def run(self):\n        return await {handed}\n"
)


@pytest.mark.parametrize(
    ("taken", "given", "handed", "models"),
    [
        pytest.param("f, size", "name", "tried(self._ask, Sizes.SMALL)", (), id="what the helper finds itself"),
        pytest.param("f, size", "'gpt-4o-mini'", "tried(self._ask, Sizes.SMALL)", ("gpt-4o-mini",), id="what stands in the helper"),
        pytest.param("f, name", "name", "spread(self._ask, 'gpt-4o')", ("gpt-4o",), id="near miss: all that the helper is given"),
    ],
)
def test_a_helper_says_what_it_gives_the_function_that_it_runs(taken: str, given: str, handed: str, models: tuple[str, ...]) -> None:
    files = {"tried.py": TRIED.format(taken=taken, given=given), "a.py": ASKING.format(handed=handed)}
    (point,) = linked(files).values()
    assert point.models == models
