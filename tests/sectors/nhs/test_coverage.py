"""How much the bundled snapshot knows of the trusts of July 2026, and of those of 2013 to 2018."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from matchmaker.snapshot import Snapshot

JULY = date(2026, 7, 31)
OPEN = 202
"""The ODS list of July 2026, with three care trusts and without three Welsh trusts."""
ACUTE = ("acute", "acute_specialist")


def open_on(snapshot: Snapshot, day: date) -> pl.DataFrame:
    opened = pl.col("opened").is_null() | (pl.col("opened") <= day)
    still = pl.col("closed").is_null() | (pl.col("closed") >= day)
    return snapshot.organisations.filter(opened & still)


def share(snapshot: Snapshot, trusts: pl.DataFrame, measure: str, since: date, until: date = JULY) -> float:
    """Share of the trusts with a figure of a period that ends within the days and was known by the last."""
    known = snapshot.measures.filter(
        pl.col("measure") == measure, pl.col("period_end") >= since, pl.col("known_from") <= until
    )
    return trusts.filter(pl.col("code").is_in(known["code"].implode())).height / trusts.height


def test_every_open_trust_has_identity_kind_region_system_and_place(snapshot: Snapshot) -> None:
    trusts = open_on(snapshot, JULY)
    assert trusts.height == OPEN
    told = ("name", "type", "type_basis", "region", "locality", "latitude", "longitude", "coordinate_basis")
    assert trusts.select(told).null_count().row(0) == (0,) * len(told)
    # Only the trust that serves all of England online is of no kind.
    assert trusts.filter(type="other")["code"].to_list() == ["K0N6A"]


@pytest.mark.parametrize(
    ("measure", "since", "types", "bar"),
    [
        ("staff_fte", date(2025, 1, 1), None, 0.95),
        ("beds_available", date(2025, 1, 1), (*ACUTE, "mental_health"), 0.95),
        ("floor_area", date(2020, 1, 1), None, 0.95),
        ("operating_cost", date(2024, 3, 31), None, 0.95),
        ("operating_income", date(2025, 3, 31), ACUTE, 0.95),
        ("operating_margin", date(2025, 3, 31), ACUTE, 0.95),
        ("agency_spend", date(2024, 3, 31), None, 0.95),
        ("cqc_overall", date(2014, 1, 1), None, 0.95),
        ("staff_engagement", date(2024, 11, 1), None, 0.95),
        ("survey_recommend_care", date(2024, 11, 1), None, 0.95),
        ("sickness_absence", date(2023, 1, 1), None, 0.95),
        ("ae_within_4_hours", date(2026, 3, 1), ("acute",), 0.95),
        ("rtt_within_18_weeks", date(2026, 4, 1), ACUTE, 0.95),
        ("cancer_within_62_days", date(2025, 12, 1), ("acute",), 0.95),
        ("shmi", date(2025, 12, 1), ("acute",), 0.95),
    ],
)
def test_known_of_the_trusts_of_july_2026(
    snapshot: Snapshot, measure: str, since: date, types: tuple[str, ...] | None, bar: float
) -> None:
    trusts = open_on(snapshot, JULY)
    if types:
        trusts = trusts.filter(pl.col("type").is_in(types))
    assert share(snapshot, trusts, measure, since) >= bar


def test_boards_are_known_of_most_trusts_and_never_thought_to_be_a_census(snapshot: Snapshot) -> None:
    trusts = open_on(snapshot, JULY)
    facts = [snapshot.board_tenure, snapshot.board_holders, snapshot.groups]
    named = pl.concat([table.select("code") for table in facts]).unique()
    of = trusts.join(named, on="code", how="semi").height / trusts.height
    assert 0.7 < of < 1


BARS = {
    "beds_available": (0.80, range(2013, 2019)),
    "staff_fte": (0.95, range(2013, 2019)),
    "sickness_absence": (0.95, range(2013, 2019)),
    "operating_income": (0.95, range(2013, 2019)),
    "surplus": (0.95, range(2013, 2019)),
    "admissions": (0.55, range(2013, 2019)),
    "shmi": (0.55, range(2013, 2019)),
    "ae_within_4_hours": (0.65, range(2016, 2019)),
    "rtt_within_18_weeks": (0.75, range(2013, 2019)),
    "survey_senior_managers_act": (0.60, range(2013, 2019)),
    "floor_area": (0.95, range(2014, 2018)),
}


@pytest.mark.parametrize("measure", BARS)
def test_the_historical_panel(snapshot: Snapshot, measure: str) -> None:
    bar, years = BARS[measure]
    found = {}
    for year in years:
        figures = snapshot.measures.filter(measure=measure).filter(pl.col("period_end").dt.year() == year)
        trusts = open_on(snapshot, date(year, 12, 31))
        found[year] = trusts.join(figures, on="code", how="semi").height / trusts.height
    assert min(found.values()) >= bar, found


def test_ratings_of_before_the_first_list_are_known_of_one_trust_in_five(snapshot: Snapshot) -> None:
    """Only where a source dates the rating: that one still stood in March 2019 was not known before."""
    trusts = open_on(snapshot, date(2018, 12, 31))
    first = date(2013, 1, 1)
    assert 0.15 <= share(snapshot, trusts, "cqc_overall", first, date(2018, 12, 31)) <= 0.25
    assert share(snapshot, trusts, "cqc_overall", first, date(2019, 3, 31)) >= 0.95


def test_the_oversight_segment_is_known_of_all_but_ambulance_trusts(snapshot: Snapshot) -> None:
    trusts = open_on(snapshot, snapshot.as_of)
    known = {
        org_type: share(snapshot, own, "oversight_segment", date(2025, 4, 1), snapshot.as_of)
        for org_type in ("acute", "acute_specialist", "mental_health", "community", "ambulance")
        if (own := trusts.filter(type=org_type)).height
    }
    assert known.pop("ambulance") == 0.4
    assert set(known.values()) == {1.0}


def test_breadth(snapshot: Snapshot) -> None:
    figures = snapshot.measures
    assert len({(s["publisher"], s["title"]) for s in snapshot.sources.values()}) >= 25
    assert figures["measure"].n_unique() >= 60
    assert figures.height >= 150_000


def test_places_that_stay_unknown_are_of_trusts_closed_long_ago(snapshot: Snapshot) -> None:
    unknown = snapshot.organisations.filter(pl.col("latitude").is_null())
    assert set(unknown["code"]) <= {"R0C", "R1E", "RJX", "RV7", "RVX", "RWQ", "RX5", "RY1", "TAE"}
    assert unknown["coordinate_basis"].null_count() == unknown.height
