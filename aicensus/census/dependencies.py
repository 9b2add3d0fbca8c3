"""Model SDKs in dependency manifests, so that a dependency without a point can be questioned."""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping

MANIFESTS = re.compile(
    r"(^|/)(requirements[\w.-]*\.(txt|in)|pyproject\.toml|setup\.cfg|setup\.py|Pipfile|environment\.ya?ml|package\.json)$"
)
_REQUIREMENT = re.compile(r"^\s*[\"']?([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*((?:[=<>!~^]=?[^;#,\"']*,?)*)")


def is_manifest(path: str) -> bool:
    """Whether a path names a dependency manifest that is read."""
    return MANIFESTS.search(path) is not None


def dependencies(path: str, content: bytes, packages: Mapping[str, str]) -> Iterator[tuple[int, str, str, str]]:
    """Yield line (from 1), package, version as written, and SDK of each known package; `packages` maps normalised names to SDKs.

    A manifest that does not parse yields what its lines say.
    """
    text = content.decode("utf-8", "replace")
    lines = text.splitlines()
    name = posixpath.basename(path)
    seen: set[str] = set()
    for package, version in _package_json(text) if name == "package.json" else _pythonic(name, text):
        key = normal(package)
        if key in packages and key not in seen:
            seen.add(key)
            yield _line(lines, package), package, version, packages[key]


def normal(package: str) -> str:
    """A package name as registries compare it."""
    return package.lower() if package.startswith("@") else re.sub(r"[-_.]+", "-", package).lower()


def _line(lines: list[str], package: str) -> int:
    return next((n for n, line in enumerate(lines, 1) if package in line), 1)


def _package_json(text: str) -> Iterator[tuple[str, str]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    if not isinstance(data, dict):
        return
    for section in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"):
        rows = data.get(section)
        if isinstance(rows, dict):
            yield from ((str(k), str(v)) for k, v in rows.items())


def _pythonic(name: str, text: str) -> Iterator[tuple[str, str]]:
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


def _toml(data: dict[str, object]) -> Iterator[tuple[str, str]]:
    stack: list[tuple[str, object]] = [("", data)]
    while stack:
        key, value = stack.pop()
        if isinstance(value, dict):
            if key.endswith("dependencies"):
                yield from ((str(k), v if isinstance(v, str) else "") for k, v in value.items())
            stack.extend((str(k), v) for k, v in value.items())
        elif isinstance(value, list) and all(isinstance(item, str) for item in value):
            for item in value:
                if match := _REQUIREMENT.match(str(item)):
                    yield match[1], match[2].strip()
