"""What kind of rule a sentence states, and what it decides about."""

from __future__ import annotations

import re
from functools import cache

from aicensus.model.rules import RuleKind
from aicensus.rules.blocks import vocabulary
from aicensus.rules.form import Form
from aicensus.rules.lexicon import Lexicon
from aicensus.rules.limits import BUDGETS, limits
from aicensus.rules.words import tokens

_LONGEST_SUBJECT = 3


def kind_of(text: str, lexicon: Lexicon, language: str, *, forbidden: bool, order: bool) -> RuleKind:
    """The kind that fits best. `order`: it tells the reader to do something; `forbidden`: it stands under a lead that forbids."""
    single = tokens(text, lexicon)
    bounds = limits(single, lexicon)
    if any(bound.dimension in BUDGETS for bound in bounds):
        return "format"
    lower = text.lower()
    if not bounds and _words("tone").search(lower):
        return "tone"
    if not bounds and _words("format").search(lower):
        return "format"
    if any(bound.dimension != "times" and not bound.dimension.startswith("count") for bound in bounds):
        return "threshold"
    spoken = [token.text for token in single]
    phrases = {tuple(spoken[i : i + size]) for size in (1, 2, 3) for i in range(len(spoken) - size + 1)}
    modal = lexicon.modality[language]
    if forbidden or not modal["prohibition"].isdisjoint(phrases):
        return "prohibition"
    if not order and _words("eligibility").search(lower):
        return "eligibility"
    return "permission" if not modal["permission"].isdisjoint(phrases) else "obligation"


def subject_of(form: Form) -> str:
    """One to three words for what the rule decides about."""
    words = " ".join(item.lemma for item in form.objects or form.items[:2]).split()
    return " ".join(words[-_LONGEST_SUBJECT:])


@cache
def _words(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(re.escape(word) for word in vocabulary().words[name])})\b")
