"""`.gitignore` means for a plain folder what it means to git."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aicensus.sources import open_source
from aicensus.sources.ignore import IgnoreFile
from tests.gitrepo import Repo

TABLE = [
    # pattern, path (a trailing slash marks a folder), ignored
    ("foo", "foo", True),
    ("foo", "a/foo", True),
    ("foo", "foo/", True),
    ("foo", "foobar", False),
    ("Foo", "foo", False),
    ("/foo", "foo", True),
    ("/foo", "a/foo", False),
    ("foo/", "foo", False),
    ("foo/", "foo/", True),
    ("foo/", "a/foo/", True),
    ("a/foo", "a/foo", True),
    ("a/foo", "b/a/foo", False),
    ("a/foo/", "a/foo/", True),
    ("*.py", "x.py", True),
    ("*.py", "a/x.py", True),
    ("*.py", ".py", True),
    ("*.py", "x.pyc", False),
    ("a/*.py", "a/x.py", True),
    ("a/*.py", "a/b/x.py", False),
    ("a/*", "a/b/", True),
    ("a*c", "abc", True),
    ("a*b*c", "aXbYc", True),
    ("a*b*c", "acb", False),
    ("a*b*c", "abcbc", True),
    ("*a*", "bab", True),
    ("?.py", "x.py", True),
    ("?.py", "xx.py", False),
    ("a?c", "a/c", False),
    ("**/foo", "foo", True),
    ("**/foo", "a/b/foo", True),
    ("a/**", "a/", False),
    ("a/**", "a/b", True),
    ("a/**", "a/b/c", True),
    ("a/**/b", "a/b", True),
    ("a/**/b", "a/x/y/b", True),
    ("a/**/b", "xa/b", False),
    ("a**b", "aXb", True),
    ("a**b/c", "a/b/c", False),
    ("**", "x", True),
    ("**/", "x", False),
    ("**/", "x/", True),
    ("/**", "x", True),
    ("**/a/**/b/*.py", "q/a/z/b/x.py", True),
    ("**/a/**/b/*.py", "q/a/z/b/c/x.py", False),
    ("[ab].py", "a.py", True),
    ("[ab].py", "c.py", False),
    ("[!ab].py", "c.py", True),
    ("[^ab].py", "a.py", False),
    ("[a-c].py", "b.py", True),
    ("[]a].py", "].py", True),
    ("[!]a].py", "].py", False),
    ("[a-].py", "-.py", True),
    ("[[:digit:]].py", "7.py", True),
    ("[[:digit:]].py", "x.py", False),
    ("[[:alpha:]_]x", "_x", True),
    ("[\\]].py", "].py", True),
    ("[a", "[a", False),
    ("[a", "a", False),
    ("# comment", "# comment", False),
    ("\\#file", "#file", True),
    ("\\!file", "!file", True),
    ("a\\*b", "a*b", True),
    ("a\\*b", "aXb", False),
    ("foo   ", "foo", True),
    ("foo\\ ", "foo ", True),
    ("foo\\ ", "foo", False),
    (" foo", " foo", True),
    ("foo\r", "foo", True),
    ("foo\\", "foo", False),
    ("", "x", False),
    ("/", "x/", False),
    ("!", "x", False),
    ("*.py\n!keep.py", "keep.py", False),
    ("*.py\n!keep.py", "drop.py", True),
    ("!keep.py\n*.py", "keep.py", True),
    ("\ufefffoo", "foo", True),
    ("café", "café", True),
    ("caf?", "café", False),  # git compares bytes
]


@pytest.mark.parametrize(("pattern", "path", "ignored"), TABLE)
def test_one_file_of_rules(pattern: str, path: str, ignored: bool) -> None:
    verdict = IgnoreFile(pattern.encode()).verdict(path.rstrip("/").encode(), is_folder=path.endswith("/"))
    assert bool(verdict) is ignored


@pytest.mark.parametrize(("pattern", "path", "ignored"), TABLE)
def test_git_says_the_same(tmp_path: Path, pattern: str, path: str, ignored: bool) -> None:
    repo = Repo(tmp_path / "repo")
    repo.write(".gitignore", pattern)
    repo.write(path + "inside" if path.endswith("/") else path)
    asked = subprocess.run(["git", "check-ignore", "-q", "--", path.rstrip("/")], cwd=repo.path, check=False)
    assert (asked.returncode == 0) is ignored


NAMES = st.sampled_from(["a", "b", "ab", "foo", "foo.py", "b.py", "[a]", "a b", "x*y"])
PATTERNS = st.lists(st.sampled_from(["a", "b", "*", "**", "/", "?", "foo", ".py", "[ab]", "[!a]", "!", "\\*", "a*", " "]), max_size=6).map(
    "".join
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(st.lists(NAMES, min_size=1, max_size=4).map("/".join), max_size=12),
    rules=st.lists(PATTERNS, max_size=4),
    inner=st.lists(PATTERNS, max_size=3),
)
def test_a_plain_folder_lists_what_git_lists(
    tmp_path_factory: pytest.TempPathFactory, files: list[str], rules: list[str], inner: list[str]
) -> None:
    repo = Repo(tmp_path_factory.mktemp("ignore") / "repo")
    repo.write(".gitignore", "\n".join(rules))
    repo.write("a/.gitignore", "\n".join(inner))
    for name in files:
        try:
            repo.write(name)
        except (NotADirectoryError, FileExistsError, IsADirectoryError):
            continue
    by_git = [file.path for file in open_source(repo.path).files]
    (repo.path / ".git").rename(repo.path.with_name("moved"))
    plain = open_source(repo.path)
    assert plain.notes == ()
    assert [file.path for file in plain.files] == by_git


def test_hostile_patterns_take_no_time() -> None:
    patterns = [b"*a*a*a*a*a*a*a*a*a*a*a*b", b"/" + b"**/x*/" * 30 + b"y", b"[" * 5000, b"?" * 3000 + b"*" * 3000]
    started = time.perf_counter()
    rules = IgnoreFile(b"\n".join(patterns))
    rules.verdict(b"a" * 250, is_folder=False)
    rules.verdict(b"/".join([b"xa"] * 200), is_folder=False)
    assert time.perf_counter() - started < 2
