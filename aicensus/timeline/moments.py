"""What was in force for a point at a moment: prompt, model, parameters and owner, and how sure that is."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import msgspec

from aicensus.census.diff import diff_censuses
from aicensus.census.roster import Roster
from aicensus.gitcommand import GitError
from aicensus.history.line import Line, commit_of, newest_before, read_line, tags, why_cut_off
from aicensus.history.renames import renames
from aicensus.model.census import Census, Point, Prompt
from aicensus.model.errors import SourceError, UnreadError
from aicensus.model.growth import Commit
from aicensus.model.history import Moment, Release, Sure, Version, Wording
from aicensus.model.settings import Deployment
from aicensus.model.sources import SourceFile
from aicensus.pipeline import SAYS_NOTHING, ScanOptions, manifest_of
from aicensus.report.card import NoSuchPoint, find_point
from aicensus.sources import Source, open_source
from aicensus.timeline.following import steps, written_by
from aicensus.timeline.revisions import Revisions, scanned
from aicensus.timeline.touching import holds, lines_of

_REWRITTEN = datetime.timedelta(hours=1)
"""A commit that is this much younger than what its author wrote was rebased, applied from a mail or picked."""
_RELEASED: dict[str, Sure] = {"tag": "released", "manifest": "deployed"}


def prompt_at(path: Path, wanted: str, moment: datetime.datetime, options: ScanOptions, *, rev: str | None = None) -> Moment:
    """What was in force for a point at a moment with its time zone, by commit time on the first-parent line of the branch or of `rev`.

    The point goes by its id of then or by a later one. Raises SourceError where the history does not reach back so far and for a detached
    HEAD, NoSuchPoint.
    """
    line = read_line(path.resolve(), rev)
    place = _place_at(line, moment)
    revisions = Revisions(path, line, options)
    point, now = _found(revisions, place, wanted, moment)
    source = open_source(path, rev=line.commits[place].id)
    version = _version(revisions, place, point, source)
    releases = tuple(_releases(revisions, place, moment, version, options))
    same = [_RELEASED[release.source] for release in releases if release.same]
    return Moment(
        asked=wanted,
        at=moment.isoformat(),
        repo=point.repo,
        branch=line.branch,
        version=version,
        sure="deployed" if "deployed" in same else "released" if same else "committed",
        releases=releases,
        now=now if now != point.id else "",
        notes=tuple(_notes(line, place, moment, version, source, options)),
    )


def _place_at(line: Line, moment: datetime.datetime) -> int:
    place = line.at(moment)
    if place is not None:
        return place
    if line.shallow:
        raise SourceError(f"{line.root}: {why_cut_off(line)}")
    first = line.commits[-1]
    raise SourceError(f"{line.root}: nothing was in force at {moment.isoformat()}: {line.branch} begins with {first.id[:12]} of {first.at}")


def _found(revisions: Revisions, place: int, wanted: str, moment: datetime.datetime) -> tuple[Point, str]:
    """The point of then, and its id now where that was asked for."""
    then = revisions.census(place)
    try:
        return find_point(then.points, wanted), ""
    except NoSuchPoint as error:
        if place == 0:
            raise
        try:
            today = find_point(revisions.census(0, near=place).points, wanted)
        except NoSuchPoint:
            raise error from None
    point = _back(revisions, today, 0, place)
    if point is None:
        raise NoSuchPoint(f"{today.id} was not there at {moment.isoformat()}; `aicensus history` tells when it came")
    return point, today.id


def _back(revisions: Revisions, point: Point, newer: int, older: int) -> Point | None:
    """A point at an older place of the line: as the two ends show, else by all its changes in between."""
    if older == newer:
        return point
    if (pair := revisions.before(point, newer, older)) is not None:
        return pair.old
    for step in steps(revisions, newer, point):
        if step.place >= older:
            break
        if step.old is None:
            return None
        point = step.old
    return next((one for one in revisions.census(older).points if one.id == point.id), None)


# --- one version ---


def _version(revisions: Revisions, place: int, point: Point, source: Source) -> Version:
    prompts = _prompts(revisions.census(place), point)
    wordings = tuple(_worded(revisions, place, prompt, source) for prompt in prompts)
    return Version(commit=revisions.line.commits[place], point=point, wordings=wordings, digest=digest_of(point, prompts))


def _prompts(census: Census, point: Point) -> list[Prompt]:
    known = {prompt.id: prompt for prompt in census.prompts if prompt.repo == point.repo}
    return [known[name] for name in point.prompts if name in known]


def digest_of(point: Point, prompts: Iterable[Prompt]) -> str:
    """16 hex digits of what answers were made with: the texts of the prompts, the model and the parameters."""
    whole = blake2b(digest_size=8)
    model = (point.provider, point.model.id, point.model.candidates)
    for part in (*(prompt.hash or prompt.id for prompt in prompts), model, *((s.name, s.value) for s in point.settings)):
        whole.update(repr(part).encode("utf-8", "surrogatepass") + b"\0")
    return whole.hexdigest()


def _worded(revisions: Revisions, place: int, prompt: Prompt, source: Source) -> Wording:
    since = _since(revisions.line, place, prompt, source)
    if since is None:
        return Wording(prompt=prompt)
    commit = revisions.line.commits[since]
    by = written_by(revisions, since, [prompt.path]) or (_author(commit),)
    return Wording(prompt=prompt, since=commit, by=by)


def _author(commit: Commit) -> str:
    return f"{commit.author} <{commit.email}>"


def _since(line: Line, place: int, prompt: Prompt, source: Source) -> int | None:
    """Place of the commit since which the lines of a prompt read as they do; None where the history does not tell."""
    if prompt.kind == "remote":
        return None
    try:
        text = lines_of(source.read(prompt.path))
        wanted = text if prompt.kind == "file" else text[prompt.line - 1 : prompt.end_line]
        for at, change in line.of_file(prompt.path, place, len(line.changes)):
            if not change.was or not holds(lines_of(source.reader.read(SourceFile(change.was, 0, change.blob_was))), wanted):
                return at if at + 1 < len(line.commits) or not line.shallow else None
    except UnreadError:
        return None
    return None


# --- what was out ---


def _releases(revisions: Revisions, place: int, moment: datetime.datetime, version: Version, options: ScanOptions) -> Iterator[Release]:
    """The newest tag of then, and the newest deployment in each environment."""
    root = revisions.line.root
    found = []
    if tag := newest_before(tags(root), moment):
        found.append(Release(name=tag.name, source="tag", at=tag.at.isoformat(), commit=tag.commit))
    newest: dict[str, Deployment] = {}
    for deployment in sorted(_deployments(revisions, options), key=lambda one: one.at):
        if deployment.at <= moment:
            newest[deployment.environment] = deployment
    for environment, deployment in sorted(newest.items()):
        commit = commit_of(root, f"refs/tags/{deployment.tag}" if deployment.tag else deployment.commit) or ""
        name = deployment.tag or deployment.commit
        found.append(Release(name=name, source="manifest", at=deployment.at.isoformat(), environment=environment, commit=commit))
    yield from (_filled(revisions, place, version, release, options) for release in found)


def _deployments(revisions: Revisions, options: ScanOptions) -> tuple[Deployment, ...]:
    """As the newest manifest of the branch says: a deployment is written down after it happened."""
    return manifest_of(open_source(revisions.path, rev=revisions.line.commits[0].id), options).manifest.deployments


def _filled(revisions: Revisions, place: int, version: Version, release: Release, options: ScanOptions) -> Release:
    """A release with the point as it was in it."""
    if not release.commit:
        return release
    census = scanned(revisions.path, replace(options, rev=release.commit, past=True, near=version.commit.id))
    point = _point_in(revisions, place, census, release.commit, version.point)
    if point is None:
        return release
    prompts = _prompts(census, point)
    digest = digest_of(point, prompts)
    commit = read_line(revisions.line.root, release.commit).commits[0]
    out = Version(commit=commit, point=point, wordings=tuple(Wording(prompt=prompt) for prompt in prompts), digest=digest)
    return msgspec.structs.replace(release, version=out, same=digest == version.digest)


def _point_in(revisions: Revisions, place: int, released: Census, commit: str, point: Point) -> Point | None:
    """A point of a place of the line in the census of a release, across moves."""
    if (older := revisions.line.place_of(commit)) is not None and older >= place:
        return _back(revisions, point, place, older)
    try:
        moved = renames(revisions.line.root, commit, revisions.line.commits[place].id)
    except GitError:
        moved = {}
    diff = diff_censuses(released, revisions.census(place), moved)
    return next((pair.old for pair in diff.points if pair.new.id == point.id), None)


# --- what else to know ---


def _notes(line: Line, place: int, moment: datetime.datetime, version: Version, source: Source, options: ScanOptions) -> Iterator[str]:
    later = sum(time > moment for time in line.times[place + 1 :])
    if later:
        yield (
            f"{later} older commits of the line bear later times than {moment.isoformat()}: clocks differed or history was rewritten, so "
            "what was in force may have been committed under another time"
        )
    written, committed = (datetime.datetime.fromisoformat(time) for time in (version.commit.authored, version.commit.at))
    if committed - written > _REWRITTEN:
        yield f"the commit was written at {version.commit.authored} and committed at {version.commit.at}: the time of the commit counts"
    file = manifest_of(source, replace(options, past=place > 0))
    if file.wrong:
        yield f"{file.wrong}; {SAYS_NOTHING}"
    owner = version.point.ownership.owner
    if owner is not None:
        roster = Roster(file.manifest.roster)
        if (until := roster.left(owner, moment.date())) is not None:
            yield f"{owner} had left on {until}"
    if place == len(line.commits) - 1 and line.shallow:
        yield f"{why_cut_off(line)}"
