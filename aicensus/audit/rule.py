"""Rules, what they hit, and how hits become findings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from aicensus.audit.context import Context
from aicensus.model.census import Confidence, Evidence, Point
from aicensus.model.errors import AicensusError
from aicensus.model.finding import Finding, RuleInfo, Severity
from aicensus.model.settings import SettingsSection


class Hit(NamedTuple):
    """One violation, as a rule sees it."""

    message: str
    next: str
    """What to do about this one."""
    key: tuple[str, ...]
    """What makes it the same violation tomorrow: point ids, hashes or a path, never a line."""
    repo: str
    path: str
    line: int = 0
    points: tuple[Point, ...] = ()
    owners: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    confidence: Confidence = "certain"
    milder: int = 0
    """Levels below the severity of the rule."""


Check = Callable[[Context], Iterator[Hit]]


@dataclass(frozen=True)
class Rule:
    """A check with a code. Its texts are its `aicensus explain` page."""

    code: str
    name: str
    severity: Severity
    what: str
    why: str
    fix: str
    check: Check | None
    """None: its findings come from comparing the findings of the others with what was accepted."""
    standards: tuple[str, ...] = ()

    @property
    def info(self) -> RuleInfo:
        return RuleInfo(
            code=self.code, name=self.name, severity=self.severity, what=self.what, why=self.why, fix=self.fix, standards=self.standards
        )


def at_point(
    point: Point,
    message: str,
    *,
    next: str,
    key: tuple[str, ...] = (),
    owners: tuple[str, ...] | None = None,
    evidence: tuple[Evidence, ...] | None = None,
    confidence: Confidence = "certain",
    milder: int = 0,
) -> Hit:
    """A hit at a point; its key starts with the point's id, and the point's owner is asked."""
    return Hit(
        message=message,
        next=next,
        key=(point.id, *key),
        repo=point.repo,
        path=point.path,
        line=point.line,
        points=(point,),
        owners=whom_to_ask(point) if owners is None else owners,
        evidence=(Evidence(path=point.path, line=point.line, what=point.call),) if evidence is None else evidence,
        confidence="likely" if point.confidence == "likely" else confidence,
        milder=milder,
    )


def whom_to_ask(point: Point) -> tuple[str, ...]:
    """The person, else the owner, else whom git history suggests."""
    ownership = point.ownership
    named = ownership.person or ownership.owner
    return (named,) if named else tuple(claim.owner for claim in ownership.suggestions)


def provider_of(point: Point) -> str:
    """Who is asked, in words."""
    return {"multi": "one of several providers", "dynamic": "a provider chosen at run time"}.get(point.provider, point.provider)


def count(number: int, noun: str) -> str:
    """`1 point`, `2 points`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def run_rules(rules: Sequence[Rule], context: Context) -> list[Finding]:
    """Every finding of the enabled rules, worst first."""
    found = (make_finding(rule, hit, context) for rule in enabled(rules, context) if rule.check for hit in rule.check(context))
    return worst_first(found)


def enabled(rules: Sequence[Rule], context: Context) -> tuple[Rule, ...]:
    """Rules that the settings select and do not ignore. Raises AicensusError when the settings name a rule that does not exist."""
    settings = context.settings.manifest.settings
    _check_names(rules, settings, context.settings.manifest_path or "the settings")
    return tuple(rule for rule in rules if _names(settings.select or (rule.code,), rule) and not _names(settings.ignore, rule))


def _check_names(rules: Sequence[Rule], settings: SettingsSection, where: str) -> None:
    known = {rule.code for rule in rules} | {rule.code[:3] for rule in rules}
    for name in (*settings.select, *settings.ignore, *settings.severity):
        if name not in known:
            raise AicensusError(f"{where}: no rule `{name}`; known: {', '.join(sorted(rule.code for rule in rules))}")


def _names(names: Iterable[str], rule: Rule) -> bool:
    return any(rule.code.startswith(name) for name in names)


def make_finding(rule: Rule, hit: Hit, context: Context) -> Finding:
    return Finding(
        code=rule.code,
        severity=_severity(rule, hit, context),
        message=hit.message,
        repo=hit.repo,
        path=hit.path,
        line=hit.line,
        points=tuple(point.id for point in hit.points),
        owners=hit.owners,
        next=hit.next,
        evidence=hit.evidence,
        fingerprint=fingerprint(rule.code, _renamed(hit.key, context.settings.renamed)),
        confidence=hit.confidence,
    )


def fingerprint(code: str, key: Iterable[str]) -> str:
    """32 hex digits of the code and the rule's own key."""
    return hashlib.sha256("\0".join((code, *key)).encode()).hexdigest()[:32]


def _renamed(key: Iterable[str], renamed: Mapping[str, str]) -> Iterator[str]:
    """A key in which paths, and ids that start with one, have their other names."""
    for part in key:
        path, sign, rest = part.partition("::")
        yield renamed.get(part) or renamed.get(path, path) + sign + rest


def _severity(rule: Rule, hit: Hit, context: Context) -> Severity:
    """The rule's severity or the user's own, milder where the hit says so, one level up at a consequential point."""
    graded = context.settings.manifest.settings.severity
    base = graded.get(rule.code) or graded.get(rule.code[:3]) or rule.severity
    rank = base.rank + hit.milder
    if any(context.declared_consequential(point) for point in hit.points):
        rank -= 1
    levels = list(Severity)
    return levels[min(max(rank, 0), len(levels) - 1)]


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Sorted by severity, then code and place, so that two runs agree."""
    return sorted(findings, key=lambda found: (found.severity.rank, found.code, found.repo, found.path, found.line, found.message))
