"""What `aicensus verify` found: for a terminal and as JSON."""

from __future__ import annotations

import msgspec

from aicensus.model.verification import Altered, Verification
from aicensus.report.layout import HEADING, QUIET, STYLES, Look, Page
from aicensus.report.overview import plural
from aicensus.report.sheet import one_line

_SHOWN = 20
_CUT = 80
_CUT_OFF = {
    "snapshot": "the snapshot was made in a shallow clone, which lacks history that is here: take it in a whole clone",
    "now": "this clone is shallow and lacks history that the snapshot rests on: `git fetch --unshallow`, then verify again",
}


def as_text(found: Verification, look: Look) -> str:
    page = Page(look)
    if found.same:
        page.line(("verified", HEADING), f": a scan of the commit says the same ({found.digest.now[:16]})")
    else:
        page.line(
            ("differs", STYLES["error"]), f": the snapshot says {found.digest.snapshot[:16]}, a scan of the commit {found.digest.now[:16]}"
        )
    for one in found.made_by:
        page.line(f"{one.what}: {one.snapshot} in the snapshot, {one.now} now", indent=2)
    for name in found.uncommitted:
        page.line(f"{name} was scanned with changes that are in no commit: no scan can say the same; commit them first", indent=2)
    for side in found.shallow:
        page.line(_CUT_OFF[side], indent=2)
    for sign, title, names in (("+", "only in the scan", found.added), ("-", "only in the snapshot", found.removed)):
        if names:
            page.line(f"{plural(len(names), 'point')} {title}:", indent=2)
            _some(page, [f"{sign} {name}" for name in names])
    if found.altered:
        page.line(f"{plural(len(found.altered), 'point')} not as in the snapshot:", indent=2)
        _some(page, [_altered(one) for one in found.altered])
    if found.sections:
        page.line(f"also not as in the snapshot: {', '.join(name.replace('_', ' ') for name in found.sections)}", indent=2)
    return page.text()


def _altered(one: Altered) -> str:
    changes = (f"{change.what}: {_short(change.snapshot)} -> {_short(change.now)}" for change in one.changes)
    return f"~ {one.repo}/{one.point}  {'; '.join(changes) or 'evidence, lines or ways in'}"


def _short(text: str) -> str:
    line = one_line(text) or "nothing"
    return line if len(line) <= _CUT else line[: _CUT - 1] + "…"


def _some(page: Page, lines: list[str]) -> None:
    for line in lines[:_SHOWN]:
        page.line(line, indent=4, hang=2)
    if len(lines) > _SHOWN:
        page.line((f"and {len(lines) - _SHOWN:,} more", QUIET), indent=4)


def as_json(found: Verification) -> str:
    document = {"document": "aicensus.verification", "version": 1, **msgspec.to_builtins(found)}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
