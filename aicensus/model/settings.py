"""What the user decides: the manifest `aicensus.yaml` as records, and the settings of one run."""

from __future__ import annotations

import datetime

import msgspec

from aicensus.model.finding import Severity


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class RosterEntry(_Record, frozen=True, kw_only=True):
    """A person or a team. A team has members or a lead; a person has a name."""

    name: str = ""
    handles: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    lead: str = ""
    members: tuple[str, ...] = ()
    role: str = ""
    until: datetime.date | None = None
    """Last day here; after it the person has left."""


class Review(_Record, frozen=True, kw_only=True):
    on: datetime.date
    by: str


class PointClaim(_Record, frozen=True, kw_only=True):
    """What the manifest says of one point, or of a glob of points."""

    owner: str = ""
    team: str = ""
    purpose: str = ""
    consequential: bool | None = None
    decides: tuple[str, ...] = ()
    risk: str = ""
    """low, medium or high."""
    reviewed: Review | None = None
    rate_per_hour: float | None = None
    latency_ms: dict[str, float] = {}
    sunset: datetime.date | None = None
    replaced_by: str = ""
    callee: str = ""
    """Callee and prompt hash of the point when it was claimed, so that a claim whose id is gone finds it again."""
    prompt_hash: str = ""


class WaiverEntry(_Record, frozen=True, kw_only=True):
    """A finding that is accepted: by code, and point id or path (globs)."""

    code: str
    point: str = ""
    path: str = ""
    reason: str
    by: str
    until: datetime.date


class SettingsSection(_Record, frozen=True, kw_only=True):
    select: tuple[str, ...] = ()
    """Codes or families to report; empty: all."""
    ignore: tuple[str, ...] = ()
    severity: dict[str, Severity] = {}
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    scopes: dict[str, tuple[str, ...]] = {}
    """Scope name (prod, test, example, docs) to path globs that belong to it."""
    report_scopes: tuple[str, ...] = ("prod",)
    review_every_days: int = 180


class Manifest(_Record, frozen=True, kw_only=True):
    """`aicensus.yaml` as read; its JSON Schema is the only source of names."""

    version: int = 1
    roster: dict[str, RosterEntry] = {}
    points: dict[str, PointClaim] = {}
    waivers: tuple[WaiverEntry, ...] = ()
    settings: SettingsSection = SettingsSection()
    catalog: tuple[dict[str, object], ...] = ()
    """In-house SDKs and gateways, in the form of the catalogue files."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an audit needs besides the census."""

    as_of: datetime.date
    manifest: Manifest = Manifest()
    manifest_path: str = ""
    manifest_lines: dict[str, int] = {}
    """`points.<id>`, `waivers[2]`, `roster.<id>` to the line in the manifest file."""
