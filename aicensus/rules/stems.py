"""Words to their base form, by rules of English spelling, a list of exceptions and the words that the lists know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_DERIVED = (
    "ically",
    "ation",
    "ition",
    "ments",
    "ment",
    "ances",
    "ance",
    "ences",
    "ence",
    "fully",
    "ness",
    "able",
    "ible",
    "ity",
    "ally",
    "ion",
    "ly",
    "al",
    "ive",
    "ate",
    "er",
    "or",
    "y",
    "e",
)
_VOWELS = frozenset("aeiouy")


class Stems:
    def __init__(self, known: Iterable[str], irregular: Mapping[str, str]) -> None:
        self._known = frozenset(known)
        self._irregular = dict(irregular)
        self._lemmas: dict[str, str] = {}
        self._stems: dict[str, str] = {}

    def lemma(self, word: str) -> str:
        """The base form of a lower-case word: `refunds`, `refunded` and `refunding` are `refund`."""
        found = self._lemmas.get(word)
        if found is None:
            found = self._lemmas[word] = self._base(word)
        return found

    def stem(self, lemma: str) -> str:
        """What words of one family share: `verification` and `verify` are `verif`."""
        found = self._stems.get(lemma)
        if found is None:
            found = self._stems[lemma] = _stem(lemma)
        return found

    def _base(self, word: str) -> str:
        if word in self._irregular:
            return self._irregular[word]
        if len(word) < 4 or not word.isascii():
            return word
        return next((base for base in _candidates(word) if base in self._known), None) or _guess(word)


def _candidates(word: str) -> list[str]:
    """Possible base forms, likeliest first; `-ing` may be a noun of its own, `-s` and `-ed` are forms."""
    bases = [word] if word.endswith("ing") else []
    if word.endswith("ies"):
        bases.append(word[:-3] + "y")
    elif word.endswith("es"):
        bases += [word[:-1], word[:-2]]
    elif word.endswith("s") and not word.endswith("ss"):
        bases.append(word[:-1])
    elif word.endswith("ied"):
        bases.append(word[:-3] + "y")
    elif word.endswith("ed"):
        bases += [word[:-2], word[:-1], word[:-3]]
    elif word.endswith("ing") and len(word) > 5:
        bases += [word[:-3], word[:-3] + "e", word[:-4]]
    return bases if word.endswith("s") and not word.endswith(("ss", "us", "is")) else [*bases, word]


def _guess(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(?:ss|sh|ch|x|z)es$", word):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    for ending in ("ed", "ing"):
        if word.endswith(ending) and len(word) > len(ending) + 3 and _VOWELS & set(word[: -len(ending)]):
            base = word[: -len(ending)]
            if base.endswith("i"):
                return base[:-1] + "y"
            return base[:-1] if base[-1] == base[-2] and base[-1] not in "lsz" else base
    return word


def _stem(word: str) -> str:
    if not word.isascii():
        return word
    for ending in _DERIVED:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 4 and word[-1] in "iye" else word
