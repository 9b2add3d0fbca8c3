"""Changing `aicensus.yaml` in place: a parser finds where things stand, text is spliced there, and reading the result proves it.

Comments, order, quoting, indentation and line ends stay as they are; only what is said anew is written.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from aicensus.manifest.nodes import kind_of, line_of, plain
from aicensus.manifest.reading import ManifestError, read_node, root_of
from aicensus.manifest.renaming import renamed_values
from aicensus.manifest.scalars import Value, inline, key_of, quoted
from aicensus.model.errors import AicensusError

Patch = Mapping[Any, Any]
"""What is to hold, as nested mappings: keys that are not there are added, mappings are gone into, everything else is replaced.
A list is changed item by item through a mapping from places to items; a place behind its end adds one."""

EMPTY = b"version: 1\n"
"""The manifest to start from where there is none."""
_BOM = b"\xef\xbb\xbf"
_BREAK = re.compile(r"\r\n|\n|\r")
_COMMENT = re.compile(r"( *)#[^\r\n]*")
_JSON = re.compile(r'\s*\{\s*"')
_SAYING = re.compile(r" *[^\s#-]")
_WIDTH = 140
"""Columns up to which an entry among entries of one line each is written on one line too."""
_BLOCK_DEPTH = 2
"""Sections and their entries are written on lines of their own, what is deeper on one line."""


class EditError(AicensusError):
    """An entry that is written in a way that cannot be changed without risk; the message says where and what to do."""


class _Splice(NamedTuple):
    start: int
    end: int
    text: str
    """What stands between `start` and `end` afterwards."""


def merged(content: bytes, patch: Patch, name: str) -> bytes:
    """Return the manifest with what `patch` says; where it says so already, the same bytes.

    `name` is the file as messages call it. Comments between the items of a list stay where the items are texts. Raises ManifestError
    when the manifest cannot be read, before or after, and EditError when an entry cannot be changed safely.
    """
    text, root = _read(content, name)
    old = plain(root) if root is not None else None
    wanted = _expected(old, patch)
    if _ordered(wanted) == _ordered(old):
        return content
    editor = _Editor(text, name)
    if root is None or kind_of(root) == "null":
        editor.append(patch)
    else:
        editor.merge(root, patch, depth=0, in_flow=False)
    return _proven(content, text, editor.splices, wanted, name)


def renamed(content: bytes, names: Mapping[str, str], name: str) -> bytes:
    """Return the manifest with every key and value that is exactly one of `names` replaced. Raises what `merged` raises."""
    text, root = _read(content, name)
    if root is None:
        return content
    editor = _Editor(text, name)
    for node in _scalars(root):
        if node.value in names:
            editor.replace(node, names[node.value])
    return _proven(content, text, editor.splices, renamed_values(plain(root), names), name)


def _read(content: bytes, name: str) -> tuple[str, Any]:
    root = root_of(content, name)
    read_node(root, name)
    return content.removeprefix(_BOM).decode(), root


def _proven(content: bytes, text: str, splices: list[_Splice], wanted: Any, name: str) -> bytes:
    """The bytes after the splices. Raises EditError when they do not say what is wanted and nothing else."""
    made = _spliced(text, splices).encode()
    done = _BOM + made if content.startswith(_BOM) else made
    try:
        root = root_of(done, name)
    except ManifestError as error:
        raise EditError(f"{name}: {_BY_HAND}") from error
    if root is None or _ordered(plain(root)) != _ordered(wanted):
        raise EditError(f"{name}: {_BY_HAND}")
    read_node(root, name)
    return done


_BY_HAND = "what stands here cannot be changed safely; edit it by hand, or write it as one `key: value` a line first"


def _spliced(text: str, splices: list[_Splice]) -> str:
    """Splices at one place keep their order."""
    parts, at = [], 0
    for splice in sorted(splices, key=lambda splice: (splice.start, splice.end)):
        parts += [text[at : splice.start], splice.text]
        at = splice.end
    return "".join([*parts, text[at:]])


# -- what is meant -----------------------------------------------------------------------------------------------------


def _expected(value: Any, patch: Any) -> Any:
    """The plain value after the patch."""
    if isinstance(patch, datetime.date):
        return patch.isoformat()
    if isinstance(patch, list | tuple):
        return [_expected(None, item) for item in patch]
    if not isinstance(patch, Mapping):
        return patch
    if isinstance(value, list) or any(isinstance(key, int) for key in patch):
        items = list(value or ())
        for place, item in patch.items():
            if place < len(items):
                items[place] = _expected(items[place], item)
            else:
                items.append(_expected(None, item))
        return items
    known = value if isinstance(value, dict) else {}
    return known | {key: _expected(known.get(key), item) for key, item in patch.items()}


def _ordered(value: Any) -> Any:
    """The value with the order of its keys, and `1` apart from `true`."""
    if isinstance(value, dict):
        return [(key, _ordered(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    return type(value), value


# -- where it is written -----------------------------------------------------------------------------------------------


class _Editor:
    """Collects splices of one text; nodes are those of that text."""

    def __init__(self, text: str, name: str) -> None:
        self.splices: list[_Splice] = []
        self._text = text
        self._name = name
        first = _BREAK.search(text)
        self._newline = first.group() if first else "\n"

    def append(self, patch: Patch) -> None:
        """Write to the end of a text that says nothing yet."""
        lines = list(self._entries(patch, indent=0, depth=0))
        ended = not self._text or self._text.endswith(("\n", "\r"))
        self._insert(len(self._text), ("" if ended else self._newline) + self._newline.join(lines) + self._newline)

    def merge(self, node: Any, patch: Any, *, depth: int, in_flow: bool) -> None:
        """Splice in what the patch says of a node that is there."""
        if not isinstance(patch, Mapping):
            self._set(node, patch, in_flow)
        elif node.id == "scalar":
            raise self._refused(node)
        elif node.id == "sequence":
            self._merge_items(node, patch, depth, in_flow)
        else:
            self._merge_keys(node, patch, depth, in_flow)

    def replace(self, node: Any, value: Value, *, indicator: str = "") -> None:
        """Write a value over a scalar or a list in flow style, quoted as it was."""
        start, end = node.start_mark.index, self._end(node)
        if self._text[start : start + 1] in {"&", "!", "*"}:
            raise self._refused(node)
        quote = node.style if node.id == "scalar" and node.style in {'"', "'"} else ""
        self.splices.append(_Splice(start, end, indicator + inline(value, quote)))

    def _merge_keys(self, node: Any, patch: Patch, depth: int, in_flow: bool) -> None:
        in_flow = in_flow or node.flow_style
        known = {key.value: (key, value) for key, value in node.value}
        for name, item in patch.items():
            if name in known:
                self._merge_value(*known[name], item, depth + 1, in_flow)
        added = {name: item for name, item in patch.items() if name not in known}
        if added and in_flow:
            self._add_in_flow(node, [f"{key_of(name, _quote(node))}: {self._inline(item)}" for name, item in added.items()])
        elif added:
            self._add_in_block(node, added, depth)

    def _merge_value(self, key: Any, value: Any, item: Any, depth: int, in_flow: bool) -> None:
        empty = kind_of(value) == "null" or (value.id != "scalar" and not value.value and isinstance(item, Mapping) and not in_flow)
        if not empty:
            self.merge(value, item, depth=depth, in_flow=in_flow)
        elif in_flow or not isinstance(item, Mapping) or depth > _BLOCK_DEPTH:
            self._set_empty(key, value, " " + self._inline(item))
        else:
            indent = key.start_mark.column + self._step(key.start_mark.column)
            lines = self._entries(item, indent=indent, depth=depth)
            self._insert(self._set_empty(key, value, ""), "".join(self._newline + line for line in lines))

    def _merge_items(self, node: Any, patch: Patch, depth: int, in_flow: bool) -> None:
        in_flow = in_flow or node.flow_style
        added = [item for place, item in patch.items() if place >= len(node.value)]
        for place, item in patch.items():
            if place < len(node.value):
                self.merge(node.value[place], item, depth=depth + 1, in_flow=in_flow)
        if added and in_flow:
            self._add_in_flow(node, list(map(self._inline, added)))
        elif added:
            dash = self._column(self._text.rfind("-", 0, node.value[0].start_mark.index))
            one_line = all(item.id == "mapping" and item.flow_style for item in node.value)
            lines = [line for item in added for line in self._item(item, dash, one_line)]
            self._insert(self._below(node, dash), "".join(self._newline + line for line in lines))

    def _set(self, node: Any, value: Any, in_flow: bool) -> None:
        if node.id == "scalar" and not isinstance(value, list | tuple):
            if _ordered(plain(node)) != _ordered(_expected(None, value)):
                self.replace(node, value)
        elif node.id == "sequence" and isinstance(value, list | tuple) and value:
            if plain(node) != list(value):
                self._set_list(node, value, in_flow)
        else:
            raise self._refused(node)

    def _set_list(self, node: Any, value: Any, in_flow: bool) -> None:
        """Write a list over another, text by text, so that comments between them stay."""
        if in_flow or node.flow_style:
            self.replace(node, value)
            return
        dash = self._text.rfind("-", 0, node.value[0].start_mark.index)
        column = self._column(dash)
        if any(item.id != "scalar" for item in node.value):
            between = self._newline + " " * column
            self.splices.append(_Splice(dash, self._end(node), between.join(f"- {inline(item)}" for item in value)))
            return
        for item, wanted in zip(node.value, value, strict=False):
            if plain(item) != wanted:
                self.replace(item, wanted)
        for item in node.value[len(value) :]:
            begun = self._text.rfind("-", 0, item.start_mark.index)
            above = begun - self._column(begun)
            above -= len(_last_break(self._text[:above]))
            self.splices.append(_Splice(above, self._line_end(self._end(item)), ""))
        added = "".join(f"{self._newline}{' ' * column}- {inline(item)}" for item in value[len(node.value) :])
        if added:
            self._insert(self._below(node, column), added)

    def _set_empty(self, key: Any, value: Any, text: str) -> int:
        """Put a text in the place of nothing, of `~`, `{}` or `[]`; return where the next line may begin."""
        colon = self._text.find(":", key.end_mark.index) + 1
        end = max(colon, value.end_mark.index if self._text[value.start_mark.index : value.end_mark.index] else colon)
        if self._text[colon:end].strip() not in {"", "~", "{}", "[]", "null", "Null", "NULL"}:
            raise self._refused(key)
        self.splices.append(_Splice(colon, end, text))
        return self._line_end(end)

    def _add_in_flow(self, node: Any, texts: list[str]) -> None:
        """Write behind the last item, on a line of its own where that one stands on one."""
        if not node.value:
            opened = node.start_mark.index + 1
            if self._text[opened - 1] not in "{[":
                raise self._refused(node)
            self._insert(opened, ", ".join(texts))
            return
        last = node.value[-1]
        first = (last[0] if isinstance(last, tuple) else last).start_mark
        begun = self._text[first.index - first.column : first.index]
        own_line = not begun.strip() and first.line > node.start_mark.line
        between = "," + (self._newline + begun if own_line else " ")
        self._insert(self._end(node, inside=True), "".join(between + text for text in texts))

    def _add_in_block(self, node: Any, added: Patch, depth: int) -> None:
        column = node.value[0][0].start_mark.column
        one_line = depth == 1 and all(value.id == "mapping" and value.flow_style and value.value for _, value in node.value)
        lines = self._entries(added, indent=column, depth=depth, quote=_quote(node), one_line=one_line)
        apart = self._newline if depth == 0 or self._set_apart(node) else ""
        text = ""
        for line in lines:
            begins = len(line) - len(line.lstrip(" ")) == column
            text += (apart if begins else "") + self._newline + line
        self._insert(self._below(node, column), text)

    def _set_apart(self, node: Any) -> bool:
        """Whether an empty line stands before the last of several entries."""
        if len(node.value) < 2:
            return False
        before = self._text[self._end(node.value[-2][1]) : node.value[-1][0].start_mark.index]
        return any(not line.strip() for line in _BREAK.split(before)[1:-1])

    # -- new text --

    def _inline(self, item: Any) -> str:
        return inline(_listed(item), '"' if _JSON.match(self._text) else "")

    def _entries(self, patch: Patch, *, indent: int, depth: int, quote: str = "", one_line: bool = False) -> Iterator[str]:
        """The lines of new entries of a mapping, or of items of a new list."""
        if any(isinstance(key, int) for key in patch):
            for item in patch.values():
                yield from self._item(item, indent, one_line=False)
            return
        space = " " * indent
        for name, item in patch.items():
            key = (quoted(name) if "::" in name and not quote else key_of(name, quote)) + ":"
            line = f"{space}{key} {self._inline(item)}"
            if not isinstance(item, Mapping) or depth >= _BLOCK_DEPTH or (one_line and len(line) <= _WIDTH):
                yield line
            else:
                yield space + key
                yield from self._entries(item, indent=indent + self._step(indent), depth=depth + 1)

    def _item(self, item: Any, dash: int, one_line: bool) -> Iterator[str]:
        """The lines of a new item of a list, its dash in column `dash`."""
        line = f"{' ' * dash}- {self._inline(item)}"
        if not isinstance(item, Mapping) or (one_line and len(line) <= _WIDTH):
            yield line
            return
        for number, text in enumerate(self._entries(item, indent=dash + 2, depth=_BLOCK_DEPTH)):
            yield " " * dash + "- " + text.lstrip(" ") if number == 0 else text

    def _step(self, indent: int) -> int:
        """Columns by which mappings below this indentation go in, as the text does it there, else anywhere, else 2."""
        columns = [len(line) - len(line.lstrip(" ")) for line in _BREAK.split(self._text) if line.strip(" ") and _SAYING.match(line)]
        steps = [(above, below - above) for above, below in pairwise(columns) if below > above]
        return next((step for above, step in steps if above == indent), steps[0][1] if steps else 2)

    # -- places --

    def _end(self, node: Any, *, inside: bool = False) -> int:
        """Where what a node says ends; of one in flow style, behind its bracket, or `inside` it behind its last item."""
        if node.id == "scalar":
            return self._scalar_end(node)
        if not node.value or (node.flow_style and not inside):
            return int(node.end_mark.index)
        last = node.value[-1]
        if not isinstance(last, tuple):
            return self._end(last)
        key, value = last
        if self._text[value.start_mark.index : value.end_mark.index]:
            return self._end(value)
        return self._text.find(":", key.end_mark.index) + 1

    def _scalar_end(self, node: Any) -> int:
        start, end = int(node.start_mark.index), int(node.end_mark.index)
        if node.style not in {"|", ">"}:
            return end
        written = self._text[start:end]
        if "+" in _BREAK.split(written, maxsplit=1)[0]:
            return end - len(_last_break(written))
        return start + len(written.rstrip())

    def _line_end(self, place: int) -> int:
        found = _BREAK.search(self._text, place)
        return found.start() if found else len(self._text)

    def _below(self, node: Any, column: int) -> int:
        """The end of the last line that belongs to a node: comments right below that are indented further than it belong to it."""
        place = self._line_end(self._end(node))
        while following := _BREAK.match(self._text, place):
            comment = _COMMENT.match(self._text, following.end())
            if comment is None or len(comment.group(1)) <= column:
                break
            place = comment.end()
        return place

    def _column(self, place: int) -> int:
        return place - 1 - max(self._text.rfind("\n", 0, place), self._text.rfind("\r", 0, place))

    def _insert(self, place: int, text: str) -> None:
        self.splices.append(_Splice(place, place, text))

    def _refused(self, node: Any) -> EditError:
        return EditError(f"{self._name}:{line_of(node)}: {_BY_HAND}")


def _scalars(node: Any) -> Iterator[Any]:
    if node.id == "scalar":
        yield node
    for item in node.value if node.id != "scalar" else ():
        for part in item if isinstance(item, tuple) else (item,):
            yield from _scalars(part)


def _quote(node: Any) -> str:
    """The quotation mark of the last key of a mapping."""
    style = node.value[-1][0].style if node.value else ""
    return style if style in {'"', "'"} else ""


def _listed(item: Any) -> Any:
    """A new list, given by its places, as a list."""
    if isinstance(item, Mapping) and any(isinstance(key, int) for key in item):
        return list(item.values())
    return item


def _last_break(text: str) -> str:
    return "\r\n" if text.endswith("\r\n") else text[-1:] if text.endswith(("\n", "\r")) else ""
