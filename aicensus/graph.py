"""The census as a graph, read-only, asked in the words of the domain. networkx stays inside and is loaded with the first question
that needs it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal, NamedTuple, TypeVar

from aicensus.model.census import Census, EntryPoint, Point, Prompt, State

NodeKind = Literal["owner", "entry", "point", "prompt", "model", "state"]
EdgeKind = Literal["owns", "reaches", "calls", "instructs", "asks", "uses"]

Record = TypeVar("Record", Point, Prompt, State, EntryPoint)


class Node(NamedTuple):
    kind: NodeKind
    repo: str
    """Empty for owners, models and shared state, which belong to no repository."""
    id: str


class Edge(NamedTuple):
    source: Node
    target: Node
    kind: EdgeKind


class SharedState(NamedTuple):
    """One store that several points read or write."""

    kind: str
    tech: str
    name: str
    accesses: tuple[State, ...]
    points: tuple[Point, ...]


def build_graph(census: Census) -> CensusGraph:
    return CensusGraph(census)


class CensusGraph:
    """Answers are in the order of the census, so that two runs agree."""

    def __init__(self, census: Census) -> None:
        self.census = census
        self._points = _by_id(census.points)
        self._prompts = _by_id(census.prompts)
        self._states = _by_id(census.state)
        self._entries = _by_id(census.entry_points)

    # --- points ---

    def gateways_of(self, point: Point) -> tuple[Point, ...]:
        """The gateways a use goes through, outermost first; one that was not scanned is left out."""
        return _found(self._points, point.repo, point.gateways)

    def callers_of(self, gateway: Point) -> tuple[Point, ...]:
        """Uses, and outer gateways, that call this gateway themselves."""
        return self._sources(gateway, "calls")

    def uses_of(self, gateway: Point) -> tuple[Point, ...]:
        """Every use that goes through this gateway, however many others lie between."""
        return tuple(self._uses.get((gateway.repo, gateway.id), ()))

    @cached_property
    def _uses(self) -> Mapping[tuple[str, str], Sequence[Point]]:
        uses: dict[tuple[str, str], list[Point]] = defaultdict(list)
        for point in self.census.points:
            for gateway in self.gateways_of(point) if point.role == "use" else ():
                uses[gateway.repo, gateway.id].append(point)
        return uses

    def points_of_prompt(self, prompt: Prompt) -> tuple[Point, ...]:
        return _found(self._points, prompt.repo, prompt.used_by)

    def prompts_of(self, point: Point) -> tuple[Prompt, ...]:
        return _found(self._prompts, point.repo, point.prompts)

    @cached_property
    def owners(self) -> Mapping[str, tuple[Point, ...]]:
        """Points by owner, owners in order of their names; points without owner are under the empty text."""
        groups: dict[str, list[Point]] = defaultdict(list)
        for point in self.census.points:
            groups[point.ownership.owner or ""].append(point)
        return {owner: tuple(groups[owner]) for owner in sorted(groups)}

    def points_of_owner(self, owner: str) -> tuple[Point, ...]:
        """Points whose owner, person or team this is."""
        return tuple(
            point for point in self.census.points if owner in {point.ownership.owner, point.ownership.person, point.ownership.team}
        )

    def routes(self, point: Point) -> tuple[EntryPoint, ...]:
        """Entry points from which execution comes to the point."""
        return _found(self._entries, point.repo, point.entry_points)

    def points_of_entry(self, entry: EntryPoint) -> tuple[Point, ...]:
        return tuple(point for point in self.census.points if entry in self.routes(point))

    # --- state ---

    def state_of(self, point: Point) -> tuple[State, ...]:
        return _found(self._states, point.repo, point.state)

    def shared_state(self) -> tuple[SharedState, ...]:
        """Named stores that two or more points touch, by kind, technology and name."""
        groups: dict[tuple[str, str, str], list[State]] = defaultdict(list)
        for state in self.census.state:
            if state.name:
                groups[state.kind, state.tech, state.name].append(state)
        shared = (SharedState(*key, tuple(accesses), self._points_at(accesses)) for key, accesses in sorted(groups.items()))
        return tuple(group for group in shared if len(group.points) > 1)

    def _points_at(self, accesses: Sequence[State]) -> tuple[Point, ...]:
        found = {(point.repo, point.id): point for state in accesses for point in _found(self._points, state.repo, state.points)}
        return tuple(found[key] for key in sorted(found))

    # --- the picture ---

    def nodes(self) -> tuple[Node, ...]:
        return tuple(sorted(self._graph.nodes))

    def edges(self) -> tuple[Edge, ...]:
        return tuple(sorted(Edge(source, target, kind) for source, target, kind in self._graph.edges(data="kind")))

    def node_of(self, record: Point | Prompt | State | EntryPoint) -> Node:
        match record:
            case Point():
                return Node("point", record.repo, record.id)
            case Prompt():
                return Node("prompt", record.repo, record.id)
            case EntryPoint():
                return Node("entry", record.repo, record.id)
            case State():
                return _state_node(record)

    def neighbours(self, node: Node, *, steps: int = 1) -> tuple[Node, ...]:
        """Nodes at most `steps` edges away, in any direction, without the node itself. An unknown node has none."""
        import networkx as nx

        if node not in self._graph:
            return ()
        near = nx.single_source_shortest_path_length(self._graph.to_undirected(as_view=True), node, cutoff=steps)
        return tuple(sorted(other for other in near if other != node))

    def _sources(self, point: Point, kind: EdgeKind) -> tuple[Point, ...]:
        node = self.node_of(point)
        sources = (source for source, _, found in self._graph.in_edges(node, data="kind") if found == kind)
        return tuple(self._points[source.id][source.repo] for source in sorted(sources))

    @cached_property
    def _graph(self) -> Any:
        import networkx as nx

        graph = nx.DiGraph()
        graph.add_nodes_from(self.node_of(point) for point in self.census.points)
        graph.add_nodes_from(self.node_of(prompt) for prompt in self.census.prompts)
        graph.add_edges_from((edge.source, edge.target, {"kind": edge.kind}) for edge in self._all_edges())
        return graph

    def _all_edges(self) -> Iterator[Edge]:
        for point in self.census.points:
            node = self.node_of(point)
            if point.ownership.owner:
                yield Edge(Node("owner", "", point.ownership.owner), node, "owns")
            for entry in self.routes(point):
                yield Edge(self.node_of(entry), node, "reaches")
            chain = (point, *self.gateways_of(point))
            for caller, gateway in pairwise(chain):
                yield Edge(self.node_of(caller), self.node_of(gateway), "calls")
            for prompt in self.prompts_of(point):
                yield Edge(self.node_of(prompt), node, "instructs")
            for model in filter(None, (point.model.id, *point.model.candidates)):
                yield Edge(node, Node("model", "", f"{point.provider} {model}"), "asks")
            for state in self.state_of(point):
                yield Edge(node, self.node_of(state), "uses")


def _state_node(state: State) -> Node:
    """Named state is one node wherever it is touched; unnamed state is a node of its own."""
    if state.name:
        return Node("state", "", f"{state.kind} {state.tech} {state.name}")
    return Node("state", state.repo, state.id)


def _by_id(records: Sequence[Record]) -> dict[str, dict[str, Record]]:
    """Records by id and repository; ids do not carry the repository."""
    found: dict[str, dict[str, Record]] = defaultdict(dict)
    for record in records:
        found[record.id].setdefault(record.repo, record)
    return dict(found)


def _found(records: Mapping[str, Mapping[str, Record]], repo: str, ids: Sequence[str]) -> tuple[Record, ...]:
    """Look ids up in their own repository first; another repository's record holds only when it is the only one."""
    candidates = (records.get(identity, {}) for identity in ids)
    chosen = (own[repo] if repo in own else next(iter(own.values())) if len(own) == 1 else None for own in candidates)
    return tuple(record for record in chosen if record is not None)
