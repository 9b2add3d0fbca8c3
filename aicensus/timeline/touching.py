"""Which commits of a branch touch the code that facts of a point come from. Nothing is parsed but the files that hold it now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from aicensus.census.owner_files import PACKAGE_FILES
from aicensus.census.owners import is_ownership_file
from aicensus.extract.cache import FactsCache
from aicensus.extract.facts_store import FactsStore
from aicensus.history.line import FileChange, Line
from aicensus.model.census import Census, Point
from aicensus.model.errors import UnreadError
from aicensus.model.sources import SourceFile
from aicensus.pipeline import MANIFEST_NAME
from aicensus.sources import Source

_TOP = re.compile(rb"(?:export |public |private |static |final |pub |const |let |var |val )*[A-Za-z_$][\w$.\[\]\"']*[^=(]*=(?!=)")
"""A binding at the left margin: what the functions of a file may go by without naming it in their own lines."""

Lines = list[bytes]
"""Lines of a file without white space around them."""


class Stretch(NamedTuple):
    """Lines of a file that belong to a point."""

    path: str
    lines: Lines | None
    """None: the whole file."""
    top: bool = False
    """Whether bindings at the left margin of the file count too."""


def lines_of(content: bytes) -> Lines:
    return [text.strip() for text in content.split(b"\n")]


def holds(lines: Lines, wanted: Lines) -> bool:
    """Whether lines hold others one after the other; indentation does not count."""
    size = len(wanted)
    return not wanted or any(lines[at : at + size] == wanted for at, text in enumerate(lines) if text == wanted[0])


def touching(line: Line, source: Source, place: int, point: Point, census: Census) -> Iterator[int]:
    """Places of the line, from one on, whose commit changed lines of the point; `census` and `source` are of that place.

    These are the function around the call, bindings at the left margin of its file, its prompts, its gateways' functions, and whatever says
    who owns what.
    """
    stretches = list(_stretches(source, point, census))
    for at in range(place, len(line.changes)):
        found = [_touches(change, stretches, source) for change in line.changes[at]]
        if any(found):
            yield at


def _stretches(source: Source, point: Point, census: Census) -> Iterator[Stretch]:
    store = FactsStore(source, FactsCache())
    gateways = [other for other in census.points if other.repo == point.repo and other.id in point.gateways]
    for one in (point, *gateways):
        yield _around(store, one.path, one.line, one.end_line)
    for prompt in census.prompts:
        if prompt.repo == point.repo and prompt.id in point.prompts and prompt.kind != "remote":
            yield Stretch(prompt.path, None) if prompt.kind == "file" else _cut(store, prompt.path, prompt.line, prompt.end_line)
    for row in census.model_settings:
        if row.repo == point.repo and point.id in row.points:
            yield _cut(store, row.path, row.line, row.line)
    yield from (_cut(store, claim.path, claim.line, claim.line) for claim in point.ownership.chain if claim.path and claim.line)


def _around(store: FactsStore, path: str, line: int, end_line: int) -> Stretch:
    """The outermost function around some lines; the lines alone at the top of a file and in configuration."""
    facts = store.facts(path)
    scopes = facts.scopes if facts is not None else ()
    spans = [(s.line, s.end_line) for s in scopes if s.kind == "function" and s.line <= line and end_line <= s.end_line]
    return _cut(store, path, *min(spans, default=(line, end_line)))._replace(top=True)


def _cut(store: FactsStore, path: str, line: int, end_line: int) -> Stretch:
    content = store.content(path)
    lines = lines_of(content)[line - 1 : end_line] if content is not None else []
    return Stretch(path, lines or None)


def _touches(change: FileChange, stretches: list[Stretch], source: Source) -> bool:
    if _says_owners(change.path):
        return True
    own = [stretch for stretch in stretches if stretch.path == change.path]
    if not own:
        return False
    if not change.was or change.was != change.path or change.gone or any(stretch.lines is None for stretch in own):
        return True
    try:
        before, after = (source.reader.read(SourceFile(change.path, 0, blob)) for blob in (change.blob_was, change.blob))
    except UnreadError:
        return True
    if any(stretch.top for stretch in own) and _bindings(before) != _bindings(after):
        return True
    lines = lines_of(before)
    return not all(holds(lines, stretch.lines or []) for stretch in own)


def _bindings(content: bytes) -> Lines:
    return [text.strip() for text in content.split(b"\n") if _TOP.match(text)]


def _says_owners(path: str) -> bool:
    """Whether a file may name owners. Package metadata change with every release; they count where a point's owner comes from them."""
    return path == MANIFEST_NAME or (is_ownership_file(path) and path.rpartition("/")[2] not in PACKAGE_FILES)
