"""What reaches the prompt of a call: the words, and the parameters through which callers hand some in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aicensus.link.evaluate import Evaluator
from aicensus.link.matching import Hit, places, texts
from aicensus.link.text import CONTENT_KEYS, Leaf, Reader, Ways
from aicensus.link.values import Ext, Frame, Inst, Param, Scalar, Site, Text
from aicensus.model.facts import Attr, CallRef, Name
from aicensus.model.prose import holes, instructs

PROMPT_NAME = re.compile(
    r"(?i)^(?!.*(thread|mail|error|commit|status|slack|sms|inbox|exception|warning)s?_?(messages?|msgs?)$)"
    r".*?(^|_|[a-z])(prompts?|messages?|instructions?|msgs?)$|^(prompt|message)_?(text|str|content|list)$|^conversation$|^contents?$"
)
"""Parameter names under which callers hand over what to ask, not what it is about."""
TALK = re.compile(r"(?i)^contents?$|^conversation$|(^|_|[a-z])(past|previous|prior|old|recent|history|chat)_?(messages|msgs)$")
"""Such names that are, in a larger text, what it is about."""
SPOKEN = ("content", "text", "parts", "value")
"""Parts of a message that are what it says."""
INSTRUCTIONS = re.compile(r"(?i)^(system_?(prompt|message)|instructions?|role_?description|backstory)$")
"""Constructor arguments that tell an object what it is for."""
UNASKED = ("method", "headers", "extra_headers", "additional_headers", "timeout", "params", "auth", "ssl")
"""Arguments of a request that say nothing about what is asked."""
SYSTEM = ("system", "developer")
MAX_ASKED = 12
"""Callers asked for what they hand to a function that has a prompt of its own."""
MAX_HANDED = 200


@dataclass(slots=True)
class Flow:
    """What reaches the prompt of a hit."""

    leaves: tuple[Leaf, ...]
    worded: tuple[Leaf, ...]
    """Those that hold words for the model."""
    own: bool
    """Words for the model stand in the message itself, not only in a system text."""
    system: bool
    params: frozenset[tuple[str, int]]
    """Functions whose parameters carry part of it."""
    asked: frozenset[tuple[str, int]]
    """Those of them whose parameter is by its name a prompt and not its data."""
    default: frozenset[Leaf] = frozenset()
    """Leaves of parameters that the outermost call leaves at their default: words of the function and not of who calls it."""
    spare: frozenset[Leaf] = frozenset()
    """Words that are only used where a parameter is not given."""


@dataclass(slots=True)
class Use:
    """A call that supplies the purpose of one or more hits through gateways."""

    path: str
    call: int
    routes: list[tuple[Hit, Frame]] = field(default_factory=list)
    """The hits behind it, each with the frame of the function that holds the hit."""


@dataclass(slots=True)
class Linked:
    """Roles of all hits, and the uses."""

    roles: dict[tuple[str, int], str] = field(default_factory=dict)
    uses: dict[tuple[str, int], Use] = field(default_factory=dict)
    gateways: dict[tuple[str, int], list[Hit]] = field(default_factory=dict)
    passing: set[tuple[str, int]] = field(default_factory=set)
    """Calls that only hand on what they are given."""
    superseded: set[tuple[str, int]] = field(default_factory=set)
    """Hits known by name alone that turned out to be uses of a gateway of the tree."""


def worded(leaf: Leaf) -> bool:
    return (leaf.text is not None and instructs(leaf.text.written)) or leaf.file is not None or leaf.remote is not None


def asks(leaf: Leaf) -> bool:
    """Whether a parameter, or its part, is by its name what to ask; so is the content of messages that are handed on as they came.

    Content or earlier messages that are put into a larger text are what the prompt is about.
    """
    param = leaf.param
    if param is None:
        return False
    names = [param.name, *re.findall(r"\w+", param.part)]
    while len(names) > 1 and names[-1] in SPOKEN:
        names.pop()
    if PROMPT_NAME.search(param.part or param.name) or PROMPT_NAME.search(names[-1]):
        return leaf.whole or TALK.search(param.part or param.name) is None
    return leaf.whole and bool(PROMPT_NAME.search(param.name)) and CONTENT_KEYS.issuperset(re.findall(r"\w+", param.part))


class Asked:
    """Reads what calls of models are asked; answers are kept, since every level of callers asks again."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.linked = Linked()
        self._flows: dict[tuple[str, int, Frame | None], Flow] = {}
        self._ways: Ways = {}
        self._handed: dict[tuple[Param, str], tuple[Leaf, ...]] = {}
        self._worded: dict[Leaf, bool] = {}

    def flow(self, hit: Hit, frame: Frame | None = None) -> Flow:
        """What reaches the prompt of `hit` when its function is entered through `frame`; kept, since every level outwards asks again."""
        key = (hit.path, hit.call, frame)
        if key not in self._flows:
            self._flows[key] = self._read(hit, frame)
        return self._flows[key]

    def _read(self, hit: Hit, frame: Frame | None) -> Flow:
        site = hit.request(frame)
        reader = Reader(self.evaluator, self._ways)
        for slot, role in ((hit.row.prompt, ""), (hit.row.system, "system")):
            for place in places(self.evaluator, slot, site, hit.shift, handed="part"):
                reader.read(place, role)
        self._remote(hit, site, reader)
        made = Reader(self.evaluator, self._ways)
        for earlier in self._trail(hit, frame):
            made._trail(earlier, "", True)
        lent = self._lent(hit) if frame is None else None
        # Words of a chain that callers hand in are theirs.
        for leaf in (Leaf("", param=lent),) if lent is not None and any(map(worded, made.leaves)) else made.leaves:
            reader.add(leaf)
        self._instructed(frame, reader)
        for name in hit.row.objects.order:
            for place in self.evaluator.given(site, name + hit.shift if isinstance(name, int) else name):
                for value in self.evaluator.eval(*place):
                    # A name of a model, or a model that is handed in: not words for it.
                    if isinstance(value, Ext | Inst) or not (isinstance(value, Text) or name in hit.row.model.order):
                        reader._value(value, "", True, True)
        self._filled(site, reader)
        if self._decorated(hit, reader):
            return self._flow(tuple(reader.leaves))
        if not reader.leaves or not (hit.row.prompt or hit.row.system):
            self._all_arguments(hit, site, reader)
        if lent is not None and self._is_handed(hit):  # A method that callers hand in may be one of an object with words.
            reader.add(Leaf("", param=lent))
        flow = self._flow(tuple(reader.leaves))
        flow.spare = frozenset(reader.spare)
        return flow

    def _remote(self, hit: Hit, site: Site, reader: Reader) -> None:
        """What is kept at the provider and named by the call: the words for the model are there."""
        named = texts(self.evaluator, places(self.evaluator, hit.row.remote_prompt, site, hit.shift))
        versions = (v for at in places(self.evaluator, hit.row.remote_version, site, hit.shift) for v in self.evaluator.eval(*at))
        version = next((str(v.value) for v in versions if isinstance(v, Text | Scalar) and v.value is not None), "")
        for name in named:
            reader.add(Leaf("system", remote=name, version=version))

    def _decorated(self, hit: Hit, reader: Reader) -> bool:
        """Docstring and returned text of the function that a decorator turns into a point; whether there is one."""
        module = self.evaluator.at(hit.path)
        index = module.decorated.get(hit.call)
        row = self.evaluator.catalog(module).decorator(hit.target.path) if index is not None else None
        if index is None or row is None:
            return False
        scope = module.scopes[index]
        if row.doc and scope.doc is not None:
            reader.read((scope.doc, module, index, None), row.doc)
        for returned in scope.returns if row.returns else ():
            reader.read((returned, module, index, None))
        for decorator in scope.decorators:
            if isinstance(decorator, CallRef) and decorator.index != hit.call:
                reader.read((decorator, module, scope.parent, None))
        return True

    def _instructed(self, frame: Frame | None, reader: Reader) -> None:
        """Instructions given to the object whose method asks the model."""
        made = frame.receiver.site if frame is not None and isinstance(frame.receiver, Inst) else None
        if made is not None:
            module = self.evaluator.at(made.path)
            call = module.calls[made.call]
            for arg in call.args:
                if arg.name and INSTRUCTIONS.search(arg.name):
                    reader.read((arg.value, module, call.scope, made.frame), "system")

    def _filled(self, site: Site, reader: Reader) -> None:
        """Keyword arguments that fill holes of the prompt: `llm.predict(prompt=template, style=style)`."""
        module = self.evaluator.at(site.path)
        call = module.calls[site.call]
        filled = {name for leaf in reader.leaves if leaf.text is not None for name in holes(leaf.text.written)}
        for arg in call.args:
            if arg.name in filled:
                reader.read((arg.value, module, call.scope, site.frame))

    def prompt_leaves(self, hit: Hit, frame: Frame | None = None) -> tuple[Leaf, ...]:
        """Ends of the texts that reach the prompt of `hit` as entered through `frame`, with what callers further out hand in."""
        flow = self.flow(hit, frame)
        if frame is None and self.linked.roles.get((hit.path, hit.call)) == "gateway":
            return flow.leaves
        handed: dict[Leaf, None] = {}
        for leaf in flow.leaves:
            if leaf.param is not None and not leaf.param.derived and len(handed) <= MAX_HANDED:
                handed.update(dict.fromkeys(self._handed_in(leaf.param, leaf.role)))
        return tuple(dict.fromkeys((*flow.leaves, *filter(self._is_worded, handed))))

    def leaves_of(self, routes: Iterable[tuple[Hit, Frame | None]]) -> Iterator[Leaf]:
        """Ends of the texts that reach the prompts of several hits, each as entered through its frame.

        Of functions that one call enters, those that ask it for nothing else than the ones before are handed the same.
        """
        asked: dict[Site, set[tuple[str, str]]] = {}
        for hit, frame in routes:
            site = frame.site if frame is not None else None
            if frame is None or site is None:
                yield from self.prompt_leaves(hit, frame)
                continue
            params = [leaf.param for leaf in self.flow(hit).leaves if leaf.param is not None]
            asks = {(p.name, p.part) for p in params}
            own = all((p.path, p.scope) == (frame.path, frame.scope) for p in params)
            if own and asks <= asked.get(site, set()):
                yield from self.flow(hit).leaves
            else:
                asked.setdefault(site, set()).update(asks)
                yield from self.prompt_leaves(hit, frame)

    def _handed_in(self, param: Param, role: str) -> tuple[Leaf, ...]:
        """Ends of the texts that callers give a parameter."""
        if (param, role) not in self._handed:
            reader = Reader(self.evaluator, self._ways)
            for site in self._of_product(param.path, self.evaluator.callers(param.path, param.scope))[:MAX_ASKED]:
                for func in self.evaluator.entered(site, param.path, param.scope)[:1]:
                    for place in self.evaluator.argument(self.evaluator.frame(func, site), param.name) or ():
                        reader.read(place, role)
            self._handed[param, role] = tuple(reader.leaves)
        return self._handed[param, role]

    def _trail(self, hit: Hit, frame: Frame | None) -> tuple[Site, ...]:
        if frame is None:
            return hit.target.trail
        module = self.evaluator.at(hit.path)
        for value in self.evaluator.callee(module, hit.call, frame):
            if getattr(value, "path", None) == hit.target.path:
                return value.trail  # type: ignore[union-attr]
            if self._is_handed(hit) and isinstance(value, Ext):
                return value.trail
        return hit.target.trail

    def _all_arguments(self, hit: Hit, site: Site, reader: Reader) -> None:
        module = self.evaluator.at(site.path)
        call = module.calls[site.call]
        beside = {*hit.row.base_url.order, *UNASKED} if hit.url else set()
        for position, arg in enumerate(call.args[hit.shift :]):
            if (arg.name or position) not in beside:
                reader.read((arg.value, module, call.scope, site.frame))

    def _flow(self, leaves: tuple[Leaf, ...]) -> Flow:
        worded = tuple(leaf for leaf in leaves if self._is_worded(leaf))
        return Flow(
            leaves,
            worded,
            any(leaf.role not in SYSTEM for leaf in worded),
            any(leaf.role in SYSTEM for leaf in worded),
            frozenset((leaf.param.path, leaf.param.scope) for leaf in leaves if leaf.param is not None),
            frozenset(
                (leaf.param.path, leaf.param.scope) for leaf in leaves if leaf.param is not None and leaf.role not in SYSTEM and asks(leaf)
            ),
        )

    def _is_worded(self, leaf: Leaf) -> bool:
        known = self._worded.get(leaf)
        if known is None:
            known = self._worded[leaf] = worded(leaf)
        return known

    def _lent(self, hit: Hit) -> Param | None:
        """The parameter that is asked: `chain.invoke(inputs)` where `chain` is handed in."""
        module = self.evaluator.at(hit.path)
        callee = module.calls[hit.call].callee
        base = callee.base if isinstance(callee, Attr) else callee
        function = module.enclosing_function(module.calls[hit.call].scope)
        if function is None or not isinstance(base, Name) or base.id == module.scopes[function].receiver:
            return None
        return next((Param(hit.path, function, p.name) for p in module.scopes[function].params if p.name == base.id), None)

    def _is_handed(self, hit: Hit) -> bool:
        """Whether what is called is itself handed in: `run(fn, text)`."""
        return isinstance(self.evaluator.at(hit.path).calls[hit.call].callee, Name)

    def _of_product(self, path: str, sites: tuple[Site, ...]) -> tuple[Site, ...]:
        """Callers that show what a function of the product is for: tests hand it any words. All callers of a function of the tests."""
        if self.evaluator.is_test(path):
            return sites
        return tuple(site for site in sites if not self.evaluator.is_test(site.path))
