"""A scan opened: how to scan, the sources with their manifests, and the catalogue for all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aicensus.catalog import Catalog
from aicensus.model.errors import SourceError, UnreadError
from aicensus.model.settings import Manifest, ManifestFile
from aicensus.sources import Source, open_source

if TYPE_CHECKING:
    from aicensus.census.places import Places

MANIFEST_NAME = "aicensus.yaml"
SAYS_NOTHING = "the manifest of this revision is taken to say nothing"


def _silent(_: str) -> None:
    """Tell nobody how far a scan is. A function with a name can be sent to another process."""


@dataclass(slots=True)
class ScanOptions:
    """How to scan: nothing here changes what is true of the code."""

    rev: str | None = None
    past: bool = False
    """`rev` is of a history, which nobody can mend: where its own `aicensus.yaml` is wrong, it says nothing, and that is noted."""
    near: str | None = None
    """A revision that hardly differs from `rev`: what its scan found is used as far as it still holds."""
    catalogs: tuple[Path, ...] = ()
    manifest: Path | None = None
    """A manifest for all paths; None reads `aicensus.yaml` at the root of each."""
    jobs: int = 1
    """Processes that parse. More than one starts processes that import the program's main module: guard it as `multiprocessing` asks."""
    libraries: tuple[Path, ...] = ()
    """Folders or repositories of policy fragments, beside those that manifests declare."""
    cache: bool = True
    progress: Callable[[str], None] = _silent


@dataclass(frozen=True, slots=True)
class Opened:
    """Sources with their names and manifests, and the catalogue for all of them."""

    sources: list[Source]
    names: list[str]
    manifests: list[ManifestFile]
    catalog: Catalog
    libraries: list[Source]
    """Policy libraries that are no sources of the census."""

    def places(self) -> Places:
        """Finds where pieces of prompts stand, by reading their files again."""
        from aicensus.census.places import Places

        by_name = dict(zip(self.names, self.sources, strict=True))

        def look(repo: str, path: str) -> bytes | None:
            with suppress(UnreadError):
                return by_name[repo].read(path) if repo in by_name else None
            return None

        return Places(look)


def open_all(paths: Sequence[Path | str], options: ScanOptions) -> Opened:
    sources = [open_source(Path(path), rev=options.rev) for path in paths]
    if not sources:
        raise SourceError("name at least one folder or repository to scan")
    return with_manifests(sources, names_of(sources), options)


def with_manifests(sources: list[Source], names: list[str], options: ScanOptions) -> Opened:
    manifests = [manifest_of(source, options) for source in sources]
    catalog = load_catalog([file.manifest for file in manifests], options.catalogs)
    return Opened(sources, names, manifests, catalog, [open_source(path) for path in options.libraries])


def names_of(sources: Sequence[Source]) -> list[str]:
    """A name for each source, numbered where two have the same."""
    taken: dict[str, int] = {}
    names = []
    for source in sources:
        taken[source.repo] = taken.get(source.repo, 0) + 1
        names.append(source.repo if taken[source.repo] == 1 else f"{source.repo}-{taken[source.repo]}")
    return names


def load_catalog(manifests: Sequence[Manifest], extra: Sequence[Path] = ()) -> Catalog:
    """The packaged catalogue with the manifests' `catalog:` sections and the user's own files over it."""
    sections = [section for manifest in manifests for section in manifest.catalog]
    return _catalog(extra, sections) if extra or sections else _packaged_catalog()


@cache
def _packaged_catalog() -> Catalog:
    return _catalog((), ())


def _catalog(extra: Sequence[Path], sections: Sequence[dict[str, Any]]) -> Catalog:
    from aicensus.catalog import load

    return load(extra, sections)


def manifest_of(source: Source, options: ScanOptions) -> ManifestFile:
    """The manifest of a source, an empty one where there is none. Raises ManifestError; of the past, one that is wrong says nothing."""
    from aicensus.manifest import ManifestError, read_manifest

    if options.manifest is not None:
        try:
            content = options.manifest.read_bytes()
        except OSError as error:
            raise SourceError(f"{options.manifest}: {error.strerror}; name a manifest that exists") from error
        path = str(options.manifest)
    elif any(file.path == MANIFEST_NAME for file in source.files):
        content, path = source.read(MANIFEST_NAME), MANIFEST_NAME
    else:
        return ManifestFile()
    try:
        manifest, lines = read_manifest(content, path)
    except ManifestError as error:
        if not options.past or options.manifest is not None:
            raise
        return ManifestFile(wrong=str(error).partition("\n")[0])
    return ManifestFile(manifest=manifest, path=path, lines=lines, digest=hashlib.sha256(content).hexdigest()[:16])
