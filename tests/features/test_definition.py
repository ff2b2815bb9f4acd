"""Definitions: the package's own, and what is said of broken ones."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from matchmaker.errors import BadFile
from matchmaker.features import DIMENSIONS, features, profiles
from matchmaker.sector import load_sector
from matchmaker.sources.publication import measures

if TYPE_CHECKING:
    from matchmaker import Snapshot

GOOD = """
[beds]
label = "Overnight beds"
unit = "beds"
from = ["beds_available"]
why = "A partner needs enough capacity."
"""
BROKEN = {
    "size.toml": """
[beds]
label = "Overnight beds"
unit = "beds"
from = ["beds_availible"]
why = "A partner needs enough capacity."

[staff]
label = "Staff"
unit = "full-time equivalents"
from = ["staff_fte"]
direction = "up"
why = "Staff are the capacity that a partner can lend."

[operating_cost]
label = "Operating cost"
unit = "GBP"
from = ["operating_cost"]
""",
    "scale.toml": """
stray = 3

[beds]
label = "Overnight beds"
unit = "beds"
from = ["beds_available"]
over = "population"
why = "The same name once more."

[interim]
label = "Interim chief executive"
unit = "yes or no"
from = ["fact.chief_executive_interim"]
how = "mean"
why = "A fact has no mean."

[sites]
label = "Sites"
unit = "sites"
from = ["sites"]
years = 2
why = "Years say something of trends only."
""",
    "context.toml": "[deprivation\n",
    "colour.toml": GOOD,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in BROKEN.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_every_fault_is_told_at_once(folder: Path) -> None:
    with pytest.raises(BadFile) as told:
        features(folder)
    faults = {(fault.file, fault.column, fault.value) for fault in told.value.faults}
    assert faults == {
        ("size.toml", None, "beds_availible"),
        ("size.toml", "staff.direction", "up"),
        ("size.toml", "operating_cost.why", None),
        ("scale.toml", "stray", "3"),
        ("scale.toml", None, "beds"),
        ("scale.toml", None, "population"),
        ("scale.toml", "interim", None),
        ("scale.toml", "sites", None),
        ("context.toml", None, None),
        ("colour.toml", None, None),
    }
    assert str(told.value).startswith("10 faults in colour.toml, context.toml, scale.toml, size.toml:")
    assert "'higher' or 'lower'" in str(told.value)
    assert told.value.next_step


def test_a_folder_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "size.toml").write_text(GOOD, "utf-8")
    (beds,) = features(tmp_path)
    assert (beds.name, beds.dimension, beds.sources) == ("beds", "size", ("beds_available",))
    assert (beds.how, beds.direction, beds.stale_after_months) == ("latest", "none", 36)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="a folder of definitions"):
        features(tmp_path / "nowhere")


def test_eight_dimensions_hold_at_least_forty_features() -> None:
    assert len(DIMENSIONS) == 8
    assert {feature.dimension for feature in features()} == set(DIMENSIONS)
    assert len(features()) >= 40


def test_dimensions_of_the_mission_hold_what_it_names() -> None:
    names = {feature.name for feature in features()}
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
    "FTE": "full-time equivalents",
    "commissioners": "organisations",
    "rating": "rating, 1 to 4",
    "segment": "segment, 1 to 5",
    "score, 0 to 10": "score out of 10",
}
"""Units of measures that features put in plainer words."""


def test_a_feature_has_the_unit_of_its_measures() -> None:
    for feature in features():
        if not (feature.worked_out or feature.over):
            units = {measures(load_sector("nhs"))[source].unit for source in feature.sources}
            assert {SPOKEN.get(unit, unit) for unit in units} == {feature.unit}, feature.name


def test_what_says_the_same_is_counted_once() -> None:
    """Two features made of one measure differ in how they are made."""
    made = [(feature.sources, feature.over, feature.how) for feature in features()]
    assert len(made) == len(set(made))


def test_every_feature_is_known_of_somebody_today_or_in_a_replay_year(snapshot: Snapshot) -> None:
    days = [date(year, 6, 30) for year in range(2013, snapshot.as_of.year)] + [snapshot.as_of]
    known = np.any([(~np.isnan(profiles(snapshot, day).values)).any(axis=0) for day in days], axis=0)
    assert [feature.name for feature, there in zip(features(), known, strict=True) if not there] == []


def test_why_is_a_sentence() -> None:
    for feature in features():
        assert feature.why[0].isupper() and feature.why.endswith("."), feature.name
        assert feature.label[0].isupper() and not feature.label.endswith("."), feature.name
