"""What differs between two censuses of the same code: points are the same by id, by moves that git saw, or by callee and prompts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, Literal, TypeVar

from aicensus.model.census import Census, Ownership, Point, Prompt, State
from aicensus.model.changes import Aspect, CensusDiff, Change, PointPair, PromptPair, Tally

_NUMBER = re.compile(r"/\d+$")
_NOTHING: Mapping[str, str] = {}
NOBODY = "no owner"
UNKNOWN = "not known"
_ALIKE = 0.5
"""Share of their words that prompts of one point in two versions have in common at least, where nothing else tells that it is one."""
_TELLING = 8
"""Different words without which a prompt tells nothing."""

Key = tuple[str, str]
"""Repository and id."""
_R = TypeVar("_R", Point, Prompt)


def diff_censuses(old: Census, new: Census, moved: Mapping[str, str] = _NOTHING) -> CensusDiff:
    """Compare two censuses; `moved` gives the new path of files that were moved, by their old one, as git sees it.

    Repositories belong together by name; where both censuses are of one repository, its name does not count. The order of the result
    is that of the ids.
    """
    return _Comparison(old, new, moved).result()


def owner_text(ownership: Ownership) -> str:
    """Who owns it, with the person behind the owner where that is somebody else; empty for nobody."""
    owner, person = ownership.owner or "", ownership.person or ""
    return f"{owner} ({person})" if owner and person and person not in owner else owner


class _Pairing(Generic[_R]):
    """Records of two sides that belong together, found step by step; what is paired does not come up again."""

    def __init__(self, olds: Iterable[_R], news: Iterable[_R]) -> None:
        self.olds: dict[Key, _R] = {(record.repo, record.id): record for record in olds}
        self.news: dict[Key, _R] = {(record.repo, record.id): record for record in news}
        self.pairs: list[tuple[_R, _R, bool]] = []
        """Old, new, and whether their places told."""
        self.by_place = True
        """Whether the next steps go by the place."""

    def pair(self, old: _R, new: _R) -> None:
        del self.olds[old.repo, old.id], self.news[new.repo, new.id]
        self.pairs.append((old, new, self.by_place))

    def step(self, of_old: Callable[[_R], Hashable], of_new: Callable[[_R], Hashable], *, alone: bool = False) -> None:
        """Pair the rest by a key, in the order of ids; None is no key. With `alone` only where each side has exactly one of the key."""
        groups: defaultdict[Hashable, tuple[list[_R], list[_R]]] = defaultdict(lambda: ([], []))
        for side, (records, key_of) in enumerate(((self.olds, of_old), (self.news, of_new))):
            for at in sorted(records):
                if (key := key_of(records[at])) is not None:
                    groups[key][side].append(records[at])
        for olds, news in groups.values():
            if not alone or len(olds) == len(news) == 1:
                for old, new in zip(olds, news, strict=False):
                    self.pair(old, new)


class _Comparison:
    def __init__(self, old: Census, new: Census, moved: Mapping[str, str]) -> None:
        self._moved = moved
        self._names = _same_repositories(old, new)
        self._old, self._new = old, new
        self._prompts = tuple({(p.repo, p.id): p for p in census.prompts} for census in (old, new))
        self._state = tuple({(s.repo, s.id): s for s in census.state} for census in (old, new))

    def result(self) -> CensusDiff:
        points = self._paired_points()
        prompts = self._paired_prompts(points)
        now = {(old.repo, old.id): new for old, new, _ in prompts.pairs}
        added, removed = self._state_changes()
        return CensusDiff(
            points=tuple(
                PointPair(old=a, new=b, same_by=_same_by(a, b, by_place), changes=tuple(self._changes(a, b, now)))
                for a, b, by_place in _sorted(points)
            ),
            points_added=tuple(points.news[key] for key in sorted(points.news)),
            points_removed=tuple(points.olds[key] for key in sorted(points.olds)),
            prompts=tuple(PromptPair(old=a, new=b) for a, b, _ in _sorted(prompts)),
            prompts_added=tuple(prompts.news[key] for key in sorted(prompts.news)),
            prompts_removed=tuple(prompts.olds[key] for key in sorted(prompts.olds)),
            state_added=added,
            state_removed=removed,
            models=_tallies(self._old, self._new, model_text),
            providers=_tallies(self._old, self._new, lambda point: point.provider),
            owners=_tallies(self._old, self._new, lambda point: point.ownership.team or point.ownership.owner or NOBODY),
        )

    # --- where things were, in the words of the new side ---

    def _repo(self, old: Point | Prompt | State) -> str:
        return self._names.get(old.repo, old.repo)

    def _path(self, path: str) -> str:
        return self._moved.get(path, path)

    def _id(self, identity: str) -> str:
        path, sign, rest = identity.partition("::")
        return self._path(path) + sign + rest

    # --- points ---

    def _paired_points(self) -> _Pairing[Point]:
        points = _Pairing(*([point for point in census.points if point.confidence != "possible"] for census in (self._old, self._new)))

        def step(*parts: Callable[[Point, bool], Hashable], alone: bool = False) -> None:
            """Pair by keys whose parts are all known; a part gets the point and whether it is an old one."""

            def key(point: Point, old: bool) -> Hashable:
                found = tuple(part(point, old) for part in parts)
                return None if None in found else (self._repo(point) if old else point.repo, *found)

            points.step(lambda old: key(old, True), lambda new: key(new, False), alone=alone)

        step(self._id_of, self._content, self._call)
        step(self._anchor, self._content, self._call)
        step(self._anchor, self._prompt_ids, self._call)
        step(self._id_of, self._call)
        step(self._anchor, self._call)
        step(self._id_of)
        points.by_place = False
        for place in (self._symbol, self._file):
            step(place, self._content, self._call)
        step(self._content, self._call)
        step(self._prompt_ids, self._call, alone=True)
        step(self._symbol, self._wordless, self._call, alone=True)
        step(self._file, self._wordless, self._call, alone=True)
        self._pair_alike(points)
        return points

    def _pair_alike(self, points: _Pairing[Point]) -> None:
        """Pair what is left by the likeness of its prompts: a function that was renamed while its prompt was edited."""
        words = [
            {point.id: self._words(point, old) for point in side.values()} for side, old in ((points.olds, True), (points.news, False))
        ]
        found = []
        for old in points.olds.values():
            for new in points.news.values():
                same = self._repo(old) == new.repo and self._call(old, True) == self._call(new, False)
                score = _overlap(words[0][old.id], words[1][new.id]) if same else 0.0
                if score >= _ALIKE:
                    found.append((-score, self._path(old.path) != new.path, old.id, new.id, old, new))
        for *_, old, new in sorted(found, key=lambda row: row[:4]):
            if (old.repo, old.id) in points.olds and (new.repo, new.id) in points.news:
                points.pair(old, new)

    def _words(self, point: Point, old: bool) -> frozenset[str]:
        known = self._prompts[0 if old else 1]
        found = frozenset(word for key in _prompts_of(point) if key in known for word in known[key].text.casefold().split())
        return found if len(found) >= _TELLING else frozenset()

    def _id_of(self, point: Point, old: bool) -> str:
        return self._id(point.id) if old else point.id

    def _anchor(self, point: Point, old: bool) -> str:
        return _NUMBER.sub("", self._id_of(point, old))

    def _file(self, point: Point, old: bool) -> str:
        return self._path(point.path) if old else point.path

    def _symbol(self, point: Point, old: bool) -> str | None:
        return None if point.symbol == "<module>" else point.symbol

    def _call(self, point: Point, old: bool) -> Hashable:
        return point.kind, point.call

    def _content(self, point: Point, old: bool) -> Hashable:
        """The prompts by what they say; None where nothing is known of them."""
        known = self._prompts[0 if old else 1]
        hashes = sorted(known[key].hash for key in _prompts_of(point) if key in known and known[key].hash)
        return tuple(hashes) or None

    def _prompt_ids(self, point: Point, old: bool) -> Hashable:
        return tuple(sorted(self._id(name) if old else name for name in point.prompts)) or None

    def _wordless(self, point: Point, old: bool) -> Hashable:
        """What tells points apart of which no prompt is known; None for others."""
        return None if point.prompts else (point.provider, model_text(point), point.settings)

    # --- prompts ---

    def _paired_prompts(self, points: _Pairing[Point]) -> _Pairing[Prompt]:
        prompts = _Pairing(self._old.prompts, self._new.prompts)

        prompts.step(lambda p: (self._repo(p), self._id(p.id)), lambda p: (p.repo, p.id))
        for more in (lambda p: p.name, lambda _: ""):
            prompts.step(
                lambda p, more=more: (self._repo(p), p.hash, more(p)) if p.hash else None,  # type: ignore[misc]
                lambda p, more=more: (p.repo, p.hash, more(p)) if p.hash else None,  # type: ignore[misc]
            )
        for old, new, _ in points.pairs:
            gone = [prompts.olds[key] for key in _prompts_of(old) if key in prompts.olds]
            came = [prompts.news[key] for key in _prompts_of(new) if key in prompts.news]
            for before in gone:
                if (now := next((p for p in came if p.role == before.role and (p.repo, p.id) in prompts.news), None)) is not None:
                    prompts.pair(before, now)
        return prompts

    # --- what changed about a point ---

    def _changes(self, old: Point, new: Point, now: Mapping[Key, Prompt]) -> Iterator[Change]:
        yield from self._prompt_changes(old, new, now)
        plain: tuple[tuple[Aspect, str, str], ...] = (
            ("model", model_text(old), model_text(new)),
            ("model source", old.model.source, new.model.source),
            ("provider", old.provider, new.provider),
            ("owner", owner_text(old.ownership), owner_text(new.ownership)),
            ("team", old.ownership.team or "", new.ownership.team or ""),
            ("purpose", old.purpose, new.purpose),
            ("consequential", old.consequential, new.consequential),
            ("scope", old.scope, new.scope),
            ("kind", old.kind, new.kind),
            ("role", old.role, new.role),
            ("call", old.call, new.call),
            ("reach", old.reach, new.reach),
        )
        yield from (Change(what=what, old=before, new=after) for what, before, after in plain if before != after)
        yield from _parameter_changes(old, new)
        yield from self._state_changes_of(old, new)

    def _prompt_changes(self, old: Point, new: Point, now: Mapping[Key, Prompt]) -> Iterator[Change]:
        olds = [self._prompts[0][key] for key in _prompts_of(old) if key in self._prompts[0]]
        news = {key: self._prompts[1][key] for key in _prompts_of(new) if key in self._prompts[1]}
        gone = []
        for prompt in olds:
            after = now.get((prompt.repo, prompt.id))
            if after is None or news.pop((after.repo, after.id), None) is None:
                gone.append(prompt)
            elif prompt.hash != after.hash:
                yield Change(what="prompt", name=after.id, old=prompt.text, new=after.text)
        for prompt in gone:
            other = next((p for p in news.values() if p.role == prompt.role), None)
            if other is None:
                yield Change(what="prompt", name=prompt.id, old=prompt.text)
            elif news.pop((other.repo, other.id)).hash != prompt.hash:
                yield Change(what="prompt", name=other.id, old=prompt.text, new=other.text)
        yield from (Change(what="prompt", name=prompt.id, new=prompt.text) for prompt in news.values())

    def _state_changes_of(self, old: Point, new: Point) -> Iterator[Change]:
        before, after = (
            {state_text(rows[point.repo, name]) for name in point.state if (point.repo, name) in rows}
            for point, rows in ((old, self._state[0]), (new, self._state[1]))
        )
        yield from (Change(what="state", old=text) for text in sorted(before - after))
        yield from (Change(what="state", new=text) for text in sorted(after - before))

    # --- state ---

    def _state_changes(self) -> tuple[tuple[State, ...], tuple[State, ...]]:
        before = {(self._repo(row), state_text(row)): row for row in reversed(self._old.state)}
        after = {(row.repo, state_text(row)): row for row in reversed(self._new.state)}
        return (
            tuple(after[key] for key in sorted(after.keys() - before.keys())),
            tuple(before[key] for key in sorted(before.keys() - after.keys())),
        )


def _same_repositories(old: Census, new: Census) -> dict[str, str]:
    """New names of repositories by their old ones, where they differ."""
    if len(old.repositories) == len(new.repositories) == 1:
        return {old.repositories[0].name: new.repositories[0].name}
    return {}


def _same_by(old: Point, new: Point, by_place: bool) -> Literal["id", "move", "content"]:
    if not by_place:
        return "content"
    return "id" if old.path == new.path else "move"


def _overlap(first: frozenset[str], second: frozenset[str]) -> float:
    """Share of words in common, 0.0 to 1.0."""
    return len(first & second) / len(first | second) if first and second else 0.0


def _sorted(pairing: _Pairing[_R]) -> list[tuple[_R, _R, bool]]:
    return sorted(pairing.pairs, key=lambda pair: (pair[1].repo, pair[1].id))


def _prompts_of(point: Point) -> list[Key]:
    return [(point.repo, name) for name in point.prompts]


def _parameter_changes(old: Point, new: Point) -> Iterator[Change]:
    before, after = ({setting.name: setting.value for setting in point.settings} for point in (old, new))
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield Change(what="parameter", name=name, old=before.get(name, ""), new=after.get(name, ""))


def model_text(point: Point) -> str:
    """The model's id, or all that may be meant."""
    return point.model.id or " or ".join(point.model.candidates) or UNKNOWN


def state_text(state: State) -> str:
    """What state it is and what is done to it, wherever that stands."""
    return " ".join(filter(None, (state.kind.replace("_", " "), state.tech, state.name, f"({state.access})")))


def _tallies(old: Census, new: Census, name_of: Callable[[Point], str]) -> tuple[Tally, ...]:
    before, after = (Counter(map(name_of, _purposes(census.points))) for census in (old, new))
    names = sorted(name for name in before.keys() | after.keys() if before[name] != after[name])
    return tuple(Tally(name=name, old=before[name], new=after[name]) for name in names)


def _purposes(points: Sequence[Point]) -> Iterator[Point]:
    return (p for p in points if p.scope == "prod" and p.role != "gateway" and p.confidence != "possible")
