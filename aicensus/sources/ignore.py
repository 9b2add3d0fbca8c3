"""`.gitignore` for folders that git does not look after, with git's exact rules.

git compares bytes: here every byte is a character (Latin-1), so `?` is one byte of a UTF-8 name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_SPECIAL = re.compile(r"[*?\[\\]")
_FLAGS = re.DOTALL | re.ASCII
_NEVER = "(?!)"
_POSIX = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "a-fA-F0-9",
}


@dataclass(frozen=True, slots=True)
class _Rule:
    negated: bool
    folders_only: bool
    anchored: bool
    """It has a slash: compared with the path from its own folder down, else with the last name alone."""
    matches: Callable[[Sequence[str]], bool]


class IgnoreFile:
    """The rules of one `.gitignore`."""

    def __init__(self, content: bytes) -> None:
        rules = (_rule(line) for line in content.removeprefix(b"\xef\xbb\xbf").decode("latin-1").split("\n"))
        self._rules = [rule for rule in rules if rule is not None][::-1]

    def verdict(self, path: bytes, *, is_folder: bool) -> bool | None:
        """Tell whether the path, from the file's own folder down, is ignored; None when no rule speaks of it."""
        parts = path.decode("latin-1").split("/")
        for rule in self._rules:
            if (is_folder or not rule.folders_only) and rule.matches(parts if rule.anchored else parts[-1:]):
                return not rule.negated
        return None


def _rule(line: str) -> _Rule | None:
    pattern = _without_trailing_spaces(line.removesuffix("\r"))
    if not pattern or pattern.startswith("#"):
        return None
    negated = pattern.startswith("!")
    pattern = pattern[negated:]
    folders_only = pattern.endswith("/")
    pattern = pattern[:-1] if folders_only else pattern
    if not pattern:
        return None
    anchored = "/" in pattern
    matcher = _path_matcher(_segments(pattern.removeprefix("/"))) if anchored else _name_matcher(pattern)
    return _Rule(negated, folders_only, anchored, matcher)


def _without_trailing_spaces(line: str) -> str:
    kept = line.rstrip(" ")
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return kept + " " if backslashes % 2 and len(kept) < len(line) else kept


def _name_matcher(pattern: str) -> Callable[[Sequence[str]], bool]:
    if not _SPECIAL.search(pattern):
        return lambda parts: parts[-1] == pattern
    if pattern[0] == "*" and not _SPECIAL.search(pattern, 1):
        ending = pattern[1:]
        return lambda parts: parts[-1].endswith(ending)
    compiled = re.compile(_regex(pattern), _FLAGS)
    return lambda parts: compiled.fullmatch(parts[-1]) is not None


def _segments(pattern: str) -> list[str]:
    """Split at the slashes that are not inside brackets."""
    found, start, at = [], 0, 0
    while at < len(pattern):
        if pattern[at] == "\\":
            at += 1
        elif pattern[at] == "[":
            at = max(_class_end(pattern, at) - 1, at)
        elif pattern[at] == "/":
            found.append(pattern[start:at])
            start = at + 1
        at += 1
    return [*found, pattern[start:]]


def _path_matcher(segments: list[str]) -> Callable[[Sequence[str]], bool]:
    names = [re.compile(_regex(segment), _FLAGS) for segment in segments if segment != "**"]
    if len(names) == len(segments):
        return lambda parts: len(parts) == len(names) and all(n.fullmatch(part) for n, part in zip(names, parts, strict=True))
    compiled = [None if segment == "**" else re.compile(_regex(segment), _FLAGS) for segment in segments]
    # A `**` at the end stands for what is inside, not for the folder itself.
    inside = compiled[-1] is None and len(compiled) > 1
    if inside:
        compiled.append(re.compile(".*", _FLAGS))

    def matches(parts: Sequence[str]) -> bool:
        """Compare name by name; on a mismatch only the last `**` takes one name more, so the time is bounded."""
        part = segment = 0
        retry: tuple[int, int] | None = None
        while part < len(parts):
            if segment < len(compiled) and compiled[segment] is None:
                retry = (part, segment + 1)
                segment += 1
            elif segment < len(compiled) and (expression := compiled[segment]) is not None and expression.fullmatch(parts[part]):
                part, segment = part + 1, segment + 1
            elif retry is not None:
                retry = (retry[0] + 1, retry[1])
                part, segment = retry
            else:
                return False
        return all(left is None for left in compiled[segment:])

    return matches


def _regex(glob: str) -> str:
    """Translate one name's pattern. Everything between two stars is atomic, so no name can make it slow."""
    chunks = [""]
    at = 0
    while at < len(glob):
        char = glob[at]
        at += 1
        if char == "*":
            chunks.append("")
        elif char == "?":
            chunks[-1] += "."
        elif char == "[":
            end = _class_end(glob, at - 1)
            if end < 0:
                return _NEVER
            chunks[-1] += _class(glob[at : end - 1])
            at = end
        elif char == "\\":
            if at == len(glob):
                return _NEVER
            chunks[-1] += re.escape(glob[at])
            at += 1
        else:
            chunks[-1] += re.escape(char)
    if len(chunks) == 1:
        return chunks[0]
    return chunks[0] + "".join(f"(?>.*?{chunk})" for chunk in chunks[1:-1] if chunk) + f".*{chunks[-1]}"


def _class_end(glob: str, start: int) -> int:
    """Return the index after the `]` that closes the bracket at `start`; -1 when nothing does."""
    at = start + 1
    if glob[at : at + 1] in ("!", "^"):
        at += 1
    first = at
    while at < len(glob):
        if glob[at] == "]" and at > first:
            return at + 1
        if glob[at] == "\\":
            at += 1
        elif glob.startswith("[:", at) and (close := glob.find(":]", at + 2)) > 0:
            at = close + 1
        at += 1
    return -1


def _class(body: str) -> str:
    negated = body[0] in "!^"
    members = "".join(_class_members(body[negated:]))
    return f"[^{members}]" if negated else f"[{members}]"


def _class_members(body: str) -> Iterable[str]:
    at = 0
    while at < len(body):
        if body.startswith("[:", at) and (close := body.find(":]", at)) > 0:
            yield _POSIX.get(body[at + 2 : close], "")
            at = close + 2
            continue
        first, at = _class_char(body, at)
        if body[at : at + 1] == "-" and at + 1 < len(body):
            last, at = _class_char(body, at + 1)
            if first <= last:
                yield f"{re.escape(first)}-{re.escape(last)}"
        else:
            yield re.escape(first)


def _class_char(body: str, at: int) -> tuple[str, int]:
    if body[at] == "\\" and at + 1 < len(body):
        at += 1
    return body[at], at + 1
