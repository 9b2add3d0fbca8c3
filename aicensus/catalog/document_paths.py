"""How the catalogue writes paths through documents, globs of their values and globs of files: see `shapes`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from aicensus.catalog.pattern import PatternError, expand, to_regex


class Part(NamedTuple):
    kind: str
    """`key`, `deep` or `elements`."""
    glob: re.Pattern[str] | None = None
    plain: str = ""
    member: str = ""


_PIECE = re.compile(r"'([^']*)'|\[([^\]]*)\]|([^.\[']+)|\.")


@lru_cache(maxsize=4096)
def parsed(path: str) -> tuple[tuple[Part, ...], ...]:
    """The ways that a path stands for, each in its parts. Raises ValueError when it is malformed."""
    return tuple(_parts(text) for text in expand(path))


def _parts(path: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    end = 0
    for match in _PIECE.finditer(path):
        if match.start() != end:
            raise PatternError(f"`{path}` is no path")
        end = match.end()
        quoted, inside, word = match[1], match[2], match[3]
        if inside is not None:
            member, _, glob = inside.partition("=")
            parts.append(Part("elements", globbed(glob) if glob else None, "", member if glob else ""))
        elif word == "**":
            parts.append(Part("deep"))
        elif word is not None and "*" in word:
            parts.append(Part("key", globbed(word)))
        elif (key := word if word is not None else quoted) is not None:
            parts.append(Part("key", None, key))
    if end != len(path):
        raise PatternError(f"`{path}` is no path")
    return tuple(parts)


@lru_cache(maxsize=4096)
def globbed(glob: str) -> re.Pattern[str]:
    """A glob as an expression for a whole text: `*` is any run, line breaks included."""
    return re.compile("|".join(f"(?:{to_regex(text, '.*').pattern})" for text in expand(glob)), re.DOTALL)


@lru_cache(maxsize=1024)
def file_glob(glob: str) -> re.Pattern[str]:
    """A glob of paths of the tree: `**/` is any folders or none, `*` a run without `/`; letters in either case."""
    forms = (to_regex(text.replace("**/", "\0"), "[^/]*").pattern.replace("\0", "(?:.*/)?") for text in expand(glob))
    return re.compile("|".join(f"(?:{form})" for form in forms), re.IGNORECASE | re.DOTALL)


def ending(glob: str) -> tuple[str, ...]:
    """What every path that a glob fits ends with, in lower case, of several that it stands for; an empty text where it says nothing."""
    return tuple(re.split(r"[*/]", text)[-1].lower() for text in expand(glob))
