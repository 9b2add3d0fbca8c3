"""Where functions go as values: under which names, members and results they may be called.

Field-based and blind to the flow of control: one holder for each variable of a scope, each member name and each call's value, after
Feldthaus et al., "Efficient construction of approximate call graphs for JavaScript IDE services" (ICSE 2013). It starts from one
function, so that only what is asked for is followed; the evaluator then checks each call that is found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from aicensus.link.core import ITERATING, RUNNERS, Core, is_cut
from aicensus.link.project import MUTATORS, Module, got_member, last_name
from aicensus.link.values import Class, Composite, Ext, Func, Param, Unknown, Values
from aicensus.model.facts import (
    Attr,
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
    Seq,
    Spread,
)
from aicensus.model.facts import Param as Parameter

MAX_HOLDERS = 400
"""Holders followed for one function; one that goes to more is called from everywhere."""
MAX_HOMES = 40
"""Files looked into for a member name of one word."""
KEEPING = frozenset({"bind", "get", "values", "items", "pop", "copy", "slice", "filter", "concat", "at", "find", "shift"})
"""Methods whose result is, or holds, what they are called on."""
FILLING = MUTATORS | {"set", "add"}


class Flow(NamedTuple):
    """A value at a place where it is not called: where it goes, and the keys of the literals around it."""

    expr: Expr
    scope: int
    keys: tuple[str, ...]
    to: Expr | tuple[int, int] | int | str
    """A target that it is assigned to, (call, argument), the function that returns it, or the name it is exported under."""
    place: int = -1
    """Its place in the tuple that is returned."""
    item: int = -1
    """The place that is taken out of what a call gives."""


class Holder(NamedTuple):
    """What may hold the function: a variable (path, scope, name), a member ("", 0, name), or the value of a call (path, call, "").

    An item of the value of a call has its place for a name: `[0]`.
    """

    path: str
    at: int
    name: str


class Carried:
    """Places of one module where names, members, results of calls and definitions stand without being called."""

    def __init__(self, module: Module) -> None:
        self._calls = module.calls
        self.names: dict[str, list[Flow]] = defaultdict(list)
        self.members: dict[str, list[Flow]] = defaultdict(list)
        self.calls: dict[int, list[Flow]] = defaultdict(list)
        self.definitions: dict[int, list[Flow]] = defaultdict(list)
        self.results: dict[int, list[int]] = defaultdict(list)
        """Calls of what a call gives: `f()()`."""
        self.picked: dict[str, list[int]] = defaultdict(list)
        """Calls of an item of a name or member: `table[key]()`."""
        self.keyed: dict[str, list[int]] = defaultdict(list)
        """Calls of an item under a constant key: `row["run"]()`."""
        for binding in module.facts.bindings:
            if binding.value is not None and not isinstance(binding.value, Import):
                self._walk(binding.value, binding.scope, (), binding.target)
        for index, call in enumerate(module.calls):
            callee = call.callee
            for position, arg in enumerate(call.args):
                self._walk(arg.value, call.scope, (), (index, position))
                if isinstance(callee, Attr) and callee.name in FILLING:
                    self._walk(arg.value, call.scope, (), callee.base)
            if isinstance(callee, Attr) and callee.name in KEEPING:
                self._walk(callee.base, call.scope, (), CallRef(index))
            elif isinstance(callee, CallRef):
                self.results[callee.index].append(index)
            elif isinstance(callee, Item):
                if isinstance(callee.key, Const) and isinstance(callee.key.value, str):
                    self.keyed[callee.key.value].append(index)
                elif name := last_name(callee.base):
                    self.picked[name].append(index)
        for index, scope in enumerate(module.scopes):
            for returned in scope.returns:
                for place, item in enumerate(returned.items) if isinstance(returned, Seq) else ((-1, returned),):
                    self._walk(item, index, (), index, place)
            for parameter in scope.params:
                if parameter.default is not None:
                    self._walk(parameter.default, index, (), Name(parameter.name, scope.line))
        for export in module.facts.exports:
            self._walk(export.value, 0, (), export.name)

    def _walk(self, expr: Expr, scope: int, keys: tuple[str, ...], to: Expr | tuple[int, int] | int | str, place: int = -1) -> None:
        match expr:
            case Name(id=name):
                self.names[name].append(Flow(expr, scope, keys, to, place))
            case DefRef(index=index):
                self.definitions[index].append(Flow(expr, scope, keys, to, place))
            case CallRef(index=index):
                self.calls[index].append(Flow(expr, scope, keys, to, place))
                if got := got_member(self._calls[index]):
                    self.members[got].append(Flow(expr, scope, keys, to, place))
            case Attr(name=name) | Item(key=Const(value=str(name))):
                self.members[name].append(Flow(expr, scope, keys, to, place))
            case Item(base=CallRef(index=index) as base, key=Const(value=int(item))):
                self.calls[index].append(Flow(base, scope, keys, to, place, item))
            case Item(base=base) | Element(base=base) | Spread(value=base):
                self._walk(base, scope, keys, to, place)
            case Choice(options=items) | Seq(items=items):
                for option in items:
                    self._walk(option, scope, keys, to, place)
            case Op(left=left, right=right):
                self._walk(left, scope, keys, to, place)
                self._walk(right, scope, keys, to, place)
            case Map(items=pairs):
                for key, value in pairs:
                    named = (str(key.value),) if isinstance(key, Const) and isinstance(key.value, str) else ()
                    self._walk(value, scope, keys + named, to, place)


class Flows(Core):
    """Calls that a function reaches as a value."""

    def flowing(self, path: str, scope: int) -> Iterator[tuple[Module, int, int]]:
        """Calls of whatever may hold the function at `path`, `scope`, those by its own name excepted; each once, unsettled ones too.

        With each call the number of leading arguments that belong to who runs the function it is handed: `to_thread(held, a)` has 1.
        """
        home = self.at(path)
        seen: dict[Holder, None] = {}
        queue: list[Holder] = []
        found: set[tuple[str, int]] = set()

        def push(holder: Holder) -> None:
            if holder not in seen and len(seen) < MAX_HOLDERS:
                seen[holder] = None
                queue.append(holder)

        target = Func(path, scope)
        own = home.scopes[scope]
        if own.parent >= 0 and home.scopes[own.parent].kind == "class":
            seen[Holder("", 0, own.name)] = None
            for module, flow in self._member_flows(own.name, target):
                for holder in self._onward(module, flow):
                    push(holder)
        for flow in self.carried(home).definitions.get(scope, ()):
            if not (isinstance(flow.to, Name) and home.scopes[flow.scope].kind == "class"):
                for holder in self._onward(home, flow):
                    push(holder)
        for holder in queue:
            for module, index in self._called(holder):
                if (module.path, index) not in found:
                    found.add((module.path, index))
                    yield module, index, 0
            for module, flow in self._flows(holder, target):
                if isinstance(flow.to, tuple) and last_name(module.calls[flow.to[0]].callee) in RUNNERS:
                    yield module, flow.to[0], flow.to[1] + 1
                for further in self._onward(module, flow):
                    push(further)

    def held_by(self, holder: Holder) -> Iterator[Holder]:
        """Variables, parameters and results of calls that get what a variable or the result of a call holds."""
        for module, flow in self._flows(holder, None):
            if isinstance(flow.to, tuple):
                yield from self._handed_to(module, *flow.to)
            elif not isinstance(flow.to, int | str):
                yield from (h for h in self._assigned_to(module, flow.to, flow.scope) if h.path)

    def carried(self, module: Module) -> Carried:
        """Places of the module where values stand without being called."""
        if module.path not in self._carried:
            self._carried[module.path] = Carried(module)
        return self._carried[module.path]

    def registered(self, path: str, scope: int) -> bool:
        """Whether the function is handed to a library that calls it: written in the call, or by its name in a method's."""
        module = self.at(path)
        carried = self.carried(module)
        name = module.scopes[scope].name
        flows = [*carried.definitions.get(scope, ())]
        flows += [f for f in carried.names.get(name, ()) if isinstance(f.to, tuple) and isinstance(module.calls[f.to[0]].callee, Attr)]
        for flow in flows:
            if isinstance(flow.to, tuple):
                values = self.callee(module, flow.to[0])
                runs = last_name(module.calls[flow.to[0]].callee) in ITERATING | RUNNERS
                if values and not runs and all(isinstance(v, Ext) and not v.path.startswith("builtins.") for v in values):
                    return True
        return False

    def _onward(self, module: Module, flow: Flow) -> Iterator[Holder]:
        for key in flow.keys:
            yield Holder("", 0, key)
        to = flow.to
        if isinstance(to, str):
            yield from self._offered(module, to)
        elif isinstance(to, tuple):
            yield from self._handed_to(module, *to)
        elif isinstance(to, int):
            for site in self.callers(module.path, to):
                if not site.shift:
                    yield Holder(site.path, site.call, "" if flow.place < 0 else f"[{flow.place}]")
        else:
            yield from self._assigned_to(module, to, flow.scope)

    @staticmethod
    def _assigned_to(module: Module, target: Expr, scope: int) -> Iterator[Holder]:
        match target:
            case Name(id=name):
                yield Holder(module.path, declaring(module, scope, name), name)
            case Attr(name=name):
                yield Holder("", 0, name)
            case CallRef(index=index):
                yield Holder(module.path, index, "")
            case Item(base=base, key=key):
                if isinstance(key, Const) and isinstance(key.value, str):
                    yield Holder("", 0, key.value)
                if isinstance(base, Name):
                    yield Holder(module.path, declaring(module, scope, base.id), base.id)
                elif isinstance(base, Attr):
                    yield Holder("", 0, base.name)

    def _handed_to(self, module: Module, index: int, position: int) -> Iterator[Holder]:
        """The parameter that takes an argument; the result of a library function, which may wrap it."""
        call = module.calls[index]
        arg = call.args[position]
        targets = self.callee(module, index)
        inside = False
        for value in targets:
            maker = self.method(value, "__init__") or self.method(value, "constructor") if isinstance(value, Class) else None
            func = maker if maker is not None else value
            if not isinstance(func, Func):
                continue
            inside = True
            for parameter in self.taking(func, arg.name, position):
                yield Holder(func.path, func.scope, parameter.name)
        if not inside and not any(isinstance(v, Class) for v in targets):
            yield Holder(module.path, index, "")

    def taking(self, func: Func, keyword: str | None, position: int) -> tuple[Parameter, ...]:
        """The parameter that takes an argument of a call of the function; a receiver that is known takes none."""
        record = self.at(func.path).scopes[func.scope]
        shift = 1 if record.params and record.receiver == record.params[0].name and func.receiver is not None else 0
        if keyword:
            return tuple(p for p in record.params if p.name == keyword)
        return record.params[position + shift : position + shift + 1]

    def _offered(self, module: Module, name: str) -> Iterator[Holder]:
        """Names under which other files import an export, handed on by others or not."""
        seen = {(module.path, name)}
        exports = [(module, name)]
        while exports:
            module, name = exports.pop()
            for other in self.project.importing.of(name):
                for alias, imported in other.imports.get(name, ()):
                    if self.project.find(other.path, imported.module, imported.level) == module.path:
                        yield Holder(other.path, 0, alias)
                for export in other.facts.exports:
                    value = export.value
                    passed = isinstance(value, Import) and value.name == name and (other.path, export.name) not in seen
                    if passed and self.project.find(other.path, value.module, value.level) == module.path:  # type: ignore[union-attr]
                        seen.add((other.path, export.name))
                        exports.append((other, export.name))

    def _flows(self, holder: Holder, target: Func | None) -> Iterator[tuple[Module, Flow]]:
        if not holder.path and target is not None:
            yield from self._member_flows(holder.name, target)
            return
        module = self.at(holder.path)
        carried = self.carried(module)
        if not holder.name or holder.name.startswith("["):
            for flow in carried.calls.get(holder.at, ()):
                if not holder.name or flow.item < 0 or holder.name == f"[{flow.item}]":
                    yield module, flow
            return
        for flow in carried.names.get(holder.name, ()):
            if declaring(module, flow.scope, holder.name) == holder.at:
                yield module, flow
        if holder.at == 0 and module.facts.language == "python":
            for other in self.project.importing.of(holder.name):
                for alias, imported in other.imports.get(holder.name, ()):
                    if self.project.find(other.path, imported.module, imported.level) == module.path:
                        yield other, Flow(imported, 0, (), Name(alias, 1))

    def _member_flows(self, name: str, target: Func) -> Iterator[tuple[Module, Flow]]:
        """Places where a member of this name stands that is, or may be, the function."""
        homes = self.project.reading.of(name)
        distinct = is_distinct(name)
        if not distinct and len(homes) > MAX_HOMES:
            return
        for module in homes:
            for flow in self.carried(module).members.get(name, ()) if self.project.neighbours.may_hold(target.path, module.path) else ():
                values = self.eval(flow.expr, module, flow.scope)
                same = any(isinstance(v, Func) and (v.path, v.scope) == (target.path, target.scope) for v in values)
                if same or (distinct and self.unsettled(values)):
                    yield module, flow

    def _called(self, holder: Holder) -> Iterator[tuple[Module, int]]:
        if not holder.path:
            if is_distinct(holder.name) or len(self.project.calling.of(holder.name)) <= MAX_HOMES:
                for module in self.project.calling.of(holder.name):
                    yield from ((module, i) for i in module.calls_of[holder.name] if isinstance(module.calls[i].callee, Attr))
            for module in self.project.computing.of(""):
                carried = self.carried(module)
                yield from ((module, i) for i in (*carried.keyed.get(holder.name, ()), *carried.picked.get(holder.name, ())))
            return
        module = self.at(holder.path)
        if not holder.name:
            yield from ((module, i) for i in self.carried(module).results.get(holder.at, ()))
            return
        for index in (*module.calls_of.get(holder.name, ()), *self.carried(module).picked.get(holder.name, ())):
            call = module.calls[index]
            callee = call.callee.base if isinstance(call.callee, Item) else call.callee
            if isinstance(callee, Name) and declaring(module, call.scope, holder.name) == holder.at:
                yield module, index

    def unsettled(self, values: Values) -> bool:
        """Whether evaluation leaves open what stands there: nothing known, or more than is kept."""
        return is_cut(values) or all(
            isinstance(v, Unknown | Param | Composite) or (isinstance(v, Ext) and ("()" in v.path or v.path.startswith("builtins.")))
            for v in values
        )


def is_distinct(name: str) -> bool:
    """Whether a name is of several words, so that whoever says it means the same thing."""
    return "_" in name.strip("_") or any(a.islower() and b.isupper() for a, b in pairwise(name))


def declaring(module: Module, scope: int, name: str) -> int:
    """The scope that the bare name belongs to when it stands in `scope`; 0 for one of the module or of nobody."""
    current = scope
    while current > 0:
        record = module.scopes[current]
        if (current, name) in module.names and (record.kind == "function" or current == scope):
            return current
        if record.kind == "function" and any(p.name == name for p in record.params):
            return current
        current = record.parent
    return 0
