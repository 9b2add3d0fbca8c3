"""Two audits compared, for a terminal, as JSON and as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from aicensus.census.diff import model_text, owner_text, state_text
from aicensus.model.census import Census, Point
from aicensus.model.changes import AuditDiff, CensusDiff, Change, PointPair, RuleChange, Tally
from aicensus.model.finding import AuditResult, Finding
from aicensus.report.layout import PLAIN, QUIET, STYLES, Look, Page, Span
from aicensus.report.markdown import code, table
from aicensus.report.markdown import text as plain
from aicensus.report.overview import NO_OWNER
from aicensus.report.sheet import one_line
from aicensus.report.words import amount, changed_words, marked

_HOW = {"move": "its file was moved", "id": "another number in its function", "content": "the same call and prompt, or symbol"}
_LONG = 160


class Comparison(NamedTuple):
    old: AuditResult
    new: AuditResult
    diff: AuditDiff


def as_text(compared: Comparison, look: Look = PLAIN) -> str:
    """What differs, by kind; what is the same is only counted."""
    page = Page(look)
    page.line((f"{_name(compared.old.census)} -> {_name(compared.new.census)}", "bold"))
    for line in summary(compared.diff):
        page.line(line)
    _points(page, compared.diff.census)
    _rules(page, compared.diff.rules)
    _tallies(page, compared.diff.census)
    _state(page, compared.diff.census)
    _findings(page, compared.diff)
    return page.text()


def summary(diff: AuditDiff) -> list[str]:
    """The numbers in words, a line a kind; kinds in which nothing differs say so."""
    census, findings = diff.census, diff.findings
    same = sum(not pair.changes and not pair.moved for pair in census.points)
    points = _counted(
        ("added", len(census.points_added)),
        ("removed", len(census.points_removed)),
        ("moved", len(census.points_moved)),
        ("changed", len(census.points_changed)),
    )
    prompts = _counted(
        ("added", len(census.prompts_added)),
        ("removed", len(census.prompts_removed)),
        ("moved", sum(pair.moved for pair in census.prompts)),
        ("changed", sum(pair.changed for pair in census.prompts)),
    )
    rules = _counted(*((name, sum(_what(change) == name for change in diff.rules)) for name in ("added", "removed", "changed")))
    state = _counted(("added", len(census.state_added)), ("removed", len(census.state_removed)))
    found = _counted(("new", len(findings.added)), ("gone", len(findings.removed)))
    return [
        f"Points: {points}, {same} as before",
        f"Prompts: {prompts}",
        f"Rules in prompts: {rules}",
        f"State: {state}",
        f"Findings: {found}, {len(findings.kept)} as before",
    ]


def _counted(*counts: tuple[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts if number) or "no change"


def _what(change: RuleChange) -> Literal["added", "removed", "changed"]:
    return "added" if change.old is None else "removed" if change.new is None else "changed"


def _name(census: Census) -> str:
    names = [f"{repo.name}{'@' + repo.revision[:12] if repo.revision else ''}" for repo in census.repositories]
    return ", ".join(names) or "nothing"


# --- text ---


def _points(page: Page, diff: CensusDiff) -> None:
    _listed(page, "Points added", diff.points_added, lambda point: page.line(("+ ", "green"), *_point(point), indent=2, hang=4))
    _listed(page, "Points removed", diff.points_removed, lambda point: page.line(("- ", "red"), *_point(point), indent=2, hang=4))
    _listed(page, "Points moved", diff.points_moved, lambda pair: _moved(page, pair))
    _listed(page, "Points changed", diff.points_changed, lambda pair: _changed(page, pair))


def _listed(page: Page, title: str, rows: Sequence[Any], show: Callable[[Any], object]) -> None:
    if rows:
        page.heading(f"{title}: {len(rows)}")
    for row in rows:
        show(row)


def _point(point: Point) -> list[str | Span]:
    owner = owner_text(point.ownership) or NO_OWNER
    return [point.id, (f"  {point.role} {point.kind}, {point.provider} {model_text(point)}, {owner}  line {point.line}", QUIET)]


def _moved(page: Page, pair: PointPair) -> None:
    page.line(f"{pair.old.id} -> {pair.new.id}", (f"  {_HOW[pair.same_by]}", QUIET), indent=2, hang=4)


def _changed(page: Page, pair: PointPair) -> None:
    page.line(pair.new.id, indent=2)
    for change in pair.changes:
        page.line(*change_spans(change), indent=4, hang=4)


def change_spans(change: Change) -> list[str | Span]:
    """One change in words; of a prompt the words that differ."""
    name = f"{change.what} {change.name}".strip()
    if change.what == "prompt" and change.old and change.new:
        return [f"{name}: ", *marked(change.old, change.new)]
    if change.what == "prompt":
        word, said = ("added", change.new) if change.new else ("gone", change.old)
        return [f"{name} {word}: ", (_short(said), "green" if change.new else "red")]
    return [f"{name}: {_short(change.old) or 'none'} -> {_short(change.new) or 'none'}"]


def _short(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= _LONG else text[:_LONG] + " …"


def _rules(page: Page, changes: Sequence[RuleChange]) -> None:
    _listed(page, "Rules in prompts", changes, lambda change: page.line(*rule_spans(change), indent=2, hang=4))


def rule_spans(change: RuleChange) -> list[str | Span]:
    """One rule with its prompt: `+ new`, `- gone`, `~ the words that differ`."""
    where = (f"  {change.prompt.id}", QUIET)
    match (change.old, change.new):
        case (None, rule) if rule is not None:
            return [("+ ", "green"), one_line(rule.text), where]
        case (rule, None) if rule is not None:
            return [("- ", "red"), one_line(rule.text), where]
        case (old, new):
            return ["~ ", *marked(old.text if old else "", new.text if new else ""), where]


def _tallies(page: Page, diff: CensusDiff) -> None:
    for title, tallies in _named_tallies(diff):
        _listed(page, f"{title}, purposes in production", tallies, lambda one: page.line(f"{one.name}: {one.old} -> {one.new}", indent=2))


def _named_tallies(diff: CensusDiff) -> tuple[tuple[str, tuple[Tally, ...]], ...]:
    return ("Models", diff.models), ("Providers", diff.providers), ("Owners", diff.owners)


def _state(page: Page, diff: CensusDiff) -> None:
    rows = [("+ ", "green", row) for row in diff.state_added] + [("- ", "red", row) for row in diff.state_removed]
    _listed(
        page,
        "State",
        rows,
        lambda row: page.line((row[0], row[1]), state_text(row[2]), (f"  {row[2].path}:{row[2].line}", QUIET), indent=2, hang=4),
    )


def _findings(page: Page, diff: AuditDiff) -> None:
    _listed(page, "Findings that are new", diff.findings.added, lambda one: _finding(page, "+ ", "green", one))
    _listed(page, "Findings that are gone", diff.findings.removed, lambda one: _finding(page, "- ", "red", one))


def _finding(page: Page, sign: str, style: str, found: Finding) -> None:
    where = f"{found.path}:{found.line}" if found.line else found.path
    page.line(
        (sign, style), (found.severity.value, STYLES[found.severity.value]), f" {found.code} {where}  {found.message}", indent=2, hang=4
    )


# --- JSON ---


def as_json(compared: Comparison) -> bytes:
    """All that differs as one document, `aicensus.diff` version 1; prompts with their words: `-` gone, `+` new, a space both."""
    census = compared.diff.census
    document = {
        "document": "aicensus.diff",
        "version": 1,
        "old": _side(compared.old),
        "new": _side(compared.new),
        "points": {
            "added": [_row(point) for point in census.points_added],
            "removed": [_row(point) for point in census.points_removed],
            "moved": [{"old": pair.old.id, "new": pair.new.id, "same_by": pair.same_by} for pair in census.points_moved],
            "changed": [
                {"id": pair.new.id, "was": pair.old.id, "changes": [change_row(change) for change in pair.changes]}
                for pair in census.points_changed
            ],
            "unchanged": sum(not pair.changes and not pair.moved for pair in census.points),
        },
        "prompts": {
            "added": [{"id": prompt.id, "text": prompt.text} for prompt in census.prompts_added],
            "removed": [{"id": prompt.id, "text": prompt.text} for prompt in census.prompts_removed],
            "moved": [{"old": pair.old.id, "new": pair.new.id} for pair in census.prompts if pair.moved],
            "changed": [
                {"id": pair.new.id, "was": pair.old.id, "words": word_rows(pair.old.text, pair.new.text)}
                for pair in census.prompts
                if pair.changed
            ],
        },
        "rules": [rule_row(change) for change in compared.diff.rules],
        **{title.lower(): [{"name": t.name, "old": t.old, "new": t.new} for t in tallies] for title, tallies in _named_tallies(census)},
        "state": {
            "added": [{"path": row.path, "line": row.line, "what": state_text(row)} for row in census.state_added],
            "removed": [{"path": row.path, "line": row.line, "what": state_text(row)} for row in census.state_removed],
        },
        "findings": {
            "added": compared.diff.findings.added,
            "removed": compared.diff.findings.removed,
            "kept": len(compared.diff.findings.kept),
        },
    }
    return pretty(document)


def pretty(document: object) -> bytes:
    """The document as JSON; lone surrogates of scanned texts are replaced."""
    return msgspec.json.format(msgspec.json.encode(_encodable(msgspec.to_builtins(document))), indent=2) + b"\n"


def _encodable(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _encodable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(item) for item in value]
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _side(result: AuditResult) -> dict[str, object]:
    census = result.census
    return {
        "repositories": [{"name": repo.name, "revision": repo.revision} for repo in census.repositories],
        "tool_version": census.tool_version,
        "catalog": census.catalog,
        "as_of": result.as_of,
        "points": len(census.points),
        "findings": len(result.findings),
    }


def _row(point: Point) -> dict[str, object]:
    return {
        "id": point.id,
        "repo": point.repo,
        "path": point.path,
        "line": point.line,
        "role": point.role,
        "kind": point.kind,
        "provider": point.provider,
        "model": model_text(point),
        "scope": point.scope,
        "owner": point.ownership.owner,
        "team": point.ownership.team,
        "purpose": point.purpose,
    }


def change_row(change: Change) -> dict[str, object]:
    row: dict[str, object] = {"what": change.what, "name": change.name, "old": change.old, "new": change.new}
    return row | ({"words": word_rows(change.old, change.new)} if change.what == "prompt" and change.old and change.new else {})


def word_rows(old: str, new: str) -> list[list[str]]:
    signs = {"both": " ", "first": "-", "second": "+"}
    return [[signs[piece.where], piece.text] for piece in changed_words(old, new)]


def rule_row(change: RuleChange) -> dict[str, object]:
    sides = {"old": change.old.text if change.old else None, "new": change.new.text if change.new else None}
    return {"what": _what(change), "prompt": change.prompt.id, **sides}


# --- Markdown ---


def as_markdown(compared: Comparison) -> str:
    """For a comment on a pull request: what differs, without any text of a prompt."""
    diff = compared.diff
    parts = [f"## {plain(_name(compared.old.census))} → {plain(_name(compared.new.census))}"]
    parts.append("\n".join(f"- {line}" for line in summary(diff)))
    rows = [("added", point, "") for point in diff.census.points_added]
    rows += [("removed", point, "") for point in diff.census.points_removed]
    rows += [(_both(pair), pair.new, "; ".join(_told(pair))) for pair in diff.census.points if pair.changes or pair.moved]
    if rows:
        head = ("point", "what", "model", "owner", "changes")
        parts.append(table(head, (_cells(point, what, changes) for what, point, changes in rows)))
    counts = [(title[:-1].lower(), one) for title, tallies in _named_tallies(diff.census) for one in tallies]
    if counts:
        parts.append(table(("purposes in production", "name", "before", "now"), (_tally(kind, one) for kind, one in counts)))
    found = [("new", one) for one in diff.findings.added] + [("gone", one) for one in diff.findings.removed]
    if found:
        parts.append(table(("finding", "", "where", "what"), (_found(what, one) for what, one in found)))
    return "\n\n".join(parts) + "\n"


def _both(pair: PointPair) -> str:
    return "moved, changed" if pair.moved and pair.changes else "moved" if pair.moved else "changed"


def _told(pair: PointPair) -> Iterable[str]:
    if pair.moved:
        yield f"was {code(pair.old.id)}"
    for change in pair.changes:
        name = f"{change.what} {change.name}".strip()
        if change.what == "prompt":
            yield plain(f"{name}: {amount(change.old, change.new)}")
        else:
            yield plain(f"{name}: {_short(change.old) or 'none'} → {_short(change.new) or 'none'}")


def _cells(point: Point, what: str, changes: str) -> tuple[str, ...]:
    owner = owner_text(point.ownership) or NO_OWNER
    return code(point.id), what, plain(f"{point.provider} {model_text(point)}"), plain(owner), changes


def _tally(kind: str, one: Tally) -> tuple[str, ...]:
    return kind, plain(one.name), str(one.old), str(one.new)


def _found(what: str, found: Finding) -> tuple[str, ...]:
    where = f"{found.path}:{found.line}" if found.line else found.path
    return f"{found.severity.value} {found.code}", what, code(where), plain(found.message)
