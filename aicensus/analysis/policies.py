"""The policy library beside the prompts: what each states of it, what each should state, and which rules have no source."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from aicensus.analysis.rulebook import Statement
from aicensus.census.contents import MAX_PROMPT
from aicensus.census.places import Places
from aicensus.model.census import Point, Prompt
from aicensus.model.policy import Fragment
from aicensus.model.settings import Manifest
from aicensus.policy.drift import like
from aicensus.policy.library import Library
from aicensus.policy.markers import Block, blocks
from aicensus.policy.selection import Selection, Wanted, select
from aicensus.policy.sync import Task
from aicensus.policy.uses import Use, Uses, find_uses
from aicensus.policy.wording import Runs, region_of, sentences, stated, words
from aicensus.rules.form import Form, form_of
from aicensus.rules.lexicon import Lexicon, default_lexicon
from aicensus.rules.verdicts import judge

_SHARED = 0.3
"""Words of the shorter of two sentences that must be in both, before they are compared."""
_ALIKE = 0.5
"""Words in common that make a free rule a candidate for a fragment's sentence."""


class PolicyBook(NamedTuple):
    library: Library
    prompts: tuple[tuple[Prompt, tuple[Point, ...]], ...]
    """Each with the points that it reaches."""
    uses: Uses
    selection: Selection

    def source_of(self, one: Statement) -> str | None:
        """The id of the fragment that a rule in a prompt is a copy of; markers name it also where the library is not at hand."""
        use = self.uses.covering(one.prompt, one.rule.start, one.rule.end)
        if use is not None:
            return use.fragment.id
        held = (block for block in blocks(one.prompt.text) if isinstance(block, Block))
        return next((block.id for block in held if block.start < one.rule.end and one.rule.start < block.end), None)

    def lacking(self) -> Iterator[Wanted]:
        """What has to stand in prompts and stands in none of the same points; prompts that are known in part are left out."""
        for row in self.selection.wanted:
            ids = {(point.repo, point.id) for point in row.points}
            stated = any((point.repo, point.id) in ids for use in self.uses.of(row.fragment.id) for point in use.points)
            if not stated and len(row.prompt.text) < MAX_PROMPT:
                yield row

    def tasks(self) -> Iterator[Task]:
        """The prompts that hold blocks, or that a fragment applies to, with what has to stand in them."""
        wanted: dict[tuple[str, str], list[Fragment]] = defaultdict(list)
        for row in self.selection.wanted:
            wanted[row.prompt.repo, row.prompt.id].append(row.fragment)
        for prompt, _ in self.prompts:
            stated = tuple(use for use in self.uses.found if use.prompt is prompt)
            here = wanted.get((prompt.repo, prompt.id), ())
            if here or any(use.block for use in stated) or any(stray.prompt is prompt for stray in self.uses.strays):
                yield Task(prompt, tuple(here), stated)

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
    reached = tuple(prompts)
    if not library:
        return PolicyBook(library, reached, Uses((), ()), Selection((), ()))
    uses = find_uses(library, reached, lexicon or default_lexicon())
    return PolicyBook(library, reached, uses, select(library, reached, points, manifest_of))


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
    offered = [
        _Offered(fragment, sentence, form_of(sentence, lexicon), frozenset(word.text for word in words(sentence)))
        for fragment in book.library.in_force()
        for sentence in sentences(fragment.text)
    ]
    found = []
    for one in statements:
        if book.source_of(one) is None:
            form, said = form_of(one.rule.text, lexicon), frozenset(word.text for word in words(one.rule.text))
            near = (row for row in offered if len(row.words & said) >= _SHARED * min(len(row.words), len(said)))
            rated = [_rated(one, form, row, lexicon) for row in near]
            best = max((row for row in rated if row is not None), key=lambda row: (row.same, row.score), default=None)
            if best is not None:
                found.append(best)
    return found


class _Offered(NamedTuple):
    """A sentence of the library."""

    fragment: Fragment
    sentence: str
    form: Form
    words: frozenset[str]


def _rated(one: Statement, form: Form, row: _Offered, lexicon: Lexicon) -> Suggestion | None:
    score = like(one.rule.text, row.sentence)
    same = judge(form, row.form, lexicon).verdict.startswith("duplicate")
    return Suggestion(one, row.fragment, row.sentence, same, score) if same or score >= _ALIKE else None


class Trace(NamedTuple):
    """A sentence in a prompt, and where it comes from."""

    prompt: Prompt
    points: tuple[Point, ...]
    start: int
    end: int
    use: Use | None
    """None: it has no source."""
    nearest: Suggestion | None
    """Where it has no source: the fragment that it is nearest to."""

    @property
    def text(self) -> str:
        return self.prompt.text[self.start : self.end]


def trace_text(book: PolicyBook, statements: Sequence[Statement], text: str) -> list[Trace]:
    """Every place where a prompt says a text: word by word, else in nearly the same words."""
    found = [(prompt, points, place) for prompt, points in book.prompts if (place := stated(text, prompt.text)) is not None]
    if not found:
        runs = Runs(text)
        said = ((prompt, points, words(prompt.text)) for prompt, points in book.prompts)
        regions = ((prompt, points, region_of(runs, prompt.text, spoken, [(0, len(prompt.text))])) for prompt, points, spoken in said)
        found = [(prompt, points, (region.start, region.end)) for prompt, points, region in regions if region is not None]
    return [_trace(book, statements, prompt, points, *place) for prompt, points, place in found]


def trace_line(book: PolicyBook, statements: Sequence[Statement], places: Places, path: str, line: int) -> list[Trace]:
    """Every rule, and every copy of a fragment, that a prompt states on a line of a file."""
    here = [(prompt, points) for prompt, points in book.prompts if prompt.path == path]
    found: dict[tuple[str, str, int, int], Trace] = {}
    for prompt, points in here:
        own = [one for one in statements if one.prompt is prompt]
        spans = [(one.rule.start, one.rule.end) for one in own]
        spans += [(use.start, use.end) for use in book.uses.found if use.prompt is prompt]
        for start, end in spans:
            place = places.of(prompt, start, end)
            if place.line <= line <= max(place.line, place.end_line):
                found.setdefault((prompt.repo, prompt.id, start, end), _trace(book, statements, prompt, points, start, end))
    # A rule says more precisely than the block around it what stands on a line.
    exact = [one for one in found.values() if not any(one is not other and _around(one, other) for other in found.values())]
    return sorted(exact, key=lambda one: (one.prompt.repo, one.prompt.id, one.start))


def _around(one: Trace, other: Trace) -> bool:
    return one.prompt is other.prompt and one.start <= other.start and other.end <= one.end


def _trace(book: PolicyBook, statements: Sequence[Statement], prompt: Prompt, points: tuple[Point, ...], start: int, end: int) -> Trace:
    use = book.uses.covering(prompt, start, end)
    stating = (one for one in statements if one.prompt is prompt and one.rule.start < end and start < one.rule.end)
    nearest = next(iter(suggest(book, stating)), None) if use is None else None
    return Trace(prompt, points, start, end, use, nearest)
