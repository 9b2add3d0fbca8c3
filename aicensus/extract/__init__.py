"""Front ends: the bytes of one file in, its facts out; one module a language, none of them names a vendor."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from aicensus.model.facts import FileFacts


@dataclass(frozen=True, slots=True)
class FrontEnd:
    """What reads files of one kind. `read` never fails on broken code; on a broken container it raises UnreadError."""

    name: str
    version: int
    """Raise when the same bytes give other facts."""
    grammars: tuple[str, ...]
    """Packages whose versions the facts depend on."""
    read: Callable[[bytes], FileFacts]
    languages: tuple[str, ...] = ()
    """What its files may be written in, as the catalogue names it; empty for what `name` says."""
    opening: re.Pattern[bytes] | None = None
    """How a file begins that is of this kind, where other files of the suffix hold no code."""

    def reads(self, content: bytes) -> bool:
        """Whether a file of the suffix is of this kind."""
        return self.opening is None or self.opening.match(content) is not None

    def written_in(self) -> tuple[str, ...]:
        """The languages of its files, as the catalogue names them."""
        return self.languages or (self.name,)

    def grammar(self) -> str:
        """The installed versions of the grammars, as one text."""
        return " ".join(f"{name} {_version(name)}" for name in self.grammars)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def _python(content: bytes) -> FileFacts:
    if content.startswith(b"# Databricks notebook source"):
        from aicensus.extract.embedded import extract_databricks

        return extract_databricks(content)
    from aicensus.extract.python import extract

    return extract(content)


def _javascript(content: bytes) -> FileFacts:
    from aicensus.extract.javascript import extract

    return extract(content)


def _typescript(content: bytes) -> FileFacts:
    from aicensus.extract.javascript import extract

    return extract(content, typescript=True)


def _tsx(content: bytes) -> FileFacts:
    from aicensus.extract.javascript import extract

    return extract(content, typescript=True, tsx=True)


def _component(content: bytes) -> FileFacts:
    from aicensus.extract.embedded import extract_component

    return extract_component(content)


def _notebook(content: bytes) -> FileFacts:
    from aicensus.extract.embedded import extract_notebook

    return extract_notebook(content)


def _chunks(content: bytes) -> FileFacts:
    from aicensus.extract.embedded import extract_chunks

    return extract_chunks(content)


def _fences(content: bytes) -> FileFacts:
    from aicensus.extract.embedded import extract_fences

    return extract_fences(content)


def _scala(content: bytes) -> FileFacts:
    if content.startswith(b"// Databricks notebook source"):
        from aicensus.extract.embedded import extract_databricks

        return extract_databricks(content, "scala")
    from aicensus.extract.scala import extract

    return extract(content)


def _sql_notebook(content: bytes) -> FileFacts:
    from aicensus.extract.embedded import extract_databricks

    return extract_databricks(content, "sql")


def _by_module(name: str) -> Callable[[bytes], FileFacts]:
    """The `extract` of a module of this package, imported when the first file is read."""

    def read(content: bytes) -> FileFacts:
        facts: FileFacts = import_module(f"{__name__}.{name}").extract(content)
        return facts

    return read


_SCRIPT_GRAMMARS = ("tree-sitter", "tree-sitter-javascript", "tree-sitter-typescript")
_SCRIPT = ("javascript",)
_PYTHON_GRAMMARS = ("tree-sitter", "tree-sitter-python")
_PYTHON = FrontEnd("python", 3, _PYTHON_GRAMMARS, _python)
_JAVASCRIPT = FrontEnd("javascript", 1, _SCRIPT_GRAMMARS, _javascript)
_TYPESCRIPT = FrontEnd("typescript", 1, _SCRIPT_GRAMMARS, _typescript, _SCRIPT)
_TSX = FrontEnd("tsx", 1, _SCRIPT_GRAMMARS, _tsx, _SCRIPT)
_COMPONENT = FrontEnd("component", 1, _SCRIPT_GRAMMARS, _component, _SCRIPT)
_JAVA = FrontEnd("java", 2, ("tree-sitter", "tree-sitter-java"), _by_module("java"))
_GO = FrontEnd("go", 1, ("tree-sitter", "tree-sitter-go"), _by_module("go"))
_CSHARP = FrontEnd("csharp", 2, ("tree-sitter", "tree-sitter-c-sharp"), _by_module("csharp"))
_KOTLIN = FrontEnd("kotlin", 2, ("tree-sitter", "tree-sitter-kotlin"), _by_module("kotlin"))
_PHP = FrontEnd("php", 1, ("tree-sitter", "tree-sitter-php"), _by_module("php"))
_RUBY = FrontEnd("ruby", 2, ("tree-sitter", "tree-sitter-ruby"), _by_module("ruby"))
_RUST = FrontEnd("rust", 1, ("tree-sitter", "tree-sitter-rust"), _by_module("rust"))
_SCALA = FrontEnd("scala", 3, ("tree-sitter", "tree-sitter-scala"), _scala)
_SWIFT = FrontEnd("swift", 3, ("tree-sitter", "tree-sitter-swift"), _by_module("swift"))
_SHELL = FrontEnd("shell", 1, ("tree-sitter", "tree-sitter-bash"), _by_module("shell"))
_IN_NOTEBOOKS = (_PYTHON, _TYPESCRIPT, _JAVA, _GO, _CSHARP, _KOTLIN, _PHP, _RUBY, _RUST, _SCALA, _SWIFT, _SHELL)
_NOTEBOOK = FrontEnd(
    "notebook",
    2,
    tuple(dict.fromkeys(name for one in _IN_NOTEBOOKS for name in one.grammars)),
    _notebook,
    tuple(dict.fromkeys(name for one in _IN_NOTEBOOKS for name in one.written_in())),
)
_CHUNKS = FrontEnd("chunks", 1, _PYTHON_GRAMMARS, _chunks, ("python",))
_FENCES = FrontEnd(
    "fences",
    1,
    _PYTHON_GRAMMARS,
    _fences,
    ("python",),
    re.compile(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n(?:(?!---).*\n)*?[ \t]*jupytext[ \t]*:"),
)
_SQL_NOTEBOOK = FrontEnd(
    "sql notebook", 1, _PYTHON_GRAMMARS, _sql_notebook, ("python",), re.compile(rb"(?:\xef\xbb\xbf)?-- Databricks notebook source")
)

FRONT_ENDS: dict[str, FrontEnd] = {
    ".py": _PYTHON,
    ".pyi": _PYTHON,
    ".js": _JAVASCRIPT,
    ".mjs": _JAVASCRIPT,
    ".cjs": _JAVASCRIPT,
    ".jsx": _JAVASCRIPT,
    ".ts": _TYPESCRIPT,
    ".mts": _TYPESCRIPT,
    ".cts": _TYPESCRIPT,
    ".tsx": _TSX,
    ".vue": _COMPONENT,
    ".svelte": _COMPONENT,
    ".astro": _COMPONENT,
    ".ipynb": _NOTEBOOK,
    ".qmd": _CHUNKS,
    ".rmd": _CHUNKS,
    ".md": _FENCES,
    ".sql": _SQL_NOTEBOOK,
    ".java": _JAVA,
    ".go": _GO,
    ".cs": _CSHARP,
    ".kt": _KOTLIN,
    ".kts": _KOTLIN,
    ".php": _PHP,
    ".rb": _RUBY,
    ".rs": _RUST,
    ".scala": _SCALA,
    ".sc": _SCALA,
    ".swift": _SWIFT,
    ".sh": _SHELL,
    ".bash": _SHELL,
}
"""Front ends by the suffix of a path, in lower case."""


def front_end_of(path: str) -> FrontEnd | None:
    """Return what reads the file at a path of the tree; None for a file without code that this package knows."""
    return FRONT_ENDS.get(posixpath.splitext(path)[1].lower())


def is_code(path: str) -> bool:
    """Whether whatever stands at a path is code, going by its suffix alone."""
    front = front_end_of(path)
    return front is not None and front.opening is None
