"""`aicensus init`: a first manifest, drafted from a scan."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from aicensus.cli import common


def init(
    path: Annotated[Path, typer.Argument(help="Repository or folder.")] = Path(),
    manifest: common.EditedFile = None,
    dry_run: common.DryRun = False,
    catalog: common.CatalogFiles = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
) -> None:
    """Draft aicensus.yaml from a scan: every point with what is known of it, and a place for its owner's name."""
    from aicensus.manifest import draft_manifest
    from aicensus.model.errors import AicensusError
    from aicensus.pipeline import MANIFEST_NAME, scan
    from aicensus.report.layout import write

    target = manifest or path / MANIFEST_NAME
    if target.exists() or target.is_symlink():
        raise AicensusError(f"{target} is there already; `aicensus claim POINT --owner WHO` adds to it, or move it away to draft a new one")
    draft = draft_manifest(scan([path], common.options_of(None, None, catalog, jobs, no_cache, quiet)))
    common.done(quiet)
    if dry_run:
        write(draft, sys.stdout)
        return
    common.write(target, draft.encode())
    typer.echo(f"{target} drafted: name an owner where it says TODO, then run `aicensus check {path}`")
