"""Objects that are called like functions: which method runs is for their class, or for the library class it extends, to say."""

from __future__ import annotations

import pytest

from tests.link.linked import roles

ASK = "return OpenAI().chat.completions.create(model='gpt-4o', messages=[{'role': 'user', 'content': text}])\n"
USER = (
    "from llm import Llm, Component\nclass Rewrite(Component):\n    llm: Llm\n    def run(self, question):\n"
    "        return self.llm('Rewrite the question below so that it stands alone: ' + question)\n"
)


def _llm(base: str, method: str, imports: str = "from flow import Function\n") -> str:
    return (
        f"from openai import OpenAI\n{imports}class Component{base}:\n    pass\nclass Llm(Component):\n"
        f"    def {method}(self, text):\n        {ASK}"
    )


@pytest.mark.parametrize(
    ("llm", "expected"),
    [
        pytest.param(_llm("", "__call__"), ["llm.py:7 gateway", "user.py:5 use"], id="its own"),
        pytest.param(_llm("(Function)", "run"), ["llm.py:7 gateway", "user.py:5 use"], id="one that a framework runs"),
        pytest.param(_llm("(Module)", "forward", "from torch.nn import Module\n"), ["llm.py:7 gateway", "user.py:5 use"], id="a network"),
        pytest.param(_llm("", "run"), ["llm.py:7 direct"], id="no framework"),
        pytest.param(_llm("(ABC)", "run", "from abc import ABC\n"), ["llm.py:7 direct"], id="no framework, but the standard library"),
        pytest.param(_llm("(Function)", "describe"), ["llm.py:7 direct"], id="a method that no framework runs"),
        pytest.param(_llm("(BaseModel)", "run", "from openai import BaseModel\n"), ["llm.py:7 direct"], id="an SDK, whose calls are known"),
    ],
)
def test_a_called_object_runs_the_method_of_its_class(llm: str, expected: list[str]) -> None:
    assert roles({"llm.py": llm, "user.py": USER}) == expected


HELD = """\
from llm import Llm
class Steps:
    def __init__(self, step):
        self.step = step
    def go(self):
        return {call}
Steps(Llm()).go()
"""


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        pytest.param("self.step('Say in one short line what the order is about')", ["llm.py:7 gateway", "user.py:6 use"], id="fits"),
        pytest.param("self.step('Say in one short line what it is', 3)", ["llm.py:7 direct"], id="one argument too many"),
    ],
)
def test_a_call_of_an_object_must_fit(call: str, expected: list[str]) -> None:
    assert roles({"llm.py": _llm("", "__call__"), "user.py": HELD.format(call=call)}) == expected
