"""MAN: the manifest itself."""

from __future__ import annotations

from collections.abc import Iterator

from aicensus.audit.context import Context
from aicensus.audit.rule import Hit, Rule
from aicensus.model.finding import Severity
from aicensus.model.settings import ManifestFile


def out_of_date(context: Context) -> Iterator[Hit]:
    for file, repos in context.manifests():
        repo = repos[0] if len(repos) == 1 else ""
        yield from _expired_waivers(context, file, repo)
        yield from _sunset_without_successor(file, repo)


def _expired_waivers(context: Context, file: ManifestFile, repo: str) -> Iterator[Hit]:
    for index, waiver in enumerate(file.manifest.waivers):
        if waiver.until < context.as_of:
            target = waiver.point or waiver.path
            yield Hit(
                message=f"the waiver of {waiver.code} for `{target}` ended on {waiver.until}: its findings are reported again",
                next="fix the finding and remove the waiver, or let somebody accept it anew with a later `until`",
                key=("waiver", waiver.code, waiver.point, waiver.path),
                repo=repo,
                path=file.path,
                line=file.lines.get(f"waivers[{index}]", 0),
                owners=(waiver.by,),
            )


def _sunset_without_successor(file: ManifestFile, repo: str) -> Iterator[Hit]:
    for identity, claim in sorted(file.manifest.points.items()):
        if claim.sunset and not claim.replaced_by:
            yield Hit(
                message=f"`{identity}` ends on {claim.sunset}, and nothing is named that replaces it",
                next="add `replaced_by: <point id>`, or `replaced_by: none` when nothing will",
                key=("sunset", identity),
                repo=repo,
                path=file.path,
                line=file.lines.get(f"points.{identity}", 0),
                owners=(claim.owner,) if claim.owner else (),
                milder=1,
            )


RULES = (
    Rule(
        code="MAN001",
        name="manifest-out-of-date",
        severity=Severity.WARNING,
        check=out_of_date,
        what="A waiver has expired, or a point has a sunset and no successor.",
        why="An accepted risk was accepted for a time; an end without a successor is an outage with a date.",
        fix="Decide again, and write it down.",
    ),
    Rule(
        code="MAN002",
        name="matches-nothing",
        severity=Severity.WARNING,
        check=None,
        what="A waiver, an inline suppression or an entry of the baseline matches no finding, or a suppression gives no reason.",
        why="What accepts nothing today may hide something tomorrow.",
        fix='Remove it, correct its code or place, or give the reason: `aicensus: ignore=OWN001 reason="..."`.',
    ),
)
