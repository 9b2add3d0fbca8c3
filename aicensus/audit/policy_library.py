"""LIB: the policy library and its copies in prompts. The texts stay out, but for the first word that differs from a clause."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator

from aicensus.analysis.policies import PolicyBook
from aicensus.audit.context import Context
from aicensus.audit.rule import Hit, Rule, count, whom_to_ask
from aicensus.model.census import Evidence, Point, Prompt
from aicensus.model.finding import Severity
from aicensus.model.policy import Difference, Drift, Fragment
from aicensus.policy.selection import Wanted
from aicensus.policy.uses import Use

_SYNC = "run `aicensus policy sync`, which shows what it would write; `--write` writes it"
_KINDS = {"material": "says something else than", "truncated": "leaves out part of", "augmented": "adds a rule to"}
_SHOWN = 40
"""Characters of a word that a message shows."""


def material_drift(context: Context) -> Iterator[Hit]:
    for use in context.policies.uses.found:
        if not use.fragment.verbatim and use.current is not None and use.drift.kind in _KINDS:
            message = f"the prompt of {_who(use.points)} {_KINDS[use.drift.kind]} `{use.fragment.key}`{_details(use.drift)}"
            yield _at_use(context, use, message, next=_advice(use), key="drift")


def verbatim_altered(context: Context) -> Iterator[Hit]:
    for use in context.policies.uses.found:
        if use.fails:
            message = f"the prompt of {_who(use.points)} alters `{use.fragment.key}`, whose wording must stay{_details(use.drift)}"
            yield _at_use(context, use, message, next=_advice(use), key="verbatim")
    for row in context.policies.lacking():
        if row.fragment.verbatim:
            condensed = context.policies.condensed(row)
            if condensed is not None:
                words = f"holds `{condensed.fragment.key}`, a condensed text that never stands in for the wording of `{row.fragment.key}`"
            else:
                words = f"lacks `{row.fragment.key}`, whose wording it must hold"
            yield _at_prompt(row, f"the prompt of {_who(row.points)} {words}", key="missing")


def stale(context: Context) -> Iterator[Hit]:
    for use in context.policies.uses.found:
        if use.is_stale and use.current is not None:
            since = f" since {use.current.effective_from}" if use.current.effective_from else ""
            message = f"the prompt of {_who(use.points)} holds `{use.fragment.key}`; `{use.current.key}` holds{since}"
            yield _at_use(context, use, message, next=_advice(use), key="stale")
    for row in context.policies.lacking():
        if not row.fragment.verbatim:
            yield _at_prompt(row, f"`{row.fragment.key}` applies to {_who(row.points)} and was never written into the prompt", key="never")
    for stray in context.policies.uses.strays:
        place = context.places.of(stray.prompt, stray.at, stray.at + 1)
        yield _hit(
            stray.prompt,
            stray.points,
            stray.why,
            next="take the block out, or name a fragment that exists",
            key=(stray.id,),
            line=place.line,
        )
    yield from _missed_cadence(context)


def _missed_cadence(context: Context) -> Iterator[Hit]:
    """Blocks that were not written anew for longer than declared, one finding a repository."""
    late: dict[str, list[tuple[datetime.date, Use]]] = defaultdict(list)
    for use in context.policies.uses.found:
        days = context.manifest_of(use.prompt.repo).manifest.policies.cadence_days
        written = _written(use)
        if days is not None and written is not None and (context.as_of - written).days > days:
            late[use.prompt.repo].append((written, use))
    for repo, rows in sorted(late.items()):
        days = context.manifest_of(repo).manifest.policies.cadence_days
        oldest, use = min(rows, key=lambda row: row[0])
        blocks = f"{count(len(rows), 'block')} of the policy library {'was' if len(rows) == 1 else 'were'}"
        message = f"{blocks} last written more than {count(days or 0, 'day')} ago, the oldest on {oldest}: an extraction was missed"
        yield _hit(use.prompt, use.points, message, next=_SYNC, key=("cadence",), line=_line(context, use))


def _written(use: Use) -> datetime.date | None:
    """The day of a block's marker, else that of the last commit to its file, as far as points know it."""
    if use.block is None:
        return None
    commits = [point.changed for point in use.points if point.changed and point.path == use.prompt.path]
    day = use.block.day or max(commits, default="")
    return datetime.date.fromisoformat(day[:10]) if day else None


def upkeep(context: Context) -> Iterator[Hit]:
    library = context.policies.library
    for problem in library.problems():
        yield _at_fragment(problem.fragment, problem.message, next=problem.next, key=problem.key)
    for one in library.fragments:
        yield from _standing(context, one)
        yield from _owner(context, one)
    yield from _empty(context)


def _empty(context: Context) -> Iterator[Hit]:
    """Declared folders that hold no fragment."""
    held = {one.repo for one in context.census.fragments}
    for file, repos in context.manifests():
        if (folders := file.manifest.policies.library) and held.isdisjoint(repos):
            yield Hit(
                message=f"the policy library {', '.join(folders)} holds no fragment",
                next="put fragments there, or name the folder that holds them under `policies` in aicensus.yaml",
                key=("empty", *folders),
                repo=repos[0] if repos else "",
                path=file.path,
                line=file.lines.get("policies", 0),
            )


def _standing(context: Context, one: Fragment) -> Iterator[Hit]:
    book = context.policies
    used = [use for use in book.uses.of(one.key) if use.block is not None or use.drift.kind in ("ok", "lexical")]
    standing = book.library.standing(one)
    if standing == "expired":
        prompts = len({(use.prompt.repo, use.prompt.id) for use in used})
        still = f", and {count(prompts, 'prompt')} still {'states' if prompts == 1 else 'state'} it" if used else ""
        message = f"`{one.key}` held until {one.effective_until}, nothing follows it{still}"
        fix = "add the version that holds now, or take it out of the library and the prompts"
        yield _at_fragment(one, message, next=fix, key="expired", milder=0 if used else 1)
    elif standing == "current" and not book.uses.of(one.id) and not _awaited(book, one):
        message = f"no prompt states `{one.key}`"
        fix = "say under `applies_to` whom it is for and run `aicensus policy sync`, or take it out"
        yield _at_fragment(one, message, next=fix, key="unused", milder=1)


def _awaited(book: PolicyBook, one: Fragment) -> bool:
    """Whether condensed texts go back to it, or prompts still lack it."""
    derived = any(other.derived_from in (one.id, one.key) for other in book.library.fragments)
    return derived or any(row.fragment is one for row in book.selection.wanted)


def _owner(context: Context, one: Fragment) -> Iterator[Hit]:
    if context.policies.library.standing(one) in ("superseded", "expired"):
        return
    roster = context.roster(one.repo)
    person = roster.person(one.owner)
    if person is None:
        message = f"the owner of `{one.key}`, {one.owner}, is not a person"
        yield _at_fragment(one, message, next="name the person who answers for it", key="owner")
    elif gone := roster.left(person, context.as_of):
        yield _at_fragment(one, f"the owner of `{one.key}`, {person}, left on {gone}", next="name who takes over", key="left")


# --- hits ---


def _details(drift: Drift) -> str:
    parts = [*drift.why]
    if drift.missing:
        parts.append(f"{count(len(drift.missing), 'sentence')} left out")
    if drift.added:
        parts.append(f"{count(len(drift.added), 'rule')} added")
    if drift.difference is not None:
        parts.append(_shown(drift.difference))
    return f" ({'; '.join(parts)})" if parts else ""


def _shown(difference: Difference) -> str:
    """The first word of the clause that is not as it should be; what stands there instead belongs to the prompt and stays out."""
    if not difference.wanted:
        return "more follows after its last word"
    return f"it first differs at word {difference.number} of the fragment, `{difference.wanted[:_SHOWN]}`"


def _advice(use: Use) -> str:
    if use.block is not None:
        return _SYNC
    name = (use.current or use.fragment).key
    return f"put the words of `{name}` in their place; `aicensus policy check` shows both, and a block between markers is kept up to date"


def _at_use(context: Context, use: Use, message: str, *, next: str, key: str) -> Hit:
    certain = use.block is not None
    return _hit(
        use.prompt,
        use.points,
        message,
        next=next,
        key=(key, use.prompt.id, use.fragment.id),
        line=_line(context, use),
        source=use.fragment,
        certain=certain,
    )


def _line(context: Context, use: Use) -> int:
    return context.places.of(use.prompt, use.start, use.end).line


def _at_prompt(row: Wanted, message: str, *, key: str) -> Hit:
    names = (key, row.prompt.id, row.fragment.id)
    return _hit(row.prompt, row.points, message, next=_SYNC, key=names, line=row.prompt.line, source=row.fragment)


def _hit(
    prompt: Prompt,
    points: tuple[Point, ...],
    message: str,
    *,
    next: str,
    key: tuple[str, ...],
    line: int,
    source: Fragment | None = None,
    certain: bool = True,
) -> Hit:
    evidence = [Evidence(path=prompt.path, line=line, what=f"prompt {prompt.name or prompt.id}")]
    if source is not None:
        evidence.append(Evidence(path=source.path, line=source.text_line, what=f"`{source.key}` of {source.owner}"))
    return Hit(
        message=message,
        next=next,
        key=key,
        repo=prompt.repo,
        path=prompt.path,
        line=line,
        points=points,
        owners=tuple(dict.fromkeys(who for point in points for who in whom_to_ask(point))),
        evidence=tuple(evidence),
        confidence="certain" if certain else "likely",
    )


def _at_fragment(one: Fragment, message: str, *, next: str, key: str, milder: int = 0) -> Hit:
    return Hit(
        message=message,
        next=next,
        key=(one.key, key),
        repo=one.repo,
        path=one.path,
        line=one.line,
        owners=(one.owner,),
        evidence=(Evidence(path=one.path, line=one.line, what=f"`{one.key}`"),),
        milder=milder,
    )


def _who(points: tuple[Point, ...]) -> str:
    first = points[0]
    return f"`{first.symbol}`" + (f" and {count(len(points) - 1, 'more point')}" if len(points) > 1 else "")


RULES = (
    Rule(
        code="LIB001",
        name="drift-from-policy",
        severity=Severity.WARNING,
        check=material_drift,
        what="A prompt states a fragment of the policy library and says something else, leaves part of it out or adds a rule to it.",
        why="Whoever reads the library believes that the assistant follows it.",
        fix="Run `aicensus policy sync`, or change the fragment with its owner.",
    ),
    Rule(
        code="LIB002",
        name="verbatim-clause-altered",
        severity=Severity.ERROR,
        check=verbatim_altered,
        what="Wording that must not be paraphrased is altered in a prompt, or a prompt that has to hold it lacks it or has condensed text.",
        why="Legal wording was agreed word by word; a condensed text is a working reference and no source.",
        fix="Run `aicensus policy sync`, or put the clause in word by word.",
    ),
    Rule(
        code="LIB003",
        name="stale-policy",
        severity=Severity.WARNING,
        check=stale,
        what="A prompt holds an older version of a fragment, lacks one that applies, or was not renewed within the declared cadence.",
        why="The policy changed, and this assistant still follows the old one.",
        fix="Run `aicensus policy sync --write`, and commit.",
    ),
    Rule(
        code="LIB004",
        name="policy-without-upkeep",
        severity=Severity.WARNING,
        check=upkeep,
        what="A fragment of the policy library is unused, expired, overlaps another one, names a missing one, or has no person as owner.",
        why="A library that nobody keeps up is one more copy.",
        fix="Say who owns it, whom it applies to and until when it holds, or take it out.",
    ),
)
