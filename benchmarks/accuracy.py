"""Scans the labelled packages and prints how much of the labels was found: `python benchmarks/accuracy.py --help`."""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from aicensus.catalog import load
from aicensus.extract import front_end_of
from aicensus.model.census import Census
from aicensus.model.errors import AicensusError
from aicensus.model.finding import AuditResult
from aicensus.pipeline import ScanOptions, scan
from aicensus.report import rows as report_rows
from aicensus.sources import Source, open_source
from benchmarks.scoring import (
    Functions,
    Labels,
    Matched,
    Row,
    Score,
    Share,
    Span,
    attributes,
    by_group,
    by_role,
    call_sites,
    language_of,
    match_points,
    read_labels,
    read_rows,
    score_prompts,
    score_state,
    told_apart,
)

LABELS = Path(__file__).parent / "labels"
SHARED_STATE = frozenset(["vector_store", "database", "cache", "session", "memory", "object_store"])
"""Kinds of state that the headline counts; files and queues stand apart."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Where the code of a labelled repository is."""

    root: Path
    rev: str | None = None
    """The revision to read from a git repository; None reads a folder as it is."""
    manifest: Path | None = None
    """What is said of the repository in place of its own `aicensus.yaml`."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """What a scan says, as rows with the labels' repository names."""

    points: tuple[Row, ...]
    prompts: tuple[Row, ...]
    state: tuple[Row, ...]
    """With `tied` true for an access that a point reaches."""

    def without(self, repo: str) -> Predicted:
        return Predicted(*(tuple(row for row in rows if row["repo"] != repo) for rows in (self.points, self.prompts, self.state)))


def main() -> None:
    parser = argparse.ArgumentParser(description="Scan the labelled packages and compare with the labels.")
    parser.add_argument("--packages", type=Path, help="folder to keep the packages in; those in it are not fetched again")
    parser.add_argument("--leave-one-out", action="store_true", help="also scan each package without what only it could have taught")
    parser.add_argument(
        "--outside", action="append", default=[], metavar="NAME=REPO", help="measure labels/outside/NAME on a clone, bare ones too"
    )
    parser.add_argument("--predictions", type=Path, help="also write the predicted points to this file, as JSON Lines")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        if given.outside:
            labels, trees = _outside(given.outside)
        else:
            labels = read_labels(LABELS / "corpus")
            roots = unpack_all(labels.packages, given.packages or work / "packages", work / "src")
            trees = {repo: Tree(root) for repo, root in roots.items()}
        found = predict_all(trees, ())
        if given.predictions:
            given.predictions.write_text("".join(json.dumps(row) + "\n" for row in found.points), encoding="utf-8")
        functions = functions_of(trees)
        print(report(labels, found, functions))
        if given.leave_one_out:
            print(leave_one_out(labels, found, trees, functions, work))


# -- packages --------------------------------------------------------------------------------------------------------


def unpack_all(packages: Iterable[Row], folder: Path, into: Path) -> dict[str, Path]:
    """Folder with the unpacked code of every package, by its name. Raises SystemExit for a file that is not the labelled one."""
    folder.mkdir(parents=True, exist_ok=True)
    roots = {}
    for package in packages:
        file = folder / package["file"]
        if not file.is_file():
            _download(package["repo"], folder)
        if hashlib.sha256(file.read_bytes()).hexdigest() != package["sha256"]:
            raise SystemExit(f"{file}: not the file that was labelled (its SHA-256 differs); remove it and run again")
        roots[package["repo"]] = _unpack(file, into / file.stem)
    return roots


def _download(repo: str, folder: Path) -> None:
    registry, _, name = repo.partition(":")
    if registry == "pypi":
        fetch = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            "--only-binary=:all:",
            "--python-version",
            "3.11",
            "-d",
            ".",
            name,
        ]
    else:
        fetch = ["npm", "pack", "--silent", name]
    subprocess.run(fetch, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def _unpack(file: Path, into: Path) -> Path:
    if file.suffix == ".whl":
        with zipfile.ZipFile(file) as archive:
            archive.extractall(into)
        return into
    with tarfile.open(file) as archive:
        archive.extractall(into, filter="data")
    return into / "package"


def _outside(clones: Iterable[str]) -> tuple[Labels, dict[str, Tree]]:
    """Labels of repositories outside the corpus, and their labelled revisions in the given clones."""
    points: list[Row] = []
    prompts: list[Row] = []
    about: list[Row] = []
    trees = {}
    for clone in clones:
        name, _, folder = clone.partition("=")
        meta = json.loads((LABELS / "outside" / f"{name}.meta.json").read_text(encoding="utf-8"))
        points += read_rows(LABELS / "outside" / f"{name}.points.jsonl")
        worded = LABELS / "outside" / f"{name}.prompts.jsonl"
        prompts += read_rows(worded) if worded.exists() else []
        about.append(meta)
        manifest = LABELS / "outside" / f"{name}.aicensus.yaml"
        trees[meta["repo"]] = Tree(Path(folder), meta["repo"].rpartition("@")[2], manifest if manifest.exists() else None)
    return Labels(tuple(points), tuple(prompts), (), tuple(about)), trees


# -- scans -----------------------------------------------------------------------------------------------------------


def predict_all(trees: Mapping[str, Tree], catalogs: tuple[Path, ...]) -> Predicted:
    parts = [predict(repo, tree, catalogs) for repo, tree in trees.items()]
    return Predicted(
        tuple(row for part in parts for row in part.points),
        tuple(row for part in parts for row in part.prompts),
        tuple(row for part in parts for row in part.state),
    )


def predict(repo: str, tree: Tree, catalogs: tuple[Path, ...]) -> Predicted:
    """Scan a tree; points that are only possible are no predictions."""
    census = scan([tree.root], ScanOptions(catalogs=catalogs, rev=tree.rev, manifest=tree.manifest))
    result = AuditResult(as_of="", census=census)
    points = [row for row in _rows(report_rows.points(result), repo) if row["sure"]]
    return Predicted(tuple(points), tuple(_rows(report_rows.prompts(result), repo)), tuple(_state_of(census, repo, result)))


def _rows(lines: bytes, repo: str) -> Iterator[Row]:
    for line in lines.splitlines():
        yield {**json.loads(line), "repo": repo}


def _state_of(census: Census, repo: str, result: AuditResult) -> Iterator[Row]:
    for access, row in zip(census.state, _rows(report_rows.state(result), repo), strict=True):
        yield {**row, "tied": bool(access.points)}


def functions_of(trees: Mapping[str, Tree]) -> Functions:
    """What tells the lines of the functions of a file."""

    @cache
    def source(repo: str) -> Source:
        return open_source(trees[repo].root, rev=trees[repo].rev)

    @cache
    def functions(repo: str, path: str) -> tuple[Span, ...]:
        front = front_end_of(path)
        if front is None:
            return ()
        try:
            facts = front.read(source(repo).read(path))
        except (AicensusError, KeyError):
            return ()
        return tuple((scope.line, scope.end_line) for scope in facts.scopes if scope.kind == "function" and scope.name != "<lambda>")

    return functions


# -- tables ----------------------------------------------------------------------------------------------------------

HEAD = f"{'':40} {'labels':>6} {'found':>6} {'extra':>6}   {'P %':>5} {'(95 %)':>11}   {'R %':>5} {'(95 %)':>11}   {'F1 %':>5}"


def report(labels: Labels, found: Predicted, functions: Functions) -> str:
    """All tables of one comparison."""
    matched = match_points(labels, found.points)
    prod = matched.in_scope(True)
    prompts = score_prompts(labels, found.prompts, matched)
    tied = Predicted(found.points, found.prompts, tuple(row for row in found.state if row["tied"]))
    state = {
        name: score_state(*_kinds(labels, rows, shared), functions)
        for name, rows, shared in (
            ("state", found, True),
            ("state that a point reaches", tied, True),
            ("files, queues", found, False),
            ("files, queues that a point reaches", tied, False),
        )
    }
    lines = [
        HEAD,
        _line("production", prod.score()),
        _line("  direct + gateway", call_sites(prod)),
        *_lines(by_role(prod)),
        _line("not production", matched.in_scope(False).score()),
        _line("prompts", prompts),
        *(_line(name, score) for name, score in state.items() if score.found + score.missed),
        "(prompts, state, files: labels name what one reader saw, so P is a lower bound)",
        "",
        "production, by language",
        *_lines(by_group(prod, language_of)),
        "",
        "production, by package",
        *_lines(by_group(prod, lambda row: str(row["repo"]))),
        "",
        *_attribute_lines(matched, prod),
        "",
        f"predictions: {matched.neutral} neutral" + "".join(f", {count} dropped ({why})" for why, count in sorted(matched.dropped.items())),
    ]
    return "\n".join(lines) + "\n"


def _kinds(labels: Labels, found: Predicted, shared: bool) -> tuple[Labels, list[Row]]:
    def kept(row: Row) -> bool:
        return (row["kind"] in SHARED_STATE) is shared

    rows = tuple(row for row in labels.state if kept(row))
    return Labels(labels.points, labels.prompts, rows, labels.packages), [row for row in found.state if kept(row)]


def _attribute_lines(matched: Matched, prod: Matched) -> Iterator[str]:
    said = attributes(prod)
    yield f"on the {len(prod.pairs)} matched points in production"
    shares = {"role agrees": said.role, "kind": said.kind, "provider": said.provider, "provider, first answer": said.provider_exact}
    for name, share in {**shares, "model, where it can be known": said.model}.items():
        yield f"  {name:38} {_share(share)}"
    yield f"  {'model wrong':38} {_share(Share(said.model_wrong, said.model.total))}"
    yield f"  {'model not said':38} {_share(Share(said.model_unknown, said.model.total))}"
    for side, share in told_apart(matched).items():
        yield f"{f'scope told, of matched points that are {side}':40} {_share(share)}"


def _lines(scores: Mapping[str, Score]) -> Iterator[str]:
    return (_line(f"  {name}", score) for name, score in scores.items())


def _line(name: str, score: Score) -> str:
    counts = f"{name:40} {score.recall.total:6} {score.found:6} {score.extra:6}"
    return f"{counts}   {_percent(score.precision)}   {_percent(score.recall)}   {_number(score.f1)}"


def _share(share: Share) -> str:
    return f"{_percent(share)}   {share.hits} of {share.total}"


def _percent(share: Share) -> str:
    interval = share.interval
    spread = f"({100 * interval[0]:.1f}-{100 * interval[1]:.1f})" if interval else ""
    return f"{_number(share.value)} {spread:>11}"


def _number(value: float | None) -> str:
    return f"{100 * value:5.1f}" if value is not None else f"{'-':>5}"


# -- leave one out ---------------------------------------------------------------------------------------------------


def leave_one_out(labels: Labels, found: Predicted, trees: Mapping[str, Tree], functions: Functions, work: Path) -> str:
    """All but each package; and each package without the SDK files that only it could have taught (README, "Leave one out")."""
    users = _users_of_files(found)
    others = [HEAD.replace(" " * 16, "all but this package".ljust(16), 1)]
    withheld = []
    points: list[Row] = []
    prompts: list[Row] = []
    state: list[Row] = []
    for repo, tree in trees.items():
        rest = labels.only(set(trees) - {repo})
        others.append(_line(f"  {repo}", match_points(rest, found.without(repo).points).in_scope(True).score()))
        names = sorted(name for name, repos in users.items() if repos == {repo})
        part = predict(repo, tree, _stubs(names, work / "withheld" / tree.root.parent.name / tree.root.name))
        points += part.points
        prompts += part.prompts
        state += part.state
        withheld.append(f"  {repo}: {', '.join(names) or 'nothing'}")
    tables = report(labels, Predicted(tuple(points), tuple(prompts), tuple(state)), functions)
    return "\n".join([*others, "", "withheld in turn", *withheld, "", "each package without what was withheld for it", tables])


def _users_of_files(found: Predicted) -> dict[str, set[str]]:
    """Packages whose points an SDK file of the catalogue recognised, by its name."""
    packaged = {sdk.sdk for sdk in load().sdks}
    users: dict[str, set[str]] = {}
    for row in found.points:
        if row["sdk"] in packaged:
            users.setdefault(str(row["sdk"]), set()).add(str(row["repo"]))
    return users


def _stubs(names: Iterable[str], folder: Path) -> tuple[Path, ...]:
    """Catalogue files that replace the named ones and know nothing: only names of types, which other files may refer to."""
    wanted = frozenset(names)
    folder.mkdir(parents=True, exist_ok=True)
    stubs = []
    for sdk in load().sdks:
        if sdk.sdk in wanted:
            types = [{"name": spec.name, "bases": list(spec.bases)} for spec in sdk.types]
            stub = {"sdk": sdk.sdk, "language": sdk.language, **({"provider": sdk.provider} if sdk.provider else {}), "types": types}
            stubs.append(folder / f"{sdk.sdk}.yaml")
            stubs[-1].write_text(json.dumps(stub), encoding="utf-8")
    return tuple(stubs)


if __name__ == "__main__":
    main()
