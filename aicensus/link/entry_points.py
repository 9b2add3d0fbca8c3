"""Where execution starts: routes, commands, tasks, handlers, scripts, notebooks, and what a library offers."""

from __future__ import annotations

import configparser
import json
import posixpath
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aicensus.catalog.schema import EntryRow, Slot
from aicensus.link.called_as import CalledAs
from aicensus.link.evaluate import Evaluator, Place
from aicensus.link.matching import places, texts
from aicensus.link.project import SCRIPT_SUFFIXES, Module
from aicensus.link.scopes import glob
from aicensus.link.values import Class, Composite, Ext, Func, Inst, Partial, Site, Value
from aicensus.model.census import EntryKind
from aicensus.model.facts import Attr, CallRef, Const, DefRef, Expr, Import, Map, Name, Seq

ROUTE_VERBS = frozenset(["route", "get", "post", "put", "delete", "patch", "websocket", "api_route", "all"])
ROUTE_ROOTS = ("app", "pages", "routes")
"""Folders below which a file's place is its address."""
MANIFESTS = re.compile(r"(^|/)(pyproject\.toml|setup\.cfg|setup\.py|package\.json|entry_points\.txt|METADATA|PKG-INFO)$")
"""Files that say what of a tree is run or offered; their bytes are the `manifests` of `EntryFinder`."""
BUILT = re.compile(r"^(dist|build|lib|out|es|esm|cjs)/")


@dataclass(frozen=True, slots=True)
class Entry:
    """One place where execution starts: a function, a module's own code (`scope` 0), or a class that a library offers."""

    path: str
    scope: int
    line: int
    kind: EntryKind
    name: str = ""
    lines: tuple[int, int] | None = None
    """Lines that run; None for the whole function or module."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a manifest names: a file, and a function of it or its module-level code."""

    function: str
    kind: EntryKind
    name: str


class EntryFinder:
    """Entry points of the modules of one project; `manifests` are the files that match MANIFESTS, by path."""

    def __init__(self, evaluator: Evaluator, names: CalledAs, manifests: Mapping[str, bytes] | None = None) -> None:
        self.evaluator = evaluator
        self.names = names
        self._manifests = dict(manifests or {})
        self._known: dict[str, tuple[Entry, ...]] = {}

    def entries(self, module: Module) -> tuple[Entry, ...]:
        """Entries that `module` declares, handlers in other modules included; in order of path, line and kind, each once."""
        if module.path not in self._known:
            found = {(e.path, e.scope, e.kind, e.name): e for e in self._find(module)}
            self._known[module.path] = tuple(sorted(found.values(), key=lambda e: (e.path, e.line, e.kind, e.name)))
        return self._known[module.path]

    def _find(self, module: Module) -> Iterator[Entry]:
        yield from self._decorated(module)
        yield from self._registered(module)
        yield from self._derived(module)
        yield from self._by_path(module)
        yield from self._by_name(module)
        yield from self._own_code(module)
        yield from self._targets(module)
        yield from self._offered(module)

    # -- decorators ----------------------------------------------------------------------------------------------

    def _decorated(self, module: Module) -> Iterator[Entry]:
        for index, scope in enumerate(module.scopes):
            for decorator in scope.decorators:
                call = decorator.index if isinstance(decorator, CallRef) else None
                for row in self._decorator_rows(decorator, module, scope.parent):
                    name = self._name(row.name, Site(module.path, call)) if call is not None else ""
                    yield from self._of_scope(module, index, row, name)
                    break
                else:
                    if call is not None and (route := self._looks_like_route(module, call)):
                        yield Entry(module.path, index, scope.line, "http", route)

    def _decorator_rows(self, decorator: Expr, module: Module, scope: int) -> Iterator[EntryRow]:
        catalog = self.evaluator.catalog(module)
        callee = module.calls[decorator.index].callee if isinstance(decorator, CallRef) else decorator
        for path in self.paths(callee, module, max(scope, 0)):
            row = catalog.entry_decorator(path)
            if row is not None:
                yield row

    def paths(self, expr: Expr, module: Module, scope: int, depth: int = 0) -> list[str]:
        """Library paths an expression stands for; a decorated function counts as what its decorators make of it."""
        values = self.evaluator.eval(expr, module, scope)
        found = [v.path for v in values if isinstance(v, Ext)]
        if depth < 6:
            found += [p for v in values if isinstance(v, Func) for p in self._made_by_decorators(v, depth)]
            if not found and isinstance(expr, Attr):
                found = [f"{path}.{expr.name}" for path in self.paths(expr.base, module, scope, depth + 1)]
        return list(dict.fromkeys(found))

    def _made_by_decorators(self, func: Func, depth: int) -> Iterator[str]:
        module = self.evaluator.at(func.path)
        scope = module.scopes[func.scope]
        for decorator in scope.decorators:
            called = isinstance(decorator, CallRef)
            callee = module.calls[decorator.index].callee if isinstance(decorator, CallRef) else decorator
            for path in self.paths(callee, module, max(scope.parent, 0), depth + 1):
                yield f"{path}()()" if called else f"{path}()"

    def _looks_like_route(self, module: Module, call: int) -> str:
        """`@something.post("/chat")` where `something` cannot be resolved."""
        record = module.calls[call]
        first = record.args[0].value if record.args and record.args[0].name is None else None
        if not isinstance(record.callee, Attr) or record.callee.name not in ROUTE_VERBS or not isinstance(first, Const):
            return ""
        if any(isinstance(v, Ext) and not v.path.startswith("builtins.") for v in self.evaluator.callee(module, call)):
            return ""
        return first.value if isinstance(first.value, str) and first.value.startswith("/") else ""

    def _of_scope(self, module: Module, index: int, row: EntryRow, name: str) -> Iterator[Entry]:
        """The function, or the methods of the class, that a row makes an entry."""
        scope = module.scopes[index]
        if scope.kind == "function":
            yield Entry(module.path, index, scope.line, row.kind, name)
            return
        for method in module.children.get(index, ()):
            record = module.scopes[method]
            wanted = record.name in row.methods if row.methods else not record.name.startswith("_") or record.name == "__call__"
            if record.kind == "function" and wanted:
                yield Entry(module.path, method, record.line, row.kind, name)

    # -- calls ---------------------------------------------------------------------------------------------------

    def _registered(self, module: Module) -> Iterator[Entry]:
        catalog = self.evaluator.catalog(module)
        decorators = {d.index for scope in module.scopes for d in scope.decorators if isinstance(d, CallRef)}
        for index, call in enumerate(module.facts.calls):
            for value in self.evaluator.callee(module, index) if self.names.may_match(module, index, "enter") else ():
                row = catalog.entry_callee(value.path) if isinstance(value, Ext) else None
                if row is None or index in decorators:
                    continue
                site = Site(module.path, index)
                name = self._name(row.name, site)
                if row.handler:
                    for func in self._handlers(row, site):
                        home = self.evaluator.at(func.path)
                        yield Entry(func.path, func.scope, home.scopes[func.scope].line, row.kind, name)
                else:
                    owner = module.enclosing_function(call.scope) or 0
                    line = module.scopes[owner].line if owner else 1
                    yield Entry(module.path, owner, line, row.kind, name)
                break

    def _handlers(self, row: EntryRow, site: Site) -> Iterator[Func]:
        """The functions in the first of the handler's places that holds any."""
        for name in row.handler.order:
            found = [f for place in self.evaluator.given(site, name) for f in self._functions(place, row)]
            if found:
                yield from found
                return

    def _functions(self, place: Place, row: EntryRow, depth: int = 0) -> Iterator[Func]:
        expr, module, scope, frame = place
        found = False
        for value in self.evaluator.eval(expr, module, scope, frame):
            for func in self._of_value(value, row, depth):
                found = True
                yield func
        if not found and isinstance(expr, CallRef) and depth < 4:
            call = module.calls[expr.index]
            inner: list[Expr] = [call.callee.base] if isinstance(call.callee, Attr) else []
            inner += [arg.value for arg in call.args if isinstance(arg.value, Name | Attr | DefRef | CallRef)]
            for part in inner:
                yield from self._functions((part, module, call.scope, frame), row, depth + 1)

    def _of_value(self, value: Value, row: EntryRow, depth: int) -> Iterator[Func]:
        match value:
            case Func():
                yield value
            case Partial(target=target):
                yield from self._of_value(target, row, depth)
            case Class() | Inst():
                for owner in self.evaluator.lineage(Class(value.path, value.scope))[0]:
                    home = self.evaluator.at(owner.path)
                    for entry in self._of_scope(home, owner.scope, row, ""):
                        yield Func(entry.path, entry.scope)
            case Composite(path=path, expr=Map(items=pairs), scope=scope, frame=frame) if depth < 3:
                for _, item in pairs:
                    yield from self._functions((item, self.evaluator.at(path), scope, frame), row, depth + 1)
            case Composite(path=path, expr=Seq(items=items), scope=scope, frame=frame) if depth < 3:
                for item in items:
                    yield from self._functions((item, self.evaluator.at(path), scope, frame), row, depth + 1)

    def _name(self, slot: Slot, site: Site) -> str:
        if not slot:
            return ""
        found = texts(self.evaluator, places(self.evaluator, slot, site))
        return found[0] if found else ""

    # -- classes, paths, names -----------------------------------------------------------------------------------

    def _derived(self, module: Module) -> Iterator[Entry]:
        catalog = self.evaluator.catalog(module)
        for index, scope in enumerate(module.scopes):
            if scope.kind != "class" or not scope.bases:
                continue
            for base in self.evaluator.lineage(Class(module.path, index))[1]:
                row = catalog.entry_base(base.path)
                if row is not None:
                    yield from self._of_scope(module, index, row, "")
                    break

    def _by_path(self, module: Module) -> Iterator[Entry]:
        for row in self.evaluator.catalog(module).entry_paths:
            if not any(glob(p).fullmatch(module.path) for p in (row.path, f"**/{row.path}")):
                continue
            name = route_of(module.path) if row.kind == "http" and not row.path.startswith("*") else ""
            wanted = row.exports or ((row.function,) if row.function else ("default",))
            found = False
            for export in wanted:
                for func in self._exported(module, export, row):
                    found = True
                    yield Entry(func.path, func.scope, self.evaluator.at(func.path).scopes[func.scope].line, row.kind, name)
            if not found and not row.exports and not row.function:
                found = True
                yield Entry(module.path, 0, 1, row.kind, name)
            if found:
                return

    def _exported(self, module: Module, name: str, row: EntryRow) -> Iterator[Func]:
        """The functions of an export, of a member of it (`default.fetch`), or that it wraps (`export default guarded(handler)`)."""
        head, *members = name.split(".")
        values = self.evaluator.member_of(module, head)
        for member in members:
            values = tuple(v for value in values for v in self.evaluator.attribute(value, member))
        found = [func for value in values for func in self._of_value(value, row, 0)]
        if not found and not members:
            found = [f for export in module.exports.get(head, ()) for f in self._functions((export.value, module, 0, None), row)]
        yield from found

    def _by_name(self, module: Module) -> Iterator[Entry]:
        rows = {row.function: row for row in self.evaluator.catalog(module).entry_functions}
        for index, scope in enumerate(module.scopes):
            if scope.kind == "function" and (scope.parent == 0 or scope.is_static) and scope.name in rows:
                yield Entry(module.path, index, scope.line, rows[scope.name].kind, "")

    # -- module-level code ---------------------------------------------------------------------------------------

    def _own_code(self, module: Module) -> Iterator[Entry]:
        facts = module.facts
        if facts.main is not None:
            yield Entry(module.path, 0, facts.main[0], "main", "", facts.main)
        if facts.cells:
            yield Entry(module.path, 0, 1, "notebook", posixpath.basename(module.path))

    def scripts(self, module: Module) -> Iterator[Entry]:
        """The module's own code as a script: the caller knows that no module imports it."""
        first = next(iter(statements(module)), None)
        if first is not None and not module.facts.cells:
            yield Entry(module.path, 0, module.calls[first].line, "script", posixpath.basename(module.path))

    # -- manifests -----------------------------------------------------------------------------------------------

    @cached_property
    def _named(self) -> dict[str, list[Target]]:
        """What manifests run, by the file it stands in."""
        found: dict[str, list[Target]] = defaultdict(list)
        for path, content in sorted(self._manifests.items()):
            for module, target in self._manifest(path, content):
                found[module].append(target)
        return found

    def _manifest(self, path: str, content: bytes) -> Iterator[tuple[str, Target]]:
        name = posixpath.basename(path)
        text = content.decode("utf-8", "replace")
        if name == "package.json":
            yield from self._package_json(path, text)
        else:
            for command, target in python_commands(name, text):
                module, _, function = target.partition(":")
                found = self.evaluator.project.find(posixpath.join(posixpath.dirname(path), "setup.py"), module.strip())
                if found:
                    yield found, Target(function.split("[")[0].strip(), "cli", command)

    def _package_json(self, path: str, text: str) -> Iterator[tuple[str, Target]]:
        package = parse_json(text)
        folder = posixpath.dirname(path)
        binaries = package.get("bin")
        commands = {str(package.get("name", "")): binaries} if isinstance(binaries, str) else binaries if isinstance(binaries, dict) else {}
        for command, file in commands.items():
            for found in self._script_file(folder, file):
                yield found, Target("", "cli", str(command))
        scripts = package.get("scripts")
        for command, line in (scripts if isinstance(scripts, dict) else {}).items():
            for word in str(line).split():
                if word.endswith(SCRIPT_SUFFIXES):
                    for found in self._script_file(folder, word):
                        yield found, Target("", "script", str(command))

    def _script_file(self, folder: str, file: object) -> Iterator[str]:
        """The file of the tree that a package names; a built file leads to its source where only that is there."""
        if not isinstance(file, str):
            return
        inner = posixpath.normpath(file.strip("'\""))
        stem = posixpath.splitext(inner)[0]
        candidates = [inner, *(stem + s for s in SCRIPT_SUFFIXES)]
        if BUILT.match(inner):
            source = BUILT.sub("", stem)
            candidates += [base + s for base in (f"src/{source}", source) for s in SCRIPT_SUFFIXES]
        for candidate in candidates:
            full = posixpath.normpath(posixpath.join(folder, candidate))
            if full in self.evaluator.project.paths:
                yield full
                return

    def _targets(self, module: Module) -> Iterator[Entry]:
        for target in self._named.get(module.path, ()):
            if not target.function:
                yield Entry(module.path, 0, 1, target.kind, target.name)
                continue
            for value in self.evaluator.member_of(module, target.function.split(".")[0]):
                if isinstance(value, Func):
                    yield Entry(value.path, value.scope, self.evaluator.at(value.path).scopes[value.scope].line, target.kind, target.name)
                else:
                    yield Entry(module.path, 0, 1, target.kind, target.name)

    # -- libraries -----------------------------------------------------------------------------------------------

    @cached_property
    def _libraries(self) -> tuple[frozenset[str], frozenset[str]]:
        """Folders of Python projects that are built for others to use, and the index files of JavaScript packages that are."""
        folders: set[str] = set()
        indexes: set[str] = set()
        for path, content in self._manifests.items():
            name, folder = posixpath.basename(path), posixpath.dirname(path)
            text = content.decode("utf-8", "replace")
            if name == "package.json":
                indexes |= set(self._offered_files(folder, parse_json(text)))
            elif name in ("METADATA", "PKG-INFO"):
                folders.add(posixpath.dirname(folder))
            elif is_distribution(name, text):
                folders.add(folder)
        return frozenset(folders), frozenset(indexes)

    def _offered_files(self, folder: str, package: dict[str, Any]) -> Iterator[str]:
        if package.get("private"):
            return
        queue = [package.get(key) for key in ("exports", "main", "module", "types")]
        while queue:
            item = queue.pop()
            if isinstance(item, dict):
                queue += item.values()
            else:
                yield from self._script_file(folder, item)

    def _offered(self, module: Module) -> Iterator[Entry]:
        folders, indexes = self._libraries
        if module.path in indexes:
            names: Iterable[str] = dict.fromkeys(e.name for e in module.facts.exports if e.name not in ("*", "="))
            names = [*names, *(["default"] if "=" in module.exports else [])]
            stars = [v.path for e in module.exports.get("*", ()) for v in self.evaluator.eval(e.value, module, 0) if hasattr(v, "path")]
            homes = [module, *(m for p in stars if (m := self.evaluator.project.module(p)) is not None)]
            for home in homes:
                own = names if home is module else [e.name for e in home.facts.exports if e.name not in ("*", "=", "default")]
                for name in own:
                    yield from self._public(home, name)
        elif posixpath.basename(module.path) == "__init__.py" and any(_below(module.path, folder) for folder in folders):
            for name in self._all_names(module):
                yield from self._public(module, name)

    def _public(self, module: Module, name: str) -> Iterator[Entry]:
        for value in self.evaluator.member_of(module, name):
            if isinstance(value, Func | Class):
                home = self.evaluator.at(value.path)
                yield Entry(value.path, value.scope, home.scopes[value.scope].line, "library", name)

    def _all_names(self, module: Module) -> list[str]:
        listed = [
            str(item.value)
            for binding in module.names.get((0, "__all__"), ())
            if isinstance(binding.value, Seq)
            for item in binding.value.items
            if isinstance(item, Const)
        ]
        named = [
            b.target.id
            for b in module.facts.bindings
            if b.scope == 0 and isinstance(b.target, Name) and isinstance(b.value, Import | DefRef)
        ]
        return list(dict.fromkeys(listed or (n for n in named if not n.startswith("_"))))


def statements(module: Module) -> list[int]:
    """Calls that module-level code makes for their effect: outside bindings, decorators, bases, other such calls and `__main__`."""
    held: set[int] = set()
    main = module.facts.main
    for binding in module.facts.bindings:
        if binding.value is not None:
            held |= set(_inside(binding.value, module))
    for scope in module.scopes:
        for expr in (*scope.decorators, *scope.bases):
            held |= set(_inside(expr, module))
    outer = [
        i
        for i, call in enumerate(module.facts.calls)
        if call.scope == 0 and i not in held and not (main and main[0] <= call.line <= main[1])
    ]
    inner = {j for i in outer for arg in module.calls[i].args for j in _inside(arg.value, module)} | {
        j for i in outer for j in _inside(module.calls[i].callee, module)
    }
    return [i for i in outer if i not in inner]


def _inside(expr: Expr, module: Module) -> Iterator[int]:
    """Calls an expression is made of, those in their arguments included."""
    queue: list[Expr] = [expr]
    while queue:
        current = queue.pop()
        if isinstance(current, CallRef):
            yield current.index
            call = module.calls[current.index]
            queue += [call.callee, *(a.value for a in call.args)]
        elif isinstance(current, Map):
            queue += [v for _, v in current.items]
        elif not isinstance(current, Const):
            for name in ("base", "left", "right", "value", "key"):
                inner = getattr(current, name, None)
                if inner is not None and not isinstance(inner, str | int | float | bool):
                    queue.append(inner)
            queue += [*getattr(current, "items", ()), *getattr(current, "options", ()), *getattr(current, "parts", ())]


def _below(path: str, folder: str) -> bool:
    return not folder or path.startswith(folder + "/")


def route_of(path: str) -> str:
    """The web address that a file's place means: `src/app/api/chat/route.ts` is `/api/chat`."""
    parts = posixpath.splitext(path)[0].split("/")
    root = next((i for i, part in enumerate(parts[:-1]) if part in ROUTE_ROOTS), None)
    if root is None:
        root = next((i - 1 for i, part in enumerate(parts[:-1]) if part == "api"), -1)
    parts = parts[root + 1 :]
    if parts[-1].lstrip("+") in ("route", "page", "index", "server", "page.server", "layout"):
        parts = parts[:-1]
    return "/" + "/".join(part for part in parts if not (part.startswith("(") and part.endswith(")")))


def parse_json(text: str) -> dict[str, Any]:
    """A JSON object; empty when the text is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def python_commands(name: str, text: str) -> Iterator[tuple[str, str]]:
    """(command, `module:function`) of pyproject.toml, setup.cfg, setup.py and entry_points.txt; nothing from a malformed file."""
    if name == "pyproject.toml":
        yield from _pyproject_commands(text)
    elif name in ("setup.cfg", "entry_points.txt"):
        parser = configparser.ConfigParser(interpolation=None, strict=False, delimiters=("=",))
        try:
            parser.read_string(text)
        except configparser.Error:
            return
        if name == "entry_points.txt":
            for section in parser.sections():
                yield from parser.items(section)
        elif parser.has_section("options.entry_points"):
            for _, lines in parser.items("options.entry_points"):
                yield from _assignments(lines)
    elif name == "setup.py":
        for match in re.finditer(r"""["']\s*([\w.-]+)\s*=\s*([\w.]+:[\w.]+)\s*["']""", text):
            yield match[1], match[2]


def _assignments(lines: str) -> Iterator[tuple[str, str]]:
    for line in lines.splitlines():
        command, sign, target = line.partition("=")
        if sign and target.strip():
            yield command.strip(), target.strip()


def _pyproject_commands(text: str) -> Iterator[tuple[str, str]]:
    document = _toml(text)
    project = _table(document, "project")
    poetry = _table(document, "tool", "poetry")
    tables = [_table(project, "scripts"), _table(project, "gui-scripts"), _table(poetry, "scripts")]
    tables += [t for group in ("entry-points",) for t in _table(project, group).values() if isinstance(t, dict)]
    tables += [t for t in _table(poetry, "plugins").values() if isinstance(t, dict)]
    for table in tables:
        for command, target in table.items():
            if isinstance(target, dict):
                target = target.get("callable") or target.get("reference")
            if isinstance(target, str):
                yield command, target


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _table(document: dict[str, Any], *keys: str) -> dict[str, Any]:
    for key in keys:
        inner = document.get(key)
        document = inner if isinstance(inner, dict) else {}
    return document


def is_distribution(name: str, text: str) -> bool:
    """Whether a manifest builds a package that others install."""
    if name == "pyproject.toml":
        document = _toml(text)
        return "build-system" in document and bool(
            _table(document, "project").get("name") or _table(document, "tool", "poetry").get("name")
        )
    if name == "setup.cfg":
        return bool(re.search(r"(?m)^\[options\]", text) and re.search(r"(?m)^name\s*=", text))
    return name == "setup.py" and "setup(" in text
