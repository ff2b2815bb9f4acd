"""Slow, half-open, greedy and lying callers, against the shipped deployment."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count, cycle, islice
from threading import Event, Thread

import pytest
from service_process import PATIENCE
from tries import LONG, SECONDS, tried

from .conftest import LIST, Deployment

pytestmark = [pytest.mark.attack, pytest.mark.service, pytest.mark.snapshot, pytest.mark.slow]

HALF_OPEN = 900
HEAD = b"Host: localhost\r\n"
ENDLESS = b"Content-Length: 1000000\r\n\r\nx"
SHAPES = {
    "nothing is sent": b"",
    "one byte": b"G",
    "half a line": b"GET /health/li",
    "half a head": b"GET /health/live HTTP/1.1\r\n" + HEAD + b"X-",
    "GET with a body without end": b"GET /health/live HTTP/1.1\r\n" + HEAD + ENDLESS,
    "GET of a page with a body without end": b"GET / HTTP/1.1\r\n" + HEAD + ENDLESS,
    "metrics with a body without end": b"GET /metrics HTTP/1.1\r\n" + HEAD + ENDLESS,
    "POST with a body without end": b"POST /v1/nhs/shortlists HTTP/1.1\r\n" + HEAD + ENDLESS,
    "DELETE with a body without end": b"DELETE /v1/nhs/kept/x HTTP/1.1\r\n" + HEAD + ENDLESS,
    "chunks without end": b"POST /v1/nhs/scores HTTP/1.1\r\n"
    + HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
    "an answer, then nothing": b"GET /health/live HTTP/1.1\r\n" + HEAD + b"\r\n",
    "an answer, then half a head": b"GET /health/live HTTP/1.1\r\n" + HEAD + b"\r\nGET /health/li",
}
DEAREST = json.dumps({"recipients": ["RPA"] * 50, "n_draws": 10_000, "limit": 100}).encode()
JSON = {"Content-Type": "application/json"}
MOST_MB = 1000


@contextmanager
def _held(address: tuple[str, int], shapes: list[bytes]) -> Iterator[list[int]]:
    """One connection for each shape, opened again when it is closed, with a further byte now and then."""
    stop, again = Event(), [0]

    def open_(shape: bytes) -> socket.socket:
        one = socket.create_connection(address, timeout=PATIENCE, source_address=("127.0.0.2", 0))
        one.setblocking(False)
        with contextlib.suppress(OSError):
            one.send(shape)
        return one

    def hold() -> None:
        poll = select.poll()
        held = {}
        for shape in shapes:
            one = open_(shape)
            held[one.fileno()] = (one, shape)
            poll.register(one, select.POLLIN)
        last = time.monotonic()
        while not stop.is_set():
            for number, _ in poll.poll(200):
                one, shape = held[number]
                with contextlib.suppress(OSError):
                    if one.recv(65536):
                        continue
                poll.unregister(one)
                one.close()
                del held[number]
                one = open_(shape)
                held[one.fileno()] = (one, shape)
                poll.register(one, select.POLLIN)
                again[0] += 1
            if time.monotonic() > last + 4:
                last = time.monotonic()
                for one, _ in held.values():
                    with contextlib.suppress(OSError):
                        one.send(b"x")
        for one, _ in held.values():
            one.close()

    holding = Thread(target=hold)
    holding.start()
    try:
        yield again
    finally:
        stop.set()
        holding.join()


def _others(deployment: Deployment, paths: Iterator[str]) -> tuple[Counter[int], list[float]]:
    """What another caller sees in the meantime: statuses, and seconds in order."""
    until, statuses, took = time.monotonic() + SECONDS, Counter[int](), []
    while time.monotonic() < until or sum(statuses.values()) < 5:
        try:
            status, _, seconds = deployment.ask(next(paths))
        except OSError:
            status, seconds = 0, 0.0
        statuses[status] += 1
        took.append(seconds)
        time.sleep(0.1)
    return statuses, sorted(took)


def _told(took: list[float]) -> str:
    return f"others: median {took[len(took) // 2]:.2f} s, p99 {took[int(0.99 * (len(took) - 1))]:.2f} s"


def test_half_open_callers_of_every_shape_keep_nobody_out(deployment: Deployment) -> None:
    deployment.ask(LIST)
    shapes = list(islice(cycle(SHAPES.values()), HALF_OPEN))
    with _held(deployment.proxy, shapes) as again:
        time.sleep(1)
        statuses, took = _others(deployment, cycle(["/health/live", LIST, "/metrics"]))
    failed = sum(statuses.values()) - statuses[200]
    seen = f"{_told(took)}; {again[0]:,} opened again; most memory {deployment.most_memory():.0f} MB"
    tried(f"{HALF_OPEN} half-open callers of {len(SHAPES)} shapes", sum(statuses.values()), failed, seen)
    assert set(statuses) == {200}
    assert deployment.most_memory() < MOST_MB


def test_greedy_callers_leave_others_their_share(deployment: Deployment) -> None:
    stop, greedy = Event(), Counter[int]()

    def want_all(number: int) -> None:
        while not stop.is_set():
            with contextlib.suppress(OSError):
                asked = "/v1/nhs/shortlists", f"127.0.1.{number + 1}", "POST", DEAREST
                greedy[deployment.ask(*asked, **JSON)[0]] += 1

    with ThreadPoolExecutor(12) as pool:
        wanting = [pool.submit(want_all, number) for number in range(12)]
        try:
            time.sleep(1)
            paths = (f"{LIST}&within_km={300 + number / 100}" for number in count())
            statuses, took = _others(deployment, paths)
        finally:
            stop.set()
        for one in wanting:
            one.result()
    failed = sum(statuses.values()) - statuses[200]
    seen = f"{_told(took)}; the greedy: {dict(sorted(greedy.items()))}"
    tried("12 callers of the dearest question", sum(statuses.values()), failed, seen)
    assert set(statuses) == {200}
    assert set(greedy) <= {200, 429, 503, 504}
    assert deployment.most_memory() < MOST_MB


def test_large_bodies_and_callers_that_do_not_read_take_no_memory(deployment: Deployment) -> None:
    bodies, readers = (300, 10) if LONG else (60, 3)
    head = b"POST /v1/nhs/scores HTTP/1.1\r\n" + HEAD + b"Content-Length: 1000000\r\n\r\n"
    ask = b"POST /v1/nhs/shortlists HTTP/1.1\r\nContent-Type: application/json\r\n" + HEAD
    ask += b"Content-Length: %d\r\n\r\n" % len(DEAREST) + DEAREST
    held = []
    try:
        for number in range(bodies + readers):
            source = (f"127.0.{2 + number % 50}.1", 0)
            one = socket.create_connection(deployment.proxy, timeout=PATIENCE, source_address=source)
            held.append(one)
            one.sendall(head + b"x" * 999_990 if number < bodies else ask)
        status, _, _ = deployment.ask(LIST)
        time.sleep(min(SECONDS, 20))
    finally:
        for one in held:
            one.close()
    most = deployment.most_memory()
    seen = f"most memory of a worker {most:.0f} MB"
    tried("bodies short of their end, answers that nobody reads", bodies + readers, int(most > MOST_MB), seen)
    assert status == 200
    assert most < MOST_MB


def test_figures_of_ones_own_from_many_at_once_take_no_more_memory_than_one(deployment: Deployment) -> None:
    table = b"code,staff_fte\nRPA,1000\n"
    path = "/v1/nhs/organisations/RPA/shortlist?limit=1&n_draws=0"

    def send(number: int) -> int:
        return deployment.ask(path, f"127.0.3.{number + 1}", "POST", table, **{"Content-Type": "text/csv"})[0]

    many = 24 if LONG else 6
    with ThreadPoolExecutor(many) as pool:
        statuses = Counter(pool.map(send, range(many)))
    most = deployment.most_memory()
    seen = f"{dict(sorted(statuses.items()))}; most memory of a worker {most:.0f} MB"
    tried("own figures from many at once", many, int(most > MOST_MB), seen)
    assert set(statuses) <= {200, 422, 503, 504}
    assert most < MOST_MB


SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
LIES = {
    "length and chunks": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "two lengths": b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
    "a length with a sign": b"Content-Length: +4\r\n\r\nabcd",
    "a coding that is none": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "two codings": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "a space before the colon": b"Content-Length : 4\r\n\r\nabcd",
    "a bad chunk": b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n",
    "a long head": b"X: " + b"x" * 70_000 + b"\r\n\r\n",
    "a name of another machine": b"Host: evil.example\r\n\r\n",
}


@pytest.mark.parametrize("kind", LIES)
def test_what_lies_about_its_framing_or_its_place_is_refused(deployment: Deployment, kind: str) -> None:
    lines = b"" if kind == "a name of another machine" else HEAD
    came = b""
    with (
        socket.create_connection(deployment.proxy, timeout=PATIENCE) as one,
        contextlib.suppress(OSError),
    ):
        one.sendall(b"POST /v1/nhs/scores HTTP/1.1\r\nConnection: close\r\n" + lines + LIES[kind])
        while more := one.recv(65536):
            came += more
    status = came.split(b" ", 2)[1] if came else b"closed"
    refused = status in (b"closed", b"400", b"414", b"421", b"431", b"501", b"494")
    once = came.count(b"HTTP/1.1 ") <= 1
    tried(f"a request that lies: {kind}", 1, int(not (refused and once)), status.decode())
    assert refused, came[:200]
    assert once
