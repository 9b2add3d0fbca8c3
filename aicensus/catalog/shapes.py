"""Records of the catalogue files that say what configuration declares: shapes of documents, and what stands where in them.

A path leads from a node to others: keys joined by dots, `*` in a key for any run of letters, `**` for any depth, `[*]` for each element of
a list, `[key=glob]` for elements with such a member; a key with dots stands in single quotes. A glob is literal text with `*` and `{a,b}`;
`!` before it turns it round. An empty path is the node itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from aicensus.catalog.document_paths import file_glob, globbed, parsed
from aicensus.catalog.pattern import PatternError
from aicensus.catalog.schema import EntryKind, Kind

As = Literal["point", "part", "setting", "entry", "development", "evaluation"]
Form = Literal["", "json", "yaml", "toml", "properties", "env", "blocks", "front-matter", "directives"]
Globs = str | tuple[str, ...]
"""One or several; any of them will do. With `!` none may fit."""


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Place(_Record, frozen=True, kw_only=True):
    """Where a value stands. The first that is there wins, of several places."""

    at: str = ""
    root: bool = False
    """The path starts at the document and not at the node."""
    flag: tuple[str, ...] = ()
    """The value of an option of the command lines at `at`."""
    env: tuple[str, ...] = ()
    """The value of a variable of the environment that the mapping or list at `at` sets."""
    match: str = ""
    """A regular expression whose first group in the text at `at` is the value."""
    key: bool = False
    """The key under which the node stands."""


Places = tuple[str | Place, ...]


class PromptPlace(_Record, frozen=True, kw_only=True):
    """Where words for the model stand: `text` below each node at `at`."""

    at: str = ""
    root: bool = False
    text: Places = ("",)
    role: str = ""
    role_at: str = ""
    file: bool = False
    """The text names a file of the tree that holds the words."""
    split: str = ""
    """A regular expression that ends the words of one role and names the next one in its first group."""


class NodeSpec(_Record, frozen=True, kw_only=True):
    """Nodes of a document, and what they are."""

    at: str = ""
    as_: As = msgspec.field(default="point", name="as")
    when: dict[str, Globs] = {}
    """All must hold; a path that leads to several values needs one that fits."""
    unless: dict[str, Globs] = {}
    """None may hold."""
    id: Places = ()
    """What names the node in its file; else the way to it."""
    kind: Kind | EntryKind | Literal["instructions", "agent", "command", "workflow", "review", "mcp", "settings", ""] = ""
    kinds: dict[str, Kind] = {}
    """Kind by a glob for the value at `kind_at` or, without it, for the model."""
    kind_at: Places = ()
    provider: str = ""
    provider_at: Places = ()
    providers: dict[str, str] = {}
    """Provider by a glob for the value at `provider_at`."""
    model: Places = ()
    model_format: str = ""
    """`{}` is the value found: `models/{}`."""
    settings: dict[str, Places] = {}
    prompts: tuple[PromptPlace, ...] = ()
    defaults: dict[str, str] = {}
    """`model` and settings that hold where nothing is given."""
    call: Places = ()
    purpose: Places = ()
    takes: tuple[str, ...] = ()
    """Globs of links through which parts lend their model, provider, settings and prompts."""
    lends: tuple[str, ...] = ()
    """Globs of links: a node all of whose links to others are of these is a part of them and nothing by itself."""
    tool: str = ""
    """Name of the tool of developers, or of the test runner."""
    name: Places = ()
    """What an evaluation or a developer's tool is called; of a setting, the name that code reads."""
    name_format: str = ""
    """`{}` is the name found: `var.{}`."""


class NamedSpec(_Record, frozen=True, kw_only=True):
    """How a text names a value that stands elsewhere in its document, or that whoever runs it may set over a default given there."""

    match: str
    """A regular expression whose first group is the name."""
    at: tuple[str, ...]
    """Paths from the document to the value, the first that leads to one; `{}` is the name."""


class LinkSpec(_Record, frozen=True, kw_only=True):
    """Links between nodes: each value at `at` is one, with `source`, `target` and `type` below it; `@1` is the first `*` of `at`."""

    at: str
    source: str
    target: str
    type: str = ""


class ExpectedConfig(_Record, frozen=True, kw_only=True):
    """One node; what is None is not checked."""

    line: int
    kind: str | None = None
    model: str | None = None
    provider: str | None = None
    system: str | None = None
    prompt: str | None = None
    id: str | None = None
    as_: As = msgspec.field(default="point", name="as")
    tool: str | None = None
    name: str | None = None


class ShapeExample(_Record, frozen=True, kw_only=True):
    """A file and exactly what it declares, parts left out."""

    path: str
    code: str
    finds: tuple[ExpectedConfig, ...]


class Shape(_Record, frozen=True, kw_only=True):
    """One kind of document: what its files are called, what is in them, what their nodes mean."""

    name: str
    files: tuple[str, ...]
    """Globs of paths."""
    form: Form = ""
    """How the files are read; empty where their suffix says it."""
    tokens: tuple[tuple[str, ...], ...] = ()
    """Texts in the bytes of a file: of each group one. A shape without any can only declare developers' tools."""
    needs: dict[str, Globs] = {}
    """What holds of a document of this shape, as in `when`."""
    excludes: dict[str, Globs] = {}
    nodes: tuple[NodeSpec, ...]
    key: Places = ()
    """What links name a node by."""
    links: tuple[LinkSpec, ...] = ()
    names: tuple[NamedSpec, ...] = ()
    """Names in the text of a model that stand for what the document itself says elsewhere."""
    made_from: dict[str, str] = {}
    """A file with this ending is made by a program from the one beside it with that ending, and is not read where that one declares
    something."""
    flow: bool = False
    """The points of a document are steps of one flow."""
    flow_name: Places = ()
    code: tuple[str, ...] = ()
    """SDKs through which code runs what is declared here: where a point of theirs stands near, it is counted there."""
    examples: tuple[ShapeExample, ...] = ()


class ShapesFile(_Record, frozen=True, kw_only=True):
    """One file of the catalogue about configuration."""

    config: str
    """The file's name without `config-`."""
    title: str
    providers: dict[str, str] = {}
    """Provider by a glob for the value at `provider_at`, for rows that do not say it themselves."""
    shapes: tuple[Shape, ...]


Steps = tuple[str | int, ...]


def mistakes_of(shape: Shape) -> Iterator[tuple[Steps, str]]:
    """Where and why a shape cannot work: paths, globs and expressions that are malformed, and points told by a file's name alone."""
    if not shape.tokens and any(node.as_ != "development" for node in shape.nodes):
        yield ("files",), f"`{shape.name}` goes by names alone: give `tokens`, texts of its content"
    for glob in shape.files:
        yield from _tried(("files",), file_glob, glob)
    for path, globs in (*shape.needs.items(), *shape.excludes.items()):
        yield from _conditions(("needs",), path, globs)
    for index, node in enumerate(shape.nodes):
        at: Steps = ("nodes", index)
        yield from _tried(at, parsed, node.at)
        for path, globs in (*node.when.items(), *node.unless.items()):
            yield from _conditions(at, path, globs)
        for place in _places_of(node):
            spec = Place(at=place) if isinstance(place, str) else place
            yield from _tried(at, parsed, spec.at)
            yield from _tried(at, re.compile, spec.match)
        for prompt in node.prompts:
            yield from _tried(at, parsed, prompt.at)
            yield from _tried(at, parsed, prompt.role_at)
            yield from _tried(at, re.compile, prompt.split)
    for link in shape.links:
        yield from _tried(("links",), parsed, link.at)
    for named in shape.names:
        yield from _tried(("names",), re.compile, named.match)
        for path in named.at:
            yield from _tried(("names",), parsed, path.replace("{}", "name"))


def _places_of(node: NodeSpec) -> Iterator[str | Place]:
    yield from (*node.id, *node.kind_at, *node.provider_at, *node.model, *node.call, *node.purpose, *node.name)
    for places in node.settings.values():
        yield from places
    for prompt in node.prompts:
        yield from prompt.text


def _conditions(at: Steps, path: str, globs: Globs) -> Iterator[tuple[Steps, str]]:
    yield from _tried(at, parsed, path)
    for glob in (globs,) if isinstance(globs, str) else globs:
        yield from _tried(at, globbed, glob.removeprefix("!"))


def _tried(at: Steps, make: Callable[[str], object], text: str) -> Iterator[tuple[Steps, str]]:
    try:
        make(text)
    except (PatternError, re.error) as error:
        yield at, f"`{text}`: {error}"
