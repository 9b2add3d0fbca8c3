"""Prompts out of the pieces of text that reach a point: whole expressions with their spans, names and placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aicensus.link.project import Module, last_name
from aicensus.model.facts import (
    Arg,
    Attr,
    Binding,
    CallRef,
    Choice,
    Const,
    Element,
    Expr,
    Item,
    Map,
    Name,
    Op,
    Seq,
    Spread,
    Template,
    written,
)
from aicensus.model.prose import instructive

PROMPT_FILES = (".txt", ".md", ".j2", ".jinja", ".jinja2", ".mustache", ".hbs", ".handlebars", ".prompt", ".liquid")
PROMPT_NAME = re.compile(r"(?i)prompt|(^|_)(system|user|assistant)_?(message|msg|instructions?)|instructions?$")
_HOLE = re.compile(r"\{\{\s*([\w.]+)[^{}]*\}\}|\{([A-Za-z_][\w.]*)(?:[!:][^{}]*)?\}|\$\{([\w.]+)\}|<<([\w.]+)>>")
MIN_ORPHAN_WORDS = 8


@dataclass(frozen=True, slots=True)
class Unit:
    """One text expression as written, with what holds it."""

    path: str
    line: int
    end_line: int
    text: str
    holes: tuple[str, ...]
    name: str
    """Constant, attribute or key that holds it; empty when it stands at its use."""
    shared: bool
    """Held by a module or class, not by a function."""
    symbol: str

    @property
    def kind(self) -> str:
        """`template`, `constant` or `inline`."""
        if self.holes or _HOLE.search(self.text):
            return "template"
        return "constant" if self.shared and self.name else "inline"


class Units:
    """The text expressions of one module, each found by a line within it."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.units: list[Unit] = []
        for binding in module.facts.bindings:
            if binding.value is not None:
                shared = module.enclosing_function(binding.scope) is None
                name = _target_name(binding)
                self._collect(binding.value, name, shared, binding.scope)
        for call in module.calls:
            for arg in call.args:
                self._collect(arg.value, arg.name or "", False, call.scope)
        for index, scope in enumerate(module.scopes):
            for returned in scope.returns:
                self._collect(returned, "", False, index)
            if scope.doc is not None:
                self._add(scope.doc, str(written(scope.doc)), (), "__doc__", True, index)
            for param in scope.params:
                if param.default is not None:
                    self._collect(param.default, param.name, False, index)

    def _collect(self, expr: Expr, name: str, shared: bool, scope: int) -> None:
        stack: list[tuple[Expr, str]] = [(expr, name)]
        while stack:
            current, held = stack.pop()
            match current:
                case Const():
                    if isinstance(text := written(current), str):
                        self._add(current, text, (), held, shared, scope)
                case Template() | Op():
                    text, holes, lines = render(current, self.module)
                    if lines is not None:
                        self._add(lines, text, holes, held, shared, scope)
                    stack.extend((part, "") for part in _inner(current))
                case Seq(items=items) | Choice(options=items):
                    stack.extend((item, held) for item in items)
                case Map(items=pairs):
                    for key, value in pairs:
                        label = str(key.value) if isinstance(key, Const) else ""
                        stack.append((value, f"{held}.{label}" if held and label else held or label))
                case Spread(value=base) | Element(base=base) | Attr(base=base) | Item(base=base):
                    stack.append((base, ""))

    def _add(self, span: Const | tuple[int, int], text: str, holes: tuple[str, ...], name: str, shared: bool, scope: int) -> None:
        first, last = (span.line, span.end_line) if isinstance(span, Const) else span
        symbol = self.module.scopes[scope].qualname
        self.units.append(Unit(self.module.path, first, last, text, holes, name, shared, symbol))

    def of(self, line: int, end_line: int, text: str) -> Unit:
        """The largest text expression that covers the lines and holds the text; a literal that stands alone is its own."""
        fitting = [u for u in self.units if u.line <= line and end_line <= u.end_line and text in u.text]
        alone = Unit(self.module.path, line, end_line, text, (), "", False, "")
        return max(fitting, key=lambda u: (len(u.text), bool(u.name), -u.line), default=alone)


def _target_name(binding: Binding) -> str:
    target = binding.target
    if isinstance(target, Name):
        return target.id
    if isinstance(target, Attr):
        return target.name
    return str(target.key.value) if isinstance(target, Item) and isinstance(target.key, Const) else ""


def _inner(expr: Template | Op) -> Iterator[Expr]:
    """Texts inside the holes of a template: they are not part of its own text."""
    parts = expr.parts if isinstance(expr, Template) else (expr.left, expr.right)
    for part in parts:
        if not isinstance(part, Const | Template | Op):
            yield part


def render(expr: Expr, module: Module) -> tuple[str, tuple[str, ...], tuple[int, int] | None]:
    """Text with `{name}` for holes, the holes' names, and the lines from the first to the last literal piece (None without any)."""
    pieces: list[str] = []
    holes: list[str] = []
    spans: list[tuple[int, int]] = []
    stack: list[Expr] = [expr]
    while stack:
        part = stack.pop()
        match part:
            case Const():
                if isinstance(text := written(part), str):
                    pieces.append(text)
                    spans.append((part.line, part.end_line))
            case Template(parts=parts):
                spans.append((part.line, part.end_line))
                stack.extend(reversed(parts))
            case Op(op="+" | "%", left=left, right=right):
                stack.extend((right, left))
            case _:
                hole = _hole(part, module)
                holes.append(hole)
                pieces.append("{" + hole + "}")
    literal = any(isinstance(p, str) and p.strip("{}") for p in pieces)
    return "".join(pieces), tuple(holes), (min(s[0] for s in spans), max(s[1] for s in spans)) if spans and literal else None


def _hole(expr: Expr, module: Module) -> str:
    if isinstance(expr, CallRef):
        return last_name(module.calls[expr.index].callee) or "call"
    return last_name(expr) or "value"


def worth(unit: Unit) -> bool:
    """Whether it reads as words for a model."""
    return instructive(unit.text)


def placeholders(unit: Unit) -> tuple[str, ...]:
    """Names of the holes, in order, each once."""
    named = [next(filter(None, match)) for match in _HOLE.findall(unit.text)]
    return tuple(dict.fromkeys([*(h for h in unit.holes if h), *named]))


def unused(units: Units, used: set[tuple[str, int, int]]) -> Iterator[Unit]:
    """Constants that are named like prompts, hold a text for a model, and whose name nothing in the module speaks."""
    mentioned = _mentioned(units.module)
    for unit in units.units:
        root = unit.name.split(".")[0]
        if not unit.shared or not root or (unit.path, unit.line, unit.end_line) in used:
            continue
        if PROMPT_NAME.search(root) and len(unit.text.split()) >= MIN_ORPHAN_WORDS and root not in mentioned:
            yield unit


def _mentioned(module: Module) -> set[str]:
    names: set[str] = set()
    stack: list[Expr] = [b.value for b in module.facts.bindings if b.value is not None]
    args: tuple[Arg, ...] = tuple(a for c in module.calls for a in c.args)
    stack += [a.value for a in args] + [c.callee for c in module.calls]
    stack += [r for s in module.scopes for r in s.returns] + [e.value for e in module.facts.exports if e.name in ("default", "=")]
    while stack:
        expr = stack.pop()
        match expr:
            case Name(id=name):
                names.add(name)
            case Attr(base=base, name=name):
                names.add(name)
                stack.append(base)
            case Item(base=base, key=key):
                stack += [base, key]
            case Template(parts=items) | Seq(items=items) | Choice(options=items):
                stack += items
            case Op(left=left, right=right):
                stack += [left, right]
            case Map(items=pairs):
                stack += [e for pair in pairs for e in pair if e is not None]
            case Spread(value=base) | Element(base=base):
                stack.append(base)
    return names
