"""How the purposes in production grew: a chart for a terminal, rows for a spreadsheet, JSON, and a page with charts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from aicensus.census.diff import NOBODY
from aicensus.model.growth import Sample, Trend
from aicensus.report.changes import pretty
from aicensus.report.layout import HEADING, PLAIN, QUIET, Look, Page
from aicensus.report.overview import plural
from aicensus.report.sheet import sheet

_BAR = 48
_STATES = (("person", "█", "a person"), ("team", "▒", "a team"), ("nobody", "░", "nobody"))
_LISTED = 10
_SERIES = 6
_GREY = _SERIES - 1
_LIGHTS = {
    "green": "under 12 months: set owners and purposes now, while they are few",
    "amber": "12 to 24 months: the window in which points outgrow what anybody decided",
    "red": "over 24 months: see what can be decommissioned, and who answers for the rest",
}
COLUMNS = ("at", "commit", "points", "added", "removed", "undecided", "person", "team", "nobody")


# --- text ---


def as_text(trend: Trend, look: Look = PLAIN) -> str:
    """A bar a period, split by who answers, then what it comes to."""
    page = Page(look)
    page.line((f"{trend.repo}, {trend.branch}: purposes in production", HEADING))
    page.line((f"by {trend.every}, {plural(trend.commits, 'commit')}; each bar by who answers: ", QUIET), _legend())
    page.gap()
    most = max((sample.points for sample in trend.samples), default=0)
    for sample in trend.samples:
        page.line(f"{sample.at}  {sample.points:>5}  ", (_bar(sample, most), ""), (_moves(sample), QUIET))
    for line in summary(trend):
        page.line(line)
    for title, counts in _last_counts(trend):
        page.line(f"By {title} now: " + (", ".join(f"{name} {number}" for name, number in counts.items()) or "nothing"), hang=2)
    undecided = [point for sample in reversed(trend.samples) for point in sample.undecided]
    if undecided:
        page.heading(f"Came without an owner or a declared purpose: {len(undecided)}")
    for point in undecided[:_LISTED]:
        page.line(point, indent=2)
    if len(undecided) > _LISTED:
        page.line((f"and {len(undecided) - _LISTED:,} more; --format json lists all", QUIET), indent=2)
    return page.text()


def _legend() -> str:
    return ", ".join(f"{mark} {words}" for _, mark, words in _STATES)


def _bar(sample: Sample, most: int) -> str:
    """A bar as long as the number needs; its parts add up to it."""
    whole = round(sample.points * min(_BAR, most) / most) if most else 0
    text, at = "", 0
    for state, mark, _ in _STATES:
        at += sample.by_ownership.get(state, 0)
        text += mark * (round(whole * at / sample.points) - len(text)) if sample.points else ""
    return text


def _moves(sample: Sample) -> str:
    words = [f"+{sample.added}" if sample.added else "", f"-{sample.removed}" if sample.removed else ""]
    words.append(f"{len(sample.undecided)} undecided" if sample.undecided else "")
    return "  " + " ".join(filter(None, words)) if any(words) else ""


def summary(trend: Trend) -> list[str]:
    """What the numbers come to, a sentence each."""
    added, removed, undecided = totals(trend)
    lines = []
    if trend.first is not None and trend.months is not None:
        lines.append(
            f"First purpose in production: {trend.first.at[:10]}, commit {trend.first.id[:12]}, {plural(trend.months, 'month')} ago"
        )
        lines.append(f"Window: {trend.light}, {_LIGHTS[trend.light]}" if trend.light else "")
    else:
        lines.append("No purpose in production was found in any of these revisions")
    if trend.growth is not None:
        lines.append(f"Growth over twelve months: {trend.growth:.2f} times as many")
    if added:
        lines.append(
            f"Undecided: {undecided} of {added} that came had no owner or no declared purpose in the commit or merge that brought them"
        )
    if removed or added:
        lines.append(f"Removed: {removed} to {added} added" + (f", a ratio of {removed / added:.2f}" if added else ""))
    return [*filter(None, lines), *trend.notes]


def totals(trend: Trend) -> tuple[int, int, int]:
    """Added, removed and undecided over all samples."""
    samples = trend.samples
    return sum(s.added for s in samples), sum(s.removed for s in samples), sum(len(s.undecided) for s in samples)


def _last_counts(trend: Trend) -> Iterator[tuple[str, Mapping[str, int]]]:
    if trend.samples:
        last = trend.samples[-1]
        yield from (("owner", last.by_owner), ("provider", last.by_provider), ("kind", last.by_kind))


# --- for programs ---


def as_json(trend: Trend) -> bytes:
    """All of it as one document, `aicensus.trend` version 1."""
    added, removed, undecided = totals(trend)
    return pretty(
        {
            "document": "aicensus.trend",
            "version": 1,
            "repo": trend.repo,
            "branch": trend.branch,
            "every": trend.every,
            "commits": trend.commits,
            "first": trend.first,
            "months": trend.months,
            "light": trend.light,
            "growth": trend.growth,
            "added": added,
            "removed": removed,
            "removal_ratio": removed / added if added else None,
            "undecided": undecided,
            "samples": [
                {name: getattr(sample, name) for name in sample.__struct_fields__ if name != "commit"}
                | {"commit": sample.commit.id, "committed": sample.commit.at}
                for sample in trend.samples
            ],
            "notes": trend.notes,
        }
    )


def as_csv(trend: Trend) -> bytes:
    """A row a period; a column for each provider, kind and owner that ever was."""
    groups: tuple[tuple[str, Callable[[Sample], Mapping[str, int]]], ...] = (
        ("provider", lambda sample: sample.by_provider),
        ("kind", lambda sample: sample.by_kind),
        ("owner", lambda sample: sample.by_owner),
    )
    names = [(title, name, of) for title, of in groups for name in sorted({name for sample in trend.samples for name in of(sample)})]
    rows = []
    for sample in trend.samples:
        fixed = (sample.at, sample.commit.id, sample.points, sample.added, sample.removed, len(sample.undecided))
        states = (sample.by_ownership.get(state, 0) for state, _, _ in _STATES)
        rows.append((*fixed, *states, *(of(sample).get(name, 0) for _, name, of in names)))
    return sheet((*COLUMNS, *(f"{title} {name}" for title, name, _ in names)), rows).encode()


# --- the page ---

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 760, 220, 44, 10, 26


class Part(NamedTuple):
    """One part of a bar: where it is drawn, and what it says."""

    x: float
    y: float
    width: float
    height: float
    color: int
    says: str


class Chart(NamedTuple):
    """A chart of stacked bars, ready to be drawn: all measures are in units of its view box."""

    id: str
    title: str
    says: str
    """For those who cannot see it."""
    names: tuple[str, ...]
    colors: tuple[int, ...]
    """Number of the colour of each name."""
    parts: tuple[Part, ...]
    steps: tuple[tuple[float, int], ...]
    """Heights of the lines across, with their numbers."""
    days: tuple[tuple[float, str], ...]
    """Places along the bottom, with what stands there."""
    width: int = _WIDTH
    height: int = _HEIGHT
    left: int = _LEFT
    base: int = _HEIGHT - _BOTTOM


def as_html(trend: Trend) -> bytes:
    """One page that opens offline and runs no script: charts drawn in it, and the numbers as a table."""
    from aicensus.report.pages import environment, part

    return environment().get_template("trend.html").render(growth=view(trend), style=part("report.css")).encode("utf-8", "replace")


class GrowthView(NamedTuple):
    """What a page shows of one trend."""

    trend: Trend
    charts: tuple[Chart, ...]
    summary: tuple[str, ...]
    undecided: tuple[tuple[str, str], ...]
    """The end of the period and the point."""


def view(trend: Trend) -> GrowthView:
    """One trend as pages draw it."""
    undecided = tuple((sample.at, point) for sample in trend.samples for point in sample.undecided)
    return GrowthView(trend, tuple(_charts(trend)), tuple(summary(trend)), undecided)


def _charts(trend: Trend) -> Iterator[Chart]:
    """The purposes over time by who answers, by owner, provider and kind."""
    names = tuple(words for _, _, words in _STATES)
    yield _chart("ownership", "By who answers", trend, names, lambda s: [s.by_ownership.get(state, 0) for state, _, _ in _STATES])
    for title, of in (("owner", _by_owner), ("provider", _by_provider), ("kind", _by_kind)):
        largest = _largest(trend, of)
        yield _chart(title, f"By {title}", trend, largest, partial(_values, of=of, names=largest))


def _by_owner(sample: Sample) -> Mapping[str, int]:
    return sample.by_owner


def _by_provider(sample: Sample) -> Mapping[str, int]:
    return sample.by_provider


def _by_kind(sample: Sample) -> Mapping[str, int]:
    return sample.by_kind


_OTHERS = "others"


def _largest(trend: Trend, of: Callable[[Sample], Mapping[str, int]]) -> tuple[str, ...]:
    """The names with the most points at any time; where there are too many, the rest are `others`."""
    peaks: dict[str, int] = {}
    for sample in trend.samples:
        for name, number in of(sample).items():
            peaks[name] = max(peaks.get(name, 0), number)
    ranked = sorted(peaks, key=lambda name: (-peaks[name], name))
    return tuple(ranked) if len(ranked) <= _SERIES else (*ranked[: _SERIES - 1], _OTHERS)


def _values(sample: Sample, *, of: Callable[[Sample], Mapping[str, int]], names: Sequence[str]) -> list[int]:
    counts = of(sample)
    known = [counts.get(name, 0) for name in names if name != _OTHERS]
    return known + ([sample.points - sum(known)] if len(known) < len(names) else [])


def _chart(identity: str, title: str, trend: Trend, names: tuple[str, ...], values_of: Callable[[Sample], Sequence[int]]) -> Chart:
    colors = _colors(names)
    most = max((sample.points for sample in trend.samples), default=0) or 1
    step = next(size * 10**power for power in range(9) for size in (1, 2, 5) if most / (size * 10**power) <= 5)
    top = -(-most // step) * step
    room = _HEIGHT - _TOP - _BOTTOM
    wide = (_WIDTH - _LEFT) / max(len(trend.samples), 1)
    parts = []
    for at, sample in enumerate(trend.samples):
        below = 0
        for series, number in enumerate(values_of(sample)):
            if number:
                y = _TOP + room * (1 - (below + number) / top)
                says = f"{sample.at}: {names[series]} {number} of {sample.points}"
                parts.append(
                    Part(
                        round(_LEFT + at * wide + wide * 0.1, 2),
                        round(y, 2),
                        round(wide * 0.8, 2),
                        round(room * number / top, 2),
                        colors[series],
                        says,
                    )
                )
            below += number
    every = -(-len(trend.samples) // 8) or 1
    days = tuple((round(_LEFT + (at + 0.5) * wide, 2), s.at[:7]) for at, s in enumerate(trend.samples) if at % every == 0)
    ends = (
        [f"{dict(zip(names, values_of(s), strict=True))} on {s.at}" for s in (trend.samples[0], trend.samples[-1])] if trend.samples else []
    )
    steps = tuple((round(_TOP + room * (1 - number / top), 2), number) for number in range(0, top + 1, step))
    return Chart(
        identity,
        title,
        f"Stacked bars over {len(trend.samples)} periods, from {' to '.join(ends)}",
        names,
        colors,
        tuple(parts),
        steps,
        days,
    )


def _colors(names: Sequence[str]) -> tuple[int, ...]:
    """A colour for each name in turn; what nobody answers for is grey wherever it stands."""
    turn = iter(range(_SERIES))
    return tuple(_GREY if name in ("nobody", NOBODY) else next(turn) for name in names)


FORMATS: dict[str, Callable[[Trend], bytes]] = {
    "text": lambda trend: as_text(trend).encode("utf-8", "replace"),
    "json": as_json,
    "csv": as_csv,
    "html": as_html,
}
