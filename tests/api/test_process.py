"""The service as a process of its own, under load, faults and bad callers."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import httpx2
import pytest

from matchmaker.snapshot.store import bundled, load

from .conftest import Process, running

MALFORMED = 10_000
SHORTLIST = "/v1/trusts/RPA/shortlist?limit=1&draws=0"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """One process for the tests that leave it as it was."""
    folder = tmp_path_factory.mktemp("service")
    with running(folder, header_seconds=1, request_seconds=2, max_body_bytes=20_000) as one:
        yield one


def _put(source: Path, place: Path) -> None:
    part = place.with_suffix(".part")
    shutil.copy(source, part)
    part.replace(place)


def test_figures_change_under_load_and_nobody_notices(tmp_path: Path, another: Path) -> None:
    place, seen, stop = tmp_path / "open.zip", Counter[tuple[int, str]](), threading.Event()
    shutil.copy(bundled(), place)

    def ask(number: int) -> None:
        with httpx2.Client(base_url=service.url, timeout=30) as client:
            while not stop.is_set():
                # Every other question was never asked before, so is worked out.
                odd = f"&within_km={50 + time.perf_counter() % 400}" if number % 2 else ""
                answer = client.get(SHORTLIST + odd)
                assert answer.json()["snapshot"] == answer.headers["x-snapshot"]
                seen[answer.status_code, answer.headers["x-snapshot"][:12]] += 1

    with running(tmp_path, snapshot=place, watch_seconds=0.2) as service, ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask, number) for number in range(4)]
        try:
            time.sleep(0.5)
            _put(another, place)
            service.wait_for("snapshot swapped")
            place.write_bytes(another.read_bytes()[:5000])  # cut short, in place
            service.wait_for("snapshot refused")
            place.unlink()
            time.sleep(0.5)
            # Told to look, the process takes the file into use before its next look is due.
            _put(bundled(), place)
            service.process.send_signal(signal.SIGHUP)
            until = time.monotonic() + 15
            while len(service.events("snapshot swapped")) < 2 and time.monotonic() < until:
                time.sleep(0.05)
            time.sleep(0.3)
        finally:
            stop.set()
        for one in asking:
            one.result()  # no question failed
        told = httpx2.get(f"{service.url}/metrics").text
    hashes = {load(path).hash[:12] for path in (bundled(), another)}
    assert {status for status, _ in seen} == {200}
    assert {snapshot for _, snapshot in seen} == hashes
    assert len(service.events("snapshot swapped")) == 2
    assert len(service.events("snapshot refused")) == 2
    assert 'matchmaker_snapshot_swaps_total{outcome="refused"} 2.0' in told


def test_what_was_begun_is_finished(tmp_path: Path) -> None:
    question = {"recipients": ["RPA"] * 20, "draws": 10_000, "limit": 20}
    with running(tmp_path) as service, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(httpx2.post, f"{service.url}/v1/shortlists", json=question, timeout=60)
        until = time.monotonic() + 10
        while "matchmaker_in_flight 1.0" not in httpx2.get(f"{service.url}/metrics").text:
            assert time.monotonic() < until
        service.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        with pytest.raises(httpx2.TransportError):
            httpx2.get(f"{service.url}/health/live")
        assert len(answer.result().json()["shortlists"]) == 20
        assert service.process.wait(15) in (0, -signal.SIGTERM)
        assert service.events("request")[-1]["status"] == 200


def test_several_workers_share_the_work_and_the_counts(tmp_path: Path, another: Path) -> None:
    place = tmp_path / "open.zip"
    shutil.copy(bundled(), place)
    with running(tmp_path, workers=2, snapshot=place, watch_seconds=3600) as service:
        until = time.monotonic() + 30
        while len(service.events("Application startup complete.")) < 2 and time.monotonic() < until:
            time.sleep(0.1)
        for _ in range(20):
            assert httpx2.get(f"{service.url}{SHORTLIST}").status_code == 200
        told = httpx2.get(f"{service.url}/metrics").text
        labels = 'method="GET",route="/v1/trusts/{ods}/shortlist",status="200"'
        assert f"matchmaker_request_seconds_count{{{labels}}} 20.0" in told
        _put(another, place)
        service.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + 15
        while len(service.events("snapshot swapped")) < 2 and time.monotonic() < until:
            time.sleep(0.1)
        found = {httpx2.get(f"{service.url}{SHORTLIST}").json()["as_of"] for _ in range(10)}
        assert found == {"2026-08-21"}
        assert service.stop() in (0, -signal.SIGTERM)


def _sent(address: tuple[str, int], *parts: bytes, wait: float = 8) -> tuple[bytes, float]:
    """What comes back on a connection, and how long it lasted."""
    started, came = time.monotonic(), b""
    with socket.create_connection(address, timeout=wait) as connection:
        for part in parts:
            connection.sendall(part)
        try:
            while more := connection.recv(65536):
                came += more
        except ConnectionResetError:
            pass
    return came, time.monotonic() - started


@pytest.mark.parametrize(
    "parts",
    [(), (b"GET / HT",), (b"GET /v1/trusts HTTP/1.1\r\nHost: a\r\nX-", b"A: b\r\n")],
)
def test_half_open_connections_are_closed(service: Process, parts: tuple[bytes, ...]) -> None:
    came, took = _sent(service.address, *parts)
    assert came == b""
    assert 0.5 < took < 5


def test_half_a_second_request_is_closed_too(service: Process) -> None:
    first = b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"
    came, took = _sent(service.address, first, b"GET /health/li")
    assert came.startswith(b"HTTP/1.1 200")
    assert took < 7


def test_bodies_that_trickle_are_given_up(service: Process) -> None:
    head = b"POST /v1/scores HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n"
    came, took = _sent(service.address, head, b'{"pairs":')
    assert came.startswith(b"HTTP/1.1 408")
    assert b"/problems/slow-request" in came
    assert 1.5 < took < 6


def test_many_slow_callers_keep_nobody_else_out(service: Process) -> None:
    held = [socket.create_connection(service.address) for _ in range(300)]
    try:
        for connection in held:
            connection.sendall(b"GET /v1/tru")
        started = time.monotonic()
        assert httpx2.get(f"{service.url}{SHORTLIST}").status_code == 200
        assert time.monotonic() - started < 5
    finally:
        for connection in held:
            connection.close()


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(32),
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nA" + b"a" * 20_000,
        b"POST /v1/scores HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
        b"POST /v1/scores HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    ],
)
def test_what_is_no_http_is_a_problem_too(service: Process, raw: bytes) -> None:
    came, _ = _sent(service.address, raw)
    assert came.startswith(b"HTTP/1.1 400"), came[:200]
    assert b"application/problem+json" in came


def _malformed(chance: random.Random) -> tuple[str, str, bytes]:
    """An address, a content type, and a body that is no sound question."""
    path = chance.choice(["/v1/scores", "/v1/shortlists", "/v1/assignments", "/v1/trusts/RPA/shortlist"])
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
        connection = HTTPConnection(*service.address, timeout=30)
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
    assert httpx2.get(f"{service.url}{SHORTLIST}").status_code == 200
    assert not service.events("failed")
    assert _resident(service) < before + 150


def _resident(service: Process) -> float:
    """The memory of the process in MB."""
    pages = int(Path(f"/proc/{service.process.pid}/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_each_request_is_one_line_of_json(service: Process) -> None:
    sent = {"X-Request-ID": "look-for-me"}
    httpx2.get(f"{service.url}{SHORTLIST}&exclude=RN7", headers=sent)
    until = time.monotonic() + 5
    while not (lines := [one for one in service.lines() if one.get("request_id") == "look-for-me"]):
        assert time.monotonic() < until
        time.sleep(0.05)
    (line,) = lines
    assert line.pop("timestamp") and line.pop("ms") > 0
    assert line == {
        "event": "request",
        "level": "info",
        "request_id": "look-for-me",
        "method": "GET",
        "route": "/v1/trusts/{ods}/shortlist",
        "status": 200,
        "snapshot": load(bundled()).hash[:12],
        "key": None,
    }
