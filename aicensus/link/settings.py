"""Defaults of settings by name: what a project writes for a key that code reads only at run time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from aicensus.link.evaluate import Evaluator
from aicensus.link.project import Module, last_name
from aicensus.link.values import Text
from aicensus.model.facts import Attr, Call, CallRef, Choice, Const, DefRef, Expr, Map, Name, is_text

MODEL_ID = re.compile(r"^(?=.*[A-Za-z])(?=.*[0-9:/.-])[\w./:@+-]{3,120}$")
"""Text that can be a model id: one word with a digit, a dash, a colon or a slash."""
_HEAD = re.compile(r"^[a-z][a-z0-9_]{1,24}[:/]")
_FILE = re.compile(r"\.(py|js|ts|json|ya?ml|txt|md|html|csv|pdf|png|jpe?g|toml|db|log)$|^(https?:|/|\./|~)|^\d+(\.\d+)*$|^[\d:./-]+$")
_MAIN = re.compile(r"(?i)^(main|default|primary)(?![a-z])|^(main|default|primary)[_-]|^DEFAULT")
_GENERIC = frozenset({"model", "models", "modelname", "modelid", "name", "engine", "provider"})
"""Names that say nothing about which of a project's models is meant; only command-line options settle them."""
_DEFAULTED = re.compile(r"(?i)env|config|setting|option|^(get|str|setdefault)$")
"""Names of functions that look a setting up."""
SET, FALLBACK, TRIED = range(3)
"""How a name gets a value, the most settled first: it is set, a look-up falls back to it, or a module's own try-out uses it."""
_Entry = tuple[Module, Expr, int, str, int]
"""Where a name is given a value: module, expression, scope, the name as written, and how."""


def plain(name: str) -> str:
    """A setting's name without case and separators: `smartLlm`, `SMART_LLM` and `smart-llm` are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


class Defaults:
    """Text values that dict literals, class fields, constants and defaulted look-ups of a project give to names."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self._places: dict[str, list[_Entry]] | None = None
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}
        self._main_lines: dict[str, frozenset[tuple[str, int]]] = {}

    def model(self, name: str, at: str) -> str:
        """The one model id that the program of the file `at` gives a setting of this name; empty when there is none or more than one."""
        if plain(name) in _GENERIC:
            return self._exact(name, at)
        found = self._ids(name, at)
        if not found and (
            shorter := re.sub(r"(?i)[_-]?(model|model[_-]?(name|id))$|(?<=[a-z])(Model|ModelName|ModelId)$", "", name)
        ) not in ("", name):
            found = tuple(text for text in self._ids(shorter, at) if _HEAD.match(text))
        return found[0] if len(found) == 1 else ""

    def _exact(self, name: str, at: str) -> str:
        """The default of a constant-like name such as `MODEL`, which only an entry spelled the same gives."""
        if not name.isupper():
            return ""
        places = [place for place in self._places_of(plain(name), at) if place[3] == name]
        found = dict.fromkeys(t for place in places for t in self._texts(*place[:3]) if MODEL_ID.match(t) and not _FILE.search(t))
        return next(iter(found)) if len(found) == 1 else ""

    def _ids(self, name: str, at: str) -> tuple[str, ...]:
        key = plain(name), self.evaluator.applications.home_of(at)
        if len(key[0]) < 4:
            return ()
        if key not in self._known:
            places = self._places_of(key[0], at)
            ranked = (self._of_places(p for p in places if p[4] == rank) for rank in (SET, FALLBACK, TRIED))
            self._known[key] = next(filter(None, ranked), ())
        return self._known[key]

    def _places_of(self, key: str, at: str) -> list[_Entry]:
        """Where the program of the file `at` gives the setting a value."""
        return [place for place in self._index().get(key, ()) if self.evaluator.applications.share(at, place[0].path)]

    def _of_places(self, places: Iterable[_Entry]) -> tuple[str, ...]:
        texts = dict.fromkeys(text for place in places for text in self._texts(*place[:3]))
        return tuple(t for t in texts if MODEL_ID.match(t) and re.search(r"[0-9:/-]", t) and not _FILE.search(t))

    def is_main(self, text: Text) -> bool:
        """Whether a text stands under a key or name that says it is the usual choice: `main`, `default`, `primary`."""
        if text.path not in self._main_lines:
            module = self.evaluator.at(text.path)
            self._main_lines[text.path] = frozenset(_main_texts(module))
        return (text.value, text.line) in self._main_lines[text.path]

    def _texts(self, module: Module, expr: Expr, scope: int) -> Iterator[str]:
        if isinstance(expr, DefRef):
            record = module.scopes[expr.index]
            yield from (t for returned in record.returns for t in self._texts(module, returned, expr.index))
            return
        for value in self.evaluator.eval(_declared(expr, module), module, scope):
            if isinstance(value, Text):
                yield value.value.strip()

    def _index(self) -> dict[str, list[_Entry]]:
        if self._places is None:
            self._places = defaultdict(list)
            for module in list(self.evaluator.modules()):
                if self.evaluator.is_test(module.path):
                    continue
                for name, expr, scope, rank in _named(module):
                    self._places[plain(name)].append((module, expr, scope, name, rank))
        return self._places


def _named(module: Module) -> Iterator[tuple[str, Expr, int, int]]:
    """Names with the expressions that give them a value, where that is text by itself, and how they do."""
    first, last = module.facts.main or (0, 0)
    for binding in module.facts.bindings:
        if binding.value is None:
            continue
        rank = TRIED if first <= binding.line <= last else SET
        held = module.scopes[binding.scope].kind
        if isinstance(binding.target, Name) and held in ("class", "module") and _textual(binding.value, module):
            yield binding.target.id, binding.value, binding.scope, rank
        yield from ((*entry, rank) for entry in _entries(binding.value, binding.scope, module, 0))
    for call in module.calls:
        rank = TRIED if first <= call.line <= last else SET
        yield from ((*entry, FALLBACK) for entry in _defaulted(call))
        for arg in call.args:
            yield from ((*entry, rank) for entry in _entries(arg.value, call.scope, module, 0))
    for export in module.facts.exports:
        yield from ((*entry, SET) for entry in _entries(export.value, 0, module, 0))


def _main_texts(module: Module) -> Iterator[tuple[str, int]]:
    """Texts with their lines under keys and names that say they are the usual choice."""
    for binding in module.facts.bindings:
        if binding.value is not None:
            named = _MAIN.search(last_name(binding.target) or "") is not None and not isinstance(binding.value, Map)
            yield from _under(binding.value, named, 0)
    for export in module.facts.exports:
        yield from _under(export.value, False, 0)


def _under(expr: Expr, main: bool, depth: int) -> Iterator[tuple[str, int]]:
    if isinstance(expr, Map) and depth < 8:
        for key, value in expr.items:
            named = isinstance(key, Const) and _MAIN.search(str(key.value)) is not None
            yield from _under(value, main or named, depth + 1)
    elif isinstance(expr, Const) and main and isinstance(expr.value, str):
        yield expr.value, expr.line


def _textual(expr: Expr, module: Module) -> bool:
    if isinstance(expr, CallRef):
        if isinstance(_declared(expr, module), Const):
            return True
        return any(is_text(a.value) for a in module.calls[expr.index].args)
    return is_text(expr) or isinstance(expr, Choice)


def _declared(expr: Expr, module: Module) -> Expr:
    """The default in a schema's declaration (`z.string().min(1).default("a")`); any other expression as it is."""
    current = expr
    while isinstance(current, CallRef):
        call = module.calls[current.index]
        if last_name(call.callee) in ("default", "prefault", "catch") and len(call.args) == 1 and isinstance(call.args[0].value, Const):
            return call.args[0].value
        if not isinstance(call.callee, Attr):
            break
        current = call.callee.base
    return expr


def _entries(expr: Expr, scope: int, module: Module, depth: int) -> Iterator[tuple[str, Expr, int]]:
    if not isinstance(expr, Map) or depth > 6:
        return
    for key, value in expr.items:
        if isinstance(key, Const) and isinstance(key.value, str) and (isinstance(value, DefRef) or _textual(value, module)):
            yield key.value, value, scope
        yield from _entries(value, scope, module, depth + 1)


def _defaulted(call: Call) -> Iterator[tuple[str, Expr, int]]:
    """`os.getenv("NAME", "default")` and look-ups that read the same."""
    if len(call.args) < 2 or not _DEFAULTED.search(last_name(call.callee) or ""):
        return
    key, default = call.args[0].value, call.args[1].value
    if isinstance(key, Const) and isinstance(key.value, str) and isinstance(default, Const):
        yield key.value, default, call.scope
