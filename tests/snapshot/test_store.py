"""The bundled snapshot: whole, reproducible, with provenance for every figure."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import DamagedSnapshot
from matchmaker.snapshot import Snapshot, load, store
from matchmaker.snapshot.build import build
from matchmaker.snapshot.schema import TABLES


def test_the_bundled_snapshot_is_whole(snapshot: Snapshot) -> None:
    snapshot.verify()
    assert set(snapshot.manifest["tables"]) == set(TABLES)
    for name, entry in snapshot.manifest["tables"].items():
        assert snapshot.table(name).height == entry["rows"], name
        assert snapshot.table(name).columns == TABLES[name].column_names(), name


def test_the_bundle_is_small(snapshot: Snapshot) -> None:
    assert snapshot.path.stat().st_size < 15e6


def test_every_figure_has_a_source_with_publisher_period_and_licence(snapshot: Snapshot) -> None:
    used = snapshot.measures.select("source", "file").unique().rows()
    for source, file in used:
        said = snapshot.sources[source]
        assert said["publisher"] and said["licence"] and said["period_first"] and said["period_last"]
        assert file in {entry["name"] for entry in said["files"]}


def test_the_same_content_gives_the_same_bytes(snapshot: Snapshot, tmp_path: Path) -> None:
    tables = {name: snapshot.table(name) for name in TABLES}
    said = {
        key: snapshot.manifest[key] for key in ("as_of", "known_since", "licence", "attribution", "sources")
    }
    first = store.write(tmp_path / "a.zip", tables, said)
    second = store.write(tmp_path / "b.zip", tables, said)
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.hash == snapshot.hash


def test_another_content_gives_another_hash(snapshot: Snapshot, tmp_path: Path) -> None:
    tables = {name: snapshot.table(name) for name in TABLES}
    said = {
        key: snapshot.manifest[key] for key in ("as_of", "known_since", "licence", "attribution", "sources")
    }
    tables["measures"] = tables["measures"].with_columns(
        value=pl.when(pl.int_range(pl.len()) == 0).then(pl.col("value") + 1e-9).otherwise("value")
    )
    assert store.write(tmp_path / "a.zip", tables, said).hash != snapshot.hash


def test_a_table_that_is_not_there_is_no_attribute(snapshot: Snapshot) -> None:
    with pytest.raises(AttributeError, match="no table"):
        snapshot.rumours  # noqa: B018
    with pytest.raises(DamagedSnapshot):
        snapshot.table("rumours")


def test_the_official_files_build_the_bundled_snapshot(
    snapshot: Snapshot, raw_data: Path, tmp_path: Path
) -> None:
    made, _ = build(raw_data, tmp_path / "again.zip")
    assert made.hash == snapshot.hash
    assert load(made.path).measures.equals(snapshot.measures)
