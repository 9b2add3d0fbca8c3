"""Who decides what: the points that decide one subject, declared or shown by the rules in their prompts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from aicensus.analysis.rulebook import Rulebook, Statement
from aicensus.model.census import Point
from aicensus.rules.subjects import subject_name
from aicensus.similarity import join

Key = tuple[str, str]
"""Repository and id of a point."""


class Decider(NamedTuple):
    """A point that decides a subject."""

    point: Point
    declared: bool
    """Somebody said so; else the rules in its prompts show it."""
    rules: tuple[Statement, ...]
    """Rules on the subject in its prompts, in the order of their places."""

    @property
    def key(self) -> Key:
        return self.point.repo, self.point.id


class Subject(NamedTuple):
    """Something that is decided."""

    name: str
    deciders: tuple[Decider, ...]
    """By repository and id."""


def decision_subjects(
    points: Iterable[Point],
    statements: Iterable[Statement],
    declared: Callable[[Point], Iterable[str]],
    *,
    wider: Mapping[str, str],
    harmless: Callable[[Point], bool],
) -> tuple[Subject, ...]:
    """Return what is decided and by whom, by name.

    `declared` gives the subjects that somebody said a point decides; `wider` the subject whose rules hold for a narrower one too;
    of points that are `harmless`, because somebody said that they decide nothing of consequence, the rules do not count.
    """
    said: dict[str, set[Key]] = defaultdict(set)
    stated: dict[str, dict[Key, list[Statement]]] = defaultdict(lambda: defaultdict(list))
    known = {(point.repo, point.id): point for point in points}
    for key, point in known.items():
        for name in declared(point):
            said[subject_name(name)].add(key)
    for one in statements:
        for point in one.points:
            if (point.repo, point.id) in known and not harmless(point):
                for name in one.subjects:
                    stated[name][point.repo, point.id].append(one)
    for name, other in sorted(wider.items()):
        if name in said or name in stated:
            for key, rules in stated.get(other, {}).items():
                stated[name][key] += [one for one in rules if one not in stated[name][key]]
    return tuple(_subject(name, known, said[name], stated[name]) for name in sorted({*said, *stated}))


def _subject(name: str, known: Mapping[Key, Point], said: set[Key], stated: Mapping[Key, list[Statement]]) -> Subject:
    keys = sorted({*said, *stated})
    return Subject(name, tuple(Decider(known[key], key in said, tuple(stated.get(key, ()))) for key in keys))


def parties(subject: Subject, book: Rulebook) -> tuple[tuple[Decider, ...], ...]:
    """The sides of a subject: points that only state the same rules on it are one side, one that is declared is a side of its own."""
    same = _same_words(book)
    sides: dict[object, list[Decider]] = defaultdict(list)
    for decider in subject.deciders:
        words = frozenset(same.get(one.words, one.words) for one in decider.rules)
        sides[decider.key if decider.declared else words].append(decider)
    return tuple(tuple(side) for side in sides.values())


def _same_words(book: Rulebook) -> dict[str, str]:
    """Rules that say the same in other words, each to one of them."""
    pairs = ((pair.first.words, pair.second.words) for pair in book.pairs if pair.verdict.verdict == "duplicate (equivalent)")
    return {words: min(group) for group in join(pairs) for words in group}
