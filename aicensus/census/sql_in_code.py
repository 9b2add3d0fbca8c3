"""SQL in the texts of code that asks a model: points of the functions that hold the texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from aicensus.census.configured import Declarations, Maker
from aicensus.link.scopes import Scopes
from aicensus.link.sql import SqlRows, asked, texts_of
from aicensus.model.census import Point
from aicensus.model.declared import FileConfig
from aicensus.model.facts import FileFacts


def sql_in_code(
    paths: Iterable[str],
    facts_of: Callable[[str], FileFacts | None],
    rows: SqlRows,
    points: Iterable[Point],
    scopes: Scopes,
    repo: str,
) -> Declarations:
    """The points of these files; `points` are those found in the code already, whose numbers theirs go on from."""
    maker = Maker(scopes, repo, lambda _: None)
    taken: dict[str, Counter[str]] = {}
    for point in points:
        taken.setdefault(point.path, Counter())[point.symbol] += 1
    cells: dict[str, tuple[tuple[int, int, int], ...]] = {}
    for path in sorted(paths):
        facts = facts_of(path)
        if facts is None:
            continue
        scopes.of(path, facts)
        cells[path] = facts.cells
        nodes = [
            msgspec.structs.replace(node, id=_symbol(facts, text.scope))
            for text in texts_of(facts, rows.tokens)
            for node in asked(text.text, rows, text.line)
        ]
        if nodes:
            maker.add(path, FileConfig("sql", "SQL", (), tuple(sorted(nodes, key=lambda n: n.line))), taken.setdefault(path, Counter()), 0)
    made = maker.finished()
    made.points = [msgspec.structs.replace(p, cell=_cell(cells[p.path], p.line)) for p in made.points]
    return made


def _symbol(facts: FileFacts, scope: int) -> str:
    return ".".join(part for part in facts.scopes[scope].qualname.split(".") if part and part != "<lambda>") or "<module>"


def _cell(cells: Iterable[tuple[int, int, int]], line: int) -> int | None:
    return next((number for number, first, last in cells if first <= line <= last), None)
