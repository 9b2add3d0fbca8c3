"""Values as YAML on one line: plain where every reader takes them for the text they are, quoted elsewhere."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence

Value = str | bool | int | float | datetime.date | Sequence["Value"] | Mapping[str, "Value"]

_PLAIN = re.compile(r"[A-Za-z](?:[\w./@+()'&;-]| (?=[\w./@+()'&;-]))*", re.ASCII)
"""No word of a list, mapping, comment, tag or number: the same in block and in flow style."""
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"})


def inline(value: Value, quote: str = "") -> str:
    """Return the value on one line. `quote` is the mark for texts and keys in it: `'`, `"`, or none where none is needed."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value, quote)
        case datetime.date():
            return inline(value.isoformat(), quote) if quote else value.isoformat()
        case Mapping():
            return "{" + ", ".join(f"{key_of(key, quote)}: {inline(item, quote)}" for key, item in value.items()) + "}"
        case Sequence():
            return "[" + ", ".join(inline(item, quote) for item in value) + "]"
        case _:
            return str(value)


def key_of(text: str, quote: str = "") -> str:
    """Return a key; a name is plain even where the same value would not be, as `on`."""
    return text if not quote and _NAME.fullmatch(text) else inline(text, quote)


def quoted(text: str) -> str:
    """A double-quoted scalar on one line, whatever the text holds."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _text(text: str, quote: str) -> str:
    if quote == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if not quote and _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return quoted(text)


def _escaped(char: str) -> str:
    if char in {'"', "\\"}:
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08x}"
