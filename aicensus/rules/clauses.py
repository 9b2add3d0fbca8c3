"""Which part of a sentence is the rule itself, and which its conditions, exceptions and reasons."""

from __future__ import annotations

from aicensus.model.rules import Clause
from aicensus.rules.lexicon import Lexicon
from aicensus.rules.words import Token

FINITE = frozenset(
    [
        "is",
        "are",
        "was",
        "must",
        "may",
        "can",
        "cannot",
        "will",
        "shall",
        "should",
        "has",
        "have",
        "had",
        "goes",
        "go",
        "gets",
        "get",
        "pays",
        "pay",
        "needs",
        "need",
        "requires",
        "require",
        "receives",
        "receive",
        "counts",
        "count",
        "qualifies",
        "qualify",
        "becomes",
        "become",
        "does",
        "do",
        "applies",
        "apply",
        "stays",
        "stay",
        "wants",
        "cost",
        "costs",
        "comes",
        "come",
        "ends",
        "expires",
        "loses",
        "lose",
    ]
)
PREPOSITIONS = frozenset(
    [
        "for",
        "with",
        "in",
        "at",
        "on",
        "during",
        "under",
        "outside",
        "inside",
        "within",
        "among",
        "from",
        "between",
        "by",
        "without",
        "after",
        "before",
        "throughout",
        "upon",
    ]
)
OPENERS = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "that",
        "these",
        "those",
        "all",
        "any",
        "every",
        "each",
        "no",
        "one",
        "two",
        "his",
        "her",
        "its",
        "their",
        "our",
        "your",
        "it",
        "them",
        "him",
        "us",
        "me",
        "you",
        "not",
        "only",
        "what",
        "which",
        "who",
    ]
)
_ENDS = frozenset({",", ";", ":", ".", ")", "(", "–", "—", "-"})
_SAYING = frozenset(
    [
        "say",
        "tell",
        "sure",
        "ensure",
        "check",
        "confirm",
        "state",
        "mention",
        "mean",
        "assume",
        "know",
        "claim",
        "promise",
        "guarantee",
        "write",
        "explain",
        "them",
        "it",
        "agree",
    ]
)
_LEADERS = frozenset(["if", "when", "whenever", "where", "as", "once", "unless", "before", "after", "in", "for", "with", "until"])
_NOT_LEADING = frozenset(["avoid", "never", "do", "not", "use", "write", "please", "refrain", "only", "no"])
_PRONOUNS = frozenset({"it", "they", "he", "she", "we", "you"})
_MODALS = frozenset({"must", "may", "shall", "should", "can", "cannot", "will", "is", "are"})
_LEAST_BEFORE = 3
_AFTER_DENIAL = frozenset(
    {"be", "to", "even", "only", "just", "merely", "more", "less", "later", "earlier", "necessarily", "because", "until", "before"}
)
_ASKING = frozenset({"which", "what", "how", "whether", "who", "whoever", "whatever"})
_WHOLES = frozenset({"all", "any", "every", "everyone", "everybody", "everything", "everywhere", "anything", "anywhere"})
"""`every rate but one`."""
_PREPOSITIONAL = frozenset({"without", "except", "other", "apart", "during", "excluding", "but"})


def clauses(found: list[Token], lexicon: Lexicon) -> list[Clause]:
    """The clause that each token belongs to."""
    return _Reader(found, lexicon).read()


class _Reader:
    def __init__(self, found: list[Token], lexicon: Lexicon) -> None:
        self.found = found
        self.cues, self.starts = lexicon.cues, lexicon.cue_starts
        self.kinds: list[Clause] = ["condition"] * self._leading()
        self.current: Clause = "main"
        self.in_subject = False
        """The clause stands inside the subject, so the main verb ends it."""
        self.verbal = False
        """The clause has a verb of its own."""
        self.main_verb = False
        self.noun_first = is_subject(found) or (bool(found) and found[0].text in OPENERS)

    def read(self) -> list[Clause]:
        while (at := len(self.kinds)) < len(self.found):
            cue = self._cue(at)
            if cue is not None:
                self._open(at, *cue)
            else:
                self._go_on(at)
                self.kinds.append(self.current)
        return self.kinds

    def _open(self, at: int, kind: Clause, size: int) -> None:
        self.verbal = self.found[at].text not in _PREPOSITIONAL or size > 2
        asked = at == 0 and self.found[at].text in _ASKING
        self.in_subject = asked or (at > 0 and not self.main_verb and "main" in self.kinds and self.noun_first)
        self.current = kind
        self.kinds.extend([kind] * size)

    def _go_on(self, at: int) -> None:
        text = self.found[at].text
        if text in _ENDS:
            if not (text == "," and self._list_goes_on(at)):
                self.current = "main"
        elif text in _PRONOUNS and "main" not in self.kinds and self._goes_on_with_verb(at):
            self.current = "main"
        elif text in FINITE and self.current == "main":
            self.main_verb = True
        elif (text in _MODALS and self._relative_is_over(at)) or (text in FINITE and self._subject_is_over(at)):
            self.current, self.main_verb = "main", True

    def _goes_on_with_verb(self, at: int) -> bool:
        """`once a pack is open it is not taken back`: the clause has its verb, and a new subject has the next one."""
        following = self.found[at + 1].text if at + 1 < len(self.found) else ""
        return following in FINITE and any(token.text in FINITE for token in self.found[:at])

    def _subject_is_over(self, at: int) -> bool:
        """The clause stood inside the subject, and has its own verb if it needs one."""
        return self.in_subject and not self.main_verb and (not self.verbal or self._had_verb(at))

    def _relative_is_over(self, at: int) -> bool:
        """`transcripts that have reached an age must be deleted`: a second finite verb belongs to the sentence."""
        if self.current != "condition" or self.main_verb or "main" not in self.kinds:
            return False
        start = len(self.kinds) - 1
        while self.kinds[start - 1] == "condition":
            start -= 1
        clause = [token.text for token in self.found[start:at]]
        return clause[0] in ("that", "which", "who") and clause[1:2] != [] and clause[1] in FINITE

    def _cue(self, at: int) -> tuple[Clause, int] | None:
        if self._contrasts(at):
            return "without", 1
        before = {token.text for token in self.found[max(at - 3, 0) : at]}
        if self.found[at].text == "but" and "," not in before and not _WHOLES.isdisjoint(before):
            return "exception", 1
        longest = self.starts.get(self.found[at].text, 0)
        for length in range(min(longest, len(self.found) - at), 0, -1):
            kind = self.cues.get(tuple(token.text for token in self.found[at : at + length]))
            if kind is not None:
                return None if self._no_cue(at) else (kind, length)
        return None

    def _contrasts(self, at: int) -> bool:
        """`in natural language, not special syntax`: what is denied is the alternative."""
        found = self.found
        if found[at].text != "not" or at + 1 >= len(found) or at < _LEAST_BEFORE or found[at - 1].text not in (",", "–", "—"):
            return False
        following = found[at + 1]
        return following.is_word and following.text not in _AFTER_DENIAL and not following.text.endswith("ing")

    def _no_cue(self, at: int) -> bool:
        """`say that`: the clause is what is said. `at once`, `you should`: no clause begins."""
        text = self.found[at].text
        before = self.found[at - 1] if at else None
        if before is None:
            return False
        follows = self.found[at + 1].text if at + 1 < len(self.found) else ""
        if text == "that":
            return before.lemma in _SAYING or follows in _ENDS
        return text == "should" or (text == "once" and before.text == "at")

    def _leading(self) -> int:
        """Tokens of a phrase at the start that sets the scene: `For late parcels,`."""
        found = self.found
        if not found or found[0].text not in PREPOSITIONS or (found[0].text,) in self.cues:
            return 0
        for at, token in enumerate(found[1:12], 1):
            if token.text == ",":
                return at + 1
            if token.text in _NOT_LEADING or token.text in FINITE or (token.text,) in self.cues:
                return 0
        return 0

    def _list_goes_on(self, at: int) -> bool:
        """A comma between words of a list: `budget, decision maker and start date`."""
        if self.found[0].text in _LEADERS:
            return False
        following = [token.text for token in self.found[at + 1 : at + 4]]
        return ("and" in following or "or" in following) and FINITE.isdisjoint(following)

    def _had_verb(self, at: int) -> bool:
        """Whether the clause before a finite verb already has a verb of its own."""
        start = at
        while start > 0 and self.kinds[start - 1] == self.kinds[-1]:
            start -= 1
        words = [token.text for token in self.found[start + 1 : at]]
        if self.found[start].text in ("who", "that", "which") and words and words[0] not in OPENERS:
            return True
        return any(word.endswith(("ed", "s")) and len(word) > 3 for word in words[1:]) or len(words) >= 4 or not FINITE.isdisjoint(words)


def is_subject(found: list[Token]) -> bool:
    """Whether the first word, although it can be a verb, is a noun: `Price match requests are honoured`."""
    if not found:
        return False
    if found[0].text != found[0].lemma:
        return True
    for token in found[1:5]:
        if token.text in FINITE and token.text not in ("counts", "count"):
            return True
        if not token.is_word or token.text in OPENERS or token.text in PREPOSITIONS:
            return False
    return False
