"""Where a parameter or an argument slot is given its value."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from aicensus.link.core import DISPATCHED, Core, Handed, Place
from aicensus.link.project import Module, is_extension, last_name
from aicensus.link.values import (
    Class,
    Composite,
    Ext,
    Frame,
    Func,
    Inst,
    Param,
    Site,
)
from aicensus.model.facts import (
    Arg,
    Attr,
    Call,
    CallRef,
    Const,
    Expr,
    Item,
    Map,
    Name,
    Op,
    Scope,
    Seq,
    Template,
)
from aicensus.model.facts import Param as Parameter

MAX_PACKED = 2
"""Names between a body and what it was made of."""
KEYED = frozenset({"setdefault", "put", "add", "addProperty", "set", "Add"})
"""Methods that put their second argument under their first."""
PACKING = frozenset({
    "toJson", "writeValueAsString", "writeValueAsBytes", "toJSONString", "encodeToString", "toRequestBody", "ofString", "ofByteArray",
    "toString", "getBytes", "RequestBody", "create", "StringEntity", "HttpEntity", "JsonContent", "StringContent", "Serialize",
    "json_encode", "to_json", "generate", "encode",
})  # fmt: skip
"""Functions that make the body of a request of an object, or its text, in class-based languages."""


class Arguments(Core):
    """Where a parameter or an argument slot is given its value."""

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
        if frame.shift and (run := self._run_by_helper(frame, site, call)) is not None:
            return self.argument(run, name)
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
        if slot < 0 and is_extension(record) and isinstance(call.callee, Attr):
            return [(call.callee.base, caller, call.scope, site.frame)]
        if parameter.kind != "kw" and 0 <= slot < len(positional) and not any(a.spread for a in positional[: slot + 1]):
            return [(positional[slot].value, caller, call.scope, site.frame)]
        forwarded = [a for a in call.args if a.spread]
        places = [place for arg in forwarded for place in self._through_spread(arg, name, slot, caller, call, site)]
        if places:
            return places
        if parameter.default is not None:
            return [(parameter.default, module, record.parent, frame.outer)]
        return None if forwarded else []

    def _run_by_helper(self, frame: Frame, site: Site, call: Call) -> Frame | None:
        """The activation of a function as a helper of the tree enters it that is handed it and says itself what to give it.

        None where it gives what it is handed beside the function, as a library's runners do.
        """
        if frame.shift > len(call.args):
            return None
        handed = call.args[frame.shift - 1]
        for helper in self.callee(self.at(site.path), site.call, site.frame):
            if not isinstance(helper, Func):
                continue
            home = self.at(helper.path)
            for taken in self.taking(helper, handed.name, frame.shift - 1):
                for index in home.calls_of.get(taken.name, ()):
                    run = home.calls[index]
                    if isinstance(run.callee, Name) and run.args and home.enclosing_function(run.scope) == helper.scope:
                        if any(a.spread for a in run.args):
                            return None
                        inner = self.frame(helper, Site(site.path, site.call, site.frame))
                        return replace(frame, site=Site(helper.path, index, inner), shift=0)
        return None

    def _event(self, parameter: Parameter, module: Module, frame: Frame) -> list[Place] | None:
        """What a step of a workflow is given: events that other steps make, or what the workflow was started with."""
        made: list[Place] = [
            (CallRef(i), module, module.calls[i].scope, None) for i in self.made_of(parameter, module, module.scopes[frame.scope].parent)
        ]
        assert frame.site is not None
        caller = self.at(frame.site.path)
        call = caller.calls[frame.site.call]
        pairs = tuple((Const(a.name, call.line, call.line), a.value) for a in call.args if a.name and not a.spread)
        if not pairs:
            return made + [(a.value, caller, call.scope, frame.site.frame) for a in call.args if not a.spread] or None
        return [*made, (self.kept(("event", caller.path, frame.site.call), Map(pairs)), caller, call.scope, frame.site.frame)]

    def made_of(self, parameter: Parameter, module: Module, scope: int) -> list[int]:
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
                stored = self._item_bindings(arg.value, name, caller, call.scope, site.frame) if arg.spread == "**" else []
                return stored or [(arg.value, caller, call.scope, site.frame)]
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
            places = self._item_bindings(arg.value, name, caller, call.scope, site.frame)
            for value in self.eval(arg.value, caller, call.scope, site.frame):
                if isinstance(value, Composite) and isinstance(value.expr, Map | Op):
                    places += self._keys(value.expr, name, (self.at(value.path), value.scope, value.frame))
            return places
        return []

    def given(self, site: Site, name: str | int, *, spread: bool = True, handed: Handed = "") -> list[Place]:
        """Where a call to a library gives an argument, by keyword, position (from 0), or key of an object argument.

        Dots descend into nested objects and calls: `config.systemInstruction`, `0.model`. `spread` follows `*args` and `**kwargs`,
        `handed` objects that callers give: into the callers, or as parts of the parameter where they are spread.
        """
        module = self.at(site.path)
        call = module.calls[site.call]
        if isinstance(name, int):
            positional = [a for a in call.args if a.name is None and a.spread != "**"]
            starred = next((a for a in positional[: name + 1] if a.spread), None)
            if starred is not None:
                return self._through_spread(starred, "", name, module, call, site) if spread else []
            return [(positional[name].value, module, call.scope, site.frame)] if name < len(positional) else []
        head, _, rest = name.partition(".")
        places = [(a.value, module, call.scope, site.frame) for a in call.args if a.name == head]
        if head.isdigit():
            places = self.given(site, int(head), spread=spread, handed=handed)
        elif not places and spread:
            places = [p for a in call.args if a.spread for p in self._through_spread(a, head, 10**6, module, call, site)]
        if not places and not head.isdigit():
            for arg in call.args:
                if arg.name is None and not arg.spread and (module.facts.language == "javascript" or isinstance(arg.value, Map)):
                    places += self._keys(arg.value, head, (module, call.scope, site.frame), handed=handed)
        for key in filter(None, rest.split(".")):
            places = [p for expr, m, s, f in places for p in self._keys(expr, key, (m, s, f), handed=handed)]
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

    def _keys(self, expr: Expr, key: str, where: tuple[Module, int, Frame | None], depth: int = 0, *, handed: Handed = "") -> list[Place]:
        guard = ("keys", id(expr), key, where[0].path, where[1], where[2], handed)
        known = self._places.get(guard)
        if known is not None:
            return known
        if depth > 6 or guard in self._active:
            self._cut += 1
            return []
        self._active.add(guard)
        cut = self._cut
        try:
            found = self._key_places(expr, key, where, depth, handed)
        finally:
            self._active.discard(guard)
        if cut == self._cut:
            self._places[guard] = found
        return found

    def _key_places(self, expr: Expr, key: str, where: tuple[Module, int, Frame | None], depth: int, handed: Handed) -> list[Place]:
        module, scope, frame = where
        if isinstance(expr, Seq):
            return [p for item in expr.items for p in self._keys(item, key, where, depth + 1, handed=handed)]
        if isinstance(expr, Map):
            own = [(v, module, scope, frame) for k, v in expr.items if isinstance(k, Const) and k.value == key]
            if own:
                return own
            spread = (v for k, v in expr.items if k is None)
            return [p for v in spread for p in self._keys(v, key, where, depth + 1, handed=handed)]
        if isinstance(expr, Op) and expr.op == "|":
            return [p for side in (expr.right, expr.left) for p in self._keys(side, key, where, depth + 1, handed=handed)]
        if isinstance(expr, Const | Template | Op):
            return []
        places = [p for packed in _packed(expr, module, scope) for p in self._keys(packed, key, where, depth + 1, handed=handed)]
        for value in self.eval(expr, module, scope, frame):
            if isinstance(value, Composite) and isinstance(value.expr, Map):
                places += self._keys(value.expr, key, (self.at(value.path), value.scope, value.frame), depth + 1, handed=handed)
            elif isinstance(value, Ext) and value.trail:
                places += self.given(value.trail[-1], key)
                if module.facts.package is not None:
                    built = (s for s in value.trail if last_name(self.at(s.path).calls[s.call].callee) == key)
                    places += [place for s in built for place in self.given(s, 0)]
            elif isinstance(value, Inst) and value.site is not None:
                places += self.given(value.site, key)
            elif handed == "callers" and isinstance(value, Param) and not value.derived:
                for held in self.expand(value):
                    if isinstance(held, Composite) and isinstance(held.expr, Map):
                        places += self._keys(held.expr, key, (self.at(held.path), held.scope, held.frame), depth + 1, handed="callers")
            elif handed == "part" and depth and isinstance(value, Param):
                places.append((self.kept(("part", id(expr), key), Attr(expr, key, 0)), module, scope, frame))
        places += self._item_bindings(expr, key, module, scope, frame)
        return list(dict.fromkeys(places)) if len(places) > 1 else places

    def _item_bindings(self, base: Expr, key: str, module: Module, scope: int, frame: Frame | None) -> list[Place]:
        """`options["key"] = value`, `options.key = value`, `options.setdefault("key", value)`, `options.Key.Add(value)`.

        Those of a name count in the same function, those of `self.options` in the same class.
        """
        match base:
            case Name(id=held):
                around = Module.enclosing_function
            case Attr(base=Name(), name=held):
                around = Module.enclosing_class
            case _:
                return []
        home = around(module, scope)
        function = module.enclosing_function(scope)
        bindings = (*module.attributes.get(key, ()), *module.stored_items.get(held, ()))
        found: list[Place] = [
            (b.value, module, b.scope, frame if module.enclosing_function(b.scope) == function else None)
            for b in bindings
            if b.value is not None and around(module, b.scope) == home and _puts(b.target, base, key)
        ]
        for call in (module.calls[i] for i in module.mutations.get(held, ()) if isinstance(base, Name)):
            filled = last_name(call.callee) in KEYED and len(call.args) == 2 and around(module, call.scope) == home
            if filled and isinstance(call.args[0].value, Const) and call.args[0].value.value == key:
                found.append((call.args[1].value, module, call.scope, frame))
        for call in (module.calls[i] for i in module.filled.get(held, ()) if isinstance(base, Name)):
            into = call.callee.base if isinstance(call.callee, Attr) else None
            if isinstance(into, Attr) and into.base == Name(held, getattr(into.base, "line", 0)) and into.name == key:
                found += [(a.value, module, call.scope, frame) for a in call.args if around(module, call.scope) == home]
        return found


def _packed(expr: Expr, module: Module, scope: int, depth: int = 0) -> Iterator[Expr]:
    """What a body was made of by functions that only write it in another form: `RequestBody.create(gson.toJson(body), JSON)`."""
    if module.facts.package is None or depth > MAX_PACKED:
        return
    if isinstance(expr, Name):
        bound = (b.value for b in module.names.get((module.enclosing_function(scope) or 0, expr.id), ()))
        made = [value for value in bound if isinstance(value, CallRef)]
        yield from _packed(made[0], module, scope, depth + 1) if len(made) == 1 else ()
    elif isinstance(expr, CallRef) and last_name(module.calls[expr.index].callee) in PACKING:
        call = module.calls[expr.index]
        object_before = (call.callee.base,) if isinstance(call.callee, Attr) and not call.args else ()
        for inner in (*object_before, *(arg.value for arg in call.args)):
            if isinstance(inner, Name | Map | CallRef):
                yield inner


def _puts(target: Expr, base: Expr, key: str) -> bool:
    """Whether an assignment to `target` puts something under `key` of `base`."""
    match target:
        case Attr(base=into, name=name) if isinstance(base, Name):
            pass
        case Item(base=into, key=Const(value=str(name))):
            pass
        case _:
            return False
    if name != key:
        return False
    match into, base:
        case Name(id=one), Name(id=other):
            return one == other
        case Attr(base=Name(id=holder), name=one), Attr(base=Name(id=own), name=other):
            return (holder, one) == (own, other)
    return False
