"""Calls that names alone rule out are not evaluated; a library function under another name is still found."""

from __future__ import annotations

import pytest

from aicensus.link.called_as import CalledAs
from tests.link.linked import roles
from tests.link.projects import an_evaluator, catalog

SDK = "import openai\nclient = openai.OpenAI()\n"
ASKED = "(model='gpt-4o', messages=[{'role': 'user', 'content': 'Tell me a joke about cats.'}])\n"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param({"a.py": f"{SDK}send = client.chat.completions.create\nsend{ASKED}"}, ["a.py:4 direct"], id="assigned"),
        pytest.param(
            {"a.py": f"{SDK}send = client.chat.completions.create\n", "b.py": f"from a import send as post_it\npost_it{ASKED}"},
            ["b.py:2 direct"],
            id="imported under another name",
        ),
        pytest.param(
            {"a.py": f"{SDK}table = {{'x': client.chat.completions.create}}\ntable['x']{ASKED}"}, ["a.py:4 direct"], id="item of a table"
        ),
        pytest.param(
            {"a.py": f"{SDK}class Box:\n    def __init__(self, f):\n        self.f = f\n    def go(self):\n        return self.f{ASKED}"
             "Box(client.chat.completions.create).go()\n"},
            ["a.py:7 direct"],
            id="kept in an attribute",
        ),
        pytest.param(
            {"a.js": "import OpenAI from 'openai'\nconst c = new OpenAI()\nconst o = { ask: (x) => c.chat.completions.create(x) }\n"
             "o.ask({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Tell me a joke about cats.' }] })\n"},
            ["a.js:3 gateway", "a.js:4 use"],
            id="method of an object",
        ),
    ],
)  # fmt: skip
def test_other_names(files: dict[str, str], found: list[str]) -> None:
    assert roles(files) == found


@pytest.mark.parametrize(
    ("files", "call", "expected"),
    [
        pytest.param({"a.py": "def total(rows):\n    return rows\ntotal([1])\n"}, "total", False, id="function of the tree"),
        pytest.param({"a.py": "x.create()\n"}, "create", True, id="name of a row"),
        pytest.param({"a.py": "import numpy\nnumpy.ravel([1])\n"}, "ravel", False, id="name of no row"),
        pytest.param({"a.py": "y.total()\n", "b.py": "def keep(x, f):\n    x.total = f\n"}, "total", True, id="attribute"),
        pytest.param({"a.py": "y.total()\n", "b.py": "class B:\n    def total(self):\n        pass\n"}, "total", False, id="method"),
        pytest.param({"a.py": "y.total()\n", "b.py": "class B:\n    @property\n    def total(self): ...\n"}, "total", True, id="property"),
        pytest.param({"a.py": "def f(total):\n    total()\n"}, "total", True, id="parameter"),
        pytest.param({"a.js": "y.total()\n", "b.js": "const o = { total: z.create }\n"}, "total", True, id="key of an object"),
        pytest.param({"a.js": "y.total()\n", "b.js": "const o = { total: 1 }\n"}, "total", False, id="key of a number"),
    ],
)  # fmt: skip
def test_names_that_may_match(files: dict[str, str], call: str, expected: bool) -> None:
    evaluator = an_evaluator(files)
    names = CalledAs(catalog(), evaluator.project)
    module = next(m for m in evaluator.modules() if m.calls_of.get(call))
    assert names.may_match(module, module.calls_of[call][0]) is expected
