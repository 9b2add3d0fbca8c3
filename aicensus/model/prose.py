"""Texts in words, such as prompts, messages and docstrings: which of them decided something, and which are only told again.

Whatever reads such a text to go by it is heard, so that a result is known to hold when a text changes that nothing went by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
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


def _holes(text: str) -> tuple[str, ...]:
    return tuple(_HOLE.findall(text))


def _first_word(text: str) -> str:
    return next(iter(text.split(None, 1)), "").upper()


_ASPECTS: dict[str, Callable[[str], object]] = {"instructive": instructive, "holes": _holes, "first word": _first_word}
"""What may be asked of a text without going by all of it."""


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


def instructs(text: str) -> bool:
    """Whether a literal is `instructive`; who asks goes by this and nothing else of the text."""
    return instructive(_seen("instructive", text))


def holes(text: str) -> tuple[str, ...]:
    """Names of the places in a text that are filled in; who asks goes by these."""
    return _holes(_seen("holes", text))


def first_word(text: str) -> str:
    """The first word in capitals, as of a statement in SQL; who asks goes by this."""
    return _first_word(_seen("first word", text))


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


def _seen(aspect: str, text: str) -> str:
    _hear([_aspect(aspect, text)], WHOLLY)
    return text


def _aspect(aspect: str, text: str) -> str:
    return f"{aspect}\0{text}"


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
        if decided.get(digest(old), shift) < shift:
            return None
        if any(ask(old) != ask(new) and digest(_aspect(name, old)) in decided for name, ask in _ASPECTS.items()):
            return None
    # Any text may have been compared with one of these.
    left = {text: max(margin - shift, WHOLLY) for text, margin in decided.items()}
    for old, new in changes:
        for was, now in ((old, new), *((_aspect(name, old), _aspect(name, new)) for name in _ASPECTS)):
            if (margin := left.get(digest(was))) is not None:
                left[digest(now)] = min(left.get(digest(now), margin), margin)
    return left
