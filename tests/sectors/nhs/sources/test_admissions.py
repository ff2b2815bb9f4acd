"""Admissions, against lines of the files and the published totals for England."""

from __future__ import annotations

import csv
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sectors.nhs.sources import admissions

HISTORY = "lse-hospital-management/inpatient_data.csv"
HES_2024 = "activity-2024-25/hes-apc-2024-25.json"


@pytest.fixture(scope="module")
def history(raw_data: Path) -> pl.DataFrame:
    return admissions.read_lse(raw_data / "raw" / HISTORY)


@pytest.fixture(scope="module")
def latest(raw_data: Path) -> pl.DataFrame:
    return admissions.read_2024(raw_data / "raw" / HES_2024)


def one(rows: pl.DataFrame, code: str, measure: str, year: int) -> float:
    found = rows.filter(
        code=code, measure=measure, period_start=date(year, 4, 1), period_end=date(year + 1, 3, 31)
    )
    return float(found["value"].item())


@pytest.mark.parametrize(
    ("code", "year", "count"),
    [
        ("R1H", 2014, 225_504),
        ("R1H", 2013, 240_698),  # a year with spaces round the codes
        ("RJ1", 2012, 134_718),  # RJ1-X
        ("RJ1", 2014, 144_161),  # RJ10X
        ("RRK", 2018, 393_575),  # RRK0X
        ("RN5", 2012, 85_860 + 12_598),  # RN5-X and its treatment centre RN5T1
        ("RXK", 2014, 103_361 + 14_913),  # RXK0X and RXKTC
    ],
)
def test_admissions_of_a_year(history: pl.DataFrame, code: str, year: int, count: int) -> None:
    assert one(history, code, "admissions", year) == count


def test_parts_of_a_trust_add_up_to_the_next_year(history: pl.DataFrame) -> None:
    """The trusts that are published in parts run on without a jump."""
    for code in ("RN5", "RXK", "RJ1", "RXF"):
        years = [one(history, code, "admissions", year) for year in range(2012, 2019)]
        assert all(0.85 < after / before < 1.15 for before, after in pairwise(years))


def test_each_year_is_known_from_the_day_its_tables_came_out(history: pl.DataFrame) -> None:
    """2013/14 by provider two months after the headlines, in March 2015; the others in their autumn."""
    known = dict(history.select("period_end", "known_from").unique().iter_rows())
    assert known == {date(year + 1, 3, 31): day for year, day in admissions.PUBLISHED.items()}
    assert known[date(2014, 3, 31)] == date(2015, 3, 26)
    assert known[date(2015, 3, 31)] == date(2015, 11, 25)
    assert known[date(2019, 3, 31)] == date(2019, 9, 19)


def test_no_trust_is_lost(raw_data: Path, history: pl.DataFrame) -> None:
    """Every line whose code begins like a trust's is in a total."""
    totals: dict[str, float] = {}
    with (raw_data / "raw" / HISTORY).open(encoding="utf-8-sig") as file:
        for line in csv.DictReader(file):
            if line["ORG_CODE"].strip()[0] in "RT" and len(line["ORG_CODE"].strip()) in (3, 5):
                totals[line["YEAR"]] = totals.get(line["YEAR"], 0) + float(line["ADMISSIONS"])
    found = (
        history.filter(measure="admissions")
        .group_by(pl.col("period_start").dt.year())
        .agg(pl.col("value").sum(), pl.len())
    )
    assert {str(year): value for year, value, _ in found.iter_rows()} == totals
    trusts = {year: count for year, _, count in found.sort("period_start").iter_rows()}
    assert trusts == {2012: 232, 2013: 232, 2014: 227, 2015: 220, 2016: 218, 2017: 213, 2018: 206}


def test_shares_of_ages(history: pl.DataFrame) -> None:
    # RCF in 2014: the bands of its line
    bands = (6996, 8916, 9573, 10865, 16982, 16762, 2857)
    assert one(history, "RCF", "episodes_age_0_14_share", 2014) == pytest.approx(bands[0] / sum(bands))
    assert one(history, "RCF", "episodes_age_75_over_share", 2014) == pytest.approx(
        sum(bands[-2:]) / sum(bands)
    )
    # bands that hold 3,711 of 5,322 episodes give no share
    assert one(history, "RYW", "admissions", 2015) == 5248
    assert history.filter(
        pl.col("measure").str.starts_with("episodes"), code="RYW", period_start=date(2015, 4, 1)
    ).is_empty()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("RCF", (73_120, 24_910, 4.08, 58.63)),
        ("TAD", (1_205, 1_065, 60.84, 40.77)),
    ],
)
def test_2024(latest: pl.DataFrame, code: str, expected: tuple[float, ...]) -> None:
    measures = ("admissions", "emergency_admissions", "mean_length_of_stay", "mean_age_admitted")
    assert tuple(one(latest, code, measure, 2024) for measure in measures) == expected


def test_trusts_with_a_suffix_are_read(latest: pl.DataFrame) -> None:
    """Seventeen trusts stand under codes such as RJ1-X; the rest are what their history foretells."""
    counts = latest.filter(measure="admissions")
    assert len(counts) == 168
    assert one(latest, "RJ1", "admissions", 2024) == 199_230
    assert one(latest, "R0A", "admissions", 2024) == 351_445
    assert one(latest, "R1H", "admissions", 2024) == 220_145


def test_unknown_is_no_row(latest: pl.DataFrame) -> None:
    assert latest.filter(code="RY3", measure="mean_age_admitted").is_empty()
    assert one(latest, "RY3", "admissions", 2024) == 3_245


def test_trusts_are_most_of_england(latest: pl.DataFrame) -> None:
    emergency = latest.filter(measure="emergency_admissions")["value"].sum()
    assert 0.99 < emergency / 6_614_976 <= 1
