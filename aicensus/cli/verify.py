"""`aicensus verify SNAPSHOT`: whether a saved census is what a scan of its commit says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from aicensus.cli import common

DIFFERS = 1


def verify(
    snapshot: Annotated[Path, typer.Argument(help="Census that `scan -o census=FILE` wrote.", show_default=False)],
    path: Annotated[
        list[Path] | None,
        typer.Option("--in", help="Repository with the commit; repeatable, in the order of the snapshot. Default: here."),
    ] = None,
    format: Annotated[str, typer.Option("--format", help="What to print: text or json.")] = "text",
    manifest: common.ManifestFile = None,
    catalog: common.CatalogFiles = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """Scan the commit of a snapshot again, from the object database: status 0 when it says the same, 1 when not."""
    if format not in ("text", "json"):
        raise typer.BadParameter(f"{format} is none of text, json", param_hint="--format")
    from aicensus.pipeline import verified
    from aicensus.report.layout import write
    from aicensus.report.verification import as_json, as_text

    found = verified(snapshot, path or [Path()], common.options_of(None, manifest, catalog, jobs, no_cache, quiet))
    common.done(quiet)
    if format == "json":
        sys.stdout.buffer.write(as_json(found).encode("utf-8", "replace"))
    elif not (quiet and found.same):
        write(as_text(found, common.look(no_color)), sys.stdout)
    if not found.same:
        raise typer.Exit(DIFFERS)
