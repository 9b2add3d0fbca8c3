"""REG: changes of models and prompts that no evaluation and no owner has looked at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from aicensus.audit.context import Context
from aicensus.audit.rule import Hit, Rule, at_point, count, whom_to_ask
from aicensus.census.diff import UNKNOWN
from aicensus.census.roster import Roster, email_of
from aicensus.model.census import TEXT_KINDS, Evaluation, Evidence, Point
from aicensus.model.changes import Change
from aicensus.model.finding import Severity
from aicensus.model.since import Commit, Since

_NAMED = 3
_HANDLE = re.compile(r"(?:\d+\+)?([\w-]+)@users\.noreply\.github\.com")
"""Address that a code host makes of an account."""


class _Altered(NamedTuple):
    """One change of a model or prompt, and the points of which it is one."""

    change: Change
    points: tuple[Point, ...]
    """Where it is seen. A use that is given it by its gateway is not among them: the cause stands there."""
    purposes: tuple[Point, ...]
    """All that it alters: these points, and those that ask through the gateways among them."""


def _altered(context: Context, since: Since) -> Iterator[_Altered]:
    """Changes of points that count, in the order of the first point of each."""
    counted = {(point.repo, point.id): point for point in context.points}
    groups: dict[tuple[str, ...], list[tuple[Change, Point]]] = {}
    for pair in since.diff.points:
        point = counted.get((pair.new.repo, pair.new.id))
        for change in pair.changes if point else ():
            if point and change.what in ("model", "prompt"):
                name = "" if change.what == "model" else change.name
                groups.setdefault((change.what, name, change.old, change.new), []).append((change, point))
    for found in groups.values():
        every = {(point.repo, point.id): point for _, point in found}
        points = [p for p in every.values() if not any((g.repo, g.id) in every for g in context.graph.gateways_of(p))]
        uses = [use for point in points if point.role == "gateway" for use in context.graph.uses_of(point)]
        yield _Altered(found[0][0], tuple(points), (*points, *uses))


def unevaluated(context: Context) -> Iterator[Hit]:
    if context.since is None:
        yield from _outdated(context)
        return
    for altered in _altered(context, context.since):
        groups: dict[int, list[tuple[Point, tuple[Evaluation, ...]]]] = {}
        for point in _asking(altered):
            evaluations = context.evaluations_of(point)
            if not any(_touched(row, context.since) for row in evaluations):
                groups.setdefault(_grade(evaluations), []).append((point, evaluations))
        for grade, found in sorted(groups.items()):
            points, rows = tuple(point for point, _ in found), tuple(dict.fromkeys(row for _, own in found for row in own))
            yield _unevaluated(context, altered, grade, points, rows)


def _outdated(context: Context) -> Iterator[Hit]:
    """Without a change to judge: what the history of the repository says was altered after its evaluations were."""
    found: dict[tuple[str, str, str], list[Point]] = {}
    for point in context.purposes:
        evaluated = max((row.changed for row in context.evaluations_of(point)), default="")
        for change in context.last_changes_of(point) if evaluated else ():
            if change.commit.on > evaluated:
                found.setdefault((change.what, change.name, change.commit.id), []).append(point)
    for (what, name, commit), points in found.items():
        evaluations = tuple(dict.fromkeys(row for point in points for row in context.evaluations_of(point) if row.changed))
        files = _listed(row.path for row in evaluations)
        since = max(row.changed for row in evaluations)[:10]
        yield at_point(
            points[0],
            f"the {what} of {_symbols(points)} changed in {commit[:12]}, and no evaluation of {_it(points)} did since {since}: {files}",
            next=f"run {files}, and commit what comes of it",
            evidence=tuple(Evidence(path=row.path, line=row.line, what=f"{row.tool} {row.name}".strip()) for row in evaluations),
            milder=1,
        )._replace(key=(what, name, commit), points=tuple(points))


def _asking(altered: _Altered) -> tuple[Point, ...]:
    """The purposes that a change alters; gateways that no use goes through stand for themselves."""
    return tuple(p for p in altered.purposes if p.role != "gateway") or altered.purposes


_JUDGED, _TESTED, _UNKNOWN = range(3)


def _grade(evaluations: Iterable[Evaluation]) -> int:
    """What notices a change of a point: an evaluation, a test of the code around it, or nothing."""
    kinds = {row.kind for row in evaluations}
    return _JUDGED if "evaluation" in kinds else _TESTED if kinds else _UNKNOWN


def _touched(evaluation: Evaluation, since: Since) -> bool:
    return not since.touched.isdisjoint((evaluation.path, *evaluation.files))


def _unevaluated(context: Context, altered: _Altered, grade: int, points: tuple[Point, ...], evaluations: tuple[Evaluation, ...]) -> Hit:
    """An error where an evaluation could have been run, else milder; so is a model that is not known on either side."""
    names = _listed(row.path for row in evaluations if grade == _TESTED or row.kind == "evaluation")
    what, it = f"{_what(altered)} of {_symbols(points)} changed{_from_to(altered)}", _it(points)
    if grade == _UNKNOWN:
        message = f"{what}, and no evaluation or test names {it}"
        fix = f"add a test or an evaluation that names {_subject(context, points[0])}, and commit it with the change"
    else:
        message = f"{what}, and no {'evaluation' if grade == _JUDGED else 'test'} of {it} did: {names}"
        fix = f"run {names} on the change, and commit {'its' if len(evaluations) == 1 else 'their'} cases or results with it"
    unsure = altered.change.what == "model" and UNKNOWN in (altered.change.old, altered.change.new)
    return _hit(
        context,
        altered,
        points,
        message,
        next=fix,
        key=str(grade),
        evidence=tuple(Evidence(path=row.path, line=row.line, what=f"{row.tool} {row.name}".strip()) for row in evaluations),
        confidence="likely" if unsure else "certain",
        milder=int(grade != _JUDGED) + int(unsure),
    )


def _hit(context: Context, altered: _Altered, points: tuple[Point, ...], message: str, *, next: str, key: str, **more: Any) -> Hit:
    """A hit where the change stands: at the prompt, else at the first point or the gateway that gives it its model."""
    change, first = altered.change, points[0] if points[0] in altered.points else altered.points[0]
    owners = tuple(dict.fromkeys(name for point in points for name in whom_to_ask(point)))
    hit = at_point(first, message, next=next, owners=owners, **more)
    named = [one for one in context.prompts_of(first) if change.what == "prompt" and change.new and one.id == change.name]
    path, line = (named[0].path, named[0].line) if named else (first.path, first.line)
    # Ids of points would make it another finding when one more point is altered alike.
    return hit._replace(key=(change.what, change.name, change.old, change.new, key), points=points, path=path, line=line)


def _what(altered: _Altered) -> str:
    return f"the {altered.change.what}"


def _from_to(altered: _Altered) -> str:
    return f" from {altered.change.old} to {altered.change.new}" if altered.change.what == "model" else ""


def _symbols(points: Iterable[Point]) -> str:
    return _listed(f"`{point.symbol}`" for point in points)


def _it(points: Iterable[Point]) -> str:
    return "it" if len({point.symbol for point in points}) == 1 else "them"


def _subject(context: Context, point: Point) -> str:
    """What a test can name: the constant or file that holds the prompt, else the function that asks."""
    held = (prompt for prompt in context.prompts_of(point) if prompt.kind == "file" or ("::" in prompt.id and "#" not in prompt.id))
    prompt = next(held, None)
    return f"`{(prompt.name or prompt.path) if prompt else point.symbol}`"


def _listed(names: Iterable[str]) -> str:
    found = list(dict.fromkeys(names))
    more = f" and {count(len(found) - _NAMED, 'other')}" if len(found) > _NAMED else ""
    return ", ".join(found[:_NAMED]) + more


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
        yield from _unseen(context)
        return
    said = tuple(name for commit in since.commits for name in commit.reviewers)
    for altered in _altered(context, since):
        unseen: dict[str, list[Point]] = {}
        commits: list[str] = []
        for point in _asking(altered):
            owner, own = point.ownership.person or point.ownership.owner, _commits_of(context, altered, point, since)
            if owner and own and not _seen_by_owner(context.roster(point.repo), point, own, said):
                unseen.setdefault(owner, []).append(point)
                commits += [commit.id[:12] for commit in own]
        for owner, points in unseen.items():
            what = f"{_what(altered)} of {_symbols(points)} changed{_from_to(altered)}"
            its = "its" if _it(points) == "it" else "their"
            yield _hit(
                context,
                altered,
                tuple(points),
                f"{what}, and {its} owner {owner} is neither author nor reviewer of {_listed(commits)}",
                next=f"let {owner} look at it, and say so in a commit of the change: `Reviewed-by: {owner}`",
                key=owner,
                milder=0 if said else 1,
            )


def _unseen(context: Context) -> Iterator[Hit]:
    """Without a change to judge: last changes of consequential points that their owner neither wrote nor reviewed, by the history."""
    for point in context.purposes:
        claim, owner = context.claim(point), point.ownership.person or point.ownership.owner
        if not owner or not context.declared_consequential(point):
            continue
        for change in context.last_changes_of(point):
            commit = Commit(id=change.commit.id, author=change.commit.author, reviewers=change.commit.reviewers)
            reviewed = claim.reviewed is not None and claim.reviewed.on.isoformat() >= change.commit.on[:10]
            if reviewed or _seen_by_owner(context.roster(point.repo), point, [commit], commit.reviewers):
                continue
            what = f"the {change.what} of `{point.symbol}` changed on {change.commit.on[:10]}"
            yield at_point(
                point,
                f"{what}, and its owner {owner} is neither author nor reviewer of {commit.id[:12]}",
                next=f"let {owner} look at it, and run `aicensus review '{point.id}' --by {owner}`",
                key=(change.what, change.name, commit.id),
                milder=2,
            )


def _commits_of(context: Context, altered: _Altered, point: Point, since: Since) -> list[Commit]:
    """Commits of the change that touch the file of the point, of a gateway that gives it its model, or of the prompt."""
    paths = {point.path, *(one.path for one in altered.points), *(prompt.path for prompt in context.prompts_of(point))}
    return [commit for commit in since.commits if not paths.isdisjoint(commit.paths)]


def _seen_by_owner(roster: Roster, point: Point, commits: Iterable[Commit], reviewers: Iterable[str]) -> bool:
    """Whether somebody who answers for the point wrote these commits, or is among the reviewers."""
    owners = [name for name in (point.ownership.person, point.ownership.owner, point.ownership.team) if name]

    def answers(who: str) -> bool:
        return any(_is(roster, who, owner) for owner in owners)

    return any(map(answers, reviewers)) or all(answers(commit.author) for commit in commits)


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
