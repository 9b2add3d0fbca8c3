"""Fit the weights of the likeliest label to labelled pairs, and measure with one line of business left out at a time.

    python benchmarks/rules/fit.py PAIRS.jsonl...            figures, each domain judged with weights fitted to the others
    python benchmarks/rules/fit.py --write PAIRS.jsonl...    also write the weights fitted to all

The word lists are not refitted: what is left out is left out of the weights only. Run from the root of the repository.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from operator import mul
from pathlib import Path
from typing import Any
from unittest.mock import patch

from aicensus.rules import likeliest
from aicensus.rules.form import form_of
from aicensus.rules.lexicon import default_lexicon
from aicensus.rules.likeliest import LABELS, Slots, Weights, features
from aicensus.rules.signals import Signals
from aicensus.rules.verdicts import judge

WEIGHTS = Path("aicensus/rules/data/likeliest.toml")
_DECAY, _STEPS, _RATE, _MOMENTUM = 0.04, 150, 1.5, 0.9

Row = dict[str, Any]


def undecided(rows: Sequence[Row]) -> list[Row]:
    """The rows whose slots do not clearly decide, with their features."""
    lexicon, found = default_lexicon(), []
    for row in rows:
        a, b = form_of(row["a"], lexicon), form_of(row["b"], lexicon)
        with patch("aicensus.rules.verdicts.likeliest", side_effect=_ask) as asked:
            judge(a, b, lexicon)
        if asked.called:
            found.append(row | {"features": features(*asked.call_args.args)})
    return found


def _ask(signals: Signals, slots: Slots) -> str:
    return "unrelated"


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


def predictions(rows: Sequence[Row], weights: Weights) -> list[str]:
    lexicon = default_lexicon()
    with patch.object(likeliest, "_weights", lambda: weights):
        return [judge(form_of(row["a"], lexicon), form_of(row["b"], lexicon), lexicon).label for row in rows]


def report(name: str, pairs: Sequence[tuple[str, str]]) -> None:
    seen = Counter(pairs)
    scores, line = [], []
    for label in LABELS:
        hit = seen[label, label]
        said, true = sum(n for (_, p), n in seen.items() if p == label), sum(n for (t, _), n in seen.items() if t == label)
        scores.append(2 * hit / (said + true) if said + true else 0.0)
        line.append(f"{label} P {hit / said if said else 0:.2f} R {hit / true if true else 0:.2f}")
    print(f"{name:15} {len(pairs):4} pairs  macro-F1 {sum(scores) / len(scores):.3f}  {'  '.join(line)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true", help="write the weights fitted to all rows")
    options = parser.parse_args()
    rows = [json.loads(line) for path in options.files for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    loose = undecided(rows)
    print(f"{len(loose)} of {len(rows)} pairs are not decided by their slots")
    by_domain: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_domain[row["domain"]].append(row)
    everything: list[tuple[str, str]] = []
    for domain, own in sorted(by_domain.items()):
        given = predictions(own, fit([row for row in loose if row["domain"] != domain]))
        pairs = list(zip((row["label"] for row in own), given, strict=True))
        report(domain, pairs)
        everything += pairs
    report("all", everything)
    if options.write:
        write(fit(loose))


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
