"""What the tables of the audit share: model facts that do not change, and findings by code."""

from __future__ import annotations

import datetime
from typing import Any

from aicensus.audit import run_audit
from aicensus.catalog import Catalog, load
from aicensus.catalog.models import Models
from aicensus.catalog.schema import ModelFact, ModelsFile
from aicensus.model.census import Census
from aicensus.model.finding import AuditResult, Finding
from aicensus.model.settings import Manifest, PointClaim, RosterEntry
from tests.builders import a_point, some_settings

POINT_ID = a_point().id
DAY = datetime.date


def a_model(model: str, **fields: Any) -> ModelFact:
    return ModelFact(provider="openai", id=model, source="a table; a page", **fields)


MODELS = ModelsFile(
    as_of=DAY(2026, 11, 1),
    models=(
        a_model("gone", retires=DAY(2026, 11, 20), replacement="new"),
        a_model("tomorrow", retires=DAY(2026, 11, 21)),
        a_model("soon", retires=DAY(2027, 2, 18)),
        a_model("later", retires=DAY(2027, 2, 19)),
        a_model("moved", reroutes=DAY(2026, 11, 1), replacement="new"),
        a_model("moving", reroutes=DAY(2026, 12, 1)),
        a_model("old-fact", retires=DAY(2026, 1, 1), as_of=DAY(2026, 8, 1)),
        a_model("new"),
    ),
)


def catalog() -> Catalog:
    shipped = load()
    return Catalog("0", shipped.sdks, Models([MODELS]), shipped.http)


def audited(census: Census, manifest: Manifest | None = None, **settings: Any) -> AuditResult:
    return run_audit(census, some_settings(manifest, **settings), catalog=catalog())


def found(code: str, census: Census, manifest: Manifest | None = None, **settings: Any) -> tuple[Finding, ...]:
    return tuple(finding for finding in audited(census, manifest, **settings).findings if finding.code == code)


def messages(code: str, census: Census, manifest: Manifest | None = None) -> list[str]:
    return [finding.message for finding in found(code, census, manifest)]


def claiming(**fields: Any) -> Manifest:
    """A manifest that claims the default point of the builders."""
    return Manifest(points={POINT_ID: PointClaim(**fields)})


ROSTER = {
    "@example/support": RosterEntry(lead="maria.lopez@example.com", members=("joe@example.com", "ann@example.com")),
    "maria.lopez@example.com": RosterEntry(name="Maria Lopez", handles=("@maria",)),
    "joe@example.com": RosterEntry(name="Joe", until=DAY(2026, 11, 19)),
    "kim@example.com": RosterEntry(name="Kim", until=DAY(2026, 11, 20)),
}
