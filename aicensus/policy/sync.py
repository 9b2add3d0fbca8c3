"""Managed blocks written anew from the library. Everything outside the markers stays as it is, byte for byte."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff
from typing import Literal, NamedTuple

from aicensus.extract.spelling import literals
from aicensus.model.census import Prompt
from aicensus.model.policy import Fragment
from aicensus.policy.hosts import Host, NoHost, host_of
from aicensus.policy.library import Library
from aicensus.policy.markers import Block, blocks, written
from aicensus.policy.uses import Use
from aicensus.policy.wording import digest, folded


class Task(NamedTuple):
    """A prompt with the fragments that have to stand in it."""

    prompt: Prompt
    wanted: tuple[Fragment, ...]
    stated: tuple[Use, ...]
    """What stands in it now."""


class Change(NamedTuple):
    """One block that is written."""

    kind: Literal["insert", "update", "renew"]
    """`renew`: only the day of the extraction."""
    prompt: Prompt
    fragment: Fragment
    before: str
    """`id@version` that stood there; empty for a new block."""


class Refusal(NamedTuple):
    """A block that is not written, and why."""

    prompt: Prompt
    name: str
    """`id@version`, or the id as a marker names it."""
    why: str


class FilePlan(NamedTuple):
    path: str
    before: bytes
    after: bytes
    changes: tuple[Change, ...]
    refusals: tuple[Refusal, ...]

    def diff(self) -> str:
        """The change as a unified diff; line endings are not shown."""
        old, new = (content.decode("utf-8", "replace").splitlines() for content in (self.before, self.after))
        return "\n".join(unified_diff(old, new, f"a/{self.path}", f"b/{self.path}", lineterm=""))


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def plan_file(path: str, content: bytes, tasks: Sequence[Task], library: Library, *, cadence_days: int | None = None) -> FilePlan:
    """What the blocks of one file become on the library's day.

    A block that holds what it should keeps its bytes; only when `cadence_days` have passed since its day, that is renewed.
    """
    text = content.decode("utf-8", "surrogateescape")
    planner = _Planner(text, library, cadence_days)
    for task in tasks:
        planner.add(task)
    after, refused = planner.applied()
    new = after.encode("utf-8", "surrogateescape")
    if refused or not _intact(path, content, new, planner.edits):
        why = "the code around it would be read otherwise: put the words in by hand"
        spoilt = tuple(Refusal(change.prompt, change.fragment.key, why) for change in planner.changes)
        return FilePlan(path, content, content, (), (*planner.refusals, *spoilt))
    return FilePlan(path, content, new, tuple(planner.changes), tuple(planner.refusals))


class _Planner:
    def __init__(self, text: str, library: Library, cadence_days: int | None) -> None:
        self.text = text
        self.changes: list[Change] = []
        self.refusals: list[Refusal] = []
        self.edits: list[_Edit] = []
        self._library = library
        self._cadence = cadence_days
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._hosts: dict[int, set[str]] = {}
        """Ids that stand, or will stand, in each host, by its start."""

    def applied(self) -> tuple[str, bool]:
        """The text with all edits, and whether two of them touch the same place."""
        pieces, at, clash = [], 0, False
        for edit in sorted(self.edits, key=lambda edit: (edit.start, edit.end)):
            clash |= edit.start < at
            pieces += [self.text[at : edit.start], edit.text]
            at = max(at, edit.end)
        return "".join([*pieces, self.text[at:]]), clash

    def add(self, task: Task) -> None:
        host = host_of(task.prompt, self.text)
        if isinstance(host, NoHost):
            here = {use.fragment.id for use in task.stated if use.drift.kind == "ok" and not use.is_stale}
            self.refusals += (Refusal(task.prompt, one.key, host.why) for one in task.wanted if one.id not in here)
            return
        if host.start not in self._hosts:
            self._hosts[host.start] = set(self._update(task, host))
        self._insert(task, host, self._hosts[host.start])

    # -- blocks that are there -----------------------------------------------------------------------------------

    def _update(self, task: Task, host: Host) -> Iterator[str]:
        """Write the blocks anew that hold something else; yield the ids that stand there then."""
        for block in blocks(self.text[host.start : host.end]):
            if not isinstance(block, Block):
                self.refusals.append(Refusal(task.prompt, block.id, "the block has no closing marker: close it, or take the marker out"))
                yield block.id
                continue
            known = self._library.find(f"{block.id}@{block.version}") or self._library.find(block.id)
            current = self._library.replacement(known) if known is not None else None
            yield current.id if current is not None else block.id
            if current is None:
                reason = "no version of it holds any more" if known is not None else "the library holds no such fragment"
                self.refusals.append(Refusal(task.prompt, block.id, f"{reason}: take the block out"))
            elif (kind := self._due(block, host, current)) is not None:
                self._write(task, host, current, kind, block)

    def _due(self, block: Block, host: Host, current: Fragment) -> Literal["update", "renew"] | None:
        body = self.text[host.start + block.body_start : host.start + block.body_end]
        same = (block.id, block.version, block.hash) == (current.id, current.version, digest(current.text))
        if not same or folded(body) != folded(current.text):
            return "update"
        if self._cadence is None or block.day == "":
            return None if block.day else "renew"
        age = (self._library.as_of - datetime.date.fromisoformat(block.day)).days
        return "renew" if age >= self._cadence else None

    def _write(self, task: Task, host: Host, fragment: Fragment, kind: Literal["update", "renew"], block: Block) -> None:
        if bad := _unwritable(fragment, host):
            self.refusals.append(Refusal(task.prompt, fragment.key, bad))
            return
        text = written(fragment, self._library.as_of, host.comment, block.indent, self._newline)
        self.edits.append(_Edit(host.start + block.start, host.start + block.end, text))
        self.changes.append(Change(kind, task.prompt, fragment, f"{block.id}@{block.version}"))

    # -- blocks that are missing ---------------------------------------------------------------------------------

    def _insert(self, task: Task, host: Host, there: set[str]) -> None:
        said = {use.fragment.id: use for use in task.stated if use.block is None}
        new: list[Fragment] = []
        for fragment in task.wanted:
            if fragment.id in there:
                continue
            use = said.get(fragment.id)
            if use is not None and use.drift.kind == "ok" and use.fragment.key == fragment.key:
                continue
            own = f"the prompt says it in its own words ({use.drift.kind}): take those out, and run again" if use is not None else ""
            if why := own or host.may_insert or _unwritable(fragment, host):
                self.refusals.append(Refusal(task.prompt, fragment.key, why))
                continue
            new.append(fragment)
            there.add(fragment.id)
        if new:
            self._append(task, host, new)

    def _append(self, task: Task, host: Host, fragments: Iterable[Fragment]) -> None:
        region = self.text[host.start : host.end]
        tail = len(region) - (0 if host.is_file else len(region) - len(region.rstrip(" \t")))
        at = tail if tail == 0 or region[tail - 1] == "\n" else len(region)
        before = region[:at]
        indent = "" if host.is_file else _indent(region)
        made = [written(one, self._library.as_of, host.comment, indent, self._newline) for one in fragments]
        self.changes += (Change("insert", task.prompt, one, "") for one in fragments)
        block = (self._newline * 2).join(made)
        if not before.strip("\ufeff"):
            text = block + self._newline
        elif before.endswith("\n"):
            text = self._newline + block + self._newline
        else:
            text = self._newline * 2 + block
        self.edits.append(_Edit(host.start + at, host.start + at, text))


def _indent(region: str) -> str:
    """What all lines after the first one are indented by."""
    indents = [match[1] for match in re.finditer(r"\n([ \t]*)(?=[^\s])", region)]
    return min(indents, key=len, default="")


def _unwritable(fragment: Fragment, host: Host) -> str:
    bad = next((mark for mark in host.cannot if mark in fragment.text), None)
    return f"its text holds `{bad}`, which means something else there: put the words in by hand" if bad is not None else ""


def _intact(path: str, before: bytes, after: bytes, edits: Sequence[_Edit]) -> bool:
    """Whether code is read as before, but for the literals that were written to."""
    old, new = ([one.spelled.text for one in literals(content, path)] for content in (before, after))
    return len(old) == len(new) and sum(a != b for a, b in zip(old, new, strict=True)) <= len(edits)
