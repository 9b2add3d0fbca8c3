"""What the front ends of class-based languages share: a walk through a tree-sitter tree by tables of node types.

A language is a subclass of `Reader`: tables from node types to methods, most of them of this class, the names of the grammar's fields
where they differ, and methods for what no other language has. Type names are read as expressions, wrappers such as `Optional<T>`
as what they hold, and so are arrays and pointers. A constructor is a method called `constructor`, as in JavaScript.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any, ClassVar, Literal

from tree_sitter import Language, Node

from aicensus.extract.builder import MAX_DEPTH, FactsBuilder
from aicensus.extract.syntax import line_ends, tree
from aicensus.model.errors import UnreadError
from aicensus.model.facts import (
    Arg,
    Attr,
    CallRef,
    Choice,
    Const,
    DefRef,
    Element,
    Expr,
    FileFacts,
    Item,
    Map,
    Name,
    Note,
    Op,
    Param,
    Seq,
    Template,
    Unknown,
    literal,
)

_NOTE = re.compile(rb"(?://|#|\*)[ \t]*aicensus:([^\r\n]*)")
_ESCAPE = re.compile(r"\\(?:u\{?([0-9a-fA-F]{1,6})\}?|x([0-9a-fA-F]{2})|([0-7]{1,3})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "s": " ", "0": "\0", "\n": ""}
_NUMBER = re.compile(r"(?P<whole>-?[\d_]+)(?P<rest>\.[\d_]+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)?[a-zA-Z]?\w*")
_TEXT_OPERATORS = frozenset({"+", "."})
_EITHER = frozenset({"??", "||", "?:", "or"})

ABSTRACT = "abstract"
"""Name of the decorator that marks a method without a body."""
PROPERTY = "property"
"""Name of the decorator that marks a method which is read, not called."""
_ITERATING = frozenset({
    "map", "flatMap", "forEach", "filter", "anyMatch", "allMatch", "noneMatch", "collect", "reduce", "sorted", "ifPresent", "then",
    "let", "also", "Select", "SelectMany", "Where", "Any", "All", "First", "FirstOrDefault", "ForEach", "ToDictionary", "OrderBy",
    "thenApply", "each",
})  # fmt: skip
"""Methods that hand a function what they hold, not something to fill in."""

Table = Mapping[str, Callable[[Any, Node], Any]]
"""From node types to the method that reads them."""


@cache
def grammar(module: str, function: str = "language") -> Language:
    """The grammar of a wheel. Raises UnreadError where it is not installed."""
    try:
        return Language(getattr(import_module(module), function)())
    except ImportError as error:
        raise UnreadError(f"the grammar {module.replace('_', '-')} is not installed") from error


class Reader:
    """Walks one syntax tree. `statement`, `expr` and `type` pick the method for a node. Parts are read in source order."""

    LANGUAGE: ClassVar[str]
    GRAMMAR: ClassVar[tuple[str, ...]]
    """Module of the grammar's wheel, and its function where it holds several."""
    STATEMENTS: ClassVar[Table] = {}
    EXPRESSIONS: ClassVar[Table] = {}
    TYPES: ClassVar[Table] = {}
    COMMENTS: ClassVar[frozenset[str]] = frozenset({"comment", "line_comment", "block_comment"})
    CONTENT: ClassVar[frozenset[str]] = frozenset({"string_content"})
    """Nodes inside a text that stand for themselves."""
    ESCAPES: ClassVar[frozenset[str]] = frozenset({"escape_sequence"})
    HOLES: ClassVar[frozenset[str]] = frozenset({"interpolation"})
    RECEIVER: ClassVar[str] = "this"
    WRAPPERS: ClassVar[frozenset[str]] = frozenset()
    """Generic types that stand for what they hold."""
    BARE_MEMBERS: ClassVar[bool] = True
    """Whether members of the class around may be named without their object."""

    def __init__(self, source: bytes, newlines: list[int] | None = None) -> None:
        self.source = source
        self.newlines = newlines if newlines is not None else line_ends(source)
        self.builder = FactsBuilder(self.LANGUAGE, len(self.newlines) + 1)
        self.builder.package = ""
        self.builder.bare_members = self.BARE_MEMBERS
        self.depth = 0
        self.given_name = ""
        self.types: dict[tuple[int, str], int] = {}
        """Classes of the file by the scope around them and their name."""
        self.declared: set[tuple[int, str]] = set()
        """Scopes with the names of their variables and parameters."""

    @classmethod
    def extract(cls, content: bytes, newlines: list[int] | None = None) -> FileFacts:
        """Return what one file says; broken code raises nothing. Raises UnreadError where the grammar is missing.

        `newlines` are the offsets after which a new line counts, for code that was put together from pieces of another file.
        """
        source = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").replace("\0", " ").encode()
        reader = cls(source, newlines)
        root = tree(grammar(*cls.GRAMMAR), source)
        reader.file(root)
        reader.notes(root)
        if root.has_error:
            reader.errors(root)
        return reader.builder.finish()

    # positions and text

    def text(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def line(self, node: Node) -> int:
        return 1 + bisect_left(self.newlines, node.start_byte)

    def end_line(self, node: Node) -> int:
        return 1 + bisect_left(self.newlines, max(node.end_byte - 1, node.start_byte))

    def parts(self, node: Node) -> list[Node]:
        return [child for child in node.named_children if child.type not in self.COMMENTS]

    def of_type(self, node: Node, *types: str) -> list[Node]:
        return [child for child in node.named_children if child.type in types]

    def name_of(self, node: Node) -> str:
        """What stands in the field `name`; empty where there is none."""
        name = node.child_by_field_name("name")
        return self.text(name) if name is not None else ""

    # the whole file

    def file(self, root: Node) -> None:
        self.statements(root)

    def notes(self, root: Node) -> None:
        for match in _NOTE.finditer(self.source):
            node = root.descendant_for_byte_range(match.start(), match.start() + 1)
            if node is not None and node.type in self.COMMENTS:
                text = match[1].partition(b"*/")[0].decode("utf-8", "replace").strip()
                self.builder.notes.append(Note(1 + bisect_left(self.newlines, match.start()), text))

    def errors(self, root: Node) -> None:
        pending = [root]
        while pending:
            node = pending.pop()
            if node.is_missing:
                self.builder.error(self.line(node), f"missing {node.type}")
            elif node.is_error:
                start = self.source[node.start_byte : node.start_byte + 60].decode("utf-8", "replace").strip()
                self.builder.error(self.line(node), f"not understood: {start.partition(chr(10))[0]}")
            if node.has_error:
                pending.extend(reversed(node.children))

    # picking a method

    def statement(self, node: Node) -> None:
        method = self.STATEMENTS.get(node.type)
        if method is None:
            self.expr(node)
        elif self.depth >= MAX_DEPTH:
            self.builder.too_deep(self.line(node))
        else:
            self.depth += 1
            method(self, node)
            self.depth -= 1

    def statements(self, node: Node) -> None:
        for child in node.named_children:
            if child.type not in self.COMMENTS:
                self.statement(child)

    def last_value(self, parts: list[Node]) -> Expr | None:
        """Read statements one after the other: what the last of them gives; None where it gives nothing."""
        for part in parts[:-1]:
            self.statement(part)
        if parts and parts[-1].type not in self.STATEMENTS:
            return self.expr(parts[-1])
        for part in parts[-1:]:
            self.statement(part)
        return None

    def skip(self, node: Node) -> None:
        pass

    def expr(self, node: Node | None) -> Expr:
        if node is None:
            return Unknown("missing")
        if self.depth >= MAX_DEPTH:
            return self.builder.too_deep(self.line(node))
        method = self.EXPRESSIONS.get(node.type, Reader.unknown)
        self.depth += 1
        value: Expr = method(self, node)
        self.depth -= 1
        return value

    def unknown(self, node: Node) -> Expr:
        """What is not understood is read for the calls inside it."""
        self.statements(node)
        return Unknown(node.type)

    def type(self, node: Node | None) -> Expr | None:
        """A type; None where none is written or it is not of interest."""
        if node is None or self.depth >= MAX_DEPTH:
            return None
        method = self.TYPES.get(node.type)
        self.depth += 1
        value: Expr | None = method(self, node) if method is not None else None
        self.depth -= 1
        return value

    # types

    def named_type(self, node: Node) -> Expr | None:
        name = self.text(node)
        return Name(name, self.line(node)) if name != "var" else None

    def dotted(self, node: Node) -> Expr:
        """A name of names: `a.b.C`."""
        names = [name for name in re.split(r"\s*(?:\.|::|\\)\s*", self.text(node)) if name]
        value: Expr = Name(names[0] if names else "", self.line(node))
        for name in names[1:]:
            value = Attr(value, name, self.line(node))
        return value

    def inner_type(self, node: Node) -> Expr | None:
        """An array, a pointer or the like, as what it holds."""
        return next((found for child in self.parts(node) if (found := self.type(child)) is not None), None)

    def generic_type(self, node: Node) -> Expr | None:
        base, *arguments = self.parts(node)
        inside = [found for part in (self.parts(arguments[0]) if arguments else ()) if (found := self.type(part)) is not None]
        if self.text(base).rsplit(".", 1)[-1] in self.WRAPPERS:
            return inside[-1] if inside else None
        value = self.type(base)
        return Item(value, inside[0] if len(inside) == 1 else Seq(tuple(inside))) if value is not None and inside else value

    def path_type(self, node: Node, part: str) -> Expr | None:
        """`a.b.C<T>` whose names are nodes of the type `part`."""
        names = [self.text(name) for name in self.of_type(node, part)]
        held = self.of_type(node, "type_arguments")
        if names and names[-1] in self.WRAPPERS and held:
            return self.inner_type(held[0])
        value: Expr | None = Name(names[0], self.line(node)) if names else None
        for name in names[1:]:
            value = Attr(value, name, self.line(node)) if value is not None else None
        return value

    # values

    def own_class(self, node: Node) -> Expr:
        """The class around, as it is named."""
        scope = self.builder.current
        while scope > 0 and self.builder.scopes[scope].kind != "class":
            scope = self.builder.scopes[scope].parent
        return Name(self.builder.scopes[scope].name, self.line(node)) if scope > 0 else self.unknown(node)

    def identifier(self, node: Node) -> Expr:
        return Name(self.text(node), self.line(node))

    def inner(self, node: Node) -> Expr:
        """What the last part of a node is: parentheses, `await x`, `(T) x`."""
        parts = self.parts(node)
        for child in parts[:-1]:
            if child.type not in self.TYPES:
                self.statement(child)
        return self.expr(parts[-1]) if parts else Unknown(node.type)

    def first(self, node: Node) -> Expr:
        """What the first part of a node is: `x!`, `x as T`."""
        parts = self.parts(node)
        return self.expr(parts[0]) if parts else Unknown(node.type)

    def number(self, node: Node) -> Expr:
        line = self.line(node)
        match = _NUMBER.fullmatch(self.text(node))
        if match is None:
            return Unknown(node.type)
        digits = match["whole"].replace("_", "")
        rest = (match["rest"] or "").replace("_", "")
        return Const(float(digits + rest) if rest else int(digits[:18] or 0), line, line)

    def constant(self, node: Node) -> Expr:
        line = self.line(node)
        return Const({"true": True, "false": False}.get(self.text(node).lower()), line, line)

    def negative(self, node: Node) -> Expr:
        value = self.inner(node)
        if node.children[0].type == "-" and isinstance(value, Const) and isinstance(value.value, int | float):
            return Const(-value.value, value.line, value.end_line)
        return Unknown(node.type) if node.children[0].type == "!" else value

    def string(self, node: Node) -> Expr:
        """A text by the nodes inside it: `Const`, or `Template` where it has holes."""
        parts: list[Expr] = []
        text = ""
        for child in node.named_children:
            if child.type in self.CONTENT:
                text += self.content(node, self.text(child))
            elif child.type in self.ESCAPES:
                text += unescaped(self.text(child))
            elif child.type in self.HOLES:
                if text:
                    parts.append(literal(text, self.line(node), self.end_line(node)))
                text = ""
                parts.append(self.hole(child))
        if text or not parts:
            parts.append(literal(text, self.line(node), self.end_line(node)))
        one = parts[0] if len(parts) == 1 else None
        return one if isinstance(one, Const) else Template(tuple(parts), self.line(node), self.end_line(node))

    def content(self, node: Node, text: str) -> str:
        """The words of a piece of the text `node`."""
        return text

    def hole(self, node: Node) -> Expr:
        parts = [part for part in self.parts(node) if part.type in self.EXPRESSIONS]
        return self.expr(parts[0]) if parts else Unknown(node.type)

    def character(self, node: Node) -> Expr:
        return Const(unescaped(self.text(node)[1:-1]), self.line(node), self.line(node))

    def raw_string(self, node: Node) -> Expr:
        """A text without holes or escapes between its quotes."""
        return literal(self.text(node).strip("`'\""), self.line(node), self.end_line(node))

    def sequence(self, node: Node) -> Expr:
        return Seq(tuple([self.expr(part) for part in self.parts(node)]))

    def binary(self, node: Node) -> Expr:
        left, operator, right = (node.child_by_field_name(name) for name in ("left", "operator", "right"))
        op = self.text(operator) if operator is not None else ""
        values = self.expr(left), self.expr(right)
        if op in _TEXT_OPERATORS:
            return Op("+", *values)
        return Choice(values) if op in _EITHER else Unknown(node.type)

    def ternary(self, node: Node) -> Expr:
        condition, *options = self.parts(node)
        self.expr(condition)
        return Choice(tuple([self.expr(option) for option in options]))

    # calls

    def call(self, node: Node) -> Expr:
        """`function(arguments)`."""
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        return self.make_call(node, lambda: self.expr(function), arguments)

    def make_call(
        self, node: Node, callee: Callable[[], Expr], arguments: Node | None, further: tuple[Node, ...] = (), *, new: bool = False
    ) -> CallRef:
        """Record a call whose callee and arguments are read in this order, so that it stands before the calls inside it."""
        index = self.builder.open_call()
        self.given_name = ""
        called = callee()
        args = self.arguments(arguments) if arguments is not None else []
        for one in further:
            args += self.arguments(one)
        if any(isinstance(arg.value, DefRef) for arg in args) and not (isinstance(called, Attr) and called.name in _ITERATING):
            args = [self.configuring(arg) for arg in args]
        self.builder.close_call(index, called, args, self.line(node), self.end_line(node), new=new)
        return CallRef(index)

    def arguments(self, node: Node) -> list[Arg]:
        return [self.argument(part) for part in self.parts(node)]

    def argument(self, node: Node) -> Arg:
        return Arg(self.expr(node))

    def member(self, node: Node, base: str, name: str) -> Expr:
        named = node.child_by_field_name(name)
        value = self.expr(node.child_by_field_name(base))
        return Attr(value, self.text(named) if named is not None else "", self.line(named or node))

    def item(self, node: Node) -> Expr:
        base, *keys = self.parts(node)
        value = self.expr(base)
        read = [self.expr(key) for key in keys]
        return Item(value, read[0] if len(read) == 1 else Unknown("slice"))

    # bindings

    def declare(self, node: Node, value: Expr | None, annotation: Expr | None = None, whole: Node | None = None) -> None:
        """A variable, parameter part or field of the current scope, named by `node`."""
        self.declared.add((self.builder.current, self.text(node)))
        line = self.line(whole or node)
        target = Name(self.text(node), self.line(node))
        self.builder.bind(node.start_byte, target, value, line, max(line, self.end_line(whole or node)), annotation)

    def assign(self, target: Node, value: Expr, whole: Node) -> None:
        """`target = value`; a bare name that no function around declares is a member of the class around."""
        read = self.target(target)
        line = self.line(target)
        self.builder.bind(target.start_byte, read, value, line, max(line, self.end_line(whole)))

    def target(self, node: Node) -> Expr:
        read = self.expr(node)
        if isinstance(read, Name) and self.BARE_MEMBERS and self.in_class() and not self.is_local(read.id):
            return Attr(Name(self.RECEIVER, read.line), read.id, read.line)
        return read

    def is_local(self, name: str) -> bool:
        scope = self.builder.current
        while scope > 0 and self.builder.scopes[scope].kind == "function":
            if (scope, name) in self.declared:
                return True
            scope = self.builder.scopes[scope].parent
        return False

    def in_class(self) -> bool:
        scope = self.builder.current
        while scope > 0 and self.builder.scopes[scope].kind == "function":
            scope = self.builder.scopes[scope].parent
        return scope > 0

    def assignment(self, node: Node) -> Expr:
        left, operator, right = (node.child_by_field_name(name) for name in ("left", "operator", "right"))
        if left is None or right is None:
            return self.unknown(node)
        value = self.named_value(right, self.text(left))
        op = self.text(operator) if operator is not None else "="
        if op not in ("=", ":=", "??=", "||="):
            value = Op("+", self.expr(left), value) if op in ("+=", ".=") else Unknown(node.type)
        self.assign(left, value, node)
        return value

    def named_value(self, node: Node, name: str) -> Expr:
        """A value that is given a name: an anonymous function takes it."""
        outer, self.given_name = self.given_name, name
        value = self.expr(node)
        self.given_name = outer
        return value

    def each(self, name: Node | None, value: Node | None, annotation: Expr | None, body: Node | None) -> None:
        """`for (T name : value) body`."""
        held = self.expr(value)
        if name is not None:
            self.declare(name, Element(held), annotation)
        if body is not None:
            self.statement(body)

    def return_statement(self, node: Node) -> None:
        for child in self.parts(node):
            self.builder.returns(self.expr(child))

    # definitions

    def annotation(self, node: Node) -> Expr:
        """`@name(arguments)`."""
        name, arguments = node.child_by_field_name("name"), node.child_by_field_name("arguments")
        if name is None or arguments is None:
            return self.dotted(name) if name is not None else Unknown(node.type)
        return self.make_call(node, lambda: self.dotted(name), arguments)

    def said_inside(self, read: Callable[[Node], tuple[Expr, ...]], node: Node) -> tuple[Expr, ...]:
        """What annotates a function that is read next: it is said inside of it."""
        outer, self.builder.current = self.builder.current, len(self.builder.scopes)
        decorators = read(node)
        self.builder.current = outer
        return decorators

    def open(self, kind: Literal["class", "function"], name: str, node: Node, decorators: tuple[Expr, ...] = ()) -> int:
        index = self.builder.open_scope(kind, name, self.start_line(node), self.end_line(node))
        self.builder.scopes[index].decorators = decorators
        return index

    def start_line(self, node: Node) -> int:
        """First line of a definition, annotations before it excluded."""
        named = node.child_by_field_name("name")
        return self.line(named or node)

    def function(self, node: Node, name: str, decorators: tuple[Expr, ...] = (), *, static: bool = False, bound: bool = True) -> int:
        """Read a function with the fields `parameters` and `body`; `bound` to its name in the current scope."""
        builder = self.builder
        name = self.constructor_name(node, name)
        index = self.open("function", name, node, decorators)
        scope = builder.scopes[index]
        if bound:
            target = Name(name, self.start_line(node))
            builder.bind(node.start_byte, target, DefRef(index), self.start_line(node), self.end_line(node))
        if builder.scopes[scope.parent].kind == "class":
            scope.is_static = static
            scope.receiver = self.RECEIVER
        scope.annotation = self.type(self.result_type(node))
        outer, builder.current = builder.current, index
        self.depth += 1
        parameters = self.parameter_list(node)
        if parameters is not None:
            self.parameters(parameters, index)
        self.body(node)
        self.depth -= 1
        builder.current = outer
        return index

    def constructor_name(self, node: Node, name: str) -> str:
        return "constructor" if node.type in ("constructor_declaration", "compact_constructor_declaration") else name

    def result_type(self, node: Node) -> Node | None:
        return node.child_by_field_name("type") or node.child_by_field_name("return_type")

    def parameter_list(self, node: Node) -> Node | None:
        return node.child_by_field_name("parameters")

    def body(self, node: Node) -> None:
        body = node.child_by_field_name("body")
        if body is None:
            return
        if body.type in self.STATEMENTS:
            self.statement(body)
        else:
            self.builder.returns(self.expr(body))

    def parameters(self, node: Node, index: int) -> None:
        if not node.named_children:
            self.parameter(node, index)
        for child in self.parts(node):
            self.parameter(child, index)

    def parameter(self, node: Node, index: int) -> None:
        """One parameter with the fields `name`, `type` and perhaps a default."""
        if node.type in ("identifier", "implicit_parameter"):
            self.add_parameter(index, node)
            return
        name = node.child_by_field_name("name") or node.child_by_field_name("pattern")
        if name is not None:
            default = node.child_by_field_name("value") or node.child_by_field_name("default_value")
            self.add_parameter(index, name, self.type(node.child_by_field_name("type")), default)

    def add_parameter(
        self, index: int, name: Node, annotation: Expr | None = None, default: Node | None = None, kind: Literal["", "*", "**", "kw"] = ""
    ) -> None:
        value = self.expr(default) if default is not None else None
        self.declared.add((index, self.text(name)))
        self.builder.scopes[index].params.append(Param(self.text(name), value, annotation, kind))

    def lambda_(self, node: Node) -> Expr:
        name, self.given_name = self.given_name or "<lambda>", ""
        index = self.function(node, name, bound=False)
        if self.builder.scopes[self.builder.scopes[index].parent].kind != "class":
            self.builder.scopes[index].receiver = None
        return DefRef(index)

    def configuring(self, arg: Arg) -> Arg:
        """A function that only fills in what it is given, `r -> r.model(x).user(y)`, as the map of what it sets."""
        value = self.configured(arg.value.index) if isinstance(arg.value, DefRef) else None
        return Arg(value, arg.name) if value is not None else arg

    def configured(self, index: int) -> Expr | None:
        scope = self.builder.scopes[index]
        if len(scope.params) != 1 or len(scope.returns) != 1:
            return None
        items: list[tuple[Expr | None, Expr]] = []
        value = scope.returns[0]
        while isinstance(value, CallRef):
            call = self.builder.call(value.index)
            if not isinstance(call.callee, Attr):
                return None
            if call.args:
                items.insert(0, (Const(call.callee.name, call.line, call.line), call.args[-1].value))
            value = call.callee.base
        return Map(tuple(items)) if items and value == Name(scope.params[0].name, getattr(value, "line", 0)) else None

    def class_(self, node: Node, name: str, decorators: tuple[Expr, ...], bases: list[Expr], *, bound: bool = True) -> int:
        """Read a class with the field `body`; `bound` to its name in the current scope."""
        builder = self.builder
        index = self.open("class", name, node, decorators)
        builder.scopes[index].bases = bases
        if bound:
            target = Name(name, self.start_line(node))
            builder.bind(node.start_byte, target, DefRef(index), self.start_line(node), self.end_line(node))
            self.types[builder.current, name] = index
        self.read_class(index, node)
        return index

    def part_of_class(self, node: Node, name: str, decorators: tuple[Expr, ...], bases: list[Expr]) -> None:
        """Read a class whose definition stands in several places of the file into one scope."""
        index = self.types.get((self.builder.current, name))
        if index is None:
            self.class_(node, name, decorators, bases)
            return
        scope = self.builder.scopes[index]
        scope.bases += bases
        scope.decorators += decorators
        scope.end_line = max(scope.end_line, self.end_line(node))
        self.read_class(index, node)

    def owner(self, name: str, node: Node) -> int:
        """The class of a type; one that another file defines is opened here without a name."""
        key = (self.builder.current, name)
        if key not in self.types:
            self.types[key] = self.builder.open_scope("class", name, self.line(node), self.line(node))
        return self.types[key]

    def statements_of(self, index: int, node: Node | None) -> None:
        """Read what stands in a node into a scope."""
        outer, self.builder.current = self.builder.current, index
        if node is not None:
            self.statements(node)
        self.builder.current = outer

    def read_class(self, index: int, node: Node) -> None:
        """Read the head and the body of a class into a scope."""
        outer, self.builder.current = self.builder.current, index
        self.depth += 1
        self.fields_in_head(node)
        body = node.child_by_field_name("body")
        if body is not None:
            self.statements(body)
        self.depth -= 1
        self.builder.current = outer

    def anonymous_class(self, node: Node, name: str, bases: list[Expr], body: Node | None) -> int:
        """A class that is defined where its one object is made."""
        index = self.open("class", name, node)
        self.builder.scopes[index].bases = bases
        self.statements_of(index, body)
        return index

    def computed(self, node: Node, name: Node, decorators: tuple[Expr, ...], annotation: Expr | None, whole: Node) -> None:
        """A function that is read as if it were a field: a property of its class, elsewhere a value that a call gives."""
        builder = self.builder
        member = builder.scopes[builder.current].kind == "class"
        made = -1 if member else builder.open_call()
        index = self.function(node, self.text(name), (*decorators, Name(PROPERTY, self.line(name))) if member else decorators, bound=False)
        builder.scopes[index].annotation = annotation
        if not member:
            builder.close_call(made, DefRef(index), [], self.line(name), self.end_line(node))
        self.declare(name, DefRef(index) if member else CallRef(made), None if member else annotation, whole)

    def fields_in_head(self, node: Node) -> None:
        """Fields that the head of a class declares with its constructor."""

    def primary_constructor(self, node: Node, fields: list[tuple[Node, Expr | None, Node | None]]) -> None:
        """A constructor in the head of a class: what it takes is kept in fields of the same names."""
        builder = self.builder
        line = self.line(node)
        for name, annotation, _ in fields:
            builder.bind(name.start_byte, Name(self.text(name), self.line(name)), None, self.line(name), self.line(name), annotation)
        index = builder.open_scope("function", "constructor", line, self.end_line(node))
        builder.scopes[index].receiver = self.RECEIVER
        builder.bind(node.start_byte, Name("constructor", line), DefRef(index), line, self.end_line(node))
        outer, builder.current = builder.current, index
        for name, annotation, default in fields:
            self.add_parameter(index, name, annotation, default)
            own = Attr(Name(self.RECEIVER, line), self.text(name), line)
            builder.bind(name.start_byte, own, Name(self.text(name), line), line, line)
        builder.current = outer


def unescaped(text: str) -> str:
    """What the escape sequences in a text stand for."""

    def one(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        if code:
            return chr(int(code, 16)) if int(code, 16) < 0x110000 else ""
        if match[3]:
            return chr(int(match[3], 8))
        return _ESCAPED.get(match[4], match[4])

    return _ESCAPE.sub(one, text)


def dedented(text: str) -> str:
    """A block of text without the indent that all its lines share and without its first line break."""
    import textwrap

    lines = text.partition("\n")[2] if not text.partition("\n")[0].strip() else text
    return textwrap.dedent(lines).rstrip(" \t")
