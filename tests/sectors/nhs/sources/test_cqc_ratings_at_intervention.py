"""Ratings at entry to and exit from special measures: only what was public that day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import cqc_ratings, cqc_ratings_at_intervention
from matchmaker.sources.publication import measures


@pytest.fixture(scope="module")
def spells(raw_data: Path) -> pl.DataFrame:
    return cqc_ratings_at_intervention.read_spells(raw_data / "pairings/special_measures.csv")


def has(frame: pl.DataFrame, code: str, day: date, value: float) -> bool:
    return frame.filter(code=code, period_end=day, value=value).height == 1


def test_cells(spells: pl.DataFrame) -> None:
    # special_measures.csv: RGT in 2015-09-22 Inadequate, out 2017-01-18 Good
    assert has(spells, "RGT", date(2015, 9, 22), 1)
    assert has(spells, "RGT", date(2017, 1, 18), 3)
    # RTX in 2014-06 (month): counts from the last day of that month
    assert has(spells, "RTX", date(2014, 6, 30), 1)
    assert spells.filter(code="RTX", period_end=date(2014, 6, 1)).is_empty()
    # TAH out 2022 (year only): no row; in 2020-04 (month)
    assert spells.filter(code="TAH")["period_end"].to_list() == [date(2020, 4, 30)]


def test_ratings_that_were_not_yet_public_are_left_out(spells: pl.DataFrame) -> None:
    for code, day in (("R1H", date(2015, 3, 17)), ("RXW", date(2018, 11, 8)), ("RJL", date(2017, 3, 22))):
        assert spells.filter(code=code, period_end=day).is_empty()
    # Before trust ratings began there is no rating.
    assert spells.filter(pl.col("period_end") < date(2014, 3, 1)).is_empty()


def test_agrees_with_dated_ratings_of_the_same_day(raw_data: Path, spells: pl.DataFrame) -> None:
    raw = raw_data / "raw"
    dated = pl.concat(
        [
            cqc_ratings.read_latest(raw / "cqc-provider-ratings-2026/cqc.json"),
            cqc_ratings.read_history(raw / "lse-hospital-management/CQC_ratings.csv"),
        ],
        how="diagonal",
    )
    both = spells.join(dated, on=["code", "measure", "period_end"])
    assert both.height >= 7
    assert both.filter(pl.col("value") != pl.col("value_right")).is_empty()


def test_keogh(raw_data: Path) -> None:
    frame = cqc_ratings_at_intervention.read_keogh(
        raw_data / "raw/special-measures/keogh_special_measures_2013.csv"
    )
    assert frame.height == 6
    assert has(frame, "RDD", date(2014, 8, 4), 3)
    assert has(frame, "RXR", date(2014, 8, 4), 2)
    assert has(frame, "RPA", date(2014, 8, 4), 1)


def test_form(spells: pl.DataFrame) -> None:
    assert spells["code"].n_unique() >= 45
    assert not spells.select("code", "measure", "period_end").is_duplicated().any()
    assert set(spells["measure"]) == {"cqc_overall"} <= measures(load_sector("nhs")).keys()
    assert spells["value"].is_between(1, 4).all()
    assert (spells["known_from"] == spells["period_end"]).all()


def test_an_unknown_rating_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "special_measures.csv"
    path.write_text(
        "ods_code,spell_id,entry_date,entry_precision,cqc_overall_at_entry,exit_date,exit_precision,"
        "cqc_overall_at_exit\nR0A,x,2015-01-01,day,Superb,2016-13-01,day,Good\n"
    )
    with pytest.raises(BadFile) as error:
        cqc_ratings_at_intervention.read_spells(path)
    assert len(error.value.faults) == 2
