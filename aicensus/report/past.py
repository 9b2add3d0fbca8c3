"""What was in force for a point at a moment, and what changed about it over time: for a terminal and as JSON."""

from __future__ import annotations

from aicensus.census.diff import model_text, owner_text
from aicensus.model.growth import Commit
from aicensus.model.history import Event, Moment, PointHistory, Release, Version, Wording
from aicensus.report.card import prompt_name
from aicensus.report.changes import change_row, change_spans, pretty, rule_row, rule_spans
from aicensus.report.layout import HEADING, PLAIN, QUIET, Look, Page
from aicensus.report.overview import NO_OWNER, plural
from aicensus.report.visible import visible

_LABEL = 12
_SURE = {
    "committed": "committed: it was on the branch; nothing says what ran",
    "released": "released: the newest tag of then holds the same",
    "deployed": "deployed: the manifest's deployments say that the same ran",
    "proved": "proved: a trace carries it",
}


def moment_text(moment: Moment, look: Look = PLAIN) -> str:
    """Point, commit, model, parameters, owner and how sure that is, then every part of the prompt as it was."""
    page = Page(look)
    version = moment.version
    page.line((version.point.id, HEADING))
    page.line((f"at {moment.at} on {moment.branch} of {moment.repo}", QUIET))
    page.gap()
    _label(page, "Commit", commit_text(version.commit))
    _label(page, "Sure", _SURE[moment.sure])
    for release in moment.releases:
        _label(page, "", _release(release))
    if moment.now:
        _label(page, "Today", moment.now)
    _version(page, version)
    _label(page, "Version", version.digest)
    for note in moment.notes:
        _label(page, "Note", note)
    for wording in version.wordings:
        _wording(page, wording)
    if not version.wordings:
        page.gap()
        _label(page, "Prompt", {"none": "a call of this kind has none"}.get(version.point.prompt, "built at run time, or not resolved"))
    return page.text()


def _version(page: Page, version: Version) -> None:
    point = version.point
    source = "" if point.model.source == "unknown" else f" ({point.model.source})"
    _label(page, "Model", f"{model_text(point)}{source}, asked of {point.provider}")
    if point.settings:
        _label(page, "Parameters", ", ".join(f"{setting.name} {setting.value}" for setting in point.settings))
    owned = point.ownership
    by = f", by {owned.chain[0].path or owned.source}" if owned.owner and owned.chain else ""
    team = f", team {owned.team}" if owned.team and owned.team != owned.owner else ""
    _label(page, "Owner", f"{owner_text(owned) or NO_OWNER}{team}{by}")


def _wording(page: Page, wording: Wording) -> None:
    prompt = wording.prompt
    page.gap()
    parts = ", ".join([prompt.kind, *([prompt.role] if prompt.role else []), *(f"{{{name}}}" for name in prompt.placeholders)])
    _label(page, "Prompt", f"{prompt_name(prompt)}  {prompt.path}:{prompt.line}-{prompt.end_line}  ({parts})")
    if wording.since is not None:
        written = f", written by {', '.join(wording.by)}" if wording.by and wording.by != (_author(wording.since),) else ""
        _label(page, "", f"since {commit_text(wording.since)}{written}")
    for text in prompt.text.split("\n"):
        page.line(("| ", QUIET), visible(text.removesuffix("\r"), keep="\t").expandtabs(4), indent=_LABEL)


def _release(release: Release) -> str:
    where = "newest tag of then" if release.source == "tag" else f"deployed to {release.environment}"
    name = release.name[:12] if release.name == release.commit else release.name
    head = f"{name} ({where}, {release.at}): "
    if not release.commit:
        return head + "no such revision in this repository"
    if release.version is None:
        return head + "the point is not in it"
    if release.same:
        return head + "the same prompt, model and parameters"
    return head + f"another version, {release.version.digest}: `--at {release.version.commit.at}` shows it"


def history_text(history: PointHistory, look: Look = PLAIN) -> str:
    """Every change with its commit, the newest first."""
    page = Page(look)
    page.line((history.point.id, HEADING))
    followed = f"{plural(history.commits, 'commit')} of {history.branch} followed, {history.scanned:,} scanned"
    page.line((f"{plural(len(history.events), 'change')}; {followed}", QUIET))
    for event in history.events:
        _event(page, event)
    for note in history.notes:
        page.line(f"Note: {note}")
    return page.text()


def _event(page: Page, event: Event) -> None:
    page.gap()
    page.line((f"{event.commit.at[:16].replace('T', ' ')}  ", HEADING), f"{event.commit.id[:12]} ", (_author(event.commit), QUIET))
    written = f", written by {', '.join(event.by)}" if event.by else ""
    page.line((f"{event.commit.subject}{written}", QUIET), indent=2, hang=2)
    if event.what == "added":
        page.line(("+ ", "green"), f"the point comes: {event.point}", indent=2, hang=4)
    if event.was:
        page.line(f"moved: {event.was} -> {event.point}", indent=2, hang=4)
    for change in event.changes:
        page.line(*change_spans(change), indent=2, hang=4)
    for rule in event.rules:
        page.line("rule ", *rule_spans(rule), indent=4, hang=4)


def commit_text(commit: Commit) -> str:
    """`1a2b3c4d5e6f of 2026-11-17T14:00:00+01:00 by Ada <ada@example.com>: subject`."""
    return f"{commit.id[:12]} of {commit.at} by {_author(commit)}: {commit.subject}"


def _author(commit: Commit) -> str:
    return f"{commit.author} <{commit.email}>"


def _label(page: Page, label: str, text: str) -> None:
    page.line((f"{label:<{_LABEL}}", HEADING), text, hang=_LABEL)


# --- JSON ---


def moment_json(moment: Moment) -> bytes:
    """All of it as one document, `aicensus.moment` version 1."""
    fields = {name: getattr(moment, name) for name in moment.__struct_fields__ if name not in ("version", "releases")}
    releases = [
        {name: getattr(release, name) for name in release.__struct_fields__ if name != "version"}
        | {"version": _version_row(release.version) if release.version else None}
        for release in moment.releases
    ]
    return pretty({"document": "aicensus.moment", "version": 1, **fields, "in_force": _version_row(moment.version), "releases": releases})


def _version_row(version: Version) -> dict[str, object]:
    point = version.point
    return {
        "digest": version.digest,
        "commit": _commit_row(version.commit),
        "point": point.id,
        "model": point.model,
        "provider": point.provider,
        "parameters": {setting.name: setting.value for setting in point.settings},
        "owner": {"owner": point.ownership.owner, "person": point.ownership.person, "team": point.ownership.team},
        "prompts": [
            {
                "id": wording.prompt.id,
                "path": wording.prompt.path,
                "line": wording.prompt.line,
                "end_line": wording.prompt.end_line,
                "kind": wording.prompt.kind,
                "role": wording.prompt.role,
                "hash": wording.prompt.hash,
                "text": wording.prompt.text,
                "since": _commit_row(wording.since) if wording.since else None,
                "by": list(wording.by),
            }
            for wording in version.wordings
        ],
    }


def history_json(history: PointHistory) -> bytes:
    """All of it as one document, `aicensus.history` version 1."""
    events = [
        {
            "commit": _commit_row(event.commit),
            "by": list(event.by),
            "what": event.what,
            "point": event.point,
            "was": event.was,
            "changes": [change_row(change) for change in event.changes],
            "rules": [rule_row(rule) for rule in event.rules],
        }
        for event in history.events
    ]
    return pretty(
        {
            "document": "aicensus.history",
            "version": 1,
            "repo": history.repo,
            "branch": history.branch,
            "point": history.point.id,
            "commits": history.commits,
            "scanned": history.scanned,
            "events": events,
            "notes": list(history.notes),
        }
    )


def _commit_row(commit: Commit) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(commit, name) for name in commit.__struct_fields__}
    return row
