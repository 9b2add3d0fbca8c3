"""Model SDKs in dependency manifests, so that a dependency without a point can be questioned."""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

import msgspec

Named = Iterator[tuple[str, str]]
"""Packages of a manifest with their versions as written."""

_REQUIREMENT = re.compile(r"^\s*[\"']?([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*((?:[=<>!~^]=?[^;#,\"']*,?)*)")
_POM = re.compile(r"<(?:dependency|plugin)>(.*?)</(?:dependency|plugin)>", re.DOTALL)
_TAG = re.compile(r"<(groupId|artifactId|version)>\s*([^<]+?)\s*<")
_GRADLE = re.compile(r"[\"']([\w.-]+):([\w.-]+)(?::([\w.$\{\}+-]+))?[\"']")
_GO = re.compile(r"^\s*(?:require\s+)?([\w.-]+\.[\w-]+/[\w./~-]+|[\w.-]+\.org/[\w./-]+)\s+(v\S+)", re.MULTILINE)
_NUGET = re.compile(r"<(?:PackageReference|PackageVersion|GlobalPackageReference|package)\s([^>]+)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"(Include|Update|id|Version)\s*=\s*\"([^\"]*)\"", re.IGNORECASE)
_GEM = re.compile(
    r"^\s*(?:gem|\w+\.add_(?:runtime_|development_)?dependency)[\s(]+[\"']([\w.-]+)[\"'](?:\s*,\s*[\"']([^\"']+)[\"'])?", re.MULTILINE
)
_MIX = re.compile(r"\{:(\w+)\s*,\s*\"([^\"]+)\"")
_PUB = re.compile(r"^  ([a-z_][\w]*):\s*[\"']?(\^?[\d.]*)[\"']?\s*$", re.MULTILINE)
_SWIFT = re.compile(r"url:\s*\"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?\"(?:[^\n\"]*\"([\d.]+)\")?")


_SBT = re.compile(r"\"([\w.-]+)\"\s*%{1,3}\s*\"([\w.-]+)\"(?:\s*%\s*(?:\"([^\"]+)\")?)?")


class _State(msgspec.Struct, frozen=True):
    version: str | None = None


class _Pin(msgspec.Struct, frozen=True):
    location: str = ""
    state: _State = _State()


class _Resolved(msgspec.Struct, frozen=True):
    """What Swift's package manager settled on."""

    pins: tuple[_Pin, ...] = ()


class Packages:
    """SDKs by the names of their packages in one ecosystem; a name that ends in `*` stands for all that begin so."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """`names` are as `normal` gives them."""
        self._exact = {name: sdk for name, sdk in names.items() if not name.endswith("*")}
        self._open = [(name, sdk) for name, sdk in names.items() if name.endswith("*")]

    def sdk(self, package: str) -> str:
        """The SDK of a package; empty for one that is none."""
        for name in _spellings(package):
            if name in self._exact:
                return self._exact[name]
        return next((sdk for glob, sdk in self._open for name in _spellings(package) if fnmatchcase(name, glob)), "")


def _spellings(package: str) -> Iterator[str]:
    """A package's names, the fullest first: with its group, without it, without a major version at its end."""
    name = normal(package)
    yield name
    if ":" in name:
        yield name.partition(":")[2]
    if re.search(r"/v\d+$", name):
        yield name.rpartition("/")[0]


def normal(package: str) -> str:
    """A package name as registries compare it."""
    return package.lower() if package.startswith("@") or re.search(r"[/:]", package) else re.sub(r"[-_.]+", "-", package).lower()


def ecosystem_of(path: str) -> str:
    """The ecosystem whose manifest a path names; empty for other files."""
    found = next((row for row in _MANIFESTS if row[0].search(path)), None)
    return found[1] if found is not None else ""


def is_manifest(path: str) -> bool:
    """Whether a path names a dependency manifest that is read."""
    return bool(ecosystem_of(path))


def dependencies(path: str, content: bytes, packages: Packages) -> Iterator[tuple[int, str, str, str]]:
    """Yield line (from 1), package, version as written, and SDK of each known package.

    A manifest that does not parse yields what its lines say.
    """
    text = content.decode("utf-8", "replace")
    lines = text.splitlines()
    reader = next((row[2] for row in _MANIFESTS if row[0].search(path)), None)
    seen: set[str] = set()
    for package, version in reader(posixpath.basename(path), text) if reader is not None else ():
        sdk = packages.sdk(package)
        if sdk and normal(package) not in seen:
            seen.add(normal(package))
            yield _line(lines, package), package, version, sdk


def _line(lines: list[str], package: str) -> int:
    """The first line that names a package; that of its last part where group and name stand apart."""
    for wanted in (package, package.rpartition(":")[2]):
        found = next((n for n, line in enumerate(lines, 1) if wanted in line), 0)
        if found:
            return found
    return 1


# -- manifests ---------------------------------------------------------------------------------------------------------


def _package_json(_: str, text: str) -> Named:
    yield from _json_tables(text, ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"))


def _composer(_: str, text: str) -> Named:
    yield from _json_tables(text, ("require", "require-dev"))


def _json_tables(text: str, sections: Iterable[str]) -> Named:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    if not isinstance(data, dict):
        return
    for section in sections:
        rows = data.get(section)
        if isinstance(rows, dict):
            yield from ((str(k), str(v)) for k, v in rows.items())


def _pythonic(name: str, text: str) -> Named:
    if name.endswith(".toml"):
        try:
            yield from _toml(tomllib.loads(text))
            return
        except (tomllib.TOMLDecodeError, RecursionError):
            pass
    for line in text.splitlines():
        line = line.strip().lstrip("- ").strip()
        if line and not line.startswith(("#", "-")) and (match := _REQUIREMENT.match(line)):
            yield match[1], match[2].strip().rstrip(",")


def _toml(data: dict[str, object]) -> Named:
    stack: list[tuple[str, object]] = [("", data)]
    while stack:
        key, value = stack.pop()
        if isinstance(value, dict):
            if key.endswith("dependencies"):
                yield from ((str(k), _version(v)) for k, v in value.items())
            stack.extend((str(k), v) for k, v in value.items())
        elif isinstance(value, list) and all(isinstance(item, str) for item in value):
            for item in value:
                if match := _REQUIREMENT.match(str(item)):
                    yield match[1], match[2].strip()


def _version(value: object) -> str:
    version = value.get("version", "") if isinstance(value, dict) else value
    return version if isinstance(version, str) else ""


def _cargo(_: str, text: str) -> Named:
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    stack: list[object] = [data]
    while stack:
        table = stack.pop()
        for key, value in table.items() if isinstance(table, dict) else ():
            if key in ("dependencies", "dev-dependencies", "build-dependencies") and isinstance(value, dict):
                # `name = {package = "other"}` gives a package another name.
                yield from (
                    (str(v["package"]) if isinstance(v, dict) and "package" in v else str(k), _version(v)) for k, v in value.items()
                )
            elif key in ("workspace", "target") or key.startswith("cfg(") or isinstance(value, dict):
                stack.append(value)


def _maven(_: str, text: str) -> Named:
    for block in _POM.finditer(text):
        tags = dict(reversed(_TAG.findall(block[1])))
        if "artifactId" in tags:
            yield f"{tags['groupId']}:{tags['artifactId']}" if "groupId" in tags else tags["artifactId"], tags.get("version", "")


def _gradle(_: str, text: str) -> Named:
    yield from ((f"{match[1]}:{match[2]}", match[3] or "") for match in _GRADLE.finditer(text))


def _sbt(_: str, text: str) -> Named:
    yield from ((f"{match[1]}:{match[2]}", match[3] or "") for match in _SBT.finditer(text))


def _swift_lock(_: str, text: str) -> Named:
    try:
        pins = msgspec.json.decode(text, type=_Resolved).pins
    except (msgspec.DecodeError, RecursionError):
        return
    yield from ((re.sub(r"^.*github\.com/|\.git$", "", pin.location), pin.state.version or "") for pin in pins)


def _versions_toml(_: str, text: str) -> Named:
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    libraries = data.get("libraries", {})
    for row in libraries.values() if isinstance(libraries, dict) else ():
        if isinstance(row, str):
            name, _, version = row.rpartition(":")
            yield name, version
        elif isinstance(row, dict):
            yield str(row.get("module") or f"{row.get('group')}:{row.get('name')}"), _version(row)


def _go_mod(_: str, text: str) -> Named:
    yield from ((match[1], match[2]) for match in _GO.finditer(text) if not match[0].lstrip().startswith(("module", "//")))


def _nuget(_: str, text: str) -> Named:
    for element in _NUGET.finditer(text):
        found = {name.lower(): value for name, value in _ATTRIBUTE.findall(element[1])}
        if package := found.get("include") or found.get("update") or found.get("id"):
            yield package, found.get("version", "")


def _matched(pattern: re.Pattern[str]) -> Callable[[str, str], Named]:
    def read(_: str, text: str) -> Named:
        yield from ((match[1], match[2] or "") for match in pattern.finditer(text))

    return read


def _named(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(^|/)({pattern})$")


_MANIFESTS: tuple[tuple[re.Pattern[str], str, Callable[[str, str], Named]], ...] = (
    (_named(r"requirements[\w.-]*\.(txt|in)|pyproject\.toml|setup\.cfg|setup\.py|Pipfile|environment\.ya?ml"), "pypi", _pythonic),
    (_named(r"package\.json"), "npm", _package_json),
    (_named(r"pom\.xml"), "maven", _maven),
    (_named(r"[\w.-]+\.gradle(\.kts)?"), "maven", _gradle),
    (_named(r"[\w.-]*versions\.toml"), "maven", _versions_toml),
    (_named(r"[\w.-]+\.sbt|project/[\w.-]+\.scala"), "maven", _sbt),
    (_named(r"go\.mod"), "go", _go_mod),
    (_named(r"[^/]+\.(cs|fs|vb)proj|Directory\.(Packages|Build)\.props|packages\.config"), "nuget", _nuget),
    (_named(r"Gemfile|gems\.rb|[\w.-]+\.gemspec"), "rubygems", _matched(_GEM)),
    (_named(r"composer\.json"), "packagist", _composer),
    (_named(r"Cargo\.toml"), "cargo", _cargo),
    (_named(r"mix\.exs"), "hex", _matched(_MIX)),
    (_named(r"pubspec\.yaml"), "pub", _matched(_PUB)),
    (_named(r"Package\.swift"), "swift", _matched(_SWIFT)),
    (_named(r"Package\.resolved"), "swift", _swift_lock),
)
"""Manifests by their names: ecosystem, and what reads them."""

ECOSYSTEMS = {
    "python": "pypi",
    "javascript": "npm",
    "java": "maven",
    "kotlin": "maven",
    "scala": "maven",
    "go": "go",
    "csharp": "nuget",
    "ruby": "rubygems",
    "php": "packagist",
    "rust": "cargo",
    "swift": "swift",
}
"""Where the packages of a language come from."""
