"""C# source -> `FileFacts`, through the tree-sitter grammar.

An object initialiser gives its constructor call named arguments, a collection initialiser its items. `new(...)` is read as a call of the
declared type. A property with a body is a method marked `get`. Statements at the top level of a file belong to the module.
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
    Item,
    Map,
    Name,
    Op,
    Seq,
    Spread,
    Template,
    Unknown,
    literal,
)

_DEFINITIONS = (
    "class_declaration",
    "interface_declaration",
    "struct_declaration",
    "record_declaration",
    "record_struct_declaration",
    "enum_declaration",
)
_WRAPPERS = frozenset({"Task", "ValueTask", "Lazy", "Func", "IOptions", "IOptionsSnapshot", "IOptionsMonitor", "Nullable"})


_ASKING = re.compile(r"(Get\w*Service|Resolve|GetInstance)\b")


_HANDLERS = frozenset({"lambda_expression", "identifier", "member_access_expression"})
"""What an event is given by `+=`."""


class _CSharp(Reader):
    LANGUAGE = "csharp"
    GRAMMAR = ("tree_sitter_c_sharp",)
    CONTENT = frozenset({"string_literal_content", "string_content", "raw_string_content"})
    WRAPPERS = _WRAPPERS

    def __init__(self, source: bytes, newlines: list[int] | None = None) -> None:
        super().__init__(source, newlines)
        self.wanted: Expr | None = None
        """Type that `new(...)` stands for."""

    # modules

    def namespace(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        if name is not None and not self.builder.package:
            self.builder.package = self.text(name)
        self.statements(node)

    def using(self, node: Node) -> None:
        parts = self.parts(node)
        alias = node.child_by_field_name("name")
        path = "".join(self.text(parts[-1]).split()) if parts else ""
        if alias is not None:
            module, _, name = path.rpartition(".")
            self.declare(alias, Import(module, name), whole=node)
        elif path:
            marks = {child.type for child in node.children}
            self.builder.stars.append(Import(path, "*" if "static" in marks else None, 1 if "global" in marks else 0))

    # definitions

    def attributes(self, node: Node) -> tuple[Expr, ...]:
        return tuple([self.attribute(child) for held in self.of_type(node, "attribute_list") for child in self.of_type(held, "attribute")])

    def attribute(self, node: Node) -> Expr:
        name, held = node.child_by_field_name("name"), self.of_type(node, "attribute_argument_list")
        if name is None or not held:
            return self.dotted(name) if name is not None else Unknown(node.type)
        return self.make_call(node, lambda: self.dotted(name), held[0])

    def marks(self, node: Node) -> set[str]:
        return {self.text(child) for child in self.of_type(node, "modifier")}

    def definition(self, node: Node) -> None:
        listed = self.of_type(node, "base_list")
        parts = self.parts(listed[0]) if listed else []
        bases = [found for part in parts if part.type != "argument_list" and (found := self.type(part)) is not None]
        self.class_(node, self.name_of(node), self.attributes(node), bases)

    def fields_in_head(self, node: Node) -> None:
        for head in self.of_type(node, "parameter_list"):
            parts = self.of_type(head, "parameter")
            named = [(p.child_by_field_name("name"), self.type(p.child_by_field_name("type")), self.default(p)) for p in parts]
            self.primary_constructor(head, [(name, annotation, default) for name, annotation, default in named if name is not None])

    @staticmethod
    def default(node: Node) -> Node | None:
        return next((node.children[i + 1] for i, child in enumerate(node.children[:-1]) if child.type == "="), None)

    def method(self, node: Node) -> None:
        decorators = self.said_inside(self.attributes, node)
        if node.child_by_field_name("body") is None:
            decorators = (*decorators, Name(ABSTRACT, self.start_line(node)))
        index = self.function(node, self.name_of(node), decorators, static="static" in self.marks(node))
        scope = self.builder.scopes[index]
        if scope.name == "Main" and scope.is_static:
            self.builder.main = self.builder.main or (scope.line, scope.end_line)

    def result_type(self, node: Node) -> Node | None:
        return node.child_by_field_name("returns") or node.child_by_field_name("type")

    def body(self, node: Node) -> None:
        for child in self.of_type(node, "constructor_initializer"):
            self.chained_constructor(child)
        super().body(node)

    def chained_constructor(self, node: Node) -> None:
        """`: base(a)` and `: this(a)`."""
        parts = self.of_type(node, "argument_list")
        name = "this" if any(child.type == "this" for child in node.children) else "super"
        self.make_call(node, lambda: Name(name, self.line(node)), parts[0] if parts else None)

    def arrow(self, node: Node) -> None:
        for part in self.parts(node):
            self.builder.returns(self.expr(part))

    def parameters(self, node: Node, index: int) -> None:
        name = node.child_by_field_name("name")  # `params T[] name` has no node of its own
        if node.type != "parameter_list":
            super().parameters(node, index)
            return
        for part in self.of_type(node, "parameter"):
            self.parameter(part, index)
        if name is not None:
            self.add_parameter(index, name, self.type(node.child_by_field_name("type")), kind="*")

    def parameter(self, node: Node, index: int) -> None:
        name = node.child_by_field_name("name")
        if node.type == "parameter" and name is not None:
            self.add_parameter(index, name, self.type(node.child_by_field_name("type")), self.default(node))
            if "this" in self.marks(node):
                self.builder.scopes[index].receiver = self.text(name)
        elif node.type in ("identifier", "implicit_parameter"):
            self.add_parameter(index, node)

    def property(self, node: Node) -> None:
        """A property is a field; one that computes its value is a method that is read."""
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        annotation = self.type(node.child_by_field_name("type"))
        if name is None:
            return
        accessors = node.child_by_field_name("accessors")
        getter = next((a for a in self.parts(accessors) if self.is_getter(a)), None) if accessors is not None else None
        computed = value if value is not None and value.type == "arrow_expression_clause" else getter
        if computed is None:
            self.declare(name, self.given(value, annotation), annotation, node)
            return
        index = self.open("function", self.text(name), node, (Name("get", self.line(name)),))
        self.builder.scopes[index].receiver = self.RECEIVER
        self.builder.scopes[index].annotation = annotation
        self.builder.bind(node.start_byte, Name(self.text(name), self.line(name)), DefRef(index), self.line(name), self.end_line(node))
        outer, self.builder.current = self.builder.current, index
        self.statement(computed) if computed.type == "arrow_expression_clause" else self.body(computed)
        self.builder.current = outer

    def is_getter(self, node: Node) -> bool:
        return node.child_by_field_name("body") is not None and self.text(node.child_by_field_name("name") or node) == "get"

    def variables(self, node: Node) -> None:
        """`T a = x, b`, as a field, a local or in `using`."""
        annotation = self.type(node.child_by_field_name("type"))
        for declarator in self.of_type(node, "variable_declarator"):
            name, value = declarator.child_by_field_name("name"), self.default(declarator)
            if name is not None:
                self.declare(name, self.given(value, annotation, self.text(name)), annotation or self.asked(value), declarator)
            elif pattern := self.of_type(declarator, "tuple_pattern"):
                self.take_apart(self.parts(pattern[0]), self.expr(self.parts(declarator)[-1]), node)

    def take_apart(self, parts: list[Node], value: Expr, whole: Node) -> None:
        """`var (a, b) = value`, `(A a, B b) = value` and `(a, b) = value`."""
        for number, part in enumerate(parts):
            item = Item(value, Const(number, self.line(whole), self.line(whole)))
            named = part.child_by_field_name("name") if part.type == "declaration_expression" else None
            if named is not None:
                self.declare(named, item, self.type(part.child_by_field_name("type")), whole)
            elif part.type == "identifier" and whole.type == "variable_declaration":
                self.declare(part, item, whole=whole)
            elif part.type in ("identifier", "member_access_expression"):
                self.assign(part, item, whole)

    def tuple_(self, node: Node) -> Expr:
        return Seq(tuple([arg.value for arg in self.arguments(node)]))

    def asked(self, value: Node | None) -> Expr | None:
        """The type that a container is asked for: `services.GetRequiredService<T>()`."""
        function = value.child_by_field_name("function") if value is not None and value.type == "invocation_expression" else None
        name = (function.child_by_field_name("name") or function) if function is not None else None
        if name is None or name.type != "generic_name" or not _ASKING.match(self.text(name)):
            return None
        held = self.of_type(name, "type_argument_list")
        return self.inner_type(held[0]) if held else None

    def given(self, value: Node | None, annotation: Expr | None, name: str = "") -> Expr | None:
        outer, self.wanted = self.wanted, annotation
        read = self.named_value(value, name) if value is not None else None
        self.wanted = outer
        return read

    def enum_member(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        if name is not None:
            self.declare(name, None, whole=node)

    def for_each(self, node: Node) -> None:
        field = node.child_by_field_name
        left = field("left")
        self.each(left if left is not None and left.type == "identifier" else None, field("right"), self.type(field("type")), field("body"))

    def local_function(self, node: Node) -> None:
        self.function(node, self.name_of(node))

    def declared_pattern(self, node: Node) -> None:
        """`x is Foo foo`."""
        name = node.child_by_field_name("name")
        if name is not None:
            self.declare(name, None, self.type(node.child_by_field_name("type")))

    # values

    def access(self, node: Node) -> Expr:
        named = node.child_by_field_name("name")
        value = self.expr(node.child_by_field_name("expression"))
        return Attr(value, self.simple(named), self.line(named or node))

    def simple(self, node: Node | None) -> str:
        """A name without its type arguments."""
        return re.sub(r"<.*", "", self.text(node), flags=re.DOTALL).strip() if node is not None else ""

    def generic_name(self, node: Node) -> Expr:
        return Name(self.simple(node), self.line(node))

    def conditional(self, node: Node) -> Expr:
        """`a?.b` and `a?[0]`."""
        condition, *rest = self.parts(node)
        value = self.expr(condition)
        binding = rest[-1] if rest else None
        chain: list[Node] = []
        while binding is not None and binding.type not in ("member_binding_expression", "element_binding_expression"):
            chain.append(binding)
            binding = next(iter(self.parts(binding)), None)
        if binding is None or chain:
            for part in rest:
                self.expr(part)
            return Unknown(node.type)
        named = binding.child_by_field_name("name")
        return Attr(value, self.simple(named), self.line(binding)) if named is not None else Item(value, Unknown("key"))

    def subscript(self, node: Node) -> Expr:
        value = self.expr(node.child_by_field_name("expression"))
        held = node.child_by_field_name("subscript")
        keys = [arg.value for arg in self.arguments(held)] if held is not None else []
        return Item(value, keys[0] if len(keys) == 1 else Unknown("key"))

    def argument(self, node: Node) -> Arg:
        if node.type not in ("argument", "attribute_argument"):
            return super().argument(node)
        name = node.child_by_field_name("name")
        parts = [part for part in self.parts(node) if part != name]
        return Arg(self.expr(parts[-1]) if parts else Unknown("missing"), self.text(name) if name is not None else None)

    def invocation(self, node: Node) -> Expr:
        outer, self.wanted = self.wanted, None
        value = self.call(node)
        self.wanted = outer
        return value

    def creation(self, node: Node) -> Expr:
        kind = node.child_by_field_name("type")
        parts = self.of_type(node, "argument_list")
        initial = node.child_by_field_name("initializer") or next(iter(self.of_type(node, "initializer_expression")), None)
        callee = self.type(kind) if kind is not None else self.wanted
        element = callee.key if isinstance(callee, Item) else None
        base = callee.base if isinstance(callee, Item) else callee
        if initial is not None and self.is_collection(initial):
            return self.collection(node, initial, element, parts)
        index = self.builder.open_call()
        outer, self.wanted = self.wanted, None
        args = self.arguments(parts[0]) if parts else []
        args += self.set_members(initial) if initial is not None else []
        self.wanted = outer
        self.builder.close_call(index, base or Unknown(node.type), args, self.line(node), self.end_line(node), new=True)
        return CallRef(index)

    def is_collection(self, node: Node) -> bool:
        parts = self.parts(node)
        return bool(parts) and not all(
            part.type == "assignment_expression" and (left := part.child_by_field_name("left")) is not None and left.type == "identifier"
            for part in parts
        )

    def collection(self, node: Node, initial: Node, element: Expr | None, parts: list[Node]) -> Expr:
        """`new List<T> { a, b }` and `new Dictionary<K, V> { ["a"] = b, { "c", d } }`."""
        for part in parts:
            self.arguments(part)
        outer, self.wanted = self.wanted, element.items[-1] if isinstance(element, Seq) and element.items else element
        pairs: list[tuple[Expr | None, Expr]] = []
        items: list[Expr] = []
        for part in self.parts(initial):
            left, right = part.child_by_field_name("left"), part.child_by_field_name("right")
            inner = self.parts(part)
            if part.type == "assignment_expression" and left is not None:
                keys = self.arguments(left)
                pairs.append((keys[0].value if keys else Unknown("key"), self.expr(right)))
            elif part.type == "initializer_expression" and len(inner) == 2:
                pairs.append((self.expr(inner[0]), self.expr(inner[1])))
            else:
                items.append(self.expr(part))
        self.wanted = outer
        return Map(tuple(pairs)) if pairs else Seq(tuple(items))

    def set_members(self, node: Node) -> list[Arg]:
        """`{ A = x, B = { y } }` as named arguments."""
        args = []
        for part in self.parts(node):
            left, right = part.child_by_field_name("left"), part.child_by_field_name("right")
            if left is not None and right is not None:
                args.append(Arg(self.named_value(right, self.text(left)), self.text(left)))
        return args

    def anonymous(self, node: Node) -> Expr:
        """`new { model = x, p }` as an object literal."""
        parts = self.parts(node)
        items: list[tuple[Expr | None, Expr]] = []
        named: Node | None = None
        for number, part in enumerate(parts):
            following = part.next_sibling
            if part.type == "identifier" and following is not None and following.type == "=" and number + 1 < len(parts):
                named = part
                continue
            key = self.text(named if named is not None else part).rsplit(".", 1)[-1]
            items.append((Const(key, self.line(part), self.line(part)), self.expr(part)))
            named = None
        return Map(tuple(items))

    def collection_expression(self, node: Node) -> Expr:
        """`[a, ..b]`, whose parts have wrappers of their own."""
        values: list[Expr] = []
        for part in self.parts(node):
            inner = part
            while inner.type in ("collection_element", "expression_element") and self.parts(inner):
                inner = self.parts(inner)[0]
            values.append(Spread(self.inner(inner)) if inner.type == "spread_element" else self.expr(inner))
        return Seq(tuple(values))

    def verbatim(self, node: Node) -> Expr:
        return literal(self.text(node)[2:-1].replace('""', '"'), self.line(node), self.end_line(node))

    def content(self, node: Node, text: str) -> str:
        if node.type == "raw_string_literal" or self.source.startswith((b'$"""', b'$$"""'), node.start_byte):
            return dedented(text)
        return text

    def interpolated(self, node: Node) -> Expr:
        value = self.string(node)
        if not isinstance(value, Template):
            return value
        plain = [p for p in value.parts if not (isinstance(p, Const) and p.value == "")]
        return Template(tuple(plain), value.line, value.end_line)

    def type_of(self, node: Node) -> Expr:
        parts = self.parts(node)
        return (self.type(parts[0]) if parts else None) or Unknown(node.type)

    def cast(self, node: Node) -> Expr:
        return self.expr(node.child_by_field_name("value") or node.child_by_field_name("left"))

    def switch(self, node: Node) -> Expr:
        parts = self.parts(node)
        self.expr(parts[0])
        arms = [self.parts(arm)[-1] for arm in parts[1:] if self.parts(arm)]
        return Choice(tuple([self.expr(arm) for arm in arms]))

    def assignment(self, node: Node) -> Expr:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None and left.type == "tuple_expression":
            value = self.expr(right)
            self.take_apart([self.parts(part)[-1] for part in self.parts(left)], value, node)
            return value
        operator = node.child_by_field_name("operator")
        adds = operator is not None and self.text(operator) == "+="
        if adds and left is not None and right is not None and right.type in _HANDLERS:
            value = Op("+", self.expr(left), self.expr(right))
            self.assign(left, value, node)
            return value
        return super().assignment(node)

    STATEMENTS: ClassVar[Table] = {
        **dict.fromkeys(("compilation_unit", "block", "declaration_list", "expression_statement", "global_statement"), Reader.statements),
        **dict.fromkeys(("local_declaration_statement", "field_declaration", "enum_member_declaration_list"), Reader.statements),
        **dict.fromkeys(("attribute_list", "modifier", "type_parameter_list", "base_list"), Reader.skip),
        **dict.fromkeys(_DEFINITIONS, definition),
        **dict.fromkeys(("method_declaration", "constructor_declaration"), method),
        **dict.fromkeys(("return_statement", "yield_statement"), Reader.return_statement),
        "namespace_declaration": namespace,
        "file_scoped_namespace_declaration": namespace,
        "using_directive": using,
        "property_declaration": property,
        "variable_declaration": variables,
        "enum_member_declaration": enum_member,
        "foreach_statement": for_each,
        "local_function_statement": local_function,
        "arrow_expression_clause": arrow,
        "declaration_pattern": declared_pattern,
    }
    EXPRESSIONS: ClassVar[Table] = {
        **dict.fromkeys(("identifier", "this", "predefined_type"), Reader.identifier),
        **dict.fromkeys(("parenthesized_expression", "await_expression", "checked_expression", "argument", "ref_expression"), Reader.inner),
        **dict.fromkeys(("postfix_unary_expression", "as_expression", "with_expression"), Reader.first),
        **dict.fromkeys(("integer_literal", "real_literal"), Reader.number),
        **dict.fromkeys(("boolean_literal", "null_literal"), Reader.constant),
        **dict.fromkeys(("string_literal", "raw_string_literal"), Reader.string),
        **dict.fromkeys(("object_creation_expression", "implicit_object_creation_expression"), creation),
        **dict.fromkeys(("lambda_expression", "anonymous_method_expression"), Reader.lambda_),
        **dict.fromkeys(("array_creation_expression", "implicit_array_creation_expression"), Reader.inner),
        "base": lambda self, node: Name("super", self.line(node)),
        "base_expression": lambda self, node: Name("super", self.line(node)),
        "verbatim_string_literal": verbatim,
        "interpolated_string_expression": interpolated,
        "character_literal": Reader.character,
        "binary_expression": Reader.binary,
        "prefix_unary_expression": Reader.negative,
        "conditional_expression": Reader.ternary,
        "assignment_expression": assignment,
        "invocation_expression": invocation,
        "member_access_expression": access,
        "qualified_name": Reader.dotted,
        "conditional_access_expression": conditional,
        "element_access_expression": subscript,
        "generic_name": generic_name,
        "anonymous_object_creation_expression": anonymous,
        "initializer_expression": Reader.sequence,
        "collection_expression": collection_expression,
        "tuple_expression": tuple_,
        "typeof_expression": type_of,
        "cast_expression": cast,
        "switch_expression": switch,
    }
    TYPES: ClassVar[Table] = {
        "identifier": Reader.named_type,
        "qualified_name": Reader.dotted,
        "generic_name": Reader.generic_type,
        **dict.fromkeys(("array_type", "nullable_type", "ref_type", "scoped_type"), Reader.inner_type),
    }


def extract(content: bytes, *, newlines: list[int] | None = None) -> FileFacts:
    """Return what one C# file says; broken code raises nothing. Raises UnreadError where the grammar is not installed."""
    return _CSharp.extract(content, newlines)
