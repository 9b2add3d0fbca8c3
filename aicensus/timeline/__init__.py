"""Scans of one repository at several of its commits: two compared, what was in force when, what changed when, how it grew."""

from __future__ import annotations

from aicensus.timeline.comparing import compare
from aicensus.timeline.following import point_history
from aicensus.timeline.growing import trend, with_growth
from aicensus.timeline.moments import prompt_at

__all__ = ["compare", "point_history", "prompt_at", "trend", "with_growth"]
