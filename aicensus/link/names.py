"""What names, imports and members of modules stand for."""

from __future__ import annotations

import re
from collections.abc import Callable

from aicensus.catalog import LanguageCatalog
from aicensus.link.core import ITERATING, ROOTED, VALUED, Core, is_seen, unique, within
from aicensus.link.project import Module, is_extension
from aicensus.link.values import (
    Class,
    Ext,
    Frame,
    Func,
    Inst,
    Mod,
    Param,
    Scalar,
    Unknown,
    Value,
    Values,
)
from aicensus.model.facts import (
    Attr,
    Binding,
    DefRef,
    Expr,
    Import,
    Name,
    Scope,
)
from aicensus.model.facts import Param as Parameter

DOMAINS = frozenset({"com", "org", "dev", "io", "net", "java", "javax", "jakarta", "software"})
"""First names of the packages of libraries, which code may write out in full."""


class Names(Core):
    """What names, imports and members of modules stand for."""

    def name(self, name: str, module: Module, scope: int, frame: Frame | None) -> Values:
        """What a bare name stands for at `scope`; one with `::` before it is looked for outside of every namespace."""
        if name.startswith("::"):
            return self._of_root(name[2:], module) or (Ext(f"builtins.{name[2:]}"),)
        current = scope
        within: Frame | None = None
        while current >= 0:
            record = module.scopes[current]
            if record.kind == "function":
                within = self.frame_of(frame, module, current)
                if record.receiver == name and not is_extension(record):
                    return self._receiver(record, module, current, frame)
                parameter = None
                for one in record.params:
                    if one.name == name:
                        parameter = one
                        break
                own = within
                bindings = module.names.get((current, name), ())
                if parameter is not None:
                    given = self._parameter(parameter, module, current, own)
                    return given + tuple(v for b in bindings for v in self.bound(b, module, own))
                if bindings:
                    return tuple(v for b in bindings for v in self.bound(b, module, own or frame))
            elif record.kind == "class":
                if name == "this" and module.facts.language == "javascript":
                    return (Inst(module.path, current),)
                # The value of `x = Field(default=x)` speaks of a name around the class.
                if current == scope and (bindings := [b for b in module.names.get((current, name), ()) if not self._in_work(b, module)]):
                    return tuple(v for b in bindings for v in self.bound(b, module, None))
                if module.facts.bare_members and (found := self._bare_member(name, module, current, within)):
                    return found
            elif bindings := module.names.get((0, name), ()):
                found = tuple(v for b in bindings for v in self.bound(b, module, None))
                if module.facts.language != "javascript" or any(v != Scalar(None) for v in found):
                    return found
            current = record.parent
        if module.facts.language == "javascript" and (inner := module.inner.get(name)):
            return tuple(v for b in inner[:8] for v in self.bound(b, module, None))
        if name == "super" and module.facts.language != "python":
            return self.parent_object(module, scope, frame)
        if module.facts.package is not None:
            if name in DOMAINS:
                return (Ext(name),)
            return self._of_package(name, module) or self._starred(name, module) or (Ext(f"builtins.{name}"),)
        return self._starred(name, module) or (Ext(f"builtins.{name}"),)

    def _bare_member(self, name: str, module: Module, cls: int, frame: Frame | None) -> Values:
        """What a name is that stands for a member of the class around, or of one that it extends."""
        lineage = self.lineage(Class(module.path, cls))[0]
        if not any((owner.scope, name) in self.at(owner.path).names for owner in lineage):
            return ()
        held = frame.receiver if frame is not None else None
        return self.instance_attribute(held if isinstance(held, Inst) else Inst(module.path, cls), name)

    def _of_package(self, name: str, module: Module) -> Values:
        """What another file of the module's package, or one whose names it sees, calls by this name."""
        return self._called_beside(name, module, is_seen)

    def _of_root(self, name: str, module: Module) -> Values:
        """What a file outside of every namespace calls by this name."""
        return self._called_beside(
            name, module, lambda other, module: not other.facts.package and other.facts.language == module.facts.language
        )

    def nested(self, cls: Class, name: str) -> Values:
        """What the file of a namespace that is named for a class calls by this name: `Shop::Mailer` in `shop/mailer.rb`."""
        module = self.at(cls.path)
        if module.facts.language not in ROOTED:
            return ()
        own = within(module.facts.package or "", module.scopes[cls.scope].name)
        return self._called_beside(name, module, lambda other, _: other.facts.package == own)

    def written_out(self, value: Ext, name: str, module: Module) -> Values:
        """The class that code names with its namespaces: `Shop::Mail::Outbox`, or `Mail::Outbox` in another part of `Shop`."""
        if module.facts.language not in ROOTED or value.trail or not value.path.startswith("builtins.") or not name[:1].isupper():
            return ()
        owner = value.path.removeprefix("builtins.")
        own = f"{module.facts.package}."

        def is_meant(other: Module, _: Module) -> bool:
            package = other.facts.package or ""
            return package == owner or (package.endswith(f".{owner}") and own.startswith(package.removesuffix(owner)))

        return self._called_beside(name, module, is_meant, owner.rpartition(".")[2])

    def _called_beside(self, name: str, module: Module, is_meant: Callable[[Module, Module], bool], owner: str = "") -> Values:
        """What another file calls by this name; with an `owner` one in the folder of that is asked first."""
        packages = self.project.packages
        near = packages.of_owner(module.path, name, owner) if owner else []
        for path in (*near, *packages.beside(module.path, name, [s.module for s in module.facts.stars])):
            other = self.project.module(path)
            if other is None or other is module or not is_meant(other, module):
                continue
            key = ("package", other.path, name)
            if key in self._active or not (bindings := other.names.get((0, name))):
                continue
            self._active.add(key)
            try:
                if found := unique(v for b in bindings if not isinstance(b.value, Import) for v in self.bound(b, other, None)):
                    return found
            finally:
                self._active.discard(key)
        return ()

    def _in_work(self, binding: Binding, module: Module) -> bool:
        return module.facts.language == "python" and (module.path, id(binding.value), binding.scope, None) in self._active

    def _starred(self, name: str, module: Module) -> Values:
        if module.facts.package is not None:
            stars = (*module.facts.stars, *self._seen_everywhere(module.facts.language))
            catalog = self.catalog(module)
            known = [f"{s.module}.{name}" for s in stars if name in catalog.words(s.module)]
            # Several packages of one SDK may be open at once: the name is of the one that the catalogue knows it in.
            exact = (path for path in known if catalog.constructs(path) or catalog.annotation(path) is not None or catalog.enters(path))
            return next(((Ext(path),) for path in (*exact, *known)), ()) or self._static_member(name, module, stars)
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

    def _static_member(self, name: str, module: Module, stars: tuple[Import, ...]) -> Values:
        """A static member of a class whose members the module names without it."""
        for star in (s for s in stars if s.name == "*"):
            package, _, owner = star.module.rpartition(".")
            held = self._of_package(owner, module) or (self.imported(Import(package, owner), module) if package else ())
            if found := tuple(v for cls in held if isinstance(cls, Class) for v in self.class_attribute(cls, name)):
                return found
        return ()

    def _seen_everywhere(self, language: str) -> list[Import]:
        """Packages that a file makes visible in all files of the project: `global using`."""
        return [s for m in self.project.opening.of(language) for s in m.facts.stars if s.level]

    def bound(self, binding: Binding, module: Module, frame: Frame | None) -> Values:
        """What a binding gives its target; a bare declaration gives an instance of its annotation."""
        values = self.eval(binding.value, module, binding.scope, frame) if binding.value is not None else ()
        whole = "" if module.facts.package is None else ">"
        if binding.annotation is not None and not any(
            isinstance(v, Inst) or (isinstance(v, Ext) and v.path.startswith("<") and v.path.endswith(whole)) for v in values
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
        return (Class(module.path, cls),) if record.receiver == "cls" or record.is_static else (Inst(module.path, cls),)

    def _parameter(self, parameter: Parameter, module: Module, scope: int, frame: Frame | None) -> Values:
        if frame is not None and frame.site is not None:
            places = self.argument(frame, parameter.name)
            if places is not None:
                return tuple(v for place in places for v in self.eval(*place))
        if mapped := self.mapped_over(module, scope, parameter.name):
            outer = frame.outer if frame is not None else None
            held = [v for expr in mapped for v in self.eval(expr, module, module.scopes[scope].parent, outer)]
            whole = self.settled_by(module, scope) is not None
            return tuple(v for value in held for v in ((value,) if whole else self.elements(value)))
        return (Param(module.path, scope, parameter.name),)

    def mapped_over(self, module: Module, scope: int, name: str) -> list[Expr]:
        """The collections whose elements an anonymous function receives: `map(f, xs)`, `xs.map(f)`; for `promise.then(f)` the promise."""
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
        promise = self.settled_by(module, scope)
        return [promise] if promise is not None and position == 0 else []

    @staticmethod
    def settled_by(module: Module, scope: int) -> Expr | None:
        """The promise whose value an anonymous function receives: `promise.then(f)`."""
        index = module.handed_functions.get(scope)
        call = module.calls[index] if index is not None else None
        if call is None or not isinstance(call.callee, Attr) or call.callee.name != "then":
            return None
        return call.callee.base if call.args and call.args[0].value == DefRef(scope) else None

    def global_settings(self, name: str, language: LanguageCatalog, kind: str) -> tuple[Ext, ...]:
        """What the project assigns to attribute `name` of a library object that stands for type `kind`: `Settings.llm = OpenAI()`."""
        key = ("setting", name, kind)
        if key not in self._memo:
            self._memo[key] = ()
            found: list[Value] = []
            for module in self.project.assigning.of(name):
                for binding in module.attributes[name]:
                    if isinstance(binding.target, Attr):
                        bases = self.eval(binding.target.base, module, binding.scope)
                        if any(isinstance(b, Ext) and language.value(f"{b.path}.{name}") == kind for b in bases):
                            found.extend(v for v in self.bound(binding, module, None) if isinstance(v, Ext) and v.trail)
            self._memo[key] = unique(found)
        return tuple(v for v in self._memo[key] if isinstance(v, Ext))

    def ext_member(self, value: Ext, name: str) -> Ext:
        if value.path.startswith("<") and value.path.endswith(">"):
            kind = self.rows_of(value.path[1:-1]).member(value.path[1:-1], name)
            if kind:
                return Ext(f"<{kind}>", value.trail, value.hint, True)
            return Ext(f"{value.path}.{name}", value.trail, value.hint)
        if value.path.endswith("#*"):
            return Ext(f"{value.path[:-1]}{name}", value.trail, value.hint)
        path = f"{value.path}.{name}"
        for language in VALUED:
            kind = self._catalogs(language).value(path)
            if kind:
                return Ext(f"<{kind}>", value.trail, value.hint)
        return Ext(path, value.trail, value.hint)

    def submodule(self, path: str, name: str) -> Values:
        target = self.project.subpackage(path, name)
        return (Mod(target),) if target and self.project.module(target) else ()

    def member_of(self, module: Module, name: str) -> Values:
        """What `name` is in `module` seen from outside."""
        if module.facts.language == "javascript":
            return self._exported(module, name)
        bindings = module.names.get((0, name), ())
        if module.facts.package is not None:
            own = unique(v for b in bindings if not isinstance(b.value, Import) for v in self.bound(b, module, None))
            return own or self._of_package(name, module)
        if bindings:
            return unique(v for b in bindings for v in self.bound(b, module, None))
        return self.submodule(module.path, name) or self._starred(name, module)

    def _of_other_package(self, expr: Import, name: str, other: Module) -> Values:
        """A name of the package that `other` is a file of, or a member of the class that `other` defines."""
        if found := self.member_of(other, name):
            return found
        owner = re.split(r"[.\\]", expr.module)[-1]
        held = (v for v in self.member_of(other, owner) if isinstance(v, Class))
        return tuple(v for cls in held for v in self.class_attribute(cls, name)) or (Ext(f"{expr.module}.{name}"),)

    def _exported(self, module: Module, name: str) -> Values:
        """What a script module offers by a name; of modules that export each other's names each is asked once."""
        key = ("exported", module.path, name)
        if key in self._active:
            return ()
        self._active.add(key)
        try:
            return self._exported_once(module, name)
        finally:
            self._active.discard(key)

    def _exported_once(self, module: Module, name: str) -> Values:
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
                    found += (self.ext_member(value, name),)
        return found

    def _required(self, module: Module) -> Values:
        """What `require` gives in place of a module: the class or function that `module.exports` is."""
        exports = module.exports.get("=", ())
        key = ("required", module.path)
        if not exports or key in self._active:
            return ()
        self._active.add(key)
        try:
            whole = unique(v for export in exports for v in self.eval(export.value, module, 0))
        finally:
            self._active.discard(key)
        return tuple(v for v in whole if isinstance(v, Class | Func) or (isinstance(v, Ext) and "()" not in v.path))

    def imported(self, expr: Import, module: Module) -> Values:
        script = module.facts.language == "javascript"
        target = self.project.find(module.path, expr.module, expr.level)
        other = self.project.module(target) if target else None
        if module.facts.package is not None and other is not None and expr.name is not None:
            return self._of_other_package(expr, expr.name, other)
        if other is not None:
            if expr.name is None:
                return (*self._required(other), Mod(other.path))
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
