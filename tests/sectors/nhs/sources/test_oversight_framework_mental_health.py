"""Oversight framework of mental health and community trusts: four quarters, from the edition of the last."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import oversight_framework
from matchmaker.sectors.nhs.sources import oversight_framework_mental_health as reader

FOLDER = "raw/nof-mh-community-q4-2025-26"
ENDS = (date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31))


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    name = "nhs-oversight-framework-mental-health-and-community-trust-data.csv"
    return reader.read(raw_data / FOLDER / name)


def values(rows: pl.DataFrame, code: str, end: date) -> dict[str, float]:
    own = rows.filter(pl.col("code") == code, pl.col("period_end") == end)
    return dict(own.select("measure", "value").iter_rows())


def test_cells(rows: pl.DataFrame) -> None:
    # RHA, Q2 2025/26: OF5000 4, rank 56; OF5002 2.85; OF5003 4; OF5004 1; OF5005 5
    assert values(rows, "RHA", ENDS[1]) == {
        "oversight_segment": 5,
        "oversight_rank": 56,
        "oversight_score": 2.85,
        "oversight_unadjusted_segment": 4,
        "oversight_financial_override": 1,
        "oversight_access": 2.68,
        "oversight_safety": 3.15,
        "oversight_finance": 3.53,
        "oversight_people": 3.92,
        "oversight_effectiveness": 1.59,
    }
    # RW1, Q4: OF5000 1, rank 11
    found = values(rows, "RW1", ENDS[3])
    assert (found["oversight_segment"], found["oversight_rank"]) == (1, 11)


def test_every_trust_is_there_in_every_quarter(rows: pl.DataFrame, raw_data: Path) -> None:
    segments = rows.filter(pl.col("measure") == "oversight_segment")
    counts = segments.group_by("period_end").agg(pl.col("code").n_unique())
    assert dict(counts.iter_rows()) == dict.fromkeys(ENDS, 61)
    assert not rows.select("code", "measure", "period_end").is_duplicated().any()
    league = pl.read_csv(
        raw_data / FOLDER / "nhs-oversight-framework-mental-health-and-community-trust-league-table.csv"
    )
    wide = rows.filter(pl.col("period_end") == ENDS[3]).pivot("measure", index="code", values="value")
    both = league.join(wide, left_on="Trust_code", right_on="code")
    assert both.height == 61
    for heading, measure in (
        ("Segment", "oversight_segment"),
        ("Average_score", "oversight_score"),
        ("Rank", "oversight_rank"),
    ):
        assert both.filter(pl.col(heading) != pl.col(measure)).is_empty(), measure


def test_all_of_it_is_known_from_the_edition_that_restates_it(rows: pl.DataFrame) -> None:
    assert rows["known_from"].unique().to_list() == [date(2026, 6, 21)]
    (publication,) = reader.PUBLICATIONS
    assert publication.as_at == date(2026, 6, 21)


def test_the_third_quarter_agrees_with_the_compilation(rows: pl.DataFrame, raw_data: Path) -> None:
    other = oversight_framework.read_profiles(raw_data / "raw/trustpulse-2026/trust_profiles.csv")
    key = ["code", "measure", "period_end"]
    both = rows.join(other, on=key, suffix="_other").filter(pl.col("measure") == "oversight_segment")
    assert both.height == 20
    assert both["value"].equals(both["value_other"], check_names=False)


def test_a_strange_quarter_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("Trust_code,Quarter,Metric_ID,Value,Rank\nRHA,Summer 2025,OF5000,4,1\n")
    with pytest.raises(BadFile, match="a quarter such as Q4 2025/26"):
        reader.read(path)
