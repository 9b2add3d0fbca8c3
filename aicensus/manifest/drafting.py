"""A first `aicensus.yaml` from a census: every production point, with what is known as values and what is not as TODO."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aicensus.manifest.scalars import quoted
from aicensus.model.census import Census, Point

_HEAD = """\
# Who answers for the inference points of this repository, and what they are for.
# Drafted from a scan: replace every TODO. `aicensus check` says what is missing or out of date.
version: 1
"""


def draft_manifest(census: Census) -> str:
    """Return the text of a manifest that `read_manifest` accepts, with one entry a production purpose, sorted by id.

    Gateways are left out: they are plumbing. The roster holds only people and teams that something in the repository names as
    owner; git history is quoted in comments, because it suggests and never decides.
    """
    points = sorted({point.id: point for point in census.points if _wanted(point)}.values(), key=lambda point: point.id)
    return "".join((_HEAD, *_roster(points), *_points(points)))


def _wanted(point: Point) -> bool:
    return point.scope == "prod" and point.role != "gateway" and point.confidence != "possible"


def _roster(points: list[Point]) -> Iterator[str]:
    owners = sorted({claim.owner for point in points for claim in point.ownership.chain})
    yield "\n# People and teams that exist; `until: 2026-12-31` marks who leaves.\n"
    yield "roster:\n" if owners else "roster: {}\n"
    for owner in owners:
        fields = "lead: TODO" if _is_team(owner) else "name: TODO"
        yield f"  {quoted(owner)}: {{{fields}}}\n"


def _is_team(owner: str) -> bool:
    return owner.startswith("@") and "/" in owner


def _points(points: list[Point]) -> Iterator[str]:
    yield "\npoints:\n" if points else "\npoints: {}\n"
    for point in points:
        yield from _point(point)


def _point(point: Point) -> Iterator[str]:
    """Comments stand on lines of their own and hold one line each."""
    model = point.model.id or " or ".join(point.model.candidates) or "model not known"
    yield f"  # {_one_line(f'{point.path}:{point.line} {point.role} {point.kind}, {point.provider} {model}')}\n"
    yield f"  {quoted(point.id)}:\n"
    ownership = point.ownership
    if ownership.owner:
        yield f"    owner: {quoted(ownership.owner)}\n"
    else:
        for claim in ownership.suggestions[:1]:
            yield f"    # git history suggests {_one_line(claim.owner)}\n"
        yield "    owner: TODO\n"
    if ownership.team and ownership.team != ownership.owner:
        yield f"    team: {quoted(ownership.team)}\n"
    yield f"    purpose: {quoted(point.purpose or _guess(point))}\n"
    if point.consequential != "unknown" and not point.purpose_declared:
        yield f"    # {_one_line(point.consequential_why) or 'inferred from the code'}\n"
    if point.consequential != "unknown":
        yield f"    consequential: {'true' if point.consequential == 'yes' else 'false'}\n"


def _guess(point: Point) -> str:
    """The last name of the symbol as words: `Triage.classify_ticket` is `classify ticket`.

    A handler that is named after its HTTP method, as `POST` in `app/api/chat/route.ts`, is called after its folder.
    """
    name = point.symbol.rpartition(".")[2]
    if name.isupper():
        name = point.path.rpartition("/")[0].rpartition("/")[2]
    words = _WORDS.findall(name)
    return f"TODO ({' '.join(words).lower()})" if words else "TODO"


_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def _one_line(text: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split())[:160]
