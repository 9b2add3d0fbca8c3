"""The rules, pairs and subjects of an audit as records, so that reports need nothing but its result."""

from __future__ import annotations

from collections.abc import Mapping

from aicensus.analysis.decisions import Subject, parties
from aicensus.analysis.precedence import Ranking
from aicensus.analysis.rulebook import Statement
from aicensus.audit.context import Context
from aicensus.model.rulebook import ComparedRules, DecidedSubject, DecidingPoint, RulesInPrompts, StatedRule

_SHOWN = frozenset(
    {"duplicate (equivalent)", "contradiction", "threshold conflict", "stricter", "conditional conflict", "tension"},
)

Places = Mapping[int, int]
"""Statements, by `id`, to their places in the list of rules."""


def rules_in_prompts(context: Context) -> RulesInPrompts:
    book = context.rulebook
    places = {id(one): place for place, one in enumerate(book.statements)}
    return RulesInPrompts(
        rules=tuple(map(_stated, book.statements)),
        pairs=tuple(
            ComparedRules(first=places[id(pair.first)], second=places[id(pair.second)], verdict=pair.verdict)
            for pair in book.pairs
            if pair.verdict.verdict in _SHOWN
        ),
        subjects=tuple(_decided(context, ranking, places) for ranking in context.rankings.values()),
        skipped=book.skipped,
        unanalysed=tuple((prompt.repo, prompt.id, language) for prompt, language in book.unanalysed),
    )


def _stated(one: Statement) -> StatedRule:
    return StatedRule(
        repo=one.prompt.repo,
        path=one.prompt.path,
        line=one.line,
        prompt=one.prompt.id,
        owners=one.owners,
        points=tuple(point.id for point in one.points),
        subjects=one.subjects,
        rule=one.rule,
    )


def _decided(context: Context, ranking: Ranking, places: Places) -> DecidedSubject:
    subject = ranking.subject
    numbers = {decider.key: number for number, decider in enumerate(subject.deciders)}
    said = [one.precedence for one in ranking.declared]
    tie = next((one.tie for one in said if one.tie), None)
    arbiter = next((one.arbiter for one in said if one.arbiter), "")
    sides = parties(subject, context.rulebook)
    settled = bool(tie or arbiter or ranking.circle)
    return DecidedSubject(
        name=subject.name,
        points=_deciding(subject, places),
        wins=tuple((a, b) for one, a in numbers.items() for other, b in numbers.items() if one != other and ranking.wins(one, other)),
        unsettled=() if settled else tuple((numbers[one.key], numbers[other.key]) for one, other in ranking.undecided(sides)),
        needed=0 if settled else ranking.needed(sides),
        circular=bool(ranking.circle),
        tie=tie or "",
        arbiter=arbiter,
        fallback=next((one.fallback for one in said if one.fallback), ""),
    )


def _deciding(subject: Subject, places: Places) -> tuple[DecidingPoint, ...]:
    return tuple(
        DecidingPoint(
            repo=decider.point.repo,
            point=decider.point.id,
            owner=decider.point.ownership.owner or "",
            declared=decider.declared,
            rules=tuple(places[id(one)] for one in decider.rules),
        )
        for decider in subject.deciders
    )
