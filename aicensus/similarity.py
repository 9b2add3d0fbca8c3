"""Texts that say the same in nearly the same words. Likeness only finds candidates: a contradiction looks as alike as a copy."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*", re.UNICODE)
_RAREST = 5
_LONGEST_LIST = 64


class Pair(NamedTuple):
    first: str
    second: str
    score: float
    """Share of words in common, 0.0 (none) to 1.0 (all)."""


def normal(text: str) -> str:
    """The text without case, punctuation, white space and compatibility forms."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def similar_pairs(words: Mapping[str, frozenset[str]], *, threshold: float) -> list[Pair]:
    """Pairs of keys whose word sets overlap by at least `threshold` (Jaccard), sorted by keys.

    Only sets that share one of their five rarest words are compared. Raises ValueError when `threshold` is outside 0.0-1.0.
    """
    if not 0.0 <= threshold <= 1.0:
        raise ValueError(f"threshold must be between 0.0 and 1.0, not {threshold}")
    pairs = []
    for first, second in sorted(_candidates(words)):
        score = jaccard(words[first], words[second])
        if score >= threshold:
            pairs.append(Pair(first, second, score))
    return pairs


def group_similar(texts: Mapping[str, str], *, threshold: float) -> list[frozenset[str]]:
    """Group the keys of texts that say nearly the same; a text like no other is left out.

    `threshold` is the share of words two texts have in common, 0.0 (none) to 1.0 (all). Groups come largest first, then by
    smallest key, so that two runs agree. Raises ValueError when `threshold` is outside 0.0-1.0.
    """
    words = {key: frozenset(normal(text).split()) for key, text in texts.items()}
    same: dict[str, list[str]] = defaultdict(list)
    for key in sorted(texts):
        same[normal(texts[key])].append(key)
    equal = ((keys[0], other) for keys in same.values() for other in keys[1:])
    once = {keys[0]: words[keys[0]] for keys in same.values()}
    return join((*equal, *((pair.first, pair.second) for pair in similar_pairs(once, threshold=threshold))))


def join(pairs: Iterable[tuple[str, str]]) -> list[frozenset[str]]:
    """Groups of keys that pairs connect, largest first, then by smallest key."""
    group_of: dict[str, set[str]] = {}
    for first, second in pairs:
        one, other = group_of.setdefault(first, {first}), group_of.setdefault(second, {second})
        if one is not other:
            one |= other
            for key in other:
                group_of[key] = one
    groups = {id(group): frozenset(group) for group in group_of.values()}
    return sorted(groups.values(), key=lambda group: (-len(group), min(group)))


def jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    union = len(first | second)
    return len(first & second) / union if union else 0.0


def _candidates(words: Mapping[str, frozenset[str]]) -> set[tuple[str, str]]:
    frequency = Counter(word for found in words.values() for word in found)
    rarest = {key: sorted(found, key=lambda word: (frequency[word], word))[:_RAREST] for key, found in words.items()}
    lists: dict[str, list[str]] = defaultdict(list)
    for key in sorted(words):
        for word in rarest[key]:
            lists[word].append(key)
    return {pair for word, keys in lists.items() for part in _parts(word, keys, rarest) for pair in combinations(part, 2)}


def _parts(word: str, keys: list[str], rarest: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """The list itself, or when it is long its parts that share a second rare word, no longer than the cap."""
    if len(keys) <= _LONGEST_LIST:
        yield keys
        return
    seconds: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        for other in rarest[key]:
            if other != word:
                seconds[other].append(key)
    for part in seconds.values():
        yield from (part[start : start + _LONGEST_LIST] for start in range(0, len(part), _LONGEST_LIST))
