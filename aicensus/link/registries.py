"""Registries: containers that code fills at run time, and collections that it makes by looking at itself."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from aicensus.link.core import OBJECTS, Core, unique
from aicensus.link.flows import Holder, declaring
from aicensus.link.paths import HOLE
from aicensus.link.project import PYTHON_SUFFIXES, Module, last_name
from aicensus.link.values import Class, Frame, Func, Listing, Mod, Param, Value, Values
from aicensus.model.facts import Attr, Call, DefRef, Expr, Import, Name

MAX_LISTED = 8
"""Classes of one module that are told apart; of more, subclasses count as their base."""
MAX_ALIASES = 12
"""Variables that one container is followed through."""
MAX_LOADED = 60
"""Modules that one computed name may load."""


class Registries(Core):
    """What is in containers that are filled apart from where they are made."""

    def put_in(self, base: Expr, keys: list[object], module: Module, scope: int) -> Iterator[Value]:
        """Objects that code puts into a container of that name: `registry[key] = X()`, `registry.update({key: X()})`.

        Where none is put in under that name, under the names of variables that hold the container (`for name, table in TABLES.items()`).
        """
        name = last_name(base)
        if name is None:
            return
        own = isinstance(base, Name) and name not in module.aliases_of
        project = self.project
        homes = {module.path: module} if own else {m.path: m for way in (project.storing, project.mutating) for m in way.of(name)}
        found = False
        for _, home in sorted(homes.items()):
            for value in self._stored(home, name, keys):
                found = True
                yield value
        if not found and isinstance(base, Name):
            for home, other in self._variables(base, module, scope):
                yield from self._stored(home, other, keys)

    def _stored(self, home: Module, name: str, keys: list[object]) -> Iterator[Value]:
        for binding in home.stored_items.get(name, ()):
            if binding.value is not None:
                yield from self._objects(self.bound(binding, home, None))
        for index in home.mutations.get(name, ()):
            call = home.calls[index]
            for arg in call.args:
                for value in self.eval(arg.value, home, call.scope):
                    if last_name(call.callee) == "update":
                        yield from self._objects(self.item(value, keys))
                    else:
                        yield from self._objects((value,))

    def assigned(self, base: Name, name: str, module: Module, scope: int) -> Iterator[Value]:
        """Objects that the module gives a member of a variable: `box.model = ChatOpenAI()`, wherever it stands."""
        at = declaring(module, scope, base.id)
        for binding in module.stored.get(base.id, ()):
            target = binding.target
            if not isinstance(target, Attr) or target.name != name or not isinstance(target.base, Name) or binding.value is None:
                continue
            if declaring(module, binding.scope, base.id) == at:
                yield from self._objects(self.bound(binding, module, None))

    def _objects(self, values: Values) -> Iterator[Value]:
        """Objects among the values; a class or function that a registering decorator takes is what is so decorated."""
        for value in values:
            if isinstance(value, OBJECTS):
                yield value
            elif isinstance(value, Param) and not value.derived:
                yield from (v for v in self.decorated(value) if isinstance(v, OBJECTS))

    def _variables(self, base: Name, module: Module, scope: int) -> Iterator[tuple[Module, str]]:
        """Other variables that may hold the container that a name stands for."""
        home, name = self._declared(base, module, scope)
        if home is None or home.facts.language != "python":
            return
        start = Holder(home.path, 0, name)
        if start not in self._aliased:
            self._aliased[start] = ()
            seen = [start]
            for holder in seen:
                if len(seen) < MAX_ALIASES:
                    seen += [h for h in dict.fromkeys(self.held_by(holder)) if h not in seen]
            self._aliased[start] = tuple(seen[1:])
        yield from ((self.at(h.path), h.name) for h in self._aliased[start] if h.name)

    def _declared(self, base: Name, module: Module, scope: int) -> tuple[Module | None, str]:
        """The module that a module-level name is defined in, and its name there."""
        at = declaring(module, scope, base.id)
        imported = next((b.value for b in module.names.get((at, base.id), ()) if isinstance(b.value, Import)), None)
        if imported is None:
            return (module, base.id) if at == 0 else (None, "")
        found = self.project.find(module.path, imported.module, imported.level)
        return (self.project.module(found) if found and imported.name else None), imported.name or ""

    def decorated(self, param: Param) -> Values:
        """What the first parameter of a decorator stands for: every function and class that it decorates."""
        module = self.at(param.path)
        record = module.scopes[param.scope]
        if not record.params or record.params[0].name != param.name or module.facts.language != "python":
            return ()
        outer = module.enclosing_function(record.parent)
        names = {record.name} | ({module.scopes[outer].name} if outer is not None else set())
        found: list[Value] = []
        for _, user in sorted({m.path: m for name in names for m in self.project.decorating.of(name)}.items()):
            for index, scope in enumerate(user.scopes):
                for decorator in scope.decorators:
                    values = self.eval(decorator, user, max(scope.parent, 0))
                    if any(isinstance(v, Func) and (v.path, v.scope) == (param.path, param.scope) for v in values):
                        found.extend(self.eval(DefRef(index), user, max(scope.parent, 0)))
        return unique(found)

    # -- looking at the program ------------------------------------------------------------------------------------

    def members(self, module: Mod) -> Listing:
        """What a module defines, as `inspect.getmembers` and `vars` list it: its classes, or its functions where it has none."""
        home = self.at(module.path)
        top = [i for i, record in enumerate(home.scopes) if record.parent == 0 and record.name != "<lambda>"]
        classes = [Class(home.path, i) for i in top if home.scopes[i].kind == "class"]
        return self.listed(classes) if classes else Listing(tuple(Func(home.path, i) for i in top if home.scopes[i].kind == "function"))

    def listed(self, classes: Iterable[Class]) -> Listing:
        """The classes as a collection; many of them as the base classes that they share."""
        every = tuple(classes)
        if len(every) <= MAX_LISTED:
            return Listing(every)
        below = {c: [a for a in self.lineage(c)[0][1:] if a in every] for c in every}
        bases = {a for above in below.values() for a in above}
        return Listing(tuple(Class(c.path, c.scope, c in bases) for c in every if not below[c]))

    def loaded(self, record: Call, module: Module, frame: Frame | None) -> Values:
        """What `import_module(name, package)` gives; a name that ends in what is known at run time only, any module of its package."""
        if not record.args:
            return ()
        names = self.paths.names(record.args[0].value, module, record.scope, frame, expand=True)
        found: list[Value] = []
        for name in names:
            if HOLE not in name:
                found.extend(self.imported(_import_of(name), module))
            elif name.endswith(f".{HOLE}") and HOLE not in name[:-1]:
                found.extend(Mod(path) for path in self._neighbours(_import_of(name[:-2] or "."), module))
        return unique(found)

    def loaded_object(self, record: Call, module: Module, frame: Frame | None) -> Values:
        """What a function gives that is told the dotted path of an object."""
        names = self.paths.names(record.args[0].value, module, record.scope, frame, expand=True) if record.args else []
        split = (name.replace(":", ".").rpartition(".") for name in names if HOLE not in name)
        return unique(v for home, _, name in split if home for v in self.imported(Import(home, name, 0), module))

    def _neighbours(self, package: Import, module: Module) -> list[str]:
        home = self.project.find(module.path, package.module, package.level)
        folder = posixpath.dirname(home) if home else ""
        if not folder or not home or not home.endswith("__init__.py"):
            return []
        found = [p for p in sorted(self.project.paths) if posixpath.dirname(p) == folder and p != home and p.endswith(PYTHON_SUFFIXES)]
        return [p for p in found if self.project.module(p) is not None] if len(found) <= MAX_LOADED else []


def _import_of(name: str) -> Import:
    """The import that a dotted name of a module means; leading dots are relative."""
    bare = name.lstrip(".")
    return Import(bare, None, len(name) - len(bare))
