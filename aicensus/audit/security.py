"""SEC: what an attacker would look for."""

from __future__ import annotations

from collections.abc import Iterator

from aicensus.audit.context import Context
from aicensus.audit.rule import Hit, Rule, whom_to_ask
from aicensus.model.census import Evidence
from aicensus.model.finding import Severity


def key_in_source(context: Context) -> Iterator[Hit]:
    scopes = set(context.settings.manifest.settings.report_scopes)
    for secret in context.census.secrets:
        if secret.scope not in scopes:
            continue
        near = [point for point in context.points if (point.repo, point.path) == (secret.repo, secret.path)]
        beside = f", beside `{near[0].symbol}`" if near else ""
        yield Hit(
            message=f"what looks like a key ({secret.kind}, {secret.masked}) stands in the source{beside}",
            next="revoke it at the provider first, then read it from the environment or a secret store; git history keeps the old one",
            key=(secret.path, secret.kind, secret.masked),
            repo=secret.repo,
            path=secret.path,
            line=secret.line,
            points=tuple(near),
            owners=tuple(dict.fromkeys(owner for point in near for owner in whom_to_ask(point))),
            evidence=(Evidence(path=secret.path, line=secret.line, what=secret.masked),),
            confidence="likely",
        )


RULES = (
    Rule(
        code="SEC001",
        name="key-in-source",
        severity=Severity.ERROR,
        check=key_in_source,
        what="Something in the source looks like a key or token. Its value is never kept nor shown.",
        why="Whoever reads the repository can spend on the account and read what it sees.",
        fix="Revoke the key, then read it from the environment or a secret store. Accept a sample that opens nothing with a waiver.",
    ),
)
