"""COV001 to COV003, SEC001."""

from __future__ import annotations

from typing import Any

import pytest

from aicensus.model.census import Coverage, Dependency, SdkSeen, Secret, UnreadFile, Unresolved
from tests.audit.cases import POINT_ID, found, messages
from tests.builders import PERSON, REPO, a_census, a_point


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({}, ["`summarise`: not known: model (set by the caller), prompt (read from a database)"], id="both in one finding"),
        pytest.param({"role": "gateway"}, [], id="a gateway takes them from its callers"),
        pytest.param({"scope": "test"}, [], id="in a test"),
    ],
)
def test_unresolved(fields: dict[str, Any], expected: list[str]) -> None:
    missing = (
        Unresolved(repo=REPO, point=POINT_ID, what="model", why="set by the caller", path="app/service.py", line=10),
        Unresolved(repo=REPO, point=POINT_ID, what="prompt", why="read from a database", path="app/service.py", line=11),
    )
    assert messages("COV001", a_census(a_point(**fields), coverage=Coverage(unresolved=missing))) == expected


def test_an_unresolved_fact_is_told_of_its_own_repository() -> None:
    missing = (Unresolved(repo=REPO, point=POINT_ID, what="model", why="set by the caller", path="app/service.py", line=10),)
    census = a_census(a_point(), a_point(repo="other"), coverage=Coverage(unresolved=missing))
    assert [finding.repo for finding in found("COV001", census)] == [REPO]


def test_unread_files() -> None:
    unread = (UnreadFile(repo=REPO, path="a.py", reason="larger than 1 MB"), UnreadFile(repo=REPO, path="b.py", reason="syntax", line=7))
    findings = found("COV002", a_census(coverage=Coverage(unread=unread)))
    assert [(finding.path, finding.line, finding.message) for finding in findings] == [
        ("a.py", 0, "a.py was not read: larger than 1 MB"),
        ("b.py", 7, "b.py was not read in part: syntax"),
    ]


def test_many_unread_files_of_one_reason_are_one_finding() -> None:
    def census(count: int) -> Any:
        return a_census(coverage=Coverage(unread=tuple(UnreadFile(repo=REPO, path=f"{n}.py", reason="binary") for n in range(count))))

    assert len(found("COV002", census(20))) == 20
    assert messages("COV002", census(21)) == ["21 files were not read: binary"]


@pytest.mark.parametrize(
    ("points", "imported", "expected"),
    [
        pytest.param([], 0, ("warning", "openai is a dependency, and no file that was read imports it"), id="never imported"),
        pytest.param(
            [], 3, ("warning", "openai is a dependency and imported in 3 files, and no inference point of it was found"), id="blind spot"
        ),
        pytest.param(
            [a_point(sdk="langchain", owner=PERSON)],
            0,
            ("note", "openai is a dependency, and no file that was read imports it"),
            id="beside others",
        ),
        pytest.param([a_point(owner=PERSON)], 1, None, id="used"),
        pytest.param([a_point(owner=PERSON, scope="test")], 1, None, id="used in tests"),
    ],
)
def test_sdk_without_point(points: list[Any], imported: int, expected: tuple[str, str] | None) -> None:
    dependency = Dependency(repo=REPO, path="requirements.txt", line=2, package="openai", version=">=1", sdk="openai-python")
    seen = (SdkSeen(sdk="openai-python", files=imported),) if imported else ()
    findings = found("COV003", a_census(*points, dependency, dependency, *seen))
    assert [(finding.severity, finding.message) for finding in findings] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("path", "scope", "expected"),
    [
        pytest.param(
            "app/service.py",
            "prod",
            ["what looks like a key (openai key, sk-a… (51)) stands in the source, beside `summarise`"],
            id="beside a point",
        ),
        pytest.param("app/config.py", "prod", ["what looks like a key (openai key, sk-a… (51)) stands in the source"], id="elsewhere"),
        pytest.param("tests/test_a.py", "test", [], id="in a test"),
    ],
)
def test_key_in_source(path: str, scope: Any, expected: list[str]) -> None:
    secret = Secret(repo=REPO, path=path, line=3, kind="openai key", masked="sk-a… (51)", scope=scope)
    findings = found("SEC001", a_census(a_point(owner=PERSON), secret))
    assert [finding.message for finding in findings] == expected
    assert all(finding.owners == ((PERSON,) if finding.points else ()) for finding in findings)
