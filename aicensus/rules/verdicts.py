"""Two rules to a verdict, decided in a fixed order, with the slots that decided and what would settle it."""

from __future__ import annotations

import re
import unicodedata
from typing import Protocol

from aicensus.model.rules import Label, Verdict, VerdictName
from aicensus.rules.align import align
from aicensus.rules.features import Slots
from aicensus.rules.form import Form
from aicensus.rules.lexicon import Lexicon
from aicensus.rules.likeliest import likeliest
from aicensus.rules.limits import Limit
from aicensus.rules.signals import Signals, incommensurable

LABEL: dict[VerdictName, Label] = {
    "duplicate (exact)": "duplicate",
    "duplicate (equivalent)": "duplicate",
    "contradiction": "contradiction",
    "threshold conflict": "contradiction",
    "conditional conflict": "contradiction",
    "tension": "contradiction",
    "stricter": "refinement",
    "compatible": "refinement",
    "refines": "refinement",
    "unrelated": "unrelated",
}
RESOLVE: dict[VerdictName, str] = {
    "duplicate (exact)": "keep the rule once, where both prompts take it from",
    "duplicate (equivalent)": "keep one wording, where both prompts take it from",
    "contradiction": "decide which one holds, and take the other one out",
    "threshold conflict": "decide which limit holds, and take the other one out",
    "conditional conflict": "say which one wins where both conditions hold",
    "tension": "say which aim comes first",
    "stricter": "the stricter one satisfies both: use it in both",
    "compatible": "nothing, as long as the cases stay apart",
    "refines": "nothing, or let the general rule name the special one",
    "review": "read both: a slot could not be compared",
    "unrelated": "",
}
TOO_LITTLE = "too little in common"
"""The reason of pairs whose slots were not even compared."""
_LEAST, _SAME, _SAME_IN_CONFLICT, _CLEARLY_SAME, _CLEARLY_COVERED = 0.15, 0.5, 0.4, 0.75, 0.55
_COVERED_WITHOUT_ACT = 0.5
_NEED = {"order": 0.4, "freedom": 0.4, "waived": 0.4, "contrary": 0.5, "value": 0.45, "doer": 0.45, "only": 0.5}
_FOLDED = re.compile(r"[^\W_]+(?:[.,]\d+)*|[$€£¥%]")


class Similarity(Protocol):
    """A measure of the user's own, such as a sentence model: it proposes pairs, and never makes a verdict."""

    def __call__(self, first: str, second: str) -> float:
        """How alike two rules are, 0.0 to 1.0."""


def folded(text: str) -> str:
    """The text without case, punctuation and white space."""
    return " ".join(_FOLDED.findall(unicodedata.normalize("NFKC", text).casefold()))


def judge(a: Form, b: Form, lexicon: Lexicon, similarity: Similarity | None = None) -> Verdict:
    """What two rules are to one another; the order of the two changes nothing but the order of the reasons."""
    if folded(a.text) == folded(b.text) and a.negative == b.negative:
        return _verdict("duplicate (exact)", ["the same words"], "sure")
    return Judge(Signals(align(a, b, lexicon), lexicon), similarity(a.text, b.text) if similarity else 0.0).verdict()


class Judge:
    """Two aligned rules, and what their slots say."""

    def __init__(self, signals: Signals, similarity: float) -> None:
        self.signals = signals
        self.same = max(signals.sameness, similarity)
        """Likeness by the user's measure counts as answering one question; what the answers are to one another the slots say."""
        self.conflicts = self._conflicts()

    def verdict(self) -> Verdict:
        """What the slots decide, where the two clearly answer one question, and nothing is left out or pairs like it were judged so.

        Else `review`, or `unrelated` where pairs like it were.
        """
        found = self.decided()
        filled_in = set(self.signals.a.holes) ^ set(self.signals.b.holes)
        decides = found is not None and self._one_question() and not self._doubtful(found) and not filled_in
        if found is not None and decides and self._all_compared():
            return found
        label = likeliest(self.signals, self.slots(found))
        if found is not None and decides and found.label == label:
            return found
        why = [self._why_undecided()] if found is None else [f"{found.verdict}, if the two answer one question", *found.why]
        if filled_in:
            why.append(f"filled in when the prompt is used: {', '.join(sorted(filled_in))}")
        return _verdict("unrelated" if label == "unrelated" else "review", why, "review", label, found.interval if found else "")

    def _all_compared(self) -> bool:
        """Every word and limit of one has its counterpart in the other, and each is one stretch, denied or not."""
        found = self.signals.found
        stretches = [{x.denied for x in form.of("main", "without")} for form in (self.signals.a, self.signals.b)]
        return not (found.left_a or found.left_b or found.limits_a or found.limits_b) and all(len(one) <= 1 for one in stretches)

    def slots(self, found: Verdict | None) -> Slots:
        """What the slots say, for the likeliest label."""
        return Slots(self.same, found.label if found else None, frozenset(self.conflicts), bool(self.signals.room))

    def _why_undecided(self) -> str:
        return TOO_LITTLE if not self._comparable() else "each says something that the other does not"

    def _one_question(self) -> bool:
        signals = self.signals
        low = min(signals.cover)
        ordered = bool(signals.a.first and signals.b.first)
        named = (signals.acts > 0 and signals.objects > 0) or (low >= 0.75 and (signals.objects >= 0 or ordered))
        quotes = signals.a.quoted, signals.b.quoted
        named = named and not (all(quotes) and quotes[0].isdisjoint(quotes[1]))
        return named and not self._other_things() and self.same >= _CLEARLY_SAME and low >= _CLEARLY_COVERED

    def _doubtful(self, found: Verdict) -> bool:
        """A conflict that rests on whom `they` are, on a contrary of a contrary, or on a denial that is narrower than what it denies."""
        if found.label != "contradiction":
            return False
        signals = self.signals
        sides = ((signals.a, signals.denied_a, signals.left_a), (signals.b, signals.denied_b, signals.left_b))
        if any(form.pronoun for form, _, _ in sides):
            return True
        if {"value", "contrary"} <= self.conflicts.keys():
            return True  # `no prices without tax` beside `prices with tax`: the two contraries may cancel one another
        narrower = any(denied and any(x in form.objects for x in left) for form, denied, left in sides)
        return narrower and "contrary" in self.conflicts and len(self.conflicts) == 1

    def _other_things(self) -> bool:
        """Each side names something that its act is done to and that the other one does not name."""
        sides = ((self.signals.a, self.signals.left_a), (self.signals.b, self.signals.left_b))
        return all(any(x in form.objects for x in left) for form, left in sides)

    def decided(self) -> Verdict | None:
        """What the slots say, as long as the two answer one question; None where they do not decide."""
        if not self._comparable():
            return None
        apart = self.signals.other_cases
        if apart:
            return _verdict("compatible", [apart])
        if room := self.signals.room:
            return _verdict("refines", [room])
        return self._conflict() if self.conflicts else self._harmony()

    def _comparable(self) -> bool:
        return self.same >= (_LEAST if self._one_thing() else _SAME_IN_CONFLICT if self.conflicts else _SAME)

    def _one_thing(self) -> bool:
        """One object that one rule leaves free, or one trait of the answer: that is one question in whatever words."""
        return (bool(self.signals.freedom) and self.signals.objects > 0) or self.signals.other_style()

    def _conflicts(self) -> dict[str, str]:
        """What the two clash on, by kind, with the words of it."""
        signals = self.signals
        seen = {
            "order": signals.other_order(),
            "freedom": signals.freedom,
            "waived": signals.waived,
            "value": signals.other_value,
            "doer": signals.other_doer(),
            "only": signals.only_of_all(),
        }
        if signals.contrary and (signals.acts > 0 or min(signals.cover) >= _COVERED_WITHOUT_ACT) and not self._other_things():
            seen["contrary"] = "one says what the other denies"
        alone = ("freedom", "value") if self._one_thing() else ()
        found = {name: words for name, words in seen.items() if words and (self.same >= _NEED[name] or name in alone)}
        if (pair := signals.other_limit) is not None:
            found = {"limit": f"limits: {pair[0].text} | {pair[1].text}", **found}
        return found

    def _conflict(self) -> Verdict:
        signals, why = self.signals, list(self.conflicts.values())
        pair = signals.other_limit
        if pair is not None and len(why) == 1:
            return _limit_verdict(*pair, why)
        if signals.a.modality == signals.b.modality == "R":
            return _verdict("tension", why)
        beyond = [any(x.clause in ("condition", "gate") for x in left) for left in (signals.left_a, signals.left_b)]
        if all(beyond):
            return _verdict("conditional conflict", [*why, "neither condition excludes the other"])
        return _verdict("contradiction", why, "sure" if self._complete() else "likely")

    def _complete(self) -> bool:
        """Both sides are about the same words, none by way of a synonym."""
        return min(self.signals.cover) >= 0.8 and all(x.lemma == y.lemma for x, y in self.signals.found.same)

    def _harmony(self) -> Verdict | None:
        low, (left_a, left_b) = min(self.signals.cover), self.signals.remainders
        if max(left_a, left_b) < 1.0 and low >= 0.5 and self.signals.acts > -1 and not self._narrowed() and not self._other_things():
            sure = "sure" if max(left_a, left_b) == 0 and self._complete() else "likely"
            return _verdict("duplicate (equivalent)", ["act, object, conditions and limits agree"], sure)
        if min(left_a, left_b) < 0.5 and low >= 0.3:
            more = self.signals.left_a if left_a > left_b else self.signals.left_b
            beyond = ", ".join(x.lemma for x in more) or "a limit"
            return _verdict("refines", [f"one says more: {beyond}"])
        return None

    def _narrowed(self) -> bool:
        """One says all that the other says, and for what it holds."""
        signals = self.signals
        left = signals.left_a or signals.left_b
        one_sided = not (signals.left_a and signals.left_b)
        acts = [*signals.a.heads[1:], *signals.b.heads[1:]]
        return one_sided and any(((x.scope or x.added) and not x.act and x.weight == 1.0) or (x.added and x in acts) for x in left)


def _limit_verdict(one: Limit, other: Limit, why: list[str]) -> Verdict:
    if incommensurable(one, other):
        return _verdict("contradiction", [*why, "the units do not convert: which cases differ is not known"])
    (low, high), (from_, to) = one.interval, other.interval
    nested = (low <= from_ and to <= high) or (from_ <= low and high <= to)
    if one.role == "budget" and max(low, from_) <= min(high, to) and nested:
        return _verdict("stricter", why)
    if max(low, from_) > min(high, to) and (one.role == "budget" or {one.operator, other.operator} == {"="}):
        return _verdict("contradiction", [*why, "no value satisfies both"])
    return _verdict("threshold conflict", why, interval=disputed(one, other))


def disputed(one: Limit, other: Limit) -> str:
    """The values on which two limits of one measure differ, in words of the rules."""
    first, second = sorted((one, other), key=lambda limit: limit.value)
    if first.value == second.value:
        return f"exactly {first.text}"
    return f"from {first.text} to {second.text}"


def _verdict(name: VerdictName, why: list[str], confidence: str = "likely", label: Label | None = None, interval: str = "") -> Verdict:
    return Verdict(
        verdict=name,
        label=label or LABEL[name],
        confidence=confidence,  # type: ignore[arg-type]
        why=tuple(why),
        interval=interval,
        resolve=RESOLVE[name],
    )
