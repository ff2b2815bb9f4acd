"""What changed between two snapshots, on made-up harbours."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from matchmaker.errors import InvalidParameter
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.diff import diff

LAST = date(2024, 12, 31)


def changed(snapshot: Snapshot, **tables: pl.DataFrame) -> Snapshot:
    held = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
    return Snapshot.of(held | tables, snapshot.manifest, snapshot.sector)


def test_the_same_snapshot_differs_in_nothing(harbour_snapshot: Snapshot) -> None:
    found = diff(harbour_snapshot, changed(harbour_snapshot))
    assert found.same
    assert found.figures.is_empty() and found.organisations.is_empty()


def test_figures_that_came_went_and_changed(harbour_snapshot: Snapshot) -> None:
    own = pl.col("measure").eq("berths") & pl.col("period_end").eq(LAST)
    new = harbour_snapshot.measures.filter(own, code="EEL").with_columns(code=pl.lit("NEW"))
    after = harbour_snapshot.measures.filter(~(own & pl.col("code").eq("AMB"))).with_columns(
        value=pl.when(own & pl.col("code").eq("KIT")).then(81.0).otherwise("value")
    )
    found = diff(harbour_snapshot, changed(harbour_snapshot, measures=pl.concat([after, new])))
    assert found.tables.rows() == [("measures", 2, 2)]
    assert found.figures.select("code", "change", "value_a", "value_b").rows() == [
        ("AMB", "gone", 40.0, None),
        ("KIT", "changed", 80.0, 81.0),
        ("NEW", "new", None, 80.0),
    ]


def test_an_organisation_that_closed_is_listed_before_and_after(harbour_snapshot: Snapshot) -> None:
    closed = pl.when(pl.col("code") == "EEL").then(date(2025, 1, 1)).otherwise("closed")
    after = changed(
        harbour_snapshot, organisations=harbour_snapshot.organisations.with_columns(closed=closed)
    )
    rows = diff(harbour_snapshot, after).organisations.select("code", "closed", "held_by").rows()
    assert rows == [("EEL", None, "a"), ("EEL", date(2025, 1, 1), "b")]


def test_snapshots_of_two_sectors_are_not_compared(harbour_snapshot: Snapshot) -> None:
    manifest = harbour_snapshot.manifest | {"sector": "nhs"}
    other = Snapshot.of({name: harbour_snapshot.table(name) for name in manifest["tables"]}, manifest)
    with pytest.raises(InvalidParameter, match="two sectors, harbours and nhs"):
        diff(harbour_snapshot, other)
