"""The audit: a function of a census and settings. `RULES` are all rules in the order of their codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aicensus import __version__
from aicensus.audit import (
    baseline,
    controls,
    coverage,
    decommission,
    manifest,
    models,
    orphans,
    ownership,
    policy_library,
    precedence,
    regression,
    rules_in_prompts,
    security,
)
from aicensus.audit.context import Context
from aicensus.audit.recording import rules_in_prompts as recorded_rules
from aicensus.audit.rule import Hit, Rule, enabled, make_finding, run_rules, worst_first
from aicensus.audit.waivers import accept
from aicensus.catalog import Catalog
from aicensus.census.places import NOWHERE, Places
from aicensus.model.census import Census
from aicensus.model.finding import AuditResult, Finding
from aicensus.model.settings import Settings
from aicensus.model.since import Since

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *ownership.RULES,
            *orphans.RULES,
            *rules_in_prompts.RULES,
            *policy_library.RULES,
            *precedence.RULES,
            *models.RULES,
            *regression.RULES,
            *controls.RULES,
            *decommission.RULES,
            *security.RULES,
            *coverage.RULES,
            *manifest.RULES,
        ),
        key=lambda rule: rule.code,
    )
)

_UNUSED = "MAN002"


def run_audit(
    census: Census, settings: Settings, *, catalog: Catalog | None = None, places: Places = NOWHERE, since: Since | None = None
) -> AuditResult:
    """Judge a census on the day `settings.as_of`; the same input gives the same result.

    `catalog` holds the facts to judge by, those shipped by default; `places` finds the lines of sentences in prompts; `since` is the
    change that is judged. Raises AicensusError when the settings name a rule that does not exist.
    """
    context = Context(census, settings, catalog, places, since)
    rules = enabled(RULES, context)
    active = frozenset(rule.code for rule in rules)
    outcome = accept(run_rules(RULES, context), context, active)
    unused = _unused(rules, outcome.unused, context)
    found = [*outcome.reported, *unused, *(one.finding for one in outcome.accepted)]
    before = baseline.followed(settings.baseline, found)
    reported, kept = baseline.part([*outcome.reported, *unused], before)
    accepted = [*outcome.accepted, *kept]
    if stale := baseline.stale(before, found, active):
        reported += _unused(rules, [baseline.stale_hit(before, stale)], context)
    return AuditResult(
        tool_version=census.tool_version or __version__,
        as_of=settings.as_of.isoformat(),
        census=census,
        findings=tuple(worst_first(reported)),
        accepted=tuple(sorted(accepted, key=lambda one: (one.finding.code, one.finding.repo, one.finding.path, one.finding.line))),
        rules=tuple(rule.info for rule in rules),
        rules_in_prompts=recorded_rules(context),
    )


def _unused(rules: Iterable[Rule], hits: Sequence[Hit], context: Context) -> list[Finding]:
    """What accepts nothing, as findings of MAN002, if that is not switched off."""
    return [make_finding(rule, hit, context) for rule in rules if rule.code == _UNUSED for hit in hits]


def library_findings(context: Context) -> tuple[Finding, ...]:
    """The findings about the policy library that nobody accepted, worst first."""
    rules = [rule for rule in enabled(RULES, context) if rule in policy_library.RULES]
    return tuple(worst_first(accept(run_rules(rules, context), context, frozenset(rule.code for rule in rules)).reported))


__all__ = ["RULES", "Rule", "library_findings", "run_audit"]
