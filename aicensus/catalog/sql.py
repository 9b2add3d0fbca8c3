"""Records of the catalogue file about SQL: functions that ask a model, and statements that say which model a name means."""

from __future__ import annotations

import msgspec

from aicensus.catalog.schema import Kind


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


Places = tuple[str | int, ...]
"""Arguments by name (`name => value`) or position from 0; the first that is given counts."""


class SqlFunction(_Record, frozen=True, kw_only=True):
    """A function that asks a model, under the names of `name`: letters in either case, `*` is any run, also of dots."""

    name: str
    dialect: str
    provider: str
    kind: Kind
    model: Places = ()
    prompt: Places = ()
    system: Places = ()
    settings: dict[str, Places] = {}
    named: bool = False
    """The model argument names a model of the database, `MODEL name`, that a statement makes."""
    args: int = 1
    """Fewest arguments: with fewer it is another function of that name."""


class SqlModel(_Record, frozen=True, kw_only=True):
    """A statement that makes a model or function over a model: `match` has the groups `name` and `model`."""

    match: str
    dialect: str


class SqlExpected(_Record, frozen=True, kw_only=True):
    line: int
    kind: Kind | None = None
    model: str | None = None
    provider: str | None = None
    prompt: str | None = None
    symbol: str | None = None


class SqlExample(_Record, frozen=True, kw_only=True):
    code: str
    path: str = "query.sql"
    finds: tuple[SqlExpected, ...]


class SqlFile(_Record, frozen=True, kw_only=True):
    """The file `sql.yaml`, or one of the user's own with the key `sql`."""

    sql: str
    functions: tuple[SqlFunction, ...]
    models: tuple[SqlModel, ...] = ()
    tokens: tuple[str, ...]
    """Texts of which one stands in every file with a call of these."""
    examples: tuple[SqlExample, ...] = ()
