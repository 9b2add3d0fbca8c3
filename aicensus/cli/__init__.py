"""The command line: a thin shell over the functions of the package. Commands import what they need when they run."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from aicensus import __version__
from aicensus.cli import baseline, cache, catalog, check, explain, init, manifest, owners, past, policy, rules, scan, show, verify
from aicensus.model.errors import AicensusError

USAGE = 2
"""Exit status of a usage or configuration error."""
FAULT = 70
"""Exit status of a fault of this program, EX_SOFTWARE of BSD's sysexits.h: never to be taken for findings."""

app = typer.Typer(
    name="aicensus",
    help="Find every place where a repository asks a model for something, and say who answers for it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("scan")(scan.scan)
app.command("check")(check.check)
app.command("show")(show.show)
app.command("prompt")(past.prompt)
app.command("history")(past.history)
app.command("diff")(past.diff)
app.command("trend")(past.trend)
app.command("explain")(explain.explain)
app.command("init")(init.init)
app.command("claim")(manifest.claim)
app.command("retire")(manifest.retire)
app.command("review")(manifest.review)
app.command("waive")(manifest.waive)
app.command("owners")(owners.owners)
app.command("verify")(verify.verify)
app.add_typer(baseline.app, name="baseline")
app.add_typer(rules.app, name="rules")
app.add_typer(policy.app, name="policy")
app.add_typer(catalog.app, name="catalog")
app.add_typer(cache.app, name="cache")


def main() -> None:
    """Run the command line; ends the process with the exit status."""
    # `--strict` alone means `--strict=files`; the option parser knows no option whose value may be missing.
    arguments = ["--strict=files" if argument == "--strict" else argument for argument in sys.argv[1:]]
    try:
        app(arguments)
    except AicensusError as error:
        print(f"aicensus: {error}", file=sys.stderr)
        sys.exit(USAGE)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of a pipe went away; closing stderr keeps the interpreter from complaining about it.
        sys.stderr.close()
        sys.exit(141)
    except Exception as error:
        if os.environ.get("AICENSUS_DEBUG"):
            raise
        print(f"aicensus: {_fault(error)}", file=sys.stderr)
        sys.exit(FAULT)


def _fault(error: Exception) -> str:
    """What to say of an error that nobody foresaw: where it arose, and what to do; its text may stem from a repository."""
    place = next((f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(traceback.extract_tb(error.__traceback__))), "?")
    text = "".join(c if c.isprintable() else " " for c in str(error))[:200]
    return (
        f"a fault of aicensus itself, not of what it read: {type(error).__name__} at {place}: {text}\n"
        "run again with AICENSUS_DEBUG=1 for the full account, and report that; "
        "`settings.exclude` in aicensus.yaml leaves a file out meanwhile"
    )


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"aicensus {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")] = False,
) -> None:
    pass
