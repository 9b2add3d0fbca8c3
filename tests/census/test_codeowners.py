"""CODEOWNERS in the two dialects."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from codeowners import CodeOwners as SecondOpinion
from hypothesis import given, settings
from hypothesis import strategies as st

from aicensus.census.codeowners import MAX_BYTES, Dialect, choose, github_pattern, gitlab_pattern, parse


@pytest.mark.parametrize(
    ("pattern", "covered", "not_covered"),
    [
        ("*", ["a.py", "x/y/a.py"], []),
        ("*.js", ["a.js", "x/a.js", "x.js/b.txt"], ["a.jsx"]),
        ("/*", ["a.py"], ["x/a.py"]),
        ("/build/logs/", ["build/logs/a", "build/logs/x/a"], ["x/build/logs/a", "build/logs"]),
        ("docs/*", ["docs/a.md"], ["docs/x/a.md", "x/docs/a.md"]),
        ("docs/*.md", ["docs/a.md"], ["docs/x/a.md"]),
        ("apps/", ["apps/a", "x/apps/a", "x/apps/y/a"], ["apps"]),
        ("/docs/", ["docs/a", "docs/x/a"], ["x/docs/a"]),
        ("**/logs", ["logs/a", "build/logs/a", "x/y/logs", "logs"], ["logsx/a"]),
        ("/apps/github", ["apps/github", "apps/github/a"], ["apps/githubs"]),
        ("src/**/test", ["src/test", "src/a/b/test/c"], ["src/testing"]),
        ("src/**", ["src/a", "src/a/b"], ["src", "x/src/a"]),
        ("**", ["a", "b/c"], []),
        ("/", [], ["a", "b/c"]),
        ("Readme.md", ["Readme.md"], ["README.md"]),
        (r"with\ space/", ["with space/a"], ["with/a"]),
        ("a?c", ["abc", "x/abc"], ["ac", "a/c"]),
        ("foo**bar", ["fooxbar"], ["foo/bar"]),
        ("*/a.py", ["x/a.py"], ["a.py", "x/y/a.py"]),
        ("a.b", ["a.b"], ["axb"]),
    ],
)
def test_github_patterns(pattern: str, covered: list[str], not_covered: list[str]) -> None:
    regex = github_pattern(pattern)
    assert [path for path in covered + not_covered if regex.fullmatch(path)] == covered


NAMES = st.sampled_from(["a", "b", "docs", "a.js", "*", "*.js", "a*", "**", "d?cs"])
PATHS = st.lists(st.sampled_from(["a", "b", "docs", "a.js", "ab", "x"]), min_size=1, max_size=4).map("/".join)


@settings(max_examples=500, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=3).map("/".join), st.booleans(), st.booleans(), PATHS)
def test_github_patterns_agree_with_a_second_opinion(body: str, leading: bool, trailing: bool, path: str) -> None:
    pattern = "/" * leading + body + "/" * trailing
    if "**/**" in pattern or (trailing and pattern.endswith("**/")):
        return  # the other reads the second of two wildcards as part of a name
    if pattern.endswith("**") and not (leading or "/" in pattern):
        return  # it reads a lone `**` as matching nothing but folders' contents
    expected = SecondOpinion(f"{pattern} @owner\n").of(path) != []
    assert bool(github_pattern(pattern).fullmatch(path)) is expected


@pytest.mark.parametrize(
    ("text", "path", "owners"),
    [
        pytest.param("* @a\n*.py @b\n", "x.py", ("@b",), id="the last match wins"),
        pytest.param("*.py @b\n* @a\n", "x.py", ("@a",), id="the last match wins, even when it says less"),
        pytest.param("* @a\n/gen/ \n", "gen/x.py", (), id="no owner takes ownership away"),
        pytest.param("* @a @org/team m@example.com # all of us\n", "x", ("@a", "@org/team", "m@example.com"), id="comment at the end"),
        pytest.param("# * @a\n\n  * @b\n", "x", ("@b",), id="comment, empty line, leading space"),
        pytest.param("* @a\n!x @b\n", "x", ("@a",), id="negation is skipped"),
        pytest.param("* @a\n[xy] @b\n", "x", ("@a",), id="range is skipped"),
        pytest.param("* @a\n* somebody\n", "x", ("@a",), id="a strange owner skips the whole line"),
        pytest.param("\ufeff* @a\r\n", "x", ("@a",), id="byte order mark and Windows line ends"),
        pytest.param("a#b @a\n", "a#b", ("@a",), id="# inside a path"),
    ],
)
def test_github_files(text: str, path: str, owners: tuple[str, ...]) -> None:
    found = parse("CODEOWNERS", text.encode(), "github").owners(path)
    assert tuple(owner for owned in found for owner in owned.owners) == owners


def test_github_skips_and_reports_lines() -> None:
    parsed = parse("CODEOWNERS", b"* @a\n!x @b\n[x] @b\n\\#x @b\ny somebody\nz***  @b\n", "github")
    assert [problem.line for problem in parsed.problems] == [2, 3, 4, 5, 6]
    assert len(parsed.lines) == 1


def test_github_does_not_read_more_than_3_megabytes() -> None:
    comment = b"#" + b" " * 998 + b"\n"
    content = comment * (MAX_BYTES // len(comment)) + b"* @a\n"
    assert len(content) > MAX_BYTES
    assert parse("CODEOWNERS", content, "github").owners("x") == ()
    assert parse("CODEOWNERS", content[len(comment) :], "github").owners("x") != ()


@pytest.mark.parametrize(
    ("pattern", "covered", "not_covered"),
    [
        ("*", ["a", "x/.hidden"], []),
        ("*.rb", ["a.rb", "x/a.rb", ".a.rb"], ["a.rbx"]),
        ("README.md", ["README.md", "x/README.md"], ["readme.md"]),
        ("internal/README.md", ["internal/README.md", "x/internal/README.md"], ["internal/x/README.md"]),
        ("/docs/", ["docs/a", "docs/x/.y"], ["x/docs/a", "docs"]),
        ("/docs", ["docs"], ["docs/a"]),
        ("/docs/*", ["docs/a"], ["docs/x/a"]),
        ("/docs/**/*.md", ["docs/a.md", "docs/x/y/a.md"], ["docs/a.txt"]),
        ("lib/", ["lib/a", "x/lib/y/a"], ["lib"]),
        (r"path\ with\ spaces/", ["path with spaces/a"], ["path/a"]),
        (r"\#file.rb", ["#file.rb"], ["file.rb"]),
        ("/a[bc].rb", ["ab.rb", "ac.rb"], ["ad.rb"]),
        ("/a[!bc].rb", ["ad.rb"], ["ab.rb", "a/.rb"]),
        ("/a**/b", ["ax/b"], ["a/x/b"]),
        ("/a?c", ["abc"], ["a/c"]),
    ],
)
def test_gitlab_patterns(pattern: str, covered: list[str], not_covered: list[str]) -> None:
    regex = gitlab_pattern(pattern)
    assert [path for path in covered + not_covered if regex.fullmatch(path)] == covered


SECTIONS = """\
* @default
/gen/

[Database] @dba
model/db/
config/db/database-setup.md @docs

^[Documentation][2]
docs/ @docs
README.md @@developer

[DATABASE]
README.md @database
!model/db/old/
model/db/old/keep.rb @never
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        pytest.param("a.rb", [("@default",)], id="before the first section"),
        pytest.param("gen/a.rb", [], id="an entry without owners where no defaults are"),
        pytest.param("model/db/a.rb", [("@default",), ("@dba",)], id="default owners of the section; sections add up"),
        pytest.param("config/db/database-setup.md", [("@default",), ("@docs",)], id="owners of the line replace the defaults"),
        pytest.param("README.md", [("@default",), ("@database",), ("@@developer",)], id="same name merges, optional comes last"),
        pytest.param("model/db/old/a.rb", [("@default",)], id="exclusion"),
        pytest.param("model/db/old/keep.rb", [("@default",)], id="an exclusion is final in its section"),
    ],
)
def test_gitlab_sections(path: str, owners: list[tuple[str, ...]]) -> None:
    assert [owned.owners for owned in parse("CODEOWNERS", SECTIONS.encode(), "gitlab").owners(path)] == owners


def test_gitlab_tells_optional_owners_apart() -> None:
    parsed = parse("CODEOWNERS", SECTIONS.encode(), "gitlab")
    assert [owned.optional for owned in parsed.owners("README.md")] == [False, False, True]
    required_once = parse("CODEOWNERS", b"^[Docs]\na @a\n[docs]\nb @b\n", "gitlab")
    assert [owned.optional for owned in required_once.owners("a")] == [False]


def test_gitlab_reports_what_it_ignores() -> None:
    parsed = parse("CODEOWNERS", b"a\nb nobody\n[\nc @ok\n", "gitlab")
    assert [problem.line for problem in parsed.problems] == [1, 2, 3]
    assert parsed.owners("c") != ()


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        pytest.param({"docs/CODEOWNERS": b"", "CODEOWNERS": b""}, ("CODEOWNERS", "github"), id="root before docs"),
        pytest.param({".github/CODEOWNERS": b"", "CODEOWNERS": b"[S]\n"}, (".github/CODEOWNERS", "github"), id=".github first"),
        pytest.param({".gitlab/CODEOWNERS": b"", "docs/CODEOWNERS": b""}, ("docs/CODEOWNERS", "gitlab"), id=".gitlab last on GitLab"),
        pytest.param({".gitlab/CODEOWNERS": b""}, (".gitlab/CODEOWNERS", "gitlab"), id="GitLab by its folder"),
        pytest.param({"CODEOWNERS": b"* @a\n^[Docs]\n"}, ("CODEOWNERS", "gitlab"), id="GitLab by a section"),
        pytest.param({"CODEOWNERS": b"* @@maintainer\n"}, ("CODEOWNERS", "gitlab"), id="GitLab by a role"),
        pytest.param({"CODEOWNERS": b"* @a\n", ".gitlab-ci.yml": b""}, ("CODEOWNERS", "gitlab"), id="GitLab by its pipeline"),
        pytest.param({"CODEOWNERS": b"[Aa]pp/ @a\n!x @b\n# * @@x\n"}, ("CODEOWNERS", "github"), id="mistakes are no GitLab"),
        pytest.param({".gitlab-ci.yml": b""}, None, id="none"),
    ],
)
def test_the_file_and_its_reader(files: dict[str, bytes], chosen: tuple[str, Dialect] | None) -> None:
    assert choose(files, files) == chosen


@pytest.mark.parametrize("pattern", ["**/" * 40 + "q", "*a" * 40 + "b", "/" + "**/*a*a/" * 20 + "q"])
@pytest.mark.parametrize("read", [github_pattern, gitlab_pattern])
def test_no_pattern_makes_matching_slow(pattern: str, read: Callable[[str], re.Pattern[str]]) -> None:
    assert read(pattern).fullmatch("/".join(["a" * 50] * 60)) is None


def test_a_long_line_is_reported_in_part() -> None:
    (problem,) = parse("CODEOWNERS", b"*" * 5000 + b" @ann\n", "github").problems
    assert len(problem.message) < 200
