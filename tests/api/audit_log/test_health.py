"""A store that fails is seen in the log, in the metrics and by who asks for readiness."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from fastapi.testclient import TestClient

from matchmaker.api.app import create_app
from matchmaker.api.audit_log import store as store_module
from matchmaker.api.audit_log.errors import DecisionLogUnavailable
from matchmaker.api.audit_log.log import DecisionLog
from matchmaker.api.settings import Settings
from matchmaker.snapshot.store import bundled

from .writer import DECISION

DECIDED = {"recipient": "RPA", "who": "A regulator", "chosen": None, "reason": "None of them", "n_draws": 0}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "decisions.db"


@pytest.fixture(scope="module")
def client(file: Path) -> Iterator[TestClient]:
    """A service with a log, which nothing asks but the tests."""
    settings = Settings(snapshot=bundled("nhs"), decisions=f"sqlite:///{file}", watch_seconds=3600)
    with TestClient(create_app(settings)) as client:
        assert client.post("/v1/decisions", json=DECIDED).status_code == 201
        yield client


def _table_dropped(file: Path) -> Callable[[], None]:
    with sqlite3.connect(file) as raw:
        raw.execute("ALTER TABLE decisions RENAME TO away")
    raw.close()

    def back() -> None:
        with sqlite3.connect(file) as raw:
            raw.execute("ALTER TABLE away RENAME TO decisions")
        raw.close()

    return back


def _moved(file: Path) -> Callable[[], None]:
    file.rename(file.with_suffix(".away"))
    return lambda: os.replace(file.with_suffix(".away"), file)


def _end_missing(file: Path) -> Callable[[], None]:
    head = file.with_name("decisions.db.head")
    kept = head.read_bytes()
    head.write_text('{"number": 99, "hash": "x"}', "utf-8")

    def back() -> None:
        head.write_bytes(kept)

    return back


@pytest.mark.snapshot
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_table_dropped, "no such table"),
        (_moved, "moved or replaced"),
        (_end_missing, "end of the decision log is missing"),
    ],
)
def test_each_failure_is_told_everywhere_and_so_is_its_end(
    client: TestClient, file: Path, spoil: Callable[[Path], Callable[[], None]], said: str
) -> None:
    before = _failures(client)
    with structlog.testing.capture_logs() as told:
        back = spoil(file)
        answer = client.post("/v1/decisions", json=DECIDED)
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/decision-log-unavailable")
        (event,) = [one for one in told if one["event"] == "decision log failed"]
        assert event["log_level"] == "error"
        assert said in f"{event['reason']} {event['database']}"
        assert client.get("/health/ready").json()["decisions"] == "failing"
        assert client.get("/health/ready").status_code == 200, "lists are still read"
        assert client.get("/health/decisions").status_code == 503
        assert _failures(client) == before + 1
        assert "matchmaker_decision_log_up 0.0" in client.get("/metrics").text
        back()
        assert client.post("/v1/decisions", json=DECIDED).status_code == 201
    assert [one["event"] for one in told if "again" in one["event"]] == ["decision log answers again"]
    assert client.get("/health/ready").json()["decisions"] == "ready"
    assert client.get("/health/decisions").status_code == 200
    assert "matchmaker_decision_log_up 1.0" in client.get("/metrics").text


def _failures(client: TestClient) -> float:
    lines = client.get("/metrics").text.splitlines()
    return float(next(one for one in lines if one.startswith("matchmaker_decision_log_failures")).split()[1])


def test_a_service_without_a_log_says_so(served_plain: TestClient) -> None:
    assert served_plain.get("/health/ready").json()["decisions"] == "off"
    assert served_plain.get("/health/decisions").json()["type"] == "/problems/decision-log-off"


@pytest.fixture
def served_plain() -> Iterator[TestClient]:
    with TestClient(create_app(Settings(snapshot=bundled("nhs")))) as client:
        yield client


def test_a_failure_is_seen_before_anybody_decides(tmp_path: Path) -> None:
    settings = Settings(
        snapshot=bundled("nhs"), decisions=f"sqlite:///{tmp_path}/none/decisions.db", watch_seconds=0.05
    )
    with TestClient(create_app(settings)) as client:
        until = time.monotonic() + 60
        while client.get("/health/ready").json()["decisions"] != "failing":
            assert time.monotonic() < until
            time.sleep(0.05)


def test_a_database_of_a_newer_form_is_told(tmp_path: Path) -> None:
    file = tmp_path / "decisions.db"
    log = DecisionLog(f"sqlite:///{file}")
    log.record(DECISION)
    log.close()
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    newer = DecisionLog(f"sqlite:///{file}")
    for use in (newer.migrate, newer.count, lambda: newer.record(DECISION)):
        with pytest.raises(DecisionLogUnavailable, match="form 9999"):
            use()
    newer.close()


def test_a_database_that_hangs_takes_no_further_callers_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "TURN", 0.05)
    log = DecisionLog(f"sqlite:///{tmp_path / 'decisions.db'}")
    log.record(DECISION)
    hangs, released = threading.Barrier(store_module.CALLS + 1), threading.Event()

    def hang() -> None:
        with log.store.reading():
            hangs.wait(60)
            released.wait(60)

    held = [threading.Thread(target=hang) for _ in range(store_module.CALLS)]
    for one in held:
        one.start()
    hangs.wait(60)
    with pytest.raises(DecisionLogUnavailable, match="slow to answer"):
        log.count()
    released.set()
    for one in held:
        one.join()
    assert log.count() == 1
    log.close()
