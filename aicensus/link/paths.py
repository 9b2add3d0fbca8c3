"""Files that the code names: path expressions put together from pieces, and the file of the tree they mean."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from aicensus.link.project import Module, last_name
from aicensus.link.values import Composite, Ext, Frame, Func, Param, Site, Text, Values
from aicensus.model.facts import Attr, Call, CallRef, Choice, Const, Expr, Op, Seq, Template

if TYPE_CHECKING:
    from aicensus.link.core import Core

HOLE = "\0"
"""Stands for a part of a path that is known at run time only."""
MAX_NAMES = 24
MAX_DEPTH = 14
MAX_STEPS = 400
"""Expressions looked at for one path; a program that builds texts from texts can be endless."""
RESOURCE = re.compile(r"^(classpath\*?|file|embed):/*")
"""How frameworks say that a file lies among the resources of the program."""
FORMATS = frozenset({"Sprintf", "format", "Format", "sprintf", "format!"})
ADDRESSES = frozenset({"create", "URI", "Uri", "parse", "Parse", "toHttpUrl", "valueOf", "new"})
"""Functions that make an address of a text."""
TRIMS = frozenset({"TrimRight", "TrimSuffix", "TrimEnd", "TrimSpace", "trim", "rtrim", "trimEnd", "to_string", "to_owned", "ToString"})
LOCATED = frozenset({"request_uri", "path", "getPath"})
"""Methods that give an address without its host."""
VERB = re.compile(r"%[-+#\d.]*[a-zA-Z]|\{\d*(?::[^{}]*)?\}")
"""A place in a format that is filled in."""
JOINS = frozenset({"join", "joinpath", "resolve", "Path", "PurePath", "URL", "with_name", "urljoin"})
READS = (".read_text", ".read", ".readFileSync", ".readFile", "#readFileSync", "#readFile", ".get_template", ".readlines", ".read_bytes")
OPENS = (
    "open",
    ".open",
    "Path",
    "#createReadStream",
    "#readFileSync",
    "#readFile",
    ".readFileSync",
    ".readFile",
    ".files",
    ".file",
    "#file",
    ".joinpath",
    ".get_template",
)


class Paths:
    """Reads path expressions; one per project."""

    def __init__(self, evaluator: Core) -> None:
        self.evaluator = evaluator
        self._tails: dict[str, list[str]] | None = None
        self._expanding = False
        self._kept: frozenset[tuple[str, int]] = frozenset()
        self._steps = 0

    def names(
        self,
        expr: Expr,
        module: Module,
        scope: int,
        frame: Frame | None,
        depth: int = 0,
        *,
        expand: bool = False,
        kept: frozenset[tuple[str, int]] = frozenset(),
    ) -> list[str]:
        """What path text `expr` may be, with `HOLE` for what is not known.

        `expand` asks callers for parameters, except for those of the functions in `kept`, by path and scope.
        """
        if expand:
            self._expanding, self._kept = True, kept
            try:
                return self.names(expr, module, scope, frame, depth)
            finally:
                self._expanding = False
        self._steps = self._steps + 1 if depth else 0
        if depth > MAX_DEPTH or self._steps > MAX_STEPS:
            return [HOLE]
        match expr:
            case Const(value=str(text)):
                return [text]
            case Template(parts=parts):
                return self._product([self.names(p, module, scope, frame, depth + 1) for p in parts], "")
            case Op(op="+", left=left, right=right):
                return self._product([self.names(p, module, scope, frame, depth + 1) for p in (left, right)], "")
            case Op(op="/", left=left, right=right):
                return self._product([self.names(p, module, scope, frame, depth + 1) for p in (left, right)], "/")
            case Choice(options=options):
                return [n for option in options for n in self.names(option, module, scope, frame, depth + 1)][:MAX_NAMES]
            case CallRef(index=index):
                if (called := self._called(index, module, frame, depth)) is not None:
                    return called
            case Attr(name="parent" | "parents"):
                return [HOLE]
        found: list[str] = []
        values = self.evaluator.eval(expr, module, scope, frame)
        if self._expanding:
            values = tuple(e for v in values for e in (self._expanded(v) if isinstance(v, Param) else (v,)))
        for value in values:
            match value:
                case Text(value=text):
                    found.append(text)
                case Composite(path=path, expr=inner, scope=s, frame=f):
                    found.extend(self.names(inner, self.evaluator.at(path), s, f, depth + 1))  # type: ignore[arg-type]
                case Ext(path="builtins.__name__" | "builtins.__package__"):
                    found.append(_dotted(module.path, package=value.path.endswith("package__")))
                case Ext(trail=trail) if trail:
                    home = self.evaluator.at(trail[-1].path)
                    found.extend(self._called(trail[-1].call, home, trail[-1].frame, depth + 1) or [HOLE])
                case _:
                    found.append(HOLE)
        return list(dict.fromkeys(found))[:MAX_NAMES] or [HOLE]

    def _expanded(self, param: Param) -> Values:
        return (param,) if (param.path, param.scope) in self._kept else self.evaluator.expand(param) or (param,)

    def _product(self, parts: list[list[str]], joint: str) -> list[str]:
        found = [""]
        for part in parts:
            found = [f"{left}{joint if left else ''}{right}" for left in found for right in part][:MAX_NAMES]
        return found

    def _called(self, index: int, module: Module, frame: Frame | None, depth: int) -> list[str] | None:
        """Path text that a call gives; None when the call is not about paths."""
        call = module.calls[index]
        name = last_name(call.callee) or ""
        parts = [self.names(a.value, module, call.scope, frame, depth + 1) for a in call.args if not a.name and not a.spread]
        for target in self.evaluator.callee(module, index, frame):
            if isinstance(target, Func) and depth < MAX_DEPTH:
                home = self.evaluator.at(target.path)
                inner = self.evaluator.frame(target, Site(module.path, index, frame))
                return [n for r in home.scopes[target.scope].returns for n in self.names(r, home, target.scope, inner, depth + 1)][
                    :MAX_NAMES
                ]
        if name == "URL" and module.facts.language == "javascript" and len(parts) == 2:
            return self._product([[n.rstrip("/") for n in parts[1]], [n.removeprefix("/") for n in parts[0]]], "/")
        if module.facts.package is not None and (spelled := self._formatted(name, parts, call, module, frame, depth)) is not None:
            return spelled
        if name in JOINS:
            base = (
                []
                if not isinstance(call.callee, Attr) or name != "joinpath"
                else [self.names(call.callee.base, module, call.scope, frame, depth + 1)]
            )
            return self._product([*base, *parts], "/")
        if name in ("urlunparse", "urlunsplit") and call.args and isinstance(call.args[0].value, Seq) and len(call.args[0].value.items) > 2:
            return self._product([[HOLE], self.names(call.args[0].value.items[2], module, call.scope, frame, depth + 1)], "")
        if name in ("dirname", "cwd", "getcwd", "fileURLToPath"):
            return [HOLE]
        if name in (
            "str",
            "String",
            "abspath",
            "realpath",
            "normpath",
            "expanduser",
            "fspath",
            "toString",
            "open",
            "read_text",
            "as_posix",
        ):
            return parts[0] if parts else self._base(call, module, frame, depth)
        if name in ("lower", "strip", "rstrip", "lstrip", "replace", "toLowerCase", "format", "absolute"):
            return self._base(call, module, frame, depth)
        return None

    def _formatted(
        self, name: str, parts: list[list[str]], call: Call, module: Module, frame: Frame | None, depth: int
    ) -> list[str] | None:
        """`fmt.Sprintf("%s/chat", base)`, `URI.create(text)` and the like of languages with packages; None for other functions."""
        if name == "formatted":
            return [VERB.sub(HOLE, text) for text in self._base(call, module, frame, depth)]
        if name in FORMATS and parts:
            return [VERB.sub(HOLE, text) for text in parts[0]]
        if name in ADDRESSES and parts:
            return parts[0]
        if name in LOCATED and not parts and isinstance(call.callee, Attr):
            return self._base(call, module, frame, depth)
        if name == "JoinPath" and parts:
            return self._product(parts, "/")
        return self._base(call, module, frame, depth) if name in TRIMS and len(call.args) < 2 else parts[0] if name in TRIMS else None

    def _base(self, call: Call, module: Module, frame: Frame | None, depth: int) -> list[str]:
        return self.names(call.callee.base, module, call.scope, frame, depth + 1) if isinstance(call.callee, Attr) else [HOLE]

    def opened(self, site: Site) -> list[str]:
        """Files of the tree that the path given to the call at `site` may mean."""
        module = self.evaluator.at(site.path)
        call = module.calls[site.call]
        found: list[str] = []
        given = [a.value for a in call.args[:2] if not a.spread and a.name not in ("mode", "encoding")]
        if isinstance(call.callee, Attr) and last_name(call.callee) in ("read_text", "open", "read_bytes"):
            given.insert(0, call.callee.base)
        for expr in given[:2]:
            for name in self.names(expr, module, call.scope, site.frame):
                found.extend(self.resolve(name, module.path))
        return list(dict.fromkeys(found))

    def read_from(self, value: Ext) -> list[str]:
        """Files behind a library value that was made by opening or reading one."""
        found: list[str] = []
        for site in value.trail:
            module = self.evaluator.at(site.path)
            for target in self.evaluator.callee(module, site.call, site.frame):
                if isinstance(target, Ext) and target.path.removesuffix("()").endswith((*OPENS, *READS)):
                    found.extend(self.opened(site))
        return list(dict.fromkeys(found))

    def resolve(self, name: str, importer: str) -> list[str]:
        """Files of the tree that a path text may mean, the likeliest first; at most two."""
        text = name.replace("\\", "/")
        text = RESOURCE.sub("", text)
        tail = text.rsplit("../", 1)[-1]
        known = tail.rsplit(HOLE, 1)[-1].lstrip("./")
        if HOLE in tail.rsplit("/", 1)[-1]:
            return self._matching(tail, importer)
        if "." not in known.rsplit("/", 1)[-1] or len(known) < 4:
            return []
        folder = posixpath.dirname(importer)
        near = posixpath.normpath(posixpath.join(folder, text.lstrip(HOLE).lstrip("/")))
        paths = self.evaluator.project.paths
        if near in paths:
            return [near]
        matches = [p for p in self._ending(known.rsplit("/", 1)[-1]) if p == known or p.endswith("/" + known)]
        matches.sort(key=lambda p: (-len(posixpath.commonpath(["/" + p, "/" + importer])), len(p), p))
        return matches[:1] if "/" in known or len(matches) == 1 else matches[:2]

    def _matching(self, tail: str, importer: str) -> list[str]:
        """`prompts/{}.txt`: every file of that folder and suffix, where they are few."""
        folder, _, last = tail.rpartition("/")
        suffix = last.rsplit(HOLE, 1)[-1]
        folder = folder.rsplit(HOLE, 1)[-1].strip("./")
        if len(suffix) < 2 or not folder:
            return []
        found = sorted(
            p for p in self.evaluator.project.paths if p.endswith(suffix) and ("/" + posixpath.dirname(p)).endswith("/" + folder)
        )
        return found if len(found) <= MAX_NAMES else []

    def _ending(self, last: str) -> list[str]:
        if self._tails is None:
            self._tails = {}
            for path in sorted(self.evaluator.project.paths):
                self._tails.setdefault(path.rsplit("/", 1)[-1], []).append(path)
        return self._tails.get(last, [])

    def data(self, value: object) -> Iterator[Module]:
        """Data files that a parsed value comes from."""
        if isinstance(value, Ext):
            for path in self.read_from(value):
                module = self.evaluator.project.module(path)
                if module is not None and module.exports.get("="):
                    yield module


def _dotted(path: str, *, package: bool) -> str:
    """The dotted name of a Python module, or of the package that it lies in."""
    stem = path.rsplit(".", 1)[0]
    folder, _, name = stem.rpartition("/")
    return (folder if package or name == "__init__" else stem).replace("/", ".")
