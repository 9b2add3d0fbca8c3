"""The Containerfile, as far as it can be judged without building it."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
INSTRUCTIONS = {"FROM", "COPY", "RUN", "ENV", "USER", "WORKDIR", "ENTRYPOINT", "CMD"}
"""All that this one needs."""


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Containerfile").read_text(), flags=re.M).replace("\\\n", " ")
    return [(line.split(None, 1)[0], " ".join(line.split()[1:])) for line in text.splitlines() if line.strip()]


def of(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


def project() -> Any:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_every_instruction_is_known() -> None:
    assert {name for name, _ in instructions()} == INSTRUCTIONS


def test_images_are_official_short_names_of_a_python_that_is_supported() -> None:
    images = [rest.split()[0] for rest in of("FROM")]
    assert all(re.fullmatch(r"python:3\.\d+-slim", image) for image in images), "no registry, and a version"
    versions = {image.removeprefix("python:").removesuffix("-slim") for image in images}
    assert {f"Programming Language :: Python :: {version}" for version in versions} <= set(project()["classifiers"])


def test_what_is_copied_is_there_and_is_all_that_a_build_needs() -> None:
    copied = [word for rest in of("COPY") if not rest.startswith("--from") for word in rest.split()[:-1]]
    assert all((ROOT / name).exists() for name in copied)
    assert set(copied) == {"pyproject.toml", "hatch_build.py", "aicensus", project()["readme"], *project()["license-files"]}


def test_it_runs_the_command_of_the_project_as_a_user_without_rights() -> None:
    (entry,) = (json.loads(rest) for rest in of("ENTRYPOINT"))
    assert entry == list(project()["scripts"])
    (user,) = of("USER")
    assert user.isdecimal()
    assert int(user) > 0
    names = [name for name, _ in instructions()]
    assert names.index("USER") > max(place for place, name in enumerate(names) if name in {"RUN", "COPY"})


def test_git_is_there_and_reads_what_is_mounted() -> None:
    installed = next(rest for rest in of("RUN") if "apt-get install" in rest)
    assert re.search(r"apt-get install .*\bgit\b", installed)
    assert "safe.directory '*'" in installed
