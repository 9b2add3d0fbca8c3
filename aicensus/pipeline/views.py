"""Other questions to the same scan: owners, rules, policies, and whether a snapshot holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from aicensus.model.census import (
    Census,
    Repository,
)
from aicensus.model.errors import AicensusError, SourceError
from aicensus.model.finding import Finding
from aicensus.model.settings import Baseline, Manifest
from aicensus.pipeline.judging import Day, settings_of
from aicensus.pipeline.opening import ScanOptions, open_all, with_manifests
from aicensus.pipeline.parts import LIBRARY, SHALLOW
from aicensus.pipeline.scanning import census_of
from aicensus.sources import Source, open_source

if TYPE_CHECKING:
    from aicensus.analysis.policies import PolicyBook
    from aicensus.analysis.rulebook import Rulebook, Statement
    from aicensus.census.places import Places
    from aicensus.model.owners import Ledger
    from aicensus.model.verification import Verification
    from aicensus.rules.lexicon import Lexicon

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def owned(paths: Sequence[Path | str], options: ScanOptions, day: Day) -> Ledger:
    """Who answers for what is in production, and what those leave behind who have left; see `examined`. Raises what `scan` raises."""
    from aicensus.analysis.owners import ledger
    from aicensus.audit.context import Context

    opened = open_all(paths, options)
    context = Context(census_of(opened, options), settings_of(opened, options, day, Baseline()), opened.catalog)
    return ledger(context.census, context.purposes, lambda repo: context.manifest_of(repo).manifest, context.as_of)


def rulebook(paths: Path | str | Sequence[Path | str], options: ScanOptions | None = None) -> Rulebook:
    """The rules that prompts of production code state, and what pairs of them are to one another.

    Raises what `scan` raises. Words of the business stand under `lexicon` in the manifest of the first path.
    """
    from aicensus.analysis.rulebook import build_rulebook, subject_words
    from aicensus.graph import build_graph
    from aicensus.rules.lexicon import Lexicon, default_lexicon
    from aicensus.rules.subjects import Subjects

    options = options or ScanOptions()
    opened = open_all([paths] if isinstance(paths, Path | str) else paths, options)
    graph = build_graph(census := census_of(opened, options))
    words = opened.manifests[0].manifest.lexicon
    lexicon = Lexicon(words.synonyms, words.exclusive) if words.synonyms or words.exclusive else None
    scopes = opened.manifests[0].manifest.settings.report_scopes
    reached = ((prompt, graph.points_of_prompt(prompt)) for prompt in census.prompts if prompt.scope in scopes)
    subjects = Subjects(lexicon or default_lexicon(), subject_words(file.manifest for file in opened.manifests))
    kept = ((prompt, points) for prompt, points in reached if points)
    return build_rulebook(kept, lexicon, places=opened.places(), subjects=subjects)


class PolicyView(NamedTuple):
    """The policy library and the prompts of some repositories, with the files they stand in."""

    book: PolicyBook
    statements: tuple[Statement, ...]
    """The business rules in prompts."""
    findings: tuple[Finding, ...]
    """About the library."""
    places: Places
    lexicon: Lexicon | None
    sources: Mapping[str, Source]
    """By repository, those of the library included."""
    manifests: Mapping[str, Manifest]


def policies(paths: Path | str | Sequence[Path | str], options: ScanOptions, day: Day) -> PolicyView:
    """The policy library beside the prompts of some repositories, on a day that `day` gives from that of the revision, if known.

    Raises what `scan` raises, and AicensusError with every mistake in the library.
    """
    from aicensus.audit import library_findings
    from aicensus.audit.context import Context

    opened = open_all([paths] if isinstance(paths, Path | str) else paths, options)
    census = census_of(opened, options)
    wrong = [row for row in census.coverage.unread if row.reason.startswith(LIBRARY)]
    if wrong:
        lines = (f"{row.path}{f':{row.line}' if row.line else ''}: {row.reason.removeprefix(LIBRARY)}" for row in wrong)
        raise AicensusError("\n".join(lines))
    settings = settings_of(opened, options, day, Baseline())
    context = Context(census, settings, opened.catalog, opened.places())
    named = zip(opened.names, opened.sources, strict=True)
    return PolicyView(
        book=context.policies,
        statements=context.rulebook.statements,
        findings=library_findings(context),
        places=context.places,
        lexicon=context.lexicon,
        sources={source.repo: source for source in opened.libraries} | dict(named),
        manifests={name: context.manifest_of(name).manifest for name in opened.names},
    )


def load(path: Path | str) -> Census:
    """Read a saved census. Raises AicensusError naming the file and what is wrong with it."""
    from aicensus.report.json import load as read

    return read(Path(path))


def verified(snapshot: Path, paths: Sequence[Path | str], options: ScanOptions) -> Verification:
    """Scan the commits of a saved census again, from the object databases of the repositories at `paths`, and compare.

    Raises what `load` and `scan` raise, and SourceError where the snapshot is of no commit, or of other repositories than given.
    """
    from aicensus.analysis.verification import compare
    from aicensus.report.json import read, written

    kept = load(snapshot)
    commits = [_commit_of(repository, snapshot) for repository in kept.repositories]
    if len(commits) != len(paths):
        raise SourceError(f"{snapshot} is of {len(commits)} repositories, and {len(paths)} are given; name each with --in, in its order")
    sources = [_with_commit(Path(path), commit) for path, commit in zip(paths, commits, strict=True)]
    opened = with_manifests(sources, [repository.name for repository in kept.repositories], options)
    again = census_of(opened, replace(options, rev=" ".join(commits)))
    return compare(kept, read(written(again), "the scan"), SHALLOW)


def _commit_of(repository: Repository, snapshot: Path) -> str:
    if not _COMMIT.fullmatch(repository.revision):
        raise SourceError(f"{snapshot} holds a plain folder, of which there is no commit to scan again; take snapshots of git repositories")
    return repository.revision


def _with_commit(path: Path, commit: str) -> Source:
    try:
        return open_source(path, rev=commit)
    except SourceError as error:
        raise SourceError(
            f"{error}; name the repository of the snapshot with --in, and fetch its commit if the clone is shallow"
        ) from error
