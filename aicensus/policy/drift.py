"""What became of a fragment in a prompt: the same words, other words, another rule, less, more, or an older version."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from aicensus.model.policy import Drift, Fragment
from aicensus.policy.wording import first_difference, folded, sentences, words
from aicensus.rules.business import of_business
from aicensus.rules.form import Form, form_of
from aicensus.rules.lexicon import Lexicon
from aicensus.rules.reading import read
from aicensus.rules.verdicts import folded as bare
from aicensus.rules.verdicts import judge

_ALIKE = 0.5
"""Share of words that a sentence and its copy have in common."""
_NEAR = 0.2
"""Share below which two sentences are not asked whether they say the same in other words."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|[$€£¥%]")
_SCOPE = frozenset({"always", "only", "solely", "exclusively", "unless", "except", "all", "every", "both", "either"})
_MODALITY = {"O": "must", "F": "must not", "P": "may", "R": "should"}


def drift(fragment: Fragment, copy: str, older: Iterable[Fragment], lexicon: Lexicon) -> Drift:
    """What a copy is to its fragment; `older` are the versions that it may have been copied from."""
    difference = first_difference(fragment.text, copy)
    if difference is None:
        return Drift(kind="ok")
    for one in older:
        if folded(one.text) == folded(copy):
            return Drift(kind="stale", difference=difference, older=one.key)
    if bare(fragment.text) == bare(copy):
        return Drift(kind="lexical", difference=difference)
    pairs, missing, extra = _aligned(sentences(fragment.text), sentences(copy), lexicon)
    why = tuple(dict.fromkeys(reason for source, said in pairs for reason in changes(source, said, lexicon)))
    added = tuple(said for said in extra if _states(said, lexicon))
    kind = "material" if why else "truncated" if missing else "augmented" if added else "lexical"
    return Drift(kind=kind, why=why, difference=difference, missing=tuple(missing), added=added)  # type: ignore[arg-type]


def _aligned(source: list[str], copy: list[str], lexicon: Lexicon) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """Sentences with their copies, the likest first taken; then those of the source, and of the copy, that are left."""
    scored = [
        (likeness, -i, -j)
        for i, one in enumerate(source)
        for j, other in enumerate(copy)
        if (likeness := like(one, other)) >= _ALIKE or (likeness >= _NEAR and says_the_same(one, other, lexicon))
    ]
    mine: dict[int, int] = {}
    for _, i, j in sorted(scored, reverse=True):
        if -i not in mine and -j not in mine.values():
            mine[-i] = -j
    pairs = [(source[i], copy[j]) for i, j in sorted(mine.items())]
    taken = set(mine.values())
    return pairs, [one for i, one in enumerate(source) if i not in mine], [one for j, one in enumerate(copy) if j not in taken]


def says_the_same(one: str, other: str, lexicon: Lexicon) -> bool:
    """Whether two sentences say one thing, in whatever words."""
    return judge(form_of(one, lexicon), form_of(other, lexicon), lexicon).verdict.startswith("duplicate")


def like(one: str, other: str) -> float:
    """How much of two sentences is the same words in the same order, 0.0 to 1.0."""
    return SequenceMatcher(None, [word.text for word in words(one)], [word.text for word in words(other)], autojunk=False).ratio()


def _states(sentence: str, lexicon: Lexicon) -> bool:
    return of_business(sentence) and bool(read(sentence, lexicon).rules)


def changes(source: str, copy: str, lexicon: Lexicon) -> Iterator[str]:
    """What a sentence says otherwise than its source; nothing when only the wording is another one."""
    if bare(source) == bare(copy):
        return
    a, b = form_of(source, lexicon), form_of(copy, lexicon)
    found = list(_slots(a, b, source, copy))
    yield from found
    if not found and (verdict := judge(a, b, lexicon)).label != "duplicate":
        yield verdict.why[0].partition(":")[0] if verdict.verdict != "review" else "something that the fragment does not say"


def _slots(a: Form, b: Form, source: str, copy: str) -> Iterator[str]:
    if a.modality != b.modality:
        yield f"modality: {_MODALITY[a.modality]} became {_MODALITY[b.modality]}"
    elif (a.negative, a.side_negative) != (b.negative, b.side_negative):
        yield "a negation"
    if _limits(a) != _limits(b):
        yield "a limit"
    elif sorted(_NUMBER.findall(source)) != sorted(_NUMBER.findall(copy)) and not _limits(a):
        yield "a number"
    if _lemmas(a, "exception", "without") != _lemmas(b, "exception", "without"):
        yield "an exception"
    if _lemmas(a, "condition", "gate") != _lemmas(b, "condition", "gate"):
        yield "a condition"
    if _scope(source) != _scope(copy):
        yield "how far it reaches"
    if _bearers(a) != _bearers(b):
        yield "who is bound"
    more, less = _content(b) - _content(a), _content(a) - _content(b)
    if bool(more) != bool(less) and not _limits(a):
        yield "a word that widens it" if less else "a word that narrows it"


def _scope(sentence: str) -> Counter[str]:
    return Counter(word.text for word in words(sentence) if word.text in _SCOPE)


def _limits(form: Form) -> list[tuple[str, float, str]]:
    return sorted((limit.operator, round(limit.value, 6), limit.dimension) for limit in form.limits)


def _lemmas(form: Form, *clauses: str) -> list[str]:
    return sorted(item.lemma for item in form.items if item.clause in clauses)


def _content(form: Form) -> Counter[str]:
    return Counter(item.lemma for item in form.items if item.clause not in ("exception", "without", "condition", "gate"))


def _bearers(form: Form) -> set[str]:
    return {item.role for item in form.items if item.role and item.subject and item.clause == "main"}
