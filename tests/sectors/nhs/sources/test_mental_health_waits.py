"""Waits for community mental health care, against lines of the file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import mental_health_waits

FILE = "raw/mhsds-4ww-2024/MHSDS_4WW_provider_rows_Apr-Aug_2024.csv.gz"


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    return mental_health_waits.read(raw_data / FILE)


def test_cells(rows: pl.DataFrame) -> None:
    # edition of August 2024, rows of RX3
    own = rows.filter(code="RX3", period_end=date(2024, 8, 31))
    assert dict(own.select("measure", "value").iter_rows()) == pytest.approx(
        {
            "adult_mental_health_within_4_weeks": 115 / 810,
            "adult_mental_health_over_52_weeks": 3160 / 11_160,
            "young_people_mental_health_within_4_weeks": 175 / 1175,
            "young_people_mental_health_over_52_weeks": 3355 / 9475,
            "adult_mental_health_median_days": 135,
            "young_people_mental_health_median_days": 171,
        }
    )
    starts = dict(own.select("measure", "period_start").iter_rows())
    assert starts["young_people_mental_health_within_4_weeks"] == date(2024, 6, 1)
    assert starts["young_people_mental_health_over_52_weeks"] == date(2024, 8, 1)


def test_coverage(rows: pl.DataFrame) -> None:
    assert sorted(rows["period_end"].dt.month().unique()) == [4, 5, 6, 7, 8]
    assert rows.filter(measure="young_people_mental_health_over_52_weeks")["code"].n_unique() == 84
    assert not rows.select("code", "measure", "period_start", "period_end").is_duplicated().any()


def test_another_form_of_days_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "waits.csv"
    heading = "REPORTING_PERIOD_START,REPORTING_PERIOD_END,PRIMARY_LEVEL,MEASURE_ID,MEASURE_VALUE"
    path.write_text(f"{heading}\n2024-06-01,2024-08-31,RX3,MRS08,5\n", "utf-8")
    with pytest.raises(BadFile, match="dd/mm/yyyy"):
        mental_health_waits.read(path)
