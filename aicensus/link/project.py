"""The files of one source as modules: facts on demand, and which module an import names."""

from __future__ import annotations

import posixpath
from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from aicensus.link.data_files import DATA_SUFFIXES, data_facts
from aicensus.link.neighbours import Neighbours
from aicensus.link.packages import SUFFIXES as PACKAGED_SUFFIXES
from aicensus.link.packages import Packages
from aicensus.model.facts import (
    Attr,
    Binding,
    Call,
    CallRef,
    Choice,
    Const,
    DefRef,
    Element,
    Export,
    Expr,
    FileFacts,
    Import,
    Item,
    Map,
    Name,
    Op,
    Prose,
    Scope,
    Seq,
    Spread,
    Template,
    Unknown,
)

PYTHON_SUFFIXES = (".py", ".pyi", ".ipynb")
PROGRAM_ROOTS = frozenset({"src", "app", "backend", "server"})
"""Top folders of programs; an import that starts with one and is not found may mean a neighbour."""
SCRIPT_SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".astro")


MUTATORS = frozenset({"append", "extend", "insert", "push", "unshift", "appendleft", "update", "setdefault", "concat"}) | {
    "put", "aput", "put_messages", "add_message", "add_messages", "add_user_message", "add_system_message", "addMessage",
}  # fmt: skip
"""Methods that put their arguments into the list or dict they are called on."""
ADDERS = frozenset({
    "add", "Add", "addAll", "addFirst", "addLast", "AddRange", "Append", "AppendLine", "AppendFormat", "AppendInterpolated",
    "WriteString", "push_str", "AddUserMessage", "AddSystemMessage", "AddMessage", "addSystemMessage", "addUserMessage", "put",
    "addProperty", "set",
})  # fmt: skip
"""The same in languages whose files share the names of a package."""


class Module:
    """Facts of one file with the indexes that linking asks for."""

    def __init__(self, path: str, facts: FileFacts) -> None:
        self.path = path
        self.facts = facts
        self.scopes: tuple[Scope, ...] = facts.scopes
        self.calls: tuple[Call, ...] = facts.calls
        self.names: dict[tuple[int, str], list[Binding]] = defaultdict(list)
        self.attributes: dict[str, list[Binding]] = defaultdict(list)
        self.stored: dict[str, list[Binding]] = defaultdict(list)
        self.calls_of: dict[str, list[int]] = defaultdict(list)
        self.children: dict[int, list[int]] = defaultdict(list)
        self.aliases: dict[str, set[str]] = defaultdict(set)
        self.inner: dict[str, list[Binding]] = defaultdict(list)
        """JavaScript: bindings inside functions, which may be of a name that an outer scope declares without a value."""
        self.stored_items: dict[str, list[Binding]] = defaultdict(list)
        """`name[key] = value`, `x.name[key] = value` by that name."""
        self.aliases_of: set[str] = set()
        """Names that this module imports."""
        self.imports: dict[str, list[tuple[str, Import]]] = defaultdict(list)
        """By name in the other module, `=` for a whole script module: names under which this one imports it."""
        for binding in facts.bindings:
            if isinstance(binding.target, Item) and (held := last_name(binding.target.base)):
                self.stored_items[held].append(binding)
            if isinstance(binding.target, Name):
                self.names[binding.scope, binding.target.id].append(binding)
                value = binding.value
                if isinstance(value, Import):
                    self.aliases_of.add(binding.target.id)
                    if value.name or facts.language == "javascript":
                        self.imports[value.name or "="].append((binding.target.id, value))
                if facts.language == "javascript" and binding.scope > 0 and binding.value is not None:
                    self.inner[binding.target.id].append(binding)
                if isinstance(value, Import) and value.name and value.name != binding.target.id:
                    self.aliases[value.name].add(binding.target.id)
            elif isinstance(binding.target, Attr):
                self.attributes[binding.target.name].append(binding)
            if not isinstance(binding.target, Name) and (root := root_name(binding.target)):
                self.stored[root].append(binding)
        adders = MUTATORS if facts.package is None else MUTATORS | ADDERS
        self.members = {name for expr in values_in(facts) for name in _members(expr)}
        """Members that are read other than to be called."""
        self.mutations: dict[str, list[int]] = defaultdict(list)
        self.filled: dict[str, list[int]] = defaultdict(list)
        """By name: calls that put something into a member of it, `options.Messages.Add(m)`, in languages with packages."""
        self.computed: list[int] = []
        """Calls of a member whose name is computed: `object[key](...)`."""
        self.handed_functions: dict[int, int] = {}
        self.passed: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for index, call in enumerate(facts.calls):
            name = last_name(call.callee)
            if isinstance(call.callee, CallRef):  # getattr(o, "m")(a) is o.m(a).
                name = got_member(facts.calls[call.callee.index])
            if name:
                self.calls_of[name].append(index)
            if isinstance(call.callee, Item):
                self.computed.append(index)
            if got := got_member(call):
                self.members.add(got)
            if name in adders and isinstance(call.callee, Attr) and (changed := last_name(call.callee.base)):
                self.mutations[changed].append(index)
                if facts.package is not None and isinstance(call.callee.base, Attr) and (root := root_name(call.callee.base)):
                    self.filled[root].append(index)
            for position, arg in enumerate(call.args):
                handed = last_name(arg.value)
                if isinstance(arg.value, DefRef):
                    self.handed_functions[arg.value.index] = index
                if handed:
                    self.passed[handed].append((index, position))
        self.interfaces: dict[str, list[int]] = defaultdict(list)
        """By name of a method: interfaces of the module that ask for it and that classes satisfy without naming them."""
        for index, scope in enumerate(facts.scopes):
            if scope.parent >= 0:
                self.children[scope.parent].append(index)
                if any(isinstance(d, Name) and d.id == "interface" for d in facts.scopes[scope.parent].decorators):
                    self.interfaces[scope.name].append(scope.parent)
        self.decorated: dict[int, int] = {}
        """The function or class that a call of a decorator decorates."""
        self.calls += tuple(self._decorations())
        self.exports: dict[str, list[Export]] = defaultdict(list)
        for export in facts.exports:
            self.exports[export.name].append(export)

    def _decorations(self) -> Iterator[Call]:
        """Bare decorators that are imported, or may be, as calls of no arguments behind those that are written."""
        count = len(self.calls)
        starred = self.facts.package is not None and bool(self.facts.stars)
        for index, scope in enumerate(self.scopes):
            for decorator in scope.decorators:
                if isinstance(decorator, CallRef):
                    self.decorated[decorator.index] = index
                elif (root := root_name(decorator)) in self.aliases_of or (starred and root is not None and root[:1].isupper()):
                    assert isinstance(decorator, Name | Attr)
                    self.decorated[count] = index
                    count += 1
                    where = scope.parent if self.facts.package is None or scope.kind == "class" else index
                    yield Call(where, decorator, (), decorator.line, decorator.line)

    def holding(self) -> Iterator[tuple[str, str]]:
        """Names of classes, each with a name that is bound to what the class makes, or annotated with it."""
        for binding in self.facts.bindings:
            if isinstance(binding.target, Name | Attr) and (name := last_name(binding.target)):
                made = last_name(self.calls[binding.value.index].callee) if isinstance(binding.value, CallRef) else None
                for known in (made, *(named_in(binding.annotation) if binding.annotation is not None else ())):
                    if known is not None:
                        yield known, name
        for parameter in (p for scope in self.scopes for p in scope.params):
            for known in named_in(parameter.annotation) if parameter.annotation is not None else ():
                yield known, parameter.name

    def handed_on(self) -> set[str]:
        """Names that are bound to what has the same name: `self.llm = llm`."""
        return {name for b in self.facts.bindings if isinstance(b.value, Name) and (name := last_name(b.target)) == b.value.id}

    def enclosing_function(self, scope: int) -> int | None:
        """The function that `scope` is or lies in; None at module or class level."""
        while scope > 0:
            if self.scopes[scope].kind == "function":
                return scope
            scope = self.scopes[scope].parent
        return None

    def named_function(self, scope: int) -> int | None:
        """The nearest function that `scope` is or lies in and that has a name; None at module or class level."""
        function = self.enclosing_function(scope)
        while function is not None and self.scopes[function].name == "<lambda>":
            function = self.enclosing_function(self.scopes[function].parent)
        return function

    def enclosing_class(self, scope: int) -> int | None:
        """The nearest class around `scope`."""
        while scope > 0:
            scope = self.scopes[scope].parent
            if scope > 0 and self.scopes[scope].kind == "class":
                return scope
        return None


def imports_in(facts: FileFacts) -> Iterator[Import]:
    """What a file imports or passes on from other files."""
    yield from (b.value for b in facts.bindings if isinstance(b.value, Import))
    yield from facts.stars
    yield from (e.value for e in facts.exports if isinstance(e.value, Import))


def values_in(facts: FileFacts) -> Iterator[Expr]:
    """Expressions whose value goes somewhere."""
    yield from (b.value for b in facts.bindings if b.value is not None)
    for call in facts.calls:
        yield from (a.value for a in call.args)
        if isinstance(call.callee, Attr):
            yield call.callee.base
    for scope in facts.scopes:
        yield from scope.returns
    yield from (e.value for e in facts.exports)


def _members(expr: Expr) -> Iterator[str]:
    match expr:
        case Attr(name=name) | Item(key=Const(value=str(name))):
            yield name
        case Item(base=base) | Element(base=base) | Spread(value=base):
            yield from _members(base)
        case Seq(items=items) | Choice(options=items):
            for item in items:
                yield from _members(item)
        case Op(left=left, right=right):
            yield from _members(left)
            yield from _members(right)
        case Map(items=pairs):
            for _, value in pairs:
                yield from _members(value)


def inside(expr: Expr) -> Iterator[Expr]:
    """An expression and all that it is put together from, from left to right; what is given to calls in it is not."""
    queue = [expr]
    while queue:
        part = queue.pop()
        yield part
        if type(part) not in _WHOLE:
            queue += reversed(_parts(part))


_WHOLE = frozenset({Name, Const, Prose, CallRef, DefRef, Import, Unknown})
"""Expressions that are not put together from others."""


def _parts(expr: Expr) -> Sequence[Expr]:
    """What an expression is put together from, from left to right."""
    match expr:
        case Attr(base=part) | Element(base=part) | Spread(value=part):
            return (part,)
        case Item(base=left, key=right) | Op(left=left, right=right):
            return (left, right)
        case Seq(items=parts) | Choice(options=parts) | Template(parts=parts):
            return parts
        case Map(items=pairs):
            return [part for pair in pairs for part in pair if part is not None]
    return ()


def named_in(expr: Expr) -> Iterator[str]:
    """Names and members that stand in an expression."""
    return (name for part in inside(expr) if (name := last_name(part)) is not None)


def got_member(call: Call) -> str:
    """The member that `getattr(object, "member")` reads; empty for other calls."""
    if not isinstance(call.callee, Name) or call.callee.id != "getattr" or len(call.args) < 2:
        return ""
    name = call.args[1].value
    return name.value if isinstance(name, Const) and isinstance(name.value, str) else ""


def last_name(callee: Expr) -> str | None:
    """The last name of a callee chain: `create` of `client.chat.create`."""
    if isinstance(callee, Attr):
        return callee.name
    if isinstance(callee, Name):
        return callee.id
    return None


def root_name(target: Expr) -> str | None:
    """The name that `a.b[0].c` starts from."""
    while isinstance(target, Attr | Item):
        target = target.base
    return target.id if isinstance(target, Name) else None


def chain(expr: Expr, calls: tuple[Call, ...]) -> str:
    """A callee as dotted text (`self.client.chat.create`); calls inside it are written `()`, other parts `?`."""
    parts: list[str] = []
    while True:
        if isinstance(expr, Attr):
            parts.append(expr.name)
            expr = expr.base
        elif isinstance(expr, CallRef):
            inner = calls[expr.index].callee
            parts.append("()")
            expr = inner
        elif isinstance(expr, Name):
            parts.append(expr.id)
            break
        elif isinstance(expr, Import):
            parts.append(expr.module)
            break
        else:
            parts.append("?")
            break
    return ".".join(reversed(parts)).replace(".()", "()")


def is_extension(record: Scope) -> bool:
    """Whether a function is called as if it were a method of its first parameter: `static Ask(this IChatClient chat, string text)`."""
    return record.is_static and bool(record.params) and record.params[0].name == record.receiver


@dataclass(slots=True)
class _Held:
    """Names of one package that may hold objects."""

    holding: dict[str, set[str]]
    """By the name of the class of the object."""
    handed_on: set[str]
    """Of whatever is handed on under the same name."""


class Naming:
    """Which of the modules read so far use a name in one way, in order of path."""

    def __init__(self) -> None:
        self._modules: dict[str, list[Module]] = defaultdict(list)

    def add(self, module: Module, names: Iterable[str]) -> None:
        for name in names:
            insort(self._modules[name], module, key=attrgetter("path"))

    def of(self, name: str) -> Sequence[Module]:
        """Modules that use the name; a copy, since evaluation may read further modules."""
        return tuple(self._modules.get(name, ()))


class Project:
    """All files of one source; `facts_of` reads one, or gives None where it cannot."""

    def __init__(
        self,
        paths: Iterable[str],
        facts_of: Callable[[str], FileFacts | None],
        read: Callable[[str], bytes | None],
        script_modules: Callable[[str, str], str | None] | None = None,
    ) -> None:
        self.paths = frozenset(paths)
        self._facts_of = facts_of
        self.read = read
        self._script_modules = script_modules
        self._loaded: dict[str, Module | None] = {}
        self._literals: dict[str, Module] = {}
        """Data files: no code, so not among `modules`."""
        self._ordered: list[Module] | None = None
        self.calling, self.passing, self.assigning, self.storing = Naming(), Naming(), Naming(), Naming()
        self.mutating, self.aliasing, self.defining, self.extending = Naming(), Naming(), Naming(), Naming()
        self.extensions = Naming()
        """Modules by names that they call, hand over, set as attributes, fill as containers (two ways), import under another
        name, define, and extend."""
        self.computing = Naming()
        """Modules that call a member whose name is computed, under the empty name."""
        self.opening = Naming()
        """Modules that make packages visible in all files, by their language."""
        self.demanding = Naming()
        """Modules by names of methods that their interfaces ask for."""
        self.importing, self.reading, self.decorating = Naming(), Naming(), Naming()
        """Modules by names that they import or pass on from others, by members that they read, and by names of decorators."""
        self._takers: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._untold: list[Module] = []
        self._held: dict[str, _Held] = {}
        """By package."""
        self._unheld: list[Module] = []
        self._located: dict[tuple[str, str, int], str | None] = {}
        self.neighbours = Neighbours(self.paths)
        self.libraries: frozenset[str] = frozenset()
        """Packages of the tree that other packages are not followed into, as if they were installed."""
        self.met: set[str] = set()
        """Those of them that others import from."""
        self.packages = Packages(self.paths, read)
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        self._packages: set[str] = set()
        for path in sorted(self.paths):
            if path.endswith((".py", ".pyi")):
                folder, name = posixpath.split(path)
                stem = name.rsplit(".", 1)[0]
                if stem == "__init__":
                    self._packages.add(folder)
                    stem = posixpath.basename(folder)
                self._by_stem[stem].append(path)

    def module(self, path: str) -> Module | None:
        """The module at `path`, read at the first question; None when it has no facts."""
        known = self._loaded.get(path) or self._literals.get(path)
        if known is not None:
            return known
        if path not in self._loaded:
            facts = self._facts_of(path)
            if facts is None and (data := self._data(path)) is not None:
                self._literals[path] = Module(path, data)
                return self._literals[path]
            self._loaded[path] = Module(path, facts) if facts is not None else None
            self._ordered = None
            if (module := self._loaded[path]) is not None:
                self._index(module)
        return self._loaded[path]

    def is_unread(self, path: str) -> bool:
        """Whether the file may hold code, and nothing has asked for it yet."""
        return path in self.paths and path not in self._loaded and path not in self._literals

    def _index(self, module: Module) -> None:
        self.calling.add(module, module.calls_of)
        self.passing.add(module, module.passed)
        self.assigning.add(module, module.attributes)
        self.storing.add(module, module.stored_items)
        self.mutating.add(module, module.mutations)
        self.aliasing.add(module, module.aliases)
        self.demanding.add(module, module.interfaces)
        if module.facts.package is not None and any(star.level for star in module.facts.stars):
            self.opening.add(module, [module.facts.language])
        self.computing.add(module, [""] if module.computed else [])
        self.defining.add(module, {s.name for s in module.scopes if s.kind == "function"})
        self.extensions.add(module, {s.name for s in module.scopes if is_extension(s)})
        bases = (last_name(b.base if isinstance(b, Item) else b) for s in module.scopes for b in s.bases)
        self.extending.add(module, {name for name in bases if name})
        passed_on = {e.value.name for e in module.facts.exports if isinstance(e.value, Import) and e.value.name}
        self.importing.add(module, {*module.imports, *passed_on})
        self._untold.append(module)
        self._unheld.append(module)
        self.reading.add(module, module.members)
        named = (last_name(module.calls[d.index].callee if isinstance(d, CallRef) else d) for s in module.scopes for d in s.decorators)
        self.decorating.add(module, {name for name in named if name})
        for imported in imports_in(module.facts):
            if (target := self._locate(module.path, imported.module, imported.level)) is not None:
                self.neighbours.add(module.path, target)

    def _data(self, path: str) -> FileFacts | None:
        if not path.endswith(DATA_SUFFIXES) or path not in self.paths:
            return None
        content = self.read(path)
        return data_facts(path, content) if content is not None else None

    def load(self, paths: Iterable[str]) -> list[Module]:
        """Read these files; those that have facts come back in path order."""
        return [module for path in sorted(set(paths)) if (module := self.module(path)) is not None]

    def loaded(self) -> list[str]:
        """Paths of the modules read so far, sorted."""
        return [module.path for module in self.modules()]

    def modules(self) -> list[Module]:
        """Modules with code read so far, by path."""
        if self._ordered is None:
            self._ordered = [module for _, module in sorted(self._loaded.items()) if module is not None]
        return self._ordered

    def naming(self, name: str) -> list[Module]:
        """Modules that call or hand over something of this name, or import it under another, by path."""
        found = {m.path: m for way in (self.calling, self.passing, self.aliasing) for m in way.of(name)}
        return [module for _, module in sorted(found.items())]

    def holders(self, path: str, classes: Iterable[str], *, handed: bool) -> set[str]:
        """Names that modules may give to objects of the `classes`, or with `handed` hand on, where they may get hold of those of `path`."""
        unheld, self._unheld = self._unheld, []
        for module in unheld:
            held = self._held.setdefault(self.neighbours.package_of(module.path), _Held(defaultdict(set), set()))
            held.handed_on |= module.handed_on()
            for known, name in module.holding():
                held.holding[known].add(name)
        near = [held for package, held in self._held.items() if self.neighbours.may_reach(path, package)]
        found = {name for held in near for known in classes if known in held.holding for name in held.holding[known]}
        return found.union(*(held.handed_on for held in near)) if handed else found

    def takers(self, path: str) -> dict[str, set[str]]:
        """Paths of scripts that import what the script at `path` exports as a whole or by default, and the names they give it."""
        untold, self._untold = self._untold, []
        for module in (m for m in untold if m.facts.language == "javascript"):
            for name in ("=", "default"):
                for alias, imported in module.imports.get(name, ()):
                    if (target := self.find(module.path, imported.module)) is not None:
                        self._takers[target][module.path].add(alias)
        return self._takers.get(path, {})

    def find(self, importer: str, module: str, level: int = 0) -> str | None:
        """The file of the tree, not of its libraries, that an import names; a folder without `__init__` gives its path with a slash."""
        target = self._locate(importer, module, level)
        if target is None or not self.libraries:
            return target
        package = self.neighbours.package_of(target)
        if package not in self.libraries or package == self.neighbours.package_of(importer):
            return target
        self.met.add(package)
        return None

    def installed(self) -> list[str]:
        """Files that were not read since they lie in a library that others import from."""
        packages = self.met & self.libraries
        return [path for path in sorted(self.paths) if self.neighbours.package_of(path) in packages and self.is_unread(path)]

    def _locate(self, importer: str, module: str, level: int) -> str | None:
        key = (importer, module, level)
        if key not in self._located:
            self._located[key] = self._look_for(importer, module, level)
        return self._located[key]

    def _look_for(self, importer: str, module: str, level: int) -> str | None:
        if importer.endswith(PYTHON_SUFFIXES):
            return self._find_python(importer, module, level)
        if importer.endswith(PACKAGED_SUFFIXES):
            return self.packages.find(importer, module)
        return self._script_modules(importer, module) if self._script_modules else None

    def _find_python(self, importer: str, module: str, level: int) -> str | None:
        if level:
            folder = posixpath.dirname(importer)
            for _ in range(level - 1):
                folder = posixpath.dirname(folder)
            tail = module.replace(".", "/") if module else ""
            return self._python_at(posixpath.join(folder, tail) if tail else folder)
        tail = module.replace(".", "/")
        if found := self._python_at(tail):
            return found
        best: tuple[int, str] | None = None
        stem = tail.rsplit("/", 1)[-1]
        for path in self._by_stem.get(stem, ()):
            base = path[: -len("/__init__.py")] if path.endswith("/__init__.py") else path.rsplit(".", 1)[0]
            if base != tail and not base.endswith("/" + tail):
                continue
            root = base[: -len(tail)].rstrip("/")
            below = (posixpath.dirname(importer) + "/").startswith(root + "/")
            if root in self._packages and not (below and "/" in tail):
                continue
            near = len(posixpath.commonprefix([root + "/", posixpath.dirname(importer) + "/"]))
            if not below and "/" not in tail and root not in ("", "src", "lib"):
                continue
            if best is None or near > best[0]:
                best = (near, path)
        if best is None and tail.split("/", 1)[0] in PROGRAM_ROOTS and "/" in tail:
            # A file that is copied into a program names its neighbours by the folder they will lie in.
            return self._python_at(posixpath.join(posixpath.dirname(importer), tail.split("/", 1)[1]))
        return best[1] if best else None

    def _python_at(self, base: str) -> str | None:
        for candidate in (f"{base}/__init__.py", f"{base}.py", f"{base}.pyi"):
            if candidate.lstrip("/") in self.paths:
                return candidate.lstrip("/")
        return None

    def subpackage(self, path: str, name: str) -> str | None:
        """The submodule `name` of the package whose `__init__` is `path`."""
        if not path.endswith("__init__.py"):
            return None
        return self._python_at(posixpath.join(posixpath.dirname(path), name))
