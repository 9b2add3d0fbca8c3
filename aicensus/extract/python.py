"""Python source -> `FileFacts`, through the tree-sitter grammar.

Variables of a comprehension belong to the scope around it. A starred target is `Item` with an unknown key, positions after
it count from the end (`Const(-1)`), and a position of a literal is the element that stands there. `yield from x` yields
`Element(x)`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Literal

import tree_sitter_python
from tree_sitter import Language, Node

from aicensus.extract.builder import MAX_DEPTH, FactsBuilder, is_balanced, joined_operators
from aicensus.extract.python_literals import OPENING, decoded, has_holes, number
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
    Import,
    Item,
    Map,
    Name,
    Note,
    Op,
    Param,
    Seq,
    Spread,
    Template,
    Unknown,
    literal,
)

_LANGUAGE = Language(tree_sitter_python.language())
_OPENER = re.compile(rb"(?:async[ \t]+def|def|class)[ \t]")
_NOTE = re.compile(rb"#[ \t]*aicensus:([^\r\n]*)")
_MAIN = re.compile(rb"""\(?__name__\s*==\s*(["'])__main__\1|\(?(["'])__main__\2\s*==\s*__name__""")
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_OPERATORS = frozenset({"+", "%", "|", ">>", "*", "@", "/"})
_EXTRAS = frozenset({"comment", "line_continuation"})
_LINKS = frozenset({"attribute", "subscript", "call", "generic_type"})
_GROUPS = frozenset({"pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "expression_list"})
_STARRED = frozenset({"list_splat_pattern", "list_splat"})
_SIMPLE_TARGETS = frozenset({"identifier", "attribute", "subscript"})
_REST = Unknown("slice")

_Target = tuple[Node, Expr, tuple[Expr, ...]]
"""Where a value goes: the node, its expression, and the keys that lead there from the assigned value."""


def extract(content: bytes, *, newlines: list[int] | None = None) -> FileFacts:
    """Return what one Python file says; whatever the bytes are, nothing is raised: see `FileFacts.errors`.

    `newlines` are the offsets after which a new line counts, for code that was put together from pieces of another file.
    """
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    # The grammar takes a NUL for the end of the file.
    source = text.replace("\0", " ").encode()
    if newlines is None:
        newlines = line_ends(source)
    reader = _Reader(FactsBuilder("python", len(newlines) + 1), source, newlines)
    for root in _roots(source):
        reader.body(0, _parts(root))
        reader.notes(root)
        reader.errors(root)
    return reader.builder.finish()


def _roots(source: bytes) -> list[Node]:
    """Parse the file: as one, or in parts, where an open bracket swallowed the definitions after it."""
    root = tree(_LANGUAGE, source)
    cuts = _swallowed(source, root)
    if not cuts:
        return [root]
    return [tree(_LANGUAGE, source, start, end) for start, end in pairwise([0, *cuts, len(source)])]


def _swallowed(source: bytes, root: Node) -> list[int]:
    """Return where each `def` and `class` at the margin begins, decorators included, that became part of an error."""
    offsets = [child.start_byte for node in _broken(root) if node.is_error for child in node.children if child.type not in _DEFINITIONS]
    at_margin = [offset for offset in offsets if source[offset - 1 : offset] == b"\n" and _OPENER.match(source, offset)]
    return sorted({_first_decorator(source, offset) for offset in at_margin} - {0})


def _first_decorator(source: bytes, offset: int) -> int:
    """Return where the lines that start with `@` and end at `offset` begin."""
    while (line := source.rfind(b"\n", 0, max(offset - 1, 0)) + 1) < offset and source.startswith(b"@", line):
        offset = line
    return offset


def _broken(root: Node) -> Iterator[Node]:
    """Nodes with a mistake in or under them, in source order. (A query for ERROR nodes takes quadratic time in their children.)"""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.has_error or node.is_missing:
            yield node
            pending.extend(reversed(node.children))


class _Reader:
    """Walks one syntax tree. `statement` and `expr` pick the method for a node; each method reads one kind of syntax.

    Parts are read in source order, because calls are numbered as they are met.
    """

    def __init__(self, builder: FactsBuilder, source: bytes, newlines: list[int], first_line: int = 1, depth: int = 0) -> None:
        self.builder = builder
        self.source = source
        self.newlines = newlines
        self.first_line = first_line
        self.depth = depth
        self.in_annotation = False
        self.lambda_name = "<lambda>"

    # positions and text

    def text(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def line_at(self, offset: int) -> int:
        return self.first_line + bisect_left(self.newlines, offset)

    def line(self, node: Node) -> int:
        return self.first_line + bisect_left(self.newlines, node.start_byte)

    def end_line(self, node: Node) -> int:
        start, end = node.start_byte, node.end_byte
        return self.line_at(end - 1 if end > start else end)

    # the whole file

    def notes(self, root: Node) -> None:
        for match in _NOTE.finditer(self.source, root.start_byte, root.end_byte):
            node = root.descendant_for_byte_range(match.start(), match.start() + 1)
            if node is not None and node.type == "comment":
                self.builder.notes.append(Note(self.line_at(match.start()), match[1].decode("utf-8", "replace").strip()))

    def errors(self, root: Node) -> None:
        for node in _broken(root):
            if node.is_missing:
                self.builder.error(self.line(node), f"missing {node.type}")
            elif node.is_error:
                start = self.source[node.start_byte : node.start_byte + 60].decode("utf-8", "replace").strip()
                self.builder.error(self.line(node), f"not understood: {start.partition(chr(10))[0]}")

    # statements

    def statement(self, node: Node) -> None:
        method = _STATEMENTS.get(node.type)
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
            self.statement(child)

    def skip(self, node: Node) -> None:
        pass

    def if_statement(self, node: Node) -> None:
        condition, block = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        if condition is not None and block is not None and _MAIN.match(self.source, condition.start_byte, condition.end_byte):
            self.builder.main = self.builder.main or (self.line(node), self.end_line(block))
        self.statements(node)

    def for_loop(self, node: Node) -> None:
        """A loop or the `for` of a comprehension."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        targets = self.targets(left) if left is not None else []
        if right is not None:
            self.bind(targets, Element(self.expr(right)), self.end_line(right))
        for child in node.named_children:
            if child not in (left, right):
                self.statement(child)

    def with_item(self, node: Node) -> None:
        for child in _parts(node):
            item = _unwrapped(child)
            if item.type != "as_pattern":
                self.expr(item)
                continue
            value = self.expr(item.children[0])
            alias = item.child_by_field_name("alias")
            if alias is not None:
                self.bind(self.targets(alias), value, self.end_line(item))

    def global_names(self, node: Node) -> None:
        for child in _parts(node):
            self.builder.outer_name(self.text(child), is_global=node.type == "global_statement")

    def return_statement(self, node: Node) -> None:
        for child in _parts(node):
            self.builder.returns(self.expr(child))

    def type_alias(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        name = left.named_children[0] if left is not None and left.named_children else None
        if name is None or right is None or name.type not in ("identifier", "generic_type"):
            self.statements(node)  # `type(x).y = z` looks like an alias to the grammar
            return
        name = name.children[0] if name.type == "generic_type" else name
        self.bind(self.targets(name), self.annotation(right), self.end_line(right))

    def import_statement(self, node: Node) -> None:
        for child in node.children_by_field_name("name"):
            name, alias = self.import_name(child)
            bound = alias or name.partition(".")[0]
            self.bind_name(child, bound, Import(name if alias else bound))

    def import_from(self, node: Node) -> None:
        origin = node.child_by_field_name("module_name")
        module = "__future__" if origin is None else "".join(self.text(origin).split())
        name = module.lstrip(".")
        level = len(module) - len(name)
        for child in node.named_children:
            if child.type == "wildcard_import":
                self.builder.stars.append(Import(name, None, level))
        for child in node.children_by_field_name("name"):
            member, alias = self.import_name(child)
            self.bind_name(child, alias or member, Import(name, member, level))

    def import_name(self, node: Node) -> tuple[str, str]:
        """Return the dotted name and its alias, "" when it has none."""
        alias = node.child_by_field_name("alias")
        name = node.child_by_field_name("name") if alias is not None else node
        return "".join(self.text(name or node).split()), self.text(alias) if alias is not None else ""

    # definitions

    def decorated(self, node: Node) -> None:
        decorators: list[Expr] = []
        for child in _parts(node):
            if child.type == "decorator":
                decorators.extend(self.expr(part) for part in _parts(child))
            elif child.type in _DEFINITIONS:
                _DEFINITIONS[child.type](self, child, tuple(decorators))
            else:
                self.statement(child)

    def function(self, node: Node, decorators: tuple[Expr, ...] = ()) -> None:
        builder = self.builder
        index = self.open_definition("function", node)
        scope = builder.scopes[index]
        scope.decorators = decorators
        scope.is_async = node.children[0].type == "async"
        scope.is_static = any(isinstance(d, Name) and d.id == "staticmethod" for d in decorators)
        self.parameters(node.child_by_field_name("parameters"), index)
        scope.annotation = self.annotation(node.child_by_field_name("return_type"))
        is_method = builder.scopes[scope.parent].kind == "class" and not scope.is_static
        if is_method and scope.params and scope.params[0].kind == "":
            scope.receiver = scope.params[0].name
        self.body(index, _inside(node))

    def class_definition(self, node: Node, decorators: tuple[Expr, ...] = ()) -> None:
        index = self.open_definition("class", node)
        scope = self.builder.scopes[index]
        scope.decorators = decorators
        bases = node.child_by_field_name("superclasses")
        args = self.arguments(bases) if bases is not None else []
        scope.bases = [Spread(arg.value) if arg.spread else arg.value for arg in args if not arg.name and arg.spread != "**"]
        self.body(index, _inside(node))

    def open_definition(self, kind: Literal["class", "function"], node: Node) -> int:
        named = node.child_by_field_name("name")
        name = self.text(named) if named is not None else ""
        index = self.builder.open_scope(kind, name, self.line(node), self.end_line(node))
        self.builder.bind(node.start_byte, Name(name, self.line(named or node)), DefRef(index), self.line(node), self.end_line(node))
        return index

    def body(self, index: int, children: list[Node]) -> None:
        """Read statements inside the scope `index`; a text that opens them is the scope's documentation."""
        outer, self.builder.current = self.builder.current, index
        if children and children[0].type == "expression_statement":
            first, *more = _parts(children[0]) or [children[0]]
            if not more and first.type in ("string", "concatenated_string"):
                value = self.expr(first)
                self.builder.scopes[index].doc = value if isinstance(value, Const) else None
                children = children[1:]
        for child in children:
            self.statement(child)
        self.builder.current = outer

    def parameters(self, node: Node | None, index: int) -> None:
        """Read parameters of the scope `index`; defaults and annotations belong to the scope around it."""
        params = self.builder.scopes[index].params
        after: Literal["", "kw"] = ""
        for child in _parts(node) if node is not None else []:
            kind = child.type
            if kind == "keyword_separator":
                after = "kw"
            elif kind == "ERROR":
                self.statement(child)
            elif kind != "positional_separator":
                param = self.parameter(child, index, after)
                after = "kw" if param.kind == "*" else after
                params.append(param)

    def parameter(self, node: Node, index: int, kind: Literal["", "*", "**", "kw"]) -> Param:
        named = node
        if node.type in _TYPED_PARAMETERS:
            named = node.child_by_field_name("name") or node.children[0]
        if named.type == "list_splat_pattern":
            named, kind = named.children[-1], "*"
        elif named.type == "dictionary_splat_pattern":
            named, kind = named.children[-1], "**"
        name = self.text(named)
        if named.type == "tuple_pattern":
            name = "{}" + str(len(self.builder.scopes[index].params))
            outer, self.builder.current = self.builder.current, index
            self.bind(self.targets(named), Name(name, self.line(named)), self.end_line(named))
            self.builder.current = outer
        if node is named or node.type not in _TYPED_PARAMETERS:
            return Param(name, kind=kind)
        annotation = self.annotation(node.child_by_field_name("type"))
        default = node.child_by_field_name("value")
        return Param(name, None if default is None else self.named_value(default, name), annotation, kind)

    def lambda_(self, node: Node) -> Expr:
        name, self.lambda_name = self.lambda_name, "<lambda>"
        builder = self.builder
        index = builder.open_scope("function", name, self.line(node), self.end_line(node))
        self.depth += 1  # lambdas in defaults take more frames than other nested syntax
        self.parameters(node.child_by_field_name("parameters"), index)
        self.depth -= 1
        body = node.child_by_field_name("body")
        outer, builder.current = builder.current, index
        if body is not None:
            builder.returns(self.expr(body))
        builder.current = outer
        return DefRef(index)

    # targets of values

    def bind(self, targets: list[_Target], value: Expr | None, end_line: int, annotation: Expr | None = None) -> None:
        values = value.items if isinstance(value, Seq) and not any(isinstance(item, Spread) for item in value.items) else None
        for node, target, keys in targets:
            part = value
            if keys and part is not None:
                part = _element(values, keys[0]) if values is not None else Item(part, keys[0])
                for key in keys[1:]:
                    part = Item(part, key)
            line = self.line(node)
            self.builder.bind(node.start_byte, target, part, line, max(line, end_line), annotation)

    def bind_name(self, node: Node, name: str, value: Expr) -> None:
        line = self.line(node)
        self.builder.bind(node.start_byte, Name(name, line), value, line, self.end_line(node))

    def targets(self, node: Node, keys: tuple[Expr, ...] = ()) -> list[_Target]:
        """Return the targets of a pattern; what cannot be assigned to is read for the calls inside it."""
        node = _unwrapped_target(node)
        kind = node.type
        if kind in _SIMPLE_TARGETS:
            return [(node, self.expr(node), keys)]
        if self.depth + len(keys) >= MAX_DEPTH:
            self.builder.too_deep(self.line(node))
            return []
        parts = _parts(node)
        if kind in _STARRED:
            return [target for part in parts for target in self.targets(part, (*keys, _REST))]
        if kind not in _GROUPS:
            self.expr(node)
            return []
        line = self.line(node)
        found: list[_Target] = []
        star = next((i for i, part in enumerate(parts) if part.type in _STARRED), len(parts))
        for i, part in enumerate(parts):
            key = () if i == star else (Const(i if i < star else i - len(parts), line, line),)
            found.extend(self.targets(part, (*keys, *key)))
        return found

    def assignment(self, node: Node) -> Expr:
        """`a = b = value`, with or without annotation, from left to right."""
        end_line = self.end_line(node)
        targets: list[_Target] = []
        annotation: Expr | None = None
        right: Node | None = node
        while right is not None and right.type == "assignment":
            node = right
            left = node.child_by_field_name("left")
            targets.extend(self.targets(left) if left is not None else [])
            annotation = self.annotation(node.child_by_field_name("type")) or annotation
            right = node.child_by_field_name("right")
        name = _last_name(targets[0][1]) if targets else ""
        value = self.named_value(right, name) if right is not None else None
        self.bind(targets, value, end_line, annotation)
        return value or Unknown("assignment")

    def augmented_assignment(self, node: Node) -> Expr:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        if left is None or right is None or operator is None:
            return self.unknown(node)
        targets = self.targets(left)
        added = self.expr(right)
        op = operator.type.removesuffix("=")
        for target in targets:
            self.bind([target], Op(op, target[1], added) if op in _OPERATORS else Unknown(node.type), self.end_line(node))
        return Unknown(node.type)

    def walrus(self, node: Node) -> Expr:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None or value is None:
            return self.unknown(node)
        targets = self.targets(name)
        result = self.named_value(value, self.text(name))
        self.bind(targets, result, self.end_line(node))
        return result

    # expressions

    def expr(self, node: Node) -> Expr:
        if self.depth >= MAX_DEPTH:
            return self.builder.too_deep(self.line(node))
        self.depth += 1
        value = _EXPRESSIONS.get(node.type, _Reader.unknown)(self, node)
        self.depth -= 1
        return value

    def named_value(self, node: Node, name: str) -> Expr:
        """An expression that a name stands for: a lambda takes it."""
        node = _unwrapped(node)
        if node.type == "lambda" and name:
            self.lambda_name = name
        return self.expr(node)

    def unknown(self, node: Node) -> Expr:
        self.statements(node)
        return Unknown(node.type)

    def identifier(self, node: Node) -> Expr:
        start = node.start_byte
        name = self.source[start : node.end_byte].decode("utf-8", "replace")
        return Name(name, self.first_line + bisect_left(self.newlines, start))

    def inner(self, node: Node) -> Expr:
        """What only wraps an expression: parentheses, `await`, a type, `value as name` where the name is of no use."""
        node = _unwrapped(node)
        if node.type not in _WRAPPERS:
            return self.expr(node)
        parts = _parts(node)
        if len(parts) > 1 and node.type == "parenthesized_expression":
            return self.unknown(node)
        return self.expr(parts[0]) if parts else Unknown(node.type)

    def spread(self, node: Node) -> Expr:
        return Spread(self.inner_part(node))

    def inner_part(self, node: Node) -> Expr:
        parts = _parts(node)
        return self.expr(parts[-1]) if parts else Unknown(node.type)

    def chain(self, node: Node) -> Expr:
        """Attributes, subscripts and calls on calls, from the outside in, so that a long chain needs no recursion."""
        builder = self.builder
        links: list[tuple[Node, list[Node], int]] = []
        while node.type in _LINKS and self.depth + len(links) <= MAX_DEPTH:
            links.append((node, node.children, builder.open_call() if node.type == "call" else -1))
            node = node.children[0]
        is_spread = node.type == "list_splat"  # the grammar reads `[*f(x)]` as `[(*f)(x)]`
        self.depth += len(links) - 1
        value = self.inner_part(node) if is_spread else self.expr(node)
        self.depth -= len(links) - 1
        for link, children, index in reversed(links):
            if index >= 0:
                args = self.arguments(children[-1])
                builder.close_call(index, value, args, self.line(link), self.end_line(link))
                value = CallRef(index)
            elif link.type == "attribute":
                named = children[-1]
                value = Attr(value, self.text(named), self.line(named))
            else:
                value = Item(value, self.key(value, children))
        return Spread(value) if is_spread else value

    def key(self, base: Expr, children: list[Node]) -> Expr:
        """The key of a subscript. In an annotation only types are read as such: no `Literal`, no metadata of `Annotated`."""
        keys = children[1:]
        if len(keys) == 1:
            keys = keys[0].children
        name, was = _last_name(base), self.in_annotation
        values: list[Expr] = []
        for part in keys:
            if part.is_named and part.type not in _EXTRAS:
                self.in_annotation = was and name != "Literal" and not (name == "Annotated" and values)
                values.append(self.expr(part))
        self.in_annotation = was
        return values[0] if len(values) == 1 else Seq(tuple(values))

    def arguments(self, node: Node) -> list[Arg]:
        was, self.in_annotation = self.in_annotation, False
        args: list[Arg] = []
        if node.type == "generator_expression":
            args.append(Arg(self.expr(node)))
        else:
            for child in _parts(node):
                kind = child.type
                if kind == "keyword_argument":
                    name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
                    if name is not None and value is not None:
                        keyword = self.text(name)
                        args.append(Arg(self.named_value(value, keyword), keyword))
                elif kind == "list_splat":
                    args.append(Arg(self.inner_part(child), None, "*"))
                elif kind == "dictionary_splat":
                    args.append(Arg(self.inner_part(child), None, "**"))
                elif kind == "ERROR":
                    self.statements(child)
                else:
                    args.append(Arg(self.expr(child)))
        self.in_annotation = was
        return args

    def sequence(self, node: Node) -> Expr:
        return Seq(tuple([self.expr(part) for part in _parts(node)]))

    def mapping(self, node: Node) -> Expr:
        """A dict literal, or a comprehension of one: its pair stands before its `for`."""
        items: list[tuple[Expr | None, Expr]] = []
        for child in _parts(node):
            if child.type == "pair":
                key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                if key is not None and value is not None:
                    read = self.expr(key)
                    name = read.value if isinstance(read, Const) and isinstance(read.value, str) else ""
                    items.append((read, self.named_value(value, name)))
            elif child.type == "dictionary_splat":
                items.append((None, self.inner_part(child)))
            else:
                self.statement(child)
        return Map(tuple(items))

    def comprehension(self, node: Node) -> Expr:
        parts = _parts(node)
        value = self.expr(parts[0]) if parts else Unknown(node.type)
        for clause in parts[1:]:
            self.statement(clause)
        return Seq((value,))

    def operators(self, node: Node) -> Expr:
        """A left-deep chain of binary operators, without recursion however long."""
        rest: list[tuple[str, Node]] = []
        while node.type in _BINARY:
            operator = node.child_by_field_name("operator") or node.children[1]
            rest.append((operator.type, node.children[-1]))
            node = _unwrapped(node.children[0])
        rest.reverse()
        names = [op for op, _ in rest]
        levels = len(rest).bit_length() if is_balanced(names) else len(rest)
        levels = levels if self.depth + levels <= MAX_DEPTH else 0
        self.depth += levels
        value = self.expr(node)
        values = [(op, self.expr(right)) for op, right in rest]
        self.depth -= levels
        if not levels:
            return self.builder.too_deep(self.line(node))
        return joined_operators(value, values) if _OPERATORS.issuperset(names) else Unknown("binary_operator")

    def choice(self, node: Node) -> Expr:
        """`a or b and c`, `a if b else c`: all that may come out, in source order, without recursion."""
        options: list[Expr] = []
        pending = [(node, True)]
        while pending:
            node, is_option = pending.pop()
            node = _unwrapped(node)
            parts = _parts(node)
            if is_option and node.type in ("boolean_operator", "conditional_expression") and len(parts) in (2, 3):
                pending.extend([(part, i != 1 or len(parts) == 2) for i, part in enumerate(parts)][::-1])
            elif is_option:
                options.append(self.expr(node))
            else:
                self.expr(node)
        return Choice(tuple(options))

    def yield_(self, node: Node) -> Expr:
        for part in _parts(node):
            value = self.expr(part)
            self.builder.returns(Element(value) if any(child.type == "from" for child in node.children) else value)
        return Unknown("yield")

    def number(self, node: Node) -> Expr:
        line = self.line(node)
        value = number(self.text(node))
        return Unknown(node.type) if value is None else Const(value, line, line)

    def negative(self, node: Node) -> Expr:
        value = self.inner_part(node)
        if node.children[0].type == "-" and isinstance(value, Const) and isinstance(value.value, int | float):
            return Const(-value.value, value.line, value.end_line)
        return Unknown(node.type)

    def constant(self, node: Node) -> Expr:
        line = self.line(node)
        return Const(_CONSTANTS[node.type], line, line)

    # annotations

    def annotation(self, node: Node | None) -> Expr | None:
        """Read a type; text inside it is read as the type it spells."""
        if node is None:
            return None
        was, self.in_annotation = self.in_annotation, True
        value = self.expr(node)
        self.in_annotation = was
        return value

    def spelled_type(self, const: Const) -> Expr:
        """Return what a text in an annotation spells, all on the line of the text; the text itself where that is no expression."""
        spelled = str(const.value).strip()
        if _DOTTED.fullmatch(spelled):
            first, *names = spelled.split(".")
            value: Expr = Name(first, const.line)
            for name in names[:MAX_DEPTH]:
                value = Attr(value, name, const.line)
            return value
        source = spelled.encode()
        try:
            root = tree(_LANGUAGE, source)
        except UnreadError:
            return const
        parts = _parts(root)
        if root.has_error or len(parts) != 1 or parts[0].type != "expression_statement" or self.depth >= MAX_DEPTH:
            return const
        inner = _Reader(self.builder, source, [], const.line, self.depth)
        return inner.annotation(parts[0].children[0]) or const

    # text

    def string(self, node: Node) -> Expr:
        """Return adjacent strings as one `Const`, or `Template` where one of them has holes."""
        parts: list[Expr] = []
        text: list[tuple[str, int, int]] = []

        def close_text() -> None:
            joined = "".join([piece for piece, _, _ in text])
            if joined:
                parts.append(literal(joined, text[0][1], text[-1][2]))
            text.clear()

        for string in _parts(node) if node.type == "concatenated_string" else [node]:
            for piece in self.pieces(string):
                if isinstance(piece, Const) and isinstance(piece.value, str):
                    text.append((piece.value, piece.line, piece.end_line))
                else:
                    close_text()
                    parts.append(piece)
        line, end_line = self.line(node), self.end_line(node)
        if not parts:
            const = literal("".join([piece for piece, _, _ in text]), line, end_line)
            return self.spelled_type(const) if self.in_annotation else const
        close_text()
        return parts[0] if parts == [_UNDECODED] else Template(tuple(parts), line, end_line)

    def pieces(self, node: Node) -> list[Expr]:
        """Text and holes of one string."""
        start, end = node.start_byte, node.end_byte
        opening = OPENING.match(self.source, start, end)
        if opening is None:
            return [self.unknown(node)]
        prefix, quotes = opening[1].lower(), opening[2]
        start = opening.end()
        if end - len(quotes) >= start and self.source.endswith(quotes, start, end):
            end -= len(quotes)
        found: list[Expr] = []
        for child in node.children if has_holes(prefix) else ():
            if child.type == "interpolation":
                found.append(self.piece(prefix, start, child.start_byte))
                found.append(self.hole(child))
                start = child.end_byte
            elif child.type == "ERROR":
                self.statement(child)
        return [*found, self.piece(prefix, start, max(start, end))]

    def piece(self, prefix: bytes, start: int, end: int) -> Expr:
        text = decoded(self.source[start:end], prefix)
        return _UNDECODED if text is None else Const(text, self.line_at(start), self.line_at(max(start, end - 1)))

    def hole(self, node: Node) -> Expr:
        parts = _parts(node)
        read = self.expr(parts[0]) if parts else Unknown(node.type)
        for other in parts[1:]:
            self.statement(other)
        return read


def _parts(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type not in _EXTRAS]


def _inside(definition: Node) -> list[Node]:
    """The statements of a definition; those of a broken body stand in an error between its head and what is left of the body."""
    found: list[Node] = []
    for child in reversed(definition.named_children):
        if child.type in ("block", "ERROR"):
            found[:0] = _parts(child)
        elif child.type not in _EXTRAS:
            break
    return found


def _unwrapped(node: Node) -> Node:
    """The node inside any number of parentheses."""
    while node.type == "parenthesized_expression":
        parts = _parts(node)
        if len(parts) != 1:
            break
        node = parts[0]
    return node


def _unwrapped_target(node: Node) -> Node:
    """The target inside parentheses, which the grammar takes for a tuple of one."""
    while True:
        node = _unwrapped(node)
        parts = _parts(node)
        is_tuple = node.type == "tuple_pattern" and any(child.type == "," for child in node.children)
        if node.type not in ("as_pattern_target", "tuple_pattern") or len(parts) != 1 or is_tuple:
            return node
        node = parts[0]


def _element(values: tuple[Expr, ...], key: Expr) -> Expr:
    """The value at a position of a literal without spreads."""
    if isinstance(key, Const) and isinstance(key.value, int) and -len(values) <= key.value < len(values):
        return values[key.value]
    return Item(Seq(values), key)


def _last_name(target: Expr) -> str:
    if isinstance(target, Name):
        return target.id
    return target.name if isinstance(target, Attr) else ""


_UNDECODED = Unknown("bytes")
_CONSTANTS = {"true": True, "false": False, "none": None}
_TYPED_PARAMETERS = frozenset({"default_parameter", "typed_parameter", "typed_default_parameter"})
_BINARY = frozenset({"binary_operator", "union_type"})
_WRAPPERS = frozenset({"parenthesized_expression", "await", "type", "as_pattern"})
_DEFINITIONS: dict[str, Callable[[_Reader, Node, tuple[Expr, ...]], None]] = {
    "function_definition": _Reader.function,
    "class_definition": _Reader.class_definition,
}
_STATEMENTS: dict[str, Callable[[_Reader, Node], None]] = {
    **dict.fromkeys(("comment", "line_continuation", "case_pattern", "pass_statement"), _Reader.skip),
    **dict.fromkeys(("block", "expression_statement", "elif_clause", "else_clause", "while_statement"), _Reader.statements),
    **dict.fromkeys(("try_statement", "except_clause", "finally_clause", "with_statement", "with_clause"), _Reader.statements),
    **dict.fromkeys(("match_statement", "case_clause", "if_clause", "assert_statement", "raise_statement"), _Reader.statements),
    **dict.fromkeys(("delete_statement", "print_statement", "exec_statement", "ERROR"), _Reader.statements),
    "if_statement": _Reader.if_statement,
    "for_statement": _Reader.for_loop,
    "for_in_clause": _Reader.for_loop,
    "with_item": _Reader.with_item,
    "global_statement": _Reader.global_names,
    "nonlocal_statement": _Reader.global_names,
    "return_statement": _Reader.return_statement,
    "type_alias_statement": _Reader.type_alias,
    "import_statement": _Reader.import_statement,
    "import_from_statement": _Reader.import_from,
    "future_import_statement": _Reader.import_from,
    "decorated_definition": _Reader.decorated,
    "function_definition": _Reader.function,
    "class_definition": _Reader.class_definition,
}
_EXPRESSIONS: dict[str, Callable[[_Reader, Node], Expr]] = {
    "identifier": _Reader.identifier,
    "string": _Reader.string,
    "concatenated_string": _Reader.string,
    **dict.fromkeys(("integer", "float"), _Reader.number),
    **dict.fromkeys(_CONSTANTS, _Reader.constant),
    **dict.fromkeys(_WRAPPERS, _Reader.inner),
    **dict.fromkeys(_LINKS, _Reader.chain),
    **dict.fromkeys(("list", "tuple", "set", "expression_list"), _Reader.sequence),
    **dict.fromkeys(("dictionary", "dictionary_comprehension"), _Reader.mapping),
    **dict.fromkeys(("list_comprehension", "set_comprehension", "generator_expression"), _Reader.comprehension),
    **dict.fromkeys(_BINARY, _Reader.operators),
    **dict.fromkeys(("boolean_operator", "conditional_expression"), _Reader.choice),
    **dict.fromkeys(("list_splat", "splat_type"), _Reader.spread),
    "lambda": _Reader.lambda_,
    "yield": _Reader.yield_,
    "named_expression": _Reader.walrus,
    "assignment": _Reader.assignment,
    "augmented_assignment": _Reader.augmented_assignment,
    "unary_operator": _Reader.negative,
}
