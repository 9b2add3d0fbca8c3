"""Scanned text made safe to look at: what has no shape of its own, or moves what stands beside it, is shown as an escape."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_JOINERS = frozenset("\u200c\u200d")


def pieces(text: str, *, keep: str = "") -> Iterator[tuple[str, bool]]:
    """Yield the text in order as runs to be shown as they are (False) and single characters that must not be (True).

    Hidden are controls (escape sequences live on them), marks of direction, characters of no width and lone surrogates.
    A joiner inside a script or an emoji is left alone. `keep` names controls that the output knows how to place.
    """
    run = ""
    for at, character in enumerate(text):
        if character not in keep and _is_hidden(character) and not _joins(text, at):
            if run:
                yield run, False
                run = ""
            yield character, True
        else:
            run += character
    if run:
        yield run, False


def visible(text: str, *, keep: str = "") -> str:
    """Return the text with every hidden character as `\\x1b`, `\\u202e` or `\\U000e0041`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(escape(piece) if hidden else piece for piece, hidden in pieces(text, keep=keep))


def escape(character: str) -> str:
    """Return a character by its number, as most languages write it."""
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def name_of(character: str) -> str:
    """Return `U+202E right-to-left override`."""
    number = f"U+{ord(character):04X}"
    if (name := unicodedata.name(character, "")) or (name := _CONTROLS.get(character, "")):
        return f"{number} {name.lower()}"
    return number


def encodable(text: str) -> str:
    """Return the text with lone surrogates, which no encoding can carry, as replacement characters."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8") if _has_surrogate(text) else text


def cells(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in _HIDDEN or character in _FILLERS or "\U000e0100" <= character <= "\U000e01ef"


def _joins(text: str, at: int) -> bool:
    return (
        text[at] in _JOINERS
        and 0 < at < len(text) - 1
        and all(ord(near) > 0x2FF and not _is_hidden(near) for near in text[at - 1 : at + 2 : 2])
    )


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


_CONTROLS = {
    "\0": "null",
    "\a": "bell",
    "\b": "backspace",
    "\t": "tab",
    "\n": "line feed",
    "\r": "carriage return",
    "\x1b": "escape",
    "\x7f": "delete",
}
