"""The ownership chain: who answers for a point, from every source that says so, strongest first."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from aicensus.census.annotations import parse_annotation
from aicensus.census.codeowners import PLACES, CodeOwners, choose, parse
from aicensus.census.owner_files import PACKAGE_FILES, Backstage, FileProblem, Named, OwnersFiles, Packages
from aicensus.census.roster import Roster, is_team_name, kind_of
from aicensus.manifest import Claims
from aicensus.model.census import Author, Claim, KnownTeam, Ownership, OwnerSource
from aicensus.model.facts import Note
from aicensus.model.settings import Manifest

_NAMES = frozenset({"OWNERS", "OWNERS_ALIASES", "catalog-info.yaml", "catalog-info.yml"}) | PACKAGE_FILES


def is_ownership_file(path: str) -> bool:
    """Whether `OwnerIndex` wants the content of this path (of `.gitlab-ci.yml` only that it is there)."""
    return path in PLACES or path == ".gitlab-ci.yml" or path.rpartition("/")[2] in _NAMES


class Contribution(NamedTuple):
    """One author's part in the history of a file."""

    email: str
    name: str
    commits: int
    last: datetime.date


class _Claimed(NamedTuple):
    claim: Claim
    person: str
    """The human that the source itself names behind the owner; empty when it says nothing of that."""
    team: str
    optional: bool = False


class OwnerIndex:
    """Answers who owns what in one repository, at one revision.

    `files` holds the contents of the paths for which `is_ownership_file` is true, `authors` the contributions of each file where
    history was read, `committers` those of everybody to the whole repository, `manifest_path` and `manifest_lines` where the manifest's
    claims stand.
    """

    def __init__(
        self,
        files: Mapping[str, bytes],
        manifest: Manifest,
        authors: Mapping[str, Sequence[Contribution]],
        *,
        manifest_path: str = "aicensus.yaml",
        manifest_lines: Mapping[str, int] | None = None,
        committers: Sequence[Contribution] = (),
    ) -> None:
        self.roster = Roster(manifest.roster)
        self.claims = Claims(manifest)
        self._manifest_path = manifest_path
        self._manifest_lines = manifest_lines or {}
        self._authors = authors
        self._committers = committers
        self._codeowners = _codeowners(files)
        self._owners_files = OwnersFiles({path: content for path, content in files.items() if path.rpartition("/")[2].startswith("OWNERS")})
        self._backstage = Backstage(
            {path: content for path, content in files.items() if path.rpartition("/")[2].startswith("catalog-info.")}
        )
        self._packages = Packages({path: content for path, content in files.items() if path.rpartition("/")[2] in PACKAGE_FILES})

    @property
    def problems(self) -> tuple[FileProblem, ...]:
        """Lines and files that say nothing because they are not understood, by path and line."""
        codeowners = self._codeowners
        own = [FileProblem(codeowners.path, line, message) for line, message in codeowners.problems] if codeowners else []
        return tuple(sorted((*own, *self._owners_files.problems, *self._backstage.problems)))

    def teams(self, repo: str) -> tuple[KnownTeam, ...]:
        """The teams that CODEOWNERS names, by name."""
        codeowners = self._codeowners
        named = (
            {owner: line.line for line in reversed(codeowners.lines) for owner in line.owners if is_team_name(owner)} if codeowners else {}
        )
        path = codeowners.path if codeowners else ""
        return tuple(KnownTeam(repo=repo, team=team, path=path, line=line) for team, line in sorted(named.items()))

    def ownership(self, point_id: str, path: str, line: int, notes: Sequence[Note] = ()) -> Ownership:
        """Who answers for the point at `path`:`line`; `notes` are the inline annotations that belong to it.

        Texts that name nobody (`TBD`, `none`) are no claims. Git history only suggests.
        """
        chain = [one for one in self._chain(point_id, path, notes) if kind_of(one.claim.owner) != "nobody"]
        suggestions = tuple(self._suggestions(path))
        accountable = [one for one in chain if not one.optional]
        if not accountable:
            return Ownership(chain=tuple(one.claim for one in chain), suggestions=suggestions)
        deciding = accountable[0].claim
        same_source = [one for one in accountable if one.claim.source == deciding.source]
        if deciding.source == "manifest":
            # The exact entry decides; a glob that also speaks of the point does not add people.
            same_source = same_source[:1]
        persons = (one.person or self.roster.person(one.claim.owner) for one in same_source)
        return Ownership(
            owner=deciding.owner,
            person=next(filter(None, persons), None),
            team=self._team(same_source),
            source=deciding.source,
            chain=tuple(one.claim for one in chain),
            suggestions=suggestions,
        )

    def _team(self, claims: Sequence[_Claimed]) -> str | None:
        """A team that the source names, else the one team of the roster that the owner belongs to."""
        named = next((one.team for one in claims if one.team), None)
        named = named or next((one.claim.owner for one in claims if self.roster.kind(one.claim.owner) == "team"), None)
        teams = self.roster.teams_of(claims[0].claim.owner)
        return named or (next(iter(teams)) if len(teams) == 1 else None)

    def _chain(self, point_id: str, path: str, notes: Sequence[Note]) -> Iterator[_Claimed]:
        for selector, entry in self.claims.entries(point_id):
            if owner := entry.owner or entry.team:
                where = self._manifest_lines.get(f"points.{selector}", 0)
                yield _Claimed(Claim(source="manifest", owner=owner, path=self._manifest_path, line=where), "", entry.team)
        for note in notes:
            said = parse_annotation(note.text)
            if owner := said.owner or said.team:
                yield _Claimed(Claim(source="annotation", owner=owner, path=path, line=note.line), "", said.team)
        if self._codeowners:
            for owned in self._codeowners.owners(path):
                for owner in owned.owners:
                    claim = Claim(source="codeowners", owner=owner, path=self._codeowners.path, line=owned.line)
                    yield _Claimed(claim, "", "", owned.optional)
        yield from _from_files("backstage", self._backstage.named(path))
        yield from _from_files("owners-file", self._owners_files.named(path))
        yield from _from_files("package", self._packages.named(path))

    def _suggestions(self, path: str) -> Iterator[Claim]:
        """Up to two authors with the most commits, people only, the busiest first."""
        people = _people(self._authors.get(path, ()))
        commits = sum(author.commits for author in people)
        for author in sorted(people, key=lambda author: (-author.commits, -author.last.toordinal(), author.email))[:2]:
            share = round(100 * author.commits / commits)
            yield Claim(source="git", owner=author.email or author.name, path=path, percent=share, last=author.last.isoformat())

    def last_change(self, path: str) -> str:
        """ISO date of the last commit of a person to the file; empty when history knows none."""
        return max((author.last.isoformat() for author in _people(self._authors.get(path, ()))), default="")

    def people(self, repo: str, owners: Iterable[str] = ()) -> tuple[Author, ...]:
        """Who commits to files with points, is on the roster or one of `owners`, with the day of the last commit anywhere, by address."""
        wanted = {author.email for contributions in self._authors.values() for author in contributions}
        named = {self.roster.key(owner) for owner in owners}
        return tuple(
            Author(repo=repo, email=author.email, name=author.name, last=author.last.isoformat())
            for author in sorted(_people(self._committers), key=lambda author: author.email)
            if author.email in wanted
            or self.roster.find(author.email)
            or self.roster.find(author.name)
            or self.roster.key(author.email) in named
        )


def _codeowners(files: Mapping[str, bytes]) -> CodeOwners | None:
    contents = {path: content for path, content in files.items() if path in PLACES}
    chosen = choose(files.keys(), contents)
    return parse(chosen[0], contents[chosen[0]], chosen[1]) if chosen else None


def _from_files(source: OwnerSource, found: Sequence[Named]) -> Iterator[_Claimed]:
    for named in found:
        yield _Claimed(Claim(source=source, owner=named.owner, path=named.path, line=named.line), named.person, "")


def _people(contributions: Sequence[Contribution]) -> list[Contribution]:
    return [author for author in contributions if kind_of(author.email) != "bot" and kind_of(author.name) not in {"bot", "ai"}]
