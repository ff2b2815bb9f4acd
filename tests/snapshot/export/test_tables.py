"""The tables of a published dataset and what is said of each column."""

from __future__ import annotations

import polars as pl
import pytest

from matchmaker.snapshot.export.tables import Table, _reference, dataset_tables
from matchmaker.snapshot.store import Snapshot, bundled, load


@pytest.fixture(scope="module", params=["nhs", "schools"])
def published(request: pytest.FixtureRequest) -> Snapshot:
    return load(bundled(request.param))


@pytest.fixture(scope="module")
def tables(published: Snapshot) -> dict[str, Table]:
    return {one.name: one for one in dataset_tables(published)}


@pytest.mark.snapshot
def test_every_table_with_rows_is_there_and_whole(published: Snapshot, tables: dict[str, Table]) -> None:
    rows = {name: one["rows"] for name, one in published.manifest["tables"].items() if one["rows"]}
    assert {name: tables[name].frame.height for name in rows} == rows
    assert not {name for name, one in tables.items() if one.frame.is_empty()}


@pytest.mark.snapshot
def test_every_column_is_described(tables: dict[str, Table]) -> None:
    for table in tables.values():
        assert len(table.says) > 10, table.name
        for column in table.columns:
            assert column.says.endswith("."), (table.name, column.name)


@pytest.mark.snapshot
def test_every_code_and_measure_refers_to_its_table(tables: dict[str, Table]) -> None:
    others = {
        ("site_names", "code"),
        ("other_bodies", "code"),
        ("code_labels", "code"),
        ("membership", "group"),
    }
    organisation = {"code", "recipient", "partner", "old", "new", "organisation", "peer", "member", "group"}
    for table in tables.values():
        for column in table.columns:
            if table.name == "organisations" or (table.name, column.name) in others:
                assert column.refers_to is None
            elif column.name in organisation:
                assert column.refers_to == ("organisations", "code"), (table.name, column.name)
            elif column.name == "measure":
                assert column.refers_to == ("measure_definitions", "name")


@pytest.mark.snapshot
def test_every_row_has_a_source_that_can_be_looked_up(tables: dict[str, Table]) -> None:
    by_page = {"pairings", "interventions", "groups", "board_tenure", "board_holders"}
    for table in tables.values():
        if "source" in table.frame.columns:
            assert table.frame["source"].null_count() == 0
            refers = next(one for one in table.columns if one.name == "source").refers_to
            assert refers == ("sources", "id") or table.name in by_page, table.name


@pytest.mark.snapshot
def test_primary_keys_hold(tables: dict[str, Table]) -> None:
    for table in tables.values():
        if table.primary_key:
            key = table.frame.select(table.primary_key)
            assert not key.is_duplicated().any(), table.name
            assert sum(key.null_count().row(0)) == 0, table.name


def test_a_reference_that_does_not_hold_is_not_declared() -> None:
    frames = {"sources": pl.DataFrame({"id": ["survey"]})}
    assert _reference("sources.id", frames, pl.Series(["survey", None])) == ("sources", "id")
    assert _reference("sources.id", frames, pl.Series(["survey", "https://example.org"])) is None
    assert _reference("", frames, pl.Series(["survey"])) is None
