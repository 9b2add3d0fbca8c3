"""The audit: a function of a census and settings. `RULES` are all rules in the order of their codes."""

from __future__ import annotations

from aicensus import __version__
from aicensus.audit import (
    controls,
    coverage,
    decommission,
    manifest,
    models,
    orphans,
    ownership,
    rules_in_prompts,
    security,
)
from aicensus.audit.context import Context
from aicensus.audit.rule import Rule, enabled, make_finding, run_rules, worst_first
from aicensus.audit.waivers import accept
from aicensus.catalog import Catalog
from aicensus.census.places import NOWHERE, Places
from aicensus.model.census import Census
from aicensus.model.finding import AuditResult
from aicensus.model.settings import Settings

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *ownership.RULES,
            *orphans.RULES,
            *rules_in_prompts.RULES,
            *models.RULES,
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


def run_audit(census: Census, settings: Settings, *, catalog: Catalog | None = None, places: Places = NOWHERE) -> AuditResult:
    """Judge a census on the day `settings.as_of`; the same input gives the same result.

    `catalog` holds the facts to judge by, those shipped by default; `places` finds the lines of sentences in prompts. Raises
    AicensusError when the settings name a rule that does not exist.
    """
    context = Context(census, settings, catalog, places)
    rules = enabled(RULES, context)
    outcome = accept(run_rules(RULES, context), context, frozenset(rule.code for rule in rules))
    unused = [make_finding(rule, hit, context) for rule in rules if rule.code == _UNUSED for hit in outcome.unused]
    return AuditResult(
        tool_version=census.tool_version or __version__,
        as_of=settings.as_of.isoformat(),
        census=census,
        findings=tuple(worst_first([*outcome.reported, *unused])),
        accepted=tuple(sorted(outcome.accepted, key=lambda one: (one.finding.code, one.finding.repo, one.finding.path, one.finding.line))),
        rules=tuple(rule.info for rule in rules),
    )


__all__ = ["RULES", "Rule", "run_audit"]
