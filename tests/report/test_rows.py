"""Rows in the fields of the development corpus."""

from __future__ import annotations

import json

import pytest

from aicensus.model.finding import AuditResult
from aicensus.report import rows
from tests.builders import a_census, a_point, a_prompt, a_state, an_audit


@pytest.mark.parametrize(("provider", "written"), [("openai", "openai"), ("dynamic", "dynamic"), ("voyage", "other"), ("other", "other")])
def test_providers_are_those_that_rows_tell_apart(provider: str, written: str) -> None:
    (line,) = rows.points(AuditResult(as_of="", census=a_census(a_point("f", provider=provider)))).splitlines()
    assert json.loads(line)["provider"] == written


def test_one_row_is_one_line_whatever_a_reader_of_lines_splits_at() -> None:
    text = "a\u2028b\u2029c\u0085d\r\ne"
    (line,) = rows.prompts(an_audit(a_census(a_prompt(text)))).decode().splitlines()
    assert json.loads(line)["first_80"] == " ".join(text.split())
    (line,) = rows.state(an_audit(a_census(a_state(text)))).decode().splitlines()
    assert json.loads(line)["name"] == text
