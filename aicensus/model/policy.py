"""Fragments of the central policy library, and what prompts make of them."""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

DriftKind = Literal["ok", "lexical", "material", "truncated", "augmented", "stale"]


class _Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    pass


class AppliesTo(_Record, frozen=True, kw_only=True):
    """Which points a fragment is for: those that fit every field that is given. Nothing given: whoever wants it takes it."""

    functions: tuple[str, ...] = ()
    """Business functions, as the manifest names them at points."""
    journeys: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    """Ids of points, or globs."""

    def __bool__(self) -> bool:
        return bool(self.functions or self.journeys or self.jurisdictions or self.points)


class Fragment(_Record, frozen=True, kw_only=True):
    """One version of a piece of policy: wording that prompts take from the library."""

    id: str
    version: str
    repo: str
    path: str
    line: int
    """Of its head."""
    text_line: int
    """Of the first line of its text."""
    owner: str
    authority: str = ""
    """Who lays down such policy: `legal`, `pricing`, `support`, ..."""
    effective_from: str = ""
    """ISO date of its first day; empty: always."""
    effective_until: str = ""
    """ISO date of its last day; empty: until another version supersedes it."""
    verbatim: bool = False
    """Its wording must not be paraphrased."""
    applies_to: AppliesTo = AppliesTo()
    supersedes: tuple[str, ...] = ()
    """`id@version`, or `id` for all older versions."""
    derived_from: str = ""
    """`id@version` that this condenses; condensed text never stands in for a verbatim one."""
    text: str

    @property
    def key(self) -> str:
        return f"{self.id}@{self.version}"


class Difference(NamedTuple):
    """The first word in which a copy is not its source."""

    number: int
    """Of the word in the source, from 1."""
    wanted: str
    """Empty at the source's end."""
    found: str
    """Empty at the copy's end."""


class Drift(_Record, frozen=True, kw_only=True):
    """What became of a fragment in a prompt."""

    kind: DriftKind
    why: tuple[str, ...] = ()
    """What changed: modality, a number, a condition, ..., in words without those of the prompt."""
    difference: Difference | None = None
    missing: tuple[str, ...] = ()
    """Sentences of the fragment that are not there."""
    added: tuple[str, ...] = ()
    """Rules that the fragment does not state."""
    older: str = ""
    """`id@version` whose text it is, where that is an older one."""
