"""`aicensus rules` as it is typed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.test_commands import run

APP = '''\
from openai import OpenAI

REFUNDS = """You help customers.
Refunds are allowed within {days} days of delivery.
Never name a competitor.
"""


def answer(question: str) -> str:
    return OpenAI().chat.completions.create(model="gpt-4o", messages=[{{"role": "system", "content": REFUNDS}}])
'''


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, days in (("support", "30"), ("sales", "14")):
        (tmp_path / "shop" / name).mkdir(parents=True)
        (tmp_path / "shop" / name / "app.py").write_text(APP.format(days=days))
    (tmp_path / "shop" / "CODEOWNERS").write_text("/support/ @ann\n/sales/ @joe\n")
    return tmp_path / "shop"


def test_the_table(shop: Path) -> None:
    out = run("rules", "--no-cache", cwd=shop).stdout
    assert "shop sales/app.py:3 REFUNDS\n  owner: @joe\n  4: may, threshold, refund: Refunds are allowed within 14 days of delivery." in out
    assert out.endswith("4 rules of 4 rules in prompts\n")


def test_pairs(shop: Path) -> None:
    out = run("rules", "--no-cache", "--contradictions", cwd=shop).stdout
    assert out.startswith("threshold conflict (likely)\n")
    assert "in dispute: from within 14 days to within 30 days" in out
    assert "[-14-]{+30+}" in out
    assert "duplicate (exact)" in run("rules", "--no-cache", "--duplicates", cwd=shop).stdout


def test_json_and_csv(shop: Path) -> None:
    document = json.loads(run("rules", "--no-cache", "--format", "json", "--about", "competitor", cwd=shop).stdout)
    assert [(row["path"], row["modality"]) for row in document["rules"]] == [("sales/app.py", "F"), ("support/app.py", "F")]
    rows = list(csv.DictReader(io.StringIO(run("rules", "--no-cache", "--format", "csv", "--owner", "@ann", cwd=shop).stdout)))
    assert [(row["path"], row["owners"]) for row in rows] == [("support/app.py", "'@ann")] * 2


CHOICES = [
    (("--about", "refund"), ["sales/app.py", "support/app.py"], ""),
    (("--about", "Refunds"), ["sales/app.py", "support/app.py"], ""),
    (("--about", "delivery refund"), ["sales/app.py", "support/app.py"], ""),
    (("--about", "petitor"), [], "no rule is about `petitor`; rules decide about: refund"),
    (("--owner", "@ann"), ["support/app.py", "support/app.py"], ""),
    (("--owner", "Ann"), ["support/app.py", "support/app.py"], ""),
    (("--owner", "kim"), [], "no rule stands in a prompt of `kim`; owners: @ann, @joe"),
    (("--owner", "nobody"), [], "no rule stands in a prompt of `nobody`; owners: @ann, @joe"),
    (("--about", "refund", "--owner", "joe"), ["sales/app.py"], ""),
]


@pytest.mark.parametrize(("options", "paths", "said"), CHOICES, ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_choices(shop: Path, options: tuple[str, ...], paths: list[str], said: str) -> None:
    done = run("rules", "--no-cache", "--format", "json", *options, cwd=shop)
    assert [row["path"] for row in json.loads(done.stdout)["rules"]] == paths
    assert done.stderr.strip().splitlines()[-1:] == ([said] if said else [])


def test_a_subject_of_the_manifest_can_be_asked_for(shop: Path) -> None:
    (shop / "aicensus.yaml").write_text("lexicon: {subjects: {money-back: [refund]}}\n")
    document = json.loads(run("rules", "--no-cache", "--format", "json", "--about", "money-back", cwd=shop).stdout)
    assert [row["decides"] for row in document["rules"]] == [["money-back"], ["money-back"]]


def test_judge(tmp_path: Path) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text('{"id": "1", "a": "Cancel within 14 days.", "b": "Cancel within two weeks."}\n')
    row = json.loads(run("rules", "judge", file.name, cwd=tmp_path).stdout)
    assert (row["id"], row["label"], row["verdict"]) == ("1", "duplicate", "duplicate (equivalent)")


def test_extract(tmp_path: Path) -> None:
    file = tmp_path / "prompts.jsonl"
    file.write_text(json.dumps({"id": "1", "text": "You are kind. Never promise a refund."}) + "\n")
    row = json.loads(run("rules", "extract", file.name, cwd=tmp_path).stdout)
    assert [(rule["text"], rule["start"], rule["end"], rule["kind"]) for rule in row["rules"]] == [
        ("Never promise a refund.", 14, 37, "prohibition")
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[]\n", "a row is an object with the texts id, a, b"),
        ("{\n", "pairs.jsonl:1: not JSON"),
        ('{"id": "1", "a": 3, "b": ""}\n', "pairs.jsonl:1"),
    ],
)
def test_mistakes_name_the_line(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text(content)
    done = run("rules", "judge", file.name, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr


def test_each_rule_has_the_line_of_its_own_words(shop: Path) -> None:
    joined = (
        APP.format(days="30").replace('"""You help customers.\n', '("You help customers. "\n    "').replace("\nNever", ' "\n    "Never')
    )
    (shop / "support" / "app.py").write_text(joined.replace('competitor.\n"""', 'competitor.")'))
    document = json.loads(run("rules", "--no-cache", "--format", "json", "--owner", "@ann", cwd=shop).stdout)
    assert [(row["line"], row["column"], row["end_line"], row["exact_place"]) for row in document["rules"]] == [
        (4, 6, 4, True),
        (5, 6, 5, True),
    ]
    findings = json.loads(run("scan", "--no-cache", "--format", "json", ".", cwd=shop).stdout)["findings"]
    places = {row["path"]: row["line"] for finding in findings if finding["code"] == "RUL003" for row in finding["evidence"]}
    assert places == {"sales/app.py": 4, "support/app.py": 4}
