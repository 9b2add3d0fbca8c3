"""Which words of a rule are denied: `by the parents and never by our staff` denies the staff and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from aicensus.model.rules import Clause
from aicensus.rules.clauses import FINITE
from aicensus.rules.lexicon import Lexicon
from aicensus.rules.words import Token

_MARKS = frozenset({";", ":", ".", "(", ")", "–", "—", "!"})
_JOINS = frozenset({",", "and", "but", "or", "–", "—"})
_DENIALS = frozenset({"not", "never", "no", "nobody", "nothing", "none", "neither", "nowhere"})
_DO = frozenset({"do", "does", "did"})
_NEAR = 5


def denied(whole: Sequence[Token], kinds: Sequence[Clause], own_of: Sequence[int], lexicon: Lexicon) -> list[bool]:
    """Of each token, whether its stretch of the sentence, as numbered in `own_of`, is denied: it holds an odd number of negations."""
    flips: dict[int, int] = {}
    for number in set(own_of):
        own = [whole[i] for i, n in enumerate(own_of) if n == number]
        flips[number] = lexicon.count(" ".join(token.text for token in own if not _tells(token, lexicon)), lexicon.negators)
        flips[number] += sum(
            token.text not in lexicon.negators and (token.lemma in lexicon.refusals or token.lemma in lexicon.omissions) for token in own
        )
    result = [flips[number] % 2 == 1 for number in own_of]
    main = next((is_denied for is_denied, kind in zip(result, kinds, strict=True) if kind == "main"), False)
    one = len({own_of[i] for i, kind in enumerate(kinds) if kind == "main" and whole[i].is_word}) == 1
    held_back = main and one and not {"gate", "exception", "without"}.isdisjoint(kinds)
    for i, kind in enumerate(kinds):
        if kind == "without":
            result[i] = result[i] == (held_back or main)
        elif kind == "exception":
            result[i] = result[i] == main
        elif kind == "universal":
            result[i] = False
        elif kind == "main" and held_back:
            result[i] = False  # `nobody enters before X`, `no entry unless X`: X, then entry
    return result


def _tells(token: Token, lexicon: Lexicon) -> bool:
    """A phrase with a meaning of its own that a negation is part of: `at no cost`."""
    return " " in token.text and bool(token.meaning.concepts) and token.text not in lexicon.negators


def stretches(whole: Sequence[Token], kinds: Sequence[Clause]) -> list[int]:
    """A number for each token: those of one stretch share it. A clause that is taken up again goes on with its stretch."""
    numbers: list[int] = []
    main = highest = -1
    for at, token in enumerate(whole):
        goes_on = at > 0 and kinds[at] == kinds[at - 1]
        if token.text in _MARKS or (at and _opens(whole, at)):
            main, goes_on = -1, False
        if kinds[at] == "main" and main >= 0:
            numbers.append(main)
        elif goes_on:
            numbers.append(numbers[-1])
        else:
            highest += 1
            numbers.append(highest)
            main = highest if kinds[at] == "main" else main
    return numbers


def _opens(whole: Sequence[Token], at: int) -> bool:
    """Whether a new stretch begins: what is denied after a comma, and a further clause with a verb of its own."""
    text, before = whole[at].text, whole[at - 1].text
    if text == "but":
        return True
    following = [token.text for token in whole[at + 1 : at + 1 + _NEAR]]
    if text in _DENIALS or (text in _DO and following[:1] == ["not"]):
        return before in _JOINS
    return text in ("and", "so") and before == "," and not FINITE.isdisjoint(following)
