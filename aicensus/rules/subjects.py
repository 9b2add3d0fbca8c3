"""What a rule decides about: decision subjects, as `goodwill-credit` or `refund`. Words and acts are data."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from aicensus.model.rules import PromptRule
from aicensus.rules.form import Form
from aicensus.rules.lexicon import Lexicon, read_rows

_NOT_DECIDING = frozenset({"tone", "format"})
_BOUNDING = frozenset({"threshold", "eligibility", "permission", "prohibition"})

Phrase = tuple[str, ...]


def subject_name(text: str) -> str:
    """The one spelling of a subject's name: `Goodwill Credit` and `goodwill_credit` are `goodwill-credit`."""
    return "-".join(re.findall(r"[^\W_]+", text.casefold()))


class Subjects:
    """The subjects that rules are looked through for: those shipped, and `own` ones, whose words come first."""

    def __init__(self, lexicon: Lexicon, own: Mapping[str, Iterable[str]] | None = None) -> None:
        rows = read_rows("subjects")
        self._lexicon = lexicon
        self._strong, self._listed, self._handling = (
            frozenset(self._phrases(rows["acts"][name])) for name in ("strong", "listed", "handling")
        )
        self._directions = [frozenset(self._phrases(rows["acts"][name])) for name in ("granting", "refusing", "shut", "passing")]
        self._too_wide = frozenset(self._phrases(rows["too_wide"]["words"]))
        words: dict[str, list[str]] = defaultdict(list)
        for name, more in (own or {}).items():
            words[subject_name(name)] += [name.replace("-", " ").replace("_", " "), *more]
        for name, row in rows["subjects"].items():
            words[name] += row.split(",")
        self._names: dict[Phrase, str] = {}
        for name, phrases in words.items():
            for phrase in self._phrases(",".join(phrases)):
                self._names.setdefault(phrase, name)
        self._longest = max(map(len, self._names))
        self.wider: dict[str, str] = rows["wider"]
        """The subject whose rules hold for this one too, by its name."""

    def of(self, rule: PromptRule, form: Form) -> tuple[str, ...]:
        """The subjects that a rule decides about, sorted; none where it is about words, format or records."""
        if rule.kind in _NOT_DECIDING:
            return ()
        main = [word for item in form.of("main") for word in item.lemma.split()]
        if not main or self._starts(main, self._handling):
            return ()
        named = list(self._named(main))
        acts = any(self._starts(main[at:], self._strong | self._listed) for at in range(len(main)))
        first = bool(named) and named[0][0] == 0 and (rule.kind in _BOUNDING or bool(rule.limits))
        if named:
            return tuple(sorted({name for _, name in named})) if acts or first else ()
        return self._unlisted(main, form)

    def direction(self, form: Form) -> int:
        """1: the rule grants what it decides about; -1: it refuses it; 0: its words do not say."""
        main = [word for item in form.of("main") for word in item.lemma.split()]
        grants, refuses, shuts, passes = (any(self._starts(main[at:], acts) for at in range(len(main))) for acts in self._directions)
        if passes:
            return 0
        if shuts:
            return -1
        if form.negative:
            return 1 if refuses else -1 if grants or self._says_granted(form.text) else 0
        return -1 if refuses else 1 if grants else 0

    def _says_granted(self, text: str) -> bool:
        """`not allowed` may be no item of the form: its words are the modality."""
        words = [self._lexicon.lemma(word) for word in re.findall(r"[a-z]+", text.lower())]
        return any((word,) in self._directions[0] for word in words)

    def _named(self, main: list[str]) -> Iterable[tuple[int, str]]:
        """Places and names of the listed subjects; of several that start at one word the longest."""
        at = 0
        while at < len(main):
            for size in range(min(self._longest, len(main) - at), 0, -1):
                if name := self._names.get(tuple(main[at : at + size])):
                    yield at, name
                    at += size - 1
                    break
            at += 1

    def _unlisted(self, main: list[str], form: Form) -> tuple[str, ...]:
        """What a strong act is done to, where no list knows it: `approve building permits`."""
        if form.head is None or not self._starts(form.head.lemma.split(), self._strong):
            return ()
        if not form.objects or (form.objects[0].index < form.head.index and not form.head.token.text.endswith("ed")):
            return ()
        words = [word for item in form.objects for word in item.lemma.split()]
        if not words or any((word,) in self._too_wide for word in words) or not all(word.isalpha() for word in words):
            return ()
        return ("-".join(words[-2:]),)

    def _starts(self, words: list[str], phrases: frozenset[Phrase]) -> bool:
        return any(tuple(words[:size]) in phrases for size in (1, 2, 3))

    def _phrases(self, row: str) -> Iterable[Phrase]:
        """Phrases as lemmas, light words left out as in the items of a form."""
        for phrase in row.split(","):
            lemmas = (self._lexicon.lemma(word) for word in phrase.lower().replace("-", " ").split())
            kept = tuple(word for word in lemmas if word not in self._lexicon.light)
            if len(kept) > 1 or " " not in phrase.strip():
                yield kept
