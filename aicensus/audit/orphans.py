"""ORP: what is left over."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from aicensus.audit.context import Context
from aicensus.audit.rule import Hit, Rule, at_point, provider_of
from aicensus.manifest.claims import Entry, selects
from aicensus.model.census import ClaimMove, Evidence
from aicensus.model.finding import Severity
from aicensus.model.settings import ManifestFile


def unreached(context: Context) -> Iterator[Hit]:
    for point in context.points:
        if point.reach not in {"unreachable", "test-only"} or (point.role == "gateway" and context.graph.callers_of(point)):
            continue
        reached = "only tests reach it" if point.reach == "test-only" else "no entry point reaches it"
        message = f"`{point.symbol}` asks {provider_of(point)}, and {reached}"
        fix = f"remove {point.symbol}, or call it from where it is needed; if a framework calls it, see `aicensus show '{point.id}'`"
        yield at_point(point, message, next=fix, confidence="likely")


def unused_prompt(context: Context) -> Iterator[Hit]:
    scopes = set(context.settings.manifest.settings.report_scopes)
    for prompt in context.census.prompts:
        if prompt.used_by or prompt.scope not in scopes:
            continue
        yield Hit(
            message=f"the prompt `{prompt.name or prompt.id}` reaches no inference point",
            next=f"remove it, or use it; if code outside of this scan uses it, accept this with a waiver for {prompt.path}",
            key=(prompt.id,),
            repo=prompt.repo,
            path=prompt.path,
            line=prompt.line,
            evidence=(Evidence(path=prompt.path, line=prompt.line, what=f"prompt {prompt.name or prompt.id}"),),
            confidence="likely",
        )


def claim_without_code(context: Context) -> Iterator[Hit]:
    for file, repos in context.manifests():
        ids = {point.id for point in context.census.points if point.repo in repos}
        moves = {move.claimed: move for move in context.census.claim_moves if move.repo in repos}
        for move in moves.values():
            if move.confidence == "certain":
                yield _moved(file, move)
        for entry in _claims_of(file, context, repos, ids):
            yield _dangling(file, f"points.{entry.selector}", f"`{entry.selector}`", moves.get(entry.selector), repos)
        for name, journey in sorted(file.manifest.journeys.items()):
            for step in _missing(journey.steps, ids):
                yield _dangling(file, f"journeys.{name}", f"step `{step}` of journey `{name}`", None, repos)


def _claims_of(file: ManifestFile, context: Context, repos: tuple[str, ...], ids: set[str]) -> tuple[Entry, ...]:
    return context.claims(repos[0]).without_point(ids) if repos and file.manifest.points else ()


def _missing(selectors: Iterable[str], ids: set[str]) -> list[str]:
    return [selector for selector in selectors if not any(selects(selector, identity) for identity in ids)]


def _moved(file: ManifestFile, move: ClaimMove) -> Hit:
    """The claim holds where its point is now; only the id is old."""
    return Hit(
        message=f"{file.path or 'the manifest'} speaks of `{move.claimed}`, which is `{move.point}` now: {move.why}",
        next="`aicensus claim --follow` writes the new id",
        key=("moved", move.claimed),
        repo=move.repo,
        path=file.path,
        line=file.lines.get(f"points.{move.point}", 0),
        milder=1,
    )


def _dangling(file: ManifestFile, key: str, what: str, likely: ClaimMove | None, repos: tuple[str, ...]) -> Hit:
    fix = (
        f"if it is `{likely.point}` now ({likely.why}), run `aicensus claim --follow {shlex.quote(likely.point)}`; else remove it"
        if likely
        else "remove it, or correct the id; `aicensus scan` lists all ids"
    )
    return Hit(
        message=f"{file.path or 'the manifest'} speaks of {what}, and no point of that id is in the code",
        next=fix,
        key=(key, what),
        repo=repos[0] if len(repos) == 1 else "",
        path=file.path,
        line=file.lines.get(key, 0),
    )


def credential_without_point(context: Context) -> Iterator[Hit]:
    providers = {fact.provider for fact in context.catalog.models.facts}
    asked = {(point.repo, point.provider) for point in context.census.points}
    scopes = set(context.settings.manifest.settings.report_scopes)
    for secret in context.census.secrets:
        provider = _provider(secret.kind, providers)
        if not provider or secret.scope not in scopes or (secret.repo, provider) in asked:
            continue
        yield Hit(
            message=f"a credential of {provider} stands in {secret.path}, and no point of the repository asks {provider}",
            next=f"revoke the key at {provider} and remove it, or scan the code that uses it too",
            key=(secret.path, secret.kind),
            repo=secret.repo,
            path=secret.path,
            line=secret.line,
            evidence=(Evidence(path=secret.path, line=secret.line, what=secret.masked),),
            confidence="likely",
        )


def _provider(kind: str, providers: set[str]) -> str:
    """The provider that the name of a kind of key begins with: `OpenAI key`, `Azure OpenAI key`; empty for keys of others."""
    words = kind.casefold().split()
    beginnings = {"".join(words[:end]) for end in range(1, len(words) + 1)}
    return max((provider for provider in providers if provider.replace("-", "") in beginnings), key=len, default="")


RULES = (
    Rule(
        code="ORP001",
        name="unreachable-point",
        severity=Severity.WARNING,
        check=unreached,
        what="No entry point (route, command, task, schedule, export, ...) reaches an inference point, or only tests do.",
        why="Code that nobody calls still holds keys, prompts and rules, and comes back to life unnoticed.",
        fix="Remove it, or wire it in. If a framework calls it in a way that the scan does not see, say so in a waiver.",
    ),
    Rule(
        code="ORP002",
        name="unused-prompt",
        severity=Severity.NOTE,
        check=unused_prompt,
        what="A prompt reaches no inference point.",
        why="The next reader takes its rules for rules in force.",
        fix="Remove the prompt, or use it.",
    ),
    Rule(
        code="ORP003",
        name="claim-without-code",
        severity=Severity.WARNING,
        check=claim_without_code,
        what="aicensus.yaml speaks of a point that is not in the code, in `points` or in a journey, or by an id of before a move.",
        why="A renamed point has lost its owner, and a removed one still looks alive in reports.",
        fix="Run `aicensus claim --follow` for points that moved; correct the id of others, or remove the entry.",
    ),
    Rule(
        code="ORP005",
        name="credential-without-point",
        severity=Severity.WARNING,
        check=credential_without_point,
        what="A credential of a model provider stands in the source, and no point of the repository asks that provider.",
        why="A key without a user is a key that nobody watches.",
        fix="Revoke and remove the key.",
    ),
)
