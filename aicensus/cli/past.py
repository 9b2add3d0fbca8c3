"""`aicensus prompt`, `history`, `diff` and `trend`: one repository at several of its commits."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Annotated

import typer

from aicensus.cli import common

In = Annotated[Path, typer.Option("--in", help="The git repository, or a folder in it. Default: here.")]
Point = Annotated[str, typer.Argument(help="Id of the point, or an unambiguous part of it.", show_default=False)]
Branch = Annotated[
    str | None, typer.Option("--rev", help="Branch or revision whose line of first parents counts. Default: the current branch.")
]
Printed = Annotated[str, typer.Option("--format", help="What to print: text or json.")]


def prompt(
    point: Point,
    at: Annotated[str, typer.Option("--at", help="The moment, as 2026-11-17T14:00+01:00.", show_default=False)],
    path: In = Path(),
    format: Printed = "text",
    rev: Branch = None,
    manifest: common.ManifestFile = None,
    catalog: common.CatalogFiles = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """Print the prompt, model, parameters and owner in force for a point at a moment, the commit, and how sure that is."""
    _known(format, "text", "json")
    from aicensus.report.past import moment_json, moment_text
    from aicensus.timeline import prompt_at

    found = prompt_at(path, point, _moment(at), common.options_of(None, manifest, catalog, jobs, no_cache, quiet), rev=rev)
    common.done(quiet)
    _print(moment_text(found, common.look(no_color)) if format == "text" else moment_json(found))


def history(
    point: Point,
    path: In = Path(),
    format: Printed = "text",
    rev: Branch = None,
    manifest: common.ManifestFile = None,
    catalog: common.CatalogFiles = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """Show every change of a point's prompts, rules, model, parameters and owner, across renames and moves, the newest first."""
    _known(format, "text", "json")
    from aicensus.report.past import history_json, history_text
    from aicensus.timeline import point_history

    found = point_history(path, point, common.options_of(None, manifest, catalog, jobs, no_cache, quiet), rev=rev)
    common.done(quiet)
    _print(history_text(found, common.look(no_color)) if format == "text" else history_json(found))


def diff(
    old: Annotated[str, typer.Argument(help="A revision, or the file of a saved census.", show_default=False)],
    new: Annotated[str, typer.Argument(help="The newer one.", show_default=False)],
    path: In = Path(),
    format: Annotated[str, typer.Option("--format", help="What to print: text, json or markdown.")] = "text",
    manifest: common.ManifestFile = None,
    catalog: common.CatalogFiles = None,
    as_of: common.AsOf = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """Compare two revisions, or two files of `-o census=FILE`: points, prompts, rules, models, owners, state and findings."""
    _known(format, "text", "json", "markdown")
    from aicensus.report import changes
    from aicensus.timeline import compare

    options = common.options_of(None, manifest, catalog, jobs, no_cache, quiet)
    compared = compare(path, old, new, options, lambda committed: common.day(as_of, rev=new, committed=committed))
    common.done(quiet)
    if format == "text":
        _print(changes.as_text(compared, common.look(no_color)))
    else:
        _print(changes.as_json(compared) if format == "json" else changes.as_markdown(compared))


def trend(
    path: In = Path(),
    every: Annotated[str, typer.Option("--every", help="How often to look: month or quarter.")] = "month",
    since: Annotated[str | None, typer.Option("--since", help="First day to look at (YYYY-MM-DD).")] = None,
    format: Annotated[str, typer.Option("--format", help="What to print: text, json or csv.")] = "text",
    output: Annotated[
        list[str] | None, typer.Option("-o", "--output", metavar="FORMAT=FILE", help="Also write text, json, csv or html; repeatable.")
    ] = None,
    rev: Branch = None,
    manifest: common.ManifestFile = None,
    catalog: common.CatalogFiles = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """Show how the number of points grew over the history: by owner, provider and kind, with adds that nobody decided."""
    from aicensus.report import growth
    from aicensus.timeline import trend as trend_of

    period = common.period(every, "--every")
    _known(format, "text", "json", "csv")
    first = common.day(since, rev=None) if since else None
    options = common.options_of(None, manifest, catalog, jobs, no_cache, quiet)
    found = trend_of(path, options, every=period, since=first, rev=rev)
    common.done(quiet)
    for one in output or ():
        name, sign, file = one.partition("=")
        if not sign or not file or name not in growth.FORMATS:
            raise typer.BadParameter(f"{one} is not FORMAT=FILE with one of {', '.join(growth.FORMATS)}", param_hint="--output")
        common.write(Path(file), growth.FORMATS[name](found))
    if not quiet or format != "text":
        _print(growth.as_text(found, common.look(no_color)) if format == "text" else growth.FORMATS[format](found))


def _known(value: str, *names: str) -> None:
    if value not in names:
        raise typer.BadParameter(f"{value} is none of {', '.join(names)}", param_hint="--format")


def _moment(text: str) -> datetime.datetime:
    """The moment as asked; one without a zone is meant here, and that is said."""
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text} is no moment; write it as 2026-11-17T14:00+01:00", param_hint="--at") from error
    if moment.tzinfo is None:
        moment = moment.astimezone()
        sys.stderr.write(f"aicensus: {text} has no time zone: taken as {moment.isoformat()}, the zone of this machine\n")
    return moment


def _print(content: str | bytes) -> None:
    if isinstance(content, bytes):
        sys.stdout.buffer.write(content)
        return
    from aicensus.report.layout import write

    write(content, sys.stdout)
