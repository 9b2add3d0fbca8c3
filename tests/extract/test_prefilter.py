"""Which tokens stand in a file."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from aicensus.extract.prefilter import Selector

GROUPS = {
    "openai": ["openai", "chat.completions.create"],
    "anthropic": ["anthropic", "messages.create"],
    "hosts": ["/v1/messages", "api.openai.com"],
    "odd": ["a[0].{x}", "back\\slash", "Größe", '"quoted"', "(?i)", "^start$", "create"],
}
ENGINES = [
    pytest.param(False, id="stdlib"),
    pytest.param(
        True, id="hyperscan", marks=pytest.mark.skipif(not importlib.util.find_spec("hyperscan"), reason="hyperscan is not installed")
    ),
]


@pytest.mark.parametrize("use_hyperscan", ENGINES)
@pytest.mark.parametrize(
    ("content", "tokens"),
    [
        (b"import openai", {"openai"}),
        (b"import OpenAI", {"openai"}),
        (b"client.chat.completions.create(", {"chat.completions.create", "create"}),
        (b"client.chatXcompletions.create(", {"create"}),
        (b"POST /V1/MESSAGES", {"/v1/messages"}),
        (b"x = a[0].{x}", {"a[0].{x}"}),
        (b"a0.x", set()),
        (b"back\\slash", {"back\\slash"}),
        ("die Größe".encode(), {"Größe"}),
        ("DIE GRÖßE".encode(), set()),  # only ASCII letters have two cases
        (b'say "quoted"', {'"quoted"'}),
        (b"(?i) ^start$", {"(?i)", "^start$"}),
        (b"start", set()),
        (b"open\0ai \0openai\0", {"openai"}),
        (b"\xff\xfeopenai\xff", {"openai"}),
        (b"open\nai", set()),
        (b"", set()),
    ],
)
def test_select(use_hyperscan: bool, content: bytes, tokens: set[str]) -> None:
    assert Selector(GROUPS, use_hyperscan=use_hyperscan).select(content) == tokens


@pytest.mark.skipif(not importlib.util.find_spec("hyperscan"), reason="hyperscan is not installed")
def test_both_engines_agree_on_real_files() -> None:
    words = {
        "import",
        "from __future__",
        "def ",
        "self.",
        "pytest",
        "(",
        "tree_sitter",
        "Parser",
        "yaml",
        "no such token",
        "\n\n\n",
        "class",
        "Ö",
    }
    groups = {"words": sorted(words), **GROUPS}
    fast, plain = Selector(groups), Selector(groups, use_hyperscan=False)
    files = [*Path(__file__).parents[2].glob("aicensus/**/*.*"), *Path(__file__).parents[1].glob("**/*.py")]
    assert len(files) > 30
    for file in files:
        content = file.read_bytes()
        assert fast.select(content) == plain.select(content), file


def test_a_token_of_several_groups_and_spellings() -> None:
    selector = Selector({"a": ["OpenAI", "run"], "b": ["openai"]})
    found = selector.select(b"OPENAI")
    assert found == {"OpenAI", "openai"}
    assert selector.groups(found) == {"a", "b"}
    assert selector.groups(["run"]) == {"a"}


@pytest.mark.parametrize("use_hyperscan", ENGINES)
def test_no_tokens_select_nothing(use_hyperscan: bool) -> None:
    assert Selector({}, use_hyperscan=use_hyperscan).select(b"anything") == frozenset()


def test_an_empty_token_is_refused() -> None:
    with pytest.raises(ValueError, match="group: an empty token"):
        Selector({"group": ["x", ""]})
