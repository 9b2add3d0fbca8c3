"""`aicensus baseline`: the findings that are there already, in a file that `check --baseline` does not report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aicensus.cli import common

NAME = Path("aicensus-baseline.json")

app = typer.Typer(
    help="Findings that are there already: `check --baseline FILE` reports only others.", rich_markup_mode=None, no_args_is_help=True
)

File = Annotated[Path, typer.Argument(help="The baseline.")]
In = Annotated[Path, typer.Option("--in", help="Repository or folder.")]


@app.command()
def write(
    file: File = NAME,
    path: In = Path(),
    rev: common.Rev = None,
    manifest: common.ManifestFile = None,
    catalog: common.CatalogFiles = None,
    as_of: common.AsOf = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
) -> None:
    """Keep every finding of now in a file, over what is in it. Findings that a waiver or suppression accepts are left to those."""
    from aicensus.manifest.baseline import entries_of, write_baseline

    result = common.examine([path], common.options_of(rev, manifest, catalog, jobs, no_cache, quiet), as_of)
    common.done(quiet)
    entries = entries_of(result.findings)
    common.write(file, write_baseline(entries))
    if not quiet:
        typer.echo(f"{file}: {len(set(entries))} findings kept; `aicensus check --baseline {file}` reports only others")


@app.command()
def prune(
    file: File = NAME,
    path: In = Path(),
    rev: common.Rev = None,
    manifest: common.ManifestFile = None,
    catalog: common.CatalogFiles = None,
    as_of: common.AsOf = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
) -> None:
    """Take out of a baseline what matches no finding any more, and name files that moved as they are now; nothing is added."""
    from aicensus.audit.baseline import stale
    from aicensus.manifest.baseline import entries_of, read_baseline, write_baseline

    result = common.examine([path], common.options_of(rev, manifest, catalog, jobs, no_cache, quiet), as_of, file)
    common.done(quiet)
    kept = read_baseline(file.read_bytes(), str(file))
    gone = stale(kept, [*result.findings, *(one.finding for one in result.accepted)], {rule.code for rule in result.rules})
    known = {entry.fingerprint for entry in kept.entries}
    moved = entries_of([one.finding for one in result.accepted if one.how == "baseline" and one.finding.fingerprint not in known])
    left = [*(entry for entry in kept.entries if entry not in gone), *moved]
    common.write(file, write_baseline(left))
    if not quiet:
        follows = f", {len(moved)} of files that moved renamed" if moved else ""
        typer.echo(f"{file}: {len(gone) - len(moved)} entries removed{follows}, {len(left)} left")
