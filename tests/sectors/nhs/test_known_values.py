"""Figures of the bundled snapshot against what their publishers printed, across dimensions and years."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.reconciliation import Total, missed, totals
from matchmaker.sources.publication import measures

KNOWN = [
    # size
    ("R1H", "beds_available", "2025-06-30", 2163, 0.5, "NHS England, KH03 2025-26 quarter 1"),
    ("R1H", "beds_available", "2013-06-30", 1949, 0.5, "NHS England, KH03 2013-14 quarter 1"),
    ("RCF", "beds_available", "2020-09-30", 384, 0.5, "NHS England, KH03 2020-21 quarter 2"),
    ("R1H", "staff_fte", "2025-05-31", 19_298, 0.5, "NHS England, NHS Workforce Statistics, May 2025"),
    ("RCF", "staff_fte", "2025-05-31", 3_401, 0.5, "NHS England, NHS Workforce Statistics, May 2025"),
    ("R1H", "admissions", "2015-03-31", 225_504, 0, "HSCIC, Hospital Admitted Patient Care Activity 2014-15"),
    ("RCF", "admissions", "2025-03-31", 73_120, 0, "NHS England, Admitted Patient Care Activity 2024-25"),
    ("R1H", "catchment_population_first_choice", "2020-12-31", 1_173_479, 0, "OHID, catchments, 2022"),
    # scale
    ("R1H", "floor_area", "2020-03-31", 458_922, 0.5, "NHS Digital, ERIC 2019/20"),
    ("RCF", "floor_area", "2014-03-31", 62_128, 0.5, "HSCIC, ERIC 2013/14"),
    # finance
    ("R1H", "operating_income", "2025-03-31", 2_652.1e6, 0.1e6, "Barts Health, annual accounts 2024/25"),
    ("R1H", "operating_cost", "2024-03-31", 2_372.2e6, 0.1e6, "NHS England, accounts data 2023/24"),
    ("RJ7", "interim_revenue_loans", "2019-03-31", 240.3e6, 0.1e6, "DHSC, section 40 report 2018/19"),
    # quality
    ("RPA", "cqc_overall", "2014-08-04", 1, 0, "CQC, special measures: one year on (inadequate)"),
    ("RPA", "cqc_overall", "2017-03-17", 2, 0, "CQC, report of 17 March 2017 (requires improvement)"),
    # performance
    ("R1H", "cancer_within_62_days", "2025-06-30", 534.5 / 720.5, 1e-4, "NHS England, cancer waits, 2025-26"),
    ("R1H", "cancelled_operations", "2025-06-30", 382, 0, "NHS England, cancelled operations, 2025-26 Q1"),
    (
        "RCF",
        "general_acute_occupancy",
        "2025-06-30",
        1012 / 1086,
        1e-4,
        "NHS England, critical care and beds",
    ),
    # workforce
    (
        "RCF",
        "sickness_absence",
        "2013-03-31",
        0.043,
        0.0005,
        "HSCIC, sickness absence, January to March 2013",
    ),
]


@pytest.mark.parametrize(("code", "measure", "ends", "value", "apart", "publisher"), KNOWN)
def test_a_figure_is_the_published_one(
    snapshot: Snapshot, code: str, measure: str, ends: str, value: float, apart: float, publisher: str
) -> None:
    found = snapshot.measures.filter(code=code, measure=measure, period_end=date.fromisoformat(ends))
    assert found.height >= 1, publisher
    assert found["value"].to_list() == pytest.approx([value] * found.height, abs=apart), publisher


@pytest.mark.parametrize(
    "total", totals(load_sector("nhs")), ids=lambda total: f"{total.measure} {total.period_end}"
)
def test_the_country_adds_up_to_what_was_published(snapshot: Snapshot, total: Total) -> None:
    found = total.of(snapshot.measures)
    assert found == pytest.approx(total.value, rel=total.within), total.said_by


def test_the_sector_s_deficit_of_2015_16(snapshot: Snapshot) -> None:
    year = snapshot.measures.filter(measure="surplus", period_end=date(2016, 3, 31))
    assert year["value"].sum() == pytest.approx(-2442e6, rel=0.001)  # NHS Improvement, outturn 2015/16


def test_a_total_that_is_missed_is_told_with_who_published_it(snapshot: Snapshot) -> None:
    doubled = snapshot.measures.filter(measure="surplus").with_columns(
        pl.col("value") * 2, sheet=pl.lit(None, pl.String)
    )
    faults = missed(doubled, snapshot.sector)
    assert [fault.expected.partition(" (")[0] for fault in faults] == [
        "surplus of -106,000,000 in all at 2014-03-31",
        "surplus of -843,000,000 in all at 2015-03-31",
        "surplus of -2,442,000,000 in all at 2016-03-31",
    ]
    assert "NHS Improvement, outturn 2015/16" in faults[-1].expected
    assert faults[-1].file.endswith("financial_positions.csv")


def test_totals_name_measures_of_the_catalogue() -> None:
    for total in totals(load_sector("nhs")):
        assert total.measure in measures(load_sector("nhs"))
        assert total.weighted_by is None or total.weighted_by in measures(load_sector("nhs"))


def test_nothing_is_known_before_its_period_has_ended(snapshot: Snapshot) -> None:
    early = snapshot.measures.filter(pl.col("known_from") < pl.col("period_end"))
    assert early.is_empty()
    assert snapshot.measures["known_from"].max() <= snapshot.as_of


def test_a_rating_enters_only_from_its_publication(snapshot: Snapshot) -> None:
    from matchmaker.features.definition import features
    from matchmaker.features.profiles import profiles

    (overall,) = (feature for feature in features(snapshot.sector) if feature.name == "cqc_overall")
    published = date(2017, 3, 17)

    def known_on(day: date) -> float:
        cells = profiles(snapshot, day, [overall]).cells
        return float(cells.filter(code="RPA", feature="cqc_overall")["value"].item())

    assert known_on(date(2017, 3, 16)) == 1
    assert known_on(published) == 2
    # A list of the ratings that stood on its day says when each was given, and is known from its own day.
    lists = {"cqc_ratings_2019": date(2019, 3, 31), "cqc_ratings_latest": date(2026, 7, 31)}
    ratings = snapshot.measures.filter(pl.col("unit") == "rating")
    listed = pl.col("source").replace_strict(lists, default=None, return_dtype=pl.Date)
    expected = pl.coalesce(listed, "period_end")
    assert ratings.filter(pl.col("known_from") != expected).is_empty()
