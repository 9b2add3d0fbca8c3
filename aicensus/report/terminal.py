"""The summary of an audit as text: what there is, what is wrong, what to do next, what was not read."""

from __future__ import annotations

import shlex

from aicensus.model.census import Census, DeveloperTool, Evaluation, Flow, ModelSetting, PossibleCall, UnreadFile, Unresolved
from aicensus.model.finding import AuditResult
from aicensus.report.beside import anything, evaluation_text, flow_text, setting_text, tool_text, tools_counted
from aicensus.report.layout import HEADING, PLAIN, QUIET, STYLES, Look, Page
from aicensus.report.overview import Counts, Group, Overview, counted, first_few, grouped, overview, plural, severities
from aicensus.report.visible import cells, visible

_ENTRIES = 6
"""Labels of one small table; the rest is summed."""
_PLACES = 5
"""Places shown of one code, of unread files, of unresolved values."""
_COLUMN = 44
"""Most columns for `path:line`."""
_STEPS = 3


def render(result: AuditResult, look: Look = PLAIN) -> str:
    """Return the summary of an audit."""
    page = Page(look)
    numbers = overview(result)
    found = bool(counted(result.census))
    _head(page, result, numbers, found)
    if found:
        _tables(page, numbers)
    else:
        _nothing(page, result.census)
    _findings(page, result)
    if found or result.findings:
        _next(page, result, numbers)
    _beside(page, result.census)
    if found:
        _coverage(page, result.census)
    return page.text()


def _head(page: Page, result: AuditResult, numbers: Overview, found: bool) -> None:
    repositories = ", ".join(repository.name for repository in result.census.repositories)
    page.line((f"aicensus {result.tool_version}".strip(), HEADING), f"  {repositories}, judged at {result.as_of}")
    page.gap()
    if not found:
        page.line(("No place was found that asks a model for something.", HEADING))
    else:
        page.line((f"{plural(numbers.purposes, 'purpose')} in production", HEADING), " ", _served(numbers))
        page.line(_answered(numbers))
    page.line(f"{numbers.read:,} of {numbers.files:,} files read, {numbers.unread:,} could not be read.")


def _served(numbers: Overview) -> str:
    ask = f"{'asks' if numbers.purposes == 1 else 'ask'} a model for something"
    through = f", through {plural(numbers.gateways, 'gateway')} of your own" if numbers.gateways else ""
    elsewhere = f"; {numbers.elsewhere:,} more in tests, examples and docs" if numbers.elsewhere else ""
    return f"{ask}{through}{elsewhere}."


def _answered(numbers: Overview) -> str:
    unowned = numbers.purposes - numbers.owned
    return (
        f"{numbers.owned:,} with an owner, {unowned:,} without. "
        f"{numbers.consequential:,} {'decides' if numbers.consequential == 1 else 'decide'} something of consequence, "
        f"of {numbers.undecided:,} nobody has said."
    )


def _tables(page: Page, numbers: Overview) -> None:
    page.blocks(
        [
            ("Owner", _entries(numbers.by_owner)),
            ("Provider", _entries(numbers.by_provider)),
            ("Kind", _entries(numbers.by_kind)),
            ("Role", _entries(numbers.by_role)),
            ("Scope", _entries(numbers.by_scope)),
        ]
    )


def _entries(counts: Counts) -> list[tuple[str, str]]:
    shown, rest = first_few(counts, _ENTRIES)
    entries = [(label, f"{number:,}") for label, number in shown]
    return [*entries, (f"{len(rest)} others", f"{sum(number for _, number in rest):,}")] if rest else entries


def _findings(page: Page, result: AuditResult) -> None:
    numbers = overview(result)
    accepted = f"; {numbers.accepted:,} accepted" if numbers.accepted else ""
    if not result.findings:
        page.heading("No findings" + accepted)
        return
    page.heading(severities(result.findings) + accepted)
    for group in grouped(result.findings, result.rules):
        _group(page, group, _several(result.census))


def _group(page: Page, group: Group, several: bool) -> None:
    page.gap()
    severity = group.severity.value
    name = f" {group.rule.name}" if group.rule else ""
    milder = sum(finding.severity != group.severity for finding in group.findings)
    count = f"{len(group.findings):,}" + (f", {milder:,} of them milder" if milder else "")
    page.line((severity, STYLES[severity]), " ", (group.code + name, HEADING), f"  {count}")
    if group.rule:
        page.line(group.rule.what, indent=2)
    shown = group.findings[:_PLACES]
    _places(page, [(place(found.repo, found.path, found.line, several), found.message) for found in shown], indent=2)
    if len(group.findings) > _PLACES:
        page.line((f"and {len(group.findings) - _PLACES:,} more", QUIET), indent=2)
    if group.rule:
        page.line(("Fix: ", QUIET), group.rule.fix, indent=2, hang=5)


def _places(page: Page, rows: list[tuple[str, str]], *, indent: int) -> None:
    most = min(_COLUMN, (page.width or 0) * 2 // 5) if page.width else None
    column = max((cells(visible(where)) for where, _ in rows if not most or cells(visible(where)) <= most), default=0)
    for where, message in rows:
        page.place(where, message, column=column, indent=indent)


def _next(page: Page, result: AuditResult, numbers: Overview) -> None:
    steps = next_steps(result, numbers)
    page.heading("What to do next")
    for number, step in enumerate(steps, 1):
        page.line(f"{number}. {step}", indent=2, hang=3)


def next_steps(result: AuditResult, numbers: Overview) -> list[str]:
    """Return three things to do: the first finding of each of the worst codes, then commands that lead on."""
    several = _several(result.census)
    firsts = [group.findings[0] for group in grouped(result.findings, result.rules)]
    steps = [f"{place(first.repo, first.path, first.line, several)}: {first.next} ({first.code})" for first in firsts]
    if numbers.elsewhere and not numbers.purposes + numbers.gateways:
        steps.append("nothing is in production: `settings.scopes` in aicensus.yaml says which paths are tests, examples and docs")
    if numbers.purposes > numbers.owned:
        steps.append("`aicensus init` drafts aicensus.yaml, where every point gets its owner")
    if points := counted(result.census):
        steps.append(f"`aicensus show {shlex.quote(points[0].id)}` shows one point with its prompt and evidence")
        steps.append("`aicensus scan PATH -o html=census.html` writes a page to read and to send")
    return steps[:_STEPS]


def _beside(page: Page, census: Census) -> None:
    """What configuration declares beside the points, and what serves those who write the code."""
    if not anything(census):
        return
    page.heading("Beside the code of the product")
    if census.flows:
        steps = sum(len(flow.points) for flow in census.flows)
        page.line(f"Flows: {len(census.flows):,}, with {plural(steps, 'point')}", indent=2)
        _some(page, [(_at(flow, census), flow_text(flow)) for flow in census.flows])
    if census.model_settings:
        page.line(f"Models that settings give to code: {len(census.model_settings):,}", indent=2)
        _some(page, [(_at(row, census), setting_text(row)) for row in census.model_settings])
    if census.evaluations:
        page.line(f"Evaluations: {len(census.evaluations):,}", indent=2)
        _some(page, [(_at(row, census), evaluation_text(row)) for row in census.evaluations])
    if census.developer_tools:
        page.line(f"For those who write the code, not counted as purposes: {tools_counted(census.developer_tools)}", indent=2)
        _some(page, [(_at(row, census), tool_text(row)) for row in census.developer_tools])


def _at(row: Flow | ModelSetting | Evaluation | DeveloperTool, census: Census) -> str:
    return place(row.repo, row.path, row.line, _several(census))


def _nothing(page: Page, census: Census) -> None:
    coverage = census.coverage
    page.heading("What was read")
    languages = ", ".join(f"{language} {number:,}" for language, number in coverage.languages)
    page.line(f"Languages: {languages or 'none that has a front end'}.", indent=2)
    page.line(f"{plural(coverage.analysed, 'file')} could matter and {'was' if coverage.analysed == 1 else 'were'} parsed.", indent=2)
    _not_read(page, census)
    page.heading("What was seen")
    sdks = ", ".join(f"{seen.sdk} ({plural(seen.files, 'file')})" for seen in census.sdks)
    page.line(f"Model SDKs imported: {sdks or 'none'}.", indent=2)
    wanted = ", ".join(f"{found.package} {found.version}".strip() + f" ({found.path}:{found.line})" for found in census.dependencies)
    page.line(f"Model SDKs among the dependencies: {wanted or 'none'}.", indent=2)
    if census.secrets:
        page.line(f"{plural(len(census.secrets), 'key')} in source: somebody calls something.", indent=2)
    _possible(page, census)
    page.heading("What to try")
    for number, text in enumerate(tries(census), 1):
        page.line(f"{number}. {text}", indent=2, hang=3)


def tries(census: Census) -> list[str]:
    """Return what to try when nothing was found."""
    coverage = census.coverage
    found = []
    if not coverage.files:
        found.append("No file was listed: check the path, and what .gitignore or settings.include and settings.exclude leave.")
    elif not coverage.considered:
        found.append("No file is in a language that is read yet; `aicensus catalog list` shows what is known.")
    if coverage.unread:
        found.append("Look at the files that could not be read.")
    if coverage.left_out:
        found.append("Look at what was left out as not your own: is the code you mean among it?")
    if census.sdks or census.dependencies:
        found.append("An SDK is there but no call of it: name the wrapper that hides it under `catalog:` in aicensus.yaml.")
    found.append(
        "An SDK or gateway of your own? Describe it in a file and add `--catalog FILE`; `aicensus catalog list` shows the known ones."
    )
    if not census.sdks and not census.dependencies:
        found.append("Scan the repository that holds the gateway together with this one: `aicensus scan A B`.")
    return found


def _coverage(page: Page, census: Census) -> None:
    coverage = census.coverage
    page.heading("Coverage")
    parsed = f"{plural(coverage.analysed, 'file')} could matter and {'was' if coverage.analysed == 1 else 'were'} parsed"
    page.line(f"{coverage.files:,} files listed, {coverage.considered:,} in a language that is read, {parsed}.", indent=2)
    _not_read(page, census)
    _unresolved(page, census)
    _possible(page, census)
    for note in coverage.notes:
        page.line(f"Note: {note}", indent=2)


def _not_read(page: Page, census: Census) -> None:
    coverage = census.coverage
    if coverage.left_out:
        reasons = ", ".join(f"{number:,} {reason}" for reason, number in coverage.left_out)
        page.line(f"Left out as not your own source: {reasons}.", indent=2)
    if coverage.unread:
        page.line(f"Not read, in whole or in part: {len(coverage.unread):,}", indent=2)
        _some(page, [(_place_of(file, census), file.reason) for file in coverage.unread])


def _unresolved(page: Page, census: Census) -> None:
    unresolved = census.coverage.unresolved
    if unresolved:
        page.line(f"Not resolved: {len(unresolved):,}", indent=2)
        _some(page, [(_place_of(one, census), f"{one.what}: {one.why}") for one in unresolved])


def _possible(page: Page, census: Census) -> None:
    possible = census.coverage.possible
    if possible:
        page.line(f"Possible calls, too uncertain to count: {len(possible):,}", indent=2)
        _some(page, [(_place_of(one, census), one.what) for one in possible])


def _some(page: Page, rows: list[tuple[str, str]]) -> None:
    _places(page, rows[:_PLACES], indent=4)
    if len(rows) > _PLACES:
        page.line((f"and {len(rows) - _PLACES:,} more", QUIET), indent=4)


def _place_of(row: UnreadFile | Unresolved | PossibleCall, census: Census) -> str:
    return place(row.repo, row.path, row.line, _several(census))


def _several(census: Census) -> bool:
    return len(census.repositories) > 1


def place(repo: str, path: str, line: int, several: bool) -> str:
    """Return `path:line`, led by the repository where there are several; what has no path is about the whole."""
    if not path:
        return repo if several and repo else "(all)"
    return (f"{repo}/" if several else "") + path + (f":{line}" if line else "")
