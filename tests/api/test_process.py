"""The service as a process of its own, under load, faults and bad callers."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest

from matchmaker.snapshot.store import bundled, load

from .conftest import PATIENCE, Process, running, wait_until

pytestmark = [pytest.mark.service, pytest.mark.snapshot, pytest.mark.slow]

MALFORMED = 10_000
SHORTLIST = "/v1/nhs/organisations/RPA/shortlist?limit=1&n_draws=0"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """One process for the tests that leave it as it was; it waits longer for a caller than any test."""
    settings = {"request_seconds": PATIENCE, "max_body_bytes": 20_000}
    with running(tmp_path_factory.mktemp("service"), **settings) as one:
        yield one


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Process, Path]]:
    """One service with two workers, and the file of its figures."""
    folder = tmp_path_factory.mktemp("workers")
    place = folder / "open.zip"
    shutil.copy(bundled(), place)
    settings = {"snapshot": place, "watch_seconds": 3600, "request_seconds": PATIENCE}
    with running(folder, workers=2, **settings) as one:
        one.wait_for("Application startup complete.", 2)
        yield one, place


def _put(source: Path, place: Path) -> None:
    part = place.with_suffix(".part")
    shutil.copy(source, part)
    part.replace(place)


def test_figures_change_under_load_and_nobody_notices(tmp_path: Path, another: Path) -> None:
    place, seen, stop = tmp_path / "open.zip", Counter[tuple[int, str]](), threading.Event()
    first, second = (load(path).hash[:12] for path in (bundled(), another))
    shutil.copy(bundled(), place)

    def ask(number: int) -> None:
        with httpx2.Client(base_url=service.url, timeout=PATIENCE) as client:
            for turn in count():
                if stop.is_set():
                    return
                # Every other question was never asked before, so is worked out.
                odd = f"&within_km={50 + turn / 100 + number / 1000}" if number % 2 else ""
                answer = client.get(SHORTLIST + odd)
                assert answer.json()["snapshot"] == answer.headers["x-snapshot"]
                seen[answer.status_code, answer.headers["x-snapshot"][:12]] += 1
                stop.wait(0.02)

    with running(tmp_path, snapshot=place, watch_seconds=0.2) as service, ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask, number) for number in range(4)]

        def answered_from(hash_: str) -> None:
            before = seen[200, hash_]
            wait_until(lambda: seen[200, hash_] > before + 4, f"answers from {hash_}")

        try:
            answered_from(first)
            _put(another, place)
            service.wait_for("snapshot reloaded")
            answered_from(second)
            place.write_bytes(another.read_bytes()[:5000])  # cut short, in place
            service.wait_for("snapshot refused")
            place.unlink()
            service.wait_for("snapshot refused", 2)
            answered_from(second)
            # Told to look, the process takes the file into use before its next look is due.
            _put(bundled(), place)
            service.process.send_signal(signal.SIGHUP)
            service.wait_for("snapshot reloaded", 2)
            answered_from(first)
        finally:
            stop.set()
        for one in asking:
            one.result()  # no question failed
        told = service.get("/metrics").text
    assert {status for status, _ in seen} == {200}
    assert {snapshot for _, snapshot in seen} == {first, second}
    assert len(service.events("snapshot reloaded")) == 2
    assert len(service.events("snapshot refused")) == 2
    assert 'matchmaker_snapshot_swaps_total{outcome="refused",sector="nhs"} 2.0' in told


def test_what_was_begun_is_finished(tmp_path: Path) -> None:
    question = {"recipients": ["RPA"] * 20, "n_draws": 10_000, "limit": 20}
    with running(tmp_path) as service, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(httpx2.post, f"{service.url}/v1/nhs/shortlists", json=question, timeout=PATIENCE)
        wait_until(lambda: "matchmaker_in_flight 1.0" in service.get("/metrics").text, "it is worked on")
        service.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not _lets_in(service), "nobody else is let in")
        assert len(answer.result().json()["shortlists"]) == 20
        assert service.process.wait(PATIENCE) in (0, -signal.SIGTERM)
        assert service.events("request")[-1]["status"] == 200


def _lets_in(service: Process) -> bool:
    try:
        socket.create_connection(service.address, timeout=PATIENCE).close()
    except ConnectionRefusedError:
        return False
    return True


def test_several_workers_share_the_work_and_the_counts(
    two_workers: tuple[Process, Path], another: Path
) -> None:
    service, place = two_workers
    for _ in range(20):
        assert service.get(SHORTLIST).status_code == 200
    told = service.get("/metrics").text
    labels = 'method="GET",route="/v1/{sector}/organisations/{code}/shortlist",status="200"'
    assert f"matchmaker_request_seconds_count{{{labels}}} 20.0" in told
    _put(another, place)
    service.process.send_signal(signal.SIGHUP)
    service.wait_for("snapshot reloaded", 2)
    found = {service.get(SHORTLIST).json()["as_of"] for _ in range(10)}
    assert found == {"2026-08-21"}


def test_what_killed_workers_had_in_flight_is_counted_no_more(two_workers: tuple[Process, Path]) -> None:
    service, _ = two_workers
    question = {"recipients": ["RPA"] * 50, "n_draws": 10_000, "limit": 100}

    def in_flight() -> str:
        told = service.get("/metrics").text
        return next(line for line in told.splitlines() if line.startswith("matchmaker_in_flight"))

    def ask() -> None:
        with contextlib.suppress(httpx2.TransportError):
            httpx2.post(f"{service.url}/v1/nhs/shortlists", json=question, timeout=PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(ask)
        wait_until(lambda: in_flight().endswith(" 1.0"), "it is worked on")
        for worker in service.workers():
            os.kill(worker, signal.SIGKILL)
        service.wait_for("worker died", 2)
        asking.result()
    service.wait_for("Application startup complete.", 4)
    assert in_flight().endswith(" 0.0")


def test_several_workers_end_when_they_are_told(two_workers: tuple[Process, Path]) -> None:
    service, _ = two_workers
    assert service.stop() in (0, -signal.SIGTERM)


def _sent(address: tuple[str, int], *parts: bytes) -> bytes:
    """What comes back on a connection until the service closes it; fails where it never does."""
    came = b""
    with socket.create_connection(address, timeout=PATIENCE) as connection:
        for part in parts:
            connection.sendall(part)
        try:
            while more := connection.recv(65536):
                came += more
        except ConnectionResetError:
            pass
    return came


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(32),
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nA" + b"a" * 20_000,
        b"POST /v1/nhs/scores HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
        b"POST /v1/nhs/scores HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"POST /v1/nhs/scores HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\nGET /health/live HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused(service: Process, raw: bytes) -> None:
    came = _sent(service.address, raw)
    assert came.startswith(b"HTTP/1.1 400"), came[:200]
    assert came.count(b"HTTP/1.1") == 1


def _malformed(chance: random.Random) -> tuple[str, str, bytes]:
    """An address, a content type, and a body that is no sound question."""
    path = chance.choice(
        ["/v1/nhs/scores", "/v1/nhs/shortlists", "/v1/nhs/assignments", "/v1/nhs/organisations/RPA/shortlist"]
    )
    sound = b'{"recipients": ["RPA"], "pairs": [{"recipient": "RPA", "candidate": "RAX"}], "limit": 1}'
    kind = chance.choice(["application/json", "text/csv", "application/xml", "", "multipart/form-data"])
    at = chance.randrange(len(sound))
    body = chance.choice(
        [
            sound[:at],
            sound[:at] + chance.randbytes(8) + sound[at:],
            chance.randbytes(chance.randrange(200)),
            b"[" * chance.randrange(1, 5000),
            b'{"a":' * chance.randrange(1, 2000) + b"1",
            b'{"recipients": ' + str(10 ** chance.randrange(300)).encode() + b"}",
            b'{"recipients": ["RPA"], "weights": {"\\ud800": 1}}',
            b'{"recipients": ["\\u0000"], "limit": -1}',
            b"ods,staff_fte\n" + chance.randbytes(50),
            b"x" * chance.randrange(20_001, 30_000),
        ]
    )
    return path, kind, body


def test_ten_thousand_malformed_bodies_get_nowhere(service: Process) -> None:
    def send(seed: int) -> Counter[int]:
        chance, statuses = random.Random(seed), Counter[int]()
        connection = HTTPConnection(*service.address, timeout=PATIENCE)
        for _ in range(MALFORMED // 4):
            path, kind, body = _malformed(chance)
            connection.request("POST", path, body, {"Content-Type": kind} if kind else {})
            answer = connection.getresponse()
            told = answer.read()
            statuses[answer.status] += 1
            assert answer.getheader("content-type") == "application/problem+json", told
        connection.close()
        return statuses

    before = _resident(service)
    with ThreadPoolExecutor(4) as pool:
        statuses = sum(pool.map(send, range(4)), Counter())
    assert statuses.total() == MALFORMED
    assert set(statuses) <= {400, 413, 415, 422}, statuses
    assert service.get(SHORTLIST).status_code == 200
    assert not service.events("failed")
    assert _resident(service) < before + 150


def _resident(service: Process) -> float:
    """The memory of the process in MB."""
    pages = int(Path(f"/proc/{service.process.pid}/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_each_request_is_one_line_of_json(service: Process) -> None:
    sent = {"X-Request-ID": "look-for-me"}
    service.get(f"{SHORTLIST}&exclude=RN7", headers=sent)

    def lines() -> list[dict[str, Any]]:
        return [one for one in service.lines() if one.get("request_id") == "look-for-me"]

    wait_until(lines, "its line")
    (line,) = lines()
    assert line.pop("timestamp") and line.pop("ms") > 0
    assert line == {
        "event": "request",
        "level": "info",
        "request_id": "look-for-me",
        "method": "GET",
        "route": "/v1/{sector}/organisations/{code}/shortlist",
        "status": 200,
        "snapshot": load(bundled()).hash[:12],
        "key": None,
    }
