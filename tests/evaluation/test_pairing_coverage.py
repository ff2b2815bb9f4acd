"""Of how many past pairings figures were known of both sides, on the day before each began."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from matchmaker import Snapshot
from matchmaker.errors import InvalidParameter
from matchmaker.evaluation.pairing_coverage import coverage_by_kind, known_of_pairings
from matchmaker.features import features
from matchmaker.features.profiles import profiles
from matchmaker.training.choice_sets import day_before


def test_each_pairing_is_looked_at_on_the_day_before_it(harbour_snapshot: Snapshot) -> None:
    names = [one.name for one in features(harbour_snapshot.sector)][:2]
    known = known_of_pairings(harbour_snapshot, names)
    assert known.height == harbour_snapshot.pairings.height
    whole = harbour_snapshot.pairings.select("pairing_id", "start_precision")
    for row in known.join(whole, on="pairing_id").iter_rows(named=True):
        day = max(day_before(row["start"], row["start_precision"]), harbour_snapshot.known_since)
        then = profiles(harbour_snapshot, day)
        sides = [then.position.get(row[side]) for side in ("recipient", "partner")]
        assert row["is_open"] == (None not in sides)
        for name in names:
            values = [then.values[at, then.column[name]] for at in sides if at is not None]
            assert row[name] == (len(values) == 2 and bool(np.isfinite(values).all()))
        assert row["known"] == all(row[name] for name in names)
    counted = coverage_by_kind(known)
    assert counted["kind"][-1] == "all"
    assert counted["pairings"][-1] == known.height == counted["pairings"][:-1].sum()
    assert counted["known"][-1] == known["known"].sum()


def test_a_feature_that_is_none_is_told(harbour_snapshot: Snapshot) -> None:
    with pytest.raises(InvalidParameter, match="no feature named tides"):
        known_of_pairings(harbour_snapshot, ["tides"])
    with pytest.raises(InvalidParameter, match="No feature is named"):
        known_of_pairings(harbour_snapshot, [])


@pytest.mark.slow
def test_context_is_known_of_both_sides_of_most_pairings_of_the_special_measures_years(
    snapshot: Snapshot,
) -> None:
    """Rurality from 28 August 2013, when its classification came out; never of trusts without beds."""
    known = known_of_pairings(snapshot, ["deprivation", "urban"])
    past = known.filter(pl.col("start").is_between(date(2013, 1, 1), date(2020, 3, 31)))
    counts = {row[0]: row[1:] for row in coverage_by_kind(past).iter_rows()}
    assert counts["all"] == (102, 96, 93, 93)
    assert counts["buddying"] == (30, 29, 27, 27)
    assert set(past.filter(~pl.col("deprivation"))["pairing_id"]) == {
        *("ACQ-RX5-RYF-2013", "SHL-RYC-RYA-2014", "BUD-RYD-RYE-2016"),  # ambulance
        *("ACQ-RY1-RY2-2016", "MGT-RY1-RW4-2017", "ACQ-RY1-RW4-2018"),  # no beds
    }
    assert set(past.filter("deprivation", ~pl.col("urban"))["pairing_id"]) == {
        *("BUD-RXR-RM3-2013", "BUD-RNL-RTF-2013", "MRG-RPA-RN7-2013"),
    }
    assert coverage_by_kind(known).row(-1) == ("all", 191, 178, 159, 159)
