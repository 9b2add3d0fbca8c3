"""Provider, model and parameters of a hit, as seen from where it stands or from one of its uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from aicensus.catalog import Catalog
from aicensus.catalog.schema import FromRow, FunctionRow, Slot
from aicensus.link.evaluate import Evaluator, Place
from aicensus.link.matching import Hit, places
from aicensus.link.values import Env, Ext, Frame, Param, Scalar, Site, Text, Value

OPEN = ("dynamic", "multi", "")
"""Provider names that leave the provider to the model id, the host or the user."""
PARAMETERS = ("temperature", "max_tokens", "timeout", "retries", "schema", "tools", "seed", "stop", "stream")


@dataclass(slots=True)
class Attributes:
    """What is known of one hit."""

    provider: str
    models: tuple[str, ...] = ()
    """Ids that the code gives, literal or by default."""
    model_source: str = "unknown"
    """`literal`, `default` (of the SDK), `env`, `parameter` or `unknown`."""
    model_why: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    """Value as text, `set` where it is not constant."""


class Describer:
    """Reads attributes through the catalogue's slots."""

    def __init__(self, evaluator: Evaluator, catalog: Catalog) -> None:
        self.evaluator = evaluator
        self.catalog = catalog

    def describe(self, hit: Hit, frame: Frame | None = None) -> Attributes:
        """Attributes of `hit` when its function is entered through `frame`."""
        rows = list(self._rows(hit, frame))
        found = Attributes(self._provider(hit, rows, frame))
        self._model(hit, rows, frame, found)
        if found.provider in OPEN and found.models:
            found.provider = self._provider_of_models(found.models) or found.provider or "dynamic"
        for name in PARAMETERS:
            for row, site, shift in self._slots(hit, rows, frame):
                given = places(self.evaluator, getattr(row, name), site, shift)
                if given:
                    values = [v for place in given for v in self.evaluator.eval(*place)]
                    constant = [str(v.value) for v in values if isinstance(v, Text | Scalar)]
                    found.parameters[name] = constant[0] if len(constant) == 1 and len(values) == 1 else "set"
                    break
        return found

    def _slots(self, hit: Hit, rows: list[tuple[FromRow | FunctionRow, Site]], frame: Frame | None) -> Iterator[tuple[object, Site, int]]:
        yield hit.row, hit.inner or Site(hit.path, hit.call, frame), hit.shift
        for row, site in reversed(rows):
            yield row, site, 0

    def _rows(self, hit: Hit, frame: Frame | None) -> Iterator[tuple[FromRow | FunctionRow, Site]]:
        """Constructor rows on the way to the hit, objects handed to it included, farthest first."""
        module = self.evaluator.at(hit.path)
        target = hit.target
        if frame is not None:
            for value in self.evaluator.callee(module, hit.call, frame):
                if isinstance(value, Ext) and value.path == target.path:
                    target = value
                    break
        seen: set[Site] = set()
        site = hit.inner or Site(hit.path, hit.call, frame)
        yield from self._objects(hit.row.objects, site, seen, hit.shift)
        for earlier in target.trail:
            yield from self._made(earlier, seen)

    def _made(self, site: Site, seen: set[Site]) -> Iterator[tuple[FromRow | FunctionRow, Site]]:
        if site in seen or len(seen) > 40:
            return
        seen.add(site)
        module = self.evaluator.at(site.path)
        language = self.evaluator.catalog(module)
        for value in self.evaluator.callee(module, site.call, site.frame):
            if not isinstance(value, Ext):
                continue
            function = language.function(value.path)
            rows: list[FromRow | FunctionRow] = [m.row for m in language.constructs(value.path) if self.evaluator.holds(m.row.when, site)][:1]
            rows += [function] if function is not None else []
            for earlier in value.trail:
                yield from self._made(earlier, seen)
            for row in rows:
                yield from self._objects(row.objects, site, seen, 0)
                yield row, site

    def _objects(self, slot: Slot, site: Site, seen: set[Site], shift: int) -> Iterator[tuple[FromRow | FunctionRow, Site]]:
        for name in slot.order:
            for place in self.evaluator.given(site, name + shift if isinstance(name, int) else name):
                for value in self._settled(self.evaluator.eval(*place)):
                    if isinstance(value, Ext):
                        for earlier in value.trail:
                            yield from self._made(earlier, seen)

    def _settled(self, values: tuple[Value, ...]) -> Iterator[Value]:
        for value in values:
            if isinstance(value, Param):
                yield from self.evaluator.expand(value)
            else:
                yield value

    # -- provider ------------------------------------------------------------------------------------------------

    def _provider(self, hit: Hit, rows: list[tuple[FromRow | FunctionRow, Site]], frame: Frame | None) -> str:
        if hit.url:
            return hit.provider
        for row, site, shift in self._slots(hit, rows, frame):
            slot: Slot = row.provider_slot  # type: ignore[attr-defined]
            if slot:
                named = [v.value for p in places(self.evaluator, slot, site, shift) for v in self.evaluator.eval(*p) if isinstance(v, Text)]
                if len(named) == 1:
                    return named[0].lower()
            hosts = self._hosts(places(self.evaluator, row.base_url, site, shift))  # type: ignore[attr-defined]
            if hosts:
                return hosts
        providers = [row.provider for row, _ in rows if getattr(row, "provider", "")]
        own = hit.row.provider or hit.provider
        if own and own not in OPEN and not providers:
            return own
        distinct = list(dict.fromkeys(p for p in providers if p not in OPEN))
        if len(distinct) == 1:
            return distinct[0]
        if len(distinct) > 1:
            return "multi"
        return own or "dynamic"

    def _hosts(self, given: list[Place]) -> str:
        for place in given:
            for value in self._settled(self.evaluator.eval(*place)):
                if isinstance(value, Text) and (match := re.match(r"^https?://([^/?#]+)", value.value)):
                    known = self.catalog.http.host(match[1])
                    if known:
                        return known
        return ""

    def _provider_of_models(self, models: tuple[str, ...]) -> str:
        prefixes = {m.split(sep)[0].lower() for m in models for sep in ("/", ":") if sep in m[:24]}
        known = {PREFIXES[p] for p in prefixes if p in PREFIXES}
        if len(known) == 1:
            return known.pop()
        if known:
            return "multi"
        guesses = {provider for m in models for pattern, provider in SHAPES if re.match(pattern, m)}
        return guesses.pop() if len(guesses) == 1 else ""

    # -- model ---------------------------------------------------------------------------------------------------

    def _model(self, hit: Hit, rows: list[tuple[FromRow | FunctionRow, Site]], frame: Frame | None, found: Attributes) -> None:
        for row, site, shift in self._slots(hit, rows, frame):
            given = places(self.evaluator, row.model, site, shift)  # type: ignore[attr-defined]
            if not given:
                default = row.defaults.get("model")  # type: ignore[attr-defined]
                if default:
                    found.models, found.model_source = (str(default),), "default"
                    return
                continue
            values = [v for place in given for v in self.evaluator.eval(*place)]
            names = [v.value for v in self._settled(tuple(values)) if isinstance(v, Text) and v.value.strip() and len(v.value) < 160]
            if names:
                found.models = tuple(dict.fromkeys(names))
                found.model_source = "env" if any(isinstance(v, Env) for v in values) else "literal"
                return
            if any(isinstance(v, Env) for v in values):
                found.model_source, found.model_why = "env", "set by " + ", ".join(v.name for v in values if isinstance(v, Env))
                return
            if any(isinstance(v, Ext) for v in values):
                continue
            found.model_source, found.model_why = "parameter", "decided at run time"
            return


PREFIXES = {
    "openai": "openai", "anthropic": "anthropic", "google": "google", "gemini": "google", "google_genai": "google", "google_vertexai": "google",
    "vertex_ai": "google", "azure": "azure-openai", "azure_openai": "azure-openai", "bedrock": "bedrock", "groq": "groq", "mistral": "mistral",
    "ollama": "ollama", "ollama_chat": "ollama", "together": "together", "together_ai": "together", "fireworks": "fireworks",
    "fireworks_ai": "fireworks", "openrouter": "openrouter", "deepseek": "deepseek", "xai": "xai", "cohere": "cohere", "huggingface": "huggingface",
    "perplexity": "perplexity", "replicate": "replicate", "voyage": "voyage",
}
SHAPES = (
    (r"^(gpt-|chatgpt|o[1345](-|$)|text-embedding-|dall-e|whisper-1|tts-1|davinci|babbage)", "openai"),
    (r"^claude-", "anthropic"),
    (r"^(models/)?(gemini|imagen|text-bison|chat-bison)", "google"),
    (r"^(us\.|eu\.|apac\.|global\.)?(anthropic|amazon|meta|mistral|cohere|ai21)\.", "bedrock"),
)
