"""JSON Lines for other programs: one point, prompt or state access a line, in the fields of the development corpus."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from aicensus.model.census import Point, Prompt, State
from aicensus.model.finding import AuditResult
from aicensus.report.visible import encodable

_EXCERPT = 80
_PROVIDERS = frozenset(
    ["openai", "anthropic", "google", "bedrock", "azure-openai", "huggingface", "ollama", "cohere", "multi", "dynamic", "other"]
)
"""The providers that rows tell apart."""
_SEPARATORS = {number: f"\\u{number:04x}" for number in (0x85, 0x2028, 0x2029)}
"""What readers of lines may take for the end of one."""


def points(result: AuditResult) -> bytes:
    """Return every point; `sure` is false for those that are only possible."""
    return _lines(_point(point) for point in result.census.points)


def prompts(result: AuditResult) -> bytes:
    """Return every prompt with the places, `path:line`, of the points it reaches."""
    places = {(point.repo, point.id): f"{point.path}:{point.line}" for point in result.census.points}
    return _lines(_prompt(prompt, places) for prompt in result.census.prompts)


def state(result: AuditResult) -> bytes:
    """Return every access to state."""
    return _lines(_state(access) for access in result.census.state)


def _point(point: Point) -> dict[str, object]:
    return {
        "repo": point.repo,
        "path": point.path,
        "line": point.line,
        "end_line": point.end_line,
        "role": point.role,
        "kind": point.kind,
        "provider": point.provider if point.provider in _PROVIDERS else "other",
        "sdk": point.sdk,
        "model": point.model.id,
        "prompt": point.prompt,
        "symbol": point.symbol,
        "scope": point.scope,
        "sure": point.confidence != "possible",
    }


def _prompt(prompt: Prompt, places: dict[tuple[str, str], str]) -> dict[str, object]:
    return {
        "repo": prompt.repo,
        "path": prompt.path,
        "line": prompt.line,
        "end_line": prompt.end_line,
        "kind": prompt.kind,
        "used_by": [places[prompt.repo, point] for point in prompt.used_by if (prompt.repo, point) in places],
        "first_80": " ".join(encodable(prompt.text).split())[:_EXCERPT],
    }


def _state(access: State) -> dict[str, object]:
    return {
        "repo": access.repo,
        "path": access.path,
        "line": access.line,
        "kind": access.kind,
        "name": access.name,
        "tech": access.tech,
        "access": access.access,
    }


def _lines(rows: Iterable[dict[str, object]]) -> bytes:
    text = "".join(msgspec.json.encode(row).decode() + "\n" for row in rows)
    return text.translate(_SEPARATORS).encode()
