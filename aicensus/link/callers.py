"""Types in annotations, and who calls a function."""

from __future__ import annotations

from collections.abc import Iterator

from aicensus.link.core import (
    DISPATCHED,
    MAX_CALLERS,
    MAX_STEPS,
    MAX_VALUES,
    OBJECTS,
    ROOTED,
    RUNNERS,
    STARTERS,
    WRAPPING,
    Core,
    library_of,
    unique,
    words,
)
from aicensus.link.flows import is_distinct
from aicensus.link.project import Module, is_extension, last_name
from aicensus.link.values import (
    Class,
    Composite,
    Ext,
    Frame,
    Func,
    Inst,
    Mod,
    Param,
    Partial,
    Scalar,
    Site,
    Unknown,
    Value,
    Values,
)
from aicensus.model.facts import (
    GIVES,
    Attr,
    Call,
    CallRef,
    Choice,
    Const,
    DefRef,
    Expr,
    Import,
    Item,
    Name,
    Op,
    Scope,
    Seq,
)
from aicensus.model.facts import Param as Parameter

PLAIN_DECORATORS = frozenset({"staticmethod", "classmethod", "abstractmethod", "override", "overload"})
"""Decorators that leave the parameters of a function as they are written."""
PROVIDING = frozenset({"Bean", "Produces", "Provides"})
"""Decorators of methods whose results are given to whoever asks for their type."""
REGISTERING = frozenset({"AddChatClient", "AddEmbeddingGenerator", "AddSingleton", "AddScoped", "AddTransient"})
"""Methods that tell a container what to give to whoever asks for its type."""
MAX_HANDED = 2
"""Functions through which a function that is handed on is followed to where it is called."""
MAX_HANDED_ON = 48
"""Functions asked that hand one parameter on."""


class Callers(Core):
    """Types in annotations, and who calls a function."""

    def annotated(self, expr: Expr, module: Module, scope: int) -> Values:
        """Instances of what a type annotation names; a type that is made of itself ends."""
        guard = ("type", module.path, id(expr), scope)
        if guard in self._active:
            self._cut += 1
            return ()
        self._active.add(guard)
        try:
            return self._annotated(expr, module, scope)
        finally:
            self._active.discard(guard)

    def _annotated(self, expr: Expr, module: Module, scope: int) -> Values:
        match expr:
            case Item(base=Name(id=id_), key=key) if id_ == GIVES:
                return self._giving(expr, key, module, scope)
            case Item(base=base, key=key):
                inner = key.items if isinstance(key, Seq) else (key,)
                heads = self.eval(base, module, scope)
                if any(isinstance(h, Ext) and h.path.rsplit(".", 1)[-1] == "Annotated" for h in heads):
                    dependency = tuple(v for k in inner[1:] if isinstance(k, CallRef) for v in self.eval(k, module, scope))
                    return self.annotated(inner[0], module, scope) + dependency
                if any(isinstance(h, Ext) and h.path.startswith(WRAPPING) and h.path.endswith(".Callable") for h in heads):
                    return self._giving(expr, inner[-1], module, scope)
                if any(
                    (isinstance(h, Ext) and h.path.startswith(WRAPPING)) or (isinstance(h, Ext) and h.path.startswith("builtins."))
                    for h in heads
                ):
                    return unique(v for k in inner for v in self.annotated(k, module, scope))
                return self.annotated(base, module, scope)
            case Op(op="|", left=left, right=right):
                return self.annotated(left, module, scope) + self.annotated(right, module, scope)
            case Choice(options=options):
                return unique(v for option in options for v in self.annotated(option, module, scope))
            case Name() | Attr() | Import() | DefRef():
                return self._instances(self.eval(expr, module, scope), module)
        return ()

    def _giving(self, expr: Expr, given: Expr, module: Module, scope: int) -> Values:
        """A function known by its type alone, where what it gives is an object of a library that asks models."""
        known = any(isinstance(v, Ext) and v.path[0] == "<" for v in self.annotated(given, module, scope))
        return (Composite(module.path, expr, id(expr), scope),) if known else ()

    def _instances(self, values: Values, module: Module) -> Values:
        found: list[Value] = []
        for value in values:
            if isinstance(value, Class):
                found.append(Inst(value.path, value.scope))
            elif isinstance(value, Ext) and not value.path.startswith(("builtins.", *WRAPPING)):
                kind = self.catalog(module).annotation(value.path)
                if kind and module.facts.package is not None and (provided := self._provided(f"<{kind}>", module)):
                    found.append(provided)
                    continue
                found.append(Ext(f"<{kind}>" if kind else f"{value.path}()", value.trail, True))
            elif isinstance(value, Composite) and isinstance(value.expr, Op):
                found.extend(self.annotated(value.expr, self.at(value.path), value.scope))
        return tuple(found)

    def _provided(self, kind: str, asking: Module) -> Ext | None:
        """The one object of a library's type that the program makes for whoever asks for the type; None where there are several or none."""
        language, home = asking.facts.language, self.applications.home_of(asking.path)
        key = ("provided", kind, language, home)
        if key not in self._memo:
            self._memo[key] = ()
            cut = self._cut
            offered = [
                (self.applications.home_of(path), value)
                for path, value in self._offers(language)
                if isinstance(value, Ext) and value.path == kind and value.trail and self.applications.share(asking.path, path)
            ]
            own = [value for at, value in offered if at == home]
            made = unique(own or (value for _, value in offered))
            if len({v.trail for v in made if isinstance(v, Ext)}) == 1:
                self._memo[key] = made[:1]
            elif cut != self._cut:
                del self._memo[key]
                return None
        return next((v for v in self._memo[key] if isinstance(v, Ext)), None)

    def _offers(self, language: str) -> Iterator[tuple[str, Value]]:
        """What methods that provide objects give, and what is registered with a container, each with its file."""
        for module in (m for name in sorted(PROVIDING) for m in self.project.decorating.of(name) if m.facts.language == language):
            for index, record in enumerate(module.scopes):
                named = {last_name(module.calls[d.index].callee if isinstance(d, CallRef) else d) for d in record.decorators}
                if record.kind == "function" and named & PROVIDING and not self.is_test(module.path):
                    cls = module.enclosing_class(index)
                    given = self.returned(Func(module.path, index, Inst(module.path, cls) if cls is not None else None), None)
                    yield from ((module.path, value) for value in given)
        for module in (m for name in sorted(REGISTERING) for m in self.project.calling.of(name) if m.facts.language == language):
            for call in (module.calls[i] for name in REGISTERING for i in module.calls_of.get(name, ())):
                for arg in call.args[:1]:
                    for value in self.eval(arg.value, module, call.scope):
                        given = self.returned(value, None) if isinstance(value, Func) else (value,)
                        yield from ((module.path, one) for one in given)

    def expand(self, param: Param) -> Values:
        """What a parameter may hold: what its callers give, its annotation, its default."""
        module = self.at(param.path)
        record = module.scopes[param.scope]
        parameter = next((p for p in record.params if p.name == param.name), None)
        if parameter is None or param.derived:
            return ()
        key = ("expand", param)
        known = self._memo.get(key)
        if known is None:
            known = self._partial.get(key)
        if known is not None:
            return known
        if key in self._active or self._steps > MAX_STEPS:
            self._cut += 1
            return ()
        self._active.add(key)
        self._steps += 1
        cut = self._cut
        # What is asked on the way is part of this question: it must not begin to count anew.
        first = self._depth == 0
        self._depth += first
        try:
            result = unique(self._expanded(param, parameter, module, record))
        finally:
            self._active.discard(key)
            self._depth -= first
        (self._memo if cut == self._cut or first else self._partial)[key] = result
        if first:
            self._partial.clear()
            self._steps = 0
        return result

    def _expanded(self, param: Param, parameter: Parameter, module: Module, record: Scope) -> Iterator[Value]:
        found = list(self.eval(parameter.default, module, record.parent)) if parameter.default is not None else []
        for site in self._in_earnest(self.callers(param.path, param.scope), param.path):
            for func in self.entered(site, param.path, param.scope):
                places = self.argument(self.frame(func, site), param.name)
                found.extend(v for place in places or () for v in self.eval(*place) if v != param)
        yield from found
        if any(isinstance(v, Inst | Class | Func | Partial) or (isinstance(v, Ext) and v.path.startswith("<")) for v in found):
            return
        typed = self.annotated(parameter.annotation, module, record.parent) if parameter.annotation is not None else ()
        if typed and self.dispatched(param.path, param.scope):
            made = self.made_of(parameter, module, record.parent)
            typed = tuple(v for i in made for v in self.eval(CallRef(i), module, module.calls[i].scope)) or typed
        # What a library gave, of which nothing is known, is what the annotation says where that is a class of the program.
        given = any(isinstance(v, Ext) for v in found)
        yield from (v for v in typed if not given or isinstance(v, Inst))

    def origins(self, param: Param) -> Values:
        """What a parameter may hold, asked through functions that only hand it on, level by level."""
        first = self.expand(param)
        found = list(first)
        seen = {param}
        queue = [v for v in first if isinstance(v, Param)]
        for handed in queue:
            if handed in seen or handed.derived or len(seen) > MAX_HANDED_ON or self._collects(handed):
                continue
            seen.add(handed)
            given = self.expand(handed)
            found += [v for v in given if isinstance(v, OBJECTS)]
            queue += [v for v in given if isinstance(v, Param)]
        return unique(found)

    def _collects(self, param: Param) -> bool:
        """Whether the parameter takes all arguments that are left over, which says nothing about one of them."""
        return any(p.kind in ("*", "**") and p.name == param.name for p in self.at(param.path).scopes[param.scope].params)

    def _in_earnest(self, sites: tuple[Site, ...], path: str) -> tuple[Site, ...]:
        """The callers without those in tests, unless the function is itself of the tests or only they call it."""
        if self.is_test(path):
            return sites
        return tuple(s for s in sites if not self.is_test(s.path)) or sites

    def is_test(self, path: str) -> bool:
        """Whether a file is there for tests."""
        if path not in self._tests:
            self._tests[path] = self._scopes.of(path) == "test"
        return self._tests[path]

    def entered(self, site: Site, path: str, scope: int) -> list[Func]:
        """The function at `path`, `scope` with the receiver that the call at `site` gives it."""
        module = self.at(site.path)
        record = self.at(path).scopes[scope]
        found = []
        if site.shift == DISPATCHED:
            cls = self.at(path).enclosing_class(scope)
            assert cls is not None
            family = [Class(path, cls), *self.subclasses(Class(path, cls))]
            return [Func(path, scope, inst) for inst in self._started(module, site.call, site.frame, family)][:4] or [
                Func(path, scope, Inst(path, cls))
            ]
        if site.shift:
            handed = module.calls[site.call].args[site.shift - 1].value
            targets = self.eval(handed, module, module.calls[site.call].scope, site.frame)
        else:
            targets = self.callee(module, site.call, site.frame)
            if isinstance(module.calls[site.call].callee, Item):
                targets = (*self._by_key(module, site.call, record.name, path, scope, site.frame), *targets)
        for value in targets:
            if isinstance(value, Func) and (value.path, value.scope) == (path, scope):
                found.append(value)
            elif isinstance(value, Class) and record.name in ("__init__", "constructor"):
                found.append(Func(path, scope, Inst(value.path, value.scope, site)))
            elif isinstance(value, Inst) and self._answers(value, path, scope):
                found.append(Func(path, scope, value))
        if not found:
            cls = self.at(path).enclosing_class(scope)
            found.append(Func(path, scope, Inst(path, cls) if cls is not None and not record.is_static else None))
        return found[:4]

    def callers(self, path: str, scope: int) -> tuple[Site, ...]:
        """Calls that enter the function at `path`, `scope`, among the files read so far."""
        key = (path, scope)
        if key in self._callers:
            return self._callers[key]
        if key in self._finding:
            self._cut += 1
            return ()
        self._finding.add(key)
        try:
            with self.afresh():
                found = tuple(self._find_callers(path, scope))[:MAX_CALLERS]
        finally:
            self._finding.discard(key)
        self._callers[key] = found
        return found

    def _find_callers(self, path: str, scope: int) -> Iterator[Site]:
        home = self.at(path)
        record = home.scopes[scope]
        cls = home.enclosing_class(scope)
        family: list[Class] = []
        if cls is not None and record.kind == "function":
            family = [Class(path, cls), *self.subclasses(Class(path, cls))]
        names = {record.name}
        if record.name in ("__init__", "constructor") and family:
            names = {self.at(c.path).scopes[c.scope].name for c in family} | {"cls", "self"}
        holders: set[str] = set()
        if family and (record.name == "__call__" or any(self._answers(Inst(c.path, c.scope), path, scope) for c in family[:8])):
            assert cls is not None
            holders = set(self.holders(path, cls))
        project = self.project
        homes = {m.path: m for name in names for m in project.naming(name)}
        homes.update((m.path, m) for name in holders for m in project.calling.of(name))
        whole = home.facts.language == "javascript" and ("default" in home.exports or "=" in home.exports)
        takers = project.takers(path) if whole else {}
        homes.update((taker, self.at(taker)) for taker in takers)
        started = bool(family) and self.dispatched(path, scope)
        if family:
            homes.update((m.path, m) for m in project.computing.of(""))
        if started:
            homes.update((m.path, m) for name in STARTERS for m in project.calling.of(name))
        # Names that may hold an object say little: a call of one must fit.
        signed = home.facts.language == "python" and record.name == "__call__"
        seen: set[tuple[str, int]] = set()
        for other, module in sorted(homes.items()):
            if not project.neighbours.may_hold(path, other):
                continue
            wanted = set(names)
            for name in names & module.aliases.keys():
                wanted |= module.aliases[name]
            wanted |= takers.get(module.path, set())
            called = holders if record.name == "__call__" and family else wanted | holders
            candidates = sorted({i for name in called & module.calls_of.keys() for i in module.calls_of[name]})
            for index in candidates:
                seen.add((module.path, index))
                if not (signed and not accepts(record, module.calls[index])) and self._enters(module, index, path, scope, family, record):
                    yield Site(module.path, index)
            for index in module.computed if family else ():
                if self._by_key(module, index, record.name, path, scope):
                    seen.add((module.path, index))
                    yield Site(module.path, index)
            if started:
                yield from self._starting(module, family)
            handed = sorted({pair for name in wanted & module.passed.keys() for pair in module.passed[name]})
            for index, position in handed:
                if self._runs(module, index, position, path, scope):
                    seen.add((module.path, index))
                    yield Site(module.path, index, None, position + 1)
        for module, index, shift in self.flowing(path, scope):
            if shift:
                if (module.path, index) not in seen and self._runs(module, index, shift - 1, path, scope):
                    seen.add((module.path, index))
                    yield Site(module.path, index, None, shift)
            elif (module.path, index) not in seen and self._holds(module, index, path, scope):
                yield Site(module.path, index)

    def _holds(self, module: Module, index: int, path: str, scope: int) -> bool:
        """Whether a call of something that the function flows to is one of the function, as far as evaluation can tell."""
        values = self.callee(module, index)
        if any(self._is(v, path, scope) for v in values):
            return True
        if any(isinstance(v, Partial) for v in values):
            return False
        home = self.at(path)
        if home.enclosing_class(scope) is None and any(isinstance(v, Ext) and v.hint and v.path[0] != "<" for v in values):
            return False  # A method of what an annotation names is a library's, and no function of the tree.
        name = last_name(module.calls[index].callee)
        return self.unsettled(values) and (not isinstance(module.calls[index].callee, Attr) or is_distinct(name or ""))

    def _is(self, value: Value, path: str, scope: int) -> bool:
        """Whether a value is the function at `path`, `scope`, or a method that it overrides, of an object of any subclass."""
        if not isinstance(value, Func):
            return False
        if (value.path, value.scope) == (path, scope):
            return True
        held, module = value.receiver, self.at(path)
        cls = module.enclosing_class(scope)
        if not isinstance(held, Inst) or held.site is not None or cls is None or module.scopes[scope].parent != cls:
            return False
        if self.at(value.path).scopes[value.scope].name != module.scopes[scope].name:
            return False
        own, of = Class(path, cls), Class(held.path, held.scope)
        if of in self.lineage(own)[0]:
            return True
        heirs = (heir for heir in self.subclasses(own) if of in self.lineage(heir)[0])
        kin = (self.method(heir, module.scopes[scope].name) for heir in heirs)
        return any((one.path, one.scope) == (path, scope) for one in kin if one is not None)

    def dispatched(self, path: str, scope: int) -> bool:
        """Whether a library runs this method of its subclass: decorated by the library, or registered (`this.addStep(..., this.plan)`)."""
        key = ("dispatched", path, scope)
        if key not in self._memo:
            self._memo[key] = ()
            self._memo[key] = (Scalar(self._dispatched(path, scope)),)
        return self._memo[key] == (Scalar(True),)

    def _dispatched(self, path: str, scope: int) -> bool:
        module = self.at(path)
        record = module.scopes[scope]
        cls = module.enclosing_class(scope)
        if cls is None or record.parent != cls:
            return False
        roots = {library_of(base.path) for base in self.lineage(Class(path, cls))[1]}
        if not roots:
            return False
        for decorator in record.decorators:
            if any(isinstance(v, Ext) and library_of(v.path) in roots for v in self.eval(decorator, module, record.parent)):
                return True
        for index, _ in module.passed.get(record.name, ()):
            callee = module.calls[index].callee
            own = isinstance(callee, Attr) and isinstance(callee.base, Name) and callee.base.id in ("self", "this")
            if own and any(isinstance(v, Ext) and library_of(v.path) in roots for v in self.callee(module, index)):
                return True
        return False

    def _starting(self, module: Module, family: list[Class]) -> Iterator[Site]:
        """Calls that start a workflow object of the family: `agent.run(input=text)`."""
        for name in STARTERS:
            for index in module.calls_of.get(name, ()):
                if self._started(module, index, None, family):
                    yield Site(module.path, index, None, DISPATCHED)

    def _started(self, module: Module, index: int, frame: Frame | None, family: list[Class]) -> list[Inst]:
        call = module.calls[index]
        if not isinstance(call.callee, Attr):
            return []
        values = self.eval(call.callee.base, module, call.scope, frame)
        held = unique(e for v in values for e in (self.expand(v) if isinstance(v, Param) else (v,)))
        return [
            v for v in held if isinstance(v, Inst) and any(c in family or c == family[0] for c in self.lineage(Class(v.path, v.scope))[0])
        ]

    def _by_key(self, module: Module, index: int, name: str, path: str, scope: int, frame: Frame | None = None) -> list[Func]:
        """The function at `path`, `scope` as member `name` of `object[key](...)`, once for each object that has it."""
        callee = module.calls[index].callee
        if not isinstance(callee, Item):
            return []
        where = module.calls[index].scope
        if isinstance(callee.key, Const) and callee.key.value != name:
            return []
        held = self.eval(callee.base, module, where, frame)
        objects = unique(e for v in held for e in (self.expand(v) if isinstance(v, Param) else (v,)))
        members = (m for v in objects if isinstance(v, Inst | Class | Mod | Composite) for m in self.attribute(v, name))
        found = [m for m in members if isinstance(m, Func) and (m.path, m.scope) == (path, scope)]
        # What the key may be is asked last: it often leads through all callers of the function around.
        keys = self.keys(callee.key, module, where, frame) if found else []
        return [] if keys and name not in keys else found

    def _runs(self, module: Module, index: int, position: int, path: str, scope: int) -> bool:
        """Whether the call runs the function it is handed at `position`: a known runner, or a function of the tree."""
        call = module.calls[index]
        if call.args[position].name not in (None, "target", "func", "fn", "function"):
            return False
        values = self.eval(call.args[position].value, module, call.scope)
        if not any(self._is(v, path, scope) for v in values):
            return False
        if last_name(call.callee) in RUNNERS:
            return True
        # Code that is given nothing to give it says itself what the function is asked.
        record = self.at(path).scopes[scope]
        needs = any(p.default is None and not p.kind and p.name != record.receiver for p in record.params)
        return (len(call.args) > position + 1 or not needs) and any(
            isinstance(v, Func) and self._runs_parameter(v, call.args[position].name, position, 0) for v in self.callee(module, index)
        )

    def _runs_parameter(self, func: Func, keyword: str | None, position: int, depth: int) -> bool:
        """Whether a function of the tree calls what it is handed; one that gives back a function around it does not."""
        module = self.at(func.path)
        record = module.scopes[func.scope]
        taken = self.taking(func, keyword, position)
        if not taken or depth > MAX_HANDED:
            return any(p.kind == "*" for p in record.params)
        given_back = {expr.index for expr in record.returns if isinstance(expr, DefRef)} | {
            binding.value.index
            for expr in record.returns
            if isinstance(expr, Name)
            for binding in module.names.get((func.scope, expr.id), ())
            if isinstance(binding.value, DefRef)
        }
        for parameter in taken:
            for index in module.calls_of.get(parameter.name, ()):
                call = module.calls[index]
                if isinstance(call.callee, Name) and self._done_in(module, call.scope, func.scope, given_back):
                    return True
            for index, at in module.passed.get(parameter.name, ()):
                call = module.calls[index]
                if not isinstance(call.args[at].value, Name) or not self._done_in(module, call.scope, func.scope, given_back):
                    continue
                if last_name(call.callee) in RUNNERS or any(
                    isinstance(v, Func) and v != func and self._runs_parameter(v, call.args[at].name, at, depth + 1)
                    for v in self.callee(module, index)
                ):
                    return True
        return False

    @staticmethod
    def _done_in(module: Module, scope: int, function: int, given_back: set[int]) -> bool:
        """Whether code of `scope` runs while `function` does: inside it, and in none of the functions that it gives back."""
        while scope > 0 and scope != function:
            if scope in given_back:
                return False
            scope = module.scopes[scope].parent
        return scope == function

    def _by_name(self, callee: Expr, family: list[Class], name: str) -> bool:
        """Whether an unresolved `receiver.name()` can only be this method: no other has it, or the receiver is named after the class."""
        if not isinstance(callee, Attr):
            return False
        if len(name) > 5 and is_distinct(name.strip("_")) and self._only_in(name, family):
            return True
        parts = words(last_name(callee.base) or "")
        named = (a for c in family[:1] for a in (*family, *self.lineage(c)[0]))
        return bool(parts) and any(parts[-1:] == words(self.at(c.path).scopes[c.scope].name)[-1:] for c in named)

    def _only_in(self, name: str, family: list[Class]) -> bool:
        own = set(family)
        for cls in family:
            for above in self.lineage(cls)[0]:
                own.add(above)
                # Whoever overrides the same method of a base is meant by its name as well.
                if self.class_attribute(above, name, None, own=True):
                    own.update(self.subclasses(above))
        for module in self.project.defining.of(name):
            if self.is_test(module.path) and not self.is_test(family[0].path):
                continue  # A test has stand-ins of its own.
            for index, record in enumerate(module.scopes):
                if record.name == name and record.kind == "function":
                    holder = module.enclosing_class(index)
                    if holder is None or Class(module.path, holder) not in own:
                        return False
        return True

    def holders(self, path: str, cls: int, *, handed: bool = True) -> list[str]:
        """Names that modules read so far may give an instance of the class at `path`, `cls` or a subclass, sorted.

        By binding or annotation, or `handed` on from a parameter of that name.
        """
        family = [Class(path, cls), *self.subclasses(Class(path, cls))]
        classes = {self.at(a.path).scopes[a.scope].name for c in family for a in (c, *self.lineage(c)[0])}
        return sorted(self.project.holders(path, classes, handed=handed))

    def _enters(self, module: Module, index: int, path: str, scope: int, family: list[Class], record: Scope) -> bool:
        values = self.callee(module, index)
        if family and not is_extension(record) and all(isinstance(v, Unknown | Param) for v in values):
            callee = module.calls[index].callee
            if module.facts.package is not None and module.facts.language not in ROOTED:
                # Types say what a receiver is: one that is not known has a method of its own.
                return record.name == last_name(callee) and is_distinct(record.name) and self._only_in(record.name, family)
            return record.name in ("__call__", last_name(callee)) and self._by_name(callee, family, record.name)
        for value in values:
            match value:
                case Func():
                    if self._is(value, path, scope):
                        return True
                case Class() if record.name in ("__init__", "constructor"):
                    maker = self.method(value, record.name)
                    if maker is not None and (maker.path, maker.scope) == (path, scope):
                        return True
                case Inst() if self._answers(value, path, scope):
                    return True
        return bool(family) and self._among_many(module, index, values, record.name)

    def _among_many(self, module: Module, index: int, values: Values, name: str) -> bool:
        """Whether a method of this name may be called of one of more objects than are kept: those that are stand for the rest."""
        call = module.calls[index]
        if last_name(call.callee) != name or not isinstance(call.callee, Attr):
            return False
        alike = sum(isinstance(v, Func) and self.at(v.path).scopes[v.scope].name == name for v in values)
        if alike < (1 if is_distinct(name) else MAX_VALUES // 2):
            return False
        return max(len(values), len(self.eval(call.callee.base, module, call.scope))) >= MAX_VALUES

    def _answers(self, inst: Inst, path: str, scope: int) -> bool:
        """Whether calling the instance runs the function at `path`, `scope`."""
        return any((method.path, method.scope) == (path, scope) for method in self.answering(inst))


def accepts(record: Scope, call: Call) -> bool:
    """Whether a call of an object can run a Python method as far as its arguments go; most decorators may change what it takes."""
    if any(last_name(d) not in PLAIN_DECORATORS for d in record.decorators):
        return True
    own = [p for p in record.params if p.name not in (record.receiver, "self", "cls")]
    kinds = {p.kind for p in own}
    spread = any(a.spread for a in call.args)
    given = {a.name for a in call.args if a.name}
    count = sum(1 for a in call.args if a.name is None and not a.spread)
    if ("*" not in kinds and count > sum(1 for p in own if not p.kind)) or ("**" not in kinds and not given <= {p.name for p in own}):
        return False
    needed = {p.name for p in own if not p.kind and p.default is None}
    return spread or len(needed - given) <= count
