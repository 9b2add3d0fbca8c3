"""What the benchmarks count: expected numbers are written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks.scoring import (
    Labels,
    Row,
    Score,
    Share,
    Span,
    attributes,
    by_group,
    by_role,
    call_sites,
    innermost,
    language_of,
    match_points,
    read_labels,
    score_prompts,
    score_state,
    told_apart,
)

CORPUS = Path(__file__).parents[2] / "benchmarks" / "labels" / "corpus"


def a_label(line: int, end_line: int | None = None, path: str = "app/a.py", **more: Any) -> Row:
    row = {"repo": "r", "path": path, "line": line, "end_line": end_line or line, "role": "direct", "kind": "chat", "scope": "prod"}
    return {**row, "provider": "openai", "model": None, "sure": True, **more}


def a_guess(line: int, path: str = "app/a.py", **more: Any) -> Row:
    return {"repo": "r", "path": path, "line": line, "role": "direct", "kind": "chat", "provider": "openai", "scope": "prod", **more}


def lines_of(labels: Sequence[Row], guesses: Sequence[Row]) -> list[tuple[int, int]]:
    return sorted((label["line"], row["line"]) for label, row in match_points(Labels(tuple(labels)), guesses).pairs)


@pytest.mark.parametrize(
    ("labels", "guesses", "pairs"),
    [
        pytest.param([a_label(10)], [a_guess(10)], [(10, 10)], id="same line"),
        pytest.param([a_label(10, 14)], [a_guess(15)], [(10, 15)], id="one line below the call"),
        pytest.param([a_label(10, 14)], [a_guess(9)], [(10, 9)], id="one line above the call"),
        pytest.param([a_label(10, 14)], [a_guess(16)], [], id="two lines below"),
        pytest.param([a_label(10)], [a_guess(10, path="app/b.py")], [], id="another file"),
        pytest.param([a_label(10)], [a_guess(10, path="./app/a.py")], [(10, 10)], id="path from the current folder"),
        pytest.param([a_label(10), a_label(11)], [a_guess(11), a_guess(10)], [(10, 10), (11, 11)], id="nearest first"),
        pytest.param([a_label(10, 20)], [a_guess(10), a_guess(12)], [(10, 10)], id="one to one"),
        pytest.param([a_label(10), a_label(12)], [a_guess(11)], [(10, 11)], id="equally near: the first"),
        pytest.param([a_label(10, 12), a_label(14)], [a_guess(13), a_guess(12)], [(10, 12), (14, 13)], id="distance counts from the start"),
        pytest.param([a_label(9, sure=False), a_label(11)], [a_guess(10)], [(11, 10)], id="sure labels before others"),
    ],
)
def test_which_predictions_meet_which_labels(labels: list[Row], guesses: list[Row], pairs: list[tuple[int, int]]) -> None:
    assert lines_of(labels, guesses) == pairs


def test_unsure_labels_are_neutral() -> None:
    labels = Labels((a_label(10, 20, sure=False), a_label(30, sure=False), a_label(40)))
    matched = match_points(labels, [a_guess(10), a_guess(15), a_guess(40), a_guess(50)])
    assert matched.score() == Score(found=1, missed=0, extra=1, said=1)
    assert matched.neutral == 2


def test_what_cannot_count_is_dropped_with_its_reason() -> None:
    labels = Labels((a_label(10),), packages=({"repo": "r", "exclude": ["dist/", "one.js"]},))
    excluded = [a_guess(1, path="dist/x.js"), a_guess(1, path="one.js")]
    matched = match_points(labels, [a_guess(10), a_guess(10), a_guess(1, repo="s"), *excluded, a_guess(1, path="one.jsx")])
    assert matched.dropped == {"given twice": 1, "other repository": 1, "excluded path": 2}
    assert [row["path"] for row in matched.extra] == ["one.jsx"]


@pytest.mark.parametrize(("unlabelled", "extra"), [([], 2), (["test"], 1), (["docs"], 2)])
def test_scopes_that_were_not_labelled(unlabelled: list[str], extra: int) -> None:
    labels = Labels((a_label(10),), packages=({"repo": "r", "not_labelled_scopes": unlabelled},))
    matched = match_points(labels, [a_guess(10), a_guess(5, path="tests/a.py"), a_guess(5, path="app/b.py")])
    assert (len(matched.pairs), len(matched.extra)) == (1, extra)


SYNTHETIC = Labels(
    points=(
        a_label(10, 12, model="gpt-4o"),
        a_label(20, role="gateway", provider="dynamic"),
        a_label(30, role="use", provider="openai", provider_alt=["multi"], model="gpt-4o-mini"),
        a_label(40, role="use", model="gpt-4o"),
        a_label(50, role="use", model="o3", path="app/c.ts"),
        a_label(5, path="tests/t.py", scope="test"),
    )
)
GUESSES = [
    a_guess(11, model="openai/GPT-4o"),
    a_guess(20, role="direct", provider="multi"),
    a_guess(30, role="use", provider="dynamic", model=None),
    a_guess(40, role="use", provider="anthropic", model="gpt-4"),
    a_guess(45, role="use"),
    a_guess(5, path="tests/t.py", scope="test"),
    a_guess(9, path="tests/new.py"),
]


def test_a_whole_comparison() -> None:
    """The same rows give the same figures in the scorer that came with the labels."""
    matched = match_points(SYNTHETIC, GUESSES)
    prod = matched.in_scope(True)
    assert prod.score() == Score(found=4, missed=1, extra=1, said=4)
    assert matched.in_scope(False).score() == Score(found=1, missed=0, extra=1, said=1)
    assert by_role(prod) == {
        "direct": Score(found=1, missed=0, extra=0, said=2),
        "gateway": Score(found=1, missed=0, extra=0, said=0),
        "use": Score(found=2, missed=1, extra=1, said=2),
    }
    assert call_sites(prod) == Score(found=2, missed=0, extra=0, said=2)
    assert by_group(prod, language_of) == {"python": Score(4, 0, 1, 4), "typescript": Score(0, 1, 0, 0)}
    said = attributes(prod)
    assert (said.role, said.kind) == (Share(3, 4), Share(4, 4))
    assert (said.provider, said.provider_exact) == (Share(3, 4), Share(1, 4))
    assert (said.model, said.model_wrong, said.model_unknown) == (Share(1, 3), 1, 1)


@pytest.mark.parametrize(
    ("true", "said", "right"),
    [
        pytest.param({"provider": "openai"}, "openai", True, id="the same"),
        pytest.param({"provider": "openai"}, "groq", False, id="another"),
        pytest.param({"provider": "other"}, "groq", True, id="finer than the labels"),
        pytest.param({"provider": "openai", "provider_alt": ["groq"]}, "groq", True, id="another right answer"),
        pytest.param({"provider": "openai", "provider_alt": ["dynamic"]}, "multi", True, id="dynamic and multi are one"),
        pytest.param({"provider": "openai"}, None, False, id="not said"),
    ],
)
def test_providers(true: dict[str, Any], said: str | None, right: bool) -> None:
    matched = match_points(Labels((a_label(1, **true),)), [a_guess(1, provider=said)])
    assert attributes(matched).provider.hits == right


def test_production_and_the_rest_are_told_apart() -> None:
    labels = Labels((a_label(1), a_label(5), a_label(9, scope="test"), a_label(15, scope="example"), a_label(20, scope="docs", sure=False)))
    guesses = [a_guess(1), a_guess(5, scope="docs"), a_guess(9, scope="example"), a_guess(15), a_guess(20, scope="docs")]
    assert told_apart(match_points(labels, guesses)) == {"prod": Share(1, 2), "not prod": Share(2, 3)}


def a_prompt(line: int, end_line: int, *used_by: str, path: str = "app/p.py") -> Row:
    return {"repo": "r", "path": path, "line": line, "end_line": end_line, "used_by": list(used_by)}


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        pytest.param(a_prompt(1, 4, "app/a.py:10"), True, id="overlap and the same point"),
        pytest.param(a_prompt(4, 4, "app/a.py:11"), True, id="the place of the matched prediction"),
        pytest.param(a_prompt(5, 6, "app/a.py:10"), False, id="below the text"),
        pytest.param(a_prompt(1, 4, "app/a.py:20"), False, id="another point"),
        pytest.param(a_prompt(1, 4), False, id="reaches nothing"),
        pytest.param(a_prompt(1, 4, "app/a.py:10", path="app/q.py"), False, id="another file"),
    ],
)
def test_prompts(prompt: Row, found: bool) -> None:
    labels = Labels((a_label(10, 12),), prompts=(a_prompt(2, 4, "app/a.py:10"),))
    matched = match_points(labels, [a_guess(11)])
    assert score_prompts(labels, [prompt], matched).found == found


def test_several_parts_of_one_prompt() -> None:
    labels = Labels((a_label(10),), prompts=(a_prompt(1, 9, "app/a.py:10"), a_prompt(20, 29, "app/a.py:10")))
    parts = [a_prompt(1, 2, "app/a.py:10"), a_prompt(3, 4, "app/a.py:10"), a_prompt(40, 41, "app/a.py:10")]
    assert score_prompts(labels, parts, match_points(labels, [a_guess(10)])) == Score(found=1, missed=1, extra=1, said=2)


def an_access(line: int, kind: str = "cache") -> Row:
    return {"repo": "r", "path": "app/a.py", "line": line, "kind": kind}


@pytest.mark.parametrize(
    ("functions", "line", "kind", "found"),
    [
        pytest.param([], 35, "cache", True, id="near"),
        pytest.param([], 36, "cache", False, id="far"),
        pytest.param([], 20, "database", False, id="another kind"),
        pytest.param([(1, 90)], 80, "cache", True, id="far in one function"),
        pytest.param([(1, 22), (23, 40)], 23, "cache", False, id="near in the next function"),
        pytest.param([(1, 90), (10, 22)], 24, "cache", False, id="outside the inner function"),
        pytest.param([(40, 90)], 25, "cache", True, id="near, both outside functions"),
    ],
)
def test_state(functions: list[Span], line: int, kind: str, found: bool) -> None:
    labels = Labels((a_label(1),), state=(an_access(20),))
    assert score_state(labels, [an_access(line, kind)], lambda repo, path: functions).found == found


def test_the_innermost_function() -> None:
    assert innermost([(1, 50), (10, 20), (30, 40)], 15) == (10, 20)
    assert innermost([(10, 20)], 9) is None


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [
        pytest.param(Share(0, 10), 0.0, 0.278, id="none of ten"),
        pytest.param(Share(10, 10), 0.722, 1.0, id="ten of ten"),
        pytest.param(Share(81, 263), 0.255, 0.366, id="published example"),
    ],
)
def test_wilson_intervals(share: Share, low: float, high: float) -> None:
    assert share.interval is not None
    assert share.interval == pytest.approx((low, high), abs=0.0006)


def test_nothing_has_no_share() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 0).interval is None
    assert Score(0, 0, 0, 0).f1 is None


def test_the_corpus_labels_hold_places_only() -> None:
    labels = read_labels(CORPUS)
    counts = [len(rows) for rows in (labels.points, labels.prompts, labels.state, labels.packages)]
    assert counts == [504, 419, 102, 11]
    assert not {"prompt_excerpt", "first_80"} & {key for rows in (labels.points, labels.prompts) for row in rows for key in row}
    points = {(row["repo"], f"{row['path']}:{row['line']}") for row in labels.points}
    assert all((row["repo"], place) in points for row in labels.prompts for place in row["used_by"])
