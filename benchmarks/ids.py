"""Replays commits of a repository and counts point ids that changed although the code did not: `python benchmarks/ids.py --help`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from aicensus.extract import front_end_of
from aicensus.gitcommand import run_git
from aicensus.model.errors import UnreadError
from aicensus.pipeline import ScanOptions, scan
from aicensus.sources import Source, open_source
from benchmarks.scoring import innermost


@dataclass(frozen=True, slots=True)
class Seen:
    """A point of one revision, and its code with white space folded."""

    id: str
    path: str
    call: str
    around: str
    """The innermost function; the call alone at the top of a file."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a point from one revision to the next."""

    kind: str
    """`churned`: same code in the same file, other id. `shifted`: same call, but its function was edited, other id.
    `lost`: its code is still in the same file, but it is no point any more."""
    before: str
    after: str = ""


@dataclass(slots=True)
class Replay:
    """Sums over all pairs of revisions."""

    commits: int = 0
    points: int = 0
    """Points of the older revision whose code is unchanged in the newer one, summed over the pairs."""
    changes: list[tuple[str, Change]] = field(default_factory=list)
    """Newer revision, and the change."""

    def count(self, kind: str) -> int:
        return sum(change.kind == kind for _, change in self.changes)


def main() -> None:
    parser = argparse.ArgumentParser(description="Replay the last commits of a repository, first parents only, and follow its points.")
    parser.add_argument("repo", type=Path, nargs="+", help="git repositories, bare ones too")
    parser.add_argument("--commits", type=int, default=500, help="how many of the last commits to replay")
    given = parser.parse_args()
    total = Replay()
    for repo in given.repo:
        replayed = replay(repo, given.commits, lambda text: print(text, file=sys.stderr))
        print(summary(str(repo), replayed))
        total.commits += replayed.commits
        total.points += replayed.points
        total.changes += replayed.changes
    if len(given.repo) > 1:
        print(summary("all", total))
    for revision, change in total.changes:
        print(f"{revision[:12]} {change.kind:8} {change.before}" + (f" -> {change.after}" if change.after else ""))


def summary(name: str, replayed: Replay) -> str:
    rate = 100 * replayed.count("churned") / replayed.points if replayed.points else 0.0
    return (
        f"{name}: {replayed.commits} commits, {replayed.points} point-commits with unchanged code, "
        f"{replayed.count('churned')} churned ({rate:.3f} %), {replayed.count('lost')} lost, "
        f"{replayed.count('shifted')} shifted by an edit of their function"
    )


def replay(repo: Path, commits: int, tell: Callable[[str], None] = lambda _: None) -> Replay:
    """Follow the points of each revision into the next one, oldest first."""
    listed = run_git(repo, "rev-list", "--first-parent", f"--max-count={commits}", "HEAD").decode().split()
    replayed = Replay(commits=len(listed))
    before: list[Seen] = []
    blobs: Mapping[str, str | None] = {}
    for number, revision in enumerate(reversed(listed), 1):
        source = open_source(repo, rev=revision)
        now = {file.path: file.blob for file in source.files}
        # What is no code counts too: configuration and prompt files change what is found.
        if now != blobs:
            tell(f"{repo.name}: {number} of {len(listed)}, {len(before)} points")
            after = points_of(repo, revision, source)
            pairs, changes = follow(before, after, partial(_text, source))
            replayed.points += pairs
            replayed.changes += [(revision, change) for change in changes]
            before, blobs = after, now
        else:
            replayed.points += len(before)
    return replayed


def points_of(repo: Path, revision: str, source: Source) -> list[Seen]:
    """The points of a revision with their code."""
    census = scan([repo], ScanOptions(rev=revision))
    texts: dict[str, tuple[list[str], Sequence[tuple[int, int]]]] = {}
    seen = []
    for point in census.points:
        if point.path not in texts:
            texts[point.path] = _text(source, point.path).split("\n"), _functions(source, point.path)
        lines, functions = texts[point.path]
        call = _folded(lines[point.line - 1 : point.end_line])
        span = innermost(functions, point.line)
        seen.append(Seen(point.id, point.path, call, _folded(lines[span[0] - 1 : span[1]]) if span else call))
    return seen


def follow(before: Iterable[Seen], after: Iterable[Seen], text_of: Callable[[str], str]) -> tuple[int, list[Change]]:
    """Number of older points whose code is still in its file, and what changed about their ids.

    `text_of` gives the newer text of a path, empty when the file is gone.
    """
    olds, news = _by_code(before), _by_code(after)
    changes: list[Change] = []
    unpaired: list[Seen] = []
    kept = 0
    for code, group in olds.items():
        partners = news.get(code, [])
        kept += min(len(group), len(partners))
        changes += _renamed("churned", group, partners)
        unpaired += group[len(partners) :]
    folded: dict[str, str] = {}
    for old in unpaired:
        if old.path not in folded:
            folded[old.path] = _folded([text_of(old.path)])
        if old.around in folded[old.path]:
            kept += 1
            changes.append(Change("lost", old.id))
    changes += _shifted(olds, news)
    return kept, sorted(changes, key=lambda change: (change.kind, change.before))


def _shifted(olds: Mapping[tuple[str, str, str], list[Seen]], news: Mapping[tuple[str, str, str], list[Seen]]) -> Iterator[Change]:
    """Points whose function was edited around the same call."""
    left: tuple[defaultdict[tuple[str, str], list[Seen]], ...] = (defaultdict(list), defaultdict(list))
    for side, (here, there) in enumerate(((olds, news), (news, olds))):
        for code, group in here.items():
            left[side][code[:2]] += group[len(there.get(code, ())) :]
    for call, group in left[0].items():
        yield from _renamed("shifted", group, left[1].get(call, []))


def _renamed(kind: str, group: Sequence[Seen], partners: Sequence[Seen]) -> Iterator[Change]:
    """Pair two groups of one code in their order; equal ids pair first, so that one of several that went is no change of the others."""
    same = Counter(seen.id for seen in group) & Counter(seen.id for seen in partners)
    rest = [[seen.id for seen in side if seen.id not in same] for side in (group, partners)]
    yield from (Change(kind, old, new) for old, new in zip(*rest, strict=False))


def _by_code(points: Iterable[Seen]) -> dict[tuple[str, str, str], list[Seen]]:
    groups: defaultdict[tuple[str, str, str], list[Seen]] = defaultdict(list)
    for point in points:
        groups[point.path, point.call, point.around].append(point)
    return groups


def _text(source: Source, path: str) -> str:
    try:
        return source.read(path).decode("utf-8", "replace")
    except (UnreadError, KeyError):
        return ""


def _functions(source: Source, path: str) -> Sequence[tuple[int, int]]:
    front = front_end_of(path)
    if front is None:
        return ()
    try:
        facts = front.read(source.read(path))
    except UnreadError:
        return ()
    return [(scope.line, scope.end_line) for scope in facts.scopes if scope.kind == "function" and scope.name != "<lambda>"]


def _folded(lines: Iterable[str]) -> str:
    """The code without white space, so that its layout does not count."""
    return "".join("".join(lines).split())


if __name__ == "__main__":
    main()
