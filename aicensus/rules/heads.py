"""The main act of a rule: which word of the main clause is its verb."""

from __future__ import annotations

from collections.abc import Sequence

from aicensus.model.rules import Clause
from aicensus.rules.lexicon import Lexicon
from aicensus.rules.words import Token

BE = frozenset({"be", "is", "are", "been", "being", "was", "were"})
_AUXILIARIES = BE | {
    *("must", "may", "can", "cannot", "will", "shall", "should", "could", "might", "would", "do", "does", "did", "ought"),
    *("has", "have", "had", "need", "needs", "gets", "get"),
}
_AFTER_AUXILIARY = frozenset(
    [
        *("not", "never", "always", "only", "also", "be", "been", "being", "to", "have", "has", "still", "either", "then", "first", "just"),
        *("allowed", "permitted", "required", "obliged", "entitled", "free", "able", "eligible", "expected", "supposed", "meant", "bound"),
    ]
)
_BEFORE_ORDER = frozenset(
    [
        *("please", "always", "never", "do", "not", "also", "only", "then", "just", "simply", "and", "or", "but", ",", "to", "normally"),
        *("usually", "generally", "instead", "kindly", "either", "first", "sure", "be", "make", "try", "remember", "refrain", "from", "avoid"),
        *("aim", "forget", "hesitate", "fail", "neglect", "immediately", "you", "we", "strictly"),
    ]
)
_OWNING = frozenset({"has", "have", "had", "need", "needs", "get", "gets"})
"""Auxiliaries that are verbs of their own before a noun: `students need a guarantor`."""
_DETERMINERS = frozenset(
    [
        *("the", "a", "an", "this", "that", "these", "those", "all", "any", "every", "each", "no", "his", "her", "its", "their", "our"),
        *("your", "my", "of", "for", "in", "with", "on", "at", "by", "from", "about", "under", "over", "between", "per", "without", "as"),
        *("off", "within", "after", "before", "until", "up", "through", "via", "during"),
        *("to", "into", "than", "more", "most", "other", "another", "such", "both", "some", "many", "few", "several"),
    ]
)
_ARTICLES = frozenset({"the", "a", "an", "this", "that", "these", "those", "all", "any", "every", "each", "no", "his", "her", "its"}) | {
    *("their", "our", "your", "my", "it", "them", "him", "us", "whether", "how", "what", "which", "why", "who"),
}
_INNER = frozenset({"whether", "how", "what", "which", "why", "who", "that", "if", "when"})
_PLURAL_PRONOUNS = frozenset({"they", "we", "you", "i", "people", "children", "staff", "both", "who", "all"})
_NOT_PLURAL = ("ss", "us", "is")


def main_act(whole: Sequence[Token], kinds: Sequence[Clause], lexicon: Lexicon) -> int | None:
    """Index of the main verb, or of what is said with `be`: `free` in `vaccinations are free`. None where nothing is said to be done."""
    main = [i for i, kind in enumerate(kinds) if kind == "main"]
    order = _order(whole, main, lexicon)
    if order is not None:
        return order
    for place, at in enumerate(main):
        if place and whole[at].text in _AUXILIARIES and not _noun(whole, at):
            owning = whole[at].text in _OWNING and whole[main[min(place + 1, len(main) - 1)]].text != "to"
            found = _after_auxiliary(whole, main[place + 1 :], owning=owning)
            if found is not None:
                return found
            if whole[at].text in _OWNING:
                return at
        elif place and _finite(whole, at, lexicon):
            return at
    return None


def is_verb(token: Token, lexicon: Lexicon) -> bool:
    """Whether a word or the first word of a phrase can be a verb."""
    return lexicon.lemma(token.text.partition(" ")[0]) in lexicon.verbs


def _order(whole: Sequence[Token], main: Sequence[int], lexicon: Lexicon) -> int | None:
    """The verb of an order: the first word of content, in its base form, where no verb of a statement follows it."""
    for place, at in enumerate(main):
        token = whole[at]
        if token.text in _BEFORE_ORDER or (token.text.endswith("ly") and not is_verb(token, lexicon)):
            continue
        first = token.text.partition(" ")[0]
        gerund = place > 0 and first.endswith("ing")
        if not is_verb(token, lexicon) or (lexicon.lemma(first) != first and not gerund):
            return None
        statement = place == 0 and at == 0 and first in lexicon.nouns_too and _is_noun_first(whole, main, lexicon)
        return None if statement else at
    return None


def _is_noun_first(whole: Sequence[Token], main: Sequence[int], lexicon: Lexicon) -> bool:
    """`Price match requests are honoured`: the verb of a statement comes later, and no article before it."""
    if len(main) > 1 and whole[main[1]].text in _ARTICLES:
        return False
    for at in main[1:]:
        token = whole[at]
        if token.text in _AUXILIARIES:
            return True
        if token.text in _INNER or not token.is_word:
            return False
        if token.text.endswith("s") and lexicon.lemma(token.text) not in lexicon.nouns_too and _finite(whole, at, lexicon):
            return True
    return False


def _after_auxiliary(whole: Sequence[Token], following: Sequence[int], *, owning: bool) -> int | None:
    for at in following:
        token = whole[at]
        if token.text in _AFTER_AUXILIARY or token.text in BE or token.text.endswith("ly"):
            continue
        if not token.is_word or token.text in _DETERMINERS or token.number is not None:
            return None
        return None if owning and not token.text.endswith(("ed", "en")) else at
    return None


def _finite(whole: Sequence[Token], at: int, lexicon: Lexicon) -> bool:
    """Whether a word is a verb that says what its subject does: `policies renew`, `the kitchen takes`."""
    token, before = whole[at], whole[at - 1]
    first = token.text.partition(" ")[0]
    if not token.is_word or not is_verb(token, lexicon) or before.text in _DETERMINERS or not before.is_word:
        return False
    if token.meaning.act and first != token.text:
        return True
    base = lexicon.lemma(first)
    after = whole[at + 1].text if at + 1 < len(whole) else ""
    if first != base:
        if not first.endswith("s"):
            return False
        return base not in lexicon.nouns_too or after in _ARTICLES or not (at + 1 < len(whole) and whole[at + 1].is_word)
    if base not in lexicon.nouns_too:
        return True
    if after in _ARTICLES:
        return True
    return _plural(before) and after not in _AUXILIARIES and (after in _DETERMINERS or not is_plural_noun(after))


def is_plural_noun(word: str) -> bool:
    return word.endswith("s") and not word.endswith(_NOT_PLURAL)


def _plural(token: Token) -> bool:
    return token.text in _PLURAL_PRONOUNS or is_plural_noun(token.text)


def _noun(whole: Sequence[Token], at: int) -> bool:
    """`the need for`, `in need of`."""
    return whole[at].text in ("need", "needs", "will", "can") and at > 0 and whole[at - 1].text in _DETERMINERS
