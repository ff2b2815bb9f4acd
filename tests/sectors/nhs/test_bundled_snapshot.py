"""The bundled snapshot: whole, small, with provenance for every figure, and built from the official files."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchmaker.sector import load_sector
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.build import build
from matchmaker.snapshot.schema import schemas


def test_it_is_whole(snapshot: Snapshot) -> None:
    snapshot.verify()
    tables = schemas(snapshot.sector)
    assert set(snapshot.manifest["tables"]) == set(tables)
    for name, entry in snapshot.manifest["tables"].items():
        assert snapshot.table(name).height == entry["rows"], name
        assert snapshot.table(name).columns == tables[name].column_names(), name


def test_it_is_small(snapshot: Snapshot) -> None:
    assert snapshot.path.stat().st_size < 15e6


def test_every_figure_has_a_source_with_publisher_period_and_licence(snapshot: Snapshot) -> None:
    used = snapshot.measures.select("source", "file").unique().rows()
    for source, file in used:
        entry = snapshot.sources[source]
        assert entry["publisher"] and entry["licence"] and entry["period_first"] and entry["period_last"]
        assert file in {one["name"] for one in entry["files"]}


@pytest.mark.slow
def test_the_files_that_it_was_built_from_build_it(
    snapshot: Snapshot, raw_data: Path, tmp_path: Path
) -> None:
    """Table by table, but for those of which the folder holds newer files by now."""
    made, _ = build(raw_data, tmp_path / "again.zip", sector=load_sector("nhs"))
    newer = {
        source["table"]
        for source in made.sources.values()
        if source["files"] != snapshot.sources[source["id"]]["files"]
    }
    assert not newer & {"measures", "attributes", "organisations", "successions", "coordinates"}
    for name in snapshot.manifest["tables"].keys() - newer:
        assert made.table(name).equals(snapshot.table(name)), name
    if not newer:
        assert made.hash == snapshot.hash
