"""Ratings of the south west: what a dated report proves of a trust's rating in the edition of 2019."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sectors.nhs.sources import cqc_ratings, cqc_ratings_south_west


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    return cqc_ratings_south_west.read(raw_data / "raw/cqc-southwest-2021/DERIVED_cqc_sw_nhs_ratings.csv")


def test_each_is_the_rating_of_the_trust_of_the_same_day(rows: pl.DataFrame, raw_data: Path) -> None:
    edition = cqc_ratings.read_history(raw_data / "raw/lse-hospital-management/CQC_ratings.csv")
    both = rows.join(edition, on=["code", "measure", "period_end"], suffix="_edition")
    assert both.height == rows.height == 6
    assert both["value"].equals(both["value_edition"], check_names=False)


def test_it_is_known_from_the_day_of_its_report(rows: pl.DataFrame) -> None:
    assert rows.filter(pl.col("known_from") != pl.col("period_end")).is_empty()
    # location RA901, Torbay Hospital, historic, 2018-05-17, Overall, Overall, Good
    assert rows.filter(code="RA9").select("known_from", "value").row(0) == (date(2018, 5, 17), 3)
