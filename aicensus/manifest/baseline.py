"""The baseline: findings that were there when somebody started to look, kept in a file by their line-free fingerprints."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from aicensus.model.errors import AicensusError
from aicensus.model.finding import Finding
from aicensus.model.settings import Baseline, BaselineEntry

_WRITE_ONE = "write one with `aicensus baseline write`"


class _Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    document: Literal["aicensus.baseline"]
    version: Literal[1]
    findings: tuple[BaselineEntry, ...]


def read_baseline(content: bytes, name: str) -> Baseline:
    """Return the entries of a baseline file with their lines; `name` is the file as messages call it. Raises AicensusError."""
    try:
        document = msgspec.json.decode(content, type=_Document)
        texts = content.decode().split("\n")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AicensusError(f"{name} is not a baseline: {error}; {_WRITE_ONE}") from error
    rows = ((number, text) for number, text in enumerate(texts, 1) if '"fingerprint"' in text)
    lines = {entry.fingerprint: number for entry, (number, _) in zip(document.findings, rows, strict=False)}
    return Baseline(path=name, entries=document.findings, lines=lines)


def write_baseline(entries: Iterable[BaselineEntry]) -> bytes:
    """Return a baseline file: sorted, one entry a line, so that a review shows what comes and goes."""
    order = sorted(set(entries), key=lambda entry: (entry.code, entry.path, entry.points, entry.fingerprint))
    rows = ",\n".join(f"    {json.dumps(msgspec.to_builtins(entry))}" for entry in order)
    findings = f"[\n{rows}\n  ]" if rows else "[]"
    return f'{{\n  "document": "aicensus.baseline",\n  "version": 1,\n  "findings": {findings}\n}}\n'.encode()


def entries_of(findings: Sequence[Finding]) -> tuple[BaselineEntry, ...]:
    """What a baseline keeps of findings: no message, since it may change its words, and no line."""
    return tuple(BaselineEntry(code=one.code, path=one.path, points=one.points, fingerprint=one.fingerprint) for one in findings)
