"""The one way to call git: nothing that a repository's own configuration names is ever started."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

TIMEOUT = 120.0
"""Seconds. A named pipe where git expects a file would otherwise hold a scan for ever."""

# What a repository's config or the caller's environment could start: monitors, hooks, pagers, signature checkers, external
# diffs, and transports (a partial clone fetches missing objects by itself). Replacement objects would give a blob id
# another content. Ignore and attribute files outside of the repository would make two machines disagree.
_CONFIG = (
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    f"core.hooksPath={os.devnull}",
    f"core.excludesFile={os.devnull}",
    f"core.attributesFile={os.devnull}",
    "core.quotePath=false",
    "core.pager=cat",
    "log.showSignature=false",
    "log.mailmap=false",
    "diff.external=",
    "protocol.allow=never",
    "submodule.recurse=false",
)
_OPTIONS = ("--no-pager", "--no-replace-objects", "--literal-pathspecs", *(word for pair in _CONFIG for word in ("-c", pair)))
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class GitError(Exception):
    """git could not do it; `str()` is the first line it said. `refused` when the repository belongs to another user."""

    def __init__(self, said: bytes) -> None:
        text = said.decode("utf-8", "replace").strip()
        super().__init__(text.splitlines()[0].removeprefix("fatal: ") if text else "git failed without a word")
        self.refused = "dubious ownership" in text or "safe.directory" in text


def run_git(folder: Path, *arguments: str, work_tree: Path | None = None, timeout: float = TIMEOUT) -> bytes:
    """Run git in `folder` and return what it printed.

    `work_tree` overrides where the repository's config says its files are. Raises GitError, also when git is not installed.
    Commands that compare content must bring their own `--no-ext-diff --no-textconv`; `status`, `ls-files -m` and blame of
    the work tree run clean filters whatever is given here and must not be called.
    """
    try:
        done = subprocess.run(
            [_program(), *_OPTIONS, *arguments],
            cwd=folder,
            env=_environment(work_tree),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise GitError(f"git gave no answer in {timeout:.0f} seconds".encode()) from None
    except OSError as error:
        raise GitError(f"git could not be started: {error}".encode()) from None
    if done.returncode:
        raise GitError(done.stderr)
    return done.stdout


def is_shallow(folder: Path) -> bool:
    """Whether the clone's history is cut off; False where git says nothing."""
    try:
        return run_git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true"
    except GitError:
        return False


def start_git(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start git in `folder` for a conversation over pipes, under the same rules as `run_git`. Raises GitError."""
    try:
        return subprocess.Popen(
            [_program(), *_OPTIONS, *arguments],
            cwd=folder,
            env=_environment(None),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise GitError(f"git could not be started: {error}".encode()) from None


@cache
def _program() -> str:
    """Return the path of git. A `PATH` that leads through the current folder would find a `git` of the repository's own."""
    name = "git.exe" if os.name == "nt" else "git"
    for folder in os.get_exec_path():
        if os.path.isabs(folder) and os.access(os.path.join(folder, name), os.X_OK):
            return os.path.join(folder, name)
    raise GitError(b"git is not installed")


def _environment(work_tree: Path | None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    kept |= _ENVIRONMENT
    if work_tree is not None:
        kept["GIT_WORK_TREE"] = str(work_tree)
    return kept
