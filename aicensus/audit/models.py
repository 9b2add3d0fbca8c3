"""MOD: models that are gone, going, implicit or written into the call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from aicensus.audit.context import Context
from aicensus.audit.rule import Hit, Rule, at_point, count
from aicensus.catalog.schema import ModelFact
from aicensus.model.census import Confidence, Point
from aicensus.model.finding import Severity

SOON_DAYS = 90
OLD_FACTS_DAYS = 90


class _Asked(NamedTuple):
    """A model that a point asks, or may ask."""

    point: Point
    model: str
    fact: ModelFact
    sure: bool
    """False when it is one of several, or the environment may say otherwise."""
    uses: int
    """Purposes that reach the model through this point."""


def _asked(context: Context) -> Iterator[_Asked]:
    """Models with known facts, by point. A use that asks what its gateway asks is counted at the gateway: the cause stands there."""
    for point in context.points:
        inherited = {model for gateway in context.graph.gateways_of(point) for model in _models(gateway)}
        for model in _models(point):
            fact = context.fact(point, model)
            if fact is None or model in inherited:
                continue
            uses = len(context.graph.uses_of(point)) if point.role == "gateway" else 0
            sure = point.model.id == model and point.model.source not in {"env", "unknown"}
            yield _Asked(point, model, fact, sure, uses)


def _models(point: Point) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (point.model.id, *point.model.candidates))))


def _subject(asked: _Asked) -> str:
    verb = "asks" if asked.sure else "may ask"
    uses = f" (for {count(asked.uses, 'purpose')})" if asked.uses else ""
    return f"`{asked.point.symbol}` {verb} {asked.point.provider} for {asked.model}{uses}"


def _confidence(asked: _Asked) -> Confidence:
    return "certain" if asked.sure else "likely"


def _source(context: Context, fact: ModelFact) -> str:
    """Where the date comes from (of several sources the last, nearest to the vendor), and whether that is old."""
    source = fact.source.rpartition(";")[2].strip()
    if not fact.as_of:
        return f" [{source}]"
    age = -context.days_until(fact.as_of)
    old = f", {age} days old: check again" if age > OLD_FACTS_DAYS else ""
    return f" [{source}, as of {fact.as_of}{old}]"


def _change(fact: ModelFact) -> str:
    return f"change to {fact.replacement}" if fact.replacement else "choose a model that stays"


def retired(context: Context) -> Iterator[Hit]:
    for asked in _asked(context):
        day = asked.fact.retires
        if day and day <= context.as_of:
            message = f"{_subject(asked)}, retired on {day}{_source(context, asked.fact)}"
            fix = f"{_change(asked.fact)} and run the evaluations of `{asked.point.symbol}`"
            yield at_point(asked.point, message, next=fix, key=(asked.model,), confidence=_confidence(asked), milder=0 if asked.sure else 1)


def retires_soon(context: Context) -> Iterator[Hit]:
    for asked in _asked(context):
        fact = asked.fact
        if fact.retires and fact.retires <= context.as_of:
            continue
        if fact.retires and context.days_until(fact.retires) <= SOON_DAYS:
            event = f"retires on {fact.retires}, in {count(context.days_until(fact.retires), 'day')}"
        elif fact.reroutes and fact.reroutes <= context.as_of:
            event = f"has been answered by another model{f' ({fact.replacement})' if fact.replacement else ''} since {fact.reroutes}"
        elif fact.reroutes and context.days_until(fact.reroutes) <= SOON_DAYS:
            event = f"is answered by another model from {fact.reroutes} on, in {count(context.days_until(fact.reroutes), 'day')}"
        else:
            continue
        message = f"{_subject(asked)}, which {event}{_source(context, fact)}"
        fix = f"{_change(fact)} before that day and run the evaluations of `{asked.point.symbol}`"
        yield at_point(asked.point, message, next=fix, key=(asked.model,), confidence=_confidence(asked))


def implicit_default(context: Context) -> Iterator[Hit]:
    for point in context.points:
        if point.model.source != "default" or any(gateway.model.source == "default" for gateway in context.graph.gateways_of(point)):
            continue
        model = point.model.id
        fact = context.fact(point, model) if model else None
        ends = f", which retires on {fact.retires}{_source(context, fact)}" if fact and fact.retires else ""
        if fact and fact.retires and fact.retires <= context.as_of:
            ends = f", retired on {fact.retires}{_source(context, fact)}"
        named = f"the default of {point.sdk} ({model})" if model else f"the default of {point.sdk}"
        message = f"`{point.symbol}` names no model and gets {named}{ends}"
        yield at_point(point, message, next=f"name the model at `{point.call}`, best from configuration")


def hard_coded(context: Context) -> Iterator[Hit]:
    for point in context.points:
        if point.role != "config" and point.model.hard_coded and point.model.id:
            message = f"`{point.symbol}` has the model {point.model.id} written into the call"
            yield at_point(point, message, next="read the model from configuration or one constant, so that a retirement is one edit")


RULES = (
    Rule(
        code="MOD001",
        name="retired-model",
        severity=Severity.ERROR,
        check=retired,
        what="A point asks for a model that its provider has retired.",
        why="The call fails, or another model answers under the old name.",
        fix="Change to the replacement and evaluate the prompt again: it was written for another model.",
        standards=("NIST AI RMF GOVERN 1.7",),
    ),
    Rule(
        code="MOD002",
        name="model-retires-soon",
        severity=Severity.WARNING,
        check=retires_soon,
        what="A point asks for a model that retires within 90 days, or is answered by another model now or within 90 days.",
        why="Changing a model takes evaluation, and the date does not move.",
        fix="Plan the change, evaluate the prompt with the replacement, then switch.",
    ),
    Rule(
        code="MOD003",
        name="implicit-model",
        severity=Severity.WARNING,
        check=implicit_default,
        what="A point names no model and takes the default of its SDK.",
        why="An upgrade of a library changes the model, and nobody decided it.",
        fix="Name the model, best in configuration.",
    ),
    Rule(
        code="MOD006",
        name="hard-coded-model",
        severity=Severity.NOTE,
        check=hard_coded,
        what="The model id is a literal in the call itself.",
        why="Every retirement is an edit at every call.",
        fix="Read the model from configuration or from one constant.",
    ),
)
