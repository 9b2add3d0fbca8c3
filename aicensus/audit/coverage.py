"""COV: what the scan did not see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from aicensus.audit.context import Context
from aicensus.audit.rule import Hit, Rule, at_point, count
from aicensus.model.census import Dependency, Evidence, Point, UnreadFile, Unresolved
from aicensus.model.finding import Severity

MANY = 20


def unresolved(context: Context) -> Iterator[Hit]:
    found: dict[tuple[str, str], list[Unresolved]] = defaultdict(list)
    for one in context.census.coverage.unresolved:
        found[one.repo, one.point].append(one)
    for point in context.points:
        # A gateway takes model and prompt from its callers: that is what it is for.
        if point.role != "gateway" and (missing := found.get((point.repo, point.id))):
            yield _unresolved(point, missing)


def _unresolved(point: Point, missing: list[Unresolved]) -> Hit:
    reasons = dict.fromkeys(f"{one.what} ({one.why})" for one in missing)
    return at_point(
        point,
        f"`{point.symbol}`: not known: {', '.join(reasons)}",
        next="write it in a form that can be read without running the program, or declare what it is for in aicensus.yaml",
        key=tuple(sorted({one.what for one in missing})),
        evidence=tuple(Evidence(path=one.path, line=one.line, what=f"{one.what}: {one.why}") for one in missing),
    )


def unread(context: Context) -> Iterator[Hit]:
    groups: dict[tuple[str, str], list[UnreadFile]] = defaultdict(list)
    for file in context.census.coverage.unread:
        groups[file.repo, file.reason].append(file)
    for (repo, reason), files in sorted(groups.items()):
        if len(files) > MANY:
            yield _many_unread(repo, reason, files)
        else:
            yield from (_unread(file) for file in files)


def _unread(file: UnreadFile) -> Hit:
    part = " in part" if file.line else ""
    return Hit(
        message=f"{file.path or file.repo} was not read{part}: {file.reason}",
        next="see that it holds no inference point, then leave it out with `settings.exclude` in aicensus.yaml, or make it readable",
        key=(file.path, file.reason),
        repo=file.repo,
        path=file.path,
        line=file.line,
    )


def _many_unread(repo: str, reason: str, files: list[UnreadFile]) -> Hit:
    return Hit(
        message=f"{count(len(files), 'file')} were not read: {reason}",
        next="see the coverage section for all of them; leave them out with `settings.exclude` in aicensus.yaml, or make them readable",
        key=(reason,),
        repo=repo,
        path="",
        evidence=tuple(Evidence(path=file.path, line=file.line, what=reason) for file in files[:MANY]),
    )


def sdk_without_point(context: Context) -> Iterator[Hit]:
    used = {(point.repo, point.sdk) for point in context.census.points}
    busy = {point.repo for point in context.census.points}
    imported = {seen.sdk: seen.files for seen in context.census.sdks}
    told: set[tuple[str, str]] = set()
    for dependency in context.census.dependencies:
        key = (dependency.repo, dependency.sdk)
        if key in used or key in told:
            continue
        told.add(key)
        yield _silent_sdk(dependency, imported.get(dependency.sdk, 0), dependency.repo in busy)


def _silent_sdk(dependency: Dependency, files: int, other_points: bool) -> Hit:
    if dependency.unread:
        message = (
            f"{dependency.package} is a dependency, and code of its language is not read yet: its inference points are not in the census"
        )
        fix = f"look at the uses of {dependency.package} by hand, and have somebody answer for them"
    elif files:
        message = f"{dependency.package} is a dependency and imported in {count(files, 'file')}, and no inference point of it was found"
        fix = "look at the imports: a call that the scan does not know can be added with `catalog` in aicensus.yaml"
    else:
        message = f"{dependency.package} is a dependency, and no file that was read imports it"
        fix = f"remove {dependency.package} from {dependency.path}, or scan the code that uses it"
    return Hit(
        message=message,
        next=fix,
        key=(dependency.path, dependency.package),
        repo=dependency.repo,
        path=dependency.path,
        line=dependency.line,
        evidence=(Evidence(path=dependency.path, line=dependency.line, what=f"{dependency.package} {dependency.version}".strip()),),
        confidence="likely",
        # Beside other points it is mostly a helper of another library.
        milder=1 if other_points else 0,
    )


RULES = (
    Rule(
        code="COV001",
        name="unresolved-fact",
        severity=Severity.NOTE,
        check=unresolved,
        what="The model, the prompt or the callee of a point could not be resolved; the reason is named.",
        why="What is not known cannot be judged: other rules are silent here.",
        fix="Nothing, where run time decides. Otherwise write it so that it can be read, or declare it.",
    ),
    Rule(
        code="COV002",
        name="not-read",
        severity=Severity.WARNING,
        check=unread,
        what="A file or repository that should have been read was not, in whole or in part.",
        why="Inference points may hide there.",
        fix="Make it readable, or leave it out on purpose.",
    ),
    Rule(
        code="COV003",
        name="sdk-without-point",
        severity=Severity.WARNING,
        check=sdk_without_point,
        what="A model SDK is a dependency, and no inference point of it was found.",
        why="Either the dependency is dead, or the scan has a blind spot.",
        fix="Remove the dependency, or teach the catalogue the call.",
    ),
)
