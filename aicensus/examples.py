"""The examples of the catalogue run against the code: what each file promises to find, and not to find."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import msgspec

from aicensus.catalog import Catalog, Example, Sdk, Shape
from aicensus.catalog.document_paths import file_glob
from aicensus.census.configured import model_of
from aicensus.extract import front_end_of
from aicensus.extract.config import read_config
from aicensus.link.attributes import Describer, provider_of_models
from aicensus.link.called_as import CalledAs
from aicensus.link.caller_search import imported_sdks
from aicensus.link.evaluate import Evaluator
from aicensus.link.gateways import Linker
from aicensus.link.matching import Matcher
from aicensus.link.project import Module, Project
from aicensus.link.sql import SqlRows, sql_file
from aicensus.model.declared import Declared
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
    "scala": ".scala",
    "swift": ".swift",
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


def unshown(catalog: Catalog, sdk: Sdk) -> list[str]:
    """Callees of the SDK's calls that no example of it finds; calls that only build something are no points, so not among them."""
    found = {str(row["callee"]) for example in sdk.examples if example.finds for row in _found(catalog, sdk, example)}
    return [row.callee for row in sdk.calls if not row.lazy and row.callee not in found]


def config_failures(catalog: Catalog, *, only: str | None = None) -> Iterator[str]:
    """The same for the shapes of configuration; `only` runs one file's."""
    for file in catalog.configs:
        for shape in file.shapes if only in (None, file.config) else ():
            for number, example in enumerate(shape.examples, 1):
                found = list(_declared(catalog, example.path, example.code))
                wanted = [{n: v for n in one.__struct_fields__ if (v := getattr(one, n)) is not None} for one in example.finds]
                if problem := _mismatch(wanted, found):
                    code = textwrap.indent(example.code.rstrip(), "    ")
                    yield f"config-{file.config}.yaml, {shape.name}, example {number}: {problem}\n{code}"


def sql_failures(catalog: Catalog) -> Iterator[str]:
    """The same for SQL."""
    rows = SqlRows(catalog.sql)
    for file in catalog.sql:
        for number, example in enumerate(file.examples, 1):
            said = sql_file(example.path, example.code.encode(), rows)
            nodes = said.nodes if said is not None else ()
            made = {f"@model {node.name}": node.model for node in nodes if node.as_ == "setting"}
            asked = [msgspec.structs.replace(node, model=made.get(node.model or "", node.model)) for node in nodes if node.as_ == "point"]
            found = [{**_said(node), "symbol": node.id} for node in asked]
            wanted = [{n: v for n in one.__struct_fields__ if (v := getattr(one, n)) is not None} for one in example.finds]
            if problem := _mismatch(wanted, found):
                yield f"sql.yaml, example {number}: {problem}\n{textwrap.indent(example.code.rstrip(), '    ')}"


def _declared(catalog: Catalog, path: str, code: str) -> Iterator[dict[str, object]]:
    """What all shapes of the catalogue find in the file."""
    content = code.encode()
    shapes = [(f, s) for f in catalog.configs for s in f.shapes if _read_in(s, path, content)]
    for part in read_config(path, content, shapes, lambda model: provider_of_models((model,))) if shapes else ():
        for node in part.nodes:
            yield _said(node)


def _read_in(shape: Shape, path: str, content: bytes) -> bool:
    low = content.lower()
    named = any(file_glob(glob).fullmatch(path) for glob in shape.files)
    return named and all(any(token.encode().lower() in low for token in group) for group in shape.tokens)


def _said(node: Declared) -> dict[str, object]:
    texts = {role: " ".join(w.text for w in node.words if (w.role == "system") == (role == "system")) for role in ("system", "prompt")}
    model = model_of(node).id if node.model else None
    return {
        "line": node.line,
        "kind": node.kind,
        "model": model,
        "provider": node.provider or None,
        "id": node.id,
        "as_": node.as_,
        "tool": node.tool or None,
        "name": node.name or None,
        "system": texts["system"] or None,
        "prompt": texts["prompt"] or None,
    }


def _mismatch(wanted: list[dict[str, object]], found: list[dict[str, object]]) -> str:
    rest = list(found)
    for asked in wanted:
        match = next((row for row in rest if all(_fits(row.get(name), value) for name, value in asked.items())), None)
        if match is None:
            return f"expected {asked}, found {[_shown(row) for row in rest] or 'nothing'}"
        rest.remove(match)
    return f"expected nothing more, found {[_shown(row) for row in rest]}" if rest else ""


def _fits(found: object, wanted: object) -> bool:
    return found == wanted or (isinstance(found, str) and isinstance(wanted, str) and " ".join(found.split()) == " ".join(wanted.split()))


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
    matcher = Matcher(evaluator, catalog, frozenset(imported), CalledAs(catalog, evaluator.project))
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
            "callee": hit.row.callee,
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
