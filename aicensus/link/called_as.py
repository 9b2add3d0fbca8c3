"""Under which names something of the catalogue may be called: the look at names that spares evaluating every other call.

A library function keeps its name on the way to a call unless code gives it another: by an assignment, a parameter, an import under
another name, a key of an object, an export or a property. Whatever else stands there may be anything, and counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aicensus.catalog import Catalog
from aicensus.catalog.lookup import Purpose
from aicensus.link.project import PYTHON_SUFFIXES, Module, Project, last_name, root_name, values_in
from aicensus.model.facts import Attr, Choice, Const, DefRef, Expr, Import, Map, Name, Seq, Template, Unknown

PROPERTIES = frozenset({"property", "cached_property", "get", "hybrid_property"})
"""Decorators of a method that is read, not called."""
ANYTHING = ""


_Node = tuple[str, str]
"""A name of one file, by its path; or a member name of any, with no path."""


@dataclass(slots=True)
class _Reach:
    names: set[_Node]
    steps: int
    """How many of the steps are taken in."""
    known: dict[str, bool]
    """Names, and whether something known ends with one."""


class CalledAs:
    """Names by which calls may reach what the catalogue knows by its last name, in the modules read up to the last `update`."""

    def __init__(self, catalog: Catalog, project: Project) -> None:
        self._catalog = catalog
        self._project = project
        self._given: defaultdict[_Node, set[_Node]] = defaultdict(set)
        """What a name may stand for; a member of no name for what can be anything."""
        self._held_by: defaultdict[_Node, list[_Node]] = defaultdict(list)
        """The same, the other way about."""
        self._steps: list[tuple[_Node, _Node]] = []
        """The same, in the order of finding."""
        self._starred: set[str] = set()
        self._reaching: dict[tuple[str, Purpose], _Reach] = {}
        self._unread: defaultdict[_Node, list[str]] = defaultdict(list)
        """Names imported from files of the tree that are not read yet, with these."""
        self._added: dict[str, None] = {}
        self.update()

    def update(self) -> None:
        """Take in the modules that have been read since."""
        modules = self._project.modules()
        if len(modules) == len(self._added):
            return
        for module in modules:
            if module.path not in self._added:
                self._added[module.path] = None
                self._add(module)
        for node in [node for node, paths in self._unread.items() if not any(map(self._project.is_unread, paths))]:
            del self._unread[node]

    def may_match(self, module: Module, index: int, purpose: Purpose = "ask") -> bool:
        """Whether the call may be one of a row of the catalogue, as far as names tell."""
        callee = module.calls[index].callee
        name = last_name(callee)
        if name is None or (module.path, root_name(callee) or "") in self._unread:
            return True
        language = module.facts.language
        reach = self._reach(language, purpose)
        node = (module.path, name) if isinstance(callee, Name) else ("", name)
        if node in reach.names or self._is_known(reach, language, name, purpose):
            return True
        return module.path in self._starred and node not in self._given and ("", name) in reach.names

    def _is_known(self, reach: _Reach, language: str, name: str, purpose: Purpose) -> bool:
        known = reach.known.get(name)
        if known is None:
            known = self._catalog.language(language).may_end_with(name, purpose)
            known = known or (purpose == "ask" and self._catalog.http.may_end_with(language, name))
            reach.known[name] = known
        return known

    def _reach(self, language: str, purpose: Purpose) -> _Reach:
        """The names from which a known one, or anything, is reached; what was found since the last question is added."""
        reach = self._reaching.get((language, purpose))
        if reach is None:
            reach = self._reaching[language, purpose] = _Reach(set(), 0, {})
        if reach.steps == len(self._steps):
            return reach
        seen, queue = reach.names, []
        for step in self._steps[reach.steps :]:
            for node in step:
                if node not in seen and (node[1] == ANYTHING or self._is_known(reach, language, node[1], purpose)):
                    seen.add(node)
                    queue.append(node)
            holder, held = step
            if held in seen and holder not in seen:
                seen.add(holder)
                queue.append(holder)
        reach.steps = len(self._steps)
        while queue:
            fresh = [node for node in self._held_by.get(queue.pop(), ()) if node not in seen]
            seen.update(fresh)
            queue += fresh
        return reach

    def _give(self, holder: _Node, held: Iterable[_Node]) -> None:
        known = self._given[holder]
        for node in held:
            if node not in known:
                known.add(node)
                self._held_by[node].append(holder)
                self._steps.append((holder, node))

    def _add(self, module: Module) -> None:
        path, facts = module.path, module.facts
        if facts.stars:
            self._starred.add(path)
        for binding in facts.bindings:
            target = binding.target
            given = set(self._sources(module, binding.value)) if binding.value is not None else set()
            if binding.annotation is not None:
                given.add(("", ANYTHING))
            if isinstance(target, Attr):
                self._give(("", target.name), given)
            elif isinstance(target, Name):
                if isinstance(binding.value, Import):
                    self._unread[path, target.id] += self._files_of(path, binding.value)
                self._give((path, target.id), given)
                if given and module.scopes[binding.scope].kind != "function":
                    self._give(("", target.id), [(path, target.id)])
        for scope in module.scopes:
            for parameter in scope.params:
                self._give((path, parameter.name), [("", ANYTHING)])
            if any(last_name(d) in PROPERTIES for d in scope.decorators):
                self._give(("", scope.name), [("", ANYTHING)])
        for export in facts.exports:
            self._give(("", export.name), self._sources(module, export.value))
        for expr in values_in(facts):
            for key, value in _entries(expr):
                self._give(("", key), self._sources(module, value))

    def _files_of(self, path: str, value: Import) -> Iterator[str]:
        """Files of the tree that an import may give something of."""
        inner = f"{value.module}.{value.name}" if value.module else value.name
        forms = (value.module, inner) if path.endswith(PYTHON_SUFFIXES) and value.name is not None else (value.module,)
        found = (self._project.find(path, form, value.level) for form in forms if form is not None)
        return (target for target in found if target is not None)

    def _sources(self, module: Module, value: Expr) -> Iterator[_Node]:
        match value:
            case Import(name=name):
                script = module.facts.language == "javascript"
                path = f"{value.module}#{name or '*'}"
                if script and (name in (None, "default") or self._catalog.http.caller("javascript", path)):
                    yield ("", ANYTHING)
                elif name is not None:
                    yield ("", name)
            case DefRef() | Const() | Template() | Seq() | Map() | Unknown():
                pass
            case Name(id=name):
                yield (module.path, name)
                yield ("", name)
            case Attr(name=name):
                yield ("", name)
            case Choice(options=options):
                for option in options:
                    yield from self._sources(module, option)
            case _:
                yield ("", ANYTHING)


def _entries(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """Named entries of the object literals in an expression."""
    match expr:
        case Map(items=pairs):
            for key, value in pairs:
                if isinstance(key, Const) and isinstance(key.value, str):
                    yield key.value, value
                yield from _entries(value)
        case Seq(items=items) | Choice(options=items):
            for item in items:
                yield from _entries(item)
