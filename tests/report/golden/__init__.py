"""The exact reports of the sample company. `python -m tests.report.golden` writes them anew; read the difference before you commit it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aicensus.report import card, csv, gate, gitlab, json, junit, markdown, sarif, terminal
from aicensus.report.layout import Look
from tests.report import sample

FOLDER = Path(__file__).parent
GOLDEN: dict[str, Callable[[], str | bytes]] = {
    "company.txt": lambda: terminal.render(sample.company()),
    "company-64-columns.txt": lambda: terminal.render(sample.company(), Look(64)),
    "nothing.txt": lambda: terminal.render(sample.nothing_found()),
    "point.txt": lambda: card.show_point(sample.company(), sample.ROUTER, Look(100)),
    "company.json": lambda: json.render(sample.company()),
    "census.json": lambda: json.render_census(sample.company()),
    "company.sarif": lambda: sarif.render(sample.company()),
    "company.gitlab.json": lambda: gitlab.render(sample.company()),
    "company.junit.xml": lambda: junit.render(sample.company()),
    "company.md": lambda: markdown.render(sample.company()),
    "compared.md": lambda: markdown.render(sample.compared()),
    "compared.csv": lambda: csv.render(sample.compared()),
    "gate.txt": lambda: gate.render(sample.company(), sample.company().findings),
    "gate-compared.txt": lambda: gate.render(sample.compared(), sample.compared().findings[:1]),
}


def made(name: str) -> bytes:
    text = GOLDEN[name]()
    return text.encode() if isinstance(text, str) else text
