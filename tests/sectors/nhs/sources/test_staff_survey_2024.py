"""NHS Staff Survey 2024, against cells of the workbook's own XML and the Oversight Framework."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import staff_survey_2024
from matchmaker.sources import publication

FILE = "raw/nhs-staff-survey-2024/NSS24 detailed spreadsheets organisational results.xlsx"


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    return staff_survey_2024.read(raw_data / FILE)


@pytest.fixture(scope="module")
def wide(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.pivot("measure", index="code", values="value")


@pytest.mark.parametrize(
    ("code", "measure", "value"),
    [  # cells G and O of the themes, G and W of the elements, V to AO of question 25
        ("R1H", "staff_engagement", 6.819680171712279),
        ("R1H", "staff_morale", 5.7482777224257724),
        ("RX7", "staff_engagement", 6.1272779895825344),
        ("R1F", "staff_engagement", 6.4907968614258307),
        ("RBK", "survey_compassionate", 7.1640868211842781),
        ("RXP", "survey_raising_concerns", 6.3402148274025727),
        ("RBK", "survey_recommend_work", (40.278919300218647 + 15.54491689812825) / 100),
        ("RX7", "survey_recommend_care", (50.845000760163202 + 15.203784530558192) / 100),
        ("R1H", "survey_safe_to_speak_up", (44.06361087285876 + 13.808157639425339) / 100),
        ("RXP", "survey_staff_concerns_addressed", (34.865846683344444 + 11.091979525672661) / 100),
    ],
)
def test_values_are_those_of_the_workbook(wide: pl.DataFrame, code: str, measure: str, value: float) -> None:
    assert wide.filter(pl.col("code") == code)[measure].item() == pytest.approx(value, abs=1e-8)


def test_engagement_is_the_score_of_the_oversight_framework(wide: pl.DataFrame, raw_data: Path) -> None:
    # That framework rounds to two places, and takes the acute part of the Isle of Wight.
    with (raw_data / "raw/trustpulse-2026/trust_profiles.csv").open(encoding="utf-8") as lines:
        used = {r["org_code"]: r["staff_engagement_score"] for r in csv.DictReader(lines)}
    ours = dict(wide.select("code", "staff_engagement").iter_rows())
    both = [(ours[code], float(score)) for code, score in used.items() if score and code in ours]
    assert len(both) == 150
    assert all(abs(a - b) <= 0.0051 for a, b in both)


def test_every_trust_has_every_score(rows: pl.DataFrame) -> None:
    counts = dict(rows.group_by("measure").len().iter_rows())
    assert len(counts) == 15
    assert set(counts.values()) == {209}
    assert {"R1F", "TAF", "RYA"} <= set(rows["code"])
    assert not {"R1F1", "R1F2", "0AR", "NLX"} & set(rows["code"])


def test_it_was_known_from_13_march_2025(rows: pl.DataFrame) -> None:
    assert set(rows["known_from"]) == {date(2025, 3, 13)}
    assert set(rows["period_start"]) == {date(2024, 9, 1)}
    assert set(rows["period_end"]) == {date(2024, 11, 30)}


def test_rows_stand_once_and_within_bounds(rows: pl.DataFrame) -> None:
    assert not rows.select("code", "measure", "period_start", "period_end").is_duplicated().any()
    catalogue = publication.measures(load_sector("nhs"))
    for (name,), part in rows.group_by("measure"):
        measure = catalogue[str(name)]
        assert part["value"].is_between(measure.minimum, measure.maximum).all(), name
