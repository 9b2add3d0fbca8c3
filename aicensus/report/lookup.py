"""From ids to records. Ids do not carry their repository, so they are looked up within one."""

from __future__ import annotations

from collections import defaultdict

from aicensus.model.census import EntryPoint, Point, Prompt, State
from aicensus.model.finding import AuditResult, Finding
from aicensus.report.overview import worst_first

Key = tuple[str, str]
"""Repository and id."""


class Lookup:
    """The records of one audit by repository and id, and the findings of each point."""

    def __init__(self, result: AuditResult) -> None:
        census = result.census
        self.points: dict[Key, Point] = {(point.repo, point.id): point for point in census.points}
        self._prompts = {(prompt.repo, prompt.id): prompt for prompt in census.prompts}
        self._state = {(state.repo, state.id): state for state in census.state}
        self._entry_points = {(entry.repo, entry.id): entry for entry in census.entry_points}
        self._repos = defaultdict(list)
        for repo, id in self.points:
            self._repos[id].append(repo)
        self._findings: dict[Key, list[Finding]] = defaultdict(list)
        for finding in worst_first(result.findings):
            for key in self.points_of(finding):
                self._findings[key].append(finding)

    def prompts(self, point: Point) -> list[Prompt]:
        return [found for id in point.prompts if (found := self._prompts.get((point.repo, id)))]

    def state(self, point: Point) -> list[State]:
        return [found for id in point.state if (found := self._state.get((point.repo, id)))]

    def entry_points(self, point: Point) -> list[EntryPoint]:
        return [found for id in point.entry_points if (found := self._entry_points.get((point.repo, id)))]

    def gateways(self, point: Point) -> list[Point]:
        """Return the gateways of a use, outermost first; one may live in another repository."""
        return [self.points[key] for id in point.gateways for key in self._keys(point.repo, id)[:1]]

    def findings(self, point: Point) -> list[Finding]:
        """Return the findings about a point, worst first."""
        return self._findings[point.repo, point.id]

    def points_of(self, finding: Finding) -> list[Key]:
        """Return the points of a finding: those of its own repository, and of others where its own has no such id."""
        return [key for id in finding.points for key in self._keys(finding.repo, id)]

    def _keys(self, repo: str, id: str) -> list[Key]:
        return [(repo, id)] if (repo, id) in self.points else [(other, id) for other in self._repos.get(id, ())]
