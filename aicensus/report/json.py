"""The audit as a public, versioned JSON document, and the census alone, which `load` reads back."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec

from aicensus.model.census import CENSUS_VERSION, Census
from aicensus.model.errors import SourceError
from aicensus.model.finding import Accepted, AuditResult, Finding, RuleInfo
from aicensus.model.growth import Trend
from aicensus.model.rulebook import RulesInPrompts
from aicensus.report.overview import Overview, overview
from aicensus.report.visible import encodable, visible

_WRITE_ONE = "write one with `aicensus scan PATH -o census=FILE`"
SCHEMA_FILE = Path(__file__).with_name("aicensus.schema.json")


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """An audit and the census it judged. `version` is raised when a field goes or changes its meaning, not when one is added."""

    document: Literal["aicensus.audit"] = "aicensus.audit"
    version: Literal[1] = 1
    tool_version: str
    as_of: str
    """ISO date the rules were judged at."""
    summary: Overview
    findings: tuple[Finding, ...]
    accepted: tuple[Accepted, ...]
    since: str
    """Commit that the findings were compared with; empty where nothing was compared."""
    earlier: tuple[Finding, ...]
    """Findings that are not reported since that commit has them already."""
    rules: tuple[RuleInfo, ...]
    rules_in_prompts: RulesInPrompts
    growth: tuple[Trend, ...]
    """Of each repository over its history, where that was asked for."""
    census: Census


def render(result: AuditResult) -> bytes:
    """Return the audit as JSON; every field is there, also one that holds its default."""
    document = Document(
        tool_version=result.tool_version,
        as_of=result.as_of,
        summary=overview(result),
        findings=result.findings,
        accepted=result.accepted,
        since=result.since,
        earlier=result.earlier,
        rules=result.rules,
        rules_in_prompts=result.rules_in_prompts,
        growth=result.growth,
        census=result.census,
    )
    return _pretty(msgspec.json.encode(_whole(document)))


def render_census(result: AuditResult) -> bytes:
    """Return the census alone; fields that hold their defaults are left out, but for the tool's name and the version."""
    return written(result.census)


def written(census: Census) -> bytes:
    """Return a census as `load` reads it back."""
    head = {"tool": census.tool, "version": census.version}
    try:
        return _pretty(msgspec.json.encode({**head, **msgspec.to_builtins(census)}))
    except UnicodeEncodeError:  # a lone surrogate in scanned text
        return _pretty(msgspec.json.encode({**head, **_whole(census)}))


def load(path: Path) -> Census:
    """Read back a census, or the census of an audit, that was saved as JSON.

    Raises SourceError when the file cannot be read, is no such document, or is one of another version.
    """
    try:
        return read(path.read_bytes(), str(path))
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}; {_WRITE_ONE}") from error


def read(content: bytes, name: str) -> Census:
    """Read a census, or that of an audit; `name` is the file as messages call it. Raises SourceError."""
    try:
        raw = msgspec.json.decode(content)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{name} is not JSON, or was cut off: {visible(str(error))}; {_WRITE_ONE}") from error
    census = raw.get("census", raw) if isinstance(raw, dict) else raw
    if not isinstance(census, dict) or census.get("tool") != Census().tool:
        raise SourceError(f"{name} is not a census; {_WRITE_ONE}")
    if (version := census.get("version")) != CENSUS_VERSION or isinstance(version, bool):
        raise SourceError(f"{name} is a census of version {visible(str(version))[:20]}, {_other_version(version)}")
    try:
        return msgspec.convert(census, Census)
    except (msgspec.ValidationError, RecursionError) as error:
        raise SourceError(f"{name} is not a census: {visible(str(error))[:300]}; {_WRITE_ONE}") from error


def _other_version(version: object) -> str:
    """What to do about a census of a version that is not read."""
    if isinstance(version, int) and version > CENSUS_VERSION:
        return f"this program reads version {CENSUS_VERSION}; update aicensus, or {_WRITE_ONE}"
    return f"this program reads version {CENSUS_VERSION}; scan its commit anew: `aicensus scan PATH --rev COMMIT -o census=FILE`"


def schema() -> bytes:
    """Return the JSON Schema of the document; `aicensus.schema.json` holds these bytes."""
    made = msgspec.json.schema(Document)
    title = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "aicensus audit, version 1"}
    return _pretty(msgspec.json.encode({**title, **made}))


def _pretty(data: bytes) -> bytes:
    return msgspec.json.format(data, indent=2) + b"\n"


def _whole(value: Any) -> Any:
    """Return records as plain data, defaults included and lone surrogates replaced."""
    if isinstance(value, msgspec.Struct):
        return {name: _whole(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, tuple):
        return [_whole(item) for item in value]
    return encodable(value) if isinstance(value, str) else value
