"""`aicensus rules`: the rules that prompts state, what they are to one another, and the same for files of rules and prompts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aicensus.cli import common
from aicensus.model.errors import AicensusError

if TYPE_CHECKING:
    from aicensus.analysis.rulebook import Rulebook, RulePair, Statement

app = typer.Typer(
    help="The rules that prompts state, and what they are to one another.", rich_markup_mode=None, invoke_without_command=True
)

_DUPLICATES = ("duplicate (exact)", "duplicate (equivalent)")
_CONFLICTS = ("contradiction", "threshold conflict", "conditional conflict", "tension")
_LIKENESS = 0.6


@app.callback()
def rules(
    context: typer.Context,
    path: Annotated[list[Path] | None, typer.Option("--in", help="Repository or folder; repeatable. Default: here.")] = None,
    duplicates: Annotated[bool, typer.Option("--duplicates", help="Pairs that say the same.")] = False,
    contradictions: Annotated[bool, typer.Option("--contradictions", help="Pairs that cannot both be obeyed.")] = False,
    look_alikes: Annotated[bool, typer.Option("--look-alikes", help="Pairs in nearly the same words that do not say the same.")] = False,
    review: Annotated[bool, typer.Option("--review", help="With pairs: also those that a person has to read.")] = False,
    about: Annotated[str | None, typer.Option("--about", help="Only rules about this subject, or with words that begin so.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Only rules in prompts of this owner, person or team, or of nobody.")] = None,
    format: Annotated[str, typer.Option("--format", help="What to print: text, json or csv.")] = "text",
    rev: common.Rev = None,
    manifest: common.ManifestFile = None,
    catalog: common.CatalogFiles = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """Show the rules that prompts state; with an option, pairs of them."""
    if context.invoked_subcommand is not None:
        return
    if format not in ("text", "json", "csv"):
        raise typer.BadParameter(f"{format} is none of text, json, csv", param_hint="--format")
    from aicensus.pipeline import rulebook

    book = rulebook(path or [Path()], common.options_of(rev, manifest, catalog, jobs, no_cache, quiet))
    common.done(quiet)
    statements = [one for one in book.statements if _wanted(one, about, owner)]
    pairs = _pairs(book, duplicates, contradictions, look_alikes, review) if duplicates or contradictions or look_alikes else None
    if pairs is not None:
        pairs = [pair for pair in pairs if _wanted(pair.first, about, owner) or _wanted(pair.second, about, owner)]
    _print(book, statements, pairs, format, no_color)
    for line in () if quiet else _nothing_meant(book, about, owner):
        typer.echo(line, err=True)


def _print(book: Rulebook, statements: Sequence[Statement], pairs: Sequence[RulePair] | None, format: str, no_color: bool) -> None:
    from aicensus.report.layout import write
    from aicensus.report.rules_table import as_csv, as_json, as_text

    if format == "text":
        write(as_text(book, statements, pairs, common.look(no_color)), sys.stdout)
    else:
        content = as_json(book, statements, pairs) if format == "json" else as_csv(statements, pairs)
        sys.stdout.buffer.write(content.encode("utf-8", "replace"))


def _wanted(one: Statement, about: str | None, owner: str | None) -> bool:
    return (about is None or one.is_about(about)) and (owner is None or one.is_of(owner))


def _nothing_meant(book: Rulebook, about: str | None, owner: str | None) -> Iterator[str]:
    """What could have been asked for, where a choice meets no rule at all."""
    from aicensus.analysis.rulebook import NOBODY

    if about is not None and not any(one.is_about(about) for one in book.statements):
        names = sorted({name for one in book.statements for name in one.subjects})
        yield f"no rule is about `{about}`" + (f"; rules decide about: {', '.join(names)}" if names else "")
    if owner is not None and not any(one.is_of(owner) for one in book.statements):
        owners = sorted({name for one in book.statements for name in one.owners or (NOBODY,)})
        yield f"no rule stands in a prompt of `{owner}`" + (f"; owners: {', '.join(owners)}" if owners else "")


def _pairs(book: Rulebook, duplicates: bool, contradictions: bool, look_alikes: bool, review: bool) -> list[RulePair]:
    from aicensus.analysis.rulebook import RulePair
    from aicensus.model.rules import Verdict

    wanted = (*(_DUPLICATES if duplicates else ()), *(_CONFLICTS if contradictions else ()))
    labels = [label for label, asked in (("duplicate", duplicates), ("contradiction", contradictions)) if asked and review]
    found = [
        pair for pair in book.pairs if pair.verdict.verdict in wanted or (pair.verdict.verdict == "review" and pair.verdict.label in labels)
    ]
    if duplicates:
        same = Verdict(verdict="duplicate (exact)", label="duplicate", confidence="sure", why=("the same words",))
        found += [RulePair(group[0], other, same) for group in book.equal for other in group[1:] if other.prompt is not group[0].prompt]
    if look_alikes:
        found += [pair for pair in book.pairs if pair not in found and _looks_alike(pair)]
    return sorted(found, key=lambda pair: (pair.first.place, pair.second.place))


def _looks_alike(pair: RulePair) -> bool:
    from aicensus.rules.verdicts import folded
    from aicensus.similarity import jaccard

    words = [frozenset(folded(one.rule.text).split()) for one in (pair.first, pair.second)]
    return pair.verdict.label != "duplicate" and jaccard(*words) >= _LIKENESS


@app.command()
def judge(pairs: Annotated[Path, typer.Argument(help="JSON Lines of {id, a, b}: two rules each.", show_default=False)]) -> None:
    """Judge pairs of rules: {id, label, verdict, confidence, why, interval, resolve}, one JSON object a line."""
    from aicensus.rules.form import form_of
    from aicensus.rules.lexicon import default_lexicon
    from aicensus.rules.verdicts import judge as judged

    lexicon = default_lexicon()
    for row in _rows(pairs, "id", "a", "b"):
        verdict = judged(form_of(row["a"], lexicon), form_of(row["b"], lexicon), lexicon)
        _write(
            {
                "id": row["id"],
                "label": verdict.label,
                "verdict": verdict.verdict,
                "confidence": verdict.confidence,
                "why": list(verdict.why),
                "interval": verdict.interval,
                "resolve": verdict.resolve,
            }
        )


@app.command()
def extract(prompts: Annotated[Path, typer.Argument(help="JSON Lines of {id, text}: one prompt each.", show_default=False)]) -> None:
    """Extract the rules of prompts: {id, language, rules: [{text, start, end, kind, subject, ...}]}, one JSON object a line."""
    import msgspec

    from aicensus.rules.lexicon import default_lexicon
    from aicensus.rules.reading import read

    for row in _rows(prompts, "id", "text"):
        reading = read(row["text"], default_lexicon())
        _write({"id": row["id"], "language": reading.language, "rules": [msgspec.to_builtins(rule) for rule in reading.rules]})


def _rows(path: Path, *names: str) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON Lines. Raises AicensusError naming the line that is none, or that lacks a name."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise AicensusError(f"{path} cannot be read: {error}; give a file of JSON Lines in UTF-8") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise AicensusError(f"{path}:{number}: not JSON: {error}") from error
        if not isinstance(row, dict) or not all(isinstance(row.get(name), str) for name in names):
            raise AicensusError(f"{path}:{number}: a row is an object with the texts {', '.join(names)}")
        yield row


def _write(row: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
