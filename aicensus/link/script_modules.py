"""Which file of the tree a JavaScript import names: relative paths, `tsconfig` paths, workspace packages, `#imports`."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

_SUFFIXES = (
    ".ts",
    ".tsx",
    ".mts",
    ".cts",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".vue",
    ".svelte",
    ".astro",
    ".d.ts",
    ".d.mts",
    ".d.cts",
    ".json",
)
"""In the order in which they are tried: source before what is made of it, code before declarations."""
_TYPED = (".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".astro")
_SOURCES = {".js": (".ts", ".tsx", ".d.ts"), ".jsx": (".tsx", ".d.ts"), ".mjs": (".mts", ".d.mts"), ".cjs": (".cts", ".d.cts")}
"""TypeScript imports the file that a compiler will make: `./x.js` names `x.ts`."""
_CONDITIONS = ("source", "development", "import", "module", "node", "default", "require", "browser", "types")
_ENTRIES = ("source", "module", "main", "types", "typings")
_CONFIGS = ("tsconfig.json", "jsconfig.json")
_BUILT = frozenset({"dist", "build", "lib", "out", "output", "es", "esm", "cjs"})
_FLAVOURS = frozenset({"esm", "cjs", "es", "mjs", "node", "browser", "types", "src"})
_BUILT_SUFFIX = re.compile(r"(?:\.d)?\.[mc]?[jt]sx?$")
_ALIASES = {"@/": "src/", "~/": "src/", "$lib/": "src/lib/"}
"""What build tools commonly agree on, for trees that do not write it down."""
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*+(?:"|\Z))|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_LAST_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+(?:"|\Z))|,(?=\s*[}\]])', re.DOTALL)
_MAX_EXTENDS = 10


@dataclass(frozen=True, slots=True)
class _Paths:
    """What one configuration says about names that are no paths."""

    base: str | None
    """Folder that plain names are looked up in."""
    patterns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Patterns with at most one `*`, and paths of the tree with `*` for what it stood for."""


class ScriptModules:
    """The files of a tree as JavaScript modules; `read` gives the bytes of one, None where it cannot."""

    def __init__(self, paths: Iterable[str], read: Callable[[str], bytes | None]) -> None:
        self._paths = frozenset(paths)
        self._read = read
        self._found: dict[tuple[str, bool, str], str | None] = {}
        self._json: dict[str, dict[str, Any]] = {}
        self._configs: dict[str, tuple[_Paths, ...]] = {}
        self._packages: dict[str, list[str]] | None = None

    def find(self, importer: str, specifier: str) -> str | None:
        """Return the path of the file that `specifier`, written in the file `importer`, names; None for what is not in the tree."""
        folder = posixpath.dirname(importer)
        key = (folder, importer.endswith(_TYPED), specifier)
        if key not in self._found:
            self._found[key] = self._find(folder, specifier.partition("?")[0], key[1])
        return self._found[key]

    def _find(self, folder: str, specifier: str, typed: bool) -> str | None:
        if not specifier or specifier.startswith("/") or "\0" in specifier:
            return None
        if specifier in (".", "..") or specifier.startswith(("./", "../")):
            return self._file(_joined(folder, specifier), typed)
        if specifier.startswith("#"):
            found = self._internal(folder, specifier, typed)
            if found is not None:
                return found
        return (
            self._configured(folder, specifier, typed) or self._package(folder, specifier, typed) or self._alias(folder, specifier, typed)
        )

    # files

    def _file(self, path: str | None, typed: bool = True) -> str | None:
        """The file that a path without certain suffix names: itself, with a suffix, or the index of the folder."""
        return self._plain(path, typed) or (self._folder(path, typed) if path is not None else None)

    def _folder(self, path: str, typed: bool) -> str | None:
        described = self._object(_inside(path, "package.json"))
        for entry in _ENTRIES:
            target = described.get(entry)
            if isinstance(target, str) and (found := self._plain(_joined(path, target))) is not None:
                return found
        return self._plain(_inside(path, "index"), typed)

    def _plain(self, path: str | None, typed: bool = True) -> str | None:
        """A file by its path, or by its path without suffix."""
        if path is None:
            return None
        stem, suffix = posixpath.splitext(path)
        sources = [stem + other for other in _SOURCES.get(suffix, ())]
        exact = [*sources, path] if typed else [path, *sources]
        return next((candidate for candidate in (*exact, *[path + other for other in _SUFFIXES]) if candidate in self._paths), None)

    def _object(self, path: str) -> dict[str, Any]:
        """The JSON object in a file, with comments and trailing commas allowed; empty where there is none."""
        if path not in self._json:
            content = self._read(path) if path in self._paths else None
            self._json[path] = _json_object(content) if content is not None else {}
        return self._json[path]

    # tsconfig.json

    def _configured(self, folder: str, specifier: str, typed: bool) -> str | None:
        for above in _upwards(folder):
            for paths in self._config(above):
                for target in _targets(paths.patterns, specifier):
                    if (found := self._file(target, typed)) is not None:
                        return found
                if paths.base is not None and (found := self._file(_joined(paths.base, specifier), typed)) is not None:
                    return found
        return None

    def _config(self, folder: str) -> tuple[_Paths, ...]:
        """The configuration in a folder, then those it refers to."""
        if folder not in self._configs:
            found: list[_Paths] = []
            for name in _CONFIGS:
                path = _inside(folder, name)
                if path in self._paths:
                    found.append(self._paths_of(path, 0))
                    found.extend(self._paths_of(other, 0) for other in self._references(folder, self._object(path)))
            self._configs[folder] = tuple(found)
        return self._configs[folder]

    def _references(self, folder: str, config: dict[str, Any]) -> Iterator[str]:
        for reference in _list(config.get("references")):
            path = reference.get("path") if isinstance(reference, dict) else None
            target = _joined(folder, path) if isinstance(path, str) else None
            # A configuration of another folder speaks for the files of that folder only.
            if target is not None and target in self._paths and posixpath.dirname(target) == folder:
                yield target

    def _paths_of(self, path: str, depth: int) -> _Paths:
        config = self._object(path)
        folder = posixpath.dirname(path)
        options = config.get("compilerOptions")
        options = options if isinstance(options, dict) else {}
        inherited = _Paths(None)
        extends = config.get("extends")
        for parent in [extends] if isinstance(extends, str) else _list(extends):
            found = self._extended(folder, parent) if isinstance(parent, str) and depth < _MAX_EXTENDS else None
            if found is not None:
                more = self._paths_of(found, depth + 1)
                inherited = _Paths(more.base if more.base is not None else inherited.base, more.patterns or inherited.patterns)
        base_url = options.get("baseUrl")
        base = _joined(folder, base_url) if isinstance(base_url, str) else inherited.base
        patterns = options.get("paths")
        if not isinstance(patterns, dict):
            return _Paths(base, inherited.patterns)
        return _Paths(base, _patterns(patterns, base if base is not None else folder))

    def _extended(self, folder: str, parent: str) -> str | None:
        if parent.startswith("."):
            target = _joined(folder, parent)
        else:
            name, subpath = _package_name(parent)
            home = self._home(name, folder)
            target = _joined(home, subpath or "tsconfig.json") if home is not None else None
        if target is None:
            return None
        return next((path for path in (target, f"{target}.json", _inside(target, "tsconfig.json")) if path in self._paths), None)

    # package.json

    def package_around(self, path: str) -> str:
        """The name of the workspace package that a file lies in; empty when none has one."""
        described = (self._object(_inside(folder, "package.json")) for folder in _upwards(posixpath.dirname(path)))
        return next((name for found in described if isinstance(name := found.get("name"), str)), "")

    def _home(self, name: str, folder: str) -> str | None:
        """The folder of the workspace package of this name, the nearest where there are several."""
        if self._packages is None:
            self._packages = {}
            for path in sorted(self._paths):
                if posixpath.basename(path) == "package.json" and "node_modules" not in path.split("/"):
                    found = self._object(path).get("name")
                    if isinstance(found, str):
                        self._packages.setdefault(found, []).append(posixpath.dirname(path))
        homes = self._packages.get(name, [])
        return max(homes, key=lambda home: len(posixpath.commonprefix([home + "/", folder + "/"])), default=None)

    def _package(self, folder: str, specifier: str, typed: bool) -> str | None:
        name, subpath = _package_name(specifier)
        home = self._home(name, folder)
        if home is None:
            return None
        described = self._object(_inside(home, "package.json"))
        exports = described.get("exports")
        if exports is not None:
            found = self._exported(home, exports, f"./{subpath}" if subpath else ".")
            if found is not None:
                return found
        if subpath:
            return self._file(_joined(home, subpath), typed) or self._built(home, subpath)
        for entry in _ENTRIES:
            target = described.get(entry)
            if isinstance(target, str) and (found := self._plain(_joined(home, target)) or self._built(home, target)):
                return found
        return self._plain(_inside(home, "index")) or self._plain(_inside(home, "src/index"))

    def _exported(self, home: str, exports: object, subpath: str) -> str | None:
        if not isinstance(exports, dict) or not any(key.startswith(".") for key in exports):
            exports = {".": exports}
        for target in _conditional(exports, subpath):
            found = self._plain(_joined(home, target)) or self._built(home, target)
            if found is not None:
                return found
        return None

    def _built(self, home: str, target: str) -> str | None:
        """The source of a file that a build will make: `src/x.ts` for `dist/esm/x.js`."""
        parts = _BUILT_SUFFIX.sub("", posixpath.normpath(target)).split("/")
        if parts[0] in _BUILT:
            del parts[0]
            while len(parts) > 1 and parts[0] in _FLAVOURS:
                del parts[0]
        rest = "/".join(parts)
        for candidate in (f"src/{rest}", rest, f"src/{rest}/index", f"{rest}/index"):
            if (found := self._plain(_joined(home, candidate))) is not None:
                return found
        return None

    def _internal(self, folder: str, specifier: str, typed: bool) -> str | None:
        """`#name` as the `imports` of the nearest package.json say."""
        for above in _upwards(folder):
            path = _inside(above, "package.json")
            if path not in self._paths:
                continue
            imports = self._object(path).get("imports")
            for target in _conditional(imports, specifier) if isinstance(imports, dict) else ():
                found = self._plain(_joined(above, target)) or self._built(above, target) if target.startswith(".") else None
                found = found or (self._package(above, target, typed) if not target.startswith(".") else None)
                if found is not None:
                    return found
            return None
        return None

    def _alias(self, folder: str, specifier: str, typed: bool) -> str | None:
        """`@/x` as `src/x` of the nearest folder above that has it."""
        for prefix, instead in _ALIASES.items():
            if specifier.startswith(prefix):
                for above in _upwards(folder):
                    found = self._file(_joined(above, instead + specifier.removeprefix(prefix)), typed)
                    if found is not None:
                        return found
        return None


def _joined(folder: str, path: str) -> str | None:
    """A path seen from a folder of the tree; None where it leaves the tree."""
    joined = posixpath.normpath(posixpath.join(folder or ".", path.lstrip("/") or "."))
    if joined == ".." or joined.startswith("../"):
        return None
    return "" if joined == "." else joined


def _inside(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _upwards(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def _package_name(specifier: str) -> tuple[str, str]:
    """A specifier as the name of a package and the path in it."""
    parts = specifier.split("/")
    size = 2 if specifier.startswith("@") else 1
    return "/".join(parts[:size]), "/".join(parts[size:])


def _json_object(content: bytes) -> dict[str, Any]:
    text = content.decode("utf-8-sig", "replace")
    for rewrite in (None, _COMMENT, _LAST_COMMA):
        text = rewrite.sub(lambda match: match[1] or "", text) if rewrite is not None else text
        try:
            read = json.loads(text)
        except (ValueError, RecursionError):
            continue
        return read if isinstance(read, dict) else {}
    return {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _patterns(paths: dict[str, Any], base: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for pattern, targets in paths.items():
        inside = [_joined(base, target) for target in _list(targets) if isinstance(target, str)]
        found.append((pattern, tuple([target for target in inside if target is not None])))
    return tuple(found)


def _targets(patterns: Iterable[tuple[str, tuple[str, ...]]], name: str) -> Iterator[str]:
    """Targets of the patterns that fit a name, an exact one first, then by the longest text before the `*`."""
    for pattern, targets in sorted(patterns, key=lambda row: ("*" in row[0], -row[0].find("*"))):
        head, star, tail = pattern.partition("*")
        if not star and name == pattern:
            yield from targets
        elif star and name.startswith(head) and name.endswith(tail) and len(name) >= len(head) + len(tail):
            middle = name[len(head) : len(name) - len(tail)]
            yield from (target.replace("*", middle) for target in targets)


def _conditional(table: dict[str, Any], name: str) -> Iterator[str]:
    """Targets that `exports` or `imports` of a package give a name, whatever the conditions, the likeliest source first."""
    patterns = [(key, tuple(_leaves(value))) for key, value in table.items()]
    yield from _targets(patterns, name)


def _leaves(value: object, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth < _MAX_EXTENDS:
        for item in value:
            yield from _leaves(item, depth + 1)
    elif isinstance(value, dict) and depth < _MAX_EXTENDS:
        for key in sorted(value, key=lambda key: _CONDITIONS.index(key) if key in _CONDITIONS else len(_CONDITIONS)):
            yield from _leaves(value[key], depth + 1)
