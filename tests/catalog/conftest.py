from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from aicensus.catalog import Catalog, LanguageCatalog, load


@pytest.fixture(scope="session", autouse=True)
def _cache_for_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The packaged catalogue is read once; fixtures of a session come before those that every test gets."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AICENSUS_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))
        yield


@pytest.fixture(scope="session")
def packaged() -> Catalog:
    return load()


@pytest.fixture(scope="session")
def python(packaged: Catalog) -> LanguageCatalog:
    return packaged.language("python")


@pytest.fixture
def sdk_file(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str, name: str = "acme") -> Path:
        path = tmp_path / f"{name}.yaml"
        path.write_text(f"sdk: {name}\nlanguage: python\nprovider: acme\n" + dedent(text))
        return path

    return write
