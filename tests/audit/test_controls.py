"""CTL002."""

from __future__ import annotations

from typing import Any

import pytest

from aicensus.model.census import Setting
from tests.audit.cases import messages
from tests.builders import a_census, a_point


@pytest.mark.parametrize(
    ("values", "fields", "expected"),
    [
        pytest.param({}, {}, "sets no timeout, and its SDK is not known to have one", id="nothing known"),
        pytest.param({"timeout": "default: 600"}, {}, "sets no timeout and waits up to the SDK's 600 s", id="long default"),
        pytest.param(
            {"timeout": "default: 600", "retries": "default: 2"}, {}, "with 2 retries the worst case is 1800 s", id="with retries"
        ),
        pytest.param({"timeout": "default: None"}, {}, "sets no timeout, and its SDK has none", id="a default of none"),
        pytest.param({"timeout": "None"}, {}, "switches the timeout off (None)", id="switched off"),
        pytest.param({"timeout": "default: 300"}, {}, "", id="a default of five minutes"),
        pytest.param({"timeout": "20"}, {}, "", id="set"),
        pytest.param({"timeout": "set"}, {}, "", id="set, value not known"),
        pytest.param({}, {"role": "use"}, "", id="a use waits for its gateway"),
        pytest.param({}, {"role": "config"}, "", id="configuration"),
        pytest.param({}, {"sdk": "llama-cpp-python"}, "", id="an SDK that takes no timeout"),
    ],
)
def test_no_timeout(values: dict[str, str], fields: dict[str, Any], expected: str) -> None:
    settings = tuple(Setting(name=name, value=value) for name, value in values.items())
    texts = messages("CTL002", a_census(a_point(settings=settings, **fields)))
    assert [expected in text for text in texts] == ([True] if expected else [])
