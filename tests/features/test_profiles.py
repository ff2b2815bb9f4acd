"""Profiles of the bundled snapshot: their shapes, states and orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from matchmaker.errors import InvalidParameter
from matchmaker.features import features
from matchmaker.features.profiles import KNOWN, NOT_APPLICABLE, STALE, UNKNOWN, Profiles, open_on, profiles

if TYPE_CHECKING:
    from matchmaker import Snapshot


@pytest.fixture(scope="module", params=[date(2014, 7, 1), None], ids=["2014", "today"])
def found(request: pytest.FixtureRequest, snapshot: Snapshot) -> Profiles:
    return profiles(snapshot, request.param)


def test_one_cell_for_each_organisation_and_feature_in_order(found: Profiles) -> None:
    size = (len(found.organisations), len(found.features))
    assert found.organisations["code"].is_sorted() and found.organisations["code"].is_unique().all()
    assert found.cells["code"].to_list() == [
        code for code in found.organisations["code"] for _ in found.features
    ]
    assert found.cells["feature"].to_list() == [f.name for f in found.features] * size[0]
    for matrix in (found.shown, found.values, found.transformed, found.percentiles, found.standings):
        assert matrix.shape == size and matrix.dtype == np.float64
    assert list(found.position.values()) == list(range(size[0]))
    assert list(found.column.values()) == list(range(size[1]))


def test_states_say_what_there_is(found: Profiles) -> None:
    cells = found.cells
    assert set(cells["state"].unique()) == {KNOWN, STALE, UNKNOWN, NOT_APPLICABLE}
    there = cells.filter(pl.col("state").is_in([KNOWN, STALE]))
    told = ("value", "period_start", "period_end", "known_from", "source", "file")
    assert there.select(pl.col(told).is_not_null().all()).row(0) == (True,) * len(told)
    assert cells.filter(pl.col("state").is_in([UNKNOWN, NOT_APPLICABLE]))["value"].is_null().all()
    assert there.select((pl.col("period_start") <= pl.col("period_end")).all()).item()
    state = cells["state"].to_numpy().reshape(found.values.shape)
    assert np.array_equal(~np.isnan(found.values), state == KNOWN)
    assert np.array_equal(~np.isnan(found.shown), (state == KNOWN) | (state == STALE))


def test_a_feature_applies_to_its_kinds(found: Profiles) -> None:
    state = found.cells["state"].to_numpy().reshape(found.values.shape)
    for at, feature in enumerate(found.features):
        own = np.isin(found.types, feature.types) if feature.types else np.ones(len(found.types), dtype=bool)
        assert ((state[:, at] != NOT_APPLICABLE) == own).all(), feature.name


def test_standing_is_the_percentile_turned_round(found: Profiles) -> None:
    for at, feature in enumerate(found.features):
        share, standing = found.percentiles[:, at], found.standings[:, at]
        if feature.direction == "none":
            assert np.isnan(standing).all()
        else:
            expected = share if feature.direction == "higher" else 1 - share
            assert np.array_equal(standing, expected, equal_nan=True), feature.name


def test_scaled_values_are_in_the_terms_of_the_kind(found: Profiles) -> None:
    acute = found.types == "acute"
    scaled = found.scaled_as("acute")
    assert scaled is found.scaled_as("acute")  # worked out once
    staff = found.column["staff"]
    assert np.nanmedian(scaled[acute, staff]) == pytest.approx(0, abs=1e-9)
    low, high = np.nanquantile(scaled[acute, staff], [0.25, 0.75])
    assert high - low == pytest.approx(1.349, abs=1e-3)
    assert np.array_equal(np.isnan(scaled[acute]), np.isnan(found.transformed[acute]))


def test_wide_holds_what_is_shown(found: Profiles) -> None:
    wide = found.wide()
    assert wide.columns == ["code", "name", "type", *(feature.name for feature in found.features)]
    assert np.array_equal(wide.drop("code", "name", "type").to_numpy(), found.shown, equal_nan=True)
    current = found.wide(stale=False).drop("code", "name", "type").to_numpy()
    assert np.array_equal(current, found.values, equal_nan=True)
    assert np.array_equal(
        found.to_pandas().drop(columns=["name", "type"]).to_numpy(dtype=float), found.values, equal_nan=True
    )
    frame = found.to_pandas(stale=True)
    assert frame.index.name == "code" and frame.shape == (len(wide), len(found.features) + 2)
    assert frame.loc["RTK", "staff"] == found.shown[found.position["RTK"], found.column["staff"]]


def test_the_same_twice(snapshot: Snapshot, changed: Callable[..., Snapshot]) -> None:
    """Nothing depends on what was asked before, or on the order of the rows."""
    day = date(2018, 3, 31)
    first = profiles(snapshot, day)
    turned = changed(snapshot, measures=snapshot.measures.reverse(), attributes=snapshot.attributes.reverse())
    for other in (profiles(snapshot, day), profiles(turned, day)):
        assert other.organisations.equals(first.organisations)
        assert other.cells.equals(first.cells)


def test_a_part_of_the_features_gives_the_same_cells(snapshot: Snapshot) -> None:
    wanted = [
        feature
        for feature in features(snapshot.sector)
        if feature.name in ("sickness_trend", "chair_tenure", "staff")
    ]
    part, whole = profiles(snapshot, wanted=wanted), profiles(snapshot)
    assert [feature.name for feature in part.features] == ["staff", "chair_tenure", "sickness_trend"]
    names = [feature.name for feature in wanted]
    assert part.cells.equals(whole.cells.filter(pl.col("feature").is_in(names)))


def test_open_organisations_only_and_no_closing_to_come(snapshot: Snapshot) -> None:
    closed = snapshot.organisations.filter(pl.col("code") == "RBA").row(0, named=True)  # Taunton, 2020
    last = closed["closed"]
    day_before = open_on(snapshot, last - timedelta(days=1)).filter(pl.col("code") == "RBA")
    assert day_before["closed"].to_list() == [None]
    assert open_on(snapshot, last).filter(pl.col("code") == "RBA")["closed"].to_list() == [last]
    assert open_on(snapshot, last + timedelta(days=1)).filter(pl.col("code") == "RBA").is_empty()


def test_a_day_before_all_data(snapshot: Snapshot) -> None:
    first = snapshot.known_since
    assert (profiles(snapshot, first).cells["state"] == KNOWN).any()
    with pytest.raises(InvalidParameter, match="the data begin on 27 November 2009"):
        profiles(snapshot, first - timedelta(days=1))
