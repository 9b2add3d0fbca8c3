"""Classes of the tree: what they extend, and what attributes of their instances may be."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from aicensus.link.core import MAX_OVERRIDES, MAX_SUBCLASSES, Core, depth_of, is_vacant, library_of, unique
from aicensus.link.project import Module, last_name
from aicensus.link.values import (
    Class,
    Ext,
    Frame,
    Func,
    Inst,
    Param,
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
    CallRef,
    DefRef,
    Item,
    Name,
    Scope,
)

BARE = ("abc.ABC", "typing.Protocol", "typing.Generic", "typing_extensions.Protocol", "enum.Enum", "enum.StrEnum", "enum.IntEnum")
"""Library bases that give a class no methods to call."""

CALLED_BY_BASES = ("forward", "call", "run", "_call", "invoke")
"""Methods that frameworks have subclasses define and run when an object is called, `torch.nn.Module` first of them."""


def is_interface(record: Scope) -> bool:
    """Whether a class is an interface that others satisfy without naming it."""
    return any(isinstance(d, Name) and d.id == "interface" for d in record.decorators)


class Classes(Core):
    """Classes of the tree: what they extend, and what attributes of their instances may be."""

    def bases(self, cls: Class) -> Values:
        """What the class extends: classes of the tree and library paths."""
        key = (cls.path, cls.scope)
        if key in self._bases:
            return self._bases[key]
        self._bases[key] = ()
        module = self.at(cls.path)
        record = module.scopes[cls.scope]
        cut = self._cut
        self._deriving += 1
        with self.afresh():
            named = (v for base in record.bases for v in self.eval(base.base if isinstance(base, Item) else base, module, record.parent))
            found = unique(v for v in (*named, *self._satisfied(cls)) if v != cls)
        self._deriving -= 1
        if cut == self._cut or self._depth == 0:
            self._bases[key] = found
        else:
            del self._bases[key]
        return found

    def _satisfied(self, cls: Class) -> Iterator[Class]:
        """Interfaces that a class satisfies by its methods alone, in languages where it need not say so."""
        module = self.at(cls.path)
        if not module.facts.package or is_interface(module.scopes[cls.scope]):
            return
        own = self._method_names(cls)
        for name in sorted(own):
            for other in self.project.demanding.of(name):
                for index in other.interfaces.get(name, ()):
                    wanted = self._method_names(Class(other.path, index))
                    if min(wanted) == name and wanted <= own and other.facts.language == module.facts.language:
                        yield Class(other.path, index)

    def _method_names(self, cls: Class) -> frozenset[str]:
        """Names of the methods that a class has wherever its package defines them; those of embedded types do not count."""
        parts = (cls, *self._other_parts(cls))
        methods = ((self.at(c.path).scopes[i]) for c in parts for i in self.at(c.path).children.get(c.scope, ()))
        return frozenset(method.name for method in methods if method.kind == "function")

    def lineage(self, cls: Class) -> tuple[list[Class], list[Ext]]:
        """The class and its in-tree ancestors, nearest first, and the library classes among its ancestors."""
        known = self._lineages.get((cls.path, cls.scope))
        if known is not None:
            return known
        found = self._lineage(cls)
        # While bases are being found, or where they were not for good, a later answer may be another one.
        if not self._deriving and all((c.path, c.scope) in self._bases for c in found[0]):
            self._lineages[cls.path, cls.scope] = found
        return found

    def _lineage(self, cls: Class) -> tuple[list[Class], list[Ext]]:
        order: list[Class] = []
        outside: list[Ext] = []
        queue: list[Class] = [cls]
        named = self.at(cls.path).facts.package is not None  # Such languages see classes of libraries by their bare names.
        while queue and len(order) < 20:
            current = queue.pop(0)
            if current in order:
                continue
            order.append(current)
            queue += self._other_parts(current)
            for base in self.bases(current):
                if isinstance(base, Class):
                    queue.append(base)
                elif isinstance(base, Ext) and (named or not base.path.startswith("builtins.")):
                    outside.append(base)
        return order, outside

    def _other_parts(self, cls: Class) -> list[Class]:
        """The same class where other files of its package define methods of it."""
        key = (cls.path, cls.scope)
        if key not in self._parts_of:
            self._parts_of[key] = self._look_for_parts(cls)
        return self._parts_of[key]

    def _look_for_parts(self, cls: Class) -> list[Class]:
        module = self.at(cls.path)
        record = module.scopes[cls.scope]
        if module.facts.package is None or record.parent != 0:
            return []
        others = (self.project.module(path) for path in self.project.packages.beside(cls.path, record.name))
        return [
            Class(other.path, index)
            for other in others
            if other is not None and other.facts.package == module.facts.package
            for index in other.children.get(0, ())
            if other.scopes[index].kind == "class" and other.scopes[index].name == record.name
        ]

    def subclasses(self, cls: Class) -> tuple[Class, ...]:
        """Direct and indirect subclasses among the files read so far."""
        key = (cls.path, cls.scope)
        if key in self._subclasses:
            return self._subclasses[key]
        self._subclasses[key] = ()
        if is_interface(self.at(cls.path).scopes[cls.scope]):
            self._subclasses[key] = tuple(self._satisfying(cls))
            return self._subclasses[key]
        name = self.at(cls.path).scopes[cls.scope].name
        found: list[Class] = []
        project = self.project
        aliases = {alias for module in project.aliasing.of(name) for alias in module.aliases[name]}
        heirs = {module.path: module for known in (name, *aliases) for module in project.extending.of(known)}
        for _, module in sorted(heirs.items()):
            names = {name} | module.aliases.get(name, set())
            for index, record in enumerate(module.scopes):
                if record.kind == "class" and any(last_name(b.base if isinstance(b, Item) else b) in names for b in record.bases):
                    candidate = Class(module.path, index)
                    if candidate != cls and cls in self.bases(candidate):
                        found.append(candidate)
                        found.extend(self.subclasses(candidate))
        self._subclasses[key] = tuple(dict.fromkeys(found))
        return self._subclasses[key]

    def _satisfying(self, cls: Class) -> Iterator[Class]:
        """Classes read so far that satisfy an interface by their methods."""
        wanted = self._method_names(cls)
        for module in self.project.defining.of(min(wanted)) if wanted else ():
            for index, record in enumerate(module.scopes):
                if record.kind == "class" and record.parent == 0 and cls in self.bases(Class(module.path, index)):
                    yield Class(module.path, index)

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
        found: list[Value] = [v for owner in order for v in self._collected(owner, name, inst)]
        if found:
            return found
        for owner in order:
            found.extend(self._assigned(owner, name, inst))
            if any(isinstance(v, Ext) for v in found) and all(map(_is_vague, found)):
                # Of results of unknown calls the declaration says what they are.
                declared = self.class_attribute(owner, name, inst, own=True)
                found[:0] = [v for v in declared if isinstance(v, Ext) and v.path.startswith("<")]
            if found and not all(isinstance(v, Scalar | Unknown | Param) for v in found):
                break
            declared = self.class_attribute(owner, name, inst, own=True)
            if declared:
                found.extend(declared)
                break
        children = self.subclasses(cls) if inst.site is None else ()
        if len(children) <= MAX_SUBCLASSES:
            below: list[Value] = []
            for child in children:
                below.extend(self._assigned(child, name, Inst(child.path, child.scope)))
                below.extend(self.class_attribute(child, name, Inst(child.path, child.scope), own=True))
                # Of a class beside this one: `class Local(Mixin, Base)` gets its methods from the mixin.
                for beside in self.lineage(child)[0][1:]:
                    if beside not in order and beside not in children:
                        below.extend(self.class_attribute(beside, name, Inst(child.path, child.scope), own=True))
            found.extend(v for v in below if len(children) <= MAX_OVERRIDES or not isinstance(v, Func))
        if not found:
            for base in outside:
                if base.path not in BARE:
                    found.append(self.ext_member(self.constructed(base, inst), name))
        if all(is_vacant(v) for v in found):
            found.extend(self._assigned_elsewhere(name, inst))
        if not found and name != "__getattr__":
            found.extend(self._forwarded(order, inst, name))
        return found

    def _collected(self, owner: Class, name: str, inst: Inst) -> Iterator[Value]:
        """What a decorator of the class puts into the attribute: results of its decorated methods, or a data file."""
        module = self.at(owner.path)
        record = module.scopes[owner.scope]
        for value in (v for d in record.decorators for v in self.eval(d, module, record.parent)):
            if not isinstance(value, Ext):
                continue
            row = self.catalog(module).collection(value.path)
            if row is not None and name in row.gathers:
                yield from self._gathered(owner, library_of(value.path), row.gathers[name], inst)
            elif row is not None and name in row.files:
                paths = [v.value for v in self.class_attribute(owner, name, own=True) if isinstance(v, Text)] or [row.files[name]]
                homes = (self.project.module(p) for text in paths for p in self.paths.resolve(text, module.path))
                yield from (v for home in homes if home is not None for e in home.exports["="] for v in self.eval(e.value, home, 0))

    def _gathered(self, owner: Class, library: str, decorator: str, inst: Inst) -> Iterator[Value]:
        module = self.at(owner.path)
        for index, record in enumerate(module.scopes):
            if record.parent != owner.scope or record.kind != "function":
                continue
            paths = [v.path for d in record.decorators for v in self.eval(d, module, owner.scope) if isinstance(v, Ext)]
            if any(library_of(path) == library and path.rstrip("()").endswith(f".{decorator}") for path in paths):
                yield from self.returned(Func(module.path, index, inst), None)

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

    def constructed(self, base: Ext, inst: Inst) -> Ext:
        kind = self.catalog(self.at(inst.path)).annotation(base.path)
        if kind:
            return Ext(f"<{kind}>", (inst.site,) if inst.site else (), True)
        return Ext(f"{base.path}()", (inst.site,) if inst.site else (), True)

    def _assigned(self, owner: Class, name: str, inst: Inst) -> Values:
        module = self.at(owner.path)
        found: list[Value] = []
        for binding in module.attributes.get(name, ()):
            target = binding.target
            base = target.base if isinstance(target, Attr) else None
            if isinstance(base, Attr) and base.name == "__class__":
                base = base.base
            if not isinstance(base, Name):
                continue
            function = module.enclosing_function(binding.scope)
            holder = function
            while holder is not None and module.scopes[holder].receiver != base.id:
                holder = module.enclosing_function(module.scopes[holder].parent)
            if holder is None or module.enclosing_class(holder) != owner.scope:
                continue
            frame = self._method_frame(module, holder, owner, inst)
            found.extend(self.bound(binding, module, frame))
        return tuple(found)

    def making(self, inst: Inst, path: str, scope: int) -> Frame | None:
        """The activation of the constructor at `path`, `scope` that made `inst`; None when it is not one of its classes'."""
        for owner in self.lineage(Class(inst.path, inst.scope))[0]:
            if owner.path == path and self.at(path).enclosing_class(scope) == owner.scope:
                return self._method_frame(self.at(path), scope, owner, inst)
        return None

    def _method_frame(self, module: Module, method: int, owner: Class, inst: Inst) -> Frame:
        record = module.scopes[method]
        site = self._constructor_site(owner, inst) if record.name in ("__init__", "constructor", "__post_init__") else None
        frame = Frame(module.path, method, site, inst, depth=1 + max(depth_of(site), depth_of(inst.site)))
        return self._frames.setdefault(frame, frame)

    def _constructor_site(self, owner: Class, inst: Inst) -> Site | None:
        """The call that enters `owner`'s constructor when `inst` is made: its own, or a subclass's `super().__init__`."""
        cls = Class(inst.path, inst.scope)
        if owner == cls:
            return inst.site
        maker = self.method(cls, "__init__") or self.method(cls, "constructor")
        if maker is None:
            return inst.site
        module = self.at(maker.path)
        if Class(maker.path, module.enclosing_class(maker.scope) or 0) == owner:
            return inst.site
        for index in (*module.calls_of.get("__init__", ()), *module.calls_of.get("super", ())):
            call = module.calls[index]
            if module.enclosing_function(call.scope) == maker.scope and (not isinstance(call.callee, Name) or call.args):
                return Site(module.path, index, Frame(module.path, maker.scope, inst.site, inst, depth=2 + depth_of(inst.site)))
        return None

    def _assigned_elsewhere(self, name: str, inst: Inst) -> Values:
        found: list[Value] = []
        for module in self.project.assigning.of(name):
            if not self.project.neighbours.may_hold(inst.path, module.path):
                continue
            for binding in module.attributes[name][:12]:
                target = binding.target
                if not isinstance(target, Attr) or not isinstance(target.base, Name) or target.base.id in ("self", "this", "cls"):
                    continue
                held = (v for v in self.eval(target.base, module, binding.scope) if isinstance(v, Inst | Class))
                if any((v.path, v.scope) == (inst.path, inst.scope) for v in held):
                    found.extend(self.bound(binding, module, None))
        return tuple(found)

    def class_attribute(self, cls: Class, name: str, inst: Inst | None = None, *, own: bool = False) -> Values:
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
        if inst is None and not own and name != "constructor" and self.at(cls.path).facts.language == "javascript":
            outside = (base for base in self.lineage(cls)[1] if base.path not in BARE and "()" not in base.path)
            return tuple(self.ext_member(base, name) for base in outside)
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
        script = module.facts.language == "javascript"
        own: Class | Inst | None = cls if record.receiver == "cls" or (record.is_static and script) else inst or cls
        func = Func(module.path, ref.index, None if record.is_static and not script else own)
        if any((last_name(d) or "") in ("property", "cached_property", "get", "hybrid_property") for d in record.decorators):
            return self.returned(func, None)
        return (func,)

    def method(self, cls: Class, name: str) -> Func | None:
        for value in self.class_attribute(cls, name):
            if isinstance(value, Func):
                return value
        return None

    def answering(self, inst: Inst) -> list[Func]:
        """The functions that calling the instance runs: its `__call__`, or the method that a class of another library runs in its place."""
        found = self.methods(inst, "__call__")
        home = self.at(inst.path)
        if found or home.facts.language != "python":
            return found
        bases = [
            base.path for base in self.lineage(Class(inst.path, inst.scope))[1] if library_of(base.path) not in sys.stdlib_module_names
        ]
        if not bases or any(self.catalog(home).leads_to_sdk(base) for base in bases):
            return []
        return next((methods for name in CALLED_BY_BASES if (methods := self.methods(inst, name))), [])

    def methods(self, inst: Inst, name: str) -> list[Func]:
        """The functions that `inst.name` may be, overriding ones of subclasses included."""
        return [v for v in self.instance_attribute(inst, name) if isinstance(v, Func)]


def _is_vague(value: Value) -> bool:
    """Whether a value is not known, or what a call gives of which nothing is known."""
    return isinstance(value, Param | Unknown | Scalar) or (isinstance(value, Ext) and "()" in value.path)
