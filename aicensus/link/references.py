"""Where names of the loaded modules are mentioned, imported and written as text: what a search for callers needs besides calls."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from aicensus.link.evaluate import Evaluator
from aicensus.link.project import Module, inside, last_name
from aicensus.link.values import Composite, Text
from aicensus.model.facts import (
    Attr,
    CallRef,
    Const,
    DefRef,
    Expr,
    Import,
    Name,
    Op,
    Prose,
    Template,
)

IDENTIFIER = re.compile(r"^(?:[\w$-]+[./:#])*([A-Za-z_$][\w$]*)$")
"""Text that may name a function: `run`, `jobs.nightly`, `app.main:handler`."""
IMPORTERS = frozenset(
    {"import_module", "__import__", "spec_from_file_location", "iter_modules", "walk_packages", "entry_points", "load_module"}
)
"""Functions that load modules by name."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name that stands somewhere without being called there."""

    path: str
    scope: int
    line: int
    expr: Expr
    holder: str = ""
    """The module- or class-level name whose value it is part of."""


class References:
    """Indexes over the modules that are added."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.mentions: dict[str, list[Mention]] = defaultdict(list)
        self.definitions: dict[tuple[str, int], list[Mention]] = defaultdict(list)
        """Anonymous functions and methods of object literals by (path, scope): where they stand."""
        self.texts: dict[str, set[str]] = defaultdict(set)
        """Last identifier of texts that may name a function: the files that hold it."""
        self.importers: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
        """By file: (path, scope, line) of its imports."""
        self.functions: dict[str, set[tuple[str, int]]] = defaultdict(set)
        """Definitions by name."""
        self.dispatches: list[tuple[str, int, str]] = []
        """Attributes taken by a name made at run time, `getattr(x, f"cmd_{name}")`: (path, call, constant beginning of the name)."""
        self.loaders: list[str] = []
        """Constant beginnings of module names that are put together at run time; empty text for any."""
        self._seen: set[str] = set()

    def add(self, module: Module) -> None:
        """Take in a module, once."""
        if module.path not in self._seen:
            self._seen.add(module.path)
            self._module(module)

    def _module(self, module: Module) -> None:
        for index, scope in enumerate(module.scopes):
            if scope.kind == "function":
                self.functions[scope.name].add((module.path, index))
        self._imports(module)
        holders = _holders(module)
        for binding in module.facts.bindings:
            if binding.value is not None and not isinstance(binding.value, Import):
                plain = isinstance(binding.value, DefRef)
                holder = (last_name(binding.target) or "") if module.scopes[binding.scope].kind != "function" else ""
                for expr in () if plain else _leaves(binding.value):
                    self._mention(module, expr, binding.scope, binding.line, holder)
        for index, call in enumerate(module.calls):
            holder = holders.get(index, "")
            if isinstance(call.callee, Attr):
                for expr in _leaves(call.callee.base):
                    self._mention(module, expr, call.scope, call.line, holder)
            for arg in call.args:
                for expr in _leaves(arg.value):
                    self._mention(module, expr, call.scope, call.line, holder)
            if last_name(call.callee) in IMPORTERS:
                self._loader(module, index)
            elif isinstance(call.callee, Name) and call.callee.id == "getattr" and len(call.args) >= 2:
                self._dispatch(module, index)
        for index, scope in enumerate(module.scopes):
            for group, where in ((scope.returns, index), (scope.decorators, scope.parent), (scope.bases, scope.parent)):
                for outer in group:
                    for expr in _leaves(outer):
                        self._mention(module, expr, max(where, 0), scope.line, "")
            for parameter in scope.params:
                if parameter.default is not None:
                    for expr in _leaves(parameter.default):
                        self._mention(module, expr, max(scope.parent, 0), scope.line, "")
        for export in module.facts.exports:
            for expr in _leaves(export.value):
                if export.name == "=" or not isinstance(expr, Name | Import):
                    self._mention(module, expr, 0, 1, "default")

    def _mention(self, module: Module, expr: Expr, scope: int, line: int, holder: str) -> None:
        match expr:
            case Name(id=name, line=own) | Attr(name=name, line=own):
                self.mentions[name].append(Mention(module.path, scope, own, expr, holder))
            case DefRef(index=index):
                self.definitions[module.path, index].append(Mention(module.path, scope, line, expr, holder))
            case Prose():
                pass  # Names have no words.
            case Const(value=str() as text):
                if len(text) < 120 and (match := IDENTIFIER.match(text)):
                    self.texts[match[1]].add(module.path)

    def _imports(self, module: Module) -> None:
        found = [(b.value, b.scope, b.line) for b in module.facts.bindings if isinstance(b.value, Import)]
        found += [(star, 0, 1) for star in module.facts.stars]
        found += [(e.value, 0, 1) for e in module.facts.exports if isinstance(e.value, Import)]
        project = self.evaluator.project
        for value, scope, line in found:
            target = project.find(module.path, value.module, value.level)
            inner = f"{value.module}.{value.name}" if value.module else value.name
            deeper = project.find(module.path, inner, value.level) if value.name and inner and module.facts.language == "python" else None
            for path in {target, deeper} - {None, module.path}:
                assert path is not None
                self.importers[path].append((module.path, scope, line))

    def _loader(self, module: Module, index: int) -> None:
        """An import by a name made at run time; a constant name is an import like others."""
        call = module.calls[index]
        if not call.args:
            self.loaders.append("")
            return
        name = call.args[0].value
        values = self.evaluator.eval(name, module, call.scope)
        texts = [v.value for v in values if isinstance(v, Text)]
        for text in texts:
            target = self.evaluator.project.find(module.path, text.lstrip("."), len(text) - len(text.lstrip(".")))
            if target:
                self.importers[target].append((module.path, call.scope, call.line))
        if not texts:
            self.loaders.append(next((start for v in values if isinstance(v, Composite) and (start := _beginning(v.expr))), ""))

    def _dispatch(self, module: Module, index: int) -> None:
        call = module.calls[index]
        values = self.evaluator.eval(call.args[1].value, module, call.scope)
        if any(isinstance(v, Text) for v in values):
            return
        starts = {_beginning(v.expr) for v in values if isinstance(v, Composite)} or {""}
        self.dispatches += [(module.path, index, start) for start in sorted(starts)]

    def loaded_by_name(self, path: str) -> bool:
        """Whether a module name put together at run time may mean this file, which nothing imports by name."""
        if self.importers.get(path):
            return False
        dotted = posixpath.splitext(path)[0].replace("/", ".")
        return any(not start or start.strip(".") in dotted for start in self.loaders)


def _beginning(expr: object) -> str:
    """The constant text that a text put together at run time starts with."""
    first = expr.parts[0] if isinstance(expr, Template) and expr.parts else expr.left if isinstance(expr, Op) else None
    return first.value if isinstance(first, Const) and isinstance(first.value, str) else ""


def _leaves(expr: Expr) -> Iterator[Expr]:
    """Names, attributes, definitions and texts of an expression, calls inside it excepted: they are listed on their own."""
    return (part for part in inside(expr) if isinstance(part, Name | Attr | Const | DefRef))


def _holders(module: Module) -> dict[int, str]:
    """Calls whose value a module- or class-level name holds, calls inside their arguments included."""
    found: dict[int, str] = {}
    for binding in module.facts.bindings:
        if binding.value is None or module.scopes[binding.scope].kind == "function":
            continue
        name = last_name(binding.target)
        queue = list(_calls(binding.value))
        while name and queue:
            index = queue.pop()
            if index in found:
                continue
            found[index] = name
            call = module.calls[index]
            queue += [i for arg in call.args for i in _calls(arg.value)]
            queue += list(_calls(call.callee))
    return found


def _calls(expr: Expr) -> Iterator[int]:
    return (part.index for part in inside(expr) if isinstance(part, CallRef))
