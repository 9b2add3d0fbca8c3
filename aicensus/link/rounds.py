"""Linking of one source to a fixed point: what the bytes select, what imports ask for, and who calls what was found."""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from aicensus.catalog import Catalog
from aicensus.extract.facts_store import FactsStore
from aicensus.extract.selection import sdks_of, selection_tokens
from aicensus.link.attributes import Describer
from aicensus.link.evaluate import Evaluator
from aicensus.link.flows import is_distinct
from aicensus.link.gateways import Linked, Linker
from aicensus.link.matching import Hit, Matcher
from aicensus.link.project import PYTHON_SUFFIXES, Module, Project
from aicensus.link.script_modules import ScriptModules
from aicensus.link.values import Class, Ext, Func, Inst, Scalar, Text
from aicensus.model.facts import DefRef, FileFacts, Import, Name

MAX_ROUNDS = 5
RECURSION = 5000
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


@dataclass(frozen=True, slots=True)
class LinkResult:
    """Everything that the census is made of."""

    project: Project
    evaluator: Evaluator
    hits: tuple[Hit, ...]
    linked: Linked
    linker: Linker
    describer: Describer
    sdk_files: dict[str, int]
    """SDKs and the number of files that import them."""
    left: frozenset[str] = frozenset()
    """Files that may call what was found and were not read, since MAX_ROUNDS were over."""


def link(store: FactsStore, catalog: Catalog, report: Callable[[str], None] = lambda _: None) -> LinkResult:
    """Find the inference points of one source; `report` is told what is going on."""
    if sys.getrecursionlimit() < RECURSION:
        sys.setrecursionlimit(RECURSION)
    groups = selection_tokens(catalog)
    report("selecting files")
    selected = store.select(groups)
    report(f"parsing {len(selected)} of {len(store.considered)} files")
    store.preload(selected)
    read = {path: store.facts(path) for path in selected}
    wanted = {path for path, names in selected.items() if not _by_chance(read[path], names, catalog)}
    sdk_files: dict[str, int] = {}
    for path in sorted(wanted):
        for name in sdks_of(groups, selected[path]):
            sdk_files[name] = sdk_files.get(name, 0) + 1
    asked: set[tuple[str, ...]] = set()
    scripts = ScriptModules((f.path for f in store.source.files), store.read)
    project = Project(
        (f.path for f in store.source.files), lambda path: read.pop(path) if path in read else store.facts(path), store.read, scripts.find
    )
    project.load(wanted)
    result: LinkResult | None = None
    for number in range(1, MAX_ROUNDS + 1):
        report(f"linking {len(project.loaded())} files")
        result = _link_once(project, catalog, sdk_files)
        callers = _names_to_find(result, catalog) - asked
        asked |= callers
        loaded = set(project.loaded())
        homes = {path for group in callers for path in group if path.startswith(_imported(""))}
        spellings = {home: _ways_to_import(path := home.removeprefix(_imported("")), scripts.package_around(path)) for home in homes}
        more = store.containing(sorted(callers), [path for path in store.considered if path not in loaded], spellings)
        if not more:
            break
        if number == MAX_ROUNDS:
            return replace(result, left=frozenset(path for path in more if store.facts(path) is not None))
        report(f"reading {len(more)} files that may call what was found")
        store.preload(more)
        if not project.load(more):
            break
    assert result is not None
    return result


def _link_once(project: Project, catalog: Catalog, sdk_files: dict[str, int]) -> LinkResult:
    evaluator = Evaluator(project, catalog.language)
    modules = project.load(project.loaded())
    imported = {name for module in modules for name in imported_sdks(module, catalog)}
    matcher = Matcher(evaluator, catalog, frozenset(imported))
    hits = matcher.hits(modules)
    linker = Linker(evaluator)
    linked = linker.decide(hits)
    return LinkResult(project, evaluator, tuple(hits), linked, linker, Describer(evaluator, catalog), sdk_files)


def _by_chance(facts: FileFacts | None, groups: frozenset[str], catalog: Catalog) -> bool:
    """Whether a file was selected for words that read like an import (`theta, phi`) and are none."""
    if facts is None or facts.language != "python" or groups & {"strong", "http"}:
        return False
    modules = {b.value.module for b in facts.bindings if isinstance(b.value, Import)} | {star.module for star in facts.stars}
    return not any(catalog.language("python").leads_to_sdk(module) for module in modules)


def imported_sdks(module: Module, catalog: Catalog) -> Iterable[str]:
    """SDKs of the catalogue that the module imports."""
    language = catalog.language(module.facts.language)
    for binding in module.facts.bindings:
        if isinstance(binding.value, Import) and not binding.value.level:
            yield from language.sdk_of_module(binding.value.module)
    for star in module.facts.stars:
        yield from language.sdk_of_module(star.module)


def _names_to_find(result: LinkResult, catalog: Catalog) -> set[tuple[str, ...]]:
    """Texts that a file must hold to matter: a gateway's name, or what an SDK-importing module defines and an import of that module."""
    names: set[tuple[str, ...]] = set()
    for module in result.evaluator.modules():
        if any(True for _ in imported_sdks(module, catalog)):
            names.update((name, _imported(home)) for name in _definitions(module, result, catalog) for home in _homes(module, name, result))
    for path, call in (*((h.path, h.call) for h in result.hits), *result.linked.passing):
        holder = result.project.module(path)
        if holder is None:
            continue
        function = holder.enclosing_function(holder.calls[call].scope)
        while function is not None:
            names.update(_callers_of(holder, function, result))
            names.update(_through_holders(result.evaluator, holder, function))
            function = holder.enclosing_function(holder.scopes[function].parent)
    return names


def _definitions(module: Module, result: LinkResult, catalog: Catalog) -> Iterable[str]:
    """Names of the module's own that may lead to an SDK: no constants, and nothing that other libraries make."""
    language = catalog.language(module.facts.language)
    for scope, name in list(module.names):
        values = [b.value for b in module.names[scope, name] if not isinstance(b.value, Import)] if scope == 0 and len(name) > 2 else []
        held = [v for value in values if value is not None for v in result.evaluator.eval(value, module, 0)]
        if any(not isinstance(v, Text | Scalar) and not (isinstance(v, Ext) and not language.leads_to_sdk(v.path)) for v in held) or (
            values and not held
        ):
            yield name


def _homes(module: Module, name: str, result: LinkResult) -> Iterable[str]:
    """Modules that the name can be imported from: its own, and those that pass it on."""
    yield module.path
    for other in result.project.importing.of(name):
        if other.path == module.path or _stem(other.path) != posixpath.basename(posixpath.dirname(other.path)):
            continue
        passed_on = (v for local, _ in other.imports[name] for v in result.evaluator.eval(Name(local, 0), other, 0))
        if any(isinstance(v, Func | Class | Inst) and v.path == module.path for v in passed_on):
            yield other.path


def _callers_of(module: Module, function: int, result: LinkResult) -> Iterable[tuple[str, ...]]:
    record = module.scopes[function]
    cls = module.enclosing_class(function)
    if record.name == "<lambda>":
        return
    if _is_whole(module, function if cls is None else cls):
        # Importers give it a name of their own.
        yield (record.name, _imported(module.path)) if cls is not None else (_imported(module.path),)
    if cls is not None:
        owner = module.scopes[cls].name
        yield (owner, record.name) if record.name not in ("__init__", "__call__", "constructor") else (owner,)
        # Whoever makes the object may hand it to those who call it.
        for home in _homes(module, owner, result):
            yield (owner, _imported(home))
    if record.name not in PLAIN_NAMES and len(record.name) > 5:
        yield (record.name,)
    else:
        for home in _homes(module, record.name, result):
            yield (record.name, _imported(home))


def _is_whole(module: Module, scope: int) -> bool:
    """Whether a script exports the function or class as a whole or by default."""
    values = [e.value for name in ("=", "default") for e in module.exports.get(name, ())]
    return any(v == DefRef(scope) or (isinstance(v, Name) and v.id == module.scopes[scope].name) for v in values)


def _imported(path: str) -> str:
    """The name of a search for imports of a module, see `_ways_to_import`."""
    return f"import of {path}"


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
    quoted = [f"{start}{package}{end}" for start in "'\"" for end in "'\"/"] if package else []
    return (*(f"/{stem}{end}" for end in ("'", '"', "`", ".", "/index")), *quoted)


def _through_holders(evaluator: Evaluator, module: Module, function: int) -> Iterable[tuple[str, ...]]:
    """A name that holds the object, with the method, where the method's own name says too little: `self.llm_service(...)`."""
    record = module.scopes[function]
    cls = module.enclosing_class(function)
    if cls is None or record.parent != cls or not (record.name == "__call__" or record.name in PLAIN_NAMES):
        return
    for name in evaluator.holders(module.path, cls, handed=False):
        if is_distinct(name):
            yield (name,) if record.name == "__call__" else (name, record.name)


def _stem(path: str) -> str:
    stem = posixpath.basename(path).rsplit(".", 1)[0]
    return posixpath.basename(posixpath.dirname(path)) or stem if stem in ("__init__", "index") else stem
