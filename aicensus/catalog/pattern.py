"""Patterns of the catalogue: literal text, `{a,b}` alternation, `*` (a run without `. # ( <`) and `**` (anything).

A pattern is expanded to its alternatives. Those without `*` are found in one dictionary look-up; the others become
regular expressions, compiled when a path with the same beginning is first asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Generic, TypeVar

MAX_ALTERNATIVES = 20_000

T = TypeVar("T")


class PatternError(ValueError):
    """A pattern that is malformed or cannot match anything; the message says why."""


def expand(pattern: str) -> list[str]:
    """Return the alternatives of a pattern in order, `*` kept. Raises PatternError."""
    if "{" not in pattern and "}" not in pattern:
        return [pattern]
    texts, end = _sequence(pattern, 0, inside=False)
    if end != len(pattern):
        raise PatternError(f"`}}` without `{{` in `{pattern}`")
    return list(dict.fromkeys(texts))


def _sequence(pattern: str, start: int, *, inside: bool) -> tuple[list[str], int]:
    """Read up to the end, or to the `,` or `}` that ends an alternative; return its expansions and where it stopped."""
    texts = [""]
    position = start
    while position < len(pattern):
        char = pattern[position]
        if char == "{":
            options, position = _alternation(pattern, position)
            texts = [text + option for text in texts for option in options]
            if len(texts) > MAX_ALTERNATIVES:
                raise PatternError(f"more than {MAX_ALTERNATIVES} alternatives in `{pattern}`")
        elif char == "}" or (inside and char == ","):
            break
        else:
            texts = [text + char for text in texts]
            position += 1
    return texts, position


def _alternation(pattern: str, start: int) -> tuple[list[str], int]:
    options: list[str] = []
    position = start
    while True:
        texts, position = _sequence(pattern, position + 1, inside=True)
        options += texts
        if position >= len(pattern):
            raise PatternError(f"`{{` without `}}` in `{pattern}`")
        if pattern[position] == "}":
            return options, position + 1


def has_wildcard(text: str) -> bool:
    return "*" in text


@lru_cache(maxsize=4096)
def to_regex(text: str, run: str = r"[^.#(<]*") -> re.Pattern[str]:
    """Compile one alternative; `run` is what a single `*` stands for."""
    parts = re.split(r"(\*\*|\*)", text)
    return re.compile("".join(".*" if part == "**" else run if part == "*" else re.escape(part) for part in parts), re.DOTALL)


def _last(path: str) -> str:
    """Last part of a path: what follows its last `.`, `#` or `>`."""
    return path[max(path.rfind("."), path.rfind("#"), path.rfind(">")) + 1 :]


class Table(Generic[T]):
    """Rows by the patterns that lead to them; a path may have several rows, literal ones first, each in order of adding.

    Patterns with `*` are kept by their last name, so that few are tried for a path.
    """

    def __init__(self) -> None:
        self._literal: dict[str, list[T]] = {}
        self._wild: dict[str, list[tuple[str, str, T]]] = {}
        self._found: dict[str, tuple[T, ...]] = {}
        self._lasts: set[str] | None = None
        self._any_last: list[re.Pattern[str]] = []

    def add(self, text: str, row: T) -> None:
        """Add an alternative as `expand` gives it."""
        if has_wildcard(text):
            last = _last(text)
            prefix = text[: text.index("*")]
            self._wild.setdefault("*" if has_wildcard(last) else last, []).append((prefix, text, row))
        else:
            self._literal.setdefault(text, []).append(row)
        self._lasts = None

    def find(self, path: str) -> tuple[T, ...]:
        found = self._found.get(path)
        if found is None:
            found = self._found[path] = tuple(self._look(path))
        return found

    def may_end_with(self, name: str) -> bool:
        """Whether a path with this last part may have a row; one that takes any last part does not count."""
        if self._lasts is None:
            self._lasts = {_last(text) for text in self._literal} | self._wild.keys()
            self._any_last = [to_regex(last) for _, text, _ in self._wild.get("*", ()) if (last := _last(text)) != "*"]
        return name in self._lasts or any(last.fullmatch(name) for last in self._any_last)

    def _look(self, path: str) -> list[T]:
        rows = list(self._literal.get(path, ()))
        if self._wild:
            rows += self._match(path, self._wild.get(_last(path), ()))
            rows += self._match(path, self._wild.get("*", ()))
        return rows

    @staticmethod
    def _match(path: str, candidates: Iterable[tuple[str, str, T]]) -> list[T]:
        return [row for prefix, text, row in candidates if path.startswith(prefix) and to_regex(text).fullmatch(path)]
