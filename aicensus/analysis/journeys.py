"""Journeys: points that serve one path of a customer, declared in a manifest, drawn as a flow, or reached from one entry point."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from aicensus.analysis.decisions import Key
from aicensus.graph import CensusGraph
from aicensus.manifest.claims import selects
from aicensus.model.census import Census, Point
from aicensus.model.settings import Manifest

_NO_JOURNEY = frozenset({"library"})
"""Kinds of entry points that say nothing of what follows what: whoever imports the package decides that."""


class Journey(NamedTuple):
    """`name` in words, as ``the journey `refund` ``; `steps` in order where the source gives one."""

    name: str
    steps: tuple[Key, ...]
    ordered: bool


def journeys(census: Census, graph: CensusGraph, manifests: Iterable[tuple[Manifest, Sequence[str]]]) -> Iterator[Journey]:
    """Yield the declared journeys first, then flows, then what is reached from one entry point. Those of one step are left out."""
    found = (*_declared(census, manifests), *_flows(census), *_reached(census, graph))
    yield from (journey for journey in found if len(set(journey.steps)) > 1)


def _declared(census: Census, manifests: Iterable[tuple[Manifest, Sequence[str]]]) -> Iterator[Journey]:
    for manifest, repos in manifests:
        own = [point for point in census.points if point.repo in repos]
        for name, journey in sorted(manifest.journeys.items()):
            steps = [(point.repo, point.id) for step in journey.steps for point in own if selects(step, point.id)]
            yield Journey(f"the journey `{name}`", tuple(dict.fromkeys(steps)), ordered=True)


def _flows(census: Census) -> Iterator[Journey]:
    for flow in census.flows:
        yield Journey(f"the flow `{flow.name or flow.id}`", tuple((flow.repo, point) for point in flow.points), ordered=bool(flow.links))


def _reached(census: Census, graph: CensusGraph) -> Iterator[Journey]:
    reached: dict[Key, list[Point]] = {}
    for point in census.points:
        for entry in graph.routes(point):
            reached.setdefault((entry.repo, entry.id), []).append(point)
    for entry in census.entry_points:
        points = reached.get((entry.repo, entry.id), ())
        if entry.kind not in _NO_JOURNEY:
            name = entry.name or (entry.path if entry.symbol.startswith("<") else entry.symbol)
            yield Journey(f"what {entry.kind} `{name}` sets off", tuple((point.repo, point.id) for point in points), ordered=False)


def common_journey(found: Iterable[Journey], one: Sequence[Point], other: Sequence[Point]) -> str:
    """The name of the first journey on which points of both sides lie; empty where there is none, or where a point is on both sides."""
    first, second = ({(point.repo, point.id) for point in side} for side in (one, other))
    if first & second:
        return ""
    return next((journey.name for journey in found if first & set(journey.steps) and second & set(journey.steps)), "")
