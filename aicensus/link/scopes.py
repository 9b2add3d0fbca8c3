"""What a file is part of: the product, its tests, its examples or its docs. By path, by what the file does, and by what the user says."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from aicensus.link.packages import SUFFIXES as PACKAGED
from aicensus.link.project import imports_in
from aicensus.model.census import PointScope
from aicensus.model.facts import Attr, Call, CallRef, Const, DefRef, Expr, FileFacts, Import, Name

_KINDS = (
    "unit|integration|integrations|e2e|end[-_]to[-_]end|functional|acceptance|smoke|regression|system|api|performance|perf|load|ui|contract"
    "|visual|browser|manual"
)
TEST_FOLDER = re.compile(
    rf"tests|test|__tests?__|specs?|e2e|({_KINDS})[-_]?(tests?|specs?)|tests?[-_]({_KINDS})|evals|__mocks__|mocks|__fixtures__|fixtures|test[-_]?(data|fixtures|cases|suites?)"
    r"|cypress|playwright|benchmarks?|bench"
)
CERTAIN_TEST_FOLDER = re.compile(rf"tests|__tests?__|({_KINDS})[-_]?tests|__mocks__|__fixtures__|cypress")
"""Names that no product gives to its own package."""
EXAMPLE_FOLDER = re.compile(
    r"examples?|samples?|demos?|cookbooks?|tutorials?|quickstarts?|playgrounds?|showcases?|example[-_]apps?|notebooks?[-_]examples?|hello[-_]world"
)
DOCS_FOLDER = re.compile(r"docs?|documentation|docs[-_]?site|apidocs")
TEMPLATE_FOLDER = re.compile(r"templates?|scaffolds?|boilerplates?|starters?")
TEST_SCRIPT = re.compile(
    r".+[.-](test|spec|e2e|cy|stories|test-d|mock)\.[cm]?[jt]sx?|(test|tests|setuptests|jest\.setup|vitest\.setup)\.[cm]?[jt]sx?|(jest|vitest|playwright|cypress)\.config\.[cm]?[jt]s"
)
TEST_MODULE = re.compile(r"(test[-_].+|.+_tests?|tests?)\.(py|ipynb)")
TEST_CLASS = re.compile(
    r"(Test[A-Z]\w*|\w+(Test|Tests|TestCase|IT|ITCase|Spec|Specs|Suite))\.(java|kt|cs|php|scala|swift)|\w+_test\.(go|rb|rs)|\w+_spec\.rb|test_\w+\.(rb|sh)|(test|tests)\.rs"
)
"""Names of files in languages whose tests are known by them, as written."""
TEST_PROJECT = re.compile(r".+\.(unit|integration|functional|e2e)?tests?|.+-((unit|integration|functional|e2e)-?tests?|tests)")
"""Folders of test projects, as .NET and JVM builds name them."""
SOURCE_ROOT = re.compile(r"(?:^|/)src/main/(?:java|kotlin|scala|groovy|resources)(?=/)")
"""Below it folders spell the names of packages, of which `com.example` is the usual first."""
TEST_SUPPORT = re.compile(r"conftest\.py")
TEST_WORKFLOW = re.compile(r"(.+[-_.])?(tests?|e2e|evals?|unit|integration)([-_.].+)?\.ya?ml")
EXAMPLE_FILE = re.compile(r"(example|demo|sample|quickstart)s?\.[a-z]+|.+[-_.](example|demo|sample|quickstart)\.[a-z]+")
EXAMPLE_SCRIPT = re.compile(r"(example|demo|sample|quickstart)s?[-_].+\.[a-z]+")
MEASURING_SCRIPT = re.compile(r"(.+[-_])?(benchmarks?|bench|evals?|evaluation|evaluate)([-_].+)?\.py")
"""Scripts that judge answers; a module of that name that is only imported may be product."""
MEASURING_MODULE = re.compile(r"(?:.*\.)?(?:bench|benchmarks?)")
"""What a script that belongs to a benchmark imports."""
SITE_FILE = re.compile(r"(docusaurus\.config\.[cm]?[jt]s|mkdocs\.ya?ml|sidebars?\.[cm]?[jt]s|theme\.config\.[jt]sx|book\.toml|conf\.py)")
"""Files at the root of a documentation site."""
FRAMEWORKS = frozenset(
    [
        "pytest",
        "unittest",
        "nose",
        "nose2",
        "hypothesis",
        "behave",
        "vitest",
        "jest",
        "mocha",
        "chai",
        "ava",
        "tape",
        "node:test",
        "@jest/globals",
        "@playwright/test",
        "cypress",
        "supertest",
        "pytest_asyncio",
        "django.test",
        "rest_framework.test",
        "bun:test",
    ]
)
TEST_LIBRARIES = (
    "org.junit", "org.testng", "io.kotest", "kotlin.test", "org.scalatest", "org.specs2", "munit", "zio.test", "XCTest", "Testing",
    "NUnit", "Xunit", "Microsoft.VisualStudio.TestTools", "PHPUnit",
)  # fmt: skip
"""Beginnings of what tests import in languages whose files share the names of a package."""
CASES = frozenset({"describe", "it", "test", "suite", "context"})
SOURCES = (".py", ".ipynb", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", ".astro", *PACKAGED)


class Scopes:
    """Scopes of the files of one source; `overrides` maps globs (`tools/**`) to a scope and wins, last match first."""

    def __init__(self, paths: Iterable[str], overrides: Mapping[str, PointScope] | None = None) -> None:
        self.paths = frozenset(paths)
        self._overrides = [(glob(pattern), scope) for pattern, scope in (overrides or {}).items()]
        self._packages = {posixpath.dirname(p) for p in self.paths if posixpath.basename(p) == "__init__.py"}
        self._sites = {posixpath.dirname(p) for p in self.paths if SITE_FILE.fullmatch(posixpath.basename(p).lower())}
        self._product = self._only_examples()
        self._known: dict[str, PointScope] = {}

    def _only_examples(self) -> bool:
        """Whether all that the source offers stands below folders named as examples: then they are the product."""
        sources = [p for p in self.paths if p.endswith(SOURCES)]
        rest = [p for p in sources if "/" in p and not any(EXAMPLE_FOLDER.fullmatch(s.lower()) for s in p.split("/")[:-1])]
        return bool(sources) and all(self._folder_scope(p, None) in ("test", "docs") for p in rest) and any("/" in p for p in sources)

    def of(self, path: str, facts: FileFacts | None = None) -> PointScope:
        """The scope of a file; `facts` tell a test from a module that is only named like one."""
        if path not in self._known:
            self._known[path] = self._decide(path, facts)
        return self._known[path]

    def _decide(self, path: str, facts: FileFacts | None) -> PointScope:
        for pattern, scope in reversed(self._overrides):
            if pattern.fullmatch(path):
                return scope
        tested = facts is not None and defines_tests(facts)
        if tested:
            return "test"
        by_folder = self._folder_scope(path, facts)
        if by_folder == "example" and self._product:
            by_folder = None
        return by_folder or self._file_scope(path, facts) or "prod"

    def _folder_scope(self, path: str, facts: FileFacts | None) -> PointScope | None:
        """The scope that the folders say, the innermost telling one first; what a generator ships below its templates is product."""
        parts = path.split("/")[:-1]
        if (root := SOURCE_ROOT.search(path)) is not None:
            parts = path[: root.end()].split("/")
        if parts[:2] == [".github", "workflows"]:
            return "test" if TEST_WORKFLOW.fullmatch(posixpath.basename(path).lower()) else None
        found: PointScope | None = None
        for depth, part in enumerate(parts):
            name = part.lower()
            folder = "/".join(parts[: depth + 1])
            if TEMPLATE_FOLDER.fullmatch(name):
                found = found if found == "test" else None
                if found is None:
                    return self._tests_below(parts[depth + 1 :])
            elif self._is_test_folder(name, folder, facts):
                return "test"
            elif folder in self._sites or (DOCS_FOLDER.fullmatch(name) and folder not in self._packages):
                found = found or "docs"
            elif EXAMPLE_FOLDER.fullmatch(name):
                found = found or "example"
        return found

    @staticmethod
    def _tests_below(parts: list[str]) -> PointScope | None:
        return "test" if any(CERTAIN_TEST_FOLDER.fullmatch(part.lower()) for part in parts) else None

    def _is_test_folder(self, name: str, folder: str, facts: FileFacts | None) -> bool:
        if TEST_PROJECT.fullmatch(name):
            return True
        if not TEST_FOLDER.fullmatch(name):
            return False
        if CERTAIN_TEST_FOLDER.fullmatch(name):
            return True
        inside_package = folder in self._packages and posixpath.dirname(folder) in self._packages
        return not (inside_package and facts is not None and not uses_framework(facts))

    def _file_scope(self, path: str, facts: FileFacts | None) -> PointScope | None:
        name = posixpath.basename(path).lower()
        if TEST_CLASS.fullmatch(posixpath.basename(path)) or TEST_SUPPORT.fullmatch(name) or TEST_SCRIPT.fullmatch(name):
            return "test"
        if TEST_MODULE.fullmatch(name):
            product = facts is not None and posixpath.dirname(path) in self._packages and facts.main is None and not uses_framework(facts)
            return None if product else "test"
        if facts is not None and facts.main is not None and (MEASURING_SCRIPT.fullmatch(name) or uses_benchmark(facts)):
            return "test"
        # Nothing can import it: it shows the package it stands in.
        if name.endswith(".ipynb") and posixpath.dirname(path) in self._packages:
            return "example"
        if EXAMPLE_FILE.fullmatch(name) and not name.startswith(("examples.", "samples.")):
            return "example"
        if EXAMPLE_SCRIPT.fullmatch(name) and facts is not None and (facts.main is not None or bool(facts.cells)):
            return "example"
        return None


def scope_of(
    path: str, facts: FileFacts | None = None, paths: Iterable[str] = (), overrides: Mapping[str, PointScope] | None = None
) -> PointScope:
    """The scope of one file; for many files of one source make one `Scopes`."""
    return Scopes((*paths, path), overrides).of(path, facts)


def defines_tests(facts: FileFacts) -> bool:
    """Whether the file holds test cases: functions or blocks that a test runner collects."""
    if facts.package is not None:
        return any(m.module.startswith(TEST_LIBRARIES) for m in imports_in(facts))
    if facts.language == "javascript":
        cases = [c for c in facts.calls if isinstance(c.callee, Name) and c.callee.id in CASES and _is_case(c)]
        return bool(cases) and (uses_framework(facts) or len(cases) >= 2)
    cases_py = [s for s in facts.scopes if s.kind == "function" and re.match(r"tests?_|test$", s.name)]
    return uses_framework(facts) and any(_collected(facts, s.parent) for s in cases_py)


def _collected(facts: FileFacts, parent: int) -> bool:
    scope = facts.scopes[parent]
    return scope.kind == "module" or (
        scope.kind == "class"
        and (scope.name.startswith("Test") or scope.name.endswith(("Test", "Tests", "TestCase")) or _test_base(scope.bases))
    )


def _test_base(bases: tuple[Expr, ...]) -> bool:
    return any((b.name if isinstance(b, Attr) else b.id if isinstance(b, Name) else "").endswith("TestCase") for b in bases)


def _is_case(call: Call) -> bool:
    return (
        len(call.args) >= 2
        and isinstance(call.args[0].value, Const)
        and any(isinstance(a.value, DefRef | CallRef | Name) for a in call.args[1:])
    )


def uses_framework(facts: FileFacts) -> bool:
    """Whether the file imports a test framework."""
    imports = [b.value for b in facts.bindings if isinstance(b.value, Import)]
    return any(m.module in FRAMEWORKS or m.module.split(".")[0].split("/")[0] in FRAMEWORKS for m in (*imports, *facts.stars))


def uses_benchmark(facts: FileFacts) -> bool:
    """Whether the file takes something from a module called benchmark."""
    return any(MEASURING_MODULE.fullmatch(m.module) for m in imports_in(facts))


@lru_cache(maxsize=256)
def glob(pattern: str) -> re.Pattern[str]:
    """A path glob as a regular expression: `**` any folders, `*` a run without `/`, `?` one character, `{a,b}` either; `[` is literal."""
    out: list[str] = []
    position = depth = 0
    while position < len(pattern):
        char = pattern[position]
        if pattern.startswith("**/", position):
            out.append("(?:.*/)?")
            position += 3
            continue
        if pattern.startswith("**", position):
            out.append(".*")
            position += 2
            continue
        if char == "*":
            out.append("[^/]*")
        elif char == "?":
            out.append("[^/]")
        elif char == "{":
            out.append("(?:")
            depth += 1
        elif char == "}" and depth:
            out.append(")")
            depth -= 1
        elif char == "," and depth:
            out.append("|")
        else:
            out.append(re.escape(char))
        position += 1
    return re.compile("".join(out) + ")" * depth)
