"""Reports: pure functions of an audit, one module a format, imported when used."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from aicensus.model.finding import AuditResult

Render = Callable[[AuditResult], str | bytes]


def _lazy(module: str, function: str = "render") -> Render:
    def render(result: AuditResult) -> str | bytes:
        made: str | bytes = getattr(import_module(f"aicensus.report.{module}"), function)(result)
        return made

    return render


REPORTERS: dict[str, Render] = {
    "text": _lazy("terminal"),
    "json": _lazy("json"),
    "census": _lazy("json", "render_census"),
    "sarif": _lazy("sarif"),
    "gitlab": _lazy("gitlab"),
    "junit": _lazy("junit"),
    "markdown": _lazy("markdown"),
    "csv": _lazy("csv"),
    "html": _lazy("html"),
    "points": _lazy("rows", "points"),
    "prompts": _lazy("rows", "prompts"),
    "state": _lazy("rows", "state"),
}
"""Format name to the function that writes it; text is to be encoded as UTF-8."""
