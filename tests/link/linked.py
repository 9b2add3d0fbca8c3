"""What linking says about a project of a few files: one row a point, by path and line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aicensus.link.attributes import Attributes, Describer
from aicensus.link.called_as import CalledAs
from aicensus.link.evaluate import Evaluator
from aicensus.link.gateways import Linker
from aicensus.link.matching import Matcher
from aicensus.link.text import Leaf
from aicensus.model.facts import Import
from tests.link.projects import an_evaluator, catalog


@dataclass(frozen=True)
class Point:
    """One point of a linked project."""

    place: str
    """`path:line`."""
    role: str
    kind: str
    provider: str
    models: tuple[str, ...]
    prompts: tuple[str, ...]
    """`path:line` of each text, or the path of a file, that reaches the prompt."""

    @property
    def said(self) -> str:
        """Place and role as the tables write them."""
        return f"{self.place} {self.role}"


def linked(files: Mapping[str, str]) -> dict[str, Point]:
    """Points of the project by place."""
    evaluator = an_evaluator(files)
    matcher = Matcher(evaluator, catalog(), frozenset(_imported(evaluator)), CalledAs(catalog(), evaluator.project))
    hits = matcher.hits(evaluator.modules())
    linker = Linker(evaluator)
    links = linker.decide(hits)
    describer = Describer(evaluator, catalog())
    points: dict[str, Point] = {}

    def add(path: str, call: int, role: str, kind: str, known: Attributes, leaves: list[Leaf]) -> None:
        place = f"{path}:{evaluator.at(path).calls[call].line}"
        prompts = dict.fromkeys(f"{x.text.path}:{x.text.line}" if x.text else x.file or x.remote or "" for x in leaves)
        points[place] = Point(place, role, kind, known.provider, known.models, tuple(p for p in prompts if p))

    for hit in hits:
        if (hit.path, hit.call) not in links.superseded:
            add(hit.path, hit.call, links.roles[hit.path, hit.call], hit.kind, describer.describe(hit), list(linker.prompt_leaves(hit)))
    for key, use in links.uses.items():
        leaves = [leaf for hit, frame in use.routes for leaf in linker.prompt_leaves(hit, frame)]
        add(*key, "use", use.routes[0][0].kind, describer.describe_use(use), leaves)
    return points


def roles(files: Mapping[str, str]) -> list[str]:
    """`path:line role` of every point, sorted."""
    return sorted(point.said for point in linked(files).values())


def _imported(evaluator: Evaluator) -> set[str]:
    found: set[str] = set()
    for module in evaluator.modules():
        language = evaluator.catalog(module)
        for binding in module.facts.bindings:
            if isinstance(binding.value, Import):
                found |= set(language.sdk_of_module(binding.value.module))
    return found
