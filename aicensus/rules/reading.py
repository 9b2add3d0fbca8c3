"""A prompt read for rules: each sentence that states one, in normal form."""

from __future__ import annotations

from typing import NamedTuple

from aicensus.model.rules import PromptRule, RuleLimit
from aicensus.rules.extract import ANALYSED, Found, extract, language_of
from aicensus.rules.form import Form, form_of
from aicensus.rules.lexicon import Lexicon

LANGUAGES = {"it": "Italian", "pt": "Portuguese", "nl": "Dutch", "?": "another script"}
"""Languages that are told apart and not analysed."""


class Reading(NamedTuple):
    rules: tuple[PromptRule, ...]
    language: str
    """`en`, `de`, `es`, `fr`; any other one is not analysed, and `rules` is empty."""

    @property
    def analysed(self) -> bool:
        return self.language in ANALYSED


def read(text: str, lexicon: Lexicon) -> Reading:
    """The rules of a prompt in order. English is analysed in full; German, Spanish and French for modality, negation, limits and units."""
    language = language_of(text, lexicon)
    rules = (rule_of(found, form_of_found(found, lexicon), text) for found in extract(text, lexicon))
    return Reading(tuple(rules), language)


def form_of_found(found: Found, lexicon: Lexicon) -> Form:
    return form_of(found.text, lexicon, forbidden=found.forbidden)


def form_of_rule(rule: PromptRule, lexicon: Lexicon) -> Form:
    return form_of(rule.text, lexicon, forbidden=bool(rule.forbidden_by))


def rule_of(found: Found, form: Form, text: str) -> PromptRule:
    bearer = next((item.role for item in form.items if item.role and item.subject and item.clause == "main"), "")
    return PromptRule(
        text=found.text,
        start=found.start,
        end=found.end,
        line=text.count("\n", 0, found.start) + 1,
        kind=found.kind,
        subject=found.subject,
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
