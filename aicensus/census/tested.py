"""Which tests name a prompt or the function that asks a model: evidence that a change of them would be noticed."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from aicensus.extract.facts_store import FactsStore
from aicensus.link.caller_search import CallerSearch, Search
from aicensus.link.scopes import Scopes
from aicensus.model.census import Evaluation, Point, Prompt

EVALUATIONS: dict[str, tuple[str, ...]] = {
    "deepeval": ("deepeval",),
    "ragas": ("ragas",),
    "inspect": ("inspect_ai",),
    "braintrust": ("braintrust",),
    "promptfoo": ("promptfoo",),
}
"""Texts by which a test says that it judges answers, and with what."""
RUNNERS: dict[str, tuple[str, ...]] = {
    "vitest": ("from 'vitest'", 'from "vitest"'),
    "jest": ("@jest/globals",),
    "unittest": ("unittest.TestCase", "import unittest\n"),
    "pytest": ("pytest",),
}
"""Texts by which a test says what runs it."""
_BY_SUFFIX = {
    ".py": "pytest",
    ".go": "go test",
    ".java": "junit",
    ".kt": "junit",
    ".rb": "rspec",
    ".php": "phpunit",
    ".rs": "cargo test",
    ".scala": "scalatest",
    ".swift": "swift test",
}
_BEFORE = (" ", ".", "{", "(")
"""What stands before a name that is imported, called or handed over, so that the end of another name is not taken for it."""


class Tests:
    """Evaluations and tests by what they name."""

    def __init__(self, evaluations: Iterable[Evaluation], prompts: Iterable[Prompt]) -> None:
        self._prompts = {(prompt.repo, prompt.id): prompt for prompt in prompts}
        self._by_name: dict[tuple[str, str], list[Evaluation]] = defaultdict(list)
        for row in evaluations:
            for name in (*row.prompts, *row.points):
                self._by_name[row.repo, name].append(row)

    def of(self, point: Point) -> tuple[Evaluation, ...]:
        """Those that name the point, one of its prompts, or a file that holds it or one of them."""
        held = [self._prompts[point.repo, name] for name in point.prompts if (point.repo, name) in self._prompts]
        names = dict.fromkeys((point.id, point.path, *(name for prompt in held for name in (prompt.id, prompt.path))))
        found = {id(row): row for name in names for row in self._by_name.get((point.repo, name), ())}
        return tuple(sorted(found.values(), key=lambda row: (row.path, row.line)))


def tests_of(
    store: FactsStore, search: CallerSearch, scopes: Scopes, points: Sequence[Point], prompts: Sequence[Prompt], repo: str
) -> list[Evaluation]:
    """Test files that import a module and name a prompt or function of it, or name a prompt's file. One row a test file, by path."""
    tests = frozenset(path for path in store.considered if scopes.of(path) == "test")
    if not tests:
        return []
    named_points: dict[str, set[str]] = defaultdict(set)
    named_prompts: dict[str, set[str]] = defaultdict(set)
    _named(search, tests, {point.id: point.path for point in points if _asked(point)}, named_points)
    _named(search, tests, {prompt.id: prompt.path for prompt in prompts if _is_named(prompt)}, named_prompts)
    for path, files in _naming_files(store, tests, [prompt.path for prompt in prompts if prompt.kind == "file" and prompt.used_by]):
        named_prompts[path].update(files)
    found = sorted(named_points.keys() | named_prompts.keys())
    tools = store.select(EVALUATIONS | RUNNERS, found) if found else {}
    return [_row(repo, path, tools.get(path, frozenset()), named_prompts[path], named_points[path]) for path in found]


def _row(repo: str, path: str, tools: frozenset[str], prompts: set[str], points: set[str]) -> Evaluation:
    tool = next((tool for tool in (*EVALUATIONS, *RUNNERS) if tool in tools), "") or _runner(path)
    return Evaluation(
        repo=repo,
        path=path,
        line=1,
        kind="evaluation" if tool in EVALUATIONS else "test",
        tool=tool,
        prompts=tuple(sorted(prompts)),
        points=tuple(sorted(points)),
    )


def _runner(path: str) -> str:
    """What usually runs a test of this name."""
    if path.endswith(".py") and not posixpath.basename(path).startswith("test_") and not path.endswith("_test.py"):
        return "script"
    return _BY_SUFFIX.get(posixpath.splitext(path)[1], "test")


def _asked(point: Point) -> bool:
    return point.scope == "prod" and point.role != "config"


def _is_named(prompt: Prompt) -> bool:
    """Whether a test can name it, or the function that it is written in."""
    return prompt.scope == "prod" and prompt.kind in ("constant", "template", "inline") and bool(prompt.used_by) and "::" in prompt.id


def _named(search: CallerSearch, tests: frozenset[str], homes: dict[str, str], found: dict[str, set[str]]) -> None:
    """Add what of `homes`, paths by id, a test file imports and names."""
    ids: dict[Search, list[str]] = defaultdict(list)
    for identity, home in homes.items():
        for texts in _spellings(identity):
            ids[Search(texts, home, True)].append(identity)
    others = {path for path in search.store.considered if path not in tests}
    for path, searches in search.files(ids, others).items():
        found[path].update(identity for one in searches for identity in ids[one])


def _spellings(identity: str) -> Iterator[tuple[str, ...]]:
    """The names in an id, `Triage` and `classify` of `triage.py::Triage.classify#text/2`, as a test may spell them."""
    names = [name for name in re.split("[#/]", identity.partition("::")[2])[0].split(".") if name]
    if names and all(name.replace("_", "").replace("$", "").isalnum() for name in names):
        yield from ((*names[:-1], f"{before}{names[-1]}") for before in _BEFORE)


def _naming_files(store: FactsStore, tests: frozenset[str], prompts: Iterable[str]) -> Iterator[tuple[str, set[str]]]:
    """Test files that name prompt files; one whose name several have counts beside the name of its folder."""
    paths = sorted(set(prompts))
    names = Counter(posixpath.basename(path) for path in store.files)
    groups: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for path in paths:
        folder, name = posixpath.split(path)
        alone = names[name] == 1 or not folder
        groups[(name,) if alone else (name, posixpath.basename(folder))].add(path)
    for path, held in store.containing(sorted(groups), sorted(tests)).items():
        yield path, {prompt for group in held for prompt in groups[group]}
