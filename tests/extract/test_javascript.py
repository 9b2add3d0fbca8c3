"""Code in, facts out, for JavaScript and TypeScript. Facts are compared as short text: see `tests/shown_facts.py`."""

from __future__ import annotations

import sys
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicensus.extract.builder import MAX_ERRORS
from aicensus.extract.javascript import extract
from aicensus.model.facts import Call, Const, FileFacts, Name, Note, Template
from tests.shown_facts import bindings, calls, check, show

DIALECTS = ((False, False), (True, False), (True, True))


def read(code: str) -> FileFacts:
    """Facts of code in which every dialect may be mixed."""
    return extract(textwrap.dedent(code).encode(), typescript=True, tsx=True)


def value_of(code: str) -> str:
    """Show the value of the last binding of `code`."""
    facts = read(code)
    return show(facts, facts.bindings[-1].value)


def exports(facts: FileFacts) -> list[str]:
    return [f"{export.name} = {show(facts, export.value)}" for export in facts.exports]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import a from 'm'", ["a = import m:default"]),
        ("import { a, b as c } from 'm'", ["a = import m:a", "c = import m:b"]),
        ("import { default as d, 'x y' as e } from 'm'", ["d = import m:default", "e = import m:x y"]),
        ("import * as ns from 'm'", ["ns = import m"]),
        ("import a, * as ns from 'm'", ["a = import m:default", "ns = import m"]),
        ("import a, { b } from 'm'", ["a = import m:default", "b = import m:b"]),
        ("import 'm'", []),
        ("import type { A } from 'm'", ["A = import m:A"]),
        ("import { type A, b } from 'm'", ["A = import m:A", "b = import m:b"]),
        ("import d from './d.json' with { type: 'json' }", ["d = import ./d.json:default"]),
        ("import fs = require('fs')", ["fs = import fs"]),
        ("import x = A.B.C", ["x = A.B.C"]),
        ("const a = require('m')", ["a = import m"]),
        ("const { a, b: c } = require('m')", ["a = import m.a", "c = import m.b"]),
        ("const a = require('m').b.c", ["a = import m.b.c"]),
        ("const a = require(`m`)", ["a = import m"]),
        ("const a = await import('m')", ["a = import m"]),
        ("const { default: A } = await import('m')", ["A = import m.default"]),
        ("const a = (await import('m')).b", ["a = import m.b"]),
        ("const a_1 = __importDefault(require('a'))", ["a_1 = import a"]),
        ("var a_1 = tslib_1.__importStar(require('a'))", ["a_1 = import a"]),
        ("var import_a = __toESM(require('a'), 1)", ["import_a = import a"]),
        ("const a = require(name)", ["a = require(name)"]),
        ("const a = await import(`./${x}`)", ["a = import(t['./' x])"]),
        ("const a = required('m')", ["a = required('m')"]),
        ("const a = wrap(require('m'))", ["a = wrap(import m)"]),
    ],
)
def test_imports(code: str, expected: list[str]) -> None:
    assert bindings(read(code)) == expected


def test_importing_is_no_call() -> None:
    assert calls(read("const a = require('m'), b = import('n'); require('dotenv').config()")) == ["import dotenv.config()"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("export const a = 1, { b, c: [d, ...e], f = 2 } = g", ["a = a", "b = b", "d = d", "e = e", "f = f"]),
        ("export function f() {}", ["f = f"]),
        ("export async function* f() {}", ["f = f"]),
        ("export class A {}", ["A = A"]),
        ("export { a as b, c }", ["b = a", "c = c"]),
        ("export { a as default }", ["default = a"]),
        ("export { x, default as y } from 'm'", ["x = import m:x", "y = import m:default"]),
        ("export * from 'm'", ["* = import m"]),
        ("export * as ns from 'm'", ["ns = import m"]),
        ("export type { T } from 'm'", ["T = import m:T"]),
        ("export default a.b", ["default = a.b"]),
        ("export default function () {}", ["default = <function default>"]),
        ("export default async () => 1", ["default = <function default>"]),
        ("export default function f() {}", ["default = f"]),
        ("export default class {}", ["default = <class default>"]),
        ("export default class A {}", ["default = A"]),
        ("export default { a: 1 }", ["default = {'a': 1}"]),
        ("export default f(1)", ["default = f(1)"]),
        ("export default interface I { a: B }", ["default = I"]),
        ("export interface I { a: B }", ["I = I"]),
        ("export type T = A", ["T = T"]),
        ("export enum E { A }", ["E = E"]),
        ("export abstract class A {}", ["A = A"]),
        ("export declare const a: B", ["a = a"]),
        ("export import a = b.c", ["a = a"]),
        ("export namespace N { export const x = 1 }", ["N = N"]),
        ("export as namespace Foo", []),
        ("export {}", []),
        ("export = a", ["= = a"]),
        ("module.exports = { a, b: 1 }", ["= = {'a': a, 'b': 1}"]),
        ("module.exports = exports = f", ["= = f"]),
        ("exports.a = 1; module.exports.b = f()", ["a = 1", "b = f()"]),
        ("exports['a'] = 1", ["a = 1"]),
        ("exports.a = exports.b = void 0; exports.a = 1", ["a = 1"]),
        ("exports.default = class A {}", ["default = <class A>"]),
        ("Object.defineProperty(exports, 'a', { enumerable: true, get: function () { return m.a } })", ["a = m.a"]),
        ("Object.defineProperty(exports, '__esModule', { value: true })", []),
        ("__exportStar(require('./m'), exports)", ["* = import ./m"]),
        ("tslib_1.__exportStar(require('./m'), exports)", ["* = import ./m"]),
        ("other.exports.a = 1; a.b = 2", []),
    ],
)
def test_exports(code: str, expected: list[str]) -> None:
    assert exports(read(code)) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("const a = 1", ["a = 1"]),
        ("let a", ["a = ?"]),
        ("let a: T", ["a: T = ?"]),
        ("const a: T = b", ["a: T = b"]),
        ("const a = b as T", ["a: T = b"]),
        ("const a = <any>b satisfies T", ["a: T = b"]),
        ("const a = b as const", ["a = b"]),
        ("var a = b = c()", ["a = c()", "b = c()"]),
        ("a = b = c()", ["a = c()", "b = c()"]),
        ("a.b = c", ["a.b = c"]),
        ("a['b'] = c; a[d] = e; a[0] = f", ["a.b = c", "a[d] = e", "a[0] = f"]),
        ("a += b; a -= b", ["a = (a + b)", "a = <augmented_assignment_expression>"]),
        ("a ??= f(); b ||= c", ["a = f()", "b = c"]),
        ("const [a, , b = 2, ...c] = d", ["a = d[0]", "b = d[2]", "b = 2", "c = d[<slice>]"]),
        ("const [a, b] = [f(), 2]", ["a = f()", "b = 2"]),
        ("const { a, b: c, 'd': e, [f]: g, ...h } = i", ["a = i.a", "c = i.b", "e = i.d", "g = i[f]", "h = i"]),
        ("const { a: { b: [c] } } = d", ["c = d.a.b[0]"]),
        ("const { a = 1, b: c = f() } = d", ["a = d.a", "a = 1", "c = d.b", "c = f()"]),
        ("const { a: { b } = { b: 1 } } = c", ["b = c.a.b", "b = {'b': 1}.b"]),
        ("({ a, b: c.d } = e)", ["a = e.a", "c.d = e.b"]),
        ("[a, b.c] = d", ["a = d[0]", "b.c = d[1]"]),
        ("for (const a of b) {}", ["a = each(b)"]),
        ("for (const [k, v] of f(b)) {}", ["k = each(f(b))[0]", "v = each(f(b))[1]"]),
        ("for await (const { a } of b) c(a)", ["a = each(b).a"]),
        ("for (x.y of z);", ["x.y = each(z)"]),
        ("for (let i = 0; i < 3; i++) {}", ["i = 0"]),
        ("try {} catch (e) {}", ["e = <catch_clause>"]),
        ("if ((m = f())) {}", ["m = f()"]),
        ("type A = B<C>", ["A = B[C]"]),
        ("declare const a: B", ["a: B = ?"]),
        ("declare global { var a: B }", ["a: B = ?"]),
        ("declare module 'm' { export const a: B }", []),
        ("namespace N.M { export const x = 1; const y = 2 }", ["N = {'M': {'x': x}}", "x = 1", "y = 2"]),
    ],
)
def test_bindings(code: str, expected: list[str]) -> None:
    assert bindings(extract(code.encode(), typescript=True, tsx="<any>" not in code)) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("f(1, ...a)", ["f(1, *a)"]),
        ("a.b.c()", ["a.b.c()"]),
        ("a?.b?.[0]?.(1)", ["a.b[0](1)"]),
        ("a['b']()", ["a.b()"]),
        ("a!.b!()", ["a.b()"]),
        ("new A", ["new A()"]),
        ("new a.B<T>({ k: 1 })", ["new a.B({'k': 1})"]),
        ("new A().b()", ["new A().b()", "new A()"]),
        ("await (await f()).g()", ["f().g()", "f()"]),
        ("f(g(h()), i())", ["f(g(h()), i())", "g(h())", "h()", "i()"]),
        ("f<T>(x)", ["f(x)"]),
        ("(0, a.b)(c)", ["a.b(c)"]),
        ("async () => { await (0, a.b)(c(d)) }", ["<lambda>: a.b(c(d))", "<lambda>: c(d)"]),
        ("a.f.call(this, b)", ["a.f(b)"]),
        ("(0, a.f).apply(this, [b, ...c])", ["a.f(b, *c)"]),
        ("f.apply(this, arguments)", ["f(*arguments)"]),
        ("A.prototype.f.call(a, b)", ["A.prototype.f(b)"]),
        ("chain.call(a, b)", ["chain.call(a, b)"]),
        ("f.apply()", ["f.apply()"]),
        ("super.f(super(x))", ["super.f(super(x))", "super(x)"]),
        ("a.then(b => c(b))", ["a.then(<function <lambda>>)", "<lambda>: c(b)"]),
        ("(() => { f() })()", ["<function <lambda>>()", "<lambda>: f()"]),
        ("(function main() { f() })()", ["<function main>()", "main: f()"]),
        ("f({ onEnd: () => g(), h() { i() } })", ["f({'onEnd': <function onEnd>, 'h': <function h>})", "onEnd: g()", "h: i()"]),
        ("<A b={f()} c={() => g()} {...h()} d='x'>{i()}text<B.C e={j} /></A>", ["f()", "c: g()", "h()", "i()"]),
        ("<>{a && f()}{/* no */}</>", ["f()"]),
        ("`${f()} ${g`x ${h()}`}`", ["f()", "h()"]),
        ("switch (f()) { case g(): h(); break; default: i() }", ["f()", "g()", "h()", "i()"]),
        ("if (f()) g(); else if (h()) i(); else { j() }", ["f()", "g()", "h()", "i()", "j()"]),
        ("label: do { f() } while (g())", ["f()", "g()"]),
        ("throw f(); try { g() } catch { h() } finally { i() }", ["f()", "g()", "h()", "i()"]),
        ("for (f(); g(); h()) i()", ["f()", "g()", "h()", "i()"]),
        ("delete f().a, !g(), h() ? i() : j(), k() < l()", ["f()", "g()", "h()", "i()", "j()", "k()", "l()"]),
        ("@D(f()) class A { @E() a = g(); @F() m(@G() x) {} }", ["D(f())", "f()", "A: E()", "A: g()", "A: F()", "A.m: G()"]),
        ("class A { static { f() } [g()]() {} #p = h(); static q = i() }", ["A: f()", "A: g()", "A: h()", "A: i()"]),
        ("function f({ a = g() }, b = h()) {}", ["f: g()", "f: h()"]),
        ("enum E { A = f() }", ["E: f()"]),
        ("namespace N { f() }", ["f()"]),
        ("export default f(g())", ["f(g())", "g()"]),
        ("let a: ReturnType<typeof f>", []),
    ],
)
def test_calls(code: str, expected: list[str]) -> None:
    assert calls(read(code)) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (r"'a\n\x41\u0042\u{1F600}\q\0'", r"'a\nAB😀q\x00'"),
        (r"'\ud83d\ude00'", "'😀'"),
        (r"'\ud83d'", "'\ufffd'"),
        ("'a\\\nb'", "'ab'"),
        ("`a`", "'a'"),
        ("`a\r\nb`", "'a\\nb'"),
        (r"`a ${b.c}\n${d}${e()} \${f}`", r"t['a ' b.c '\n' d e() ' ${f}']"),
        ("gql`q ${a}`", "t['q ' a]"),
        ("dedent`q`", "'q'"),
        ("12", "12"),
        ("-1.5", "-1.5"),
        ("0x1F", "31"),
        ("1_000n", "1000"),
        ("0o17 ", "15"),
        (".5e2", "50.0"),
        ("1e999", "<number>"),
        ("99999999999999999999", "<number>"),
        ("[true, null, undefined]", "[True, None, None]"),
        ("/a(b)/g", "<regex>"),
        ("a ?? b || c && d", "(a or b or c or d)"),
        ("a ? b : c ? d : e", "(b or d or e)"),
        ("(a || b).c", "(a or b).c"),
        ("'a' + b + `c`", "(('a' + b) + 'c')"),
        ("n * 2 + 'x' + y", "((<binary_expression> + 'x') + y)"),
        ("a + b - c", "<binary_expression>"),
        ("a < b", "<binary_expression>"),
        ("a as T", "a"),
        ("(a satisfies T)!", "a"),
        ("{ a, b: 1, 'c d': 2, 3: 4, [e]: 5, ['f']: 6, ...g }", "{'a': a, 'b': 1, 'c d': 2, 3: 4, e: 5, 'f': 6, **g}"),
        ("[a, ...b, , c]", "[a, *b, c]"),
        ("process.env.OPENAI_KEY", "process.env.OPENAI_KEY"),
        ("import.meta.env.KEY", "import.meta.env.KEY"),
        ("this.a.#b", "this.a.#b"),
        ("(a, b)", "b"),
        ("(a = f())", "f()"),
        ("typeof a", "<unary_expression>"),
        ("<A />", "<jsx_self_closing_element>"),
        ("await a", "a"),
        ("class extends B {}", "<class x>"),
        ("async (a) => a", "<function x>"),
        ("a || (() => 1)", "(a or <function x>)"),
        ("a + (() => 1)", "(a + <function <lambda>>)"),
        ("f(() => 1)", "f(<function <lambda>>)"),
    ],
)
def test_expressions(code: str, expected: str) -> None:
    assert value_of(f"x = {code}") == expected


def test_members_of_an_object_literal() -> None:
    facts = read("const a = { async f() {}, get g() { return 1 }, h: function () {}, i: function j() {} }")
    functions = "{'f': <function f>, 'g': <function g>, 'h': <function h>, 'i': <function j>}"
    assert [show(facts, binding.value) for binding in facts.bindings] == [functions, "<function j>"]


def test_places_of_text() -> None:
    facts = read("const a = `one\n  ${b} two\n${c}\nthree`\nconst d = 'x'\n")
    template = Template((Const("one\n  ", 1, 2), Name("b", 2), Const(" two\n", 2, 2), Name("c", 3), Const("\nthree", 3, 4)), 1, 4)
    assert [binding.value for binding in facts.bindings] == [template, Const("x", 5, 5)]


def test_places_of_calls() -> None:
    facts = read("client\n  .chat\n  .create({\n    a: f(\n    ),\n  })\n")
    assert [(call.line, call.end_line) for call in facts.calls] == [(1, 6), (4, 5)]
    assert isinstance(facts.calls[0], Call)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("const f = (a, b = 1, ...c) => a", "f(a, b=1, *c) -> a"),
        ("const f = a => ({ a })", "f(a) -> {'a': a}"),
        ("function f(a: (x: X) => Promise<B | null>, b: () => void) {}", "f(a: =>[Promise[(B | None)]], b: =>[void])"),
        ("async function f(a: A, b?: B[]): Promise<C> { return a; return g() }", "async f(a: A, b: Array[B]): Promise[C] -> a, g()"),
        ("function* f() { yield 1; yield* g }", "f() -> 1, each(g)"),
        ("function f(this: T, a) {}", "f(a)"),
        ("const f = function () { return 1 }", "f() -> 1"),
        ("const f = function g() { return 1 }", "g() -> 1"),
        ("a.b.f = async () => {}", "async f()"),
        ("f ??= () => 1", "f() -> 1"),
        ("function f({ a }: P = {}, [b]) {}", "f({}0: P={}, {}1)"),
        ("function f(...[a]) {}", "f(*{}0)"),
        ("function f(x: any): x is Y {}", "f(x: any): <type_predicate>"),
        ("export function f(a: string): string\nexport function f(a) { return a }", "f(a) -> a"),
        ("declare function f(a: string): B", "f(a: string): B"),
    ],
)
def test_functions(code: str, expected: str) -> None:
    facts = read(code)
    scope = next(scope for scope in facts.scopes if scope.kind == "function")
    params = []
    for param in scope.params:
        annotation = f": {show(facts, param.annotation)}" if param.annotation else ""
        params.append(f"{param.kind}{param.name}{annotation}" + (f"={show(facts, param.default)}" if param.default else ""))
    shown = f"{'async ' if scope.is_async else ''}{scope.name}({', '.join(params)})"
    shown += f": {show(facts, scope.annotation)}" if scope.annotation else ""
    shown += f" -> {', '.join(show(facts, value) for value in scope.returns)}" if scope.returns else ""
    assert shown == expected


def test_parts_of_a_parameter_are_bindings_of_the_function() -> None:
    facts = read("const f = ({ a, b: { c = 1 }, ...d }, [e]) => a")
    assert bindings(facts)[1:] == ["f: a = {}0.a", "f: c = {}0.b.c", "f: c = 1", "f: d = {}0", "f: e = {}1[0]"]


CLASS = """
    export class A<T> extends B<T> implements I, J {
      static x: X = 1
      #p = new P()
      readonly llm!: LLM
      fn = async (a) => this.llm
      constructor(private readonly c: C, public d = 1, e) { super(); this.e = e }
      get foo() { return this.#p }
      set foo(v) {}
      static async make(): Promise<A> { return new A() }
      @dec() deco() {}
      over(a: string): void
      over(a) {}
      abstract missing(): M
    }
"""


def test_classes() -> None:
    facts = read(CLASS)
    scopes = {scope.qualname: scope for scope in facts.scopes}
    assert bindings(facts) == [
        "A = <class A>",
        "A: x: X = 1",
        "A: #p = new P()",
        "A: llm: LLM = ?",
        "A: fn = <function A.fn>",
        "A: constructor = <function A.constructor>",
        "A.constructor: this.c: C = c",
        "A.constructor: this.d = d",
        "A.constructor: this.e = e",
        "A: foo = <function A.foo>",
        "A: make = <function A.make>",
        "A: deco = <function A.deco>",
        "A: over = <function A.over>",
        "A: missing = <function A.missing>",
    ]
    assert [show(facts, base) for base in scopes["A"].bases] == ["B", "I", "J"]
    assert [(scope.name, scope.receiver, scope.is_static) for scope in facts.scopes if scope.kind == "function"] == [
        ("fn", "this", False),
        ("constructor", "this", False),
        ("foo", "this", False),
        ("foo", "this", False),
        ("make", "this", True),
        ("deco", "this", False),
        ("over", "this", False),
        ("missing", "this", False),
    ]
    assert show(facts, scopes["A.deco"].decorators[0]) == "dec()"
    getter, setter = (scope for scope in facts.scopes if scope.name == "foo")
    assert [show(facts, scope.decorators[0]) for scope in (getter, setter)] == ["get", "set"]


def test_the_same_class_without_types() -> None:
    facts = extract(b"class A extends B { static x = 1; #p = new P(); fn = (a) => a; constructor(a) {} get foo() {} async m() {} }")
    assert [scope.qualname for scope in facts.scopes] == ["", "A", "A.fn", "A.constructor", "A.foo", "A.m"]
    assert [show(facts, base) for base in facts.scopes[1].bases] == ["B"]


def test_decorators_of_an_exported_class() -> None:
    facts = read("@Injectable()\nexport class A {}\n@B export default class {}")
    assert [[show(facts, d) for d in scope.decorators] for scope in facts.scopes[1:]] == [["Injectable()"], ["B"]]


def test_interfaces_and_object_types_are_classes_that_only_declare() -> None:
    facts = read("interface I extends J { a: A; 'b'?: B; m(x: X): M }\ntype T = { c: C }\nlet t: { d: D }")
    assert bindings(facts) == [
        "I = <class I>",
        "I: a: A = ?",
        "I: b: B = ?",
        "I: m = <function I.m>",
        "T = <class T>",
        "T: c: C = ?",
        "t: <class <type>> = ?",
        "<type>: d: D = ?",
    ]
    assert show(facts, facts.scopes[2].annotation) == "M"


def test_enums_are_classes_with_fields() -> None:
    assert bindings(read("enum Model { Small = 'gpt-4o-mini', 'Big' = 'gpt-4o', Other }")) == [
        "Model = <class Model>",
        "Model: Small = 'gpt-4o-mini'",
        "Model: Big = 'gpt-4o'",
        "Model: Other = ?",
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("A", "A"),
        ("a.b.C", "a.b.C"),
        ("A<B, C[]>", "A[[B, Array[C]]]"),
        ("A | B | undefined", "((A | B) | None)"),
        ("| A & B", "(A | B)"),
        ("readonly A[]", "Array[A]"),
        ("[A, b: B, c?: C]", "Array[[A, B, C]]"),
        ("typeof a.b", "a.b"),
        ("ReturnType<typeof f>", "ReturnType[f]"),
        ("import('m').A", "import m.A"),
        ("'x'", "'x'"),
        ("string", "string"),
        ("(a: A) => B", "=>[B]"),
        ("A['b']", "<lookup_type>"),
        ("keyof A", "<index_type_query>"),
        ("A extends B ? C : D", "<conditional_type>"),
    ],
)
def test_types(written: str, expected: str) -> None:
    facts = read(f"let x: {written}")
    assert show(facts, facts.bindings[0].annotation) == expected


def test_notes() -> None:
    facts = read(
        """
        // aicensus: owner=team-a
        /* aicensus: ignore */
        /**
         * aicensus: purpose=triage
         */
        const a = "// aicensus: no" // aicensus:x
        // nothing aicensus: here
        """
    )
    assert facts.notes == (Note(2, "owner=team-a"), Note(3, "ignore"), Note(5, "purpose=triage"), Note(7, "x"))


@pytest.mark.parametrize(
    ("code", "main"),
    [
        ("if (require.main === module) {\n  main()\n}", (1, 3)),
        ("\nif (import.meta.main) main()", (2, 2)),
        ("if (require.main.x) {}", None),
    ],
)
def test_what_runs_as_a_program(code: str, main: tuple[int, int] | None) -> None:
    assert read(code).main == main


@pytest.mark.parametrize(
    "broken",
    [
        "const = ;",
        "function (",
        "let x = {",
        "if (",
        "class {",
        "f(a b c)",
        "const s = 'open",
        "@@@",
        "}}}",
        "type = = =",
    ],
)
def test_broken_code_keeps_the_rest(broken: str) -> None:
    for typescript, tsx in DIALECTS:
        facts = extract(f"import a from 'a'\nbefore(1)\n\n{broken}\n\nafter(2)\n".encode(), typescript=typescript, tsx=tsx)
        assert calls(facts)[0] == "before(1)"
        assert facts.errors
        if broken not in ("class {", "let x = {"):
            assert any(shown.endswith("after(2)") for shown in calls(facts)), calls(facts)


@pytest.mark.parametrize(
    "code",
    [
        "const a = await load<typeof import('m')>()",
        "const a = db.$query<Row[]>`select ${f()}`",
        "const a = <p>You & me</p>",
        "const a = <a href='?x=1&rel=0' />",
        "const a = 'a\0b' + `c\0${d}`",
        "#!/usr/bin/env node\nf()",
        "\ufeffconst a = 1",
        "using a = f()",
    ],
)
def test_correct_code_that_the_grammars_do_not_know_is_no_error(code: str) -> None:
    facts = read(code)
    assert facts.errors == ()
    assert len(facts.bindings) + len(facts.calls) > 0


def test_javascript_with_types_is_read() -> None:
    facts = extract(b"// @flow\nimport type { A } from 'm'\nfunction f(a: A): B { return a.b() }\n")
    assert (facts.errors, calls(facts)) == ((), ["f: a.b()"])


def test_number_of_errors_is_bounded() -> None:
    facts = extract(b"const = ;\n" * (MAX_ERRORS * 3))
    assert 0 < len(facts.errors) <= MAX_ERRORS


@pytest.mark.parametrize(
    ("opening", "inner", "closing"),
    [
        ("(", "f()", ")"),
        ("[", "f()", "]"),
        ("x = {a: ", "f()", "}"),
        ("() => ", "f()", ""),
        ("(a = ", "f()", ") => 1"),
        ("function g(a = ", "f()", ") {}"),
        ("g(function () { return ", "f()", "})"),
        ("class A { x = ", "f()", "}"),
        ("x = class { m() { ", "f()", "} }"),
        ("{", "f()", "}"),
        ("if (a) ", "f()", ""),
        ("if (a) {} else ", "f()", ""),
        ("`${", "f()", "}`"),
        ("a + (", "f()", ")"),
        ("-", "f()", ""),
        ("<a>", "{f()}", "</a>"),
        ("<a b={", "f()", "} />"),
        ("let [", "a", "] = f()"),
        ("[", "a", "] = f()"),
        ("({a: ", "b", "} = f())"),
        ("let a: A<", "B", ">"),
        ("let a: {a: ", "B", "}"),
        ("namespace N {", "f()", "}"),
        ("a.b(", "f()", ")"),
        ("new A(", "f()", ")"),
        ("await ", "f()", ""),
    ],
)
@pytest.mark.parametrize("depth", [60, 400, 5000])
def test_deep_nesting_is_cut(opening: str, inner: str, closing: str, depth: int) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    try:
        facts = read("first(1);\n" + opening * depth + inner + closing * depth + "\n;last(2)\n")
    finally:
        sys.setrecursionlimit(limit)
    assert facts.calls[0] == Call(0, Name("first", 1), facts.calls[0].args, 1, 1)


@pytest.mark.parametrize("code", ["a" + ".b()" * 3000, "'x' + " * 3000 + "y", "a || " * 3000 + "b", "if (a) {} else " * 3000 + "{}"])
def test_long_chains_are_read(code: str) -> None:
    facts = read(f"f(1)\n{code}\nlast(2)")
    assert calls(facts)[0] == "f(1)"
    assert facts.calls[-1].callee == Name("last", 3)


@pytest.mark.parametrize("content", [b"", b"\n", b"\0", b"\xff\xfe\0a", b"const x = '\xe9'", b"//", b"\\", b"\r\n" * 3, b"`", b"/*", b"<"])
def test_any_bytes_are_read(content: bytes) -> None:
    check_all(content)


WORDS = """
    const let function class => async await yield return import from export default as type interface enum namespace extends new
    this super static get set x y ` ${ } ' \" ( ) [ ] { : , . = ... ?. ?? || && + - * / < > </ /> ! ? ; 1 0x é @ #
    module.exports require('x')
    if else for of in try catch switch case throw declare abstract get set
"""
TOKENS = st.sampled_from([*WORDS.split(), "\0", " ", "\n", "// aicensus: x\n", "/* aicensus: y */", "\\u{1F600}"])


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(TOKENS, max_size=60).map(" ".join), st.lists(TOKENS, max_size=60).map("".join)))
def test_any_text_gives_sound_facts(text: str) -> None:
    check_all(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_binary_gives_sound_facts(content: bytes) -> None:
    check_all(content)


def check_all(content: bytes) -> None:
    last = max(1, content.count(b"\n") + (not content.endswith(b"\n")))
    for typescript, tsx in DIALECTS:
        check(extract(content, typescript=typescript, tsx=tsx), last)
