"""One page that holds everything, opens offline and runs nothing but its own script."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from functools import partial

import msgspec
from jinja2 import Environment
from markupsafe import Markup, escape

from aicensus.model.census import EntryPoint, Point, Prompt, State
from aicensus.model.finding import AuditResult, Finding
from aicensus.report import beside, pages
from aicensus.report.card import claim_text, model_name, model_text, prompt_name
from aicensus.report.growth import view as growth_view
from aicensus.report.layout import short_path
from aicensus.report.lookup import Lookup
from aicensus.report.overview import (
    NO_OWNER,
    SCOPES,
    Group,
    counted,
    first_few,
    grouped,
    overview,
    owner_of,
    plural,
    severities,
    worst_first,
)
from aicensus.report.picture import picture
from aicensus.report.rules_view import rules_view
from aicensus.report.terminal import next_steps, tries
from aicensus.report.visible import name_of, pieces

_REPEATED = 2_000
"""A prompt longer than this is on the page once; other points that use it point there."""
_NAMED = 3
_HOLE = re.compile(r"\{[A-Za-z_][\w.\[\]]{0,60}\}")


class PromptView(msgspec.Struct, frozen=True):
    """A prompt on the card of a point. A long text stands only on the first card that has it, under `anchor`; elsewhere `here` is false."""

    prompt: Prompt
    anchor: str
    here: bool


class PointView(msgspec.Struct, frozen=True, kw_only=True):
    """A point with all that its row and card show; `at` is its place in the list."""

    at: int
    point: Point
    owner: str
    model: str
    findings: list[Finding]
    prompts: list[PromptView]
    state: list[State]
    gateways: list[Point]
    entry_points: list[EntryPoint]


class OwnerView(msgspec.Struct, frozen=True, kw_only=True):
    """The findings that one owner is to answer."""

    owner: str
    findings: list[Finding]
    groups: tuple[Group, ...]


def render(result: AuditResult) -> str:
    """Return the page. Every text that comes from a repository is escaped, and characters that hide or move others are shown."""
    lookup = Lookup(result)
    points = _ordered(result, lookup)
    views = _views(points, lookup)
    positions = {(view.point.repo, view.point.id): view.at for view in views}
    style, script = map(pages.part, ("report.css", "report.js"))
    return (
        _environment(result)
        .get_template("report.html")
        .render(
            result=result,
            census=result.census,
            coverage=result.census.coverage,
            subject=_subject([repository.name for repository in result.census.repositories]),
            numbers=overview(result),
            views=views,
            positions=positions,
            card_of=lambda finding: next((positions[key] for key in lookup.points_of(finding) if key in positions), None),
            options=_options(views),
            picture=picture(result, positions),
            owners=_by_owner(result, lookup),
            groups=grouped(result.findings, result.rules),
            rules={rule.code: rule for rule in result.rules},
            stated=rules_view(result, positions),
            beside=beside if beside.anything(result.census) else None,
            growth=[growth_view(trend) for trend in result.growth],
            orphans=[prompt for prompt in result.census.prompts if not prompt.used_by],
            steps=next_steps(result, overview(result)),
            tries=tries(result.census),
            style=style,
            script=script,
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


def _ordered(result: AuditResult, lookup: Lookup) -> list[Point]:
    """Return the points, production first, those with the worst findings before others."""

    def rank(point: Point) -> tuple[bool, int, int]:
        findings = lookup.findings(point)
        return point.scope != "prod", findings[0].severity.rank if findings else 9, -len(findings)

    return sorted(counted(result.census), key=rank)


def _views(points: list[Point], lookup: Lookup) -> list[PointView]:
    anchors: dict[tuple[str, str], str] = {}
    return [
        PointView(
            at=at,
            point=point,
            owner=owner_of(point),
            model=model_name(point.model),
            findings=lookup.findings(point),
            prompts=[_prompt(prompt, anchors) for prompt in lookup.prompts(point)],
            state=lookup.state(point),
            gateways=lookup.gateways(point),
            entry_points=lookup.entry_points(point),
        )
        for at, point in enumerate(points)
    ]


def _prompt(prompt: Prompt, anchors: dict[tuple[str, str], str]) -> PromptView:
    key = (prompt.repo, prompt.id)
    if key not in anchors:
        anchors[key] = f"prompt-{len(anchors)}"
        return PromptView(prompt=prompt, anchor=anchors[key], here=True)
    here = len(prompt.text) <= _REPEATED
    return PromptView(prompt=prompt, anchor="" if here else anchors[key], here=here)


def _subject(names: list[str]) -> str:
    """Return `a, b and c`, or how many there are."""
    if not 0 < len(names) <= _NAMED:
        return plural(len(names), "repository", "repositories")
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _options(views: list[PointView]) -> dict[str, list[str]]:
    """Return what each filter offers; the codes of findings with the worst first."""
    values: dict[str, list[str]] = {
        "owner": sorted({view.owner for view in views}, key=lambda owner: (owner == NO_OWNER, owner)),
        "provider": sorted({view.point.provider for view in views}),
        "kind": sorted({str(view.point.kind) for view in views}),
        "role": sorted({str(view.point.role) for view in views}),
        "scope": [word for word in SCOPES.values() if any(SCOPES[view.point.scope] == word for view in views)],
    }
    codes = dict.fromkeys(finding.code for finding in worst_first(finding for view in views for finding in view.findings))
    return {**values, "finding": list(codes)}


def _by_owner(result: AuditResult, lookup: Lookup) -> list[OwnerView]:
    """Return the findings by whoever is to answer them, most errors first; nobody comes first of all."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in worst_first(result.findings):
        for owner in dict.fromkeys(_answering(finding, lookup)):
            found[owner].append(finding)

    def rank(owner: str) -> tuple[bool, int, int, str]:
        errors = sum(finding.severity.rank == 0 for finding in found[owner])
        return owner != NO_OWNER, -errors, -len(found[owner]), owner

    return [OwnerView(owner=owner, findings=found[owner], groups=grouped(found[owner], result.rules)) for owner in sorted(found, key=rank)]


def _answering(finding: Finding, lookup: Lookup) -> list[str]:
    return [owner_of(lookup.points[key]) for key in lookup.points_of(finding)] or list(finding.owners[:1]) or [NO_OWNER]


def _environment(result: AuditResult) -> Environment:
    environment = pages.environment()
    environment.filters |= {
        "shown": shown,
        "prompt": prompt_text,
        "wbr": breakable,
        "ticks": ticked,
        "plural": plural,
        "model": model_text,
        "claim": claim_text,
    }
    environment.filters |= {"short": short_path, "first_few": first_few, "severities": severities, "prompt_name": prompt_name}
    environment.globals["place"] = partial(_place, several=len(result.census.repositories) > 1)
    environment.globals["scopes"] = SCOPES
    environment.globals["no_owner"] = NO_OWNER
    return environment


def shown(text: str, keep: str = "") -> Markup:
    """Return text as markup in which every hidden character is a marked box with its number and, as a title, its name."""
    return Markup("").join(_hidden(piece) if hidden else escape(piece) for piece, hidden in pieces(text, keep=keep))


def prompt_text(text: str) -> Markup:
    """Return the text of a prompt as markup: lines kept, placeholders and hidden characters marked."""
    made, end = Markup(""), 0
    text = text.replace("\r\n", "\n")
    for hole in _HOLE.finditer(text):
        made += shown(text[end : hole.start()], "\n\t") + Markup('<span class="hole">{}</span>').format(hole.group())
        end = hole.end()
    return made + shown(text[end:], "\n\t")


def breakable(text: str) -> Markup:
    """Return a path or dotted name as markup that may be broken after its separators."""
    return Markup(re.sub(r"(?<=[/._:@])(?=[^/._:@])", "<wbr>", text)) if re.fullmatch(r"[\w/.:@+\-]*", text, re.ASCII) else shown(text)


def ticked(text: str) -> Markup:
    """Return text as markup with what stands in backticks as code."""
    parts = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(shown(part)) if at % 2 else shown(part) for at, part in enumerate(parts))


def _hidden(character: str) -> Markup:
    return Markup('<span class="hidden-character" title="{}">U+{:04X}</span>').format(name_of(character), ord(character))


def _place(repo: str, path: str, line: int, *, several: bool) -> str:
    if not path:
        return repo if several else "the whole census"
    return (f"{repo}/" if several else "") + path + (f":{line}" if line else "")
