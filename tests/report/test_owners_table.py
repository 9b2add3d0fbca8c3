"""`aicensus owners` as text, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json

from aicensus.model.owners import Answered, Held, Ledger, Owner, Suggested
from aicensus.report.layout import PLAIN
from aicensus.report.owners_table import COLUMNS, as_csv, as_json, as_text


def held(symbol: str, *suggested: Suggested) -> Held:
    return Held(
        repo="shop",
        point=f"a.py::{symbol}",
        path="a.py",
        line=7,
        symbol=symbol,
        purpose="=Sum up\x1b[31m",
        consequential=symbol == "f",
        source="manifest",
        team="",
        suggested=suggested,
    )


LEDGER = Ledger(
    as_of="2026-11-20",
    purposes=Answered(purposes=3, owned=2, answered=1),
    consequential=Answered(purposes=1, owned=1, answered=1),
    unsaid=2,
    owners=(
        Owner(
            who="maria@example.com",
            name="Maria",
            teams=("@example/support",),
            kind="person",
            standing="active",
            left="",
            last_seen="2026-11-01",
            seen_by="commit",
            points=(held("f"),),
        ),
        Owner(
            who="jonas@example.com",
            name="",
            teams=(),
            kind="person",
            standing="left",
            left="2026-06-30",
            last_seen="2026-06-01",
            seen_by="review",
            points=(held("g", Suggested(who="kim@example.com", percent=40, last="2026-10-01")),),
        ),
    ),
    unowned=(held("h"),),
)


def test_text_names_who_is_here_who_has_left_and_what_nobody_owns() -> None:
    text = as_text(LEDGER, PLAIN)
    assert text.splitlines() == [
        "3 purposes in production on 2026-11-20: 2 with an owner, 1 (33 %) with a person who is not known to be gone.",
        "1 consequential one: 1 with an owner, 1 (100 %) with a person who is not known to be gone.",
        "Of 2 nobody has said whether they are consequential: `aicensus claim POINT --consequential`.",
        "",
        "Here",
        "",
        "maria@example.com (Maria), @example/support: 1 point, 1 consequential; last seen on 2026-11-01 (commit)",
        "  a.py:7  f, consequential: =Sum up\\x1b[31m",
        "",
        "Has left or is inactive, and leaves behind",
        "",
        "jonas@example.com: 1 point; left on 2026-06-30",
        "  a.py:7  g: =Sum up\\x1b[31m",
        "    history suggests kim@example.com (40 % of its commits, the last on 2026-10-01)",
        "",
        "Nobody answers for 1 point",
        "  a.py:7  h: =Sum up\\x1b[31m",
    ]


def test_rows_are_safe_in_a_spreadsheet() -> None:
    head, *rows = csv.reader(io.StringIO(as_csv(LEDGER)))
    assert tuple(head) == COLUMNS
    cells = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(row["owner"], row["standing"], row["suggested"]) for row in cells] == [
        ("maria@example.com", "active", ""),
        ("jonas@example.com", "left", "kim@example.com"),
        ("", "", ""),
    ]
    assert cells[0]["purpose"].startswith("'=")


def test_json_is_a_document_with_a_version() -> None:
    document = json.loads(as_json(LEDGER))
    assert (document["document"], document["version"]) == ("aicensus.owners", 1)
    assert document["owners"][1]["points"][0]["suggested"] == [{"who": "kim@example.com", "percent": 40, "last": "2026-10-01"}]
