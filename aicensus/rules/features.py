"""What is known of a pair of rules, as numbers by name: what they share, where they clash, what is left on each side."""

from __future__ import annotations

from typing import NamedTuple

from aicensus.model.rules import Label
from aicensus.rules.form import Item
from aicensus.rules.signals import SCOPES, Signals

LABELS: tuple[Label, ...] = ("duplicate", "contradiction", "refinement", "unrelated")
CONFLICTS = ("limit", "order", "freedom", "waived", "value", "doer", "only", "contrary")
_SIDE = frozenset({"condition", "gate", "exception"})
_NEARLY = 1e-6
_PARTS = ("agree", "both denied aligned", "agree head", "clash head", "clash main", "clash side", "clash across", "clash scope")


class Slots(NamedTuple):
    """What the slots say of a pair."""

    same: float
    """How far the two answer one question: about 0.0 to 1.2."""
    label: Label | None
    """The label if they do; None where the slots do not decide."""
    conflicts: frozenset[str]
    """Kinds of clashes, of `CONFLICTS`."""
    room: bool
    """One is the exception that the other leaves room for."""


def features(signals: Signals, slots: Slots) -> dict[str, float]:
    """What the score looks at, by name."""
    found, left_a, left_b = signals.found, signals.left_a, signals.left_b
    first, second = signals.a.words, signals.b.words
    side, added = _sorted(left_a, left_b, sides=True), _sorted(left_a, left_b, sides=False)
    rest = sorted(signals.remainders)
    heads = signals.a.head, signals.b.head
    return {
        "low": min(signals.cover),
        "high": max(signals.cover),
        "acts": signals.acts,
        "objects": signals.objects,
        "least beyond": min(rest[0], 4.0),
        "most beyond": min(rest[1], 5.0),
        "least conditions": min(side[0], 3.0),
        "most conditions": min(side[1], 4.0),
        "most added": added[1],
        "limits beyond": float(max(len(found.limits_a), len(found.limits_b))),
        "equal limits": float(sum(x.value == y.value for x, y in found.limits)),
        "other limit": float(signals.other_limit is not None),
        "contrary": float(signals.contrary),
        "other cases": float(bool(signals.other_cases)),
        "other value": float(bool(signals.other_value)),
        "freedom": float(bool(signals.freedom)),
        "waived": float(bool(signals.waived)),
        "one only": float(signals.a.only != signals.b.only),
        "one gated": float(signals.a.gated != signals.b.gated),
        "other modality": float(signals.a.modality != signals.b.modality),
        "opposed": float(len(found.opposed)),
        "size": min(len(signals.a.items), len(signals.b.items), 8.0),
        "length": float(abs(len(signals.a.items) - len(signals.b.items))),
        "same words": min(sum(x.weight for x, y in found.same if x.lemma == y.lemma), 5.0),
        "synonyms": min(sum(x.weight for x, y in found.same if x.lemma != y.lemma), 4.0),
        "same start": float(min(_common_start(first, second), 4)),
        "surface": len(set(first) & set(second)) / max(len(set(first) | set(second)), 1),
        "known acts": float(
            signals.acts <= 0 and all(h is not None and any(c.startswith("act:") for c in h.token.meaning.concepts) for h in heads)
        ),
        "one question": slots.same,
        "room": float(slots.room),
        "clashes": float(len(slots.conflicts)),
        **{f"clash of {name}": float(name in slots.conflicts) for name in CONFLICTS},
        **{f"slots say {label}": float(slots.label == label) for label in LABELS[:3]},
        "one denied": float(signals.denied_a != signals.denied_b),
        "both denied": float(signals.denied_a and signals.denied_b),
        "one permits": float((signals.a.modality == "P") != (signals.b.modality == "P")),
        "one universal": float(signals.a.universal != signals.b.universal),
        "both only": float(signals.a.only and signals.b.only),
        **_polarity(signals),
        **_asked(signals),
        **_leftovers(signals),
        **_limits(signals),
        **_attributes(signals),
        **_clauses(signals),
        **_objects(signals),
    }


def _polarity(signals: Signals) -> dict[str, float]:
    """How far what the two have in common is denied on both sides, on neither, or on one: in the rule itself, in conditions, across."""
    found = dict.fromkeys(_PARTS, 0.0)
    heads = [form.head for form in (signals.a, signals.b) if form.head is not None]
    for x, y, other in signals.aligned():
        weight = (x.weight + y.weight) / 2
        sides = (x.clause in _SIDE) + (y.clause in _SIDE)
        head = sides == 0 and any(one is x or one is y for one in heads)
        if (x.denied == y.denied) != other:
            found["agree"] += weight
            found["both denied aligned"] += weight * (x.denied and y.denied)
            found["agree head"] += weight * head
            continue
        found[("clash main", "clash across", "clash side")[sides]] += weight
        found["clash head"] += weight * head
        found["clash scope"] += weight * (sides == 0 and (x.scope or y.scope))
    clashes = found["clash main"] + 0.5 * found["clash across"]
    total = found["agree"] + found["clash main"] + found["clash side"] + found["clash across"]
    left = sorted(sum(x.weight for x in side if x.denied) for side in (signals.left_a, signals.left_b))
    return {
        **{name: min(value, 3.0) for name, value in found.items()},
        "clash share": clashes / total if total else 0.0,
        "any clash": float(found["clash main"] > 0),
        "mixed": float(sum(len({x.denied for x in form.items if x.clause not in _SIDE}) > 1 for form in (signals.a, signals.b))),
        "least left denied": left[0],
        "most left denied": left[1],
    }


def _asked(signals: Signals) -> dict[str, float]:
    """Whether something is done when somebody asks for it, or unasked."""
    a, b = signals.a, signals.b
    return {
        "one asked": float(a.asked != b.asked),
        "both asked": float(a.asked and b.asked),
        "asked and unasked": float((a.asked and b.unasked) or (b.asked and a.unasked)),
    }


def _leftovers(signals: Signals) -> dict[str, float]:
    """What only one side says: in its subject, in its conditions, in the rest."""
    sides = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    for side, left in zip(sides, (signals.left_a, signals.left_b), strict=True):
        for x in left:
            if x.clause in _SIDE:
                side[1] += x.weight
            elif x.clause == "main":
                side[0 if x.subject else 2] += x.weight
    (subject, other_subject), (condition, other_condition), (rest, other_rest) = zip(*sides, strict=True)
    least_subject, least_condition, most_rest = min(subject, other_subject), min(condition, other_condition), max(rest, other_rest)
    return {
        "least left subject": min(least_subject, 2.0),
        "most left subject": min(max(subject, other_subject), 3.0),
        "least left condition": min(least_condition, 2.0),
        "most left condition": min(max(condition, other_condition), 3.0),
        "least left rest": min(rest, other_rest, 2.0),
        "most left rest": min(most_rest, 3.0),
        "same but for whom": float(most_rest == 0 and least_subject + least_condition > 0),
        "nothing left of the rest": float(most_rest == 0),
    }


def _limits(signals: Signals) -> dict[str, float]:
    """How limits of one measure stand to one another, and whether one is unlimited."""
    found = {"limits equal": 0.0, "limits turned": 0.0, "limits differ": 0.0, "limits apart": 0.0}
    for x, y in signals.limits:
        directions = {x.operator[0], y.operator[0]}
        if abs(x.value - y.value) < _NEARLY * max(x.value, y.value, 1.0) and x.dimension == y.dimension:
            found["limits turned" if directions == {"<", ">"} else "limits equal"] += 1
        else:
            apart = x.dimension == y.dimension and max(x.interval[0], y.interval[0]) > min(x.interval[1], y.interval[1])
            found["limits apart" if apart else "limits differ"] += 1
    a, b, left_a, left_b = signals.a, signals.b, bool(signals.found.limits_a), bool(signals.found.limits_b)
    return {
        **found,
        "limit and any": float((a.wide and left_b) or (b.wide and left_a)),
        "limits left on both": float(left_a and left_b),
        "limits left on one": float(left_a != left_b),
        "one wide": float(a.wide != b.wide),
    }


def _attributes(signals: Signals) -> dict[str, float]:
    exclusive = signals.found.exclusive
    modalities = {signals.a.modality, signals.b.modality}
    return {
        "values": float(len(exclusive)),
        "values of the rule": float(sum(name not in SCOPES and not (x.subject and y.subject) for name, x, y in exclusive)),
        "values of whom": float(sum(name in SCOPES for name, _, _ in exclusive)),
        "opposed in the rule": float(sum(not (x.subject and y.subject) for x, y in signals.found.opposed)),
        "may and must": float(modalities == {"P", "O"}),
        "may and must not": float(modalities == {"P", "F"}),
        "must and must not": float(modalities == {"O", "F"}),
        "must not twice": float(modalities == {"F"}),
    }


def _clauses(signals: Signals) -> dict[str, float]:
    a, b = signals.a, signals.b
    kinds, others = {x.clause for x in a.items}, {x.clause for x in b.items}
    uneven, beside = kinds ^ others, {"condition", "gate"}
    across = "universal" in kinds | others and any((x.clause == "universal") != (y.clause == "universal") for x, y in signals.found.same)
    return {
        "one without": float("without" in uneven),
        "one exception": float("exception" in uneven),
        "one gate": float("gate" in uneven),
        "one by default": float(a.default != b.default),
        "both ordered": float(bool(a.first and b.first)),
        "only and denied": float((a.only and signals.denied_b) or (b.only and signals.denied_a)),
        "only and plain": float(a.only != b.only and not signals.denied_a and not signals.denied_b),
        "one optional": float(a.optional != b.optional),
        "a pronoun": float(a.pronoun or b.pronoun),
        "universal and condition": float((a.universal and not beside.isdisjoint(others)) or (b.universal and not beside.isdisjoint(kinds))),
        "regardless of it": float(across),
    }


def _objects(signals: Signals) -> dict[str, float]:
    """Acts, and things that the main act is done to, of which only one side speaks."""
    a, b, left_a, left_b = signals.a, signals.b, signals.left_a, signals.left_b
    further = _any_of(left_a, a.heads[1:]), _any_of(left_b, b.heads[1:])
    objects = _any_of(left_a, a.objects), _any_of(left_b, b.objects)
    heads = _any_of(left_a, a.heads[:1]), _any_of(left_b, b.heads[:1])
    return {
        "one further act": float(further[0] != further[1]),
        "other objects": float(all(objects)),
        "one object left": float(objects[0] != objects[1]),
        "other heads": float(all(heads)),
        "nothing shared": float(not signals.found.same),
        "equal limits of one question": min(signals.cover) * any(x.value == y.value for x, y in signals.limits),
    }


def _any_of(left: list[Item], items: list[Item]) -> bool:
    return any(x is y for x in items for y in left)


def _sorted(left_a: list[Item], left_b: list[Item], *, sides: bool) -> list[float]:
    return sorted(sum(x.weight for x in left if (x.clause in _SIDE if sides else x.added)) for left in (left_a, left_b))


def _common_start(first: list[str], second: list[str]) -> int:
    return next((i for i, (x, y) in enumerate(zip(first, second, strict=False)) if x != y), min(len(first), len(second)))
