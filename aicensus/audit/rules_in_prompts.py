"""RUL: business rules that live in prompts. The texts themselves stay out: findings go to logs that show no prompts."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from aicensus.analysis.journeys import common_journey
from aicensus.analysis.rulebook import RulePair, Statement
from aicensus.audit.context import Context
from aicensus.audit.rule import Hit, Rule, count
from aicensus.model.census import Evidence, Point
from aicensus.model.finding import Severity
from aicensus.similarity import join

_SAME = "duplicate (equivalent)"


def same_rule(context: Context) -> Iterator[Hit]:
    """One finding for all rules that stand in the same prompts: a copied prompt is one mistake, however many rules it states."""
    together: dict[tuple[object, ...], list[list[Statement]]] = defaultdict(list)
    for group in _groups(context):
        owners = {owner for one in group for owner in one.owners}
        prompts = {(one.prompt.repo, one.prompt.path, one.prompt.id) for one in group}
        if len(owners) > 1 and len(prompts) > 1 and not _one_source(context, group):
            together[tuple(sorted(prompts))].append(sorted(group, key=lambda one: one.place))
    for groups in together.values():
        yield _shared(sorted(groups, key=lambda group: group[0].place))


def _one_source(context: Context, group: Iterable[Statement]) -> bool:
    """Whether all of them are copies of one fragment of the policy library."""
    sources = {context.policies.source_of(one) for one in group}
    return len(sources) == 1 and None not in sources


def _groups(context: Context) -> Iterator[list[Statement]]:
    """Business rules in the same words, and those that say the same in others."""
    by_text: dict[str, list[Statement]] = defaultdict(list)
    for one in context.rulebook.statements:
        by_text[one.words].append(one)
    same = ((pair.first.words, pair.second.words) for pair in context.rulebook.pairs if pair.verdict.verdict == _SAME)
    joined = join(same)
    together = {key for group in joined for key in group}
    yield from ([one for key in sorted(group) for one in by_text[key]] for group in joined)
    yield from (by_text[key] for key in sorted(by_text) if key not in together)


def _shared(groups: list[list[Statement]]) -> Hit:
    stated = [one for group in groups for one in group]
    owners = sorted({owner for one in stated for owner in one.owners})
    exact = all(len({one.words for one in group}) == 1 for group in groups)
    prompts = len({(one.prompt.repo, one.prompt.id) for one in stated})
    words = "the same rule stands" if len(groups) == 1 else f"the same {len(groups)} rules stand"
    rules = "the rule" if len(groups) == 1 else "the rules"
    return _hit(
        stated,
        f"{words if exact else f'nearly {words}'} in {count(prompts, 'prompt')} of {len(owners)} owners ({', '.join(owners)}), "
        "and no source is shared",
        next=f"let one of {', '.join(owners)} keep {rules} in one place that the prompts include, and say who may change it",
        key=tuple(sorted(min(_digest(one) for one in group) for group in groups)),
        certain=exact,
    )


def contradiction(context: Context) -> Iterator[Hit]:
    for pair in _between_prompts(context, "contradiction"):
        words = f"{_both(pair.first, pair.second)} state rules that cannot both be obeyed"
        yield _pair(pair, words, _standing(context, pair))


def threshold(context: Context) -> Iterator[Hit]:
    for pair in _between_prompts(context, "threshold conflict"):
        words = f"{_both(pair.first, pair.second)} put one limit at two values"
        yield _pair(pair, f"{words}; in dispute: {pair.verdict.interval}", _standing(context, pair))


def conditional(context: Context) -> Iterator[Hit]:
    """One finding for all clashes of two prompts: one decision of their owners settles them."""
    together: dict[object, list[RulePair]] = defaultdict(list)
    for pair in _between_prompts(context, "conditional conflict", "tension"):
        if not _ranked(context, pair):
            together[frozenset((side.prompt.repo, side.prompt.id) for side in (pair.first, pair.second))].append(pair)
    for pairs in together.values():
        yield _clash(context, pairs)


def _clash(context: Context, pairs: Sequence[RulePair]) -> Hit:
    first = pairs[0]
    which = "rules" if len(pairs) == 1 else f"{len(pairs)} pairs of rules"
    words = f"{which} in {_both(first.first, first.second)} clash where the conditions of both hold, and nothing says which one wins"
    if len(pairs) == 1:
        return _pair(first, words, _standing(context, first))
    return _hit(
        [one for pair in pairs for one in (pair.first, pair.second)],
        f"{words}; the first two stand at line {first.first.line} and at {_place(first)}{_standing(context, first)}",
        next=f"{first.verdict.resolve}; `aicensus rules --contradictions` shows all texts",
        key=tuple(sorted({_digest(one) for pair in pairs for one in (pair.first, pair.second)})),
        certain=False,
    )


def inside_one_prompt(context: Context) -> Iterator[Hit]:
    for pair in _found(context, "contradiction", "threshold conflict"):
        if pair.first.prompt.id == pair.second.prompt.id and pair.first.prompt.repo == pair.second.prompt.repo:
            yield _pair(pair, f"two rules of {_who(pair.first)} cannot both be obeyed")


def look_alike(context: Context) -> Iterator[Hit]:
    """Two prompts in nearly the same words, one of which states a rule that the other does not."""
    stated: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for one in context.rulebook.statements:
        stated[one.prompt.repo, one.prompt.id].append(one)
    for pair in context.rulebook.alike:
        first, second = (stated[prompt.repo, prompt.id] for prompt in (pair.first, pair.second))
        keys = [{one.words for one in own} for own in (first, second)]
        apart = [one for one in (*first, *second) if one.words in keys[0] ^ keys[1]]
        if apart and first and second and first[0].owners != second[0].owners:
            shared = f"{_both(first[0], second[0])} share {pair.score:.0%} of their words"
            yield _hit(
                apart,
                f"{shared}, and {count(len(keys[0] ^ keys[1]), 'rule')} of one {'is' if len(apart) == 1 else 'are'} not in the other"
                f"{_on_one_way(context, first[0].points, second[0].points)}",
                next="decide whether the difference is meant; if not, let both prompts include one text",
                key=(pair.first.hash, pair.second.hash),
                certain=False,
            )


def without_source(context: Context) -> Iterator[Hit]:
    """Only where somebody keeps a policy library."""
    free: dict[str, list[Statement]] = defaultdict(list)
    for one in context.rulebook.statements:
        library = context.manifest_of(one.prompt.repo).manifest.policies.library
        inside = one.prompt.path.startswith(tuple(f"{folder.rstrip('/')}/" for folder in library))
        if (library or context.census.fragments) and not inside and context.policies.source_of(one) is None:
            free[one.prompt.repo].append(one)
    for repo, stated in sorted(free.items()):
        prompts = len({one.prompt.id for one in stated})
        lack = "has no source" if len(stated) == 1 else "have no source"
        words = f"{count(len(stated), 'business rule')} in {count(prompts, 'prompt')} {lack} in the policy library"
        advice = "`aicensus policy suggest` names the fragment that each is nearest to; move what is policy into the library"
        yield _hit(stated, words, next=advice, key=(repo,), certain=False)


# --- pairs ---


def _found(context: Context, *verdicts: str) -> Iterator[RulePair]:
    return (pair for pair in context.rulebook.pairs if pair.verdict.verdict in verdicts)


def _between_prompts(context: Context, *verdicts: str) -> Iterator[RulePair]:
    for pair in _found(context, *verdicts):
        if (pair.first.prompt.repo, pair.first.prompt.id) != (pair.second.prompt.repo, pair.second.prompt.id):
            yield pair


def _ranked(context: Context, pair: RulePair) -> str:
    """The subject on which a precedence in force puts a point of one side above one of the other; empty where none does.

    A precedence on another subject than that of the rules settles nothing; where the rules are on no known one, any does.
    """
    subjects = {*pair.first.subjects, *pair.second.subjects}
    keys = [[(point.repo, point.id) for point in side.points] for side in (pair.first, pair.second)]
    for name, ranking in context.rankings.items():
        if (not subjects or name in subjects) and any(ranking.comparable(one, other) for one in keys[0] for other in keys[1]):
            return name
    return ""


def _standing(context: Context, pair: RulePair) -> str:
    """What the points of two rules have to do with one another: a precedence between them, and a journey that both lie on."""
    ranked = _ranked(context, pair)
    settled = f"; the precedence of `{ranked}` says which one wins" if ranked else ""
    return settled + _on_one_way(context, pair.first.points, pair.second.points)


def _on_one_way(context: Context, one: Sequence[Point], other: Sequence[Point]) -> str:
    name = common_journey(context.journeys, one, other)
    return f"; both are part of {name}" if name else ""


def _pair(pair: RulePair, message: str, standing: str = "") -> Hit:
    return _hit(
        [pair.first, pair.second],
        f"{message} ({'; '.join(_slots(pair))}); the other rule stands at {_place(pair)}{standing}",
        next=f"{pair.verdict.resolve}; `aicensus rules --contradictions` shows both texts",
        key=tuple(sorted((_digest(pair.first), _digest(pair.second)))),
        certain=False,
    )


def _place(pair: RulePair) -> str:
    """Where the second rule stands, with its repository where that is another one; a finding itself is at the first."""
    first, second = pair.first.prompt, pair.second.prompt
    return f"{'' if first.repo == second.repo else second.repo + '/'}{second.path}:{pair.second.line}"


def _slots(pair: RulePair) -> Sequence[str]:
    """What decided, without the words of the prompts."""
    return [slot.partition(":")[0] for slot in pair.verdict.why]


def _hit(stated: Sequence[Statement], message: str, *, next: str, key: tuple[str, ...], certain: bool) -> Hit:
    points = {(point.repo, point.id): point for one in stated for point in one.points}
    first = stated[0]
    return Hit(
        message=message,
        next=next,
        key=key,
        repo=first.prompt.repo,
        path=first.prompt.path,
        line=first.line,
        points=tuple(points[key] for key in sorted(points)),
        owners=tuple(sorted({owner for one in stated for owner in one.owners})),
        evidence=tuple(Evidence(path=one.prompt.path, line=one.line, what=_where(one)) for one in stated),
        confidence="certain" if certain else "likely",
    )


def _where(one: Statement) -> str:
    """What the line of a statement shows; a line that is only that of the prompt is said to be."""
    return f"rule in {one.prompt.name or one.prompt.id}{'' if one.at.exact else ' (line of the prompt)'}"


def _who(one: Statement, *, whole: bool = False) -> str:
    """The prompt and whose it is: ``the prompt `REPLY` of maria.lopez@example.com``; `whole`: by its id."""
    name = one.prompt.id if whole else one.prompt.name or one.prompt.id
    return f"the prompt `{name}` of {', '.join(one.owners) or 'nobody'}"


def _both(one: Statement, other: Statement) -> str:
    """Two prompts, by their ids where they have one name."""
    whole = one.prompt.name == other.prompt.name
    return f"{_who(one, whole=whole)} and {_who(other, whole=whole)}"


def _digest(one: Statement) -> str:
    return hashlib.sha256(one.words.encode()).hexdigest()[:16]


RULES = (
    Rule(
        code="RUL001",
        name="rule-without-shared-source",
        severity=Severity.WARNING,
        check=same_rule,
        what="The same business rule, word for word or nearly so, stands in prompts of several owners that share no source.",
        why="One owner changes it, the other one does not hear of it, and from then on customers get two answers.",
        fix="Keep the rule once, in a file or constant that both prompts include, and name who may change it.",
    ),
    Rule(
        code="RUL002",
        name="contradicting-rules",
        severity=Severity.NOTE,
        check=contradiction,
        what="Two prompts state business rules that cannot both be obeyed.",
        why="Which answer a customer gets depends on which assistant is asked.",
        fix="Let the owners of both prompts decide which rule holds, and take the other one out.",
    ),
    Rule(
        code="RUL003",
        name="conflicting-thresholds",
        severity=Severity.NOTE,
        check=threshold,
        what="Two prompts put one limit at two values; the cases between them are in dispute.",
        why="A case between the two values is decided one way by one assistant and the other way by the other.",
        fix="Let the owners agree on one value, and keep it where both prompts take it from.",
    ),
    Rule(
        code="RUL004",
        name="conflict-without-precedence",
        severity=Severity.NOTE,
        check=conditional,
        what="Two prompts state rules that clash where the conditions of both hold, and nothing says which one wins.",
        why="Nobody decided the cases in which both conditions hold, so each assistant decides them its own way.",
        fix="Say who wins under `precedence` in aicensus.yaml, or let one rule name the other's case as its exception.",
    ),
    Rule(
        code="RUL005",
        name="look-alike-prompts",
        severity=Severity.NOTE,
        check=look_alike,
        what="Two prompts of different owners are in nearly the same words, and state different business rules.",
        why="A copy that drifted looks like its original: readers take the two for one, and customers get two outcomes.",
        fix="Decide whether the difference is meant; if not, let both prompts include one text.",
    ),
    Rule(
        code="RUL006",
        name="prompt-contradicts-itself",
        severity=Severity.NOTE,
        check=inside_one_prompt,
        what="Two business rules of one prompt cannot both be obeyed.",
        why="The model follows one of them, and nobody knows which.",
        fix="Decide which rule holds, and take the other one out.",
    ),
    Rule(
        code="RUL007",
        name="rule-without-policy-source",
        severity=Severity.NOTE,
        check=without_source,
        what="Business rules stand in prompts outside the declared policy library.",
        why="A rule that is not in the library is not reviewed with it, and nobody finds it when the policy changes.",
        fix="Move what is policy into the library, and let the prompts include it.",
    ),
)
