"""PHP source -> `FileFacts`, through the tree-sitter grammar.

Names of namespaces are written with dots. Variables stand without `$`. An array with keys is an object literal. `self`, `static` and
`parent` are the class around and what it extends.
"""

from __future__ import annotations

from typing import ClassVar

from tree_sitter import Node

from aicensus.extract.typed import ABSTRACT, Reader, Table, dedented
from aicensus.model.facts import Arg, Attr, Choice, Const, Element, Expr, FileFacts, Import, Map, Name, Seq, Spread, Unknown

_DEFINITIONS = ("class_declaration", "interface_declaration", "trait_declaration", "enum_declaration")


class _Php(Reader):
    LANGUAGE = "php"
    GRAMMAR = ("tree_sitter_php", "language_php")
    HOLES = frozenset(
        {"variable_name", "member_access_expression", "subscript_expression", "dynamic_variable_name", "member_call_expression"}
    )
    BARE_MEMBERS = False

    # modules

    def namespace(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        self.builder.package = self.path(name) if name is not None else ""
        self.statements(node)

    def path(self, node: Node) -> str:
        return self.text(node).strip("\\").replace("\\", ".")

    def use(self, node: Node) -> None:
        group = node.child_by_field_name("body")
        head = next(iter(self.of_type(node, "namespace_name")), None)
        prefix = self.path(head) + "." if group is not None and head is not None else ""
        for clause in self.of_type(group if group is not None else node, "namespace_use_clause"):
            alias = clause.child_by_field_name("alias")
            named = [part for part in self.parts(clause) if part != alias]
            module, _, name = (prefix + self.path(named[-1])).rpartition(".") if named else ("", "", "")
            line = self.line(clause)
            value = Import(module, name) if module else Import(name)
            self.builder.bind(clause.start_byte, Name(self.text(alias) if alias is not None else name, line), value, line, line)

    # definitions

    def attributes(self, node: Node) -> tuple[Expr, ...]:
        held = node.child_by_field_name("attributes")
        groups = self.of_type(held, "attribute_group") if held is not None else []
        return tuple([self.attribute(one) for group in groups for one in self.of_type(group, "attribute")])

    def attribute(self, node: Node) -> Expr:
        parts = self.parts(node)
        arguments = node.child_by_field_name("parameters")
        return self.make_call(node, lambda: self.dotted(parts[0]), arguments) if arguments is not None else self.dotted(parts[0])

    def definition(self, node: Node) -> None:
        decorators = self.attributes(node)
        clauses = self.of_type(node, "base_clause", "class_interface_clause")
        bases = [self.dotted(part) for clause in clauses for part in self.parts(clause)]
        self.class_(node, self.name_of(node), decorators, bases)

    def traits(self, node: Node) -> None:
        self.builder.scopes[self.builder.current].bases += [self.dotted(part) for part in self.of_type(node, "name", "qualified_name")]

    def method(self, node: Node) -> None:
        decorators = self.said_inside(self.attributes, node)
        if node.child_by_field_name("body") is None:
            decorators = (*decorators, Name(ABSTRACT, self.start_line(node)))
        self.function(node, self.name_of(node), decorators, static=bool(self.of_type(node, "static_modifier")))

    def constructor_name(self, node: Node, name: str) -> str:
        return "constructor" if name == "__construct" else name

    def parameter(self, node: Node, index: int) -> None:
        name = node.child_by_field_name("name")
        inner = self.inside(name) if name is not None else None
        if inner is None:
            return
        annotation = self.type(node.child_by_field_name("type"))
        kind = "*" if node.type == "variadic_parameter" else ""
        self.add_parameter(index, inner, annotation, node.child_by_field_name("default_value"), "*" if kind else "")
        if node.type == "property_promotion_parameter":
            self.keep(inner, annotation)

    def keep(self, name: Node, annotation: Expr | None) -> None:
        """A parameter of a constructor that is kept in a field of its name."""
        builder, line = self.builder, self.line(name)
        builder.bind(name.start_byte, Attr(Name("this", line), self.text(name), line), Name(self.text(name), line), line, line)
        inner, builder.current = builder.current, builder.scopes[builder.current].parent
        builder.bind(name.start_byte, Name(self.text(name), line), None, line, line, annotation)
        builder.current = inner

    def property(self, node: Node) -> None:
        annotation = self.type(node.child_by_field_name("type"))
        for element in self.of_type(node, "property_element"):
            named = element.child_by_field_name("name")
            name = self.inside(named) if named is not None else None
            value = element.child_by_field_name("default_value")
            if name is not None:
                self.declare(name, self.expr(value) if value is not None else None, annotation, element)

    def constant_element(self, node: Node) -> None:
        name, *value = self.parts(node)
        self.declare(name, self.expr(value[0]) if value else None, whole=node)

    def for_each(self, node: Node) -> None:
        parts = self.parts(node)
        variable = parts[1] if len(parts) > 1 else None
        if variable is not None and variable.type == "pair":
            variable = self.parts(variable)[-1]
        held = self.expr(parts[0])
        if variable is not None and variable.type == "variable_name" and (name := self.inside(variable)) is not None:
            self.declare(name, Element(held))
        body = node.child_by_field_name("body")
        if body is not None:
            self.statement(body)

    # values

    def inside(self, node: Node) -> Node | None:
        """The name of a variable."""
        return next(iter(self.of_type(node, "name")), None)

    def variable(self, node: Node) -> Expr:
        return Name(self.text(node).lstrip("$"), self.line(node))

    def relative(self, node: Node) -> Expr:
        """`self`, `static` and `parent`."""
        if self.text(node) == "parent":
            return Name("super", self.line(node))
        scope = self.builder.current
        while scope > 0 and self.builder.scopes[scope].kind != "class":
            scope = self.builder.scopes[scope].parent
        return Name(self.builder.scopes[scope].name, self.line(node))

    def method_call(self, node: Node) -> Expr:
        name = node.child_by_field_name("name")
        base = node.child_by_field_name("object") or node.child_by_field_name("scope")
        named = self.constructor_name(node, self.text(name)) if name is not None else ""
        if base is not None and self.text(base) == "parent" and named == "constructor":
            return self.make_call(node, lambda: Name("super", self.line(node)), node.child_by_field_name("arguments"))
        return self.make_call(node, lambda: Attr(self.expr(base), named, self.line(name or node)), node.child_by_field_name("arguments"))

    def creation(self, node: Node) -> Expr:
        parts = self.parts(node)
        arguments = next(iter(self.of_type(node, "arguments")), None)
        return self.make_call(node, lambda: self.expr(parts[0]) if parts else Unknown(node.type), arguments, new=True)

    def argument(self, node: Node) -> Arg:
        name = node.child_by_field_name("name")
        parts = [part for part in self.parts(node) if part != name]
        if parts and parts[-1].type == "variadic_unpacking":
            return Arg(self.inner(parts[-1]), None, "*")
        return Arg(self.expr(parts[-1]) if parts else Unknown("missing"), self.text(name) if name is not None else None)

    def member_access(self, node: Node) -> Expr:
        return self.member(node, "object", "name")

    def class_member(self, node: Node) -> Expr:
        """`A::B`, `A::$b`, and `A::class`, which is the class."""
        base, name = (*self.parts(node), None)[:2]
        value = self.expr(base)
        if name is None or self.text(name) == "class":
            return value
        return Attr(value, self.text(name).lstrip("$"), self.line(name))

    def array(self, node: Node) -> Expr:
        pairs: list[tuple[Expr | None, Expr]] = []
        items: list[Expr] = []
        for part in self.of_type(node, "array_element_initializer"):
            inner = self.parts(part)
            if len(inner) == 2:
                pairs.append((self.expr(inner[0]), self.expr(inner[1])))
            elif inner and inner[0].type == "variadic_unpacking":
                value = self.inner(inner[0])
                pairs.append((None, value))
                items.append(Spread(value))
            elif inner:
                items.append(self.expr(inner[0]))
        return Map(tuple(pairs)) if any(key is not None for key, _ in pairs) else Seq(tuple(items))

    def heredoc(self, node: Node) -> Expr:
        body = node.child_by_field_name("value")
        return self.string(body) if body is not None else Const("", self.line(node), self.line(node))

    def hole(self, node: Node) -> Expr:
        return self.expr(node)

    def lambda_(self, node: Node) -> Expr:
        self.given_name = self.given_name.lstrip("$")
        return super().lambda_(node)

    def content(self, node: Node, text: str) -> str:
        return dedented("\n" + text) if node.type in ("heredoc_body", "nowdoc_body") and len(node.named_children) == 1 else text

    def match(self, node: Node) -> Expr:
        self.expr(node.child_by_field_name("condition"))
        body = node.child_by_field_name("body")
        arms = [arm.child_by_field_name("return_expression") for arm in (self.parts(body) if body is not None else [])]
        return Choice(tuple([self.expr(arm) for arm in arms if arm is not None]))

    def assign(self, target: Node, value: Expr, whole: Node) -> None:
        if target.type == "variable_name" and (name := self.inside(target)) is not None:
            self.declared.add((self.builder.current, self.text(name)))
        super().assign(target, value, whole)

    def condition(self, node: Node) -> Expr:
        parts = self.parts(node)
        values = [self.expr(part) for part in parts]
        return Choice(tuple(values[1:] if len(values) == 3 else values))

    STATEMENTS: ClassVar[Table] = {
        **dict.fromkeys(
            ("program", "compound_statement", "declaration_list", "enum_declaration_list", "const_declaration"), Reader.statements
        ),
        **dict.fromkeys(("expression_statement", "declare_statement", "echo_statement"), Reader.statements),
        **dict.fromkeys(("php_tag", "text_interpolation", "anonymous_function_use_clause"), Reader.skip),
        **dict.fromkeys(_DEFINITIONS, definition),
        **dict.fromkeys(("method_declaration", "function_definition"), method),
        "namespace_definition": namespace,
        "namespace_use_declaration": use,
        "use_declaration": traits,
        "property_declaration": property,
        "const_element": constant_element,
        "foreach_statement": for_each,
        "return_statement": Reader.return_statement,
    }
    EXPRESSIONS: ClassVar[Table] = {
        "name": Reader.identifier,
        "qualified_name": Reader.dotted,
        "variable_name": variable,
        "relative_scope": relative,
        **dict.fromkeys(("parenthesized_expression", "cast_expression", "error_suppression_expression", "clone_expression"), Reader.inner),
        **dict.fromkeys(("integer", "float"), Reader.number),
        **dict.fromkeys(("boolean", "null"), Reader.constant),
        **dict.fromkeys(("string", "encapsed_string"), Reader.string),
        **dict.fromkeys(("heredoc", "nowdoc"), heredoc),
        **dict.fromkeys(("member_call_expression", "nullsafe_member_call_expression", "scoped_call_expression"), method_call),
        **dict.fromkeys(("member_access_expression", "nullsafe_member_access_expression"), member_access),
        **dict.fromkeys(("class_constant_access_expression", "scoped_property_access_expression"), class_member),
        **dict.fromkeys(("assignment_expression", "augmented_assignment_expression"), Reader.assignment),
        **dict.fromkeys(("arrow_function", "anonymous_function"), lambda_),
        "binary_expression": Reader.binary,
        "unary_op_expression": Reader.negative,
        "conditional_expression": condition,
        "function_call_expression": Reader.call,
        "object_creation_expression": creation,
        "subscript_expression": Reader.item,
        "array_creation_expression": array,
        "match_expression": match,
    }
    TYPES: ClassVar[Table] = {
        "name": Reader.named_type,
        "qualified_name": Reader.dotted,
        **dict.fromkeys(("named_type", "optional_type", "union_type"), Reader.inner_type),
    }


def extract(content: bytes, *, newlines: list[int] | None = None) -> FileFacts:
    """Return what one PHP file says; broken code raises nothing. Raises UnreadError where the grammar is not installed."""
    return _Php.extract(content, newlines)
