"""What is told of texts, told again when they say something else: prompts, and what functions are for."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from aicensus.census.build import MAX_NAME, is_prompt_file, purpose_of, with_text
from aicensus.census.texts import Unit, Units, unused, worth
from aicensus.link.project import Module
from aicensus.model.census import Point, Prompt
from aicensus.model.facts import FileFacts
from aicensus.model.prose import TextPlace
from aicensus.model.prose import digest as digest_of

Literals = Mapping[tuple[int, int, str], str]
"""New texts by old ones with their first and last line."""


class Retelling:
    """One file in two versions that differ in lines and in what texts say. Raises LookupError for what has to be found anew."""

    def __init__(self, path: str, old: FileFacts, new: FileFacts, lines: Mapping[int, int], literals: Literals) -> None:
        self.path = path
        self._facts = (old, new)
        self._lines = lines
        self._literals = {(first, last, digest_of(text)): (text, now) for (first, last, text), now in literals.items()}
        self._before, self._now = Units(Module(path, old)), Units(Module(path, new))
        if [*map(self._shape, self._before.units)] != [(u.line, u.end_line, u.name, u.holes, u.shared, u.symbol) for u in self._now.units]:
            raise LookupError
        self._number = {id(unit): number for units in (self._before, self._now) for number, unit in enumerate(units.units)}

    def _shape(self, unit: Unit) -> tuple[object, ...]:
        return self._lines[unit.line], self._lines[unit.end_line], unit.name, unit.holes, unit.shared, unit.symbol

    def points(self, points: Iterable[Point]) -> list[Point]:
        """Points with what their functions are for, still on their old lines."""
        purposes = [[purpose_of(scope.doc) for scope in facts.scopes] for facts in self._facts]
        new = {before: now for before, now in zip(*purposes, strict=True) if before != now}
        known = Counter(purposes[0])
        if any(p.path == self.path and p.purpose in new and known[p.purpose] > 1 for p in points):
            raise LookupError
        return [msgspec.structs.replace(p, purpose=new.get(p.purpose, p.purpose)) if p.path == self.path else p for p in points]

    def leaves(self, leaves: Sequence[TextPlace]) -> list[TextPlace]:
        """Texts that reach points, still on their old lines."""
        return [msgspec.structs.replace(leaf, text=digest_of(self._said(leaf)[1])) for leaf in leaves]

    def _said(self, leaf: TextPlace) -> tuple[str, str]:
        return self._literals[leaf.line, leaf.end_line, leaf.text]

    def prompts(self, prompts: Sequence[Prompt], leaves: Sequence[TextPlace], files: Iterable[str]) -> list[Prompt]:
        """Prompts with their texts, still on their old lines; `files` are those of the tree."""
        if self._spoken(self._before, files) != self._spoken(self._now, files):
            raise LookupError
        places = self._places(leaves)
        return [self._prompt(p, places) if p.path == self.path and p.kind not in ("file", "remote") else p for p in prompts]

    def _prompt(self, prompt: Prompt, places: Mapping[tuple[int, int], tuple[Unit, Unit]]) -> Prompt:
        before, now = places[prompt.line, prompt.end_line]
        if with_text(prompt, before) != prompt:
            raise LookupError
        return with_text(prompt, now)

    def _places(self, leaves: Sequence[TextPlace]) -> dict[tuple[int, int], tuple[Unit, Unit]]:
        """The text expressions that are prompts, in both versions, by their old lines."""
        places: dict[tuple[int, int], tuple[Unit, Unit]] = {}
        for leaf in leaves:
            text, said = self._said(leaf)
            before = self._before.of(leaf.line, leaf.end_line, text)
            now = self._now.of(self._lines[leaf.line], self._lines[leaf.end_line], said)
            self._check(before, now)
            if worth(before):
                places.setdefault((before.line, before.end_line), (before, now))
        idle = [
            list(unused(units, {(self.path, *lines) for lines in used}))
            for units, used in ((self._before, places), (self._now, [(now.line, now.end_line) for _, now in places.values()]))
        ]
        for before, now in zip(*idle, strict=False):
            self._check(before, now)
            places[before.line, before.end_line] = before, now
        if len(idle[0]) != len(idle[1]) or len({(unit.line, unit.end_line) for unit in idle[0]}) != len(idle[0]):
            raise LookupError
        return places

    def _check(self, before: Unit, now: Unit) -> None:
        """Both are the same expression, and worth as much."""
        if self._number.get(id(before)) != self._number.get(id(now)) or worth(before) != worth(now):
            raise LookupError

    def _spoken(self, units: Units, files: Iterable[str]) -> list[set[int]]:
        """By word of a prompt file's name, the short texts that hold it."""
        texts = [(number, unit.text) for number, unit in enumerate(units.units) if len(unit.text) < MAX_NAME]
        return [{number for number, text in texts if word in text} for word in _names(files)]


def _names(files: Iterable[str]) -> Iterator[str]:
    for path in sorted(filter(is_prompt_file, files)):
        name = posixpath.basename(path)
        yield from (name, posixpath.splitext(name)[0])
