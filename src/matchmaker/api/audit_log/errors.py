"""What can keep a decision from being recorded or read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from matchmaker.errors import MatchmakerError


class DecisionLogOff(MatchmakerError):
    """This service keeps no decision log."""

    slug = "decision-log-off"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            "This service keeps no decision log.",
            "Set MATCHMAKER_DECISIONS to a database, for example sqlite:///decisions.db, and start it again.",
        )


class NoSuchDecision(MatchmakerError):
    """No decision has that number."""

    slug = "no-such-decision"
    status = 404

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no decision {number}.", "Look up its number in the log.", ("number",))


class DecisionLogUnavailable(MatchmakerError):
    """The log's database is full, locked, out of reach or not prepared."""

    slug = "decision-log-unavailable"
    status = 503
    database = ""
    """What the database itself says: for those who run the service, not for those who call it."""


class OtherSnapshot(MatchmakerError):
    """The figures have changed since the shortlist was read."""

    slug = "other-snapshot"
    status = 409


TRY_AGAIN = "Nothing was recorded. Wait a moment and try again."
REASONS = {
    "disk is full": ("the disk is full", "Nothing was recorded. Make room on it and try again."),
    "No space left": ("the disk is full", "Nothing was recorded. Make room on it and try again."),
    "is locked": ("another program is writing to it", TRY_AGAIN),
    "lock timeout": ("another program is writing to it", TRY_AGAIN),
    "password authentication": (
        "its database refuses the service's user",
        "Check the user and password in MATCHMAKER_DECISIONS.",
    ),
    "no such table": ("its table is gone", "Restore it from a backup."),
    "UndefinedTable": ("its table is gone", "Restore it from a backup."),
    "statement timeout": ("its database is slow to answer", TRY_AGAIN),
    "readonly": (
        "it may not be written to",
        "Give the service the right to write to the file and its folder.",
    ),
    "read-only": ("it may not be written to", "Let the service write to the database."),
    "unable to open": ("its file can't be opened", "Check that the folder exists and may be written to."),
    "not a database": ("its file is not a database", "Name another file, or restore it from a backup."),
    "malformed": ("its file is damaged", "Restore it from a backup, then run 'matchmaker decisions verify'."),
}
"""A part of what the database says -> what is wrong, and what to do."""
OTHERWISE = (
    "its database does not answer",
    "Check the database, then read the log before you send it again.",
)


@contextmanager
def translate_db_errors() -> Iterator[None]:
    """Turn errors of the database into one sentence and the next step.

    Raises:
        DecisionLogUnavailable: in place of any error of SQLAlchemy.
    """
    try:
        yield
    except SQLAlchemyError as error:
        text = f"{error} {type(getattr(error, 'orig', None)).__name__}"
        why, step = next((reason for part, reason in REASONS.items() if part in text), OTHERWISE)
        told = DecisionLogUnavailable(f"The decision log can't be used: {why}.", step)
        told.database = _own_words(error)
        raise told from error


def _own_words(error: SQLAlchemyError) -> str:
    """The first line of what the database says, without the values that were sent to it."""
    own = getattr(error, "orig", None) or error
    lines = str(own).strip().splitlines()
    return f"{type(own).__name__}: {lines[0] if lines else ''}"[:300]
