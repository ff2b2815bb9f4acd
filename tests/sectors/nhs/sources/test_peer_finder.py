"""The inputs of the official peer method, against the file's own cells and its rounded twin."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import peer_finder
from matchmaker.sectors.nhs.sources.peer_finder import CONTEXT, INPUTS
from matchmaker.sources import publication

IGNORED_BY_DEFAULT = {
    "peer_finder_patients",
    "peer_finder_fte_staff",
    "peer_finder_night_beds",
    "peer_finder_day_beds",
    "peer_finder_no_procedure",
    "peer_finder_operating_expenses",
    "peer_finder_degree_of_specialisation",
}
"""Inputs to which the official tool gives no weight unless its user does."""


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    return peer_finder.read(raw_data / "raw/nhse-peer-method/raw_data_1920.xlsx")


@pytest.fixture(scope="module")
def wide(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.pivot("measure", index="code", values="value")


@pytest.fixture(scope="module")
def rounded(raw_data: Path) -> dict[str, dict[str, str]]:
    path = raw_data / "raw/thf-trust-reference/nhs_peer_finder_appendix_a_data.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return {row["Procode"]: row for row in csv.DictReader(lines)}


@pytest.mark.parametrize(
    ("code", "measure", "value"),
    [  # cells B3, F3, L3, Q3 and R3 of the workbook's XML (row 3 is R1A)
        ("R1A", "peer_finder_deprivation", 17.186153000000001),
        ("R1A", "peer_finder_diagnosis", 0.16888045540797),
        ("R1A", "peer_finder_operating_expenses", -168993),
        ("R1A", "peer_finder_degree_of_specialisation", -13163.652633709182),
        ("R1A", "peer_finder_student_staff", 7.1779150788416311e-3),
        ("R1A", "sea_distance", 32.700000000000003 * 1.609344),
        ("R1A", "market_forces_factor", 1.0363910000000001),
        ("R0A", "peer_finder_patients", 618470),
    ],
)
def test_values_are_the_published_ones_to_the_last_bit(
    wide: pl.DataFrame, code: str, measure: str, value: float
) -> None:
    assert wide.filter(pl.col("code") == code)[measure].item() == value


def test_every_trust_has_every_input_but_four_diagnosis_shares(rows: pl.DataFrame) -> None:
    counts = dict(rows.group_by("measure").len().iter_rows())
    assert counts == dict.fromkeys([*INPUTS, *CONTEXT], 208) | {"peer_finder_diagnosis": 204}
    known = rows.filter(measure="peer_finder_diagnosis")["code"]
    assert set(rows["code"]) - set(known) == {"RY2", "RY7", "RYF", "RYX"}


def test_no_row_stands_twice(rows: pl.DataFrame) -> None:
    assert not rows.select("code", "measure", "period_start", "period_end").is_duplicated().any()


def test_period_is_2018_19(rows: pl.DataFrame) -> None:
    tool = rows.filter(pl.col("measure") != "sea_distance")
    assert set(tool["period_start"]) == {date(2018, 4, 1)}
    assert set(tool["period_end"]) == {date(2019, 3, 31)}


def test_distance_to_the_sea_has_no_date(rows: pl.DataFrame) -> None:
    """It is geography: known before any day of a replay, though the tool printed it in 2019."""
    distance = rows.filter(measure="sea_distance")
    assert set(distance["known_from"]) == set(distance["period_end"]) == {peer_finder.GEOGRAPHY}
    assert peer_finder.GEOGRAPHY.year < 2012
    assert rows.filter(measure="peer_finder_sea_distance")["known_from"].null_count() == 208


def test_values_stay_within_the_bounds_of_the_catalogue(rows: pl.DataFrame) -> None:
    catalogue = publication.measures(load_sector("nhs"))
    for measure, value in rows.select("measure", "value").iter_rows():
        low, high = catalogue[measure].minimum, catalogue[measure].maximum
        assert low is not None
        assert high is not None
        assert low <= value <= high, measure


def test_agrees_with_the_rounded_edition(wide: pl.DataFrame, rounded: dict[str, dict[str, str]]) -> None:
    headings = {reading_name(heading): heading for heading in next(iter(rounded.values()))}
    compared = 0
    for measure, heading in INPUTS.items():
        for code, value in wide.select("code", measure).iter_rows():
            cell = rounded[code][headings[reading_name(heading)]].strip()
            if cell and value is not None:
                # The twin rounds twice (1.0547 to 1.055 to 1.06), so allow a little over one half.
                allowed = 0.556 * 10 ** -len(cell.partition(".")[2])
                assert value == pytest.approx(float(cell), abs=allowed), (code, heading)
                compared += 1
    assert compared == 21 * 208 - 4 - 12 - 57


def test_zero_beds_are_missing_beds(wide: pl.DataFrame, rounded: dict[str, dict[str, str]]) -> None:
    for measure, heading, count in (
        ("peer_finder_night_beds", "Night beds", 12),
        ("peer_finder_day_beds", "Day beds", 57),
    ):
        zero = set(wide.filter(pl.col(measure) == 0)["code"])
        assert zero == {code for code, row in rounded.items() if not row[heading].strip()}
        assert len(zero) == count


def test_distance_to_the_sea_is_in_kilometres(wide: pl.DataFrame) -> None:
    distance = dict(wide.select("code", "sea_distance").iter_rows())
    assert 85 < distance["RTG"] < 113  # Derby; no place in England is farther than 113 km
    assert 40 < distance["RA2"] < 60  # Guildford, 45 km from the coast at Worthing
    assert distance["RHU"] < 8  # Portsmouth


def test_students_are_counted_per_member_of_staff(wide: pl.DataFrame) -> None:
    """Times the staff, the figure often gives whole hundredths of a student: it is no share."""
    students = wide["medical_students_per_staff"] * wide["peer_finder_fte_staff"] * 100
    assert ((students - students.round()).abs() < 1e-5).sum() == 90
    assert students.sum() / 100 == pytest.approx(23_246, abs=1)


def test_all_208_official_lists_follow_from_the_inputs(wide: pl.DataFrame, raw_data: Path) -> None:
    """Euclidean distance of z-scores, missing taken as 0: what the official tool does."""
    lists: dict[str, list[str]] = {}
    with (raw_data / "raw/nhp-inputs/peers.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            lists.setdefault(row["procode"], []).append(row["peer"])
    today = {code: listed[0] for code, listed in lists.items()}  # each list begins with the trust itself
    inputs = wide.select(sorted(INPUTS.keys() - IGNORED_BY_DEFAULT)).fill_null(0)
    scores = inputs.select((pl.all() - pl.all().mean()) / pl.all().std()).to_numpy()
    codes = wide["code"].to_list()
    for place, code in enumerate(codes):
        distances = ((scores - scores[place]) ** 2).sum(axis=1)
        nearest = [codes[at] for at in distances.argsort(kind="stable") if at != place][:10]
        assert {today[code] for code in nearest} - {today[code]} == set(lists[code][1:]), code


def reading_name(heading: str) -> str:
    return " ".join(heading.split()).casefold()
