"""A rule's normal form: who must, may or must not do what, when, within which limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from aicensus.rules.lexicon import Lexicon
from aicensus.rules.limits import Limit, limits
from aicensus.rules.words import Token, joined, tokens

Clause = Literal["main", "condition", "gate", "exception", "without", "reason", "universal"]
Modality = Literal["O", "F", "P", "R"]

# Words that open a clause. The longest wins; `gate` is what has to be true or done before.
_CUES: dict[tuple[str, ...], Clause] = {
    tuple(words.split()): kind  # type: ignore[misc]
    for kind, row in {
        "gate": "only if|only when|only once|only after|only where|only with|only for|only in|if and only if|not until|only as soon as|only upon"
        "|only on|only by|only at|only to|only those|only provided|only because",
        "condition": "if|when|whenever|once|where|wherever|as soon as|as long as|so long as|provided that|provided|in case|in case of"
        "|in the event that|in the event of|in cases where|in cases of|on condition that|while|who|whose|whom|that|which|during"
        "|should|after|before|until|the moment|every time|each time|as often as|upon|ahead of|prior to",
        "exception": "unless|except|except for|except where|except when|except if|except in|other than|apart from|excluding"
        "|with the exception of|save for|barring|but not|until and unless",
        "without": "without|instead of|rather than",
        "reason": "so that|in order to|because|since|as well as",
        "universal": "regardless|regardless of|whatever|however long|however much|however often|however small|no matter|even if|even when"
        "|even without|even after|even where|even though|whether or not|irrespective|irrespective of|in any case|without exception"
        "|independent of|independently of|under any circumstances|in all cases|at any time|no exceptions|in every case|whichever|whoever",
    }.items()
    for words in row.split("|")
}
_LONGEST_CUE = max(map(len, _CUES))
_BACK_TO_MAIN = frozenset({",", ";", ":", ".", ")", "(", "–", "—"})
_FINITE = frozenset(
    "is are was must may can cannot will shall should has have had goes go gets get pays pay needs need requires require receives receive counts count"
    " qualifies qualify becomes become does do applies apply stays stay wants cost costs comes come ends expires loses lose".split()
)
_NEGATORS = frozenset(
    "not never no nobody none nothing neither nor avoid refrain abstain prohibited forbidden taboo banned ineligible disallowed unacceptable".split()
)
_FULFILS = frozenset({"forget", "fail", "hesitate", "neglect", "miss", "shy", "omit", "refuse", "decline", "skip", "stop", "forbidden", "prohibited", "forget", "leave_out"})
_DEFAULT = frozenset({"normally", "usually", "generally", "ordinarily", "typically", "principle", "standard"})
_PREPOSITIONS = frozenset({"for", "with", "in", "at", "on", "during", "under", "outside", "inside", "within", "among", "from", "between", "by", "without", "after", "before", "throughout", "upon"})
_MAY = frozenset({"may", "can", "could", "might", "allowed", "permitted", "entitled", "eligible", "optional", "free_to", "qualify", "qualifies"})
_SHOULD = frozenset({"should", "prefer", "preferably", "try", "aim", "ideally", "prioritise", "prioritize", "ought"})
_PASSIVE_BE = frozenset({"be", "is", "are", "been", "being", "was", "were"})


@dataclass(slots=True)
class Item:
    """One word or phrase with content."""

    token: Token
    clause: Clause
    index: int
    act: bool = False
    subject: bool = False
    """Before the main act, or in a condition: it says whom or what the rule is about, not what is done."""
    weight: float = 1.0
    role: str = ""
    """Who, where it names somebody in charge: `examination office`."""
    added: bool = False
    """It stands after `and`, `or` or `with`: a further thing rather than another word for the same."""

    @property
    def lemma(self) -> str:
        return self.token.lemma


@dataclass(slots=True)
class Form:
    text: str
    items: list[Item] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    limit_clauses: list[Clause] = field(default_factory=list)
    modality: Modality = "O"
    denied_first: bool = False
    """The negation of the main clause belongs to its order: `not before`, `not until`."""
    negative: bool = False
    """The main clause is denied: an odd number of negations."""
    only: bool = False
    universal: bool = False
    """It says that nothing changes it: `whatever the reason`, `always`."""
    default: bool = False
    """It leaves room: `normally`, `by default`."""
    gated: bool = False
    """It holds only after or only if something else: `only after`, `not until`."""
    head: Item | None = None
    heads: list[Item] = field(default_factory=list)
    """What is to be done."""
    holes: tuple[str, ...] = ()
    first: list[Item] = field(default_factory=list)
    """What comes first, where the rule sets an order."""
    second: list[Item] = field(default_factory=list)
    objects: list[Item] = field(default_factory=list)
    """What the main act is done to."""
    optional: bool = False
    condition_negative: bool = False
    """It leaves open whether something is done."""

    @property
    def conditions(self) -> list[Item]:
        return [item for item in self.items if item.clause in ("condition", "gate")]

    @property
    def sign(self) -> int:
        return -1 if self.negative else 1


def form_of(text: str, lexicon: Lexicon, *, forbidden: bool = False) -> Form:
    """The normal form of a rule. `forbidden`: it stands under a heading that forbids."""
    single = tokens(text, lexicon)
    found = limits(single, lexicon)
    form = Form(text, limits=found, holes=tuple(t.text for t in single if t.is_hole))
    measured = {i for limit in found for i in range(limit.first, limit.last + 1)}
    rest = [token for i, token in enumerate(single) if i not in measured]
    # The place of each limit among the remaining tokens, to know its clause.
    places = [sum(1 for i in range(limit.first) if i not in measured) for limit in found]
    _widen_by_extremes(form, single)
    spoken = joined(_idioms(rest, form), lexicon)
    clauses = _clauses(spoken, form)
    form.limit_clauses = [_clause_at(clauses, spoken, rest, place) for place in places]
    _modality(spoken, clauses, form)
    _fill(spoken, clauses, form, lexicon)
    if forbidden:
        form.negative = not form.negative
        form.modality = "F" if form.negative else "O"
    return form


def _widen_by_extremes(form: Form, single: list[Token]) -> None:
    """`the minimum term is one year`: the word bounds the number although it stands apart."""
    words = {token.text for token in single}
    bound = ">=" if "minimum" in words else "<=" if "maximum" in words else ""
    if bound:
        form.limits = [
            Limit(bound, one.value, one.dimension, one.first, one.last, one.negated, one.text) if one.operator == "=" else one  # type: ignore[arg-type]
            for one in form.limits
        ]


def _nobody_but(rest: list[Token]) -> list[Token]:
    """`do not X to anyone other than Y` is `X to nobody other than Y`."""
    for at, token in enumerate(rest):
        if token.text in ("anyone", "anybody", "anything") and at + 1 < len(rest) and rest[at + 1].text in ("but", "except", "other", "apart", "outside"):
            denied = next((i for i in range(at - 1, -1, -1) if rest[i].text in ("not", "never")), None)
            if denied is not None:
                token.text = "nobody" if token.text != "anything" else "nothing"
                return rest[:denied] + rest[denied + 1 :]
    return rest


def _idioms(rest: list[Token], form: Form) -> list[Token]:
    """Leave out what negates nothing (`not only`, `and never more`), and read `nobody but X` as `only X`."""
    rest = _nobody_but(rest)
    result: list[Token] = []
    at = 0
    while at < len(rest):
        word, following = rest[at].text, rest[at + 1].text if at + 1 < len(rest) else ""
        third = rest[at + 2].text if at + 2 < len(rest) else ""
        if word == "not" and following in ("only", "merely", "just") and third != "because":
            at += 2
            continue
        if word in ("not", "never", "no") and following in ("more", "less", "earlier", "later", "longer", "fewer") and third in ("", ".", "than", ",", ";"):
            if word == "no" and following == "longer" and third not in ("", "."):
                pass
            elif third != "than" or at + 3 >= len(rest) or rest[at + 3].text in (".", "that", "this"):
                at += 4 if third == "than" else 2
                continue
        if word in ("not", "never") and third in _FULFILS | {"be"} and following == "to":
            at += 3
            continue
        if word in ("not", "never") and following in _FULFILS:
            if following in ("forbidden", "prohibited"):
                form.modality = "P"
            at += 2
            if at < len(rest) and rest[at].text == "to":
                at += 1
            continue
        if word in ("nobody", "none", "nothing", "no") and (following in ("but", "except", "outside") or following in ("other", "apart") and third in ("than", "from")):
            form.only = True
            at += 2 if following not in ("other", "apart") else 3
            continue
        if word == "no" and following in ("one", "person"):
            rest[at].text = "nobody"
            if third in ("but", "except", "outside") or third in ("other",):
                form.only = True
                at += 3 if third != "other" else 4
                continue
            result.append(rest[at])
            at += 2
            continue
        result.append(rest[at])
        at += 1
    return result


def _clauses(found: list[Token], form: Form) -> list[Clause]:
    """The clause that each token belongs to."""
    kinds: list[Clause] = []
    current: Clause = "main"
    relative = subject = False
    finite = main_finite = 0
    at = 0
    _noun_first = _is_subject(found) or (bool(found) and found[0].text in _OPENERS)
    leading = _leading(found)
    if leading:
        kinds.extend(["condition"] * leading)
        at = leading
    while at < len(found):
        cue, size = _cue(found, at)
        text = found[at].text
        if cue and not (cue == "condition" and text == "that" and _complement(found, at)) and not (text == "should" and at):
            if text in ("once", "that") and at and found[at - 1].text in ("at",):
                cue = None
        else:
            cue = None
        if cue:
            if cue == "gate" or (cue == "condition" and text in ("until", "before")) or cue == "without":
                cue = cue if cue != "condition" else "gate"
            relative = text not in ("without", "except", "other", "apart", "during", "excluding") or size > 2
            # A clause inside a subject ends where the subject's own verb comes; one that opens the sentence ends at its comma.
            subject = at > 0 and not main_finite and "main" in kinds and _noun_first
            finite = 0
            current = cue
            kinds.extend([cue] * size)
            at += size
            continue
        if text in _BACK_TO_MAIN:
            if current != "main" and not (text == "," and _list_goes_on(found, at)):
                current, relative = "main", False
        elif current == "main" and (text in _FINITE):
            main_finite += 1
        elif not main_finite and text in _FINITE and subject:
            finite += 1
            if not relative or finite > 1 or _had_verb(found, kinds, at):
                current, relative = "main", False
                main_finite += 1
        kinds.append(current)
        at += 1
    return kinds


def _leading(found: list[Token]) -> int:
    """Tokens of a phrase at the start that sets the scene: `For late parcels,`."""
    if not found or found[0].text not in _PREPOSITIONS or _CUES.get((found[0].text,)):
        return 0
    for at, token in enumerate(found[1:12], 1):
        if token.text == ",":
            return at + 1
        if token.text in ("avoid", "never", "do", "not", "use", "write", "please", "refrain", "only", "no") or token.text in _FINITE or _CUES.get((token.text,)):
            return 0
    return 0


def _cue(found: list[Token], at: int) -> tuple[Clause | None, int]:
    for length in range(min(_LONGEST_CUE, len(found) - at), 0, -1):
        kind = _CUES.get(tuple(token.text for token in found[at : at + length]))
        if kind is not None:
            return kind, length
    return None, 0


def _complement(found: list[Token], at: int) -> bool:
    """`say that`, `make sure that`: the clause is what is said, not a restriction."""
    return at > 0 and found[at - 1].lemma in ("say", "tell", "sure", "ensure", "check", "confirm", "state", "mention", "mean", "assume", "know", "claim", "promise", "guarantee", "write", "explain", "visitor", "customer", "caller", "them", "it", "agree") and found[at - 1].lemma not in ("customer", "visitor", "caller")


def _list_goes_on(found: list[Token], at: int) -> bool:
    """A comma between words of a list: `budget, decision maker and start date`."""
    if found[0].text in ("if", "when", "whenever", "where", "as", "once", "unless", "before", "after", "in", "for", "with", "until"):
        return False
    return any(token.text in ("and", "or") for token in found[at + 1 : at + 4]) and not any(token.text in _FINITE for token in found[at + 1 : at + 4])


def _had_verb(found: list[Token], kinds: list[Clause], at: int) -> bool:
    """Whether the relative clause before a finite verb already has one of its own."""
    start = at
    while start > 0 and kinds[start - 1] == kinds[-1]:
        start -= 1
    words = [token.text for token in found[start + 1 : at]]
    return any(word.endswith(("ed", "s")) and len(word) > 3 for word in words[1:]) or len(words) >= 4


def _clause_at(clauses: list[Clause], spoken: list[Token], rest: list[Token], place: int) -> Clause:
    if not spoken:
        return "main"
    start = rest[place].start if place < len(rest) else rest[-1].end + 1
    before = [i for i, token in enumerate(spoken) if token.start < start]
    return clauses[before[-1]] if before else "main"


_FREEDOMS = tuple(
    f" {words} "
    for words in "optional|voluntary|if you like|if they like|if you want|if they want|if they wish|as you like|not required|not mandatory|not necessary|not obliged"
    "|is up to|are up to|at the discretion|at your discretion|free to choose|need not|no need|does not need|do not need|not have to|can choose whether"
    "|may choose whether|themselves whether|yourself whether|himself whether|freely whether|decide whether|decides whether|not needed|unnecessary|not compulsory|at will|without needing".split("|")
)


def _modality(found: list[Token], clauses: list[Clause], form: Form) -> None:
    main = [token.text for token, clause in zip(found, clauses, strict=True) if clause == "main"]
    words = set(main)
    negations = sum(word in _NEGATORS for word in main) + " ".join(main).count("off limits") + " ".join(main).count("out of bounds")
    spoken_text = f" {' '.join(token.text for token in found)} "
    form.optional = any(words in spoken_text for words in _FREEDOMS)
    gates = [clause for clause in clauses if clause in ("gate", "without", "exception")]
    form.universal = form.universal or "universal" in clauses or bool(words & {"always", "whatever", "every", "all", "any", "never", "strictly", "nobody"})
    form.default = bool({token.text for token in found} & _DEFAULT) or any(words in form.text.lower() for words in ("as a rule", "by default"))
    form.only = form.only or bool(words & {"only", "solely", "exclusively", "alone", "nothing"}) or "only" in {t.text for t in found}
    form.gated = "gate" in gates and bool({"only"} & {t.text for t in found}) or ("gate" in gates and not negations % 2)
    if negations % 2 and ("gate" in gates or "without" in gates) and _governs(found, clauses):
        # `not before B` and `not without B` ask for B first: nothing is forbidden for good.
        form.gated, form.negative, form.denied_first = True, False, True
    elif negations % 2 and "exception" in gates:
        form.gated, form.negative = True, True
    else:
        form.negative = bool(negations % 2)
    beside = [token.text for token, clause in zip(found, clauses, strict=True) if clause in ("condition", "gate")]
    form.condition_negative = bool(sum(word in _NEGATORS for word in beside) % 2)
    if form.negative:
        form.modality = "F"
    elif form.modality != "P":
        form.modality = "P" if words & _MAY else "R" if words & _SHOULD else "O"


def _governs(found: list[Token], clauses: list[Clause]) -> bool:
    """Whether the gate is the point of the negation and no further condition of it."""
    return True


def _fill(found: list[Token], clauses: list[Clause], form: Form, lexicon: Lexicon) -> None:
    whole = found
    heads: list[Item] = []
    for index, token in enumerate(whole):
        if not token.is_word or token.is_hole or token.number is not None:
            continue
        if token.text in lexicon.light or token.lemma in lexicon.light:
            continue
        clause = clauses[index]
        item = Item(token, clause, index)
        item.added = any(t.text in ("and", "or", "with", "by", "plus") for t in whole[max(index - 2, 0) : index]) or (
            index + 1 < len(whole) and whole[index + 1].text in ("and", "or")
        )
        concepts = token.meaning.concepts
        item.act = any(concept.startswith(("act:", "own:")) for concept in concepts) or token.lemma in lexicon.verbs
        if token.lemma.rpartition(" ")[2] in lexicon.roles or any(name == "person_in_charge" for name, _ in token.meaning.values):
            previous = form.items[-1] if form.items else None
            item.role = f"{previous.lemma} {token.lemma}" if previous is not None and previous.index == index - 1 else token.lemma
        if concepts & lexicon.common and len(concepts) < 12 and any(c.partition(":")[2] == token.lemma for c in concepts & lexicon.common):
            item.weight = 0.4
        if clause in ("reason", "universal"):
            item.weight *= 0.3
        form.items.append(item)
        if clause == "main" and item.act and _verbal(whole, index):
            heads.append(item)
    finite_at = next((i for i, token in enumerate(whole) if token.text in _FINITE and clauses[i] == "main"), 0)
    form.head = _head(whole, form, heads)
    form.heads = [form.head, *(x for x in heads if x is not form.head and x.index > form.head.index)] if form.head else []
    form.objects = _object(whole, form)
    for item in form.items:
        before = form.head.index if form.head is not None else finite_at
        item.subject = item.clause in ("condition", "gate", "exception") or item.index < before
    _order(found, clauses, form)


def _head(whole: list[Token], form: Form, heads: list[Item]) -> Item | None:
    """The main act: an imperative, else what follows the first modal or `be`, else the first act after such a word."""
    main = [item for item in form.items if item.clause == "main"]
    if heads and heads[0].index == 0 and not _is_subject(whole):
        return heads[0]
    finite = next((i for i, token in enumerate(whole) if token.text in _FINITE and i), None)
    later = [item for item in heads if finite is None or item.index > finite]
    if later:
        return later[0]
    return next((item for item in main if finite is not None and item.index > finite and item.act), None)


def _is_subject(whole: list[Token]) -> bool:
    """Whether the first word, although it can be a verb, is a noun: a finite verb follows before any article."""
    if whole[0].text != whole[0].lemma:
        return True
    for token in whole[1:5]:
        if token.text in _FINITE and token.text not in ("counts", "count"):
            return True
        if not token.is_word or token.text in _OPENERS or token.text in _PREPOSITIONS:
            return False
    return False


_OPENERS = frozenset("the a an this that these those all any every each no one two his her its their our your it them him us me you not only what which who".split())


def _object(whole: list[Token], form: Form) -> list[Item]:
    """What the main act is done to: before a passive, after any other verb. Of a compound, its last noun."""
    head = form.head
    main = [item for item in form.items if item.clause == "main" and item is not head]
    if head is None:
        return _compound(main)
    passive = any(token.text in _PASSIVE_BE for token in whole[max(head.index - 2, 0) : head.index])
    before = [item for item in main if item.index < head.index]
    after = [item for item in main if item.index > head.index]
    if passive and before:
        return _compound(before)
    return _compound(after) or _compound(before)


def _compound(items: list[Item]) -> list[Item]:
    """The first words that follow one another without anything between."""
    found = items[:1]
    for item in items[1:]:
        if item.index != found[-1].index + 1:
            break
        found.append(item)
    return found


_AFTER = frozenset({"after", "once", "as", "upon", "when", "if", "until"})


def _order(found: list[Token], clauses: list[Clause], form: Form) -> None:
    """What comes first and what second, where a clause says `before`, `after` or `until`, or a word says `first`."""
    cue = ""
    for token, clause in zip(found, clauses, strict=True):
        if clause in ("condition", "gate") and token.text in ("before", "after", "until", "once", "prior", "ahead", "when", "if"):
            cue = token.text
            if cue in ("before", "after", "until", "prior", "ahead"):
                break
    main = [item for item in form.items if item.clause == "main"]
    clause_items = [item for item in form.items if item.clause in ("condition", "gate")]
    words = {token.text for token in found}
    if cue in ("before", "prior", "ahead") and not form.denied_first:
        form.first, form.second = main, clause_items
    elif "first" in words and form.head is not None and cue not in ("before", "after", "until"):
        place = next(i for i, token in enumerate(found) if token.text == "first")
        start = found[place].start
        form.first = [item for item in main if item.token.start < start]
        form.second = [item for item in form.items if item.token.start > start]
    elif cue in ("before", "until", "prior", "ahead") or cue in ("after", "once", "when", "if") and (cue == "after" or "only" in words):
        form.first, form.second = clause_items, main


def _verbal(whole: list[Token], index: int) -> bool:
    """Whether a word that can be a verb is one here: first in the sentence, after a modal, a negation, `be` or a subject."""
    before = whole[index - 1].text if index else ""
    if index == 0 or before in (",", ";", ":", "and", "or", "then", "not", "never", "to", "must", "may", "can", "will", "shall", "should", "always", "please", "only", "you", "we", "they", "it", "might", "also", "cannot", "could"):
        return not (before == "to" and index > 1 and not whole[index - 2].text in ("have", "has", "need", "needs", "is", "are", "allowed", "sure", "required", "free", "remember", "try", "want", "able", "entitled", "aim"))
    text = whole[index].text
    if before in _PASSIVE_BE:
        return True
    return text.endswith(("ed", "es", "s")) and before not in ("the", "a", "an", "of", "for", "in", "with", "their", "your", "our") and not text.endswith("ss") or text in ("sent", "given", "paid", "kept", "sold", "told", "made", "go", "need", "get")


