"""Snapshots on disk and in memory: reproducible, verified as they are read, bound to a sector."""

from __future__ import annotations

import json
import pickle
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import DamagedSnapshot, InvalidParameter
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot, load, store


def content(snapshot: Snapshot) -> tuple[dict[str, pl.DataFrame], dict[str, object]]:
    tables = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
    keys = ("sector", "as_of", "known_since", "licence", "attribution", "sources")
    return tables, {key: snapshot.manifest[key] for key in keys}


@pytest.fixture
def written(harbour_snapshot: Snapshot, tmp_path: Path) -> Path:
    store.write(tmp_path / "a.zip", *content(harbour_snapshot), harbour_snapshot.sector)
    return tmp_path / "a.zip"


def test_the_same_content_gives_the_same_bytes_and_hash(
    harbour_snapshot: Snapshot, written: Path, tmp_path: Path
) -> None:
    again = store.write(tmp_path / "b.zip", *content(harbour_snapshot), harbour_snapshot.sector)
    assert again.path.read_bytes() == written.read_bytes()
    assert again.hash == harbour_snapshot.hash
    again.verify()


def test_another_content_gives_another_hash(harbour_snapshot: Snapshot) -> None:
    tables, manifest = content(harbour_snapshot)
    tables["measures"] = tables["measures"].with_columns(
        value=pl.when(pl.int_range(pl.len()) == 0).then(pl.col("value") + 1e-9).otherwise("value")
    )
    assert Snapshot.of(tables, manifest).hash != harbour_snapshot.hash
    tables, manifest = content(harbour_snapshot)
    assert Snapshot.of(tables, manifest | {"as_of": "2025-07-01"}).hash != harbour_snapshot.hash


def test_one_from_before_a_column_was_added_has_nothing_in_it(
    harbour_snapshot: Snapshot, tmp_path: Path
) -> None:
    tables, manifest = content(harbour_snapshot)
    tables["pairings"] = tables["pairings"].drop("leadership")
    tables["interventions"] = tables["interventions"].drop("reported")
    old = store.write(tmp_path / "old.zip", tables, manifest, harbour_snapshot.sector)
    assert old.pairings["leadership"].null_count() == old.pairings.height > 0
    assert old.interventions.schema["reported"] == pl.Date
    old.verify()
    assert old.manifest["tables"]["pairings"]["columns"] == tables["pairings"].columns


def test_sources_that_list_what_stood_on_a_day_are_told_apart(harbour_snapshot: Snapshot) -> None:
    tables, manifest = content(harbour_snapshot)
    sources = [dict(one) for one in harbour_snapshot.manifest["sources"]]
    assert Snapshot.of(tables, manifest).as_at == {}
    sources[0]["as_at"] = "2020-03-31"
    listed = Snapshot.of(tables, manifest | {"sources": sources})
    assert listed.as_at == {sources[0]["id"]: date(2020, 3, 31)}


def test_a_table_that_is_not_there_is_no_attribute(harbour_snapshot: Snapshot) -> None:
    with pytest.raises(AttributeError, match="no table"):
        harbour_snapshot.rumours  # noqa: B018
    with pytest.raises(DamagedSnapshot):
        harbour_snapshot.table("rumours")


def rewritten(path: Path, member: str, change: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert parts[member] != change
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in (parts | {member: change}).items():
            archive.writestr(name, part)


def test_an_edited_table_is_refused_when_it_is_read(
    written: Path, harbours: Sector, harbour_snapshot: Snapshot
) -> None:
    changed = harbour_snapshot.names.with_columns(name=pl.lit("Another name"))
    rewritten(written, "names.parquet", store.parquet_bytes(changed))
    snapshot = load(written, harbours)
    assert snapshot.organisations.height == harbour_snapshot.organisations.height
    with pytest.raises(DamagedSnapshot, match=r"names of .* was edited"):
        snapshot.names  # noqa: B018


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [("as_of", "2030-01-01", "was edited"), ("form", 1, "has form 1")],
)
def test_an_edited_manifest_is_refused(written: Path, key: str, value: object, message: str) -> None:
    with zipfile.ZipFile(written) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    rewritten(written, "manifest.json", json.dumps(manifest | {key: value}).encode())
    with pytest.raises(DamagedSnapshot, match=message):
        load(written)


def test_a_file_that_is_cut_short_or_missing_is_refused(written: Path, tmp_path: Path) -> None:
    written.write_bytes(written.read_bytes()[:1000])
    with pytest.raises(DamagedSnapshot, match="cut short"):
        load(written)
    with pytest.raises(DamagedSnapshot, match="no snapshot at"):
        load(tmp_path / "none.zip")


# The sector of a snapshot


def test_a_snapshot_is_read_with_the_sector_that_it_is_given(written: Path, harbours: Sector) -> None:
    assert load(written, harbours).sector is harbours
    with pytest.raises(InvalidParameter, match="no sector 'harbours'"):
        load(written).sector  # noqa: B018


def test_the_manifest_names_the_sector(harbour_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_SECTORS", str(harbour_folder))
    path = harbour_folder / "artefacts" / "snapshot.zip"
    assert load(path).sector.name == load(path).manifest["sector"] == "harbours"
    assert store.bundled("harbours") == path
    assert store.bundled("nhs").parts[-3:] == ("nhs", "artefacts", "snapshot.zip")
    assert store.bundled() == store.bundled("nhs"), "it says of itself that it need not be named"
    with pytest.raises(InvalidParameter, match="no sector 'piers'"):
        store.bundled("piers")


def test_the_only_sector_need_not_be_named() -> None:
    assert store.bundled() == store.bundled("nhs")


def test_the_snapshot_in_use(written: Path, harbour_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_SECTORS", str(harbour_folder))
    monkeypatch.setenv("MATCHMAKER_SNAPSHOT", str(written))
    assert store.location() == store.location("harbours") == written
    assert store.location("nhs") == store.bundled("nhs"), "the file is of another sector"
    written.write_bytes(b"damaged")
    assert store.location("nhs") == written, "so that it is refused, not passed over"


def test_a_snapshot_can_be_pickled(written: Path, harbours: Sector, harbour_snapshot: Snapshot) -> None:
    for snapshot in (load(written, harbours), harbour_snapshot):
        again = pickle.loads(pickle.dumps(snapshot))
        assert again.cache_key == snapshot.cache_key
        assert again.sector == harbours
        assert again.measures.equals(snapshot.measures)


def test_equal_content_of_another_sector_is_cached_apart(
    harbour_snapshot: Snapshot, harbours: Sector, tmp_path: Path
) -> None:
    folder = tmp_path / "harbours"
    folder.mkdir()
    (folder / "sector.toml").write_text((harbours.folder / "sector.toml").read_text("utf-8"), "utf-8")
    other = Snapshot.of(*content(harbour_snapshot), Sector("harbours", folder))
    assert other.hash == harbour_snapshot.hash
    assert other.cache_key != harbour_snapshot.cache_key
