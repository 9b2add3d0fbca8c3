"""The rules that prompts state, as the page shows them: a table, the conflicts side by side, and who decides what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from aicensus.model.finding import AuditResult
from aicensus.model.rulebook import ComparedRules, DecidedSubject, StatedRule
from aicensus.report.overview import NO_OWNER
from aicensus.report.rules_table import MODALITY
from aicensus.rules.differences import Piece, differences

CONFLICTS = ("contradiction", "threshold conflict", "conditional conflict", "tension")
_WEIGHT = {name: rank for rank, name in enumerate((*CONFLICTS, "stricter", "duplicate (equivalent)"))}
MOST_PAIRS = 200
"""Conflicts that the page shows side by side."""
_WORD = re.compile(r"\s+")

Key = tuple[str, str]


class RuleRow(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as a row of the table; `at` is its place in the list, `conflicts` counts the conflicts that it takes part in."""

    at: int
    rule: StatedRule
    text: str
    owner: str
    modality: str
    cards: tuple[int, ...]
    """Cards of the points whose prompt states it."""
    conflicts: int


class PairView(msgspec.Struct, frozen=True, kw_only=True):
    """Two rules side by side, each as pieces of which some stand in one side only."""

    verdict: str
    confidence: str
    why: tuple[str, ...]
    interval: str
    resolve: str
    sides: tuple[tuple[RuleRow, tuple[Piece, ...]], tuple[RuleRow, tuple[Piece, ...]]]


class DecidingView(msgspec.Struct, frozen=True, kw_only=True):
    """A point that decides a subject: its id, whose it is, its card, and how that is known."""

    repo: str
    point: str
    owner: str
    card: int | None
    declared: bool
    rules: int


class SubjectView(msgspec.Struct, frozen=True, kw_only=True):
    """A decision subject with its points and what is said about who wins."""

    subject: DecidedSubject
    points: tuple[DecidingView, ...]
    wins: tuple[tuple[DecidingView, DecidingView], ...]
    unsettled: tuple[tuple[DecidingView, DecidingView], ...]


class RulesView(msgspec.Struct, frozen=True, kw_only=True):
    rows: tuple[RuleRow, ...]
    pairs: tuple[PairView, ...]
    more_pairs: int
    """Conflicts that are left out."""
    subjects: tuple[SubjectView, ...]
    """Those that several points decide, or that somebody declared; undecided ones first."""
    options: dict[str, list[str]]
    """What each filter offers."""


def rules_view(result: AuditResult, positions: Mapping[Key, int]) -> RulesView | None:
    """Return what the page shows of rules; None where prompts state none and nobody declared who decides. `positions` are the cards."""
    found = result.rules_in_prompts
    rows = _rows(result, positions)
    subjects = sorted(filter(_tells, found.subjects), key=lambda one: (not one.circular, not one.unsettled, one.name))
    if not rows and not subjects:
        return None
    conflicts = sorted((pair for pair in found.pairs if pair.verdict.verdict in CONFLICTS), key=lambda pair: _WEIGHT[pair.verdict.verdict])
    return RulesView(
        rows=rows,
        pairs=tuple(_pair(pair, rows) for pair in conflicts[:MOST_PAIRS]),
        more_pairs=max(len(conflicts) - MOST_PAIRS, 0),
        subjects=tuple(_subject(one, positions) for one in subjects),
        options=_options(rows),
    )


def _tells(subject: DecidedSubject) -> bool:
    return len(subject.points) > 1 or subject.circular or bool(subject.tie or subject.arbiter or subject.fallback)


def _rows(result: AuditResult, positions: Mapping[Key, int]) -> tuple[RuleRow, ...]:
    found = result.rules_in_prompts
    taking_part = [place for pair in found.pairs if pair.verdict.verdict in CONFLICTS for place in (pair.first, pair.second)]
    return tuple(
        RuleRow(
            at=at,
            rule=one,
            text=_WORD.sub(" ", one.rule.text).strip(),
            owner=", ".join(one.owners) or NO_OWNER,
            modality=MODALITY[one.rule.modality],
            cards=tuple(positions[one.repo, point] for point in one.points if (one.repo, point) in positions),
            conflicts=taking_part.count(at),
        )
        for at, one in enumerate(found.rules)
    )


def _pair(pair: ComparedRules, rows: tuple[RuleRow, ...]) -> PairView:
    first, second = rows[pair.first], rows[pair.second]
    pieces = tuple(differences(first.text, second.text))
    return PairView(
        verdict=pair.verdict.verdict,
        confidence=pair.verdict.confidence,
        why=pair.verdict.why,
        interval=pair.verdict.interval,
        resolve=pair.verdict.resolve,
        sides=((first, _side(pieces, "first")), (second, _side(pieces, "second"))),
    )


def _side(pieces: Iterable[Piece], side: Literal["first", "second"]) -> tuple[Piece, ...]:
    """The pieces of one side; those that stand in it alone are one where only white space lies between them."""
    made: list[Piece] = []
    for piece in pieces:
        if piece.where not in ("both", side):
            continue
        gap = len(made) > 1 and piece.where == made[-2].where == side and not made[-1].text.strip()
        if gap:
            made[-2:] = [Piece(side, made[-2].text + made[-1].text + piece.text)]
        else:
            made.append(piece)
    return tuple(made)


def _subject(subject: DecidedSubject, positions: Mapping[Key, int]) -> SubjectView:
    points = tuple(
        DecidingView(
            repo=one.repo,
            point=one.point,
            owner=one.owner or NO_OWNER,
            card=positions.get((one.repo, one.point)),
            declared=one.declared,
            rules=len(one.rules),
        )
        for one in subject.points
    )
    return SubjectView(
        subject=subject,
        points=points,
        wins=tuple((points[winner], points[loser]) for winner, loser in subject.wins),
        unsettled=tuple((points[one], points[other]) for one, other in subject.unsettled),
    )


def _options(rows: tuple[RuleRow, ...]) -> dict[str, list[str]]:
    return {
        "owner": sorted({row.owner for row in rows}, key=lambda owner: (owner == NO_OWNER, owner)),
        "kind": sorted({str(row.rule.rule.kind) for row in rows}),
        "subject": sorted({name for row in rows for name in row.rule.subjects}),
        "conflict": ["conflicting"] if any(row.conflicts for row in rows) else [],
    }
