"""A manifest in the words of today: ids of points that moved since it was written are replaced by those they have now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from aicensus.model.settings import Manifest, ManifestFile


def followed(file: ManifestFile, names: Mapping[str, str]) -> ManifestFile:
    """Return the manifest with every key and value that is one of the old ids replaced; its lines are those of the old ids."""
    if not names:
        return file
    manifest = msgspec.convert(renamed_values(msgspec.to_builtins(file.manifest), names), Manifest)
    lines = {_renamed_key(key, names): line for key, line in file.lines.items()}
    return ManifestFile(manifest=manifest, path=file.path, lines=lines)


def renamed_values(value: Any, names: Mapping[str, str]) -> Any:
    """The plain value with keys and texts that are exactly one of `names` replaced."""
    if isinstance(value, dict):
        return {names.get(key, key): renamed_values(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [renamed_values(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def _renamed_key(key: str, names: Mapping[str, str]) -> str:
    section, _, name = key.partition(".")
    return f"{section}.{names[name]}" if name in names else key
