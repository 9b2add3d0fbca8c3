"""aicensus: a census of the places where programs ask a model for an inference.

`aicensus.scan(paths)` builds a census, `aicensus.audit(census, settings)` judges it, `aicensus.load(path)` reads a saved one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aicensus.pipeline import ScanOptions as ScanOptions
    from aicensus.pipeline import audit as audit
    from aicensus.pipeline import load as load
    from aicensus.pipeline import scan as scan

__version__ = "0.1.0"
__all__ = ["ScanOptions", "__version__", "audit", "load", "scan"]


def __getattr__(name: str) -> Any:
    # The pipeline is imported when it is first asked for, so that `aicensus --help` stays quick.
    if name in __all__:
        from aicensus import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module `aicensus` has no attribute `{name}`")
