"""Managed blocks: what is written, what is refused, and that nothing else changes."""

from __future__ import annotations

import datetime
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from aicensus.model.census import Prompt
from aicensus.model.policy import Fragment
from aicensus.policy.library import Library
from aicensus.policy.markers import Block, blocks
from aicensus.policy.sync import FilePlan, Task, plan_file
from aicensus.policy.uses import find_uses
from aicensus.rules.lexicon import default_lexicon
from tests.builders import a_fragment, a_point, a_prompt

DAY = datetime.date(2026, 11, 20)
CLAUSE = a_fragment("Prices are not binding.\n\nOnly a contract is.", id="legal/offers", version="2")
NOTE = a_fragment("Never name a competitor.", id="tone")


def sync(
    path: str, content: bytes | str, *wanted: Fragment, prompt: Prompt | None = None, cadence: int | None = None, day: datetime.date = DAY
) -> FilePlan:
    """Plan the file of one prompt, which is the whole file unless given."""
    content = content.encode() if isinstance(content, str) else content
    prompt = prompt or a_prompt(content.decode("utf-8", "replace"), path=path, kind="file", line=1, end_line=content.count(b"\n") + 1)
    library = Library([CLAUSE, NOTE, a_fragment("Old.", id="legal/offers", effective_until="2026-01-01")], day)
    stated = find_uses(library, [(prompt, (a_point(),))], default_lexicon()).found
    return plan_file(path, content, [Task(prompt, wanted or (CLAUSE,), stated)], library, cadence_days=cadence)


BLOCK = """\
<!-- policy:begin legal/offers@2 sha256:12c0b6f7ece3 2026-11-20 (aicensus policy sync writes this block) -->
Prices are not binding.

Only a contract is.
<!-- policy:end legal/offers -->"""


def test_a_block_is_added_at_the_end() -> None:
    plan = sync("prompts/a.md", "Be kind.\n")
    assert plan.after.decode() == f"Be kind.\n\n{BLOCK}\n"
    assert [(change.kind, change.fragment.key) for change in plan.changes] == [("insert", "legal/offers@2")]
    assert "+Prices are not binding." in plan.diff()


@pytest.mark.parametrize(
    ("path", "begin", "end"),
    [
        ("a.md", "<!-- policy:begin", "<!-- policy:end legal/offers -->"),
        ("a.txt", "<!-- policy:begin", "<!-- policy:end legal/offers -->"),
        ("a.j2", "{# policy:begin", "{# policy:end legal/offers #}"),
        ("a.hbs", "{{! policy:begin", "{{! policy:end legal/offers }}"),
        ("a.liquid", "{% comment %} policy:begin", "{% comment %} policy:end legal/offers {% endcomment %}"),
        ("a.erb", "<%# policy:begin", "<%# policy:end legal/offers %>"),
    ],
)
def test_markers_are_comments_of_the_kind_of_file(path: str, begin: str, end: str) -> None:
    plan = sync(f"prompts/{path}", "Be kind.\n")
    lines = plan.after.decode().splitlines()
    assert lines[2].startswith(begin)
    assert lines[-1] == end
    assert sync(f"prompts/{path}", plan.after).changes == ()


@pytest.mark.parametrize(
    ("block", "kinds"),
    [
        pytest.param(BLOCK, [], id="as it should be"),
        pytest.param(BLOCK.replace("\n\n", "\n"), [], id="white space is left alone"),
        pytest.param(BLOCK.replace("not binding", "never binding"), ["update"], id="a word changed"),
        pytest.param(BLOCK.replace("@2", "@1"), ["update"], id="an older version"),
        pytest.param("<!-- policy:begin legal/offers@2 -->\n<!-- policy:end legal/offers -->", ["update"], id="markers put by hand"),
        pytest.param(BLOCK.replace("<!-- policy:end legal/offers -->", ""), None, id="no closing marker"),
        pytest.param(BLOCK.replace("legal/offers", "gone"), ["insert"], id="an unknown fragment"),
    ],
)
def test_blocks_that_are_there(block: str, kinds: list[str] | None) -> None:
    plan = sync("prompts/a.md", f"Be kind.\n  {block}\nBye.\n")
    assert [change.kind for change in plan.changes] == (kinds or [])
    assert bool(plan.refusals) == (kinds is None or kinds == ["insert"])
    if kinds == ["update"]:
        assert plan.after.decode().startswith("Be kind.\n  <!-- policy:begin legal/offers@2")
        assert plan.after.endswith(b"<!-- policy:end legal/offers -->\nBye.\n")


def test_the_day_is_renewed_when_the_cadence_is_due() -> None:
    text = f"Be kind.\n\n{BLOCK}\n"
    for days, kinds in ((29, []), (30, ["renew"])):
        plan = sync("prompts/a.md", text, cadence=30, day=DAY + datetime.timedelta(days))
        assert [change.kind for change in plan.changes] == kinds
    assert plan.after == text.replace("2026-11-20", "2026-12-20").encode()


def test_what_is_stated_word_by_word_is_not_written_again() -> None:
    assert sync("prompts/a.md", "Be kind. Prices are not binding.\nOnly a contract is.\n").changes == ()
    plan = sync("prompts/a.md", "Be kind. Prices are not always binding. Only a contract is.\n")
    assert plan.changes == ()
    assert ["own words (material)" in one.why for one in plan.refusals] == [True]


# --- code ---


def prompt_in(path: str, source: str, text: str) -> Prompt:
    return a_prompt(text, path=path, line=1, end_line=source.count("\n") + 1)


@pytest.mark.parametrize(
    ("path", "source", "text"),
    [
        pytest.param("a.py", 'x = "a"\nP = """Be kind.\nAlways.\n"""\ny = 1\n', "Be kind.\nAlways.\n", id="Python"),
        pytest.param("a.py", 'P = """Be kind."""\n', "Be kind.", id="on one line"),
        pytest.param(
            "a.py",
            'def f():\n    return dedent("""\n        Be kind.\n        Always.\n    """)\n',
            "\n        Be kind.\n        Always.\n    ",
            id="indented",
        ),
        pytest.param("a.py", 'P = f"""Be kind to {name}.\n"""\n', "Be kind to {name}.\n", id="with holes"),
        pytest.param("a.ts", "const p = `Be kind to ${x}.`;\n", "Be kind to {x}.", id="template literal"),
        pytest.param("a.go", "package a\n\nvar p = `Be kind.`\n", "Be kind.", id="Go"),
        pytest.param("A.java", 'class A {\n  String p = """\n    Be kind.\n    """;\n}\n', "Be kind.\n", id="Java"),
        pytest.param("A.kt", 'val p = """\n    Be kind.\n""".trimIndent()\n', "Be kind.\n", id="Kotlin"),
        pytest.param("A.scala", 'val p = """\n    Be kind.\n"""\n', "Be kind.\n", id="Scala"),
        pytest.param("A.swift", 'let p = """\n    Be kind.\n    """\n', "Be kind.", id="Swift"),
        pytest.param("A.cs", 'var p = @"Be kind.\n";\n', "Be kind.\n", id="C#"),
    ],
)
def test_literals_over_several_lines_are_written(path: str, source: str, text: str) -> None:
    plan = sync(path, source, prompt=prompt_in(path, source, text))
    assert [change.kind for change in plan.changes] == ["insert"], plan.refusals
    (block,) = blocks(plan.after.decode())
    assert isinstance(block, Block)
    body = plan.after.decode()[block.body_start : block.body_end]
    assert body.split() == CLAUSE.text.split()
    assert {line[: len(block.indent)] for line in body.splitlines() if line} == {block.indent}
    again = prompt_in(path, plan.after.decode(), text.rstrip() + "\n\n" + plan.after.decode()[block.start : block.end])
    assert sync(path, plan.after, prompt=again).changes == ()


@pytest.mark.parametrize(
    ("path", "source", "text", "why"),
    [
        pytest.param("a.py", 'P = "Be kind."\n', "Be kind.", "holds one line", id="one line"),
        pytest.param("a.py", 'P = ("Be kind. "\n     "Always.")\n', "Be kind. Always.", "joined from several pieces", id="pieces"),
        pytest.param(
            "a.py", 'P = """Be """ + kind() + """ now."""\n', "Be {kind} now.", "joined from several pieces", id="made at run time"
        ),
        pytest.param("a.ts", "const p = 'Be kind.';\n", "Be kind.", "holds one line", id="one line of TypeScript"),
        pytest.param("a.yaml", "prompt: Be kind.\n", "Be kind.", "configuration", id="configuration"),
        pytest.param("a.rb", "P = <<~T\n  Be kind.\nT\n", "Be kind.\n", "texts of ruby are not written to", id="another language"),
        pytest.param("a.py", 'P = """Be kind.\\\n"""', "Be kind.", "", id="goes on after a backslash"),
    ],
)
def test_what_cannot_be_written_says_why(path: str, source: str, text: str, why: str) -> None:
    plan = sync(path, source, prompt=prompt_in(path, source, text))
    if why:
        assert plan.changes == ()
        assert [why in one.why for one in plan.refusals] == [True], plan.refusals
    assert (plan.after == plan.before) == (not plan.changes)


@pytest.mark.parametrize(
    ("path", "source", "text", "bad"),
    [
        ("a.py", 'P = f"""Be kind to {x}.\n"""', "Be kind to {x}.\n", "Answer {so}."),
        ("a.py", 'P = """Be kind.\n"""', "Be kind.\n", "Write a\\n."),
        ("a.ts", "const p = `Be kind.\n`;", "Be kind.\n", "Write `a`."),
        ("prompts/a.j2", "Be kind.\n", "Be kind.\n", "Answer {{so}}."),
        ("prompts/a.md", "Be kind to {name}.\n", "Be kind to {name}.\n", "Answer {so}."),
    ],
)
def test_text_that_means_something_else_there_is_refused(path: str, source: str, text: str, bad: str) -> None:
    kind = "file" if path.startswith("prompts/") else "constant"
    prompt = a_prompt(text, path=path, kind=kind, line=1, end_line=source.count("\n") + 1, placeholders=("name",) if "{" in text else ())
    plan = plan_file(path, source.encode(), [Task(prompt, (a_fragment(bad),), ())], Library([a_fragment(bad)], DAY))
    assert plan.after == plan.before
    assert ["means something else there" in one.why for one in plan.refusals] == [True]


@pytest.mark.parametrize(
    ("path", "content", "why"),
    [
        ("prompts/a.yaml", "system: Be kind.\n", "put the markers where the block belongs"),
        ("prompts/a.prompt", "system:\nBe kind.\n\nuser:\n{{question}}\n", "several messages"),
    ],
)
def test_where_a_block_belongs_is_not_guessed(path: str, content: str, why: str) -> None:
    plan = sync(path, content)
    assert plan.after == plan.before
    assert [why in one.why for one in plan.refusals] == [True]


# --- properties ---

_LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=30), max_size=8)
_RAW = st.builds(
    lambda lines, newline, last, bom: bom + newline.join(line.encode() for line in lines) + (newline if last else b""),
    _LINES,
    st.sampled_from([b"\n", b"\r\n"]),
    st.booleans(),
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
)


def without_blocks(text: str) -> str:
    pieces, at = [], 0
    for block in blocks(text):
        assert isinstance(block, Block)
        pieces.append(text[at : block.start])
        at = block.end
    return "".join([*pieces, text[at:]])


@given(content=_RAW | st.binary(max_size=60), path=st.sampled_from(["prompts/a.md", "prompts/a.txt", "prompts/a.j2"]))
@example(content=b"Be kind.", path="prompts/a.md")
@example(content=b"\xef\xbb\xbfBe kind.\r\n", path="prompts/a.md")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_byte_outside_the_markers_stays_and_a_second_run_changes_nothing(content: bytes, path: str) -> None:
    plan = sync(path, content, CLAUSE, NOTE)
    assert plan.after.startswith(content)
    newline = b"\r\n" if b"\r\n" in content else b"\n"
    added = plan.after[len(content) :]
    if plan.changes:
        assert (b"\r\n" in added) == (newline == b"\r\n")
        assert added.endswith(newline) == (content.endswith(b"\n") or content in (b"", b"\xef\xbb\xbf"))
    again = sync(path, plan.after, CLAUSE, NOTE)
    assert (again.changes, again.after) == ((), plan.after)


@given(before=_RAW, after=_RAW, body=_LINES, version=st.sampled_from(["1", "2", "3"]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_block_is_renewed_in_its_place(before: bytes, after: bytes, body: list[str], version: str) -> None:
    newline = "\r\n" if b"\r\n" in before + after else "\n"
    lines = [f"<!-- policy:begin legal/offers@{version} -->", *body, "<!-- policy:end legal/offers -->"]
    content = before + b"\n" + newline.join(lines).encode() + b"\n" + after
    plan = sync("prompts/a.md", content)
    assert without_blocks(plan.after.decode()) == without_blocks(content.decode())
    assert sync("prompts/a.md", plan.after).after == plan.after


@given(lines=_LINES, newline=st.sampled_from(["\n", "\r\n"]), indent=st.sampled_from(["", "    ", "\t"]))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_code_around_a_literal_stays(lines: list[str], newline: str, indent: str) -> None:
    inner = [line.replace("\\", "").replace('"', "").replace("`", "") for line in lines]
    source = newline.join(["x = 'a'", 'P = """Be kind to all of them.', *(indent + line for line in inner), '"""', "y = 2", ""])
    text = source[source.index('"""') + 3 : source.rindex('"""')].replace("\r\n", "\n")
    plan = sync("a.py", source, prompt=prompt_in("a.py", source, text))
    assert without_blocks(plan.after.decode()).split() == source.split()
    if plan.changes:
        assert plan.after.decode().startswith(source[: source.rindex('"""')])
        assert plan.after.decode().endswith(newline.join(['"""', "y = 2", ""]))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(" " * 200_000 + "policy:x", id="blanks before"),
        pytest.param("<!--" + "\t" * 200_000 + "policy:begin", id="blanks inside"),
        pytest.param("{%" + " " * 200_000 + "comment" + " " * 200_000 + "policy:end", id="blanks in a tag"),
        pytest.param("policy:begin " + "a/" * 100_000, id="a long name"),
        pytest.param("<!-- policy:begin a@1 -->\n" * 20_000, id="many that open"),
    ],
)
def test_hostile_lines_take_no_time(line: str) -> None:
    start = time.process_time()
    assert not any(isinstance(block, Block) for block in blocks(line))
    assert time.process_time() - start < 2
