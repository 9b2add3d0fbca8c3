"""Projects of a few files given as text."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from functools import cache

from aicensus.catalog import Catalog, load
from aicensus.extract import front_end_of, javascript, python
from aicensus.link.called_as import CalledAs
from aicensus.link.evaluate import Evaluator
from aicensus.link.project import Project
from aicensus.link.script_modules import ScriptModules
from aicensus.model.facts import FileFacts

SCRIPTS = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx")


@cache
def catalog() -> Catalog:
    return load()


def names_in(evaluator: Evaluator) -> CalledAs:
    """What calls of the files read may call, by name."""
    return CalledAs(catalog(), evaluator.project)


def an_evaluator(files: Mapping[str, str], loaded: tuple[str, ...] | None = None) -> Evaluator:
    """An evaluator over files by path; `loaded` of them are read at once, by default all."""
    contents = {path: textwrap.dedent(code).encode() for path, code in files.items()}

    def facts_of(path: str) -> FileFacts | None:
        if path.endswith(".py"):
            return python.extract(contents[path])
        if path.endswith(SCRIPTS):
            return javascript.extract(contents[path], typescript=path.endswith(".ts"), tsx=path.endswith(".tsx"))
        front = front_end_of(path)
        return front.read(contents[path]) if front is not None else None

    project = Project(contents, facts_of, contents.get, ScriptModules(contents, contents.get).find)
    project.load(contents if loaded is None else loaded)
    return Evaluator(project, catalog().language)
