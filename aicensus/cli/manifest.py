"""`aicensus claim`, `retire`, `review` and `waive`: entries of the manifest, written in place and checked against a scan."""

from __future__ import annotations

import datetime
import difflib
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from aicensus.cli import common
from aicensus.model.errors import AicensusError

if TYPE_CHECKING:
    from aicensus.manifest.editing import Patch
    from aicensus.model.census import Census
    from aicensus.model.finding import AuditResult
    from aicensus.model.settings import Manifest
    from aicensus.pipeline import ScanOptions

_LISTED = 12

_POINTS = "Ids of points, unambiguous parts of them, PATH:LINE, or globs; `*` matches `/` too."

Points = Annotated[list[str], typer.Argument(help=_POINTS, show_default=False)]
Where = Annotated[Path, typer.Option("--in", help="Repository or folder. Default: here.")]


def claim(
    points: Annotated[list[str] | None, typer.Argument(help=_POINTS, show_default=False)] = None,
    owner: Annotated[str, typer.Option("--owner", help="Who answers: a person, as e-mail address or @account.")] = "",
    team: Annotated[str, typer.Option("--team", help="The owner's team.")] = "",
    purpose: Annotated[str, typer.Option("--purpose", help="What it is for, in a few words.")] = "",
    consequential: Annotated[
        bool | None,
        typer.Option("--consequential/--not-consequential", help="Whether it decides about a person, money, access or a commitment."),
    ] = None,
    decides: Annotated[list[str] | None, typer.Option("--decides", help="What it decides about, as goodwill-credit; repeatable.")] = None,
    risk: Annotated[str, typer.Option("--risk", help="How much sampling and review it needs: low, medium or high.")] = "",
    attested_on: Annotated[str, typer.Option("--attested-on", metavar="DAY", help="When the owner said that it is theirs.")] = "",
    follow: Annotated[
        bool, typer.Option("--follow", help="Write the new ids of points that moved; with POINT also where the move is only likely.")
    ] = False,
    path: Where = Path(),
    manifest: common.EditedFile = None,
    dry_run: common.DryRun = False,
    catalog: common.CatalogFiles = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """Write down who answers for points, and what they are for."""
    said = {"owner": owner, "team": team, "purpose": purpose, "consequential": consequential, "decides": tuple(decides or ()), "risk": risk}
    fields: dict[str, Any] = {name: value for name, value in said.items() if value not in ("", None, ())}
    if attested_on:
        fields["attested_on"] = _day(attested_on, "--attested-on")
    if follow and fields:
        raise typer.BadParameter("it takes no other than POINT, --in and --dry-run", param_hint="--follow")
    if not follow and not points:
        raise typer.BadParameter("name the points", param_hint="POINT")
    if not follow and not fields:
        raise typer.BadParameter("say what to write: --owner, --team, --purpose, --consequential, --decides, --risk or --attested-on")
    opened = _opened(path, manifest, common.options_of(None, None, catalog, jobs, no_cache, quiet), quiet)
    if follow:
        _follow(points or (), opened, dry_run, no_color)
        return
    if owner:
        _check_person(owner, "--owner", opened)
    _save(opened, {"points": {key: {**fields, **_marks(key, opened)} for key in _selected(points or (), opened)}}, dry_run, no_color)


def retire(
    points: Points,
    sunset: Annotated[str, typer.Option("--sunset", metavar="DAY", help="Its last day; after it the code should be gone.")],
    replaced_by: Annotated[str, typer.Option("--replaced-by", metavar="POINT", help="The point that takes over, or none.")] = "",
    path: Where = Path(),
    manifest: common.EditedFile = None,
    dry_run: common.DryRun = False,
    catalog: common.CatalogFiles = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """Write down the last day of points, and what takes over."""
    fields: dict[str, Any] = {"sunset": _day(sunset, "--sunset")}
    opened = _opened(path, manifest, common.options_of(None, None, catalog, jobs, no_cache, quiet), quiet)
    if replaced_by:
        fields["replaced_by"] = replaced_by if replaced_by == "none" else _one(replaced_by, opened)
    selected = _selected(points, opened)
    if fields.get("replaced_by") in selected:
        raise typer.BadParameter(f"{fields['replaced_by']} cannot take over from itself", param_hint="--replaced-by")
    _save(opened, {"points": dict.fromkeys(selected, fields)}, dry_run, no_color)


def review(
    points: Points,
    by: Annotated[str, typer.Option("--by", help="Who reviewed: a person, as e-mail address or @account.")],
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="When. Default: today.")] = "today",
    path: Where = Path(),
    manifest: common.EditedFile = None,
    dry_run: common.DryRun = False,
    catalog: common.CatalogFiles = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """Write down that somebody looked at points."""
    day = _day(on, "--on")
    if day > _today():
        raise typer.BadParameter(f"{day} is still to come", param_hint="--on")
    opened = _opened(path, manifest, common.options_of(None, None, catalog, jobs, no_cache, quiet), quiet)
    _check_person(by, "--by", opened)
    _save(opened, {"points": {point: {"reviewed": {"on": day, "by": by}} for point in _selected(points, opened)}}, dry_run, no_color)


def waive(
    code: Annotated[str, typer.Argument(help="Code of the finding, as CTL002.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is accepted.")],
    by: Annotated[str, typer.Option("--by", help="Who accepts it: a person.")],
    until: Annotated[str, typer.Option("--until", metavar="DAY", help="Last day on which it is accepted.")],
    points: Annotated[list[str] | None, typer.Argument(help="Points, as for `claim`; a glob is one waiver.", show_default=False)] = None,
    file: Annotated[
        str, typer.Option("--path", metavar="GLOB", help="Path of the findings, or a glob, for those that are of no point.")
    ] = "",
    path: Where = Path(),
    manifest: common.EditedFile = None,
    dry_run: common.DryRun = False,
    catalog: common.CatalogFiles = None,
    jobs: common.Jobs = 0,
    no_cache: common.NoCache = False,
    quiet: common.Quiet = False,
    no_color: common.NoColor = False,
) -> None:
    """Accept findings for a time; a waiver that is there already is renewed."""
    last = _day(until, "--until")
    if last < _today():
        raise typer.BadParameter(f"{last} has passed", param_hint="--until")
    if not points and not file:
        raise typer.BadParameter("name the points whose findings are accepted, or --path")
    opened = _opened(path, manifest, common.options_of(None, None, catalog, jobs, no_cache, quiet), quiet, audit=True)
    _check_person(by, "--by", opened)
    said = {"reason": reason, "by": by, "until": last}
    targets = [{"point": point} for point in _waived(points or (), opened)] or [{"path": file}]
    patch: dict[int, Any] = {}
    for target in targets:
        wanted = {"code": _known_code(code, opened), **target}
        if points and file:
            wanted["path"] = file
        _check_found(wanted, opened)
        known = _waiver_place(wanted, opened)
        patch[len(opened.manifest.waivers) + len(patch) if known is None else known] = said if known is not None else {**wanted, **said}
    _save(opened, {"waivers": patch}, dry_run, no_color)


class _Opened(NamedTuple):
    """A manifest to edit, and what is in the code that it speaks of."""

    result: AuditResult | None
    """Only where findings are asked for."""
    census: Census
    manifest: Manifest
    file: Path
    content: bytes
    """Empty where there is no manifest yet."""

    @property
    def name(self) -> str:
        return str(self.file)


def _opened(path: Path, manifest: Path | None, options: ScanOptions, quiet: bool, *, audit: bool = False) -> _Opened:
    """Scan, then read the manifest, so that what is edited is what stands there now. Raises AicensusError."""
    from aicensus.manifest import read_manifest
    from aicensus.manifest.editing import EMPTY
    from aicensus.pipeline import MANIFEST_NAME, scan

    file = path / MANIFEST_NAME if manifest is None else manifest
    if file.is_symlink():
        raise AicensusError(f"{file} is a symbolic link; name the file that it leads to with --manifest")
    if (path / "HEAD").is_file() and (path / "objects").is_dir():
        raise AicensusError(f"{path} is a bare repository; edit the manifest in a work tree of it")
    options.manifest = manifest if manifest is not None and manifest.exists() else None
    result = common.examine([path], options, None) if audit else None
    census = scan([path], options) if result is None else result.census
    common.done(quiet)
    try:
        content = file.read_bytes() if file.exists() else b""
    except OSError as error:
        raise AicensusError(f"{file} cannot be read: {error.strerror}") from error
    return _Opened(result, census, read_manifest(content, str(file))[0], file, content or EMPTY)


def _follow(wanted: Sequence[str], opened: _Opened, dry_run: bool, no_color: bool) -> None:
    """Write the ids of today; moves that are only likely are named, and written when their point is."""
    from aicensus.manifest.editing import renamed
    from aicensus.report.visible import visible

    meant = {_one(text, opened) for text in wanted}
    moves = [move for move in opened.census.claim_moves if not meant or move.point in meant]
    if missing := meant - {move.point for move in moves}:
        raise AicensusError(f"no entry of {opened.name} is known to have become {', '.join(sorted(missing))}")
    sure = {move.claimed: move.point for move in moves if meant or move.confidence == "certain"}
    _write(opened, renamed(opened.content, sure, opened.name), [f"{old} is {new} now" for old, new in sure.items()], dry_run, no_color)
    for move in moves:
        if move.claimed not in sure:
            likely = f"{move.claimed} may be {move.point} now: {move.why}"
            sys.stderr.write(visible(f"aicensus: {likely}; `aicensus claim --follow {shlex.quote(move.point)}` writes it") + "\n")


def _marks(key: str, opened: _Opened) -> dict[str, str]:
    """What a point is found again by when its id is gone: its call and prompts. Empty for a glob and where no prompt is known."""
    from aicensus.census.claim_moves import prompt_hash

    point = next((point for point in opened.census.points if point.id == key), None)
    known = prompt_hash(point, {prompt.id: prompt.hash for prompt in opened.census.prompts}) if point else ""
    return {"callee": point.call, "prompt_hash": known} if point and known else {}


def _save(opened: _Opened, patch: Patch, dry_run: bool, no_color: bool) -> None:
    """Write the manifest as the patch wants it, or show what would change."""
    from aicensus.manifest.editing import merged, renamed

    known = {move.claimed: move.point for move in opened.census.claim_moves if move.confidence == "certain"}
    moved = {old: new for old, new in known.items() if new in patch.get("points", ())}
    made = merged(renamed(opened.content, moved, opened.name) if moved else opened.content, patch, opened.name)
    _write(opened, made, _entries(patch), dry_run, no_color)


def _write(opened: _Opened, made: bytes, entries: Sequence[str], dry_run: bool, no_color: bool) -> None:
    """Write a manifest and say what in it is new, or show what would change."""
    from aicensus.report.visible import visible

    existed = opened.file.exists()
    if made == opened.content:
        typer.echo(f"{opened.name} says so already; nothing was written")
    elif dry_run:
        _show_change(opened.content if existed else b"", made, opened.name, no_color)
        sys.stderr.write("aicensus: nothing was written\n")
    else:
        common.write(opened.file, made)
        more = [f"and {len(entries) - _LISTED} more"] if len(entries) > _LISTED else []
        typer.echo(f"{opened.name} {'changed' if existed else 'created'}:")
        typer.echo("".join(f"  {visible(entry)}\n" for entry in (*entries[:_LISTED], *more)), nl=False)


def _entries(patch: Patch) -> list[str]:
    """What a patch says, a line an entry."""
    from aicensus.manifest.scalars import inline

    def said(fields: dict[str, Any]) -> str:
        return inline({name: value for name, value in fields.items() if name not in ("callee", "prompt_hash")})[1:-1]

    return [
        f"{key if isinstance(key, str) else 'waiver ' + str(key + 1)}: {said(fields)}"
        for entries in patch.values()
        for key, fields in entries.items()
    ]


def _show_change(old: bytes, new: bytes, name: str, no_color: bool) -> None:
    from aicensus.report.layout import Page, write

    styles = {"+": "green", "-": "red", "@": "cyan"}
    page = Page(common.look(no_color)._replace(width=None))
    before, after = (content.decode("utf-8-sig").splitlines() for content in (old, new))
    for line in difflib.unified_diff(before, after, name, name, lineterm=""):
        page.line((line, "bold" if line.startswith(("+++", "---")) else styles.get(line[:1], "")))
    write(page.text(), sys.stdout)


# -- what is named, and whether it can be meant --------------------------------------------------------------------------


def _selected(wanted: Sequence[str], opened: _Opened) -> list[str]:
    """Keys under `points`: ids of points; a glob is the entry of that name where there is one, else all points that it means."""
    keys: dict[str, None] = {}
    for text in wanted:
        if text in opened.manifest.points and _is_glob(text):
            _matching(text, opened)
            keys[text] = None
        elif _is_glob(text):
            keys.update(dict.fromkeys(_matching(text, opened)))
        else:
            keys[_one(text, opened)] = None
    return list(keys)


def _waived(wanted: Sequence[str], opened: _Opened) -> list[str]:
    """Points as a waiver names them: ids, and globs as they are."""
    return [text if _is_glob(text) and _matching(text, opened) else _one(text, opened) for text in wanted]


def _is_glob(text: str) -> bool:
    from aicensus.manifest.claims import is_glob

    return is_glob(text)


def _one(wanted: str, opened: _Opened) -> str:
    from aicensus.report.card import find_point

    return find_point(opened.census.points, wanted).id


def _matching(glob: str, opened: _Opened) -> list[str]:
    """Ids of the points that a glob means: those whose findings are reported, or any where it means none of them."""
    from aicensus.manifest.claims import selects

    scopes = opened.manifest.settings.report_scopes
    found = [point for point in opened.census.points if selects(glob, point.id)]
    if not found:
        raise AicensusError(f"no point is called {glob}; `aicensus scan PATH -o points=FILE` lists what there is")
    return [point.id for point in found if point.scope in scopes] or [point.id for point in found]


def _known_code(code: str, opened: _Opened) -> str:
    known = [rule.code for rule in opened.result.rules] if opened.result else []
    if code.upper() not in known:
        raise typer.BadParameter(f"{code} is no rule that is switched on; `aicensus explain` lists all", param_hint="CODE")
    return code.upper()


def _check_found(wanted: dict[str, str], opened: _Opened) -> None:
    """Raises AicensusError when there is no such finding, accepted or not: what accepts nothing today may hide something tomorrow."""
    from aicensus.manifest.claims import selects

    assert opened.result
    findings = [*opened.result.findings, *(accepted.finding for accepted in opened.result.accepted)]
    point, path = wanted.get("point", ""), wanted.get("path", "")
    here = [
        finding
        for finding in findings
        if (not point or any(selects(point, one) for one in finding.points)) and (not path or selects(path, finding.path))
    ]
    if not any(finding.code == wanted["code"] for finding in here):
        there = ", ".join(sorted({finding.code for finding in here})) or "none"
        raise AicensusError(f"there is no finding {wanted['code']} at {point or path}, so nothing to accept; found there: {there}")


def _waiver_place(wanted: dict[str, str], opened: _Opened) -> int | None:
    """Which waiver of the manifest accepts the same already, expired or not."""
    same = (wanted["code"], wanted.get("point", ""), wanted.get("path", ""))
    return next((place for place, one in enumerate(opened.manifest.waivers) if (one.code, one.point, one.path) == same), None)


def _check_person(name: str, option: str, opened: _Opened) -> None:
    """Raises BadParameter for what is no person and for who has left; says on stderr who is not on the roster."""
    from aicensus.census.roster import Roster

    roster = Roster(opened.manifest.roster)
    what = {"bot": "a bot", "vendor": "a vendor", "ai": "not a person", "nobody": "nobody"}.get(roster.kind(name))
    if what:
        raise typer.BadParameter(f"{name} is {what}; only a person can answer for it", param_hint=option)
    if left := roster.left(name, _today()):
        raise typer.BadParameter(f"{name} left on {left}; name who takes over", param_hint=option)
    if roster and not roster.find(name):
        near = difflib.get_close_matches(name, opened.manifest.roster, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        sys.stderr.write(f"aicensus: warning: {name} is not on the roster of {opened.name}{hint}\n")


def _day(text: str, option: str) -> datetime.date:
    if text == "today":
        return _today()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text} is no day; write it as 2026-11-30", param_hint=option) from error


def _today() -> datetime.date:
    return common.day(None, rev=None)
