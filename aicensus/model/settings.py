"""What the user decides: the manifest `aicensus.yaml` as records, and the settings of one run.

The descriptions here are the documentation of the manifest's keys: its JSON Schema is made from them.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from aicensus.model.census import PointScope
from aicensus.model.finding import Severity

Text = Annotated[str, Meta(min_length=1)]
Code = Annotated[str, Meta(pattern=r"^[A-Z]{3}[0-9]{3}$")]
CodeOrFamily = Annotated[str, Meta(pattern=r"^[A-Z]{3}([0-9]{3})?$")]


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class RosterEntry(_Record, frozen=True, kw_only=True):
    """A person or a team. A team has members or a lead; a person has a name."""

    name: Annotated[str, Meta(description="Name of the person or team.")] = ""
    handles: Annotated[tuple[Text, ...], Meta(description="Accounts that mean the same person or team, as `@maria-example`.")] = ()
    emails: Annotated[tuple[Text, ...], Meta(description="Further e-mail addresses of the same person or team.")] = ()
    lead: Annotated[str, Meta(description="The person who answers for a team: a key of the roster.")] = ""
    members: Annotated[tuple[Text, ...], Meta(description="People of a team: keys of the roster.")] = ()
    role: Annotated[str, Meta(description="What the person or team does.")] = ""
    until: Annotated[datetime.date | None, Meta(description="Last day here; after it the person has left.")] = None


class Review(_Record, frozen=True, kw_only=True):
    """The last time somebody looked at a point."""

    on: Annotated[datetime.date, Meta(description="Day of the review.")]
    by: Annotated[Text, Meta(description="Who reviewed.")]


class PointClaim(_Record, frozen=True, kw_only=True):
    """What the manifest says of one point, or of a glob of points."""

    owner: Annotated[str, Meta(description="Who answers for the point: a person, as e-mail address or @account.")] = ""
    team: Annotated[str, Meta(description="The owner's team.")] = ""
    purpose: Annotated[str, Meta(description="What the point is for, in a few words.")] = ""
    consequential: Annotated[
        bool | None, Meta(description="Whether its output decides something about a person, money, access or an external commitment.")
    ] = None
    decides: Annotated[tuple[Text, ...], Meta(description="Decision subjects: what it decides about.")] = ()
    functions: Annotated[
        tuple[Text, ...], Meta(description="Business functions that it serves, as `support`: policy fragments apply to them.")
    ] = ()
    jurisdictions: Annotated[
        tuple[Text, ...], Meta(description="Where its output has effect, as `EU` or `US-CA`: policy fragments apply there.")
    ] = ()
    accountability: Annotated[
        str, Meta(description="The function that answers for what it decides, as `legal`, `marketing` or `service`.")
    ] = ""
    executed_by: Annotated[
        str, Meta(description="The agent, service or point that carries it out, where several functions share one: a name or an id.")
    ] = ""
    risk: Annotated[Literal["low", "medium", "high"] | None, Meta(description="How much sampling and review it needs.")] = None
    reviewed: Annotated[Review | None, Meta(description="The last review.")] = None
    attested_on: Annotated[datetime.date | None, Meta(description="Day on which the owner last said that the point is theirs.")] = None
    rate_per_hour: Annotated[float | None, Meta(description="Transactions per hour.")] = None
    latency_ms: Annotated[dict[str, float], Meta(description="Milliseconds by quantile: `p50`, `p95`.")] = {}
    sunset: Annotated[datetime.date | None, Meta(description="Last day of the point; after it the code should be gone.")] = None
    replaced_by: Annotated[str, Meta(description="Id of the point that takes over at the sunset.")] = ""
    fallback_role: Annotated[
        str, Meta(description="Why it must stay although it seems idle: fallback, disaster recovery, legal hold, seasonal.")
    ] = ""
    callee: Annotated[str, Meta(description="The call as written when the point was claimed, to find it again under another id.")] = ""
    prompt_hash: Annotated[str, Meta(description="Hash of the prompt when the point was claimed, for the same purpose.")] = ""


class WaiverEntry(_Record, frozen=True, kw_only=True):
    """A finding that is accepted: by code, and point id or path (globs)."""

    code: Annotated[Code, Meta(description="Code of the finding.")]
    point: Annotated[str, Meta(description="Id of the point, or a glob of ids.")] = ""
    path: Annotated[str, Meta(description="Path of the finding, or a glob of paths.")] = ""
    reason: Annotated[Text, Meta(description="Why it is accepted.")]
    by: Annotated[Text, Meta(description="Who accepted it.")]
    until: Annotated[datetime.date, Meta(description="Last day on which it is accepted.")]


class Journey(_Record, frozen=True, kw_only=True):
    """An ordered set of points that serve one customer path."""

    steps: Annotated[tuple[Text, ...], Meta(description="Ids of the points, or globs, in order.")]
    budget: Annotated[dict[str, float], Meta(description="Limits of the whole journey: `p95_ms` in milliseconds, `tokens`.")] = {}
    state: Annotated[str, Meta(description="What the steps must share, as `redis:refund-session`.")] = ""


class Precedence(_Record, frozen=True, kw_only=True):
    """Who wins on one decision subject, and what holds where the order leaves two open."""

    order: Annotated[
        tuple[Text | tuple[Text, ...], ...],
        Meta(
            description="Who wins, first to last: ids or globs of points, `repository:` before them where it is another one, or an "
            "`accountability`. A list of such lists orders only what stands in one list together."
        ),
    ] = ()
    tie: Annotated[
        Literal["stricter", "earlier", "later", "arbiter"] | None,
        Meta(
            description="What holds where the order leaves two open: the stricter rule, the earlier or later answer, or the arbiter's word."
        ),
    ] = None
    fallback: Annotated[str, Meta(description="Who decides when none of those in the order can: as in `order`.")] = ""
    arbiter: Annotated[str, Meta(description="The person who decides what is left open: a key of the roster.")] = ""
    effective_from: Annotated[datetime.date | None, Meta(description="First day on which it holds; none: it holds.")] = None

    @property
    def chains(self) -> tuple[tuple[str, ...], ...]:
        """Each list of which the first wins over the ones after it."""
        flat = tuple(name for name in self.order if isinstance(name, str))
        return ((flat,) if flat else ()) + tuple(chain for chain in self.order if not isinstance(chain, str))


class Policies(_Record, frozen=True, kw_only=True):
    """Where the central policy library stands."""

    library: Annotated[tuple[Text, ...], Meta(description="Folders of policy fragments.")] = ()
    verbatim: Annotated[tuple[Text, ...], Meta(description="Folders whose wording must not be paraphrased.")] = ()
    cadence_days: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="Days after which the blocks in prompts must have been written anew from the library."),
    ] = None


class Supervision(_Record, frozen=True, kw_only=True):
    """How often outputs are reviewed, and what may go wrong in between."""

    review_cycle_hours: Annotated[float | None, Meta(description="Hours between two reviews.")] = None
    max_affected: Annotated[dict[str, int], Meta(description="Tolerated affected cases by risk: `high`, `medium`, `low`.")] = {}
    confidence: Annotated[
        Annotated[float, Meta(gt=0, lt=1)] | None, Meta(description="Wanted probability of a catch within the tolerance, 0 to 1.")
    ] = None


class Deployment(_Record, frozen=True, kw_only=True):
    """A moment from which on something ran. A tag or a commit says what."""

    tag: Annotated[str, Meta(description="Tag of what was deployed.")] = ""
    commit: Annotated[str, Meta(description="Commit that was deployed, where it has no tag.")] = ""
    at: Annotated[datetime.datetime, Meta(description="When, with its time zone, as `2026-11-17T14:00:00+01:00`.", tz=True)]
    environment: Annotated[Text, Meta(description="Where it ran.")] = "production"


class LexiconSection(_Record, frozen=True, kw_only=True):
    """Words of the business that rules in prompts are compared by, besides those that are shipped."""

    synonyms: Annotated[dict[Text, tuple[Text, ...]], Meta(description="A word, and others that mean the same.")] = {}
    exclusive: Annotated[dict[Text, tuple[Text, ...]], Meta(description="An attribute, and values of which only one can hold.")] = {}
    subjects: Annotated[dict[Text, tuple[Text, ...]], Meta(description="A decision subject, and words by which rules speak of it.")] = {}
    objectives: Annotated[
        dict[Text, tuple[Text, ...]], Meta(description="An objective, as `retention`, and phrases by which prompts set it.")
    ] = {}
    rivals: Annotated[dict[Text, tuple[Text, ...]], Meta(description="An objective, and others that pull against it.")] = {}


class SettingsSection(_Record, frozen=True, kw_only=True):
    """How this tool scans and judges."""

    select: Annotated[tuple[CodeOrFamily, ...], Meta(description="Codes or families to report; none: all.")] = ()
    ignore: Annotated[tuple[CodeOrFamily, ...], Meta(description="Codes or families not to report.")] = ()
    severity: Annotated[dict[CodeOrFamily, Severity], Meta(description="Other severities, by code or family.")] = {}
    include: Annotated[tuple[Text, ...], Meta(description="Globs of the only paths to read; none: all.")] = ()
    exclude: Annotated[tuple[Text, ...], Meta(description="Globs of paths not to read.")] = ()
    scopes: Annotated[
        dict[PointScope, tuple[Text, ...]], Meta(description="Globs of paths by the scope they belong to: prod, test, example or docs.")
    ] = {}
    report_scopes: Annotated[tuple[PointScope, ...], Meta(description="Scopes whose findings are reported.")] = ("prod",)
    developer_tools: Annotated[
        Literal["beside", "points"],
        Meta(
            description="Workflows and review bots that run a model for those who write the code: `beside` lists them in a section of "
            "their own, `points` counts them as points of the product and judges them."
        ),
    ] = "beside"
    inactive_after_days: Annotated[
        int, Meta(description="Days without a commit, review or attestation after which a person counts as inactive.", ge=1)
    ] = 180
    review_every_days: Annotated[int, Meta(description="Days after which a review or an attestation is out of date.", ge=1)] = 180


class Manifest(_Record, frozen=True, kw_only=True):
    """`aicensus.yaml` as read; its JSON Schema is the only source of names."""

    version: Annotated[Literal[1], Meta(description="Version of this format.")] = 1
    roster: Annotated[dict[Text, RosterEntry], Meta(description="People and teams that exist, by e-mail address or @account.")] = {}
    points: Annotated[dict[Text, PointClaim], Meta(description="What is true of inference points, by id or glob of ids.")] = {}
    journeys: Annotated[dict[Text, Journey], Meta(description="Ordered points that serve one customer path, by name.")] = {}
    precedence: Annotated[
        dict[Text, Precedence | tuple[Text, ...]],
        Meta(description="Who wins, by decision subject: ids or globs of points, first to last, or a mapping with more than the order."),
    ] = {}
    policies: Annotated[Policies, Meta(description="The central policy library.")] = Policies()
    supervision: Annotated[Supervision, Meta(description="Review cycle and tolerances.")] = Supervision()
    waivers: Annotated[tuple[WaiverEntry, ...], Meta(description="Accepted findings.")] = ()
    deployments: Annotated[
        tuple[Deployment, ...], Meta(description="What was deployed when, so that what ran at a moment can be told.")
    ] = ()
    settings: Annotated[SettingsSection, Meta(description="How this tool scans and judges.")] = SettingsSection()
    lexicon: Annotated[LexiconSection, Meta(description="Words of the business, to compare rules in prompts by.")] = LexiconSection()
    catalog: Annotated[tuple[dict[str, Any], ...], Meta(description="In-house SDKs and gateways, in the form of the catalogue files.")] = ()


class ManifestFile(msgspec.Struct, frozen=True, kw_only=True):
    """A manifest and where it was read."""

    manifest: Manifest = Manifest()
    path: str = ""
    lines: dict[str, int] = {}
    """`points.<id>`, `waivers[2]`, `roster.<id>`, ... to the line in the manifest file."""
    digest: str = ""
    """Of the bytes that were read: 16 hex digits of their SHA-256."""
    wrong: str = ""
    """The first mistake in it, where it is one of the past that says nothing for that."""


class BaselineEntry(_Record, frozen=True, kw_only=True):
    """A finding that the baseline keeps. The fingerprint decides; the rest is for whoever reads the file."""

    code: str
    path: str = ""
    points: tuple[str, ...] = ()
    fingerprint: str


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """Findings that were there before, and are not reported."""

    path: str = ""
    """The file as messages call it; empty where none was given."""
    entries: tuple[BaselineEntry, ...] = ()
    lines: dict[str, int] = {}
    """Fingerprint to the line in the file."""
    moved: dict[str, str] = {}
    """New paths by old ones of files that entries speak of and that git saw move."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an audit needs besides the census."""

    as_of: datetime.date
    manifest: Manifest = Manifest()
    """The run's manifest: its `settings` hold for the whole run."""
    manifest_path: str = ""
    manifest_lines: dict[str, int] = {}
    """`points.<id>`, `waivers[2]`, `roster.<id>` to the line in the manifest file."""
    own_manifests: dict[str, ManifestFile] = {}
    """Where several repositories are scanned: those with a manifest of their own, by name of the repository. Roster, points, journeys,
    precedence and waivers of such a repository come from there."""
    baseline: Baseline = Baseline()
    renamed: dict[str, str] = {}
    """Paths and ids as they are called in the audit that this one is compared with: fingerprints are made of those names."""
