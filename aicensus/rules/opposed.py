"""Rules that only their subject brings together: one grants under a condition what another one refuses under its own.

They may have no other word in common: `offer a credit to customers at risk`, `credits are ineligible below 20 % margin`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product

from aicensus.model.rules import Verdict
from aicensus.rules.align import align
from aicensus.rules.form import Form
from aicensus.rules.lexicon import Lexicon
from aicensus.rules.signals import Signals
from aicensus.rules.subjects import Subjects
from aicensus.rules.verdicts import LABEL, RESOLVE

_MOST = 25
"""Rules of one subject and direction that are compared with those of the other one."""


def opposed(forms: Sequence[Form], decided: Sequence[Sequence[str]], subjects: Subjects) -> Iterator[tuple[int, int]]:
    """Yield pairs of rules, by their places and the smaller one first, of which one grants what the other refuses.

    `decided` gives the subjects of each rule; a rule on a wider subject speaks of the narrower ones too.
    """
    sides: dict[tuple[str, int], list[int]] = defaultdict(list)
    narrower = {wide: name for name, wide in subjects.wider.items()}
    for number, (form, names) in enumerate(zip(forms, decided, strict=True)):
        way = subjects.direction(form)
        if way < 0 and _only_caps(form):
            continue
        for name in {*names, *(narrower[name] for name in names if name in narrower)}:
            side = sides[name, way]
            if len(side) < _MOST:
                side.append(number)
    grants = {name: side for (name, way), side in sides.items() if way > 0}
    found = {(min(pair), max(pair)) for name, side in grants.items() for pair in product(side, sides.get((name, -1), ()))}
    yield from sorted(found)


def clash(one: Form, other: Form, lexicon: Lexicon) -> Verdict | None:
    """The verdict on two opposed rules; None where neither has a condition, or where they are about cases that never meet."""
    signals = Signals(align(one, other, lexicon), lexicon)
    conditional = any(form.limits or form.of("condition", "gate") for form in (one, other))
    if not conditional or _limits_apart(one, other) or signals.other_cases or signals.room:
        return None
    return Verdict(
        verdict="conditional conflict",
        label=LABEL["conditional conflict"],
        confidence="likely",
        why=("one grants what the other refuses", "neither condition excludes the other"),
        resolve=RESOLVE["conditional conflict"],
    )


def _only_caps(form: Form) -> bool:
    """Whether a rule refuses only what is above a limit: it bounds what others grant and does not deny it."""
    return any(limit.operator[0] == ">" for limit in form.limits) and not form.of("condition", "gate")


def _limits_apart(one: Form, other: Form) -> bool:
    """Whether a measure of both divides their cases: `approve up to 100`, `refuse above 100`."""
    return any(
        x.dimension == y.dimension
        and {x.operator[0], y.operator[0]} == {"<", ">"}
        and max(x.interval[0], y.interval[0]) >= min(x.interval[1], y.interval[1])
        for x, y in product(one.limits, other.limits)
    )
