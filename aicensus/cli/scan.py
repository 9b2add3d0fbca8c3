"""`aicensus scan`: the census of one or more repositories, and what is wrong in it."""

from __future__ import annotations

from typing import Annotated

import typer

from aicensus.cli import common


def scan(
    paths: common.Paths,
    output: common.Outputs = None,
    format: common.Format = "text",
    rev: common.Rev = None,
    manifest: common.ManifestFile = None,
    catalog: common.CatalogFiles = None,
    as_of: common.AsOf = None,
    fail_on: Annotated[
        str | None, typer.Option("--fail-on", help="End with status 1 on findings from error, warning, note or a code.")
    ] = None,
    growth: Annotated[
        str | None, typer.Option("--growth", help="Put the growth over the history, by month or quarter, into html and json.")
    ] = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """Find every inference point, who answers for it, and what is wrong; print a summary."""
    period = common.period(growth, "--growth") if growth is not None else None
    options = common.options_of(rev, manifest, catalog, jobs, no_cache, quiet)
    result = common.examine(paths, options, as_of)
    if period is not None:
        from aicensus.timeline import with_growth

        result = with_growth(result, paths, options, period)
    common.done(quiet)
    common.write_outputs(result, output or ())
    if not quiet or format != "text":
        common.print_report(result, format, no_color)
    if fail_on is not None and common.failing(result, fail_on):
        raise typer.Exit(1)
