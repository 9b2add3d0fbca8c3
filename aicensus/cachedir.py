"""Where this user's caches are kept, by the convention of the platform."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """Return the folder for everything that can be made again; it may not exist yet.

    `AICENSUS_CACHE_DIR` overrides the platform's convention. A relative `XDG_CACHE_HOME` is ignored, as its standard asks.
    """
    if chosen := os.environ.get("AICENSUS_CACHE_DIR"):
        return Path(chosen)
    home = Path(os.path.expanduser("~"))
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "aicensus"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "aicensus" / "Cache"
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else home / ".cache") / "aicensus"
