"""OWNERS files, Backstage catalogues and package metadata: who they name for a path."""

from __future__ import annotations

import contextlib
import fnmatch
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as ConfigError
from typing import Any, NamedTuple

from aicensus.manifest.nodes import NotYaml, documents, line_of, plain


class Named(NamedTuple):
    """An owner as a file names it."""

    owner: str
    path: str
    line: int
    person: str = ""
    """The human behind it, where the file says so."""


class FileProblem(NamedTuple):
    path: str
    line: int
    """0 when it is the whole file."""
    message: str


def _once(found: Iterable[Named]) -> tuple[Named, ...]:
    """Each owner at its first place."""
    first: dict[str, Named] = {}
    for named in found:
        first.setdefault(named.owner, named)
    return tuple(first.values())


def folders_above(path: str) -> Iterator[str]:
    """Folders of a path from the nearest to the root, with a slash at the end; the root is empty."""
    parts = path.split("/")[:-1]
    for count in range(len(parts), -1, -1):
        yield "".join(f"{part}/" for part in parts[:count])


# --- OWNERS, in the form of Kubernetes (YAML) and of Chromium (lines) ---------------------------------------------------------


class OwnersFile(NamedTuple):
    owners: tuple[tuple[str, int], ...] = ()
    """Text and line of those who own the folder."""
    per_file: tuple[tuple[str, tuple[tuple[str, int], ...], bool], ...] = ()
    """Name glob or regular expression (`re:...`) of files in the folder, their owners, and whether those are the only ones."""
    includes: tuple[str, ...] = ()
    """Paths of further OWNERS files, relative to the root."""
    final: bool = False
    """Owners of folders above do not count."""


class OwnersFiles:
    """All OWNERS files of a repository."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self.problems: list[FileProblem] = []
        self._aliases: dict[str, tuple[str, ...]] = {}
        if "OWNERS_ALIASES" in contents:
            self._read_aliases(contents["OWNERS_ALIASES"])
        self._files = {path: self._read(path, content) for path, content in contents.items() if path.rpartition("/")[2] == "OWNERS"}

    def named(self, path: str) -> tuple[Named, ...]:
        """Owners from the nearest folder that names any for this file; `set noparent` ends the way upwards."""
        for folder in folders_above(path):
            file = f"{folder}OWNERS"
            if file in self._files:
                found = self._of(file, path.removeprefix(folder), ())
                if found or self._files[file].final:
                    return found
        return ()

    def _of(self, file: str, name: str, seen: tuple[str, ...]) -> tuple[Named, ...]:
        record = self._files.get(file)
        if record is None or file in seen:
            return ()
        special = [(owners, only) for pattern, owners, only in record.per_file if _matches_name(pattern, name)]
        own = [Named(text, file, line) for owners, _ in special for text, line in owners]
        if not any(only for _, only in special):
            own += [Named(text, file, line) for text, line in record.owners]
            own += [named for include in record.includes for named in self._of(include, name, (*seen, file))]
        expanded = [one._replace(owner=name) for one in own for name in self._aliases.get(one.owner.lower(), (one.owner,))]
        return _once(expanded)

    def _read_aliases(self, content: bytes) -> None:
        with contextlib.suppress(NotYaml):
            for root in documents(content):
                aliases = _mapping(_mapping(plain(root)).get("aliases"))
                self._aliases.update({name.lower(): _texts(members) for name, members in aliases.items()})

    def _read(self, path: str, content: bytes) -> OwnersFile:
        if re.search(rb"^\s*(?:approvers|reviewers|filters|options)\s*:", content, re.M):
            return self._read_yaml(path, content)
        return self._read_lines(path, content.decode("utf-8", "replace"))

    def _read_yaml(self, path: str, content: bytes) -> OwnersFile:
        try:
            roots = documents(content)
        except NotYaml as error:
            self.problems.append(FileProblem(path, error.line, error.message))
            return OwnersFile()
        values = _mapping(plain(roots[0])) if roots else {}
        lines = _lines_of_texts(roots[0]) if roots else {}
        final = _mapping(values.get("options")).get("no_parent_owners") is True

        def people(section: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
            return tuple((name, lines.get(name, 0)) for name in _texts(section.get("approvers")) or _texts(section.get("reviewers")))

        filters = tuple((f"re:{regex}", people(_mapping(section)), False) for regex, section in _mapping(values.get("filters")).items())
        return OwnersFile(people(values), filters, (), final)

    def _read_lines(self, path: str, text: str) -> OwnersFile:
        folder = path.removesuffix("OWNERS")
        owners: list[tuple[str, int]] = []
        per_file: list[tuple[str, tuple[tuple[str, int], ...], bool]] = []
        includes: list[str] = []
        final = False
        for number, raw in enumerate(text.splitlines(), 1):
            line = raw.partition("#")[0].strip()
            if not line or line == "*":
                continue
            if re.fullmatch(r"set\s+noparent", line):
                final = True
            elif special := re.fullmatch(r"per-file\s+([^=]+?)\s*=\s*(.+)", line):
                per_file += _per_file(special[1], special[2], number)
            elif include := re.fullmatch(r"(?:file:|include\s+)(.+)", line):
                includes.append(_included(include[1].strip(), folder))
            elif re.fullmatch(r"[@\w][\w.+@-]*", line):
                owners.append((line, number))
            else:
                self.problems.append(FileProblem(path, number, f"`{line[:80]}` is no owner"))
        return OwnersFile(tuple(owners), tuple(per_file), tuple(includes), final)


def _per_file(globs: str, value: str, line: int) -> Iterator[tuple[str, tuple[tuple[str, int], ...], bool]]:
    only = bool(re.fullmatch(r"set\s+noparent", value.strip()))
    owners = (
        () if only else tuple((owner.strip(), line) for owner in value.split(",") if owner.strip() not in {"", "*"} and ":" not in owner)
    )
    for pattern in globs.split(","):
        yield pattern.strip(), owners, only


def _included(target: str, folder: str) -> str:
    return target.removeprefix("//") if target.startswith("//") else f"{folder}{target}".lstrip("/")


def _matches_name(pattern: str, name: str) -> bool:
    if pattern.startswith("re:"):
        # Regular expressions of a scanned repository are not run: only those that mean every file are understood.
        return pattern in {"re:.*", "re:.+", "re:"}
    return "/" not in name and fnmatch.fnmatchcase(name, pattern)


def _lines_of_texts(root: Any) -> dict[str, int]:
    if root.id == "mapping":
        return {text: line for _, value in reversed(root.value) for text, line in _lines_of_texts(value).items()}
    if root.id == "sequence":
        return {text: line for item in root.value for text, line in _lines_of_texts(item).items()}
    return {str(root.value): line_of(root)}


# --- Backstage ---------------------------------------------------------------------------------------------------------------


class Entity(NamedTuple):
    kind: str
    ref: str
    """`kind:namespace/name`, folded."""
    folder: str
    path: str
    line: int
    spec: Mapping[str, Any]
    title: str


_OWNED_KINDS = ("component", "api", "resource", "system", "domain")


class Backstage:
    """All `catalog-info.yaml` files of a repository."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self.problems: list[FileProblem] = []
        self._entities = [entity for path in sorted(contents) for entity in self._read(path, contents[path])]
        self._people = {entity.ref: entity for entity in self._entities if entity.kind in {"user", "group"}}

    def named(self, path: str) -> tuple[Named, ...]:
        """The owner of the nearest component above the path; of several in one folder, components come before APIs and systems."""
        for folder in folders_above(path):
            here = [
                entity
                for entity in self._entities
                if entity.folder == folder and entity.kind in _OWNED_KINDS and _text(entity.spec, "owner")
            ]
            if here:
                best = min(_OWNED_KINDS.index(entity.kind) for entity in here)
                owners = [self._owner(entity) for entity in here if _OWNED_KINDS.index(entity.kind) == best]
                return _once(owners)
        return ()

    def _owner(self, entity: Entity) -> Named:
        text = _text(entity.spec, "owner")
        ref = _full_ref(text)
        known = self._people.get(ref)
        person = ""
        if ref.startswith("user:"):
            profile = _mapping(known.spec.get("profile")) if known else {}
            person = _text(profile, "email") or _text(profile, "displayName") or ref.rpartition("/")[2]
        owner = f"group:{text}" if ref.startswith("group:") and ":" not in text and "@" not in text else text
        return Named(owner, entity.path, entity.line, person)

    def _read(self, path: str, content: bytes) -> Iterator[Entity]:
        try:
            roots = documents(content)
        except NotYaml as error:
            self.problems.append(FileProblem(path, error.line, error.message))
            return
        for root in roots:
            values = _mapping(plain(root))
            kind, metadata = _text(values, "kind").lower(), _mapping(values.get("metadata"))
            name = _text(metadata, "name")
            if kind and name and _text(values, "apiVersion").startswith("backstage.io/"):
                ref = f"{kind}:{(_text(metadata, 'namespace') or 'default').lower()}/{name.lower()}"
                folder = path[: path.rfind("/") + 1]
                yield Entity(kind, ref, folder, path, _line_of_owner(root), _mapping(values.get("spec")), _text(metadata, "title"))


def _full_ref(text: str) -> str:
    """`payments` is `group:default/payments`."""
    kind, colon, rest = text.lower().partition(":")
    rest = rest if colon else kind
    kind = kind if colon else "group"
    return f"{kind}:{rest}" if "/" in rest else f"{kind}:default/{rest}"


def _line_of_owner(root: Any) -> int:
    """The line of `spec.owner`, else of the document."""
    spec = next((value for key, value in root.value if key.value == "spec"), None) if root.id == "mapping" else None
    if spec is None or spec.id != "mapping":
        return line_of(root)
    return next((line_of(key) for key, _ in spec.value if key.value == "owner"), line_of(root))


# --- package metadata --------------------------------------------------------------------------------------------------------

PACKAGE_FILES = frozenset({"pyproject.toml", "package.json", "setup.cfg"})


class Packages:
    """Authors and maintainers in the metadata of packages."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = contents
        self._read: dict[str, tuple[Named, ...]] = {}

    def named(self, path: str) -> tuple[Named, ...]:
        """Maintainers, else authors, of the nearest package above the path that names any."""
        for folder in folders_above(path):
            for name in sorted(PACKAGE_FILES):
                file = folder + name
                if file in self._contents and (found := self._of(file)):
                    return found
        return ()

    def _of(self, file: str) -> tuple[Named, ...]:
        if file not in self._read:
            content = self._contents[file].decode("utf-8-sig", "replace")
            reader = {"pyproject.toml": _pyproject, "package.json": _package_json, "setup.cfg": _setup_cfg}[file.rpartition("/")[2]]
            people = dict.fromkeys(filter(None, reader(content)))
            self._read[file] = tuple(Named(person, file, _line_with(content, person)) for person in people)
        return self._read[file]


def _pyproject(content: str) -> list[str]:
    import tomllib

    try:
        values = tomllib.loads(content)
    except (tomllib.TOMLDecodeError, RecursionError):
        return []
    project, poetry = _mapping(values.get("project")), _mapping(_mapping(values.get("tool")).get("poetry"))
    for section in (project, poetry):
        for key in ("maintainers", "authors"):
            if people := _people(section.get(key)):
                return people
    return []


def _package_json(content: str) -> list[str]:
    try:
        values = _mapping(json.loads(content))
    except (ValueError, RecursionError):
        return []
    for key in ("maintainers", "author", "contributors"):
        value = values.get(key)
        if people := _people(value if isinstance(value, list) else [value]):
            return people
    return []


def _setup_cfg(content: str) -> list[str]:
    parser = ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(content)
    except ConfigError:
        return []
    for key in ("maintainer", "author"):
        name, email = (parser.get("metadata", option, fallback="").strip() for option in (key, f"{key}_email"))
        if name or email:
            return [_person(name, email)]
    return []


def _people(value: object) -> list[str]:
    """Entries as text, or as objects with `name` and `email`; a web address after a name is dropped."""
    found = []
    for item in value if isinstance(value, list) else []:
        if isinstance(item, str):
            found.append(re.sub(r"\s*\([^)]*\)\s*$", "", item).strip())
        elif isinstance(item, dict):
            found.append(_person(_text(item, "name"), _text(item, "email")))
    return [person for person in found if person]


def _person(name: str, email: str) -> str:
    return f"{name} <{email}>" if name and email else name or email


def _line_with(content: str, person: str) -> int:
    words = [word for word in re.split(r"[<>]", person) if word.strip()]
    return next((number for number, line in enumerate(content.splitlines(), 1) if words and words[-1].strip() in line), 0)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(values: Mapping[str, Any], key: str) -> str:
    value = values.get(key)
    return value.strip() if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
