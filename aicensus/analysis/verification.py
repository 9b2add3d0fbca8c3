"""Whether a snapshot says what a scan of its commits says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Literal

import msgspec

from aicensus.census.diff import diff_censuses
from aicensus.model.census import Census, Point
from aicensus.model.changes import PointPair
from aicensus.model.verification import Altered, Both, Verification

_HEAD = ("version", "tool", "tool_version", "catalog", "repositories", "points")


def compare(snapshot: Census, again: Census, cut_off: str) -> Verification:
    """Compare two censuses of the same commits, repository by repository of the same name.

    `cut_off` is how notes of the coverage end that say of a repository that its history is not whole; they alone make no difference.
    """
    shallow = tuple(_shallow(snapshot, again, cut_off))
    snapshot, again = (_without(census, cut_off) for census in (snapshot, again))
    digests = Both(what="digest", snapshot=digest_of(snapshot), now=digest_of(again))
    diff = diff_censuses(snapshot, again)
    return Verification(
        same=digests.snapshot == digests.now,
        digest=digests,
        made_by=tuple(_made_by(snapshot, again)),
        uncommitted=tuple(repository.name for repository in snapshot.repositories if repository.kind == "worktree"),
        shallow=shallow,
        added=tuple(map(_name, diff.points_added)),
        removed=tuple(map(_name, diff.points_removed)),
        altered=tuple(_altered(pair) for pair in diff.points if pair.old != pair.new),
        sections=tuple(name for name in Census.__struct_fields__ if name not in _HEAD and getattr(snapshot, name) != getattr(again, name)),
    )


def digest_of(census: Census) -> str:
    """SHA-256 of what the census says, whichever program and catalogue said it, as 64 hex digits."""
    said = msgspec.structs.replace(census, tool_version="", catalog="")
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def _made_by(snapshot: Census, again: Census) -> Iterator[Both]:
    manifests = {repository.name: repository.manifest for repository in again.repositories}
    rows = [
        ("aicensus", snapshot.tool_version, again.tool_version),
        ("catalogue", snapshot.catalog, again.catalog),
        *((f"manifest of {one.name}", one.manifest, manifests.get(one.name, "")) for one in snapshot.repositories),
    ]
    yield from (Both(what=what, snapshot=old or "none", now=new or "none") for what, old, new in rows if old != new)


def _shallow(snapshot: Census, again: Census, cut_off: str) -> Iterator[Literal["snapshot", "now"]]:
    then, now = ({note for note in census.coverage.notes if note.endswith(cut_off)} for census in (snapshot, again))
    if then - now:
        yield "snapshot"
    if now - then:
        yield "now"


def _without(census: Census, ending: str) -> Census:
    notes = tuple(note for note in census.coverage.notes if not note.endswith(ending))
    return msgspec.structs.replace(census, coverage=msgspec.structs.replace(census.coverage, notes=notes))


def _altered(pair: PointPair) -> Altered:
    moved = [Both(what="id", snapshot=pair.old.id, now=pair.new.id)] if pair.moved else []
    changes = (Both(what=f"{one.what} {one.name}".strip(), snapshot=one.old, now=one.new) for one in pair.changes)
    return Altered(repo=pair.new.repo, point=pair.new.id, changes=(*moved, *changes))


def _name(point: Point) -> str:
    return f"{point.repo}/{point.id}"
