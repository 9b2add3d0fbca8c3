"""Which prompts a fragment is for, by what it says it applies to and what the manifest says of points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from aicensus.manifest import Claims
from aicensus.manifest.claims import selects
from aicensus.model.census import TEXT_KINDS, Point, Prompt
from aicensus.model.policy import Fragment
from aicensus.model.settings import Manifest, PointClaim
from aicensus.policy.library import Library
from aicensus.policy.uses import Reached


class Wanted(NamedTuple):
    """A fragment that has to stand in a prompt, for the points that the prompt reaches."""

    fragment: Fragment
    prompt: Prompt
    points: tuple[Point, ...]


class Unplaced(NamedTuple):
    """A fragment that applies to a point without a prompt that could hold it."""

    fragment: Fragment
    point: Point


class Selection(NamedTuple):
    wanted: tuple[Wanted, ...]
    unplaced: tuple[Unplaced, ...]


def select(library: Library, prompts: Reached, points: Iterable[Point], manifest_of: Callable[[str], Manifest]) -> Selection:
    """The fragments in force for each prompt. `points` are those that somebody must own; `manifest_of` gives the manifest of a repository.

    Of the prompts of a point the one that has the block already holds a fragment, else its system prompt, else its longest one.
    """
    reaching: dict[tuple[str, str], list[Prompt]] = defaultdict(list)
    for prompt, there in prompts:
        for point in there:
            reaching[point.repo, point.id].append(prompt)
    matcher = _Matcher(manifest_of)
    asking = [point for point in points if point.kind in TEXT_KINDS]
    wanted: dict[tuple[str, str, str], tuple[Fragment, Prompt, list[Point]]] = {}
    unplaced: list[Unplaced] = []
    for fragment in library.in_force():
        for point in asking if fragment.applies_to else ():
            if not matcher.fits(fragment, point):
                continue
            home = _host(fragment, reaching.get((point.repo, point.id), ()))
            if home is None:
                unplaced.append(Unplaced(fragment, point))
                continue
            wanted.setdefault((fragment.key, home.repo, home.id), (fragment, home, []))[2].append(point)
    rows = (Wanted(fragment, prompt, tuple(there)) for fragment, prompt, there in wanted.values())
    return Selection(tuple(sorted(rows, key=_order)), tuple(unplaced))


def _host(fragment: Fragment, prompts: Iterable[Prompt]) -> Prompt | None:
    mark = f"policy:begin {fragment.id}@"
    return min(
        prompts,
        key=lambda one: (mark not in one.text, one.kind == "remote", one.role != "system", -len(one.text), one.path, one.line, one.id),
        default=None,
    )


def _order(row: Wanted) -> tuple[str, str, int, str, str]:
    return row.prompt.repo, row.prompt.path, row.prompt.line, row.prompt.id, row.fragment.key


class _Matcher:
    def __init__(self, manifest_of: Callable[[str], Manifest]) -> None:
        self._manifest_of = manifest_of
        self._claims: dict[str, Claims] = {}

    def fits(self, fragment: Fragment, point: Point) -> bool:
        """Whether a point fits every field that a fragment gives; what nobody said of the point fits nothing."""
        applies, claim = fragment.applies_to, self._claim(point)
        fields: Mapping[str, tuple[tuple[str, ...], Iterable[str]]] = {
            "functions": (applies.functions, claim.functions),
            "jurisdictions": (applies.jurisdictions, claim.jurisdictions),
            "journeys": (applies.journeys, self._journeys(point)),
        }
        said = all(not asked or not {_name(one) for one in asked}.isdisjoint(map(_name, given)) for asked, given in fields.values())
        return said and (not applies.points or any(_means(glob, point) for glob in applies.points))

    def _claim(self, point: Point) -> PointClaim:
        if point.repo not in self._claims:
            self._claims[point.repo] = Claims(self._manifest_of(point.repo))
        return self._claims[point.repo].of(point.id)

    def _journeys(self, point: Point) -> Iterator[str]:
        for name, journey in self._manifest_of(point.repo).journeys.items():
            if any(_means(step, point) for step in journey.steps):
                yield name


def _name(text: str) -> str:
    return text.strip().casefold()


def _means(glob: str, point: Point) -> bool:
    """Whether an id or glob means a point; `repo:` in front of it names the repository."""
    return selects(glob.replace("...", "*"), point.id) or selects(glob.replace("...", "*"), f"{point.repo}:{point.id}")
