"""The features of the NHS: what the mission names, each known of somebody, each in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from matchmaker.features import features
from matchmaker.features.formatting import format_value
from matchmaker.features.profiles import profiles
from matchmaker.sector import load_sector
from matchmaker.sources.publication import measures

if TYPE_CHECKING:
    from matchmaker import Snapshot

NHS = load_sector("nhs")
FEATURES = features(NHS)


def test_eight_dimensions_hold_at_least_forty_features() -> None:
    assert len(NHS.dimensions) == 8
    assert {feature.dimension for feature in FEATURES} == set(NHS.dimensions)
    assert len(FEATURES) >= 40


def test_dimensions_of_the_mission_hold_what_it_names() -> None:
    names = {feature.name for feature in FEATURES}
    assert names >= {
        *("beds", "staff", "operating_income", "catchment", "admissions"),
        *("sites", "site_spread", "systems_served", "service_breadth", "hospital_sites"),
        *("deprivation", "age_65_over", "urban", "sea_distance", "market_forces", "specialisation"),
        *("operating_margin", "surplus_trend", "distress_debt", "planned_surplus"),
        *("backlog_per_square_metre", "pfi_share"),
        *("chief_executive_tenure", "chief_executive_changes", "chief_executive_interim"),
        *("chair_tenure", "shared_board"),
        *("cqc_overall", "cqc_well_led", "cqc_safe", "months_since_rated", "mortality", "oversight_segment"),
        *("ae_4_hours", "ae_4_hours_trend", "rtt_18_weeks", "rtt_18_weeks_trend", "cancer_62_days"),
        *("sickness_absence", "engagement", "staff_stability", "senior_managers_act"),
    }


SPOKEN = {
    "band": "band, 1 to 3",
    "FTE": "full-time equivalents",
    "commissioners": "organisations",
    "rating": "rating, 1 to 4",
    "segment": "segment, 1 to 5",
    "score, 0 to 10": "score out of 10",
}
"""Units of measures that features put in plainer words."""


def test_a_feature_has_the_unit_of_its_measures() -> None:
    for feature in FEATURES:
        if not (feature.is_derived or feature.over):
            units = {measures(NHS)[source].unit for source in feature.sources}
            assert {SPOKEN.get(unit, unit) for unit in units} == {feature.unit}, feature.name


def test_every_unit_in_use_can_be_written() -> None:
    for feature in FEATURES:
        for value in (-1.5, 0.0, 1.0, 2.0, 1234567.0):
            text = format_value(value, feature.unit, NHS, change=feature.how == "trend")
            assert text and "m2" not in text and "GBP" not in text


def test_what_says_the_same_is_counted_once() -> None:
    """Two features made of one measure differ in how they are made."""
    made = [(feature.sources, feature.over, feature.how) for feature in FEATURES]
    assert len(made) == len(set(made))


def test_every_feature_is_known_of_somebody_today_or_in_a_replay_year(snapshot: Snapshot) -> None:
    days = [date(year, 6, 30) for year in range(2013, snapshot.as_of.year)] + [snapshot.as_of]
    known = np.any([(~np.isnan(profiles(snapshot, day).values)).any(axis=0) for day in days], axis=0)
    assert [feature.name for feature, there in zip(FEATURES, known, strict=True) if not there] == []


def test_why_is_a_sentence() -> None:
    for feature in FEATURES:
        assert feature.why[0].isupper() and feature.why.endswith("."), feature.name
        assert feature.label[0].isupper() and not feature.label.endswith("."), feature.name
