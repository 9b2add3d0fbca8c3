"""The public document, the census that can be read back, and the rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from aicensus.model.errors import SourceError
from aicensus.model.finding import AuditResult
from aicensus.report import REPORTERS, rows
from aicensus.report.json import SCHEMA_FILE, load, render, schema
from tests.builders import a_census, a_point, a_prompt, a_state, an_audit
from tests.report.sample import company, hostile, many, nothing_found

HOSTILE = 'x</script>\x1b[31m\0\u202e"\\'


def document(result: AuditResult) -> Any:
    return json.loads(render(result))


def test_the_shipped_schema_is_that_of_the_records() -> None:
    assert SCHEMA_FILE.read_bytes() == schema(), "python -m tests.report.golden writes it anew"


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema()))


@pytest.mark.parametrize("result", [company(), nothing_found(), hostile(HOSTILE), many(40)], ids=["company", "nothing", "hostile", "many"])
def test_documents_meet_the_schema(result: AuditResult) -> None:
    jsonschema.Draft202012Validator(json.loads(schema())).validate(document(result))


def test_a_document_of_another_version_does_not() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(json.loads(schema())).validate({**document(company()), "version": 2})


def test_fields_are_there_when_they_hold_their_default() -> None:
    point = document(an_audit(a_census(a_point())))["census"]["points"][0]
    assert (point["scope"], point["confidence"], point["cell"]) == ("prod", "certain", None)


@pytest.mark.parametrize("result", [company(), nothing_found(), hostile(HOSTILE)], ids=["company", "nothing", "hostile"])
@pytest.mark.parametrize("form", ["census", "json"])
def test_a_saved_census_is_read_back_the_same(tmp_path: Path, result: AuditResult, form: str) -> None:
    file = tmp_path / "saved.json"
    made = REPORTERS[form](result)
    assert isinstance(made, bytes)
    file.write_bytes(made)
    assert load(file) == result.census


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "is not JSON", id="empty"),
        pytest.param(b"\xff\xfe", "is not JSON", id="not text"),
        pytest.param(b"[" * 100_000, "is not JSON", id="deep"),
        pytest.param(b"[]", "is not a census", id="a list"),
        pytest.param(b"{}", "is not a census", id="some object"),
        pytest.param(b'{"census": 3}', "is not a census", id="some other document"),
        pytest.param(b'{"tool": "aicensus", "version": 9}', "version 9", id="of another version"),
        pytest.param(b'{"tool": "aicensus", "version": 1, "points": [{"id": "x"}]}', "repo", id="a point without fields"),
    ],
)
def test_a_file_that_is_no_census_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "other.json"
    file.write_bytes(content)
    with pytest.raises(SourceError, match=said) as raised:
        load(file)
    assert "-o census=FILE" in str(raised.value)


def test_a_missing_file_is_an_error_of_this_package(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        load(tmp_path / "missing.json")


@pytest.mark.parametrize("name", REPORTERS)
def test_a_lone_surrogate_breaks_no_report(name: str) -> None:
    prompt = msgspec.structs.replace(a_prompt("x"), text="a\ud800b", used_by=("app/service.py::summarise",))
    point = a_point(prompts=(prompt.id,), purpose="\udfff")
    made = REPORTERS[name](an_audit(a_census(point, prompt)))
    assert isinstance(made if isinstance(made, bytes) else made.encode(), bytes)


def test_rows_have_the_fields_of_the_corpus() -> None:
    point = a_point(model="gpt-4.1", prompts=("app/prompts.py::PROMPT",), prompt="constant")
    doubtful = a_point("maybe", line=80, confidence="possible")
    prompt = a_prompt("Be   kind.\n" + "x" * 100, used_by=(point.id, "gone"))
    result = an_audit(a_census(point, doubtful, prompt, a_state()))
    assert json.loads(rows.points(result).splitlines()[0]) == {
        "repo": "shop",
        "path": "app/service.py",
        "line": 10,
        "end_line": 14,
        "role": "direct",
        "kind": "chat",
        "provider": "openai",
        "sdk": "openai-python",
        "model": "gpt-4.1",
        "prompt": "constant",
        "symbol": "summarise",
        "scope": "prod",
        "sure": True,
    }
    assert [json.loads(line)["sure"] for line in rows.points(result).splitlines()] == [True, False]
    assert json.loads(rows.prompts(result)) == {
        "repo": "shop",
        "path": "app/prompts.py",
        "line": 3,
        "end_line": 4,
        "kind": "constant",
        "used_by": ["app/service.py:10"],
        "first_80": ("Be kind. " + "x" * 100)[:80],
    }
    assert json.loads(rows.state(result)) == {
        "repo": "shop",
        "path": "app/search.py",
        "line": 7,
        "kind": "vector_store",
        "name": "tickets",
        "tech": "qdrant",
        "access": "read",
    }


def test_a_row_is_one_line_whatever_it_holds() -> None:
    assert rows.points(hostile("a\nb\u2028\0")).count(b"\n") == 1
