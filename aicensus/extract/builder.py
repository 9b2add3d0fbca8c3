"""What every front end needs to write `FileFacts`: it hands out indexes and keeps the promised orders."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from msgspec.structs import replace

from aicensus.model.facts import (
    Arg,
    Attr,
    Binding,
    Call,
    Const,
    Export,
    Expr,
    FileFacts,
    Import,
    Name,
    Note,
    Op,
    Param,
    Scope,
    Unknown,
)

MAX_DEPTH = 200
"""Levels of nested syntax, and of nested expression records, that are read; what lies deeper is `Unknown("too deep")`.

A level may cost a front end four Python frames, which leaves a caller some two hundred of the interpreter's thousand."""
MAX_ERRORS = 50
"""Entries kept in `FileFacts.errors`: a file that is not source at all should not fill the cache."""
_LONG_CHAIN = 32
_REGROUPABLE = frozenset({"+", "|"})
_CALL_UNDER_WAY = Call(-1, Unknown("call"), (), 0, 0)


@dataclass(slots=True)
class OpenScope:
    """A `Scope` under way; the fields have the meaning they have there."""

    kind: Literal["module", "class", "function"]
    name: str
    qualname: str
    parent: int
    line: int
    end_line: int
    params: list[Param] = field(default_factory=list)
    receiver: str | None = None
    decorators: tuple[Expr, ...] = ()
    bases: list[Expr] = field(default_factory=list)
    returns: list[Expr] = field(default_factory=list)
    annotation: Expr | None = None
    doc: Const | None = None
    is_async: bool = False
    is_static: bool = False

    def close(self) -> Scope:
        return Scope(
            kind=self.kind,
            name=self.name,
            qualname=self.qualname,
            parent=self.parent,
            line=self.line,
            end_line=self.end_line,
            params=tuple(self.params),
            receiver=self.receiver,
            decorators=self.decorators,
            bases=tuple(self.bases),
            returns=tuple(self.returns),
            annotation=self.annotation,
            doc=self.doc,
            is_async=self.is_async,
            is_static=self.is_static,
        )


class FactsBuilder:
    """Collects the facts of one file. `current` is the index of the scope being read: set it, and set it back."""

    def __init__(self, language: str, end_line: int) -> None:
        self.current = 0
        self.scopes = [OpenScope("module", "", "", -1, 1, end_line)]
        self.stars: list[Import] = []
        self.exports: list[Export] = []
        self.notes: list[Note] = []
        self.main: tuple[int, int] | None = None
        self.package: str | None = None
        self.bare_members = False
        self._language = language
        self._calls: list[Call] = []
        self._bindings: list[tuple[int, Binding]] = []
        self._errors: dict[int, str] = {}
        self._is_too_deep = False
        self._outer_names: dict[tuple[int, str], bool] = {}

    def open_scope(self, kind: Literal["class", "function"], name: str, line: int, end_line: int) -> int:
        """Return the index of a new scope inside the current one, which stays current."""
        outer = self.scopes[self.current].qualname
        self.scopes.append(OpenScope(kind, name, f"{outer}.{name}" if outer else name, self.current, line, end_line))
        return len(self.scopes) - 1

    def open_call(self) -> int:
        """Return the index of a call whose parts are not read yet, so that it stands before the calls inside it."""
        self._calls.append(_CALL_UNDER_WAY)
        return len(self._calls) - 1

    def close_call(self, index: int, callee: Expr, args: list[Arg], line: int, end_line: int, *, new: bool = False) -> None:
        self._calls[index] = Call(self.current, callee, tuple(args), line, end_line, new)

    def add_arguments(self, index: int, args: list[Arg]) -> None:
        """Give a call that is closed further arguments."""
        self._calls[index] = replace(self._calls[index], args=(*self._calls[index].args, *args))

    def fields_set(self, name: str) -> list[tuple[str, Expr]]:
        """Attributes that were last set on what has this name in one function, and to what, in order: `x.body = text`."""
        found: list[tuple[str, Expr]] = []
        for _, binding in reversed(self._bindings):
            into = binding.target
            if not isinstance(into, Attr) or not isinstance(into.base, Name) or into.base.id != name or binding.value is None:
                break
            found.append((into.name, binding.value))
        return found[::-1]

    def call(self, index: int) -> Call:
        """A call that is closed."""
        return self._calls[index]

    def bind(self, offset: int, target: Expr, value: Expr | None, line: int, end_line: int, annotation: Expr | None = None) -> None:
        """Bind a target in the current scope; `offset`, its place in the file, decides the order."""
        self._bindings.append((offset, Binding(self.current, target, value, line, end_line, annotation)))

    def returns(self, value: Expr) -> None:
        self.scopes[self.current].returns.append(value)

    def outer_name(self, name: str, *, is_global: bool) -> None:
        """The current scope binds `name` in the module (`is_global`) or in the function around it that owns it."""
        self._outer_names[self.current, name] = is_global

    def error(self, line: int, text: str) -> None:
        """Keep the first error of a line, and no more than `MAX_ERRORS` lines."""
        if len(self._errors) < MAX_ERRORS:
            self._errors.setdefault(line, text)

    def too_deep(self, line: int) -> Unknown:
        """What stands for syntax nested deeper than `MAX_DEPTH`; the first one is an error of the file."""
        if not self._is_too_deep:
            self._is_too_deep = True
            self._errors.setdefault(line, "too deep")
        return Unknown("too deep")

    def finish(self) -> FileFacts:
        self._bindings.sort(key=lambda pair: pair[0])
        bindings = [binding for _, binding in self._bindings]
        return FileFacts(
            language=self._language,
            scopes=tuple(scope.close() for scope in self.scopes),
            bindings=tuple(self._with_homes(bindings) if self._outer_names else bindings),
            calls=tuple(self._calls),
            stars=tuple(self.stars),
            exports=tuple(self.exports),
            notes=tuple(self.notes),
            main=self.main,
            errors=tuple(sorted(self._errors.items())),
            package=self.package,
            bare_members=self.bare_members,
        )

    def _with_homes(self, bindings: list[Binding]) -> list[Binding]:
        """Move bindings of `global` and `nonlocal` names to the scope that owns the name."""
        owned = {(b.scope, b.target.id) for b in bindings if isinstance(b.target, Name)} - self._outer_names.keys()
        owned.update((index, param.name) for index, scope in enumerate(self.scopes) for param in scope.params)
        return [
            Binding(self._home(b.scope, b.target.id, owned), b.target, b.value, b.line, b.end_line, b.annotation)
            if isinstance(b.target, Name) and (b.scope, b.target.id) in self._outer_names
            else b
            for b in bindings
        ]

    def _home(self, scope: int, name: str, owned: set[tuple[int, str]]) -> int:
        outer = max(self.scopes[scope].parent, 0)
        if self._outer_names[scope, name]:
            return 0
        while outer > 0 and (self.scopes[outer].kind == "class" or (outer, name) not in owned):
            outer = self.scopes[outer].parent
        return outer


def joined_operators(first: Expr, rest: list[tuple[str, Expr]]) -> Expr:
    """Return `first op value op value ...` as nested `Op`, left to right.

    A long chain of one operator that may be regrouped comes as a balanced tree, so that a reader needs little recursion.
    """
    if is_balanced([op for op, _ in rest]):
        return _balanced(rest[0][0], [first, *(value for _, value in rest)])
    for op, value in rest:
        first = Op(op, first, value)
    return first


def is_balanced(operators: list[str]) -> bool:
    """Whether `joined_operators` regroups this chain; its depth is then about log2 of its length."""
    return len(operators) > _LONG_CHAIN and operators[0] in _REGROUPABLE and len(set(operators)) == 1


def _balanced(op: str, values: list[Expr]) -> Expr:
    while len(values) > 1:
        pairs = [Op(op, left, right) for left, right in zip(values[::2], values[1::2], strict=False)]
        values = [*pairs, *values[len(pairs) * 2 :]]
    return values[0]
