"""Go source -> `FileFacts`, through the tree-sitter grammar.

A struct or interface is a class, an interface marked by a decorator `interface`; methods stand in the class of their receiver, which is
opened again, without a name, in a file that only defines methods of it. A composite literal is a call of its type with named arguments.
A trailing `error`, `ok` or the like is dropped from what functions return and calls give: what is left is the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from tree_sitter import Node

from aicensus.extract.typed import ABSTRACT, Reader, Table
from aicensus.model.facts import Arg, CallRef, Const, Element, Expr, FileFacts, Import, Item, Map, Name, Op, Seq, Unknown

INTERFACE = "interface"
"""Name of the decorator that marks an interface, which classes satisfy by their methods alone."""
_STATUS = re.compile(r"_|ok|found|exists|cancel|done|(?i:.*err(or)?)")
"""Names for what a call gives beside its value."""
_STATUS_TYPES = frozenset({"error", "bool", "context.CancelFunc"})
_VERSION = re.compile(r"v\d+")
_LISTS = frozenset({"slice_type", "array_type", "implicit_length_array_type"})


class _Go(Reader):
    LANGUAGE = "go"
    GRAMMAR = ("tree_sitter_go",)
    CONTENT = frozenset({"interpreted_string_literal_content"})
    BARE_MEMBERS = False

    def __init__(self, source: bytes, newlines: list[int] | None = None) -> None:
        super().__init__(source, newlines)
        self.results: list[str] = []
        """Types of what the function under way returns, as written."""
        self.named_results: list[Node] = []

    # modules

    def file(self, root: Node) -> None:
        """Types come first, so that methods find theirs wherever they stand."""
        parts = self.parts(root)
        for part in sorted(parts, key=lambda part: part.type not in ("package_clause", "import_declaration", "type_declaration")):
            self.statement(part)

    def package_clause(self, node: Node) -> None:
        self.builder.package = self.text(self.parts(node)[0])

    def import_spec(self, node: Node) -> None:
        path, name = node.child_by_field_name("path"), node.child_by_field_name("name")
        if path is None:
            return
        module = self.text(path).strip('"`')
        given = self.text(name) if name is not None else ""
        if given == ".":
            self.builder.stars.append(Import(module))
        elif given != "_":
            for alias in (given,) if given else package_names(module):
                line = self.line(node)
                self.builder.bind(node.start_byte, Name(alias, line), Import(module), line, line)

    # types

    def type_spec(self, node: Node) -> None:
        name, kind = node.child_by_field_name("name"), node.child_by_field_name("type")
        if name is None or kind is None:
            return
        if kind.type == "struct_type":
            self.statements_of(self.class_(node, self.text(name), (), []), kind)
        elif kind.type == "interface_type":
            self.statements_of(self.class_(node, self.text(name), (Name(INTERFACE, self.line(name)),), []), kind)
        elif (named := self.type(kind)) is not None and kind.type not in _LISTS:
            self.declare(name, named, whole=node)

    def field(self, node: Node) -> None:
        kind = node.child_by_field_name("type")
        annotation = self.type(kind)
        names = node.children_by_field_name("name")
        for name in names:
            self.declare(name, None, annotation, node)
        if not names and annotation is not None and kind is not None:
            self.builder.scopes[self.builder.current].bases.append(annotation)
            line = self.line(node)
            target = Name(self.text(kind).rsplit(".", 1)[-1].lstrip("*"), line)
            self.builder.bind(node.start_byte, target, None, line, line, annotation)

    def embedded(self, node: Node) -> None:
        if (base := self.inner_type(node)) is not None:
            self.builder.scopes[self.builder.current].bases.append(base)

    def signature(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        if name is not None:
            self.function(node, self.text(name), (Name(ABSTRACT, self.line(name)),))

    def map_type(self, node: Node) -> Expr | None:
        return self.type(node.child_by_field_name("value"))

    # functions

    def function_declaration(self, node: Node) -> None:
        self.function(node, self.name_of(node))

    def method(self, node: Node) -> None:
        name, receiver = node.child_by_field_name("name"), node.child_by_field_name("receiver")
        given = self.of_type(receiver, "parameter_declaration") if receiver is not None else []
        kind = given[0].child_by_field_name("type") if given else None
        if name is None or kind is None:
            self.statements(node)
            return
        owner = re.sub(r"\[.*", "", self.text(kind), flags=re.DOTALL).strip("*() ")
        outer, self.builder.current = self.builder.current, self.owner(owner, node)
        index = self.function(node, self.text(name))
        self.builder.current = outer
        held = given[0].child_by_field_name("name")
        self.builder.scopes[index].receiver = self.text(held) if held is not None else "_"

    def function(self, node: Node, name: str, decorators: tuple[Expr, ...] = (), *, static: bool = False, bound: bool = True) -> int:
        outer = self.results, self.named_results
        result = node.child_by_field_name("result")
        listed = self.of_type(result, "parameter_declaration") if result is not None and result.type == "parameter_list" else []
        self.named_results = [name for part in listed for name in part.children_by_field_name("name")]
        kinds = [(part.child_by_field_name("type"), len(part.children_by_field_name("name"))) for part in listed]
        self.results = [self.text(kind) for kind, count in kinds if kind is not None for _ in range(max(count, 1))]
        index = super().function(node, name, decorators, static=static, bound=bound)
        self.results, self.named_results = outer
        return index

    def result_type(self, node: Node) -> Node | None:
        result = node.child_by_field_name("result")
        if result is None or result.type != "parameter_list":
            return result
        parts = self.of_type(result, "parameter_declaration")
        return parts[0].child_by_field_name("type") if parts else None

    def parameter(self, node: Node, index: int) -> None:
        annotation = self.type(node.child_by_field_name("type"))
        for name in node.children_by_field_name("name"):
            self.add_parameter(index, name, annotation, kind="*" if node.type == "variadic_parameter_declaration" else "")

    def return_statement(self, node: Node) -> None:
        listed = self.parts(node)
        values = self.parts(listed[0]) if listed and listed[0].type == "expression_list" else listed
        read = [self.expr(value) for value in values]
        if not read and self.named_results:
            read = [Name(self.text(name), self.line(node)) for name in self.named_results]
        kinds = self.results[: len(read)] if len(self.results) == len(read) else []
        while len(read) > 1 and kinds and kinds[-1] in _STATUS_TYPES:
            read.pop()
            kinds.pop()
        if read:
            self.builder.returns(read[0] if len(read) == 1 else Seq(tuple(read)))

    # bindings

    def variables(self, node: Node) -> None:
        """`var a, b T = x, y` and constants."""
        names, value = node.children_by_field_name("name"), node.child_by_field_name("value")
        names = [name for name in names if name.is_named]
        annotation = self.type(node.child_by_field_name("type"))
        for name, given in zip(names, self.values(names, value), strict=True):
            self.declare(name, given, annotation, node)

    def values(self, targets: list[Node], right: Node | None) -> Iterator[Expr | None]:
        """What each of the targets is given."""
        listed = self.parts(right) if right is not None and right.type == "expression_list" else [right] if right is not None else []
        if len(listed) == len(targets):
            for target, value in zip(targets, listed, strict=True):
                yield self.named_value(value, self.text(target))
            return
        whole = self.expr(listed[0]) if listed else None
        wanted = [target for target in targets if not _STATUS.fullmatch(self.text(target))] or targets[:1]
        for place, target in enumerate(targets):
            if whole is None or target not in wanted:
                yield None if whole is None else Unknown("status")
            else:
                yield whole if len(wanted) == 1 else Item(whole, Const(place, self.line(target), self.line(target)))

    def short_declaration(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        targets = self.parts(left) if left is not None else []
        asserted = self.asserted(right)
        for number, (target, value) in enumerate(zip(targets, list(self.values(targets, right)), strict=True)):
            self.declare(target, value, asserted if number == 0 else None, node)

    def asserted(self, right: Node | None) -> Expr | None:
        """The type that `x.(T)` says."""
        parts = self.parts(right) if right is not None else []
        return self.type(parts[0].child_by_field_name("type")) if len(parts) == 1 and parts[0].type == "type_assertion_expression" else None

    def assignment(self, node: Node) -> Expr:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        targets = self.parts(left) if left is not None else []
        for target, value in zip(targets, list(self.values(targets, right)), strict=True):
            if operator is not None and self.text(operator) == "+=":
                value = self.joined(target, value)
            self.assign(target, value or Unknown("missing"), node)
        return Unknown(node.type)

    def joined(self, target: Node, value: Expr | None) -> Expr:
        return Op("+", self.expr(target), value or Unknown("missing"))

    def range_clause(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        held = self.expr(right)
        targets = self.parts(left) if left is not None else []
        for target in targets[-1:]:
            self.declare(target, Element(held), whole=node)

    def type_switch(self, node: Node) -> None:
        alias, value = node.child_by_field_name("alias"), node.child_by_field_name("value")
        held = self.expr(value)
        for target in self.parts(alias) if alias is not None else []:
            self.declare(target, held)
        for child in self.parts(node):
            if child not in (alias, value):
                self.statement(child)

    # values

    def selector(self, node: Node) -> Expr:
        return self.member(node, "operand", "field")

    def assertion(self, node: Node) -> Expr:
        return self.expr(node.child_by_field_name("operand"))

    def parameter_list(self, node: Node) -> Node | None:
        return node.child_by_field_name("parameters")

    def composite(self, node: Node) -> Expr:
        kind, body = node.child_by_field_name("type"), node.child_by_field_name("body")
        return self.literal_of(node, kind, body)

    def literal_of(self, node: Node, kind: Node | None, body: Node | None) -> Expr:
        """A literal of the type `kind` with the parts of `body`."""
        parts = self.parts(body) if body is not None else []
        if kind is not None and kind.type in _LISTS:
            element = kind.child_by_field_name("element")
            return Seq(tuple([self.element(self.pair(part)[1], element) for part in parts]))
        if kind is not None and kind.type == "map_type":
            value = kind.child_by_field_name("value")
            pairs = [self.pair(part) for part in parts]
            return Map(tuple([(self.element(key, None) if key is not None else None, self.element(item, value)) for key, item in pairs]))
        index = self.builder.open_call()
        args = []
        for part in parts:
            key, item = self.pair(part)
            name = self.text(key) if key is not None else None
            args.append(Arg(self.element(item, None), name))
        callee = self.type(kind) or Unknown("literal")
        self.builder.close_call(index, callee, args, self.line(node), self.end_line(node), new=True)
        return CallRef(index)

    def pair(self, node: Node) -> tuple[Node | None, Node]:
        """Key and value of a part of a literal."""
        if node.type == "keyed_element":
            key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
            if key is not None and value is not None:
                return self.inside(key), self.inside(value)
        return None, self.inside(node)

    def inside(self, node: Node) -> Node:
        parts = self.parts(node)
        return parts[0] if node.type == "literal_element" and parts else node

    def element(self, node: Node, kind: Node | None) -> Expr:
        if node.type == "literal_value":
            while kind is not None and kind.type == "pointer_type":
                kind = self.parts(kind)[0]
            return self.literal_of(node, kind, node)
        return self.expr(node)

    STATEMENTS: ClassVar[Table] = {
        **dict.fromkeys(
            ("import_declaration", "import_spec_list", "type_declaration", "var_declaration", "const_declaration"), Reader.statements
        ),
        **dict.fromkeys(("block", "statement_list", "expression_statement", "var_spec_list", "field_declaration_list"), Reader.statements),
        **dict.fromkeys(("function_type", "type_parameter_list", "labeled_statement_label"), Reader.skip),
        "package_clause": package_clause,
        "import_spec": import_spec,
        "type_spec": type_spec,
        "type_alias": type_spec,
        "field_declaration": field,
        "type_elem": embedded,
        "method_elem": signature,
        "function_declaration": function_declaration,
        "method_declaration": method,
        "var_spec": variables,
        "const_spec": variables,
        "short_var_declaration": short_declaration,
        "range_clause": range_clause,
        "type_switch_statement": type_switch,
        "return_statement": return_statement,
    }
    EXPRESSIONS: ClassVar[Table] = {
        **dict.fromkeys(("identifier", "package_identifier", "field_identifier", "type_identifier"), Reader.identifier),
        **dict.fromkeys(("parenthesized_expression", "type_conversion_expression", "variadic_argument"), Reader.inner),
        **dict.fromkeys(("int_literal", "float_literal"), Reader.number),
        **dict.fromkeys(("true", "false", "nil"), Reader.constant),
        "interpreted_string_literal": Reader.string,
        "raw_string_literal": Reader.raw_string,
        "binary_expression": Reader.binary,
        "unary_expression": Reader.negative,
        "assignment_statement": assignment,
        "call_expression": Reader.call,
        "selector_expression": selector,
        "index_expression": Reader.item,
        "slice_expression": Reader.first,
        "type_assertion_expression": assertion,
        "composite_literal": composite,
        "func_literal": Reader.lambda_,
        "expression_list": Reader.sequence,
    }
    TYPES: ClassVar[Table] = {
        "type_identifier": Reader.named_type,
        "qualified_type": Reader.dotted,
        "generic_type": Reader.inner_type,
        "map_type": map_type,
        **dict.fromkeys(("pointer_type", "parenthesized_type", "channel_type", *_LISTS), Reader.inner_type),
    }


def package_names(module: str) -> Iterator[str]:
    """Names that a package is likely to have by the last parts of its path: `openai` of `github.com/x/go-openai/v2`."""
    parts = [part for part in module.split("/") if not _VERSION.fullmatch(part)]
    last = re.sub(r"\.v\d+$", "", parts[-1]) if parts else ""
    found = {last.replace("-", "_"), last.replace("-", ""), re.sub(r"^go-|[-.]go$|-sdk-go$|-sdk$|^go\.", "", last), last.rsplit("-", 1)[-1]}
    return (name for name in sorted(found) if name.isidentifier())


def extract(content: bytes, *, newlines: list[int] | None = None) -> FileFacts:
    """Return what one Go file says; broken code raises nothing. Raises UnreadError where the grammar is not installed."""
    return _Go.extract(content, newlines)
