"""What `link` asks of the catalogue of one language. Tables are built when first asked, rows completed when first found."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, wraps
from typing import Any, Concatenate, Literal, NamedTuple, ParamSpec, TypeVar

import msgspec

from aicensus.catalog.pattern import Table, expand
from aicensus.catalog.schema import (
    SLOT_NAMES,
    CallRow,
    CollectionRow,
    Construct,
    DecoratorRow,
    EntryRow,
    FromRow,
    FunctionRow,
    PromptRow,
    Sdk,
    StateRow,
    TracerRow,
    TypeSpec,
)

R = TypeVar("R")
A = TypeVar("A")
P = ParamSpec("P")
_TYPE = re.compile(r"<([^<>]*)>")
Purpose = Literal["ask", "keep", "trace", "enter"]
"""What a call is looked up for: an inference, state, a tracer, an entry point that it registers."""


class TypeInfo(NamedTuple):
    sdk: Sdk
    spec: TypeSpec
    name: str
    lineage: tuple[str, ...]
    """The type and its bases, nearest first."""


class _Place(NamedTuple):
    """A row as written and the file it stands in."""

    sdk: Sdk
    spec: Any
    owner: str = ""
    """Type whose `from` row it is."""


def type_name(sdk: Sdk, name: str) -> str:
    """Full name of a type as a file writes it."""
    return name if "." in name else f"{sdk.sdk}.{name}"


def patterns(sdk: Sdk, text: str) -> list[str]:
    """Alternatives of a pattern of this file, with full type names. Raises PatternError."""
    found = expand(text)
    if "<" not in text:
        return found
    return [_TYPE.sub(lambda match: f"<{type_name(sdk, match.group(1))}>", alternative) for alternative in found]


def _remembered(method: Callable[Concatenate[LanguageCatalog, P], A]) -> Callable[Concatenate[LanguageCatalog, P], A]:
    """Keep the answers of a look-up: linking asks the same paths again and again."""
    name = method.__name__

    @wraps(method)
    def answer(self: LanguageCatalog, /, *key: P.args, **named: P.kwargs) -> A:
        known = self._answers[name]
        try:
            found: A = known[key]
        except KeyError:
            found = known[key] = method(self, *key, **named)
        return found

    return answer


class LanguageCatalog:
    """The look-ups of one language over its SDK files. Paths are written as the linker writes them."""

    def __init__(self, sdks: Sequence[Sdk], senders: Sequence[str] = ()) -> None:
        """`senders` are the patterns of functions of any library that send requests."""
        self.sdks = tuple(sdks)
        self._senders = tuple(senders)
        self._rows: dict[int, Any] = {}
        self._answers: defaultdict[str, dict[Any, Any]] = defaultdict(dict)
        self._modules_found: dict[str, tuple[str, ...]] = {}

    # types

    @cached_property
    def types(self) -> Mapping[str, TypeInfo]:
        """Every type by its full name."""
        specs = {type_name(sdk, spec.name): (sdk, spec) for sdk in self.sdks for spec in sdk.types}
        return {name: TypeInfo(sdk, spec, name, tuple(_lineage(name, specs))) for name, (sdk, spec) in specs.items()}

    @_remembered
    def constructs(self, path: str) -> tuple[Construct, ...]:
        """Every row for which calling `path` gives a typed object; those with a `when` first, for the caller to check."""
        found = [self._construct(place) for place in self._inherited(self._constructors, path)]
        return tuple(sorted(found, key=lambda construct: construct.row.when is None))

    @_remembered
    def construct(self, path: str) -> Construct | None:
        """The object that calling `path` gives whatever its arguments are."""
        return next((found for found in self.constructs(path) if found.row.when is None), None)

    @_remembered
    def annotation(self, path: str) -> str | None:
        """Type that an annotation, or a constructor's path used as one, means."""
        found = self._annotations.find(path)
        if found:
            return found[0]
        construct = self.construct(path)
        return construct.type if construct else None

    @_remembered
    def value(self, path: str) -> str | None:
        """Type of an attribute path that is an instance without being called (`Settings.llm`)."""
        found = self._values.find(path)
        return found[0] if found else None

    @_remembered
    def member(self, type: str, member: str) -> str | None:
        """Type of an attribute or method result of an instance; None when it is not listed."""
        info = self.types.get(type)
        for name in info.lineage if info else ():
            base = self.types[name]
            if member in base.spec.members:
                return type_name(base.sdk, base.spec.members[member])
            if member in base.spec.same or ("*" in base.spec.same and not self.calls(f"<{type}>.{member}")):
                return type
        return None

    @_remembered
    def compose(self, type: str, op: str) -> str | None:
        """Type of `instance op other`."""
        info = self.types.get(type)
        for name in info.lineage if info else ():
            base = self.types[name]
            if op in base.spec.compose:
                return type_name(base.sdk, base.spec.composes_to) if base.spec.composes_to else type
        return None

    @_remembered
    def compose_unknown(self, type: str, op: str) -> str | None:
        """Type of `instance op other` where nothing is known of the other."""
        info = self.types.get(type)
        for name in info.lineage if info else ():
            base = self.types[name]
            if op in base.spec.compose and base.spec.composes_unknown:
                return type_name(base.sdk, base.spec.composes_unknown)
        return None

    @_remembered
    def call_type(self, type: str) -> str | None:
        """Type of `instance(...)` where that is not an inference."""
        info = self.types.get(type)
        for name in info.lineage if info else ():
            base = self.types[name]
            if base.spec.call:
                return type_name(base.sdk, base.spec.call)
        return None

    # rows

    @_remembered
    def calls(self, path: str) -> tuple[CallRow, ...]:
        """Inference rows of a callee path, the nearest type's first, in the order of their files."""
        return tuple(self._call(place) for place in self._inherited(self._calls, path))

    @_remembered
    def may_end_with(self, name: str, purpose: Purpose) -> bool:
        """Whether a callee of this last name may have a row for the purpose, or make the object that has one."""
        return any(table.may_end_with(name) for table in self._tables[purpose]) or (purpose == "ask" and name in self._strong_names)

    @cached_property
    def _tables(self) -> dict[Purpose, tuple[Table[Any], ...]]:
        return {
            "ask": (self._calls, self._decorators, self._values),
            "keep": (self._state, self._stores),
            "trace": (self._tracers,),
            "enter": (self._entries["callee"],),
        }

    def call(self, path: str) -> CallRow | None:
        return next(iter(self.calls(path)), None)

    @_remembered
    def function(self, path: str) -> FunctionRow | None:
        return self._first(self._functions, path, self._finish(FunctionRow))

    @_remembered
    def prompt(self, path: str) -> PromptRow | None:
        return self._first(self._prompts, path, self._finish(PromptRow))

    @_remembered
    def decorator(self, path: str) -> DecoratorRow | None:
        return self._first(self._decorators, path, self._finish(DecoratorRow))

    @_remembered
    def collection(self, path: str) -> CollectionRow | None:
        return self._first(self._collections, path, self._finish(CollectionRow))

    @_remembered
    def state(self, path: str) -> StateRow | None:
        return self._first(self._state, path, self._finish(StateRow))

    @_remembered
    def tracer(self, path: str) -> TracerRow | None:
        return self._first(self._tracers, path, self._finish(TracerRow))

    @_remembered
    def entry_decorator(self, path: str) -> EntryRow | None:
        return self._first(self._entries["decorator"], path, self._finish(EntryRow))

    @_remembered
    def entry_callee(self, path: str) -> EntryRow | None:
        return self._first(self._entries["callee"], path, self._finish(EntryRow))

    @_remembered
    def entry_base(self, path: str) -> EntryRow | None:
        return self._first(self._entries["base"], path, self._finish(EntryRow))

    @cached_property
    def entry_paths(self) -> tuple[EntryRow, ...]:
        """Rows whose `path` is a pattern of file paths."""
        return tuple(self._entry_rows("path"))

    @cached_property
    def entry_functions(self) -> tuple[EntryRow, ...]:
        """Rows whose `function` is the name of a top-level function, without a `path`."""
        return tuple(row for row in self._entry_rows("function") if not row.path)

    # strong matches, tokens, modules

    @_remembered
    def strong(self, chain: str) -> tuple[CallRow, ...]:
        """Rows with `strong` whose members are the last ones of a dotted chain; the longest match first.

        The chain of an unresolved callee starts with the receiver, which is never compared: `client.messages.create`
        ends with `messages.create`, and `messages.create` only with `create`.
        """
        return tuple(self._match_strong(chain))

    def _match_strong(self, chain: str) -> Iterator[CallRow]:
        parts = chain.split(".")
        seen: set[int] = set()
        for start in range(1, len(parts)):
            for place in self._strong.get(".".join(parts[start:]), ()):
                if id(place.spec) not in seen:
                    seen.add(id(place.spec))
                    yield self._call(place)

    @cached_property
    def strong_tokens(self) -> tuple[str, ...]:
        """Member chains of strong rows (`chat.completions.create`), sorted."""
        return tuple(sorted(self._strong))

    @_remembered
    def words(self, module: str) -> frozenset[str]:
        """Names that stand in the patterns of the SDKs that a module belongs to, and of the senders and ways in that it holds."""
        held = frozenset(self.sdk_of_module(module))
        texts = [text for text in (*self._senders, *self._ways_in) if module in text]
        for sdk in (sdk for sdk in self.sdks if sdk.sdk in held):
            texts += [row.callee for rows in (sdk.calls, sdk.functions, sdk.prompts, sdk.decorators, sdk.state) for row in rows]
            texts += [text for spec in sdk.types for text in (*spec.annotations, *spec.values, *(row.callee for row in spec.sources))]
            texts += [text for entry in sdk.entry_points for text in (entry.decorator, entry.callee, entry.base)]
        return frozenset(word for text in texts for word in re.findall(r"\w+", re.sub(r"<[^>]*>", "", text)))

    def enters(self, path: str) -> bool:
        """Whether a path makes what is so decorated, called or derived a way in."""
        return any(find(path) is not None for find in (self.entry_decorator, self.entry_callee, self.entry_base))

    @cached_property
    def _ways_in(self) -> tuple[str, ...]:
        """Patterns of what entry points are written with."""
        sdks = [sdk for sdk in self.sdks if sdk.entry_points]
        rows = (text for sdk in sdks for row in sdk.entry_points for text in (row.decorator, row.callee, row.base))
        return (*filter(None, rows), *(text for sdk in sdks for spec in sdk.types for text in spec.annotations))

    def sdk_of_module(self, module: str) -> tuple[str, ...]:
        """SDKs one of whose modules is this module or contains it."""
        found = self._modules_found.get(module)
        if found is None:
            ends = [match.start() for match in re.finditer(r"[./]", module)] + [len(module)]
            names = [name for end in ends for name in self._modules.get(module[:end], ())]
            found = self._modules_found[module] = tuple(dict.fromkeys(names))
        return found

    def leads_to_sdk(self, module: str) -> bool:
        """Whether importing this module may import one of an SDK: the module, one inside it, or a package around it."""
        return module in self._packages or bool(self.sdk_of_module(module))

    @cached_property
    def _packages(self) -> frozenset[str]:
        return frozenset(module[: dot.start()] for module in self._modules for dot in re.finditer(r"\.", module))

    @cached_property
    def _modules(self) -> dict[str, list[str]]:
        modules: dict[str, list[str]] = {}
        for sdk in self.sdks:
            for module in sdk.modules:
                modules.setdefault(module, []).append(sdk.sdk)
        return modules

    # tables

    @cached_property
    def _constructors(self) -> Table[_Place]:
        rows = ((sdk, row.callee, _Place(sdk, row, type_name(sdk, spec.name))) for sdk, spec in self._specs() for row in spec.sources)
        return _table(rows)

    @cached_property
    def _stores(self) -> Table[_Place]:
        """Constructors of types that are state themselves."""
        kept = [(sdk, spec) for sdk, spec in self._specs() if self.state(f"<{type_name(sdk, spec.name)}>")]
        return _table((sdk, row.callee, _Place(sdk, row)) for sdk, spec in kept for row in spec.sources)

    @cached_property
    def _annotations(self) -> Table[str]:
        return _table((sdk, text, type_name(sdk, spec.name)) for sdk, spec in self._specs() for text in spec.annotations)

    @cached_property
    def _values(self) -> Table[str]:
        return _table((sdk, text, type_name(sdk, spec.name)) for sdk, spec in self._specs() for text in spec.values)

    @cached_property
    def _calls(self) -> Table[_Place]:
        return self._rows_of(lambda sdk: sdk.calls)

    @cached_property
    def _functions(self) -> Table[_Place]:
        return self._rows_of(lambda sdk: sdk.functions)

    @cached_property
    def _prompts(self) -> Table[_Place]:
        return self._rows_of(lambda sdk: sdk.prompts)

    @cached_property
    def _decorators(self) -> Table[_Place]:
        return self._rows_of(lambda sdk: sdk.decorators)

    @cached_property
    def _collections(self) -> Table[_Place]:
        return self._rows_of(lambda sdk: sdk.collections)

    @cached_property
    def _state(self) -> Table[_Place]:
        return self._rows_of(lambda sdk: sdk.state)

    @cached_property
    def _tracers(self) -> Table[_Place]:
        return self._rows_of(lambda sdk: sdk.tracers)

    @cached_property
    def _entries(self) -> dict[str, Table[_Place]]:
        return {
            key: _table((sdk, getattr(row, key), _Place(sdk, row)) for sdk in self.sdks for row in sdk.entry_points if getattr(row, key))
            for key in ("decorator", "callee", "base")
        }

    @cached_property
    def _strong(self) -> dict[str, list[_Place]]:
        chains: dict[str, list[_Place]] = {}
        for sdk in self.sdks:
            for spec in sdk.calls:
                if spec.strong:
                    for chain in dict.fromkeys(member_chain(sdk, text) for text in patterns(sdk, spec.callee)):
                        chains.setdefault(chain, []).append(_Place(sdk, spec))
        return chains

    @cached_property
    def _strong_names(self) -> frozenset[str]:
        return frozenset(chain.rsplit(".", 1)[-1] for chain in self._strong)

    def _specs(self) -> Iterator[tuple[Sdk, TypeSpec]]:
        return ((sdk, spec) for sdk in self.sdks for spec in sdk.types)

    def _rows_of(self, section: Callable[[Sdk], Iterable[Any]]) -> Table[_Place]:
        return _table((sdk, row.callee, _Place(sdk, row)) for sdk in self.sdks for row in section(sdk))

    def _entry_rows(self, key: str) -> Iterator[EntryRow]:
        finish = self._finish(EntryRow)
        return (finish(_Place(sdk, row)) for sdk in self.sdks for row in sdk.entry_points if getattr(row, key))

    # finding and completing

    def _inherited(self, table: Table[_Place], path: str) -> Iterator[_Place]:
        """Rows of the path; for `<type>.x` those of its bases after its own."""
        if not path.startswith("<"):
            yield from table.find(path)
            return
        name, _, rest = path[1:].partition(">")
        info = self.types.get(name)
        for base in info.lineage if info else (name,):
            yield from table.find(f"<{base}>{rest}")

    def _first(self, table: Table[_Place], path: str, finish: Callable[[_Place], R]) -> R | None:
        place = next(self._inherited(table, path), None)
        return finish(place) if place else None

    def _construct(self, place: _Place) -> Construct:
        return self._once(place, lambda: Construct(place.owner, _from_row(place, self.types[place.owner].spec)))

    def _call(self, place: _Place) -> CallRow:
        return self._once(place, lambda: _complete(CallRow, place))

    def _finish(self, kind: Callable[..., R]) -> Callable[[_Place], R]:
        return lambda place: self._once(place, lambda: _complete(kind, place))

    def _once(self, place: _Place, make: Callable[[], R]) -> R:
        key = id(place.spec)
        if key not in self._rows:
            self._rows[key] = make()
        row: R = self._rows[key]
        return row


def member_chain(sdk: Sdk, text: str) -> str:
    """Members of an alternative after its type, or after the module it starts with."""
    if text.startswith("<"):
        return text[text.index(">") + 1 :].lstrip(".")
    if "#" in text:
        return text.split("#", 1)[1]
    module = max((module for module in sdk.modules if text.startswith(module + ".")), key=len, default="")
    return text[len(module) + 1 :] if module else text


def _table(rows: Iterable[tuple[Sdk, str, R]]) -> Table[R]:
    table: Table[R] = Table()
    for sdk, text, row in rows:
        for alternative in patterns(sdk, text):
            table.add(alternative, row)
    return table


def _lineage(name: str, specs: Mapping[str, tuple[Sdk, TypeSpec]]) -> Iterator[str]:
    """The type, then its bases breadth first; unknown names are left out and cycles end."""
    queue, seen = [name], {name}
    while queue:
        current = queue.pop(0)
        if current not in specs:
            continue
        yield current
        sdk, spec = specs[current]
        bases = [base for base in (type_name(sdk, base) for base in spec.bases) if base not in seen]
        seen.update(bases)
        queue += bases


def _complete(kind: Callable[..., R], place: _Place) -> R:
    fields = msgspec.structs.asdict(place.spec)
    if "provider" in fields:
        fields["provider"] = fields["provider"] or place.sdk.provider
    if fields.get("result"):
        fields["result"] = type_name(place.sdk, fields["result"])
    return kind(sdk=place.sdk.sdk, **fields)


def _from_row(place: _Place, spec: TypeSpec) -> FromRow:
    row = _complete(FromRow, place)
    if spec.slots is None:
        return row
    missing = {name: getattr(spec.slots, name) for name in SLOT_NAMES if not getattr(row, name)}
    return msgspec.structs.replace(row, **missing)
