"""Claims of the manifest whose point is gone: which point they speak of now, after moves, renames and rewriting."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from aicensus.manifest.claims import is_glob
from aicensus.model.census import ClaimMove, Confidence, Point
from aicensus.model.settings import Manifest, PointClaim

Gone = Callable[[Iterable[str]], Mapping[str, str]]
"""Where files went: today's paths by the old ones."""


def claim_moves(manifest: Manifest, points: Sequence[Point], hashes: Mapping[str, str], gone_to: Gone, repo: str) -> tuple[ClaimMove, ...]:
    """Return where the points went that the manifest speaks of by ids which are gone, by old id.

    `hashes` are the hashes of the prompts, by id. A claim is followed to a point that nobody else claims: in the file that git saw
    move, else to the only one with the call and prompts that the claim remembers. What merely looks like it is `likely`: it is
    proposed and not followed.
    """
    ids = {point.id for point in points}
    lost = {selector: claim for selector, claim in manifest.points.items() if "::" in selector and not is_glob(selector)}
    lost = {selector: lost[selector] for selector in sorted(lost.keys() - ids)}
    if not lost:
        return ()
    files = {point.path for point in points}
    paths = gone_to({_path(selector) for selector in lost} - files)
    free = {point.id: point for point in points if point.id not in manifest.points}
    found: list[ClaimMove] = []
    ways: tuple[tuple[_Seek, Confidence], ...] = ((_by_move, "certain"), (_by_content, "certain"), (_by_likeness, "likely"))
    for seek, confidence in ways:
        for selector, claim in list(lost.items()):
            candidates = list(seek(selector, claim, list(free.values()), paths, hashes))
            if len(candidates) == 1:
                point, why = candidates[0]
                found.append(ClaimMove(repo=repo, claimed=selector, point=point.id, why=why, confidence=confidence))
                del lost[selector], free[point.id]
    return tuple(sorted(found, key=lambda move: move.claimed))


def prompt_hash(point: Point, hashes: Mapping[str, str]) -> str:
    """One hash of all prompts of a point, 16 hex digits; empty where there is none or one is not known."""
    known = sorted(hashes.get(prompt, "") for prompt in point.prompts)
    if not known or not known[0]:
        return ""
    return known[0] if len(known) == 1 else hashlib.sha256("\n".join(known).encode()).hexdigest()[:16]


_Found = Iterator[tuple[Point, str]]
_Seek = Callable[[str, PointClaim, list[Point], Mapping[str, str], Mapping[str, str]], _Found]
"""From old id, claim, unclaimed points, moves of files and hashes of prompts to points that it may be now, and why."""


def _by_move(selector: str, claim: PointClaim, free: list[Point], paths: Mapping[str, str], hashes: Mapping[str, str]) -> _Found:
    """The same symbol in the file that the old one became, or one that is called the same in a class that was renamed with it."""
    path = paths.get(_path(selector))
    if path is None:
        return
    here = [point for point in free if point.path == path]
    same = [point for point in here if point.id == path + "::" + _rest(selector)]
    for point in same or [point for point in here if _last(point.id) == _last(selector)]:
        yield point, f"{_path(selector)} was moved to {path}"


def _by_content(selector: str, claim: PointClaim, free: list[Point], paths: Mapping[str, str], hashes: Mapping[str, str]) -> _Found:
    if not claim.callee or not claim.prompt_hash:
        return
    for point in free:
        if point.call == claim.callee and prompt_hash(point, hashes) == claim.prompt_hash:
            yield point, "it makes the same call with the same prompt"


def _by_likeness(selector: str, claim: PointClaim, free: list[Point], paths: Mapping[str, str], hashes: Mapping[str, str]) -> _Found:
    """What has the same name elsewhere; else what nobody claims in the same file, or where it went."""
    named = [point for point in free if _rest(point.id) == _rest(selector) and point.symbol != "<module>"]
    path = paths.get(_path(selector), _path(selector))
    for point in named or [point for point in free if point.path == path]:
        yield point, "it has the same name" if named else "nobody claims it, in the same file"


def _path(identity: str) -> str:
    return identity.partition("::")[0]


def _rest(identity: str) -> str:
    return identity.partition("::")[2]


def _last(identity: str) -> str:
    """The last name of the symbol, with the number of the call."""
    return _rest(identity).rpartition(".")[2]
