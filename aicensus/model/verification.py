"""A snapshot compared with its commit, scanned again."""

from __future__ import annotations

from typing import Literal

import msgspec


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Both(_Record, frozen=True, kw_only=True):
    """One thing as the snapshot has it and as it is now."""

    what: str
    snapshot: str
    now: str


class Altered(_Record, frozen=True, kw_only=True):
    """A point of which something is not as in the snapshot."""

    repo: str
    point: str
    changes: tuple[Both, ...]
    """Empty where only evidence, lines or routes differ."""


class Verification(_Record, frozen=True, kw_only=True):
    """Whether a snapshot says what a scan of its commits says."""

    same: bool
    digest: Both
    """Of all that the census says, but for which program and catalogue said it."""
    made_by: tuple[Both, ...]
    """Program, catalogue and manifests where they are not those of the snapshot: what differs may come from them."""
    uncommitted: tuple[str, ...]
    """Repositories that were scanned with changes which are in no commit."""
    shallow: tuple[Literal["snapshot", "now"], ...]
    """Which of the two was made in a clone whose history is cut off, where one alone was."""
    added: tuple[str, ...]
    """Ids of points that only the scan has."""
    removed: tuple[str, ...]
    """Ids of points that only the snapshot has."""
    altered: tuple[Altered, ...]
    sections: tuple[str, ...]
    """Further parts of the census that differ: `prompts`, `coverage`, ..."""
