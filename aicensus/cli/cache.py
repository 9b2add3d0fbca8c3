"""`aicensus cache`: what is kept between runs, facts of files and results of scans."""

from __future__ import annotations

import typer

app = typer.Typer(help="What is kept between runs: facts of files and results of scans.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def info() -> None:
    """Say where the cache is and how large it is."""
    from aicensus.extract.cache import FactsCache

    known = FactsCache().info()
    typer.echo(f"{known.path}\n{known.entries} entries, {known.size / 1_000_000:.1f} MB")


@app.command()
def clear() -> None:
    """Remove everything from the cache."""
    from aicensus.extract.cache import FactsCache

    typer.echo(f"{FactsCache().clear()} entries removed")
