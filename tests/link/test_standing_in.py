"""Functions that stand in for each other: which of them runs says nothing about what is asked, so all of them are plumbing."""

from __future__ import annotations

import pytest

from tests.link.linked import linked, roles

WORDS = "'Classify the ticket below as bug, question or praise'"


def chats(base: str = "(Base)", body: str = "text") -> dict[str, str]:
    """Two chat classes whose callers are not known."""
    return {
        "base.py": "class Base:\n    def reply(self, text):\n        raise NotImplementedError\n",
        "a.py": f"from openai import OpenAI\nfrom base import Base\nclass A{base}:\n    def reply(self, text):\n"
        f"        return OpenAI().responses.create(model='gpt-4o', input={body}).output_text\n",
        "b.py": f"from anthropic import Anthropic\nfrom base import Base\nclass B{base}:\n    def reply(self, text):\n"
        f"        return Anthropic().messages.create(model='m', max_tokens=9, messages=[{{'content': {body}}}]).content\n",
    }


def ranks(second: str) -> dict[str, str]:
    """Rerankers whose answers are sorted out; `second` is the head of the class of the second."""
    code = (
        "from cohere import Client\nfrom base import Base\nclass {head}:\n    def order(self, query, rows):\n        found = {{}}\n"
        "        for hit in Client().rerank(model='rerank-v3.5', query=query, documents=rows).results:\n"
        "            found[hit.index] = hit.relevance_score\n        return sorted(found)\n"
    )
    return {
        "base.py": "class Base:\n    def order(self, query, rows):\n        raise NotImplementedError\n",
        "a.py": code.format(head="A(Base)"),
        "b.py": code.format(head=second),
    }


def switch(first: str, second: str) -> dict[str, str]:
    """A function that asks one of two for embeddings; what it does with each answer is given."""
    return {
        "e.py": "from openai import OpenAI\nfrom cohere import Client\n"
        "def by_openai(rows):\n    return OpenAI().embeddings.create(model='text-embedding-3-small', input=cut(rows)).data\n"
        "def by_cohere(rows):\n    return Client().embed(model='embed-v4.0', texts=cut(rows)).embeddings\n"
        f"def embed(rows, name):\n    if name == 'a':\n        return {first}\n    return {second}\n",
        "u.py": "from e import embed\ndef index(rows, name):\n    save(embed(rows, name))\n",
    }


def helped(second: str) -> dict[str, str]:
    """As `ranks`, but the second has another method of its own ask."""
    files = ranks(second)
    asked = "def order(self, query, rows):\n        return cut(self.asked(query, rows))\n    def asked(self, query, rows):"
    return files | {"b.py": files["b.py"].replace("def order(self, query, rows):", asked)}


def embeds(second: str) -> dict[str, str]:
    """Two classes that embed, one of them in two ways; `second` is the name of the second way in the base."""
    code = (
        "from openai import OpenAI\nfrom base import Base\nclass {name}(Base):\n    def embed(self, rows):\n        rows = self.cut(rows)\n"
        "        return OpenAI().embeddings.create(model='text-embedding-3-small', input=rows).data\n"
    )
    more = "    def later(self, rows):\n        return OpenAI().embeddings.create(model='text-embedding-3-small', input=rows).data\n"
    return {
        "base.py": "class Base:\n    def embed(self, rows):\n        raise NotImplementedError\n"
        f"    def {second}(self, rows):\n        raise NotImplementedError\n",
        "a.py": code.format(name="A"),
        "b.py": code.format(name="B") + more,
    }


def steps(name: str = "text", run: str = "") -> dict[str, str]:
    """Two steps of a flow, in classes of one base, that ask one provider for what they are given as `name`."""
    code = "from base import Base\nfrom openai import OpenAI\nc = OpenAI()\n"
    code += "class {head}(Base):\n    def run(self, {name}):\n        return c.{asked}\n"
    sent = f"chat.completions.create(model='gpt-4o', messages=[{{'role': 'user', 'content': {name}}}])"
    return {
        "base.py": f"class Base:\n    def run(self, {name}):\n        raise NotImplementedError\n",
        "a.py": code.format(head="A", name=name, asked=sent),
        "b.py": code.format(head="B", name=name, asked=sent),
        "u.py": run or "def f(step):\n    return step\n",
    }


def ranked(lines: str) -> dict[str, str]:
    """A reranker as LangChain has them, that gives back what `lines` make of the `found` rows."""
    return {
        "a.ts": "import { CohereClient } from 'cohere-ai'\n"
        "import { BaseDocumentCompressor } from '@langchain/core/retrievers/document_compressors'\n"
        "export class Own extends BaseDocumentCompressor {\n  async compressDocuments(rows, query) {\n"
        "    const c = new CohereClient()\n"
        "    const found = await c.rerank({ model: 'rerank-v3.5', query, documents: rows })\n    const kept = []\n"
        f"{lines}    return kept.splice(0, 3)\n  }}\n}}\n",
    }


FILL = "".join(f"    'm{n}': {{'ask': first, 'size': {n}}},\n" for n in range(40))
LLM = (
    "from openai import OpenAI\nc = OpenAI()\ndef {name}(text, system=''):\n"
    "    return c.responses.create(model='gpt-4o', input={input}).output_text\n"
)
FIRST, LAST = LLM.format(name="first", input="text"), LLM.format(name="last", input="text")
USE = f"from table import TABLE\ndef f(t, name):\n    return TABLE[name]['ask']({WORDS} + t)\n"
MADE = (
    "from openai import OpenAI\nc = OpenAI()\ndef make():\n"
    "    def ask(text):\n        return c.responses.create(model='gpt-4o', input=text)\n"
    "    def say(text):\n        return c.chat.completions.create(model='gpt-4o', messages=[{'role': 'user', 'content': text}])\n"
    "    return ask, say\n"
)
CASES = [
    pytest.param(chats(), ["a.py:5 gateway", "b.py:5 gateway"], id="one method of two classes of a family"),
    pytest.param(chats(""), ["a.py:5 direct", "b.py:5 direct"], id="near miss: no family"),
    pytest.param(chats(body=f"{WORDS} + text"), ["a.py:5 direct", "b.py:5 direct"], id="near miss: each with words of its own"),
    pytest.param(steps(), ["a.py:6 direct", "b.py:6 direct"], id="steps of a flow, of one provider, that nobody is seen to run"),
    pytest.param(steps("prompt"), ["a.py:6 gateway", "b.py:6 gateway"], id="near miss: by name they are given what to ask"),
    pytest.param(
        steps(run=f"from base import Base\ndef f(one: Base, t):\n    found = one.run({WORDS} + t)\n    return len(found)\n"),
        ["a.py:6 gateway", "b.py:6 gateway", "u.py:3 use"],
        id="near miss: one call may run either",
    ),
    pytest.param(
        ranked("    found.results.forEach((one) => {\n      const row = rows[one.index]\n      kept.push(row)\n    })\n"),
        ["a.ts:6 gateway"],
        id="a reranker of a library's kind that picks rows one by one",
    ),
    pytest.param(
        ranked("    rows.forEach((one) => {\n      kept.push(one)\n    })\n    log(found)\n"),
        ["a.ts:6 direct"],
        id="near miss: one that gives back what it was given",
    ),
    pytest.param(ranks("B(Base)"), ["a.py:6 gateway", "b.py:6 gateway"], id="what a reranker gives may be sorted out"),
    pytest.param(ranks("B"), ["a.py:6 direct", "b.py:6 direct"], id="near miss: rerankers of no family"),
    pytest.param(helped("B(Base)"), ["a.py:6 gateway", "b.py:8 gateway"], id="a method that one of a family runs"),
    pytest.param(helped("B"), ["a.py:6 direct", "b.py:8 direct"], id="near miss: that a class of no family runs"),
    pytest.param(embeds("later"), ["a.py:6 gateway", "b.py:6 gateway", "b.py:8 gateway"], id="another method that the base has too"),
    pytest.param(embeds("other"), ["a.py:6 gateway", "b.py:6 gateway", "b.py:8 direct"], id="near miss: a method of one class alone"),
    pytest.param(
        switch("by_openai(rows)", "by_cohere(rows)"), ["e.py:4 gateway", "e.py:6 gateway", "u.py:3 use"], id="a function that gives either"
    ),
    pytest.param(
        switch("near(by_openai(rows))", "near(by_cohere(rows))"),
        ["e.py:4 direct", "e.py:6 direct"],
        id="near miss: a function that works on either",
    ),
    pytest.param(
        {
            "first.py": FIRST,
            "last.py": LAST,
            "table.py": f"from first import first\nfrom last import last\nTABLE = {{\n{FILL}    'z': {{'ask': last}},\n}}\n",
            "u.py": USE,
        },
        ["first.py:4 gateway", "last.py:4 gateway", "u.py:3 use"],
        id="a table longer than can be followed",
    ),
    pytest.param(
        {
            "first.py": FIRST,
            "last.py": LAST,
            "table.py": f"from first import first\nfrom last import last\nTABLE = {{\n{FILL}    'z': {{'other': last}},\n}}\n",
            "u.py": USE,
        },
        ["first.py:4 gateway", "last.py:4 direct", "u.py:3 use"],
        id="near miss: under another key of the table",
    ),
    pytest.param(
        {
            "make.py": MADE,
            "table.py": "from make import make\nask, say = make()\n"
            f"TABLE = {{\n{FILL.replace('first', 'ask')}    'z': {{'ask': ask, 'say': say}},\n}}\n",
            "u.py": USE,
        },
        ["make.py:5 gateway", "make.py:7 direct", "u.py:3 use"],
        id="one of several that a function gives back",
    ),
    pytest.param(
        {
            "first.py": FIRST,
            "last.py": LLM.format(name="last", input="system + text"),
            "both.py": "from first import first\nfrom last import last\ndef ask(text, system, name):\n"
            "    if name == 'a':\n        return first(text, system)\n    return last(text, system)\n",
            "u.py": f"from both import ask\ndef f(text, name):\n    return ask(text, {WORDS}, name)\n",
            "v.py": "from u import f\ndef g(name):\n    return f('The parcel that I sent home never came to my house', name)\n",
        },
        ["first.py:4 gateway", "last.py:4 gateway", "u.py:3 use"],
        id="what one of them is told the other is told too",
    ),
]


@pytest.mark.parametrize(("files", "points"), CASES)
def test_roles(files: dict[str, str], points: list[str]) -> None:
    assert roles(files) == points


def test_a_use_leads_to_all_that_its_call_may_reach() -> None:
    """To the one that is given nothing more at that call, and to the one that is told more further out."""
    points = linked(
        {
            "first.py": FIRST,
            "last.py": "from anthropic import Anthropic\ndef last(text, system=''):\n    words = [{'content': system + text}]\n"
            "    return Anthropic().messages.create(model='claude-haiku-4-5', max_tokens=9, messages=words).content\n",
            "both.py": "from first import first\nfrom last import last\ndef ask(text, system, name):\n"
            "    if name == 'a':\n        return first(text, system)\n    return last(text, system)\n",
            "show.py": "from both import ask\ndef show(topic, name, out):\n    out.append(ask('-', topic, name))\n",
            "u.py": f"from show import show\ndef f(name, out):\n    show({WORDS}, name, out)\n",
        }
    )
    assert (points["show.py:3"].role, points["show.py:3"].provider) == ("use", "multi")
