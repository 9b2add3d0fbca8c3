"""Which texts in a file's bytes say that it may matter, and which group of them: the tokens of the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from aicensus.catalog import LANGUAGES, Catalog

MIN_PLAIN = 9
"""A strong verb of one lower-case word is a token of its own only from this length on (`createcompletion`, not `chat`)."""


NOT_SDKS = frozenset({"strong", "http", "sql"})
"""Groups of tokens that are no SDK's."""
ALWAYS = ("python", "javascript")
"""Languages whose tokens are looked for in every tree."""


def selection_tokens(catalog: Catalog, languages: Collection[str] = ALWAYS) -> dict[str, tuple[str, ...]]:
    """Tokens by group: an SDK's name for its imports, `strong` for verbs that speak for themselves, `http` for hosts and paths,
    `sql` for functions of databases.

    Only those of `languages`, as the catalogue names them: what a tree does not hold is not looked for.
    """
    groups: dict[str, tuple[str, ...]] = {}
    for sdk in catalog.sdks:
        if sdk.language not in languages:
            continue
        forms = _FORMS.get(sdk.language, _script_imports)
        tokens = [token for module in sdk.modules for token in forms(module)]
        if tokens:
            groups[sdk.sdk] = tuple(dict.fromkeys(tokens))
    strong = (token for name in LANGUAGES if name in languages for token in catalog.language(name).strong_tokens)
    groups["strong"] = tuple(dict.fromkeys(token for token in strong if _speaks(token)))
    groups["sql"] = tuple(dict.fromkeys(token for file in catalog.sql for token in file.tokens))
    groups["http"] = tuple(dict.fromkeys(_http_tokens(catalog)))
    return groups


def _python_imports(module: str) -> list[str]:
    parent, _, last = module.rpartition(".")
    tokens = [f"import {module}", f"from {module}"]
    return [*tokens, f"from {parent} import"] if parent else [*tokens, f", {last}"]


def _script_imports(module: str) -> list[str]:
    return [f"{quote}{module}{end}" for quote in "\"'`" for end in (quote, "/")]


def _dotted_imports(module: str) -> list[str]:
    return [f"{module}."]


def _quoted_imports(module: str) -> list[str]:
    return [f'"{module}"', f'"{module}/']


def _used_names(module: str) -> list[str]:
    return [f"using {module}", f"using static {module}", f"{module}."]


def _constants(module: str) -> list[str]:
    path = module.replace(".", "::")
    return [f"{path}::", f"{path}.", f"use {path}"]


def _namespaces(module: str) -> list[str]:
    path = module.replace(".", "\\")
    return [f"{path}::", f"{path}\\", f"use {path}"]


def _opened_modules(module: str) -> list[str]:
    return [f"import {module}"]


def _commands(module: str) -> list[str]:
    return [module]


_FORMS = {
    "python": _python_imports,
    "java": _dotted_imports,
    "kotlin": _dotted_imports,
    "go": _quoted_imports,
    "csharp": _used_names,
    "ruby": _constants,
    "php": _namespaces,
    "rust": _constants,
    "scala": _dotted_imports,
    "swift": _opened_modules,
    "shell": _commands,
}
"""How code of a language writes that it uses a module."""


def _speaks(token: str) -> bool:
    return "." in token or "_" in token or any(c.isupper() for c in token) or len(token) >= MIN_PLAIN


def _http_tokens(catalog: Catalog) -> list[str]:
    tokens = [host.lstrip("*").strip("{}") for host in catalog.http.hosts if "{" not in host]
    return [token for token in tokens if len(token.strip(".*")) > 6 and "*" not in token] + [
        "/chat/completions",
        ":generateContent",
        "/api/generate",
        "/v1/messages",
        "/v1/embeddings",
        *(f"{quote}{path}" for quote in "\"'" for path in ("chat/completions", "api/generate", "api/chat")),
        '"completions"',
        "'completions'",
    ]


def sdks_of(groups: Mapping[str, tuple[str, ...]], found: frozenset[str]) -> list[str]:
    """Names of the SDKs whose import tokens are among the groups found."""
    return sorted(name for name in found if name in groups and name not in NOT_SDKS)
