"""Workers killed while they write, and a store that goes away, in the shipped deployment."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from service_process import wait_until
from tries import KILLS, tried

from matchmaker.api.audit_log.log import DecisionLog

from .conftest import Deployment

pytestmark = [pytest.mark.attack, pytest.mark.service, pytest.mark.snapshot, pytest.mark.slow]

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


def test_kills_while_decisions_are_written_lose_none_that_was_acknowledged(deployment: Deployment) -> None:
    stop, acknowledged, chance = Event(), dict[int, str](), random.Random(15)

    def write(number: int) -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            with contextlib.suppress(OSError, ValueError):
                status, content = _decide(deployment, f"127.0.{4 + turn % 200}.{number + 1}")
                if status == 201:
                    entry = json.loads(content)["decision"]
                    acknowledged[entry["number"]] = entry["hash"]

    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(write, number) for number in range(4)]
        try:
            for kill in range(KILLS):
                had = len(acknowledged)
                wait_until(lambda had=had: len(acknowledged) > had + 2, "decisions are acknowledged")
                os.kill(chance.choice(deployment.workers()), signal.SIGKILL)
                deployment.service.wait_for("worker died", kill + 1)
        finally:
            stop.set()
        for one in writing:
            one.result()
    log = DecisionLog(f"sqlite:///{_file(deployment)}", existing=True)
    found = {entry.number: entry.hash for entry in log.entries()}
    fault = log.verify().fault
    log.close()
    lost = len(acknowledged.items() - found.items())
    tried(f"kill -9 of a worker, {KILLS} times", len(acknowledged), lost, "decisions acknowledged, and lost")
    assert not lost
    assert fault is None
    assert {one["level"] for one in deployment.service.events("worker died")} == {"error"}


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
