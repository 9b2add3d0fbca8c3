"""Which rules to compare: those that share rare concepts. Never all pairs, and what a cap leaves out is counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from aicensus.rules.form import Form

BLOCK = 12
"""Most rules of a block that are compared with one another."""
NEIGHBOURS = 8
"""Most rules, the likest first, that one rule is compared with of its own accord; others may still choose it."""
_RAREST = 5
_LEAST_SHARED = 0.5


class Candidates(NamedTuple):
    pairs: list[tuple[int, int]]
    """Places in the sequence of forms, the smaller one first, sorted."""
    skipped: int
    """Pairs that share a rare concept and were not compared, because their block is large or either rule has likelier partners."""


def candidates(forms: Sequence[Form]) -> Candidates:
    """Pairs of rules that may answer one question: they share one of their rarest concepts, and half of what the shorter one says."""
    keys = [_keys(form) for form in forms]
    frequency = Counter(key for own in keys for key in own)
    rarest = [sorted((key for key in own if frequency[key] > 1), key=lambda key: (frequency[key], key))[:_RAREST] for own in keys]
    blocks: dict[str, list[int]] = defaultdict(list)
    for number, own in enumerate(rarest):
        for key in own:
            blocks[key].append(number)
    concepts = [_concepts(form) for form in forms]
    found: dict[tuple[int, int], float] = {}
    possible = 0
    for key, members in blocks.items():
        possible += len(members) * (len(members) - 1) // 2
        for part in _parts(key, members, rarest):
            for pair in combinations(part, 2):
                if pair not in found:
                    found[pair] = _overlap(concepts[pair[0]], concepts[pair[1]])
    kept = _nearest({pair: share for pair, share in found.items() if share >= _LEAST_SHARED})
    return Candidates(kept, max(possible - len(found), 0) + sum(share >= _LEAST_SHARED for share in found.values()) - len(kept))


def _nearest(found: dict[tuple[int, int], float]) -> list[tuple[int, int]]:
    """The pairs that are among the best of one of their rules, sorted."""
    partners: dict[int, list[tuple[float, tuple[int, int]]]] = defaultdict(list)
    for pair, share in found.items():
        for number in pair:
            partners[number].append((-share, pair))
    return sorted({pair for own in partners.values() for _, pair in (own if len(own) <= NEIGHBOURS else sorted(own)[:NEIGHBOURS])})


def _keys(form: Form) -> set[str]:
    """Concepts of its words, attributes of its values and measures of its limits."""
    found = {concept for item in form.items for concept in item.token.meaning.concepts}
    found.update(name for item in form.items for name, _ in item.token.meaning.values)
    found.update(limit.dimension for limit in form.limits)
    return found


def _concepts(form: Form) -> list[frozenset[str]]:
    return [item.token.meaning.concepts for item in form.items if item.clause not in ("reason", "universal")]


def _overlap(one: list[frozenset[str]], other: list[frozenset[str]]) -> float:
    """Share of the shorter side's words that the longer one has too."""
    if len(one) > len(other):
        one, other = other, one
    everything = frozenset().union(*other)
    return sum(not concepts.isdisjoint(everything) for concepts in one) / len(one) if one else 0.0


def _parts(key: str, members: list[int], rarest: Sequence[list[str]]) -> Iterator[list[int]]:
    """The block itself, or when it is large its parts that share a second rare concept, cut to the cap."""
    if len(members) <= BLOCK:
        yield members
        return
    seconds: dict[str, list[int]] = defaultdict(list)
    for number in members:
        for other in rarest[number]:
            if other != key:
                seconds[other].append(number)
    for second in sorted(seconds):
        part = seconds[second]
        yield from (part[start : start + BLOCK] for start in range(0, len(part), BLOCK))
