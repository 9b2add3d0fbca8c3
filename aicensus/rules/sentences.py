"""Blocks of a prompt to sentences with their places. What stands in quotes is never split."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aicensus.rules.blocks import CONTROL, Block

_END = re.compile(
    r"[.!?][\"'”’)\]*_]*(?=\s+(?:[\"'“„«(\[¿¡*_]*[^\W\d_a-zäöüß]|[\d$€£]|\x00|[\"“„]))"
    r"|[.!?:](?=\s*\x00)"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|no|approx|min|max|mr|mrs|ms|dr|inc|ltd|st|nr|z\.b|p\.m|a\.m|bzw|ca|usw|sr|sra|ej|art|p\.ej)|\b[A-Z])\.$",
    re.IGNORECASE,
)
QUOTED = re.compile(r"\"[^\"\n]{0,400}\"|“[^”\n]{0,400}”|„[^“”\n]{0,400}[“”]|«[^»\n]{0,400}»")
_MARKUP = re.compile(r"^[\s\x00*_`>\"'“„«]+|[\s\x00*_`]+$")
_SHORTEST = 3


@dataclass(slots=True)
class Sentence:
    block: Block
    start: int
    """Place in the prompt, in characters; `end` is exclusive."""
    end: int
    text: str


def sentences(text: str, block: Block) -> Iterator[Sentence]:
    piece = CONTROL.sub(lambda match: "\x00" * len(match[0]), text[block.start : block.end])
    closed = QUOTED.sub(_filled, piece)
    start = 0
    for match in _END.finditer(closed):
        before_control = "\x00" in closed[match.end() : match.end() + 2]
        if before_control or not _ABBREVIATION.search(closed[start : match.end()]):
            yield from _trimmed(block, piece, start, match.end())
            start = match.end()
    yield from _trimmed(block, piece, start, len(piece))


def is_quotation(text: str) -> bool:
    return bool(QUOTED.fullmatch(text.strip(". ")))


def _filled(quote: re.Match[str]) -> str:
    """A quotation without its words; a full stop before the closing mark may end the sentence around it."""
    text = quote[0]
    return "x" * len(text) if text[-2:-1] not in (".", "!", "?") else "x" * (len(text) - 2) + text[-2:]


def _trimmed(block: Block, piece: str, start: int, end: int) -> Iterator[Sentence]:
    for part in re.finditer(r"[^\x00]+", piece[start:end]):
        trimmed = _MARKUP.sub("", part[0])
        if len(trimmed) >= _SHORTEST:
            at = block.start + start + part.start() + part[0].index(trimmed)
            yield Sentence(block, at, at + len(trimmed), trimmed)
