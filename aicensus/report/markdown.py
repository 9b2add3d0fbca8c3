"""The audit as Markdown, for a comment on a pull request or the summary of a job. Prompt text is never in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from aicensus.model.finding import AuditResult, Finding, Severity
from aicensus.report.overview import Group, grouped, overview, plural, severities
from aicensus.report.terminal import place
from aicensus.report.visible import visible

MOST = 50
"""Findings shown of one code."""
LONGEST = 60_000
"""Characters: code hosts refuse a comment above 65,536."""
_MARKS = re.compile(r"([\\`*_{}\[\]<>|~#!&$])")
_MENTION = re.compile(r"@(?=\w)")
_CODE = re.compile(r"`([^`]+)`")
_FACES = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.NOTE: "💬"}


def render(result: AuditResult) -> str:
    """Return a heading, the findings by code with the worst first, and what is not shown."""
    several = len(result.census.repositories) > 1
    parts = [f"## aicensus: {_verdict(result)}", _scope(result)]
    room = LONGEST
    for group in grouped(result.findings, result.rules):
        shown = "\n\n".join(_group(group, several))
        room -= len(shown)
        parts.append(shown if room > 0 else f"{group.code}: {plural(len(group.findings), 'finding')}, not shown for want of room")
    return "\n\n".join([*parts, *_not_shown(result)]) + "\n"


def _verdict(result: AuditResult) -> str:
    found = severities(result.findings) or "no findings"
    return f"{found} new since {code(result.since[:12])}" if result.since else found


def _scope(result: AuditResult) -> str:
    numbers = overview(result)
    unowned = numbers.purposes - numbers.owned
    return (
        f"{plural(numbers.purposes, 'purpose')} in production, {unowned:,} without an owner, "
        f"{numbers.consequential:,} of consequence. Judged at {result.as_of}."
    )


def _group(group: Group, several: bool) -> Iterator[str]:
    name = f" {group.rule.name}" if group.rule else ""
    yield f"### {_FACES[group.severity]} {group.code}{text(name)} ({len(group.findings):,})"
    if group.rule:
        yield text(group.rule.what)
    yield table(("Where", "What", "What to do", "Whom to ask"), (_row(finding, several) for finding in group.findings[:MOST]))
    if len(group.findings) > MOST:
        yield f"and {len(group.findings) - MOST:,} more"


def _row(finding: Finding, several: bool) -> tuple[str, ...]:
    where = place(finding.repo, finding.path, finding.line, several)
    return code(where), text(finding.message), text(finding.next), ", ".join(map(code, finding.owners))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _not_shown(result: AuditResult) -> Iterator[str]:
    counts = ((len(result.earlier), "there before"), (len(result.accepted), "accepted"))
    said = ", ".join(f"{number:,} {what}" for number, what in counts if number)
    if said:
        yield f"Not shown: {said}."
    if unread := len(result.census.coverage.unread):
        yield f"{plural(unread, 'file')} could not be read, in whole or in part."


def text(words: str) -> str:
    """Return words as plain Markdown: nothing in them is markup, a link or a mention, but for code in backticks."""
    return "".join(code(part) if is_code else _plain(part) for part, is_code in _parts(words))


def _parts(words: str) -> Iterator[tuple[str, bool]]:
    at = 0
    for match in _CODE.finditer(words):
        yield words[at : match.start()], False
        yield match[1], True
        at = match.end()
    yield words[at:], False


def _plain(words: str) -> str:
    # A comment between the sign and the name keeps code hosts from notifying whoever is called so.
    escaped = _MARKS.sub(r"\\\1", visible(words)).replace("://", "&#58;//").replace("www.", "www&#46;")
    return _MENTION.sub("@<!-- -->", escaped)


def code(words: str) -> str:
    """Return words as code. Code in backticks knows no escapes, and a bar would end the cell of a table."""
    shown = visible(words)
    return f"<code>{_plain(shown)}</code>" if re.search(r"[`|\\]", shown) else f"`{shown}`"
