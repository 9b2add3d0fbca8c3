"""A rule's normal form: who must, may or must not do what, when, within which limits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from aicensus.model.rules import Clause, Modality
from aicensus.rules.clauses import FINITE, clauses, is_subject
from aicensus.rules.idioms import spoken
from aicensus.rules.lexicon import Lexicon
from aicensus.rules.limits import Limit, limits
from aicensus.rules.words import Token, joined, tokens

_BE = frozenset({"be", "is", "are", "been", "being", "was", "were"})
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
    role: str = ""
    """Who, where it names somebody in charge: `examination office`."""
    subject: bool = False
    """Before the main act, or in a condition: it says whom or what the rule is about, not what is done."""

    @property
    def lemma(self) -> str:
        return self.token.lemma


@dataclass(slots=True)
class Form:
    text: str
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
    default: bool = False
    """It leaves room: `normally`, `by default`."""
    optional: bool = False
    """It leaves open whether something is done."""
    gated: bool = False
    """It holds only after or only if something else: `only after`, `not until`."""
    heads: list[Item] = field(default_factory=list)
    """What is to be done, the main act first."""
    objects: list[Item] = field(default_factory=list)
    """What the main act is done to: the words of one compound."""
    first: list[Item] = field(default_factory=list)
    """What comes first, where the rule sets an order."""
    second: list[Item] = field(default_factory=list)
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
    said = spoken([token for i, token in enumerate(single) if i not in measured], lexicon)
    whole = joined(said.tokens, lexicon)
    kinds = clauses(whole, lexicon)
    form = Form(text, limits=_bounded(found, single), only=said.only, holes=tuple(t.text for t in single if t.is_hole))
    _modality(whole, kinds, form, lexicon, permitted=said.permitted)
    form.items = list(_items(whole, kinds, lexicon))
    _acts(whole, kinds, form)
    _order(whole, kinds, form)
    if forbidden:
        form.negative = not form.negative
        form.modality = "F" if form.negative else "O"
    return form


def _bounded(found: list[Limit], single: list[Token]) -> list[Limit]:
    """`the minimum term is one year`: the word bounds the number although it stands apart."""
    words = {token.text for token in single}
    if "minimum" in words:
        return [replace(one, operator=">=") if one.operator == "=" else one for one in found]
    return [replace(one, operator="<=") if one.operator == "=" else one for one in found] if "maximum" in words else found


def _modality(whole: list[Token], kinds: list[Clause], form: Form, lexicon: Lexicon, *, permitted: bool) -> None:
    main = [token.text for token, kind in zip(whole, kinds, strict=True) if kind == "main"]
    words, every = set(main), {token.text for token in whole}
    line = f" {' '.join(token.text for token in whole)} "
    denied = lexicon.count(" ".join(main), lexicon.negators) % 2 == 1
    form.optional = any(f" {words} " in line for words in lexicon.freedoms)
    form.universal = "universal" in kinds or not lexicon.absolutes.isdisjoint(words)
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


def _gates(whole: list[Token], kinds: list[Clause]) -> bool:
    """Whether a gate holds back: `not until X`, `not before X has happened`; `no text before the list` is about a place."""
    gate = [token for token, kind in zip(whole, kinds, strict=True) if kind == "gate"]
    return bool(gate) and (gate[0].text != "before" or any(token.meaning.act for token in gate))


def _items(whole: list[Token], kinds: list[Clause], lexicon: Lexicon) -> list[Item]:
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


def _acts(whole: list[Token], kinds: list[Clause], form: Form) -> None:
    """The main act, what it is done to, and which items stand before it."""
    verbs = [item for item in form.of("main") if item.act and _verbal(whole, item.index)]
    finite = next((i for i, token in enumerate(whole) if token.text in FINITE and kinds[i] == "main"), 0)
    head = _head(whole, form, verbs)
    if head is not None:
        form.heads = [head, *(item for item in verbs if item.index > head.index)]
    form.objects = _object(whole, form)
    for item in form.items:
        item.subject = item.clause in ("condition", "gate", "exception") or item.index < (head.index if head else finite)


def _verbal(whole: list[Token], index: int) -> bool:
    """Whether a word that can be a verb is one here: first in the sentence, after a modal, a negation, `be` or a subject."""
    before = whole[index - 1].text if index else ""
    if index == 0 or before in _BEFORE_VERB:
        return not (before == "to" and index > 1 and whole[index - 2].text not in _BEFORE_TO)
    text = whole[index].text
    if before in _BE or text in _IRREGULAR:
        return True
    return text.endswith(("ed", "s")) and not text.endswith("ss") and before not in _BEFORE_NOUN


def _head(whole: list[Token], form: Form, verbs: list[Item]) -> Item | None:
    """The main act: an imperative, else what follows the first modal or `be`, else the first act after such a word."""
    if verbs and verbs[0].index == 0 and not is_subject(whole):
        return verbs[0]
    finite = next((i for i, token in enumerate(whole) if token.text in FINITE and i), None)
    later = [item for item in verbs if finite is None or item.index > finite]
    if later:
        return later[0]
    return next((item for item in form.of("main") if finite is not None and item.index > finite and item.act), None)


def _object(whole: list[Token], form: Form) -> list[Item]:
    """What the main act is done to: before a passive, after any other verb."""
    head = form.head
    main = [item for item in form.of("main") if item is not head]
    if head is None:
        return _compound(main, whole)
    before = [item for item in main if item.index < head.index]
    after = [item for item in main if item.index > head.index]
    passive = any(token.text in _BE for token in whole[max(head.index - 2, 0) : head.index])
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
