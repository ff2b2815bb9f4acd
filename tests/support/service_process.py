"""The service as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

PATIENCE = int(os.environ.get("MATCHMAKER_TEST_PATIENCE", "300"))
"""Seconds after which something is taken to hang; nothing is expected to take so long."""


def wait_until(holds: Callable[[], object], what: str) -> None:
    """Look again and again until something holds."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, f"not within {PATIENCE} s: {what}"
        time.sleep(0.05)


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

    def workers(self) -> list[int]:
        """The processes that answer."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid and b"spawn_main" in (place / "cmdline").read_bytes():
                    found.append(int(place.name))
            except (OSError, ValueError, IndexError):
                continue
        return found

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


def _answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/health/ready", timeout=10).status_code == 200
    except httpx2.TransportError:  # several workers: the port is taken before they listen
        return False


@contextmanager
def running(
    folder: Path, workers: int = 1, through: Sequence[str] = (), **settings: object
) -> Iterator[Process]:
    """`matchmaker serve` on a free port, with settings in its environment.

    Args:
        settings: those that limit a caller are off unless they are given.
        through: a command that starts it, such as one that takes rights away first.
    """
    log = folder / "log"
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MATCHMAKER_") or name == "MATCHMAKER_TODAY"
    }
    settings = {"rate_limit": "", "work_seconds": 0} | settings  # tests ask more than people do
    env |= {f"MATCHMAKER_{name.upper()}": str(value) for name, value in settings.items()}
    command = [
        *through,
        sys.executable,
        "-m",
        "matchmaker",
        "serve",
        "--port",
        "0",
        "--workers",
        str(workers),
    ]
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
        process.terminate()  # several workers outlive one who is killed before it could end them
        try:
            process.wait(PATIENCE)
        finally:
            process.kill()
            process.wait()
