"""Which packages of one tree may get hold of what a package of it defines.

A tree may hold many packages, and two of them that have nothing to do with each other may use the same names. An object or a function
of a package is in the hands of the package itself, of those that import it, directly or through others, and of those that one of these
imports and may hand it to.
"""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from aicensus.extract import is_code

PACKAGE_FILES = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "package.json", "deno.json"})
"""Files at the root of a package, whatever folders it has."""


LIBRARY = 100
"""Files of code; a package with more is as large as a library that others write."""


class Neighbours:
    """The packages of a tree, and which import which, as far as their files have been read."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._marked: set[str] = set()
        self._packages: set[str] = set()
        self._code: list[str] = []
        for path in paths:
            folder, name = posixpath.split(path)
            if is_code(path):
                self._code.append(path)
            if name in PACKAGE_FILES:
                self._marked.add(folder)
            elif name == "__init__.py":
                self._packages.add(folder)
        self._homes: dict[str, str] = {}
        """Packages by folder."""
        self._package_of: dict[str, str] = {}
        """The same by path."""
        self._uses: dict[str, set[str]] = defaultdict(set)
        self._used_by: dict[str, set[str]] = defaultdict(set)
        self._near: dict[str, frozenset[str]] = {}

    def package_of(self, path: str) -> str:
        """The folder of the package of a file: the nearest with a package file, else the outermost Python package, else the root."""
        package = self._package_of.get(path)
        if package is None:
            folder = posixpath.dirname(path)
            if folder not in self._homes:
                self._homes[folder] = self._package_at(folder)
            package = self._package_of[path] = self._homes[folder]
        return package

    def _package_at(self, folder: str) -> str:
        marked = (around for around in _upwards(folder) if around in self._marked)
        return next(marked, self._outermost(folder))

    def _outermost(self, folder: str) -> str:
        """The outermost Python package around a folder; empty where there is none."""
        return next((around for around in reversed([*_upwards(folder)]) if around in self._packages), "")

    def import_name(self, path: str) -> str:
        """The first name of an import of a Python file from outside its package; empty where no folder around it is a Python package."""
        return posixpath.basename(self._outermost(posixpath.dirname(path)))

    def add(self, importer: str, imported: str) -> None:
        """Take in that one file imports another."""
        user, used = self.package_of(importer), self.package_of(imported)
        if user != used and used not in self._uses[user]:
            self._uses[user].add(used)
            self._used_by[used].add(user)
            self._near.clear()

    def may_hold(self, path: str, other: str) -> bool:
        """Whether code of the file `other` may get hold of what the file at `path` defines."""
        return self.may_reach(path, self.package_of(other))

    def may_reach(self, path: str, package: str) -> bool:
        """Whether code of a package may get hold of what the file at `path` defines."""
        home = self.package_of(path)
        if home == package:
            return True
        if home not in self._near:
            users = self.users([home])
            self._near[home] = frozenset(users.union(*(self._uses.get(user, ()) for user in users)))
        return package in self._near[home]

    def libraries(self, asking: Iterable[str]) -> frozenset[str]:
        """Large packages that have nothing to do with the packages `asking`: they import none of them, directly or through others."""
        near = self.users(asking)
        return frozenset(package for package, files in self._sizes.items() if files > LIBRARY and package not in near)

    @cached_property
    def _sizes(self) -> Counter[str]:
        return Counter(map(self.package_of, self._code))

    def may_import(self, path: str, other: str) -> bool:
        """Whether the package of the file `other` is that of the file at `path`, or imports it, directly or through others."""
        home, package = self.package_of(path), self.package_of(other)
        return home == package or (package in self._uses and package in self.users([home]))

    def users(self, packages: Iterable[str]) -> set[str]:
        """These packages and all that import one of them, directly or through others."""
        users = set(packages)
        queue = [*users]
        while queue:
            fresh = self._used_by.get(queue.pop(), set()) - users
            users |= fresh
            queue += fresh
        return users


def _upwards(folder: str) -> Iterator[str]:
    """The folder and those around it, the root of the tree last."""
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""
