"""Ruby source -> `FileFacts`, through the tree-sitter grammar.

`X.new(...)` is a call of the class, `initialize` its constructor, `@x` a member of `self`. A method returns its last expression. What
`attr_reader` and its like name are fields. A module is a class around what stands in it; what a class includes is among its bases. The
package of a file is the namespace of what it defines first. `send` with a name is a call of what `getattr` gives.
"""

from __future__ import annotations

from typing import ClassVar

from tree_sitter import Node

from aicensus.extract.typed import Reader, Table, dedented
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
    Op,
    Seq,
    Unknown,
    literal,
)

_SAME = frozenset({"freeze", "to_s", "dup", "strip", "squish", "chomp", "strip_heredoc", "strip_indent"})
"""Methods that leave the words of a text alone."""
_SENDING = frozenset({"send", "public_send", "__send__"})
_READERS = frozenset({"attr_reader", "attr_accessor", "attr_writer"})


class _Ruby(Reader):
    LANGUAGE = "ruby"
    GRAMMAR = ("tree_sitter_ruby",)
    CONTENT = frozenset({"string_content", "heredoc_content"})
    RECEIVER = "self"

    def __init__(self, source: bytes, newlines: list[int] | None = None) -> None:
        super().__init__(source, newlines)
        self.heredocs: list[Node] = []
        self.methods: set[str] = set()
        """Names of the methods of the file: to say one is to call it."""
        self.of_class = False
        """Whether the methods at hand are those of the class itself: `class << self`."""
        self.namespace: list[str] = []
        self.named = False
        """Whether the package of the file is known."""

    # the whole file

    def file(self, root: Node) -> None:
        pending = [root]
        while pending:  # A text that follows its line is found before the line is read.
            node = pending.pop()
            if node.type == "heredoc_body":
                self.heredocs.append(node)
            elif node.type == "method" and (name := node.child_by_field_name("name")) is not None:
                self.methods.add(self.text(name))
            pending += node.named_children
        self.heredocs.sort(key=lambda node: -node.start_byte)
        self.statements(root)

    # definitions

    def module(self, node: Node) -> None:
        """A module that holds classes is a namespace, and no scope of its own."""
        body = node.child_by_field_name("body")
        if body is not None and any(part.type in ("class", "module") for part in self.parts(body)):
            name = node.child_by_field_name("name")
            outer = self.namespace
            self.namespace = [*outer, *self.text(name).removeprefix("::").split("::")] if name is not None else outer
            self.statements(body)
            self.namespace = outer
        else:
            self.definition(node)

    def definition(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        # `class ::X::Y` adds to what another library defines.
        if name is not None and not self.named and not self.text(name).startswith("::"):
            self.named = True
            self.builder.package = ".".join((*self.namespace, *self.text(name).split("::")[:-1]))
        clause = node.child_by_field_name("superclass")
        bases = [self.expr(part) for part in self.parts(clause)] if clause is not None else []
        self.class_(node, self.text(name).rsplit("::", 1)[-1] if name is not None else "", (), bases)

    def method(self, node: Node) -> None:
        self.function(node, self.name_of(node), static=node.type == "singleton_method" or self.of_class)

    def opened_class(self, node: Node) -> None:
        """`class << self`: what stands in it is of the class around."""
        body = node.child_by_field_name("body")
        self.of_class, outer = True, self.of_class
        if body is not None:
            self.statements(body)
        self.of_class = outer

    def constructor_name(self, node: Node, name: str) -> str:
        return "constructor" if name == "initialize" else name

    def body(self, node: Node) -> None:
        body = node.child_by_field_name("body")
        if body is None:
            return
        parts = self.parts(body) if body.type in self.STATEMENTS else [body]
        if (value := self.last_value(parts)) is not None:
            self.builder.returns(value)

    def parameter(self, node: Node, index: int) -> None:
        name = node if node.type == "identifier" else node.child_by_field_name("name")
        if name is None or node.type == "block_parameter":
            return
        kind = {"splat_parameter": "*", "hash_splat_parameter": "**", "keyword_parameter": "kw"}.get(node.type, "")
        self.add_parameter(index, name, None, node.child_by_field_name("value"), kind)  # type: ignore[arg-type]

    # statements

    def assignment(self, node: Node) -> Expr:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return self.unknown(node)
        value = self.named_value(right, self.text(left))
        if left.type == "left_assignment_list":
            for number, part in enumerate(self.parts(left)):
                self.assign(part, Item(value, Const(number, self.line(part), self.line(part))), node)
        elif left.type in ("identifier", "constant"):
            self.declare(left, value, whole=node)
        else:
            self.assign(left, value, node)
        return value

    def operator_assignment(self, node: Node) -> Expr:
        left, operator, right = (node.child_by_field_name(name) for name in ("left", "operator", "right"))
        if left is None or right is None:
            return self.unknown(node)
        value = self.expr(right)
        if operator is not None and self.text(operator) in ("+=", "<<="):
            value = Op("+", self.expr(left), value)
        self.assign(left, value, node)
        return value

    def returned(self, node: Node) -> None:
        for listed in self.parts(node):
            for part in self.parts(listed) if listed.type == "argument_list" else [listed]:
                self.builder.returns(self.expr(part))

    # values

    def call(self, node: Node) -> Expr:
        base, method, arguments, block = (node.child_by_field_name(name) for name in ("receiver", "method", "arguments", "block"))
        name, line = self.text(method) if method is not None else "call", self.line(method or node)
        if base is None and self.builder.scopes[self.builder.current].kind == "class" and arguments is not None:
            if name in _READERS:
                self.fields(arguments)
            elif name in ("include", "extend", "prepend"):
                self.builder.scopes[self.builder.current].bases += [self.expr(part) for part in self.parts(arguments)]
        further = (block,) if block is not None else ()
        if name == "new" and (base is not None or self.in_class()):
            made = base  # Without one it is the class itself that makes one of its own.
            return self.make_call(node, lambda: self.expr(made) if made is not None else Name("self", line), arguments, further, new=True)
        if name in _SAME and base is not None and arguments is None:
            return self.expr(base)
        if name == "class" and base is not None and base.type == "self" and arguments is None:
            return self.own_class(node)
        if name == "tap" and base is not None and block is not None:
            return self.filled_in(base, block)
        if name in _SENDING and base is not None and arguments is not None and (given := self.parts(arguments)):
            return self.sending(node, base, given, block)
        return self.make_call(node, lambda: Attr(self.expr(base), name, line) if base is not None else Name(name, line), arguments, further)

    def filled_in(self, base: Node, block: Node) -> Expr:
        """`X.new(...).tap { |x| x.body = text }`: the object, and what is set on one just made as further arguments of its making."""
        builder, value = self.builder, self.expr(base)
        read = self.lambda_(block)
        scope = builder.scopes[read.index] if isinstance(read, DefRef) else None
        if scope is not None and len(scope.params) == 1 and isinstance(value, CallRef) and builder.call(value.index).new:
            builder.add_arguments(value.index, [Arg(given, name) for name, given in builder.fields_set(scope.params[0].name)])
        return value

    def target(self, node: Node) -> Expr:
        base, name = node.child_by_field_name("receiver"), node.child_by_field_name("method")
        if node.type == "call" and base is not None and name is not None and node.child_by_field_name("arguments") is None:
            return Attr(self.expr(base), self.text(name), self.line(name))
        return super().target(node)

    def sending(self, node: Node, base: Node, given: list[Node], block: Node | None) -> Expr:
        """`x.send(name, ...)`: a call of the method that the name, where it can be told, is of."""
        builder, line = self.builder, self.line(node)
        call = builder.open_call()
        if given[0].type == "simple_symbol":
            method: Expr = Attr(self.expr(base), self.text(given[0]).strip(":"), line)
        else:
            index = builder.open_call()
            builder.close_call(index, Name("getattr", line), [Arg(self.expr(base)), Arg(self.expr(given[0]))], line, line)
            method = CallRef(index)
        args = [self.argument(part) for part in given[1:]]
        builder.close_call(call, method, args + (self.arguments(block) if block is not None else []), line, self.end_line(node))
        return CallRef(call)

    def fields(self, arguments: Node) -> None:
        for part in self.of_type(arguments, "simple_symbol"):
            line = self.line(part)
            self.builder.bind(part.start_byte, Name(self.text(part).lstrip(":"), line), None, line, line)

    def arguments(self, node: Node) -> list[Arg]:
        if node.type in ("block", "do_block"):
            return [Arg(self.lambda_(node))]
        return super().arguments(node)

    def argument(self, node: Node) -> Arg:
        if node.type == "pair":
            key, value = self.pair(node)
            if isinstance(key, Const) and node.child_by_field_name("key").type == "hash_key_symbol":  # type: ignore[union-attr]
                return Arg(value, str(key.value))
            return Arg(Map(((key, value),)))
        if node.type == "splat_argument":
            return Arg(self.inner(node), None, "*")
        if node.type == "hash_splat_argument":
            return Arg(self.inner(node), None, "**")
        return Arg(self.expr(node))

    def pair(self, node: Node) -> tuple[Expr, Expr]:
        key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
        line = self.line(node)
        name = literal(self.text(key), line, line) if key is not None and key.type == "hash_key_symbol" else self.expr(key)
        return name, self.expr(value) if value is not None else Name(self.text(key) if key is not None else "", line)

    def hash(self, node: Node) -> Expr:
        items: list[tuple[Expr | None, Expr]] = []
        for part in self.parts(node):
            items.append(self.pair(part) if part.type == "pair" else (None, self.inner(part)))
        return Map(tuple(items))

    def lambda_(self, node: Node) -> Expr:
        held = node.child_by_field_name("body")
        if node.type == "lambda" and held is not None:
            node = held
        return super().lambda_(node)

    def identifier(self, node: Node) -> Expr:
        name = self.text(node)
        if name not in self.methods or self.is_local(name) or not self.in_class():
            return Name(name, self.line(node))
        return self.make_call(node, lambda: Name(name, self.line(node)), None)

    def scoped(self, node: Node) -> Expr:
        scope, name = node.child_by_field_name("scope"), node.child_by_field_name("name")
        named = self.text(name) if name is not None else ""
        return Attr(self.expr(scope), named, self.line(node)) if scope is not None else Name(f"::{named}", self.line(node))

    def member_variable(self, node: Node) -> Expr:
        return Attr(Name("self", self.line(node)), self.text(node).lstrip("@"), self.line(node))

    def symbol(self, node: Node) -> Expr:
        return Const(self.text(node).strip(":"), self.line(node), self.line(node))

    def reference(self, node: Node) -> Expr:
        base, *keys = self.parts(node)
        value = self.expr(base)
        read = [self.expr(key) for key in keys]
        return Item(value, read[0] if len(read) == 1 else Unknown("slice"))

    def heredoc(self, node: Node) -> Expr:
        body = next((held for held in reversed(self.heredocs) if held.start_byte > node.start_byte), None)
        if body is None:
            return Unknown(node.type)
        self.heredocs.remove(body)
        return self.string(body)

    def content(self, node: Node, text: str) -> str:
        return dedented(text) if node.type == "heredoc_body" and len(self.of_type(node, "heredoc_content")) == 1 else text

    def binary(self, node: Node) -> Expr:
        left, operator = node.child_by_field_name("left"), node.child_by_field_name("operator")
        if operator is not None and self.text(operator) == "<<" and left is not None:
            right = node.child_by_field_name("right")
            index = self.builder.open_call()
            callee = Attr(self.expr(left), "append", self.line(node))
            self.builder.close_call(index, callee, [Arg(self.expr(right))], self.line(node), self.end_line(node))
            return callee.base
        return super().binary(node)

    def branches(self, node: Node) -> Expr:
        """What either branch of a condition, or one of the cases of a value, gives."""
        condition = node.child_by_field_name("value" if node.type == "case" else "condition")
        self.expr(condition)
        values: list[Expr] = []
        for part in (p for p in self.parts(node) if p != condition):
            if part.type == "when":
                for pattern in self.of_type(part, "pattern"):
                    self.statements(pattern)
                part = part.child_by_field_name("body") or part
            inner = self.parts(part) if part.type in ("then", "else", "begin") else [part]
            values += [value for value in (self.last_value(inner),) if value is not None]
        return Choice(tuple(values)) if values else Unknown(node.type)

    def begin(self, node: Node) -> Expr:
        """A block of statements as a value: its last one."""
        value = self.last_value([part for part in self.parts(node) if part.type not in ("rescue", "ensure", "else")])
        for part in self.of_type(node, "rescue", "ensure", "else"):
            self.statement(part)
        return value if value is not None else Unknown(node.type)

    def words(self, node: Node) -> Expr:
        return Seq(tuple([Const(self.text(part), self.line(part), self.line(part)) for part in self.parts(node)]))

    def for_each(self, node: Node) -> None:
        pattern, value, body = (node.child_by_field_name(name) for name in ("pattern", "value", "body"))
        held = self.expr(self.parts(value)[0]) if value is not None and self.parts(value) else Unknown("missing")
        if pattern is not None and pattern.type == "identifier":
            self.declare(pattern, Element(held))
        if body is not None:
            self.statements(body)

    STATEMENTS: ClassVar[Table] = {
        **dict.fromkeys(("program", "body_statement", "block_body", "then", "else", "begin", "rescue", "ensure", "do"), Reader.statements),
        **dict.fromkeys(("heredoc_body", "superclass"), Reader.skip),
        "class": definition,
        "singleton_class": opened_class,
        **dict.fromkeys(("method", "singleton_method"), method),
        "module": module,
        "for": for_each,
        "return": returned,
    }
    EXPRESSIONS: ClassVar[Table] = {
        **dict.fromkeys(("constant", "self", "super", "global_variable"), Reader.identifier),
        "identifier": identifier,
        **dict.fromkeys(("instance_variable", "class_variable"), member_variable),
        **dict.fromkeys(("integer", "float"), Reader.number),
        **dict.fromkeys(("true", "false", "nil"), Reader.constant),
        **dict.fromkeys(("string", "chained_string"), Reader.string),
        **dict.fromkeys(("simple_symbol", "hash_key_symbol"), symbol),
        **dict.fromkeys(("if", "unless", "elsif", "conditional", "case"), branches),
        **dict.fromkeys(("block", "do_block", "lambda"), lambda_),
        **dict.fromkeys(("string_array", "symbol_array"), words),
        "parenthesized_statements": Reader.inner,
        "begin": begin,
        "heredoc_beginning": heredoc,
        "binary": binary,
        "unary": Reader.negative,
        "call": call,
        "assignment": assignment,
        "operator_assignment": operator_assignment,
        "scope_resolution": scoped,
        "element_reference": reference,
        "hash": hash,
        "array": Reader.sequence,
    }
    TYPES: ClassVar[Table] = {}


def extract(content: bytes, *, newlines: list[int] | None = None) -> FileFacts:
    """Return what one Ruby file says; broken code raises nothing. Raises UnreadError where the grammar is not installed."""
    return _Ruby.extract(content, newlines)
