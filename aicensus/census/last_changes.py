"""When the model and prompts of a point changed last, where it matters: an evaluation covers it, or it is declared consequential."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from aicensus.census.tested import Tests
from aicensus.history.last_commits import Span, last_of_files, last_of_lines
from aicensus.model.census import Evaluation, LastChange, Point, Prompt

MAX_FILES = 100
"""Files whose lines are looked up; each takes git a walk through its history."""


class Dated(NamedTuple):
    changes: list[LastChange]
    evaluations: list[Evaluation]
    left: int = 0
    """Files that were not looked up."""


def last_changes(
    root: Path,
    revision: str,
    points: Sequence[Point],
    prompts: Iterable[Prompt],
    evaluations: Sequence[Evaluation],
    look: Callable[[str], bytes | None],
) -> Dated:
    """Date the evaluations that judge answers, and what they judge; `look` gives the content of files, which are those of the revision."""
    known = list(prompts)
    tests = Tests(evaluations, known)
    wanted = [point for point in points if point.consequential == "yes" or any(row.kind == "evaluation" for row in tests.of(point))]
    if not wanted:
        return Dated([], list(evaluations))
    places = list(_places(wanted, {prompt.id: prompt for prompt in known}, look))
    spans: dict[str, list[Span]] = defaultdict(list)
    left = {place.path for place in places}
    for _, _, _, path, span in places:
        if path in spans or len(spans) < MAX_FILES:
            spans[path].append(span)
            left.discard(path)
    commits = last_of_lines(root, revision, spans)
    changes = [
        LastChange(repo=point.repo, point=point.id, what=what, name=name, commit=commits[path, span])
        for point, what, name, path, span in places
        if (path, span) in commits
    ]
    judging = {row for point in wanted for row in tests.of(point) if row.kind == "evaluation"}
    return Dated(changes, [_dated(row, root, revision) if row in judging else row for row in evaluations], len(left))


class _Place(NamedTuple):
    """Where the model or a prompt of a point is written."""

    point: Point
    what: Literal["model", "prompt"]
    name: str
    path: str
    span: Span


def _places(points: Iterable[Point], prompts: dict[str, Prompt], look: Callable[[str], bytes | None]) -> Iterator[_Place]:
    for point in points:
        for prompt in (prompts[name] for name in point.prompts if name in prompts):
            if prompt.kind != "remote":
                yield _Place(point, "prompt", prompt.id, prompt.path, (prompt.line, prompt.end_line))
        if point.model.id and (line := _line_of(point.model.id, point, look)):
            yield _Place(point, "model", point.model.id, point.path, (line, line))


def _line_of(model: str, point: Point, look: Callable[[str], bytes | None]) -> int:
    """The line of the call that holds the model's id; 0 when it is written elsewhere."""
    lines = (look(point.path) or b"").decode("utf-8", "replace").split("\n")[point.line - 1 : point.end_line]
    return next((point.line + at for at, line in enumerate(lines) if model in line), 0)


def _dated(row: Evaluation, root: Path, revision: str) -> Evaluation:
    commit = last_of_files(root, revision, (row.path, *row.files))
    return msgspec.structs.replace(row, changed=commit.on) if commit else row
