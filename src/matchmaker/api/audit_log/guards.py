"""Whether the database still guards the log: a plain table, with the triggers that let it only grow."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import Connection, text

from matchmaker.api.audit_log.migrations.versions.v0001_decisions import POSTGRESQL, SQLITE

_TRIGGER = re.compile(r"CREATE TRIGGER (\w+)")
_FUNCTION = re.compile(r"CREATE FUNCTION (\w+)\(\).*?\$\$(.*)\$\$", re.DOTALL)


def guard_fault(connection: Connection) -> str | None:
    """What is missing or changed; None where all is in place."""
    kind = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    return kind(connection)


def _sqlite(connection: Connection) -> str | None:
    rows = connection.execute(
        text("SELECT type, name, sql FROM sqlite_master WHERE tbl_name = 'decisions' OR name = 'decisions'")
    ).all()
    if ("table", "decisions") not in {(row.type, row.name) for row in rows}:
        return "The log is no table of its own: something stands in its place."
    wanted = {_named(statement): _plain(statement) for statement in SQLITE}
    return _compared(wanted, {row.name: _plain(row.sql) for row in rows if row.type == "trigger"})


def _postgresql(connection: Connection) -> str | None:
    kind = connection.execute(
        text("SELECT relkind FROM pg_class WHERE oid = to_regclass('decisions')")
    ).scalar()
    if kind not in ("r", b"r"):
        return "The log is no table of its own: something stands in its place."
    rows = connection.execute(
        text(
            "SELECT t.tgname AS name, p.proname AS function, p.prosrc AS body FROM pg_trigger t"
            " JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgrelid = to_regclass('decisions') AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
        )
    ).all()
    found = [match for one in POSTGRESQL if (match := _FUNCTION.search(one))]
    bodies = {match[1]: _plain(match[2]) for match in found}
    wanted = {
        _named(statement): bodies[statement.rpartition("FUNCTION ")[2].removesuffix("()")]
        for statement in POSTGRESQL
        if _TRIGGER.search(statement)
    }
    return _compared(wanted, {row.name: _plain(row.body) for row in rows})


def _compared(wanted: dict[str, str], found: dict[str, str]) -> str | None:
    missing = [name for name in wanted if name not in found]
    if missing:
        return f"What keeps entries from being changed is gone: {_listed(missing)}."
    other = [name for name, told in wanted.items() if found[name] != told]
    if other:
        return f"What keeps entries from being changed was altered: {_listed(other)}."
    return None


def _named(statement: str) -> str:
    found = _TRIGGER.search(statement)
    assert found is not None
    return found[1]


def _plain(sql: str) -> str:
    return " ".join(sql.split())


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"trigger {name}" for name in names)
