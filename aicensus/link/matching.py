"""Calls of the scanned code against the catalogue: which of them make a model run."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from aicensus.catalog import Catalog
from aicensus.catalog.schema import CallRow, Kind, Slot
from aicensus.link.core import Handed
from aicensus.link.evaluate import RUNNERS, Evaluator, Place
from aicensus.link.paths import HOLE
from aicensus.link.project import Module, chain, last_name
from aicensus.link.text import Reader
from aicensus.link.values import Ext, Partial, Site, Text, Value
from aicensus.model.facts import Attr, CallRef, Name

Confidence = Literal["certain", "likely", "possible"]


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
    """Call whose arguments are the request, when it is not this call (a `partial`)."""


class Matcher:
    """Tries every call of a module against the catalogue."""

    def __init__(self, evaluator: Evaluator, catalog: Catalog, imported: frozenset[str]) -> None:
        self.evaluator = evaluator
        self.catalog = catalog
        self.imported = imported
        """SDKs that some file of the project imports."""

    def hits(self, module: Module) -> Iterator[Hit]:
        """Hits of one module in source order; a `partial` counts only where nothing in the module runs it."""
        found = [hit for index in range(len(module.calls)) if (hit := self._match(module, index)) is not None]
        run = {(hit.inner.path, hit.inner.call) for hit in found if hit.inner is not None}
        yield from (hit for hit in found if (hit.path, hit.call) not in run)

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
        return self._strong(module, index)

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
            confidence: Confidence = "likely" if value.hint else "certain"
            return Hit(module.path, index, row, value, confidence, f"calls {path}", row.kind, row.provider, shift)
        return self._decorating(value, module, index) or self._http(value, module, index)

    def _decorating(self, value: Ext, module: Module, index: int) -> Hit | None:
        """A decorator that makes a function into a point: `@prompt("Say ...")`."""
        row = self.evaluator.catalog(module).decorator(value.path)
        if row is None or row.kind == "tool" or row.lazy or not any(CallRef(index) in scope.decorators for scope in module.scopes):
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
            if not isinstance(arg.value, Attr | Name | CallRef) or arg.spread:
                continue
            for value in self.evaluator.eval(arg.value, module, call.scope):
                if isinstance(value, Partial if isinstance(arg.value, CallRef) else Ext | Partial):
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
            if row.receiver and not self._receiver(call.callee, row):
                continue
            if not row.accepts(names, positions, spread=spread) or row.lazy:
                continue
            return Hit(module.path, index, row, Ext(f"?.{dotted}"), "likely", f"reads like {row.callee}", row.kind, row.provider)
        return None

    @staticmethod
    def _receiver(callee: Attr, row: CallRow) -> bool:
        name = (last_name(callee.base) or "").lower()
        return bool(name) and any(fnmatch.fnmatchcase(name, pattern) for pattern in row.receiver)

    # -- raw HTTP ------------------------------------------------------------------------------------------------

    def _http(self, value: Ext, module: Module, index: int) -> Hit | None:
        caller = self.catalog.http.caller(module.facts.language, value.path)
        if caller is None:
            return None
        site = Site(module.path, index)
        for url in self.urls(caller.url, site):
            found = self._endpoint(url)
            if found is not None:
                kind, provider = found
                row = CallRow(
                    callee=value.path,
                    kind=cast("Kind", kind),
                    sdk="raw-http",
                    provider=provider,
                    model=_body(caller.body, self.catalog.http.body.model),
                    prompt=_body(caller.body, self.catalog.http.body.prompt),
                    system=_body(caller.body, self.catalog.http.body.system),
                    timeout=caller.timeout,
                    base_url=caller.url,
                )
                return Hit(
                    module.path,
                    index,
                    row,
                    value,
                    "certain" if provider != "dynamic" else "likely",
                    f"posts to {url}",
                    kind,
                    provider,
                    0,
                    url,
                )
        return None

    def urls(self, slot: Slot, site: Site) -> list[str]:
        """What the address argument may be, holes as `{}`."""
        found: list[str] = []
        for name in slot.order:
            for expr, module, scope, frame in self.evaluator.given(site, name):
                for text in self.evaluator.paths.names(expr, module, scope, frame, expand=True):
                    # A hole is one segment of the path, or two: model names such as `owner/model`.
                    found += [text.replace(HOLE, "{}"), text.replace(HOLE, "{}/{}")] if HOLE in text else [text]
                reader = Reader(self.evaluator)
                reader.read((expr, module, scope, frame))
                found += [leaf.text.value for leaf in reader.leaves if leaf.text is not None]
            if found:
                break
        return found

    def _endpoint(self, url: str) -> tuple[str, str] | None:
        # Pieces were joined by holes; one that stands before a slash joined two pieces, as `f"{BASE}/chat"` does.
        url = re.sub(r"(?<=[^/{}])\{\}(?=/)", "", url)
        match = re.match(r"^(?:https?|wss?)://([^/?#]+)([^?#]*)", url)
        host, path = (match[1], match[2]) if match else ("", url.split("?")[0])
        known = self.catalog.http.host(host) if host else None
        fact = self.catalog.http.path(path) if path else None
        if fact is None or not (known or fact.strong):
            return None
        return fact.kind, known if known else fact.provider or known or "dynamic"


def _body(body: Slot, keys: Sequence[str]) -> Slot:
    return Slot(tuple(f"{name}.{key}" for name in body.names for key in keys))


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
