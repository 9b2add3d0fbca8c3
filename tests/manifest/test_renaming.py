"""A manifest in the words of today."""

from __future__ import annotations

from pathlib import Path

from aicensus.manifest import followed, read_manifest
from aicensus.model.settings import Manifest, ManifestFile

FULL = b"""\
roster:
  maria@example.com: {name: Maria, until: 2027-01-31}
points:
  "old.py::f": {owner: maria@example.com, sunset: 2027-03-31, reviewed: {on: 2026-09-30, by: maria@example.com}}
  "x.py::g": {replaced_by: "old.py::f"}
journeys:
  j: {steps: ["old.py::f", "x.py::g"], budget: {p95_ms: 6000}}
precedence:
  credit: ["old.py::f", "x.py::g"]
waivers:
  - {code: CTL002, point: "old.py::f", reason: "old.py::f is slow", by: maria@example.com, until: 2027-06-30}
settings: {severity: {OWN: note}, scopes: {test: ["x/**"]}}
"""


def test_an_old_id_is_replaced_wherever_it_stands_and_keeps_its_line() -> None:
    manifest, lines = read_manifest(FULL, "aicensus.yaml")
    now = followed(ManifestFile(manifest=manifest, path="aicensus.yaml", lines=lines), {"old.py::f": "new.py::f"})
    wanted, _ = read_manifest(FULL.replace(b'"old.py::f"', b'"new.py::f"'), "aicensus.yaml")
    assert now.manifest == wanted, "a text that only holds the id stays"
    assert now.lines["points.new.py::f"] == lines["points.old.py::f"]
    assert "points.old.py::f" not in now.lines


def test_any_manifest_can_be_followed() -> None:
    readme = (Path(__file__).parent.parent.parent / "README.md").read_text()
    text = readme.split("```yaml\n")[1].split("```")[0]
    manifest, _ = read_manifest(text.encode(), "aicensus.yaml")
    assert followed(ManifestFile(manifest=manifest), {"gone.py::f": "now.py::f"}).manifest == manifest != Manifest()
