"""Context and places of past days in the bundled snapshot: how much is known, and on one scale."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from matchmaker import Snapshot
from matchmaker.features import features
from matchmaker.features.profiles import Profiles, open_on, profiles
from matchmaker.models.scoring.geography import kilometres_from, nearest_sites_from

INDEX = {
    "modelled_deprivation_2007": 2007,
    "modelled_deprivation_2010": 2010,
    "modelled_deprivation_2015": 2015,
    "modelled_residents_2017": 2015,
    "modelled_beside_official": 2010,
    "peer_finder": 2010,
    "catchment_context": 2019,
    "catchment_context_2026": 2025,
}
"""Source of deprivation -> the index that it rests on."""
DAYS = [
    date(2010, 9, 1),
    date(2011, 6, 1),
    date(2013, 9, 30),
    date(2014, 11, 1),
    date(2016, 6, 1),
    date(2018, 12, 1),
    date(2020, 2, 1),
    date(2020, 6, 1),
    date(2021, 6, 1),
    date(2022, 6, 1),
    date(2026, 8, 1),
]


MERGED_SINCE = ["R0B", "R0D"]
"""Opened after the official figures were taken: they keep those added up from their parts (index of 2015)."""
ONE_ADDRESS = {"RVN", "RX5", "RBF", "RHX"}
"""Two trusts in one office in Chippenham until 2013, and two in one postcode sector of Oxford until 2011."""


def context_on(snapshot: Snapshot, day: date) -> Profiles:
    wanted = [one for one in features(snapshot.sector) if one.name in ("deprivation", "urban")]
    return profiles(snapshot, day, wanted)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_trusts_of_a_type_have_deprivation_by_one_index_on_a_day(snapshot: Snapshot, day: date) -> None:
    found = context_on(snapshot, day)
    cells = found.cells.filter(feature="deprivation").join(
        found.organisations.select("code", "type"), on="code"
    )
    by_index = cells.drop_nulls("source").with_columns(index=pl.col("source").replace_strict(INDEX))
    for (org_type,), rows in by_index.filter(~pl.col("code").is_in(MERGED_SINCE)).group_by("type"):
        assert rows["index"].n_unique() == 1, (org_type, rows.select("code", "source").rows())
    hospitals = cells.filter(pl.col("type").is_in(["acute", "acute_specialist", "mental_health"]))
    assert (hospitals["state"] == "known").mean() > 0.93


def test_pairings_of_2013_to_2020_have_context_on_both_sides(snapshot: Snapshot) -> None:
    """But for ambulance trusts, which have no beds, and rurality before its classification of August 2013."""
    classified, official = date(2013, 8, 28), date(2020, 3, 31)
    past = snapshot.pairings.filter(pl.col("start").is_between(date(2013, 1, 1), official))
    known = {"deprivation": 0, "urban": 0}
    asked = {"deprivation": 0, "urban": 0}
    for start, recipient, partner in past.select("start", "recipient", "partner").iter_rows():
        day = start - timedelta(days=1)  # as in replays
        found = context_on(snapshot, day)
        rows = [found.position[code] for code in (recipient, partner) if code in found.position]
        if len(rows) < 2 or "ambulance" in found.types[rows]:
            continue
        for name in known:
            if name == "deprivation" or day >= classified:
                asked[name] += 1
                known[name] += int(np.isfinite(found.values[rows, found.column[name]]).all())
    assert asked["deprivation"] > 65
    assert known["deprivation"] / asked["deprivation"] > 0.94
    assert known["urban"] / asked["urban"] > 0.94


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_trust_has_a_place_and_no_two_the_same(snapshot: Snapshot, day: date) -> None:
    there = open_on(snapshot, day)
    assert there.select("latitude", "longitude").null_count().row(0) == (0, 0)
    shared = there.filter(there.select("latitude", "longitude").is_duplicated())
    assert set(shared["code"]) <= ONE_ADDRESS


@pytest.mark.parametrize(
    ("code", "before", "after", "km"),
    [  # by the ODS lists of 2016, 2018 and 2021
        ("RNL", date(2016, 6, 1), date(2022, 1, 1), 56),
        ("REM", date(2016, 6, 1), date(2022, 1, 1), 7),
        ("RJ8", date(2016, 6, 1), date(2022, 1, 1), 16),
        ("RMY", date(2022, 1, 1), date(2026, 1, 1), 6),
        ("RTQ", date(2016, 6, 1), date(2022, 1, 1), 4.5),
        ("RXK", date(2022, 1, 1), date(2026, 1, 1), 2),
    ],
)
def test_trusts_that_moved_are_where_they_were(
    snapshot: Snapshot, code: str, before: date, after: date, km: float
) -> None:
    rows = [
        snapshot.places.filter(code=code, kind="main").filter(pl.col("known_from") <= day)
        for day in (before, after)
    ]
    first = snapshot.places.filter(code=code, kind="main").sort("known_from")
    points = [
        (held if held.height else first.head(1))
        .sort("known_from")
        .tail(1)
        .select("latitude", "longitude")
        .row(0)
        for held in rows
    ]
    north = (points[1][0] - points[0][0]) * 111.2
    east = (points[1][1] - points[0][1]) * 111.2 * np.cos(np.radians(points[0][0]))
    assert np.hypot(north, east) == pytest.approx(km, rel=0.12)


def test_the_partner_that_later_took_the_office_was_four_kilometres_away(snapshot: Snapshot) -> None:
    """2gether (RTQ) moved into the office of Gloucestershire Care Services (R1J) when they joined."""
    found = context_on(snapshot, date(2014, 12, 31))
    own, other = found.position["R1J"], found.position["RTQ"]
    assert kilometres_from(found, own)[other] == pytest.approx(4.5, abs=0.3)
    assert 0 < nearest_sites_from(found, own)[other] < 4.5


@pytest.mark.parametrize("code", ["R1E", "RJX", "RY1", "RV7", "RVX", "RWQ", "RX5", "TAE", "R0C"])
def test_trusts_that_had_no_point_have_one(snapshot: Snapshot, code: str) -> None:
    assert snapshot.organisations.filter(code=code)["latitude"].null_count() == 0


def test_a_merged_trust_has_the_mean_of_its_parts_by_beds(snapshot: Snapshot) -> None:
    """Manchester University (R0A) is Central Manchester (RW3) and South Manchester (RM2) since October
    2017."""
    before, after = context_on(snapshot, date(2017, 9, 30)), context_on(snapshot, date(2017, 10, 1))
    column = before.column["deprivation"]
    central, south = (before.values[before.position[code], column] for code in ("RW3", "RM2"))
    merged = after.values[after.position["R0A"], column]
    weight = (merged - south) / (central - south)
    assert weight == pytest.approx(
        1500 / 2400, abs=0.08
    )  # of about 2,400 beds, 1,500 are Central Manchester's
