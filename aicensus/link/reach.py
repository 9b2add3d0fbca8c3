"""From where a call can be reached: callers backwards to entry points, with one shortest route, or why that cannot be known."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from aicensus.link.caller_search import CallerSearch, Search, package_files
from aicensus.link.entry_points import Entry, EntryFinder
from aicensus.link.evaluate import Evaluator
from aicensus.link.project import Module, last_name
from aicensus.link.references import Mention, References
from aicensus.link.values import Class, Ext, Func, Inst, Partial, Unknown, Value
from aicensus.link.values import Param as ParamValue
from aicensus.model.census import PointScope, Reach, Step
from aicensus.model.facts import Attr, CallRef, Expr, Import, Item, Name

Strength = Literal["sure", "open"]
PLAIN_BASES = frozenset(
    [
        "ABC",
        "Protocol",
        "Generic",
        "Enum",
        "StrEnum",
        "IntEnum",
        "NamedTuple",
        "TypedDict",
        "BaseModel",
        "BaseSettings",
        "SQLModel",
        "Exception",
        "ValueError",
        "RuntimeError",
        "object",
        "dict",
        "list",
        "str",
        "Serializable",
        "Base",
        "DeclarativeBase",
        "Struct",
        "Model",
    ]
)
"""Library classes that call no methods of their subclasses, by last name."""
PLAIN_DECORATORS = frozenset(
    [
        "staticmethod",
        "classmethod",
        "property",
        "cached_property",
        "abstractmethod",
        "abstractproperty",
        "lru_cache",
        "cache",
        "cached",
        "wraps",
        "overload",
        "override",
        "final",
        "contextmanager",
        "asynccontextmanager",
        "retry",
        "timeout",
        "dataclass",
        "no_type_check",
        "deprecated",
        "setter",
        "getter",
        "deleter",
        "jit",
        "njit",
        "total_ordering",
        "singledispatch",
        "sync_to_async",
        "async_to_sync",
        "inject",
        "login_required",
        "csrf_exempt",
        "requires",
        "permission_required",
        "atomic",
        "no_grad",
        "inference_mode",
        "torch_no_grad",
        "backoff",
        "on_exception",
        "on_predicate",
        "limits",
        "rate_limit",
        "measure",
        "timer",
        "timed",
        "profile",
        "trace",
        "traced",
        "traceable",
        "observe",
        "span",
        "log",
        "log_call",
    ]
)
"""Decorators that wrap a function and keep no list of them, by last name."""
CONSTRUCTORS = ("__init__", "constructor", "__post_init__", "__new__")
TEMPLATE = re.compile(r"(^|/)(templates?|scaffolds?|boilerplates?)/")
"""Folders of files that a program writes elsewhere."""
MARKUP = (".tsx", ".jsx", ".vue", ".svelte", ".astro")
SEVERAL_WORDS = re.compile(r"[a-z0-9]_[a-z0-9]|[a-z][A-Z]")
BUILTINS = frozenset(dir(builtins)) | {
    "console",
    "window",
    "document",
    "process",
    "JSON",
    "Math",
    "Object",
    "Array",
    "Promise",
    "globalThis",
}
MAX_MENTIONS = 200
"""Places looked at for one name; a name that is mentioned more often is no one's own."""


class Node(NamedTuple):
    """A function, a module's own code (`scope` 0; `main`: its `__main__` block), or a named value that holds functions."""

    path: str
    scope: int
    main: bool = False
    name: str = ""


class Edge(NamedTuple):
    """Who enters a node, at which line, and whether it is sure that it does."""

    source: Node
    line: int
    strength: Strength


@dataclass(frozen=True, slots=True)
class Reached:
    """How a call can be reached."""

    verdict: Reach
    entries: tuple[Entry, ...] = ()
    """Entry points that lead to it, in order of path and line."""
    route: tuple[Step, ...] = ()
    """Calls from one nearest entry to it: who makes each, where; the last is the call itself."""
    why: str = ""
    """What keeps the verdict from being certain."""


class Reacher:
    """Answers how calls can be reached.

    `scope_of` gives the scope of a loaded file. `search` finds further files that may lead to a call; without one, every file that counts
    is loaded.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        finder: EntryFinder,
        scope_of: Callable[[str], PointScope],
        search: CallerSearch | None = None,
    ) -> None:
        self.evaluator = evaluator
        self.finder = finder
        self.scope_of = scope_of
        self._search = search
        self.references = References(evaluator)
        self._entries: dict[tuple[str, int], list[Entry]] = {}
        self._scanned: set[str] = set()
        self._packages: set[str] = set()
        """Packages of the calls asked about: only they, and those that import them, hold ways to one."""
        self._taken_in: list[Module] = []
        self._counted: list[Module] = []
        """The modules among which callers and subclasses were looked for."""
        self._asked: set[Search] = set()
        self._prepared: set[Node] = set()
        self._sure: dict[Node, tuple[Edge, ...]] = {}
        self._open: dict[Node, tuple[Edge, ...]] = {}
        self._doubts: dict[Node, str] = {}
        self._answers: dict[Node, tuple[Reach, tuple[Entry, ...], tuple[Edge, ...], str]] = {}
        self._offered: set[tuple[str, int]] = set()

    # -- questions -----------------------------------------------------------------------------------------------

    def prepare(self, calls: Iterable[tuple[str, int, int]]) -> None:
        """Load what may lead to these (path, scope, line), level by level: one request for further files a level."""
        frontier = {self.node(*call) for call in calls} - self._prepared
        packages = {self.evaluator.project.neighbours.package_of(node.path) for node in frontier}
        if not packages <= self._packages:
            self._packages |= packages
            self._taken_in = []
        while frontier:
            self._load(frontier)
            self._prepared |= frontier
            frontier = {edge.source for node in frontier for edge in self.sure(node)} - self._prepared

    def reach(self, path: str, scope: int, line: int) -> Reached:
        """How the call at `line` in `scope` of `path` can be reached."""
        start = self.node(path, scope, line)
        if start not in self._answers:
            self.prepare([(path, scope, line)])
            self._answers[start] = self._decide(start)
        verdict, entries, edges, why = self._answers[start]
        route = self._route(edges, start, line) if verdict == "reachable" else ()
        return Reached(verdict, entries, route, why)

    def node(self, path: str, scope: int, line: int) -> Node:
        """The function, module or main block in which a line of a scope runs."""
        module = self.evaluator.at(path)
        owner = module.enclosing_function(scope) or 0
        main = module.facts.main
        return Node(path, owner, owner == 0 and main is not None and main[0] <= line <= main[1])

    # -- verdict -------------------------------------------------------------------------------------------------

    def _decide(self, start: Node) -> tuple[Reach, tuple[Entry, ...], tuple[Edge, ...], str]:
        product = self.scope_of(start.path) == "prod"
        if self.scope_of(start.path) == "test":
            return "test-only", (), (), ""
        entries, edges, visited = self._walk(start, product, self.sure)
        if entries:
            return "reachable", entries, edges, ""
        if not product:
            return "unknown", (), (), "no entry point in sight of an example"
        tested = any(self.scope_of(node.path) != "prod" for node in visited)
        entries, _, visited = self._walk(start, product, lambda node: (*self.sure(node), *self.open(node)), every=False)
        if entries:
            return "unknown", (), (), "only calls whose receiver is not resolved lead to it"
        for node in sorted(visited):
            if self.scope_of(node.path) == "prod" and (why := self.doubt(node)):
                return "unknown", (), (), why
        return ("test-only" if tested else "unreachable"), (), (), ""

    def _walk(
        self, start: Node, product: bool, edges_of: Callable[[Node], tuple[Edge, ...]], *, every: bool = True
    ) -> tuple[tuple[Entry, ...], tuple[Edge, ...], set[Node]]:
        """Breadth first backwards: entries met, the edges from the nearest down to `start`, and every node seen.

        Without `every` the search ends at the nearest entry.
        """
        came: dict[Node, tuple[Edge, Node] | None] = {start: None}
        queue = [start]
        met: dict[Entry, None] = {}
        nearest: Node | None = None
        for node in queue:
            outside = product and self.scope_of(node.path) != "prod"
            if outside:
                continue
            for entry in self.entries_at(node):
                met[entry] = None
                nearest = nearest or node
            if met and not every:
                break
            for edge in edges_of(node):
                if edge.source not in came:
                    came[edge.source] = (edge, node)
                    queue.append(edge.source)
        path: list[Edge] = []
        while nearest is not None and (step := came[nearest]) is not None:
            path.append(step[0])
            nearest = step[1]
        return tuple(sorted(met, key=lambda e: (e.path, e.line, e.kind, e.name))), tuple(path), set(came)

    def _route(self, edges: tuple[Edge, ...], start: Node, line: int) -> tuple[Step, ...]:
        steps = [(edge.source, edge.line) for edge in edges if not edge.source.name]
        return tuple(Step(symbol=self.symbol(node), path=node.path, line=at) for node, at in (*steps, (start, line)))

    def symbol(self, node: Node) -> str:
        """Qualified name of the function, or `<module>`."""
        return self.evaluator.at(node.path).scopes[node.scope].qualname or "<module>"

    def entries_at(self, node: Node) -> tuple[Entry, ...]:
        """Entries that start in this very node."""
        if node.name:
            return ()
        self._scan()
        found = [e for e in self._entries.get((node.path, node.scope), ()) if node.scope or node.main == (e.lines is not None)]
        if not node.scope and not node.main and not found:
            # Whatever enters a function of a module has run the module before.
            found = [e for scope in range(1, len(self.evaluator.at(node.path).scopes)) for e in self._entries.get((node.path, scope), ())]
        if not node.scope and not node.main and not found and not self.references.importers.get(node.path):
            module = self.evaluator.at(node.path)
            named = any(isinstance(m.expr, Attr) for m in self.references.mentions.get(_stem(node.path), ()))
            if self.scope_of(node.path) != "test" and not named:
                found = list(self.finder.scripts(module))
        return tuple(found)

    # -- loading -------------------------------------------------------------------------------------------------

    def _load(self, nodes: set[Node]) -> None:
        """Read the files that may enter some nodes."""
        while self._search is not None:
            new = {search for node in sorted(nodes) for search in self._searches(node, self._search)} - self._asked
            self._asked |= new
            # What is read may pass names on: they are looked for there, too.
            if not new or not self._search.read(new):
                break
        self._scan()
        if (modules := self.evaluator.modules()) is not self._counted:
            self._counted = modules
            self.evaluator._callers.clear()
            self.evaluator._subclasses.clear()

    def _scan(self) -> None:
        """Take in entries and mentions of modules read since; reading their handlers may read further modules."""
        # The list is another one as soon as a module is read.
        while (modules := self.evaluator.modules()) is not self._taken_in:
            self._taken_in = modules
            self.finder.names.update()
            for module in self.near(modules):
                if module.path in self._scanned:
                    continue
                self._scanned.add(module.path)
                self.references.add(module)
                for entry in self.finder.entries(module):
                    at = self._entries.setdefault((entry.path, entry.scope), [])
                    if entry.kind == "library" and self.evaluator.at(entry.path).scopes[entry.scope].kind == "class":
                        self._offered.add((entry.path, entry.scope))
                    if entry not in at:
                        at.append(entry)

    def near(self, modules: Iterable[Module]) -> list[Module]:
        """Those of the modules that may hold a way to one of the calls asked about."""
        neighbours = self.evaluator.project.neighbours
        packages = neighbours.users(self._packages)
        return [module for module in modules if neighbours.package_of(module.path) in packages]

    def _searches(self, node: Node, search: CallerSearch) -> Iterator[Search]:
        module = self.evaluator.at(node.path)
        if node.name:
            yield from search.reading(module, node.name)
            return
        if not node.scope:
            if not node.main:
                yield Search((), node.path, True)
            return
        yield from search.naming(module, node.scope)
        cls = module.enclosing_class(node.scope)
        name = module.scopes[node.scope].name
        if cls is not None and (name.startswith("__") or name in CONSTRUCTORS or self._outside(Class(module.path, cls))):
            yield from search.making(module, cls)

    # -- edges ---------------------------------------------------------------------------------------------------

    def sure(self, node: Node) -> tuple[Edge, ...]:
        """Who certainly enters a node, each source once, the first line kept."""
        if node not in self._sure:
            self._sure[node] = ()
            self._sure[node] = _distinct(self._value_edges(node) if node.name else self._edges(node), node)
        return self._sure[node]

    def open(self, node: Node) -> tuple[Edge, ...]:
        """Who may enter a node: calls and mentions of its name on something that cannot be resolved."""
        if node not in self._open:
            self._open[node] = () if node.name or not node.scope else _distinct(self._unresolved(node), node)
        return self._open[node]

    def _edges(self, node: Node) -> Iterator[Edge]:
        if not node.scope:
            if not node.main:
                for path, scope, line in self.references.importers.get(node.path, ()):
                    yield Edge(self.node(path, scope, line), line, "sure")
            return
        module = self.evaluator.at(node.path)
        record = module.scopes[node.scope]
        for site in self.evaluator.callers(node.path, node.scope):
            caller = self.evaluator.at(site.path)
            call = caller.calls[site.call]
            yield Edge(self.node(site.path, call.scope, call.line), call.line, "sure")
        yield from self._surrounding(node, module)
        for mention in self._mentions(record.name):
            if self._means(mention, node):
                yield from self._mentioned(mention)
        if self._own_name(record.name):
            yield from (edge._replace(strength="sure") for edge in self.open(node))
        cls = module.enclosing_class(node.scope)
        if cls is not None:
            yield from self._dispatched(record.name, Class(module.path, cls))
            if record.name in CONSTRUCTORS or self._run_by_library(record.name, Class(module.path, cls), node):
                yield from self._instantiated(Class(module.path, cls))

    def _own_name(self, name: str) -> bool:
        """Whether a name is of several words and defined once (overriding methods apart), so that whoever says it means this function."""
        if not SEVERAL_WORDS.search(name):
            return False
        owners = set()
        for path, scope in self.references.functions.get(name, ()):
            if self.scope_of(path) == "prod":
                cls = self.evaluator.at(path).enclosing_class(scope)
                owners.add(self._root(Class(path, cls)) if cls is not None else (path, scope))
        return len(owners) == 1

    def _root(self, cls: Class) -> Class:
        return self.evaluator.lineage(cls)[0][-1]

    def _dispatched(self, name: str, cls: Class) -> Iterator[Edge]:
        """`getattr(self, f"cmd_{word}")` enters the methods whose names begin so."""
        for path, index, start in self.references.dispatches:
            if start and name.startswith(start) and self._takes_from(path, index, cls):
                call = self.evaluator.at(path).calls[index]
                yield Edge(self.node(path, call.scope, call.line), call.line, "sure")

    def _takes_from(self, path: str, index: int, cls: Class) -> bool:
        module = self.evaluator.at(path)
        call = module.calls[index]
        family = {cls, *self.evaluator.subclasses(cls), *self.evaluator.lineage(cls)[0]}
        held = self.evaluator.eval(call.args[0].value, module, call.scope)
        return any(isinstance(v, Inst | Class) and Class(v.path, v.scope) in family for v in held)

    def _surrounding(self, node: Node, module: Module) -> Iterator[Edge]:
        """An anonymous or inner function runs on behalf of the function it stands in, or of the value it is part of."""
        record = module.scopes[node.scope]
        outer = module.enclosing_function(record.parent)
        if outer is not None:
            yield Edge(Node(module.path, outer), record.line, "sure")
            return
        for mention in self.references.definitions.get((node.path, node.scope), ()):
            yield from self._mentioned(mention)

    def _mentioned(self, mention: Mention) -> Iterator[Edge]:
        source = self.node(mention.path, mention.scope, mention.line)
        if mention.holder and not source.main:
            holder = Node(mention.path, 0, False, mention.holder)
            yield Edge(holder, mention.line, "sure")
        else:
            yield Edge(source, mention.line, "sure")

    def _value_edges(self, node: Node) -> Iterator[Edge]:
        """Where the name of a module- or class-level value is read, in its own file and where it is imported."""
        own = self.evaluator.at(node.path)
        found = False
        for path in sorted({node.path, *self._users(node.path)}):
            module = self.evaluator.at(path)
            for name in sorted({node.name} | module.aliases.get(node.name, set())):
                for mention in self.references.mentions.get(name, ())[:MAX_MENTIONS]:
                    if mention.path == module.path and mention.holder != node.name:
                        found = True
                        yield from self._mentioned(mention)
                for index in module.calls_of.get(name, ()):
                    call = module.calls[index]
                    found = True
                    yield Edge(self.node(module.path, call.scope, call.line), call.line, "sure")
        if not found:
            yield Edge(Node(own.path, 0), 1, "sure")

    def _users(self, path: str) -> Iterator[str]:
        """Files that import a file, or the package it lies in."""
        for imported in (path, *package_files(path)):
            for user, _, _ in self.references.importers.get(imported, ()):
                yield user

    def _mentions(self, name: str) -> list[Mention]:
        found = list(self.references.mentions.get(name, ())[:MAX_MENTIONS])
        for module in self.evaluator.project.aliasing.of(name):
            for alias in sorted(module.aliases[name]):
                found += [m for m in self.references.mentions.get(alias, ()) if m.path == module.path]
        return found

    def _means(self, mention: Mention, node: Node) -> bool:
        """Whether a mention of a function's name is the function; a property is meant wherever its class may be."""
        module = self.evaluator.at(mention.path)
        values = self.evaluator.eval(mention.expr, module, mention.scope)
        if any(self._is(value, node) for value in values):
            return True
        home = self.evaluator.at(node.path)
        record = home.scopes[node.scope]
        if not any(last_name(d) in ("property", "cached_property") for d in record.decorators):
            return False
        cls = home.enclosing_class(node.scope)
        if isinstance(mention.expr, Name):
            around = module.enclosing_class(mention.scope) if module.facts.bare_members else None
            return None not in (cls, around) and self._akin(Class(home.path, cls or 0), Class(module.path, around or 0))
        if not isinstance(mention.expr, Attr):
            return False
        owners = self.evaluator.eval(mention.expr.base, module, mention.scope)
        family = [] if cls is None else [Class(home.path, cls), *self.evaluator.subclasses(Class(home.path, cls))]
        holding = Inst if module.facts.package is None else Inst | Class  # An object is its own class where it is one of a kind.
        return any(isinstance(o, holding) and Class(o.path, o.scope) in family for o in owners)

    def _akin(self, one: Class, other: Class) -> bool:
        """Whether one class extends the other, or is it."""
        return other in self.evaluator.lineage(one)[0] or one in self.evaluator.lineage(other)[0]

    def _is(self, value: Value, node: Node) -> bool:
        while isinstance(value, Partial):
            value = value.target
        return isinstance(value, Func) and (value.path, value.scope) == (node.path, node.scope)

    def _run_by_library(self, name: str, cls: Class, node: Node) -> bool:
        """Methods that the language or a library base calls on an instance."""
        if name.startswith("__") and name.endswith("__"):
            return True
        decorated = bool(self.evaluator.at(node.path).scopes[node.scope].decorators)
        calls = self.evaluator.callers(node.path, node.scope)
        return bool(self._outside(cls)) and (decorated or not calls)

    def _outside(self, cls: Class) -> list[Ext]:
        """Library ancestors that may call methods of the class."""
        return [e for e in self.evaluator.lineage(cls)[1] if e.path.rstrip("()").rsplit(".", 1)[-1].rsplit("#", 1)[-1] not in PLAIN_BASES]

    def _instantiated(self, cls: Class) -> Iterator[Edge]:
        """Where the class or a subclass is made or handed on."""
        family = [cls, *self.evaluator.subclasses(cls)]
        for member in family:
            home = self.evaluator.at(member.path)
            name = home.scopes[member.scope].name
            for module in self.evaluator.project.naming(name):
                for known in sorted({name} | module.aliases.get(name, set())):
                    for index in module.calls_of.get(known, ()):
                        call = module.calls[index]
                        if any(isinstance(v, Class) and v in family for v in self.evaluator.callee(module, index)):
                            yield Edge(self.node(module.path, call.scope, call.line), call.line, "sure")
            for mention in self._mentions(name):
                module = self.evaluator.at(mention.path)
                base_of = mention.scope == 0 and any(mention.expr in s.bases for s in module.scopes)
                if not base_of and any(
                    isinstance(v, Class) and v in family for v in self.evaluator.eval(mention.expr, module, mention.scope)
                ):
                    yield from self._mentioned(mention)

    # -- what is not certain -------------------------------------------------------------------------------------

    def _unresolved(self, node: Node) -> Iterator[Edge]:
        module = self.evaluator.at(node.path)
        name = module.scopes[node.scope].name
        if name.startswith("<") or name in CONSTRUCTORS:
            return
        for caller in self.evaluator.project.calling.of(name):
            for index in caller.calls_of[name][:MAX_MENTIONS]:
                call = caller.calls[index]
                if isinstance(call.callee, Attr | Item) and _unsettled(self.evaluator.callee(caller, index)):
                    yield Edge(self.node(caller.path, call.scope, call.line), call.line, "open")
        for mention in self._mentions(name):
            caller = self.evaluator.at(mention.path)
            if isinstance(mention.expr, Attr) and _unsettled(self.evaluator.eval(mention.expr, caller, mention.scope)):
                yield from (edge._replace(strength="open") for edge in self._mentioned(mention))

    def doubt(self, node: Node) -> str:
        """Why a node may run although nothing is seen to enter it; empty when nothing speaks for it."""
        if node not in self._doubts:
            self._doubts[node] = "" if node.name else self._doubt(node)
        return self._doubts[node]

    def _doubt(self, node: Node) -> str:
        module = self.evaluator.at(node.path)
        if not node.scope:
            return "modules are loaded by a name made at run time" if not node.main and self.references.loaded_by_name(node.path) else ""
        record = module.scopes[node.scope]
        if record.name.startswith("<"):
            return ""
        if TEMPLATE.search(node.path):
            return "part of a template; the program it is put into is not here"
        if record.name[:1].isupper() and node.path.endswith(MARKUP):
            return "a component; markup that uses it is not read"
        if named := self._written(record.name, module):
            return f"its name stands as text in {named}"
        if user := self._unused_import(node, record.name):
            return f"imported in {user}"
        for decorator in record.decorators:
            if self._may_register(decorator, module, max(record.parent, 0)):
                return f"decorated by {_decorator_name(decorator, module)}, which may register it"
        if self.open(node):
            edge = self.open(node)[0]
            return f"something unresolved is asked for its name in {edge.source.path}:{edge.line}"
        cls = module.enclosing_class(node.scope)
        if cls is not None:
            return self._doubt_of_method(record.name, Class(module.path, cls))
        if self.references.loaded_by_name(node.path):
            return "modules are loaded by a name made at run time"
        return ""

    def _doubt_of_method(self, name: str, cls: Class) -> str:
        home = self.evaluator.at(cls.path)
        named = home.scopes[cls.scope].name
        if name in CONSTRUCTORS and (written := self._written(named, home)):
            return f"{named} stands as text in {written}"
        if any((c.path, c.scope) in self._offered for c in (cls, *self.evaluator.subclasses(cls))) and not name.startswith("_"):
            return f"public method of {named}, which the library offers"
        for path, index, _ in self.references.dispatches:
            if self._takes_from(path, index, cls):
                return f"attributes of {named} are taken by a name made at run time in {path}"
        if not name.startswith(("_", "#")) and name not in CONSTRUCTORS and self._used_elsewhere(name, cls):
            return f"{named} is made here, but its methods are called by others"
        if outside := self._outside(cls):
            return f"{outside[0].path} may call methods of {named}"
        if self.references.loaded_by_name(cls.path):
            return "modules are loaded by a name made at run time"
        return ""

    def _written(self, name: str, module: Module) -> str:
        """A file that holds the name as text; code of another language does not count."""
        if name.startswith("__"):
            return ""
        paths = sorted(self.references.texts.get(name, ()))
        return next((p for p in paths if self.evaluator.at(p).facts.language in (module.facts.language, "data")), "")

    def _unused_import(self, node: Node, name: str) -> str:
        """A file that imports the function for use in it, package files that only pass it on excepted."""
        for path, scope, line in self.references.importers.get(node.path, ()):
            if not path.endswith("/__init__.py") and path != "__init__.py" and self.scope_of(path) == "prod":
                bindings = [b for b in self.evaluator.at(path).facts.bindings if b.scope == scope and b.line == line]
                if any(isinstance(b.value, Import) and b.value.name == name for b in bindings):
                    return path
        return ""

    def _used_elsewhere(self, name: str, cls: Class) -> bool:
        """Whether the class is made for a library: an unrelated class has the same method, or no public method of it is called here."""
        if not any(self._instantiated(cls)):
            return False
        if self._of_an_interface(name, cls):
            return True
        module = self.evaluator.at(cls.path)
        methods = [s.name for i in module.children.get(cls.scope, ()) if (s := module.scopes[i]).kind == "function"]
        public = [m for m in methods if not m.startswith(("_", "#")) and m != "constructor"]
        return not any(self._called_from_outside(method, home) for method in public for home in self.evaluator.project.calling.of(method))

    def _of_an_interface(self, name: str, cls: Class) -> bool:
        """Whether a class of the product that is no relative has a method of this name."""
        for path, scope in self.references.functions.get(name, ()):
            other = self.evaluator.at(path).enclosing_class(scope)
            if other is not None and self.scope_of(path) == "prod" and self._root(Class(path, other)) != self._root(cls):
                return True
        return False

    def _called_from_outside(self, method: str, module: Module) -> bool:
        """Whether something that has no such method itself calls one."""
        for index in module.calls_of.get(method, ()):
            cls = module.enclosing_class(module.calls[index].scope)
            if cls is None or not any(module.scopes[i].name == method for i in module.children.get(cls, ())):
                return True
        return False

    def _may_register(self, decorator: Expr, module: Module, scope: int) -> bool:
        """Whether a decorator may keep the function: one of a library that is not known to wrap only, or one of the tree that stores it."""
        callee = module.calls[decorator.index].callee if isinstance(decorator, CallRef) else decorator
        name = last_name(callee) or ""
        if name in PLAIN_DECORATORS:
            return False
        values = self.evaluator.eval(callee, module, scope)
        funcs = [v for v in values if isinstance(v, Func)]
        if funcs:
            return any(self._stores(func, 0) for func in funcs)
        catalog = self.evaluator.catalog(module)
        return not any(isinstance(v, Ext) and catalog.tracer(v.path) is not None for v in values)

    def _stores(self, func: Func, depth: int) -> bool:
        """Whether a decorator of the tree puts one of its parameters into something that outlives it."""
        module = self.evaluator.at(func.path)
        inside = {i for i in range(len(module.scopes)) if _within(module, i, func.scope)}
        params = {p.name for i in inside for p in module.scopes[i].params}
        for binding in module.facts.bindings:
            if (
                binding.scope in inside
                and isinstance(binding.target, Item | Attr)
                and isinstance(binding.value, Name)
                and binding.value.id in params
            ):
                return True
        for indexes in module.mutations.values():
            for index in indexes:
                call = module.calls[index]
                if call.scope in inside and any(isinstance(a.value, Name) and a.value.id in params for a in call.args):
                    return True
        if depth < 2:
            for index, call in enumerate(module.calls):
                handed = any(isinstance(a.value, Name) and a.value.id in params for a in call.args)
                if call.scope in inside and handed and last_name(call.callee) not in PLAIN_DECORATORS:
                    targets = self.evaluator.callee(module, index)
                    if any(isinstance(t, Func) and self._stores(t, depth + 1) for t in targets if t != func):
                        return True
        return False


def _within(module: Module, scope: int, outer: int) -> bool:
    while scope > 0:
        if scope == outer:
            return True
        scope = module.scopes[scope].parent
    return False


def _unsettled(values: tuple[Value, ...]) -> bool:
    """Whether nothing says what a name stands for: no value, or what a call of something unknown gives."""
    return all(isinstance(v, Unknown | ParamValue) or (isinstance(v, Ext) and _made_elsewhere(v.path)) for v in values)


def _made_elsewhere(path: str) -> bool:
    """Whether a path leads through a call that is no known type's, or starts at a name that is defined nowhere."""
    if path.startswith("builtins."):
        return path.split(".")[1].rstrip("()") not in BUILTINS
    return "()" in path and not path.startswith("<")


def _distinct(edges: Iterable[Edge], node: Node) -> tuple[Edge, ...]:
    found: dict[Node, Edge] = {}
    for edge in edges:
        if edge.source != node and edge.source not in found:
            found[edge.source] = edge
    return tuple(found.values())


def _decorator_name(decorator: Expr, module: Module) -> str:
    return last_name(module.calls[decorator.index].callee if isinstance(decorator, CallRef) else decorator) or "a decorator"


def _stem(path: str) -> str:
    folder, _, name = path.rpartition("/")
    stem = name.rsplit(".", 1)[0]
    return folder.rsplit("/", 1)[-1] if stem in ("__init__", "index") else stem
