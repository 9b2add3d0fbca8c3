"""Negations that deny nothing, and those that say `only`."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from aicensus.rules.clauses import PREPOSITIONS
from aicensus.rules.lexicon import Lexicon
from aicensus.rules.words import Token

_MEASURES = frozenset({"more", "less", "earlier", "later", "longer", "fewer"})
_STOPS = frozenset({"", ".", ",", ";", ":", "!"})
_DENYING = frozenset({"not", "never", "no", "nobody", "nothing", "nowhere"})
_JOINS = frozenset({"and", "but", ",", "–", "—"})
_SOONER = frozenset({"earlier", "sooner", "before", "beforehand", "after", "afterwards", "later", "longer", "that"})
_SMALL = frozenset({"a", "one", "single", "day", "hour", "minute", "moment", "second", "word", "any", "after", "before", "until"})
_TAIL = 6
_PERSONS = frozenset({"anyone", "anybody", "anything"})
_BESIDES = frozenset({"but", "except", "outside", "other", "apart"})


class Spoken(NamedTuple):
    tokens: list[Token]
    only: bool
    """`nobody but X`, `and by no one else`."""
    permitted: bool
    """`not forbidden`."""


class _Step(NamedTuple):
    """What stands at one place: tokens to pass over, and those to keep of them."""

    size: int
    kept: tuple[Token, ...] = ()
    only: bool = False
    permitted: bool = False


def spoken(found: list[Token], lexicon: Lexicon) -> Spoken:
    """Leave out what negates nothing (`not only`, `and never more`, `do not forget to`), and read `nobody but X` as `only X`."""
    found = _nobody_but(found)
    result: list[Token] = []
    only = permitted = False
    at = 0
    while at < len(found):
        step = _step(found, at, lexicon)
        result.extend(step.kept)
        only, permitted = only or step.only, permitted or step.permitted
        at += step.size
    return Spoken(result, only, permitted)


def _step(found: list[Token], at: int, lexicon: Lexicon) -> _Step:
    token = found[at]
    word, second, third = token.text, _text(found, at + 1), _text(found, at + 2)
    if word == "too" and third == "to":
        return _Step(3, (replace(token, text="not"),))  # `too young to join`
    if word in _DENYING and at and (size := _nothing_else(found, at)):
        return _Step(size, only=True)
    if word not in ("not", "never", "no", "nobody", "none", "nothing"):
        return _Step(1, (token,))
    if word in ("not", "never") and second in PREPOSITIONS and at and found[at - 1].text in ("and", "but", ","):
        return _Step(1, (replace(token, text="without"),))  # `gently, and never in front of others`
    if word == "not" and second in ("only", "merely", "just") and third != "because":
        return _Step(2)
    if second in _MEASURES and (measured := _and_not_more(found, at)):
        return _Step(measured)
    if word in ("not", "never") and third in lexicon.fulfilled and second == "to":
        return _Step(3)
    if word in ("not", "never") and second in lexicon.fulfilled:
        return _Step(3 if third == "to" else 2, permitted=second in ("forbidden", "prohibited"))
    return _nobody(found, at) or _Step(1, (token,))


def _nothing_else(found: list[Token], at: int) -> int:
    """Tokens of a tail that shuts out all else, 0 where none begins: `and in no other way`, `and not a day sooner`."""
    before = [token.text for token in found[max(at - 2, 0) : at]]
    if before[-1] not in _JOINS and not (before[-1] in PREPOSITIONS | {"to", "through"} and before[0] in _JOINS):
        return 0
    words = [token.text for token in found[at : at + _TAIL]]
    end = next((i for i, word in enumerate(words) if word in _STOPS), len(words))
    if end == len(words) and at + end < len(found):
        return 0
    said = words[1:end]
    if words[0] == "nowhere" or "else" in said or "other" in said:
        return end if len(said) <= _TAIL - 2 else 0
    return end if said and said[-1] in _SOONER and all(word in _SMALL for word in said[:-1]) else 0


def _and_not_more(found: list[Token], at: int) -> int:
    """Tokens of `and never more (than that)`; 0 where `no more than` goes on."""
    third = _text(found, at + 2)
    if third == "than":
        return 4 if _text(found, at + 3) in ("", ".", "that", "this") else 0
    if found[at].text == "no" and _text(found, at + 1) == "longer" and third not in ("", "."):
        return 0
    return 2 if third in _STOPS else 0


def _nobody(found: list[Token], at: int) -> _Step | None:
    """`nobody but X`, `nobody else`, `no one`."""
    word, second, third = found[at].text, _text(found, at + 1), _text(found, at + 2)
    if word in ("not", "never"):
        return None
    if second in ("but", "except", "outside"):
        return _Step(2, only=True)
    if (second, third) in (("other", "than"), ("apart", "from")):
        return _Step(3, only=True)
    if second == "else":
        return _Step(2, only=True)
    if word != "no":
        return None
    if second in ("one", "person"):
        found[at].text = "nobody"
        if third in ("but", "except", "outside", "else"):
            return _Step(3, only=True)
        return _Step(4, only=True) if third == "other" else _Step(2, (found[at],))
    return _Step(2, only=True) if second in ("other", "others") and third in _STOPS else None


def _nobody_but(found: list[Token]) -> list[Token]:
    """`do not X to anyone other than Y` is `X to nobody other than Y`."""
    for at, token in enumerate(found):
        if token.text in _PERSONS and _text(found, at + 1) in _BESIDES:
            denied = next((i for i in range(at - 1, -1, -1) if found[i].text in ("not", "never")), None)
            if denied is not None:
                token.text = "nothing" if token.text == "anything" else "nobody"
                return found[:denied] + found[denied + 1 :]
    return found


def _text(found: list[Token], at: int) -> str:
    return found[at].text if at < len(found) else ""
