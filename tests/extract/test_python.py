"""Code in, facts out. Facts are compared as short text: `f: client.chat(model='x')` is a call in scope `f`."""

from __future__ import annotations

import textwrap

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicensus.extract.builder import MAX_ERRORS
from aicensus.extract.python import extract
from aicensus.model.facts import (
    Arg,
    Attr,
    Binding,
    Call,
    CallRef,
    Choice,
    Const,
    DefRef,
    Element,
    Expr,
    FileFacts,
    Import,
    Item,
    Map,
    Name,
    Op,
    Scope,
    Seq,
    Spread,
    Template,
    Unknown,
)


def read(code: str) -> FileFacts:
    return extract(textwrap.dedent(code).encode())


def show(facts: FileFacts, expr: Expr | None) -> str:
    """Write an expression as it would stand in code, with calls in place."""

    def inner(value: Expr | None) -> str:
        return show(facts, value)

    match expr:
        case None:
            return "?"
        case Const(value):
            return repr(value)
        case Template(parts):
            return "t[" + " ".join(map(inner, parts)) + "]"
        case Name(name):
            return name
        case Attr(base, name):
            return f"{inner(base)}.{name}"
        case Item(base, key):
            return f"{inner(base)}[{inner(key)}]"
        case CallRef(index):
            return show_call(facts, facts.calls[index])
        case DefRef(index):
            return f"<{facts.scopes[index].kind} {facts.scopes[index].qualname}>"
        case Import(module, name, level):
            return f"import {'.' * level}{module}" + (f":{name}" if name else "")
        case Seq(items):
            return "[" + ", ".join(map(inner, items)) + "]"
        case Map(items):
            return "{" + ", ".join(f"{inner(k)}: {inner(v)}" if k else f"**{inner(v)}" for k, v in items) + "}"
        case Op(op, left, right):
            return f"({inner(left)} {op} {inner(right)})"
        case Choice(options):
            return "(" + " or ".join(map(inner, options)) + ")"
        case Element(base):
            return f"each({inner(base)})"
        case Spread(value):
            return f"*{inner(value)}"
        case Unknown(why):
            return f"<{why}>"


def show_call(facts: FileFacts, call: Call) -> str:
    def arg(item: Arg) -> str:
        return f"{item.name}={show(facts, item.value)}" if item.name else item.spread + show(facts, item.value)

    return f"{show(facts, call.callee)}({', '.join(map(arg, call.args))})"


def calls(facts: FileFacts) -> list[str]:
    return [f"{facts.scopes[call.scope].qualname}: {show_call(facts, call)}".removeprefix(": ") for call in facts.calls]


def bindings(facts: FileFacts) -> list[str]:
    def line(binding: Binding) -> str:
        annotation = f": {show(facts, binding.annotation)}" if binding.annotation else ""
        scope = facts.scopes[binding.scope].qualname
        return f"{scope}: {show(facts, binding.target)}{annotation} = {show(facts, binding.value)}".removeprefix(": ")

    return [line(binding) for binding in facts.bindings]


def value_of(code: str) -> str:
    """Show the value of the last binding of `code`."""
    facts = read(code)
    return show(facts, facts.bindings[-1].value)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import a", ["a = import a"]),
        ("import a.b.c", ["a = import a"]),
        ("import a.b as c, d", ["c = import a.b", "d = import d"]),
        ("from a.b import c as d, e", ["d = import a.b:c", "e = import a.b:e"]),
        ("from . import a", ["a = import .:a"]),
        ("from ..a.b import (c,\n  d as e,)", ["c = import ..a.b:c", "e = import ..a.b:d"]),
        ("from __future__ import annotations", ["annotations = import __future__:annotations"]),
        ("try:\n import a\nexcept ImportError:\n import b as a", ["a = import a", "a = import b"]),
        ("if TYPE_CHECKING:\n from a import B", ["B = import a:B"]),
        ("def f():\n import a", ["f = <function f>", "f: a = import a"]),
    ],
)
def test_imports(code: str, expected: list[str]) -> None:
    assert bindings(read(code)) == expected


def test_star_imports_are_kept_apart() -> None:
    facts = read("from a.b import *\nfrom .. import *")
    assert (facts.stars, facts.bindings) == ((Import("a.b", None, 0), Import("", None, 2)), ())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = 1", ["x = 1"]),
        ("x = y = f()", ["x = f()", "y = f()"]),
        ("x: int = 1", ["x: int = 1"]),
        ("x: 'a.B'", ["x: a.B = ?"]),
        ("self.x = a.b", ["self.x = a.b"]),
        ("self.x: T = v", ["self.x: T = v"]),
        ("a['k'] = 1", ["a['k'] = 1"]),
        ("a, b = f()", ["a = f()[0]", "b = f()[1]"]),
        ("a, (b, c) = x", ["a = x[0]", "b = x[1][0]", "c = x[1][1]"]),
        ("[a, b] = x", ["a = x[0]", "b = x[1]"]),
        ("a, *b, c = x", ["a = x[0]", "b = x[<slice>]", "c = x[-1]"]),
        ("(a) = x", ["a = x"]),
        ("(a,) = x", ["a = x[0]"]),
        ("a, b = f(), 2", ["a = f()", "b = 2"]),
        ("a, b = *c, 2", ["a = [*c, 2][0]", "b = [*c, 2][1]"]),
        ("a, b = [1]", ["a = 1", "b = [1][1]"]),
        ("x += y", ["x = (x + y)"]),
        ("x -= y", ["x = <augmented_assignment>"]),
        ("if (n := f()): pass", ["n = f()"]),
        ("x = [(y := 1)]", ["x = [1]", "y = 1"]),
        ("with a() as b, c() as (d, e): pass", ["b = a()", "d = c()[0]", "e = c()[1]"]),
        ("with (a() as b, c() as self.d): pass", ["b = a()", "self.d = c()"]),
        ("with ((a() as b)): pass", ["b = a()"]),
        ("async def f():\n async with a() as b: pass", ["f = <function f>", "f: b = a()"]),
        ("for i, j in z: pass", ["i = each(z)[0]", "j = each(z)[1]"]),
        ("async def f():\n async for i in z: pass", ["f = <function f>", "f: i = each(z)"]),
        ("[x for a in b if c for d in e]", ["a = each(b)", "d = each(e)"]),
        ("type X[T] = list[T]", ["X = list[T]"]),
        ("try: pass\nexcept (A, B) as e: pass", []),
        ("match x:\n case {'k': v}: y = 1\n case C(z) as w: pass", ["y = 1"]),
        ("f().x = 1", ["f().x = 1"]),
        ("x = lambda: 1", ["x = <function x>"]),
    ],
)
def test_bindings(code: str, expected: list[str]) -> None:
    assert bindings(read(code)) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("def f():\n global x\n x = 1", "x = 1", id="global"),
        pytest.param("def f(x):\n def g():\n  nonlocal x\n  x = 1", "f: x = 1", id="nonlocal parameter"),
        pytest.param("def f():\n x = 0\n def g():\n  def h():\n   nonlocal x\n   x = 1", "f: x = 1", id="two levels up"),
        pytest.param("def f():\n def g():\n  nonlocal x\n  x = 1\n x = 0", "f: x = 1", id="owner binds later"),
        pytest.param("def f():\n x = 0\n def g():\n  nonlocal x\n  def h():\n   nonlocal x\n   x = 1", "f: x = 1", id="chain"),
        pytest.param("def f():\n global x\n def g():\n  x = 1", "f.g: x = 1", id="an inner function has its own"),
        pytest.param("x = 0\ndef f():\n x = 1", "f: x = 1", id="a local of the same name"),
    ],
)
def test_names_of_outer_scopes(code: str, expected: str) -> None:
    assert expected in bindings(read(code))
    assert sum(shown.endswith("x = 1") for shown in bindings(read(code))) == 1


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = a.b.c", "a.b.c"),
        ("x = (((a)))", "a"),
        ("x = await f()", "f()"),
        ("x = a[0]['k'][1:f()]", "a[0]['k'][<slice>]"),
        ("x = a[1, b]", "a[[1, b]]"),
        ("x = [1, *a]", "[1, *a]"),
        ("x = [*f(1), *a.b(c)]", "[*f(1), *a.b(c)]"),
        ("x = 1, 2", "[1, 2]"),
        ("x = {1, 2}", "[1, 2]"),
        ("x = {'a': 1, **b, c: d}", "{'a': 1, **b, c: d}"),
        ("x = [f(y)]", "[f(y)]"),
        ("x = {k: 1}", "{k: 1}"),
        ("x = a + 'b' % c", "(a + ('b' % c))"),
        ("x = a | b >> c * d @ e", "(a | (b >> ((c * d) @ e)))"),
        ("x = a + b + c", "((a + b) + c)"),
        ("x = a - b", "<binary_operator>"),
        ("x = a < b", "<comparison_operator>"),
        ("x = not a", "<not_operator>"),
        ("x = a or b and c", "(a or b or c)"),
        ("x = a if b else c if d else e", "(a or c or e)"),
        ("x = a or (b if c else d)", "(a or b or d)"),
        ("x = True, None, -1, 1.5, 0x1F, 1_000, 017", "[True, None, -1, 1.5, 31, 1000, 15]"),
        ("x = 1j, 99999999999999999999, 1e999", "[<integer>, <integer>, <float>]"),
        ("x = ...", "<ellipsis>"),
        ("x = yield y", "<yield>"),
        ("x = (a  # one\n + b)", "(a + b)"),
    ],
)
def test_expressions(code: str, expected: str) -> None:
    assert value_of(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = [f(y) for y in z]", "[f(y)]"),
        ("x = {f(y) for y in z}", "[f(y)]"),
        ("x = {k: f(v) for k, v in z}", "{k: f(v)}"),
        ("x = g(f(y) for y in z)", "g([f(y)])"),
    ],
)
def test_comprehensions(code: str, expected: str) -> None:
    facts = read(code)
    assert show(facts, facts.bindings[0].value) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("'a'", "'a'"),
        ("''", "''"),
        ('"""a\nb"""', "'a\\nb'"),
        ('"""a\r\nb"""', "'a\\nb'"),
        ("'a' \"b\"\\\n  r'\\n'", "'ab\\\\n'"),
        (r"'\n\t\\\'\x41\u00e9\U0001F600\101\N{BULLET}'", '"\\n\\t\\\\\'AéðŸ˜€A•"'.replace("ðŸ˜€", "\U0001f600")),
        (r"'\d \N{NO SUCH} \U99999999'", r"'\\d \\N{NO SUCH} \\U99999999'"),
        (r"'\ud83d'", "'\ufffd'"),
        ("'a\\\nb'", "'ab'"),
        (r"R'\n'", r"'\\n'"),
        (r"b'\xc3\xa9\u'", "'é\\\\u'"),
        (r"b'\xff'", "<bytes>"),
        ("u'x'", "'x'"),
        ("f'a'", "'a'"),
        ("f'a{b}c'", "t['a' b 'c']"),
        ("f'{{{b}}}'", "t['{' b '}']"),
        (r"f'\n{b!r:>{w}}' 'd' f'{e}'", r"t['\n' b 'd' e]"),
        (r"rf'\n{b}'", r"t['\\n' b]"),
        ("f'{f\"{x}y\"}'", "t[t[x 'y']]"),
        ("f'{g(1)}{h[\"k\"]}'", "t[g(1) h['k']]"),
        ("t'{a}'", "t[a]"),
    ],
)
def test_text(code: str, expected: str) -> None:
    assert value_of(f"x = {code}") == expected


def test_text_has_the_lines_of_the_whole_literal() -> None:
    facts = read("x = (\n 'a'\n 'b'\n)\ny = f'''\n{a}\nend\n'''\n")
    first, second = (binding.value for binding in facts.bindings)
    assert first == Const("ab", 2, 3)
    assert second == Template((Const("\n", 5, 5), Name("a", 6), Const("\nend\n", 6, 7)), 5, 8)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("OpenAI().chat.create(model='x')", ["OpenAI().chat.create(model='x')", "OpenAI()"]),
        ("f(1, *a, k=2, **b)", ["f(1, *a, k=2, **b)"]),
        ("f(g(), h(i()))", ["f(g(), h(i()))", "g()", "h(i())", "i()"]),
        ("f(a)(b)[c].d(e)", ["f(a)(b)[c].d(e)", "f(a)(b)", "f(a)"]),
        ("x = f() if g() else h()", ["f()", "g()", "h()"]),
        ("x = not f() < g() - h()", ["f()", "g()", "h()"]),
        ("a[f():g()]", ["f()", "g()"]),
        ("def f(a=g()): h()", ["g()", "f: h()"]),
        ("class A(f(), metaclass=g()): x = h()", ["f()", "g()", "A: h()"]),
        ("@a(1)\n@b\ndef f(): pass", ["a(1)"]),
        ("f'{g():{h()}}'", ["g()", "h()"]),
        ("print 'a %s' % f(), g()", ["f()", "g()"]),
        ("print >>f(), 'a'", ["f()"]),
        ("exec 'a' in f()", ["f()"]),
        ("assert f(), g()\nraise h() from i()\ndel a[j()]", ["f()", "g()", "h()", "i()", "j()"]),
        ("while f(): g()\nelse: h()", ["f()", "g()", "h()"]),
        ("try: f()\nexcept g() as e: h()\nelse: i()\nfinally: j()", ["f()", "g()", "h()", "i()", "j()"]),
        ("match f():\n case A(b) if g(): h()", ["f()", "g()", "h()"]),
        ("def f(): yield g()", ["f: g()"]),
        ("lambda: f()", ["<lambda>: f()"]),
        ("x: Annotated[T, Depends(f)] = g()", ["Depends(f)", "g()"]),
        ("type(a).x = f()", ["f()"]),
    ],
)
def test_calls_in_source_order(code: str, expected: list[str]) -> None:
    assert calls(read(code)) == expected


def test_a_call_spans_its_whole_expression() -> None:
    facts = read("x = (client\n  .chat(1)\n  .create(\n    2,\n  ))\n")
    assert [(call.line, call.end_line) for call in facts.calls] == [(1, 5), (1, 2)]


def test_scopes() -> None:
    facts = read(
        '''
        """Module."""
        @outer
        class A(Base[T], *mixins, metaclass=M):
            # a comment
            "Class" " text."
            limit: int = 3
            @property
            async def run(self, a, /, b: int = 1, *rest: T, k, d="x", **more) -> "Optional[B]":
                """Run."""
                def inner(x): return x
                self.call = lambda y: y
                return g(lambda: 1, key=lambda: 2)
            @staticmethod
            def tool(a): pass
            @classmethod
            def make(cls): pass
        '''
    )
    assert [(s.kind, s.qualname, s.parent, s.line, s.end_line) for s in facts.scopes] == [
        ("module", "", -1, 1, 17),
        ("class", "A", 0, 4, 17),
        ("function", "A.run", 1, 9, 13),
        ("function", "A.run.inner", 2, 11, 11),
        ("function", "A.run.call", 2, 12, 12),
        ("function", "A.run.<lambda>", 2, 13, 13),
        ("function", "A.run.key", 2, 13, 13),
        ("function", "A.tool", 1, 15, 15),
        ("function", "A.make", 1, 17, 17),
    ]
    module, cls, run, inner, *_, key, tool, make = facts.scopes
    assert [s.doc and s.doc.value for s in (module, cls, run, inner)] == ["Module.", "Class text.", "Run.", None]
    assert [show(facts, base) for base in cls.bases] == ["Base[T]", "*mixins"]
    assert [s.receiver for s in (run, inner, key, tool, make)] == ["self", None, None, None, "cls"]
    assert [s.is_static for s in (run, tool, make)] == [False, True, False]
    assert [s.is_async for s in (run, tool)] == [True, False]
    assert [show(facts, d) for d in (*cls.decorators, *run.decorators)] == ["outer", "property"]
    assert show(facts, run.annotation) == "Optional[B]"
    assert [show(facts, value) for value in run.returns] == ["g(<function A.run.<lambda>>, key=<function A.run.key>)"]
    assert [(p.name, p.kind, show(facts, p.annotation), show(facts, p.default)) for p in run.params] == [
        ("self", "", "?", "?"),
        ("a", "", "?", "?"),
        ("b", "", "int", "1"),
        ("rest", "*", "T", "?"),
        ("k", "kw", "?", "?"),
        ("d", "kw", "?", "'x'"),
        ("more", "**", "?", "?"),
    ]
    assert "A: limit: int = 3" in bindings(facts)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def f():\n return", []),
        ("def f():\n if a: return b\n return c, d", ["b", "[c, d]"]),
        ("def f():\n yield a\n yield from b\n x = yield", ["a", "each(b)"]),
        ("f = lambda x: g(x)", ["g(x)"]),
        ("def f():\n def g(): return 1", []),
    ],
)
def test_returns(code: str, expected: list[str]) -> None:
    facts = read(code)
    assert [show(facts, value) for value in facts.scopes[1].returns] == expected


def test_parameters_of_python_2_and_of_lambdas() -> None:
    facts = read("def f(a, (b, c)): pass\ng = lambda *a, k=1, **b: a")
    assert [[(p.name, p.kind) for p in s.params] for s in facts.scopes[1:]] == [
        [("a", ""), ("{}1", "")],
        [("a", "*"), ("k", "kw"), ("b", "**")],
    ]
    assert bindings(facts)[1:3] == ["f: b = {}1[0]", "f: c = {}1[1]"]


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("int | None", "(int | None)"),
        ("a.B[int, str]", "a.B[[int, str]]"),
        ("'B'", "B"),
        ("Optional['a.B']", "Optional[a.B]"),
        ("'list[B] | None'", "(list[B] | None)"),
        ("\"Optional['B']\"", "Optional[B]"),
        ("Callable[['A'], B]", "Callable[[[A], B]]"),
        ("Literal['a', 'b']", "Literal[['a', 'b']]"),
        ("t.Literal['a']", "t.Literal['a']"),
        ("Annotated['A', 'text', f('x')]", "Annotated[[A, 'text', f('x')]]"),
        ("'not a type'", "'not a type'"),
        ("''", "''"),
    ],
)
def test_annotations(annotation: str, expected: str) -> None:
    facts = read(f"def f(x: {annotation}) -> {annotation}: pass")
    assert (show(facts, facts.scopes[1].params[0].annotation), show(facts, facts.scopes[1].annotation)) == (expected, expected)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x\nif __name__ == '__main__':\n a()\n b()\nelse:\n c()", (2, 4)),
        ('if "__main__" == __name__: a()', (1, 1)),
        ("if __name__ != '__main__': a()", None),
        ("if name == '__main__': a()", None),
    ],
)
def test_main_block(code: str, expected: tuple[int, int] | None) -> None:
    assert read(code).main == expected


def test_notes_are_comments_that_name_the_tool() -> None:
    facts = read("f(  # aicensus: ignore[OWN001] why\n a)\n#aicensus:owner=b\nx = '# aicensus: text'\n# aicensusx: c")
    assert [(note.line, note.text) for note in facts.notes] == [(1, "ignore[OWN001] why"), (3, "owner=b")]


@pytest.mark.parametrize("code", ["\n# aicensus: a\nx = 1\n\n# aicensus: b", "# aicensus: a\nx = (\ndef f():\n  pass\n  # aicensus: b\n"])
def test_notes_at_the_ends_of_a_file(code: str) -> None:
    assert [note.text for note in read(code).notes] == ["a", "b"]


@pytest.mark.parametrize(
    "broken",
    [
        "client = OpenAI(\n",
        "def bad(:\n    pass\n",
        "x ==== 1\n",
        "class A\n",
        "x = 'open\n",
        "a\0b = 1\n",
        "if x = 3: pass\n",
        "else:\n  x\n",
        "]\n",
    ],
)
def test_a_broken_line_does_not_lose_the_rest(broken: str) -> None:
    facts = read(f"import a\n{broken}\ndef good():\n    return f(1)\n\nlast = g(2)\n")
    assert {"f(1)", "g(2)"} <= {shown.rpartition(": ")[2] for shown in calls(facts)}
    assert any(scope.name == "good" for scope in facts.scopes)
    assert facts.errors
    assert all(1 <= line <= 7 and text for line, text in facts.errors)


def test_a_bracket_left_open_costs_only_its_own_statement() -> None:
    facts = read("x = [{'a': (1\n@dec(2)\n@dec\nasync def f(): pass\nb = g(h(\n\nclass A(B):\n  y = f(\ndef z(): return 3\n")
    assert [(s.kind, s.qualname, s.line, s.end_line, len(s.decorators)) for s in facts.scopes[1:]] == [
        ("function", "f", 4, 4, 2),
        ("class", "A", 7, 8, 0),
        ("function", "z", 9, 9, 0),
    ]


def test_a_broken_body_stays_in_its_class() -> None:
    facts = read("@a\nclass A:\n  def f(self):\n    return g(1)\n  def h(self):\n    (bar.\nbaz)\n    i(2)\nx = j(3)\n")
    assert {"A.f: g(1)", "j(3)"} <= set(calls(facts))


def test_errors_are_bounded() -> None:
    assert len(read("x ==== 1\n" * 500).errors) == MAX_ERRORS
    assert read("x = 1\n").errors == ()


N = 100_000


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("x = " + "[" * N + "]" * N, id="lists"),
        pytest.param("a." * N + "b", id="attributes"),
        pytest.param("a" + ".f()" * N, id="calls on calls"),
        pytest.param("f(x=" * 300 + "1" + ")" * 300, id="keyword arguments"),
        pytest.param("lambda:" * N + "1", id="lambdas"),
        pytest.param("lambda a=" * 300 + "1" + ":1" * 300, id="lambdas in defaults"),
        pytest.param("f'{" * 300 + "x" + "}'" * 300, id="f-strings"),
        pytest.param("(a:=" * N + "1" + ")" * N, id="walrus"),
        pytest.param("(" * N + "a" + ",)" * N + " = 1", id="targets"),
        pytest.param("x: " + "a[" * N + "b" + "]" * N, id="annotations"),
        pytest.param("[" * 300 + "x" + " for x in y]" * 300, id="comprehensions"),
        pytest.param("x = a" + " + f() % b" * 300 + " - c" * 300, id="mixed operators"),
        pytest.param("".join(" " * i + "def f(a=lambda a={1: [f(x=lambda: 1)]}: 1):\n" for i in range(300)), id="functions"),
    ],
)
def test_deep_nesting_is_cut_with_one_error(code: str) -> None:
    facts = extract(code.encode())
    assert [text for _, text in facts.errors].count("too deep") == 1
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=FileFacts) == facts


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("x = " + "(" * N + "a" + ")" * N, "a", id="parentheses"),
        pytest.param("(" * N + "x" + ")" * N + " = a", "a", id="parentheses of a target"),
        pytest.param("x = a" + " or a" * N, "(" + " or ".join(["a"] * (N + 1)) + ")", id="or"),
        pytest.param("x = " + "a if b else " * N + "a", "(" + " or ".join(["a"] * (N + 1)) + ")", id="conditionals"),
        pytest.param("x = (" + "'a' " * N + ")", repr("a" * N), id="adjacent strings"),
    ],
)
def test_long_chains_are_read_whole(code: str, expected: str) -> None:
    facts = extract(code.encode())
    assert show(facts, facts.bindings[-1].value) == expected
    assert facts.errors == ()


def test_a_long_concatenation_is_balanced_and_keeps_its_order() -> None:
    facts = extract(("x = 'p0'" + "".join(f" + 'p{i}'" for i in range(1, N))).encode())
    assert facts.errors == ()
    value = facts.bindings[0].value
    assert value is not None
    assert show(facts, value).replace("(", "").replace(")", "") == " + ".join(f"'p{i}'" for i in range(N))


def test_calls_in_a_chain_that_is_too_long_are_kept() -> None:
    facts = extract(("x = a" + " % f()" * 1000).encode())
    assert (len(facts.calls), show(facts, facts.bindings[0].value)) == (1000, "<too deep>")


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"\0", b"\xff\xfe\0a", b"\xef\xbb\xbfx = f(1)\n", b"x = '\xe9' + f(\xe9)\n", b"#", b"\\", b"\r\n" * 3],
)
def test_any_bytes_are_read(content: bytes) -> None:
    check(content)


def test_byte_order_mark_and_latin_text() -> None:
    facts = extract(b"\xef\xbb\xbfx = '\xe9'")
    assert bindings(facts) == ["x = '\ufffd'"]


WORDS = """
    def class lambda if else elif for in while with as try except async await yield return import from global nonlocal match case
    type print x y self f'{ f" \'\'\' \"\"\" ' \" ( ) [ ] { } : , . = == := + - * ** / % | @ -> \\\\ # ; 1 1.5 0x é
"""
TOKENS = st.sampled_from([*WORDS.split(), "\0", "\t", " ", "\n", "\n  ", "\n    ", "# aicensus: x\n", "if __name__ == '__main__':"])


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(TOKENS, max_size=60).map(" ".join), st.lists(TOKENS, max_size=60).map("".join)))
def test_any_text_gives_sound_facts(text: str) -> None:
    check(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_binary_gives_sound_facts(content: bytes) -> None:
    check(content)


def check(content: bytes) -> None:
    """All lines lie within the file, all indexes point at something, and the facts survive being stored."""
    facts = extract(content)
    last = max(1, content.count(b"\n") + (not content.endswith(b"\n")))
    records: list[Scope | Binding | Call] = [*facts.scopes, *facts.bindings, *facts.calls]
    spans = [(record.line, record.end_line) for record in records]
    spans += [(note.line, note.line) for note in facts.notes] + [(line, line) for line, _ in facts.errors] + [facts.main or (1, 1)]
    expressions = nested(facts)
    spans += [(e.line, e.end_line) for e in expressions if isinstance(e, Const | Template)]
    spans += [(e.line, e.line) for e in expressions if isinstance(e, Name | Attr)]
    assert all(1 <= first <= end <= last for first, end in spans), spans
    assert all(0 <= record.scope < len(facts.scopes) for record in records if not isinstance(record, Scope))
    assert all(-1 <= scope.parent < index for index, scope in enumerate(facts.scopes))
    assert all(e.index < len(facts.calls) for e in expressions if isinstance(e, CallRef))
    assert all(e.index < len(facts.scopes) for e in expressions if isinstance(e, DefRef))
    assert [call.line for call in facts.calls] == sorted(call.line for call in facts.calls)
    assert msgspec.json.decode(msgspec.json.encode(facts), type=FileFacts) == facts


def nested(record: object) -> list[Expr]:
    """Every expression inside a record."""
    if isinstance(record, tuple):
        return [found for item in record for found in nested(item)]
    if not isinstance(record, msgspec.Struct):
        return []
    inner = [found for name in record.__struct_fields__ for found in nested(getattr(record, name))]
    return [record, *inner] if isinstance(record, Expr) else inner
