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


class DeclaredFlow(_Record, frozen=True, array_like=True):
    """The steps of a flow: numbers of the file's nodes, in order, and which follows which."""

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
