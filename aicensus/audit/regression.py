"""REG: changes of models and prompts that no evaluation and no owner has looked at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from aicensus.audit.context import Context
from aicensus.audit.rule import Hit, Rule, at_point, count
from aicensus.census.diff import UNKNOWN
from aicensus.census.roster import Roster, email_of
from aicensus.model.census import TEXT_KINDS, Evaluation, Evidence, Point
from aicensus.model.changes import Change, PointPair
from aicensus.model.finding import Severity
from aicensus.model.since import Commit, Since

_NAMED = 3
_HANDLE = re.compile(r"(?:\d+\+)?([\w-]+)@users\.noreply\.github\.com")
"""Address that a code host makes of an account."""


class _Changed(NamedTuple):
    """A point of which the change that is judged alters the model or the prompt."""

    point: Point
    changes: tuple[Change, ...]
    """Of the model and the prompts."""
    purposes: tuple[Point, ...]
    """The points that it alters: itself, or those that ask through it and are altered alike."""


def _changed(context: Context, since: Since) -> Iterator[_Changed]:
    """Points that count. A use of which only its gateway's model changes is counted at the gateway: the cause stands there."""
    counted = {(point.repo, point.id) for point in context.points}
    pairs = {(pair.new.repo, pair.new.id): pair for pair in since.diff.points if (pair.new.repo, pair.new.id) in counted}
    for pair in pairs.values():
        gateways = [pairs[key] for one in context.graph.gateways_of(pair.new) if (key := (one.repo, one.id)) in pairs]
        changes = tuple(one for one in _told(pair) if not any(one in _told(other) for other in gateways))
        if changes:
            uses = [use for use in context.graph.uses_of(pair.new) if pair.new.role == "gateway"]
            yield _Changed(pair.new, changes, (pair.new, *uses))


def _told(pair: PointPair) -> tuple[Change, ...]:
    return tuple(one for one in pair.changes if one.what in ("model", "prompt"))


def unevaluated(context: Context) -> Iterator[Hit]:
    since = context.since
    if since is None:
        return
    for changed in _changed(context, since):
        evaluations = {(row.path, row.line): row for point in changed.purposes for row in context.evaluations_of(point)}
        if any(_touched(row, since) for row in evaluations.values()):
            continue
        yield _unevaluated(context, changed, tuple(evaluations.values()))


def _touched(evaluation: Evaluation, since: Since) -> bool:
    return not since.touched.isdisjoint((evaluation.path, *evaluation.files))


def _unevaluated(context: Context, changed: _Changed, evaluations: Sequence[Evaluation]) -> Hit:
    """An error where an evaluation could have been run, else milder; so is a model that is not known on either side."""
    point = changed.point
    through = f" (for {count(len(changed.purposes) - 1, 'purpose')})" if len(changed.purposes) > 1 else ""
    message = f"{_what(changed)} of `{point.symbol}`{through} changed{_from_to(changed)}, and "
    judging = [row for row in evaluations if row.kind == "evaluation"]
    if evaluations:
        names = _listed(row.path for row in judging or evaluations)
        message += f"no {'evaluation' if judging else 'test'} of it did: {names}"
        fix = f"run {names} on the change, and commit its cases or results with it"
    else:
        message += "no evaluation or test names it"
        fix = f"add a test or an evaluation that names {_subject(context, point)}, and commit it with the change"
    unsure = all(one.what == "model" and UNKNOWN in (one.old, one.new) for one in changed.changes)
    hit = at_point(
        point,
        message,
        next=fix,
        key=_key(changed),
        evidence=tuple(Evidence(path=row.path, line=row.line, what=f"{row.tool} {row.name}".strip()) for row in evaluations),
        confidence="likely" if unsure else "certain",
        milder=int(not judging) + int(unsure),
    )
    return _at_prompt(context, hit, changed)


def _key(changed: _Changed) -> tuple[str, ...]:
    """What it is now: another change of the same point is another finding."""
    return tuple(f"{one.what} {one.name} {one.new}" for one in changed.changes)


def _what(changed: _Changed) -> str:
    kinds = [what for what in ("model", "prompt") if any(one.what == what for one in changed.changes)]
    return f"the {' and the '.join(kinds)}"


def _from_to(changed: _Changed) -> str:
    return next((f" from {one.old} to {one.new}" for one in changed.changes if one.what == "model"), "")


def _subject(context: Context, point: Point) -> str:
    named = next((prompt.name or prompt.path for prompt in context.prompts_of(point) if prompt.kind != "inline"), "")
    return f"`{named}`" if named else f"`{point.symbol}`"


def _listed(names: Iterable[str]) -> str:
    found = list(dict.fromkeys(names))
    more = f" and {count(len(found) - _NAMED, 'other')}" if len(found) > _NAMED else ""
    return ", ".join(found[:_NAMED]) + more


def _at_prompt(context: Context, hit: Hit, changed: _Changed) -> Hit:
    """The hit at the prompt where only that changed: its author is shown the line."""
    names = {one.name for one in changed.changes if one.what == "prompt" and one.new}
    prompt = next((one for one in context.prompts_of(changed.point) if one.id in names), None)
    if prompt is None or any(one.what == "model" for one in changed.changes):
        return hit
    return hit._replace(path=prompt.path, line=prompt.line)


def untested(context: Context) -> Iterator[Hit]:
    for point in context.purposes:
        asks_in_words = point.kind in TEXT_KINDS and point.prompt != "none"
        if asks_in_words and context.declared_consequential(point) and not context.evaluations_of(point):
            message = f"`{point.symbol}` decides something of consequence, and no evaluation or test names it or its prompt"
            yield at_point(point, message, next=f"add a test or an evaluation that names {_subject(context, point)}")


def unpinned(context: Context) -> Iterator[Hit]:
    counted = {(point.repo, point.id): point for point in context.points}
    for prompt in context.census.prompts:
        points = tuple(counted[prompt.repo, name] for name in prompt.used_by if (prompt.repo, name) in counted)
        if prompt.kind == "remote" and not prompt.version and points:
            yield at_point(
                points[0],
                f"`{points[0].symbol}` takes its prompt `{prompt.name}` from elsewhere, in whatever version is there when it runs",
                next="name the version at the call, or keep the text in the repository",
                key=(prompt.id,),
                evidence=(Evidence(path=prompt.path, line=prompt.line, what=f"prompt {prompt.name}"),),
            )._replace(points=points, path=prompt.path, line=prompt.line)


def unreviewed(context: Context) -> Iterator[Hit]:
    since = context.since
    if since is None:
        return
    recorded = any(commit.reviewers for commit in since.commits)
    for changed in _changed(context, since):
        point, commits = changed.point, _commits_of(context, changed, since)
        owner = point.ownership.person or point.ownership.owner
        if not owner or not commits or _seen_by_owner(context.roster(point.repo), point, commits, since):
            continue
        yield at_point(
            point,
            f"{_what(changed)} of `{point.symbol}` changed{_from_to(changed)}, and its owner {owner} is neither author nor reviewer of "
            + _listed(commit.id[:12] for commit in commits),
            next=f"let {owner} look at it, and say so in a commit of the change: `Reviewed-by: {owner}`",
            key=_key(changed),
            milder=0 if recorded else 1,
        )


def _commits_of(context: Context, changed: _Changed, since: Since) -> list[Commit]:
    """Commits of the change that touch the point's file or one of its prompts."""
    paths = {changed.point.path, *(prompt.path for prompt in context.prompts_of(changed.point))}
    return [commit for commit in since.commits if not paths.isdisjoint(commit.paths)]


def _seen_by_owner(roster: Roster, point: Point, commits: Iterable[Commit], since: Since) -> bool:
    """Whether somebody who answers for the point wrote these commits, or reviewed one of the change."""
    owners = [name for name in (point.ownership.person, point.ownership.owner, point.ownership.team) if name]

    def answers(who: str) -> bool:
        return any(_is(roster, who, owner) for owner in owners)

    return any(answers(who) for commit in since.commits for who in commit.reviewers) or all(answers(commit.author) for commit in commits)


def _is(roster: Roster, who: str, owner: str) -> bool:
    """Whether somebody is the owner, or belongs to the team that is."""
    handle = _HANDLE.fullmatch(email_of(who))
    names = [who, email_of(who), *([f"@{handle[1]}"] if handle else ())]
    team = roster.find(owner)
    own = {owner.casefold(), (roster.person(owner) or owner).casefold()}
    known = {one.casefold() for name in names if name for one in (name, roster.person(name) or "") if one}
    return bool(own & known) or bool(team and any(team.key in roster.teams_of(name) for name in names))


RULES = (
    Rule(
        code="REG001",
        name="changed-without-evaluation",
        severity=Severity.ERROR,
        check=unevaluated,
        what="The model or a prompt of a point changed, and no evaluation or test of it was touched or ran.",
        why="A prompt is written for one model: what was tested is no longer what answers.",
        fix="Run the evaluations on the change, and commit their cases or results with it.",
        standards=("ISO 42001 A.6.2.4", "NIST AI RMF MEASURE 2.3"),
    ),
    Rule(
        code="REG002",
        name="consequential-prompt-untested",
        severity=Severity.NOTE,
        check=untested,
        what="No evaluation or test names a point that decides something of consequence, nor its prompt.",
        why="Nobody would notice that its decisions change.",
        fix="Add an evaluation (promptfoo, deepeval) or a test that names the prompt, its file or the function.",
        standards=("ISO 42001 A.6.2.4",),
    ),
    Rule(
        code="REG003",
        name="unpinned-prompt",
        severity=Severity.WARNING,
        check=unpinned,
        what="A prompt is kept outside the repository, and no version of it is named.",
        why="Whoever may edit it there changes the program without a commit, a review or a test.",
        fix="Name the version at the call, or keep the text in the repository.",
    ),
    Rule(
        code="REG004",
        name="changed-without-owner",
        severity=Severity.WARNING,
        check=unreviewed,
        what="A change alters the model or a prompt of a point, and its owner is neither author nor reviewer of the commits.",
        why="Who answers for a point has to know what it asks.",
        fix="Let the owner look at it, and record that in a trailer of a commit: `Reviewed-by:`, `Acked-by:` or `Approved-by:`.",
    ),
)
