"""Talking therapies: rows of a trust's services added up, and the monthly file against the annual one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import talking_therapies

RECOVERY = "talking_therapies_recovery"


@pytest.fixture(scope="module")
def years(raw_data: Path) -> pl.DataFrame:
    return talking_therapies.read_years(raw_data / "raw/talking-therapies/nhstt_annual_provider_total.csv")


@pytest.fixture(scope="module")
def quarters(raw_data: Path) -> pl.DataFrame:
    return talking_therapies.read_quarters(
        raw_data / "raw/talking-therapies/activity_performance_monthly.parquet"
    )


def value(frame: pl.DataFrame, code: str, measure: str, end: date) -> float:
    return float(frame.filter(code=code, measure=measure, period_end=end)["value"].item())


def test_a_trust_under_its_own_code_and_one_more_service(years: pl.DataFrame) -> None:
    # RV3 stands as six services: 20,475 courses, 18,890 at caseness, 9,280 recovered
    end = date(2025, 3, 31)
    assert value(years, "RV3", "talking_therapies_courses", end) == 20_475
    assert value(years, "RV3", RECOVERY, end) == pytest.approx(9280 / 18_890)


def test_services_under_codes_of_trusts_that_merged(years: pl.DataFrame) -> None:
    # 2024/25: G6V2S 3,215, RRPJ3 1,935, RRPJ4 1,690, TAF87 1,430, TAF88 1,480
    assert value(years, "G6V2S", "talking_therapies_courses", date(2025, 3, 31)) == 9750
    assert years.filter(pl.col("code").is_in(["RRP", "TAF"]), period_end=date(2025, 3, 31)).is_empty()
    assert not years.filter(code="TAF", period_end=date(2024, 3, 31)).is_empty()


def test_a_quarter_is_its_three_months(quarters: pl.DataFrame) -> None:
    # RMY, January to March 2026: 6,165 courses, 130 not at caseness, 3,150 recovered, 2,965 reliably,
    # 5,695 in time
    end = date(2026, 3, 31)
    assert value(quarters, "RMY", RECOVERY, end) == pytest.approx(3150 / 6035)
    assert value(quarters, "RMY", "talking_therapies_reliable_recovery", end) == pytest.approx(2965 / 6035)
    assert value(quarters, "RMY", "talking_therapies_within_6_weeks", end) == pytest.approx(5695 / 6165)
    assert quarters["period_end"].n_unique() == talking_therapies.QUARTERS


def test_the_months_agree_with_the_year(years: pl.DataFrame, quarters: pl.DataFrame) -> None:
    within = quarters.filter(
        pl.col("period_end").is_between(date(2024, 6, 1), date(2025, 3, 31)), measure=RECOVERY
    )
    four = within.group_by("code").agg(pl.col("value").mean(), n=pl.len()).filter(pl.col("n") == 4)
    both = four.join(years.filter(measure=RECOVERY, period_end=date(2025, 3, 31)), on="code")
    apart = (pl.col("value") - pl.col("value_right")).abs()
    assert both.height == 39
    assert both.select(apart.median()).item() < 0.005
    assert both.select(apart.max()).item() < 0.04


def test_what_is_suppressed_is_not_nought(tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    heading = (
        "reporting_period,start_date,end_date,org_type,org_code,org_name,measure_name,measure_statistic,value"
    )
    lines = [heading]
    for code, recovered in (("RV383", "*"), ("RV3AR", "300"), ("RMY", "300")):
        counts = {"finished_course_treatment": "600", "at_caseness": "500"}
        counts |= {"recovery": recovered, "reliable_recovery": "250"}
        lines += [
            f"2024-25,2024-04-01,2025-03-31,Provider,{code},X,{name},count,{n}" for name, n in counts.items()
        ]
    path.write_text("\n".join(lines), "utf-8")
    found = talking_therapies.read_years(path)
    assert found.filter(measure=RECOVERY).select("code", "value").rows() == [("RMY", 0.6)]
    assert value(found, "RV3", "talking_therapies_reliable_recovery", date(2025, 3, 31)) == 0.5


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "months.parquet"
    path.write_text("moved", "utf-8")
    with pytest.raises(BadFile, match="a Parquet file"):
        talking_therapies.read_quarters(path)
