"""OWN: who answers for a point, and whether that can be true."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterator

from aicensus.analysis.owners import Seen, last_seen
from aicensus.audit.context import Context
from aicensus.audit.rule import Hit, Rule, at_point, count, provider_of
from aicensus.census.roster import Roster, email_of, is_team_name
from aicensus.model.census import Claim, Evidence, Point
from aicensus.model.finding import Severity

_PERSON = "E-MAIL-OF-A-PERSON"
_KINDS = {
    "team": "a team with no lead on the roster",
    "bot": "a bot",
    "list": "a mailing list",
    "vendor": "a vendor",
    "ai": "not a person",
    "nobody": "nobody",
}


def _asks(point: Point) -> str:
    model = f" ({point.model.id})" if point.model.id else ""
    return f"`{point.symbol}` asks {provider_of(point)}{model}"


def _claim(point: Point, options: str) -> str:
    return f"`aicensus claim {shlex.quote(point.id)} {options}`"


def no_owner(context: Context) -> Iterator[Hit]:
    for point in context.points:
        if point.ownership.owner:
            continue
        suggested = point.ownership.suggestions[0].owner if point.ownership.suggestions else ""
        hint = f"; git history suggests {suggested}" if suggested else ""
        message = f"{_asks(point)} and nobody owns it{hint}"
        if point.role == "gateway":
            message = f"`{point.symbol}` is a gateway to {provider_of(point)} and nobody owns it{hint}"
        fix = f"{_claim(point, f'--owner {suggested or _PERSON}')}, or name an owner for {point.path} in CODEOWNERS"
        yield at_point(point, message, next=fix, milder=2 if point.role == "gateway" else 0)


def owner_is_no_person(context: Context) -> Iterator[Hit]:
    for point in context.purposes:
        ownership = point.ownership
        if not ownership.owner or ownership.person:
            continue
        roster = context.roster(point.repo)
        kind = roster.kind(ownership.owner)
        empty = kind in {"bot", "vendor", "ai", "nobody"}
        if not empty and point.consequential != "yes" and not context.declared_consequential(point):
            continue
        subject = "a consequential point" if not empty else "the point"
        message = (
            f"{_asks(point)}; its owner `{ownership.owner}` is {_KINDS.get(kind, 'not known as a person')}, and {subject} needs a person"
        )
        if kind == "team":
            fix = f'add to aicensus.yaml: roster: {{"{ownership.owner}": {{lead: ...}}}}'
        else:
            fix = _claim(point, f"--owner {_PERSON}")
        yield at_point(point, message, next=fix)
    yield from _not_said(context)


def _not_said(context: Context) -> Iterator[Hit]:
    """One finding for all points of which nobody said whether they are consequential."""
    unsaid = [point for point in context.purposes if point.consequential == "unknown" and context.claim(point).consequential is None]
    if unsaid:
        yield Hit(
            message=f"of {count(len(context.purposes), 'point')}, nobody said of {len(unsaid)} whether what they decide is consequential",
            next="`aicensus claim POINT --consequential`, or `--not-consequential`; POINT may be a glob",
            key=("consequential-unknown",),
            repo=unsaid[0].repo if len({point.repo for point in unsaid}) == 1 else "",
            path=context.settings.manifest_path,
            milder=2,
        )


def owner_gone(context: Context) -> Iterator[Hit]:
    seen: dict[str, dict[str, Seen]] = {}
    for point in context.purposes:
        ownership = point.ownership
        if not ownership.owner:
            continue
        roster = context.roster(point.repo)
        who = ownership.person or ownership.owner
        gone = roster.left(who, context.as_of) or roster.left(ownership.owner, context.as_of)
        if gone:
            message = f"{_asks(point)}; its owner {who} left on {gone}"
            yield at_point(point, message, next=_claim(point, "--owner WHO-TAKES-OVER"), key=("left",), owners=_others(point, who))
            continue
        if point.repo not in seen:
            seen[point.repo] = last_seen(context.census, point.repo, context.manifest_of(point.repo).manifest)
        yield from _stale(context, point, who, seen[point.repo].get(roster.key(who)))


def _others(point: Point, who: str) -> tuple[str, ...]:
    team = (point.ownership.team,) if point.ownership.team else ()
    return team or tuple(claim.owner for claim in point.ownership.suggestions if claim.owner != who)


def _stale(context: Context, point: Point, who: str, seen: Seen | None) -> Iterator[Hit]:
    """An attestation that is too old, or, where nobody attested or reviewed, an owner who left no trace for long."""
    claim, settings = context.claim(point), context.settings.manifest.settings
    said = max((day for day in (claim.attested_on, claim.reviewed.on if claim.reviewed else None) if day), default=None)
    if said and -context.days_until(said) <= settings.review_every_days:
        return
    attest = _claim(point, "--attested-on today")
    if claim.attested_on:
        limit = settings.review_every_days
        message = f"{_asks(point)}; {who} last said on {claim.attested_on} that it is theirs, more than {limit} days ago"
        yield at_point(point, message, next=attest, key=("attestation",), milder=1)
    elif seen and -context.days_until(seen.day) > settings.inactive_after_days:
        message = f"{_asks(point)}; its owner {who} made no commit, review or attestation since {seen.day}"
        yield at_point(point, message, next=f"ask {who}, then {attest}", key=("inactive",), milder=2)


def owner_unknown(context: Context) -> Iterator[Hit]:
    unknown: dict[tuple[str, str], list[tuple[Point, Claim]]] = defaultdict(list)
    teams: dict[str, set[str]] = defaultdict(set)
    for team in context.census.teams:
        teams[team.repo].add(team.team.casefold())
    for point in context.purposes:
        for claim in point.ownership.chain:
            if _unheard_of(claim, context.roster(point.repo), teams[point.repo]):
                unknown[point.repo, claim.owner].append((point, claim))
    for (repo, owner), found in sorted(unknown.items(), key=lambda item: item[0]):
        points, first = tuple(point for point, _ in found), found[0][1]
        on_roster = bool(context.roster(repo))
        missing = "is not on the roster" if on_roster else "is none of the teams that CODEOWNERS names"
        yield Hit(
            message=f"`{owner}`, named by {first.path or first.source} as owner of {count(len(points), 'point')}, {missing}",
            next=f'add to aicensus.yaml: roster: {{"{owner}": {{...}}}}, or correct {first.path}',
            key=(owner,),
            repo=repo,
            path=first.path,
            line=first.line,
            points=points,
            evidence=tuple(Evidence(path=point.path, line=point.line, what=point.symbol) for point in points),
            milder=0 if on_roster else 1,
        )


def _unheard_of(claim: Claim, roster: Roster, teams: set[str]) -> bool:
    """Not on the roster; where the manifest has none, a team that CODEOWNERS does not name while it names others."""
    if claim.source == "package":
        return False
    if roster:
        return not roster.find(claim.owner)
    return claim.source != "codeowners" and bool(teams) and is_team_name(claim.owner) and claim.owner.casefold() not in teams


def sources_disagree(context: Context) -> Iterator[Hit]:
    for point in context.purposes:
        roster = context.roster(point.repo)
        claims = [claim for claim in point.ownership.chain if claim.source != "package"]
        first = next(iter(claims), None)
        others = [claim for claim in claims if first and claim.source != first.source]
        rivals = {claim.source: claim for claim in reversed(others) if first and _rival(claim, claims, roster)}
        for rival in sorted(rivals.values(), key=claims.index):
            assert first
            places = tuple(
                Evidence(path=claim.path or point.path, line=claim.line, what=f"{claim.source}: {claim.owner}") for claim in (first, rival)
            )
            yield at_point(
                point,
                f"{_asks(point)}; {first.source} says {first.owner} owns it, {rival.source} says {rival.owner}",
                next=f"correct {rival.path or rival.source}, or the owner in {first.path or first.source}",
                key=(first.source, rival.source),
                owners=(first.owner, rival.owner),
                evidence=places,
            )


def _rival(claim: Claim, claims: list[Claim], roster: Roster) -> bool:
    """No claim of this source agrees with any of the deciding source, and they can be compared at all."""
    deciding = [other.owner for other in claims if other.source == claims[0].source]
    same_source = [other.owner for other in claims if other.source == claim.source]
    return not any(_agree(one, other, roster) for one in same_source for other in deciding)


def _agree(one: str, other: str, roster: Roster) -> bool:
    """The same, a person of the team, or two kinds of text that the roster does not connect."""
    first, second = roster.find(one), roster.find(other)
    if first and second:
        return first.key == second.key or first.key in roster.teams_of(other) or second.key in roster.teams_of(one)
    return one.casefold() == other.casefold() or _form(one, roster) != _form(other, roster)


def _form(owner: str, roster: Roster) -> str:
    return "address" if email_of(owner) else roster.kind(owner)


def review_overdue(context: Context) -> Iterator[Hit]:
    limit = context.settings.manifest.settings.review_every_days
    for point in context.purposes:
        claim = context.claim(point)
        path, line = context.place_of_claim(point)
        where = (Evidence(path=path, line=line, what="reviewed"),) if line else None
        fix = f"`aicensus review {shlex.quote(point.id)} --by {point.ownership.person or 'WHO'}`"
        if claim.reviewed and -context.days_until(claim.reviewed.on) > limit:
            message = f"{_asks(point)}; its last review was on {claim.reviewed.on}, more than {limit} days ago"
            yield at_point(point, message, next=fix, evidence=where)
        elif not claim.reviewed and context.declared_consequential(point):
            yield at_point(point, f"{_asks(point)}; it is consequential and was never reviewed", next=fix, evidence=where, milder=1)


RULES = (
    Rule(
        code="OWN001",
        name="no-owner",
        severity=Severity.ERROR,
        check=no_owner,
        what="No owner is named for an inference point.",
        why="Nobody decides its model, its prompt, its cost or its end, and nobody answers when it is wrong.",
        fix="Name an owner with `aicensus claim`, in a comment `aicensus: owner=...` at the call, in CODEOWNERS, in catalog-info.yaml or "
        "in an OWNERS file. Git history only suggests whom to ask.",
        standards=("NIST AI RMF GOVERN 2.1", "ISO/IEC 42001 A.3.2", "EU AI Act 26(2)"),
    ),
    Rule(
        code="OWN002",
        name="owner-not-a-person",
        severity=Severity.WARNING,
        check=owner_is_no_person,
        what="The owner of a consequential point is a team, a bot, a mailing list, a vendor or the AI itself. One further note counts the "
        "points of which nobody said whether they are consequential.",
        why="A team cannot be asked at night, and a tool answers for nothing: a decision about people or money needs a person.",
        fix="Name a person as owner, or a lead for the team in the roster of aicensus.yaml.",
        standards=("EU AI Act 14", "EU AI Act 26(2)"),
    ),
    Rule(
        code="OWN003",
        name="owner-gone",
        severity=Severity.ERROR,
        check=owner_gone,
        what="The owner has left, has made no commit, review or attestation for `settings.inactive_after_days`, or has not confirmed the "
        "ownership in time.",
        why="A name that nobody answers to is worse than none: it looks like an owner.",
        fix="Name who takes over, or let the owner confirm: `aicensus claim POINT --attested-on today`. `aicensus owners` shows what "
        "everybody leaves behind.",
    ),
    Rule(
        code="OWN004",
        name="owner-unknown",
        severity=Severity.WARNING,
        check=owner_unknown,
        what="An owner is not on the roster of people and teams. Without a roster, a team is none of those that CODEOWNERS names.",
        why="A typing error, a renamed team or a closed account owns nothing.",
        fix="Correct the name where it stands, or add it to the roster in aicensus.yaml (as a key, a handle or an e-mail address).",
    ),
    Rule(
        code="OWN005",
        name="owners-disagree",
        severity=Severity.WARNING,
        check=sources_disagree,
        what="Two sources name different owners for one point. A person and the person's team agree; package metadata is not compared.",
        why="Each owner thinks that the other one looks after it.",
        fix="Correct the weaker source. The order is: manifest, annotation, CODEOWNERS, Backstage, OWNERS files.",
    ),
    Rule(
        code="OWN006",
        name="review-overdue",
        severity=Severity.WARNING,
        check=review_overdue,
        what="The last review of a point is older than `settings.review_every_days`, or a consequential point was never reviewed.",
        why="Models, prompts and rules change under a point that nobody looks at.",
        fix="Review it and record that with `aicensus review`.",
    ),
)
