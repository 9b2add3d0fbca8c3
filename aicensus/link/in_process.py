"""State that lives in the running program: histories of messages, memories, caches, ids of sessions at a provider.

No library call says so; the name together with how the value is made and changed does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from aicensus.link.evaluate import Evaluator
from aicensus.link.project import Module, chain, last_name
from aicensus.link.values import Class, Inst, Mod
from aicensus.model.census import Access, StateKind
from aicensus.model.facts import Attr, Binding, CallRef, Choice, Expr, Import, Item, Map, Name, Seq

HISTORY = re.compile(
    r"(?i)(^|_)(history|transcript|dialogue)$|^_?((done|cur|chat|past|all|conversation)_?)?messages$|[a-z](History|Messages|Transcript)$|^chat_?log$"
)
MEMORY = re.compile(r"(?i)(^|_)(memory|memories|conversation|scratchpad|learnings|observations)$|[a-z](Memory|Conversation|Scratchpad)$")
CACHE = re.compile(r"(?i)(^|_)cache$|[a-z]Cache$")
SESSION_ID = re.compile(r"(?i)^_?(session|thread|conversation)_?id$")
CONTAINERS = frozenset(
    ["list", "dict", "set", "deque", "defaultdict", "OrderedDict", "Map", "WeakMap", "Set", "Array", "LRUCache", "TTLCache", "LRU"]
)
STORED = frozenset(
    [
        "set",
        "add",
        "put",
        "push",
        "append",
        "extend",
        "update",
        "pop",
        "popleft",
        "shift",
        "unshift",
        "clear",
        "delete",
        "insert",
        "setdefault",
        "remove",
        "splice",
    ]
)
READ = frozenset(["get", "has", "values", "keys", "items", "entries"])
MAKERS = frozenset(["uuid1", "uuid4", "randomUUID", "v4", "uuidv4", "nanoid", "ulid", "token_hex", "token_urlsafe"])


@dataclass(frozen=True, slots=True)
class Held:
    """A value that the program keeps between calls."""

    path: str
    scope: int
    line: int
    kind: StateKind
    name: str
    access: Access
    owner: int
    """The class whose instances hold it; 0 for a value of the module."""


class HeldFinder:
    """Finds held values of one module; changes by other modules count among those read so far."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator

    def hits(self, module: Module) -> tuple[Held, ...]:
        """Where values are first made, and where another function uses a cache of a module; by line."""
        found: dict[tuple[int, str], Held] = {}
        for binding in module.facts.bindings:
            place = self._place(binding, module)
            if place is None or place in found:
                continue
            kind = self._kind(binding, place, module)
            if kind is not None:
                found[place] = Held(module.path, binding.scope, binding.line, kind, place[1], "both", place[0])
        return tuple(sorted((*found.values(), *self._cache_uses(module)), key=lambda h: (h.line, h.name)))

    def _place(self, binding: Binding, module: Module) -> tuple[int, str] | None:
        """Class and name of what an attribute of an instance, a class or a module is bound to."""
        target = binding.target
        kind = module.scopes[binding.scope].kind
        if isinstance(target, Attr) and isinstance(target.base, Name) and kind == "function":
            holder = module.enclosing_function(binding.scope)
            while holder is not None and module.scopes[holder].receiver != target.base.id:
                holder = module.enclosing_function(module.scopes[holder].parent)
            owner = module.enclosing_class(holder) if holder is not None else None
            return (owner, target.name) if owner is not None else None
        if isinstance(target, Name) and kind == "class":
            return binding.scope, target.id
        return (0, target.id) if isinstance(target, Name) and kind == "module" else None

    def _kind(self, binding: Binding, place: tuple[int, str], module: Module) -> StateKind | None:
        owner, name = place
        if binding.value is None:
            return None
        if SESSION_ID.search(name) and owner and self._made_by(binding.value, module, MAKERS):
            return "session"
        kind: Literal["session", "memory", "cache"] | None = None
        if CACHE.search(name):
            kind = "cache"
        elif owner and HISTORY.search(name):
            kind = "session"
        elif owner and MEMORY.search(name):
            kind = "memory"
        if kind is None or not self._container(binding.value, module, binding.scope, name):
            return None
        return kind if self._changes(name, owner, module, binding) else None

    def _made_by(self, expr: Expr, module: Module, makers: frozenset[str]) -> bool:
        """Whether an expression calls one of these, at its top, in its arguments, or under a conversion to text."""
        if not isinstance(expr, CallRef):
            return isinstance(expr, Choice) and any(self._made_by(option, module, makers) for option in expr.options)
        call = module.calls[expr.index]
        parts = chain(call.callee, module.calls).replace("()", "").split(".")
        return bool(makers & set(parts)) or any(self._made_by(a.value, module, makers) for a in call.args)

    def _container(self, expr: Expr, module: Module, scope: int, name: str) -> bool:
        """An empty list or dict, a container that is called for, or an object of a class of the tree that is named like the value."""
        match expr:
            case Seq(items=items) | Map(items=items):
                return not items
            case Choice(options=options):
                return any(self._container(option, module, scope, name) for option in options)
            case CallRef(index=index):
                if last_name(module.calls[index].callee) in CONTAINERS:
                    return True
                made = [v for v in self.evaluator.eval(expr, module, scope) if isinstance(v, Inst)]
                return any(self._named_like(Class(v.path, v.scope), name) for v in made)
        return False

    def _named_like(self, cls: Class, name: str) -> bool:
        word = name.strip("_").replace("_", "").lower()
        own = self.evaluator.at(cls.path).scopes[cls.scope].name.lower()
        return own.endswith(word) or word.endswith(own)

    def _changes(self, name: str, owner: int, module: Module, made: Binding) -> bool:
        """Whether something is put into the value after it is made, by its class, a subclass, or, for a value of the module, anyone."""
        family = self.evaluator.subclasses(Class(module.path, owner)) if owner else ()
        homes = [module, *(self.evaluator.at(c.path) for c in family)] if owner else list(self.evaluator.modules())
        called = isinstance(made.value, CallRef) and last_name(module.calls[made.value.index].callee) not in CONTAINERS
        return any(self._stored(name, home, called) or self._bound_again(name, home, module, made) for home in homes)

    def _stored(self, name: str, module: Module, called: bool) -> bool:
        """Whether items are stored in what `name` holds, or (`called`) any method of it is called."""
        methods = range(len(module.calls)) if called else (i for method in STORED for i in module.calls_of.get(method, ()))
        for index in methods:
            callee = module.calls[index].callee
            if isinstance(callee, Attr) and name in _names(callee.base):
                return True
        return any(isinstance(b.target, Item) and name in _names(b.target) for b in module.facts.bindings)

    def _bound_again(self, name: str, home: Module, module: Module, made: Binding) -> bool:
        """Whether another function gives the attribute a new value."""
        return any(b.value is not None and (home is not module or b.scope != made.scope) for b in home.attributes.get(name, ()))

    # -- caches of a module, used elsewhere ----------------------------------------------------------------------

    @cached_property
    def _shared(self) -> dict[str, set[str]]:
        """Caches at module level by name: the files that make them."""
        found: dict[str, set[str]] = {}
        for module in self.evaluator.modules():
            for binding in module.facts.bindings:
                place = self._place(binding, module)
                if place is not None and place[0] == 0 and CACHE.search(place[1]) and self._kind(binding, place, module) is not None:
                    found.setdefault(place[1], set()).add(module.path)
        return found

    def _cache_uses(self, module: Module) -> Iterator[Held]:
        found: dict[tuple[int, str], Held] = {}
        if not self._shared:
            return
        for scope, line, expr, access in _accesses(module):
            owner = module.enclosing_function(scope)
            name = self._cache_of(expr, module, scope) if owner is not None else ""
            if owner is None or not name:
                continue
            known = found.get((owner, name))
            both: Access = access if known is None or known.access == access else "both"
            found[owner, name] = Held(module.path, scope, known.line if known else line, "cache", name, both, 0)
        yield from found.values()

    def _cache_of(self, expr: Expr, module: Module, scope: int) -> str:
        """The shared cache that an expression goes through; empty for none."""
        while isinstance(expr, Attr | Item):
            if isinstance(expr, Attr) and expr.name in self._shared:
                paths = self._shared[expr.name]
                if any(isinstance(v, Mod) and v.path in paths for v in self.evaluator.eval(expr.base, module, scope)):
                    return expr.name
            expr = expr.base
        if not isinstance(expr, Name) or expr.id not in self._shared:
            return ""
        own = module.path in self._shared[expr.id] and not any(module.names.get((s, expr.id)) for s in _around(module, scope))
        imported = any(isinstance(b.value, Import) for b in module.names.get((0, expr.id), ()))
        return expr.id if own or imported else ""


def _around(module: Module, scope: int) -> Iterator[int]:
    """The scopes of functions and classes around a place, its own first."""
    while scope > 0:
        yield scope
        scope = module.scopes[scope].parent


def _accesses(module: Module) -> Iterator[tuple[int, int, Expr, Access]]:
    """Reads and writes of items and members: (scope, line, expression, access)."""
    for binding in module.facts.bindings:
        if isinstance(binding.target, Item):
            yield binding.scope, binding.line, binding.target.base, "write"
        if isinstance(binding.value, Item):
            yield binding.scope, binding.line, binding.value.base, "read"
    for call in module.calls:
        method = call.callee.name if isinstance(call.callee, Attr) else ""
        if method in STORED or method in READ:
            assert isinstance(call.callee, Attr)
            yield call.scope, call.line, call.callee.base, "write" if method in STORED else "read"
    for index, scope in enumerate(module.scopes):
        for returned in scope.returns:
            if isinstance(returned, Item):
                yield index, _line(returned) or scope.line, returned.base, "read"


def _line(expr: Expr) -> int:
    while isinstance(expr, Item):
        expr = expr.base
    return expr.line if isinstance(expr, Attr | Name) else 0


def _names(expr: Expr) -> set[str]:
    """Names and attributes that an expression goes through: `state.cache[user]` gives state and cache."""
    found: set[str] = set()
    while True:
        match expr:
            case Attr(base=base, name=name):
                found.add(name)
                expr = base
            case Item(base=base):
                expr = base
            case Name(id=name):
                found.add(name)
                return found
            case _:
                return found
