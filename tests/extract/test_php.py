"""PHP in, facts out; facts are compared as short text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicensus.extract.php import extract
from aicensus.model.facts import FileFacts
from tests.shown_facts import bindings, calls, show


def read(code: str) -> FileFacts:
    return extract(f"<?php\n{code}\n".encode())


def test_namespace_and_imports() -> None:
    facts = read(r"namespace App\Bots; use A\B; use A\C as D; use E\{F, G as H}; use I;")
    assert (facts.package, facts.bare_members) == ("App.Bots", False)
    assert bindings(facts) == ["B = import A:B", "D = import A:C", "F = import E:F", "H = import E:G", "I = import I"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("'a' . $b", "('a' + b)"),
        ('"a $b {$c->d}!"', "t['a ' b ' ' c.d '!']"),
        ("['a' => 1, ...$b]", "{'a': 1, **b}"),
        ("[$a, 'b']", "[a, 'b']"),
        ("$a ?? 'd'", "(a or 'd')"),
        ("$c ? $a : $b", "(a or b)"),
        ("$a?->b()->c", "a.b().c"),
        ("A::b(m: 1)", "A.b(m=1)"),
        ("A::B", "A.B"),
        ("A::class", "A"),
        ("new A\\B(1)", "new A.B(1)"),
        ("fn($q) => $q", "<function x>"),
        ("<<<T\n  one\n  T", "'one'"),
    ],
)
def test_values(code: str, expected: str) -> None:
    facts = read(f"$x = {code};")
    assert show(facts, next(b.value for b in facts.bindings if show(facts, b.target) == "x")) == expected


def test_classes() -> None:
    facts = read("""
        #[Route('/x')]
        class Bot extends Base implements Talker {
            use Helps;
            const P = 'a';
            private ?Client $c = null;
            public function __construct(private Client $client, string $k = 'd') { parent::__construct($k); }
            public static function ask(string ...$q) { return self::P . static::go(); }
        }
        interface Talker { public function say(); }
        """)
    shown = {s.qualname: s for s in facts.scopes}
    assert [show(facts, b) for b in shown["Bot"].bases] == ["Base", "Talker", "Helps"]
    expected = {"Bot: P = 'a'", "Bot: c: Client = None", "Bot: client: Client = ?", "Bot.constructor: this.client = client"}
    assert expected <= set(bindings(facts))
    assert (shown["Bot.ask"].is_static, shown["Bot.ask"].params[0].kind) == (True, "*")
    assert [show(facts, r) for r in shown["Bot.ask"].returns] == ["(Bot.P + Bot.go())"]
    assert [show(facts, d) for d in shown["Talker.say"].decorators] == ["abstract"]
    assert "Bot.constructor: super(k)" in calls(facts)


@settings(max_examples=60, deadline=None)
@given(st.text("class C{}();.:=->\"'\n\0 a $b fn use \x80 [0]?\\#", max_size=80))
def test_whatever_the_bytes_are_nothing_is_raised(code: str) -> None:
    read(code)
