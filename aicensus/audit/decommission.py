"""DEC: what should be switched off. Evidence is weighed; without run-time evidence the verdict is never more than `investigate`."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from aicensus.audit.context import Context
from aicensus.audit.rule import Hit, Rule, at_point, count
from aicensus.model.census import Point
from aicensus.model.finding import Severity

INVESTIGATE = 3
_IMMINENT_DAYS = 90
_RECENT_DAYS = 90
_OLD_DAYS = 365


class Signal(NamedTuple):
    family: str
    what: str
    weight: int
    """Positive favours removal."""


def signals(point: Point, context: Context) -> list[Signal]:
    """What code, manifest, model facts and git history say for and against keeping a point."""
    found = (_reach(point), _model(point, context), _sunset(point, context), _ownership(point, context), _successor(point, context))
    against = (_fallback(point, context), _recent(point, context))
    return [signal for signal in (*found, *against) if signal]


def _reach(point: Point) -> Signal | None:
    if point.reach == "unreachable":
        return Signal("reach", "no entry point reaches it", 3)
    return Signal("reach", "only tests reach it", 2) if point.reach == "test-only" else None


def _model(point: Point, context: Context) -> Signal | None:
    fact = context.fact(point, point.model.id) if point.model.id else None
    if not fact or not fact.retires:
        return None
    if fact.retires <= context.as_of:
        return Signal("model", f"its model retired on {fact.retires}, so calls must fail", 3)
    return Signal("model", f"its model retires on {fact.retires}", 1) if context.days_until(fact.retires) <= _IMMINENT_DAYS else None


def _sunset(point: Point, context: Context) -> Signal | None:
    sunset = context.claim(point).sunset
    return Signal("purpose", f"its sunset was {sunset}", 2) if sunset and sunset < context.as_of else None


def _ownership(point: Point, context: Context) -> Signal | None:
    if not point.ownership.owner:
        return Signal("ownership", "nobody owns it", 1)
    if _days_unchanged(point, context) > _OLD_DAYS:
        return Signal("ownership", f"nobody has changed it since {point.changed}", 1)
    return None


def _successor(point: Point, context: Context) -> Signal | None:
    successor = context.claim(point).replaced_by
    alive = successor and any(other.id == successor and other.reach != "unreachable" for other in context.points)
    return Signal("supersession", f"`{successor}` replaces it", 2) if alive else None


def _fallback(point: Point, context: Context) -> Signal | None:
    role = context.claim(point).fallback_role
    return Signal("role", f"declared as {role}", -5) if role else None


def _recent(point: Point, context: Context) -> Signal | None:
    if point.changed and 0 <= _days_unchanged(point, context) < _RECENT_DAYS:
        return Signal("recency", f"changed on {point.changed}", -3)
    return None


def _days_unchanged(point: Point, context: Context) -> int:
    return -context.days_until(datetime.date.fromisoformat(point.changed)) if point.changed else 0


def investigate(context: Context) -> Iterator[Hit]:
    for point in context.purposes:
        found = signals(point, context)
        score = sum(signal.weight for signal in found)
        if score < INVESTIGATE:
            continue
        evidence = "; ".join(f"{signal.what} ({signal.weight:+d})" for signal in found)
        families = len({signal.family for signal in found if signal.weight > 0})
        message = f"`{point.symbol}` may be no longer needed: score {score} from {count(families, 'kind')} of evidence: {evidence}"
        fix = f"find out whether it is still called; then {_removal(point, context)}, or declare `fallback_role` if it must stay"
        yield at_point(point, message, next=fix, confidence="likely")


def past_sunset(context: Context) -> Iterator[Hit]:
    for point in context.points:
        claim = context.claim(point)
        if claim.sunset and claim.sunset < context.as_of:
            successor = f"; `{claim.replaced_by}` takes over" if claim.replaced_by else ""
            message = f"`{point.symbol}` should have been gone after {claim.sunset} and is still in the code{successor}"
            yield at_point(point, message, next=f"{_removal(point, context)}, or move the sunset in aicensus.yaml")


def _removal(point: Point, context: Context) -> str:
    """What goes with the point, in the order to remove it."""
    graph = context.graph
    own = [prompt for prompt in graph.prompts_of(point) if set(prompt.used_by) == {point.id}]
    callers = len(point.route) - 1 if len(point.route) > 1 else 0
    parts = [f"{count(callers, 'caller')} on its way" if callers else "", point.symbol, count(len(own), "prompt") if own else ""]
    state = len(graph.state_of(point))
    review = f", and look at {count(state, 'place')} of state that it touches" if state else ""
    return f"remove {', '.join(filter(None, parts))}{review}"


RULES = (
    Rule(
        code="DEC002",
        name="decommission-investigate",
        severity=Severity.NOTE,
        check=investigate,
        what=f"Evidence from code, manifest, model facts and git history adds up to {INVESTIGATE} or more.",
        why="Points are added one at a time and never removed. Static evidence proves nothing: this asks for a look, not for a removal.",
        fix="Find out whether it is called. Remove it with its prompts, keys and state, or declare `fallback_role`.",
        standards=("NIST AI RMF GOVERN 1.7", "NIST AI RMF MANAGE 2.4"),
    ),
    Rule(
        code="DEC003",
        name="past-sunset",
        severity=Severity.WARNING,
        check=past_sunset,
        what="The sunset that the manifest declares has passed, and the point is still there.",
        why="Somebody decided that it ends, and it did not.",
        fix="Remove it, or decide again and move the date.",
        standards=("NIST AI RMF GOVERN 1.7",),
    ),
)
