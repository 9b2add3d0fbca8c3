"""Compares predicted points, prompts and state with hand-made labels.

Rows are JSON objects with the fields of `labels/corpus`; a prediction needs `repo`, `path` and `line`, the rest may be missing.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

Row = Mapping[str, Any]
Span = tuple[int, int]
"""First and last line."""
Functions = Callable[[str, str], Sequence[Span]]
"""Repository and path -> lines of its functions; empty where they are not known."""

ROLES = ("direct", "gateway", "use", "config")
PROVIDERS = frozenset(
    ["openai", "anthropic", "google", "bedrock", "azure-openai", "huggingface", "ollama", "cohere", "multi", "dynamic", "other"]
)
"""The providers that labels know; a finer name counts as `other`."""
UNDECIDED = frozenset(["dynamic", "multi"])
NEAR = 15
"""Lines between two accesses of one state, where functions are not known."""

_LANGUAGES = {
    ".py": "python",
    ".ipynb": "notebook",
    ".js": "javascript",
    ".jsx": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".ts": "typescript",
    ".tsx": "typescript",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".json": "json",
}
_SCOPE_OF_PATH = (
    ("test", re.compile(r"(^|/)(tests?|testing|__tests__|spec|evals?)(/|$)|(^|/)(test_|conftest)|[._-](test|spec)\.")),
    ("docs", re.compile(r"(^|/)(docs?|website)(/|$)|\.(md|rst|mdx)$")),
    ("example", re.compile(r"(^|/)(examples?|samples?|demos?|cookbook)(/|$)|(^|/)example[^/]*$")),
)
_MODEL_PREFIX = re.compile(r"^(models/|openai[/:]|anthropic[/:]|google[/:]|gemini/|ollama(_chat)?[/:]|bedrock[/:]|azure[/:])")
_Z95 = 1.959963984540054


# -- numbers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """Some of all, with the interval that holds the true share in 95 of 100 such samples (Wilson)."""

    hits: int
    total: int

    @property
    def value(self) -> float | None:
        """0.0 to 1.0; None of nothing."""
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        if not self.total:
            return None
        n, p = self.total, self.hits / self.total
        middle = p + _Z95**2 / (2 * n)
        spread = _Z95 * math.sqrt(p * (1 - p) / n + _Z95**2 / (4 * n * n))
        scale = 1 + _Z95**2 / n
        return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


@dataclass(frozen=True, slots=True)
class Score:
    """Labels found and missed, and predictions that meet no label.

    `said` is the number of found predictions that precision counts; it differs from `found` only for roles, where recall goes by the
    label's role and precision by the predicted one.
    """

    found: int
    missed: int
    extra: int
    said: int

    @property
    def precision(self) -> Share:
        return Share(self.said, self.said + self.extra)

    @property
    def recall(self) -> Share:
        return Share(self.found, self.found + self.missed)

    @property
    def f1(self) -> float | None:
        """None where there is nothing to find and nothing was predicted."""
        p, r = self.precision.value, self.recall.value
        if p and r:
            return 2 * p * r / (p + r)
        return 0.0 if self.found + self.missed + self.extra else None


# -- labels ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Labels:
    """What is true of one or more repositories."""

    points: tuple[Row, ...]
    prompts: tuple[Row, ...] = ()
    state: tuple[Row, ...] = ()
    packages: tuple[Row, ...] = ()

    def repos(self) -> tuple[str, ...]:
        names = [str(row["repo"]) for row in (*self.packages, *self.points)]
        return tuple(dict.fromkeys(names))

    def only(self, repos: Iterable[str]) -> Labels:
        kept = frozenset(repos)
        tables = (self.points, self.prompts, self.state, self.packages)
        return Labels(*(tuple(row for row in rows if row["repo"] in kept) for rows in tables))


def read_labels(folder: Path) -> Labels:
    """Read the four files of a folder of labels; those that are missing are empty."""
    tables = (folder / f"{name}.jsonl" for name in ("points", "prompts", "state", "packages"))
    return Labels(*(tuple(read_rows(file)) if file.is_file() else () for file in tables))


def read_rows(file: Path) -> list[Row]:
    """Read JSON Lines."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


# -- points ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Matched:
    """Predictions beside labels: only what counts, neutral rows are left out and numbered."""

    pairs: tuple[tuple[Row, Row], ...]
    """Label and prediction."""
    missed: tuple[Row, ...]
    extra: tuple[Row, ...]
    """With `scope` set to the one they are counted in."""
    unsure: tuple[tuple[Row, Row], ...] = ()
    """Pairs of a label that is not `sure`: they count only where they say which scope a point is in."""
    neutral: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(repo, `path:line` of a prediction) -> `path:line` of its label, unsure labels included."""

    def only(self, label: Callable[[Row], bool], prediction: Callable[[Row], bool] | None = None) -> Matched:
        """The part whose labels, and whose predictions without a label, are of a kind."""
        return Matched(
            tuple(pair for pair in self.pairs if label(pair[0])),
            tuple(row for row in self.missed if label(row)),
            tuple(row for row in self.extra if (prediction or label)(row)),
            tuple(pair for pair in self.unsure if label(pair[0])),
        )

    def in_scope(self, prod: bool) -> Matched:
        return self.only(lambda row: (row["scope"] == "prod") is prod)

    def score(self) -> Score:
        return Score(len(self.pairs), len(self.missed), len(self.extra), len(self.pairs))


def match_points(labels: Labels, predictions: Iterable[Row]) -> Matched:
    """Meet labels with predictions of the same file: one to one, the nearest first.

    A prediction meets a label when its line lies within [line-1, end_line+1] of it. Labels that are not `sure` are neutral, and so is
    every further prediction within their lines. Predictions of other repositories, under excluded paths, or given twice are dropped.
    What meets nothing in a scope that was not labelled counts for nothing either.
    """
    kept, dropped = _admitted(labels, predictions)
    pairs = [pair for names, rows in _by_file(labels.points, kept).items() for pair in _nearest_first(*rows)]
    met_labels = {id(label) for label, _ in pairs}
    met = {id(row) for _, row in pairs}
    lone = [row for row in kept if id(row) not in met]
    unsure = _unsure_lines(labels.points)
    extra = [row for row in lone if not any(a - 1 <= row["line"] <= b + 1 for a, b in unsure.get(_file(row), ()))]
    scopes = _scopes_of_files(labels.points)
    extra = [{**row, "scope": scopes.get(_file(row)) or _scope_by_path(row["path"])} for row in extra]
    unlabelled = {(about["repo"], scope) for about in labels.packages for scope in about.get("not_labelled_scopes") or ()}
    extra = [row for row in extra if (row["repo"], row["scope"]) not in unlabelled]
    return Matched(
        pairs=tuple(pair for pair in pairs if _sure(pair[0])),
        missed=tuple(label for label in labels.points if _sure(label) and id(label) not in met_labels),
        extra=tuple(extra),
        unsure=tuple(pair for pair in pairs if not _sure(pair[0])),
        neutral=sum(not _sure(label) for label, _ in pairs) + len(lone) - len(extra),
        dropped=dropped,
        places={(row["repo"], _place(row)): _place(label) for label, row in pairs},
    )


def _admitted(labels: Labels, predictions: Iterable[Row]) -> tuple[list[Row], dict[str, int]]:
    refused = _refusal(labels)
    kept: dict[tuple[Any, ...], Row] = {}
    dropped: Counter[str] = Counter()
    for prediction in predictions:
        row = {**prediction, "path": re.sub(r"^(\./)+", "", prediction["path"])}
        key = (*_file(row), row["line"], row.get("end_line"), row.get("role"))
        if reason := refused(row) or ("given twice" if key in kept else ""):
            dropped[reason] += 1
        else:
            kept[key] = row
    return list(kept.values()), dict(dropped)


def _refusal(labels: Labels) -> Callable[[Row], str]:
    """What says why a prediction does not count; empty when it does."""
    known = frozenset(labels.repos())
    excluded = {row["repo"]: tuple(row.get("exclude") or ()) for row in labels.packages}

    def refused(row: Row) -> str:
        if row["repo"] not in known:
            return "other repository"
        path = row["path"]
        under = any(path == name or (name.endswith("/") and path.startswith(name)) for name in excluded.get(row["repo"], ()))
        return "excluded path" if under else ""

    return refused


def _by_file(labels: Iterable[Row], predictions: Iterable[Row]) -> dict[tuple[str, str], tuple[list[Row], list[Row]]]:
    files: defaultdict[tuple[str, str], tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate((labels, predictions)):
        for row in rows:
            files[_file(row)][side].append(row)
    return files


def _nearest_first(labels: Sequence[Row], predictions: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Pairs of one file. At one distance a place inside the label wins over one beside it, then sure labels over others."""
    near = []
    for number, label in enumerate(labels):
        first, last = _lines(label)
        for other, row in enumerate(predictions):
            line = row["line"]
            if first - 1 <= line <= last + 1:
                near.append((abs(line - first), not first <= line <= last, not _sure(label), number, other))
    taken: tuple[set[int], set[int]] = (set(), set())
    for *_, number, other in sorted(near):
        if number not in taken[0] and other not in taken[1]:
            taken[0].add(number)
            taken[1].add(other)
            yield labels[number], predictions[other]


def _unsure_lines(labels: Iterable[Row]) -> dict[tuple[str, str], list[Span]]:
    lines: defaultdict[tuple[str, str], list[Span]] = defaultdict(list)
    for label in labels:
        if not _sure(label):
            lines[_file(label)].append(_lines(label))
    return lines


def _scopes_of_files(labels: Iterable[Row]) -> dict[tuple[str, str], str]:
    """The scope that most labels of a file have."""
    counts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for label in labels:
        counts[_file(label)][label["scope"]] += 1
    return {file: count.most_common(1)[0][0] for file, count in counts.items()}


def _scope_by_path(path: str) -> str:
    return next((scope for scope, pattern in _SCOPE_OF_PATH if pattern.search(path)), "prod")


def by_role(matched: Matched) -> dict[str, Score]:
    """Recall by the label's role, precision by the predicted role."""
    scores = {}
    for role in ROLES:
        score = Score(
            found=sum(label["role"] == role for label, _ in matched.pairs),
            missed=sum(label["role"] == role for label in matched.missed),
            extra=sum(row.get("role") == role for row in matched.extra),
            said=sum(row.get("role") == role for _, row in matched.pairs),
        )
        if score != Score(0, 0, 0, 0):
            scores[role] = score
    return scores


def call_sites(matched: Matched) -> Score:
    """`direct` and `gateway` together: places where an SDK is called, whichever of the two they are taken for."""
    roles = ("direct", "gateway")
    return Score(
        found=sum(label["role"] in roles for label, _ in matched.pairs),
        missed=sum(label["role"] in roles for label in matched.missed),
        extra=sum(row.get("role") in roles for row in matched.extra),
        said=sum(row.get("role") in roles for _, row in matched.pairs),
    )


def by_group(matched: Matched, name_of: Callable[[Row], str]) -> dict[str, Score]:
    """A score for each name that a row can be given, as its repository or language."""
    rows = [*(label for label, _ in matched.pairs), *matched.missed, *matched.extra]

    def part(name: str) -> Matched:
        return matched.only(lambda row: name_of(row) == name)

    return {name: part(name).score() for name in sorted({name_of(row) for row in rows})}


def language_of(row: Row) -> str:
    return _LANGUAGES.get(PurePosixPath(row["path"]).suffix.lower(), "other")


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is right about the points that were found."""

    role: Share
    kind: Share
    provider: Share
    """Any of the label's answers; `dynamic` and `multi` are one."""
    provider_exact: Share
    model: Share
    """Of the points whose label knows the model."""
    model_wrong: int
    model_unknown: int


def attributes(matched: Matched) -> Attributes:
    """Judge what was said of the matched points."""
    pairs = matched.pairs
    total = len(pairs)
    modelled = [(label["model"], row.get("model") or "") for label, row in pairs if label.get("model")]
    right = sum(bool(said) and plain_model(said) == plain_model(true) for true, said in modelled)
    unknown = sum(not said for _, said in modelled)
    return Attributes(
        role=Share(sum(label["role"] == row.get("role") for label, row in pairs), total),
        kind=Share(sum(label["kind"] == row.get("kind") for label, row in pairs), total),
        provider=Share(sum(bool(_said(row) & _answers(label)) for label, row in pairs), total),
        provider_exact=Share(sum(label["provider"] in _said(row) for label, row in pairs), total),
        model=Share(right, len(modelled)),
        model_wrong=len(modelled) - right - unknown,
        model_unknown=unknown,
    )


def _said(row: Row) -> frozenset[str]:
    """The predicted provider, as it is and in the words of the labels."""
    name = row.get("provider")
    return frozenset([name, name if name in PROVIDERS else "other"] if name else [])


def _answers(label: Row) -> frozenset[str]:
    answers = frozenset([label["provider"], *(label.get("provider_alt") or ())])
    return answers | UNDECIDED if answers & UNDECIDED else answers


def plain_model(name: str) -> str:
    """A model id without the prefix by which a router names its provider."""
    return _MODEL_PREFIX.sub("", name.strip().lower())


def told_apart(matched: Matched) -> dict[str, Share]:
    """Of the matched points in production, and of those outside it, how many were predicted on that side; unsure labels count too."""
    sides: dict[str, list[bool]] = {"prod": [], "not prod": []}
    for label, row in (*matched.pairs, *matched.unsure):
        prod = label["scope"] == "prod"
        sides["prod" if prod else "not prod"].append((row.get("scope") == "prod") is prod)
    return {side: Share(sum(right), len(right)) for side, right in sides.items()}


# -- prompts ---------------------------------------------------------------------------------------------------------


def score_prompts(labels: Labels, predictions: Iterable[Row], matched: Matched) -> Score:
    """Meet prompts of the same file whose lines overlap and that reach a point in common.

    Points are the same when they are at one place, or when `matched` paired them. Several texts may make up one label, so several
    predictions may meet it. Labels name only what one reader saw: the precision is a lower bound.
    """
    refused = _refusal(labels)
    kept = [row for row in predictions if row.get("used_by") and not refused(row)]
    return _many_to_one(labels.prompts, kept, lambda label, row: _overlap(label, row) and _point_in_common(label, row, matched))


def _overlap(label: Row, row: Row) -> bool:
    (a, b), (c, d) = _lines(label), _lines(row)
    return a <= d and c <= b


def _point_in_common(label: Row, row: Row, matched: Matched) -> bool:
    true = frozenset(label["used_by"])
    return any(place in true or matched.places.get((row["repo"], place)) in true for place in row["used_by"])


# -- state -----------------------------------------------------------------------------------------------------------


def score_state(labels: Labels, predictions: Iterable[Row], functions: Functions = lambda repo, path: ()) -> Score:
    """Meet accesses to state of one kind in the same file and the same innermost function.

    Where the functions of a file are not known, or both are outside of all, within 15 lines. Several predictions may meet a label,
    which stands for a function; the precision is a lower bound, as for prompts.
    """

    def same(label: Row, row: Row) -> bool:
        if label["kind"] != row.get("kind"):
            return False
        spans = functions(label["repo"], label["path"])
        own = innermost(spans, label["line"])
        if own != innermost(spans, row["line"]):
            return False
        return own is not None or abs(label["line"] - row["line"]) <= NEAR

    refused = _refusal(labels)
    return _many_to_one(labels.state, [row for row in predictions if not refused(row)], same)


def innermost(spans: Sequence[Span], line: int) -> Span | None:
    """The shortest span around the line."""
    return min((span for span in spans if span[0] <= line <= span[1]), key=lambda span: span[1] - span[0], default=None)


# -- shared ----------------------------------------------------------------------------------------------------------


def _many_to_one(labels: Iterable[Row], predictions: Iterable[Row], same: Callable[[Row, Row], bool]) -> Score:
    found = missed = extra = said = 0
    for true, rows in _by_file(labels, predictions).values():
        met = [[same(label, row) for row in rows] for label in true]
        found += sum(any(row) for row in met)
        missed += sum(not any(row) for row in met)
        answered = sum(any(column) for column in zip(*met, strict=True)) if met else 0
        said += answered
        extra += len(rows) - answered
    return Score(found, missed, extra, said)


def _file(row: Row) -> tuple[str, str]:
    return row["repo"], row["path"]


def _lines(row: Row) -> Span:
    return row["line"], row.get("end_line") or row["line"]


def _place(row: Row) -> str:
    return f"{row['path']}:{row['line']}"


def _sure(label: Row) -> bool:
    return bool(label.get("sure", True))
