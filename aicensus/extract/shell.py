"""Shell scripts -> `FileFacts`, through the tree-sitter grammar.

A command is a call of its name. A word that follows an option is that option's argument and stands where it is written as well; an
address is also named `url`. `$1` is a parameter of the function around. Text that spells a JSON object is read as one.
"""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar

from tree_sitter import Node

from aicensus.extract.typed import Reader, Table
from aicensus.model.facts import Arg, CallRef, Const, Expr, FileFacts, Map, Name, Param, Seq, Template, Unknown, is_text, literal, written

_ADDRESS = re.compile(r"(?:https?|wss?)://|\$\{?\w*(?:URL|HOST|BASE|ENDPOINT)\w*\}?.*/")
_MAX_PARAMS = 5


class _Shell(Reader):
    LANGUAGE = "shell"
    GRAMMAR = ("tree_sitter_bash",)
    HOLES = frozenset({"simple_expansion", "expansion", "command_substitution"})
    BARE_MEMBERS = False

    def function(self, node: Node, name: str, decorators: tuple[Expr, ...] = (), *, static: bool = False, bound: bool = True) -> int:
        index = super().function(node, name, decorators, static=static, bound=bound)
        self.builder.scopes[index].params.extend(Param(str(number)) for number in range(1, _MAX_PARAMS + 1))
        return index

    def definition(self, node: Node) -> None:
        self.function(node, self.name_of(node))

    def variable(self, node: Node) -> None:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is not None and name.type == "variable_name":
            self.declare(name, self.expr(value) if value is not None else None, whole=node)

    def command(self, node: Node) -> Expr:
        name = node.child_by_field_name("name")
        words = node.children_by_field_name("argument")
        for assignment in self.of_type(node, "variable_assignment"):
            self.variable(assignment)
        return self.make_words(node, self.text(name) if name is not None else "", words)

    def make_words(self, node: Node, name: str, words: list[Node]) -> Expr:
        index = self.builder.open_call()
        args: list[Arg] = []
        option = ""
        for word in words:
            text = self.text(word)
            if word.type == "word" and re.match(r"--?\w", text):
                option, _, given = text.lstrip("-").partition("=")
                if given:
                    args.append(Arg(literal(given, self.line(word), self.line(word)), option))
                    option = ""
                continue
            if word.type == "concatenation" and (match := re.match(r"--?([\w-]+)=", text)):
                held = self.parts(word)[1:]
                args.append(Arg(self.expr(held[-1]) if held else Unknown("missing"), match[1]))
                option = ""
                continue
            value = self.expr(word)
            if option:
                args.append(Arg(value, option))
            if _ADDRESS.match(text.strip("\"'")):
                args.append(Arg(value, "url"))
            args.append(Arg(value))
            option = ""
        self.builder.close_call(index, Name(name, self.line(node)), args, self.line(node), self.end_line(node))
        return CallRef(index)

    def word(self, node: Node) -> Expr:
        return literal(self.text(node), self.line(node), self.end_line(node))

    def quoted(self, node: Node) -> Expr:
        text = self.text(node)
        return self.object_in(text[2:-1] if text.startswith("$") else text[1:-1], node)

    def string(self, node: Node) -> Expr:
        value = super().string(node)
        if isinstance(value, Template) and len(value.parts) == 1:
            return value.parts[0]
        text = written(value) if isinstance(value, Const) and is_text(value) else None
        return self.object_in(text, node) if isinstance(text, str) else value

    def object_in(self, text: str, node: Node) -> Expr:
        """A JSON object that a text spells, else the text."""
        if text.lstrip().startswith("{"):
            try:
                return self.of_json(json.loads(text), node)
            except (ValueError, RecursionError):
                pass
        return literal(text, self.line(node), self.end_line(node))

    def of_json(self, value: Any, node: Node) -> Expr:
        line, end = self.line(node), self.end_line(node)
        if isinstance(value, dict):
            return Map(tuple((literal(key, line, end), self.of_json(item, node)) for key, item in value.items()))
        if isinstance(value, list):
            return Seq(tuple(self.of_json(item, node) for item in value))
        return literal(value, line, end) if isinstance(value, str) else Const(value, line, end)

    def expansion(self, node: Node) -> Expr:
        name = next(iter(self.of_type(node, "variable_name", "special_variable_name")), None)
        return Name(self.text(name), self.line(node)) if name is not None else Unknown(node.type)

    def hole(self, node: Node) -> Expr:
        return self.expr(node)

    def joined(self, node: Node) -> Expr:
        """Words that stand together: `$BASE/v1`."""
        parts = tuple([self.expr(part) for part in self.parts(node)])
        return parts[0] if len(parts) == 1 else Template(parts, self.line(node), self.end_line(node))

    STATEMENTS: ClassVar[Table] = {
        **dict.fromkeys(("program", "compound_statement", "pipeline", "list", "subshell", "declaration_command"), Reader.statements),
        "function_definition": definition,
        "variable_assignment": variable,
    }
    EXPRESSIONS: ClassVar[Table] = {
        "command": command,
        "word": word,
        "number": word,
        "raw_string": quoted,
        "ansi_c_string": quoted,
        "string": string,
        "concatenation": joined,
        **dict.fromkeys(("simple_expansion", "expansion"), expansion),
        "command_substitution": Reader.inner,
    }


def extract(content: bytes, *, newlines: list[int] | None = None) -> FileFacts:
    """Return what one shell script says; broken code raises nothing. Raises UnreadError where the grammar is not installed."""
    return _Shell.extract(content, newlines)
