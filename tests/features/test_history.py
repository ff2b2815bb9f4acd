"""Key measures over the years, each as it was known on its day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.features import profiles
from matchmaker.features.history import FEWEST, KEY, YEARS, Trend, days_back, key_features, trends


@pytest.fixture(scope="module")
def medway(engine: Matchmaker) -> dict[str, Trend]:
    return {trend.feature: trend for trend in engine.overview("RPA").trends}


def test_the_same_day_of_each_year() -> None:
    assert days_back(date(2016, 2, 29), date(2013, 1, 1)) == [
        date(2013, 2, 28),
        date(2014, 2, 28),
        date(2015, 2, 28),
        date(2016, 2, 29),
    ]
    assert len(days_back(date(2026, 8, 22), date(2000, 1, 1))) == YEARS + 1


def test_the_key_features_exist() -> None:
    assert tuple(feature.name for feature in key_features()) == KEY


def test_each_point_is_what_a_profile_of_that_day_said(snapshot: Snapshot, medway: dict[str, Trend]) -> None:
    points = [(name, point) for name in ("ae_4_hours", "staff") for point in medway[name].points[::5]]
    assert len(points) > 3
    for name, point in points:
        seen = profiles(snapshot, point.as_of)
        row, column = seen.position["RPA"], seen.column[name]
        assert point.value == seen.values[row, column]
        org_type = seen.values[seen.types == "acute", column]
        assert point.median == np.median(org_type[~np.isnan(org_type)])
        assert point.lower_quartile <= point.median <= point.upper_quartile


def test_points_go_forward_and_none_is_told_before_it_was_known(medway: dict[str, Trend]) -> None:
    assert len(medway) > 4
    for trend in medway.values():
        assert len(trend.points) >= FEWEST
        ends = [point.period_end for point in trend.points]
        assert ends == sorted(set(ends))
        assert all(point.period_end < point.as_of for point in trend.points)


def test_a_trust_that_opened_lately_has_only_its_own_past(snapshot: Snapshot) -> None:
    days = days_back(snapshot.as_of, snapshot.known_since)
    found = trends(lambda day: profiles(snapshot, day, key_features()), "R0D", days)
    assert found
    assert min(point.as_of for trend in found for point in trend.points) > date(2020, 10, 1)
