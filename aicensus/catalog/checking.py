"""Mistakes in SDK files that no single record shows: names of types, and patterns that cannot match."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from aicensus.catalog.lookup import LanguageCatalog, member_chain, patterns, type_name
from aicensus.catalog.pattern import PatternError, has_wildcard
from aicensus.catalog.schema import Sdk

_SECTIONS = ("calls", "functions", "prompts", "decorators", "collections", "state", "tracers", "entry_points")
_PATTERN_KEYS = ("callee", "decorator", "base")


class Mistake(NamedTuple):
    sdk: str
    steps: tuple[str | int, ...]
    """Where it stands in the file: keys and indexes."""
    message: str


def mistakes(sdks: Sequence[Sdk]) -> list[Mistake]:
    """Return every mistake in the SDK files of one language, in their order."""
    names = {type_name(sdk, spec.name) for sdk in sdks for spec in sdk.types}
    found = [mistake for sdk in sdks for mistake in (*_duplicates(sdk), *_dangling(sdk, names), *_malformed(sdk, names))]
    if not found:
        found = list(_unreachable(LanguageCatalog(sdks)))
    return found


def _duplicates(sdk: Sdk) -> Iterator[Mistake]:
    seen: set[str] = set()
    for index, spec in enumerate(sdk.types):
        if spec.name in seen:
            yield Mistake(sdk.sdk, ("types", index, "name"), f"type `{spec.name}` is given twice")
        if not re.fullmatch(r"\w+", spec.name):
            yield Mistake(sdk.sdk, ("types", index, "name"), f"`{spec.name}` is no name for a type")
        seen.add(spec.name)


def _dangling(sdk: Sdk, names: set[str]) -> Iterator[Mistake]:
    for steps, name in _references(sdk):
        if name and type_name(sdk, name) not in names:
            yield Mistake(sdk.sdk, steps, f"there is no type `{type_name(sdk, name)}`")


def _references(sdk: Sdk) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for index, spec in enumerate(sdk.types):
        here: tuple[str | int, ...] = ("types", index)
        yield from (((*here, "bases"), base) for base in spec.bases)
        yield from (((*here, "members", member), name) for member, name in spec.members.items())
        yield (*here, "composes_to"), spec.composes_to
        yield (*here, "composes_unknown"), spec.composes_unknown
        yield (*here, "call"), spec.call
    for section in ("calls", "functions", "prompts", "decorators", "state"):
        for index, row in enumerate(getattr(sdk, section)):
            yield (section, index, "result"), row.result


def _patterns(sdk: Sdk) -> Iterator[tuple[tuple[str | int, ...], str, Any]]:
    """Every pattern of callees with its place and its row."""
    for index, spec in enumerate(sdk.types):
        for place, row in enumerate(spec.sources):
            yield ("types", index, "from", place, "callee"), row.callee, row
        for key in ("annotations", "values"):
            for place, text in enumerate(getattr(spec, key)):
                yield ("types", index, key, place), text, spec
    for section in _SECTIONS:
        for index, row in enumerate(getattr(sdk, section)):
            for key in _PATTERN_KEYS:
                if text := getattr(row, key, ""):
                    yield (section, index, key), text, row


def _malformed(sdk: Sdk, names: set[str]) -> Iterator[Mistake]:
    for steps, text, row in _patterns(sdk):
        try:
            alternatives = patterns(sdk, text)
        except PatternError as error:
            yield Mistake(sdk.sdk, steps, str(error))
            continue
        why = next(filter(None, (_impossible(sdk, alternative, names) for alternative in alternatives)), "")
        if not why and getattr(row, "strong", False):
            why = next((f"`{text}` is strong and has no plain members" for a in alternatives if not _plain_chain(sdk, a)), "")
        if why:
            yield Mistake(sdk.sdk, steps, why)
    for index, row in enumerate(sdk.entry_points):
        if not any((row.decorator, row.callee, row.base, row.path, row.function)):
            yield Mistake(sdk.sdk, ("entry_points", index), "no key says what to match")


def _plain_chain(sdk: Sdk, alternative: str) -> bool:
    chain = member_chain(sdk, alternative)
    return bool(chain) and not has_wildcard(chain)


def _impossible(sdk: Sdk, text: str, names: set[str]) -> str:
    """Say why a path can never equal this alternative, or nothing."""
    if not text or text.isspace():
        return "an empty pattern matches nothing"
    if text.endswith("()"):
        return f"`{text}` cannot match: what is called is written without `()`"
    if re.search(r"\s", text) or ".." in text or text.endswith("."):
        return f"`{text}` cannot match: no path is written so"
    if sdk.language == "python" and re.search(r"[#/@-]", re.sub(r"<[^<>]*>", "", text)):
        return f"`{text}` cannot match: it is no path of Python"
    if "<" in text or ">" in text:
        found = re.fullmatch(r"<([^<>]+)>(?P<rest>([.(].*)?)", text)
        if not found:
            return f"`{text}` cannot match: a type stands at the start and is followed by a member"
        if found.group(1) not in names:
            return f"there is no type `{found.group(1)}`"
    return ""


def _unreachable(catalog: LanguageCatalog) -> Iterator[Mistake]:
    """Patterns through a call or a member that the linker replaces by a type."""
    for sdk in catalog.sdks:
        for steps, text, _ in _patterns(sdk):
            for alternative in patterns(sdk, text):
                if why := _replaced(catalog, alternative):
                    yield Mistake(sdk.sdk, steps, f"`{alternative}` cannot match: {why}")
                    break


def _replaced(catalog: LanguageCatalog, text: str) -> str:
    for match in re.finditer(r"\(\)", text):
        construct = None if has_wildcard(text[: match.start()]) else catalog.construct(text[: match.start()])
        if construct:
            return f"`{text[: match.end()]}` is written `<{construct.type}>`"
    found = re.match(r"<([^<>]+)>\.(\w+)(?=[.(])", text)
    member = catalog.member(found.group(1), found.group(2)) if found else None
    return f"`{found.group()}` is written `<{member}>`" if found and member else ""
