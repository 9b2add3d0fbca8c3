"""The rules of prompts for a terminal, as JSON and as CSV."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from aicensus.analysis.rulebook import Rulebook, RulePair, Statement
from aicensus.report.layout import Look, Page
from aicensus.report.sheet import one_line, sheet
from aicensus.report.visible import encodable
from aicensus.rules.differences import differences

COLUMNS = (
    "repo",
    "path",
    "line",
    "prompt",
    "owners",
    "kind",
    "subject",
    "decides",
    "modality",
    "action",
    "object",
    "limits",
    "text",
)
MODALITY = {"O": "must", "F": "must not", "P": "may", "R": "should"}
PAIR_COLUMNS = (
    "verdict",
    "confidence",
    "why",
    "interval",
    "resolve",
    *(f"{side}_{name}" for side in "ab" for name in ("place", "owners", "text")),
)


def as_text(book: Rulebook, statements: Sequence[Statement], pairs: Sequence[RulePair] | None, look: Look) -> str:
    """One line a rule, or, where `pairs` are asked for, one block a pair with the words that differ."""
    page = Page(look)
    if pairs is None:
        _rules(page, statements)
    else:
        _pairs(page, pairs)
    page.gap()
    shown = _count(len(statements), "rule") if pairs is None else _count(len(pairs), "pair")
    page.line(f"{shown} of {_count(len(book.statements), 'rule')} in prompts")
    if book.skipped and pairs is not None:
        page.line(f"not compared, although they share a rare word: {_count(book.skipped, 'pair')}")
    for prompt, language in book.unanalysed:
        page.line(f"not analysed: {prompt.path}:{prompt.line} is written in another language ({language})")
    return page.text()


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _rules(page: Page, statements: Sequence[Statement]) -> None:
    prompt = None
    for one in statements:
        if one.prompt is not prompt:
            prompt = one.prompt
            page.heading(f"{prompt.repo} {prompt.path}:{prompt.line} {prompt.name}".rstrip())
            page.line(("owner: " + (", ".join(one.owners) or "nobody"), "dim"), indent=2)
        page.line(
            f"{one.at.line}{'' if one.at.exact else ' (prompt)'}: ",
            (MODALITY[one.rule.modality], "bold"),
            f", {one.rule.kind}, {', '.join(one.subjects) or one.rule.subject}: {one_line(one.rule.text)}",
            indent=2,
            hang=4,
        )


def _pairs(page: Page, pairs: Sequence[RulePair]) -> None:
    for pair in pairs:
        page.heading(f"{pair.verdict.verdict} ({pair.verdict.confidence})")
        for side in (pair.first, pair.second):
            page.line((f"{side.prompt.repo} {side.prompt.path}:{side.line}, {', '.join(side.owners) or 'nobody'}", "dim"), indent=2)
            page.line(one_line(side.rule.text), indent=4)
        page.line(f"decided by: {'; '.join(pair.verdict.why)}", indent=2, hang=2)
        if pair.verdict.interval:
            page.line(f"in dispute: {pair.verdict.interval}", indent=2, hang=2)
        page.line("words: ", *_marked(pair), indent=2, hang=2)
        if pair.verdict.resolve:
            page.line(f"to settle it: {pair.verdict.resolve}", indent=2, hang=2)


def _marked(pair: RulePair) -> Iterable[tuple[str, str]]:
    """The two texts as one, with what only one of them says in brackets."""
    brackets = {"both": ("", ""), "first": ("[-", "-]"), "second": ("{+", "+}")}
    for piece in differences(one_line(pair.first.rule.text), one_line(pair.second.rule.text)):
        opening, closing = brackets[piece.where]
        yield opening + piece.text + closing, "" if piece.where == "both" else "bold"


def as_json(book: Rulebook, statements: Sequence[Statement], pairs: Sequence[RulePair] | None) -> str:
    document: dict[str, object] = {"version": 1, "skipped_pairs": book.skipped}
    document["unanalysed"] = [{"repo": p.repo, "prompt": p.id, "language": language} for p, language in book.unanalysed]
    if pairs is None:
        document["rules"] = [_row(one) | {"start": one.rule.start, "end": one.rule.end} for one in statements]
    else:
        document["pairs"] = [_pair(pair) for pair in pairs]
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_csv(statements: Sequence[Statement], pairs: Sequence[RulePair] | None) -> str:
    """Comma-separated rows with a head."""
    if pairs is None:
        return sheet(COLUMNS, ([_row(one)[name] for name in COLUMNS] for one in statements))
    return sheet(PAIR_COLUMNS, map(_flat, pairs))


def _row(one: Statement) -> dict[str, object]:
    rule = one.rule
    return {
        "repo": one.prompt.repo,
        "path": one.prompt.path,
        "line": one.at.line,
        "column": one.at.column,
        "end_line": one.at.end_line,
        "end_column": one.at.end_column,
        "exact_place": one.at.exact,
        "prompt": one.prompt.id,
        "owners": list(one.owners),
        "points": [point.id for point in one.points],
        "kind": rule.kind,
        "subject": rule.subject,
        "decides": list(one.subjects),
        "modality": rule.modality,
        "action": rule.action,
        "object": rule.object,
        "bearer": rule.bearer,
        "conditions": list(rule.conditions),
        "exceptions": list(rule.exceptions),
        "limits": [f"{limit.operator} {limit.value:g} {limit.dimension}" for limit in rule.limits],
        "strength": rule.strength,
        "language": rule.language,
        "text": encodable(rule.text),
    }


def _pair(pair: RulePair) -> dict[str, object]:
    verdict = pair.verdict
    return {
        "verdict": verdict.verdict,
        "label": verdict.label,
        "confidence": verdict.confidence,
        "why": list(verdict.why),
        "interval": verdict.interval,
        "resolve": verdict.resolve,
        "a": _row(pair.first),
        "b": _row(pair.second),
    }


def _flat(pair: RulePair) -> Iterable[object]:
    verdict = pair.verdict
    yield from (verdict.verdict, verdict.confidence, "; ".join(verdict.why), verdict.interval, verdict.resolve)
    for side in (pair.first, pair.second):
        yield from (f"{side.prompt.repo}/{side.prompt.path}:{side.line}", list(side.owners), encodable(side.rule.text))
