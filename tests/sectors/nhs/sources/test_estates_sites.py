"""Sites and floor area, against cells of the workbooks and sums made with the csv module."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import estates_sites


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    folder = raw_data / "raw"
    parts = [estates_sites.read_2013(path) for path in sorted(folder.glob("eric-2013-2017/*.xls"))]
    parts.append(estates_sites.read_2019(folder / "eric-2019-20/ERIC_201920_SiteData.csv"))
    return pl.concat(parts)


def of(rows: pl.DataFrame, code: str, year: int) -> dict[str, float]:
    found = rows.filter(code=code, period_start=date(year, 4, 1), period_end=date(year + 1, 3, 31))
    return dict(found.select("measure", "value").iter_rows())


@pytest.mark.parametrize(
    ("code", "year", "sites", "inpatient", "acute", "area"),
    [
        ("R1H", 2013, 6, 6, 5, 539_811),
        ("RCF", 2013, 1, 1, 1, 62_128),
        ("RCF", 2014, 1, 1, 1, 63_030),
        ("R1H", 2014, 6, 6, 5, 534_933),
        ("R1H", 2016, 22, 5, 3, 477_912),  # 57 sites more are not reported singly
        ("RCF", 2016, 7, 2, 1, 62_707),
    ],
)
def test_trusts(
    rows: pl.DataFrame, code: str, year: int, sites: int, inpatient: int, acute: int, area: int
) -> None:
    assert of(rows, code, year) == {
        "sites": sites,
        "sites_inpatient": inpatient,
        "sites_general_acute": acute,
        "floor_area": area,
    }


def test_kinds_that_do_not_apply_are_unknown(rows: pl.DataFrame) -> None:
    """Ambulance services have sites, and no count of hospitals."""
    found = of(rows, "RYA", 2013)
    assert found.keys() == {"sites", "floor_area"}
    assert found["sites"] == 125


def test_2019(rows: pl.DataFrame) -> None:
    assert of(rows, "R1H", 2019) == {
        "sites_inpatient": 4,
        "sites_general_acute": 3,
        "floor_area": 458_922,
    }
    assert of(rows, "RCF", 2019) == {"sites_inpatient": 2, "sites_general_acute": 1, "floor_area": 61_215}
    assert of(rows, "RX9", 2019).keys() == {"floor_area"}


def test_no_floor_is_no_row(rows: pl.DataFrame) -> None:
    assert of(rows, "RP6", 2014).keys() == {"sites", "sites_inpatient", "sites_general_acute"}
    assert of(rows, "RP6", 2013)["floor_area"] > 5_000


def test_coverage(rows: pl.DataFrame) -> None:
    floor = (
        rows.filter(measure="floor_area")
        .group_by(pl.col("period_start").dt.year())
        .agg(pl.len(), pl.col("value").sum() / 1e6)
    )
    found = {year: (count, round(area, 1)) for year, count, area in floor.sort("period_start").iter_rows()}
    assert found == {
        2013: (245, 25.9),
        2014: (240, 26.4),
        2015: (238, 26.8),
        2016: (236, 26.9),
        2019: (224, 26.8),
    }
    acute = rows.filter(measure="sites_general_acute").group_by("period_start").agg(pl.col("value").sum())
    assert [value for _, value in acute.sort("period_start").iter_rows()] == [227, 221, 218, 217, 219]


def test_an_unknown_kind_of_site_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "ERIC_201920_SiteData.csv"
    path.write_text(
        "Trust Code,Site Type,Gross internal floor area (m²)\n"
        'RCF,1. General acute hospital,"1,000"\n'
        "RCF,Castle,900\n",
        "utf-8",
    )
    with pytest.raises(BadFile, match="Castle"):
        estates_sites.read_2019(path)


def test_words_for_a_number_are_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "ERIC_201920_SiteData.csv"
    path.write_text(
        "Trust Code,Site Type,Gross internal floor area (m²)\nRCF,1. General acute hospital,much\n",
        "utf-8",
    )
    with pytest.raises(BadFile, match="much"):
        estates_sites.read_2019(path)


def test_2024(raw_data: Path) -> None:
    frame = estates_sites.read_2024(raw_data / "raw/eric-2024-25/ERIC - 2024_25 - Trust data.csv")
    # RJE: two general acute, five support; RYX: three mixed, three community, five other, 272 without beds,
    # six support
    own = {
        code: dict(frame.filter(code=code).select("measure", "value").iter_rows()) for code in ("RJE", "RYX")
    }
    assert own["RJE"] == {"sites": 7, "sites_inpatient": 2, "sites_general_acute": 2}
    assert own["RYX"] == {"sites": 289, "sites_inpatient": 11, "sites_general_acute": 0}
    assert frame["period_end"].unique().to_list() == [date(2025, 3, 31)]
