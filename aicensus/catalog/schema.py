"""Records of the catalogue files, as strict as msgspec makes them: a key that is not here is an error.

`*Row` records are what look-ups return: they carry the SDK's name and provider and full type names (`openai-python.client`).
"""

from __future__ import annotations

import datetime
import fnmatch
from collections.abc import Collection
from typing import Any, Literal, get_args

import msgspec

Language = Literal["python", "javascript", "java", "go", "csharp", "kotlin", "ruby", "php", "rust", "scala", "swift", "shell"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
ALSO: dict[str, tuple[Language, ...]] = {"kotlin": ("java",), "scala": ("java",)}
"""Languages whose programs use the libraries of another under the same names."""
Kind = Literal[
    "chat",
    "completion",
    "embedding",
    "rerank",
    "image",
    "audio",
    "video",
    "moderation",
    "classifier",
    "decision",
    "realtime",
    "agent",
]
StateKind = Literal["vector_store", "database", "cache", "queue", "object_store", "session", "memory", "file"]
Access = Literal["read", "write", "both"]
EntryKind = Literal["http", "cli", "task", "schedule", "lambda", "main", "notebook", "bot", "library", "script", "event"]
Scalar = str | int | float | bool | None


class Slot:
    """Where an argument stands: names (keywords, or keys of an object argument, nested with dots) and positions from 0.

    `order` keeps both as written; the first that is present wins. An empty slot is false.
    """

    __slots__ = ("names", "order", "positions")

    def __init__(self, order: tuple[str | int, ...] = ()) -> None:
        self.order = order
        self.names: tuple[str, ...] = tuple(item for item in order if isinstance(item, str))
        self.positions: tuple[int, ...] = tuple(item for item in order if isinstance(item, int))

    def __bool__(self) -> bool:
        return bool(self.order)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Slot) and self.order == other.order

    def __hash__(self) -> int:
        return hash(self.order)

    def __repr__(self) -> str:
        return f"Slot({self.order!r})"


NO_SLOT = Slot()


def _absent() -> Any:
    # a factory, because msgspec cannot write a default of our own type into the JSON Schema
    return msgspec.field(default_factory=lambda: NO_SLOT)


class Condition:
    """`when: {0: bedrock-runtime, service_name: bedrock-runtime}`: the argument at `slot` is a constant out of `values`."""

    __slots__ = ("slot", "values")

    def __init__(self, slot: Slot, values: frozenset[Scalar]) -> None:
        self.slot = slot
        self.values = values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and (self.slot, self.values) == (other.slot, other.values)

    def __hash__(self) -> int:
        return hash((self.slot, self.values))

    def __repr__(self) -> str:
        return f"Condition({self.slot!r}, {sorted(map(str, self.values))})"


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Slots(_Record, frozen=True, kw_only=True):
    """Places of the arguments that matter, the same names for constructors and calls."""

    model: Slot = _absent()
    prompt: Slot = _absent()
    system: Slot = _absent()
    temperature: Slot = _absent()
    max_tokens: Slot = _absent()
    timeout: Slot = _absent()
    retries: Slot = _absent()
    schema: Slot = _absent()
    tools: Slot = _absent()
    seed: Slot = _absent()
    stop: Slot = _absent()
    stream: Slot = _absent()
    base_url: Slot = _absent()
    state_id: Slot = _absent()
    dimensions: Slot = _absent()
    name: Slot = _absent()
    objects: Slot = _absent()
    """Arguments holding another object whose model and prompt count as this one's."""
    remote_prompt: Slot = _absent()
    """Prompt or agent that lives at the provider, by its name or id."""
    remote_version: Slot = _absent()
    """The version of it that is meant."""
    provider_slot: Slot = _absent()
    """Argument that names the provider."""


SLOT_NAMES: tuple[str, ...] = Slots.__struct_fields__


class FromSpec(Slots, frozen=True, kw_only=True):
    callee: str
    provider: str = ""
    defaults: dict[str, Scalar] = {}
    when: Condition | None = None
    tech: str = ""
    kind: str = ""


class FromRow(FromSpec, frozen=True, kw_only=True):
    sdk: str


class Construct(msgspec.Struct, frozen=True):
    """A call that gives an instance of `type`, and the row that says what its arguments mean."""

    type: str
    row: FromRow


class TypeSpec(_Record, frozen=True, kw_only=True):
    name: str
    sources: tuple[FromSpec, ...] = msgspec.field(default=(), name="from")
    slots: Slots | None = None
    """Slots of every `from` row that does not give them itself."""
    annotations: tuple[str, ...] = ()
    provider: str = ""
    """Provider of an instance of which only the type is known."""
    values: tuple[str, ...] = ()
    """Attribute paths that are instances, without any call."""
    same: tuple[str, ...] = ()
    """Members that lead to the type again; `*` is every member that no inference row names."""
    members: dict[str, str] = {}
    bases: tuple[str, ...] = ()
    compose: tuple[str, ...] = ()
    composes_to: str = ""
    composes_unknown: str = ""
    """Type of the composition with something that is not known: what a prompt is piped into is a model."""
    call: str = ""


class CallSpec(Slots, frozen=True, kw_only=True):
    callee: str
    kind: Kind
    provider: str = ""
    defaults: dict[str, Scalar] = {}
    when: Condition | None = None
    strong: bool | Literal["any"] = False
    receiver: tuple[str, ...] = ()
    """Globs for the last name of an unresolved receiver, lower case; only with `strong`."""
    require: tuple[str | int, ...] = ()
    forbid: tuple[str | int, ...] = ()
    lazy: bool = False
    any_kind: bool = False
    """The call runs any kind of model; the names of the model and of the function around it say which."""
    declares: Slot = _absent()
    """Argument of this call or of one before it in its chain: a class whose decorated methods are the points in its place."""
    settled: bool = False
    """What is called says what for: a compiled graph, an index."""
    result: str = ""


class CallRow(CallSpec, frozen=True, kw_only=True):
    """`result` is a full type name or empty; `chain` the members after the type or module, as strong matches compare them."""

    sdk: str

    def accepts(self, names: Collection[str], positions: int = 0, *, spread: bool = False) -> bool:
        """Say whether arguments with these names, and so many positional ones, satisfy `require` and `forbid`.

        An entry `a|b` is satisfied by either, an integer by that position. A spread argument may hold anything, so it
        satisfies `require`.
        """

        def given(entry: str | int) -> bool:
            return entry < positions if isinstance(entry, int) else any(option in names for option in entry.split("|"))

        return (spread or all(map(given, self.require))) and not any(map(given, self.forbid))

    def stands_on(self, receiver: str) -> bool:
        """Whether a method of an object of this name may be the one of a `strong` row; any name will do where the row names none."""
        return not self.receiver or any(fnmatch.fnmatchcase(receiver.lower(), pattern) for pattern in self.receiver)


class FunctionSpec(Slots, frozen=True, kw_only=True):
    callee: str
    result: str = ""
    defaults: dict[str, Scalar] = {}
    among: Slot = _absent()
    """Arguments of the constructor with tables of objects, of which the call gives the one of that `name`."""


class FunctionRow(FunctionSpec, frozen=True, kw_only=True):
    sdk: str


class PromptSpec(_Record, frozen=True, kw_only=True):
    callee: str
    role: str = ""
    text: Slot = _absent()
    remote: Slot = _absent()
    name: Slot = _absent()
    version: Slot = _absent()
    file: Slot = _absent()
    result: str = ""


class PromptRow(PromptSpec, frozen=True, kw_only=True):
    sdk: str


class DecoratorSpec(Slots, frozen=True, kw_only=True):
    callee: str
    kind: Kind | Literal["tool"]
    provider: str = ""
    defaults: dict[str, Scalar] = {}
    lazy: bool = False
    result: str = ""
    doc: Literal["", "system", "user"] = ""
    """Role in which the docstring of the function is text for the model; empty where it is not."""
    returns: bool = False
    """Whether what the function returns is text for the model."""


class DecoratorRow(DecoratorSpec, frozen=True, kw_only=True):
    sdk: str


class CollectionSpec(_Record, frozen=True, kw_only=True):
    """A decorator of a class that fills attributes with what decorated methods give and with data files."""

    callee: str
    gathers: dict[str, str] = {}
    """Attribute by the name of the same library's decorator on the methods whose results it holds."""
    files: dict[str, str] = {}
    """Attribute by the data file beside the class that it holds, unless the class assigns the path of another."""


class CollectionRow(CollectionSpec, frozen=True, kw_only=True):
    sdk: str


class StateSpec(_Record, frozen=True, kw_only=True):
    callee: str
    kind: StateKind
    tech: str
    access: Access
    name: Slot = _absent()
    key: Slot = _absent()
    model: Slot = _absent()
    objects: Slot = _absent()
    require: tuple[str | int, ...] = ()
    forbid: tuple[str | int, ...] = ()
    kept: bool = False
    """Counts where what the call gives gets a name: nobody else can come back to what is handed on at once."""
    result: str = ""


class StateRow(StateSpec, frozen=True, kw_only=True):
    sdk: str


class EntrySpec(_Record, frozen=True, kw_only=True):
    kind: EntryKind
    decorator: str = ""
    callee: str = ""
    base: str = ""
    path: str = ""
    function: str = ""
    name: Slot = _absent()
    handler: Slot = _absent()
    methods: tuple[str, ...] = ()
    exports: tuple[str, ...] = ()


class EntryRow(EntrySpec, frozen=True, kw_only=True):
    sdk: str


class TracerSpec(_Record, frozen=True, kw_only=True):
    callee: str
    kind: Literal["tracer", "logger"]
    name: str


class TracerRow(TracerSpec, frozen=True, kw_only=True):
    sdk: str


class ExpectedPoint(_Record, frozen=True, kw_only=True):
    line: int
    kind: Kind
    model: str | None = None
    provider: str | None = None
    system: str | None = None
    prompt: str | None = None
    confidence: str | None = None
    role: str | None = None


class ExpectedState(_Record, frozen=True, kw_only=True):
    line: int
    kind: StateKind
    tech: str | None = None
    access: Access | None = None
    name: str | None = None


class ExpectedEntry(_Record, frozen=True, kw_only=True):
    line: int
    kind: EntryKind
    name: str | None = None


class ExpectedTracer(_Record, frozen=True, kw_only=True):
    line: int
    name: str


class Example(_Record, frozen=True, kw_only=True):
    """A file and exactly what must be found in it; a list that is None is not checked."""

    code: str
    path: str = ""
    finds: tuple[ExpectedPoint, ...] | None = None
    states: tuple[ExpectedState, ...] | None = None
    entries: tuple[ExpectedEntry, ...] | None = None
    tracers: tuple[ExpectedTracer, ...] | None = None


class Sdk(_Record, frozen=True, kw_only=True):
    """One file of the catalogue."""

    sdk: str
    language: Language
    provider: str = ""
    packages: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    types: tuple[TypeSpec, ...] = ()
    calls: tuple[CallSpec, ...] = ()
    functions: tuple[FunctionSpec, ...] = ()
    prompts: tuple[PromptSpec, ...] = ()
    decorators: tuple[DecoratorSpec, ...] = ()
    collections: tuple[CollectionSpec, ...] = ()
    state: tuple[StateSpec, ...] = ()
    entry_points: tuple[EntrySpec, ...] = ()
    tracers: tuple[TracerSpec, ...] = ()
    examples: tuple[Example, ...] = ()


class HostSpec(_Record, frozen=True, kw_only=True):
    host: str
    provider: str


class PathSpec(_Record, frozen=True, kw_only=True):
    suffix: str
    kind: Kind
    provider: str = ""
    strong: bool = False
    """Matched without a known host."""
    body: tuple[str, ...] = ()
    """Keys of the request body with which no known host is needed; `a|b` is satisfied by either."""


class ShapeSpec(_Record, frozen=True, kw_only=True):
    """A request body that speaks for itself, whatever the address."""

    keys: tuple[str, ...]
    kind: Kind
    named: tuple[str, ...] = ()
    """Words of which one must stand in the name of a function or class around the request; none where the keys are enough."""


class CallerSpec(_Record, frozen=True, kw_only=True):
    language: Language
    callee: str
    url: Slot
    body: Slot = _absent()
    timeout: Slot = _absent()


class BodySpec(_Record, frozen=True, kw_only=True):
    """Keys of a request body."""

    model: tuple[str, ...] = ()
    prompt: tuple[str, ...] = ()
    system: tuple[str, ...] = ()
    temperature: tuple[str, ...] = ()
    max_tokens: tuple[str, ...] = ()
    schema: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    seed: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    stream: tuple[str, ...] = ()


class HttpFile(_Record, frozen=True, kw_only=True):
    hosts: tuple[HostSpec, ...] = ()
    paths: tuple[PathSpec, ...] = ()
    callers: tuple[CallerSpec, ...] = ()
    shapes: tuple[ShapeSpec, ...] = ()
    body: BodySpec = BodySpec()


class ModelFact(_Record, frozen=True, kw_only=True):
    """What is known of a model at one provider; None is not known.

    `id` may end in `*` (a dated or numbered snapshot of the name) or `**` (anything). Prices are USD per million tokens,
    `window` and `output` tokens. On `retires` calls begin to fail; on `reroutes` another model begins to answer.
    """

    provider: str
    id: str
    kind: Kind | None = None
    window: int | None = None
    output: int | None = None
    dimensions: int | None = None
    sampling: bool | None = None
    """False: temperature and its like are refused."""
    floating: bool = False
    """The name moves to other weights without a change of code."""
    retires: datetime.date | None = None
    reroutes: datetime.date | None = None
    replacement: str = ""
    source: str = ""
    as_of: datetime.date | None = None
    input_price: float | None = None
    output_price: float | None = None


class PackagesSpec(_Record, frozen=True, kw_only=True):
    """Packages of one SDK in the manifests of one ecosystem; a name may end in `*`."""

    ecosystem: Literal["pypi", "npm", "maven", "go", "nuget", "rubygems", "packagist", "cargo", "hex", "pub", "swift"]
    sdk: str
    packages: tuple[str, ...]


class PackagesFile(_Record, frozen=True, kw_only=True):
    """Packages of SDKs whose calls the catalogue does not describe."""

    dependencies: tuple[PackagesSpec, ...]


class Aliases(_Record, frozen=True, kw_only=True):
    """How platforms decorate a model id: patterns to strip from its ends, and names that mean another."""

    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    same: dict[str, str] = {}


class ModelsFile(_Record, frozen=True, kw_only=True):
    as_of: datetime.date
    source: str = ""
    """Of rows that do not name their own; likewise `as_of`."""
    models: tuple[ModelFact, ...] = ()
    aliases: Aliases = Aliases()


def decode_special(kind: type, value: Any) -> Any:
    """Hook of msgspec for `Slot` and `Condition`; raises ValueError or TypeError, which msgspec places."""
    if kind is Slot:
        return _slot(value)
    if kind is Condition:
        return _condition(value)
    raise NotImplementedError(kind)


def _slot(value: Any) -> Slot:
    if not isinstance(value, list) or not value:
        raise ValueError("a list of argument names and positions is expected")
    for item in value:
        if isinstance(item, bool) or not isinstance(item, str | int):
            raise TypeError(f"`{item}` is neither an argument name nor a position")
    return Slot(tuple(value))


def _condition(value: Any) -> Condition:
    if not isinstance(value, dict) or not value:
        raise ValueError("a mapping of argument name or position to its value is expected")
    values: set[Scalar] = set()
    for item in value.values():
        values.update(item if isinstance(item, list) else [item])
    return Condition(Slot(tuple(value)), frozenset(values))


def catalog_schema() -> dict[str, Any]:
    """Return the JSON Schema of an SDK file."""
    return msgspec.json.schema(Sdk, schema_hook=_special_schema)


def _special_schema(kind: type) -> dict[str, Any]:
    if kind is Slot:
        return {"type": "array", "items": {"type": ["string", "integer"]}, "minItems": 1}
    if kind is Condition:
        return {"type": "object", "minProperties": 1}
    raise NotImplementedError(kind)
