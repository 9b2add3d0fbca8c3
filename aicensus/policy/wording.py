"""Words of a fragment beside those of a copy: what may differ, the first difference, and where a text holds nearly the same words."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from aicensus.model.policy import Difference

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*|[$€£¥%]")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)]|#{1,6})\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)*_]*\s+(?=[\"'“„(\[*_]*[^\W\d_a-zäöüß]|\d)")
SHARE = 0.6
"""Of a fragment's runs of words that a text must hold to be a copy."""
_RUN, _SHORT_RUN, _SHORT_TEXT, _FEWEST = 5, 2, 20, 4
"""Words in a run; a single changed word would break most runs of five of a text under twenty, so that those have runs of two."""
_SLACK = 1.5
"""How much longer than its source a copy may be."""


def folded(text: str) -> str:
    """The text as verbatim wording is compared: NFC, one line ending, runs of white space as one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def digest(text: str) -> str:
    """SHA-256 of the folded text, 12 hex digits."""
    return hashlib.sha256(folded(text).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def first_difference(source: str, copy: str) -> Difference | None:
    """The first token, between white space, in which a copy is not its source; None when it is the same."""
    wanted, found = folded(source).split(), folded(copy).split()
    for number in range(max(len(wanted), len(found))):
        pair = [words[number] if number < len(words) else "" for words in (wanted, found)]
        if pair[0] != pair[1]:
            return Difference(number + 1, *pair)
    return None


class Word(NamedTuple):
    start: int
    end: int
    text: str


def words(text: str) -> list[Word]:
    """Words, numbers and signs of money without case."""
    return [Word(match.start(), match.end(), unicodedata.normalize("NFKC", match[0]).casefold()) for match in _WORD.finditer(text)]


def sentences(text: str) -> list[str]:
    """Sentences and items of lists; lines of one paragraph are joined."""
    found: list[str] = []
    for paragraph in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")):
        lines: list[str] = []
        for line in paragraph.split("\n"):
            if lines and not _ITEM.match(line):
                lines[-1] += f" {line.strip()}"
            else:
                lines.append(_ITEM.sub("", line).strip())
        found += (sentence.strip(" *_") for line in lines for sentence in _SENTENCE_END.split(line))
    return [sentence for sentence in found if words(sentence)]


def stated(fragment: str, text: str) -> tuple[int, int] | None:
    """Where a text holds a fragment word by word, white space aside; marks such as `**` and quotes may touch its ends."""
    wanted = folded(fragment).split()
    tokens = list(re.finditer(r"\S+", text))
    shown = [unicodedata.normalize("NFC", token[0]) for token in tokens]
    last = len(wanted) - 1
    for at in range(len(tokens) - last):
        if not shown[at].endswith(wanted[0]) or not shown[at + last].startswith(wanted[-1]):
            continue
        if last and shown[at + 1 : at + last] == wanted[1:-1]:
            return tokens[at].end() - len(wanted[0]), tokens[at + last].start() + len(wanted[-1])
        if not last and shown[at] == wanted[0]:
            return tokens[at].span()
    return None


Run = tuple[str, ...]


class Runs:
    """The runs of words of one fragment."""

    def __init__(self, text: str) -> None:
        self.words = [word.text for word in words(text)]
        self.length = _RUN if len(self.words) >= _SHORT_TEXT else _SHORT_RUN
        self.runs = Counter(self.of(self.words)) if len(self.words) >= _FEWEST else Counter[Run]()

    def of(self, tokens: list[str]) -> Iterator[Run]:
        return (tuple(tokens[at : at + self.length]) for at in range(len(tokens) - self.length + 1))


class Region(NamedTuple):
    """A stretch of text that holds much of a fragment, from sentence to sentence."""

    start: int
    end: int
    share: float


def region_of(runs: Runs, text: str, said: list[Word], free: list[tuple[int, int]]) -> Region | None:
    """The stretch within the `free` parts of a text that holds most of a fragment's runs, where that are enough."""
    best: Region | None = None
    for start, end in free:
        inside = [word for word in said if start <= word.start and word.end <= end]
        found = _window(runs, inside)
        if found is not None and (best is None or found[2] > best.share):
            first, last = _to_sentences(text, inside[found[0]].start, inside[found[1]].end, start, end)
            best = Region(first, last, found[2])
    return best


def _window(runs: Runs, said: list[Word]) -> tuple[int, int, float] | None:
    """First and last word of the densest window, with the share of the fragment's runs that it holds."""
    hits = [(at, run) for at, run in enumerate(runs.of([word.text for word in said])) if run in runs.runs]
    total, width = sum(runs.runs.values()), int(len(runs.words) * _SLACK) + 2
    inside: Counter[Run] = Counter()
    held, left, best = 0, 0, (0, 0, 0.0)
    for right, (at, run) in enumerate(hits):
        inside[run] += 1
        held += inside[run] <= runs.runs[run]
        while at + runs.length - hits[left][0] > width:
            gone = hits[left][1]
            held -= inside[gone] <= runs.runs[gone]
            inside[gone] -= 1
            left += 1
        if held / total > best[2]:
            best = (hits[left][0], hits[right][0] + runs.length - 1, held / total)
    return best if best[2] >= SHARE else None


def _to_sentences(text: str, start: int, end: int, least: int, most: int) -> tuple[int, int]:
    """A stretch widened to whole sentences or lines."""
    ends = [match.end() for match in re.finditer(r"[.!?](?=\s)|\n", text[least:most])]
    bounds = sorted({least, *(least + at for at in ends), most})
    for before, after in pairwise(bounds):
        if before <= start < after:
            start = before + len(text[before:after]) - len(text[before:after].lstrip())
        if before < end <= after:
            end = before + len(text[before:after].rstrip())
            break
    item = _ITEM.match(text, start, end)
    return (item.end() if item else start), end
