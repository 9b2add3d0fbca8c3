"""What can go wrong; every error of this package descends from one base and is printed in one place."""

from __future__ import annotations


class AicensusError(Exception):
    """Says what happened, where, and what to do next; ends the command with status 2."""


class SourceError(AicensusError):
    """A path or revision that cannot be opened at all."""


class UnreadError(AicensusError):
    """One file that could not be read; `reason` is the sentence that the coverage section shows."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
