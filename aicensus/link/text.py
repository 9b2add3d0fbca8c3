"""The text that reaches an argument: literal pieces with their places, files, remote prompts, and what only callers or run time know."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from aicensus.catalog.schema import PromptRow
from aicensus.link.evaluate import Evaluator, Place
from aicensus.link.flows import declaring
from aicensus.link.paths import READS
from aicensus.link.project import Module, chain, last_name
from aicensus.link.values import (
    Class,
    Composite,
    Env,
    Ext,
    FileText,
    Frame,
    Func,
    Inst,
    Listing,
    Param,
    Partial,
    Scalar,
    Site,
    Text,
    Value,
    Values,
    text_of,
)
from aicensus.model.facts import (
    Attr,
    Binding,
    Call,
    CallRef,
    Choice,
    Const,
    DefRef,
    Element,
    Expr,
    Import,
    Item,
    Map,
    Name,
    Op,
    Prose,
    Seq,
    Spread,
    Template,
    Unknown,
    written,
)

TEXT_METHODS = frozenset(
    [
        "format",
        "format_map",
        "strip",
        "lstrip",
        "rstrip",
        "join",
        "replace",
        "dedent",
        "encode",
        "decode",
        "lower",
        "upper",
        "title",
        "removeprefix",
        "removesuffix",
        "substitute",
        "safe_substitute",
        "render",
        "trim",
        "trimStart",
        "trimEnd",
        "concat",
        "replaceAll",
        "toString",
        "padEnd",
        "splitlines",
        "split",
        "slice",
        "substring",
        "map",
        "filter",
        "format_messages",
        "format_prompt",
        "invoke",
        "partial",
        "compile",
        "copy",
        "items",
        "values",
        "get",
        "to_string",
        "to_messages",
        "model_dump",
        "dict",
        "render_async",
        "formatted",
        "stripIndent",
        "strip",
        "build",
        "ToString",
        "Trim",
        "Replace",
        "asString",
        "of",
        "to_owned",
        "into",
        "as_str",
        "squish",
        "chomp",
        "trimIndent",
        "trimMargin",
        "toTypedArray",
        "toList",
        "ToArray",
        "ToList",
    ]
)
"""Methods that give text made from the text they are called on."""
MAPPING = ("map", "flatMap")
"""Methods that give what a function makes of each element."""
TEXT_FUNCTIONS = frozenset(
    [
        "textwrap.dedent",
        "inspect.cleandoc",
        "builtins.str",
        "builtins.repr",
        "builtins.list",
        "builtins.dict",
        "builtins.sorted",
        "builtins.reversed",
        "builtins.filter",
        "builtins.map",
        "json.dumps",
        "builtins.JSON.stringify",
        "string.Template",
        "string.Formatter().format",
        "string.Formatter().parse",
        "string.Formatter().vformat",
        "builtins.Array.from",
        "builtins.Object.assign",
        "builtins.Object.freeze",
        "builtins.Object.entries",
        "builtins.Object.values",
        "builtins.Object.fromEntries",
        "builtins.structuredClone",
        "builtins.String",
        "copy.deepcopy",
        "copy.copy",
        "os.path.join",
        "fmt.Sprintf",
        "fmt.Sprint",
        "fmt.Sprintln",
        "strings.Join",
        "strings.TrimSpace",
        "strings.Trim",
        "strings.ReplaceAll",
        "strings.Replace",
        "builtins.append",
        "builtins.string",
        "builtins.string.Format",
        "builtins.string.Join",
        "builtins.string.Concat",
        "builtins.String.format",
        "builtins.String.join",
        "builtins.String.Format",
        "builtins.List.of",
        "java.util.List.of",
        "java.util.Arrays.asList",
        "java.util.Map.of",
        "builtins.listOf",
        "builtins.mutableListOf",
        "builtins.arrayOf",
        "builtins.sprintf",
        "builtins.implode",
        "builtins.trim",
        "builtins.str_replace",
        "builtins.array_merge",
        "builtins.format",
        "builtins.vec",
    ]
)
CONTENT_KEYS = frozenset(
    [
        "content",
        "text",
        "parts",
        "prompt",
        "system",
        "input",
        "inputText",
        "message",
        "messages",
        "contents",
        "value",
        "instructions",
        "query",
    ]
)
"""Keys of a message whose value is text for the model."""
TAGS = frozenset(["dedent", "outdent", "stripIndent", "stripIndents", "oneLine", "oneLineTrim", "codeBlock", "html", "endent", "redent"])
"""Functions and template tags that only lay text out."""
CONVERTER = re.compile(
    r"(?i)(^|_)(to|convert|format|build|make|as|from|prepare|wrap|serialize|dumps?|trim|truncate|clean|render)(_|$)|messages?|prompts?|^(to|convert|format|build)[A-Z]"
)
"""Names of unknown functions whose result is their argument in another shape."""
IMPLICIT = re.compile(r"\w+\.implicit\.\w+")
"""The path of a member that names no type: `.text(words)` in Swift, which makes what is asked for."""
ROLE = re.compile(r"(?i)role\w*\.(system|developer|user|assistant)$")
"""A constant that says who speaks."""
MAX_LEAVES = 400
MAX_STEPS = 16000
MAX_DEPTH = 60
MAX_WAYS = 8
"""Activations of its function in which one expression is read for one question."""


class Leaf(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """One end of a text's flow: exactly one of its sources is set."""

    role: str
    """`system`, `user`, `assistant` ... as written, or empty."""
    text: Text | None = None
    param: Param | None = None
    file: str | None = None
    remote: str | None = None
    version: str = ""
    """The one that a remote prompt is pinned to, as written."""
    env: str | None = None
    data: str | None = None
    """Why it is known only at run time."""
    whole: bool = True
    """False for a piece of a larger text."""


Way = Leaf | tuple[Expr, Module, int, Frame | None, str, bool, bool] | tuple[Site, str, bool]
"""An end that an expression has, a part of it, or a constructor on the way to its value."""
Ways = dict[tuple[object, ...], tuple[Way, ...]]
"""By expression, with where and how it is read."""


def _role_in(value: Text | Ext) -> str:
    """The role that a text is, or that a constant of a library is named after."""
    name = (value.value if isinstance(value, Text) else value.path.rsplit(".", 1)[-1]).lower()
    return next((role for role in ("system", "developer", "user", "assistant") if name.endswith(role)), "")


def _stands_in(expr: Name, binding: Binding, module: Module) -> bool:
    """Whether a name stands in the value that is bound."""
    value = binding.value
    if not isinstance(value, CallRef):
        return value is expr
    call = module.calls[value.index]
    return call.line <= expr.line <= call.end_line


def _reads_field(module: Module, function: int) -> bool:
    """Whether a method only gives a field of its object."""
    record = module.scopes[function]
    read = record.returns[0] if len(record.returns) == 1 and not record.params else None
    if isinstance(read, Attr):
        return isinstance(read.base, Name) and read.base.id == record.receiver
    return isinstance(read, Name) and (record.parent, read.id) in module.names


def _called_path(target: Ext, call: Call) -> str:
    """The path of a library function, with the name of a member that leads to the type of what it gives."""
    return f"{target.path}.{last_name(call.callee)}" if target.member else target.path


class Reader:
    """Follows text through expressions; one per question, so that a cycle ends.

    `known` keeps where each expression leads, for other questions of the same code.
    """

    def __init__(self, evaluator: Evaluator, known: Ways | None = None) -> None:
        self.evaluator = evaluator
        self._known: Ways = {} if known is None else known
        self._led: list[Way] | None = None
        """Where the expression that is read now leads; None while that is known or not kept."""
        self._seen: set[tuple[object, ...]] = set()
        self._ways: defaultdict[tuple[object, ...], int] = defaultdict(int)
        self._steps = 0
        self._depth = 0
        self.leaves: dict[Leaf, None] = {}
        self.spare: set[Leaf] = set()
        """Texts that are read only where a parameter is not given: `prompt or "Summarise."`."""

    def read(self, place: Place, role: str = "") -> None:
        """Add the leaves of the expression at `place`."""
        self._expr(*place, role, True, True)

    def add(self, leaf: Leaf) -> None:
        """Add one leaf; past a limit, none."""
        if self._led is not None:
            self._led.append(leaf)
        if len(self.leaves) < MAX_LEAVES:
            self.leaves[leaf] = None

    def _expr(self, expr: Expr, module: Module, scope: int, frame: Frame | None, role: str, whole: bool, literal: bool) -> None:
        if self._led is not None:
            self._led.append((expr, module, scope, frame, role, whole, literal))
        key = (module.path, id(expr), scope, frame, literal, role)
        self._steps += 1
        if key in self._seen or self._steps > MAX_STEPS or self._depth > MAX_DEPTH or len(self.leaves) >= MAX_LEAVES:
            return
        self._seen.add(key)
        self._ways[way := (id(expr), literal, role)] += 1
        if self._ways[way] > MAX_WAYS:
            return
        outer, self._led = self._led, None
        self._depth += 1
        known = self._known.get((key, whole))
        if known is not None:
            self._follow(known)
        elif isinstance(expr, Attr | Item | Choice):  # What else was found decides on how they are read.
            self._read(expr, module, scope, frame, role, whole, literal)
        else:
            self._led = []
            self._read(expr, module, scope, frame, role, whole, literal)
            self._known[key, whole] = tuple(self._led)
        self._depth -= 1
        self._led = outer

    def _follow(self, ways: tuple[Way, ...]) -> None:
        for way in ways:
            if isinstance(way, Leaf):
                self.add(way)
            elif len(way) == 3:
                self._trail(*way)
            else:
                self._expr(*way)

    def _read(self, expr: Expr, module: Module, scope: int, frame: Frame | None, role: str, whole: bool, literal: bool) -> None:
        match expr:
            case Prose():
                if literal:
                    self.add(Leaf(role, text_of(expr, module.path), whole=whole))
            case Const(value=str(text)):
                if literal and text.strip():
                    self.add(Leaf(role, text_of(expr, module.path), whole=whole))
            case Const():
                pass
            case Template(parts=parts):
                for part in parts:
                    self._expr(part, module, scope, frame, role, False, literal)
            case Op(left=left, right=right):
                self._expr(left, module, scope, frame, role, False, literal)
                self._expr(right, module, scope, frame, role, False, literal)
            case Choice(options=options):
                first = [option for option in options if self._is_given(option, module, scope, frame)]
                for option in first or options:
                    self._expr(option, module, scope, frame, role, whole, literal)
                with self._noting_spare():
                    for option in options if first else ():
                        self._expr(option, module, scope, frame, role, whole, literal)
            case Seq(items=items):
                role = self._tuple_role(items) or role if isinstance(expr, Seq) else role
                for item in items:
                    self._expr(item, module, scope, frame, role, whole, literal)
            case Map():
                self._map(expr, module, scope, frame, role, literal)
            case Spread(value=base) | Element(base=base):
                self._expr(base, module, scope, frame, role, whole, literal)
            case Item(base=CallRef(index=index), key=Const(value=int(position))) if self._tuple_item(
                index, position, module, frame, role, literal
            ):
                pass
            case Item() if (one := self.evaluator.paired(expr, module)) is not None:
                self._expr(one, module, scope, frame, role, whole, literal)
            case Item(base=base, key=Unknown()):
                self._expr(base, module, scope, frame, role, whole, literal)
            case Item(base=base, key=Const(value=str(name))) if given := self.evaluator.fields(base, name, (module, scope, frame)):
                self._fields(given, expr, module, scope, frame, role, whole, literal)
            case Item(base=base, key=key):
                if not self._values(expr, module, scope, frame, role, whole, literal):
                    named = isinstance(key, Const) and isinstance(key.value, str) and key.value not in CONTENT_KEYS
                    self._expr(base, module, scope, frame, role, whole, literal and not named)
            case Name():
                self._name(expr, module, scope, frame, role, whole, literal)
            case Attr(base=base) if given := self.evaluator.fields(base, expr.name, (module, scope, frame)):
                self._fields(given, expr, module, scope, frame, role, whole, literal)
            case Attr(base=base):
                if not self._values(expr, module, scope, frame, role, whole, literal):
                    self._expr(base, module, scope, frame, role, whole, literal and expr.name in CONTENT_KEYS)
                self._mutations(expr.name, module, scope, frame, role, literal)
            case CallRef(index=index):
                self._call(index, module, scope, frame, role, whole, literal)
            case DefRef(index=index):
                for returned in module.scopes[index].returns:
                    self._expr(returned, module, index, frame, role, whole, literal)
            case _:
                self.add(Leaf(role, data=getattr(expr, "why", "run-time data")))

    def _is_given(self, expr: Expr, module: Module, scope: int, frame: Frame | None) -> bool:
        """Whether the expression is a parameter as it came, of a function that is not entered from a known call."""
        return isinstance(expr, Name) and any(
            isinstance(v, Param) and v.name == expr.id for v in self.evaluator.eval(expr, module, scope, frame)
        )

    @contextmanager
    def _noting_spare(self) -> Iterator[None]:
        """Texts found meanwhile, and not before, are those that stand in for a parameter."""
        known = set(self.leaves)
        yield
        self.spare.update(leaf for leaf in self.leaves if (leaf.text or leaf.file or leaf.remote) and leaf not in known)

    def _fields(
        self, given: list[Place], expr: Expr, module: Module, scope: int, frame: Frame | None, role: str, whole: bool, literal: bool
    ) -> None:
        for place in given:
            self._expr(*place, role, whole, literal)
        for value in self.evaluator.eval(expr, module, scope, frame):
            if isinstance(value, Param | Env):
                self._value(value, role, whole, literal)

    def _tuple_item(self, index: int, position: int, module: Module, frame: Frame | None, role: str, literal: bool) -> bool:
        """`a, b = f()` where `f` returns a tuple as written: read only the part that is asked for."""
        site = Site(module.path, index, frame)
        found = False
        for target in self.evaluator.callee(module, index, frame):
            if isinstance(target, Func):
                home = self.evaluator.at(target.path)
                inner = self.evaluator.frame(target, site)
                for returned in home.scopes[target.scope].returns:
                    if isinstance(returned, Seq) and position < len(returned.items):
                        found = True
                        self._expr(returned.items[position], home, target.scope, inner, role, True, literal)
        return found

    @staticmethod
    def _tuple_role(items: tuple[Expr, ...]) -> str:
        """`("system", text)` as the chat prompt templates write it."""
        first = written(items[0]) if len(items) == 2 and isinstance(items[0], Const) else None
        if first in ("system", "human", "ai", "user", "assistant"):
            return str(first)
        return ""

    def _map(self, expr: Map, module: Module, scope: int, frame: Frame | None, role: str, literal: bool) -> None:
        keys = {key.value for key, _ in expr.items if isinstance(key, Const)}
        message = "role" in keys or "type" in keys or bool(keys & CONTENT_KEYS)
        for key, value in expr.items:
            if isinstance(key, Const) and key.value == "role":
                roles = [v.value for v in self.evaluator.eval(value, module, scope, frame) if isinstance(v, Text)]
                role = roles[0] if len(roles) == 1 else role
        for key, value in expr.items:
            name = key.value if isinstance(key, Const) else None
            if key is None or not message or name in CONTENT_KEYS:
                self._expr(value, module, scope, frame, "system" if name == "system" else role, True, literal)

    def _name(self, expr: Name, module: Module, scope: int, frame: Frame | None, role: str, whole: bool, literal: bool) -> None:
        bindings = list(self._bindings(expr, module, scope))
        if bindings:
            for binding in bindings:
                if binding.value is not None and not isinstance(binding.value, DefRef):
                    self._bound(binding, module, scope, frame, role, whole, literal)
        if mapped := self._mapped(expr.id, module, scope):
            holder, given = mapped
            for source in given:
                self._expr(source, module, module.scopes[holder].parent, frame, role, whole, literal)
        elif (handed := self._handed(expr.id, module, scope, frame)) is not None:
            for place in handed:
                self._expr(*place, role, whole, literal)
        elif not bindings or any(p.name == expr.id for p in module.scopes[bindings[0].scope].params):
            self._values(expr, module, scope, frame, role, whole, literal)
        self._stored(expr.id, module, scope, frame, role, literal)
        self._mutations(expr.id, module, scope, frame, role, literal)

    def _stored(self, name: str, module: Module, scope: int, frame: Frame | None, role: str, literal: bool) -> None:
        """`body["system"] = text`, `message.content = text` in the same function, or where it has the variable from."""
        for binding in module.stored.get(name, ()):
            if binding.value is None or not self._of_one(name, module, scope, binding.scope):
                continue
            target = binding.target
            key = target.name if isinstance(target, Attr) else getattr(target.key, "value", 0) if isinstance(target, Item) else None
            if not isinstance(key, str) or key in CONTENT_KEYS:
                self._expr(binding.value, module, binding.scope, frame, "system" if key == "system" else role, True, literal)

    def _handed(self, name: str, module: Module, scope: int, frame: Frame | None) -> list[Place] | None:
        """What the caller gives the parameter `name`; None when it is no parameter or no caller is fixed."""
        current = scope
        while current > 0:
            if any(p.name == name for p in module.scopes[current].params):
                own = self.evaluator.frame_of(frame, module, current)
                return self.evaluator.argument(own, name) if own is not None and own.site is not None else None
            if module.names.get((current, name)):
                return None
            current = module.scopes[current].parent
        return None

    def _mapped(self, name: str, module: Module, scope: int) -> tuple[int, list[Expr]] | None:
        current = scope
        while current > 0:
            if any(p.name == name for p in module.scopes[current].params):
                given = self.evaluator.mapped_over(module, current, name)
                return (current, given) if given else None
            if module.names.get((current, name)):
                return None
            current = module.scopes[current].parent
        return None

    def _bound(self, binding: Binding, module: Module, scope: int, frame: Frame | None, role: str, whole: bool, literal: bool) -> None:
        assert binding.value is not None
        if isinstance(binding.value, Import):
            for value in self.evaluator.bound(binding, module, frame):
                self._value(value, role, whole, literal)
        else:
            self._expr(binding.value, module, binding.scope, frame, role, whole, literal)

    def _bindings(self, expr: Name, module: Module, scope: int) -> Iterator[Binding]:
        name, current = expr.id, scope
        while current >= 0:
            record = module.scopes[current]
            found = module.names.get((current, name), [])
            if record.kind == "class":
                # The value of `x = Field(default=x)` speaks of a name around the class.
                found = [b for b in found if not _stands_in(expr, b, module)] if current == scope else []
            if found:
                yield from found
                return
            if any(p.name == name for p in record.params):
                return
            current = record.parent

    def _mutations(self, name: str, module: Module, scope: int, frame: Frame | None, role: str, literal: bool) -> None:
        function = module.enclosing_function(scope)
        cls = module.enclosing_class(scope)
        for index in module.mutations.get(name, ()):
            call = module.calls[index]
            assert isinstance(call.callee, Attr)
            own = isinstance(call.callee.base, Name)
            if self._of_one(name, module, scope, call.scope) if own else (module.enclosing_class(call.scope) == cls):
                inside = own or module.enclosing_function(call.scope) == function
                for arg in call.args:
                    self._expr(arg.value, module, call.scope, frame if inside else None, role, True, literal)

    @staticmethod
    def _of_one(name: str, module: Module, scope: int, other: int) -> bool:
        """Whether a name stands for the same variable of a function in two scopes: a closure has it from the function around it."""
        if module.enclosing_function(scope) == module.enclosing_function(other):
            return True
        at = declaring(module, scope, name)
        return at > 0 and at == declaring(module, other, name)

    def _call(self, index: int, module: Module, scope: int, frame: Frame | None, role: str, whole: bool, literal: bool) -> None:
        call = module.calls[index]
        site = Site(module.path, index, frame)
        targets = self.evaluator.callee(module, index, frame)
        if (held := self._accessed(targets, call, module, frame)) is not None:
            self._expr(held, module, scope, frame, role, False, literal)
            return
        asked = next((v for v in targets if isinstance(v, Param) and not v.derived), None) if isinstance(call.callee, Name) else None
        if asked is not None:  # What a function gives that callers hand in is theirs.
            self.add(Leaf(role, param=asked, whole=False))
            return
        done = False
        for target in targets:
            while isinstance(target, Partial):
                target = target.target
            if isinstance(target, Func):
                done = True
                inner = self.evaluator.frame(target, site)
                home = self.evaluator.at(target.path)
                for returned in home.scopes[target.scope].returns:
                    self._expr(returned, home, target.scope, inner, role, False, literal)
            elif isinstance(target, Class | Inst):
                done = True
                if module.facts.package is not None:
                    self._parts_of(site, module, role, literal)
                    continue
                for arg in call.args:
                    self._expr(arg.value, module, call.scope, frame, role, True, literal)
            elif isinstance(target, Ext):
                done = self._ext_call(target, site, module, role, literal) or done
        if done:
            return
        if (
            isinstance(call.callee, Attr)
            and call.callee.name in ("read_text", "read_bytes")
            and (named := self.evaluator.paths.opened(site))
        ):
            for path in named if literal else ():
                self.add(Leaf(role, file=path))
            return
        made = call.args[0].value if isinstance(call.callee, Attr) and call.callee.name in MAPPING and call.args else None
        if isinstance(made, DefRef) and module.scopes[made.index].returns:
            # What the function makes of each element, and not all that stands in the elements.
            outer = frame if frame is not None and frame.path == module.path else None
            inner = self.evaluator.frame(Func(module.path, made.index, None, outer), None)
            for returned in module.scopes[made.index].returns:
                self._expr(returned, module, made.index, inner, role, False, literal)
            return
        if isinstance(call.callee, Attr) and call.callee.name in TEXT_METHODS:
            self._expr(call.callee.base, module, scope, frame, role, False, literal)
            for arg in call.args:
                self._expr(
                    arg.value,
                    module,
                    call.scope,
                    frame,
                    role,
                    False,
                    literal and call.callee.name in ("format", "join", "concat", "replace"),
                )
            return
        if isinstance(call.callee, Attr) and self.evaluator.catalog(module).strong(chain(call.callee, module.calls)):
            self.add(Leaf(role, data="answer of a model"))
            return
        if isinstance(call.callee, Attr):
            if call.callee.name.startswith(("get", "load", "messages", "all")) and (store := last_name(call.callee.base)):
                self._mutations(store, module, scope, frame, role, literal)
            self._expr(call.callee.base, module, scope, frame, role, False, False)
        converts = isinstance(call.callee, Name) and CONVERTER.search(call.callee.id) is not None
        # What another unknown function gives is its own work: its arguments say nothing about the text.
        for arg in call.args if converts else ():
            self._expr(arg.value, module, call.scope, frame, role, False, literal)
        self.add(Leaf(role, data=f"result of {last_name(call.callee) or 'a call'}"))

    def _accessed(self, targets: Values, call: Call, module: Module, frame: Frame | None) -> Name | None:
        """The object that whoever enters the function hands in and of which a call only reads a field: `request.getText()`."""
        if not isinstance(call.callee, Attr) or not isinstance(call.callee.base, Name) or module.facts.package is None:
            return None
        held, function = call.callee.base, module.enclosing_function(call.scope)
        own = self.evaluator.frame_of(frame, module, function) if function is not None else None
        if function is None or (own is not None and own.site is not None) or all(p.name != held.id for p in module.scopes[function].params):
            return None
        return held if any(isinstance(v, Func) and _reads_field(self.evaluator.at(v.path), v.scope) for v in targets) else None

    def _ext_call(self, target: Ext, site: Site, module: Module, role: str, literal: bool) -> bool:
        catalog = self.evaluator.catalog(module)
        call = module.calls[site.call]
        if row := catalog.prompt(_called_path(target, call)):
            self._prompt_row(row, site, role, literal)
            for earlier in target.trail:
                self._trail(earlier, role, literal)
            return True
        if target.path in TEXT_FUNCTIONS:
            for arg in call.args:
                self._expr(arg.value, module, call.scope, site.frame, role, False, literal)
            return True
        if self._file(target, site, module, role, literal):
            return True
        if any(m.row.system or m.row.prompt or m.row.objects for m in catalog.constructs(target.path)):
            self._trail(site, role, literal)
            return True
        name = target.path.rstrip("()").rsplit(".", 1)[-1].rsplit("#", 1)[-1]
        if (last_name(call.callee) or "") in TAGS:
            for arg in call.args:
                self._expr(arg.value, module, call.scope, site.frame, role, False, literal)
            return True
        if (name[:1].isupper() or IMPLICIT.fullmatch(target.path)) and not catalog.constructs(target.path):
            self._parts_of(site, module, role, literal)
            return True
        if target.trail and name in TEXT_METHODS:
            if isinstance(call.callee, Attr):
                self._expr(call.callee.base, module, call.scope, site.frame, role, False, literal)
            for earlier in target.trail:
                self._trail(earlier, role, literal)
            for arg in call.args:
                self._expr(arg.value, module, call.scope, site.frame, role, False, False)
            return True
        return False

    def _parts_of(self, site: Site, module: Module, role: str, literal: bool) -> None:
        """What an object is made of but for its role, which it gives its text, and its names."""
        call = module.calls[site.call]
        for arg in call.args:
            if (arg.name or "").lower() == "role" and module.facts.package is not None:
                said = (v for v in self.evaluator.eval(arg.value, module, call.scope, site.frame) if isinstance(v, Text | Ext))
                role = next((known for v in said if (known := _role_in(v))), role)
            elif arg.name is None and module.facts.package is not None and isinstance(arg.value, Attr):
                found = self.evaluator.eval(arg.value, module, call.scope, site.frame)
                role = next((_role_in(v) for v in found if isinstance(v, Ext) and ROLE.search(v.path)), role)
        for arg in call.args:
            if (arg.name or "").lower() not in ("role", "type", "name", "id"):
                self._expr(arg.value, module, call.scope, site.frame, role, True, literal)

    def _file(self, target: Ext, site: Site, module: Module, role: str, literal: bool) -> bool:
        """`open(path).read()`, `Path(path).read_text()`, `fs.readFileSync(path)`."""
        if not target.path.endswith(READS):
            return False
        paths = self.evaluator.paths
        found = dict.fromkeys((*paths.read_from(target), *paths.opened(site)))
        for path in found:
            if literal:
                self.add(Leaf(role, file=path))
        if not found:
            self.add(Leaf(role, data="text of a file named at run time"))
        return True

    def _prompt_row(self, row: PromptRow, site: Site, role: str, literal: bool) -> None:
        role = row.role or role
        for name in row.text.order:
            for expr, module, scope, frame in self.evaluator.given(site, name):
                self._expr(expr, module, scope, frame, role, True, literal)
        for name in row.remote.order:
            for expr, module, scope, frame in self.evaluator.given(site, name):
                for value in self.evaluator.eval(expr, module, scope, frame):
                    remote = value.value if isinstance(value, Text) else "named at run time"
                    self.add(Leaf(role, remote=remote, version=self._version(row, site)))
        for name in row.file.order:
            for expr, module, scope, frame in self.evaluator.given(site, name):
                for text in self.evaluator.paths.names(expr, module, scope, frame):
                    for path in self.evaluator.paths.resolve(text, module.path):
                        self.add(Leaf(role, file=path))

    def _version(self, row: PromptRow, site: Site) -> str:
        """The version that a remote prompt is pinned to; empty where none is given, or only run time knows it."""
        given = (value for name in row.version.order for at in self.evaluator.given(site, name) for value in self.evaluator.eval(*at))
        return next((str(value.value) for value in given if isinstance(value, Text | Scalar) and value.value is not None), "")

    def _trail(self, site: Site, role: str, literal: bool) -> None:
        """Text given to a constructor on the way to a value."""
        if self._led is not None:
            self._led.append((site, role, literal))
        key = ("trail", site, role, literal)
        if key in self._seen:
            return
        self._seen.add(key)
        outer, self._led = self._led, None
        self._constructed(site, role, literal)
        self._led = outer

    def _constructed(self, site: Site, role: str, literal: bool) -> None:
        module = self.evaluator.at(site.path)
        catalog = self.evaluator.catalog(module)
        for target in self.evaluator.callee(module, site.call, site.frame):
            if not isinstance(target, Ext):
                continue
            if target.path.endswith(READS):
                self._file(target, site, module, role, literal)
                continue
            if target.path in TEXT_FUNCTIONS:
                for arg in module.calls[site.call].args:
                    self._expr(arg.value, module, module.calls[site.call].scope, site.frame, role, False, literal)
                continue
            path = _called_path(target, module.calls[site.call])
            if row := catalog.prompt(path):
                self._prompt_row(row, site, role, literal)
                continue
            for made in (*(m.row for m in catalog.constructs(target.path)), *filter(None, [catalog.function(path)])):
                for slot, slot_role in ((made.system, "system"), (made.prompt, role)):
                    for name in slot.order:
                        for place in self.evaluator.given(site, name):
                            self._expr(*place, slot_role, True, literal)
                for name in made.objects.order:
                    for place in self.evaluator.given(site, name):
                        for value in self.evaluator.eval(*place):
                            if isinstance(value, Ext | Inst | Composite):  # A model that is handed in brings no words.
                                self._value(value, role, True, literal)

    def _values(self, expr: Expr, module: Module, scope: int, frame: Frame | None, role: str, whole: bool, literal: bool) -> bool:
        """Read what the expression evaluates to; say whether that led to anything but run-time data."""
        before = len(self.leaves)
        for value in self.evaluator.eval(expr, module, scope, frame):
            self._value(value, role, whole, literal)
        return any(leaf.data is None for leaf in list(self.leaves)[before:])

    def _value(self, value: Value, role: str, whole: bool, literal: bool) -> None:
        match value:
            case Text():
                if literal and value.written.strip():
                    self.add(Leaf(role, value, whole=whole))
            case Composite(path=path, expr=expr, scope=scope, frame=frame):
                self._expr(expr, self.evaluator.at(path), scope, frame, role, whole, literal)  # type: ignore[arg-type]
            case Listing(items=items):
                for item in items:
                    self._value(item, role, whole, literal)
            case Param():
                self.add(Leaf(role, param=value, whole=whole))
            case Env(name=name):
                self.add(Leaf(role, env=name))
            case FileText(path=path):
                self.add(Leaf(role, file=path))
            case Ext(trail=trail) if trail:
                for site in trail:
                    self._trail(site, role, literal)
                    module = self.evaluator.at(site.path)
                    for target in self.evaluator.callee(module, site.call, site.frame):
                        if isinstance(target, Ext) and target.path.endswith(READS):
                            self._file(target, site, module, role, literal)
            case Inst(site=Site() as site):
                module = self.evaluator.at(site.path)
                for arg in module.calls[site.call].args:
                    self._expr(arg.value, module, module.calls[site.call].scope, site.frame, role, True, literal)
            case Func():
                home = self.evaluator.at(value.path)
                for returned in home.scopes[value.scope].returns:
                    self._expr(returned, home, value.scope, None, role, False, literal)
            case _:
                self.add(Leaf(role, data=getattr(value, "why", "run-time data")))
