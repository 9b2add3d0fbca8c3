"""The manifest changed in place: what is meant is written, and nothing else is touched."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aicensus.manifest import ManifestError, read_manifest
from aicensus.manifest.editing import EMPTY, EditError, merged, renamed
from aicensus.model.settings import Manifest, PointClaim, Review, WaiverEntry

DAY = datetime.date(2027, 3, 31)
A, B = "a.py::f", "b.py::g"
HAND_WRITTEN = f"""\
# Who answers.
version: 1   # the format

points:   # all of them

    "{A}":   # the first
        owner: 'maria@example.com'  # since spring
        purpose: |
          Route a ticket

        # team: none yet

    "{B}": {{owner: joe@example.com, decides: [refund, credit]}}
waivers:
- code: CTL002
  point: "{B}"
  reason: "It may wait"
  by: maria@example.com
  until: 2026-12-31
# the end"""


def point(identity: str, **fields: Any) -> dict[str, Any]:
    return {"points": {identity: fields}}


@pytest.mark.parametrize(
    ("patch", "gone", "come"),
    [
        pytest.param(point(A, owner="joe@example.com"), ["'maria@example.com'"], ["'joe@example.com'"], id="a quoted value stays quoted"),
        pytest.param(
            point(A, sunset=DAY), [], ["\n        sunset: 2027-03-31\n", "\n        # team: none yet\n"], id="a new field below the others"
        ),
        pytest.param(point(A, purpose="Say: no"), ["|\n          Route a ticket"], ['"Say: no"'], id="a text of several lines"),
        pytest.param(point(B, owner="kim"), ["joe@example.com"], ["{owner: kim, decides"], id="in an entry of one line"),
        pytest.param(point(B, sunset=DAY), ["credit]}"], [", sunset: 2027-03-31}"], id="a new field in an entry of one line"),
        pytest.param(point(B, decides=["refund"]), ["[refund, credit]"], ["[refund]"], id="a list"),
        pytest.param(
            point(A, reviewed={"on": DAY, "by": "kim"}), [], ["\n        reviewed: {on: 2027-03-31, by: kim}\n"], id="a pair of facts"
        ),
        pytest.param(
            point("c.py::h", owner="kim", consequential=True),
            [],
            ['credit]}\n\n    "c.py::h":\n        owner: kim\n        consequential: true\nwaivers'],
            id="a new entry, set apart as the others are",
        ),
        pytest.param({"waivers": {0: {"until": DAY}}}, ["2026-12-31"], ["until: 2027-03-31\n# the end"], id="a waiver renewed"),
        pytest.param(
            {"waivers": {1: {"code": "OWN001", "point": A, "reason": "new", "by": "kim", "until": DAY}}},
            [],
            [f'2026-12-31\n- code: OWN001\n  point: "{A}"\n  reason: new\n  by: kim\n  until: 2027-03-31\n# the end'],
            id="a further waiver",
        ),
        pytest.param({"roster": {"kim": {"name": "Kim"}}}, [], ["\n\nroster:\n    kim:\n        name: Kim\n# the end"], id="a new section"),
        pytest.param(point(B, owner="joe@example.com"), [], [], id="what it says already"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a byte order mark"])
def test_an_edit_touches_nothing_else(patch: dict[str, Any], gone: list[str], come: list[str], newline: str, mark: bytes) -> None:
    before = HAND_WRITTEN.replace("\n", newline)
    after = merged(mark + before.encode(), patch, "aicensus.yaml")
    assert after.startswith(mark)
    text = after.removeprefix(mark).decode().replace("\r\n", "\n")
    assert all(piece in text for piece in come), text
    assert not any(piece in text for piece in gone), text
    assert ("\r" in after.decode()) == (newline == "\r\n")
    assert after.count(b"\n") == after.decode().count(newline)
    lost = {line.strip() for piece in gone for line in piece.splitlines()}
    assert in_order([line for line in HAND_WRITTEN.splitlines() if not any(piece in line for piece in lost)], text.splitlines())


def in_order(lines: list[str], among: list[str]) -> bool:
    rest = iter(among)
    return all(line in rest for line in lines)


CLAIM = point(A, owner="kim", sunset=DAY)
BLOCK = f'points:\n  "{A}":\n    owner: kim\n    sunset: 2027-03-31\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(EMPTY.decode(), f"version: 1\n\n{BLOCK}", id="a new manifest"),
        pytest.param("", BLOCK, id="an empty file"),
        pytest.param("# to do", f"# to do\n{BLOCK}", id="only a comment"),
        pytest.param("points:\n", BLOCK, id="an empty section"),
        pytest.param("points: ~\n", BLOCK, id="a section that is null"),
        pytest.param("points: {}  # none\n", BLOCK.replace("points:", "points:  # none"), id="an empty mapping, with a comment"),
        pytest.param(f'points:\n  "{A}":\nversion: 1\n', f"{BLOCK}version: 1\n", id="an entry that says nothing"),
        pytest.param(f"points: {{{A}: {{owner: kim,}}}}\n", f"points: {{{A}: {{owner: kim, sunset: 2027-03-31,}}}}\n", id="one line"),
        pytest.param(
            f'{{"points": {{\n  "{A}": {{"owner": "joe"}}\n}}}}',
            f'{{"points": {{\n  "{A}": {{"owner": "kim", "sunset": "2027-03-31"}}\n}}}}',
            id="JSON stays JSON",
        ),
        pytest.param(
            "points: {\n  x: {owner: joe},  # x\n}\n",
            f'points: {{\n  x: {{owner: joe}},\n  "{A}": {{owner: kim, sunset: 2027-03-31}},  # x\n}}\n',
            id="an entry a line in braces",
        ),
        pytest.param(
            "---\npoints:\n  x: {owner: joe}\n...\n",
            f'---\npoints:\n  x: {{owner: joe}}\n  "{A}": {{owner: kim, sunset: 2027-03-31}}\n...\n',
            id="a document with marks",
        ),
        pytest.param(
            "points:\n  x:\n    owner: joe\n    # x is old\n  # all others\n# the end\n",
            f'points:\n  x:\n    owner: joe\n    # x is old\n  "{A}":\n    owner: kim\n    sunset: 2027-03-31\n  # all others\n# the end\n',
            id="comments stay with what they are indented under",
        ),
    ],
)
def test_where_new_text_goes(before: str, after: str) -> None:
    assert merged(before.encode(), CLAIM, "aicensus.yaml").decode() == after


@pytest.mark.parametrize(
    ("before", "says"),
    [
        pytest.param(
            f'points:\n  "{A}":\n    owner: &me joe\n', "aicensus.yaml:3: what stands here cannot be changed safely", id="an anchor"
        ),
        pytest.param(f'points:\n  "{A}":\n    owner: !!str joe\n', "aicensus.yaml:3: what stands here", id="a tag"),
        pytest.param(f'points:\n  "{A}": {{owner: ,}}\n', "", id="nothing in braces"),
    ],
)
def test_what_cannot_be_changed_safely_is_refused(before: str, says: str) -> None:
    if not says:
        assert read_manifest(merged(before.encode(), CLAIM, "aicensus.yaml"), "")[0].points[A].owner == "kim"
        return
    with pytest.raises(EditError) as raised:
        merged(before.encode(), CLAIM, "aicensus.yaml")
    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("before", "patch"),
    [
        pytest.param("points: [1]\n", CLAIM, id="a manifest with a mistake"),
        pytest.param("a: &x 1\nb: *x\n", CLAIM, id="aliases"),
        pytest.param("version: 1\n", point(A, ownr="kim"), id="a field that does not exist"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_not_written(before: str, patch: dict[str, Any]) -> None:
    with pytest.raises(ManifestError):
        merged(before.encode(), patch, "aicensus.yaml")


def test_an_id_is_renamed_wherever_it_stands() -> None:
    before = f"points:\n  \"{A}\": {{owner: kim}}  # {A}\njourneys:\n  j: {{steps: [{B}, '{A}']}}\n"
    after = renamed(before.encode(), {A: "new.py::f"}, "aicensus.yaml").decode()
    assert after == f"points:\n  \"new.py::f\": {{owner: kim}}  # {A}\njourneys:\n  j: {{steps: [{B}, 'new.py::f']}}\n"


# -- any manifest, any edit ----------------------------------------------------------------------------------------------

IDS = [A, B, "jobs/**", "app/api/route.ts::POST/2", "it's.py::<module>", "ü.py::f"]
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\x85\ufeff"), min_size=1, max_size=12
)
WORDS = st.sampled_from(["kim@example.com", "@example/team", "on", "1", "2026-01-01", "a: b", "#x", "- y", "'q'", '"d"', "{x}", "~"])
VALUE = WORDS | TEXT.filter(str.strip)
FIELDS = ("owner", "team", "purpose", "sunset", "consequential", "decides", "reviewed", "risk")


@st.composite
def fields_of(draw: st.DrawFn) -> dict[str, Any]:
    return {name: draw(field(name)) for name in draw(st.lists(st.sampled_from(FIELDS), unique=True, min_size=1, max_size=4))}


def field(name: str) -> st.SearchStrategy[Any]:
    return {
        "sunset": st.dates(),
        "consequential": st.booleans(),
        "decides": st.lists(VALUE, min_size=1, max_size=3),
        "reviewed": st.fixed_dictionaries({"on": st.dates(), "by": VALUE}),
        "risk": st.sampled_from(["low", "medium", "high"]),
    }.get(name, VALUE)


@st.composite
def waivers(draw: st.DrawFn) -> dict[str, Any]:
    fixed = {"code": "CTL002", "point": draw(st.sampled_from(IDS)), "until": draw(st.dates())}
    return {**fixed, "reason": draw(VALUE), "by": draw(VALUE)}


class Writer:
    """Writes values as a careless person does: any quoting, comments anywhere, on one line or on several."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.step = draw(st.sampled_from([1, 2, 4]))

    def scalar(self, value: Any) -> str:
        text = value if isinstance(value, str) else str(value).lower()
        style = self.draw(st.integers(0, 2)) if isinstance(value, str) else 0
        if style == 1:
            return "'" + text.replace("'", "''") + "'"
        if style == 2 or not self.plain(text):
            return msgspec.json.encode(text).decode() if isinstance(value, str) else text
        return text

    def plain(self, text: str) -> bool:
        return (
            text.isascii()
            and all(char.isalnum() or char in "@./ " for char in text)
            and text[:1].isalpha()
            and text == text.strip()
            and text.lower() not in ("on", "off", "yes", "no", "true", "false", "null")
        )

    def flow(self, value: Any) -> str:
        end = self.draw(st.sampled_from(["", "", ", ", ","])) if value else ""
        if isinstance(value, dict):
            return "{" + ", ".join(f"{self.key(key)}: {self.flow(item)}" for key, item in value.items()) + end + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self.flow, value)) + end + "]"
        return self.scalar(value)

    def key(self, text: str) -> str:
        return text if text.isidentifier() else self.draw(st.sampled_from([f'"{text}"', "'" + text.replace("'", "''") + "'"]))

    def comment(self) -> str:
        return self.draw(st.sampled_from(["", "", "  # note: {x}", " #", "   "]))

    def between(self, indent: int) -> Iterator[str]:
        extra = self.draw(st.sampled_from(["none", "none", "none", "blank", "comment", "outer"]))
        if extra != "none":
            yield {"blank": "", "comment": " " * indent + "# note - key: value", "outer": "# far: left"}[extra]

    def mapping(self, value: dict[str, Any], indent: int) -> Iterator[str]:
        for key, item in value.items():
            yield from self.between(indent)
            head = " " * indent + self.key(key) + ":"
            if isinstance(item, dict | list) and item and self.draw(st.booleans()):
                yield head + self.comment()
                yield from self.below(item, indent)
            elif isinstance(item, str) and self.plain(item) and self.draw(st.integers(0, 5)) == 0:
                yield f"{head} {self.draw(st.sampled_from(['|-', '>-']))}"
                yield " " * (indent + self.step) + item
            else:
                yield f"{head} {self.flow(item)}{self.comment()}"

    def below(self, item: Any, indent: int) -> Iterator[str]:
        if isinstance(item, dict):
            yield from self.mapping(item, indent + self.step)
            return
        dash = indent + self.draw(st.sampled_from([0, self.step]))
        for one in item:
            yield from self.between(dash)
            lines = list(self.mapping(one, dash + 2)) if isinstance(one, dict) and self.draw(st.booleans()) else [self.flow(one)]
            first = next(place for place, line in enumerate(lines) if line.strip() and not line.strip().startswith("#"))
            yield from lines[:first]
            yield " " * dash + "- " + lines[first].lstrip(" ") + (self.comment() if len(lines) == 1 else "")
            yield from lines[first + 1 :]


@st.composite
def manifests(draw: st.DrawFn) -> tuple[bytes, dict[str, Any]]:
    """The bytes of a manifest, and what it says."""
    said: dict[str, Any] = {
        "version": 1,
        "roster": {"kim@example.com": {"name": draw(VALUE)}},
        "points": draw(st.dictionaries(st.sampled_from(IDS), fields_of(), max_size=3)),
        "waivers": draw(st.lists(waivers(), max_size=2)),
        "settings": {"ignore": ["MOD006"]},
    }
    said = {name: said[name] for name in draw(st.lists(st.sampled_from(sorted(said)), unique=True, min_size=1))}
    writer = Writer(draw)
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    lines = list(writer.mapping(said, 0))
    text = newline.join([*lines, *writer.between(0)]) + draw(st.sampled_from(["", newline, newline * 2]))
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode(), said


@st.composite
def patches(draw: st.DrawFn) -> dict[str, Any]:
    made: dict[str, Any] = {"points": draw(st.dictionaries(st.sampled_from([*IDS, "new.py::f"]), fields_of(), min_size=1, max_size=3))}
    if draw(st.booleans()):
        made["waivers"] = draw(st.lists(waivers(), min_size=1, max_size=2))
    return made


EDITS = given(manifests(), patches(), st.booleans())
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@EDITS
def test_any_edit_of_any_manifest_says_what_was_meant_and_keeps_the_rest(
    written: tuple[bytes, dict[str, Any]], patch: dict[str, Any], renew: bool
) -> None:
    says_what_was_meant_and_keeps_the_rest(written, patch, renew)


@pytest.mark.thorough
@settings(max_examples=1000, deadline=None, suppress_health_check=SLOW)
@EDITS
def test_a_thousand_edits(written: tuple[bytes, dict[str, Any]], patch: dict[str, Any], renew: bool) -> None:
    says_what_was_meant_and_keeps_the_rest(written, patch, renew)


def says_what_was_meant_and_keeps_the_rest(written: tuple[bytes, dict[str, Any]], patch: dict[str, Any], renew: bool) -> None:
    content, said = written
    before, _ = read_manifest(content, "aicensus.yaml")
    new = patch.get("waivers", [])
    start = 0 if renew else len(said.get("waivers", []))
    done = merged(
        content, {**patch, **({"waivers": {start + place: one for place, one in enumerate(new)}} if new else {})}, "aicensus.yaml"
    )
    after, _ = read_manifest(done, "aicensus.yaml")
    assert after == edited(before, patch["points"], new, start)
    if b"\r\n" in content:
        assert done.count(b"\n") == done.count(b"\r\n")
    assert in_order(untouched(content, patch, renew), lines_of(done)), done.decode()


def lines_of(content: bytes) -> list[str]:
    return [line.removesuffix("\r") for line in content.decode().split("\n")]


def edited(before: Manifest, points: dict[str, Any], new: list[dict[str, Any]], start: int) -> Manifest:
    """The records as they should be, by no way that the edit goes."""
    claims = dict(before.points)
    for identity, fields in points.items():
        given = {
            name: tuple(value) if name == "decides" else Review(**value) if name == "reviewed" else value for name, value in fields.items()
        }
        claims[identity] = msgspec.structs.replace(claims.get(identity, PointClaim()), **given)
    entries = list(before.waivers)
    for place, fields in enumerate(new, start):
        entries[place : place + 1] = [WaiverEntry(**fields)]
    return msgspec.structs.replace(before, points=claims, waivers=tuple(entries))


def untouched(content: bytes, patch: dict[str, Any], renew: bool) -> list[str]:
    """Lines of which nothing speaks that is edited: no edited field, nor an edited id, nor an empty or whole section in braces."""
    words = [f"{name}:" for fields in patch["points"].values() for name in fields] + ["points:", "waivers:", "on:", "by:", "- "]
    words += [text for identity in patch["points"] for text in (identity, identity.replace("'", "''"))]
    words += ["code:", "point:", "reason:", "until:"] if renew else []
    kept, skipping = [], False
    for line in lines_of(content):
        value_below = skipping and not line.strip().startswith("#") and ":" not in line
        skipping = any(word in line for word in words) or value_below
        if not skipping:
            kept.append(line)
    return kept
