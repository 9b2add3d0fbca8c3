"""Which packages of one tree may get hold of what a package of it defines."""

from __future__ import annotations

import pytest

from aicensus.link.neighbours import LIBRARY, Neighbours

PATHS = (
    "libs/llm/pyproject.toml",
    "libs/llm/src/llm/client.py",
    "apps/shop/package.json",
    "apps/shop/src/ask.ts",
    "vendor/engine/__init__.py",
    "vendor/engine/core/__init__.py",
    "vendor/engine/core/run.py",
    "tools/once.py",
)


@pytest.mark.parametrize(
    ("path", "package", "name"),
    [
        pytest.param("libs/llm/src/llm/client.py", "libs/llm", "", id="a folder with a package file"),
        pytest.param("apps/shop/src/ask.ts", "apps/shop", "", id="a script's"),
        pytest.param("vendor/engine/core/run.py", "vendor/engine", "engine", id="the outermost Python package"),
        pytest.param("tools/once.py", "", "", id="none, so the tree"),
    ],
)
def test_the_package_of_a_file(path: str, package: str, name: str) -> None:
    neighbours = Neighbours(PATHS)
    assert (neighbours.package_of(path), neighbours.import_name(path)) == (package, name)


CLIENT, ASK, RUN, ONCE = "libs/llm/src/llm/client.py", "apps/shop/src/ask.ts", "vendor/engine/core/run.py", "tools/once.py"


@pytest.mark.parametrize(
    ("imports", "home", "other", "holds", "importing"),
    [
        pytest.param([], CLIENT, CLIENT, True, True, id="the package itself"),
        pytest.param([], CLIENT, ONCE, False, False, id="one that has nothing to do with it"),
        pytest.param([(ONCE, CLIENT)], CLIENT, ONCE, True, True, id="one that imports it"),
        pytest.param([(ONCE, CLIENT), (ASK, ONCE)], CLIENT, ASK, True, True, id="one that imports it through another"),
        pytest.param([(ONCE, CLIENT), (ONCE, RUN)], CLIENT, RUN, True, False, id="one that an importer may hand it to"),
        pytest.param([(CLIENT, RUN), (RUN, ASK)], CLIENT, ASK, False, False, id="what is behind one that it is handed to"),
    ],
)
def test_who_may_hold_what_a_package_defines(imports: list[tuple[str, str]], home: str, other: str, holds: bool, importing: bool) -> None:
    neighbours = Neighbours(PATHS)
    for importer, imported in imports:
        neighbours.add(importer, imported)
    assert (neighbours.may_hold(home, other), neighbours.may_import(home, other)) == (holds, importing)


LARGE = (*(f"large/m{number}.py" for number in range(LIBRARY)), "large/__init__.py")


@pytest.mark.parametrize(
    ("paths", "imports", "asking", "libraries"),
    [
        pytest.param(LARGE, [], ["libs/llm"], {"large"}, id="large, and has nothing to do with who asks"),
        pytest.param(LARGE, [(CLIENT, LARGE[0])], ["libs/llm"], {"large"}, id="imported by who asks"),
        pytest.param(LARGE, [(LARGE[0], CLIENT)], ["libs/llm"], set(), id="imports who asks"),
        pytest.param(LARGE, [(LARGE[0], ONCE), (ONCE, CLIENT)], ["libs/llm"], set(), id="imports who asks through another"),
        pytest.param(LARGE, [], ["large"], set(), id="asks itself"),
        pytest.param(LARGE[1:], [], ["libs/llm"], set(), id="not large"),
        pytest.param((*LARGE[1:], "large/data.csv"), [], ["libs/llm"], set(), id="large by files that are no code"),
    ],
)
def test_packages_that_are_as_good_as_installed(
    paths: tuple[str, ...], imports: list[tuple[str, str]], asking: list[str], libraries: set[str]
) -> None:
    neighbours = Neighbours((*PATHS, *paths))
    for importer, imported in imports:
        neighbours.add(importer, imported)
    assert neighbours.libraries(asking) == libraries
