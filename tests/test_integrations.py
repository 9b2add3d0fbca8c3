"""The action, the pre-commit hook and the GitLab template, run as their hosts run them; and the blocks of the README that use them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from aicensus.cli import app
from tests.gitrepo import Repo
from tests.test_commands import SUPPORT
from tests.test_readme import blocks

ROOT = Path(__file__).parent.parent
ISSUE = json.loads((ROOT / "tests/fixtures/gitlab/codeclimate.json").read_bytes())

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="the steps are bash, and what stands in for installed programs is a script of the shell"
)


def yaml(text: str) -> Any:
    return YAML(typ="safe").load(text)


def block(name: str) -> Any:
    """The block of the README for the file of this name."""
    (found,) = (text for text in blocks("yaml") if text.startswith(f"# {name}\n"))
    return yaml(found)


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with `aicensus` as it is here, and a `pip` that installs nothing."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name, text in (
        ("aicensus", f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -m aicensus "$@"'),
        ("pip", f'echo "$@" > "{tmp_path}/pip"'),
    ):
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def change(tmp_path: Path) -> Repo:
    """A clone with a branch that adds a point nobody owns to a repository that has one."""
    origin = Repo(tmp_path / "origin")
    origin.write("support.py", SUPPORT)
    origin.commit("first")
    origin.git("clone", "-q", str(origin.path), str(tmp_path / "shop"))
    repo = Repo(tmp_path / "shop")
    repo.git("checkout", "-q", "-b", "change")
    repo.write("sales.py", SUPPORT.replace("answer", "offer"))
    repo.commit("sales")
    return repo


def bash(script: str, cwd: Path, programs: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a step: `shell: bash` of GitHub, which is also how GitLab runs the lines of a job."""
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=cwd,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


# --- GitHub ---

ACTION = yaml((ROOT / "action.yml").read_text())
STEPS = ACTION["runs"]["steps"]


class Runner:
    """Runs the steps of the action that are scripts, but for the one that installs."""

    def __init__(self, folder: Path, programs: Path, cwd: Path) -> None:
        self.folder = folder / "runner"
        self.folder.mkdir()
        self.programs, self.cwd = programs, cwd
        self.outputs: dict[str, str] = {}
        self.printed = ""

    def run(self, base_ref: str = "", **inputs: str) -> int:
        """Exit status of the first step that fails, else 0."""
        known = {f"inputs.{name}": str(one.get("default", "")) for name, one in ACTION["inputs"].items()}
        known |= {f"inputs.{name.replace('_', '-')}": value for name, value in inputs.items()}
        known["github.base_ref"] = base_ref
        for step in STEPS:
            if "run" not in step or step.get("id") == "install":
                continue
            environment = {name: self._value(text, known) for name, text in step["env"].items()}
            done = bash(step["run"], self.cwd, self.programs, **environment, **self._files())
            self.printed += done.stdout + done.stderr
            written = (self.folder / "output").read_text().splitlines()
            self.outputs = dict(line.split("=", 1) for line in written)
            known |= {f"steps.check.outputs.{name}": value for name, value in self.outputs.items()}
            if done.returncode:
                return done.returncode
        return 0

    def _files(self) -> dict[str, str]:
        for name in ("output", "summary"):
            (self.folder / name).touch()
        return {
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
        }

    @staticmethod
    def _value(text: str, known: dict[str, str]) -> str:
        return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda match: known[match[1]], text)

    @property
    def summary(self) -> str:
        return (self.folder / "summary").read_text()


@pytest.fixture
def runner(tmp_path: Path, programs: Path, change: Repo) -> Runner:
    return Runner(tmp_path, programs, change.path)


def test_the_action_fails_a_pull_request_with_what_it_brings(runner: Runner) -> None:
    assert runner.run(base_ref="main") == 1
    assert "sales.py:10" in runner.printed
    assert "support.py" not in runner.printed
    sarif = json.loads(Path(runner.outputs["sarif"]).read_bytes())
    results = sarif["runs"][0]["results"]
    assert {found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for found in results} == {"sales.py"}
    assert (runner.outputs["status"], runner.outputs["findings"]) == ("1", str(len(results)))
    assert runner.summary == Path(runner.outputs["markdown"]).read_text()
    assert "`sales.py:10`" in runner.summary


@pytest.mark.parametrize(
    ("base_ref", "inputs", "status", "names"),
    [
        pytest.param("", {}, 1, {"sales.py", "support.py"}, id="a push is judged as a whole"),
        pytest.param("main", {"since": ""}, 1, {"sales.py", "support.py"}, id="a pull request as a whole"),
        pytest.param("", {"since": "HEAD"}, 0, set(), id="a revision of your own"),
        pytest.param("main", {"fail_on": "MOD001"}, 0, {"sales.py"}, id="another threshold"),
        pytest.param("main", {"baseline": "kept.json"}, 0, set(), id="a baseline"),
    ],
)
def test_inputs_of_the_action(runner: Runner, base_ref: str, inputs: dict[str, str], status: int, names: set[str]) -> None:
    bash("aicensus baseline write kept.json", runner.cwd, runner.programs)
    assert runner.run(base_ref, **inputs) == status
    assert {name for name in ("sales.py", "support.py") if name in Path(runner.outputs["sarif"]).read_text()} == names


@pytest.mark.parametrize("name", ["path", "since", "fail_on", "baseline"])
def test_no_input_of_the_action_is_run(runner: Runner, name: str) -> None:
    assert runner.run(**{name: '$(touch pwned) `touch pwned`"; touch pwned; "'}) == 2
    assert not (runner.cwd / "pwned").exists()
    assert runner.outputs == {"status": "2"}


def test_no_script_of_the_action_holds_an_expression() -> None:
    assert not [step["run"] for step in STEPS if "${{" in step.get("run", "")]


def test_the_summary_can_be_left_out(runner: Runner) -> None:
    assert runner.run(base_ref="main", summary="false") == 1
    assert runner.summary == ""


def test_actions_are_pinned_and_outputs_are_made() -> None:
    assert all(re.fullmatch(r"[\w./-]+@v\d+(\.\d+)*", step["uses"]) for step in STEPS if "uses" in step)
    (check,) = (step for step in STEPS if step.get("id") == "check")
    made = set(re.findall(r'echo "(\w+)=', check["run"]))
    assert (
        {output["value"].partition("outputs.")[2].rstrip(" }") for output in ACTION["outputs"].values()} == made == set(ACTION["outputs"])
    )


def test_the_workflow_of_the_readme_uses_what_the_action_has() -> None:
    (job,) = block(".github/workflows/aicensus.yml")["jobs"].values()
    checkout, own = job["steps"]
    assert checkout["with"] == {"fetch-depth": 0}
    assert set(own["with"]) <= set(ACTION["inputs"])
    listed = re.findall(r"^\| `([a-z-]+)` \| (?:`([^`]+)` )?\|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert {name: default for name, default in listed if name in ACTION["inputs"]} == {
        name: str(one["default"]) for name, one in ACTION["inputs"].items()
    }


# --- pre-commit ---


@pytest.fixture
def hooked(tmp_path: Path, change: Repo) -> Repo:
    """The clone with the hook of the README, taken from a repository that describes it; what it runs is installed here."""
    hooks = Repo(tmp_path / "hooks")
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks.path)
    revision = hooks.commit("hooks")
    config = block(".pre-commit-config.yaml")
    config["repos"][0] |= {"repo": str(hooks.path), "rev": revision}
    config["repos"][0]["hooks"][0]["language"] = "system"
    change.write(".pre-commit-config.yaml", json.dumps(config))
    change.commit("hooks")
    return change


def commit(repo: Repo, tmp_path: Path, programs: Path) -> subprocess.CompletedProcess[str]:
    """Commit everything as a person does whose hooks are installed."""
    script = f'git add -A && "{sys.executable}" -m pre_commit install -f >hook.log && rm hook.log && git commit -q -m "change"'
    home = {"PRE_COMMIT_HOME": str(tmp_path / "pre-commit"), "GIT_CONFIG_GLOBAL": os.devnull}
    names = {
        f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "Ada"), ("EMAIL", "a@example.com"))
    }
    return bash(script, repo.path, programs, **home, **names)


def test_the_hook_holds_up_a_commit_with_what_it_brings(hooked: Repo, tmp_path: Path, programs: Path) -> None:
    hooked.write("billing.py", SUPPORT.replace("answer", "bill"))
    done = commit(hooked, tmp_path, programs)
    assert done.returncode == 1, done.stderr
    assert "billing.py:10" in done.stdout + done.stderr
    assert "sales.py" not in done.stdout + done.stderr


def test_the_hook_lets_a_move_pass(hooked: Repo, tmp_path: Path, programs: Path) -> None:
    hooked.git("mv", "sales.py", "offers.py")
    done = commit(hooked, tmp_path, programs)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "offers.py" in hooked.git("show", "--name-only", "--format=")


# --- GitLab ---


def template(**inputs: str) -> dict[str, Any]:
    """The job of the template with its inputs filled in, as GitLab does it: before anything runs, in the texts of the document."""
    spec, job = YAML(typ="safe").load_all((ROOT / "templates/aicensus.gitlab-ci.yml").read_text())
    known = {name: one["default"] for name, one in spec["spec"]["inputs"].items()} | {k.replace("_", "-"): v for k, v in inputs.items()}

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(one) for key, one in value.items()}
        if isinstance(value, list):
            return [filled(one) for one in value]
        return re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda match: known[match[1]], value) if isinstance(value, str) else value

    made: dict[str, Any] = filled(job["aicensus"])
    return made


def run_job(job: dict[str, Any], repo: Repo, programs: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    given = {name: str(value).replace("$CI_PROJECT_DIR", str(repo.path)) for name, value in job["variables"].items()}
    return bash("\n".join(job["script"]), repo.path, programs, **given, **variables)


@pytest.mark.parametrize(("merge_request", "names"), [(True, {"sales.py"}), (False, {"sales.py", "support.py"})])
def test_the_job_judges_a_merge_request_and_gitlab_accepts_what_it_writes(
    change: Repo, programs: Path, tmp_path: Path, merge_request: bool, names: set[str]
) -> None:
    job = template()
    variables = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": change.git("merge-base", "origin/main", "HEAD")} if merge_request else {}
    done = run_job(job, change, programs, **variables)
    assert done.returncode == 1, done.stderr
    assert {name for name in ("sales.py", "support.py") if name in done.stdout} == names
    assert "aicensus" in (tmp_path / "pip").read_text()
    reports = job["artifacts"]["reports"]
    issues = json.loads((change.path / reports["codequality"]).read_bytes())
    for issue in issues:
        jsonschema.Draft4Validator(ISSUE).validate(issue)
    # GitLab compares the report with that of the target branch: what is not in it counts as mended.
    assert {issue["location"]["path"] for issue in issues} >= {"sales.py", "support.py"}
    assert "<testsuites" in (change.path / reports["junit"]).read_text()
    assert (change.path / job["artifacts"]["paths"][0]).read_text().startswith("## aicensus")


def test_a_job_with_a_baseline(change: Repo, programs: Path) -> None:
    bash("aicensus baseline write kept.json", change.path, programs)
    assert run_job(template(baseline="kept.json"), change, programs).returncode == 0


def test_the_include_of_the_readme_gives_inputs_that_the_template_has() -> None:
    (include,) = block(".gitlab-ci.yml")["include"]
    spec = next(iter(YAML(typ="safe").load_all((ROOT / "templates/aicensus.gitlab-ci.yml").read_text())))
    assert set(include["inputs"]) <= set(spec["spec"]["inputs"])
    assert (ROOT / include["remote"].partition("v0.1.0/")[2]).is_file()


def test_integrations_use_options_that_exist() -> None:
    texts = [(ROOT / name).read_text() for name in ("action.yml", ".pre-commit-hooks.yaml", "templates/aicensus.gitlab-ci.yml")]
    used = {option for text in texts for option in re.findall(r"[\"( ](--[a-z-]+)[= ]", text)} - {"--quiet", "--disable-pip-version-check"}
    import typer.main

    check = typer.main.get_command(app).commands["check"]  # type: ignore[attr-defined]
    assert used == {"--fail-on", "--output", "--since", "--baseline"}
    assert used <= {option for parameter in check.params for option in parameter.opts}
