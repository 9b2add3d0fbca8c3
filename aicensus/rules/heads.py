"""The main act of a rule: which word of the main clause is its verb."""

from __future__ import annotations

from collections.abc import Sequence

from aicensus.model.rules import Clause
from aicensus.rules.clauses import PREPOSITIONS
from aicensus.rules.lexicon import Lexicon
from aicensus.rules.words import Token

BE = frozenset({"be", "is", "are", "been", "being", "was", "were"})
ENTITLING = frozenset({"eligible", "entitled"})
_NOT_PLURAL = ("ss", "us", "is")


def main_act(whole: Sequence[Token], kinds: Sequence[Clause], lexicon: Lexicon) -> int | None:
    """Index of the main verb, or of what is said with `be`: `free` in `vaccinations are free`. None where nothing is said to be done."""
    return _Reader(whole, [i for i, kind in enumerate(kinds) if kind == "main"], lexicon).main_act()


class _Reader:
    def __init__(self, whole: Sequence[Token], main: Sequence[int], lexicon: Lexicon) -> None:
        self.whole, self.main, self.lexicon = whole, main, lexicon
        self.words = lexicon.main_act

    def main_act(self) -> int | None:
        order = self._order()
        if order is not None:
            return order
        for place, at in enumerate(self.main):
            if not at:
                continue
            if self.whole[at].text in self.words.auxiliaries and not self._noun(at):
                found = self._said_with_auxiliary(place)
                if found is not None:
                    return found
            elif self._finite(at):
                return at
        return None

    def _order(self) -> int | None:
        """The verb of an order: the first word of content, in its base form, where no verb of a statement follows it."""
        for place, at in enumerate(self.main):
            token = self.whole[at]
            if token.text == "," or token.text in self.words.before_order or (token.text.endswith("ly") and not self._is_verb(token)):
                continue
            first = token.text.partition(" ")[0]
            gerund = place > 0 and first.endswith("ing")
            if not self._is_verb(token) or (self.lexicon.lemma(first) != first and not gerund):
                return None
            statement = place == 0 and at == 0 and first in self.lexicon.nouns_too and self._is_noun_first()
            return None if statement else at
        return None

    def _is_noun_first(self) -> bool:
        """`Price match requests are honoured`: the verb of a statement comes later, and no article before it."""
        if len(self.main) > 1 and self.whole[self.main[1]].text in self.words.articles:
            return False
        for at in self.main[1:]:
            token = self.whole[at]
            if token.text in self.words.auxiliaries:
                return True
            if token.text in self.words.inner or not token.is_word:
                return False
            if token.text.endswith("s") and self.lexicon.lemma(token.text) not in self.lexicon.nouns_too and self._finite(at):
                return True
        return False

    def _said_with_auxiliary(self, place: int) -> int | None:
        """What follows an auxiliary: a participle, a base form, `free`; or the auxiliary itself: `students need a guarantor`."""
        auxiliary = self.whole[self.main[place]].text
        following = self.main[place + 1 :]
        owning = auxiliary in self.words.owning and not (following and self.whole[following[0]].text == "to")
        for at in following:
            token = self.whole[at]
            if token.text == "for" and self.whole[at - 1].text in ENTITLING:
                return at - 1
            if token.text.partition(" ")[0] in ENTITLING and token.text.endswith(" for"):
                return at
            if token.text in self.words.after_auxiliary or token.text.endswith("ly"):
                continue
            if self._begins_noun(token) or (owning and not token.text.endswith(("ed", "en"))):
                break
            return at
        return self.main[place] if auxiliary in self.words.owning else None

    def _begins_noun(self, token: Token) -> bool:
        return not token.is_word or token.text in self.words.before_noun or token.number is not None

    def _finite(self, at: int) -> bool:
        """Whether a word is a verb that says what its subject does: `policies renew`, `the kitchen takes`."""
        token, before = self.whole[at], self.whole[at - 1]
        first = token.text.partition(" ")[0]
        if not token.is_word or not self._is_verb(token) or before.text in self.words.before_noun or not before.is_word:
            return False
        base = self.lexicon.lemma(first)
        if first != token.text and (token.meaning.act or (first != base and first.endswith("s"))):
            return True
        after = self.whole[at + 1] if at + 1 < len(self.whole) else None
        if first != base and not first.endswith("s"):
            return False
        if base not in self.lexicon.nouns_too or (after is not None and after.text in self.words.articles):
            return True
        if first != base:
            return after is None or not after.is_word or (after.text in PREPOSITIONS and not self._auxiliary_follows(at))
        return self._plural(before) and (after is None or after.text not in self.words.auxiliaries)

    def _auxiliary_follows(self, at: int) -> bool:
        return any(later > at and self.whole[later].text in self.words.auxiliaries for later in self.main)

    def _is_verb(self, token: Token) -> bool:
        """Whether a word or the first word of a phrase can be a verb."""
        return self.lexicon.lemma(token.text.partition(" ")[0]) in self.lexicon.verbs

    def _plural(self, token: Token) -> bool:
        return token.text in self.words.plural or (token.text.endswith("s") and not token.text.endswith(_NOT_PLURAL))

    def _noun(self, at: int) -> bool:
        """`the need for`, `in need of`."""
        if at == 0 or self.whole[at].text not in ("need", "needs", "will", "can"):
            return False
        return self.whole[at - 1].text in (self.words.before_noun if self.whole[at].text.startswith("need") else self.words.articles)
