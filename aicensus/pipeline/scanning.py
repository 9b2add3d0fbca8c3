"""The census of all sources."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aicensus.catalog import Catalog
from aicensus.model.census import (
    Census,
    Coverage,
    SdkSeen,
    UnreadFile,
)
from aicensus.pipeline.opening import Opened, ScanOptions, open_all
from aicensus.pipeline.parts import Fragments, Part, library_of, part_of

if TYPE_CHECKING:
    pass

RARE = (50_000, 20, 50)
"""Thresholds of the garbage collector during a scan."""


def scan(paths: Path | str | Sequence[Path | str], options: ScanOptions | None = None) -> Census:
    """Build the census of one or more repositories or folders.

    Raises SourceError for a path or revision that cannot be opened, CatalogError and ManifestError for files of the user's own.
    """
    options = options or ScanOptions()
    return census_of(open_all([paths] if isinstance(paths, Path | str) else paths, options), options)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for garbage cycles seldom: linking makes millions of small records that form none."""
    before = gc.get_threshold()
    gc.set_threshold(*RARE)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@_rare_collections()
def census_of(opened: Opened, options: ScanOptions) -> Census:
    given = zip(opened.sources, opened.names, opened.manifests, strict=True)
    shared = options.manifest is not None and len(opened.sources) > 1
    parts = [part_of(source, name, file, opened.catalog, options, shared) for source, name, file in given]
    return _merge(parts, [library_of(source) for source in opened.libraries], opened.catalog)


def _merge(parts: Sequence[Part], libraries: Sequence[Fragments], catalog: Catalog) -> Census:
    from aicensus import __version__

    def summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
        total: dict[str, int] = {}
        for one in counts:
            for name, count in one.items():
                total[name] = total.get(name, 0) + count
        return total

    coverage = Coverage(
        files=sum(p.files for p in parts),
        considered=sum(p.code.considered + p.looked for p in parts),
        analysed=sum(p.code.analysed + p.declaring for p in parts),
        left_out=tuple(sorted(summed(p.code.left_out for p in parts).items())),
        languages=tuple(
            sorted(summed([*(p.code.languages for p in parts), *({"configuration": p.declaring} for p in parts if p.declaring)]).items())
        ),
        unread=tuple(sorted(_unread(parts, libraries), key=lambda r: (r.repo, r.path, r.line))),
        unresolved=tuple(row for p in parts for row in p.unresolved),
        possible=tuple(row for p in parts for row in p.code.possible),
        notes=tuple(text for p in parts for text in p.remarks),
    )
    return Census(
        tool_version=__version__,
        catalog=catalog.digest,
        repositories=tuple(p.repository for p in parts),
        points=tuple(row for p in parts for row in p.points),
        prompts=tuple(row for p in parts for row in p.prompts),
        state=tuple(row for p in parts for row in p.code.state),
        entry_points=tuple(row for p in parts for row in (*p.code.entry_points, *p.declared.entry_points)),
        secrets=tuple(row for p in parts for row in p.secrets),
        dependencies=tuple(row for p in parts for row in p.dependencies),
        flows=tuple(row for p in parts for row in p.declared.flows),
        developer_tools=tuple(row for p in parts for row in p.declared.developer_tools),
        evaluations=tuple(row for p in parts for row in p.evaluations),
        last_changes=tuple(row for p in parts for row in p.last_changes),
        model_settings=tuple(row for p in parts for row in p.declared.model_settings),
        sdks=tuple(SdkSeen(sdk=name, files=count) for name, count in sorted(summed(p.code.sdks for p in parts).items())),
        authors=tuple(row for p in parts for row in p.authors),
        teams=tuple(row for p in parts for row in p.teams),
        claim_moves=tuple(row for p in parts for row in p.moves),
        notes=tuple(row for p in parts for row in p.code.notes),
        fragments=tuple(row for held in (*(p.fragments for p in parts), *libraries) for row in held.found),
        coverage=coverage,
    )


def _unread(parts: Sequence[Part], libraries: Sequence[Fragments]) -> Iterator[UnreadFile]:
    for part in parts:
        yield from (*part.code.unread, *part.unread, *part.fragments.misread)
    for library in libraries:
        yield from library.misread
