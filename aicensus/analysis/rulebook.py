"""The rules of all prompts: where each stands, who answers for it, and what pairs of them are to one another."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from aicensus.census.places import NOWHERE, Places
from aicensus.model.census import Point, Prompt
from aicensus.model.places import Place
from aicensus.model.rules import PromptRule, Verdict
from aicensus.model.settings import Manifest
from aicensus.policy.markers import hidden
from aicensus.rules.form import Form
from aicensus.rules.lexicon import Lexicon, default_lexicon
from aicensus.rules.opposed import clash, opposed
from aicensus.rules.pairs import candidates
from aicensus.rules.reading import Reading, read
from aicensus.rules.subjects import Subjects, subject_name
from aicensus.rules.verdicts import TOO_LITTLE, Similarity, folded, judge
from aicensus.similarity import similar_pairs

NOBODY = "nobody"
"""As whose a rule is shown whose prompt reaches no owned point."""
_ALIKE_PROMPTS = 0.7
_WORD = re.compile(r"[^\W_]+")


class Statement(NamedTuple):
    """A rule where a prompt states it."""

    rule: PromptRule
    prompt: Prompt
    points: tuple[Point, ...]
    places: Places = NOWHERE
    subjects: tuple[str, ...] = ()
    """Decision subjects that the rule decides about."""

    @property
    def at(self) -> Place:
        """The place of its own words in the file that holds the prompt."""
        return self.places.of(self.prompt, self.rule.start, self.rule.end)

    @property
    def line(self) -> int:
        return self.at.line

    @property
    def words(self) -> str:
        """What the rule says without case and punctuation; statements with equal words are one rule."""
        return f"{self.rule.forbidden_by and 'not '}{folded(self.rule.text)}"

    @property
    def owners(self) -> tuple[str, ...]:
        return tuple(sorted({point.ownership.owner for point in self.points if point.ownership.owner}))

    def is_about(self, what: str) -> bool:
        """Whether the rule decides about a subject of this name, or all words of it begin words of the rule."""
        if subject_name(what) in self.subjects:
            return True
        said = _WORD.findall(f"{self.rule.subject} {self.rule.text}".casefold())
        asked = _WORD.findall(what.casefold())
        return bool(asked) and all(any(word.startswith(part) for word in said) for part in asked)

    def is_of(self, owner: str) -> bool:
        """Whether the prompt reaches a point of this owner, person or team; `nobody` means those that nobody owns."""
        wanted = owner.casefold().removeprefix("@")
        if wanted == NOBODY and not self.owners:
            return True
        names = [name for point in self.points for name in (point.ownership.owner, point.ownership.person, point.ownership.team) if name]
        return wanted in (name.casefold().removeprefix("@") for name in names)

    @property
    def place(self) -> tuple[str, str, int, str, int]:
        return self.prompt.repo, self.prompt.path, self.prompt.line, self.prompt.id, self.rule.start


class RulePair(NamedTuple):
    first: Statement
    second: Statement
    verdict: Verdict


class AlikePrompts(NamedTuple):
    """Two prompts in nearly the same words."""

    first: Prompt
    second: Prompt
    score: float
    """Share of words in common."""


class Rulebook(NamedTuple):
    statements: tuple[Statement, ...]
    """In the order of their places."""
    pairs: tuple[RulePair, ...]
    """Pairs that may answer one question, in the order of their places; of equal texts one stands for all."""
    equal: tuple[tuple[Statement, ...], ...]
    """Statements in the same words."""
    alike: tuple[AlikePrompts, ...]
    skipped: int
    """Pairs that share a rare word and were not compared."""
    unanalysed: tuple[tuple[Prompt, str], ...]
    """Prompts in languages that are not analysed."""


def subject_words(manifests: Iterable[Manifest]) -> dict[str, tuple[str, ...]]:
    """The decision subjects that manifests name, each with the words that they give for it."""
    words: dict[str, tuple[str, ...]] = {}
    for manifest in manifests:
        named = [*manifest.precedence, *(name for claim in manifest.points.values() for name in claim.decides)]
        for name, more in (*((name, ()) for name in named), *manifest.lexicon.subjects.items()):
            words[name] = (*words.get(name, ()), *more)
    return words


def build_rulebook(
    prompts: Iterable[tuple[Prompt, tuple[Point, ...]]],
    lexicon: Lexicon | None = None,
    *,
    wanted: Callable[[str], bool] | None = None,
    similarity: Similarity | None = None,
    places: Places = NOWHERE,
    subjects: Subjects | None = None,
) -> Rulebook:
    """Read prompts, each with the points that it reaches, and compare their rules. The order of the prompts changes nothing.

    `wanted` says of a sentence whether its rule is looked at; None: all are. `places` finds the lines of those that somebody asks for.
    `subjects` default to those that are shipped.
    """
    seen = sorted(prompts, key=lambda pair: (pair[0].repo, pair[0].path, pair[0].line, pair[0].id))
    if not seen:
        return Rulebook((), (), (), (), 0, ())
    lexicon = lexicon or default_lexicon()
    subjects = subjects or Subjects(lexicon)
    readings: dict[str, Reading] = {}
    forms: dict[tuple[str, bool], Form] = {}
    decided: dict[tuple[str, bool], tuple[str, ...]] = {}
    statements: list[Statement] = []
    unanalysed: list[tuple[Prompt, str]] = []
    for prompt, points in seen:
        if prompt.text not in readings:
            readings[prompt.text] = read(hidden(prompt.text), lexicon, wanted)
        reading = readings[prompt.text]
        if not reading.analysed:
            unanalysed.append((prompt, reading.language))
        for rule, form in zip(reading.rules, reading.forms, strict=True):
            if (same := _same(rule)) not in forms:
                forms[same], decided[same] = form, subjects.of(rule, form)
            statements.append(Statement(rule, prompt, points, places, decided[same]))
    statements.sort(key=lambda one: one.place)
    groups = _equal(statements)
    rules, first_forms = [group[0] for group in groups], [forms[_same(group[0].rule)] for group in groups]
    pairs, skipped = _judged(rules, first_forms, lexicon, similarity)
    pairs = _with_opposed(pairs, rules, first_forms, lexicon, subjects)
    alike = tuple(_alike([prompt for prompt, _ in seen]))
    return Rulebook(tuple(statements), tuple(pairs), tuple(g for g in groups if len(g) > 1), alike, skipped, tuple(unanalysed))


def _same(rule: PromptRule) -> tuple[str, bool]:
    """What rules in the same words have in common."""
    return folded(rule.text), bool(rule.forbidden_by)


def _equal(statements: Iterable[Statement]) -> list[tuple[Statement, ...]]:
    groups: dict[tuple[str, bool], list[Statement]] = defaultdict(list)
    for one in statements:
        groups[_same(one.rule)].append(one)
    return [tuple(group) for group in groups.values()]


def _judged(
    rules: Sequence[Statement], forms: Sequence[Form], lexicon: Lexicon, similarity: Similarity | None
) -> tuple[list[RulePair], int]:
    found = candidates(forms)
    pairs = []
    for first, second in found.pairs:
        verdict = judge(forms[first], forms[second], lexicon, similarity)
        if verdict.verdict != "unrelated" and TOO_LITTLE not in verdict.why:
            pairs.append(RulePair(rules[first], rules[second], verdict))
    return pairs, found.skipped


def _with_opposed(
    pairs: list[RulePair], rules: Sequence[Statement], forms: Sequence[Form], lexicon: Lexicon, subjects: Subjects
) -> list[RulePair]:
    """The pairs, and those of two prompts that clash on a subject and that nothing else was found of."""
    known = {(pair.first.words, pair.second.words): pair for pair in pairs}
    for one, other in opposed(forms, [rule.subjects for rule in rules], subjects):
        first, second = rules[one], rules[other]
        judged = known.get((first.words, second.words))
        if first.prompt == second.prompt or (judged and judged.verdict.verdict != "review"):
            continue
        if verdict := clash(forms[one], forms[other], lexicon):
            known[first.words, second.words] = RulePair(first, second, verdict)
    return sorted(known.values(), key=lambda pair: (pair.first.place, pair.second.place))


def _alike(prompts: list[Prompt]) -> Iterator[AlikePrompts]:
    """Prompts of different texts that share most of their words."""
    by_text: Mapping[str, Prompt] = {folded(prompt.text): prompt for prompt in reversed(prompts)}
    words = {text: frozenset(text.split()) for text in by_text if text}
    for pair in similar_pairs(words, threshold=_ALIKE_PROMPTS):
        first, second = sorted((by_text[pair.first], by_text[pair.second]), key=lambda p: (p.repo, p.path, p.line, p.id))
        yield AlikePrompts(first, second, pair.score)
