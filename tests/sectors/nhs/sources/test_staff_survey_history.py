"""NHS Staff Survey 2012 to 2019, against cells of the files and the published national figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import staff_survey_history
from matchmaker.sources import publication


@pytest.fixture(scope="module")
def managers(raw_data: Path) -> pl.DataFrame:
    return staff_survey_history.read_managers(
        raw_data / "raw/lse-hospital-management-extra/NHS_SS_management.csv"
    )


@pytest.fixture(scope="module")
def acute(raw_data: Path) -> pl.DataFrame:
    return staff_survey_history.read_acute(raw_data / "raw/ebmgt-nhs-wellbeing/data.NHS.2012_2019.csv")


def value(rows: pl.DataFrame, code: str, year: int, measure: str) -> float:
    found = rows.filter(
        (pl.col("code") == code) & (pl.col("measure") == measure) & (pl.col("period_end").dt.year() == year)
    )
    return float(found["value"].item())


@pytest.mark.parametrize(
    ("code", "year", "measure", "agree", "strongly"),
    [  # percent who agree and who strongly agree, read in the rows of the file
        ("RNL", 2012, "survey_senior_managers_act", 6.175771971, 1.425178147),
        ("R1H", 2018, "survey_senior_managers_known", 52.7260274, 30.91780822),
        ("R1H", 2018, "survey_immediate_manager_supportive", 40.08525853, 29.95049505),
        ("RWA", 2016, "survey_senior_managers_communicate", 29, 9),
        ("RWA", 2016, "survey_senior_managers_involve", 24, 8),
        ("R1F", 2018, "survey_senior_managers_act", 18.28442438, 4.288939052),
    ],
)
def test_a_share_is_agree_and_strongly_agree(
    managers: pl.DataFrame, code: str, year: int, measure: str, agree: float, strongly: float
) -> None:
    assert value(managers, code, year, measure) == pytest.approx((agree + strongly) / 100, abs=1e-9)


@pytest.mark.parametrize(
    ("code", "year", "measure", "cell"),
    [
        ("RNL", 2012, "survey_motivation_1_to_5", 3.63666666666667),
        ("RNL", 2012, "survey_recommend_work", 0.26),
        ("RCF", 2019, "survey_motivation_1_to_5", 3.96666666666667),
        ("RRV", 2014, "survey_recommend_care", 0.83),
        ("RM1", 2019, "survey_recommend_work", 0.61),
    ],
)
def test_acute_values_are_those_of_the_file(
    acute: pl.DataFrame, code: str, year: int, measure: str, cell: float
) -> None:
    assert value(acute, code, year, measure) == cell


def test_motivation_is_the_published_motivation_and_not_engagement(acute: pl.DataFrame) -> None:
    # Published for all trusts: motivation 3.83 in 2014 and 3.92 in 2015, engagement 3.71 and 3.78.
    means = dict(
        acute.filter(measure="survey_motivation_1_to_5")
        .group_by(pl.col("period_end").dt.year())
        .agg(pl.col("value").mean())
        .iter_rows()
    )
    assert means[2014] == pytest.approx(3.83, abs=0.03)
    assert means[2015] == pytest.approx(3.92, abs=0.03)


def test_every_year_is_covered(managers: pl.DataFrame, acute: pl.DataFrame) -> None:
    known = managers.filter(measure="survey_senior_managers_known")
    counts = dict(known.group_by(pl.col("period_end").dt.year()).len().iter_rows())
    assert counts == {2012: 161, 2013: 160, 2014: 157, 2015: 154, 2016: 237, 2017: 233, 2018: 148}
    motivation = acute.filter(measure="survey_motivation_1_to_5")
    counts = dict(motivation.group_by(pl.col("period_end").dt.year()).len().iter_rows())
    assert counts == {
        2012: 141,
        2013: 140,
        2014: 136,
        2015: 134,
        2016: 134,
        2017: 132,
        2018: 130,
        2019: 126,
    }


def test_the_isle_of_wight_is_one_trust_in_every_year(managers: pl.DataFrame) -> None:
    found = managers.filter((pl.col("code") == "R1F") & (pl.col("measure") == "survey_senior_managers_act"))
    assert found["period_end"].dt.year().sort().to_list() == list(range(2012, 2019))
    assert not managers["code"].str.contains("R1F.").any()


def test_periods_are_autumns(managers: pl.DataFrame, acute: pl.DataFrame) -> None:
    for rows in (managers, acute):
        assert all(day == date(day.year, 9, 1) for day in set(rows["period_start"]))
        assert all(day == date(day.year, 11, 30) for day in set(rows["period_end"]))


def test_rows_stand_once_and_within_bounds(managers: pl.DataFrame, acute: pl.DataFrame) -> None:
    catalogue = publication.measures(load_sector("nhs"))
    for rows in (managers, acute):
        assert not rows.select("code", "measure", "period_start", "period_end").is_duplicated().any()
        for (name,), part in rows.group_by("measure"):
            measure = catalogue[str(name)]
            assert part["value"].is_between(measure.minimum, measure.maximum).all(), name
