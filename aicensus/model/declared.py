"""What one configuration file declares, before it is known what else is in the tree."""

from __future__ import annotations

from typing import Literal

import msgspec

As = Literal["point", "setting", "entry", "development", "evaluation"]


class _Record(msgspec.Struct, frozen=True, array_like=True):
    pass


class Words(_Record, frozen=True, array_like=True):
    """Words for a model, or the name of the file that holds them."""

    text: str
    line: int
    end_line: int
    role: str = ""
    file: bool = False


class Declared(_Record, frozen=True, array_like=True):
    """One node that means something."""

    as_: As
    id: str
    """Of the node in its file, not yet numbered where several have the same."""
    line: int
    end_line: int
    kind: str
    provider: str
    model: str | None
    """As it is written, placeholders included."""
    defaulted: bool
    """The model is what holds where none is given."""
    settings: tuple[tuple[str, str], ...]
    words: tuple[Words, ...]
    call: str
    purpose: str
    tool: str
    name: str
    role: Literal["config", "direct"] = "config"
    """`direct`: the node is a call of a language, not a declaration."""
    given: bool = False
    """The model came through a name that may be set to another: an input, a variable."""


def asks(node: Declared) -> bool:
    """Whether a node asks a model: a point of the product, or a workflow or review that serves those who write the code."""
    return node.as_ == "point" or (node.as_ == "development" and node.kind in ("workflow", "review"))


class DeclaredFlow(_Record, frozen=True, array_like=True):
    """The steps of a flow: numbers of the file's nodes that ask a model, in order, and which follows which."""

    name: str
    line: int
    steps: tuple[int, ...]
    links: tuple[tuple[int, int], ...] = ()
    entries: tuple[int, ...] = ()


class FileConfig(_Record, frozen=True, array_like=True):
    """All that a file declares in one shape."""

    config: str
    shape: str
    code: tuple[str, ...]
    nodes: tuple[Declared, ...]
    flow: DeclaredFlow | None = None
