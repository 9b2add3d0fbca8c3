"""aicensus: a census of the places where programs ask a model for an inference."""

from __future__ import annotations

__version__ = "0.1.0"
