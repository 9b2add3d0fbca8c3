"""Documents as trees with lines: what each form gives, and what hostile content costs."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from aicensus.extract.documents import Doc, form_of, read_documents
from aicensus.model.errors import UnreadError

YAML = b"""jobs:
  build:
    steps:
      - name: ask
        run: |
          one
          two

      - uses: other
        with: {a: 1,
          b: [x, y]}
base: &base {model: gpt-4o, empty: }
copy:
  <<: *base
  note: "long
    text"
"""
JSON = b'{"a": 1,\n "b": [true,\n  {"c": null, "d": "x"}],\n "a": 2}'
TOML = b'model = "m"\n[tool.x]\ny = ["a", "b"]\n[[p]]\nn = 1\n[[p]]\nn = 2\n'
HCL = b"""resource "kind" "name" {
  text = <<-EOT
    one
    two
  EOT
  map = { a = "b" }
  inner { c = f("d", e) }
  # resource "kind" "other" {}
}
"""
BICEP = b"""param x string = 'a'
resource chat 'T/d@2024' = {
  properties: {
    name: 'm'
  }
}
"""


def at(doc: Doc, *steps: str | int) -> Doc:
    for step in steps:
        found = doc.elements()[step] if isinstance(step, int) else doc.get(step)
        assert found is not None, step
        doc = found
    return doc


@pytest.mark.parametrize(
    ("form", "content", "steps", "text", "lines"),
    [
        pytest.param("yaml", YAML, ("jobs", "build", "steps", 0, "name"), "ask", (4, 4), id="yaml scalar"),
        pytest.param("yaml", YAML, ("jobs", "build", "steps", 0, "run"), "one\ntwo\n", (5, 7), id="yaml block"),
        pytest.param("yaml", YAML, ("jobs", "build", "steps", 0), None, (4, 7), id="yaml mapping"),
        pytest.param("yaml", YAML, ("jobs", "build", "steps", 1, "with", "b", 1), "y", (11, 11), id="yaml flow"),
        pytest.param("yaml", YAML, ("base", "empty"), None, (12, 12), id="yaml empty"),
        pytest.param("yaml", YAML, ("copy", "model"), "gpt-4o", (12, 12), id="yaml merge"),
        pytest.param("yaml", YAML, ("copy", "note"), "long text", (15, 16), id="yaml quoted"),
        pytest.param("json", JSON, ("a",), "2", (4, 4), id="json last of two"),
        pytest.param("json", JSON, ("b", 0), "true", (2, 2), id="json boolean"),
        pytest.param("json", JSON, ("b", 1, "d"), "x", (3, 3), id="json nested"),
        pytest.param("json", JSON, ("b", 1, "c"), None, (3, 3), id="json null"),
        pytest.param("json", b'// c\n{"u": "http://x", /* d */\n "l": [1,],}', ("l", 0), "1", (3, 3), id="json with comments"),
        pytest.param("toml", TOML, ("tool", "x", "y", 1), "b", (3, 3), id="toml list"),
        pytest.param("toml", TOML, ("p", 1, "n"), "2", (7, 7), id="toml tables"),
        pytest.param("properties", b"# c\na.b.c=1\na.b.d: two\n", ("a", "b", "d"), "two", (3, 3), id="properties"),
        pytest.param("env", b'# X=1\nexport A="b c" # d\nE=f # g\n', ("A",), "b c", (2, 2), id="env quoted"),
        pytest.param("env", b"E=f # g\n", ("E",), "f", (1, 1), id="env comment"),
        pytest.param("blocks", HCL, ("resource", 0, "@1"), "kind", (1, 1), id="hcl label"),
        pytest.param("blocks", HCL, ("resource", 0, "text"), "    one\n    two\n", (2, 5), id="hcl heredoc"),
        pytest.param("blocks", HCL, ("resource", 0, "inner", 0, "c"), 'f("d",e)', (7, 7), id="hcl expression"),
        pytest.param("blocks", HCL, ("resource", 0), None, (1, 9), id="hcl block"),
        pytest.param("blocks", BICEP, ("resource", 0, "properties", "name"), "m", (4, 4), id="bicep"),
        pytest.param("front-matter", b"---\nname: a\n---\n\nBody\ntext\n", ("@body",), "Body\ntext", (5, 6), id="body"),
        pytest.param("front-matter", b"---\nname: a\n---\nBody\n", ("name",), "a", (2, 2), id="front matter"),
        pytest.param("front-matter", b"# Only\ntext\n", ("@body",), "# Only\ntext", (1, 2), id="no front matter"),
        pytest.param("directives", b'FROM a\nSYSTEM """b\nc"""\n', ("SYSTEM", 0), "b\nc", (2, 3), id="directives"),
    ],
)
def test_values_and_lines(form: str, content: bytes, steps: tuple[str | int, ...], text: str | None, lines: tuple[int, int]) -> None:
    found = at(read_documents(form, content)[0], *steps)
    assert (found.text, (found.line, found.end_line)) == (text, lines)


def test_a_stream_holds_several_documents() -> None:
    assert [doc.get("a") is not None for doc in read_documents("yaml", b"a: 1\n---\nb: 2\n---\na: 3\n")] == [True, False, True]


def test_a_template_of_yaml_is_read_around_its_holes() -> None:
    content = b"{{- if .Values.on }}\nspec:\n  image: {{ .Values.image }}\n  args: ['--model', 'm']\n{{- end }}\n"
    doc = read_documents("yaml", content)[0]
    assert (at(doc, "spec", "args", 1).text, at(doc, "spec", "args").line) == ("m", 4)


@pytest.mark.parametrize(
    ("form", "content"),
    [
        pytest.param("json", b"{", id="json cut"),
        pytest.param("json", b"", id="json empty"),
        pytest.param("json", b"[" * 100_000, id="json deep"),
        pytest.param("yaml", b"a: [", id="yaml cut"),
        pytest.param("yaml", b"a: !!python/object:x {\n", id="yaml tag, cut"),
        pytest.param("yaml", b"- " * 5_000, id="yaml deep"),
        pytest.param("toml", b"a = ", id="toml cut"),
        pytest.param("blocks", b"a {" * 5_000, id="blocks deep"),
    ],
)
def test_what_cannot_be_read_says_so(form: str, content: bytes) -> None:
    with pytest.raises(UnreadError):
        read_documents(form, content)


@pytest.mark.parametrize(
    ("form", "content"),
    [
        pytest.param(
            "yaml",
            b"a: &a [x]\n" + b"".join(b"%c: &%c [%s]\n" % (c + 1, c + 1, b",".join([b"*%c" % c] * 9)) for c in range(97, 110)),
            id="aliases",
        ),
        pytest.param("json", b'{"a":' * 50 + b"1" + b"}" * 50, id="nested"),
        pytest.param("json", b'{"k":[' + b'{"a":1},' * 60_000 + b"1]}", id="one long line"),
        pytest.param("blocks", b'a "b" {\n' * 40 + b"}" * 3, id="unclosed blocks"),
        pytest.param("properties", b"a.b.c.d.e=1\n" * 20_000, id="properties"),
        pytest.param("json", b'{"a": 1, /* c */}' + b" /* " * 200_000, id="comments that do not end"),
        pytest.param("blocks", b"/* " * 60_000, id="comments of blocks that do not end"),
        pytest.param("blocks", b"".join(b"<<T%d\n" % n for n in range(40_000)), id="texts that do not end"),
    ],
)
def test_hostile_content_is_read_soon(form: str, content: bytes) -> None:
    start = time.process_time()
    with suppress(UnreadError):
        read_documents(form, content)
    assert time.process_time() - start < 5


def test_nothing_of_a_document_is_constructed() -> None:
    doc = read_documents("yaml", b"a: !!python/object/apply:os.system ['true']\nb: 2026-01-01\nc: 0x10\n")[0]
    assert [at(doc, key).text for key in ("b", "c")] == ["2026-01-01", "0x10"]
    assert at(doc, "a", 0).text == "true"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("a/b.yml", "yaml"),
        ("X.JSON", "json"),
        ("a/.env.local", "env"),
        ("prod.env", "env"),
        ("m.tf", "blocks"),
        ("r.mdc", "front-matter"),
        (".cursorrules", "front-matter"),
    ],
)
def test_the_form_is_told_by_the_name(path: str, form: str) -> None:
    assert form_of(path) == form
