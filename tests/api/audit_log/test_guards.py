"""What `verify` sees of a log that somebody with rights over its database has altered."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from matchmaker.api.audit_log.errors import DecisionLogUnavailable
from matchmaker.api.audit_log.log import DecisionLog

from .writer import DECISION

ENTRIES = 5
UNGUARDED = "; ".join(f"DROP TRIGGER decisions_{name}" for name in ("update", "delete", "insert"))
COLUMNS = "at, who, key, recipient, recipient_name, arrangement, as_of, snapshot, method, version, query"
COLUMNS += ", options, shown, choice, chosen, chosen_name, reason, previous, hash"
GUARDS = "SELECT group_concat(sql, ';') FROM sqlite_master WHERE type = 'trigger'"


def _row(number: int) -> str:
    return f"INSERT INTO decisions (number, {COLUMNS}) SELECT {number}, {COLUMNS} FROM decisions LIMIT 1"


KINDS = {
    "the last entries are cut off": "DELETE FROM decisions WHERE number > 3",
    "the last entry is cut off": f"DELETE FROM decisions WHERE number = {ENTRIES}",
    "all entries are deleted": "DELETE FROM decisions",
    "one in the middle is left out": "DELETE FROM decisions WHERE number = 2",
    "a row of number 0 is put in": _row(0),
    "a row of a number below 0 is put in": _row(-7),
    "a copy is put at the end": _row(ENTRIES + 1),
    "a reason is changed": "UPDATE decisions SET reason = 'other' WHERE number = 2",
    "two are swapped": "UPDATE decisions SET number = 99 WHERE number = 2;"
    "UPDATE decisions SET number = 2 WHERE number = 3; UPDATE decisions SET number = 3 WHERE number = 99",
}
"""Kind -> SQL, after which the triggers are put back, so that nothing tells of their absence."""
UNGUARDING = {
    "the trigger against changes is dropped": "DROP TRIGGER decisions_update",
    "the trigger against deletion is dropped": "DROP TRIGGER decisions_delete",
    "the trigger on new entries is dropped": "DROP TRIGGER decisions_insert",
    "a trigger is made to do nothing": "DROP TRIGGER decisions_update;"
    "CREATE TRIGGER decisions_update BEFORE UPDATE ON decisions BEGIN SELECT 1; END",
    "a view stands before the table": f"{UNGUARDED}; ALTER TABLE decisions RENAME TO hidden;"
    "CREATE VIEW decisions AS SELECT * FROM hidden",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A log of some entries."""
    file = tmp_path / "decisions.db"
    log = DecisionLog(f"sqlite:///{file}")
    for _ in range(ENTRIES):
        log.record(DECISION)
    log.close()
    return file


def _verified(file: Path, holds: str | None = None) -> str | None:
    log = DecisionLog(f"sqlite:///{file}", existing=True)
    try:
        return log.verify(holds).fault
    finally:
        log.close()


def _changed(file: Path, sql: str) -> None:
    with sqlite3.connect(file) as raw:
        raw.executescript(sql)
    raw.close()


def test_a_log_that_nobody_touched_is_whole(file: Path) -> None:
    assert _verified(file) is None


@pytest.mark.parametrize("kind", KINDS)
def test_altered_entries_are_seen_though_the_triggers_are_back(file: Path, kind: str) -> None:
    with sqlite3.connect(file) as raw:
        guards = raw.execute(GUARDS).fetchone()[0]
    raw.close()
    _changed(file, f"{UNGUARDED}; {KINDS[kind]}; {guards}")
    assert _verified(file)


@pytest.mark.parametrize("kind", UNGUARDING)
def test_missing_guards_are_seen_though_the_entries_are_whole(file: Path, kind: str) -> None:
    _changed(file, UNGUARDING[kind])
    assert _verified(file)


def test_all_written_again_is_seen_by_the_head(file: Path, tmp_path: Path) -> None:
    other = DecisionLog(f"sqlite:///{tmp_path / 'other.db'}")
    for _ in range(ENTRIES):
        other.record(DECISION)
    other.close()
    (tmp_path / "other.db").replace(file)
    for name in ("decisions.db-wal", "decisions.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    assert "written again" in (_verified(file) or "")


def test_a_hash_is_found_in_capitals(file: Path) -> None:
    log = DecisionLog(f"sqlite:///{file}")
    hash_ = log.read(after=2, limit=1)[0].hash
    log.close()
    assert _verified(file, f" {hash_.upper()} ") is None
    assert _verified(file, "f" * 64)


@pytest.mark.parametrize("kind", ["the last entries are cut off", "all entries are deleted"])
def test_nothing_is_recorded_after_an_end_that_is_missing(file: Path, kind: str) -> None:
    _changed(file, f"{UNGUARDED}; {KINDS[kind]}")
    log = DecisionLog(f"sqlite:///{file}")
    with pytest.raises(DecisionLogUnavailable, match="end of the decision log is missing"):
        log.record(DECISION)
    log.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "sql",
    [
        "DROP TRIGGER decisions_change ON decisions",
        "DROP TRIGGER decisions_truncate ON decisions",
        "ALTER TABLE decisions DISABLE TRIGGER decisions_insert",
        "CREATE OR REPLACE FUNCTION decisions_refuse() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN NEW; END $$",
        "ALTER TABLE decisions RENAME TO hidden; CREATE VIEW decisions AS SELECT * FROM hidden",
    ],
)
def test_missing_guards_are_seen_in_postgresql(fresh_postgresql: str, sql: str) -> None:
    import psycopg

    log = DecisionLog(fresh_postgresql)
    log.migrate()
    for _ in range(3):
        log.record(DECISION)
    assert log.verify().fault is None
    with psycopg.connect(fresh_postgresql, autocommit=True) as connection:
        connection.execute(sql)
    assert log.verify().fault
    log.close()
