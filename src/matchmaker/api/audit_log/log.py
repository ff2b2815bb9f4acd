"""The log itself: record, read, verify. There is no way to change or delete an entry."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Select, func, insert, select

from matchmaker.api.audit_log.database import decisions
from matchmaker.api.audit_log.entry import (
    GENESIS_HASH,
    Decision,
    DecisionOutcome,
    DisplayedOption,
    Entry,
    Result,
    YesNo,
    canonical,
    digest,
)
from matchmaker.api.audit_log.errors import DecisionLogUnavailable, NoSuchDecision
from matchmaker.api.audit_log.guards import guard_fault
from matchmaker.api.audit_log.store import Store
from matchmaker.dates import DAYS_PER_MONTH
from matchmaker.errors import InvalidParameter

BATCH = 500
"""Entries read at a time."""
DUE_AFTER_MONTHS = 12
"""When it is time to ask what came of a decision."""


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """What a check of the chain found.

    Attributes:
        entries: how many were read.
        head: hash of the last one; keep it elsewhere to see later whether the log was cut or rewritten.
        fault: the first thing wrong, in one sentence; None where the chain is whole.
    """

    entries: int
    head: str
    fault: str | None


class DecisionLog:
    """Decisions in a database, each tied to the one before.

    Args:
        url: `sqlite:///FILE`, made where it does not exist, or `postgresql://...`, which
            `matchmaker decisions migrate` prepares.
        existing: do not make a file of SQLite that is not there.
        head: where the head of the log is kept; see `Store`.

    Raises:
        InvalidParameter: the address is of another kind.
        MissingExtra: the driver of PostgreSQL is not installed.
        DecisionLogUnavailable: by every method, when the database can't be used.
    """

    def __init__(self, url: str, existing: bool = False, head: Path | None = None) -> None:
        self.store = Store(url, existing, head)

    def migrate(self) -> str:
        """Make the tables, or bring them to the newest form; its name is returned."""
        return self.store.migrate()

    def record(self, decision: Decision) -> Entry:
        """Add a decision; when this returns, it is on the disk."""
        with self.store.writing() as connection:
            last = connection.execute(
                select(decisions.c.number, decisions.c.hash).order_by(decisions.c.number.desc()).limit(1)
            ).first()
            number, previous = (last.number + 1, last.hash) if last else (1, GENESIS_HASH)
            self.store.compare_head(number - 1)
            at = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
            # asdict would turn the options into dicts, which the entry must not hold
            parts = {name: getattr(decision, name) for name in Decision.__dataclass_fields__}
            entry = Entry(**parts, number=number, at=at, previous=previous, hash="")
            entry = replace(entry, hash=digest(entry.hashed_fields()))
            connection.execute(insert(decisions), _row(entry))
        self._keep_head(entry)
        return entry

    def record_outcome(
        self, number: int, who: str, key: str | None, asked: YesNo, accepted: YesNo, result: Result, came: str
    ) -> Entry:
        """Add what came of a decision, as an entry of its own.

        Args:
            number: of the decision.
            who, key: who says so; see `Decision`.
            asked, accepted, result: see `DecisionOutcome`.
            came: what came of it, in words.

        Raises:
            NoSuchDecision: no decision has that number.
            InvalidParameter: somebody accepted who was not asked.
        """
        found = self.decision(number)
        if accepted == "yes" and asked == "no":
            step = "Say that it was asked, or that it did not accept."
            raise InvalidParameter("Nobody can accept who was not asked.", step, ("accepted",))
        days = (datetime.now(UTC) - datetime.fromisoformat(found.at)).days
        parts = {name: getattr(found, name) for name in Decision.__dataclass_fields__}
        outcome = DecisionOutcome(number, found.hash, int(days / DAYS_PER_MONTH), asked, accepted, result)
        return self.record(Decision(**parts | {"who": who, "key": key, "reason": came, "outcome": outcome}))

    def decision(self, number: int) -> Entry:
        """A decision by its number.

        Raises:
            NoSuchDecision: no entry has that number, or it says what came of another.
        """
        found = self.read(after=number - 1, limit=1)
        if not found or found[0].number != number or found[0].outcome is not None:
            raise NoSuchDecision(number)
        return found[0]

    def outcomes(self, number: int) -> list[Entry]:
        """What is on record as having come of a decision, in the order of recording."""
        recipient = self.decision(number).recipient
        return [one for one in self.entries(recipient, number) if one.outcome and one.outcome.of == number]

    def due(self, months: int = DUE_AFTER_MONTHS, recipient: str | None = None) -> list[Entry]:
        """Decisions for somebody, so many months old or more, of which nothing is on record since then."""
        now, waiting = datetime.now(UTC), {}
        for one in self.entries(recipient):
            if one.outcome is None:
                old = (now - datetime.fromisoformat(one.at)).days >= months * DAYS_PER_MONTH
                if one.chosen is not None and old:
                    waiting[one.number] = one
            elif one.outcome.months >= months:
                waiting.pop(one.outcome.of, None)
        return list(waiting.values())

    def count(self, recipient: str | None = None) -> int:
        """How many entries there are."""
        with self.store.reading() as connection:
            numbered = select(func.count()).select_from(decisions).where(decisions.c.number > 0)
            found = connection.execute(_of(numbered, recipient))
            return int(found.scalar_one())

    def read(self, recipient: str | None = None, after: int = 0, limit: int = 100) -> list[Entry]:
        """A part of the log, in the order of recording.

        Args:
            recipient: only decisions for this code.
            after: only entries with a higher number.
        """
        return [_entry(row) for row in self._rows(recipient, after, limit)]

    def entries(self, recipient: str | None = None, after: int = 0) -> Iterator[Entry]:
        """All of it, a batch at a time, so that a long log needs little memory."""
        while batch := self.read(recipient, after, BATCH):
            yield from batch
            after = batch[-1].number

    def newest(self, recipient: str | None = None, before: int | None = None) -> Iterator[Entry]:
        """All of it from the latest entry back, a batch at a time.

        Args:
            recipient: only decisions for this code.
            before: only entries with a lower number.
        """
        while True:
            query = _of(select(decisions).order_by(decisions.c.number.desc()).limit(BATCH), recipient)
            if before is not None:
                query = query.where(decisions.c.number < before)
            with self.store.reading() as connection:
                rows = connection.execute(query).all()
            yield from map(_entry, rows)
            if len(rows) < BATCH:
                return
            before = rows[-1].number

    def verify(self, holds: str | None = None) -> VerificationResult:
        """Compute every hash again; look for rows beside the chain, for its end and for what guards it.

        Args:
            holds: the hash of an entry that must be there, as it was given when it was recorded.
        """
        wanted = None if holds is None else holds.strip().casefold()
        checked, head, held = 0, GENESIS_HASH, wanted is None
        kept = None if self.store.checkpoint is None else self.store.checkpoint.read()
        kept_hash: str | None = None
        while rows := self._rows(None, checked, BATCH):
            for row in rows:
                fault = _fault(row, checked + 1, head)
                if fault is not None:
                    return VerificationResult(checked, head, fault)
                checked, head, held = row.number, row.hash, held or row.hash == wanted
                if kept is not None and row.number == kept.number:
                    kept_hash = row.hash
        fault = self._fault_beside(checked)
        if kept is not None and kept.number > checked:
            fault = f"The end was cut off: {kept.number} entries were recorded, and {checked} are there."
        elif kept is not None and kept_hash != kept.hash:
            fault = f"Entry {kept.number} is not the one whose hash was kept: the log was written again."
        elif not held:
            fault = "No entry has that hash: the end was cut off, or all was written again."
        return VerificationResult(checked, head, fault)

    def _fault_beside(self, checked: int) -> str | None:
        """What is wrong beside the chain."""
        with self.store.reading() as connection:
            numbered = select(func.count()).select_from(decisions).where(decisions.c.number <= checked)
            rows = connection.execute(numbered).scalar_one()
            stray = f"{rows - checked} rows stand beside the entries." if rows != checked else None
            return stray or guard_fault(connection)

    def _keep_head(self, entry: Entry) -> None:
        """Move the head on; a decision that is on the disk stands whether or not this succeeds."""
        checkpoint, health = self.store.checkpoint, self.store.health
        try:
            if checkpoint is not None:
                checkpoint.advance(entry.number, entry.hash)
        except (OSError, DecisionLogUnavailable) as error:
            if health is not None:
                health.warn("head of the decision log not kept", reason=str(error))

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def _rows(self, recipient: str | None, after: int, limit: int) -> Sequence[Row[Any]]:
        query = select(decisions).where(decisions.c.number > after).order_by(decisions.c.number).limit(limit)
        with self.store.reading() as connection:
            return connection.execute(_of(query, recipient)).all()


def _of(query: Select[Any], recipient: str | None) -> Select[Any]:
    return query if recipient is None else query.where(decisions.c.recipient == recipient)


def _row(entry: Entry) -> dict[str, Any]:
    parts = asdict(entry)
    outcome = None if entry.outcome is None else canonical(parts["outcome"])
    return parts | {name: canonical(parts[name]) for name in ("query", "options")} | {"outcome": outcome}


def _entry(row: Row[Any]) -> Entry:
    parts = dict(row._mapping)
    try:
        options = tuple(DisplayedOption(**one) for one in json.loads(parts["options"]))
        came = parts["outcome"] and DecisionOutcome(**json.loads(parts["outcome"]))
        return Entry(**parts | {"query": json.loads(parts["query"]), "options": options, "outcome": came})
    except (TypeError, ValueError) as error:
        step = "Run 'matchmaker decisions verify'."
        raise DecisionLogUnavailable(f"Entry {row.number} was changed and can't be read.", step) from error


def _fault(row: Row[Any], number: int, head: str) -> str | None:
    """What is wrong with an entry that should have this number and follow this hash."""
    if row.number != number:
        return f"Entry {number} is missing."
    if row.previous != head:
        return f"Entry {number} does not follow the one before it."
    try:
        whole = row.hash == digest(_entry(row).hashed_fields())
    except (DecisionLogUnavailable, TypeError, ValueError):
        whole = False
    return None if whole else f"Entry {number} was changed."
