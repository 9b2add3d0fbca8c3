"""What a built package brings of the catalogue, so that its YAML need not be read on a new machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from aicensus.catalog import compiled, load

PROGRAM = """
import sys
from pathlib import Path
from aicensus.catalog import load, reading
reading.COMPILED = Path(sys.argv[1])
print(load().digest, "ruamel.yaml" in sys.modules)
"""


def loaded(brought: Path, cache: Path) -> list[str]:
    """The digest of the catalogue in a program of its own, and whether it read YAML."""
    environment = {"PYTHONPATH": str(Path(__file__).parents[2]), "AICENSUS_CACHE_DIR": str(cache)}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(brought)], env=environment, capture_output=True, text=True, check=True
    ).stdout.split()


def test_a_package_that_brings_its_catalogue_reads_no_yaml(tmp_path: Path) -> None:
    brought = tmp_path / "compiled.msgpack"
    brought.write_bytes(compiled())
    assert loaded(brought, tmp_path / "cache") == [load().digest, "False"]
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("content", [msgspec.msgpack.encode({"of another digest": b""}), b"damaged"], ids=["older", "damaged"])
def test_a_package_whose_files_are_not_those_it_was_built_with_goes_by_the_cache(tmp_path: Path, content: bytes) -> None:
    brought = tmp_path / "compiled.msgpack"
    brought.write_bytes(content)
    assert loaded(brought, Path(os.environ["AICENSUS_CACHE_DIR"])) == [load().digest, "False"]
