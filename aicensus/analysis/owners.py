"""Who answers for what: who is there, who has left and what they leave behind, and whom history suggests."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from aicensus.census.roster import Roster
from aicensus.manifest import Claims
from aicensus.model.census import Census, Point
from aicensus.model.owners import Answered, Held, Ledger, Owner, Standing, Suggested, Trace
from aicensus.model.settings import Manifest

ManifestOf = Callable[[str], Manifest]
"""The manifest that speaks of a repository."""


class Seen(NamedTuple):
    """When somebody last left a trace."""

    day: datetime.date
    by: Trace


def last_seen(census: Census, repo: str, manifest: Manifest) -> dict[str, Seen]:
    """The last commit, review or attestation of each person of a repository, by the key that `Roster.key` gives."""
    roster = Roster(manifest.roster)
    seen: dict[str, Seen] = {}
    for who, trace in _traces(census, repo, manifest):
        key = roster.key(who)
        seen[key] = max(seen.get(key, trace), trace, key=lambda one: one.day)
    return seen


def _traces(census: Census, repo: str, manifest: Manifest) -> Iterator[tuple[str, Seen]]:
    for author in census.authors:
        if author.repo == repo:
            seen = Seen(datetime.date.fromisoformat(author.last), "commit")
            yield author.email, seen
            yield author.name, seen
    for claim in manifest.points.values():
        if claim.reviewed:
            yield claim.reviewed.by, Seen(claim.reviewed.on, "review")
    claims = Claims(manifest)
    for point in census.points:
        if point.repo == repo and point.ownership.owner and (day := claims.of(point.id).attested_on):
            yield point.ownership.person or point.ownership.owner, Seen(day, "attestation")


class _Register:
    """One repository: its roster and who was seen in it when."""

    def __init__(self, census: Census, repo: str, manifest: Manifest, as_of: datetime.date) -> None:
        self.roster = Roster(manifest.roster)
        self._seen = last_seen(census, repo, manifest)
        self._limit = manifest.settings.inactive_after_days
        self._as_of = as_of

    def seen(self, who: str) -> Seen | None:
        return self._seen.get(self.roster.key(who))

    def standing(self, who: str, person: bool) -> Standing:
        if self.roster.left(who, self._as_of):
            return "left"
        if not person:
            return "no person"
        if (seen := self.seen(who)) is None:
            return "not known"
        return "inactive" if (self._as_of - seen.day).days > self._limit else "active"

    def left(self, who: str) -> str:
        day = self.roster.left(who, self._as_of)
        return day.isoformat() if day else ""

    def suggested(self, point: Point, owner: str) -> Iterator[Suggested]:
        """Authors of the file that have not left and are not the owner."""
        for claim in point.ownership.suggestions:
            if self.roster.key(claim.owner) != self.roster.key(owner) and not self.left(claim.owner):
                yield Suggested(who=claim.owner, percent=claim.percent, last=claim.last)


def ledger(census: Census, purposes: Sequence[Point], manifest_of: ManifestOf, as_of: datetime.date) -> Ledger:
    """Group the purposes by who answers for them; `purposes` are points that somebody must own."""
    registers = {repo: _Register(census, repo, manifest_of(repo), as_of) for repo in sorted({point.repo for point in purposes})}
    owned: dict[str, list[Point]] = defaultdict(list)
    for point in purposes:
        owned[_who(point)].append(point)
    nobody = owned.pop("", [])
    owners = [_owner(who, points, registers) for who, points in owned.items()]
    standing = {(held.repo, held.point): owner.standing for owner in owners for held in owner.points}
    decided = [point for point in purposes if point.consequential == "yes"]
    return Ledger(
        as_of=as_of.isoformat(),
        purposes=_answered(purposes, standing),
        consequential=_answered(decided, standing),
        unsaid=sum(point.consequential == "unknown" for point in purposes),
        owners=tuple(sorted(owners, key=lambda owner: (-len(owner.points), owner.who))),
        unowned=_held(nobody, registers),
    )


def _who(point: Point) -> str:
    return point.ownership.person or point.ownership.owner or ""


def _owner(who: str, points: Sequence[Point], registers: Mapping[str, _Register]) -> Owner:
    """One owner over all repositories."""
    own = [registers[repo] for repo in dict.fromkeys(point.repo for point in points)]
    person = any(point.ownership.person for point in points)
    standing = min((one.standing(who, person) for one in own), key=_WEIGHTIEST.index)
    seen = max(filter(None, (one.seen(who) for one in own)), key=lambda seen: seen.day, default=None)
    known = next(filter(None, (one.roster.find(who) for one in own)), None)
    teams = {point.ownership.team for point in points if point.ownership.team and point.ownership.team != who}
    return Owner(
        who=who,
        name=known.entry.name if known else "",
        teams=tuple(sorted(teams)),
        kind="person" if person else own[0].roster.kind(who),
        standing=standing,
        left=next(filter(None, (one.left(who) for one in own)), ""),
        last_seen=seen.day.isoformat() if seen else "",
        seen_by=seen.by if seen else None,
        points=_held(points, registers, stays=standing in ("active", "not known")),
    )


_WEIGHTIEST: tuple[Standing, ...] = ("left", "no person", "active", "not known", "inactive")
"""Of several repositories: who left one has left; who is active in one is active."""


def _held(points: Iterable[Point], registers: Mapping[str, _Register], *, stays: bool = False) -> tuple[Held, ...]:
    return tuple(
        Held(
            repo=point.repo,
            point=point.id,
            path=point.path,
            line=point.line,
            symbol=point.symbol,
            purpose=point.purpose,
            consequential=point.consequential == "yes",
            source=point.ownership.source,
            team=point.ownership.team or "",
            suggested=() if stays else tuple(registers[point.repo].suggested(point, _who(point))),
        )
        for point in sorted(points, key=lambda point: (point.repo, point.path, point.line, point.id))
    )


def _answered(points: Sequence[Point], standing: Mapping[tuple[str, str], Standing]) -> Answered:
    found = [standing[point.repo, point.id] for point in points if (point.repo, point.id) in standing]
    return Answered(purposes=len(points), owned=len(found), answered=sum(one in ("active", "not known") for one in found))
