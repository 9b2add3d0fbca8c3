"""Times scans beside ripgrep and airom on one tree, in one run: `python benchmarks/speed.py --help`."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from aicensus.catalog import load
from aicensus.extract.facts_store import FactsStore
from aicensus.extract.selection import selection_tokens
from aicensus.sources import Source, open_source
from benchmarks.accuracy import LABELS, unpack_all
from benchmarks.scoring import read_labels

ORDINARY = (
    "botocore==1.38.28",
    "django==5.2",
    "jupyterlab==4.4.3",
    "matplotlib==3.10.3",
    "networkx==3.4.2",
    "numpy==2.2.6",
    "pandas==2.2.3",
    "scikit-learn==1.6.1",
    "scipy==1.15.3",
    "sentry-sdk==2.29.1",
    "sphinx==8.1.3",
    "sqlalchemy==2.0.41",
    "stripe==12.2.0",
    "sympy==1.13.3",
    "twisted==24.11.0",
    "wagtail==6.4",
)
"""Packages that hardly use a model: most code of an organisation is like them."""
_NATIVE = (".so", ".pyd", ".dylib", ".pyc")
_POLL = 0.02
"""Seconds between two looks at the memory of the processes."""
_STARTS = 15


@dataclass(slots=True)
class Runs:
    """What several runs of one command took."""

    seconds: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    """Bytes: the greatest sum of resident memory over all processes of a run. Pages that processes share count for each."""

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description="Time cold and warm scans of one tree beside ripgrep and airom.")
    parser.add_argument("--tree", type=Path, help="folder to scan (a copy of it is); else packages are fetched to make one")
    parser.add_argument("--packages", type=Path, help="folder to keep the labelled packages in; those in it are not fetched again")
    parser.add_argument("--runs", type=int, default=3, help="runs of each command, taken in turn; the median counts")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        tree = work / "tree"
        if given.tree:
            shutil.copytree(given.tree, tree, symlinks=True)
        else:
            build_tree(tree, given.packages or work / "packages")
        if not (tree / ".git").exists():
            _commit(tree)
        print(compare(tree, work, given.runs))


# -- the tree --------------------------------------------------------------------------------------------------------


def build_tree(tree: Path, packages: Path) -> None:
    """Lay out the labelled applications beside ordinary packages, as an organisation's repository might be."""
    unpack_all(read_labels(LABELS / "corpus").packages, packages, tree / "apps")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-compile", "--only-binary=:all:"]
    subprocess.run([*pip, "--target", str(tree / "lib"), *ORDINARY], check=True)
    for path in sorted((tree / "lib").iterdir()):
        # What an installer leaves behind would make all of it somebody else's code.
        if path.suffix in (".dist-info", ".libs") or path.name in ("bin", "etc", "share"):
            shutil.rmtree(path)
    for path in sorted(tree.rglob("*")):
        if path.suffix in _NATIVE:
            path.unlink()


def _commit(tree: Path) -> None:
    who = ["-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org"]
    for command in (["init", "-q"], ["add", "--all", "--force"], [*who, "commit", "-q", "-m", "tree"]):
        subprocess.run(["git", "-C", str(tree), *command], check=True)


# -- runs ------------------------------------------------------------------------------------------------------------


def compare(tree: Path, work: Path, runs: int) -> str:
    """Run everything in turn and lay out the figures."""
    source = open_source(tree)
    groups = selection_tokens(load())
    store = FactsStore(source, None)
    selected = sorted(store.select(groups))
    commands, skipped = _commands(tree, work, {token for tokens in groups.values() for token in tokens})
    taken = {name: Runs() for name in commands}
    changed = tree / next((path for path in selected if path.endswith(".py")), selected[0])
    for _ in range(runs):
        shutil.rmtree(work / "cache", ignore_errors=True)
        for name, command in commands.items():
            if name == "warm":
                with changed.open("ab") as file:
                    file.write(b"\n")
            _measure(command, work, taken[name])
    return (
        "\n".join([*_sizes(source, store, selected), "", *_table(taken, source, skipped), "", *_same_bytes(tree, work), *_starts()]) + "\n"
    )


def _commands(tree: Path, work: Path, tokens: set[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Commands in the order they run, and why others are missing."""
    commands = {name: _scan(tree, work / f"{name}.json") for name in ("cold", "warm")}
    skipped = []
    patterns = work / "tokens"
    patterns.write_text("\n".join(sorted(tokens)) + "\n", encoding="utf-8")
    if (ripgrep := _program("rg")) is not None:
        commands["ripgrep"] = [ripgrep, "--count", "--ignore-case", "--fixed-strings", "--file", str(patterns), str(tree)]
    else:
        skipped.append("ripgrep: `rg` is not installed")
    if (airom := _program("airom")) is not None:
        output = f"json={work / 'airom.json'}"
        commands["airom"] = [airom, "fs", str(tree), "--offline", "--no-cve", "--no-progress", "--quiet", "--output", output]
    else:
        skipped.append("airom: not installed; `pip install airom`")
    return commands, skipped


def _scan(tree: Path, output: Path, jobs: int = 0) -> list[str]:
    return [sys.executable, "-m", "aicensus", "scan", str(tree), "--quiet", "--jobs", str(jobs), "--output", f"census={output}"]


def _program(name: str) -> str | None:
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.is_file() else shutil.which(name)


def _measure(command: Sequence[str], work: Path, runs: Runs) -> None:
    started = time.perf_counter()
    process = subprocess.Popen(command, env=_environment(work), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = [0]
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, done, peak))
    watcher.start()
    status = process.wait()
    runs.seconds.append(time.perf_counter() - started)
    done.set()
    watcher.join()
    runs.memory.append(peak[0])
    # ripgrep ends with 2 when one file could not be read.
    if status not in (0, 2):
        raise SystemExit(f"{' '.join(command)}: ended with status {status}")


def _environment(work: Path) -> Mapping[str, str]:
    checkout = str(Path(__file__).resolve().parents[1])
    return {**os.environ, "AICENSUS_CACHE_DIR": str(work / "cache"), "PYTHONPATH": checkout}


def _watch(pid: int, done: threading.Event, peak: list[int]) -> None:
    while not done.wait(_POLL):
        peak[0] = max(peak[0], sum(_resident(each) for each in _descendants(pid)))


def _descendants(pid: int) -> Iterator[int]:
    """The process and all below it, as Linux tells; nothing elsewhere."""
    yield pid
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = file.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _descendants(int(child))


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


# -- figures ---------------------------------------------------------------------------------------------------------


def _sizes(source: Source, store: FactsStore, selected: Sequence[str]) -> Iterator[str]:
    size = {file.path: file.size for file in source.files}
    yield f"tree: {len(size):,} files, {_megabytes(sum(size.values()))}; {os.cpu_count()} cores, Python {sys.version.split()[0]}"
    considered = sum(size[path] for path in store.considered)
    yield f"in a language that is read: {len(store.considered):,} files, {_megabytes(considered)}"
    yield f"selected by their bytes: {len(selected):,} files, {_megabytes(sum(size[path] for path in selected))}"


def _table(taken: Mapping[str, Runs], source: Source, skipped: Sequence[str]) -> Iterator[str]:
    files, size = len(source.files), sum(file.size for file in source.files)
    yield f"{'':10} {'median s':>9} {'of cold':>8} {'files/s':>9} {'MB/s':>7} {'peak MiB':>9}   all runs, s"
    cold = taken["cold"].median
    for name, runs in taken.items():
        seconds = runs.median
        memory = max(runs.memory) / 2**20
        yield (
            f"{name:10} {seconds:9.2f} {seconds / cold:8.3f} {files / seconds:9,.0f} {size / seconds / 1e6:7.1f} {memory:9.0f}   "
            + " ".join(f"{each:.2f}" for each in runs.seconds)
        )
    yield from (f"skipped: {reason}" for reason in skipped)


def _same_bytes(tree: Path, work: Path) -> Iterator[str]:
    """Whether one process and several write the same census."""
    outputs = []
    for jobs in (1, 4):
        shutil.rmtree(work / "cache", ignore_errors=True)
        outputs.append(work / f"jobs-{jobs}.json")
        subprocess.run(_scan(tree, outputs[-1], jobs), env=_environment(work), check=True)
    same = outputs[0].read_bytes() == outputs[1].read_bytes()
    yield f"one process and four: {'the same bytes' if same else 'DIFFERENT bytes'}"


def _starts() -> Iterator[str]:
    """How long `--help` takes beside an interpreter that does nothing."""
    empty, help_page = ([sys.executable, "-c", "pass"], [sys.executable, "-m", "aicensus", "--help"])
    taken: dict[str, Runs] = {"empty": Runs(), "help": Runs()}
    with tempfile.TemporaryDirectory() as temporary:
        for _ in range(_STARTS):
            _measure(empty, Path(temporary), taken["empty"])
            _measure(help_page, Path(temporary), taken["help"])
    one, other = taken["empty"].median, taken["help"].median
    yield f"aicensus --help: {other * 1000:.0f} ms, {other / one:.1f} times an empty interpreter ({one * 1000:.0f} ms)"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


if __name__ == "__main__":
    main()
