"""`claim`, `retire`, `review`, `waive` and `init` on real files."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from aicensus.manifest import read_manifest
from tests.gitrepo import Repo
from tests.test_commands import POINT, SUPPORT, run

ROUTE = "support.py::route"
MARKS = r'    callee: client.chat.completions.create\n    prompt_hash: "?\w{16}"?\n'
"""What a point is found again by."""
MANIFEST = f"""\
version: 1
roster:   # everybody
  maria@example.com: {{name: Maria}}
  jonas@example.com: {{name: Jonas, until: 2026-01-31}}

points:
  "{POINT}":   # the front desk
    owner: maria@example.com
"""


@pytest.fixture
def shop(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "shop")
    repo.write("support.py", SUPPORT + SUPPORT[SUPPORT.index("def answer") : SUPPORT.index("if __name__")].replace("answer", "route"))
    repo.write("aicensus.yaml", MANIFEST)
    repo.commit("first")
    return repo


def manifest_of(repo: Repo) -> str:
    return (repo.path / "aicensus.yaml").read_text()


def test_a_claim_is_added_and_everything_else_stays(shop: Repo) -> None:
    done = run("claim", "route", "--owner", "maria@example.com", "--purpose", "Route a ticket", "--consequential", cwd=shop.path)
    assert done.returncode == 0, done.stderr
    assert ROUTE in done.stdout
    added = f'  "{ROUTE}":\n    owner: maria@example.com\n    purpose: Route a ticket\n    consequential: true\n'
    assert re.fullmatch(re.escape(MANIFEST + added) + MARKS, manifest_of(shop))
    again = run("claim", "route", "--owner", "maria@example.com", cwd=shop.path)
    assert "says so already" in again.stdout
    assert run("check", ".", "--fail-on", "OWN001", cwd=shop.path).returncode == 0


def test_a_glob_claims_every_point_that_it_means_and_a_dry_run_writes_nothing(shop: Repo) -> None:
    shown = run("claim", "support.py::*", "--team", "@example/support", "--dry-run", cwd=shop.path)
    assert [
        line for line in shown.stdout.splitlines() if line.startswith(("+", "-")) and "callee" not in line and "prompt_hash" not in line
    ] == [
        "--- aicensus.yaml",
        "+++ aicensus.yaml",
        '+    team: "@example/support"',
        f'+  "{ROUTE}":',
        '+    team: "@example/support"',
    ]
    assert manifest_of(shop) == MANIFEST


def test_a_glob_that_is_an_entry_stays_one_entry(shop: Repo) -> None:
    shop.write("aicensus.yaml", MANIFEST + '  "support.py::*": {risk: low}\n')
    run("claim", "support.py::*", "--team", "@example/support", cwd=shop.path)
    assert manifest_of(shop) == MANIFEST + '  "support.py::*": {risk: low, team: "@example/support"}\n'


def test_a_point_is_retired_and_reviewed(shop: Repo) -> None:
    run("retire", "answer", "--sunset", "2030-06-30", "--replaced-by", "route", cwd=shop.path)
    run("review", "answer", "--by", "maria@example.com", "--on", "2026-03-01", cwd=shop.path)
    added = f'    sunset: 2030-06-30\n    replaced_by: "{ROUTE}"\n    reviewed: {{on: 2026-03-01, by: maria@example.com}}\n'
    assert manifest_of(shop) == MANIFEST + added


def test_a_finding_is_waived_and_the_waiver_renewed(shop: Repo) -> None:
    def waive(until: str) -> None:
        done = run("waive", "OWN001", "route", "--reason", "On trial", "--by", "maria@example.com", "--until", until, cwd=shop.path)
        assert done.returncode == 0, done.stderr

    waive("2030-01-31")
    assert run("check", ".", "--fail-on", "OWN001", cwd=shop.path).returncode == 0
    waive("2030-02-28")
    waivers = read_manifest(manifest_of(shop).encode(), "")[0].waivers
    assert [(one.code, one.point, one.until.isoformat()) for one in waivers] == [("OWN001", ROUTE, "2030-02-28")]


def test_a_manifest_is_made_where_there_is_none(shop: Repo, tmp_path: Path) -> None:
    (shop.path / "aicensus.yaml").unlink()
    assert "+version: 1" in run("claim", "route", "--owner", "kim@example.com", "--dry-run", cwd=shop.path).stdout
    run("claim", "route", "--owner", "kim@example.com", cwd=shop.path)
    assert re.fullmatch(f'version: 1\n\npoints:\n  "{ROUTE}":\n    owner: kim@example.com\n{MARKS}', manifest_of(shop))
    registry = tmp_path / "registry.yaml"
    run("claim", "route", "--owner", "kim@example.com", "--registry", str(registry), cwd=shop.path)
    assert registry.read_text() == manifest_of(shop)
    assert run("check", ".", "--registry", str(registry), "--fail-on", "OWN001", cwd=shop.path).returncode == 1


def test_the_file_keeps_its_mode(shop: Repo) -> None:
    file = shop.path / "aicensus.yaml"
    file.chmod(0o640)
    run("claim", "route", "--owner", "maria@example.com", cwd=shop.path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(
            ("claim", "rout_", "--owner", "maria@example.com"), "near to it:\n  shop/support.py::route", id="a name that is not there"
        ),
        pytest.param(("claim", "jobs/**", "--owner", "maria@example.com"), "no point is called jobs/**", id="a glob that means nothing"),
        pytest.param(("claim", "support", "--owner", "maria@example.com"), "may mean 2 points", id="a name of two"),
        pytest.param(("claim", "route"), "say what to write", id="nothing said"),
        pytest.param(("claim", "--owner", "maria@example.com"), "name the points", id="no point"),
        pytest.param(("claim", "--follow", "--owner", "x@x.io"), "takes no other than POINT", id="two things at once"),
        pytest.param(("claim", "--follow", "route"), "no entry of aicensus.yaml is known to have become support.py::route", id="no move"),
        pytest.param(("claim", "route", "--owner", "the AI handles it"), "only a person can answer for it", id="no person"),
        pytest.param(("claim", "route", "--owner", "jonas@example.com"), "left on 2026-01-31", id="who has left"),
        pytest.param(("claim", "route", "--risk", "huge"), "must be one of", id="a value that is not known"),
        pytest.param(("claim", "route", "--owner", "x@x.io", "--attested-on", "soon"), "soon is no day", id="no day"),
        pytest.param(
            ("retire", "route", "--sunset", "2030-01-01", "--replaced-by", "route"), "take over from itself", id="its own successor"
        ),
        pytest.param(("review", "route", "--by", "maria@example.com", "--on", "2099-01-01"), "still to come", id="a review in the future"),
        pytest.param(
            ("waive", "MOD001", "route", "--reason", "x", "--by", "maria@example.com", "--until", "2030-01-01"),
            "there is no finding MOD001 at support.py::route",
            id="a finding that is not there",
        ),
        pytest.param(
            ("waive", "XYZ001", "route", "--reason", "x", "--by", "maria@example.com", "--until", "2030-01-01"),
            "XYZ001 is no rule",
            id="no rule",
        ),
        pytest.param(
            ("waive", "OWN001", "route", "--reason", "x", "--by", "maria@example.com", "--until", "2020-01-01"),
            "has passed",
            id="a day gone by",
        ),
        pytest.param(
            ("waive", "OWN001", "--reason", "x", "--by", "maria@example.com", "--until", "2030-01-01"), "name the points", id="no target"
        ),
    ],
)
def test_a_mistake_is_told_and_nothing_is_written(shop: Repo, arguments: tuple[str, ...], says: str) -> None:
    done = run(*arguments, cwd=shop.path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert manifest_of(shop) == MANIFEST


def test_a_name_that_is_not_on_the_roster_is_doubted(shop: Repo) -> None:
    done = run("claim", "route", "--owner", "mario@example.com", "--dry-run", cwd=shop.path)
    assert "mario@example.com is not on the roster of aicensus.yaml; did you mean maria@example.com?" in done.stderr


def test_a_link_is_not_written_through(shop: Repo, tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere.yaml"
    outside.write_text(MANIFEST)
    (shop.path / "aicensus.yaml").unlink()
    (shop.path / "aicensus.yaml").symlink_to(outside)
    for command in (("claim", "route", "--owner", "maria@example.com"), ("init", ".")):
        assert run(*command, cwd=shop.path).returncode == 2
    assert outside.read_text() == MANIFEST


def test_init_can_show_the_draft(shop: Repo) -> None:
    (shop.path / "aicensus.yaml").unlink()
    done = run("init", ".", "--dry-run", cwd=shop.path)
    assert set(read_manifest(done.stdout.encode(), "")[0].points) == {POINT, ROUTE}
    assert not (shop.path / "aicensus.yaml").exists()


def test_a_claim_follows_a_file_that_git_saw_move_and_is_rewritten_on_request(shop: Repo) -> None:
    run("claim", "route", "--owner", "maria@example.com", cwd=shop.path)
    shop.commit("claimed")
    (shop.path / "desk").mkdir()
    shop.git("mv", "support.py", "desk/front.py")
    before = manifest_of(shop)
    for _ in ("staged", "committed"):
        done = run("check", ".", "--fail-on", "OWN001", cwd=shop.path)
        assert done.returncode == 0, done.stdout
        shop.git("commit", "-q", "-m", "moved", "--allow-empty")
    shown = run("scan", ".", cwd=shop.path).stdout
    assert f"speaks of `{POINT}`, which is `desk/front.py::answer` now: support.py was moved to desk/front.py" in " ".join(shown.split())
    assert run("claim", "--follow", "--dry-run", cwd=shop.path).returncode == 0
    assert manifest_of(shop) == before
    run("claim", "--follow", cwd=shop.path)
    assert manifest_of(shop) == before.replace("support.py::", "desk/front.py::")
    assert "ORP003" not in run("scan", ".", cwd=shop.path).stdout


def test_a_claim_follows_a_function_that_was_renamed_by_its_prompt(shop: Repo) -> None:
    renamed = SUPPORT.replace("answer", "reply")
    shop.write("support.py", SUPPORT)
    run("claim", "answer", "--risk", "low", cwd=shop.path)
    shop.write("support.py", renamed)
    assert run("check", ".", "--fail-on", "OWN001", cwd=shop.path).returncode == 0
    run("review", "reply", "--by", "maria@example.com", "--on", "2026-03-01", cwd=shop.path)
    points = read_manifest(manifest_of(shop).encode(), "")[0].points
    assert [(name, claim.owner, claim.reviewed is not None) for name, claim in points.items()] == [
        ("support.py::reply", "maria@example.com", True)
    ]


def test_a_likely_move_is_proposed_and_written_when_it_is_named(shop: Repo) -> None:
    shop.write("support.py", SUPPORT.replace("answer", "reply"))
    assert run("check", ".", "--fail-on", "OWN001", cwd=shop.path).returncode == 1
    done = run("claim", "--follow", cwd=shop.path)
    assert "support.py::answer may be support.py::reply now: nobody claims it, in the same file" in done.stderr
    assert manifest_of(shop) == MANIFEST
    run("claim", "--follow", "reply", cwd=shop.path)
    assert manifest_of(shop) == MANIFEST.replace("::answer", "::reply")


def test_owners_shows_who_answers_from_the_history_of_the_repository(shop: Repo) -> None:
    shop.write("aicensus.yaml", MANIFEST.replace("owner: maria@example.com", "owner: jonas@example.com"))
    done = run("owners", "--as-of", "2026-11-21", cwd=shop.path)
    assert done.returncode == 0, done.stderr
    assert "jonas@example.com (Jonas): 1 point; left on 2026-01-31" in done.stdout
    assert "history suggests ada@example.com (100 % of its commits, the last on 2026-03-01)" in done.stdout
    assert "Nobody answers for 1 point" in done.stdout
    rows = run("owners", "--format", "csv", cwd=shop.path).stdout.splitlines()
    assert len(rows) == 3
    assert run("owners", "--format", "xml", cwd=shop.path).returncode == 2
