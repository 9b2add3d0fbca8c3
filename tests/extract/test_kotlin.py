"""Kotlin in, facts out; facts are compared as short text."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicensus.extract.kotlin import extract
from aicensus.model.facts import FileFacts, Import
from tests.shown_facts import bindings, show


def read(code: str) -> FileFacts:
    return extract(textwrap.dedent(code).encode())


def value_of(code: str) -> str:
    facts = read(f"val x = {code}")
    return show(facts, next(b.value for b in facts.bindings if show(facts, b.target) == "x"))


def test_package_and_imports() -> None:
    facts = read("package a.b\nimport c.d.E\nimport c.d.F as G\nimport x.y.*\n")
    assert (facts.package, facts.bare_members, facts.stars) == ("a.b", True, (Import("x.y"),))
    assert bindings(facts) == ["E = import c.d:E", "G = import c.d:F"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('"a $b and ${c.d}!"', "t['a ' b ' and ' c.d '!']"),
        ('"""\n  one\n    two\n"""', "'one\\n  two\\n'"),
        ("a ?: b", "(a or b)"),
        ("if (c) a else b", "(a or b)"),
        ('when (k) { 1 -> "a" else -> b }', "('a' or b)"),
        ("a!!.b?.c", "a.b.c"),
        ("a as T", "a"),
        ("A::class.java", "A"),
        ("f(m = 1, *rest)", "f(m=1, *rest)"),
        ("client.send(1) { r -> r.model(2) }", "client.send(1, {'model': 2})"),
        ("list.map { it.x }", "list.map(<function <lambda>>)"),
        ("T(1)", "T(1)"),
    ],
)
def test_values(code: str, expected: str) -> None:
    assert value_of(code) == expected


def test_classes_and_properties() -> None:
    facts = read("""
        @Service
        class Bot(private val model: ChatModel, name: String = "d") : Base(model), Talker {
            companion object {
                const val P = "a"
            }
            @Value("key") lateinit var key: String
            val client: Client by lazy { make() }
            fun ask(vararg q: String): String = model.chat(q)
        }
        interface Talker { @Say("x") fun chat(m: String): String }
        fun main() { }
        """)
    shown = {s.qualname: s for s in facts.scopes}
    assert [show(facts, b) for b in shown["Bot"].bases] == ["Base", "Talker"]
    expected = {"Bot: model: ChatModel = ?", "Bot.constructor: this.model = model", "Bot: key: String = Value('key')", "Bot: P = 'a'"}
    assert {*expected, "Bot: client: Client = make()"} <= set(bindings(facts))
    assert ([p.kind for p in shown["Bot.ask"].params], show(facts, shown["Bot.ask"].annotation)) == (["*"], "String")
    assert [show(facts, d) for d in shown["Talker.chat"].decorators] == ["Say('x')", "abstract"]
    assert "main" in shown


@settings(max_examples=60, deadline=None)
@given(st.text("class C{}();.:@=->\"'\n\0 a val fun \x80 <T>[0]?$", max_size=80))
def test_whatever_the_bytes_are_nothing_is_raised(code: str) -> None:
    extract(code.encode("latin-1"))


def test_what_a_function_extends_is_its_first_parameter() -> None:
    facts = read("fun Chat.ask(text: String) = this.call(text)\nfun plain(text: String) = text\n")
    extension, plain = (scope for scope in facts.scopes if scope.kind == "function")
    assert (extension.is_static, extension.receiver, [p.name for p in extension.params]) == (True, "this", ["this", "text"])
    assert (plain.is_static, plain.receiver, [p.name for p in plain.params]) == (False, None, ["text"])
