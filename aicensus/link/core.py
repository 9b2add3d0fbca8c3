"""What all parts of the evaluator share: its limits, its memory, and the questions that the parts ask each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from aicensus.catalog import LANGUAGES, LanguageCatalog
from aicensus.link.applications import Applications
from aicensus.link.paths import Paths
from aicensus.link.project import Module, Project
from aicensus.link.scopes import Scopes
from aicensus.link.values import (
    Class,
    Composite,
    Ext,
    Frame,
    Func,
    Inst,
    Listing,
    Mod,
    Param,
    Partial,
    Scalar,
    Site,
    Text,
    Unknown,
    Value,
    Values,
)
from aicensus.model.facts import (
    Attr,
    Binding,
    Call,
    Const,
    Expr,
    Import,
    Item,
    Map,
    Name,
    Seq,
)
from aicensus.model.facts import Param as Parameter

if TYPE_CHECKING:
    from aicensus.link.flows import Carried, Holder

MAX_VALUES = 32
MANY = Unknown("one of more than can be followed")
"""Stands for the items of a long table that are left out."""
MAX_DEPTH = 48
MAX_FRAMES = 6
MAX_SUBCLASSES = 32
"""With more, an attribute that any of them may set says nothing."""
MAX_OVERRIDES = 16
"""With more, a method that any of them may override says nothing."""
MAX_STEPS = 2_000
"""Expressions looked at for one question."""
MAX_CALLERS = 200
ITERATING = frozenset({"map", "flatMap", "forEach", "filter", "find", "some", "every", "apply"})
WRAPPING = ("typing.", "typing_extensions.", "collections.abc.", "contextlib.")
ROOTED = frozenset({"ruby"})
"""Languages in which names outside of every namespace are seen everywhere, and classes are namespaces."""
VALUED = ("python", "javascript")
"""Languages whose libraries have attributes that are instances without any call."""
Place = tuple[Expr, Module, int, Frame | None]
"""An expression with the module, scope and frame to read it in."""
Handed = Literal["", "callers", "part"]
"""What is made of an object that callers give: nothing, what they put into it, or its part by that name."""


DISPATCHED = -1
"""Shift of a site that starts a workflow, which then runs the method by its decorator or registration."""
STARTERS = ("run", "arun", "kickoff", "kickoff_async", "start", "execute", "invoke", "ainvoke", "stream", "astream", "runStream")
RUNNERS = frozenset(
    [
        "to_thread",
        "run_in_executor",
        "run_in_threadpool",
        "submit",
        "sync_to_async",
        "apply_async",
        "callWithOptions",
        "run_sync",
        "run_async",
        "asyncify",
        "map",
        "starmap",
        "Thread",
        "Process",
        "partial",
        "call_soon",
        "call_soon_threadsafe",
        "wrap",
    ]
)
"""Functions that run the function they are handed with the arguments behind it."""
LAYOUT = frozenset(["strip", "lstrip", "rstrip", "trim", "trimStart", "trimEnd", "toString", "lower", "toLowerCase"])
"""Methods that leave a text's words alone."""
FIELD = re.compile(r"(?:Field|[.#](?:Column|mapped_column|field|attrib|attr|Option|Argument|Query|Body|Header|Form))$")
"""Library calls that declare a field, column or option, with what it holds by default."""
PARSERS = frozenset(
    [
        "builtins.JSON.parse",
        "json.load",
        "json.loads",
        "orjson.loads",
        "yaml.safe_load",
        "yaml.load",
        "yaml.full_load",
        "tomllib.load",
        "tomllib.loads",
        "tomli.load",
        "tomli.loads",
        "toml.load",
        "toml.loads",
        "json5.load",
        "json5.loads",
        "js-yaml#load",
        "js-yaml#default.load",
        "yaml#parse",
        "yaml#default.parse",
        "fs-extra#readJson",
        "fs-extra#readJsonSync",
        "fs-extra#default.readJson",
        "fs-extra#default.readJsonSync",
    ]
)
"""Functions that give the value that the text of a data file spells."""
OBJECTS = (Ext, Func, Class, Inst, Mod, Partial)
"""Values that have members worth following; text and containers of unsettled callers are not."""


CONTAINERS = ("builtins.", "collections.", "weakref.", "types.")
"""Where the library's own containers come from."""


def unique(values: Iterable[Value]) -> Values:
    """Each value once, in order, at most MAX_VALUES."""
    if isinstance(values, tuple) and len(values) < 2:
        return values
    seen: dict[Value, None] = {}
    for value in values:
        if value not in seen:
            seen[value] = None
            if len(seen) >= MAX_VALUES:
                break
    return tuple(seen)


def is_cut(values: Values) -> bool:
    """Whether there are more values than are kept."""
    return len(values) >= MAX_VALUES or MANY in values


class Core:
    """State of one evaluator. The questions below are answered by the parts that `Evaluator` is put together from."""

    def __init__(self, project: Project, catalogs: Callable[[str], LanguageCatalog]) -> None:
        self.project = project
        self._catalogs = catalogs
        self._memo: dict[tuple[object, ...], Values] = {}
        self._active: set[tuple[object, ...]] = set()
        self._partial: dict[tuple[object, ...], Values] = {}
        self._homes: dict[str, LanguageCatalog] = {}
        self._depth = 0
        self._steps = 0
        self._callers: dict[tuple[str, int], tuple[Site, ...]] = {}
        self._finding: set[tuple[str, int]] = set()
        self._bases: dict[tuple[str, int], Values] = {}
        self._deriving = 0
        """How many questions for bases are being answered."""
        self._lineages: dict[tuple[str, int], tuple[list[Class], list[Ext]]] = {}
        self._subclasses: dict[tuple[str, int], tuple[Class, ...]] = {}
        self._parts_of: dict[tuple[str, int], list[Class]] = {}
        """By class: the same class in other files."""
        self._extensions_in: dict[str, dict[str, list[int]]] = {}
        """By file: functions called as if they were methods, by name."""
        self._cut = 0
        self.paths = Paths(self)
        self.applications = Applications(project.paths, project.modules)
        self._scopes = Scopes(project.paths)
        self._tests: dict[str, bool] = {}
        self._frames: dict[Frame, Frame] = {}
        self._places: dict[tuple[object, ...], list[Place]] = {}
        self._carried: dict[str, Carried] = {}
        self._tests_of: dict[str, dict[str, list[int]]] = {}
        """By file: calls that ask whether something is an instance of a class, by how it is written."""
        self._aliased: dict[Holder, tuple[Holder, ...]] = {}

    @contextmanager
    def afresh(self) -> Iterator[None]:
        """Answers a question about the whole project with steps of its own: what it finds is kept for all that ask later."""
        steps, self._steps = self._steps, 0
        try:
            yield
        finally:
            self._steps = steps

    def forget(self) -> None:
        """Let go of everything: nothing can be asked any more. What was found out is in a cycle, which would stay long after its use."""
        self.__dict__.clear()

    def catalog(self, module: Module) -> LanguageCatalog:
        """The catalogue rows of the module's language."""
        return self._catalogs(module.facts.language)

    def rows_of(self, kind: str) -> LanguageCatalog:
        """The catalogue rows of the language that a type belongs to."""
        sdk = kind.partition(".")[0]
        if sdk not in self._homes:
            catalogs = [self._catalogs(language) for language in LANGUAGES]
            self._homes[sdk] = next((c for c in catalogs if any(one.sdk == sdk for one in c.sdks)), catalogs[0])
        return self._homes[sdk]

    def modules(self) -> list[Module]:
        """Modules read so far."""
        return self.project.modules()

    def at(self, path: str) -> Module:
        """The module of a value that evaluation itself produced."""
        module = self.project.module(path)
        assert module is not None
        return module

    def callers(self, path: str, scope: int) -> tuple[Site, ...]:
        raise NotImplementedError

    def flowing(self, path: str, scope: int) -> Iterator[tuple[Module, int, int]]:
        raise NotImplementedError

    def unsettled(self, values: Values) -> bool:
        raise NotImplementedError

    def annotated(self, expr: Expr, module: Module, scope: int) -> Values:
        raise NotImplementedError

    def argument(self, frame: Frame, name: str) -> list[Place] | None:
        raise NotImplementedError

    def attribute(self, value: Value, name: str) -> Values:
        raise NotImplementedError

    def bases(self, cls: Class) -> Values:
        raise NotImplementedError

    def bound(self, binding: Binding, module: Module, frame: Frame | None) -> Values:
        raise NotImplementedError

    def callee(self, module: Module, index: int, frame: Frame | None = None) -> Values:
        raise NotImplementedError

    def constructed(self, base: Ext, inst: Inst) -> Ext:
        raise NotImplementedError

    def elements(self, value: Value) -> Values:
        raise NotImplementedError

    def eval(self, expr: Expr | None, module: Module, scope: int, frame: Frame | None = None) -> Values:
        raise NotImplementedError

    def expand(self, param: Param) -> Values:
        raise NotImplementedError

    def origins(self, param: Param) -> Values:
        raise NotImplementedError

    def ext_member(self, value: Ext, name: str) -> Ext:
        raise NotImplementedError

    def frame(self, func: Func, site: Site | None, shift: int = 0) -> Frame:
        raise NotImplementedError

    def frame_of(self, frame: Frame | None, module: Module, scope: int) -> Frame | None:
        raise NotImplementedError

    def given(self, site: Site, name: str | int, *, spread: bool = True, handed: Handed = "") -> list[Place]:
        raise NotImplementedError

    def imported(self, expr: Import, module: Module) -> Values:
        raise NotImplementedError

    def instance_attribute(self, inst: Inst, name: str) -> Values:
        raise NotImplementedError

    def item(self, value: Value, keys: list[object]) -> Values:
        raise NotImplementedError

    def kept(self, key: tuple[object, ...], expr: Expr) -> Expr:
        raise NotImplementedError

    def keys(self, key: Expr, module: Module, scope: int, frame: Frame | None) -> list[object]:
        raise NotImplementedError

    def held_by(self, holder: Holder) -> Iterator[Holder]:
        raise NotImplementedError

    def listed(self, classes: Iterable[Class]) -> Listing:
        raise NotImplementedError

    def loaded(self, record: Call, module: Module, frame: Frame | None) -> Values:
        raise NotImplementedError

    def loaded_object(self, record: Call, module: Module, frame: Frame | None) -> Values:
        raise NotImplementedError

    def members(self, module: Mod) -> Listing:
        raise NotImplementedError

    def put_in(self, base: Expr, keys: list[object], module: Module, scope: int) -> Iterator[Value]:
        raise NotImplementedError

    def class_attribute(self, cls: Class, name: str, inst: Inst | None = None, *, own: bool = False) -> Values:
        raise NotImplementedError

    def lineage(self, cls: Class) -> tuple[list[Class], list[Ext]]:
        raise NotImplementedError

    def made_of(self, parameter: Parameter, module: Module, scope: int) -> list[int]:
        raise NotImplementedError

    def method(self, cls: Class, name: str) -> Func | None:
        raise NotImplementedError

    def answering(self, inst: Inst) -> list[Func]:
        raise NotImplementedError

    def methods(self, inst: Inst, name: str) -> list[Func]:
        raise NotImplementedError

    def paired(self, expr: Expr, module: Module) -> Expr | None:
        raise NotImplementedError

    def parent_object(self, module: Module, scope: int, frame: Frame | None) -> Values:
        raise NotImplementedError

    def returned(self, func: Func, site: Site | None, shift: int = 0) -> Values:
        raise NotImplementedError

    def subclasses(self, cls: Class) -> tuple[Class, ...]:
        raise NotImplementedError

    def taking(self, func: Func, keyword: str | None, position: int) -> tuple[Parameter, ...]:
        raise NotImplementedError


def part_name(param: Param, name: str) -> str:
    """Name of a part of a parameter's part: what is inside an element stays a piece of that element."""
    return f"{param.part}.{name}" if "[]" in param.part else name or param.part


def library_of(path: str) -> str:
    """The library that a path leads into: `llama_index` of `llama_index.core.workflow.step()`, `pkg` of `<pkg.type>`."""
    return re.split(r"[.#(/]", path.lstrip("<@"), maxsplit=1)[0].split("-")[0].replace("_", "")


def is_object(value: Value) -> bool:
    """Whether a value has members worth following; an item of a library's own container has none that are known."""
    return isinstance(value, OBJECTS) and not (isinstance(value, Ext) and value.path.startswith(CONTAINERS))


def is_vacant(value: Value) -> bool:
    """Whether a value only holds a place for one that is put there later."""
    if isinstance(value, Composite):
        return isinstance(value.expr, Seq | Map) and not value.expr.items
    if isinstance(value, Text):
        return not value.written
    return isinstance(value, Unknown) or value == Scalar(None)


def within(package: str, name: str) -> str:
    """The package of what stands in something of that name."""
    return f"{package}.{name}" if package else name


def is_seen(other: Module, module: Module) -> bool:
    """Whether the names of `other` need no import of their own in `module`."""
    package, own = other.facts.package or "", module.facts.package or ""
    shared = package == own or own.startswith(f"{package}.")
    if other.facts.language in ROOTED and not shared:
        # A class is a namespace too, and what is in none is seen everywhere.
        shared = not package or any(package == within(own, s.name) for s in module.scopes if s.kind == "class" and not s.parent)
    return other.facts.language == module.facts.language and (shared or any(s.module == package for s in module.facts.stars))


def depth_of(site: Site | None) -> int:
    return site.frame.depth if site is not None and site.frame is not None else 0


def words(name: str) -> list[str]:
    return [w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def spoken(expr: Expr) -> str:
    """Names and constant keys as written, `self.config[model]`; `?` for anything else."""
    match expr:
        case Name(id=name):
            return name
        case Attr(base=base, name=name):
            return f"{spoken(base)}.{name}"
        case Item(base=base, key=Const(value=key)):
            return f"{spoken(base)}[{key}]"
    return "?"
