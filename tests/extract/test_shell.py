"""Shell scripts in, facts out; facts are compared as short text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicensus.extract.shell import extract
from tests.link.linked import linked
from tests.shown_facts import bindings, calls


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("f -m g --text='a' \"b\"", ["f(m='g', 'g', text='a', 'b')"]),
        ("curl -s https://a.b/c", ["curl(s='https://a.b/c', url='https://a.b/c', 'https://a.b/c')"]),
        ("f '{\"a\": [1, null]}'", ["f({'a': [1, None]})"]),
        ("f '{not json'", ["f('{not json')"]),
        ('f "a $b-${c}"', ["f(t['a ' b '-' c])"]),
        ("f $A/b | g", ["f(t[A '/b'])", "g()"]),
        ("x=$(f a)", ["f('a')"]),
    ],
)
def test_commands(code: str, expected: list[str]) -> None:
    assert calls(extract(code.encode())) == expected


def test_functions_have_numbered_parameters() -> None:
    facts = extract(b'ask() {\n  local p="$1"\n  f "$p"\n}\nask "x"\n')
    assert [p.name for p in facts.scopes[1].params] == ["1", "2", "3", "4", "5"]
    assert bindings(facts) == ["ask = <function ask>", "ask: p = 1"]
    assert calls(facts) == ["ask: f(p)", "ask('x')"]


def test_a_function_that_asks_is_a_gateway() -> None:
    code = 'ask() {\n  ollama run llama3.2 "$1"\n}\nask "Summarise the log below in one sentence"\n'
    points = linked({"a.sh": code})
    assert [(p.said, p.models, p.prompts) for p in points.values()][1] == ("a.sh:4 use", ("llama3.2",), ("a.sh:4",))


@settings(max_examples=60, deadline=None)
@given(st.text("curl -d'{}\"$();|&<\n\0 a x=1 \x80 if fi done [0]?#", max_size=80))
def test_whatever_the_bytes_are_nothing_is_raised(code: str) -> None:
    extract(code.encode("latin-1"))
