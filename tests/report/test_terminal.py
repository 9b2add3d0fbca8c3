"""The summary and the card as a person reads them."""

from __future__ import annotations

import io
import re

import msgspec
import pytest

from aicensus.model.census import Coverage, Dependency, SdkSeen
from aicensus.report import terminal
from aicensus.report.card import NoSuchPoint, find_point, show_point
from aicensus.report.layout import PLAIN, Look, folded, look_for, short_path, write
from aicensus.report.visible import cells
from tests.builders import a_census, a_finding, a_point, a_prompt, an_audit
from tests.report.sample import ROUTER, company, hostile, many

PAYLOAD = "\x1b]0;owned\x07\x1b[2J[bold red]x[/] \u202e\0\r:"
COLOURED = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_colours_change_no_word() -> None:
    colored = terminal.render(company(), Look(100, True))
    assert "\x1b[1;31m" in colored
    assert COLOURED.sub("", colored) == terminal.render(company(), Look(100))


def test_folding_loses_no_word() -> None:
    def words(look: Look) -> list[str]:
        return sorted(word for word in terminal.render(company(), look).split() if "/" not in word)

    assert words(Look(64)) == words(PLAIN)


@pytest.mark.parametrize("width", [40, 64, 100, 160])
def test_lines_fit_the_terminal_but_for_long_words(width: int) -> None:
    for line in terminal.render(company(), Look(width)).splitlines():
        assert cells(line) <= width or max(cells(word) for word in line.split()) > width - 12, line


@pytest.mark.parametrize("look", [PLAIN, Look(80), Look(80, True)], ids=["plain", "folded", "coloured"])
def test_scanned_text_sends_nothing_to_the_terminal(look: Look) -> None:
    text = terminal.render(hostile(PAYLOAD), look) + show_point(hostile(PAYLOAD), hostile(PAYLOAD).census.points[0].id, look)
    text = COLOURED.sub("", text)
    assert not set(text) & set("\x1b\x07\0\r\u202e")
    assert "[bold red]x[/]" in text


def test_the_summary_holds_no_prompt_text() -> None:
    assert "goodwill credit above" not in terminal.render(company())
    assert "goodwill credit above" in show_point(company(), ROUTER)


def test_the_worst_comes_first_and_much_of_one_kind_is_cut() -> None:
    text = terminal.render(many(120))
    assert text.index("error OWN001") < text.index("warning CTL002")
    assert text.count("nobody owns it") == 5
    assert "and 15 more" in text


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        pytest.param((), ["`aicensus init`", "`aicensus show", "-o html"], id="no findings: commands"),
        pytest.param(
            (a_finding(next="ask Jo"), a_finding(next="ask Al", path="b.py"), a_finding("MOD001", next="move on")),
            ["move on (MOD001)", "ask Jo (OWN001)", "`aicensus init`"],
            id="one step a code, then commands",
        ),
    ],
)
def test_three_things_to_do(findings: tuple[object, ...], expected: list[str]) -> None:
    steps = re.findall(r"^  [123]\. (.*)", terminal.render(an_audit(a_census(a_point()), *findings)), re.MULTILINE)  # type: ignore[arg-type]
    assert len(steps) == 3
    for step, text in zip(steps, sorted(expected, key=expected.index), strict=True):
        assert text in step or any(text in other for other in steps)


@pytest.mark.parametrize(
    ("coverage", "extra", "said"),
    [
        pytest.param(Coverage(), (), "No file was listed", id="empty folder"),
        pytest.param(Coverage(files=9), (), "No file is in a language that is read", id="no known language"),
        pytest.param(Coverage(files=9, considered=9), (SdkSeen(sdk="openai-python", files=2),), "name the wrapper", id="SDK without calls"),
        pytest.param(Coverage(files=9, considered=9), (), "together with this one", id="no trace of an SDK"),
        pytest.param(Coverage(files=9, considered=8, left_out=(("vendored", 3),)), (), "what was left out", id="left out"),
        pytest.param(
            Coverage(files=9, considered=9),
            (Dependency(repo="shop", path="req.txt", line=2, package="openai", sdk="openai-python"),),
            "openai (req.txt:2)",
            id="dependency alone",
        ),
    ],
)
def test_nothing_found_says_what_was_read_and_what_to_try(coverage: Coverage, extra: tuple[SdkSeen | Dependency, ...], said: str) -> None:
    text = terminal.render(an_audit(a_census(*extra, coverage=coverage)))
    assert "No place was found" in text
    assert said in text
    assert "--catalog FILE" in text


def test_points_in_tests_alone_point_to_the_scopes() -> None:
    text = terminal.render(an_audit(a_census(a_point(scope="test"))))
    assert "0 purposes in production" in text
    assert "`settings.scopes`" in text


@pytest.mark.parametrize(
    ("path", "room", "expected"),
    [
        ("a/b/c.py", 30, "a/b/c.py"),
        ("services/support/agents/deep/router.py", 30, "services/…/deep/router.py"),
        ("services/support/agents/deep/router.py", 24, "services/…/router.py"),
        ("services/support/agents/deep/router.py", 5, "services/…/router.py"),
        ("one/two.py", 3, "one/two.py"),
    ],
)
def test_paths_lose_folders_in_the_middle(path: str, room: int, expected: str) -> None:
    assert short_path(path, room) == expected


def test_text_is_folded_between_words() -> None:
    assert folded("one two three", 7) == ["one two", "three"]
    assert folded("extraordinary", 5) == ["extraordinary"]


def test_a_terminal_gets_colours_and_a_file_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "72")
    assert look_for(Terminal()) == Look(72, True)
    assert look_for(Terminal(), no_color=True) == Look(72, False)
    assert look_for(io.StringIO()) == PLAIN


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_the_environment_can_switch_colours_off(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert not look_for(Terminal()).color


def test_an_old_encoding_gets_escapes() -> None:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding="ascii") as stream:
        write("Größe …", stream)
        stream.flush()
        assert raw.getvalue() == b"Gr\\xf6\\xdfe \\u2026"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param("app/service.py::Router.route", "Router.route", id="the id"),
        pytest.param("shop/app/service.py::Router.route", "Router.route", id="repository and id"),
        pytest.param("route", "Router.route", id="last part"),
        pytest.param("service.py::summarise", "summarise", id="from a folder on"),
        pytest.param("app/service.py:42", "summarise", id="path and line"),
        pytest.param("ROUTER", "Router.route", id="a part, in any case"),
    ],
)
def test_a_point_is_found_by_less_than_its_id(wanted: str, found: str) -> None:
    points = (a_point("Router.route"), a_point("summarise", line=40), a_point("Rerouting.go", line=90))
    assert find_point(points, wanted).symbol == found


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        pytest.param("app", "may mean 2 points", id="several"),
        pytest.param("sumarize", "near to it:\n  shop/app/service.py::summarise", id="misspelt"),
        pytest.param("zzz", "-o points=FILE", id="nothing near"),
        pytest.param("", "no point is called", id="empty"),
        pytest.param("app/service.py:7", "no point is called", id="a line before"),
    ],
)
def test_a_point_that_is_not_found(wanted: str, said: str) -> None:
    with pytest.raises(NoSuchPoint) as raised:
        find_point((a_point("summarise"), a_point("route", line=40)), wanted)
    assert said in str(raised.value)


def test_the_same_id_in_two_repositories_is_told_apart_by_the_repository() -> None:
    points = (a_point(), a_point(repo="other"))
    with pytest.raises(NoSuchPoint):
        find_point(points, "app/service.py::summarise")
    assert find_point(points, "other/app/service.py::summarise").repo == "other"


def test_a_card_looks_for_records_in_the_point_s_own_repository() -> None:
    point = a_point(repo="other", prompts=("app/prompts.py::PROMPT",))
    result = an_audit(a_census(point, a_prompt("mine", repo="other"), a_prompt("theirs")))
    assert "| mine" in show_point(result, point.id)
    assert "theirs" not in show_point(result, point.id)


def test_a_point_that_is_only_possible_does_not_count() -> None:
    point = a_point()
    doubtful = msgspec.structs.replace(point, confidence="possible")
    assert "1 purpose in production" in terminal.render(an_audit(a_census(point, doubtful)))
