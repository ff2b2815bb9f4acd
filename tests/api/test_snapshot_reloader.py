"""The change to newer figures, and the refusal of broken ones."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from made_up import HARBOURS

from matchmaker import Snapshot
from matchmaker.api import metrics, snapshot_reloader
from matchmaker.api.snapshot_reloader import SnapshotReloader, snapshot_paths
from matchmaker.errors import DamagedSnapshot, InvalidParameter
from matchmaker.snapshot.store import TABLES, bundled, write

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


def _reloader(client: TestClient) -> SnapshotReloader:
    reloader: SnapshotReloader = client.app.state.engines["nhs"]  # type: ignore[attr-defined]
    return reloader


@pytest.mark.slow
def test_a_new_snapshot_is_taken_into_use(
    served: Served, place: Path, another: Path, snapshot: Snapshot
) -> None:
    client = served(snapshot=place, watch_seconds=3600)
    reloader, path = _reloader(client), "/v1/nhs/organisations/RPA/shortlist?limit=1"
    before = client.get(path)
    assert not reloader.reload_if_changed()
    _put(another.read_bytes(), place)
    assert client.get(path).headers["etag"] == before.headers["etag"]
    assert reloader.reload_if_changed()
    after = client.get(path, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["as_of"] == "2026-08-21"
    assert after.json()["snapshot"] == after.headers["x-snapshot"] != snapshot.hash
    told = client.get("/metrics").text
    assert f'matchmaker_snapshot{{as_of="2026-08-22",hash="{snapshot.hash}",sector="nhs"}} 0.0' in told
    assert (
        f'matchmaker_snapshot{{as_of="2026-08-21",hash="{after.json()["snapshot"]}",sector="nhs"}} 1.0'
        in told
    )
    _put(bundled().read_bytes(), place)
    assert reloader.reload_if_changed()
    assert client.get(path).content == before.content


def test_a_file_with_the_same_content_changes_nothing(place: Path) -> None:
    reloader = SnapshotReloader(place)
    before = reloader.current
    os.utime(place, (1, 1))
    assert not reloader.reload_if_changed()
    assert reloader.current is before


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
    reloader, refusals = SnapshotReloader(place), []
    monkeypatch.setattr(metrics, "refused", lambda sector: refusals.append(sector))
    before = reloader.current
    if spoil is None:
        place.unlink()
    else:
        _put(spoil(another.read_bytes()), place)
    assert not reloader.reload_if_changed()
    assert reloader.current is before
    assert len(refusals) == 1
    assert not reloader.reload_if_changed()
    assert len(refusals) == 1, "the same file is looked at once"
    _put(another.read_bytes(), place)
    assert reloader.reload_if_changed()


@pytest.mark.parametrize("told", [True, False])
def test_a_file_that_rots_under_a_sound_manifest_is_noticed(
    place: Path, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    reloader, refusals = SnapshotReloader(place), []
    monkeypatch.setattr(metrics, "refused", lambda sector: refusals.append(sector))
    before, times = reloader.current, place.stat()
    with place.open("r+b") as file:
        file.seek(times.st_size // 2)
        file.write(b"rotten")
    if not told:  # the disk did it, so no time was written
        os.utime(place, ns=(times.st_atime_ns, times.st_mtime_ns))
        assert not reloader.reload_if_changed()
        assert not refusals
    assert not reloader.reload_if_changed(thorough=True)
    assert reloader.current is before
    assert len(refusals) == 1


@pytest.mark.parametrize("table", TABLES)
def test_a_sound_file_that_lacks_a_table_is_refused(
    place: Path, snapshot: Snapshot, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reloader, refusals = SnapshotReloader(place), []
    monkeypatch.setattr(metrics, "refused", lambda sector: refusals.append(sector))
    said = {
        key: snapshot.manifest[key] for key in ("sector", "known_since", "licence", "attribution", "sources")
    }
    tables = {name: snapshot.table(name) for name in snapshot.manifest["tables"] if name != table}
    write(place, tables, said | {"as_of": "2026-08-21"}, snapshot.sector)
    assert not reloader.reload_if_changed()
    assert len(refusals) == 1


def test_a_failure_of_any_sort_is_a_refusal(
    place: Path, another: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reloader = SnapshotReloader(place)
    before = reloader.current
    _put(another.read_bytes(), place)

    def fails(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(snapshot_reloader, "Matchmaker", fails)
    assert not reloader.reload_if_changed()
    assert reloader.current is before


def test_a_service_does_not_start_on_a_broken_snapshot(place: Path) -> None:
    _put(_cut(place.read_bytes()), place)
    with pytest.raises(DamagedSnapshot):
        SnapshotReloader(place)


def test_a_sector_without_figures_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidParameter, match="There is no sector 'mars'"):
        snapshot_paths(sectors=("mars",))
    shutil.copytree(HARBOURS, tmp_path / "harbours")
    monkeypatch.setenv("MATCHMAKER_SECTORS", str(tmp_path / "harbours"))
    assert list(snapshot_paths()) == ["nhs"]
    with pytest.raises(InvalidParameter, match="There is no snapshot of the sector harbours"):
        snapshot_paths(sectors=("nhs", "harbours"))
