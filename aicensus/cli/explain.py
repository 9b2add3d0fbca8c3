"""`aicensus explain CODE`: what a finding means and what to do about it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from aicensus.cli import common


def explain(
    code: Annotated[str, typer.Argument(help="Code or name of a rule, as OWN001; none lists all.")] = "",
    no_color: common.NoColor = False,
) -> None:
    """Say what a rule looks for, why it matters and how to fix what it finds."""
    from aicensus.audit import RULES
    from aicensus.report.layout import HEADING, STYLES, Page, write

    page = Page(common.look(no_color))
    rules = sorted((rule.info for rule in RULES), key=lambda rule: rule.code)
    if not code:
        for rule in rules:
            page.line(f"{rule.code}  ", (f"{rule.severity:8}", STYLES[rule.severity]), f" {rule.name}: {rule.what}", hang=18)
        write(page.text(), sys.stdout)
        return
    wanted = next((rule for rule in rules if code.upper() == rule.code or code.lower() == rule.name), None)
    if wanted is None:
        raise typer.BadParameter(f"{code} is no rule; `aicensus explain` lists all")
    page.line((f"{wanted.code} {wanted.name}", HEADING), f" ({wanted.severity})")
    for text in (wanted.what, f"Why: {wanted.why}", f"Fix: {wanted.fix}"):
        page.gap()
        page.line(text)
    write(page.text(), sys.stdout)
