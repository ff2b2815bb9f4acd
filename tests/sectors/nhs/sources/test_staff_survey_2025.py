"""NHS Staff Survey 2025, against cells of the compilation and the survey of the year before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import staff_survey_2024, staff_survey_2025
from matchmaker.sources import publication

FILE = "raw/trustpulse-2026/trust_profiles.csv"
BEFORE = "raw/nhs-staff-survey-2024/NSS24 detailed spreadsheets organisational results.xlsx"


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    return staff_survey_2025.read(raw_data / FILE)


@pytest.mark.parametrize(
    ("code", "measure", "value"),
    [  # read in the rows of the file
        ("R1H", "staff_engagement", 6.829424987785818),
        ("RCF", "staff_morale", 5.688828535894767),
        ("RRK", "survey_raising_concerns", 6.102112247382442),
        ("RGT", "survey_learning", 5.868721803704353),
        ("RJ1", "survey_compassionate", 7.584569101648954),
    ],
)
def test_values_are_those_of_the_file(rows: pl.DataFrame, code: str, measure: str, value: float) -> None:
    found = rows.filter((pl.col("code") == code) & (pl.col("measure") == measure))
    assert found["value"].item() == value


def test_scores_follow_those_of_2024_trust_by_trust_without_being_them(
    rows: pl.DataFrame, raw_data: Path
) -> None:
    before = staff_survey_2024.read(raw_data / BEFORE)
    both = rows.join(before, on=["code", "measure"], suffix="_before")
    assert both.height == 1490
    for (name,), part in both.group_by("measure"):
        r = part.select(pl.corr("value", "value_before")).item()
        assert 0.8 < r < 0.99, name
        change = (part["value"] - part["value_before"]).mean()
        assert isinstance(change, float)
        assert abs(change) < 0.15, name


def test_the_element_agrees_with_its_own_parts(rows: pl.DataFrame, raw_data: Path) -> None:
    raw = pl.read_csv(raw_data / FILE, infer_schema_length=None).rename({"org_code": "code"})
    safe = rows.filter(measure="survey_safe_healthy").join(raw, on="code")
    parts = ("pp4_1_health_safety_climate", "pp4_2_burnout", "pp4_3_negative_experiences")
    gap = (safe.select(pl.mean_horizontal(parts)).to_series() - safe["value"]).abs()
    assert safe.height == 149
    assert gap.is_between(0, 0.03).all()


def test_every_trust_that_is_covered_has_every_score(rows: pl.DataFrame) -> None:
    counts = dict(rows.group_by("measure").len().iter_rows())
    assert counts == dict.fromkeys(staff_survey_2025.SCORES, 149)


def test_period_is_the_autumn_of_2025(rows: pl.DataFrame) -> None:
    assert set(rows["period_start"]) == {date(2025, 9, 1)}
    assert set(rows["period_end"]) == {date(2025, 11, 30)}


def test_another_year_is_refused(raw_data: Path, tmp_path: Path) -> None:
    text = (raw_data / FILE).read_text("utf-8")
    other = tmp_path / "trust_profiles.csv"
    other.write_text(text.replace("2025-12-01", "2026-12-01"), "utf-8")
    with pytest.raises(BadFile, match="2025"):
        staff_survey_2025.read(other)


def test_rows_stand_once_and_within_bounds(rows: pl.DataFrame) -> None:
    assert not rows.select("code", "measure", "period_start", "period_end").is_duplicated().any()
    catalogue = publication.measures(load_sector("nhs"))
    for (name,), part in rows.group_by("measure"):
        measure = catalogue[str(name)]
        assert part["value"].is_between(measure.minimum, measure.maximum).all(), name
