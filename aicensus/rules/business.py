"""Which rules are of the business, and which only say how to answer."""

from __future__ import annotations

import re

_MODAL = re.compile(
    r"\b(?:must|shall|should|never|always|do not|don't|don’t|cannot|can't|can not|may|only|required?|allowed|permitted|eligible|ineligible"
    r"|prohibited|forbidden|entitled|unless|needs? to|ensure|make sure|without|at least|at most|no more than|up to|maximum|minimum)\b",
    re.I,
)
_AMOUNT = re.compile(
    r"[$€£¥]\s?\d|\d\s?(?:%|percent|usd|eur|gbp|dollars?|euros?|days?|hours?|weeks?|months?|years?|minutes?|business days?)\b", re.I
)
_BUSINESS_VERB = re.compile(
    r"(?:^|,\s+)(?:please\s+)?(?:offer|approve|refuse|reject|deny|decline|escalate|refund|grant|issue|charge|cancel|waive|promise|disclose|share|reveal"
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


def of_business(sentence: str) -> bool:
    """Whether a sentence obliges, forbids, permits or limits something of the business.

    Persona, format and length of the answer are no business rules: every prompt has them, and equal ones mean nothing.
    """
    text = re.sub(r"\{[^{}]*\}", " ", sentence)
    if len(re.findall(r"[^\W\d_]{2,}", text)) < _FEWEST_WORDS or _PERSONA.match(text.strip()) or _FORMAT.search(text):
        return False
    return bool(_MODAL.search(text) or _AMOUNT.search(text) or _BUSINESS_VERB.search(text.strip()))
