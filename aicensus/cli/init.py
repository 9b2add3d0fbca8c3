"""`aicensus init`: a first manifest, drafted from a scan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aicensus.cli import common


def init(
    path: Annotated[Path, typer.Argument(help="Repository or folder.")] = Path(),
    catalog: common.CatalogFiles = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
) -> None:
    """Draft aicensus.yaml from a scan: every point with what is known of it, and a place for its owner's name."""
    from aicensus.manifest import draft_manifest
    from aicensus.model.errors import AicensusError
    from aicensus.pipeline import MANIFEST_NAME, scan

    target = path / MANIFEST_NAME
    if target.exists():
        raise AicensusError(f"{target} is there already; edit it, or move it away to draft a new one")
    census = scan([path], common.options_of(None, None, catalog, jobs, no_cache, quiet))
    common.done(quiet)
    common.write(target, draft_manifest(census).encode())
    typer.echo(f"{target} drafted with {len(census.points)} points: name an owner for each, then run `aicensus check {path}`")
