"""The policy library beside the prompts: what each states of it, what each should state, and which rules have no source."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import NamedTuple

from aicensus.analysis.rulebook import Statement
from aicensus.model.census import Point, Prompt
from aicensus.model.policy import Fragment
from aicensus.model.settings import Manifest
from aicensus.policy.drift import like, says_the_same
from aicensus.policy.library import Library
from aicensus.policy.selection import Selection, Wanted, select
from aicensus.policy.uses import Use, Uses, find_uses
from aicensus.policy.wording import sentences
from aicensus.rules.lexicon import Lexicon, default_lexicon
from aicensus.rules.verdicts import folded

_ALIKE = 0.5
"""Words in common that make a free rule a candidate for a fragment's sentence."""


class PolicyBook(NamedTuple):
    library: Library
    uses: Uses
    selection: Selection

    def source_of(self, one: Statement) -> Fragment | None:
        """The fragment that a rule in a prompt is a copy of."""
        use = self.uses.covering(one.prompt, one.rule.start, one.rule.end)
        return use.fragment if use is not None else None

    def standing(self, row: Wanted) -> Use | None:
        """How a fragment that has to stand in a prompt stands in some prompt of the same points."""
        ids = {(point.repo, point.id) for point in row.points}
        here = [use for use in self.uses.of(row.fragment.id) if not ids.isdisjoint((point.repo, point.id) for point in use.points)]
        return min(here, key=lambda use: (use.drift.kind != "ok", use.is_stale), default=None)

    def condensed(self, row: Wanted) -> Use | None:
        """A shorter text derived from the fragment, where that stands in the prompts instead."""
        ids = {(point.repo, point.id) for point in row.points}
        for use in self.uses.found:
            if use.fragment.derived_from in (row.fragment.id, row.fragment.key) and any((p.repo, p.id) in ids for p in use.points):
                return use
        return None


def build_policies(
    fragments: Iterable[Fragment],
    prompts: Iterable[tuple[Prompt, tuple[Point, ...]]],
    points: Iterable[Point],
    manifest_of: Callable[[str], Manifest],
    as_of: datetime.date,
    lexicon: Lexicon | None = None,
) -> PolicyBook:
    """Tie prompts, each with the points that it reaches, to the library; `points` are those that fragments may apply to."""
    library = Library(fragments, as_of)
    if not library:
        return PolicyBook(library, Uses((), ()), Selection((), ()))
    reached = list(prompts)
    return PolicyBook(library, find_uses(library, reached, lexicon or default_lexicon()), select(library, reached, points, manifest_of))


class Suggestion(NamedTuple):
    """A rule in a prompt that says what a fragment says."""

    statement: Statement
    fragment: Fragment
    sentence: str
    """Of the fragment."""
    same: bool
    """The two say one thing; else they are alike and differ in what they say."""
    score: float
    """Words in common, 0.0 to 1.0."""


def suggest(book: PolicyBook, statements: Iterable[Statement], lexicon: Lexicon | None = None) -> list[Suggestion]:
    """For each rule without a source the fragment in force that it paraphrases, where there is one."""
    lexicon = lexicon or default_lexicon()
    offered = [(fragment, sentence) for fragment in book.library.in_force() for sentence in sentences(fragment.text)]
    found = []
    for one in statements:
        if book.source_of(one) is None:
            rated = [_rated(one, fragment, sentence, lexicon) for fragment, sentence in offered]
            best = max((row for row in rated if row is not None), key=lambda row: (row.same, row.score), default=None)
            if best is not None:
                found.append(best)
    return found


def _rated(one: Statement, fragment: Fragment, sentence: str, lexicon: Lexicon) -> Suggestion | None:
    score = like(one.rule.text, sentence)
    if folded(one.rule.text) == folded(sentence) or says_the_same(one.rule.text, sentence, lexicon):
        return Suggestion(one, fragment, sentence, True, score)
    return Suggestion(one, fragment, sentence, False, score) if score >= _ALIKE else None
