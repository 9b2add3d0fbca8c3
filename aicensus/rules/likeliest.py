"""Where the slots of two rules do not clearly decide: the label that careful readers gave to pairs like it.

A linear score over what the alignment and the slots show, with weights fitted to labelled pairs; see `benchmarks/rules/fit.py`. It never
makes a verdict: it is the likeliest label that a verdict `review` carries, and the reason to leave a pair alone as `unrelated`.
"""

from __future__ import annotations

import math
import tomllib
from functools import cache
from importlib import resources
from operator import mul
from typing import NamedTuple

from aicensus.model.rules import Label
from aicensus.rules.form import Item
from aicensus.rules.signals import Signals

LABELS: tuple[Label, ...] = ("duplicate", "contradiction", "refinement", "unrelated")
SURE_OF_CONTRADICTION = 0.6
"""Least probability at which a pair is called a contradiction."""
ONE_QUESTION = 0.75
"""From this likeness on, two rules whose slots decide are not called unrelated."""
CONFLICTS = ("limit", "order", "freedom", "waived", "value", "doer", "only", "contrary")
_SIDE = frozenset({"condition", "gate", "exception"})


class Slots(NamedTuple):
    """What the slots say of a pair."""

    same: float
    """How far the two answer one question: about 0.0 to 1.2."""
    label: Label | None
    """The label if they do; None where the slots do not decide."""
    conflicts: frozenset[str]
    """Kinds of clashes, of `CONFLICTS`."""
    room: bool
    """One is the exception that the other leaves room for."""


class Weights(NamedTuple):
    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    columns: tuple[tuple[float, ...], ...]
    """One column a label; in it one weight a feature, and the constant last."""


def features(signals: Signals, slots: Slots) -> dict[str, float]:
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
        "one question": slots.same,
        "room": float(slots.room),
        "clashes": float(len(slots.conflicts)),
        **{f"clash of {name}": float(name in slots.conflicts) for name in CONFLICTS},
        **{f"slots say {label}": float(slots.label == label) for label in LABELS[:3]},
        "one denied": float(signals.denied_a != signals.denied_b),
        "both denied": float(signals.denied_a and signals.denied_b),
        "one permits": float((signals.a.modality == "P") != (signals.b.modality == "P")),
        "one universal": float(signals.a.universal != signals.b.universal),
        "both only": float(signals.a.only and signals.b.only),
    }


def likeliest(signals: Signals, slots: Slots) -> Label:
    weights = _weights()
    given = features(signals, slots)
    point = [(given[name] - mean) / scale for name, mean, scale in zip(weights.names, weights.means, weights.scales, strict=True)] + [1.0]
    scores = [sum(map(mul, point, column)) for column in weights.columns]
    top = max(scores)
    odds = [math.exp(score - top) for score in scores]
    if odds[1] / sum(odds) < SURE_OF_CONTRADICTION:
        odds[1] = 0.0
    if slots.label is not None and slots.same >= ONE_QUESTION:
        odds[3] = 0.0
    return LABELS[odds.index(max(odds))]


@cache
def _weights() -> Weights:
    table = tomllib.loads(resources.files("aicensus.rules").joinpath("data", "likeliest.toml").read_text(encoding="utf-8"))
    rows = table["features"]
    by_label = zip(*(row["weights"] for row in rows.values()), strict=True)
    return Weights(
        tuple(rows),
        tuple(row["mean"] for row in rows.values()),
        tuple(row["scale"] for row in rows.values()),
        tuple((*weights, constant) for weights, constant in zip(by_label, table["constant"], strict=True)),
    )


def _sorted(left_a: list[Item], left_b: list[Item], *, sides: bool) -> list[float]:
    return sorted(sum(x.weight for x in left if (x.clause in _SIDE if sides else x.added)) for left in (left_a, left_b))


def _common_start(first: list[str], second: list[str]) -> int:
    return next((i for i, (x, y) in enumerate(zip(first, second, strict=False)) if x != y), min(len(first), len(second)))
