"""Searches of one source for texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from aicensus.extract.facts_store import FactsStore
from aicensus.sources import open_source

FILES = {"a.py": "ask(chat)", "b.py": "chat.ask()", "c.py": "ask()", "d.py": "import shop.chat"}


@pytest.fixture
def store(tmp_path: Path) -> FactsStore:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return FactsStore(open_source(tmp_path), None)


def test_files_hold_all_texts_of_a_group(store: FactsStore) -> None:
    found = store.containing([("ask", "chat"), ("import",)], FILES)
    assert found == {"a.py": [("ask", "chat")], "b.py": [("ask", "chat")], "d.py": [("import",)]}


@pytest.mark.parametrize(
    ("before", "groups", "among", "searched"),
    [
        pytest.param("abcd", [("ask", "chat")], "abc", [{"ask", "chat"}], id="the same texts in fewer files"),
        pytest.param("abcd", [("ask", "shop")], "ad", [{"ask", "chat"}, {"shop"}], id="another text"),
        pytest.param("abc", [("ask", "chat")], "abcd", [{"ask", "chat"}, {"ask", "chat"}], id="one more file"),
    ],
)
def test_what_was_searched_before_is_not_searched_again(
    store: FactsStore, before: str, groups: list[tuple[str, ...]], among: str, searched: list[set[str]]
) -> None:
    store.containing([("ask", "chat")], [f"{name}.py" for name in before])
    found = store.containing(groups, [f"{name}.py" for name in among])
    expected = {f"{name}.py": [g for g in groups if all(text in FILES[f"{name}.py"] for text in g)] for name in among}
    assert found == {path: held for path, held in expected.items() if held}
    assert [set(search.groups) for search in store.asked.searches] == searched


def test_other_spellings_of_a_text_are_searched_for(store: FactsStore) -> None:
    assert store.containing([("x",)], FILES, {"x": ("shop",)}) == {"d.py": [("x",)]}
    assert store.containing([("x",)], FILES, {"x": ("import",)}) == {"d.py": [("x",)]}
    assert store.containing([("x",)], FILES, {"x": ("(chat",)}) == {"a.py": [("x",)]}
