"""What was acknowledged is there, whatever happens: a killed process, a full disk, another writer."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from matchmaker.api.audit_log.errors import DecisionLogUnavailable
from matchmaker.api.audit_log.log import DecisionLog

from .writer import DECISION

WRITER = Path(__file__).with_name("writer.py")
KILLS = 6
MOST_BEFORE_A_KILL = 40


@pytest.mark.slow
def test_what_was_acknowledged_survives_kills(url: str, log: DecisionLog) -> None:
    chance = random.Random(19)
    acknowledged: dict[int, str] = {}
    for _ in range(KILLS):
        with subprocess.Popen([sys.executable, str(WRITER), url], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            # Killed after some entries, while it writes the next, however fast it is.
            lines = [child.stdout.readline() for _ in range(chance.randrange(1, MOST_BEFORE_A_KILL))]
            os.kill(child.pid, signal.SIGKILL)
            lines += child.stdout.readlines()
        assert child.returncode == -signal.SIGKILL
        told = [line.split() for line in lines if line.endswith("\n")]  # the last may be cut short
        acknowledged |= {int(number): hash_ for number, hash_ in told}
    found = {entry.number: entry.hash for entry in log.entries()}
    assert len(acknowledged) >= KILLS
    assert acknowledged.items() <= found.items()
    assert len(found) - len(acknowledged) <= KILLS  # at most the one in flight of each
    assert log.verify().fault is None
    assert log.record(DECISION).number == len(found) + 1


def fill(log: DecisionLog) -> list[str]:
    """Record until the disk is full."""
    kept: list[str] = []

    def without_end() -> None:
        while len(kept) < 2000:
            kept.append(log.record(replace(DECISION, reason="because " * 400)).hash)

    with pytest.raises(DecisionLogUnavailable, match="the disk is full") as told:
        without_end()
    assert told.value.status == 503
    assert "Nothing was recorded" in told.value.next_step
    return kept


def test_a_full_disk_loses_nothing_and_half_writes_nothing(small_disk: Path) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 300_000)
    log = DecisionLog(f"sqlite:///{small_disk / 'decisions.db'}")
    kept = fill(log)
    assert [entry.hash for entry in log.entries()] == kept
    assert log.verify().fault is None
    filler.unlink()
    assert log.record(DECISION).number == len(kept) + 1
    assert log.verify().fault is None
    log.close()


def test_a_database_at_its_limit_says_so(tmp_path: Path) -> None:
    log = DecisionLog(f"sqlite:///{tmp_path / 'decisions.db'}")
    log.migrate()
    log.close()

    @event.listens_for(log.store.engine, "connect")
    def _limit(connection: sqlite3.Connection, record: object) -> None:
        connection.execute("PRAGMA max_page_count=40")

    kept = fill(log)
    assert [entry.hash for entry in log.entries()] == kept
    assert log.verify().fault is None
    log.close()


def test_another_writer_is_waited_for_and_then_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matchmaker.api.audit_log.database.WAIT", 0.2)
    file = tmp_path / "decisions.db"
    log = DecisionLog(f"sqlite:///{file}")
    log.record(DECISION)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DecisionLogUnavailable, match="another program is writing"):
        log.record(DECISION)
    assert log.count() == 1  # readers don't wait for writers
    other.execute("ROLLBACK")
    other.close()
    assert log.record(DECISION).number == 2
    log.close()


@pytest.mark.slow
def test_a_lock_in_postgresql_is_waited_for_and_then_told(
    fresh_postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    from matchmaker.api.audit_log.database import LOCK

    monkeypatch.setattr("matchmaker.api.audit_log.database.WAIT", 1)
    log = DecisionLog(fresh_postgresql)
    log.migrate()
    with psycopg.connect(fresh_postgresql) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        with pytest.raises(DecisionLogUnavailable, match="another program is writing"):
            log.record(DECISION)
    assert log.record(DECISION).number == 1
    log.close()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "decisions.db"
    file.write_bytes(b"no database at all " * 100)
    log = DecisionLog(f"sqlite:///{file}")
    with pytest.raises(DecisionLogUnavailable, match="not a database"):
        log.record(DECISION)
    log.close()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    log = DecisionLog(f"sqlite:///{tmp_path / 'none' / 'decisions.db'}")
    with pytest.raises(DecisionLogUnavailable, match="can't be opened"):
        log.record(DECISION)
    log.close()


def test_a_file_that_is_taken_away_takes_no_decisions_with_it(tmp_path: Path) -> None:
    file = tmp_path / "decisions.db"
    log = DecisionLog(f"sqlite:///{file}")
    kept = log.record(DECISION)
    file.rename(tmp_path / "away.db")
    for other in (None, b"another"):
        if other is not None:
            file.write_bytes(other)
        with pytest.raises(DecisionLogUnavailable, match="moved or replaced"):
            log.record(DECISION)
    file.unlink()
    (tmp_path / "away.db").rename(file)
    assert log.record(DECISION).previous == kept.hash
    log.close()


def test_an_entry_that_somebody_spoiled_is_told(tmp_path: Path) -> None:
    file = tmp_path / "decisions.db"
    log = DecisionLog(f"sqlite:///{file}")
    log.record(DECISION)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("DROP TRIGGER decisions_update")
    other.execute("UPDATE decisions SET options = '[{\"rank\": 1}]'")
    other.close()
    with pytest.raises(DecisionLogUnavailable, match="Entry 1 was changed"):
        log.read()
    assert log.verify().fault == "Entry 1 was changed."
    log.close()
