"""Languages whose files share the names of a package: which files a package has, and in which of them a name may be defined."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property

import msgspec

JVM = (".java", ".kt", ".kts", ".scala", ".sc")
FOLDERS = (".go",)
"""Suffixes of files that share all names of their folder."""
BY_NAME = (*JVM, ".cs", ".php", ".rb", ".swift")
"""Suffixes of files that are named for the class they define."""
SUFFIXES = (*FOLDERS, *BY_NAME, ".rs", ".sh", ".bash")
MAX_BESIDE = 60
"""Files of one folder that are looked into for a name."""
MAX_NAMED = 6
"""Files of one name that are looked into for a class."""
_GO_MODULE = re.compile(rb"(?m)^module\s+(\S+)")
_PHP_NAMESPACE = re.compile(rb"(?m)^\s*(?:<\?php\s+)?namespace\s+([\w\\]+)")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class _Autoload(msgspec.Struct, frozen=True, rename={"psr_4": "psr-4"}):
    psr_4: dict[str, str | list[str]] = {}


class _Composer(msgspec.Struct, frozen=True, rename={"autoload_dev": "autoload-dev"}):
    autoload: _Autoload = _Autoload()
    autoload_dev: _Autoload = _Autoload()


class Packages:
    """The files of one tree by folder and by name; `read` gives the bytes of one."""

    def __init__(self, paths: Collection[str], read: Callable[[str], bytes | None]) -> None:
        self._paths = paths
        self._read = read
        self._beside: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
        self._php_roots: dict[str, tuple[list[str], str] | None] = {}
        """By folder: a namespace and the folder that it lies in."""

    @cached_property
    def _sources(self) -> list[str]:
        return sorted(path for path in self._paths if path.endswith(SUFFIXES))

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in self._sources:
            found[posixpath.dirname(path)].append(path)
        return found

    @cached_property
    def _by_last(self) -> dict[str, list[str]]:
        """Folders by their last name."""
        found: dict[str, list[str]] = defaultdict(list)
        for folder in self._folders:
            found[posixpath.basename(folder)].append(folder)
        return found

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in self._sources:
            found[posixpath.basename(path).partition(".")[0]].append(path)
        return found

    @cached_property
    def _go_modules(self) -> dict[str, str]:
        """Folders of Go modules by the path that imports of them start with."""
        found: dict[str, str] = {}
        for path in sorted(path for path in self._paths if posixpath.basename(path) == "go.mod"):
            match = _GO_MODULE.search(self._read(path) or b"")
            if match is not None:
                found.setdefault(match[1].decode("utf-8", "replace"), posixpath.dirname(path))
        return found

    @cached_property
    def _php_prefixes(self) -> dict[str, list[str]]:
        """Folders by the namespace whose classes lie in them, as `composer.json` says."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in sorted(path for path in self._paths if posixpath.basename(path) == "composer.json"):
            for prefix, folder in _autoloaded(self._read(path) or b""):
                found[prefix].append(posixpath.normpath(posixpath.join(posixpath.dirname(path), folder)).removeprefix("."))
        return found

    def find(self, importer: str, module: str) -> str | None:
        """A file of the package that an import names, or the file of the class that it names."""
        if importer.endswith(FOLDERS):
            return self._of_go(importer, module)
        if importer.endswith(".rs"):
            return self._of_rust(importer, module)
        if not importer.endswith(BY_NAME):
            return None
        if importer.endswith(".php") and (path := self._of_php(importer, module)) is not None:
            return path
        tail = re.sub(r"[.\\]", "/", module).strip("/")
        folders = [f for f in self._by_last.get(posixpath.basename(tail), ()) if f == tail or f.endswith("/" + tail)]
        files = (path for folder in _nearest(importer, folders) for path in self._alike(importer, folder))
        return next(files, None) or next(iter(self._classes(importer, posixpath.basename(tail), posixpath.dirname(tail))), None)

    def _of_go(self, importer: str, module: str) -> str | None:
        prefixes = sorted((name for name in self._go_modules if module == name or module.startswith(name + "/")), key=len)
        for name in reversed(prefixes):
            folder = posixpath.normpath(posixpath.join(self._go_modules[name], module[len(name) :].strip("/"))).removeprefix(".").strip("/")
            if files := list(self._alike(importer, folder)):
                return files[0]
        return None

    def _of_php(self, importer: str, module: str) -> str | None:
        """`App.Services` is `app/Services/` where `App` lies in `app/`; a class is a file of its name."""
        parts = module.split(".")
        root = self._php_root(importer)
        for size in range(len(parts), 0, -1):
            folders = self._php_prefixes.get(".".join(parts[:size])) or ([root[1]] if root is not None and root[0] == parts[:size] else [])
            homes = ["/".join(filter(None, (folder, *parts[size:]))) for folder in folders]
            files = [path for home in homes for path in (*list(self._alike(importer, home))[:1], f"{home}.php") if path in self._paths]
            if files:
                return _nearest(importer, files)[0]
        return None

    def _php_root(self, path: str) -> tuple[list[str], str] | None:
        """The namespace and folder above a file that names them apart: `App.Mail` in `lib/Mail/` says that `App` lies in `lib/`."""
        home = posixpath.dirname(path)
        if home not in self._php_roots:
            match = _PHP_NAMESPACE.search(self._read(path) or b"")
            names, folders = match[1].decode("utf-8", "replace").split("\\") if match is not None else [], home.split("/")
            while names and folders and names[-1] == folders[-1]:
                names, folders = names[:-1], folders[:-1]
            self._php_roots[home] = (names, "/".join(folders)) if names else None
        return self._php_roots[home]

    def _of_rust(self, importer: str, module: str) -> str | None:
        """`crate.a.b` is `a/b.rs` or `a/b/mod.rs`, or is declared in `a.rs`; other crates are not looked for."""
        head, *parts = module.split(".")
        if head not in ("crate", "super", "self"):
            return None
        tail = "/".join(part for part in parts if part not in ("super", "self"))
        names = [f"{tail}.rs", f"{tail}/mod.rs"] if tail else ["lib.rs", "main.rs", "mod.rs"]
        found = [p for p in self._sources if any(p == name or p.endswith("/" + name) for name in names)]
        return next(iter(_nearest(importer, found)), None)

    def _alike(self, importer: str, folder: str) -> Iterator[str]:
        """Files of a folder in the language of another; tests are seen by tests only."""
        suffixes = next((group for group in (JVM, FOLDERS) if importer.endswith(group)), (posixpath.splitext(importer)[1],))
        testing = importer.endswith("_test.go")
        return (p for p in self._folders.get(folder, ()) if p.endswith(suffixes) and (testing or not p.endswith("_test.go")))

    def _classes(self, importer: str, name: str, folder: str) -> list[str]:
        """Files named for a class, in a folder whose path ends as told, the nearest first."""
        suffixes = JVM if importer.endswith(JVM) else (posixpath.splitext(importer)[1],)
        named = [p for p in self._by_stem.get(name, ()) if p.endswith(suffixes)]
        return _nearest(importer, [p for p in named if not folder or ("/" + posixpath.dirname(p)).endswith("/" + folder)])

    def beside(self, path: str, name: str, seen: Sequence[str] = ()) -> list[str]:
        """Other files in which a name that a file uses without an import may be defined; `seen` are packages whose names it sees."""
        # In a language of whole folders it is the same for all names, else for all files of a folder.
        key = (path if path.endswith(FOLDERS) else posixpath.dirname(path), "" if path.endswith(FOLDERS) else name, tuple(seen))
        if key not in self._beside:
            self._beside[key] = self._look_beside(path, name, seen)
        return [other for other in self._beside[key] if other != path]

    def of_owner(self, path: str, name: str, owner: str) -> list[str]:
        """Other files that are named for a class, in a folder named for the namespace or class around it."""
        found = self._classes(path, spelled(path, name), spelled(path, owner))[:MAX_NAMED] if path.endswith(BY_NAME) else []
        return [other for other in found if other != path]

    def _look_beside(self, path: str, name: str, seen: Sequence[str]) -> list[str]:
        if path.endswith(FOLDERS):
            found = list(self._alike(path, posixpath.dirname(path)))[:MAX_BESIDE]
        elif path.endswith(JVM):
            homes = [posixpath.dirname(path), *(posixpath.dirname(other) for star in seen if (other := self.find(path, star)))]
            near = [p for home in homes for p in self._alike(path, home) if not p.endswith(".java") or _stem(p) == name]
            found = sorted(near, key=lambda p: _stem(p) != name)[:MAX_BESIDE]
        elif path.endswith(BY_NAME):
            found = self._classes(path, spelled(path, name), "")[:MAX_NAMED]
        else:
            found = []
        return found


def _autoloaded(manifest: bytes) -> Iterator[tuple[str, str]]:
    """Namespaces of a `composer.json`, with dots, and the folders of their classes."""
    try:
        whole = msgspec.json.decode(manifest, type=_Composer)
    except (msgspec.DecodeError, UnicodeError):
        return
    for loads in (whole.autoload, whole.autoload_dev):
        for prefix, folders in loads.psr_4.items():
            for folder in [folders] if isinstance(folders, str) else folders:
                yield prefix.strip("\\").replace("\\", "."), folder


def spelled(path: str, name: str) -> str:
    """How the language of a file writes the name of a class in that of a file."""
    return _WORDS.sub("_", name).lower() if path.endswith(".rb") else name


def _stem(path: str) -> str:
    return posixpath.basename(path).partition(".")[0]


def _nearest(path: str, others: Iterable[str]) -> list[str]:
    """Those that share most of the way to a file first."""
    return sorted(others, key=lambda other: (-len(posixpath.commonpath(["/" + path, "/" + other])), len(other), other))
