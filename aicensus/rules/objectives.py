"""What prompts are told to aim at, and which aims pull against each other. Phrases and rivals are data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from aicensus.rules.lexicon import read_rows

_SENTENCE = re.compile(r"[^.!?\n]+")
_DENIED = re.compile(r"\b(?:not|never|no|without|don't|don’t|avoid|instead of|rather than)\b", re.I)
_BETWEEN = r"\W+(?:[\w'’-]+\W+){0,3}?"


class Aim(NamedTuple):
    """An objective where a prompt sets it."""

    objective: str
    line: int
    """Within the prompt, from 1."""


class Objectives:
    """The objectives that are looked for: those shipped, and `own` ones; `rivals` adds to which of them pull against each other."""

    def __init__(self, own: Mapping[str, Iterable[str]] | None = None, rivals: Mapping[str, Iterable[str]] | None = None) -> None:
        rows = read_rows("objectives")
        phrases = {name: row.split(",") for name, row in rows["objectives"].items()}
        for name, more in (own or {}).items():
            phrases.setdefault(name, []).extend(more)
        self._patterns = {name: re.compile("|".join(map(_pattern, found)), re.I) for name, found in phrases.items()}
        pairs = [(name, other.strip()) for name, row in rows["rivals"].items() for other in row.split(",")]
        pairs += [(name, other) for name, others in (rivals or {}).items() for other in others]
        self._rivals = {pair for one, other in pairs for pair in ((one, other), (other, one))}

    def of(self, text: str) -> tuple[Aim, ...]:
        """The objectives that a text sets, each where it does so first; one that its sentence denies is none."""
        found: dict[str, int] = {}
        for name, start in self._set(text):
            found.setdefault(name, text.count("\n", 0, start) + 1)
        return tuple(Aim(name, line) for name, line in sorted(found.items()))

    def _set(self, text: str) -> Iterator[tuple[str, int]]:
        for sentence in _SENTENCE.finditer(text):
            for name, pattern in self._patterns.items():
                match = pattern.search(sentence[0])
                if match and not _DENIED.search(sentence[0], 0, match.start()):
                    yield name, sentence.start() + match.start()

    def rivals(self, one: str, other: str) -> bool:
        return (one, other) in self._rivals


def _pattern(phrase: str) -> str:
    words = (re.escape(word.removesuffix("e")) + r"\w{0,3}" for word in phrase.lower().split())
    return rf"\b{_BETWEEN.join(words)}\b"
