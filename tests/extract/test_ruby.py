"""Ruby in, facts out; facts are compared as short text."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicensus.extract.ruby import extract
from aicensus.model.facts import FileFacts
from tests.shown_facts import bindings, calls, show


def read(code: str) -> FileFacts:
    return extract(textwrap.dedent(code).encode())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('"a #{b.c}!"', "t['a ' b.c() '!']"),
        ('{ a: 1, "b" => 2, **c }', "{'a': 1, 'b': 2, **c}"),
        ("[a, :b]", "[a, 'b']"),
        ("A::B.new(k: 1)", "new A.B(k=1)"),
        ("f.g(h, i: 1) { |x| x.y(1) }", "f.g(h, i=1, {'y': 1})"),
        ("list.map { |x| x.y(1) }", "list.map(<function <lambda>>)"),
        ('c ? "a" : b', "('a' or b)"),
        ("if c then a else b end", "(a or b)"),
        ('h[:k] || "d"', "(h['k'] or 'd')"),
        ('"a".freeze', "'a'"),
        ("<<~T\n  one\n    two\nT", "'one\\n  two\\n'"),
        ("a&.b(1)", "a.b(1)"),
        ("::A::B.new", "new ::A.B()"),
        ("a.send(:b, 1, **c)", "a.b(1, **c)"),
        ("a.public_send(name, 1)", "getattr(a, name)(1)"),
        ("a.send", "a.send()"),
        ("A.new(1).tap { |y| y.body = b }", "new A(1, body=b)"),
        ("A.new(1).tap { |y| z.body = b }", "new A(1)"),
        ("a.tap { |y| y.body = b }", "a"),
        ("case c when 1 then a when D, E then b else d end", "(a or b or d)"),
        ("begin\n  f(1)\n  a\nrescue E\n  b\nend", "a"),
    ],
)
def test_values(code: str, expected: str) -> None:
    facts = read(f"x = {code}\n")
    assert show(facts, next(b.value for b in facts.bindings if show(facts, b.target) == "x")) == expected


def test_methods_of_an_opened_class_are_the_class_own() -> None:
    facts = read("""
        class Bot
          class << self
            def make = new
          end
          def ask = 1
        end
        """)
    assert [(s.qualname, s.is_static) for s in facts.scopes if s.kind == "function"] == [("Bot.make", True), ("Bot.ask", False)]


@pytest.mark.parametrize(
    ("code", "package"),
    [
        ("class A; end", ""),
        ("class A::B < A; end", "A"),
        ("module A\n  class B; end\nend", "A"),
        ("module A::B\n  module C\n    class D; end\n  end\nend", "A.B.C"),
        ("class ::X::Y < Z; end\nclass A::B; end", "A"),
        ("puts 1", ""),
    ],
)
def test_the_package_is_the_namespace_of_what_is_defined_first(code: str, package: str) -> None:
    assert read(code).package == package


def test_an_attribute_that_is_set_is_bound() -> None:
    facts = read("request.body = text\nself.model ||= other\nrequest.send(:body)\n")
    assert bindings(facts) == ["request.body = text", "self.model = other"]


@pytest.mark.parametrize(
    ("code", "made"),
    [
        pytest.param(
            "class Bot\n  def self.make\n    new(1)\n  end\nend\n", "Bot.make: new self(1)", id="in a class it is the class's own"
        ),
        pytest.param("new(1)\n", "new(1)", id="elsewhere it is any function"),
    ],
)
def test_a_bare_new_makes_an_object_of_the_class_around(code: str, made: str) -> None:
    assert calls(read(code)) == [made]


def test_classes_and_methods() -> None:
    facts = read("""
        module App
          class Bot < Base
            include Helps
            attr_reader :client
            MODEL = "m"
            def initialize(client: C.new, *rest)
              @client = client
            end
            def ask(q)
              client.chat(text: words, q: q)
            end
            def words = "a"
          end
        end
        """)
    shown = {s.qualname: s for s in facts.scopes}
    assert [show(facts, b) for b in shown["Bot"].bases] == ["Base", "Helps"]
    assert {"Bot.constructor: self.client = client", "Bot: client = ?", "Bot: MODEL = 'm'"} <= set(bindings(facts))
    assert [p.kind for p in shown["Bot.constructor"].params] == ["kw", "*"]
    assert [show(facts, r) for r in shown["Bot.ask"].returns] == ["client.chat(text=words(), q=q)"]
    assert "Bot.ask: words()" in calls(facts)


def test_a_branch_is_returned() -> None:
    facts = read("def f(a)\n  if a\n    return 1\n  else\n    g(a)\n  end\nend\n")
    assert [show(facts, r) for r in facts.scopes[1].returns] == ["1", "(g(a))"]


@settings(max_examples=60, deadline=None)
@given(st.text("class C end def().:@=<~\"'\n\0 a do |x| \x80 [0]?#{}", max_size=80))
def test_whatever_the_bytes_are_nothing_is_raised(code: str) -> None:
    extract(code.encode("latin-1"))
