"""The store: one database, made or brought to its newest form before it is used."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from matchmaker.api.audit_log import migrate
from matchmaker.api.audit_log.database import address, connect, private
from matchmaker.api.audit_log.errors import DecisionLogUnavailable, translate_db_errors


class Store:
    """The database of decisions and of working shortlists.

    Args:
        url: `sqlite:///FILE`, made where it does not exist, or `postgresql://...`, which
            `matchmaker decisions migrate` prepares.
        existing: do not make a file of SQLite that is not there.

    Raises:
        InvalidParameter: the address is of another kind.
        MissingExtra: the driver of PostgreSQL is not installed.
        DecisionLogUnavailable: by every method, when the database can't be used.
    """

    def __init__(self, url: str, existing: bool = False) -> None:
        self._address = address(url)
        self.engine: Engine = connect(self._address)
        self._existing = existing
        self._ready = False
        self._inode: int | None = None

    def migrate(self) -> str:
        """Make the tables, or bring them to the newest form; its name is returned."""
        file = self._file()
        if file is not None:
            private(file)
        with translate_db_errors():
            migrate.migrate(self.engine)
        self._opened()
        return migrate.newest() or ""

    def prepare(self) -> None:
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
        with translate_db_errors():
            sound = migrate.current(self.engine) == migrate.newest()
        if not sound:
            raise DecisionLogUnavailable(
                "The database has no decision log of this version.", "Run 'matchmaker decisions migrate'."
            )
        self._opened()

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def _file(self) -> Path | None:
        return Path(self._address.database or "") if self.engine.dialect.name == "sqlite" else None

    def _opened(self) -> None:
        file = self._file()
        self._inode = None if file is None else _inode(file)
        self._ready = True


def _inode(file: Path) -> int | None:
    try:
        return file.stat().st_ino
    except OSError:
        return None
