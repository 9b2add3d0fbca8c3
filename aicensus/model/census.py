"""The census: what was found in one or more repositories, as frozen records in a fixed order.

Paths are posix and relative to their repository, lines count from 1. Nothing here names a person's machine, and no clock:
the same tree and settings give the same bytes.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from aicensus.model.policy import Fragment

CENSUS_VERSION = 1

Role = Literal["direct", "gateway", "use", "config"]
PointKind = Literal[
    "chat", "completion", "embedding", "rerank", "image", "audio", "video", "moderation", "classifier", "decision", "realtime", "agent"
]
PointScope = Literal["prod", "test", "example", "docs"]
Confidence = Literal["certain", "likely", "possible"]
StateKind = Literal["vector_store", "database", "cache", "queue", "object_store", "session", "memory", "file"]
Access = Literal["read", "write", "both"]
EntryKind = Literal["http", "cli", "task", "schedule", "lambda", "main", "notebook", "bot", "library", "script", "event"]
Reach = Literal["reachable", "test-only", "unreachable", "unknown"]
OwnerSource = Literal["manifest", "annotation", "codeowners", "backstage", "owners-file", "package", "git"]
Tristate = Literal["yes", "no", "unknown"]
TEXT_KINDS: frozenset[str] = frozenset({"chat", "completion", "agent", "decision", "image", "video", "realtime"})
"""Kinds whose purpose is said in a prompt; the others serve what their function does with the answer."""


class _Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    pass


class Evidence(_Record, frozen=True, kw_only=True):
    """Where a fact was seen, and what was seen there."""

    path: str
    line: int
    what: str


class ModelUse(_Record, frozen=True, kw_only=True):
    """The model of a point as the code gives it."""

    id: str | None = None
    """As written; None when it is not known or several are possible."""
    candidates: tuple[str, ...] = ()
    """All ids that may be meant, when there are several."""
    source: Literal["literal", "default", "setting", "env", "parameter", "unknown"] = "unknown"
    """`literal`: written in the code or its configuration; `default`: the SDK's own; `setting`: the default that settings of this name
    have elsewhere in the code; `env`: an environment variable (its default, if any, is `id`); `parameter`: only callers or run time
    decide."""
    why: str = ""
    """Why it is not known."""
    hard_coded: bool = False
    """The literal stands in the call itself."""


class Setting(_Record, frozen=True, kw_only=True):
    """One parameter of the call or its client: temperature, max_tokens, timeout (seconds unless the SDK says so), retries, schema, ..."""

    name: str
    value: str
    """Constant as text; `set` when given but not constant; `default: X` when the SDK's default holds."""


class Claim(_Record, frozen=True, kw_only=True):
    """One source's word on who owns something."""

    source: OwnerSource
    owner: str
    """As written: e-mail, @user, @org/team, name."""
    path: str = ""
    line: int = 0
    percent: int = 0
    """Of git: the share of the commits of people to the file."""
    last: str = ""
    """Of git: ISO date of the last commit to the file."""


class Ownership(_Record, frozen=True, kw_only=True):
    """Who answers for a point. `chain` holds every claim, strongest first; the first that is not git decides."""

    owner: str | None = None
    person: str | None = None
    """The human behind the owner, where the roster or the claim itself names one."""
    team: str | None = None
    source: OwnerSource | None = None
    chain: tuple[Claim, ...] = ()
    suggestions: tuple[Claim, ...] = ()
    """Who git history suggests; never an owner."""


class Step(_Record, frozen=True, kw_only=True):
    """One call on the way from an entry point to a point: in `symbol`, at `path`:`line`."""

    symbol: str
    path: str
    line: int


class Point(_Record, frozen=True, kw_only=True):
    """An inference point: a place where a program asks a model for an inference, serving one function."""

    id: str
    """`path::Qualified.symbol[/n]`; survives edits above it."""
    repo: str
    path: str
    line: int
    end_line: int
    cell: int | None = None
    """Notebook cell, from 1."""
    symbol: str
    role: Role
    kind: PointKind
    provider: str
    sdk: str
    """Catalogue file that recognised it; `own-wrapper` for a use."""
    call: str
    """The callee as written: `client.chat.completions.create`."""
    model: ModelUse = ModelUse()
    prompts: tuple[str, ...] = ()
    """Ids of the prompts that reach it."""
    prompt: Literal["constant", "inline", "file", "remote", "dynamic", "none"] = "none"
    settings: tuple[Setting, ...] = ()
    scope: PointScope = "prod"
    confidence: Confidence = "certain"
    evidence: tuple[Evidence, ...] = ()
    gateways: tuple[str, ...] = ()
    """Ids of the gateways that a use goes through, outermost first."""
    reach: Reach = "unknown"
    entry_points: tuple[str, ...] = ()
    route: tuple[Step, ...] = ()
    """One shortest way from an entry point, the entry first."""
    state: tuple[str, ...] = ()
    """Ids of the state read or written in the same function or on the way."""
    ownership: Ownership = Ownership()
    purpose: str = ""
    """As declared, else the symbol's own documentation, first sentence."""
    purpose_declared: bool = False
    consequential: Tristate = "unknown"
    consequential_why: str = ""
    tracers: tuple[str, ...] = ()
    """Tracers and loggers seen in the same function or file."""
    notes: tuple[str, ...] = ()
    """Texts of the inline annotations that belong to it (`aicensus: ...`)."""
    changed: str = ""
    """ISO date of the last commit of a person to its file; empty where no history was read."""


class Prompt(_Record, frozen=True, kw_only=True):
    """Text that reaches a model as instruction, or that looks made for it and reaches none (`used_by` empty)."""

    id: str
    """`path::name` or `path::symbol/n`; a file's id is its path."""
    repo: str
    path: str
    line: int
    end_line: int
    name: str = ""
    """Constant, attribute or key that holds it."""
    kind: Literal["template", "constant", "inline", "file", "remote"]
    role: str = ""
    """`system`, `user`, ... where known."""
    text: str = ""
    """Secrets masked; placeholders as `{name}`."""
    placeholders: tuple[str, ...] = ()
    hash: str = ""
    """SHA-256 of the text with white space folded, 16 hex digits."""
    used_by: tuple[str, ...] = ()
    scope: PointScope = "prod"
    version: str = ""
    """Pinned version of a remote prompt; empty when it follows a label."""


class State(_Record, frozen=True, kw_only=True):
    """One access to state that points may share."""

    id: str
    repo: str
    path: str
    line: int
    symbol: str
    kind: StateKind
    tech: str
    name: str = ""
    access: Access
    points: tuple[str, ...] = ()
    """Points in whose function, or on whose way, the access lies."""
    model: str = ""
    """Embedding model that writes or reads a vector index, where known."""
    scope: PointScope = "prod"


class EntryPoint(_Record, frozen=True, kw_only=True):
    """Where execution starts."""

    id: str
    repo: str
    path: str
    line: int
    symbol: str
    kind: EntryKind
    name: str = ""
    """Route, command, topic or schedule as written."""
    scope: PointScope = "prod"


class Secret(_Record, frozen=True, kw_only=True):
    """Something in source that looks like a key; its value is never kept."""

    repo: str
    path: str
    line: int
    kind: str
    masked: str
    """First characters and a length: `sk-a… (51)`."""
    scope: PointScope = "prod"


class Dependency(_Record, frozen=True, kw_only=True):
    """A model SDK in a dependency manifest."""

    repo: str
    path: str
    line: int
    package: str
    version: str = ""
    sdk: str
    ecosystem: str = ""
    """Registry that the package comes from: `pypi`, `npm`, `maven`, `go`, `nuget`, ..."""
    unread: bool = False
    """Code of the ecosystem's languages is not read, so that no point can be found."""


class Flow(_Record, frozen=True, kw_only=True):
    """A workflow that a file declares: its points in the order in which they run, as far as the file says."""

    id: str
    """The file's path; `path#n` for the next ones in one file."""
    repo: str
    path: str
    line: int
    name: str = ""
    sdk: str
    """Catalogue file whose shape it has."""
    points: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()
    """Pairs of points of which the second follows the first."""
    entry_points: tuple[str, ...] = ()
    scope: PointScope = "prod"


class DeveloperTool(_Record, frozen=True, kw_only=True):
    """Something that steers or runs a model for those who write the code, not for the product."""

    repo: str
    path: str
    line: int
    end_line: int
    tool: str
    """`claude-code`, `copilot`, `codex`, `mcp`, ..."""
    kind: Literal["instructions", "agent", "command", "workflow", "review", "mcp", "settings"]
    name: str = ""
    provider: str = ""
    model: str = ""


class Evaluation(_Record, frozen=True, kw_only=True):
    """A declared evaluation, or a test: evidence that a change of a prompt or a model is noticed."""

    repo: str
    path: str
    line: int
    kind: Literal["evaluation", "test"] = "evaluation"
    """`test`: a test of the code around it, which need not judge what the model answers."""
    tool: str
    name: str = ""
    models: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    """Ids of prompts that it tests, or paths of files that hold them."""
    points: tuple[str, ...] = ()
    """Ids of points that it tests."""
    files: tuple[str, ...] = ()
    """Further files that it is made of: cases, checks."""
    changed: str = ""
    """ISO time (UTC) of the last commit to it, where it judges answers and history was read."""


class LastCommit(_Record, frozen=True, kw_only=True):
    """The commit that changed something last."""

    id: str
    on: str
    """ISO time (UTC)."""
    author: str
    """`Maria Lopez <maria@example.com>`."""
    reviewers: tuple[str, ...] = ()
    """Whom its trailers name as having reviewed, acknowledged or approved it, as written."""


class LastChange(_Record, frozen=True, kw_only=True):
    """When the model or a prompt of a point changed last. Only of points that an evaluation covers or that are consequential."""

    repo: str
    point: str
    what: Literal["model", "prompt"]
    name: str
    """The model, or the prompt's id."""
    commit: LastCommit


class ModelSetting(_Record, frozen=True, kw_only=True):
    """A model that configuration gives to code which reads it at run time."""

    repo: str
    path: str
    line: int
    name: str
    """Variable or key as written."""
    model: str
    provider: str = ""
    kind: str = ""
    """Kind of the points that it is for; empty for any."""
    sdks: tuple[str, ...] = ()
    """SDKs that read it by themselves."""
    points: tuple[str, ...] = ()
    """Points of the code that read it."""
    scope: PointScope = "prod"


class Unresolved(_Record, frozen=True, kw_only=True):
    """What could not be known of a point."""

    repo: str
    point: str
    what: Literal["model", "prompt", "callee"]
    why: str
    path: str
    line: int


class PossibleCall(_Record, frozen=True, kw_only=True):
    """A call that may make a model run, too uncertain to count."""

    repo: str
    path: str
    line: int
    what: str


class UnreadFile(_Record, frozen=True, kw_only=True):
    """A file or repository that should have been read and was not, in whole or in part (`line` > 0)."""

    repo: str
    path: str
    reason: str
    line: int = 0


class Coverage(_Record, frozen=True, kw_only=True):
    """What was read, what was not, and why."""

    files: int = 0
    """Files listed."""
    considered: int = 0
    """Files of a language with a front end."""
    analysed: int = 0
    """Files that could matter and were parsed."""
    left_out: tuple[tuple[str, int], ...] = ()
    """Reason and count: vendored, generated, minified, compiled copy, in a package that is treated as installed."""
    languages: tuple[tuple[str, int], ...] = ()
    unread: tuple[UnreadFile, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    possible: tuple[PossibleCall, ...] = ()
    notes: tuple[str, ...] = ()


class SdkSeen(_Record, frozen=True, kw_only=True):
    """A model SDK that the code imports."""

    sdk: str
    files: int


class Author(_Record, frozen=True, kw_only=True):
    """Somebody who commits, as git history gives it; bots are left out."""

    repo: str
    email: str
    name: str = ""
    last: str
    """ISO date of the last commit to the repository."""


class KnownTeam(_Record, frozen=True, kw_only=True):
    """A team that CODEOWNERS names, for whatever files."""

    repo: str
    team: str
    path: str
    line: int
    """The first that names it."""


class ClaimMove(_Record, frozen=True, kw_only=True):
    """A claim of the manifest whose point is gone, and the point that it speaks of now."""

    repo: str
    claimed: str
    """The id in the manifest."""
    point: str
    """The id today."""
    why: str
    confidence: Confidence
    """`certain`: the claim holds for the point; `likely`: it is only proposed."""


class SourceNote(_Record, frozen=True, kw_only=True):
    """A comment that speaks to this tool, wherever it stands: the text after `aicensus:`."""

    repo: str
    path: str
    line: int
    text: str


class Repository(_Record, frozen=True, kw_only=True):
    """One source of the census."""

    name: str
    kind: Literal["worktree", "revision", "folder"]
    """`revision`: the files are those of the commit, checked out or not; `worktree`: some are changed or new since."""
    revision: str = ""
    """Commit id when one was read; empty for a folder."""
    manifest: str = ""
    """Digest of the manifest that speaks of it, 16 hex digits; empty for none."""


class Census(_Record, frozen=True, kw_only=True):
    """The whole result for one set of repositories."""

    version: int = CENSUS_VERSION
    tool: str = "aicensus"
    tool_version: str = ""
    catalog: str = ""
    """Digest of the catalogue that was used."""
    repositories: tuple[Repository, ...] = ()
    points: tuple[Point, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    state: tuple[State, ...] = ()
    entry_points: tuple[EntryPoint, ...] = ()
    secrets: tuple[Secret, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    flows: tuple[Flow, ...] = ()
    developer_tools: tuple[DeveloperTool, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    last_changes: tuple[LastChange, ...] = ()
    model_settings: tuple[ModelSetting, ...] = ()
    sdks: tuple[SdkSeen, ...] = ()
    authors: tuple[Author, ...] = ()
    teams: tuple[KnownTeam, ...] = ()
    claim_moves: tuple[ClaimMove, ...] = ()
    notes: tuple[SourceNote, ...] = ()
    fragments: tuple[Fragment, ...] = ()
    """The policy library, every version."""
    coverage: Coverage = Coverage()
