"""Who wins on a decision subject: declarations as a partial order of the points that decide it."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, pairwise
from typing import NamedTuple

from aicensus.analysis.decisions import Decider, Key, Subject
from aicensus.manifest.claims import is_glob, selects
from aicensus.model.census import Point
from aicensus.model.settings import Precedence

_ELSEWHERE = re.compile(r"(?P<repo>[^:*?]+):(?!:)(?P<selector>.+)", re.DOTALL)
_JOINT = "\0"
"""Begins a node that stands for no name: between two ranks of one list."""

Node = Key | str
"""A point that decides, or a name as it is written that means none of them."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What one manifest says of a subject; `repos` are the repositories that the manifest speaks of."""

    subject: str
    precedence: Precedence
    repos: tuple[str, ...]
    path: str = ""
    line: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Every name in the order, once each."""
        return tuple(dict.fromkeys(name for chain in self.precedence.chains for name in chain))

    def says_the_same(self, other: Declared) -> bool:
        return (self.precedence, self.path, self.line) == (other.precedence, other.path, other.line)

    def with_repos(self, repos: tuple[str, ...]) -> Declared:
        return replace(self, repos=(*self.repos, *repos))


class Name(NamedTuple):
    """A name in an order: `selector`, in the repository `repo` where one is written before it."""

    repo: str
    selector: str


def parsed(name: str) -> Name:
    """`pricing:app/quote.py::quote` names a repository; `app/quote.py::quote` does not. `pricing/...` is `pricing/*`."""
    match = _ELSEWHERE.fullmatch(name)
    repo, selector = (match["repo"], match["selector"]) if match else ("", name)
    return Name(repo, f"{selector[:-3]}*" if selector.endswith("...") else selector)


def meant(name: str, points: Iterable[Point], repos: Sequence[str], accountability: Callable[[Point], str]) -> list[Point]:
    """The points that a name in the order means.

    Ids and globs mean points of the manifest's own repositories, and those of others only where none of its own is meant.
    """
    repo, selector = parsed(name)
    selected = [
        point
        for point in points
        if (not repo or point.repo == repo) and (selects(selector, point.id) or accountability(point).casefold() == selector.casefold())
    ]
    own = [point for point in selected if point.repo in repos]
    return selected if repo or not own or not _is_place(selector) else own


def _is_place(selector: str) -> bool:
    """Whether a selector looks like an id, a path or a glob rather than a function such as `legal`."""
    return is_glob(selector) or "::" in selector or "/" in selector


class Ranking:
    """The order of one subject's deciders, made of all that is declared of it."""

    def __init__(self, subject: Subject, declared: Sequence[Declared], accountability: Callable[[Point], str]) -> None:
        self.subject = subject
        self.declared = tuple(declared)
        self._accountability = accountability
        self._after: dict[Node, set[Node]] = defaultdict(set)
        for number, one in enumerate(declared):
            for place, chain in enumerate(one.precedence.chains):
                self._add([self._nodes(names, chain, one) for names in chain], f"{number} {place}")

    def _nodes(self, name: str, chain: Sequence[str], declared: Declared) -> list[Node]:
        """What a name stands for: deciders that no other name of its list means more closely, else the name itself."""
        points = [decider.point for decider in self.subject.deciders]
        found: list[Node] = []
        for point in meant(name, points, declared.repos, self._accountability):
            closest = max((other for other in chain if meant(other, [point], declared.repos, self._accountability)), key=_closeness)
            if closest == name:
                found.append((point.repo, point.id))
        return found or [name]

    def _add(self, ranks: list[list[Node]], label: str) -> None:
        for number, (winners, losers) in enumerate(pairwise(ranks)):
            joint = f"{_JOINT}{label} {number}"
            for winner in winners:
                self._after[winner].add(joint)
            self._after[joint].update(losers)

    @cached_property
    def _below(self) -> dict[Node, set[Node]]:
        return {decider.key: set(self._reached(decider.key)) for decider in self.subject.deciders}

    def _reached(self, start: Node) -> Iterator[Node]:
        waiting, seen = deque(self._after.get(start, ())), set[Node]()
        while waiting:
            if (node := waiting.popleft()) not in seen:
                seen.add(node)
                waiting.extend(self._after.get(node, ()))
                yield node

    def wins(self, one: Key, other: Key) -> bool:
        """Whether the order puts one decider above another; in a circle each is above each."""
        return other in self._below.get(one, ())

    def comparable(self, one: Key, other: Key) -> bool:
        """Whether the order says which of two deciders wins."""
        return self.wins(one, other) != self.wins(other, one)

    @cached_property
    def circle(self) -> tuple[Node, ...]:
        """The shortest way back to where it starts, the start at both ends; empty where the order has none."""
        circles = (self._way_back(node) for node in sorted(self._after, key=str) if not _is_joint(node))
        return min((circle for circle in circles if circle), key=len, default=())

    def _way_back(self, start: Node) -> tuple[Node, ...]:
        ways: deque[tuple[Node, ...]] = deque([(start,)])
        seen: set[Node] = set()
        while ways:
            way = ways.popleft()
            for node in sorted(self._after.get(way[-1], ()), key=str):
                if node == start:
                    return (*(step for step in way if not _is_joint(step)), start)
                if node not in seen:
                    seen.add(node)
                    ways.append((*way, node))
        return ()

    def undecided(self, sides: Sequence[Sequence[Decider]]) -> tuple[tuple[Decider, Decider], ...]:
        """Pairs of sides that nothing puts in order, each side by its first point."""
        return tuple(
            (one[0], other[0])
            for one, other in combinations(sides, 2)
            if not any(self.comparable(a.key, b.key) for a in one for b in other)
        )

    def needed(self, sides: Sequence[Sequence[Decider]]) -> int:
        """How many further declarations of one winner over one loser put all sides in one order: at most one less than there are sides."""
        left, line = [side[0].key for side in sides], list[Key]()
        while left:
            free = [key for key in left if not any(self.wins(other, key) for other in left if other != key)] or left
            line.append(next((key for key in free if line and self.wins(line[-1], key)), free[0]))
            left.remove(line[-1])
        return sum(not self.wins(one, other) for one, other in pairwise(line))


def _is_joint(node: Node) -> bool:
    return isinstance(node, str) and node.startswith(_JOINT)


def _closeness(name: str) -> tuple[int, int]:
    """An id is closer than a glob, a long glob closer than a short one, and any of them closer than a function."""
    selector = parsed(name).selector
    return (2 if not is_glob(selector) else 1) if _is_place(selector) else 0, len(selector)
