"""The tables of the store and how it is reached: SQLite by default, PostgreSQL by its address."""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from matchmaker.errors import InvalidParameter, MissingExtra

WAIT = 5.0
"""Seconds to wait for another writer before giving up."""
STATEMENT = 10.0
"""Seconds that one statement may take."""
LOCK = 0x6D61746368
"""The advisory lock of the log's writers in PostgreSQL."""

metadata = MetaData()
decisions = Table(
    "decisions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    *(
        Column(
            name,
            Text,
            nullable=name in {"key", "chosen", "chosen_name", "outcome"},
            index=name == "recipient",
        )
        for name in (
            *("at", "who", "key", "recipient", "recipient_name", "arrangement", "as_of", "snapshot"),
            *("method", "version", "query", "options", "shown", "choice", "chosen", "chosen_name"),
            *("reason", "outcome", "previous", "hash"),
        )
    ),
)
"""Times and JSON are text, so that what was hashed is what is read back from any database."""
kept_shortlists = Table(
    "kept_shortlists",
    metadata,
    Column("id", Text, primary_key=True),
    *(
        Column(name, Text, nullable=False, index=name in {"recipient", "changed"})
        for name in ("sector", "recipient", "name", "changed", "content")
    ),
)
"""Working shortlists, which change until somebody decides; `content` is the whole of one as JSON."""


def address(url: str) -> URL:
    """The address with the driver that serves it.

    Raises:
        InvalidParameter: it is no address of SQLite or PostgreSQL.
        MissingExtra: PostgreSQL is asked for and its driver is not installed.
    """
    step = "Write sqlite:///decisions.db or postgresql://user@host/name."
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InvalidParameter("The address of the decision log can't be read.", step) from error
    kind = parsed.get_backend_name()
    if kind == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed.set(drivername="sqlite+pysqlite")
    if kind != "postgresql":
        raise InvalidParameter("The decision log needs a file of SQLite, or PostgreSQL.", step)
    if importlib.util.find_spec("psycopg") is None:
        raise MissingExtra(
            "PostgreSQL needs its driver.", "Install it with: pip install 'matchmaker[postgresql]'."
        )
    return parsed.set(drivername="postgresql+psycopg")


def connect(url: URL) -> Engine:
    """An engine that waits for other writers, and loses nothing that it has acknowledged."""
    if url.get_backend_name() == "postgresql":
        limits = {
            "lock_timeout": WAIT,
            "statement_timeout": STATEMENT,
            "idle_in_transaction_session_timeout": STATEMENT,
        }
        settings = {
            "connect_timeout": max(2, int(WAIT)),
            "options": " ".join(f"-c {name}={int(seconds * 1000)}" for name, seconds in limits.items()),
            "tcp_user_timeout": int(STATEMENT * 1000),
            "keepalives_idle": int(STATEMENT),
        }
        return create_engine(url, connect_args=settings, pool_pre_ping=True, pool_timeout=WAIT)
    engine = create_engine(url, connect_args={"timeout": WAIT})

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, record: Any) -> None:  # noqa: ARG001
        connection.isolation_level = None  # this module begins transactions, not the driver
        connection.execute("PRAGMA synchronous=FULL")
        _keep_a_journal(connection)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _keep_a_journal(connection: sqlite3.Connection) -> None:
    """Write ahead, so that readers don't wait; the first change of mode does not wait by itself."""
    until = time.monotonic() + WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def private(path: Path) -> None:
    """Make the file readable by its owner alone: it holds names of people."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError:
        return  # it is there, or it can't be made, which the database says in its own words


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other writer of the log enters until it has ended."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        yield connection
