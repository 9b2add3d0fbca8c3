"""Who answers for what, as records."""

from __future__ import annotations

from typing import Literal

import msgspec

from aicensus.model.census import OwnerSource

Standing = Literal["active", "inactive", "left", "no person", "not known"]
"""`not known`: nothing says when the person was last active."""
Trace = Literal["commit", "review", "attestation"]


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Suggested(_Record, frozen=True, kw_only=True):
    """Somebody whom history suggests; never an owner."""

    who: str
    percent: int
    """Share of the commits of people to the file."""
    last: str
    """ISO date of the last of them."""


class Held(_Record, frozen=True, kw_only=True):
    """One purpose in production, and who may take it over."""

    repo: str
    point: str
    path: str
    line: int
    symbol: str
    purpose: str
    consequential: bool
    source: OwnerSource | None
    """Who says who owns it; None where nobody does."""
    team: str
    suggested: tuple[Suggested, ...]
    """People who are there, the busiest first; empty where an owner has not gone."""


class Owner(_Record, frozen=True, kw_only=True):
    """Somebody who answers for points."""

    who: str
    """The person, else the owner as it is written."""
    name: str
    """As the roster gives it."""
    teams: tuple[str, ...]
    kind: str
    """`person`, `team`, `list`, `bot`, `vendor`, `ai` or `nobody`."""
    standing: Standing
    left: str
    """ISO date of the last day of who has left; empty for others."""
    last_seen: str
    """ISO date of the last commit, review or attestation; empty where none is known."""
    seen_by: Trace | None
    points: tuple[Held, ...]


class Answered(_Record, frozen=True, kw_only=True):
    """How many purposes somebody answers for."""

    purposes: int
    owned: int
    """Somebody or something is named."""
    answered: int
    """A person is named who has not left and is not known to be inactive."""


class Ledger(_Record, frozen=True, kw_only=True):
    """Who answers for what on one day."""

    as_of: str
    purposes: Answered
    consequential: Answered
    """Of those that are said to decide about a person, money, access or a commitment."""
    unsaid: int
    """Purposes of which nobody has said whether they are consequential."""
    owners: tuple[Owner, ...]
    """Those who answer for most first."""
    unowned: tuple[Held, ...]
