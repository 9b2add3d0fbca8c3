"""Owner texts: whom the roster knows, and what is not a person at all."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from aicensus.model.settings import RosterEntry

OwnerKind = Literal["person", "team", "bot", "list", "vendor", "ai", "nobody"]

_NOBODY = re.compile(r"(?:tbd|to ?do|tba|fixme)\b.*|none|nobody|no one|n/a|unknown|unassigned|unowned|\?+|-+|x{3,}", re.I)
_BOT = re.compile(
    r".*\[bot\].*|.*[-_.]bot|bot[-_.].*|bot|(?:dependabot|renovate|greenkeeper|github-actions|gitlab-ci|jenkins|pre-commit-ci|snyk|mergify"
    r"|semantic-release|allcontributors|imgbot|pyup|codecov|copybara|web-flow|service[-_ ]?account|ci|automation|no-?reply)(?:[-_.+\d].*)?",
    re.I,
)
_AI = re.compile(
    r"(?:(?:the|our|an?) )?(?:(?:ai|a\.i\.|llm|gen ?ai)(?: (?:agent|assistant|system|tool|model|bot|service|pipeline))?"
    r"|model|agent|assistant|system|tool|algorithm|chatbot|(?:github )?copilot|claude(?: code)?|gpt(?:-?\d.*)?|chat ?gpt|gemini|codex"
    r"|cursor|devin)(?: (?:handles|does|decides) (?:it|this|that))?",
    re.I,
)
_VENDOR = re.compile(
    r"(?:openai|anthropic|google|microsoft|azure|aws|amazon|bedrock|vertex(?: ai)?|mistral(?: ?ai)?|cohere|meta|huggingface"
    r"|hugging face|groq|langchain|vendor|supplier|contractor)(?: (?:inc|support|team|ltd|llc))?\.?",
    re.I,
)
_LIST_WORD = re.compile(
    r"team|teams|dev|devs|developers|engineering|eng|engineers|support|help|helpdesk|info|contact|admin|admins|ops|devops|sre"
    r"|platform|oncall|security|data|ml|ai|everyone|all|staff|office|hello|maintainers|owners|committers|authors|list|group"
    r"|sales|marketing|legal|finance|it|qa|backend|frontend|infra|product|research|core"
)
_TEAM_WORD = re.compile(r"teams?|group|squad|guild|maintainers|owners|authors|contributors")
_WORD = re.compile(r"[a-z]+")
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
_NO_REPLY = re.compile(r"(?:\d+[+-])?([\w-]+)@users\.noreply\.(?:github|gitlab)\.com", re.I)
_NAMED_EMAIL = re.compile(r"\s*(.*?)\s*<([^<>]+)>\s*")


class Known(NamedTuple):
    """An entry of the roster."""

    key: str
    entry: RosterEntry


class Roster:
    """People and teams of a manifest, found by any of their names; leads and members of teams are people of it too."""

    def __init__(self, entries: Mapping[str, RosterEntry]) -> None:
        named = (name for entry in entries.values() for name in (entry.lead, *entry.members))
        self._entries = {name: RosterEntry() for name in named if kind_of(name) == "person"} | dict(entries)
        self._names: dict[str, str] = {}
        for key, entry in self._entries.items():
            for name in (*entry.handles, *entry.emails, entry.name):
                if kind_of(name) != "nobody":
                    self._names.setdefault(_folded(name), key)
        for key in self._entries:
            if key in entries or _folded(key) not in self._names:
                self._names[_folded(key)] = key

    def __bool__(self) -> bool:
        return bool(self._entries)

    def find(self, owner: str) -> Known | None:
        """The entry that an e-mail address, account, team or name means; case does not matter, nor does a missing `@`."""
        names = (owner, email_of(owner), name_of(owner), f"@{owner}", account_of(owner))
        key = next((self._names[folded] for name in names if name and (folded := _folded(name)) in self._names), None)
        return Known(key, self._entries[key]) if key is not None else None

    def key(self, owner: str) -> str:
        """One name for all names of a person or team that are known to be the same."""
        known = self.find(owner)
        return known.key if known else account_of(owner) or _folded(email_of(owner) or owner)

    def is_team(self, owner: str) -> bool:
        known = self.find(owner)
        return bool(known and (known.entry.lead or known.entry.members))

    def person(self, owner: str) -> str | None:
        """The human behind an owner: the person's key in the roster, a team's lead, or the owner itself when it names a human."""
        known = self.find(owner)
        if known and self.is_team(owner):
            lead = self.find(known.entry.lead) if known.entry.lead else None
            return lead.key if lead else known.entry.lead if kind_of(known.entry.lead) == "person" else None
        if known:
            return known.key
        return (email_of(owner) or owner) if kind_of(owner) == "person" else None

    def teams_of(self, owner: str) -> frozenset[str]:
        """Keys of the teams that a person leads or belongs to."""
        known = self.find(owner)
        if not known:
            return frozenset()
        return frozenset(
            key
            for key, entry in self._entries.items()
            if any((one := self.find(name)) and one.key == known.key for name in (entry.lead, *entry.members) if name)
        )

    def left(self, owner: str, as_of: datetime.date) -> datetime.date | None:
        """The person's or team's last day, when it lies before `as_of`."""
        known = self.find(owner)
        until = known.entry.until if known else None
        return until if until and until < as_of else None

    def kind(self, owner: str) -> OwnerKind:
        if self.is_team(owner):
            return "team"
        return "person" if self.find(owner) else kind_of(owner)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def email_of(text: str) -> str:
    """The address in `Maria Lopez <maria@example.com>` or `maria@example.com`, else nothing."""
    named = _NAMED_EMAIL.fullmatch(text)
    address = named.group(2).strip() if named else text.strip()
    return address if _EMAIL.fullmatch(address) and not address.startswith("@") else ""


def account_of(text: str) -> str:
    """The account behind an address that a code host gives out, as `@maria` for `7+maria@users.noreply.github.com`, else nothing."""
    found = _NO_REPLY.fullmatch(email_of(text))
    return f"@{found.group(1)}".casefold() if found else ""


def name_of(text: str) -> str:
    """The name in `Maria Lopez <maria@example.com>`, else nothing."""
    named = _NAMED_EMAIL.fullmatch(text)
    return named.group(1).strip() if named else ""


def is_team_name(text: str) -> bool:
    """Whether it is written as a code host writes a team: `@org/team`."""
    return text.startswith("@") and not text.startswith("@@") and "/" in text


def kind_of(owner: str) -> OwnerKind:
    """What an owner text names, judged by its words alone.

    `@org/team` and `group:...` are teams; an address such as `support@` is a distribution list; `TBD` names nobody.
    """
    text = owner.strip()
    if not text or _NOBODY.fullmatch(text):
        return "nobody"
    address = email_of(text)
    bare = address.partition("@")[0] if address else text.lstrip("@").strip()
    if _BOT.fullmatch(bare) or "[bot]" in text:
        return "bot"
    if address:
        return "list" if _is_list(bare, address) else "person"
    if text.startswith("@@") or text.lower().startswith("group:") or is_team_name(text):
        return "team"
    if _AI.fullmatch(bare):
        return "ai"
    if _VENDOR.fullmatch(bare):
        return "vendor"
    return "team" if _sounds_like_a_team(text) else "person"


def _sounds_like_a_team(text: str) -> bool:
    words = _WORD.findall(text.lower())
    return bool(words) and (bool(_TEAM_WORD.fullmatch(words[-1])) or _all_listed(words))


def _is_list(local: str, address: str) -> bool:
    if address.endswith("@googlegroups.com"):
        return True
    words = _WORD.findall(local.lower())
    return bool(words) and (words[-1] in {"team", "list", "group", "devs", "dev"} or _all_listed(words))


def _all_listed(words: list[str]) -> bool:
    return all(map(_LIST_WORD.fullmatch, words))
