"""What one source file says, in one form for every language.

A front end writes these records from a single file alone, so they can be cached by blob and made in parallel.
They hold no vendor knowledge and no resolved names: `link` gives them meaning.

Lines count from 1 and are physical lines of the file. Expressions refer to calls and definitions by index
(`CallRef`, `DefRef`), so a call that stands inside another expression is stored once.
"""

from __future__ import annotations

from typing import Literal, cast

import msgspec

from aicensus.model.prose import decides, is_prose

FACTS_VERSION = 7
"""Raise when the records or what a front end writes into them change: cached facts of another version are not read."""
GIVES = "=>"
"""Name that stands before the type that a function gives, in the type of the function."""


class _Node(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=True):
    pass


class Const(_Node, frozen=True, array_like=True, gc=False, tag="c"):
    """A literal: text, number, boolean or null. Adjacent literals of one language construct arrive joined."""

    value: str | int | float | bool | None
    line: int
    end_line: int


_VALUE = Const.__dict__["value"]


class Prose(Const, frozen=True, array_like=True, gc=False, tag="p"):
    """A text in words. Who asks for its `value` goes by it; `written` is for those who only tell it again."""

    @property  # type: ignore[misc]
    def value(self) -> str:
        return decides(self.written)

    @property
    def written(self) -> str:
        return cast("str", _VALUE.__get__(self))


def literal(text: str, line: int, end_line: int) -> Const:
    """A literal text."""
    return Prose(text, line, end_line) if is_prose(text) else Const(text, line, end_line)


def written(const: Const) -> str | int | float | bool | None:
    """The value of a literal for those who only tell it again: nothing may depend on what a text in words says."""
    return const.written if isinstance(const, Prose) else const.value


def is_text(expr: Expr) -> bool:
    """Whether an expression is a literal text, whatever it says."""
    return isinstance(expr, Prose) or (isinstance(expr, Const) and isinstance(expr.value, str))


class Template(_Node, frozen=True, array_like=True, gc=False, tag="t"):
    """Text with holes: an f-string or a template literal; text parts are `Const`, holes are any other expression."""

    parts: tuple[Expr, ...]
    line: int
    end_line: int


class Name(_Node, frozen=True, array_like=True, gc=False, tag="n"):
    """A bare name as written, `self` and `this` included."""

    id: str
    line: int


class Attr(_Node, frozen=True, array_like=True, gc=False, tag="a"):
    """`base.name`, also `base?.name` and `base["name"]` in JavaScript."""

    base: Expr
    name: str
    line: int


class Item(_Node, frozen=True, array_like=True, gc=False, tag="i"):
    """`base[key]`; a destructured position is `Item(value, Const(0))`."""

    base: Expr
    key: Expr


class CallRef(_Node, frozen=True, array_like=True, gc=False, tag="r"):
    """The value of `FileFacts.calls[index]`; `await` is dropped."""

    index: int


class DefRef(_Node, frozen=True, array_like=True, gc=False, tag="d"):
    """The function, lambda or class that is `FileFacts.scopes[index]`."""

    index: int


class Import(_Node, frozen=True, array_like=True, gc=False, tag="m"):
    """A module (`name` None) or one name of it.

    Python: `module` is dotted, `level` the number of leading dots. `import a.b` binds `a` to `Import("a", None)`,
    `import a.b as c` binds `c` to `Import("a.b", None)`. JavaScript: `module` is the specifier as written, `name` is an
    exported name, `default`, or None for the namespace (`import * as`, `require()`, `import()`).
    """

    module: str
    name: str | None = None
    level: int = 0


class Seq(_Node, frozen=True, array_like=True, gc=False, tag="s"):
    """A list, tuple, set or array literal, or a comprehension (its one element); `Spread` items are kept."""

    items: tuple[Expr, ...]


class Map(_Node, frozen=True, array_like=True, gc=False, tag="o"):
    """A dict or object literal in order; key None spreads the value. A shorthand `{a}` is (Const a, Name a)."""

    items: tuple[tuple[Expr | None, Expr], ...]


class Op(_Node, frozen=True, array_like=True, gc=False, tag="b"):
    """A binary operator that can carry text, objects or paths: `+`, `%`, `|`, `>>`, `*`, `@`, `/`. Others are `Unknown`."""

    op: str
    left: Expr
    right: Expr


class Choice(_Node, frozen=True, array_like=True, gc=False, tag="h"):
    """One of several: conditional expression, `or`, `and`, `??`, `||`."""

    options: tuple[Expr, ...]


class Element(_Node, frozen=True, array_like=True, gc=False, tag="e"):
    """Any element of an iterable: a loop or comprehension variable."""

    base: Expr


class Spread(_Node, frozen=True, array_like=True, gc=False, tag="x"):
    """`*value` or `...value` inside a `Seq`."""

    value: Expr


class Unknown(_Node, frozen=True, array_like=True, gc=False, tag="u"):
    """An expression that the front end does not read, with the grammar's name for it."""

    why: str


Expr = Const | Prose | Template | Name | Attr | Item | CallRef | DefRef | Import | Seq | Map | Op | Choice | Element | Spread | Unknown


class Arg(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One argument of a call as written."""

    value: Expr
    name: str | None = None
    """Keyword of a keyword argument."""
    spread: Literal["", "*", "**"] = ""


class Call(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One call expression; `new` marks a constructor call in languages that say so."""

    scope: int
    """Index of the scope the call stands in."""
    callee: Expr
    args: tuple[Arg, ...]
    line: int
    end_line: int
    new: bool = False


class Param(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A parameter. A destructured one is named `{}N` for position N; its parts are bindings of the function."""

    name: str
    default: Expr | None = None
    annotation: Expr | None = None
    kind: Literal["", "*", "**", "kw"] = ""
    """`*` and `**` collect the rest; `kw` is keyword-only."""


class Scope(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A module (always index 0), class or function, lambdas and object-literal methods included."""

    kind: Literal["module", "class", "function"]
    name: str
    """As written; `<lambda>` for an anonymous function that no binding, property or argument names."""
    qualname: str
    """Dotted names from the module down, without `<locals>`; empty for the module."""
    parent: int
    """Index of the enclosing scope; -1 for the module."""
    line: int
    """First line, decorators excluded."""
    end_line: int
    params: tuple[Param, ...] = ()
    receiver: str | None = None
    """Name of the instance inside a method (`self`, `this`), or of the class (`cls`); None for others.

    In a static function that has a parameter of this name, what the function extends: the object before the dot of its calls."""
    decorators: tuple[Expr, ...] = ()
    bases: tuple[Expr, ...] = ()
    returns: tuple[Expr, ...] = ()
    """Every returned or yielded expression."""
    annotation: Expr | None = None
    """Declared return type."""
    doc: Const | Prose | None = None
    is_async: bool = False
    is_static: bool = False


class Binding(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A name, attribute or item that receives a value: assignment, import, definition, parameter part, `with ... as`, loop.

    Flow is not kept: several bindings of one target are several possible values. `x += y` is `x = Op("+", x, y)`;
    `xs.append(v)` is a call, not a binding. A declaration without a value has `value` None and its annotation.
    """

    scope: int
    target: Expr
    """`Name`, `Attr` or `Item`."""
    value: Expr | None
    line: int
    end_line: int
    annotation: Expr | None = None


class Export(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a JavaScript module offers: `default`, a name, `=` for `module.exports = value`, `*` for `export * from`."""

    name: str
    value: Expr


class Note(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A comment that speaks to this tool: the text after `aicensus:`."""

    line: int
    text: str


NOTE_HEAD = 3
"""A note on one of a file's first lines speaks of the whole file."""
NOTE_REACH = 4
"""Lines above a definition in which a note speaks of it: decorators and comments."""


class FileFacts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Everything a front end reads in one file."""

    language: str
    """`python`, `javascript` (TypeScript included), `java` ..., as the catalogue names it."""
    scopes: tuple[Scope, ...]
    bindings: tuple[Binding, ...]
    """In source order."""
    calls: tuple[Call, ...]
    """In source order of their start, an outer call before the calls inside it."""
    stars: tuple[Import, ...] = ()
    """`from m import *`; `name` is `*` where the static members of a class are meant, `level` 1 where it holds in all files."""
    exports: tuple[Export, ...] = ()
    notes: tuple[Note, ...] = ()
    main: tuple[int, int] | None = None
    """First and last line of an `if __name__ == "__main__"` block."""
    errors: tuple[tuple[int, str], ...] = ()
    """Lines whose syntax was not understood; the rest of the file was read."""
    cells: tuple[tuple[int, int, int], ...] = ()
    """Notebook cells: (cell number from 1, first line, last line)."""
    cell_ids: tuple[str, ...] = ()
    """The ids that the notebook gives the `cells`, in their order; empty texts where it gives none."""
    package: str | None = None
    """The package or namespace whose files see each other's names without an import, as written, empty where the file names none.

    None in languages where a file stands for itself."""
    bare_members: bool = False
    """Whether members of the class around may be named without their object."""
