"""Linking of one source to a fixed point: what the bytes select, what imports ask for, and who calls what was found."""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from aicensus.catalog import Catalog
from aicensus.extract import front_end_of
from aicensus.extract.facts_store import FactsStore
from aicensus.extract.selection import ALWAYS, sdks_of, selection_tokens
from aicensus.link.asked import Linked
from aicensus.link.attributes import Describer
from aicensus.link.called_as import CalledAs
from aicensus.link.caller_search import CallerSearch, Search, imported_sdks
from aicensus.link.evaluate import Evaluator
from aicensus.link.gateways import Linker
from aicensus.link.matching import Hit, Matcher, served_by
from aicensus.link.project import Project, chain, imports_in, last_name
from aicensus.link.scopes import Scopes
from aicensus.link.script_modules import ScriptModules
from aicensus.model.facts import Attr, FileFacts

MAX_ROUNDS = 5
RECURSION = 5000


@dataclass(frozen=True, slots=True)
class LinkResult:
    """Everything that the census is made of."""

    project: Project
    evaluator: Evaluator
    hits: tuple[Hit, ...]
    linked: Linked
    linker: Linker
    describer: Describer
    search: CallerSearch
    names: CalledAs
    sdk_files: dict[str, int]
    """SDKs and the number of files that import them."""
    sql: frozenset[str] = frozenset()
    """Files that may hold SQL which asks a model."""
    left: frozenset[str] = frozenset()
    """Files that may call what was found and were not followed, since MAX_ROUNDS were over."""


def link(store: FactsStore, catalog: Catalog, report: Callable[[str], None] = lambda _: None) -> LinkResult:
    """Find the inference points of one source; `report` is told what is going on."""
    if sys.getrecursionlimit() < RECURSION:
        sys.setrecursionlimit(RECURSION)
    languages = {name for path in store.considered if (front := front_end_of(path)) is not None for name in front.written_in()}
    groups = selection_tokens(catalog, languages.union(ALWAYS))
    report("selecting files")
    found = store.select(groups)
    sql = frozenset(path for path, names in found.items() if "sql" in names)
    selected = {path: rest for path, names in found.items() if (rest := names - {"sql"})}
    selected = _in_own_language(selected, catalog)
    report(f"parsing {len(selected)} of {len(store.considered)} files")
    store.preload(selected)
    read = {path: store.facts(path) for path in selected}
    scripts = ScriptModules((f.path for f in store.source.files), store.read)
    project = Project(
        (f.path for f in store.source.files), lambda path: read.pop(path) if path in read else store.facts(path), store.read, scripts.find
    )
    wanted = {path for path, names in selected.items() if not _by_chance(path, read[path], names, project, catalog)}
    sdk_files: dict[str, int] = {}
    for path in sorted(wanted):
        for name in sdks_of(groups, selected[path]):
            sdk_files[name] = sdk_files.get(name, 0) + 1
    scopes = Scopes(project.paths)
    product = [path for path in wanted if scopes.of(path) != "test"]
    asking = {project.neighbours.package_of(p) for p in product if _asks(p, read[p], selected[p], project, catalog)}
    followed = {module.path for module in project.load(wanted)}
    names = CalledAs(catalog, project)
    for number in range(1, MAX_ROUNDS + 1):
        project.libraries = project.neighbours.libraries(asking)
        followed = {p for p in followed if p in wanted or project.neighbours.package_of(p) not in project.libraries}
        report(f"linking {len(followed)} files")
        evaluator = Evaluator(project, catalog.language)
        result = _link_once(followed, CallerSearch(evaluator, catalog, store, scripts), names, sdk_files)
        if not (more := _may_call(result, followed)):
            break
        if number == MAX_ROUNDS:
            return replace(result, left=frozenset(more), sql=sql)
        evaluator.forget()
        report(f"reading {len(more)} files that may call what was found")
        followed = _with_neighbours(followed | more, project)
    return replace(result, sql=sql)


def _in_own_language(selected: dict[str, frozenset[str]], catalog: Catalog) -> dict[str, frozenset[str]]:
    """The files selected without the SDKs of other languages, whose words they happen to hold.

    Words of Python and scripts count in both: they name the same models, and who says one may give it to who asks.
    """
    homes = {sdk.sdk: sdk.language for sdk in catalog.sdks}
    found: dict[str, frozenset[str]] = {}
    for path, names in selected.items():
        front = front_end_of(path)
        own = set(catalog.languages_of(front.written_in())) if front is not None else set()
        own |= set(ALWAYS) if own & set(ALWAYS) else set()
        if kept := frozenset(name for name in names if name not in homes or homes[name] in own):
            found[path] = kept
    return found


def _with_neighbours(followed: set[str], project: Project) -> set[str]:
    """These files, and those read so far that lie beside one: a folder that holds one provider holds others."""
    folders = {posixpath.dirname(path) for path in followed}
    return followed | {path for path in project.loaded() if posixpath.dirname(path) in folders}


def _may_call(result: LinkResult, followed: set[str]) -> set[str]:
    """Files that may call what was found, directly or through functions that hand on what they are given, with their facts loaded."""
    found: set[str] = set()
    asked: set[Search] = set()
    project, search, store = result.project, result.search, result.search.store
    given = ((h.path, h.call) for h in result.hits)
    served = (method for hit in result.hits for method in served_by(result.evaluator, hit))
    searches = {s for path in followed for s in search.defined(result.evaluator.at(path))}
    searches |= {s for path, call in (*given, *sorted(result.linked.passing)) for s in search.callers(result.evaluator.at(path), call)}
    searches |= {s for module, method in served for s in search.naming(module, method)}
    while searches := searches - asked:
        asked |= searches
        more = search.files(searches, followed | found)
        store.preload(more)
        modules = project.load(more)
        found |= {module.path for module in modules}
        searches = {s for module in modules for s in (*search.defined(module), *search.handing_on(module, more[module.path]))}
    return found


def _link_once(followed: set[str], search: CallerSearch, names: CalledAs, sdk_files: dict[str, int]) -> LinkResult:
    project, evaluator, catalog = search.project, search.evaluator, search.catalog
    modules = project.load(followed)
    imported = {name for module in modules for name in imported_sdks(module, project, catalog)}
    matcher = Matcher(evaluator, catalog, frozenset(imported), names)
    hits = matcher.hits(modules)
    linker = Linker(evaluator)
    linked = linker.decide(hits)
    return LinkResult(project, evaluator, tuple(hits), linked, linker, Describer(evaluator, catalog), search, names, sdk_files)


def _by_chance(path: str, facts: FileFacts | None, groups: frozenset[str], project: Project, catalog: Catalog) -> bool:
    """Whether a file was selected for words that read like an import (`theta, phi`) or a call (`feature_extraction`) and are none."""
    if facts is None or _asks(path, facts, groups, project, catalog):
        return False
    return facts.language == "python" or groups == {"strong"}


def _asks(path: str, facts: FileFacts | None, groups: frozenset[str], project: Project, catalog: Catalog) -> bool:
    """Whether a file imports an SDK that it was selected for, names the address of a model, or calls what only SDKs have."""
    if facts is None or "http" in groups:
        return facts is not None
    language = catalog.language(facts.language)
    if "strong" in groups and any(row.stands_on(name) for name, dotted in _called_or_handed(facts) for row in language.strong(dotted)):
        return True
    leading = (i for i in imports_in(facts) if not i.level and language.leads_to_sdk(i.module))
    return any(project.find(path, imported.module) is None for imported in leading)


def _called_or_handed(facts: FileFacts) -> Iterator[tuple[str, str]]:
    """Methods that calls of a file call or hand over: the name they stand on, and all of it as dotted text."""
    for call in facts.calls:
        for expr in (call.callee, *(arg.value for arg in call.args)):
            if isinstance(expr, Attr):
                yield last_name(expr.base) or "", chain(expr, facts.calls)
