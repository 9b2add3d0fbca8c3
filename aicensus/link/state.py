"""What code keeps and shares: accesses to databases, indexes, caches, queues, sessions and files; and who records its calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from aicensus.catalog import LanguageCatalog
from aicensus.catalog.schema import Construct, FromRow, FunctionRow, Slot, StateRow
from aicensus.link.called_as import CalledAs
from aicensus.link.evaluate import RUNNERS, Evaluator
from aicensus.link.in_process import HeldFinder
from aicensus.link.matching import places
from aicensus.link.project import Module, last_name
from aicensus.link.values import Class, Env, Ext, Func, Inst, Param, Partial, Site, Text, Value
from aicensus.model.census import Access, StateKind, Step
from aicensus.model.facts import Attr, CallRef, Const, Expr, Map, Name
from aicensus.model.prose import first_word

IN_PROCESS = "in-process"
DEPTH = 2
"""How far below a point's function its calls still count as its own."""
MAX_BELOW = 200
READING = frozenset({"SELECT", "SHOW", "DESCRIBE", "EXPLAIN", "VALUES"})
WRITING = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "UPSERT", "TRUNCATE", "COPY", "CREATE", "ALTER", "DROP"})
"""First words of SQL statements; `WITH` and whatever else may be either."""


@dataclass(frozen=True, slots=True)
class StateHit:
    """One place that reads or writes state, or makes the object that does."""

    path: str
    call: int
    """Index of the call; -1 for a class that is stored in a database and for what the program holds itself."""
    scope: int
    line: int
    kind: StateKind
    tech: str
    access: Access
    name: str = ""
    """Collection, table, bucket, key, file or class, as far as the code says; `$NAME` for an environment variable."""
    model: str = ""
    """Embedding model of a vector index, where the code says."""
    why: str = ""
    """Library path that was called."""


@dataclass(frozen=True, slots=True)
class TracerHit:
    """A tracer or logger in use."""

    path: str
    scope: int
    line: int
    kind: str
    """`tracer` or `logger`."""
    name: str


class StateFinder:
    """Matches calls against the state rows of the catalogue."""

    def __init__(self, evaluator: Evaluator, names: CalledAs) -> None:
        self.evaluator = evaluator
        self.names = names
        self._held = HeldFinder(evaluator)

    def hits(self, module: Module) -> tuple[StateHit, ...]:
        """State of one module by line; what the program holds itself has the tech `in-process`."""
        held = (
            StateHit(h.path, -1, h.scope, h.line, h.kind, IN_PROCESS, h.access, h.name, "", f"holds {h.name}")
            for h in self._held.hits(module)
        )
        return tuple(sorted((*self._calls(module), *self._classes(module), *held), key=lambda h: (h.line, h.call)))

    def _classes(self, module: Module) -> Iterator[StateHit]:
        """Classes of the tree whose instances are rows: their library base is a type that is state by itself."""
        catalog = self.evaluator.catalog(module)
        for index, scope in enumerate(module.scopes):
            if scope.kind != "class" or not scope.bases:
                continue
            for base in self.evaluator.lineage(Class(module.path, index))[1]:
                kind = catalog.annotation(base.path)
                row = catalog.state(f"<{kind}>.save") and catalog.state(f"<{kind}>") if kind else None
                if row is not None:
                    yield StateHit(module.path, -1, index, scope.line, row.kind, row.tech, row.access, scope.name, "", f"is a {base.path}")
                    break

    def _calls(self, module: Module) -> tuple[StateHit, ...]:
        """State accesses of one module in source order; of a chain of calls on one store the last alone."""
        found: dict[int, StateHit] = {}
        for index, call in enumerate(module.facts.calls):
            if last_name(call.callee) not in RUNNERS and not self.names.may_match(module, index, "keep"):
                continue
            hit = self._call(module, index)
            if hit is not None:
                found[index] = hit
        for index, hit in list(found.items()):
            for inner in _chained(module, index):
                earlier = found.get(inner)
                if earlier is not None and (earlier.kind, earlier.tech) == (hit.kind, hit.tech):
                    found[index] = replace(hit, name=hit.name or earlier.name, access=hit.access if earlier.access != "write" else "write")
                    del found[inner]
                    hit = found[index]
        return tuple(found[index] for index in sorted(found))

    def _call(self, module: Module, index: int) -> StateHit | None:
        call = module.calls[index]
        values = self.evaluator.callee(module, index)
        for value in (*values, *self._members(call.callee, module, call.scope), *self._derived(call.callee, module, call.scope)):
            hit = self._value(value, module, index, 0, call.callee)
            if hit is not None:
                return hit
        if last_name(call.callee) in RUNNERS:
            for position, arg in enumerate(call.args[:3]):
                if isinstance(arg.value, Attr | Name) and not arg.spread:
                    handed = self.evaluator.eval(arg.value, module, call.scope)
                    for value in (*handed, *self._derived(arg.value, module, call.scope)):
                        hit = self._value(value, module, index, position + 1, arg.value)
                        if hit is not None:
                            return hit
        return None

    def _members(self, expr: Expr, module: Module, scope: int) -> Iterator[Ext]:
        """A member by its name where the type it leads to has taken its place: `<client>.get_collection`, which is a collection."""
        if isinstance(expr, Attr):
            for value in self.evaluator.eval(expr.base, module, scope):
                if isinstance(value, Ext) and value.path.endswith(">"):
                    yield Ext(f"{value.path}.{expr.name}", value.trail)

    def _derived(self, expr: Expr, module: Module, scope: int) -> Iterator[Ext]:
        """Members that a class has from its library base: `Ticket.objects.filter` is `django.db.models.Model.objects.filter`."""
        members: list[str] = []
        while True:
            if isinstance(expr, Attr):
                members.append(f".{expr.name}")
                expr = expr.base
            elif isinstance(expr, CallRef):
                members.append("()")
                expr = module.calls[expr.index].callee
            else:
                break
        if not isinstance(expr, Name) or not members or members[-1] == "()":
            return
        for value in self.evaluator.eval(expr, module, scope):
            if isinstance(value, Class):
                for base in self.evaluator.lineage(value)[1]:
                    yield Ext(base.path + "".join(reversed(members)))

    def _value(self, value: Value, module: Module, index: int, shift: int, called: Expr) -> StateHit | None:
        while isinstance(value, Partial):
            value = value.target
        if not isinstance(value, Ext):
            return None
        catalog = self.evaluator.catalog(module)
        site = Site(module.path, index)
        own = catalog.state(value.path) if not value.path.endswith(">") else None
        if own is not None and self._accepts(own, module, index, shift):
            return self._hit(own, value, site, shift, None, called)
        for made in self._made(value, site, catalog):
            row = catalog.state(f"<{made.type}>")
            if row is not None:
                return self._hit(row, value, site, shift, made.row, called)
        return None

    def _made(self, value: Ext, site: Site, catalog: LanguageCatalog) -> list[Construct]:
        if value.path.startswith("<") and value.path.endswith(">"):
            return []
        return [m for m in catalog.constructs(value.path) if self.evaluator.holds(m.row.when, site)][:1]

    def _accepts(self, row: StateRow, module: Module, index: int, shift: int) -> bool:
        """Whether the arguments satisfy `require` and `forbid`, where a spread one may hold anything, and the value `kept`."""
        if row.kept and not any(binding.value == CallRef(index) for binding in module.facts.bindings):
            return False
        call = module.calls[index]
        names = {a.name for a in call.args if a.name}
        for arg in call.args:
            if arg.name is None and isinstance(arg.value, Map):
                names |= {str(k.value) for k, _ in arg.value.items if isinstance(k, Const)}
        positions = len([a for a in call.args if a.name is None]) - shift
        spread = any(a.spread for a in call.args)

        def given(entry: str | int) -> bool:
            return entry < positions if isinstance(entry, int) else any(option in names for option in entry.split("|"))

        return (spread or all(map(given, row.require))) and not any(map(given, row.forbid))

    # -- what is known of a hit ----------------------------------------------------------------------------------

    def _hit(self, row: StateRow, value: Ext, site: Site, shift: int, made: FromRow | None, called: Expr) -> StateHit:
        module = self.evaluator.at(site.path)
        call = module.calls[site.call]
        rows = [(r, s) for earlier in value.trail for r, s in self._rows(earlier)]
        if made is not None:
            rows.append((made, site))
        kind, tech = row.kind, row.tech
        for source, _ in rows:
            if isinstance(source, FromRow):
                kind = source.kind or kind  # type: ignore[assignment]
                tech = source.tech or tech
        name = self._name(row.name, site, shift)
        if not places(self.evaluator, row.name, site, shift):
            for source, at in reversed(rows):
                name = name or self._name(source.name, at, 0)
        if kind == "file" and "cache" in f"{name} {module.scopes[call.scope].qualname}".lower():
            kind = "cache"
        if not name and not value.path.startswith("<"):
            name = self._class_name(called, module, call.scope)
        return StateHit(
            path=site.path,
            call=site.call,
            scope=call.scope,
            line=call.line,
            kind=kind,
            tech=tech,
            access=self._access(row, site, shift),
            name=name,
            model=self._model(row, rows, site, shift) if kind == "vector_store" else "",
            why=value.path,
        )

    def _rows(self, site: Site) -> Iterator[tuple[FromRow | FunctionRow, Site]]:
        """Rows of a call on the way to an object, farthest first."""
        module = self.evaluator.at(site.path)
        catalog = self.evaluator.catalog(module)
        call = module.calls[site.call]
        values = self.evaluator.callee(module, site.call, site.frame)
        for value in (*values, *self._members(call.callee, module, call.scope)):
            if not isinstance(value, Ext):
                continue
            for made in self._made(value, site, catalog):
                yield made.row, site
            function = catalog.function(value.path)
            if function is not None:
                yield function, site

    def _name(self, slot: Slot, site: Site, shift: int) -> str:
        for place in places(self.evaluator, slot, site, shift):
            values = self.evaluator.eval(*place)
            settled = [v for value in values for v in (self.evaluator.expand(value) if isinstance(value, Param) else (value,))]
            for value in settled:
                if isinstance(value, Text) and value.value.strip():
                    return value.value
            for value in settled:
                if isinstance(value, Env):
                    return f"${value.name}"
                if isinstance(value, Class):
                    return self.evaluator.at(value.path).scopes[value.scope].name
        return ""

    def _class_name(self, expr: Expr, module: Module, scope: int) -> str:
        """The class of the tree whose rows are meant: `Ticket` of `Ticket.objects.get`."""
        while isinstance(expr, Attr | CallRef):
            expr = expr.base if isinstance(expr, Attr) else module.calls[expr.index].callee
        for value in self.evaluator.eval(expr, module, scope):
            if isinstance(value, Class | Inst):
                return self.evaluator.at(value.path).scopes[value.scope].name
        return ""

    def _access(self, row: StateRow, site: Site, shift: int) -> Access:
        """As the row says; what opens a file says it by its mode, what runs SQL by its verb."""
        if row.access != "both" or row.kind not in ("file", "database"):
            return row.access
        if row.kind == "database":
            return self._verb(site, shift)
        modes = places(self.evaluator, Slot(("mode", 1)), site, shift)
        if not modes:
            return "read"
        known = [v.value for place in modes for v in self.evaluator.eval(*place) if isinstance(v, Text)]
        if not known or "+" in known[0]:
            return "both"
        return "write" if set(known[0]) & set("wax") else "read"

    def _verb(self, site: Site, shift: int) -> Access:
        given = places(self.evaluator, Slot(("query", "sql", "statement", "operation", "text", 0)), site, shift)
        texts = [v.written for place in given for v in self.evaluator.eval(*place) if isinstance(v, Text)]
        verbs = {verb for text in texts if (verb := first_word(text))}
        if verbs and verbs <= READING:
            return "read"
        return "write" if verbs and verbs <= WRITING else "both"

    def _model(self, row: StateRow, rows: Sequence[tuple[FromRow | FunctionRow, Site]], site: Site, shift: int) -> str:
        """The embedding model that an index is given, in the call itself or when its object was made."""
        for source, at, offset in ((row, site, shift), *((r, s, 0) for r, s in reversed(rows))):
            if isinstance(source, StateRow) and (found := self._name(source.model, at, offset)):
                return found
            for slot in source.objects.order:
                for place in self.evaluator.given(at, slot + offset if isinstance(slot, int) else slot):
                    for value in self.evaluator.eval(*place):
                        if isinstance(value, Ext) and (found := self._embedding(value)):
                            return found
        return ""

    def _embedding(self, value: Ext) -> str:
        for earlier in value.trail:
            module = self.evaluator.at(earlier.path)
            catalog = self.evaluator.catalog(module)
            for target in self.evaluator.callee(module, earlier.call, earlier.frame):
                if not isinstance(target, Ext):
                    continue
                for made in self._made(target, earlier, catalog):
                    if "embed" in made.type.lower() or "embed" in target.path.lower() or "sentence" in made.type:
                        return self._name(made.row.model, earlier, 0) or str(made.row.defaults.get("model") or "")
        return ""


def _chained(module: Module, index: int) -> Iterator[int]:
    """Calls on whose value, or a member of it, this one is made."""
    expr = module.calls[index].callee
    while isinstance(expr, Attr | CallRef):
        if isinstance(expr, CallRef):
            yield expr.index
            expr = module.calls[expr.index].callee
        else:
            expr = expr.base


def find_tracers(evaluator: Evaluator, names: CalledAs, module: Module) -> tuple[TracerHit, ...]:
    """Tracers and loggers that one module uses, by line; decorators stand in the function they decorate."""
    catalog = evaluator.catalog(module)
    found: dict[TracerHit, None] = {}

    def add(expr: Expr, values: Iterable[Value], scope: int, line: int) -> None:
        for value in values:
            row = catalog.tracer(value.path) if isinstance(value, Ext) else None
            if row is not None:
                found[TracerHit(module.path, scope, line, row.kind, row.name)] = None
                return

    decorating = {d.index: i for i, s in enumerate(module.scopes) for d in s.decorators if isinstance(d, CallRef)}
    for index, call in enumerate(module.facts.calls):
        if names.may_match(module, index, "trace"):
            add(call.callee, evaluator.callee(module, index), decorating.get(index, call.scope), call.line)
    for index, scope in enumerate(module.scopes):
        for decorator in scope.decorators:
            if isinstance(decorator, Attr | Name):
                add(decorator, evaluator.eval(decorator, module, max(scope.parent, 0)), index, decorator.line)
    return tuple(sorted(found, key=lambda hit: (hit.line, hit.name)))


class StateLinks:
    """Which state accesses belong to a call: those of its function, of the functions on the way to it, and of what its function calls.

    What an object holds itself belongs to every method of its class.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self._by_function: dict[tuple[str, int], list[StateHit]] = {}
        self._by_class: dict[tuple[str, int], list[StateHit]] = {}
        self._calls: dict[str, dict[int, list[int]]] = {}

    def add(self, hits: Iterable[StateHit]) -> None:
        """Take in the accesses of a module."""
        for hit in hits:
            self._by_function.setdefault(self._owner(hit.path, hit.scope), []).append(hit)
            if hit.tech == IN_PROCESS and (cls := self._class(hit.path, hit.scope)) is not None:
                self._by_class.setdefault((cls.path, cls.scope), []).append(hit)

    def _class(self, path: str, scope: int) -> Class | None:
        module = self.evaluator.at(path)
        found = scope if module.scopes[scope].kind == "class" else module.enclosing_class(scope)
        return Class(path, found) if found is not None else None

    def _owner(self, path: str, scope: int) -> tuple[str, int]:
        """The outermost function that a scope lies in; scope 0 for module-level code."""
        module = self.evaluator.at(path)
        owner = 0
        current = module.enclosing_function(scope)
        while current is not None:
            owner = current
            current = module.enclosing_function(module.scopes[current].parent)
        return path, owner

    def of(self, path: str, scope: int, route: Iterable[Step] = ()) -> tuple[StateHit, ...]:
        """Accesses of the point in `scope` of `path` that is reached by `route`, in order of path and line."""
        functions = self._functions(path, scope, route)
        hits = {hit for function in functions for hit in self._by_function.get(function, ())}
        hits |= {hit for owner in self._classes(functions) for hit in self._by_class.get((owner.path, owner.scope), ())}
        return tuple(sorted(hits, key=lambda hit: (hit.path, hit.line, hit.call, hit.name)))

    def files(self, path: str, scope: int, route: Iterable[Step] = ()) -> set[str]:
        """The files whose accesses may belong to that point."""
        functions = self._functions(path, scope, route)
        return {function[0] for function in functions} | {owner.path for owner in self._classes(functions)}

    def _functions(self, path: str, scope: int, route: Iterable[Step]) -> set[tuple[str, int]]:
        start = self._owner(path, scope)
        found = {start, *self._below(start)}
        for step in route:
            module = self.evaluator.at(step.path)
            found |= {self._owner(step.path, i) for i, s in enumerate(module.scopes) if i and s.qualname == step.symbol}
        return found

    def _classes(self, functions: Iterable[tuple[str, int]]) -> Iterator[Class]:
        """The classes of methods, with those they extend."""
        for function in functions:
            cls = self._class(*function)
            yield from self.evaluator.lineage(cls)[0] if cls is not None else ()

    def _below(self, start: tuple[str, int]) -> set[tuple[str, int]]:
        """Functions that `start` calls, and those that these call, DEPTH levels down."""
        seen: set[tuple[str, int]] = set()
        level = {start} if start[1] else set()
        for _ in range(DEPTH):
            level = {called for function in sorted(level) for called in self._called(function)} - seen - {start}
            seen |= level
            if len(seen) > MAX_BELOW:
                break
        return seen

    def _called(self, function: tuple[str, int]) -> Iterator[tuple[str, int]]:
        path, scope = function
        module = self.evaluator.at(path)
        if path not in self._calls:
            by_owner: dict[int, list[int]] = {}
            for index, call in enumerate(module.facts.calls):
                by_owner.setdefault(self._owner(path, call.scope)[1], []).append(index)
            self._calls[path] = by_owner
        for index in self._calls[path].get(scope, ()):
            for value in self.evaluator.callee(module, index):
                if isinstance(value, Func):
                    yield self._owner(value.path, value.scope)
