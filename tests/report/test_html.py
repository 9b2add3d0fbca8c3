"""The page as text, and as a browser shows it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from aicensus.model.finding import AuditResult
from aicensus.report.html import breakable, prompt_text, render, shown, ticked
from aicensus.report.pages import part
from tests.builders import a_census, a_finding, a_point, a_prompt, an_audit
from tests.report.browser import Page, browser
from tests.report.sample import company, hostile, many, nothing_found

PAYLOADS = {
    "markup": "\"'><script>window.owned=1</script><img src=x onerror=window.owned=1><svg onload=window.owned=1>",
    "end of script": "</script></style></title></textarea>--><script>window.owned=1</script>",
    "template": "{{ 7*7 }}{% raw %}{# x #}${window.owned=1}",
    "link": "javascript:window.owned=1",
    "controls": "a\0b\x1b[31mc\u202ed\u200be\x85f\U000e0041g",
    "attribute": "x' onmouseover='window.owned=1' y=\" onfocus=window.owned=1 autofocus \"",
}
VOID = {"meta", "link", "img", "br", "input", "col", "wbr", "hr"}


class Outline(HTMLParser):
    """What a page is made of: tags with their attributes, and whether they close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


RESULTS = {"company": company(), "nothing": nothing_found(), "many": many(40), "hostile": hostile(PAYLOADS["markup"])}


@pytest.mark.parametrize("name", RESULTS)
def test_the_page_is_well_formed(name: str) -> None:
    outline = Outline(render(RESULTS[name]))
    assert not outline.faults
    assert not outline.open
    ids = Counter(attributes["id"] for _, attributes in outline.tags if "id" in attributes)
    assert [id for id, times in ids.items() if times > 1] == []


@pytest.mark.parametrize("name", RESULTS)
def test_every_reference_within_the_page_meets_an_id(name: str) -> None:
    outline = Outline(render(RESULTS[name]))
    ids = {attributes.get("id") for _, attributes in outline.tags}
    for attributes in outline.named("a"):
        href = attributes["href"] or ""
        assert href.startswith("#")
        assert href[1:] in ids
    for _, attributes in outline.tags:
        assert set((attributes.get("aria-labelledby") or "").split()) <= ids


@pytest.mark.parametrize("name", RESULTS)
def test_the_page_loads_nothing(name: str) -> None:
    outline = Outline(render(RESULTS[name]))
    assert not [
        tag for tag, attributes in outline.tags if {"src", "srcset", "action"} & set(attributes) or tag in {"link", "iframe", "img"}
    ]


def test_the_policy_allows_the_page_s_own_script_alone() -> None:
    page = render(company())
    policy = next(tag["content"] or "" for tag in Outline(page).named("meta") if tag.get("http-equiv") == "Content-Security-Policy")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 1
    own = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{own}'" in policy
    assert not re.search(r"\son[a-z]+=", re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL))


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_scanned_text_adds_no_tag_and_no_attribute(payload: str) -> None:
    def shape(result: AuditResult) -> Counter[tuple[str, tuple[str, ...]]]:
        tags = Outline(render(result)).tags
        return Counter(
            (tag, tuple(sorted(attributes))) for tag, attributes in tags if attributes.get("class") not in {"hidden-character", "hole"}
        )

    def tags(result: AuditResult) -> set[tuple[str, tuple[str, ...]]]:
        return set(shape(result))

    assert tags(hostile(payload)) - {("wbr", ())} <= tags(hostile("plain")) | {("code", ())}


def test_hidden_characters_are_shown_everywhere() -> None:
    page = render(hostile(PAYLOADS["controls"]))
    assert not set(page) & set("\0\x1b\u202e\u200b\x85\U000e0041")
    assert 'title="U+202E right-to-left override">U+202E</span>' in page


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <b>", "a &lt;b&gt;"),
        ("tab\there\nline", "tab\there\nline"),
        ("dos\r\nline", "dos\nline"),
        ("Dear {name}!", 'Dear <span class="hole">{name}</span>!'),
        ('{"json": 1}', "{&#34;json&#34;: 1}"),
        ("a\rb", 'a<span class="hidden-character" title="U+000D carriage return">U+000D</span>b'),
    ],
)
def test_prompt_text(text: str, expected: str) -> None:
    assert prompt_text(text) == expected


def test_small_markup() -> None:
    assert breakable("a/b.py") == "a/<wbr>b.<wbr>py"
    assert breakable("a@b.com") == "a@<wbr>b.<wbr>com"
    assert breakable("<a/b>") == "&lt;a/b&gt;"
    assert ticked("run `a <b>` now") == "run <code>a &lt;b&gt;</code> now"
    assert shown("ok") == "ok"


def test_a_long_prompt_that_many_points_share_is_on_the_page_once() -> None:
    prompt = a_prompt("rule. " * 2000, used_by=("app/service.py::p1",))
    points = [a_point(f"p{at}", line=at * 10, prompts=(prompt.id,)) for at in range(1, 30)]
    assert render(an_audit(a_census(prompt, *points))).count("rule. rule. rule.") < 700


def test_a_finding_of_several_owners_stands_under_each() -> None:
    one, two = a_point("one", owner="@a/one"), a_point("two", owner="@a/two", line=40)
    page = render(an_audit(a_census(one, two), a_finding("RUL001", message="the same rule twice", points=(one.id, two.id))))
    block = page[page.index('id="findings"') : page.index('id="coverage"')]
    assert block.count("the same rule twice") == 2


@pytest.mark.parametrize("number", [0, 1, 5, 60, 600])
def test_the_picture_stays_readable(number: int) -> None:
    outline = Outline(render(many(number)))
    nodes = [attributes for attributes in outline.named("g") if (attributes.get("class") or "").startswith("node")]
    assert len(nodes) <= 165
    boxes: dict[str | None, list[float]] = {}
    for attributes in outline.named("rect"):
        boxes.setdefault(attributes["x"], []).append(float(attributes["y"] or 0))
    for heights in boxes.values():
        heights.sort()
        assert all(below - above >= 20 for above, below in pairwise(heights))


def test_the_picture_folds_without_losing_a_point() -> None:
    page = render(many(600))
    rows = Outline(page).named("tr")
    production = {row["data-at"] for row in rows if row.get("data-scope") == "production"}
    points = [attributes for attributes in Outline(page).named("g") if attributes.get("class") == "node n-point"]
    assert len(points) < 60
    assert {at for attributes in points for at in (attributes["data-points"] or "").split()} == production


def test_points_of_one_name_are_told_apart_in_the_picture() -> None:
    routes = [a_point("POST", path=f"app/api/{name}/route.ts") for name in ("chat", "mail")]
    second = a_point("POST", path="app/api/mail/route.ts", id="app/api/mail/route.ts::POST/2", line=40)
    page = render(an_audit(a_census(*routes, second, a_point("rank"))))
    picture = page[page.index("<svg") : page.index("</svg>")]
    for label in ("POST chat/route.ts", "POST mail/route.ts", "POST/2 mail/route.ts", "rank"):
        assert f">{label}<" in picture


def test_a_conflict_stands_side_by_side_with_the_differing_words_marked() -> None:
    page = render(company())
    block = page[page.index('class="conflict"') : page.index("</article>", page.index('class="conflict"'))]
    first, second = re.findall(r"<blockquote>(.*?)</blockquote>", block, re.DOTALL)
    assert first == "<mark>A</mark> credit <mark>of up to 80</mark> EUR<mark> may be given without asking a manager</mark>."
    assert second == "<mark>Never promise a goodwill</mark> credit <mark>above 50</mark> EUR."
    assert "In dispute: from above 50 EUR to up to 80 EUR." in block


def test_who_decides_is_told_by_subject() -> None:
    page = render(company())
    rows = re.findall(r"<tr role=\"row\">(.*?)</tr>", page[page.index("deciding-title") : page.index('class="conflict"')], re.DOTALL)[1:]
    shown_rows = [" ".join(re.sub(r"<wbr>|<[^>]*>", lambda tag: "" if tag[0] == "<wbr>" else " ", row).split()) for row in rows]
    assert shown_rows == [
        "goodwill-credit pricing/credit.py::decide_credit @example-org/pricing, billing 1 rule in its prompts"
        " support/router.py::Router.route maria.lopez@example.com, shop declared, 1 rule in its prompts"
        " Not said: 1 declaration would settle it.",
        "refund no point of the census tie: arbiter arbiter: maria.lopez@example.com",
    ]


def test_the_growth_of_each_repository_is_drawn_and_told() -> None:
    result = company()
    page = render(msgspec.structs.replace(result, growth=(*result.growth, msgspec.structs.replace(result.growth[0], repo="billing"))))
    section = page[page.index('<section id="growth"') : page.index("</section>", page.index('<section id="growth"'))]
    assert section.count('role="img"') == 8
    assert "<h3>billing</h3>" in section
    assert "Undecided: 1 of 3 that came" in section
    assert "pricing/credit.py::decide_credit</span>, by 2026-09-30" in section
    assert 'href="#growth"' in page
    nobody = re.findall(r'<rect class="s(\d)"[^>]*/></svg>(?:nobody|no owner)<', section)
    assert set(nobody) == {"5"}


def test_without_history_there_is_no_section_of_growth() -> None:
    page = render(an_audit(a_census(a_point())))
    assert 'id="growth"' not in page
    assert 'href="#growth"' not in page


def test_without_rules_there_is_no_section_of_rules() -> None:
    page = render(an_audit(a_census(a_point())))
    assert 'id="rules"' not in page
    assert 'href="#rules"' not in page


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "wash"])
@pytest.mark.parametrize("ink", ["ink", "soft", "accent", "error", "warning", "note"])
def test_text_stands_out_from_its_ground(theme: int, ground: str, ink: str) -> None:
    style = part("report.css")
    colors = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", style.split(":root")[theme + 1]))
    light, dark = sorted((luminance(colors[ground]), luminance(colors[ink])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {"company": render(company()), "many": render(many(130)), "nothing": render(nothing_found())}


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Page]]:
    """Return a function that starts the browser of this module, once."""
    with ExitStack() as stack:

        @cache
        def started(program: str) -> Page:
            return stack.enter_context(browser(program, tmp_path_factory.mktemp("profile")))

        yield started


@pytest.fixture
def page(need_tool: Callable[[str], str], start: Callable[[str], Page]) -> Iterator[Page]:
    """The browser's page as new; the test fails when anything was written to the console."""
    opened = start(need_tool("chromium"))
    opened.anew()
    yield opened
    assert opened.complaints == []


def saved(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "census.html"
    file.write_text(text, encoding="utf-8")
    return file


ROWS = "[...document.querySelectorAll('#table tbody tr')].filter(row => row.checkVisibility())"


def test_filters_narrow_the_table(page: Page, tmp_path: Path, pages: dict[str, str]) -> None:
    page.open(saved(tmp_path, pages["company"]))
    assert page.run(f"{ROWS}.length") == 6
    page.run(
        "const s = document.querySelector('[name=provider]'); s.value = 'anthropic'; s.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    assert page.run(f"{ROWS}.map(row => row.querySelector('.name').textContent)") == ["decide_credit"]
    assert page.run("document.querySelector('#tally').textContent") == "1 of 6 points"
    page.run("document.querySelector('#reset').click()")
    assert page.run(f"{ROWS}.length") == 6


def test_search_looks_into_prompts(page: Page, tmp_path: Path, pages: dict[str, str]) -> None:
    page.open(saved(tmp_path, pages["company"]))
    page.run("document.querySelector('[name=search]').focus()")
    page.send("Input.insertText", text="goodwill MANAGER")
    assert page.run(f"{ROWS}.map(row => row.querySelector('.name').textContent)") == ["decide_credit"]
    page.send("Input.insertText", text=" nowhere")
    assert page.run("document.querySelector('#none-left').checkVisibility()")


def test_a_card_opens_and_closes_with_the_keyboard(page: Page, tmp_path: Path, pages: dict[str, str]) -> None:
    page.open(saved(tmp_path, pages["company"]))
    page.run("document.querySelectorAll('.name')[1].focus()")
    page.press("Enter", 13, "\r")
    page.run("new Promise(done => setTimeout(done, 100))")
    assert page.run("document.querySelector('#panel').open")
    assert "Never promise a goodwill credit above 50 EUR." in page.run("document.querySelector('#panel').innerText")
    assert page.run("document.querySelector('#panel').contains(document.activeElement)")
    page.press("Escape", 27)
    page.run("new Promise(done => setTimeout(done, 100))")
    assert not page.run("document.querySelector('#panel').open")
    assert page.run("document.querySelectorAll('#cards .card').length") == 6
    assert page.run("location.hash") == "#points"


def test_a_link_to_a_card_opens_it_and_the_next_one_follows(page: Page, tmp_path: Path, pages: dict[str, str]) -> None:
    page.open(saved(tmp_path, pages["company"]), "#card-1")
    assert page.run("document.querySelector('#panel-place').textContent") == "Point 2 of 6"
    page.run("document.querySelector('#next').click()")
    page.run("new Promise(done => setTimeout(done, 100))")
    assert page.run("document.querySelector('#panel .card').id") == "card-2"


def test_a_node_of_the_picture_narrows_the_table(page: Page, tmp_path: Path, pages: dict[str, str]) -> None:
    page.open(saved(tmp_path, pages["company"]))
    page.run("document.querySelector('.n-state').focus()")
    assert page.run("document.querySelectorAll('#map path.lit').length") == 2
    page.press("Enter", 13, "\r")
    assert page.run(f"{ROWS}.length") == 2
    assert page.run("document.querySelector('#chip').textContent") == "Only: tickets (vector store) ×"
    page.run("document.querySelector('#chip').click()")
    assert page.run(f"{ROWS}.length") == 6


def test_columns_sort_both_ways(page: Page, tmp_path: Path, pages: dict[str, str]) -> None:
    page.open(saved(tmp_path, pages["many"]))
    assert page.run(f"{ROWS}.length") == 100
    page.run("document.querySelector('#more').click()")
    names = f"{ROWS}.map(row => row.querySelector('.name').textContent)"
    page.run("document.querySelector('#table th button').click()")
    first = page.run(names)
    assert len(first) == 130
    assert first == sorted(first, key=lambda name: [int(part) if part.isdigit() else part.lower() for part in re.split(r"(\d+)", name)])
    assert page.run("document.querySelector('#table th').getAttribute('aria-sort')") == "ascending"
    page.run("document.querySelector('#table th button').click()")
    assert page.run(names) == first[::-1]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["company", "many", "nothing"])
def test_the_page_is_no_wider_than_the_window(page: Page, tmp_path: Path, pages: dict[str, str], name: str, width: int) -> None:
    page.open(saved(tmp_path, pages[name]), width=width)
    assert page.run("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_scanned_text_runs_nothing(page: Page, tmp_path: Path, payload: str) -> None:
    page.open(saved(tmp_path, render(hostile(payload))), "#card-0")
    page.run("document.querySelectorAll('a, button, summary, .node').forEach(each => each.dispatchEvent(new Event('mouseover')))")
    assert page.run("window.owned") is None
    assert page.run("document.querySelector('#panel').open")


RULE_ROWS = "[...document.querySelectorAll('#rules-table tbody tr')].filter(row => row.checkVisibility())"


def test_filters_narrow_the_rules_and_leave_the_points_alone(page: Page, tmp_path: Path, pages: dict[str, str]) -> None:
    page.open(saved(tmp_path, pages["company"]))
    assert page.run(f"{RULE_ROWS}.length") == 2
    page.run("document.querySelector('#rules-filters [name=search]').focus()")
    page.send("Input.insertText", text="MANAGER")
    assert page.run(f"{RULE_ROWS}.map(row => row.cells[2].textContent)") == ["@example-org/pricing"]
    assert page.run("document.querySelector('#rules-tally').textContent") == "1 of 2 rules"
    assert page.run(f"{ROWS}.length") == 6
    page.send("Input.insertText", text=" nowhere")
    assert page.run("document.querySelector('#rules-none-left').checkVisibility()")
    page.run("document.querySelector('#rules-reset').click()")
    assert page.run(f"{RULE_ROWS}.length") == 2
    page.run("document.querySelectorAll('#rules-table th button')[2].click()")
    page.run("document.querySelectorAll('#rules-table th button')[2].click()")
    assert page.run(f"{RULE_ROWS}.map(row => row.cells[2].textContent)") == ["maria.lopez@example.com", "@example-org/pricing"]


def test_a_rule_leads_to_the_card_of_its_point(page: Page, tmp_path: Path, pages: dict[str, str]) -> None:
    page.open(saved(tmp_path, pages["company"]))
    page.run("document.querySelector('#rules-table .name').click()")
    page.run("new Promise(done => setTimeout(done, 100))")
    assert page.run("document.querySelector('#panel h3').textContent") == "decide_credit"


def test_everything_can_be_reached_by_keyboard_and_has_a_name(page: Page, tmp_path: Path, pages: dict[str, str]) -> None:
    page.open(saved(tmp_path, pages["company"]))
    page.send("Accessibility.enable")
    nodes = page.send("Accessibility.getFullAXTree")["nodes"]
    roles = {"button", "link", "textbox", "searchbox", "combobox", "table", "dialog", "navigation", "search"}
    named = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"] and "role" in node]
    assert [role for role, name in named if role in roles and not name] == []
    assert {"main", "navigation", "search", "table", "columnheader", "rowheader", "status"} <= {role for role, _ in named}
    levels = page.run("[...document.querySelectorAll('h1,h2,h3,h4')].filter(each => each.checkVisibility()).map(each => +each.tagName[1])")
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_without_its_script_the_page_still_shows_all(page: Page, tmp_path: Path, pages: dict[str, str]) -> None:
    page.send("Emulation.setScriptExecutionDisabled", value=True)
    page.open(saved(tmp_path, pages["company"]))
    assert page.run("document.querySelector('#card-1').innerText").count("Never promise a goodwill credit") == 1
    assert not page.run("document.querySelector('#filters').checkVisibility()")


def test_print_holds_the_cards_that_the_filters_leave(page: Page, tmp_path: Path, pages: dict[str, str]) -> None:
    page.open(saved(tmp_path, pages["company"]))
    page.run(
        "const s = document.querySelector('[name=provider]'); s.value = 'anthropic'; s.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    page.send("Emulation.setEmulatedMedia", media="print")
    assert page.run("[...document.querySelectorAll('.card')].filter(each => each.checkVisibility()).map(each => each.id)") == ["card-2"]
    assert not page.run("document.querySelector('.bar').checkVisibility()")
