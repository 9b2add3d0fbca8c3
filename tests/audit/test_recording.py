"""What an audit keeps of rules, for reports that need nothing else."""

from __future__ import annotations

import msgspec

from aicensus.model.census import Point
from aicensus.model.finding import AuditResult
from aicensus.model.rulebook import RulesInPrompts
from aicensus.model.settings import Manifest, Precedence
from tests.audit.cases import audited
from tests.builders import a_census, a_point, a_prompt

GRANTS = "Offer a goodwill credit when a customer is at risk of leaving."
REFUSES = "Goodwill credits are ineligible below 20 percent margin."


def kept(manifest: Manifest | None = None) -> RulesInPrompts:
    prompts = [
        a_prompt(f"Be kind.\n{text}", name=n.upper(), used_by=(f"{n}/app.py::{n}",))
        for n, text in zip("ab", (GRANTS, REFUSES), strict=True)
    ]
    points: list[Point] = [
        a_point(n, path=f"{n}/app.py", owner=f"{n}@example.com", prompts=(f"app/prompts.py::{n.upper()}",)) for n in "ab"
    ]
    return audited(a_census(*prompts, *points), manifest).rules_in_prompts


def test_rules_pairs_and_subjects() -> None:
    found = kept()
    assert [(one.rule.text, one.line, one.owners, one.points) for one in found.rules] == [
        (GRANTS, 4, ("a@example.com",), ("a/app.py::a",)),
        (REFUSES, 4, ("b@example.com",), ("b/app.py::b",)),
    ]
    assert [(pair.first, pair.second, pair.verdict.verdict) for pair in found.pairs] == [(0, 1, "conditional conflict")]
    (subject,) = found.subjects
    assert (subject.name, subject.unsettled, subject.needed, subject.wins) == ("goodwill-credit", ((0, 1),), 1, ())
    assert [(one.point, one.declared, one.rules) for one in subject.points] == [("a/app.py::a", False, (0,)), ("b/app.py::b", False, (1,))]


def test_what_is_declared() -> None:
    ordered = Manifest(precedence={"goodwill-credit": Precedence(order=("b/*", "a/*"), arbiter="ann@example.com", fallback="a/*")})
    (subject,) = kept(ordered).subjects
    assert (subject.wins, subject.unsettled, subject.needed) == (((1, 0),), (), 0)
    assert (subject.arbiter, subject.fallback, subject.circular) == ("ann@example.com", "a/*", False)
    (circle,) = kept(Manifest(precedence={"goodwill-credit": ("a/*", "b/*", "a/*")})).subjects
    assert circle.circular


def test_a_declared_subject_that_nobody_decides_is_kept() -> None:
    names = [one.name for one in kept(Manifest(precedence={"late-fee": Precedence(tie="stricter")})).subjects]
    assert names == ["goodwill-credit", "late-fee"]


def test_it_survives_being_written_and_read() -> None:
    result = audited(a_census())
    whole = msgspec.structs.replace(result, rules_in_prompts=kept())
    assert msgspec.json.decode(msgspec.json.encode(whole), type=AuditResult) == whole
