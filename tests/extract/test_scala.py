"""Scala in, facts out; facts are compared as short text."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicensus.extract.scala import extract
from aicensus.model.facts import FileFacts, Import
from tests.shown_facts import bindings, calls, check, show


def read(code: str) -> FileFacts:
    return extract(textwrap.dedent(code).encode())


def value_of(code: str) -> str:
    facts = read(f"val x = {code}")
    return show(facts, next(b.value for b in facts.bindings if show(facts, b.target) == "x"))


def test_package_and_imports() -> None:
    facts = read("package a\npackage b\nimport c.d.E\nimport c.{F, G => H, I as J, K => _, _}\nimport x.y.*, z.W\n")
    assert (facts.package, facts.bare_members, facts.stars) == ("a.b", True, (Import("c"), Import("x.y")))
    assert sorted(bindings(facts)) == ["E = import c.d:E", "F = import c:F", "H = import c:G", "J = import c:I", "W = import z:W"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('"a\\n"', "'a\\n'"),
        ('"""a \\n ${b}"""', "'a \\\\n ${b}'"),
        ('s"a $b and ${c.d}, $$1"', "t['a ' b ' and ' c.d ', $1']"),
        ('s"""one\n  |two $b\n  |""".stripMargin', "t['one\\ntwo ' b '\\n']"),
        ('"a" + b', "('a' + b)"),
        ("f(a)(b) { c }", "f(a, b, c)"),
        ("f { r => r.text }", "f(<function <lambda>>)"),
        ("f { case A(r) => r.text }", "f(<function <lambda>>)"),
        ("f(m = 1, xs: _*)", "f(m=1, *xs)"),
        ('client ask "a"', "client.ask('a')"),
        ("f[Int](1)", "f(1)"),
        ("new a.B[C](1)", "new a.B(1)"),
        ("new B { def c = 1 }", "new <class B>()"),
        ('Some("a")', "'a'"),
        ('ZIO.fromEither(URL.decode("a")).orElseFail(b)', "'a'"),
        ('Map("a" -> b, "c" -> 1)', "{'a': b, 'c': 1}"),
        ('Json.obj("a" := b)', "{'a': b}"),
        ("Seq(a, b)", "[a, b]"),
        ('sys.env.get("K").getOrElse("d")', "(sys.env.get('K') or 'd')"),
        ("if (c) a else b", "(a or b)"),
        ('k match { case 1 => "a"; case _ => b }', "('a' or b)"),
        ("{ f(1); b }", "b"),
        ("for { a <- f(1); b = a.x } yield b", "b"),
        ("try f(1) catch { case e: E => g(e) }", "f(1)"),
        ("-1.5", "-1.5"),
        ("(a, b)", "[a, b]"),
        ("x: T", "x"),
    ],
)
def test_values(code: str, expected: str) -> None:
    assert value_of(code) == expected


def test_a_class_and_its_companion_are_one() -> None:
    facts = read("""
        @Singleton
        class Bot @Inject()(val model: ChatModel, name: String = "d")(implicit ec: Context) extends Base(model) with Talker {
          val (p, q) = pair
          def ask(q: String, rest: Int*)(using x: X): Future[Answer] = model.chat(q)
          def prompt: String = "Be kind."
          def set(): Unit = { n = 1 }
        }
        object Bot { val P = "a" }
        trait Talker { def chat(m: String): String }
        object Main extends App { f() }
        """)
    shown = {s.qualname: s for s in facts.scopes}
    assert [s.qualname for s in facts.scopes if s.kind == "class"] == ["Bot", "Talker", "Main"]
    assert ([show(facts, b) for b in shown["Bot"].bases], show(facts, shown["Bot.ask"].annotation)) == (["Base", "Talker"], "Answer")
    expected = {"Bot.constructor: this.model = model", "Bot: P = 'a'", "Bot: q = pair[1]", "Bot.set: this.n = 1"}
    assert {*expected, "Bot: prompt = <function Bot.prompt>"} <= set(bindings(facts))
    assert [(p.name, p.kind) for p in shown["Bot.ask"].params] == [("q", ""), ("rest", "*"), ("x", "kw")]
    assert [show(facts, d) for d in shown["Talker.chat"].decorators] == ["abstract"]
    assert facts.main == (11, 11)


def test_an_extension_is_called_on_its_first_parameter() -> None:
    facts = read("extension (c: Chat) def ask(text: String) = c.call(text)\n")
    (extension,) = (scope for scope in facts.scopes if scope.kind == "function")
    assert (extension.is_static, extension.receiver, [p.name for p in extension.params]) == (True, "c", ["c", "text"])


def test_calls_stand_in_the_functions_around_them() -> None:
    code = "object A {\n  def f(xs: List[Int]) = for (x <- xs) yield g(x)\n  val r = routes { case req => h(req) }\n}\n"
    facts = read(code)
    assert calls(facts) == ["A.f: g(x)", "A: routes(<function A.<lambda>>)", "A.<lambda>: h(req)"]
    check(facts, 4)


@settings(max_examples=60, deadline=None)
@given(st.text("class C{}();.:@=->\"'\n\0 a def val \x80 [T]0?$|", max_size=80))
def test_whatever_the_bytes_are_nothing_is_raised(code: str) -> None:
    extract(code.encode("latin-1"))
