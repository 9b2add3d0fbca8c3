"""Objects of several kinds, each with words of its own: who picks one and hands it a message says what for."""

from __future__ import annotations

import pytest

from tests.link.linked import roles

LLM = "from openai import OpenAI\ndef ask(messages):\n    return OpenAI().chat.completions.create(model='gpt-4o', messages=messages)\n"
BASE = (
    "from llm import ask\nclass Writer:\n    words = ''\n    @classmethod\n    def create(cls, kind):\n        import kinds\n"
    "        for made in kinds.ALL:\n            if made.kind == kind:\n                return made()\n"
    "    def run(self, text):\n        return self.send(text)\n"
    "    def send(self, text):\n"
    "        return ask([{'role': 'system', 'content': self.words}, {'role': 'user', 'content': text}])\n"
)
KINDS = (
    "from base import Writer\nclass Letters(Writer):\n    kind = 'letter'\n    words = 'Write a polite letter to the customer'\n"
    "class Reports(Writer):\n    kind = 'report'\n    words = 'Write a dry report for the board'\nALL = [Letters, Reports]\n"
)
USES = ["base.py:13 use", "llm.py:3 gateway"]


@pytest.mark.parametrize(
    ("user", "kinds", "picked"),
    [
        pytest.param("def f(t):\n    w = Writer.create('letter')\n    return w.run(t)\n", KINDS, True, id="made of one of several kinds"),
        pytest.param("def f(t):\n    w = Writer.create('letter')\n    return w.run()\n", KINDS, False, id="near miss: handed nothing"),
        pytest.param("def f(w: Writer, t):\n    return w.run(t)\n", KINDS, False, id="near miss: an object that is handed in"),
        pytest.param(
            "from kinds import Letters\ndef f(t):\n    w = Letters()\n    return w.run(t)\n", KINDS, False, id="near miss: of the one class"
        ),
        pytest.param(
            "def f(t):\n    w = Writer.create('letter')\n    return w.run(t)\n",
            KINDS.replace("words = 'Write a dry report for the board'", "size = 3"),
            False,
            id="near miss: one kind with words",
        ),
    ],
)
def test_who_picks_the_kind_says_what_for(user: str, kinds: str, picked: bool) -> None:
    files = {"llm.py": LLM, "base.py": BASE, "kinds.py": kinds, "u.py": f"from base import Writer\n{user}"}
    found = roles(files)
    assert [row for row in found if not row.startswith("u.py")] == USES
    assert [row for row in found if row.startswith("u.py")] == (["u.py:4 use"] if picked else [])
