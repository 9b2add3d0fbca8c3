"""CODEOWNERS as GitHub and as GitLab read it. The two differ in places, patterns, sections and what a line without owner means."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

MAX_BYTES = 3_000_000
_SHOWN = 80
GITHUB_PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
GITLAB_PLACES = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
PLACES = frozenset(GITHUB_PLACES + GITLAB_PLACES)

Dialect = Literal["github", "gitlab"]


class Line(NamedTuple):
    """One rule of the file."""

    pattern: re.Pattern[str]
    owners: tuple[str, ...]
    """Empty: what matches has no owner."""
    line: int
    section: str = ""
    """Folded name of a GitLab section; empty before the first."""
    exclusion: bool = False


class LineProblem(NamedTuple):
    line: int
    """0 when it is the whole file."""
    message: str


class Owned(NamedTuple):
    """The owners that one line names."""

    owners: tuple[str, ...]
    line: int
    optional: bool = False
    """From an optional section of GitLab: asked, and not accountable."""


class CodeOwners(NamedTuple):
    path: str
    lines: tuple[Line, ...]
    problems: tuple[LineProblem, ...]
    optional: frozenset[str] = frozenset()
    """Sections of which every heading is optional."""

    def owners(self, path: str) -> tuple[Owned, ...]:
        """Who owns a file: the last matching line of each section, required sections before optional ones.

        A line without owner takes ownership away, and so does a GitLab exclusion anywhere in its section.
        """
        last: dict[str, Line] = {}
        excluded: set[str] = set()
        for line in self.lines:
            if line.pattern.fullmatch(path):
                last[line.section] = line
                if line.exclusion:
                    excluded.add(line.section)
        found = [
            Owned(line.owners, line.line, name in self.optional) for name, line in last.items() if name not in excluded and line.owners
        ]
        return tuple(sorted(found, key=lambda owned: (owned.optional, owned.line)))


def choose(files: Container[str], contents: Mapping[str, bytes]) -> tuple[str, Dialect] | None:
    """Which CODEOWNERS file holds, and who reads it: GitHub, unless the repository shows that it lives on GitLab.

    `files` are all the paths that tell the platform apart (`.gitlab-ci.yml`), `contents` the CODEOWNERS files.
    """
    dialect: Dialect = "gitlab" if _on_gitlab(files, contents) else "github"
    places = GITLAB_PLACES if dialect == "gitlab" else GITHUB_PLACES
    path = next((place for place in places if place in contents), None)
    return (path, dialect) if path else None


_GITLAB_ONLY = re.compile(rb"^(?:\^?\[[^\]\n]+\](?:\[\d*\])?(?:\s|\Z)|[^#\n]*\s@@\w)", re.M)


def _on_gitlab(files: Container[str], contents: Mapping[str, bytes]) -> bool:
    if GITHUB_PLACES[0] in contents:
        return False
    if GITLAB_PLACES[2] in contents:
        return True
    return ".gitlab-ci.yml" in files or any(_GITLAB_ONLY.search(contents[place]) for place in GITLAB_PLACES if place in contents)


def parse(path: str, content: bytes, dialect: Dialect) -> CodeOwners:
    """Read a CODEOWNERS file. Lines that the platform skips are skipped and named in `problems`."""
    if dialect == "github" and len(content) > MAX_BYTES:
        return CodeOwners(path, (), (LineProblem(0, "larger than 3 MB: GitHub does not read it"),))
    text = content.decode("utf-8-sig", "replace")
    return _parse_github(path, text) if dialect == "github" else _parse_gitlab(path, text)


_EMAIL = r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+"
_GITHUB_OWNER = re.compile(rf"@[A-Za-z0-9][\w-]*(?:/[\w.-]+)?|{_EMAIL}")
_UNESCAPED_SPACE = re.compile(r"(?<!\\)\s+")


def _parse_github(path: str, text: str) -> CodeOwners:
    lines: list[Line] = []
    problems: list[LineProblem] = []
    for number, raw in enumerate(text.splitlines(), 1):
        words = _github_words(raw)
        if not words:
            continue
        problem = _github_problem(words)
        if problem:
            problems.append(LineProblem(number, problem))
        else:
            lines.append(Line(github_pattern(words[0]), tuple(words[1:]), number))
    return CodeOwners(path, tuple(lines), tuple(problems))


def _github_words(raw: str) -> list[str]:
    """Pattern and owners; a word that starts with `#` begins a comment, and a space in a path is escaped."""
    words: list[str] = []
    for word in _UNESCAPED_SPACE.split(raw.strip()):
        if word.startswith("#"):
            break
        words.append(word)
    return [word for word in words if word]


def _github_problem(words: list[str]) -> str:
    pattern, owners = words[0], words[1:]
    if pattern.startswith("!"):
        return f"`{_cut(pattern)}`: GitHub knows no `!` patterns"
    if "[" in pattern or "]" in pattern:
        return f"`{_cut(pattern)}`: GitHub knows no `[ ]` ranges"
    if pattern.startswith("\\#"):
        return f"`{_cut(pattern)}`: GitHub knows no `\\#`"
    if "***" in pattern:
        return f"`{_cut(pattern)}`: three asterisks in a row"
    strange = next((owner for owner in owners if not _GITHUB_OWNER.fullmatch(owner)), None)
    return f"`{_cut(strange)}` is no @user, @org/team or e-mail address" if strange else ""


def _cut(text: str) -> str:
    """As much of what a file says as a message can hold."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def github_pattern(pattern: str) -> re.Pattern[str]:
    """The paths that a GitHub pattern covers, relative to the root.

    A pattern with a slash before its end starts at the root, another one anywhere. A name covers the file and, as a folder,
    all that lies below; a last `*` stays in its folder.
    """
    parts = pattern.strip("/").split("/")
    if parts == [""]:
        return re.compile(r"(?!)")
    *folders, last = parts
    tokens = [] if "/" in pattern.rstrip("/") else [_FOLDERS]
    for part in folders:
        tokens += [_FOLDERS] if part == "**" else [*_segment(part), "/"]
    if last == "**":
        tokens.append(".+")
    elif pattern.endswith("/"):
        tokens += [*_segment(last), "/", ".+"]
    else:
        tokens += _segment(last) if last == "*" else [*_segment(last), "(?:/.*)?"]
    return re.compile(_bounded(tokens), re.S)


def _segment(text: str) -> list[str]:
    """The tokens of one name with `*`, `?` and escapes."""
    if text == "*":
        return ["[^/]+"]
    return [
        re.escape(match.group(1)) if match.group(1) else {"*": _STAR, "?": "[^/]"}.get(match.group(), re.escape(match.group()))
        for match in re.finditer(r"\\(.)|.", text, re.S)
    ]


_FOLDERS, _STAR = "**/", "*"
"""Tokens of a pattern beside regular expressions of one name's characters: any number of folders, and any part of a name."""


def _bounded(tokens: Sequence[str]) -> str:
    """Join tokens. What stands between two wildcards of one kind is found once, as early as can be, so no path can make it slow."""
    first, *runs = _parted(tokens, _FOLDERS)
    *middle, last = [_names(run) for run in runs] or [""]
    return _names(first) + "".join(f"(?>(?:[^/]+/)*?{run})" for run in middle if run) + (f"(?:[^/]+/)*{last}" if runs else "")


def _names(tokens: Sequence[str]) -> str:
    """Tokens of whole names, the slashes between them included."""
    return "/".join(_name(part) for part in _parted(tokens, "/"))


def _name(tokens: Sequence[str]) -> str:
    first, *rest = ["".join(part) for part in _parted(tokens, _STAR)]
    *middle, last = rest or [""]
    return first + "".join(f"(?>[^/]*?{part})" for part in middle if part) + (f"[^/]*{last}" if rest else "")


def _parted(tokens: Sequence[str], at: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token == at:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


_SECTION = re.compile(r"(\^)?\[(?P<name>[^\]]+)\](?:\[(?P<count>\d*)\])?(?P<owners>(?:\s+.*)?)")
_GITLAB_OWNERS = re.compile(rf"(?<![\w@])(@@?[A-Za-z0-9_][\w./-]*[\w-]|@@?\w|{_EMAIL})")


def _parse_gitlab(path: str, text: str) -> CodeOwners:
    lines: list[Line] = []
    problems: list[LineProblem] = []
    optional: dict[str, bool] = {}
    section, defaults = "", tuple[str, ...]()
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        heading = _SECTION.fullmatch(line)
        if heading and heading["name"].strip():
            section = heading["name"].strip().casefold()
            optional[section] = optional.get(section, True) and bool(heading[1])
            defaults = _gitlab_owners(heading["owners"])
            continue
        if re.fullmatch(r"\^?\[[^\]]*\]?", line):
            problems.append(LineProblem(number, f"`{_cut(line)}` is no section heading"))
            continue
        entry, problem = _gitlab_entry(line, number, section, defaults)
        lines.append(entry)
        if problem:
            problems.append(LineProblem(number, problem))
    return CodeOwners(path, tuple(lines), tuple(problems), frozenset(name for name, is_optional in optional.items() if is_optional))


def _gitlab_owners(text: str) -> tuple[str, ...]:
    """Every reference in the text; other words are ignored, as GitLab does."""
    return tuple(dict.fromkeys(match.group(1).rstrip(".") for match in _GITLAB_OWNERS.finditer(text)))


def _gitlab_entry(line: str, number: int, section: str, defaults: tuple[str, ...]) -> tuple[Line, str]:
    exclusion = line.startswith("!")
    pattern, rest = [*_UNESCAPED_SPACE.split(line.removeprefix("!"), maxsplit=1), ""][:2]
    owners = () if exclusion else _gitlab_owners(rest)
    problem = ""
    if not exclusion and rest.strip() and not owners:
        problem = f"`{_cut(rest.strip())}` names no @user, @group or e-mail address"
    elif not exclusion and not rest.strip() and not defaults:
        problem = f"`{_cut(pattern)}` has no owner, and its section has no default owners"
    return Line(gitlab_pattern(pattern), owners or (() if exclusion else defaults), number, section, exclusion), problem


def gitlab_pattern(pattern: str) -> re.Pattern[str]:
    """The paths that a GitLab pattern covers, relative to the root.

    Without a slash in front it matches in any folder, also when it has slashes inside; only a slash at its end means a folder.
    """
    pattern = re.sub(r"\\(\s)", r"\1", pattern.removeprefix("\\") if pattern.startswith("\\#") else pattern)
    if pattern == "*":
        return re.compile(r".+", re.S)
    if not pattern.startswith("/"):
        pattern = f"/**/{pattern}"
    if pattern.endswith("/"):
        pattern += "**/*"
    return re.compile(_bounded(list(_fnmatch(pattern[1:]))), re.S)


_FNMATCH = re.compile(
    r"(?P<any>(?:(?<=/)|^)\*\*/)|(?P<star>\*+)|(?P<one>\?)|\\(?P<escaped>.)|\[(?P<not>[!^]?)(?P<set>\]?[^\]]*)\]|(?P<char>.)", re.S
)


def _fnmatch(pattern: str) -> Iterator[str]:
    """Tokens of Ruby's `File.fnmatch` with FNM_PATHNAME and FNM_DOTMATCH: `**/` is any number of folders, `*` and sets stay in one."""
    for match in _FNMATCH.finditer(pattern):
        if match["any"]:
            yield _FOLDERS
        elif match["star"]:
            yield _STAR
        elif match["one"]:
            yield "[^/]"
        elif match["set"] is not None:
            members = re.sub(r"([\[\]^\\&~|])", r"\\\1", match["set"])
            yield f"(?!/)[{'^' if match['not'] else ''}{members}]"
        else:
            yield re.escape(match["escaped"] or match["char"])
