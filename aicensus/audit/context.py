"""What every rule asks: the census, its graph, what the manifest says of a point, what is known of its model."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from aicensus.analysis.decisions import Subject, decision_subjects
from aicensus.analysis.journeys import Journey, journeys
from aicensus.analysis.policies import PolicyBook, build_policies
from aicensus.analysis.precedence import Declared, Ranking
from aicensus.analysis.rulebook import Rulebook, build_rulebook, subject_words
from aicensus.catalog import Catalog, load
from aicensus.catalog.schema import ModelFact, Sdk
from aicensus.census.annotations import parse_annotation
from aicensus.census.places import NOWHERE, Places
from aicensus.census.roster import Roster
from aicensus.census.tested import Tests
from aicensus.graph import CensusGraph, build_graph
from aicensus.manifest import Claims, followed
from aicensus.model.census import Census, Evaluation, LastChange, Point, Prompt
from aicensus.model.settings import ManifestFile, PointClaim, Precedence, Settings
from aicensus.model.since import Since
from aicensus.rules.business import of_business
from aicensus.rules.lexicon import Lexicon, default_lexicon
from aicensus.rules.objectives import Aim, Objectives
from aicensus.rules.subjects import Subjects, subject_name


class Context:
    """One audit's view of the world, without clock; `catalog` defaults to the shipped one, `since` is the change that is judged, if any."""

    def __init__(
        self,
        census: Census,
        settings: Settings,
        catalog: Catalog | None = None,
        places: Places = NOWHERE,
        since: Since | None = None,
    ) -> None:
        self.census = census
        self.settings = settings
        self.places = places
        self.since = since
        self._catalog = catalog
        self._manifests: dict[str, ManifestFile] = {}
        self._claims: dict[str, Claims] = {}
        self._rosters: dict[str, Roster] = {}
        self._aims: dict[str, tuple[Aim, ...]] = {}
        self._said: dict[tuple[str, str], PointClaim] = {}

    @cached_property
    def graph(self) -> CensusGraph:
        return build_graph(self.census)

    @property
    def as_of(self) -> datetime.date:
        return self.settings.as_of

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Points that count: in a reported scope, and more than possible."""
        scopes = set(self.settings.manifest.settings.report_scopes)
        return tuple(point for point in self.census.points if point.scope in scopes and point.confidence != "possible")

    @cached_property
    def purposes(self) -> tuple[Point, ...]:
        """The points that somebody must own: all but gateways, which are plumbing."""
        return tuple(point for point in self.points if point.role != "gateway")

    @cached_property
    def rulebook(self) -> Rulebook:
        """The business rules in prompts of the points that somebody must own."""
        return build_rulebook(self._reached, self.lexicon, wanted=of_business, places=self.places, subjects=self._subjects)

    @cached_property
    def policies(self) -> PolicyBook:
        """The policy library beside the same prompts."""
        return build_policies(
            self.census.fragments, self._reached, self.purposes, lambda repo: self.manifest_of(repo).manifest, self.as_of, self.lexicon
        )

    @cached_property
    def lexicon(self) -> Lexicon | None:
        """The words of the business over those that are shipped; None where the manifest gives none."""
        words = self.settings.manifest.lexicon
        return Lexicon(words.synonyms, words.exclusive) if words.synonyms or words.exclusive else None

    @cached_property
    def _reached(self) -> tuple[tuple[Prompt, tuple[Point, ...]], ...]:
        """The prompts of the points that somebody must own."""
        counted = {(point.repo, point.id) for point in self.purposes}
        reached = ((prompt, self.graph.points_of_prompt(prompt)) for prompt in self.census.prompts)
        kept = ((prompt, tuple(point for point in points if (point.repo, point.id) in counted)) for prompt, points in reached)
        return tuple((prompt, points) for prompt, points in kept if points)

    @cached_property
    def _subjects(self) -> Subjects:
        """Decision subjects with all that the manifests name."""
        return Subjects(self.lexicon or default_lexicon(), subject_words(file.manifest for file, _ in self.manifests()))

    # --- who decides ---

    @cached_property
    def decisions(self) -> tuple[Subject, ...]:
        """What is decided, and by which points that somebody must own."""
        return decision_subjects(
            self.purposes,
            self.rulebook.statements,
            lambda point: self.claim(point).decides,
            wider=self._subjects.wider,
            harmless=lambda point: self.claim(point).consequential is False,
        )

    @cached_property
    def declarations(self) -> Mapping[str, tuple[Declared, ...]]:
        """What the manifests say of who wins, by subject. A manifest may speak of its own repository and of those that have none."""
        found: dict[str, list[Declared]] = {}
        for file, repos in self.manifests():
            for name, said in file.manifest.precedence.items():
                precedence = said if isinstance(said, Precedence) else Precedence(order=said)
                one = Declared(name, precedence, repos, file.path, file.lines.get(f"precedence.{name}", 0))
                others = found.setdefault(subject_name(name), [])
                same = next((other for other in others if other.says_the_same(one)), None)
                others[:] = [other for other in others if other is not same]
                others.append(one if same is None else one.with_repos(same.repos))
        return {name: tuple(found[name]) for name in sorted(found)}

    @cached_property
    def rankings(self) -> Mapping[str, Ranking]:
        """The order of the deciders of every subject that is decided or declared, by all that holds on the day."""
        decided = {subject.name: subject for subject in self.decisions}
        return {
            name: Ranking(decided.get(name, Subject(name, ())), self.in_force(name), self.accountability)
            for name in sorted({*decided, *self.declarations})
        }

    def in_force(self, subject: str) -> tuple[Declared, ...]:
        """Declarations on a subject that hold on the day."""
        said = self.declarations.get(subject, ())
        return tuple(one for one in said if not one.precedence.effective_from or one.precedence.effective_from <= self.as_of)

    @cached_property
    def objectives(self) -> Objectives:
        words = [file.manifest.lexicon for file, _ in self.manifests()]
        own = {name: phrases for one in words for name, phrases in one.objectives.items()}
        return Objectives(own, {name: rivals for one in words for name, rivals in one.rivals.items()})

    def aims(self, text: str) -> tuple[Aim, ...]:
        """The objectives that the text of a prompt sets."""
        if text not in self._aims:
            self._aims[text] = self.objectives.of(text)
        return self._aims[text]

    @cached_property
    def journeys(self) -> tuple[Journey, ...]:
        return tuple(journeys(self.census, self.graph, [(file.manifest, repos) for file, repos in self.manifests()]))

    def accountability(self, point: Point) -> str:
        """The function that answers for what a point decides; empty where nobody said."""
        return self.claim(point).accountability

    def evaluations_of(self, point: Point) -> tuple[Evaluation, ...]:
        """Evaluations and tests that name the point, one of its prompts, or a file that holds it or one of them."""
        return self._tests.of(point)

    @cached_property
    def _tests(self) -> Tests:
        return Tests(self.census.evaluations, self.census.prompts)

    def last_changes_of(self, point: Point) -> tuple[LastChange, ...]:
        """When its model and its prompts changed last, where history was read for it."""
        return tuple(self._last_changes.get((point.repo, point.id), ()))

    @cached_property
    def _last_changes(self) -> dict[tuple[str, str], list[LastChange]]:
        found: dict[tuple[str, str], list[LastChange]] = {}
        for row in self.census.last_changes:
            found.setdefault((row.repo, row.point), []).append(row)
        return found

    def prompts_of(self, point: Point) -> tuple[Prompt, ...]:
        """Prompts that reach a point, in its order."""
        return tuple(self._prompts[point.repo, name] for name in point.prompts if (point.repo, name) in self._prompts)

    @cached_property
    def _prompts(self) -> dict[tuple[str, str], Prompt]:
        return {(prompt.repo, prompt.id): prompt for prompt in self.census.prompts}

    # --- the manifest ---

    @cached_property
    def _shared_manifest(self) -> ManifestFile:
        settings = self.settings
        return ManifestFile(manifest=settings.manifest, path=settings.manifest_path, lines=settings.manifest_lines)

    def manifest_of(self, repo: str) -> ManifestFile:
        """The manifest that speaks of a repository, its own, else that of the run, with the ids of today."""
        if repo not in self._manifests:
            self._manifests[repo] = self._of_today(self.settings.own_manifests.get(repo, self._shared_manifest), (repo,))
        return self._manifests[repo]

    def _of_today(self, file: ManifestFile, repos: Sequence[str]) -> ManifestFile:
        moves = (move for move in self.census.claim_moves if move.repo in repos and move.confidence == "certain")
        return followed(file, {move.claimed: move.point for move in moves})

    def manifests(self) -> Iterator[tuple[ManifestFile, tuple[str, ...]]]:
        """Every manifest with the repositories it speaks of."""
        own = self.settings.own_manifests
        repos = sorted({repository.name for repository in self.census.repositories} | {point.repo for point in self.census.points})
        shared = tuple(repo for repo in repos if repo not in own)
        yield self._of_today(self._shared_manifest, shared), shared
        for repo in sorted(own):
            yield self.manifest_of(repo), (repo,)

    def claims(self, repo: str) -> Claims:
        if repo not in self._claims:
            self._claims[repo] = Claims(self.manifest_of(repo).manifest)
        return self._claims[repo]

    def claim(self, point: Point) -> PointClaim:
        """What the manifest says of a point; empty when nothing."""
        key = (point.repo, point.id)
        if key not in self._said:
            self._said[key] = self.claims(point.repo).of(point.id)
        return self._said[key]

    def place_of_claim(self, point: Point) -> tuple[str, int]:
        """Path and line of the most specific entry that speaks of a point."""
        file = self.manifest_of(point.repo)
        entries = self.claims(point.repo).entries(point.id)
        return file.path, file.lines.get(f"points.{entries[0].selector}", 0) if entries else 0

    def roster(self, repo: str) -> Roster:
        if repo not in self._rosters:
            self._rosters[repo] = Roster(self.manifest_of(repo).manifest.roster)
        return self._rosters[repo]

    def declared_consequential(self, point: Point) -> bool:
        """Somebody said that the point decides something; what is only inferred does not count."""
        claimed = self.claim(point).consequential
        if claimed is not None:
            return claimed
        return any(parse_annotation(note).consequential for note in point.notes)

    # --- the catalogue ---

    @cached_property
    def catalog(self) -> Catalog:
        return self._catalog or load()

    def fact(self, point: Point, model: str) -> ModelFact | None:
        return self.catalog.models.lookup(point.provider, model)

    @cached_property
    def without_timeout(self) -> frozenset[str]:
        """SDKs that take no timeout, such as those that run a model in the process."""
        return frozenset(sdk.sdk for sdk in self.catalog.sdks if not _takes_timeout(sdk))

    def days_until(self, day: datetime.date) -> int:
        return (day - self.as_of).days


def _takes_timeout(sdk: Sdk) -> bool:
    slots = (slots for spec in sdk.types for slots in (spec.slots, *spec.sources))
    return any(row.timeout for row in (*slots, *sdk.calls, *sdk.functions) if row)
