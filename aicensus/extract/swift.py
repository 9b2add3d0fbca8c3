"""Swift source -> `FileFacts`, through the tree-sitter grammar.

All files of a program share one package. A parameter goes by its label, and its name inside is bound to it. An extension of a type of
the file stands in the type; one of another type is a class that extends it, whose methods are called as if they were the type's own.
A computed property is a function that is read as a field. `.x` is a member of the type that is declared for it, `Model.x.rawValue` is
`Model.x`. A trailing closure is the last argument.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from tree_sitter import Node

from aicensus.extract.typed import ABSTRACT, Reader, Table
from aicensus.model.facts import (
    Arg,
    Attr,
    Choice,
    Const,
    Expr,
    FileFacts,
    Import,
    Item,
    Map,
    Name,
    Op,
    Param,
    Template,
    Unknown,
    is_text,
    literal,
    written,
)

IMPLICIT = "implicit"
"""Name before a member whose type nothing declares: `.text("Hi")`."""
_SAME = frozenset({"rawValue", "self", "description", "wrappedValue"})
"""Members that say the same as what they are members of."""


class _Swift(Reader):
    LANGUAGE = "swift"
    GRAMMAR = ("tree_sitter_swift",)
    COMMENTS = frozenset({"comment", "multiline_comment"})
    CONTENT = frozenset({"line_str_text", "multi_line_str_text"})
    ESCAPES = frozenset({"str_escaped_char"})
    HOLES = frozenset({"interpolated_expression"})
    RECEIVER = "self"
    WRAPPERS = frozenset({"Result", "Task", "Optional", "Published", "Binding"})

    def __init__(self, source: bytes, newlines: list[int] | None = None) -> None:
        super().__init__(source, newlines)
        self.own: set[str] = set()
        """Types that the file defines outside of others."""
        self.extended: Expr | None = None
        """The type of another file or library that the methods at hand extend."""
        self.wanted: Expr | None = None
        """The type that is declared for the value at hand."""
        self.kinds: dict[str, Expr | None] = {}
        """Types that the class at hand declares for its properties."""

    # modules

    def file(self, root: Node) -> None:
        named = [node for node in self.of_type(root, "class_declaration", "protocol_declaration") if not self.is_extension(node)]
        self.own = {self.text(name) for node in named if (name := node.child_by_field_name("name")) is not None}
        self.statements(root)

    def is_extension(self, node: Node) -> bool:
        return any(child.type == "extension" for child in node.children)

    def import_declaration(self, node: Node) -> None:
        for held in self.of_type(node, "identifier"):
            module, _, name = "".join(self.text(held).split()).rpartition(".")
            if module:
                line = self.line(node)
                self.builder.bind(node.start_byte, Name(name, line), Import(module, name), line, line)
            else:
                self.builder.stars.append(Import(name))

    # definitions

    def attributes(self, node: Node) -> tuple[Expr, ...]:
        held = [part for modifiers in self.of_type(node, "modifiers") for part in self.of_type(modifiers, "attribute")]
        return tuple([found for part in held if (found := self.inner_type(part)) is not None])

    def is_static(self, node: Node) -> bool:
        return any(self.text(part) in ("static", "class") for held in self.of_type(node, "modifiers") for part in self.parts(held))

    def definition(self, node: Node) -> None:
        name = self.name_of(node).partition("<")[0].rsplit(".", 1)[-1]
        listed = (part.child_by_field_name("inherits_from") for part in self.of_type(node, "inheritance_specifier"))
        bases = [base for part in listed if (base := self.type(part)) is not None]
        outer, self.extended, self.kinds = (self.extended, self.kinds), None, {}
        if not self.is_extension(node) or name in self.own:
            self.part_of_class(node, name, self.attributes(node), bases)
        else:
            self.extended = self.type(node.child_by_field_name("name"))
            self.class_(node, name, (), [base for base in (self.extended, *bases) if base is not None], bound=False)
        self.extended, self.kinds = outer

    def method(self, node: Node) -> None:
        decorators = self.attributes(node)
        if node.type == "protocol_function_declaration":
            decorators = (*decorators, Name(ABSTRACT, self.start_line(node)))
        name = "constructor" if node.type == "init_declaration" else self.name_of(node)
        static = self.is_static(node)
        extended = self.extended if not static and name != "constructor" else None
        index = self.function(node, name, decorators, static=static)
        if extended is not None:
            scope = self.builder.scopes[index]
            scope.is_static = True
            scope.params.insert(0, Param(self.RECEIVER, None, extended))

    def result_type(self, node: Node) -> Node | None:
        arrow = next((n for n, child in enumerate(node.children) if child.type == "->"), len(node.children))
        return next((child for child in node.children[arrow:] if child.type in self.TYPES), None)

    def parameter_list(self, node: Node) -> Node | None:
        return node if node.type != "computed_property" else None

    def parameters(self, node: Node, index: int) -> None:
        if node.type == "lambda_literal":
            self.closure_parameters(node, index)
            return
        parts = node.children
        for number, part in enumerate(parts):
            if part.type == "parameter":
                default = parts[number + 2] if number + 2 < len(parts) and parts[number + 1].type == "=" else None
                self.labelled(part, index, default)

    def labelled(self, node: Node, index: int, default: Node | None) -> None:
        name = next(iter(self.of_type(node, "simple_identifier")[-1:]), node)
        label = node.child_by_field_name("external_name")
        annotation = next((found for part in self.parts(node) if (found := self.type(part)) is not None), None)
        many = any(child.type == "..." for child in (*node.children, node.next_sibling or node))
        if label is None or self.text(label) == "_":
            self.add_parameter(index, name, annotation, default, "*" if many else "")
        elif label is not None:
            self.add_parameter(index, label, annotation, default, "*" if many else "")
            self.declare(name, Name(self.text(label), self.line(label)))

    def closure_parameters(self, node: Node, index: int) -> None:
        kind = node.child_by_field_name("type")
        given = (
            [part for held in self.of_type(kind, "lambda_function_type_parameters") for part in self.parts(held)]
            if kind is not None
            else []
        )
        for part in given:
            name = part.child_by_field_name("name")
            if name is not None:
                self.add_parameter(index, name, self.inner_type(part))
        if not given and b"$0" in self.source[node.start_byte : node.end_byte]:
            self.builder.scopes[index].params.append(Param("$0"))
            self.declared.add((index, "$0"))

    def body(self, node: Node) -> None:
        """A body of one expression gives what that is."""
        outer, self.wanted = self.wanted, None
        body = node.child_by_field_name("body") or node
        for held in (
            *self.of_type(body, "statements"),
            *(s for g in self.of_type(body, "computed_getter") for s in self.of_type(g, "statements")),
        ):
            parts = self.parts(held)
            value = self.last_value(parts)
            if value is not None and (len(parts) == 1 or node.type == "lambda_literal"):
                self.builder.returns(value)
        for setter in self.of_type(body, "computed_setter"):
            self.statements(setter)
        self.wanted = outer

    def property(self, node: Node) -> None:
        """`let a: T = x, b = y`; what a computed property gives."""
        decorators = self.attributes(node)
        for pattern, kind, value in self.patterns(node):
            name = pattern.child_by_field_name("bound_identifier")
            annotation = self.inner_type(kind) if kind is not None else None
            if name is not None and self.builder.scopes[self.builder.current].kind == "class":
                self.kinds[self.text(name)] = annotation
            if name is None:
                self.take_apart(pattern, self.expr(value), node)
            elif value is not None and value.type == "computed_property":
                self.computed(value, name, decorators, annotation, node)
            else:
                self.declare(name, self.given(value, annotation, self.text(name)) if value is not None else None, annotation, node)
        for observer in self.of_type(node, "willset_didset_block"):
            self.statements(observer)

    def patterns(self, node: Node) -> Iterator[tuple[Node, Node | None, Node | None]]:
        """The names of a declaration, each with its type and value."""
        parts = [part for part in self.parts(node) if part.type not in ("modifiers", "value_binding_pattern", "willset_didset_block")]
        starts = [n for n, part in enumerate(parts) if part.type == "pattern"]
        for start, end in zip(starts, [*starts[1:], len(parts)], strict=True):
            rest = parts[start + 1 : end]
            kind = next((part for part in rest if part.type == "type_annotation"), None)
            yield parts[start], kind, next((part for part in rest if part.type not in ("type_annotation", "type_constraints")), None)

    def take_apart(self, pattern: Node, value: Expr, whole: Node) -> None:
        """`let (a, b) = value`."""
        for number, part in enumerate(self.of_type(pattern, "pattern")):
            for name in self.of_type(part, "simple_identifier"):
                self.declare(name, Item(value, Const(number, self.line(name), self.line(name))), None, whole)

    def required(self, node: Node) -> None:
        """A property that a protocol asks for."""
        for pattern, kind, _ in self.patterns(node):
            name = pattern.child_by_field_name("bound_identifier")
            if name is not None:
                self.declare(name, None, self.inner_type(kind) if kind is not None else None, node)

    def given(self, value: Node, annotation: Expr | None, name: str) -> Expr:
        outer, self.wanted = self.wanted, annotation
        read = self.named_value(value, name)
        self.wanted = outer
        return read

    def enum_entry(self, node: Node) -> None:
        """`case a, b = "x"`: a case is the text that it is given, or its own name."""
        parts = self.parts(node)
        for number, part in enumerate(parts):
            if part.type == "simple_identifier":
                following = parts[number + 1] if number + 1 < len(parts) else None
                raw = following is not None and following.type in self.EXPRESSIONS and following.type != "simple_identifier"
                value = self.expr(following) if raw else Const(self.text(part), self.line(part), self.line(part))
                self.declare(part, None if following is not None and following.type == "enum_type_parameters" else value, None, node)

    # statements

    def conditions(self, node: Node) -> None:
        """`if let x = y` and `guard let x = y else`."""
        name: Node | None = None
        for child in node.children:
            if child.type in ("statements", "else"):
                return
            if child.type == "simple_identifier" and node.field_name_for_child(node.children.index(child)) == "bound_identifier":
                name = child
            elif child.is_named and child.type in self.EXPRESSIONS:
                value = self.expr(child)
                if name is not None:
                    self.declare(name, value)
                name = None

    def branches(self, node: Node) -> Expr:
        self.conditions(node)
        parts = self.of_type(node, "statements", "if_statement")
        values = [self.last_value(self.parts(part)) if part.type == "statements" else self.expr(part) for part in parts]
        return Choice(tuple([value for value in values if value is not None]))

    def switch(self, node: Node) -> Expr:
        self.expr(node.child_by_field_name("expr"))
        entries = [held for entry in self.of_type(node, "switch_entry") for held in self.of_type(entry, "statements")]
        values = [self.last_value(self.parts(held)) for held in entries]
        return Choice(tuple([value for value in values if value is not None]))

    def for_each(self, node: Node) -> None:
        item, collection = node.child_by_field_name("item"), node.child_by_field_name("collection")
        name = item.child_by_field_name("bound_identifier") if item is not None else None
        self.each(name, collection, None, next(iter(self.of_type(node, "statements")), None))

    def transfer(self, node: Node) -> None:
        value = self.expr(node.child_by_field_name("result")) if node.child_by_field_name("result") is not None else None
        if value is not None and node.children[0].type == "return":
            self.builder.returns(value)

    # values

    def call(self, node: Node) -> Expr:
        """A call, or the item that `a[b]` names; the closures behind a call are its last arguments."""
        parts = self.parts(node)
        suffix = parts[-1]
        listed = next(iter(self.of_type(suffix, "value_arguments")), None)
        if listed is None and parts[0].type == "call_expression" and not self.of_type(self.parts(parts[0])[-1], "lambda_literal"):
            parts = self.parts(parts[0])  # The grammar reads a call with a closure behind it as a call of the call.
            listed = next(iter(self.of_type(parts[-1], "value_arguments")), None)
        outer, wanted, self.wanted = self.wanted, self.wanted, None
        if listed is not None and listed.children and listed.children[0].type == "[":
            keys = self.arguments(listed)
            value: Expr = Item(self.expr(parts[0]), keys[0].value if len(keys) == 1 else Unknown("key"))
        else:
            value = self.make_call(node, lambda: self.callee(parts[0], wanted), listed, (suffix,))
        self.wanted = outer
        return value

    def callee(self, node: Node, wanted: Expr | None) -> Expr:
        """`.init` is the type that is declared for what the call makes, `T.init` is `T`."""
        if node.type == "user_type":
            return self.type(node) or Unknown(node.type)
        self.wanted = wanted
        read = self.expr(node)
        self.wanted = None
        return read.base if isinstance(read, Attr) and read.name == "init" and not is_implicit(read.base) else read

    def arguments(self, node: Node) -> list[Arg]:
        if node.type == "value_arguments":
            return [self.argument(part) for part in self.of_type(node, "value_argument")]
        found: list[Arg] = []
        label: str | None = None
        for part in self.parts(node):
            if part.type == "simple_identifier":
                label = self.text(part)
            elif part.type == "lambda_literal":
                found.append(Arg(self.lambda_(part), label))
        return found

    def argument(self, node: Node) -> Arg:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        return Arg(
            self.named_value(value, self.text(name)) if value is not None and name is not None else self.expr(value),
            self.text(name) if name is not None else None,
        )

    def access(self, node: Node) -> Expr:
        target, suffix = node.child_by_field_name("target"), node.child_by_field_name("suffix")
        name = suffix.child_by_field_name("suffix") if suffix is not None else None
        value = self.type(target) if target is not None and target.type == "user_type" else self.expr(target)
        if name is None or self.text(name) in _SAME:
            return value or Unknown("type")
        return Attr(value or Unknown("type"), self.text(name), self.line(name))

    def prefixed(self, node: Node) -> Expr:
        """`-1`, `!x`, and `.x`, a member of the type that is wanted."""
        if node.children[0].type != ".":
            return self.negative(node)
        name = self.parts(node)[-1]
        return Attr(self.wanted if self.wanted is not None else Name(IMPLICIT, self.line(node)), self.text(name), self.line(name))

    def sum(self, node: Node) -> Expr:
        values = self.expr(node.child_by_field_name("lhs")), self.expr(node.child_by_field_name("rhs"))
        return Op("+", *values) if any(child.type == "+" for child in node.children) else Unknown(node.type)

    def either(self, node: Node) -> Expr:
        return Choice(tuple([self.expr(part) for part in self.parts(node)]))

    def assignment(self, node: Node) -> Expr:
        target, operator, result = (node.child_by_field_name(name) for name in ("target", "operator", "result"))
        if target is None or result is None or not self.parts(target):
            return self.unknown(node)
        left = self.parts(target)[0]
        name = self.text(left)
        value = self.given(result, self.kinds.get(name.removeprefix("self.")) if not self.is_local(name) else None, name)
        if operator is not None and self.text(operator) == "+=":
            value = Op("+", self.expr(left), value)
        self.assign(left, value, node)
        return value

    def identifier(self, node: Node) -> Expr:
        return self.own_class(node) if self.text(node) == "Self" else Name(self.text(node), self.line(node))

    def dictionary(self, node: Node) -> Expr:
        keys, values = node.children_by_field_name("key"), node.children_by_field_name("value")
        return Map(tuple([(self.expr(key), self.expr(value)) for key, value in zip(keys, values, strict=False)]))

    def block_string(self, node: Node) -> Expr:
        """A text of several lines begins and ends with a line break that is none of its own."""
        value = self.string(node)
        if not isinstance(value, Template):
            return self.cut(value, 1, 1)
        last = len(value.parts) - 1
        parts = [self.cut(part, int(number == 0), int(number == last)) for number, part in enumerate(value.parts)]
        return Template(tuple(parts), value.line, value.end_line)

    def cut(self, part: Expr, first: int, last: int) -> Expr:
        text = written(part) if isinstance(part, Const) and is_text(part) else None
        if not isinstance(part, Const) or not isinstance(text, str):
            return part
        text = text.removeprefix("\n") if first else text
        return literal(text.removesuffix("\n") if last else text, part.line, part.end_line)

    def content(self, node: Node, text: str) -> str:
        if node.type != "multi_line_string_literal":
            return text
        indent = re.search(rb"[ \t]*$", self.source[: node.end_byte - 3])
        return text.replace("\n" + indent[0].decode(), "\n") if indent is not None else text

    def raw_text(self, node: Node) -> Expr:
        return literal(self.text(node).strip("#").strip('"'), self.line(node), self.end_line(node))

    def user_type(self, node: Node) -> Expr | None:
        """`A.B<T>`; `Self` is the class around."""
        if self.text(node) == "Self":
            return self.own_class(node)
        return self.path_type(node, "type_identifier")

    STATEMENTS: ClassVar[Table] = {
        **dict.fromkeys(("source_file", "statements", "class_body", "enum_class_body", "protocol_body"), Reader.statements),
        **dict.fromkeys(("modifiers", "directive", "typealias_declaration", "type_parameters", "attribute"), Reader.skip),
        **dict.fromkeys(("class_declaration", "protocol_declaration"), definition),
        **dict.fromkeys(("function_declaration", "init_declaration", "protocol_function_declaration"), method),
        "import_declaration": import_declaration,
        "property_declaration": property,
        "protocol_property_declaration": required,
        "enum_entry": enum_entry,
        "for_statement": for_each,
        "control_transfer_statement": transfer,
    }
    EXPRESSIONS: ClassVar[Table] = {
        "simple_identifier": identifier,
        "self_expression": lambda self, node: Name("self", self.line(node)),
        "super_expression": lambda self, node: Name("super", self.line(node)),
        **dict.fromkeys(("try_expression", "await_expression", "value_argument"), Reader.inner),
        **dict.fromkeys(("as_expression", "postfix_expression"), Reader.first),
        **dict.fromkeys(("integer_literal", "real_literal"), Reader.number),
        **dict.fromkeys(("boolean_literal", "nil"), Reader.constant),
        "line_string_literal": Reader.string,
        "multi_line_string_literal": block_string,
        "raw_string_literal": raw_text,
        **dict.fromkeys(("call_expression", "constructor_expression"), call),
        "navigation_expression": access,
        "prefix_expression": prefixed,
        "additive_expression": sum,
        "nil_coalescing_expression": either,
        "ternary_expression": Reader.ternary,
        "assignment": assignment,
        **dict.fromkeys(("array_literal", "tuple_expression"), Reader.sequence),
        "dictionary_literal": dictionary,
        "lambda_literal": Reader.lambda_,
        **dict.fromkeys(("if_statement", "guard_statement", "while_statement"), branches),
        "switch_statement": switch,
    }
    TYPES: ClassVar[Table] = {
        "user_type": user_type,
        **dict.fromkeys(("optional_type", "existential_type", "opaque_type", "array_type", "type_annotation"), Reader.inner_type),
        **dict.fromkeys(("protocol_composition_type", "type_arguments", "implicitly_unwrapped_type"), Reader.inner_type),
    }


def is_implicit(base: Expr) -> bool:
    return isinstance(base, Name) and base.id == IMPLICIT


def extract(content: bytes, *, newlines: list[int] | None = None) -> FileFacts:
    """Return what one Swift file says; broken code raises nothing. Raises UnreadError where the grammar is not installed."""
    return _Swift.extract(content, newlines)
