"""The shipped deployment: two workers with the limits that a service has, behind the shipped proxy."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter

import pytest
from decision_databases import fresh_postgresql, postgresql, postgresql_server, small_disk
from proxied import NGINX, proxied
from service_process import PATIENCE, Process, running
from tries import PAGE, TRIES, written

from matchmaker.api.settings import SERVED

__all__ = ["fresh_postgresql", "postgresql", "postgresql_server", "small_disk"]
LIST = "/v1/nhs/organisations/RPA/shortlist?limit=10"


def pytest_sessionfinish() -> None:
    """Write the table where it is asked for."""
    if TRIES and os.environ.get("MATCHMAKER_WRITE_TRIES"):
        PAGE.write_text(written(PAGE.read_text("utf-8"), TRIES, date.today()), "utf-8")


@dataclass
class Deployment:
    """The proxy, and the service behind it."""

    service: Process
    proxy: tuple[str, int]

    def ask(
        self,
        path: str,
        caller: str = "127.0.0.1",
        method: str = "GET",
        body: bytes | None = None,
        **headers: str,
    ) -> tuple[int, bytes, float]:
        """Status, body and seconds of one request from an address of this machine."""
        connection = HTTPConnection(*self.proxy, timeout=PATIENCE, source_address=(caller, 0))
        started = perf_counter()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(), perf_counter() - started
        finally:
            connection.close()

    def most_memory(self) -> float:
        """The most that any worker has held so far, in MB."""
        lines = [
            line
            for pid in self.service.workers()
            for line in Path(f"/proc/{pid}/status").read_text().splitlines()
            if line.startswith("VmHWM")
        ]
        return max(int(line.split()[1]) for line in lines) / 1000


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """All of it, on this machine."""
    folder = tmp_path_factory.mktemp("deployment")
    with deployed(folder, f"sqlite:///{folder / 'decisions.db'}") as one:
        yield one


@contextmanager
def deployed(folder: Path, decisions: str) -> Iterator[Deployment]:
    """The deployment with a store of its own."""
    if NGINX is None:
        pytest.skip("nginx is not here")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 8192)), hard))
    settings = {
        "trusted_proxies": "127.0.0.1",
        "decisions": decisions,
        "decisions_head": folder / "head",
        "watch_seconds": 0.5,
    }
    with running(folder, workers=2, **SERVED, **settings) as service, proxied(service) as proxy:
        yield Deployment(service, proxy)
