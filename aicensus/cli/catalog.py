"""`aicensus catalog`: what the tool recognises, and whether the catalogue's own examples hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aicensus.cli import common

if TYPE_CHECKING:
    from aicensus.catalog.schema import Sdk

app = typer.Typer(help="What is recognised: SDKs, platforms, models.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(
    sdk: Annotated[str, typer.Argument(help="Show the calls of this SDK.")] = "",
    catalog: common.CatalogFiles = None,
) -> None:
    """List the SDKs and platforms of the catalogue, or what is known of one."""
    from aicensus.catalog import load

    known = load(tuple(catalog or ()))
    chosen = [s for s in known.sdks if not sdk or s.sdk == sdk]
    configs = [c for c in known.configs if not sdk or c.config == sdk]
    if not chosen and not configs:
        raise typer.BadParameter(f"{sdk} is not in the catalogue; `aicensus catalog list` names all")
    for one in chosen:
        typer.echo(f"{one.sdk:28} {one.language:11} {one.provider or '-':14} {_held(one)}")
        if sdk:
            for row in one.calls:
                typer.echo(f"  {row.kind:11} {row.callee}")
    for config in configs:
        typer.echo(f"{config.config:28} {'(config)':11} {'-':14} {config.title}")
        if sdk:
            for shape in config.shapes:
                typer.echo(f"  {shape.name:28} {', '.join(shape.files)}")
    if not sdk:
        typer.echo(f"{len(chosen) + len(configs)} files, {len(known.models.facts)} models as of {known.models.as_of}")


def _held(sdk: Sdk) -> str:
    """How much is known of an SDK; of one whose client is that of another, which."""
    from aicensus.report.overview import plural

    counts = (
        ("call", sdk.calls),
        ("decorator", sdk.decorators),
        ("state", sdk.state),
        ("entry point", sdk.entry_points),
        ("tracer", sdk.tracers),
    )
    held = [plural(len(rows), name, "state" if name == "state" else "") for name, rows in counts if rows]
    others = sorted({base.partition(".")[0] for kind in sdk.types for base in kind.bases} - {sdk.sdk})
    return ", ".join(held) or ("as " + ", ".join(others) if others else "")


@app.command("test")
def run_examples(catalog: common.CatalogFiles = None) -> None:
    """Run the examples of every catalogue file; status 1 when one fails."""
    from aicensus.catalog import load
    from aicensus.examples import config_failures, failures, sql_failures

    known = load(tuple(catalog or ()))
    failed = [*failures(known), *config_failures(known), *sql_failures(known)]
    for failure in failed:
        typer.echo(failure)
    count = sum(len(s.examples) for s in known.sdks) + sum(len(s.examples) for file in known.configs for s in file.shapes)
    count += sum(len(file.examples) for file in known.sql)
    typer.echo(f"{count} examples, {len(failed)} failed")
    if failed:
        raise typer.Exit(1)
