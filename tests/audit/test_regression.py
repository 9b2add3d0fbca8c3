"""REG001 to REG004: a change of a model or prompt beside what evaluations and owners know of it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from aicensus.audit import run_audit
from aicensus.census.diff import diff_censuses
from aicensus.model.census import Census, Evaluation, ModelUse, Point, Prompt
from aicensus.model.finding import Finding, Severity
from aicensus.model.settings import Manifest, PointClaim, RosterEntry
from aicensus.model.since import Commit, Since
from tests.audit.cases import POINT_ID, ROSTER, catalog, found
from tests.builders import PERSON, REPO, a_census, a_point, a_prompt, some_settings

PROMPT = a_prompt("Answer politely, and never promise a refund.", used_by=(POINT_ID,))
POINT = a_point(prompts=(PROMPT.id,), prompt="constant", owner=PERSON)
EVAL = Evaluation(repo=REPO, path="evals/tone.yaml", line=1, tool="promptfoo", prompts=(PROMPT.id,), files=("evals/cases.csv",))
TEST = Evaluation(repo=REPO, path="tests/test_service.py", line=1, kind="test", tool="pytest", points=(POINT_ID,))


def other(model: str = "gpt-4o", words: str = PROMPT.text) -> Census:
    """The census before: the same point with another model or prompt."""
    prompt = a_prompt(words, used_by=(POINT_ID,))
    return a_census(msgspec.structs.replace(POINT, model=ModelUse(id=model, source="literal")), prompt)


def changed(
    code: str, old: Census, new: Census, touched: tuple[str, ...] = (), commits: tuple[Commit, ...] = (), manifest: Manifest | None = None
) -> tuple[Finding, ...]:
    since = Since(commit="2f" * 20, diff=diff_censuses(old, new), touched=frozenset(touched), commits=commits)
    result = run_audit(new, some_settings(manifest), catalog=catalog(), since=since)
    return tuple(finding for finding in result.findings if finding.code == code)


@pytest.mark.parametrize(
    ("old", "evaluations", "touched", "severity", "says"),
    [
        pytest.param(other(), (EVAL,), (), Severity.ERROR, "from gpt-4o to gpt-5.6-sol, and no evaluation of it did: evals", id="model"),
        pytest.param(other("gpt-5.6-sol", "Be rude."), (EVAL,), (), Severity.ERROR, "the prompt of `summarise` changed, and", id="prompt"),
        pytest.param(other(), (EVAL,), ("evals/tone.yaml",), None, "", id="its evaluation is touched"),
        pytest.param(other(), (EVAL,), ("evals/cases.csv",), None, "", id="the cases of its evaluation are touched"),
        pytest.param(other(), (EVAL,), ("evals/other.yaml",), Severity.ERROR, "", id="another evaluation is touched"),
        pytest.param(other(), (EVAL, TEST), ("tests/test_service.py",), None, "", id="one of two is touched"),
        pytest.param(other(), (TEST,), (), Severity.WARNING, "no test of it did: tests/test_service.py", id="only a test names it"),
        pytest.param(other(), (), (), Severity.WARNING, "no evaluation or test names it", id="nothing names it"),
        pytest.param(other("gpt-5.6-sol"), (EVAL,), (), None, "", id="nothing changed"),
        pytest.param(a_census(), (EVAL,), (), None, "", id="the point is new"),
    ],
)
def test_changed_without_evaluation(
    old: Census, evaluations: tuple[Evaluation, ...], touched: tuple[str, ...], severity: Severity | None, says: str
) -> None:
    new = a_census(POINT, PROMPT, evaluations=evaluations)
    findings = changed("REG001", old, new, touched)
    assert [finding.severity for finding in findings] == ([severity] if severity else [])
    assert all(says in finding.message for finding in findings)


def test_a_model_that_is_not_known_is_a_milder_finding() -> None:
    old = a_census(msgspec.structs.replace(POINT, model=ModelUse()), PROMPT)
    (finding,) = changed("REG001", old, a_census(POINT, PROMPT, evaluations=(EVAL,)))
    assert (finding.severity, finding.confidence) == (Severity.WARNING, "likely")


def test_a_changed_prompt_is_shown_at_its_line() -> None:
    new = a_census(POINT, PROMPT, evaluations=(EVAL,))
    assert [f.path for f in changed("REG001", other("gpt-5.6-sol", "Be rude."), new)] == [PROMPT.path]
    assert [f.path for f in changed("REG001", other(), new)] == [POINT.path]


def test_both_are_two_findings() -> None:
    new = a_census(POINT, PROMPT, evaluations=(EVAL,))
    assert [f.message.partition(" of ")[0] for f in changed("REG001", other(words="Be rude."), new)] == ["the prompt", "the model"]


def asking(model: str, *evaluations: Evaluation) -> Census:
    """A gateway that gives three uses their model."""
    use = ModelUse(id=model, source="literal")
    gateway = a_point("ask", role="gateway", model=use, line=3)
    uses = [a_point(name, role="use", gateways=(gateway.id,), model=use, line=20) for name in ("reply", "sort", "tell")]
    return a_census(gateway, *uses, evaluations=evaluations)


def test_a_model_that_a_gateway_gives_is_one_change_at_the_gateway() -> None:
    evaluation = Evaluation(repo=REPO, path="evals/sort.yaml", line=1, tool="promptfoo", points=("app/service.py::sort",))
    findings = changed("REG001", asking("gpt-4o", evaluation), asking("gpt-5.6-sol", evaluation))
    assert [(f.severity, f.message.partition(" changed")[0], f.line) for f in findings] == [
        (Severity.ERROR, "the model of `sort`", 3),
        (Severity.WARNING, "the model of `reply`, `tell`", 3),
    ]
    after = changed("REG001", asking("gpt-4o", evaluation), asking("gpt-5.6-sol", evaluation), ("evals/sort.yaml",))
    assert [f.severity for f in after] == [Severity.WARNING]


def test_one_change_of_many_points_is_one_finding() -> None:
    def census(model: str) -> Census:
        return a_census(*(a_point(f"f{at}", model=model) for at in range(5)))

    (finding,) = changed("REG001", census("gpt-4o"), census("gpt-5.6-sol"))
    assert finding.message == (
        "the model of `f0`, `f1`, `f2` and 2 others changed from gpt-4o to gpt-5.6-sol, and no evaluation or test names them"
    )
    assert len(finding.points) == 5


def test_another_change_of_a_point_is_another_finding() -> None:
    first = changed("REG001", other(), a_census(POINT, PROMPT))
    second = changed("REG001", other(), a_census(msgspec.structs.replace(POINT, model=ModelUse(id="o9", source="literal")), PROMPT))
    assert first[0].fingerprint != second[0].fingerprint


@pytest.mark.parametrize(
    ("point", "evaluations", "found_at"),
    [
        pytest.param({"consequential": True}, (), [Severity.WARNING], id="consequential"),
        pytest.param({"consequential": False}, (), [], id="of no consequence"),
        pytest.param({}, (), [], id="nobody said"),
        pytest.param({"consequential": True}, (TEST,), [], id="a test names it"),
        pytest.param({"consequential": True}, (EVAL,), [], id="an evaluation names its prompt"),
        pytest.param({"consequential": True}, (msgspec.structs.replace(TEST, points=("x.py::f",)),), [Severity.WARNING], id="another's"),
        pytest.param({"consequential": True}, (msgspec.structs.replace(EVAL, prompts=(PROMPT.path,)),), [], id="the prompt's file"),
        pytest.param({"consequential": True}, (msgspec.structs.replace(TEST, repo="other"),), [Severity.WARNING], id="elsewhere"),
    ],
)
def test_consequential_prompt_untested(point: dict[str, Any], evaluations: tuple[Evaluation, ...], found_at: list[Severity]) -> None:
    manifest = Manifest(points={POINT_ID: PointClaim(**point)})
    findings = found("REG002", a_census(POINT, PROMPT, evaluations=evaluations), manifest)
    assert [finding.severity for finding in findings] == found_at


def remote(**fields: Any) -> Prompt:
    return a_prompt("", name="triage", id="remote::triage", path="app/service.py", kind="remote", used_by=(POINT_ID,), **fields)


@pytest.mark.parametrize(
    ("prompt", "number"),
    [
        pytest.param(remote(), 1, id="no version"),
        pytest.param(remote(version="3"), 0, id="a version"),
        pytest.param(PROMPT, 0, id="in the repository"),
        pytest.param(msgspec.structs.replace(remote(), used_by=()), 0, id="no point takes it"),
    ],
)
def test_unpinned_prompt(prompt: Prompt, number: int) -> None:
    assert len(found("REG003", a_census(msgspec.structs.replace(POINT, prompts=(prompt.id,)), prompt))) == number


def by(author: str, *reviewers: str, path: str = POINT.path) -> Commit:
    return Commit(id="ab" * 20, author=author, reviewers=reviewers, paths=(path,))


TEAM = "@example/support"
AUTHORS = Manifest(roster=ROSTER | {"kim@example.com": RosterEntry(name="Kim")})


@pytest.mark.parametrize(
    ("point", "commits", "found_at"),
    [
        pytest.param(POINT, (by("Kim <kim@example.com>"),), [Severity.NOTE], id="somebody else, and nobody records reviews"),
        pytest.param(POINT, (by("Kim <kim@example.com>", "joe@example.com"),), [Severity.WARNING], id="reviewed by somebody else"),
        pytest.param(POINT, (by("Kim <kim@example.com>", "Maria Lopez <maria.lopez@example.com>"),), [], id="reviewed by the owner"),
        pytest.param(POINT, (by("Kim <kim@example.com>", "@maria"),), [], id="reviewed by the owner's account"),
        pytest.param(POINT, (by("Maria Lopez <maria.lopez@example.com>"),), [], id="the owner wrote it"),
        pytest.param(POINT, (by("Maria <12+maria@users.noreply.github.com>"),), [], id="the owner wrote it on the code host"),
        pytest.param(POINT, (by("maria.lopez@example.com"), by("Kim <kim@example.com>")), [Severity.NOTE], id="the owner wrote a part"),
        pytest.param(POINT, (by("Kim <kim@example.com>"), by("x@example.com", PERSON, path="z")), [], id="reviewed in another commit"),
        pytest.param(POINT, (by("Kim <kim@example.com>", path="README.md"),), [], id="no commit touches it yet"),
        pytest.param(a_point(owner=TEAM), (by("joe@example.com"),), [], id="one of the team wrote it"),
        pytest.param(a_point(owner=TEAM), (by("kim@example.com"),), [Severity.NOTE], id="none of the team"),
        pytest.param(a_point(), (by("kim@example.com"),), [], id="nobody owns it"),
    ],
)
def test_changed_without_owner(point: Point, commits: tuple[Commit, ...], found_at: list[Severity]) -> None:
    old = a_census(msgspec.structs.replace(point, model=ModelUse(id="gpt-4o", source="literal")))
    findings = changed("REG004", old, a_census(point), commits=commits, manifest=AUTHORS)
    assert [finding.severity for finding in findings] == found_at
