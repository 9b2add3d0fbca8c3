"""What calls call, and what they may give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from aicensus.catalog.schema import Condition, FunctionRow
from aicensus.link.core import FIELD, LAYOUT, MAX_FRAMES, OBJECTS, PARSERS, ROOTED, Core, depth_of, is_object, is_seen, unique
from aicensus.link.project import Module, is_extension, last_name
from aicensus.link.values import (
    Class,
    Composite,
    Env,
    Ext,
    Frame,
    Func,
    Inst,
    Listing,
    Mod,
    Param,
    Partial,
    Scalar,
    Site,
    Text,
    Unknown,
    Value,
    Values,
)
from aicensus.model.facts import (
    Attr,
    Call,
    CallRef,
    Const,
    Element,
    Expr,
    Item,
    Map,
    Name,
    Seq,
    Spread,
    is_text,
)

SAME = frozenset(["copy", "slice", "filter", "toReversed", "toSorted"])
"""Methods that give a list or dict with what it holds."""
PAIRING = frozenset(["builtins.zip", "builtins.enumerate", "itertools.zip_longest"])
"""Functions that give tuples of elements of their arguments."""


SETTING_READERS = re.compile(r"^(decouple\.(config|AutoConfig\(\)|Config\(\))|starlette\.config\.Config\(\)|environs?\.Env\(\)(\.str)?)$")
"""Library functions that read a variable of the environment, with its default."""
DOTTED = re.compile(r"[A-Za-z_]\w*(\.\w+)*[.:][A-Za-z_]\w*")
"""Dotted path of an object, as entry points and settings write it."""
PICKING = frozenset({"detect", "find", "first", "last", "sample", "firstOrNull", "First", "FirstOrDefault", "Find"})
"""Methods that give one of the elements of a list."""
SPLITTING = frozenset(["split", "rsplit", "partition", "rpartition"])
ENVIRONMENT = frozenset({
    "builtins.System.getenv", "builtins.System.getProperty", "os.Getenv", "builtins.Environment.GetEnvironmentVariable",
    "builtins.getenv", "builtins.env", "builtins.ENV.fetch", "std.env.var", "builtins.std.env.var", "builtins.env.var",
})  # fmt: skip
"""Functions of other languages that read a variable of the environment."""
PASSING = re.compile(
    r"^(encoding/json\.Marshal(Indent)?|bytes\.New(Buffer|Reader|BufferString)|strings\.NewReader|io\.NopCloser)$|/[\w.-]+\.(F|String|StringPtr|Ptr|ToPtr|Pointer|NewOpt|Opt|Raw|Float|Int|NullableString)$|^java\.util\.Optional\.of$"
)
"""Functions of libraries that give their argument as an optional value, a pointer to it or its bytes."""
PLACEHOLDERS = frozenset(
    [
        "org.springframework.beans.factory.annotation.Value",
        "io.micronaut.context.annotation.Value",
        "org.eclipse.microprofile.config.inject.ConfigProperty",
    ]
)
"""Annotations that fill a field with a setting: `${name:default}`."""
LOADERS = frozenset(
    [
        "pydoc.locate",
        "pkgutil.resolve_name",
        "django.utils.module_loading.import_string",
        "werkzeug.utils.import_string",
        "hydra.utils.get_class",
        "hydra.utils.get_method",
        "hydra.utils.get_object",
        "kombu.utils.imports.symbol_by_name",
        "kombu.utils.symbol_by_name",
        "theflow.utils.modules.import_dotted_string",
    ]
)
"""Library functions that give the object whose dotted path they are told."""
NAMESPACES = frozenset(
    ["types.SimpleNamespace", "argparse.Namespace", "easydict.EasyDict", "box.Box", "munch.Munch", "omegaconf.OmegaConf.create"]
)
"""Library objects whose attributes are the keys they are made from."""

KEEPING = re.compile(
    r"^(react|preact/hooks)#(default\.)?(useCallback|useEffectEvent|memo|cache|forwardRef)$"
    r"|^(lodash|lodash-es|underscore|radash)#(default\.)?(debounce|throttle|once|memoize)$"
    r"|^(lodash|lodash-es)[./](debounce|throttle|once|memoize)#default$|^(ahooks#useMemoizedFn|use-debounce#useDebouncedCallback)$"
    r"|^next/cache#unstable_cache$"
)
"""Functions of libraries that give back the function they are given, run later or less often."""
MADE_ONCE = re.compile(r"^(react|preact/hooks)#(default\.)?useMemo$")
"""Functions of libraries that give what the function they are given returns."""
HELD_IN = re.compile(r"^(react|preact/hooks)#(default\.)?(useRef|createRef)$")
"""Functions of libraries that give an object which holds their argument as `current`."""


class Calls(Core):
    """What calls call, and what they may give."""

    def callee(self, module: Module, index: int, frame: Frame | None = None) -> Values:
        """What the call calls."""
        call = module.calls[index]
        values = self.eval(call.callee, module, call.scope, frame)
        if module.facts.package is not None:
            values = self._fitting(values, call) if len(values) > 1 else values
            values = self._extensions(values, call, module) or values
        for value in values:
            if isinstance(value, Param):
                return unique(e for v in values for e in ((v, *self.origins(v)) if isinstance(v, Param) else (v,)))
        return values

    def _fitting(self, values: Values, call: Call) -> Values:
        """Of functions of one name those that take as many arguments; all where none does."""
        count = len([a for a in call.args if a.name is None])
        fits = tuple(v for v in values if not isinstance(v, Func) or self._takes(v, count))
        return fits if any(isinstance(v, Func) for v in fits) else values

    def _takes(self, func: Func, count: int) -> bool:
        params = self.at(func.path).scopes[func.scope].params
        return any(p.kind for p in params) or sum(p.default is None for p in params) <= count <= len(params)

    def _extensions(self, values: Values, call: Call, module: Module) -> Values:
        """Functions of the tree that are called as if they were methods of what they extend: `chat.AskBriefly(text)`."""
        callee = call.callee
        homes = self.project.extensions.of(callee.name) if isinstance(callee, Attr) else ()
        if not isinstance(callee, Attr) or not homes or any(isinstance(v, Func | Class) for v in values):
            return ()
        count = 1 + len([a for a in call.args if a.name is None])
        found = []
        for home in homes:
            for index in self._extending(home).get(callee.name, ()):
                if not self._names_extension(callee.name, home, module):
                    continue
                func = Func(home.path, index, Inst(home.path, home.enclosing_class(index) or 0))
                if self._takes(func, count + len([a for a in call.args if a.name])) and not self._has_own(values, module):
                    found.append(func)
        return tuple(v for v in found if self._may_extend(v, call, module))

    def _extending(self, home: Module) -> dict[str, list[int]]:
        """The functions of a module that are called as if they were methods, by name."""
        if home.path not in self._extensions_in:
            found: dict[str, list[int]] = {}
            for index, record in enumerate(home.scopes):
                if is_extension(record):
                    found.setdefault(record.name, []).append(index)
            self._extensions_in[home.path] = found
        return self._extensions_in[home.path]

    def _names_extension(self, name: str, home: Module, module: Module) -> bool:
        """Whether a module sees the functions of another by a package of its own, by an import, or by one for all files."""
        if is_seen(home, module) or any(imported.module == home.facts.package for _, imported in module.imports.get(name, ())):
            return True
        everywhere = (star for m in self.project.opening.of(module.facts.language) for star in m.facts.stars if star.level)
        return any(star.module == home.facts.package for star in everywhere)

    def _has_own(self, values: Values, module: Module) -> bool:
        """Whether a library has such a method itself."""
        language = self.catalog(module)
        return any(
            isinstance(v, Ext) and (language.calls(v.path) or language.function(v.path) or language.constructs(v.path)) for v in values
        )

    def _may_extend(self, func: Func, call: Call, module: Module) -> bool:
        """Whether what stands before the dot can be of the type that the function extends; what is not known can."""
        assert isinstance(call.callee, Attr)
        home = self.at(func.path)
        record = home.scopes[func.scope]
        declared = next((p.annotation for p in record.params if p.name == record.receiver), None)
        wanted = {_kind(v) for v in self.annotated(declared, home, record.parent)} if declared is not None else set()
        held = [
            v for v in self.eval(call.callee.base, module, call.scope) if isinstance(v, Inst) or (isinstance(v, Ext) and v.path[0] == "<")
        ]
        if not held or not wanted:
            return True
        return any(not wanted.isdisjoint(self._kinds(v, module)) for v in held)

    def _kinds(self, value: Inst | Ext, module: Module) -> Iterator[object]:
        if isinstance(value, Inst):
            yield from self.lineage(Class(value.path, value.scope))[0]
            return
        info = self.catalog(module).types.get(value.path.strip("<>"))
        yield from (f"<{name}>" for name in info.lineage) if info is not None else (value.path,)

    def call(self, module: Module, index: int, frame: Frame | None) -> Values:
        """What the call may give."""
        record = module.calls[index]
        site = Site(module.path, index, frame)
        if isinstance(record.callee, Attr) and record.callee.name in SAME:
            held = self.eval(record.callee.base, module, record.scope, frame)
            if held and all(isinstance(v, Param) for v in held):
                return held
        found: list[Value] = []
        script = module.facts.language == "javascript" and isinstance(record.callee, Attr)
        fields = self._read_by(record, module, frame)
        for target in self.callee(module, index, frame):
            settled = (target,) if target in fields else self._of_function(target, site, record, module) if script else None
            found.extend(self.called(target, site, record, module) if settled is None else settled)
        defaulted = _defaulted(record)
        unread = all(isinstance(v, Ext) and (v.path.startswith("builtins.") or (defaulted and not v.path.startswith("<"))) for v in found)
        if unread and isinstance(record.callee, Attr):
            found.extend(self._literal_method(record.callee, record, module, frame))
        return tuple(found) or (Unknown("call of something unresolved"),)

    def _read_by(self, record: Call, module: Module, frame: Frame | None) -> Values:
        """What a call that only reads a field gives, where fields are read by calling: `bot.client`, and `client` for `@client`."""
        name = last_name(record.callee)
        if module.facts.language not in ROOTED or name is None or record.args or record.new:
            return ()
        if isinstance(record.callee, Attr):
            held = self.eval(record.callee.base, module, record.scope, frame)
        else:
            cls = module.enclosing_class(record.scope)
            held = (Inst(module.path, cls),) if cls is not None else ()
        read = (v for one in held if isinstance(one, Inst) for v in self.attribute(one, name))
        return tuple(v for v in read if isinstance(v, Ext | Inst | Text))

    def _of_function(self, target: Value, site: Site, record: Call, module: Module) -> Values | None:
        """What methods of functions and promises give in scripts: `f.bind(o, a)`, `promise.then(f)`; None for other methods."""
        assert isinstance(record.callee, Attr)
        if record.callee.name not in ("bind", "then", "catch", "finally") or (isinstance(target, Ext) and target.member):
            return None
        held = self.eval(record.callee.base, module, record.scope, site.frame)
        if record.callee.name == "bind":
            functions = tuple(v for v in held if isinstance(v, Ext | Func))
            return tuple(Partial(v, site) for v in functions) if len(record.args) > 1 else functions
        if record.callee.name != "then" or not record.args:
            return held
        handlers = [f for f in self.eval(record.args[0].value, module, record.scope, site.frame) if isinstance(f, Func)]
        return tuple(v for f in handlers for v in self.returned(f, None)) if handlers else None

    def _literal_method(self, callee: Attr, record: Call, module: Module, frame: Frame | None) -> Iterator[Value]:
        """`get`, `items`, `values` and the like of a dict literal."""
        if callee.name in LAYOUT:
            yield from (v for v in self.eval(callee.base, module, record.scope, frame) if isinstance(v, Text | Composite))
        if callee.name == "__subclasses__":
            held = self.eval(callee.base, module, record.scope, frame)
            yield from (self.listed(self.subclasses(v)) for v in held if isinstance(v, Class))
        if callee.name in PICKING:
            held = self.eval(callee.base, module, record.scope, frame)
            yield from (e for v in held if isinstance(v, Composite) and isinstance(v.expr, Seq) for e in self.elements(v))
        if callee.name in SPLITTING:
            yield from self._split(callee, record, module, frame)
        if callee.name in ("get", "values") and module.facts.language == "javascript":
            yield from self._of_map(callee, record, module, frame)
        if callee.name not in ("get", "pop", "setdefault", "items", "values", "keys", "copy"):
            return
        for value in self.eval(callee.base, module, record.scope, frame):
            if isinstance(value, Listing):
                yield from (Listing((value,)),) if callee.name == "items" else (value,) if callee.name == "values" else ()
                continue
            if not isinstance(value, Composite) or not isinstance(value.expr, Map):
                if callee.name in ("get", "pop", "setdefault") and len(record.args) > 1 and isinstance(record.args[0].value, Const):
                    yield Unknown("item", str(record.args[0].value.value))
                    yield from self.eval(record.args[1].value, module, record.scope, frame)
                continue
            if callee.name in ("get", "pop", "setdefault"):
                given = [a.value for a in record.args]
                keys: list[object] = (
                    [v.value for v in self.eval(given[0], module, record.scope, frame) if isinstance(v, Text | Scalar)] if given else []
                )
                found = self.item(value, keys)
                yield from found
                if not any(map(is_object, found)):
                    yield from self.put_in(callee.base, keys, module, record.scope)
                for default in given[1:2]:
                    yield from self.eval(default, module, record.scope, frame)
            else:
                yield self._parts(value, callee.name)

    def _of_map(self, callee: Attr, record: Call, module: Module, frame: Frame | None) -> Iterator[Value]:
        """What code puts into a `Map` of that name: `providers.set("a", new A())`, for any key where none is known."""
        maps = [v for v in self.eval(callee.base, module, record.scope, frame) if isinstance(v, Ext) and v.path == "builtins.Map()"]
        name = last_name(callee.base)
        if not maps or name is None:
            return
        asked = self.eval(record.args[0].value, module, record.scope, frame) if record.args and callee.name == "get" else ()
        keys = {v.value for v in asked if isinstance(v, Text)}
        for path in sorted({module.path, *(v.trail[-1].path for v in maps if v.trail)}):
            home = self.at(path)
            puts = [home.calls[i] for i in home.calls_of.get("set", ())]
            for put in (p for p in puts if isinstance(p.callee, Attr) and last_name(p.callee.base) == name and len(p.args) == 2):
                named = self.eval(put.args[0].value, home, put.scope)
                if not keys or not all(isinstance(v, Text) and v.value not in keys for v in named):
                    held = self.eval(put.args[1].value, home, put.scope)
                    yield from held if callee.name == "get" else (Listing((v,)) for v in held)

    def _split(self, callee: Attr, record: Call, module: Module, frame: Frame | None) -> Iterator[Value]:
        """Parts of the dotted path of an object: `path.rsplit(".", 1)`."""
        given = [a.value.value for a in record.args if isinstance(a.value, Const)]
        if len(given) != len(record.args) or not given or not isinstance(given[0], str):
            return
        for value in self.eval(callee.base, module, record.scope, frame):
            if isinstance(value, Text) and DOTTED.fullmatch(value.value):
                parts = getattr(value.value, callee.name)(*given)
                key = ("split", value, callee.name, *given)
                yield Composite(value.path, self.kept(key, Seq(tuple(Const(p, value.line, value.end_line) for p in parts))), hash(key))

    def _parts(self, value: Composite, name: str) -> Composite:
        """Keys, values or pairs of a dict literal, as a list literal."""
        assert isinstance(value.expr, Map)
        if name == "copy":
            return value
        items: tuple[Expr, ...] = tuple(
            Spread(item) if key is None else key if name == "keys" else item if name == "values" else Seq((key, item))
            for key, item in value.expr.items
        )
        key = ("parts", value.key, name, value.path)
        return replace(value, expr=self.kept(key, Seq(items)), key=hash(key))

    def called(self, target: Value, site: Site, record: Call, module: Module, shift: int = 0) -> Values:
        """What calling `target` from `site` may give."""
        match target:
            case Func():
                return self.returned(target, site, shift)
            case Class(path=path, scope=scope, heirs=True):
                return (Inst(path, scope),)
            case Class(path=path, scope=scope):
                return (Inst(path, scope, site if depth_of(site) < MAX_FRAMES else Site(site.path, site.call)),)
            case Inst():
                return tuple(v for method in self.answering(target) for v in self.returned(method, site)) or tuple(
                    self.ext_called(self.constructed(base, target), site, record, module)[0]
                    for base in self.lineage(Class(target.path, target.scope))[1][:1]
                )
            case Partial(target=inner, site=given):
                return self.called(inner, given, self.at(given.path).calls[given.call], self.at(given.path), 1)
            case Ext():
                return self.ext_called(target, site, record, module)
            case Composite(expr=Item(key=key)):  # A function of which only the type is known: what its type says it gives.
                return self.annotated(key.items[-1] if isinstance(key, Seq) else key, self.at(target.path), target.scope)
            case Param():
                expanded = [v for v in self.expand(target) if not isinstance(v, Param)]
                return tuple(v for value in expanded for v in self.called(value, site, record, module, shift))
        return ()

    def call_method(self, inst: Inst, name: str, site: Site | None) -> Values:
        return tuple(v for method in self.methods(inst, name) for v in self.returned(method, site))

    def returned(self, func: Func, site: Site | None, shift: int = 0) -> Values:
        """What a function may return when entered from `site`."""
        module = self.at(func.path)
        record = module.scopes[func.scope]
        frame = self.frame(func, site, shift)
        found = unique(v for expr in record.returns for v in self.eval(expr, module, func.scope, frame))
        if record.annotation is not None and all(_is_open(v, typed=module.facts.package is not None) for v in found):
            typed = self.annotated(record.annotation, module, record.parent)
            return found + typed
        return found

    def frame(self, func: Func, site: Site | None, shift: int = 0) -> Frame:
        """The activation of `func` entered from `site`; past a depth the caller is forgotten."""
        receiver, outer = func.receiver, func.outer
        depth = 1 + max(
            depth_of(site), depth_of(receiver.site) if isinstance(receiver, Inst) else 0, outer.depth if outer is not None else 0
        )
        if depth > MAX_FRAMES:
            site = None
            outer = None
            receiver = Inst(receiver.path, receiver.scope) if isinstance(receiver, Inst) else receiver
        shift = shift or (site.shift if site is not None else 0)
        frame = Frame(func.path, func.scope, site, receiver, outer, shift, min(depth, MAX_FRAMES))
        # One object for equal frames: comparing them then seldom looks inside.
        return self._frames.setdefault(frame, frame)

    def ext_called(self, target: Ext, site: Site, record: Call, module: Module) -> Values:
        """What calling a library function may give: an instance of a known type, or the path with `()`."""
        special = self._builtin(target, site, record, module)
        if special is not None:
            return special
        catalog = self.catalog(module)
        path = target.path
        if target.member:
            return (Ext(path, (*target.trail, site), target.hint),)
        if path.startswith("<") and path.endswith(">"):
            kind = catalog.call_type(path[1:-1])
            return (Ext(f"<{kind}>" if kind else f"{path}()", (*target.trail, site)),)
        types = []
        for made in catalog.constructs(path) or (catalog.constructs(f"{path[:-1]}default") if path.endswith("#*") else ()):
            held = self.holds(made.row.when, site)
            if held:
                types.append(Ext(f"<{made.type}>", (*target.trail, site)))
                if held == "sure":
                    break
        if types:
            return tuple(types)
        row = catalog.call(path)
        function = catalog.function(path)
        if function is not None and function.among and target.trail and (chosen := self._chosen(target.trail[-1], function, site)):
            return chosen
        for found in (row, function):
            if found is not None and found.result:
                return (Ext(f"<{found.result}>", (*target.trail, site)),)
        return (Ext(f"{path}()", (*target.trail, site)),)

    def _chosen(self, made: Site, row: FunctionRow, site: Site) -> Values:
        """The object that a table given to the constructor at `made` holds under the name that the call at `site` asks for."""
        names: list[object] = [v.value for n in row.name.order for p in self.given(site, n) for v in self.eval(*p) if isinstance(v, Text)]
        tables = (v for n in row.among.order for p in self.given(made, n) for v in self.eval(*p)) if names else ()
        return tuple(v for table in tables for v in self.item(table, names) if isinstance(v, OBJECTS))

    def holds(self, when: Condition | None, site: Site) -> str:
        """`sure` when the constant argument that a row asks for is given, `open` when it is not known, else empty."""
        if when is None:
            return "sure"
        values = [v for name in when.slot.order for place in self.given(site, name) for v in self.eval(*place)]
        known = [v.value for v in values if isinstance(v, Text | Scalar)]
        if known:
            return "sure" if any(value in when.values for value in known) else ""
        return "open" if values else ""

    def _builtin(self, target: Ext, site: Site, record: Call, module: Module) -> Values | None:
        first = record.args[0].value if record.args else None
        scope, frame = record.scope, site.frame
        match target.path:
            case "builtins.getattr" if len(record.args) >= 2:
                names = [v.value for v in self.eval(record.args[1].value, module, scope, frame) if isinstance(v, Text)]
                found = [v for name in names for base in self.eval(first, module, scope, frame) for v in self.attribute(base, name)]
                default = self.eval(record.args[2].value, module, scope, frame) if len(record.args) > 2 else ()
                return (*found, *(v for v in default if isinstance(v, Text))) or (Unknown("computed attribute"),)
            case "builtins.super":
                return self.parent_object(module, scope, frame)
            case "functools.partial" | "functools.partialmethod":
                return tuple(Partial(v, site) for v in self.eval(first, module, scope, frame))
            case "os.environ.get" | "os.getenv" | "os.environ.setdefault" | "os.environ.pop":
                default = self.eval(record.args[1].value, module, scope, frame) if len(record.args) > 1 else ()
                names = [v.value for v in self.eval(first, module, scope, frame) if isinstance(v, Text)]
                return (*(Env(name) for name in names), *default)
            case path if first is not None and path in ENVIRONMENT:
                names = [v.value for v in self.eval(first, module, scope, frame) if isinstance(v, Text)]
                default = self.eval(record.args[1].value, module, scope, frame) if len(record.args) > 1 else ()
                return (*(Env(name) for name in names), *default)
            case path if first is not None and module.facts.package is not None and PASSING.search(path):
                return self.eval(first, module, scope, frame)
            case path if first is not None and path in PLACEHOLDERS:
                texts = [v.value for v in self.eval(first, module, scope, frame) if isinstance(v, Text)]
                return tuple(v for text in texts for v in _placeholder(text, module.path, record)) or None
            case path if first is not None and SETTING_READERS.search(path):
                given = [a.value for a in record.args[1:] if a.name in (None, "default") and not a.spread][:1]
                names = [v.value for v in self.eval(first, module, scope, frame) if isinstance(v, Text)]
                return (*(Env(name) for name in names), *(v for expr in given for v in self.eval(expr, module, scope, frame)))
            case path if first is not None and KEEPING.search(path):
                return self.eval(first, module, scope, frame)
            case path if first is not None and MADE_ONCE.search(path):
                return tuple(v for f in self.eval(first, module, scope, frame) if isinstance(f, Func) for v in self.returned(f, None))
            case path if first is not None and HELD_IN.search(path):
                box = self.kept(("held", module.path, site.call), Map(((Const("current", record.line, record.line), first),)))
                return (Composite(module.path, box, site.call, scope, frame),)
            case path if path in NAMESPACES:
                if first is not None and record.args[0].name is None:
                    return self.eval(first, module, scope, frame)
                return self._of_keywords(record, site, module)
            case "importlib.import_module" | "builtins.__import__":
                return self.loaded(record, module, frame)
            case path if path in LOADERS:
                return self.loaded_object(record, module, frame)
            case "inspect.getmembers":
                return tuple(Listing((self.members(v),)) for v in self.eval(first, module, scope, frame) if isinstance(v, Mod)) or None
            case "builtins.vars":
                return tuple(self.members(v) for v in self.eval(first, module, scope, frame) if isinstance(v, Mod)) or None
            case "textwrap.dedent" | "inspect.cleandoc" | "dedent#default":
                return self.eval(first, module, scope, frame)
            case "typing.cast" if len(record.args) >= 2:
                typed = self.annotated(record.args[0].value, module, scope)
                return self.eval(record.args[1].value, module, scope, frame) + typed
            case "copy.copy" | "copy.deepcopy" | "builtins.list" | "builtins.tuple" | "builtins.iter" | "builtins.next" | "builtins.dict":
                if len(record.args) == 1 and not record.args[0].name:
                    return self.eval(first, module, scope, frame)
                return self._of_keywords(record, site, module) if target.path == "builtins.dict" else None
            case "builtins.enumerate" | "builtins.zip" | "builtins.reversed" | "builtins.sorted" | "builtins.str" | "builtins.set":
                return (
                    self.eval(first, module, scope, frame)
                    if target.path in ("builtins.reversed", "builtins.sorted", "builtins.str", "builtins.set")
                    else None
                )
            case "fastapi.Depends" | "fastapi.params.Depends" | "fastapi.Security":
                return tuple(
                    v
                    for value in self.eval(first, module, scope, frame)
                    for v in self.called(value, Site(site.path, site.call), record, module, 1)
                )
            case (
                "asyncio.wait_for"
                | "asyncio.shield"
                | "asyncio.create_task"
                | "asyncio.ensure_future"
                | "asyncio.run"
                | "asyncio.run_coroutine_threadsafe"
                | "builtins.anext"
            ):
                return self.eval(first, module, scope, frame)
            case path if FIELD.search(path) and any(a.name in ("default", "default_factory") for a in record.args):
                return self._field_default(record, module, scope, frame)
            case "dataclasses.field" | "pydantic.Field" | "pydantic.fields.Field" | "fastapi.Query" | "typer.Option" | "typer.Argument":
                return self._field_default(record, module, scope, frame)
            case "builtins.Promise.all" | "builtins.Promise.resolve" | "builtins.Object.freeze" | "builtins.Object.seal":
                return self.eval(first, module, scope, frame)
            case "builtins.Map" | "builtins.Object.fromEntries":
                return self._of_pairs(first, site, module, scope, frame)
            case "builtins.Object.entries" | "builtins.Object.values" | "builtins.Object.keys":
                name = {"entries": "items"}.get(target.path.rsplit(".", 1)[-1], target.path.rsplit(".", 1)[-1])
                held = self.eval(first, module, scope, frame)
                return tuple(
                    self._parts(v, name) if isinstance(v, Composite) and isinstance(v.expr, Map) else v
                    for v in held
                    if isinstance(v, Composite | Param)
                )
        if target.path in PARSERS:
            values = self.eval(first, module, scope, frame)
            parsed = tuple(
                v for value in values for home in self.paths.data(value) for e in home.exports["="] for v in self.eval(e.value, home, 0)
            )
            return parsed or None
        return None

    def paired(self, expr: Expr, module: Module) -> Expr | None:
        """What `b` of `for a, b in zip(xs, ys)` or `for a, b in enumerate(ys)` is one of, as an expression; None for anything else."""
        if not isinstance(expr, Item) or not isinstance(expr.key, Const) or not isinstance(expr.key.value, int):
            return None
        base = self.paired(expr.base, module) or expr.base
        if not isinstance(base, Element) or not isinstance(base.base, CallRef):
            return None
        record = module.calls[base.base.index]
        position = expr.key.value - (1 if isinstance(record.callee, Name) and record.callee.id == "enumerate" else 0)
        given = [a.value for a in record.args if a.name is None and not a.spread]
        if not 0 <= position < len(given) or not any(
            isinstance(v, Ext) and v.path in PAIRING for v in self.eval(record.callee, module, record.scope)
        ):
            return None
        return self.kept(("paired", module.path, base.base.index, position), Element(given[position]))

    def _of_keywords(self, record: Call, site: Site, module: Module) -> Values:
        """`dict(a=x)` and `SimpleNamespace(a=x)`, as a dict literal."""
        pairs = tuple((Const(a.name, record.line, record.line) if a.name else None, a.value) for a in record.args)
        expr = self.kept(("dict", module.path, site.call), Map(pairs))
        return (Composite(module.path, expr, site.call, record.scope, site.frame),)

    def _of_pairs(self, expr: Expr | None, site: Site, module: Module, scope: int, frame: Frame | None) -> Values | None:
        """`new Map([["a", x]])` and `Object.fromEntries(...)` of literal pairs, as an object literal."""
        if not isinstance(expr, Seq) or not all(isinstance(pair, Seq) and len(pair.items) == 2 for pair in expr.items):
            return None
        pairs = tuple((pair.items[0], pair.items[1]) for pair in expr.items if isinstance(pair, Seq))
        return (Composite(module.path, self.kept(("pairs", module.path, site.call), Map(pairs)), site.call, scope, frame),)

    def kept(self, key: tuple[object, ...], expr: Expr) -> Expr:
        store: dict[tuple[object, ...], Expr] = self.__dict__.setdefault("_synthetic", {})
        return store.setdefault(key, expr)

    def _field_default(self, record: Call, module: Module, scope: int, frame: Frame | None) -> Values:
        for arg in record.args:
            if arg.name in ("default", "default_factory") or (arg.name is None and not arg.spread and arg is record.args[0]):
                values = self.eval(arg.value, module, scope, frame)
                if arg.name == "default_factory":
                    return tuple(v for f in values if isinstance(f, Func) for v in self.returned(f, None)) + tuple(
                        Inst(c.path, c.scope) for c in values if isinstance(c, Class)
                    )
                return values
        return ()

    def parent_object(self, module: Module, scope: int, frame: Frame | None) -> Values:
        function = module.enclosing_function(scope)
        cls = module.enclosing_class(function) if function is not None else None
        if cls is None:
            return ()
        own = self.frame_of(frame, module, function) if function is not None else None
        site = own.receiver.site if own is not None and isinstance(own.receiver, Inst) else None
        found: list[Value] = []
        for base in self.bases(Class(module.path, cls)):
            if isinstance(base, Class):
                found.append(Inst(base.path, base.scope, site))
            elif isinstance(base, Ext):
                found.append(self.constructed(base, Inst(module.path, cls, site)))
        return tuple(found)


def _kind(value: Value) -> object:
    """What an object is an instance of: a class of the tree or a type of a library."""
    return Class(value.path, value.scope) if isinstance(value, Inst) else getattr(value, "path", "")


def _placeholder(text: str, path: str, record: Call) -> Iterator[Value]:
    """The setting that `${name:default}` names, and its default; nothing for a text that is none."""
    match = re.fullmatch(r"\$\{([\w.-]+)(?::(.*))?\}", text)
    if match is not None:
        yield Env(match[1])
        if match[2]:
            yield Text(match[2], path, record.line, record.line)


def _is_open(value: Value, *, typed: bool) -> bool:
    """Whether an annotation says more: nothing is known of the value, or that it comes out of one of the language's own containers.

    In languages whose types are checked (`typed`) also what any library gives of which the catalogue knows nothing.
    """
    if isinstance(value, Ext):
        return ((typed and value.path[0] != "<") or value.path.startswith("builtins.")) and "()" in value.path
    return isinstance(value, Unknown | Param) or value == Scalar(None)


def _defaulted(record: Call) -> bool:
    """Whether a call looks a key up and says what holds where it is missing: `config.get("model", "gpt-4o")`."""
    if not isinstance(record.callee, Attr) or record.callee.name not in ("get", "pop", "setdefault") or len(record.args) != 2:
        return False
    return all(is_text(a.value) for a in record.args)
