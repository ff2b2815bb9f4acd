"""A service to ask: in the process of the tests, or as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from matchmaker import Matchmaker, Snapshot
from matchmaker.api import snapshot_reloader
from matchmaker.api.app import create_app
from matchmaker.api.settings import Settings
from matchmaker.snapshot.store import bundled, write

Served = Callable[..., TestClient]
PATIENCE = 120
"""Seconds after which something is taken to hang; nothing is expected to take so long."""


def wait_until(holds: Callable[[], object], what: str) -> None:
    """Look again and again until something holds."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, f"not within {PATIENCE} s: {what}"
        time.sleep(0.05)


@pytest.fixture(scope="session")
def app() -> FastAPI:
    """The service with settings as they come."""
    return create_app(Settings(snapshot=bundled("nhs")))


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    """A caller of that service."""
    with TestClient(app) as client:
        yield client


@pytest.fixture
def served(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Makes a service with settings of the test's own, and a caller of it.

    The bundled figures are made ready once for all of them.
    """
    ready, shared = snapshot_reloader.load_and_warm, app.state.engines["nhs"].current

    def once(path: Path, unless: Matchmaker | None = None) -> Matchmaker:
        return shared if unless is None and path == bundled("nhs") else ready(path, unless)

    monkeypatch.setattr(snapshot_reloader, "load_and_warm", once)
    with ExitStack() as stack:

        def serve(prepare: Callable[[FastAPI], None] = lambda app: None, **settings: Any) -> TestClient:
            app = create_app(Settings(**{"snapshot": bundled("nhs"), **settings}))
            prepare(app)
            return stack.enter_context(TestClient(app, client=("192.0.2.1", 50000)))

        yield serve


@pytest.fixture(scope="session")
def another(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound snapshot of the same figures that ends a day earlier, so with another hash."""
    said = {
        key: snapshot.manifest[key] for key in ("sector", "known_since", "licence", "attribution", "sources")
    }
    tables = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
    path = tmp_path_factory.mktemp("another") / "another.zip"
    write(path, tables, said | {"as_of": "2026-08-21"}, snapshot.sector)
    return path


@dataclass
class Process:
    """A service that runs as a process of its own."""

    process: subprocess.Popen[bytes]
    log: Path
    url: str = ""

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.url.removeprefix("http://").split(":")
        return host, int(port)

    def lines(self) -> list[dict[str, Any]]:
        written = self.log.read_text("utf-8").splitlines(keepends=True)
        # The service may be in the middle of writing its last line.
        return [json.loads(line) for line in written if line[:1] == "{" and line[-1:] == "\n"]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.lines() if line["event"] == name]

    def get(self, path: str, **asked: Any) -> httpx2.Response:
        return httpx2.get(f"{self.url}{path}", timeout=PATIENCE, **asked)

    def wait_for(self, event: str, times: int = 1) -> dict[str, Any]:
        wait_until(lambda: len(self.events(event)) >= times, f"{times} of '{event}' in {self.log}")
        return self.events(event)[-1]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


def _answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/health/ready", timeout=10).status_code == 200
    except httpx2.TransportError:  # several workers: the port is taken before they listen
        return False


@contextmanager
def running(folder: Path, workers: int = 1, **settings: object) -> Iterator[Process]:
    """`matchmaker serve` on a free port, with settings in its environment."""
    log = folder / "log"
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MATCHMAKER_") or name == "MATCHMAKER_TODAY"
    }
    env |= {f"MATCHMAKER_{name.upper()}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "matchmaker", "serve", "--port", "0", "--workers", str(workers)]
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, env=env)
    one = Process(process, log)
    try:

        def listens() -> bool:
            assert process.poll() is None, log.read_text("utf-8")
            told = [line["event"] for line in one.lines() if "running on" in line["event"]]
            one.url = told[0].split()[3] if told else ""
            return bool(told)

        wait_until(listens, f"it listens: {log}")
        wait_until(lambda: _answers(one.url), f"it is ready: {log}")
        yield one
    finally:
        process.kill()
        process.wait()
