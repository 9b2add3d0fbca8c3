"""`aicensus policy`: the central policy library, its copies in prompts, and writing them anew."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aicensus.cli import common
from aicensus.model.errors import AicensusError

if TYPE_CHECKING:
    from aicensus.history.last_change import Commit
    from aicensus.pipeline import PolicyView
    from aicensus.policy.selection import Unplaced
    from aicensus.policy.sync import FilePlan, Task

app = typer.Typer(help="The central policy library, and what prompts make of it.", rich_markup_mode=None, no_args_is_help=True)

In = Annotated[list[Path] | None, typer.Option("--in", help="Repository or folder; repeatable. Default: here.")]
Library = Annotated[
    list[Path] | None,
    typer.Option("--library", help="Folder or repository of fragments beside those that aicensus.yaml declares; repeatable."),
]
Format = Annotated[str, typer.Option("--format", help="What to print: text or json.")]
_AT = re.compile(r"(?P<path>.+):(?P<line>\d+)")


@app.command("list")
def list_(
    path: In = None,
    library: Library = None,
    format: Format = "text",
    rev: common.Rev = None,
    manifest: common.ManifestFile = None,
    catalog: common.CatalogFiles = None,
    as_of: common.AsOf = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """Every fragment with its versions, owner and the points whose prompts state it."""
    view = _view(path, library, format, rev, manifest, catalog, as_of, jobs, no_cache, quiet)
    from aicensus.report import policy_tables as tables

    if format == "json":
        _print(tables.as_json("fragments", tables.list_rows(view.book, view.places)))
    else:
        _print(tables.list_text(view.book, view.places, common.look(no_color)))


@app.command()
def check(
    path: In = None,
    library: Library = None,
    format: Format = "text",
    rev: common.Rev = None,
    manifest: common.ManifestFile = None,
    catalog: common.CatalogFiles = None,
    as_of: common.AsOf = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """Compare every copy with its fragment, and the fragments with each other. Ends with 1 when something is wrong."""
    view = _view(path, library, format, rev, manifest, catalog, as_of, jobs, no_cache, quiet)
    import msgspec

    from aicensus.report import policy_tables as tables

    if format == "json":
        rows = [msgspec.to_builtins(row) for row in view.findings]
        _print(tables.as_json("copies", tables.check_rows(view.book, view.places), findings=rows))
    else:
        _print(tables.check_text(view.book, view.findings, view.places, common.look(no_color)))
    if any(row.severity.value != "note" for row in view.findings):
        raise typer.Exit(1)


@app.command()
def suggest(
    path: In = None,
    library: Library = None,
    format: Format = "text",
    rev: common.Rev = None,
    manifest: common.ManifestFile = None,
    catalog: common.CatalogFiles = None,
    as_of: common.AsOf = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """For business rules without a source, the fragment that each paraphrases."""
    view = _view(path, library, format, rev, manifest, catalog, as_of, jobs, no_cache, quiet)
    from aicensus.analysis.policies import suggest as suggested
    from aicensus.report import policy_tables as tables

    free = [one for one in view.statements if view.book.source_of(one) is None]
    rows = suggested(view.book, free, view.lexicon)
    if format == "json":
        _print(tables.as_json("suggestions", tables.suggest_rows(rows), without_source=len(free)))
    else:
        _print(tables.suggest_text(rows, len(free), common.look(no_color)))


@app.command()
def sync(
    path: In = None,
    library: Library = None,
    write: Annotated[bool, typer.Option("--write", help="Write the files; else only show what would be written.")] = False,
    format: Format = "text",
    manifest: common.ManifestFile = None,
    catalog: common.CatalogFiles = None,
    as_of: common.AsOf = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """Write the fragments that apply to each prompt between markers, and those that are there anew; shows the diff."""
    view = _view(path, library, format, None, manifest, catalog, as_of, jobs, no_cache, quiet)
    from aicensus.report import policy_tables as tables

    plans = _plans(view)
    if write:
        _write(view, plans)
    unplaced = [_unplaced(one) for one in view.book.selection.unplaced]
    if format == "json":
        _print(tables.as_json("files", tables.sync_rows(plans), written=write, unplaced=unplaced))
    else:
        _print(tables.sync_text(plans, unplaced, common.look(no_color), wrote=write))


@app.command()
def trace(
    rule: Annotated[str, typer.Argument(help="A sentence of a prompt, its PATH:LINE, or the id of a fragment.", show_default=False)],
    path: In = None,
    library: Library = None,
    format: Format = "text",
    rev: common.Rev = None,
    manifest: common.ManifestFile = None,
    catalog: common.CatalogFiles = None,
    as_of: common.AsOf = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """From a sentence in a prompt to its fragment, version, owner and commit; from a fragment to every point that states it."""
    view = _view(path, library, format, rev, manifest, catalog, as_of, jobs, no_cache, quiet)
    from aicensus.analysis.policies import trace_line, trace_text
    from aicensus.report import policy_tables as tables

    def commit_of(repo: str, file: str) -> Commit | None:
        from aicensus.history.last_change import last_change

        source = view.sources.get(repo)
        return last_change(source.root, file, rev) if source is not None and source.root.is_dir() else None

    look = common.look(no_color)
    fragment = view.book.library.find(rule)
    if fragment is not None:
        uses = view.book.uses.of(rule)
        if format == "json":
            _print(tables.as_json("fragments", [tables.fragment_row(fragment, uses, view.places, commit_of)]))
        else:
            _print(tables.fragment_text(fragment, uses, view.places, commit_of, look))
        return
    at = _AT.fullmatch(rule)
    found = trace_line(view.book, view.statements, view.places, at["path"].removeprefix("./"), int(at["line"])) if at else []
    found = found or trace_text(view.book, view.statements, rule)
    if not found:
        raise AicensusError(f"`{rule}` is no fragment, and no prompt says it; see `aicensus policy list` and `aicensus rules`")
    if format == "json":
        _print(tables.as_json("traces", tables.trace_rows(found, view.places, commit_of)))
    else:
        _print(tables.trace_text(found, view.places, commit_of, look))


def _view(
    path: list[Path] | None,
    library: list[Path] | None,
    format: str,
    rev: str | None,
    manifest: Path | None,
    catalog: list[Path] | None,
    as_of: str | None,
    jobs: int,
    no_cache: bool,
    quiet: bool,
) -> PolicyView:
    """Read prompts and library. Raises AicensusError when there is no library."""
    if format not in ("text", "json"):
        raise typer.BadParameter(f"{format} is neither text nor json", param_hint="--format")
    from dataclasses import replace

    from aicensus.pipeline import policies

    options = replace(common.options_of(rev, manifest, catalog, jobs, no_cache, quiet), libraries=tuple(library or ()))
    view = policies(path or [Path()], options, lambda committed: common.day(as_of, rev=rev, committed=committed))
    common.done(quiet)
    if not view.book.library:
        raise AicensusError("no policy library: say in aicensus.yaml `policies: {library: [policies/]}`, or name a folder with --library")
    return view


def _plans(view: PolicyView) -> list[tuple[str, FilePlan]]:
    """What the files become that hold blocks, or to whose prompts a fragment applies; by repository and path."""
    from aicensus.policy.sync import plan_file

    tasks: dict[tuple[str, str], list[Task]] = defaultdict(list)
    for task in view.book.tasks():
        tasks[task.prompt.repo, task.prompt.path].append(task)
    plans = []
    for (repo, file), rows in sorted(tasks.items()):
        days = view.manifests[repo].policies.cadence_days
        plans.append((repo, plan_file(file, view.sources[repo].read(file), rows, view.book.library, cadence_days=days)))
    return plans


def _unplaced(one: Unplaced) -> str:
    return f"{one.fragment.key} for {one.point.repo} {one.point.id}: no prompt of the point is known"


def _write(view: PolicyView, plans: list[tuple[str, FilePlan]]) -> None:
    from aicensus.policy.files import replace_file

    for repo, plan in plans:
        if plan.after != plan.before:
            root = view.sources[repo].root
            if not root.is_dir():
                raise AicensusError(f"{root.name} is an archive and cannot be written to: unpack it first")
            replace_file(root, plan.path, plan.before, plan.after)


def _print(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.flush()
