"""Where a sentence of a prompt stands in its source, however the source spells it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aicensus.census.places import NOWHERE, Places
from tests.builders import a_prompt

RULE = "Never promise a refund."


def place(path: str, source: str, text: str, **fields: Any) -> tuple[int, int, int, int] | None:
    """Lines and columns of the rule in a file that is one prompt from its first line to its last; None where they are not known."""
    content = source.encode()
    fields = {"line": 1, "end_line": source.count("\n") + 1, **fields}
    prompt = a_prompt(text, path=path, **fields)
    start = text.rindex("Never")
    found = Places(lambda _repo, _path: content).of(prompt, start, start + len(text[start:].rstrip()))
    return (found.line, found.column, found.end_line, found.end_column) if found.exact else None


@pytest.mark.parametrize(
    ("path", "source", "text", "expected"),
    [
        pytest.param("a.py", f'P = """Be kind.\n{RULE}\n"""', f"Be kind.\n{RULE}\n", (2, 1, 2, 23), id="long text"),
        pytest.param("a.py", f'P = (\n    "Be kind. "\n    "{RULE}"\n)', f"Be kind. {RULE}", (3, 6, 3, 28), id="adjacent texts"),
        pytest.param(
            "a.py", 'P = ("Be kind. Never pro"\n     "mise a refund.")', f"Be kind. {RULE}", (1, 16, 2, 20), id="a sentence cut by quotes"
        ),
        pytest.param("a.py", f'P = "Be kind.\\n{RULE}\\n"', f"Be kind.\n{RULE}\n", (1, 16, 1, 38), id="escapes"),
        pytest.param(
            "a.py",
            'P = "Be kind.\\n\\\nNever promise \\"a\\" refund."',
            'Be kind.\nNever promise "a" refund.',
            (2, 1, 2, 27),
            id="line goes on",
        ),
        pytest.param(
            "a.py",
            f'P = dedent("""\\\n    Be kind.\n      {RULE}\n    """)',
            f"    Be kind.\n      {RULE}\n    ",
            (3, 7, 3, 29),
            id="indented",
        ),
        pytest.param(
            "a.py",
            'P = f"Dear {c["name"]}, {x}: {{y}} Never promise {what} a refund."',
            "Dear {name}, {x}: {y} Never promise {what} a refund.",
            (1, 36, 1, 65),
            id="holes",
        ),
        pytest.param(
            "a.py",
            'P = "Be kind. " + tone + " Never " + how + " promise a refund."',
            "Be kind. {tone} Never {how} promise a refund.",
            (1, 28, 1, 62),
            id="joined with a name",
        ),
        pytest.param("a.py", f'P = "Ä\\N{{BULLET}} ü. {RULE}"', f"Ä\u2022 ü. {RULE}", (1, 21, 1, 43), id="columns are characters"),
        pytest.param("a.py", f'P = "{RULE} {RULE}"', f"{RULE} {RULE}", (1, 30, 1, 52), id="the second of two"),
        pytest.param("a.py", f'# {RULE}\nP = "{RULE}"', RULE, (2, 6, 2, 28), id="a comment is no text"),
        pytest.param(
            "a.ts",
            "const p = `Be kind to ${u.name}.\n  Never promise \\`a\\` refund.`",
            "Be kind to {name}.\n  Never promise `a` refund.",
            (2, 3, 2, 29),
            id="template literal",
        ),
        pytest.param(
            "A.java", f'class A {{ String p = "Be \\"kind\\". " +\n  "{RULE}"; }}', f'Be "kind". {RULE}', (2, 4, 2, 26), id="Java, joined"
        ),
        pytest.param("a.go", f"package a\nvar p = `Be kind.\n{RULE}`", f"Be kind.\n{RULE}", (3, 1, 3, 23), id="Go, raw"),
        pytest.param(
            "A.cs",
            'var p = @"Be ""kind"".\nNever promise ""a"" refund.";',
            'Be "kind".\nNever promise "a" refund.',
            (2, 1, 2, 27),
            id="C#, verbatim",
        ),
        pytest.param("a.rb", f"P = <<~T\n  Be kind.\n  {RULE}\nT\n", f"Be kind.\n{RULE}\n", (3, 3, 3, 25), id="Ruby, here document"),
        pytest.param(
            "a.scala",
            f'val p = s"""Be kind.\n  |{RULE} $x\n  |""".stripMargin',
            f"Be kind.\n{RULE} {{x}}\n",
            (2, 4, 2, 26),
            id="Scala, with a margin",
        ),
        pytest.param("a.scala", f'val p = "Be \\"kind\\". " +\n  "{RULE}"', f'Be "kind". {RULE}', (2, 4, 2, 26), id="Scala, joined"),
        pytest.param(
            "a.swift",
            f'let p = """\n  Be kind to \\(name).\n  {RULE}\n  """',
            f"Be kind to {{name}}.\n{RULE}",
            (3, 3, 3, 25),
            id="Swift, lines",
        ),
        pytest.param("a.swift", f'let p = "Be \\"kind\\". " +\n  "{RULE}"', f'Be "kind". {RULE}', (2, 4, 2, 26), id="Swift, joined"),
        pytest.param("a.yaml", f"prompt: |\n  Be kind.\n  {RULE}\n", f"Be kind.\n{RULE}\n", (3, 3, 3, 25), id="YAML, block"),
        pytest.param(
            "a.yaml",
            "prompt: 'Be kind. Never promise a customer''s refund.'",
            "Be kind. Never promise a customer's refund.",
            (1, 19, 1, 53),
            id="YAML, quotes",
        ),
        pytest.param("a.json", f'{{"prompt": "Be kind.\\n{RULE}"}}', f"Be kind.\n{RULE}", (1, 23, 1, 45), id="JSON"),
        pytest.param(
            "a.vue", f"<script>\nconst p = `Be kind.\n{RULE}`\n</script>", f"Be kind.\n{RULE}", (3, 1, 3, 23), id="script in a page"
        ),
        pytest.param("a.py", 'P = "Be kind. " + rule("Never", "refund")', f"Be kind. {RULE}", None, id="made at run time"),
        pytest.param("a.py", f'P = "{RULE}', f"Be kind. {RULE}", (1, 6, 1, 28), id="code that is broken"),
    ],
)
def test_places(path: str, source: str, text: str, expected: tuple[int, int, int, int] | None) -> None:
    assert place(path, source, text) == expected


def test_a_notebook() -> None:
    code = ["P = ('Be \"kind\". '\n", "     '''Always.\n", f"{RULE}''')\n"]
    source = json.dumps({"cells": [{"cell_type": "code", "source": code}]}, indent=1)
    lines = [number for number, line in enumerate(source.split("\n"), 1) if "P = " in line or "Never" in line]
    found = place("a.ipynb", source, f"Always.\n{RULE}", line=lines[0], end_line=lines[1])
    assert found == (lines[1], 6, lines[1], 28)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_file_with_a_byte_order_mark(newline: str) -> None:
    source = f"\ufeffBe kind.{newline}{newline}- {RULE}{newline}"
    assert place("a.md", source, source, kind="file", line=1, end_line=3) == (3, 3, 3, 25)
    text = source.removeprefix("\ufeff")
    assert NOWHERE.of(a_prompt(text, path="a.md", kind="file", line=1), text.index("Never"), len(text))[1:3] == (3, 3)


def test_without_the_source_the_line_is_near() -> None:
    prompt = a_prompt(f"Be kind.\n{RULE}", line=7)
    assert NOWHERE.of(prompt, 9, 32) == ("app/prompts.py", 8, 0, 0, 0, False)
    assert str(NOWHERE.of(prompt, 9, 32)) == "app/prompts.py:8"


def test_a_file_that_is_gone_or_another_one_now() -> None:
    prompt = a_prompt(f"Be kind.\n{RULE}", line=7)
    for content in (None, b"", b"\n" * 40, b"x = 1\n"):
        assert not Places(lambda _repo, _path, content=content: content).of(prompt, 9, 32).exact  # type: ignore[misc]
