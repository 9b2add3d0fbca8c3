"""Imports flow one way: a module imports from groups below its own, and the packages of one group do not know each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "aicensus"

# From the top down, as in the drawing of the layout. `__init__` is the package's own front door.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"__main__"}),
    frozenset({"cli"}),
    frozenset({"timeline"}),
    frozenset({"pipeline", "examples"}),
    frozenset({"report"}),
    frozenset({"audit"}),
    frozenset({"analysis"}),
    frozenset({"policy"}),
    frozenset({"graph", "similarity", "rules"}),
    frozenset({"census"}),
    frozenset({"link"}),
    frozenset({"extract"}),
    frozenset({"sources", "history", "store", "catalog", "manifest", "evidence"}),
    frozenset({"cachedir", "gitcommand"}),
    frozenset({"model"}),
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

# The package's front door offers the functions of the pipeline, and holds the version that anything may read.
FRONT_DOOR = "__init__"


def layer_of(file: Path, package: Path = PACKAGE) -> str:
    return file.relative_to(package).with_suffix("").parts[0]


def imported_layers(file: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and layer of every import of this package, those inside functions included."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").split(".")[0] == "aicensus"):
            assert not node.level, f"{file}:{node.lineno}: imports are absolute"
            parts = (node.module or "").split(".")
            names = [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]
            yield from ((node.lineno, name if name in LEVEL else FRONT_DOOR) for name in names)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[1]) for alias in node.names if alias.name.startswith("aicensus."))


def breaches(file: Path, own: str) -> list[str]:
    if own == FRONT_DOOR:
        return []
    return [
        f"{file.name}:{line}: {own} imports {other}"
        for line, other in imported_layers(file)
        if other not in {own, FRONT_DOOR} and LEVEL[other] <= LEVEL[own]
    ]


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def test_every_module_stands_in_the_drawing() -> None:
    assert {layer_of(file) for file in modules()} <= {*LEVEL, FRONT_DOOR}


@pytest.mark.parametrize("file", modules(), ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_imports_flow_one_way(file: Path) -> None:
    assert breaches(file, layer_of(file)) == []


@pytest.mark.parametrize(
    ("own", "code", "found"),
    [
        pytest.param("report", "from aicensus.model.facts import Call", 0, id="downwards"),
        pytest.param("sources", "from aicensus.sources.ignore import IgnoreFile", 0, id="inside a package"),
        pytest.param("link", "from aicensus import __version__", 0, id="the version"),
        pytest.param("extract", "from aicensus.link.values import fold", 1, id="upwards"),
        pytest.param("catalog", "def f():\n    from aicensus.sources import open_source", 1, id="sideways, inside a function"),
        pytest.param("model", "import aicensus.census.build", 1, id="plain import"),
        pytest.param("extract", "from aicensus import link", 1, id="a package by name"),
    ],
)
def test_a_breach_is_seen(tmp_path: Path, own: str, code: str, found: int) -> None:
    file = tmp_path / "module.py"
    file.write_text(code)
    assert len(breaches(file, own)) == found
