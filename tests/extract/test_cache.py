"""Facts kept between runs, by processes that know nothing of each other."""

from __future__ import annotations

import os
import pickle
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from aicensus.extract import cache as cache_module
from aicensus.extract.cache import FactsCache, facts_key, pack, unpack
from aicensus.model.facts import FACTS_VERSION, Call, FileFacts, Name, Scope

FACTS = FileFacts(
    language="python",
    scopes=(Scope(kind="module", name="", qualname="", parent=-1, line=1, end_line=2),),
    bindings=(),
    calls=(Call(scope=0, callee=Name("ask", 1), args=(), line=1, end_line=1),),
    errors=((2, "x"),),
)


def key(number: int) -> bytes:
    return facts_key(f"{number:040x}", front_end="python", grammar="0.25.0")


def test_facts_come_back_as_they_were(tmp_path: Path) -> None:
    FactsCache(tmp_path).put_many({key(1): pack(FACTS)})
    found = FactsCache(tmp_path).get_many([key(1), key(2)])
    assert list(found) == [key(1)]
    assert unpack(found[key(1)]) == FACTS


@pytest.mark.parametrize("value", [b"", b"\xc1", pack(FACTS)[:-3], b"\x93\x01\x02\x03"])
def test_a_damaged_value_is_no_facts(value: bytes) -> None:
    assert unpack(value) is None


def test_a_key_is_all_that_the_facts_depend_on(monkeypatch: pytest.MonkeyPatch) -> None:
    one = facts_key("ab", front_end="python", grammar="1", digest="d")
    assert one == facts_key("ab", front_end="python", grammar="1", digest="d")
    others = {
        facts_key("ac", front_end="python", grammar="1", digest="d"),
        facts_key("ab", front_end="notebook", grammar="1", digest="d"),
        facts_key("ab", front_end="python", grammar="2", digest="d"),
        facts_key("ab", front_end="python", grammar="1", digest="e"),
        facts_key("a", front_end="bpython", grammar="1", digest="d"),
    }
    monkeypatch.setattr(cache_module, "FACTS_VERSION", FACTS_VERSION + 1)
    others.add(facts_key("ab", front_end="python", grammar="1", digest="d"))
    assert len(others - {one}) == 6


def test_many_keys_at_once(tmp_path: Path) -> None:
    cache = FactsCache(tmp_path)
    values = {key(number): b"%d" % number for number in range(2_500)}
    cache.put_many(values)
    assert cache.get_many(values) == values
    assert (cache.info().entries, cache.info().size) == (2_500, sum(map(len, values.values())))


def test_a_later_value_replaces_an_earlier(tmp_path: Path) -> None:
    cache = FactsCache(tmp_path)
    cache.put_many({key(1): b"old"})
    cache.put_many({key(1): b"new"})
    assert cache.get_many([key(1)]) == {key(1): b"new"}


def test_clear(tmp_path: Path) -> None:
    cache = FactsCache(tmp_path)
    cache.put_many({key(number): b"x" * 10_000 for number in range(100)})
    assert cache.clear() == 100
    assert cache.get_many([key(1)]) == {}
    assert (cache.info().entries, cache.info().size) == (0, 0)
    assert cache.info().path.stat().st_size < 100_000


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = FactsCache(tmp_path, max_bytes=320_000)
    for day in range(1, 4):
        monkeypatch.setattr(cache_module, "_today", lambda day=day: day)
        cache.put_many({key(day * 100 + number): b"x" * 2_000 for number in range(40)})
    monkeypatch.setattr(cache_module, "_today", lambda: 4)
    cache.get_many([key(101)])
    cache.put_many({key(400 + number): b"x" * 2_000 for number in range(40)})
    kept = [number for number in (101, 102, 201, 301, 401) if cache.get_many([key(number)])]
    assert kept == [101, 201, 301, 401]
    assert cache.info().size <= 256_000


@pytest.mark.parametrize("damage", ["noise", "header", "middle", "other tables", "empty"])
def test_a_damaged_database_is_rebuilt(tmp_path: Path, damage: str) -> None:
    cache = FactsCache(tmp_path)
    cache.put_many({key(number): b"x" * 1_000 for number in range(500)})
    path = cache.info().path
    cache.close()
    content = path.read_bytes()
    if damage == "other tables":
        path.unlink()
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE facts (something)")
    else:
        path.write_bytes(
            {
                "noise": os.urandom(50_000),
                "header": b"SQLite format 4\0" + content[16:],
                "middle": content[:100] + b"\xff" * 40_000 + content[40_100:],
                "empty": b"",
            }[damage]
        )
    again = FactsCache(tmp_path)
    again.get_many(key(number) for number in range(500))
    again.put_many({key(1): b"new"})
    assert again.get_many([key(1)]) == {key(1): b"new"}


def test_a_folder_that_cannot_be_made_is_an_empty_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = FactsCache(tmp_path / "file" / "cache")
    cache.put_many({key(1): b"x"})
    assert cache.get_many([key(1)]) == {}
    assert cache.info().entries == 0
    assert cache.clear() == 0


def test_a_database_that_another_process_holds_is_waited_for_then_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_WAIT", 0.05)
    cache = FactsCache(tmp_path)
    cache.put_many({key(1): b"x"})
    holder = sqlite3.connect(cache.info().path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    cache.put_many({key(2): b"y"})
    assert cache.get_many([key(1), key(2)]) == {key(1): b"x"}
    holder.execute("ROLLBACK")
    cache.put_many({key(2): b"y"})
    assert set(cache.get_many([key(1), key(2)])) == {key(1), key(2)}


def test_it_goes_to_another_process(tmp_path: Path) -> None:
    cache = FactsCache(tmp_path)
    cache.put_many({key(1): b"x"})
    assert pickle.loads(pickle.dumps(cache)).get_many([key(1)]) == {key(1): b"x"}


WRITER = """
import sys
from pathlib import Path
from aicensus.extract.cache import FactsCache, facts_key
cache = FactsCache(Path(sys.argv[1]))
for number in range(40):
    cache.put_many({facts_key(f"{sys.argv[2]}-{number}-{i}", front_end="p", grammar="1"): b"x" * 500 for i in range(20)})
    cache.get_many([facts_key(f"0-{number}-1", front_end="p", grammar="1")])
"""


def test_processes_share_it(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(name)]) for name in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert FactsCache(tmp_path).info().entries == 3 * 40 * 20


def test_the_default_folder_is_the_user_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AICENSUS_CACHE_DIR", str(tmp_path / "mine"))
    assert FactsCache().info().path.parent == tmp_path / "mine"
