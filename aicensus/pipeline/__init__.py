"""The stages joined: sources to census, census to audit. The public Python API is these functions."""

from __future__ import annotations

from aicensus.pipeline.code import INSTALLED
from aicensus.pipeline.judging import Day, audit, examined
from aicensus.pipeline.opening import MANIFEST_NAME, SAYS_NOTHING, ScanOptions, load_catalog, manifest_of
from aicensus.pipeline.parts import owners_of
from aicensus.pipeline.scanning import scan
from aicensus.pipeline.views import PolicyView, load, owned, policies, rulebook, verified

__all__ = [
    "INSTALLED",
    "MANIFEST_NAME",
    "SAYS_NOTHING",
    "Day",
    "PolicyView",
    "ScanOptions",
    "audit",
    "examined",
    "load",
    "load_catalog",
    "manifest_of",
    "owned",
    "owners_of",
    "policies",
    "rulebook",
    "scan",
    "verified",
]
