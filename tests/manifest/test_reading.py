"""Strict reading of aicensus.yaml."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import aicensus
from aicensus.manifest import Claims, ManifestError, manifest_schema, read_manifest
from aicensus.manifest.nodes import documents, plain
from aicensus.manifest.reading import generate_schema
from aicensus.model.finding import Severity
from aicensus.model.settings import Manifest, PointClaim, Precedence

GOOD = """\
version: 1
roster:                       # people and teams
  "@example-org/support-ai": {lead: maria.lopez@example.com, members: [maria.lopez@example.com]}
  maria.lopez@example.com: {name: Maria Lopez, handles: ["@maria-example"], until: 2027-01-31}
points:
  "support/triage.py::Triage.classify":
    owner: maria.lopez@example.com
    consequential: true
    decides: [escalation]
    risk: high
    reviewed: {on: 2026-09-30, by: maria.lopez@example.com}
    rate_per_hour: 500
    latency_ms: {p50: 800, p95: 2600}
    sunset: 2027-03-31
    replaced_by: "support/router.py::route"
  "support/*": {team: "@example-org/support-ai"}
  "pricing/quote.py::quote":
journeys:
  refund: {steps: ["support/triage.py::Triage.classify"], budget: {p95_ms: 6000}, state: "redis:refund-session"}
precedence:
  goodwill-credit: ["pricing/*", "support/*"]
policies: {library: [policies/], verbatim: [policies/legal/]}
supervision: {review_cycle_hours: 24, max_affected: {high: 100}, confidence: 0.95}
waivers:
  - {code: OWN001, point: "pricing/*", reason: being rewritten, by: maria.lopez@example.com, until: 2026-12-31}
settings:
  severity: {OWN: warning, MOD001: note}
  scopes: {docs: ["handbook/**"]}
"""


def mistakes(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ManifestError) as caught:
        read_manifest(text.encode(), "aicensus.yaml")
    return [tuple(mistake) for mistake in caught.value.mistakes]  # type: ignore[misc]


def test_a_full_manifest() -> None:
    manifest, lines = read_manifest(GOOD.encode(), "aicensus.yaml")
    claim = manifest.points["support/triage.py::Triage.classify"]
    assert claim.reviewed is not None
    assert (claim.reviewed.on, claim.sunset) == (datetime.date(2026, 9, 30), datetime.date(2027, 3, 31))
    assert (claim.consequential, claim.rate_per_hour, claim.latency_ms) == (True, 500.0, {"p50": 800.0, "p95": 2600.0})
    assert manifest.points["pricing/quote.py::quote"] == PointClaim()
    assert manifest.settings.severity == {"OWN": Severity.WARNING, "MOD001": Severity.NOTE}
    assert lines["points.support/triage.py::Triage.classify"] == 6
    assert (lines["roster.maria.lopez@example.com"], lines["waivers[0]"], lines["settings.severity"]) == (4, 25, 27)


@pytest.mark.parametrize(
    "text", ["", "# nothing yet\n", "---\n", "version: 1\n", "points:\nroster: {}\nwaivers: []\n", "\ufeffversion: 1\n"]
)
def test_little_is_enough(text: str) -> None:
    assert read_manifest(text.encode(), "aicensus.yaml")[0] == Manifest()


def test_all_mistakes_are_named_with_their_lines() -> None:
    text = """\
version: 1
points:
  "a.py::f":
    ownr: maria@example.com
    risk: huge
    reviewed: {on: 2026-09-31, by: maria@example.com}
    consequential: perhaps
    sunset: 2027-03-31
    sunset: 2028-03-31
settings: {review_every_days: 0, severity: {own: error}, report_scopes: [production]}
journeys: {refund: {}}
waivers:
  - {code: OWN1, reason: " ", by: x, until: 2026-12-31, point: "*"}
  - {code: OWN001, reason: later, by: x, until: soon}
rooster: {}
"""
    found = mistakes(text)
    assert [line for line, _ in found] == [4, 5, 6, 7, 9, 10, 10, 10, 11, 13, 13, 14, 14, 15]
    messages = "\n".join(message for _, message in found)
    for part in (
        'unknown key `ownr` in points."a.py::f" (did you mean `owner`?); known keys: owner, team,',
        "must be one of `high`, `low`, `medium`, not `huge`",
        "reviewed.on must be a date such as `2027-03-31`, not `2026-09-31`",
        "consequential must be `true` or `false`, not `perhaps`",
        "`sunset` stands twice",
        "review_every_days must be a whole number from 1 up, not `0`",
        "`own` in settings.severity must look like `OWN001`",
        "journeys.refund: `steps` is missing",
        "waivers[0].reason must be a text that says something",
        'waivers[1]: say what is accepted with `point` or `path`; `point: "*"` means every point',
        "unknown key `rooster` (did you mean `roster`?)",
    ):
        assert part in messages


def test_the_message_can_be_clicked() -> None:
    with pytest.raises(ManifestError, match=r"^aicensus\.yaml:1: unknown key `a`[^\n]*\naicensus\.yaml:2: unknown key `b`"):
        read_manifest(b"a: 1\nb: 2\n", "aicensus.yaml")


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        pytest.param("- a\n", 1, "the manifest must be a mapping, not a list", id="a list"),
        pytest.param("version: 2\n", 1, "version must be `1`, not `2`", id="another version"),
        pytest.param("version: true\n", 1, "version must be `1`", id="true is not 1"),
        pytest.param("points: [a]\n", 1, "points must be a mapping, not a list", id="wrong shape"),
        pytest.param("points: {? [a] : {}}\n", 1, "is not a text", id="a key that is a list"),
        pytest.param("a: b\n---\nc: d\n", 3, "one document", id="two documents"),
        pytest.param("roster: {a: {members: maria}}\n", 1, "roster.a.members must be a list, not `maria`", id="text for a list"),
        pytest.param("points: {a: {owner: [x]}}\n", 1, "points.a.owner must be a text, not a list", id="list for a text"),
        pytest.param("points: {a: {rate_per_hour: many}}\n", 1, "must be a number, not `many`", id="text for a number"),
        pytest.param("supervision: {confidence: 1.5}\n", 1, "must be a number between 0 and 1, not `1.5`", id="out of range"),
        pytest.param("version: 1\npoints: {\n", 3, "not YAML", id="broken"),
        pytest.param("x: &a [1]\ny: *a\n", 2, "aliases are not read", id="alias"),
        pytest.param("points: " + "[" * 100_000, 1, "nested too deeply", id="deep"),
        pytest.param("x: !!python/object:os.system {}\n", 1, "unknown key `x`", id="a tag constructs nothing"),
    ],
)
def test_what_is_refused(text: str, line: int, part: str) -> None:
    found = mistakes(text)
    assert [where for where, message in found if part in message] == [line]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a: \x00", b"x: 1\n" * 500_000])
def test_bytes_that_are_no_manifest_end_in_a_message(content: bytes) -> None:
    with pytest.raises(ManifestError):
        read_manifest(content, "aicensus.yaml")


def test_the_shipped_schema_is_the_generated_one() -> None:
    shipped = Path(aicensus.__file__).parent / "manifest.schema.json"
    assert json.loads(shipped.read_text()) == generate_schema() == manifest_schema()


def test_every_key_is_described() -> None:
    schema = manifest_schema()
    properties = [(name, key, field) for name, record in schema["$defs"].items() for key, field in record.get("properties", {}).items()]
    assert len(properties) > 40
    undescribed = [f"{name}.{key}" for name, key, field in properties if not field.get("description")]
    assert undescribed == []


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        pytest.param(GOOD, True, id="good"),
        pytest.param("points: {a: {ownr: x}}", False, id="unknown key"),
        pytest.param("points: {a: {risk: huge}}", False, id="unknown value"),
        pytest.param("waivers: [{code: OWN001}]", False, id="missing key"),
    ],
)
def test_the_schema_says_what_the_reader_says(text: str, valid: bool) -> None:
    value: Any = plain(documents(text.replace('"pricing/quote.py::quote":\n', '"pricing/quote.py::quote": {}\n').encode())[0])
    assert jsonschema.Draft202012Validator(manifest_schema()).is_valid(value) is valid


def test_claims_take_each_field_from_the_most_specific_entry() -> None:
    points = {
        "a/*": PointClaim(owner="wide@example.com", risk="low", purpose="wide"),
        "a/b*": PointClaim(owner="narrow@example.com", risk="high"),
        "a/b.py::f": PointClaim(owner="exact@example.com"),
    }
    claims = Claims(Manifest(points=points))
    assert claims.of("a/b.py::f") == PointClaim(owner="exact@example.com", risk="high", purpose="wide")
    assert claims.of("a/c.py::g") == points["a/*"]
    assert claims.of("z.py::h") == PointClaim()
    assert [entry.selector for entry in claims.entries("a/b.py::f")] == ["a/b.py::f", "a/b*", "a/*"]
    assert [entry.selector for entry in claims.without_point(["a/c.py::g"])] == ["a/b*", "a/b.py::f"]


def test_brackets_in_ids_are_no_sets() -> None:
    claims = Claims(Manifest(points={"app/[id]/*": PointClaim(owner="x@example.com")}))
    assert claims.of("app/[id]/route.ts::POST").owner == "x@example.com"
    assert claims.of("app/i/route.ts::POST") == PointClaim()


@pytest.mark.parametrize(
    ("text", "order", "chains"),
    [
        ("precedence: {credit: [legal, 'app/*']}\n", ("legal", "app/*"), None),
        ("precedence: {credit: {order: [legal, 'app/*']}}\n", ("legal", "app/*"), (("legal", "app/*"),)),
        ("precedence: {credit: {order: [[a, b], [a, c]]}}\n", (("a", "b"), ("a", "c")), (("a", "b"), ("a", "c"))),
        ("precedence: {credit: {tie: stricter, arbiter: maria@example.com, effective_from: 2026-12-01}}\n", (), ()),
    ],
)
def test_forms_of_a_precedence(text: str, order: tuple[object, ...], chains: object) -> None:
    said = read_manifest(text.encode(), "aicensus.yaml")[0].precedence["credit"]
    assert (said.order if isinstance(said, Precedence) else said) == order
    assert (said.chains if isinstance(said, Precedence) else None) == chains


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("precedence: {credit: legal}\n", "precedence.credit must be a list or a mapping, not `legal`"),
        ("precedence: {credit: {first: [a]}}\n", "unknown key `first` in precedence.credit"),
        ("precedence: {credit: {tie: coin}}\n", "must be one of `arbiter`, `earlier`, `later`, `stricter`, not `coin`"),
        ("precedence: {credit: {order: [{a: b}]}}\n", "precedence.credit.order[0] must be a text or a list, not a mapping"),
    ],
)
def test_a_precedence_that_is_none(text: str, part: str) -> None:
    assert [part in message for _, message in mistakes(text)] == [True]
