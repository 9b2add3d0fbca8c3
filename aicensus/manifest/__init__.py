"""The manifest `aicensus.yaml`: strict reading, its JSON Schema, a first draft from a census, and which claims speak of a point."""

from __future__ import annotations

from aicensus.manifest.claims import Claims
from aicensus.manifest.drafting import draft_manifest
from aicensus.manifest.reading import ManifestError, Mistake, manifest_schema, read_manifest, read_record
from aicensus.manifest.renaming import followed

__all__ = ["Claims", "ManifestError", "Mistake", "draft_manifest", "followed", "manifest_schema", "read_manifest", "read_record"]
