"""Where a piece of a prompt's text stands in the source."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """Lines and columns count from 1, columns in characters; the end is the place of the last character."""

    path: str
    line: int
    column: int = 0
    """0 where only the line is known."""
    end_line: int = 0
    end_column: int = 0
    exact: bool = False
    """False: what stands there could not be tied to the text, and `line` is that of the prompt or near it."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}{f':{self.column}' if self.exact else ''}"
