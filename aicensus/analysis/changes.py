"""What differs between two audits of the same code: the rules that prompts state, and the findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from aicensus.census.diff import diff_censuses
from aicensus.model.census import Prompt
from aicensus.model.changes import Aspect, AuditDiff, CensusDiff, Change, FindingsDiff, RuleChange
from aicensus.model.finding import AuditResult, Finding
from aicensus.model.rules import PromptRule
from aicensus.rules.lexicon import Lexicon, default_lexicon
from aicensus.rules.reading import read
from aicensus.rules.verdicts import folded

_LIKE = 0.5
"""Share of words that two rules have in common of which one is taken for the other in new words."""
_NOTHING: Mapping[str, str] = {}


def diff_audits(old: AuditResult, new: AuditResult, moved: Mapping[str, str] = _NOTHING, lexicon: Lexicon | None = None) -> AuditDiff:
    """Compare two audits; `moved` as for `diff_censuses`."""
    census = diff_censuses(old.census, new.census, moved)
    return AuditDiff(
        census=census,
        rules=tuple(rule_changes(census, lexicon)),
        findings=diff_findings(old.findings, new.findings, census, moved),
    )


# --- rules ---


def rule_changes(diff: CensusDiff, lexicon: Lexicon | None = None) -> Iterator[RuleChange]:
    """Rules that came, went or are put in other words, of prompts that reach a point; a prompt that only moved changes none."""
    words = lexicon or default_lexicon()
    for pair in diff.prompts:
        if pair.changed and (pair.old.used_by or pair.new.used_by):
            for old, new in rules_between(pair.old.text, pair.new.text, words):
                yield RuleChange(prompt=pair.new, old=old, new=new)
    for prompt in filter(_used, diff.prompts_removed):
        yield from (RuleChange(prompt=prompt, old=rule) for rule in read(prompt.text, words).rules)
    for prompt in filter(_used, diff.prompts_added):
        yield from (RuleChange(prompt=prompt, new=rule) for rule in read(prompt.text, words).rules)


def _used(prompt: Prompt) -> bool:
    return bool(prompt.used_by)


def rules_between(old: str, new: str, lexicon: Lexicon | None = None) -> Iterator[tuple[PromptRule | None, PromptRule | None]]:
    """Rules of two versions of a text that differ: gone (new is None), come (old is None), or the same in other words."""
    words = lexicon or default_lexicon()
    before, after = read(old, words).rules, read(new, words).rules
    same = {_words(rule) for rule in before} & {_words(rule) for rule in after}
    gone, come = ([rule for rule in rules if _words(rule) not in same] for rules in (before, after))
    for rule in gone:
        like = max(come, key=lambda other: _likeness(rule, other), default=None)
        if like is not None and _likeness(rule, like) >= _LIKE:
            come.remove(like)
            yield rule, like
        else:
            yield rule, None
    yield from ((None, rule) for rule in come)


def _words(rule: PromptRule) -> tuple[str, bool]:
    return folded(rule.text), bool(rule.forbidden_by)


def _likeness(first: PromptRule, second: PromptRule) -> float:
    """Share of words in common and in order, 0.0 to 1.0."""
    return SequenceMatcher(None, _words(first)[0].split(), _words(second)[0].split(), autojunk=False).ratio()


# --- one point ---

TOLD: frozenset[Aspect] = frozenset(
    ("prompt", "model", "model source", "provider", "parameter", "owner", "team", "consequential", "kind", "role", "call", "scope")
)
"""What the history of a point tells of; the rest follows from other code than its own."""


def told(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Those changes that are the point's own."""
    return tuple(change for change in changes if change.what in TOLD)


# --- findings ---


def diff_findings(old: Iterable[Finding], new: Iterable[Finding], diff: CensusDiff, moved: Mapping[str, str] = _NOTHING) -> FindingsDiff:
    """Compare findings by fingerprint; what is left is the same where code and points are, or code and path, by `diff` and `moved`."""
    now = {(pair.old.repo, pair.old.id): (pair.new.repo, pair.new.id) for pair in diff.points}
    repos = {pair.old.repo: pair.new.repo for pair in diff.points}

    def place(finding: Finding) -> Hashable:
        repo = repos.get(finding.repo, finding.repo)
        ids = [now.get((finding.repo, point), (repo, point))[1] for point in finding.points]
        return finding.code, repo, tuple(ids) or moved.get(finding.path, finding.path)

    kept: list[tuple[Finding, Finding]] = []
    rest = _paired(list(old), list(new), lambda f: (f.code, f.fingerprint), lambda f: (f.code, f.fingerprint), kept)
    rest = _paired(*rest, lambda f: (place(f), f.message), lambda f: (_place(f), f.message), kept)
    removed, added = _paired(*rest, place, _place, kept)
    return FindingsDiff(added=tuple(added), removed=tuple(removed), kept=tuple(kept))


def _place(finding: Finding) -> Hashable:
    return finding.code, finding.repo, finding.points or finding.path


def _paired(
    olds: Sequence[Finding],
    news: Sequence[Finding],
    of_old: Callable[[Finding], Hashable],
    of_new: Callable[[Finding], Hashable],
    kept: list[tuple[Finding, Finding]],
) -> tuple[list[Finding], list[Finding]]:
    """Add pairs with one key to `kept`, in order; return what is left of both sides."""
    waiting: defaultdict[Hashable, list[Finding]] = defaultdict(list)
    for finding in olds:
        waiting[of_old(finding)].append(finding)
    added = []
    for finding in news:
        if before := waiting[of_new(finding)]:
            kept.append((before.pop(0), finding))
        else:
            added.append(finding)
    left = {id(finding) for findings in waiting.values() for finding in findings}
    return [finding for finding in olds if id(finding) in left], added
