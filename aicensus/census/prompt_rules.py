"""Text of prompts to the sentences in it that state a rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Sentence(NamedTuple):
    text: str
    line: int
    """From 1, within the prompt."""


_FENCE = re.compile(r"^\s*(```|~~~)")
_BULLET = re.compile(r"^\s*(?:[-*+•–]|\(?\d{1,3}[.)]|[a-z][.)])\s+")
_HEADING = re.compile(r"^\s*(?:#{1,6}\s|=+\s*$|-{3,}\s*$|<[^>]+>\s*$)")
_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[A-Z\"'(\[{¿¡])")
_EXAMPLE = re.compile(r"^\s*(?:examples?|input|output|user|assistant|human|customer|agent|q|a|question|answer|e\.g\.)\b[^.]{0,20}:", re.I)
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|etc|vs|no|approx|min|max|mr|mrs|dr|inc|ltd)\.$", re.I)


def sentences(text: str) -> Iterator[Sentence]:
    """Split a prompt into sentences and bullets; headings, fenced blocks and example turns are left out.

    A bullet under a heading or line such as `Do not:` gets that line's words in front.
    """
    lead = ""
    for block in _blocks(text):
        if block.bullet:
            for sentence in _split(block):
                yield sentence._replace(text=f"{lead} {sentence.text}") if lead else sentence
            continue
        lead = _lead(block.text)
        if not lead:
            yield from _split(block)


class _Block:
    """A paragraph or bullet, wrapped lines joined, which knows the line of every place in its text."""

    def __init__(self, bullet: bool, text: str, line: int) -> None:
        self.bullet = bullet
        self.text = text
        self._starts = [(0, line)]

    def add(self, text: str, line: int) -> None:
        self._starts.append((len(self.text) + 1, line))
        self.text += f" {text}"

    def line_at(self, place: int) -> int:
        return max(line for start, line in self._starts if start <= place)


def _blocks(text: str) -> Iterator[_Block]:
    block: _Block | None = None
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        fence, heading = bool(_FENCE.match(line)), bool(_HEADING.match(line))
        marker = _BULLET.match(line)
        ends = fence or fenced or heading or not line.strip() or bool(_EXAMPLE.match(line))
        if block and (ends or marker):
            yield block
            block = None
        fenced ^= fence
        if heading and _lead(line.strip("# \t")):
            yield _Block(False, line.strip("# \t"), number)
        elif ends:
            continue
        elif block:
            block.add(line.strip(), number)
        else:
            block = _Block(bool(marker), line[marker.end() :].strip() if marker else line.strip(), number)
    if block:
        yield block


_FORBIDDING_LEAD = re.compile(r"(?:you\s+)?(?:do\s+not|don't|don’t|never|must\s+not|should\s+not|avoid)\s*:", re.I)


def _lead(text: str) -> str:
    """The words of a line like `Never:` that its bullets inherit."""
    return text.rstrip(": ").lower() if _FORBIDDING_LEAD.fullmatch(text.strip()) else ""


def _split(block: _Block) -> Iterator[Sentence]:
    start = 0
    for end in _END.finditer(block.text):
        sentence = block.text[start : end.start()]
        if not _ABBREVIATION.search(sentence):
            yield Sentence(sentence, block.line_at(start))
            start = end.end()
    if block.text[start:].strip():
        yield Sentence(block.text[start:].strip(), block.line_at(start))


_MODAL = re.compile(
    r"\b(?:must|shall|should|never|always|do not|don't|don’t|cannot|can't|can not|may|only|required?|allowed|permitted|eligible|ineligible"
    r"|prohibited|forbidden|entitled|unless|needs? to|ensure|make sure|without|at least|at most|no more than|up to|maximum|minimum)\b",
    re.I,
)
_AMOUNT = re.compile(
    r"[$€£¥]\s?\d|\d\s?(?:%|percent|usd|eur|gbp|dollars?|euros?|days?|hours?|weeks?|months?|years?|minutes?|business days?)\b", re.I
)
_BUSINESS_VERB = re.compile(
    r"(?:please\s+)?(?:offer|approve|refuse|reject|deny|decline|escalate|refund|grant|issue|charge|cancel|waive|promise|disclose|share|reveal"
    r"|ask|verify|check|confirm|forward|transfer|route|apologi[sz]e|apply|give|provide|recommend|prefer|prioriti[sz]e|treat|quote|discount|credit"
    r"|report|notify|inform|collect|delete|store|keep|block|flag|limit|avoid)\b",
    re.I,
)
_FORMAT = re.compile(
    r"\b(?:json|yaml|xml|html|markdown|csv|schema|code\s?block|backticks?|bullet(?:s| points?)?|headings?|string|array|list of|keys?|field"
    r"|format(?:ted)?|output|respond (?:only )?(?:with|in)|return (?:only|a|an|the)|answer (?:only )?(?:with|in)|words?|sentences?"
    r"|paragraphs?|characters?|tokens?|concise|brief|preamble|explanation|tool|function|step by step|language|context)\b",
    re.I,
)
_PERSONA = re.compile(r"^(?:you are|you're|act as|your (?:task|role|job|goal) is|as an? )\b", re.I)
_FEWEST_WORDS = 4


def states_a_rule(sentence: str) -> bool:
    """Whether a sentence obliges, forbids, permits or limits something of the business.

    Persona, format and length of the answer are no business rules: every prompt has them, and equal ones mean nothing.
    """
    text = re.sub(r"\{[^{}]*\}", " ", sentence)
    if len(re.findall(r"[^\W\d_]{2,}", text)) < _FEWEST_WORDS or _PERSONA.match(text.strip()) or _FORMAT.search(text):
        return False
    return bool(_MODAL.search(text) or _AMOUNT.search(text) or _BUSINESS_VERB.match(text.strip()))
