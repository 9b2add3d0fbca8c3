"""YAML as nodes with lines, for files that anybody may have written: nothing is constructed, and nothing can explode."""

from __future__ import annotations

from typing import Any

MAX_BYTES = 2_000_000
MAX_DEPTH = 60


class NotYaml(Exception):
    """Content that is not read; `line` counts from 1, 0 when it is not known."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def documents(content: bytes) -> list[Any]:
    """Return the root nodes of a YAML 1.2 stream; empty documents are left out. Raises NotYaml.

    Aliases are refused, because they can explode, and so are more than 2 MB and more than 60 levels.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    if len(content) > MAX_BYTES:
        raise NotYaml(f"larger than {MAX_BYTES:,} bytes")
    reader = YAML(typ="safe", pure=True)
    reader.Composer = _composer()
    try:
        return [node for node in reader.compose_all(content.decode("utf-8-sig")) if node is not None]
    except UnicodeDecodeError as error:
        raise NotYaml("not UTF-8 text", content[: error.start].count(b"\n") + 1) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise NotYaml(f"not YAML: {error.problem}", mark.line + 1 if mark else 0) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise NotYaml(f"not YAML: {(str(error).splitlines() or ['unreadable'])[0]}") from error


def _composer() -> Any:
    from ruamel.yaml.composer import Composer, ComposerError
    from ruamel.yaml.events import AliasEvent

    class Careful(Composer):
        depth = 0

        def compose_node(self, parent: Any, index: Any) -> Any:
            event = self.parser.peek_event()
            if isinstance(event, AliasEvent):
                raise ComposerError(problem="aliases are not read: write the value out", problem_mark=event.start_mark)
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise ComposerError(problem="nested too deeply", problem_mark=event.start_mark)
            node = super().compose_node(parent, index)
            self.depth -= 1
            return node

    return Careful


def kind_of(node: Any) -> str:
    """`map`, `list`, or for a scalar `text`, `number`, `boolean`, `null` or `date`."""
    return _KINDS.get(str(node.tag).rpartition(":")[2], "text") if node.id == "scalar" else {"mapping": "map"}.get(node.id, "list")


_KINDS = {"int": "number", "float": "number", "bool": "boolean", "null": "null", "timestamp": "date"}


def scalar(node: Any) -> str | int | float | bool | None:
    """The value of a scalar; a date stays text, and so does a number that is written strangely."""
    kind, text = kind_of(node), str(node.value)
    if kind == "null":
        return None
    if kind == "boolean":
        return text.lower() == "true"
    if kind == "number":
        return _number(text)
    return text


def _number(text: str) -> str | int | float:
    for convert in (int, float):
        try:
            return convert(text)
        except ValueError:
            continue
    return text


def plain(node: Any) -> Any:
    """The node as dicts, lists and scalars; keys are text, and of equal keys the last wins."""
    if node.id == "mapping":
        return {str(key.value): plain(value) for key, value in node.value}
    if node.id == "sequence":
        return [plain(item) for item in node.value]
    return scalar(node)


def line_of(node: Any) -> int:
    return int(node.start_mark.line) + 1
