"""Abstract evaluation: what an expression may stand for, through names, attributes, calls, imports and callers.

Flow-insensitive and demand-driven. Frames carry the call that entered a function, so that one helper called twice
gives two answers; where no caller is fixed, the parameter stays a `Param` and `expand` asks its callers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from aicensus.catalog import LanguageCatalog
from aicensus.catalog.schema import Condition
from aicensus.link.paths import Paths
from aicensus.link.project import Module, Project, last_name
from aicensus.link.scopes import Scopes
from aicensus.link.values import (
    Class,
    Composite,
    Env,
    Ext,
    Frame,
    Func,
    Inst,
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
    Arg,
    Attr,
    Binding,
    Call,
    CallRef,
    Choice,
    Const,
    DefRef,
    Element,
    Expr,
    Import,
    Item,
    Map,
    Name,
    Op,
    Scope,
    Seq,
    Spread,
    Template,
)
from aicensus.model.facts import Param as Parameter

MAX_VALUES = 32
MAX_DEPTH = 48
MAX_FRAMES = 6
MAX_SUBCLASSES = 32
"""With more, an attribute that any of them may set says nothing."""
MAX_OVERRIDES = 16
"""With more, a method that any of them may override says nothing."""
MAX_STEPS = 10_000
"""Expressions looked at for one question."""
MAX_CALLERS = 200
ITERATING = frozenset({"map", "flatMap", "forEach", "filter", "find", "some", "every", "then", "apply"})
WRAPPING = ("typing.", "typing_extensions.", "collections.abc.", "contextlib.")
Place = tuple[Expr, Module, int, Frame | None]
"""An expression with the module, scope and frame to read it in."""


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


def unique(values: Iterable[Value]) -> Values:
    """Each value once, in order, at most MAX_VALUES."""
    seen: dict[Value, None] = {}
    for value in values:
        if value not in seen:
            seen[value] = None
            if len(seen) >= MAX_VALUES:
                break
    return tuple(seen)


class Evaluator:
    """Answers what expressions of one project may stand for; answers are kept."""

    def __init__(self, project: Project, catalogs: Callable[[str], LanguageCatalog]) -> None:
        self.project = project
        self._catalogs = catalogs
        self._memo: dict[tuple[object, ...], Values] = {}
        self._active: set[tuple[object, ...]] = set()
        self._partial: dict[tuple[object, ...], Values] = {}
        self._depth = 0
        self._steps = 0
        self._callers: dict[tuple[str, int], tuple[Site, ...]] = {}
        self._finding: set[tuple[str, int]] = set()
        self._bases: dict[tuple[str, int], Values] = {}
        self._subclasses: dict[tuple[str, int], tuple[Class, ...]] = {}
        self._cut = 0
        self.paths = Paths(self)
        self._scopes = Scopes(project.paths)
        self._tests: dict[str, bool] = {}
        self._frames: dict[Frame, Frame] = {}

    def catalog(self, module: Module) -> LanguageCatalog:
        """The catalogue rows of the module's language."""
        return self._catalogs(module.facts.language)

    def modules(self) -> list[Module]:
        """Modules read so far."""
        return self.project.modules()

    def at(self, path: str) -> Module:
        """The module of a value that evaluation itself produced."""
        module = self.project.module(path)
        assert module is not None
        return module

    # -- expressions ---------------------------------------------------------------------------------------------

    def eval(self, expr: Expr | None, module: Module, scope: int, frame: Frame | None = None) -> Values:
        """What `expr`, standing in `scope` of `module`, may be when entered through `frame`."""
        if expr is None:
            return ()
        if isinstance(expr, Const):
            if isinstance(expr.value, str):
                return (Text(expr.value, module.path, expr.line, expr.end_line),)
            return (Scalar(expr.value),)
        if isinstance(expr, DefRef):
            return self._definition(expr, module, frame)
        key = (module.path, id(expr), scope, frame)
        known = self._memo.get(key)
        if known is None:
            known = self._partial.get(key)
        if known is not None:
            return known
        if key in self._active or self._depth > MAX_DEPTH or self._steps > MAX_STEPS:
            self._cut += 1
            return ()
        self._active.add(key)
        self._depth += 1
        self._steps += 1
        cut = self._cut
        try:
            result = unique(self._eval(expr, module, scope, frame))
        finally:
            self._depth -= 1
            self._active.discard(key)
        if cut == self._cut or self._depth == 0:
            self._memo[key] = result
        else:
            self._partial[key] = result
        if self._depth == 0:
            self._partial.clear()
            self._steps = 0
        return result

    def _definition(self, expr: DefRef, module: Module, frame: Frame | None) -> Values:
        scope = module.scopes[expr.index]
        if scope.kind == "class":
            return (Class(module.path, expr.index),)
        outer = frame if frame is not None and frame.path == module.path else None
        return (Func(module.path, expr.index, None, outer),)

    def _eval(self, expr: Expr, module: Module, scope: int, frame: Frame | None) -> Values:
        match expr:
            case Name(id=name):
                return self.name(name, module, scope, frame)
            case Attr(base=base, name=name):
                return self._attribute_of(base, name, module, scope, frame)
            case CallRef(index=index):
                return self.call(module, index, frame)
            case Import():
                return self._import(expr, module)
            case Op(op="|") | Op(op=">>"):
                return self._compose(expr, module, scope, frame)
            case Template() | Op() | Seq() | Map():
                return (Composite(module.path, expr, id(expr), scope, frame),)
            case Choice(options=options):
                return tuple(value for option in options for value in self.eval(option, module, scope, frame))
            case Element(base=base) | Spread(value=base):
                return tuple(v for value in self.eval(base, module, scope, frame) for v in self.elements(value))
            case Item(base=base, key=key):
                named = self.eval(key, module, scope, frame)
                keys = [v.value for v in named if isinstance(v, Text | Scalar)]
                found = tuple(v for value in self.eval(base, module, scope, frame) for v in self.item(value, keys))
                found += tuple(v for v in named if isinstance(v, Env))
                return found if any(isinstance(v, OBJECTS) for v in found) else (*found, *self._put_in(base, keys, module))
        return (Unknown(getattr(expr, "why", "unread")),)

    def keys(self, key: Expr, module: Module, scope: int, frame: Frame | None) -> list[object]:
        """Constants that a computed key may be, those that callers give included; empty when any is possible."""
        values = self.eval(key, module, scope, frame)
        if any(isinstance(v, Param) for v in values):
            values = unique(e for v in values for e in (self.expand(v) if isinstance(v, Param) else (v,)))
        return [v.value for v in values if isinstance(v, Text | Scalar)]

    def _compose(self, expr: Op, module: Module, scope: int, frame: Frame | None) -> Values:
        catalog = self.catalog(module)
        left = self.eval(expr.left, module, scope, frame)
        right = self.eval(expr.right, module, scope, frame)
        found: list[Ext] = []
        for value in (*right, *left):
            if isinstance(value, Ext) and value.path.startswith("<") and value.path.endswith(">"):
                kind = catalog.compose(value.path[1:-1], expr.op)
                if kind:
                    trail = tuple(site for v in (*left, *right) if isinstance(v, Ext) for site in v.trail)
                    found.append(Ext(f"<{kind}>", tuple(dict.fromkeys(trail))))
        if found:
            found.sort(key=lambda v: not any(catalog.calls(f"{v.path}.{verb}") for verb in ("invoke", "run", "pipe")))
            return tuple(found[:1])
        return (Composite(module.path, expr, id(expr), scope, frame),)

    def _put_in(self, base: Expr, keys: list[object], module: Module) -> Iterator[Value]:
        """Objects that code puts into a container of that name: `registry[key] = X()`, `registry.update({key: X()})`."""
        name = last_name(base)
        if name is None:
            return
        homes = [module] if isinstance(base, Name) and name not in module.aliases_of else self.modules()
        for home in homes:
            for binding in home.stored_items.get(name, ()):
                if binding.value is not None:
                    yield from (v for v in self.bound(binding, home, None) if isinstance(v, OBJECTS))
            for index in home.mutations.get(name, ()):
                call = home.calls[index]
                for arg in call.args:
                    for value in self.eval(arg.value, home, call.scope):
                        if last_name(call.callee) == "update":
                            yield from (v for v in self.item(value, keys) if isinstance(v, OBJECTS))
                        elif isinstance(value, OBJECTS):
                            yield value

    def elements(self, value: Value) -> Values:
        """What iterating over `value` may give."""
        match value:
            case Composite(path=path, expr=Seq(items=items), scope=scope, frame=frame):
                return tuple(v for item in items for v in self.eval(item, self.at(path), scope, frame))
            case Composite(path=path, expr=Map(items=pairs), scope=scope, frame=frame):
                return tuple(v for key, _ in pairs for v in self.eval(key, self.at(path), scope, frame))
            case Ext(path=path, trail=trail):
                return (Ext(f"{path}[]", trail),)
            case Param():
                return (replace(value, derived=True, part=f"{value.part}[]"),)
        return (Unknown("element"),)

    def item(self, value: Value, keys: list[object]) -> Values:
        """`value[key]` for the known keys; for an unknown key, any item."""
        guard = ("item", value, tuple(map(repr, keys)))
        known = self._memo.get(guard)
        if known is None:
            known = self._partial.get(guard)
        if known is not None:
            return known
        if guard in self._active or self._steps > MAX_STEPS:
            self._cut += 1
            return ()
        self._active.add(guard)
        self._steps += 1
        cut = self._cut
        try:
            result = unique(self._item(value, keys))
        finally:
            self._active.discard(guard)
        (self._memo if cut == self._cut else self._partial)[guard] = result
        return result

    def _item(self, value: Value, keys: list[object]) -> Values:
        match value:
            case Composite(path=path, expr=Map(items=pairs), scope=scope, frame=frame):
                module = self.at(path)
                found: list[Value] = []
                for key, item in pairs:
                    if key is None:
                        found.extend(v for spread in self.eval(item, module, scope, frame) for v in self.item(spread, keys))
                    elif not keys or not isinstance(key, Const) or key.value in keys:
                        found.extend(self.eval(item, module, scope, frame))
                return tuple(found)
            case Composite(path=path, expr=Seq(items=items), scope=scope, frame=frame):
                module = self.at(path)
                spread = any(isinstance(item, Spread) for item in items)
                if len(keys) == 1 and isinstance(keys[0], int) and not spread and -len(items) <= keys[0] < len(items) and len(items) > 1:
                    return self.eval(items[keys[0]], module, scope, frame)
                return tuple(v for item in items for v in self.eval(item, module, scope, frame))
            case Ext(path="os.environ" | "builtins.process.env"):
                return tuple(Env(key) for key in keys if isinstance(key, str))
            case Ext(path=path, trail=trail):
                return (Ext(f"{path}[]", trail),)
            case Inst(path=path) if self.at(path).facts.language == "javascript":
                return tuple(v for key in keys if isinstance(key, str) for v in self.instance_attribute(value, key))
            case Inst():
                return self._call_method(value, "__getitem__", None)
            case Mod(path=path):
                return tuple(v for key in keys if isinstance(key, str) for v in self.attribute(value, key))
            case Param():
                return (replace(value, derived=True, part=_part(value, next((k for k in keys if isinstance(k, str)), ""))),)
        return (Unknown("item", next((k for k in keys if isinstance(k, str)), "")),)

    # -- names ---------------------------------------------------------------------------------------------------

    def name(self, name: str, module: Module, scope: int, frame: Frame | None) -> Values:
        """What a bare name stands for at `scope`."""
        current = scope
        while current >= 0:
            record = module.scopes[current]
            if record.kind == "function":
                if record.receiver == name:
                    return self._receiver(record, module, current, frame)
                parameter = next((p for p in record.params if p.name == name), None)
                own = self.frame_of(frame, module, current)
                bindings = module.names.get((current, name), ())
                if parameter is not None:
                    given = self._parameter(parameter, module, current, own)
                    return given + tuple(v for b in bindings for v in self.bound(b, module, own))
                if bindings:
                    return tuple(v for b in bindings for v in self.bound(b, module, own or frame))
            elif record.kind == "class":
                if current == scope and (bindings := module.names.get((current, name), ())):
                    return tuple(v for b in bindings for v in self.bound(b, module, None))
            elif bindings := module.names.get((0, name), ()):
                found = tuple(v for b in bindings for v in self.bound(b, module, None))
                if module.facts.language != "javascript" or any(v != Scalar(None) for v in found):
                    return found
            current = record.parent
        if module.facts.language == "javascript" and (inner := module.inner.get(name)):
            return tuple(v for b in inner[:8] for v in self.bound(b, module, None))
        if name == "super" and module.facts.language == "javascript":
            return self._super(module, scope, frame)
        return self._starred(name, module) or (Ext(f"builtins.{name}"),)

    def _starred(self, name: str, module: Module) -> Values:
        for star in module.facts.stars:
            target = self.project.find(module.path, star.module, star.level)
            other = self.project.module(target) if target else None
            if other is None:
                if target is None and not star.level and self.catalog(module).sdk_of_module(star.module):
                    return (Ext(f"{star.module}.{name}"),)
                continue
            key = ("star", other.path, name)
            if key in self._active:
                continue
            self._active.add(key)
            try:
                if found := self.member_of(other, name):
                    return found
            finally:
                self._active.discard(key)
        return ()

    def bound(self, binding: Binding, module: Module, frame: Frame | None) -> Values:
        """What a binding gives its target; a bare declaration gives an instance of its annotation."""
        values = self.eval(binding.value, module, binding.scope, frame) if binding.value is not None else ()
        if binding.annotation is not None and not any(
            isinstance(v, Inst) or (isinstance(v, Ext) and v.path.startswith("<")) for v in values
        ):
            return values + self.annotated(binding.annotation, module, binding.scope)
        return values

    def frame_of(self, frame: Frame | None, module: Module, scope: int) -> Frame | None:
        """The activation of the function at `scope` among `frame` and those around it."""
        while frame is not None:
            if frame.path == module.path and frame.scope == scope:
                return frame
            frame = frame.outer
        return None

    def _receiver(self, record: Scope, module: Module, scope: int, frame: Frame | None) -> Values:
        own = self.frame_of(frame, module, scope)
        if own is not None and own.receiver is not None:
            return (own.receiver,)
        cls = module.enclosing_class(scope)
        if cls is None:
            return (Unknown("this outside a class"),)
        return (Class(module.path, cls),) if record.receiver == "cls" else (Inst(module.path, cls),)

    def _parameter(self, parameter: Parameter, module: Module, scope: int, frame: Frame | None) -> Values:
        if frame is not None and frame.site is not None:
            places = self.argument(frame, parameter.name)
            if places is not None:
                return tuple(v for place in places for v in self.eval(*place))
        if mapped := self.mapped_over(module, scope, parameter.name):
            outer = frame.outer if frame is not None else None
            return tuple(
                v for expr in mapped for value in self.eval(expr, module, module.scopes[scope].parent, outer) for v in self.elements(value)
            )
        return (Param(module.path, scope, parameter.name),)

    def mapped_over(self, module: Module, scope: int, name: str) -> list[Expr]:
        """The collections whose elements an anonymous function receives: `map(f, xs)`, `xs.map(f)`, `promise.then(f)`."""
        index = module.handed_functions.get(scope)
        if index is None:
            return []
        call = module.calls[index]
        position = next((i for i, p in enumerate(module.scopes[scope].params) if p.name == name), 0)
        if isinstance(call.callee, Name) and call.callee.id in ("map", "filter"):
            given = [a.value for a in call.args[1:] if a.name is None]
            return given[position : position + 1]
        if isinstance(call.callee, Attr) and call.callee.name in ITERATING and position == 0:
            return [call.callee.base]
        return []

    # -- attributes ----------------------------------------------------------------------------------------------

    def _attribute_of(self, base: Expr, name: str, module: Module, scope: int, frame: Frame | None) -> Values:
        found: list[Value] = []
        for value in self.eval(base, module, scope, frame):
            found.extend(self.attribute(value, name))
        return tuple(found) or (Unknown(f".{name} of something unresolved", name),)

    def attribute(self, value: Value, name: str) -> Values:
        """`value.name`."""
        match value:
            case Ext(path="builtins.process.env"):
                return (Env(name),)
            case Ext():
                return (self._ext_member(value, name),)
            case Text() if name == "value":
                return (value,)
            case Mod(path=path):
                return self.member_of(self.at(path), name) or self._submodule(path, name)
            case Inst():
                return self.instance_attribute(value, name)
            case Class():
                return self._class_attribute(value, name)
            case Composite(expr=Map()):
                return self.item(value, [name])
            case Param():
                held = [t for t in self.expand(value) if isinstance(t, OBJECTS)]
                members = (v for t in held for v in self.attribute(t, name))
                return (*(v for v in members if isinstance(v, OBJECTS)), replace(value, derived=True, part=_part(value, name)))
        return (Unknown(f".{name}", name),)

    def global_settings(self, name: str, language: LanguageCatalog, kind: str) -> tuple[Ext, ...]:
        """What the project assigns to attribute `name` of a library object where that stands for type `kind`: `Settings.llm = OpenAI(...)`."""
        key = ("setting", name, kind)
        if key not in self._memo:
            self._memo[key] = ()
            found: list[Value] = []
            for module in list(self.modules()):
                for binding in module.attributes.get(name, ()):
                    if isinstance(binding.target, Attr):
                        bases = self.eval(binding.target.base, module, binding.scope)
                        if any(isinstance(b, Ext) and language.value(f"{b.path}.{name}") == kind for b in bases):
                            found.extend(v for v in self.bound(binding, module, None) if isinstance(v, Ext) and v.trail)
            self._memo[key] = unique(found)
        return tuple(v for v in self._memo[key] if isinstance(v, Ext))

    def _ext_member(self, value: Ext, name: str) -> Ext:
        if value.path.startswith("<") and value.path.endswith(">"):
            for language in ("python", "javascript"):
                kind = self._catalogs(language).member(value.path[1:-1], name)
                if kind:
                    return Ext(f"<{kind}>", value.trail, value.hint, True)
            return Ext(f"{value.path}.{name}", value.trail, value.hint)
        if value.path.endswith("#*"):
            return Ext(f"{value.path[:-1]}{name}", value.trail, value.hint)
        path = f"{value.path}.{name}"
        for language in ("python", "javascript"):
            kind = self._catalogs(language).value(path)
            if kind:
                return Ext(f"<{kind}>", value.trail, value.hint)
        return Ext(path, value.trail, value.hint)

    def _submodule(self, path: str, name: str) -> Values:
        target = self.project.subpackage(path, name)
        return (Mod(target),) if target and self.project.module(target) else ()

    def member_of(self, module: Module, name: str) -> Values:
        """What `name` is in `module` seen from outside."""
        if module.facts.language == "javascript":
            return self._exported(module, name)
        bindings = module.names.get((0, name), ())
        if bindings:
            return unique(v for b in bindings for v in self.bound(b, module, None))
        return self._submodule(module.path, name) or self._starred(name, module)

    def _exported(self, module: Module, name: str) -> Values:
        found = tuple(v for export in module.exports.get(name, ()) for v in self.eval(export.value, module, 0))
        if found:
            return found
        for export in module.exports.get("=", ()):
            whole = self.eval(export.value, module, 0)
            if name == "default":
                return whole
            found += tuple(v for value in whole for v in self.attribute(value, name) if not isinstance(v, Unknown))
        for export in module.exports.get("*", ()):
            for value in self.eval(export.value, module, 0):
                if isinstance(value, Mod) and value.path != module.path:
                    found += self._exported(self.at(value.path), name)
                elif isinstance(value, Ext):
                    found += (self._ext_member(value, name),)
        return found

    def _import(self, expr: Import, module: Module) -> Values:
        script = module.facts.language == "javascript"
        target = self.project.find(module.path, expr.module, expr.level)
        other = self.project.module(target) if target else None
        if other is not None:
            if expr.name is None:
                return (Mod(other.path),)
            key = ("import", other.path, expr.name)
            if key in self._active:
                return ()
            self._active.add(key)
            try:
                return self.member_of(other, expr.name) or (Unknown(f"{expr.name} is not in {other.path}"),)
            finally:
                self._active.discard(key)
        if expr.level and not script:
            if expr.name and not expr.module:
                inner = self.project.find(module.path, expr.name, expr.level)
                if inner and self.project.module(inner):
                    return (Mod(inner),)
            return (Unknown(f"module {'.' * expr.level}{expr.module} not found"),)
        if script:
            return (Ext(f"{expr.module}#{expr.name or '*'}"),)
        if expr.name is not None and (inner := self.project.find(module.path, f"{expr.module}.{expr.name}")) and self.project.module(inner):
            return (Mod(inner),)
        path = expr.module if expr.name is None else f"{expr.module}.{expr.name}"
        kind = self.catalog(module).value(path)
        return (Ext(f"<{kind}>" if kind else path),)

    def bases(self, cls: Class) -> Values:
        """What the class extends: classes of the tree and library paths."""
        key = (cls.path, cls.scope)
        if key not in self._bases:
            self._bases[key] = ()
            module = self.at(cls.path)
            record = module.scopes[cls.scope]
            self._bases[key] = unique(
                v
                for base in record.bases
                for v in self.eval(base.base if isinstance(base, Item) else base, module, record.parent)
                if v != cls
            )
        return self._bases[key]

    def lineage(self, cls: Class) -> tuple[list[Class], list[Ext]]:
        """The class and its in-tree ancestors, nearest first, and the library classes among its ancestors."""
        order: list[Class] = []
        outside: list[Ext] = []
        queue: list[Class] = [cls]
        while queue and len(order) < 20:
            current = queue.pop(0)
            if current in order:
                continue
            order.append(current)
            for base in self.bases(current):
                if isinstance(base, Class):
                    queue.append(base)
                elif isinstance(base, Ext) and not base.path.startswith("builtins."):
                    outside.append(base)
        return order, outside

    def subclasses(self, cls: Class) -> tuple[Class, ...]:
        """Direct and indirect subclasses among the files read so far."""
        key = (cls.path, cls.scope)
        if key in self._subclasses:
            return self._subclasses[key]
        self._subclasses[key] = ()
        name = self.at(cls.path).scopes[cls.scope].name
        found: list[Class] = []
        for module in list(self.modules()):
            names = {name} | module.aliases.get(name, set())
            for index, record in enumerate(module.scopes):
                if record.kind == "class" and any(last_name(b.base if isinstance(b, Item) else b) in names for b in record.bases):
                    candidate = Class(module.path, index)
                    if candidate != cls and cls in self.bases(candidate):
                        found.append(candidate)
                        found.extend(self.subclasses(candidate))
        self._subclasses[key] = tuple(dict.fromkeys(found))
        return self._subclasses[key]

    def instance_attribute(self, inst: Inst, name: str) -> Values:
        """An attribute of an instance: what methods assign to it, what its class says, what its library base offers."""
        key = ("attribute", inst, name)
        known = self._memo.get(key) or self._partial.get(key)
        if known is not None:
            return known
        if key in self._active:
            self._cut += 1
            return ()
        self._active.add(key)
        cut = self._cut
        try:
            result = unique(self._instance_attribute(inst, name))
        finally:
            self._active.discard(key)
        (self._memo if cut == self._cut else self._partial)[key] = result
        return result

    def _instance_attribute(self, inst: Inst, name: str) -> list[Value]:
        cls = Class(inst.path, inst.scope)
        order, outside = self.lineage(cls)
        found: list[Value] = []
        for owner in order:
            found.extend(self._assigned(owner, name, inst))
            if found and not all(isinstance(v, Scalar | Unknown | Param) for v in found):
                break
            declared = self._class_attribute(owner, name, inst, own=True)
            if declared:
                found.extend(declared)
                break
        children = self.subclasses(cls) if inst.site is None else ()
        if len(children) <= MAX_SUBCLASSES:
            below: list[Value] = []
            for child in children:
                below.extend(self._assigned(child, name, Inst(child.path, child.scope)))
                below.extend(self._class_attribute(child, name, Inst(child.path, child.scope), own=True))
            found.extend(v for v in below if len(children) <= MAX_OVERRIDES or not isinstance(v, Func))
        if not found:
            for base in outside:
                found.append(self._ext_member(self._constructed(base, inst), name))
        if all(_vacant(v) for v in found):
            found.extend(self._assigned_elsewhere(name, inst))
        if not found and name != "__getattr__":
            found.extend(self._forwarded(order, inst, name))
        return found

    def _forwarded(self, order: list[Class], inst: Inst, name: str) -> Values:
        """`__getattr__` that hands on to another object: `return getattr(self._module, name)`."""
        for owner in order:
            module = self.at(owner.path)
            for binding in module.names.get((owner.scope, "__getattr__"), ()):
                if not isinstance(binding.value, DefRef):
                    continue
                scope = binding.value.index
                frame = Frame(module.path, scope, None, inst, depth=1)
                for returned in module.scopes[scope].returns:
                    call = module.calls[returned.index] if isinstance(returned, CallRef) else None
                    if call is not None and last_name(call.callee) == "getattr" and len(call.args) >= 2:
                        values = self.eval(call.args[0].value, module, scope, frame)
                        return tuple(v for value in values if not isinstance(value, Scalar) for v in self.attribute(value, name))
        return ()

    def _constructed(self, base: Ext, inst: Inst) -> Ext:
        for language in ("python", "javascript"):
            kind = self._catalogs(language).annotation(base.path)
            if kind:
                return Ext(f"<{kind}>", (inst.site,) if inst.site else (), True)
        return Ext(f"{base.path}()", (inst.site,) if inst.site else (), True)

    def _assigned(self, owner: Class, name: str, inst: Inst) -> Values:
        module = self.at(owner.path)
        found: list[Value] = []
        for binding in module.attributes.get(name, ()):
            target = binding.target
            if not isinstance(target, Attr) or not isinstance(target.base, Name):
                continue
            function = module.enclosing_function(binding.scope)
            holder = function
            while holder is not None and module.scopes[holder].receiver != target.base.id:
                holder = module.enclosing_function(module.scopes[holder].parent)
            if holder is None or module.enclosing_class(holder) != owner.scope:
                continue
            frame = self._method_frame(module, holder, owner, inst)
            found.extend(self.bound(binding, module, frame))
        return tuple(found)

    def _method_frame(self, module: Module, method: int, owner: Class, inst: Inst) -> Frame:
        record = module.scopes[method]
        site = self._constructor_site(owner, inst) if record.name in ("__init__", "constructor", "__post_init__") else None
        frame = Frame(module.path, method, site, inst, depth=1 + max(_depth(site), _depth(inst.site)))
        return self._frames.setdefault(frame, frame)

    def _constructor_site(self, owner: Class, inst: Inst) -> Site | None:
        """The call that enters `owner`'s constructor when `inst` is made: its own, or a subclass's `super().__init__`."""
        cls = Class(inst.path, inst.scope)
        if owner == cls:
            return inst.site
        maker = self._method(cls, "__init__") or self._method(cls, "constructor")
        if maker is None:
            return inst.site
        module = self.at(maker.path)
        if Class(maker.path, module.enclosing_class(maker.scope) or 0) == owner:
            return inst.site
        for index in (*module.calls_of.get("__init__", ()), *module.calls_of.get("super", ())):
            call = module.calls[index]
            if module.enclosing_function(call.scope) == maker.scope and (not isinstance(call.callee, Name) or call.args):
                return Site(module.path, index, Frame(module.path, maker.scope, inst.site, inst, depth=2 + _depth(inst.site)))
        return None

    def _assigned_elsewhere(self, name: str, inst: Inst) -> Values:
        found: list[Value] = []
        for module in self.modules():
            for binding in module.attributes.get(name, ())[:12]:
                target = binding.target
                if isinstance(target, Attr) and isinstance(target.base, Name) and target.base.id not in ("self", "this", "cls"):
                    if Class(inst.path, inst.scope) in [
                        Class(v.path, v.scope) for v in self.eval(target.base, module, binding.scope) if isinstance(v, Inst)
                    ]:
                        found.extend(self.bound(binding, module, None))
        return tuple(found)

    def _class_attribute(self, cls: Class, name: str, inst: Inst | None = None, *, own: bool = False) -> Values:
        owners = [cls] if own else self.lineage(cls)[0]
        for owner in owners:
            module = self.at(owner.path)
            found: list[Value] = []
            for binding in module.names.get((owner.scope, name), ()):
                if isinstance(binding.value, DefRef):
                    found.extend(self._as_member(binding.value, module, cls, inst))
                elif binding.value is None or (inst is not None and inst.site is not None and binding.annotation is not None):
                    found.extend(self._field(binding, module, inst))
                else:
                    found.extend(self.bound(binding, module, None))
            if found:
                return tuple(found)
        return ()

    def _field(self, binding: Binding, module: Module, inst: Inst | None) -> Values:
        assert isinstance(binding.target, Name)
        if inst is not None and inst.site is not None:
            call = self.at(inst.site.path).calls[inst.site.call]
            for arg in call.args:
                if arg.name == binding.target.id:
                    return self.eval(arg.value, self.at(inst.site.path), call.scope, inst.site.frame)
        return self.bound(binding, module, None)

    def _as_member(self, ref: DefRef, module: Module, cls: Class, inst: Inst | None) -> Values:
        record = module.scopes[ref.index]
        if record.kind == "class":
            return (Class(module.path, ref.index),)
        func = Func(module.path, ref.index, None if record.is_static else (cls if record.receiver == "cls" else inst or cls))
        if any((last_name(d) or "") in ("property", "cached_property", "get", "hybrid_property") for d in record.decorators):
            return self.returned(func, None)
        return (func,)

    def _method(self, cls: Class, name: str) -> Func | None:
        for value in self._class_attribute(cls, name):
            if isinstance(value, Func):
                return value
        return None

    def methods(self, inst: Inst, name: str) -> list[Func]:
        """The functions that `inst.name` may be, overriding ones of subclasses included."""
        return [v for v in self.instance_attribute(inst, name) if isinstance(v, Func)]

    # -- calls ---------------------------------------------------------------------------------------------------

    def callee(self, module: Module, index: int, frame: Frame | None = None) -> Values:
        """What the call calls."""
        call = module.calls[index]
        values = self.eval(call.callee, module, call.scope, frame)
        if any(isinstance(v, Param) for v in values):
            return unique(e for v in values for e in ((v, *self.expand(v)) if isinstance(v, Param) else (v,)))
        return values

    def call(self, module: Module, index: int, frame: Frame | None) -> Values:
        """What the call may give."""
        record = module.calls[index]
        site = Site(module.path, index, frame)
        found: list[Value] = []
        for target in self.callee(module, index, frame):
            found.extend(self.called(target, site, record, module))
        if not found and isinstance(record.callee, Attr):
            found.extend(self._literal_method(record.callee, record, module, frame))
        return tuple(found) or (Unknown("call of something unresolved"),)

    def _literal_method(self, callee: Attr, record: Call, module: Module, frame: Frame | None) -> Iterator[Value]:
        """`get`, `items`, `values` and the like of a dict literal."""
        if callee.name in LAYOUT:
            yield from (v for v in self.eval(callee.base, module, record.scope, frame) if isinstance(v, Text | Composite))
        if callee.name not in ("get", "pop", "setdefault", "items", "values", "keys", "copy"):
            return
        for value in self.eval(callee.base, module, record.scope, frame):
            if not isinstance(value, Composite) or not isinstance(value.expr, Map):
                if callee.name in ("get", "pop", "setdefault") and len(record.args) > 1 and isinstance(record.args[0].value, Const):
                    yield Unknown("item", str(record.args[0].value.value))
                    yield from self.eval(record.args[1].value, module, record.scope, frame)
                continue
            if callee.name in ("get", "pop", "setdefault"):
                given = [a.value for a in record.args]
                keys = [v.value for v in self.eval(given[0], module, record.scope, frame) if isinstance(v, Text | Scalar)] if given else []
                yield from self.item(value, keys)
                for default in given[1:2]:
                    yield from self.eval(default, module, record.scope, frame)
            else:
                yield self._parts(value, callee.name)

    def _parts(self, value: Composite, name: str) -> Composite:
        """Keys, values or pairs of a dict literal, as a list literal."""
        assert isinstance(value.expr, Map)
        if name == "copy":
            return value
        items: tuple[Expr, ...] = tuple(
            Spread(item) if key is None else key if name == "keys" else item if name == "values" else Seq((key, item))
            for key, item in value.expr.items
        )
        key = ("parts", value.key, name, value.path)
        return replace(value, expr=self._kept(key, Seq(items)), key=hash(key))

    def called(self, target: Value, site: Site, record: Call, module: Module, shift: int = 0) -> Values:
        """What calling `target` from `site` may give."""
        match target:
            case Func():
                return self.returned(target, site, shift)
            case Class(path=path, scope=scope):
                return (Inst(path, scope, site if _depth(site) < MAX_FRAMES else Site(site.path, site.call)),)
            case Inst():
                return self._call_method(target, "__call__", site) or tuple(
                    self.ext_called(self._constructed(base, target), site, record, module)[0]
                    for base in self.lineage(Class(target.path, target.scope))[1][:1]
                )
            case Partial(target=inner, site=given):
                return self.called(inner, given, self.at(given.path).calls[given.call], self.at(given.path), 1)
            case Ext():
                return self.ext_called(target, site, record, module)
            case Param():
                expanded = [v for v in self.expand(target) if not isinstance(v, Param)]
                return tuple(v for value in expanded for v in self.called(value, site, record, module, shift))
        return ()

    def _call_method(self, inst: Inst, name: str, site: Site | None) -> Values:
        return tuple(v for method in self.methods(inst, name) for v in self.returned(method, site))

    def returned(self, func: Func, site: Site | None, shift: int = 0) -> Values:
        """What a function may return when entered from `site`."""
        module = self.at(func.path)
        record = module.scopes[func.scope]
        frame = self.frame(func, site, shift)
        found = unique(v for expr in record.returns for v in self.eval(expr, module, func.scope, frame))
        if record.annotation is not None and all(
            isinstance(v, Unknown | Param) or (isinstance(v, Scalar) and v.value is None) for v in found
        ):
            typed = self.annotated(record.annotation, module, record.parent)
            return found + typed
        return found

    def frame(self, func: Func, site: Site | None, shift: int = 0) -> Frame:
        """The activation of `func` entered from `site`; past a depth the caller is forgotten."""
        receiver, outer = func.receiver, func.outer
        depth = 1 + max(_depth(site), _depth(receiver.site) if isinstance(receiver, Inst) else 0, outer.depth if outer is not None else 0)
        if depth > MAX_FRAMES:
            site = None
            outer = None
            receiver = Inst(receiver.path, receiver.scope) if isinstance(receiver, Inst) else receiver
        shift = shift or (site.shift if site is not None else 0)
        frame = Frame(func.path, func.scope, site, receiver, outer, shift, min(depth, MAX_FRAMES))
        # One object for equal frames: comparing them then seldom looks inside.
        return self._frames.setdefault(frame, frame)

    def ext_called(self, target: Ext, site: Site, record: Call, module: Module) -> Values:
        """What calling a library function may give: an instance of a known type, or the path with `()`."""
        special = self._builtin(target, site, record, module)
        if special is not None:
            return special
        catalog = self.catalog(module)
        path = target.path
        if target.member:
            return (Ext(path, (*target.trail, site), target.hint),)
        if path.startswith("<") and path.endswith(">"):
            kind = catalog.call_type(path[1:-1])
            return (Ext(f"<{kind}>" if kind else f"{path}()", (*target.trail, site)),)
        types = []
        for made in catalog.constructs(path) or (catalog.constructs(f"{path[:-1]}default") if path.endswith("#*") else ()):
            held = self.holds(made.row.when, site)
            if held:
                types.append(Ext(f"<{made.type}>", (*target.trail, site)))
                if held == "sure":
                    break
        if types:
            return tuple(types)
        row = catalog.call(path)
        function = catalog.function(path)
        for found in (row, function):
            if found is not None and found.result:
                return (Ext(f"<{found.result}>", (*target.trail, site)),)
        return (Ext(f"{path}()", (*target.trail, site)),)

    def holds(self, when: Condition | None, site: Site) -> str:
        """`sure` when the constant argument that a row asks for is given, `open` when it is not known, else empty."""
        if when is None:
            return "sure"
        values = [v for name in when.slot.order for place in self.given(site, name) for v in self.eval(*place)]
        known = [v.value for v in values if isinstance(v, Text | Scalar)]
        if known:
            return "sure" if any(value in when.values for value in known) else ""
        return "open" if values else ""

    def _builtin(self, target: Ext, site: Site, record: Call, module: Module) -> Values | None:
        first = record.args[0].value if record.args else None
        scope, frame = record.scope, site.frame
        match target.path:
            case "builtins.getattr" if len(record.args) >= 2:
                names = [v.value for v in self.eval(record.args[1].value, module, scope, frame) if isinstance(v, Text)]
                found = [v for name in names for base in self.eval(first, module, scope, frame) for v in self.attribute(base, name)]
                return tuple(found) or (Unknown("computed attribute"),)
            case "builtins.super":
                return self._super(module, scope, frame)
            case "functools.partial" | "functools.partialmethod":
                return tuple(Partial(v, site) for v in self.eval(first, module, scope, frame))
            case "os.environ.get" | "os.getenv" | "os.environ.setdefault" | "os.environ.pop":
                default = self.eval(record.args[1].value, module, scope, frame) if len(record.args) > 1 else ()
                names = [v.value for v in self.eval(first, module, scope, frame) if isinstance(v, Text)]
                return (*(Env(name) for name in names), *default)
            case "importlib.import_module" | "builtins.__import__":
                names = [v.value for v in self.eval(first, module, scope, frame) if isinstance(v, Text)]
                return tuple(v for name in names for v in self._import(Import(name), module))
            case "textwrap.dedent" | "inspect.cleandoc" | "dedent#default":
                return self.eval(first, module, scope, frame)
            case "typing.cast" if len(record.args) >= 2:
                typed = self.annotated(record.args[0].value, module, scope)
                return self.eval(record.args[1].value, module, scope, frame) + typed
            case "copy.copy" | "copy.deepcopy" | "builtins.list" | "builtins.tuple" | "builtins.iter" | "builtins.next" | "builtins.dict":
                if len(record.args) == 1 and not record.args[0].name:
                    return self.eval(first, module, scope, frame)
                if target.path == "builtins.dict":
                    pairs = tuple((Const(a.name, record.line, record.line) if a.name else None, a.value) for a in record.args)
                    return (Composite(module.path, self._kept(("dict", module.path, site.call), Map(pairs)), site.call, scope, frame),)
                return None
            case "builtins.enumerate" | "builtins.zip" | "builtins.reversed" | "builtins.sorted" | "builtins.str" | "builtins.set":
                return (
                    self.eval(first, module, scope, frame)
                    if target.path in ("builtins.reversed", "builtins.sorted", "builtins.str", "builtins.set")
                    else None
                )
            case "fastapi.Depends" | "fastapi.params.Depends" | "fastapi.Security":
                return tuple(
                    v
                    for value in self.eval(first, module, scope, frame)
                    for v in self.called(value, Site(site.path, site.call), record, module, 1)
                )
            case (
                "asyncio.wait_for"
                | "asyncio.shield"
                | "asyncio.create_task"
                | "asyncio.ensure_future"
                | "asyncio.run"
                | "asyncio.run_coroutine_threadsafe"
                | "builtins.anext"
            ):
                return self.eval(first, module, scope, frame)
            case path if FIELD.search(path) and any(a.name in ("default", "default_factory") for a in record.args):
                return self._field_default(record, module, scope, frame)
            case "dataclasses.field" | "pydantic.Field" | "pydantic.fields.Field" | "fastapi.Query" | "typer.Option" | "typer.Argument":
                return self._field_default(record, module, scope, frame)
            case "builtins.Object.entries" | "builtins.Object.values" | "builtins.Object.keys":
                name = {"entries": "items"}.get(target.path.rsplit(".", 1)[-1], target.path.rsplit(".", 1)[-1])
                held = self.eval(first, module, scope, frame)
                return tuple(
                    self._parts(v, name) if isinstance(v, Composite) and isinstance(v.expr, Map) else v
                    for v in held
                    if isinstance(v, Composite | Param)
                )
        if target.path in PARSERS:
            values = self.eval(first, module, scope, frame)
            parsed = tuple(
                v for value in values for home in self.paths.data(value) for e in home.exports["="] for v in self.eval(e.value, home, 0)
            )
            return parsed or None
        return None

    def _kept(self, key: tuple[object, ...], expr: Expr) -> Expr:
        store: dict[tuple[object, ...], Expr] = self.__dict__.setdefault("_synthetic", {})
        return store.setdefault(key, expr)

    def _field_default(self, record: Call, module: Module, scope: int, frame: Frame | None) -> Values:
        for arg in record.args:
            if arg.name in ("default", "default_factory") or (arg.name is None and not arg.spread and arg is record.args[0]):
                values = self.eval(arg.value, module, scope, frame)
                if arg.name == "default_factory":
                    return tuple(v for f in values if isinstance(f, Func) for v in self.returned(f, None)) + tuple(
                        Inst(c.path, c.scope) for c in values if isinstance(c, Class)
                    )
                return values
        return ()

    def _super(self, module: Module, scope: int, frame: Frame | None) -> Values:
        function = module.enclosing_function(scope)
        cls = module.enclosing_class(function) if function is not None else None
        if cls is None:
            return ()
        own = self.frame_of(frame, module, function) if function is not None else None
        site = own.receiver.site if own is not None and isinstance(own.receiver, Inst) else None
        found: list[Value] = []
        for base in self.bases(Class(module.path, cls)):
            if isinstance(base, Class):
                found.append(Inst(base.path, base.scope, site))
            elif isinstance(base, Ext):
                found.append(self._constructed(base, Inst(module.path, cls, site)))
        return tuple(found)

    # -- arguments -----------------------------------------------------------------------------------------------

    def argument(self, frame: Frame, name: str) -> list[Place] | None:
        """Where the entering call of `frame` gives parameter `name`; the default where it does not; None if unknown."""
        site = frame.site
        if site is None:
            return None
        module = self.at(frame.path)
        record = module.scopes[frame.scope]
        caller = self.at(site.path)
        call = caller.calls[site.call]
        params = record.params
        offset = self._offset(record, frame)
        position = next((i for i, p in enumerate(params) if p.name == name), -1)
        if position < 0:
            return None
        parameter = params[position]
        if frame.shift == DISPATCHED:
            return self._event(parameter, module, frame)
        positional = [a for a in call.args if a.name is None and a.spread != "**"][frame.shift :]
        if parameter.kind == "*":
            return [(a.value, caller, call.scope, site.frame) for a in positional[position - offset :]]
        if parameter.kind == "**":
            known = {p.name for p in params}
            return [(a.value, caller, call.scope, site.frame) for a in call.args if (a.name and a.name not in known) or a.spread == "**"]
        for arg in call.args:
            if arg.name == name:
                return [(arg.value, caller, call.scope, site.frame)]
        slot = position - offset
        if parameter.kind != "kw" and 0 <= slot < len(positional) and not any(a.spread for a in positional[: slot + 1]):
            return [(positional[slot].value, caller, call.scope, site.frame)]
        forwarded = [a for a in call.args if a.spread]
        places = [place for arg in forwarded for place in self._through_spread(arg, name, slot, caller, call, site)]
        if places:
            return places
        if parameter.default is not None:
            return [(parameter.default, module, record.parent, frame.outer)]
        return None if forwarded else []

    def _event(self, parameter: Parameter, module: Module, frame: Frame) -> list[Place] | None:
        """What a step of a workflow is given: events that other steps make, or what the workflow was started with."""
        made: list[Place] = [
            (CallRef(i), module, module.calls[i].scope, None) for i in self._made_of(parameter, module, module.scopes[frame.scope].parent)
        ]
        assert frame.site is not None
        caller = self.at(frame.site.path)
        call = caller.calls[frame.site.call]
        pairs = tuple((Const(a.name, call.line, call.line), a.value) for a in call.args if a.name and not a.spread)
        if not pairs:
            return made + [(a.value, caller, call.scope, frame.site.frame) for a in call.args if not a.spread] or None
        return [*made, (self._kept(("event", caller.path, frame.site.call), Map(pairs)), caller, call.scope, frame.site.frame)]

    def _made_of(self, parameter: Parameter, module: Module, scope: int) -> list[int]:
        """Calls in the module that make an object of the class of the tree that annotates a parameter."""
        if parameter.annotation is None:
            return []
        names = {self.at(v.path).scopes[v.scope].name for v in self.annotated(parameter.annotation, module, scope) if isinstance(v, Inst)}
        return [i for name in sorted(names) for i in module.calls_of.get(name, ())][:8]

    def _offset(self, record: Scope, frame: Frame) -> int:
        if not record.params or record.receiver != record.params[0].name:
            return 0
        return 0 if frame.receiver is None else 1

    def _through_spread(self, arg: Arg, name: str, slot: int, caller: Module, call: Call, site: Site) -> list[Place]:
        """An argument handed on by `*args` or `**kwargs` of the caller, or spread from a dict literal."""
        if isinstance(arg.value, Name):
            function = caller.enclosing_function(call.scope)
            own = self.frame_of(site.frame, caller, function) if function is not None else None
            open_ended = own is None or own.site is None
            if open_ended and function is not None and any(p.name == arg.value.id and p.kind for p in caller.scopes[function].params):
                return [(arg.value, caller, call.scope, site.frame)]
            if own is not None and own.site is not None:
                parameter = next((p for p in caller.scopes[own.scope].params if p.name == arg.value.id), None)
                if parameter is not None and parameter.kind == "**":
                    outer = self.at(own.site.path)
                    given = outer.calls[own.site.call]
                    for a in given.args:
                        if a.name == name:
                            return [(a.value, outer, given.scope, own.site.frame)]
                        if a.spread == "**" and (found := self._through_spread(a, name, slot, outer, given, own.site)):
                            return found
                    return []
                if parameter is not None and parameter.kind == "*":
                    places = self.argument(own, parameter.name) or []
                    before = len([a for a in call.args if a.name is None and not a.spread])
                    return places[slot - before : slot - before + 1] if slot >= before else []
        if arg.spread == "**":
            places = self._item_bindings(arg.value, name, caller, call.scope, site.frame) if isinstance(arg.value, Name) else []
            for value in self.eval(arg.value, caller, call.scope, site.frame):
                if isinstance(value, Composite) and isinstance(value.expr, Map):
                    places += [
                        (item, self.at(value.path), value.scope, value.frame)
                        for key, item in value.expr.items
                        if isinstance(key, Const) and key.value == name
                    ]
            return places
        return []

    def given(self, site: Site, name: str | int, *, spread: bool = True, callers: bool = False) -> list[Place]:
        """Where a call to a library gives an argument, by keyword, position (from 0), or key of an object argument.

        Dots descend into nested objects and calls: `config.systemInstruction`. `spread` follows `*args` and `**kwargs`, `callers` objects that callers give.
        """
        module = self.at(site.path)
        call = module.calls[site.call]
        if isinstance(name, int):
            positional = [a for a in call.args if a.name is None and a.spread != "**"]
            handed = next((a for a in positional[: name + 1] if a.spread), None)
            if handed is not None:
                return self._through_spread(handed, "", name, module, call, site) if spread else []
            return [(positional[name].value, module, call.scope, site.frame)] if name < len(positional) else []
        head, _, rest = name.partition(".")
        places = [(a.value, module, call.scope, site.frame) for a in call.args if a.name == head]
        if not places and spread:
            places = [p for a in call.args if a.spread for p in self._through_spread(a, head, 10**6, module, call, site)]
        if not places:
            for arg in call.args:
                if arg.name is None and not arg.spread and (module.facts.language == "javascript" or isinstance(arg.value, Map)):
                    places += self._keys(arg.value, head, (module, call.scope, site.frame), callers=callers)
        for key in filter(None, rest.split(".")):
            places = [p for expr, m, s, f in places for p in self._keys(expr, key, (m, s, f), callers=callers)]
        return places

    def fields(self, base: Expr, key: str, where: tuple[Module, int, Frame | None]) -> list[Place]:
        """Where the dict or object literals that `base` may be give `key`, spread ones included."""
        module, scope, frame = where
        if isinstance(base, Map):
            return self._keys(base, key, where)
        found: list[Place] = []
        for value in self.eval(base, module, scope, frame):
            if isinstance(value, Composite) and isinstance(value.expr, Map):
                found += self._keys(value.expr, key, (self.at(value.path), value.scope, value.frame))
            elif isinstance(value, Inst) and value.site is not None and self._is_field(value, key):
                found += self.given(value.site, key)
        return found

    def _is_field(self, inst: Inst, name: str) -> bool:
        """Whether the class declares the attribute as a field that its constructor takes."""
        order = self.lineage(Class(inst.path, inst.scope))[0]
        return any(b.annotation is not None for c in order for b in self.at(c.path).names.get((c.scope, name), ()))

    def _keys(self, expr: Expr, key: str, where: tuple[Module, int, Frame | None], depth: int = 0, *, callers: bool = False) -> list[Place]:
        guard = ("keys", id(expr), key, where[1], where[2])
        if depth > 6 or guard in self._active:
            self._cut += 1
            return []
        self._active.add(guard)
        try:
            return self._key_places(expr, key, where, depth, callers)
        finally:
            self._active.discard(guard)

    def _key_places(self, expr: Expr, key: str, where: tuple[Module, int, Frame | None], depth: int, callers: bool) -> list[Place]:
        module, scope, frame = where
        if isinstance(expr, Seq):
            return [p for item in expr.items for p in self._keys(item, key, where, depth + 1, callers=callers)]
        if isinstance(expr, Map):
            own = [(v, module, scope, frame) for k, v in expr.items if isinstance(k, Const) and k.value == key]
            if own:
                return own
            return [p for k, v in expr.items if k is None for p in self._keys(v, key, where, depth + 1, callers=callers)]
        if isinstance(expr, Const | Template):
            return []
        places: list[Place] = []
        for value in self.eval(expr, module, scope, frame):
            if isinstance(value, Composite) and isinstance(value.expr, Map):
                places += self._keys(value.expr, key, (self.at(value.path), value.scope, value.frame), depth + 1, callers=callers)
            elif isinstance(value, Ext) and value.trail:
                places += self.given(value.trail[-1], key)
            elif isinstance(value, Inst) and value.site is not None:
                places += self.given(value.site, key)
            elif callers and isinstance(value, Param) and not value.derived:
                for held in self.expand(value):
                    if isinstance(held, Composite) and isinstance(held.expr, Map):
                        places += self._keys(held.expr, key, (self.at(held.path), held.scope, held.frame), depth + 1, callers=True)
        if isinstance(expr, Name):
            places += self._item_bindings(expr, key, module, scope, frame)
        return places

    def _item_bindings(self, base: Name, key: str, module: Module, scope: int, frame: Frame | None) -> list[Place]:
        """`options["key"] = value` and `options.key = value` in the same function."""
        function = module.enclosing_function(scope)
        found: list[Place] = []
        for binding in module.attributes.get(key, ()):
            if isinstance(binding.target, Attr) and binding.target.base == Name(base.id, getattr(binding.target.base, "line", 0)):
                if binding.value is not None and module.enclosing_function(binding.scope) == function:
                    found.append((binding.value, module, binding.scope, frame))
        for binding in module.facts.bindings:
            target = binding.target
            if (
                isinstance(target, Item)
                and isinstance(target.base, Name)
                and target.base.id == base.id
                and isinstance(target.key, Const)
                and target.key.value == key
                and binding.value is not None
                and module.enclosing_function(binding.scope) == function
            ):
                found.append((binding.value, module, binding.scope, frame))
        return found

    # -- types and callers ---------------------------------------------------------------------------------------

    def annotated(self, expr: Expr, module: Module, scope: int) -> Values:
        """Instances of what a type annotation names; a type that is made of itself ends."""
        guard = ("type", module.path, id(expr), scope)
        if guard in self._active:
            self._cut += 1
            return ()
        self._active.add(guard)
        try:
            return self._annotated(expr, module, scope)
        finally:
            self._active.discard(guard)

    def _annotated(self, expr: Expr, module: Module, scope: int) -> Values:
        match expr:
            case Item(base=base, key=key):
                inner = key.items if isinstance(key, Seq) else (key,)
                heads = self.eval(base, module, scope)
                if any(isinstance(h, Ext) and h.path.rsplit(".", 1)[-1] == "Annotated" for h in heads):
                    dependency = tuple(v for k in inner[1:] if isinstance(k, CallRef) for v in self.eval(k, module, scope))
                    return self.annotated(inner[0], module, scope) + dependency
                if any(
                    (isinstance(h, Ext) and h.path.startswith(WRAPPING)) or (isinstance(h, Ext) and h.path.startswith("builtins."))
                    for h in heads
                ):
                    return unique(v for k in inner for v in self.annotated(k, module, scope))
                return self.annotated(base, module, scope)
            case Op(op="|", left=left, right=right):
                return self.annotated(left, module, scope) + self.annotated(right, module, scope)
            case Choice(options=options):
                return unique(v for option in options for v in self.annotated(option, module, scope))
            case Name() | Attr() | Import():
                return self._instances(self.eval(expr, module, scope), module)
        return ()

    def _instances(self, values: Values, module: Module) -> Values:
        found: list[Value] = []
        for value in values:
            if isinstance(value, Class):
                found.append(Inst(value.path, value.scope))
            elif isinstance(value, Ext) and not value.path.startswith(("builtins.", *WRAPPING)):
                kind = self.catalog(module).annotation(value.path)
                found.append(Ext(f"<{kind}>" if kind else f"{value.path}()", value.trail, True))
            elif isinstance(value, Composite) and isinstance(value.expr, Op):
                found.extend(self.annotated(value.expr, self.at(value.path), value.scope))
        return tuple(found)

    def expand(self, param: Param) -> Values:
        """What a parameter may hold: what its callers give, its annotation, its default."""
        module = self.at(param.path)
        record = module.scopes[param.scope]
        parameter = next((p for p in record.params if p.name == param.name), None)
        if parameter is None or param.derived:
            return ()
        key = ("expand", param)
        if key in self._memo:
            return self._memo[key]
        if key in self._active:
            self._cut += 1
            return ()
        self._active.add(key)
        cut = self._cut
        try:
            found = list(self.eval(parameter.default, module, record.parent)) if parameter.default is not None else []
            for site in self._in_earnest(self.callers(param.path, param.scope), param.path):
                for func in self._entered(site, param.path, param.scope):
                    places = self.argument(self.frame(func, site), param.name)
                    found.extend(v for place in places or () for v in self.eval(*place) if v != param)
            typed = self.annotated(parameter.annotation, module, record.parent) if parameter.annotation is not None else ()
            if typed and self.dispatched(param.path, param.scope):
                made = self._made_of(parameter, module, record.parent)
                typed = tuple(v for i in made for v in self.eval(CallRef(i), module, module.calls[i].scope)) or typed
            concrete = [v for v in found if isinstance(v, Ext | Inst | Class | Func | Partial)]
            result = unique([*found, *(() if concrete else typed)])
        finally:
            self._active.discard(key)
        if cut == self._cut:
            self._memo[key] = result
        return result

    def _in_earnest(self, sites: tuple[Site, ...], path: str) -> tuple[Site, ...]:
        """The callers without those in tests, unless the function is itself of the tests or only they call it."""
        if self.is_test(path):
            return sites
        return tuple(s for s in sites if not self.is_test(s.path)) or sites

    def is_test(self, path: str) -> bool:
        """Whether a file is there for tests."""
        if path not in self._tests:
            self._tests[path] = self._scopes.of(path) == "test"
        return self._tests[path]

    def _entered(self, site: Site, path: str, scope: int) -> list[Func]:
        """The function at `path`, `scope` with the receiver that the call at `site` gives it."""
        module = self.at(site.path)
        record = self.at(path).scopes[scope]
        found = []
        if site.shift == DISPATCHED:
            cls = self.at(path).enclosing_class(scope)
            assert cls is not None
            family = [Class(path, cls), *self.subclasses(Class(path, cls))]
            return [Func(path, scope, inst) for inst in self._started(module, site.call, site.frame, family)][:4] or [
                Func(path, scope, Inst(path, cls))
            ]
        if site.shift:
            handed = module.calls[site.call].args[site.shift - 1].value
            targets = self.eval(handed, module, module.calls[site.call].scope, site.frame)
        else:
            targets = self.callee(module, site.call, site.frame)
            if isinstance(module.calls[site.call].callee, Item):
                targets = (*self._by_key(module, site.call, record.name, path, scope, site.frame), *targets)
        for value in targets:
            if isinstance(value, Func) and (value.path, value.scope) == (path, scope):
                found.append(value)
            elif isinstance(value, Class) and record.name in ("__init__", "constructor"):
                found.append(Func(path, scope, Inst(value.path, value.scope, site)))
            elif isinstance(value, Inst) and record.name == "__call__":
                found.append(Func(path, scope, value))
        if not found:
            cls = self.at(path).enclosing_class(scope)
            found.append(Func(path, scope, Inst(path, cls) if cls is not None and not record.is_static else None))
        return found[:4]

    def callers(self, path: str, scope: int) -> tuple[Site, ...]:
        """Calls that enter the function at `path`, `scope`, among the files read so far."""
        key = (path, scope)
        if key in self._callers:
            return self._callers[key]
        if key in self._finding:
            self._cut += 1
            return ()
        self._finding.add(key)
        try:
            found = tuple(self._find_callers(path, scope))[:MAX_CALLERS]
        finally:
            self._finding.discard(key)
        self._callers[key] = found
        return found

    def _find_callers(self, path: str, scope: int) -> Iterator[Site]:
        home = self.at(path)
        record = home.scopes[scope]
        cls = home.enclosing_class(scope)
        family: list[Class] = []
        if cls is not None and record.kind == "function":
            family = [Class(path, cls), *self.subclasses(Class(path, cls))]
        names = {record.name}
        if record.name in ("__init__", "constructor") and family:
            names = {self.at(c.path).scopes[c.scope].name for c in family} | {"cls"}
        holders: set[str] = set()
        if record.name == "__call__" and family:
            holders = {name for module in self.modules() for name in self._instance_names(module, family)}
        for module in list(self.modules()):
            wanted = set(names)
            for name in names:
                wanted |= module.aliases.get(name, set())
            if module.facts.language == "javascript":
                wanted |= module.aliases.get("default", set())
            candidates = sorted({i for name in wanted for i in module.calls_of.get(name, ())})
            if record.name == "__call__" and family:
                candidates = sorted({i for name in holders for i in module.calls_of.get(name, ())})
            for index in candidates:
                if self._enters(module, index, path, scope, family, record):
                    yield Site(module.path, index)
            for index in module.computed if family else ():
                if self._by_key(module, index, record.name, path, scope):
                    yield Site(module.path, index)
            if family and self.dispatched(path, scope):
                yield from self._starting(module, family)
            handed = sorted({pair for name in wanted for pair in module.passed.get(name, ())})
            for index, position in handed:
                if self._runs(module, index, position, path, scope):
                    yield Site(module.path, index, None, position + 1)

    def dispatched(self, path: str, scope: int) -> bool:
        """Whether a library runs this method of its subclass: one decorated by the library, or registered with it (`this.addStep(..., this.plan)`)."""
        key = ("dispatched", path, scope)
        if key not in self._memo:
            self._memo[key] = ()
            self._memo[key] = (Scalar(self._dispatched(path, scope)),)
        return self._memo[key] == (Scalar(True),)

    def _dispatched(self, path: str, scope: int) -> bool:
        module = self.at(path)
        record = module.scopes[scope]
        cls = module.enclosing_class(scope)
        if cls is None or record.parent != cls:
            return False
        roots = {_root(base.path) for base in self.lineage(Class(path, cls))[1]}
        if not roots:
            return False
        for decorator in record.decorators:
            if any(isinstance(v, Ext) and _root(v.path) in roots for v in self.eval(decorator, module, record.parent)):
                return True
        for index, _ in module.passed.get(record.name, ()):
            callee = module.calls[index].callee
            if isinstance(callee, Attr) and isinstance(callee.base, Name) and callee.base.id in ("self", "this"):
                if any(isinstance(v, Ext) and _root(v.path) in roots for v in self.callee(module, index)):
                    return True
        return False

    def _starting(self, module: Module, family: list[Class]) -> Iterator[Site]:
        """Calls that start a workflow object of the family: `agent.run(input=text)`."""
        for name in STARTERS:
            for index in module.calls_of.get(name, ()):
                if self._started(module, index, None, family):
                    yield Site(module.path, index, None, DISPATCHED)

    def _started(self, module: Module, index: int, frame: Frame | None, family: list[Class]) -> list[Inst]:
        call = module.calls[index]
        if not isinstance(call.callee, Attr):
            return []
        values = self.eval(call.callee.base, module, call.scope, frame)
        held = unique(e for v in values for e in (self.expand(v) if isinstance(v, Param) else (v,)))
        return [
            v for v in held if isinstance(v, Inst) and any(c in family or c == family[0] for c in self.lineage(Class(v.path, v.scope))[0])
        ]

    def _by_key(self, module: Module, index: int, name: str, path: str, scope: int, frame: Frame | None = None) -> list[Func]:
        """The function at `path`, `scope` as member `name` of `object[key](...)`, once for each object that has it."""
        callee = module.calls[index].callee
        if not isinstance(callee, Item):
            return []
        where = module.calls[index].scope
        keys = self.keys(callee.key, module, where, frame)
        if keys and name not in keys:
            return []
        held = self.eval(callee.base, module, where, frame)
        objects = unique(e for v in held for e in (self.expand(v) if isinstance(v, Param) else (v,)))
        members = (m for v in objects if isinstance(v, Inst | Class | Mod | Composite) for m in self.attribute(v, name))
        return [m for m in members if isinstance(m, Func) and (m.path, m.scope) == (path, scope)]

    def _runs(self, module: Module, index: int, position: int, path: str, scope: int) -> bool:
        """Whether the call runs the function it is handed at `position`: a known runner, or a function of the tree."""
        call = module.calls[index]
        if call.args[position].name not in (None, "target", "func", "fn", "function"):
            return False
        values = self.eval(call.args[position].value, module, call.scope)
        if not any(isinstance(v, Func) and (v.path, v.scope) == (path, scope) for v in values):
            return False
        return last_name(call.callee) in RUNNERS or any(isinstance(v, Func) for v in self.callee(module, index))

    def _by_name(self, callee: Expr, family: list[Class], name: str) -> bool:
        """Whether an unresolved `receiver.name()` can only be this method: nothing else has it, or the receiver is named after the class."""
        if not isinstance(callee, Attr):
            return False
        if len(name) > 5 and "_" in name.strip("_") and self._only_in(name, family):
            return True
        parts = words(last_name(callee.base) or "")
        named = (a for c in family[:1] for a in (*family, *self.lineage(c)[0]))
        return bool(parts) and any(parts[-1:] == words(self.at(c.path).scopes[c.scope].name)[-1:] for c in named)

    def _only_in(self, name: str, family: list[Class]) -> bool:
        own = set(family)
        for cls in family:
            own |= set(self.lineage(cls)[0])
        for module in self.modules():
            for index, record in enumerate(module.scopes):
                if record.name == name and record.kind == "function":
                    holder = module.enclosing_class(index)
                    if holder is None or Class(module.path, holder) not in own:
                        return False
        return True

    def _instance_names(self, module: Module, family: list[Class]) -> set[str]:
        """Names that may hold an instance of the family, by binding, annotation or constructor parameter."""
        classes = {self.at(c.path).scopes[c.scope].name for c in family}
        for c in family:
            classes |= {self.at(b.path).scopes[b.scope].name for b in self.lineage(c)[0]}
        names: set[str] = set()
        for binding in module.facts.bindings:
            target = binding.target
            name = target.id if isinstance(target, Name) else target.name if isinstance(target, Attr) else None
            if name is None:
                continue
            value = binding.value
            made = isinstance(value, CallRef) and last_name(module.calls[value.index].callee) in classes
            typed = binding.annotation is not None and _mentions(binding.annotation, classes)
            handed = isinstance(value, Name) and value.id == name
            if made or typed or handed:
                names.add(name)
        for record in module.scopes:
            names |= {p.name for p in record.params if p.annotation is not None and _mentions(p.annotation, classes)}
        return names

    def _enters(self, module: Module, index: int, path: str, scope: int, family: list[Class], record: Scope) -> bool:
        values = self.callee(module, index)
        if family and all(isinstance(v, Unknown | Param) for v in values):
            return self._by_name(module.calls[index].callee, family, record.name)
        for value in values:
            match value:
                case Func(path=p, scope=s):
                    if (p, s) == (path, scope):
                        return True
                case Class() if record.name in ("__init__", "constructor"):
                    maker = self._method(value, record.name)
                    if maker is not None and (maker.path, maker.scope) == (path, scope):
                        return True
                case Inst() if record.name == "__call__":
                    if any((m.path, m.scope) == (path, scope) for m in self.methods(value, "__call__")):
                        return True
        return False


def _part(param: Param, name: str) -> str:
    """Name of a part of a parameter's part: what is inside an element stays a piece of that element."""
    return f"{param.part}.{name}" if "[]" in param.part else name or param.part


def _root(path: str) -> str:
    """The library that a path leads into: `llama_index` of `llama_index.core.workflow.step()`, `pkg` of `<pkg.type>`."""
    return re.split(r"[.#(/]", path.lstrip("<@"), maxsplit=1)[0].split("-")[0].replace("_", "")


def _vacant(value: Value) -> bool:
    """Whether a value only holds a place for one that is put there later."""
    if isinstance(value, Composite):
        return isinstance(value.expr, Seq | Map) and not value.expr.items
    return isinstance(value, Unknown) or value == Scalar(None)


def _depth(site: Site | None) -> int:
    return site.frame.depth if site is not None and site.frame is not None else 0


def words(name: str) -> list[str]:
    return [w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def _mentions(expr: Expr, names: set[str]) -> bool:
    match expr:
        case Name(id=name) | Attr(name=name):
            return name in names
        case Item(base=base, key=key):
            return _mentions(base, names) or _mentions(key, names)
        case Seq(items=items) | Choice(options=items):
            return any(_mentions(item, names) for item in items)
        case Op(left=left, right=right):
            return _mentions(left, names) or _mentions(right, names)
    return False
