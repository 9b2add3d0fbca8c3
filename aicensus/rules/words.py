"""Text to tokens with places and meanings: contractions written out, phrases joined, placeholders kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aicensus.rules.lexicon import MAX_PHRASE, NOTHING, Lexicon, Meaning

_TOKEN = re.compile(
    r"\{\{[^{}]*\}\}|\$?\{[^{}\s]*\}|<[a-z_]+>"
    r"|(?P<money>(?:us\$|[$€£¥₹])\s?\d[\d.,]*\d|(?:us\$|[$€£¥₹])\s?\d)(?P<scale>[km]\b)?"
    r"|(?P<ordinal>\d+)(?:st|nd|rd|th)\b"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    r"|[^\W\d_]+(?:[_.@][^\W_]+)+|[^\W\d_]+(?:['’][^\W\d_]+)*|[%°]c?|[$€£¥₹]|[,;:.!?()–—\"“”]|-(?=\s)",
    re.IGNORECASE,
)
_WHOLE = {
    "can't": "can not",
    "won't": "will not",
    "cannot": "can not",
    "shan't": "shall not",
    "let's": "let us",
    "one's": "their",
    "e-mail": "email",
}
_DEFAULT = re.compile(
    r"\{\{\s*\w+\s*\|\s*default\(\s*(?P<jinja>[^(),{}]+?)\s*(?:,[^()]*)?\)\s*\}\}"
    r"|\$\{\w+:-(?P<shell>[^{}]+)\}"
    r"|\$\{\s*[\w.]+\s*(?:\?\?|\|\|)\s*(?P<script>[^{}]+?)\s*\}"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+$")


@dataclass(slots=True)
class Token:
    """One word, number, phrase or mark of a rule."""

    text: str
    """Lower case, contractions written out."""
    lemma: str
    start: int
    end: int
    number: float | None = None
    meaning: Meaning = NOTHING
    is_word: bool = False
    is_hole: bool = False
    """A template variable."""


def _with_default(match: re.Match[str]) -> str:
    """The default of a template variable, as long as the variable: `{{ days | default(30) }}` is `30`. Places stay what they are."""
    value = match["jinja"] or match["shell"] or match["script"]
    return value.strip("'\"").ljust(len(match[0]))


def tokens(text: str, lexicon: Lexicon) -> list[Token]:
    """The words, numbers and marks of a text, each with its place."""
    found: list[Token] = []
    text = _DEFAULT.sub(_with_default, text)
    for match in _TOKEN.finditer(text.replace("‑", "-").replace("e-mail", "email ").replace("E-mail", "Email ")):
        start, end = match.span()
        if match["money"]:
            written = match["money"]
            sign = "$" if written[:3].lower() == "us$" else written[0]
            scale = {"k": 1e3, "m": 1e6}.get((match["scale"] or "").lower(), 1.0)
            digits = written[3 if written[:3].lower() == "us$" else 1 :].strip()
            found.append(Token(digits, digits, start, end, number=_number(digits) * scale))
            found.append(Token(sign, sign, start, end))
            continue
        written = match[0].lower().replace("’", "'")
        if match["ordinal"]:
            found.append(Token(written, written, start, end, number=float(match["ordinal"])))
            continue
        if match["number"]:
            found.append(Token(written, written, start, end, number=_number(written)))
            continue
        for part in _expanded(written).split() if written[0] not in "{<$" else [written]:
            word = part[0].isalpha()
            lemma = lexicon.lemma(part) if word else part
            found.append(
                Token(part, lemma, start, end, number=lexicon.numbers.get(part), is_word=word, is_hole=part[0] in "{<" or part[:2] == "${")
            )
    return found


def _number(digits: str) -> float:
    if _THOUSANDS.match(digits):
        return float(re.sub(r"[.,]", "", digits))
    head, _, tail = digits.replace(",", ".").rpartition(".")
    return float(f"{head.replace('.', '')}.{tail}" if head else tail)


def _expanded(word: str) -> str:
    if word in _WHOLE:
        return _WHOLE[word]
    if "'" not in word:
        return word
    if word.endswith("n't"):
        return f"{word[:-3]} not"
    head, _, tail = word.partition("'")
    return {"re": f"{head} are", "ll": f"{head} will", "ve": f"{head} have", "m": f"{head} am", "d": f"{head} would"}.get(tail, head)


def _phrase_at(found: list[Token], at: int, lexicon: Lexicon) -> bool:
    return lexicon.phrase((found[at].lemma, found[at + 1].lemma)) is not None


def joined(found: list[Token], lexicon: Lexicon) -> list[Token]:
    """The tokens with known phrases as one token each, and the meaning of every word."""
    result: list[Token] = []
    at = 0
    while at < len(found):
        token = found[at]
        if token.text == "non" and at + 1 < len(found) and found[at + 1].is_word and not _phrase_at(found, at, lexicon):
            following = found[at + 1]
            token.text, token.lemma, token.end = f"non-{following.text}", f"non-{following.lemma}", following.end
            found = [*found[: at + 1], *found[at + 2 :]]
        size = lexicon.longest(token.lemma) if token.is_word else 1
        for length in range(min(size, len(found) - at, MAX_PHRASE), 1, -1):
            part = found[at : at + length]
            meaning = lexicon.phrase(tuple(one.lemma for one in part))
            if meaning is not None and not (part[0].text == "not" and part[1].text == part[1].lemma):
                # `goods not used` is a phrase, `do not use` is none.
                lemma = " ".join(one.lemma for one in part)
                text = " ".join(one.text for one in part)
                result.append(Token(text, lemma, token.start, part[-1].end, meaning=meaning, is_word=True))
                at += length
                break
        else:
            if token.is_word and token.number is None:
                token.meaning = lexicon.word(token.lemma)
            result.append(token)
            at += 1
    return result
