"""`aicensus explain CODE`: what a finding means and what to do about it."""

from __future__ import annotations

from typing import Annotated

import typer


def explain(code: Annotated[str, typer.Argument(help="Code or name of a rule, as OWN001; none lists all.")] = "") -> None:
    """Say what a rule looks for, why it matters and how to fix what it finds."""
    from aicensus.audit import RULES

    rules = sorted((rule.info for rule in RULES), key=lambda rule: rule.code)
    if not code:
        for rule in rules:
            typer.echo(f"{rule.code}  {rule.severity:8} {rule.name}: {rule.what}")
        return
    wanted = next((rule for rule in rules if code.upper() == rule.code or code.lower() == rule.name), None)
    if wanted is None:
        raise typer.BadParameter(f"{code} is no rule; `aicensus explain` lists all")
    typer.echo(f"{wanted.code} {wanted.name} ({wanted.severity})\n\n{wanted.what}\n\nWhy: {wanted.why}\n\nFix: {wanted.fix}")
