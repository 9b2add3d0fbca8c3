"""Accepted findings: waivers of the manifest and suppressions in comments. Nothing vanishes: both sides are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from aicensus.audit.context import Context
from aicensus.audit.rule import Hit
from aicensus.census.annotations import Annotation, parse_annotation
from aicensus.manifest.claims import selects
from aicensus.model.census import Point
from aicensus.model.finding import Accepted, Finding
from aicensus.model.settings import ManifestFile, WaiverEntry


class Outcome(NamedTuple):
    reported: list[Finding]
    accepted: list[Accepted]
    unused: list[Hit]
    """Waivers and suppressions that accept nothing, as hits of MAN002."""


class _Suppression(NamedTuple):
    repo: str
    path: str
    line: int
    """0 when only the points are known that it belongs to."""
    said: Annotation
    points: frozenset[str]


def accept(findings: Sequence[Finding], context: Context, active_codes: frozenset[str]) -> Outcome:
    """Part the findings into reported and accepted. Waivers of rules that are switched off are not called unused."""
    waivers = [(file, repos, index, waiver) for file, repos in context.manifests() for index, waiver in enumerate(file.manifest.waivers)]
    live = [entry for entry in waivers if entry[3].until >= context.as_of]
    suppressions = list(_suppressions(context))
    used: set[int] = set()
    outcome = Outcome([], [], [])
    for finding in findings:
        waiver = next((entry for entry in live if _waives(entry[3], entry[1], finding)), None)
        inline = next((one for one in suppressions if _suppresses(one, finding)), None)
        used.update(id(entry[3]) for entry in live if _waives(entry[3], entry[1], finding))
        used.update(id(one) for one in suppressions if _suppresses(one, finding))
        if waiver:
            entry = waiver[3]
            outcome.accepted.append(
                Accepted(finding=finding, how="waiver", reason=entry.reason, by=entry.by, until=entry.until.isoformat())
            )
        elif inline:
            outcome.accepted.append(Accepted(finding=finding, how="inline", reason=inline.said.reason))
        else:
            outcome.reported.append(finding)
    for file, repos, index, entry in live:
        if id(entry) not in used and entry.code in active_codes:
            outcome.unused.append(_unused_waiver(file, repos, index, entry))
    for one in suppressions:
        outcome.unused.extend(_mistaken(one, id(one) in used, active_codes))
    return outcome


def _waives(waiver: WaiverEntry, repos: Sequence[str], finding: Finding) -> bool:
    if waiver.code != finding.code or (finding.repo and repos and finding.repo not in repos):
        return False
    point_fits = not waiver.point or any(selects(waiver.point, point) for point in finding.points)
    return point_fits and (not waiver.path or selects(waiver.path, finding.path))


def _suppresses(one: _Suppression, finding: Finding) -> bool:
    """At its own line or the next one, or at a point that it belongs to. Without a reason it suppresses nothing."""
    if finding.code not in one.said.ignore or not one.said.reason or (finding.repo, finding.path) != (one.repo, one.path):
        return False
    near = one.line > 0 and finding.line in {one.line, one.line + 1}
    return near or bool(one.points & set(finding.points))


def _suppressions(context: Context) -> Iterator[_Suppression]:
    """Every comment that says `ignore=`; the points that carry the same text in the same file are its points.

    Files whose points are not reported, such as tests, have nothing to suppress.
    """
    by_place: dict[tuple[str, str, str], list[Point]] = {}
    silent = {(point.repo, point.path) for point in context.census.points} - {(point.repo, point.path) for point in context.points}
    for point in context.points:
        for text in point.notes:
            by_place.setdefault((point.repo, point.path, text), []).append(point)
    for note in context.census.notes:
        if (note.repo, note.path) in silent:
            continue
        points = by_place.pop((note.repo, note.path, note.text), [])
        said = parse_annotation(note.text)
        if said.ignore:
            yield _Suppression(note.repo, note.path, note.line, said, frozenset(point.id for point in points))
    for (repo, path, text), points in sorted(by_place.items(), key=lambda item: item[0]):
        said = parse_annotation(text)
        if said.ignore:
            yield _Suppression(repo, path, 0, said, frozenset(point.id for point in points))


def _unused_waiver(file: ManifestFile, repos: Sequence[str], index: int, waiver: WaiverEntry) -> Hit:
    return Hit(
        message=f"the waiver of {waiver.code} for `{waiver.point or waiver.path}` matches no finding",
        next="remove it, or correct its code, `point` or `path`",
        key=("waiver", waiver.code, waiver.point, waiver.path),
        repo=repos[0] if len(repos) == 1 else "",
        path=file.path,
        line=file.lines.get(f"waivers[{index}]", 0),
        owners=(waiver.by,),
    )


def _mistaken(one: _Suppression, used: bool, active_codes: frozenset[str]) -> Iterator[Hit]:
    codes = ", ".join(one.said.ignore)
    if not one.said.reason:
        message, fix = f"the suppression of {codes} gives no reason and is not obeyed", f'write `aicensus: ignore={codes} reason="..."`'
    elif not used and active_codes.intersection(one.said.ignore):
        message, fix = f"the suppression of {codes} matches no finding", "remove the comment, or move it to the line of the finding"
    elif not used and not any(code in active_codes for code in one.said.ignore) and not _looks_like_codes(one.said.ignore):
        message, fix = f"the suppression names no rule: {codes}", "name the code of the finding, such as OWN001"
    else:
        return
    yield Hit(message=message, next=fix, key=(one.path, codes, *sorted(one.points)), repo=one.repo, path=one.path, line=one.line)


def _looks_like_codes(codes: Sequence[str]) -> bool:
    return all(len(code) == 6 and code[:3].isupper() and code[3:].isdigit() for code in codes)
