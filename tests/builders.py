"""Small records made by hand, with everything that a test does not care about filled in."""

from __future__ import annotations

import datetime
import hashlib
from typing import Any

from aicensus.model.census import (
    Census,
    Claim,
    Coverage,
    Dependency,
    EntryPoint,
    Evidence,
    ModelUse,
    Ownership,
    OwnerSource,
    Point,
    Prompt,
    Repository,
    SdkSeen,
    Secret,
    State,
)
from aicensus.model.finding import AuditResult, Finding, RuleInfo, Severity
from aicensus.model.policy import AppliesTo, Fragment
from aicensus.model.settings import Manifest, Settings

REPO = "shop"
AS_OF = datetime.date(2026, 11, 20)
PERSON = "maria.lopez@example.com"

Item = Point | Prompt | State | EntryPoint | Secret | Dependency | SdkSeen | Repository | Fragment


def owned_by(owner: str, *, source: OwnerSource = "codeowners", person: str | None = None, team: str | None = None) -> Ownership:
    """An ownership that one source decides; an e-mail address is a person unless told otherwise."""
    claim = Claim(source=source, owner=owner, path="CODEOWNERS" if source == "codeowners" else "", line=1 if source == "codeowners" else 0)
    if person is None and "@" in owner[1:]:
        person = owner
    return Ownership(owner=owner, person=person, team=team, source=source, chain=(claim,))


def a_point(symbol: str = "summarise", *, owner: str = "", model: str | ModelUse = "gpt-5.6-sol", **fields: Any) -> Point:
    """A direct chat call of OpenAI in production; `owner` is short for an ownership by CODEOWNERS."""
    path = fields.setdefault("path", "app/service.py")
    line = fields.setdefault("line", 10)
    values: dict[str, Any] = {
        "id": f"{path}::{symbol}",
        "repo": REPO,
        "end_line": line + 4,
        "role": "direct",
        "kind": "chat",
        "provider": "openai",
        "sdk": "openai-python",
        "call": "client.chat.completions.create",
        "reach": "reachable",
        "ownership": owned_by(owner) if owner else Ownership(),
        "model": ModelUse(id=model, source="literal") if isinstance(model, str) else model,
    }
    return Point(symbol=symbol, **{**values, **fields})


def a_prompt(text: str = "You are a helpful assistant.", *, name: str = "PROMPT", **fields: Any) -> Prompt:
    """A prompt constant in production."""
    path = fields.setdefault("path", "app/prompts.py")
    line = fields.setdefault("line", 3)
    values: dict[str, Any] = {
        "id": f"{path}::{name}",
        "repo": REPO,
        "end_line": line + text.count("\n"),
        "kind": "constant",
        "hash": hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16],
    }
    return Prompt(name=name, text=text, **{**values, **fields})


def a_fragment(text: str, *, id: str = "refunds", version: str = "1", points: tuple[str, ...] = (), **fields: Any) -> Fragment:
    """A fragment of the policy library that holds without end; `points` are globs of those it applies to."""
    path = fields.setdefault("path", f"policies/{id}.{version}.md")
    values: dict[str, Any] = {"repo": REPO, "line": 2, "text_line": 8, "owner": PERSON, "applies_to": AppliesTo(points=points)}
    return Fragment(id=id, version=version, text=text, **{**values, "path": path, **fields})


def a_state(name: str = "tickets", **fields: Any) -> State:
    """A read of a vector index."""
    path = fields.setdefault("path", "app/search.py")
    values: dict[str, Any] = {
        "id": f"{path}::{name}",
        "repo": REPO,
        "line": 7,
        "symbol": "search",
        "kind": "vector_store",
        "tech": "qdrant",
        "access": "read",
    }
    return State(name=name, **{**values, **fields})


def an_entry_point(name: str = "POST /summary", **fields: Any) -> EntryPoint:
    """An HTTP route."""
    path = fields.setdefault("path", "app/routes.py")
    values: dict[str, Any] = {"id": f"{path}::{name}", "repo": REPO, "line": 5, "symbol": "handler", "kind": "http"}
    return EntryPoint(name=name, **{**values, **fields})


def a_census(*items: Item, coverage: Coverage | None = None, **fields: Any) -> Census:
    """A census of the given records, in the order given, of one repository unless others are among them."""
    kinds: dict[str, type] = {
        "points": Point,
        "prompts": Prompt,
        "state": State,
        "entry_points": EntryPoint,
        "secrets": Secret,
        "dependencies": Dependency,
        "sdks": SdkSeen,
        "repositories": Repository,
        "fragments": Fragment,
    }
    groups: dict[str, Any] = {name: tuple(item for item in items if isinstance(item, kind)) for name, kind in kinds.items()}
    groups["repositories"] = groups["repositories"] or (Repository(name=REPO, kind="worktree", revision="1" * 40),)
    return Census(tool_version="0.1.0", catalog="c" * 16, coverage=coverage or Coverage(), **{**groups, **fields})


def some_settings(manifest: Manifest | None = None, **fields: Any) -> Settings:
    """Settings of a run on 20 November 2026."""
    return Settings(**{"as_of": AS_OF, "manifest": manifest or Manifest(), "manifest_path": "aicensus.yaml", **fields})


def a_finding(code: str = "OWN001", *, message: str = "summarise asks openai and nobody owns it", **fields: Any) -> Finding:
    """An error at a line of the service."""
    path = fields.setdefault("path", "app/service.py")
    values: dict[str, Any] = {
        "severity": Severity.ERROR,
        "repo": REPO,
        "line": 10,
        "points": (f"{path}::summarise",),
        "next": "name an owner in CODEOWNERS",
        "evidence": (Evidence(path=path, line=10, what="client.chat.completions.create"),),
        "fingerprint": hashlib.sha256(f"{code}\0{path}\0{message}".encode()).hexdigest()[:32],
    }
    return Finding(code=code, message=message, **{**values, **fields})


def a_rule_info(code: str = "OWN001", name: str = "no-owner", severity: Severity = Severity.ERROR) -> RuleInfo:
    return RuleInfo(code=code, name=name, severity=severity, what="What it finds.", why="Why it matters.", fix="How to fix it.")


def an_audit(census: Census, *findings: Finding, **fields: Any) -> AuditResult:
    """An audit with the rules its findings need."""
    rules = tuple(a_rule_info(code, code.lower()) for code in sorted({finding.code for finding in findings}))
    values: dict[str, Any] = {"tool_version": census.tool_version, "as_of": AS_OF.isoformat(), "rules": rules}
    return AuditResult(census=census, findings=findings, **{**values, **fields})
