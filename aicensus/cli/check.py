"""`aicensus check`: the gate of a CI job."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aicensus.cli import common

if TYPE_CHECKING:
    from aicensus.model.finding import AuditResult, Finding

FINDINGS = 1
INCOMPLETE = 3


def check(
    path: Annotated[Path, typer.Argument(help="Repository or folder.")] = Path(),
    fail_on: Annotated[str, typer.Option("--fail-on", help="Threshold: error, warning, note, or codes as OWN001,MOD.")] = "error",
    strict: Annotated[
        str | None,
        typer.Option("--strict", metavar="[=files|values]", help="Status 3 when files were not read; with =values also models or prompts."),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="REV", help="Report only what is new since the change parted from this revision.")
    ] = None,
    baseline: Annotated[Path | None, typer.Option("--baseline", help="File of findings that are not reported.")] = None,
    output: common.Outputs = None,
    rev: common.Rev = None,
    manifest: common.ManifestFile = None,
    catalog: common.CatalogFiles = None,
    as_of: common.AsOf = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """Judge a repository: status 0 when clean, 1 on findings at or above the threshold, 2 on bad usage, 3 when incomplete."""
    if strict not in (None, "files", "values"):
        raise typer.BadParameter(f"--strict takes files or values, not {strict}")
    result = common.examine([path], common.options_of(rev, manifest, catalog, jobs, no_cache, quiet), as_of, baseline, since)
    common.done(quiet)
    failing = common.failing(result, fail_on)
    common.write_outputs(result, output or ())
    if failing and not quiet:
        _print(result, failing, no_color)
    elif not quiet and sys.stderr.isatty():
        sys.stderr.write(f"{_passed(result, fail_on)}\n")
    if failing:
        raise typer.Exit(FINDINGS)
    coverage = result.census.coverage
    if strict is not None and (coverage.unread or (strict == "values" and coverage.unresolved)):
        sys.stderr.write(
            f"aicensus: {len(coverage.unread)} files could not be read, {len(coverage.unresolved)} values could not be resolved\n"
        )
        raise typer.Exit(INCOMPLETE)


def _print(result: AuditResult, failing: Sequence[Finding], no_color: bool) -> None:
    from aicensus.report.gate import render
    from aicensus.report.layout import write

    write(render(result, failing, common.look(no_color)), sys.stdout)


def _passed(result: AuditResult, fail_on: str) -> str:
    """What was looked at, and what was found below the threshold. Only a person at a terminal is told."""
    from aicensus.report.overview import overview, plural, severities

    numbers = overview(result)
    found = severities(result.findings) or "no findings"
    return f"passed at --fail-on {fail_on}: {plural(numbers.purposes, 'purpose')} in production, {found}"
