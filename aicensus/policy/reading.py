"""Files of the policy library to fragments: Markdown with a head, and YAML; every mistake is named with its line, all in one go."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from aicensus.census.secrets import find_secrets
from aicensus.manifest import Mistake, read_record
from aicensus.manifest.nodes import NotYaml, documents, kind_of, line_of
from aicensus.model.errors import AicensusError
from aicensus.model.policy import AppliesTo, Fragment
from aicensus.model.settings import Policies, Text

SUFFIXES = (".md", ".markdown", ".yaml", ".yml")
_HEAD = re.compile(r"---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_ID = re.compile(r"[A-Za-z0-9][\w./-]*")
_VERSION = re.compile(r"\w[\w.+-]*")
_KEY = re.compile(rf"{_ID.pattern}(?:@{_VERSION.pattern})?")


class Misread(NamedTuple):
    """A mistake in a file of the library."""

    path: str
    line: int
    """0 when it is not known."""
    message: str


class _AppliesTo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    functions: tuple[Text, ...] = ()
    journeys: tuple[Text, ...] = ()
    jurisdictions: tuple[Text, ...] = ()
    points: tuple[Text, ...] = ()


class _Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of a fragment, beside its text."""

    id: Text
    version: Text
    owner: Text
    authority: str = ""
    effective_from: datetime.date | None = None
    effective_until: datetime.date | None = None
    verbatim: bool = False
    applies_to: _AppliesTo = _AppliesTo()
    supersedes: tuple[Text, ...] = ()
    derived_from: str = ""


class _Whole(_Head, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fragment in YAML."""

    text: Annotated[str, Meta(min_length=1)]


def read_library(paths: Iterable[str], read: Callable[[str], bytes], policies: Policies, repo: str) -> tuple[list[Fragment], list[Misread]]:
    """The fragments of those files that the manifest declares to be the library, and every mistake in them, both by path and line.

    A Markdown file without a head is prose beside the library. `read` raises AicensusError for what cannot be read.
    """
    fragments: list[Fragment] = []
    mistakes: list[Misread] = []
    for path in sorted(path for path in paths if path.endswith(SUFFIXES) and _below(path, (*policies.library, *policies.verbatim))):
        try:
            found = list(_File(path, read(path), repo, verbatim=_below(path, policies.verbatim)).fragments(mistakes))
        except AicensusError as error:
            mistakes.append(Misread(path, 0, str(error)))
            continue
        fragments += found
    return fragments, sorted(mistakes)


def _below(path: str, folders: Iterable[str]) -> bool:
    """Whether a path is one of the declared folders and files, or in one of the folders."""
    for folder in folders:
        plain = folder.removeprefix("./").rstrip("/")
        if plain in ("", ".") or path == plain or path.startswith(f"{plain}/"):
            return True
    return False


class _File:
    def __init__(self, path: str, content: bytes, repo: str, *, verbatim: bool) -> None:
        self._path = path
        self._content = content
        self._repo = repo
        self._verbatim = verbatim

    def fragments(self, mistakes: list[Misread]) -> Iterator[Fragment]:
        found = [Mistake(line, f"{kind} in a policy: take it out") for line, kind, _ in find_secrets(self._content)]
        marks = re.finditer(rb"policy:(?:begin|end)\b", self._content)
        found += (Mistake(self._line(mark.start()), f"`{mark[0].decode()}` is kept for blocks in prompts") for mark in marks)
        try:
            made = list(self._markdown(found) if self._path.endswith((".md", ".markdown")) else self._yaml(found))
        except UnicodeDecodeError as error:
            found.append(Mistake(self._line(error.start), "not UTF-8 text"))
            made = []
        except NotYaml as error:
            found.append(Mistake(error.line, error.message))
            made = []
        mistakes += (Misread(self._path, line, message) for line, message in found)
        if not found:
            yield from made

    def _line(self, at: int) -> int:
        return self._content.count(b"\n", 0, at) + 1

    def _markdown(self, mistakes: list[Mistake]) -> Iterator[Fragment]:
        text = self._content.decode("utf-8-sig")
        head = _HEAD.match(text)
        if head is None:
            if re.match(r"---[ \t]*\r?\n", text):
                mistakes.append(Mistake(1, "the head that starts here has no end: close it with a line of `---`"))
            return
        # One line in front keeps the lines of the head those of the file.
        roots = documents(b"\n" + head[1].encode())
        body = text[head.end() :]
        if not roots:
            mistakes.append(Mistake(1, "the head is empty: give at least id, version and owner"))
            return
        record, wrong = read_record(roots[0], _Head, "the head")
        mistakes += wrong
        if not body.strip():
            mistakes.append(Mistake(text.count("\n", 0, head.end()), "no text follows the head"))
        first = text.count("\n", 0, head.end() + len(body) - len(body.lstrip())) + 1
        if record is not None:
            mistakes += _names(record, line_of(roots[0]))
            yield self._fragment(record, body, line_of(roots[0]), first)

    def _yaml(self, mistakes: list[Mistake]) -> Iterator[Fragment]:
        for root in documents(self._content):
            for node in root.value if kind_of(root) == "list" else [root]:
                record, wrong = read_record(node, _Whole, "a fragment")
                mistakes += wrong
                if record is not None:
                    mistakes += _names(record, line_of(node))
                    yield self._fragment(record, record.text, line_of(node), _line_of_text(node))

    def _fragment(self, head: _Head, text: str, line: int, text_line: int) -> Fragment:
        where = head.applies_to
        return Fragment(
            id=head.id,
            version=head.version,
            repo=self._repo,
            path=self._path,
            line=line,
            text_line=text_line,
            owner=head.owner,
            authority=head.authority,
            effective_from=head.effective_from.isoformat() if head.effective_from else "",
            effective_until=head.effective_until.isoformat() if head.effective_until else "",
            verbatim=head.verbatim or self._verbatim,
            applies_to=AppliesTo(
                functions=where.functions, journeys=where.journeys, jurisdictions=where.jurisdictions, points=where.points
            ),
            supersedes=head.supersedes,
            derived_from=head.derived_from,
            text=text.replace("\r\n", "\n").strip("\n").rstrip(),
        )


def _line_of_text(node: Any) -> int:
    """The line on which the text of a fragment starts; that of a block is the one after its mark."""
    text = next(value for key, value in node.value if key.value == "text")
    return line_of(text) + (text.style in ("|", ">"))


def _names(head: _Head, line: int) -> Iterator[Mistake]:
    """What is wrong with the names and days of a head that has all its fields."""
    if not _ID.fullmatch(head.id):
        yield Mistake(line, f"id `{head.id}` must be letters, digits, `.`, `/`, `-` and `_`")
    if not _VERSION.fullmatch(head.version):
        yield Mistake(line, f"version `{head.version}` must be letters, digits, `.`, `+` and `-`")
    for name in (*head.supersedes, *filter(None, [head.derived_from])):
        if not _KEY.fullmatch(name):
            yield Mistake(line, f"`{name}` names no fragment: write `id` or `id@version`")
    if head.effective_from and head.effective_until and head.effective_until < head.effective_from:
        yield Mistake(line, f"effective_until {head.effective_until} lies before effective_from {head.effective_from}")
