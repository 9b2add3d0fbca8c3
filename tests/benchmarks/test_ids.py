"""When an id counts as changed without a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.ids import Change, Seen, follow, replay
from tests.gitrepo import Repo

ASK = "client.chat()"


def seen(id: str, call: str = ASK, around: str = "", path: str = "a.py") -> Seen:
    symbol = id.partition("/")[0]
    return Seen(f"{path}::{id}", path, symbol, call, around or f"def{symbol}():{call}")


@pytest.mark.parametrize(
    ("before", "after", "older", "newer", "kept", "changes"),
    [
        pytest.param([seen("f")], [seen("f")], "", "", 1, [], id="nothing changed"),
        pytest.param(
            [seen("f")], [seen("f2", around=f"deff():{ASK}")], "", "", 1, [Change("churned", "a.py::f", "a.py::f2")], id="same code"
        ),
        pytest.param(
            [seen("f")],
            [seen("f", "other()", "edited"), seen("f/2", around="edited")],
            "",
            "",
            1,
            [Change("churned", "a.py::f", "a.py::f/2")],
            id="number moved by a call above",
        ),
        pytest.param([seen("f")], [seen("f", around="edited")], "", "", 1, [], id="function edited around the call"),
        pytest.param([seen("f")], [seen("g")], "", "", 0, [], id="function renamed"),
        pytest.param([seen("f")], [seen("f", call="other()")], "", "", 0, [], id="another call under the id"),
        pytest.param([seen("f")], [], "", f"def f():\n  {ASK}", 1, [Change("lost", "a.py::f")], id="code still there"),
        pytest.param([], [seen("f")], f"def f():\n  {ASK}", "", 0, [Change("gained", "a.py::f")], id="code was there before"),
        pytest.param([seen("f")], [seen("g")], "def g(): pass", "def g(): pass", 0, [], id="code gone and new code"),
        pytest.param([seen("f")], [seen("f", path="b.py")], "", "", 0, [], id="file moved"),
        pytest.param([seen("f"), seen("f/2")], [seen("f/2")], "", "", 1, [], id="the first of two equal calls went"),
    ],
)
def test_what_becomes_of_a_point(before: list[Seen], after: list[Seen], older: str, newer: str, kept: int, changes: list[Change]) -> None:
    assert follow(before, after, lambda path: older, lambda path: newer) == (kept, changes)


def test_a_replay_of_commits(tmp_path: Path) -> None:
    code = "import openai\n\ndef ask(text):\n    return openai.OpenAI().chat.completions.create(model='gpt-4o', messages=[])\n"
    repo = Repo(tmp_path / "repo")
    repo.write("app.py", code)
    repo.commit()
    repo.write("app.py", "# above\n\n" + code)
    repo.commit()
    repo.write("other.md", "nothing that a scan reads")
    repo.commit()
    replayed = replay(repo.path, 500)
    assert (replayed.commits, replayed.scanned, replayed.points, replayed.changes) == (3, 2, 2, [])
