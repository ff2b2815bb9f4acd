"""Workers and databases killed while they write, a full disk and a store that goes away, as shipped."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from threading import Event

import pytest
from decision_databases import Server
from service_process import wait_until
from tries import KILLS, LONG, tried

from matchmaker.api.audit_log.log import DecisionLog

from .conftest import Deployment, deployed

pytestmark = [pytest.mark.attack, pytest.mark.service, pytest.mark.snapshot, pytest.mark.slow]

RESTARTS = 3 if LONG else 1
"""Of the database."""
DECIDED = {
    "recipient": "RPA",
    "who": "A regulator",
    "chosen": None,
    "reason": "None",
    "n_draws": 0,
    "limit": 1,
}


def _file(deployment: Deployment) -> Path:
    return deployment.service.log.with_name("decisions.db")


def _decide(deployment: Deployment, caller: str) -> tuple[int, bytes]:
    body = json.dumps({"sector": "nhs", **DECIDED}).encode()
    asked = "/v1/decisions", caller, "POST", body
    status, content, _ = deployment.ask(*asked, **{"Content-Type": "application/json"})
    return status, content


@contextmanager
def _writers(deployment: Deployment) -> Iterator[dict[int, str]]:
    """Four callers that record decisions without end; number -> hash of those that were acknowledged."""
    stop, acknowledged = Event(), dict[int, str]()

    def write(number: int) -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            # Where the service dies in the middle of its answer, nothing is acknowledged.
            with contextlib.suppress(OSError, HTTPException, ValueError):
                status, content = _decide(deployment, f"127.0.{4 + turn % 200}.{number + 1}")
                if status == 201:
                    entry = json.loads(content)["decision"]
                    acknowledged[entry["number"]] = entry["hash"]

    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(write, number) for number in range(4)]
        try:
            yield acknowledged
        finally:
            stop.set()
        for one in writing:
            one.result()


def _lost(url: str, acknowledged: dict[int, str]) -> int:
    """How many acknowledged decisions are not on record as they were; the log itself must be whole."""
    log = DecisionLog(url, existing=True)
    found = {entry.number: entry.hash for entry in log.entries()}
    fault = log.verify().fault
    log.close()
    assert fault is None
    return len(acknowledged.items() - found.items())


def test_kills_while_decisions_are_written_lose_none_that_was_acknowledged(deployment: Deployment) -> None:
    chance = random.Random(15)
    with _writers(deployment) as acknowledged:
        for kill in range(KILLS):
            had = len(acknowledged)
            wait_until(lambda had=had: len(acknowledged) > had + 2, "decisions are acknowledged")
            os.kill(chance.choice(deployment.service.workers()), signal.SIGKILL)
            deployment.service.wait_for("worker died", kill + 1)
    lost = _lost(f"sqlite:///{_file(deployment)}", acknowledged)
    tried(f"kill -9 of a worker, {KILLS} times", len(acknowledged), lost, "decisions acknowledged, and lost")
    assert not lost
    assert {one["level"] for one in deployment.service.events("worker died")} == {"error"}


def test_a_database_that_stops_at_once_loses_none_that_was_acknowledged(
    fresh_postgresql: str, postgresql_server: Server, tmp_path: Path
) -> None:
    migrated = DecisionLog(fresh_postgresql)
    migrated.migrate()
    migrated.close()
    with deployed(tmp_path, fresh_postgresql) as deployment, _writers(deployment) as acknowledged:
        for _ in range(RESTARTS):
            had = len(acknowledged)
            wait_until(lambda had=had: len(acknowledged) > had + 5, "decisions are acknowledged")
            postgresql_server.restart()
        had = len(acknowledged)
        wait_until(lambda: len(acknowledged) > had + 5, "decisions are acknowledged again")
    lost = _lost(fresh_postgresql, acknowledged)
    kind = f"PostgreSQL stopped at once and started, {RESTARTS} times"
    tried(kind, len(acknowledged), lost, "decisions acknowledged, and lost")
    assert not lost


def test_a_full_disk_is_told_and_loses_nothing(small_disk: Path, tmp_path: Path) -> None:
    filler, url = small_disk / "filler", f"sqlite:///{small_disk / 'decisions.db'}"
    with deployed(tmp_path, url) as deployment:
        with _writers(deployment) as acknowledged:
            wait_until(lambda: len(acknowledged) > 3, "decisions are acknowledged")
            filler.write_bytes(b"")
            with contextlib.suppress(OSError), filler.open("wb", 0) as file:
                while True:
                    file.write(b"x" * 4096)
            deployment.service.wait_for("decision log failed")
            status = _decide(deployment, "127.0.0.3")[0]
            filler.unlink()
            had = len(acknowledged)
            wait_until(lambda: len(acknowledged) > had, "decisions are acknowledged again")
        lost = _lost(url, acknowledged)
    tried(
        "the disk of the store full", len(acknowledged), lost, f"{status}; decisions acknowledged, and lost"
    )
    assert status == 503
    assert not lost


def test_a_store_that_goes_away_is_seen_and_comes_back(deployment: Deployment) -> None:
    file = _file(deployment)
    wait_until(lambda: _decide(deployment, "127.0.0.3")[0] == 201, "a decision is acknowledged")
    away = file.with_suffix(".away")

    def says(state: str) -> bool:
        return json.loads(deployment.ask("/health/ready")[1])["decisions"] == state

    file.rename(away)
    try:
        status = _decide(deployment, "127.0.0.3")[0]
        deployment.service.wait_for("decision log failed")
        wait_until(lambda: says("failing"), "readiness tells of it")
        told = "matchmaker_decision_log_up 0.0" in deployment.ask("/metrics")[1].decode()
    finally:
        away.rename(file)
    wait_until(lambda: says("ready") and _decide(deployment, "127.0.0.3")[0] == 201, "it is used again")
    tried("the store removed and put back", 1, int(status != 503), "503, log, metric and readiness")
    assert status == 503
    assert told
