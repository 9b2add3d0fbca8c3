"""The command line: a thin shell over the functions of the package. Commands import what they need when they run."""

from __future__ import annotations

from typing import Annotated

import typer

from aicensus import __version__

app = typer.Typer(
    name="aicensus",
    help="Find every place where a repository asks a model for something, and say who answers for it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line; ends the process with the exit status."""
    app()


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"aicensus {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")] = False,
) -> None:
    pass
