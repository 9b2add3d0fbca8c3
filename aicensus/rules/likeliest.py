"""Where the slots of two rules do not decide: the label that careful readers gave to pairs like it.

A linear score over what the alignment shows, with weights fitted to labelled pairs; see `benchmarks/rules/fit.py`. It never makes a
verdict: it is the likeliest label that a verdict `review` carries.
"""

from __future__ import annotations

import math
import tomllib
from functools import cache
from importlib import resources
from typing import NamedTuple

from aicensus.model.rules import Label
from aicensus.rules.form import Item
from aicensus.rules.signals import Signals

LABELS: tuple[Label, ...] = ("duplicate", "contradiction", "refinement", "unrelated")
SURE_OF_CONTRADICTION, SURE_WHERE_CONTRARY = 0.6, 0.5
"""Least probabilities at which an undecided pair is called a contradiction; the second where one side denies what the other says."""
_SIDE = frozenset({"condition", "gate", "exception"})


class Weights(NamedTuple):
    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    rows: tuple[tuple[float, ...], ...]
    """One row a feature and one for the constant, one column a label."""


def features(signals: Signals) -> dict[str, float]:
    """What the score looks at, by name."""
    found, left_a, left_b = signals.found, signals.left_a, signals.left_b
    first, second = signals.a.text.lower().split(), signals.b.text.lower().split()
    side, added = _sorted(left_a, left_b, sides=True), _sorted(left_a, left_b, sides=False)
    rest = sorted(signals.remainders)
    heads = signals.a.head, signals.b.head
    return {
        "low": min(signals.cover),
        "high": max(signals.cover),
        "acts": signals.acts,
        "objects": signals.objects,
        "least beyond": min(rest[0], 4.0),
        "most beyond": min(rest[1], 5.0),
        "least conditions": min(side[0], 3.0),
        "most conditions": min(side[1], 4.0),
        "most added": added[1],
        "limits beyond": float(max(len(found.limits_a), len(found.limits_b))),
        "equal limits": float(sum(x.value == y.value for x, y in found.limits)),
        "other limit": float(signals.other_limit() is not None),
        "contrary": float(signals.contrary),
        "other cases": float(bool(signals.other_cases())),
        "other value": float(bool(signals.other_value())),
        "freedom": float(bool(signals.freedom())),
        "waived": float(bool(signals.waived())),
        "one only": float(signals.a.only != signals.b.only),
        "one gated": float(signals.a.gated != signals.b.gated),
        "other modality": float(signals.a.modality != signals.b.modality),
        "opposed": float(len(found.opposed)),
        "size": min(len(signals.a.items), len(signals.b.items), 8.0),
        "length": float(abs(len(signals.a.items) - len(signals.b.items))),
        "same words": min(sum(x.weight for x, y in found.same if x.lemma == y.lemma), 5.0),
        "synonyms": min(sum(x.weight for x, y in found.same if x.lemma != y.lemma), 4.0),
        "same start": float(min(_common_start(first, second), 4)),
        "surface": len(set(first) & set(second)) / max(len(set(first) | set(second)), 1),
        "known acts": float(
            signals.acts <= 0 and all(h is not None and any(c.startswith("act:") for c in h.token.meaning.concepts) for h in heads)
        ),
    }


def likeliest(signals: Signals) -> Label:
    weights = _weights()
    given = features(signals)
    point = [(given[name] - mean) / scale for name, mean, scale in zip(weights.names, weights.means, weights.scales, strict=True)] + [1.0]
    scores = [sum(value * row[column] for value, row in zip(point, weights.rows, strict=True)) for column in range(len(LABELS))]
    top = max(scores)
    odds = [math.exp(score - top) for score in scores]
    if odds[1] / sum(odds) < (SURE_WHERE_CONTRARY if signals.contrary else SURE_OF_CONTRADICTION):
        odds[1] = 0.0
    return LABELS[odds.index(max(odds))]


@cache
def _weights() -> Weights:
    table = tomllib.loads(resources.files("aicensus.rules").joinpath("data", "likeliest.toml").read_text(encoding="utf-8"))
    rows = table["features"]
    return Weights(
        tuple(rows),
        tuple(row["mean"] for row in rows.values()),
        tuple(row["scale"] for row in rows.values()),
        (*(tuple(row["weights"]) for row in rows.values()), tuple(table["constant"])),
    )


def _sorted(left_a: list[Item], left_b: list[Item], *, sides: bool) -> list[float]:
    return sorted(sum(x.weight for x in left if (x.clause in _SIDE if sides else x.added)) for left in (left_a, left_b))


def _common_start(first: list[str], second: list[str]) -> int:
    return next((i for i, (x, y) in enumerate(zip(first, second, strict=False)) if x != y), min(len(first), len(second)))
