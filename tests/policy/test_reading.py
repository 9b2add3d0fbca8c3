"""Files of the policy library: what they hold, and every mistake in them with its line."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from aicensus.model.policy import AppliesTo, Fragment
from aicensus.model.settings import Policies
from aicensus.policy.reading import read_library

HEAD = "---\nid: refunds\nversion: 2\nowner: ann@example.com\n"
FULL = """\
---
id: legal/refunds
version: 2.1
owner: ann@example.com
authority: legal
effective_from: 2026-07-01
effective_until: 2027-06-30
verbatim: true
applies_to: {functions: [sales], journeys: [refund], jurisdictions: [EU], points: ["app/*"]}
supersedes: [legal/refunds@1, old-refunds]
derived_from: legal/law@3
---

Refunds take 30 days.

Never more.
"""


def read(files: Mapping[str, bytes | str], policies: Policies | None = None) -> tuple[list[Fragment], list[str]]:
    contents = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    found, mistakes = read_library(contents, contents.__getitem__, policies or Policies(library=("policies/",)), "shop")
    return found, [f"{one.path}:{one.line}: {one.message}" for one in mistakes]


def test_a_fragment_in_markdown() -> None:
    (one,), mistakes = read({"policies/refunds.md": FULL})
    assert mistakes == []
    assert one.key == "legal/refunds@2.1"
    assert (one.path, one.line, one.text_line) == ("policies/refunds.md", 2, 14)
    assert (one.owner, one.authority, one.verbatim) == ("ann@example.com", "legal", True)
    assert (one.effective_from, one.effective_until) == ("2026-07-01", "2027-06-30")
    assert one.applies_to == AppliesTo(functions=("sales",), journeys=("refund",), jurisdictions=("EU",), points=("app/*",))
    assert (one.supersedes, one.derived_from) == (("legal/refunds@1", "old-refunds"), "legal/law@3")
    assert one.text == "Refunds take 30 days.\n\nNever more."


@pytest.mark.parametrize(
    ("path", "content", "texts"),
    [
        pytest.param("policies/a.md", HEAD + "---\nText.\n", ["Text."], id="Markdown"),
        pytest.param("policies/a.md", "\ufeff" + (HEAD + "---\nText.\n").replace("\n", "\r\n"), ["Text."], id="BOM, CRLF"),
        pytest.param("policies/a.yaml", "id: a\nversion: 1\nowner: x\ntext: Text.\n", ["Text."], id="YAML"),
        pytest.param(
            "policies/a.yml",
            "- {id: a, version: 1, owner: x, text: One.}\n- id: b\n  version: 1\n  owner: x\n  text: |\n    Two.\n    Three.\n",
            ["One.", "Two.\nThree."],
            id="a list in YAML",
        ),
        pytest.param("policies/README.md", "# Our policies\n", [], id="prose beside the library"),
        pytest.param("policies/a.txt", HEAD + "---\nText.\n", [], id="another kind of file"),
        pytest.param("docs/a.md", HEAD + "---\nText.\n", [], id="outside of the library"),
        pytest.param("policies-old/a.md", HEAD + "---\nText.\n", [], id="a folder with a longer name"),
    ],
)
def test_what_is_read(path: str, content: str, texts: list[str]) -> None:
    found, mistakes = read({path: content})
    assert [one.text for one in found] == texts
    assert mistakes == []


def test_wording_below_the_verbatim_folders_is_verbatim() -> None:
    files = {f"policies/{name}.md": (HEAD + "---\nText.\n").replace("refunds", name) for name in ("legal/a", "b")}
    found, _ = read(files, Policies(library=("policies",), verbatim=("policies/legal/",)))
    assert {one.id: one.verbatim for one in found} == {"legal/a": True, "b": False}


@pytest.mark.parametrize(
    ("content", "mistakes"),
    [
        pytest.param("---\nid: a\n---\nText.\n", ["2: the head: `version` is missing", "2: the head: `owner` is missing"], id="missing"),
        pytest.param(HEAD + "vertabim: true\n---\nText.\n", ["5: unknown key `vertabim` (did you mean `verbatim`?)"], id="unknown key"),
        pytest.param(HEAD + "effective_from: soon\n---\nText.\n", ["5: effective_from must be a date"], id="no date"),
        pytest.param(HEAD + "applies_to: {team: x}\n---\nText.\n", ["5: unknown key `team` in applies_to"], id="unknown condition"),
        pytest.param(
            HEAD + "effective_from: 2026-02-01\neffective_until: 2026-01-01\n---\nT.\n", ["2: effective_until 2026-01-01"], id="days"
        ),
        pytest.param(HEAD + "supersedes: [a b]\n---\nText.\n", ["2: `a b` names no fragment"], id="a name that is none"),
        pytest.param(HEAD + "---\n\n", ["5: no text follows the head"], id="no text"),
        pytest.param(HEAD + "Text.\n", ["1: the head that starts here has no end"], id="open head"),
        pytest.param(HEAD + "---\nText.\n<!-- policy:end refunds -->\n", ["7: `policy:end` is kept"], id="a marker inside"),
        pytest.param(HEAD + f"---\nUse AKIA{'Q7ZK2M4X' * 2}.\n", ["6: "], id="a key inside"),
        pytest.param("---\n[\n---\nText.\n", [": not YAML"], id="no YAML"),
        pytest.param((HEAD + "---\nText ").encode() + b"\xff\n", ["6: not UTF-8 text"], id="no text file"),
    ],
)
def test_mistakes(content: str | bytes, mistakes: list[str]) -> None:
    found, named = read({"policies/a.md": content})
    assert found == []
    assert len(named) == len(mistakes)
    for mistake in mistakes:
        assert any(mistake in one for one in named), named


def test_all_mistakes_are_named_in_one_go() -> None:
    _, mistakes = read({"policies/b.md": "---\nid: b\n---\nText.\n", "policies/a.yaml": "id: a\nversion: [1]\nowner: x\ntext: T\n"})
    assert [one.partition(": ")[0] for one in mistakes] == ["policies/a.yaml:2", "policies/b.md:2", "policies/b.md:2"]
