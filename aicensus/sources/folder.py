"""A plain folder, or one whose repository git refuses: files that no `.gitignore` in it excludes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from aicensus.model.errors import UnreadError
from aicensus.model.sources import Unread
from aicensus.sources.ignore import IgnoreFile
from aicensus.sources.listing import Listing, text_of
from aicensus.sources.reading import FolderReader, read_regular, why_not

_Rules = tuple[tuple[int, IgnoreFile], ...]
"""Each with the length of the path down to its folder, deepest first."""


def list_folder(root: Path) -> Listing:
    """List `root`; folders named `.git` are skipped, links are not followed."""
    raw_names: dict[str, bytes] = {}
    listing = Listing(reader=FolderReader(root, raw_names))
    waiting: list[tuple[bytes, _Rules]] = [(b"", ())]
    while waiting:
        folder, rules = waiting.pop()
        try:
            with os.scandir(os.path.join(os.fsencode(root), folder)) as found:
                entries = list(found)
        except OSError as error:
            listing.unread.append(Unread(text_of(folder) or ".", why_not(error)))
            continue
        waiting += _look(folder, entries, rules, listing, raw_names)
    listing.reader = FolderReader(root, raw_names)
    return listing


def _look(
    folder: bytes, entries: Sequence[os.DirEntry[bytes]], rules: _Rules, listing: Listing, raw_names: dict[str, bytes]
) -> list[tuple[bytes, _Rules]]:
    """Add the folder's files to the listing; return its folders with the rules that hold in them."""
    for entry in entries:
        if entry.name == b".gitignore" and (own := _read_rules(entry)):
            rules = ((len(folder) + bool(folder), own), *rules)
    folders = []
    for entry in entries:
        name = folder + b"/" + entry.name if folder else entry.name
        is_folder = entry.is_dir(follow_symlinks=False)
        if entry.name == b".git" or _is_ignored(name, rules, is_folder):
            continue
        if is_folder:
            folders.append((name, rules))
            continue
        path = text_of(name)
        if os.fsencode(path) != name:
            raw_names[path] = name
        try:
            listing.add_by_status(path, entry.stat(follow_symlinks=False), None)
        except OSError as error:
            listing.unread.append(Unread(path, why_not(error)))
    return folders


def _read_rules(entry: os.DirEntry[bytes]) -> IgnoreFile | None:
    try:
        return IgnoreFile(read_regular(entry.path, ".gitignore"))
    except UnreadError:
        return None


def _is_ignored(name: bytes, rules: _Rules, is_folder: bool) -> bool:
    for start, file in rules:
        verdict = file.verdict(name[start:], is_folder=is_folder)
        if verdict is not None:
            return verdict
    return False
