"""The store: one database, made or brought to its newest form before it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore
from typing import Protocol

from sqlalchemy import Connection, Engine, text

from matchmaker.api.audit_log import migrate
from matchmaker.api.audit_log.checkpoint import Checkpoint
from matchmaker.api.audit_log.database import address, connect, private, writing
from matchmaker.api.audit_log.errors import DecisionLogUnavailable, translate_db_errors

CALLS = 4
"""Uses at once: a database that hangs must not take every thread of the service."""
TURN = 3.0
"""Seconds to wait for a turn."""


class Health(Protocol):
    """Who is told what each use of the store came to."""

    fault: str | None

    def failed(self, error: DecisionLogUnavailable) -> None:
        """It could not be used."""

    def answered(self) -> None:
        """It could."""

    def warn(self, event: str, **facts: object) -> None:
        """Something is doubtful, but nothing was kept from being recorded."""


class Store:
    """The database of decisions and of working shortlists.

    Args:
        url: `sqlite:///FILE`, made where it does not exist, or `postgresql://...`, which
            `matchmaker decisions migrate` prepares.
        existing: do not make a file of SQLite that is not there.
        head: where the head of the log is kept; by default beside a file of SQLite, else nowhere.

    Raises:
        InvalidParameter: the address is of another kind.
        MissingExtra: the driver of PostgreSQL is not installed.
        DecisionLogUnavailable: by every method, when the database can't be used.
    """

    def __init__(self, url: str, existing: bool = False, head: Path | None = None) -> None:
        self._address = address(url)
        self.engine: Engine = connect(self._address)
        self.health: Health | None = None
        file = self._file()
        if head is None and file is not None:
            head = file.with_name(f"{file.name}.head")
        self.checkpoint = None if head is None else Checkpoint(head)
        self._existing = existing
        self._ready = False
        self._inode: int | None = None
        self._turns = BoundedSemaphore(CALLS)

    def migrate(self) -> str:
        """Make the tables, or bring them to the newest form; its name is returned."""
        file = self._file()
        if file is not None and not file.exists():
            self._begin(file)
        with translate_db_errors():
            migrate.migrate(self.engine)
        self._opened()
        return migrate.newest() or ""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with."""
        with self._used(self.engine.connect) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that no other writer enters until it has ended."""
        with self._used(lambda: writing(self.engine)) as connection:
            yield connection

    def check(self) -> None:
        """Ask the database something small, and compare the log with its head."""
        with self.reading() as connection:
            last = connection.execute(
                text("SELECT number, hash FROM decisions ORDER BY number DESC LIMIT 1")
            ).first()
            self.compare_head(last.number if last else 0)

    def compare_head(self, last: int) -> None:
        """Refuse to go on with a log that ends before its head.

        Raises:
            DecisionLogUnavailable: entries are missing at the end.
        """
        head = None if self.checkpoint is None else self.checkpoint.read()
        if head is not None and head.number > last:
            raise DecisionLogUnavailable(
                f"The end of the decision log is missing: {head.number} entries were recorded,"
                f" and {last} are there.",
                _RESTORE,
            )

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def _used(self, open_: Callable[[], object]) -> Iterator[Connection]:
        if not self._turns.acquire(timeout=TURN):
            error = DecisionLogUnavailable(
                "The decision log can't be used: its database is slow to answer.",
                "Wait a moment, then read the log before you send it again.",
            )
            self._note(error)
            raise error
        try:
            with translate_db_errors():
                self._prepare()
                with open_() as connection:  # type: ignore[attr-defined]
                    yield connection
        except DecisionLogUnavailable as error:
            self._note(error)
            raise
        finally:
            self._turns.release()
        self._note(None)

    def _note(self, error: DecisionLogUnavailable | None) -> None:
        if self.health is None:
            return
        if error is None:
            self.health.answered()
        else:
            self.health.failed(error)

    def _prepare(self) -> None:
        """Make a file of SQLite where there is none; say so where PostgreSQL has no tables yet."""
        file = self._file()
        if self._ready:
            if file is not None and _inode(file) != self._inode:
                # what is open still takes writes, to nowhere
                raise DecisionLogUnavailable(
                    "The file of the decision log was moved or replaced while it was in use.",
                    "Put it back, or start the service again.",
                )
            return
        if file is not None and self._existing and not file.exists():
            raise DecisionLogUnavailable(f"{file} does not exist.", "Name the file of the decision log.")
        if file is not None and not self._existing:
            self.migrate()
        if migrate.known_or_refused(migrate.current(self.engine)) != migrate.newest():
            raise DecisionLogUnavailable(
                "The database has no decision log of this version.", "Run 'matchmaker decisions migrate'."
            )
        self._opened()

    def _begin(self, file: Path) -> None:
        """Begin a log in a new file, unless one was there before."""
        head = None if self.checkpoint is None else self.checkpoint.read()
        if head is not None:
            raise DecisionLogUnavailable(
                f"The file of the decision log is gone: {head.number} entries were recorded.", _RESTORE
            )
        private(file)
        if self.health is not None:
            self.health.warn("decision log begun")

    def _file(self) -> Path | None:
        return Path(self._address.database or "") if self.engine.dialect.name == "sqlite" else None

    def _opened(self) -> None:
        file = self._file()
        self._inode = None if file is None else _inode(file)
        self._ready = True


_RESTORE = (
    "Put the log back from a backup. To end it and begin another, move the file with its head away as well."
)


def _inode(file: Path) -> int | None:
    try:
        return file.stat().st_ino
    except OSError:
        return None
