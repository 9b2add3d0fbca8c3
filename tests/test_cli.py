"""The command line as a whole."""

from __future__ import annotations

import subprocess
import sys

import aicensus


def test_version() -> None:
    done = subprocess.run([sys.executable, "-m", "aicensus", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"aicensus {aicensus.__version__}\n"
