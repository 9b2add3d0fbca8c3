"""Calls of the scanned code against the catalogue: which of them make a model run."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import msgspec

from aicensus.catalog import Catalog
from aicensus.catalog.schema import NO_SLOT, CallerSpec, CallRow, Kind, Slot
from aicensus.link.called_as import CalledAs
from aicensus.link.core import Handed, is_cut, words
from aicensus.link.evaluate import RUNNERS, Evaluator, Place
from aicensus.link.paths import HOLE
from aicensus.link.project import Module, chain, last_name, root_name
from aicensus.link.text import Reader
from aicensus.link.values import Class, Ext, Frame, Func, Partial, Site, Text, Value
from aicensus.model.facts import Attr, CallRef, Expr, Name, Scope

Confidence = Literal["certain", "likely", "possible"]
MAX_LENT = 3
"""Functions that hand an address on to the one that sends the request."""
MAX_LENDERS = 100
"""Callers behind callers that are asked for the address of one request: what more of them share is the program's way to send any."""
SERVICE_TEXT = Slot((1, 0))
"""Where a method of an interface is given its text: after the id of the conversation, where it has one."""
KIND_WORDS: dict[Kind, frozenset[str]] = {
    "embedding": frozenset({"embed", "embedding", "embeddings", "embedder"}),
    "rerank": frozenset({"rerank", "reranker", "reranking"}),
}
"""Words in names that say what kind of model an API for any model is asked to run."""
MODEL_WORDS: dict[Kind, frozenset[str]] = {
    "image": frozenset({"diffusion", "sdxl", "flux", "dalle", "imagen", "kandinsky", "canvas", "ideogram", "recraft", "photomaker"}),
    "video": frozenset({"video", "veo", "kling", "animatediff"}),
    "audio": frozenset({"whisper", "tts", "musicgen", "bark", "riffusion"}),
}
"""Words in names of models that say what kind they are of; in names of functions they may say what a model is shown."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One call that makes a model run."""

    path: str
    call: int
    row: CallRow
    target: Ext
    """What is called, with the constructors on the way."""
    confidence: Confidence
    why: str
    kind: str
    provider: str
    shift: int = 0
    """Leading arguments that belong to the executor the method was handed to."""
    url: str = ""
    inner: Site | None = None
    """Call whose arguments are the request, when it is not this call: a `partial`, or the request that a helper sends for it."""

    def request(self, frame: Frame | None = None) -> Site:
        """The call whose arguments are the request, when the function of the hit is entered through `frame`."""
        own = Site(self.path, self.call)
        return self.inner.entered(own, frame) if self.inner is not None else msgspec.structs.replace(own, frame=frame)


def served_by(evaluator: Evaluator, hit: Hit) -> Iterator[tuple[Module, int]]:
    """Methods of the interfaces that a library implements at a hit: whoever calls one asks the model."""
    for cls in _handed_classes(evaluator, hit.row, (*hit.target.trail, Site(hit.path, hit.call))):
        home = evaluator.at(cls.path)
        yield from ((home, method) for method in home.children.get(cls.scope, ()) if is_abstract(home.scopes[method]))


def _handed_classes(evaluator: Evaluator, row: CallRow, sites: Sequence[Site]) -> Iterator[Class]:
    """Classes that the calls are given for a library to implement."""
    given = (v for s in sites for name in row.declares.order for p in evaluator.given(s, name) for v in evaluator.eval(*p))
    yield from (v for v in given if isinstance(v, Class))


def is_abstract(record: Scope) -> bool:
    """Whether a function of a class-based language has no body."""
    return any(isinstance(d, Name) and d.id == "abstract" for d in record.decorators)


class Endpoint(NamedTuple):
    """What an address asks for."""

    url: str
    kind: Kind
    provider: str


class Matcher:
    """Tries every call of a module against the catalogue."""

    def __init__(self, evaluator: Evaluator, catalog: Catalog, imported: frozenset[str], names: CalledAs) -> None:
        self.evaluator = evaluator
        self.catalog = catalog
        self.names = names
        self.imported = imported
        """SDKs that some file of the project imports."""
        self._lenders_left = 0
        self._lent: dict[tuple[str, int], Hit] = {}
        """Calls of helpers that send any request, found when the helper's module was read."""

    def hits(self, modules: Sequence[Module]) -> list[Hit]:
        """Hits of these modules, each in source order; a `partial` counts only where nothing in the module runs it.

        After those of a module come hits of any module that have a helper of this one send their request; each once.
        """
        todo = [(module, index) for module in modules for index in range(len(module.calls))]
        found: dict[tuple[str, int], Hit] = {}
        lent: dict[str, list[Hit]] = {}
        known = 0
        # Evaluation may read further files, which may give further names to what is called.
        while todo and known != (known := len(self.evaluator.modules())):
            self.names.update()
            left = []
            for module, index in todo:
                before = len(self._lent)
                if not self._by_name(module, index):
                    left.append((module, index))
                elif (hit := self._match(module, index)) is not None:
                    found[module.path, index] = hit
                if len(self._lent) > before:
                    lent.setdefault(module.path, []).extend(list(self._lent.values())[before:])
            todo = left
        self._add_requests(modules, found)
        self._of_services(found)
        self._of_built_requests(found)
        run = {(hit.path, hit.inner.path, hit.inner.call) for hit in found.values() if hit.inner is not None}
        ordered = (found.get((module.path, index)) for module in modules for index in range(len(module.calls)))
        kept = [hit for hit in ordered if hit is not None and (hit.path, hit.path, hit.call) not in run]
        own: dict[str, list[Hit]] = {}
        for hit in kept:
            own.setdefault(hit.path, []).append(hit)
        return [hit for module in modules for hit in (*own.get(module.path, ()), *lent.get(module.path, ()))]

    def _by_name(self, module: Module, index: int) -> bool:
        return last_name(module.calls[index].callee) in RUNNERS or self.names.may_match(module, index)

    def _match(self, module: Module, index: int) -> Hit | None:
        values = self.evaluator.callee(module, index)
        for value in values:
            hit = self._resolved(value, module, index)
            if hit is not None:
                return hit
        handed = self._handed(module, index, values)
        if handed is not None:
            return handed
        if any(isinstance(v, Ext) and self._settled(v) for v in values):
            return None
        if values and all(isinstance(v, Func) and self._does_something(v) for v in values):
            return self._handed_in(module, index, values)
        return self._strong(module, index) or self._handed_in(module, index, values)

    def _does_something(self, func: Func) -> bool:
        """Whether a function of the tree has code of its own, and is not only declared."""
        home = self.evaluator.at(func.path)
        return bool(home.scopes[func.scope].returns) or any(self._within(home, call.scope, func.scope) for call in home.calls)

    def _settled(self, value: Ext) -> bool:
        """Whether a library path is known well enough that a look-alike name must not match."""
        if value.path.startswith("<"):
            return value.path.partition(">.")[2].count(".") == 0
        return not value.path.startswith("builtins.") and "[]" not in value.path and not value.hint and "()" not in value.path

    def _resolved(self, value: Value, module: Module, index: int, shift: int = 0) -> Hit | None:
        if isinstance(value, Partial):
            inner = self._resolved(value.target, module, index)
            return inner and Hit(
                inner.path,
                inner.call,
                inner.row,
                inner.target,
                inner.confidence,
                inner.why,
                inner.kind,
                inner.provider,
                inner.shift,
                inner.url,
                value.site,
            )
        if not isinstance(value, Ext) or value.member:
            return None
        language = self.evaluator.catalog(module)
        path = value.path
        rows = language.calls(path) or (language.calls(f"{path[:-1]}default") if path.endswith("#*") else ())
        site = Site(module.path, index)
        names, positions, spread = self._shape(module, index, shift)
        for row in rows:
            if row.lazy or not row.accepts(names, positions, spread=spread) or not self.evaluator.holds(row.when, site):
                continue
            if row.declares and self._declared(row, (*value.trail, site)):
                continue
            confidence: Confidence = "likely" if value.hint else "certain"
            return Hit(module.path, index, row, value, confidence, f"calls {path}", self._kind(row, site), row.provider, shift)
        return self._decorating(value, module, index) or self._http(value, module, index)

    def _decorating(self, value: Ext, module: Module, index: int) -> Hit | None:
        """A decorator that makes a function into a point: `@prompt("Say ...")`."""
        row = self.evaluator.catalog(module).decorator(value.path)
        if row is None or row.kind == "tool" or row.lazy or self._is_second(module, index):
            return None
        made = CallRow(
            callee=row.callee,
            kind=row.kind,
            sdk=row.sdk,
            provider=row.provider,
            model=row.model,
            prompt=row.prompt,
            system=row.system,
            defaults=row.defaults,
            objects=row.objects,
            settled=True,
        )
        return Hit(module.path, index, made, value, "certain", f"decorates with {value.path}", row.kind, row.provider)

    def _is_second(self, module: Module, index: int) -> bool:
        """Whether a call decorates nothing of its own: no function without a body, or one that a decorator before makes a point."""
        at = module.decorated.get(index)
        if at is None:
            return True
        if module.facts.package is not None and not is_abstract(module.scopes[at]):
            return True
        before = (i for i, scope in module.decorated.items() if scope == at and i < index)
        return any(self._makes_point(module, i) for i in before)

    def _declared(self, row: CallRow, sites: Sequence[Site]) -> bool:
        """Whether a class that one of the calls is given declares the points itself, by decorated methods."""
        for cls in _handed_classes(self.evaluator, row, sites):
            home = self.evaluator.at(cls.path)
            for method in home.children.get(cls.scope, ()):
                if any(at == method and self._makes_point(home, index) for index, at in home.decorated.items()):
                    return True
        return False

    def _of_services(self, found: dict[tuple[str, int], Hit]) -> None:
        """Put the calls of what a library implements in the place of the call that has it implemented; it stays where none is known."""
        for hit in [hit for hit in found.values() if hit.row.declares]:
            made = Site(hit.path, hit.call)
            target = Ext(f"{hit.target.path}()", (*hit.target.trail, made))
            row = msgspec.structs.replace(hit.row, declares=NO_SLOT, prompt=SERVICE_TEXT)
            methods = {(home.path, method): home.scopes[method].name for home, method in served_by(self.evaluator, hit)}
            asking = [
                (module.path, index)
                for module in list(self.evaluator.modules())
                for name in sorted(set(methods.values()))
                for index in module.calls_of.get(name, ())
                if self._asks_service(module, index, made, methods)
            ]
            for path, index in asking:
                found.setdefault(
                    (path, index), Hit(path, index, row, target, "certain", f"calls what {hit.target.path} gives", hit.kind, hit.provider)
                )
            if asking:
                del found[hit.path, hit.call]

    def _of_built_requests(self, found: dict[tuple[str, int], Hit]) -> None:
        """Leave out the building of requests that are sent by calls which were found as well."""
        for hit in [hit for hit in found.values() if hit.url]:
            module = self.evaluator.at(hit.path)
            call = module.calls[hit.call]
            handed = (
                v for arg in call.args for v in self.evaluator.eval(arg.value, module, call.scope) if module.facts.package is not None
            )
            for site in (s for v in handed if isinstance(v, Ext) for s in v.trail):
                if (built := found.get((site.path, site.call))) is not None and built.url:
                    del found[site.path, site.call]

    def _asks_service(self, module: Module, index: int, made: Site, methods: Container[tuple[str, int]]) -> bool:
        callee = module.calls[index].callee
        if any(isinstance(v, Func) and (v.path, v.scope) in methods for v in self.evaluator.callee(module, index)):
            return True
        held = self.evaluator.eval(callee.base, module, module.calls[index].scope) if isinstance(callee, Attr) else ()
        return any(isinstance(v, Ext) and any((s.path, s.call) == (made.path, made.call) for s in v.trail) for v in held)

    def _makes_point(self, module: Module, index: int) -> bool:
        language = self.evaluator.catalog(module)
        rows = (language.decorator(v.path) for v in self.evaluator.callee(module, index) if isinstance(v, Ext))
        return any(row is not None and row.kind != "tool" and not row.lazy for row in rows)

    def _shape(self, module: Module, index: int, shift: int) -> tuple[set[str], int, bool]:
        call = module.calls[index]
        names = {a.name for a in call.args if a.name}
        spread = any(a.spread for a in call.args)
        if module.facts.language == "javascript" or any(not a.name for a in call.args):
            for arg in call.args:
                if arg.name is None and not arg.spread:
                    keys, open_ended = self._object_keys(module, index, arg.value)
                    names |= keys
                    spread = spread or open_ended
        positions = len([a for a in call.args if a.name is None]) - shift
        return names, positions, spread

    def _object_keys(self, module: Module, index: int, expr: object) -> tuple[set[str], bool]:
        from aicensus.link.values import Composite, Param, Unknown
        from aicensus.model.facts import Const, Map

        keys: set[str] = set()
        open_ended = False
        if isinstance(expr, Map):
            candidates: Sequence[object] = (expr,)
        elif module.facts.language == "javascript":
            values = self.evaluator.eval(expr, module, module.calls[index].scope)  # type: ignore[arg-type]
            candidates = [v.expr for v in values if isinstance(v, Composite)]
            open_ended = any(isinstance(v, Param | Unknown) for v in values)
        else:
            candidates = ()
        for candidate in candidates:
            if isinstance(candidate, Map):
                keys |= {str(k.value) for k, _ in candidate.items if isinstance(k, Const)}
                open_ended = open_ended or any(k is None for k, _ in candidate.items)
        return keys, open_ended

    def _handed(self, module: Module, index: int, values: Sequence[Value]) -> Hit | None:
        """A method handed to something that runs it: `asyncio.to_thread(client.run, ...)`."""
        call = module.calls[index]
        runner = last_name(call.callee)
        if runner not in RUNNERS:
            return None
        for position, arg in enumerate(call.args[:3]):
            handed = _bound(arg.value, module)
            if not isinstance(handed, Attr | Name | CallRef) or arg.spread:
                continue
            for value in self.evaluator.eval(handed, module, call.scope):
                if isinstance(value, Partial if isinstance(handed, CallRef) else Ext | Partial):
                    hit = self._resolved(value, module, index, shift=position + 1)
                    if hit is not None and not hit.url:
                        return Hit(
                            hit.path,
                            hit.call,
                            hit.row,
                            hit.target,
                            hit.confidence,
                            f"hands {getattr(value, 'path', 'a partial')} to {runner}",
                            hit.kind,
                            hit.provider,
                            position + 1,
                            "",
                            hit.inner,
                        )
        return None

    def _strong(self, module: Module, index: int) -> Hit | None:
        call = module.calls[index]
        if not isinstance(call.callee, Attr):
            return None
        dotted = chain(call.callee, module.calls)
        names, positions, spread = self._shape(module, index, 0)
        for row in self.evaluator.catalog(module).strong(dotted):
            # A row that names its receiver needs no import: platforms hand such objects in.
            if row.sdk not in self.imported and (row.strong != "any" or not (row.receiver or self.imported)):
                continue
            if not row.stands_on(last_name(call.callee.base) or ""):
                continue
            if not row.accepts(names, positions, spread=spread) or row.lazy:
                continue
            kind = self._kind(row, Site(module.path, index))
            return Hit(module.path, index, row, Ext(f"?.{dotted}"), "likely", f"reads like {row.callee}", kind, row.provider)
        return None

    def _kind(self, row: CallRow, site: Site) -> Kind:
        """The kind of model that a call runs; where it may be any, as the names of the model and of what the call stands in say."""
        if not row.any_kind:
            return row.kind
        named = texts(self.evaluator, places(self.evaluator, row.model, site))
        models = {word for name in named for word in words(name)}
        spoken = self._spoken(site) | models
        said = (kind for found, known in ((spoken, KIND_WORDS), (models, MODEL_WORDS)) for kind, names in known.items() if found & names)
        return next(said, row.kind)

    def _spoken(self, site: Site) -> set[str]:
        """Words in the names of the functions and classes around a call."""
        module = self.evaluator.at(site.path)
        found: set[str] = set()
        scope = module.calls[site.call].scope
        while scope > 0:
            found.update(words(module.scopes[scope].name))
            scope = module.scopes[scope].parent
        return found

    # -- raw HTTP ------------------------------------------------------------------------------------------------

    def _http(self, value: Ext, module: Module, index: int) -> Hit | None:
        caller = self.catalog.http.caller(module.facts.language, value.path)
        if caller is None:
            return None
        site = Site(module.path, index)
        if (endpoint := self._addressed(caller, site, site, value)) is not None:
            return self._request(site, None, caller, value, endpoint)
        return self._generic(caller, site, value)

    def _generic(self, caller: CallerSpec, site: Site, value: Ext) -> Hit | None:
        """A request to an address that callers give: a hit when it asks one kind of model only, else each of them is one."""
        self._lenders_left = MAX_LENDERS
        lent = list(self._lenders(caller, site, site, value))
        deciding = [row for row in lent if not self.evaluator.is_test(row[0].path)] or lent
        if len({endpoint and endpoint.kind for _, _, endpoint in deciding}) == 1 and (shared := deciding[0][2]) is not None:
            return self._request(site, None, caller, value, shared)
        for outer, inner, endpoint in lent:
            if endpoint is not None:
                self._lent.setdefault((outer.path, outer.call), self._request(outer, inner, caller, value, endpoint))
        shaped = None if any(endpoint for _, _, endpoint in lent) else self._shaped(caller, site)
        return self._request(site, None, caller, value, shaped) if shaped is not None else None

    def _handed_in(self, module: Module, index: int, values: Sequence[Value]) -> Hit | None:
        """A request by a function that only its name shows to send some, as platforms hand them in."""
        caller = self._sender(module, index)
        if caller is None or any(isinstance(v, Func) for v in values):
            return None
        site = Site(module.path, index)
        value = Ext(f"?.{last_name(module.calls[index].callee)}", (site,))
        endpoint = self._named(caller, site)
        return self._request(site, None, caller, value, endpoint) if endpoint is not None else self._generic(caller, site, value)

    def _add_requests(self, modules: Sequence[Module], found: dict[tuple[str, int], Hit]) -> None:
        """Requests by functions of the tree that are named for sending some, where none was found in what they call."""
        for module in modules:
            for index in range(len(module.calls)):
                site = Site(module.path, index)
                caller = self._sender(module, index)
                if caller is None or (site.path, index) in found or (site.path, index) in self._lent:
                    continue
                if not any(isinstance(v, Func) for v in self.evaluator.callee(module, index)):
                    continue
                endpoint = self._named(caller, site)
                if endpoint is not None and not self._leads_to(found, module, index):
                    found[site.path, index] = self._request(site, None, caller, Ext("?"), endpoint)

    def _sender(self, module: Module, index: int) -> CallerSpec | None:
        """The row of a function that is known by its last name; one that gives a function is named for what that one does."""
        call = module.calls[index]
        callee = module.calls[call.callee.index].callee if isinstance(call.callee, CallRef) else call.callee
        name = last_name(callee)
        return self.catalog.http.caller(module.facts.language, f"?.{name}") if name is not None and not call.new else None

    def _named(self, caller: CallerSpec, site: Site) -> Endpoint | None:
        """The model endpoint that the code around a request spells out; what callers give of the address is left open."""
        rooted = isinstance(self.evaluator.at(site.path).calls[site.call].callee, Name)
        around = frozenset(self._around(site))
        handed = {p.name for path, scope in around for p in self.evaluator.at(path).scopes[scope].params}
        found: list[Endpoint] = []
        for place in (p for name in caller.url.order for p in self.evaluator.given(site, name)):
            if root_name(place[0]) in handed:
                continue
            for text in self.evaluator.paths.names(*place, expand=True, kept=around):
                if (rooted and text.startswith("/")) or text == HOLE:
                    continue
                for url in (text.replace(HOLE, "{}"), text.replace(HOLE, "{}/{}")):
                    if (endpoint := self._endpoint(url, caller.body, site)) is not None:
                        found.append(endpoint)
        return _agreed(found)

    def _leads_to(self, found: Mapping[tuple[str, int], Hit], module: Module, index: int, depth: int = 0) -> bool:
        """Whether a function that the call enters makes one of the requests that were found, itself or through others that send some."""
        for value in self.evaluator.callee(module, index) if depth <= MAX_LENT else ():
            if not isinstance(value, Func):
                continue
            home = self.evaluator.at(value.path)
            for inner, call in enumerate(home.calls):
                if not self._within(home, call.scope, value.scope):
                    continue
                if (hit := found.get((home.path, inner))) is not None and hit.url:
                    return True
                if self._sender(home, inner) is not None and self._leads_to(found, home, inner, depth + 1):
                    return True
        return False

    @staticmethod
    def _within(module: Module, scope: int, function: int) -> bool:
        while scope > 0 and scope != function:
            scope = module.scopes[scope].parent
        return scope == function

    def _shaped(self, caller: CallerSpec, site: Site) -> Endpoint | None:
        """What a request asks for whose body speaks for itself; that of a script may go to its page's own server."""
        if caller.language == "javascript" or not caller.body:
            return None
        around = self._spoken(site)
        shapes = (shape for shape in self.catalog.http.shapes if not shape.named or not around.isdisjoint(shape.named))
        sent = (shape for shape in shapes if self._sends(caller.body, site, shape.keys))
        return next((Endpoint("", shape.kind, "dynamic") for shape in sent), None)

    def _sends(self, body: Slot, site: Site, keys: Sequence[str]) -> bool:
        """Whether the body of the request has all the keys; `a|b` stands for either."""
        return all(any(self.evaluator.given(site, f"{name}.{option}") for name in body.order for option in key.split("|")) for key in keys)

    def _request(self, site: Site, inner: Site | None, caller: CallerSpec, value: Ext, endpoint: Endpoint) -> Hit:
        body = self.catalog.http.body
        row = CallRow(
            callee=value.path,
            kind=endpoint.kind,
            sdk="raw-http",
            provider=endpoint.provider,
            model=_body(caller.body, body.model),
            prompt=_body(caller.body, body.prompt),
            system=_body(caller.body, body.system),
            timeout=caller.timeout,
            base_url=caller.url,
        )
        confidence: Confidence = "certain" if endpoint.provider != "dynamic" else "likely"
        why = f"posts to {endpoint.url}" if endpoint.url else f"posts what a {endpoint.kind} model is asked"
        return Hit(site.path, site.call, row, value, confidence, why, endpoint.kind, endpoint.provider, 0, endpoint.url, inner)

    def _lenders(
        self, spec: CallerSpec, site: Site, outer: Site, value: Ext, depth: int = 0
    ) -> Iterator[tuple[Site, Site, Endpoint | None]]:
        """Calls that give the address to the function around `outer`, which sends the request at `site` or has it sent.

        Each with the site as entered through it, and the model endpoint that it names, if any.
        """
        functions = self._around(outer)
        reader = Reader(self.evaluator)
        for name in spec.url.order:
            for place in self.evaluator.given(site, name):
                reader.read(place)
        asked = {(leaf.param.path, leaf.param.scope) for leaf in reader.leaves if leaf.param is not None}
        function = next((f for f in functions if f in asked), None)
        if function is None:
            return
        for caller in self.evaluator.callers(*function):
            if depth:
                self._lenders_left -= 1
                if self._lenders_left < 0:
                    return
            for func in self.evaluator.entered(caller, *function)[:1]:
                inner = site.entered(outer, self.evaluator.frame(func, caller))
                endpoint = self._addressed(spec, inner, caller, value)
                further = list(self._lenders(spec, inner, caller, value, depth + 1)) if endpoint is None and depth < MAX_LENT else []
                yield from further or [(caller, inner, endpoint)]

    def _around(self, site: Site) -> list[tuple[str, int]]:
        """Functions around a call, innermost first."""
        module = self.evaluator.at(site.path)
        found: list[tuple[str, int]] = []
        function = module.enclosing_function(module.calls[site.call].scope)
        while function is not None:
            found.append((site.path, function))
            function = module.enclosing_function(module.scopes[function].parent)
        return found

    def _addressed(self, caller: CallerSpec, site: Site, outer: Site, value: Ext) -> Endpoint | None:
        """The model endpoint that the request at `site` goes to, known without asking who calls the function around `outer`."""
        around = self._around(outer)
        kept = frozenset(f for f in around if self.evaluator.callers(*f))
        urls = self.urls(caller.url, site, kept, rooted=not value.trail)
        every = [endpoint for url in urls if (endpoint := self._endpoint(url, caller.body, site)) is not None]
        given = (place for name in caller.url.order for place in self.evaluator.given(site, name))
        if any(is_cut(self.evaluator.eval(*p)) for p in given if every):
            return every[0]._replace(provider="dynamic")
        return _agreed(every)

    def urls(self, slot: Slot, site: Site, kept: frozenset[tuple[str, int]], *, rooted: bool) -> list[str]:
        """What the address argument may be, holes as `{}`; parameters of the functions in `kept` are holes.

        With `rooted` an address that starts with a slash is one of the page's own server, and left out.
        """
        found: list[str] = []
        for name in slot.order:
            for expr, module, scope, frame in self.evaluator.given(site, name):
                names = self.evaluator.paths.names(expr, module, scope, frame, expand=True, kept=kept)
                for text in names:
                    # A hole is one segment of the path, or two: model names such as `owner/model`.
                    found += [text.replace(HOLE, "{}"), text.replace(HOLE, "{}/{}")] if HOLE in text else [text]
                if any(HOLE in text for text in names):
                    reader = Reader(self.evaluator)
                    reader.read((expr, module, scope, frame))
                    found += [leaf.text.value for leaf in reader.leaves if leaf.text is not None]
                elif rooted:
                    found = [text for text in found if not re.match(r"/(?!/)", text)]
            if found:
                break
        return found

    def _endpoint(self, url: str, body: Slot, site: Site) -> Endpoint | None:
        # Pieces were joined by holes; one that stands before a slash joined two pieces, as `f"{BASE}/chat"` does, and one before a
        # word at the start is an address that ends with a slash.
        plain = re.sub(r"(?<=[^/{}])\{\}(?=/)", "", url)
        plain = re.sub(r"^\{\}(?=[a-z])", "{}/", plain)
        match = re.match(r"^(?:https?|wss?)://([^/?#]+)([^?#]*)", plain)
        host, path = (match[1], match[2]) if match else ("", plain.split("?")[0])
        known = self.catalog.http.host(host) if host else None
        fact = self.catalog.http.path(path) if path else None
        if fact is None or not (known or fact.strong or (fact.body and self._sends(body, site, fact.body))):
            return None
        return Endpoint(url, fact.kind, known if known else fact.provider or "dynamic")


def _agreed(endpoints: Sequence[Endpoint]) -> Endpoint | None:
    """The first endpoint that says whose it is, else the first; of no one where they say several."""
    named = [endpoint for endpoint in endpoints if endpoint.provider != "dynamic"]
    if len({endpoint.provider for endpoint in named}) > 1:
        return endpoints[0]._replace(provider="dynamic")
    return next(iter(named or endpoints), None)


def _bound(expr: Expr, module: Module) -> Expr:
    """The method that JavaScript's `method.bind(object)` makes a function of; any other expression as it is."""
    call = module.calls[expr.index] if isinstance(expr, CallRef) and module.facts.language == "javascript" else None
    if call is not None and isinstance(call.callee, Attr) and call.callee.name == "bind" and len(call.args) == 1:
        return call.callee.base
    return expr


def _body(body: Slot, keys: Sequence[str]) -> Slot:
    return Slot(tuple(f"{name}.{key}" for name in body.order for key in keys))


def places(evaluator: Evaluator, slot: Slot, site: Site, shift: int = 0, *, handed: Handed = "") -> list[Place]:
    """Where a call gives a slot: its first present name or position, what stands there before what is spread into it."""
    for spread in (False, True):
        for name in slot.order:
            found = evaluator.given(site, name + shift if isinstance(name, int) else name, spread=spread, handed=handed if spread else "")
            if found:
                return found
    return []


def texts(evaluator: Evaluator, found: Sequence[Place]) -> list[str]:
    """Constant texts that these places may hold."""
    return list(dict.fromkeys(v.value for place in found for v in evaluator.eval(*place) if isinstance(v, Text)))
