"""The policy library for a terminal and as JSON: fragments with their consumers, copies with their drift, suggestions, edits, traces."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import msgspec

from aicensus.analysis.policies import PolicyBook, Suggestion, Trace
from aicensus.census.places import Places
from aicensus.history.last_change import Commit
from aicensus.model.finding import Finding
from aicensus.model.policy import Fragment
from aicensus.policy.drift import like
from aicensus.policy.sync import FilePlan
from aicensus.policy.uses import Use
from aicensus.policy.wording import sentences
from aicensus.report.layout import Look, Page
from aicensus.report.visible import encodable
from aicensus.rules.differences import differences

CommitOf = Callable[[str, str], Commit | None]
"""The commit that a file of a repository last changed in."""
_VERSION = 1
_LONGEST = 300
"""Characters of a text that a line shows."""


def as_json(name: str, rows: Iterable[object], **more: object) -> str:
    """A versioned document with one list."""
    return json.dumps({"version": _VERSION, **more, name: list(rows)}, indent=2, ensure_ascii=False) + "\n"


# -- list ------------------------------------------------------------------------------------------------------------


def list_text(book: PolicyBook, places: Places, look: Look) -> str:
    page = Page(look)
    for one in book.library.fragments:
        page.heading(f"{one.key} ({book.library.standing(one)}{', verbatim' if one.verbatim else ''})")
        about = [f"owner: {one.owner}", *([f"authority: {one.authority}"] if one.authority else []), _days(one), f"{one.path}:{one.line}"]
        page.line((", ".join(filter(None, about)), "dim"), indent=2)
        page.line((_applies(one), "dim"), indent=2)
        uses = book.uses.of(one.key)
        for use in uses:
            page.line(f"{_place(use, places)}  {_how(use)}, {_points(use)}", indent=2, hang=4)
        if not uses:
            page.line("no prompt states it", indent=2)
    page.gap()
    page.line(f"{_count(len(book.library.fragments), 'fragment')}, {_count(len(book.uses.found), 'copy', 'copies')} in prompts")
    return page.text()


def list_rows(book: PolicyBook, places: Places) -> list[dict[str, Any]]:
    return [
        _fragment(one) | {"standing": book.library.standing(one), "uses": [_use(use, places) for use in book.uses.of(one.key)]}
        for one in book.library.fragments
    ]


def _days(one: Fragment) -> str:
    parts = [f"from {one.effective_from}" if one.effective_from else "", f"until {one.effective_until}" if one.effective_until else ""]
    return " ".join(filter(None, parts))


def _applies(one: Fragment) -> str:
    given = ((name, getattr(one.applies_to, name)) for name in one.applies_to.__struct_fields__)
    return "applies to " + ("; ".join(f"{name}: {', '.join(values)}" for name, values in given if values) or "whoever takes it")


def _how(use: Use) -> str:
    return f"{'block' if use.block is not None else 'no markers'}, {use.drift.kind}"


def _place(use: Use, places: Places) -> str:
    return f"{use.prompt.repo} {places.of(use.prompt, use.start, use.end)}"


def _points(use: Use) -> str:
    return ", ".join(f"{point.id} ({point.ownership.person or point.ownership.owner or 'nobody'})" for point in use.points)


# -- check -----------------------------------------------------------------------------------------------------------


def check_text(book: PolicyBook, findings: Sequence[Finding], places: Places, look: Look) -> str:
    page = Page(look)
    for use in book.uses.found:
        page.heading(f"{use.drift.kind}: {use.fragment.key}{' (verbatim)' if use.fragment.verbatim else ''} at {_place(use, places)}")
        _drift(page, use)
    if findings:
        page.heading("findings")
        for row, after in zip_longest(findings, findings[1:]):
            page.line((row.severity.value, row.severity.value), f" {row.code} {row.path}:{row.line} {row.message}", indent=2, hang=4)
            if after is None or after.next != row.next:
                page.line((row.next, "dim"), indent=4, hang=2)
    kinds = [use.drift.kind for use in book.uses.found]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(sorted(kinds)))
    page.gap()
    page.line(f"{_count(len(kinds), 'copy', 'copies')} in prompts{f': {counts}' if counts else ''}; {_count(len(findings), 'finding')}")
    return page.text()


def _drift(page: Page, use: Use) -> None:
    drift = use.drift
    if drift.kind == "stale" and use.current is not None:
        page.line(f"the version that holds is {use.current.key}", indent=2)
    for reason in drift.why:
        page.line(f"changed: {reason}", indent=2)
    if drift.difference is not None and drift.kind != "stale":
        wanted, found = (f"`{word}`" if word else "its end" for word in (drift.difference.wanted, drift.difference.found))
        page.line(f"first difference: word {drift.difference.number} is {wanted} in the library and {found} in the prompt", indent=2)
        for source, copy in _differing(use):
            page.line("words: ", *_marked(source, copy), indent=2, hang=2)
    for name, texts in (("left out", drift.missing), ("added", drift.added)):
        for text in texts:
            page.line(f"{name}: {text[:_LONGEST]}", indent=2, hang=2)


def _differing(use: Use) -> Iterable[tuple[str, str]]:
    """Sentences of a fragment that are in the prompt in other words."""
    said = sentences(use.prompt.text[use.start : use.end])
    for source in sentences(use.fragment.text):
        if source not in use.drift.missing and source not in said and said:
            copy = max(said, key=lambda one: like(source, one))
            yield source[:_LONGEST], copy[:_LONGEST]


def _marked(source: str, copy: str) -> Iterable[tuple[str, str]]:
    """Words of the library in `[-…-]`, those of the prompt in `{+…+}`."""
    brackets = {"both": ("", ""), "first": ("[-", "-]"), "second": ("{+", "+}")}
    for piece in differences(source, copy):
        opening, closing = brackets[piece.where]
        yield opening + piece.text + closing, "" if piece.where == "both" else "bold"


def check_rows(book: PolicyBook, places: Places) -> list[dict[str, Any]]:
    return [_use(use, places) for use in book.uses.found]


# -- suggest ---------------------------------------------------------------------------------------------------------


def suggest_text(rows: Sequence[Suggestion], free: int, look: Look) -> str:
    page = Page(look)
    for row in rows:
        page.heading(f"{row.statement.prompt.repo} {row.statement.at}")
        page.line(f"{'says what' if row.same else 'is near to what'} {row.fragment.key} says ({row.score:.0%} of the words)", indent=2)
        page.line("words: ", *_marked(row.sentence, _one_line(row.statement.rule.text)), indent=2, hang=2)
        page.line((f"owner of the fragment: {row.fragment.owner}, {row.fragment.path}:{row.fragment.text_line}", "dim"), indent=2)
    page.gap()
    page.line(f"{_count(free, 'business rule')} without a source, {len(rows)} of them near to a fragment")
    return page.text()


def suggest_rows(rows: Iterable[Suggestion]) -> list[dict[str, Any]]:
    return [
        {
            "repo": row.statement.prompt.repo,
            "path": row.statement.at.path,
            "line": row.statement.at.line,
            "prompt": row.statement.prompt.id,
            "rule": encodable(row.statement.rule.text),
            "fragment": row.fragment.key,
            "sentence": row.sentence,
            "same": row.same,
            "score": round(row.score, 3),
        }
        for row in rows
    ]


# -- sync ------------------------------------------------------------------------------------------------------------


def sync_text(plans: Sequence[tuple[str, FilePlan]], unplaced: Sequence[str], look: Look, *, wrote: bool) -> str:
    page = Page(look)
    for repo, plan in plans:
        if plan.changes:
            page.heading(f"{repo} {plan.path}")
            for change in plan.changes:
                page.line(f"{change.kind} {change.fragment.key}{f' in place of {change.before}' if _other(change) else ''}", indent=2)
            for line in plan.diff().split("\n"):
                page.line((line, {"+": "green", "-": "red"}.get(line[:1], "")))
    refusals = [(repo, plan, one) for repo, plan in plans for one in plan.refusals]
    if refusals or unplaced:
        page.heading("not written")
        for repo, plan, one in refusals:
            page.line(f"{one.name} in {repo} {plan.path}:{one.prompt.line}: {one.why}", indent=2, hang=4)
        for text in unplaced:
            page.line(text, indent=2, hang=4)
    changed = sum(bool(plan.changes) for _, plan in plans)
    blocks = sum(len(plan.changes) for _, plan in plans)
    page.gap()
    did = "written" if wrote else "would be written; `--write` writes them"
    page.line("nothing to write" if not blocks else f"{_count(blocks, 'block')} in {_count(changed, 'file')} {did}")
    return page.text()


def _other(change: Any) -> bool:
    return bool(change.before) and change.before != change.fragment.key


def sync_rows(plans: Iterable[tuple[str, FilePlan]]) -> list[dict[str, Any]]:
    return [
        {
            "repo": repo,
            "path": plan.path,
            "changes": [{"kind": c.kind, "prompt": c.prompt.id, "fragment": c.fragment.key, "before": c.before} for c in plan.changes],
            "refused": [{"prompt": one.prompt.id, "fragment": one.name, "why": one.why} for one in plan.refusals],
            "diff": encodable(plan.diff()),
        }
        for repo, plan in plans
        if plan.changes or plan.refusals
    ]


# -- trace -----------------------------------------------------------------------------------------------------------


def trace_text(traces: Sequence[Trace], places: Places, commit_of: CommitOf, look: Look) -> str:
    """From sentences in prompts to the library."""
    page = Page(look)
    for one in traces:
        page.heading(f"{one.prompt.repo} {places.of(one.prompt, one.start, one.end)}")
        page.line(_one_line(one.text)[:_LONGEST], indent=2, hang=2)
        for point in one.points:
            page.line(f"point: {point.id}, {point.ownership.person or point.ownership.owner or 'nobody'}", indent=2)
        if one.use is not None:
            page.line(f"source: {one.use.fragment.key}, {_how(one.use)}", indent=2)
            _source(page, one.use.fragment, commit_of)
        elif one.nearest is not None:
            page.line(f"no source; nearest is {one.nearest.fragment.key}: {one.nearest.sentence[:_LONGEST]}", indent=2, hang=4)
        else:
            page.line("no source in the policy library", indent=2)
    return page.text()


def fragment_text(fragment: Fragment, uses: Sequence[Use], places: Places, commit_of: CommitOf, look: Look) -> str:
    """From a fragment to every point that states it."""
    page = Page(look)
    page.heading(fragment.key)
    _source(page, fragment, commit_of)
    for use in uses:
        version = "" if use.fragment.key == fragment.key else f"{use.fragment.key}, "
        page.line(f"{_place(use, places)}  {version}{_how(use)}", indent=2)
        for point in use.points:
            page.line(f"point: {point.id}, {point.ownership.person or point.ownership.owner or 'nobody'}", indent=4)
    if not uses:
        page.line("no prompt states it", indent=2)
    return page.text()


def _source(page: Page, fragment: Fragment, commit_of: CommitOf) -> None:
    page.line(f"fragment: {fragment.repo} {fragment.path}:{fragment.text_line}", indent=2)
    authority = f", authority {fragment.authority}" if fragment.authority else ""
    page.line(f"version {fragment.version}, owner {fragment.owner}{authority}", indent=2)
    commit = commit_of(fragment.repo, fragment.path)
    page.line(f"commit: {commit.id[:12]} of {commit.on[:10]} by {commit.author}: {commit.subject}" if commit else "commit: none", indent=2)


def trace_rows(traces: Iterable[Trace], places: Places, commit_of: CommitOf) -> list[dict[str, Any]]:
    return [
        {
            **_located(one.prompt.repo, places.of(one.prompt, one.start, one.end)),
            "prompt": one.prompt.id,
            "text": encodable(one.text),
            "points": _owned(one.points),
            "use": _use(one.use, places) if one.use is not None else None,
            "source": _with_commit(one.use.fragment, commit_of) if one.use is not None else None,
            "nearest": one.nearest.fragment.key if one.nearest is not None else None,
        }
        for one in traces
    ]


def fragment_row(fragment: Fragment, uses: Iterable[Use], places: Places, commit_of: CommitOf) -> dict[str, Any]:
    return _with_commit(fragment, commit_of) | {"uses": [_use(use, places) for use in uses]}


def _with_commit(fragment: Fragment, commit_of: CommitOf) -> dict[str, Any]:
    commit = commit_of(fragment.repo, fragment.path)
    return _fragment(fragment) | {"commit": commit._asdict() if commit is not None else None}


# -- parts -----------------------------------------------------------------------------------------------------------


def _fragment(one: Fragment) -> dict[str, Any]:
    built: dict[str, Any] = {name: msgspec.to_builtins(getattr(one, name)) for name in one.__struct_fields__}
    built["applies_to"] = {name: list(getattr(one.applies_to, name)) for name in one.applies_to.__struct_fields__}
    return built


def _use(use: Use, places: Places) -> dict[str, Any]:
    drift = use.drift
    return {
        "fragment": use.fragment.key,
        "current": use.current.key if use.current is not None else None,
        "verbatim": use.fragment.verbatim,
        **_located(use.prompt.repo, places.of(use.prompt, use.start, use.end)),
        "prompt": use.prompt.id,
        "points": _owned(use.points),
        "block": use.block is not None,
        "written_on": use.block.day if use.block is not None else "",
        "drift": drift.kind,
        "changed": list(drift.why),
        "first_difference": {k: encodable(str(v)) if k != "number" else v for k, v in drift.difference._asdict().items()}
        if drift.difference is not None
        else None,
        "left_out": list(drift.missing),
        "added": [encodable(text) for text in drift.added],
    }


def _located(repo: str, place: Any) -> Mapping[str, Any]:
    return {"repo": repo, "path": place.path, "line": place.line, "column": place.column, "exact_place": place.exact}


def _owned(points: Iterable[Any]) -> list[dict[str, str | None]]:
    return [{"id": point.id, "owner": point.ownership.person or point.ownership.owner} for point in points]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _count(number: int, noun: str, many: str = "") -> str:
    return f"{number} {noun if number == 1 else many or f'{noun}s'}"
