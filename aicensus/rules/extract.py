"""Prompt text to the rules that it states, each with its exact place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from aicensus.rules.blocks import Block, blocks, vocabulary
from aicensus.rules.lexicon import Lexicon
from aicensus.rules.limits import limits
from aicensus.rules.sentences import QUOTED, Sentence, is_quotation, sentences
from aicensus.rules.words import tokens

ANALYSED = frozenset({"en", "de", "es", "fr"})
_HOLE = re.compile(r"\{\{[^{}]*\}\}|\$?\{[^{}\n]*\}")
_WORD = re.compile(r"[^\W\d_]+")
_LAST_LATIN = 0x24F
_MANY_RULES, _NEAR = 5, 3


@dataclass(slots=True)
class Found:
    """A sentence that states a rule."""

    start: int
    """Place in the prompt, in characters; `end` is exclusive."""
    end: int
    text: str
    lead: str
    """The line above its list that forbids, lower case; empty when none does."""
    language: str

    @property
    def forbidden(self) -> bool:
        return bool(self.lead)


def language_of(text: str, lexicon: Lexicon) -> str:
    """The language most of whose small words a text uses: `en`, `de`, ...; `en` when there are too few to tell, `?` for other scripts."""
    words = _WORD.findall(text.lower())
    if not text.isascii() and sum(ord(word[0]) > _LAST_LATIN for word in words) > len(words) / 2:
        return "?"
    seen = Counter(words)
    counts = {name: sum(seen[word] for word in common) for name, common in lexicon.language_words.items()}
    best = max(counts, key=lambda name: (counts[name], name == "en"))
    return best if counts[best] > counts["en"] and counts[best] >= 3 else "en"


def extract(text: str, lexicon: Lexicon, language: str, wanted: Callable[[str], bool] | None = None) -> list[Found]:
    """The rules of a prompt in order, of those sentences that are `wanted`; none where its language is not analysed, see `language_of`."""
    if language not in ANALYSED:
        return []
    spoken = [one for block in blocks(text) if not _BACKGROUND.match(text, block.start) for one in sentences(text, block)]
    candidates = _Candidates(spoken, _Reader(lexicon, language))
    chosen = [number for number, one in enumerate(spoken) if wanted is None or wanted(one.text)]
    return [_found(spoken[number], language) for number in chosen if candidates.is_rule(number)]


def _found(sentence: Sentence, language: str) -> Found:
    lead = sentence.block.lead if sentence.block.lead in vocabulary().forbidding else ""
    return Found(sentence.start, sentence.end, sentence.text, lead, language)


class _Candidates:
    """The sentences of one prompt; how strongly one reads like a rule is found out when it is asked for."""

    def __init__(self, spoken: list[Sentence], reader: _Reader) -> None:
        self.spoken = spoken
        self.reader = reader
        self._strengths: dict[int, int] = {}

    def strength(self, number: int) -> int:
        """2: a rule by its own words; 1: a statement that is one among rules; 0: none; -1: never one."""
        if number not in self._strengths:
            self._strengths[number] = self.reader.strength(self.spoken[number], first=number == 0)
        return self._strengths[number]

    def is_rule(self, number: int) -> bool:
        """A rule by its own words, or a statement in a list or paragraph most of which are rules."""
        if (own := self.strength(number)) != 1:
            return own == 2
        block = self.spoken[number].block
        others = [other for other in range(len(self.spoken)) if other != number]
        near = [other for other in others if _together(self.spoken[other].block, block)]
        near = near or [other for other in others if abs(other - number) <= _NEAR and self.strength(other) >= 0]
        strong, weak = (sum(self.strength(other) == wanted for other in near) for wanted in (2, 0))
        if strong >= 1 and strong >= weak + (not block.item):
            return True
        return bool(block.section) and not weak and sum(self.strength(other) == 2 for other in others) >= _MANY_RULES


def _together(one: Block, other: Block) -> bool:
    return one.section == other.section and (one.group == other.group or one.start == other.start)


# --- is it a rule? ---


def _any(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in words)


class _Patterns(NamedTuple):
    statement: re.Pattern[str]
    norm: re.Pattern[str]
    hint: re.Pattern[str]
    strong_hint: re.Pattern[str]
    verbless: re.Pattern[str]
    not_ours: re.Pattern[str]
    personas: tuple[str, ...]


@cache
def _patterns() -> _Patterns:
    words = vocabulary().words
    return _Patterns(
        re.compile(rf"\b(?:{_any(words['statements'])})\b"),
        re.compile(rf"\b(?:{_any(words['norms'])})\b"),
        re.compile(rf"\b(?:{_any(words['hints'])})\b"),
        re.compile(rf"\b(?:{_any(words['strong_hints'])})\b"),
        re.compile(rf"(?:{_any(words['verbless'])}|\d+)\b"),
        re.compile(rf"(?:you|we|i) (?!{_any(words['ours'])})"),
        tuple(f"{persona} " for persona in words["personas"]),
    )


_BACKGROUND = re.compile(r"(?:background|context|for reference|for your information|fyi|for context)\b(?! check)", re.IGNORECASE)
_PAST = re.compile(r"(?:[A-Z]\w+ ){1,3}(?:was|were|had|used to)\b")
_CODE = re.compile(
    r"^[\w.]+\([^)]*\)?|\b(?:return|def|import|const|let|var|class) [\w.]+(?:\(| =)"
    r"|[{};]\s*$|=>|\w\(\w*=|^\w+ = |\w\(\w+ ?[-+*/]"
)
_INSTANCE = re.compile(r"(?:for example|for instance|examples?|e\.g\.)\b[,:]?(?! if| when)")
_FILLED_IN = re.compile(r"\b(?:is|are|on|ist|es|est|:)\s+(?:\{\{|\{|\$\{)[^{}]*\}{1,2}\.?(?:\s*$|,)")
_FIELDS = re.compile(
    r"(?:return|respond|output|answer|reply|provide|produce)\b.{0,70}\b(?:keys?|fields?|columns?|format|structure|schema|shape|properties)\b.{0,24}$"
)
_LIMITING = re.compile(r"\b(?:never|must|no|not|nothing|at most|no more than|up to|only|unless|without|always|if|when)\b")
_BOUND_READER = re.compile(
    r"you (?:are|'re) (?:not|never|only|allowed|required|obliged|expected|free|permitted|forbidden|authori[sz]ed|entitled|to)\b"
)
_PASSIVE = re.compile(
    r"\b(?:is|are|be)\s+(?:\w+ly\s+)?(?:\w{2,}ed|sent|given|paid|kept|sold|told|made|taken|shown|written|met|put|set|held|bought|left|read)\b"
    r"|\b(?:goes|go) to\b"
)
_TASK_OBJECT = re.compile(
    r"\b(?:next (?:message|email|reply|answer|turn|mail|post|step)|below|following|step by step|as input"
    r"|(?:this|the) (?:following )?(?:customer |user |incoming |given )?(?:message|email|ticket|text|request|review|document|article"
    r"|conversation|transcript|call|case|question|claim|application|post|comment|lead|complaint|query|input|data|contract|report)"
    r"(?: below| above| and| into|\.|$))"
)
_MOST_VERBLESS = 14


class _Reader:
    """Judges sentences of one prompt."""

    def __init__(self, lexicon: Lexicon, language: str) -> None:
        self.lexicon = lexicon
        self.language = language
        self.words = vocabulary().words

    def strength(self, sentence: Sentence, *, first: bool) -> int:
        text = " ".join(_HOLE.sub(" X ", QUOTED.sub("X", sentence.text)).split())
        lower = text.lower()
        if len(_WORD.findall(text)) < 2 or text.endswith(("?", ":")) or is_quotation(sentence.text):
            return -1
        if _CODE.search(text) or _INSTANCE.match(lower):
            return -1
        if self._is_persona(lower) or _PAST.match(text) or (_FILLED_IN.search(sentence.text) and not _LIMITING.search(lower)):
            return -1
        if sentence.block.lead in vocabulary().forbidding:
            return 2
        if self.language != "en":
            return self._foreign(sentence, lower)
        if (_FIELDS.match(lower) and not _LIMITING.search(lower)) or self._is_task(lower, sentence.block, first=first):
            return -1
        return self._english(sentence, text, lower)

    def _english(self, sentence: Sentence, text: str, lower: str) -> int:
        item, patterns = sentence.block.item, _patterns()
        if is_order(text, self.lexicon) or (item and patterns.verbless.match(lower) and len(lower.split()) <= _MOST_VERBLESS):
            return 2
        if patterns.not_ours.match(lower):
            return 0
        if patterns.norm.search(lower):
            return 2
        states = bool(patterns.statement.search(lower))
        if (patterns.hint.search(lower) and states) or re.search(r"\bcan\b", lower):
            return 2 if item or patterns.strong_hint.search(lower) else 1
        if limits(tokens(text, self.lexicon), self.lexicon):
            return 2 if item and states else 1
        if item:
            return 2 if re.search(r"\b(?:is|are)\b.*\bif\b", lower) else int(states)
        return int(bool(_PASSIVE.search(lower)))

    def _is_persona(self, lower: str) -> bool:
        return lower.startswith(_patterns().personas) and not _BOUND_READER.match(lower)

    def _is_task(self, lower: str, block: Block, *, first: bool) -> bool:
        """The task itself: `Classify the message`, `Now draft the next email`."""
        bare = re.sub(r"^(?:now|then|finally|please|first)[, ]+", "", lower)
        verb = bare.split()[0] if bare else ""
        if _LIMITING.search(lower):
            return False
        if verb not in self.words["tasks"]:
            return lower.startswith("now ")
        return (
            first or verb in ("think", "read", "look") or lower.startswith("now ") or (not block.item and bool(_TASK_OBJECT.search(lower)))
        )

    def _foreign(self, sentence: Sentence, lower: str) -> int:
        """German, Spanish and French: an item of a list that is a sentence, or modal words."""
        if sentence.block.item:
            return 2
        words = [word.lower() for word in _WORD.findall(lower)]
        phrases = {tuple(words[i : i + size]) for size in (1, 2, 3) for i in range(len(words) - size + 1)}
        modal = any(not row.isdisjoint(phrases) for row in self.lexicon.modality[self.language].values())
        return modal + (words[0] in self.words[f"orders_{self.language}"])


_SCENE = re.compile(
    r"(?:if|when|whenever|once|before|after|unless|as soon as|as long as|where|for|in|at|on|with|during|until|below|under|by default"
    r"|normally|in case|e\.g\.|for example)(?!\w)"
    r"[^,]*,\s*(?:then\s+)?",
    re.IGNORECASE,
)
_ADVERB = re.compile(
    r"(?:always|never|please|also|only|then|now|first|finally|instead|otherwise|however|therefore|additionally|importantly|note|remember"
    r"|in addition|you must|you should|you may|you can|you need to|you have to)[,:]?\s+",
    re.IGNORECASE,
)
_SURE_ORDERS = frozenset({"do", "don't", "never", "be", "let", "avoid", "refrain", "always"})
_IN_S = frozenset({"address", "discuss", "pass", "express", "process", "focus", "access"})
_AUXILIARIES = frozenset({"is", "are", "must", "may", "can", "cannot", "will", "should", "was", "has", "have"})
_PLURAL_VERBS = _AUXILIARIES | {"need", "require", "go", "start", "apply"}


def is_order(text: str, lexicon: Lexicon) -> bool:
    """Whether an English sentence gives an order: a verb in its base form comes first, after conditions and adverbs."""
    rest = text
    for _ in range(3):
        rest = _ADVERB.sub("", _SCENE.sub("", rest, count=1) if _SCENE.match(rest) else rest, count=1) if _leads(rest) else rest
    rest = rest.strip("\"'*_( ")
    match = re.match(r"[^\W\d_]+(?:['’][a-z]+)?", rest)
    if match is None:
        return False
    word = match[0].lower().replace("’", "'")
    if word in _SURE_ORDERS:
        return True
    if word not in lexicon.verbs or (lexicon.lemma(word) != word and word not in _IN_S):
        return False
    following = rest[match.end() :].lstrip(" ,").lower().split(" ")
    if len(following) < 2:
        return True
    # `Offer prices are final`, `Return labels are valid`: a noun, and a verb after it.
    return following[0] not in _AUXILIARIES and not (following[0].endswith("s") and following[1] in _PLURAL_VERBS)


def _leads(text: str) -> bool:
    return bool(_SCENE.match(text) or _ADVERB.match(text))
