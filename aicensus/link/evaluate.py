"""Abstract evaluation: what an expression may stand for, through names, attributes, calls, imports and callers.

Flow-insensitive and demand-driven. Frames carry the call that entered a function, so that one helper called twice
gives two answers; where no caller is fixed, the parameter stays a `Param` and `expand` asks its callers.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from aicensus.link.arguments import Arguments
from aicensus.link.callers import Callers
from aicensus.link.calls import Calls
from aicensus.link.classes import Classes
from aicensus.link.core import MANY, MAX_DEPTH, MAX_STEPS, MAX_VALUES, OBJECTS, RUNNERS, Place, is_object, part_name, spoken, unique, words
from aicensus.link.flows import Flows
from aicensus.link.names import Names
from aicensus.link.project import Module
from aicensus.link.registries import Registries
from aicensus.link.values import (
    Class,
    Composite,
    Env,
    Ext,
    Frame,
    Func,
    Inst,
    Listing,
    Mod,
    Param,
    Scalar,
    Text,
    Unknown,
    Value,
    Values,
    text_of,
)
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
    Prose,
    Seq,
    Spread,
    Template,
)

__all__ = ["RUNNERS", "Evaluator", "Place", "words"]


class Evaluator(Names, Classes, Calls, Arguments, Callers, Flows, Registries):
    """Answers what expressions of one project may stand for; answers are kept."""

    def eval(self, expr: Expr | None, module: Module, scope: int, frame: Frame | None = None) -> Values:
        """What `expr`, standing in `scope` of `module`, may be when entered through `frame`."""
        if expr is None:
            return ()
        if isinstance(expr, Const):
            if isinstance(expr, Prose) or isinstance(expr.value, str):
                return (text_of(expr, module.path),)
            return (Scalar(expr.value),)
        if isinstance(expr, DefRef):
            return self._definition(expr, module, frame)
        key = (module.path, id(expr), scope, frame)
        known = self._memo.get(key)
        if known is None and self._partial:
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
                return self.imported(expr, module)
            case Op(op="|") | Op(op=">>"):
                return self._compose(expr, module, scope, frame)
            case Template() | Op() | Seq() | Map():
                return (Composite(module.path, expr, id(expr), scope, frame),)
            case Choice(options=options):
                return tuple(value for option in options for value in self.eval(option, module, scope, frame))
            case Element(base=base) | Spread(value=base):
                return tuple(v for value in self.eval(base, module, scope, frame) for v in self.elements(value))
            case Item() if (one := self.paired(expr, module)) is not None:
                return self.eval(one, module, scope, frame)
            case Item(base=base, key=key):
                named = self.eval(key, module, scope, frame)
                keys: list[object] = [v.value for v in named if isinstance(v, Text | Scalar)]
                held = self.eval(base, module, scope, frame)
                if not keys and any(isinstance(v, Composite) and isinstance(v.expr, Map) and len(v.expr.items) > MAX_VALUES for v in held):
                    keys = self.keys(key, module, scope, frame)  # Of a long table not every item can be followed.
                found = tuple(v for value in held for v in self.item(value, keys))
                found += tuple(v for v in named if isinstance(v, Env))
                if len(held) >= MAX_VALUES:
                    found += (MANY,)
                if "isinstance" in module.calls_of and not any(map(is_object, found)):
                    found += tuple(self._tested(spoken(expr), module, scope))
                return found if any(map(is_object, found)) else (*found, *self.put_in(base, keys, module, scope))
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
        unknown = bool(right) and all(isinstance(v, Unknown | Param) for v in right)
        for value in (*right, *left):
            if isinstance(value, Ext) and value.path.startswith("<") and value.path.endswith(">"):
                if unknown and expr.op == "|" and (kind := catalog.compose_unknown(value.path[1:-1], expr.op)):
                    return (Ext(f"<{kind}>", value.trail, True),)
                kind = catalog.compose(value.path[1:-1], expr.op)
                if kind:
                    trail = tuple(site for v in (*left, *right) if isinstance(v, Ext) for site in v.trail)
                    found.append(Ext(f"<{kind}>", tuple(dict.fromkeys(trail))))
        if found:
            found.sort(key=lambda v: not any(catalog.calls(f"{v.path}.{verb}") for verb in ("invoke", "run", "pipe")))
            return tuple(found[:1])
        return (Composite(module.path, expr, id(expr), scope, frame),)

    def elements(self, value: Value) -> Values:
        """What iterating over `value` may give."""
        match value:
            case Composite(path=path, expr=Seq(items=items), scope=scope, frame=frame):
                return tuple(v for item in items for v in self.eval(item, self.at(path), scope, frame))
            case Composite(path=path, expr=Map(items=pairs), scope=scope, frame=frame):
                return tuple(v for key, _ in pairs for v in self.eval(key, self.at(path), scope, frame))
            case Listing(items=held):
                return held
            case Ext(path=path, trail=trail):
                # `list[ChatOpenAI]` is written as what it holds.
                return (value,) if _is_annotated(value) else (Ext(f"{path}[]", trail),)
            case Param():
                return (replace(value, derived=True, part=f"{value.part}[]"),)
            case Inst(site=None):
                return self.call_method(value, "__iter__", None) or (value,)  # `list[Chat]` is written as what it holds.
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
                    elif not keys or self._is_key(key, keys, module, scope, frame):
                        found.extend(self._held(item, module, scope, frame))
                return tuple(found)
            case Composite(path=path, expr=Seq(items=items), scope=scope, frame=frame):
                module = self.at(path)
                spread = any(isinstance(item, Spread) for item in items)
                if len(keys) == 1 and isinstance(keys[0], int) and not spread and -len(items) <= keys[0] < len(items) and len(items) > 1:
                    return self.eval(items[keys[0]], module, scope, frame)
                return tuple(v for item in items for v in self.eval(item, module, scope, frame))
            case Listing(items=listed):
                return listed
            case Ext(path="os.environ" | "builtins.process.env"):
                return tuple(Env(key) for key in keys if isinstance(key, str))
            case Ext(path=path, trail=trail):
                return (value,) if _is_annotated(value) else (Ext(f"{path}[]", trail),)
            case Inst(path=path, site=site) if self.at(path).facts.language == "javascript":
                held = site is None and any(isinstance(key, int) for key in keys)
                return (value,) if held else tuple(v for key in keys if isinstance(key, str) for v in self.instance_attribute(value, key))
            case Inst(site=site):
                return self.call_method(value, "__getitem__", None) or ((value,) if site is None else ())
            case Mod(path=path):
                return tuple(v for key in keys if isinstance(key, str) for v in self.attribute(value, key))
            case Param():
                return (replace(value, derived=True, part=part_name(value, next((k for k in keys if isinstance(k, str)), ""))),)
        return (Unknown("item", next((k for k in keys if isinstance(k, str)), "")),)

    def _option(self, parsed: Ext, name: str) -> Iterator[Value]:
        """Defaults that the module of a parser gives a command-line option."""
        if not parsed.trail:
            return
        module = self.at(parsed.trail[-1].path)
        for index in module.calls_of.get("add_argument", ()):
            call = module.calls[index]
            given = {a.name: a.value for a in call.args if a.name}
            flags = [a.value.value for a in call.args if isinstance(a.value, Const) and isinstance(a.value.value, str) and not a.name]
            if name in (f.lstrip("-").replace("-", "_") for f in flags):
                yield from self.eval(given.get("default"), module, call.scope)

    def _is_key(self, key: Expr, keys: list[object], module: Module, scope: int, frame: Frame | None) -> bool:
        """Whether an entry may be one of those asked for; a computed key that is not known may be any."""
        if isinstance(key, Const):
            return key.value in keys
        known = [v.value for v in self.eval(key, module, scope, frame) if isinstance(v, Text | Scalar)]
        return not known or any(k in keys for k in known)

    def _held(self, item: Expr, module: Module, scope: int, frame: Frame | None) -> Values:
        """Value of an entry; of `{get model() {...}}` what the getter returns."""
        values = self.eval(item, module, scope, frame)
        if isinstance(item, DefRef) and any(isinstance(d, Name) and d.id == "get" for d in module.scopes[item.index].decorators):
            return tuple(v for f in values if isinstance(f, Func) for v in self.returned(f, None))
        return values

    def _attribute_of(self, base: Expr, name: str, module: Module, scope: int, frame: Frame | None) -> Values:
        found: list[Value] = []
        for value in self.eval(base, module, scope, frame):
            found.extend((self.written_out(value, name, module) if isinstance(value, Ext) else ()) or self.attribute(value, name))
        if "isinstance" in module.calls_of and not any(isinstance(v, OBJECTS) for v in found):
            found.extend(self._tested(f"{spoken(base)}.{name}", module, scope))
        if isinstance(base, Name) and any(isinstance(v, Scalar | Unknown) for v in found) and not any(map(is_object, found)):
            found.extend(self.assigned(base, name, module, scope))
        return tuple(found) or (Unknown(f".{name} of something unresolved", name),)

    def _tested(self, said: str, module: Module, scope: int) -> Iterator[Value]:
        """What the class or function around asks whether it is one of: `isinstance(self.model, ChatOpenAI)`; SDK types only."""
        around = Module.enclosing_class if said.startswith("self.") else Module.enclosing_function
        home = around(module, scope)
        for index in self._testing(module).get(said, ()):
            call = module.calls[index]
            if around(module, call.scope) != home:
                continue
            types = call.args[1].value
            for one in types.items if isinstance(types, Seq) else (types,):
                yield from (v for v in self.annotated(one, module, call.scope) if isinstance(v, Ext) and v.path.startswith("<"))

    def _testing(self, module: Module) -> dict[str, list[int]]:
        """Calls of `isinstance` in a module, by what they ask about as it is written."""
        if module.path not in self._tests_of:
            found = self._tests_of[module.path] = {}
            for index in module.calls_of["isinstance"]:
                if len(module.calls[index].args) == 2:
                    found.setdefault(spoken(module.calls[index].args[0].value), []).append(index)
        return self._tests_of[module.path]

    def attribute(self, value: Value, name: str) -> Values:
        """`value.name`."""
        match value:
            case Ext(path="builtins.process.env"):
                return (Env(name),)
            case Ext(path=path) if path.endswith("ArgumentParser().parse_args()"):
                return (*self._option(value, name), Unknown("option", name))
            case Ext():
                return (self.ext_member(value, name),)
            case Text() if name == "value":
                return (value,)
            case Mod() if name == "__dict__":
                return (self.members(value),)
            case Mod(path=path):
                return self.member_of(self.at(path), name) or self.submodule(path, name)
            case Inst():
                return self.instance_attribute(value, name)
            case Class() if name == "prototype":
                return (Inst(value.path, value.scope),)
            case Class():
                return self.class_attribute(value, name) or self.nested(value, name)
            case Composite(expr=Map()):
                return self.item(value, [name])
            case Param():
                held = [t for t in self.origins(value) if isinstance(t, OBJECTS) or (isinstance(t, Composite) and isinstance(t.expr, Map))]
                members = (v for t in held for v in self.attribute(t, name))
                return (*(v for v in members if isinstance(v, OBJECTS)), replace(value, derived=True, part=part_name(value, name)))
        return (Unknown(f".{name}", name),)


def _is_annotated(value: Ext) -> bool:
    """Whether an annotation says that the value is, or holds, an object of a known type."""
    return value.hint and not value.trail and value.path.startswith("<") and value.path.endswith(">")
