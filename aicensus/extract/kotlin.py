"""Kotlin source -> `FileFacts`, through the tree-sitter grammar.

Members of a companion object stand in the class around it. A lambda behind a call is its last argument and returns its last expression.
A property that is made lazily has what its lambda returns for its value.
"""

from __future__ import annotations

import re
from typing import ClassVar

from tree_sitter import Node

from aicensus.extract.typed import ABSTRACT, Reader, Table, dedented
from aicensus.model.facts import (
    Arg,
    Attr,
    CallRef,
    Choice,
    Const,
    DefRef,
    Expr,
    FileFacts,
    Import,
    Name,
    Param,
    Template,
    Unknown,
    is_text,
    literal,
    written,
)

_DEFINITIONS = ("class_declaration", "object_declaration", "interface_declaration")
_LAMBDAS = ("annotated_lambda", "lambda_literal")
_WRAPPERS = frozenset({"Optional", "Provider", "Lazy", "ObjectProvider", "Mono", "Deferred", "KClass"})
_SIMPLE_HOLE = re.compile(r"\$([A-Za-z_]\w*)")


class _Kotlin(Reader):
    LANGUAGE = "kotlin"
    GRAMMAR = ("tree_sitter_kotlin",)
    WRAPPERS = _WRAPPERS

    # modules

    def package_header(self, node: Node) -> None:
        self.builder.package = self.text(self.parts(node)[-1])

    def import_header(self, node: Node) -> None:
        parts = self.parts(node)
        path = "".join(self.text(parts[0]).split()) if parts else ""
        if self.text(node).rstrip().endswith("*"):
            self.builder.stars.append(Import(path))
        elif path:
            module, _, name = path.rpartition(".")
            line = self.line(node)
            target = Name(self.text(parts[1]) if len(parts) > 1 else name, line)
            self.builder.bind(node.start_byte, target, Import(module, name), line, line)

    # definitions

    def annotations(self, node: Node) -> tuple[Expr, ...]:
        held = self.of_type(node, "modifiers")
        listed = [self.parts(child) for child in self.of_type(held[0], "annotation")] if held else []
        return tuple([self.annotation(parts[-1]) for parts in listed if parts])

    def annotation(self, node: Node) -> Expr:
        if node.type != "constructor_invocation":
            return self.dotted(node)
        kind, *arguments = self.parts(node)
        return self.make_call(node, lambda: self.dotted(kind), arguments[0] if arguments else None)

    def definition(self, node: Node) -> None:
        decorators = self.annotations(node)
        bases: list[Expr] = []
        for listed in self.of_type(node, "delegation_specifiers"):
            for part in (inner for one in self.parts(listed) for inner in self.parts(one)[:1]):
                kind = self.parts(part)[0] if part.type == "constructor_invocation" else part
                if (base := self.type(kind)) is not None:
                    bases.append(base)
        index = self.class_(node, self.name_of(node), decorators, bases)
        for body in self.of_type(node, "class_body", "enum_class_body"):
            self.statements_of(index, body)

    def fields_in_head(self, node: Node) -> None:
        for head in self.of_type(node, "primary_constructor"):
            listed = [part for held in self.of_type(head, "class_parameters") for part in self.of_type(held, "class_parameter")]
            self.primary_constructor(head, [self.named_type_and_default(part) for part in listed])

    def named_type_and_default(self, node: Node) -> tuple[Node, Expr | None, Node | None]:
        parts = [part for part in self.parts(node) if part.type not in ("modifiers", "parameter_modifiers")]
        kind = parts[1] if len(parts) > 1 else None
        return parts[0], self.type(kind), parts[2] if len(parts) > 2 else None

    def method(self, node: Node) -> None:
        scope = self.builder.scopes[self.builder.current]
        decorators = self.said_inside(self.annotations, node)
        if not self.of_type(node, "function_body", "block") and node.type == "function_declaration":
            line = self.start_line(node)
            callees = (self.builder.call(d.index).callee if isinstance(d, CallRef) else d for d in scope.decorators)
            decorators = (*decorators, Name(ABSTRACT, line), *(Name(c.id, line) for c in callees if isinstance(c, Name)))
        self.function(node, self.name_of(node) or "constructor", decorators)

    def result_type(self, node: Node) -> Node | None:
        parts = self.parts(node)
        place = next((n for n, part in enumerate(parts) if part.type == "function_value_parameters"), len(parts))
        return next((part for part in parts[place + 1 :] if part.type in self.TYPES and part.type != "identifier"), None)

    def parameter_list(self, node: Node) -> Node | None:
        return next(iter(self.of_type(node, "function_value_parameters", "lambda_parameters")), None)

    def extended(self, node: Node) -> Node | None:
        """The type that a function is an extension of: `fun Chat.ask(text: String)`."""
        name = node.child_by_field_name("name")
        before = [part for part in self.parts(node) if name is not None and part.end_byte < name.start_byte]
        return next((part for part in before if part.type in ("user_type", "nullable_type", "parenthesized_type")), None)

    def parameters(self, node: Node, index: int) -> None:
        extended = self.extended(node.parent) if node.parent is not None else None
        if extended is not None:
            scope = self.builder.scopes[index]
            scope.receiver, scope.is_static = self.RECEIVER, True
            scope.params.append(Param(self.RECEIVER, None, self.type(extended)))
        after = ""
        for child in self.parts(node):
            if child.type in ("parameter", "variable_declaration"):
                name, annotation, default = self.named_type_and_default(child)
                self.add_parameter(index, name, annotation, default, "*" if "vararg" in after else "")
            after = self.text(child) if child.type == "parameter_modifiers" else ""

    def body(self, node: Node) -> None:
        for held in self.of_type(node, "function_body", "block"):
            for part in [held] if held.type == "block" else self.parts(held):
                if part.type == "block":
                    self.statements(part)
                else:
                    self.builder.returns(self.expr(part))
        for call in self.of_type(node, "constructor_delegation_call"):
            self.statements(call)

    def lambda_(self, node: Node) -> Expr:
        inner = node
        while inner.type == "annotated_lambda":
            inner = self.parts(inner)[-1]
        name, self.given_name = self.given_name or "<lambda>", ""
        index = self.function(inner, name, bound=False)
        self.builder.scopes[index].receiver = None
        outer, self.builder.current = self.builder.current, index
        if self.parameter_list(inner) is None:
            self.builder.scopes[index].params.append(Param("it"))
            self.declared.add((index, "it"))
        statements = [part for part in self.parts(inner) if part.type != "lambda_parameters"]
        if (value := self.last_value(statements)) is not None:
            self.builder.returns(value)
        self.builder.current = outer
        return DefRef(index)

    def property(self, node: Node) -> None:
        given = self.annotations(node)
        filled = next((d for d in given if isinstance(d, CallRef)), None)
        parts = [part for part in self.parts(node) if part.type not in ("modifiers", "type_parameters")]
        variables = [part for part in parts if part.type in ("variable_declaration", "multi_variable_declaration")]
        rest = [part for part in parts if part not in variables]
        delegate = next((part for part in rest if part.type == "property_delegate"), None)
        getter = next((part for part in rest if part.type == "getter"), None)
        value = next((part for part in rest if part.type not in ("property_delegate", "getter", "setter", "user_type")), None)
        names = self.of_type(variables[0], "variable_declaration") if variables and variables[0].type.startswith("multi") else variables
        for number, variable in enumerate(names):
            name, annotation, _ = self.named_type_and_default(variable)
            if delegate is not None or getter is not None:
                read = self.lazily(delegate) if delegate is not None else self.got(getter)
            else:
                read = self.named_value(value, self.text(name)) if value is not None and number == 0 else filled
            self.declare(name, read, annotation, node)

    def lazily(self, node: Node) -> Expr | None:
        """What `by lazy { value }` gives."""
        value = self.expr(self.parts(node)[0])
        call = self.builder.call(value.index) if isinstance(value, CallRef) else None
        made = call.args[-1].value if call is not None and call.args else None
        returned = self.builder.scopes[made.index].returns if isinstance(made, DefRef) else []
        return returned[0] if returned else value

    def got(self, node: Node | None) -> Expr | None:
        """What `get() = value` gives."""
        bodies = self.of_type(node, "function_body") if node is not None else []
        parts = self.parts(bodies[0]) if bodies else []
        return self.expr(parts[0]) if parts and parts[0].type != "block" else None

    def enum_entry(self, node: Node) -> None:
        parts = self.parts(node)
        owner = self.builder.scopes[self.builder.current].name
        arguments = self.of_type(node, "value_arguments")
        made = self.make_call(node, lambda: Name(owner, self.line(node)), arguments[0], new=True) if arguments else None
        self.declare(parts[0], made, whole=node)

    def for_each(self, node: Node) -> None:
        variable, *rest = self.parts(node)
        name = self.named_type_and_default(variable)[0] if variable.type == "variable_declaration" else None
        self.each(name, rest[0] if rest else None, None, rest[1] if len(rest) > 1 else None)

    # values

    def user_type(self, node: Node) -> Expr | None:
        """`a.b.C<T>`."""
        return self.path_type(node, "identifier")

    def call(self, node: Node) -> Expr:
        """A call with the lambda behind it, which the grammar reads as a call of the call."""
        parts = self.parts(node)
        lambdas = [part for part in parts[1:] if part.type in _LAMBDAS]
        callee, arguments = parts[0], self.of_type(node, "value_arguments")
        if lambdas and not arguments and callee.type == "call_expression":
            inner = self.parts(callee)
            if not any(part.type in _LAMBDAS for part in inner[1:]):
                callee, arguments = inner[0], self.of_type(callee, "value_arguments")
        return self.make_call(node, lambda: self.expr(callee), arguments[0] if arguments else None, tuple(lambdas))

    def arguments(self, node: Node) -> list[Arg]:
        if node.type in _LAMBDAS:
            return [Arg(self.lambda_(node))]
        return [self.argument(part) for part in self.of_type(node, "value_argument")]

    def argument(self, node: Node) -> Arg:
        parts = self.parts(node)
        if not parts:
            return Arg(Unknown("missing"))
        named = len(parts) > 1 and any(child.type == "=" for child in node.children)
        if parts[-1].type == "spread_expression":
            return Arg(self.inner(parts[-1]), None, "*")
        return Arg(self.expr(parts[-1]), self.text(parts[0]) if named else None)

    def navigation(self, node: Node) -> Expr:
        """`a.b`, `a?.b`, `A::b`; `A::class.java` is the class."""
        base, *names = self.parts(node)
        value = self.expr(base)
        if not names or self.text(names[-1]) in ("class", "java"):
            return value
        return Attr(value, self.text(names[-1]), self.line(names[-1]))

    def branches(self, node: Node) -> Expr:
        """`if` and `when` as expressions."""
        condition = node.child_by_field_name("condition")
        values: list[Expr] = []
        for part in self.parts(node):
            if part.type == "when_entry":
                held = self.parts(part)
                for inner in held[:-1]:
                    self.statement(inner)
                part = held[-1]
            if part == condition or part.type == "when_subject" or part.type in self.STATEMENTS:
                self.statement(part)
            else:
                values.append(self.expr(part))
        return Choice(tuple(values)) if values else Unknown(node.type)

    def string(self, node: Node) -> Expr:
        """A text; the grammar leaves `$name` in it as it is."""
        value = super().string(node)
        parts = value.parts if isinstance(value, Template) else (value,)
        found: list[Expr] = []
        for part in parts:
            text = written(part) if isinstance(part, Const) and is_text(part) else None
            if not isinstance(text, str) or not _SIMPLE_HOLE.search(text):
                found.append(part)
                continue
            for number, piece in enumerate(_SIMPLE_HOLE.split(text)):
                if piece:
                    found.append(Name(piece, self.line(node)) if number % 2 else literal(piece, self.line(node), self.end_line(node)))
        return found[0] if len(found) == 1 and isinstance(found[0], Const) else Template(tuple(found), self.line(node), self.end_line(node))

    def content(self, node: Node, text: str) -> str:
        return dedented(text) if node.type == "multiline_string_literal" and len(node.named_children) == 1 else text

    def object_literal(self, node: Node) -> Expr:
        listed = [part for held in self.of_type(node, "delegation_specifiers") for part in self.parts(held)]
        kinds = [self.parts(part)[0] for part in listed if self.parts(part)]
        named = [self.parts(kind)[0] if kind.type == "constructor_invocation" else kind for kind in kinds]
        bases = [base for kind in named if (base := self.type(kind)) is not None]
        body = next(iter(self.of_type(node, "class_body")), None)
        index = self.anonymous_class(node, self.text(named[0]).partition("<")[0] if named else "<object>", bases, body)
        made = self.builder.open_call()
        self.builder.close_call(made, DefRef(index), [], self.line(node), self.end_line(node), new=True)
        return CallRef(made)

    def cast(self, node: Node) -> Expr:
        return self.expr(node.child_by_field_name("left") or node.child_by_field_name("argument"))

    def this(self, node: Node) -> Expr:
        return Name("super" if node.type == "super_expression" else "this", self.line(node))

    STATEMENTS: ClassVar[Table] = {
        **dict.fromkeys(("source_file", "block", "class_body", "enum_class_body", "companion_object"), Reader.statements),
        **dict.fromkeys(("anonymous_initializer", "when_subject", "statements"), Reader.statements),
        **dict.fromkeys(("modifiers", "type_parameters", "import_list_end"), Reader.skip),
        **dict.fromkeys(_DEFINITIONS, definition),
        **dict.fromkeys(("function_declaration", "secondary_constructor"), method),
        "package_header": package_header,
        "import": import_header,
        "property_declaration": property,
        "enum_entry": enum_entry,
        "for_statement": for_each,
        "return_expression": Reader.return_statement,
    }
    EXPRESSIONS: ClassVar[Table] = {
        "identifier": Reader.identifier,
        **dict.fromkeys(("this_expression", "super_expression"), this),
        "parenthesized_expression": Reader.inner,
        **dict.fromkeys(("number_literal", "float_literal", "real_literal"), Reader.number),
        **dict.fromkeys(("boolean_literal", "null", "null_literal"), Reader.constant),
        **dict.fromkeys(("string_literal", "multiline_string_literal"), string),
        "binary_expression": Reader.binary,
        "unary_expression": cast,
        "as_expression": cast,
        "assignment": Reader.assignment,
        "call_expression": call,
        "navigation_expression": navigation,
        "callable_reference": navigation,
        "index_expression": Reader.item,
        **dict.fromkeys(_LAMBDAS, lambda_),
        "if_expression": branches,
        "when_expression": branches,
        "object_literal": object_literal,
        "collection_literal": Reader.sequence,
    }
    TYPES: ClassVar[Table] = {
        "user_type": user_type,
        "identifier": Reader.named_type,
        **dict.fromkeys(("nullable_type", "type_projection", "parenthesized_type"), Reader.inner_type),
    }


def extract(content: bytes, *, newlines: list[int] | None = None) -> FileFacts:
    """Return what one Kotlin file says; broken code raises nothing. Raises UnreadError where the grammar is not installed."""
    return _Kotlin.extract(content, newlines)
