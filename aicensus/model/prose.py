"""Texts in words, such as prompts, messages and docstrings: which of them decided something, and which are only told again.

Whatever reads such a text to go by it is heard, so that a result is known to hold when a text changes that nothing went by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import blake2b

import msgspec

WHOLLY = -1
"""In place of a margin: the text has to stay as it is."""
MIN_WORDS = 6
"""Words of a literal that make an argument a prompt where the function has words of its own."""
OUTWEIGHED = 3
"""A function with this many times the words of what it is handed knows itself what it asks for."""
_HOLE = re.compile(r"\{\{?\s*(\w+)\s*\}")
_MARK = re.compile(r"[^\w$./:#-]")
"""What no name or path is written with."""
_HEARD: ContextVar[dict[str, int] | None] = ContextVar("heard", default=None)


class TextPlace(msgspec.Struct, frozen=True):
    """Where a literal text stands."""

    line: int
    end_line: int
    text: bytes
    """Its digest."""


def is_prose(text: str) -> bool:
    """Whether a literal has words, as no name and no blank does: two at least, or in a script without spaces a sentence."""
    return len(text.split(None, 2)) > 1 or (_MARK.search(text.strip()) is not None and instructive(text))


def instructive(text: str) -> bool:
    """Whether a literal reads as words for a model and not as a key, a path or a separator."""
    words = [w for w in text.split() if any(c.isalpha() for c in w)]
    return len(words) >= 3 or (len(text.strip()) >= 16 and any(ord(c) > 0x2E80 for c in text))


def holes(text: str) -> tuple[str, ...]:
    """Names of the places in a text that are filled in."""
    return tuple(_HOLE.findall(text))


@contextmanager
def heard() -> Iterator[dict[str, int]]:
    """Texts that something goes by while this is open: `WHOLLY`, or by so many words, `OUTWEIGHED` times, that it may grow or shrink."""
    found: dict[str, int] = {}
    token = _HEARD.set(found)
    try:
        yield found
    finally:
        _HEARD.reset(token)


def decides(text: str) -> str:
    """The text, which something goes by from now on."""
    if (found := _HEARD.get()) is not None:
        found[text] = WHOLLY
    return text


def is_long(text: str) -> bool:
    """Whether a text has as many words as an argument needs to be a prompt where the function has words of its own."""
    surplus = len(text.split()) - MIN_WORDS
    _hear([text], (surplus if surplus >= 0 else -surplus - 1) * OUTWEIGHED)
    return surplus >= 0


def outweighs(given: Sequence[str | int], known: Sequence[str | int]) -> bool:
    """Whether there are words in `given`, and so many that those of `known` do not outweigh them; a number stands for that many words."""
    weight, other = _words(given), _words(known)
    surplus = weight * OUTWEIGHED - other
    # Texts with words keep some, so that only the comparison can come out otherwise.
    _hear([text for text in (*given, *known) if isinstance(text, str)], surplus if surplus >= 0 else -surplus - 1)
    return weight > 0 and surplus >= 0


def _hear(texts: Iterable[str], margin: int) -> None:
    if (found := _HEARD.get()) is not None:
        for text in texts:
            found[text] = min(found.get(text, margin), margin)


def _words(texts: Iterable[str | int]) -> int:
    return sum(len(text.split()) if isinstance(text, str) else text for text in texts)


def digest(text: str) -> bytes:
    """What a text is remembered by."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def digests(found: dict[str, int]) -> dict[bytes, int]:
    """What was heard, by digests of the texts."""
    return {digest(text): margin for text, margin in found.items()}


def after(decided: dict[bytes, int], changes: Sequence[tuple[str, str]]) -> dict[bytes, int] | None:
    """What is decided by which text after some texts became others; None when the changes may decide otherwise."""
    shift = OUTWEIGHED * sum(abs(len(new.split()) - len(old.split())) for old, new in changes)
    for old, new in changes:
        if decided.get(digest(old), shift) < shift or _outline(old) != _outline(new):
            return None
    # Any text may have been compared with one of these.
    left = {text: max(margin - shift, WHOLLY) for text, margin in decided.items()}
    for old, new in changes:
        if (margin := left.get(digest(old))) is not None:
            left[digest(new)] = min(left.get(digest(new), margin), margin)
    return left


def _outline(text: str) -> tuple[object, ...]:
    """All that anything may go by without being heard."""
    return instructive(text), holes(text)
