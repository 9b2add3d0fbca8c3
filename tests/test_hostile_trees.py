"""A tree that wants to harm: a scan ends with a report, starts nothing, and writes nowhere but where it was asked to."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path

import pytest

from tests.gitrepo import Repo
from tests.test_commands import run

LEVELS = "abcdefghi"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{below}'] * 9)}]\n" for below, name in pairwise(LEVELS)
)
PAYLOAD = "<script>alert(1)</script>\\x1b[31mred\\x1b[0m =cmd|' /C calc'!A1 \\u202e"
HOSTILE: dict[str, bytes] = {
    "invalid.py": b"import openai\nopenai.OpenAI().chat.completions.create(model='gpt-4o', messages=[{'content': '\xff\xfe\xc3'}])\n",
    "nul.py": b"import openai\nx = '\x00'\nopenai.OpenAI().chat.completions.create(model='gpt-4o', messages=[])\n",
    "oneline.js": b"import OpenAI from 'openai';" + b"x(1);" * 10_000_000,
    "nested.py": b"import openai\nx = " + b"(" * 100_000 + b"1" + b")" * 100_000 + b"\n",
    "nested.ts": b"import OpenAI from 'openai';\nconst x = " + b"[" * 100_000 + b"]" * 100_000 + b";\n",
    "added.py": b"import openai\nx = 'a'" + b" + 'b'" * 20_000 + b"\nopenai.OpenAI().chat.completions.create(model='m', messages=x)\n",
    "self.py": (
        b"import openai\nx = {**x, 'a': x}\ndef f(a=None):\n    return f(f(f(a)))\n"
        b"openai.OpenAI().chat.completions.create(model=f(x), messages=x)\n"
    ),
    "cycle_a.py": b"from cycle_b import *\nimport openai\nclass A(B): pass\nclient = openai.OpenAI()\n",
    "cycle_b.py": b"from cycle_a import *\nclass B(A): pass\nA().client.chat.completions.create(model='gpt-4o', messages=[])\n",
    "types.ts": (
        b"import OpenAI from 'openai';\ntype Json = string | Array<Json> | Record<string, Json>;\nlet s: Json = {};\n"
        + b"".join(b"s = { ...s, a%d: { ...s, ...s } };\n" % n for n in range(200))
        + b"new OpenAI().chat.completions.create({ model: 'm', messages: s.a1, ...s });\n"
    ),
    "broken.ipynb": b'{"cells": [{"cell_type": "code", "source": ["import openai',
    "odd.ipynb": b'{"cells": 7, "metadata": []}',
    "bomb.yaml": BOMB.encode(),
    "catalog-info.yaml": BOMB.encode(),
    "package.json": b'{"dependencies": ["openai"], "name": 7',
    "tsconfig.json": b'{"extends": "./tsconfig.json", "compilerOptions": {"paths": {"@/*": 7}}}',
    "pyproject.toml": b"[project\ndependencies = [[[",
    "CODEOWNERS": b"* @\xff\n[[[ \n\\",
    "payload.py": (
        'import openai\nopenai.OpenAI().chat.completions.create(model="gpt-4o", '
        f'messages=[{{"role": "user", "content": "Say this now: {PAYLOAD}"}}])\n'
    ).encode(),
}


@pytest.fixture
def tree(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "tree")
    for name, content in HOSTILE.items():
        repo.write(name, content)
    (repo.path / "loop").symlink_to(".")
    (repo.path / "out.py").symlink_to("/etc/passwd")
    repo.commit("hostile")
    started = tmp_path / "started"
    program = tmp_path / "program.sh"
    program.write_text(f"#!/bin/sh\ntouch {started}\n")
    program.chmod(0o755)
    for key in ("core.fsmonitor", "core.sshCommand", "diff.external", "filter.x.clean", "diff.x.textconv", "core.pager", "core.editor"):
        repo.git("config", key, str(program))
    repo.git("config", "alias.ls-files", f"!{program}")
    repo.write(".gitattributes", "* filter=x diff=x\n")
    for hook in ("post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc"):
        target = repo.path / ".git/hooks" / hook
        target.write_text(program.read_text())
        target.chmod(0o755)
    return repo


def test_a_hostile_tree_ends_with_a_report(tree: Repo, tmp_path: Path) -> None:
    before = sorted(p for p in tree.path.rglob("*") if ".git/" not in str(p))
    done = run(
        "scan",
        ".",
        "-o",
        "json=../out.json",
        "-o",
        "sarif=../out.sarif",
        "-o",
        "html=../out.html",
        "-o",
        "points=../points.jsonl",
        cwd=tree.path,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "started").exists()
    assert sorted(p for p in tree.path.rglob("*") if ".git/" not in str(p)) == before
    assert "\x1b" not in done.stdout
    found = {(row["path"], row["line"]) for row in map(json.loads, (tmp_path / "points.jsonl").read_text().splitlines())}
    assert {("invalid.py", 2), ("nul.py", 3), ("added.py", 3), ("payload.py", 2)} <= found
    html = (tmp_path / "out.html").read_text()
    assert "<script>alert(1)" not in html
    assert "Say this now" not in (tmp_path / "out.sarif").read_text()
    unread = {row["path"] for row in json.loads((tmp_path / "out.json").read_text())["census"]["coverage"]["unread"]}
    assert {"oneline.js", "broken.ipynb", "nested.ts"} <= unread


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository to somebody else")
def test_a_repository_of_another_user_is_read_as_a_folder(tree: Repo) -> None:
    for path in (tree.path, *tree.path.rglob("*")):
        os.chown(path, 12345, 12345, follow_symlinks=False)
    done = run("scan", ".", cwd=tree.path)
    assert done.returncode == 0, done.stderr
    assert "belongs to another user" in done.stdout
