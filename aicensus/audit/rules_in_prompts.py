"""RUL: business rules that live in prompts."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from aicensus.audit.context import Context
from aicensus.audit.rule import Hit, Rule, count
from aicensus.census.prompt_rules import sentences, states_a_rule
from aicensus.model.census import Evidence, Point, Prompt
from aicensus.model.finding import Severity
from aicensus.similarity import join, normal, similar_pairs

_ALIKE = 0.85


class Stated(NamedTuple):
    """A rule where a prompt states it."""

    prompt: Prompt
    line: int
    text: str
    points: tuple[Point, ...]

    @property
    def owners(self) -> frozenset[str]:
        return frozenset(point.ownership.owner for point in self.points if point.ownership.owner)


def same_rule(context: Context) -> Iterator[Hit]:
    for group in _groups(list(_stated(context))):
        owners = sorted(frozenset[str]().union(*(one.owners for one in group)))
        prompts = {(one.prompt.repo, one.prompt.path, one.prompt.id) for one in group}
        if len(owners) > 1 and len(prompts) > 1:
            yield _hit(group, owners)


def _stated(context: Context) -> Iterator[Stated]:
    """Rules in prompts of points that count, each once a prompt; a text of one hash in one file is one prompt."""
    counted = {(point.repo, point.id): point for point in context.purposes}
    for prompt in context.census.prompts:
        points = tuple(point for point in context.graph.points_of_prompt(prompt) if (point.repo, point.id) in counted)
        if not points:
            continue
        seen: set[str] = set()
        for sentence in sentences(prompt.text):
            key = normal(sentence.text)
            if key not in seen and states_a_rule(sentence.text):
                seen.add(key)
                yield Stated(prompt, prompt.line + sentence.line - 1, sentence.text, points)


def _groups(stated: list[Stated]) -> list[list[Stated]]:
    """Rules that say the same: equal words, or nearly equal ones with the same numbers, negation and opposites."""
    by_text: dict[str, list[Stated]] = defaultdict(list)
    for one in stated:
        by_text[normal(_plain(one.text))].append(one)
    forms = {text: _Form(text) for text in sorted(by_text)}
    pairs = similar_pairs({text: form.words for text, form in forms.items()}, threshold=_ALIKE)
    alike = join((pair.first, pair.second) for pair in pairs if forms[pair.first].agrees(forms[pair.second]))
    grouped = {text for group in alike for text in group}
    groups = [[one for text in sorted(group) for one in by_text[text]] for group in alike]
    groups += [by_text[text] for text in sorted(by_text) if text not in grouped]
    return [group for group in groups if len(group) > 1]


_CONTRACTION = re.compile(r"\b(ca|wo|do|does|did|is|are|was|were|must|should|could|would|have|has|need)n['’]t\b", re.I)
_WHOLE = {"ca": "can", "wo": "will"}
_NUMBER_WORDS = "zero one two three four five six seven eight nine ten eleven twelve"
_NUMBERS = {word: str(number) for number, word in enumerate(_NUMBER_WORDS.split())}
_LIGHT = re.compile(
    r"an?|the|to|of|for|in|on|at|by|with|and|or|is|are|be|been|this|that|these|those|any|all|it|its|their|his|her|our|your|you|they|we|i"
    r"|please|do|does|can|will|within|from|as|than"
)
_NEGATIONS = frozenset(
    {"not", "never", "no", "cannot", "without", "neither", "nor", "refuse", "decline", "avoid", "forbidden", "prohibited"}
)
_HINGES = frozenset({"unless", "except", "only", "if", "when", "until", "before", "after", "may", "must", "should", "shall", "or"})
_OPPOSITE_WORDS = (
    "approve/deny approve/reject accept/reject allow/deny formal/casual minimum/maximum least/most above/below over/under more/less "
    "before/after include/exclude eligible/ineligible open/closed opened/unopened new/existing first/last internal/external "
    "premium/standard faulty/working domestic/international"
)
_OPPOSITES = tuple(tuple(pair.split("/")) for pair in _OPPOSITE_WORDS.split())


def _plain(text: str) -> str:
    """Contractions written out, currency signs as words, number words as digits."""
    text = _CONTRACTION.sub(lambda match: f"{_WHOLE.get(match[1].lower(), match[1])} not", text)
    text = re.sub(r"\bcannot\b", "can not", text, flags=re.I)
    text = text.replace("$", " usd ").replace("€", " eur ").replace("£", " gbp ").replace("%", " percent ")
    return re.sub(r"[A-Za-z]+", lambda match: _NUMBERS.get(match[0].lower(), match[0]), text)


class _Form:
    """What two statements of one rule must have in common."""

    def __init__(self, text: str) -> None:
        self._all = text.split()
        self.words = frozenset(_stem(word) for word in self._all if not _LIGHT.fullmatch(word))

    @cached_property
    def _fixed(self) -> tuple[Mapping[str, int], bool, frozenset[str]]:
        """Numbers, whether it forbids, and the words that turn a condition."""
        numbers = Counter(word for word in self._all if word[0].isdigit())
        return numbers, bool(_NEGATIONS.intersection(self._all)), _HINGES.intersection(self._all)

    def agrees(self, other: _Form) -> bool:
        if self._fixed != other._fixed:
            return False
        mine, theirs = self.words - other.words, other.words - self.words
        return not any((a in mine and b in theirs) or (b in mine and a in theirs) for a, b in _OPPOSITES)


def _stem(word: str) -> str:
    """Plural and third person dropped: `refunds` is `refund`, `policies` is `policy`."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def _hit(group: list[Stated], owners: list[str]) -> Hit:
    """The text itself stays out: findings go to logs that show no prompts."""
    group = sorted(group, key=lambda one: (one.prompt.repo, one.prompt.path, one.line))
    first = group[0]
    exact = len({normal(one.text) for one in group}) == 1
    prompts = len({(one.prompt.repo, one.prompt.id) for one in group})
    points = {(point.repo, point.id): point for one in group for point in one.points}
    words = "the same rule stands" if exact else "nearly the same rule stands"
    return Hit(
        message=f"{words} in {count(prompts, 'prompt')} of {len(owners)} owners ({', '.join(owners)}), and no source is shared",
        next=f"let one of {', '.join(owners)} keep the rule in one place that the prompts include, and say who may change it",
        key=(hashlib.sha256(min(normal(_plain(one.text)) for one in group).encode()).hexdigest()[:16],),
        repo=first.prompt.repo,
        path=first.prompt.path,
        line=first.line,
        points=tuple(points[key] for key in sorted(points)),
        owners=tuple(owners),
        evidence=tuple(Evidence(path=one.prompt.path, line=one.line, what=f"rule in {one.prompt.name or one.prompt.id}") for one in group),
        confidence="certain" if exact else "likely",
    )


RULES = (
    Rule(
        code="RUL001",
        name="rule-without-shared-source",
        severity=Severity.WARNING,
        check=same_rule,
        what="The same business rule, word for word or nearly so, stands in prompts of several owners that share no source.",
        why="One owner changes it, the other one does not hear of it, and from then on customers get two answers.",
        fix="Keep the rule once, in a file or constant that both prompts include, and name who may change it.",
    ),
)
