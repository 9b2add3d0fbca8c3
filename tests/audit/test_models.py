"""MOD001, 002, 003, 006: facts of a small table, judged on 20 November 2026."""

from __future__ import annotations

from typing import Any

import pytest

from aicensus.model.census import ModelUse
from tests.audit.cases import found, messages
from tests.builders import a_census, a_point


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        pytest.param("gone", [("error", "certain", "asks openai for gone, retired on 2026-11-20 [a page, as of 2026-11-01]")], id="today"),
        pytest.param(
            "old-fact", [("error", "certain", "retired on 2026-01-01 [a page, as of 2026-08-01, 111 days old: check again]")], id="old fact"
        ),
        pytest.param("tomorrow", [], id="tomorrow"),
        pytest.param("new", [], id="no date"),
        pytest.param("unheard-of", [], id="not known"),
        pytest.param(
            ModelUse(id="gone", source="env"),
            [("warning", "likely", "may ask openai for gone")],
            id="unless the environment says otherwise",
        ),
        pytest.param(
            ModelUse(candidates=("new", "gone"), source="literal"), [("warning", "likely", "may ask openai for gone")], id="one of two"
        ),
    ],
)
def test_retired(model: str | ModelUse, expected: list[tuple[str, str, str]]) -> None:
    findings = found("MOD001", a_census(a_point(model=model)))
    assert [(finding.severity, finding.confidence) for finding in findings] == [(severity, sure) for severity, sure, _ in expected]
    assert all(part in finding.message for finding, (_, _, part) in zip(findings, expected, strict=True))


def test_a_replacement_is_named() -> None:
    (finding,) = found("MOD001", a_census(a_point(model="gone")))
    assert finding.next == "change to new and run the evaluations of `summarise`"


def test_another_provider_has_its_own_dates() -> None:
    assert messages("MOD001", a_census(a_point(model="gone", provider="azure-openai"))) == []


def test_what_a_gateway_asks_is_told_once_at_the_gateway() -> None:
    gateway = a_point("ask", role="gateway", model="gone")
    uses = [a_point(name, role="use", gateways=(gateway.id,), model="gone") for name in ("a", "b")]
    own = a_point("c", role="use", gateways=(gateway.id,), model="old-fact")
    findings = found("MOD001", a_census(gateway, *uses, own))
    assert [finding.points for finding in findings] == [(gateway.id,), (own.id,)]
    assert "(for 3 purposes)" in findings[0].message


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        pytest.param("tomorrow", "which retires on 2026-11-21, in 1 day", id="tomorrow"),
        pytest.param("soon", "which retires on 2027-02-18, in 90 days", id="in 90 days"),
        pytest.param("later", "", id="in 91 days"),
        pytest.param("gone", "", id="already gone: that is MOD001"),
        pytest.param("moved", "which has been answered by another model (new) since 2026-11-01", id="answered by another model"),
        pytest.param("moving", "which is answered by another model from 2026-12-01 on, in 11 days", id="soon answered by another model"),
    ],
)
def test_retires_soon(model: str, expected: str) -> None:
    texts = messages("MOD002", a_census(a_point(model=model)))
    assert [expected in text for text in texts] == ([True] if expected else [])


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        pytest.param(
            ModelUse(id="new", source="default"), ["`summarise` names no model and gets the default of openai-python (new)"], id="default"
        ),
        pytest.param(
            ModelUse(source="default"), ["`summarise` names no model and gets the default of openai-python"], id="default not known"
        ),
        pytest.param(
            ModelUse(id="later", source="default"),
            [
                "`summarise` names no model and gets the default of openai-python (later), "
                "which retires on 2027-02-19 [a page, as of 2026-11-01]"
            ],
            id="a default that ends",
        ),
        pytest.param(ModelUse(id="new", source="literal"), [], id="named"),
        pytest.param(ModelUse(source="parameter"), [], id="callers decide"),
    ],
)
def test_implicit_default(model: ModelUse, expected: list[str]) -> None:
    assert messages("MOD003", a_census(a_point(model=model))) == expected


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        pytest.param({"model": ModelUse(id="new", source="literal", hard_coded=True)}, 1, id="in the call"),
        pytest.param({"model": ModelUse(id="new", source="literal")}, 0, id="in a constant"),
        pytest.param({"model": ModelUse(id="new", source="literal", hard_coded=True), "role": "config"}, 0, id="in configuration"),
    ],
)
def test_hard_coded(fields: dict[str, Any], count: int) -> None:
    assert len(messages("MOD006", a_census(a_point(**fields)))) == count
