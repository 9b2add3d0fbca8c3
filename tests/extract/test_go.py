"""Go in, facts out; facts are compared as short text."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicensus.extract.go import extract, package_names
from aicensus.model.facts import FileFacts, Import
from tests.shown_facts import bindings, calls, show


def read(code: str) -> FileFacts:
    return extract(textwrap.dedent(code).encode())


def value_of(code: str) -> str:
    facts = read(f"package p\nvar x = {code}")
    return show(facts, next(b.value for b in facts.bindings if show(facts, b.target) == "x"))


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("fmt", ["fmt"]),
        ("github.com/x/go-openai", ["go_openai", "goopenai", "openai"]),
        ("github.com/x/openai-go/v3", ["go", "openai", "openai_go", "openaigo"]),
        ("github.com/x/anthropic-sdk-go", ["anthropic", "anthropic_sdk_go", "anthropicsdkgo", "go"]),
        ("gopkg.in/yaml.v3", ["yaml"]),
    ],
)
def test_names_that_a_package_may_have(module: str, names: list[str]) -> None:
    assert list(package_names(module)) == names


def test_package_and_imports() -> None:
    facts = read('package llm\nimport (\n  "fmt"\n  ai "a.b/c"\n  . "d/e"\n  _ "f"\n)')
    assert (facts.package, facts.bare_members, facts.stars) == ("llm", False, (Import("d/e"),))
    assert bindings(facts) == ["fmt = import fmt", "ai = import a.b/c"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('"a\\n" + b', "('a\\n' + b)"),
        ("`raw \\n`", "'raw \\\\n'"),
        ('a.Req{Model: "m", Stop: nil}', "new a.Req(Model='m', Stop=None)"),
        ("&a.Req{1, 2}", "new a.Req(1, 2)"),
        ('[]a.Msg{{Role: "u"}, {Role: "s"}}', "[new a.Msg(Role='u'), new a.Msg(Role='s')]"),
        ('[]string{"a", "b"}', "['a', 'b']"),
        ('map[string]any{"a": 1, "b": []int{2}}', "{'a': 1, 'b': [2]}"),
        ('map[string]a.T{"k": {N: 1}}', "{'k': new a.T(N=1)}"),
        ("string(a)", "string(a)"),
        ("[]byte(a)", "a"),
        ("a[0].b", "a[0].b"),
        ("a[1:2]", "a"),
        ("a.(T)", "a"),
        ("-2.5", "-2.5"),
        ("func() {}", "<function x>"),
    ],
)
def test_values(code: str, expected: str) -> None:
    assert value_of(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("a, err := f()", ["a = f()", "err = <status>"]),
        ("a, b := f()", ["a = f()[0]", "b = f()[1]"]),
        ("a, b := 1, 2", ["a = 1", "b = 2"]),
        ("_, err := f()", ["_ = f()", "err = <status>"]),
        ("v, ok := m[k].(T)", ["v: T = m[k]", "ok = <status>"]),
        ("for _, s := range steps { s.Run() }", ["s = each(steps)"]),
        ("var a *p.T", ["a: p.T = ?"]),
        ("const a = `x`", ["a = 'x'"]),
        ("c.a = b", ["c.a = b"]),
        ("s += t", ["s = (s + t)"]),
    ],
)
def test_bindings(code: str, expected: list[str]) -> None:
    facts = read(f"package p\nfunc f() {{\n{code}\n}}")
    assert [row.removeprefix("f: ") for row in bindings(facts) if row.startswith("f: ")] == expected


@pytest.mark.parametrize(
    ("result", "returned", "expected"),
    [
        ("(string, error)", 'return "a", nil', ["'a'"]),
        ("(a int, b int, err error)", "return 1, 2, nil", ["[1, 2]"]),
        ("(out string, err error)", "return", ["out"]),
        ("error", "return err", ["err"]),
        ("(string, bool)", "return s, true", ["s"]),
    ],
)
def test_a_status_is_no_part_of_what_a_function_returns(result: str, returned: str, expected: list[str]) -> None:
    facts = read(f"package p\nfunc f() {result} {{\n{returned}\n}}")
    assert [show(facts, value) for value in facts.scopes[1].returns] == expected


def test_methods_stand_in_the_class_of_their_receiver() -> None:
    facts = read("""
        package p
        func (c *Client) Ask(ctx context.Context, a, b string) string { return c.inner.Do(a) }
        type Client struct {
            *Base
            inner, other *ai.Client
        }
        func (o Other) Go() {}
        type LLM interface {
            Ask(p string) string
            io.Closer
        }
        """)
    shown = {s.qualname: s for s in facts.scopes}
    assert list(shown) == ["", "Client", "LLM", "LLM.Ask", "Client.Ask", "Other", "Other.Go"]
    ask = shown["Client.Ask"]
    assert (ask.receiver, [p.name for p in ask.params], show(facts, ask.annotation)) == ("c", ["ctx", "a", "b"], "string")
    assert [show(facts, b) for b in shown["Client"].bases] == ["Base"]
    assert [show(facts, b) for b in shown["LLM"].bases] == ["io.Closer"]
    assert [show(facts, d) for d in shown["LLM"].decorators] == ["interface"]
    assert {"Client: inner: ai.Client = ?", "Client: Ask = <function Client.Ask>"} <= set(bindings(facts))
    assert not any(row.startswith("Other =") for row in bindings(facts))
    assert calls(facts) == ["Client.Ask: c.inner.Do(a)"]


@settings(max_examples=60, deadline=None)
@given(st.text("func type struct{}();.:=->\"'`\n\0 a b return \x80 []*&map,", max_size=80))
def test_whatever_the_bytes_are_nothing_is_raised(code: str) -> None:
    extract(f"package p\n{code}".encode())
