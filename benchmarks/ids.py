"""Replays commits of repositories and counts point ids that changed without a real change: `python benchmarks/ids.py --help`.

What counts, for each pair of neighbouring revisions of the first-parent line:

- A point has **not really changed** when the text of its call is the same (white space aside) in the same file, and either the whole
  function around it is the same too, or the function was edited elsewhere but the point's symbol still has its name. Its id must then be
  the same. If it is not, the id has `churned`.
- A call that was edited, moved to another file, or whose function was renamed has really changed: its id may change.
- `lost`: the whole function is still in the file, but its call is no point any more. `gained`: the same, the other way round. No id
  changed into another; these are counted apart, because an edit elsewhere (an import, a wrapper) may be a good reason.

The rate is churned ids by points that have not really changed, summed over the pairs (`point-commits`).
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from aicensus.extract import front_end_of
from aicensus.gitcommand import run_git
from aicensus.model.census import Census
from aicensus.model.errors import UnreadError
from aicensus.pipeline import ScanOptions, scan
from aicensus.sources import Source, open_source
from benchmarks.scoring import innermost

IDLE = frozenset((".md", ".rst", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".webp", ".mp4", ".pdf", ".css", ".scss", ".lock"))
"""A commit that only touches such files is not scanned again, unless one of them holds a prompt."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A point of one revision, and its code with white space folded."""

    id: str
    path: str
    symbol: str
    call: str
    around: str
    """The innermost function; the call alone at the top of a file."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a point from one revision to the next."""

    kind: str
    """`churned`, `lost` or `gained`, as the module says."""
    before: str
    after: str = ""


@dataclass(slots=True)
class Replay:
    """Sums over all pairs of revisions."""

    commits: int = 0
    scanned: int = 0
    points: int = 0
    """Points of the older revision that have not really changed in the newer one, summed over the pairs."""
    changes: list[tuple[str, Change]] = field(default_factory=list)
    """Newer revision, and the change."""

    def count(self, kind: str) -> int:
        return sum(change.kind == kind for _, change in self.changes)


def main() -> None:
    parser = argparse.ArgumentParser(description="Replay the last commits of repositories, first parents only, and follow their points.")
    parser.add_argument("repo", type=Path, nargs="+", help="git repositories, bare ones too")
    parser.add_argument("--commits", type=int, default=500, help="how many of the last commits to replay")
    parser.add_argument("--every", type=int, default=1, metavar="K", help="compare only each K-th of them")
    given = parser.parse_args()
    total = Replay()
    for repo in given.repo:
        replayed = replay(repo, given.commits, given.every, lambda text: print(text, file=sys.stderr, flush=True))
        print(summary(str(repo), replayed), flush=True)
        total.commits += replayed.commits
        total.scanned += replayed.scanned
        total.points += replayed.points
        total.changes += replayed.changes
    if len(given.repo) > 1:
        print(summary("all", total))
    for revision, change in total.changes:
        print(_line(revision, change))


def _line(revision: str, change: Change) -> str:
    return f"{revision[:12]} {change.kind:8} {change.before}" + (f" -> {change.after}" if change.after else "")


def summary(name: str, replayed: Replay) -> str:
    rate = 100 * replayed.count("churned") / replayed.points if replayed.points else 0.0
    return (
        f"{name}: {replayed.commits} commits ({replayed.scanned} scanned), {replayed.points} point-commits without a real change, "
        f"{replayed.count('churned')} churned ({rate:.3f} %), {replayed.count('lost')} lost, {replayed.count('gained')} gained"
    )


def replay(repo: Path, commits: int, every: int = 1, tell: Callable[[str], None] = lambda _: None) -> Replay:
    """Follow the points of each revision into the next one, oldest first."""
    listed = run_git(repo, "rev-list", "--first-parent", f"--max-count={commits}", "HEAD").decode().split()[::every]
    replayed = Replay(commits=len(listed))
    before: list[Seen] = []
    prompts: frozenset[str] = frozenset()
    source: Source | None = None
    for number, revision in enumerate(reversed(listed), 1):
        newer = open_source(repo, rev=revision)
        if source is not None and not _matters(source, newer, prompts):
            replayed.points += len(before)
            continue
        census = scan([repo], ScanOptions(rev=revision))
        after = points_of(census, newer)
        if source is not None:
            pairs, changes = follow(before, after, partial(_text, source), partial(_text, newer))
            replayed.points += pairs
            replayed.changes += [(revision, change) for change in changes]
            for change in changes:
                tell(_line(revision, change))
        replayed.scanned += 1
        tell(f"{repo.parent.name}/{repo.name}: {number} of {len(listed)}, {len(after)} points")
        before, source, prompts = after, newer, frozenset(prompt.path for prompt in census.prompts)
    return replayed


def _matters(older: Source, newer: Source, prompts: frozenset[str]) -> bool:
    """Whether files differ that a scan may read."""
    blobs = ({(file.path, file.blob) for file in source.files} for source in (older, newer))
    changed = {path for path, _ in next(blobs) ^ next(blobs)}
    return any(PurePosixPath(path).suffix.lower() not in IDLE or path in prompts for path in changed)


def points_of(census: Census, source: Source) -> list[Seen]:
    """The points of a census with their code."""
    texts: dict[str, tuple[list[str], Sequence[tuple[int, int]]]] = {}
    seen = []
    for point in census.points:
        if point.path not in texts:
            texts[point.path] = _lines(source, point.path), _functions(source, point.path)
        lines, functions = texts[point.path]
        call = _folded(lines[point.line - 1 : point.end_line])
        span = innermost(functions, point.line)
        around = _folded(lines[span[0] - 1 : span[1]]) if span else call
        seen.append(Seen(point.id, point.path, point.symbol, call, around))
    return seen


def follow(
    before: Sequence[Seen], after: Sequence[Seen], older_text: Callable[[str], str], newer_text: Callable[[str], str]
) -> tuple[int, list[Change]]:
    """Number of older points that have not really changed, and what changed about them.

    The texts are those of a path at the two revisions, empty when there is no such file.
    """
    same_code = _paired(before, after, lambda point: (point.path, point.call, point.around))
    olds, news = _rest(before, after, same_code)
    same_name = _paired(olds, news, lambda point: (point.path, point.call, point.symbol))
    olds, news = _rest(olds, news, same_name)
    pairs = [*same_code, *same_name]
    lost = [Change("lost", point.id) for point in _still_there(olds, newer_text)]
    gained = [Change("gained", point.id) for point in _still_there(news, older_text)]
    churned = [Change("churned", old.id, new.id) for old, new in pairs if old.id != new.id]
    return len(pairs) + len(lost), sorted([*churned, *lost, *gained], key=lambda change: (change.kind, change.before))


def _paired(before: Iterable[Seen], after: Iterable[Seen], code_of: Callable[[Seen], tuple[str, ...]]) -> list[tuple[Seen, Seen]]:
    """Points of one code, in their order; equal ids pair first, so that one of several that went is no change of the others."""
    groups: defaultdict[tuple[str, ...], tuple[list[Seen], list[Seen]]] = defaultdict(lambda: ([], []))
    for side, points in enumerate((before, after)):
        for point in points:
            groups[code_of(point)][side].append(point)
    pairs = []
    for olds, news in groups.values():
        by_id = {point.id: point for point in news}
        pairs += [(point, by_id[point.id]) for point in olds if point.id in by_id]
        taken = {point.id for point in olds} & by_id.keys()
        pairs += zip(*([point for point in side if point.id not in taken] for side in (olds, news)), strict=False)
    return pairs


def _rest(before: Iterable[Seen], after: Iterable[Seen], pairs: Sequence[tuple[Seen, Seen]]) -> tuple[list[Seen], list[Seen]]:
    olds, news = {old.id for old, _ in pairs}, {new.id for _, new in pairs}
    return [point for point in before if point.id not in olds], [point for point in after if point.id not in news]


def _still_there(points: Iterable[Seen], text_of: Callable[[str], str]) -> Iterator[Seen]:
    """Points whose function the file of the other revision holds as it is."""
    folded: dict[str, str] = {}
    for point in points:
        if point.path not in folded:
            folded[point.path] = _folded([text_of(point.path)])
        if point.around in folded[point.path]:
            yield point


def _lines(source: Source, path: str) -> list[str]:
    return _text(source, path).split("\n")


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
