"""PRE: several points decide one subject, and who of them wins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise

from aicensus.analysis.decisions import Decider, Key, parties
from aicensus.analysis.precedence import Declared, Node, Ranking, meant, parsed
from aicensus.audit.context import Context
from aicensus.audit.rule import Hit, Rule, count
from aicensus.model.census import Evidence, Point
from aicensus.model.finding import Severity
from aicensus.rules.objectives import Aim

_SHOWN = 3
_WRITES = frozenset({"write", "both"})


# --- nothing says who wins ---


def undeclared(context: Context) -> Iterator[Hit]:
    for subject in context.decisions:
        ranking = context.rankings[subject.name]
        sides = parties(subject, context.rulebook)
        pairs = () if ranking.circle or _left_to_somebody(ranking) else ranking.undecided(sides)
        if pairs:
            yield _undeclared(context, ranking, pairs, ranking.needed(sides))
    yield from _executed_together(context)


def _left_to_somebody(ranking: Ranking) -> bool:
    """Whether a tie rule or an arbiter decides what the order leaves open."""
    return any(one.precedence.tie or one.precedence.arbiter for one in ranking.declared)


def _undeclared(context: Context, ranking: Ranking, pairs: Sequence[tuple[Decider, Decider]], needed: int) -> Hit:
    name = ranking.subject.name
    deciders = list({decider.key: decider for pair in pairs for decider in pair}.values())
    ids = ", ".join(f'"{_id(context, decider.point)}"' for decider in deciders)
    return _hit(
        deciders,
        f"{len(deciders)} points decide `{name}`, and nothing says who wins{_between(context, deciders, pairs)}; "
        f"{count(needed, 'declaration')} would settle it{_crossing(context, deciders)}{_not_yet(context, name)}",
        next=f"add to aicensus.yaml, in the order in which they win: precedence: {{{name}: [{ids}]}}",
        key=(name, *sorted(decider.point.id for decider in deciders)),
        evidence=tuple(row for decider in deciders for row in _evidence(context, name, decider)),
        certain=all(decider.declared for decider in deciders),
        milder=0 if any(decider.declared for decider in deciders) else 1,
    )


def _between(context: Context, deciders: Sequence[Decider], pairs: Sequence[tuple[Decider, Decider]]) -> str:
    """Whom it is between: all of them, or pair by pair where some are in order."""
    if len(pairs) == len(deciders) * (len(deciders) - 1) // 2 and len(deciders) <= _SHOWN + 1:
        return f" between {_listed([_named(context, decider.point) for decider in deciders])}"
    shown = "; ".join(f"{_named(context, one.point)} and {_named(context, other.point)}" for one, other in pairs[:_SHOWN])
    return f" between {shown}" + (f"; and {count(len(pairs) - _SHOWN, 'more pair')}" if len(pairs) > _SHOWN else "")


def _crossing(context: Context, deciders: Iterable[Decider]) -> str:
    """That they answer to different functions, and through what they run all the same."""
    points = [decider.point for decider in deciders]
    functions = sorted({context.accountability(point) for point in points} - {""})
    if len(functions) < 2:
        return ""
    shared = [name for name, run in _executors(context).items() if len({*_keys(run)} & {*_keys(points)}) > 1]
    through = f" and run through `{shared[0]}`" if shared else ""
    return f"; they answer to {_listed(functions)}{through}"


def _not_yet(context: Context, subject: str) -> str:
    waiting = [one for one in context.declarations.get(subject, ()) if one not in context.in_force(subject)]
    return "".join(f"; {one.path}:{one.line} holds from {one.precedence.effective_from}" for one in waiting)


def _executors(context: Context) -> dict[str, list[Point]]:
    """Points with a declared accountability by what carries them out: a declared executor, or a gateway that they go through."""
    found: dict[str, list[Point]] = defaultdict(list)
    for point in context.purposes:
        if context.accountability(point):
            executor = context.claim(point).executed_by
            for name in dict.fromkeys([*([executor] if executor else ()), *(gateway.id for gateway in context.graph.gateways_of(point))]):
                found[name].append(point)
    for journey in context.journeys:
        if journey.ordered:
            for step in pairwise(journey.steps):
                ends = [point for point in context.purposes if (point.repo, point.id) in step and context.accountability(point)]
                found[f"{journey.name}".replace("`", "")] += [point for point in ends if point not in found[journey.name.replace("`", "")]]
    return dict(found)


def _executed_together(context: Context) -> Iterator[Hit]:
    """What one agent, gateway or journey carries out for several functions, where no precedence puts these in order."""
    told: set[tuple[str, ...]] = set()
    for name, points in sorted(_executors(context).items()):
        functions = sorted({context.accountability(point) for point in points})
        open_pairs = [pair for pair in combinations(functions, 2) if not _ordered(context, *pair, points)]
        names = tuple(sorted({function for pair in open_pairs for function in pair}))
        if not names or names in told or _undeclared_anyway(context, points):
            continue
        told.add(names)
        deciders = [Decider(point, True, ()) for point in points if context.accountability(point) in names]
        yield _hit(
            deciders,
            f"`{name}` carries out what {_listed(names)} answer for, and no precedence says whose word holds where they differ",
            next=f"add to aicensus.yaml, in the order in which they win: precedence: {{<subject>: [{', '.join(names)}]}}",
            key=("executed", name, *names),
            evidence=tuple(
                _claimed(context, decider.point, f"accountability {context.accountability(decider.point)}") for decider in deciders
            ),
            certain=True,
            milder=1,
        )


def _ordered(context: Context, one: str, other: str, points: Sequence[Point]) -> bool:
    """Whether some order in force names both functions, or points that answer to them."""
    sides = [[point for point in points if context.accountability(point) == function] for function in (one, other)]
    for ranking in context.rankings.values():
        for declared in ranking.declared:
            for chain in declared.precedence.chains:
                named = [meant(name, points, declared.repos, context.accountability) for name in chain]
                if all(any(point in found for found in named for point in side) for side in sides):
                    return True
    return False


def _undeclared_anyway(context: Context, points: Sequence[Point]) -> bool:
    """Whether points of several functions among these decide one subject: the finding about the subject says it."""
    keys = {*_keys(points)}
    for subject in context.decisions:
        own = [decider.point for decider in subject.deciders if decider.key in keys]
        if len({context.accountability(point) for point in own}) > 1:
            return True
    return False


# --- declarations that cannot hold ---


def circular(context: Context) -> Iterator[Hit]:
    for name, declared in context.declarations.items():
        ranking = Ranking(context.rankings[name].subject, declared, context.accountability)
        if circle := ranking.circle:
            steps = [_spelt(context, node) for node in circle]
            wins = ", ".join(f"{one} over {other}" for one, other in pairwise(steps))
            yield _at(
                declared[0],
                f"the precedence of `{name}` goes in a circle: {wins}",
                next="take out one of these, so that somebody is first",
                key=(name, *sorted({*steps})),
                owners=_owners(ranking.subject.deciders),
            )


def names_nobody(context: Context) -> Iterator[Hit]:
    """Names of points that are gone or retired, and arbiters who cannot decide."""
    repos = {repository.name for repository in context.census.repositories}
    for name, declarations in context.declarations.items():
        for declared in declarations:
            for entry in dict.fromkeys((*declared.names, *filter(None, (declared.precedence.fallback,)))):
                if (elsewhere := parsed(entry).repo) and elsewhere not in repos:
                    continue
                if why := _gone(context, entry, declared):
                    yield _at(
                        declared,
                        f"the precedence of `{name}` names `{entry}`, {why}",
                        next="remove it, or name what took its place; `aicensus scan` lists all ids",
                        key=(name, entry),
                    )
            if why := _no_arbiter(context, declared):
                yield _at(
                    declared, f"the precedence of `{name}` {why}", next="name a person of the roster as `arbiter`", key=(name, "arbiter")
                )


def _gone(context: Context, name: str, declared: Declared) -> str:
    points = meant(name, context.census.points, declared.repos, context.accountability)
    if not points:
        known = name in {fragment.authority for fragment in context.census.fragments}
        return "" if known else "and no point has this id or this accountability"
    ended = [sunset for point in points if (sunset := context.claim(point).sunset) and sunset < context.as_of]
    return f"which was retired on {max(ended)}" if len(ended) == len(points) else ""


def _no_arbiter(context: Context, declared: Declared) -> str:
    arbiter = declared.precedence.arbiter
    if not arbiter:
        return "leaves ties to an arbiter and names none" if declared.precedence.tie == "arbiter" else ""
    roster = context.roster(declared.repos[0] if declared.repos else "")
    if (kind := roster.kind(arbiter)) != "person":
        return f"names `{arbiter}` as arbiter, and that is no person" if kind != "nobody" else "names nobody as arbiter"
    if left := roster.left(arbiter, context.as_of):
        return f"names {arbiter} as arbiter, who left on {left}"
    return f"names {arbiter} as arbiter, who is not on the roster" if roster and not roster.find(arbiter) else ""


# --- what the code does ---


def contradicted_by_code(context: Context) -> Iterator[Hit]:
    for name, ranking in context.rankings.items():
        for winner, loser in _decided_pairs(ranking):
            if found := _last_word(context, winner.point, loser.point):
                how, evidence, milder = found
                yield _hit(
                    [winner, loser],
                    f"{_named(context, winner.point)} is declared to win over {_named(context, loser.point)} on `{name}`, but {how}",
                    next=f"ask `{winner.point.symbol}` last or let its answer stand, or correct `precedence` in aicensus.yaml",
                    key=(name, winner.point.id, loser.point.id),
                    evidence=evidence,
                    certain=False,
                    milder=milder,
                )


def _decided_pairs(ranking: Ranking) -> Iterator[tuple[Decider, Decider]]:
    for one, other in combinations(ranking.subject.deciders, 2):
        if ranking.comparable(one.key, other.key):
            yield (one, other) if ranking.wins(one.key, other.key) else (other, one)


def _last_word(context: Context, winner: Point, loser: Point) -> tuple[str, tuple[Evidence, ...], int] | None:
    """How the loser gets the last word: asked later in one function, a later step of one flow, or a writer of the same state."""
    if winner.repo != loser.repo:
        return None
    asked = _asked_in_turn(winner, loser)
    if asked and asked[0].line < asked[1].line:
        how = f"{asked[0].path} asks it in line {asked[0].line} and `{loser.symbol}` after it, in line {asked[1].line}"
        return how, asked, 1
    for flow in context.census.flows:
        if flow.repo == winner.repo and _follows(flow.links, winner.id, loser.id):
            return f"`{loser.symbol}` comes after it in the flow {flow.name or flow.path}", (), 1
    written = _written_by_both(context, winner, loser)
    if written and not asked:
        return f"both write {written[0].what}, and whoever writes last wins", written, 0
    return None


def _asked_in_turn(one: Point, other: Point) -> tuple[Evidence, Evidence] | None:
    """The calls at which the ways to two points part: in one function, below one entry point."""
    if not set(one.entry_points) & set(other.entry_points):
        return None
    for first, second in zip(one.route, other.route, strict=False):
        if (first.path, first.symbol) != (second.path, second.symbol):
            return None
        if first.line != second.line:
            return (
                Evidence(path=first.path, line=first.line, what=f"{first.symbol} asks {one.symbol}"),
                Evidence(path=second.path, line=second.line, what=f"{second.symbol} asks {other.symbol}"),
            )
    return None


def _follows(links: Sequence[tuple[str, str]], first: str, then: str) -> bool:
    after, waiting = set[str](), [first]
    while waiting:
        new = {target for source, target in links if source == waiting[-1]} - after
        waiting.pop()
        after |= new
        waiting += new
    return then in after and first not in after


def _written_by_both(context: Context, one: Point, other: Point) -> tuple[Evidence, ...]:
    """The first named store that both points write in functions of their own."""
    writes = [
        {(state.kind, state.tech, state.name): state for state in context.graph.state_of(point) if state.access in _WRITES and state.name}
        for point in (one, other)
    ]
    for key in sorted(writes[0].keys() & writes[1].keys()):
        return tuple(Evidence(path=own[key].path, line=own[key].line, what=f"the {key[0].replace('_', ' ')} `{key[2]}`") for own in writes)
    return ()


# --- what they aim at ---


def rival_objectives(context: Context) -> Iterator[Hit]:
    for subject in context.decisions:
        ranking = context.rankings[subject.name]
        if len(subject.deciders) < 2 or _left_to_somebody(ranking):
            continue
        aims = {decider.key: _aims(context, decider.point) for decider in subject.deciders}
        told: set[tuple[str, ...]] = set()
        for one, other in combinations(subject.deciders, 2):
            for (first, place), (second, where) in ((a, b) for a in aims[one.key] for b in aims[other.key]):
                objectives = tuple(sorted((first.objective, second.objective)))
                if objectives in told or ranking.comparable(one.key, other.key):
                    continue
                if place != where and context.objectives.rivals(first.objective, second.objective):
                    told.add(objectives)
                    yield _rivals(context, subject.name, (one, first, place), (other, second, where))


def _aims(context: Context, point: Point) -> list[tuple[Aim, Evidence]]:
    return [
        (aim, Evidence(path=prompt.path, line=prompt.line + aim.line - 1, what=f"aims at {aim.objective}: {prompt.name or prompt.id}"))
        for prompt in context.graph.prompts_of(point)
        for aim in context.aims(prompt.text)
    ]


def _rivals(context: Context, subject: str, one: tuple[Decider, Aim, Evidence], other: tuple[Decider, Aim, Evidence]) -> Hit:
    words = [f"the prompt of {_named(context, decider.point)} aims at {aim.objective}" for decider, aim, _ in (one, other)]
    return _hit(
        [one[0], other[0]],
        f"{words[0]} and {words[1]}; both decide `{subject}`, and nothing says which aim comes first",
        next=f"let {_listed(_owners((one[0], other[0])) or ('somebody',))} decide which aim comes first, and declare it under `precedence`",
        key=(subject, *sorted((one[1].objective, other[1].objective)), *sorted((one[0].point.id, other[0].point.id))),
        evidence=(one[2], other[2]),
        certain=False,
    )


# --- words ---


def _id(context: Context, point: Point) -> str:
    return f"{point.repo}:{point.id}" if len(context.census.repositories) > 1 else point.id


def _named(context: Context, point: Point) -> str:
    return f"`{_id(context, point)}` ({point.ownership.owner or 'nobody'})"


def _spelt(context: Context, node: Node) -> str:
    name = node if isinstance(node, str) else f"{node[0]}:{node[1]}" if len(context.census.repositories) > 1 else node[1]
    return f"`{name}`"


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _keys(points: Iterable[Point]) -> Iterator[Key]:
    return ((point.repo, point.id) for point in points)


def _owners(deciders: Iterable[Decider]) -> tuple[str, ...]:
    return tuple(sorted({owner for decider in deciders if (owner := decider.point.ownership.owner)}))


def _evidence(context: Context, subject: str, decider: Decider) -> Iterator[Evidence]:
    if decider.declared:
        yield _claimed(context, decider.point, f"{decider.point.id} is said to decide {subject}")
    for one in decider.rules:
        yield Evidence(path=one.prompt.path, line=one.line, what=f"rule on {subject} in {one.prompt.name or one.prompt.id}")


def _claimed(context: Context, point: Point, what: str) -> Evidence:
    path, line = context.place_of_claim(point)
    return Evidence(path=path or point.path, line=line or point.line, what=what)


def _hit(
    deciders: Sequence[Decider],
    message: str,
    *,
    next: str,
    key: tuple[str, ...],
    evidence: tuple[Evidence, ...],
    certain: bool,
    milder: int = 0,
) -> Hit:
    """A hit at the first rule of the first decider, else at the call itself."""
    first = deciders[0]
    at = first.rules[0] if first.rules else None
    return Hit(
        message=message,
        next=next,
        key=key,
        repo=first.point.repo,
        path=at.prompt.path if at else first.point.path,
        line=at.line if at else first.point.line,
        points=tuple(decider.point for decider in deciders),
        owners=_owners(deciders),
        evidence=evidence,
        confidence="certain" if certain else "likely",
        milder=milder,
    )


def _at(declared: Declared, message: str, *, next: str, key: tuple[str, ...], owners: tuple[str, ...] = ()) -> Hit:
    repo = declared.repos[0] if len(declared.repos) == 1 else ""
    return Hit(message=message, next=next, key=key, repo=repo, path=declared.path, line=declared.line, owners=owners)


RULES = (
    Rule(
        code="PRE001",
        name="undeclared-precedence",
        severity=Severity.WARNING,
        check=undeclared,
        what="Several points decide one subject, or carry out what several functions answer for, and nothing says who wins.",
        why="Where they differ, the customer gets the answer of whichever was asked last, and nobody decided that.",
        fix="Say under `precedence` in aicensus.yaml who wins, first to last; a tie rule or an arbiter settles what is left open.",
    ),
    Rule(
        code="PRE002",
        name="circular-precedence",
        severity=Severity.ERROR,
        check=circular,
        what="The declared precedence of a subject goes in a circle, perhaps across the manifests of several repositories.",
        why="Everybody wins over everybody, so nobody does.",
        fix="Let the owners decide who is first, and take out what says otherwise.",
    ),
    Rule(
        code="PRE003",
        name="precedence-names-nobody",
        severity=Severity.WARNING,
        check=names_nobody,
        what="A precedence names a point that is missing or retired, or an arbiter who is missing, has left or is no person.",
        why="The case that it was written for is decided by nobody.",
        fix="Correct the name, or remove the entry.",
    ),
    Rule(
        code="PRE004",
        name="code-contradicts-precedence",
        severity=Severity.WARNING,
        check=contradicted_by_code,
        what="A point that is declared to lose has the last word in the code: it is asked later, or writes the same state.",
        why="What runs last wins, whatever is declared.",
        fix="Change the order of the calls, let the winner's answer stand, or correct the declaration.",
    ),
    Rule(
        code="PRE005",
        name="rival-objectives",
        severity=Severity.NOTE,
        check=rival_objectives,
        what="Prompts of two points that decide one subject are told to aim at objectives that pull against each other.",
        why="Each does what it was told, and the two undo each other's work.",
        fix="Decide which objective comes first, and declare it under `precedence` in aicensus.yaml.",
    ),
)
