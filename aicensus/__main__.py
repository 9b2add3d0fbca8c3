"""`python -m aicensus`."""

from aicensus.cli import main

main()
