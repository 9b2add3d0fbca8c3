"""Two rules to a verdict, decided in a fixed order, with the slots that decided."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from aicensus.rules.align import Alignment, align
from aicensus.rules.form import Form, Item
from aicensus.rules.lexicon import Lexicon
from aicensus.rules.limits import Limit

SCOPE = frozenset({"customer_kind", "tier", "direction", "state_of_goods", "season", "weekday", "part_of_day", "gender", "visibility"})
_APPROX = 1e-6


@dataclass(slots=True)
class Decision:
    verdict: str
    label: str
    why: list[str] = field(default_factory=list)
    confidence: str = "likely"


def folded(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+(?:[.,]\d+)*|[$€£%]", unicodedata.normalize("NFKC", text).casefold()))


def decide(a: Form, b: Form, lexicon: Lexicon) -> Decision:
    if folded(a.text) == folded(b.text):
        return Decision("duplicate", "duplicate", ["same words"], "sure")
    return Judge(align(a, b, lexicon)).decision()


REFUSALS = frozenset("refuse refusal reject rejection decline deny denial exclude exclusion ban bar omit disqualify withhold forbid prohibit leave_out".split()) | {"leave out", "turn down", "turn away"}
_COMPLEMENT = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}


class Judge:
    def __init__(self, found: Alignment) -> None:
        self.found = found
        self.a, self.b = found.a, found.b
        self.cover_a, self.cover_b = found.coverage("a"), found.coverage("b")
        self.deniers = [x for x in (*found.left_a, *found.left_b) if x.lemma in REFUSALS and x.clause == "main"]
        self.left_a = [x for x in found.left_a if x not in self.deniers]
        self.left_b = [x for x in found.left_b if x not in self.deniers]
        opposed = [p for p in found.opposed if not (p[0].subject and p[1].subject)]
        self.neg_a = (self.a.negative + sum(x in found.left_a for x in self.deniers)) % 2
        self.neg_b = (self.b.negative + sum(x in found.left_b for x in self.deniers)) % 2
        self.turned = len(opposed) % 2
        if self.a.gated and self.b.gated:
            # `not X unless Q` asks the same as `X only if Q`.
            self.neg_a = self.neg_a and not any(x.clause == "exception" for x in self.a.items)
            self.neg_b = self.neg_b and not any(x.clause == "exception" for x in self.b.items)
        self.complemented = self._complemented()
        self.contrast = self.a.condition_negative != self.b.condition_negative and any(
            x.clause in ("condition", "gate") and y.clause in ("condition", "gate") for x, y in found.same
        )
        if self.contrast and self.flips:
            # `do not X where not Q` beside `X only where Q`
            self.turned += 1
            self.contrast = not (self.a.only or self.b.only)

    def _complemented(self) -> list[tuple[Limit, Limit]]:
        """Limits of a denied rule turned round where the other rule is not denied: `never above 5` is `at most 5`."""
        if (self.neg_a + self.neg_b + self.turned) % 2 == 0:
            return self.found.limits
        result = []
        for x, y in self.found.limits:
            turn_x = x.operator in (">", "<") and (self.neg_a or self.turned and not self.neg_b) and y.operator != x.operator
            turn_y = y.operator in (">", "<") and not turn_x and x.operator != y.operator
            if turn_x or turn_y:
                self.turned += 1
            result.append((_turned(x) if turn_x else x, _turned(y) if turn_y else y))
        return result

    @property
    def flips(self) -> int:
        """Odd when the two say the contrary of one another."""
        return (self.neg_a + self.neg_b + self.turned) % 2

    def decision(self) -> Decision:
        low, high = min(self.cover_a, self.cover_b), max(self.cover_a, self.cover_b)
        acts, objects = self.acts(), self.objects()
        same = (low + high) / 2 + (0.12 * acts if acts > 0 else 0.2 * acts) + (0.08 if objects > 0 else 0.12 * objects)
        same += 0.08 if self.found.limits else 0.0
        rest = [sum(x.weight for x in left if x.clause == "main" and not x.subject) for left in (self.left_a, self.left_b)]
        if acts <= 0 and min(rest) >= 1.0:
            same -= 0.12
        detail = f"cover {self.cover_a:.2f}/{self.cover_b:.2f} acts {acts} obj {objects} same {same:.2f} flips {self.flips}"
        limit, scope, room = self.limit_conflict(), self.disjoint_scope(), self.leaves_room()
        conflicts = [limit] if limit else []
        for name, value, least in (
            ("order", self.reversed_order(), 0.4),
            ("freedom", self.freedom(), 0.15 if objects > 0 else 0.4),
            ("waived", self.waived(), 0.4),
            ("polarity", self.flips, 0.5),
            ("exclusive", self.exclusive_values(), 0.45),
        ):
            if value and same >= least:
                conflicts.append(f"{name}: {value}" if isinstance(value, str) else name)
        if same < (0.15 if conflicts == ["freedom"] else 0.4 if conflicts else 0.5):
            return Decision("unrelated", "unrelated", [detail])
        if conflicts:
            if scope:
                return Decision("compatible", "refinement", [scope, *conflicts, detail])
            if room:
                return Decision("refines", "refinement", [room, *conflicts, detail])
            return Decision("contradiction", "contradiction", [*conflicts, detail])
        if scope:
            return Decision("compatible", "refinement", [scope, detail])
        if room:
            return Decision("refines", "refinement", [room, detail])
        low_enough = low >= 0.3
        left_a, left_b = self.remainder(self.left_a, self.found.limits_a), self.remainder(self.left_b, self.found.limits_b)
        detail += f" left {left_a:.1f}/{left_b:.1f}"
        if max(left_a, left_b) < 1.0 and low >= 0.5:
            return Decision("duplicate", "duplicate", [detail])
        if min(left_a, left_b) < 0.5 and low_enough:
            return Decision("refines", "refinement", [detail])
        if same > 0.68 and low_enough:
            if max(left_a, left_b) >= 2.4 and max(left_a, left_b) > 2.5 * min(left_a, left_b):
                return Decision("refines", "refinement", [detail, "two-sided"])
            return Decision("duplicate", "duplicate", [detail, "two-sided"])
        return Decision("review", "unrelated", [detail, "two-sided"])

    def remainder(self, left: list[Item], limits: list[Limit]) -> float:
        """How much one side says beyond the other: conditions, limits and added things count in full, single words half."""
        return sum(x.weight * (1.0 if x.clause in ("condition", "gate", "exception") or x.added else 0.6) for x in left) + len(limits)

    def features(self) -> dict[str, float]:
        found = self.found
        low, high = min(self.cover_a, self.cover_b), max(self.cover_a, self.cover_b)
        left = sorted((self.remainder(self.left_a, found.limits_a), self.remainder(self.left_b, found.limits_b)))
        def part(left: list[Item], fits) -> float:
            return sum(x.weight for x in left if fits(x))
        cond = sorted((part(self.left_a, lambda x: x.clause in ("condition", "gate", "exception")), part(self.left_b, lambda x: x.clause in ("condition", "gate", "exception"))))
        added = sorted((part(self.left_a, lambda x: x.added), part(self.left_b, lambda x: x.added)))
        main = sorted((part(self.left_a, lambda x: x.clause == "main"), part(self.left_b, lambda x: x.clause == "main")))
        lim = sorted((len(found.limits_a), len(found.limits_b)))
        return dict(low=low, high=high, acts=self.acts(), objects=self.objects(), left0=min(left[0], 4), left1=min(left[1], 5), cond0=min(cond[0], 3), cond1=min(cond[1], 4), added0=added[0], added1=added[1], main0=min(main[0], 3), main1=min(main[1], 4), lim0=lim[0], lim1=lim[1], limits=len(found.limits), conflict=float(bool(self.limit_conflict())), flips=self.flips, scope=float(bool(self.disjoint_scope())), room=float(bool(self.leaves_room())), exclusive=float(bool(self.exclusive_values())), order=float(self.reversed_order()), freedom=float(self.freedom()), waived=float(self.waived()), gate=float(self.a.gated != self.b.gated), only=float(self.a.only != self.b.only), size=min(len(self.a.items), len(self.b.items), 8), modality=float(self.a.modality != self.b.modality), product=low * high, opposed=len(found.opposed))

    def acts(self) -> float:
        """1 where the main acts agree, -1 where neither side has the other's, 0 between."""
        found = self._agreement(self.a.head, self.b.head)
        if found < 1 and any(x in self.a.heads and y in self.b.heads for x, y in self.found.same):
            return 0.5
        return found

    def objects(self) -> float:
        """1 where the last words of what is done something to agree, -1 where nothing of them does, 0 between."""
        a, b = self.a.objects, self.b.objects
        if not a or not b:
            return 0.0
        found = self._agreement(a[-1], b[-1])
        if found < 0:
            left = [*self.found.left_a, *self.found.left_b]
            if any(x not in left for x in a) and any(y not in left for y in b) and any(x in a and y in b for x, y in self.found.same):
                return 0.0
        return found

    def _agreement(self, a: Item | None, b: Item | None) -> float:
        if a is None or b is None:
            return 0.0
        pairs = [*self.found.same, *self.found.opposed]
        if any(x is a and y is b for x, y in pairs) or a.token.meaning.concepts & b.token.meaning.concepts:
            return 1.0
        left = [*self.found.left_a, *self.found.left_b]
        if a in left and b in left:
            return -1.0
        if not self._aside(a, b):
            return 0.0
        return -0.5

    def _aside(self, a: Item, b: Item) -> bool:
        """Whether what one of two words is matched to has no leading part on the other side."""
        leading = [self.a.head, *self.a.objects, self.b.head, *self.b.objects]
        return not any((x is a and y in leading) or (y is b and x in leading) for x, y in self.found.same)

    def limit_conflict(self) -> str:
        for one, other in self.complemented:
            if one.dimension != other.dimension and not one.dimension.startswith(("count", "times")):
                return f"unit: {one.text} | {other.text}"
            if not self._agree(one, other):
                return f"limit: {one.text} | {other.text}"
        return ""

    def _agree(self, one: Limit, other: Limit) -> bool:
        if abs(one.value - other.value) > _APPROX * max(one.value, other.value):
            return False
        strict = {"<": "<", ">=": "<", "<=": "<=", ">": "<="}
        x, y = strict.get(one.operator), strict.get(other.operator)
        return x is None or y is None or x == y or one.dimension in ("hours", "months", "business days")

    def disjoint_scope(self) -> str:
        objects_differ = self.objects() <= -1
        for name, x, y in self.found.exclusive:
            if name in SCOPE or (x.subject and y.subject and name not in ("person_in_charge",)):
                return f"scope {name}: {x.lemma} | {y.lemma}"
        for x, y in self.found.opposed:
            if x.subject and y.subject:
                return f"scope: {x.lemma} | {y.lemma}"
        for one, other in self.complemented:
            low = max(one.interval[0], other.interval[0])
            high = min(one.interval[1], other.interval[1])
            if one.dimension == other.dimension and low > high and {one.operator[0], other.operator[0]} == {"<", ">"}:
                return f"limits do not meet: {one.text} | {other.text}"
        if (self.flips or objects_differ and self.limit_conflict()) and self.other_bearers():
            return "other bearers"
        if self.contrast:
            return "conditions are contrary"
        if self.only_others():
            return "only X and not Y"
        return ""

    def other_bearers(self) -> bool:
        """Each side speaks of somebody or something that the other one does not name, before its main act."""
        pairs = [(x, y) for name, x, y in self.found.exclusive]
        if any(x.subject and y.subject and x.clause == y.clause == "main" for x, y in pairs):
            return not (self.a.only or self.b.only)
        first = [x for x in self.left_a if x.subject and x.clause == "main"]
        second = [x for x in self.left_b if x.subject and x.clause == "main"]
        return bool(first and second)

    def only_others(self) -> bool:
        """`Only X may` beside `Y may not`."""
        for one, neg_one, other, neg_other in ((self.a, self.neg_a, self.b, self.neg_b), (self.b, self.neg_b, self.a, self.neg_a)):
            if one.only and not one.gated and not neg_one and neg_other and not other.gated:
                return bool(self.found.exclusive) or bool(self.left_a and self.left_b)
        return False

    def exclusive_values(self) -> str:
        for name, x, y in self.found.exclusive:
            if name not in SCOPE and not (x.subject and y.subject and name != "person_in_charge"):
                return f"{name}: {x.lemma} | {y.lemma}"
        return ""

    def reversed_order(self) -> bool:
        a, b = self.a, self.b
        if not (a.first and a.second and b.first and b.second):
            return False
        straight = crossed = 0.0
        for x, y in self.found.same:
            straight += ((x in a.first and y in b.first) or (x in a.second and y in b.second)) * x.weight
            crossed += ((x in a.first and y in b.second) or (x in a.second and y in b.first)) * x.weight
        return crossed > straight and crossed >= 1

    def freedom(self) -> bool:
        """One leaves open what the other requires."""
        return self.a.optional != self.b.optional and not (self.neg_a or self.neg_b) or self.a.optional != self.b.optional and self.flips == 1

    def waived(self) -> bool:
        """One does without what the other requires first."""
        for x, y in self.found.same:
            if {x.clause, y.clause} & {"without", "universal"} and x.clause != y.clause:
                free, bound = (self.a, y) if x.clause in ("without", "universal") else (self.b, x)
                if not free.gated and bound.clause in ("gate", "main"):
                    return True
        return False

    def leaves_room(self) -> str:
        if self.a.default != self.b.default:
            return "default"
        if self.a.gated and self.b.gated:
            return ""
        for x, y in self.found.same:
            room = self.a if x.clause == "exception" else self.b
            other = self.b if room is self.a else self.a
            if (x.clause == "exception") != (y.clause == "exception") and not any(i.clause == "exception" for i in other.items):
                return f"exception: {x.lemma}"
        return ""


def _turned(limit: Limit) -> Limit:
    from dataclasses import replace

    return replace(limit, operator=_COMPLEMENT[limit.operator])  # type: ignore[arg-type]
