"""What two aligned rules agree and clash on. Each signal says in words what it saw; an empty text is no signal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from aicensus.rules.align import PREFIXES, Alignment
from aicensus.rules.form import Form, Item
from aicensus.rules.lexicon import Lexicon
from aicensus.rules.limits import Limit, Operator

SCOPES = frozenset(
    [
        "customer_kind",
        "usage",
        "tier",
        "direction",
        "state_of_goods",
        "season",
        "weekday",
        "part_of_day",
        "gender",
        "visibility",
        "age_group",
        "trip_kind",
        "room",
        "degree",
        "booking_state",
        "fare_kind",
        "contract_kind",
        "network",
        "energy",
    ]
)
"""Attributes that say whom or what a rule is for: other values are other cases, no conflict."""
STYLES = frozenset(
    [
        "tone",
        "formality",
        "language",
        "spelling",
        "address_form",
        "person_form",
        "tense",
        "format",
        "case_style",
        "unit_system",
        "date_form",
        "clock",
        "style",
        "emphasis",
    ]
)
"""Attributes of the answer itself: two values are a conflict however the two rules put it."""
CHOICES = frozenset({"remedy", "payment_form"})
"""Attributes of what somebody gets: two values are a conflict only where something is given, not where it is logged."""
_GIVING = frozenset(
    {f"act:{act}" for act in ("offer", "give", "pay", "pay_out", "refund", "accept", "compensate", "issue", "mention", "credit_to")}
)
_TURNED: dict[Operator, Operator] = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}
_CLOSED = {"<": "<", ">=": "<", "<=": "<=", ">": "<="}
_TIMES = frozenset({"hours", "months", "business days"})
_SIDE = frozenset({"condition", "gate", "exception"})
_NEARLY = 1e-6


class Signals:
    def __init__(self, found: Alignment, lexicon: Lexicon) -> None:
        self.found = found
        self.a, self.b = found.a, found.b
        self.cover = found.coverage("a"), found.coverage("b")
        refusals = [x for x in (*found.left_a, *found.left_b) if x.clause == "main" and self._refuses(x, lexicon)]
        self.left_a = [x for x in found.left_a if x not in refusals]
        self.left_b = [x for x in found.left_b if x not in refusals]
        self.denied_a = self._denied(self.a, sum(x in found.left_a for x in refusals))
        self.denied_b = self._denied(self.b, sum(x in found.left_b for x in refusals))
        self._turns = sum(not (x.subject and y.subject) for x, y in found.opposed)
        # `users are banned` denies nothing where the other rule speaks of the ban too.
        self._turns += sum(
            x.lemma == y.lemma and (x.token.text in lexicon.negators) != (y.token.text in lexicon.negators) for x, y in found.same
        )
        if (self.a.only and self.denied_b and self.b.others) or (self.b.only and self.denied_a and self.a.others):
            # `only X` beside `no other X`
            self._turns += 1
        self.limits = self._turned_limits()
        self.contrary_conditions = self._contrary_conditions()
        self.acts, self.objects = self._acts(), self._objects()

    def _denied(self, form: Form, refusals: int) -> bool:
        # `not X unless Q` asks the same as `X only if Q` and `X requires Q`.
        cancelled = self.a.gated and self.b.gated and any(item.clause == "exception" for item in form.items)
        cancelled = cancelled or self._asks_for_exception(form)
        return ((form.negative and not cancelled) + refusals) % 2 == 1

    def _asks_for_exception(self, form: Form) -> bool:
        """The other rule requires what this one makes the exception: `no session unless the user agrees`, `sessions need consent`."""
        other = self.b if form is self.a else self.a
        if not form.negative or other.negative or other.modality == "P" or other.of("exception") or other.default:
            return False
        met = [(x, y) if form is self.a else (y, x) for x, y in self.found.same]
        return any(x.clause == "exception" and y.clause == "main" and not y.subject for x, y in met)

    def _refuses(self, item: Item, lexicon: Lexicon) -> bool:
        """It denies what the other rule says: `refuse`, and `remove` beside what is merely allowed."""
        if item.lemma in lexicon.refusals:
            return True
        for form, other in ((self.a, self.b), (self.b, self.a)):
            if item is form.head and item.lemma in lexicon.removals:
                return other.head is None and other.modality == "P"
        return False

    @property
    def contrary(self) -> bool:
        """One says what the other denies."""
        if (acts := self._acts_of_stretches()) is not None:
            return acts
        return (self.denied_a + self.denied_b + self._turns) % 2 == 1

    def _acts_of_stretches(self) -> bool | None:
        """Whether an act that both name is denied by one; None where neither denies only a part of what it says, or no act is shared."""
        if not any(len({x.denied for x in form.of("main")}) > 1 for form in (self.a, self.b)):
            return None
        shared = [x.denied != y.denied for x, y in self.found.same if x in self.a.heads and y in self.b.heads]
        return any(shared) if shared else None

    def _turned_limits(self) -> list[tuple[Limit, Limit]]:
        """Limits of a denied rule turned round where the other rule is not denied: `never above 5` is `at most 5`."""
        if not self.contrary:
            return self.found.limits
        result = []
        for x, y in self.found.limits:
            apart = x.operator != y.operator
            turn_x = apart and x.operator in (">", "<") and (self.denied_a or (self._turns % 2 == 1 and not self.denied_b))
            turn_y = apart and y.operator in (">", "<") and not turn_x
            self._turns += turn_x or turn_y
            result.append((_turned(x) if turn_x else x, _turned(y) if turn_y else y))
        return result

    def _contrary_conditions(self) -> bool:
        met = any(x.clause in _SIDE and y.clause in _SIDE for x, y in self.found.same)
        contrary = self.a.side_negative != self.b.side_negative and met
        if contrary and self.contrary:
            # `do not X where not Q` beside `X only where Q`
            self._turns += 1
            return not (self.a.only or self.b.only)
        return contrary

    def aligned(self) -> Iterator[tuple[Item, Item, bool]]:
        """Yield what the two have in common, and whether one is the contrary or another value of the other."""
        yield from ((x, y, False) for x, y in self.found.same)
        yield from ((x, y, True) for x, y in self.found.opposed)
        yield from ((x, y, name not in SCOPES) for name, x, y in self.found.exclusive)

    # --- the same question? ---

    def _acts(self) -> float:
        """1 where the main acts agree, -1 where neither side has the other's, between the two otherwise."""
        found = self._agreement(self.a.head, self.b.head)
        if found < 1 and any(x in self.a.heads and y in self.b.heads for x, y in self.found.same):
            return 0.5
        return found

    def _objects(self) -> float:
        """1 where the last words of what is done something to agree, -1 where nothing of them does."""
        a, b = self.a.objects, self.b.objects
        if not a or not b:
            return 0.0
        found = self._agreement(a[-1], b[-1])
        if found < 0 and any(x in a and y in b for x, y in self.found.same):
            return 0.0
        return found

    def _agreement(self, a: Item | None, b: Item | None) -> float:
        if a is None or b is None:
            return 0.0
        beside = [(x is a, y is b) for x, y in self.found.same if (x is a) != (y is b)]
        if (True, False) in beside and (False, True) in beside:
            return -1.0  # each act is something else in the other rule
        if (
            any(x is a and y is b for x, y in (*self.found.same, *self.found.opposed))
            or a.token.meaning.concepts & b.token.meaning.concepts
        ):
            return 1.0
        if a in self.found.left_a and b in self.found.left_b:
            return -1.0
        leading = [*self.a.heads[:1], *self.a.objects, *self.b.heads[:1], *self.b.objects]
        aside = not any((x is a and y in leading) or (y is b and x in leading) for x, y in self.found.same)
        return -0.5 if aside else 0.0

    @property
    def sameness(self) -> float:
        """How far the two answer one question: about 0.0 to 1.2."""
        result = sum(self.cover) / 2
        result += 0.12 * self.acts if self.acts > 0 else 0.2 * self.acts
        result += 0.08 if self.objects > 0 else 0.12 * self.objects
        result += 0.08 if self.found.limits else 0.0
        rest = [sum(x.weight for x in left if x.clause == "main" and not x.subject) for left in (self.left_a, self.left_b)]
        return result - (0.12 if self.acts <= 0 and min(rest) >= 1.0 else 0.0)

    @property
    def remainders(self) -> tuple[float, float]:
        """How much each side says beyond the other."""
        return _remainder(self.left_a, self.found.limits_a), _remainder(self.left_b, self.found.limits_b)

    # --- clashes ---

    @cached_property
    def other_limit(self) -> tuple[Limit, Limit] | None:
        """Limits of one measure that differ, or whose units nothing converts."""
        return next(((x, y) for x, y in self.limits if incommensurable(x, y) or not _agree(x, y)), None)

    @cached_property
    def other_value(self) -> str:
        for name, x, y in self.found.exclusive:
            given = name not in CHOICES or self._gives()
            if name not in SCOPES and given and not (x.subject and y.subject and name != "person_in_charge"):
                return f"{name.replace('_', ' ')}: {x.lemma} | {y.lemma}"
        return ""

    def _gives(self) -> bool:
        heads = [form.head for form in (self.a, self.b) if form.head is not None]
        return not heads or any(not head.token.meaning.concepts.isdisjoint(_GIVING) for head in heads)

    def other_style(self) -> bool:
        return any(name in STYLES and not (x.subject and y.subject) for name, x, y in self.found.exclusive)

    def other_doer(self) -> str:
        """Somebody else does the same: `permits are issued by the district`, `the city hall issues the permits`."""
        a, b = self.a, self.b
        if self.acts <= 0 or self.objects < 0 or self.contrary or (a.modality == b.modality == "P" and not (a.only or b.only)):
            return ""
        for one, other in ((a.doers, b.doers), (a.receivers, b.receivers), (a.doers, b.receivers), (a.receivers, b.doers)):
            if one and other and self._apart(one, other):
                return f"another one does it: {one[-1].lemma} | {other[-1].lemma}"
        return ""

    def _apart(self, one: list[Item], other: list[Item]) -> bool:
        """Nothing of the two is the same, and both are left over or exclude each other."""
        exclusive = [item for _, x, y in self.found.exclusive for item in (x, y)]
        left = [*self.left_a, *self.left_b, *exclusive]
        return all(any(x is item for item in left) for x in (*one, *other))

    def only_of_all(self) -> str:
        """One allows only some of what the other allows to all."""
        one, other = (self.a, self.b) if self.a.only else (self.b, self.a)
        if not one.only or other.only or not other.wide or self.acts <= 0 or self.denied_a != self.denied_b:
            return ""
        return "one holds for all, the other only for some"

    def other_order(self) -> str:
        a, b = self.a, self.b
        straight = crossed = 0.0
        for x, y in self.found.same:
            straight += ((x in a.first and y in b.first) or (x in a.second and y in b.second)) * x.weight
            crossed += ((x in a.first and y in b.second) or (x in a.second and y in b.first)) * x.weight
        return "what comes first comes second in the other" if crossed > straight and crossed >= 1 else ""

    @cached_property
    def freedom(self) -> str:
        """One leaves open what the other requires."""
        if self.a.optional == self.b.optional or (self.denied_a + self.denied_b and not self.contrary):
            return ""
        return "one leaves open what the other requires"

    @cached_property
    def waived(self) -> str:
        """One does without what the other asks for first."""
        for x, y in self.found.same:
            if (x.clause in ("without", "universal")) == (y.clause in ("without", "universal")):
                continue
            free, bound = (self.a, y) if x.clause in ("without", "universal") else (self.b, x)
            if x.lemma != y.lemma and bound.lemma.startswith(PREFIXES):
                continue  # `without a signature` is `unsigned`
            if not free.gated and bound.clause in ("gate", "main"):
                return f"one does without: {bound.lemma}"
        return ""

    # --- no clash after all ---

    @cached_property
    def other_cases(self) -> str:
        """The two never meet: other people or things, contrary conditions, limits without a common value."""
        for name, x, y in self.found.exclusive:
            if name in SCOPES or (x.subject and y.subject and name != "person_in_charge"):
                return f"other cases: {x.lemma} | {y.lemma}"
        for x, y in self.found.opposed:
            if x.subject and y.subject and not (self._more_in_clause(x, self.left_a) and self._more_in_clause(y, self.left_b)):
                return f"other cases: {x.lemma} | {y.lemma}"
        for one, other in self.limits:
            if one.dimension.startswith("name ") and one.value != other.value:
                return f"other cases: {one.text} | {other.text}"
            if one.role == "budget":
                continue
            apart = max(one.interval[0], other.interval[0]) > min(one.interval[1], other.interval[1])
            if one.dimension == other.dimension and apart and {one.operator[0], other.operator[0]} == {"<", ">"}:
                return f"limits do not meet: {one.text} | {other.text}"
        scenes = [[x for x in left if x.scope and x.clause == "condition"] for left in (self.left_a, self.left_b)]
        if all(scenes) and all(x in scene for left, scene in zip((self.left_a, self.left_b), scenes, strict=True) for x in left):
            return f"other cases: {scenes[0][-1].lemma} | {scenes[1][-1].lemma}"
        if self.contrary and self._other_rank():
            return "one forbids it to the assistant, the other lets somebody else do it"
        if (self.contrary or self.freedom or self.other_limit) and self._other_bearers():
            return "each speaks of somebody or something that the other one does not name"
        if self.contrary_conditions:
            return "the conditions are contrary"
        return "only one may, another may not" if self._only_others() else ""

    @staticmethod
    def _more_in_clause(item: Item, left: list[Item]) -> bool:
        """`until boarding begins`, `once check-in is closed`: something else begins than closes."""
        return item.clause != "main" and any(x.clause in _SIDE for x in left)

    def _other_bearers(self) -> bool:
        if any(x.subject and y.subject and x.clause == y.clause == "main" for _, x, y in self.found.exclusive):
            return not (self.a.only or self.b.only)
        sides = ((self.a, self.left_a, self.found.limits_a), (self.b, self.left_b, self.found.limits_b))
        named = [{x in form.doers for x in left if x.subject and x.clause == "main"} for form, left, _ in sides]
        if all(named):
            return bool(named[0] & named[1])
        return any(named) and all(found or limits for found, (_, _, limits) in zip(named, sides, strict=True))

    def _other_rank(self) -> bool:
        """An order not to do something beside what somebody in charge may do."""
        for order, other in ((self.a, self.b), (self.b, self.a)):
            if order.negative and not order.doers and not order.only and other.modality == "P" and any(x.role for x in other.doers):
                named = [x for x in other.doers if x.role]
                return all(any(x is left for left in (*self.left_a, *self.left_b)) for x in named) and not _assistants(named)
        return False

    def _only_others(self) -> bool:
        sides = ((self.a, self.denied_a, self.b, self.denied_b), (self.b, self.denied_b, self.a, self.denied_a))
        for one, denied, other, other_denied in sides:
            if one.only and not one.gated and not denied and other_denied and not other.gated:
                return bool(self.found.exclusive) or bool(self.left_a and self.left_b)
        return False

    @cached_property
    def room(self) -> str:
        """One is the exception that the other leaves room for."""
        if self.a.default != self.b.default:
            return "one holds by default only"
        if (self.a.gated and self.b.gated) or self._asks_for_exception(self.a) or self._asks_for_exception(self.b):
            return ""
        for x, y in self.found.same:
            if (x.clause == "exception") != (y.clause == "exception"):
                other = self.b if x.clause == "exception" else self.a
                if not other.of("exception"):
                    return f"the exception of one: {x.lemma}"
        return ""


def incommensurable(one: Limit, other: Limit) -> bool:
    counts = (one.dimension.startswith(("count", "times")), other.dimension.startswith(("count", "times")))
    return one.dimension != other.dimension and not any(counts)


def _assistants(items: list[Item]) -> bool:
    return any(x.lemma in ("agent", "assistant", "rep", "representative", "staff", "support") for x in items)


def _agree(one: Limit, other: Limit) -> bool:
    if abs(one.value - other.value) > _NEARLY * max(one.value, other.value):
        return False
    x, y = _CLOSED.get(one.operator), _CLOSED.get(other.operator)
    return x is None or y is None or x == y or one.dimension in _TIMES


def _turned(limit: Limit) -> Limit:
    return replace(limit, operator=_TURNED[limit.operator])


def _remainder(left: list[Item], limits: list[Limit]) -> float:
    """Conditions, limits and added things count in full, single words by half."""
    counted = [one for one in limits if not (one.value == 1 and one.operator == "=" and one.dimension.startswith("count"))]
    return sum(x.weight * (1.0 if x.clause in _SIDE or x.added else 0.6) for x in left) + len(counted)
