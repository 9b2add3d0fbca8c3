"""What an expression may stand for: the values that abstract evaluation works on.

Values are small, hashable and compare by content, so that sets of them reach a fixed point. An evaluated expression
is a tuple of possible values; what cannot be known stays as `Unknown` with its reason. They are made and compared by
the million, so all but one keep their hash and are left alone by the garbage collector: they never form a cycle.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import msgspec
from msgspec.structs import replace

from aicensus.model.facts import Const, Prose, written
from aicensus.model.prose import decides


class Site(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """A call expression as reached from `frame`: where an object was made, or a function entered."""

    path: str
    call: int
    """Index into the calls of that file."""
    frame: Frame | None = None
    shift: int = 0
    """Leading arguments that belong to who runs the function it is handed: `to_thread(f, a)` has 1."""

    def entered(self, outer: Site, frame: Frame | None) -> Site:
        """This site, with `frame` as the one in which its outermost call `outer` stands."""
        if (self.path, self.call) == (outer.path, outer.call):
            return replace(self, frame=frame)
        if self.frame is None or self.frame.site is None:
            return self
        return replace(self, frame=replace(self.frame, site=self.frame.site.entered(outer, frame)))


class Frame(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """One activation of a function, known by the call that entered it."""

    path: str
    scope: int
    site: Site | None = None
    """The entering call; None when any caller is possible."""
    receiver: Inst | Class | None = None
    outer: Frame | None = None
    """Activation of the enclosing function, for closures."""
    shift: int = 0
    """That of the site, or of a call through which the function is reached."""
    depth: int = 0


class Text(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """Literal text with its place in a file."""

    value: str
    path: str
    line: int
    end_line: int

    @property
    def written(self) -> str:
        """The text for those who only tell it again, see `prose`."""
        return cast("str", _VALUE.__get__(self))


_VALUE = Text.__dict__["value"]


class ProseText(Text, frozen=True, cache_hash=True, gc=False):
    """Literal text in words: who asks for its `value` goes by it."""

    @property  # type: ignore[misc]
    def value(self) -> str:
        return decides(self.written)


def text_of(const: Const, path: str) -> Text:
    """What a literal text stands for."""
    made = ProseText if isinstance(const, Prose) else Text
    return made(cast("str", written(const)), path, const.line, const.end_line)


class Scalar(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """A number, boolean or null."""

    value: int | float | bool | None


@dataclass(frozen=True, slots=True)
class Composite:
    """Text or a container that is put together: the expression, to be read part by part in its own context."""

    path: str
    expr: object = field(hash=False, compare=False)
    key: int = 0
    """Identity of the expression within the run."""
    scope: int = 0
    frame: Frame | None = None


class Ext(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """Something of an external library, by the path that leads to it: `openai.OpenAI().chat`."""

    path: str
    trail: tuple[Site, ...] = ()
    """Calls on the way, first to last: constructors whose arguments still count."""
    hint: bool = False
    """True where a type annotation alone, not a value, says so."""
    member: bool = False
    """True for a member that leads to the type whether it is called or not (`llm.bind_tools`)."""


class Func(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """A function of the scanned code."""

    path: str
    scope: int
    receiver: Inst | Class | None = None
    outer: Frame | None = None


class Class(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """A class of the scanned code."""

    path: str
    scope: int
    heirs: bool = False
    """True where it stands for any of its subclasses too."""


class Inst(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """An instance of a class of the scanned code; without a site it may be of any subclass."""

    path: str
    scope: int
    site: Site | None = None


class Listing(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """A collection made by looking at the program itself: any of its items may be any of these."""

    items: tuple[Value, ...]


class Mod(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """A module of the scanned code."""

    path: str


class Partial(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """A function value with arguments already given by the call at `site`."""

    target: Value
    site: Site


class Param(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """A parameter whose callers are not settled."""

    path: str
    scope: int
    name: str
    derived: bool = False
    """True for a part of it: an element, an item or an attribute."""
    part: str = ""
    """Name of that part, where it has one: `messages` of `params.messages`."""


class Env(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """An environment variable; its default, where given, is among the values beside it."""

    name: str


class FileText(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """The text of a file of the tree."""

    path: str


class Unknown(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """What could not be resolved, and why."""

    why: str
    name: str = ""
    """Name of the attribute or key that was asked for."""


Value = Text | Scalar | Composite | Ext | Func | Class | Inst | Listing | Mod | Partial | Param | Env | FileText | Unknown
Values = tuple[Value, ...]
