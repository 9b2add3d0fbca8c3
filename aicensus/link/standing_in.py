"""Functions that stand in for each other, and what functions give back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aicensus.link.asked import Asked
from aicensus.link.core import words
from aicensus.link.evaluate import Evaluator
from aicensus.link.matching import Hit
from aicensus.link.project import Module, last_name
from aicensus.link.values import Class, Func, Site
from aicensus.model.census import TEXT_KINDS
from aicensus.model.facts import Attr, CallRef, Choice, DefRef, Element, Expr, Item, Name, Op, Seq, Spread

LAYING_OUT = frozenset(
    [
        *("array", "asarray", "list", "tuple", "vstack", "concatenate", "tolist", "float", "str", "strip", "from", "len", "sorted", "zip"),
        *("cast", "run_until_complete", "run_async", "run_sync", "async_to_sync"),
    ]
)
"""Functions that leave what they are given as it is, or wait for it."""
RUNNING = frozenset(
    [
        *("remember", "rememberForever", "flexible", "fetch", "get_or_set", "getOrSet", "computeIfAbsent", "once", "memoize"),
        *("retry", "withRetry", "with_retry", "with_retries", "transaction", "withLock", "with_lock", "synchronize", "rescue", "timeout"),
    ]
)
"""Functions that give back what the function gives that they are handed: caches, retries, locks."""
SEEKING = frozenset(
    ["search", "query", "retrieve", "nearest", "neighbors", "neighbours", "similar", "similarity", "lookup", "upsert", "insert"]
)
"""Words in names of functions that give what they find by what they are given, or keep it."""
LENT = (3, 8)
GIVEN_BACK = (8, 16)
"""Parts of a tuple in which an answer is lent or given back, and names, calls and items between it and the tuple."""


class StandingIn(Asked):
    """Finds the functions of which any may run, as one class or function for each provider does."""

    def __init__(self, evaluator: Evaluator) -> None:
        super().__init__(evaluator)
        self._kept: dict[tuple[object, ...], frozenset[int]] = {}
        """Calls whose answers functions give back."""
        self._inner_scopes: dict[tuple[str, int], list[int]] = {}
        self._rivals: set[tuple[str, int]] = set()
        """Functions that stand in for each other, as one class or function a provider does."""
        self._providers: dict[tuple[Class, str], set[str]] = {}
        """Providers asked by the versions of a method, by class and name of each that they override or are."""
        self._switches: set[tuple[str, int]] = set()
        """Functions that give back what either of several of them gives, or run one of them."""

    def _find_rivals(self, hits: list[Hit], owners: list[int | None]) -> None:
        """Note the functions that stand in for each other: which of them runs says nothing about what is asked.

        One call may enter several of them, one function gives back what either gives, or they are one method of a family of classes,
        or what that method runs. Other methods of such classes that their base has too are alike.
        """
        alike: dict[tuple[object, ...], set[tuple[str, int]]] = {}
        handed: dict[tuple[str, str, int], dict[tuple[str, int], set[int]]] = {}
        running: dict[tuple[object, ...], set[tuple[str, int]]] = {}
        methods: dict[tuple[str, int], tuple[str, list[tuple[Class, str]]]] = {}
        for hit, function in zip(hits, owners, strict=True):
            if function is None:
                continue
            module, asking = self.evaluator.at(hit.path), (hit.path, function)
            kind = "text" if hit.kind in TEXT_KINDS else hit.kind
            methods[asking] = kind, self._methods(module, function)
            for family in methods[asking][1]:
                self._providers.setdefault(family, set()).add(hit.provider)
            for site in self._entering(*asking):
                alike.setdefault((kind, site.path, site.call), set()).add(asking)
                if (switch := self._handing_out(site)) is not None:
                    handed.setdefault((kind, site.path, switch), {}).setdefault(asking, set()).add(site.call)
                if kind != "text" and (method := self._run_by(site, hit.path, function)) is not None:
                    if kind == "embedding" and not self._returns(module, method, site.call):
                        continue  # A store that embeds what it keeps lends no vectors.
                    for family in self._methods(module, method):
                        alike.setdefault((kind, *family), set()).add(asking)
                        running.setdefault((kind, *family), set()).add((hit.path, method))
            for family in methods[asking][1]:
                alike.setdefault((kind, *family), set()).add(asking)
        switched = {key: calls for key, calls in handed.items() if len(calls) > 1 and len(set().union(*calls.values())) > 1}
        self._rivals = {one for group in (*alike.values(), *switched.values()) if len(group) > 1 for one in group}
        self._switches = {(path, switch) for _, path, switch in switched}
        self._switches |= {one for key, group in running.items() if len(alike[key]) > 1 for one in group}
        classes = {(kind, ways[0][0]) for one, (kind, ways) in methods.items() if ways and one in self._rivals}
        for one, (kind, ways) in methods.items():
            if ways and (kind, ways[0][0]) in classes and any(self.evaluator.method(*way) is not None for way in ways[1:]):
                self._rivals.add(one)

    def _run_by(self, site: Site, path: str, function: int) -> int | None:
        """The method that calls a helper of its own class at `site`."""
        module = self.evaluator.at(path)
        caller = module.enclosing_function(module.calls[site.call].scope) if site.path == path else None
        cls = module.enclosing_class(function)
        return caller if caller is not None and cls is not None and cls == module.enclosing_class(caller) else None

    def _handing_out(self, site: Site) -> int | None:
        """The function that gives back what the call at `site` gives, as it is."""
        module = self.evaluator.at(site.path)
        function = module.enclosing_function(module.calls[site.call].scope)
        if function is None:
            return None
        return function if site.call in self._given_back(module, function, LENT, plain=True) else None

    def _methods(self, module: Module, function: int) -> list[tuple[Class, str]]:
        """The class of a method and those it extends, each with the method's name; none for other functions."""
        method: int | None = function
        while method is not None and module.scopes[module.scopes[method].parent].kind != "class":
            method = module.enclosing_function(module.scopes[method].parent)
        if method is None or module.scopes[method].name in ("__init__", "constructor"):
            return []
        return [(cls, module.scopes[method].name) for cls in self.evaluator.lineage(Class(module.path, module.scopes[method].parent))[0]]

    def _entering(self, path: str, function: int) -> tuple[Site, ...]:
        """Callers of a function, of the methods it overrides, and of its class's other ways in.

        Where calls hand the function on with what to give it, they are its callers, not the generic code that then runs it.
        """
        sites = self.evaluator.callers(path, function)
        running: set[tuple[str, int]] = set()
        for site in sites:
            if site.shift > 0:
                values = self.evaluator.callee(self.evaluator.at(site.path), site.call)
                running.update((v.path, v.scope) for v in values if isinstance(v, Func))
        return tuple(site for site in sites if self._handed_to(site) not in running) if running else sites

    def _handed_to(self, site: Site) -> tuple[str, int] | None:
        """The function whose parameter the call is one of: `func(*args)`."""
        module = self.evaluator.at(site.path)
        call = module.calls[site.call]
        if not isinstance(call.callee, Name):
            return None
        scope = module.enclosing_function(call.scope)
        while scope is not None:
            if any(p.name == call.callee.id for p in module.scopes[scope].params):
                return (site.path, scope)
            scope = module.enclosing_function(module.scopes[scope].parent)
        return None

    @staticmethod
    def _within(module: Module, scope: int, function: int) -> bool:
        while scope > 0:
            if scope == function:
                return True
            scope = module.scopes[scope].parent
        return False

    def _returns(self, module: Module, function: int, call: int, within: tuple[int, int] = LENT, *, picked: bool = False) -> bool:
        """Whether the function gives back what the call gives, unwrapped but not worked on; `picked` where what it points at will do."""
        return call in self._given_back(module, function, within, picked=picked)

    def _given_back(
        self, module: Module, function: int, within: tuple[int, int], *, plain: bool = False, picked: bool = False
    ) -> frozenset[int]:
        """Calls whose answers the function gives back; `plain` where other calls may only lay it out.

        `picked` where items that one is the key of count too: a reranker says which documents to give.
        """
        key = (module.path, function, within, plain, picked)
        if key not in self._kept:
            found: set[int] = set()
            seen: set[int] = set()
            level: Iterable[Expr] = module.scopes[function].returns
            for _ in range(within[1] + 1):
                fresh = [expr for expr in {id(expr): expr for expr in level}.values() if id(expr) not in seen]
                seen.update(map(id, fresh))
                found.update(expr.index for expr in fresh if isinstance(expr, CallRef))
                level = [part for expr in fresh for part in self._holding(expr, module, function, within[0], plain, picked)]
            self._kept[key] = frozenset(found)
        return self._kept[key]

    def _holding(self, expr: Expr, module: Module, function: int, size: int, plain: bool, picked: bool) -> Iterator[Expr]:
        """What an expression may hold as it is: see `_given_back`."""
        match expr:
            case CallRef(index=index):
                record = module.calls[index]
                own = isinstance(record.callee, Attr) and isinstance(record.callee.base, Name) and record.callee.base.id in ("self", "this")
                name = last_name(record.callee) or ""
                if isinstance(record.callee, Attr):
                    yield record.callee.base
                # A class is told apart by its name: a record that holds what it is given.
                if SEEKING.isdisjoint(words(name)) and (not plain or own or name in LAYING_OUT or name[:1].isupper()):
                    yield from (a.value for a in record.args[:2])
                if name in RUNNING:
                    handed = (a.value.index for a in record.args if isinstance(a.value, DefRef))
                    yield from (given for scope in handed for given in module.scopes[scope].returns)
            case Name(id=name):
                bound = [b for scope in self._scopes_in(module, function) for b in module.names.get((scope, name), ())]
                stored = (b for b in module.stored_items.get(name, ()) if isinstance(b.target, Item))
                bound += [b for b in stored if self._within(module, b.scope, function)]
                yield from (b.value for b in bound if b.value is not None)
                for scope in self._scopes_in(module, function):
                    if scope != function and any(p.name == name for p in module.scopes[scope].params):
                        yield from self.evaluator.mapped_over(module, scope, name)
                for call in (module.calls[i] for i in module.mutations.get(name, ())):
                    if self._within(module, call.scope, function):
                        yield from (a.value for a in call.args)
            case Attr(base=base) | Item(base=base) | Element(base=base) | Spread(value=base):
                if picked and isinstance(expr, Item):
                    yield expr.key
                yield base
            case Seq(items=items) | Choice(options=items) if len(items) <= size:
                yield from items
            case Op(left=left, right=right):
                yield from (left, right)

    def _scopes_in(self, module: Module, function: int) -> list[int]:
        """The function's scope and all scopes inside it."""
        key = (module.path, function)
        if key not in self._inner_scopes:
            self._inner_scopes[key] = [scope for scope in range(len(module.scopes)) if self._within(module, scope, function)]
        return self._inner_scopes[key]
