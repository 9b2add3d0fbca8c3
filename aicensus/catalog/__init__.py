"""The catalogue: which calls are inferences, which objects lead to them, and facts about models and hosts. All of it is data.

`load` reads the packaged files; `Catalog.language` answers the linker. The format is described in `schema`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path

import msgspec

from aicensus.catalog.checking import mistakes
from aicensus.catalog.http import Http, PathFact
from aicensus.catalog.lookup import LanguageCatalog, TypeInfo
from aicensus.catalog.models import Models
from aicensus.catalog.reading import CatalogError, Problem, Record, SourceFile, cached, keep, line_of, pack, read_record
from aicensus.catalog.schema import (
    ALSO,
    LANGUAGES,
    CallerSpec,
    CallRow,
    Condition,
    Construct,
    DecoratorRow,
    EntryRow,
    Example,
    FromRow,
    FunctionRow,
    HttpFile,
    ModelFact,
    ModelsFile,
    PackagesFile,
    PromptRow,
    Sdk,
    Slot,
    StateRow,
    TracerRow,
    catalog_schema,
)
from aicensus.catalog.shapes import Shape, ShapeExample, ShapesFile, mistakes_of
from aicensus.catalog.sql import SqlFile

__all__ = [
    "LANGUAGES",
    "CallRow",
    "CallerSpec",
    "Catalog",
    "CatalogError",
    "Condition",
    "Construct",
    "DecoratorRow",
    "EntryRow",
    "Example",
    "FromRow",
    "FunctionRow",
    "Http",
    "LanguageCatalog",
    "ModelFact",
    "Models",
    "PathFact",
    "Problem",
    "PromptRow",
    "Sdk",
    "Shape",
    "ShapeExample",
    "ShapesFile",
    "Slot",
    "StateRow",
    "TracerRow",
    "TypeInfo",
    "catalog_schema",
    "load",
]


CHECKS_VERSION = 2
"""Raise when the checks become stricter."""


class Catalog:
    """Everything known about SDKs, models and hosts. `digest` is the sha256 (hex) of all the files it was made of."""

    def __init__(
        self,
        digest: str,
        sdks: Sequence[Sdk],
        models: Models,
        http: Http,
        configs: Sequence[ShapesFile] = (),
        sql: Sequence[SqlFile] = (),
        packages: Sequence[PackagesFile] = (),
    ) -> None:
        self.digest = digest
        self.configs = tuple(configs)
        self.sql = tuple(sql)
        self.packages = tuple(spec for file in packages for spec in file.dependencies)
        self.sdks = tuple(sdks)
        self.models = models
        self.http = http
        self._languages: dict[str, LanguageCatalog] = {}

    def language(self, lang: str) -> LanguageCatalog:
        """The look-ups of `python`, `javascript` ...; empty for a language without files."""
        if lang not in self._languages:
            own = self.languages_of((lang,))
            self._languages[lang] = LanguageCatalog([sdk for sdk in self.sdks if sdk.language in own], self.http.senders(own))
        return self._languages[lang]

    @staticmethod
    def languages_of(names: Iterable[str]) -> frozenset[str]:
        """The languages, and those whose libraries their programs use as well."""
        return frozenset(one for name in names for one in (name, *ALSO.get(name, ())))


def load(extra: Sequence[Path] = (), inline: Sequence[Mapping[str, object]] = ()) -> Catalog:
    """Read the packaged files, then files (or all `*.yaml` of folders) in `extra`, which win over packaged ones.

    `inline` are further files as they stand in the manifest's `catalog:` section; a file given by path wins over them.

    An extra SDK file replaces the packaged one of its name; extra model and http rows are looked at first.
    Raises CatalogError naming every problem.
    """
    sources = [*_packaged(), *_inline(inline), *_extra(extra)]
    records = _read(sources)
    by_name = {record.sdk: (source, record) for source, record in records if isinstance(record, Sdk)}
    sdks = [record for _, (_, record) in sorted(by_name.items())]
    digest = _digest(sources)
    _check_once(digest, sdks, {name: source for name, (source, _) in by_name.items()}, records)
    newest_first = [record for _, record in reversed(records)]
    models = Models([record for record in newest_first if isinstance(record, ModelsFile)])
    http = Http([record for record in newest_first if isinstance(record, HttpFile)])
    shapes = {record.config: record for _, record in records if isinstance(record, ShapesFile)}
    sql = [record for record in newest_first if isinstance(record, SqlFile)]
    packages = [record for record in newest_first if isinstance(record, PackagesFile)]
    return Catalog(digest, sdks, models, http, [record for _, record in sorted(shapes.items())], sql, packages)


def compiled() -> bytes:
    """The packaged files as `load` keeps them once they are read and checked: what a built package brings as `COMPILED`."""
    catalog, sources = load(), _packaged()
    return msgspec.msgpack.encode(
        {**{source.digest: cached(source.digest) or pack(source) for source in sources}, _mark(catalog.digest): b""}
    )


def _packaged() -> list[SourceFile]:
    files = (item for item in resources.files(__name__).iterdir() if item.name.endswith(".yaml"))
    return [SourceFile(f"catalog/{item.name}", item.name[:-5], item.read_bytes()) for item in sorted(files, key=lambda item: item.name)]


def _inline(sections: Sequence[Mapping[str, object]]) -> list[SourceFile]:
    """Sections as files: JSON is YAML."""
    return [
        SourceFile(f"catalog[{number}] of the manifest", _stem(section, number), json.dumps(section, default=str).encode())
        for number, section in enumerate(sections)
    ]


def _stem(section: Mapping[str, object], number: int) -> str:
    return f"config-{section['config']}" if "config" in section else str(section.get("sdk", number))


def _extra(paths: Iterable[Path]) -> list[SourceFile]:
    sources = []
    for path in paths:
        try:
            for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
                sources.append(SourceFile(str(file), file.stem, file.read_bytes()))
        except OSError as error:
            raise CatalogError([Problem(str(path), 0, f"cannot be read: {error.strerror}")]) from error
    return sources


def _read(sources: Iterable[SourceFile]) -> list[tuple[SourceFile, Record]]:
    records: list[tuple[SourceFile, Record]] = []
    problems: list[Problem] = []
    for source in sources:
        try:
            records.append((source, read_record(source)))
        except CatalogError as error:
            problems += error.problems
    if problems:
        raise CatalogError(problems)
    return records


def _mark(digest: str) -> str:
    return f"checked-{CHECKS_VERSION}-{digest}"


def _check_once(digest: str, sdks: Sequence[Sdk], sources: dict[str, SourceFile], records: Sequence[tuple[SourceFile, Record]]) -> None:
    """Check files that are new together; the check takes longer than reading them from the cache."""
    mark = _mark(digest)
    if cached(mark) is None:
        _check(sdks, sources, [(source, record) for source, record in records if isinstance(record, ShapesFile)])
        keep(mark, b"")


def _check(sdks: Sequence[Sdk], sources: dict[str, SourceFile], shapes: Iterable[tuple[SourceFile, ShapesFile]]) -> None:
    problems: list[Problem] = []
    for source, file in shapes:
        for index, shape in enumerate(file.shapes):
            wrong = (Problem(source.name, line_of(source, ("shapes", index, *steps)), message) for steps, message in mistakes_of(shape))
            problems += wrong
    for lang in sorted({sdk.language for sdk in sdks}):
        for mistake in mistakes([sdk for sdk in sdks if sdk.language == lang]):
            source = sources[mistake.sdk]
            problems.append(Problem(source.name, line_of(source, mistake.steps), mistake.message))
    if problems:
        raise CatalogError(problems)


def _digest(sources: Iterable[SourceFile]) -> str:
    whole = hashlib.sha256()
    for source in sources:
        whole.update(f"{source.stem} {source.digest}\n".encode())
    return whole.hexdigest()
