"""Which hits know their purpose, which are plumbing, and who supplies the purpose: gateways and uses to a fixed point."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from aicensus.link.asked import MAX_ASKED, PROMPT_NAME, SYSTEM, Flow, Linked, Use, asks
from aicensus.link.evaluate import Evaluator, Place, words
from aicensus.link.flows import is_distinct
from aicensus.link.kinds import picks
from aicensus.link.matching import Hit, places
from aicensus.link.project import Module, last_name
from aicensus.link.standing_in import GIVEN_BACK, StandingIn
from aicensus.link.text import MAX_LEAVES, Leaf, Reader
from aicensus.link.values import Class, Frame, Func, Inst, Param, Site, Text, Unknown
from aicensus.model.census import TEXT_KINDS
from aicensus.model.facts import Attr, Name, Scope
from aicensus.model.prose import is_long, outweighs

VECTORS = frozenset({"embedding", "rerank"})
DRAWN = frozenset({"image", "video"})
"""Kinds whose prompt says what to make, whatever style a function adds to it."""
MODEL_VERBS = (
    "invoke",
    "complete",
    "chat",
    "generate",
    "get_text_embedding",
    "embed_query",
    "embed_documents",
    "rerank",
    "compressDocuments",
    "compress_documents",
    "run",
    "__call__",
)
SAID_BY_NAME: dict[str, frozenset[str]] = {
    "embedding": frozenset({"embed", "aembed", "embedding", "embeddings", "aembedding"}),
    "chat": frozenset({"chat", "achat", "completion", "completions", "acompletion", "complete", "acomplete"}),
}
"""Words that say in the name of a method which kind of model it asks."""
BESIDE = frozenset({"async", "sync", "a", "get", "create", "batch", "text", "texts", "query", "document", "documents", "stream"})
"""Words that may stand beside them."""
PAGE = 300
"""Words of a prompt that is kept in a file or elsewhere."""
MANY_VERSIONS = 6
"""Versions of a method of which some must be plumbing where it is called through the base class."""
MAX_LEVELS = 6
MAX_USES = 300
MAX_TOLD = 3
"""Levels of callers asked for the words that a function with a system text only may be plumbing for."""


@dataclass(frozen=True, slots=True)
class Step:
    """A call on the way outwards from a gateway."""

    site: Site
    entered: tuple[tuple[str, int], ...]
    """Functions from that of the gateway to the one that is called."""
    worded: bool
    """Whether it adds words for the model."""
    caller: tuple[str, int] | None
    """The function around it where that hands on what it is given; None where it does not."""
    tested: bool = False
    """Whether it stands in a test and the gateway does not."""
    idle: bool = False
    """Whether it is such a call, adds no words, and what it enters has words of its own."""


def _stands_in(text: Text, place: tuple[str, Scope]) -> bool:
    path, record = place
    return text.path == path and record.line <= text.line <= record.end_line


def _weighed(leaves: Iterable[Leaf]) -> list[str | int]:
    """The texts, each once, for `outweighs` and `is_long`; a file or a remote prompt is not read but taken to be a page."""
    sources = {leaf.text or leaf.file or leaf.remote for leaf in leaves} - {None}
    return [source.written if isinstance(source, Text) else PAGE for source in sources]


def _terse(leaves: Iterable[Leaf]) -> bool:
    """Whether none of the texts is longer than a heading."""
    return all(isinstance(text, str) and not is_long(text) for text in _weighed(leaves))


def _part_of(leaf: Leaf, part: str) -> Leaf:
    """The leaf, with the part of the parameter that it stands for."""
    if leaf.param is None or not part:
        return leaf
    inner = f"{leaf.param.part}.{part}" if leaf.param.part else part
    return replace(leaf, param=replace(leaf.param, derived=True, part=inner))


class Linker(StandingIn):
    """Decides roles; asks callers level by level."""

    def __init__(self, evaluator: Evaluator) -> None:
        super().__init__(evaluator)
        self._outwards: dict[tuple[int, Site, tuple[tuple[str, int], ...]], tuple[Flow, Flow | None]] = {}
        """By flow, which is kept so that its identity stays its own, call and functions: see `_outward`."""
        self._parts: dict[tuple[object, ...], tuple[Leaf, ...]] = {}
        self._chains: dict[tuple[Site, tuple[tuple[str, int], ...]], Frame | None] = {}

    # -- roles ---------------------------------------------------------------------------------------------------

    def decide(self, hits: list[Hit]) -> Linked:
        """Roles of all hits, then the uses of what turned out to be gateways."""
        plumbing: list[tuple[Hit, int, list[Step], dict[int, list[int]]]] = []
        alone: list[tuple[Hit, int]] = []
        owners = [self._owner(hit, self.evaluator.at(hit.path)) for hit in hits]
        self._find_rivals(hits, owners)
        for hit, function in zip(hits, owners, strict=True):
            self.linked.roles[hit.path, hit.call] = "direct"
            if function is None:
                continue
            sites = self._entering(hit.path, function)
            if self._is_gateway(hit, function, sites):
                plumbing.append((hit, function, *self._walk(hit, function, sites)))
            elif not self._of_product(hit.path, sites):
                alone.append((hit, function))
        wanted = self._wanted(plumbing)
        said = self._said(plumbing)
        handing = {(hit.path, function) for hit, function, _, _ in plumbing}
        handing |= {entered for _, _, steps, _ in plumbing for step in steps for entered in step.entered}
        for hit, function, steps, outward in plumbing:
            known = [step for step in steps if not self._runs_any(step, handing)]
            sure = said | wanted.get((hit.path, function, hit.kind), frozenset())
            ends = self._purposes(steps, outward, sure, {*steps} - {*known})
            if self._picked_outside(hit, function) and not any(end.worded for end in ends):
                ends = [step for step in steps if step.entered == ((hit.path, function),)]
            if (known or not steps) and self._told(hit, self.evaluator.at(hit.path), function, ends):
                self.linked.roles[hit.path, hit.call] = "gateway"
                self.linked.gateways.setdefault((hit.path, function), []).append(hit)
                self._uses(hit, function, ends)
        for hit, function in alone:
            if self._is_version(hit, function):
                self.linked.roles[hit.path, hit.call] = "gateway"
        self._add_rivals(plumbing)
        self._add_named(handing)
        for use in list(self.linked.uses.values()):
            leaves = partial(self.prompt_leaves, *use.routes[0])
            for site in picks(self.evaluator, use.path, use.call, leaves):
                self.linked.uses.setdefault((site.path, site.call), Use(site.path, site.call, use.routes))
        for hit in hits:
            key = (hit.path, hit.call)
            if key in self.linked.uses and hit.target.path.startswith("?."):
                self.linked.roles[key] = "use"
                self.linked.superseded.add(key)
        return self.linked

    def _add_rivals(self, plumbing: list[tuple[Hit, int, list[Step], dict[int, list[int]]]]) -> None:
        """A use leads to all gateways that its call may reach, whichever of them showed that it is one."""
        for hit, function, steps, _ in plumbing:
            for step in steps if self.linked.roles[hit.path, hit.call] == "gateway" else ():
                use = self.linked.uses.get((step.site.path, step.site.call))
                if use is not None and all(other is not hit for other, _ in use.routes):
                    use.routes.append((hit, self._chain(step.site, step.entered) or Frame(hit.path, function)))

    def _add_named(self, handing: set[tuple[str, int]]) -> None:
        """Calls with words for the model of something unknown, by a name of two words under which most methods of the program ask one."""
        named: dict[str, list[tuple[str, int]]] = {}
        for path, function in self.linked.gateways:
            module = self.evaluator.at(path)
            name = module.scopes[function].name
            if module.enclosing_class(function) == module.scopes[function].parent and is_distinct(name.strip("_")):
                named.setdefault(name, []).append((path, function))
        for name, gateways in named.items():
            versions = set(self._methods_named(name))
            if 2 * len(versions & handing) <= len(versions):
                continue
            hits = [(hit, key) for key in gateways for hit in self.linked.gateways[key] if hit.kind in TEXT_KINDS]
            for site in self._unknown_calls(name):
                for hit, key in hits:
                    inner = self.flow(hit)
                    flow = self._outward(inner, site, (key,))
                    if flow is not None and any(self._added(flow, inner, hit, site)):
                        use = self.linked.uses.setdefault((site.path, site.call), Use(site.path, site.call))
                        use.routes.append((hit, self._chain(site, (key,)) or Frame(*key)))

    def _methods_named(self, name: str) -> Iterator[tuple[str, int]]:
        for module in self.evaluator.project.defining.of(name):
            for index, record in enumerate(module.scopes if not self.evaluator.is_test(module.path) else ()):
                if record.name == name and record.kind == "function" and module.scopes[record.parent].kind == "class":
                    yield module.path, index

    def _unknown_calls(self, name: str) -> Iterator[Site]:
        """Calls of a method of that name, of which nothing else is known, and which are not known to be uses."""
        for module in self.evaluator.project.calling.of(name):
            for index in module.calls_of[name] if not self.evaluator.is_test(module.path) else ():
                key = (module.path, index)
                if key in self.linked.roles or key in self.linked.uses or key in self.linked.passing:
                    continue
                values = self.evaluator.callee(module, index)
                if isinstance(module.calls[index].callee, Attr) and all(isinstance(v, Param | Unknown) for v in values):
                    yield Site(module.path, index)

    def _is_gateway(self, hit: Hit, function: int, sites: tuple[Site, ...]) -> bool:
        """Whether the function may ask for others, by what it is given and what it gives back."""
        if hit.kind in TEXT_KINDS:
            return self._text_gateway(hit, function, sites)
        module = self.evaluator.at(hit.path)
        if hit.row.settled or self.evaluator.catalog(module).state(hit.target.path) is not None or not self._holds(hit, function):
            return False
        if (hit.path, function) in self._rivals and (hit.kind != "embedding" or self._returns(module, function, hit.call)):
            return not self._settled(hit)
        return self._lends(hit.kind, hit.path, function, sites, hit.call) and bool(self.flow(hit).params)

    def _settled(self, hit: Hit) -> bool:
        """Whether all that reaches the model stands in the code, as in a probe of whether it answers."""
        leaves = self.flow(hit).leaves
        return bool(leaves) and all(leaf.text is not None for leaf in leaves)

    def _runs_any(self, step: Step, handing: set[tuple[str, int]]) -> bool:
        """Whether a call runs any step of a program through their base class, of which few are plumbing to a model: it asks for none."""
        path, scope = step.entered[-1]
        home, caller = self.evaluator.at(path), self.evaluator.at(step.site.path)
        cls = home.enclosing_class(scope)
        if cls is None or step.site.shift:
            return False
        name, own = home.scopes[scope].name, self.evaluator.lineage(Class(path, cls))[0]
        values = self.evaluator.callee(caller, step.site.call, step.site.frame)
        called = [v.receiver if isinstance(v, Func) else v for v in values if isinstance(v, Func | Inst)]
        if called:
            bases = [Class(held.path, held.scope) for held in called if isinstance(held, Inst) and held.site is None][:1]
        else:  # Nothing but the names says what is called.
            bases = [base for base in own if self.evaluator.method(base, name) is not None][-1:]
        if not bases or bases[0] == own[0] or bases[0] not in own:
            return False
        found = (self.evaluator.method(kin, name) for kin in self.evaluator.subclasses(bases[0]))
        versions = {(method.path, method.scope) for method in found if method is not None}
        return len(versions) >= MANY_VERSIONS and 2 * len(versions & handing) < len(versions)

    def _wanted(self, plumbing: list[tuple[Hit, int, list[Step], dict[int, list[int]]]]) -> dict[tuple[str, int, str], frozenset[Site]]:
        """Calls that say what is wanted of most of the hits in one function: they say it of all, since the hits stand in for each other."""
        votes: dict[tuple[str, int, str], list[set[Site]]] = {}
        for hit, function, steps, outward in plumbing:
            said = {step.site for step in self._purposes(steps, outward, frozenset(), ()) if step.worded}
            votes.setdefault((hit.path, function, hit.kind), []).append(said)
        return {
            key: frozenset(site for site in set().union(*said) if sum(site in one for one in said) * 2 > len(said))
            for key, said in votes.items()
            if len(said) > 1
        }

    def _said(self, plumbing: list[tuple[Hit, int, list[Step], dict[int, list[int]]]]) -> frozenset[Site]:
        """Calls whose function knows what it wants of one hit: it wants the same of the others that it may reach."""
        ends = (end for _, _, steps, outward in plumbing for end in self._purposes(steps, outward, frozenset(), ()))
        return frozenset(end.site for end in ends if end.worded and end.caller is None)

    def _is_version(self, hit: Hit, function: int) -> bool:
        """Whether the function nobody enters is another version, for another provider, of a method that is a gateway."""
        module = self.evaluator.at(hit.path)
        cls = module.enclosing_class(function)
        flow = self.flow(hit)
        if cls is None or hit.row.settled or not flow.params:
            return False
        if hit.kind in TEXT_KINDS:
            if flow.own and not (flow.asked and _terse(flow.worded)):
                return False
        elif not self._returns(module, function, hit.call, picked=hit.kind == "rerank"):
            return False
        name = module.scopes[function].name
        for base in self.evaluator.lineage(Class(hit.path, cls))[0][1:]:
            if self.evaluator.method(base, name) is not None:
                versions = (self.evaluator.method(kin, name) for kin in (base, *self.evaluator.subclasses(base)))
                if any(one.kind == hit.kind for v in versions if v is not None for one in self.linked.gateways.get((v.path, v.scope), ())):
                    return True
        return False

    def _owner(self, hit: Hit, module: Module) -> int | None:
        """The function that callers enter: the outermost one whose parameters carry the purpose, else the nearest named one."""
        scope = module.calls[hit.call].scope
        function = module.enclosing_function(scope)
        if function is None:
            return None
        owners = {s for p, s in self.flow(hit).params if p == hit.path}
        current: int | None = function
        while current is not None:
            if current in owners and self._entering(hit.path, current):
                return current
            current = module.enclosing_function(module.scopes[current].parent)
        return module.named_function(function)

    def _holds(self, hit: Hit, function: int) -> bool:
        """Whether what callers ask for is the model itself: embeddings always, other kinds only where no caller hands the model in."""
        if hit.kind == "embedding":
            return True
        module = self.evaluator.at(hit.path)
        callee = module.calls[hit.call].callee
        return not (
            isinstance(callee, Attr)
            and isinstance(callee.base, Name)
            and callee.base.id != module.scopes[function].receiver
            and any(p.name == callee.base.id for p in module.scopes[function].params)
        )

    def _lends(self, kind: str, path: str, function: int, sites: tuple[Site, ...], call: int) -> bool:
        """Whether a function gives what the model gives to code elsewhere, or is the model of some framework."""
        module = self.evaluator.at(path)
        if not self._returns(module, function, call, picked=kind == "rerank"):
            return False
        product = self._of_product(path, sites)
        if any(site.path != path for site in product) or self._implements(module, function) or self._serves_many(module, function, product):
            return True
        return kind in VECTORS and self._handed_out(module, sites, {function})

    def _serves_many(self, module: Module, function: int, sites: tuple[Site, ...]) -> bool:
        """Whether several functions of the module ask a function of it, or one hands one of its own to who runs it."""
        callers = {module.enclosing_function(module.calls[site.call].scope) for site in sites}
        own = module.enclosing_function(module.scopes[function].parent)
        return len(callers) > 1 or (own is not None and callers == {own} and any(site.shift > 0 for site in sites))

    def _handed_out(self, module: Module, sites: tuple[Site, ...], seen: set[int]) -> bool:
        """Whether callers in the same class hand on to code elsewhere what they get, as it is: `return self._call(xs)`."""
        for site in sites[:MAX_ASKED]:
            if site.path != module.path:
                continue
            function = module.named_function(module.calls[site.call].scope)
            if function is None or function in seen or module.enclosing_class(function) is None:
                continue
            seen.add(function)
            if site.call in self._given_back(module, function, GIVEN_BACK, plain=True):
                outer = self._of_product(module.path, self._entering(module.path, function))
                if any(s.path != module.path for s in outer) or (len(seen) < MAX_LEVELS and self._handed_out(module, outer, seen)):
                    return True
        return False

    def _implements(self, module: Module, function: int) -> bool:
        """Whether the function is a method of a class that is itself a model for a library (`class X(BaseEmbedding)`)."""
        cls = module.enclosing_class(function)
        if cls is None:
            return False
        catalog = self.evaluator.catalog(module)
        for base in self.evaluator.lineage(Class(module.path, cls))[1]:
            kind = catalog.annotation(base.path)
            if kind and any(catalog.calls(f"<{kind}>.{verb}") for verb in MODEL_VERBS):
                return True
        return False

    def _text_gateway(self, hit: Hit, function: int, sites: tuple[Site, ...]) -> bool:
        if hit.row.settled and self._holds(hit, function):
            return False
        flow = self.flow(hit)
        if not flow.params:
            return False
        if not flow.own and not flow.system:
            return True
        rival = (hit.path, function) in self._rivals
        if flow.own and not (rival and _terse(flow.worded)):
            # Words of its own beside a system text that is handed in may be those of earlier turns.
            asked = any(asks(x) and x.param is not None and (x.param.path, x.param.scope) == (hit.path, function) for x in flow.leaves)
            return asked and self._supplied(flow, ((hit.path, function),), sites, MAX_TOLD)
        if flow.own:
            return True
        if not self._of_product(hit.path, sites):
            return False
        if (hit.path, function) not in flow.asked:
            # A few words of its own beside the system text that callers hand in.
            told = (x.param for x in flow.leaves if x.param is not None and x.role in SYSTEM and asks(x))
            return (hit.path, function) in {(p.path, p.scope) for p in told} and self._supplied(flow, ((hit.path, function),), sites, 1)
        return rival or self._supplied(flow, ((hit.path, function),), sites, MAX_TOLD)

    @staticmethod
    def _supplies(flow: Flow, outer: Flow | None) -> bool:
        """Whether `outer`, one call further out, has words for the model that `flow` does not have, and no mere fraction of its own."""
        if outer is None:
            return False
        known = {leaf.text for leaf in flow.leaves}
        given = [
            leaf
            for leaf in outer.leaves
            if leaf.text not in known and leaf not in outer.default and (leaf.text is None or is_long(leaf.text.written))
        ]
        return outweighs(_weighed(given), _weighed(leaf for leaf in flow.worded if leaf not in flow.spare))

    def _outward(self, inner: Flow, site: Site, entered: tuple[tuple[str, int], ...]) -> Flow | None:
        """What reaches the prompt when the outermost of `entered`, whose flow is `inner`, is entered from `site`; None if it is not.

        Only what the call hands over is read: what lies inwards was read once.
        """
        key = (id(inner), site, entered)
        if key not in self._outwards:
            self._outwards[key] = inner, self._handed_over(inner, site, entered)
        return self._outwards[key][1]

    def _handed_over(self, inner: Flow, site: Site, entered: tuple[tuple[str, int], ...]) -> Flow | None:
        funcs = self.evaluator.entered(site, *entered[-1])
        if not funcs:
            return None
        frames = [self.evaluator.frame(func, site) for func in funcs[:2]]
        leaves: dict[Leaf, None] = {}
        given: set[Leaf] = set()
        default: set[Leaf] = set()
        for leaf in inner.leaves:
            places = None
            if leaf.param is not None:
                own = (leaf.param.path, leaf.param.scope) == entered[-1]
                places = self._given(frames, leaf.param) if own else self._made_with(site, entered, leaf.param)
            if places is None or leaf.param is None:
                leaves[leaf] = None
                continue
            for place in places:
                found = self._read_part(place, leaf.param.part, leaf.role)
                leaves.update(dict.fromkeys(found))
                (default if self._is_default(place, leaf.param) else given).update(found)
        flow = self._flow(tuple(leaves)[:MAX_LEAVES])
        flow.default = frozenset(default - given)
        flow.spare = inner.spare
        return flow

    def _is_default(self, place: Place, param: Param) -> bool:
        record = self.evaluator.at(param.path).scopes[param.scope]
        return any(p.name == param.name and p.default is place[0] for p in record.params)

    def _given(self, frames: Iterable[Frame], param: Param) -> list[Place] | None:
        """Where the calls that entered `frames` give the parameter; None where that is not known."""
        given = [
            places for frame in frames if frame.site is not None and (places := self.evaluator.argument(frame, param.name)) is not None
        ]
        return [place for places in given for place in places] if given else None

    def _made_with(self, site: Site, entered: tuple[tuple[str, int], ...], param: Param) -> list[Place] | None:
        """Where a parameter of a function around the entered one is given, or of the constructor of its object."""
        call = self.evaluator.at(site.path).calls[site.call]
        if isinstance(call.callee, Attr) and any(
            isinstance(v, Param) for v in self.evaluator.eval(call.callee.base, self.evaluator.at(site.path), call.scope, site.frame)
        ):
            return None  # The caller is handed the object: it does not know what it is made with.
        frame = self._chain(site, entered)
        if frame is None:
            return None
        outer = frame.outer
        while outer is not None and (outer.path, outer.scope) != (param.path, param.scope):
            outer = outer.outer
        if outer is None and isinstance(frame.receiver, Inst):
            outer = self.evaluator.making(frame.receiver, param.path, param.scope)
        return self._given([outer], param) if outer is not None else None

    def _read_part(self, place: Place, part: str, role: str) -> tuple[Leaf, ...]:
        expr, module, scope, frame = place
        key = (module.path, id(expr), scope, frame, part, role)
        if key not in self._parts:
            reader = Reader(self.evaluator, self._ways)
            # A parameter of the caller's own is handed on as it came: callers further out know what it is.
            whole = isinstance(expr, Name) and all(isinstance(v, Param) for v in self.evaluator.eval(expr, module, scope, frame))
            if not whole and (name := re.match(r"\w+", part)) is not None:
                expr = self.evaluator.kept(("part", id(expr), name[0]), Attr(expr, name[0], 0))
            reader.read((expr, module, scope, frame), role)
            self._parts[key] = tuple(_part_of(leaf, part) if whole else leaf for leaf in reader.leaves)
        return self._parts[key]

    def _told(self, hit: Hit, module: Module, function: int, ends: list[Step]) -> bool:
        """Whether callers say what for: one that is only given data, which is not by name a prompt, knows that itself."""
        flow = self.flow(hit)
        return (
            hit.kind not in TEXT_KINDS
            or flow.own
            or flow.system
            or any(end.worded or self._takes_prompt(end) for end in ends)
            or (hit.path, function) in flow.asked
            or self._implements(module, function)
            or self._picked_outside(hit, function)
            or ((hit.path, function) in self._rivals and self._asked_by_any(module, function))
        )

    def _takes_prompt(self, step: Step) -> bool:
        """Whether a call that reaches the model through others enters a function that asks by name for what to ask."""
        path, scope = step.entered[-1]
        record = self.evaluator.at(path).scopes[scope]
        return len(step.entered) > 1 and any(PROMPT_NAME.search(p.name) for p in record.params if p.name != record.receiver)

    def _picked_outside(self, hit: Hit, function: int) -> bool:
        """Whether callers say which agent of the provider is meant: what it is for is settled there."""
        if hit.kind != "agent":
            return False
        given = places(self.evaluator, hit.row.remote_prompt, hit.request(), hit.shift)
        named = (v for place in given for v in self.evaluator.eval(*place) if isinstance(v, Param))
        return any((v.path, v.scope) == (hit.path, function) for v in named)

    def _asked_by_any(self, module: Module, function: int) -> bool:
        """Whether functions that stand in for each other are shown to be asked: by a caller, or by there being one for each provider."""
        if self._of_product(module.path, self._entering(module.path, function)):
            return True
        return any(len(self._providers.get(family, set()) - {"dynamic", "multi"}) > 1 for family in self._methods(module, function))

    def _uses(self, hit: Hit, function: int, ends: list[Step]) -> None:
        """Note the calls that say what a gateway is asked for."""
        for step in ends:
            for at in self._only_helper(step.site, step.entered) or (step.site,):
                use = self.linked.uses.setdefault((at.path, at.call), Use(at.path, at.call))
                use.routes.append((hit, self._chain(step.site, step.entered) or Frame(hit.path, function)))

    def _walk(self, hit: Hit, function: int, sites: tuple[Site, ...]) -> tuple[list[Step], dict[int, list[int]]]:
        """Calls outwards from a gateway, each as far as what it enters only hands on what it is given; which lead to which (-1: to it)."""
        base = self.flow(hit)
        start = ((hit.path, function),)
        product = not self.evaluator.is_test(hit.path)
        if product and base.system and not base.own and not self._supplied(base, start, sites, 1):
            # What tests hand to a function that alone tells the model what it is for says nothing new.
            sites = self._of_product(hit.path, sites)
        steps: list[Step] = []
        outward: dict[int, list[int]] = {}
        queue: list[tuple[Site, tuple[tuple[str, int], ...], Flow, int]] = [(site, start, base, -1) for site in sites]
        seen: dict[tuple[str, int], int] = {(hit.path, hit.call): -1}
        while queue and len(seen) <= MAX_USES:
            site, entered, inner, inwards = queue.pop(0)
            key = (site.path, site.call)
            if key in seen:
                if seen[key] >= 0:
                    outward.setdefault(inwards, []).append(seen[key])
                continue
            seen[key] = -1
            flow = None if self._of_other_kind(hit.kind, site) else self._outward(inner, site, entered)
            if flow is None:
                continue
            further = self._passes_on(hit, flow, site, entered, inner)
            caller = further[0] if further is not None else None
            drawn = hit.kind in DRAWN and caller is not None and self._subject(flow, *caller)
            seen[key] = len(steps)
            outward.setdefault(inwards, []).append(len(steps))
            if further is not None:
                self.linked.passing.add(key)
                queue += [(next_site, (*entered, further[0]), flow, len(steps)) for next_site in further[1]]
            worded = not drawn and any(self._added(flow, inner, hit, site))
            tested = product and self.evaluator.is_test(site.path)
            steps.append(Step(site, entered, worded, caller, tested, tested and not worded and (inner.own or inner.system)))
        return steps, outward

    def _of_other_kind(self, kind: str, site: Site) -> bool:
        """Whether a call says by its name that another kind of model is asked: both may go through the same generic functions."""
        spoken = set(words(last_name(self.evaluator.at(site.path).calls[site.call].callee) or ""))
        said = "chat" if kind in ("chat", "completion") else kind
        return said in SAID_BY_NAME and any(
            spoken & names and spoken <= names | BESIDE for other, names in SAID_BY_NAME.items() if other != said
        )

    def _purposes(self, steps: list[Step], outward: dict[int, list[int]], wanted: frozenset[Site], barred: Collection[Step]) -> list[Step]:
        """The steps that say what for: where words come in, else the innermost whose function keeps the answer.

        Those at the calls `wanted` do whatever is found about them here, those `barred` and all behind them do not. Tests do not decide
        that of a function of the product; they are asked only what remains open.
        """
        known: dict[int, tuple[tuple[int, ...], bool]] = {}

        def ends(index: int) -> tuple[tuple[int, ...], bool]:
            if index not in known:
                known[index] = (), False
                known[index] = decided(index)
            return known[index]

        def decided(index: int) -> tuple[tuple[int, ...], bool]:
            step = steps[index]
            if step in barred:
                return (), False
            if step.caller is None or step.site in wanted:
                return (index,), step.worded or step.caller is not None
            found = [ends(i) for i in outward.get(index, ())]
            worded = any(ends(i)[1] for i in outward.get(index, ()) if step.tested or not steps[i].tested)
            if not worded and (step.worded or self._keeps(step, last=not found)):
                return (index,), step.worded
            return tuple(dict.fromkeys(i for indexes, _ in found for i in indexes)), worded

        found = dict.fromkeys(i for start in outward.get(-1, ()) for i in ends(start)[0])
        return [steps[i] for i in found if not steps[i].idle]

    def _keeps(self, step: Step, last: bool) -> bool:
        """Whether the calling function is who wanted the answer: it does not give it back, or only to a library that runs it."""
        assert step.caller is not None
        module = self.evaluator.at(step.site.path)
        function = step.caller[1]
        if self._implements(module, function) or step.caller in self._switches:
            return False
        if last and (self.evaluator.dispatched(*step.caller) or self.evaluator.registered(*step.caller)):
            return True
        if last and self._is_asked_for(module, function):
            return True
        return not self._returns(module, function, step.site.call, GIVEN_BACK)

    def _is_asked_for(self, module: Module, function: int) -> bool:
        """Whether a library may call the function: a method of a class that is a library's, in a language that says which those are."""
        cls = module.scopes[function].parent
        if module.facts.package is None or module.scopes[cls].kind != "class":
            return False
        return bool(self.evaluator.lineage(Class(module.path, cls))[1])

    @staticmethod
    def _subject(flow: Flow, path: str, scope: int) -> bool:
        """Whether the function is handed the prompt itself, by that name."""
        return any(
            x.param is not None and (x.param.path, x.param.scope) == (path, scope) and not x.param.derived and "prompt" in x.param.name
            for x in flow.leaves
        )

    def _only_helper(self, site: Site, entered: tuple[tuple[str, int], ...]) -> tuple[Site, ...]:
        """The calls inside a helper that only `site` enters, both of one class: the helper serves that one purpose and is no plumbing."""
        path, scope = entered[-1]
        home, caller = self.evaluator.at(path), self.evaluator.at(site.path)
        cls = home.enclosing_class(scope)
        if len(entered) < 2 or path != site.path or cls is None or entered[-1] in self._switches or len(self._entering(path, scope)) != 1:
            return ()
        # A single verb such as `send` or `run` names no purpose.
        if len(words(home.scopes[scope].name)) < 2:
            return ()
        if caller.enclosing_class(caller.calls[site.call].scope) != cls:
            return ()
        return tuple(self._inner_sites(path, scope, entered[-2]))

    def _chain(self, site: Site, entered: tuple[tuple[str, int], ...]) -> Frame | None:
        """The frame of the innermost function when the outermost of `entered` is entered from `site`."""
        key = (site, entered)
        if key not in self._chains:
            self._chains[key] = self._entered_from(site, entered)
        return self._chains[key]

    def _entered_from(self, site: Site, entered: tuple[tuple[str, int], ...]) -> Frame | None:
        frame: Frame | None = None
        current = site
        for position in range(len(entered) - 1, -1, -1):
            path, scope = entered[position]
            funcs = self.evaluator.entered(current, path, scope)
            if not funcs:
                return None
            frame = self.evaluator.frame(funcs[0], current)
            if position:
                inner = next(self._inner_sites(path, scope, entered[position - 1]), None)
                if inner is None:
                    return None
                current = replace(inner, frame=frame)
        return frame

    def _inner_sites(self, path: str, scope: int, target: tuple[str, int]) -> Iterator[Site]:
        """Calls of `target` inside a function."""
        module = self.evaluator.at(path)
        for site in self._entering(*target):
            if site.path == path and self._within(module, module.calls[site.call].scope, scope):
                yield site

    def _passes_on(
        self, hit: Hit, flow: Flow, site: Site, entered: tuple[tuple[str, int], ...], inner: Flow
    ) -> tuple[tuple[str, int], tuple[Site, ...]] | None:
        """The calling function and its callers, when it adds no purpose of its own to what it is given.

        `inner` is what reaches the hit without this call: its words are not this caller's.
        """
        if len(entered) >= MAX_LEVELS:
            return None
        module = self.evaluator.at(site.path)
        function = module.enclosing_function(module.calls[site.call].scope)
        if function is None:
            return None
        if hit.kind not in TEXT_KINDS and (site.path, function) in self._switches:
            return (site.path, function), self._entering(site.path, function)
        if self._implements(module, function):
            # Who runs a closure of the method enters nothing from outside.
            method = module.named_function(function) or function
            return (site.path, method), self._entering(site.path, method)
        callers = {s for p, s in flow.params if p == site.path}
        current: int | None = function
        while current is not None and current not in callers:
            current = module.enclosing_function(module.scopes[current].parent)
        if current is None:
            return None
        sites = self._entering(site.path, current)
        if hit.kind not in TEXT_KINDS:
            return ((site.path, current), sites) if self._lends(hit.kind, site.path, current, sites, site.call) else None
        own, system = self._added(flow, inner, hit, site)
        if own and hit.kind in DRAWN and sites and self._subject(flow, site.path, current):
            return (site.path, current), sites
        if own:
            if (site.path, current) not in flow.asked or not self._supplied(flow, (*entered, (site.path, current)), sites, 1):
                return None
        elif system and not (
            (site.path, current) in flow.asked and self._supplied(flow, (*entered, (site.path, current)), sites, MAX_TOLD)
        ):
            return None
        return (site.path, current), sites

    def _supplied(self, flow: Flow, entered: tuple[tuple[str, int], ...], sites: tuple[Site, ...], levels: int) -> bool:
        """Whether callers of the outermost of `entered`, or theirs up to so many levels, supply words for the model."""
        for site in self._of_product(entered[-1][0], sites)[:MAX_ASKED]:
            outer = self._outward(flow, site, entered)
            if self._supplies(flow, outer):
                return True
            module = self.evaluator.at(site.path)
            function = module.enclosing_function(module.calls[site.call].scope)
            if outer is None or levels == 1 or function is None or (site.path, function) not in outer.params:
                continue
            if self._supplied(outer, (*entered, (site.path, function)), self._entering(site.path, function), levels - 1):
                return True
        return False

    def _added(self, flow: Flow, inner: Flow, hit: Hit, site: Site) -> tuple[bool, bool]:
        """Whether the caller at `site` adds words for the model, in messages and in system texts, that `inner` has not.

        Words inside the class of the hit are that class's, whoever calls it; so are those of its siblings where their base calls it.
        """
        module = self.evaluator.at(hit.path)
        cls = module.enclosing_class(module.calls[hit.call].scope)
        record = module.scopes[cls] if cls is not None else None
        call = self.evaluator.at(site.path).calls[site.call]
        inside = record is not None and site.path == hit.path and record.line <= call.line <= record.end_line
        known = {(leaf.text, leaf.file, leaf.remote) for leaf in inner.leaves}
        fresh = [leaf for leaf in flow.worded if leaf not in flow.default and (leaf.text, leaf.file, leaf.remote) not in known]
        if record is not None and not inside:
            fresh = [
                leaf
                for leaf in fresh
                if leaf.text is None or leaf.text.path != hit.path or not record.line <= leaf.text.line <= record.end_line
            ]
            siblings = self._siblings(Class(hit.path, cls or 0), site)
            fresh = [leaf for leaf in fresh if leaf.text is None or not any(_stands_in(leaf.text, r) for r in siblings)]
        return any(leaf.role not in SYSTEM for leaf in fresh), any(leaf.role in SYSTEM for leaf in fresh)

    def _siblings(self, cls: Class, site: Site) -> list[tuple[str, Scope]]:
        """The classes that a call in an ancestor of the class may reach in its place, each with its path."""
        module = self.evaluator.at(site.path)
        base = module.enclosing_class(module.calls[site.call].scope)
        if base is None or Class(site.path, base) not in self.evaluator.lineage(cls)[0]:
            return []
        return [(c.path, self.evaluator.at(c.path).scopes[c.scope]) for c in self.evaluator.subclasses(Class(site.path, base))]
