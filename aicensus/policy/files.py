"""Writes files of a work tree whole or not at all, and never through a link."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from aicensus.model.errors import AicensusError


def replace_file(root: Path, path: str, before: bytes, after: bytes) -> None:
    """Put `after` where `before` stands, at `path` below `root`, with the file's own mode.

    Raises AicensusError when a link is on the way, the file holds something else by now, or it cannot be written.
    """
    target = root.resolve() / path
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        if target.is_symlink() or target.resolve() != target or not target.is_relative_to(root.resolve()):
            raise AicensusError(f"{path} stands behind a link, which is not followed: write to the file that it leads to")
        if target.read_bytes() != before:
            raise AicensusError(f"{path} was changed meanwhile: run again")
        mode = stat.S_IMODE(target.stat().st_mode)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(after)
        temporary.chmod(mode)
        temporary.replace(target)
    except OSError as error:
        raise AicensusError(f"{path} cannot be written: {error.strerror}; see that you may write to it and to its folder") from error
    finally:
        temporary.unlink(missing_ok=True)
