"""Whatever is edited, a scan that may use what an earlier one kept says what a scan that may not says."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from aicensus import ScanOptions, scan

SAMPLES = Path(__file__).parent.parent / "sample_repos"
EDITS = 6
SUFFIXES = (".py", ".ts", ".tsx", ".js")
_WORDS = re.compile(r"[\"'`]([^\"'`\n{}\\]*\w \w[^\"'`\n{}\\]*)[\"'`]|^([A-Z][a-z]+ [a-z]+ [^\"'`\n{}\\]*)$", re.MULTILINE)
_WORD = re.compile(r"[\"']([\w./:-]+)[\"']")
_NUMBER = re.compile(r"(?<![\w.])(\d+)(?![\w.])")
_FUNCTION = re.compile(r"(?:def|function) (\w+)\(")
_STATEMENT = re.compile(r"^( *)(?=(?:return|await|const|let|messages|response|result)\b)", re.MULTILINE)


def _instead(text: str, match: re.Match[str], new: str, group: int = 1) -> str:
    return text[: match.start(group)] + new + text[match.end(group) :]


def _text(text: str, match: re.Match[str], pick: random.Random) -> str:
    group = 1 if match[1] is not None else 2
    words = match[group].split(" ")
    at = pick.randrange(len(words))
    new = pick.choice([["plainly"], ["in", "{language}"], ["more"] * 9, ["one\\n\\ntwo"], [words[at], words[at]], ["$5", "10%"]])
    return _instead(text, match, " ".join([*words[:at], *new, *words[at + pick.randrange(2) :]]), group)


def _name(text: str, match: re.Match[str], pick: random.Random) -> str:
    return _instead(text, match, pick.choice([f"{match[1]}2", f"other {match[1]}", "gpt-4o-mini", "system", "with many more words"]))


def _number(text: str, match: re.Match[str], pick: random.Random) -> str:
    return _instead(text, match, str(int(match[1]) + pick.randrange(1, 9)))


def _renamed(text: str, match: re.Match[str], pick: random.Random) -> str:
    return _instead(text, match, f"{match[1]}_other")


def _added(text: str, match: re.Match[str], pick: random.Random) -> str:
    statement = pick.choice(["added = 1", "added = 'Some words of no use'", "print('Some words that are shown')", "print(answer)"])
    return text[: match.start()] + match[1] + statement + "\n" + text[match.start() :]


KINDS: list[tuple[re.Pattern[str], Callable[[str, re.Match[str], random.Random], str]]] = [
    (_WORDS, _text),
    (_WORDS, _text),
    (_WORDS, _text),
    (_WORD, _name),
    (_NUMBER, _number),
    (_FUNCTION, _renamed),
    (_STATEMENT, _added),
]


def edited(root: Path, pick: random.Random) -> str:
    """Edit one file, and say which and how."""
    files = sorted(path for path in root.rglob("*") if path.suffix in SUFFIXES)
    while True:
        path = pick.choice(files)
        pattern, edit = pick.choice(KINDS)
        text = path.read_text()
        if found := list(pattern.finditer(text)):
            match = pick.choice(found)
            path.write_text(edit(text, match, pick))
            return f"{path.name}: {edit.__name__} at {match[0]!r}"


@pytest.mark.parametrize("sample", sorted({path.relative_to(SAMPLES).parts[0] for path in SAMPLES.rglob("*") if path.suffix in SUFFIXES}))
def test_edits_of_a_sample_are_told_as_a_cold_scan_tells_them(sample: str, tmp_path: Path) -> None:
    root = tmp_path / sample
    shutil.copytree(SAMPLES / sample, root)
    scan(root)
    pick = random.Random(sample)
    for _ in range(EDITS):
        edit = edited(root, pick)
        warm, cold = (msgspec.json.encode(scan(root, ScanOptions(cache=cache))) for cache in (True, False))
        assert warm == cold, edit
