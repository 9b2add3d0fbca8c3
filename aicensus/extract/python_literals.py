"""What Python literals spell: the text between quotes, and numbers."""

from __future__ import annotations

import math
import re
import unicodedata

OPENING = re.compile(rb"""([A-Za-z]{0,2})(\"\"\"|'''|"|')""")
"""Prefix and quotes that open a string."""
_ESCAPE = re.compile(r"\\(\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|[\\'\"abfnrtv])")
_BYTES_ESCAPE = re.compile(r"\\(\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|[\\'\"abfnrtv])")
_SIMPLE_ESCAPES = {"\n": "", "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_SURROGATE = re.compile("[\ud800-\udfff]")


def has_holes(prefix: bytes) -> bool:
    return b"f" in prefix or b"t" in prefix


def decoded(raw: bytes, prefix: bytes) -> str | None:
    """Return what the inside of a string means under its lower-case prefix; None for bytes that are not UTF-8 text.

    Half of a surrogate pair, which no file can hold, comes as U+FFFD.
    """
    text = raw.decode("utf-8", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if has_holes(prefix):
        text = text.replace("{{", "{").replace("}}", "}")
    if "\\" not in text or b"r" in prefix:
        return text
    if b"b" not in prefix:
        return _SURROGATE.sub("\ufffd", _ESCAPE.sub(_unescaped, text))
    try:
        return _BYTES_ESCAPE.sub(_unescaped, text).encode("latin-1").decode()
    except ValueError:
        return None


def number(text: str) -> int | float | None:
    """Return the value of an integer or float, those of Python 2 included; None for one that 64 bits do not hold."""
    text = text.replace("_", "").rstrip("lL")
    if len(text) > 100 or text[-1:] in "jJ":
        return None
    try:
        value = int(text, 8) if text.isdigit() and text.startswith("0") else int(text, 0)
    except ValueError:
        return _float(text)
    return value if value < 2**63 else None


def _float(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "xuU":
        value = int(code[1:], 16)
        return chr(value) if value <= 0x10FFFF else match[0]
    if code[0] in "01234567":
        return chr(int(code, 8))
    if code[0] == "N":
        try:
            return unicodedata.lookup(code[2:-1])
        except KeyError:
            return match[0]
    return _SIMPLE_ESCAPES.get(code, code)
