"""The census as a picture: models and state on the left, points under their owners in the middle, prompts on the right.

Every point has one owner, so an owner is a block of points and needs no lines. The order within a column comes from barycentre
sweeps, which bring what belongs together to the same height. Above `MOST_NODES` nodes the points of one owner and the prompts are
folded by folder.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from aicensus.model.census import Point, Prompt, State
from aicensus.model.finding import AuditResult, Severity
from aicensus.report.card import model_name, prompt_name
from aicensus.report.lookup import Key, Lookup
from aicensus.report.overview import counted, owner_of, plural
from aicensus.report.visible import visible

MOST_NODES = 150
_MOST_FOLDERS = 48
_MOST_OF_A_KIND = 12
"""Owners, models or state in a crowded picture; the rest is one node."""
_MOST_FOLDED = {
    "owner": _MOST_OF_A_KIND,
    "model": _MOST_OF_A_KIND,
    "state": _MOST_OF_A_KIND,
    "point": _MOST_FOLDERS,
    "prompt": _MOST_FOLDERS,
}
_SWEEPS = 6

WIDTH = 1160
_ROW = 26
_HEAD = 34
_BLOCK_GAP = 12
_LEFT = 296
_POINT = (452, 764)
_RIGHT = 900
_CHARACTER = 7.3
"""Average width of a character of a label."""

Kind = str
"""`model`, `state`, `owner`, `point` or `prompt`."""
HEADINGS = {"model": "Models", "state": "State", "owner": "Owners", "point": "Points", "prompt": "Prompts"}


class Node(msgspec.Struct, kw_only=True):
    """One node and where it stands. `points` are positions in the list of points that the page shows."""

    key: str
    kind: Kind
    label: str
    count: str = ""
    """How many points it stands for, where the label says so."""
    full: str
    """The label uncut, with what else is known: tooltip and spoken name."""
    points: tuple[int, ...]
    block: str = ""
    """Key of the owner under whom a point stands."""
    severity: str = ""
    """Of the worst finding of a point."""
    x: float = 0
    y: float = 0


class Edge(msgspec.Struct, kw_only=True):
    """A line between a point and a model, state or prompt; `weight` counts the points that a folded one stands for."""

    kind: Kind
    left: str
    right: str
    weight: int
    path: str = ""


class Heading(msgspec.Struct, kw_only=True):
    text: str
    x: float
    y: float
    end: bool
    """The text ends at `x`."""


class Picture(msgspec.Struct, kw_only=True):
    width: int
    height: int
    nodes: list[Node]
    edges: list[Edge]
    headings: list[Heading]
    folded: bool
    points: int


def picture(result: AuditResult, positions: Mapping[Key, int]) -> Picture:
    """Lay out the points in production, or all when none is; `positions` number the points as the page shows them."""
    points = counted(result.census)
    points = tuple(point for point in points if point.scope == "prod") or points
    lookup = Lookup(result)
    nodes, edges = _graph(points, lookup, positions, depth=None)
    if len(nodes) > MOST_NODES:
        nodes, edges = _rest_as_one(nodes, edges, {"model": _MOST_OF_A_KIND, "state": _MOST_OF_A_KIND})
    folded = len(nodes) > MOST_NODES
    if folded:
        nodes, edges = _rest_as_one(*_graph(points, lookup, positions, depth=_depth(points)), _MOST_FOLDED)
    left, middle, right = _ordered(nodes, edges)
    height, headings = _placed(left, middle, right)
    _drawn(nodes, edges)
    return Picture(
        width=WIDTH, height=height, nodes=[*left, *middle, *right], edges=edges, headings=headings, folded=folded, points=len(points)
    )


def _depth(points: Sequence[Point]) -> int:
    """Return how many folders deep the points can be told apart without too many nodes; 0 is the repository."""
    deepest = max((point.path.count("/") for point in points), default=0)
    for depth in range(min(deepest, 6), 0, -1):
        if len({(owner_of(point), _folder(point.repo, point.path, depth)) for point in points}) <= _MOST_FOLDERS:
            return depth
    return 0


def _folder(repo: str, path: str, depth: int) -> str:
    """Return the repository and the first folders of a path."""
    return "/".join((repo, *path.split("/")[:-1][:depth]))


class _Label(NamedTuple):
    kind: Kind
    label: str
    full: str
    block: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.block}:{self.full}"


def _graph(points: Sequence[Point], lookup: Lookup, positions: Mapping[Key, int], depth: int | None) -> tuple[list[Node], list[Edge]]:
    """Return the nodes and edges; with a `depth`, points and prompts stand for all of their folder down to it."""
    members: dict[_Label, set[int]] = defaultdict(set)
    worst: dict[_Label, Severity] = {}
    weights: Counter[tuple[_Label, _Label]] = Counter()
    names = _names(points)
    for point in points:
        position = positions[point.repo, point.id]
        owner = _Label("owner", owner_of(point), owner_of(point))
        own = _point_label(point, names[point.repo, point.id], owner.key, depth)
        for finding in lookup.findings(point)[:1]:
            worst[own] = min(worst.get(own, finding.severity), finding.severity, key=lambda severity: severity.rank)
        near = tuple(_neighbours(point, lookup, depth))
        weights.update((own, other) for other in near)
        for label in (owner, own, *near):
            members[label].add(position)
    nodes = [_node(label, sorted(found), depth is not None, worst.get(label)) for label, found in members.items()]
    if depth is not None and len(repos := {point.repo for point in points}) == 1:
        for node in nodes:
            node.label = node.label.removeprefix(f"{min(repos)}/") if node.kind in ("point", "prompt") else node.label
    edges = [
        Edge(
            kind=other.kind,
            left=own.key if other.kind == "prompt" else other.key,
            right=other.key if other.kind == "prompt" else own.key,
            weight=weight,
        )
        for (own, other), weight in weights.items()
    ]
    return nodes, edges


def _node(label: _Label, found: list[int], folded: bool, severity: Severity | None) -> Node:
    counts = label.kind == "owner" or (folded and label.kind in ("point", "prompt"))
    known = "" if label.kind == "point" and not folded else f": {plural(len(found), 'point')}"
    return Node(
        key=label.key,
        kind=label.kind,
        label=label.label,
        count=f" ({len(found)})" if counts else "",
        full=f"{HEADINGS[label.kind].removesuffix('s')} {label.full}{known}",
        points=tuple(found),
        block=label.block,
        severity=severity.value if severity else "",
    )


def _point_label(point: Point, name: str, block: str, depth: int | None) -> _Label:
    if depth is not None:
        return _folder_label("point", point, depth, block)
    return _Label("point", name, f"{point.repo}/{point.id}", block)


def _names(points: Sequence[Point]) -> dict[Key, str]:
    """The symbol of each point, with as much of the end of its path as tells it from others of that symbol: all routes may be `POST`."""
    alike: dict[str, list[Point]] = defaultdict(list)
    for point in points:
        alike[point.symbol].append(point)
    return {(point.repo, point.id): name for group in alike.values() for point, name in zip(group, _told_apart(group), strict=True)}


def _told_apart(group: Sequence[Point]) -> list[str]:
    if len(group) == 1:
        return [group[0].symbol]
    places = [f"{point.repo}/{point.path}".split("/") for point in group]
    different = len(set(map(tuple, places)))
    parts = next(n for n in range(1, max(map(len, places)) + 1) if len({tuple(place[-n:]) for place in places}) == different)
    shown = ["/".join(place[-parts:]) if different > 1 else "" for place in places]
    return [f"{point.symbol}{_number(point)} {end}".rstrip() for point, end in zip(group, shown, strict=True)]


def _number(point: Point) -> str:
    number = point.id.rpartition("/")[2]
    return f"/{number}" if number.isdecimal() else ""


def _folder_label(kind: Kind, of: Point | Prompt, depth: int, block: str = "") -> _Label:
    folder = _folder(of.repo, of.path, depth)
    return _Label(kind, folder, folder, block)


def _neighbours(point: Point, lookup: Lookup, depth: int | None) -> Iterator[_Label]:
    name = model_name(point.model)
    yield _Label("model", name or "not known", name or "not known")
    yield from dict.fromkeys(_state_label(state) for state in lookup.state(point))
    yield from dict.fromkeys(_prompt_label(prompt, depth) for prompt in lookup.prompts(point))


def _state_label(state: State) -> _Label:
    kind = state.kind.replace("_", " ")
    return _Label("state", f"{state.name or state.tech} ({kind})", f"{state.repo}: {kind} {state.name} in {state.tech}")


def _prompt_label(prompt: Prompt, depth: int | None) -> _Label:
    if depth is not None:
        return _folder_label("prompt", prompt, depth)
    return _Label("prompt", prompt_name(prompt), f"{prompt.repo}/{prompt.id}")


def _rest_as_one(nodes: list[Node], edges: list[Edge], most: Mapping[Kind, int]) -> tuple[list[Node], list[Edge]]:
    """Keep the largest nodes of each kind, at most so many, and join the others of that kind."""
    renamed: dict[str, str] = {}
    kept: list[Node] = []
    for kind, heading in HEADINGS.items():
        own = sorted((node for node in nodes if node.kind == kind), key=lambda node: (-len(node.points), node.key))
        kept += own[: most.get(kind)]
        if rest := own[most[kind] :] if kind in most else []:
            members = tuple(sorted({point for node in rest for point in node.points}))
            label = f"{plural(len(rest), 'other', 'others')}"
            full = f"{label} of {heading.lower()}: {plural(len(members), 'point')}"
            kept.append(
                Node(key=f"{kind}::", kind=kind, label=label, full=full, points=members, block="owner::" if kind == "point" else "")
            )
            renamed.update((node.key, f"{kind}::") for node in rest)
    for node in kept:
        node.block = renamed.get(node.block, node.block)
    if any(node.block == "owner::" for node in kept) and not any(node.key == "owner::" for node in kept):
        loose = next(node for node in kept if node.block == "owner::")
        kept.append(Node(key="owner::", kind="owner", label="several owners", full="Several owners", points=loose.points))
    weights: Counter[tuple[Kind, str, str]] = Counter()
    for edge in edges:
        weights[edge.kind, renamed.get(edge.left, edge.left), renamed.get(edge.right, edge.right)] += edge.weight
    return kept, [Edge(kind=kind, left=left, right=right, weight=weight) for (kind, left, right), weight in weights.items()]


def _ordered(nodes: list[Node], edges: list[Edge]) -> tuple[list[Node], list[Node], list[Node]]:
    """Return the three columns from top to bottom, the middle one with each owner before the points that stand under it."""
    near: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for edge in edges:
        near[edge.left].append((edge.right, edge.weight))
        near[edge.right].append((edge.left, edge.weight))
    by_key = sorted(nodes, key=lambda node: node.key)
    left = [node for kind in ("model", "state") for node in by_key if node.kind == kind]
    points = [node for node in by_key if node.kind == "point"]
    right = [node for node in by_key if node.kind == "prompt"]
    heights: dict[str, float] = {}
    for _ in range(_SWEEPS):
        _rank(heights, left)
        points.sort(key=lambda node: _barycentre(near[node.key], heights))
        points = _in_blocks(points)
        _rank(heights, points)
        left.sort(key=lambda node: (node.kind, _barycentre(near[node.key], heights)))
        right.sort(key=lambda node: _barycentre(near[node.key], heights))
    owners = {node.key: node for node in nodes if node.kind == "owner"}
    middle: list[Node] = []
    for point in points:
        if not middle or middle[-1].block != point.block:
            middle.append(owners[point.block])
        middle.append(point)
    return left, middle, right


def _rank(heights: dict[str, float], column: Sequence[Node]) -> None:
    """Note where the nodes of a column stand, 0.0 (top) to 1.0."""
    heights.update((node.key, (place + 0.5) / len(column)) for place, node in enumerate(column))


def _barycentre(near: Sequence[tuple[str, int]], heights: Mapping[str, float]) -> float:
    known = [(heights[key], weight) for key, weight in near if key in heights]
    total = sum(weight for _, weight in known)
    return sum(height * weight for height, weight in known) / total if total else 0.5


def _in_blocks(points: list[Node]) -> list[Node]:
    """Bring the points of one owner together, the blocks in the order of their middles."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, point in enumerate(points):
        places[point.block].append(place)
    return sorted(points, key=lambda point: (sum(places[point.block]) / len(places[point.block]), point.block))


def _placed(left: list[Node], middle: list[Node], right: list[Node]) -> tuple[int, list[Heading]]:
    """Give every node its place, the outer columns spread over the height of the tallest; return that and the headings."""
    groups = len({node.kind for node in left})
    blocks = sum(node.kind == "owner" for node in middle)
    tall = _ROW * len(middle) + _BLOCK_GAP * max(blocks - 1, 0)
    height = _HEAD + max(tall, _ROW * (len(left) + groups - 1), _ROW * len(right))
    headings = [
        Heading(text="Points, by owner", x=_POINT[0], y=_ROW / 2, end=False),
        *([Heading(text=HEADINGS["prompt"], x=_RIGHT, y=_ROW / 2, end=False)] if right else []),
    ]
    y = _HEAD + (height - _HEAD - tall) / 2 + _ROW / 2
    for at, node in enumerate(middle):
        y += _BLOCK_GAP if at and node.kind == "owner" else 0
        node.x, node.y = _POINT[0], y
        y += _ROW
    _spread(right, _RIGHT, height)
    step = (height - _HEAD) / max(len(left) + groups - 1, 1)
    y, kind = _HEAD + step / 2, ""
    for node in left:
        if node.kind != kind:
            y += step if kind else 0
            kind = node.kind
            above = y - min(step, _ROW) if node is not left[0] else _ROW / 2
            headings.append(Heading(text=HEADINGS[kind], x=_LEFT, y=round(above, 1), end=True))
        node.x, node.y = _LEFT, round(y, 1)
        y += step
    return height, headings


def _spread(column: list[Node], x: float, height: int) -> None:
    step = (height - _HEAD) / max(len(column), 1)
    for at, node in enumerate(column):
        node.x, node.y = x, round(_HEAD + step * (at + 0.5), 1)


def _drawn(nodes: list[Node], edges: list[Edge]) -> None:
    """Cut the labels to their room and draw the lines."""
    at = {node.key: node for node in nodes}
    for node in nodes:
        room = {"point": _POINT[1] - _POINT[0] - 34, "owner": _POINT[1] - _POINT[0], "prompt": WIDTH - _RIGHT - 14}.get(
            node.kind, _LEFT - 14
        )
        node.label = fitted(visible(node.label), int(room / _CHARACTER) - len(node.count)) + node.count
    for edge in edges:
        left, right = at[edge.left], at[edge.right]
        x1, x2 = (_POINT[1], _RIGHT - 4) if edge.kind == "prompt" else (_LEFT + 4, _POINT[0])
        middle = (x1 + x2) / 2
        edge.path = f"M{x1} {left.y}C{middle} {left.y} {middle} {right.y} {x2} {right.y}"


def fitted(label: str, most: int) -> str:
    """Return a label of at most `most` characters; a longer one loses its middle, so that both ends stay."""
    if len(label) <= most:
        return label
    tail = (most - 1) * 2 // 3
    return label[: most - 1 - tail] + "…" + label[-tail:]
