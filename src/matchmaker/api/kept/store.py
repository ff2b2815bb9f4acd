"""Working shortlists in the database of the decision log."""

from __future__ import annotations

import secrets
from dataclasses import replace

from sqlalchemy import ColumnElement, and_, delete, insert, select, update

from matchmaker.api.audit_log.database import kept_shortlists
from matchmaker.api.audit_log.store import Store
from matchmaker.api.kept.changes import Change, now
from matchmaker.api.kept.files import from_json, to_json
from matchmaker.api.kept.shortlist import KeptShortlist
from matchmaker.errors import MatchmakerError

MAX_LISTED = 500
"""Shortlists that one list of them shows, the latest changed first."""


class UnknownKeptShortlist(MatchmakerError):
    """The store has no working shortlist of that id."""

    slug = "unknown-kept-shortlist"
    status = 404


class KeptStore:
    """Keeps working shortlists; a change is applied to what is there, so that two people lose nothing.

    Args:
        store: the database.

    Raises:
        DecisionLogUnavailable: by every method, when the database can't be used.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, kept: KeptShortlist) -> KeptShortlist:
        """Store a new one; it is returned with its id, which can't be guessed."""
        stored = replace(kept, id=secrets.token_hex(10), changed=now())
        with self.store.writing() as connection:
            connection.execute(insert(kept_shortlists), _row(stored))
        return stored

    def get(self, sector: str, id: str) -> KeptShortlist:
        """One by its id.

        Raises:
            UnknownKeptShortlist: the sector has none of that id.
        """
        query = select(kept_shortlists.c.content).where(_is(sector, id))
        with self.store.reading() as connection:
            content = connection.execute(query).scalar_one_or_none()
        return _found(content)

    def all(self, sector: str, recipient: str | None = None) -> list[KeptShortlist]:
        """Those of a sector, or of one recipient; the latest changed first."""
        columns = kept_shortlists.c
        query = select(columns.content).where(columns.sector == sector)
        if recipient is not None:
            query = query.where(columns.recipient == recipient)
        query = query.order_by(columns.changed.desc(), columns.id).limit(MAX_LISTED)
        with self.store.reading() as connection:
            return [from_json(content) for content in connection.execute(query).scalars()]

    def change(self, sector: str, id: str, change: Change) -> KeptShortlist:
        """Apply a change to one as it is now.

        Raises:
            UnknownKeptShortlist: the sector has none of that id.
            MatchmakerError: the change can't be made.
        """
        with self.store.writing() as connection:
            query = select(kept_shortlists.c.content).where(_is(sector, id))
            changed = change(_found(connection.execute(query).scalar_one_or_none()))
            connection.execute(update(kept_shortlists).where(_is(sector, id)).values(_row(changed)))
        return changed

    def delete(self, sector: str, id: str) -> None:
        """Delete one, with all notes on it.

        Raises:
            UnknownKeptShortlist: the sector has none of that id.
        """
        with self.store.writing() as connection:
            gone = connection.execute(delete(kept_shortlists).where(_is(sector, id)))
        if not gone.rowcount:
            raise _unknown()


def _is(sector: str, id: str) -> ColumnElement[bool]:
    return and_(kept_shortlists.c.sector == sector, kept_shortlists.c.id == id)


def _found(content: str | None) -> KeptShortlist:
    if content is None:
        raise _unknown()
    return from_json(content)


def _unknown() -> UnknownKeptShortlist:
    return UnknownKeptShortlist(
        "There is no working shortlist at this address.", "It may have been deleted: look at all of them."
    )


def _row(kept: KeptShortlist) -> dict[str, str]:
    own = {name: getattr(kept, name) for name in ("id", "sector", "recipient", "name", "changed")}
    return own | {"content": to_json(kept).decode()}
