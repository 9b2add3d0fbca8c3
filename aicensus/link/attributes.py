"""Provider, model and parameters of a hit, as seen from where it stands or from one of its uses."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from msgspec import structs

from aicensus.catalog import Catalog, Construct, LanguageCatalog
from aicensus.catalog.schema import CallRow, FromRow, FunctionRow, Slot
from aicensus.link.asked import Use
from aicensus.link.evaluate import Evaluator, Place
from aicensus.link.matching import Hit, places
from aicensus.link.project import Module, last_name
from aicensus.link.settings import Defaults, plain
from aicensus.link.values import Class, Composite, Env, Ext, Frame, Inst, Param, Scalar, Site, Text, Unknown, Value
from aicensus.model.facts import Attr, CallRef, Choice, Const, Expr, Item, Name, Op, Scope, Template

OPEN = ("dynamic", "multi", "")
"""Provider names that leave the provider to the model id, the host or the user."""
PARAMETERS = ("temperature", "max_tokens", "timeout", "retries", "schema", "tools", "seed", "stop", "stream")
SURE = ("literal", "default", "setting", "env")
"""Where a model id comes from, the most settled first."""
CONSTANT = re.compile(
    r"[.:](\w*\d\w*|[A-Z]+(?:_[A-Z]+)+)(?:\.(?:asString|toString|getValue|value|modelName|getModelName|getName|name|id|to_string)(?:\(\))?)?$"
)
"""The last name of a path that a library may name after a model, with what gives its text."""
MAX_ROUTES = 24
MAX_HANDED = 6
"""Names and parameters between a call and the setting that it is given."""


@dataclass(slots=True)
class Attributes:
    """What is known of one hit."""

    provider: str
    models: tuple[str, ...] = ()
    """Ids that the code gives, literal or by default; with more than one, which of them is used is decided at run time."""
    model_source: str = "unknown"
    """`literal`, `default` (of the SDK), `setting`, `env`, `parameter` or `unknown`."""
    model_why: str = ""
    setting: str = ""
    """Name of the setting that the model was looked up by."""
    parameters: dict[str, str] = field(default_factory=dict)
    """Value as text, `set` where it is not constant."""


@dataclass(frozen=True, slots=True)
class _Ids:
    """Model ids that a place gives, and why there are none."""

    names: tuple[str, ...]
    source: str
    why: str = ""
    setting: str = ""


Rows = list[tuple[FromRow | FunctionRow, Site]]


def constructs_of(language: LanguageCatalog, path: str) -> tuple[Construct, ...]:
    """Rows for which calling the path makes an object; a whole CommonJS module that is called is its default export."""
    return language.constructs(path) or (language.constructs(f"{path[:-1]}default") if path.endswith("#*") else ())


class Describer:
    """Reads attributes through the catalogue's slots."""

    def __init__(self, evaluator: Evaluator, catalog: Catalog) -> None:
        self.evaluator = evaluator
        self.catalog = catalog
        self.defaults = Defaults(evaluator)
        self._ambient: dict[tuple[str, bool], list[Attributes]] = {}
        self._named_default: frozenset[Class] | None = None

    def describe(self, hit: Hit, frame: Frame | None = None) -> Attributes:
        """Attributes of `hit` when its function is entered through `frame`."""
        found = self._of_ways(hit, self._targets(hit, frame), frame)
        if (not found.models and found.model_source == "unknown") or (found.model_source == "default" and self._is_ambient(hit)):
            found = self._with_ambient(hit, found)
        slots = list(self._slots(hit, list(self._rows(hit, hit.target, frame)), frame))
        for name in PARAMETERS:
            for row, site, shift in slots:
                given = places(self.evaluator, getattr(row, name), site, shift)
                if given:
                    values = [v for place in given for v in self.evaluator.eval(*place)]
                    constant = [str(v.value) for v in values if isinstance(v, Text | Scalar)]
                    found.parameters[name] = constant[0] if len(constant) == 1 and len(values) == 1 else "set"
                    break
            else:
                default = next((row.defaults[name] for row, _, _ in slots if name in row.defaults), None)
                if default is not None:
                    found.parameters[name] = f"default: {default}"
        return found

    def _of_ways(self, hit: Hit, targets: list[Ext], frame: Frame | None) -> Attributes:
        """What the ways to make the object agree on; of different models, that of the one made in the hit's own file."""
        ways = [(target, self._of_target(hit, target, frame)) for target in targets]
        merged = _merged([a for _, a in ways], hit.row.provider)
        if len(merged.models) > 1:
            near = {a.models for t, a in ways if a.models and any(s.path == hit.path for s in t.trail)}
            if len(near) == 1:
                merged.models = near.pop()
        return merged

    def describe_use(self, use: Use) -> Attributes:
        """Attributes of a use: those of the hits behind it, each as entered from there."""
        routes = use.routes[:MAX_ROUTES]
        if len(routes) > 1:
            routes = self._default_routes(routes) or routes
        found = [self.describe(hit, frame) for hit, frame in routes]
        merged = self._one_setting(found, use.path) or _plain_setting(found) or _merged(found)
        if any(o.provider in OPEN for o in found) and merged.provider not in OPEN:
            merged = replace(merged, provider="multi")
        if merged.provider in OPEN and len({o.provider for o in found}) > 1 and not all(o.models for o in found) and not merged.setting:
            merged.models, merged.model_why = (), "one of several providers, not all with a known model"
        return merged

    def _one_setting(self, options: list[Attributes], at: str) -> Attributes | None:
        """All ways read one setting: its default is the model, whichever provider serves it."""
        names = sorted({o.setting for o in options if o.setting})
        usual = self.defaults.model(names[0], at) if len(names) == 1 and len(options) > 1 else ""
        return replace(_merged(options), models=(usual,), model_source="setting", setting=names[0]) if usual else None

    def _default_routes(self, routes: list[tuple[Hit, Frame]]) -> list[tuple[Hit, Frame]]:
        """Routes into the one class that something called `default` names: `default_service = GeminiService`."""
        classes: dict[Class, list[tuple[Hit, Frame]]] = {}
        for hit, frame in routes:
            module = self.evaluator.at(hit.path)
            holder = module.enclosing_class(module.calls[hit.call].scope)
            if holder is not None:
                classes.setdefault(Class(hit.path, holder), []).append((hit, frame))
        usual = {c for default in self._default_classes() for c in self.evaluator.lineage(default)[0]}
        chosen = [cls for cls in classes if cls in usual]
        return classes[chosen[0]] if len(chosen) == 1 and len(classes) > 1 else []

    def _default_classes(self) -> frozenset[Class]:
        if self._named_default is None:
            found: set[Class] = set()
            for module in list(self.evaluator.modules()):
                for binding in module.facts.bindings:
                    if "default" in (last_name(binding.target) or "").lower() and isinstance(binding.value, Name | Attr):
                        values = self.evaluator.eval(binding.value, module, binding.scope)
                        found |= {v for v in values if isinstance(v, Class)}
            self._named_default = frozenset(found)
        return self._named_default

    def _targets(self, hit: Hit, frame: Frame | None) -> list[Ext]:
        """What the call may call: one for each object that may stand before the method."""
        module = self.evaluator.at(hit.path)
        values = self.evaluator.callee(module, hit.call, frame)
        language = self.evaluator.catalog(module)
        same = [v for v in values if isinstance(v, Ext) and (v.path == hit.target.path or hit.row in language.calls(v.path))]
        made = [v for v in same if v.trail]
        return list(dict.fromkeys(made or same)) or [hit.target]

    def _of_target(self, hit: Hit, target: Ext, frame: Frame | None) -> Attributes:
        rows = list(self._rows(hit, target, frame))
        asked = "" if hit.url else self._asked_of(hit, rows, frame)
        found = Attributes(asked or self._provider(hit, rows, frame))
        ids = self._model(hit, rows, frame)
        found.models, found.model_source, found.model_why, found.setting = ids.names, ids.source, ids.why, ids.setting
        named = provider_of_models(found.models) if found.models else ""
        prefixed = all(":" in m for m in found.models) and ids.source == "setting"
        if named not in ("", "multi") and ((found.provider in OPEN and not asked) or prefixed):
            found.provider = named
        return found

    def _slots(self, hit: Hit, rows: Rows, frame: Frame | None) -> Iterator[tuple[FromRow | FunctionRow | CallRow, Site, int]]:
        yield hit.row, hit.request(frame), hit.shift
        for row, site in reversed(rows):
            yield row, site, 0

    def _rows(self, hit: Hit, target: Ext, frame: Frame | None) -> Iterator[tuple[FromRow | FunctionRow, Site]]:
        """Constructor rows on the way to the hit, objects handed to it included, farthest first."""
        seen: set[Site] = set()
        site = hit.request(frame)
        yield from self._typed(target, site)
        yield from self._objects(hit.row.objects, site, seen, hit.shift)
        for building in self._implementing(hit):
            yield from self._made(building, seen)
        for earlier in target.trail:
            yield from self._made(earlier, seen)

    def _implementing(self, hit: Hit) -> Iterator[Site]:
        """Calls that have a library implement the class whose decorated method is the point: `AiServices.builder(Bot.class)`."""
        home = self.evaluator.at(hit.path)
        if hit.call not in home.decorated or home.facts.package is None:
            return
        name = home.scopes[home.scopes[home.decorated[hit.call]].parent].name
        for module in self.evaluator.project.passing.of(name):
            for index, _ in module.passed[name]:
                if any(isinstance(v, Ext) and self._implements(v, module) for v in self.evaluator.callee(module, index)):
                    yield from (Site(module.path, i) for i in range(len(module.calls)) if _chained_on(module, i, index))

    def _implements(self, value: Ext, module: Module) -> bool:
        language = self.evaluator.catalog(module)
        made = language.constructs(value.path)
        return any(row.declares for row in language.calls(value.path)) or any(
            row.declares for construct in made for row in language.calls(f"<{construct.type}>.build")
        )

    def _made(self, site: Site, seen: set[Site]) -> Iterator[tuple[FromRow | FunctionRow, Site]]:
        if site in seen or len(seen) > 40:
            return
        seen.add(site)
        module = self.evaluator.at(site.path)
        language = self.evaluator.catalog(module)
        for value in self.evaluator.callee(module, site.call, site.frame):
            if isinstance(value, Class):
                for base in self.evaluator.lineage(value)[1]:
                    for made in language.constructs(base.path)[:1]:
                        yield from self._objects(made.row.objects, site, seen, 0)
                        yield made.row, site
            if not isinstance(value, Ext):
                continue
            method = f".{last_name(module.calls[site.call].callee)}" if value.member else ""
            function = language.function(value.path + method)
            made_by = [m.row for m in constructs_of(language, value.path) if self.evaluator.holds(m.row.when, site)]
            rows: list[FromRow | FunctionRow] = [*made_by[:1], *([function] if function is not None else [])]
            for earlier in (*value.trail, *self._configuring(module, site)):
                yield from self._made(earlier, seen)
            for row in rows:
                yield from self._objects(row.objects, site, seen, 0)
                yield row, site

    def _typed(self, value: Value, site: Site) -> Iterator[tuple[FromRow, Site]]:
        """What the declared type of an object says, of which it is not known how it was made."""
        if isinstance(value, Ext) and value.hint and not value.trail and value.path.startswith("<"):
            info = self.evaluator.catalog(self.evaluator.at(site.path)).types.get(value.path[1:].partition(">")[0])
            if info is not None and info.spec.provider:
                yield FromRow(callee=f"<{info.name}>", provider=info.spec.provider, sdk=info.sdk.sdk), site

    def _configuring(self, module: Module, site: Site) -> Iterator[Site]:
        """Other calls on the variable that a call is made on: `builder.AddOpenAIChatClient("gpt-4o"); kernel = builder.Build();`."""
        call = module.calls[site.call]
        name = _held_by(call.callee, module)
        if module.facts.package is None or name is None:
            return
        function = module.enclosing_function(call.scope)
        if not any(isinstance(binding.value, CallRef) for binding in module.names.get((function or 0, name), ())):
            return
        for index, other in enumerate(module.calls):
            if index != site.call and module.enclosing_function(other.scope) == function and _held_by(other.callee, module) == name:
                yield Site(module.path, index, site.frame)

    def _objects(self, slot: Slot, site: Site, seen: set[Site], shift: int) -> Iterator[tuple[FromRow | FunctionRow, Site]]:
        for name in slot.order:
            for place in self.evaluator.given(site, name + shift if isinstance(name, int) else name):
                for value in self._members(self._settled(self.evaluator.eval(*place))):
                    yield from self._typed(value, site)
                    for earlier in _trail(value):
                        yield from self._made(earlier, seen)

    def _members(self, values: Iterable[Value]) -> Iterator[Value]:
        """The values; of a list literal its items."""
        for value in values:
            if isinstance(value, Composite):
                yield from self._settled(self.evaluator.elements(value))
            else:
                yield value

    def _settled(self, values: Iterable[Value]) -> Iterator[Value]:
        for value in values:
            if isinstance(value, Param):
                yield from self.evaluator.expand(value)
            else:
                yield value

    # -- what the project sets for all ---------------------------------------------------------------------------

    def _with_ambient(self, hit: Hit, found: Attributes) -> Attributes:
        """The model that the project gives the whole library (`Settings.llm = ...`), where the call names none of its own."""
        options = self._assigned(hit)
        if not options or (found.provider not in OPEN and not self._is_ambient(hit)):
            return found
        chosen = _ambient_choice(options, self._usual(hit))
        chosen.parameters = {}
        return chosen

    def _usual(self, hit: Hit) -> str:
        """Provider of the library's own default objects."""
        sdk = next((i.sdk for i in self.evaluator.catalog(self.evaluator.at(hit.path)).types.values() if i.sdk.sdk == hit.row.sdk), None)
        held = [f"<{t.name}>" for t in sdk.types if t.values] if sdk else []
        named = dict.fromkeys(c.provider for c in (sdk.calls if sdk else ()) if c.provider not in OPEN and any(h in c.callee for h in held))
        return next(iter(named)) if len(named) == 1 else ""

    def _is_ambient(self, hit: Hit) -> bool:
        """Whether the call is made on the library's own default object."""
        kind = hit.target.path[1:].partition(">")[0] if hit.target.path.startswith("<") else ""
        info = self.evaluator.catalog(self.evaluator.at(hit.path)).types.get(kind)
        return info is not None and bool(info.spec.values) and not hit.target.trail

    def _assigned(self, hit: Hit) -> list[Attributes]:
        module = self.evaluator.at(hit.path)
        embedding = hit.kind in ("embedding", "rerank")
        key = (f"{module.facts.language}:{hit.row.sdk}", embedding)
        if key not in self._ambient:
            found: list[Attributes] = []
            language = self.evaluator.catalog(module)
            for name, info in language.types.items():
                if info.sdk.sdk == hit.row.sdk and info.spec.values and ("embed" in name) == embedding:
                    for pattern in info.spec.values:
                        found += [
                            self._of_object(value) for value in self.evaluator.global_settings(pattern.rsplit(".", 1)[-1], language, name)
                        ]
            self._ambient[key] = found
        return self._ambient[key]

    def _of_object(self, value: Ext) -> Attributes:
        """Provider and model of an object by its construction."""
        rows: Rows = []
        for site in value.trail:
            rows += self._made(site, set())
        providers = list(dict.fromkeys(row.provider for row, _ in rows if isinstance(row, FromRow) and row.provider not in OPEN))
        found = Attributes(providers[0] if len(providers) == 1 else "dynamic")
        for row, site in reversed(rows):
            ids = self._ids(places(self.evaluator, row.model, site, 0))
            if ids.names or ids.source != "unknown":
                found.models, found.model_source, found.model_why = ids.names, ids.source, ids.why
                break
            if default := getattr(row, "defaults", {}).get("model"):
                found.models, found.model_source = (str(default),), "default"
                break
        return found

    # -- provider ------------------------------------------------------------------------------------------------

    def _provider(self, hit: Hit, rows: Rows, frame: Frame | None) -> str:
        if hit.url:
            return hit.provider
        own = hit.row.provider or hit.provider
        if host := self._hosts(places(self.evaluator, hit.row.base_url, hit.request(frame), hit.shift)):
            return host
        return self._of_rows(rows, own)

    def _asked_of(self, hit: Hit, rows: Rows, frame: Frame | None) -> str:
        """Provider that an argument names; empty where none does, open where another way is left or several are named."""
        for row, site, shift in self._slots(hit, rows, frame):
            slot: Slot = row.provider_slot
            given = places(self.evaluator, slot, site, shift) if slot else []
            values = [v for p in given for v in self.evaluator.eval(*p)]
            named = dict.fromkeys(v.value.lower() for v in values if isinstance(v, Text))
            if named and not all(isinstance(v, Text | Scalar | Env | Param) for v in values):
                return "dynamic"
            if named:
                first = next(iter(named))
                return PREFIXES.get(first, first) if len(named) == 1 else "multi"
        return ""

    def _of_rows(self, rows: Rows, own: str) -> str:
        """Provider that constructors name by host or by what they are; several ways to make one object leave it open."""
        found: dict[str, None] = {}
        at: dict[tuple[str, int], set[str]] = {}
        hosts: dict[str, None] = {}
        for row, site in rows:
            host = self._hosts(places(self.evaluator, row.base_url, site, 0))
            provider = host or getattr(row, "provider", "")
            if host:
                hosts[host] = None
            if provider:
                found[provider] = None
                if not row.callee.endswith(">"):  # A declared type is no other way to make what the call makes.
                    at.setdefault((site.path, site.call), set()).add(provider)
        if not found:
            return own or "dynamic"
        if any(len(ways) > 1 and ways & set(OPEN) for ways in at.values()):
            return "dynamic"
        closed = [p for p in found if p not in OPEN]
        if len(hosts) == 1 and {*hosts, own} == set(closed):
            return next(iter(hosts))
        if len(closed) == 1:
            return closed[0]
        if closed:
            return own if own not in OPEN and own in closed else "dynamic"
        return own if own not in OPEN else next(iter(found))

    def _hosts(self, given: list[Place]) -> str:
        """Provider of the one host that the address may name; `dynamic` when there are several."""
        found: dict[str, None] = {}
        unset = False
        for place in given:
            for value in self._settled(self.evaluator.eval(*place)):
                unset = unset or value == Scalar(None)
                if isinstance(value, Text) and (match := re.match(r"^https?://([^/?#]+)", value.value)):
                    known = self.catalog.http.host(match[1])
                    if known:
                        found[known] = None
        if not found:
            return ""
        return next(iter(found)) if len(found) == 1 and not unset else "dynamic"

    # -- model ---------------------------------------------------------------------------------------------------

    def _model(self, hit: Hit, rows: Rows, frame: Frame | None) -> _Ids:
        last = _Ids((), "unknown")
        for row, site, shift in self._slots(hit, rows, frame):
            given = places(self.evaluator, row.model, site, shift, handed="callers")
            if not given:
                default = row.defaults.get("model")
                ways = {
                    str(r.defaults.get("model"))
                    for r, at in rows
                    if (at.path, at.call) == (site.path, site.call) and isinstance(r, FromRow)
                }
                if default and len(ways) < 2:
                    return _Ids((str(default),), "default")
                continue
            ids = self._ids(given, hit)
            if ids.source == "object":
                ids = self._of_objects(given)
            if ids.names and isinstance(row, FromRow):
                return self._beside(ids, row, site, rows, hit)
            if ids.names or ids.source != "object":
                return ids
        return last

    def _beside(self, ids: _Ids, row: FromRow, site: Site, rows: Rows, hit: Hit) -> _Ids:
        """The ids with those of its siblings: objects made the same way elsewhere, as the agents of one crew are."""
        names = dict.fromkeys(ids.names)
        for other, at in rows:
            if other is row and (at.path, at.call) != (site.path, site.call):
                given = places(self.evaluator, row.model, at, 0, handed="callers")
                further = self._ids(given, hit)
                names |= dict.fromkeys((further if further.source != "object" else self._of_objects(given)).names)
        return replace(ids, names=tuple(names))

    def _of_objects(self, given: list[Place]) -> _Ids:
        """Model ids of the objects that stand where a model is asked for: `Agent(model=OpenAIModel("gpt-4o"))`."""
        values = [v for place in given for v in self._settled(self.evaluator.eval(*place))]
        found = [self._of_object(v) for v in values if isinstance(v, Ext) and v.trail]
        names = tuple(dict.fromkeys(m for a in found for m in a.models))
        return _Ids(names, found[0].model_source if names else "object")

    def _ids(self, given: list[Place], hit: Hit | None = None) -> _Ids:
        """Model ids at these places: literal ones, else defaults of the parameters and settings that they name."""
        values = [v for place in given for v in self.evaluator.eval(*place)]
        at = given[0][1].path if given else ""
        if found := self._spelled(values, hit):
            if len(found) > 1:
                by_default = self._spelled([v for place in given for v in self._usual_item(place)], hit)
                found = by_default if len(by_default) == 1 else found
            if len(found) > 1 and (usual := {m for place in given for name in self._asked(place) if (m := self.defaults.model(name, at))}):
                found = tuple(usual) if len(usual) == 1 else found
            read = next((v.name for v in values if isinstance(v, Env)), "")
            return _Ids(found, "env" if read else "literal", setting=read or self._setting(values, at))
        for value in values:
            if isinstance(value, Param) and (of_param := self._of_param(value, hit)).names:
                return of_param
        if settings := tuple(dict.fromkeys(id_ for v in values if (id_ := self.defaults.model(_name(v), at)))):
            return _Ids(settings, "setting", setting=self._setting(values, at))
        if any(isinstance(v, Env) for v in values):
            read_from = [v.name for v in values if isinstance(v, Env)]
            return _Ids((), "env", "set by " + ", ".join(read_from), read_from[0])
        if any(isinstance(v, Ext) for v in values):
            return _Ids((), "object")
        return _Ids((), "parameter" if values else "unknown", "decided at run time" if values else "")

    def _asked(self, place: Place, depth: int = 0) -> Iterator[str]:
        """Names of the settings that a place hands on, through names and parameters of the calls that lead to it."""
        expr, module, scope, frame = place
        if isinstance(expr, Attr):
            yield expr.name
        function = module.enclosing_function(scope)
        if not isinstance(expr, Name) or function is None or depth > MAX_HANDED:
            return
        own = self.evaluator.frame_of(frame, module, function)
        handed = self.evaluator.argument(own, expr.id) if own is not None and own.site is not None else None
        bound = (b.value for b in module.names.get((function, expr.id), ()) if b.value is not None)
        for further in handed or [(value, module, function, frame) for value in bound]:
            yield from self._asked(further, depth + 1)

    def _usual_item(self, place: Place) -> tuple[Value, ...]:
        """What a table holds under the key that a parameter has by default: `MODELS[kind]` with `kind="fast"`."""
        expr, module, scope, frame = place
        if isinstance(expr, Name):
            bound = module.names.get((module.enclosing_function(scope) or 0, expr.id), ())
            expr = bound[0].value if len(bound) == 1 and bound[0].value is not None else expr
        parts: list[str] = []
        while isinstance(expr, Attr | Item):
            if isinstance(expr, Item) and (keys := self._default_texts(expr.key, module, scope, frame)):
                held = tuple(v for table in self.evaluator.eval(expr.base, module, scope, frame) for v in self.evaluator.item(table, keys))
                for part in reversed(parts):
                    held = tuple(v for value in held for v in self.evaluator.attribute(value, part))
                return held
            parts.append(expr.name if isinstance(expr, Attr) else str(expr.key.value) if isinstance(expr.key, Const) else "")
            expr = expr.base
        return ()

    def _default_texts(self, key: Expr, module: Module, scope: int, frame: Frame | None) -> list[object]:
        """Texts that parameters which a key stands for are given by default."""
        found: list[object] = []
        for value in self.evaluator.eval(key, module, scope, frame):
            if isinstance(value, Param) and not value.derived:
                home = self.evaluator.at(value.path)
                record = home.scopes[value.scope]
                defaults = (p.default for p in record.params if p.name == value.name)
                values = (v for d in defaults if d is not None for v in self.evaluator.eval(d, home, record.parent))
                found += [v.value for v in values if isinstance(v, Text)]
        return found

    def _setting(self, values: Iterable[Value], at: str) -> str:
        """Name of the first setting among the values that the project gives one model."""
        return next((name for v in values if (name := _name(v)) and self.defaults.model(name, at)), "")

    def _spelled(self, values: Iterable[Value], hit: Hit | None) -> tuple[str, ...]:
        """Ids among the values: of several, the one that stands in the hit's own file, fits its provider, or is called the default."""
        texts = [(t, v) for v in values for t in self._texts(v)]
        names = tuple(dict.fromkeys(t for t, _ in texts))
        if len(names) > 1 and hit is not None:
            fits = [n for n in names if provider_of_models((n,)) in ("", hit.row.provider)]
            sure = [n for n in fits if provider_of_models((n,)) == hit.row.provider]
            near = [t for t, v in texts if isinstance(v, Text) and v.path == hit.path and t in (sure or fits)]
            for group in (sure, fits, near):
                if len(set(group)) == 1:
                    return (group[0],)
        if len(names) > 1:
            main = dict.fromkeys(t for t, v in texts if isinstance(v, Text) and self.defaults.is_main(v))
            if len(main) == 1:
                return tuple(main)
        return names

    def _of_param(self, param: Param, hit: Hit | None, depth: int = 0) -> _Ids:
        """The default of a parameter, else what its callers agree on."""
        module = self.evaluator.at(param.path)
        record = module.scopes[param.scope]
        parameter = next((p for p in record.params if p.name == param.name), None)
        if parameter is None or depth > 4:
            return _Ids((), "parameter")
        if param.derived:
            held = self.evaluator.expand(structs.replace(param, derived=False, part="")) if param.part else ()
            values: tuple[Value, ...] = tuple(v for h in held if not isinstance(h, Param) for v in self.evaluator.attribute(h, param.part))
        else:
            default = parameter.default if parameter.default is not None else _option_default(record, parameter.name, module)
            if default is not None:
                ids = self._ids([(default, module, record.parent, None)], hit)
                if ids.names:
                    return ids
            values = self.evaluator.expand(param)
        names = self._spelled(values, hit)
        if not names:
            names = tuple(dict.fromkeys(id_ for v in values if (id_ := self.defaults.model(_name(v), param.path))))
        if not names:
            further = [self._of_param(v, hit, depth + 1) for v in values if isinstance(v, Param) and v != param]
            names = tuple(dict.fromkeys(n for ids in further for n in ids.names))
        return _Ids(names, "literal" if names else "parameter")

    def _texts(self, value: Value) -> list[str]:
        if isinstance(value, Text):
            found = [value.value]
        elif isinstance(value, Composite) and isinstance(value.expr, Template | Op):
            found = self._joined(value.expr, value)
        elif isinstance(value, Ext) and (match := CONSTANT.search(value.path)):
            named = self.catalog.models.of_constant(match[1])
            found = [named] if named else []
        else:
            return []
        return [text for t in found if (text := t.strip()) and len(text) < 160 and not re.search(r"\s{2}|\n", text)]

    def _joined(self, expr: object, where: Composite) -> list[str]:
        """Texts that a template of constants spells; none when a part is not known."""
        parts = expr.parts if isinstance(expr, Template) else (expr.left, expr.right) if isinstance(expr, Op) and expr.op == "+" else ()
        options: list[list[str]] = []
        for part in parts:
            values = self.evaluator.eval(part, self.evaluator.at(where.path), where.scope, where.frame)
            texts = [v.value for v in values if isinstance(v, Text)]
            if not texts or (isinstance(part, Choice | Const) and not texts):
                return []
            options.append(texts[:4])
        return ["".join(pieces) for pieces in itertools.islice(itertools.product(*options), 8)] if options else []


def _held_by(callee: Expr, module: Module) -> str | None:
    """The variable before the first dot of a chain of calls."""
    while isinstance(callee, Attr | CallRef):
        callee = callee.base if isinstance(callee, Attr) else module.calls[callee.index].callee
        if isinstance(callee, Name):
            return callee.id
    return None


def _option_default(record: Scope, name: str, module: Module) -> Expr | None:
    """Default of a command-line option that a decorator hands to a parameter: `@click.option("--model", default="gpt-4o")`."""
    for decorator in record.decorators:
        call = module.calls[decorator.index] if isinstance(decorator, CallRef) else None
        if call is None or last_name(call.callee) not in ("option", "argument"):
            continue
        flags = [str(a.value.value) for a in call.args if isinstance(a.value, Const) and not a.name]
        if name in (flag.lstrip("-").replace("-", "_") for flag in flags):
            return next((a.value for a in call.args if a.name == "default"), None)
    return None


def _chained_on(module: Module, index: int, first: int) -> bool:
    """Whether a call is another one, or a method of what it gives, and so on."""
    while index != first:
        callee = module.calls[index].callee
        if not isinstance(callee, Attr) or not isinstance(callee.base, CallRef):
            return False
        index = callee.base.index
    return True


def _name(value: Value) -> str:
    """Name of the setting that a value stands for, empty when it has none."""
    match value:
        case Env(name=name):
            return name
        case Unknown(name=name):
            return name
        case Param(part=part) if part:
            return part
        case Ext(path=path) if path.startswith("builtins.") and "()." in path:
            return path.rsplit(".", 1)[-1]
        case Ext(path=path, trail=trail) if path.rsplit(".", 1)[-1].isupper() and not (trail and path.startswith("<")):
            return path.rsplit(".", 1)[-1]
    return ""


def _trail(value: Value) -> tuple[Site, ...]:
    """Constructors on the way to an object: of the library, or of a class of the tree that extends one."""
    if isinstance(value, Ext):
        return value.trail
    return (value.site,) if isinstance(value, Inst) and value.site is not None else ()


def _merged(options: list[Attributes], own: str = "") -> Attributes:
    """One answer for several ways: what they agree on, or the SDK's `own` provider; else `multi`, with every model as a candidate."""
    options = [o for n, o in enumerate(options) if o not in options[:n]]
    if len(options) == 1:
        return options[0]
    models = tuple(dict.fromkeys(m for o in options for m in o.models))
    named = list(dict.fromkeys(o.provider for o in options if o.provider not in OPEN))
    open_ones = [o for o in options if o.provider in OPEN]
    provider = (
        named[0]
        if len(named) == 1 and not any(o.models for o in open_ones)
        else own
        if own in named
        else "multi"
        if named
        else options[0].provider
    )
    sources = [o.model_source for o in options if o.models] or [o.model_source for o in options]
    source = next((s for s in SURE if s in sources), sources[0])
    return Attributes(provider, models, source, options[0].model_why, parameters=options[0].parameters)


def _plain_setting(options: list[Attributes]) -> Attributes | None:
    """Of models from settings, that of the plain one: `MODEL` beside `ANTHROPIC_MODEL`."""
    settings = {plain(o.setting): o for o in options if o.setting and len(o.models) == 1}
    usual = [s for s in settings if all(other.endswith(s) for other in settings)]
    if len(settings) < 2 or len(usual) != 1:
        return None
    merged = _merged(options)
    return replace(merged, models=settings[usual[0]].models, setting=settings[usual[0]].setting)


def _ambient_choice(options: list[Attributes], usual: str) -> Attributes:
    """The setting that holds by default: one written outright before those of the environment, of the library's usual provider."""
    outright = [o for o in options if o.model_source == "literal" and len(o.models) == 1]
    for group in (outright, [o for o in outright if o.provider == usual], options):
        merged = _merged(group) if group else None
        if merged is not None and len(merged.models) == 1:
            return merged
    return _merged(options)


def provider_of_models(models: tuple[str, ...]) -> str:
    """Provider that model ids name by prefix or shape; `multi` for several, empty for none."""
    prefixes = {m: PREFIXES[p] for m in models for sep in ("/", ":") if sep in m[:24] and (p := m.split(sep)[0].lower()) in PREFIXES}
    guesses = {provider for m in models if m not in prefixes for pattern, provider in SHAPES if re.match(pattern, m)}
    known = guesses | set(prefixes.values())
    if len(known) == 1:
        return known.pop()
    return "multi" if prefixes else ""


PREFIXES = {
    "openai": "openai", "anthropic": "anthropic", "google": "google", "gemini": "google", "google_genai": "google",
    "google_vertexai": "google", "vertex_ai": "google", "googleai": "google", "vertexai": "google",
    "azure": "azure-openai", "azure_openai": "azure-openai", "bedrock": "bedrock",
    "groq": "groq", "mistral": "mistral", "ollama": "ollama", "ollama_chat": "ollama", "together": "together", "together_ai": "together",
    "fireworks": "fireworks", "fireworks_ai": "fireworks", "openrouter": "openrouter", "deepseek": "deepseek", "xai": "xai",
    "cohere": "cohere", "huggingface": "huggingface", "perplexity": "perplexity", "replicate": "replicate", "voyage": "voyage",
}  # fmt: skip
SHAPES = (
    (r"^(gpt-|chatgpt|o[1345](-|$)|text-embedding-|dall-e|whisper-1|tts-1|davinci|babbage)", "openai"),
    (r"^claude-", "anthropic"),
    (r"^(models/)?(gemini|imagen|text-bison|chat-bison)", "google"),
    (r"^(us\.|eu\.|apac\.|global\.)?(anthropic|amazon|meta|mistral|cohere|ai21)\.", "bedrock"),
)
