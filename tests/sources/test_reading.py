"""What is text that somebody wrote, and what is not read."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from aicensus.model.errors import UnreadError
from aicensus.sources import blob_id, open_source

NOISE = random.Random(7).randbytes(100_000)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        pytest.param("a.py", b"a = 1\n", None, id="text"),
        pytest.param("a.py", b"", None, id="empty"),
        pytest.param("a.py", "a = 'Grüße, 世界'\n".encode(), None, id="UTF-8"),
        pytest.param("a.py", "a = 'Grüße'\n".encode("latin-1"), None, id="Latin-1"),
        pytest.param("a.ts", b"const key = `${engine}\0${model}`;\n" * 9, None, id="a NUL in a literal"),
        pytest.param("a.ts", b"x" * 7_998 + "\0世".encode(), None, id="a character cut by the sniff"),
        pytest.param("a.py", b"\x1b[31mred\x1b[0m\n" * 9, None, id="terminal colours"),
        pytest.param("a.py", b"x" * 1_000_000, None, id="1 MB"),
        pytest.param("a.py", b"x" * 1_000_001, "larger than 1 MB", id="over 1 MB"),
        pytest.param("a.ipynb", b"x" * 1_000_001, None, id="a notebook is mostly output"),
        pytest.param("a.ipynb", b"x" * 10_000_001, "larger than 10 MB", id="over 10 MB"),
        pytest.param("a.py", NOISE, "binary content", id="noise"),
        pytest.param("a.py", b"#!x\n" + NOISE, "binary content", id="noise behind a first line"),
        pytest.param("a.py", "a = 1\n".encode("utf-16"), "binary content", id="UTF-16"),
        pytest.param("a.py", b"\x89PNG\r\n\x1a\n" + NOISE, "binary content", id="image"),
        pytest.param(
            "a.md",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
            "Git LFS pointer: the content is not here",
            id="LFS pointer",
        ),
        pytest.param("a.md", b"The line `version https://git-lfs.github.com/spec/v1` starts a pointer.\n", None, id="text about LFS"),
    ],
)
def test_read(tmp_path: Path, name: str, content: bytes, reason: str | None) -> None:
    (tmp_path / name).write_bytes(content)
    source = open_source(tmp_path)
    if reason is None:
        assert source.read(name) == content
    else:
        with pytest.raises(UnreadError) as caught:
            source.read(name)
        assert caught.value.reason == reason


def test_a_file_that_is_gone_has_a_reason_without_a_path(tmp_path: Path) -> None:
    (tmp_path / "a.py").touch()
    source = open_source(tmp_path)
    (tmp_path / "a.py").unlink()
    with pytest.raises(UnreadError, match=r"^no such file or directory$"):
        source.read("a.py")


def test_blob_id_is_git_s() -> None:
    assert blob_id(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert blob_id(b"hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a"
