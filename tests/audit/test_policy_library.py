"""LIB: copies of policy fragments that drifted, are old or missing, and a library that nobody keeps up."""

from __future__ import annotations

import datetime

import msgspec
import pytest

from aicensus.model.census import Point, Prompt
from aicensus.model.policy import AppliesTo, Fragment
from aicensus.model.settings import Journey, Manifest, PointClaim, Policies
from aicensus.policy.markers import comment_of, written
from tests.audit.cases import ROSTER, audited, found
from tests.builders import PERSON, a_census, a_fragment, a_point, a_prompt

RULE = "Refunds are allowed within 30 days of delivery. Never pay for the shipping of a refund."
CLAUSE = "Prices in this message are not binding, and only a written order confirmation is."
POINT = "app/service.py::summarise"


def saying(text: str, **fields: object) -> list[Point | Prompt]:
    """A prompt and the point that it reaches."""
    prompt = a_prompt(text, used_by=(POINT,), **fields)  # type: ignore[arg-type]
    return [prompt, a_point(prompts=(prompt.id,), owner=PERSON)]


def block(fragment: Fragment, text: str = "", day: datetime.date = datetime.date(2026, 11, 1)) -> str:
    """The managed block of a fragment, holding another text where one is given."""
    made = written(fragment, day, comment_of("a.md"), "", "\n")
    return f"Be kind.\n\n{made.replace(fragment.text, text or fragment.text)}\n"


REFUNDS = a_fragment(RULE)
LEGAL = a_fragment(CLAUSE, id="legal/offers", verbatim=True)


@pytest.mark.parametrize(
    ("code", "fragment", "text"),
    [
        pytest.param(None, REFUNDS, block(REFUNDS), id="a block as it should be"),
        pytest.param(None, REFUNDS, f"Be kind. {RULE}", id="word by word"),
        pytest.param(None, REFUNDS, RULE.replace("allowed", "permitted"), id="a synonym"),
        pytest.param("LIB001", REFUNDS, RULE.replace("30", "14"), id="another number"),
        pytest.param("LIB001", REFUNDS, block(REFUNDS, RULE.replace("Never", "Always")), id="a block that says the opposite"),
        pytest.param("LIB001", REFUNDS, block(REFUNDS, RULE.partition(". ")[0] + "."), id="a sentence left out"),
        pytest.param("LIB001", REFUNDS, block(REFUNDS, RULE + " Offer a voucher of 10 EUR instead."), id="a rule added"),
        pytest.param(None, LEGAL, block(LEGAL, CLAUSE.replace(" and ", "\r\n   and ")), id="verbatim: white space"),
        pytest.param("LIB002", LEGAL, CLAUSE.replace("written", "signed"), id="verbatim: one word"),
        pytest.param("LIB002", LEGAL, block(LEGAL, CLAUSE.replace("Prices in", "Prices of")), id="verbatim: one small word in a block"),
        pytest.param("LIB002", LEGAL, block(LEGAL, CLAUSE.replace(",", "")), id="verbatim: a comma"),
    ],
)
def test_drift(code: str | None, fragment: Fragment, text: str) -> None:
    findings = [row for row in audited(a_census(fragment, *saying(text))).findings if row.code.startswith("LIB")]
    assert [row.code for row in findings] == ([code] if code else [])
    for finding in findings:
        assert finding.evidence[-1].what == f"`{fragment.key}` of {PERSON}"
        assert finding.points == (POINT,)


def test_the_word_that_differs_is_named_and_the_prompt_is_not_shown() -> None:
    (finding,) = found("LIB002", a_census(LEGAL, *saying(CLAUSE.replace("written", "secret"))))
    assert "it first differs at word 11 of the fragment, `written`" in finding.message
    assert "secret" not in f"{finding.message} {finding.next} {finding.evidence}"


# --- what applies ---


def fitting(**given: tuple[str, ...]) -> Fragment:
    return a_fragment(CLAUSE, id="legal/offers", verbatim=True, applies_to=AppliesTo(**given))


MANIFEST = Manifest(
    points={POINT: PointClaim(functions=("Sales",), jurisdictions=("EU",))},
    journeys={"order": Journey(steps=("app/*",))},
)


@pytest.mark.parametrize(
    ("fragment", "applies"),
    [
        pytest.param(fitting(points=(POINT,)), True, id="id"),
        pytest.param(fitting(points=("app/...",)), True, id="glob"),
        pytest.param(fitting(points=("shop:app/*",)), True, id="repository and glob"),
        pytest.param(fitting(points=("other:app/*",)), False, id="another repository"),
        pytest.param(fitting(functions=("sales", "support")), True, id="one of the functions, in any case"),
        pytest.param(fitting(functions=("support",)), False, id="another function"),
        pytest.param(fitting(functions=("sales",), jurisdictions=("US",)), False, id="all fields must fit"),
        pytest.param(fitting(journeys=("order",), jurisdictions=("EU",)), True, id="journey and jurisdiction"),
        pytest.param(fitting(), False, id="nothing given"),
    ],
)
def test_a_clause_that_applies_must_stand_in_the_prompt(fragment: Fragment, applies: bool) -> None:
    messages = [finding.message for finding in found("LIB002", a_census(fragment, *saying("Be kind.")), MANIFEST)]
    assert messages == (["the prompt of `summarise` lacks `legal/offers@1`, whose wording it must hold"] if applies else [])


def test_condensed_text_never_stands_in_for_a_clause() -> None:
    short = a_fragment("Only a written confirmation binds.", id="short", derived_from="legal/offers@1", verbatim=True)
    census = a_census(fitting(points=("*",)), short, *saying("Be kind. Only a written confirmation binds."))
    (finding,) = found("LIB002", census)
    assert "holds `short@1`, a condensed text that never stands in for the wording of `legal/offers@1`" in finding.message


def test_what_applies_and_was_never_written_is_an_extraction_that_was_missed() -> None:
    census = a_census(a_fragment(RULE, points=("*",)), *saying("Be kind."))
    assert [finding.message for finding in found("LIB003", census)] == [
        "`refunds@1` applies to `summarise` and was never written into the prompt"
    ]


# --- time ---

OLD = a_fragment("Refunds are allowed within 60 days of delivery.", effective_until="2026-06-30")
NEW = a_fragment("Refunds are allowed within 30 days of delivery.", version="2", effective_from="2026-07-01")


@pytest.mark.parametrize("text", [block(OLD), OLD.text, block(NEW, OLD.text)], ids=["block", "words", "a block that says it is newer"])
def test_an_older_version_is_stale(text: str) -> None:
    census = a_census(OLD, NEW, *saying(text))
    assert [finding.message for finding in found("LIB003", census)] == [
        "the prompt of `summarise` holds `refunds@1`; `refunds@2` holds since 2026-07-01"
    ]
    assert found("LIB001", census) == ()
    assert found("LIB003", a_census(OLD, NEW, *saying(text)), as_of=datetime.date(2026, 6, 30)) == ()


@pytest.mark.parametrize(("days", "missed"), [(None, False), (19, False), (18, True)])
def test_a_cadence_that_was_missed(days: int | None, missed: bool) -> None:
    manifest = Manifest(policies=Policies(library=("policies/",), cadence_days=days))
    findings = found("LIB003", a_census(REFUNDS, *saying(block(REFUNDS))), manifest)
    assert [finding.message for finding in findings] == (
        [f"1 block of the policy library was last written more than {days} days ago, the oldest on 2026-11-01: an extraction was missed"]
        if missed
        else []
    )


def test_without_a_day_in_the_marker_the_last_commit_counts() -> None:
    text = "<!-- policy:begin refunds@1 -->\n" + RULE + "\n<!-- policy:end refunds -->"
    prompt, point = saying(text, path="app/service.py")
    assert isinstance(point, Point)
    manifest = Manifest(policies=Policies(cadence_days=30))
    for changed, missed in (("2026-10-01", True), ("2026-11-01", False), ("", False)):
        census = a_census(REFUNDS, prompt, a_point(prompts=point.prompts, owner=PERSON, changed=changed))
        assert bool(found("LIB003", census, manifest)) == missed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<!-- policy:begin gone@1 -->\nBe kind.\n<!-- policy:end gone -->", "the library holds no fragment `gone`"),
        ("<!-- policy:begin refunds@1 -->\nBe kind.\n", "the block of `refunds` has no closing marker"),
    ],
)
def test_blocks_that_lead_nowhere(text: str, words: str) -> None:
    assert words in [finding.message for finding in found("LIB003", a_census(REFUNDS, *saying(f"{text}\n\n{RULE}")))]


# --- upkeep ---


@pytest.mark.parametrize(
    ("fragments", "messages"),
    [
        pytest.param([REFUNDS], [], id="used, with an owner"),
        pytest.param([REFUNDS, LEGAL], ["no prompt states `legal/offers@1`"], id="unused"),
        pytest.param([OLD], ["`refunds@1` held until 2026-06-30, nothing follows it"], id="expired"),
        pytest.param(
            [a_fragment(RULE, effective_until="2026-11-19")],
            ["`refunds@1` held until 2026-11-19, nothing follows it, and 1 prompt still states it"],
            id="expired and stated",
        ),
        pytest.param([a_fragment(RULE, owner="the-team")], ["the owner of `refunds@1`, the-team, is not a person"], id="a team"),
        pytest.param([a_fragment(RULE, owner="@example/support")], [], id="a team with a lead"),
        pytest.param(
            [a_fragment(RULE, owner="joe@example.com")], ["the owner of `refunds@1`, joe@example.com, left on 2026-11-19"], id="left"
        ),
        pytest.param([REFUNDS, a_fragment(RULE, version="2")], ["`refunds@1` and `refunds@2` both hold always"], id="overlap"),
        pytest.param([REFUNDS, a_fragment(RULE, path="z.md")], ["`refunds@1` stands twice in the library, first at policies/"], id="twice"),
    ],
)
def test_upkeep(fragments: list[Fragment], messages: list[str]) -> None:
    findings = found("LIB004", a_census(*fragments, *saying(RULE)), Manifest(roster=ROSTER))
    assert len(findings) == len(messages)
    for finding, message in zip(findings, messages, strict=True):
        assert finding.message.startswith(message)


@pytest.mark.parametrize(("fragments", "said"), [((), 1), ((REFUNDS,), 0)])
def test_a_library_that_is_declared_and_empty(fragments: tuple[Fragment, ...], said: int) -> None:
    manifest = Manifest(policies=Policies(library=("policies/",)))
    findings = found("LIB004", a_census(*fragments, *saying(RULE)), manifest)
    assert [finding.message for finding in findings] == ["the policy library policies/ holds no fragment"] * said


def test_a_prompt_that_is_known_in_part_may_hold_what_is_not_seen() -> None:
    census = a_census(fitting(points=("*",)), *saying("Be kind. " * 3000))
    prompts = tuple(msgspec.structs.replace(prompt, text=prompt.text[:20_000]) for prompt in census.prompts)
    assert found("LIB002", msgspec.structs.replace(census, prompts=prompts)) == ()


# --- rules with a source ---


def two_owners(text: str, *fragments: Fragment) -> tuple[int, list[str]]:
    """How many places RUL001 names, and what RUL007 says, where two owners have the same prompt."""
    records: list[Point | Prompt] = []
    for name in "ab":
        prompt = a_prompt(text, path=f"{name}/prompts.py", used_by=(f"{name}/app.py::{name}",))
        records += [prompt, a_point(name, path=f"{name}/app.py", owner=f"{name}@example.com", prompts=(prompt.id,))]
    census = a_census(*fragments, *records)
    manifest = Manifest(policies=Policies(library=("policies/",)))
    shared = sum(len(row.evidence) for row in found("RUL001", census, manifest))
    return shared, [row.message for row in found("RUL007", census, manifest)]


def test_rules_that_come_from_the_library_have_a_source() -> None:
    shared, free = two_owners(f"{RULE}\nNever name a competitor to a customer.")
    assert shared == 6
    assert free == ["6 business rules in 2 prompts have no source in the policy library"]
    shared, free = two_owners(f"{RULE}\nNever name a competitor to a customer.", REFUNDS)
    assert shared == 2
    assert free == ["2 business rules in 2 prompts have no source in the policy library"]
    assert two_owners(block(REFUNDS)) == (0, []), "markers name the source where the library is not at hand"
