"""`aicensus show POINT`: everything that is known of one inference point."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from aicensus.cli import common


def show(
    point: Annotated[str, typer.Argument(help="Id of the point, or an unambiguous part of it.")],
    path: Annotated[list[Path] | None, typer.Option("--in", help="Repository or folder; repeatable. Default: here.")] = None,
    rev: common.Rev = None,
    manifest: common.ManifestFile = None,
    catalog: common.CatalogFiles = None,
    as_of: common.AsOf = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """Show one point's card: purpose, prompt, model, owner chain, route, state, findings, evidence."""
    result = common.examine(path or [Path()], common.options_of(rev, manifest, catalog, jobs, no_cache, quiet), as_of)
    common.done(quiet)
    from aicensus.report.card import show_point

    sys.stdout.write(show_point(result, point, common.look(no_color)))
