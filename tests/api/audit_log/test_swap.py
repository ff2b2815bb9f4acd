"""Figures that change while decisions are recorded: each entry says which it was made on."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from matchmaker import Matchmaker
from matchmaker.api.app import create_app
from matchmaker.api.audit_log.entry import digest
from matchmaker.api.settings import Settings
from matchmaker.models.types import Shortlist
from matchmaker.snapshot.store import bundled

SWAPS = 4
WRITERS = 3


@pytest.mark.slow
def test_a_swap_in_the_midst_mixes_nothing(tmp_path: Path, another: Path) -> None:
    place, files = tmp_path / "open.zip", (bundled(), another)
    shutil.copy(files[0], place)
    settings = Settings(snapshot=place, decisions=f"sqlite:///{tmp_path / 'log.db'}", watch_seconds=3600)
    app, done = create_app(settings), Event()

    def decide(client: TestClient) -> list[tuple[str, Any]]:
        said = []
        while not done.is_set():
            seen = client.get("/v1/nhs/organisations/RPA/shortlist?limit=2&n_draws=0").json()["snapshot"]
            told = {"recipient": "RPA", "limit": 2, "n_draws": 0, "snapshot": seen}
            answer = client.post("/v1/decisions", json={**told, "who": "A", "chosen": None, "reason": "No"})
            said.append((seen, answer))
            done.wait(0.02)
        return said

    with TestClient(app) as client, ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(decide, client) for _ in range(WRITERS)]
        try:
            for swap in range(SWAPS):
                part = place.with_suffix(".part")
                shutil.copy(files[(swap + 1) % 2], part)
                part.replace(place)
                assert app.state.engines["nhs"].reload_if_changed()
        finally:
            done.set()
        said = [one for writer in writers for one in writer.result()]

    shown = {
        engine.snapshot.hash: digest(
            TypeAdapter(Shortlist).dump_python(engine.shortlist("RPA", limit=2, n_draws=0), mode="json")
        )
        for engine in map(Matchmaker, files)
    }
    assert len(shown) == 2
    assert {answer.status_code for _, answer in said} <= {201, 409}
    kept = {answer.json()["decision"]["hash"]: seen for seen, answer in said if answer.status_code == 201}
    entries = list(app.state.decisions.entries())
    assert {entry.hash: entry.snapshot for entry in entries} == kept
    assert {entry.snapshot for entry in entries} == set(shown)
    assert all(entry.shown == shown[entry.snapshot] for entry in entries)
    assert app.state.decisions.verify().fault is None
    app.state.decisions.close()
