"""README, `.ci/run` and the workflow speak of the same commands."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def readme_commands() -> list[str]:
    return re.findall(r"^```sh\n(.+)\n```$", (ROOT / "README.md").read_text(), re.MULTILINE)


def test_readme_opens_with_the_main_job_and_the_tests() -> None:
    main_job, tests = readme_commands()[:2]
    assert main_job.endswith("aicensus scan sample_repos/*")
    assert tests.endswith("-m pytest")


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert readme_commands()[1] in (ROOT / ".ci" / "run").read_text().splitlines()


def test_the_workflow_only_calls_ci_run() -> None:
    steps = re.findall(r"- run: (.*)", (ROOT / ".github/workflows/ci.yml").read_text())
    assert steps == [".ci/run"]
