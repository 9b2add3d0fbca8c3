"""Rows in the fields of the development corpus."""

from __future__ import annotations

import json

import pytest

from aicensus.model.finding import AuditResult
from aicensus.report import rows
from tests.builders import a_census, a_point


@pytest.mark.parametrize(("provider", "written"), [("openai", "openai"), ("dynamic", "dynamic"), ("voyage", "other"), ("other", "other")])
def test_providers_are_those_that_rows_tell_apart(provider: str, written: str) -> None:
    (line,) = rows.points(AuditResult(as_of="", census=a_census(a_point("f", provider=provider)))).splitlines()
    assert json.loads(line)["provider"] == written
