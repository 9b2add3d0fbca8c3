"""Rust in, facts out; facts are compared as short text."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicensus.extract.rust import extract
from aicensus.model.facts import FileFacts, Import
from tests.shown_facts import bindings, calls, show


def read(code: str) -> FileFacts:
    return extract(textwrap.dedent(code).encode())


def test_uses() -> None:
    facts = read("use a::{b::{C, D as E}, f::self};\nuse g::*;\nuse crate::h::i;\nuse j;\n")
    assert bindings(facts) == ["C = import a.b:C", "E = import a.b:D", "f = import a:f", "i = import crate.h:i", "j = import j"]
    assert facts.stars == (Import("g"),)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('format!("a {} {b}!", c)', "t['a ' c ' ' b '!']"),
        ('"a".to_string()', "'a'"),
        ('r#"raw "x""#', "'raw \"x\"'"),
        ("vec![a, 1]", "[a, 1]"),
        ("A::b(1)?.c.await", "A.b(1).c"),
        ('Req { model: "m", key, ..Default::default() }', "new Req(model='m', key=key)"),
        ("if a { b } else { c }", "(b or c)"),
        ('match k { 1 => "a", _ => b }', "(('a' or b))"),
        ("&a[0]", "a[0]"),
        ("|x| x.y(1)", "<function m.x>"),
        ("Arc::new(a)", "a"),
        ("f::<T>(1)", "f(1)"),
    ],
)
def test_values(code: str, expected: str) -> None:
    facts = read(f"fn m() {{ let x = {code}; }}")
    assert show(facts, next(b.value for b in facts.bindings if show(facts, b.target) == "x")) == expected


def test_methods_stand_in_the_class_of_their_type() -> None:
    facts = read("""
        impl Talker for Bot<'a> {
            pub fn new(key: &str) -> Self { Self { key } }
            async fn ask(&self, p: &str) -> Result<Answer, Error> { Ok(self.client.go(p).await?) }
        }
        pub struct Bot<'a> { client: Arc<Client>, key: String }
        trait Talker { fn ask(&self, p: &str) -> Answer; }
        """)
    shown = {s.qualname: s for s in facts.scopes}
    assert list(shown) == ["", "Bot", "Talker", "Talker.ask", "Bot.new", "Bot.ask"]
    assert [show(facts, b) for b in shown["Bot"].bases] == ["Talker"]
    assert (shown["Bot.new"].is_static, shown["Bot.ask"].is_static, shown["Bot.ask"].receiver) == (True, False, "self")
    assert [show(facts, r) for r in shown["Bot.ask"].returns] == ["self.client.go(p)"]
    assert "Bot: client: Client = ?" in bindings(facts)
    assert [show(facts, d) for d in shown["Talker.ask"].decorators] == ["abstract"]
    assert "Bot.ask: self.client.go(p)" in calls(facts)


@settings(max_examples=60, deadline=None)
@given(st.text("fn impl struct C{}();.:=->\"'\n\0 a &b let use \x80 <T>[0]?#!", max_size=80))
def test_whatever_the_bytes_are_nothing_is_raised(code: str) -> None:
    extract(code.encode("latin-1"))
