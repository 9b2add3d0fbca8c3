"""Stable names: a point's id is `path::Qualified.symbol[/n]`, free of lines, so it survives edits above it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from aicensus.link.project import Module


def symbol_of(module: Module, scope: int, line: int) -> str:
    """Dotted name of the scope, anonymous functions left out; `<module>` at top level, `cell N` in a notebook."""
    number = cell_of(module, line)
    return _qualified(module, scope) or (f"cell {number}" if number is not None else "<module>")


def anchor_of(module: Module, scope: int, line: int) -> str:
    """What an id is tied to: as `symbol_of`, but no cell number, which every cell added above would change.

    A cell that the notebook gives an id is `cell ID`; others count as one `<module>`.
    """
    place = _cell_at(module, line)
    own_id = module.facts.cell_ids[place] if place is not None else ""
    return _qualified(module, scope) or (f"cell {own_id}" if own_id else "<module>")


def _qualified(module: Module, scope: int) -> str:
    return ".".join(part for part in module.scopes[scope].qualname.split(".") if part and part != "<lambda>")


def cell_of(module: Module, line: int) -> int | None:
    """Notebook cell of a line, from 1; None outside notebooks."""
    place = _cell_at(module, line)
    return module.facts.cells[place][0] if place is not None else None


def _cell_at(module: Module, line: int) -> int | None:
    return next((place for place, (_, first, last) in enumerate(module.facts.cells) if first <= line <= last), None)


def number_ids(places: Iterable[tuple[str, str, tuple[int, int]]]) -> dict[tuple[str, str, tuple[int, int]], str]:
    """Ids of (path, symbol, order) places: the first of a symbol is `path::symbol`, the next ones get `/2`, `/3` by order."""
    grouped: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for path, symbol, order in places:
        grouped[path, symbol].append(order)
    ids: dict[tuple[str, str, tuple[int, int]], str] = {}
    for (path, symbol), orders in grouped.items():
        for number, order in enumerate(sorted(set(orders)), 1):
            ids[path, symbol, order] = f"{path}::{symbol}" + (f"/{number}" if number > 1 else "")
    return ids
