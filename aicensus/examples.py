"""The examples of the catalogue run against the code: what each file promises to find, and not to find."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from aicensus.catalog import Catalog, Example, Sdk
from aicensus.extract import front_end_of
from aicensus.link.attributes import Describer
from aicensus.link.caller_search import imported_sdks
from aicensus.link.evaluate import Evaluator
from aicensus.link.gateways import Linker
from aicensus.link.matching import Matcher
from aicensus.link.project import Module, Project
from aicensus.model.facts import FileFacts

SUFFIX = {
    "python": ".py",
    "javascript": ".ts",
    "java": ".java",
    "go": ".go",
    "csharp": ".cs",
    "kotlin": ".kt",
    "ruby": ".rb",
    "php": ".php",
    "rust": ".rs",
    "shell": ".sh",
}


def failures(catalog: Catalog, *, only: str | None = None) -> Iterator[str]:
    """Yield a text for each example that does not hold: file, number, what was found instead. `only` runs one file's."""
    for sdk in catalog.sdks:
        if only is not None and sdk.sdk != only:
            continue
        for number, example in enumerate(sdk.examples, 1):
            if example.finds is None:
                continue
            found = list(_found(catalog, sdk, example))
            if problem := _difference(example, found):
                yield f"{sdk.sdk}.yaml, example {number}: {problem}\n{textwrap.indent(example.code.rstrip(), '    ')}"


def _found(catalog: Catalog, sdk: Sdk, example: Example) -> Iterator[dict[str, object]]:
    path = example.path or f"example{SUFFIX[sdk.language]}"
    code = example.code.encode()
    facts = front_end_of(path)

    def read_facts(wanted: str) -> FileFacts | None:
        return facts.read(code) if facts is not None and wanted == path else None

    project = Project([path], read_facts, lambda wanted: code if wanted == path else None)
    modules = project.load([path])
    evaluator = Evaluator(project, catalog.language)
    imported = {name for module in modules for name in imported_sdks(module, project, catalog)}
    matcher = Matcher(evaluator, catalog, frozenset(imported))
    hits = matcher.hits(modules)
    Linker(evaluator).decide(hits)
    describer = Describer(evaluator, catalog)
    for hit in hits:
        known = describer.describe(hit)
        module: Module = evaluator.at(hit.path)
        model = known.models[0] if len(known.models) == 1 else None
        yield {
            "line": module.calls[hit.call].line,
            "kind": hit.kind,
            "model": model,
            "provider": known.provider,
            "confidence": hit.confidence,
        }


def _difference(example: Example, found: list[dict[str, object]]) -> str:
    wanted = list(example.finds or ())
    rest = list(found)
    for one in wanted:
        asked = {name: getattr(one, name) for name in ("line", "kind", "model", "provider", "confidence") if getattr(one, name) is not None}
        match = next((row for row in rest if all(row[name] == value for name, value in asked.items())), None)
        if match is None:
            return f"expected {asked}, found {[_shown(row) for row in rest] or 'nothing'}"
        rest.remove(match)
    return f"expected nothing more, found {[_shown(row) for row in rest]}" if rest else ""


def _shown(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if value is not None}
