"""Sickness absence, against cells of the files and the pattern of the years."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import sickness
from matchmaker.sources import publication

KEY = ["code", "measure", "period_start", "period_end"]


@pytest.fixture(scope="module")
def quarterly(raw_data: Path) -> pl.DataFrame:
    return sickness.read_quarterly(raw_data / "raw/hf-elective-constraints/FINAL_sickness.csv")


@pytest.fixture(scope="module")
def recent(raw_data: Path) -> pl.DataFrame:
    return sickness.read_recent(raw_data / "raw/trustpulse-2026/trust_profiles.csv")


@pytest.mark.parametrize(
    ("code", "end", "lost", "available"),
    [  # days lost and available, read in the file's own rows
        ("R1H", date(2013, 3, 31), 39318.65576, 1193436.59892),
        ("RCF", date(2013, 3, 31), 8588.2518, 199319.28055),
        ("RX7", date(2020, 6, 30), 38294.02042, 566580.16667),
        ("RDY", date(2023, 9, 30), 26698.29455, 517855.96212),
    ],
)
def test_a_rate_is_days_lost_over_days_available(
    quarterly: pl.DataFrame, code: str, end: date, lost: float, available: float
) -> None:
    found = quarterly.filter((pl.col("code") == code) & (pl.col("period_end") == end))
    assert found["value"].item() == pytest.approx(lost / available, rel=1e-12)


def test_quarters_run_from_april_2009_to_september_2023(quarterly: pl.DataFrame) -> None:
    assert quarterly["period_start"].min() == date(2009, 4, 1)
    assert quarterly["period_end"].max() == date(2023, 9, 30)
    assert quarterly["period_end"].n_unique() == 58
    assert quarterly["code"].n_unique() == 270
    assert quarterly.group_by("period_end").len()["len"].min() == 210


def test_quarters_are_those_of_the_calendar(quarterly: pl.DataFrame) -> None:
    # More staff are off sick from January to March than from April to June, in every year but the
    # year of the first wave.
    rates = dict(quarterly.group_by("period_end").agg(pl.col("value").median()).iter_rows())
    for year in (*range(2010, 2020), 2021, 2022, 2023):
        assert rates[date(year, 3, 31)] > rates[date(year, 6, 30)], year
    assert rates[date(2020, 6, 30)] > 1.15 * rates[date(2019, 6, 30)]


def test_yearly_means_stay_near_the_published_ones(quarterly: pl.DataFrame) -> None:
    means = dict(quarterly.group_by(pl.col("period_end").dt.year()).agg(pl.col("value").mean()).iter_rows())
    assert all(0.039 < mean < 0.06 for mean in means.values())
    assert means[2022] == max(means.values())


def test_a_quarter_without_a_day_lost_is_unknown(quarterly: pl.DataFrame) -> None:
    assert quarterly.filter(
        (pl.col("code") == "RYH") & (pl.col("period_end") == date(2014, 6, 30))
    ).is_empty()
    assert quarterly["value"].min() > 0


@pytest.mark.parametrize(
    ("code", "january", "lost", "available"),
    [  # sickness_rate_overall_3m_avg, then the days of the three months before
        ("R1H", 4.5903, 29246.797583333333, 615031.2499766666),
        ("RCF", 6.1677, 6013.844183333334, 108883.03374666667),
        ("RGT", 4.39, 17083.028896666667, 379445.21178),
    ],
)
def test_recent_rates_are_those_of_the_file(
    recent: pl.DataFrame, code: str, january: float, lost: float, available: float
) -> None:
    rates = dict(recent.filter(pl.col("code") == code).select("period_end", "value").iter_rows())
    assert rates[date(2026, 1, 31)] == pytest.approx(january / 100, abs=1e-6)
    assert rates[date(2025, 12, 31)] == pytest.approx(lost / available, rel=1e-12)


def test_the_recent_average_is_over_one_month_of_31_days(raw_data: Path) -> None:
    # Days available in January over the mean of October to December: 31 against 30.67.
    raw = pl.read_csv(raw_data / "raw/trustpulse-2026/trust_profiles.csv", infer_schema_length=None)
    ratio = raw["sickness_fte_days_avail_3m_avg"] / raw["sickness_fte_days_avail_prior_3m_avg"]
    assert ratio.median() == pytest.approx(31 / (92 / 3), abs=0.002)


def test_recent_periods(recent: pl.DataFrame) -> None:
    spans = set(recent.select("period_start", "period_end").iter_rows())
    assert spans == {
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2025, 10, 1), date(2025, 12, 31)),
    }
    assert recent["code"].n_unique() == 150


def test_another_edition_is_refused(raw_data: Path, tmp_path: Path) -> None:
    text = (raw_data / "raw/trustpulse-2026/trust_profiles.csv").read_text("utf-8")
    later = tmp_path / "trust_profiles.csv"
    later.write_text(text.replace("2026-03", "2026-04"), "utf-8")
    with pytest.raises(BadFile, match="2026-03"):
        sickness.read_recent(later)


def test_rows_stand_once_and_within_bounds(quarterly: pl.DataFrame, recent: pl.DataFrame) -> None:
    measure = publication.measures(load_sector("nhs"))["sickness_absence"]
    for rows in (quarterly, recent):
        assert not rows.select(KEY).is_duplicated().any()
        assert set(rows["measure"]) == {"sickness_absence"}
        assert rows["value"].is_between(measure.minimum, measure.maximum).all()
