"""What a comment says to this tool: `aicensus: owner=@team purpose="route a ticket" consequential`."""

from __future__ import annotations

import re
from typing import NamedTuple

_WORD = re.compile(r"""([A-Za-z][\w-]*)(?:\s*=\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"']\S*))?""")
_KEYS = ("owner", "team", "purpose", "consequential", "ignore", "reason")
_YES = {"": True, "yes": True, "true": True, "no": False, "false": False}


class Annotation(NamedTuple):
    owner: str = ""
    team: str = ""
    purpose: str = ""
    consequential: bool | None = None
    ignore: tuple[str, ...] = ()
    """Codes of findings that are accepted here."""
    reason: str = ""
    mistakes: tuple[str, ...] = ()
    """What was not understood."""


def parse_annotation(text: str) -> Annotation:
    """Read the text after `aicensus:`. Unknown words are named in `mistakes` and change nothing."""
    values: dict[str, str] = {}
    mistakes: list[str] = []
    for match in _WORD.finditer(_without_end(text)):
        key, value = match.group(1).lower(), _unquoted(match.group(2) or "")
        if key not in _KEYS:
            mistakes.append(f"unknown word `{match.group(1)}`; known: {', '.join(_KEYS)}")
        elif key == "consequential" and value.lower() not in _YES:
            mistakes.append(f"`consequential={value}` must be yes or no")
        elif key != "consequential" and not value:
            mistakes.append(f"`{key}` needs a value: `{key}=...`")
        else:
            values[key] = value
    return Annotation(
        owner=values.get("owner", ""),
        team=values.get("team", ""),
        purpose=values.get("purpose", ""),
        consequential=_YES[values["consequential"].lower()] if "consequential" in values else None,
        ignore=tuple(filter(None, re.split(r"[,;]", values.get("ignore", "")))),
        reason=values.get("reason", "").strip(),
        mistakes=tuple(mistakes),
    )


def _without_end(text: str) -> str:
    """Drop what closes a comment of another language: `*/`, `-->`, `#}`."""
    return re.sub(r"\s*(?:\*/|-->|#\}|\}\})\s*$", "", text)


def _unquoted(value: str) -> str:
    if value[:1] in {'"', "'"} and value[-1:] == value[:1] and len(value) > 1:
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value
