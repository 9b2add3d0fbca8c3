"""Which prompts state which fragments: in managed blocks, word by word, or in nearly the same words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from aicensus.model.census import Point, Prompt
from aicensus.model.policy import Drift, Fragment
from aicensus.policy.drift import drift
from aicensus.policy.library import Library
from aicensus.policy.markers import Block, blocks
from aicensus.policy.wording import SHARE, Run, Runs, Word, region_of, stated, words
from aicensus.rules.lexicon import Lexicon


class Use(NamedTuple):
    """A fragment where a prompt states it."""

    fragment: Fragment
    """The version that the block names, else the one whose words are nearest."""
    current: Fragment | None
    """What should be there on this day; None where nothing of it holds any more."""
    prompt: Prompt
    points: tuple[Point, ...]
    start: int
    """Of its words in the prompt's text, in characters; `end` is exclusive."""
    end: int
    block: Block | None
    """None: it stands there without markers."""
    drift: Drift
    """Against `fragment`; `stale` where that is an older version, word by word."""

    @property
    def is_stale(self) -> bool:
        """An older version, altered or not."""
        return self.current is not None and self.current.key != self.fragment.key

    @property
    def fails(self) -> bool:
        """The wording had to stay and did not."""
        return self.fragment.verbatim and self.drift.kind not in ("ok", "stale")


class Stray(NamedTuple):
    """A block that names a fragment that the library does not hold, or that is not closed."""

    prompt: Prompt
    points: tuple[Point, ...]
    at: int
    id: str
    why: str


class Uses(NamedTuple):
    found: tuple[Use, ...]
    """In the order of their places."""
    strays: tuple[Stray, ...]

    def of(self, name: str) -> tuple[Use, ...]:
        """Uses of a fragment by `id` or `id@version`."""
        return tuple(use for use in self.found if name in (use.fragment.id, use.fragment.key))

    def covering(self, prompt: Prompt, start: int, end: int) -> Use | None:
        """The use that a piece of a prompt belongs to."""
        return next(
            (
                use
                for use in self.found
                if (use.prompt.repo, use.prompt.id) == (prompt.repo, prompt.id) and use.start < end and start < use.end
            ),
            None,
        )


Reached = Iterable[tuple[Prompt, tuple[Point, ...]]]
"""Prompts, each with the points that it reaches."""


def find_uses(library: Library, prompts: Reached, lexicon: Lexicon) -> Uses:
    """Every use of the library's fragments in prompts; a prompt in the library itself uses nothing."""
    if not library:
        return Uses((), ())
    finder = _Finder(library, lexicon)
    own = {(one.repo, one.path) for one in library.fragments}
    found: list[Use] = []
    strays: list[Stray] = []
    for prompt, points in prompts:
        if (prompt.repo, prompt.path) not in own and prompt.text:
            for one in finder.in_prompt(prompt, points):
                (found if isinstance(one, Use) else strays).append(one)  # type: ignore[arg-type]
    found.sort(key=lambda use: (use.prompt.repo, use.prompt.path, use.prompt.line, use.prompt.id, use.start))
    return Uses(tuple(found), tuple(strays))


class _Finder:
    def __init__(self, library: Library, lexicon: Lexicon) -> None:
        self._library = library
        self._lexicon = lexicon
        self._runs = {one.key: Runs(one.text) for one in library.fragments}
        self._holding: dict[Run, set[str]] = defaultdict(set)
        for key, runs in self._runs.items():
            for run in runs.runs:
                self._holding[run].add(key)

    def in_prompt(self, prompt: Prompt, points: tuple[Point, ...]) -> Iterator[Use | Stray]:
        free, at = [], 0
        for block in blocks(prompt.text):
            if not isinstance(block, Block):
                yield Stray(prompt, points, block.start, block.id, f"the block of `{block.id}` has no closing marker")
                continue
            free.append((at, block.start))
            at = block.end
            yield self._in_block(prompt, points, block)
        yield from self._by_words(prompt, points, [*free, (at, len(prompt.text))])

    def _in_block(self, prompt: Prompt, points: tuple[Point, ...], block: Block) -> Use | Stray:
        fragment = self._library.find(f"{block.id}@{block.version}") or self._library.find(block.id)
        if fragment is None:
            return Stray(prompt, points, block.start, block.id, f"the library holds no fragment `{block.id}`")
        return self._use(fragment, prompt, points, block.body_start, block.body_end, block)

    def _by_words(self, prompt: Prompt, points: tuple[Point, ...], free: list[tuple[int, int]]) -> Iterator[Use]:
        said = words(prompt.text)
        by_id: dict[str, list[Use]] = defaultdict(list)
        for fragment in self._candidates(said):
            for start, end in free:
                if (place := stated(fragment.text, prompt.text[start:end])) is not None:
                    by_id[fragment.id].append(self._use(fragment, prompt, points, start + place[0], start + place[1], None))
                    break
            else:
                region = region_of(self._runs[fragment.key], prompt.text, said, free)
                if region is not None:
                    by_id[fragment.id].append(self._use(fragment, prompt, points, region.start, region.end, None))
        yield from (min(uses, key=self._rank) for uses in by_id.values())

    def _rank(self, use: Use) -> tuple[bool, bool]:
        """Of several versions the one that stands there word by word, else the one that holds."""
        return use.drift.kind != "ok", use.current is not use.fragment

    def _candidates(self, said: list[Word]) -> list[Fragment]:
        """Fragments of whose runs enough stand somewhere in the text, and those that are too short to have any."""
        texts = [word.text for word in said]
        lengths = {runs.length for runs in self._runs.values()}
        there = {tuple(texts[at : at + length]) for length in lengths for at in range(len(texts) - length + 1)}
        held = Counter(key for run in there for key in self._holding.get(run, ()))
        return [one for one in self._library.fragments if held[one.key] >= SHARE * len(self._runs[one.key].runs)]

    def _use(self, fragment: Fragment, prompt: Prompt, points: tuple[Point, ...], start: int, end: int, block: Block | None) -> Use:
        current = self._library.replacement(fragment)
        text = prompt.text[start:end]
        older = [one for one in self._library.versions(fragment.id) if one.key != fragment.key]
        found = drift(fragment, text, older, self._lexicon)
        if found.kind == "stale":
            # A block that names one version and holds another is a copy of the one it holds.
            fragment = self._library.find(found.older) or fragment
        elif found.kind == "ok" and current is not None and current.key != fragment.key:
            found = Drift(kind="stale", older=fragment.key)
        if found.kind == "stale" and current is not None and current.key == fragment.key:
            found = Drift(kind="ok")
        return Use(fragment, current, prompt, points, start, end, block, found)
