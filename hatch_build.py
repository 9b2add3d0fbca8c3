"""Builds the catalogue into the wheel, so that the first run on a new machine need not read its YAML."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledCatalog(BuildHookInterface[Any]):
    """Adds `aicensus/catalog/compiled.msgpack`; an editable installation reads the files that are being edited."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        self._folder = tempfile.TemporaryDirectory()
        os.environ["AICENSUS_CACHE_DIR"] = self._folder.name
        sys.path.insert(0, self.root)
        from aicensus.catalog import compiled
        from aicensus.catalog.reading import COMPILED

        made = Path(self._folder.name, COMPILED.name)
        made.write_bytes(compiled())
        build_data["force_include"][str(made)] = f"aicensus/catalog/{COMPILED.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self._folder.cleanup()
