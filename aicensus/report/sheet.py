"""Rows for a spreadsheet: comma-separated, and no cell that one would run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from aicensus.report.visible import encodable

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a head and rows; a list becomes one cell."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    return target.getvalue()


def cell(value: object) -> str:
    """Return a value as one line; what a spreadsheet would run as a formula gets an apostrophe."""
    text = ", ".join(str(part) for part in value) if isinstance(value, list | tuple) else str(value)
    text = encodable(one_line(text))
    return f"'{text}" if text.startswith(_FORMULA) else text


def one_line(text: str) -> str:
    return " ".join(text.split())
