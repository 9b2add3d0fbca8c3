"""What several commands share: their options, progress on stderr, output to files and to the terminal."""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aicensus.model.errors import AicensusError

if TYPE_CHECKING:
    from aicensus.catalog import Catalog
    from aicensus.model.finding import AuditResult, Finding
    from aicensus.pipeline import ScanOptions
    from aicensus.report.layout import Look

OLD_FACTS_DAYS = 90

Paths = Annotated[list[Path], typer.Argument(help="Repositories or folders.", show_default=False)]
Rev = Annotated[str | None, typer.Option("--rev", help="Read this git revision from the object database, without a checkout.")]
ManifestFile = Annotated[
    Path | None, typer.Option("--manifest", "--registry", help="Manifest to use for all paths, instead of the aicensus.yaml of each.")
]
EditedFile = Annotated[
    Path | None, typer.Option("--manifest", "--registry", help="Manifest to edit instead of the aicensus.yaml of the path.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the change and write nothing.")]
CatalogFiles = Annotated[list[Path] | None, typer.Option("--catalog", help="Catalogue file of an in-house SDK or gateway; repeatable.")]
Jobs = Annotated[int, typer.Option("--jobs", min=0, help="Processes that parse; 0 takes one per core.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Neither use nor keep what runs read and find.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress; print nothing but what was asked for.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colour, as with NO_COLOR set.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Judge as of this day (YYYY-MM-DD) instead of today.")]
Outputs = Annotated[list[str] | None, typer.Option("-o", "--output", metavar="FORMAT=FILE", help="Also write this format; repeatable.")]
Format = Annotated[str, typer.Option("--format", help="What to print: text, json, sarif, ...")]


def options_of(
    rev: str | None, manifest: Path | None, catalogs: Sequence[Path] | None, jobs: int, no_cache: bool, quiet: bool
) -> ScanOptions:
    """The options of a scan as the command line gives them."""
    from aicensus.pipeline import ScanOptions

    return ScanOptions(
        rev=rev,
        manifest=manifest,
        catalogs=tuple(catalogs or ()),
        jobs=jobs or os.cpu_count() or 1,
        cache=not no_cache,
        progress=progress(quiet),
    )


def progress(quiet: bool) -> Callable[[str], None]:
    """What tells a person on a terminal how far a scan is; silent elsewhere."""
    if quiet or not sys.stderr.isatty():
        return lambda _: None

    def tell(text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{_plain(text)[:100]}")
        sys.stderr.flush()

    return tell


def done(quiet: bool) -> None:
    """Clear the line of progress."""
    if not quiet and sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)


def day(text: str | None, *, rev: str | None, committed: datetime.date | None = None) -> datetime.date:
    """The day to judge at: as asked, else the revision's own day, else today."""
    if text is not None:
        try:
            return datetime.date.fromisoformat(text)
        except ValueError as error:
            raise typer.BadParameter(f"{text} is no day; write it as 2026-11-30") from error
    if rev is not None and committed is not None:
        return committed
    return datetime.datetime.now(tz=datetime.UTC).date()


def period(text: str, option: str) -> Literal["month", "quarter"]:
    """How often to look at a history, as the command line gives it."""
    if text not in ("month", "quarter"):
        raise typer.BadParameter(f"{text} is none of month, quarter", param_hint=option)
    return "quarter" if text == "quarter" else "month"


def examine(
    paths: Sequence[Path], options: ScanOptions, as_of: str | None, baseline: Path | None = None, since: str | None = None
) -> AuditResult:
    """Scan and judge; with `since` only what is new since that revision."""
    from aicensus.pipeline import examined

    result, catalog = examined(paths, options, lambda committed: day(as_of, rev=options.rev, committed=committed), baseline, since)
    warn_of_old_facts(result, catalog)
    return result


def warn_of_old_facts(result: AuditResult, catalog: Catalog) -> None:
    """Say on stderr when the model facts that were judged by are older than three months."""
    known = catalog.models.as_of
    age = (datetime.date.fromisoformat(result.as_of) - known).days if known is not None else 0
    if age > OLD_FACTS_DAYS:
        sys.stderr.write(
            f"aicensus: warning: what is known of models is as of {known}, {age} days old; "
            "update aicensus or give newer rows with --catalog\n"
        )


def write_outputs(result: AuditResult, outputs: Sequence[str]) -> None:
    """Write each `FORMAT=FILE`, whole or not at all."""
    for output in outputs:
        name, sign, file = output.partition("=")
        if not sign or not file:
            raise typer.BadParameter(f"{output} is not FORMAT=FILE, as sarif=report.sarif")
        write(Path(file), rendered(result, name))


def rendered(result: AuditResult, name: str) -> bytes:
    """The audit in one format, as UTF-8."""
    from aicensus.report import REPORTERS

    if name not in REPORTERS:
        raise typer.BadParameter(f"{name} is no format; known: {', '.join(REPORTERS)}")
    content = REPORTERS[name](result)
    return content.encode("utf-8", "replace") if isinstance(content, str) else content


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; a link, a pipe or a device is written to and stays what it is."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        if path.is_symlink() or (path.exists() and not path.is_file() and not path.is_dir()):
            path.write_bytes(content)
        else:
            temporary.write_bytes(content)
            if path.exists():
                temporary.chmod(path.stat().st_mode & 0o777)
            temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise AicensusError(f"{path} cannot be written: {error.strerror}; name a folder that exists and that you may write to") from error


def print_report(result: AuditResult, name: str, no_color: bool) -> None:
    """Print the audit: text for a person as the terminal allows, other formats as they are."""
    if name == "text":
        from aicensus.report.layout import write as write_text
        from aicensus.report.terminal import render

        write_text(render(result, look(no_color)), sys.stdout)
        return
    sys.stdout.buffer.write(rendered(result, name))


def look(no_color: bool) -> Look:
    """How text is drawn here: width and colour of the terminal, plain elsewhere."""
    from aicensus.report.layout import look_for

    return look_for(sys.stdout, no_color=no_color)


def failing(result: AuditResult, fail_on: str) -> tuple[Finding, ...]:
    """The findings at or above the threshold: a severity, or codes or families."""
    from aicensus.model.finding import Severity

    if fail_on in tuple(Severity):
        return tuple(f for f in result.findings if f.severity.rank <= Severity(fail_on).rank)
    wanted = tuple(part.strip().upper() for part in fail_on.split(",") if part.strip())
    known = {rule.code for rule in result.rules}
    for part in wanted:
        if not any(code.startswith(part) for code in known):
            raise typer.BadParameter(f"{part} is neither error, warning, note nor the code of a rule; see `aicensus explain`")
    return tuple(f for f in result.findings if f.code.startswith(wanted))
