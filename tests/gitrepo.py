"""Real git repositories for tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_AUTHOR_DATE": "2026-03-01T12:00:00+01:00",
    "GIT_COMMITTER_DATE": "2026-03-01T12:00:00+01:00",
}


class Repo:
    """A repository at `path`, made when it is not there."""

    def __init__(self, path: Path, *options: str) -> None:
        self.path = path
        if not path.exists():
            path.mkdir(parents=True)
            self.git("init", "-q", "-b", "main", *options)

    def git(self, *arguments: str, **environment: str) -> str:
        """Run git in the repository as a careless person would; return what it prints."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            env={**os.environ, **_ENVIRONMENT, **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def write(self, name: str, text: str | bytes = "x = 1\n") -> Path:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def commit(self, message: str = "change", *, at: str = "", by: str = "", written: str = "") -> str:
        """Commit everything there is, `at` a moment by `Name <address>`, `written` at another one; return the commit."""
        self.git("add", "-A")
        author = ("--author", by) if by else ()
        self.git("commit", "-q", "-m", message, *author, **dated(at, written))
        return self.git("rev-parse", "HEAD")


def dated(at: str, written: str = "") -> dict[str, str]:
    """What makes git commit at a moment; empty for the usual one."""
    return {"GIT_COMMITTER_DATE": at, "GIT_AUTHOR_DATE": written or at} if at else {}
