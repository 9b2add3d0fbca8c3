"""C# in, facts out; facts are compared as short text."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicensus.extract.csharp import extract
from aicensus.model.facts import FileFacts, Import
from tests.shown_facts import bindings, calls, show


def read(code: str) -> FileFacts:
    return extract(textwrap.dedent(code).encode())


def value_of(code: str, kind: str = "var") -> str:
    facts = read(f"{kind} x = {code};")
    return show(facts, next(b.value for b in facts.bindings if show(facts, b.target) == "x"))


def test_namespace_and_usings() -> None:
    facts = read("using A.B;\nusing static C.D;\nusing E = F.G;\nglobal using H;\nnamespace My.App;\nclass X {}")
    assert (facts.package, facts.bare_members) == ("My.App", True)
    assert facts.stars == (Import("A.B"), Import("C.D", "*"), Import("H", None, 1))
    assert bindings(facts) == ["E = import F:G", "X = <class X>"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('"a\\n" + b', "('a\\n' + b)"),
        ('@"a""b\\n"', "'a\"b\\\\n'"),
        ('"""\n      one\n        two\n      """', "'one\\n  two\\n'"),
        ('$"hi {name:F2}!"', "t['hi ' name '!']"),
        ("a ?? b", "(a or b)"),
        ("c ? a : b", "(a or b)"),
        ("await F(1)", "F(1)"),
        ("(T)a.B!", "a.B"),
        ("a?.B(1)", "a.B(1)"),
        ("a[0].B", "a[0].B"),
        ("F<int>(a: 1)", "F(a=1)"),
        ("new T(1) { A = 2, B = { b } }", "new T(1, A=2, B=[b])"),
        ("new List<T> { new(1), new() { A = 2 } }", "[new T(1), new T(A=2)]"),
        ('new Dictionary<string, T> { ["a"] = new(1), { "b", c } }', "{'a': new T(1), 'b': c}"),
        ("new { model = m, p, q.R }", "{'model': m, 'p': p, 'R': q.R}"),
        ("[a, ..b]", "[a, *b]"),
        ('new[] { "a" }', "['a']"),
        ('k switch { 1 => "a", _ => b }', "('a' or b)"),
        ("-1", "-1"),
        ("x => x.A", "<function x>"),
        ("typeof(T)", "T"),
    ],
)
def test_values(code: str, expected: str) -> None:
    assert value_of(code) == expected


def test_new_is_a_call_of_the_declared_type() -> None:
    assert value_of('new("m", k)', "A.Client") == "new A.Client('m', k)"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("T a = F(), b;", ["a: T = F()", "b: T = ?"]),
        ("Task<T> a = F();", ["a: T = F()"]),
        ("T? a = null;", ["a: T = None"]),
        ("var a = s.GetRequiredService<T>();", ["a: T = s.GetRequiredService()"]),
        ("foreach (var s in steps) { s.Run(); }", ["s = each(steps)"]),
        ("if (v is T t) { }", ["t: T = ?"]),
        ("var (a, b) = F();", ["a = F()[0]", "b = F()[1]"]),
        ("(A a, B b) = F();", ["a: A = F()[0]", "b: B = F()[1]"]),
        ("(a.B, c) = (1, 2);", ["a.B = [1, 2][0]", "c = [1, 2][1]"]),
        ("a.B += c;", ["a.B = (a.B + c)"]),
    ],
)
def test_bindings(code: str, expected: list[str]) -> None:
    assert bindings(read(code)) == expected


def test_classes_properties_and_attributes() -> None:
    facts = read("""
        [ApiController]
        public class Bot(IChat chat, string k = "d") : Base(chat), ITalker<T> {
            private readonly IChat _c = new Chat("m");
            public string Name { get; set; } = "x";
            public string Said => $"hi {Name}";
            public string Long { get { return k; } }
            public Bot(IChat c) : this(c, "k") { _c = c; }
            [HttpPost("chat")] public async Task<string> Go([FromBody] Req r, params string[] rest) { return await _c.Ask(r.Text); }
        }
        interface ITalker { string Ask(string p); }
        """)
    shown = {s.qualname: s for s in facts.scopes}
    assert [show(facts, b) for b in shown["Bot"].bases] == ["Base", "ITalker[T]"]
    assert {"Bot: chat: IChat = ?", "Bot._c: this = ?"} & set(bindings(facts)) == {"Bot: chat: IChat = ?"}
    assert {"Bot.constructor: this.chat = chat", "Bot.constructor: this._c = c", "Bot: _c: IChat = new Chat('m')"} <= set(bindings(facts))
    for name in ("Said", "Long"):
        assert [show(facts, d) for d in shown[f"Bot.{name}"].decorators] == ["get"]
    go = shown["Bot.Go"]
    assert ([p.name for p in go.params], go.params[1].kind, [show(facts, d) for d in go.decorators]) == (
        ["r", "rest"],
        "*",
        ["HttpPost('chat')"],
    )
    assert [show(facts, d) for d in shown["ITalker.Ask"].decorators] == ["abstract"]
    assert "Bot.constructor: this(c, 'k')" in calls(facts)


@settings(max_examples=60, deadline=None)
@given(st.text("class C{}();.@$=->\"'\n\0 a new \x80 <T>[0]?:record", max_size=80))
def test_whatever_the_bytes_are_nothing_is_raised(code: str) -> None:
    extract(code.encode("latin-1"))


def test_what_a_method_extends_is_its_receiver() -> None:
    facts = read("static class E { static string Ask(this IChat chat, string text) => text; static string Plain(IChat chat) => null; }")
    shown = {s.name: s.receiver for s in facts.scopes if s.kind == "function"}
    assert shown == {"Ask": "chat", "Plain": "this"}
