"""Waiting lists of March 2019 to 2024 by specialty. The file takes about a minute to read."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import rtt_waiting_lists
from matchmaker.sectors.nhs.sources.service_mix import GROUPS
from matchmaker.sources import publication


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    return rtt_waiting_lists.read(raw_data / "raw/real-centre-elective/rtt_data.rds")


AIREDALE_2019 = {
    **{"C_100": 1052, "C_101": 534, "C_110": 581, "C_120": 641, "C_130": 913, "C_140": 347, "C_160": 43},
    **{"C_300": 19, "C_301": 414, "C_320": 599, "C_340": 324, "C_400": 478, "C_410": 166, "C_430": 29},
    **{"C_502": 619, "X01": 792},
}
"""Cells of RCF, 2019-03-01, as the file has them; C_330 is missing there."""


@pytest.mark.parametrize(
    ("code", "year", "measure", "value"),
    [
        ("RCF", 2019, "rtt_waiting_list", 7551),
        ("RCF", 2019, "service_share_ophthalmology", 913 / 7551),
        ("RCF", 2019, "largest_specialty_share", 1052 / 7551),
        ("RJ1", 2024, "rtt_waiting_list", 144_103),
        ("RJ1", 2024, "service_share_regional_surgery", (17 + 3990 + 151) / 144_103),
        ("RJ1", 2024, "service_share_paediatrics", 18_386 / 144_103),
    ],
)
def test_values_are_those_of_the_file(
    rows: pl.DataFrame, code: str, year: int, measure: str, value: float
) -> None:
    found = rows.filter(code=code, measure=measure, period_end=date(year, 3, 31))["value"].item()
    assert found == pytest.approx(value, rel=1e-12)


def test_breadth_by_hand(rows: pl.DataFrame) -> None:
    size = sum(AIREDALE_2019.values())
    entropy = -math.fsum(n / size * math.log(n / size) for n in AIREDALE_2019.values())
    found = rows.filter(code="RCF", measure="service_breadth", period_end=date(2019, 3, 31))["value"].item()
    assert found == pytest.approx(math.exp(entropy), rel=1e-12)


def test_lists_of_each_march_add_up(rows: pl.DataFrame) -> None:
    """The totals (C_999) of the trusts' rows in the file, and how many trusts have one."""
    found = rows.filter(measure="rtt_waiting_list").group_by("period_end").agg(
        pl.len(), pl.col("value").sum()
    )  # fmt: skip
    assert {end.year: (count, total) for end, count, total in found.iter_rows()} == {
        2019: (184, 4_013_604),
        2020: (180, 4_060_911),
        2021: (172, 4_692_876),
        2022: (171, 5_962_624),
        2023: (170, 6_949_879),
        2024: (159, 7_185_645),
    }


def test_children_are_counted_apart_since_2022_only(rows: pl.DataFrame) -> None:
    years = rows.filter(measure="service_share_paediatrics")["period_end"].dt.year()
    assert set(years) == {2022, 2023, 2024}


def test_no_row_stands_twice_and_periods_are_marches(rows: pl.DataFrame) -> None:
    assert not rows.select("code", "measure", "period_start", "period_end").is_duplicated().any()
    assert set(rows["period_start"]) == {date(year, 3, 1) for year in range(2019, 2025)}
    assert set(rows["period_end"]) == {date(year, 3, 31) for year in range(2019, 2025)}


def test_values_stay_within_the_bounds_of_the_catalogue(rows: pl.DataFrame) -> None:
    catalogue = publication.measures(load_sector("nhs"))
    assert set(GROUPS) <= set(rows["measure"])
    for measure, value in rows.select("measure", "value").iter_rows():
        low, high = catalogue[measure].minimum, catalogue[measure].maximum
        assert low is not None
        assert high is not None
        assert low <= value <= high, measure


def test_an_unknown_specialty_is_a_fault() -> None:
    raw = pl.DataFrame(pd.DataFrame([["2024-03-01", "RCF", "C_555", 5]], columns=rtt_waiting_lists.COLUMNS))
    with pytest.raises(BadFile, match="C_555"):
        rtt_waiting_lists._marches(raw)
