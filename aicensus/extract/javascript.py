"""JavaScript and TypeScript source -> `FileFacts`, through the tree-sitter grammars.

Blocks are no scopes: a variable belongs to the function around it. Interfaces and object types are class scopes whose members
are declarations, and what a class implements stands among its bases. A namespace is an object of what it exports; its names
belong to the scope around it. The rest of an object pattern is the whole object, that of an array pattern an `Item` with an
unknown key. `for (x in y)` and `yield* y` give `Element(y)`. An intersection of types is written like a union.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Literal, NamedTuple

from tree_sitter import Language, Node

from aicensus.extract.builder import MAX_DEPTH, FactsBuilder, is_balanced, joined_operators
from aicensus.extract.javascript_literals import decoded, number
from aicensus.extract.syntax import line_ends, tree
from aicensus.model.errors import UnreadError
from aicensus.model.facts import (
    GIVES,
    Arg,
    Attr,
    CallRef,
    Choice,
    Const,
    DefRef,
    Element,
    Export,
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

_NOTE = re.compile(rb"(?://|\*)[ \t]*aicensus:([^\r\n]*)")
_MAIN = re.compile(rb"\(\s*(?:require\.main\s*===?\s*module|import\.meta\.main|import\.meta\.url\s*===?)")
_FOLLOWING_FUNCTION = re.compile(
    rb"[\s;]*(?:(?://[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)\s*)*(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:async\s+)?function\s*\*?\s*([\w$]+)"
)
_INTEROP = re.compile(r"__import(?:Default|Star)|__toESM|_interopRequire(?:Default|Wildcard)")
"""Helpers that compilers put around `require` so that it looks like an import."""
_UNKNOWN_SYNTAX = re.compile(rb"""(typeof\s+import\(\s*["'][^"'\n]*["']\s*\))|(?<=\w)<[\w\s.,\[\]{}|&:;"'<>?-]{1,300}>(?=`)""")
"""The type of a module as a type argument, and type arguments of a tagged template."""
_VISIBLE = re.compile(rb"[^\r\n]")
_MAX_BROKEN = 2000
"""Places that are not understood, above which a file is no code and is not read a second time: errors take a parser much time."""
_REST = Unknown("slice")


def extract(content: bytes, *, typescript: bool = False, tsx: bool = False, newlines: list[int] | None = None) -> FileFacts:
    """Return what one file says; whatever the bytes are, nothing is raised: see `FileFacts.errors`.

    `newlines` are the offsets after which a new line counts, for code that was put together from pieces of another file.
    """
    source = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").encode()
    root = _understood(source.replace(b"\0", b" "), "tsx" if tsx else "typescript" if typescript else "javascript")
    if newlines is None:
        newlines = line_ends(source)
    reader = _Reader(FactsBuilder("javascript", len(newlines) + 1), source, newlines)
    reader.statements(root)
    reader.notes(root)
    if root.has_error:
        reader.errors(root)
    return reader.builder.finish()


def _understood(source: bytes, dialect: str) -> Node:
    """The tree that understands most of a file: as it is, JavaScript with types, or around what the grammars do not know."""
    best = tree(_language(dialect), source)
    if best.has_error and len(_broken(best)) > _MAX_BROKEN:
        return best
    if best.has_error and dialect == "javascript":
        with suppress(UnreadError):
            best = _better(best, tree(_language("tsx"), source))
    if best.has_error and (patched := _patched(source, best)) != source:
        with suppress(UnreadError):
            best = _better(best, tree(_language("tsx" if dialect == "javascript" else dialect), patched))
    return best


def _better(first: Node, second: Node) -> Node:
    return second if not second.has_error or _damage(second) < _damage(first) else first


def _patched(source: bytes, root: Node) -> bytes:
    """Blank out, at the same offsets, correct code that the grammars do not know: some type arguments, `&` in markup."""
    patched = _UNKNOWN_SYNTAX.sub(lambda match: b"any".ljust(len(match[0])) if match[1] else _VISIBLE.sub(b" ", match[0]), source)
    for node, outer in _broken(root):
        if (outer in _MARKUP or outer == "string") and source.startswith(b"&", node.start_byte):
            patched = patched[: node.start_byte] + b" " + patched[node.start_byte + 1 :]
    return patched


@cache
def _language(dialect: str) -> Language:
    if dialect == "javascript":
        import tree_sitter_javascript

        return Language(tree_sitter_javascript.language())
    import tree_sitter_typescript

    return Language(tree_sitter_typescript.language_tsx() if dialect == "tsx" else tree_sitter_typescript.language_typescript())


def _broken(root: Node) -> list[tuple[Node, str]]:
    """Nodes that the grammar did not understand or missed, in source order, each with the type of the node around it."""
    # A query for ERROR nodes takes quadratic time in their children; asking a node for its parent overflows the stack in deep trees.
    found: list[tuple[Node, str]] = []
    pending = [(root, "")]
    while pending:
        node, outer = pending.pop()
        if node.is_missing or node.is_error:
            found.append((node, outer))
        if node.has_error:
            kind = node.type
            pending.extend([(child, kind) for child in reversed(node.children)])
    return found


def _damage(root: Node) -> int:
    return sum(node.end_byte - node.start_byte + 1 for node, _ in _broken(root))


class _Default(NamedTuple):
    """A default inside a pattern, and the keys that lead on from it."""

    value: Expr
    keys: tuple[Expr, ...]


class _Target(NamedTuple):
    """Where a value goes, and the keys that lead there; a text names a property."""

    node: Node
    target: Expr
    keys: tuple[Expr, ...]
    defaults: tuple[_Default, ...]


class _Reader:
    """Walks one syntax tree. `statement`, `expr` and `type` pick the method for a node; each method reads one kind of syntax.

    Parts are read in source order, because calls are numbered as they are met.
    """

    def __init__(self, builder: FactsBuilder, source: bytes, newlines: list[int]) -> None:
        self.builder = builder
        self.source = source
        self.newlines = newlines
        self.depth = 0
        self.given_name = ""
        self.namespace: list[tuple[Expr | None, Expr]] | None = None

    # positions and text

    def text(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def line_at(self, offset: int) -> int:
        return 1 + bisect_left(self.newlines, offset)

    def line(self, node: Node) -> int:
        return 1 + bisect_left(self.newlines, node.start_byte)

    def end_line(self, node: Node) -> int:
        start, end = node.start_byte, node.end_byte
        return self.line_at(end - 1 if end > start else end)

    # the whole file

    def notes(self, root: Node) -> None:
        position = 0
        while (match := _NOTE.search(self.source, position)) is not None:
            position = match.start() + 1
            node = root.descendant_for_byte_range(match.start(), position)
            if node is not None and node.type == "comment":
                position = match.end()
                text = match[1].partition(b"*/")[0].decode("utf-8", "replace").strip()
                self.builder.notes.append(Note(self.line_at(match.start()), text))

    def errors(self, root: Node) -> None:
        for node, _ in _broken(root):
            if node.is_missing:
                self.builder.error(self.line(node), f"missing {node.type}")
            else:
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
        """`if ... else if ... else`, without recursion however long."""
        following: Node | None = node
        while following is not None:
            node, following = following, None
            condition = node.child_by_field_name("condition")
            if condition is not None and _MAIN.match(self.source, condition.start_byte, condition.end_byte):
                self.builder.main = self.builder.main or (self.line(node), self.end_line(node))
            for child in node.named_children:
                parts = _parts(child) if child.type == "else_clause" else []
                if parts and parts[-1].type == "if_statement":
                    following = parts[-1]
                else:
                    self.statement(child)

    def for_in(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        targets = self.targets(left) if left is not None else []
        if right is not None:
            self.bind(targets, Element(self.expr(right)), self.end_line(right))
        body = node.child_by_field_name("body")
        if body is not None:
            self.statement(body)

    def catch(self, node: Node) -> None:
        parameter, body = node.child_by_field_name("parameter"), node.child_by_field_name("body")
        if parameter is not None:
            self.bind(self.targets(parameter), Unknown(node.type), self.end_line(parameter))
        if body is not None:
            self.statement(body)

    def return_statement(self, node: Node) -> None:
        for child in _parts(node):
            self.builder.returns(self.expr(child))

    def declaration(self, node: Node) -> None:
        """`const a = 1, { b } = c`."""
        for child in node.named_children:
            if child.type == "variable_declarator":
                self.declarator(child)
            elif child.type != "comment":
                self.statement(child)

    def declarator(self, node: Node) -> None:
        name, right = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None:
            self.statements(node)
            return
        targets = self.targets(name)
        annotation = self.annotation(node.child_by_field_name("type"))
        value: Expr | None = None
        if right is not None:
            value = self.named_value(right, _last_name(targets[0].target) if name.type == "identifier" and targets else "")
            annotation = annotation or self.asserted_type(right)
        self.bind(targets, value, self.end_line(node), annotation)

    # modules

    def import_statement(self, node: Node) -> None:
        source = node.child_by_field_name("source")
        for clause in node.named_children:
            if clause.type == "import_require_clause":
                parts = _parts(clause)
                self.bind_name(parts[0], Import(self.quoted(parts[-1])))
            elif clause.type == "import_clause" and source is not None:
                self.import_clause(clause, self.quoted(source))
            elif clause.type == "ERROR":
                self.statement(clause)

    def import_clause(self, node: Node, module: str) -> None:
        for child in node.named_children:
            if child.type == "identifier":
                self.bind_name(child, Import(module, "default"))
            elif child.type == "namespace_import":
                self.bind_name(child.named_children[-1], Import(module))
            elif child.type == "named_imports":
                for specifier in child.named_children:
                    name = specifier.child_by_field_name("name")
                    if specifier.type == "import_specifier" and name is not None:
                        local = specifier.child_by_field_name("alias") or name
                        self.bind_name(local, Import(module, self.key_text(name)))

    def import_alias(self, node: Node) -> None:
        """`import Short = A.B.C`."""
        name, value = node.named_children[0], node.named_children[-1]
        self.bind_name(name, self.expr(value))

    def export_statement(self, node: Node) -> None:
        marks = {child.type for child in node.children if not child.is_named}
        source = node.child_by_field_name("source")
        decorators = tuple([self.decorator(child) for child in node.children_by_field_name("decorator")])
        declaration = node.child_by_field_name("declaration")
        value = node.child_by_field_name("value")
        if source is not None:
            self.export_from(node, self.quoted(source))
        elif "default" in marks and (value or declaration) is not None:
            self.export_default(value or declaration, decorators)
        elif declaration is not None:
            self.definition(declaration, decorators)
            for name in self.declared_names(declaration):
                self.export(name, Name(name, self.line(declaration)))
        elif "=" in marks:
            self.export("=", self.expr(node.named_children[-1]))
        elif "namespace" not in marks:
            self.export_names(node)

    def export_from(self, node: Node, module: str) -> None:
        is_star = True
        for child in node.named_children:
            if child.type == "namespace_export":
                is_star = False
                self.export(self.key_text(child.named_children[-1]), Import(module))
            elif child.type == "export_clause":
                is_star = False
                for name, exported in self.specifiers(child):
                    self.export(exported, Import(module, self.key_text(name)))
        if is_star:
            self.export("*", Import(module))

    def export_default(self, node: Node | None, decorators: tuple[Expr, ...]) -> None:
        if node is None:
            return
        name = node.child_by_field_name("name")
        if node.type in _DEFINITIONS and name is not None:
            self.definition(node, decorators)
            self.export("default", Name(self.text(name), self.line(name)))
        elif node.type in _STATEMENTS:
            self.statement(node)
            for declared in self.declared_names(node):
                self.export("default", Name(declared, self.line(node)))
        else:
            value = self.named_value(node, "default")
            if isinstance(value, DefRef) and decorators:
                self.builder.scopes[value.index].decorators = decorators
            self.export("default", value)

    def export_names(self, node: Node) -> None:
        for child in node.named_children:
            if child.type == "export_clause":
                for name, exported in self.specifiers(child):
                    self.export(exported, Name(self.text(name), self.line(name)))
            else:
                self.statement(child)

    def specifiers(self, clause: Node) -> list[tuple[Node, str]]:
        """Pairs of the local name's node and the exported name."""
        found = []
        for specifier in clause.named_children:
            name = specifier.child_by_field_name("name")
            if specifier.type == "export_specifier" and name is not None:
                found.append((name, self.key_text(specifier.child_by_field_name("alias") or name)))
        return found

    def export(self, name: str, value: Expr) -> None:
        if self.namespace is not None:
            line = value.line if isinstance(value, Name) else 1
            self.namespace.append((Const(name, line, line), value))
        else:
            self.builder.exports.append(Export(name, value))

    def declared_names(self, node: Node) -> list[str]:
        if node.type == "ambient_declaration":
            return [name for child in node.named_children for name in self.declared_names(child)]
        if node.type not in _DECLARATIONS:
            name = node.child_by_field_name("name") or (node.named_children[0] if node.type == "import_alias" else None)
            return [self.text(name).partition(".")[0]] if name is not None and name.type != "string" else []
        found: list[str] = []
        pending = [pattern for child in node.named_children if (pattern := child.child_by_field_name("name")) is not None][::-1]
        while pending:
            pattern = pending.pop()
            if pattern.type in ("identifier", "shorthand_property_identifier_pattern"):
                found.append(self.text(pattern))
            elif pattern.type == "pair_pattern":
                pending.extend(pattern.children[-1:])
            elif pattern.type in ("assignment_pattern", "object_assignment_pattern"):
                pending.append(pattern.children[0])
            else:
                pending.extend(reversed(pattern.named_children))
        return found

    def exported_by_assignment(self, target: Expr, value: Expr) -> None:
        """`module.exports = value`, `exports.name = value`."""
        if not isinstance(target, Attr):
            return
        if _is_exports(target):
            self.export("=", value)
        elif _is_exports(target.base) and not isinstance(value, Unknown):
            self.export(target.name, value)

    def exported_by_call(self, callee: Expr, args: list[Arg]) -> None:
        """`Object.defineProperty(exports, name, { get })` and `__exportStar(require(m), exports)`, as compilers write them."""
        values = [arg.value for arg in args]
        name = _last_name(callee)
        if name == "defineProperty" and len(values) == 3 and _is_exports(values[0]):
            key, described = values[1], values[2]
            for given, value in described.items if isinstance(described, Map) else ():
                if isinstance(key, Const) and isinstance(key.value, str) and isinstance(given, Const):
                    returned = self.builder.scopes[value.index].returns if isinstance(value, DefRef) and given.value == "get" else []
                    for exported in returned or ([value] if given.value == "value" and key.value != "__esModule" else []):
                        self.export(key.value, exported)
        elif name == "__exportStar" and values and isinstance(values[0], Import):
            self.export("*", values[0])

    # definitions

    def definition(self, node: Node, decorators: tuple[Expr, ...]) -> None:
        method = _DEFINITIONS.get(node.type)
        if method is None:
            self.statement(node)
        else:
            method(self, node, decorators)

    def decorator(self, node: Node) -> Expr:
        parts = _parts(node)
        return self.expr(parts[0]) if parts else Unknown(node.type)

    def function_declaration(self, node: Node, decorators: tuple[Expr, ...] = ()) -> None:
        name = node.child_by_field_name("name")
        if name is None:
            self.expr(node)
            return
        index = self.function(node, self.text(name))
        self.bind_name(name, DefRef(index), node)

    def function_signature(self, node: Node) -> None:
        """A function without a body: what an ambient one returns counts, an overload says nothing new."""
        name, following = node.child_by_field_name("name"), _FOLLOWING_FUNCTION.match(self.source, node.end_byte)
        if name is None or following is None or self.source[name.start_byte : name.end_byte] != following[1]:
            self.function_declaration(node)

    def function_value(self, node: Node) -> Expr:
        name = self.given_name
        self.given_name = ""
        own = node.child_by_field_name("name")
        index = self.function(node, name or (self.text(own) if own is not None else "<lambda>"))
        if own is not None:
            outer, self.builder.current = self.builder.current, index
            self.bind_name(own, DefRef(index), node)
            self.builder.current = outer
        return DefRef(index)

    def function(self, node: Node, name: str) -> int:
        """Read a function of any form; return its index."""
        builder = self.builder
        index = builder.open_scope("function", name, self.line(node), self.end_line(node))
        scope = builder.scopes[index]
        marks = [child.type for child in node.children]
        scope.is_async = "async" in marks
        if builder.scopes[scope.parent].kind == "class" and node.type in _MEMBERS:
            scope.is_static = "static" in marks
            scope.receiver = "this"
        elif builder.scopes[scope.parent].kind == "class" and node.type == "arrow_function":
            scope.receiver = "this"
        outer, builder.current = builder.current, index
        self.depth += 1  # functions in defaults take more frames than other nested syntax
        parameters = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
        if parameters is not None:
            self.parameters(parameters, index)
        scope.annotation = self.annotation(node.child_by_field_name("return_type"))
        body = node.child_by_field_name("body")
        if body is not None and body.type == "statement_block":
            self.statement(body)
        elif body is not None:
            builder.returns(self.expr(body))
        self.depth -= 1
        builder.current = outer
        return index

    def parameters(self, node: Node, index: int) -> None:
        params = self.builder.scopes[index].params
        for child in [node] if node.type == "identifier" else node.named_children:
            if child.type in ("comment", "decorator"):
                continue
            if child.type == "ERROR":
                self.statement(child)
                continue
            pattern = child.child_by_field_name("pattern") or child
            if pattern.type != "this":
                params.append(self.parameter(child, pattern, len(params)))

    def parameter(self, node: Node, pattern: Node, position: int) -> Param:
        """One parameter; the parts of a destructured one, and what a constructor keeps of it, are bound in the function."""
        default = node.child_by_field_name("value")
        if pattern.type == "assignment_pattern":
            pattern, default = pattern.children[0], pattern.children[-1]
        for child in node.children_by_field_name("decorator"):
            self.decorator(child)
        kind: Literal["", "*"] = ""
        if pattern.type == "rest_pattern":
            pattern, kind = pattern.children[-1], "*"
        line = self.line(pattern)
        name = self.text(pattern) if pattern.type == "identifier" else "{}" + str(position)
        targets = self.targets(pattern) if pattern.type in _PATTERNS else []
        annotation = self.annotation(node.child_by_field_name("type"))
        given = self.named_value(default, name) if default is not None else None
        self.bind(targets, Name(name, line), self.end_line(pattern))
        if node is not pattern and any(child.type in _KEPT for child in node.children):
            kept = Attr(Name("this", line), name, line)
            self.builder.bind(pattern.start_byte, kept, Name(name, line), line, line, annotation)
        return Param(name, given, annotation, kind)

    def class_declaration(self, node: Node, decorators: tuple[Expr, ...] = ()) -> None:
        name = node.child_by_field_name("name")
        if name is None:
            self.expr(node)
            return
        index = self.class_(node, self.text(name), decorators)
        self.bind_name(name, DefRef(index), node)

    def class_value(self, node: Node) -> Expr:
        name, self.given_name = self.given_name, ""
        own = node.child_by_field_name("name")
        return DefRef(self.class_(node, name or (self.text(own) if own is not None else "<class>"), ()))

    def class_(self, node: Node, name: str, decorators: tuple[Expr, ...]) -> int:
        builder = self.builder
        index = builder.open_scope("class", name, self.line(node), self.end_line(node))
        scope = builder.scopes[index]
        for child in node.named_children:
            if child.type == "decorator":
                decorators = (*decorators, self.decorator(child))
            elif child.type == "class_heritage":
                scope.bases = self.heritage(child)
        scope.decorators = decorators
        body = node.child_by_field_name("body")
        if body is not None:
            outer, builder.current = builder.current, index
            self.depth += 1
            self.members(body)
            self.depth -= 1
            builder.current = outer
        return index

    def heritage(self, node: Node) -> list[Expr]:
        """What a class extends and implements."""
        bases: list[Expr] = []
        for child in _parts(node):
            if child.type == "extends_clause":
                for part in _parts(child):
                    if part.type != "type_arguments":
                        bases.append(self.expr(part))
            elif child.type == "implements_clause":
                bases.extend(self.type(part) for part in _parts(child))
            else:
                bases.append(self.expr(child))
        return bases

    def members(self, body: Node) -> None:
        """The members of a class; decorators of a method stand before it, those of a field inside it."""
        decorators: list[Expr] = []
        for child in body.named_children:
            kind = child.type
            if kind == "decorator":
                decorators.append(self.decorator(child))
            elif kind in _MEMBERS:
                self.method(child, tuple(decorators))
                decorators = []
            elif kind in ("public_field_definition", "field_definition"):
                self.field(child)
            elif kind == "class_static_block":
                self.statements(child)
            elif kind not in ("comment", "method_signature", "index_signature"):
                self.statement(child)

    def method(self, node: Node, decorators: tuple[Expr, ...] = ()) -> int:
        """Read a method of a class; a setter has no binding, because nothing gets a value from it."""
        named = node.child_by_field_name("name")
        name = self.key_text(named) if named is not None else "<computed>"
        if named is not None and named.type == "computed_property_name":
            self.expr(named)
        own = tuple([self.decorator(child) for child in node.children_by_field_name("decorator")])
        accessor = next((child.type for child in node.children if child.type in ("get", "set")), None)
        index = self.function(node, name)
        marks = (Name(accessor, self.line(node)),) if accessor else ()
        self.builder.scopes[index].decorators = (*decorators, *own, *marks)
        if named is not None and accessor != "set" and self.builder.scopes[self.builder.current].kind == "class":
            self.bind_name(named, DefRef(index), node, name)
        return index

    def field(self, node: Node) -> None:
        for child in node.children_by_field_name("decorator"):
            self.decorator(child)
        named = node.child_by_field_name("name") or node.child_by_field_name("property")
        if named is None:
            self.statements(node)
            return
        name = self.key_text(named)
        if named.type == "computed_property_name":
            self.expr(named)
        annotation = self.annotation(node.child_by_field_name("type"))
        right = node.child_by_field_name("value")
        value = self.named_value(right, name) if right is not None else None
        if right is not None and annotation is None:
            annotation = self.asserted_type(right)
        line = self.line(named)
        self.builder.bind(named.start_byte, Name(name, line), value, line, self.end_line(node), annotation)

    def enum(self, node: Node) -> None:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or body is None:
            self.statements(node)
            return
        builder = self.builder
        index = builder.open_scope("class", self.text(name), self.line(node), self.end_line(node))
        outer, builder.current = builder.current, index
        for member in _parts(body):
            if member.type == "enum_assignment":
                key, value = member.named_children[0], member.named_children[-1]
                self.bind_name(key, self.expr(value), member, self.key_text(key))
            else:
                self.bind_name(member, None, member, self.key_text(member))
        builder.current = outer
        self.bind_name(name, DefRef(index), node)

    def module_block(self, node: Node) -> None:
        """A namespace; `declare module "x"` describes somebody else's code and is left out."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or name.type == "string" or body is None:
            return
        outer, self.namespace = self.namespace, []
        self.statements(body)
        items, self.namespace = tuple(self.namespace), outer
        first, *inner = self.text(name).split(".")
        value: Expr = Map(items)
        line = self.line(name)
        for part in reversed(inner):
            value = Map(((Const(part, line, line), value),))
        self.bind_name(name, value, node, first)

    def interface(self, node: Node) -> None:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or body is None:
            self.statements(node)
            return
        index = self.object_type_scope(body, self.text(name), node)
        bases = [self.type(part) for child in node.named_children if child.type == "extends_type_clause" for part in _parts(child)]
        self.builder.scopes[index].bases = bases
        self.bind_name(name, DefRef(index), node)

    def type_alias(self, node: Node) -> None:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None or value is None:
            self.statements(node)
            return
        is_object = value.type == "object_type"
        read = DefRef(self.object_type_scope(value, self.text(name), node)) if is_object else self.type(value)
        self.bind_name(name, read, node)

    # targets of values

    def bind(self, targets: list[_Target], value: Expr | None, end_line: int, annotation: Expr | None = None) -> None:
        for node, target, keys, defaults in targets:
            line = self.line(node)
            end = max(line, end_line)
            part = _part(value, keys) if value is not None else None
            self.builder.bind(node.start_byte, target, part, line, end, annotation if not keys else None)
            for default in defaults:
                self.builder.bind(node.start_byte, target, _part(default.value, default.keys), line, end)

    def bind_name(self, node: Node, value: Expr | None, whole: Node | None = None, name: str = "") -> None:
        line = self.line(whole or node)
        end_line = self.end_line(whole or node)
        self.builder.bind((whole or node).start_byte, Name(name or self.text(node), self.line(node)), value, line, end_line)

    def targets(self, node: Node, keys: tuple[Expr, ...] = (), defaults: tuple[_Default, ...] = ()) -> list[_Target]:
        """Return the targets of a pattern; what cannot be assigned to is read for the calls inside it."""
        node = _unwrapped(node)
        kind = node.type
        if kind in _NAMES:
            start = node.start_byte
            return [_Target(node, Name(self.text(node), self.line_at(start)), keys, defaults)]
        if kind in ("member_expression", "subscript_expression"):
            return [_Target(node, self.expr(node), keys, defaults)]
        if self.depth >= MAX_DEPTH:
            self.builder.too_deep(self.line(node))
            return []
        self.depth += 1
        found = self.part_targets(node, keys, defaults)
        self.depth -= 1
        return found

    def part_targets(self, node: Node, keys: tuple[Expr, ...], defaults: tuple[_Default, ...]) -> list[_Target]:
        kind = node.type
        if kind in ("assignment_pattern", "object_assignment_pattern"):
            left, right = node.children[0], node.children[-1]
            default = _Default(self.named_value(right, self.text(left) if left.type in _NAMES else ""), ())
            return self.targets(left, keys, (*defaults, default))
        if kind in ("object_pattern", "object"):
            return self.object_targets(node, keys, defaults)
        if kind in ("array_pattern", "array"):
            return self.array_targets(node, keys, defaults)
        if kind == "rest_pattern":
            return self.targets(node.children[-1], keys, defaults)
        self.statement(node)
        return []

    def object_targets(self, node: Node, keys: tuple[Expr, ...], defaults: tuple[_Default, ...]) -> list[_Target]:
        found: list[_Target] = []
        for child in _parts(node):
            if child.type == "pair_pattern":
                key = self.property_key(child.children[0])
                found.extend(self.targets(child.children[-1], (*keys, key), _deeper(defaults, key)))
            elif child.type in ("rest_pattern", "ERROR"):
                found.extend(self.targets(child, keys, defaults))
            else:
                key = self.property_key(child.children[0] if child.type == "object_assignment_pattern" else child)
                found.extend(self.targets(child, (*keys, key), _deeper(defaults, key)))
        return found

    def array_targets(self, node: Node, keys: tuple[Expr, ...], defaults: tuple[_Default, ...]) -> list[_Target]:
        found: list[_Target] = []
        position = 0
        line = self.line(node)
        for child in node.children:
            if child.type == ",":
                position += 1
            elif child.is_named and child.type != "comment":
                key = _REST if child.type == "rest_pattern" else Const(position, line, line)
                found.extend(self.targets(child, (*keys, key), _deeper(defaults, key)))
        return found

    def assignment(self, node: Node) -> Expr:
        """`a = b = value`, from left to right."""
        end_line = self.end_line(node)
        groups: list[list[_Target]] = []
        right: Node | None = node
        while right is not None and right.type == "assignment_expression":
            left = right.child_by_field_name("left")
            groups.append(self.targets(left) if left is not None else [])
            right = right.child_by_field_name("right")
            right = _unwrapped(right) if right is not None else None
        if right is None:
            return Unknown(node.type)
        first = groups[0][0] if groups[0] else None
        value = self.named_value(right, _last_name(first.target) if first is not None and not first.keys else "")
        for targets in groups:
            self.bind(targets, value, end_line)
            for target in targets:
                if not target.keys:
                    self.exported_by_assignment(target.target, value)
        return value

    def augmented_assignment(self, node: Node) -> Expr:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        if left is None or right is None or operator is None:
            return self.unknown(node)
        targets = self.targets(left)
        op = operator.type.removesuffix("=")
        is_default = op in _LOGICAL
        added = self.named_value(right, _last_name(targets[0].target) if is_default and targets else "")
        for target in targets:
            value = added if is_default else Op(op, target.target, added) if op == "+" else Unknown(node.type)
            self.bind([target], value, self.end_line(node))
        return added if is_default else Unknown(node.type)

    # expressions

    def expr(self, node: Node) -> Expr:
        if self.depth >= MAX_DEPTH:
            return self.builder.too_deep(self.line(node))
        self.depth += 1
        value = _EXPRESSIONS.get(node.type, _Reader.unknown)(self, node)
        self.depth -= 1
        return value

    def named_value(self, node: Node, name: str) -> Expr:
        """An expression that a name stands for: an anonymous function or class takes it."""
        node = _unwrapped(node)
        if node.type in _NAMEABLE:
            self.given_name = "" if node.child_by_field_name("name") is not None else name
        return self.expr(node)

    def unknown(self, node: Node) -> Expr:
        self.statements(node)
        return Unknown(node.type)

    def nothing(self, node: Node) -> Expr:
        return Unknown(node.type)

    def identifier(self, node: Node) -> Expr:
        start = node.start_byte
        name = self.source[start : node.end_byte].decode("utf-8", "replace")
        return Name(name, 1 + bisect_left(self.newlines, start))

    def inner(self, node: Node) -> Expr:
        """What only wraps an expression: parentheses, `await`, `as`, `!`."""
        node = _unwrapped(node)
        if node.type not in _WRAPPERS:
            return self.expr(node)
        return self.unknown(node)

    def spread(self, node: Node) -> Expr:
        return Spread(self.last_part(node))

    def last_part(self, node: Node) -> Expr:
        """The value of the last part; the ones before it are read for the calls inside them."""
        parts = _parts(node)
        for part in parts[:-1]:
            self.statement(part)
        return self.expr(parts[-1]) if parts else Unknown(node.type)

    def chain(self, node: Node) -> Expr:
        """Members, subscripts and calls on calls, from the outside in, so that a long chain needs no recursion."""
        builder = self.builder
        links: list[tuple[Node, str, list[Node], int]] = []
        value: Expr | None = None
        while (kind := node.type) in _LINKS and self.depth + len(links) <= MAX_DEPTH:
            children = node.children
            index = -1
            if kind == "call_expression":
                value = self.imported(node, children)
                if value is None and _is_await(children[0], self.source):
                    value = self.last_part(children[-1])
                if value is not None:
                    break
                if children[-1].type != "template_string":
                    index = builder.open_call()
            links.append((node, kind, children, index))
            node = children[0]
        self.depth += len(links) - 1
        if value is None:
            value = self.expr(node) if node.type != "import" else Name("import", self.line(node))
        self.depth -= len(links) - 1
        for link, kind, children, index in reversed(links):
            if index >= 0:
                value, args = _undelegated(value, self.arguments(children[-1]))
                builder.close_call(index, value, args, self.line(link), self.end_line(link))
                self.exported_by_call(value, args)
                value = CallRef(index)
            elif kind == "member_expression":
                named = children[-1]
                value = Attr(value, self.text(named), self.line(named))
            elif kind == "subscript_expression":
                value = self.item(value, link)
            elif kind == "call_expression":
                value = self.template(children[-1])
        return value

    def item(self, base: Expr, node: Node) -> Expr:
        index = node.child_by_field_name("index")
        key = self.expr(index) if index is not None else Unknown(node.type)
        if isinstance(key, Const) and isinstance(key.value, str):
            return Attr(base, key.value, key.line)
        return Item(base, key)

    def imported(self, node: Node, children: list[Node]) -> Expr | None:
        """The module that `require("m")` or `import("m")` gives, also inside a compiler's helper; None for another call."""
        callee = children[0]
        if callee.type == "import" or (callee.type == "identifier" and self.source[callee.start_byte : callee.end_byte] == b"require"):
            parts = _parts(children[-1])
            module = self.constant_text(parts[0]) if parts and children[-1].type == "arguments" else None
            return Import(module) if module is not None else None
        named = callee.children[-1] if callee.type == "member_expression" else callee
        if named.end_byte - named.start_byte < 40 and _INTEROP.fullmatch(self.text(named)):
            parts = _parts(children[-1])
            if parts and parts[0].type == "call_expression":
                return self.imported(parts[0], parts[0].children)
        return None

    def constant_text(self, node: Node) -> str | None:
        if node.type == "string" or (node.type == "template_string" and not any(c.type == "template_substitution" for c in node.children)):
            return self.quoted(node)
        return None

    def new(self, node: Node) -> Expr:
        index = self.builder.open_call()
        callee, args = node.child_by_field_name("constructor"), node.child_by_field_name("arguments")
        made = self.expr(callee) if callee is not None else Unknown(node.type)
        given = self.arguments(args) if args is not None else []
        self.builder.close_call(index, made, given, self.line(node), self.end_line(node), new=True)
        return CallRef(index)

    def arguments(self, node: Node) -> list[Arg]:
        args: list[Arg] = []
        for child in node.named_children:
            kind = child.type
            if kind == "spread_element":
                args.append(Arg(self.last_part(child), None, "*"))
            elif kind == "ERROR":
                self.statements(child)
            elif kind != "comment":
                args.append(Arg(self.expr(child)))
        return args

    def sequence(self, node: Node) -> Expr:
        return Seq(tuple([self.expr(part) for part in _parts(node)]))

    def mapping(self, node: Node) -> Expr:
        items: list[tuple[Expr | None, Expr]] = []
        for child in node.named_children:
            kind = child.type
            if kind == "pair":
                key, value = child.children[0], child.children[-1]
                read = self.property_key(key)
                name = read.value if isinstance(read, Const) and isinstance(read.value, str) else ""
                items.append((read, self.named_value(value, name)))
            elif kind == "shorthand_property_identifier":
                line = self.line(child)
                name = self.text(child)
                items.append((Const(name, line, line), Name(name, line)))
            elif kind == "spread_element":
                items.append((None, self.last_part(child)))
            elif kind == "method_definition":
                line = self.line(child)
                index = self.method(child)
                items.append((Const(self.builder.scopes[index].name, line, line), DefRef(index)))
            elif kind != "comment":
                self.statement(child)
        return Map(tuple(items))

    def property_key(self, node: Node) -> Expr:
        if node.type == "computed_property_name":
            return self.last_part(node)
        line = self.line(node)
        if node.type == "number":
            value = number(self.text(node))
            return Const(self.text(node) if value is None else value, line, line)
        return Const(self.key_text(node), line, line)

    def key_text(self, node: Node) -> str:
        """The name that a property, member or import specifier has."""
        if node.type == "string":
            return self.quoted(node)
        if node.type == "computed_property_name":
            parts = _parts(node)
            constant = self.constant_text(parts[0]) if len(parts) == 1 else None
            return "<computed>" if constant is None else constant
        return self.text(node)

    def operators(self, node: Node) -> Expr:
        """A left-deep chain of binary operators, without recursion however long."""
        operator = node.child_by_field_name("operator")
        if operator is not None and operator.type in _LOGICAL:
            return self.choice(node)
        self.given_name = ""
        rest: list[tuple[str, Node]] = []
        while node.type == "binary_expression":
            operator = node.child_by_field_name("operator")
            op = operator.type if operator is not None else ""
            if op in _LOGICAL:
                break
            rest.append((op, node.children[-1]))
            node = _in_parentheses(node.children[0])
        rest.reverse()
        levels = len(rest).bit_length() if is_balanced([op for op, _ in rest]) else len(rest)
        if self.depth + levels > MAX_DEPTH:
            self.expr(node)
            for _, right in rest:
                self.expr(right)
            return self.builder.too_deep(self.line(node))
        self.depth += levels
        value = self.expr(node)
        values = [(op, self.expr(right)) for op, right in rest]
        self.depth -= levels
        last = next((i for i in range(len(values), 0, -1) if values[i - 1][0] != "+"), 0)
        if last:
            value = Unknown("binary_expression")
        return joined_operators(value, values[last:]) if values[last:] else value

    def choice(self, node: Node) -> Expr:
        """`a || b && c`, `a ? b : c`: all that may come out, in source order, without recursion."""
        options: list[Expr] = []
        name, self.given_name = self.given_name, ""
        pending = [(node, True)]
        while pending:
            node, is_option = pending.pop()
            node = _unwrapped(node)
            if is_option and node.type == "ternary_expression":
                parts = _parts(node)
                pending.extend([(part, i != 0) for i, part in enumerate(parts)][::-1])
            elif is_option and node.type == "binary_expression" and _operator(node) in _LOGICAL:
                pending.extend([(node.children[-1], True), (node.children[0], True)])
            elif is_option:
                options.append(self.named_value(node, name))
            else:
                self.expr(node)
        return Choice(tuple(options))

    def yield_(self, node: Node) -> Expr:
        for part in _parts(node):
            value = self.expr(part)
            self.builder.returns(Element(value) if any(child.type == "*" for child in node.children) else value)
        return Unknown("yield")

    def unary(self, node: Node) -> Expr:
        value = self.last_part(node)
        if node.children[0].type == "-" and isinstance(value, Const) and isinstance(value.value, int | float):
            return Const(-value.value, value.line, value.end_line)
        return Unknown(node.type)

    def number(self, node: Node) -> Expr:
        line = self.line(node)
        value = number(self.text(node))
        return Unknown(node.type) if value is None else Const(value, line, line)

    def constant(self, node: Node) -> Expr:
        line = self.line(node)
        return Const(_CONSTANTS[node.type], line, line)

    def meta(self, node: Node) -> Expr:
        line = self.line(node)
        first, _, name = self.text(node).partition(".")
        return Attr(Name(first.strip(), line), name.strip(), line)

    def markup(self, node: Node) -> Expr:
        """JSX: only what stands in braces is code."""
        pending = list(reversed(node.named_children))
        while pending:
            child = pending.pop()
            kind = child.type
            if kind == "jsx_attribute":
                parts = _parts(child)
                for value in parts[1:]:
                    self.markup_value(value, self.text(parts[0]))
            elif kind in _MARKUP:
                pending.extend(reversed(child.named_children))
            elif kind == "jsx_expression":
                self.markup_value(child, "")
            elif kind == "ERROR":
                self.statements(child)
        return Unknown(node.type)

    def markup_value(self, node: Node, name: str) -> None:
        if node.type == "jsx_expression":
            for part in _parts(node):
                self.named_value(part, name)
        elif node.type != "string":
            self.expr(node)

    # text

    def quoted(self, node: Node) -> str:
        start, end = node.start_byte, node.end_byte
        closed = end - start >= 2 and self.source[start] == self.source[end - 1]
        return decoded(self.source[start + 1 : end - 1 if closed else end])

    def string(self, node: Node) -> Expr:
        return literal(self.quoted(node), self.line(node), self.end_line(node))

    def template(self, node: Node) -> Expr:
        """A template literal: `Const` where it has no holes."""
        start, end = node.start_byte + 1, node.end_byte - 1
        parts: list[Expr] = []
        has_holes = False
        for child in node.children:
            if child.type == "template_substitution":
                has_holes = True
                self.add_text(parts, start, child.start_byte)
                parts.append(self.last_part(child))
                start = child.end_byte
            elif child.type == "ERROR":
                self.statements(child)
        if not has_holes:
            return self.string(node)
        self.add_text(parts, start, max(start, end))
        return Template(tuple(parts), self.line(node), self.end_line(node))

    def add_text(self, parts: list[Expr], start: int, end: int) -> None:
        if end > start:
            parts.append(literal(decoded(self.source[start:end]), self.line_at(start), self.line_at(end - 1)))

    # types

    def annotation(self, node: Node | None) -> Expr | None:
        parts = _parts(node) if node is not None else []
        return self.type(parts[-1]) if parts else None

    def asserted_type(self, node: Node) -> Expr | None:
        """The type that the code claims for a value: `value as Type`, `<Type>value`."""
        node = _in_parentheses(node)
        parts = _parts(node)
        if node.type in ("as_expression", "satisfies_expression") and len(parts) == 2:
            return self.type(parts[1])
        if node.type == "type_assertion" and len(parts) == 2:
            return self.annotation(parts[0])
        return None

    def type(self, node: Node) -> Expr:
        if self.depth >= MAX_DEPTH:
            return self.builder.too_deep(self.line(node))
        self.depth += 1
        value = _TYPES.get(node.type, _Reader.nothing)(self, node)
        self.depth -= 1
        return value

    def inner_type(self, node: Node) -> Expr:
        parts = _parts(node)
        return self.type(parts[-1]) if parts else Unknown(node.type)

    def type_query(self, node: Node) -> Expr:
        return self.last_part(node)

    def nested_type(self, node: Node) -> Expr:
        value: Expr | None = None
        for part in self.text(node).split("."):
            line = self.line(node)
            value = Name(part.strip(), line) if value is None else Attr(value, part.strip(), line)
        return value or Unknown(node.type)

    def generic_type(self, node: Node) -> Expr:
        parts = _parts(node)
        arguments = [self.type(part) for part in _parts(parts[-1])] if len(parts) == 2 else []
        base = self.type(parts[0])
        if not arguments:
            return base
        return Item(base, arguments[0] if len(arguments) == 1 else Seq(tuple(arguments)))

    def union(self, node: Node) -> Expr:
        members: list[Expr] = []
        pending = [node]
        while pending:
            node = pending.pop()
            if node.type in ("union_type", "intersection_type", "parenthesized_type"):
                pending.extend(reversed(_parts(node)))
            else:
                members.append(self.type(node))
        rest = [("|", member) for member in members[1:]]
        return joined_operators(members[0], rest) if members else Unknown(node.type)

    def array_type(self, node: Node) -> Expr:
        return Item(Name("Array", self.line(node)), self.inner_type(node))

    def tuple_type(self, node: Node) -> Expr:
        members = [
            self.annotation(part.child_by_field_name("type")) if part.type in _PARAMETERS else self.type(part) for part in _parts(node)
        ]
        return Item(Name("Array", self.line(node)), Seq(tuple([member for member in members if member is not None])))

    def function_type(self, node: Node) -> Expr:
        """What a function of the type gives, under `=>`: nothing else of it is of use."""
        given = node.child_by_field_name("return_type")
        return Item(Name(GIVES, self.line(node)), self.type(given)) if given is not None else Unknown(node.type)

    def literal_type(self, node: Node) -> Expr:
        return self.last_part(node)

    def object_type(self, node: Node) -> Expr:
        return DefRef(self.object_type_scope(node, "<type>", node))

    def object_type_scope(self, body: Node, name: str, whole: Node) -> int:
        builder = self.builder
        index = builder.open_scope("class", name, self.line(whole), self.end_line(whole))
        outer, builder.current = builder.current, index
        for member in body.named_children:
            named = member.child_by_field_name("name")
            if named is None:
                continue
            if member.type == "property_signature":
                annotation = self.annotation(member.child_by_field_name("type"))
                line = self.line(member)
                builder.bind(member.start_byte, Name(self.key_text(named), line), None, line, self.end_line(member), annotation)
            elif member.type == "method_signature":
                self.method(member)
        builder.current = outer
        return index


def _parts(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type != "comment"]


def _in_parentheses(node: Node) -> Node:
    """The node inside any number of parentheses."""
    while node.type == "parenthesized_expression":
        parts = _parts(node)
        if len(parts) != 1:
            break
        node = parts[0]
    return node


def _unwrapped(node: Node) -> Node:
    """The node inside parentheses, `await`, type assertions and `!`."""
    while node.type in _WRAPPERS:
        parts = _parts(node)
        if not parts or (node.type == "parenthesized_expression" and any(part.type == "ERROR" for part in parts)):
            break
        node = parts[-1] if node.type == "type_assertion" else parts[0]
    return node


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return operator.type if operator is not None else ""


def _deeper(defaults: tuple[_Default, ...], key: Expr) -> tuple[_Default, ...]:
    return tuple([_Default(default.value, (*default.keys, key)) for default in defaults]) if defaults else defaults


def _part(value: Expr, keys: tuple[Expr, ...]) -> Expr:
    """The value at the end of the keys; the part of a literal where it is plain to see."""
    for key in keys:
        if isinstance(key, Const) and isinstance(key.value, str):
            value = Attr(value, key.value, key.line)
        elif isinstance(value, Seq) and isinstance(key, Const) and not any(isinstance(item, Spread) for item in value.items):
            position = key.value
            known = isinstance(position, int) and position < len(value.items)
            value = value.items[position] if known and isinstance(position, int) else Item(value, key)
        else:
            value = Item(value, key)
    return value


def _is_exports(value: Expr) -> bool:
    match value:
        case Name(id="exports"):
            return True
        case Attr(base=Name(id="module"), name="exports"):
            return True
    return False


def _is_await(callee: Node, source: bytes) -> bool:
    """Whether a call is none: the grammar takes `await (0, f)(x)`, which compilers write, for the call of a function named `await`."""
    return callee.type == "identifier" and source[callee.start_byte : callee.end_byte] == b"await"


def _undelegated(callee: Expr, args: list[Arg]) -> tuple[Expr, list[Arg]]:
    """`f.call(this, a)` and `f.apply(this, [a])` as `f(a)`; of other objects `call` may be a method of their own."""
    if not isinstance(callee, Attr) or callee.name not in ("call", "apply") or not args or args[0].spread:
        return callee, args
    receiver, function = args[0].value, callee.base
    inherited = isinstance(function, Attr) and isinstance(function.base, Attr) and function.base.name == "prototype"
    if not inherited and not (isinstance(receiver, Name) and receiver.id == "this"):
        return callee, args
    if callee.name == "call":
        return function, args[1:]
    given = args[1].value if len(args) > 1 else Seq(())
    return function, [_argument(item) for item in given.items] if isinstance(given, Seq) else [Arg(given, None, "*")]


def _argument(item: Expr) -> Arg:
    return Arg(item.value, None, "*") if isinstance(item, Spread) else Arg(item)


def _last_name(target: Expr) -> str:
    if isinstance(target, Name):
        return target.id
    return target.name if isinstance(target, Attr) else ""


_CONSTANTS = {"true": True, "false": False, "null": None, "undefined": None}
_LOGICAL = frozenset({"||", "&&", "??"})
_NAMES = frozenset({"identifier", "shorthand_property_identifier_pattern", "shorthand_property_identifier", "undefined"})
_PATTERNS = frozenset({"object_pattern", "array_pattern"})
_PARAMETERS = frozenset({"required_parameter", "optional_parameter"})
_KEPT = frozenset({"accessibility_modifier", "readonly", "override_modifier"})
_LINKS = frozenset({"member_expression", "subscript_expression", "call_expression", "non_null_expression", "instantiation_expression"})
_DECLARATIONS = frozenset({"lexical_declaration", "variable_declaration"})
_MEMBERS = frozenset({"method_definition", "abstract_method_signature"})
_NAMEABLE = frozenset({"arrow_function", "function_expression", "generator_function", "class", "ternary_expression", "binary_expression"})
_MARKUP = frozenset({"jsx_element", "jsx_self_closing_element", "jsx_opening_element", "jsx_fragment"})
_WRAPPERS = frozenset(
    {"parenthesized_expression", "await_expression", "as_expression", "satisfies_expression", "type_assertion", "non_null_expression"}
)
_DEFINITIONS: dict[str, Callable[[_Reader, Node, tuple[Expr, ...]], None]] = {
    **dict.fromkeys(("function_declaration", "generator_function_declaration"), _Reader.function_declaration),
    **dict.fromkeys(("class_declaration", "abstract_class_declaration"), _Reader.class_declaration),
}
_STATEMENTS: dict[str, Callable[[_Reader, Node], None]] = {
    **dict.fromkeys(("comment", "empty_statement", "hash_bang_line", "break_statement", "continue_statement"), _Reader.skip),
    **dict.fromkeys(("debugger_statement", "statement_identifier", "html_comment", "type_parameters"), _Reader.skip),
    **dict.fromkeys(("statement_block", "expression_statement", "else_clause", "while_statement"), _Reader.statements),
    **dict.fromkeys(("do_statement", "for_statement", "try_statement", "finally_clause", "switch_statement"), _Reader.statements),
    **dict.fromkeys(("switch_body", "switch_case", "switch_default", "labeled_statement", "throw_statement"), _Reader.statements),
    **dict.fromkeys(("with_statement", "ambient_declaration", "class_body", "ERROR"), _Reader.statements),
    **dict.fromkeys(_DECLARATIONS, _Reader.declaration),
    **_DEFINITIONS,  # type: ignore[dict-item]  # their decorators default to none
    "function_signature": _Reader.function_signature,
    "if_statement": _Reader.if_statement,
    "for_in_statement": _Reader.for_in,
    "catch_clause": _Reader.catch,
    "return_statement": _Reader.return_statement,
    "variable_declarator": _Reader.declarator,
    "import_statement": _Reader.import_statement,
    "import_alias": _Reader.import_alias,
    "export_statement": _Reader.export_statement,
    "enum_declaration": _Reader.enum,
    **dict.fromkeys(("internal_module", "module"), _Reader.module_block),
    "interface_declaration": _Reader.interface,
    "type_alias_declaration": _Reader.type_alias,
}
_EXPRESSIONS: dict[str, Callable[[_Reader, Node], Expr]] = {
    **dict.fromkeys(("identifier", "this", "super", "property_identifier", "private_property_identifier"), _Reader.identifier),
    **dict.fromkeys(("arrow_function", "function_expression", "generator_function"), _Reader.function_value),
    **dict.fromkeys(("regex", "jsx_text"), _Reader.nothing),
    **dict.fromkeys(_LINKS, _Reader.chain),
    **dict.fromkeys(_WRAPPERS, _Reader.inner),
    **dict.fromkeys(_CONSTANTS, _Reader.constant),
    **dict.fromkeys(_MARKUP, _Reader.markup),
    "nested_identifier": _Reader.nested_type,
    "string": _Reader.string,
    "template_string": _Reader.template,
    "number": _Reader.number,
    "class": _Reader.class_value,
    "new_expression": _Reader.new,
    "array": _Reader.sequence,
    "object": _Reader.mapping,
    "binary_expression": _Reader.operators,
    "ternary_expression": _Reader.choice,
    "sequence_expression": _Reader.last_part,
    "computed_property_name": _Reader.last_part,
    "spread_element": _Reader.spread,
    "yield_expression": _Reader.yield_,
    "unary_expression": _Reader.unary,
    "meta_property": _Reader.meta,
    "assignment_expression": _Reader.assignment,
    "augmented_assignment_expression": _Reader.augmented_assignment,
}
_TYPES: dict[str, Callable[[_Reader, Node], Expr]] = {
    **dict.fromkeys(("type_identifier", "identifier", "predefined_type", "this_type"), _Reader.identifier),
    **dict.fromkeys(("readonly_type", "parenthesized_type", "optional_type", "rest_type", "type_annotation"), _Reader.inner_type),
    **dict.fromkeys(("nested_type_identifier", "nested_identifier"), _Reader.nested_type),
    **dict.fromkeys(("union_type", "intersection_type"), _Reader.union),
    **dict.fromkeys(("member_expression", "call_expression"), _Reader.chain),
    "generic_type": _Reader.generic_type,
    "array_type": _Reader.array_type,
    "tuple_type": _Reader.tuple_type,
    "literal_type": _Reader.literal_type,
    "type_query": _Reader.type_query,
    "function_type": _Reader.function_type,
    "object_type": _Reader.object_type,
}
