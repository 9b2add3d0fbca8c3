"""What people say of a point, in the manifest, comments, ownership files and by their commits: who answers for it, what it decides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from aicensus.census.annotations import parse_annotation
from aicensus.census.owners import OwnerIndex
from aicensus.census.secrets import mask
from aicensus.model.census import Point
from aicensus.model.facts import Note

DECIDES = (
    *(
        "refund",
        "goodwill",
        "credit",
        "discount",
        "price",
        "eligib",
        "approv",
        "reject",
        "deny",
        "escalat",
        "claim",
        "loan",
        "fraud",
        "hire",
    ),
    *("candidate", "ban", "suspend", "terminate", "diagnos", "compensation", "voucher"),
)
"""Beginnings of words in a prompt that speak of deciding about people, money or access."""
_DECIDING = re.compile(rf"(?<!\S)(?:{'|'.join(DECIDES)})")


def answered_for(
    points: Iterable[Point], heard: Mapping[str, Sequence[Note]], texts: Mapping[str, str], owners: OwnerIndex
) -> Iterator[Point]:
    """The points with what people say of them: who answers, what they are for, what they decide. `texts` are the prompts' words, by id."""
    for point in points:
        notes = heard.get(point.id, ())
        declared = owners.claims.of(point.id)
        said = [parse_annotation(note.text) for note in notes]
        purpose = declared.purpose or next((a.purpose for a in said if a.purpose), "")
        consequential = declared.consequential
        if consequential is None:
            consequential = next((a.consequential for a in said if a.consequential is not None), None)
        yield msgspec.structs.replace(
            point,
            ownership=owners.ownership(point.id, point.path, point.line, notes),
            changed=owners.last_change(point.path),
            purpose=mask(purpose) or point.purpose,
            purpose_declared=bool(purpose),
            consequential="unknown" if consequential is None else "yes" if consequential else "no",
            consequential_why=_why(consequential, declared.consequential is not None, point, texts),
        )


def _why(declared: bool | None, by_manifest: bool, point: Point, texts: Mapping[str, str]) -> str:
    if declared is not None:
        return "declared in the manifest" if by_manifest else "declared at the call"
    spoken = sorted({stem for prompt in point.prompts for stem in _DECIDING.findall(texts.get(prompt, "").lower())})
    return f"its prompt speaks of {', '.join(spoken[:4])}" if spoken else ""
