"""Who answers for what: for a terminal, as JSON and as rows of a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from aicensus.model.owners import Answered, Held, Ledger, Owner
from aicensus.report.layout import HEADING, QUIET, STYLES, Look, Page
from aicensus.report.overview import plural
from aicensus.report.sheet import sheet

COLUMNS = (
    *("repo", "point", "path", "line", "owner", "name", "kind", "team", "source", "standing", "left", "last_seen", "seen_by"),
    *("consequential", "purpose", "suggested", "suggested_percent", "suggested_last"),
)
_KINDS = {
    "team": "a team without a lead",
    "list": "a mailing list",
    "bot": "a bot",
    "vendor": "a vendor",
    "ai": "no person",
    "nobody": "nobody",
}
_UNSEEN = "Not seen in the commits, reviews and attestations that are known"


def as_text(ledger: Ledger, look: Look) -> str:
    """Who is there, who is not and what they leave behind, what nobody owns; one line a point."""
    page = Page(look)
    page.line(_coverage(ledger.purposes, "purpose", "in production", ledger.as_of))
    page.line(_coverage(ledger.consequential, "consequential one", "", ""))
    if ledger.unsaid:
        page.line(f"Of {ledger.unsaid:,} nobody has said whether they are consequential: `aicensus claim POINT --consequential`.")
    here = [owner for owner in ledger.owners if owner.standing == "active"]
    quiet = [owner for owner in ledger.owners if owner.standing == "not known"]
    gone = [owner for owner in ledger.owners if owner.standing in ("left", "inactive")]
    unfit = [owner for owner in ledger.owners if owner.standing == "no person"]
    several = len({held.repo for owner in ledger.owners for held in owner.points} | {held.repo for held in ledger.unowned}) > 1
    parts = (("Here", here), (_UNSEEN, quiet), ("Has left or is inactive, and leaves behind", gone), ("Not a person", unfit))
    for title, owners in parts:
        if owners:
            page.heading(title)
        for owner in owners:
            _owner(page, owner, several)
    if ledger.unowned:
        page.heading(f"Nobody answers for {plural(len(ledger.unowned), 'point')}")
        for held in ledger.unowned:
            _held(page, held, several)
    return page.text()


def _coverage(answered: Answered, noun: str, where: str, day: str) -> str:
    counted = f"{plural(answered.purposes, noun)} {where}".strip() + (f" on {day}" if day else "")
    if not answered.purposes:
        return f"{counted[:1].upper()}{counted[1:]}."
    share = f" ({100 * answered.answered // answered.purposes} %)"
    return f"{counted}: {answered.owned:,} with an owner, {answered.answered:,}{share} with a person who is not known to be gone."


def _owner(page: Page, owner: Owner, several: bool) -> None:
    page.gap()
    decisive = sum(held.consequential for held in owner.points)
    name = f" ({owner.name})" if owner.name else ""
    teams = f", {', '.join(owner.teams)}" if owner.teams else ""
    counted = plural(len(owner.points), "point") + (f", {decisive:,} consequential" if decisive else "")
    style = STYLES["warning"] if owner.standing in ("left", "inactive", "no person") else QUIET
    standing = _standing(owner)
    page.line((owner.who, HEADING), f"{name}{teams}: {counted}{'; ' if standing else ''}", (standing, style))
    for held in owner.points:
        _held(page, held, several)


def _standing(owner: Owner) -> str:
    seen = f"last seen on {owner.last_seen} ({owner.seen_by})" if owner.seen_by else ""
    if owner.standing == "left":
        return f"left on {owner.left}"
    if owner.standing == "no person":
        return _KINDS.get(owner.kind, "not known as a person")
    return f"inactive, {seen}" if owner.standing == "inactive" else seen


def _held(page: Page, held: Held, several: bool) -> None:
    place = f"{held.repo}/{held.path}" if several else held.path
    purpose = f": {held.purpose}" if held.purpose else ""
    consequential = ", consequential" if held.consequential else ""
    page.line((f"{place}:{held.line}", QUIET), f"  {held.symbol}{consequential}{purpose}", indent=2, hang=2)
    if held.suggested:
        texts = (f"{one.who} ({one.percent} % of its commits, the last on {one.last})" for one in held.suggested)
        page.line(f"history suggests {', '.join(texts)}", indent=4, hang=2)


def as_json(ledger: Ledger) -> str:
    document = {"document": "aicensus.owners", "version": 1, **msgspec.to_builtins(ledger)}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def as_csv(ledger: Ledger) -> str:
    """One row a point."""
    rows = [_row(owner, held) for owner in ledger.owners for held in owner.points]
    return sheet(COLUMNS, [*rows, *(_row(None, held) for held in ledger.unowned)])


def _row(owner: Owner | None, held: Held) -> Iterator[object]:
    first = held.suggested[0] if held.suggested else None
    yield from (held.repo, held.point, held.path, held.line)
    yield from (owner.who, owner.name, owner.kind) if owner else ("", "", "")
    yield from (held.team, held.source or "")
    yield from (owner.standing, owner.left, owner.last_seen, owner.seen_by or "") if owner else ("", "", "", "")
    yield from ("yes" if held.consequential else "", held.purpose)
    yield from (first.who, first.percent, first.last) if first else ("", "", "")
