"""The change to newer figures, and the refusal of broken ones."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from matchmaker import Snapshot
from matchmaker.api import metrics, snapshot_reloader
from matchmaker.api.snapshot_reloader import SnapshotReloader
from matchmaker.errors import DamagedSnapshot
from matchmaker.snapshot.store import bundled

from .conftest import Served


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A snapshot file of the test's own."""
    shutil.copy(bundled(), tmp_path / "open.zip")
    return tmp_path / "open.zip"


def _put(content: bytes, place: Path) -> None:
    part = place.with_suffix(".part")
    part.write_bytes(content)
    part.replace(place)


def _engines(client: TestClient) -> SnapshotReloader:
    engines: SnapshotReloader = client.app.state.engines  # type: ignore[attr-defined]
    return engines


def test_a_new_snapshot_is_taken_into_use(
    served: Served, place: Path, another: Path, snapshot: Snapshot
) -> None:
    client = served(snapshot=place, watch_seconds=3600)
    engines, path = _engines(client), "/v1/trusts/RPA/shortlist?limit=1"
    before = client.get(path)
    assert not engines.look()
    _put(another.read_bytes(), place)
    assert client.get(path).headers["etag"] == before.headers["etag"]
    assert engines.look()
    after = client.get(path, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["as_of"] == "2026-08-21"
    assert after.json()["snapshot"] == after.headers["x-snapshot"] != snapshot.hash
    told = client.get("/metrics").text
    assert f'matchmaker_snapshot{{as_of="2026-08-22",hash="{snapshot.hash}"}} 0.0' in told
    assert f'matchmaker_snapshot{{as_of="2026-08-21",hash="{after.json()["snapshot"]}"}} 1.0' in told
    _put(bundled().read_bytes(), place)
    assert engines.look()
    assert client.get(path).content == before.content


def test_a_file_with_the_same_content_changes_nothing(place: Path) -> None:
    engines = SnapshotReloader(place)
    before = engines.current
    os.utime(place, (1, 1))
    assert not engines.look()
    assert engines.current is before


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _flipped(content: bytes) -> bytes:
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :]


@pytest.mark.parametrize(
    "spoil", [_cut, _flipped, lambda content: b"", lambda content: b"PK\x03\x04" * 99, None]
)
def test_a_broken_snapshot_is_refused_once(
    place: Path, another: Path, spoil: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines, refusals = SnapshotReloader(place), []
    monkeypatch.setattr(metrics, "refused", lambda: refusals.append(1))
    before = engines.current
    if spoil is None:
        place.unlink()
    else:
        _put(spoil(another.read_bytes()), place)
    assert not engines.look()
    assert engines.current is before
    assert len(refusals) == 1
    assert not engines.look()
    assert len(refusals) == 1, "the same file is looked at once"
    _put(another.read_bytes(), place)
    assert engines.look()


def test_a_failure_of_any_sort_is_a_refusal(
    place: Path, another: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines = SnapshotReloader(place)
    before = engines.current
    _put(another.read_bytes(), place)

    def fails(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(snapshot_reloader, "Matchmaker", fails)
    assert not engines.look()
    assert engines.current is before


def test_a_service_does_not_start_on_a_broken_snapshot(place: Path) -> None:
    _put(_cut(place.read_bytes()), place)
    with pytest.raises(DamagedSnapshot):
        SnapshotReloader(place)
