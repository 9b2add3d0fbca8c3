"""Scala source -> `FileFacts`, through the tree-sitter grammar.

Members of a companion object stand in the class of its name. The argument lists of one call are one list, and so are the parameter
lists of a function, whose implicit ones may be left out. A function without parameter lists is a value, as it is for those who use it.
`Some(x)` is `x`, `Map("a" -> x)` an object literal; a generator of `for` gives what its effect holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from tree_sitter import Node

from aicensus.extract.typed import ABSTRACT, Reader, Table, unescaped
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
    Import,
    Item,
    Map,
    Name,
    Op,
    Seq,
    Template,
    Unknown,
    is_text,
    literal,
    written,
)

_DEFINITIONS = ("class_definition", "object_definition", "trait_definition", "enum_definition")
_WRAPPERS = frozenset(
    {"Option", "Some", "Future", "Try", "Either", "IO", "Task", "UIO", "RIO", "ZIO", "URIO", "F", "Resource", "Provider", "ZLayer"}
)
_HELD = frozenset(
    {
        "Some",
        "Option",
        "IO",
        "ZIO.succeed",
        "Future.successful",
        "IO.pure",
        "Right",
        "ZIO.from",
        "ZIO.fromEither",
        "ZIO.fromOption",
        "URL.decode",
    }
)
"""Functions that give their argument in another wrapping."""
_LISTED = frozenset(
    {"Seq", "List", "Vector", "Array", "Set", "IndexedSeq", "NonEmptyList.of", "Json.arr", "ujson.Arr", "java.util.List.of"}
)
_PAIRED = frozenset({"Map", "Json.obj", "ujson.Obj", "JsObject", "HashMap", "mutable.Map"})
_SAME = frozenset(
    {"trim", "stripIndent", "asJava", "asScala", "noSpaces", "asJson", "toList", "toSeq", "toOption", "orDie", "get", "toString"}
)
"""Members that leave a value as it is."""
_FAILING = re.compile(r"\.(?:mapError|orElseFail|orDieWith|tapError|refineToOrDie)$")
"""Methods that say what becomes of a failure, and leave what succeeds as it is."""
_MARGIN = re.compile(r"(?m)^[ \t]*\|")
_LATER_MARGIN = re.compile(r"(?<=\n)[ \t]*\|")


class _Scala(Reader):
    LANGUAGE = "scala"
    GRAMMAR = ("tree_sitter_scala",)
    WRAPPERS = _WRAPPERS

    # modules

    def package(self, node: Node) -> None:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is not None:
            self.builder.package = ".".join(filter(None, (self.builder.package, "".join(self.text(name).split()))))
        if body is not None:
            self.statements(body)

    def imports(self, node: Node) -> None:
        """`import a.b.C, d.{E => F, _}`: the names of each path stand one after the other, divided by commas."""
        path: list[str] = []
        for child in (*node.children[1:], None):
            if child is not None and child.type in ("identifier", "operator_identifier"):
                path.append(self.text(child))
            elif child is None or child.type == ",":
                if path:
                    self.imported(node, ".".join(path[:-1]), path[-1], path[-1])
                path = []
            elif child.type == "namespace_wildcard":
                self.builder.stars.append(Import(".".join(path)))
                path = []
            elif child.type in ("namespace_selectors", "as_renamed_identifier", "arrow_renamed_identifier"):
                for part in self.parts(child) if child.type == "namespace_selectors" else [child]:
                    self.selected(part, ".".join(path))
                path = []

    def selected(self, node: Node, module: str) -> None:
        name, alias = node.child_by_field_name("name") or node, node.child_by_field_name("alias") or node
        if node.type == "namespace_wildcard":
            self.builder.stars.append(Import(module))
        elif alias.type != "wildcard":
            self.imported(node, module, self.text(name), self.text(name if alias is node else alias))

    def imported(self, node: Node, module: str, name: str, alias: str) -> None:
        line = self.line(node)
        self.builder.bind(node.start_byte, Name(alias, line), Import(module, name) if module else Import(name), line, line)

    # definitions

    def annotations(self, node: Node) -> tuple[Expr, ...]:
        return tuple([self.annotation(child) for child in self.of_type(node, "annotation")])

    def definition(self, node: Node) -> None:
        name = self.name_of(node)
        bases = [base for clause in self.of_type(node, "extends_clause", "derives_clause") for base in self.extended(clause)]
        self.part_of_class(node, name, self.annotations(node), bases)
        if node.type == "object_definition" and any(isinstance(base, Name) and base.id == "App" for base in bases):
            self.builder.main = self.builder.main or (self.line(node), self.end_line(node))

    def extended(self, clause: Node) -> Iterator[Expr]:
        for part in clause.children_by_field_name("type"):
            if (base := self.type(part)) is not None:
                yield base.base if isinstance(base, Item) else base

    def fields_in_head(self, node: Node) -> None:
        heads = node.children_by_field_name("class_parameters")
        fields = [part for head in heads for part in self.of_type(head, "class_parameter")]
        if fields:
            self.primary_constructor(heads[0], [self.field(part) for part in fields])

    def field(self, node: Node) -> tuple[Node, Expr | None, Node | None]:
        field = node.child_by_field_name
        return field("name") or node, self.type(field("type")), field("default_value")

    def method(self, node: Node) -> None:
        named, body, name = node.child_by_field_name("name"), node.child_by_field_name("body"), self.name_of(node)
        decorators = self.annotations(node)
        if body is None:
            decorators = (*decorators, Name(ABSTRACT, self.start_line(node)))
        if self.parameter_list(node) is None and named is not None:
            annotation = self.type(self.result_type(node))
            if body is not None:
                self.computed(node, named, decorators, annotation, node)
            else:
                self.declare(named, None, annotation, node)
        else:
            self.function(node, "constructor" if name == "this" else name, decorators, static=name == "main")

    def parameter_list(self, node: Node) -> Node | None:
        """The whole function: it may have several lists."""
        return node if node.child_by_field_name("parameters") is not None else None

    def parameters(self, node: Node, index: int) -> None:
        for held in node.children_by_field_name("parameters"):
            implicit = any(child.type in ("implicit", "using") for child in held.children)
            for part in [held] if held.type in ("identifier", "wildcard") else self.parts(held):
                if part.type in ("identifier", "wildcard"):
                    self.add_parameter(index, part)
                    continue
                name, annotation, default = self.field(part)
                kind = part.child_by_field_name("type")
                many = kind is not None and kind.type == "repeated_parameter_type"
                self.add_parameter(index, name, annotation, default, "*" if many else "kw" if implicit else "")

    def extension(self, node: Node) -> None:
        """`extension (c: Chat) def ask(t: String)`: a function that is called as if it were a method of its first parameter."""
        given = [part for held in node.children_by_field_name("parameters") for part in self.of_type(held, "parameter")]
        for body in node.children_by_field_name("body"):
            for part in [body] if body.type == "function_definition" else self.of_type(body, "function_definition"):
                index = self.function(part, self.name_of(part))
                scope = self.builder.scopes[index]
                for parameter in given[:1]:
                    name, annotation, _ = self.field(parameter)
                    self.add_parameter(index, name, annotation)
                    scope.params.insert(0, scope.params.pop())
                    scope.receiver, scope.is_static = self.text(name), True

    def value(self, node: Node) -> None:
        """`val x: T = value`, `val (a, b) = value`; a declaration in a trait has no value."""
        field = node.child_by_field_name
        pattern, value, annotation = field("pattern") or field("name"), field("value"), self.type(field("type"))
        if pattern is None:
            return
        named = pattern.type in ("identifier", "operator_identifier")
        read = self.named_value(value, self.text(pattern) if named else "") if value is not None else None
        filled = next((d for d in self.annotations(node) if isinstance(d, CallRef)), None)
        if named:
            self.declare(pattern, read if read is not None else filled, annotation, node)
        for number, part in enumerate(self.of_type(pattern, "identifier") if not named and read is not None else ()):
            self.declare(part, Item(read or Unknown("missing"), Const(number, self.line(part), self.line(part))), None, node)

    def given_value(self, node: Node) -> None:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        value = self.expr(body) if body is not None else None
        if name is not None:
            self.declare(name, value, self.type(self.result_type(node)), node)

    def enum_case(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        if name is not None:
            self.declare(name, None, whole=node)

    # statements that are values

    def block(self, node: Node) -> Expr:
        return self.last_value(self.parts(node)) or Unknown(node.type)

    def branches(self, node: Node) -> Expr:
        condition, *options = (node.child_by_field_name(name) for name in ("condition", "consequence", "alternative"))
        self.expr(condition)
        return Choice(tuple([self.expr(option) for option in options if option is not None]))

    def match(self, node: Node) -> Expr:
        self.expr(node.child_by_field_name("value"))
        body = node.child_by_field_name("body")
        values = [self.case(part) for part in self.of_type(body, "case_clause")] if body is not None else []
        return Choice(tuple([value for value in values if value is not None]))

    def case(self, node: Node) -> Expr | None:
        pattern = node.child_by_field_name("pattern")
        if pattern is not None and pattern.type == "typed_pattern" and (name := pattern.child_by_field_name("pattern")) is not None:
            self.declare(name, None, self.type(pattern.child_by_field_name("type")))
        return self.last_value([part for part in node.children_by_field_name("body") if part.is_named])

    def partial_function(self, node: Node) -> Expr:
        """`{ case A(x) => value }`."""
        index = self.open("function", self.given_name or "<lambda>", node)
        self.given_name = ""
        outer, self.builder.current = self.builder.current, index
        for part in self.of_type(node, "case_clause"):
            if (value := self.case(part)) is not None:
                self.builder.returns(value)
        self.builder.current = outer
        return DefRef(index)

    def attempt(self, node: Node) -> Expr:
        value = self.expr(node.child_by_field_name("body"))
        for clause in self.of_type(node, "catch_clause", "finally_clause"):
            for held in self.parts(clause):
                for part in self.of_type(held, "case_clause") or [held]:
                    self.case(part) if part.type == "case_clause" else self.statement(part)
        return value

    def comprehension(self, node: Node) -> Expr:
        for held in self.of_type(node, "enumerators"):
            for part in self.of_type(held, "enumerator"):
                pattern, *values = self.parts(part)
                read = [self.expr(value) for value in values if value.type != "guard"]
                if pattern.type == "identifier" and read:
                    drawn = any(child.type == "<-" for child in part.children) and not isinstance(read[0], CallRef)
                    self.declare(pattern, Element(read[0]) if drawn else read[0])
        return self.expr(node.child_by_field_name("body"))

    # values

    def call(self, node: Node) -> Expr:
        """A call with all its argument lists: `f(a)(b) { c }`."""
        lists: list[Node] = []
        function: Node | None = node
        while function is not None and function.type == "call_expression":
            lists = [held for held in (function.child_by_field_name("arguments"),) if held is not None] + lists
            function = function.child_by_field_name("function")
        plain = function.child_by_field_name("function") if function is not None and function.type == "generic_function" else function
        name = self.text(plain) if plain is not None and plain.type in ("identifier", "field_expression") else ""
        given = self.parts(lists[0]) if lists and lists[0].type == "arguments" else []
        if name in _HELD and len(given) == 1:
            return self.expr(given[0])
        if name in _LISTED:
            return Seq(tuple([self.expr(part) for part in given]))
        if name in _PAIRED and (pairs := [self.pair(part) for part in given]):
            return Map(tuple(pairs))
        if _FAILING.search(name) and plain is not None:
            value = self.expr(plain.child_by_field_name("value"))
            for held in lists:
                self.arguments(held)
            return value
        if name.endswith(".getOrElse") and len(given) == 1 and plain is not None:
            return Choice((self.expr(plain.child_by_field_name("value")), self.expr(given[0])))
        return self.make_call(node, lambda: self.callee(function), lists[0] if lists else None, tuple(lists[1:]))

    def callee(self, node: Node | None) -> Expr:
        if node is not None and node.type == "generic_function":
            node = node.child_by_field_name("function")
        return self.member(node, "value", "field") if node is not None and node.type == "field_expression" else self.expr(node)

    def pair(self, node: Node) -> tuple[Expr | None, Expr]:
        """`"a" -> x` and `"a" := x`."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        return (self.expr(left), self.expr(right)) if left is not None and right is not None else (None, self.expr(node))

    def arguments(self, node: Node) -> list[Arg]:
        if node.type == "arguments":
            return super().arguments(node)
        held = self.parts(node)
        one = held[0] if len(held) == 1 and node.type in ("block", "colon_argument") else node
        return [Arg(self.expr(one))]

    def argument(self, node: Node) -> Arg:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if node.type == "assignment_expression" and left is not None and right is not None and left.type == "identifier":
            return Arg(self.named_value(right, self.text(left)), self.text(left))
        return Arg(self.inner(node), None, "*") if node.type == "vararg" else Arg(self.expr(node))

    def infix(self, node: Node) -> Expr:
        left, operator, right = (node.child_by_field_name(name) for name in ("left", "operator", "right"))
        if left is None or operator is None or right is None:
            return self.unknown(node)
        name = self.text(operator)
        if name == "+=":
            value = Op("+", self.expr(left), self.expr(right))
            self.assign(left, value, node)
            return value
        if name in ("->", ":="):
            return Seq((self.expr(left), self.expr(right)))
        if operator.type == "identifier" and name not in ("or", "and"):
            return self.make_call(node, lambda: Attr(self.expr(left), name, self.line(operator)), None, (right,))
        return self.binary(node)

    def access(self, node: Node) -> Expr:
        value, field = node.child_by_field_name("value"), node.child_by_field_name("field")
        name = self.text(field) if field is not None else ""
        if name in _SAME:
            return self.expr(value)
        if name == "stripMargin":
            return self.without_margin(self.expr(value))
        return self.member(node, "value", "field")

    def without_margin(self, value: Expr) -> Expr:
        if not isinstance(value, Template):
            return self.stripped(value, _MARGIN)
        parts = [self.stripped(part, _LATER_MARGIN if number else _MARGIN) for number, part in enumerate(value.parts)]
        return Template(tuple(parts), value.line, value.end_line)

    def stripped(self, value: Expr, margin: re.Pattern[str]) -> Expr:
        text = written(value) if isinstance(value, Const) and is_text(value) else None
        return literal(margin.sub("", text), value.line, value.end_line) if isinstance(value, Const) and isinstance(text, str) else value

    def creation(self, node: Node) -> Expr:
        kind, *rest = self.parts(node)
        arguments = next((part for part in rest if part.type == "arguments"), None)
        body = next((part for part in rest if part.type == "template_body"), None)
        read = self.type(kind)
        base = (read.base if isinstance(read, Item) else read) or Unknown(node.type)
        if body is None:
            return self.make_call(node, lambda: base, arguments, new=True)
        index = self.anonymous_class(node, self.text(kind).partition("[")[0].rsplit(".", 1)[-1], [base], body)
        return self.make_call(node, lambda: DefRef(index), arguments, new=True)

    def string(self, node: Node) -> Expr:
        """The grammar leaves the words of a text between the nodes of its holes."""
        held = self.of_type(node, "interpolated_string")
        inner = held[0] if held else node
        size = 3 if self.source.startswith(b'"""', inner.start_byte) else 1
        at, end = inner.start_byte + size, inner.end_byte - size
        line, last = self.line(node), self.end_line(node)
        plain = size == 3
        parts: list[Expr] = []
        for hole in self.of_type(inner, "interpolation"):
            parts += [literal(self.words(at, hole.start_byte, plain, filled=True), line, last), self.hole(hole)]
            at = hole.end_byte
        parts.append(literal(self.words(at, end, plain, filled=bool(held)), line, last))
        kept = [part for part in parts if not isinstance(part, Const) or written(part)] if len(parts) > 1 else parts
        return kept[0] if len(kept) == 1 and isinstance(kept[0], Const) else Template(tuple(kept), line, last)

    def words(self, start: int, end: int, plain: bool, *, filled: bool) -> str:
        text = self.source[start : max(start, end)].decode("utf-8", "replace")
        text = text.replace("$$", "$") if filled else text
        return text if plain else unescaped(text)

    def hole(self, node: Node) -> Expr:
        return self.inner(node)

    def body(self, node: Node) -> None:
        body = node.child_by_field_name("body") or (self.parts(node)[-1] if node.type == "lambda_expression" else None)
        if body is not None:
            self.builder.returns(self.expr(body))

    STATEMENTS: ClassVar[Table] = {
        **dict.fromkeys(("compilation_unit", "template_body", "with_template_body", "enum_body", "package_object"), Reader.statements),
        **dict.fromkeys(("enum_case_definitions", "extension_body"), Reader.statements),
        **dict.fromkeys(("modifiers", "type_definition", "self_type", "annotation", "derives_clause", "type_parameters"), Reader.skip),
        **dict.fromkeys(_DEFINITIONS, definition),
        **dict.fromkeys(("function_definition", "function_declaration"), method),
        **dict.fromkeys(("val_definition", "var_definition", "val_declaration", "var_declaration"), value),
        **dict.fromkeys(("simple_enum_case", "full_enum_case"), enum_case),
        "package_clause": package,
        "import_declaration": imports,
        "extension_definition": extension,
        "given_definition": given_value,
        "return_expression": Reader.return_statement,
    }
    EXPRESSIONS: ClassVar[Table] = {
        **dict.fromkeys(("identifier", "type_identifier", "operator_identifier", "this", "super"), Reader.identifier),
        **dict.fromkeys(("block", "indented_block", "colon_argument"), block),
        **dict.fromkeys(("parenthesized_expression", "throw_expression"), Reader.inner),
        **dict.fromkeys(("ascription_expression", "postfix_expression"), Reader.first),
        **dict.fromkeys(("integer_literal", "floating_point_literal"), Reader.number),
        **dict.fromkeys(("boolean_literal", "null_literal"), Reader.constant),
        **dict.fromkeys(("string", "interpolated_string_expression"), string),
        "character_literal": Reader.character,
        "prefix_expression": Reader.negative,
        "infix_expression": infix,
        "assignment_expression": Reader.assignment,
        "call_expression": call,
        "generic_function": lambda self, node: self.expr(node.child_by_field_name("function")),
        "field_expression": access,
        "stable_identifier": Reader.dotted,
        "instance_expression": creation,
        "lambda_expression": Reader.lambda_,
        "case_block": partial_function,
        "tuple_expression": Reader.sequence,
        "if_expression": branches,
        "match_expression": match,
        "try_expression": attempt,
        "for_expression": comprehension,
    }
    TYPES: ClassVar[Table] = {
        "type_identifier": Reader.named_type,
        "stable_type_identifier": Reader.dotted,
        "generic_type": Reader.generic_type,
        **dict.fromkeys(("compound_type", "infix_type", "annotated_type", "repeated_parameter_type"), Reader.inner_type),
        **dict.fromkeys(("lazy_parameter_type", "type_arguments"), Reader.inner_type),
    }


def extract(content: bytes, *, newlines: list[int] | None = None) -> FileFacts:
    """Return what one Scala file says; broken code raises nothing. Raises UnreadError where the grammar is not installed."""
    return _Scala.extract(content, newlines)
