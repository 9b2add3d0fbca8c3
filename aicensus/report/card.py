"""One point's card as text."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import get_args

from aicensus.model.census import Claim, ModelUse, OwnerSource, Point, Prompt, State
from aicensus.model.errors import AicensusError
from aicensus.model.finding import AuditResult
from aicensus.report.layout import HEADING, PLAIN, QUIET, STYLES, Look, Page
from aicensus.report.lookup import Lookup
from aicensus.report.overview import NO_OWNER, SCOPES
from aicensus.report.visible import visible

_LABEL = 14
_LISTED = 12
_LIKE = 0.6


class NoSuchPoint(AicensusError):
    """The id meets no point, or several; the message lists what was meant or stands near."""


def show_point(result: AuditResult, wanted: str, look: Look = PLAIN) -> str:
    """Return the card of the point that `wanted` names: an id, the end or a part of one, or `path:line`.

    Raises NoSuchPoint when it names none or several.
    """
    point = find_point(result.census.points, wanted)
    lookup = Lookup(result)
    page = Page(look)
    _title(page, point)
    _ownership(page, point)
    _model(page, point)
    _way(page, point, lookup)
    _state(page, lookup.state(point))
    for prompt in lookup.prompts(point):
        _prompt(page, prompt)
    if not point.prompts:
        _rows(page, "Prompt", [_NO_PROMPT[point.prompt]])
    _judged(page, point, lookup)
    return page.text()


def find_point(points: Sequence[Point], wanted: str) -> Point:
    """Return the point that is meant; see `show_point`."""
    for meets in (_is_exactly, _ends_with, _stands_at, _holds):
        found = [point for point in points if meets(point, wanted)]
        if len(found) == 1:
            return found[0]
        if found:
            raise NoSuchPoint(f"{visible(wanted)} may mean {len(found)} points; name one of:\n{_list(found)}")
    near = [point for point in points if _likeness(point, wanted) > _LIKE]
    hint = f"near to it:\n{_list(near)}" if near else "`aicensus scan PATH -o points=FILE` lists what there is"
    raise NoSuchPoint(f"no point is called {visible(wanted)}; {hint}")


def _is_exactly(point: Point, wanted: str) -> bool:
    return wanted in (point.id, f"{point.repo}/{point.id}")


def _ends_with(point: Point, wanted: str) -> bool:
    return any(point.id.endswith(edge + wanted) for edge in ("/", "::", "."))


def _stands_at(point: Point, wanted: str) -> bool:
    path, _, line = wanted.rpartition(":")
    return line.isdecimal() and bool(path) and f"/{point.path}".endswith(f"/{path}") and point.line <= int(line) <= point.end_line


def _holds(point: Point, wanted: str) -> bool:
    return bool(wanted) and wanted.casefold() in f"{point.repo}/{point.id}".casefold()


def _likeness(point: Point, wanted: str) -> float:
    names = (point.id, point.symbol, point.symbol.rpartition(".")[2])
    return max(difflib.SequenceMatcher(None, wanted.casefold(), name.casefold()).ratio() for name in names)


def _list(points: Iterable[Point]) -> str:
    lines = [f"  {visible(point.repo)}/{visible(point.id)}" for point in points]
    return "\n".join([*lines[:_LISTED], *([f"  and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else [])])


def _title(page: Page, point: Point) -> None:
    page.line((point.id, HEADING))
    cell = f", cell {point.cell}" if point.cell else ""
    page.line((f"{point.path}:{point.line}-{point.end_line}{cell} in {point.repo}", QUIET))
    page.gap()
    declared = "declared" if point.purpose_declared else "from its documentation"
    _rows(page, "Purpose", [f"{point.purpose} ({declared})" if point.purpose else "not stated"])
    _rows(page, "What", [what_text(point)])
    why = f": {point.consequential_why}" if point.consequential_why else ""
    _rows(page, "Consequential", [f"{point.consequential}{why}"])


def what_text(point: Point) -> str:
    """Return `direct chat call in production, certain: client.chat (openai)`."""
    what = f"{point.kind} declared" if point.role == "config" else f"{point.role} {point.kind} call"
    return f"{what} in {SCOPES[point.scope]}, {point.confidence}: {point.call} ({point.sdk})"


def _ownership(page: Page, point: Point) -> None:
    owned = point.ownership
    named = [owned.owner or NO_OWNER, *(f"{label} {name}" for label, name in (("team", owned.team), ("person", owned.person)) if name)]
    _rows(page, "Owner", [", ".join(named) + (f" ({owned.source})" if owned.source else "")])
    for source in get_args(OwnerSource):
        claims = [claim for claim in (*owned.chain, *owned.suggestions) if claim.source == source]
        for text in [claim_text(claim) for claim in claims] or ["nothing"]:
            page.line((f"{source:<12} ", QUIET), text + (" (a suggestion)" if claims and source == "git" else ""), indent=_LABEL)


def claim_text(claim: Claim) -> str:
    return claim.owner + (f"  {claim.path}" + (f":{claim.line}" if claim.line else "") if claim.path else "")


def _model(page: Page, point: Point) -> None:
    _rows(page, "Model", [f"{model_text(point.model)}, asked of {point.provider}"])
    _rows(page, "Settings", [", ".join(f"{setting.name} {setting.value}" for setting in point.settings)] if point.settings else [])


def model_text(model: ModelUse) -> str:
    """Return the model of a point in words."""
    name = model_name(model) or "not known"
    source = (
        "hard-coded in the call" if model.hard_coded else {"unknown": "", "default": "the SDK's default"}.get(model.source, model.source)
    )
    why = ": ".join(text for text in (source, model.why) if text)
    return f"{name} ({why})" if why else name


def model_name(model: ModelUse) -> str:
    """Return the id, or all that may be meant, or nothing."""
    return model.id or " or ".join(model.candidates)


def _way(page: Page, point: Point, lookup: Lookup) -> None:
    _rows(page, "Through", [f"{gateway.id}  {gateway.path}:{gateway.line}" for gateway in lookup.gateways(point)])
    entries = lookup.entry_points(point)
    _rows(
        page, "Reached", [f"{point.reach}" + (", from " + ", ".join(f"{entry.kind} {entry.name}" for entry in entries) if entries else "")]
    )
    for at, step in enumerate(point.route):
        page.line(("-> " if at else "   ", QUIET), step.symbol, (f"  {step.path}:{step.line}", QUIET), indent=_LABEL)
    _rows(page, "Traced by", [", ".join(point.tracers)] if point.tracers else [])


def _state(page: Page, accesses: Sequence[State]) -> None:
    rows = []
    for access in accesses:
        embedded = f", embedded by {access.model}" if access.model else ""
        verb = {"both": "reads and writes", "read": "reads", "write": "writes"}[access.access]
        rows.append(f"{verb} {access.kind.replace('_', ' ')} {access.name} ({access.tech}{embedded})  {access.path}:{access.line}")
    _rows(page, "State", rows)


def _prompt(page: Page, prompt: Prompt) -> None:
    page.gap()
    parts = [prompt.kind, *([prompt.role] if prompt.role else []), *(f"{{{name}}}" for name in prompt.placeholders)]
    version = f", version {prompt.version}" if prompt.version else ""
    _rows(page, "Prompt", [f"{prompt_name(prompt)}  {prompt.path}:{prompt.line}-{prompt.end_line}  ({', '.join(parts)}{version})"])
    for text in prompt.text.split("\n"):
        page.line(("| ", QUIET), visible(text.removesuffix("\r"), keep="\t").expandtabs(4), indent=_LABEL)


def prompt_name(prompt: Prompt) -> str:
    """Return the name of a prompt, else what its id says besides the path; a file is called by its own name."""
    return prompt.name or prompt.id.rpartition("/" if prompt.kind == "file" else "::")[2]


def _judged(page: Page, point: Point, lookup: Lookup) -> None:
    page.gap()
    findings = lookup.findings(point)
    _rows(page, "Findings", [] if findings else ["none"])
    for at, found in enumerate(findings):
        _label(page, "" if at else "Findings", (found.severity.value, STYLES[found.severity.value]), f" {found.code} {found.message}")
        page.line(("next: ", QUIET), found.next, indent=_LABEL + 2)
    _rows(page, "Annotations", list(point.notes))
    _rows(page, "Evidence", [f"{seen.path}:{seen.line}  {seen.what}" for seen in point.evidence])


def _rows(page: Page, label: str, texts: Sequence[str]) -> None:
    for at, text in enumerate(texts):
        _label(page, "" if at else label, text)


def _label(page: Page, label: str, *spans: str | tuple[str, str]) -> None:
    page.line((f"{label:<{_LABEL}}", HEADING), *spans, hang=_LABEL)


_NO_PROMPT = {
    "none": "a call of this kind has none",
    "dynamic": "built at run time only",
    "remote": "kept elsewhere and not known",
    "constant": "not resolved",
    "inline": "not resolved",
    "file": "not resolved",
}
