"""Catchment populations, against lines of the files and the population of England."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sectors.nhs.sources import catchment_population


@pytest.fixture(scope="module")
def proportional(raw_data: Path) -> pl.DataFrame:
    return catchment_population.read_2020(raw_data / "raw/thf-trust-reference/trust_ref_file.csv")


@pytest.fixture(scope="module")
def restated(raw_data: Path) -> pl.DataFrame:
    return catchment_population.read_2022(raw_data / "raw/hf-elective-constraints/trust_pop.csv")


@pytest.fixture(scope="module")
def first_choice(raw_data: Path) -> pl.DataFrame:
    return catchment_population.read_first_choice(
        raw_data / "raw/ohid-catchment/2022_trust_catchment_populations.xlsx"
    )


def one(rows: pl.DataFrame, code: str, year: int) -> float:
    found = rows.filter(code=code, period_start=date(year, 1, 1), period_end=date(year, 12, 31))
    return float(found["value"].item())


def test_proportional(proportional: pl.DataFrame) -> None:
    assert one(proportional, "R1H", 2011) == 1_052_930
    assert one(proportional, "R1H", 2018) == 1_139_498
    assert one(proportional, "RCF", 2018) == 170_452
    years = dict(proportional.group_by(pl.col("period_start").dt.year()).len().iter_rows())
    assert years == dict.fromkeys(range(2011, 2019), 141)  # 2019 to 2021 repeat 2018
    assert set(proportional["measure"]) == {"catchment_population"}


def test_restated(restated: pl.DataFrame) -> None:
    assert one(restated, "R1H", 2011) == 1_042_437
    assert one(restated, "RCF", 2020) == 166_574
    assert one(restated, "R1H", 2020) == 1_066_953
    years = dict(restated.group_by(pl.col("period_start").dt.year()).len().iter_rows())
    assert years == {2011: 137} | dict.fromkeys(range(2012, 2021), 138)
    assert set(restated["measure"]) == {"catchment_population_restated"}


def test_first_choice(first_choice: pl.DataFrame) -> None:
    assert one(first_choice, "R1H", 2020) == 1_173_479
    assert one(first_choice, "RCF", 2020) == 188_607
    assert len(first_choice) == 121
    # Every neighbourhood counts once: the sum is the mid-2020 population of England.
    assert first_choice["value"].sum() == 56_550_138
    assert one(first_choice, "R1F", 2020) == 142_296  # the Isle of Wight, all of it


def test_sums_are_near_the_population(proportional: pl.DataFrame, restated: pl.DataFrame) -> None:
    in_2018 = pl.col("period_start") == date(2018, 1, 1)
    assert restated.filter(in_2018)["value"].sum() == 55_972_505
    assert 0.98 < proportional.filter(in_2018)["value"].sum() / 55_977_178 < 1


def test_nothing_is_known_before_its_release(
    proportional: pl.DataFrame, restated: pl.DataFrame, first_choice: pl.DataFrame
) -> None:
    """Figures worked out backwards for merged trusts must not reach a profile of that time."""
    assert proportional["known_from"].unique().to_list() == [date(2020, 12, 31)]
    assert restated["known_from"].unique().to_list() == [date(2022, 10, 18)]
    assert first_choice["known_from"].unique().to_list() == [date(2022, 10, 18)]
