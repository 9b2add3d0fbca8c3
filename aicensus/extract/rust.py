"""Rust source -> `FileFacts`, through the tree-sitter grammar.

Paths are written with dots. The methods of all `impl` blocks of a type stand in its class, traits among its bases. `?` and `.await` are
dropped, `Ok(x)` and `Some(x)` are `x`. A struct literal is a call of its type with named arguments; `format!` is the text it formats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from tree_sitter import Node

from aicensus.extract.typed import ABSTRACT, Reader, Table
from aicensus.model.facts import (
    Arg,
    CallRef,
    Choice,
    Const,
    Element,
    Expr,
    FileFacts,
    Import,
    Name,
    Seq,
    Template,
    Unknown,
    is_text,
    literal,
    written,
)

_WRAPPERS = frozenset({"Arc", "Rc", "Box", "Option", "Result", "Mutex", "RwLock", "State", "Data", "Cow", "Extension"})
_SAME = frozenset({"Ok", "Some", "Arc.new", "Box.new", "Rc.new", "Mutex.new", "String.from"})
"""Functions that give their argument in another wrapping."""
_HOLE = re.compile(r"\{([^{}]*)\}")


class _Rust(Reader):
    LANGUAGE = "rust"
    GRAMMAR = ("tree_sitter_rust",)
    WRAPPERS = _WRAPPERS
    RECEIVER = "self"
    BARE_MEMBERS = False

    # modules

    def file(self, root: Node) -> None:
        """Types come first, so that `impl` blocks find theirs wherever they stand."""
        first = ("use_declaration", "struct_item", "enum_item", "trait_item")
        for part in sorted(self.parts(root), key=lambda part: part.type not in first):
            self.statement(part)

    def use(self, node: Node) -> None:
        argument = node.child_by_field_name("argument")
        for path, alias in self.used(argument, "") if argument is not None else ():
            module, _, name = path.rpartition(".")
            line = self.line(node)
            if name == "*":
                self.builder.stars.append(Import(module))
            elif name == "self":
                outer, _, last = module.rpartition(".")
                value = Import(outer, last) if outer else Import(last)
                self.builder.bind(node.start_byte, Name(alias or last, line), value, line, line)
            else:
                value = Import(module, name) if module else Import(name)
                self.builder.bind(node.start_byte, Name(alias or name, line), value, line, line)

    def used(self, node: Node, prefix: str) -> Iterator[tuple[str, str]]:
        """Dotted paths that a `use` names, with their aliases."""
        if node.type == "use_list":
            for part in self.parts(node):
                yield from self.used(part, prefix)
        elif node.type == "scoped_use_list":
            path, inner = node.child_by_field_name("path"), node.child_by_field_name("list")
            if inner is not None:
                yield from self.used(inner, prefix + (self.path(path) + "." if path is not None else ""))
        elif node.type == "use_as_clause":
            path, alias = node.child_by_field_name("path"), node.child_by_field_name("alias")
            yield prefix + (self.path(path) if path is not None else ""), self.text(alias) if alias is not None else ""
        elif node.type == "use_wildcard":
            yield prefix + self.path(self.parts(node)[0]) + ".*" if self.parts(node) else prefix + "*", ""
        else:
            yield prefix + self.path(node), ""

    def path(self, node: Node) -> str:
        return "".join(self.text(node).split()).replace("::", ".")

    # definitions

    def type_item(self, node: Node) -> None:
        self.class_(node, self.name_of(node), (), [])

    def field(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        if name is not None:
            self.declare(name, None, self.type(node.child_by_field_name("type")), node)

    def impl(self, node: Node) -> None:
        kind, trait, body = (node.child_by_field_name(name) for name in ("type", "trait", "body"))
        owner = re.split(r"[<\s]", self.path(kind))[0].rsplit(".", 1)[-1] if kind is not None else ""
        index = self.owner(owner, node)
        if trait is not None and (base := self.type(trait)) is not None:
            self.builder.scopes[index].bases.append(base)
        self.statements_of(index, body)

    def function_item(self, node: Node) -> None:
        parameters = node.child_by_field_name("parameters")
        own = bool(self.of_type(parameters, "self_parameter")) if parameters is not None else False
        decorators = () if node.child_by_field_name("body") is not None else (Name(ABSTRACT, self.line(node)),)
        self.function(node, self.name_of(node), decorators, static=not own)

    def parameter(self, node: Node, index: int) -> None:
        if node.type != "self_parameter":
            super().parameter(node, index)

    def body(self, node: Node) -> None:
        body = node.child_by_field_name("body")
        if body is None or body.type != "block":
            super().body(node)
            return
        if (value := self.last_value(self.parts(body))) is not None:
            self.builder.returns(value)

    def let(self, node: Node) -> None:
        pattern, value = node.child_by_field_name("pattern"), node.child_by_field_name("value")
        annotation = self.type(node.child_by_field_name("type"))
        name = pattern if pattern is None or pattern.type == "identifier" else next(iter(self.of_type(pattern, "identifier")), None)
        if name is None:
            self.expr(value)
        else:
            self.declare(name, self.named_value(value, self.text(name)) if value is not None else None, annotation, node)

    def constant_item(self, node: Node) -> None:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is not None:
            self.declare(name, self.expr(value) if value is not None else None, None, node)

    def for_each(self, node: Node) -> None:
        pattern, value, body = (node.child_by_field_name(name) for name in ("pattern", "value", "body"))
        held = self.expr(value)
        if pattern is not None and pattern.type == "identifier":
            self.declare(pattern, Element(held))
        if body is not None:
            self.statement(body)

    # values

    def field_access(self, node: Node) -> Expr:
        return self.member(node, "value", "field")

    def call(self, node: Node) -> Expr:
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        given = self.parts(arguments) if arguments is not None else []
        if function is not None and self.path(function) in _SAME and len(given) == 1:
            return self.expr(given[0])
        if function is not None and function.type == "field_expression" and not given:
            name = function.child_by_field_name("field")
            if name is not None and self.text(name) in ("to_string", "into", "clone", "to_owned", "as_str", "unwrap", "as_ref"):
                return self.expr(function.child_by_field_name("value"))
        return super().call(node)

    def generic_function(self, node: Node) -> Expr:
        return self.expr(node.child_by_field_name("function"))

    def struct(self, node: Node) -> Expr:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        index = self.builder.open_call()
        callee = (self.type(name) if name is not None else None) or Unknown("literal")
        args = [arg for part in (self.parts(body) if body is not None else []) if (arg := self.field_value(part)) is not None]
        self.builder.close_call(index, callee, args, self.line(node), self.end_line(node), new=True)
        return CallRef(index)

    def field_value(self, node: Node) -> Arg | None:
        field, value = node.child_by_field_name("field"), node.child_by_field_name("value")
        if field is not None and value is not None:
            return Arg(self.expr(value), self.text(field))
        if node.type == "shorthand_field_initializer":
            return Arg(Name(self.text(node), self.line(node)), self.text(node))
        self.statements(node)
        return None

    def macro(self, node: Node) -> Expr:
        """`format!` and the like; of other macros the values that stand in them."""
        name = node.child_by_field_name("macro")
        tree = next(iter(self.of_type(node, "token_tree")), None)
        values = [self.expr(part) for part in self.parts(tree) if part.type in self.EXPRESSIONS] if tree is not None else []
        first = values[0] if values else None
        named = self.text(name) if name is not None else ""
        if named in ("format", "concat", "println", "anyhow") and isinstance(first, Const) and is_text(first):
            return self.filled(str(written(first)), values[1:], node)
        return Seq(tuple(values))

    def filled(self, text: str, values: list[Expr], node: Node) -> Expr:
        parts: list[Expr] = []
        line, end = self.line(node), self.end_line(node)
        rest = iter(values)
        for number, piece in enumerate(_HOLE.split(text)):
            if number % 2:
                inner = piece.partition(":")[0]
                parts.append(Name(inner, line) if inner.isidentifier() else next(rest, Unknown("argument")))
            elif piece:
                parts.append(literal(piece, line, end))
        return parts[0] if len(parts) == 1 and isinstance(parts[0], Const) else Template(tuple(parts), line, end)

    def branches(self, node: Node) -> Expr:
        values: list[Expr] = []
        for part in self.parts(node):
            inner = part.child_by_field_name("value") if part.type == "match_arm" else part
            if part.type == "match_block":
                values.append(self.branches(part))
            elif inner is None or inner.type in ("let_condition", "match_pattern"):
                self.statements(part)
            elif inner.type in ("block", "else_clause"):
                values += self.last(inner)
            elif part.type == "match_arm":
                values.append(self.expr(inner))
            else:
                self.expr(inner)
        return Choice(tuple(values)) if values else Unknown(node.type)

    def last(self, node: Node) -> list[Expr]:
        """What a block gives."""
        parts = self.parts(node)
        if parts and parts[-1].type == "block":
            for part in parts[:-1]:
                self.statement(part)
            return self.last(parts[-1])
        value = self.last_value(parts)
        return [value] if value is not None else []

    STATEMENTS: ClassVar[Table] = {
        **dict.fromkeys(("source_file", "block", "declaration_list", "field_declaration_list", "expression_statement"), Reader.statements),
        **dict.fromkeys(("mod_item", "enum_variant_list"), Reader.statements),
        **dict.fromkeys(("attribute_item", "inner_attribute_item", "visibility_modifier", "type_parameters", "where_clause"), Reader.skip),
        **dict.fromkeys(("struct_item", "enum_item", "trait_item"), type_item),
        **dict.fromkeys(("function_item", "function_signature_item"), function_item),
        **dict.fromkeys(("const_item", "static_item"), constant_item),
        "use_declaration": use,
        "field_declaration": field,
        "impl_item": impl,
        "let_declaration": let,
        "for_expression": for_each,
        "return_expression": Reader.return_statement,
    }
    EXPRESSIONS: ClassVar[Table] = {
        **dict.fromkeys(("identifier", "self", "crate", "super", "field_identifier", "shorthand_field_identifier"), Reader.identifier),
        **dict.fromkeys(("parenthesized_expression", "reference_expression"), Reader.inner),
        **dict.fromkeys(("try_expression", "await_expression", "type_cast_expression"), Reader.first),
        **dict.fromkeys(("integer_literal", "float_literal"), Reader.number),
        "boolean_literal": Reader.constant,
        **dict.fromkeys(("string_literal", "raw_string_literal"), Reader.string),
        "binary_expression": Reader.binary,
        "unary_expression": Reader.negative,
        "assignment_expression": Reader.assignment,
        "compound_assignment_expr": Reader.assignment,
        "call_expression": call,
        "generic_function": generic_function,
        "field_expression": field_access,
        "scoped_identifier": Reader.dotted,
        "index_expression": Reader.item,
        "struct_expression": struct,
        "array_expression": Reader.sequence,
        "tuple_expression": Reader.sequence,
        "closure_expression": Reader.lambda_,
        "macro_invocation": macro,
        **dict.fromkeys(("if_expression", "match_expression"), branches),
        "async_block": Reader.inner,
    }
    TYPES: ClassVar[Table] = {
        "type_identifier": Reader.named_type,
        "identifier": Reader.named_type,
        "scoped_type_identifier": Reader.dotted,
        "generic_type": Reader.generic_type,
        **dict.fromkeys(("reference_type", "array_type", "dynamic_type", "abstract_type", "type_arguments"), Reader.inner_type),
    }


def extract(content: bytes, *, newlines: list[int] | None = None) -> FileFacts:
    """Return what one Rust file says; broken code raises nothing. Raises UnreadError where the grammar is not installed."""
    return _Rust.extract(content, newlines)
