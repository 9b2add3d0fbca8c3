"""Findings that a baseline keeps, and entries that keep nothing."""

from __future__ import annotations

import pytest

from aicensus.manifest.baseline import entries_of, read_baseline, write_baseline
from aicensus.model.errors import AicensusError
from aicensus.model.finding import Severity
from aicensus.model.settings import Baseline, BaselineEntry, Manifest, SettingsSection, WaiverEntry
from tests.audit.cases import DAY, POINT_ID, audited
from tests.builders import PERSON, a_census, a_finding, a_point

ONLY = SettingsSection(select=("OWN001", "MAN"))
GONE = BaselineEntry(code="OWN001", path="gone.py", points=("gone.py::f",), fingerprint="0" * 32)


def baseline(*entries: BaselineEntry) -> Baseline:
    return read_baseline(write_baseline(entries), "baseline.json")


def kept(line: int = 10) -> BaselineEntry:
    """The entry that a baseline has for the default point of the builders without owner."""
    return entries_of(audited(a_census(a_point(line=line)), Manifest(settings=ONLY)).findings)[0]


@pytest.mark.parametrize(
    ("entries", "settings", "codes", "accepted"),
    [
        pytest.param((), ONLY, ["OWN001"], 0, id="an empty baseline keeps nothing"),
        pytest.param((kept(),), ONLY, [], 1, id="what it keeps is not reported"),
        pytest.param((kept(line=99),), ONLY, [], 1, id="also on another line"),
        pytest.param((kept(), GONE), ONLY, ["MAN002"], 1, id="an entry without finding"),
        pytest.param((GONE,), SettingsSection(select=("MAN",)), [], 0, id="an entry of a rule that is switched off"),
        pytest.param((kept(), GONE), SettingsSection(select=("OWN001",)), [], 1, id="MAN002 is switched off"),
    ],
)
def test_a_baseline(entries: tuple[BaselineEntry, ...], settings: SettingsSection, codes: list[str], accepted: int) -> None:
    result = audited(a_census(a_point()), Manifest(settings=settings), baseline=baseline(*entries))
    assert [finding.code for finding in result.findings] == codes
    assert [(one.how, one.reason) for one in result.accepted] == [("baseline", "in baseline.json")] * accepted


def test_stale_entries_are_one_note_at_their_lines() -> None:
    more = BaselineEntry(code="OWN001", path="gone.py", points=("gone.py::g",), fingerprint="1" * 32)
    (finding,) = audited(a_census(), Manifest(settings=ONLY), baseline=baseline(GONE, more)).findings
    assert (finding.code, finding.severity, finding.path, finding.line) == ("MAN002", Severity.NOTE, "baseline.json", 5)
    assert finding.message == "2 entries of the baseline match no finding any more"
    assert [(seen.line, seen.what) for seen in finding.evidence] == [(5, "OWN001 gone.py::f"), (6, "OWN001 gone.py::g")]


def test_an_entry_for_a_waived_finding_is_not_stale() -> None:
    waiver = WaiverEntry(code="OWN001", point=POINT_ID, reason="being rewritten", by=PERSON, until=DAY(2026, 12, 31))
    result = audited(a_census(a_point()), Manifest(waivers=(waiver,), settings=ONLY), baseline=baseline(kept()))
    assert not result.findings
    assert [one.how for one in result.accepted] == ["waiver"]


def test_what_a_baseline_keeps_may_also_be_a_finding_on_waivers() -> None:
    manifest = Manifest(waivers=(WaiverEntry(code="OWN001", point="none", reason="x", by=PERSON, until=DAY(2026, 12, 31)),), settings=ONLY)
    first = audited(a_census(), manifest)
    assert [finding.code for finding in first.findings] == ["MAN002"]
    assert not audited(a_census(), manifest, baseline=baseline(*entries_of(first.findings))).findings


def test_the_file_is_sorted_has_a_line_an_entry_and_no_message() -> None:
    findings = [a_finding(code, path=path, message=f"secret {path}") for code in ("OWN001", "MOD001") for path in ("b.py", "a.py")]
    content = write_baseline(entries_of(findings))
    assert content == write_baseline(entries_of([*findings[::-1], findings[0]]))
    assert [line.split('"')[3] + line.split('"')[7] for line in content.decode().splitlines() if "fingerprint" in line] == [
        "MOD001a.py",
        "MOD001b.py",
        "OWN001a.py",
        "OWN001b.py",
    ]
    assert b"secret" not in content


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "not a baseline", id="empty"),
        pytest.param(b"\xff", "not a baseline", id="no text"),
        pytest.param(b'{"document": "aicensus.audit", "version": 1, "findings": []}', "aicensus.audit", id="another document"),
        pytest.param(b'{"document": "aicensus.baseline", "version": 2, "findings": []}', "version", id="another version"),
        pytest.param(
            b'{"document": "aicensus.baseline", "version": 1, "findings": [{"code": "OWN001"}]}', "fingerprint", id="no fingerprint"
        ),
    ],
)
def test_a_file_that_is_no_baseline_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(AicensusError, match=says):
        read_baseline(content, "baseline.json")
