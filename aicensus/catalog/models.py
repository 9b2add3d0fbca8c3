"""Facts about models by provider and id."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec

from aicensus.catalog.pattern import to_regex
from aicensus.catalog.schema import ModelFact, ModelsFile

_SNAPSHOT = re.compile(r"([-@:](\d{3,}|\d{4}-\d\d-\d\d|\d\d-\d{4}|\d\d-\d\d|v\d+(:\d+)?|latest|preview|exp|beta))*")


_CONSTANT_HEAD = re.compile(r"^(?:openai|anthropic|gemini|ollama|chat|embedding|model|name|id)")


class Models:
    """Model facts of one or more files; rows of an earlier file win."""

    def __init__(self, files: Sequence[ModelsFile]) -> None:
        self.as_of: datetime.date | None = max((file.as_of for file in files), default=None)
        self._aliases = tuple(file.aliases for file in files)
        self.facts = tuple(
            msgspec.structs.replace(fact, as_of=fact.as_of or file.as_of, source=fact.source or file.source)
            for file in files
            for fact in file.models
        )
        self._exact: dict[tuple[str, str], ModelFact] = {}
        self._wild: dict[str, list[ModelFact]] = {}
        for fact in self.facts:
            if fact.id.endswith("*"):
                self._wild.setdefault(fact.provider, []).append(fact)
            else:
                self._exact.setdefault((fact.provider, fact.id.lower()), fact)
        self._found: dict[tuple[str, str], ModelFact | None] = {}

    def lookup(self, provider: str, model_id: str) -> ModelFact | None:
        """Return the fact for a model at this provider, or None. The platform's decorations of the id are stripped as needed.

        An exact id wins over one with `*`, and of those the longest; another provider's rows are never used.
        """
        key = (provider, model_id)
        if key not in self._found:
            self._found[key] = next(filter(None, (self._at(provider, name) for name in self.spellings(model_id))), None)
        return self._found[key]

    def spellings(self, model_id: str) -> Iterator[str]:
        """The id in lower case as written, then with ever more decoration stripped; each once."""
        queue, seen = [model_id.strip().lower()], set[str]()
        while queue:
            name = queue.pop(0)
            if not name or name in seen:
                continue
            seen.add(name)
            yield name
            queue += [stripped for pattern in self._strip_patterns for stripped in [pattern.sub("", name, count=1)] if stripped != name]
            queue += [aliases.same[name] for aliases in self._aliases if name in aliases.same]

    def of_constant(self, name: str) -> str:
        """The id that a constant is named after: `GPT_4O_MINI`, `ModelClaude3_7SonnetLatest`; empty where there is none."""
        letters = _letters(name)
        for _ in range(3):
            if letters in self._by_letters:
                return self._by_letters[letters]
            letters = _CONSTANT_HEAD.sub("", letters)
        return ""

    @cached_property
    def _by_letters(self) -> dict[str, str]:
        """Ids by their letters and digits, the shortest of those that share them; platforms' decorated ids are left out."""
        ids = {fact.id.rstrip("*").rstrip("-").lower() for fact in self.facts}
        plain = sorted((id_ for id_ in ids if len(id_) > 1 and not re.search(r"[/:@]|^\w+\.(?!\d)", id_)), key=lambda i: (len(i), i))
        return {_letters(id_): id_ for id_ in reversed(plain)}

    @cached_property
    def _strip_patterns(self) -> tuple[re.Pattern[str], ...]:
        def inner(text: str) -> str:
            return to_regex(text, r"[^/:]*").pattern

        starts = [re.compile("^" + inner(text)) for aliases in self._aliases for text in aliases.prefixes]
        ends = [re.compile(inner(text) + "$") for aliases in self._aliases for text in aliases.suffixes]
        return (*starts, *ends)

    def _at(self, provider: str, name: str) -> ModelFact | None:
        fact = self._exact.get((provider, name))
        if fact:
            return fact
        fitting = [fact for fact in self._wild.get(provider, ()) if _covers(fact.id.lower(), name)]
        return max(fitting, key=lambda fact: len(fact.id.rstrip("*")), default=None)


def _letters(text: str) -> str:
    return re.sub(r"(?<=\d)dot(?=\d)", "", re.sub(r"[^a-z0-9]", "", text.lower()))


def _covers(pattern: str, name: str) -> bool:
    stem = pattern.rstrip("*")
    rest = name[len(stem) :]
    return name.startswith(stem) and (pattern.endswith("**") or bool(_SNAPSHOT.fullmatch(rest)))
