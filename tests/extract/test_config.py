"""Shapes of the catalogue on documents: conditions, places, parts, links, flows."""

from __future__ import annotations

import json
import time
from typing import Any

import msgspec
import pytest

from aicensus.catalog.document_paths import parsed
from aicensus.catalog.pattern import PatternError
from aicensus.catalog.shapes import Shape, ShapesFile, mistakes_of
from aicensus.extract.config import read_config
from aicensus.extract.document_paths import Found, Steps, TooManySteps, find
from aicensus.extract.documents import read_documents
from aicensus.model.declared import Declared, FileConfig
from aicensus.model.errors import UnreadError


def declared(code: str, path: str = "flow.yaml", **shape: Any) -> tuple[FileConfig, ...]:
    row = msgspec.convert({"name": "a shape", "files": ["**/*"], "tokens": [["x"]], **shape}, Shape)
    assert list(mistakes_of(row)) == []
    file = ShapesFile(config="own", title="own", shapes=(row,))
    return read_config(path, code.encode(), [(file, row)], lambda model: "openai" if model.startswith("gpt") else "")


def nodes(code: str, node: dict[str, Any], path: str = "flow.yaml", **shape: Any) -> list[Declared]:
    return [one for part in declared(code, path, nodes=[node], **shape) for one in part.nodes]


STEPS = """
steps:
  - {name: ask, type: llm, model: gpt-4o, opts: {temp: 0.1}}
  - {name: copy, type: code}
  - {name: off, type: llm, model: m, disabled: true}
other:
  steps:
    - {name: deep, type: llm-chat}
"""


@pytest.mark.parametrize(
    ("path", "ways"),
    [
        pytest.param("steps[*].name", ["steps[ask].name", "steps[copy].name", "steps[off].name"], id="elements"),
        pytest.param("steps[type=llm*].model", ["steps[ask].model", "steps[off].model"], id="elements of a kind"),
        pytest.param(
            "**.steps[*].type", ["steps[ask].type", "steps[copy].type", "steps[off].type", "other.steps[deep].type"], id="any depth"
        ),
        pytest.param("{steps,other.steps}[type=llm-*]", ["other.steps[deep]"], id="either way"),
        pytest.param("o*.steps", ["other.steps"], id="part of a key"),
        pytest.param("steps[*].opts.temp", ["steps[ask].opts.temp"], id="nested"),
        pytest.param("nothing.here", [], id="nothing"),
    ],
)
def test_paths(path: str, ways: list[str]) -> None:
    root = Found(read_documents("yaml", STEPS.encode())[0], (), ())
    assert [found.way for found in find(root, path, Steps())] == ways


@pytest.mark.parametrize("path", ["a[", "{a"])
def test_a_malformed_path_is_refused(path: str) -> None:
    with pytest.raises(PatternError):
        parsed(path)


def test_shared_parts_do_not_make_a_walk_endless() -> None:
    lines = ["a: &a {x: 1, y: 2}"] + [f"{chr(c)}: &{chr(c)} [{', '.join([f'*{chr(c - 1)}'] * 9)}]" for c in range(98, 112)]
    root = Found(read_documents("yaml", "\n".join(lines).encode())[0], (), ())
    with pytest.raises(TooManySteps):
        list(find(root, "**.x", Steps()))


@pytest.mark.parametrize(
    ("node", "ids"),
    [
        pytest.param({"at": "steps[*]", "when": {"type": "llm"}, "id": ["name"]}, ["ask", "off"], id="when"),
        pytest.param({"at": "steps[*]", "when": {"type": "llm"}, "unless": {"disabled": "true"}, "id": ["name"]}, ["ask"], id="unless"),
        pytest.param({"at": "steps[*]", "when": {"type": "!code"}, "id": ["name"]}, ["ask", "off"], id="all but"),
        pytest.param({"at": "steps[*]", "when": {"model": "*"}}, ["steps[ask]", "steps[off]"], id="the way to it is its name"),
        pytest.param({"at": "*", "when": {"@key": "oth*"}}, ["other"], id="by key"),
        pytest.param({"at": "steps[*]", "when": {"type": ["llm", "code"], "name": "c*"}, "id": ["name"]}, ["copy"], id="all must hold"),
    ],
)
def test_which_nodes_are_meant(node: dict[str, Any], ids: list[str]) -> None:
    assert [found.id for found in nodes(STEPS, {"kind": "chat", **node})] == ids


@pytest.mark.parametrize(
    ("code", "model"),
    [
        pytest.param("s: {args: [serve, --model, m1]}", "m1", id="option and its value"),
        pytest.param("s: {args: [--model=m2]}", "m2", id="option with its value"),
        pytest.param("s: {args: 'serve --port 1 --model m3 --x'}", "m3", id="one text"),
        pytest.param("s: {env: {MODEL: m4}}", "m4", id="mapping of the environment"),
        pytest.param("s: {env: [{name: A, value: b}, {name: MODEL, value: m5}]}", "m5", id="list of the environment"),
        pytest.param("s: {env: [A=b, MODEL=m6]}", "m6", id="texts of the environment"),
        pytest.param("s: {args: [--model=$(M)], env: [{name: M, value: m7}]}", "m7", id="a variable that stands beside"),
        pytest.param("s: {run: 'ollama run m8 hello'}", "m8", id="in a text"),
        pytest.param("s: {args: [--models, x]}", None, id="near miss"),
    ],
)
def test_where_a_model_stands(code: str, model: str | None) -> None:
    places = [{"at": "args", "flag": ["--model"]}, {"at": "env", "env": ["MODEL"]}, {"at": "run", "match": r"ollama run (\S+)"}]
    assert [found.model for found in nodes(code, {"at": "s", "kind": "chat", "model": places})] == [model]


def test_words_stand_on_their_own_lines() -> None:
    code = "s:\n  messages:\n    - role: system\n      content: |\n        You help people.\n        Be brief.\n"
    code += "    - {role: user, content: '{{x}}'}\n"
    found = nodes(code, {"at": "s", "kind": "chat", "prompts": [{"at": "messages[*]", "text": ["content"], "role_at": "role"}]})[0]
    assert [(w.role, w.text, w.line, w.end_line) for w in found.words] == [("system", "You help people.\nBe brief.\n", 4, 6)]


def test_words_are_cut_where_a_role_begins() -> None:
    code = "---\nname: a\n---\nsystem:\nYou help people.\n\nuser:\nAnswer {{q}} now please\n"
    prompt = {"at": "@body", "split": r"^(system|user):$"}
    found = nodes(code, {"at": "", "kind": "chat", "prompts": [prompt]}, path="a.md")[0]
    assert [(w.role, w.text, w.line) for w in found.words] == [("system", "You help people.", 5), ("user", "Answer {{q}} now please", 8)]


LINKED = """
nodes:
  - {id: start, type: start}
  - {id: second, type: agent}
  - {id: first, type: agent}
  - {id: plain, type: code}
  - {id: m, type: model, model: gpt-4o, temp: 0}
  - {id: lone, type: model, model: gpt-3}
edges:
  - {from: start, to: first, as: main}
  - {from: first, to: plain, as: main}
  - {from: plain, to: second, as: main}
  - {from: m, to: second, as: llm}
"""
GRAPH: dict[str, Any] = {
    "key": ["id"],
    "flow": True,
    "links": [{"at": "edges[*]", "source": "from", "target": "to", "type": "as"}],
    "nodes": [
        {"at": "nodes[*]", "as": "entry", "when": {"type": "start"}, "id": ["id"], "kind": "http"},
        {
            "at": "nodes[*]",
            "when": {"type": "model"},
            "lends": ["llm"],
            "id": ["id"],
            "kind": "chat",
            "model": ["model"],
            "settings": {"temperature": ["temp"]},
        },
        {"at": "nodes[*]", "when": {"type": "agent"}, "takes": ["llm"], "id": ["id"], "kind": "agent"},
    ],
}


def test_a_part_lends_its_model_and_is_no_point() -> None:
    (part,) = declared(LINKED, **GRAPH)
    assert [(n.as_, n.id, n.model, n.provider, n.settings) for n in part.nodes] == [
        ("entry", "start", None, "", ()),
        ("point", "second", "gpt-4o", "openai", (("temperature", "0"),)),
        ("point", "first", None, "", ()),
        ("point", "lone", "gpt-3", "openai", ()),
    ]


def test_a_flow_has_its_steps_in_order() -> None:
    (part,) = declared(LINKED, **GRAPH)
    flow = part.flow
    assert flow is not None
    names = [node.id for node in part.nodes]
    assert [names[step] for step in flow.steps] == ["first", "second", "lone"]
    assert [(names[a], names[b]) for a, b in flow.links] == [("first", "second")]
    assert [names[entry] for entry in flow.entries] == ["start"]


def test_a_document_of_another_shape_declares_nothing() -> None:
    node = {"at": "steps[*]", "kind": "chat"}
    assert declared(STEPS, nodes=[node], needs={"steps[*].type": "agent"}) == ()
    assert declared(STEPS, nodes=[node], excludes={"other": "*"}) == ()
    assert declared("plain text", nodes=[node]) == ()


def test_a_file_that_cannot_be_read_says_so() -> None:
    with pytest.raises(UnreadError):
        nodes("a: [", {"at": "a", "kind": "chat"})


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param({"tokens": [], "nodes": [{"at": "a", "kind": "chat"}]}, id="a point by a file's name alone"),
        pytest.param({"nodes": [{"at": "a[", "kind": "chat"}]}, id="path"),
        pytest.param({"nodes": [{"at": "a", "when": {"b": "{c"}, "kind": "chat"}]}, id="glob"),
        pytest.param({"nodes": [{"at": "a", "model": [{"match": "("}], "kind": "chat"}]}, id="expression"),
    ],
)
def test_a_shape_that_cannot_work_is_refused(shape: dict[str, Any]) -> None:
    row = msgspec.convert({"name": "s", "files": ["**/*"], "tokens": [["x"]], **shape}, Shape)
    assert list(mistakes_of(row))


def test_a_circle_has_an_order_too() -> None:
    code = LINKED + "  - {from: second, to: first, as: main}\n"
    (part,) = declared(code, **GRAPH)
    assert part.flow is not None
    assert [part.nodes[step].id for step in part.flow.steps] == ["lone", "second", "first"]


def test_shared_parts_without_end_are_told() -> None:
    lines = ["a: &a {x: 1, y: 2}"] + [f"{chr(c)}: &{chr(c)} [{', '.join([f'*{chr(c - 1)}'] * 9)}]" for c in range(98, 112)]
    with pytest.raises(UnreadError):
        nodes("\n".join(lines), {"at": "**", "when": {"none": "*"}, "kind": "chat"})


def test_a_large_flow_is_read_soon() -> None:
    flow = {
        "nodes": [{"id": f"n{n}", "type": "agent"} for n in range(9_000)],
        "edges": [{"from": f"n{n}", "to": f"n{n + 1}", "as": "main"} for n in range(4_000)],
    }
    start = time.process_time()
    (part,) = declared(json.dumps(flow), "f.json", **GRAPH)
    assert len(part.nodes) == 2_000
    assert time.process_time() - start < 5
