"""Objects of several kinds, each with words of its own: who picks one and hands it a message says what a model is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from aicensus.link.evaluate import Evaluator
from aicensus.link.project import Module
from aicensus.link.text import Leaf
from aicensus.link.values import Class, Func, Inst, Site, Text
from aicensus.model.facts import Attr, CallRef, Name

MAX_LEVELS = 6
"""Methods of the class between the call of a model and the one that the picked object is asked through."""


def picks(evaluator: Evaluator, path: str, call: int, leaves: Callable[[], Iterable[Leaf]]) -> Iterator[Site]:
    """Calls that hand a message to an object which the function around them has made, of one of several kinds, by a function of the tree.

    The call at `path`, `call` stands in a method of theirs and asks the model; `leaves` gives what reaches it.
    """
    module = evaluator.at(path)
    cls = module.enclosing_class(module.calls[call].scope)
    kinds = evaluator.subclasses(Class(path, cls)) if cls is not None else ()
    if cls is None or len(kinds) < 2 or len({_home(evaluator, x.text) for x in leaves() if x.text is not None} - {None}) < 2:
        return
    family = {Class(path, cls), *kinds}
    level = {_method(module, module.calls[call].scope)}
    seen = set(level)
    for _ in range(MAX_LEVELS):
        sites = [site for function in sorted(level) for site in evaluator.callers(path, function)]
        own = [site for site in sites if site.path == path and _of_itself(module, site.call)]
        yield from (site for site in sites if site not in own and _picked(evaluator, site, family))
        level = {_method(module, module.calls[site.call].scope) for site in own} - seen
        seen |= level


def _home(evaluator: Evaluator, text: Text) -> tuple[str, int] | None:
    """The class that a text belongs to."""
    module = evaluator.at(text.path)
    around = [i for i, scope in enumerate(module.scopes) if scope.kind == "class" and scope.line <= text.line <= scope.end_line]
    return (text.path, around[-1]) if around else None


def _method(module: Module, scope: int) -> int:
    """The method around a scope that is inside a class."""
    while module.scopes[module.scopes[scope].parent].kind != "class":
        scope = module.scopes[scope].parent
    return scope


def _of_itself(module: Module, call: int) -> bool:
    """Whether a method of an object is called on the object itself."""
    record = module.calls[call]
    callee = record.callee
    function = module.enclosing_function(record.scope)
    if function is None or module.enclosing_class(function) is None or not isinstance(callee, Attr) or not isinstance(callee.base, Name):
        return False
    return callee.base.id == module.scopes[_method(module, function)].receiver


def _picked(evaluator: Evaluator, site: Site, family: set[Class]) -> bool:
    module = evaluator.at(site.path)
    record = module.calls[site.call]
    callee = record.callee
    function = module.enclosing_function(record.scope)
    if function is None or not record.args or not isinstance(callee, Attr) or not isinstance(callee.base, Name):
        return False
    made = [b.value.index for b in module.names.get((function, callee.base.id), ()) if isinstance(b.value, CallRef)]
    if not any(isinstance(v, Func) for index in made for v in evaluator.callee(module, index)):
        return False
    held = evaluator.eval(callee.base, module, record.scope)
    return len({Class(v.path, v.scope) for v in held if isinstance(v, Inst)} & family) > 1
