"""CTL: controls around a call."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aicensus.audit.context import Context
from aicensus.audit.rule import Hit, Rule, at_point
from aicensus.model.census import Point
from aicensus.model.finding import Severity

LONG_SECONDS = 300
_OFF = {"none", "null", "undefined", "false", "0", "not_given", "omit"}
_DEFAULT = re.compile(r"default:\s*(.*)")


def no_timeout(context: Context) -> Iterator[Hit]:
    for point in context.points:
        # A use waits for its gateway, and configuration is run by a platform.
        if point.role not in {"direct", "gateway"} or point.sdk in context.without_timeout:
            continue
        settings = {setting.name: setting.value for setting in point.settings}
        problem = _problem(settings.get("timeout", ""))
        if problem:
            message = f"`{point.symbol}` {problem}{_worst_case(settings)}"
            yield at_point(point, message, next=_fix(point))


def _problem(timeout: str) -> str:
    """What is wrong with a timeout as the census gives it; empty when one is set, or the SDK's own is short."""
    if not timeout:
        return "sets no timeout, and its SDK is not known to have one"
    default = _DEFAULT.fullmatch(timeout)
    if not default:
        return f"switches the timeout off ({timeout})" if timeout.casefold() in _OFF else ""
    seconds = _number(default[1])
    if seconds is None:
        return "sets no timeout, and its SDK has none"
    return f"sets no timeout and waits up to the SDK's {seconds:g} s" if seconds > LONG_SECONDS else ""


def _worst_case(settings: dict[str, str]) -> str:
    """Timeout times attempts, where both are known."""
    timeout, retries = (_number(_DEFAULT.sub(r"\1", settings.get(name, ""))) for name in ("timeout", "retries"))
    if timeout is None or retries is None or retries < 1:
        return ""
    return f"; with {retries:g} retries the worst case is {timeout * (retries + 1):g} s"


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _fix(point: Point) -> str:
    return f"set a timeout on the client or at `{point.call}`, shorter than its caller waits"


RULES = (
    Rule(
        code="CTL002",
        name="no-timeout",
        severity=Severity.NOTE,
        check=no_timeout,
        what=f"A call sets no timeout, and the SDK has none or one above {LONG_SECONDS} seconds.",
        why="A provider that hangs holds the caller for minutes, times the retries.",
        fix="Set a timeout that is shorter than the caller's own.",
    ),
)
