"""Accounts of 2010/11 to 2018/19, against the cells of the file and the published outturns."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import provider_accounts_history
from matchmaker.sources import publication


@pytest.fixture(scope="module")
def path(raw_data: Path) -> Path:
    return raw_data / "raw/lse-hospital-management/financial_positions.csv"


@pytest.fixture(scope="module")
def rows(path: Path) -> pl.DataFrame:
    return provider_accounts_history.read(path)


@pytest.mark.parametrize(
    ("code", "start", "surplus", "income", "cost"),
    [  # lines 752, 1327 and 2061: R1H,2013,-38270,1288172,-1355281 and so on
        ("R1H", 2013, -38_270_000, 1_288_172_000, 1_355_281_000),
        ("RJZ", 2015, -65_394_817.5, 1_067_005_183, 1_119_308_000),
        ("RCF", 2018, 7_446_000, 185_716_000, 181_116_000),
    ],
)
def test_cells(rows: pl.DataFrame, code: str, start: int, surplus: float, income: float, cost: float) -> None:
    trust = rows.filter(code=code, period_start=date(start, 4, 1), period_end=date(start + 1, 3, 31))
    assert dict(trust.select("measure", "value").iter_rows()) == {
        "surplus": pytest.approx(surplus),
        "operating_income": pytest.approx(income),
        "operating_cost": pytest.approx(cost),
    }


@pytest.mark.parametrize(
    ("start", "outturn", "left_out"),
    [  # the sector's outturn, and the position of the rows that are left out (GBP million)
        (2013, -105.7, 0.0),
        (2014, -842.9, -24.931),  # R1K, opened in October 2014
        (2015, -2442.2, -1.128),  # RJD, dissolved
    ],
)
def test_sector_totals(rows: pl.DataFrame, start: int, outturn: float, left_out: float) -> None:
    year = rows.filter(measure="surplus", period_start=date(start, 4, 1))
    assert float(year["value"].sum()) / 1e6 == pytest.approx(outturn - left_out, abs=0.1)


def test_part_years_and_remnants_are_left_out(path: Path, rows: pl.DataFrame) -> None:
    with path.open(encoding="utf-8", newline="") as lines:
        whole = {(row["ORG_CODE"], int(row["YEAR"])) for row in csv.DictReader(lines)}
    kept = {(code, start.year) for code, start in rows.select("code", "period_start").iter_rows()}
    assert whole - kept == {
        *provider_accounts_history.PART_YEARS,
        *(("RJD", 2015), ("RJD", 2016), ("RBB", 2015), ("RD7", 2015)),
    }
    assert kept <= whole


def test_coverage_bounds_and_single_rows(rows: pl.DataFrame) -> None:
    trusts = rows.group_by("period_start").agg(pl.col("code").n_unique()).sort("period_start")["code"]
    assert trusts.to_list() == [245, 249, 249, 247, 245, 240, 238, 233, 230]
    assert not rows.select("code", "measure", "period_start", "period_end").is_duplicated().any()
    for measure, low, high in (
        rows.group_by("measure").agg(low=pl.col("value").min(), high=pl.col("value").max()).rows()
    ):
        definition = publication.measures(load_sector("nhs"))[measure]
        assert definition.minimum is not None and definition.maximum is not None
        assert definition.minimum <= low <= high <= definition.maximum
