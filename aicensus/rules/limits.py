"""Numbers with units and bounds: `no more than two weeks` is at most 336 hours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from aicensus.rules.lexicon import Lexicon, Unit
from aicensus.rules.words import Token

Operator = Literal["<", "<=", "=", ">=", ">"]

_FILLERS = frozenset(
    {"the", "a", "an", "of", "to", "by", "is", "are", "than", "about", "worth", "its", "be", "for", "with", "in", "have", "has"}
)
_LONGEST_BOUND = 4
BUDGETS = frozenset({"words", "sentences", "characters", "paragraphs", "lines", "pages", "tokens", "bullets"})
"""Dimensions that only measure the assistant's own text."""
_TIME = frozenset({"hours", "business days", "business hours", "months"})
_NOT_COUNTED = frozenset(
    {"or", "and", "of", "to", "in", "a", "the", "for", "at", "on", "by", "is", "are", "not", "off", "per", "with", "from", "as"}
)


@dataclass(slots=True, frozen=True)
class Limit:
    """A bound on a measure: `operator value dimension`, in the dimension's base unit."""

    operator: Operator
    value: float
    dimension: str
    """`hours`, `months`, `business days`, `usd`, `percent`, `words`, ..., or `count of X`."""
    first: int
    """Index of its first token, bound included."""
    last: int
    """Index of its last token."""
    negated: bool = False
    """The bound carries a `no` or `not` of its own, as in `no more than`."""
    text: str = ""

    @property
    def interval(self) -> tuple[float, float]:
        """Allowed values, open ends a little inside."""
        tiny = max(abs(self.value), 1.0) * 1e-9
        match self.operator:
            case "<":
                return -math.inf, self.value - tiny
            case "<=":
                return -math.inf, self.value
            case ">=":
                return self.value, math.inf
            case ">":
                return self.value + tiny, math.inf
        return self.value, self.value

    @property
    def role(self) -> Literal["boundary", "budget"]:
        """A boundary decides who gets what; a budget bounds the assistant's own text."""
        return "budget" if self.dimension in BUDGETS else "boundary"


_ORDINALS = {
    "first": 1.0,
    "second": 2.0,
    "third": 3.0,
    "fourth": 4.0,
    "fifth": 5.0,
    "sixth": 6.0,
    "seventh": 7.0,
    "eighth": 8.0,
    "ninth": 9.0,
    "tenth": 10.0,
}
_NAMED_HOURS = {"noon": 12.0, "midday": 12.0, "midnight": 24.0}
_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTHS = dict(zip(_MONTH_NAMES, (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), strict=True))
"""Days of each month."""
_STARTS = frozenset(
    {*_NAMED_HOURS, "half", "full", "whole", "entire", "quarter", "a", "an", "once", "twice", "every", "each", "end", *_ORDINALS, *_MONTHS}
)
"""Words that are no numbers and can begin a measure."""


def limits(found: list[Token], lexicon: Lexicon) -> list[Limit]:
    """The limits that a list of single-word tokens states, in order. Prefer `found` before phrases are joined."""
    result: list[Limit] = []
    at = 0
    quoted = False
    while at < len(found):
        quoted ^= found[at].text in _QUOTES
        starts = found[at].number is not None or found[at].text in _STARTS
        limit = _limit_at(found, at, lexicon) if starts and not quoted else None
        if limit is None:
            at += 1
            continue
        result.append(limit)
        at = limit.last + 1
    return result


_QUOTES = frozenset({'"', "“", "”"})


def _limit_at(found: list[Token], at: int, lexicon: Lexicon) -> Limit | None:
    if (repeated := _repeated(found, at, lexicon)) is not None:
        return repeated
    if found[at].text in _NAMED_HOURS and _text(found, at - 1) in _BEFORE_HOUR:
        bound, first, negated = _bound_before(found, at, lexicon)
        bound = bound or _HOUR_BOUNDS.get(_text(found, at - 1), "")
        text = " ".join(token.text for token in found[first : at + 1])
        return Limit(_operator(bound), _NAMED_HOURS[found[at].text], "o'clock", first, at, negated, text)
    if (dated := _date(found, at, lexicon)) is not None:
        return dated
    value, after = _value(found, at)
    if value is None:
        if found[at].text in _WHOLES and _text(found, at + 1) in _SUMS:
            return Limit("=", _WHOLES[found[at].text], "percent", at, at, text=found[at].text)
        if found[at].text in _SHARES and _text(found, at + 1) in ("off", "the", "of") and _text(found, at + 2) not in ("a", "an"):
            bound, first, negated = _bound_before(found, at, lexicon)
            return Limit(_operator(bound), _SHARES[found[at].text], "percent", first, at, negated, found[at].text)
        return _bare_unit(found, at, lexicon) or _times(found, at, lexicon)
    if _text(found, at - 1) in _LABELS and found[at].text.isdigit():
        return Limit("=", value, f"name {_text(found, at - 1)}", at - 1, at, text=f"{_text(found, at - 1)} {found[at].text}")
    if value < 10 and found[at].text.isalpha() and (part := _PARTS.get(_text(found, after).removesuffix("s"))):
        bound, first, negated = _bound_before(found, at, lexicon)
        return Limit(_operator(bound), 100.0 * value / part, "percent", first, after, negated, f"{found[at].text} {_text(found, after)}")
    unit, last = _unit(found, after, lexicon)
    if unit is None and _text(found, at) == "one" and _text(found, at - 1) in ("no", "any", "this", "that", "the"):
        return None
    if unit is None and _text(found, at) == "one" and _text(found, at + 1) in ("else", "another", "of", "who", "or", "that"):
        return None
    bound, first, negated = _bound_before(found, at, lexicon)
    if unit is None and (_text(found, after) == "birthday" or found[max(at - 1, 0)].lemma == "turn"):
        last = after if _text(found, after) == "birthday" else after - 1
        return Limit(_operator(bound), value, "years of age", first, last, negated, " ".join(t.text for t in found[first : last + 1]))
    if unit is None and (clock := _clock(found, at, after, value)) is not None:
        unit, (value, last) = Unit("o'clock", 1.0), clock
        bound = bound or _HOUR_BOUNDS.get(_text(found, at - 1), "")
    trailing, end = _bound_after(found, last + 1, lexicon)
    if trailing and (bound in ("", "=") or bound == trailing):
        bound, last = trailing, end
    ordinal = found[at].text.endswith(("st", "nd", "rd", "th")) or found[at].text in _ORDINALS
    if unit is None and ordinal and not (bound == ">=" and _counted(found, after, lexicon) not in (None, "day")):
        unit, last = Unit("day of the month", 1.0), after - 1
    if unit is None:
        counted = _counted(found, after, lexicon)
        if counted is None and not bound:
            return None  # `Table 2`, `one of them`: a name, no measure
        dimension, factor = f"count of {counted or ''}".rstrip(), 1.0
        if counted and not bound and (after_noun := _bound_after(found, after + 1, lexicon))[0]:
            bound, last = after_noun
    else:
        dimension, factor = unit
    if _text(found, last + 1) in ("old", "olds", "older", "young", "younger") or _older(found, first, at) or _under_16s(found, at):
        dimension = "years of age"
        factor = 1.0
    if bound == "<=" and dimension in _TIME and _ahead(found, first, last):
        bound = ">="
    text = " ".join(token.text for token in found[first : last + 1])
    return Limit(_operator(bound), value * factor, dimension, first, last, negated, text)


def _date(found: list[Token], at: int, lexicon: Lexicon) -> Limit | None:
    """`31 March`, `March 31`, `the end of March`: a day of the year, counted in days of 31 to the month."""
    if found[at].text == "end" and _text(found, at + 1) == "of" and _text(found, at + 2) in _MONTHS:
        month, day, last = _text(found, at + 2), float(_MONTHS[_text(found, at + 2)]), at + 2
    elif (number := found[at].number) is not None and number <= 31 and not found[at].text.isalpha():
        last = at + 2 if _text(found, at + 1) == "of" else at + 1
        month, day = _text(found, last), number
    elif found[at].text in _MONTHS and at + 1 < len(found) and (number := found[at + 1].number) is not None and number <= 31:
        month, day, last = found[at].text, number, at + 1
    else:
        return None
    if month not in _MONTHS:
        return None
    bound, first, negated = _bound_before(found, at, lexicon)
    bound = bound or _HOUR_BOUNDS.get(_text(found, at - 1), "")
    value = 31.0 * list(_MONTHS).index(month) + day
    return Limit(_operator(bound), value, "date", first, last, negated, " ".join(token.text for token in found[first : last + 1]))


def _ahead(found: list[Token], first: int, last: int) -> bool:
    """`up to two days before departure` is at least two days ahead; `within two days before` is not."""
    follows = (_text(found, last + 1), _text(found, last + 2))
    before = follows[0] in ("before", "ahead", "prior") or follows == ("in", "advance")
    return before and found[first].text not in ("within", "during", "in")


def _clock(found: list[Token], at: int, after: int, value: float) -> tuple[float, int] | None:
    """Hour of the day and the last token of it: `8 pm`, `until ten`, `by eleven in the morning`."""
    follows = _text(found, after)
    if follows == ":" and after + 1 < len(found) and (minutes := found[after + 1].number) is not None and value < 24:
        return value + minutes / 60, after + 1
    if follows in _CLOCK:
        return value + (12.0 if follows.startswith("p") and value < 12 else 0.0), after
    if _text(found, at - 1) not in _BEFORE_HOUR or value > 24 or (follows not in _AFTER_HOUR and found[after].is_word):
        return None
    part = " ".join(_text(found, i) for i in range(after, after + 3))
    for words, later in _PARTS_OF_DAY.items():
        if part.startswith(words):
            return value + (12.0 if later and value < 12 else 0.0), after + words.count(" ")
    return value, after - 1


def _older(found: list[Token], first: int, at: int) -> bool:
    """`at least 18 years` of a person is an age only where words of age stand there."""
    return any(found[i].text in ("older", "younger", "aged", "age") for i in range(max(first - 1, 0), at))


def _under_16s(found: list[Token], at: int) -> bool:
    return _text(found, at - 1) in ("under", "over") and _text(found, at + 1) == "s"


def _operator(bound: str) -> Operator:
    return bound or "="  # type: ignore[return-value]


def _text(found: list[Token], at: int) -> str:
    return found[at].text if 0 <= at < len(found) else ""


def _value(found: list[Token], at: int) -> tuple[float | None, int]:
    """The number that starts at a token, number words put together, and the index after it."""
    token = found[at]
    if token.number is None:
        if token.text in ("half", "quarter") and _text(found, at + 1) in ("an", "a", "of", "off", "the"):
            return _fraction(found, at)
        if token.text in _ORDINALS and (_text(found, at + 1) in ("time", "birthday") or _text(found, at - 2) == "from"):
            return _ORDINALS[token.text], at + 1
        if token.text in _ORDINALS and (_text(found, at + 1), _text(found, at + 3)) == ("of", "month"):
            return _ORDINALS[token.text], at + 1
        return None, at
    total, current, at = 0.0, token.number, at + 1
    while at < len(found):
        number = found[at].number
        if number is None or not found[at].text.isalpha() or number == current:
            break
        if number in (100.0, 1000.0, 1000000.0):
            current *= number
        elif current % 10 == 0 and current >= 20 and number < current:
            current += number
        else:
            break
        at += 1
    total += current
    return total, at


def _fraction(found: list[Token], at: int) -> tuple[float | None, int]:
    share = 0.5 if found[at].text == "half" else 0.25
    following = [_text(found, at + 1), _text(found, at + 2)]
    if following == ["of", "a"] and _text(found, at + 3) in ("year", "day"):
        return share, at + 3
    if following[0] in ("off", "of", "the") and following[1] not in ("an", "a"):
        return None, at
    if following[0] == "an" and following[1] == "hour":
        return share, at + 2
    if following == ["of", "an"] and _text(found, at + 3) == "hour":
        return share, at + 3
    if following[0] == "a" and following[1] in ("year", "day"):
        return share, at + 2
    return None, at


def _unit(found: list[Token], at: int, lexicon: Lexicon) -> tuple[Unit | None, int]:
    for length in (3, 2, 1):
        words = tuple(token.text for token in found[at : at + length])
        unit = lexicon.units.get(words) if len(words) == length else None
        if unit is not None:
            if (
                unit.dimension == "times"
                and length == 1
                and words[0] == "time"
                and _text(found, at + 1) not in ("", ".", ",", "a", "per", "in")
            ):
                continue
            return unit, at + length - 1
    if _text(found, at) in ("full", "consecutive", "whole", "more", "short", "further", "additional", "english", "simple", "normal"):
        return _unit(found, at + 1, lexicon)
    return None, at - 1


def _counted(found: list[Token], at: int, lexicon: Lexicon) -> str | None:
    """The noun that a bare number counts: the last word of up to two that follow it."""
    for token in found[at : at + 4]:
        if not token.is_word or token.text in _NOT_COUNTED or token.number is not None:
            return None
        if token.text not in _RANKS:
            verb = token.text in FINITE_WORDS or token.text in lexicon.may
            return None if verb or (token.text in lexicon.verbs and token.text not in lexicon.nouns_too) else token.lemma
    return None


FINITE_WORDS = frozenset(
    {"is", "are", "can", "cannot", "must", "may", "will", "should", "has", "have", "was", "were", "need", "get", "do", "does"}
)
_RANKS = frozenset({"most", "recent", "last", "first", "next", "previous", "other", "further", "more", "additional", "different"})
_SUMS = frozenset({"price", "fare", "fee", "rate", "cost", "amount", "sum", "bill", "course", "charge", "loss", "order"})
_WHOLES = {"half": 50.0, "full": 100.0, "whole": 100.0, "entire": 100.0}
_SHARES = {"half": 50.0, "third": 100.0 / 3, "quarter": 25.0}
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_ARTICLES = frozenset({"a", "an"})
_BEFORE_HOUR = frozenset({"until", "till", "by", "at", "from", "before", "after", "past", "than"})
_HOUR_BOUNDS = {"until": "<=", "till": "<=", "by": "<=", "before": "<=", "from": ">=", "after": ">=", "past": ">="}
_AFTER_HOUR = frozenset({"", ".", ",", ";", "in", "at", "on", "and", "or", "every", "each", "only", "to"})
_PARTS_OF_DAY = {"in the morning": False, "in the afternoon": True, "in the evening": True, "at night": True}
_CLOCK = frozenset({"am", "pm", "a.m", "p.m", "o'clock", "uhr"})


def _repeated(found: list[Token], at: int, lexicon: Lexicon) -> Limit | None:
    """How often: `every day`, `every second week`, `once a month`, `once every 30 days`."""
    start = at
    if found[at].text in ("once", "twice") and _text(found, at + 1) in ("a", "an", "per", "every", "each", "in"):
        at += 2 if _text(found, at + 1) == "in" and _text(found, at + 2) in _ARTICLES else 1
    elif found[at].text not in ("every", "each"):
        return None
    share = 0.5 if found[start].text == "twice" else 1.0
    times, after = 1.0, at + 1
    if _text(found, after) in ("second", "other", "third") and found[at].text == "every":
        times, after = 3.0 if _text(found, after) == "third" else 2.0, after + 1
    elif after < len(found) and found[after].number is not None:
        number, after = _value(found, after)
        times = number or 1.0
    unit, last = _unit(found, after, lexicon) if after < len(found) else (None, after)
    if unit is None or unit.dimension not in _TIME:
        return None
    text = " ".join(token.text for token in found[start : last + 1])
    return Limit("=", times * share * unit.factor, f"repeat {unit.dimension}", start, last, text=text)


def _bare_unit(found: list[Token], at: int, lexicon: Lexicon) -> Limit | None:
    """`a week`, `within an hour`, `the next working day`: one of a unit of time; `a month` after a sum is its frequency."""
    if found[at].text not in _ARTICLES:
        return None
    unit, last = _unit(found, at + 1, lexicon)
    if unit is None or unit.dimension not in _TIME:
        return None
    bound, first, negated = _bound_before(found, at, lexicon)
    before = found[at - 1] if at else None
    follows = _text(found, last + 1)
    if (
        not bound
        and follows not in ("after", "before", "ahead", "in", "has", "have", "prior", "earlier", "later")
        and _text(found, at - 1) not in _DURATION
    ):
        return None
    if before is not None and (before.number is not None or before.text in ("times", "once", "twice")):
        return None
    return Limit(_operator(bound), unit.factor, unit.dimension, first, last, negated, " ".join(t.text for t in found[first : last + 1]))


_DURATION = frozenset(
    ["for", "in", "last", "lasts", "take", "takes", "run", "runs", "stay", "stays", "wait", "waits", "is", "are", "have", "has", "of"]
)
_LABELS = frozenset(
    [
        *(
            "priority",
            "level",
            "class",
            "tier",
            "zone",
            "grade",
            "stage",
            "step",
            "phase",
            "category",
            "type",
            "version",
            "hall",
            "section",
        ),
        *(
            "room",
            "table",
            "gate",
            "line",
            "group",
            "team",
            "floor",
            "platform",
            "terminal",
            "chapter",
            "article",
            "form",
            "severity",
            "section",
        ),
    ]
)
"""Nouns that a number names one of: `priority 1`."""
_END_MARKS = frozenset({"", ".", ",", ";", "!", ")", "and", "at", "for", "per", "a", "in", "by", "within", "not", "to", "on", "with"})


def _times(found: list[Token], at: int, lexicon: Lexicon) -> Limit | None:
    """`once`, `twice`: how often; `once the parcel has arrived` is a condition."""
    text = found[at].text
    if text not in ("once", "twice") or _text(found, at + 1) not in _END_MARKS or (at == 0 and text == "once"):
        return None
    follows = (_text(found, at + 1), _text(found, at + 2))
    if follows[0] in ("a", "per", "every") or (follows[0] == "in" and follows[1] == "a"):
        return None
    bound, first, negated = _bound_before(found, at, lexicon)
    return Limit(_operator(bound), 1.0 if text == "once" else 2.0, "times", first, at, negated, text)


def _bound_before(found: list[Token], at: int, lexicon: Lexicon) -> tuple[str, int, bool]:
    """Operator, index of the first token of the bound (of the number when there is none), and whether it carries a negation."""
    table = lexicon.bounds_before
    for skip in (0, 1, 2):
        if skip and not all(_text(found, at - 1 - i) in _FILLERS for i in range(skip)):
            break
        end = at - skip
        for length in range(_LONGEST_BOUND, 0, -1):
            start = end - length
            if start < 0:
                continue
            words = tuple(token.text for token in found[start:end])
            operator = table.get(words)
            if operator is not None:
                return operator, start, words[0] in ("no", "not", "never")
    return "", at, False


def _bound_after(found: list[Token], at: int, lexicon: Lexicon) -> tuple[str, int]:
    for length in range(4, 0, -1):
        words = tuple(token.text for token in found[at : at + length])
        if len(words) == length and words in lexicon.bounds_after:
            return lexicon.bounds_after[words], at + length - 1
    return "", at - 1
