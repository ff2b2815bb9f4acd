"""A service to ask: in the process of the tests, or as a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from service_process import PATIENCE, Process, running, wait_until

from matchmaker import Matchmaker, Snapshot
from matchmaker.api import snapshot_reloader
from matchmaker.api.app import create_app
from matchmaker.api.settings import Settings
from matchmaker.snapshot.store import bundled, write

__all__ = ["PATIENCE", "Process", "running", "wait_until"]
Served = Callable[..., TestClient]


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
