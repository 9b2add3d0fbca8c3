"""Facts as short text: `f: client.chat('x')` is a call, `f: a = b.c` a binding in scope `f`."""

from __future__ import annotations

import msgspec

from aicensus.model.facts import (
    Arg,
    Attr,
    Binding,
    Call,
    CallRef,
    Choice,
    Const,
    DefRef,
    Element,
    Expr,
    FileFacts,
    Import,
    Item,
    Map,
    Name,
    Op,
    Scope,
    Seq,
    Spread,
    Template,
    Unknown,
)


def show(facts: FileFacts, expr: Expr | None) -> str:
    """Write an expression as it would stand in code, with calls in place."""

    def inner(value: Expr | None) -> str:
        return show(facts, value)

    match expr:
        case None:
            return "?"
        case Const(value):
            return repr(value)
        case Template(parts):
            return "t[" + " ".join(map(inner, parts)) + "]"
        case Name(name):
            return name
        case Attr(base, name):
            return f"{inner(base)}.{name}"
        case Item(base, key):
            return f"{inner(base)}[{inner(key)}]"
        case CallRef(index):
            return show_call(facts, facts.calls[index])
        case DefRef(index):
            return f"<{facts.scopes[index].kind} {facts.scopes[index].qualname}>"
        case Import(module, name, level):
            return f"import {'.' * level}{module}" + (f":{name}" if name else "")
        case Seq(items):
            return "[" + ", ".join(map(inner, items)) + "]"
        case Map(items):
            return "{" + ", ".join(f"{inner(k)}: {inner(v)}" if k else f"**{inner(v)}" for k, v in items) + "}"
        case Op(op, left, right):
            return f"({inner(left)} {op} {inner(right)})"
        case Choice(options):
            return "(" + " or ".join(map(inner, options)) + ")"
        case Element(base):
            return f"each({inner(base)})"
        case Spread(value):
            return f"*{inner(value)}"
        case Unknown(why):
            return f"<{why}>"


def show_call(facts: FileFacts, call: Call) -> str:
    def arg(item: Arg) -> str:
        return f"{item.name}={show(facts, item.value)}" if item.name else item.spread + show(facts, item.value)

    return f"{'new ' if call.new else ''}{show(facts, call.callee)}({', '.join(map(arg, call.args))})"


def calls(facts: FileFacts) -> list[str]:
    return [f"{facts.scopes[call.scope].qualname}: {show_call(facts, call)}".removeprefix(": ") for call in facts.calls]


def bindings(facts: FileFacts) -> list[str]:
    def line(binding: Binding) -> str:
        annotation = f": {show(facts, binding.annotation)}" if binding.annotation else ""
        scope = facts.scopes[binding.scope].qualname
        return f"{scope}: {show(facts, binding.target)}{annotation} = {show(facts, binding.value)}".removeprefix(": ")

    return [line(binding) for binding in facts.bindings]


def check(facts: FileFacts, last: int) -> None:
    """All lines lie within the file, all indexes point at something, and the facts survive being stored."""
    records: list[Scope | Binding | Call] = [*facts.scopes, *facts.bindings, *facts.calls]
    spans = [(record.line, record.end_line) for record in records]
    spans += [(note.line, note.line) for note in facts.notes] + [(line, line) for line, _ in facts.errors] + [facts.main or (1, 1)]
    expressions = nested(facts)
    spans += [(e.line, e.end_line) for e in expressions if isinstance(e, Const | Template)]
    spans += [(e.line, e.line) for e in expressions if isinstance(e, Name | Attr)]
    assert all(1 <= first <= end <= last for first, end in spans), spans
    assert all(0 <= record.scope < len(facts.scopes) for record in records if not isinstance(record, Scope))
    assert all(-1 <= scope.parent < index for index, scope in enumerate(facts.scopes))
    assert all(e.index < len(facts.calls) for e in expressions if isinstance(e, CallRef))
    assert all(e.index < len(facts.scopes) for e in expressions if isinstance(e, DefRef))
    assert [call.line for call in facts.calls] == sorted(call.line for call in facts.calls)
    assert msgspec.json.decode(msgspec.json.encode(facts), type=FileFacts) == facts


def nested(record: object) -> list[Expr]:
    """Every expression inside a record."""
    if isinstance(record, tuple):
        return [found for item in record for found in nested(item)]
    if not isinstance(record, msgspec.Struct):
        return []
    inner = [found for name in record.__struct_fields__ for found in nested(getattr(record, name))]
    return [record, *inner] if isinstance(record, Expr) else inner
