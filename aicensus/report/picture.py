"""The census as a picture: owners, models and state on the left, points in the middle, prompts on the right.

The order within a column comes from barycentre sweeps, which draw what belongs together to the same height. Above `MOST_NODES`
nodes the points and prompts are folded by folder.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from aicensus.model.census import Point, Prompt, State
from aicensus.model.finding import AuditResult, Severity
from aicensus.report.card import model_name
from aicensus.report.lookup import Key, Lookup
from aicensus.report.overview import counted, owner_of, plural
from aicensus.report.visible import visible

MOST_NODES = 150
_MOST_FOLDERS = 48
_MOST_OF_A_KIND = 16
"""Owners, models or state in a folded picture; the rest is one node."""
_SWEEPS = 8
_OWNER_WEIGHT = 4
"""Points of one owner stand together, whatever else they share."""

WIDTH = 1160
_ROW = 26
_HEAD = 30
_LEFT = 296
_POINT = (452, 764)
_RIGHT = 900
_CHARACTER = 6.4
"""Average width of a character of a label."""

Kind = str
"""`owner`, `model`, `state`, `point` or `prompt`."""
_COLUMNS: tuple[tuple[Kind, ...], ...] = (("owner", "model", "state"), ("point",), ("prompt",))
HEADINGS = {"owner": "Owners", "model": "Models", "state": "State", "point": "Points", "prompt": "Prompts"}


class Node(msgspec.Struct, kw_only=True):
    """One node and where it stands. `points` are positions in the list of points that the page shows."""

    key: str
    kind: Kind
    label: str
    full: str
    """The label uncut, with what else is known: tooltip and spoken name."""
    points: tuple[int, ...]
    severity: str = ""
    """Of the worst finding of a point."""
    x: float = 0
    y: float = 0


class Edge(msgspec.Struct, kw_only=True):
    """A line between a point and something; `weight` counts the points that a folded one stands for."""

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
    folded = len(nodes) > MOST_NODES
    if folded:
        nodes, edges = _graph(points, lookup, positions, depth=_depth(points))
        nodes, edges = _rest_as_one(nodes, edges)
    columns = _ordered(nodes, edges)
    height, headings = _placed(columns)
    _drawn(nodes, edges)
    return Picture(width=WIDTH, height=height, nodes=nodes, edges=edges, headings=headings, folded=folded, points=len(points))


def _depth(points: Sequence[Point]) -> int:
    """Return how many folders deep the points can be told apart without too many nodes; 0 is the repository."""
    deepest = max((point.path.count("/") for point in points), default=0)
    return next(
        (depth for depth in range(min(deepest, 6), 0, -1) if len({_folder(p.repo, p.path, depth) for p in points}) <= _MOST_FOLDERS), 0
    )


def _folder(repo: str, path: str, depth: int) -> str:
    return "/".join((repo, *path.split("/")[:-1][:depth]))


def _graph(points: Sequence[Point], lookup: Lookup, positions: Mapping[Key, int], depth: int | None) -> tuple[list[Node], list[Edge]]:
    members: dict[str, set[int]] = defaultdict(set)
    labels: dict[str, tuple[Kind, str, str]] = {}
    severities: dict[str, Severity] = {}
    weights: Counter[tuple[Kind, str, str]] = Counter()
    for point in points:
        position = positions[point.repo, point.id]
        own = _point_label(point, depth)
        key = _add(labels, members, own, position)
        for finding in lookup.findings(point)[:1]:
            severities[key] = min(severities.get(key, finding.severity), finding.severity, key=lambda severity: severity.rank)
        for other in _neighbours(point, lookup, depth):
            other_key = _add(labels, members, other, position)
            ends = (key, other_key) if other[0] == "prompt" else (other_key, key)
            weights[other[0], *ends] += 1
    nodes = [
        Node(
            key=key,
            kind=kind,
            label=label if depth is None or kind in ("owner", "model", "state") else f"{label} ({len(members[key])})",
            full=f"{HEADINGS[kind].removesuffix('s')} {full}"
            + ("" if kind == "point" and depth is None else f": {plural(len(members[key]), 'point')}"),
            points=tuple(sorted(members[key])),
            severity=severities[key].value if key in severities else "",
        )
        for key, (kind, label, full) in labels.items()
    ]
    return nodes, [Edge(kind=kind, left=left, right=right, weight=weight) for (kind, left, right), weight in weights.items()]


def _add(labels: dict[str, tuple[Kind, str, str]], members: dict[str, set[int]], label: tuple[Kind, str, str], position: int) -> str:
    key = f"{label[0]}:{label[2]}"
    labels.setdefault(key, label)
    members[key].add(position)
    return key


def _point_label(point: Point, depth: int | None) -> tuple[Kind, str, str]:
    if depth is not None:
        folder = _folder(point.repo, point.path, depth)
        return "point", folder, folder
    return "point", point.symbol, f"{point.repo}/{point.id}"


def _neighbours(point: Point, lookup: Lookup, depth: int | None) -> Iterable[tuple[Kind, str, str]]:
    yield "owner", owner_of(point), owner_of(point)
    name = model_name(point.model)
    yield (
        ("model", name, f"{name} of {point.provider}")
        if name
        else ("model", f"{point.provider}, not known", f"not known, of {point.provider}")
    )
    yield from dict.fromkeys(_state_label(state) for state in lookup.state(point))
    yield from dict.fromkeys(_prompt_label(prompt, depth) for prompt in lookup.prompts(point))


def _state_label(state: State) -> tuple[Kind, str, str]:
    kind = state.kind.replace("_", " ")
    return "state", f"{state.name or state.tech} ({kind})", f"{state.repo}: {kind} {state.name} in {state.tech}"


def _prompt_label(prompt: Prompt, depth: int | None) -> tuple[Kind, str, str]:
    if depth is not None:
        folder = _folder(prompt.repo, prompt.path, depth)
        return "prompt", folder, folder
    return "prompt", prompt.name or prompt.id.rpartition("/" if prompt.kind == "file" else "::")[2], f"{prompt.repo}/{prompt.id}"


def _rest_as_one(nodes: list[Node], edges: list[Edge]) -> tuple[list[Node], list[Edge]]:
    """Keep the largest nodes of each kind and join the others of that kind."""
    renamed: dict[str, str] = {}
    kept: list[Node] = []
    for kind, heading in HEADINGS.items():
        most = _MOST_FOLDERS if kind in ("point", "prompt") else _MOST_OF_A_KIND
        own = sorted((node for node in nodes if node.kind == kind), key=lambda node: (-len(node.points), node.key))
        kept += own[:most]
        if rest := own[most:]:
            label = f"{len(rest)} other {heading.lower()}"
            members = tuple(sorted({point for node in rest for point in node.points}))
            kept.append(Node(key=f"{kind}:", kind=kind, label=label, full=f"{label}: {plural(len(members), 'point')}", points=members))
            renamed.update((node.key, f"{kind}:") for node in rest)
    weights: Counter[tuple[Kind, str, str]] = Counter()
    for edge in edges:
        weights[edge.kind, renamed.get(edge.left, edge.left), renamed.get(edge.right, edge.right)] += edge.weight
    return kept, [Edge(kind=kind, left=left, right=right, weight=weight) for (kind, left, right), weight in weights.items()]


def _ordered(nodes: list[Node], edges: list[Edge]) -> list[list[Node]]:
    """Return the nodes by column, each in the order that the sweeps arrive at."""
    near: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for edge in edges:
        weight = edge.weight * (_OWNER_WEIGHT if edge.kind == "owner" else 1)
        near[edge.left].append((edge.right, weight))
        near[edge.right].append((edge.left, weight))
    columns = [sorted((node for node in nodes if node.kind in kinds), key=lambda node: node.key) for kinds in _COLUMNS]
    columns[0].sort(key=lambda node: _COLUMNS[0].index(node.kind))
    for sweep in range(_SWEEPS):
        for at in (1, 2, 1, 0) if sweep % 2 == 0 else (1, 0, 1, 2):
            heights = {node.key: (place + 0.5) / len(column) for column in columns for place, node in enumerate(column)}
            columns[at].sort(key=lambda node: (_COLUMNS[at].index(node.kind), _barycentre(near[node.key], heights, heights[node.key])))
    return columns


def _barycentre(near: Sequence[tuple[str, int]], heights: Mapping[str, float], own: float) -> float:
    total = sum(weight for _, weight in near)
    return sum(heights[key] * weight for key, weight in near) / total if total else own


def _placed(columns: list[list[Node]]) -> tuple[int, list[Heading]]:
    """Spread every column over the same height; return it and the headings of the groups."""
    rows = [len(column) + len({node.kind for node in column}) for column in columns]
    height = _HEAD + _ROW * max(*rows, 1)
    headings: list[Heading] = []
    for column, count, x in zip(columns, rows, (_LEFT, _POINT[0], _RIGHT), strict=True):
        step = (height - _HEAD) / max(count, 1)
        y, kind = _HEAD / 2, ""
        for node in column:
            if node.kind != kind:
                kind = node.kind
                headings.append(Heading(text=HEADINGS[kind], x=x, y=round(y + _ROW / 2, 1), end=x == _LEFT))
                y += step
            node.x, node.y = x, round(y + _ROW / 2, 1)
            y += step
    return height, headings


def _drawn(nodes: list[Node], edges: list[Edge]) -> None:
    at = {node.key: node for node in nodes}
    for node in nodes:
        room = {"point": _POINT[1] - _POINT[0] - 34, "prompt": WIDTH - _RIGHT - 16}.get(node.kind, _LEFT - 14)
        node.label = fitted(visible(node.label), int(room / _CHARACTER))
    for edge in edges:
        left, right = at[edge.left], at[edge.right]
        x1 = _POINT[1] if left.kind == "point" else _LEFT + 4
        x2 = _POINT[0] if right.kind == "point" else _RIGHT - 4
        middle = (x1 + x2) / 2
        edge.path = f"M{x1} {left.y}C{middle} {left.y} {middle} {right.y} {x2} {right.y}"


def fitted(label: str, most: int) -> str:
    """Return a label of at most `most` characters: a path loses its middle, other text its middle too, so that both ends stay."""
    if len(label) <= most:
        return label
    tail = (most - 1) * 2 // 3
    return label[: most - 1 - tail] + "…" + label[-tail:]
