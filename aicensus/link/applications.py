"""Which modules of a tree of many applications have to do with each other: objects and settings of one are not those of another.

A module is the folder around a build file of a class-based language. Two modules are one program where one of them names a package
that only the other defines.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Sequence

from aicensus.link.project import Module, imports_in

BUILD_FILE = re.compile(r"(?:pom\.xml|build\.gradle(?:\.kts)?|build\.sbt|[^/]+\.(?:cs|fs|vb)proj)")


class Applications:
    """The modules of one tree; `modules` gives the files read so far."""

    def __init__(self, paths: Iterable[str], modules: Callable[[], Sequence[Module]]) -> None:
        self._marked = {posixpath.dirname(path) for path in paths if BUILD_FILE.fullmatch(posixpath.basename(path))}
        self._modules = modules
        self._read = -1
        self._defined: dict[str, set[str]] = {}
        self._named: dict[str, set[str]] = {}

    def share(self, one: str, other: str) -> bool:
        """Whether code at two paths may belong to one program."""
        home, away = self.home_of(one), self.home_of(other)
        return home == away or self._names(home, away) or self._names(away, home)

    def home_of(self, path: str) -> str:
        """The nearest folder around a file that has a build file; the root where none has."""
        folder = posixpath.dirname(path)
        while folder and folder not in self._marked:
            folder = posixpath.dirname(folder)
        return folder

    def _names(self, user: str, used: str) -> bool:
        """Whether a module names a package that the other defines and it does not."""
        self._update()
        own = self._defined.get(user, set())
        return not self._named.get(user, set()).isdisjoint(self._defined.get(used, set()) - own)

    def _update(self) -> None:
        modules = self._modules()
        if self._read == len(modules):
            return
        self._read = len(modules)
        self._defined, self._named = {}, {}
        for module in modules:
            if module.facts.package is not None:
                home = self.home_of(module.path)
                self._defined.setdefault(home, set()).add(module.facts.package)
                self._named.setdefault(home, set()).update(row.module for row in imports_in(module.facts))
