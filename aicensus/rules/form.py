"""A rule's normal form: who must, may or must not do what, when, within which limits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from aicensus.model.rules import Clause, Modality
from aicensus.rules.clauses import FINITE, PREPOSITIONS, clauses
from aicensus.rules.heads import BE, ENTITLING, main_act
from aicensus.rules.idioms import spoken
from aicensus.rules.lexicon import Lexicon
from aicensus.rules.limits import Limit, limits
from aicensus.rules.polarity import denied, stretches
from aicensus.rules.words import Token, joined, tokens

_BEFORE_VERB = frozenset(
    [
        ",",
        ";",
        ":",
        "and",
        "or",
        "then",
        "not",
        "never",
        "to",
        "must",
        "may",
        "can",
        "will",
        "shall",
        "should",
        "always",
        "please",
        "only",
        "you",
        "we",
        "they",
        "it",
        "might",
        "also",
        "cannot",
        "could",
    ]
)
_BEFORE_TO = frozenset(
    [
        "have",
        "has",
        "need",
        "needs",
        "is",
        "are",
        "allowed",
        "sure",
        "required",
        "free",
        "remember",
        "try",
        "want",
        "able",
        "entitled",
        "aim",
    ]
)
_BEFORE_NOUN = frozenset({"the", "a", "an", "of", "for", "in", "with", "their", "your", "our"})
_IRREGULAR = frozenset({"sent", "given", "paid", "kept", "sold", "told", "made", "go", "need", "get"})
_PHRASE_ENDS = PREPOSITIONS | {"to", "about", "and", "or", "only", "not", "via", "through", "as", "of"}
_PRONOUNS = frozenset({"they", "it", "this", "these", "those", "he", "she"})
_QUOTED = re.compile(r"[\"“]([^\"“”]+)[\"”]")
_WIDE = frozenset({"anywhere", "everywhere", "any", "anytime", "unlimited"})
_NO_CHARGE = frozenset({"with", "for", "about", "in", "on", "at", "under", "against"})
_NARROWING = frozenset({"in", "to", "of", "for", "at", "on", "with", "under", "during", "outside"})
_SIDE = frozenset({"condition", "gate"})
_COMMON, _ASIDE = 0.4, 0.3


@dataclass(slots=True)
class Item:
    """One word or phrase with content."""

    token: Token
    clause: Clause
    index: int
    act: bool
    """It can say what is done."""
    weight: float
    added: bool
    """It stands after `and`, `or` or `with`: a further thing rather than another word for the same."""
    scope: bool = False
    """In a phrase that narrows: `in headlines`, `to visitors`, `of other brands`."""
    charge: bool = True
    """It may name who acts or decides: the subject, or after `by`, `to`, `from`, `of`; not `disputes with landlords`."""
    role: str = ""
    """Who, where it names somebody in charge: `examination office`."""
    subject: bool = False
    """Before the main act, or in a condition: it says whom or what the rule is about, not what is done."""
    denied: bool = False
    """The stretch of the sentence that it stands in is denied."""

    @property
    def lemma(self) -> str:
        return self.token.lemma


@dataclass(slots=True)
class Form:
    text: str
    words: list[str]
    """Of the text, as they stand there, in lower case."""
    items: list[Item] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    modality: Modality = "O"
    negative: bool = False
    """The main clause is denied: an odd number of negations."""
    side_negative: bool = False
    """The conditions are denied."""
    denied_first: bool = False
    """The negation of the main clause belongs to its order: `not before`, `not until`."""
    only: bool = False
    others: bool = False
    """It speaks of what is not named: `any other`, `anything else`."""
    universal: bool = False
    """It says that nothing changes it: `whatever the reason`, `always`."""
    pronoun: bool = False
    """Its subject is a word that stands for another: `they`, `it`."""
    default: bool = False
    """It leaves room: `normally`, `by default`."""
    optional: bool = False
    """It leaves open whether something is done."""
    asked: bool = False
    """It is about what is done when somebody asks for it."""
    unasked: bool = False
    gated: bool = False
    """It holds only after or only if something else: `only after`, `not until`."""
    heads: list[Item] = field(default_factory=list)
    """What is to be done, the main act first."""
    objects: list[Item] = field(default_factory=list)
    """What the main act is done to: the words of one compound."""
    doers: list[Item] = field(default_factory=list)
    """Who does the main act, where the rule says so: the subject of a verb, or what stands after `by`."""
    receivers: list[Item] = field(default_factory=list)
    """To whom the main act goes: what stands after `to`."""
    wide: bool = False
    """It holds `anywhere`, for `any`, at `any time`."""
    first: list[Item] = field(default_factory=list)
    """What comes first, where the rule sets an order."""
    second: list[Item] = field(default_factory=list)
    quoted: frozenset[str] = frozenset()
    """What stands in double quotes."""
    holes: tuple[str, ...] = ()
    """Template variables."""

    @property
    def head(self) -> Item | None:
        return self.heads[0] if self.heads else None

    def of(self, *kinds: Clause) -> list[Item]:
        return [item for item in self.items if item.clause in kinds]


def form_of(text: str, lexicon: Lexicon, *, forbidden: bool = False) -> Form:
    """The normal form of a rule. `forbidden`: it stands under a heading that forbids."""
    single = tokens(text, lexicon)
    found = limits(single, lexicon)
    measured = {i for limit in found for i in range(limit.first, limit.last + 1)}
    measured |= {i + 1 for i, token in enumerate(single[:-1]) if token.is_hole and (single[i + 1].text,) in lexicon.units}
    said = spoken([token for i, token in enumerate(single) if i not in measured], lexicon)
    whole = joined(said.tokens, lexicon)
    kinds = clauses(whole, lexicon)
    form = Form(
        text, text.lower().split(), limits=_bounded(found, single), only=said.only, holes=tuple(t.text for t in single if t.is_hole)
    )
    form.quoted = frozenset(quote.lower() for quote in _QUOTED.findall(text))
    act, own_of = main_act(whole, kinds, lexicon), stretches(whole, kinds)
    _modality(whole, kinds, form, lexicon, own=_main_stretch(kinds, own_of, act), permitted=said.permitted)
    form.items = list(_items(whole, kinds, denied(whole, kinds, own_of, lexicon), lexicon))
    _acts(whole, kinds, form, act)
    _asking(form)
    _order(whole, kinds, form)
    if forbidden:
        form.negative = not form.negative
        form.modality = "F" if form.negative else "O"
        for item in form.of("main"):
            item.denied = not item.denied
    return form


def _bounded(found: list[Limit], single: list[Token]) -> list[Limit]:
    """`the minimum term is one year`: the word bounds the number although it stands apart."""
    words = {token.text for token in single}
    if "minimum" in words:
        return [replace(one, operator=">=") if one.operator == "=" else one for one in found]
    return [replace(one, operator="<=") if one.operator == "=" else one for one in found] if "maximum" in words else found


def _modality(whole: list[Token], kinds: list[Clause], form: Form, lexicon: Lexicon, *, own: list[int], permitted: bool) -> None:
    main = [token.text for token, kind in zip(whole, kinds, strict=True) if kind == "main"]
    denying = [whole[at].text for at in own if not _denies_within(whole, at, lexicon)]
    words, every = set(main), {token.text for token in whole}
    line = f" {' '.join(token.text for token in whole)} "
    denied = lexicon.count(" ".join(denying), lexicon.negators) % 2 == 1
    form.optional = any(f" {words} " in line for words in lexicon.freedoms)
    form.universal = "universal" in kinds or not lexicon.absolutes.isdisjoint(words)
    form.pronoun = bool(main) and main[0] in _PRONOUNS
    form.wide = not denied and not every.isdisjoint(_WIDE)
    form.optional |= not denied and not lexicon.may.isdisjoint(words) and any(t.lemma in lexicon.omissions for t in whole if t.is_word)
    form.default = any(f" {words} " in line for words in lexicon.defaults)
    form.only = form.only or not lexicon.onlys.isdisjoint(words) or "only" in every
    form.others = not every.isdisjoint({"other", "others", "else"})
    form.gated = "gate" in kinds and ("only" in every or not denied)
    form.negative = denied
    if denied and ("without" in kinds or _gates(whole, kinds)):
        # `not before B` and `not without B` ask for B first: nothing is forbidden for good.
        form.gated, form.negative, form.denied_first = True, False, True
    elif denied and "exception" in kinds:
        form.gated = True
    beside = [token.text for token, kind in zip(whole, kinds, strict=True) if kind in _SIDE]
    form.side_negative = lexicon.count(" ".join(beside), lexicon.negators) % 2 == 1
    may = permitted or not lexicon.may.isdisjoint(words)
    form.modality = "F" if form.negative else "P" if may else "R" if not lexicon.weak.isdisjoint(words) else "O"


def _main_stretch(kinds: list[Clause], own_of: list[int], act: int | None) -> list[int]:
    """Places of the stretch of the main clause that the main act stands in: `write short, do not repeat yourself` denies no writing."""
    return [i for i, kind in enumerate(kinds) if kind == "main" and (act is None or own_of[i] == own_of[act])]


def _denies_within(whole: list[Token], at: int, lexicon: Lexicon) -> bool:
    """Whether a negation denies a noun or is part of a phrase with a meaning of its own: `tickets with no reply`, `at no cost`."""
    token = whole[at]
    if " " in token.text:
        return token.text.partition(" ")[0] in ("no", "not", "without", "at") and bool(token.meaning.concepts)
    return token.text == "no" and at > 0 and whole[at - 1].text in ("with", "of", "for", "from") and whole[0] is not whole[at - 1]


def _gates(whole: list[Token], kinds: list[Clause]) -> bool:
    """Whether a gate holds back: `not until X`, `not before X has happened`; `no text before the list` is about a place."""
    gate = [token for token, kind in zip(whole, kinds, strict=True) if kind == "gate"]
    return bool(gate) and (gate[0].text != "before" or any(token.meaning.act for token in gate))


def _items(whole: list[Token], kinds: list[Clause], refused: list[bool], lexicon: Lexicon) -> list[Item]:
    items: list[Item] = []
    for index, token in enumerate(whole):
        if not token.is_word or token.is_hole or token.number is not None or token.text in lexicon.light or token.lemma in lexicon.light:
            continue
        concepts = token.meaning.concepts
        item = Item(
            token,
            kinds[index],
            index,
            act=token.meaning.act or token.lemma in lexicon.verbs,
            weight=_COMMON if token.lemma in lexicon.common_words and concepts & lexicon.common else 1.0,
            added=_is_added(whole, index),
            scope=_opened_by(whole, index, _NARROWING),
            charge=not _opened_by(whole, index, _NO_CHARGE),
            denied=refused[index],
        )
        if kinds[index] in ("reason", "universal"):
            item.weight *= _ASIDE
        if token.lemma.rpartition(" ")[2] in lexicon.roles or any(name == "person_in_charge" for name, _ in token.meaning.values):
            before = items[-1] if items and items[-1].index == index - 1 else None
            item.role = f"{before.lemma} {token.lemma}" if before else token.lemma
        items.append(item)
    return items


def _is_added(whole: list[Token], index: int) -> bool:
    before = {token.text for token in whole[max(index - 2, 0) : index]}
    return not before.isdisjoint({"and", "or", "with", "by", "plus"}) or (index + 1 < len(whole) and whole[index + 1].text in ("and", "or"))


def _opened_by(whole: list[Token], index: int, words: frozenset[str]) -> bool:
    """Whether the nearest word before that opens a phrase is one of these."""
    for token in reversed(whole[max(index - 3, 0) : index]):
        if token.text in words:
            return True
        if not token.is_word or token.text in PREPOSITIONS:
            return False
    return False


def _acts(whole: list[Token], kinds: list[Clause], form: Form, at: int | None) -> None:
    """The main act, what it is done to, and which items stand before it."""
    finite = next((i for i, token in enumerate(whole) if token.text in FINITE and kinds[i] == "main"), 0)
    main = form.of("main")
    head = next((item for item in main if item.index == at), None)
    if head is not None:
        later = [item for item in main if item.index > head.index and item.act and _verbal(whole, item.index)]
        form.heads = [head, *later]
    form.objects = _object(whole, form, at)
    if at is not None:
        _parties(whole, form, at)
    for item in form.items:
        item.subject = item.clause in ("condition", "gate", "exception") or item.index < (finite if at is None else at)


def _asking(form: Form) -> None:
    """Whether it is about what is done on request, or unasked."""
    values = {value for item in form.items for value in item.token.meaning.values}
    beside = form.of("condition", "gate", "exception")
    form.unasked = ("initiative", 0) in values
    form.asked = ("initiative", 1) in values or any("act:ask" in item.token.meaning.concepts for item in beside)


def _parties(whole: list[Token], form: Form, at: int) -> None:
    """Who acts and to whom the act goes."""
    passive = any(token.text in BE for token in whole[max(at - 2, 0) : at])
    before = [item for item in form.of("main") if item.index < at]
    form.doers = _phrase(whole, form, "by", at) if passive else before
    form.receivers = _phrase(whole, form, "to", at - 1)


def _phrase(whole: list[Token], form: Form, word: str, after: int) -> list[Item]:
    """The words that a preposition after a place opens: `by the branch manager`."""
    start = next((i for i, token in enumerate(whole) if i > after and (token.text == word or token.text.endswith(f" {word}"))), None)
    if start is None:
        return []
    end = next((i for i in range(start + 1, len(whole)) if not whole[i].is_word or whole[i].text in _PHRASE_ENDS), len(whole))
    return [item for item in form.of("main") if start < item.index < end]


def _verbal(whole: list[Token], index: int) -> bool:
    """Whether a word that can be a verb is one here: first in the sentence, after a modal, a negation, `be` or a subject."""
    before = whole[index - 1].text if index else ""
    if index == 0 or before in _BEFORE_VERB:
        return not (before == "to" and index > 1 and whole[index - 2].text not in _BEFORE_TO)
    text = whole[index].text
    if before in BE or text in _IRREGULAR:
        return True
    return text.endswith(("ed", "s")) and not text.endswith("ss") and before not in _BEFORE_NOUN


def _object(whole: list[Token], form: Form, at: int | None) -> list[Item]:
    """What the main act, which stands `at` a place, is done to: before a passive, after any other verb."""
    main = [item for item in form.of("main") if item is not form.head]
    if at is None:
        return _compound(main, whole)
    before = [item for item in main if item.index < at]
    after = [item for item in main if item.index > at]
    passive = whole[at].text.partition(" ")[0] not in ENTITLING and any(token.text in BE for token in whole[max(at - 2, 0) : at])
    return _compound(before, whole) if passive and before else _compound(after, whole) or _compound(before, whole)


def _compound(items: list[Item], whole: list[Token]) -> list[Item]:
    """The first words that follow one another, with nothing but `of` between."""
    found = items[:1]
    for item in items[1:]:
        between = [token.text for token in whole[found[-1].index + 1 : item.index]]
        if between and between not in (["of"], ["of", "the"]):
            break
        found.append(item)
    return found


def _order(whole: list[Token], kinds: list[Clause], form: Form) -> None:
    """What comes first and what second, where a clause says `before`, `after` or `until`, or a word says `first`."""
    cues = [token.text for token, kind in zip(whole, kinds, strict=True) if kind in _SIDE]
    strong = next((cue for cue in cues if cue in ("before", "after", "until", "prior", "ahead")), "")
    weak = any(cue in ("once", "when", "if") for cue in cues)
    main, side = form.of("main"), form.of("condition", "gate")
    first = next((token.start for token in whole if token.text == "first"), None)
    if strong in ("before", "prior", "ahead") and not form.denied_first:
        form.first, form.second = main, side
    elif first is not None and form.head is not None and strong not in ("before", "after", "until"):
        form.first = [item for item in main if item.token.start < first]
        form.second = [item for item in form.items if item.token.start > first]
    elif strong or (weak and form.only):
        form.first, form.second = side, main
