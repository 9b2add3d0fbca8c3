"""A prompt read for rules: each sentence that states one, in normal form."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from aicensus.model.rules import PromptRule, RuleLimit
from aicensus.rules.extract import ANALYSED, Found, extract, is_order, language_of
from aicensus.rules.form import Form, form_of
from aicensus.rules.kinds import kind_of, subject_of
from aicensus.rules.lexicon import Lexicon


class Reading(NamedTuple):
    rules: tuple[PromptRule, ...]
    forms: tuple[Form, ...]
    """Of each rule, to compare it by."""
    language: str
    """`en`, `de`, `es`, `fr`; any other one is not analysed, and `rules` is empty."""

    @property
    def analysed(self) -> bool:
        return self.language in ANALYSED


def read(text: str, lexicon: Lexicon, wanted: Callable[[str], bool] | None = None) -> Reading:
    """The rules of a prompt in order, of those sentences that are `wanted`.

    English is analysed in full; German, Spanish and French for modality, negation, limits and units.
    """
    language = language_of(text, lexicon)
    found = extract(text, lexicon, language, wanted)
    forms = tuple(form_of(one.text, lexicon, forbidden=one.forbidden) for one in found)
    rules = tuple(rule_of(one, form, text, lexicon) for one, form in zip(found, forms, strict=True))
    return Reading(rules, forms, language)


def rule_of(found: Found, form: Form, text: str, lexicon: Lexicon) -> PromptRule:
    bearer = next((item.role for item in form.items if item.role and item.subject and item.clause == "main"), "")
    return PromptRule(
        text=found.text,
        start=found.start,
        end=found.end,
        line=text.count("\n", 0, found.start) + 1,
        kind=kind_of(found.text, lexicon, found.language, forbidden=found.forbidden, order=is_order(found.text, lexicon)),
        subject=subject_of(form),
        modality=form.modality,
        action=form.head.lemma if form.head else "",
        object=" ".join(item.lemma for item in form.objects),
        bearer=bearer,
        conditions=tuple(item.lemma for item in form.of("condition", "gate")),
        exceptions=tuple(item.lemma for item in form.of("exception")),
        limits=tuple(
            RuleLimit(operator=one.operator, value=round(one.value, 6), dimension=one.dimension, role=one.role, text=one.text)
            for one in form.limits
        ),
        strength="default" if form.default else "absolute" if form.universal else "plain",
        forbidden_by=found.lead,
        placeholders=form.holes,
        language=found.language,
    )
