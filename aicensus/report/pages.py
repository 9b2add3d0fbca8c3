"""What every page is made with: templates that escape all they are given, and show characters that hide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from aicensus.report.visible import visible

_TEMPLATES = Path(__file__).with_name("templates")


def environment() -> Environment:
    """The environment of the packaged templates."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def part(name: str) -> Markup:
    """A packaged style or script, as it stands in a page."""
    return Markup((_TEMPLATES / name).read_text(encoding="utf-8"))


def _finalized(value: Any) -> Any:
    """Make plain text visible wherever a template writes it, attributes included; markup has been through `shown`."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
