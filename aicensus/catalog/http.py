"""What a URL and the function that asks for it say about an inference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from aicensus.catalog.pattern import Table, expand, has_wildcard, to_regex
from aicensus.catalog.schema import ALSO, BodySpec, CallerSpec, HttpFile, Kind, ShapeSpec


class PathFact(NamedTuple):
    kind: Kind
    provider: str | None
    strong: bool
    """The path alone is enough, whatever the host."""
    body: tuple[str, ...] = ()
    """Keys of the body with which the path is enough."""


class Http:
    """Hosts, paths and callers of one or more files; rows of an earlier file win."""

    def __init__(self, files: Sequence[HttpFile]) -> None:
        self.body: BodySpec = next((file.body for file in files if file.body.model), BodySpec())
        rows = [(text, row.provider) for file in files for row in file.hosts for text in expand(row.host)]
        self._hosts = {text: provider for text, provider in reversed(rows) if not has_wildcard(text)}
        self._wild_hosts = sorted(((text, provider) for text, provider in rows if has_wildcard(text)), key=lambda row: -len(row[0]))
        self.hosts: tuple[str, ...] = tuple(dict.fromkeys(text for text, _ in rows))
        paths = [
            (text, PathFact(row.kind, row.provider or None, row.strong, row.body))
            for file in files
            for row in file.paths
            for text in expand(row.suffix)
        ]
        self._paths = sorted(paths, key=lambda row: -len(row[0]))
        self.shapes: tuple[ShapeSpec, ...] = tuple(row for file in files for row in file.shapes)
        self._callers: dict[str, Table[CallerSpec]] = {}
        self._sent_by: dict[str, list[str]] = {}
        for file in files:
            for caller in file.callers:
                self._sent_by.setdefault(caller.language, []).append(caller.callee)
                table = self._callers.setdefault(caller.language, Table())
                for text in expand(caller.callee):
                    table.add(text, caller)

    def host(self, host: str) -> str | None:
        """Provider of a host, with or without a port."""
        name = host.lower().rstrip(".")
        for form in dict.fromkeys((name, re.sub(r":\d+$", "", name))):
            if form in self._hosts:
                return self._hosts[form]
            for text, provider in self._wild_hosts:
                if to_regex(text, r"[^.:/]+").fullmatch(form):
                    return provider
        return None

    def path(self, url_path: str) -> PathFact | None:
        """What a URL path asks for, by its longest known suffix; query and fragment do not matter."""
        path = re.split(r"[?#]", url_path, maxsplit=1)[0].rstrip("/")
        if not path.startswith("/"):
            path = f"/{path}"
        for text, fact in self._paths:
            if has_wildcard(text):
                if re.search(f"(?:{to_regex(text, r'[^/]+').pattern})$", path):
                    return fact
            elif path.endswith(text):
                return fact
        return None

    def caller(self, language: str, path: str) -> CallerSpec | None:
        """The row of a function that sends a request."""
        tables = (self._callers.get(name) for name in (language, *ALSO.get(language, ())))
        return next((row for table in tables if table is not None for row in table.find(path)), None)

    def senders(self, languages: Iterable[str]) -> tuple[str, ...]:
        """Patterns of the functions that send requests."""
        return tuple(text for one in sorted(languages) for text in self._sent_by.get(one, ()))

    def may_end_with(self, language: str, name: str) -> bool:
        """Whether a function of this name may send a request."""
        tables = (self._callers.get(one) for one in (language, *ALSO.get(language, ())))
        return any(table.may_end_with(name) for table in tables if table is not None)
