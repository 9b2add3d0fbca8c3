"""What words mean to rules: concepts, denials, values that exclude one another, units, modal phrases. All of it is data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib import resources
from typing import NamedTuple

from aicensus.model.rules import Clause
from aicensus.rules.stems import Stems

MAX_PHRASE = 5


class Meaning(NamedTuple):
    """What a word or phrase stands for."""

    concepts: frozenset[str] = frozenset()
    """`act:refund`, `thing:customer`, or the stem of a word that no list knows."""
    denies: frozenset[str] = frozenset()
    """Concepts whose contrary it is."""
    values: frozenset[tuple[str, int]] = frozenset()
    """Attributes of which it is one value: `("channel", 0)`."""
    act: bool = False
    """It can say what is done."""


class Unit(NamedTuple):
    dimension: str
    factor: float


class MainAct(NamedTuple):
    """Words around the main verb."""

    auxiliaries: frozenset[str]
    after_auxiliary: frozenset[str]
    owning: frozenset[str]
    before_order: frozenset[str]
    articles: frozenset[str]
    before_noun: frozenset[str]
    inner: frozenset[str]
    """They open a clause inside the sentence."""
    plural: frozenset[str]
    """Words without `-s` that take a verb without `-s`."""


class _Sets(NamedTuple):
    concepts: set[str]
    denies: set[str]
    values: set[tuple[str, int]]


NOTHING = Meaning()


class Lexicon:
    """The word lists, ready to ask. `extra` holds lists of the user's own: `synonyms` and `exclusive` as in the manifest."""

    def __init__(self, synonyms: Mapping[str, Iterable[str]] | None = None, exclusive: Mapping[str, Iterable[str]] | None = None) -> None:
        grammar, units, opposites = read_rows("grammar"), read_rows("units"), read_rows("opposites")
        acts, things = read_rows("acts")[""], read_rows("things")[""]
        verbs = {section: _both_spellings(table.values()) for section, table in read_rows("verbs").items()}
        self.nouns_too = verbs["nouns_too"]
        """Verbs that are as often nouns or adjectives."""
        self.verbs = verbs["verbs"] | self.nouns_too | frozenset(acts)
        known = {word for table in (acts, things) for key, row in table.items() for word in (key, *_words(row)) if " " not in word}
        self.stems = Stems(known | self.verbs, dict(_pairs(grammar["words"]["irregular"])))
        self._known: dict[tuple[str, ...], _Sets] = {}
        self._meanings: dict[tuple[str, ...], Meaning] = {}
        """Those of `_known` that were asked for."""
        self._keys: dict[str, tuple[str, ...]] = {}
        self._firsts: dict[str, int] = {}
        self._name_concepts("act", acts)
        self._name_concepts("thing", things)
        for key, words in (synonyms or {}).items():
            shared = {*self._sets(key).concepts, f"own:{key}"}
            for word in (key, *words):
                self._sets(word).concepts.update(shared)
        for concept, row in opposites["denials"].items():
            # What is denied is denied under every concept that the word stands for.
            denied = {*self._sets(concept).concepts, f"act:{concept}"}
            for word in _words(row):
                self._sets(word).denies.update(denied)
        sets = dict(opposites["exclusive"]) | {f"own {key}": " | ".join(values) for key, values in (exclusive or {}).items()}
        members: dict[str, list[str]] = {name: [name.replace("_", " "), *_words(row)] for name, row in things.items()}
        for attribute, row in sets.items():
            for number, words in enumerate(row.split("|")):
                for word in _words(words):
                    for name in members.get(word, [word]):
                        self._sets(name).values.add((attribute, number))
        turns = {name: _words(row) for name, row in grammar["turns"].items()}
        self.negators = frozenset(turns["negators"])
        self.fulfilled, self.refusals = frozenset(turns["fulfilled"]), frozenset(turns["refusals"])
        self.removals, self.omissions = frozenset(turns["removals"]), frozenset(turns["omissions"])
        self.freedoms, self.defaults = tuple(turns["freedoms"]), tuple(turns["defaults"])
        self.absolutes, self.onlys = frozenset(turns["absolutes"]), frozenset(turns["onlys"])
        self.may, self.weak = frozenset(turns["may"]), frozenset(turns["weak"])
        self.cues: dict[tuple[str, ...], Clause] = {
            tuple(words.split()): kind  # type: ignore[misc]
            for kind, row in grammar["clauses"].items()
            for words in _words(row)
        }
        self.main_act = MainAct(**{name: frozenset(_words(row)) for name, row in grammar["main_act"].items()})
        self.roles = frozenset(_words(grammar["words"]["roles"]))
        self.light = frozenset(_words(grammar["words"]["light"]))
        self.common_words = frozenset(_words(grammar["words"]["common"]))
        self.common = frozenset(c for word in _words(grammar["words"]["common"]) for c in (f"act:{word}", f"thing:{word}"))
        self.units: dict[tuple[str, ...], Unit] = dict(_units(units["units"]))
        self.numbers = {word: float(value) for value, row in units["numbers"].items() for word in _words(row)}
        self.bounds_before = dict(_bounds(units["bounds_before"]))
        self.bounds_after = dict(_bounds(units["bounds_after"]))
        self.modality: dict[str, dict[str, frozenset[tuple[str, ...]]]] = {
            language: {kind: frozenset(tuple(p.split()) for p in _words(row)) for kind, row in table.items()}
            for section, table in grammar.items()
            if (language := section.removeprefix("modality.")) != section
        }
        self.language_words = {language: frozenset(_words(row)) for language, row in grammar["language"].items()}
        self.cue_starts: dict[str, int] = {}
        for cue in self.cues:
            self.cue_starts[cue[0]] = max(self.cue_starts.get(cue[0], 0), len(cue))
        self._cache: dict[tuple[str, ...], Meaning] = {}

    @staticmethod
    def count(text: str, phrases: frozenset[str]) -> int:
        """How many of the phrases stand in a text of words with one space between them."""
        words = text.split()
        first, several = _phrases_of(phrases)
        found = sum(word in phrases for word in words)
        return found if first.isdisjoint(words) else found + sum(text.count(phrase) for phrase in several)

    def lemma(self, word: str) -> str:
        return self.stems.lemma(word)

    def longest(self, lemma: str) -> int:
        """Words of the longest phrase that starts with this lemma; 1 when no phrase does."""
        return self._firsts.get(lemma, 1)

    def phrase(self, lemmas: tuple[str, ...]) -> Meaning | None:
        found = self._meanings.get(lemmas)
        if found is None and (sets := self._known.get(lemmas)) is not None:
            act = any(concept.startswith(("act:", "own:")) for concept in sets.concepts)
            found = self._meanings[lemmas] = Meaning(frozenset(sets.concepts), frozenset(sets.denies), frozenset(sets.values), act)
        return found

    @cached_property
    def _by_stem(self) -> dict[str, tuple[str, ...]]:
        return {self.stems.stem(key[0]): key for key in reversed(self._known) if len(key) == 1}

    def word(self, lemma: str) -> Meaning:
        """What one word means; the stem of the word always belongs to it."""
        found = self._cache.get((lemma,))
        if found is None:
            stem = self.stems.stem(lemma)
            known = self.phrase((lemma,)) or self.phrase(self._by_stem.get(stem, ())) or self._again(lemma)
            found = known._replace(concepts=known.concepts | {stem})
            self._cache[(lemma,)] = found
        return found

    def _again(self, lemma: str) -> Meaning:
        """`reprint` is a `print`."""
        found = self.phrase((lemma[2:].lstrip("-"),)) if lemma.startswith("re") and len(lemma) > len("redo") + 1 else None
        return found or NOTHING

    def _name_concepts(self, kind: str, table: Mapping[str, str]) -> None:
        for key, row in table.items():
            for word in (key.replace("_", " "), *_words(row)):
                self._sets(word).concepts.add(f"{kind}:{key}")

    def _sets(self, word: str) -> _Sets:
        """What is known of a word or phrase, to add to."""
        key = self._keys.get(word)
        if key is None:
            key = self._keys[word] = tuple(self.stems.lemma(part) for part in word.lower().replace("-", " ").replace("'", " ").split())
            self._firsts[key[0]] = max(self._firsts.get(key[0], 1), min(len(key), MAX_PHRASE))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = _Sets(set(), set(), set())
        return found


@cache
def _phrases_of(phrases: frozenset[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Those of several words, and the words that they begin with."""
    several = tuple(phrase for phrase in phrases if " " in phrase)
    return frozenset(phrase.partition(" ")[0] for phrase in several), several


def _both_spellings(rows: Iterable[str]) -> frozenset[str]:
    """The words of the rows, and their American spellings."""
    words = [word for row in rows for word in _words(row)]
    return frozenset(words) | {re.sub(r"ise$", "ize", re.sub(r"our$", "or", word)) for word in words}


def _words(row: str) -> list[str]:
    return [word.strip() for word in row.split(",") if word.strip()]


_SECTION = re.compile(r"\[([\w.]+)\]")
_ROW = re.compile(r'([\w-]+) = "(.*)"')


def read_rows(name: str) -> dict[str, dict[str, str]]:
    """A data file as tables of `key = "words"`: the part of TOML that is quick to read. Rows above any section are in `""`."""
    tables: dict[str, dict[str, str]] = {}
    table = tables.setdefault("", {})
    for line in resources.files("aicensus.rules").joinpath("data", f"{name}.toml").read_text(encoding="utf-8").splitlines():
        if row := _ROW.fullmatch(line):
            table[row[1]] = row[2]
        elif section := _SECTION.fullmatch(line):
            table = tables.setdefault(section[1], {})
    return tables


def _pairs(row: str) -> Iterator[tuple[str, str]]:
    for pair in _words(row):
        word, _, base = pair.partition(" ")
        yield word, base


def _units(table: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], Unit]]:
    for row in table.values():
        head, _, words = row.partition(":")
        dimension, _, factor = head.rpartition(" ")
        for word in _words(words):
            name, _, times = word.partition("=")
            yield tuple(name.split()), Unit(dimension, float(factor) * float(times or 1))


def _bounds(table: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], str]]:
    for row in table.values():
        operator, _, words = row.partition(":")
        for word in _words(words):
            name, sign, other = word.rstrip("=").partition("=>")
            yield tuple(name.replace(".", "").split()), (f">{other}" if sign else operator)


@cache
def default_lexicon() -> Lexicon:
    return Lexicon()
