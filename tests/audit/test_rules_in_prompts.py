"""RUL: the same rule under several owners, and rules that clash. What contradicts looks even more alike, and is not the same."""

from __future__ import annotations

import msgspec
import pytest

from aicensus.model.census import Point, Prompt
from aicensus.model.settings import Journey, Manifest, Policies
from tests.audit.cases import audited, found
from tests.builders import a_census, a_point, a_prompt

RULE = "Never promise a refund to a customer who asks after 30 days."


def two_prompts(first: str, second: str, *, owners: tuple[str, str] = ("ann@example.com", "joe@example.com")) -> list[Point | Prompt]:
    records: list[Point | Prompt] = []
    for name, text, owner in zip(("a", "b"), (first, second), owners, strict=True):
        prompt = a_prompt(
            f"You are an assistant.\n{text}", name=name.upper(), path=f"{name}/prompts.py", used_by=(f"{name}/app.py::{name}",)
        )
        records += [prompt, a_point(name, path=f"{name}/app.py", owner=owner, prompts=(prompt.id,))]
    return records


@pytest.mark.parametrize(
    ("other", "confidence"),
    [
        pytest.param(RULE, "certain", id="word for word"),
        pytest.param("- never promise a refund to a customer who asks after 30 days", "certain", id="case, bullet, full stop"),
        pytest.param("Never promise refunds to customers who ask after 30 days.", "likely", id="plural"),
        pytest.param("Never promise the refund to any customer who asks after 30 days", "likely", id="articles"),
        pytest.param("Never promise a refund to a customer who asks after 14 days.", None, id="another number"),
        pytest.param("Always promise a refund to a customer who asks after 30 days.", None, id="the opposite"),
        pytest.param("Never promise a refund to a customer who asks before 30 days.", None, id="before, not after"),
        pytest.param("Never promise a refund to a customer unless it asks after 30 days.", None, id="an exception"),
        pytest.param("Never promise a replacement to a customer who asks after 30 days.", None, id="about something else"),
        pytest.param("Escalate every complaint about safety to a supervisor.", None, id="another rule"),
    ],
)
def test_same_rule(other: str, confidence: str | None) -> None:
    findings = found("RUL001", a_census(*two_prompts(RULE, other)))
    assert [finding.confidence for finding in findings] == ([confidence] if confidence else [])


@pytest.mark.parametrize(
    "text",
    [
        "You are a helpful assistant that never lies to a customer.",
        "Respond only with valid JSON and never add text around it.",
        "Answer in at most three sentences and never use headings.",
        "The customer wrote the message below on the website.",
    ],
)
def test_boilerplate_is_no_rule(text: str) -> None:
    assert found("RUL001", a_census(*two_prompts(text, text))) == ()


def test_one_owner_may_say_it_twice() -> None:
    assert found("RUL001", a_census(*two_prompts(RULE, RULE, owners=("ann@example.com", "ann@example.com")))) == ()


def test_nobody_is_not_a_second_owner() -> None:
    assert found("RUL001", a_census(*two_prompts(RULE, RULE, owners=("ann@example.com", "")))) == ()


def test_one_prompt_of_two_owners_is_a_shared_source() -> None:
    prompt = a_prompt(RULE, used_by=("app/service.py::a", "app/service.py::b"))
    points = [a_point(name, owner=f"{name}@example.com", prompts=(prompt.id,)) for name in "ab"]
    assert found("RUL001", a_census(prompt, *points)) == ()


@pytest.mark.parametrize(("repo", "place"), [("", "b/prompts.py:4"), ("warehouse", "warehouse/b/prompts.py:4")], ids=["one", "two"])
def test_a_conflict_says_where_its_other_side_stands(repo: str, place: str) -> None:
    first, own, second, other = two_prompts(RULE, RULE.replace("Never promise", "Always promise"))
    if repo:
        second, other = (msgspec.structs.replace(record, repo=repo) for record in (second, other))
    (finding,) = found("RUL002", a_census(first, own, second, other))
    assert (finding.path, finding.line) == ("a/prompts.py", 4)
    assert f"the other rule stands at {place}" in finding.message


def test_places_are_shown_and_the_text_is_not() -> None:
    (finding,) = found("RUL001", a_census(*two_prompts(RULE, RULE)))
    assert [(row.path, row.line) for row in finding.evidence] == [("a/prompts.py", 4), ("b/prompts.py", 4)]
    assert finding.owners == ("ann@example.com", "joe@example.com")
    assert finding.points == ("a/app.py::a", "b/app.py::b")
    assert "promise" not in f"{finding.message} {finding.next} {finding.evidence}"


def test_the_fingerprint_stays_when_lines_move() -> None:
    (before,) = found("RUL001", a_census(*two_prompts(RULE, RULE)))
    (after,) = found("RUL001", a_census(*two_prompts(f"Be kind to all of them.\n\n{RULE}", RULE)))
    assert before.line != after.line
    assert before.fingerprint == after.fingerprint


# --- two rules that are not the same ---


@pytest.mark.parametrize(
    ("code", "first", "second"),
    [
        pytest.param(
            "RUL002",
            "Offer a goodwill credit for late deliveries to customers.",
            "Do not offer a goodwill credit for late deliveries to customers.",
            id="denied",
        ),
        pytest.param(
            "RUL002", "Respond to complaints within 5 business days.", "Respond to complaints within 5 days.", id="another day count"
        ),
        pytest.param(
            "RUL003", "Refunds are allowed within 30 days of delivery.", "Refunds are allowed within 14 days of delivery.", id="limit"
        ),
        pytest.param(None, "Refunds are allowed within 30 days of delivery.", "Never name a competitor to a customer.", id="two questions"),
        pytest.param(
            None, "Premium customers are eligible for free shipping.", "Free shipping is not available for standard customers.", id="apart"
        ),
    ],
)
def test_rules_that_clash(code: str | None, first: str, second: str) -> None:
    findings = [
        row for row in audited(a_census(*two_prompts(first, second))).findings if row.code in ("RUL002", "RUL003", "RUL004", "RUL006")
    ]
    assert [row.code for row in findings] == ([code] if code else [])
    for row in findings:
        assert row.owners == ("ann@example.com", "joe@example.com")
        assert "goodwill" not in row.message
        assert [place.path for place in row.evidence] == ["a/prompts.py", "b/prompts.py"]


def test_a_limit_in_dispute_is_named() -> None:
    (finding,) = found("RUL003", a_census(*two_prompts("Refunds are allowed within 30 days.", "Refunds are allowed within 14 days.")))
    assert "in dispute: from within 14 days to within 30 days" in finding.message


def test_all_clashes_of_two_prompts_are_one_finding() -> None:
    first = (
        "If a customer threatens to leave, offer the customer a discount on the next order.",
        "If a customer is angry, offer free shipping.",
    )
    second = (
        "If the margin is below 20 percent, do not offer the customer a discount on the next order.",
        "If the order is below 30 EUR, do not offer free shipping.",
    )
    (finding,) = found("RUL004", a_census(*two_prompts("\n".join(f"- {one}" for one in first), "\n".join(f"- {one}" for one in second))))
    assert "2 pairs of rules" in finding.message
    assert len(finding.evidence) == 4
    alone = found("RUL004", a_census(*two_prompts(first[0], second[0])))
    assert finding.fingerprint not in {one.fingerprint for one in alone}


def test_declared_precedence_settles_a_conflict() -> None:
    first = "If a customer threatens to leave, offer the customer a discount on the next order."
    second = "If the margin is below 20 percent, do not offer the customer a discount on the next order."
    census = a_census(*two_prompts(first, second))
    assert len(found("RUL004", census)) == 1
    ranked = Manifest(precedence={"discount": ("b/...", "a/...")})
    assert found("RUL004", census, ranked) == ()


def test_a_prompt_that_contradicts_itself() -> None:
    text = "- Refunds are allowed within 30 days.\n- Refunds are allowed within 14 days."
    prompt = a_prompt(text, used_by=("app/service.py::summarise",))
    (finding,) = found("RUL006", a_census(prompt, a_point(prompts=(prompt.id,), owner="ann@example.com")))
    assert [row.line for row in finding.evidence] == [3, 4]
    assert found("RUL003", a_census(prompt, a_point(prompts=(prompt.id,)))) == ()


def test_look_alikes_that_say_something_else() -> None:
    shared = "Verify the order number first. Never name a competitor. Escalate safety complaints to a supervisor at once. "
    census = a_census(*two_prompts(f"{shared}Refund parcels that arrive late.", f"{shared}Refund parcels that were lost."))
    assert [row.owners for row in found("RUL005", census)] == [("ann@example.com", "joe@example.com")]
    assert found("RUL005", a_census(*two_prompts(shared, shared))) == ()


def test_rules_outside_a_declared_library() -> None:
    census = a_census(*two_prompts(RULE, "Never name a competitor to a customer."))
    assert found("RUL007", census) == ()
    (finding,) = found("RUL007", census, Manifest(policies=Policies(library=("b/",))))
    assert [row.path for row in finding.evidence] == ["a/prompts.py"]


def test_prompts_of_one_name_are_told_apart_and_a_journey_is_named() -> None:
    records = two_prompts("Refunds are allowed within 30 days of delivery.", "Refunds are allowed within 14 days of delivery.")
    named = [msgspec.structs.replace(one, name="PROMPT") if isinstance(one, Prompt) else one for one in records]
    manifest = Manifest(journeys={"refund": Journey(steps=("a/*", "b/*"))})
    (finding,) = found("RUL003", a_census(*named), manifest)
    assert finding.message.startswith(
        "the prompt `a/prompts.py::A` of ann@example.com and the prompt `b/prompts.py::B` of joe@example.com put one limit at two values"
    )
    assert finding.message.endswith("; both are part of the journey `refund`")
    assert "the prompt `A` of ann@example.com" in found("RUL003", a_census(*records))[0].message


def test_a_precedence_on_another_subject_settles_nothing() -> None:
    first = "If a customer threatens to leave, offer the customer a discount on the next order."
    second = "If the margin is below 20 percent, do not offer the customer a discount on the next order."
    census = a_census(*two_prompts(first, second))
    assert len(found("RUL004", census, Manifest(precedence={"delivery-promise": ("b/...", "a/...")}))) == 1


def test_a_precedence_that_settles_a_contradiction_is_named() -> None:
    records = two_prompts("Refunds are allowed within 30 days of delivery.", "Refunds are allowed within 14 days of delivery.")
    (finding,) = found("RUL003", a_census(*records), Manifest(precedence={"refund": ("b/*", "a/*")}))
    assert "; the precedence of `refund` says which one wins" in finding.message


def test_a_copied_prompt_is_one_finding() -> None:
    text = f"{RULE}\nNever name a competitor to a customer.\nEscalate every complaint about safety to a supervisor."
    (finding,) = found("RUL001", a_census(*two_prompts(text, f"{text}\nBe kind.")))
    assert finding.message.startswith("the same 3 rules stand in 2 prompts of 2 owners")
