"""Bytes by path, or the reason why not: from a git work tree, a git revision or a plain folder."""

from __future__ import annotations

from aicensus.sources.content import Judge
from aicensus.sources.reading import Reader, blob_id
from aicensus.sources.revision import MISSING
from aicensus.sources.source import Source, open_source

__all__ = ["MISSING", "Judge", "Reader", "Source", "blob_id", "open_source"]
