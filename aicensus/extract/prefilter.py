"""Which of many tokens stand in a file: the look at its bytes that decides whether it is parsed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

_Scan = Callable[[bytes], Iterable[int]]
"""Content -> numbers of the tokens found."""


class Selector:
    """Finds tokens in bytes, ASCII letters in either case. Make one per process: it cannot be sent to another."""

    def __init__(self, token_groups: Mapping[str, Sequence[str]], *, use_hyperscan: bool = True) -> None:
        """Groups are the caller's own names for sets of tokens. Raises ValueError for an empty token.

        Without hyperscan, or where it cannot be imported, the answers are the same and take about a hundred times as long.
        """
        self._groups: defaultdict[str, set[str]] = defaultdict(set)
        spellings: defaultdict[bytes, set[str]] = defaultdict(set)
        for group, tokens in token_groups.items():
            for token in tokens:
                if not token:
                    raise ValueError(f"{group}: an empty token is everywhere")
                self._groups[token].add(group)
                spellings[token.encode().lower()].add(token)
        lowered = sorted(spellings)
        self._spellings = [frozenset(spellings[token]) for token in lowered]
        self._scan = (_hyperscan(lowered) if use_hyperscan and lowered else None) or _plain_scan(lowered)

    def select(self, content: bytes) -> frozenset[str]:
        """Return every token that occurs in the content, as it was given."""
        return frozenset().union(*(self._spellings[number] for number in self._scan(content)))

    def groups(self, tokens: Iterable[str]) -> frozenset[str]:
        """Return the groups that any of the tokens belongs to."""
        return frozenset().union(*(self._groups[token] for token in tokens))


def _plain_scan(tokens: Sequence[bytes]) -> _Scan:
    def scan(content: bytes) -> list[int]:
        lowered = content.lower()
        return [number for number, token in enumerate(tokens) if token in lowered]

    return scan


def _hyperscan(tokens: Sequence[bytes]) -> _Scan | None:
    """Return a scan by one automaton for all tokens; None where the package is missing."""
    try:
        import hyperscan
    except ImportError:
        return None
    database: Any = hyperscan.Database()
    database.compile(
        expressions=[_literally(token) for token in tokens],
        ids=list(range(len(tokens))),
        elements=len(tokens),
        flags=hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_CASELESS,
    )

    def scan(content: bytes) -> list[int]:
        found: list[int] = []
        database.scan(content, match_event_handler=lambda number, *_: found.append(number))
        return found

    return scan


def _literally(token: bytes) -> bytes:
    return re.sub(rb"[^A-Za-z0-9_]", lambda byte: b"\\x%02x" % byte.group()[0], token)
