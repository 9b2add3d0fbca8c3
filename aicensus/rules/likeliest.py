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


class Score(NamedTuple):
    """Weights ready to use: of a pair most features are 0, and only the others are weighed."""

    constants: tuple[float, ...]
    """One a label."""
    rows: dict[str, tuple[float, ...]]
    """By feature, one a label."""


def score_of(weights: Weights) -> Score:
    """The weights with means and scales taken into them."""
    scaled = [[w / s for w, s in zip(column[:-1], weights.scales, strict=True)] for column in weights.columns]
    moved = (column[-1] - sum(map(mul, own, weights.means)) for column, own in zip(weights.columns, scaled, strict=True))
    return Score(tuple(moved), dict(zip(weights.names, zip(*scaled, strict=True), strict=True)))


def likeliest(signals: Signals, slots: Slots) -> Label:
    score = _score()
    weighed = [(value, score.rows[name]) for name, value in features(signals, slots).items() if value]
    totals = [constant + sum(value * row[i] for value, row in weighed) for i, constant in enumerate(score.constants)]
    top = max(totals)
    odds = [math.exp(total - top) for total in totals]
    if odds[1] / sum(odds) < SURE_OF_CONTRADICTION:
        odds[1] = 0.0
    if slots.label is not None and slots.same >= ONE_QUESTION:
        odds[3] = 0.0
    return LABELS[odds.index(max(odds))]


@cache
def _score() -> Score:
    table = tomllib.loads(resources.files("aicensus.rules").joinpath("data", "likeliest.toml").read_text(encoding="utf-8"))
    rows = table["features"]
    by_label = zip(*(row["weights"] for row in rows.values()), strict=True)
    means, scales = ([row[name] for row in rows.values()] for name in ("mean", "scale"))
    columns = tuple((*weights, constant) for weights, constant in zip(by_label, table["constant"], strict=True))
    return score_of(Weights(tuple(rows), tuple(means), tuple(scales), columns))
