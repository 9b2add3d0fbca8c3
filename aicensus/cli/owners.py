"""`aicensus owners`: who answers for what, who has left, whom history suggests."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from aicensus.cli import common


def owners(
    path: Annotated[list[Path] | None, typer.Option("--in", help="Repository or folder; repeatable. Default: here.")] = None,
    format: Annotated[str, typer.Option("--format", help="What to print: text, json or csv.")] = "text",
    rev: common.Rev = None,
    manifest: common.ManifestFile = None,
    catalog: common.CatalogFiles = None,
    as_of: common.AsOf = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """Show who answers for what, who has left and what they leave behind, and whom history suggests."""
    if format not in ("text", "json", "csv"):
        raise typer.BadParameter(f"{format} is none of text, json, csv", param_hint="--format")
    from aicensus.pipeline import owned
    from aicensus.report.layout import write
    from aicensus.report.owners_table import as_csv, as_json, as_text

    options = common.options_of(rev, manifest, catalog, jobs, no_cache, quiet)
    ledger = owned(path or [Path()], options, lambda committed: common.day(as_of, rev=rev, committed=committed))
    common.done(quiet)
    if format == "text":
        write(as_text(ledger, common.look(no_color)), sys.stdout)
    else:
        sys.stdout.buffer.write((as_json if format == "json" else as_csv)(ledger).encode("utf-8", "replace"))
