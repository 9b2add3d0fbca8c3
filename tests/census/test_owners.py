"""The ownership chain: files of a repository in, who answers for a point out."""

from __future__ import annotations

import datetime

import pytest

from aicensus.census.annotations import Annotation, parse_annotation
from aicensus.census.owners import Contribution, OwnerIndex, is_ownership_file
from aicensus.census.roster import Roster, kind_of
from aicensus.model.facts import Note
from aicensus.model.settings import Manifest, PointClaim, RosterEntry

POINT = "svc/app/bot.py::answer"
PATH = "svc/app/bot.py"

CODEOWNERS = {"CODEOWNERS": b"* @example/platform\n/svc/ @maria\n"}
BACKSTAGE = {
    "svc/catalog-info.yaml": b"""\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: svc}
spec: {type: service, lifecycle: production, owner: payments}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: svc-api}
spec: {owner: user:joe}
""",
    "catalog-info.yaml": b"""\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: root}
spec: {owner: user:default/ann}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: ann}
spec: {profile: {email: ann@example.com}, memberOf: [payments]}
""",
}
KUBERNETES = {
    "svc/OWNERS": b"approvers:\n- ann\n- payments-leads\nreviewers:\n- joe\n",
    "OWNERS_ALIASES": b"aliases:\n  payments-leads:\n  - kim\n  - ann\n",
    "OWNERS": b"approvers: [root]\n",
}
CHROMIUM = {
    "svc/OWNERS": b"# who to ask\nann@example.com\nper-file *.py=joe@example.com\n"
    b"per-file secret.py=set noparent\nper-file secret.py=kim@example.com\n",
    "OWNERS": b"root@example.com\nfile://docs/OWNERS\n",
    "docs/OWNERS": b"doc@example.com\n",
    "closed/OWNERS": b"set noparent\n",
}
PYPROJECT = {
    "svc/pyproject.toml": b'[project]\nname = "svc"\nauthors = [{name = "Ann Example", email = "ann@example.com"}]\n',
    "package.json": b'{"name": "x", "author": "Joe Example <joe@example.com> (https://example.com)"}',
}


def chain(files: dict[str, bytes], path: str = PATH) -> list[tuple[str, str]]:
    found = OwnerIndex(files, Manifest(), {}).ownership(f"{path}::f", path, 1)
    return [(claim.source, claim.owner) for claim in found.chain]


@pytest.mark.parametrize(
    ("files", "path", "claims"),
    [
        pytest.param(CODEOWNERS, PATH, [("codeowners", "@maria")], id="CODEOWNERS"),
        pytest.param({"docs/CODEOWNERS": b"* @doc\n", "x/CODEOWNERS": b"* @x\n"}, PATH, [("codeowners", "@doc")], id="only known places"),
        pytest.param(BACKSTAGE, PATH, [("backstage", "group:payments")], id="nearest component, before the API beside it"),
        pytest.param(BACKSTAGE, "web/x.ts", [("backstage", "user:default/ann")], id="component of the root"),
        pytest.param({"catalog-info.yaml": b"kind: Component\nspec: {owner: x}\n"}, PATH, [], id="not an entity of Backstage"),
        pytest.param(KUBERNETES, PATH, [("owners-file", "ann"), ("owners-file", "kim")], id="approvers, aliases written out"),
        pytest.param(KUBERNETES, "web/x.ts", [("owners-file", "root")], id="OWNERS of the root"),
        pytest.param(CHROMIUM, "svc/x.txt", [("owners-file", "ann@example.com")], id="lines"),
        pytest.param(CHROMIUM, "svc/x.py", [("owners-file", "joe@example.com"), ("owners-file", "ann@example.com")], id="per-file adds"),
        pytest.param(CHROMIUM, "svc/a/x.py", [("owners-file", "ann@example.com")], id="per-file means one folder"),
        pytest.param(
            CHROMIUM, "svc/secret.py", [("owners-file", "joe@example.com"), ("owners-file", "kim@example.com")], id="per-file set noparent"
        ),
        pytest.param(CHROMIUM, "a.py", [("owners-file", "root@example.com"), ("owners-file", "doc@example.com")], id="file:"),
        pytest.param(CHROMIUM, "closed/a.py", [], id="set noparent ends the way up"),
        pytest.param(PYPROJECT, PATH, [("package", "Ann Example <ann@example.com>")], id="pyproject"),
        pytest.param(PYPROJECT, "web/x.ts", [("package", "Joe Example <joe@example.com>")], id="package.json of the root"),
        pytest.param(
            {"pyproject.toml": b'[tool.poetry]\nauthors = ["Ann <a@example.com>"]\nmaintainers = ["Kim <k@example.com>"]\n'},
            PATH,
            [("package", "Kim <k@example.com>")],
            id="maintainers of poetry before authors",
        ),
        pytest.param(
            {"setup.cfg": b"[metadata]\nauthor = Ann\nauthor_email = a@example.com\n"},
            PATH,
            [("package", "Ann <a@example.com>")],
            id="setup.cfg",
        ),
        pytest.param({"package.json": b'{"contributors": [{"name": "Kim"}]}'}, PATH, [("package", "Kim")], id="contributors"),
        pytest.param(
            {
                "pyproject.toml": b"[project",
                "package.json": b"[" * 9999,
                "setup.cfg": b"=",
                "catalog-info.yaml": b"&a [*a]",
                "OWNERS": b"approvers: [",
            },
            PATH,
            [],
            id="broken files say nothing",
        ),
        pytest.param({"CODEOWNERS": b"* TBD\n", "OWNERS": b"TODO\n"}, PATH, [], id="nobody is no claim"),
    ],
)
def test_sources(files: dict[str, bytes], path: str, claims: list[tuple[str, str]]) -> None:
    assert all(map(is_ownership_file, [name for name in files if name != "x/CODEOWNERS"]))
    assert chain(files, path) == claims


def test_the_strongest_source_decides_and_all_are_kept() -> None:
    manifest = Manifest(points={POINT: PointClaim(owner="maria@example.com", team="@example/support"), "svc/*": PointClaim(owner="@glob")})
    index = OwnerIndex({**CODEOWNERS, **BACKSTAGE, **KUBERNETES, **PYPROJECT}, manifest, {}, manifest_lines={f"points.{POINT}": 7})
    found = index.ownership(POINT, PATH, 12, [Note(line=11, text='owner=@joe purpose="x"')])
    assert [claim.source for claim in found.chain] == [
        "manifest", "manifest", "annotation", "codeowners", "backstage", "owners-file", "owners-file", "package",
    ]  # fmt: skip
    assert (found.owner, found.source, found.person, found.team) == (
        "maria@example.com",
        "manifest",
        "maria@example.com",
        "@example/support",
    )
    assert (found.chain[0].path, found.chain[0].line, found.chain[2].path, found.chain[2].line) == ("aicensus.yaml", 7, PATH, 11)


def test_a_line_without_owner_leaves_the_weaker_sources() -> None:
    files = {"CODEOWNERS": b"* @maria\n/svc/\n", **PYPROJECT}
    assert chain(files) == [("package", "Ann Example <ann@example.com>")]


@pytest.mark.parametrize(
    ("owner", "person", "team"),
    [
        pytest.param("@example/support", "maria@example.com", "@example/support", id="a team's lead"),
        pytest.param("@maria", "maria@example.com", "@example/support", id="a handle, and the one team of that person"),
        pytest.param("MARIA@example.com", "maria@example.com", "@example/support", id="case of addresses"),
        pytest.param("Maria Lopez", "maria@example.com", "@example/support", id="a name"),
        pytest.param("@example/draft", None, "@example/draft", id="a team whose lead is still to be named"),
        pytest.param("@example/pricing", None, "@example/pricing", id="a team without a lead"),
        pytest.param("@example/unheard-of", None, "@example/unheard-of", id="a team nobody knows"),
        pytest.param("joe@example.com", "joe@example.com", None, id="a person that the roster does not know"),
        pytest.param("support@example.com", None, None, id="a mailing list"),
        pytest.param("@renovate[bot]", None, None, id="a bot"),
        pytest.param("OpenAI", None, None, id="a vendor"),
    ],
)
def test_from_owner_to_person(owner: str, person: str | None, team: str | None) -> None:
    roster = {
        "@example/support": RosterEntry(lead="maria@example.com"),
        "@example/draft": RosterEntry(lead="TODO"),
        "@example/pricing": RosterEntry(members=("kim@example.com",)),
        "maria@example.com": RosterEntry(name="Maria Lopez", handles=("@maria",)),
        "kim@example.com": RosterEntry(name="Kim"),
    }
    found = OwnerIndex({}, Manifest(roster=roster, points={POINT: PointClaim(owner=owner)}), {}).ownership(POINT, PATH, 1)
    assert (found.owner, found.person, found.team) == (owner, person, team)


def test_the_second_owner_of_a_line_may_be_the_person() -> None:
    found = OwnerIndex({"CODEOWNERS": b"* @example/support maria@example.com\n"}, Manifest(), {}).ownership(POINT, PATH, 1)
    assert (found.owner, found.person, found.team) == ("@example/support", "maria@example.com", "@example/support")


def test_the_teams_that_codeowners_names_are_known() -> None:
    index = OwnerIndex({"CODEOWNERS": b"* @example/b @kim\n/x @example/a @example/b\n/y ann@example.com\n"}, Manifest(), {})
    assert [(team.team, team.path, team.line) for team in index.teams("shop")] == [
        ("@example/a", "CODEOWNERS", 2),
        ("@example/b", "CODEOWNERS", 1),
    ]
    assert OwnerIndex({}, Manifest(), {}).teams("shop") == ()


def test_an_optional_section_is_asked_and_not_accountable() -> None:
    index = OwnerIndex({".gitlab/CODEOWNERS": b"^[Docs]\n* @doc\n"}, Manifest(), {})
    found = index.ownership(POINT, PATH, 1)
    assert (found.owner, [claim.owner for claim in found.chain]) == (None, ["@doc"])


def test_git_history_suggests_and_never_owns() -> None:
    day = datetime.date(2026, 5, 1)
    history = {
        PATH: [
            Contribution("dependabot[bot]@users.noreply.github.com", "dependabot[bot]", 90, day),
            Contribution("joe@example.com", "Joe", 3, datetime.date(2026, 6, 1)),
            Contribution("maria@example.com", "Maria", 8, day),
            Contribution("kim@example.com", "Kim", 1, day),
        ]
    }
    everybody = [
        *history[PATH],
        Contribution("ann@example.com", "Ann", 70, day),
        Contribution("7+kay@users.noreply.github.com", "Kay", 2, day),
        Contribution("lee@example.com", "Lee", 2, day),
    ]
    index = OwnerIndex({}, Manifest(roster={"lee@example.com": RosterEntry()}), history, committers=everybody)
    found = index.ownership(POINT, PATH, 1)
    assert (found.owner, found.chain, found.source) == (None, (), None)
    assert [claim.owner for claim in found.suggestions] == ["maria@example.com", "joe@example.com"]
    assert [(claim.percent, claim.last) for claim in found.suggestions] == [(67, "2026-05-01"), (25, "2026-06-01")]
    assert (index.last_change(PATH), index.last_change("other.py")) == ("2026-06-01", "")
    authors = [(author.email.partition("@")[0], author.last) for author in index.people("shop", ["@kay"])]
    assert authors == [
        ("7+kay", "2026-05-01"), ("joe", "2026-06-01"), ("kim", "2026-05-01"), ("lee", "2026-05-01"), ("maria", "2026-05-01"),
    ]  # fmt: skip


def test_what_is_not_understood_is_listed() -> None:
    files = {"CODEOWNERS": b"* @a\n!x @b\n", "svc/OWNERS": b"ann@example.com\n%%%\n", "catalog-info.yaml": b"a: ["}
    problems = OwnerIndex(files, Manifest(), {}).problems
    assert [(problem.path, problem.line) for problem in problems] == [("CODEOWNERS", 2), ("catalog-info.yaml", 1), ("svc/OWNERS", 2)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("maria.lopez@example.com", "person"),
        ("Maria Lopez <maria@example.com>", "person"),
        ("@maria", "person"),
        ("Maria Lopez", "person"),
        ("Na Li", "person"),
        ("12345+maria@users.noreply.github.com", "person"),
        ("@example/support", "team"),
        ("group:payments", "team"),
        ("Payments Team", "team"),
        ("@@maintainer", "team"),
        ("@dependabot[bot]", "bot"),
        ("renovate-bot", "bot"),
        ("noreply@github.com", "bot"),
        ("Talbot", "person"),
        ("support@example.com", "list"),
        ("ml-team@example.com", "list"),
        ("devon@example.com", "person"),
        ("crew@googlegroups.com", "list"),
        ("OpenAI", "vendor"),
        ("The AI handles it", "ai"),
        ("our AI assistant", "ai"),
        ("GitHub Copilot", "ai"),
        ("ChatGPT does this", "ai"),
        ("the system", "ai"),
        ("AI team", "team"),
        ("Ai Tanaka", "person"),
        ("@copilot", "ai"),
        ("Claude", "ai"),
        ("Claudette", "person"),
        ("TBD", "nobody"),
        ("TODO: find somebody", "nobody"),
        ("Todor Petrov", "person"),
        ("n/a", "nobody"),
        ("???", "nobody"),
        ("", "nobody"),
    ],
)
def test_what_an_owner_text_names(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_who_has_left() -> None:
    roster = Roster({"maria@example.com": RosterEntry(name="Maria", handles=("@maria",), until=datetime.date(2026, 3, 31))})
    assert roster.left("@maria", datetime.date(2026, 4, 1)) == datetime.date(2026, 3, 31)
    assert roster.left("@maria", datetime.date(2026, 3, 31)) is None
    assert roster.left("joe@example.com", datetime.date(2026, 4, 1)) is None


@pytest.mark.parametrize(
    ("text", "annotation"),
    [
        pytest.param('owner=@team purpose="route a ticket" consequential', Annotation("@team", "", "route a ticket", True), id="all"),
        pytest.param("owner = maria@example.com */", Annotation("maria@example.com"), id="spaces, end of a comment"),
        pytest.param("consequential=no", Annotation(consequential=False), id="no"),
        pytest.param(
            "ignore=OWN001,MOD006 reason='a sample'", Annotation(ignore=("OWN001", "MOD006"), reason="a sample"), id="suppression"
        ),
        pytest.param(r'purpose="say \"hi\""', Annotation(purpose='say "hi"'), id="quotes inside"),
    ],
)
def test_annotations(text: str, annotation: Annotation) -> None:
    assert parse_annotation(text) == annotation


@pytest.mark.parametrize("text", ["ownr=@team", "consequential=perhaps", "owner"])
def test_annotations_that_are_not_understood_say_so(text: str) -> None:
    said = parse_annotation(text)
    assert len(said.mistakes) == 1
    assert said._replace(mistakes=()) == Annotation()
