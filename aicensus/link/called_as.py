"""Under which names something of the catalogue may be called: the look at names that spares evaluating every other call.

A library function keeps its name on the way to a call unless code gives it another: by an assignment, a parameter, an import under
another name, a key of an object, an export or a property. Whatever else stands there may be anything, and counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from aicensus.catalog import Catalog
from aicensus.link.project import PYTHON_SUFFIXES, Module, Project, last_name, root_name, values_in
from aicensus.model.facts import Attr, Choice, Const, DefRef, Expr, Import, Map, Name, Seq, Template, Unknown

PROPERTIES = frozenset({"property", "cached_property", "get", "hybrid_property"})
"""Decorators of a method that is read, not called."""
ANYTHING = ""


class _Node(NamedTuple):
    """A name of one file, or a member name of any."""

    path: str
    name: str


class CalledAs:
    """Names by which calls of these modules may reach one of the `known` last names."""

    def __init__(self, catalog: Catalog, project: Project) -> None:
        self._catalog = catalog
        self._project = project
        self._given: defaultdict[_Node, set[_Node]] = defaultdict(set)
        """What a name may stand for; a member of no name for what can be anything."""
        self._starred: set[str] = set()
        self._answers: dict[tuple[str, _Node], bool] = {}
        self._unread: set[_Node] = set()
        """Imported from files of the tree that are not read yet."""
        for module in project.modules():
            self._add(module)

    def may_match(self, module: Module, index: int) -> bool:
        """Whether the call may be one of a row of the catalogue, as far as names tell."""
        callee = module.calls[index].callee
        name = last_name(callee)
        if name is None or _Node(module.path, root_name(callee) or "") in self._unread:
            return True
        node = _Node(module.path, name) if isinstance(callee, Name) else _Node("", name)
        key = (module.facts.language, node)
        if key not in self._answers:
            self._answers[key] = self._reaches(*key)
        return self._answers[key]

    def _reaches(self, language: str, start: _Node) -> bool:
        rows = self._catalog.language(language)
        seen = {start}
        queue = [start]
        while queue:
            node = queue.pop()
            if node.name == ANYTHING or rows.may_end_with(node.name) or self._catalog.http.may_end_with(language, node.name):
                return True
            given: Iterable[_Node] = self._given.get(node, ())
            if node.path and not given and node.path in self._starred:
                given = (_Node("", node.name),)
            fresh = [n for n in given if n not in seen]
            seen.update(fresh)
            queue += fresh
        return False

    def _add(self, module: Module) -> None:
        path, facts = module.path, module.facts
        if facts.stars:
            self._starred.add(path)
        for binding in facts.bindings:
            target = binding.target
            given = set(self._sources(module, binding.value)) if binding.value is not None else set()
            if binding.annotation is not None:
                given.add(_Node("", ANYTHING))
            if isinstance(target, Attr):
                self._given[_Node("", target.name)] |= given
            elif isinstance(target, Name):
                if isinstance(binding.value, Import) and self._leads_to_unread(path, binding.value):
                    self._unread.add(_Node(path, target.id))
                self._given[_Node(path, target.id)] |= given
                if given and module.scopes[binding.scope].kind != "function":
                    self._given[_Node("", target.id)].add(_Node(path, target.id))
        for scope in module.scopes:
            for parameter in scope.params:
                self._given[_Node(path, parameter.name)].add(_Node("", ANYTHING))
            if any(last_name(d) in PROPERTIES for d in scope.decorators):
                self._given[_Node("", scope.name)].add(_Node("", ANYTHING))
        for export in facts.exports:
            self._given[_Node("", export.name)] |= set(self._sources(module, export.value))
        for expr in values_in(facts):
            for key, value in _entries(expr):
                self._given[_Node("", key)] |= set(self._sources(module, value))

    def _leads_to_unread(self, path: str, value: Import) -> bool:
        inner = f"{value.module}.{value.name}" if value.module else value.name
        forms = (value.module, inner) if path.endswith(PYTHON_SUFFIXES) and value.name is not None else (value.module,)
        found = (self._project.find(path, form, value.level) for form in forms if form is not None)
        return any(self._project.is_unread(target) for target in found if target is not None)

    def _sources(self, module: Module, value: Expr) -> Iterator[_Node]:
        match value:
            case Import(name=name):
                script = module.facts.language == "javascript"
                path = f"{value.module}#{name or '*'}"
                if script and (name in (None, "default") or self._catalog.http.caller("javascript", path)):
                    yield _Node("", ANYTHING)
                elif name is not None:
                    yield _Node("", name)
            case DefRef() | Const() | Template() | Seq() | Map() | Unknown():
                pass
            case Name(id=name):
                yield _Node(module.path, name)
                yield _Node("", name)
            case Attr(name=name):
                yield _Node("", name)
            case Choice(options=options):
                for option in options:
                    yield from self._sources(module, option)
            case _:
                yield _Node("", ANYTHING)


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
