"""A service that really listens, for the tests of clients."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a service on the loopback, with a decision log, in a process of its own."""
    folder = tmp_path_factory.mktemp("service")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    own = {name: value for name, value in os.environ.items() if not name.startswith("MATCHMAKER_")}
    own["MATCHMAKER_DECISIONS"] = f"sqlite:///{folder / 'decisions.db'}"
    command = [sys.executable, "-m", "matchmaker", "serve", "--port", str(port)]
    said = folder / "log.txt"
    with said.open("w") as out, subprocess.Popen(command, env=own, stdout=out, stderr=out) as service:
        try:
            yield _ready(f"http://127.0.0.1:{port}", service, said)
        finally:
            service.terminate()
            service.wait(timeout=40)


def _ready(address: str, service: subprocess.Popen[bytes], said: Path) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until and service.poll() is None:
        try:
            if httpx2.get(f"{address}/health/ready").status_code == 200:
                return address
        except httpx2.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"The service did not start: {said.read_text()}")
