"""Java in, facts out; facts are compared as short text."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicensus.extract.java import extract
from aicensus.model.facts import FileFacts, Import
from tests.shown_facts import bindings, calls, show


def read(code: str) -> FileFacts:
    return extract(textwrap.dedent(code).encode())


def inside(code: str) -> FileFacts:
    """Facts of statements in a method of a class."""
    return read(f"class C {{ void m(Object p) {{\n{textwrap.dedent(code)}\n}} }}")


def value_of(code: str) -> str:
    facts = inside(f"Object x = {code};")
    return show(facts, next(b.value for b in facts.bindings if b.value is not None and show(facts, b.target) == "x"))


def test_package_and_imports() -> None:
    facts = read("package a.b;\nimport c.d.E;\nimport static c.d.E.f;\nimport g.h.*;\nclass X {}")
    assert (facts.package, facts.bare_members) == ("a.b", True)
    assert bindings(facts) == ["E = import c.d:E", "f = import c.d.E:f", "X = <class X>"]
    assert facts.stars == (Import("g.h"),)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('"a" + b', "('a' + b)"),
        (r'"a\n\"b\""', "'a\\n\"b\"'"),
        ('"""\n      one\n        two\n      """', "'one\\n  two\\n'"),
        ("p == null ? a : b", "(a or b)"),
        ("(String) a.b", "a.b"),
        ("a[0]", "a[0]"),
        ("A.builder().x(1).build()", "A.builder().x(1).build()"),
        ('new T("a", b)', "new T('a', b)"),
        ("new java.util.ArrayList<String>()", "new java.util.ArrayList()"),
        ('new String[] {"a", "b"}', "['a', 'b']"),
        ("T.class", "T"),
        ("T::made", "T.made"),
        ("-1", "-1"),
        ("1_000L", "1000"),
        ("0.5f", "0.5"),
        ("true", "True"),
        ("client.send(r -> r.model(m).user(u))", "client.send({'model': m, 'user': u})"),
        ("texts.map(t -> t.text(1))", "texts.map(<function C.m.<lambda>>)"),
        ("run(() -> 1)", "run(<function C.m.<lambda>>)"),
    ],
)
def test_values(code: str, expected: str) -> None:
    assert value_of(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("final String a = f(), b;", ["C.m: a: String = f()", "C.m: b: String = ?"]),
        ("var a = f();", ["C.m: a = f()"]),
        ("for (Step s : steps) { s.run(); }", ["C.m: s: Step = each(steps)"]),
        ("try (R r = open()) { }", ["C.m: r: R = open()"]),
        ("Optional<T> a = f();", ["C.m: a: T = f()"]),
        ("java.util.List<T> a = f();", ["C.m: a: java.util.List[T] = f()"]),
        ("T[] a = f();", ["C.m: a: T = f()"]),
        ("kept = p;", ["C.m: this.kept = p"]),
        ("int a; a = 1;", ["C.m: a = ?", "C.m: a = 1"]),
        ("p += 1;", ["C.m: p = (p + 1)"]),
        ("this.a = p;", ["C.m: this.a = p"]),
    ],
)
def test_bindings(code: str, expected: list[str]) -> None:
    assert [row for row in bindings(inside(code)) if row.startswith("C.m:")] == expected


def test_classes_methods_and_annotations() -> None:
    facts = read("""
        @Service("x")
        class Bot extends Base implements Talker, q.Other {
            @Value("${key}") private String key;
            static final String P = "a";
            Bot(Model model, String... rest) { super(model); this.model = model; }
            @Get(value = "/x", tags = {"a"}) static String go(@Body Req r) { return f(r); }
        }
        """)
    cls, made, go = facts.scopes[1:]
    assert [show(facts, b) for b in cls.bases] == ["Base", "Talker", "q.Other"]
    assert [show(facts, d) for d in cls.decorators] == ["Service('x')"]
    assert (made.name, made.receiver, [p.name for p in made.params], made.params[1].kind) == ("constructor", "this", ["model", "rest"], "*")
    assert (go.qualname, go.is_static, [show(facts, d) for d in go.decorators]) == ("Bot.go", True, ["Get(value='/x', tags=['a'])"])
    assert "Bot: key: String = Value('${key}')" in bindings(facts)
    assert calls(facts) == [
        "Service('x')",
        "Bot: Value('${key}')",
        "Bot.constructor: super(model)",
        "Bot.go: Get(value='/x', tags=['a'])",
        "Bot.go: f(r)",
    ]


def test_an_interface_method_has_the_annotations_of_its_interface() -> None:
    facts = read('@Ai(x = 1)\ninterface Bot {\n  @Say("hi")\n  String chat(String m);\n  default int n() { return 1; }\n}')
    chat, n = facts.scopes[2:]
    assert [show(facts, d) for d in chat.decorators] == ["Say('hi')", "abstract", "Ai"]
    assert n.decorators == ()


def test_records_enums_and_anonymous_classes() -> None:
    facts = read('record R(String a) {}\nenum E { A("x"), B; E(String s) {} }\nclass C { Run r = new Run(1) { void go() {} }; }')
    assert [s.qualname for s in facts.scopes[1:]] == ["R", "R.constructor", "E", "E.constructor", "C", "C.Run", "C.Run.go"]
    expected = {"R: a: String = ?", "R.constructor: this.a = a", "E: A = new E('x')", "C: r: Run = new <class C.Run>(1)"}
    assert expected <= set(bindings(facts))


def test_main_notes_and_errors() -> None:
    facts = read("class A {\n  // aicensus: owner=a@b.c\n  public static void main(String[] a) {\n    f(;\n  }\n}")
    assert facts.main == (3, 5)
    assert [(n.line, n.text) for n in facts.notes] == [(2, "owner=a@b.c")]
    assert facts.errors


@settings(max_examples=60, deadline=None)
@given(st.text("class C{}();.@=->\"'\n\0 a b new \x80 <T>[0]", max_size=80))
def test_whatever_the_bytes_are_nothing_is_raised(code: str) -> None:
    extract(code.encode("latin-1"))


def test_deep_code_is_cut() -> None:
    facts = read("class C { Object x = " + "(" * 3000 + "1" + ")" * 3000 + "; }")
    assert any(why == "too deep" for _, why in facts.errors)


def test_getters_that_annotations_have_made() -> None:
    facts = read("""
        @Data class A { Chat chat; }
        class B { @Getter private Chat chat; @Value("${x}") private String text; }
        """)
    assert [s.qualname for s in facts.scopes if s.kind == "function"] == ["A.getChat", "B.getChat"]
    assert [show(facts, s.returns[0]) for s in facts.scopes if s.kind == "function"] == ["this.chat", "this.chat"]
