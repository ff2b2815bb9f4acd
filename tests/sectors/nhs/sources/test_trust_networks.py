"""Cancer Alliances and record systems: attributes that trusts may have in common."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import cancer_alliances, record_systems
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sources import publication


@pytest.fixture(scope="module")
def alliances(raw_data: Path) -> pl.DataFrame:
    return cancer_alliances.read(raw_data / "raw/cancer-alliance/ods_ca_mapping.csv")


@pytest.fixture(scope="module")
def systems(raw_data: Path) -> pl.DataFrame:
    name = "secondary_trusts_primary_epr_suppliers_20240101.xlsx"
    return record_systems.read(raw_data / "raw/nhstech-mrc" / name)


def test_alliances_of_three_trusts(alliances: pl.DataFrame) -> None:
    found = dict(alliances.select("code", "value").iter_rows())  # lines 2 to 4 and RVJ of the file
    assert found["R0B"] == found["RNN"] == found["RR7"] == "Northern Cancer Alliance"
    assert found["RVJ"] == "Somerset, Wiltshire, Avon and Gloucestershire Cancer Alliance"
    assert "RXV" not in found  # a mental health trust, in none


def test_alliances_cover_141_trusts_in_20(alliances: pl.DataFrame) -> None:
    assert alliances.height == alliances["code"].n_unique() == 141
    assert alliances["value"].n_unique() == 20
    assert (
        alliances["value"].value_counts().filter(value="West Midlands Cancer Alliance")["count"].item() == 15
    )


def test_suppliers_of_three_trusts(systems: pl.DataFrame) -> None:
    found = dict(systems.select("code", "value").iter_rows())  # rows 2 to 4 of the sheet
    assert found["RCF"] == "TPP"
    assert found["RBS"] == "Meditech Group Limited"
    assert found["RTK"] == "Oracle Cerner Corporation"
    assert "RCB" not in found  # generic or in house


def test_suppliers_of_173_of_209_trusts(systems: pl.DataFrame) -> None:
    assert systems.height == systems["code"].n_unique() == 209 - 20 - 16
    assert systems["value"].n_unique() == 22
    counts = dict(systems["value"].value_counts().iter_rows())
    assert counts["Oracle Cerner Corporation"] == 30
    assert counts["Epic Systems Corporation"] == 9


@pytest.mark.raw
@pytest.mark.parametrize(
    ("name", "attribute", "known_from"),
    [
        ("alliances", "cancer_alliance", date(2025, 12, 31)),
        ("systems", "epr_supplier", date(2024, 12, 31)),
    ],
)
def test_rows_are_attributes(
    request: pytest.FixtureRequest, name: str, attribute: str, known_from: date
) -> None:
    rows: pl.DataFrame = request.getfixturevalue(name)
    assert set(rows["attribute"]) == {attribute}
    assert set(rows["known_from"]) == {known_from}
    assert rows["code"].str.contains(TRUST_CODE).all()


def test_they_are_found_as_attributes() -> None:
    for name in ("cancer_alliances", "record_systems"):
        assert publication.publications(load_sector("nhs"))[name].table == "attributes"
