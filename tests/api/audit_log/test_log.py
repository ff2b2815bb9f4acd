"""The log only grows, and shows whether anybody touched it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from matchmaker.api.audit_log.database import address, metadata
from matchmaker.api.audit_log.entry import GENESIS_HASH, digest
from matchmaker.api.audit_log.errors import DecisionLogUnavailable
from matchmaker.api.audit_log.log import DecisionLog
from matchmaker.errors import InvalidParameter

from .writer import DECISION


@pytest.fixture
def raw(url: str, log: DecisionLog) -> Iterator[Engine]:
    """The database self_link, past the log."""
    engine = create_engine(address(url))
    yield engine
    engine.dispose()


def without_triggers(raw: Engine, statement: str) -> None:
    """What only someone who owns the database can do."""
    with raw.begin() as connection:
        if raw.dialect.name == "sqlite":
            for name in ("update", "delete", "insert"):
                connection.execute(text(f"DROP TRIGGER decisions_{name}"))
        else:
            connection.execute(text("ALTER TABLE decisions DISABLE TRIGGER USER"))
        connection.execute(text(statement))


def test_what_is_recorded_is_read_back(log: DecisionLog) -> None:
    first, second = (
        log.record(DECISION),
        log.record(replace(DECISION, recipient="RVV", chosen=None, choice="none")),
    )
    assert log.read() == [first, second]
    assert (first.number, first.previous, second.previous) == (1, GENESIS_HASH, first.hash)
    assert {name: asdict(first)[name] for name in asdict(DECISION)} == asdict(DECISION)
    assert log.read("RVV") == [second]
    assert log.read(after=1, limit=1) == [second]
    assert (log.count(), log.count("RVV"), log.count("XXX")) == (2, 1, 0)
    assert first.at.endswith("Z")


def test_the_hash_is_that_of_the_canonical_json(log: DecisionLog) -> None:
    entry = log.record(DECISION)
    rest = asdict(entry)
    assert rest.pop("outcome") is None  # entries from before there were outcomes keep their hashes
    assert rest.pop("hash") == digest(rest)


def test_the_same_decision_has_another_hash_elsewhere_in_the_chain(log: DecisionLog) -> None:
    assert log.record(DECISION).hash != log.record(DECISION).hash


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decisions SET reason = 'another'",
        "DELETE FROM decisions",
        "DELETE FROM decisions WHERE number = 2",
        "INSERT INTO decisions SELECT * FROM decisions WHERE number = 1",
    ],
)
def test_the_database_refuses_changes(log: DecisionLog, raw: Engine, statement: str) -> None:
    kept = [log.record(DECISION), log.record(DECISION)]
    with pytest.raises(DBAPIError, match=r"append-only|follow"), raw.begin() as connection:
        connection.execute(text(statement))
    assert log.read() == kept


def test_the_database_refuses_to_replace_or_empty(log: DecisionLog, raw: Engine) -> None:
    kept = log.record(DECISION)
    sqlite = raw.dialect.name == "sqlite"
    statement = "INSERT OR REPLACE INTO decisions SELECT * FROM decisions" if sqlite else "TRUNCATE decisions"
    with pytest.raises(DBAPIError, match=r"append-only|follow"), raw.begin() as connection:
        connection.execute(text(statement))
    assert log.read() == [kept]


@pytest.mark.parametrize(
    ("statement", "fault", "whole"),
    [
        ("UPDATE decisions SET reason = 'another' WHERE number = 2", "Entry 2 was changed.", 1),
        ("UPDATE decisions SET options = '[' WHERE number = 2", "Entry 2 was changed.", 1),
        (
            "UPDATE decisions SET at = '2020-01-01T00:00:00.000000Z' WHERE number = 1",
            "Entry 1 was changed.",
            0,
        ),
        ("DELETE FROM decisions WHERE number = 2", "Entry 2 is missing.", 1),
        ("DELETE FROM decisions WHERE number = 1", "Entry 1 is missing.", 0),
        (
            "UPDATE decisions SET previous = hash WHERE number = 3",
            "Entry 3 does not follow the one before it.",
            2,
        ),
    ],
)
def test_tampering_is_seen(log: DecisionLog, raw: Engine, statement: str, fault: str, whole: int) -> None:
    for _ in range(3):
        log.record(DECISION)
    assert log.verify().fault is None
    without_triggers(raw, statement)
    seen = log.verify()
    assert (seen.fault, seen.entries) == (fault, whole)


def test_a_cut_is_seen_by_who_kept_a_hash(log: DecisionLog, raw: Engine) -> None:
    kept = [log.record(DECISION) for _ in range(3)][-1].hash
    assert log.verify(holds=kept).fault is None
    without_triggers(raw, "DELETE FROM decisions WHERE number = 3")
    if log.store.checkpoint is not None:
        assert "cut off" in (log.verify().fault or "")
        log.store.checkpoint = None
    assert "trigger" in (log.verify().fault or "")  # the chain alone can't know how long it was
    assert "cut off" in (log.verify(holds=kept).fault or "")


def test_many_writers_keep_one_chain(url: str, log: DecisionLog) -> None:
    logs = [DecisionLog(url) for _ in range(4)]
    with ThreadPoolExecutor(12) as pool:
        made = list(pool.map(lambda at: logs[at % 4].record(replace(DECISION, reason=f"{at}")), range(120)))
    assert sorted(entry.number for entry in made) == list(range(1, 121))
    assert log.verify().entries == 120
    assert log.verify().fault is None
    assert {entry.hash for entry in log.entries()} == {entry.hash for entry in made}
    for one in logs:
        one.close()


def test_several_that_start_at_once_prepare_it_once(url: str) -> None:
    logs = [DecisionLog(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(DecisionLog.migrate, logs))) == 1
    assert logs[0].count() == 0
    for one in logs:
        one.close()


def test_the_migration_makes_the_table_of_the_code(raw: Engine) -> None:
    with raw.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    log = DecisionLog(f"sqlite:///{tmp_path / 'own.db'}")
    log.record(DECISION)
    assert (tmp_path / "own.db").stat().st_mode & 0o077 == 0
    log.close()


def test_a_postgresql_without_tables_says_what_to_run(fresh_postgresql: str) -> None:
    log = DecisionLog(fresh_postgresql)
    with pytest.raises(DecisionLogUnavailable, match="decisions migrate"):
        log.record(DECISION)
    log.migrate()
    assert log.record(DECISION).number == 1
    log.close()


def test_a_database_that_is_away_is_told_and_comes_back(tmp_path: Path) -> None:
    log = DecisionLog(f"postgresql://tester@/postgres?host={tmp_path}")
    with pytest.raises(DecisionLogUnavailable, match="does not answer"):
        log.read()
    log.close()


@pytest.mark.parametrize(
    "url", ["decisions.db", "mysql://u:secret@h/d", "sqlite://", "sqlite:///:memory:", ""]
)
def test_addresses_that_will_not_do(url: str) -> None:
    with pytest.raises(InvalidParameter) as told:
        DecisionLog(url)
    assert "secret" not in str(told.value)
