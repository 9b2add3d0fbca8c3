"""PRE: who decides one subject, and what is declared about who wins."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from aicensus.model.census import Census, Flow, Point, Prompt, Step
from aicensus.model.finding import Severity
from aicensus.model.settings import Journey, LexiconSection, Manifest, ManifestFile, PointClaim, Precedence, RosterEntry
from tests.audit.cases import DAY, found, messages
from tests.builders import REPO, Item, a_census, a_point, a_prompt, a_state, an_entry_point

GRANTS = "Offer a goodwill credit when a customer is at risk of leaving."
REFUSES = "Goodwill credits are ineligible below 20 percent margin."
A, B, C = (f"{name}/app.py::{name}" for name in "abc")


def deciding(*texts: str, repos: tuple[str, ...] = (), **fields: Any) -> list[Point | Prompt]:
    """Points `a`, `b`, `c` of owners of their own, each with a prompt of these words."""
    records: list[Point | Prompt] = []
    for name, text, repo in zip("abc", texts, repos or (REPO,) * len(texts), strict=False):
        prompt = a_prompt(
            f"You are an assistant.\n{text}", name=name.upper(), path=f"{name}/prompts.py", repo=repo, used_by=(f"{name}/app.py::{name}",)
        )
        owner = f"{name}@example.com"
        records += [prompt, a_point(name, path=f"{name}/app.py", repo=repo, owner=owner, prompts=(prompt.id,), **fields)]
    return records


BOTH = a_census(*deciding(GRANTS, REFUSES))


def declares(*order: str | tuple[str, ...], **fields: Any) -> Manifest:
    return Manifest(precedence={"goodwill-credit": Precedence(order=order, **fields)})


# --- nothing says who wins ---


@pytest.mark.parametrize(
    ("texts", "subjects"),
    [
        pytest.param((GRANTS, REFUSES), ["goodwill-credit"], id="both prompts state rules on it"),
        pytest.param((GRANTS, "Never offer credits to resellers."), ["goodwill-credit"], id="one on the wider subject"),
        pytest.param((GRANTS, GRANTS), [], id="the same rule"),
        pytest.param((GRANTS, "Offer goodwill credits when a customer is at risk of leaving."), [], id="the same rule in other words"),
        pytest.param((GRANTS, "Approve refunds of up to 50 EUR."), [], id="another subject"),
        pytest.param((GRANTS, "Mention goodwill credits only when asked for one."), [], id="about words"),
        pytest.param((GRANTS, "Summarise what was said about goodwill credits."), [], id="about records"),
        pytest.param((GRANTS, "Answer in a friendly tone."), [], id="tone"),
        pytest.param(
            (GRANTS, "If the customer asks for a goodwill credit, transfer the call to a supervisor."), [], id="only in a condition"
        ),
        pytest.param(("Return the result as JSON.", "Never return an empty list."), [], id="programs"),
    ],
)
def test_undeclared_precedence(texts: tuple[str, ...], subjects: list[str]) -> None:
    findings = found("PRE001", a_census(*deciding(*texts)))
    assert [finding.message.split("`")[1] for finding in findings] == subjects
    assert {finding.severity for finding in findings} <= {Severity.NOTE}


def test_what_an_undeclared_precedence_says() -> None:
    (finding,) = found("PRE001", BOTH)
    assert finding.message == (
        f"2 points decide `goodwill-credit`, and nothing says who wins between `{A}` (a@example.com) and `{B}` (b@example.com); "
        "1 declaration would settle it"
    )
    assert finding.next == f'add to aicensus.yaml, in the order in which they win: precedence: {{goodwill-credit: ["{A}", "{B}"]}}'
    assert finding.owners == ("a@example.com", "b@example.com")
    assert [(row.path, row.line) for row in finding.evidence] == [("a/prompts.py", 4), ("b/prompts.py", 4)]
    assert "risk of leaving" not in f"{finding.message}{finding.next}{finding.evidence}"


def test_one_finding_for_all_points_of_a_subject() -> None:
    census = a_census(*deciding(GRANTS, REFUSES, "Refuse a second goodwill credit for the same order."))
    assert messages("PRE001", census)[0].endswith("; 2 declarations would settle it")
    assert "`c/app.py::c` (c@example.com); 1 declaration would settle it" in messages("PRE001", census, declares(A, B))[0]


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        pytest.param(Manifest(precedence={"goodwill-credit": (B, A)}), 0, id="a list"),
        pytest.param(Manifest(precedence={"Goodwill Credit": ("b/...", "a/...")}), 0, id="globs, another spelling"),
        pytest.param(declares(B, A), 0, id="an order"),
        pytest.param(declares(B), 1, id="only one is named"),
        pytest.param(declares(tie="stricter"), 0, id="a tie rule"),
        pytest.param(declares(arbiter="ann@example.com"), 0, id="an arbiter"),
        pytest.param(declares(B, A, effective_from=DAY(2026, 11, 20)), 0, id="from today"),
        pytest.param(declares(B, A, effective_from=DAY(2026, 11, 21)), 1, id="from tomorrow"),
        pytest.param(Manifest(precedence={"refund": (B, A)}), 1, id="on another subject"),
        pytest.param(Manifest(points={A: PointClaim(consequential=False)}), 0, id="one decides nothing of consequence"),
    ],
)
def test_what_settles_it(manifest: Manifest, expected: int) -> None:
    assert len(found("PRE001", BOTH, manifest)) == expected


def test_a_declaration_of_tomorrow_is_named() -> None:
    (message,) = messages("PRE001", BOTH, declares(B, A, effective_from=DAY(2027, 1, 1)))
    assert message.endswith("; aicensus.yaml:0 holds from 2027-01-01")


def test_declared_subjects_weigh_more() -> None:
    points = [a_point("a", path="a/app.py"), a_point("b", path="b/app.py")]
    claims = {A: PointClaim(decides=("late-fee",)), B: PointClaim(decides=("Late Fee",))}
    (finding,) = found("PRE001", a_census(*points), Manifest(points=claims))
    assert (finding.severity, finding.confidence) == (Severity.WARNING, "certain")
    claims[A] = PointClaim(decides=("late-fee",), consequential=True)
    (finding,) = found("PRE001", a_census(*points), Manifest(points=claims))
    assert finding.severity == Severity.ERROR


def test_declared_and_shown_points_are_two_sides() -> None:
    census = a_census(*deciding("Be kind.", REFUSES))
    (finding,) = found("PRE001", census, Manifest(points={A: PointClaim(decides=("goodwill-credit",))}))
    assert (finding.points, finding.severity, finding.confidence) == ((A, B), Severity.WARNING, "likely")


def test_functions_that_answer_are_named_with_what_they_run_through() -> None:
    gateway = a_point("ask", path="llm.py", role="gateway")
    census = a_census(gateway, *deciding(GRANTS, REFUSES, role="use", gateways=(gateway.id,)))
    claims = {A: PointClaim(accountability="service"), B: PointClaim(accountability="finance")}
    (message,) = messages("PRE001", census, Manifest(points=claims))
    assert message.endswith("; they answer to finance and service and run through `llm.py::ask`")
    assert messages("PRE001", census, Manifest(points=claims, precedence={"goodwill-credit": ("finance", "service")})) == []


# --- one executor for several functions ---


def merged(*, executed_by: str = "agents/desk.py::Desk", functions: tuple[str, str] = ("legal", "marketing"), **fields: Any) -> Manifest:
    claims = {name: PointClaim(accountability=function, executed_by=executed_by) for name, function in zip((A, B), functions, strict=True)}
    return Manifest(points=claims, **fields)


TWO = a_census(a_point("a", path="a/app.py"), a_point("b", path="b/app.py"))


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        pytest.param(merged(), 1, id="one agent for two functions"),
        pytest.param(merged(functions=("legal", "legal")), 0, id="one function"),
        pytest.param(merged(executed_by=""), 0, id="each on its own"),
        pytest.param(merged(precedence={"claims": ("legal", "marketing")}), 0, id="in order by function"),
        pytest.param(merged(precedence={"claims": (A, B)}), 0, id="in order by point"),
        pytest.param(merged(precedence={"claims": (A,)}), 1, id="half an order"),
        pytest.param(merged(executed_by="", journeys={"advert": Journey(steps=(A, B))}), 1, id="one step after the other"),
    ],
)
def test_execution_across_functions(manifest: Manifest, expected: int) -> None:
    found_here = messages("PRE001", TWO, manifest)
    assert len(found_here) == expected
    assert all("legal and marketing answer for, and no precedence says" in message for message in found_here)


# --- declarations that cannot hold ---


def test_a_circle_is_printed() -> None:
    assert messages("PRE002", BOTH, declares(A, B)) == []
    assert messages("PRE002", BOTH, declares((A, B), (B, A))) == [
        f"the precedence of `goodwill-credit` goes in a circle: `{A}` over `{B}`, `{B}` over `{A}`"
    ]
    assert messages("PRE001", BOTH, declares((A, B), (B, A))) == []


def test_a_circle_over_the_manifests_of_two_repositories() -> None:
    census = a_census(*deciding(GRANTS, REFUSES, repos=("shop", "billing")), repositories=tuple(_repositories("billing", "shop")))
    files = {
        "shop": ManifestFile(manifest=declares("shop:a/*", "billing:b/*"), path="aicensus.yaml"),
        "billing": ManifestFile(manifest=declares("billing:b/*", "shop:a/*"), path="aicensus.yaml"),
    }
    (finding,) = found("PRE002", census, own_manifests=files)
    assert f"`billing:{B}` over `shop:{A}`" in finding.message
    assert finding.severity == Severity.ERROR
    assert found("PRE002", census, own_manifests={"shop": files["shop"]}) == ()
    assert found("PRE001", census, own_manifests={"shop": files["shop"]}) == ()


def _repositories(*names: str) -> list[Any]:
    from aicensus.model.census import Repository

    return [Repository(name=name, kind="worktree") for name in names]


ROSTER = {
    "ann@example.com": RosterEntry(name="Ann"),
    "joe@example.com": RosterEntry(name="Joe", until=DAY(2026, 11, 19)),
    "@example/legal": RosterEntry(members=("ann@example.com",)),
}


@pytest.mark.parametrize(
    ("precedence", "part"),
    [
        pytest.param(Precedence(order=(A, B)), "", id="all there"),
        pytest.param(Precedence(order=(A, "gone.py::f")), "names `gone.py::f`, and no point has this id", id="gone"),
        pytest.param(Precedence(order=("gone/*", B)), "names `gone/*`", id="a glob of nothing"),
        pytest.param(
            Precedence(order=("legal", B)), "names `legal`, and no point has this id or this accountability", id="a function of nobody"
        ),
        pytest.param(Precedence(order=(A, C)), "names `c/app.py::c`, which was retired on 2026-06-30", id="retired"),
        pytest.param(Precedence(order=("elsewhere:x.py::f", B)), "", id="in a repository that was not scanned"),
        pytest.param(Precedence(order=(f"{REPO}:x.py::f", B)), "names `shop:x.py::f`", id="in one that was"),
        pytest.param(Precedence(order=(A, B), fallback="gone.py::f"), "names `gone.py::f`", id="fallback"),
        pytest.param(Precedence(arbiter="ann@example.com"), "", id="an arbiter"),
        pytest.param(Precedence(arbiter="Ann"), "", id="an arbiter by name"),
        pytest.param(Precedence(arbiter="joe@example.com"), "names joe@example.com as arbiter, who left on 2026-11-19", id="has left"),
        pytest.param(Precedence(arbiter="kim@example.com"), "names kim@example.com as arbiter, who is not on the roster", id="unknown"),
        pytest.param(Precedence(arbiter="@example/legal"), "names `@example/legal` as arbiter, and that is no person", id="a team"),
        pytest.param(Precedence(arbiter="the AI"), "names `the AI` as arbiter, and that is no person", id="the AI handles it"),
        pytest.param(Precedence(tie="arbiter"), "leaves ties to an arbiter and names none", id="no arbiter"),
    ],
)
def test_names_of_nobody(precedence: Precedence, part: str) -> None:
    census = a_census(*deciding(GRANTS, REFUSES), a_point("c", path="c/app.py"))
    claims = {C: PointClaim(sunset=datetime.date(2026, 6, 30), replaced_by=B)}
    manifest = Manifest(precedence={"goodwill-credit": precedence}, roster=ROSTER, points=claims)
    findings = found("PRE003", census, manifest, manifest_lines={"precedence.goodwill-credit": 7})
    assert [part in finding.message for finding in findings] == ([True] if part else [])
    assert all((finding.path, finding.line) == ("aicensus.yaml", 7) for finding in findings)


# --- what the code does ---


def routed(
    lines: tuple[int, int], *, symbols: tuple[str, str] = ("handle", "handle"), entry: str = "POST /credits", **fields: Any
) -> Census:
    items: list[Item] = [an_entry_point("POST /credits")]
    for record, line, symbol in zip(deciding(GRANTS, REFUSES), (0, lines[0], 0, lines[1]), ("", symbols[0], "", symbols[1]), strict=True):
        if isinstance(record, Point):
            steps = (Step(symbol=symbol, path="app/routes.py", line=line), Step(symbol=record.symbol, path=record.path, line=10))
            record = _with(record, entry_points=(f"app/routes.py::{entry}",), route=steps, **fields)
        items.append(record)
    return a_census(*items)


def _with(point: Point, **fields: Any) -> Point:
    import msgspec

    return msgspec.structs.replace(point, **fields)


@pytest.mark.parametrize(
    ("census", "expected"),
    [
        pytest.param(routed((11, 14)), 1, id="the loser is asked after the winner"),
        pytest.param(routed((14, 11)), 0, id="the winner has the last word"),
        pytest.param(routed((11, 11)), 0, id="in one line"),
        pytest.param(routed((11, 14), symbols=("handle", "other")), 0, id="in two functions"),
        pytest.param(routed((11, 14), entry="POST /gone"), 1, id="an entry point of both"),
    ],
)
def test_order_of_the_calls(census: Census, expected: int) -> None:
    findings = found("PRE004", census, declares(A, B))
    assert len(findings) == expected
    for finding in findings:
        assert "asks it in line 11 and `b` after it, in line 14" in finding.message
        assert (finding.severity, finding.confidence) == (Severity.NOTE, "likely")
    assert found("PRE004", census) == ()


def test_order_of_a_flow() -> None:
    def audited(*links: tuple[str, str]) -> int:
        flow = Flow(id="f.json", repo=REPO, path="f.json", line=1, name="Credits", sdk="n8n", points=(A, B), links=links)
        return len(found("PRE004", a_census(*deciding(GRANTS, REFUSES), flows=(flow,)), declares(A, B)))

    assert [audited((A, B)), audited((A, "x"), ("x", B)), audited((B, A)), audited((A, B), (B, A)), audited()] == [1, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("access", "name", "expected"), [("write", "credits", 1), ("both", "credits", 1), ("read", "credits", 0), ("write", "", 0)]
)
def test_both_write_one_state(access: Any, name: str, expected: int) -> None:
    states = [a_state(name, id=f"s{n}", path=f"{n}/app.py", kind="database", access=access) for n in "ab"]
    records = deciding(GRANTS, REFUSES)
    items = [_with(one, state=(f"s{one.symbol}",)) if isinstance(one, Point) else one for one in records]
    findings = found("PRE004", a_census(*items, *states), declares(A, B))
    assert len(findings) == expected
    assert all("both write the database `credits`, and whoever writes last wins" in finding.message for finding in findings)


# --- what they aim at ---


@pytest.mark.parametrize(
    ("first", "second", "manifest", "expected"),
    [
        pytest.param(f"Retain the customer. {GRANTS}", f"Protect the margin. {REFUSES}", Manifest(), 1, id="rivals on one subject"),
        pytest.param(f"Retain the customer. {GRANTS}", f"Do not protect the margin. {REFUSES}", Manifest(), 0, id="denied"),
        pytest.param(f"Retain the customer. {GRANTS}", f"Prevent churn. {REFUSES}", Manifest(), 0, id="the same aim"),
        pytest.param(
            f"Retain the customer. {GRANTS}", "Protect the margin. Approve refunds of up to 5 EUR.", Manifest(), 0, id="two subjects"
        ),
        pytest.param(f"Retain the customer. {GRANTS}", f"Protect the margin. {REFUSES}", declares(B, A), 0, id="in order"),
        pytest.param(f"Fill every bed. {GRANTS}", f"Hold the rate. {REFUSES}", Manifest(), 0, id="unknown aims"),
        pytest.param(
            f"Fill every bed. {GRANTS}",
            f"Hold the rate. {REFUSES}",
            Manifest(
                lexicon=LexiconSection(objectives={"beds": ("fill every bed",), "rate": ("hold the rate",)}, rivals={"beds": ("rate",)})
            ),
            1,
            id="aims of the lexicon",
        ),
    ],
)
def test_rival_objectives(first: str, second: str, manifest: Manifest, expected: int) -> None:
    findings = found("PRE005", a_census(*deciding(first, second)), manifest)
    assert len(findings) == expected
    assert all("nothing says which aim comes first" in finding.message for finding in findings)
