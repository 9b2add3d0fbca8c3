"""From what configuration declares to records of the census: points that stand in no code, their prompts and flows, and more."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast

import msgspec

from aicensus.census.contents import MAX_PROMPT, digest, with_content
from aicensus.census.secrets import mask
from aicensus.model.census import (
    TEXT_KINDS,
    DeveloperTool,
    EntryKind,
    EntryPoint,
    Evaluation,
    Evidence,
    Flow,
    ModelSetting,
    ModelUse,
    Point,
    PointKind,
    Prompt,
    Setting,
    Unresolved,
)
from aicensus.model.declared import Declared, FileConfig, Words, asks

if TYPE_CHECKING:
    from aicensus.link.configuration import Configured
    from aicensus.link.scopes import Scopes

MAX_MODEL = 500
"""Characters of what may be a model id."""
CASES = "cases"
"""Role of files that an evaluation is made of beside its prompts."""
NEAR = 2
"""Folders above a file in which code that runs what it declares still stands beside it."""
_FALLBACK = re.compile(
    r"""\$\{\w+:(?:-|(?!-))(?P<shell>[^}]+)\}|\|\|\s*['"](?P<or>[^'"]+)['"]|\|\s*default\s+['"](?P<pipe>[^'"]+)['"]|default\s+['"](?P<helm>[^'"]+)['"]\s"""
)
_VARIABLE = re.compile(
    r"^os\.environ/(?P<a>\w+)$|\$\{\{\s*(?:vars|env|secrets|inputs)\.(?P<b>[\w-]+)|\$\{(?P<h>(?:var|local)\.[\w-]+)\}|\$\{(?:env:|env\.)?(?P<c>\w+)|^\$\(?(?P<d>\w+)\)?$"
    r"|^@model (?P<m>.+)$|\{\{\s*\.Values\.(?P<e>[\w.]+)|^(?P<f>(?:var|local|data|module|param)s?\.[\w.-]+)$|^process\.env\.(?P<g>\w+)$"
)
_RUN_TIME = re.compile(r"^=|\{\{|\$\{|\}\}|^\$|^!(Ref|Sub|GetAtt|FindInMap|ImportValue)\b")
_SCHEME = re.compile(r"^(?:file:(?://)?|python:)")
_ID = re.compile(r"[\w./:@+ -]{1,200}")
_RESOURCES = re.compile(r"(?:(?<=/)|^)(?:src/[^/]+/)?resources/(?:[^/]+/)*$")
"""Where the modules of Maven, Gradle and the like keep their resources, under the folder of the module."""
_PROFILE = re.compile(r"(?:^|/)(?:application|bootstrap)-[^/]+$|(?:^|/)appsettings\.[^/]+\.json$")
"""Files that add to the settings of an application in one environment."""
_HOLES = re.compile(r"\{\{[#-]?\s*([A-Za-z_$][\w.\[\]\"'$]*)|\$\{([A-Za-z_][\w.]*)\}|(?<!\{)\{([A-Za-z_][\w.]*)\}(?!\})")


@dataclass(slots=True)
class Declarations:
    """What configuration adds to the census of one source."""

    points: list[Point] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    entry_points: list[EntryPoint] = field(default_factory=list)
    developer_tools: list[DeveloperTool] = field(default_factory=list)
    evaluations: list[Evaluation] = field(default_factory=list)
    model_settings: list[ModelSetting] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)


def declarations(
    configured: Configured,
    points: Iterable[Point],
    prompts: Iterable[Prompt],
    scopes: Scopes,
    repo: str,
    look: Callable[[str], bytes | None],
    developer_tools: Literal["beside", "points"] = "beside",
) -> Declarations:
    """Make the records of one source; `points` and `prompts` are those of its code, `look` gives the content of prompt files.

    With `developer_tools="points"` workflows and review bots of those who write the code are points as well.
    """
    code = _Code(points, prompts)
    maker = Maker(scopes, repo, look)
    files = configured.files
    if developer_tools == "points":
        files = {path: tuple(map(_with_tools, parts)) for path, parts in files.items()}
    named = {target for path, parts in files.items() for target in maker.files_named(path, parts)}
    for path, parts in files.items():
        numbered: dict[str, int] = defaultdict(int, code.symbols.get(path, {}))
        for number, part in enumerate(parts):
            if not code.runs(path, part) and path not in named:
                maker.add(path, part, numbered, number)
            maker.beside(path, part)
    return maker.finished()


def _with_tools(part: FileConfig) -> FileConfig:
    """The file with what asks a model for those who write the code as points of the product."""
    nodes = (
        msgspec.structs.replace(node, as_="point", kind="agent") if node.as_ != "point" and asks(node) else node for node in part.nodes
    )
    return msgspec.structs.replace(part, nodes=tuple(nodes))


class _Code:
    """What the code of the source runs by itself."""

    def __init__(self, points: Iterable[Point], prompts: Iterable[Prompt]) -> None:
        self._folders: dict[str, set[str]] = defaultdict(set)
        self.symbols: dict[str, Counter[str]] = defaultdict(Counter)
        """By file of code: the symbols of its points, which a notebook in SQL shares with what it declares."""
        for point in points:
            self._folders[point.sdk].add(posixpath.dirname(point.path))
            self.symbols[point.path][point.symbol] += 1
        used = [prompt for prompt in prompts if prompt.used_by]
        self._files = {prompt.path for prompt in used} - self.symbols.keys()
        self._remote = {prompt.name.rpartition("/")[2] for prompt in used if prompt.kind == "remote"}

    def runs(self, path: str, part: FileConfig) -> bool:
        """Whether points of the code run what a file declares: then it is counted there."""
        if path in self._files or any(_near(path, folder) for sdk in part.code for folder in self._folders.get(sdk, ())):
            return True
        return bool(part.code) and posixpath.basename(path).partition(".")[0] in self._remote


def _near(path: str, folder: str) -> bool:
    """Whether code in a folder stands beside a file: in a folder above it by at most NEAR, or below that."""
    parts = posixpath.dirname(path).split("/")
    top = "/".join(parts[: max(0, len(parts) - NEAR)])
    return folder == top or not top or folder.startswith(f"{top}/")


class Maker:
    """Makes records of what is declared, file by file."""

    def __init__(self, scopes: Scopes, repo: str, look: Callable[[str], bytes | None]) -> None:
        self._scopes = scopes
        self._repo = repo
        self._look = look
        self._made = Declarations()
        self._files: dict[str, list[str]] = defaultdict(list)
        self._roles: dict[str, str] = {}

    def files_named(self, path: str, parts: Iterable[FileConfig]) -> Iterator[str]:
        """Files of the tree that a file names as holding its prompts; those of developers' tools may be prompts of the product too."""
        for part in parts:
            for node in part.nodes:
                files = (words for words in node.words if words.file and node.as_ != "development")
                yield from (target for words in files if (target := self._file(path, words)))

    def _file(self, path: str, words: Words) -> str | None:
        """The file of the tree that words name, from the folder of `path` or the root; `prompts.py:make` names a function in one."""
        name = _SCHEME.sub("", words.text)
        for said in (name, name.rpartition(":")[0]):
            for candidate in (posixpath.normpath(posixpath.join(posixpath.dirname(path), said)), posixpath.normpath(said)):
                if candidate in self._scopes.paths and candidate != path:
                    return candidate
        return None

    # -- points --------------------------------------------------------------------------------------------------

    def add(self, path: str, part: FileConfig, numbered: MutableMapping[str, int], number: int) -> None:
        """Add the points of one document and their flow. `numbered` counts the ids of the file."""
        ids: dict[int, str] = {}
        entries = dict(self._entries(path, part))
        for at, node in enumerate(part.nodes):
            if node.as_ == "point":
                numbered[node.id] += 1
                ids[at] = f"{path}::{mask(node.id)}" + (f"/{numbered[node.id]}" if numbered[node.id] > 1 else "")
                self._made.points.append(self._point(path, part, node, ids[at], tuple(e.id for e in entries.values())))
        flow = part.flow
        if flow is not None and ids:
            self._made.entry_points += entries.values()
            self._made.flows.append(
                Flow(
                    id=path if not number else f"{path}#{number + 1}",
                    repo=self._repo,
                    path=path,
                    line=flow.line,
                    name=mask(flow.name)[:200],
                    sdk=part.config,
                    points=tuple(ids[step] for step in flow.steps if step in ids),
                    links=tuple((ids[first], ids[second]) for first, second in flow.links if first in ids and second in ids),
                    entry_points=tuple(e.id for e in entries.values()),
                    scope=self._scopes.of(path),
                )
            )

    def _entries(self, path: str, part: FileConfig) -> Iterator[tuple[int, EntryPoint]]:
        taken: dict[str, int] = defaultdict(int)
        for at in part.flow.entries if part.flow is not None else ():
            node = part.nodes[at]
            taken[node.id] += 1
            yield (
                at,
                EntryPoint(
                    id=f"{path}::{mask(node.id)}@{node.kind}" + (f"/{taken[node.id]}" if taken[node.id] > 1 else ""),
                    repo=self._repo,
                    path=path,
                    line=node.line,
                    symbol=mask(node.id),
                    kind=cast("EntryKind", node.kind or "event"),
                    name=mask(node.name)[:200],
                    scope=self._scopes.of(path),
                ),
            )

    def _point(self, path: str, part: FileConfig, node: Declared, identity: str, entries: tuple[str, ...]) -> Point:
        model = model_of(node)
        prompts = tuple(dict.fromkeys(self._prompts(path, node, identity)))
        held = self._held(path, node) if node.kind in TEXT_KINDS else "none"
        scope = self._scopes.of(path)
        point = Point(
            id=identity,
            repo=self._repo,
            path=path,
            line=node.line,
            end_line=node.end_line,
            symbol=mask(node.id),
            role=node.role,
            kind=cast("PointKind", node.kind or "chat"),
            provider=node.provider or "dynamic",
            sdk=part.config,
            call=mask(node.call or part.shape)[:200],
            model=model,
            prompts=prompts,
            prompt=held,
            settings=tuple(Setting(name=name, value=mask(value)[:200]) for name, value in node.settings),
            scope=scope,
            evidence=(Evidence(path=path, line=node.line, what=mask(f"{part.shape}: {node.call or node.id}")[:300]),),
            reach="reachable" if entries else "unknown",
            entry_points=entries,
            purpose=mask(" ".join(node.purpose.split()))[:200],
        )
        if model.id is None and scope == "prod":
            self._made.unresolved.append(
                Unresolved(repo=self._repo, point=identity, what="model", why=model.why, path=path, line=node.line)
            )
        return point

    def _held(self, path: str, node: Declared) -> Literal["file", "inline", "dynamic"]:
        if any(words.file and self._file(path, words) for words in node.words):
            return "file"
        return "inline" if any(not words.file for words in node.words) else "dynamic"

    def _prompts(self, path: str, node: Declared, point: str) -> Iterator[str]:
        taken: dict[str, int] = defaultdict(int)
        for words in node.words:
            if words.file:
                if (target := self._file(path, words)) is not None:
                    self._files[target].append(point)
                    self._roles.setdefault(target, words.role)
                    yield target
                continue
            taken[words.role] += 1
            identity = f"{point}#{words.role or 'text'}" + (f"/{taken[words.role]}" if taken[words.role] > 1 else "")
            self._made.prompts.append(self._prompt(path, words, identity, point))
            yield identity

    def _prompt(self, path: str, words: Words, identity: str, point: str) -> Prompt:
        text = mask(words.text.removeprefix("=")[:MAX_PROMPT])
        holes = tuple(dict.fromkeys(next(filter(None, groups)) for groups in _HOLES.findall(text)))
        return Prompt(
            id=identity,
            repo=self._repo,
            path=path,
            line=words.line,
            end_line=words.end_line,
            name=identity.rpartition("::")[2],
            kind="template" if holes else "inline",
            role=words.role,
            text=text,
            placeholders=holes,
            hash=digest(text),
            used_by=(point,),
            scope=self._scopes.of(path),
        )

    # -- what is beside ------------------------------------------------------------------------------------------

    def beside(self, path: str, part: FileConfig) -> None:
        """Add what a file declares that is no point."""
        for node in part.nodes:
            if node.as_ == "development":
                self._made.developer_tools.append(
                    DeveloperTool(
                        repo=self._repo,
                        path=path,
                        line=node.line,
                        end_line=node.end_line,
                        tool=node.tool or part.config,
                        kind=cast("Any", node.kind or "settings"),
                        name=mask(node.name)[:200],
                        provider=node.provider,
                        model=mask(node.model or "")[:200],
                    )
                )
            elif node.as_ == "evaluation":
                named = {words: target for words in node.words if words.file and (target := self._file(path, words))}
                prompts = dict.fromkeys(target for words, target in named.items() if words.role != CASES)
                self._made.evaluations.append(
                    Evaluation(
                        repo=self._repo,
                        path=path,
                        line=node.line,
                        tool=node.tool or part.config,
                        name=mask(node.name)[:200],
                        models=(mask(node.model),) if node.model else (),
                        prompts=tuple(prompts),
                        files=tuple(dict.fromkeys(target for target in named.values() if target not in prompts)),
                    )
                )
            elif node.as_ == "setting" and (model := model_of(node)).id:
                self._made.model_settings.append(
                    ModelSetting(
                        repo=self._repo,
                        path=path,
                        line=node.line,
                        name=node.name or node.id,
                        model=model.id or "",
                        provider=node.provider,
                        kind=node.kind,
                        sdks=part.code,
                        scope=self._scopes.of(path),
                    )
                )

    def finished(self) -> Declarations:
        """All records, prompts that are files included."""
        for path, used in self._files.items():
            prompt = Prompt(
                id=path,
                repo=self._repo,
                path=path,
                line=1,
                end_line=1,
                kind="file",
                role=self._roles.get(path, ""),
                used_by=tuple(dict.fromkeys(used)),
                scope=self._scopes.of(path),
            )
            self._made.prompts.append(with_content(prompt, self._look(path) or b""))
        # What several services of a file share by an anchor is said once.
        self._made.model_settings = list(dict.fromkeys(self._made.model_settings))
        return self._made


def model_of(node: Declared) -> ModelUse:
    """The model of a node: a literal, a default, or what only the environment or the run decides."""
    text = (node.model or "").strip()[:MAX_MODEL]
    if not text:
        return ModelUse(why="no model is named here: what runs it has a default of its own")
    if node.defaulted:
        return ModelUse(id=text, source="default")
    named = _VARIABLE.search(text)
    fallback = _FALLBACK.search(text)
    if fallback is not None:
        value = next(filter(None, fallback.groups())).strip()
        return ModelUse(id=mask(value), source="env")
    if named is not None:
        return ModelUse(source="env", why=f"set by {next(filter(None, named.groups()))}")
    if _RUN_TIME.search(text) or not _ID.fullmatch(text):
        return ModelUse(source="parameter", why="only the run decides")
    return ModelUse(id=mask(text), source="env" if node.given else "literal")


def joined(own: Iterable[Prompt], more: Iterable[Prompt]) -> list[Prompt]:
    """Prompts of code and of configuration; one that both use is one prompt."""
    found: dict[str, Prompt] = {prompt.id: prompt for prompt in own}
    for prompt in more:
        known = found.get(prompt.id)
        if known is not None:
            prompt = msgspec.structs.replace(known, used_by=tuple(dict.fromkeys((*known.used_by, *prompt.used_by))))
        found[prompt.id] = prompt
    return sorted(found.values(), key=lambda p: (p.path, p.line, p.id))


def tied(points: Iterable[Point], settings: Iterable[ModelSetting]) -> tuple[list[Point], list[ModelSetting]]:
    """Points that read a variable get the model that a file of the tree sets it to, and settings the points that read them.

    The file nearest above the point counts, or any where none is above it; several values there are candidates. A name with a dot is
    one of a module, as `var.model`: a file elsewhere does not set it, and where no point reads it nobody need know.
    """
    settings = list(settings)
    by_name: dict[str, list[ModelSetting]] = defaultdict(list)
    for setting in settings:
        by_name[setting.name].append(setting)
    readers: dict[ModelSetting, list[str]] = defaultdict(list)
    finished = []
    for point in points:
        found = [setting for name in _read_from(point) for setting in _nearest(point, by_name.get(name, ()), above="." in name)]
        found = found or _nearest(point, [s for s in settings if _reads_itself(point, s)])
        for setting in found:
            readers[setting].append(point.id)
        finished.append(_given(point, found))
    told = (s for s in settings if s in readers or s.sdks or "." not in s.name)
    return finished, [msgspec.structs.replace(s, points=tuple(dict.fromkeys(readers.get(s, ())))) for s in told]


def _reads_itself(point: Point, setting: ModelSetting) -> bool:
    """Whether the SDK of a point looks a setting up where the code names no model."""
    if point.sdk not in setting.sdks or point.model.source not in ("unknown", "default", "parameter"):
        return False
    served = setting.provider in ("", point.provider) or point.provider in ("dynamic", "multi")
    return served and setting.kind in ("", point.kind)


def _nearest(point: Point, settings: Iterable[ModelSetting], *, above: bool = False) -> list[ModelSetting]:
    """Settings of the innermost application that is above a point; where none is, all of them, or with `above` none.

    What its libraries read by themselves is said by one application alone, not by its neighbours.
    """
    settings = [setting for setting in settings if setting.scope != "test" or point.scope == "test"]
    folder = f"{posixpath.dirname(point.path)}/"
    homes = [(len(home), setting) for setting in settings if (home := _home(setting)) == "/" or folder.startswith(home)]
    if homes:
        nearest = max(depth for depth, _ in homes)
        return _of_profile([setting for depth, setting in homes if depth == nearest])
    read_by_itself = any(point.sdk in setting.sdks for setting in settings)
    others = above or (read_by_itself and len({_home(setting) for setting in settings}) > 1)
    return [] if others else _of_profile(settings)


def _home(setting: ModelSetting) -> str:
    """The folder that a setting speaks for: that of its file, or the module whose resources the file is among."""
    folder = f"{posixpath.dirname(setting.path)}/"
    return _RESOURCES.sub("", folder) or "/"


def _of_profile(settings: list[ModelSetting]) -> list[ModelSetting]:
    """What holds without a profile (`application-cloud.yml`, `appsettings.Development.json`), or all where only profiles say it."""
    return [setting for setting in settings if not _PROFILE.search(setting.path)] or settings


def _given(point: Point, settings: list[ModelSetting]) -> Point:
    """The point with the model of its settings, where the code names none."""
    values = list(dict.fromkeys(setting.model for setting in settings))
    if not values or (point.model.id is not None and point.model.source != "default") or point.model.candidates:
        return point
    several = ModelUse(candidates=tuple(values[:8]), source="env", why="several models are possible")
    evidence = tuple(Evidence(path=s.path, line=s.line, what=f"{s.name} is {s.model}") for s in settings)
    own = point.sdk in settings[0].sdks
    model = ModelUse(id=values[0], source="setting" if own else "env") if len(values) == 1 else several
    providers = {setting.provider for setting in settings if setting.provider}
    provider = providers.pop() if own and len(providers) == 1 and point.provider in ("dynamic", "multi") else point.provider
    return msgspec.structs.replace(point, model=model, provider=provider, evidence=(*point.evidence, *evidence))


def _read_from(point: Point) -> list[str]:
    """Variables of the environment that the model of a point is read from."""
    if point.model.source != "env" or not point.model.why.startswith("set by "):
        return []
    return point.model.why.removeprefix("set by ").split(", ")


def resolved(unresolved: Iterable[Unresolved], points: Mapping[str, Point]) -> list[Unresolved]:
    """What is still not known when settings have been tied."""
    return [row for row in unresolved if row.what != "model" or row.point not in points or points[row.point].model.id is None]
