"""Walks through documents along the paths of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from aicensus.catalog.document_paths import Part, parsed
from aicensus.extract.documents import Doc

MAX_STEPS = 400_000
LABELS = ("name", "id", "title", "key")
"""Members that name an element of a list."""


class TooManySteps(ValueError):
    """A walk through shared parts that would take too long."""


class Steps:
    """How many nodes one file's paths have walked over."""

    def __init__(self) -> None:
        self.done = 0

    def one(self) -> None:
        self.done += 1
        if self.done > MAX_STEPS:
            raise TooManySteps("too many values to look through")


class Found(NamedTuple):
    """A node, the way to it, and the keys that `*` stood for."""

    doc: Doc
    trail: tuple[str, ...]
    caught: tuple[str, ...]

    @property
    def key(self) -> str:
        """The key under which the node stands, or what names it in its list."""
        return self.trail[-1].strip("[]") if self.trail else ""

    @property
    def way(self) -> str:
        """The whole way as text: `jobs.review.steps[Ask]`."""
        return "".join(part if part.startswith("[") else f".{part}" for part in self.trail).lstrip(".")


def find(start: Found, path: str, steps: Steps) -> Iterator[Found]:
    """Nodes that a path leads to: way by way where it stands for several, each in the order of the document."""
    for parts in parsed(path):
        yield from _walk(start, parts, 0, steps, 0)


def _walk(at: Found, parts: tuple[Part, ...], number: int, steps: Steps, depth: int) -> Iterator[Found]:
    steps.one()
    if number == len(parts):
        yield at
        return
    part = parts[number]
    if part.kind == "deep":
        yield from _walk(at, parts, number + 1, steps, depth)
        if depth < 50:
            for child in _children(at):
                yield from _walk(child, parts, number, steps, depth + 1)
    elif part.kind == "elements":
        for position, element in enumerate(at.doc.elements()):
            if part.glob is None or ((held := element.get(part.member)) is not None and part.glob.fullmatch(held.text or "")):
                yield from _walk(Found(element, (*at.trail, f"[{label(element, position)}]"), at.caught), parts, number + 1, steps, depth)
    elif part.glob is None:
        if (member := at.doc.get(part.plain)) is not None:
            yield from _walk(Found(member, (*at.trail, part.plain), at.caught), parts, number + 1, steps, depth)
    else:
        for key, member in at.doc.items():
            if part.glob.fullmatch(key):
                yield from _walk(Found(member, (*at.trail, key), (*at.caught, key)), parts, number + 1, steps, depth)


def _children(at: Found) -> Iterator[Found]:
    for key, member in at.doc.items():
        yield Found(member, (*at.trail, key), at.caught)
    for position, element in enumerate(at.doc.elements()):
        yield Found(element, (*at.trail, f"[{label(element, position)}]"), at.caught)


def label(element: Doc, position: int) -> str:
    """What names an element of a list; else its place in it."""
    for member in LABELS:
        held = element.get(member)
        if held is not None and held.text and len(held.text) < 100 and "\n" not in held.text:
            return held.text
    return str(position)
