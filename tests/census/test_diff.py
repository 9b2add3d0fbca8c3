"""Points followed from one census to another, and what changed about them."""

from __future__ import annotations

from typing import Any

import pytest

from aicensus.census.diff import diff_censuses
from aicensus.model.census import Point, Prompt, Repository, Setting
from tests.builders import a_census, a_point, a_prompt, a_state

HELP = "You are a helpful assistant."
SUM = "Sum up the ticket in one sentence."


def asked(symbol: str, text: str, *, name: str = "PROMPT", at: str = "", **fields: Any) -> tuple[Point, Prompt]:
    """A point and the prompt that reaches it; `at` is the file of the prompt."""
    prompt = a_prompt(text, name=name, **({"path": at} if at else {}))
    return a_point(symbol, prompts=(prompt.id,), **fields), prompt


@pytest.mark.parametrize(
    ("old", "new", "moved", "pairs"),
    [
        pytest.param(asked("f", HELP), asked("f", SUM), {}, ["f -> f by id: prompt"], id="the same id"),
        pytest.param(
            asked("f", HELP), asked("f", HELP, path="app/new.py"), {"app/service.py": "app/new.py"}, ["f -> f by move: "], id="a moved file"
        ),
        pytest.param(
            asked("f", HELP),
            asked("f", SUM, path="app/new.py", at="app/other.py"),
            {"app/service.py": "app/new.py", "app/prompts.py": "app/other.py"},
            ["f -> f by move: prompt"],
            id="a moved file with a moved and edited prompt",
        ),
        pytest.param(asked("f", HELP), asked("g", HELP), {}, ["f -> g by content: "], id="a renamed function"),
        pytest.param(asked("f", HELP), asked("g", HELP, path="x.py"), {}, ["f -> g by content: "], id="a renamed function in a new file"),
        pytest.param(asked("f", HELP), asked("g", SUM), {}, ["f -> g by content: prompt"], id="a renamed function, its constant edited"),
        pytest.param(asked("f", HELP), asked("g", SUM, name="OTHER"), {}, [], id="nothing in common but the callee"),
        pytest.param(asked("f", HELP), asked("g", HELP, call="litellm.completion"), {}, [], id="the prompt, but another callee"),
        pytest.param((a_point("f"),), (a_point("f", path="x.py"),), {}, ["f -> f by content: "], id="no prompt known, the same symbol"),
        pytest.param((a_point("f"),), (a_point("g"),), {}, ["f -> g by content: "], id="no prompt known, the same file"),
        pytest.param((a_point("f"),), (a_point("g", path="x.py"),), {}, [], id="no prompt known, another symbol in another file"),
        pytest.param(
            (a_point("f"), a_point("h")), (a_point("g"), a_point("i")), {}, [], id="no prompt known, several in the file: not to be told"
        ),
        pytest.param((a_point("<module>"),), (a_point("<module>", path="x.py"),), {}, [], id="the top of a file is no symbol to go by"),
        pytest.param((a_point("f", confidence="possible"),), (a_point("f"),), {}, [], id="what is only possible does not count"),
    ],
)
def test_points_are_followed(old: tuple[Any, ...], new: tuple[Any, ...], moved: dict[str, str], pairs: list[str]) -> None:
    diff = diff_censuses(a_census(*old), a_census(*new), moved)
    found = [f"{p.old.symbol} -> {p.new.symbol} by {p.same_by}: {', '.join(c.what for c in p.changes)}" for p in diff.points]
    assert found == pairs
    gone = sum(isinstance(item, Point) and item.confidence != "possible" for item in old) - len(pairs)
    assert len(diff.points_removed) == gone
    assert len(diff.points_added) == sum(isinstance(item, Point) for item in new) - len(pairs)


def test_a_call_put_before_another_one_changes_the_number_and_not_the_point() -> None:
    (old, prompt), other = asked("f", HELP), a_prompt(SUM, name="OTHER")
    first = a_point("f", prompts=(other.id,))
    second = a_point("f", prompts=(prompt.id,), id=f"{old.id}/2", line=20)
    diff = diff_censuses(a_census(old, prompt), a_census(first, second, prompt, other))
    assert [(pair.old.id, pair.new.id, pair.changes) for pair in diff.points] == [(old.id, second.id, ())]
    assert diff.points_added == (first,)


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        pytest.param({}, {"line": 90, "changed": "2026-11-01"}, [], id="lines and dates are no change"),
        pytest.param({}, {"model": "gpt-5.6-terra"}, [("model", "", "gpt-5.6-sol", "gpt-5.6-terra")], id="model"),
        pytest.param({"owner": "a@x.org"}, {"owner": "b@x.org"}, [("owner", "", "a@x.org", "b@x.org")], id="owner"),
        pytest.param({"owner": "a@x.org"}, {}, [("owner", "", "a@x.org", "")], id="no owner any more"),
        pytest.param(
            {"settings": (Setting(name="temperature", value="0"), Setting(name="timeout", value="30"))},
            {"settings": (Setting(name="temperature", value="1"), Setting(name="seed", value="7"))},
            [("parameter", "seed", "", "7"), ("parameter", "temperature", "0", "1"), ("parameter", "timeout", "30", "")],
            id="parameters",
        ),
        pytest.param(
            {},
            {"scope": "test", "reach": "unreachable"},
            [("scope", "", "prod", "test"), ("reach", "", "reachable", "unreachable")],
            id="scope, reach",
        ),
    ],
)
def test_what_changed_about_a_point(before: dict[str, Any], after: dict[str, Any], changes: list[tuple[str, ...]]) -> None:
    diff = diff_censuses(a_census(a_point("f", **before)), a_census(a_point("f", **after)))
    assert [(c.what, c.name, c.old, c.new) for c in diff.points[0].changes] == changes


def test_a_prompt_in_other_white_space_is_the_same_and_one_that_moved_too() -> None:
    old, new = a_prompt("You are  a helpful\n assistant."), a_prompt(HELP, name="SYSTEM", path="app/texts.py")
    diff = diff_censuses(a_census(a_point("f", prompts=(old.id,)), old), a_census(a_point("f", prompts=(new.id,)), new))
    assert diff.points[0].changes == ()
    assert [(pair.old.id, pair.new.id, pair.changed) for pair in diff.prompts] == [(old.id, new.id, False)]


def test_prompts_of_several_parts_are_compared_part_by_part() -> None:
    system, user, user_now = a_prompt(HELP, name="S", role="system"), a_prompt(SUM, name="U"), a_prompt("Sum it up.", name="V")
    diff = diff_censuses(
        a_census(a_point("f", prompts=(system.id, user.id)), system, user),
        a_census(a_point("f", prompts=(system.id, user_now.id)), system, user_now),
    )
    assert [(c.name, c.old, c.new) for c in diff.points[0].changes] == [(user_now.id, SUM, "Sum it up.")]
    assert diff.prompts_added == diff.prompts_removed == ()


def test_state_models_and_owners_of_the_whole() -> None:
    old = a_census(a_point("f", owner="a@x.org"), a_state("tickets"))
    new = a_census(
        a_point("f", owner="a@x.org"),
        a_point("g", model="claude-x", provider="anthropic"),
        a_state("tickets", path="moved.py"),
        a_state("faq"),
    )
    diff = diff_censuses(old, new)
    assert [row.name for row in diff.state_added] == ["faq"]
    assert diff.state_removed == ()
    assert [(t.name, t.old, t.new) for t in (*diff.models, *diff.providers, *diff.owners)] == [
        ("claude-x", 0, 1),
        ("anthropic", 0, 1),
        ("no owner", 0, 1),
    ]


def test_the_name_of_the_only_repository_does_not_count_and_names_of_several_do() -> None:
    def census(*repos: str) -> Any:
        rows = [Repository(name=repo, kind="revision") for repo in repos]
        return a_census(*(a_point("f", repo=repo) for repo in repos), *rows)

    assert len(diff_censuses(census("shop"), census("clone")).points) == 1
    both = diff_censuses(census("shop", "billing"), census("shop", "sales"))
    assert [pair.old.repo for pair in both.points] == ["shop"]
    assert [point.repo for point in both.points_added] == ["sales"]
