"""Configuration files by the shapes of the catalogue: the bytes of one file in, what it declares out. No shape is known here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from heapq import heappop, heappush
from itertools import islice
from typing import NamedTuple

import msgspec

from aicensus.catalog.document_paths import globbed
from aicensus.catalog.shapes import Globs, NamedSpec, NodeSpec, Place, Places, PromptPlace, Shape, ShapesFile
from aicensus.extract.document_paths import Found, Steps, TooManySteps, find
from aicensus.extract.documents import Doc, form_of, read_documents
from aicensus.model.declared import Declared, DeclaredFlow, FileConfig, Words, asks
from aicensus.model.errors import UnreadError

MAX_PARTS = 3
"""Links between a point and the part that lends it a model."""
MAX_NODES = 2_000
"""Nodes of one document that are told."""
MAX_LINKS = 5_000
_KEY = "@key"
_WORD = re.compile(r"[^\W\d_]{2,}")
_ARGUMENT = re.compile(r"(?:\$\{\{[^}\n]{0,500}\}\}|\S)+")
"""A word of a command; what a pipeline puts in is one, blanks and all."""
_HOLE = re.compile(r"\$?\{\{[^{}]*\}\}|\$\{[^{}]*\}|\{[\w.#-]+\}")
MAX_COMPARED = 8_000
"""Characters of a value that are compared with globs."""
MAX_SEARCHED = 100_000
"""Characters of a value in which something is looked for."""


class _Node(NamedTuple):
    spec: NodeSpec
    at: Found
    keys: tuple[str, ...]
    """What links name it by."""
    said: Declared
    lent: bool = False
    """It is a part of others."""


def read_config(
    path: str, content: bytes, shapes: Sequence[tuple[ShapesFile, Shape]], provider_of: Callable[[str], str]
) -> tuple[FileConfig, ...]:
    """What the file declares in each of these shapes, given with their catalogue files.

    `provider_of` tells the provider that a model id names, or nothing. Raises UnreadError when the file cannot be read in its form.
    """
    found: list[FileConfig] = []
    read: dict[str, list[Doc]] = {}
    for file, shape in shapes:
        form = shape.form or form_of(path)
        if form not in read:
            read[form] = read_documents(form, content)
        for doc in read[form]:
            reader = _Reader(file, shape, doc, provider_of)
            try:
                found += reader.declared() if reader.fits() else ()
            except (TooManySteps, RecursionError) as error:
                raise UnreadError("too many values to look through") from error
    return tuple(found)


class _Reader:
    """One document in one shape."""

    def __init__(self, file: ShapesFile, shape: Shape, doc: Doc, provider_of: Callable[[str], str]) -> None:
        self._file = file
        self._shape = shape
        self._root = Found(doc, (), ())
        self._steps = Steps()
        self._provider_of = provider_of

    def fits(self) -> bool:
        return self._hold(self._root, self._shape.needs) and not self._any(self._root, self._shape.excludes)

    def declared(self) -> Iterator[FileConfig]:
        links = list(islice(self._links(), MAX_LINKS))
        nodes = [node._replace(lent=_is_lent(node, links)) for node in self._nodes()]
        if all(node.lent or node.spec.as_ == "entry" for node in nodes):
            return
        told = [node for node in nodes if not node.lent]
        said = tuple(self._with_parts(node, nodes, links) if node.spec.takes else node.said for node in told)
        flow = self._flow(told, links) if self._shape.flow else None
        yield FileConfig(self._file.config, self._shape.name, self._shape.code, said, flow)

    # -- nodes ---------------------------------------------------------------------------------------------------

    def _nodes(self) -> list[_Node]:
        """Nodes in the order of the document, the first MAX_NODES; one that several rows speak of is told by the first."""
        return sorted(islice(self._told(), MAX_NODES), key=lambda node: node.at.doc.line)

    def _told(self) -> Iterator[_Node]:
        taken: set[tuple[str, ...]] = set()
        for spec in self._shape.nodes:
            for at in find(self._root, spec.at, self._steps):
                if at.trail in taken and spec.as_ in ("point", "part"):
                    continue
                if self._hold(at, spec.when) and not self._any(at, spec.unless):
                    if spec.as_ in ("point", "part"):
                        taken.add(at.trail)
                    yield _Node(spec, at, self._keys(at), self._say(spec, at))

    def _keys(self, at: Found) -> tuple[str, ...]:
        held = (self._value((place,), at) for place in self._shape.key)
        return tuple(doc.text for doc in held if doc is not None and doc.text) or (at.key,)

    def _say(self, spec: NodeSpec, at: Found) -> Declared:
        written = self._set_here(self._text(spec.model, at), at)
        model = self._with_names(self._set_here(self._text(spec.model, at, named=True), at))
        given = model != written
        defaulted = model is None and "model" in spec.defaults
        model = spec.defaults["model"] if defaulted else model
        model = _formatted(model, spec.model_format)
        settings = {name: text for name, places in spec.settings.items() if (text := self._shown(places, at)) is not None}
        for name, value in spec.defaults.items():
            if name != "model" and name not in settings:
                settings[name] = f"default: {value}"
        return Declared(
            spec.as_ if spec.as_ != "part" else "point",
            self._text(spec.id, at) or at.way or "<document>",
            at.doc.line,
            at.doc.end_line,
            self._kind(spec, at, model),
            self._provider(spec, at, model),
            model,
            defaulted,
            tuple(sorted(settings.items())),
            tuple(self._words(spec.prompts, at)),
            self._text(spec.call, at) or "",
            self._text(spec.purpose, at) or "",
            spec.tool,
            _formatted(self._text(spec.name, at), spec.name_format) or "",
            given=given,
        )

    @staticmethod
    def _set_here(text: str | None, at: Found) -> str | None:
        """The text, or what the node's own environment sets the variable to that it names."""
        named = re.fullmatch(r"\$[({]?(\w+)[)}]?", text or "")
        for key in ("env", "environment") if named else ():
            if (held := at.doc.get(key)) is not None and named and (value := _variable(held, (named[1],))) is not None and value.text:
                return value.text
        return text

    def _kind(self, spec: NodeSpec, at: Found, model: str | None) -> str:
        value = self._text(spec.kind_at, at) if spec.kind_at else model
        return next((kind for glob, kind in spec.kinds.items() if value and _is(value, glob)), spec.kind)

    def _provider(self, spec: NodeSpec, at: Found, model: str | None) -> str:
        named = self._text(spec.provider_at, at) if spec.provider_at else None
        if named is not None:
            known = (*spec.providers.items(), *self._file.providers.items())
            by_name = next((provider for glob, provider in known if _is(named, glob)), "")
            if by_name:
                return by_name
        return spec.provider or (self._provider_of(model) if model else "")

    def _words(self, prompts: Iterable[PromptPlace], at: Found) -> Iterator[Words]:
        for prompt in prompts:
            for base in find(self._root if prompt.root else at, prompt.at, self._steps):
                doc = self._value(prompt.text, base)
                if doc is None or not doc.text or not doc.text.strip():
                    continue
                role = next((d.text for p in [prompt.role_at] if p for d in self._docs(p, base) if d.text), prompt.role)
                if prompt.file:
                    yield Words(doc.text.strip(), doc.line, doc.end_line, role, True)
                elif prompt.split:
                    yield from _pieces(doc, prompt.split, role)
                elif speaks(doc.text):
                    yield Words(doc.text, doc.line, doc.end_line, role)

    # -- values --------------------------------------------------------------------------------------------------

    def _docs(self, path: str, at: Found) -> Iterator[Doc]:
        for found in find(at, path, self._steps):
            yield found.doc

    def _text(self, places: Places, at: Found, *, named: bool = False) -> str | None:
        doc = self._value(places, at, named=named)
        text = doc.text.strip() if doc is not None and doc.text else ""
        return text or None

    def _shown(self, places: Places, at: Found) -> str | None:
        """A setting as text; `set` where it is a list or a mapping."""
        doc = self._value(places, at, whole=True)
        return None if doc is None else doc.text if doc.text is not None else "set" if doc.value else None

    def _value(self, places: Places, at: Found, *, whole: bool = False, named: bool = False) -> Doc | None:
        """The first value at these places: a text, a list of texts as one, or with `whole` anything.

        With `named`, what the document says under a name stands for the name.
        """
        for place in places:
            spec = Place(at=place) if isinstance(place, str) else place
            if spec.key:
                return Doc(at.key, at.doc.line, at.doc.line)
            for found in find(self._root if spec.root else at, spec.at, self._steps):
                held = found.doc
                if named and held.text:
                    held = Doc(self._with_names(held.text[:MAX_SEARCHED]), held.line, held.end_line)
                doc = _special(spec, held)
                if doc is not None and (whole or doc.text):
                    return doc
        return None

    def _with_names(self, text: str | None) -> str | None:
        """A text with what the document says under each name in it, where it says something."""
        for spec in self._shape.names if text else ():
            text = re.sub(spec.match, partial(self._under, spec), text or "")
        return text

    def _under(self, spec: NamedSpec, found: re.Match[str]) -> str:
        values = (doc.text for path in spec.at for doc in self._docs(path.replace("{}", found[1]), self._root))
        return next(filter(None, values), found[0])

    def _hold(self, at: Found, conditions: Mapping[str, Globs]) -> bool:
        return all(self._holds(at, path, globs) for path, globs in conditions.items())

    def _any(self, at: Found, conditions: Mapping[str, Globs]) -> bool:
        return any(self._holds(at, path, globs) for path, globs in conditions.items())

    def _holds(self, at: Found, path: str, globs: Globs) -> bool:
        wanted = (globs,) if isinstance(globs, str) else globs
        texts = [at.key] if path == _KEY else [doc.text if doc.text is not None else "" for doc in self._docs(path, at)]
        for glob in wanted:
            if glob.startswith("!"):
                if not any(_is(text, glob[1:]) for text in texts):
                    return True
            elif any(_is(text, glob) for text in texts):
                return True
        return False

    # -- links ---------------------------------------------------------------------------------------------------

    def _links(self) -> Iterator[tuple[str, str, str]]:
        """Source, target and type of each link."""
        for spec in self._shape.links:
            for at in find(self._root, spec.at, self._steps):
                source, target, kind = (self._end(text, at) for text in (spec.source, spec.target, spec.type))
                if source and target:
                    yield source, target, kind

    def _end(self, text: str, at: Found) -> str:
        if text.startswith("@"):
            number = int(text[1:]) - 1
            return at.caught[number] if number < len(at.caught) else ""
        return (self._text((text,), at) or "") if text else ""

    def _with_parts(self, node: _Node, nodes: Sequence[_Node], links: Sequence[tuple[str, str, str]]) -> Declared:
        said = node.said
        for part in self._parts(node, nodes, links, 0):
            lent = part.said
            own = said.model is not None and (lent.model is None or not said.defaulted)
            said = msgspec.structs.replace(
                said,
                provider=said.provider or lent.provider,
                model=said.model if own else lent.model,
                defaulted=said.defaulted if own else lent.defaulted,
                settings=tuple(sorted({**dict(lent.settings), **dict(said.settings)}.items())),
                words=(*said.words, *lent.words),
            )
        return said

    def _parts(self, node: _Node, nodes: Sequence[_Node], links: Sequence[tuple[str, str, str]], depth: int) -> Iterator[_Node]:
        for source, target, kind in links:
            if target in node.keys and any(globbed(glob).fullmatch(kind) for glob in node.spec.takes):
                for part in nodes:
                    if part.lent and source in part.keys:
                        yield part
                        if part.spec.takes and depth < MAX_PARTS:
                            yield from self._parts(part, nodes, links, depth + 1)

    def _flow(self, told: Sequence[_Node], links: Sequence[tuple[str, str, str]]) -> DeclaredFlow | None:
        points = [number for number, node in enumerate(told) if asks(node.said)]
        if not points:
            return None
        entries = tuple(number for number, node in enumerate(told) if node.spec.as_ == "entry")
        name = self._text(self._shape.flow_name, self._root) or ""
        after = _following(told, points, links)
        return DeclaredFlow(name, self._root.doc.line, _ordered(points, after), tuple(after), entries)


def _is_lent(node: _Node, links: Sequence[tuple[str, str, str]]) -> bool:
    if node.spec.as_ == "part":
        return True
    out = [kind for source, _, kind in links if source in node.keys] if node.spec.lends else []
    return bool(out) and all(any(globbed(glob).fullmatch(kind) for glob in node.spec.lends) for kind in out)


def _following(told: Sequence[_Node], points: Sequence[int], links: Sequence[tuple[str, str, str]]) -> list[tuple[int, int]]:
    """Pairs of points of which the second follows the first, directly or over nodes that are no points."""
    ways: dict[str, list[str]] = {}
    for source, target, _ in links:
        ways.setdefault(source, []).append(target)
    by_key = {key: number for number in points for key in told[number].keys}
    found = []
    for number in points:
        seen: set[str] = set()
        stack = [key for own in told[number].keys for key in ways.get(own, ())]
        while stack:
            key = stack.pop()
            if key in seen:
                continue
            seen.add(key)
            if key in by_key:
                found.append((number, by_key[key]))
            else:
                stack += ways.get(key, ())
    return sorted({pair for pair in found if pair[0] != pair[1]})


def _ordered(points: Sequence[int], after: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """The points, each after those it follows where there is no circle; else in the order of the document."""
    waiting = dict.fromkeys(points, 0)
    followers: dict[int, list[int]] = {}
    for first, second in after:
        waiting[second] += 1
        followers.setdefault(first, []).append(second)
    ready = [number for number in points if not waiting[number]]
    done: dict[int, None] = {}
    while len(done) < len(points):
        # In a circle nothing is ready: the first of the document begins.
        number = heappop(ready) if ready else next(n for n in points if n not in done)
        if number in done:
            continue
        done[number] = None
        for follower in followers.get(number, ()):
            waiting[follower] -= 1
            if not waiting[follower]:
                heappush(ready, follower)
    return tuple(done)


# -- special places ----------------------------------------------------------------------------------------------------


def _special(place: Place, doc: Doc) -> Doc | None:
    """The value that a place takes out of the node it leads to."""
    if place.flag:
        return _option(doc, place.flag)
    if place.env:
        return _variable(doc, place.env)
    if doc.text is None and (elements := doc.elements()) and all(e.text is not None for e in elements):
        doc = Doc("\n".join(e.text or "" for e in elements), doc.line, doc.end_line)
    if place.match:
        found = re.search(place.match, (doc.text or "")[:MAX_SEARCHED])
        return Doc(found[1], doc.line, doc.end_line) if found and found[1] else None
    return doc


def _formatted(text: str | None, form: str) -> str | None:
    return form.replace("{}", text) if text and form else text


def _is(text: str, glob: str) -> bool:
    """Whether a glob fits a text; the end of a very long one does not count."""
    return globbed(glob).fullmatch(text[:MAX_COMPARED]) is not None


def _option(doc: Doc, names: Sequence[str]) -> Doc | None:
    """What follows `--name` in a command, which is one text or a list of words."""
    words: list[tuple[str, Doc]] = []
    for part in doc.elements() or [doc]:
        words += [(word.strip("\"'\\"), part) for word in _ARGUMENT.findall((part.text or "")[:MAX_SEARCHED])]
    for number, (word, part) in enumerate(words):
        name, equals, value = word.partition("=")
        if name in names:
            if equals and value:
                return Doc(value, part.line, part.end_line)
            if number + 1 < len(words) and not equals:
                return Doc(words[number + 1][0], words[number + 1][1].line, words[number + 1][1].end_line)
    return None


def _variable(doc: Doc, names: Sequence[str]) -> Doc | None:
    """The value of an environment variable: in a mapping, in a list of `{name, value}`, or in a list of `NAME=value`."""
    for name in names:
        if (held := doc.get(name)) is not None and held.text:
            return held
        for element in doc.elements():
            named = element.get("name")
            if named is not None and named.text == name and (value := element.get("value")) is not None:
                return value
            if element.text and element.text.startswith(f"{name}="):
                return Doc(element.text.partition("=")[2], element.line, element.end_line)
    return None


def speaks(text: str) -> bool:
    """Whether a text says something beside its placeholders."""
    return not text.startswith("={{") and len(_WORD.findall(_HOLE.sub(" ", text.removeprefix("=")))) > 1


def _pieces(doc: Doc, split: str, role: str) -> Iterator[Words]:
    """The words of each role, in the order of the text."""
    text = doc.text or ""
    start = 0
    marks = [*re.finditer(split, text, re.MULTILINE), None]
    for mark in marks:
        end = mark.start() if mark else len(text)
        piece = text[start:end]
        if speaks(piece):
            first = doc.line + text[:start].count("\n") + len(piece) - len(piece.lstrip("\n"))
            yield Words(piece.strip("\n"), first, first + piece.strip("\n").count("\n"), role)
        if mark:
            role, start = mark[1], mark.end()
