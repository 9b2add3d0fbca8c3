"""Swift in, facts out; facts are compared as short text."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicensus.extract.swift import extract
from aicensus.model.facts import FileFacts, Import
from tests.shown_facts import bindings, calls, check, show


def read(code: str) -> FileFacts:
    return extract(textwrap.dedent(code).encode())


def value_of(code: str) -> str:
    facts = read(f"let x = {code}\n")
    return show(facts, next(b.value for b in facts.bindings if show(facts, b.target) == "x"))


def test_imports_open_a_module() -> None:
    facts = read("import Foundation\n@testable import App\nimport struct Foo.Bar\n")
    assert (facts.package, facts.bare_members, facts.stars) == ("", True, (Import("Foundation"), Import("App")))
    assert bindings(facts) == ["Bar = import Foo:Bar"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('"a\\n\\(b.c)!"', "t['a\\n' b.c '!']"),
        ('"""\n  one \\(b)\n    two\n  """', "t['one ' b '\\n  two']"),
        ('"""\n  one\n  two\n  """', "'one\\ntwo'"),
        ('#"a\\n"#', "'a\\\\n'"),
        ('"a" + b', "('a' + b)"),
        ("try await f(1)", "f(1)"),
        ("a?.b!.c", "a.b.c"),
        ("a as? T", "a"),
        ("a ?? b", "(a or b)"),
        ("c ? a : b", "(a or b)"),
        ('["a": b, "c": 1]', "{'a': b, 'c': 1}"),
        ("[a, b]", "[a, b]"),
        ("a[0]", "a[0]"),
        ("f(m: 1, 2)", "f(m=1, 2)"),
        ("f(1) { r in g(r) }", "f(1, <function <lambda>>)"),
        ("f { a } other: { b }", "f(<function <lambda>>, other=<function <lambda>>)"),
        ("Foo<Bar>(a: 1)", "Foo(a=1)"),
        ("Foo.init(a: 1)", "Foo(a=1)"),
        ("Model.gpt.rawValue", "Model.gpt"),
        ('.user(.init(content: "a"))', "implicit.user(implicit.init(content='a'))"),
        ("if c { a } else { b }", "(a or b)"),
        ('switch k { case .a: "a" default: b }', "('a' or b)"),
        ("-1.5", "-1.5"),
    ],
)
def test_values(code: str, expected: str) -> None:
    assert value_of(code) == expected


def test_types_and_their_members() -> None:
    facts = read("""
        final class Bot: Base, Talker {
          let client: Client = .init(key: "k")
          static let shared: Bot = .make()
          var prompt: String { "Be kind" }
          var other: String { get { return a } set { b = newValue } }
          init(client: Client) { text = "x" }
          func ask(_ q: String, with model: String = "gpt-4o", rest: Int...) async throws -> Answer? { try await client.send(q) }
        }
        extension Bot { func more() { ask("a") } }
        protocol Talker { func chat(m: String) -> String; var name: String { get } }
        enum Model: String { case small, large = "gpt-4o"; case other(String) }
        """)
    shown = {s.qualname: s for s in facts.scopes}
    assert [s.qualname for s in facts.scopes if s.kind == "class"] == ["Bot", "Talker", "Model"]
    assert ([show(facts, b) for b in shown["Bot"].bases], show(facts, shown["Bot.ask"].annotation)) == (["Base", "Talker"], "Answer")
    assert [(p.name, p.kind, show(facts, p.default)) for p in shown["Bot.ask"].params] == [
        ("q", "", "?"),
        ("with", "", "'gpt-4o'"),
        ("rest", "*", "?"),
    ]
    assert [show(facts, r) for r in shown["Bot.ask"].returns] == ["client.send(q)"]
    assert set(bindings(facts)) >= {
        "Bot: client: Client = Client(key='k')",
        "Bot: shared: Bot = Bot.make()",
        "Bot: prompt = <function Bot.prompt>",
        "Bot: other = <function Bot.other>",
        "Bot.constructor: self.text = 'x'",
        "Bot.ask: model = with",
        "Bot: more = <function Bot.more>",
        "Talker: name: String = ?",
        "Model: small = 'small'",
        "Model: large = 'gpt-4o'",
        "Model: other = ?",
    }
    assert [show(facts, d) for d in shown["Talker.chat"].decorators] == ["abstract"]


def test_an_extension_of_another_type_is_called_on_it() -> None:
    facts = read("extension Chat {\n  func ask(_ text: String) -> String { self.call(text) }\n  static func make() -> Chat { f() }\n}\n")
    ask, make = (scope for scope in facts.scopes if scope.kind == "function")
    assert (ask.is_static, ask.receiver, [p.name for p in ask.params]) == (True, "self", ["self", "text"])
    assert [p.name for p in make.params] == []
    assert [show(facts, b) for b in facts.scopes[1].bases] == ["Chat"]
    assert "Chat = <class Chat>" not in bindings(facts)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("guard let a = f() else { return }", "a = f()", id="guard"),
        pytest.param("if let a = x?.b, a.ok { }", "a = x.b", id="if"),
        pytest.param("for a in xs { g(a) }", "a = each(xs)", id="for"),
        pytest.param("let (a, b) = f()", "a = f()[0]", id="tuple"),
        pytest.param("request.httpBody = try? encode(a)", "request.httpBody = encode(a)", id="member"),
        pytest.param("class A { func f() { let a = Self.b } }", "A.f: a = A.b", id="the class around"),
        pytest.param("text += a", "text = (text + a)", id="appended"),
    ],
)
def test_bindings(code: str, expected: str) -> None:
    assert expected in bindings(read(code))


def test_calls_stand_in_the_functions_around_them() -> None:
    code = 'struct V: View {\n  var body: some View {\n    Button("Send") { Task { await vm.send($0) } }\n  }\n}\n'
    facts = read(code)
    assert calls(facts) == [
        "V.body: Button('Send', <function V.body.<lambda>>)",
        "V.body.<lambda>: Task(<function V.body.<lambda>.<lambda>>)",
        "V.body.<lambda>.<lambda>: vm.send($0)",
    ]
    check(facts, 5)


@settings(max_examples=60, deadline=None)
@given(st.text("class C{}();.:@=->\"'\n\0 a func let \x80 <T>[0]?!\\", max_size=80))
def test_whatever_the_bytes_are_nothing_is_raised(code: str) -> None:
    extract(code.encode("latin-1"))


def test_what_is_assigned_to_a_property_is_of_its_type() -> None:
    facts = read("class Bot {\n  let rule: Message\n  init() { self.rule = .init(text: a) }\n  func f() { let b = .c }\n}\n")
    assert set(bindings(facts)) >= {"Bot.constructor: self.rule = Message(text=a)", "Bot.f: b = implicit.c"}
