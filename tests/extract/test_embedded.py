"""Script blocks of components and cells of notebooks: their code is read with the lines of the whole file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicensus.extract import FRONT_ENDS, front_end_of, is_code
from aicensus.extract.embedded import extract_component, extract_notebook
from aicensus.extract.facts_store import FactsStore
from aicensus.model.errors import UnreadError
from aicensus.model.facts import Const, FileFacts
from aicensus.sources import open_source
from tests.shown_facts import bindings, calls, check

# components


def places(facts: FileFacts) -> list[tuple[str, int, int]]:
    return [(shown, call.line, call.end_line) for shown, call in zip(calls(facts), facts.calls, strict=True)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("<template/>\n<script>\nf(1)\n</script>\n", [("f(1)", 3, 3)], id="plain"),
        pytest.param(
            "<script>f(1)</script>\n<script setup lang='ts'>\nlet a: A = g()\n</script>", [("f(1)", 1, 1), ("g()", 3, 3)], id="two"
        ),
        pytest.param("<script>f(1)</script><script>(g())</script>", [("f(1)", 1, 1), ("g()", 1, 1)], id="two on a line"),
        pytest.param('<script setup lang="ts" generic="T extends A<B>">\nf<T>()\n</script>', [("f()", 2, 2)], id="quoted bracket"),
        pytest.param("<SCRIPT>\r\nf(\r\n)\r\n</SCRIPT >", [("f()", 2, 3)], id="capitals, line ends"),
        pytest.param("<script lang=ts>\nf(a as B)\n</script>", [("f(a)", 2, 2)], id="unquoted"),
        pytest.param(
            "<script lang='tsx'>\nf(<a b={g()} />)\n</script>", [("f(<jsx_self_closing_element>)", 2, 2), ("g()", 2, 2)], id="tsx"
        ),
        pytest.param("<script type='module'>f()</script>", [("f()", 1, 1)], id="module"),
        pytest.param("<script>\nf()\n", [("f()", 2, 2)], id="open to the end"),
        pytest.param("<div>\u00e4\u00f6</div>\n<script>f('\u00e4')</script>", [("f('\u00e4')", 2, 2)], id="not ascii"),
        pytest.param("<!-- <script>f()</script> -->\n<script>g()</script>", [("g()", 2, 2)], id="in a comment"),
        pytest.param("<script type='application/ld+json'>{\"a\": f()}</script>", [], id="data"),
        pytest.param("<script lang='coffee'>f()</script>", [], id="another language"),
        pytest.param("<!-- <script>f()</script>", [], id="open comment"),
        pytest.param("<scripts>f()</scripts><style>g(){}</style>{{ h() }}", [], id="no script"),
        pytest.param("", [], id="empty"),
    ],
)
def test_script_blocks(content: str, expected: list[tuple[str, int, int]]) -> None:
    facts = extract_component(content.encode())
    assert (places(facts), facts.errors) == (expected, ())


def test_front_matter() -> None:
    facts = extract_component(b"---\nimport A from './A.astro'\nconst b: B = await f()\n---\n<A>{g()}</A>\n<script>\nh()\n</script>\n")
    assert places(facts) == [("f()", 3, 3), ("h()", 7, 7)]
    assert bindings(facts) == ["A = import ./A.astro:default", "b: B = f()"]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["<script", " lang='ts'", ">", "</script>", "<!--", "-->", "---", "\n", "f()", "'", "{", "\0", "ä"])).map(
        "".join
    )
)
def test_any_component_gives_sound_facts(text: str) -> None:
    check(extract_component(text.encode()), max(1, text.count("\n") + (not text.endswith("\n"))))


def test_many_openings_take_no_time() -> None:
    extract_component(b"<script " * 20_000)
    extract_component(b"<script>" * 20_000 + b"<!--" * 20_000)


# notebooks


def notebook(*cells: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def code(*source: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "outputs": [], "source": [f"{line}\n" for line in source[:-1]] + list(source[-1:])}


def written(content: dict[str, Any]) -> bytes:
    return json.dumps(content, indent=1, ensure_ascii=False).encode()


def line_of(content: bytes, part: str) -> int:
    return next(number for number, line in enumerate(content.decode().splitlines(), 1) if part in line)


def test_lines_are_those_of_the_file() -> None:
    content = written(notebook({"cell_type": "markdown", "source": ["f(0)"]}, code("import a", "b = a.f(", "  1)"), code("b.g(2)")))
    facts = extract_notebook(content)
    first, second = line_of(content, "b = a.f("), line_of(content, "b.g(2)")
    assert places(facts) == [("a.f(1)", first, first + 1), ("b.g(2)", second, second)]
    assert facts.cells == ((2, first - 1, first + 1), (3, second, second))
    assert facts.language == "python"


@pytest.mark.parametrize("indent", [None, 1, 4])
def test_one_string_stands_on_one_line(indent: int | None) -> None:
    content = json.dumps(notebook({"cell_type": "code", "source": "a = f()\nb = '''x\ny'''\ng(a)"}), indent=indent).encode()
    line = line_of(content, "a = f()")
    facts = extract_notebook(content)
    assert places(facts) == [("f()", line, line), ("g(a)", line, line)]
    assert facts.cells == ((1, line, line),)


def test_a_line_may_come_in_pieces() -> None:
    content = written(notebook({"cell_type": "code", "source": ["f(", "1)\ng(", "2)\n", "h()"]}))
    line = line_of(content, '"f("')
    assert places(extract_notebook(content)) == [("f(1)", line, line), ("g(2)", line + 1, line + 1), ("h()", line + 3, line + 3)]


def test_text_keeps_its_escapes() -> None:
    content = written(notebook(code('f("a\\n\\u00e4 \u20ac \U0001f600")')))
    assert calls(extract_notebook(content)) == ["f('a\\nä € 😀')"]


def test_outputs_never_count() -> None:
    cell = code("f()") | {"outputs": [{"data": {"text/plain": ["g()"], "source": ["h()"]}, "cell_type": "code", "source": ["i()"]}]}
    cell["metadata"] = {"source": ["j()"], "cells": [{"cell_type": "code", "source": ["k()"]}]}
    facts = extract_notebook(written(notebook(cell, code("l()"), note={"cells": "m()"})))
    assert calls(facts) == ["f()", "l()"]
    assert [number for number, _, _ in facts.cells] == [1, 2]


@pytest.mark.parametrize(
    ("given", "taken"),
    [("9f2-a_B", "9f2-a_B"), ("a b", ""), ("x" * 65, ""), ("a\n", ""), (7, ""), (None, "")],
    ids=["as the format says", "space", "long", "line end", "number", "none"],
)
def test_the_id_of_a_cell(given: object, taken: str) -> None:
    with_id = code("g()") | ({} if given is None else {"id": given}) | {"metadata": {"id": "other"}}
    assert extract_notebook(written(notebook(code("f()"), with_id))).cell_ids == ("", taken)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (["%pip install a", "f()"], ["f()"]),
        (["!ls {a}", "f()"], ["f()"]),
        (["!pip install a \\", "  b c", "f()"], ["f()"]),
        (["?f", "f?", "a.f??", "f()"], ["f()"]),
        (["x = !ls", "y = %magic a", "f(x)"], ["f(x)"]),
        (["if a:", "  !ls", "else:", "  f()"], ["f()"]),
        (["%time x = f()"], ["f()"]),
        (["%timeit -n 10 -r 3 f()"], ["f()"]),
        (["%%time", "f()"], ["f()"]),
        (["%%capture out", "f()"], ["f()"]),
        (["%%bash", "f()"], []),
        (["", "%%javascript", "f()"], []),
        (["f('''", "%a", "!b?", "''')"], ["f('\\n%a\\n!b?\\n')"]),
        (["f(a", "  % b)"], ["f((a % b))"]),
        (["f(a \\", "  % b)"], ["f((a % b))"]),
        (["# it's", "%ls", "f('(')", "!ls", "g()"], ["f('(')", "g()"]),
        (["x = a != b", "f(x)"], ["f(x)"]),
        (["await f()"], ["f()"]),
    ],
)
def test_magics(source: list[str], expected: list[str]) -> None:
    facts = extract_notebook(written(notebook(code(*source))))
    assert (calls(facts), facts.errors) == (expected, ())


def test_a_text_left_open_ends_with_its_cell() -> None:
    assert calls(extract_notebook(written(notebook(code("a = '''b"), code("f()"))))) == ["f()"]


@pytest.mark.parametrize(
    "metadata",
    [
        {"kernelspec": {"name": "deno", "language": "typescript"}},
        {"kernelspec": {"name": "tslab", "language": "typescript"}, "language_info": {"name": "typescript"}},
    ],
)
def test_notebooks_in_typescript(metadata: dict[str, Any]) -> None:
    content = written(notebook(code("import a from 'a'", "const b: B = await a.f()"), **metadata))
    facts = extract_notebook(content)
    line = line_of(content, "await")
    assert (facts.language, places(facts), facts.cells) == ("javascript", [("a.f()", line, line)], ((1, line - 1, line),))


@pytest.mark.parametrize(
    ("kernel", "source", "language", "expected"),
    [
        pytest.param("C#", ['#r "nuget: A"', "#!csharp", "var a = F(1);"], "csharp", ["F(1)"], id="C#"),
        pytest.param("java", ["%maven a:b:1", "var a = f(1);"], "java", ["f(1)"], id="Java"),
        pytest.param("kotlin", ["%use openai", "val a = f(1)"], "kotlin", ["f(1)"], id="Kotlin"),
        pytest.param("go", ["!*go get a", "a := f(1)"], "go", ["f(1)"], id="Go"),
        pytest.param("rust", [':dep a = "1"', "let a = f(1);"], "rust", ["f(1)"], id="Rust"),
        pytest.param("ruby", ["a = f(1)"], "ruby", ["f(1)"], id="Ruby"),
        pytest.param("bash", ["curl https://example.com"], "shell", ["curl(url='https://example.com', 'https://example.com')"], id="shell"),
    ],
)
def test_other_kernels(kernel: str, source: list[str], language: str, expected: list[str]) -> None:
    content = written(notebook(code("", *source), language_info={"name": kernel}))
    facts = extract_notebook(content)
    line = line_of(content, json.dumps(source[-1])[1:-1])
    assert (facts.language, places(facts)) == (language, [(shown, line, line) for shown in expected])


SQL = ["SELECT ai_gen('Sum \\\\ up', \"a\")", "FROM t"]


@pytest.mark.parametrize(
    ("source", "language", "is_text"),
    [
        pytest.param(SQL, "sql", True, id="its own kernel"),
        pytest.param(["%%sql", *SQL], "python", True, id="a cell"),
        pytest.param(["%%bigquery df", *SQL], "python", True, id="of a warehouse"),
        pytest.param(["%sql", *SQL], "python", True, id="as Databricks exports it"),
        pytest.param(["%%html", *SQL], "python", False, id="no SQL"),
        pytest.param(["%%sqlite_tools", *SQL], "python", False, id="no SQL either"),
    ],
)
def test_sql_is_a_text(source: list[str], language: str, is_text: bool) -> None:
    content = written(notebook(code("f()"), code(*source), code("f()"), language_info={"name": language}))
    facts = extract_notebook(content)
    texts = [binding.value for binding in facts.bindings if isinstance(binding.value, Const) and "ai_gen" in str(binding.value.value)]
    assert bool(texts) == is_text
    for text in texts:
        assert "\n".join(SQL) in str(text.value)
        assert text.line + str(text.value).split("SELECT")[0].count("\n") == line_of(content, "SELECT")
    assert facts.errors == ()


DATABRICKS = """# Databricks notebook source
f()

# COMMAND ----------

# MAGIC %md it's text
# MAGIC f(2)

# COMMAND ----------

# MAGIC %sql
# MAGIC SELECT ai_gen("a")

# COMMAND ----------

f(3)
"""


def test_databricks_source() -> None:
    facts = FRONT_ENDS[".py"].read(DATABRICKS.encode())
    assert places(facts) == [("f()", 2, 2), ("f(3)", 16, 16)]
    assert [(b.value.line, b.value.value) for b in facts.bindings if isinstance(b.value, Const)] == [(11, '\nSELECT ai_gen("a")')]
    assert FRONT_ENDS[".py"].read(DATABRICKS.encode()[1:]).bindings == ()


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        pytest.param(
            "a.sql",
            "-- Databricks notebook source\nSELECT 1\n\n-- COMMAND ----------\n\n-- MAGIC %python\n-- MAGIC f(1)\n-- MAGIC g(2)\n"
            "\n-- MAGIC %scala\n-- MAGIC h(3)\n\n-- MAGIC %r\n-- MAGIC k(4)\n",
            [("f(1)", 7, 7), ("g(2)", 8, 8)],
            id="Python in a notebook of SQL",
        ),
        pytest.param(
            "a.py",
            "# Databricks notebook source\nf(1)\n# COMMAND ----------\n# MAGIC %python\n# MAGIC %pip install x\n# MAGIC g(2)\n"
            "\n# MAGIC %scala\n# MAGIC h(3)\n",
            [("f(1)", 2, 2), ("g(2)", 6, 6)],
            id="Python that says so",
        ),
        pytest.param(
            "a.scala",
            "// Databricks notebook source\nval a = f(1)\n\n// MAGIC %sql\n// MAGIC SELECT 1\n\n// MAGIC %python\n// MAGIC g(2)\n",
            [("f(1)", 2, 2)],
            id="a notebook of Scala",
        ),
        pytest.param(
            "a.md",
            "---\njupyter:\n  jupytext:\n    text_representation:\n      extension: .md\n---\n\n# f()\n\n"
            "```python tags=['x']\n%ls\nf(1)\n```\n\n```bash\ng 2\n```\n",
            [("f(1)", 12, 12)],
            id="Markdown of Jupytext",
        ),
        pytest.param(
            "a.md",
            "---\njupytext:\n  formats: md:myst\n---\n\n```{code-cell} ipython3\n:tags: [hide]\nf(1)\n```\n",
            [("f(1)", 8, 8)],
            id="MyST of Jupytext",
        ),
        pytest.param("a.py", "# %% [markdown]\n# f(0)\n# %%\nf(1)\n# %pip install x\n", [("f(1)", 4, 4)], id="percent format of Jupytext"),
    ],
)
def test_notebooks_kept_as_text(path: str, content: str, expected: list[tuple[str, int, int]]) -> None:
    front = front_end_of(path)
    assert front is not None
    assert front.reads(content.encode())
    assert places(front.read(content.encode())) == expected


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("README.md", b"# Use\n```python\nf(1)\n```\n"),
        ("post.md", b"---\ntitle: jupytext\n---\njupytext: no\n```python\nf(1)\n```\n"),
        ("model.sql", b"-- MAGIC %python\n-- MAGIC f(1)\n"),
    ],
)
def test_other_files_of_a_notebooks_suffix_hold_no_code(path: str, content: bytes, tmp_path: Path) -> None:
    front = front_end_of(path)
    assert front is not None
    assert (front.reads(content), is_code(path)) == (False, False)
    (tmp_path / path).write_bytes(content)
    store = FactsStore(open_source(tmp_path), None)
    assert (store.select({"a": ("f(1",)}), store.facts(path)) == ({}, None)


def test_chunks() -> None:
    content = (
        "# f()\n```{python}\nf()\n```\n\n```python\nf(2)\n```\n````{.python}\n%ls\nf(3)\n````\n```{r}\nf(4)\n```\n```{sql}\nSELECT 1\n```\n"
    )
    facts = front_end_of("a/b.Rmd").read(content.encode())  # type: ignore[union-attr]
    assert places(facts) == [("f()", 3, 3), ("f(3)", 11, 11)]
    assert [(b.value.line, b.value.value) for b in facts.bindings if isinstance(b.value, Const)] == [(17, "SELECT 1")]


def test_old_format() -> None:
    cells = [{"cell_type": "code", "input": ["f()"], "language": "python", "outputs": []}]
    assert calls(extract_notebook(written({"worksheets": [{"cells": cells}], "metadata": {"name": "x"}, "nbformat": 3}))) == ["f()"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a notebook: Expecting value"),
        (b'{"cells": [', "not a notebook: Expecting value"),
        (b'{"cells": [<<<<<<< HEAD', "not a notebook"),
        (b"[]", "not a notebook: it has no cells"),
        (b'{"a": 1}', "not a notebook: it has no cells"),
        (b'{"cells": ' * 100_000, "not a notebook"),
        (b'{"cells": [], "metadata": {"kernelspec": {"language": "R"}}}', "a notebook in r"),
    ],
)
def test_what_is_no_notebook_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadError) as raised:
        extract_notebook(content)
    assert raised.value.reason.startswith(reason)


LINES = st.sampled_from(
    ["f(1)", "%time g()", "!ls", "'''", "(", "]", "x = [", "  ", "if a:", "\\", "a?", "%%bash", "# '", "\ud800", "é", "\u2028"]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(LINES)), st.sampled_from([None, 1]), st.sampled_from(["python", "typescript", "csharp", "sql"]))
def test_any_notebook_gives_sound_facts(cells: list[list[str]], indent: int | None, language: str) -> None:
    kernel = {"kernelspec": {"language": language}}
    content = json.dumps(notebook(*(code(*lines) for lines in cells), **kernel), indent=indent).encode()
    facts = extract_notebook(content)
    last = content.count(b"\n") + 1
    check(facts, last)
    assert all(1 <= first <= end <= last for _, first, end in facts.cells)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.integers() | st.text() | st.sampled_from(["code", "f()"]),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["cells", "source", "cell_type", "metadata", "kernelspec", "x"]), inner)
        ),
    )
)
def test_any_json_is_read_or_refused(value: Any) -> None:
    try:
        facts = extract_notebook(json.dumps({"cells": value}).encode())
    except UnreadError:
        return
    check(facts, 1)


# the table


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/b.py", "python"),
        ("a/b.PYI", "python"),
        ("b.mjs", "javascript"),
        ("b.jsx", "javascript"),
        ("b.d.ts", "typescript"),
        ("b.cts", "typescript"),
        ("b.tsx", "tsx"),
        ("b.vue", "component"),
        ("b.ipynb", "notebook"),
        ("b.qmd", "chunks"),
        ("b.md", "fences"),
        ("b.txt", None),
        ("py", None),
        (".py/b", None),
    ],
)
def test_front_end_of(path: str, name: str | None) -> None:
    found = front_end_of(path)
    assert (found.name if found else None) == name


@pytest.mark.parametrize("suffix", sorted(FRONT_ENDS))
def test_every_front_end_reads(suffix: str) -> None:
    front_end = FRONT_ENDS[suffix]
    content = {
        ".ipynb": written(notebook(code("f()"))),
        ".qmd": b"```{python}\nf()\n```\n",
        ".rmd": b"```{python}\nf()\n```\n",
        ".md": b"```python\nf()\n```\n",
        ".sql": b"-- MAGIC %python\n-- MAGIC f()\n",
        ".py": b"f()",
        ".pyi": b"f()",
        ".php": b"<?php f();",
        ".sh": b"f",
        ".bash": b"f",
    }.get(suffix, b"f();")
    content = b"<script>f()</script>" if front_end.name == "component" else content
    assert calls(front_end.read(content)) == ["f()"]
    assert "tree-sitter 0." in front_end.grammar()
    assert "unknown" not in front_end.grammar()
