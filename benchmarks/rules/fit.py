"""Fit the weights of the likeliest label to labelled pairs, and measure with whole lines of business left out, a tenth of them at a time.

    python benchmarks/rules/fit.py PAIRS.jsonl...            figures, each line judged with weights fitted to other lines
    python benchmarks/rules/fit.py --write PAIRS.jsonl...    also write the weights fitted to all

The word lists know the words of the pairs that they were written with better than those of other pairs. So that the weights do not trust
them too much, each pair is learned from three times: read with all words, and twice with lists of which a share is left out by chance.
Run from the root of the repository.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from operator import mul
from pathlib import Path
from typing import Any
from unittest.mock import patch

from aicensus.model.rules import Verdict
from aicensus.rules import lexicon as lexicons
from aicensus.rules import likeliest
from aicensus.rules.align import align
from aicensus.rules.features import LABELS, features
from aicensus.rules.form import form_of
from aicensus.rules.lexicon import Lexicon, default_lexicon
from aicensus.rules.likeliest import Weights, score_of
from aicensus.rules.signals import Signals
from aicensus.rules.verdicts import Judge, judge

WEIGHTS = Path("aicensus/rules/data/likeliest.toml")
_DECAY, _STEPS, _RATE, _MOMENTUM = 0.01, 120, 1.5, 0.9
_FOLDS, _THINNED, _LEFT_OUT = 10, 2, 0.4

Row = dict[str, Any]


def read_with(rows: Sequence[Row], lexicon: Lexicon) -> Iterator[Row]:
    """The rows with their features as a lexicon reads them."""
    for row in rows:
        found = Judge(Signals(align(form_of(row["a"], lexicon), form_of(row["b"], lexicon), lexicon), lexicon), 0.0)
        yield row | {"features": features(found.signals, found.slots(found.decided()))}


def thinned(seed: int) -> Lexicon:
    """The lexicon with a share of its synonyms and denials left out by chance."""
    chance, whole = random.Random(seed), lexicons.read_rows

    def thin(row: str) -> str:
        return ", ".join(word for word in row.split(", ") if chance.random() > _LEFT_OUT)

    def rows(name: str) -> dict[str, dict[str, str]]:
        sections = {"acts": ("",), "things": ("",), "opposites": ("denials",)}.get(name, ())
        return {section: {k: thin(v) if section in sections else v for k, v in table.items()} for section, table in whole(name).items()}

    with patch.object(lexicons, "read_rows", rows):
        return Lexicon()


def fit(rows: Sequence[Row]) -> Weights:
    """Logistic regression over four labels with decaying weights, by gradient descent with momentum."""
    names = tuple(rows[0]["features"])
    columns = [[row["features"][name] for row in rows] for name in names]
    means = tuple(sum(column) / len(rows) for column in columns)
    scales = tuple(math.sqrt(sum((v - m) ** 2 for v in c) / len(rows)) or 1.0 for c, m in zip(columns, means, strict=True))
    points = [[(row["features"][n] - m) / s for n, m, s in zip(names, means, scales, strict=True)] + [1.0] for row in rows]
    wanted = [[float(label == row["label"]) for label in LABELS] for row in rows]
    across = list(zip(*points, strict=True))
    weights = [[0.0] * (len(names) + 1) for _ in LABELS]
    speed = [[0.0] * (len(names) + 1) for _ in LABELS]
    for _ in range(_STEPS):
        errors = _errors(points, wanted, weights)
        for label, own in enumerate(weights):
            for i, values in enumerate(across):
                slope = sum(map(mul, values, errors[label])) / len(rows) + (_DECAY * own[i] if i < len(names) else 0.0)
                speed[label][i] = _MOMENTUM * speed[label][i] - _RATE * (1 - _MOMENTUM) * slope
                own[i] += speed[label][i]
    return Weights(names, means, scales, tuple(tuple(own) for own in weights))


def _errors(points: list[list[float]], wanted: list[list[float]], weights: list[list[float]]) -> list[list[float]]:
    """Probability less truth, one row a label."""
    found: list[list[float]] = []
    for point, truth in zip(points, wanted, strict=True):
        odds = [math.exp(sum(map(mul, point, own))) for own in weights]
        total = sum(odds)
        found.append([value / total - true for value, true in zip(odds, truth, strict=True)])
    return [list(row) for row in zip(*found, strict=True)]


def verdicts(rows: Sequence[Row], weights: Weights) -> list[Verdict]:
    lexicon, score = default_lexicon(), score_of(weights)
    with patch.object(likeliest, "_score", lambda: score):
        return [judge(form_of(row["a"], lexicon), form_of(row["b"], lexicon), lexicon) for row in rows]


def report(name: str, pairs: Sequence[tuple[str, str]]) -> None:
    seen = Counter(pairs)
    scores, line = [], []
    for label in LABELS:
        hit = seen[label, label]
        said, true = sum(n for (_, p), n in seen.items() if p == label), sum(n for (t, _), n in seen.items() if t == label)
        scores.append(2 * hit / (said + true) if said + true else 0.0)
        line.append(f"{label} P {hit / said if said else 0:.2f} R {hit / true if true else 0:.2f}")
    print(f"{name:40} {len(pairs):4} pairs  macro-F1 {sum(scores) / len(scores):.3f}  {'  '.join(line)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true", help="write the weights fitted to all rows")
    options = parser.parse_args()
    rows = [json.loads(line) | {"file": str(path)} for path in options.files for line in path.read_text(encoding="utf-8").splitlines()]
    readings = [row for lexicon in (default_lexicon(), *map(thinned, range(_THINNED))) for row in read_with(rows, lexicon)]
    judged: list[tuple[Row, Verdict]] = []
    lines = sorted({row["domain"] for row in rows})
    for fold in range(_FOLDS):
        left_out = lines[fold::_FOLDS]
        own = [row for row in rows if row["domain"] in left_out]
        given = verdicts(own, fit([row for row in readings if row["domain"] not in left_out])) if own else []
        judged += zip(own, given, strict=True)
    for key in ("domain", "file"):
        for name in sorted({row[key] for row in rows}):
            report(name, [(row["label"], verdict.label) for row, verdict in judged if row[key] == name])
    report("all", [(row["label"], verdict.label) for row, verdict in judged])
    for name in sorted({row["file"] for row in rows}):
        by_slots = [(row, verdict) for row, verdict in judged if row["file"] == name and verdict.confidence != "review"]
        report(f"by slots: {name}", [(row["label"], verdict.label) for row, verdict in by_slots])
    if options.write:
        write(fit(readings))


def write(weights: Weights) -> None:
    """Write the weights as data, three decimals."""
    lines = [
        "# Fitted by benchmarks/rules/fit.py; columns: " + ", ".join(LABELS),
        f"constant = {[round(own[-1], 3) for own in weights.columns]}",
        "",
        "[features]",
    ]
    rows = list(zip(*weights.columns, strict=True))[:-1]
    for name, mean, scale, row in zip(weights.names, weights.means, weights.scales, rows, strict=True):
        lines.append(f'"{name}" = {{mean = {mean:.4f}, scale = {scale:.4f}, weights = {[round(w, 3) for w in row]}}}')
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
