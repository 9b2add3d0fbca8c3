"""The label that careful readers gave to pairs like this one.

A linear score over what the alignment and the slots show, with weights fitted to labelled pairs; see `benchmarks/rules/fit.py`. It never
makes a verdict: what slots decide stands only where it agrees; else it is the likeliest label that a verdict `review` carries, and the
reason to leave a pair alone as `unrelated`.
"""

from __future__ import annotations

import math
import tomllib
from functools import cache
from importlib import resources
from operator import mul
from typing import NamedTuple

from aicensus.model.rules import Label
from aicensus.rules.features import LABELS, Slots, features
from aicensus.rules.signals import Signals

SURE_OF_CONTRADICTION = 0.6
"""Least probability at which a pair is called a contradiction."""
ONE_QUESTION = 0.75
"""From this likeness on, two rules whose slots decide are not called unrelated."""


class Weights(NamedTuple):
    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    columns: tuple[tuple[float, ...], ...]
    """One column a label; in it one weight a feature, and the constant last."""


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
