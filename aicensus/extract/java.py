"""Java source -> `FileFacts`, through the tree-sitter grammar.

A method without a body is marked by a decorator `abstract`, behind which the annotations of its interface stand. A field that an
annotation fills (`@Value("...")`) has the annotation for its value. A record's parts are fields that its constructor keeps.
"""

from __future__ import annotations

from typing import ClassVar

from tree_sitter import Node

from aicensus.extract.typed import ABSTRACT, Reader, Table, dedented, unescaped
from aicensus.model.facts import Arg, Attr, CallRef, DefRef, Expr, FileFacts, Import, Name, Unknown

_DEFINITIONS = ("class_declaration", "interface_declaration", "enum_declaration", "record_declaration", "annotation_type_declaration")
_GETTING = frozenset({"Getter", "Data", "Value"})
"""Annotations of Lombok by which a class has methods that read its fields; the first may stand at one field."""
_WRAPPERS = frozenset(
    {"Optional", "Provider", "Instance", "ObjectProvider", "ObjectFactory", "Supplier", "Lazy", "CompletableFuture", "Mono", "Uni", "Class"}
)


class _Java(Reader):
    LANGUAGE = "java"
    GRAMMAR = ("tree_sitter_java",)
    CONTENT = frozenset({"string_fragment", "multiline_string_fragment"})
    HOLES = frozenset({"string_interpolation"})
    WRAPPERS = _WRAPPERS

    # modules

    def package_declaration(self, node: Node) -> None:
        self.builder.package = self.text(self.parts(node)[-1])

    def import_declaration(self, node: Node) -> None:
        named = self.of_type(node, "scoped_identifier", "identifier")
        if not named:
            return
        path = "".join(self.text(named[0]).split())
        if self.of_type(node, "asterisk"):
            static = any(child.type == "static" for child in node.children)
            self.builder.stars.append(Import(path, "*" if static else None))
            return
        module, _, name = path.rpartition(".")
        last = named[0].child_by_field_name("name") or named[0]
        self.declare(last, Import(module, name), whole=node)

    # definitions

    def annotations(self, node: Node) -> tuple[Expr, ...]:
        held = self.of_type(node, "modifiers")
        return tuple([self.annotation(child) for child in self.of_type(held[0], "annotation", "marker_annotation")]) if held else ()

    def pair(self, node: Node) -> Arg:
        key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
        return Arg(self.expr(value), self.text(key) if key is not None else None)

    def argument(self, node: Node) -> Arg:
        return self.pair(node) if node.type == "element_value_pair" else super().argument(node)

    def is_static(self, node: Node) -> bool:
        held = self.of_type(node, "modifiers")
        return bool(held) and any(child.type == "static" for child in held[0].children)

    def definition(self, node: Node) -> None:
        bases: list[Expr] = []
        for clause in (c for c in node.named_children if c.type in ("superclass", "super_interfaces", "extends_interfaces")):
            listed = self.of_type(clause, "type_list")
            bases += [found for part in self.parts(listed[0] if listed else clause) if (found := self.type(part)) is not None]
        self.class_(node, self.name_of(node), self.annotations(node), bases)

    def fields_in_head(self, node: Node) -> None:
        head = node.child_by_field_name("parameters") if node.type == "record_declaration" else None
        if head is not None:
            named = [(part.child_by_field_name("name"), self.type(part.child_by_field_name("type"))) for part in self.parts(head)]
            self.primary_constructor(head, [(name, annotation, None) for name, annotation in named if name is not None])

    def method(self, node: Node) -> None:
        scope = self.builder.scopes[self.builder.current]
        decorators = self.said_inside(self.annotations, node)
        if node.child_by_field_name("body") is None:
            # Whatever makes its interface an endpoint, a client or an AI service makes the method one.
            line = self.start_line(node)
            callees = (self.builder.call(d.index).callee if isinstance(d, CallRef) else d for d in scope.decorators)
            decorators = (*decorators, Name(ABSTRACT, line), *(moved for callee in callees if (moved := _at(callee, line)) is not None))
        self.function(node, self.name_of(node), decorators, static=self.is_static(node))

    def parameter(self, node: Node, index: int) -> None:
        if node.type == "spread_parameter":
            declarator = self.of_type(node, "variable_declarator")
            name = declarator[0].child_by_field_name("name") if declarator else None
            if name is not None:
                self.add_parameter(index, name, self.inner_type(node), kind="*")
            return
        super().parameter(node, index)

    def body(self, node: Node) -> None:
        super().body(node)
        scope = self.builder.scopes[self.builder.current]
        if scope.name == "main" and scope.is_static:
            self.builder.main = self.builder.main or (scope.line, scope.end_line)

    def variables(self, node: Node) -> None:
        """Local variables or fields: `T a = x, b`."""
        given = self.annotations(node) if node.type == "field_declaration" else ()
        annotation = self.type(node.child_by_field_name("type"))
        filled = next((d for d in given if isinstance(d, CallRef)), None)
        for declarator in node.children_by_field_name("declarator"):
            name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
            if name is not None:
                read = self.named_value(value, self.text(name)) if value is not None else filled
                self.declare(name, read, annotation, declarator)
                if node.type == "field_declaration" and self.has_getter(given):
                    self.getter(name, annotation)

    def has_getter(self, given: tuple[Expr, ...]) -> bool:
        """Whether annotations of a field or of its class have a method made that reads it."""
        of_class = self.builder.scopes[self.builder.current].decorators
        return any(self.annotated_as(d) in _GETTING for d in of_class) or any(self.annotated_as(d) == "Getter" for d in given)

    def annotated_as(self, annotation: Expr) -> str:
        callee = self.builder.call(annotation.index).callee if isinstance(annotation, CallRef) else annotation
        return callee.name if isinstance(callee, Attr) else callee.id if isinstance(callee, Name) else ""

    def getter(self, field: Node, annotation: Expr | None) -> None:
        """`getField()`, made at compile time."""
        named, line = self.text(field), self.line(field)
        name = f"get{named[:1].upper()}{named[1:]}"
        index = self.builder.open_scope("function", name, line, line)
        scope = self.builder.scopes[index]
        scope.receiver, scope.annotation = self.RECEIVER, annotation
        self.builder.bind(field.start_byte, Name(name, line), DefRef(index), line, line)
        outer, self.builder.current = self.builder.current, index
        self.builder.returns(Attr(Name(self.RECEIVER, line), named, line))
        self.builder.current = outer

    def resource(self, node: Node) -> None:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is not None:
            self.declare(name, self.expr(value), self.type(node.child_by_field_name("type")), node)
        else:
            self.statements(node)

    def for_each(self, node: Node) -> None:
        field = node.child_by_field_name
        self.each(field("name"), field("value"), self.type(field("type")), field("body"))

    def enum_constant(self, node: Node) -> None:
        """`A("x")` is made by the constructor of its enum."""
        name, arguments = node.child_by_field_name("name"), node.child_by_field_name("arguments")
        owner = self.builder.scopes[self.builder.current].name
        if name is not None:
            made = self.make_call(node, lambda: Name(owner, self.line(node)), arguments, new=True) if arguments is not None else None
            self.declare(name, made, whole=node)

    # values

    def invocation(self, node: Node) -> Expr:
        name, base, arguments = (node.child_by_field_name(field) for field in ("name", "object", "arguments"))
        named, line = self.text(name) if name is not None else "", self.line(name or node)
        return self.make_call(node, lambda: Attr(self.expr(base), named, line) if base is not None else Name(named, line), arguments)

    def constructor_call(self, node: Node) -> Expr:
        """`super(...)` and `this(...)`."""
        made = node.child_by_field_name("constructor")
        return self.make_call(
            node,
            lambda: Name("super" if made is None or made.type == "super" else "this", self.line(node)),
            node.child_by_field_name("arguments"),
        )

    def creation(self, node: Node) -> Expr:
        kind, arguments = node.child_by_field_name("type"), node.child_by_field_name("arguments")
        bodies = self.of_type(node, "class_body")
        base = self.type(kind) or Unknown(node.type)
        base = getattr(base, "base", base) if kind is not None and kind.type == "generic_type" else base
        if not bodies:
            return self.make_call(node, lambda: base, arguments, new=True)
        name = self.text(kind).partition("<")[0].rsplit(".", 1)[-1] if kind is not None else ""
        index = self.anonymous_class(node, name, [base], bodies[0])
        return self.make_call(node, lambda: DefRef(index), arguments, new=True)

    def class_literal(self, node: Node) -> Expr:
        return self.type(self.parts(node)[0]) or Unknown(node.type)

    def field_access(self, node: Node) -> Expr:
        return self.member(node, "object", "field")

    def method_reference(self, node: Node) -> Expr:
        parts = self.parts(node)
        if len(parts) < 2:
            return self.unknown(node)
        base = self.expr(parts[0]) if parts[0].type in self.EXPRESSIONS else self.type(parts[0])
        return Attr(base or Unknown("type"), self.text(parts[-1]), self.line(node))

    def array(self, node: Node) -> Expr:
        value = node.child_by_field_name("value")
        return self.expr(value) if value is not None else self.unknown(node)

    def switch(self, node: Node) -> Expr:
        self.statements(node)
        return Unknown(node.type)

    def content(self, node: Node, text: str) -> str:
        return unescaped(dedented(text)) if self.source.startswith(b'"""', node.start_byte) else text

    STATEMENTS: ClassVar[Table] = {
        **dict.fromkeys(("program", "block", "constructor_body", "class_body", "interface_body", "enum_body"), Reader.statements),
        **dict.fromkeys(("enum_body_declarations", "static_initializer", "expression_statement"), Reader.statements),
        **dict.fromkeys(("catch_formal_parameter", "type_parameters", "annotation_type_body"), Reader.skip),
        **dict.fromkeys(_DEFINITIONS, definition),
        **dict.fromkeys(("method_declaration", "constructor_declaration", "compact_constructor_declaration"), method),
        **dict.fromkeys(("field_declaration", "local_variable_declaration", "constant_declaration"), variables),
        **dict.fromkeys(("return_statement", "yield_statement"), Reader.return_statement),
        "package_declaration": package_declaration,
        "import_declaration": import_declaration,
        "enum_constant": enum_constant,
        "enhanced_for_statement": for_each,
        "resource": resource,
    }
    EXPRESSIONS: ClassVar[Table] = {
        **dict.fromkeys(("identifier", "this", "super", "type_identifier"), Reader.identifier),
        **dict.fromkeys(("parenthesized_expression", "cast_expression"), Reader.inner),
        **dict.fromkeys(("decimal_integer_literal", "decimal_floating_point_literal"), Reader.number),
        **dict.fromkeys(("true", "false", "null_literal"), Reader.constant),
        **dict.fromkeys(("array_initializer", "element_value_array_initializer"), Reader.sequence),
        "string_literal": Reader.string,
        "character_literal": Reader.character,
        "binary_expression": Reader.binary,
        "unary_expression": Reader.negative,
        "ternary_expression": Reader.ternary,
        "assignment_expression": Reader.assignment,
        "method_invocation": invocation,
        "explicit_constructor_invocation": constructor_call,
        "object_creation_expression": creation,
        "array_creation_expression": array,
        "field_access": field_access,
        "array_access": Reader.item,
        "lambda_expression": Reader.lambda_,
        "method_reference": method_reference,
        "class_literal": class_literal,
        "scoped_identifier": Reader.dotted,
        "switch_expression": switch,
        **dict.fromkeys(("annotation", "marker_annotation"), Reader.annotation),
    }
    TYPES: ClassVar[Table] = {
        "type_identifier": Reader.named_type,
        "identifier": Reader.named_type,
        "scoped_type_identifier": Reader.dotted,
        "generic_type": Reader.generic_type,
        "array_type": Reader.inner_type,
        "annotated_type": Reader.inner_type,
    }


def _at(name: Expr, line: int) -> Expr | None:
    """A dotted name as written on another line."""
    if isinstance(name, Attr):
        base = _at(name.base, line)
        return Attr(base, name.name, line) if base is not None else None
    return Name(name.id, line) if isinstance(name, Name) else None


def extract(content: bytes, *, newlines: list[int] | None = None) -> FileFacts:
    """Return what one Java file says; broken code raises nothing. Raises UnreadError where the grammar is not installed."""
    return _Java.extract(content, newlines)
