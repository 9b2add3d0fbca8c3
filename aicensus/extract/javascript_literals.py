"""What JavaScript literals spell: the text between quotes, and numbers."""

from __future__ import annotations

import math
import re

_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,8})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-7]{1,3})|(\n|.))", re.DOTALL)
_SIMPLE_ESCAPES = {"\n": "", "\u2028": "", "\u2029": "", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_PAIR = re.compile("([\ud800-\udbff])([\udc00-\udfff])")
_SURROGATE = re.compile("[\ud800-\udfff]")


def decoded(raw: bytes) -> str:
    """Return what the inside of a string or template means; half of a surrogate pair comes as U+FFFD."""
    text = raw.decode("utf-8", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\\" not in text:
        return text
    text = _ESCAPE.sub(_unescaped, text)
    return _SURROGATE.sub("\ufffd", _PAIR.sub(_joined, text))


def number(text: str) -> int | float | None:
    """Return the value of a number literal; None for one that 64 bits do not hold."""
    text = text.replace("_", "").removesuffix("n")
    if len(text) > 100:
        return None
    try:
        value = int(text, 8) if len(text) > 1 and text.startswith("0") and text.isdigit() else int(text, 0)
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
    wide, four, two, octal, other = match.groups()
    if other is not None:
        return _SIMPLE_ESCAPES.get(other, other)
    if octal is not None:
        return chr(int(octal, 8))
    code = int(wide or four or two, 16)
    return chr(code) if code <= 0x10FFFF else match[0]


def _joined(match: re.Match[str]) -> str:
    return chr(0x10000 + ((ord(match[1]) - 0xD800) << 10) + ord(match[2]) - 0xDC00)
