"""Which further files may call what was found: the texts by which the bytes of a file that has not been read say so.

A file is asked for by the name that it must call. A name that says little by itself counts only beside the name of its class or an
import of its module; so does any name in a package that is not known to import the one that defines it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from aicensus.catalog import Catalog
from aicensus.extract.facts_store import FactsStore
from aicensus.link.core import ROOTED
from aicensus.link.evaluate import Evaluator
from aicensus.link.flows import is_distinct
from aicensus.link.packages import BY_NAME, FOLDERS, spelled
from aicensus.link.project import PYTHON_SUFFIXES, Module, Project, imports_in, named_in
from aicensus.link.script_modules import ScriptModules
from aicensus.link.values import Class, Ext, Func, Inst, Scalar, Text
from aicensus.model.facts import DefRef, Import, Name

PLAIN_NAMES = frozenset(
    [
        "run",
        "main",
        "call",
        "invoke",
        "generate",
        "chat",
        "get",
        "set",
        "init",
        "setup",
        "start",
        "stop",
        "create",
        "update",
        "delete",
        "load",
        "save",
        "process",
        "handle",
        "execute",
        "send",
        "request",
        "response",
        "client",
        "model",
        "config",
        "settings",
        "data",
        "query",
        "search",
        "build",
        "make",
        "read",
        "write",
        "add",
        "remove",
        "test",
        "index",
        "app",
        "server",
        "default",
        "handler",
        "render",
        "parse",
        "format",
        "__init__",
        "__call__",
        "constructor",
        "_call",
        "_run",
        "complete",
        "completion",
        "predict",
        "stream",
        "ask",
        "answer",
    ]
)
"""Names too common to find callers by: a file counts only when it also names their module or class."""


class Search(NamedTuple):
    """What a file must hold to matter."""

    texts: tuple[str, ...]
    """All of these."""
    home: str
    """The file that defines what is looked for."""
    imported: bool = False
    """Whether it must import that file, too; else its package must be that of the file, or import it."""
    called: str = ""
    """The function among the texts: whoever calls it may hand on what to ask."""


def imported_sdks(module: Module, project: Project, catalog: Catalog) -> Iterator[str]:
    """SDKs of the catalogue that the module imports; one whose own source is in the tree is none of them."""
    language = catalog.language(module.facts.language)
    for imported in imports_in(module.facts):
        names = () if imported.level else language.sdk_of_module(imported.module)
        if names and project.find(module.path, imported.module) is None:
            yield from names


class CallerSearch:
    """Asks for the files that may call functions of the files read so far; for each function once."""

    def __init__(self, evaluator: Evaluator, catalog: Catalog, store: FactsStore, scripts: ScriptModules) -> None:
        self.evaluator = evaluator
        self.project = evaluator.project
        self.catalog = catalog
        self.store = store
        self._scripts = scripts
        self._asked: set[tuple[str, int]] = set()
        self._holders: dict[tuple[str, int], list[str]] = {}

    def files(self, searches: Iterable[Search], followed: set[str]) -> dict[str, list[Search]]:
        """Files that hold what one of the searches is for, with these; those that are `followed` already are left out."""
        groups: dict[tuple[str, ...], list[tuple[Search, bool]]] = {}
        spellings: dict[str, tuple[str, ...]] = {}
        # What has no name, as some classes, is asked for by none.
        for search in sorted(search for search in searches if all(search.texts)):
            group = search.texts
            if search.imported:
                label = f"import of {search.home}"
                spellings[label] = _ways_to_import(search.home, self._scripts.package_around(search.home))
                group = (*group, label)
                if ways := self._ways_to_name_package(search.home):
                    around = f"package of {search.home}"
                    spellings[around] = ways
                    groups.setdefault((*group, around), []).append((search, True))
            groups.setdefault(group, []).append((search, False))
        among = [path for path in self.store.considered if path not in followed]
        near = self.project.neighbours.may_import
        found = {
            path: [search for group in held for search, apart in groups[group] if apart or near(search.home, path)]
            for path, held in self.store.containing(sorted(groups), among, spellings).items()
        }
        return {path: held for path, held in found.items() if held}

    def read(self, searches: Iterable[Search]) -> bool:
        """Read the files that hold what one of the searches is for; whether there was one."""
        more = self.files(searches, {path for path in self.store.considered if not self.project.is_unread(path)})
        self.store.preload(more)
        return bool(self.project.load(more))

    def _ways_to_name_package(self, home: str) -> tuple[str, ...]:
        """Texts of which code of other packages that imports from a file's package holds one; none where that cannot be told."""
        if not home.endswith(PYTHON_SUFFIXES):
            name = self._scripts.package_around(home)
            return (f"'{name}", f'"{name}', f"`{name}") if name else ()
        name = self.project.neighbours.import_name(home)
        imported = (f"import {name}{end}" for end in (" ", ".", ",", "\n", "\r", "\\n"))
        return (f"from {name}.", f"from {name} ", f".{name}.", f".{name} import", *imported, f"'{name}.", f'"{name}.') if name else ()

    def defined(self, module: Module) -> Iterator[Search]:
        """Searches for what a module that imports an SDK defines."""
        if next(imported_sdks(module, self.project, self.catalog), None) is not None:
            for name in self._definitions(module):
                yield from (Search((name,), home, True) for home in self._homes(module, name))

    def callers(self, module: Module, call: int) -> Iterator[Search]:
        """Searches for the callers of the functions around a call."""
        function = module.enclosing_function(module.calls[call].scope)
        while function is not None:
            if (module.path, function) not in self._asked:
                self._asked.add((module.path, function))
                yield from self._callers_of(module, function)
                yield from self._through_holders(module, function)
            function = module.enclosing_function(module.scopes[function].parent)

    def naming(self, module: Module, function: int) -> Iterator[Search]:
        """Searches for whoever calls or hands over a function, or makes or is handed an object of the class whose method it is."""
        yield from self._callers_of(module, function)
        yield from self._through_holders(module, function)
        record = module.scopes[function]
        cls = module.enclosing_class(function)
        if cls is not None and record.parent == cls and _says_little(record.name):
            yield from (Search((record.name,), home, True) for home in self._makers(module, cls))

    def making(self, module: Module, cls: int) -> Iterator[Search]:
        """Searches for whoever makes objects of a class, imported or not."""
        name = module.scopes[cls].name
        yield Search((name,), module.path, name in PLAIN_NAMES)

    def reading(self, module: Module, name: str) -> Iterator[Search]:
        """Searches for whoever imports a name of the module."""
        yield from (Search((name,), home, True) for home in self._homes(module, name))

    def handing_on(self, module: Module, searches: Iterable[Search]) -> Iterator[Search]:
        """Searches for the callers of functions that call, by its name, what was looked for with what they are given."""
        for name in sorted({search.called for search in searches} & module.calls_of.keys()):
            for index in module.calls_of[name]:
                if _hands_on(module, index):
                    yield from self.callers(module, index)

    def _definitions(self, module: Module) -> Iterator[str]:
        """Names of the module's own that may lead to an SDK: no constants, and nothing that other libraries make."""
        language = self.catalog.language(module.facts.language)
        for scope, name in list(module.names):
            values = [b.value for b in module.names[scope, name] if not isinstance(b.value, Import)] if scope == 0 and len(name) > 2 else []
            held = [v for value in values if value is not None for v in self.evaluator.eval(value, module, 0)]
            if any(not isinstance(v, Text | Scalar) and not (isinstance(v, Ext) and not language.leads_to_sdk(v.path)) for v in held) or (
                values and not held
            ):
                yield name

    def _homes(self, module: Module, name: str) -> Iterator[str]:
        """Modules that the name can be imported from: its own, and the packages that pass it on."""
        yield module.path
        for other in self.project.importing.of(name):
            if other.path == module.path or posixpath.basename(other.path).partition(".")[0] not in ("__init__", "index"):
                continue
            passed_on = (v for local, _ in other.imports[name] for v in self.evaluator.eval(Name(local, 0), other, 0))
            if any(isinstance(v, Func | Class | Inst) and v.path == module.path for v in passed_on):
                yield other.path

    def _callers_of(self, module: Module, function: int) -> Iterator[Search]:
        record = module.scopes[function]
        cls = module.enclosing_class(function)
        if record.name == "<lambda>":
            return
        if _is_whole(module, function if cls is None else cls):
            # Importers give it a name of their own.
            yield Search((record.name,) if cls is not None else (), module.path, True, record.name if cls is not None else "")
        if cls is not None:
            owner = module.scopes[cls].name
            if record.name in ("__init__", "__call__", "constructor"):
                yield Search((owner,), module.path)
            else:
                yield Search((owner, record.name), module.path, False, record.name)
            if module.facts.language in ROOTED and _says_little(record.name):
                # Without types an object is known by a name that ends like its class's: `researcher_llm.generate`.
                yield Search((f"{spelled(module.path, owner)}.{record.name}",), module.path, False, record.name)
            # Whoever makes the object may hand it to those who call it.
            yield from (Search((owner,), home, True) for home in self._homes(module, owner))
        if not _says_little(record.name):
            yield Search((record.name,), module.path, False, record.name)
        yield from (Search((record.name,), home, True, record.name) for home in self._homes(module, record.name))

    def _makers(self, module: Module, cls: int) -> set[str]:
        """Modules that may give others an object of the class or a subclass, and the package files beside them."""
        paths = {module.path}
        for kind in (Class(module.path, cls), *self.evaluator.subclasses(Class(module.path, cls))):
            home = self.evaluator.at(kind.path)
            paths.add(kind.path)
            importing = self.project.importing.of(home.scopes[kind.scope].name)
            paths |= {m.path for m in importing if self.project.neighbours.may_hold(kind.path, m.path)}
        return paths | {beside for path in paths for beside in package_files(path) if beside in self.project.paths}

    def _through_holders(self, module: Module, function: int) -> Iterator[Search]:
        """A name that holds the object, with the method, where the method's own name says too little: `self.llm_service(...)`."""
        record = module.scopes[function]
        cls = module.enclosing_class(function)
        if cls is None or record.parent != cls or not (record.name == "__call__" or record.name in PLAIN_NAMES):
            return
        if (module.path, cls) not in self._holders:
            self._holders[module.path, cls] = self.evaluator.holders(module.path, cls, handed=False)
        for name in self._holders[module.path, cls]:
            if is_distinct(name):
                called = name if record.name == "__call__" else record.name
                yield Search(tuple(dict.fromkeys((name, called))), module.path, False, called)


def package_files(path: str) -> tuple[str, ...]:
    """Files by which the package that a file lies in may pass on what the file defines."""
    return tuple(posixpath.join(posixpath.dirname(path), name) for name in ("__init__.py", "index.ts", "index.js"))


def _says_little(name: str) -> bool:
    """Whether a name is too common, or too short, to find callers by it alone."""
    return name in PLAIN_NAMES or len(name) <= 5


def _hands_on(module: Module, index: int) -> bool:
    """Whether a call is given a parameter of a function around it, or what stands in one."""
    given: set[str] = set()
    function = module.enclosing_function(module.calls[index].scope)
    while function is not None:
        record = module.scopes[function]
        given.update(p.name for p in record.params if p.name != record.receiver)
        function = module.enclosing_function(record.parent)
    call = module.calls[index]
    inside = (c for c in module.calls if c.scope == call.scope and call.line <= c.line and c.end_line <= call.end_line)
    return bool(given) and any(name in given for c in inside for arg in c.args for name in named_in(arg.value))


def _is_whole(module: Module, scope: int) -> bool:
    """Whether a script exports the function or class as a whole or by default."""
    values = [e.value for name in ("=", "default") for e in module.exports.get(name, ())]
    return any(v == DefRef(scope) or (isinstance(v, Name) and v.id == module.scopes[scope].name) for v in values)


def _ways_to_import(path: str, package: str) -> tuple[str, ...]:
    """Texts of which a file that imports the module holds one; `package` is that of a script."""
    stem = _stem(path)
    if path.endswith(PYTHON_SUFFIXES):
        ends = (" as ", "\n", "\r", "'", '"', "\\n")
        return (
            f"{stem} import",
            f"import {stem}",
            f", {stem}",
            f"    {stem},",
            f"\t{stem},",
            f"({stem}",
            *(f".{stem}{end}" for end in ends),
        )
    if path.endswith(FOLDERS):
        folder = posixpath.basename(posixpath.dirname(path))
        return (f'/{folder}"', f"package {folder}", "package main")
    if path.endswith(BY_NAME):
        return (stem,)
    quoted = [f"{start}{package}{end}" for start in "'\"" for end in "'\"/"] if package else []
    return (*(f"/{stem}{end}" for end in ("'", '"', "`", ".", "/index")), *quoted)


def _stem(path: str) -> str:
    """The last word by which a file is imported."""
    stem = posixpath.basename(path).rsplit(".", 1)[0]
    return (
        posixpath.basename(posixpath.dirname(path)) or stem if stem == ("__init__" if path.endswith(PYTHON_SUFFIXES) else "index") else stem
    )
