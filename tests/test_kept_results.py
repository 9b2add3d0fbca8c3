"""A result that is kept between scans is used exactly as long as a scan would find the same."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from aicensus import ScanOptions, scan
from aicensus.extract.cache import FactsCache
from tests.gitrepo import Repo

SUPPORT = '''\
"""Answers customers."""

import openai

client = openai.OpenAI()
PROMPT = "You are the support assistant of a shop. Answer the customer's question politely."


def answer_customer(question):
    messages = [{"role": "system", "content": PROMPT}, {"role": "user", "content": question}]
    return client.chat.completions.create(model="gpt-4o", temperature=0, messages=messages)
'''
SHOP = """\
from flask import Flask

from support import answer_customer

app = Flask(__name__)


@app.route("/ask")
def ask():
    # a customer waits
    return answer_customer("Where is my parcel?")
"""
OTHER = "def price(amount):\n    return amount * 2\n"
MANIFEST = 'version: 1\npoints:\n  "support.py::answer_customer": {owner: maria@example.com}\n'
SAMPLES = Path(__file__).parent.parent / "sample_repos"
KEY = "sk-proj-Qm3vT8xLpZ2rWk9dHs6Y" + "Bn4cJf7gAe1u"
"""Not in one piece, so that it is none here."""


@pytest.fixture
def shop(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "shop")
    repo.write("support.py", SUPPORT)
    repo.write("shop.py", SHOP)
    repo.write("other.py", OTHER)
    repo.write("CODEOWNERS", "* @shop/support\n")
    repo.write("requirements.txt", "openai==1.0\n")
    repo.write("pyproject.toml", "[project]\n")
    repo.commit("first")
    return repo


def scanned(path: Path, *, cache: bool = True) -> tuple[bytes, bool]:
    """The census as written, and whether a kept result was used for it."""
    said: list[str] = []
    census = scan(path, ScanOptions(cache=cache, progress=said.append))
    return msgspec.json.encode(census), not any("linking" in text for text in said)


def check(path: Path, used: bool) -> None:
    again, kept = scanned(path)
    assert again == scanned(path, cache=False)[0]
    assert kept == used


@pytest.mark.parametrize(
    ("changes", "used"),
    [
        pytest.param({}, True, id="nothing changed"),
        pytest.param({"support.py": SUPPORT + "\n\n"}, True, id="empty lines at the end of a file with a point"),
        pytest.param({"support.py": SUPPORT.replace("import openai", "\n# the SDK\nimport openai")}, True, id="a comment above a point"),
        pytest.param({"support.py": SUPPORT.replace("    return", "\n\n    return")}, True, id="empty lines above a point"),
        pytest.param({"support.py": SUPPORT.replace("client = ", "client  =  ")}, True, id="other spaces"),
        pytest.param({"shop.py": SHOP.replace("# a customer waits", "# somebody\n    # waits")}, True, id="a comment in a caller"),
        pytest.param({"support.py": SUPPORT.replace("PROMPT", "\nPROMPT", 1), "shop.py": SHOP.replace("@", "\n@")}, True, id="two files"),
        pytest.param({"other.py": OTHER.replace("2", "3")}, True, id="a file without a part in it"),
        pytest.param({"CODEOWNERS": "* @shop/sales\n"}, True, id="other owners"),
        pytest.param({"CODEOWNERS": "\0" * 200}, True, id="owners that cannot be read"),
        pytest.param({"requirements.txt": "openai==2.0\n"}, True, id="another version of an SDK"),
        pytest.param({"support.py": SUPPORT + f"# {KEY}\n"}, True, id="a key in a comment of a file with a point"),
        pytest.param({"support.py": SUPPORT.replace("import", f"# {KEY}\n\nimport")}, True, id="a key above a point"),
        pytest.param({"other.py": OTHER + f"# {KEY}\n"}, True, id="a key in another file"),
        pytest.param({"other.py": OTHER + "\nprint(answer_customer('?'))\n"}, False, id="a file that now names a function with a point"),
        pytest.param({"other.py": OTHER + "\nimport anthropic\n"}, False, id="a file that now imports an SDK"),
        pytest.param({"shop.py": SHOP.replace("support import", "other import")}, False, id="a caller that calls something else"),
        pytest.param({"other.py": OTHER + "\0" * 200}, False, id="a file that cannot be read any more"),
        pytest.param({"support.py": SUPPORT.replace("4o", "4.1")}, False, id="another model"),
        pytest.param({"support.py": SUPPORT.replace("ture=0", "ture=0.0")}, False, id="another way to write a number"),
        pytest.param({"support.py": SUPPORT.replace("ture=0", "ture=False")}, False, id="a value that counts as the same number"),
        pytest.param({"support.py": SUPPORT.replace("politely", "in French")}, True, id="another prompt"),
        pytest.param({"support.py": SUPPORT.replace("Answers", "Serves")}, True, id="another docstring"),
        pytest.param({"support.py": SUPPORT.replace("create(model", "create(\n        model")}, False, id="a call on more lines"),
        pytest.param({"support.py": "# first\n" + SUPPORT}, False, id="a line above the first, where all stands that has no line"),
        pytest.param({"support.py": SUPPORT.replace("def", "# aicensus: owner=maria\ndef")}, False, id="a note"),
        pytest.param({"new.py": OTHER}, False, id="a new file"),
        pytest.param({"pyproject.toml": "[project]\nname = 'shop'\n"}, False, id="a file whose content counts"),
        pytest.param({"aicensus.yaml": MANIFEST}, False, id="a manifest where there was none"),
    ],
)
def test_a_result_is_used_again_while_it_is_true(shop: Repo, changes: dict[str, str], used: bool) -> None:
    scanned(shop.path)
    for path, text in changes.items():
        shop.write(path, text)
    check(shop.path, used)
    check(shop.path, True)
    shop.git("commit", "-q", "--allow-empty", "-a", "-m", "second")
    check(shop.path, True)


@pytest.mark.parametrize(
    ("text", "used"),
    [
        pytest.param(MANIFEST.replace("maria", "zoe"), True, id="another owner"),
        pytest.param(MANIFEST + "settings: {report_scopes: [test]}\n", True, id="other findings to report"),
        pytest.param(MANIFEST + "settings: {scopes: {test: [support.py]}}\n", False, id="other scopes"),
        pytest.param(MANIFEST + "settings: {exclude: [other.py]}\n", False, id="a file left out"),
        pytest.param(
            MANIFEST + "catalog: [{sdk: house, language: python, provider: house, modules: [flask]}]\n", False, id="another catalogue"
        ),
    ],
)
def test_only_the_settings_that_say_what_code_means_matter(shop: Repo, text: str, used: bool) -> None:
    shop.write("aicensus.yaml", MANIFEST)
    scanned(shop.path)
    shop.write("aicensus.yaml", text)
    check(shop.path, used)


@pytest.mark.parametrize(
    ("changed", "used"),
    [
        pytest.param(("import openai", "# the SDK\n\nimport openai"), True, id="lines above both"),
        pytest.param(("    return", "\n\n\n    # asks\n    return"), False, id="lines close below"),
        pytest.param(("def", "\ndef"), False, id="a line between it and all that follows"),
        pytest.param(("def", "\n\n\n\n\n\ndef"), False, id="too far away"),
        pytest.param(("maria", "zoe"), False, id="another owner"),
    ],
)
def test_notes_keep_their_distance(shop: Repo, changed: tuple[str, str], used: bool) -> None:
    noted = SUPPORT.replace("def", "# aicensus: owner=maria@example.com\ndef")
    shop.write("support.py", noted)
    scanned(shop.path)
    shop.write("support.py", noted.replace(*changed))
    check(shop.path, used)


def test_a_changed_file_is_compared_with_the_last_scan_that_read_it(shop: Repo) -> None:
    scanned(shop.path)
    for number in range(1, 4):
        shop.write("support.py", SUPPORT.replace("client", "# more\n" * number + "client", 1))
        shop.write("other.py", OTHER + f"\nlimit = {number}\n")
        check(shop.path, True)
    shop.write("support.py", SUPPORT)
    shop.write("other.py", OTHER + "\nanswer_customer('?')\n")
    check(shop.path, False)


def test_a_revision_and_the_work_tree_are_kept_apart(shop: Repo) -> None:
    scanned(shop.path)
    shop.write("support.py", SUPPORT.replace("4o", "4.1"))
    assert "gpt-4o" in {p.model.id for p in scan(shop.path, ScanOptions(rev="HEAD")).points}
    assert "gpt-4.1" in {p.model.id for p in scan(shop.path).points}
    shop.commit("second")
    assert "gpt-4.1" in {p.model.id for p in scan(shop.path, ScanOptions(rev="HEAD")).points}


def test_a_folder_outside_of_git_is_compared_by_content(tmp_path: Path) -> None:
    (tmp_path / "support.py").write_text(SUPPORT)
    for text, used in ((OTHER, False), (OTHER.replace("2", "3"), True), (OTHER + "answer_customer\n", False)):
        (tmp_path / "other.py").write_text(text)
        check(tmp_path, used)


READS = """\
from pathlib import Path

import openai

TEXT = Path("prompts/greet.txt").read_text()
openai.OpenAI().chat.completions.create(model="gpt-4o", messages=[{"role": "system", "content": TEXT}])
"""


@pytest.mark.parametrize(
    ("path", "text", "used"),
    [
        pytest.param("prompts/greet.txt", "Greet {{ name }} briefly.\n\nRefund nothing.\n", True, id="another prompt in its file"),
        pytest.param("prompts/alone.txt", "Say nothing.\n", True, id="a prompt that nothing reads"),
        pytest.param("prompts/greet.txt", f"Greet the customer with {KEY}\n", True, id="a key in a prompt"),
        pytest.param("prompts/greet.txt", "\0" * 200, False, id="a prompt that cannot be read"),
        pytest.param("prompts/more.txt", "Greet the customer.\n", False, id="a new prompt"),
    ],
)
def test_prompts_in_files_are_told_anew(shop: Repo, path: str, text: str, used: bool) -> None:
    shop.write("greet.py", READS)
    shop.write("prompts/greet.txt", "Greet the customer.\n")
    shop.write("prompts/alone.txt", "Say something about the weather.\n")
    scanned(shop.path)
    shop.write(path, text)
    check(shop.path, used)
    check(shop.path, True)


def test_a_prompt_that_can_be_read_again_is_told(shop: Repo) -> None:
    shop.write("greet.py", READS)
    shop.write("prompts/greet.txt", "\0" * 200)
    shop.commit("with a broken prompt")
    scanned(shop.path)
    shop.write("prompts/greet.txt", "Greet the customer.\n")
    check(shop.path, False)


TEXTS = '''\
"""What the shop says."""

import sqlite3

import openai

TONE = {"for friends": "Answer with a joke.", "for all": "Answer in two sentences."}
LOADING = "Please wait for the answer"


def told(question, tone):
    """Tell a customer what the shop knows. Nothing is made up."""
    print("Asking the model now")
    database = sqlite3.connect("our shop.db")
    database.execute("SELECT text FROM answers")
    prompt = f"You answer for a shop. {TONE['for all']} The question: {question} Say less than it takes to read this."
    return openai.OpenAI().chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": prompt}])


def twice(question):
    """Ask again, in other words."""
    return told("Say once more and plainly what was asked: " + question, "for all")
'''


@pytest.mark.parametrize(
    ("changed", "used"),
    [
        pytest.param(("You answer for a shop.", "You reply for a bank."), True, id="a piece of a prompt with holes"),
        pytest.param(("Say less than", "Say\\n\\nno more, for $1, than"), True, id="a longer piece"),
        pytest.param(("Say once more and plainly what was asked: ", "Say more: "), False, id="a prompt that now is too short to instruct"),
        pytest.param(("You answer for a shop.", "You answer for a shop in town."), True, id="a piece of more words"),
        pytest.param(("Answer in two sentences.", "Answer in three words."), True, id="a text that a prompt is put together with"),
        pytest.param(("Answer with a joke.", "Answer with a song."), True, id="a text that no prompt is put together with"),
        pytest.param(("what the shop knows.", "all. And more."), True, id="what a function with a point is for"),
        pytest.param(("Ask again, in other words.", "Ask again, and wait. Then stop."), True, id="what a use of it is for"),
        pytest.param(("Ask again, in other words.", "Ask\n    again."), False, id="a text that now has more lines than one"),
        pytest.param(("Asking the model now", "The model is asked now"), True, id="a message"),
        pytest.param(("Please wait for the answer", "Please wait"), True, id="a message that now is too short to instruct"),
        pytest.param(("Please wait for the answer", "Wait"), False, id="a text that now is a word"),
        pytest.param(("Answer with a joke.", "Answer with a {joke}."), True, id="a text with another hole, which nothing fills"),
        pytest.param(('"for all"', '"for each"'), False, id="a key"),
        pytest.param(("text FROM answers", "more FROM answers"), True, id="a statement that still reads"),
        pytest.param(("our shop.db", "our stores.db"), False, id="the name of a database"),
        pytest.param(("SELECT text FROM", "DELETE FROM"), False, id="a statement that now writes"),
        pytest.param(("You answer for a shop.", "You read speak.txt."), False, id="a text that names a prompt in a file"),
    ],
)
def test_texts_that_nothing_goes_by_are_told_anew(shop: Repo, changed: tuple[str, str], used: bool) -> None:
    assert TEXTS.count(changed[0]) >= 1
    shop.write("told.py", TEXTS)
    shop.write("prompts/speak.txt", "Speak with the customer in the tone of the shop.\n")
    scanned(shop.path)
    shop.write("told.py", TEXTS.replace(*changed))
    check(shop.path, used)
    check(shop.path, True)
    shop.write("told.py", TEXTS)
    check(shop.path, used)


LENT = """\
import openai


def ask(prompt):
    messages = [{"role": "system", "content": "Answer briefly and kindly"}, {"role": "user", "content": prompt}]
    return openai.OpenAI().chat.completions.create(model="gpt-4o", messages=messages)


def summarise(ticket):
    return ask("Say in one line what this ticket is about: " + ticket)
"""


def test_words_that_were_compared_are_still_counted_after_several_changes(shop: Repo) -> None:
    shop.write("lent.py", LENT)
    scanned(shop.path)
    kept = []
    for count in range(1, 30):
        shop.write("lent.py", LENT.replace("Answer briefly", "Answer " + "very " * count + "briefly"))
        again, used = scanned(shop.path)
        kept.append(used)
        assert again == scanned(shop.path, cache=False)[0]
    assert set(kept) == {True, False}


def test_equal_texts_on_one_line_stay_equal(shop: Repo) -> None:
    both = 'FIRST, SECOND = "Answer the question in full.", "Answer the question in full."\n'
    shop.write("support.py", SUPPORT.replace("PROMPT", both + "PROMPT", 1))
    scanned(shop.path)
    shop.write("support.py", SUPPORT.replace("PROMPT", both.replace("full", "short", 1) + "PROMPT", 1))
    check(shop.path, False)
    shop.write("support.py", SUPPORT.replace("PROMPT", both.replace("full", "brief") + "PROMPT", 1))
    check(shop.path, False)
    shop.write("support.py", SUPPORT.replace("PROMPT", both.replace("full", "verse") + "PROMPT", 1))
    check(shop.path, True)


STATEMENT = re.compile(r"(?m)^(?=(def|class|async|from|import|@|if|export|const|function)\b)(?<!\A)")


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.iterdir() if path.is_dir()))
def test_all_that_is_told_of_a_sample_moves_with_its_lines(sample: str, tmp_path: Path) -> None:
    root = tmp_path / sample
    shutil.copytree(SAMPLES / sample, root)
    scanned(root)
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".ts", ".tsx", ".js") and "aicensus:" not in (text := path.read_text()):
            path.write_text(STATEMENT.sub("# more\n\n" if path.suffix == ".py" else "// more\n\n", text))
    check(root, True)


def test_a_model_that_settings_name_is_kept_too(tmp_path: Path) -> None:
    service = "class {0}:\n    def __init__(self, model):\n        self.model = model\n\n    def run(self, prompt):\n        return {1}\n\n"
    one = service.format("One", "OpenAI().responses.create(model=self.model, input=prompt)")
    two = service.format("Two", "Anthropic().messages.create(model=self.model, messages=prompt, max_tokens=9)")
    head = "from openai import OpenAI\nfrom anthropic import Anthropic\n\nDEFAULTS = {'CHAT_MODEL': 'gpt-4.1'}\n\n\n"
    (tmp_path / "services.py").write_text(head + one + two)
    (tmp_path / "summary.py").write_text(
        "from services import One, Two\n\n\ndef summarise(config, ticket):\n    model = getattr(config, 'CHAT_MODEL', None)\n"
        "    service = One(model) if config.one else Two(model)\n    return service.run('Summarise the ticket in one line: ' + ticket)\n"
    )
    assert "setting" in {point.model.source for point in scan(tmp_path).points}
    check(tmp_path, True)


def test_compiled_code_is_left_out_as_soon_as_its_source_is_there(shop: Repo) -> None:
    compiled = "Object.defineProperty(exports, '__esModule', {value: true});\n"
    asks = "const OpenAI = require('openai');\nnew OpenAI().chat.completions.create({model: 'gpt-4o', messages: []});\n"
    shop.write("dist/chat.js", compiled + asks)
    scanned(shop.path)
    check(shop.path, True)
    shop.write("src/chat.ts", "export const nothing = 1;\n")
    check(shop.path, False)
    assert {p.path for p in scan(shop.path).points} == {"support.py"}


def test_damaged_results_are_ignored(shop: Repo) -> None:
    scanned(shop.path)
    database = sqlite3.connect(FactsCache().info().path)
    with database:
        database.execute("UPDATE facts SET value = substr(value, 1, length(value) / 2)")
    database.close()
    check(shop.path, False)
    check(shop.path, True)


def test_scans_at_once_do_not_disturb_each_other(shop: Repo) -> None:
    expected = scanned(shop.path, cache=False)[0]
    with ThreadPoolExecutor(4) as pool:
        assert {done[0] for done in pool.map(lambda _: scanned(shop.path), range(8))} == {expected}


def test_a_result_counts_as_an_entry_of_the_cache(shop: Repo) -> None:
    scanned(shop.path)
    assert FactsCache().info().entries > 0
    FactsCache().clear()
    check(shop.path, False)


@pytest.mark.skipif(os.name == "nt", reason="permissions are others there")
def test_a_cache_that_cannot_be_written_fails_no_scan(shop: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AICENSUS_CACHE_DIR", str(tmp_path / "file"))
    check(shop.path, False)
    check(shop.path, False)
