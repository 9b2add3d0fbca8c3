"""Two normal forms side by side: which words say the same, which the contrary, what is left on each side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from aicensus.rules.form import Form, Item
from aicensus.rules.lexicon import Lexicon
from aicensus.rules.limits import Limit

MEASURED = 0.4
"""How much a limit of the same measure says about the question, in words with content."""


PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non")


@dataclass(slots=True)
class Alignment:
    a: Form
    b: Form
    same: list[tuple[Item, Item]] = field(default_factory=list)
    opposed: list[tuple[Item, Item]] = field(default_factory=list)
    """One denies what the other says."""
    exclusive: list[tuple[str, Item, Item]] = field(default_factory=list)
    """Two values of one attribute."""
    left_a: list[Item] = field(default_factory=list)
    left_b: list[Item] = field(default_factory=list)
    limits: list[tuple[Limit, Limit]] = field(default_factory=list)
    """Limits of one measure."""
    limits_a: list[Limit] = field(default_factory=list)
    limits_b: list[Limit] = field(default_factory=list)

    @property
    def matched(self) -> float:
        pairs = [*self.same, *self.opposed, *((x, y) for _, x, y in self.exclusive)]
        return sum((x.weight + y.weight) / 2 for x, y in pairs)

    def coverage(self, side: str) -> float:
        """Share of a side's content that the other one also speaks of."""
        items = self.a.items if side == "a" else self.b.items
        left = self.left_a if side == "a" else self.left_b
        own = self.limits_a if side == "a" else self.limits_b
        total = sum(item.weight for item in items) + MEASURED * (len(self.limits) + len(own))
        return 1.0 - (sum(item.weight for item in left) + MEASURED * len(own)) / total if total else 0.0


def align(a: Form, b: Form, lexicon: Lexicon) -> Alignment:
    result = Alignment(a, b, left_a=list(a.items), left_b=list(b.items))
    _take(result, result.same, lambda x, y: x.lemma == y.lemma and x.subject == y.subject)
    _take(result, result.same, lambda x, y: x.lemma == y.lemma)
    if any(item.clause == "without" for item in (*a.items, *b.items)):
        _take(result, result.same, _both_lacking)
    _take(result, result.opposed, _deny)
    _take(
        result, result.same, lambda x, y: bool(x.token.meaning.denies & y.token.meaning.denies) or (_share(x, y) and x.subject == y.subject)
    )
    _take(result, result.same, _share)
    _exclude(result)
    _parts(result)
    _limits(result, lexicon)
    return result


def _take(result: Alignment, into: list[tuple[Item, Item]], fits: Callable[[Item, Item], bool]) -> None:
    for x in list(result.left_a):
        for y in result.left_b:
            if fits(x, y):
                into.append((x, y))
                result.left_a.remove(x)
                result.left_b.remove(y)
                break


def _share(x: Item, y: Item) -> bool:
    one, other = x.token.meaning, y.token.meaning
    return bool(one.concepts & other.concepts or one.values & other.values)


def _deny(x: Item, y: Item) -> bool:
    one, other = x.token.meaning, y.token.meaning
    if one.denies & other.denies or one.concepts & other.concepts:
        return False
    return bool(one.denies & other.concepts or other.denies & one.concepts) or _prefixed(x.lemma, y.lemma) or _prefixed(y.lemma, x.lemma)


def _prefixed(denied: str, word: str) -> bool:
    """`unmarried` denies `married`."""
    return len(word) > 3 and denied.endswith(word) and denied[: -len(word)].rstrip("-") in PREFIXES


def _both_lacking(x: Item, y: Item) -> bool:
    """`without a signature` is `unsigned`."""
    pairs = ((x, y), (y, x))
    return any(one.clause == "without" and (_prefixed(other.lemma, one.lemma) or _same_stem(other, one)) for one, other in pairs)


def _same_stem(denied: Item, word: Item) -> bool:
    """`unsigned` denies the stem of `signature`."""
    prefix = next((prefix for prefix in PREFIXES if denied.lemma.startswith(prefix)), "")
    rest = denied.lemma[len(prefix) :].lstrip("-")
    return (
        bool(prefix) and len(rest) > 3 and any(concept.endswith(f":{rest}") or concept == rest for concept in word.token.meaning.concepts)
    )


def _exclude(result: Alignment) -> None:
    """Values of one attribute: only where neither side also speaks of the other's value."""
    for x in list(result.left_a):
        for y in result.left_b:
            if (x.clause == "main") != (y.clause == "main"):
                continue
            if (
                x.role
                and y.role
                and x.charge
                and y.charge
                and not x.added
                and not y.added
                and not set(x.role.split()) & set(y.role.split())
            ):
                result.exclusive.append(("person_in_charge", x, y))
                result.left_a.remove(x)
                result.left_b.remove(y)
                break
            attributes = {name for name, _ in x.token.meaning.values} & {name for name, _ in y.token.meaning.values}
            if not (x.charge and y.charge):
                attributes.discard("person_in_charge")
            for name in sorted(attributes):
                if {n for a, n in x.token.meaning.values if a == name}.isdisjoint({n for a, n in y.token.meaning.values if a == name}):
                    result.exclusive.append((name, x, y))
                    break
            else:
                continue
            result.left_a.remove(x)
            result.left_b.remove(y)
            break


def _parts(result: Alignment) -> None:
    """A phrase on one side may stand against words that the other side has anyway: `late delivery` against `late`, `delivery`."""
    for left, others in ((result.left_a, result.b.items), (result.left_b, result.a.items)):
        for item in list(left):
            if any(_share(item, other) for other in others) or _is_part(item, others):
                left.remove(item)


def _is_part(item: Item, others: list[Item]) -> bool:
    """All words of it stand there: `date` stands there beside `date`, not beside `date of birth`."""
    there = {word for other in others for word in other.lemma.split()}
    if " " in item.lemma:
        return there.issuperset(word for word in item.lemma.split() if word != "of")
    return item.lemma in there


def _limits(result: Alignment, lexicon: Lexicon) -> None:
    left_b = list(result.b.limits)
    for exact in (True, False):
        for one in list(result.a.limits) if exact else [x for x in result.a.limits if all(x is not p for p, _ in result.limits)]:
            for other in left_b:
                if comparable(one, other, lexicon) and (not exact or one.value == other.value):
                    result.limits.append((one, other))
                    left_b.remove(other)
                    break
    paired = [x for x, _ in result.limits]
    result.limits_a = [x for x in result.a.limits if all(x is not p for p in paired)]
    result.limits_b = left_b


_FAMILIES = (
    frozenset({"hours", "months", "business days", "business hours"}),
    frozenset({"usd", "eur", "gbp", "jpy", "chf", "inr"}),
)


def comparable(one: Limit, other: Limit, lexicon: Lexicon) -> bool:
    """Of one dimension, or of dimensions of one kind that nothing converts."""
    if one.dimension == other.dimension:
        return True
    if one.dimension.startswith("count") and other.dimension.startswith("count"):
        if "count of" in (one.dimension, other.dimension) or one.value == other.value:
            return True
        nouns = [lexicon.word(limit.dimension.removeprefix("count of ")).concepts for limit in (one, other)]
        return bool(nouns[0] & nouns[1])
    if {one.dimension, other.dimension} == {"count of", "years of age"}:
        return True
    if {one.dimension, other.dimension} <= {"times", "count of time", "count of"}:
        return True
    return any(one.dimension in family and other.dimension in family for family in _FAMILIES)
