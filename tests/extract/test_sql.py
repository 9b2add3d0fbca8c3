"""Calls of functions in SQL: arguments, words, statements, and what is no call."""

from __future__ import annotations

import time

import pytest

from aicensus.extract.sql import SqlCall, sql_calls


def calls(text: str, *names: str) -> list[SqlCall]:
    return sql_calls(text, lambda name: name.lower() in names)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("select f(a), g(b)", [("f", 1)], id="by name"),
        pytest.param("select\n  F (a)", [("F", 2)], id="letters and lines"),
        pytest.param("select db.x.f(1)", [], id="another name"),
        pytest.param("-- f(a)\n/* f(b) */ select '-- ' || f(c)", [("f", 2)], id="comments"),
        pytest.param("select 'f(a)', \"f(b)\", `f`(c)", [("f", 1)], id="texts and quoted names"),
        pytest.param("{% if x %} select f({{ ref('t') }}) {% endif %} {# f(z) #}", [("f", 1)], id="templates"),
        pytest.param("create function f(a int) as $$ select f(a) $$", [("f", 1)], id="a body in dollars"),
        pytest.param("drop function if exists f(text); grant execute on function f(text) to me", [], id="what is made or dropped"),
        pytest.param("insert into f(a) values (1)", [], id="a table of that name"),
        pytest.param("select f(f(1))", [("f", 1), ("f", 1)], id="one in another"),
    ],
)
def test_calls(text: str, found: list[tuple[str, int]]) -> None:
    assert [(call.name, call.line) for call in calls(text, "f")] == found


def test_arguments_by_name_and_place() -> None:
    (call,) = calls("f('m', concat('Say: ', t.body, '!'), x => 0.2, y => {'role': 'user', 'content': 'Hello ' || name})", "f")
    assert [(arg.name, arg.literal, arg.words) for arg in call.args] == [
        ("", "m", "m"),
        ("", None, "Say: {body}!"),
        ("x", "0.2", ""),
        ("y", None, "Hello {name}"),
    ]
    assert [text.text for text in call.args[1].texts] == ["Say: ", "!"]


@pytest.mark.parametrize(
    ("statement", "maker"),
    [
        ("create or replace table a.b as select f(1)", "a.b"),
        ("CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT f(1)", "v"),
        ("insert into `p.d.t` select f(1)", "p.d.t"),
        ("merge into t using (select f(1))", "t"),
        ("select f(1) from t", ""),
    ],
)
def test_what_a_statement_makes(statement: str, maker: str) -> None:
    assert [call.maker for call in calls(f"select 1; {statement}; select 2", "f")] == [maker]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{{ " * 100_000, id="holes"),
        pytest.param("/* " * 100_000, id="comments"),
        pytest.param("f(" * 50_000, id="nesting"),
        pytest.param("'" * 200_001, id="quotes"),
        pytest.param("select f(1);" * 20_000, id="statements"),
    ],
)
def test_hostile_text_is_read_soon(text: str) -> None:
    start = time.process_time()
    calls(text, "f")
    assert time.process_time() - start < 5
