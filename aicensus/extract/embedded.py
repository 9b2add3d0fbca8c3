"""Code inside other files: script blocks of component files, cells and chunks of notebooks; lines are those of the whole file."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module

import msgspec

from aicensus.model.errors import UnreadError
from aicensus.model.facts import FileFacts

_BLOCK = re.compile(rb"""<!--|<script\b((?:[^<>"']|"[^"]*"|'[^']*')*+)>""", re.IGNORECASE)
_BLOCK_END = re.compile(rb"</script\s*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""\b(lang|type|src)\s*=\s*["']?([\w./+-]*)""", re.IGNORECASE)
_SCRIPT_TYPES = re.compile(
    rb"|module|text/(?:java|type|ecma)script|application/(?:java|ecma)script|text/babel|ts|typescript", re.IGNORECASE
)
_LANGUAGES = frozenset({b"", b"js", b"jsx", b"ts", b"tsx", b"javascript", b"typescript"})
_FRONT_MATTER = re.compile(rb"\s*---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_VISIBLE = re.compile(rb"[^\r\n]")

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]', re.DOTALL)
_PYTHON_TEXT = re.compile(r"""#.*|\"\"\"|'''|"(?:[^"\\]|\\.)*+(?:"|$)|'(?:[^'\\]|\\.)*+(?:'|$)|[()\[\]{}]""")
_MAGIC = re.compile(r"\s*(?:[%!?]|[\w.]+\s*\?{1,2}\s*$|[\w, .\[\]'\"]+=\s*(?:!|%[A-Za-z]))")
_TIMED = re.compile(r"(\s*)%time(?:it)?[ \t]+(?:-\w+(?:[ \t]+\d+)?[ \t]+)*(?=[^-\s])")
_PYTHON_CELL_MAGIC = re.compile(r"\s*%%(?:time|timeit|capture|prun|memit|python3?|px|local|debug|skip)\b")
_CELLS = ("[", "cells")
_CELL_ID = re.compile(r'"[\w-]{1,64}"', re.ASCII)
_SQL_CELL = re.compile(r"\s*%{1,2}(?:sql|bigquery|sparksql|spark_sql|snowsql|read_sql|jupysql)\b", re.IGNORECASE)
_CHUNK = re.compile(r"\s*(`{3,})\s*\{\.?(\w+)")
_FENCE = re.compile(r"\s*(`{3,})\s*(?:\{code-cell\}\s*)?(\w+)")
_FENCE_OPTION = re.compile(r":[\w-]+:")
_MAGIC_LINES = {name: re.compile(rf"{mark} ?MAGIC ?") for name, mark in (("python", "#"), ("sql", "--"), ("scala", "//"))}
_DIRECTIVE = re.compile(r"\s*(?:[%!]|#!|#[ri]\b|:dep\b|@file:)")
"""Lines of other kernels that are for the kernel: packages, other languages, shell commands."""

KERNELS = (
    dict.fromkeys(("", "python", "python2", "python3", "ipython", "pyspark", "sagemath", "sql"), "python")
    | dict.fromkeys(("javascript", "node", "nodejs"), "javascript")
    | dict.fromkeys(("typescript", "deno"), "typescript")
    | {name: name for name in ("java", "kotlin", "go", "csharp", "rust", "scala", "swift", "ruby", "php", "shell")}
    | {"gonb": "go", "c#": "csharp", ".net-csharp": "csharp", "polyglot-notebook": "csharp", "bash": "shell"}
)
"""By the name that a kernel gives its language, the language that it is read as."""
_MODULES = {"typescript": "javascript"}


def extract_component(content: bytes) -> FileFacts:
    """Return the facts of the script blocks of a Vue, Svelte or Astro file; everything else of it is left out."""
    from aicensus.extract import javascript

    content = content.removeprefix(b"\xef\xbb\xbf")
    kept = bytearray()
    languages: set[bytes] = set()
    position = 0
    for start, end, language in _blocks(content):
        languages.add(language)
        kept += _VISIBLE.sub(b" ", content[position:start]) + content[start:end] + b";"[: len(content) - end]
        position = end + 1
    kept += _VISIBLE.sub(b" ", content[position:])
    typescript = bool(languages & {b"ts", b"typescript"})
    return javascript.extract(bytes(kept), typescript=typescript, tsx=b"tsx" in languages)


def _blocks(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield start, end and language of each block of script."""
    position = 0
    front_matter = _FRONT_MATTER.match(content)
    if front_matter is not None:
        yield front_matter.start(1), front_matter.end(1), b"ts"
        position = front_matter.end()
    while (opening := _BLOCK.search(content, position)) is not None:
        if opening[1] is None:
            position = content.find(b"-->", opening.end()) + 3
            if position < 3:
                return
            continue
        closing = _BLOCK_END.search(content, opening.end())
        end = closing.start() if closing is not None else len(content)
        attributes = {key.lower(): value.lower() for key, value in _ATTRIBUTE.findall(opening[1])}
        language = attributes.get(b"lang", b"")
        if _SCRIPT_TYPES.fullmatch(attributes.get(b"type", b"")) and language in _LANGUAGES:
            yield opening.end(), end, language
        position = closing.end() if closing is not None else end


def extract_notebook(content: bytes) -> FileFacts:
    """Return the facts of a notebook's code cells as one module; what they gave out is not read.

    SQL, of its own kernel or after a `%%sql`, is read as texts. Raises UnreadError when the file is no notebook, or one in a language
    without a front end.
    """
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    kernel = _kernel(text)
    language = KERNELS.get(kernel)
    if language is None:
        raise UnreadError(f"a notebook in {kernel}")
    source = _Joined()
    for number, own_id, cell in _code_cells(text):
        if kernel == "sql":
            source.add(number, own_id, _as_text(cell))
        elif language == "python":
            source.add(number, own_id, list(_without_magics(cell)))
        else:
            source.add(number, own_id, cell if language in ("javascript", "typescript") else _without_directives(cell))
    return msgspec.structs.replace(_facts(language, source), cells=tuple(source.cells), cell_ids=tuple(source.ids))


def extract_databricks(content: bytes, language: str = "python") -> FileFacts:
    """Return the facts of a Databricks notebook that is kept as Python, Scala or SQL source.

    Cells of SQL among others (`%sql` behind a comment's `MAGIC`) are read as texts; of a notebook in SQL, which is read
    as SQL elsewhere, the cells in Python. Cells in further languages are left out.
    """
    lines = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    source = _Joined()
    magic: list[_Line] = []
    read_as = "python" if language == "sql" else language
    for number, line in enumerate([*lines, ""], 1):
        told = _MAGIC_LINES[language].match(line)
        if told is not None:
            magic.append((line[told.end() :], number))
            continue
        if magic:
            source.add(0, "", _magic_cell(magic, read_as))
            magic = []
        if number <= len(lines):
            source.add(0, "", [(line if language == read_as else "", number)])
    return _facts(read_as, source)


def _magic_cell(lines: list[_Line], language: str) -> list[_Line]:
    """A cell behind comments: what is in the language as it is, SQL as a text, all else as empty lines."""
    (first, place), *rest = lines
    if _SQL_CELL.match(first):
        return _as_text(lines, language)
    if not re.match(rf"\s*%{language}\b", first):
        return [("", place) for _, place in lines]
    return [("", place), *(_without_magics(rest) if language == "python" else rest)]


def extract_chunks(content: bytes) -> FileFacts:
    """Return the facts of the Python and SQL chunks of a Quarto or R Markdown notebook."""
    return _of_fences(content, _CHUNK)


def extract_fences(content: bytes) -> FileFacts:
    """Return the facts of the Python and SQL blocks of a notebook that Jupytext keeps as Markdown."""
    return _of_fences(content, _FENCE)


def _of_fences(content: bytes, starts: re.Pattern[str]) -> FileFacts:
    source = _Joined()
    chunk: list[_Line] = []
    fence = language = ""
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").splitlines(), 1):
        if not fence:
            opening = starts.match(line)
            if opening is not None:
                fence, language, chunk = opening[1], opening[2].lower(), []
        elif line.strip() == fence:
            if language in ("python", "python3", "ipython", "ipython3", "sql"):
                source.add(0, "", _as_text(chunk) if language == "sql" else list(_without_magics(chunk)))
            fence = ""
        elif chunk or not _FENCE_OPTION.match(line):
            chunk.append((line, number))
    return _facts("python", source)


def _facts(language: str, source: _Joined) -> FileFacts:
    module = import_module(f"aicensus.extract.{_MODULES.get(language, language)}")
    options = {"typescript": True} if language == "typescript" else {}
    facts: FileFacts = module.extract(source.content(), newlines=source.newlines, **options)
    return facts


_Line = tuple[str, int]
"""A line of code without its end, and the physical line of the file on which it stands."""


@dataclass(slots=True)
class _Joined:
    """Cells one after the other; `newlines` puts each of their lines where it stands in the file."""

    newlines: list[int] = field(default_factory=list)
    cells: list[tuple[int, int, int]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    _parts: list[bytes] = field(default_factory=list)
    _size: int = 0

    def add(self, number: int, own_id: str, lines: list[_Line]) -> None:
        for text, physical in lines:
            part = text.encode("utf-8", "replace") + b"\n"
            self.newlines.extend([self._size - 1] * (physical - 1 - len(self.newlines)))
            self._parts.append(part)
            self._size += len(part)
        if lines:
            self.cells.append((number, lines[0][1], lines[-1][1]))
            self.ids.append(own_id)

    def content(self) -> bytes:
        return b"".join(self._parts)


def _kernel(text: str) -> str:
    """The language of a notebook in lower case, empty where it does not say."""
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadError(f"not a notebook: {str(error).partition(chr(10))[0][:80]}") from error
    if not isinstance(notebook, dict) or not ("cells" in notebook or "worksheets" in notebook):
        raise UnreadError("not a notebook: it has no cells")
    metadata = notebook.get("metadata")
    for holder, key in (("language_info", "name"), ("kernelspec", "language"), ("kernelspec", "name")):
        described = metadata.get(holder) if isinstance(metadata, dict) else None
        name = described.get(key) if isinstance(described, dict) else None
        if isinstance(name, str) and name:
            return name.lower()
    return ""


def _code_cells(text: str) -> Iterator[tuple[int, str, list[_Line]]]:
    """Yield the number of each code cell, from 1 among cells of all types, its own id if it has one, and its lines."""
    newlines = [match.start() for match in re.finditer(r"\n", text)]
    for number, (is_code, own_id, pieces) in enumerate(_cells(text), 1):
        if is_code:
            yield number, own_id, _lines([(str(json.loads(text[start:end])), 1 + bisect_left(newlines, start)) for start, end in pieces])


def _cells(text: str) -> Iterator[tuple[bool, str, list[tuple[int, int]]]]:
    """Yield for each cell whether it is code, its id (empty before format 4.5), and the places of its source strings.

    The text is valid JSON. Notebooks of format 3 call the source of a code cell `input`.
    """
    containers: list[tuple[str, str]] = []
    key = ""
    is_code = False
    own_id = ""
    pieces: list[tuple[int, int]] = []
    awaits_key = False
    for match in _TOKEN.finditer(text):
        token = match[0]
        mark = token[0]
        in_cell = _is_cell(containers)
        if mark in "{[":
            containers.append((mark, key))
            awaits_key = mark == "{"
            if _is_cell(containers):
                is_code, own_id, pieces = False, "", []
            elif mark == "[":
                key = ""
        elif mark in "}]":
            if mark == "}" and in_cell:
                yield is_code, own_id, pieces
            containers.pop()
        elif mark == ",":
            awaits_key = bool(containers) and containers[-1][0] == "{"
        elif mark == '"' and awaits_key:
            key, awaits_key = json.loads(token), False
            if in_cell and key in ("source", "input"):
                pieces = []
        elif mark == '"' and in_cell:
            if key == "cell_type":
                is_code = token == '"code"'
            elif key == "id" and _CELL_ID.fullmatch(token):
                own_id = token[1:-1]
            elif key in ("source", "input"):
                pieces = [match.span()]
        elif mark == '"' and containers and containers[-1] in (("[", "source"), ("[", "input")) and _is_cell(containers[:-1]):
            pieces.append(match.span())


def _is_cell(containers: list[tuple[str, str]]) -> bool:
    """Whether the innermost container is a cell: `{cells: [{` or, in format 3, `{worksheets: [{cells: [{`."""
    depth = len(containers)
    if depth == 3:
        return containers[1] == _CELLS and containers[2][0] == "{"
    return depth == 5 and containers[1] == ("[", "worksheets") and containers[3] == _CELLS and containers[4][0] == "{"


def _lines(pieces: list[tuple[str, int]]) -> list[_Line]:
    """Join strings, each with its physical line, and cut the whole into lines."""
    lines: list[_Line] = []
    is_open = False
    for text, physical in pieces:
        for part in text.replace("\r\n", "\n").splitlines(keepends=True) if "\n" in text else [text]:
            if is_open:
                lines[-1] = (lines[-1][0] + part.rstrip("\n"), lines[-1][1])
            else:
                lines.append((part.rstrip("\n"), physical))
            is_open = not part.endswith("\n")
    return lines


def _as_text(lines: list[_Line], language: str = "python") -> list[_Line]:
    """A cell as one text of Python or Scala, its lines where they stood; the `%%sql` before them is no part of it."""
    kept = [(_SQL_CELL.sub("", text), place) for text, place in lines]
    if language == "python":
        kept = [(text.replace("\\", "\\\\").replace('"', '\\"'), place) for text, place in kept]
    if kept:
        kept[0] = (("_" if language == "python" else "val sql") + ' = """' + kept[0][0], kept[0][1])
        kept[-1] = (kept[-1][0] + '"""', kept[-1][1])
    return kept


def _without_directives(lines: list[_Line]) -> list[_Line]:
    return [("" if _DIRECTIVE.match(text) else text, place) for text, place in lines]


def _without_magics(lines: list[_Line]) -> Iterator[_Line]:
    """Replace what only IPython understands by `pass`, and close a text that the cell leaves open."""
    first = next((text for text, _ in lines if text.strip()), "")
    if _SQL_CELL.match(first):
        yield from _as_text(lines)
        return
    if first.lstrip().startswith("%%") and not _PYTHON_CELL_MAGIC.match(first):
        return
    quotes, depth, goes_on, is_magic = "", 0, False, False
    for text, physical in lines:
        if not quotes and not depth and (is_magic or not goes_on):
            is_magic = (is_magic and goes_on) or (_MAGIC.match(text) is not None and not _TIMED.match(text))
            if is_magic:
                goes_on = text.endswith("\\")
                yield text[: len(text) - len(text.lstrip())] + "pass", physical
                continue
            text = _TIMED.sub(r"\1", text)
        quotes, depth = _state_after(text, quotes, depth)
        goes_on = text.endswith("\\")
        yield text, physical
    if quotes:
        yield quotes, lines[-1][1]


def _state_after(text: str, quotes: str, depth: int) -> tuple[str, int]:
    """The long text that is open after a line of Python, and the number of open brackets."""
    position = 0
    while position < len(text):
        if quotes:
            end = text.find(quotes, position)
            if end < 0:
                return quotes, depth
            position, quotes = end + 3, ""
            continue
        token = _PYTHON_TEXT.search(text, position)
        if token is None:
            break
        if len(token[0]) == 3 and token[0] in ('"""', "'''"):
            quotes = token[0]
        elif token[0] in ("(", "[", "{"):
            depth += 1
        elif token[0] in (")", "]", "}"):
            depth = max(0, depth - 1)
        position = token.end()
    return quotes, depth
